// SPDX-License-Identifier: MIT
#ifndef SOCKERR_DETAIL_EVIDENCE_HPP
#define SOCKERR_DETAIL_EVIDENCE_HPP

// What a system can tell of a failed connection. The native layer fills it in, as far as there is something to ask.

namespace sockerr {
inline namespace v1_0 {
namespace detail {

// An ICMP message that answered a packet of a socket.
struct icmp_answer {
  bool is_known = false;
  bool is_v6 = false;
  unsigned type = 0;
  unsigned code = 0;
  int error = 0;                             // the errno that the system made of it
  alignas(8) unsigned char sender[28] = {};  // a sockaddr_in or sockaddr_in6
};

// A TCP connection.
struct tcp_state {
  bool is_known = false;
  bool is_unconnected = false;     // the attempt is under way, or has failed
  bool has_heard = false;          // some segment has come
  bool is_acknowledged = false;    // all that was sent
  bool is_retransmitting = false;  // or was, when it was given up
  bool is_window_closed = false;   // the peer's buffer is full
  bool has_unsent = false;         // data waits to be sent
  bool has_spoken_last = false;    // data was sent, and none has come since
};

}  // namespace detail
}  // namespace v1_0
}  // namespace sockerr

#endif

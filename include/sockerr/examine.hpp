// SPDX-License-Identifier: MIT
#ifndef SOCKERR_EXAMINE_HPP
#define SOCKERR_EXAMINE_HPP

#include <chrono>        // steady_clock
#include <cstddef>       // size_t
#include <string_view>   // size, string_view
#include <system_error>  // error_code

#include "endpoint.hpp"
#include "exception.hpp"
#include "native.hpp"

/// @file
/// What a descriptor and the kernel can tell of a failure, beside the code. It is asked while the call fails, by the
/// forms that throw; the forms with std::error_code& ask nothing.

namespace sockerr {
inline namespace v1_0 {
namespace detail {

inline void set_from_errno(int result, std::error_code& ec) noexcept {
  if (result == 0)
    ec.clear();
  else
    ec = last_error();
}

using address_call = int (*)(native_handle, sockaddr*, native::size_type*) noexcept;

inline endpoint ask_address(native_handle handle, address_call call, std::error_code& ec) noexcept {
  sockaddr_storage address{};
  native::size_type size = sizeof address;
  set_from_errno(call(handle, reinterpret_cast<sockaddr*>(&address), &size), ec);
  if (ec) return {};
  return endpoint::from_native(reinterpret_cast<sockaddr*>(&address), static_cast<std::size_t>(size), ec);
}

// Returns: the local address; none for a socket that is not bound yet.
inline endpoint bound_address(native_handle handle) noexcept {
  std::error_code unknown;
  const endpoint local = ask_address(handle, native::local_address, unknown);
  return local.port() == 0 && local.path().empty() ? endpoint{} : local;
}

// A failure, and what has been asked about it.
struct failed_call {
  native_handle handle;
  sockerr::operation operation;
  endpoint peer;
  endpoint local;
  int number = 0;           // of its code
  bool is_reported = true;  // the system has ended it, so its error has been fetched, and more may be asked
  bool has_asked_icmp = false;
  bool has_asked_tcp = false;
  icmp_answer icmp = {};
  tcp_state tcp = {};

  // The address that the call was about.
  const endpoint& address() const noexcept { return peer.size() != 0 ? peer : local; }
};

// Returns: what an ICMP message says (RFC 792, RFC 1122, RFC 1812; RFC 4443); `none` for what ends no connection.
constexpr circumstance circumstance_of(const icmp_answer& answer) noexcept {
  constexpr circumstance destination_unreachable[] = {circumstance::network_unreachable,
                                                      circumstance::host_unreachable,
                                                      circumstance::protocol_unreachable,
                                                      circumstance::port_unreachable,
                                                      circumstance::too_big,
                                                      circumstance::none,
                                                      circumstance::network_unreachable,
                                                      circumstance::host_unreachable,
                                                      circumstance::none,
                                                      circumstance::prohibited,
                                                      circumstance::prohibited,
                                                      circumstance::none,
                                                      circumstance::none,
                                                      circumstance::prohibited};
  constexpr circumstance destination_unreachable_v6[] = {
      circumstance::network_unreachable, circumstance::prohibited,       circumstance::none,
      circumstance::host_unreachable,    circumstance::port_unreachable, circumstance::prohibited,
      circumstance::prohibited};
  if (!answer.is_known) return circumstance::none;
  if (answer.is_v6) {
    if (answer.type == 1 && answer.code < std::size(destination_unreachable_v6))
      return destination_unreachable_v6[answer.code];
    if (answer.type == 2) return circumstance::too_big;
    return answer.type == 3 && answer.code == 0 ? circumstance::hops_exceeded : circumstance::none;
  }
  if (answer.type == 3 && answer.code < std::size(destination_unreachable)) return destination_unreachable[answer.code];
  return answer.type == 11 && answer.code == 0 ? circumstance::hops_exceeded : circumstance::none;
}

// The address without the port, as reporter() has it.
inline std::string_view host_of(std::string_view endpoint) noexcept {
  const std::string_view host = without_port(endpoint);
  return !host.empty() && host[0] == '[' ? host.substr(1, host.size() - 2) : host;
}

// fe80::/10 (RFC 4291).
inline bool is_link_local(const endpoint& e) noexcept {
  if (e.family() != AF_INET6) return false;
  const auto& address = reinterpret_cast<const sockaddr_in6*>(e.data())->sin6_addr;
  return address.s6_addr[0] == 0xfe && (address.s6_addr[1] & 0xc0U) == 0x80;
}

// What a datagram socket is told that connects to an address, which sends nothing: whether this host has an address to
// send from and a way to go.
inline std::error_code probe(const endpoint& peer) noexcept {
  std::error_code ec;
  const native_handle probing = native::open(peer.family(), SOCK_DGRAM, 0);
  if (probing == invalid_handle) return ec;
  set_from_errno(native::connect(probing, peer.data(), static_cast<native::size_type>(peer.size()), false), ec);
  native::close(probing);
  return ec;
}

// 127.0.0.0/8 (RFC 1122). Without the loopback interface, ::1 looks as if this host had no IPv6 address.
inline bool is_loopback(const endpoint& e) noexcept {
  return e.family() == AF_INET && ntohl(reinterpret_cast<const sockaddr_in*>(e.data())->sin_addr.s_addr) >> 24U == 127;
}

// Whether the kernel takes a datagram now: then the socket itself is not full, and waiting for it is no use.
inline bool is_writable(native_handle handle) noexcept {
  return native::wait(handle, native::event::writable, std::chrono::steady_clock::duration::zero()) ==
         native::readiness::ready;
}

// What is known of a TCP connection; asked once.
inline const tcp_state& state_of(failed_call& call) noexcept {
  if (!call.has_asked_tcp) call.tcp = native::ask_tcp_state(call.handle);
  call.has_asked_tcp = true;
  return call.tcp;
}

// Whether an ICMP message answered an attempt to connect, which said so. Only of a TCP connection that has not come
// about: all other queues belong to their owners. A message that says something else than the error is none of it.
inline bool is_icmp_answer(circumstance c, failed_call& call) noexcept {
  if (call.operation != operation::connect || !call.is_reported) return false;
  if (!call.has_asked_icmp && state_of(call).is_unconnected) call.icmp = native::take_icmp_answer(call.handle);
  call.has_asked_icmp = true;
  return call.icmp.error == call.number && circumstance_of(call.icmp) == c;
}

// Why a wait was in vain. (peer_silent only where the peer was asked something: else it may have nothing to say.)
inline bool is_stalled(circumstance c, failed_call& call) noexcept {
  const tcp_state& tcp = state_of(call);
  if (!tcp.is_known) return false;
  // An ICMP message that did not end the attempt is an answer all the same, and shows as an error to poll().
  if (c == circumstance::no_answer)
    return !tcp.has_heard && (call.is_reported || native::wait(call.handle, native::event::connected,
                                                               std::chrono::steady_clock::duration::zero()) ==
                                                      native::readiness::time_is_up);
  if (c == circumstance::peer_not_reading) return tcp.is_window_closed && tcp.has_unsent;
  // Of a connection that the system has given up, it no longer says what was not acknowledged.
  if (c == circumstance::not_acknowledged) return tcp.is_retransmitting && (!tcp.is_acknowledged || call.is_reported);
  return tcp.is_acknowledged && !tcp.has_unsent && tcp.has_spoken_last;
}

// Whether a circumstance holds. The table tells which ones matter, by the rows that it has for an error and an
// operation.
inline bool holds(circumstance c, failed_call& call) noexcept {
  const endpoint& address = call.address();
  const bool is_unix = address.family() == AF_UNIX;
  const bool is_ip = address.family() == AF_INET || address.family() == AF_INET6;
  if (c == circumstance::unix_domain || c == circumstance::path_taken || c == circumstance::backlog_full)
    return is_unix;
  if (c == circumstance::datagram) return !is_unix && native::type_of(call.handle) == SOCK_DGRAM;
  if (c == circumstance::receiver_full)
    return is_unix && native::type_of(call.handle) != SOCK_STREAM && is_writable(call.handle);
  if (c == circumstance::port_zero) return is_ip && address.port() == 0;
  if (row_of(c).icmp_words[0] != '\0') return is_ip && is_icmp_answer(c, call);
  if (c == circumstance::no_answer || c == circumstance::not_acknowledged || c == circumstance::peer_not_reading ||
      c == circumstance::peer_silent)
    return is_ip && is_stalled(c, call);
  if (c == circumstance::other_family) {
    const int own = native::family_of(call.handle);
    return own != AF_UNSPEC && address.size() != 0 && own != address.family();
  }
  if (c == circumstance::scope_missing) return is_link_local(address) && address.scope_id() == 0;
  if (c == circumstance::scope_unknown) {
    char name[native::scope_name_size];
    return native::scope_name_size > 1 && is_link_local(address) && address.scope_id() != 0 &&
           !native::scope_name(address.scope_id(), name);
  }
  // A firewall can give the same answer for an interface that is up.
  if (c == circumstance::loopback_down) return is_loopback(address) && probe(address) == condition::network_unreachable;
  if (c == circumstance::no_ipv6_address)
    return address.family() == AF_INET6 && probe(address) == condition::address_not_available;
  // A connect that finds no port fails like one that finds no address, which the rows before have ruled out.
  if (c == circumstance::ports_exhausted) {
    if (call.operation == operation::connect) return is_ip && address.port() != 0;
    return call.operation == operation::bind ? is_ip && address.port() == 0 : native::has_no_port(call.handle);
  }
  return false;
}

// Returns: the first circumstance, in the order of the table's rows, that holds; the kind of the socket only where
// nothing else does.
inline circumstance find_circumstance(error_id what, failed_call& call) noexcept {
  circumstance kind = circumstance::none;
  for (std::size_t i = cause_place.begin[static_cast<std::size_t>(what)];
       i != cause_place.begin[static_cast<std::size_t>(what) + 1]; ++i) {
    const cause_row& row = causes[i];
    if (row.during != call_of(call.operation) || row.found == circumstance::none || !holds(row.found, call)) continue;
    if (row.found != circumstance::datagram && row.found != circumstance::unix_domain) return row.found;
    kind = row.found;
  }
  return kind;
}

// 0.0.0.0 and ::.
inline bool is_any(const endpoint& e) noexcept {
  const endpoint::text text{e};
  const std::string_view host = host_of(text.view());
  return host == "0.0.0.0" || host == "::";
}

// Whether an address is one of this host's: only to those does it send from the very same address. (bind takes others
// too, where ip_nonlocal_bind is set.)
inline bool is_own(const endpoint& e) noexcept {
  const native_handle probing = native::open(e.family(), SOCK_DGRAM, 0);
  if (probing == invalid_handle) return false;
  std::error_code ec;
  const bool result = native::connect(probing, e.data(), static_cast<native::size_type>(e.size()), false) == 0 &&
                      host_of(endpoint::text{ask_address(probing, native::local_address, ec)}.view()) ==
                          host_of(endpoint::text{e}.view());
  native::close(probing);
  return result;
}

// Who sent the ICMP message, where that is worth telling: neither the peer nor this host, which says so too when nobody
// on its own link answers.
inline endpoint reporter_of(const failed_call& call) noexcept {
  const auto* const sender = reinterpret_cast<const sockaddr*>(call.icmp.sender);
  std::error_code unknown;
  const endpoint result = endpoint::from_native(
      sender, sender->sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in), unknown);
  const bool is_peer = host_of(endpoint::text{result}.view()) == host_of(endpoint::text{call.peer}.view());
  return unknown || is_peer || is_own(result) ? endpoint{} : result;
}

// The error of a call of which both addresses are known, as far as they can be.
inline error examine(failed_call call, const std::error_code& ec, source_location where) noexcept {
  error result{ec, call.operation, where};
  const error_id what = find(ec).what;
  call.number = ec.value();
  call.is_reported = what != error_id::deadline_exceeded && owner(what) != condition::would_block;
  const circumstance found = find_circumstance(what, call);
  const bool is_icmp = row_of(found).icmp_words[0] != '\0';
  const endpoint::text reporter{is_icmp ? reporter_of(call) : endpoint{}};
  // After a connect that failed the system may have forgotten the local address.
  if (call.operation == operation::connect && is_any(call.local)) call.local = {};
  error_access::found(result, found, endpoint::text{call.peer}.view(), endpoint::text{call.local}.view(),
                      host_of(reporter.view()));
  return result;
}

}  // namespace detail

/// Looks at a descriptor, of any library, on which a call has failed, and says what it finds: both addresses, and the
/// circumstance. It sends nothing, and does not fetch the descriptor's pending error. Of a stream socket whose connect
/// has failed, and of none other, it takes an entry from the error queue (Linux). `peer` is the address that the call
/// was given (for bind the local one); where it was given none, the system is asked. Returns: the error with all that
/// was found; no error for a code whose value is 0.
[[nodiscard]] inline error examine(native_handle handle, const std::error_code& ec, operation during,
                                   const endpoint& peer = {},
                                   source_location where = source_location::current()) noexcept {
  if (!ec) return {};
  if (during == operation::bind && peer.size() != 0) return detail::examine({handle, during, {}, peer}, ec, where);
  std::error_code unknown;
  const endpoint remote = peer.size() != 0 ? peer : detail::ask_address(handle, detail::native::peer_address, unknown);
  return detail::examine({handle, during, remote, detail::bound_address(handle)}, ec, where);
}

#if defined(__cpp_exceptions)

/// Checks what a raw socket call has returned, `check(::sendfile(fd, ...), operation::send, fd)`. (In parentheses,
/// because <AssertMacros.h> of macOS has a macro of this name.)
/// Returns: `result`. Throws: last_error() where it is -1, which is also SOCKET_ERROR; if the handle is given, with
/// what examine() finds.
template <class Result>
Result(check)(Result result, operation during = operation::unknown, native_handle handle = invalid_handle,
              source_location where = source_location::current()) {
  if (result != static_cast<Result>(-1)) return result;
  const std::error_code ec = last_error();
  if (handle != invalid_handle) throw_error(examine(handle, ec, during, {}, where));
  throw_error(ec, during, where);
}

#endif

}  // namespace v1_0
}  // namespace sockerr

#endif

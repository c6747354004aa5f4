// SPDX-License-Identifier: MIT
#ifndef SOCKERR_NATIVE_POSIX_HPP
#define SOCKERR_NATIVE_POSIX_HPP

#include <arpa/inet.h>    // IWYU pragma: export // inet_ntop, inet_pton
#include <fcntl.h>        // fcntl
#include <net/if.h>       // if_indextoname, if_nametoindex
#include <netdb.h>        // IWYU pragma: export // getaddrinfo
#include <netinet/in.h>   // IWYU pragma: export // sockaddr_in, sockaddr_in6
#include <netinet/tcp.h>  // IWYU pragma: export // TCP_NODELAY
#include <poll.h>         // poll
#include <sys/socket.h>   // IWYU pragma: export // socket and the calls on one
#include <sys/time.h>     // timeval
#include <sys/un.h>       // IWYU pragma: export // sockaddr_un
#include <unistd.h>       // close

#include <cerrno>        // errno
#include <chrono>        // ceil, milliseconds
#include <cstddef>       // size_t, ptrdiff_t, offsetof
#include <cstdint>       // uint8_t, uint32_t
#include <cstring>       // memcpy
#include <ctime>         // nanosleep
#include <system_error>  // error_code

#include "../category.hpp"
#include "../detail/evidence.hpp"
#include "../errc.hpp"

namespace sockerr {
inline namespace v1_0 {

/// What the operating system calls a socket: a descriptor; on Windows a SOCKET, which is as wide as a pointer.
using native_handle = int;

/// The handle that is no socket.
inline constexpr native_handle invalid_handle = -1;

/// The error of the calling thread's last socket call, to be read before anything else is called.
/// Returns: errno, on Windows WSAGetLastError(), as a code of socket_category().
[[nodiscard]] inline std::error_code last_error() noexcept { return {errno, socket_category()}; }

/// The error of a call of getaddrinfo() that returned `result`, to be asked before anything else is called.
/// Returns: a code of resolver_category(); for EAI_SYSTEM that of errno; no error for 0.
[[nodiscard]] inline std::error_code resolver_error(int result) noexcept {
  const int error = errno;
  if (result == 0) return {};
  if (result == EAI_SYSTEM && error != 0) return {error, socket_category()};
#define SOCKERR_EAI(name, symbol) \
  if (result == symbol) return make_error_code(resolver_errc::name);
#include "../codes.def"
  return make_error_code(resolver_errc::resolution_failed);
}

namespace detail::native {

// One attempt each: no call here waits for more than the kernel makes it wait, repeats itself or throws. They return -1
// and leave the reason in last_error(), as the calls that they stand for. `no_wait` asks for an answer at once on a
// blocking descriptor too.

using size_type = socklen_t;

// `connected` is for a connection attempt that goes on in the background.
enum class event : short { readable = POLLIN, writable = POLLOUT, connected = POLLOUT };

// Puts a descriptor in non-blocking mode, and back.
class non_blocking {
 public:
  explicit non_blocking(native_handle handle) noexcept : handle_{handle}, flags_{::fcntl(handle, F_GETFL)} {
    is_on_ = was_blocking() ? ::fcntl(handle_, F_SETFL, flags_ | O_NONBLOCK) != -1 : flags_ != -1;
  }
  ~non_blocking() {
    if (!is_on_ || !was_blocking()) return;
    const int error = errno;
    ::fcntl(handle_, F_SETFL, flags_);
    errno = error;
  }
  non_blocking(const non_blocking&) = delete;
  non_blocking& operator=(const non_blocking&) = delete;

  // Whether it is in that mode now; if not, errno tells why.
  bool is_on() const noexcept { return is_on_; }

 private:
  bool was_blocking() const noexcept { return flags_ != -1 && (flags_ & O_NONBLOCK) == 0; }

  native_handle handle_;
  int flags_;
  bool is_on_;
};

// How long a blocking descriptor waits by itself: its SO_RCVTIMEO or SO_SNDTIMEO, which is also connect's (socket(7)).
// Returns: zero where none is set, and for a non-blocking descriptor.
inline std::chrono::microseconds own_timeout(native_handle handle, event what) noexcept {
  const int flags = ::fcntl(handle, F_GETFL);
  if (flags == -1 || (flags & O_NONBLOCK) != 0) return {};
  timeval limit{};
  size_type size = sizeof limit;
  if (::getsockopt(handle, SOL_SOCKET, what == event::readable ? SO_RCVTIMEO : SO_SNDTIMEO, &limit, &size) != 0)
    return {};
  // The longest that the system takes does not fit in microseconds.
  constexpr std::chrono::seconds longest = std::chrono::hours{24 * 365};
  if (limit.tv_sec >= longest.count()) return longest;
  return std::chrono::seconds{limit.tv_sec} + std::chrono::microseconds{limit.tv_usec};
}

// Whether a datagram socket could not even be bound: no local port is free (UDP on Linux, send(2), EAGAIN).
inline bool has_no_port(native_handle handle) noexcept {
  sockaddr_in6 local{};
  size_type size = sizeof local;
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  return ::getsockname(handle, reinterpret_cast<sockaddr*>(&local), &size) == 0 &&
         (local.sin6_family == AF_INET || local.sin6_family == AF_INET6) && local.sin6_port == 0;
}

// Whether a call that would block has waited in vain all the same: on a blocking descriptor that means that its
// SO_RCVTIMEO or SO_SNDTIMEO has expired, which Linux reports as EAGAIN, and for connect as EINPROGRESS (socket(7)).
// Unless it was asked not to wait, read the error queue, which never waits (recv(2)), or was out of ports.
inline bool own_timeout_expired(native_handle handle, event what, int flags) noexcept {
#if defined(MSG_ERRQUEUE)
  if ((flags & MSG_ERRQUEUE) != 0) return false;
#endif
  if ((flags & MSG_DONTWAIT) != 0 || own_timeout(handle, what).count() == 0) return false;
  return what == event::readable || !has_no_port(handle);
}

// Whether a call that failed with an interruption is to be made again.
inline bool is_interrupted(const std::error_code& ec) noexcept { return ec.value() == EINTR; }

// Writing to a closed connection is to be an error, not a signal. Where send() has no flag for that, as on macOS, the
// socket has an option.
inline void no_sigpipe([[maybe_unused]] native_handle handle) noexcept {
#if defined(SO_NOSIGPIPE)
  const int on = 1;
  ::setsockopt(handle, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

#if defined(MSG_NOSIGNAL)
inline constexpr int send_flags = MSG_NOSIGNAL;
#else
inline constexpr int send_flags = 0;
#endif

inline int close(native_handle handle) noexcept {
  const int result = ::close(handle);
  // The descriptor is gone, or its state is not known; closing again might hit one that another thread has just opened
  // (close(2)).
  if (result != 0 && (errno == EINTR || errno == EINPROGRESS)) return 0;
  return result;
}

// Closes a new descriptor unless all went well.
inline native_handle newborn(native_handle handle) noexcept {
#if !defined(SOCK_CLOEXEC)
  if (handle != invalid_handle && ::fcntl(handle, F_SETFD, FD_CLOEXEC) == -1) {
    const int error = errno;
    ::close(handle);
    errno = error;
    return invalid_handle;
  }
#endif
  if (handle != invalid_handle) no_sigpipe(handle);
  return handle;
}

inline native_handle open(int family, int type, int protocol) noexcept {
#if defined(SOCK_CLOEXEC)
  type |= SOCK_CLOEXEC;
#endif
  return newborn(::socket(family, type, protocol));
}

inline native_handle accept_now(native_handle handle, sockaddr* peer, size_type* size) noexcept {
#if defined(SOCK_CLOEXEC)
  return newborn(::accept4(handle, peer, size, SOCK_CLOEXEC));
#else
  const native_handle accepted = newborn(::accept(handle, peer, size));
  // Here a connection inherits the listener's mode, on Linux it does not (accept(2)): like there, it shall block.
  if (accepted != invalid_handle) {
    const int flags = ::fcntl(accepted, F_GETFL);
    if (flags != -1 && (flags & O_NONBLOCK) != 0) ::fcntl(accepted, F_SETFL, flags & ~O_NONBLOCK);
  }
  return accepted;
#endif
}

inline native_handle accept(native_handle handle, sockaddr* peer, size_type* size, bool no_wait) noexcept {
  if (!no_wait) return accept_now(handle, peer, size);
  const non_blocking mode{handle};
  return mode.is_on() ? accept_now(handle, peer, size) : invalid_handle;
}

[[gnu::noinline]] inline int connect_without_waiting(native_handle handle, const sockaddr* peer,
                                                     size_type size) noexcept {
  const non_blocking mode{handle};
  return mode.is_on() ? ::connect(handle, peer, size) : -1;
}

inline int connect(native_handle handle, const sockaddr* peer, size_type size, bool no_wait) noexcept {
  return no_wait ? connect_without_waiting(handle, peer, size) : ::connect(handle, peer, size);
}

inline int bind(native_handle handle, const sockaddr* local, size_type size) noexcept {
  return ::bind(handle, local, size);
}

inline int listen(native_handle handle, int backlog) noexcept { return ::listen(handle, backlog); }

// Returns: SOCK_STREAM and the like; 0 for what is no socket.
[[gnu::noinline]] inline int type_of(native_handle handle) noexcept {
  int type = 0;
  size_type size = sizeof type;
  return ::getsockopt(handle, SOL_SOCKET, SO_TYPE, &type, &size) == 0 ? type : 0;
}

// Returns: AF_INET and the like; AF_UNSPEC for what is no socket.
inline int family_of(native_handle handle) noexcept {
  sockaddr_storage address{};
  size_type size = sizeof address;
  return ::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? address.ss_family : AF_UNSPEC;
}

inline std::ptrdiff_t recv(native_handle handle, void* data, std::size_t size, int flags, bool no_wait) noexcept {
  // No bytes of a stream are there at any time, but Linux would wait for the first one.
  if (size == 0 && type_of(handle) == SOCK_STREAM) return 0;
  return ::recv(handle, data, size, no_wait ? flags | MSG_DONTWAIT : flags);
}

inline std::ptrdiff_t recv_from(native_handle handle, void* data, std::size_t size, int flags, sockaddr* peer,
                                size_type* peer_size, bool no_wait) noexcept {
  if (size == 0 && type_of(handle) == SOCK_STREAM) {
    *peer_size = 0;
    return 0;
  }
  return ::recvfrom(handle, data, size, no_wait ? flags | MSG_DONTWAIT : flags, peer, peer_size);
}

// A dying connection, where the kernel has lost its protocol block, shows as EPROTOTYPE on Apple's systems (xnu,
// bsd/netinet/tcp_usrreq.c): the same as writing to a closed one.
inline std::ptrdiff_t sent(std::ptrdiff_t result) noexcept {
#if defined(__APPLE__)
  if (result == -1 && errno == EPROTOTYPE) errno = EPIPE;
#endif
  return result;
}

inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size, int flags, bool no_wait) noexcept {
  if constexpr (send_flags == 0) no_sigpipe(handle);
  return sent(::send(handle, data, size, send_flags | (no_wait ? flags | MSG_DONTWAIT : flags)));
}

inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size, int flags, const sockaddr* peer,
                              size_type peer_size, bool no_wait) noexcept {
  if constexpr (send_flags == 0) no_sigpipe(handle);
  return sent(::sendto(handle, data, size, send_flags | (no_wait ? flags | MSG_DONTWAIT : flags), peer, peer_size));
}

inline int shutdown(native_handle handle, int how) noexcept { return ::shutdown(handle, how); }

inline int local_address(native_handle handle, sockaddr* address, size_type* size) noexcept {
  return ::getsockname(handle, address, size);
}

inline int peer_address(native_handle handle, sockaddr* address, size_type* size) noexcept {
  return ::getpeername(handle, address, size);
}

inline int get_option(native_handle handle, int level, int name, void* value, size_type* size) noexcept {
  return ::getsockopt(handle, level, name, value, size);
}

inline int set_option(native_handle handle, int level, int name, const void* value, size_type size) noexcept {
  return ::setsockopt(handle, level, name, value, size);
}

inline constexpr bool reuse_address_by_default = true;

// Options that a listener needs before it is bound.
inline int prepare_listener(native_handle handle, bool reuse_address, bool reuse_port) noexcept {
  const int on = 1;
  if (reuse_address && set_option(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return -1;
  if (!reuse_port) return 0;
#if defined(SO_REUSEPORT)
  return set_option(handle, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
#else
  errno = ENOPROTOOPT;
  return -1;
#endif
}

#if defined(__linux__)
// What Linux puts into its error queue (linux/errqueue.h, struct sock_extended_err); the address of who sent the
// message follows it. Its origins ICMP and ICMPv6 are answers, others tell of time stamps and of buffers that are free
// again.
struct queued_error {
  std::uint32_t number;
  std::uint8_t origin;
  std::uint8_t type;
  std::uint8_t code;
  std::uint8_t padding;
  std::uint32_t info;
  std::uint32_t data;
};
#endif

// Takes an entry from the error queue. That can clear the pending error of the socket (ip(7), IP_RECVERR), so this is
// for one whose error has been reported, and that nobody else reads the queue of: a connection that has not come about.
inline icmp_answer take_icmp_answer([[maybe_unused]] native_handle handle) noexcept {
  icmp_answer result;
#if defined(__linux__)
  constexpr std::uint8_t from_icmp = 2;
  constexpr std::uint8_t from_icmp6 = 3;
  constexpr int ip_recverr = 11;    // IP_RECVERR
  constexpr int ipv6_recverr = 25;  // IPV6_RECVERR
  char packet[64];
  iovec part{packet, sizeof packet};
  alignas(cmsghdr) char control[256];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(handle, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return result;
  // Not by CMSG_NXTHDR, which compares numbers of different signs in musl.
  cmsghdr head{};
  for (std::size_t at = 0; at + sizeof head <= message.msg_controllen; at += CMSG_SPACE(head.cmsg_len - CMSG_LEN(0))) {
    std::memcpy(&head, control + at, sizeof head);
    if (head.cmsg_len < CMSG_LEN(0)) break;
    const bool is_ours = (head.cmsg_level == IPPROTO_IP && head.cmsg_type == ip_recverr) ||
                         (head.cmsg_level == IPPROTO_IPV6 && head.cmsg_type == ipv6_recverr);
    queued_error entry{};
    if (!is_ours || head.cmsg_len < CMSG_LEN(sizeof entry)) continue;
    const char* const data = control + at + CMSG_LEN(0);
    std::memcpy(&entry, data, sizeof entry);
    if (entry.origin != from_icmp && entry.origin != from_icmp6) continue;
    const std::size_t rest = head.cmsg_len - CMSG_LEN(sizeof entry);
    std::memcpy(result.sender, data + sizeof entry, rest < sizeof result.sender ? rest : sizeof result.sender);
    result.is_known = true;
    result.is_v6 = entry.origin == from_icmp6;
    result.type = entry.type;
    result.code = entry.code;
    result.error = static_cast<int>(entry.number);
    break;
  }
#endif
  return result;
}

// Whether the kernel keeps the ICMP messages that answer a connection attempt. On IPv4 Linux does so unasked.
// Asked of a connection, it would let each such message, forged ones too, end it (RFC 5927): so only until it is made.
inline int keep_icmp_answers([[maybe_unused]] native_handle handle, [[maybe_unused]] bool on) noexcept {
#if defined(__linux__)
  constexpr int ipv6_recverr = 25;  // IPV6_RECVERR
  const int value = on ? 1 : 0;
  return ::setsockopt(handle, IPPROTO_IPV6, ipv6_recverr, &value, sizeof value);
#else
  return 0;
#endif
}

inline tcp_state ask_tcp_state([[maybe_unused]] native_handle handle) noexcept {
  tcp_state result;
#if defined(__linux__)
  // <linux/tcp.h>, struct tcp_info, which glibc's <netinet/tcp.h> has a part of and cannot be included with: so these
  // are places in it.
  constexpr int tcp_info = 11;  // TCP_INFO
  constexpr std::size_t size_with_window = 232;
  unsigned char info[size_with_window] = {};
  size_type size = sizeof info;
  if (::getsockopt(handle, IPPROTO_TCP, tcp_info, info, &size) != 0 || size < sizeof info) return result;
  const auto number = [&info](std::size_t place) {
    std::uint32_t value = 0;
    std::memcpy(&value, info + place, sizeof value);
    return value;
  };
  constexpr unsigned syn_sent = 2;
  constexpr unsigned closed = 7;
  const unsigned retransmits = info[2];
  const unsigned probes = info[3];
  const std::uint32_t unacked = number(24);
  const std::uint32_t last_data_sent = number(44);  // milliseconds ago, as the next one
  const std::uint32_t last_data_recv = number(52);
  result.is_known = true;
  result.is_unconnected = info[0] == syn_sent || info[0] == closed;
  result.has_heard = number(140) != 0;
  result.is_acknowledged = unacked == 0;
  result.is_retransmitting = retransmits != 0 || probes != 0;
  result.has_unsent = number(144) != 0;
  result.is_window_closed = number(228) == 0;
  const std::uint32_t data_segments_sent = number(156);
  const std::uint32_t data_segments_received = number(152);
  result.has_spoken_last = data_segments_sent != 0 && (data_segments_received == 0 || last_data_sent < last_data_recv);
#endif
  return result;
}

// Only Windows reports that an earlier datagram met a closed port to a socket that is not connected.
inline int report_port_unreachable(native_handle, bool) noexcept { return 0; }

// Whether a connect that did not wait has left an attempt going on.
inline bool is_pending(const std::error_code& ec) noexcept {
  return ec.value() == EINPROGRESS || ec.value() == EALREADY;
}

// The error that a connection attempt ended with; reading it clears it (socket(7), SO_ERROR).
inline std::error_code pending_error(native_handle handle) noexcept {
  int error = 0;
  size_type size = sizeof error;
  if (::getsockopt(handle, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return last_error();
  return error != 0 ? std::error_code{error, socket_category()} : std::error_code{};
}

inline int poll_milliseconds(std::chrono::steady_clock::duration left) noexcept {
  // Rounded up, so that a wait never ends early and the last millisecond is not spent spinning.
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(
      left < std::chrono::hours{24} ? left : std::chrono::steady_clock::duration{std::chrono::hours{24}});
  return static_cast<int>(milliseconds.count());
}

enum class readiness { failed, time_is_up, ready, hung_up };

// `ready` also when there is an error to fetch; `hung_up` when besides nothing is under way any more.
inline readiness wait(native_handle handle, event what, std::chrono::steady_clock::duration longest) noexcept {
  pollfd entry{handle, static_cast<short>(what), 0};
  const int count = ::poll(&entry, 1, poll_milliseconds(longest));
  if (count < 0) return readiness::failed;
  if (count == 0) return readiness::time_is_up;
  return (entry.revents & POLLHUP) != 0 ? readiness::hung_up : readiness::ready;
}

// Not by poll(): it pauses also where that one has failed.
inline void pause(std::chrono::steady_clock::duration length) noexcept {
  const int milliseconds = poll_milliseconds(length);
  timespec time{};
  time.tv_sec = milliseconds / 1000;
  time.tv_nsec = milliseconds % 1000 * 1000000L;
  ::nanosleep(&time, nullptr);
}

inline std::error_code resolve(const char* host, const char* service, const addrinfo& hints, addrinfo*& list) noexcept {
  return resolver_error(::getaddrinfo(host, service, &hints, &list));
}

// The names of interfaces, which are the scopes of IPv6 addresses.
inline constexpr std::size_t scope_name_size = IF_NAMESIZE;

// Returns: 0 where there is none of that name.
inline std::uint32_t scope_index(const char* name) noexcept { return ::if_nametoindex(name); }

// Returns: false where there is none of that index.
inline bool scope_name(std::uint32_t index, char (&name)[scope_name_size]) noexcept {
  return ::if_indextoname(index, name) != nullptr;
}

}  // namespace detail::native
}  // namespace v1_0
}  // namespace sockerr

#endif

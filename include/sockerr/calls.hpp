// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CALLS_HPP
#define SOCKERR_CALLS_HPP

#include <chrono>        // milliseconds
#include <cstddef>       // size_t, ptrdiff_t, offsetof
#include <cstdint>       // uint16_t
#include <system_error>  // error_code
#include <type_traits>   // IWYU pragma: keep // is_trivially_copyable_v

#include "deadline.hpp"
#include "endpoint.hpp"
#include "examine.hpp"
#include "exception.hpp"
#include "native.hpp"

#if defined(__GNUC__)
#define SOCKERR_NOINLINE [[gnu::noinline]]
#else
#define SOCKERR_NOINLINE
#endif

/// @file
/// The socket calls over a native handle, for code that keeps its own descriptors. Each stands here twice: the form
/// with std::error_code& last does the work and clears the code on success; the other throws what it says, as the class
/// of its condition. What all of them have in common:
///
/// - A call that a signal interrupts goes on, with what is left of the deadline.
/// - Past the deadline the error is `timed_out`, never EAGAIN or EINPROGRESS. The same goes for SO_RCVTIMEO and
///   SO_SNDTIMEO of a blocking descriptor. The descriptor's blocking mode is as it was. Windows cannot tell that mode:
///   there a socket blocks after a connect() with a deadline, and where several threads use one with deadlines, make it
///   non-blocking for good.
/// - No call raises SIGPIPE, and none touches the signal settings of the process.

namespace sockerr {
inline namespace v1_0 {

/// Which directions of a connection shutdown() closes.
enum class shutdown_direction : int {
  receive = 0,  ///< SHUT_RD, SD_RECEIVE
  send = 1,     ///< SHUT_WR, SD_SEND: the peer sees the end of the stream
  both = 2      ///< SHUT_RDWR, SD_BOTH
};

namespace detail {

// Whether to give up, because the deadline has passed; then ec says so.
inline bool too_late(deadline until, std::error_code& ec) noexcept {
  if (!until.has_passed()) return false;
  ec = library_errc::deadline_exceeded;
  return true;
}

// Counts the wake-ups of one call. A descriptor that is reported ready and would block all the same, over and over
// again, shall not make the caller spin.
class patience {
 public:
  void spend() noexcept {
    if (++wakes_ > 8) native::pause(std::chrono::milliseconds{1});
  }

 private:
  int wakes_ = 0;
};

// Waits until a call that would block is worth another try.
// Returns: `ready` or `hung_up`; `time_is_up` or `failed` with the reason in ec.
inline native::readiness wait(native_handle handle, native::event what, deadline until, std::error_code& ec) noexcept {
  patience wakes;
  for (;;) {
    const native::readiness result = native::wait(handle, what, until.remaining());
    if (result == native::readiness::ready || result == native::readiness::hung_up) return result;
    if (result == native::readiness::failed) {
      ec = last_error();
      // Some systems report a shortage of memory as EAGAIN (poll(2), NOTES).
      if (!native::is_interrupted(ec) && ec != condition::would_block) return result;
      wakes.spend();
    }
    if (too_late(until, ec)) return native::readiness::time_is_up;
  }
}

inline bool is_over(native::readiness r) noexcept {
  return r == native::readiness::failed || r == native::readiness::time_is_up;
}

// A call without deadline was interrupted: what the descriptor's own timeout allows becomes one, since the kernel would
// begin it anew with each try.
inline void keep_own_timeout(native_handle handle, native::event what, deadline& until) noexcept {
  if (until.is_set()) return;
  const auto own = native::own_timeout(handle, what);
  if (own.count() != 0) until = own;
}

// Whether a transfer that has failed with ec is to be tried again; waits first where it must. `flags` are the caller's.
inline bool again(native_handle handle, native::event what, int flags, deadline& until, patience& wakes,
                  std::error_code& ec) noexcept {
  if (native::is_interrupted(ec)) {
    // With a deadline the call does not wait itself: one that is interrupted each time would spin.
    if (until.is_set()) wakes.spend();
    keep_own_timeout(handle, what, until);
    return !too_late(until, ec);
  }
  if (ec != condition::would_block) return false;
  if (!until.is_set()) {
    if (native::own_timeout_expired(handle, what, flags)) ec = library_errc::deadline_exceeded;
    return false;
  }
  // Asked here too: a descriptor that is always ready never lets wait() look at the time.
  if (too_late(until, ec)) return false;
  wakes.spend();
  return !is_over(wait(handle, what, until, ec));
}

// Goes on with a call that has just failed, as repeat() says.
template <class Call>
SOCKERR_NOINLINE std::ptrdiff_t persist(native_handle handle, native::event what, int flags, deadline until,
                                        std::error_code& ec, const Call& call) noexcept {
  patience wakes;
  for (;;) {
    ec = last_error();
    if (!again(handle, what, flags, until, wakes, ec)) return -1;
    const std::ptrdiff_t result = call(until.is_set());
    if (result >= 0) {
      ec.clear();
      return result;
    }
  }
}

// Does call(no_wait) until it succeeds, or fails for good. The first try, mostly the only one, is inlined, the rest is
// not. Returns: its result; -1 with the reason in ec.
template <class Call>
std::ptrdiff_t repeat(native_handle handle, native::event what, int flags, deadline until, std::error_code& ec,
                      const Call& call) noexcept {
  const std::ptrdiff_t result = call(until.is_set());
  if (result < 0) return persist(handle, what, flags, until, ec, call);
  ec.clear();
  return result;
}

inline std::size_t count(std::ptrdiff_t result) noexcept { return result < 0 ? 0 : static_cast<std::size_t>(result); }

}  // namespace detail

/// The local address of a socket.
/// Returns: the address that it is bound to. Throws: usage_error for what is no open socket.
[[nodiscard]] inline endpoint local_endpoint(native_handle handle, std::error_code& ec) noexcept {
  return detail::ask_address(handle, detail::native::local_address, ec);
}

/// The remote address of a connection.
/// Returns: the address that it is connected to. Throws: not_connected; usage_error for what is no open socket.
[[nodiscard]] inline endpoint peer_endpoint(native_handle handle, std::error_code& ec) noexcept {
  return detail::ask_address(handle, detail::native::peer_address, ec);
}

/// Reads an option, `get_option<int>(fd, SOL_SOCKET, SO_RCVBUF)`. `T` is the type that the option's manual names.
/// Throws: not_supported for an option that the socket does not have, usage_error for what is no open socket.
template <class T = int>
[[nodiscard]] T get_option(native_handle handle, int level, int name, std::error_code& ec) noexcept {
  static_assert(std::is_trivially_copyable_v<T>, "options are plain bytes");
  T value{};
  detail::native::size_type size = sizeof value;
  detail::set_from_errno(detail::native::get_option(handle, level, name, &value, &size), ec);
  return value;
}

/// Sets an option, `set_option(fd, SOL_SOCKET, SO_RCVBUF, 65536)`. The value has the type that the option's manual
/// names. Throws: not_supported for an option that the socket does not have, invalid_argument for a value that it does
/// not take, usage_error for what is no open socket.
template <class T>
void set_option(native_handle handle, int level, int name, const T& value, std::error_code& ec) noexcept {
  static_assert(std::is_trivially_copyable_v<T>, "options are plain bytes");
  detail::set_from_errno(detail::native::set_option(handle, level, name, &value, sizeof value), ec);
}

namespace detail {

// A TCP connection to a local port where nobody listens can meet itself, when the kernel picks that very port for its
// near end (RFC 793, simultaneous open).
SOCKERR_NOINLINE inline bool is_own_peer(native_handle handle) noexcept {
  std::error_code ec;
  const endpoint local = local_endpoint(handle, ec);
  // The system is asked for the peer too, since it reads an address such as 0.0.0.0 as one of this host's.
  if (local != peer_endpoint(handle, ec) || ec) return false;
  return get_option<int>(handle, SOL_SOCKET, SO_TYPE, ec) == SOCK_STREAM;
}

// Asks for the near end each time: which ports the kernel picks from can be changed, and the socket may be bound to
// any, so nothing that is known before tells that it cannot be the peer's.
inline bool met_itself(native_handle handle, const endpoint& peer) noexcept {
  const std::uint16_t port = peer.port();
  if (port == 0) return false;  // no IP address
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  sockaddr_in6 local{};
  native::size_type size = sizeof local;
  if (native::local_address(handle, reinterpret_cast<sockaddr*>(&local), &size) != 0) return false;
  return ntohs(local.sin6_port) == port && is_own_peer(handle);
}

// Tears such a connection down. Linux dissolves it (connect(2), AF_UNSPEC); an orderly end would leave its port in
// TIME_WAIT, and a server that has only been late could not be started on it.
inline void part_from_itself(native_handle handle) noexcept {
  const sockaddr nowhere{};
  if (native::connect(handle, &nowhere, sizeof nowhere, false) != 0)
    native::shutdown(handle, static_cast<int>(shutdown_direction::both));
}

// Waits for a connection attempt that goes on in the background.
// Returns: false where there is none; else ec tells what came of it.
inline bool finish_connect(native_handle handle, deadline until, std::error_code& ec) noexcept {
  const native::readiness result = wait(handle, native::event::connected, until, ec);
  if (is_over(result)) return true;
  ec = native::pending_error(handle);
  return ec || result != native::readiness::hung_up;
}

// Whether an attempt that failed with ec, a code of socket_category(), is not over: it was interrupted, or could not
// wait.
inline bool is_unfinished(const std::error_code& ec) noexcept {
  return ec &&
         (sockerr::classify(static_cast<errc>(ec.value())) == condition::would_block || native::is_interrupted(ec));
}

// Goes on with such an attempt.
SOCKERR_NOINLINE inline void pursue_connect(native_handle handle, const endpoint& peer, deadline until,
                                            std::error_code& ec) noexcept {
  std::chrono::milliseconds pause{1};
  patience wakes;
  do {
    const bool interrupted = native::is_interrupted(ec);
    if (interrupted) keep_own_timeout(handle, native::event::connected, until);
    if (interrupted && peer.family() != AF_UNIX) {
      // The attempt goes on without us, and asking for it again is an error (connect(2)): it is waited for.
      if (finish_connect(handle, until.is_set() ? until : deadline::never(), ec)) return;
    } else if (!interrupted && !until.is_set()) {
      if (native::own_timeout_expired(handle, native::event::connected, 0)) ec = library_errc::deadline_exceeded;
      return;
    } else if (native::is_pending(ec)) {
      if (finish_connect(handle, until, ec)) return;
    } else if (!interrupted) {
      // Nothing was started and nothing can be polled for: the backlog of a Unix-domain listener is full (unix(7)).
      native::pause(until.remaining() < pause ? until.remaining() : deadline::clock::duration{pause});
      if (pause < std::chrono::milliseconds{16}) pause *= 2;
    }
    if (too_late(until, ec)) return;
    wakes.spend();
    set_from_errno(native::connect(handle, peer.data(), static_cast<native::size_type>(peer.size()), until.is_set()),
                   ec);
  } while (is_unfinished(ec));
}

}  // namespace detail

/// Connects a socket: to a listener, or a datagram socket to the only peer that it is to talk to. On an error other
/// than would_block the socket is not to be used again, connect(2) leaves its state open; the next try takes a new one.
/// A TCP connection that has met itself is torn down and reported as connection_refused: nobody listens there.
/// Throws: connection_refused, timed_out, unreachable, address_not_available (no free local port), permission_denied
/// (a firewall), path_error, would_block (a non-blocking descriptor without deadline), usage_error.
inline void connect(native_handle handle, const endpoint& peer, deadline until, std::error_code& ec) noexcept {
  using detail::native::size_type;
  detail::set_from_errno(
      detail::native::connect(handle, peer.data(), static_cast<size_type>(peer.size()), until.is_set()), ec);
  if (detail::is_unfinished(ec)) detail::pursue_connect(handle, peer, until, ec);
  if (ec || !detail::met_itself(handle, peer)) return;
  detail::part_from_itself(handle);
  ec = library_errc::self_connected;
}
/// The same without deadline.
inline void connect(native_handle handle, const endpoint& peer, std::error_code& ec) noexcept {
  connect(handle, peer, {}, ec);
}

/// Gives a socket its near end. Port 0 lets the system choose one, which local_endpoint() tells.
/// Throws: address_in_use, address_not_available (not an address of this host), permission_denied (a port below 1024,
/// on Windows also one that is held exclusively), path_error, usage_error (bound already).
inline void bind(native_handle handle, const endpoint& local, std::error_code& ec) noexcept {
  detail::set_from_errno(
      detail::native::bind(handle, local.data(), static_cast<detail::native::size_type>(local.size())), ec);
}

/// Lets a bound socket take connections; up to `backlog` of them wait for accept().
/// Throws: address_in_use, not_supported (a datagram socket), usage_error.
inline void listen(native_handle handle, int backlog, std::error_code& ec) noexcept {
  detail::set_from_errno(detail::native::listen(handle, backlog), ec);
}
/// The same with the longest queue that the system has.
inline void listen(native_handle handle, std::error_code& ec) noexcept { listen(handle, SOMAXCONN, ec); }

namespace detail {

// EOPNOTSUPP is a pending error of a connection in the queue (accept(2)), unless the socket cannot listen at all.
inline bool is_worth_next_accept(native_handle handle, const std::error_code& ec) noexcept {
  if (advise(ec, operation::accept) == retry_advice::at_once) return true;
  std::error_code ignored;
  return ec == std::errc::operation_not_supported &&
         sockerr::get_option<int>(handle, SOL_SOCKET, SO_ACCEPTCONN, ignored) != 0;
}

inline native_handle accept(native_handle handle, endpoint* peer, deadline until, std::error_code& ec) noexcept {
  patience wakes;
  for (;;) {
    sockaddr_storage address{};
    native::size_type size = sizeof address;
    const native_handle accepted = native::accept(handle, reinterpret_cast<sockaddr*>(&address), &size, until.is_set());
    if (accepted != invalid_handle) {
      ec.clear();
      if (peer != nullptr) {
        std::error_code ignored;
        *peer = endpoint::from_native(reinterpret_cast<sockaddr*>(&address), static_cast<std::size_t>(size), ignored);
      }
      return accepted;
    }
    ec = last_error();
    if (!native::is_interrupted(ec) && is_worth_next_accept(handle, ec)) {
      if (too_late(until, ec)) return invalid_handle;
      wakes.spend();
    } else if (!again(handle, native::event::readable, 0, until, wakes, ec)) {
      return invalid_handle;
    }
  }
}

}  // namespace detail

/// Receives what has arrived, up to `size` bytes.
/// Returns: how many bytes; 0 at the end of the stream, for an empty datagram, and of a stream at once for `size` 0.
/// Throws: timed_out, connection_reset, connection_refused (a datagram socket whose earlier message met a closed port),
/// not_connected, would_block (a non-blocking descriptor without deadline), usage_error.
inline std::size_t recv(native_handle handle, void* data, std::size_t size, int flags, deadline until,
                        std::error_code& ec) noexcept {
  return detail::count(
      detail::repeat(handle, detail::native::event::readable, flags, until, ec,
                     [=](bool no_wait) noexcept { return detail::native::recv(handle, data, size, flags, no_wait); }));
}
/// The same without flags and deadline.
inline std::size_t recv(native_handle handle, void* data, std::size_t size, std::error_code& ec) noexcept {
  return recv(handle, data, size, 0, {}, ec);
}

/// Receives what has arrived and tells from whom. A datagram that is longer than `size` is cut.
/// Returns: as recv(), and in `peer` the sender. Throws: as recv().
inline std::size_t recv_from(native_handle handle, void* data, std::size_t size, endpoint& peer, int flags,
                             deadline until, std::error_code& ec) noexcept {
  sockaddr_storage address{};
  detail::native::size_type address_size = 0;
  const std::ptrdiff_t result =
      detail::repeat(handle, detail::native::event::readable, flags, until, ec, [&](bool no_wait) noexcept {
        address_size = sizeof address;
        return detail::native::recv_from(handle, data, size, flags, reinterpret_cast<sockaddr*>(&address),
                                         &address_size, no_wait);
      });
  std::error_code no_address;
  peer = endpoint::from_native(reinterpret_cast<sockaddr*>(&address), ec ? 0 : static_cast<std::size_t>(address_size),
                               no_address);
  return detail::count(result);
}
/// The same without flags and deadline.
inline std::size_t recv_from(native_handle handle, void* data, std::size_t size, endpoint& peer,
                             std::error_code& ec) noexcept {
  return recv_from(handle, data, size, peer, 0, {}, ec);
}

/// Receives until `size` bytes are there; the deadline is for all of them together.
/// Returns: how many bytes, which is fewer than `size` only at the end of the stream, and where ec is set: then so many
/// were received before the error. Throws: as recv().
inline std::size_t recv_exactly(native_handle handle, void* data, std::size_t size, deadline until,
                                std::error_code& ec) noexcept {
  ec.clear();
  std::size_t done = 0;
  while (done != size) {
    const std::size_t count = recv(handle, static_cast<char*>(data) + done, size - done, 0, until, ec);
    if (count == 0) break;
    done += count;
  }
  return done;
}
/// The same without deadline.
inline std::size_t recv_exactly(native_handle handle, void* data, std::size_t size, std::error_code& ec) noexcept {
  return recv_exactly(handle, data, size, {}, ec);
}

/// Sends bytes, maybe not all of them.
/// Returns: how many bytes the system has taken.
/// Throws: timed_out, broken_pipe, connection_reset, message_size (a datagram that is too long), no_buffer_space,
/// not_connected, would_block (a non-blocking descriptor without deadline), usage_error.
inline std::size_t send(native_handle handle, const void* data, std::size_t size, int flags, deadline until,
                        std::error_code& ec) noexcept {
  return detail::count(
      detail::repeat(handle, detail::native::event::writable, flags, until, ec,
                     [=](bool no_wait) noexcept { return detail::native::send(handle, data, size, flags, no_wait); }));
}
/// The same without flags and deadline.
inline std::size_t send(native_handle handle, const void* data, std::size_t size, std::error_code& ec) noexcept {
  return send(handle, data, size, 0, {}, ec);
}

/// Sends a datagram to `peer`.
/// Returns: as send(). Throws: as send(); also unreachable, permission_denied (broadcast),
/// address_family_not_supported.
inline std::size_t send_to(native_handle handle, const void* data, std::size_t size, const endpoint& peer, int flags,
                           deadline until, std::error_code& ec) noexcept {
  return detail::count(
      detail::repeat(handle, detail::native::event::writable, flags, until, ec, [&](bool no_wait) noexcept {
        return detail::native::send_to(handle, data, size, flags, peer.data(),
                                       static_cast<detail::native::size_type>(peer.size()), no_wait);
      }));
}
/// The same without flags and deadline.
inline std::size_t send_to(native_handle handle, const void* data, std::size_t size, const endpoint& peer,
                           std::error_code& ec) noexcept {
  return send_to(handle, data, size, peer, 0, {}, ec);
}

/// Sends all bytes; the deadline is for all of them together.
/// Returns: `size`; fewer where ec is set: so many were taken before the error. Throws: as send().
inline std::size_t send_all(native_handle handle, const void* data, std::size_t size, deadline until,
                            std::error_code& ec) noexcept {
  ec.clear();
  std::size_t done = 0;
  while (done != size) {
    done += send(handle, static_cast<const char*>(data) + done, size - done, 0, until, ec);
    if (ec) break;
  }
  return done;
}
/// The same without deadline.
inline std::size_t send_all(native_handle handle, const void* data, std::size_t size, std::error_code& ec) noexcept {
  return send_all(handle, data, size, {}, ec);
}

/// Closes one or both directions of a connection; a recv() that waits in another thread ends (POSIX).
/// Throws: not_connected, usage_error.
inline void shutdown(native_handle handle, shutdown_direction how, std::error_code& ec) noexcept {
  detail::set_from_errno(detail::native::shutdown(handle, static_cast<int>(how)), ec);
}

/// Closes a handle, once: after an interruption too it is gone, and its number may be another thread's already.
/// Throws: bad_file_descriptor; what a file system that held data back has to say.
inline void close(native_handle handle, std::error_code& ec) noexcept {
  detail::set_from_errno(detail::native::close(handle), ec);
}

/// Windows: whether a recv() on a datagram socket fails with connection_reset when an earlier datagram met a closed
/// port (SIO_UDP_CONNRESET), as it does by default. The socket is good all the same. Does nothing on other systems,
/// where a connected socket alone is told, with connection_refused. Throws: usage_error.
inline void report_port_unreachable(native_handle handle, bool on, std::error_code& ec) noexcept {
  detail::set_from_errno(detail::native::report_port_unreachable(handle, on), ec);
}

#if defined(__cpp_exceptions)

namespace detail {

// A call that has failed, which is looked into as the exception is made.
struct failure {
  const std::error_code& ec;
  operation during;
  native_handle handle;
  source_location where;
  const endpoint& about;  // the address that the call was given
  std::size_t done;       // bytes, of a transfer of many parts

  static error make(const void* self) noexcept {
    const auto& f = *static_cast<const failure*>(self);
    error result = examine(f.handle, f.ec, f.during, f.about, f.where);
    if (call_of(f.during) != f.during) result.transferred(f.done);
    return result;
  }
};

// The throwing form of a call is the other one and this.
[[noreturn]] SOCKERR_NOINLINE inline void fail(const std::error_code& ec, operation during, native_handle handle,
                                               source_location where, const endpoint& about = {},
                                               std::size_t done = 0) {
  const failure f{ec, during, handle, where, about, done};
  thrower::raise_made(ec, {&failure::make, &f});
}

}  // namespace detail

/// local_endpoint(); throws the error.
[[nodiscard]] inline endpoint local_endpoint(native_handle handle, source_location where = source_location::current()) {
  std::error_code ec;
  const endpoint result = local_endpoint(handle, ec);
  if (ec) detail::fail(ec, operation::local_address, handle, where);
  return result;
}

/// peer_endpoint(); throws the error.
[[nodiscard]] inline endpoint peer_endpoint(native_handle handle, source_location where = source_location::current()) {
  std::error_code ec;
  const endpoint result = peer_endpoint(handle, ec);
  if (ec) detail::fail(ec, operation::peer_address, handle, where);
  return result;
}

/// get_option(); throws the error.
template <class T = int>
[[nodiscard]] T get_option(native_handle handle, int level, int name,
                           source_location where = source_location::current()) {
  std::error_code ec;
  const T result = get_option<T>(handle, level, name, ec);
  if (ec) detail::fail(ec, operation::get_option, handle, where);
  return result;
}

/// set_option(); throws the error.
template <class T>
void set_option(native_handle handle, int level, int name, const T& value,
                source_location where = source_location::current()) {
  std::error_code ec;
  set_option(handle, level, name, value, ec);
  if (ec) detail::fail(ec, operation::set_option, handle, where);
}

/// connect(); throws the error.
inline void connect(native_handle handle, const endpoint& peer, deadline until = {},
                    source_location where = source_location::current()) {
  std::error_code ec;
  connect(handle, peer, until, ec);
  if (ec) detail::fail(ec, operation::connect, handle, where, peer);
}

/// bind(); throws the error.
inline void bind(native_handle handle, const endpoint& local, source_location where = source_location::current()) {
  std::error_code ec;
  bind(handle, local, ec);
  if (ec) detail::fail(ec, operation::bind, handle, where, local);
}

/// listen(); throws the error.
inline void listen(native_handle handle, int backlog = SOMAXCONN, source_location where = source_location::current()) {
  std::error_code ec;
  listen(handle, backlog, ec);
  if (ec) detail::fail(ec, operation::listen, handle, where);
}

/// recv(); throws the error.
inline std::size_t recv(native_handle handle, void* data, std::size_t size, int flags = 0, deadline until = {},
                        source_location where = source_location::current()) {
  std::error_code ec;
  const std::size_t count = recv(handle, data, size, flags, until, ec);
  if (ec) detail::fail(ec, operation::recv, handle, where);
  return count;
}

/// recv_from(); throws the error.
inline std::size_t recv_from(native_handle handle, void* data, std::size_t size, endpoint& peer, int flags = 0,
                             deadline until = {}, source_location where = source_location::current()) {
  std::error_code ec;
  const std::size_t count = recv_from(handle, data, size, peer, flags, until, ec);
  if (ec) detail::fail(ec, operation::recv, handle, where);
  return count;
}

/// recv_exactly(); throws the error. What was received before it is lost.
inline std::size_t recv_exactly(native_handle handle, void* data, std::size_t size, deadline until = {},
                                source_location where = source_location::current()) {
  std::error_code ec;
  const std::size_t count = recv_exactly(handle, data, size, until, ec);
  if (ec) detail::fail(ec, operation::recv_exactly, handle, where, {}, count);
  return count;
}

/// send(); throws the error.
inline std::size_t send(native_handle handle, const void* data, std::size_t size, int flags = 0, deadline until = {},
                        source_location where = source_location::current()) {
  std::error_code ec;
  const std::size_t count = send(handle, data, size, flags, until, ec);
  if (ec) detail::fail(ec, operation::send, handle, where);
  return count;
}

/// send_to(); throws the error.
inline std::size_t send_to(native_handle handle, const void* data, std::size_t size, const endpoint& peer,
                           int flags = 0, deadline until = {}, source_location where = source_location::current()) {
  std::error_code ec;
  const std::size_t count = send_to(handle, data, size, peer, flags, until, ec);
  if (ec) detail::fail(ec, operation::send, handle, where, peer);
  return count;
}

/// send_all(); throws the error.
inline std::size_t send_all(native_handle handle, const void* data, std::size_t size, deadline until = {},
                            source_location where = source_location::current()) {
  std::error_code ec;
  const std::size_t count = send_all(handle, data, size, until, ec);
  if (ec) detail::fail(ec, operation::send_all, handle, where, {}, count);
  return count;
}

/// shutdown(); throws the error.
inline void shutdown(native_handle handle, shutdown_direction how, source_location where = source_location::current()) {
  std::error_code ec;
  shutdown(handle, how, ec);
  if (ec) detail::fail(ec, operation::shutdown, handle, where);
}

/// report_port_unreachable(); throws the error.
inline void report_port_unreachable(native_handle handle, bool on, source_location where = source_location::current()) {
  std::error_code ec;
  report_port_unreachable(handle, on, ec);
  if (ec) detail::fail(ec, operation::set_option, handle, where);
}

/// close(); throws the error.
inline void close(native_handle handle, source_location where = source_location::current()) {
  std::error_code ec;
  close(handle, ec);
  throw_if(ec, operation::close, where);
}

#endif

}  // namespace v1_0
}  // namespace sockerr

#undef SOCKERR_NOINLINE

#endif

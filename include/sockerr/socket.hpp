// SPDX-License-Identifier: MIT
#ifndef SOCKERR_SOCKET_HPP
#define SOCKERR_SOCKET_HPP

#include <cstddef>       // size_t
#include <system_error>  // error_code
#include <utility>       // exchange, move, swap

#include "calls.hpp"

namespace sockerr {
inline namespace v1_0 {

/// A socket that one object owns: closed when the object goes, moved but not copied. The calls of calls.hpp are its
/// members, with the same arguments, results and errors; each that is given no deadline has timeout() for it.
class socket {
 public:
  /// No socket: calls on it are a bad_file_descriptor.
  socket() noexcept = default;

  /// Takes over a handle, which is closed with this object.
  explicit socket(sockerr::native_handle handle) noexcept : handle_{handle} {}

  /// Takes over what the other owns, and its timeout().
  socket(socket&& other) noexcept : handle_{other.release()}, timeout_{other.timeout_}, peer_{other.peer_} {}
  /// Closes what it owns, then takes over what the other owns, and its timeout().
  socket& operator=(socket&& other) noexcept {
    socket taken{std::move(other)};
    std::swap(handle_, taken.handle_);
    timeout_ = taken.timeout_;
    peer_ = taken.peer_;
    return *this;
  }
  /// Closes what it owns; errors are ignored, close() tells them.
  ~socket() {
    if (is_open()) detail::native::close(handle_);
  }

  /// Returns: whether there is a socket.
  [[nodiscard]] bool is_open() const noexcept { return handle_ != invalid_handle; }
  /// Returns: the handle, which stays this object's; invalid_handle where there is none.
  [[nodiscard]] sockerr::native_handle native_handle() const noexcept { return handle_; }
  /// Returns: the handle, which is the caller's from now on.
  [[nodiscard]] sockerr::native_handle release() noexcept { return std::exchange(handle_, invalid_handle); }

  /// Sets how long each call may take that is given no deadline of its own. Without a limit, the default, the
  /// descriptor's own mode decides. (In parentheses, because <curses.h> has a macro of this name.)
  void(timeout)(time_limit longest) noexcept { timeout_ = longest; }
  /// Returns: that limit.
  [[nodiscard]] time_limit(timeout)() const noexcept { return timeout_; }

  /// sockerr::connect() of this socket.
  void connect(const endpoint& peer, deadline until, std::error_code& ec) noexcept {
    peer_ = peer;
    sockerr::connect(handle_, peer, limited(until), ec);
  }
  /// The same within timeout().
  void connect(const endpoint& peer, std::error_code& ec) noexcept { connect(peer, {}, ec); }

  /// sockerr::bind() of this socket.
  void bind(const endpoint& local, std::error_code& ec) noexcept { sockerr::bind(handle_, local, ec); }

  /// sockerr::listen() of this socket.
  void listen(int backlog, std::error_code& ec) noexcept { sockerr::listen(handle_, backlog, ec); }
  /// The same with the longest queue that the system has.
  void listen(std::error_code& ec) noexcept { sockerr::listen(handle_, ec); }

  /// sockerr::accept() from this socket.
  [[nodiscard]] inline socket accept(endpoint* peer, deadline until, std::error_code& ec) noexcept;
  /// The same within timeout().
  [[nodiscard]] inline socket accept(std::error_code& ec) noexcept;

  /// sockerr::recv() from this socket.
  std::size_t recv(void* data, std::size_t size, int flags, deadline until, std::error_code& ec) noexcept {
    return sockerr::recv(handle_, data, size, flags, limited(until), ec);
  }
  /// The same without flags, within timeout().
  std::size_t recv(void* data, std::size_t size, std::error_code& ec) noexcept { return recv(data, size, 0, {}, ec); }

  /// sockerr::recv_from() from this socket.
  std::size_t recv_from(void* data, std::size_t size, endpoint& peer, int flags, deadline until,
                        std::error_code& ec) noexcept {
    return sockerr::recv_from(handle_, data, size, peer, flags, limited(until), ec);
  }
  /// The same without flags, within timeout().
  std::size_t recv_from(void* data, std::size_t size, endpoint& peer, std::error_code& ec) noexcept {
    return recv_from(data, size, peer, 0, {}, ec);
  }

  /// sockerr::recv_exactly() from this socket.
  std::size_t recv_exactly(void* data, std::size_t size, deadline until, std::error_code& ec) noexcept {
    return sockerr::recv_exactly(handle_, data, size, limited(until), ec);
  }
  /// The same within timeout().
  std::size_t recv_exactly(void* data, std::size_t size, std::error_code& ec) noexcept {
    return recv_exactly(data, size, {}, ec);
  }

  /// sockerr::send() to this socket.
  std::size_t send(const void* data, std::size_t size, int flags, deadline until, std::error_code& ec) noexcept {
    return sockerr::send(handle_, data, size, flags, limited(until), ec);
  }
  /// The same without flags, within timeout().
  std::size_t send(const void* data, std::size_t size, std::error_code& ec) noexcept {
    return send(data, size, 0, {}, ec);
  }

  /// sockerr::send_to() from this socket.
  std::size_t send_to(const void* data, std::size_t size, const endpoint& peer, int flags, deadline until,
                      std::error_code& ec) noexcept {
    return sockerr::send_to(handle_, data, size, peer, flags, limited(until), ec);
  }
  /// The same without flags, within timeout().
  std::size_t send_to(const void* data, std::size_t size, const endpoint& peer, std::error_code& ec) noexcept {
    return send_to(data, size, peer, 0, {}, ec);
  }

  /// sockerr::send_all() to this socket.
  std::size_t send_all(const void* data, std::size_t size, deadline until, std::error_code& ec) noexcept {
    return sockerr::send_all(handle_, data, size, limited(until), ec);
  }
  /// The same within timeout().
  std::size_t send_all(const void* data, std::size_t size, std::error_code& ec) noexcept {
    return send_all(data, size, {}, ec);
  }

  /// sockerr::shutdown() of this socket.
  void shutdown(shutdown_direction how, std::error_code& ec) noexcept { sockerr::shutdown(handle_, how, ec); }

  /// Closes the socket now, to learn what the destructor would not tell. Does nothing where there is none.
  void close(std::error_code& ec) noexcept {
    ec.clear();
    if (is_open()) sockerr::close(release(), ec);
  }

  /// sockerr::local_endpoint() of this socket.
  [[nodiscard]] endpoint local_endpoint(std::error_code& ec) const noexcept {
    return sockerr::local_endpoint(handle_, ec);
  }
  /// sockerr::peer_endpoint() of this socket.
  [[nodiscard]] endpoint peer_endpoint(std::error_code& ec) const noexcept {
    return sockerr::peer_endpoint(handle_, ec);
  }

  /// sockerr::get_option() of this socket.
  template <class T = int>
  [[nodiscard]] T get_option(int level, int name, std::error_code& ec) const noexcept {
    return sockerr::get_option<T>(handle_, level, name, ec);
  }
  /// sockerr::set_option() of this socket.
  template <class T>
  void set_option(int level, int name, const T& value, std::error_code& ec) noexcept {
    sockerr::set_option(handle_, level, name, value, ec);
  }

#if defined(__cpp_exceptions)
  /// connect(); throws the error.
  void connect(const endpoint& peer, deadline until = {}, source_location where = source_location::current()) {
    std::error_code ec;
    connect(peer, until, ec);
    if (ec) detail::fail(ec, operation::connect, handle_, where, peer_);
  }

  /// bind(); throws the error.
  void bind(const endpoint& local, source_location where = source_location::current()) {
    sockerr::bind(handle_, local, where);
  }

  /// listen(); throws the error.
  void listen(int backlog = SOMAXCONN, source_location where = source_location::current()) {
    sockerr::listen(handle_, backlog, where);
  }

  /// accept(); throws the error.
  [[nodiscard]] inline socket accept(endpoint* peer = nullptr, deadline until = {},
                                     source_location where = source_location::current());

  /// recv(); throws the error.
  std::size_t recv(void* data, std::size_t size, int flags = 0, deadline until = {},
                   source_location where = source_location::current()) {
    std::error_code ec;
    const std::size_t count = recv(data, size, flags, until, ec);
    if (ec) detail::fail(ec, operation::recv, handle_, where, peer_);
    return count;
  }

  /// recv_from(); throws the error.
  std::size_t recv_from(void* data, std::size_t size, endpoint& peer, int flags = 0, deadline until = {},
                        source_location where = source_location::current()) {
    std::error_code ec;
    const std::size_t count = recv_from(data, size, peer, flags, until, ec);
    if (ec) detail::fail(ec, operation::recv, handle_, where, peer_);
    return count;
  }

  /// recv_exactly(); throws the error. What was received before it is lost.
  std::size_t recv_exactly(void* data, std::size_t size, deadline until = {},
                           source_location where = source_location::current()) {
    std::error_code ec;
    const std::size_t count = recv_exactly(data, size, until, ec);
    if (ec) detail::fail(ec, operation::recv_exactly, handle_, where, peer_, count);
    return count;
  }

  /// send(); throws the error.
  std::size_t send(const void* data, std::size_t size, int flags = 0, deadline until = {},
                   source_location where = source_location::current()) {
    std::error_code ec;
    const std::size_t count = send(data, size, flags, until, ec);
    if (ec) detail::fail(ec, operation::send, handle_, where, peer_);
    return count;
  }

  /// send_to(); throws the error.
  std::size_t send_to(const void* data, std::size_t size, const endpoint& peer, int flags = 0, deadline until = {},
                      source_location where = source_location::current()) {
    return sockerr::send_to(handle_, data, size, peer, flags, limited(until), where);
  }

  /// send_all(); throws the error.
  std::size_t send_all(const void* data, std::size_t size, deadline until = {},
                       source_location where = source_location::current()) {
    std::error_code ec;
    const std::size_t count = send_all(data, size, until, ec);
    if (ec) detail::fail(ec, operation::send_all, handle_, where, peer_, count);
    return count;
  }

  /// shutdown(); throws the error.
  void shutdown(shutdown_direction how, source_location where = source_location::current()) {
    std::error_code ec;
    shutdown(how, ec);
    if (ec) detail::fail(ec, operation::shutdown, handle_, where, peer_);
  }

  /// close(); throws the error.
  void close(source_location where = source_location::current()) {
    if (is_open()) sockerr::close(release(), where);
  }

  /// local_endpoint(); throws the error.
  [[nodiscard]] endpoint local_endpoint(source_location where = source_location::current()) const {
    return sockerr::local_endpoint(handle_, where);
  }
  /// peer_endpoint(); throws the error.
  [[nodiscard]] endpoint peer_endpoint(source_location where = source_location::current()) const {
    return sockerr::peer_endpoint(handle_, where);
  }

  /// get_option(); throws the error.
  template <class T = int>
  [[nodiscard]] T get_option(int level, int name, source_location where = source_location::current()) const {
    return sockerr::get_option<T>(handle_, level, name, where);
  }
  /// set_option(); throws the error.
  template <class T>
  void set_option(int level, int name, const T& value, source_location where = source_location::current()) {
    sockerr::set_option(handle_, level, name, value, where);
  }
#endif

 private:
  deadline limited(deadline until) const noexcept {
    return until.is_set() || timeout_.is_never() ? until : deadline{timeout_};
  }

  sockerr::native_handle handle_ = invalid_handle;
  time_limit timeout_;
  // Whom it talks to, for errors that come when the system does not know any more: after a reset getpeername() fails.
  endpoint peer_;
};

/// Makes a socket, `open(AF_INET, SOCK_DGRAM)`. It blocks, is not inherited by other programs (close-on-exec), and
/// never raises SIGPIPE. Throws: address_family_not_supported, not_supported, too_many_files_open, no_buffer_space,
/// permission_denied.
[[nodiscard]] inline socket open(int family, int type, int protocol, std::error_code& ec) noexcept {
  socket result{detail::native::open(family, type, protocol)};
  if (result.is_open())
    ec.clear();
  else
    ec = last_error();
  return result;
}
/// The same with the protocol that is usual for the type.
[[nodiscard]] inline socket open(int family, int type, std::error_code& ec) noexcept {
  return open(family, type, 0, ec);
}

/// Takes the next connection from a listener's queue. The new socket blocks and is close-on-exec, whatever the listener
/// is. Errors that belong to a connection that died in the queue are passed over; a full table of descriptors is
/// reported as too_many_files_open, with the connection still in the queue: pause before the next try.
/// With a deadline, a blocking listener is made non-blocking for moments; where several threads accept from one with
/// deadlines, make it non-blocking for good.
/// Returns: the connection, and in `peer` its far end. Throws: timed_out, too_many_files_open, no_buffer_space,
/// would_block (a non-blocking listener without deadline), not_supported (a datagram socket), invalid_argument (not
/// listening), usage_error.
[[nodiscard]] inline socket accept(native_handle handle, endpoint* peer, deadline until, std::error_code& ec) noexcept {
  return socket{detail::accept(handle, peer, until, ec)};
}
/// The same without peer and deadline.
[[nodiscard]] inline socket accept(native_handle handle, std::error_code& ec) noexcept {
  return accept(handle, nullptr, {}, ec);
}

inline socket socket::accept(endpoint* peer, deadline until, std::error_code& ec) noexcept {
  endpoint from;
  socket result = sockerr::accept(handle_, &from, limited(until), ec);
  result.peer_ = from;
  if (peer != nullptr) *peer = from;
  return result;
}

inline socket socket::accept(std::error_code& ec) noexcept { return accept(nullptr, {}, ec); }

#if defined(__cpp_exceptions)

/// open(); throws the error.
[[nodiscard]] inline socket open(int family, int type, int protocol = 0,
                                 source_location where = source_location::current()) {
  std::error_code ec;
  socket result = open(family, type, protocol, ec);
  throw_if(ec, operation::open, where);
  return result;
}

/// accept(); throws the error.
[[nodiscard]] inline socket accept(native_handle handle, endpoint* peer = nullptr, deadline until = {},
                                   source_location where = source_location::current()) {
  std::error_code ec;
  socket result = accept(handle, peer, until, ec);
  if (ec) detail::fail(ec, operation::accept, handle, where);
  return result;
}

inline socket socket::accept(endpoint* peer, deadline until, source_location where) {
  std::error_code ec;
  socket result = accept(peer, until, ec);
  if (ec) detail::fail(ec, operation::accept, handle_, where);
  return result;
}

#endif

}  // namespace v1_0
}  // namespace sockerr

#endif

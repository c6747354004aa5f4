// SPDX-License-Identifier: MIT
#ifndef SOCKERR_EXPECTED_HPP
#define SOCKERR_EXPECTED_HPP

#if __has_include(<version>)
#include <version>  // IWYU pragma: keep // __cpp_lib_expected
#endif
#if defined(__cpp_lib_expected)

#include <cstddef>       // size_t
#include <cstdint>       // uint16_t
#include <expected>      // expected, unexpected
#include <string_view>   // string_view
#include <system_error>  // error_code
#include <type_traits>   // is_void_v
#include <utility>       // move
#include <vector>        // vector

#include "connect.hpp"

// Where the standard library has std::expected (C++23), each call exists a third time, under `try_` and its name: with
// the arguments of the form that throws, it returns what that one returns, or the error. The members of socket are
// here with the socket first, and take its timeout(); those that make an endpoint are here too, `try_parse(text)`.
//
// What was done before an error is lost, as it is to the form that throws: how much send_all() has sent, and what
// recv_exactly() has received, tell the forms with std::error_code& alone.

namespace sockerr {
inline namespace v1_0 {

/// A value, or the error for which there is none.
template <class T>
using expected = std::expected<T, error>;

namespace detail {

// What call(failed) returns, or the error.
template <class Call>
auto expect(Call call) {
  error failed;
  using value = decltype(call(failed));
  using result = expected<value>;
  if constexpr (std::is_void_v<value>) {
    call(failed);
    return failed ? result{std::unexpect, std::move(failed)} : result{};
  } else {
    value got = call(failed);
    return failed ? result{std::unexpect, std::move(failed)} : result{std::move(got)};
  }
}

// What call(ec) of a socket returns, or the error, looked into as the form that throws does. `about` is the address
// that the call is given.
template <class Call>
auto expect(operation during, native_handle handle, const endpoint& about, Call call) {
  return expect([&](error& failed) {
    std::error_code ec;
    const auto look = [&] {
      return ec == condition::would_block ? error{ec, during} : examine(handle, ec, during, about);
    };
    if constexpr (std::is_void_v<decltype(call(ec))>) {
      call(ec);
      if (ec) failed = look();
    } else {
      auto got = call(ec);
      if (ec) failed = look();
      if constexpr (std::is_same_v<decltype(got), std::size_t>)
        if (ec && call_of(during) != during) failed.transferred(got);
      return got;
    }
  });
}

// What call(ec), which reads a text, returns, or the error.
template <class Call>
auto expect(std::string_view text, Call call) {
  return expect([&](error& failed) {
    std::error_code ec;
    auto got = call(ec);
    if (ec) failed = error{ec, operation::resolve}.host(text);
    return got;
  });
}

}  // namespace detail

// ------------------------------------------------------------------------------------------------------- endpoints

/// Returns: endpoint::ip(), or its error.
[[nodiscard]] inline expected<endpoint> try_ip(std::string_view address, std::uint16_t port) noexcept {
  return detail::expect(address, [&](std::error_code& ec) { return endpoint::ip(address, port, ec); });
}

/// Returns: endpoint::unix_path(), or its error.
[[nodiscard]] inline expected<endpoint> try_unix_path(std::string_view path) noexcept {
  return detail::expect(path, [&](std::error_code& ec) { return endpoint::unix_path(path, ec); });
}

/// Returns: endpoint::abstract_name(), or its error.
[[nodiscard]] inline expected<endpoint> try_abstract_name(std::string_view name) noexcept {
  return detail::expect(name, [&](std::error_code& ec) { return endpoint::abstract_name(name, ec); });
}

/// Returns: endpoint::parse(), or its error.
[[nodiscard]] inline expected<endpoint> try_parse(std::string_view text) noexcept {
  return detail::expect(text, [&](std::error_code& ec) { return endpoint::parse(text, ec); });
}

/// Returns: endpoint::from_native(), or its error.
[[nodiscard]] inline expected<endpoint> try_from_native(const sockaddr* address, std::size_t size) noexcept {
  return detail::expect(std::string_view{},
                        [&](std::error_code& ec) { return endpoint::from_native(address, size, ec); });
}

/// Returns: resolve(), or its error.
[[nodiscard]] inline expected<std::vector<endpoint>> try_resolve(std::string_view host, std::string_view service,
                                                                 int family = AF_UNSPEC) {
  return detail::expect(host, [&](std::error_code& ec) { return resolve(host, service, family, ec); });
}

// ---------------------------------------------------------------------------------------- calls, and the socket's

/// Returns: open(), or its error.
[[nodiscard]] inline expected<socket> try_open(int family, int type, int protocol = 0) noexcept {
  return detail::expect(operation::open, invalid_handle, {},
                        [&](std::error_code& ec) { return open(family, type, protocol, ec); });
}

/// connect(). Returns: nothing, or its error.
[[nodiscard]] inline expected<void> try_connect(native_handle handle, const endpoint& peer,
                                                deadline until = {}) noexcept {
  return detail::expect(operation::connect, handle, peer,
                        [&](std::error_code& ec) { return connect(handle, peer, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<void> try_connect(socket& s, const endpoint& peer, deadline until = {}) noexcept {
  return detail::expect(operation::connect, s.native_handle(), peer,
                        [&](std::error_code& ec) { return s.connect(peer, until, ec); });
}

/// bind(). Returns: nothing, or its error.
[[nodiscard]] inline expected<void> try_bind(native_handle handle, const endpoint& local) noexcept {
  return detail::expect(operation::bind, handle, local, [&](std::error_code& ec) { return bind(handle, local, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<void> try_bind(socket& s, const endpoint& local) noexcept {
  return detail::expect(operation::bind, s.native_handle(), local,
                        [&](std::error_code& ec) { return s.bind(local, ec); });
}

/// listen(). Returns: nothing, or its error.
[[nodiscard]] inline expected<void> try_listen(native_handle handle, int backlog = SOMAXCONN) noexcept {
  return detail::expect(operation::listen, handle, {},
                        [&](std::error_code& ec) { return listen(handle, backlog, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<void> try_listen(socket& s, int backlog = SOMAXCONN) noexcept {
  return detail::expect(operation::listen, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.listen(backlog, ec); });
}

/// Returns: accept(), or its error.
[[nodiscard]] inline expected<socket> try_accept(native_handle handle, endpoint* peer = nullptr,
                                                 deadline until = {}) noexcept {
  return detail::expect(operation::accept, handle, {},
                        [&](std::error_code& ec) { return accept(handle, peer, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<socket> try_accept(socket& s, endpoint* peer = nullptr, deadline until = {}) noexcept {
  return detail::expect(operation::accept, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.accept(peer, until, ec); });
}

/// Returns: recv(), or its error.
[[nodiscard]] inline expected<std::size_t> try_recv(native_handle handle, void* data, std::size_t size, int flags = 0,
                                                    deadline until = {}) noexcept {
  return detail::expect(operation::recv, handle, {},
                        [&](std::error_code& ec) { return recv(handle, data, size, flags, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<std::size_t> try_recv(socket& s, void* data, std::size_t size, int flags = 0,
                                                    deadline until = {}) noexcept {
  return detail::expect(operation::recv, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.recv(data, size, flags, until, ec); });
}

/// Returns: recv_from(), or its error.
[[nodiscard]] inline expected<std::size_t> try_recv_from(native_handle handle, void* data, std::size_t size,
                                                         endpoint& peer, int flags = 0, deadline until = {}) noexcept {
  return detail::expect(operation::recv, handle, {},
                        [&](std::error_code& ec) { return recv_from(handle, data, size, peer, flags, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<std::size_t> try_recv_from(socket& s, void* data, std::size_t size, endpoint& peer,
                                                         int flags = 0, deadline until = {}) noexcept {
  return detail::expect(operation::recv, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.recv_from(data, size, peer, flags, until, ec); });
}

/// Returns: recv_exactly(), or its error.
[[nodiscard]] inline expected<std::size_t> try_recv_exactly(native_handle handle, void* data, std::size_t size,
                                                            deadline until = {}) noexcept {
  return detail::expect(operation::recv_exactly, handle, {},
                        [&](std::error_code& ec) { return recv_exactly(handle, data, size, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<std::size_t> try_recv_exactly(socket& s, void* data, std::size_t size,
                                                            deadline until = {}) noexcept {
  return detail::expect(operation::recv_exactly, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.recv_exactly(data, size, until, ec); });
}

/// Returns: send(), or its error.
[[nodiscard]] inline expected<std::size_t> try_send(native_handle handle, const void* data, std::size_t size,
                                                    int flags = 0, deadline until = {}) noexcept {
  return detail::expect(operation::send, handle, {},
                        [&](std::error_code& ec) { return send(handle, data, size, flags, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<std::size_t> try_send(socket& s, const void* data, std::size_t size, int flags = 0,
                                                    deadline until = {}) noexcept {
  return detail::expect(operation::send, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.send(data, size, flags, until, ec); });
}

/// Returns: send_to(), or its error.
[[nodiscard]] inline expected<std::size_t> try_send_to(native_handle handle, const void* data, std::size_t size,
                                                       const endpoint& peer, int flags = 0,
                                                       deadline until = {}) noexcept {
  return detail::expect(operation::send, handle, peer,
                        [&](std::error_code& ec) { return send_to(handle, data, size, peer, flags, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<std::size_t> try_send_to(socket& s, const void* data, std::size_t size,
                                                       const endpoint& peer, int flags = 0,
                                                       deadline until = {}) noexcept {
  return detail::expect(operation::send, s.native_handle(), peer,
                        [&](std::error_code& ec) { return s.send_to(data, size, peer, flags, until, ec); });
}

/// Returns: send_all(), or its error.
[[nodiscard]] inline expected<std::size_t> try_send_all(native_handle handle, const void* data, std::size_t size,
                                                        deadline until = {}) noexcept {
  return detail::expect(operation::send_all, handle, {},
                        [&](std::error_code& ec) { return send_all(handle, data, size, until, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<std::size_t> try_send_all(socket& s, const void* data, std::size_t size,
                                                        deadline until = {}) noexcept {
  return detail::expect(operation::send_all, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.send_all(data, size, until, ec); });
}

/// shutdown(). Returns: nothing, or its error.
[[nodiscard]] inline expected<void> try_shutdown(native_handle handle, shutdown_direction how) noexcept {
  return detail::expect(operation::shutdown, handle, {},
                        [&](std::error_code& ec) { return shutdown(handle, how, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<void> try_shutdown(socket& s, shutdown_direction how) noexcept {
  return detail::expect(operation::shutdown, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.shutdown(how, ec); });
}

/// close(). Returns: nothing, or its error.
[[nodiscard]] inline expected<void> try_close(native_handle handle) noexcept {
  return detail::expect(operation::close, invalid_handle, {}, [&](std::error_code& ec) { return close(handle, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<void> try_close(socket& s) noexcept {
  return detail::expect(operation::close, invalid_handle, {}, [&](std::error_code& ec) { return s.close(ec); });
}

/// Returns: local_endpoint(), or its error.
[[nodiscard]] inline expected<endpoint> try_local_endpoint(native_handle handle) noexcept {
  return detail::expect(operation::local_address, handle, {},
                        [&](std::error_code& ec) { return local_endpoint(handle, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<endpoint> try_local_endpoint(const socket& s) noexcept {
  return detail::expect(operation::local_address, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.local_endpoint(ec); });
}

/// Returns: peer_endpoint(), or its error.
[[nodiscard]] inline expected<endpoint> try_peer_endpoint(native_handle handle) noexcept {
  return detail::expect(operation::peer_address, handle, {},
                        [&](std::error_code& ec) { return peer_endpoint(handle, ec); });
}
/// The same for the member of socket.
[[nodiscard]] inline expected<endpoint> try_peer_endpoint(const socket& s) noexcept {
  return detail::expect(operation::peer_address, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.peer_endpoint(ec); });
}

/// Returns: get_option(), or its error.
template <class T = int>
[[nodiscard]] expected<T> try_get_option(native_handle handle, int level, int name) noexcept {
  return detail::expect(operation::get_option, handle, {},
                        [&](std::error_code& ec) { return get_option<T>(handle, level, name, ec); });
}
/// The same for the member of socket.
template <class T = int>
[[nodiscard]] expected<T> try_get_option(const socket& s, int level, int name) noexcept {
  return detail::expect(operation::get_option, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.get_option<T>(level, name, ec); });
}

/// set_option(). Returns: nothing, or its error.
template <class T>
[[nodiscard]] expected<void> try_set_option(native_handle handle, int level, int name, const T& value) noexcept {
  return detail::expect(operation::set_option, handle, {},
                        [&](std::error_code& ec) { return set_option(handle, level, name, value, ec); });
}
/// The same for the member of socket.
template <class T>
[[nodiscard]] expected<void> try_set_option(socket& s, int level, int name, const T& value) noexcept {
  return detail::expect(operation::set_option, s.native_handle(), {},
                        [&](std::error_code& ec) { return s.set_option(level, name, value, ec); });
}

/// report_port_unreachable(). Returns: nothing, or its error.
[[nodiscard]] inline expected<void> try_report_port_unreachable(native_handle handle, bool on) noexcept {
  return detail::expect(operation::set_option, handle, {},
                        [&](std::error_code& ec) { return report_port_unreachable(handle, on, ec); });
}

// ------------------------------------------------------------------------------------- connections and listeners

/// Returns: connect_to(), or its error.
[[nodiscard]] inline expected<socket> try_connect_to(const endpoint& peer, const connect_options& options = {}) {
  return detail::expect([&](error& failed) { return connect_to(peer, options, failed); });
}
/// The same for a host and a service.
[[nodiscard]] inline expected<socket> try_connect_to(std::string_view host, std::string_view service,
                                                     const connect_options& options = {}) {
  return detail::expect([&](error& failed) { return connect_to(host, service, options, failed); });
}

/// Returns: listen_on(), or its error.
[[nodiscard]] inline expected<socket> try_listen_on(const endpoint& local,
                                                    const listen_options& options = {}) noexcept {
  return detail::expect([&](error& failed) { return listen_on(local, options, failed); });
}

/// Returns: connect_with_retry(), or its error.
[[nodiscard]] inline expected<socket> try_connect_with_retry(std::string_view host, std::string_view service,
                                                             const retry_policy& policy = {},
                                                             const connect_options& options = {}) {
  return detail::expect([&](error& failed) { return connect_with_retry(host, service, policy, options, failed); });
}

}  // namespace v1_0
}  // namespace sockerr

#endif  // defined(__cpp_lib_expected)

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CONNECT_HPP
#define SOCKERR_CONNECT_HPP

#include <chrono>        // nanoseconds
#include <optional>      // optional
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code
#include <utility>       // move
#include <vector>        // vector

#include "attempt.hpp"
#include "resolve.hpp"
#include "retry.hpp"
#include "socket.hpp"

namespace sockerr {
inline namespace v1_0 {

/// How connect_to connects.
struct connect_options {
  time_limit timeout = time_limit::never();          ///< for the whole call; looking up a name cannot be cut short
  time_limit attempt_timeout = time_limit::never();  ///< for one address
  int family = AF_UNSPEC;                            ///< AF_INET or AF_INET6: only addresses of that family
  std::optional<endpoint> local = {};                ///< the near end to bind to first
  bool no_delay = false;                             ///< TCP_NODELAY: send small pieces at once
  bool keep_alive = false;                           ///< SO_KEEPALIVE: notice a peer that has gone silently
};

/// How listen_on listens.
struct listen_options {
  int backlog = SOMAXCONN;  ///< how many connections may wait for accept()
  bool reuse_address =
      detail::native::reuse_address_by_default;  ///< SO_REUSEADDR: bind although old connections linger (POSIX)
  bool reuse_port = false;                       ///< SO_REUSEPORT: share the port with other listeners
  std::optional<bool> v6_only = {};              ///< IPV6_V6ONLY: refuse, or accept, IPv4 too; else as the system does
};

namespace detail {

// Whether an error is looked into: the forms with std::error_code& want the code alone.
enum class looking : bool { no, yes };

// What is being done to a new socket, and the addresses that this is about.
struct step {
  sockerr::operation operation;
  endpoint peer;
  endpoint local;
};

// Makes a socket and sets it up by `steps(socket, now, ec)`, which note what they do and return at the first error.
template <class Steps>
socket set_up(int family, step now, looking look, error& failed, Steps steps) noexcept {
  std::error_code ec;
  socket result = open(family, SOCK_STREAM, ec);
  if (!ec) steps(result, now, ec);
  failed = ec ? error{ec, now.operation} : error{};
  if (!ec) return result;
  if (look == looking::yes) {
    const endpoint bound = bound_address(result.native_handle());
    if (bound.size() != 0) now.local = bound;
    failed = examine({result.native_handle(), now.operation, now.peer, now.local}, ec, {});
  }
  return {};
}

inline socket connect_one(const endpoint& peer, const connect_options& options, deadline until, looking look,
                          error& failed) noexcept {
  const step first{operation::open, peer, {}};
  return set_up(peer.family(), first, look, failed, [&](socket& s, step& now, std::error_code& ec) noexcept {
    const bool tcp = peer.family() != AF_UNIX;
    now.operation = operation::set_option;
    if (options.no_delay && tcp) s.set_option(IPPROTO_TCP, TCP_NODELAY, 1, ec);
    if (options.keep_alive && !ec) s.set_option(SOL_SOCKET, SO_KEEPALIVE, 1, ec);
    if (ec) return;
    if (options.local) {
      // A local address that cannot be had is what the error is about.
      now = {operation::bind, {}, *options.local};
      s.bind(*options.local, ec);
      if (ec) return;
    }
    now = {operation::connect, peer, {}};
    const bool v6 = look == looking::yes && peer.family() == AF_INET6;
    if (v6) set_from_errno(native::keep_icmp_answers(s.native_handle(), true), ec);
    if (!ec) s.connect(peer, until, ec);
    if (v6 && !ec) set_from_errno(native::keep_icmp_answers(s.native_handle(), false), ec);
  });
}

inline deadline limit(time_limit t) noexcept { return t.is_never() ? deadline{} : deadline{t}; }

// How near to answering an address came: a local failure, no way to it, no answer, an answer (ENOPROTOOPT: the remote
// host rejects the protocol).
inline int nearness(const std::error_code& ec) noexcept {
  if (ec == condition::connection_error || ec == std::errc::no_protocol_option) return 3;
  if (ec == condition::timed_out) return 2;
  return ec == condition::unreachable ? 1 : 0;
}

// Tries addresses in turn, each on a socket of its own.
inline socket connect_first(const std::vector<endpoint>& peers, const connect_options& options, deadline whole,
                            looking look, error& failed) {
  std::vector<attempt> attempts;
  for (const endpoint& peer : peers) {
    if (!attempts.empty() && whole.has_passed()) break;
    const auto begin = deadline::clock::now();
    error now;
    socket connected = connect_one(peer, options, deadline::earlier(whole, limit(options.attempt_timeout)), look, now);
    if (!now) {
      failed = {};
      return connected;
    }
    if (attempts.empty() || nearness(now.code()) > nearness(failed.code())) failed = now;
    attempts.push_back({peer.to_string(), now.code(), now.operation(), deadline::clock::now() - begin});
  }
  if (look == looking::yes) keep_attempts(failed, std::move(attempts));
  return {};
}

inline socket connect_host(std::string_view host, std::string_view service, const connect_options& options,
                           deadline whole, looking look, error& failed) {
  std::error_code ec;
  const std::vector<endpoint> peers = resolve(host, service, options.family, ec);
  socket result;
  failed = {};
  if (ec)
    failed = error{ec, operation::resolve};
  else if (whole.has_passed())
    // The time that was for connecting is used up: that is the resolver's doing, not the address's.
    failed = error{library_errc::deadline_exceeded, operation::resolve}.circumstance(circumstance::slow_resolver);
  else
    result = connect_first(peers, options, whole, look, failed);
  if (failed && look == looking::yes) failed.host(host_and_service(host, service));
  return result;
}

inline socket connect_again(std::string_view host, std::string_view service, const retry_policy& policy,
                            const connect_options& options, looking look, error& failed) {
  return retry(
      policy, operation::connect,
      [&](deadline until, error& now) {
        return connect_host(host, service, options, deadline::earlier(until, limit(options.timeout)), look, now);
      },
      failed);
}

inline socket listen_one(const endpoint& local, const listen_options& options, looking look, error& failed) noexcept {
  const step first{operation::open, {}, local};
  return set_up(local.family(), first, look, failed, [&](socket& s, step& now, std::error_code& ec) noexcept {
    now.operation = operation::set_option;
    set_from_errno(native::prepare_listener(s.native_handle(), options.reuse_address, options.reuse_port), ec);
    if (options.v6_only && local.family() == AF_INET6 && !ec)
      s.set_option(IPPROTO_IPV6, IPV6_V6ONLY, static_cast<int>(*options.v6_only), ec);
    if (ec) return;
    now.operation = operation::bind;
    s.bind(local, ec);
    if (ec) return;
    now.operation = operation::listen;
    s.listen(options.backlog, ec);
  });
}

}  // namespace detail

/// Connects to an endpoint over TCP or, for a Unix-domain one, a stream.
/// Returns: a connected socket, which blocks. Throws: as connect(); also too_many_files_open, no_buffer_space and,
/// where options.local is set, what bind() throws.
[[nodiscard]] inline socket connect_to(const endpoint& peer, const connect_options& options, error& failed) {
  return detail::connect_first({peer}, options, detail::limit(options.timeout), detail::looking::yes, failed);
}
/// The same, for whom the code of the error is enough: nothing more is looked for, and nothing allocated.
[[nodiscard]] inline socket connect_to(const endpoint& peer, const connect_options& options,
                                       std::error_code& ec) noexcept {
  error failed;
  socket result = detail::connect_one(
      peer, options, deadline::earlier(detail::limit(options.timeout), detail::limit(options.attempt_timeout)),
      detail::looking::no, failed);
  ec = failed.code();
  return result;
}
/// The same with default options.
[[nodiscard]] inline socket connect_to(const endpoint& peer, std::error_code& ec) noexcept {
  return connect_to(peer, {}, ec);
}

/// Connects to a service of a host over TCP: tries every address, each on a fresh socket, until one answers.
/// Returns: a connected socket, which blocks. Throws: if all fail, the error of the address that came nearest to
/// answering (an answer such as refused, then timed out, then unreachable, then local failures); attempts() of the
/// exception tells of each. What resolve() throws where there is no address.
[[nodiscard]] inline socket connect_to(std::string_view host, std::string_view service, const connect_options& options,
                                       error& failed) {
  return detail::connect_host(host, service, options, detail::limit(options.timeout), detail::looking::yes, failed);
}
/// The same, for whom the code of the error is enough.
[[nodiscard]] inline socket connect_to(std::string_view host, std::string_view service, const connect_options& options,
                                       std::error_code& ec) {
  error failed;
  socket result =
      detail::connect_host(host, service, options, detail::limit(options.timeout), detail::looking::no, failed);
  ec = failed.code();
  return result;
}
/// The same with default options.
[[nodiscard]] inline socket connect_to(std::string_view host, std::string_view service, std::error_code& ec) {
  return connect_to(host, service, {}, ec);
}

/// Binds a stream socket to an endpoint and listens on it. A Unix-domain path must not exist yet; it is not removed
/// afterwards.
/// Returns: a listener, which blocks. Throws: what open(), bind() and listen() throw; not_supported for reuse_port
/// where there is no such thing.
[[nodiscard]] inline socket listen_on(const endpoint& local, const listen_options& options, error& failed) noexcept {
  return detail::listen_one(local, options, detail::looking::yes, failed);
}
/// The same, for whom the code of the error is enough.
[[nodiscard]] inline socket listen_on(const endpoint& local, const listen_options& options,
                                      std::error_code& ec) noexcept {
  error failed;
  socket result = detail::listen_one(local, options, detail::looking::no, failed);
  ec = failed.code();
  return result;
}
/// The same with default options.
[[nodiscard]] inline socket listen_on(const endpoint& local, std::error_code& ec) noexcept {
  return listen_on(local, {}, ec);
}

/// Connects as connect_to() does, again and again while the error can heal: 3 attempts of up to 5 seconds each, 2
/// seconds apart, unless the policy says otherwise. Each attempt looks the name up anew, and takes a fresh socket.
/// Returns: a connected socket. Throws: the error of the last attempt, which tells how many were made; at once one that
/// advise() calls `never`; operation_canceled, invalid_argument as retry() does.
[[nodiscard]] inline socket connect_with_retry(std::string_view host, std::string_view service,
                                               const retry_policy& policy, const connect_options& options,
                                               error& failed) {
  return detail::connect_again(host, service, policy, options, detail::looking::yes, failed);
}
/// The same, for whom the code of the error is enough.
[[nodiscard]] inline socket connect_with_retry(std::string_view host, std::string_view service,
                                               const retry_policy& policy, const connect_options& options,
                                               std::error_code& ec) {
  error failed;
  socket result = detail::connect_again(host, service, policy, options, detail::looking::no, failed);
  ec = failed.code();
  return result;
}
/// The same with default options.
[[nodiscard]] inline socket connect_with_retry(std::string_view host, std::string_view service,
                                               const retry_policy& policy, std::error_code& ec) {
  return connect_with_retry(host, service, policy, {}, ec);
}
/// The same with the default policy and options.
[[nodiscard]] inline socket connect_with_retry(std::string_view host, std::string_view service, std::error_code& ec) {
  return connect_with_retry(host, service, {}, {}, ec);
}

#if defined(__cpp_exceptions)

namespace detail {

// Throws an error, if there is one, from the caller's place.
inline void throw_from(error& failed, source_location where) {
  if (!failed) return;
  error_access::where(failed, where);
  throw_error(failed);
}

}  // namespace detail

/// connect_to() an endpoint; throws the error.
[[nodiscard]] inline socket connect_to(const endpoint& peer, const connect_options& options = {},
                                       source_location where = source_location::current()) {
  error failed;
  socket result = connect_to(peer, options, failed);
  detail::throw_from(failed, where);
  return result;
}

/// connect_to() a service of a host; throws the error, which holds the attempts().
[[nodiscard]] inline socket connect_to(std::string_view host, std::string_view service,
                                       const connect_options& options = {},
                                       source_location where = source_location::current()) {
  error failed;
  socket result = connect_to(host, service, options, failed);
  detail::throw_from(failed, where);
  return result;
}

/// listen_on(); throws the error.
[[nodiscard]] inline socket listen_on(const endpoint& local, const listen_options& options = {},
                                      source_location where = source_location::current()) {
  error failed;
  socket result = listen_on(local, options, failed);
  detail::throw_from(failed, where);
  return result;
}

/// connect_with_retry(); throws the error, which tells the number of tries().
[[nodiscard]] inline socket connect_with_retry(std::string_view host, std::string_view service,
                                               const retry_policy& policy = {}, const connect_options& options = {},
                                               source_location where = source_location::current()) {
  error failed;
  socket result = connect_with_retry(host, service, policy, options, failed);
  detail::throw_from(failed, where);
  return result;
}

#endif

}  // namespace v1_0
}  // namespace sockerr

#endif

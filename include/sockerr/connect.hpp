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

// What went wrong, in which call, and where to.
struct failure {
  std::error_code error;
  sockerr::operation operation = operation::open;
  bool by_deadline = false;
  endpoint peer;
};

// Makes a socket for `where_to` and sets it up by `steps(socket)`, which note in `failed` what they do, and return at
// the first error.
template <class Steps>
socket set_up(const endpoint& where_to, failure& failed, Steps steps) noexcept {
  failed.operation = operation::open;
  socket result = open(where_to.family(), SOCK_STREAM, failed.error);
  if (!failed.error) steps(result);
  if (failed.error) result = {};
  return result;
}

inline socket connect_one(const endpoint& peer, const connect_options& options, deadline until,
                          failure& failed) noexcept {
  failed.peer = peer;
  return set_up(peer, failed, [&](socket& s) noexcept {
    std::error_code& ec = failed.error;
    const bool tcp = peer.family() != AF_UNIX;
    failed.operation = operation::set_option;
    if (options.no_delay && tcp) s.set_option(IPPROTO_TCP, TCP_NODELAY, 1, ec);
    if (options.keep_alive && !ec) s.set_option(SOL_SOCKET, SO_KEEPALIVE, 1, ec);
    if (ec) return;
    failed.operation = operation::bind;
    if (options.local) s.bind(*options.local, ec);
    if (ec) return;
    failed.operation = operation::connect;
    s.connect(peer, until, ec);
    failed.by_deadline = ec == condition::timed_out && until.has_passed();
  });
}

inline deadline limit(time_limit t) noexcept { return t.is_never() ? deadline{} : deadline{t}; }

// How near to answering an address came: a local failure, no way to it, no answer, an answer (ENOPROTOOPT: the far side
// rejects the protocol).
inline int nearness(const std::error_code& ec) noexcept {
  if (ec == condition::connection_error || ec == std::errc::no_protocol_option) return 3;
  if (ec == condition::timed_out) return 2;
  return ec == condition::unreachable ? 1 : 0;
}

// Tries addresses in turn, each on a socket of its own.
inline socket connect_first(const std::vector<endpoint>& peers, const connect_options& options, deadline whole,
                            std::vector<attempt>& attempts, failure& failed) {
  for (const endpoint& peer : peers) {
    if (!attempts.empty() && whole.has_passed()) break;
    const auto begin = deadline::clock::now();
    failure now;
    socket connected = connect_one(peer, options, deadline::earlier(whole, limit(options.attempt_timeout)), now);
    if (!now.error) {
      failed = now;
      return connected;
    }
    if (attempts.empty() || nearness(now.error) > nearness(failed.error)) failed = now;
    attempts.push_back({peer.to_string(), now.error, now.operation, now.by_deadline, deadline::clock::now() - begin});
  }
  return {};
}

inline socket connect_host(std::string_view host, std::string_view service, const connect_options& options,
                           std::vector<attempt>& attempts, failure& failed) {
  const deadline whole = limit(options.timeout);
  failed.operation = operation::resolve;
  const std::vector<endpoint> peers = resolve(host, service, options.family, failed.error);
  return connect_first(peers, options, whole, attempts, failed);
}

inline socket listen_one(const endpoint& local, const listen_options& options, failure& failed) noexcept {
  return set_up(local, failed, [&](socket& s) noexcept {
    std::error_code& ec = failed.error;
    failed.operation = operation::set_option;
    settle(native::prepare_listener(s.native_handle(), options.reuse_address, options.reuse_port), ec);
    if (options.v6_only && local.family() == AF_INET6 && !ec)
      s.set_option(IPPROTO_IPV6, IPV6_V6ONLY, static_cast<int>(*options.v6_only), ec);
    if (ec) return;
    failed.operation = operation::bind;
    s.bind(local, ec);
    if (ec) return;
    failed.operation = operation::listen;
    s.listen(options.backlog, ec);
  });
}

}  // namespace detail

/// Connects to an endpoint over TCP or, for a Unix-domain one, a stream.
/// Returns: a connected socket, which blocks. Throws: as connect(); also too_many_files_open, no_buffer_space and,
/// where options.local is set, what bind() throws.
[[nodiscard]] inline socket connect_to(const endpoint& peer, const connect_options& options,
                                       std::error_code& ec) noexcept {
  detail::failure failed;
  socket result = detail::connect_one(
      peer, options, deadline::earlier(detail::limit(options.timeout), detail::limit(options.attempt_timeout)), failed);
  ec = failed.error;
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
                                       std::error_code& ec) {
  detail::failure failed;
  std::vector<attempt> attempts;
  socket result = detail::connect_host(host, service, options, attempts, failed);
  ec = failed.error;
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
[[nodiscard]] inline socket listen_on(const endpoint& local, const listen_options& options,
                                      std::error_code& ec) noexcept {
  detail::failure failed;
  socket result = detail::listen_one(local, options, failed);
  ec = failed.error;
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
                                               std::error_code& ec) {
  detail::retry_loop loop{policy};
  return loop.run(operation::connect, ec, [&](operation& during, std::error_code& result) {
    connect_options bounded = options;
    bounded.timeout = loop.bounded(options.timeout);
    detail::failure failed;
    std::vector<attempt> attempts;
    socket connected = detail::connect_host(host, service, bounded, attempts, failed);
    during = failed.operation;
    result = failed.error;
    return connected;
  });
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

[[noreturn]] inline void fail(const failure& failed, std::string_view peer, const connect_options& options,
                              std::vector<attempt> attempts, source_location where) {
  const attempt_report report{std::move(attempts)};
  const endpoint local = options.local.value_or(endpoint{});
  // A near end that cannot be had is what the error is about.
  if (failed.operation == operation::bind) peer = {};
  throw_error(failed.error, {failed.operation, peer, endpoint::text{local}.view(), failed.by_deadline, where, &report});
}

}  // namespace detail

/// connect_to() an endpoint; throws the error.
[[nodiscard]] inline socket connect_to(const endpoint& peer, const connect_options& options = {},
                                       source_location where = source_location::current()) {
  detail::failure failed;
  std::vector<attempt> attempts;
  socket result = detail::connect_first({peer}, options, detail::limit(options.timeout), attempts, failed);
  if (failed.error) detail::fail(failed, endpoint::text{peer}.view(), options, std::move(attempts), where);
  return result;
}

/// connect_to() a service of a host; throws the error, which holds the attempts().
[[nodiscard]] inline socket connect_to(std::string_view host, std::string_view service,
                                       const connect_options& options = {},
                                       source_location where = source_location::current()) {
  detail::failure failed;
  std::vector<attempt> attempts;
  socket result = detail::connect_host(host, service, options, attempts, failed);
  if (!failed.error) return result;
  if (attempts.empty()) detail::fail(failed, std::string{host}.append(":").append(service), options, {}, where);
  detail::fail(failed, endpoint::text{failed.peer}.view(), options, std::move(attempts), where);
}

/// listen_on(); throws the error.
[[nodiscard]] inline socket listen_on(const endpoint& local, const listen_options& options = {},
                                      source_location where = source_location::current()) {
  detail::failure failed;
  socket result = detail::listen_one(local, options, failed);
  if (failed.error) throw_error(failed.error, {failed.operation, {}, endpoint::text{local}.view(), false, where});
  return result;
}

/// connect_with_retry(); throws the error, which tells the number of tries().
[[nodiscard]] inline socket connect_with_retry(std::string_view host, std::string_view service,
                                               const retry_policy& policy = {}, const connect_options& options = {},
                                               source_location where = source_location::current()) {
  detail::retry_loop loop{policy};
  return loop.run(where, [&] {
    connect_options bounded = options;
    bounded.timeout = loop.bounded(options.timeout);
    return connect_to(host, service, bounded, where);
  });
}

#endif

}  // namespace sockerr

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_RESOLVE_HPP
#define SOCKERR_RESOLVE_HPP

#include <cstdint>       // uint16_t, uint32_t
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code
#include <vector>        // vector

#include "endpoint.hpp"

namespace sockerr {
inline namespace v1_0 {

namespace detail {

// Returns: "db.example.org:5432", "[::1]:80", as an endpoint's text has it.
inline std::string host_and_service(std::string_view host, std::string_view service) {
  std::error_code ec;
  const bool in_brackets = endpoint::ip(host, 0, ec).family() == AF_INET6;
  std::string result{in_brackets ? "[" : ""};
  result.append(host).append(in_brackets ? "]:" : ":").append(service);
  return result;
}

}  // namespace detail

/// Turns the name of a host and of a service into endpoints, in the order in which they are to be tried (RFC 6724).
/// An IP address as `host`, "127.0.0.1", "::1", "fe80::1%eth0", never goes to a name server. `service` is a port number
/// or a name, "80" or "http". `family` AF_INET or AF_INET6 asks for addresses of that family alone. Waits as long as
/// the system's resolver does. Returns: at least one endpoint, none twice; none where ec is set. Throws:
/// host_not_found, also for an empty host and for one that no host can have; service_not_found, also for a port over
/// 65535; resolution_try_again where the name server does not answer; resolution_error; invalid_argument for a text
/// with a NUL in it; too_many_files_open, no_buffer_space and others that the resolver met; std::bad_alloc.
[[nodiscard]] inline std::vector<endpoint> resolve(std::string_view host, std::string_view service, int family,
                                                   std::error_code& ec) {
  std::vector<endpoint> result;
  // No name is longer than NI_MAXHOST, and the resolver's own limits are less well defined.
  char host_name[1025];
  char service_name[64];
  if (host.find('\0') != host.npos || service.find('\0') != service.npos) {
    ec = errc::invalid_argument;
    return result;
  }
  if (host.empty() || !detail::terminate(host, host_name)) {
    ec = resolver_errc::host_not_found;
    return result;
  }
  // getaddrinfo() takes a larger number too, also after white space and a sign, and cuts it to 16 bits.
  const bool numeric = service.find_first_not_of("0123456789+- \t\n\v\f\r") == service.npos;
  std::uint16_t port = 0;
  if (service.empty() || !detail::terminate(service, service_name) ||
      (numeric && !detail::parse_number(service, port))) {
    ec = resolver_errc::service_not_found;
    return result;
  }
  const endpoint literal = endpoint::ip(host, port, ec);
  const bool is_literal = !ec;
  if (is_literal && family != AF_UNSPEC && family != literal.family()) {
    ec = resolver_errc::no_address_in_family;
    return result;
  }
  if (is_literal && numeric) {
    result.push_back(literal);
    return result;
  }

  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  // A colon stands in no host name, only in an IPv6 address, be it one that ip() could not read.
  const bool numeric_host = is_literal || host.find(':') != host.npos;
  hints.ai_flags = (numeric_host ? AI_NUMERICHOST : 0) | (numeric ? AI_NUMERICSERV : 0);
  addrinfo* list = nullptr;
  ec = detail::native::resolve(host_name, service_name, hints, list);
  if (ec) return result;
  const struct freeing {
    addrinfo* list;
    ~freeing() { ::freeaddrinfo(list); }
  } owner{list};
  for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
    std::error_code other_family;
    const endpoint found = endpoint::from_native(a->ai_addr, a->ai_addrlen, other_family);
    bool is_new = !other_family;
    for (const endpoint& known : result) is_new = is_new && known != found;
    if (is_new) result.push_back(found);
  }
  if (result.empty()) ec = resolver_errc::no_data;
  return result;
}
/// The same for addresses of all families.
[[nodiscard]] inline std::vector<endpoint> resolve(std::string_view host, std::string_view service,
                                                   std::error_code& ec) {
  return resolve(host, service, AF_UNSPEC, ec);
}

#if defined(__cpp_exceptions)

/// resolve(); throws the error.
[[nodiscard]] inline std::vector<endpoint> resolve(std::string_view host, std::string_view service,
                                                   int family = AF_UNSPEC,
                                                   source_location where = source_location::current()) {
  std::error_code ec;
  std::vector<endpoint> result = resolve(host, service, family, ec);
  if (ec) throw_error(error{ec, operation::resolve, where}.host(detail::host_and_service(host, service)));
  return result;
}

#endif

}  // namespace v1_0
}  // namespace sockerr

#endif

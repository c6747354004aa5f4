// SPDX-License-Identifier: MIT
// The plain calls of the system.

#include "../loopback.hpp"
#include "beside.hpp"

#include <cerrno>

#if !defined(_WIN32)
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

namespace {

using sockerr::condition;
using sockerr::operation;
using sockerr::retry_advice;

}  // namespace

TEST_CASE("beside plain calls: a refused connect", "[beside]") {
  const loopback::closed_port closed;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(closed.endpoint.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(s.native_handle(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0);
  std::error_code ec = sockerr::last_error();
  check_code(ec, condition::connection_refused, sockerr::symbol(sockerr::errc::connection_refused), operation::connect,
             retry_advice::on_new_socket);
}

TEST_CASE("beside plain calls: a failure in errno", "[beside]") {
#if defined(_WIN32)
  SOCKERR_SKIP("the calls of Winsock leave errno alone");
#else
  char byte;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  REQUIRE(::recv(s.native_handle(), &byte, 1, 0) < 0);
  std::error_code ec{errno, std::generic_category()};
  check_code(ec, condition::not_connected, "ENOTCONN", operation::recv, retry_advice::on_new_socket);
#endif
}

TEST_CASE("beside plain calls: a result of the kernel's own", "[beside]") {
  const long r = -ECONNRESET;
  try {
    sockerr::check_result(r, sockerr::operation::recv);
    FAIL("nothing was thrown");
  } catch (const sockerr::connection_reset& e) {
    check_code(e.code(), condition::connection_reset, "ECONNRESET", e.operation(), retry_advice::on_new_socket);
  }
}

TEST_CASE("beside plain calls: a failed getaddrinfo", "[beside]") {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;  // asks nobody
  addrinfo* list = nullptr;
  const int r = ::getaddrinfo("no.address", "80", &hints, &list);
  std::error_code ec = sockerr::resolver_error(r);
  check_code(ec, condition::host_not_found, "EAI_NONAME", operation::resolve, retry_advice::never);
}

// SPDX-License-Identifier: MIT
#include <sockerr/examine.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "expect.hpp"
#include "loopback.hpp"

using namespace std::chrono_literals;
using sockerr::circumstance;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::error;
using sockerr::examine;
using sockerr::native_handle;
using sockerr::operation;
using sockerr::retry_advice;

namespace {

std::vector<operation> every_operation() {
  std::vector<operation> result;
  for (int i = 0; !name(static_cast<operation>(i)).empty(); ++i) result.push_back(static_cast<operation>(i));
  return result;
}

// Examines all errors in all operations.
void examine_everything(native_handle handle, const endpoint& peer = {}) {
  for (const operation during : every_operation()) {
    for (const sockerr::code_info info : sockerr::codes())
      if (!examine(handle, info.code, during, peer)) FAIL(info.symbol << " is no error");
    for (const auto code : {sockerr::library_errc::deadline_exceeded, sockerr::library_errc::self_connected,
                            sockerr::library_errc::end_of_stream, sockerr::library_errc::stopped})
      if (!examine(handle, code, during, peer)) FAIL("it is no error");
  }
}

}  // namespace

TEST_CASE("examining no error gives no error", "[examine]") {
  const loopback::connection c;
  const error e = examine(c.client.native_handle(), {}, operation::recv);
  CHECK_FALSE(e);
  CHECK(e.text().empty());
  CHECK(e.peer().empty());
  CHECK(e.circumstance() == circumstance::none);
}

TEST_CASE("examining a connection tells of both ends", "[examine]") {
  static_assert(noexcept(examine(native_handle{}, std::error_code{}, operation::recv)));
  const loopback::connection c;
  const std::string far_end = c.listening.local_endpoint().to_string();
  const std::string near_end = c.client.local_endpoint().to_string();
  const unsigned line = __LINE__ + 1;
  const error e = examine(c.client.native_handle(), errc::connection_reset, operation::recv);
  CHECK(e == errc::connection_reset);
  CHECK(e.operation() == operation::recv);
  CHECK(e.peer() == far_end);
  CHECK(e.local() == near_end);
  CHECK(e.host().empty());
  CHECK(e.circumstance() == circumstance::none);
  CHECK(e.where().line() == line);
  CHECK(std::string_view{e.where().file_name()} == __FILE__);
  CHECK(e.text() == "recv " + far_end + ": " + std::string{e.symbol()} + ": " + std::string{e.message()});
  // A code of the standard library is as good.
  const error standard =
      examine(c.client.native_handle(), std::make_error_code(std::errc::connection_reset), operation::send);
  CHECK(standard.code().category() == std::generic_category());
  CHECK(standard.peer() == far_end);
}

TEST_CASE("the address that the call was given goes before the one that the system knows", "[examine]") {
  const loopback::connection c;
  const endpoint other = endpoint::ip("192.0.2.1", 7);
  const error e = examine(c.client.native_handle(), errc::network_unreachable, operation::send, other);
  CHECK(e.peer() == "192.0.2.1:7");
  CHECK(e.local() == c.client.local_endpoint().to_string());
}

TEST_CASE("the address of a bind is the local one", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  const error e = examine(s.native_handle(), errc::address_in_use, operation::bind, endpoint::ip("127.0.0.1", 80));
  CHECK(e.local() == "127.0.0.1:80");
  CHECK(e.peer().empty());
  CHECK(e.text().substr(0, 27) == "bind (local 127.0.0.1:80): ");
}

TEST_CASE("a socket without addresses has none to tell", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  const error e = examine(s.native_handle(), errc::not_connected, operation::recv);
  CHECK(e.peer().empty());
  CHECK(e.local().empty());
}

TEST_CASE("what is no socket can be examined too", "[examine]") {
  native_handle closed = sockerr::invalid_handle;
  {
    const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    closed = s.native_handle();
  }
  for (const native_handle handle : {sockerr::invalid_handle, closed}) {
    const error e = examine(handle, errc::connection_refused, operation::recv);
    CHECK(e == errc::connection_refused);
    CHECK(e.peer().empty());
    CHECK(e.local().empty());
    CHECK(e.circumstance() == circumstance::none);
    examine_everything(handle);
  }
}

TEST_CASE("a datagram socket is found to be one", "[examine]") {
  const sockerr::socket datagrams = loopback::datagram_socket();
  const loopback::connection c;
  for (const operation during : {operation::recv, operation::send}) {
    const error found = examine(datagrams.native_handle(), errc::connection_refused, during);
    CHECK(found.circumstance() == circumstance::datagram);
    CHECK(found.advice() == retry_advice::at_once);
    CHECK(found.cause() == sockerr::cause(errc::connection_refused, during, circumstance::datagram));
    const error other = examine(c.client.native_handle(), errc::connection_refused, during);
    CHECK(other.circumstance() == circumstance::none);
    CHECK(other.advice() == retry_advice::on_new_socket);
    CHECK(other.cause().find("datagram") == std::string_view::npos);
  }
}

TEST_CASE("port 0 is found", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  const endpoint nobody = endpoint::ip("127.0.0.1", 0);
  const error e = examine(s.native_handle(), errc::connection_refused, operation::connect, nobody);
  CHECK(e.circumstance() == circumstance::port_zero);
  CHECK(e.advice() == retry_advice::never);
  CHECK(e.fault() == sockerr::fault::caller);
  // Another port is none.
  CHECK(examine(s.native_handle(), errc::connection_refused, operation::connect, endpoint::ip("127.0.0.1", 1))
            .circumstance() == circumstance::none);
  // ECONNREFUSED on Linux, WSAEADDRNOTAVAIL on Windows.
  try {
    sockerr::connect(s.native_handle(), nobody, generous);
    FAIL("nothing was thrown");
  } catch (const sockerr::socket_error& thrown) {
    if (loopback::so_error_is_foreign()) return;
    CHECK(thrown.circumstance() == circumstance::port_zero);
    CHECK(thrown.advice() == retry_advice::never);
  }
}

TEST_CASE("port 0 is not taken for ports that are used up, nor used for a missing address", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  const endpoint nobody = endpoint::ip("127.0.0.1", 0);
  const auto found = [&](errc code, operation during, const endpoint& peer) {
    return name(examine(s.native_handle(), code, during, peer).circumstance());
  };
  CHECK(found(errc::address_not_available, operation::connect, nobody) == name(circumstance::port_zero));
  CHECK(found(errc::address_not_available, operation::connect, endpoint::ip("127.0.0.1", 1)) ==
        name(circumstance::ports_exhausted));
  for (const errc code : {errc::connection_refused, errc::address_not_available, errc::invalid_argument})
    CHECK(found(code, operation::connect, {}) == name(circumstance::none));
}

TEST_CASE("a link-local address is known by its prefix, and lacks its interface only without one", "[examine]") {
  const auto found = [](std::string_view address) {
    return name(examine(sockerr::invalid_handle, errc::invalid_argument, operation::connect, endpoint::ip(address, 80))
                    .circumstance());
  };
  // fe80::/10.
  for (const std::string_view address : {"fe80::1", "fe90::1", "fea0::1", "febf:ffff::1"}) {
    CAPTURE(address);
    CHECK(found(address) == name(circumstance::scope_missing));
  }
  for (const std::string_view address :
       {"fe7f::1", "fec0::1", "ff02::1", "2001:db8::1", "::1", "fd00::1", "127.0.0.1"}) {
    CAPTURE(address);
    CHECK(found(address) == name(circumstance::none));
  }
  CHECK(found("fe80::1%1") != name(circumstance::scope_missing));
}

TEST_CASE("each address of the loopback network is one", "[examine]") {
  const auto is_loopback = [](const char* address) { return sockerr::detail::is_loopback(endpoint::ip(address, 80)); };
  CHECK((is_loopback("127.0.0.1") && is_loopback("127.0.0.0") && is_loopback("127.255.255.254")));
  CHECK_FALSE((is_loopback("126.255.255.255") || is_loopback("128.0.0.1") || is_loopback("10.0.0.127") ||
               is_loopback("::1") || sockerr::detail::is_loopback(endpoint{})));
}

TEST_CASE("an address of another family is found", "[examine]") {
  std::error_code ec;
  const sockerr::socket six = sockerr::open(AF_INET6, SOCK_STREAM, ec);
  if (ec) SOCKERR_SKIP("this system has no IPv6");
  const sockerr::socket four = sockerr::open(AF_INET, SOCK_STREAM);
  const auto check = [](const auto& call) {
    try {
      call();
      FAIL("nothing was thrown");
    } catch (const sockerr::socket_error& e) {
      CAPTURE(e.what(), e.cause());
      CHECK(e.circumstance() == circumstance::other_family);
      CHECK(e.advice() == retry_advice::never);
      CHECK(e.fault() == sockerr::fault::caller);
    }
  };
  if (loopback::under_wine()) SOCKERR_SKIP("wine 8 says that the operation is not supported");
  check([&] { sockerr::connect(four.native_handle(), endpoint::ip("::1", 80)); });
  check([&] { sockerr::connect(six.native_handle(), endpoint::ip("127.0.0.1", 80)); });
  check([&] { sockerr::bind(four.native_handle(), endpoint::ip("::1", 0)); });
  check([&] { sockerr::bind(six.native_handle(), endpoint::ip("127.0.0.1", 0)); });
}

TEST_CASE("examining sends nothing and reads nothing away", "[examine]") {
  const sockerr::socket near_end = loopback::datagram_socket();
  const sockerr::socket far_end = loopback::datagram_socket();
  const loopback::connection c;
  sockerr::send_to(far_end.native_handle(), "x", 1, near_end.local_endpoint());
  sockerr::send(c.server.native_handle(), "y", 1);
  const sockerr::socket unused = sockerr::open(AF_INET, SOCK_STREAM);
  for (const native_handle handle : {near_end.native_handle(), c.client.native_handle(), unused.native_handle()}) {
    examine_everything(handle);
    examine_everything(handle, far_end.local_endpoint());
    examine_everything(handle, c.listening.local_endpoint());
  }
  char data[8] = {};
  std::error_code ec;
  CHECK(sockerr::recv(near_end.native_handle(), data, sizeof data, 0, generous) == 1);
  CHECK(sockerr::recv(c.client.native_handle(), data, sizeof data, 0, generous) == 1);
  // Time for what should not come.
  CHECK(sockerr::recv(far_end.native_handle(), data, sizeof data, 0, 50ms, ec) == 0);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(sockerr::recv(c.server.native_handle(), data, sizeof data, 0, 0ms, ec) == 0);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK_FALSE(sockerr::accept(c.listening.native_handle(), nullptr, 0ms, ec).is_open());
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(sockerr::send(c.client.native_handle(), "z", 1) == 1);
  CHECK(sockerr::recv(c.server.native_handle(), data, sizeof data, 0, generous) == 1);
}

TEST_CASE("the forms with an error code look at nothing and the throwing ones at all", "[examine]") {
  const loopback::closed_port closed;
  std::error_code ec;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::connect(s.native_handle(), endpoint::ip("127.0.0.1", 0), generous, ec);
  CHECK(error{ec, operation::connect}.circumstance() == circumstance::none);
  error e;
  CHECK_FALSE(sockerr::connect_to(endpoint::ip("127.0.0.1", 0), sockerr::connect_options{}, e).is_open());
  CHECK(e.circumstance() == circumstance::port_zero);
}

TEST_CASE("where the address or the socket is not known no other family is found", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  for (const errc code : {errc::invalid_argument, errc::address_family_not_supported, errc::bad_address})
    for (const operation during : {operation::connect, operation::bind, operation::send}) {
      CAPTURE(sockerr::symbol(code), name(during));
      CHECK(examine(s.native_handle(), code, during).circumstance() != circumstance::other_family);
      CHECK(examine(sockerr::invalid_handle, code, during, endpoint::ip("127.0.0.1", 80)).circumstance() !=
            circumstance::other_family);
    }
}

TEST_CASE("a bind without an address is about the one that the socket has", "[examine]") {
  const loopback::closed_port bound;
  const error e = examine(bound.holder.native_handle(), errc::invalid_argument, operation::bind);
  CHECK(e.local() == bound.endpoint.to_string());
  CHECK(e.peer().empty());
}

TEST_CASE("a transfer finds what its call finds", "[examine]") {
  const sockerr::socket datagrams = loopback::datagram_socket();
  for (const operation during : {operation::send_all, operation::recv_exactly}) {
    const error e = examine(datagrams.native_handle(), errc::connection_refused, during);
    CHECK(e.operation() == during);
    CHECK(e.circumstance() == circumstance::datagram);
    CHECK(e.cause() == sockerr::cause(errc::connection_refused, during, circumstance::datagram));
  }
}

// ----------------------------------------------------------------------------------------------------------- check

TEST_CASE("check returns what a call has returned", "[examine]") {
  CHECK((sockerr::check)(0) == 0);
  CHECK((sockerr::check)(7L, operation::send) == 7L);
  CHECK((sockerr::check)(std::ptrdiff_t{5}, operation::recv, sockerr::invalid_handle) == 5);
  // Only -1 is an error.
  CHECK((sockerr::check)(-2) == -2);
  static_assert(std::is_same_v<decltype((sockerr::check)(1L)), long>);
  static_assert(std::is_same_v<decltype((sockerr::check)(1)), int>);
  const sockerr::socket s{(sockerr::check)(::socket(AF_INET, SOCK_STREAM, 0), operation::open)};
  CHECK(s.is_open());
}

TEST_CASE("check throws the last error", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  char one = 0;
  const native_handle handle = s.native_handle();
  unsigned line = 0;
  const auto plain = thrown<sockerr::not_connected>(
      [&] { return line = __LINE__, (sockerr::check)(::recv(handle, &one, 1, 0), operation::recv); });
  CHECK(plain.code() == errc::not_connected);
  CHECK(plain.code().category() == sockerr::socket_category());
  CHECK(plain.operation() == operation::recv);
  CHECK(plain.peer().empty());
  CHECK(plain.local().empty());
  CHECK(plain.where().line() == line);
  CHECK(std::string_view{plain.where().file_name()} == __FILE__);
  CHECK(thrown<sockerr::not_connected>([&] { return (sockerr::check)(::recv(handle, &one, 1, 0)); }).operation() ==
        operation::unknown);
}

TEST_CASE("check tells what it finds where the handle is given", "[examine]") {
  const sockerr::socket datagrams = loopback::datagram_socket();
  const native_handle handle = datagrams.native_handle();
  unsigned line = 0;
  // POSIX says EDESTADDRREQ, Windows not connected.
  try {
    line = __LINE__ + 1;
    (sockerr::check)(::send(handle, "x", 1, 0), operation::send, handle);
    FAIL("nothing was thrown");
  } catch (const sockerr::socket_error& e) {
    CHECK(e.where().line() == line);
    CHECK(std::string_view{e.where().file_name()} == __FILE__);
    CHECK(e.local() == datagrams.local_endpoint().to_string());
    CHECK(e.peer().empty());
    CHECK(e.operation() == operation::send);
  }
  const loopback::connection c;
  const native_handle connected = c.client.native_handle();
  const endpoint there = c.listening.local_endpoint();
  const auto e = thrown<sockerr::already_connected>([&] {
    return (sockerr::check)(::connect(connected, there.data(), static_cast<socklen_t>(there.size())),
                            operation::connect, connected);
  });
  CHECK(e.peer() == there.to_string());
  CHECK(e.local() == c.client.local_endpoint().to_string());
}

TEST_CASE("check takes a result of the type that Windows has for a socket", "[examine]") {
  // INVALID_SOCKET, which is not negative there.
  errno = ECONNREFUSED;
#if defined(_WIN32)
  ::WSASetLastError(WSAECONNREFUSED);
#endif
  CHECK_THROWS_AS((sockerr::check)(~static_cast<unsigned long long>(0)), sockerr::connection_refused);
}

// SPDX-License-Identifier: MIT
#include <sockerr/resolve.hpp>

#include "catch.hpp"
#include "texts.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using sockerr::condition;
using sockerr::resolve;

std::error_code error_of(std::string_view host, std::string_view service, int family = AF_UNSPEC) {
  std::error_code ec = sockerr::errc::connection_refused;
  const std::vector<sockerr::endpoint> found = resolve(host, service, family, ec);
  CHECK(found.empty() == (ec.value() != 0));
  return ec;
}

// The text of the only endpoint.
std::string only(const std::vector<sockerr::endpoint>& found) {
  return found.size() == 1 ? found[0].to_string() : std::to_string(found.size()) + " endpoints";
}

template <class Exception>
Exception thrown_for(std::string_view host, std::string_view service, int family = AF_UNSPEC) {
  try {
    (void)resolve(host, service, family);
  } catch (const Exception& e) {
    return e;
  }
  throw std::runtime_error{"nothing was thrown"};
}

}  // namespace

TEST_CASE("Literal addresses resolve to themselves", "[resolve]") {
  CHECK(only(resolve("127.0.0.1", "80")) == "127.0.0.1:80");
  CHECK(only(resolve("::1", "80")) == "[::1]:80");
  CHECK(only(resolve("::ffff:127.0.0.1", "80")) == "[::ffff:127.0.0.1]:80");
  CHECK(only(resolve("0.0.0.0", "0")) == "0.0.0.0:0");
  CHECK(only(resolve("::", "65535")) == "[::]:65535");
}

TEST_CASE("A literal address keeps its scope", "[resolve]") {
  const auto found = resolve("fe80::1%1", "80");
  REQUIRE(found.size() == 1);
  CHECK(found[0].family() == AF_INET6);
  CHECK(found[0].scope_id() == 1);
  CHECK(found[0].port() == 80);
}

TEST_CASE("A scope that is no interface of this host is host not found", "[resolve]") {
  CHECK(error_of("fe80::1%nosuchinterface", "80") == condition::host_not_found);
  CHECK(error_of("fe80::1%", "80") == condition::host_not_found);
}

TEST_CASE("A family asked for is the only one that comes", "[resolve]") {
  CHECK(only(resolve("127.0.0.1", "80", AF_INET)) == "127.0.0.1:80");
  CHECK(only(resolve("::1", "80", AF_INET6)) == "[::1]:80");
  std::error_code ec;
  for (const int family : {AF_INET, AF_INET6})
    for (const sockerr::endpoint& e : resolve("localhost", "80", family, ec)) CHECK(e.family() == family);
}

TEST_CASE("A literal address of another family than asked for is host not found", "[resolve]") {
  CHECK(error_of("127.0.0.1", "80", AF_INET6) == condition::host_not_found);
  CHECK(error_of("::1", "80", AF_INET) == condition::host_not_found);
  CHECK(error_of("::1", "http", AF_INET) == condition::host_not_found);
  const auto e = thrown_for<sockerr::host_not_found>("::1", "80", AF_INET);
  CHECK(e.cause().find("family") != std::string_view::npos);
  CHECK(e.advice() == sockerr::retry_advice::never);
}

TEST_CASE("A service name gives the port", "[resolve]") {
  std::error_code ec;
  const auto v4 = resolve("127.0.0.1", "http", ec);
  if (ec == condition::service_not_found) SOCKERR_SKIP("this system has no list of services");
  CHECK_FALSE(ec);
  CHECK(only(v4) == "127.0.0.1:80");
  CHECK(only(resolve("::1", "http")) == "[::1]:80");
  const auto scoped = resolve("fe80::1%1", "http");
  REQUIRE(scoped.size() == 1);
  CHECK(scoped[0].scope_id() == 1);
}

TEST_CASE("Every port number resolves and no larger one", "[resolve]") {
  CHECK(only(resolve("127.0.0.1", "0")) == "127.0.0.1:0");
  CHECK(only(resolve("127.0.0.1", "00080")) == "127.0.0.1:80");
  CHECK(only(resolve("127.0.0.1", "65535")) == "127.0.0.1:65535");
  CHECK(error_of("127.0.0.1", "65536") == condition::service_not_found);
  CHECK(error_of("127.0.0.1", "4294967376") == condition::service_not_found);
  CHECK(error_of("127.0.0.1", "99999999999999999999999999") == condition::service_not_found);
  CHECK(error_of("localhost", "65536") == condition::service_not_found);
}

// getaddrinfo() reads a number as strtoul() does and cuts it to 16 bits: "+70000" is its port 4464.
TEST_CASE("A number with a sign or white space is not a service", "[resolve]") {
  for (const char* service :
       {"+80", "-80", " 80", "80 ", "\t80", "\n80", "+70000", " 4294967376", "-65456", "+", " "}) {
    CAPTURE(service);
    CHECK(error_of("127.0.0.1", service) == condition::service_not_found);
    CHECK(error_of("localhost", service) == condition::service_not_found);
  }
}

TEST_CASE("What is no service is service not found", "[resolve]") {
  CHECK(error_of("127.0.0.1", "http x") == condition::service_not_found);
  CHECK(error_of("127.0.0.1", "") == condition::service_not_found);
  CHECK(error_of("127.0.0.1", "0x50") == condition::service_not_found);
  CHECK(error_of("127.0.0.1", std::string(10000, 's')) == condition::service_not_found);
  CHECK(error_of("127.0.0.1", std::string(10000, '1')) == condition::service_not_found);
  const auto e = thrown_for<sockerr::service_not_found>("127.0.0.1", "http x");
  CHECK(e.operation() == sockerr::operation::resolve);
  CHECK(e.host() == "127.0.0.1:http x");
  CHECK(e.peer().empty());
  CHECK(e.symbol() == "EAI_SERVICE");
  CHECK(std::string{e.what()} == "resolve 127.0.0.1:http x: EAI_SERVICE: Service not known");
}

TEST_CASE("An empty host is host not found", "[resolve]") {
  CHECK(error_of("", "80") == condition::host_not_found);
  CHECK(error_of({}, "80") == condition::host_not_found);
  CHECK(thrown_for<sockerr::host_not_found>("", "80").host() == ":80");
}

TEST_CASE("A host that is too long is host not found and what stays short", "[resolve]") {
  const std::string host(10000, 'h');
  CHECK(error_of(host, "80") == condition::host_not_found);
  CHECK(error_of(host, "80").category() == sockerr::resolver_category());
  const auto e = thrown_for<sockerr::host_not_found>(host, "80");
  const std::string what = e.what();
  CHECK(what.size() < 400);
  CHECK(what.find("hhh...: EAI_NONAME: ") != what.npos);
  CHECK(e.host() == std::string(117, 'h') + "...");
}

TEST_CASE("A NUL in a host or service is an invalid argument", "[resolve]") {
  using namespace std::string_view_literals;
  CHECK(error_of("127.0.0.1\0.example"sv, "80") == condition::invalid_argument);
  CHECK(error_of("127.0.0.1\0"sv, "80") == condition::invalid_argument);
  CHECK(error_of("127.0.0.1", "80\0x"sv) == condition::invalid_argument);
  const auto e = thrown_for<sockerr::invalid_argument>("127.0.0.1\0.example"sv, "80");
  CHECK(e.host() == "127.0.0.1?.example:80");
  CHECK(std::string{e.what()} == "resolve 127.0.0.1?.example:80: " + std::string{e.symbol()} + ": Invalid argument");
}

TEST_CASE("Control characters of a host or service never reach what", "[resolve]") {
  // The colon keeps them from the name servers.
  const std::string controls = "::1\r\n\t\x1b[31m\x7f";
  const auto host = thrown_for<sockerr::host_not_found>(controls, "80");
  CHECK(is_one_line(host.what()));
  CHECK(is_one_line(host.host()));
  CHECK(host.host() == "::1????[31m?:80");
  const auto service = thrown_for<sockerr::service_not_found>("127.0.0.1", controls);
  CHECK(is_one_line(service.what()));
  CHECK(is_one_line(service.host()));
}

TEST_CASE("No endpoint comes twice", "[resolve]") {
  std::error_code ec;
  const auto found = resolve("localhost", "80", ec);
  if (ec) SOCKERR_SKIP("this system does not know localhost: " + ec.message());
  CHECK_FALSE(found.empty());
  for (std::size_t i = 0; i != found.size(); ++i) {
    CAPTURE(found[i].to_string());
    CHECK(found[i].port() == 80);
    for (std::size_t j = 0; j != i; ++j) CHECK(found[i] != found[j]);
  }
}

// A machine without a name server cannot tell, and says so: EAI_AGAIN.
TEST_CASE("A host that does not exist is a resolution error", "[resolve]") {
  const auto e = thrown_for<sockerr::resolution_error>("nosuch.invalid", "80");
  CHECK((e.condition() == condition::host_not_found || e.condition() == condition::resolution_try_again));
  CHECK(e.code().category() == sockerr::resolver_category());
  CHECK(e.operation() == sockerr::operation::resolve);
  CHECK(e.host() == "nosuch.invalid:80");
  CHECK(e.peer().empty());
  CHECK(e.local().empty());
  CHECK(e.advice() == (e.condition() == condition::host_not_found ? sockerr::retry_advice::never
                                                                  : sockerr::retry_advice::after_pause));
  CHECK_FALSE(e.cause().empty());
  CHECK_FALSE(e.by_deadline());
  CHECK(std::string{e.what()}.find("resolve nosuch.invalid:80: EAI_") == 0);
}

TEST_CASE("The code of a resolver clears what stood in the error code before", "[resolve]") {
  std::error_code ec = sockerr::errc::connection_refused;
  CHECK(only(resolve("127.0.0.1", "80", ec)) == "127.0.0.1:80");
  CHECK_FALSE(ec);
}

TEST_CASE("An exception of the resolver names the caller", "[resolve]") {
  try {
    (void)resolve("", "80");
    FAIL("nothing was thrown");
  } catch (const sockerr::socket_error& e) {
    CHECK(std::string_view{e.where().file_name()}.find("resolve.test.cpp") != std::string_view::npos);
  }
}

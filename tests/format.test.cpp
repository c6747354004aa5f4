// SPDX-License-Identifier: MIT
#include <sockerr/format.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "format.hpp includes a socket header"
#endif

#include <iomanip>
#include <ios>
#include <sstream>
#include <string>
#include <system_error>

#include <sockerr/endpoint.hpp>

#include "catch.hpp"

#if __has_include(<fmt/ostream.h>)
#define FMT_HEADER_ONLY
#include <fmt/ostream.h>
#endif

namespace {

using sockerr::circumstance;
using sockerr::condition;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::error;
using sockerr::fault;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::retry_advice;
using sockerr::windows_errc;

template <class T>
std::string streamed(const T& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

sockerr::code_info refused() {
  for (const sockerr::code_info info : sockerr::codes())
    if (info.code == errc::connection_refused) return info;
  return {};
}

// Every kind of value that is printed, with its text, is given to check(value, text).
template <class Check>
void for_each_kind(Check check) {
  check(condition::connection_refused, std::string{"connection_refused"});
  check(condition::none, std::string{"none"});
  check(operation::connect, std::string{"connect"});
  check(retry_advice::on_new_socket, std::string{"on_new_socket"});
  check(condition::end_of_stream, std::string{"end_of_stream"});
  check(operation::recv_exactly, std::string{"recv_exactly"});
  check(circumstance::port_unreachable, std::string{"port_unreachable"});
  check(fault::network, std::string{"network"});
  check(library_errc::end_of_stream, std::string{"EOF"});
  check(error{errc::connection_refused, operation::connect}.peer("[::1]:80"),
        "connect [::1]:80: " + std::string{sockerr::symbol(errc::connection_refused)} + ": Connection refused");
  check(error{errc::operation_would_block, operation::recv},
        "recv: " + std::string{sockerr::symbol(errc::operation_would_block)} + ": " +
            std::string{sockerr::message(errc::operation_would_block)});
  check(error{}, std::string{});
  check(errc::connection_refused, std::string{sockerr::symbol(errc::connection_refused)});
  check(resolver_errc::host_not_found, std::string{"EAI_NONAME"});
  check(windows_errc{10061}, std::string{"WSAECONNREFUSED"});
  const std::string number = std::to_string(static_cast<int>(errc::connection_refused));
  check(refused(), std::string{sockerr::symbol(errc::connection_refused)} + " " + number + ": Connection refused");
  check(endpoint::parse("127.0.0.1:80"), std::string{"127.0.0.1:80"});
  check(endpoint::parse("[::1]:80"), std::string{"[::1]:80"});
  check(endpoint{}, std::string{});
}

// A stream of characters with traits of its own.
struct own_traits : std::char_traits<char> {};

}  // namespace

TEST_CASE("streams print names, symbols and addresses", "[format]") {
  for_each_kind([](const auto& value, const std::string& text) { CHECK(streamed(value) == text); });
}

TEST_CASE("what has no name is printed as its number", "[format]") {
  CHECK(streamed(condition{4711}) == "4711");
  CHECK(streamed(condition{-1}) == "-1");
  CHECK(streamed(static_cast<operation>(99)) == "99");
  CHECK(streamed(static_cast<retry_advice>(99)) == "99");
  CHECK(streamed(static_cast<circumstance>(200)) == "200");
  CHECK(streamed(static_cast<fault>(99)) == "99");
  CHECK(streamed(library_errc{1}) == "1");
  CHECK(streamed(condition{63}) == "63");
  CHECK(streamed(errc{0}) == "0");
  CHECK(streamed(errc{12345}) == "12345");
  CHECK(streamed(resolver_errc{-2147483647 - 1}) == "-2147483648");
  CHECK(streamed(windows_errc{3}) == "3");
}

TEST_CASE("a stream's width, fill and alignment hold for the whole text, once", "[format]") {
  for_each_kind([](const auto& value, const std::string& text) {
    std::ostringstream out;
    out << std::setfill('.') << std::left << std::setw(80) << value << '|' << std::right << std::setw(80) << value;
    out << '|' << value;
    const std::string dots(80 - text.size(), '.');
    CHECK(out.str() == text + dots + '|' + dots + text + '|' + text);
  });
}

TEST_CASE("a stream that has failed gets nothing", "[format]") {
  std::ostringstream out;
  out.setstate(std::ios_base::failbit);
  out << condition::timed_out << endpoint::parse("127.0.0.1:80");
  CHECK(out.str().empty());
}

TEST_CASE("streams with traits of their own print too", "[format]") {
  std::basic_ostringstream<char, own_traits> out;
  out << condition::timed_out << ' ' << endpoint::parse("127.0.0.1:80");
  const auto text = out.str();
  CHECK(std::string{text.data(), text.size()} == "timed_out 127.0.0.1:80");
}

// Nothing that only converts to an error is printed as one, and what the standard prints is not ambiguous.
TEST_CASE("codes are still printed as the standard has it", "[format]") {
  const std::error_code ec = resolver_errc::host_not_found;
  CHECK(streamed(ec) == "sockerr.resolver:" + std::to_string(ec.value()));
  CHECK(streamed(std::error_code{library_errc::end_of_stream}) == "sockerr.library:20481");
}

TEST_CASE("std::format prints the same, with the format of a string", "[format]") {
#if defined(__cpp_lib_format)
  for_each_kind([](const auto& value, const std::string& text) {
    CHECK(std::format("{}", value) == text);
    CHECK(std::format("{:.<80}|", value) == text + std::string(80 - text.size(), '.') + '|');
    CHECK(std::format("{:>{}}", value, 80) == std::string(80 - text.size(), ' ') + text);
    CHECK(std::format("{:.3}", value) == text.substr(0, 3));
  });
  CHECK(std::format("{}", errc{12345}) == "12345");
#else
  SOCKERR_SKIP("the standard library has no <format>");
#endif
}

TEST_CASE("format_as, which fmt 10 asks, gives the same text", "[format]") {
  for_each_kind([](const auto& value, const std::string& text) { CHECK(format_as(value) == text); });
  CHECK(format_as(errc{12345}) == "12345");
}

TEST_CASE("fmt prints the same, with the format of a string", "[format]") {
#if defined(FMT_VERSION)
  for_each_kind([](const auto& value, const std::string& text) {
    CHECK(fmt::format("{}", fmt::streamed(value)) == text);
    CHECK(fmt::format("{:.<80}|", fmt::streamed(value)) == text + std::string(80 - text.size(), '.') + '|');
#if FMT_VERSION >= 100000
    CHECK(fmt::format("{}", value) == text);
    CHECK(fmt::format("{:>80}", value) == std::string(80 - text.size(), ' ') + text);
#endif
  });
#else
  SOCKERR_SKIP("fmt is not installed");
#endif
}

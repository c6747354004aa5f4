// SPDX-License-Identifier: MIT

// A program that has the library from its module alone.

#include <version>

#include <chrono>
#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>
#if defined(__cpp_lib_format)
#include <format>
#endif

#include <sys/socket.h>  // AF_INET, SOL_SOCKET: a module exports no macros

import sockerr;

#if defined(SOCKERR_SOCKERR_HPP)
#error "the module exports no macros"
#endif

namespace {

int failures = 0;

void check_that(bool holds, const char* what, int line) {
  if (holds) return;
  std::fprintf(stderr, "%s:%d: %s\n", __FILE__, line, what);
  ++failures;
}

#define CHECK(condition) check_that((condition), #condition, __LINE__)

using namespace std::chrono_literals;

void classification() {
  const std::error_code refused = sockerr::errc::connection_refused;
  CHECK(refused == sockerr::condition::connection_error);
  CHECK(refused != sockerr::condition::unreachable);
  CHECK(refused == std::errc::connection_refused);
  CHECK(std::error_code(sockerr::resolver_errc::host_not_found) == sockerr::condition::resolution_error);
  const std::error_condition condition = sockerr::condition::connection_refused;
  CHECK(refused == condition);
  CHECK(sockerr::classify(refused) == sockerr::condition::connection_refused);
  CHECK(sockerr::symbol(refused) == "ECONNREFUSED");
  CHECK(!sockerr::cause(refused, sockerr::operation::connect).empty());
  CHECK(sockerr::advise(refused, sockerr::operation::connect) == sockerr::retry_advice::on_new_socket);
  CHECK(refused == sockerr::errc::connection_refused);
  CHECK(sockerr::errc::connection_reset != refused);
  CHECK(condition == sockerr::condition::connection_error);
  CHECK(std::error_code(sockerr::library_errc::deadline_exceeded) == sockerr::condition::timed_out);
  CHECK(sockerr::fault_of(sockerr::condition::connection_refused) == sockerr::fault::peer);
  CHECK(sockerr::condition_from_name("timed_out") == sockerr::condition::timed_out);
  CHECK(sockerr::condition_from_symbol("EAI_AGAIN") == sockerr::condition::resolution_try_again);
  CHECK(sockerr::advise(sockerr::errc::connection_refused, sockerr::operation::recv, sockerr::circumstance::datagram) ==
        sockerr::retry_advice::at_once);
  std::size_t count = 0;
  for (const sockerr::code_info info : sockerr::codes()) count += info.symbol.size() != 0;
  CHECK(count == sockerr::codes().size());
}

void value() {
  const sockerr::error e = sockerr::error{sockerr::errc::connection_refused, sockerr::operation::connect}
                               .host("localhost:80")
                               .peer(std::string("127.0.0.1:") + "80");
  const sockerr::error copy = e;
  CHECK(copy == sockerr::condition::connection_refused);
  CHECK(sockerr::errc::connection_refused == copy);
  CHECK(copy == std::errc::connection_refused);
  CHECK(copy != sockerr::library_errc::stopped);
  CHECK(copy.text() == "connect localhost:80 (127.0.0.1): ECONNREFUSED: Connection refused");
  CHECK(copy.attempts().empty());
  CHECK(std::string_view{e.where().file_name()}.find("main.cpp") != std::string_view::npos);
  std::ostringstream out;
  out << copy;
  CHECK(out.str() == copy.text());
#if defined(__cpp_lib_format)
  CHECK(std::format("{}", copy) == copy.text());
#endif
}

void printing() {
  const sockerr::endpoint there = sockerr::endpoint::parse("127.0.0.1:80");
  std::ostringstream out;
  out << sockerr::condition::timed_out << ' ' << there;
  CHECK(out.str() == "timed_out 127.0.0.1:80");
#if defined(__cpp_lib_format)
  CHECK(std::format("{:>10} {}", sockerr::condition::timed_out, there) == " timed_out 127.0.0.1:80");
#endif
  CHECK((std::unordered_set<sockerr::endpoint>{there, there}.size() == 1));
}

void exceptions() {
  try {
    sockerr::throw_error(sockerr::error{sockerr::errc::host_unreachable, sockerr::operation::connect}.peer("[::1]:80"));
    CHECK(false);
  } catch (const sockerr::unreachable& e) {
    CHECK(std::string_view{e.what()}.substr(0, 17) == "connect [::1]:80:");
    CHECK(e.condition() == sockerr::condition::host_unreachable);
    CHECK(e.error() == sockerr::errc::host_unreachable);
    CHECK(std::string_view{e.where().file_name()}.find("main.cpp") != std::string_view::npos);
  }
  sockerr::retry_policy policy;
  policy.delay = 0s;
  int calls = 0;
  sockerr::retry(policy, sockerr::operation::connect, [&] {
    if (++calls < 3) sockerr::throw_error(sockerr::errc::timed_out, sockerr::operation::connect);
  });
  CHECK(calls == 3);
  sockerr::throw_if(std::error_code{});
  CHECK(sockerr::to_exception_ptr(sockerr::errc::timed_out) != nullptr);
  CHECK(sockerr::check_result(5) == 5);
}

void calls() {
  sockerr::socket listener = sockerr::listen_on(sockerr::endpoint::ip("127.0.0.1", 0));
  sockerr::socket client = sockerr::connect_to("127.0.0.1", std::to_string(listener.local_endpoint().port()));
  sockerr::socket server = listener.accept(nullptr, 30s);
  client.set_option(SOL_SOCKET, SO_KEEPALIVE, 1);
  CHECK(client.send_all("hello", 5) == 5);
  char buffer[5];
  server.timeout(30s);
  CHECK(server.recv_exactly(buffer, sizeof buffer) == 5);
  CHECK(std::string_view(buffer, 5) == "hello");
  std::error_code ec;
  CHECK(server.recv(buffer, sizeof buffer, 0, 1ms, ec) == 0);
  CHECK(ec == sockerr::condition::timed_out);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
#if defined(__cpp_lib_expected)
  const sockerr::expected<std::size_t> received = sockerr::try_recv(server, buffer, sizeof buffer, 0, 1ms);
  CHECK(!received.has_value() && received.error() == sockerr::condition::timed_out);
  CHECK(received.error().by_deadline());
#endif
}

}  // namespace

int main() {
  classification();
  value();
  printing();
  exceptions();
  calls();
  return failures == 0 ? 0 : 1;
}

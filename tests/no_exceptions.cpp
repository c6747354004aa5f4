// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "to be compiled with -fno-exceptions -fno-rtti"
#endif

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

// A program, and not a Catch2 test, because Catch2 needs what this is to do without.

namespace {

bool check_that(bool holds, const char* what, int line) {
  if (!holds) std::fprintf(stderr, "%s:%d: %s\n", __FILE__, line, what);
  return holds;
}

#define CHECK(condition)                                          \
  do {                                                            \
    if (!check_that((condition), #condition, __LINE__)) return 1; \
  } while (false)

int classification() {
  using namespace sockerr;
  const std::error_code refused = errc::connection_refused;
  CHECK(refused == condition::connection_refused);
  CHECK(refused == condition::connection_error);
  CHECK(refused != condition::unreachable);
  CHECK(refused == std::errc::connection_refused);
  CHECK(std::make_error_code(std::errc::timed_out) == condition::timed_out);
  CHECK(classify(refused) == condition::connection_refused);
  CHECK(!symbol(refused).empty());
  CHECK(!cause(refused, operation::connect).empty());
  CHECK(advise(refused, operation::connect) == retry_advice::on_new_socket);
  CHECK(refused.message() == "Connection refused");
  CHECK(refused == errc::connection_refused);
  CHECK(std::error_code{library_errc::deadline_exceeded} == errc::timed_out);
  CHECK(fault_of(condition::connection_refused) == fault::peer);
  CHECK(condition_from_name("timed_out") == condition::timed_out);
  CHECK(condition_from_symbol("WSAECONNREFUSED") == condition::connection_refused);
  return 0;
}

class foreign_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "foreign"; }
  std::string message(int value) const override { return "own words " + std::to_string(value); }
};

int value() {
  using namespace sockerr;
  CHECK(!error{} && error{}.text().empty());
  const error e = error{errc::connection_refused, operation::connect}
                      .host(std::string("localhost:") + "80")
                      .peer(std::string("127.0.0.1:") + "80")
                      .circumstance(circumstance::port_unreachable, "10.0.1.254");
  const error copy = e;
  CHECK(copy == condition::connection_refused && condition::connection_error == copy && copy != errc::timed_out);
  CHECK(copy.host() == "localhost:80" && copy.peer() == "127.0.0.1:80" && copy.reporter() == "10.0.1.254");
  CHECK(copy.text() == "connect localhost:80 (127.0.0.1): " + std::string{symbol(errc::connection_refused)} +
                           ": Connection refused (10.0.1.254: port unreachable)");
  CHECK(copy.fault() == fault::network);
  CHECK(copy.attempts().empty() && copy.tries() == 0 && !copy.last());
  static const foreign_category foreign;
  CHECK(error{std::error_code(5, foreign)}.message() == "own words 5");
  CHECK((error{errc::operation_would_block, operation::recv}.text().substr(0, 6) == "recv: "));
  return 0;
}

int refused_connection() {
  std::error_code ec;
  const sockerr::endpoint any_port = sockerr::endpoint::ip("127.0.0.1", 0, ec);
  CHECK(!ec);
  // Bound, so that nobody else gets the port, but not listening.
  sockerr::socket holder = sockerr::open(AF_INET, SOCK_STREAM, ec);
  CHECK(!ec && holder.is_open());
  holder.bind(any_port, ec);
  CHECK(!ec);
  const sockerr::endpoint closed = holder.local_endpoint(ec);
  CHECK(!ec && closed.port() != 0);

  const sockerr::socket none = sockerr::connect_to(closed, ec);
  CHECK(ec == sockerr::condition::connection_refused);
  CHECK(!none.is_open());

  sockerr::socket by_hand = sockerr::open(AF_INET, SOCK_STREAM, ec);
  CHECK(!ec);
  by_hand.connect(closed, ec);
  CHECK(ec == sockerr::condition::connection_refused);

  sockerr::retry_policy policy;
  int pauses = 0;
  policy.wait = [&pauses](std::chrono::nanoseconds) { return ++pauses != 0; };
  int attempts = 0;
  const sockerr::socket still_none = sockerr::retry(
      policy, sockerr::operation::connect,
      [&](std::error_code& result) {
        ++attempts;
        return sockerr::connect_to(closed, result);
      },
      ec);
  CHECK(ec == sockerr::condition::connection_refused);
  CHECK(attempts == policy.max_attempts);
  CHECK(pauses == policy.max_attempts - 1);
  CHECK(!still_none.is_open());

  sockerr::error failed;
  const sockerr::socket none_by_name = sockerr::connect_to("127.0.0.1", std::to_string(closed.port()), {}, failed);
  CHECK(!none_by_name.is_open());
  CHECK(failed == sockerr::condition::connection_refused);
  CHECK(failed.operation() == sockerr::operation::connect);
  CHECK(failed.host() == "127.0.0.1:" + std::to_string(closed.port()));
  CHECK(failed.attempts().size() == 1 && failed.attempts()[0].error == failed.code());
  attempts = 0;
  const sockerr::socket retried = sockerr::retry(
      policy, sockerr::operation::connect,
      [&](sockerr::error& result) {
        ++attempts;
        return sockerr::connect_to(closed, {}, result);
      },
      failed);
  CHECK(!retried.is_open() && attempts == policy.max_attempts);
  CHECK(failed == sockerr::condition::connection_refused && failed.tries() == policy.max_attempts);
  return 0;
}

int accepted_connection() {
  std::error_code ec;
  sockerr::socket listener = sockerr::listen_on(sockerr::endpoint::ip("127.0.0.1", 0, ec), ec);
  CHECK(!ec);
  const sockerr::endpoint address = listener.local_endpoint(ec);
  CHECK(!ec);
  sockerr::socket client = sockerr::connect_to(address, ec);
  CHECK(!ec && client.is_open());
  sockerr::socket server = listener.accept(nullptr, std::chrono::seconds{30}, ec);
  CHECK(!ec && server.is_open());

  char received[4] = {};
  CHECK(client.send_all("ping", 4, ec) == 4 && !ec);
  CHECK(server.recv_exactly(received, 4, std::chrono::seconds{30}, ec) == 4 && !ec);
  CHECK(received[3] == 'g');
  CHECK(server.recv(received, 1, 0, std::chrono::milliseconds{1}, ec) == 0);
  CHECK(ec == sockerr::condition::timed_out);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  return 0;
}

int failed_look_up() {
  std::error_code ec;
  // Neither asks a name server, so that no network is needed.
  CHECK(sockerr::resolve("", "80", ec).empty());
  CHECK(ec == sockerr::condition::host_not_found);
  CHECK(sockerr::resolve("127.0.0.1", "no-such-service", ec).empty());
  CHECK(ec == sockerr::condition::resolution_error);
  CHECK(sockerr::resolve("127.0.0.1", "80", ec).size() == 1);
  CHECK(!ec);
  return 0;
}

// The README's.
std::string_view logged;
void log(std::string_view, std::string_view cause) { logged = cause; }

int snippet() {
  std::error_code failed;
  sockerr::socket holder = sockerr::open(AF_INET, SOCK_STREAM, failed);
  holder.bind(sockerr::endpoint::ip("127.0.0.1", 0, failed), failed);
  CHECK(!failed);
  const std::string_view host = "127.0.0.1";
  const std::string service = std::to_string(holder.local_endpoint(failed).port());
  const std::string_view query = "query";
  sockerr::connect_options options;
#include "readme/no_exceptions.inc"
  CHECK(ec == sockerr::condition::connection_refused);
  CHECK(!logged.empty());
  return 0;
}

int bad_descriptor() {
  std::error_code ec;
  sockerr::socket nothing;
  char byte = 0;
  CHECK(nothing.recv(&byte, 1, ec) == 0);
  CHECK(ec == sockerr::condition::usage_error);
  return 0;
}

}  // namespace

int main() {
  if (classification() != 0 || value() != 0 || refused_connection() != 0 || accepted_connection() != 0) return 1;
  return failed_look_up() != 0 || snippet() != 0 || bad_descriptor() != 0 ? 1 : 0;
}

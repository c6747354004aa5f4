// SPDX-License-Identifier: MIT
// The snippets of the README: all are compiled, and run where that needs no other machine. readme_snippets.cmake puts
// them into files.

#include <sockerr/sockerr.hpp>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "catch.hpp"
#include "loopback.hpp"
#include "thread.hpp"

#if !defined(_WIN32)
#include "descriptors.hpp"
#endif

// What the snippets leave to their reader.
namespace readme {

using namespace std::chrono_literals;

std::string logged;
std::function<void()> when_logged;

template <class... Part>
void log(const Part&... parts) {
  std::ostringstream out;
  static_cast<void>(((out << parts << ' '), ...));
  logged += out.str() + '\n';
  if (when_logged) when_logged();
}

int calls = 0;
[[maybe_unused]] void retry_later() { ++calls; }
void use_the_other_network() { ++calls; }
void give_up() { ++calls; }

const std::string query = "query";

void reset() {
  logged.clear();
  when_logged = nullptr;
  calls = 0;
}

#if !defined(_WIN32)
[[maybe_unused]] void before(int fd, const sockaddr* address, socklen_t size) {
#include "readme/sockerr.inc"
}
#endif

// It would ask for a host of the outside world.
[[maybe_unused]] void after() {
#include "readme/sockerr_2.inc"
}

[[maybe_unused]] void wait_longer() { ++calls; }

void keep(const sockerr::socket_error& e) {
#include "readme/sockerr_3.inc"
}

void classify(std::error_code ec) {
#include "readme/sockerr_4.inc"
}

#include "readme/unix_sockets.inc"

#include "readme/an_http_status_or_an_exit_code.inc"

}  // namespace readme

using namespace readme;

namespace {

std::string port_of(const sockerr::socket& s) { return std::to_string(s.local_endpoint().port()); }

}  // namespace

TEST_CASE("README: an error is a value", "[readme]") {
  reset();
  try {
    sockerr::throw_error(sockerr::library_errc::deadline_exceeded, sockerr::operation::accept);
  } catch (const sockerr::timed_out& e) {
    keep(e);
  }
  CHECK(calls == 1);
  CHECK(logged.find("accept: " + std::string{sockerr::symbol(sockerr::errc::timed_out)} + ": Deadline exceeded") == 0);
  CHECK(logged.find("when_ready") != logged.npos);
}

TEST_CASE("README: codes from elsewhere are classified", "[readme]") {
  reset();
  readme::classify(std::make_error_code(std::errc::host_unreachable));
  CHECK(calls == 1);
  CHECK(logged.find("route") != logged.npos);
  readme::classify(std::make_error_code(std::errc::permission_denied));
  CHECK(calls == 2);
}

TEST_CASE("README: on Windows", "[readme]") {
#if defined(_WIN32)
  ::WSASetLastError(WSAECONNREFUSED);
#else
  const auto WSAGetLastError = [] { return ECONNREFUSED; };
#endif
#include "readme/on_windows.inc"
  CHECK(ours);
#if defined(_WIN32) && defined(__GLIBCXX__)
  CHECK_FALSE(theirs);
#else
  static_cast<void>(theirs);
#endif
}

TEST_CASE("README: connect with a timeout", "[readme]") {
  reset();
  sockerr::socket listener = loopback::listener();
  const std::string host = "127.0.0.1";
  const std::string service = port_of(listener);
#include "readme/connect_with_a_timeout.inc"
  char received[5] = {};
  CHECK(listener.accept(nullptr, 30s).recv_exactly(received, sizeof received, 30s) == query.size());
  CHECK(std::string(received, sizeof received) == query);
  CHECK(logged.empty());
}

TEST_CASE("README: a server that survives EMFILE", "[readme]") {
  reset();
  sockerr::socket listener = loopback::listener();
  const sockerr::socket client = sockerr::connect_to(listener.local_endpoint());
  bool running = true;
  const auto start_session = [&running](const sockerr::socket& session) { running = !session.is_open(); };
#if !defined(_WIN32)
  if (under_valgrind()) SOCKERR_SKIP("valgrind takes the connection from the queue and closes it");
  std::optional<no_descriptor_left> full{std::in_place};
  when_logged = [&full] { full.reset(); };
#endif
#include "readme/a_server_that_survives_emfile.inc"
#if !defined(_WIN32)
  CHECK(logged.find("EMFILE: Too many open files") != logged.npos);
#endif
}

TEST_CASE("README: retry with backoff, jitter and a log line", "[readme]") {
  if (loopback::so_error_is_foreign()) SOCKERR_SKIP("SO_ERROR tells numbers of another system");
  reset();
  sockerr::socket listener = sockerr::open(AF_INET, SOCK_STREAM);
  listener.bind(loopback::any_port());
  when_logged = [&listener] { listener.listen(); };
  const std::string host = "127.0.0.1";
  const std::string service = port_of(listener);
#include "readme/retry_with_backoff_jitter_and_a_log_line.inc"
  CHECK(server.is_open());
  CHECK(logged.find("ECONNREFUSED") != logged.npos);
}

TEST_CASE("README: UDP with ICMP errors", "[readme]") {
  reset();
  // Its owner talks to another alone, so that our messages are turned away.
  const sockerr::socket elsewhere = loopback::datagram_socket();
  sockerr::socket closed = loopback::datagram_socket();
  closed.connect(elsewhere.local_endpoint());
  const sockerr::endpoint peer = closed.local_endpoint();
#include "readme/udp_with_icmp_errors.inc"
  CHECK(size == 0);
#if !defined(_WIN32)
  // Windows tells it of ports that are closed indeed, wine of none.
  CHECK(logged.find("nobody listens") != logged.npos);
#endif
}

#if !defined(_WIN32)
TEST_CASE("README: Unix sockets", "[readme]") {
  char folder[] = "/tmp/sockerr-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  const std::string name = std::string{folder} + "/socket";
  {
    const sockerr::socket listener = listen_on_path(name);
    CHECK(listener.is_open());
    CHECK_THROWS_AS(listen_on_path(name), sockerr::address_in_use);
  }
  CHECK(listen_on_path(name).is_open());
  std::filesystem::remove(name);
  std::fclose(std::fopen(name.c_str(), "w"));
  CHECK_THROWS_AS(listen_on_path(name), sockerr::address_in_use);
  CHECK(std::filesystem::exists(name));
  std::filesystem::remove_all(folder);
}
#endif

TEST_CASE("README: an HTTP status or an exit code", "[readme]") {
  CHECK(http_status({}) == 200);
  CHECK(http_status(sockerr::errc::timed_out) == 504);
  CHECK(http_status(sockerr::errc::connection_reset) == 502);
  CHECK(http_status(sockerr::errc::network_unreachable) == 502);
  CHECK(http_status(sockerr::resolver_errc::host_not_found) == 502);
  CHECK(http_status(sockerr::errc::too_many_files_open) == 503);
  CHECK(http_status(sockerr::errc::bad_file_descriptor) == 500);

  const auto code_for = [](std::error_code ec, sockerr::operation during) {
    try {
      sockerr::throw_error(ec, during);
    } catch (const sockerr::socket_error& e) {
      return exit_code(e);
    }
  };
  CHECK(code_for(sockerr::errc::connection_refused, sockerr::operation::connect) == 75);
  CHECK(code_for(sockerr::errc::address_in_use, sockerr::operation::bind) == 75);
  CHECK(code_for(sockerr::resolver_errc::host_not_found, sockerr::operation::resolve) == 68);
  CHECK(code_for(sockerr::errc::permission_denied, sockerr::operation::bind) == 77);
  CHECK(code_for(sockerr::errc::not_a_socket, sockerr::operation::send) == 70);
  CHECK(code_for(sockerr::errc::message_size, sockerr::operation::send) == 71);
}

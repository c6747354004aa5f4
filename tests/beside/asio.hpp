// SPDX-License-Identifier: MIT
// What Asio reports, in either of its forms: the file that includes this says which one `net` is, its name NET, and the
// types of its codes and exceptions.

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

#include "../loopback.hpp"
#include "beside.hpp"

#if defined(__linux__)
#include <netinet/tcp.h>
#endif

namespace {

using net::ip::tcp;
using sockerr::condition;
using sockerr::operation;
using sockerr::retry_advice;

tcp::endpoint at(const sockerr::endpoint& e) { return {net::ip::make_address("127.0.0.1"), e.port()}; }

// Windows has one category for the codes of sockets and of its resolver.
#if defined(_WIN32)
constexpr std::string_view no_such_host = "WSAHOST_NOT_FOUND";
constexpr std::string_view no_such_service = "WSATYPE_NOT_FOUND";
#else
constexpr std::string_view no_such_host = "HOST_NOT_FOUND";
constexpr std::string_view no_such_service = "EAI_SERVICE";
#endif

// A connection whose one end is Asio's.
struct mixed_connection {
  net::io_context context;
  tcp::socket client{context};
  sockerr::socket server = [this] {
    sockerr::socket listening = loopback::listener();
    client.connect(at(listening.local_endpoint()));
    return listening.accept(nullptr, std::chrono::seconds{30});
  }();
};

}  // namespace

TEST_CASE("beside " NET ": a refused connect", "[beside]") {
  const loopback::closed_port closed;
  net::io_context context;
  tcp::socket socket{context};
  error_code ec;
  socket.connect(at(closed.endpoint), ec);
  CHECK(ec == sockerr::condition::connection_refused);
  CHECK(ec == sockerr::condition::connection_error);
  CHECK(ec != sockerr::condition::unreachable);
  CHECK(sockerr::classify(ec) == condition::connection_refused);
  check_code(ec, condition::connection_refused, sockerr::symbol(sockerr::errc::connection_refused), operation::connect,
             retry_advice::on_new_socket);
}

TEST_CASE("beside " NET ": a connect that times out", "[beside]") {
#if defined(__linux__)
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
  net::io_context context;
  tcp::socket socket{context, tcp::v4()};
  socket.set_option(net::detail::socket_option::integer<IPPROTO_TCP, TCP_SYNCNT>{1});
  error_code ec;
  socket.connect(at(deaf.endpoint), ec);
  check_code(ec, condition::timed_out, sockerr::symbol(sockerr::errc::timed_out), operation::connect,
             retry_advice::on_new_socket);
#else
  SOCKERR_SKIP("the number of attempts of a connect is an option on Linux only");
#endif
}

TEST_CASE("beside " NET ": a reset", "[beside]") {
  if (loopback::under_wine()) SOCKERR_SKIP("wine 8 shows a connection that was reset as ended");
  mixed_connection c;
  loopback::reset(c.server);
  std::array<char, 1> data{};
  error_code ec;
  c.client.read_some(net::buffer(data), ec);
  check_code(ec, condition::connection_reset, sockerr::symbol(sockerr::errc::connection_reset), operation::recv,
             retry_advice::on_new_socket);
}

TEST_CASE("beside " NET ": the end of a stream", "[beside]") {
  mixed_connection c;
  c.server.close();
  std::array<char, 1> data{};
  error_code ec;
  c.client.read_some(net::buffer(data), ec);
  check_code(ec, condition::end_of_stream, "eof", operation::recv, retry_advice::on_new_socket);
  CHECK(ec == sockerr::condition::connection_error);
}

TEST_CASE("beside " NET ": nothing to receive", "[beside]") {
  mixed_connection c;
  c.client.non_blocking(true);
  std::array<char, 1> data{};
  error_code ec;
  c.client.read_some(net::buffer(data), ec);
  check_code(ec, condition::would_block, sockerr::symbol(sockerr::errc::operation_would_block), operation::recv,
             retry_advice::when_ready);
}

TEST_CASE("beside " NET ": a canceled operation", "[beside]") {
  mixed_connection c;
  std::array<char, 1> data{};
  error_code result;
  c.client.async_read_some(net::buffer(data), [&](const error_code& ec, std::size_t) { result = ec; });
  c.client.cancel();
  c.context.run();
  CHECK(result == sockerr::condition::operation_canceled);
  CHECK(sockerr::advise(result, operation::recv) == retry_advice::never);
}

TEST_CASE("beside " NET ": an address in use", "[beside]") {
  const sockerr::socket listening = loopback::listener();
  net::io_context context;
  tcp::acceptor acceptor{context, tcp::v4()};
  error_code ec;
  acceptor.bind(at(listening.local_endpoint()), ec);
  check_code(ec, condition::address_in_use, sockerr::symbol(sockerr::errc::address_in_use), operation::bind,
             retry_advice::after_pause);
}

TEST_CASE("beside " NET ": names that are not resolved", "[beside]") {
  net::io_context context;
  tcp::resolver resolver{context};
  error_code ec;
  resolver.resolve("not an address", "80", tcp::resolver::numeric_host, ec);
  CHECK(ec == sockerr::condition::resolution_error);
  check_code(ec, condition::host_not_found, no_such_host, operation::resolve, retry_advice::never);
  resolver.resolve("127.0.0.1", "no such service", ec);
  check_code(ec, condition::service_not_found, no_such_service, operation::resolve, retry_advice::never);
}

TEST_CASE("beside " NET ": exceptions", "[beside]") {
  const loopback::closed_port closed;
  net::io_context context;
  tcp::socket socket{context};
  bool caught = false;
  try {
    try {
      socket.connect(at(closed.endpoint));
    } catch (const system_error& e) {
      sockerr::throw_error(e.code(), sockerr::operation::connect);
    }
  } catch (const sockerr::connection_refused& e) {
    caught = true;
    CHECK(e.operation() == operation::connect);
  }
  CHECK(caught);
}

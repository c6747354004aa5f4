// SPDX-License-Identifier: MIT
#include <uv.h>

#include <string>

#include "../loopback.hpp"
#include "beside.hpp"

namespace {

using sockerr::condition;
using sockerr::operation;
using sockerr::retry_advice;

// A loop with one TCP socket, and what its callback was told.
struct tcp {
  uv_loop_t loop;
  uv_tcp_t socket;
  int result = 0;

  tcp() {
    REQUIRE(uv_loop_init(&loop) == 0);
    REQUIRE(uv_tcp_init(&loop, &socket) == 0);
    socket.data = this;
  }
  ~tcp() {
    uv_close(reinterpret_cast<uv_handle_t*>(&socket), nullptr);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
  }
  tcp(const tcp&) = delete;
  tcp& operator=(const tcp&) = delete;

  int connect(const sockerr::endpoint& to) {
    sockaddr_in address{};
    REQUIRE(uv_ip4_addr("127.0.0.1", to.port(), &address) == 0);
    uv_connect_t request;
    request.data = this;
    REQUIRE(uv_tcp_connect(&request, &socket, reinterpret_cast<const sockaddr*>(&address),
                           [](uv_connect_t* r, int status) { static_cast<tcp*>(r->data)->result = status; }) == 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    return result;
  }

  int read() {
    REQUIRE(uv_read_start(
                reinterpret_cast<uv_stream_t*>(&socket),
                [](uv_handle_t*, std::size_t, uv_buf_t* buffer) {
                  static char data[16];
                  *buffer = uv_buf_init(data, sizeof data);
                },
                [](uv_stream_t* s, ssize_t size, const uv_buf_t*) {
                  static_cast<tcp*>(s->data)->result = static_cast<int>(size);
                  uv_read_stop(s);
                }) == 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    return result;
  }
};

int resolve(const char* host, const char* service) {
  uv_loop_t loop;
  REQUIRE(uv_loop_init(&loop) == 0);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  uv_getaddrinfo_t request;
  const int result = uv_getaddrinfo(&loop, &request, nullptr, host, service, &hints);
  uv_loop_close(&loop);
  return result;
}

}  // namespace

TEST_CASE("beside libuv: a refused connect", "[beside]") {
  const loopback::closed_port closed;
  tcp t;
  const int r = t.connect(closed.endpoint);
  REQUIRE(r == UV_ECONNREFUSED);
#if !defined(_WIN32)
  std::error_code ec{-r, std::generic_category()};
  check_code(ec, condition::connection_refused, "ECONNREFUSED", operation::connect, retry_advice::on_new_socket);
#endif
}

TEST_CASE("beside libuv: a reset, and the end of a stream", "[beside]") {
  sockerr::socket listening = loopback::listener();
  for (const bool in_good_order : {false, true}) {
    tcp t;
    REQUIRE(t.connect(listening.local_endpoint()) == 0);
    sockerr::socket server = listening.accept(nullptr, std::chrono::seconds{30});
    if (in_good_order) {
      server.close();
      const int r = t.read();
      CHECK(r == UV_EOF);
      // No error of the system, and no number of it: who reads asks for it first.
      CHECK(sockerr::classify(std::error_code{-r, std::generic_category()}) == condition::other);
    } else {
      loopback::reset(server);
      const int r = t.read();
      CHECK(r == UV_ECONNRESET);
#if !defined(_WIN32)
      check_code({-r, std::generic_category()}, condition::connection_reset, "ECONNRESET", operation::recv,
                 retry_advice::on_new_socket);
#endif
    }
  }
}

TEST_CASE("beside libuv: an address in use", "[beside]") {
  sockerr::socket listening = loopback::listener();
  tcp t;
  sockaddr_in address{};
  REQUIRE(uv_ip4_addr("127.0.0.1", listening.local_endpoint().port(), &address) == 0);
  REQUIRE(uv_tcp_bind(&t.socket, reinterpret_cast<const sockaddr*>(&address), 0) == 0);
  const int r = uv_listen(reinterpret_cast<uv_stream_t*>(&t.socket), 1, [](uv_stream_t*, int) {});
  CHECK(r == UV_EADDRINUSE);
#if !defined(_WIN32)
  check_code({-r, std::generic_category()}, condition::address_in_use, "EADDRINUSE", operation::listen,
             retry_advice::after_pause);
#endif
}

TEST_CASE("beside libuv: names that are not resolved", "[beside]") {
  int r = resolve("not an address", "80");
  auto code = sockerr::from_symbol<sockerr::resolver_errc>(uv_err_name(r));
  REQUIRE(code);
  check_code(*code, condition::host_not_found, "EAI_NONAME", operation::resolve, retry_advice::never);
  r = resolve("127.0.0.1", "no such service");
  code = sockerr::from_symbol<sockerr::resolver_errc>(uv_err_name(r));
  REQUIRE(code);
  CHECK(*code == sockerr::condition::resolution_error);
}

TEST_CASE("beside libuv: each result of its resolver has a code", "[beside]") {
  const std::string_view names[] = {
#define NAME(symbol, text) #symbol,
      UV_ERRNO_MAP(NAME)
#undef NAME
  };
  int count = 0;
  for (const std::string_view name : names) {
    if (name.substr(0, 4) != "EAI_") continue;
    CAPTURE(name);
    CHECK(sockerr::from_symbol<sockerr::resolver_errc>(name));
    ++count;
  }
  CHECK(count > 10);
}

// libuv has numbers of its own on Windows; these names lead to ours there, and can be looked up everywhere.
TEST_CASE("beside libuv: the names of Winsock's codes are its own with three letters before", "[beside]") {
  for (const int r : {UV_ECONNREFUSED, UV_ECONNRESET, UV_ETIMEDOUT, UV_EHOSTUNREACH, UV_EADDRINUSE, UV_ENOTCONN}) {
    auto code = sockerr::from_symbol<sockerr::windows_errc>("WSA" + std::string{uv_err_name(r)});
    CAPTURE(r);
    REQUIRE(code);
    CHECK(sockerr::classify(*code) == sockerr::classify(std::error_code{-r, std::generic_category()}));
    CHECK(sockerr::classify(*code) != condition::other);
  }
  for (const int r : {UV_EPIPE, UV_ECANCELED}) {
    CHECK_FALSE(sockerr::from_symbol<sockerr::windows_errc>("WSA" + std::string{uv_err_name(r)}));
  }
}

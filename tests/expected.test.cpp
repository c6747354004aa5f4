// SPDX-License-Identifier: MIT
#include <sockerr/expected.hpp>

#include <system_error>
#include <type_traits>

#include "catch.hpp"

#if defined(__cpp_lib_expected)

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expect.hpp"
#include "loopback.hpp"
#include "thread.hpp"

using namespace std::chrono_literals;
using sockerr::condition;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::error;
using sockerr::library_errc;
using sockerr::native_handle;
using sockerr::operation;
using sockerr::retry_advice;
using sockerr::shutdown_direction;

namespace {

template <class T>
using result = std::expected<T, error>;

// The error of a call that fails.
template <class T>
error error_of(const result<T>& r) {
  REQUIRE(!r.has_value());
  return r.error();
}

// A call is made twice, on the handle and on the socket.
template <class Call>
void with_both(sockerr::socket& s, Call call) {
  call(s.native_handle());
  call(s);
}

static_assert(std::is_same_v<decltype(sockerr::try_connect(native_handle{}, endpoint{})), result<void>>);
static_assert(std::is_same_v<decltype(sockerr::try_accept(native_handle{})), result<sockerr::socket>>);
static_assert(std::is_same_v<decltype(sockerr::try_recv(native_handle{}, nullptr, 0)), result<std::size_t>>);
static_assert(std::is_same_v<decltype(sockerr::try_get_option(native_handle{}, 0, 0)), result<int>>);
static_assert(std::is_same_v<decltype(sockerr::try_resolve("", "")), result<std::vector<endpoint>>>);
static_assert(std::is_same_v<sockerr::expected<int>, result<int>>);
static_assert(noexcept(sockerr::try_recv(native_handle{}, nullptr, 0)));
static_assert(noexcept(sockerr::try_listen_on(endpoint{})));
static_assert(!noexcept(sockerr::try_connect_to(endpoint{})), "the attempts are kept");
static_assert(!noexcept(sockerr::try_resolve("", "")));

}  // namespace

TEST_CASE("an endpoint is made, or the error returned", "[expected]") {
  CHECK(sockerr::try_parse("127.0.0.1:80") == endpoint::parse("127.0.0.1:80"));
  CHECK(error_of(sockerr::try_parse("localhost:80")) == condition::invalid_argument);
  CHECK(sockerr::try_ip("::1", 80) == endpoint::ip("::1", 80));
  CHECK(error_of(sockerr::try_ip("::1::", 80)) == condition::invalid_argument);
  CHECK(sockerr::try_unix_path("/run/server.sock") == endpoint::unix_path("/run/server.sock"));
  CHECK(error_of(sockerr::try_unix_path("")) == condition::invalid_argument);
  CHECK(sockerr::try_abstract_name("server") == endpoint::abstract_name("server"));
  CHECK(error_of(sockerr::try_abstract_name("")) == condition::invalid_argument);
  const endpoint e = endpoint::ip("::1", 80);
  CHECK(sockerr::try_from_native(e.data(), e.size()) == e);
  CHECK(error_of(sockerr::try_from_native(e.data(), 1)) == condition::invalid_argument);
}

TEST_CASE("a name is looked up, or the error returned", "[expected]") {
  CHECK(sockerr::try_resolve("127.0.0.1", "80") == std::vector{endpoint::ip("127.0.0.1", 80)});
  CHECK(error_of(sockerr::try_resolve("", "80")) == condition::host_not_found);
  CHECK(error_of(sockerr::try_resolve("::1", "80", AF_INET)) == condition::host_not_found);
}

TEST_CASE("a connection is made and used without exceptions, on handles and on sockets", "[expected]") {
  sockerr::socket listener = sockerr::try_open(AF_INET, SOCK_STREAM).value();
  CHECK(sockerr::try_bind(listener, loopback::any_port()).has_value());
  CHECK(sockerr::try_listen(listener).has_value());
  CHECK(sockerr::try_listen(listener.native_handle(), 4).has_value());
  const endpoint address = sockerr::try_local_endpoint(listener).value();
  CHECK(sockerr::try_local_endpoint(listener.native_handle()) == address);

  sockerr::socket client = sockerr::try_open(AF_INET, SOCK_STREAM).value();
  CHECK(sockerr::try_connect(client, address, generous).has_value());
  CHECK(sockerr::try_peer_endpoint(client) == address);
  CHECK(sockerr::try_peer_endpoint(client.native_handle()) == address);
  endpoint peer;
  sockerr::socket server = sockerr::try_accept(listener, &peer, generous).value();
  CHECK(sockerr::try_local_endpoint(client) == peer);
  sockerr::socket second = sockerr::try_open(AF_INET, SOCK_STREAM).value();
  CHECK(sockerr::try_bind(second.native_handle(), loopback::any_port()).has_value());
  CHECK(sockerr::try_connect(second.native_handle(), address, generous).has_value());
  CHECK(sockerr::try_accept(listener.native_handle(), nullptr, generous).value().is_open());

  with_both(client, [&](auto&& s) {
    CHECK(sockerr::try_set_option(s, SOL_SOCKET, SO_KEEPALIVE, 1).has_value());
    CHECK(sockerr::try_get_option(s, SOL_SOCKET, SO_KEEPALIVE).value() != 0);
    CHECK(sockerr::try_send(s, "hello", 5) == 5U);
    CHECK(sockerr::try_send_all(s, " world", 6, generous) == 6U);
  });
  with_both(server, [&](auto&& s) {
    char buffer[11] = {};
    CHECK(sockerr::try_recv(s, buffer, 1, 0, generous) == 1U);
    CHECK(sockerr::try_recv_exactly(s, buffer + 1, 10, generous) == 10U);
    CHECK(std::string_view(buffer, sizeof buffer) == "hello world");
  });

  CHECK(sockerr::try_shutdown(client, shutdown_direction::send).has_value());
  char end = 0;
  CHECK(sockerr::try_recv(server, &end, 1, 0, generous) == 0U);
  CHECK(sockerr::try_shutdown(server.native_handle(), shutdown_direction::send).has_value());
  CHECK(sockerr::try_close(server).has_value());
  CHECK(!server.is_open());
  CHECK(sockerr::try_close(client.release()).has_value());
}

TEST_CASE("datagrams are sent and received without exceptions, on handles and on sockets", "[expected]") {
  sockerr::socket a = loopback::datagram_socket();
  sockerr::socket b = loopback::datagram_socket();
  with_both(a, [&](auto&& s) { CHECK(sockerr::try_send_to(s, "x", 1, b.local_endpoint()) == 1U); });
  with_both(b, [&](auto&& s) {
    char buffer[8];
    endpoint peer;
    CHECK(sockerr::try_recv_from(s, buffer, sizeof buffer, peer, 0, generous) == 1U);
    CHECK(peer == a.local_endpoint());
  });
  CHECK(sockerr::try_report_port_unreachable(a.native_handle(), false).has_value());
}

TEST_CASE("connect_to, listen_on and connect_with_retry exist without exceptions", "[expected]") {
  const sockerr::socket listener = sockerr::try_listen_on(loopback::any_port()).value();
  const endpoint address = listener.local_endpoint();
  CHECK(sockerr::try_connect_to(address).value().is_open());
  const std::string port = std::to_string(address.port());
  CHECK(sockerr::try_connect_to("127.0.0.1", port).value().is_open());
  CHECK(sockerr::try_connect_with_retry("127.0.0.1", port).value().is_open());

  const loopback::closed_port closed;
  CHECK(error_of(sockerr::try_connect_to(closed.endpoint)) == condition::connection_refused);
  CHECK(error_of(sockerr::try_connect_to("", "80")) == condition::host_not_found);
  CHECK(error_of(sockerr::try_listen_on(address)) == condition::address_error);
  sockerr::retry_policy once;
  once.max_attempts = 1;
  CHECK(error_of(sockerr::try_connect_with_retry("127.0.0.1", std::to_string(closed.endpoint.port()), once)) ==
        condition::connection_refused);
}

TEST_CASE("each call returns the error that the other forms report", "[expected]") {
  sockerr::socket none;
  char one = 0;
  endpoint peer;
  with_both(none, [&](auto&& s) {
    CHECK(error_of(sockerr::try_connect(s, loopback::any_port())) == condition::usage_error);
    CHECK(error_of(sockerr::try_bind(s, loopback::any_port())) == condition::usage_error);
    CHECK(error_of(sockerr::try_listen(s)) == condition::usage_error);
    CHECK(error_of(sockerr::try_accept(s)) == condition::usage_error);
    CHECK(error_of(sockerr::try_recv(s, &one, 1)) == condition::usage_error);
    CHECK(error_of(sockerr::try_recv_from(s, &one, 1, peer)) == condition::usage_error);
    CHECK(error_of(sockerr::try_recv_exactly(s, &one, 1)) == condition::usage_error);
    CHECK(error_of(sockerr::try_send(s, &one, 1)) == condition::usage_error);
    CHECK(error_of(sockerr::try_send_to(s, &one, 1, loopback::any_port())) == condition::usage_error);
    CHECK(error_of(sockerr::try_send_all(s, &one, 1)) == condition::usage_error);
    CHECK(error_of(sockerr::try_shutdown(s, shutdown_direction::both)) == condition::usage_error);
    CHECK(error_of(sockerr::try_local_endpoint(s)) == condition::usage_error);
    CHECK(error_of(sockerr::try_peer_endpoint(s)) == condition::usage_error);
    CHECK(error_of(sockerr::try_get_option(s, SOL_SOCKET, SO_TYPE)) == condition::usage_error);
    CHECK(error_of(sockerr::try_set_option(s, SOL_SOCKET, SO_KEEPALIVE, 1)) == condition::usage_error);
  });
  CHECK(error_of(sockerr::try_close(none.native_handle())) == condition::usage_error);
  CHECK(sockerr::try_close(none).has_value());
  CHECK(error_of(sockerr::try_open(-1, SOCK_STREAM)) == condition::address_family_not_supported);
}

TEST_CASE("the error that is returned knows what the exception would know", "[expected]") {
  loopback::connection c;
  const std::string server = c.listening.local_endpoint().to_string();
  char buffer[8] = {};

  // A deadline of ours.
  const error late = error_of(sockerr::try_recv(c.client, buffer, 1, 0, 1ms));
  CHECK(late == library_errc::deadline_exceeded);
  CHECK(late.by_deadline());
  CHECK(late.operation() == operation::recv);
  CHECK(late.peer() == server);
  CHECK(late.local() == c.client.local_endpoint().to_string());
  CHECK(late.advice() == retry_advice::when_ready);
  CHECK(late.text() == "recv " + server + ": " + std::string{late.symbol()} + ": Deadline exceeded");

  // A part of what was asked for.
  CHECK(sockerr::try_send_all(c.server, "abc", 3, generous) == 3U);
  const error partly = error_of(sockerr::try_recv_exactly(c.client, buffer, 8, 50ms));
  CHECK(partly == library_errc::deadline_exceeded);
  CHECK(partly.operation() == operation::recv_exactly);
  CHECK(partly.transferred() == 3);
  CHECK(partly.circumstance() == sockerr::circumstance::partial);
  CHECK(partly.advice() == retry_advice::never);
  CHECK(partly.cause() ==
        sockerr::cause(library_errc::deadline_exceeded, operation::recv_exactly, sockerr::circumstance::partial));
  CHECK(partly.peer() == server);
  // With nothing moved it may be repeated.
  const error nothing = error_of(sockerr::try_recv_exactly(c.client, buffer, 8, 1ms));
  CHECK(nothing.transferred() == 0);
  CHECK(nothing.advice() == retry_advice::when_ready);

  // Who was asked for, and by which name.
  const loopback::closed_port closed;
  const std::string port = std::to_string(closed.endpoint.port());
  const error refused = error_of(sockerr::try_connect_to("127.0.0.1", port));
  CHECK(refused == errc::connection_refused);
  CHECK(refused.operation() == operation::connect);
  CHECK(refused.host() == "127.0.0.1:" + port);
  CHECK(refused.peer() == closed.endpoint.to_string());
  CHECK(refused.attempts().size() == 1);
  const error directly = error_of(sockerr::try_connect_to(closed.endpoint));
  CHECK(directly.peer() == closed.endpoint.to_string());
  CHECK(directly.host().empty());
  const error unknown = error_of(sockerr::try_resolve("", "80"));
  CHECK(unknown.operation() == operation::resolve);
  const error no_address = error_of(sockerr::try_parse("no endpoint"));
  CHECK(no_address.host() == "no endpoint");
  CHECK(no_address.operation() == operation::resolve);
  const error taken = error_of(sockerr::try_listen_on(c.listening.local_endpoint()));
  CHECK(taken.operation() == operation::bind);
  CHECK(taken.local() == server);
  sockerr::retry_policy twice;
  twice.max_attempts = 2;
  twice.wait = [](std::chrono::nanoseconds) { return true; };
  CHECK(error_of(sockerr::try_connect_with_retry("127.0.0.1", port, twice)).tries() == 2);

  // It is a value: it can be thrown where that is wanted.
  CHECK_THROWS_AS(sockerr::throw_if(refused), sockerr::connection_refused);
}

TEST_CASE("a call that returns a result ends with its deadline, on handles and on sockets", "[expected]") {
  loopback::connection c;
  char one = 0;
  endpoint peer;
  with_both(c.listening, [&](auto&& s) {
    CHECK(error_of(sockerr::try_accept(s, nullptr, 1ms)) == library_errc::deadline_exceeded);
  });
  with_both(c.client, [&](auto&& s) {
    CHECK(error_of(sockerr::try_recv(s, &one, 1, 0, 1ms)) == library_errc::deadline_exceeded);
    CHECK(error_of(sockerr::try_recv_from(s, &one, 1, peer, 0, 1ms)) == library_errc::deadline_exceeded);
    CHECK(error_of(sockerr::try_recv_exactly(s, &one, 1, 1ms)) == library_errc::deadline_exceeded);
    const std::vector<char> block(std::size_t{1} << 20U);
    result<std::size_t> sent = 0U;
    while (sent.has_value()) sent = sockerr::try_send(s, block.data(), block.size(), 0, 1ms);
    CHECK(sent.error() == library_errc::deadline_exceeded);
    CHECK(error_of(sockerr::try_send_all(s, block.data(), block.size(), 1ms)) == library_errc::deadline_exceeded);
  });
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full queue answers all the same on this system");
  sockerr::socket stream = sockerr::open(AF_INET, SOCK_STREAM);
  CHECK(error_of(sockerr::try_connect(stream.native_handle(), deaf.endpoint, 1ms)).by_deadline());
  sockerr::socket another = sockerr::open(AF_INET, SOCK_STREAM);
  CHECK(error_of(sockerr::try_connect(another, deaf.endpoint, 1ms)).by_deadline());
}

#if defined(__linux__)
TEST_CASE("a datagram that returns a result ends with its deadline, on handles and on sockets", "[expected]") {
  sockerr::socket receiver = sockerr::open(AF_UNIX, SOCK_DGRAM);
  const sa_family_t unnamed = AF_UNIX;  // the system chooses a free abstract name, unix(7)
  REQUIRE(::bind(receiver.native_handle(), reinterpret_cast<const sockaddr*>(&unnamed), sizeof unnamed) == 0);
  sockerr::socket sender = sockerr::open(AF_UNIX, SOCK_DGRAM);
  const endpoint there = receiver.local_endpoint();
  with_both(sender, [&](auto&& s) {
    result<std::size_t> sent = 0U;
    while (sent.has_value()) sent = sockerr::try_send_to(s, "x", 1, there, 0, 1ms);
    CHECK(sent.error() == library_errc::deadline_exceeded);
    CHECK(sent.error().circumstance() == sockerr::circumstance::receiver_full);
    CHECK(sent.error().peer() == there.to_string());
  });
}
#endif

TEST_CASE("a transfer that returns a result goes on until all is done", "[expected]") {
  loopback::connection c;
  const std::string data(std::size_t{16} << 20U, 'd');
  const auto transfer = [&](auto&& from, auto&& to) {
    std::string got(data.size(), ' ');
    std::size_t received = 0;
    background_thread reader{
        [&] { received = sockerr::try_recv_exactly(to, got.data(), got.size(), generous).value_or(0); }};
    CHECK(sockerr::try_send_all(from, data.data(), data.size(), generous) == data.size());
    reader.join();
    CHECK(received == data.size());
    CHECK((got == data));
  };
  transfer(c.client, c.server);
  transfer(c.server.native_handle(), c.client.native_handle());
}

TEST_CASE("flags are passed on, on handles and on sockets", "[expected]") {
  loopback::connection c;
  sockerr::socket near_end = loopback::datagram_socket();
  sockerr::socket far_end = loopback::datagram_socket();
  c.client.send("x", 1);
  far_end.send_to("x", 1, near_end.local_endpoint());
  char one = 0;
  endpoint peer;
  with_both(c.server, [&](auto&& s) {
    // A look takes nothing away.
    for (int i = 0; i != 2; ++i) CHECK(sockerr::try_recv(s, &one, 1, MSG_PEEK, generous) == 1U);
  });
  with_both(near_end, [&](auto&& s) {
    for (int i = 0; i != 2; ++i) CHECK(sockerr::try_recv_from(s, &one, 1, peer, MSG_PEEK, generous) == 1U);
#if defined(__linux__)
    // Datagrams are never urgent.
    const endpoint there = far_end.local_endpoint();
    CHECK(error_of(sockerr::try_send_to(s, "x", 1, there, MSG_OOB)) == condition::not_supported);
    CHECK(error_of(sockerr::try_send(s, "x", 1, MSG_OOB)) == condition::not_supported);
#endif
  });
}

TEST_CASE("one direction alone is shut down, on handles and on sockets", "[expected]") {
  for (const bool by_handle : {false, true}) {
    loopback::connection c;
    char one = 0;
    CHECK((by_handle ? sockerr::try_shutdown(c.client.native_handle(), shutdown_direction::send)
                     : sockerr::try_shutdown(c.client, shutdown_direction::send))
              .has_value());
    CHECK(c.server.recv(&one, 1, 0, generous) == 0);
    // The other one waits for what may come yet.
    CHECK(error_of(sockerr::try_recv(c.client, &one, 1, 0, 1ms)).by_deadline());
    c.server.send("x", 1);
    CHECK(sockerr::try_recv(c.client, &one, 1, 0, generous) == 1U);
  }
}

TEST_CASE("what a call is given reaches the call, on handles and on sockets", "[expected]") {
  CHECK(error_of(sockerr::try_open(AF_INET, SOCK_STREAM, IPPROTO_UDP)).operation() == operation::open);
  loopback::connection c;
  const endpoint address = c.listening.local_endpoint();
  for (const bool by_handle : {false, true}) {
    sockerr::socket another = sockerr::connect_to(address);
    endpoint peer;
    const auto accepted = by_handle ? sockerr::try_accept(c.listening.native_handle(), &peer, generous)
                                    : sockerr::try_accept(c.listening, &peer, generous);
    CHECK(accepted.has_value());
    CHECK(peer == another.local_endpoint());
  }
  with_both(c.client, [](auto&& s) {
    for (const int on : {1, 0}) {
      CHECK(sockerr::try_set_option(s, SOL_SOCKET, SO_KEEPALIVE, on).has_value());
      CHECK((sockerr::try_get_option(s, SOL_SOCKET, SO_KEEPALIVE).value() != 0) == (on != 0));
    }
  });
  sockerr::connect_options options;
  options.no_delay = true;
  const std::string port = std::to_string(address.port());
  CHECK(sockerr::try_connect_to(address, options)->get_option<int>(IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK(sockerr::try_connect_to("127.0.0.1", port, options)->get_option<int>(IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK(sockerr::try_connect_with_retry("127.0.0.1", port, {}, options)->get_option<int>(IPPROTO_TCP, TCP_NODELAY) !=
        0);
}

TEST_CASE("a listener that returns a result has the backlog that was asked for", "[expected]") {
  if (!loopback::deaf_listener{}.is_deaf) SOCKERR_SKIP("a full queue answers all the same on this system");
  const auto is_short = [](const sockerr::socket& listening) {
    std::vector<sockerr::socket> queued;
    for (int i = 0; i != 8; ++i) {
      queued.push_back(sockerr::open(AF_INET, SOCK_STREAM));
      std::error_code ec;
      queued.back().connect(listening.local_endpoint(), 150ms, ec);
      if (ec) return ec == condition::timed_out;
    }
    return false;
  };
  for (const bool by_handle : {false, true}) {
    sockerr::socket listening = sockerr::open(AF_INET, SOCK_STREAM);
    listening.bind(loopback::any_port());
    const auto done = by_handle ? sockerr::try_listen(listening.native_handle(), 0) : sockerr::try_listen(listening, 0);
    CHECK(done.has_value());
    CHECK(is_short(listening));
  }
  sockerr::listen_options options;
  options.backlog = 0;
  CHECK(is_short(sockerr::try_listen_on(loopback::any_port(), options).value()));
}

TEST_CASE("the error of each call names the call and the address it was given", "[expected]") {
  sockerr::socket none;
  char one = 0;
  endpoint peer;
  const endpoint there = endpoint::ip("192.0.2.1", 7);
  with_both(none, [&](auto&& s) {
    const error connecting = error_of(sockerr::try_connect(s, there));
    CHECK(connecting.operation() == operation::connect);
    CHECK(connecting.peer() == "192.0.2.1:7");
    const error binding = error_of(sockerr::try_bind(s, there));
    CHECK(binding.operation() == operation::bind);
    CHECK(binding.local() == "192.0.2.1:7");
    CHECK(binding.peer().empty());
    const error sending = error_of(sockerr::try_send_to(s, &one, 1, there));
    CHECK(sending.operation() == operation::send);
    CHECK(sending.peer() == "192.0.2.1:7");
    CHECK(error_of(sockerr::try_listen(s)).operation() == operation::listen);
    CHECK(error_of(sockerr::try_accept(s)).operation() == operation::accept);
    CHECK(error_of(sockerr::try_recv(s, &one, 1)).operation() == operation::recv);
    CHECK(error_of(sockerr::try_recv_from(s, &one, 1, peer)).operation() == operation::recv);
    CHECK(error_of(sockerr::try_recv_exactly(s, &one, 1)).operation() == operation::recv_exactly);
    CHECK(error_of(sockerr::try_send(s, &one, 1)).operation() == operation::send);
    CHECK(error_of(sockerr::try_send_all(s, &one, 1)).operation() == operation::send_all);
    CHECK(error_of(sockerr::try_shutdown(s, shutdown_direction::both)).operation() == operation::shutdown);
    CHECK(error_of(sockerr::try_local_endpoint(s)).operation() == operation::local_address);
    CHECK(error_of(sockerr::try_peer_endpoint(s)).operation() == operation::peer_address);
    CHECK(error_of(sockerr::try_get_option(s, SOL_SOCKET, SO_TYPE)).operation() == operation::get_option);
    CHECK(error_of(sockerr::try_set_option(s, SOL_SOCKET, SO_KEEPALIVE, 1)).operation() == operation::set_option);
  });
  CHECK(error_of(sockerr::try_close(none.native_handle())).operation() == operation::close);
  CHECK(error_of(sockerr::try_open(-1, SOCK_STREAM)).operation() == operation::open);
  // What was to be read is the name.
  const error no_address = error_of(sockerr::try_ip("::1::", 80));
  CHECK(no_address.operation() == operation::resolve);
  CHECK(no_address.host() == "::1::");
  const std::string long_name(200, 'n');
  CHECK(error_of(sockerr::try_unix_path(long_name)).host().substr(0, 100) == long_name.substr(0, 100));
  CHECK(error_of(sockerr::try_abstract_name(long_name)).host().substr(0, 100) == long_name.substr(0, 100));
  const error unknown = error_of(sockerr::try_resolve("::1", "80", AF_INET));
  CHECK(unknown.operation() == operation::resolve);
  CHECK(unknown.host() == "::1");
}

TEST_CASE("what would block is an error that costs no looking around", "[expected]") {
#if defined(MSG_DONTWAIT)
  loopback::connection c;
  char one = 0;
  const error e = error_of(sockerr::try_recv(c.client, &one, 1, MSG_DONTWAIT));
  CHECK(e == condition::would_block);
  CHECK(e.operation() == operation::recv);
  CHECK(e.peer().empty());
  CHECK(e.advice() == retry_advice::when_ready);
  CHECK(e.text().substr(0, 6) == "recv: ");
#else
  SOCKERR_SKIP("a call that does not wait takes a flag that this system lacks");
#endif
}

TEST_CASE("on a socket the timeout of the socket holds", "[expected]") {
  loopback::connection c;
  c.server.timeout(20ms);
  char one = 0;
  CHECK(error_of(sockerr::try_recv(c.server, &one, 1)) == condition::timed_out);
  CHECK(error_of(sockerr::try_recv(c.server, &one, 1)).by_deadline());
  CHECK(error_of(sockerr::try_recv_exactly(c.server, &one, 1)) == condition::timed_out);
  c.listening.timeout(20ms);
  CHECK(error_of(sockerr::try_accept(c.listening)) == condition::timed_out);
}

TEST_CASE("results are chained", "[expected]") {
  const sockerr::socket listener = loopback::listener();
  const auto made = sockerr::try_parse(listener.local_endpoint().to_string());
  REQUIRE(made.has_value());
  const sockerr::expected<sockerr::socket> connected = sockerr::try_connect_to(*made);
  CHECK(connected.has_value());
#if __cpp_lib_expected >= 202211L
  const auto port = sockerr::try_parse("no endpoint")
                        .and_then([](const endpoint& e) { return sockerr::try_connect_to(e); })
                        .and_then([](const sockerr::socket& s) { return sockerr::try_peer_endpoint(s); })
                        .transform([](const endpoint& e) { return e.port(); });
  CHECK(error_of(port) == condition::invalid_argument);
#endif
}

#else

TEST_CASE("calls that return a std::expected", "[expected]") { SOCKERR_SKIP("the standard library has no <expected>"); }

#endif

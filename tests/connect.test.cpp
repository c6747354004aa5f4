// SPDX-License-Identifier: MIT
#include <sockerr/connect.hpp>

#include "catch.hpp"
#include "expect.hpp"
#include "loopback.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using sockerr::condition;
using sockerr::connect_options;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::listen_options;
using sockerr::operation;
using sockerr::retry_policy;

std::string port_of(const endpoint& e) { return std::to_string(e.port()); }
std::string port_of(const sockerr::socket& s) { return port_of(s.local_endpoint()); }

// What connect_to does with a host that has these addresses.
sockerr::socket connect_any(const std::vector<endpoint>& peers, const connect_options& options = {}) {
  sockerr::error failed;
  sockerr::socket result = sockerr::detail::connect_first(peers, options, sockerr::detail::limit(options.timeout),
                                                          sockerr::detail::looking::yes, failed);
  sockerr::throw_if(failed);
  return result;
}

// Pauses that cost no time.
retry_policy at_once() {
  retry_policy policy;
  policy.wait = [](std::chrono::nanoseconds) { return true; };
  return policy;
}

bool has_ipv6_loopback() {
  std::error_code ec;
  sockerr::socket s = sockerr::open(AF_INET6, SOCK_STREAM, ec);
  if (!ec) s.bind(endpoint::ip("::1", 0), ec);
  return !ec;
}

constexpr const char* no_ipv6 = "this machine has no IPv6 loopback address";

// An endpoint that cannot be connected to, for local reasons.
const endpoint impossible;

}  // namespace

TEST_CASE("connect_to connects to an endpoint", "[connect]") {
  sockerr::socket listening = loopback::listener();
  sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  sockerr::socket server = listening.accept(nullptr, 30s);
  CHECK(client.peer_endpoint() == listening.local_endpoint());
  CHECK(server.peer_endpoint() == client.local_endpoint());
  CHECK(client.send("hello", 5) == 5);
  char received[5];
  CHECK(server.recv_exactly(received, 5, 30s) == 5);
  CHECK(std::string_view{received, 5} == "hello");
}

TEST_CASE("connect_to connects to a service of a host", "[connect]") {
  sockerr::socket listening = loopback::listener();
  CHECK(sockerr::connect_to("127.0.0.1", port_of(listening)).is_open());
  std::error_code ec = errc::connection_refused;
  CHECK(sockerr::connect_to("127.0.0.1", port_of(listening), ec).is_open());
  CHECK_FALSE(ec);
}

TEST_CASE("A refused endpoint is connection refused with one attempt", "[connect]") {
  const loopback::closed_port closed;
  const std::string address = closed.endpoint.to_string();
  const auto e = thrown<sockerr::connection_refused>([&] { (void)sockerr::connect_to(closed.endpoint); });
  CHECK(e.operation() == operation::connect);
  CHECK(e.peer() == address);
  CHECK_FALSE(e.by_deadline());
  CHECK(e.tries() == 0);
  CHECK(std::string{e.what()} == "connect " + address + ": " + std::string{e.symbol()} + ": Connection refused");
  REQUIRE(e.attempts().size() == 1);
  CHECK(e.attempts()[0].endpoint == address);
  CHECK(e.attempts()[0].error == condition::connection_refused);
  CHECK(std::string_view{e.where().file_name()}.find("connect.test.cpp") != std::string_view::npos);
}

TEST_CASE("A refused host is connection refused and names the address", "[connect]") {
  const loopback::closed_port closed;
  const auto e =
      thrown<sockerr::connection_refused>([&] { (void)sockerr::connect_to("127.0.0.1", port_of(closed.endpoint)); });
  CHECK(e.host() == "127.0.0.1:" + port_of(closed.endpoint));
  CHECK(e.peer() == closed.endpoint.to_string());
  CHECK(e.operation() == operation::connect);
  CHECK(e.attempts().size() == 1);
  CHECK(std::string{e.what()} ==
        "connect 127.0.0.1:" + port_of(closed.endpoint) + ": " + std::string{e.symbol()} + ": Connection refused");
  CHECK(std::string_view{e.where().file_name()}.find("connect.test.cpp") != std::string_view::npos);
}

TEST_CASE("A host that cannot be resolved has no attempts", "[connect]") {
  const auto e = thrown<sockerr::service_not_found>([] { (void)sockerr::connect_to("127.0.0.1", "65536"); });
  CHECK(e.operation() == operation::resolve);
  CHECK(e.host() == "127.0.0.1:65536");
  CHECK(e.peer().empty());
  CHECK(e.attempts().empty());
  CHECK(std::string_view{e.where().file_name()}.find("connect.test.cpp") != std::string_view::npos);
}

TEST_CASE("Of several addresses the first that answers is taken", "[connect]") {
  const loopback::closed_port closed;
  sockerr::socket listening = loopback::listener();
  sockerr::socket other = loopback::listener();
  const sockerr::socket client =
      connect_any({impossible, closed.endpoint, listening.local_endpoint(), other.local_endpoint()});
  CHECK(client.peer_endpoint() == listening.local_endpoint());
}

TEST_CASE("If all addresses fail the one that came nearest to answering is reported", "[connect]") {
  const loopback::closed_port closed;
  const std::string address = closed.endpoint.to_string();
  const std::vector<std::vector<endpoint>> orders{
      {closed.endpoint, impossible}, {impossible, closed.endpoint}, {impossible, closed.endpoint, impossible}};
  for (const std::vector<endpoint>& peers : orders) {
    const auto e = thrown<sockerr::connection_refused>([&] { connect_any(peers); });
    CHECK(e.peer() == address);
    CHECK(e.operation() == operation::connect);
    REQUIRE(e.attempts().size() == peers.size());
    std::string list;
    for (std::size_t i = 0; i != peers.size(); ++i) {
      const sockerr::attempt& a = e.attempts()[i];
      CHECK(a.endpoint == peers[i].to_string());
      CHECK(a.error.value() != 0);
      CHECK((a.error == condition::connection_refused) == (peers[i] == closed.endpoint));
      CHECK(a.error != sockerr::library_errc::deadline_exceeded);
      CHECK(a.elapsed >= 0ns);
      CHECK(a.elapsed < 60s);
      list += (i == 0 ? "" : "; ") + a.endpoint + ": " + std::string{sockerr::symbol(a.error)};
    }
    CHECK(e.attempts()[peers[0] == closed.endpoint ? 0 : 1].operation == operation::connect);
    const std::string symbol{e.symbol()};
    CHECK(std::string{e.what()} == "connect " + address + ": " + symbol + ": Connection refused (tried " + list + ")");
  }
}

TEST_CASE("Of equal errors the first is reported", "[connect]") {
  const loopback::closed_port first;
  const loopback::closed_port second;
  const auto e = thrown<sockerr::connection_refused>([&] { connect_any({first.endpoint, second.endpoint}); });
  CHECK(e.peer() == first.endpoint.to_string());
  CHECK(std::string{e.what()}.find("; " + second.endpoint.to_string() + ": ") != std::string::npos);
}

TEST_CASE("Nearness puts answers before silence before no route before local failures", "[connect]") {
  const auto nearness = [](const std::error_code& ec) { return sockerr::detail::nearness(ec); };
  CHECK(nearness(errc::connection_refused) > nearness(errc::timed_out));
  CHECK(nearness(sockerr::library_errc::deadline_exceeded) == nearness(errc::timed_out));
  CHECK(nearness(sockerr::library_errc::self_connected) == nearness(errc::connection_refused));
  CHECK(nearness(errc::connection_reset) == nearness(errc::connection_refused));
  CHECK(nearness(errc::no_protocol_option) == nearness(errc::connection_refused));
  CHECK(nearness(errc::timed_out) > nearness(errc::host_unreachable));
  CHECK(nearness(errc::host_unreachable) == nearness(errc::network_unreachable));
  CHECK(nearness(errc::host_unreachable) > nearness(errc::too_many_files_open));
  CHECK(nearness(errc::permission_denied) == nearness(errc::address_not_available));
}

TEST_CASE("A timeout that is long enough leaves a blocking socket", "[connect]") {
  sockerr::socket listening = loopback::listener();
  connect_options options;
  options.timeout = 60s;
  options.attempt_timeout = 60s;
  sockerr::socket client = sockerr::connect_to(listening.local_endpoint(), options);
  CHECK(client.timeout().is_never());
  sockerr::socket server = listening.accept(nullptr, 30s);
  CHECK(server.send("x", 1) == 1);
  char received = 0;
  CHECK(client.recv(&received, 1) == 1);
}

TEST_CASE("Each limit ends a connection attempt that is not answered", "[connect]") {
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full queue answers all the same on this system");
  const std::string port = port_of(deaf.endpoint);
  const auto check = [](const sockerr::error& e, std::chrono::nanoseconds limit) {
    CHECK(e == sockerr::library_errc::deadline_exceeded);
    CHECK(e.operation() == operation::connect);
    CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
    REQUIRE(e.attempts().size() == 1);
    CHECK(e.attempts()[0].elapsed >= limit);
    CHECK(e.attempts()[0].elapsed < 30s);
  };
  for (const bool whole : {true, false}) {
    CAPTURE(whole);
    connect_options options;
    (whole ? options.timeout : options.attempt_timeout) = 20ms;
    // The other one does not lengthen it.
    (whole ? options.attempt_timeout : options.timeout) = 60s;
    for (const bool both : {true, false}) {
      if (!both) (whole ? options.attempt_timeout : options.timeout) = sockerr::time_limit::never();
      sockerr::error e;
      (void)sockerr::connect_to(deaf.endpoint, options, e);
      check(e, 20ms);
      (void)sockerr::connect_to("127.0.0.1", port, options, e);
      check(e, 20ms);
      std::error_code ec;
      (void)sockerr::connect_to(deaf.endpoint, options, ec);
      CHECK(ec == sockerr::library_errc::deadline_exceeded);
      ec.clear();
      (void)sockerr::connect_to("127.0.0.1", port, options, ec);
      CHECK(ec == sockerr::library_errc::deadline_exceeded);
      retry_policy once;
      once.max_attempts = 1;
      once.attempt_timeout = sockerr::time_limit::never();
      (void)sockerr::connect_with_retry("127.0.0.1", port, once, options, e);
      check(e, 20ms);
    }
  }
  retry_policy once;
  once.max_attempts = 1;
  once.attempt_timeout = 20ms;
  connect_options longer;
  longer.timeout = 60s;
  sockerr::error e;
  (void)sockerr::connect_with_retry("127.0.0.1", port, once, longer, e);
  check(e, 20ms);
  (void)sockerr::connect_with_retry("127.0.0.1", port, once, {}, e);
  check(e, 20ms);
}

TEST_CASE("When the time for all addresses is over no other one is tried", "[connect]") {
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full queue answers all the same on this system");
  const sockerr::socket listening = loopback::listener();
  connect_options options;
  options.timeout = 20ms;
  const auto e = thrown<sockerr::timed_out>([&] { connect_any({deaf.endpoint, listening.local_endpoint()}, options); });
  CHECK(e.attempts().size() == 1);
  // That of one address leaves time for the next.
  options.attempt_timeout = 20ms;
  options.timeout = 60s;
  CHECK(connect_any({deaf.endpoint, listening.local_endpoint()}, options).is_open());
}

TEST_CASE("Without any time the first address is tried all the same", "[connect]") {
  const loopback::closed_port closed;
  connect_options options;
  options.timeout = 0s;
  sockerr::error e;
  CHECK_FALSE(sockerr::connect_to(closed.endpoint, options, e).is_open());
  CHECK(e);
  CHECK(e.attempts().size() == 1);
  // With a name it is the look-up that has used the time.
  CHECK_FALSE(sockerr::connect_to("127.0.0.1", port_of(closed.endpoint), options, e).is_open());
  CHECK(e == sockerr::library_errc::deadline_exceeded);
  CHECK(e.operation() == operation::resolve);
  CHECK(e.circumstance() == sockerr::circumstance::slow_resolver);
  CHECK(e.fault() == sockerr::fault::resolver);
  CHECK(e.advice() == sockerr::retry_advice::after_pause);
  CHECK(e.host() == "127.0.0.1:" + port_of(closed.endpoint));
  CHECK(e.attempts().empty());
  std::error_code ec;
  CHECK_FALSE(sockerr::connect_to("127.0.0.1", port_of(closed.endpoint), options, ec).is_open());
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
}

#if !defined(_WIN32)
TEST_CASE("A socket that cannot be opened is the error of open and of nothing after it", "[connect]") {
  sockerr::error e;
  connect_options options;
  options.no_delay = true;
  options.keep_alive = true;
  options.local = loopback::any_port();
  CHECK_FALSE(sockerr::connect_to(impossible, options, e).is_open());
  CHECK(e.operation() == operation::open);
  REQUIRE(e.attempts().size() == 1);
  CHECK(e.attempts()[0].operation == operation::open);
  CHECK_FALSE(sockerr::listen_on(impossible, listen_options{}, e).is_open());
  CHECK(e.operation() == operation::open);
  CHECK(e.attempts().empty());
}
#endif

TEST_CASE("TCP options are off unless asked for", "[connect]") {
  sockerr::socket listening = loopback::listener();
  const sockerr::socket plain = sockerr::connect_to(listening.local_endpoint());
  CHECK(plain.get_option<int>(IPPROTO_TCP, TCP_NODELAY) == 0);
  CHECK(plain.get_option<int>(SOL_SOCKET, SO_KEEPALIVE) == 0);
  connect_options options;
  options.no_delay = true;
  const sockerr::socket fast = sockerr::connect_to(listening.local_endpoint(), options);
  CHECK(fast.get_option<int>(IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK(fast.get_option<int>(SOL_SOCKET, SO_KEEPALIVE) == 0);
  options.no_delay = false;
  options.keep_alive = true;
  const sockerr::socket watchful = sockerr::connect_to("127.0.0.1", port_of(listening), options);
  CHECK(watchful.get_option<int>(IPPROTO_TCP, TCP_NODELAY) == 0);
  CHECK(watchful.get_option<int>(SOL_SOCKET, SO_KEEPALIVE) != 0);
}

TEST_CASE("A family asked for is the only one tried", "[connect]") {
  sockerr::socket listening = loopback::listener();
  connect_options options;
  options.family = AF_INET;
  CHECK(sockerr::connect_to("127.0.0.1", port_of(listening), options).is_open());
  options.family = AF_INET6;
  CHECK_THROWS_AS(sockerr::connect_to("127.0.0.1", port_of(listening), options), sockerr::host_not_found);
}

TEST_CASE("A near end asked for is bound to", "[connect]") {
  sockerr::socket listening = loopback::listener();
  connect_options options;
  options.local = loopback::any_port();
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint(), options);
  CHECK(client.local_endpoint().port() != 0);
}

TEST_CASE("A near end that is taken is what the error is about", "[connect]") {
  sockerr::socket listening = loopback::listener();
  const loopback::closed_port taken;
  connect_options options;
  options.local = taken.endpoint;
  const auto check = [&](const sockerr::address_in_use& e) {
    CHECK(e.operation() == operation::bind);
    CHECK(e.local() == taken.endpoint.to_string());
    CHECK(e.peer().empty());
    CHECK(e.advice() == sockerr::retry_advice::after_pause);
    REQUIRE(e.attempts().size() == 1);
    CHECK(e.attempts()[0].endpoint == listening.local_endpoint().to_string());
    CHECK(e.attempts()[0].operation == operation::bind);
  };
  const auto plain =
      thrown<sockerr::address_in_use>([&] { (void)sockerr::connect_to(listening.local_endpoint(), options); });
  check(plain);
  CHECK(plain.host().empty());
  CHECK(std::string{plain.what()}.find("bind (local " + taken.endpoint.to_string() + "): ") == 0);
  const auto named =
      thrown<sockerr::address_in_use>([&] { (void)sockerr::connect_to("127.0.0.1", port_of(listening), options); });
  check(named);
  CHECK(named.host() == "127.0.0.1:" + port_of(listening));
  CHECK(std::string{named.what()}.find("bind 127.0.0.1:" + port_of(listening) + ": ") == 0);
}

TEST_CASE("The forms of connect_to with an error code report and clear", "[connect]") {
  const loopback::closed_port closed;
  sockerr::socket listening = loopback::listener();
  std::error_code ec;
  CHECK_FALSE(sockerr::connect_to(closed.endpoint, ec).is_open());
  CHECK(ec == condition::connection_refused);
  CHECK(sockerr::connect_to(listening.local_endpoint(), ec).is_open());
  CHECK_FALSE(ec);
  CHECK_FALSE(sockerr::connect_to("127.0.0.1", port_of(closed.endpoint), ec).is_open());
  CHECK(ec == condition::connection_refused);
  CHECK(sockerr::connect_to("127.0.0.1", port_of(listening), connect_options{}, ec).is_open());
  CHECK_FALSE(ec);
  CHECK_FALSE(sockerr::connect_to("127.0.0.1", "65536", ec).is_open());
  CHECK(ec == condition::service_not_found);
}

TEST_CASE("The forms of connect_to with an error tell what the exception tells", "[connect]") {
  const loopback::closed_port closed;
  const std::string address = closed.endpoint.to_string();
  sockerr::socket listening = loopback::listener();
  sockerr::error e = sockerr::library_errc::stopped;
  CHECK_FALSE(sockerr::connect_to(closed.endpoint, connect_options{}, e).is_open());
  CHECK(e == condition::connection_refused);
  CHECK(e.operation() == operation::connect);
  CHECK(e.peer() == address);
  CHECK(e.host().empty());
  REQUIRE(e.attempts().size() == 1);
  CHECK(e.attempts()[0].endpoint == address);
  const sockerr::error first = e;
  CHECK(sockerr::connect_to(listening.local_endpoint(), connect_options{}, e).is_open());
  CHECK_FALSE(e);
  CHECK(e.text().empty());
  CHECK(e.attempts().empty());
  CHECK_FALSE(sockerr::connect_to("127.0.0.1", port_of(closed.endpoint), connect_options{}, e).is_open());
  CHECK(e == condition::connection_refused);
  CHECK(e.host() == address);
  CHECK(e.peer() == address);
  CHECK(sockerr::connect_to("127.0.0.1", port_of(listening), connect_options{}, e).is_open());
  CHECK_FALSE(e);
  CHECK_FALSE(sockerr::connect_to("127.0.0.1", "65536", connect_options{}, e).is_open());
  CHECK(e == condition::service_not_found);
  CHECK(e.operation() == operation::resolve);
  CHECK(e.host() == "127.0.0.1:65536");
  CHECK_FALSE(sockerr::listen_on(listening.local_endpoint(), listen_options{}, e).is_open());
  CHECK(e == condition::address_in_use);
  CHECK(e.operation() == operation::bind);
  CHECK(e.local() == listening.local_endpoint().to_string());
  CHECK(sockerr::listen_on(loopback::any_port(), listen_options{}, e).is_open());
  CHECK_FALSE(e);
  if (!loopback::so_error_is_foreign()) {
    CHECK_FALSE(sockerr::connect_with_retry("127.0.0.1", port_of(closed.endpoint), at_once(), {}, e).is_open());
    CHECK(e == condition::connection_refused);
    CHECK(e.tries() == 3);
  }
  CHECK(sockerr::connect_with_retry("127.0.0.1", port_of(listening), at_once(), {}, e).is_open());
  CHECK_FALSE(e);
  CHECK(e.tries() == 0);
  // What was copied is as it was.
  CHECK(first.peer() == address);
  CHECK(first.attempts()[0].error == condition::connection_refused);
}

TEST_CASE("A name stands first and the addresses tried follow without their ports", "[connect]") {
  const loopback::closed_port closed;
  const std::string port = port_of(closed.endpoint);
  const std::string symbol{sockerr::symbol(errc::connection_refused)};
  sockerr::error failed;
  (void)sockerr::detail::connect_first({closed.endpoint, closed.endpoint}, {}, {}, sockerr::detail::looking::yes,
                                       failed);
  CHECK(failed.host("localhost:" + port).text() == "connect localhost:" + port + ": " + symbol +
                                                       ": Connection refused (tried 127.0.0.1: " + symbol +
                                                       "; 127.0.0.1: " + symbol + ")");
  CHECK(failed.peer() == closed.endpoint.to_string());
}

TEST_CASE("listen_on listens and takes connections", "[connect]") {
  sockerr::socket listening = sockerr::listen_on(loopback::any_port());
  CHECK(listening.local_endpoint().port() != 0);
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  CHECK(listening.accept(nullptr, 30s).is_open());
}

TEST_CASE("A port that is taken is address in use in bind with the local address", "[connect]") {
  const sockerr::socket holder = loopback::listener();
  const endpoint taken = holder.local_endpoint();
  const auto e = thrown<sockerr::address_in_use>([&] { (void)sockerr::listen_on(taken); });
  CHECK(e.operation() == operation::bind);
  CHECK(e.local() == taken.to_string());
  CHECK(e.peer().empty());
  CHECK(e.advice() == sockerr::retry_advice::after_pause);
  CHECK(e.cause().find("Another socket") == 0);
  CHECK(std::string{e.what()}.find("bind (local " + taken.to_string() + "): ") == 0);
  CHECK(std::string_view{e.where().file_name()}.find("connect.test.cpp") != std::string_view::npos);
  std::error_code ec;
  CHECK_FALSE(sockerr::listen_on(taken, ec).is_open());
  CHECK(ec == condition::address_in_use);
  CHECK(sockerr::listen_on(loopback::any_port(), listen_options{}, ec).is_open());
  CHECK_FALSE(ec);
}

TEST_CASE("The address of another host cannot be listened on", "[connect]") {
  const auto e = thrown<sockerr::address_not_available>([] {
    (void)sockerr::listen_on(endpoint::ip("192.0.2.1", 0));  // for documentation, RFC 5737
  });
  CHECK(e.operation() == operation::bind);
  CHECK(e.local() == "192.0.2.1:0");
  CHECK(e.advice() == sockerr::retry_advice::after_pause);
}

TEST_CASE("reuse_port shares a port where the system has that", "[connect]") {
  listen_options options;
  options.reuse_port = true;
  std::error_code ec;
  const sockerr::socket first = sockerr::listen_on(loopback::any_port(), options, ec);
  if (ec == condition::not_supported) SOCKERR_SKIP("this system has no SO_REUSEPORT");
  REQUIRE_FALSE(ec);
  CHECK(sockerr::listen_on(first.local_endpoint(), options, ec).is_open());
  CHECK_FALSE(ec);
  options.reuse_port = false;
  CHECK_FALSE(sockerr::listen_on(first.local_endpoint(), options, ec).is_open());
  CHECK(ec == condition::address_in_use);
}

TEST_CASE("v6_only is set as asked for", "[connect]") {
  if (!has_ipv6_loopback()) SOCKERR_SKIP(no_ipv6);
  listen_options options;
  for (const bool only : {true, false}) {
    options.v6_only = only;
    std::error_code ec;
    const sockerr::socket listening = sockerr::listen_on(endpoint::ip("::", 0), options, ec);
    REQUIRE_FALSE(ec);
    CHECK((listening.get_option<int>(IPPROTO_IPV6, IPV6_V6ONLY) != 0) == only);
    if (!only) CHECK(sockerr::connect_to("127.0.0.1", port_of(listening)).is_open());
  }
  options.v6_only = true;
  CHECK(sockerr::listen_on(loopback::any_port(), options).is_open());
}

TEST_CASE("IPv6 connects like IPv4", "[connect]") {
  if (!has_ipv6_loopback()) SOCKERR_SKIP(no_ipv6);
  sockerr::socket listening = sockerr::listen_on(endpoint::ip("::1", 0));
  CHECK(sockerr::connect_to("::1", port_of(listening)).is_open());
  connect_options options;
  options.family = AF_INET6;
  CHECK(sockerr::connect_to("::1", port_of(listening), options).is_open());

  const sockerr::socket closed = sockerr::open(AF_INET6, SOCK_STREAM);
  sockerr::bind(closed.native_handle(), endpoint::ip("::1", 0));
  const std::string address = closed.local_endpoint().to_string();
  const auto e = thrown<sockerr::connection_refused>([&] { (void)sockerr::connect_to("::1", port_of(closed)); });
  CHECK(e.host() == address);
  CHECK(e.peer() == address);
  CHECK(std::string_view{e.what()}.substr(0, 10 + address.size()) == "connect " + address + ": ");
}

TEST_CASE("connect_with_retry reaches a server that comes late", "[connect]") {
  if (loopback::so_error_is_foreign()) SOCKERR_SKIP("SO_ERROR tells numbers of another system");
  loopback::closed_port server;
  retry_policy policy;
  std::vector<sockerr::retry_event> seen;
  policy.wait = [&](std::chrono::nanoseconds) {
    if (seen.size() == 2) server.holder.listen();
    return true;
  };
  policy.on_retry = [&](const sockerr::retry_event& event) { seen.push_back(event); };
  const sockerr::socket client = sockerr::connect_with_retry("127.0.0.1", port_of(server.endpoint), policy);
  CHECK(client.peer_endpoint() == server.endpoint);
  REQUIRE(seen.size() == 2);
  for (const sockerr::retry_event& event : seen) {
    // A second connect on the first socket would be another error.
    CHECK(event.error == condition::connection_refused);
    CHECK(event.error.operation() == operation::connect);
    CHECK(event.error.peer() == server.endpoint.to_string());
    CHECK(event.error.host() == "127.0.0.1:" + port_of(server.endpoint));
    CHECK(event.next_delay == 2s);
  }
}

TEST_CASE("connect_with_retry sleeps between the attempts", "[connect]") {
  if (loopback::so_error_is_foreign()) SOCKERR_SKIP("SO_ERROR tells numbers of another system");
  loopback::closed_port server;
  retry_policy policy;
  policy.delay = 10ms;
  policy.on_retry = [&](const sockerr::retry_event& event) {
    if (event.attempt == 1) server.holder.listen();
  };
  const auto begin = std::chrono::steady_clock::now();
  std::error_code ec = errc::timed_out;
  CHECK(sockerr::connect_with_retry("127.0.0.1", port_of(server.endpoint), policy, ec).is_open());
  CHECK_FALSE(ec);
  CHECK(std::chrono::steady_clock::now() - begin >= 10ms);
}

TEST_CASE("connect_with_retry gives up with the last error and the number of attempts", "[connect]") {
  if (loopback::so_error_is_foreign()) SOCKERR_SKIP("SO_ERROR tells numbers of another system");
  const loopback::closed_port closed;
  const std::string address = closed.endpoint.to_string();
  const auto e = thrown<sockerr::connection_refused>(
      [&] { (void)sockerr::connect_with_retry("127.0.0.1", port_of(closed.endpoint), at_once()); });
  CHECK(e.tries() == 3);
  CHECK(e.peer() == address);
  CHECK(e.operation() == operation::connect);
  CHECK(e.attempts().size() == 1);
  CHECK(std::string{e.what()} ==
        "connect " + address + ": " + std::string{e.symbol()} + ": Connection refused (gave up after 3 attempts)");
  CHECK(std::string_view{e.where().file_name()}.find("connect.test.cpp") != std::string_view::npos);
  std::error_code ec;
  CHECK_FALSE(sockerr::connect_with_retry("127.0.0.1", port_of(closed.endpoint), at_once(), ec).is_open());
  CHECK(ec == condition::connection_refused);
}

TEST_CASE("connect_with_retry stops at once where nothing can heal", "[connect]") {
  retry_policy policy = at_once();
  int retries = 0;
  policy.on_retry = [&](const sockerr::retry_event&) { ++retries; };
  CHECK(thrown<sockerr::host_not_found>([&] { (void)sockerr::connect_with_retry("", "80", policy); }).tries() == 1);
  CHECK(thrown<sockerr::service_not_found>([&] {
          (void)sockerr::connect_with_retry("127.0.0.1", "65536", policy);
        }).tries() == 1);
  std::error_code ec;
  std::error_code by_default;
  CHECK_FALSE(sockerr::connect_with_retry("127.0.0.1", "65536", by_default).is_open());
  CHECK(by_default == sockerr::condition::service_not_found);
  CHECK_FALSE(sockerr::connect_with_retry("::1%nosuchinterface", "80", policy, ec).is_open());
  CHECK(ec == condition::host_not_found);
  CHECK(retries == 0);
}

TEST_CASE("connect_with_retry tells the policy which call failed", "[connect]") {
  const loopback::closed_port taken;
  sockerr::socket listening = loopback::listener();
  connect_options options;
  options.local = taken.endpoint;
  retry_policy policy = at_once();
  std::vector<operation> asked;
  policy.retry_if = [&](const std::error_code&, operation during) {
    asked.push_back(during);
    return true;
  };
  std::error_code ec;
  (void)sockerr::connect_with_retry("127.0.0.1", port_of(listening), policy, options, ec);
  CHECK(ec == condition::address_in_use);
  (void)sockerr::connect_with_retry("127.0.0.1", "65536", policy, options, ec);
  CHECK(ec == condition::service_not_found);
  CHECK_THROWS_AS(sockerr::connect_with_retry("127.0.0.1", port_of(listening), policy, options),
                  sockerr::address_in_use);
  using list = std::vector<operation>;
  CHECK(asked == list{operation::bind, operation::bind, operation::bind, operation::resolve, operation::resolve,
                      operation::resolve, operation::bind, operation::bind, operation::bind});
}

TEST_CASE("connect_with_retry passes the options on", "[connect]") {
  sockerr::socket listening = loopback::listener();
  connect_options options;
  options.no_delay = true;
  const sockerr::socket client = sockerr::connect_with_retry("127.0.0.1", port_of(listening), {}, options);
  CHECK(client.get_option<int>(IPPROTO_TCP, TCP_NODELAY) != 0);
  std::error_code ec;
  const sockerr::socket other = sockerr::connect_with_retry("127.0.0.1", port_of(listening), {}, options, ec);
  CHECK(other.get_option<int>(IPPROTO_TCP, TCP_NODELAY) != 0);
}

TEST_CASE("connect_with_retry refuses a policy that makes no sense", "[connect]") {
  sockerr::socket listening = loopback::listener();
  retry_policy policy;
  policy.max_attempts = 0;
  CHECK_THROWS_AS(sockerr::connect_with_retry("127.0.0.1", port_of(listening), policy), sockerr::invalid_argument);
  std::error_code ec;
  CHECK_FALSE(sockerr::connect_with_retry("127.0.0.1", port_of(listening), policy, ec).is_open());
  CHECK(ec == condition::invalid_argument);
}

TEST_CASE("connect_with_retry can be canceled while it pauses", "[connect]") {
  if (loopback::so_error_is_foreign()) SOCKERR_SKIP("SO_ERROR tells numbers of another system");
  const loopback::closed_port closed;
  retry_policy policy;
  policy.wait = [](std::chrono::nanoseconds) { return false; };
  const auto e = thrown<sockerr::operation_canceled>(
      [&] { (void)sockerr::connect_with_retry("127.0.0.1", port_of(closed.endpoint), policy); });
  CHECK(e.code() == sockerr::library_errc::stopped);
  CHECK(e.last() == condition::connection_refused);
  CHECK(e.tries() == 1);
  REQUIRE(e.attempts().size() == 1);
  CHECK(e.attempts()[0].endpoint == closed.endpoint.to_string());
  CHECK(e.peer() == closed.endpoint.to_string());
  CHECK(e.advice() == sockerr::retry_advice::never);
  CHECK(std::string_view{e.where().file_name()}.find("connect.test.cpp") != std::string_view::npos);
  std::error_code ec;
  CHECK_FALSE(sockerr::connect_with_retry("127.0.0.1", port_of(closed.endpoint), policy, ec).is_open());
  CHECK(ec == sockerr::library_errc::stopped);
}

// SPDX-License-Identifier: MIT
#include <sockerr/connect.hpp>

#include "catch.hpp"
#include "descriptors.hpp"
#include "loopback.hpp"

#include <fcntl.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using sockerr::condition;
using sockerr::endpoint;

std::string port_of(const endpoint& e) { return std::to_string(e.port()); }

}  // namespace

TEST_CASE("Connecting and listening leak no descriptor", "[connect]") {
  const loopback::closed_port closed;
  const sockerr::socket listening = loopback::listener(64);  // nobody accepts
  std::error_code ec;
  sockerr::retry_policy policy;
  policy.wait = [](std::chrono::nanoseconds) { return true; };
  sockerr::connect_options taken;
  taken.local = closed.endpoint;
  const int before = open_descriptors();
  for (int i = 0; i != 5; ++i) {
    CHECK_THROWS_AS(sockerr::connect_to(closed.endpoint), sockerr::connection_refused);
    (void)sockerr::connect_to(closed.endpoint, ec);
    (void)sockerr::connect_to("127.0.0.1", port_of(closed.endpoint), ec);
    (void)sockerr::connect_to(listening.local_endpoint(), taken, ec);
    (void)sockerr::connect_to(listening.local_endpoint(), ec);
    (void)sockerr::connect_to(endpoint{}, ec);
    (void)sockerr::listen_on(closed.endpoint, ec);
    (void)sockerr::connect_with_retry("127.0.0.1", port_of(closed.endpoint), policy, ec);
    sockerr::error failed;
    (void)sockerr::detail::connect_first({endpoint{}, closed.endpoint}, {}, {}, sockerr::detail::looking::yes, failed);
    CHECK(failed.attempts().size() == 2);
    CHECK(sockerr::detail::connect_first({endpoint{}, closed.endpoint, listening.local_endpoint()}, {}, {},
                                         sockerr::detail::looking::yes, failed)
              .is_open());
    CHECK_FALSE(failed);
    (void)sockerr::connect_to(closed.endpoint, sockerr::connect_options{}, failed);
    (void)sockerr::listen_on(closed.endpoint, sockerr::listen_options{}, failed);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("Without a free descriptor connecting and listening fail at the first step", "[connect]") {
  const sockerr::socket listening = loopback::listener();
  const endpoint there = listening.local_endpoint();
  sockerr::error connecting;
  sockerr::error serving;
  sockerr::connect_options options;
  options.no_delay = true;
  options.keep_alive = true;
  {
    const no_descriptor_left full;
    (void)sockerr::connect_to(there, options, connecting);
    (void)sockerr::listen_on(loopback::any_port(), sockerr::listen_options{}, serving);
  }
  CHECK(connecting == sockerr::errc::too_many_files_open);
  CHECK(connecting.operation() == sockerr::operation::open);
  CHECK(connecting.peer() == there.to_string());
  CHECK(connecting.advice() == sockerr::retry_advice::after_pause);
  CHECK(serving == sockerr::errc::too_many_files_open);
  CHECK(serving.operation() == sockerr::operation::open);
  CHECK(serving.local() == "127.0.0.1:0");
}

TEST_CASE("Connected and listening sockets are close on exec and blocking", "[connect]") {
  loopback::connection c;
  for (const sockerr::socket* s : {&c.listening, &c.client, &c.server}) {
    CHECK((::fcntl(s->native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(s->native_handle(), F_GETFL) & O_NONBLOCK) == 0);
  }
  sockerr::connect_options options;
  options.timeout = 60s;
  const sockerr::socket in_time = sockerr::connect_to(c.listening.local_endpoint(), options);
  CHECK((::fcntl(in_time.native_handle(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("reuse_address takes a port where old connections linger", "[connect]") {
  loopback::connection c;
  const endpoint local = c.listening.local_endpoint();
  c.listening.close();
  // Who closes first lingers.
  c.server.close();
  char nothing = 0;
  CHECK(c.client.recv(&nothing, 1, 0, 30s) == 0);
  c.client.close();
  sockerr::listen_options options;
  options.reuse_address = false;
  std::error_code ec;
  (void)sockerr::listen_on(local, options, ec);
  CHECK(ec == condition::address_in_use);
  CHECK(sockerr::listen_on(local).is_open());
}

#if defined(__linux__)

TEST_CASE("The backlog asked for is the one that the queue has", "[connect]") {
  CHECK(loopback::deaf_listener{}.is_deaf);
  const sockerr::socket listening = loopback::listener(16);
  for (int i = 0; i != 8; ++i) CHECK(sockerr::connect_to(listening.local_endpoint()).is_open());
}

TEST_CASE("The near end asked for is the one that the server sees", "[connect]") {
  sockerr::socket listening = loopback::listener();
  sockerr::connect_options options;
  options.local = endpoint::ip("127.0.0.2", 0);
  sockerr::socket client;
  try {
    client = sockerr::connect_to(listening.local_endpoint(), options);
  } catch (const sockerr::address_not_available&) {
    SOCKERR_SKIP("127.0.0.2 is not an address of this machine");
  }
  endpoint peer;
  const sockerr::socket server = listening.accept(&peer, 30s);
  CHECK(peer == client.local_endpoint());
  CHECK(peer == endpoint::ip("127.0.0.2", peer.port()));
}

TEST_CASE("connect_to and listen_on take Unix domain names", "[connect]") {
  sockerr::socket holder = sockerr::open(AF_UNIX, SOCK_STREAM);
  const sa_family_t unnamed = AF_UNIX;  // the system chooses a free abstract name, unix(7)
  REQUIRE(::bind(holder.native_handle(), reinterpret_cast<const sockaddr*>(&unnamed), sizeof unnamed) == 0);
  const endpoint name = holder.local_endpoint();
  sockerr::connect_options options;
  options.no_delay = true;
  options.keep_alive = true;
  CHECK_THROWS_AS(sockerr::connect_to(name, options), sockerr::connection_refused);
  CHECK_THROWS_AS(sockerr::listen_on(name), sockerr::address_in_use);
  holder.close();
  sockerr::socket listening = sockerr::listen_on(name);
  CHECK(sockerr::connect_to(name, options).is_open());
  CHECK(listening.accept(nullptr, 30s).is_open());
}

#endif

// SPDX-License-Identifier: MIT
#include <sockerr/calls.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "expect.hpp"
#include "loopback.hpp"
#include "thread.hpp"

using namespace std::chrono_literals;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::operation;
using sockerr::shutdown_direction;

namespace {

using clock_type = std::chrono::steady_clock;

// Sends until nothing more fits, nor a while later, when the system has moved what it could.
void fill(sockerr::native_handle handle) {
  const std::vector<char> block(65536);
  // The first probe of a closed window, after 200 ms, can open it once more.
  for (int full = 0; full != 16;) {
    std::error_code ec;
    sockerr::send(handle, block.data(), block.size(), 0, 20ms, ec);
    if (ec) REQUIRE(ec == sockerr::library_errc::deadline_exceeded);
    full = ec ? full + 1 : 0;
  }
}

// A datagram port whose messages are turned away, for as long as this object lives: its owner talks to itself only.
struct closed_datagram_port {
  sockerr::socket elsewhere = loopback::datagram_socket();
  sockerr::socket holder = loopback::datagram_socket();
  sockerr::endpoint endpoint = [this] {
    holder.connect(elsewhere.local_endpoint());
    return holder.local_endpoint();
  }();
};

void exchange(sockerr::native_handle from, sockerr::native_handle to) {
  CHECK(sockerr::send_all(from, "hello", 5, generous) == 5);
  char data[5] = {};
  CHECK(sockerr::recv_exactly(to, data, 5, generous) == 5);
  CHECK(std::string_view(data, 5) == "hello");
}

}  // namespace

TEST_CASE("a connection is made and carries bytes", "[calls]") {
  std::error_code ec = stale();
  const sockerr::socket listening = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::bind(listening.native_handle(), loopback::any_port(), ec);
  CHECK_FALSE(ec);
  ec = stale();
  sockerr::listen(listening.native_handle(), ec);
  CHECK_FALSE(ec);
  ec = stale();
  const endpoint there = sockerr::local_endpoint(listening.native_handle(), ec);
  CHECK_FALSE(ec);
  const sockerr::socket client = sockerr::open(AF_INET, SOCK_STREAM);
  ec = stale();
  sockerr::connect(client.native_handle(), there, ec);
  CHECK_FALSE(ec);
  endpoint peer;
  ec = stale();
  const sockerr::socket server = sockerr::accept(listening.native_handle(), &peer, generous, ec);
  CHECK_FALSE(ec);
  CHECK(peer == sockerr::local_endpoint(client.native_handle()));
  ec = stale();
  CHECK(sockerr::peer_endpoint(client.native_handle(), ec) == there);
  CHECK_FALSE(ec);
  CHECK(sockerr::peer_endpoint(server.native_handle()) == peer);

  ec = stale();
  CHECK(sockerr::send(client.native_handle(), "one", 3, ec) == 3);
  CHECK_FALSE(ec);
  char data[16] = {};
  ec = stale();
  CHECK(sockerr::recv(server.native_handle(), data, sizeof data, ec) == 3);
  CHECK_FALSE(ec);
  CHECK(std::string_view(data, 3) == "one");
  ec = stale();
  CHECK(sockerr::send_all(server.native_handle(), "three", 5, ec) == 5);
  CHECK_FALSE(ec);
  ec = stale();
  CHECK(sockerr::recv_exactly(client.native_handle(), data, 5, ec) == 5);
  CHECK_FALSE(ec);
  CHECK(std::string_view(data, 5) == "three");
  exchange(client.native_handle(), server.native_handle());
  exchange(server.native_handle(), client.native_handle());

  ec = stale();
  sockerr::shutdown(client.native_handle(), shutdown_direction::send, ec);
  CHECK_FALSE(ec);
  ec = stale();
  CHECK(sockerr::recv(server.native_handle(), data, sizeof data, ec) == 0);
  CHECK_FALSE(ec);
  sockerr::socket released = sockerr::open(AF_INET, SOCK_STREAM);
  ec = stale();
  sockerr::close(released.release(), ec);
  CHECK_FALSE(ec);
}

TEST_CASE("a connection is made with a deadline too", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  const sockerr::socket client = sockerr::open(AF_INET, SOCK_STREAM);
  std::error_code ec = stale();
  sockerr::connect(client.native_handle(), listening.local_endpoint(), generous, ec);
  CHECK_FALSE(ec);
  const sockerr::socket second = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::connect(second.native_handle(), listening.local_endpoint(), deadline::never());
  const sockerr::socket server = sockerr::accept(listening.native_handle(), nullptr, generous);
  exchange(client.native_handle(), server.native_handle());
}

TEST_CASE("a connection to a closed port is refused", "[calls]") {
  if (loopback::so_error_is_foreign()) SOCKERR_SKIP("SO_ERROR tells numbers of another system");
  const loopback::closed_port closed;
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    std::error_code ec;
    const sockerr::socket quiet = sockerr::open(AF_INET, SOCK_STREAM);
    sockerr::connect(quiet.native_handle(), closed.endpoint, until, ec);
    CHECK(ec == sockerr::errc::connection_refused);
    CHECK(ec == sockerr::condition::connection_refused);

    const sockerr::socket loud = sockerr::open(AF_INET, SOCK_STREAM);
    const sockerr::native_handle handle = loud.native_handle();
    unsigned line = 0;
    const auto e =
        thrown<sockerr::connection_refused>([&] { line = __LINE__, sockerr::connect(handle, closed.endpoint, until); });
    CHECK(e.operation() == operation::connect);
    CHECK(e.peer() == closed.endpoint.to_string());
    CHECK(e.where().line() == line);
    CHECK(std::string_view{e.where().file_name()} == __FILE__);
    CHECK_FALSE(e.by_deadline());
    CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
  }
}

TEST_CASE("a refused connection tells of the near end that was bound", "[calls]") {
  const loopback::closed_port closed;
  const sockerr::socket client = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::bind(client.native_handle(), loopback::any_port());
  const std::string local = sockerr::local_endpoint(client.native_handle()).to_string();
  const auto e =
      thrown<sockerr::connection_refused>([&] { sockerr::connect(client.native_handle(), closed.endpoint); });
  CHECK(e.local() == local);
  CHECK(e.peer() == closed.endpoint.to_string());
}

TEST_CASE("a connected socket is not connected again", "[calls]") {
  const loopback::connection c;
  for (const deadline until : {deadline{}, deadline{generous}}) {
    std::error_code ec;
    sockerr::connect(c.client.native_handle(), c.listening.local_endpoint(), until, ec);
    CHECK(ec == sockerr::condition::already_connected);
    const auto e = thrown<sockerr::already_connected>(
        [&] { sockerr::connect(c.client.native_handle(), c.listening.local_endpoint(), until); });
    CHECK(e.operation() == operation::connect);
    CHECK(e.local() == c.client.local_endpoint().to_string());
  }
  exchange(c.client.native_handle(), c.server.native_handle());
}

TEST_CASE("an address is bound only once", "[calls]") {
  const loopback::closed_port taken;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  std::error_code ec;
  sockerr::bind(s.native_handle(), taken.endpoint, ec);
  CHECK(ec == sockerr::condition::address_in_use);
  unsigned line = 0;
  const auto e =
      thrown<sockerr::address_in_use>([&] { line = __LINE__, sockerr::bind(s.native_handle(), taken.endpoint); });
  CHECK(e.operation() == operation::bind);
  CHECK(e.local() == taken.endpoint.to_string());
  CHECK(e.peer().empty());
  CHECK(e.where().line() == line);
  CHECK(e.advice() == sockerr::retry_advice::after_pause);
}

TEST_CASE("a socket is bound only once", "[calls]") {
  const loopback::closed_port taken;
  std::error_code ec;
  sockerr::bind(taken.holder.native_handle(), loopback::any_port(), ec);
  CHECK(ec == sockerr::condition::invalid_argument);
}

TEST_CASE("an address of another host is not bound", "[calls]") {
  const endpoint foreign = endpoint::ip("192.0.2.1", 0);
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  std::error_code ec;
  sockerr::bind(s.native_handle(), foreign, ec);
  CHECK(ec == sockerr::condition::address_not_available);
  const auto e = thrown<sockerr::address_not_available>([&] { sockerr::bind(s.native_handle(), foreign); });
  CHECK(e.operation() == operation::bind);
  CHECK(e.local() == "192.0.2.1:0");
  CHECK(e.circumstance() == sockerr::circumstance::none);
  // It may be an address that is still to come, by DHCP or as one of IPv6 that is being checked.
  CHECK(e.advice() == sockerr::retry_advice::after_pause);
}

TEST_CASE("a datagram socket does not listen", "[calls]") {
  const sockerr::socket s = loopback::datagram_socket();
  std::error_code ec;
  sockerr::listen(s.native_handle(), ec);
  CHECK(ec == sockerr::condition::not_supported);
  unsigned line = 0;
  const auto e = thrown<sockerr::not_supported>([&] { line = __LINE__, sockerr::listen(s.native_handle(), 1); });
  CHECK(e.operation() == operation::listen);
  CHECK(e.local() == s.local_endpoint().to_string());
  CHECK(e.where().line() == line);
}

TEST_CASE("a socket that does not listen does not accept", "[calls]") {
  const loopback::closed_port closed;
  for (const deadline until : {deadline{}, deadline{0s}, deadline{generous}, deadline::never()}) {
    std::error_code ec;
    CHECK_FALSE(sockerr::accept(closed.holder.native_handle(), nullptr, until, ec).is_open());
    CHECK(ec == sockerr::condition::invalid_argument);
    unsigned line = 0;
    const auto e = thrown<sockerr::invalid_argument>(
        [&] { line = __LINE__, static_cast<void>(sockerr::accept(closed.holder.native_handle(), nullptr, until)); });
    CHECK(e.operation() == operation::accept);
    CHECK(e.local() == closed.endpoint.to_string());
    CHECK(e.where().line() == line);
  }
}

TEST_CASE("a datagram socket does not accept nor wait for it", "[calls]") {
  const sockerr::socket s = loopback::datagram_socket();
  for (const deadline until : {deadline{}, deadline{0s}, deadline{1h}, deadline::never()}) {
    std::error_code ec;
    CHECK_FALSE(sockerr::accept(s.native_handle(), nullptr, until, ec).is_open());
    CHECK(ec == sockerr::condition::not_supported);
    const auto e =
        thrown<sockerr::not_supported>([&] { static_cast<void>(sockerr::accept(s.native_handle(), nullptr, until)); });
    CHECK(e.operation() == operation::accept);
    CHECK(e.advice() == sockerr::retry_advice::never);
  }
}

TEST_CASE("a datagram socket connects to its only peer", "[calls]") {
  const sockerr::socket a = loopback::datagram_socket();
  const sockerr::socket b = loopback::datagram_socket();
  std::error_code ec = stale();
  sockerr::connect(a.native_handle(), b.local_endpoint(), ec);
  CHECK_FALSE(ec);
  CHECK(sockerr::peer_endpoint(a.native_handle()) == b.local_endpoint());
  sockerr::connect(b.native_handle(), a.local_endpoint(), generous);
  CHECK(sockerr::send(a.native_handle(), "x", 1) == 1);
  char one = 0;
  CHECK(sockerr::recv(b.native_handle(), &one, 1, 0, generous) == 1);
  CHECK(one == 'x');
}

TEST_CASE("a datagram socket may be connected to itself", "[calls]") {
  const sockerr::socket s = loopback::datagram_socket();
  std::error_code ec = stale();
  sockerr::connect(s.native_handle(), s.local_endpoint(), ec);
  CHECK_FALSE(ec);
  CHECK(sockerr::send(s.native_handle(), "x", 1) == 1);
  char one = 0;
  CHECK(sockerr::recv(s.native_handle(), &one, 1, 0, generous) == 1);
}

TEST_CASE("a stream that is connected to itself is refused", "[calls]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::bind(s.native_handle(), loopback::any_port());
  std::error_code ec;
  sockerr::connect(s.native_handle(), s.local_endpoint(), ec);
  CHECK(ec == sockerr::condition::connection_refused);
}

TEST_CASE("datagrams are sent to and received from", "[calls]") {
  const sockerr::socket a = loopback::datagram_socket();
  const sockerr::socket b = loopback::datagram_socket();
  std::error_code ec = stale();
  CHECK(sockerr::send_to(a.native_handle(), "abc", 3, b.local_endpoint(), ec) == 3);
  CHECK_FALSE(ec);
  char data[8] = {};
  endpoint peer;
  ec = stale();
  CHECK(sockerr::recv_from(b.native_handle(), data, sizeof data, peer, 0, generous, ec) == 3);
  CHECK_FALSE(ec);
  CHECK(peer == a.local_endpoint());
  CHECK(std::string_view(data, 3) == "abc");
  // An empty one is one too.
  CHECK(sockerr::send_to(a.native_handle(), "", 0, b.local_endpoint(), 0, generous) == 0);
  peer = {};
  CHECK(sockerr::recv_from(b.native_handle(), data, sizeof data, peer, 0, generous) == 0);
  CHECK(peer == a.local_endpoint());
}

TEST_CASE("the peer of a failed receive is no endpoint", "[calls]") {
  const sockerr::socket s = loopback::datagram_socket();
  endpoint peer = s.local_endpoint();
  char one = 0;
  std::error_code ec;
  CHECK(sockerr::recv_from(s.native_handle(), &one, 1, peer, 0, 0s, ec) == 0);
  CHECK(ec == sockerr::condition::timed_out);
  CHECK(peer == endpoint{});
}

TEST_CASE("a datagram that is too long is a message size error", "[calls]") {
  const sockerr::socket a = loopback::datagram_socket();
  const sockerr::socket b = loopback::datagram_socket();
  const std::vector<char> data(70000);
  for (const deadline until : {deadline{}, deadline{generous}}) {
    std::error_code ec;
    CHECK(sockerr::send_to(a.native_handle(), data.data(), data.size(), b.local_endpoint(), 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::message_size);
    unsigned line = 0;
    const auto e = thrown<sockerr::message_size>(
        [&] { line = __LINE__, sockerr::send_to(a.native_handle(), data.data(), data.size(), b.local_endpoint()); });
    CHECK(e.operation() == operation::send);
    CHECK(e.peer() == b.local_endpoint().to_string());
    CHECK(e.local() == a.local_endpoint().to_string());
    CHECK(e.where().line() == line);
  }
}

TEST_CASE("a connection that was reset tells so once and is then at its end", "[calls]") {
  if (loopback::under_wine()) SOCKERR_SKIP("wine 8 shows a connection that was reset as ended");
  loopback::connection c;
  loopback::reset(c.server);
  char one = 0;
  std::error_code ec;
  CHECK(sockerr::recv(c.client.native_handle(), &one, 1, 0, generous, ec) == 0);
  CHECK(ec == sockerr::condition::connection_reset);
  sockerr::send(c.client.native_handle(), &one, 1, 0, generous, ec);
  CHECK(ec == sockerr::condition::connection_error);

  loopback::connection second;
  loopback::reset(second.server);
  unsigned line = 0;
  const auto e = thrown<sockerr::connection_reset>(
      [&] { line = __LINE__, sockerr::recv(second.client.native_handle(), &one, 1, 0, generous); });
  CHECK(e.operation() == operation::recv);
  CHECK(e.where().line() == line);
  CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
}

TEST_CASE("a socket that was never connected neither receives nor sends", "[calls]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  char one = 0;
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    std::error_code ec;
    CHECK(sockerr::recv(s.native_handle(), &one, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::not_connected);
    CHECK(sockerr::recv_exactly(s.native_handle(), &one, 1, until, ec) == 0);
    CHECK(ec == sockerr::condition::not_connected);
    CHECK(sockerr::send(s.native_handle(), &one, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::connection_error);
    CHECK(sockerr::send_all(s.native_handle(), &one, 1, until, ec) == 0);
    CHECK(ec == sockerr::condition::connection_error);
  }
  std::error_code ec;
  CHECK(sockerr::peer_endpoint(s.native_handle(), ec) == endpoint{});
  CHECK(ec == sockerr::condition::not_connected);

  unsigned line = 0;
  const auto received =
      thrown<sockerr::not_connected>([&] { line = __LINE__, sockerr::recv(s.native_handle(), &one, 1); });
  CHECK(received.operation() == operation::recv);
  CHECK(received.peer().empty());
  CHECK(received.local().empty());
  CHECK(received.where().line() == line);
  const auto exactly =
      thrown<sockerr::not_connected>([&] { line = __LINE__, sockerr::recv_exactly(s.native_handle(), &one, 1); });
  CHECK(exactly.operation() == operation::recv_exactly);
  CHECK(exactly.where().line() == line);
  const auto peer = thrown<sockerr::not_connected>(
      [&] { line = __LINE__, static_cast<void>(sockerr::peer_endpoint(s.native_handle())); });
  CHECK(peer.operation() == operation::peer_address);
  CHECK(peer.where().line() == line);
}

TEST_CASE("a socket that was never connected is not shut down", "[calls]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  std::error_code ec;
  sockerr::shutdown(s.native_handle(), shutdown_direction::send, ec);
  CHECK(ec == sockerr::condition::not_connected);
  unsigned line = 0;
  const auto e = thrown<sockerr::not_connected>(
      [&] { line = __LINE__, sockerr::shutdown(s.native_handle(), shutdown_direction::both); });
  CHECK(e.operation() == operation::shutdown);
  CHECK(e.where().line() == line);
}

TEST_CASE("a receive with a deadline times out", "[calls]") {
  const loopback::connection c;
  const sockerr::native_handle handle = c.client.native_handle();
  char data[4];
  endpoint peer;
  check_times_out(
      40ms, operation::recv, [&](deadline d, std::error_code& ec) { sockerr::recv(handle, data, 4, 0, d, ec); },
      [&](deadline d) { sockerr::recv(handle, data, 4, 0, d); });
  check_times_out(
      40ms, operation::recv,
      [&](deadline d, std::error_code& ec) { sockerr::recv_from(handle, data, 4, peer, 0, d, ec); },
      [&](deadline d) { sockerr::recv_from(handle, data, 4, peer, 0, d); });
  check_times_out(
      40ms, operation::recv_exactly,
      [&](deadline d, std::error_code& ec) { sockerr::recv_exactly(handle, data, 4, d, ec); },
      [&](deadline d) { sockerr::recv_exactly(handle, data, 4, d); });
  exchange(c.server.native_handle(), handle);
}

TEST_CASE("a timed out call tells of both ends", "[calls]") {
  const loopback::connection c;
  char one = 0;
  const auto e = thrown<sockerr::timed_out>([&] { sockerr::recv(c.client.native_handle(), &one, 1, 0, 1ms); });
  CHECK(e.peer() == c.listening.local_endpoint().to_string());
  CHECK(e.local() == c.client.local_endpoint().to_string());
  CHECK(std::string_view{e.what()}.find(e.peer()) != std::string_view::npos);
}

TEST_CASE("an accept with a deadline times out", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  const sockerr::native_handle handle = listening.native_handle();
  check_times_out(
      40ms, operation::accept,
      [&](deadline d, std::error_code& ec) { CHECK_FALSE(sockerr::accept(handle, nullptr, d, ec).is_open()); },
      [&](deadline d) { static_cast<void>(sockerr::accept(handle, nullptr, d)); });
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  CHECK(sockerr::accept(handle, nullptr, generous).is_open());
}

TEST_CASE("a send with a deadline times out when nobody reads", "[calls]") {
  const loopback::connection c;
  const sockerr::native_handle handle = c.client.native_handle();
  fill(handle);
  const std::vector<char> block(65536);
  check_times_out(
      40ms, operation::send,
      [&](deadline d, std::error_code& ec) { sockerr::send(handle, block.data(), block.size(), 0, d, ec); },
      [&](deadline d) { sockerr::send(handle, block.data(), block.size(), 0, d); });
  check_times_out(
      40ms, operation::send_all,
      [&](deadline d, std::error_code& ec) { sockerr::send_all(handle, block.data(), block.size(), d, ec); },
      [&](deadline d) { sockerr::send_all(handle, block.data(), block.size(), d); });
}

TEST_CASE("a deadline that has passed means one try", "[calls]") {
  const loopback::connection c;
  const deadline passed[] = {0s, -1s, clock_type::now() - 1h, (std::chrono::hours::min)()};
  for (const deadline until : passed) {
    char one = 0;
    std::error_code ec = stale();
    CHECK(sockerr::send(c.server.native_handle(), "x", 1, 0, until, ec) == 1);
    CHECK_FALSE(ec);
    // Waits for the byte without taking it.
    CHECK(sockerr::recv(c.client.native_handle(), &one, 1, MSG_PEEK, generous) == 1);
    ec = stale();
    CHECK(sockerr::recv(c.client.native_handle(), &one, 1, 0, until, ec) == 1);
    CHECK_FALSE(ec);
    CHECK(sockerr::recv(c.client.native_handle(), &one, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::library_errc::deadline_exceeded);
    CHECK_FALSE(sockerr::accept(c.listening.native_handle(), nullptr, until, ec).is_open());
    CHECK(ec == sockerr::library_errc::deadline_exceeded);
    const auto e = thrown<sockerr::timed_out>([&] { sockerr::recv(c.client.native_handle(), &one, 1, 0, until); });
    CHECK(e.by_deadline());
  }
}

TEST_CASE("a receive ends as soon as data is there", "[calls]") {
  const loopback::connection c;
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    background_thread later{[&] {
      std::this_thread::sleep_for(20ms);
      std::error_code ignored;
      sockerr::send(c.server.native_handle(), "x", 1, ignored);
    }};
    char data[4] = {};
    std::error_code ec = stale();
    const auto begin = clock_type::now();
    const std::size_t count = sockerr::recv(c.client.native_handle(), data, sizeof data, 0, until, ec);
    const auto elapsed = clock_type::now() - begin;
    later.join();
    CHECK_FALSE(ec);
    CHECK(count == 1);
    CHECK(elapsed < generous);
  }
}

TEST_CASE("an accept ends as soon as a connection is there", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    sockerr::socket client = sockerr::open(AF_INET, SOCK_STREAM);
    background_thread later{[&] {
      std::this_thread::sleep_for(20ms);
      std::error_code ignored;
      client.connect(listening.local_endpoint(ignored), ignored);
    }};
    std::error_code ec = stale();
    endpoint peer;
    const sockerr::socket server = sockerr::accept(listening.native_handle(), &peer, until, ec);
    later.join();
    CHECK_FALSE(ec);
    CHECK(server.is_open());
    CHECK(peer == client.local_endpoint());
  }
}

TEST_CASE("receiving exactly gives fewer bytes at the end of the stream", "[calls]") {
  for (const deadline until : {deadline{}, deadline{generous}}) {
    loopback::connection c;
    sockerr::send_all(c.server.native_handle(), "abc", 3);
    c.server.close();
    char data[8] = {};
    std::error_code ec = stale();
    CHECK(sockerr::recv_exactly(c.client.native_handle(), data, sizeof data, until, ec) == 3);
    CHECK_FALSE(ec);
    CHECK(std::string_view(data, 3) == "abc");
    CHECK(sockerr::recv_exactly(c.client.native_handle(), data, sizeof data, until) == 0);
  }
}

TEST_CASE("receiving exactly puts pieces together", "[calls]") {
  const loopback::connection c;
  background_thread slow{[&] {
    std::error_code ignored;
    for (const char* piece : {"ab", "cd", "ef"}) {
      sockerr::send_all(c.server.native_handle(), piece, 2, ignored);
      std::this_thread::sleep_for(5ms);
    }
  }};
  char data[6] = {};
  std::error_code ec = stale();
  const std::size_t count = sockerr::recv_exactly(c.client.native_handle(), data, sizeof data, generous, ec);
  slow.join();
  CHECK_FALSE(ec);
  CHECK(count == 6);
  CHECK(std::string_view(data, 6) == "abcdef");
}

TEST_CASE("receiving exactly tells how much came before the error", "[calls]") {
  const loopback::connection c;
  sockerr::send_all(c.server.native_handle(), "abc", 3);
  char data[8] = {};
  std::error_code ec;
  // The pieces have one deadline together.
  const auto begin = clock_type::now();
  CHECK(sockerr::recv_exactly(c.client.native_handle(), data, sizeof data, 40ms, ec) == 3);
  CHECK(clock_type::now() - begin >= 40ms);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(std::string_view(data, 3) == "abc");
}

TEST_CASE("sending all tells how much was taken before the error", "[calls]") {
  const loopback::connection c;
  const std::vector<char> data(std::size_t{64} << 20U);
  std::error_code ec;
  const std::size_t count = sockerr::send_all(c.client.native_handle(), data.data(), data.size(), 100ms, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(count > 0);
  CHECK(count < data.size());
}

TEST_CASE("sending all of many bytes waits for a slow reader", "[calls]") {
  std::vector<char> data(std::size_t{4} << 20U);
  for (std::size_t i = 0; i != data.size(); ++i) data[i] = static_cast<char>((i * 2654435761U) >> 13U);
  for (const deadline until : {deadline{}, deadline{4 * generous}, deadline::never()}) {
    const loopback::connection c;
    std::vector<char> received(data.size());
    std::error_code failed;
    background_thread reader{[&] {
      for (std::size_t done = 0; done != received.size() && !failed;) {
        if (done % 7 == 0) std::this_thread::sleep_for(1ms);
        const std::size_t wanted = received.size() - done < 60000 ? received.size() - done : 60000;
        const std::size_t count = sockerr::recv(c.server.native_handle(), received.data() + done, wanted, failed);
        if (count == 0) break;
        done += count;
      }
    }};
    std::error_code ec = stale();
    const std::size_t count = sockerr::send_all(c.client.native_handle(), data.data(), data.size(), until, ec);
    std::error_code ignored;
    sockerr::shutdown(c.client.native_handle(), shutdown_direction::send, ignored);
    reader.join();
    CHECK_FALSE(ec);
    CHECK_FALSE(failed);
    CHECK(count == data.size());
    CHECK((received == data));
  }
}

TEST_CASE("nothing is received or sent where nothing is asked for", "[calls]") {
  const loopback::connection c;
  for (const deadline until : {deadline{}, deadline{generous}}) {
    std::error_code ec = stale();
    CHECK(sockerr::send(c.client.native_handle(), nullptr, 0, 0, until, ec) == 0);
    CHECK_FALSE(ec);
    ec = stale();
    CHECK(sockerr::send_all(c.client.native_handle(), nullptr, 0, until, ec) == 0);
    CHECK_FALSE(ec);
    ec = stale();
    CHECK(sockerr::recv(c.client.native_handle(), nullptr, 0, 0, until, ec) == 0);
    CHECK_FALSE(ec);
    sockerr::endpoint from;
    CHECK(sockerr::recv_from(c.client.native_handle(), nullptr, 0, from, 0, until, ec) == 0);
    CHECK_FALSE(ec);
    CHECK(sockerr::recv_exactly(c.client.native_handle(), nullptr, 0, until, ec) == 0);
    CHECK_FALSE(ec);
  }
  exchange(c.client.native_handle(), c.server.native_handle());
}

TEST_CASE("shutting down wakes a receive in another thread", "[calls]") {
#if defined(_WIN32)
  SOCKERR_SKIP("Windows does not promise it, and wine 8 leaves the receive waiting");
#endif
  const loopback::connection c;
  for (const deadline until : {deadline{}, deadline{generous}}) {
    std::error_code ec = stale();
    std::size_t count = 1;
    background_thread waiting{[&] {
      char one = 0;
      count = sockerr::recv(c.client.native_handle(), &one, 1, 0, until, ec);
    }};
    std::this_thread::sleep_for(20ms);
    std::error_code shut = stale();
    sockerr::shutdown(c.client.native_handle(), shutdown_direction::both, shut);
    waiting.join();
    CHECK_FALSE(shut);
    CHECK(count == 0);
    CHECK_FALSE(ec);
  }
}

TEST_CASE("options are set and read", "[calls]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  std::error_code ec = stale();
  sockerr::set_option(s.native_handle(), SOL_SOCKET, SO_KEEPALIVE, 1, ec);
  CHECK_FALSE(ec);
  ec = stale();
  CHECK(sockerr::get_option<int>(s.native_handle(), SOL_SOCKET, SO_KEEPALIVE, ec) != 0);
  CHECK_FALSE(ec);
  sockerr::set_option(s.native_handle(), SOL_SOCKET, SO_KEEPALIVE, 0);
  CHECK(sockerr::get_option(s.native_handle(), SOL_SOCKET, SO_KEEPALIVE) == 0);
  const linger set{1, 7};
  sockerr::set_option(s.native_handle(), SOL_SOCKET, SO_LINGER, set);
  const auto got = sockerr::get_option<linger>(s.native_handle(), SOL_SOCKET, SO_LINGER);
  CHECK(got.l_onoff != 0);
  CHECK(got.l_linger == 7);
  CHECK(sockerr::get_option<int>(s.native_handle(), SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
}

TEST_CASE("an option that a socket does not have is not supported", "[calls]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  constexpr int unknown = 9999;
  std::error_code ec;
  sockerr::set_option(s.native_handle(), IPPROTO_TCP, unknown, 1, ec);
  CHECK(ec == sockerr::condition::not_supported);
  CHECK(sockerr::get_option<int>(s.native_handle(), IPPROTO_TCP, unknown, ec) == 0);
  CHECK(ec == sockerr::condition::not_supported);
  unsigned line = 0;
  const auto set = thrown<sockerr::not_supported>(
      [&] { line = __LINE__, sockerr::set_option(s.native_handle(), IPPROTO_TCP, unknown, 1); });
  CHECK(set.operation() == operation::set_option);
  CHECK(set.where().line() == line);
  const auto get = thrown<sockerr::not_supported>(
      [&] { line = __LINE__, static_cast<void>(sockerr::get_option(s.native_handle(), IPPROTO_TCP, unknown)); });
  CHECK(get.operation() == operation::get_option);
  CHECK(get.where().line() == line);
}

TEST_CASE("a socket of an unknown family is not opened", "[calls]") {
  std::error_code ec;
  CHECK_FALSE(sockerr::open(12345, SOCK_STREAM, ec).is_open());
  CHECK(ec == sockerr::condition::address_family_not_supported);
  unsigned line = 0;
  const auto e = thrown<sockerr::address_family_not_supported>(
      [&] { line = __LINE__, static_cast<void>(sockerr::open(12345, SOCK_STREAM)); });
  CHECK(e.operation() == operation::open);
  CHECK(e.where().line() == line);
}

#if !defined(_WIN32)
// Windows tells of a closed datagram port in another way: report_port_unreachable().
TEST_CASE("a connected datagram socket is told that nobody listens", "[calls]") {
  const closed_datagram_port closed;
  const sockerr::socket s = loopback::datagram_socket();
  sockerr::connect(s.native_handle(), closed.endpoint);
  char one = 0;
  CHECK(sockerr::send(s.native_handle(), "x", 1) == 1);
  std::error_code ec;
  CHECK(sockerr::recv(s.native_handle(), &one, 1, 0, generous, ec) == 0);
  CHECK(ec == sockerr::condition::connection_refused);
  CHECK(sockerr::send(s.native_handle(), "x", 1) == 1);
  unsigned line = 0;
  const auto e = thrown<sockerr::connection_refused>(
      [&] { line = __LINE__, sockerr::recv(s.native_handle(), &one, 1, 0, generous); });
  CHECK(e.operation() == operation::recv);
  CHECK(e.peer() == closed.endpoint.to_string());
  CHECK(e.local() == s.local_endpoint().to_string());
  CHECK(e.where().line() == line);
  CHECK(e.circumstance() == sockerr::circumstance::datagram);
  CHECK(e.cause() == sockerr::cause(e.code(), operation::recv, sockerr::circumstance::datagram));
  CHECK(e.cause() != sockerr::cause(e.code(), operation::recv));
  CHECK(e.cause() != sockerr::cause(e.code(), operation::connect));
  CHECK(e.advice() == sockerr::retry_advice::at_once);
  // The socket is as good as before.
  ec = stale();
  CHECK(sockerr::recv(s.native_handle(), &one, 1, 0, 0s, ec) == 0);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
}
#endif

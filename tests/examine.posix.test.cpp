// SPDX-License-Identifier: MIT
#include <sockerr/examine.hpp>

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "descriptors.hpp"
#include "expect.hpp"
#include "loopback.hpp"

using namespace std::chrono_literals;
using sockerr::circumstance;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::error;
using sockerr::examine;
using sockerr::native_handle;
using sockerr::operation;
using sockerr::retry_advice;

namespace {

#if defined(__linux__)
constexpr bool on_linux = true;
#else
constexpr bool on_linux = false;
#endif

void make_non_blocking(native_handle handle) {
  REQUIRE(::fcntl(handle, F_SETFL, ::fcntl(handle, F_GETFL) | O_NONBLOCK) == 0);
}

// A folder for one socket.
class folder {
 public:
  folder() {
    char name[] = "/tmp/sockerr.XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~folder() {
    ::unlink((path_ + "/s").c_str());
    ::rmdir(path_.c_str());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  endpoint socket() const { return endpoint::unix_path(path_ + "/s"); }

 private:
  std::string path_;
};

// A socket that can take only one port for its near end; false where the system has no such option.
bool only_port(const sockerr::socket& s, std::uint16_t port) {
  constexpr int ip_local_port_range = 51;
  std::error_code ec;
  sockerr::set_option(s.native_handle(), IPPROTO_IP, ip_local_port_range, (std::uint32_t{port} << 16U) | port, ec);
  return on_linux && !ec;
}

// A connected datagram socket that has been told that nobody listens, which nobody has asked for yet.
sockerr::socket socket_with_pending_error() {
  const sockerr::socket elsewhere = loopback::datagram_socket();
  sockerr::socket holder = loopback::datagram_socket();
  holder.connect(elsewhere.local_endpoint());  // talks to that one only
  sockerr::socket result = loopback::datagram_socket();
  result.connect(holder.local_endpoint());
  result.send("x", 1);
  pollfd waiting{result.native_handle(), POLLIN, 0};
  REQUIRE(::poll(&waiting, 1, 30000) == 1);
  REQUIRE((waiting.revents & POLLERR) != 0);
  return result;
}

void examine_everything(native_handle handle, const endpoint& peer = {}) {
  for (int i = 0; !name(static_cast<operation>(i)).empty(); ++i) {
    const auto during = static_cast<operation>(i);
    for (const sockerr::code_info info : sockerr::codes()) (void)examine(handle, info.code, during, peer);
    (void)examine(handle, sockerr::library_errc::deadline_exceeded, during, peer);
  }
}

}  // namespace

TEST_CASE("examining takes no pending error away", "[examine]") {
  const sockerr::socket s = socket_with_pending_error();
  examine_everything(s.native_handle());
  examine_everything(s.native_handle(), loopback::any_port());
  char one = 0;
  std::error_code ec;
  CHECK(sockerr::recv(s.native_handle(), &one, 1, MSG_DONTWAIT, {}, ec) == 0);
  CHECK(ec == errc::connection_refused);
  // And now it is gone.
  CHECK(sockerr::recv(s.native_handle(), &one, 1, MSG_DONTWAIT, {}, ec) == 0);
  CHECK(ec == sockerr::condition::would_block);
}

TEST_CASE("examining opens nothing for good and changes no mode", "[examine]") {
  const sockerr::socket s = socket_with_pending_error();
  const loopback::connection c;
  make_non_blocking(c.client.native_handle());
  const int before = open_descriptors();
  for (const native_handle handle : {s.native_handle(), c.client.native_handle(), c.listening.native_handle()}) {
    const int flags = ::fcntl(handle, F_GETFL);
    for (const endpoint& peer : {endpoint{}, endpoint::ip("127.0.0.1", 1), endpoint::ip("::1", 1),
                                 endpoint::ip("2001:db8::1", 1), endpoint::unix_path("/nonexistent")})
      examine_everything(handle, peer);
    CHECK(::fcntl(handle, F_GETFL) == flags);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("examining leaves errno as it was for nobody but tells the code it was given", "[examine]") {
  const loopback::connection c;
  errno = ECONNRESET;
  const error e = examine(c.client.native_handle(), sockerr::last_error(), operation::recv);
  CHECK(e == errc::connection_reset);
}

TEST_CASE("an attempt in the background that was refused is not blamed on a datagram", "[examine]") {
  const loopback::closed_port closed;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  for (const operation during : {operation::send, operation::recv}) {
    const error e = examine(s.native_handle(), errc::connection_refused, during, closed.endpoint);
    CHECK(e.circumstance() == circumstance::none);
    CHECK(e.advice() == retry_advice::on_new_socket);
    CHECK(e.cause().find("atagram") == std::string_view::npos);
    CHECK(e.cause().find("still good") == std::string_view::npos);
    CHECK(e.cause().find("nobody listens") != std::string_view::npos);
  }
}

TEST_CASE("a path that nobody serves and one that is not there are the same situation", "[examine]") {
  const folder where;
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  const auto missing = thrown<sockerr::path_error>([&] { sockerr::connect(s.native_handle(), where.socket()); });
  { const sockerr::socket ended = sockerr::listen_on(where.socket()); }
  const auto refused =
      thrown<sockerr::connection_refused>([&] { sockerr::connect(s.native_handle(), where.socket()); });
  CHECK(refused.circumstance() == circumstance::unix_domain);
  CHECK(missing.advice() == retry_advice::on_new_socket);
  CHECK(refused.advice() == retry_advice::on_new_socket);
  CHECK(refused.cause().find("path") != std::string_view::npos);
  CHECK(refused.cause().find("port") == std::string_view::npos);
  CHECK(refused.peer() == where.socket().to_string());
}

TEST_CASE("a path that is taken is not a port that is taken", "[examine]") {
  const folder where;
  const sockerr::socket first = sockerr::listen_on(where.socket());
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  const auto e = thrown<sockerr::address_in_use>([&] { sockerr::bind(s.native_handle(), where.socket()); });
  CHECK(e.circumstance() == circumstance::path_taken);
  CHECK(e.advice() == retry_advice::never);
  CHECK(e.local() == where.socket().to_string());
  CHECK(e.peer().empty());
  CHECK(e.cause().find("path") != std::string_view::npos);
  CHECK(e.cause().find("port") == std::string_view::npos);
  const loopback::closed_port port;
  const sockerr::socket t = sockerr::open(AF_INET, SOCK_STREAM);
  const auto other = thrown<sockerr::address_in_use>([&] { sockerr::bind(t.native_handle(), port.endpoint); });
  CHECK(other.circumstance() == circumstance::none);
  CHECK(other.advice() == retry_advice::after_pause);
}

TEST_CASE("a socket that is bound to a path tells of it", "[examine]") {
  const folder where;
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  sockerr::bind(s.native_handle(), where.socket());
  const error e = examine(s.native_handle(), errc::not_connected, operation::recv);
  CHECK(e.local() == where.socket().to_string());
  CHECK(e.peer().empty());
}

TEST_CASE("a Unix-domain datagram has no port that nobody listens on", "[examine]") {
  int handles[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, handles) == 0);
  const sockerr::socket ends[] = {sockerr::socket{handles[0]}, sockerr::socket{handles[1]}};
  const error e = examine(handles[0], errc::connection_refused, operation::recv, endpoint::unix_path("/run/s"));
  CHECK(e.circumstance() != circumstance::datagram);
  CHECK(e.advice() != retry_advice::at_once);
}

TEST_CASE("a Unix-domain stream that has become writable meanwhile has no full receiver", "[examine]") {
  int handles[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, handles) == 0);
  const sockerr::socket ends[] = {sockerr::socket{handles[0]}, sockerr::socket{handles[1]}};
  const error e = examine(handles[0], errc::resource_unavailable_try_again, operation::send);
  CHECK(e.circumstance() != circumstance::receiver_full);
  CHECK(e.advice() == retry_advice::when_ready);
}

TEST_CASE("an interface that this host does not have is found", "[examine]") {
  if (!on_linux) SOCKERR_SKIP("only Linux is known to number its interfaces from 1 on");
  const auto found = [](const char* address) {
    return name(examine(sockerr::invalid_handle, errc::invalid_argument, operation::connect, endpoint::ip(address, 80))
                    .circumstance());
  };
  CHECK(found("fe80::1%1000000007") == name(circumstance::scope_unknown));
  CHECK(found("2001:db8::1") == name(circumstance::none));
  char loopback_name[IF_NAMESIZE];
  if (::if_indextoname(1, loopback_name) == nullptr) SOCKERR_SKIP("there is no interface of number 1");
  CHECK(found("fe80::1%1") == name(circumstance::none));
}

TEST_CASE("a full Unix backlog is found to be one", "[examine]") {
  if (!on_linux) SOCKERR_SKIP("other systems refuse at once");
  const folder where;
  sockerr::listen_options options;
  options.backlog = 0;
  const sockerr::socket listening = sockerr::listen_on(where.socket(), options);
  std::vector<sockerr::socket> queued;
  for (;;) {
    queued.push_back(sockerr::open(AF_UNIX, SOCK_STREAM));
    make_non_blocking(queued.back().native_handle());
    try {
      queued.back().connect(where.socket());
      REQUIRE(queued.size() < 100);
    } catch (const sockerr::would_block& e) {
      CHECK(e.circumstance() == circumstance::backlog_full);
      CHECK(e.advice() == retry_advice::after_pause);
      CHECK(e.peer() == where.socket().to_string());
      break;
    }
  }
  const error with_deadline = [&] {
    try {
      sockerr::connect(sockerr::open(AF_UNIX, SOCK_STREAM).native_handle(), where.socket(), 10ms);
    } catch (const sockerr::timed_out& e) {
      return e.error();
    }
    return error{};
  }();
  CHECK(with_deadline.by_deadline());
  CHECK(with_deadline.circumstance() == circumstance::unix_domain);
  CHECK(with_deadline.cause().find("queue is full") != std::string_view::npos);
}

TEST_CASE("a full receiver of Unix datagrams is found to be one", "[examine]") {
  if (!on_linux) SOCKERR_SKIP("other systems say no buffer space");
  const folder where;
  const sockerr::socket receiver = sockerr::open(AF_UNIX, SOCK_DGRAM);
  sockerr::bind(receiver.native_handle(), where.socket());
  const sockerr::socket sender = sockerr::open(AF_UNIX, SOCK_DGRAM);
  make_non_blocking(sender.native_handle());
  std::error_code ec;
  while (!ec) sockerr::send_to(sender.native_handle(), "x", 1, where.socket(), ec);
  REQUIRE(ec == sockerr::condition::would_block);
  const auto e =
      thrown<sockerr::would_block>([&] { sockerr::send_to(sender.native_handle(), "x", 1, where.socket()); });
  CHECK(e.circumstance() == circumstance::receiver_full);
  CHECK(e.advice() == retry_advice::after_pause);
  CHECK(e.peer() == where.socket().to_string());
  // poll() is of no use: it says that there is room.
  pollfd writable{sender.native_handle(), POLLOUT, 0};
  CHECK(::poll(&writable, 1, 0) == 1);
  const auto late =
      thrown<sockerr::timed_out>([&] { sockerr::send_to(sender.native_handle(), "x", 1, where.socket(), 0, 20ms); });
  CHECK(late.circumstance() == circumstance::receiver_full);
  CHECK(late.advice() == retry_advice::after_pause);
  CHECK(late.by_deadline());
  // A connected sender can be polled for, and then waiting is what helps.
  const sockerr::socket connected = sockerr::open(AF_UNIX, SOCK_DGRAM);
  make_non_blocking(connected.native_handle());
  sockerr::connect(connected.native_handle(), where.socket());
  const auto ordinary = thrown<sockerr::would_block>([&] { sockerr::send(connected.native_handle(), "x", 1); });
  writable.fd = connected.native_handle();
  REQUIRE(::poll(&writable, 1, 0) == 0);
  CHECK(ordinary.circumstance() != circumstance::receiver_full);
  CHECK(ordinary.advice() == retry_advice::when_ready);
}

TEST_CASE("a stream that is full is only waited for", "[examine]") {
  int handles[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, handles) == 0);
  const sockerr::socket ends[] = {sockerr::socket{handles[0]}, sockerr::socket{handles[1]}};
  make_non_blocking(handles[0]);
  const std::vector<char> block(65536);
  std::error_code ec;
  while (!ec) sockerr::send(handles[0], block.data(), block.size(), ec);
  REQUIRE(ec == sockerr::condition::would_block);
  const auto e = thrown<sockerr::would_block>([&] { sockerr::send(handles[0], block.data(), block.size()); });
  CHECK(e.circumstance() != circumstance::receiver_full);
  CHECK(e.advice() == retry_advice::when_ready);
}

TEST_CASE("a datagram socket without a free port would block at once whatever limit it has", "[examine]") {
  const sockerr::socket taken = loopback::datagram_socket();
  const endpoint there = taken.local_endpoint();
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_DGRAM);
  if (!only_port(s, there.port())) SOCKERR_SKIP("this system cannot be told which port to take");
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    sockerr::set_option(s.native_handle(), SOL_SOCKET, option, timeval{5, 0});
    const auto begin = sockerr::deadline::clock::now();
    std::error_code ec;
    CHECK(sockerr::send_to(s.native_handle(), "x", 1, there, ec) == 0);
    CHECK(ec == sockerr::condition::would_block);
    CHECK(ec != sockerr::condition::timed_out);
    const auto e = thrown<sockerr::would_block>([&] { sockerr::send_to(s.native_handle(), "x", 1, there); });
    CHECK(sockerr::deadline::clock::now() - begin < 2s);
    CHECK(e.circumstance() == circumstance::ports_exhausted);
    CHECK(e.advice() == retry_advice::after_pause);
    CHECK(e.fault() == sockerr::fault::host);
    CHECK(e.cause().find("port") != std::string_view::npos);
    CHECK_FALSE(e.by_deadline());
    CHECK(e.peer() == there.to_string());
  }
  const auto late = thrown<sockerr::timed_out>([&] { sockerr::send_to(s.native_handle(), "x", 1, there, 0, 20ms); });
  CHECK(late.by_deadline());
  CHECK(late.circumstance() == circumstance::ports_exhausted);
  CHECK(late.advice() == retry_advice::after_pause);
  // A full buffer of a socket that has its port is another matter.
  const error bound = examine(taken.native_handle(), errc::resource_unavailable_try_again, operation::send, there);
  CHECK(bound.circumstance() != circumstance::ports_exhausted);
}

TEST_CASE("a stream without a free port is found to have none", "[examine]") {
  const sockerr::socket listening = loopback::listener();
  const loopback::closed_port taken;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  if (!only_port(s, taken.endpoint.port())) SOCKERR_SKIP("this system cannot be told which port to take");
  const auto e =
      thrown<sockerr::address_not_available>([&] { sockerr::connect(s.native_handle(), listening.local_endpoint()); });
  CHECK(e.circumstance() == circumstance::ports_exhausted);
  CHECK(e.advice() == retry_advice::after_pause);
  CHECK(e.fault() == sockerr::fault::host);
}

TEST_CASE("a link local address without its interface is found", "[examine]") {
  std::error_code ec;
  const sockerr::socket s = sockerr::open(AF_INET6, SOCK_STREAM, ec);
  if (ec || !on_linux) SOCKERR_SKIP("no IPv6 here, or another system");
  for (const bool binds : {false, true}) {
    try {
      if (binds)
        sockerr::bind(s.native_handle(), endpoint::ip("fe80::1", 80));
      else
        sockerr::connect(s.native_handle(), endpoint::ip("fe80::1", 80));
      FAIL("nothing was thrown");
    } catch (const sockerr::socket_error& e) {
      CAPTURE(e.what(), e.cause());
      CHECK(e.circumstance() == circumstance::scope_missing);
      CHECK(e.advice() == retry_advice::never);
      CHECK(e.fault() == sockerr::fault::caller);
    }
  }
}

TEST_CASE("a loopback interface that is up is not said to be down", "[examine]") {
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  const endpoint there = endpoint::ip("127.0.0.1", 80);
  CHECK(examine(s.native_handle(), errc::network_unreachable, operation::connect, there).circumstance() !=
        circumstance::loopback_down);
  CHECK(examine(s.native_handle(), errc::address_not_available, operation::connect, there).circumstance() !=
        circumstance::loopback_down);
  std::error_code ec;
  const sockerr::socket six = sockerr::open(AF_INET6, SOCK_STREAM, ec);
  const sockerr::socket bound = sockerr::open(AF_INET6, SOCK_DGRAM, ec);
  if (ec) return;
  sockerr::bind(bound.native_handle(), endpoint::ip("::1", 0), ec);
  if (ec) SOCKERR_SKIP("this machine has no IPv6 loopback address");
  CHECK(examine(six.native_handle(), errc::address_not_available, operation::connect, endpoint::ip("::1", 80))
            .circumstance() != circumstance::no_ipv6_address);
}

// SPDX-License-Identifier: MIT
#include <sockerr/calls.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "descriptors.hpp"
#include "expect.hpp"
#include "loopback.hpp"

using namespace std::chrono_literals;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::native_handle;
using sockerr::operation;
using sockerr::shutdown_direction;

namespace {

using clock_type = std::chrono::steady_clock;
#if defined(__linux__)
constexpr bool on_linux = true;
#else
constexpr bool on_linux = false;
#endif

int flags_of(native_handle handle) { return ::fcntl(handle, F_GETFL); }

void make_non_blocking(native_handle handle) { REQUIRE(::fcntl(handle, F_SETFL, flags_of(handle) | O_NONBLOCK) == 0); }

sockerr::socket stream() { return sockerr::open(AF_INET, SOCK_STREAM); }

void fill(native_handle handle) {
  const std::vector<char> block(65536);
  for (int full = 0; full != 4;) {
    std::error_code ec;
    sockerr::send(handle, block.data(), block.size(), 0, 20ms, ec);
    if (ec) REQUIRE(ec == sockerr::library_errc::deadline_exceeded);
    full = ec ? full + 1 : 0;
  }
}

// A folder for sockets, with what is in it.
class folder {
 public:
  folder() {
    char name[] = "/tmp/sockerr.XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path_ = name;
  }
  ~folder() {
    for (const std::string& file : files_) ::unlink(file.c_str());
    ::rmdir(path_.c_str());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  endpoint file(const char* name) {
    files_.push_back(path_ + "/" + name);
    return endpoint::unix_path(files_.back());
  }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

// A Unix-domain listener whose queue is full.
struct full_unix_listener {
  folder where;
  sockerr::endpoint endpoint = where.file("full");
  sockerr::socket listening = [this] {
    sockerr::listen_options options;
    options.backlog = 0;
    return sockerr::listen_on(endpoint, options);
  }();
  std::vector<sockerr::socket> queued;
  std::error_code refusal = [this] {
    std::error_code ec;
    for (int i = 0; i != 100 && !ec; ++i) {
      queued.push_back(sockerr::open(AF_UNIX, SOCK_STREAM));
      make_non_blocking(queued.back().native_handle());
      queued.back().connect(endpoint, ec);
    }
    queued.pop_back();
    return ec;
  }();
};

volatile sig_atomic_t alarms = 0;
extern "C" void count_alarm(int) { alarms = alarms + 1; }

// Interrupts the calling thread about a thousand times a second, and restarts no call.
class signal_storm {
 public:
  signal_storm() {
    struct sigaction act {};
    act.sa_handler = count_alarm;
    REQUIRE(::sigaction(SIGALRM, &act, &before_) == 0);
    alarms = 0;
    const suseconds_t pause = under_valgrind() ? 20000 : 1000;
    const itimerval every{{0, pause}, {0, pause}};
    REQUIRE(::setitimer(ITIMER_REAL, &every, nullptr) == 0);
  }
  ~signal_storm() {
    const itimerval never{{0, 0}, {0, 0}};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::signal(SIGALRM, SIG_IGN);
    ::sigaction(SIGALRM, &before_, nullptr);
  }
  signal_storm(const signal_storm&) = delete;
  signal_storm& operator=(const signal_storm&) = delete;

  static int count() { return alarms; }

 private:
  struct sigaction before_ {};
};

// A thread that does something a while later, and that signals leave alone.
class quiet_thread {
 public:
  template <class Action>
  quiet_thread(std::chrono::milliseconds pause, Action action) {
    sigset_t alarm;
    sigset_t before;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &alarm, &before);
    thread_ = std::thread{[pause, action] {
      std::this_thread::sleep_for(pause);
      action();
    }};
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ~quiet_thread() { thread_.join(); }
  quiet_thread(const quiet_thread&) = delete;
  quiet_thread& operator=(const quiet_thread&) = delete;

 private:
  std::thread thread_;
};

// Under the storm a call ends in time, neither early nor, at least once in a few tries on a busy machine, late.
template <class Call>
void check_keeps_deadline(Call call) {
  constexpr auto length = 300ms;
  const auto late = under_valgrind() ? 1500ms : 50ms;
  clock_type::duration best = generous;
  for (int i = 0; i != 6 && best > length + late; ++i) {
    std::error_code ec = stale();
    clock_type::duration elapsed{};
    {
      const signal_storm storm;
      const auto begin = clock_type::now();
      call(deadline{length}, ec);
      elapsed = clock_type::now() - begin;
    }
    CHECK(ec == sockerr::library_errc::deadline_exceeded);
    CHECK(elapsed >= length);
    CHECK(alarms > 3);
    best = std::min(best, elapsed);
  }
  CHECK(best <= length + late);
}

std::chrono::nanoseconds processor_time() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

// Every wrapper that takes a handle, in both forms.
struct wrapper {
  const char* name;
  operation during;
  void (*quiet)(native_handle, std::error_code&);
  void (*throwing)(native_handle);
};

const endpoint somewhere = endpoint::ip("127.0.0.1", 9);
char some_byte = 0;
endpoint some_peer;

const wrapper wrappers[] = {
    {"connect", operation::connect, [](native_handle h, std::error_code& ec) { sockerr::connect(h, somewhere, ec); },
     [](native_handle h) { sockerr::connect(h, somewhere); }},
    {"connect with deadline", operation::connect,
     [](native_handle h, std::error_code& ec) { sockerr::connect(h, somewhere, 1h, ec); },
     [](native_handle h) { sockerr::connect(h, somewhere, 1h); }},
    {"bind", operation::bind, [](native_handle h, std::error_code& ec) { sockerr::bind(h, somewhere, ec); },
     [](native_handle h) { sockerr::bind(h, somewhere); }},
    {"listen", operation::listen, [](native_handle h, std::error_code& ec) { sockerr::listen(h, ec); },
     [](native_handle h) { sockerr::listen(h); }},
    {"accept", operation::accept,
     [](native_handle h, std::error_code& ec) { CHECK_FALSE(sockerr::accept(h, ec).is_open()); },
     [](native_handle h) { static_cast<void>(sockerr::accept(h)); }},
    {"accept with deadline", operation::accept,
     [](native_handle h, std::error_code& ec) { CHECK_FALSE(sockerr::accept(h, nullptr, 1h, ec).is_open()); },
     [](native_handle h) { static_cast<void>(sockerr::accept(h, nullptr, 1h)); }},
    {"recv", operation::recv,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::recv(h, &some_byte, 1, ec) == 0); },
     [](native_handle h) { sockerr::recv(h, &some_byte, 1); }},
    {"recv with deadline", operation::recv,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::recv(h, &some_byte, 1, 0, 1h, ec) == 0); },
     [](native_handle h) { sockerr::recv(h, &some_byte, 1, 0, 1h); }},
    {"recv_from", operation::recv,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::recv_from(h, &some_byte, 1, some_peer, ec) == 0); },
     [](native_handle h) { sockerr::recv_from(h, &some_byte, 1, some_peer); }},
    {"recv_exactly", operation::recv_exactly,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::recv_exactly(h, &some_byte, 1, ec) == 0); },
     [](native_handle h) { sockerr::recv_exactly(h, &some_byte, 1, 1h); }},
    {"send", operation::send,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::send(h, &some_byte, 1, ec) == 0); },
     [](native_handle h) { sockerr::send(h, &some_byte, 1, 0, 1h); }},
    {"send_to", operation::send,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::send_to(h, &some_byte, 1, somewhere, ec) == 0); },
     [](native_handle h) { sockerr::send_to(h, &some_byte, 1, somewhere); }},
    {"send_all", operation::send_all,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::send_all(h, &some_byte, 1, ec) == 0); },
     [](native_handle h) { sockerr::send_all(h, &some_byte, 1, 1h); }},
    {"shutdown", operation::shutdown,
     [](native_handle h, std::error_code& ec) { sockerr::shutdown(h, shutdown_direction::both, ec); },
     [](native_handle h) { sockerr::shutdown(h, shutdown_direction::both); }},
    {"local_endpoint", operation::local_address,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::local_endpoint(h, ec) == endpoint{}); },
     [](native_handle h) { static_cast<void>(sockerr::local_endpoint(h)); }},
    {"peer_endpoint", operation::peer_address,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::peer_endpoint(h, ec) == endpoint{}); },
     [](native_handle h) { static_cast<void>(sockerr::peer_endpoint(h)); }},
    {"get_option", operation::get_option,
     [](native_handle h, std::error_code& ec) { CHECK(sockerr::get_option(h, SOL_SOCKET, SO_TYPE, ec) == 0); },
     [](native_handle h) { static_cast<void>(sockerr::get_option(h, SOL_SOCKET, SO_TYPE)); }},
    {"set_option", operation::set_option,
     [](native_handle h, std::error_code& ec) { sockerr::set_option(h, SOL_SOCKET, SO_KEEPALIVE, 1, ec); },
     [](native_handle h) { sockerr::set_option(h, SOL_SOCKET, SO_KEEPALIVE, 1); }},
};

template <class Exception>
void check_every_wrapper(native_handle handle, sockerr::condition expected) {
  for (const wrapper& w : wrappers) {
    INFO(w.name);
    std::error_code ec = stale();
    w.quiet(handle, ec);
    CHECK(ec == expected);
    const auto e = thrown<Exception>([&] { w.throwing(handle); });
    CHECK(e.operation() == w.during);
    CHECK(e.condition() == expected);
    CHECK_FALSE(e.by_deadline());
    CHECK(e.advice() == sockerr::retry_advice::never);
  }
}

// A socket that can take only one port for its near end; false where the system has no such option.
bool only_port(const sockerr::socket& s, std::uint16_t port) {
  constexpr int ip_local_port_range = 51;
  std::error_code ec;
  sockerr::set_option(s.native_handle(), IPPROTO_IP, ip_local_port_range, (std::uint32_t{port} << 16U) | port, ec);
  return on_linux && !ec;
}

std::uint16_t port_that_was_free() { return loopback::closed_port{}.endpoint.port(); }

}  // namespace

TEST_CASE("every wrapper reports a descriptor that is none", "[calls]") {
  check_every_wrapper<sockerr::bad_file_descriptor>(-1, sockerr::condition::bad_file_descriptor);
  const native_handle closed = [] {
    const sockerr::socket s = stream();
    return s.native_handle();
  }();
  check_every_wrapper<sockerr::bad_file_descriptor>(closed, sockerr::condition::bad_file_descriptor);
  std::error_code ec;
  sockerr::close(closed, ec);
  CHECK(ec == sockerr::condition::bad_file_descriptor);
  unsigned line = 0;
  const auto e = thrown<sockerr::bad_file_descriptor>([&] { line = __LINE__, sockerr::close(-1); });
  CHECK(e.operation() == operation::close);
  CHECK(e.where().line() == line);
}

TEST_CASE("only Windows can be told whether to report a closed datagram port", "[calls]") {
  std::error_code ec = stale();
  sockerr::report_port_unreachable(sockerr::invalid_handle, false, ec);
  CHECK_FALSE(ec);
  sockerr::report_port_unreachable(sockerr::invalid_handle, true);
}

TEST_CASE("every wrapper reports what is not a socket", "[calls]") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  check_every_wrapper<sockerr::not_a_socket>(ends[0], sockerr::condition::not_a_socket);
  check_every_wrapper<sockerr::not_a_socket>(ends[1], sockerr::condition::not_a_socket);
  CHECK((flags_of(ends[0]) & O_NONBLOCK) == 0);
  sockerr::close(ends[0]);
  sockerr::close(ends[1]);
  const int file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  REQUIRE(file != -1);
  check_every_wrapper<sockerr::not_a_socket>(file, sockerr::condition::not_a_socket);
  sockerr::close(file);
}

TEST_CASE("a non blocking descriptor without a deadline would block", "[calls]") {
  const loopback::connection c;
  const native_handle handle = c.client.native_handle();
  const native_handle listening = c.listening.native_handle();
  make_non_blocking(handle);
  make_non_blocking(listening);
  char byte = 0;
  endpoint peer;
  std::error_code ec;
  CHECK(sockerr::recv(handle, &byte, 1, ec) == 0);
  CHECK(ec == sockerr::condition::would_block);
  CHECK(sockerr::recv_from(handle, &byte, 1, peer, ec) == 0);
  CHECK(ec == sockerr::condition::would_block);
  CHECK(sockerr::recv_exactly(handle, &byte, 1, ec) == 0);
  CHECK(ec == sockerr::condition::would_block);
  CHECK_FALSE(sockerr::accept(listening, ec).is_open());
  CHECK(ec == sockerr::condition::would_block);
  const std::vector<char> data(std::size_t{64} << 20U);
  CHECK(sockerr::send_all(handle, data.data(), data.size(), ec) > 0);
  CHECK(ec == sockerr::condition::would_block);
  unsigned line = 0;
  const auto received = thrown<sockerr::would_block>([&] { line = __LINE__, sockerr::recv(handle, &byte, 1); });
  CHECK(received.operation() == operation::recv);
  CHECK(received.advice() == sockerr::retry_advice::when_ready);
  CHECK(received.peer() == c.listening.local_endpoint().to_string());
  CHECK(received.where().line() == line);
  const auto accepted = thrown<sockerr::would_block>([&] { static_cast<void>(sockerr::accept(listening)); });
  CHECK(accepted.operation() == operation::accept);
  CHECK((flags_of(handle) & O_NONBLOCK) != 0);
  CHECK((flags_of(listening) & O_NONBLOCK) != 0);
}

TEST_CASE("a non blocking descriptor with a timeout of its own would block at once", "[calls]") {
  const loopback::connection c;
  const native_handle handle = c.client.native_handle();
  const native_handle listening = c.listening.native_handle();
  const sockerr::socket datagrams = loopback::datagram_socket();
  for (const native_handle h : {handle, listening, datagrams.native_handle()}) {
    make_non_blocking(h);
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) sockerr::set_option(h, SOL_SOCKET, option, timeval{30, 0});
  }
  fill(handle);
  const std::vector<char> block(std::size_t{16} << 20U);
  const auto begin = clock_type::now();
  const auto check = [](operation during, auto quiet, auto throwing) {
    std::error_code ec;
    quiet(ec);
    CHECK(ec == sockerr::condition::would_block);
    CHECK(ec.category() == sockerr::socket_category());
    const auto e = thrown<sockerr::would_block>(throwing);
    CHECK(e.operation() == during);
    CHECK_FALSE(e.by_deadline());
    CHECK(e.code().category() == sockerr::socket_category());
  };
  char byte = 0;
  endpoint from;
  check(
      operation::recv, [&](std::error_code& ec) { sockerr::recv(handle, &byte, 1, ec); },
      [&] { return sockerr::recv(handle, &byte, 1); });
  check(
      operation::recv, [&](std::error_code& ec) { sockerr::recv_from(datagrams.native_handle(), &byte, 1, from, ec); },
      [&] { return sockerr::recv_from(datagrams.native_handle(), &byte, 1, from); });
  check(
      operation::recv_exactly, [&](std::error_code& ec) { sockerr::recv_exactly(handle, &byte, 1, ec); },
      [&] { return sockerr::recv_exactly(handle, &byte, 1); });
  check(
      operation::accept, [&](std::error_code& ec) { CHECK_FALSE(sockerr::accept(listening, ec).is_open()); },
      [&] { return sockerr::accept(listening).is_open(); });
  // TCP may find room again for a while.
  std::error_code ec;
  while (!ec) sockerr::send(handle, block.data(), block.size(), ec);
  CHECK(ec == sockerr::condition::would_block);
  sockerr::send_all(handle, block.data(), block.size(), ec);
  CHECK(ec == sockerr::condition::would_block);
  CHECK(clock_type::now() - begin < 15s);
}

TEST_CASE("a connect that goes on in the background would block", "[calls]") {
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
  const sockerr::socket s = stream();
  make_non_blocking(s.native_handle());
  std::error_code ec;
  sockerr::connect(s.native_handle(), deaf.endpoint, ec);
  CHECK(ec == sockerr::condition::would_block);
  // Asked again, it is still going on.
  sockerr::connect(s.native_handle(), deaf.endpoint, ec);
  CHECK(ec == sockerr::condition::would_block);
  // With a deadline it is waited for.
  sockerr::connect(s.native_handle(), deaf.endpoint, 30ms, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
}

TEST_CASE("asking not to wait is not a timeout", "[calls]") {
  for (const bool has_timeout : {false, true}) {
    const loopback::connection c;
    const native_handle handle = c.client.native_handle();
    const sockerr::socket datagrams = loopback::datagram_socket();
    if (has_timeout)
      for (const native_handle h : {handle, datagrams.native_handle()})
        for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) sockerr::set_option(h, SOL_SOCKET, option, timeval{30, 0});
    char byte = 0;
    std::error_code ec;
    endpoint from;
    CHECK(sockerr::recv(handle, &byte, 1, MSG_DONTWAIT, {}, ec) == 0);
    CHECK(ec == sockerr::condition::would_block);
    CHECK(sockerr::recv_from(datagrams.native_handle(), &byte, 1, from, MSG_DONTWAIT, {}, ec) == 0);
    CHECK(ec == sockerr::condition::would_block);
    fill(handle);
    const std::vector<char> block(16U << 20U);
    // What there is room for is taken.
    while (sockerr::send(handle, block.data(), block.size(), MSG_DONTWAIT, {}, ec) != 0) continue;
    CHECK(ec == sockerr::condition::would_block);
    while (sockerr::send_to(handle, block.data(), block.size(), endpoint{}, MSG_DONTWAIT, {}, ec) != 0) continue;
    CHECK(ec == sockerr::condition::would_block);
  }
}

TEST_CASE("a deadline makes a non blocking descriptor wait", "[calls]") {
  const loopback::connection c;
  make_non_blocking(c.client.native_handle());
  make_non_blocking(c.listening.native_handle());
  for (const deadline until : {deadline{generous}, deadline::never()}) {
    std::error_code ec = stale();
    char byte = 0;
    {
      const quiet_thread later{20ms, [&] {
                                 std::error_code ignored;
                                 sockerr::send(c.server.native_handle(), "x", 1, ignored);
                               }};
      CHECK(sockerr::recv(c.client.native_handle(), &byte, 1, 0, until, ec) == 1);
    }
    CHECK_FALSE(ec);
    const sockerr::socket second = stream();
    ec = stale();
    {
      const quiet_thread later{20ms, [&] {
                                 std::error_code ignored;
                                 sockerr::connect(second.native_handle(), c.listening.local_endpoint(ignored), ignored);
                               }};
      CHECK(sockerr::accept(c.listening.native_handle(), nullptr, until, ec).is_open());
    }
    CHECK_FALSE(ec);
  }
  const sockerr::socket third = stream();
  make_non_blocking(third.native_handle());
  sockerr::connect(third.native_handle(), c.listening.local_endpoint(), deadline::never());
  CHECK((flags_of(third.native_handle()) & O_NONBLOCK) != 0);
  check_times_out(
      30ms, operation::recv,
      [&](deadline d, std::error_code& ec) { sockerr::recv(third.native_handle(), &some_byte, 1, 0, d, ec); },
      [&](deadline d) { sockerr::recv(third.native_handle(), &some_byte, 1, 0, d); });
}

TEST_CASE("an accepted connection blocks whatever the listener does", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  make_non_blocking(listening.native_handle());
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  const sockerr::socket server = sockerr::accept(listening.native_handle(), nullptr, generous);
  CHECK((flags_of(server.native_handle()) & O_NONBLOCK) == 0);
}

TEST_CASE("the blocking mode is as it was after a call with a deadline", "[calls]") {
  loopback::connection c;
  const native_handle client = c.client.native_handle();
  const native_handle listening = c.listening.native_handle();
  const loopback::closed_port closed;
  char byte = 0;
  endpoint peer;
  for (const bool blocks : {true, false}) {
    if (!blocks) {
      make_non_blocking(client);
      make_non_blocking(listening);
    }
    const auto unchanged = [&](native_handle handle) { return ((flags_of(handle) & O_NONBLOCK) == 0) == blocks; };
    const auto fresh = [&] {
      sockerr::socket s = stream();
      if (!blocks) make_non_blocking(s.native_handle());
      return s;
    };
    std::error_code ec;
    CHECK(sockerr::recv(client, &byte, 1, 0, 5ms, ec) == 0);
    CHECK(unchanged(client));
    CHECK(sockerr::recv_from(client, &byte, 1, peer, 0, 5ms, ec) == 0);
    CHECK(unchanged(client));
    CHECK(sockerr::recv_exactly(client, &byte, 1, 5ms, ec) == 0);
    CHECK(unchanged(client));
    CHECK(sockerr::send(client, &byte, 1, 0, 5ms, ec) == 1);
    CHECK(unchanged(client));
    CHECK(sockerr::send_all(client, &byte, 1, generous, ec) == 1);
    CHECK(unchanged(client));
    // An accept that fails, and one that does not.
    CHECK_FALSE(sockerr::accept(listening, nullptr, 5ms, ec).is_open());
    CHECK(unchanged(listening));
    const sockerr::socket connected = fresh();
    sockerr::connect(connected.native_handle(), c.listening.local_endpoint(), generous, ec);
    CHECK_FALSE(ec);
    CHECK(unchanged(connected.native_handle()));
    CHECK(sockerr::accept(listening, nullptr, generous, ec).is_open());
    CHECK(unchanged(listening));
    const sockerr::socket refused = fresh();
    sockerr::connect(refused.native_handle(), closed.endpoint, generous, ec);
    CHECK(ec == sockerr::condition::connection_refused);
    CHECK(unchanged(refused.native_handle()));
    const loopback::deaf_listener deaf;
    if (!deaf.is_deaf) continue;
    const sockerr::socket late = fresh();
    sockerr::connect(late.native_handle(), deaf.endpoint, 5ms, ec);
    CHECK(ec == sockerr::condition::timed_out);
    CHECK(unchanged(late.native_handle()));
  }
}

TEST_CASE("the timeout of a blocking descriptor is a deadline like ours", "[calls]") {
  const loopback::connection c;
  const native_handle handle = c.client.native_handle();
  const timeval limit{0, 30000};
  sockerr::set_option(handle, SOL_SOCKET, SO_RCVTIMEO, limit);
  sockerr::set_option(handle, SOL_SOCKET, SO_SNDTIMEO, limit);
  sockerr::set_option(c.listening.native_handle(), SOL_SOCKET, SO_RCVTIMEO, limit);
  // The system's clock of timeouts is coarse.
  constexpr auto at_least = 20ms;
  const auto check = [&](operation during, const std::function<void(std::error_code&)>& quiet,
                         const std::function<void()>& throwing) {
    std::error_code ec = stale();
    const auto begin = clock_type::now();
    quiet(ec);
    CHECK(ec == sockerr::library_errc::deadline_exceeded);
    CHECK(clock_type::now() - begin >= at_least);
    CHECK(clock_type::now() - begin < generous);
    const auto e = thrown<sockerr::timed_out>(throwing);
    CHECK(e.by_deadline());
    CHECK(e.advice() == sockerr::retry_advice::when_ready);
    CHECK(e.operation() == during);
  };
  char byte = 0;
  endpoint peer;
  check(
      operation::recv, [&](std::error_code& ec) { sockerr::recv(handle, &byte, 1, ec); },
      [&] { sockerr::recv(handle, &byte, 1); });
  check(
      operation::recv, [&](std::error_code& ec) { sockerr::recv_from(handle, &byte, 1, peer, ec); },
      [&] { sockerr::recv_from(handle, &byte, 1, peer); });
  check(
      operation::recv_exactly, [&](std::error_code& ec) { sockerr::recv_exactly(handle, &byte, 1, ec); },
      [&] { sockerr::recv_exactly(handle, &byte, 1); });
  check(
      operation::accept,
      [&](std::error_code& ec) { CHECK_FALSE(sockerr::accept(c.listening.native_handle(), ec).is_open()); },
      [&] { static_cast<void>(sockerr::accept(c.listening.native_handle())); });
  // In the Unix domain full is full; TCP finds room again after a while.
  int handles[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, handles) == 0);
  const sockerr::socket ends[] = {sockerr::socket{handles[0]}, sockerr::socket{handles[1]}};
  sockerr::set_option(handles[0], SOL_SOCKET, SO_SNDTIMEO, limit);
  fill(handles[0]);
  const std::vector<char> block(65536);
  check(
      operation::send, [&](std::error_code& ec) { sockerr::send(handles[0], block.data(), block.size(), ec); },
      [&] { sockerr::send(handles[0], block.data(), block.size()); });
  check(
      operation::send_all, [&](std::error_code& ec) { sockerr::send_all(handles[0], block.data(), block.size(), ec); },
      [&] { sockerr::send_all(handles[0], block.data(), block.size()); });
  // A deadline goes before it.
  std::error_code ec;
  const auto begin = clock_type::now();
  sockerr::recv(handle, &byte, 1, 0, 90ms, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(clock_type::now() - begin >= 90ms);
}

TEST_CASE("the timeout of a blocking connect is a deadline like ours", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("SO_SNDTIMEO limits connect on Linux only");
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
  const timeval limit{0, 30000};
  const sockerr::socket s = stream();
  sockerr::set_option(s.native_handle(), SOL_SOCKET, SO_SNDTIMEO, limit);
  const auto e = thrown<sockerr::timed_out>([&] { sockerr::connect(s.native_handle(), deaf.endpoint); });
  CHECK(e.by_deadline());
  CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
  CHECK(e.operation() == operation::connect);
  const full_unix_listener full;
  const sockerr::socket local = sockerr::open(AF_UNIX, SOCK_STREAM);
  sockerr::set_option(local.native_handle(), SOL_SOCKET, SO_SNDTIMEO, limit);
  std::error_code ec;
  sockerr::connect(local.native_handle(), full.endpoint, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
}

TEST_CASE("a connect to a full backlog times out", "[calls]") {
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
  check_times_out(
      60ms, operation::connect,
      [&](deadline d, std::error_code& ec) { sockerr::connect(stream().native_handle(), deaf.endpoint, d, ec); },
      [&](deadline d) { sockerr::connect(stream().native_handle(), deaf.endpoint, d); });
  const sockerr::socket s = stream();
  const auto e = thrown<sockerr::timed_out>([&] { sockerr::connect(s.native_handle(), deaf.endpoint, 0s); });
  CHECK(e.peer() == deaf.endpoint.to_string());
  CHECK(e.by_deadline());
  CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
}

TEST_CASE("every descriptor is close on exec", "[calls]") {
  const loopback::connection c;
  const sockerr::socket datagram = loopback::datagram_socket();
  const sockerr::socket local = sockerr::open(AF_UNIX, SOCK_STREAM);
  for (const native_handle handle : {c.listening.native_handle(), c.client.native_handle(), c.server.native_handle(),
                                     datagram.native_handle(), local.native_handle()})
    CHECK((::fcntl(handle, F_GETFD) & FD_CLOEXEC) != 0);
  const sockerr::socket client = sockerr::connect_to(c.listening.local_endpoint());
  const sockerr::socket waited = sockerr::accept(c.listening.native_handle());
  CHECK((::fcntl(waited.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("writing to a closed connection raises no signal", "[calls]") {
  // With its default disposition SIGPIPE would end this process.
  struct sigaction before {};
  struct sigaction during {};
  during.sa_handler = SIG_DFL;
  REQUIRE(::sigaction(SIGPIPE, &during, &before) == 0);
  REQUIRE(::sigaction(SIGPIPE, nullptr, &during) == 0);
  sigset_t mask_before;
  sigset_t pipe_signal;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  REQUIRE(::pthread_sigmask(SIG_UNBLOCK, &pipe_signal, &mask_before) == 0);

  std::vector<sockerr::socket> broken;
  loopback::connection c;
  c.client.shutdown(shutdown_direction::send);
  broken.push_back(std::move(c.client));
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  broken.emplace_back(pair[0]);
  sockerr::close(pair[1]);
  for (sockerr::socket& s : broken) {
    for (const deadline until : {deadline{}, deadline{generous}}) {
      std::error_code ec;
      CHECK(s.send("x", 1, 0, until, ec) == 0);
      CHECK(ec == sockerr::condition::broken_pipe);
      CHECK(s.send_all("x", 1, until, ec) == 0);
      CHECK(ec == sockerr::condition::broken_pipe);
      CHECK(s.send_to("x", 1, endpoint{}, 0, until, ec) == 0);
      CHECK(ec == sockerr::condition::broken_pipe);
      const auto e = thrown<sockerr::broken_pipe>([&] { s.send("x", 1, 0, until); });
      CHECK(e.operation() == operation::send);
      CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
    }
  }

  struct sigaction after {};
  sigset_t mask_after;
  sigset_t pending;
  REQUIRE(::sigaction(SIGPIPE, nullptr, &after) == 0);
  REQUIRE(::pthread_sigmask(SIG_SETMASK, &mask_before, &mask_after) == 0);
  REQUIRE(::sigpending(&pending) == 0);
  CHECK(after.sa_handler == SIG_DFL);
  CHECK(after.sa_flags == during.sa_flags);
  CHECK(::sigismember(&mask_after, SIGPIPE) == 0);
  CHECK(::sigismember(&pending, SIGPIPE) == 0);
  ::sigaction(SIGPIPE, &before, nullptr);
}

TEST_CASE("sending to a reset connection is a reset and then a broken pipe", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("the order of these errors is that of Linux");
  loopback::connection c;
  loopback::reset(c.server);
  const native_handle handle = c.client.native_handle();
  // The reset has arrived when the system has forgotten the peer; looking does not take the error away.
  const deadline until{generous};
  std::error_code ec;
  while (!until.has_passed() && !ec) static_cast<void>(sockerr::peer_endpoint(handle, ec));
  CHECK(ec == sockerr::condition::not_connected);
  CHECK(sockerr::send(handle, "x", 1, ec) == 0);
  CHECK(ec == sockerr::condition::connection_reset);
  CHECK(sockerr::send(handle, "x", 1, ec) == 0);
  CHECK(ec == sockerr::condition::broken_pipe);
  char byte = 0;
  ec = stale();
  CHECK(sockerr::recv(handle, &byte, 1, ec) == 0);
  CHECK_FALSE(ec);
}

TEST_CASE("receiving from a reset connection is a reset and then its end", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("the order of these errors is that of Linux");
  for (const deadline until : {deadline{}, deadline{generous}}) {
    loopback::connection c;
    loopback::reset(c.server);
    const native_handle handle = c.client.native_handle();
    char byte = 0;
    std::error_code ec;
    CHECK(sockerr::recv(handle, &byte, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::connection_reset);
    CHECK(sockerr::recv(handle, &byte, 1, 0, until, ec) == 0);
    CHECK_FALSE(ec);
    CHECK(sockerr::send(handle, &byte, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::broken_pipe);
  }
}

TEST_CASE("receiving exactly tells how much came before a reset", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("what arrived before a reset is kept on Linux");
  for (const deadline until : {deadline{}, deadline{generous}}) {
    loopback::connection c;
    c.server.send_all("abc", 3);
    char data[8] = {};
    // It has arrived.
    CHECK(c.client.recv(data, sizeof data, MSG_PEEK) == 3);
    loopback::reset(c.server);
    std::error_code ec;
    CHECK(sockerr::recv_exactly(c.client.native_handle(), data, sizeof data, until, ec) == 3);
    CHECK(ec == sockerr::condition::connection_reset);
    CHECK(std::string_view(data, 3) == "abc");
  }
}

TEST_CASE("sending all tells how much was taken before a reset", "[calls]") {
  loopback::connection c;
  const std::vector<char> data(std::size_t{64} << 20U);
  std::error_code ec;
  std::size_t count = 0;
  {
    const quiet_thread later{0ms, [&] {
                               std::error_code ignored;
                               char byte = 0;  // some has been taken, then
                               sockerr::recv(c.server.native_handle(), &byte, 1, 0, generous, ignored);
                               const linger at_once{1, 0};
                               sockerr::set_option(c.server.native_handle(), SOL_SOCKET, SO_LINGER, at_once, ignored);
                               c.server.close(ignored);
                             }};
    count = sockerr::send_all(c.client.native_handle(), data.data(), data.size(), ec);
  }
  CHECK(ec == sockerr::condition::connection_error);
  CHECK(count > 0);
  CHECK(count < data.size());
}

TEST_CASE("sending on a socket that was never connected is a broken pipe", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("other systems say not connected");
  const sockerr::socket s = stream();
  unsigned line = 0;
  const auto e = thrown<sockerr::broken_pipe>([&] { line = __LINE__, sockerr::send(s.native_handle(), "x", 1); });
  CHECK(e.operation() == operation::send);
  CHECK(e.where().line() == line);
  const auto all = thrown<sockerr::broken_pipe>([&] { line = __LINE__, sockerr::send_all(s.native_handle(), "x", 1); });
  CHECK(all.operation() == operation::send_all);
  CHECK(all.where().line() == line);
}

TEST_CASE("a buffer that is nowhere is an invalid argument", "[calls]") {
  if (under_valgrind()) SOCKERR_SKIP("valgrind takes this for an error of the program");
  const loopback::connection c;
  std::error_code ec;
  CHECK(sockerr::send(c.server.native_handle(), "x", 1, ec) == 1);
  for (const deadline until : {deadline{}, deadline{generous}}) {
    CHECK(sockerr::send(c.client.native_handle(), nullptr, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::invalid_argument);
    CHECK(sockerr::recv(c.client.native_handle(), nullptr, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::invalid_argument);
    CHECK(thrown<sockerr::invalid_argument>([&] {
            sockerr::send(c.client.native_handle(), nullptr, 1, 0, until);
          }).symbol() == "EFAULT");
  }
}

TEST_CASE("no bytes are received where some have arrived", "[calls]") {
  const loopback::connection c;
  sockerr::send_all(c.server.native_handle(), "x", 1);
  for (const deadline until : {deadline{}, deadline{generous}}) {
    std::error_code ec = stale();
    CHECK(sockerr::recv(c.client.native_handle(), nullptr, 0, 0, until, ec) == 0);
    CHECK_FALSE(ec);
  }
  char data[2] = {};
  CHECK(sockerr::recv(c.client.native_handle(), data, 2, 0, generous) == 1);
}

TEST_CASE("a wait of a fraction of a millisecond does not spin", "[calls]") {
  const loopback::connection c;
  char byte = 0;
  std::error_code ec;
  const auto spent = [&](std::chrono::nanoseconds length) {
    const auto begin = processor_time();
    for (int i = 0; i != 100; ++i) sockerr::recv(c.client.native_handle(), &byte, 1, 0, length, ec);
    return (processor_time() - begin) / 100;
  };
  CHECK(ec == std::error_code{});
  spent(1ns);
  if (under_valgrind()) SOCKERR_SKIP("everything takes long under valgrind");
  // Rounded down, the last 0.9 milliseconds of each would be spent spinning.
  CHECK(spent(1900us) < 500us);
  CHECK(spent(900us) < 500us);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
}

TEST_CASE("a stream over a Unix path carries bytes", "[calls]") {
  folder where;
  for (const endpoint& there :
       {where.file("stream"), endpoint::abstract_name("sockerr\n\xff" + std::to_string(::getpid()))}) {
    if (there.path()[0] == 0 && !on_linux) continue;
    const sockerr::socket listening = sockerr::open(AF_UNIX, SOCK_STREAM);
    sockerr::bind(listening.native_handle(), there);
    sockerr::listen(listening.native_handle(), 4);
    CHECK(sockerr::local_endpoint(listening.native_handle()) == there);
    for (const deadline until : {deadline{}, deadline{generous}}) {
      const sockerr::socket client = sockerr::open(AF_UNIX, SOCK_STREAM);
      std::error_code ec = stale();
      sockerr::connect(client.native_handle(), there, until, ec);
      CHECK_FALSE(ec);
      endpoint peer = there;
      const sockerr::socket server = sockerr::accept(listening.native_handle(), &peer, generous);
      CHECK(peer.path().empty());
      CHECK(sockerr::peer_endpoint(client.native_handle()) == there);
      CHECK(sockerr::send_all(client.native_handle(), "abc", 3, until) == 3);
      char data[3] = {};
      CHECK(sockerr::recv_exactly(server.native_handle(), data, 3, until) == 3);
      const auto e = thrown<sockerr::timed_out>([&] { sockerr::recv(client.native_handle(), data, 3, 0, 1ms); });
      CHECK(e.peer() == there.to_string());
    }
  }
}

TEST_CASE("datagrams over Unix paths tell who sent them", "[calls]") {
  folder where;
  const sockerr::socket a = sockerr::open(AF_UNIX, SOCK_DGRAM);
  const sockerr::socket b = sockerr::open(AF_UNIX, SOCK_DGRAM);
  const endpoint at_a = where.file("a");
  const endpoint at_b = where.file("b");
  sockerr::bind(a.native_handle(), at_a);
  sockerr::bind(b.native_handle(), at_b);
  CHECK(sockerr::send_to(a.native_handle(), "abc", 3, at_b) == 3);
  char data[8] = {};
  endpoint peer;
  CHECK(sockerr::recv_from(b.native_handle(), data, sizeof data, peer, 0, generous) == 3);
  CHECK(peer == at_a);
  // One without a name has none.
  const sockerr::socket nameless = sockerr::open(AF_UNIX, SOCK_DGRAM);
  sockerr::connect(nameless.native_handle(), at_b);
  CHECK(sockerr::send(nameless.native_handle(), "x", 1) == 1);
  CHECK(sockerr::recv_from(b.native_handle(), data, sizeof data, peer, 0, generous) == 1);
  CHECK(peer.path().empty());
  // Nobody is there.
  const auto gone = thrown<sockerr::path_error>([&] { sockerr::send_to(a.native_handle(), "x", 1, where.file("c")); });
  CHECK(gone.operation() == operation::send);
}

TEST_CASE("a datagram to a queue that stays full times out", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("other systems say no buffer space");
  folder where;
  const endpoint there = where.file("full");
  const sockerr::socket receiver = sockerr::open(AF_UNIX, SOCK_DGRAM);
  sockerr::bind(receiver.native_handle(), there);
  const sockerr::socket sender = sockerr::open(AF_UNIX, SOCK_DGRAM);
  make_non_blocking(sender.native_handle());
  std::error_code ec;
  for (int i = 0; i != 100000 && !ec; ++i) sockerr::send_to(sender.native_handle(), "x", 1, there, ec);
  REQUIRE(ec == sockerr::condition::would_block);
  // An unconnected sender is always told that it can write: the wait neither spins nor goes on for ever.
  const auto begin = processor_time();
  check_times_out(
      100ms, operation::send,
      [&](deadline d, std::error_code& e) { sockerr::send_to(sender.native_handle(), "x", 1, there, 0, d, e); },
      [&](deadline d) { sockerr::send_to(sender.native_handle(), "x", 1, there, 0, d); });
  if (!under_valgrind()) CHECK(processor_time() - begin < 40ms);
  const quiet_thread later{20ms, [&] {
                             char byte = 0;
                             std::error_code ignored;
                             for (int i = 0; i != 3; ++i) sockerr::recv(receiver.native_handle(), &byte, 1, ignored);
                           }};
  ec = stale();
  CHECK(sockerr::send_to(sender.native_handle(), "x", 1, there, 0, generous, ec) == 1);
  CHECK_FALSE(ec);
}

TEST_CASE("a missing path is a path error", "[calls]") {
  folder where;
  const endpoint missing = where.file("missing");
  for (const deadline until : {deadline{}, deadline{generous}}) {
    const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
    std::error_code ec;
    sockerr::connect(s.native_handle(), missing, until, ec);
    CHECK(ec == sockerr::condition::path_error);
    const auto e = thrown<sockerr::path_error>([&] { sockerr::connect(s.native_handle(), missing, until); });
    CHECK(e.operation() == operation::connect);
    CHECK(e.peer() == missing.to_string());
    CHECK(e.symbol() == "ENOENT");
  }
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  const endpoint nowhere = endpoint::unix_path("/nonexistent.sockerr/socket");
  const auto e = thrown<sockerr::path_error>([&] { sockerr::bind(s.native_handle(), nowhere); });
  CHECK(e.operation() == operation::bind);
  CHECK(e.local() == "/nonexistent.sockerr/socket");
}

TEST_CASE("a path that nobody serves any more is refused", "[calls]") {
  folder where;
  const endpoint stale_path = where.file("stale");
  { const sockerr::socket gone = sockerr::listen_on(stale_path); }
  for (const deadline until : {deadline{}, deadline{generous}}) {
    const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
    std::error_code ec;
    sockerr::connect(s.native_handle(), stale_path, until, ec);
    CHECK(ec == sockerr::condition::connection_refused);
  }
  // It is still in the way of the next who binds.
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  const auto e = thrown<sockerr::address_in_use>([&] { sockerr::bind(s.native_handle(), stale_path); });
  CHECK(e.local() == stale_path.to_string());
}

TEST_CASE("a stream to a datagram path is not supported", "[calls]") {
  folder where;
  const endpoint there = where.file("datagram");
  const sockerr::socket datagram = sockerr::open(AF_UNIX, SOCK_DGRAM);
  sockerr::bind(datagram.native_handle(), there);
  for (const deadline until : {deadline{}, deadline{generous}}) {
    const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
    std::error_code ec;
    sockerr::connect(s.native_handle(), there, until, ec);
    CHECK(ec == sockerr::condition::not_supported);
    const auto e = thrown<sockerr::not_supported>([&] { sockerr::connect(s.native_handle(), there, until); });
    CHECK(e.peer() == there.to_string());
  }
}

TEST_CASE("a full Unix backlog would block and can be waited for", "[calls]") {
  const full_unix_listener full;
  if (!on_linux) SOCKERR_SKIP("other systems refuse at once");
  CHECK(full.refusal == sockerr::condition::would_block);
  CHECK(full.refusal == sockerr::errc::resource_unavailable_try_again);
  CHECK(sockerr::advise(full.refusal, operation::connect) == sockerr::retry_advice::after_pause);
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  make_non_blocking(s.native_handle());
  unsigned line = 0;
  const auto e =
      thrown<sockerr::would_block>([&] { line = __LINE__, sockerr::connect(s.native_handle(), full.endpoint); });
  CHECK(e.advice() == sockerr::retry_advice::after_pause);
  CHECK(e.peer() == full.endpoint.to_string());
  CHECK(e.where().line() == line);
  // Blocking or not, a deadline is kept.
  for (const bool blocks : {true, false}) {
    const sockerr::socket late = sockerr::open(AF_UNIX, SOCK_STREAM);
    if (!blocks) make_non_blocking(late.native_handle());
    const auto before = processor_time();
    check_times_out(
        60ms, operation::connect,
        [&](deadline d, std::error_code& ec) { sockerr::connect(late.native_handle(), full.endpoint, d, ec); },
        [&](deadline d) { sockerr::connect(late.native_handle(), full.endpoint, d); });
    if (!under_valgrind()) CHECK(processor_time() - before < 30ms);
    CHECK(((flags_of(late.native_handle()) & O_NONBLOCK) == 0) == blocks);
  }
}

TEST_CASE("a full Unix backlog is connected to when there is room", "[calls]") {
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    const full_unix_listener full;
    const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
    std::error_code ec = stale();
    {
      const quiet_thread later{30ms, [&] {
                                 std::error_code ignored;
                                 sockerr::accept(full.listening.native_handle(), ignored).close(ignored);
                               }};
      sockerr::connect(s.native_handle(), full.endpoint, until, ec);
    }
    if (!on_linux) SOCKERR_SKIP("other systems refuse at once");
    CHECK_FALSE(ec);
    CHECK(sockerr::peer_endpoint(s.native_handle()) == full.endpoint);
  }
}

TEST_CASE("a connection that met itself is refused and torn down", "[calls]") {
  for (const char* address : {"127.0.0.1", "0.0.0.0"}) {
    for (const deadline until : {deadline{}, deadline{generous}}) {
      bool met = false;
      // Somebody else may take the port first: then another one.
      for (int i = 0; i != 20 && !met; ++i) {
        const std::uint16_t port = port_that_was_free();
        const sockerr::socket s = stream();
        if (!only_port(s, port)) SOCKERR_SKIP("this system cannot be told which port to take");
        std::error_code ec = stale();
        sockerr::connect(s.native_handle(), endpoint::ip(address, port), until, ec);
        if (ec == sockerr::condition::address_not_available) continue;
        INFO(address);
        CHECK(ec == sockerr::condition::connection_refused);
        met = ec == sockerr::condition::connection_refused;
        if (!met) break;
        std::error_code after;
        CHECK(sockerr::send(s.native_handle(), "x", 1, after) == 0);
        CHECK(after == sockerr::condition::connection_error);
        char byte = 0;
        CHECK(sockerr::recv(s.native_handle(), &byte, 1, 0, 0s, after) == 0);
        CHECK_FALSE(after == sockerr::condition::timed_out);
      }
      CHECK(met);
    }
  }
}

TEST_CASE("a connection that met itself leaves its port to others", "[calls]") {
  // Somebody else may be faster, but not each time.
  for (int i = 0; i != 20; ++i) {
    const endpoint there = endpoint::ip("127.0.0.1", port_that_was_free());
    sockerr::socket s = stream();
    if (!only_port(s, there.port())) SOCKERR_SKIP("this system cannot be told which port to take");
    std::error_code ec;
    s.connect(there, ec);
    if (ec != sockerr::condition::connection_refused) continue;
    s.close();
    const sockerr::socket late = stream();
    sockerr::bind(late.native_handle(), there, ec);
    if (!ec) {
      SUCCEED();
      return;
    }
  }
  FAIL("the port was taken each time");
}

TEST_CASE("a connection that met itself is thrown as refused", "[calls]") {
  for (int i = 0; i != 20; ++i) {
    const endpoint there = endpoint::ip("127.0.0.1", port_that_was_free());
    const sockerr::socket s = stream();
    if (!only_port(s, there.port())) SOCKERR_SKIP("this system cannot be told which port to take");
    try {
      sockerr::connect(s.native_handle(), there);
      FAIL("nothing was thrown");
    } catch (const sockerr::connection_refused& e) {
      CHECK(e.peer() == there.to_string());
      CHECK(e.operation() == operation::connect);
      return;
    } catch (const sockerr::address_not_available&) {
      // Somebody else was faster.
    }
  }
  FAIL("no port was free");
}

TEST_CASE("without a free port there is no connection until later", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  const loopback::closed_port taken;
  for (const deadline until : {deadline{}, deadline{generous}}) {
    const sockerr::socket s = stream();
    if (!only_port(s, taken.endpoint.port())) SOCKERR_SKIP("this system cannot be told which port to take");
    std::error_code ec;
    sockerr::connect(s.native_handle(), listening.local_endpoint(), until, ec);
    CHECK(ec == sockerr::condition::address_not_available);
    const auto e = thrown<sockerr::address_not_available>(
        [&] { sockerr::connect(s.native_handle(), listening.local_endpoint(), until); });
    CHECK(e.operation() == operation::connect);
    CHECK(e.advice() == sockerr::retry_advice::after_pause);
    CHECK(e.peer() == listening.local_endpoint().to_string());
    CHECK(e.cause() != sockerr::cause(e.code(), operation::bind));
  }
}

TEST_CASE("a datagram socket without a free port would block and is not timed out", "[calls]") {
  const sockerr::socket taken = loopback::datagram_socket();
  const endpoint there = taken.local_endpoint();
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_DGRAM);
  if (!only_port(s, there.port())) SOCKERR_SKIP("this system cannot be told which port to take");
  std::error_code ec;
  CHECK(sockerr::send_to(s.native_handle(), "x", 1, there, ec) == 0);
  CHECK(ec == sockerr::condition::would_block);
  sockerr::connect(s.native_handle(), there, ec);
  CHECK(ec == sockerr::condition::would_block);
  const auto e = thrown<sockerr::would_block>([&] { sockerr::send_to(s.native_handle(), "x", 1, there); });
  CHECK(e.operation() == operation::send);
  CHECK_FALSE(e.by_deadline());
  // A deadline that is always ready is kept all the same.
  check_times_out(
      50ms, operation::send,
      [&](deadline d, std::error_code& failed) { sockerr::send_to(s.native_handle(), "x", 1, there, 0, d, failed); },
      [&](deadline d) { sockerr::send_to(s.native_handle(), "x", 1, there, 0, d); });
}

TEST_CASE("without a free descriptor the connection stays in the queue", "[calls]") {
  if (under_valgrind()) SOCKERR_SKIP("valgrind accepts first and counts afterwards");
  const sockerr::socket listening = loopback::listener();
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  // The lowest number that is free: no other can be opened below it.
  const int lowest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(lowest > 2);
  ::close(lowest);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(lowest);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  std::error_code waiting;
  std::error_code at_once;
  std::error_code opened;
  const bool any = sockerr::accept(listening.native_handle(), nullptr, generous, waiting).is_open() ||
                   sockerr::accept(listening.native_handle(), at_once).is_open() ||
                   sockerr::open(AF_INET, SOCK_STREAM, opened).is_open();
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK_FALSE(any);
  for (const std::error_code& ec : {waiting, at_once, opened}) {
    CHECK(ec == sockerr::condition::too_many_files_open);
    CHECK(ec == sockerr::condition::resource_exhausted);
    CHECK(sockerr::advise(ec, operation::accept) == sockerr::retry_advice::after_pause);
  }
  CHECK((flags_of(listening.native_handle()) & O_NONBLOCK) == 0);
  CHECK(sockerr::accept(listening.native_handle(), nullptr, generous).is_open());
}

TEST_CASE("a receive survives a storm of signals", "[calls]") {
  const loopback::connection c;
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    char data[8] = {};
    std::error_code ec = stale();
    std::size_t count = 0;
    {
      const quiet_thread later{200ms, [&] {
                                 std::error_code ignored;
                                 sockerr::send(c.server.native_handle(), "abcd", 4, ignored);
                               }};
      const signal_storm storm;
      count = sockerr::recv_exactly(c.client.native_handle(), data, 4, until, ec);
    }
    CHECK_FALSE(ec);
    CHECK(count == 4);
    CHECK(std::string_view(data, 4) == "abcd");
    CHECK(signal_storm::count() > 3);
  }
}

TEST_CASE("an accept survives a storm of signals", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    const sockerr::socket client = stream();
    std::error_code ec = stale();
    sockerr::socket server;
    {
      const quiet_thread later{200ms, [&] {
                                 std::error_code ignored;
                                 sockerr::connect(client.native_handle(), listening.local_endpoint(ignored), ignored);
                               }};
      const signal_storm storm;
      server = sockerr::accept(listening.native_handle(), nullptr, until, ec);
    }
    CHECK_FALSE(ec);
    CHECK(server.is_open());
    CHECK(signal_storm::count() > 3);
  }
}

TEST_CASE("a send survives a storm of signals", "[calls]") {
  const std::vector<char> data(std::size_t{2} << 20U, 'x');
  for (const deadline until : {deadline{}, deadline{2 * generous}, deadline::never()}) {
    const loopback::connection c;
    // So that it does not all fit.
    sockerr::set_option(c.client.native_handle(), SOL_SOCKET, SO_SNDBUF, 65536);
    std::vector<char> received(data.size());
    std::error_code ec = stale();
    std::error_code failed;
    std::size_t sent = 0;
    std::size_t got = 0;
    {
      const quiet_thread later{
          200ms,
          [&] { got = sockerr::recv_exactly(c.server.native_handle(), received.data(), received.size(), failed); }};
      const signal_storm storm;
      sent = sockerr::send_all(c.client.native_handle(), data.data(), data.size(), until, ec);
      if (ec) sockerr::shutdown(c.client.native_handle(), shutdown_direction::both, failed);
    }
    CHECK_FALSE(ec);
    CHECK_FALSE(failed);
    CHECK(sent == data.size());
    CHECK(got == data.size());
    CHECK((received == data));
    CHECK(signal_storm::count() > 3);
  }
}

TEST_CASE("a connect survives a storm of signals", "[calls]") {
  // The listener answers when the first packet is sent again, after about a second.
  for (const deadline until : {deadline{}, deadline{generous}, deadline::never()}) {
    loopback::deaf_listener deaf;
    if (!deaf.is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
    deaf.queued.pop_back();
    const sockerr::socket s = stream();
    std::error_code ec = stale();
    {
      const quiet_thread later{200ms, [&] { deaf.let_in(deaf.queued.size()); }};
      const signal_storm storm;
      sockerr::connect(s.native_handle(), deaf.endpoint, until, ec);
    }
    // Neither EISCONN nor EALREADY, which a second connect would give.
    INFO(ec.message());
    CHECK_FALSE(ec);
    CHECK(signal_storm::count() > 3);
    CHECK(sockerr::peer_endpoint(s.native_handle()) == deaf.endpoint);
    CHECK((flags_of(s.native_handle()) & O_NONBLOCK) == 0);
  }
}

TEST_CASE("an interrupted connect tells when it is refused", "[calls]") {
  const loopback::closed_port closed;
  for (int i = 0; i != 20; ++i) {
    const signal_storm storm;
    for (const deadline until : {deadline{}, deadline{generous}}) {
      std::error_code ec;
      sockerr::connect(stream().native_handle(), closed.endpoint, until, ec);
      CHECK(ec == sockerr::condition::connection_refused);
    }
  }
}

TEST_CASE("a connect to a full Unix backlog survives a storm of signals", "[calls]") {
  for (const deadline until : {deadline{}, deadline{generous}}) {
    const full_unix_listener full;
    if (!on_linux) SOCKERR_SKIP("other systems refuse at once");
    const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
    std::error_code ec = stale();
    {
      const quiet_thread later{200ms, [&] {
                                 std::error_code ignored;
                                 sockerr::accept(full.listening.native_handle(), ignored).close(ignored);
                               }};
      const signal_storm storm;
      sockerr::connect(s.native_handle(), full.endpoint, until, ec);
    }
    CHECK_FALSE(ec);
    CHECK(signal_storm::count() > 3);
  }
}

TEST_CASE("a receive keeps its deadline in a storm of signals", "[calls]") {
  const loopback::connection c;
  char byte = 0;
  check_keeps_deadline(
      [&](deadline d, std::error_code& ec) { sockerr::recv(c.client.native_handle(), &byte, 1, 0, d, ec); });
}

TEST_CASE("receiving exactly keeps its deadline in a storm of signals", "[calls]") {
  const loopback::connection c;
  char data[8];
  check_keeps_deadline(
      [&](deadline d, std::error_code& ec) { sockerr::recv_exactly(c.client.native_handle(), data, 8, d, ec); });
}

TEST_CASE("an accept keeps its deadline in a storm of signals", "[calls]") {
  const sockerr::socket listening = loopback::listener();
  check_keeps_deadline([&](deadline d, std::error_code& ec) {
    CHECK_FALSE(sockerr::accept(listening.native_handle(), nullptr, d, ec).is_open());
  });
}

TEST_CASE("a send keeps its deadline in a storm of signals", "[calls]") {
  const loopback::connection c;
  fill(c.client.native_handle());
  const std::vector<char> block(65536);
  check_keeps_deadline([&](deadline d, std::error_code& ec) {
    sockerr::send_all(c.client.native_handle(), block.data(), block.size(), d, ec);
  });
}

TEST_CASE("a connect keeps its deadline in a storm of signals", "[calls]") {
  const loopback::deaf_listener deaf;
  if (!deaf.is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
  check_keeps_deadline(
      [&](deadline d, std::error_code& ec) { sockerr::connect(stream().native_handle(), deaf.endpoint, d, ec); });
}

TEST_CASE("a connect to a full Unix backlog keeps its deadline in a storm of signals", "[calls]") {
  if (!on_linux) SOCKERR_SKIP("other systems refuse at once");
  const full_unix_listener full;
  const sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
  check_keeps_deadline(
      [&](deadline d, std::error_code& ec) { sockerr::connect(s.native_handle(), full.endpoint, d, ec); });
}

TEST_CASE("calls that fail leak no descriptor", "[calls]") {
  const int before = open_descriptors();
  if (before == -1) SOCKERR_SKIP("this system does not list descriptors");
  {
    const loopback::closed_port closed;
    const loopback::connection c;
    const sockerr::socket datagram = loopback::datagram_socket();
    folder where;
    const endpoint missing = where.file("missing");
    const endpoint foreign = endpoint::ip("192.0.2.1", 1);
    sockerr::connect_options from_elsewhere;
    from_elsewhere.local = foreign;
    const int during = open_descriptors();
    for (int i = 0; i != 10; ++i) {
      std::error_code ec;
      CHECK_FALSE(sockerr::connect_to(closed.endpoint, ec).is_open());
      CHECK_FALSE(sockerr::connect_to(missing, ec).is_open());
      CHECK_FALSE(sockerr::connect_to(closed.endpoint, from_elsewhere, ec).is_open());
      CHECK_FALSE(sockerr::listen_on(foreign, ec).is_open());
      CHECK_FALSE(sockerr::listen_on(closed.endpoint, ec).is_open());
      CHECK_FALSE(sockerr::open(12345, 1, ec).is_open());
      CHECK_FALSE(sockerr::accept(c.listening.native_handle(), nullptr, 0s, ec).is_open());
      CHECK_FALSE(sockerr::accept(datagram.native_handle(), nullptr, 0s, ec).is_open());
      thrown<sockerr::connection_refused>([&] { static_cast<void>(sockerr::connect_to(closed.endpoint)); });
      thrown<sockerr::path_error>([&] { static_cast<void>(sockerr::connect_to(missing)); });
      thrown<sockerr::address_not_available>([&] { static_cast<void>(sockerr::listen_on(foreign)); });
      thrown<sockerr::timed_out>([&] { static_cast<void>(sockerr::accept(c.listening.native_handle(), nullptr, 0s)); });
      thrown<sockerr::connection_refused>([&] { stream().connect(closed.endpoint, generous); });
    }
    CHECK(open_descriptors() == during);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("a connect that times out or meets itself leaks no descriptor", "[calls]") {
  const int before = open_descriptors();
  if (before == -1) SOCKERR_SKIP("this system does not list descriptors");
  {
    const loopback::deaf_listener deaf;
    const full_unix_listener full;
    const int during = open_descriptors();
    for (int i = 0; i != 3; ++i) {
      std::error_code ec;
      sockerr::connect_options options;
      options.timeout = 5ms;
      static_cast<void>(sockerr::connect_to(deaf.endpoint, options, ec));
      static_cast<void>(sockerr::connect_to(full.endpoint, options, ec));
      const std::uint16_t port = port_that_was_free();
      const sockerr::socket s = stream();
      if (only_port(s, port)) sockerr::connect(s.native_handle(), endpoint::ip("127.0.0.1", port), ec);
    }
    CHECK(open_descriptors() == during);
  }
  CHECK(open_descriptors() == before);
}

// SPDX-License-Identifier: MIT
#include <sockerr/connect.hpp>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>
#include <ratio>
#include <system_error>
#include <thread>

#include "catch.hpp"
#include "loopback.hpp"
#include "thread.hpp"

// Deadlines at the edges of what a duration can hold, with real calls: they neither overflow nor end early, and waiting
// costs no time of the processor. What a deadline is by itself, deadline.test.cpp tests.

using namespace std::chrono_literals;
using sockerr::deadline;
using sockerr::time_limit;

namespace {

using clock_type = deadline::clock;

constexpr auto longest = (std::chrono::nanoseconds::max)();

// The time that the processor has spent in this thread so far; nothing where it cannot be asked.
std::chrono::nanoseconds processor_time() {
#if defined(CLOCK_THREAD_CPUTIME_ID)
  timespec spent{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent) == 0)
    return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
#endif
  return {};
}

// Receives under a deadline a byte that comes after a while.
template <class Deadline>
void receive_late(const Deadline& until) {
  loopback::connection c;
  background_thread sender{[&c] {
    std::this_thread::sleep_for(50ms);
    c.server.send("x", 1);
  }};
  char byte = 0;
  std::error_code ec;
  const auto before = processor_time();
  const std::size_t count = sockerr::recv(c.client.native_handle(), &byte, 1, 0, until, ec);
  const auto spent = processor_time() - before;
  sender.join();
  CHECK(count == 1);
  CHECK(byte == 'x');
  CHECK_FALSE(ec);
  CHECK(spent < 25ms);
}

}  // namespace

TEST_CASE("a deadline of any length waits for data without spinning", "[clocks]") {
  receive_late((std::chrono::hours::max)());
  receive_late((std::chrono::minutes::max)());
  receive_late((std::chrono::seconds::max)());
  receive_late((std::chrono::milliseconds::max)());
  receive_late(longest);
  receive_late(longest - 1ns);
  receive_late(longest / 2);
  receive_late(std::chrono::duration<double>{std::numeric_limits<double>::infinity()});
  receive_late(std::chrono::duration<double>{(std::numeric_limits<double>::max)()});
  receive_late(std::chrono::hours{24 * 365 * 250});
  receive_late(25h);
  // Longer than poll() can be asked to wait.
  receive_late(std::chrono::milliseconds{std::int64_t{(std::numeric_limits<int>::max)()} + 1});
  receive_late(std::chrono::milliseconds{std::int64_t{(std::numeric_limits<unsigned>::max)()} + 2});
  receive_late((clock_type::time_point::max)());
  receive_late((clock_type::time_point::max)() - 1ns);
  receive_late(deadline::never());
}

TEST_CASE("a deadline of zero or less tries once", "[clocks]") {
  loopback::connection c;
  const deadline passed[] = {0s,
                             -1ns,
                             -1h,
                             (std::chrono::hours::min)(),
                             (std::chrono::nanoseconds::min)(),
                             (clock_type::time_point::min)(),
                             clock_type::now() - 1s};
  for (const deadline& until : passed) {
    char byte = 0;
    std::error_code ec;
    const auto begin = clock_type::now();
    CHECK(sockerr::recv(c.client.native_handle(), &byte, 1, 0, until, ec) == 0);
    CHECK(ec == sockerr::condition::timed_out);
    CHECK(clock_type::now() - begin < 1s);
    // What is there already is had all the same.
    c.server.send("x", 1);
    while (c.client.recv(&byte, 1, MSG_PEEK, 30s) != 1) {
    }
    CHECK(sockerr::recv(c.client.native_handle(), &byte, 1, 0, until, ec) == 1);
    CHECK_FALSE(ec);
  }
}

TEST_CASE("every call takes the longest deadline", "[clocks]") {
  const sockerr::socket listener = loopback::listener();
  sockerr::connect_options options;
  options.timeout = (std::chrono::hours::max)();
  options.attempt_timeout = longest;
  sockerr::socket client = sockerr::connect_to(listener.local_endpoint(), options);
  sockerr::socket server = sockerr::accept(listener.native_handle(), nullptr, longest - 1ns);
  client.timeout((std::chrono::hours::max)());
  server.timeout(longest - 1ns);
  char bytes[4] = {};
  CHECK(client.send_all("abcd", 4) == 4);
  CHECK(server.recv_exactly(bytes, 4, std::chrono::hours{24 * 365 * 250}) == 4);
  CHECK(server.send("efgh", 4, 0, longest) == 4);
  CHECK(client.recv_exactly(bytes, 4) == 4);
  sockerr::socket again = sockerr::open(AF_INET, SOCK_STREAM);
  again.connect(listener.local_endpoint(), longest - 1ns);
  CHECK(again.peer_endpoint() == listener.local_endpoint());
}

TEST_CASE("a wait spends no time of the processor and does not end early", "[clocks]") {
  loopback::connection c;
  char byte = 0;
  for (const auto length : {std::chrono::nanoseconds{200ms}, std::chrono::nanoseconds{200'000'001ns}}) {
    std::error_code ec;
    const auto before = processor_time();
    const auto begin = clock_type::now();
    sockerr::recv(c.client.native_handle(), &byte, 1, 0, length, ec);
    CHECK(clock_type::now() - begin >= length);
    CHECK(ec == sockerr::condition::timed_out);
    CHECK(processor_time() - before < 100ms);
  }
}

TEST_CASE("a time limit in units that do not divide a nanosecond does not overflow", "[clocks]") {
  // Thirtieths of a second: 200 years, which nanoseconds hold, but not the product on the way to them.
  using frames = std::chrono::duration<std::int64_t, std::ratio<1, 30>>;
  constexpr std::chrono::hours years{24 * 365 * 200};
  constexpr time_limit in_frames = std::chrono::duration_cast<frames>(years);
  CHECK(in_frames.length() == years);
  constexpr time_limit before = -std::chrono::duration_cast<frames>(years);
  CHECK(before.length() == -years);
  CHECK(time_limit{std::chrono::duration<std::int64_t, std::ratio<7, 3>>{3'000'000'000}}.length() == 7'000'000'000s);
  CHECK(time_limit{frames{1}}.length() == 33'333'333ns);
  CHECK(time_limit{frames{-31}}.length() == -1'033'333'333ns);
  CHECK(
      time_limit{std::chrono::duration<std::int64_t, std::atto>{(std::numeric_limits<std::int64_t>::max)()}}.length() ==
      9'223'372'036ns);
  CHECK(deadline{std::chrono::duration_cast<frames>(years)}.remaining() > std::chrono::hours{24 * 365 * 199});
}

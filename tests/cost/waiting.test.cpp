// SPDX-License-Identifier: MIT
#include <chrono>
#include <ctime>
#include <thread>

#include <sockerr/sockerr.hpp>

#include "../loopback.hpp"
#include "cost.hpp"

using namespace std::chrono_literals;

namespace {

double cpu_milliseconds() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

// The time that the processor spends in a thread of its own.
template <class F>
double cpu_milliseconds_of(F f) {
  const double before = cpu_milliseconds();
  f();
  return cpu_milliseconds() - before;
}

}  // namespace

TEST_CASE("a wait of five seconds costs the processor two milliseconds at most", "[waiting]") {
  double in_recv = -1;
  double in_retry = -1;
  std::error_code from_recv;
  int tries = 0;
  std::thread receiver{[&] {
    const loopback::connection c;
    char byte = 0;
    in_recv = cpu_milliseconds_of([&] { sockerr::recv(c.client.native_handle(), &byte, 1, 0, 5s, from_recv); });
  }};
  std::thread retrier{[&] {
    sockerr::retry_policy policy;
    policy.max_attempts = 2;
    policy.delay = 5s;
    std::error_code ec;
    in_retry = cpu_milliseconds_of([&] {
      sockerr::retry(
          policy, sockerr::operation::connect,
          [&tries](std::error_code& result) {
            ++tries;
            result = sockerr::errc::connection_refused;
          },
          ec);
    });
  }};
  receiver.join();
  retrier.join();
  REQUIRE(from_recv == sockerr::condition::timed_out);
  REQUIRE(tries == 2);
  cost::at_most("recv with a deadline of 5 s, ms", in_recv, 2);
  cost::at_most("retry with a delay of 5 s, ms", in_retry, 2);
}

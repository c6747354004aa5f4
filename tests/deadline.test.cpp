// SPDX-License-Identifier: MIT
#include <sockerr/deadline.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <system_error>
#include <type_traits>

#include "catch.hpp"
#include "loopback.hpp"

using namespace std::chrono_literals;
using sockerr::deadline;
using sockerr::time_limit;

namespace {

using clock_type = deadline::clock;
using floating_seconds = std::chrono::duration<double>;

constexpr auto longest = (std::chrono::nanoseconds::max)();
constexpr auto shortest = (std::chrono::nanoseconds::min)();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

static_assert(std::is_nothrow_default_constructible_v<deadline>);
static_assert(std::is_nothrow_copy_constructible_v<deadline>);
static_assert(std::is_nothrow_constructible_v<deadline, std::chrono::hours>);
static_assert(std::is_nothrow_constructible_v<deadline, clock_type::time_point>);
static_assert(std::is_convertible_v<floating_seconds, deadline>);
static_assert(std::is_convertible_v<time_limit, deadline>);
static_assert(std::is_convertible_v<clock_type::time_point, deadline>);
static_assert(!std::is_convertible_v<int, deadline>);
static_assert(!std::is_convertible_v<std::chrono::system_clock::time_point, deadline>);
static_assert(time_limit{}.is_never());
static_assert(time_limit{1s}.length() == 1s);
static_assert(!deadline{}.is_set());
static_assert(deadline::never().is_set());
static_assert(deadline::never().is_never());

template <class Duration>
clock_type::duration wait_for_data(const loopback::connection& c, Duration length) {
  std::error_code ec;
  char one = 0;
  const auto begin = clock_type::now();
  sockerr::recv(c.client.native_handle(), &one, 1, 0, length, ec);
  const auto elapsed = clock_type::now() - begin;
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  return elapsed;
}

}  // namespace

TEST_CASE("a time limit that is too long is no limit", "[deadline]") {
  CHECK(time_limit{(std::chrono::hours::max)()}.is_never());
  CHECK(time_limit{(std::chrono::seconds::max)()}.is_never());
  CHECK(time_limit{(std::chrono::milliseconds::max)()}.is_never());
  CHECK(time_limit{longest}.is_never());
  CHECK(time_limit{floating_seconds{infinity}}.is_never());
  CHECK(time_limit{floating_seconds{(std::numeric_limits<double>::max)()}}.is_never());
  CHECK(time_limit{std::chrono::duration<float>{std::numeric_limits<float>::infinity()}}.is_never());
  CHECK(time_limit{std::chrono::duration<std::int64_t, std::giga>{100}}.is_never());
  CHECK(time_limit{std::chrono::duration<std::uint64_t>{(std::numeric_limits<std::uint64_t>::max)()}}.is_never());
  CHECK(time_limit::never() == time_limit{});
  CHECK_FALSE(time_limit{std::chrono::hours{24 * 365 * 200}}.is_never());
}

TEST_CASE("a time limit that is too far in the past is the shortest", "[deadline]") {
  CHECK(time_limit{(std::chrono::hours::min)()}.length() == shortest);
  CHECK(time_limit{shortest}.length() == shortest);
  CHECK(time_limit{floating_seconds{-infinity}}.length() == shortest);
  CHECK(time_limit{-1ns}.length() == -1ns);
  CHECK_FALSE(time_limit{shortest}.is_never());
}

TEST_CASE("a time limit that is no number is zero", "[deadline]") {
  CHECK(time_limit{floating_seconds{not_a_number}}.length() == 0ns);
  CHECK(time_limit{floating_seconds{-not_a_number}}.length() == 0ns);
  CHECK(time_limit{std::chrono::duration<float>{std::numeric_limits<float>::quiet_NaN()}}.length() == 0ns);
}

TEST_CASE("a time limit keeps durations of every kind", "[deadline]") {
  CHECK(time_limit{3h}.length() == 3h);
  CHECK(time_limit{1500us}.length() == 1500000ns);
  CHECK(time_limit{0s}.length() == 0ns);
  CHECK(time_limit{floating_seconds{0.25}}.length() == 250ms);
  CHECK(time_limit{std::chrono::duration<float, std::milli>{1.5F}}.length() == 1500us);
  CHECK(time_limit{std::chrono::duration<int, std::ratio<1, 50>>{3}}.length() == 60ms);
  CHECK(time_limit{std::chrono::duration<std::int64_t, std::pico>{2500}}.length() == 2ns);
  CHECK(time_limit{std::chrono::duration<std::uint8_t>{255}}.length() == 255s);
}

TEST_CASE("time limits compare by length", "[deadline]") {
  CHECK(time_limit{1s} == time_limit{1000ms});
  CHECK(time_limit{1s} != time_limit{1001ms});
  CHECK_FALSE(time_limit{1s} != time_limit{1000ms});
  CHECK(time_limit{1s} < time_limit{2s});
  CHECK(time_limit{-1s} < time_limit{0s});
  CHECK(time_limit{(std::chrono::hours{1000})} < time_limit::never());
  CHECK_FALSE(time_limit::never() < time_limit::never());
}

TEST_CASE("the default deadline is not set and never passes", "[deadline]") {
  const deadline d;
  CHECK_FALSE(d.is_set());
  CHECK_FALSE(d.is_never());
  CHECK_FALSE(d.has_passed());
  CHECK(d.remaining() == (clock_type::duration::max)());
}

TEST_CASE("the deadline never is set and never passes", "[deadline]") {
  const deadline d = deadline::never();
  CHECK(d.is_set());
  CHECK(d.is_never());
  CHECK_FALSE(d.has_passed());
  CHECK(d.remaining() == (clock_type::duration::max)());
}

TEST_CASE("a duration without an end is the deadline never", "[deadline]") {
  CHECK(deadline{(std::chrono::hours::max)()}.is_never());
  CHECK(deadline{longest}.is_never());
  CHECK(deadline{floating_seconds{infinity}}.is_never());
  CHECK(deadline{time_limit::never()}.is_never());
  // Longer than what is left of the clock, though not of a duration.
  CHECK(deadline{std::chrono::nanoseconds{9'199'999'999'999'999'999}}.remaining() > std::chrono::hours{24 * 365 * 200});
}

TEST_CASE("a deadline in the future has not passed", "[deadline]") {
  const deadline d{1h};
  CHECK(d.is_set());
  CHECK_FALSE(d.is_never());
  CHECK_FALSE(d.has_passed());
  CHECK(d.remaining() <= 1h);
  CHECK(d.remaining() > 30min);
}

TEST_CASE("a deadline of zero or less has passed", "[deadline]") {
  const deadline passed[] = {0s,
                             -1ns,
                             -1h,
                             (std::chrono::hours::min)(),
                             shortest,
                             floating_seconds{not_a_number},
                             floating_seconds{-infinity},
                             time_limit{0ns},
                             clock_type::now(),
                             clock_type::now() - 1h,
                             clock_type::time_point{-1ns}};
  for (const deadline& d : passed) {
    CHECK(d.is_set());
    CHECK_FALSE(d.is_never());
    CHECK(d.has_passed());
    CHECK(d.remaining() == 0ns);
  }
}

TEST_CASE("a deadline passes when its time has come", "[deadline]") {
  const auto begin = clock_type::now();
  const deadline d{5ms};
  while (!d.has_passed()) {
    REQUIRE(clock_type::now() - begin < 30s);
  }
  CHECK(clock_type::now() - begin >= 5ms);
  CHECK(d.remaining() == 0ns);
}

TEST_CASE("a deadline converts from time points of any resolution", "[deadline]") {
  const auto now = clock_type::now();
  const deadline exact = now + 1h;
  CHECK(exact.remaining() > 30min);
  const deadline hours = std::chrono::time_point_cast<std::chrono::hours>(now) + 2h;
  CHECK(hours.remaining() > 30min);
  CHECK(hours.remaining() <= 2h);
  const deadline floating = std::chrono::time_point<clock_type, floating_seconds>{now + floating_seconds{3600.0}};
  CHECK(floating.remaining() > 30min);
  CHECK(floating.remaining() <= 61min);
}

TEST_CASE("a time point at either end of the clock is a deadline", "[deadline]") {
  const deadline last = (clock_type::time_point::max)();
  CHECK(last.is_never());
  const deadline first = (clock_type::time_point::min)();
  CHECK(first.is_set());
  CHECK(first.has_passed());
}

TEST_CASE("a time point that the clock cannot hold is cut", "[deadline]") {
  using hours_point = std::chrono::time_point<clock_type, std::chrono::hours>;
  const deadline last = (hours_point::max)();
  CHECK(last.is_never());
  const deadline first = (hours_point::min)();
  CHECK(first.is_set());
  CHECK(first.has_passed());
  const deadline endless = std::chrono::time_point<clock_type, floating_seconds>{floating_seconds{infinity}};
  CHECK(endless.is_never());
}

TEST_CASE("the earlier of two deadlines is the one that ends first", "[deadline]") {
  const deadline soon{1min};
  const deadline late{2h};
  CHECK(deadline::earlier(soon, late).remaining() <= 1min);
  CHECK(deadline::earlier(late, soon).remaining() <= 1min);
  CHECK(deadline::earlier(late, deadline::never()).remaining() <= 2h);
  CHECK(deadline::earlier(deadline::never(), late).remaining() <= 2h);
  CHECK(deadline::earlier(deadline{-1s}, deadline{1s}).has_passed());
}

TEST_CASE("the earlier of two deadlines is one that is set", "[deadline]") {
  CHECK(deadline::earlier({}, deadline{1h}).is_set());
  CHECK(deadline::earlier(deadline{1h}, {}).is_set());
  CHECK(deadline::earlier({}, deadline::never()).is_never());
  CHECK(deadline::earlier(deadline::never(), {}).is_never());
  CHECK_FALSE(deadline::earlier({}, {}).is_set());
}

TEST_CASE("a wait of a fraction of a millisecond never ends early", "[deadline]") {
  const loopback::connection c;
  for (int i = 0; i != 20; ++i) {
    CHECK(wait_for_data(c, 1ns) >= 1ns);
    CHECK(wait_for_data(c, 300us) >= 300us);
    CHECK(wait_for_data(c, 1500us) >= 1500us);
    CHECK(wait_for_data(c, floating_seconds{0.0011}) >= 1100us);
  }
}

TEST_CASE("a wait for a time point never ends early", "[deadline]") {
  const loopback::connection c;
  const auto at = clock_type::now() + 1500us;
  wait_for_data(c, at);
  CHECK(clock_type::now() >= at);
}

// SPDX-License-Identifier: MIT
// Policies of any value: the attempts end, and no pause is longer than it may be.
#include <sockerr/retry.hpp>

#include <chrono>
#include <iterator>
#include <limits>
#include <system_error>

#include "fuzz.hpp"

namespace {

using sockerr::condition;
using sockerr::time_limit;
using std::chrono::nanoseconds;

constexpr int most_pauses = 200;

double number(fuzz::input& in) {
  static constexpr double odd[] = {0,
                                   -0.0,
                                   1,
                                   -1,
                                   0.5,
                                   std::numeric_limits<double>::infinity(),
                                   -std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::quiet_NaN(),
                                   (std::numeric_limits<double>::max)(),
                                   std::numeric_limits<double>::lowest(),
                                   std::numeric_limits<double>::denorm_min()};
  const unsigned which = in.choose(16);
  return which < std::size(odd) ? odd[which] : in.take<double>();
}

time_limit length(fuzz::input& in) {
  switch (in.choose(7)) {
    case 0: return nanoseconds{in.take<std::int64_t>()};
    case 1: return std::chrono::hours{in.take<std::int32_t>()};
    case 2: return std::chrono::duration<double>{number(in)};
    case 3: return std::chrono::milliseconds{in.take<std::int16_t>()};
    case 4: return (std::chrono::hours::max)();
    case 5: return nanoseconds::zero();
    default: return time_limit::never();
  }
}

struct counts {
  int attempts = 0;
  int pauses = 0;
  int told = 0;
};

void follow(sockerr::retry_policy policy, unsigned form, int succeeds_at, const std::error_code& error) {
  counts count;
  nanoseconds before{0};
  const bool makes_sense = policy.max_attempts > 0 && policy.backoff >= 1 && policy.jitter >= 0 && policy.jitter <= 1 &&
                           policy.attempt_timeout.length() >= nanoseconds{0} &&
                           policy.delay.length() >= nanoseconds{0} && policy.max_delay.length() >= nanoseconds{0} &&
                           policy.total.length() >= nanoseconds{0};
  policy.on_retry = [&](const sockerr::retry_event& event) {
    ++count.told;
    SOCKERR_REQUIRE(event.attempt == count.attempts);
    SOCKERR_REQUIRE(event.error == error);
    SOCKERR_REQUIRE(event.error.operation() == sockerr::operation::connect);
  };
  policy.wait = [&](nanoseconds pause) {
    SOCKERR_REQUIRE(pause >= nanoseconds{0});
    SOCKERR_REQUIRE(pause < (nanoseconds::max)());
    SOCKERR_REQUIRE(pause <= policy.max_delay.length());
    SOCKERR_REQUIRE(pause <= policy.total.length());
    // A pause of more than 100 days is rounded to what a double can hold.
    const nanoseconds rounding = before / 1'000'000'000'000'000;
    if (policy.jitter == 0) SOCKERR_REQUIRE(pause >= before - rounding || policy.max_delay.length() <= before);
    before = pause;
    return ++count.pauses < most_pauses;
  };
  const auto attempt = [&] {
    SOCKERR_REQUIRE(makes_sense);
    return ++count.attempts >= succeeds_at;
  };

  constexpr auto during = sockerr::operation::connect;
  sockerr::error failed;
  std::error_code ec;
  if (form == 0) {
    try {
      sockerr::retry(policy, during, [&] {
        if (!attempt()) sockerr::throw_error(error, during);
      });
    } catch (const sockerr::socket_error& e) {
      failed = e.error();
    }
    ec = failed.code();
  } else if (form == 1) {
    sockerr::retry(
        policy, during,
        [&](sockerr::error& result) {
          if (!attempt()) result = sockerr::error{error, during};
        },
        failed);
    ec = failed.code();
  } else {
    sockerr::retry(
        policy, during,
        [&](std::error_code& result) {
          if (!attempt()) result = error;
        },
        ec);
  }
  if (form != 2) {
    SOCKERR_REQUIRE(failed.tries() == (failed && makes_sense ? count.attempts : 0));
    SOCKERR_REQUIRE(failed.last() == (ec == sockerr::library_errc::stopped ? error : std::error_code{}));
  }
  SOCKERR_REQUIRE(count.attempts <= most_pauses);
  SOCKERR_REQUIRE(count.attempts <= policy.max_attempts || !makes_sense);
  SOCKERR_REQUIRE(count.told == count.pauses);
  if (!makes_sense) {
    SOCKERR_REQUIRE(ec == condition::invalid_argument && count.attempts == 0);
  } else if (count.attempts == succeeds_at || succeeds_at < 1) {
    SOCKERR_REQUIRE(!ec && count.pauses == count.attempts - 1);
  } else {
    SOCKERR_REQUIRE(ec == error || (ec == sockerr::library_errc::stopped && count.pauses == most_pauses));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in{data, size};
  sockerr::retry_policy policy;
  policy.max_attempts = in.choose(2) == 0 ? in.take<std::int8_t>() : in.take<int>();
  policy.attempt_timeout = length(in);
  policy.delay = length(in);
  policy.backoff = number(in);
  policy.max_delay = length(in);
  policy.jitter = number(in);
  policy.total = length(in);
  const auto succeeds_at = static_cast<int>(in.choose(250));
  const unsigned form = in.choose(3);
  static constexpr sockerr::errc errors[] = {sockerr::errc::connection_refused, sockerr::errc::interrupted,
                                             sockerr::errc::invalid_argument, sockerr::errc::permission_denied};
  const sockerr::errc error = errors[in.choose(4)];

  const time_limit wanted = length(in);
  const time_limit bounded = sockerr::detail::retry_loop{policy, sockerr::operation::connect}.bounded(wanted);
  SOCKERR_REQUIRE(!(wanted < bounded));
  SOCKERR_REQUIRE(!(policy.attempt_timeout < bounded));

  follow(policy, form, succeeds_at, error);
  return 0;
}

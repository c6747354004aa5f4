// SPDX-License-Identifier: MIT
#ifndef SOCKERR_RETRY_HPP
#define SOCKERR_RETRY_HPP

#include <chrono>        // duration, nanoseconds, steady_clock
#include <cstdint>       // uint64_t
#include <system_error>  // error_code, system_error
#include <thread>        // sleep_for
#include <type_traits>   // invoke_result_t, is_default_constructible_v, is_void_v

#include "deadline.hpp"
#include "detail/callable.hpp"
#include "exception.hpp"

namespace sockerr {

/// What an observer of retries is told, before the pause.
struct retry_event {
  int attempt = 0;                                    ///< the number of the attempt that failed, from 1
  std::error_code error;                              ///< what came of it
  sockerr::operation operation = operation::unknown;  ///< what was tried
  std::chrono::nanoseconds next_delay{};              ///< how long the pause before the next attempt is
};

/// How often, and at what intervals, something is tried. One that makes no sense (no attempt, a negative time, a factor
/// below 1, a jitter outside 0 to 1, a NaN) is an invalid_argument before the first attempt.
struct retry_policy {
  int max_attempts = 3;                                  ///< how often it is tried at most, the first time included
  time_limit attempt_timeout = std::chrono::seconds{5};  ///< for one attempt of connect_with_retry, all addresses
  time_limit delay = std::chrono::seconds{2};            ///< the pause after the first attempt
  double backoff = 1;                                    ///< each pause is so many times as long as the one before
  time_limit max_delay = time_limit::never();            ///< but no longer than this
  double jitter = 0;                                     ///< and then shorter by a random part of up to so much of it
  time_limit total = time_limit::never();  ///< no pause is begun that would end later; attempts are cut to what is left

  /// Whether an error is worth another attempt. Unless set: whether advise() says anything but `never`.
  detail::callable<bool(const std::error_code&, operation)> retry_if = {};
  /// Told before each pause.
  detail::callable<void(const retry_event&)> on_retry = {};
  /// Pauses; a false result refuses to, and the whole is an operation_canceled. Unless set, the thread sleeps.
  detail::callable<bool(std::chrono::nanoseconds)> wait = {};
};

namespace detail {

// The state of one retry: counts the attempts, decides, and pauses.
class retry_loop {
 public:
  explicit retry_loop(const retry_policy& policy) : policy_{policy}, end_{policy.total}, delay_{policy.delay} {}

  // The time that the next attempt has, of which it may want less.
  time_limit bounded(time_limit wanted) const noexcept {
    const time_limit left = end_.is_never() ? time_limit::never() : time_limit{end_.remaining()};
    const time_limit longest = left < policy_.attempt_timeout ? left : policy_.attempt_timeout;
    return longest < wanted ? longest : wanted;
  }

  // Calls f(during, ec) until it succeeds, or the policy ends it.
  template <class F>
  auto run(operation during, std::error_code& ec, F f) -> decltype(f(during, ec)) {
    using result_type = decltype(f(during, ec));
    if (!makes_sense()) {
      ec = errc::invalid_argument;
      return result_type();
    }
    for (;;) {
      ec.clear();
      if constexpr (std::is_void_v<result_type>) {
        f(during, ec);
        if (!ec || !again(ec, during)) return;
      } else {
        result_type result = f(during, ec);
        if (!ec || !again(ec, during)) return result;
      }
    }
  }

#if defined(__cpp_exceptions)
  // The same for an f() that throws.
  template <class F>
  auto run(source_location where, F f) -> decltype(f()) {
    if (!makes_sense()) throw_error(errc::invalid_argument, {operation::unknown, {}, {}, false, where});
    for (;;) {
      try {
        return f();
      } catch (socket_error& e) {
        std::error_code ec = e.code();
        if (again(ec, e.operation())) continue;
        if (ec != e.code()) throw_error(ec, {e.operation(), e.peer(), e.local(), false, where});
        e.gave_up_after(attempts_);
        throw;
      } catch (const std::system_error& e) {
        std::error_code ec = e.code();
        if (again(ec, operation::unknown)) continue;
        if (ec != e.code()) throw_error(ec, {operation::unknown, {}, {}, false, where});
        throw;
      }
    }
  }
#endif

 private:
  // Whether the policy can be followed.
  bool makes_sense() const noexcept {
    constexpr time_limit none = std::chrono::nanoseconds::zero();
    return policy_.max_attempts > 0 && policy_.backoff >= 1 && policy_.jitter >= 0 && policy_.jitter <= 1 &&
           !(policy_.attempt_timeout < none) && !(policy_.delay < none) && !(policy_.max_delay < none) &&
           !(policy_.total < none);
  }

  // After an attempt that failed with ec: decides and pauses.
  // Returns: whether to try again; if not, ec is what the whole ends with.
  bool again(std::error_code& ec, operation during) {
    ++attempts_;
    const bool worth_it = policy_.retry_if ? policy_.retry_if(ec, during) : advise(ec, during) != retry_advice::never;
    if (!worth_it || attempts_ >= policy_.max_attempts) return false;
    const std::chrono::nanoseconds pause = next_pause();
    if (pause >= end_.remaining()) return false;
    if (policy_.on_retry) policy_.on_retry({attempts_, ec, during, pause});
    if (policy_.wait) {
      if (policy_.wait(pause)) return true;
      ec = errc::operation_canceled;
      return false;
    }
    sleep(pause);
    return true;
  }

  // In a few steps by the clock: sleep_for alone gets longer with every signal that interrupts it, since it goes on
  // with what was left before.
  static void sleep(deadline end) {
    using namespace std::chrono_literals;
    while (!end.has_passed()) {
      const auto left = end.remaining();
      std::this_thread::sleep_for(left > 16ms ? left / 8 * 7 : left);
    }
  }

  std::chrono::nanoseconds next_pause() noexcept {
    using floating = std::chrono::duration<double, std::nano>;
    if (policy_.max_delay < delay_) delay_ = policy_.max_delay;
    const time_limit now = delay_;
    delay_ = floating{now.length()} * policy_.backoff;
    if (policy_.jitter <= 0) return now.length();
    // Rounding, of months and more, shall not lengthen it.
    const time_limit shorter = floating{now.length()} * (1 - policy_.jitter * random());
    return shorter < now ? shorter.length() : now.length();
  }

  // From 0 to 1: the clock, well mixed (splitmix64), is random enough to keep clients from knocking in step.
  static double random() noexcept {
    auto x = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<double>((x ^ (x >> 31U)) >> 11U) * 0x1p-53;
  }

  const retry_policy& policy_;
  deadline end_;
  time_limit delay_;
  int attempts_ = 0;
};

}  // namespace detail

/// Does something again and again while it fails with an error that can heal: `f(ec)` under the policy, where
/// `operation` says what it does.
/// Returns: what the last call of `f` returned. Throws: what `f` and the observers throw. ec is the error of the last
/// call; operation_canceled where the policy's wait refused; invalid_argument for a policy that makes no sense.
template <class F>
auto retry(const retry_policy& policy, operation during, F&& f, std::error_code& ec)
    -> std::invoke_result_t<F&, std::error_code&> {
  using result_type = std::invoke_result_t<F&, std::error_code&>;
  static_assert(std::is_void_v<result_type> || std::is_default_constructible_v<result_type>,
                "a policy that makes no sense is answered with an empty result");
  return detail::retry_loop{policy}.run(during, ec, [&f](operation, std::error_code& result) { return f(result); });
}

#if defined(__cpp_exceptions)

/// Does something again and again while it throws an error that can heal: `f()` under the policy.
/// Returns: what `f` returns. Throws: what the last call of `f` threw, the same object, and a socket_error then tells
/// the number of attempts, which is written into it (so it is not to be one that other threads hold);
/// operation_canceled where the policy's wait refused; invalid_argument for a policy that makes no sense; at once what
/// is no std::system_error.
template <class F>
auto retry(const retry_policy& policy, F&& f, source_location where = source_location::current())
    -> std::invoke_result_t<F&> {
  return detail::retry_loop{policy}.run(where, [&f]() -> std::invoke_result_t<F&> { return f(); });
}

#endif

}  // namespace sockerr

#endif

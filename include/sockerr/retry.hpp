// SPDX-License-Identifier: MIT
#ifndef SOCKERR_RETRY_HPP
#define SOCKERR_RETRY_HPP

#include <chrono>        // duration, nanoseconds, steady_clock
#include <cstdint>       // uint64_t
#include <optional>      // nullopt, optional
#include <system_error>  // error_code, system_error
#include <thread>        // sleep_for
#include <type_traits>   // declval, is_default_constructible_v, is_invocable_v, is_void_v

#include "deadline.hpp"
#include "detail/callable.hpp"
#include "exception.hpp"

namespace sockerr {
inline namespace v1_0 {

/// What an observer of retries is told, before the pause.
struct retry_event {
  int attempt = 0;                        ///< the number of the attempt that failed, from 1
  sockerr::error error;                   ///< what came of it
  std::chrono::nanoseconds next_delay{};  ///< how long the pause before the next attempt is
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

  /// Whether an error is worth another attempt. Unless set, the error's advice decides. Where bytes have moved, there
  /// is no other attempt whatever it says.
  detail::callable<bool(const std::error_code&, operation)> retry_if = {};
  /// Told before each pause.
  detail::callable<void(const retry_event&)> on_retry = {};
  /// Pauses; a false result refuses to, and the whole is library_errc::stopped. Unless set, the thread sleeps.
  detail::callable<bool(std::chrono::nanoseconds)> wait = {};
};

namespace detail {

// Whether an operation makes the socket that it works on, so that doing it again takes a new one.
constexpr bool makes_socket(operation during) noexcept {
  return during == operation::resolve || during == operation::open || during == operation::bind ||
         during == operation::listen || during == operation::connect;
}

// The state of one retry: counts the attempts, decides, and pauses.
class retry_loop {
 public:
  // `during` is what is repeated as a whole.
  retry_loop(const retry_policy& policy, operation during) noexcept
      : policy_{policy}, during_{during}, end_{policy.total}, delay_{policy.delay} {}

  // The time that the next attempt has, of which it may want less.
  time_limit bounded(time_limit wanted) const noexcept {
    const time_limit left = end_.is_never() ? time_limit::never() : time_limit{end_.remaining()};
    const time_limit longest = left < policy_.attempt_timeout ? left : policy_.attempt_timeout;
    return longest < wanted ? longest : wanted;
  }

  // Whether the policy can be followed.
  bool is_valid() const noexcept {
    constexpr time_limit none = std::chrono::nanoseconds::zero();
    return policy_.max_attempts > 0 && policy_.backoff >= 1 && policy_.jitter >= 0 && policy_.jitter <= 1 &&
           !(policy_.attempt_timeout < none) && !(policy_.delay < none) && !(policy_.max_delay < none) &&
           !(policy_.total < none);
  }

  // Makes one attempt, f(until, failed) or what of it `f` takes.
  // Returns: what `f` returns; the error is in `failed`.
  template <class F>
  decltype(auto) attempt(F& f, error& failed) const {
    const deadline until{bounded(time_limit::never())};
    if constexpr (std::is_invocable_v<F&, deadline, error&>) {
      return f(until, failed);
    } else if constexpr (std::is_invocable_v<F&, error&>) {
      return f(failed);
    } else if constexpr (std::is_invocable_v<F&, deadline, std::error_code&>) {
      const code_of code{failed, during_};
      return f(until, code.ec);
    } else if constexpr (std::is_invocable_v<F&, std::error_code&>) {
      const code_of code{failed, during_};
      return f(code.ec);
    } else if constexpr (std::is_invocable_v<F&, deadline>) {
      return f(until);
    } else {
      return f();
    }
  }

  // After an attempt that failed: decides and pauses.
  // Returns: whether to try again; if not, `failed` is what the whole ends with.
  bool should_retry(error& failed) {
    ++attempts_;
    const auto pause = is_worth_retrying(failed) && attempts_ < policy_.max_attempts
                           ? std::optional<std::chrono::nanoseconds>{next_pause()}
                           : std::nullopt;
    if (pause && *pause < end_.remaining()) {
      if (policy_.on_retry) policy_.on_retry(retry_event{attempts_, failed, *pause});
      if (!policy_.wait) {
        sleep(*pause);
        return true;
      }
      if (policy_.wait(*pause)) return true;
      failed = error_access::stopped(failed);
    }
    error_access::tries(failed, attempts_);
    return false;
  }

 private:
  // The code of an attempt that tells no more.
  struct code_of {
    error& failed;
    operation during;
    mutable std::error_code ec = {};
    ~code_of() {
      if (ec) failed = error{ec, during};
    }
  };

  bool is_worth_retrying(const error& failed) const {
    if (failed.transferred() != 0) return false;
    const operation during = failed.operation() != operation::unknown ? failed.operation() : during_;
    if (policy_.retry_if) return policy_.retry_if(failed.code(), during);
    const retry_advice advice =
        failed.operation() != operation::unknown ? failed.advice() : advise(failed.code(), during);
    return advice != retry_advice::never && (advice != retry_advice::on_new_socket || makes_socket(during_));
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
  operation during_;
  deadline end_;
  time_limit delay_;
  int attempts_ = 0;
};

// What f returns, in the form that is called.
template <class F>
using attempt_result = decltype(std::declval<const retry_loop&>().attempt(std::declval<F&>(), std::declval<error&>()));

template <class F>
inline constexpr bool takes_error =
    std::is_invocable_v<F&, deadline, error&> || std::is_invocable_v<F&, error&> ||
    std::is_invocable_v<F&, deadline, std::error_code&> || std::is_invocable_v<F&, std::error_code&>;

}  // namespace detail

/// Does something again and again while it fails with an error that can heal, under the policy. `during` says what it
/// does as a whole: where advice is `on_new_socket`, only what makes the socket is repeated (resolve, open, bind,
/// listen, connect), and what has moved bytes is not repeated at all. With std::error_code&, which does not tell that,
/// send_all and recv_exactly are not repeated either. Calls f(deadline, error&), f(error&), or one of these with
/// std::error_code&, the first that it can be called with; the deadline is that of the attempt. Returns: what the last
/// call of `f` returned. Throws: what `f` and the observers throw. `failed` is the error of the last call, with the
/// number of tries(); library_errc::stopped, with the last() error, where the policy's wait refused; invalid_argument
/// for a policy that cannot be followed.
template <class F>
detail::attempt_result<F> retry(const retry_policy& policy, operation during, F&& f, error& failed) {
  using result_type = detail::attempt_result<F>;
  static_assert(detail::takes_error<F>, "f has to report its error: only the form that throws understands exceptions");
  static_assert(std::is_void_v<result_type> || std::is_default_constructible_v<result_type>,
                "a policy that cannot be followed is answered with an empty result");
  detail::retry_loop loop{policy, during};
  failed = {};
  if (!loop.is_valid()) {
    failed = errc::invalid_argument;
    return result_type();
  }
  for (;;) {
    failed = {};
    if constexpr (std::is_void_v<result_type>) {
      loop.attempt(f, failed);
      if (!failed || !loop.should_retry(failed)) return;
    } else {
      result_type result = loop.attempt(f, failed);
      if (!failed || !loop.should_retry(failed)) return result;
    }
  }
}
/// The same, for whom the code of the error is enough.
template <class F>
detail::attempt_result<F> retry(const retry_policy& policy, operation during, F&& f, std::error_code& ec) {
  error failed;
  const struct assigning {
    const error& from;
    std::error_code& to;
    ~assigning() { to = from.code(); }
  } at_end{failed, ec};
  return retry(policy, during, f, failed);
}

#if defined(__cpp_exceptions)

/// Does something again and again while it fails, or throws an error, that can heal: calls f(deadline, error&),
/// f(error&), one of these with std::error_code&, f(deadline) or f(), the first that it can be called with.
/// Returns: what `f` returns. Throws: the last error, as throw_error() does, with the number of tries(); the last
/// std::system_error that is none of ours, the same object; stopped (operation_canceled) and invalid_argument as the
/// other form; at once what is no std::system_error. An exception that `f` throws is not written to, since other
/// threads may hold it.
template <class F>
detail::attempt_result<F> retry(const retry_policy& policy, operation during, F&& f,
                                source_location where = source_location::current()) {
  detail::retry_loop loop{policy, during};
  if (!loop.is_valid()) throw_error(errc::invalid_argument, operation::unknown, where);
  for (;;) {
    error failed;
    try {
      if constexpr (std::is_void_v<detail::attempt_result<F>>) {
        loop.attempt(f, failed);
        if (!failed) return;
      } else {
        detail::attempt_result<F> result = loop.attempt(f, failed);
        if (!failed) return result;
      }
    } catch (const socket_error& e) {
      failed = e.error();
    } catch (const std::system_error& e) {
      failed = error{e.code(), during, where};
      if (loop.should_retry(failed)) continue;
      if (failed.code() == e.code()) throw;
      throw_error(failed);
    }
    if (!loop.should_retry(failed)) throw_error(failed);
  }
}

#endif

}  // namespace v1_0
}  // namespace sockerr

#endif

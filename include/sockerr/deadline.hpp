// SPDX-License-Identifier: MIT
#ifndef SOCKERR_DEADLINE_HPP
#define SOCKERR_DEADLINE_HPP

#include <chrono>  // duration, nanoseconds, steady_clock

namespace sockerr {
inline namespace v1_0 {

/// A length of time, or no limit. Converts from any std::chrono duration; one that is too long for nanoseconds, such as
/// hours::max(), is no limit, and one that is not a number is zero.
class time_limit {
 public:
  /// No limit.
  constexpr time_limit() noexcept = default;

  /// A length of time.
  template <class Rep, class Period>
  constexpr time_limit(std::chrono::duration<Rep, Period> length) noexcept : length_{saturate(length)} {}

  /// Returns: the limit that is never reached.
  [[nodiscard]] static constexpr time_limit never() noexcept { return {}; }
  /// Returns: whether there is no limit.
  [[nodiscard]] constexpr bool is_never() const noexcept { return length_ == (std::chrono::nanoseconds::max)(); }
  /// Returns: the length in nanoseconds, their max() for no limit; negative if it was made so.
  [[nodiscard]] constexpr std::chrono::nanoseconds length() const noexcept { return length_; }

  /// Returns: whether both are as long.
  [[nodiscard]] friend constexpr bool operator==(time_limit a, time_limit b) noexcept { return a.length_ == b.length_; }
  /// Returns: whether one is longer.
  [[nodiscard]] friend constexpr bool operator!=(time_limit a, time_limit b) noexcept { return a.length_ != b.length_; }
  /// Returns: whether `a` is shorter; no limit is longer than all others.
  [[nodiscard]] friend constexpr bool operator<(time_limit a, time_limit b) noexcept { return a.length_ < b.length_; }

 private:
  template <class Rep, class Period>
  static constexpr std::chrono::nanoseconds saturate(std::chrono::duration<Rep, Period> length) noexcept {
    using std::chrono::nanoseconds;
    // Compared as floating point, where nothing overflows; the bounds are a rounding error inside the real ones.
    const auto approximately = std::chrono::duration<double, std::nano>{length}.count();
    if (approximately >= 9.2e18) return (nanoseconds::max)();
    if (approximately <= -9.2e18) return (nanoseconds::min)();
    if (!(approximately == approximately)) return nanoseconds::zero();
    if constexpr (std::chrono::treat_as_floating_point_v<Rep>) {
      return std::chrono::duration_cast<nanoseconds>(length);
    } else {
      // Where neither unit is a multiple of the other, as with thirtieths of a second, the product on the way to
      // nanoseconds would overflow long before the result does.
      const auto whole = std::chrono::duration_cast<std::chrono::seconds>(length);
      return whole + std::chrono::duration_cast<nanoseconds>(length - whole);
    }
  }

  std::chrono::nanoseconds length_ = (std::chrono::nanoseconds::max)();
};

/// Until when a call may take, all its waiting and repeating together, on the steady clock.
///
/// Converts from a duration, which counts from the moment of the conversion, and from a time point. The default one
/// leaves waiting to the descriptor's own mode: a blocking one waits, a non-blocking one reports `would_block`. A
/// deadline that has passed, and a negative duration, mean one try that does not wait; what cannot be done at once is
/// `timed_out`.
class deadline {
 public:
  /// Never set back, whatever happens to the time of day.
  using clock = std::chrono::steady_clock;

  /// The descriptor's own mode decides.
  constexpr deadline() noexcept = default;

  /// A length of time from now on.
  template <class Rep, class Period>
  deadline(std::chrono::duration<Rep, Period> from_now) noexcept : deadline{time_limit{from_now}} {}

  /// A length of time from now on; never() where there is no limit.
  deadline(time_limit from_now) noexcept : at_{from_now.is_never() ? (clock::time_point::max)() : after(from_now)} {}

  /// A point in time.
  template <class Duration>
  constexpr deadline(std::chrono::time_point<clock, Duration> at) noexcept
      : at_{std::chrono::duration_cast<clock::duration>(time_limit{at.time_since_epoch()}.length())} {
    if (at_ == (clock::time_point::min)()) at_ += clock::duration{1};
  }

  /// Returns: the deadline that waits without limit, also on a non-blocking descriptor.
  [[nodiscard]] static constexpr deadline never() noexcept { return deadline{(clock::time_point::max)()}; }

  /// Returns: false for the default one, which leaves waiting to the descriptor.
  [[nodiscard]] constexpr bool is_set() const noexcept { return at_ != (clock::time_point::min)(); }
  /// Returns: whether it waits without limit.
  [[nodiscard]] constexpr bool is_never() const noexcept { return at_ == (clock::time_point::max)(); }
  /// Returns: true if there is a point in time and it lies behind us.
  [[nodiscard]] bool has_passed() const noexcept { return is_set() && !is_never() && clock::now() >= at_; }
  /// Returns: what is left, zero if it has passed, duration::max() where there is no limit.
  [[nodiscard]] clock::duration remaining() const noexcept {
    if (!is_set() || is_never()) return (clock::duration::max)();
    const auto now = clock::now();
    return now < at_ ? at_ - now : clock::duration::zero();
  }
  /// Returns: the earlier of the two; one that is set, if only one is.
  [[nodiscard]] static constexpr deadline earlier(deadline a, deadline b) noexcept {
    if (!a.is_set()) return b;
    if (!b.is_set()) return a;
    return a.at_ < b.at_ ? a : b;
  }

 private:
  static clock::time_point after(time_limit from_now) noexcept {
    const auto now = clock::now();
    if (from_now.length() < clock::duration::zero()) return now;
    const auto left = (clock::time_point::max)() - now;
    return from_now.length() < left ? now + std::chrono::duration_cast<clock::duration>(from_now.length())
                                    : (clock::time_point::max)();
  }

  clock::time_point at_ = (clock::time_point::min)();
};

}  // namespace v1_0
}  // namespace sockerr

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ATTEMPT_HPP
#define SOCKERR_ATTEMPT_HPP

#include <atomic>        // atomic
#include <chrono>        // nanoseconds
#include <cstddef>       // size_t
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code
#include <utility>       // move
#include <vector>        // vector

#include "classify.hpp"
#include "exception.hpp"
#include "operation.hpp"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace sockerr {

/// One of the attempts that connect_to made.
struct attempt {
  std::string endpoint;                               ///< "127.0.0.1:80"
  std::error_code error;                              ///< what came of it
  sockerr::operation operation = operation::connect;  ///< the call that failed
  bool by_deadline = false;                           ///< our deadline, not the kernel's timeout
  std::chrono::nanoseconds elapsed = {};              ///< how long it took
};

/// The attempts that an exception tells of. Lives as long as the exception, or a copy of it.
class attempt_list {
 public:
  /// No attempts.
  constexpr attempt_list() noexcept = default;
  /// Refers to `count` attempts from `first` on.
  constexpr attempt_list(const attempt* first, std::size_t count) noexcept : first_{first}, count_{count} {}

  /// Returns: the first attempt.
  [[nodiscard]] constexpr const attempt* begin() const noexcept { return first_; }
  /// Returns: what comes after the last attempt.
  [[nodiscard]] constexpr const attempt* end() const noexcept { return first_ + count_; }
  /// Returns: how many attempts there were.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }
  /// Returns: whether there were none.
  [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
  /// Returns: the attempt at `i`, which is to be less than size().
  [[nodiscard]] constexpr const attempt& operator[](std::size_t i) const noexcept { return first_[i]; }

 private:
  const attempt* first_ = nullptr;
  std::size_t count_ = 0;
};

#if defined(__cpp_exceptions)

/// Hands attempts to throw_error(), in an error_context.
class attempt_report final : public detail::report {
 public:
  /// Tells of `attempts`.
  explicit attempt_report(std::vector<attempt> attempts) : attempts_{std::move(attempts)} {}

 private:
  attempt_report(const attempt_report& other, std::string_view what, std::string_view note)
      : attempts_{other.attempts_}, what_{what}, end_{what.size()} {
    what_.append(note);
  }

  const report* copy(std::string_view what) const override {
    return new attempt_report{*this, std::string{what} + list(), {}};
  }
  const report* noted(std::string_view note) const override {
    return new attempt_report{*this, std::string_view{what_}.substr(0, end_), note};
  }
  void add_owner() const noexcept override { owners_.fetch_add(1, std::memory_order_relaxed); }
  void remove_owner() const noexcept override {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  const char* what() const noexcept override { return what_.c_str(); }
  attempt_list attempts() const noexcept override { return {attempts_.data(), attempts_.size()}; }

  std::string list() const {
    std::string result;
    if (attempts_.size() < 2) return result;  // what() is about that one already
    for (const attempt& a : attempts_) {
      const std::string_view known = symbol(a.error);
      result += (result.empty() ? " (tried " : "; ") + a.endpoint + ": ";
      result += known.empty() ? a.error.message() : std::string{known};
    }
    detail::make_shown(result.data(), result.data() + result.size());
    return result + ')';
  }

  const std::vector<attempt> attempts_;
  std::string what_;
  std::size_t end_ = 0;  // of what_ without the note
  mutable std::atomic<long> owners_{1};
};

inline attempt_list socket_error::attempts() const noexcept { return more_ ? more_->attempts() : attempt_list{}; }

#endif

}  // namespace sockerr

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

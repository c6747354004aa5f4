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

#include "error.hpp"
#include "exception.hpp"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace sockerr {
inline namespace v1_0 {

/// One of the attempts that connect_to made.
struct attempt {
  std::string endpoint;                               ///< "127.0.0.1:80"
  std::error_code error;                              ///< what came of it
  sockerr::operation operation = operation::connect;  ///< the call that failed
  std::chrono::nanoseconds elapsed = {};              ///< how long it took
};

/// The attempts that an error tells of. Lives as long as the error, or a copy of it.
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

namespace detail {

class stored_attempts final : public attempt_store {
 public:
  explicit stored_attempts(std::vector<attempt> attempts) : attempts_{std::move(attempts)} {}

  void add_owner() const noexcept override { owners_.fetch_add(1, std::memory_order_relaxed); }
  void remove_owner() const noexcept override {
    if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  attempt_list attempts() const noexcept override { return {attempts_.data(), attempts_.size()}; }
  std::size_t count() const noexcept override { return attempts_.size(); }

  void write(text_writer& out, bool without_ports) const noexcept override {
    std::string_view separator = " (tried ";
    for (const attempt& a : attempts_) {
      out << separator;
      out.sanitize(without_ports ? without_port(a.endpoint) : a.endpoint, longest_endpoint);
      out << ": ";
      const error plain{a.error};
      out << (plain.symbol().empty() ? plain.text() : plain.symbol());
      separator = "; ";
    }
    out << ")";
  }

 private:
  static constexpr std::size_t longest_endpoint = 112;

  const std::vector<attempt> attempts_;
  mutable std::atomic<long> owners_{1};
};

inline void keep_attempts(error& e, std::vector<attempt> attempts) {
  error_access::attempts(e, shared_attempts{new stored_attempts{std::move(attempts)}});
}

}  // namespace detail

inline attempt_list error::attempts() const noexcept {
  return attempts_.get() != nullptr ? attempts_.get()->attempts() : attempt_list{};
}

#if defined(__cpp_exceptions)
inline attempt_list socket_error::attempts() const noexcept { return error_.attempts(); }
#endif

}  // namespace v1_0
}  // namespace sockerr

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

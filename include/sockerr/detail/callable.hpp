// SPDX-License-Identifier: MIT
#ifndef SOCKERR_DETAIL_CALLABLE_HPP
#define SOCKERR_DETAIL_CALLABLE_HPP

#include <cstddef>      // nullptr_t
#include <type_traits>  // enable_if_t, is_constructible_v, is_convertible_v, is_invocable_r_v and the like
#include <utility>      // exchange, move, swap

namespace sockerr {
inline namespace v1_0 {
namespace detail {

template <class Signature>
class callable;

// A function, a lambda or another function object, or none of them. A std::function would do, but <functional> costs a
// compiler nearly as much as <system_error> itself.
template <class R, class... Args>
class callable<R(Args...)> {
 public:
  callable(std::nullptr_t = nullptr) noexcept {}
  template <class F, class = std::enable_if_t<std::is_invocable_r_v<R, F&, Args...> && !std::is_member_pointer_v<F>>>
  callable(F f) {
    // A null pointer is none, and so is what can say so itself, as an empty std::function does.
    if constexpr (std::is_pointer_v<F> || (std::is_constructible_v<bool, F&> && !std::is_convertible_v<F&, bool>))
      if (!f) return;
    target_ = new holder<F>{std::move(f)};
  }

  callable(const callable& other) : target_{other.target_ != nullptr ? other.target_->copy() : nullptr} {}
  callable(callable&& other) noexcept : target_{std::exchange(other.target_, nullptr)} {}
  callable& operator=(callable other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~callable() { delete target_; }

  explicit operator bool() const noexcept { return target_ != nullptr; }
  R operator()(Args... args) const { return target_->call(static_cast<Args&&>(args)...); }

 private:
  struct target {
    target() = default;
    target(const target&) = delete;
    target& operator=(const target&) = delete;
    virtual ~target() = default;
    virtual R call(Args... args) = 0;
    virtual target* copy() const = 0;
  };

  template <class F>
  struct holder final : target {
    explicit holder(F function) : f{std::move(function)} {}
    R call(Args... args) override { return static_cast<R>(f(static_cast<Args&&>(args)...)); }
    target* copy() const override { return new holder{f}; }
    F f;
  };

  target* target_ = nullptr;
};

}  // namespace detail
}  // namespace v1_0
}  // namespace sockerr

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_FOREIGN_CATEGORIES_HPP
#define SOCKERR_TESTS_FOREIGN_CATEGORIES_HPP

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

// A category of someone else's that only has a name: Asio's, or ours in another shared library.
class named_category : public std::error_category {
 public:
  explicit named_category(const char* name) : name_{name} {}
  const char* name() const noexcept override { return name_; }
  std::string message(int value) const override { return name_ + (" " + std::to_string(value)); }

 private:
  const char* name_;
};

// A category that nobody knows, but which says what its numbers mean: those of the conditions given.
class conditional_category final : public named_category {
 public:
  explicit conditional_category(const std::error_category& conditions)
      : named_category{"conditional"}, conditions_{conditions} {}
  std::error_condition default_error_condition(int value) const noexcept override { return {value, conditions_}; }

 private:
  const std::error_category& conditions_;
};

// A category that nobody knows, and which says what its numbers mean by this function alone.
class equivalent_category final : public named_category {
 public:
  using function = bool (*)(int value, const std::error_condition& condition);
  explicit equivalent_category(function f) : named_category{"equivalent"}, equivalent_{f} {}
  using std::error_category::equivalent;
  bool equivalent(int value, const std::error_condition& condition) const noexcept override {
    return equivalent_(value, condition);
  }

 private:
  function equivalent_;
};

// A category that nobody knows, with these words for all its numbers.
class worded_category final : public named_category {
 public:
  explicit worded_category(std::string words) : named_category{"worded"}, words_{std::move(words)} {}
  std::string message(int) const override { return words_; }

 private:
  std::string words_;
};

// A category that cannot say what its numbers mean.
class throwing_category final : public named_category {
 public:
  throwing_category() : named_category{"throwing"} {}
  std::string message(int) const override { throw std::logic_error{"no message"}; }
};

inline const named_category asio_system{"asio.system"};
inline const named_category asio_netdb{"asio.netdb"};
inline const named_category asio_addrinfo{"asio.addrinfo"};
inline const named_category asio_misc{"asio.misc"};
inline const named_category stranger{"stranger"};
inline const named_category other_tree{"sockerr.condition"};
inline const throwing_category speechless;

#endif

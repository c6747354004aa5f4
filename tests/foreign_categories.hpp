// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_FOREIGN_CATEGORIES_HPP
#define SOCKERR_TESTS_FOREIGN_CATEGORIES_HPP

#include <string>
#include <system_error>

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

inline const named_category asio_system{"asio.system"};
inline const named_category asio_netdb{"asio.netdb"};
inline const named_category asio_addrinfo{"asio.addrinfo"};
inline const named_category asio_misc{"asio.misc"};
inline const named_category stranger{"stranger"};
inline const named_category other_tree{"socket condition"};

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CATEGORY_HPP
#define SOCKERR_CATEGORY_HPP

#include <cstring>       // memcmp, size_t
#include <new>           // placement new
#include <string>        // string, to_string
#include <string_view>   // string_view, size
#include <system_error>  // error_category, error_code, error_condition
#include <type_traits>   // true_type

#include "condition.hpp"
#include "errc.hpp"

namespace std {
template <>
struct is_error_code_enum<sockerr::errc> : true_type {};
template <>
struct is_error_code_enum<sockerr::resolver_errc> : true_type {};
template <>
struct is_error_condition_enum<sockerr::condition> : true_type {};
}  // namespace std

// Code compiled with -fvisibility=hidden in several shared libraries is to share one category object.
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#define SOCKERR_NOINLINE [[gnu::noinline]]
#define SOCKERR_COLD [[gnu::noinline, gnu::cold]]
#else
#define SOCKERR_NOINLINE
#define SOCKERR_COLD
#endif

namespace sockerr {
namespace detail {

// The one object of a category. It lives in storage that is part of the program image and is never destroyed, so it
// works in every static initialiser and destructor; it is made at the first use, so no start-up code makes it.
// Comparing addresses needs the storage alone.
template <class Category>
class immortal {
 public:
  static const std::error_category& get() noexcept {
    static const Category& object = *::new (static_cast<void*>(storage)) Category;
    return object;
  }
  static bool is(const std::error_category& category) noexcept {
    return static_cast<const void*>(&category) == static_cast<const void*>(storage);
  }

 private:
  alignas(Category) static inline unsigned char storage[sizeof(Category)]{};
};

template <class Code>
struct category_name;
template <>
struct category_name<errc> {
  static constexpr char value[] = "socket";
};
template <>
struct category_name<resolver_errc> {
  static constexpr char value[] = "resolver";
};

template <class Code>
class code_category final : public std::error_category {
 public:
  const char* name() const noexcept override;
  std::string message(int value) const override;
  std::error_condition default_error_condition(int value) const noexcept override;
  bool equivalent(int value, const std::error_condition& condition) const noexcept override;
};

inline constexpr char tree_category_name[] = "socket condition";

class tree_category final : public std::error_category {
 public:
  inline const char* name() const noexcept override;
  inline std::string message(int value) const override;
  inline bool equivalent(const std::error_code& code, int value) const noexcept override;
};

}  // namespace detail

/// The category of native socket error numbers: errno, or on Windows WSA and Win32 codes. name() is "socket".
/// Its default_error_condition() is a sockerr::condition; its codes also compare with std::errc, on every platform.
/// Compare codes with conditions, not codes with codes: two shared libraries may each have this object.
[[nodiscard]] inline const std::error_category& socket_category() noexcept {
  return detail::immortal<detail::code_category<errc>>::get();
}

/// The category of resolver_errc, the results of getaddrinfo. name() is "resolver".
[[nodiscard]] inline const std::error_category& resolver_category() noexcept {
  return detail::immortal<detail::code_category<resolver_errc>>::get();
}

/// The category of sockerr::condition. name() is "socket condition".
[[nodiscard]] inline const std::error_category& condition_category() noexcept {
  return detail::immortal<detail::tree_category>::get();
}

/// The standard library calls it where an errc becomes a std::error_code.
/// Returns: the code as one of socket_category().
[[nodiscard]] inline std::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), socket_category()};
}

/// The standard library calls it where a resolver_errc becomes a std::error_code.
/// Returns: the code as one of resolver_category().
[[nodiscard]] inline std::error_code make_error_code(resolver_errc code) noexcept {
  return {static_cast<int>(code), resolver_category()};
}

/// The standard library calls it where a condition becomes a std::error_condition.
/// Returns: the condition as one of condition_category().
[[nodiscard]] inline std::error_condition make_error_condition(condition c) noexcept {
  return {static_cast<int>(c), condition_category()};
}

namespace detail {

// The system's category is asked for first, on every path: so compilers can move the call, which has no effects, out of
// a caller's loop.
inline bool is_native(const std::error_category& category) noexcept {
  return category == std::system_category() || immortal<code_category<errc>>::is(category);
}

// Compares as many bytes as the array has, not as many as the name: a number that compilers know, so none of them calls
// a function for it.
template <std::size_t Size>
bool equal(std::string_view name, const char (&known)[Size]) noexcept {
  return name.size() == Size - 1 && std::memcmp(name.data(), known, Size - 1) == 0;
}

// What the numbers of a category of this name count as: other libraries' headers are not needed, and an object of the
// same category in another shared library is as good as ours.
inline number_space space_by_name(std::string_view name) noexcept {
  if (equal(name, category_name<errc>::value) || equal(name, "system") || equal(name, "asio.system"))
    return native_space;
  if (equal(name, "generic")) return number_space::posix;
  if (equal(name, category_name<resolver_errc>::value)) return number_space::resolver;
  if (equal(name, "asio.netdb")) return number_space::netdb;
  if (equal(name, "asio.addrinfo")) return number_space::addrinfo;
  if (equal(name, "asio.misc")) return number_space::misc;
  if (equal(name, tree_category_name)) return number_space::condition;
  return number_space::unknown;
}

inline number_space space_of_category(const std::error_category& category) noexcept {
  if (is_native(category)) return native_space;
  if (category == std::generic_category()) return number_space::posix;
  return space_by_name(category.name());
}

inline const row* find(number_space space, int number) noexcept {
  if (space == native_space) return find<native_space>(number);
  if (space == number_space::posix) return find<number_space::posix>(number);
  if (space == number_space::resolver) return find<number_space::resolver>(number);
  for (const foreign_row& r : foreign_rows)
    if (r.space == space && r.number == number) return &r;
  return nullptr;
}

// Where a code of any category stands.
struct position {
  number_space space;
  int number;
};

// `space` is that of its category. Out of line, since it is rare: callers save fewer registers.
SOCKERR_NOINLINE inline position locate(const std::error_code& ec, number_space space) noexcept {
  if (space != number_space::unknown || ec.value() == 0) return {space, ec.value()};
  const std::error_condition portable = ec.default_error_condition();
  const number_space portable_space = space_of_category(portable.category());
  // A category that knows no better answers with itself; only errno numbers and our conditions are portable.
  if (portable_space != number_space::posix && portable_space != number_space::condition)
    return {number_space::unknown, ec.value()};
  return {portable_space, portable.value()};
}

// What foreign_rows says without its texts: these stay out of programs that only compare.
struct foreign_owner {
  number_space space;
  int number;
  condition owner;
};
struct foreign_owner_list {
  foreign_owner of[std::size(foreign_rows)];
};
constexpr foreign_owner_list make_foreign_owners() noexcept {
  foreign_owner_list result{};
  foreign_owner* next = result.of;
  for (const foreign_row& r : foreign_rows) *next++ = {r.space, r.number, detail::owner(r.what)};
  return result;
}
inline constexpr auto foreign_owners = make_foreign_owners();

inline condition owner(position at) noexcept {
  if (at.number == 0) return condition::none;
  if (at.space == native_space) return classify<native_space>(at.number);
  if (at.space == number_space::posix) return classify<number_space::posix>(at.number);
  if (at.space == number_space::resolver) return classify<number_space::resolver>(at.number);
  if (at.space == number_space::condition) {
    const auto c = static_cast<condition>(at.number);
    return is_known(c) ? c : condition::other;
  }
  for (const foreign_owner& f : foreign_owners.of)
    if (f.space == at.space && f.number == at.number) return f.owner;
  return condition::other;
}

// What is known about a code of any category.
struct finding {
  const row* found;  // nullptr where no row has it
  condition owner;
};

SOCKERR_NOINLINE inline finding find(const std::error_code& ec) noexcept {
  const position at = locate(ec, space_of_category(ec.category()));
  const condition node = owner(at);
  if (at.number == 0 || at.space == number_space::condition) return {nullptr, node};
  return {find(at.space, at.number), node};
}

// Out of line and marked as rare, so that the comparisons of our own and of the system's codes are small and straight.
SOCKERR_COLD inline condition classify_foreign(const std::error_code& ec) noexcept {
  if (ec.category() == std::generic_category()) return classify<number_space::posix>(ec.value());
  const number_space space = space_by_name(ec.category().name());
  if (space == native_space) return classify<native_space>(ec.value());  // Asio's
  return owner(locate(ec, space));
}

}  // namespace detail

/// The node of the tree that owns a code of any category: ours, std::system_category (errno; WSA and Win32 codes on
/// Windows), std::generic_category (errno), Asio's and Boost.Asio's, ours in another shared library, and any other by
/// its default_error_condition().
/// Returns: `condition::none` for a code whose value is 0, `condition::other` where nothing is known about it.
[[nodiscard]] inline condition classify(const std::error_code& ec) noexcept {
  if (detail::is_native(ec.category())) return detail::classify<detail::native_space>(ec.value());
  return detail::classify_foreign(ec);
}

/// Whether a code of any category belongs to a node of the tree, or to one below it.
/// Returns: `matches(classify(ec), c)`.
[[nodiscard]] inline bool operator==(const std::error_code& ec, condition c) noexcept {
  return matches(classify(ec), c);
}
/// The same, the other way round.
[[nodiscard]] inline bool operator==(condition c, const std::error_code& ec) noexcept { return ec == c; }
/// Whether a code does not belong to a node of the tree.
[[nodiscard]] inline bool operator!=(const std::error_code& ec, condition c) noexcept { return !(ec == c); }
/// The same, the other way round.
[[nodiscard]] inline bool operator!=(condition c, const std::error_code& ec) noexcept { return !(ec == c); }

namespace detail {

template <class Code>
const char* code_category<Code>::name() const noexcept {
  return category_name<Code>::value;
}

template <class Code>
std::string code_category<Code>::message(int value) const {
  if (value == 0 || detail::find<space_of<Code>::value>(value) != nullptr)
    return std::string{sockerr::message(static_cast<Code>(value))};
  return "Unknown error " + std::to_string(value);
}

template <class Code>
std::error_condition code_category<Code>::default_error_condition(int value) const noexcept {
  return make_error_condition(sockerr::classify(static_cast<Code>(value)));
}

template <class Code>
bool code_category<Code>::equivalent(int value, const std::error_condition& condition) const noexcept {
  if (condition.category() != std::generic_category()) return default_error_condition(value) == condition;
  // The numbers of std::errc are those of <cerrno>; on Windows ours are not.
  const row* const ours = detail::find<space_of<Code>::value>(value);
  const row* const theirs = detail::find<number_space::posix>(condition.value());
  if (ours == nullptr || theirs == nullptr) return value == 0 && condition.value() == 0;
  return ours->what == theirs->what;
}

const char* tree_category::name() const noexcept { return tree_category_name; }

std::string tree_category::message(int value) const {
  const auto c = static_cast<condition>(value);
  return is_known(c) ? std::string{sockerr::message(c)} : "unknown condition " + std::to_string(value);
}

bool tree_category::equivalent(const std::error_code& code, int value) const noexcept {
  return code == static_cast<condition>(value);
}

}  // namespace detail
}  // namespace sockerr

#undef SOCKERR_NOINLINE
#undef SOCKERR_COLD
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

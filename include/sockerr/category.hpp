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
struct is_error_code_enum<sockerr::library_errc> : true_type {};
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
inline namespace v1_0 {
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
  static constexpr char value[] = "sockerr.socket";
};
template <>
struct category_name<resolver_errc> {
  static constexpr char value[] = "sockerr.resolver";
};
template <>
struct category_name<library_errc> {
  static constexpr char value[] = "sockerr.library";
};

template <class Code>
class code_category final : public std::error_category {
 public:
  const char* name() const noexcept override;
  std::string message(int value) const override;
  std::error_condition default_error_condition(int value) const noexcept override;
  bool equivalent(int value, const std::error_condition& condition) const noexcept override;
};

inline constexpr char tree_category_name[] = "sockerr.condition";

class tree_category final : public std::error_category {
 public:
  inline const char* name() const noexcept override;
  inline std::string message(int value) const override;
  inline bool equivalent(const std::error_code& code, int value) const noexcept override;
};

}  // namespace detail

/// The category of native socket error numbers: errno, or on Windows WSA and Win32 codes. name() is "sockerr.socket".
/// Its default_error_condition() is that of std::generic_category() where an errno means the same, else a
/// sockerr::condition; its codes compare with std::errc on every platform.
/// Compare codes with conditions, not codes with codes: two shared libraries may each have this object.
[[nodiscard]] inline const std::error_category& socket_category() noexcept {
  return detail::immortal<detail::code_category<errc>>::get();
}

/// The category of resolver_errc, the results of getaddrinfo. name() is "sockerr.resolver".
[[nodiscard]] inline const std::error_category& resolver_category() noexcept {
  return detail::immortal<detail::code_category<resolver_errc>>::get();
}

/// The category of library_errc, the errors that this library itself decides. name() is "sockerr.library".
[[nodiscard]] inline const std::error_category& library_category() noexcept {
  return detail::immortal<detail::code_category<library_errc>>::get();
}

/// The category of sockerr::condition. name() is "sockerr.condition".
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

/// The standard library calls it where a library_errc becomes a std::error_code.
/// Returns: the code as one of library_category().
[[nodiscard]] inline std::error_code make_error_code(library_errc code) noexcept {
  return {static_cast<int>(code), library_category()};
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
// same category in another shared library, of whichever version, is as good as ours. Names without a dot, such as
// "system" and "socket", are no evidence: others use them for other numbers.
inline number_space space_by_name(std::string_view name) noexcept {
  if (equal(name, "asio.system") || equal(name, category_name<errc>::value)) return native_space;
  if (equal(name, "asio.netdb")) return number_space::netdb;
  if (equal(name, "asio.addrinfo")) return number_space::addrinfo;
  if (equal(name, "asio.misc")) return number_space::misc;
  if (equal(name, category_name<library_errc>::value)) return number_space::library;
  if (equal(name, category_name<resolver_errc>::value)) return number_space::resolver;
  if (equal(name, tree_category_name)) return number_space::condition;
  if (equal(name, "asio.ssl")) return number_space::ssl;
  if (equal(name, "asio.ssl.stream")) return number_space::ssl_stream;
  if (equal(name, "boost.beast")) return number_space::beast;
  if (equal(name, "beast.http")) return number_space::http;
  if (equal(name, "boost.beast.websocket")) return number_space::websocket;
  return number_space::unknown;
}

inline number_space space_of_category(const std::error_category& category) noexcept {
  if (is_native(category)) return native_space;
  if (category == std::generic_category()) return number_space::posix;
  return space_by_name(category.name());
}

// Where a number stands.
struct position {
  number_space space;
  int number;
};

// A value of "asio.ssl", as OpenSSL's ERR_get_error() gives it, holds a library and a reason of it, and from OpenSSL 3
// on maybe an errno. Those of the TLS library itself are known by their reason (OpenSSL, openssl/err.h: ERR_PACK,
// ERR_LIB_SSL, ERR_SYSTEM_FLAG; 1.1 and LibreSSL have a function between the two).
inline position unpack_ssl(int value) noexcept {
  const auto packed = static_cast<unsigned>(value);
  constexpr unsigned ssl_library = 20;
  constexpr unsigned system_library = 2;
  constexpr int out_of_memory = 0xc0100;  // ERR_R_MALLOC_FAILURE of any library
  const unsigned function = packed >> 12U & 0xfffU;
  if (packed >> 31U != 0) return {native_space, static_cast<int>(packed & 0x7fffffffU)};
  if (packed >> 23U == ssl_library) return {number_space::ssl, static_cast<int>(packed & 0x7fffffU)};
  if (packed >> 24U == ssl_library && (packed & 0x7ff000U) != 0)
    return {number_space::ssl, static_cast<int>(packed & 0xfffU)};
  if (packed >> 24U == system_library && function != 0 && function < 64)
    return {native_space, static_cast<int>(packed & 0xfffU)};
  if ((packed & 0x7fffffU) == out_of_memory) return {number_space::ssl, out_of_memory};
  return {number_space::ssl, -1};
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
  if (at.space == number_space::library) return classify<number_space::library>(at.number);
  if (at.space == number_space::condition) {
    const auto c = static_cast<condition>(at.number);
    return is_known(c) ? c : condition::other;
  }
  for (const foreign_owner& f : foreign_owners.of)
    if (f.space == at.space && f.number == at.number) return f.owner;
  return condition::other;
}

// A category that nobody knows says what its codes mean by its equivalent(): with a node itself, or with an errno that
// belongs to it. The first node in the order of their numbers counts, groups last.
inline position ask_equivalent(const std::error_code& ec) noexcept {
  const std::error_category& category = ec.category();
  position best{number_space::unknown, ec.value()};
  unsigned best_rank = 2 * node_limit;
  const auto rank_of = [](unsigned number) {
    return node_number.subtree[number] == std::uint64_t{1} << number ? number : number + node_limit;
  };
  for (unsigned number = 2; number != node_limit; ++number) {
    const auto c = static_cast<condition>(number);
    if (!is_known(c) || rank_of(number) >= best_rank || !category.equivalent(ec.value(), make_error_condition(c)))
      continue;
    best = {number_space::condition, static_cast<int>(number)};
    best_rank = rank_of(number);
  }
  for (int e = 1; e <= last_errno; ++e) {
    const condition c = classify<number_space::posix>(e);
    const unsigned rank = rank_of(static_cast<unsigned>(c));
    if (c == condition::other || rank >= best_rank || !category.equivalent(ec.value(), {e, std::generic_category()}))
      continue;
    best = {number_space::posix, e};
    best_rank = rank;
  }
  return best;
}

// `space` is that of the code's category. Out of line, since it is rare: callers save fewer registers.
SOCKERR_NOINLINE inline position locate(const std::error_code& ec, number_space space) noexcept {
  if (space == number_space::ssl && ec.value() != 0) return unpack_ssl(ec.value());
  if (space != number_space::unknown || ec.value() == 0) return {space, ec.value()};
  const std::error_condition portable = ec.default_error_condition();
  const position at{space_of_category(portable.category()), portable.value()};
  // A category that knows no better answers with itself; only errno numbers and our conditions are portable.
  if (at.space == number_space::posix || at.space == number_space::condition) {
    const condition c = owner(at);
    if (c != condition::none && c != condition::other) return at;
  }
  return ask_equivalent(ec);
}

// A code of the table.
struct named_error {
  error_id what;
  std::string_view symbol = {};  // "" where no row names it
  bool has_words = false;        // whether the words are the table's
};

template <number_space Space>
named_error find(int number) noexcept {
  const std::size_t at = place<Space>(number);
  if (at == 0) return {error_id::other};
  const row& r = table<Space>::rows[at - 1];
  return {r.what, r.symbol, true};
}

inline named_error find(position at) noexcept {
  if (at.space == native_space) return find<native_space>(at.number);
  if (at.space == number_space::posix) return find<number_space::posix>(at.number);
  if (at.space == number_space::resolver) return find<number_space::resolver>(at.number);
  if (at.space == number_space::library) return find<number_space::library>(at.number);
  if (at.space == number_space::condition) return {error_of(static_cast<condition>(at.number))};
  for (const foreign_row& r : foreign_rows)
    if (r.space == at.space && r.number == at.number) return {r.what, r.symbol, true};
  return {error_id::other};
}

// What a code stands for. One that only maps to an errno keeps its own words, and has a symbol only if it maps to the
// number that it has, as those of Boost.System before version 1.79.
SOCKERR_NOINLINE inline named_error find(const std::error_code& ec) noexcept {
  const number_space space = space_of_category(ec.category());
  const position at = locate(ec, space);
  named_error found = find(at);
  if (space != number_space::unknown) return found;
  found.has_words = false;
  if (at.number != ec.value()) found.symbol = {};
  return found;
}

// Out of line and marked as rare, so that the comparisons of our own and of the system's codes are small and straight.
SOCKERR_COLD inline condition classify_foreign(const std::error_code& ec) noexcept {
  if (ec.category() == std::generic_category()) return classify<number_space::posix>(ec.value());
  const number_space space = space_by_name(ec.category().name());
  if (space == native_space) return classify<native_space>(ec.value());  // Asio's
  return owner(locate(ec, space));
}

// Whether the numbers of a category are native ones: the system's, ours (of whichever version) and Asio's, those that
// this library decides, and on POSIX systems those of std::generic_category().
inline bool has_native_numbers(const std::error_category& category) noexcept {
  const number_space space = space_of_category(category);
  return space == native_space || space == number_space::library;
}

}  // namespace detail

/// The node of the tree that owns a code of any category: ours, std::system_category (errno; WSA and Win32 codes on
/// Windows), std::generic_category (errno), those of Asio, Boost.Asio and Boost.Beast, ours in another shared library,
/// and any other by its default_error_condition() or else its equivalent(), which must not compare with one of our
/// conditions itself.
/// Returns: `condition::none` for a code whose value is 0, `condition::other` where nothing is known about it.
[[nodiscard]] inline condition classify(const std::error_code& ec) noexcept {
  if (detail::is_native(ec.category())) return detail::classify<detail::native_space>(ec.value());
  return detail::classify_foreign(ec);
}

/// Whether a code of any category belongs to a node of the tree, or to one below it.
/// Returns: `matches(classify(ec), c)`.
[[nodiscard]] inline bool operator==(const std::error_code& ec, condition c) noexcept {
  return detail::is_within(classify(ec), c);
}
/// The same, the other way round.
[[nodiscard]] inline bool operator==(condition c, const std::error_code& ec) noexcept { return ec == c; }
/// Whether a code does not belong to a node of the tree.
[[nodiscard]] inline bool operator!=(const std::error_code& ec, condition c) noexcept { return !(ec == c); }
/// The same, the other way round.
[[nodiscard]] inline bool operator!=(condition c, const std::error_code& ec) noexcept { return !(ec == c); }

/// Whether a code is a native number: one number is one error, whether std::system_category has it, ours, on POSIX
/// systems std::generic_category, or a deadline of ours that counts as it.
/// Returns: true for `std::error_code{ECONNREFUSED, std::system_category()} == errc::connection_refused`.
[[nodiscard]] inline bool operator==(const std::error_code& ec, errc code) noexcept {
  return ec.value() == static_cast<int>(code) && detail::has_native_numbers(ec.category());
}
/// The same, the other way round.
[[nodiscard]] inline bool operator==(errc code, const std::error_code& ec) noexcept { return ec == code; }
/// Whether a code is not that native number.
[[nodiscard]] inline bool operator!=(const std::error_code& ec, errc code) noexcept { return !(ec == code); }
/// The same, the other way round.
[[nodiscard]] inline bool operator!=(errc code, const std::error_code& ec) noexcept { return !(ec == code); }

/// Whether a stored std::error_condition belongs to a node of the tree, or to one below it: one of ours, of
/// std::generic_category, or of another category that says so by its equivalent().
/// Returns: true for `std::error_condition{std::errc::timed_out} == condition::timed_out`.
[[nodiscard]] inline bool operator==(const std::error_condition& stored, condition c) noexcept {
  const detail::number_space space = detail::space_of_category(stored.category());
  if (stored.value() == 0) return c == condition::none;
  if (space == detail::number_space::posix || space == detail::number_space::condition)
    return matches(detail::owner({space, stored.value()}), c);
  return stored.category().equivalent(stored.value(), make_error_condition(c));
}
/// The same, the other way round.
[[nodiscard]] inline bool operator==(condition c, const std::error_condition& stored) noexcept { return stored == c; }
/// Whether a stored condition does not belong to a node of the tree.
[[nodiscard]] inline bool operator!=(const std::error_condition& stored, condition c) noexcept {
  return !(stored == c);
}
/// The same, the other way round.
[[nodiscard]] inline bool operator!=(condition c, const std::error_condition& stored) noexcept {
  return !(stored == c);
}

namespace detail {

template <class Code>
const char* code_category<Code>::name() const noexcept {
  return category_name<Code>::value;
}

template <class Code>
std::string code_category<Code>::message(int value) const {
  if (value == 0 || place<space_of<Code>::value>(value) != 0)
    return std::string{sockerr::message(static_cast<Code>(value))};
  return "Unknown error " + std::to_string(value);
}

// The native error whose number an error of library_errc has; every other error itself.
constexpr error_id native_twin(error_id e) noexcept {
  if (e == error_id::deadline_exceeded) return error_id::timed_out;
  if (e == error_id::stopped) return error_id::operation_canceled;
  return e == error_id::self_connected ? error_id::connection_refused : e;
}

// Returns: the errno that means the same; 0 where none does.
inline int errno_of(error_id what) noexcept {
  for (const row& r : table<number_space::posix>::rows)
    if (r.what == native_twin(what)) return r.number;
  return 0;
}

template <class Code>
std::error_condition code_category<Code>::default_error_condition(int value) const noexcept {
  if (const int number = errno_of(error_of<space_of<Code>::value>(value))) return {number, std::generic_category()};
  return make_error_condition(sockerr::classify(static_cast<Code>(value)));
}

template <class Code>
bool code_category<Code>::equivalent(int value, const std::error_condition& condition) const noexcept {
  if (condition.category() != std::generic_category()) return default_error_condition(value) == condition;
  // The numbers of std::errc are those of <cerrno>; on Windows ours are not.
  if (value == 0 || condition.value() == 0) return value == condition.value();
  const error_id theirs = error_of<number_space::posix>(condition.value());
  return theirs != error_id::other && native_twin(error_of<space_of<Code>::value>(value)) == theirs;
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
}  // namespace v1_0
}  // namespace sockerr

#undef SOCKERR_NOINLINE
#undef SOCKERR_COLD
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

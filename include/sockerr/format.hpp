// SPDX-License-Identifier: MIT
#ifndef SOCKERR_FORMAT_HPP
#define SOCKERR_FORMAT_HPP

#include <iosfwd>       // basic_ostream
#include <string>       // string, to_string
#include <string_view>  // string_view
#include <type_traits>  // enable_if_t, is_same_v
#include <utility>      // declval, move
#if __has_include(<version>)
#include <version>  // IWYU pragma: keep // __cpp_lib_format
#endif
#if defined(__cpp_lib_format)
#include <format>  // formatter
#endif

#include "error.hpp"

// Printing, with streams, std::format and fmt. Everywhere the same text stands for
//
//   a condition, an operation, a circumstance,
//   a retry_advice, a fault                         its name, "connection_refused"
//   an errc, a resolver_errc, a library_errc,
//   a windows_errc                                  its symbol, "ECONNREFUSED"
//   one of these that has no name                   its number, "12345"
//   a code_info                                     "ECONNREFUSED 111: Connection refused"
//   an error                                        its text()
//   an endpoint (of <sockerr/endpoint.hpp>)         "127.0.0.1:80"
//
// Width, fill and alignment are those of a string: `std::setw(20)`, "{:>20}". From fmt 10 on, "{}" takes them by
// format_as(); fmt 9 takes `fmt::streamed(value)` of <fmt/ostream.h>. Neither needs anything of fmt here.

namespace sockerr {
inline namespace v1_0 {

class endpoint;

namespace detail {

// What is printed: a name that lives on, or else a text that was made.
class printed {
 public:
  explicit printed(std::string made) noexcept : made_{std::move(made)} {}
  printed(std::string_view name, int number)
      : name_{name}, made_{name.empty() ? std::to_string(number) : std::string{}} {}

  std::string_view view() const noexcept { return name_.empty() ? std::string_view{made_} : name_; }

 private:
  std::string_view name_;
  std::string made_;
};

inline printed text_of(condition c) { return {name(c), static_cast<int>(c)}; }
inline printed text_of(operation o) { return {name(o), static_cast<int>(o)}; }
inline printed text_of(circumstance c) { return {name(c), static_cast<int>(c)}; }
inline printed text_of(retry_advice a) { return {name(a), static_cast<int>(a)}; }
inline printed text_of(fault f) { return {name(f), static_cast<int>(f)}; }

// What has a text of its own.
struct shown {
  std::string_view text;
  std::string_view view() const noexcept { return text; }
};
// A template, since much converts to an error.
template <class Error, class = std::enable_if_t<std::is_same_v<Error, error>>>
shown text_of(const Error& e) noexcept {
  return {e.text()};
}

template <class Code, number_space = space_of<Code>::value>
printed text_of(Code code) {
  return {sockerr::symbol(code), static_cast<int>(code)};
}

template <class Code>
printed text_of(const basic_code_info<Code>& info) {
  return printed{std::string{info.symbol} + ' ' + std::to_string(static_cast<int>(info.code)) + ": " +
                 std::string{info.message}};
}

// A template, because the class is complete only where an endpoint is at hand: this header brings no socket header.
template <class Endpoint, class = std::enable_if_t<std::is_same_v<Endpoint, endpoint>>>
auto text_of(const Endpoint& e) {
  return typename Endpoint::text{e};
}

template <class T>
using if_printed = decltype(detail::text_of(std::declval<const T&>()));

}  // namespace detail

/// Writes a condition, operation, circumstance, retry_advice, fault, errc, resolver_errc, library_errc, windows_errc,
/// code_info, error or endpoint to a stream, as a string with the stream's width and fill. `<ostream>` is for the
/// caller to include.
template <class Traits, class T, class = detail::if_printed<T>>
std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out, const T& value) {
  const auto text = detail::text_of(value);
  return out << std::basic_string_view<char, Traits>{text.view().data(), text.view().size()};
}

/// What fmt, from version 10 on, prints for "{}" (fmt, "Formatting User-Defined Types").
/// Returns: the text that operator<< writes.
template <class T, class = detail::if_printed<T>>
[[nodiscard]] std::string format_as(const T& value) {
  return std::string{detail::text_of(value).view()};
}

#if defined(__cpp_lib_format)

namespace detail {

// Takes the format specifications of a string.
template <class T>
struct formatter : std::formatter<std::string_view> {
  template <class Context>
  auto format(const T& value, Context& context) const {
    return std::formatter<std::string_view>::format(detail::text_of(value).view(), context);
  }
};

}  // namespace detail

#endif

}  // namespace v1_0
}  // namespace sockerr

#if defined(__cpp_lib_format)
namespace std {
template <>
struct formatter<sockerr::condition> : sockerr::detail::formatter<sockerr::condition> {};
template <>
struct formatter<sockerr::operation> : sockerr::detail::formatter<sockerr::operation> {};
template <>
struct formatter<sockerr::circumstance> : sockerr::detail::formatter<sockerr::circumstance> {};
template <>
struct formatter<sockerr::fault> : sockerr::detail::formatter<sockerr::fault> {};
template <>
struct formatter<sockerr::retry_advice> : sockerr::detail::formatter<sockerr::retry_advice> {};
template <>
struct formatter<sockerr::errc> : sockerr::detail::formatter<sockerr::errc> {};
template <>
struct formatter<sockerr::resolver_errc> : sockerr::detail::formatter<sockerr::resolver_errc> {};
template <>
struct formatter<sockerr::library_errc> : sockerr::detail::formatter<sockerr::library_errc> {};
template <>
struct formatter<sockerr::windows_errc> : sockerr::detail::formatter<sockerr::windows_errc> {};
template <class Code>
struct formatter<sockerr::basic_code_info<Code>> : sockerr::detail::formatter<sockerr::basic_code_info<Code>> {};
template <>
struct formatter<sockerr::error> : sockerr::detail::formatter<sockerr::error> {};
template <>
struct formatter<sockerr::endpoint> : sockerr::detail::formatter<sockerr::endpoint> {};
}  // namespace std
#endif

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CONDITION_HPP
#define SOCKERR_CONDITION_HPP

#include <array>        // array
#include <cstddef>      // size_t
#include <string_view>  // string_view

#include "detail/text.hpp"

namespace sockerr {

/// What happened, independent of platform and library: the node of the tree that owns an error code.
///
/// Compare any std::error_code with one, `ec == sockerr::condition::unreachable`: true if the code belongs to that node
/// or to a node below it. The nodes and their order in the tree stand in codes.def and in the README; the exception
/// classes have the same names. `none` is no error, `other` is every error that no node claims.
enum class condition : int {
  none = 0,
#define SOCKERR_CONDITION(name, parent, message) name,
#include "codes.def"
  other
};

namespace detail {

inline constexpr std::size_t condition_count = static_cast<std::size_t>(condition::other) + 1;

inline constexpr char condition_characters[] =
    "none"
    "no error"
#define SOCKERR_CONDITION(name, parent, message) #name message
#include "codes.def"
    "other"
    "other error";

// Name and message of each condition in turn.
inline constexpr auto condition_texts = pieces({
    sizeof "none" - 1, sizeof "no error" - 1,
#define SOCKERR_CONDITION(name, parent, message) sizeof #name - 1, sizeof message - 1,
#include "codes.def"
    sizeof "other" - 1, sizeof "other error" - 1,
});

inline constexpr condition condition_parents[condition_count] = {
    condition::none,
#define SOCKERR_CONDITION(name, parent, message) condition::parent,
#include "codes.def"
    condition::none,
};

// The last node at or below each node: since the rows stand in pre-order, a subtree is a range of values.
inline constexpr auto last_below = [] {
  std::array<condition, condition_count> result{};
  for (std::size_t i = condition_count; i-- != 0;) {
    const auto node = static_cast<condition>(i);
    if (result[i] < node) result[i] = node;
    const condition parent = condition_parents[i];
    auto& above = result[static_cast<std::size_t>(parent)];
    if (parent != condition::none && above < result[i]) above = result[i];
  }
  return result;
}();

constexpr bool is_known(condition c) noexcept { return c >= condition::none && c <= condition::other; }

}  // namespace detail

/// The group that a condition belongs to.
/// Returns: the node above `c`; `condition::none` for a top node, for `none`, for `other` and for unknown values.
[[nodiscard]] constexpr condition parent(condition c) noexcept {
  return detail::is_known(c) ? detail::condition_parents[static_cast<std::size_t>(c)] : condition::none;
}

/// Whether a condition is a node of the tree or lies below it.
/// Returns: true if `c` is `node`, or is below it: `matches(condition::host_unreachable, condition::unreachable)`.
[[nodiscard]] constexpr bool matches(condition c, condition node) noexcept {
  return c == node ||
         (detail::is_known(node) && c > node && c <= detail::last_below[static_cast<std::size_t>(node)]);
}

/// The name of a condition, which is also that of its exception class.
/// Returns: "connection_refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(condition c) noexcept {
  return detail::is_known(c) ? detail::condition_texts[static_cast<std::size_t>(c) * 2].of(detail::condition_characters)
                             : std::string_view{};
}

/// A condition in words.
/// Returns: "connection refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view message(condition c) noexcept {
  return detail::is_known(c)
             ? detail::condition_texts[static_cast<std::size_t>(c) * 2 + 1].of(detail::condition_characters)
             : std::string_view{};
}

}  // namespace sockerr

#endif

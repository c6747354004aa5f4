// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CONDITION_HPP
#define SOCKERR_CONDITION_HPP

#include <cstddef>      // size_t
#include <string_view>  // string_view, size

namespace sockerr {

/// What happened, independent of platform and library: the node of the tree that owns an error code.
///
/// Compare any std::error_code with one, `ec == sockerr::condition::unreachable`: true if the code belongs to that node
/// or to a node below it. The nodes and their order in the tree stand in codes.def and in the README; the exception
/// classes have the same names. `none` is no error, `other` is every error that no node claims.
enum class condition : int {
  none = 0,  ///< no error
#define SOCKERR_CONDITION(name, parent, message) name,
#include "codes.def"
  other  ///< an error that no node claims
};

namespace detail {

// Its texts are arrays, not pointers: these would cost relocations at program start.
struct node {
  condition parent;
  char name[29];
  char message[40];
};

inline constexpr node nodes[] = {
    {condition::none, "none", "no error"},
#define SOCKERR_CONDITION(name, parent, message) {condition::parent, #name, message},
#include "codes.def"
    {condition::none, "other", "other error"},
};

constexpr bool is_known(condition c) noexcept { return c >= condition::none && c <= condition::other; }
constexpr const node& node_of(condition c) noexcept { return nodes[static_cast<std::size_t>(c)]; }

// The last node at or below each: since the nodes stand in pre-order, a subtree is a range of values. (Nothing stands
// below the nodes of a group.)
struct node_range {
  condition last[std::size(nodes)];
};
constexpr node_range make_last_below() noexcept {
  node_range result{};
  for (std::size_t i = 1; i != std::size(nodes); ++i) {
    result.last[i] = static_cast<condition>(i);
    if (nodes[i].parent != condition::none) result.last[static_cast<std::size_t>(nodes[i].parent)] = result.last[i];
  }
  return result;
}
inline constexpr auto last_below = make_last_below();

}  // namespace detail

/// The group that a condition belongs to.
/// Returns: the node above `c`; `condition::none` for a top node, for `none`, for `other` and for unknown values.
[[nodiscard]] constexpr condition parent(condition c) noexcept {
  return detail::is_known(c) ? detail::node_of(c).parent : condition::none;
}

/// Whether a condition is a node of the tree or lies below it.
/// Returns: true if `c` is `node`, or is below it: `matches(condition::host_unreachable, condition::unreachable)`.
[[nodiscard]] constexpr bool matches(condition c, condition node) noexcept {
  const condition last = detail::is_known(node) ? detail::last_below.last[static_cast<std::size_t>(node)] : node;
  // From node to last, in one comparison.
  return static_cast<unsigned>(c) - static_cast<unsigned>(node) <=
         static_cast<unsigned>(last) - static_cast<unsigned>(node);
}

/// The name of a condition, which is also that of its exception class.
/// Returns: "connection_refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(condition c) noexcept {
  return detail::is_known(c) ? std::string_view{detail::node_of(c).name} : std::string_view{};
}

/// A condition in words.
/// Returns: "connection refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view message(condition c) noexcept {
  return detail::is_known(c) ? std::string_view{detail::node_of(c).message} : std::string_view{};
}

}  // namespace sockerr

#endif

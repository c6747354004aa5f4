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
  none = 0,  ///< no error
#define SOCKERR_CONDITION(name, parent, message) name,
#include "codes.def"
  other  ///< an error that no node claims
};

namespace detail {

inline constexpr char condition_characters[] =
    "none"
    "no error"
#define SOCKERR_CONDITION(name, parent, message) #name message
#include "codes.def"
    "other"
    "other error";

struct node {
  condition parent;
  condition last;  // the last node at or below it: since the rows stand in pre-order, a subtree is a range of values
  text name;
  text message;
};

// The tables come from named functions: GCC would evaluate a lambda here twice.
constexpr auto make_nodes() noexcept {
  struct unplaced {
    condition parent;
    std::size_t name_size, message_size;
  };
  constexpr unplaced all[] = {
      {condition::none, sizeof "none" - 1, sizeof "no error" - 1},
#define SOCKERR_CONDITION(name, parent, message) {condition::parent, sizeof #name - 1, sizeof message - 1},
#include "codes.def"
      {condition::none, sizeof "other" - 1, sizeof "other error" - 1},
  };
  std::array<node, sizeof all / sizeof all[0]> result{};
  std::size_t offset = 0;
  for (std::size_t i = 0; i != result.size(); ++i) {
    const std::size_t message = offset + all[i].name_size;
    result[i] = {all[i].parent, static_cast<condition>(i), piece(offset, all[i].name_size),
                 piece(message, all[i].message_size)};
    offset = message + all[i].message_size;
  }
  for (std::size_t i = result.size(); i-- != 0;) {
    auto& above = result[static_cast<std::size_t>(result[i].parent)];
    if (result[i].parent != condition::none && above.last < result[i].last) above.last = result[i].last;
  }
  return result;
}
inline constexpr auto nodes = make_nodes();

// Whether each node stands right behind its parent's other nodes, as a range of values asks for. (A parent lies one
// level above the nodes of a group: the tree has two.)
constexpr bool is_in_pre_order() noexcept {
  for (std::size_t i = 1; i + 1 != nodes.size(); ++i) {
    const condition above = nodes[i].parent;
    const condition before = static_cast<condition>(i - 1);
    if (above != condition::none && before != above && nodes[i - 1].parent != above) return false;
  }
  return true;
}
static_assert(is_in_pre_order(), "the conditions of codes.def do not stand below their groups");

constexpr bool is_known(condition c) noexcept { return c >= condition::none && c <= condition::other; }
constexpr const node& node_of(condition c) noexcept { return nodes[static_cast<std::size_t>(c)]; }

}  // namespace detail

/// The group that a condition belongs to.
/// Returns: the node above `c`; `condition::none` for a top node, for `none`, for `other` and for unknown values.
[[nodiscard]] constexpr condition parent(condition c) noexcept {
  return detail::is_known(c) ? detail::node_of(c).parent : condition::none;
}

/// Whether a condition is a node of the tree or lies below it.
/// Returns: true if `c` is `node`, or is below it: `matches(condition::host_unreachable, condition::unreachable)`.
[[nodiscard]] constexpr bool matches(condition c, condition node) noexcept {
  const condition last = detail::is_known(node) ? detail::node_of(node).last : node;
  // From node to last, in one comparison.
  return static_cast<unsigned>(c) - static_cast<unsigned>(node) <=
         static_cast<unsigned>(last) - static_cast<unsigned>(node);
}

/// The name of a condition, which is also that of its exception class.
/// Returns: "connection_refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(condition c) noexcept {
  return detail::is_known(c) ? detail::node_of(c).name.of(detail::condition_characters) : std::string_view{};
}

/// A condition in words.
/// Returns: "connection refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view message(condition c) noexcept {
  return detail::is_known(c) ? detail::node_of(c).message.of(detail::condition_characters) : std::string_view{};
}

}  // namespace sockerr

#endif

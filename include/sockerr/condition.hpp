// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CONDITION_HPP
#define SOCKERR_CONDITION_HPP

#include <cstddef>      // size_t
#include <cstdint>      // uint8_t, uint64_t
#include <optional>     // optional
#include <string_view>  // string_view, size

namespace sockerr {
inline namespace v1_0 {

/// What happened, independent of platform and library: the node of the tree that owns an error code.
///
/// Compare any std::error_code with one, `ec == sockerr::condition::unreachable`: true if the code belongs to that node
/// or to a node below it. The nodes and their order in the tree stand in codes.def and in the README; the exception
/// classes have the same names. `none` is no error, `other` is every error that no node claims.
///
/// Names and numbers are stable within a major version. A minor version may add nodes: write a `default:` in a switch.
enum class condition : int {
  none = 0,   ///< no error
  other = 1,  ///< an error that no node claims
#define SOCKERR_CONDITION(name, number, parent, message) name = number,
#include "codes.def"
};

namespace detail {

// Its texts are arrays, not pointers: these would cost relocations at program start.
struct node {
  condition self;
  condition parent;
  char name[29];
  char message[40];
};

inline constexpr node nodes[] = {
    {condition::none, condition::none, "none", "no error"},
    {condition::other, condition::none, "other", "other error"},
#define SOCKERR_CONDITION(name, number, parent, message) {condition::name, condition::parent, #name, message},
#include "codes.def"
};

// Numbers of nodes stay below it, so that a subtree is a mask of one word.
inline constexpr unsigned node_limit = 64;

// By the numbers of the nodes, which do not follow from their places: where each stands in `nodes`, one more, and which
// nodes are at or below it.
struct node_numbers {
  std::uint8_t place[node_limit];
  std::uint64_t subtree[node_limit];
};
constexpr node_numbers make_node_numbers() noexcept {
  node_numbers result{};
  for (unsigned number = 0; number != node_limit; ++number) result.subtree[number] = std::uint64_t{1} << number;
  for (std::size_t i = 0; i != std::size(nodes); ++i) {
    const auto number = static_cast<unsigned>(nodes[i].self);
    result.place[number] = static_cast<std::uint8_t>(i + 1);
    // Nothing stands below the nodes of a group.
    if (nodes[i].parent != condition::none)
      result.subtree[static_cast<unsigned>(nodes[i].parent)] |= std::uint64_t{1} << number;
  }
  return result;
}
inline constexpr auto node_number = make_node_numbers();

// Returns: where in `nodes` a node stands, one more; 0 for a number that no node has. (Not its address: under
// -fsanitize=undefined, GCC does not compare one with nullptr in a constant expression.)
constexpr std::size_t place_of(condition c) noexcept {
  const auto number = static_cast<unsigned>(c);
  return number < node_limit ? node_number.place[number] : std::size_t{0};
}
constexpr bool is_known(condition c) noexcept { return place_of(c) != 0; }

// Whether a node that is known is `node` or below it.
constexpr bool is_within(condition known, condition node) noexcept {
  const auto top = static_cast<unsigned>(node);
  const std::uint64_t subtree = top < node_limit ? node_number.subtree[top] : std::uint64_t{0};
  // A node without others below it, which compilers know of a constant, takes one comparison.
  if ((subtree & (subtree - 1)) == 0) return known == node;
  return (subtree >> (static_cast<unsigned>(known) % node_limit) & 1) != 0;
}

}  // namespace detail

/// The group that a condition belongs to.
/// Returns: the node above `c`; `condition::none` for a top node, for `none`, for `other` and for unknown values.
[[nodiscard]] constexpr condition parent(condition c) noexcept {
  return detail::is_known(c) ? detail::nodes[detail::place_of(c) - 1].parent : condition::none;
}

/// Whether a condition is a node of the tree or lies below it.
/// Returns: true if `c` is `node`, or is below it: `matches(condition::host_unreachable, condition::unreachable)`.
[[nodiscard]] constexpr bool matches(condition c, condition node) noexcept {
  return detail::is_known(c) ? detail::is_within(c, node) : c == node;
}

/// The name of a condition, which is also that of its exception class. Fit for metrics: it is stable within a major
/// version.
/// Returns: "connection_refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(condition c) noexcept {
  return detail::is_known(c) ? detail::nodes[detail::place_of(c) - 1].name : std::string_view{};
}

/// A condition in words.
/// Returns: "connection refused" for `condition::connection_refused`; "" for unknown values.
[[nodiscard]] constexpr std::string_view message(condition c) noexcept {
  return detail::is_known(c) ? detail::nodes[detail::place_of(c) - 1].message : std::string_view{};
}

/// The condition of a name, as a log or a metric holds it: `condition_from_name("connection_refused")`.
/// Returns: nothing where no condition has that name.
[[nodiscard]] constexpr std::optional<condition> condition_from_name(std::string_view name) noexcept {
  for (const detail::node& n : detail::nodes)
    if (name == n.name) return n.self;
  return std::nullopt;
}

}  // namespace v1_0
}  // namespace sockerr

#endif

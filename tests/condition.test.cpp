// SPDX-License-Identifier: MIT
#include <sockerr/condition.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "catch.hpp"

namespace {

using sockerr::condition;

struct node {
  condition value;
  int number;
  condition parent;
  std::string_view name;
};

// The tree as it was drawn, written out a second time: codes.def is what is under test. Names and numbers are promised:
// programs have stored them, and the numbers travel between versions of this library. A row is added, never changed.
constexpr node tree[] = {
    {condition::none, 0, condition::none, "none"},
    {condition::other, 1, condition::none, "other"},
    {condition::connection_error, 2, condition::none, "connection_error"},
    {condition::connection_refused, 3, condition::connection_error, "connection_refused"},
    {condition::connection_reset, 4, condition::connection_error, "connection_reset"},
    {condition::connection_aborted, 5, condition::connection_error, "connection_aborted"},
    {condition::broken_pipe, 6, condition::connection_error, "broken_pipe"},
    {condition::not_connected, 7, condition::connection_error, "not_connected"},
    {condition::end_of_stream, 8, condition::connection_error, "end_of_stream"},
    {condition::timed_out, 9, condition::none, "timed_out"},
    {condition::unreachable, 10, condition::none, "unreachable"},
    {condition::host_unreachable, 11, condition::unreachable, "host_unreachable"},
    {condition::network_unreachable, 12, condition::unreachable, "network_unreachable"},
    {condition::address_error, 13, condition::none, "address_error"},
    {condition::address_in_use, 14, condition::address_error, "address_in_use"},
    {condition::address_not_available, 15, condition::address_error, "address_not_available"},
    {condition::address_family_not_supported, 16, condition::address_error, "address_family_not_supported"},
    {condition::would_block, 17, condition::none, "would_block"},
    {condition::interrupted, 18, condition::none, "interrupted"},
    {condition::operation_canceled, 19, condition::none, "operation_canceled"},
    {condition::permission_denied, 20, condition::none, "permission_denied"},
    {condition::resource_exhausted, 21, condition::none, "resource_exhausted"},
    {condition::too_many_files_open, 22, condition::resource_exhausted, "too_many_files_open"},
    {condition::no_buffer_space, 23, condition::resource_exhausted, "no_buffer_space"},
    {condition::not_supported, 24, condition::none, "not_supported"},
    {condition::message_size, 25, condition::none, "message_size"},
    {condition::protocol_error, 26, condition::none, "protocol_error"},
    {condition::usage_error, 27, condition::none, "usage_error"},
    {condition::bad_file_descriptor, 28, condition::usage_error, "bad_file_descriptor"},
    {condition::not_a_socket, 29, condition::usage_error, "not_a_socket"},
    {condition::invalid_argument, 30, condition::usage_error, "invalid_argument"},
    {condition::already_connected, 31, condition::usage_error, "already_connected"},
    {condition::path_error, 32, condition::none, "path_error"},
    {condition::resolution_error, 33, condition::none, "resolution_error"},
    {condition::host_not_found, 34, condition::resolution_error, "host_not_found"},
    {condition::service_not_found, 35, condition::resolution_error, "service_not_found"},
    {condition::resolution_try_again, 36, condition::resolution_error, "resolution_try_again"},
};

// Numbers that no node has.
constexpr condition garbage[] = {
    condition{-1},        condition{-2147483647 - 1}, condition{37},  condition{63},   condition{64},
    condition{65},        condition{64 + 3},          condition{128}, condition{1000}, condition{256 + 3},
    condition{2147483647}};

// What `matches` means, step by step along the parents; the library looks into a mask instead.
constexpr bool lies_at_or_below(condition c, condition ancestor) {
  for (;;) {
    if (c == ancestor) return true;
    if (c == condition::none) return false;
    c = sockerr::parent(c);
    if (c == condition::none) return false;
  }
}

constexpr bool tree_is_as_drawn() {
  for (const node& n : tree) {
    if (static_cast<int>(n.value) != n.number) return false;
    if (sockerr::parent(n.value) != n.parent || sockerr::name(n.value) != n.name) return false;
    if (sockerr::condition_from_name(n.name) != n.value) return false;
  }
  return true;
}

constexpr bool matches_follows_the_parents() {
  for (const node& c : tree)
    for (const node& n : tree)
      if (sockerr::matches(c.value, n.value) != lies_at_or_below(c.value, n.value)) return false;
  return true;
}

// A subtree is one mask: the bits of the nodes at and below each.
constexpr bool masks_are_right() {
  for (const node& n : tree) {
    std::uint64_t mask = 0;
    for (const node& c : tree)
      if (lies_at_or_below(c.value, n.value)) mask |= std::uint64_t{1} << c.number;
    if (sockerr::detail::node_number.subtree[n.number] != mask) return false;
  }
  return true;
}

static_assert(static_cast<int>(condition{}) == 0, "a default-constructed condition is no error");
static_assert(std::size(tree) == std::size(sockerr::detail::nodes), "the tree has no further node");
static_assert(sockerr::detail::node_limit == 64, "a subtree is a mask of one word");
static_assert(tree_is_as_drawn());
static_assert(matches_follows_the_parents());
static_assert(masks_are_right());

static_assert(sockerr::matches(condition::host_unreachable, condition::unreachable));
static_assert(!sockerr::matches(condition::unreachable, condition::host_unreachable));
static_assert(!sockerr::matches(condition::host_unreachable, condition::network_unreachable));
static_assert(sockerr::matches(condition::none, condition::none));
static_assert(!sockerr::matches(condition::connection_refused, condition::none), "`none` is no group");
static_assert(!sockerr::matches(condition::connection_refused, condition::other), "`other` is no group");
static_assert(sockerr::parent(condition::none) == condition::none);
static_assert(sockerr::name(condition::none) == "none");
static_assert(sockerr::message(condition::none) == "no error");
static_assert(sockerr::message(condition::connection_refused) == "connection refused");
static_assert(sockerr::message(condition::resolution_try_again) == "name resolution failed for now");
static_assert(sockerr::message(condition::other) == "other error");

static_assert(sockerr::condition_from_name("connection_refused") == condition::connection_refused);
static_assert(sockerr::condition_from_name("none") == condition::none);
static_assert(sockerr::condition_from_name("other") == condition::other);
static_assert(!sockerr::condition_from_name("") && !sockerr::condition_from_name("connection"));
static_assert(!sockerr::condition_from_name("Connection_refused"));
static_assert(!sockerr::condition_from_name("connection_refused "));
static_assert(!sockerr::condition_from_name("connection refused"), "a message is no name");
static_assert(!sockerr::condition_from_name("socket_error"), "the root is a class only");
static_assert(!sockerr::condition_from_name(std::string_view{"timed_out\0", 10}));

static_assert(noexcept(sockerr::parent(condition::other)));
static_assert(noexcept(sockerr::condition_from_name({})));
static_assert(noexcept(sockerr::matches(condition::other, condition::other)));
static_assert(noexcept(sockerr::name(condition::other)));
static_assert(noexcept(sockerr::message(condition::other)));

}  // namespace

// static_assert says only that something is wrong; this says what.
TEST_CASE("the tree of conditions is as it was drawn", "[condition]") {
  for (const node& n : tree) {
    CAPTURE(n.name);
    CHECK(static_cast<int>(n.value) == n.number);
    CHECK(sockerr::name(n.value) == n.name);
    CHECK(sockerr::parent(n.value) == n.parent);
    CHECK(sockerr::condition_from_name(n.name) == n.value);
  }
}

TEST_CASE("numbers of conditions are unique and fit into a mask", "[condition]") {
  for (const auto& n : sockerr::detail::nodes) {
    CAPTURE(n.name);
    CHECK(static_cast<int>(n.self) >= 0);
    CHECK(static_cast<int>(n.self) < 64);
    CHECK(std::count_if(std::begin(sockerr::detail::nodes), std::end(sockerr::detail::nodes),
                        [&](const auto& other) { return other.self == n.self; }) == 1);
    CHECK(std::count_if(std::begin(tree), std::end(tree), [&](const node& t) { return t.name == n.name; }) == 1);
  }
}

TEST_CASE("a condition matches itself and the nodes above it and nothing else", "[condition]") {
  for (const node& c : tree) {
    for (const node& n : tree) {
      CAPTURE(c.name, n.name);
      CHECK(sockerr::matches(c.value, n.value) == lies_at_or_below(c.value, n.value));
    }
  }
}

TEST_CASE("conditions have names and messages that are unique and plain ASCII", "[condition]") {
  for (const node& c : tree) {
    const std::string_view name = sockerr::name(c.value);
    const std::string_view message = sockerr::message(c.value);
    CAPTURE(c.number, name, message);
    REQUIRE_FALSE(name.empty());
    REQUIRE_FALSE(message.empty());
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos);
    CHECK(message.find_first_not_of("abcdefghijklmnopqrstuvwxyz ,.-") == message.npos);
    for (const node& d : tree) {
      if (d.value == c.value) continue;
      CHECK(sockerr::name(d.value) != name);
      CHECK(sockerr::message(d.value) != message);
    }
  }
}

TEST_CASE("a value that is no condition has no name and lies under no node", "[condition]") {
  for (const condition c : garbage) {
    CAPTURE(static_cast<int>(c));
    CHECK(sockerr::name(c).empty());
    CHECK(sockerr::message(c).empty());
    CHECK(sockerr::parent(c) == condition::none);
    for (const node& known : tree) {
      CHECK_FALSE(sockerr::matches(c, known.value));
      CHECK_FALSE(sockerr::matches(known.value, c));
    }
    CHECK(sockerr::matches(c, c));
  }
}

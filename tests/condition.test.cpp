// SPDX-License-Identifier: MIT
#include <sockerr/condition.hpp>

#include <cstddef>
#include <iterator>
#include <string_view>

#include "catch.hpp"

namespace {

using sockerr::condition;

struct node {
  condition value;
  condition parent;
  std::string_view name;
};

// The tree as the design draws it, written out a second time: codes.def is what is under test.
constexpr node tree[] = {
    {condition::connection_error, condition::none, "connection_error"},
    {condition::connection_refused, condition::connection_error, "connection_refused"},
    {condition::connection_reset, condition::connection_error, "connection_reset"},
    {condition::connection_aborted, condition::connection_error, "connection_aborted"},
    {condition::broken_pipe, condition::connection_error, "broken_pipe"},
    {condition::not_connected, condition::connection_error, "not_connected"},
    {condition::timed_out, condition::none, "timed_out"},
    {condition::unreachable, condition::none, "unreachable"},
    {condition::host_unreachable, condition::unreachable, "host_unreachable"},
    {condition::network_unreachable, condition::unreachable, "network_unreachable"},
    {condition::address_error, condition::none, "address_error"},
    {condition::address_in_use, condition::address_error, "address_in_use"},
    {condition::address_not_available, condition::address_error, "address_not_available"},
    {condition::address_family_not_supported, condition::address_error, "address_family_not_supported"},
    {condition::would_block, condition::none, "would_block"},
    {condition::interrupted, condition::none, "interrupted"},
    {condition::operation_canceled, condition::none, "operation_canceled"},
    {condition::permission_denied, condition::none, "permission_denied"},
    {condition::resource_exhausted, condition::none, "resource_exhausted"},
    {condition::too_many_files_open, condition::resource_exhausted, "too_many_files_open"},
    {condition::no_buffer_space, condition::resource_exhausted, "no_buffer_space"},
    {condition::not_supported, condition::none, "not_supported"},
    {condition::message_size, condition::none, "message_size"},
    {condition::protocol_error, condition::none, "protocol_error"},
    {condition::usage_error, condition::none, "usage_error"},
    {condition::bad_file_descriptor, condition::usage_error, "bad_file_descriptor"},
    {condition::not_a_socket, condition::usage_error, "not_a_socket"},
    {condition::invalid_argument, condition::usage_error, "invalid_argument"},
    {condition::already_connected, condition::usage_error, "already_connected"},
    {condition::path_error, condition::none, "path_error"},
    {condition::resolution_error, condition::none, "resolution_error"},
    {condition::host_not_found, condition::resolution_error, "host_not_found"},
    {condition::service_not_found, condition::resolution_error, "service_not_found"},
    {condition::resolution_try_again, condition::resolution_error, "resolution_try_again"},
    {condition::other, condition::none, "other"},
};

constexpr int first_value = static_cast<int>(condition::none);
constexpr int last_value = static_cast<int>(condition::other);

constexpr condition garbage[] = {condition{-1}, condition{-2147483647 - 1}, condition{last_value + 1}, condition{1000},
                                 condition{2147483647}};

// What `matches` means, step by step along the parents; the library compares ranges instead.
constexpr bool lies_at_or_below(condition c, condition ancestor) {
  for (;;) {
    if (c == ancestor) return true;
    if (c == condition::none) return false;
    c = sockerr::parent(c);
    if (c == condition::none) return false;
  }
}

constexpr bool tree_is_as_drawn() {
  for (const node& n : tree)
    if (sockerr::parent(n.value) != n.parent || sockerr::name(n.value) != n.name) return false;
  return true;
}

constexpr bool matches_follows_the_parents() {
  for (int c = first_value; c <= last_value; ++c)
    for (int n = first_value; n <= last_value; ++n)
      if (sockerr::matches(condition{c}, condition{n}) != lies_at_or_below(condition{c}, condition{n})) return false;
  return true;
}

static_assert(static_cast<int>(condition::none) == 0, "a default-constructed condition is no error");
static_assert(std::size(tree) == static_cast<std::size_t>(last_value), "the tree has no further node");
static_assert(tree_is_as_drawn());
static_assert(matches_follows_the_parents());

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

static_assert(noexcept(sockerr::parent(condition::other)));
static_assert(noexcept(sockerr::matches(condition::other, condition::other)));
static_assert(noexcept(sockerr::name(condition::other)));
static_assert(noexcept(sockerr::message(condition::other)));

}  // namespace

// static_assert says only that something is wrong; this says what.
TEST_CASE("the tree of conditions is the one of the design", "[condition]") {
  for (const node& n : tree) {
    CAPTURE(n.name);
    CHECK(sockerr::name(n.value) == n.name);
    CHECK(sockerr::parent(n.value) == n.parent);
  }
}

TEST_CASE("a condition matches itself and the nodes above it and nothing else", "[condition]") {
  for (int c = first_value; c <= last_value; ++c) {
    for (int n = first_value; n <= last_value; ++n) {
      CAPTURE(sockerr::name(condition{c}), sockerr::name(condition{n}));
      CHECK(sockerr::matches(condition{c}, condition{n}) == lies_at_or_below(condition{c}, condition{n}));
    }
  }
}

TEST_CASE("conditions have names and messages that are unique and plain ASCII", "[condition]") {
  for (int c = first_value; c <= last_value; ++c) {
    const std::string_view name = sockerr::name(condition{c});
    const std::string_view message = sockerr::message(condition{c});
    CAPTURE(c, name, message);
    REQUIRE_FALSE(name.empty());
    REQUIRE_FALSE(message.empty());
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos);
    CHECK(message.find_first_not_of("abcdefghijklmnopqrstuvwxyz ,.-") == message.npos);
    for (int d = first_value; d < c; ++d) {
      CHECK(sockerr::name(condition{d}) != name);
      CHECK(sockerr::message(condition{d}) != message);
    }
  }
}

TEST_CASE("a value that is no condition has no name and lies under no node", "[condition]") {
  for (const condition c : garbage) {
    CAPTURE(static_cast<int>(c));
    CHECK(sockerr::name(c).empty());
    CHECK(sockerr::message(c).empty());
    CHECK(sockerr::parent(c) == condition::none);
    for (int known = first_value; known <= last_value; ++known) {
      CHECK_FALSE(sockerr::matches(c, condition{known}));
      CHECK_FALSE(sockerr::matches(condition{known}, c));
    }
  }
}

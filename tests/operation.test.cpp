// SPDX-License-Identifier: MIT
#include <sockerr/operation.hpp>

#include <string_view>

#include "catch.hpp"

namespace {

using sockerr::operation;

struct named {
  operation value;
  std::string_view name;
};

constexpr named operations[] = {
    {operation::unknown, "unknown"},
    {operation::open, "open"},
    {operation::connect, "connect"},
    {operation::bind, "bind"},
    {operation::listen, "listen"},
    {operation::accept, "accept"},
    {operation::send, "send"},
    {operation::recv, "recv"},
    {operation::shutdown, "shutdown"},
    {operation::close, "close"},
    {operation::get_option, "get_option"},
    {operation::set_option, "set_option"},
    {operation::local_address, "local_address"},
    {operation::peer_address, "peer_address"},
    {operation::resolve, "resolve"},
};

constexpr bool names_are_right() {
  for (const named& n : operations)
    if (sockerr::name(n.value) != n.name) return false;
  return true;
}

static_assert(names_are_right());
static_assert(operation{} == operation::unknown, "an operation that nobody set is unknown");
static_assert(noexcept(sockerr::name(operation::connect)));

}  // namespace

TEST_CASE("operations have names", "[operation]") {
  for (const named& n : operations) CHECK(sockerr::name(n.value) == n.name);
}

TEST_CASE("a value that is no operation has no name", "[operation]") {
  const int beyond = static_cast<int>(operation::resolve) + 1;
  for (const int value : {-1, beyond, 1000, 2147483647, -2147483647 - 1}) {
    CAPTURE(value);
    CHECK(sockerr::name(static_cast<operation>(value)).empty());
  }
}

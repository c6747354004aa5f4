// SPDX-License-Identifier: MIT
#include <sockerr/exception.hpp>

#include <climits>
#include <exception>
#include <string>
#include <system_error>
#include <typeinfo>
#include <vector>

#include "catch.hpp"
#include "foreign_categories.hpp"

// The law of the tree: for every code and every node X, the exception thrown for the code is caught by
// `catch (const sockerr::X&)` if and only if `ec == sockerr::condition::X`.

namespace {

using sockerr::condition;

const named_category other_socket{"sockerr.socket"};
const named_category other_resolver{"sockerr.resolver"};
const named_category other_library{"sockerr.library"};
const conditional_category by_errno{std::generic_category()};
const conditional_category by_condition{sockerr::condition_category()};
const conditional_category by_other_condition{other_tree};
const equivalent_category says_yes{[](int, const std::error_condition&) { return true; }};
const equivalent_category says_a_node{[](int value, const std::error_condition& c) {
  return c.category() == sockerr::condition_category() && c.value() == value;
}};
const equivalent_category says_an_errno{[](int value, const std::error_condition& c) {
  return c.category() == std::generic_category() && c.value() == value;
}};

template <class Exception>
bool is_caught_as(const std::error_code& ec) {
  try {
    sockerr::throw_error(ec);
  } catch (const Exception&) {
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

template <class Exception>
const std::type_info& type() {
  return typeid(Exception);
}

struct node {
  condition value;
  bool (*catches)(const std::error_code&);
  const std::type_info& (*type)();
};

const node nodes[] = {
#define SOCKERR_CONDITION(name, number, parent, message) \
  {condition::name, &is_caught_as<sockerr::name>, &type<sockerr::name>},
#include <sockerr/codes.def>
};

const std::type_info& type_for(condition c) {
  for (const node& n : nodes)
    if (n.value == c) return n.type();
  return typeid(sockerr::socket_error);
}

void check_law(const std::error_code& ec) {
  CAPTURE(ec.category().name(), ec.value(), sockerr::symbol(ec), sockerr::name(sockerr::classify(ec)));
  // Counted by hand: an assertion for each pair would take a minute.
  for (const node& n : nodes)
    if (n.catches(ec) != (ec == n.value)) FAIL_CHECK("the law is broken at " << sockerr::name(n.value));
  try {
    sockerr::throw_error(ec);
  } catch (const sockerr::socket_error& e) {
    CHECK(typeid(e) == type_for(sockerr::classify(ec)));
    CHECK(e.error().code() == ec);
    CHECK(e.condition() == sockerr::classify(ec));
    // std::system_error asks each code for its message: what has none is replaced by its condition.
    if (ec.category() == speechless)
      CHECK(e.code() == sockerr::classify(ec));
    else
      CHECK(e.code() == ec);
  }
}

}  // namespace

TEST_CASE("the law holds for every code of the table", "[law]") {
  for (const sockerr::code_info info : sockerr::codes()) check_law(info.code);
  for (const auto info : sockerr::codes<sockerr::resolver_errc>()) check_law(info.code);
  for (const auto info : sockerr::codes<sockerr::library_errc>()) check_law(info.code);
}

TEST_CASE("the law holds for system and generic codes", "[law]") {
  for (int value = 1; value <= 200; ++value) {
    check_law({value, std::system_category()});
    check_law({value, std::generic_category()});
    check_law({-value, std::system_category()});
    check_law({-value, std::generic_category()});
  }
  for (const auto info : sockerr::codes<sockerr::windows_errc>())
    for (const unsigned disguise : {0U, 0x80070000U})
      check_law({static_cast<int>(disguise | static_cast<unsigned>(info.code)), std::system_category()});
}

TEST_CASE("the law holds for codes of other libraries", "[law]") {
  for (const sockerr::code_info info : sockerr::codes()) {
    check_law({static_cast<int>(info.code), asio_system});
    check_law({static_cast<int>(info.code), other_socket});
  }
  for (const int value : {-8, -7, -2, 1, 2, 3, 4, 5, 9, 10, 10044, 10109}) {
    check_law({value, asio_netdb});
    check_law({value, asio_addrinfo});
    check_law({value, asio_misc});
  }
  for (int value = 1; value <= 20; ++value) check_law({value, other_resolver});
  for (const auto info : sockerr::codes<sockerr::library_errc>())
    check_law({static_cast<int>(info.code), other_library});
}

TEST_CASE("the law holds for every row of another library's category", "[law]") {
  using space = sockerr::detail::number_space;
  const named_category ssl{"asio.ssl"};
  const named_category ssl_stream{"asio.ssl.stream"};
  const named_category beast{"boost.beast"};
  const named_category http{"beast.http"};
  const named_category websocket{"boost.beast.websocket"};
  int count = 0;
#define SOCKERR_FOREIGN(space_of_it, name, symbol, number)                                                  \
  {                                                                                                         \
    const space where = space::space_of_it;                                                                 \
    const std::error_category& category = where == space::netdb        ? asio_netdb                         \
                                          : where == space::addrinfo   ? asio_addrinfo                      \
                                          : where == space::misc       ? asio_misc                          \
                                          : where == space::ssl        ? ssl                                \
                                          : where == space::ssl_stream ? ssl_stream                         \
                                          : where == space::beast      ? beast                              \
                                          : where == space::http       ? http                               \
                                                                       : websocket;                               \
    /* OpenSSL 3's form of a reason. */                                                                     \
    const int value = where == space::ssl ? (20 << 23 | (number)) : (number);                               \
    check_law({value, category});                                                                           \
    CHECK(sockerr::classify({value, category}) == sockerr::detail::owner(sockerr::detail::error_id::name)); \
    ++count;                                                                                                \
  }
#include <sockerr/codes.def>
  CHECK(count >= 10);
}

TEST_CASE("the law holds for categories that nobody knows", "[law]") {
  for (int value = 1; value <= 135; ++value) {
    check_law({value, by_errno});
    check_law({value, by_condition});
    check_law({value, by_other_condition});
    check_law({value, stranger});
    check_law({value, says_yes});
    check_law({value, says_a_node});
    check_law({value, says_an_errno});
    check_law({value, speechless});
  }
  // Each node is reached by a category that names it outright.
  for (const node& n : nodes) {
    CHECK(std::error_code(static_cast<int>(n.value), by_condition) == n.value);
    CHECK(sockerr::classify({static_cast<int>(n.value), says_a_node}) == n.value);
  }
}

TEST_CASE("the law holds for unknown values", "[law]") {
  for (const int value : {-1, -2, -4095, 5000, 99999, INT_MAX, INT_MIN})
    for (const std::error_category* category :
         {&sockerr::socket_category(), &sockerr::resolver_category(), &sockerr::library_category(),
          &sockerr::condition_category(), &std::system_category(), &std::generic_category(),
          static_cast<const std::error_category*>(&asio_netdb), static_cast<const std::error_category*>(&by_condition)})
      check_law({value, *category});
}

TEST_CASE("the root catches every error", "[law]") {
  for (const sockerr::code_info info : sockerr::codes()) CHECK(is_caught_as<sockerr::socket_error>(info.code));
  CHECK(is_caught_as<sockerr::socket_error>({99999, stranger}));
  CHECK(is_caught_as<sockerr::socket_error>({99999, speechless}));
  CHECK(is_caught_as<sockerr::socket_error>(std::error_code{}));
}

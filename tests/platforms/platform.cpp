// SPDX-License-Identifier: MIT
// The table compiled with the numbers of a system that nothing runs on here: its folder, which has a <cerrno> of its
// own, stands before the standard library's. Duplicates, missing names and wrong guards are errors at compile time.

#include <sockerr/errc.hpp>

#include <string_view>

#if !defined(SOCKERR_TESTS_PLATFORM)
#error "this is the machine's own <cerrno>"
#endif

namespace {

using sockerr::condition;
using sockerr::errc;

struct expectation {
  std::string_view symbol;
  int number;
  condition owner;
};

constexpr expectation expected[] = {
#define ROW(symbol, number, owner) {#symbol, number, condition::owner},
    SOCKERR_TESTS_ROWS(ROW)
#undef ROW
};

// Each name has a row, with that number and owner.
constexpr bool every_name_is_known() {
  for (const expectation& e : expected) {
    if (sockerr::from_symbol(e.symbol) != errc{e.number}) return false;
    if (sockerr::classify(errc{e.number}) != e.owner) return false;
  }
  return true;
}
static_assert(every_name_is_known());

// Each number has a name of its own, or the first of those that share it.
constexpr bool every_number_is_named() {
  for (const expectation& e : expected) {
    const std::string_view name = sockerr::symbol(errc{e.number});
    bool is_one_of_its_names = false;
    for (const expectation& other : expected)
      if (other.number == e.number && other.symbol == name) is_one_of_its_names = true;
    if (!is_one_of_its_names) return false;
  }
  return true;
}
static_assert(every_number_is_named());

// A name that the system lacks has no row.
static_assert(sockerr::codes().size() == std::size(expected));

#if defined(EAI_NONAME)
struct resolution {
  int number;
  sockerr::resolver_errc code;
};
constexpr resolution resolutions[] = {
#define SOCKERR_EAI(name, symbol) {symbol, sockerr::resolver_errc::name},
#include <sockerr/codes.def>
};

// No number of getaddrinfo stands for two results, and EAI_SYSTEM for none.
constexpr bool every_result_is_clear() {
  for (const resolution& a : resolutions) {
    if (a.number == EAI_SYSTEM) return false;
    for (const resolution& b : resolutions)
      if (a.number == b.number && a.code != b.code) return false;
  }
  return true;
}
static_assert(every_result_is_clear());
#endif

}  // namespace

int main() {}

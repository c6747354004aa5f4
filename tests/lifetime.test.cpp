// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "catch.hpp"

// Before main and after it, in other threads and in objects: tests/lifetime has a program of its own. Here stands what
// the compiler can assert about it.
//
// The objects of the categories cannot be declared constinit. std::error_category has a virtual and therefore
// non-trivial destructor, in every standard: an object of it at namespace scope, or a static member, makes each
// translation unit register a destructor that runs at exit, after which the category is gone; and no object of it is a
// constant expression. Measured with g++ 12 and clang 14: a union that is never destroyed, as a static in a function,
// still has a guard and, with its empty destructor, a call of atexit. What is left is storage that is zero in the
// program image, `static inline unsigned char storage[]` (a constant initialiser, which start_up.cmake finds in .bss),
// and an object made in it at the first use. So std::error_code objects of ours cannot be constinit either; nor, with
// libstdc++, can any that is not empty.
#if defined(__cpp_constinit)
#define SOCKERR_TESTS_CONSTINIT constinit
#elif defined(__clang__)
#define SOCKERR_TESTS_CONSTINIT [[clang::require_constant_initialization]]
#elif defined(__GNUC__) && __GNUC__ >= 10
#define SOCKERR_TESTS_CONSTINIT __constinit
#else
#define SOCKERR_TESTS_CONSTINIT
#endif

namespace {

using sockerr::condition;

// Made without code, whatever else is initialised first.
SOCKERR_TESTS_CONSTINIT sockerr::time_limit limit = std::chrono::seconds{5};
SOCKERR_TESTS_CONSTINIT sockerr::deadline until = sockerr::deadline::never();
SOCKERR_TESTS_CONSTINIT std::optional<sockerr::errc> refused =
    sockerr::from_symbol(sockerr::symbol(sockerr::errc::connection_refused));
SOCKERR_TESTS_CONSTINIT condition refused_condition = sockerr::classify(sockerr::errc::connection_refused);
SOCKERR_TESTS_CONSTINIT std::string_view refused_symbol = sockerr::symbol(sockerr::errc::connection_refused);
SOCKERR_TESTS_CONSTINIT std::string_view timed_out_name = sockerr::name(condition::timed_out);
SOCKERR_TESTS_CONSTINIT std::string_view refused_cause =
    sockerr::cause(sockerr::errc::connection_refused, sockerr::operation::connect, sockerr::circumstance::unix_domain);
SOCKERR_TESTS_CONSTINIT sockerr::retry_advice refused_advice =
    sockerr::advise(sockerr::errc::connection_refused, sockerr::operation::connect);
SOCKERR_TESTS_CONSTINIT std::optional<condition> refused_by_symbol = sockerr::condition_from_symbol("WSAECONNREFUSED");
SOCKERR_TESTS_CONSTINIT sockerr::code_info first_code = *sockerr::codes().begin();
SOCKERR_TESTS_CONSTINIT auto all_codes = sockerr::codes();
SOCKERR_TESTS_CONSTINIT sockerr::source_location here = sockerr::source_location::current();
SOCKERR_TESTS_CONSTINIT sockerr::listen_options listening;
SOCKERR_TESTS_CONSTINIT sockerr::attempt_list no_attempts;

// What is said above.
static_assert(!std::is_trivially_destructible_v<sockerr::detail::code_category<sockerr::errc>>);
static_assert(!std::is_trivially_destructible_v<sockerr::detail::code_category<sockerr::library_errc>>);
static_assert(!std::is_trivially_destructible_v<sockerr::detail::tree_category>);
// Categories hold nothing but what the base holds: nothing that the end of the program could take away.
static_assert(sizeof(sockerr::detail::code_category<sockerr::errc>) == sizeof(std::error_category));
static_assert(sizeof(sockerr::detail::tree_category) == sizeof(std::error_category));

// Initialised before main, by code.
const std::error_code early_code = sockerr::errc::connection_refused;
const bool early_comparison = early_code == condition::connection_error;
const std::error_condition early_condition = sockerr::make_error_condition(condition::timed_out);
const sockerr::error early_error =
    sockerr::error{sockerr::library_errc::deadline_exceeded, sockerr::operation::recv}.peer("127.0.0.1:80");
const std::string early_what = [] {
  try {
    sockerr::throw_error(sockerr::error{sockerr::errc::timed_out, sockerr::operation::connect}.peer("127.0.0.1:80"));
  } catch (const sockerr::timed_out& e) {
    return std::string{e.what()};
  }
}();

}  // namespace

TEST_CASE("what has no category is constant initialised", "[lifetime]") {
  CHECK(limit.length() == std::chrono::seconds{5});
  CHECK(until.is_never());
  CHECK(refused == sockerr::errc::connection_refused);
  CHECK(refused_condition == condition::connection_refused);
  CHECK(refused_symbol.find("ECONNREFUSED") != refused_symbol.npos);
  CHECK(timed_out_name == "timed_out");
  CHECK_FALSE(refused_cause.empty());
  CHECK(refused_advice == sockerr::retry_advice::on_new_socket);
  CHECK(refused_by_symbol == condition::connection_refused);
  CHECK_FALSE(first_code.symbol.empty());
  CHECK(all_codes.size() > 50);
  CHECK(here.line() != 0);
  CHECK(listening.backlog == SOMAXCONN);
  CHECK(no_attempts.empty());
}

TEST_CASE("the library works in a static initialiser", "[lifetime]") {
  CHECK(early_comparison);
  CHECK(early_code == sockerr::errc::connection_refused);
  CHECK(&early_code.category() == &sockerr::socket_category());
  CHECK(early_condition == sockerr::make_error_condition(condition::timed_out));
  CHECK(early_what.find("connect 127.0.0.1:80: ") == 0);
  CHECK(early_error.text().substr(0, 19) == "recv 127.0.0.1:80: ");
  CHECK(early_error.by_deadline());
  CHECK(&early_error.code().category() == &sockerr::library_category());
}

TEST_CASE("the object of a category is recognised before it is made", "[lifetime]") {
  // A category that nobody has used: its storage is zero, and comparing addresses does not look into it.
  class unused_category final : public std::error_category {
   public:
    const char* name() const noexcept override { return "unused"; }
    std::string message(int) const override { return "unused"; }
  };
  using unused = sockerr::detail::immortal<unused_category>;
  CHECK_FALSE(unused::is(std::generic_category()));
  const std::error_category& made = unused::get();
  CHECK(unused::is(made));
  CHECK(made.name() == std::string{"unused"});
  CHECK(&unused::get() == &made);
}

// SPDX-License-Identifier: MIT
#include <sockerr/category.hpp>

#include <climits>
#include <future>
#include <ios>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

#include "catch.hpp"
#include "foreign_categories.hpp"

namespace {

using sockerr::condition;
using sockerr::errc;
using sockerr::make_error_code;
using sockerr::resolver_errc;

// A second copy of our own categories, as another shared library may have them.
class other_socket_category final : public named_category {
 public:
  other_socket_category() : named_category{"socket"} {}
  std::error_condition default_error_condition(int value) const noexcept override {
    return {static_cast<int>(sockerr::classify(errc{value})), other_tree};
  }
};

class other_resolver_category final : public named_category {
 public:
  other_resolver_category() : named_category{"resolver"} {}
  std::error_condition default_error_condition(int value) const noexcept override {
    return {static_cast<int>(sockerr::classify(resolver_errc{value})), other_tree};
  }
};

// Known by their names alone.
const named_category bare_socket{"socket"};
const named_category bare_resolver{"resolver"};
const other_socket_category other_socket;
const other_resolver_category other_resolver;
const conditional_category portable{std::generic_category()};
const conditional_category conditional{sockerr::condition_category()};
const conditional_category conditional_elsewhere{other_tree};

std::vector<const std::error_category*> all_categories() {
  return {&sockerr::socket_category(),
          &sockerr::resolver_category(),
          &std::system_category(),
          &std::generic_category(),
          &std::iostream_category(),
          &asio_system,
          &asio_netdb,
          &asio_addrinfo,
          &asio_misc,
          &stranger,
          &bare_socket,
          &bare_resolver,
          &other_socket,
          &other_resolver,
          &portable,
          &conditional,
          &conditional_elsewhere};
}

std::vector<int> grid_values() {
  std::vector<int> values{INT_MIN, -4095, 232, 240, 258, 995, 996, 1225, 1236, 1460, 2250, 2300, 9999, INT_MAX};
  for (int v = -20; v <= 200; ++v) values.push_back(v);
  for (int v = 10000; v <= 10115; ++v) values.push_back(v);
  for (int v = 11000; v <= 11035; ++v) values.push_back(v);
  return values;
}

constexpr int last_condition = static_cast<int>(condition::other);

std::error_code native(int number) { return {number, std::system_category()}; }
std::error_code portable_code(std::errc code) { return std::make_error_code(code); }

static_assert(std::is_error_code_enum_v<errc> && std::is_error_code_enum_v<resolver_errc>);
static_assert(std::is_error_condition_enum_v<condition>);
static_assert(!std::is_error_condition_enum_v<errc> && !std::is_error_code_enum_v<condition>);

using sockerr::classify;
static_assert(noexcept(sockerr::socket_category()));
static_assert(noexcept(sockerr::resolver_category()));
static_assert(noexcept(sockerr::condition_category()));
static_assert(noexcept(make_error_code(errc{})));
static_assert(noexcept(make_error_code(resolver_errc{})));
static_assert(noexcept(sockerr::make_error_condition(condition{})));
static_assert(noexcept(classify(std::error_code{})));
static_assert(noexcept(std::error_code{} == condition{}));
static_assert(noexcept(condition{} == std::error_code{}));
static_assert(noexcept(std::error_code{} != condition{}));
static_assert(noexcept(condition{} != std::error_code{}));

// Used before main, from whichever file happens to come first, and after it.
const bool works_before_main = make_error_code(errc::timed_out) == condition::timed_out &&
                               std::string{sockerr::socket_category().name()} == "socket";

struct uses_at_exit {
  ~uses_at_exit() {
    if (make_error_code(resolver_errc::no_data).message().empty()) std::terminate();
    if (make_error_code(errc::timed_out) != condition::timed_out) std::terminate();
  }
};
const uses_at_exit last_user;

}  // namespace

TEST_CASE("categories have names and are one object each", "[category]") {
  CHECK(std::string{sockerr::socket_category().name()} == "socket");
  CHECK(std::string{sockerr::resolver_category().name()} == "resolver");
  CHECK(std::string{sockerr::condition_category().name()} == "socket condition");
  CHECK(&sockerr::socket_category() == &sockerr::socket_category());
  CHECK(sockerr::socket_category() != sockerr::resolver_category());
  CHECK(sockerr::socket_category() != sockerr::condition_category());
  CHECK(works_before_main);
}

TEST_CASE("codes and conditions convert to those of the standard library", "[category]") {
  const std::error_code refused = errc::connection_refused;
  CHECK(refused.category() == sockerr::socket_category());
  CHECK(refused.value() == static_cast<int>(errc::connection_refused));
  CHECK(refused == errc::connection_refused);
  CHECK(refused != errc::connection_reset);

  const std::error_code unknown_host = resolver_errc::host_not_found;
  CHECK(unknown_host.category() == sockerr::resolver_category());
  CHECK(unknown_host == resolver_errc::host_not_found);
  CHECK(unknown_host != refused);

  const std::error_condition group = condition::unreachable;
  CHECK(group.category() == sockerr::condition_category());
  CHECK(group == condition::unreachable);
  CHECK(group != condition::timed_out);

  std::error_code assigned;
  assigned = errc::timed_out;
  CHECK(assigned == condition::timed_out);
}

TEST_CASE("messages are those of the table", "[category]") {
  CHECK(make_error_code(errc::connection_refused).message() == "Connection refused");
  CHECK(make_error_code(resolver_errc::host_not_found).message() == "Name or service not known");
  CHECK(std::error_condition{condition::unreachable}.message() == "unreachable");
  CHECK(sockerr::socket_category().message(0) == "No error");
  CHECK(sockerr::resolver_category().message(0) == "No error");
  CHECK(sockerr::condition_category().message(0) == "no error");
  CHECK(sockerr::socket_category().message(99999) == "Unknown error 99999");
  CHECK(sockerr::resolver_category().message(-2) == "Unknown error -2");
  CHECK(sockerr::socket_category().message(INT_MIN) == "Unknown error " + std::to_string(INT_MIN));
  CHECK(sockerr::condition_category().message(last_condition + 1) ==
        "unknown condition " + std::to_string(last_condition + 1));
  CHECK(sockerr::condition_category().message(-1) == "unknown condition -1");
  for (const sockerr::code_info info : sockerr::codes())
    if (sockerr::symbol(info.code) == info.symbol) CHECK(make_error_code(info.code).message() == info.message);
  for (const auto info : sockerr::codes<resolver_errc>()) CHECK(make_error_code(info.code).message() == info.message);
}

TEST_CASE("the default condition of our codes is the node that owns them", "[category]") {
  for (const int value : grid_values()) {
    CAPTURE(value);
    CHECK(sockerr::socket_category().default_error_condition(value) ==
          sockerr::make_error_condition(classify(errc{value})));
    CHECK(sockerr::resolver_category().default_error_condition(value) ==
          sockerr::make_error_condition(classify(resolver_errc{value})));
  }
}

TEST_CASE("codes of every category compare with conditions in both orders", "[category]") {
  const std::error_code refused[] = {make_error_code(errc::connection_refused),
                                     portable_code(std::errc::connection_refused),
                                     {static_cast<int>(errc::connection_refused), std::system_category()},
                                     {static_cast<int>(errc::connection_refused), asio_system},
                                     {static_cast<int>(errc::connection_refused), other_socket},
                                     {static_cast<int>(errc::connection_refused), bare_socket},
                                     {static_cast<int>(std::errc::connection_refused), portable},
                                     {static_cast<int>(condition::connection_refused), conditional},
                                     {static_cast<int>(condition::connection_refused), conditional_elsewhere}};
  for (const std::error_code& ec : refused) {
    CAPTURE(ec.category().name());
    CHECK(ec == condition::connection_refused);
    CHECK(condition::connection_refused == ec);
    CHECK_FALSE(ec != condition::connection_refused);
    CHECK_FALSE(condition::connection_refused != ec);
    CHECK(ec == condition::connection_error);
    CHECK(condition::connection_error == ec);
    CHECK(ec != condition::connection_reset);
    CHECK(condition::connection_reset != ec);
    CHECK(ec != condition::unreachable);
    CHECK(ec != condition::other);
    CHECK(ec != condition::none);
  }
}

TEST_CASE("a comparison through the standard library agrees with ours", "[category]") {
  const std::vector<int> values = grid_values();
  for (const std::error_category* category : all_categories()) {
    for (const int value : values) {
      const std::error_code ec{value, *category};
      for (int i = 0; i <= last_condition; ++i) {
        const condition c{i};
        const std::error_condition general{c};
        const bool ours = ec == c;
        if (ours == (ec == general) && ours == (general == ec) && ours == !(ec != general) && ours == (c == ec) &&
            ours == !(ec != c) && ours == sockerr::matches(classify(ec), c))
          continue;
        CAPTURE(category->name(), value, sockerr::name(c), sockerr::name(classify(ec)), ours);
        FAIL_CHECK("the two disagree");
      }
    }
  }
}

TEST_CASE("no error is none in every category", "[category]") {
  CHECK(std::error_code{} == condition::none);
  for (const std::error_category* category : all_categories()) {
    CAPTURE(category->name());
    const std::error_code ec{0, *category};
    CHECK(classify(ec) == condition::none);
    CHECK(ec == condition::none);
    CHECK(ec != condition::other);
    CHECK(ec != condition::connection_error);
  }
}

TEST_CASE("a category that nobody knows is other", "[category]") {
  for (const int value : grid_values()) {
    if (value == 0) continue;
    CAPTURE(value);
    CHECK(classify({value, stranger}) == condition::other);
    CHECK(classify({value, std::iostream_category()}) == condition::other);
    CHECK(classify({value, std::future_category()}) == condition::other);
  }
}

TEST_CASE("an unknown category is asked for its default condition", "[category]") {
  for (const int value : grid_values()) {
    CAPTURE(value);
    CHECK(classify({value, portable}) == classify({value, std::generic_category()}));
    const bool is_condition = value > 0 && value <= last_condition;
    const condition expected = is_condition ? condition{value} : value == 0 ? condition::none : condition::other;
    CHECK(classify({value, conditional}) == expected);
    CHECK(classify({value, conditional_elsewhere}) == expected);
  }
}

// What std::make_error_code of a library does that calls a status of its own a success.
TEST_CASE("a category may say that a value is no error", "[category]") {
  class lenient_category final : public named_category {
   public:
    explicit lenient_category(const std::error_category& conditions)
        : named_category{"lenient"}, conditions_{conditions} {}
    std::error_condition default_error_condition(int) const noexcept override { return {0, conditions_}; }

   private:
    const std::error_category& conditions_;
  };
  const lenient_category by_errno{std::generic_category()};
  const lenient_category by_condition{sockerr::condition_category()};
  for (const std::error_category* category :
       {static_cast<const std::error_category*>(&by_errno), static_cast<const std::error_category*>(&by_condition)}) {
    const std::error_code fine{200, *category};
    CHECK(fine == condition::none);
    CHECK(fine == std::error_condition{condition::none});
    CHECK(fine != condition::other);
    CHECK(fine != std::error_condition{condition::other});
  }
}

TEST_CASE("the same number means what its category says", "[category]") {
  // 1 is EPERM, EAI_NONAME, HOST_NOT_FOUND and Asio's already_open; 2 is ENOENT, EAI_NODATA, TRY_AGAIN and its eof.
  CHECK(classify({1, std::generic_category()}) == condition::permission_denied);
  CHECK(classify({1, sockerr::resolver_category()}) == condition::host_not_found);
  CHECK(classify({1, other_resolver}) == condition::host_not_found);
  CHECK(classify({1, bare_resolver}) == condition::host_not_found);
  CHECK(classify({1, asio_netdb}) == condition::host_not_found);
  CHECK(classify({1, asio_misc}) == condition::usage_error);
  CHECK(classify({1, asio_addrinfo}) == condition::other);
  CHECK(classify({2, std::generic_category()}) == condition::path_error);
  CHECK(classify({2, asio_netdb}) == condition::resolution_try_again);
  CHECK(classify({2, asio_misc}) == condition::connection_error);
}

TEST_CASE("the categories of Asio are known by name", "[category]") {
  CHECK(classify({3, asio_netdb}) == condition::resolution_error);
  CHECK(classify({4, asio_netdb}) == condition::host_not_found);
  CHECK(classify({5, asio_netdb}) == condition::other);
  // EAI_SERVICE and EAI_SOCKTYPE of glibc, of the BSDs and of Windows.
  for (const int service : {-8, 9, 10109}) CHECK(classify({service, asio_addrinfo}) == condition::service_not_found);
  for (const int type : {-7, 10, 10044}) CHECK(classify({type, asio_addrinfo}) == condition::not_supported);
  CHECK(classify({3, asio_misc}) == condition::other);
  CHECK(classify({4, asio_misc}) == condition::too_many_files_open);
  for (const sockerr::code_info info : sockerr::codes())
    CHECK(classify({static_cast<int>(info.code), asio_system}) == classify(info.code));
}

TEST_CASE("our codes compare with those of the standard by what they mean", "[category]") {
  CHECK(make_error_code(errc::connection_refused) == std::errc::connection_refused);
  CHECK(std::errc::connection_refused == make_error_code(errc::connection_refused));
  CHECK(make_error_code(errc::connection_refused) != std::errc::connection_reset);
  CHECK(make_error_code(errc::timed_out) == std::errc::timed_out);
  CHECK(make_error_code(errc::address_in_use) == std::errc::address_in_use);
  CHECK(make_error_code(errc::operation_would_block) == std::errc::operation_would_block);
  CHECK(make_error_code(errc::operation_canceled) == std::errc::operation_canceled);
  CHECK(make_error_code(errc::not_connected) == std::errc::not_connected);
  CHECK(make_error_code(errc::message_size) == std::errc::message_size);
  CHECK(make_error_code(errc::invalid_argument) == std::errc::invalid_argument);
  CHECK(make_error_code(errc::broken_pipe) == std::errc::broken_pipe);
  CHECK(make_error_code(errc::network_reset) == std::errc::network_reset);
  CHECK(make_error_code(errc::network_reset) != std::errc::connection_reset);

  CHECK(make_error_code(resolver_errc::not_enough_memory) == std::errc::not_enough_memory);
  CHECK(make_error_code(resolver_errc::interrupted) == std::errc::interrupted);
  CHECK(make_error_code(resolver_errc::operation_canceled) == std::errc::operation_canceled);
  CHECK(make_error_code(resolver_errc::protocol_not_supported) == std::errc::protocol_not_supported);
  CHECK(make_error_code(resolver_errc::address_family_not_supported) == std::errc::address_family_not_supported);
  // Its number is that of EPERM.
  CHECK(make_error_code(resolver_errc::host_not_found) != std::errc::operation_not_permitted);
  CHECK(std::error_code{-2, sockerr::resolver_category()} != std::error_condition(-2, std::generic_category()));

  CHECK(make_error_code(errc{}) == std::error_condition{});
  CHECK(make_error_code(errc{99999}) != std::error_condition(99999, std::generic_category()));
  CHECK(make_error_code(errc{99999}) != std::error_condition{});
}

#if !defined(_WIN32)
TEST_CASE("every errno of ours is the same errno of the standard", "[category]") {
  for (const sockerr::code_info info : sockerr::codes()) {
    CAPTURE(info.symbol);
    const int number = static_cast<int>(info.code);
    CHECK(make_error_code(info.code) == std::error_condition(number, std::generic_category()));
    CHECK(make_error_code(info.code) != std::error_condition(number + 1, std::generic_category()));
    CHECK(classify(native(number)) == classify(info.code));
  }
}
#else
TEST_CASE("both numbers for a refused connection are one error on Windows", "[category]") {
  CHECK(native(10061) == condition::connection_refused);
  CHECK(native(1225) == condition::connection_refused);
  CHECK(make_error_code(errc{10061}) == std::errc::connection_refused);
  CHECK(make_error_code(errc{1225}) == std::errc::connection_refused);
}
#endif

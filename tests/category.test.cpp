// SPDX-License-Identifier: MIT
#include <sockerr/category.hpp>

#include <climits>
#include <cstring>
#include <future>
#include <ios>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <vector>

// The Networking TS, whose categories have the names "socket" and "resolver" and numbers of their own.
#if __has_include(<experimental/socket>) && __has_include(<experimental/internet>) && defined(__linux__)
#include <experimental/internet>
#include <experimental/socket>
#endif

#include "catch.hpp"
#include "foreign_categories.hpp"

namespace {

using sockerr::condition;
using sockerr::errc;
using sockerr::library_errc;
using sockerr::make_error_code;
using sockerr::resolver_errc;

// A second copy of our own categories, as another shared library may have them.
class other_socket_category final : public named_category {
 public:
  other_socket_category() : named_category{"sockerr.socket"} {}
  std::error_condition default_error_condition(int value) const noexcept override {
    return {static_cast<int>(sockerr::classify(errc{value})), other_tree};
  }
};

class other_resolver_category final : public named_category {
 public:
  other_resolver_category() : named_category{"sockerr.resolver"} {}
  std::error_condition default_error_condition(int value) const noexcept override {
    return {static_cast<int>(sockerr::classify(resolver_errc{value})), other_tree};
  }
};

// Known by their names alone.
const named_category bare_socket{"sockerr.socket"};
const named_category bare_resolver{"sockerr.resolver"};
const named_category bare_library{"sockerr.library"};
// A name without a dot is anybody's.
const named_category only_socket{"socket"};
const named_category only_resolver{"resolver"};
const named_category only_system{"system"};
const named_category only_generic{"generic"};
const other_socket_category other_socket;
const other_resolver_category other_resolver;
const conditional_category portable{std::generic_category()};
const conditional_category conditional{sockerr::condition_category()};
const conditional_category conditional_elsewhere{other_tree};

std::vector<const std::error_category*> all_categories() {
  return {&sockerr::socket_category(),
          &sockerr::resolver_category(),
          &sockerr::library_category(),
          &sockerr::condition_category(),
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
          &bare_library,
          &only_socket,
          &only_resolver,
          &only_system,
          &only_generic,
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

std::vector<condition> all_conditions() {
  std::vector<condition> result;
  for (const auto& node : sockerr::detail::nodes) result.push_back(node.self);
  return result;
}

std::error_code native(int number) { return {number, std::system_category()}; }
std::error_code portable_code(std::errc code) { return std::make_error_code(code); }

static_assert(std::is_error_code_enum_v<errc> && std::is_error_code_enum_v<resolver_errc>);
static_assert(std::is_error_code_enum_v<library_errc> && !std::is_error_condition_enum_v<library_errc>);
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
static_assert(noexcept(sockerr::library_category()) && noexcept(make_error_code(library_errc{})));
static_assert(noexcept(std::error_code{} == errc{}) && noexcept(errc{} != std::error_code{}));
static_assert(noexcept(std::error_condition{} == condition{}) && noexcept(condition{} != std::error_condition{}));

// Used before main, from whichever file happens to come first, and after it.
const bool works_before_main = make_error_code(errc::timed_out) == condition::timed_out &&
                               std::string{sockerr::socket_category().name()} == "sockerr.socket";

struct uses_at_exit {
  ~uses_at_exit() {
    if (make_error_code(resolver_errc::no_data).message().empty()) std::terminate();
    if (make_error_code(errc::timed_out) != condition::timed_out) std::terminate();
  }
};
const uses_at_exit last_user;

}  // namespace

TEST_CASE("categories have names and are one object each", "[category]") {
  CHECK(std::string{sockerr::socket_category().name()} == "sockerr.socket");
  CHECK(std::string{sockerr::resolver_category().name()} == "sockerr.resolver");
  CHECK(std::string{sockerr::library_category().name()} == "sockerr.library");
  CHECK(std::string{sockerr::condition_category().name()} == "sockerr.condition");
  CHECK(sockerr::library_category() != sockerr::socket_category());
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

  const std::error_code late = library_errc::deadline_exceeded;
  CHECK(late.category() == sockerr::library_category());
  CHECK(late == library_errc::deadline_exceeded);
  CHECK(late != std::error_code{errc::timed_out});

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
  CHECK(sockerr::library_category().message(0) == "No error");
  CHECK(sockerr::library_category().message(1) == "Unknown error 1");
  CHECK(make_error_code(library_errc::deadline_exceeded).message() == "Deadline exceeded");
  CHECK(make_error_code(library_errc::end_of_stream).message() == "End of stream");
  CHECK(make_error_code(library_errc::self_connected).message() == "Connected to itself");
  CHECK(make_error_code(library_errc::stopped).message() == "Stopped");
  CHECK(sockerr::condition_category().message(63) == "unknown condition 63");
  CHECK(sockerr::condition_category().message(static_cast<int>(condition::end_of_stream)) == "end of stream");
  CHECK(sockerr::condition_category().message(-1) == "unknown condition -1");
  for (const sockerr::code_info info : sockerr::codes())
    if (sockerr::symbol(info.code) == info.symbol) CHECK(make_error_code(info.code).message() == info.message);
  for (const auto info : sockerr::codes<resolver_errc>()) CHECK(make_error_code(info.code).message() == info.message);
}

TEST_CASE("the default condition of our codes is that of the standard where an errno means the same", "[category]") {
  const auto portable_number = [](const std::error_code& ec) {
    return ec.default_error_condition().category() == std::generic_category() ? ec.default_error_condition().value()
                                                                              : 0;
  };
  CHECK(make_error_code(errc::connection_refused).default_error_condition() == std::errc::connection_refused);
  CHECK(make_error_code(errc::timed_out).default_error_condition() == std::errc::timed_out);
  CHECK(make_error_code(resolver_errc::not_enough_memory).default_error_condition() == std::errc::not_enough_memory);
  CHECK(make_error_code(library_errc::deadline_exceeded).default_error_condition() == std::errc::timed_out);
  CHECK(make_error_code(library_errc::stopped).default_error_condition() == std::errc::operation_canceled);
  CHECK(make_error_code(library_errc::self_connected).default_error_condition() == std::errc::connection_refused);
  // Where none does, the node. (It is the stored condition itself that is compared here.)
  const std::error_condition missing = make_error_code(resolver_errc::host_not_found).default_error_condition();
  CHECK(missing.category() == sockerr::condition_category());
  CHECK(missing.value() == static_cast<int>(condition::host_not_found));
  const std::error_condition ended = make_error_code(library_errc::end_of_stream).default_error_condition();
  CHECK(ended.category() == sockerr::condition_category());
  CHECK(ended.value() == static_cast<int>(condition::end_of_stream));
  CHECK(make_error_code(errc{99999}).default_error_condition() == sockerr::make_error_condition(condition::other));
#if !defined(_WIN32)
  for (const sockerr::code_info info : sockerr::codes()) {
    CAPTURE(info.symbol);
    CHECK(portable_number(info.code) == static_cast<int>(info.code));
    // A standard library maps those that std::errc has.
    const std::error_condition theirs = native(static_cast<int>(info.code)).default_error_condition();
    if (theirs.category() == std::generic_category())
      CHECK(std::error_code{info.code}.default_error_condition() == theirs);
  }
#endif
  CHECK(portable_number(errc::connection_refused) == static_cast<int>(std::errc::connection_refused));
}

TEST_CASE("the default condition of a code is of the node that the code is of", "[category]") {
  for (const int value : grid_values()) {
    for (const std::error_category* category :
         {&sockerr::socket_category(), &sockerr::resolver_category(), &sockerr::library_category()}) {
      CAPTURE(value, category->name());
      const std::error_code ec{value, *category};
      CHECK(ec.default_error_condition() == classify(ec));
      // Stored, it is still of that node, and of no other.
      for (const condition c : all_conditions())
        if ((ec.default_error_condition() == c) != (ec == c)) FAIL_CHECK("differs at " << sockerr::name(c));
    }
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
  const std::vector<condition> conditions = all_conditions();
  for (const std::error_category* category : all_categories()) {
    for (const int value : values) {
      const std::error_code ec{value, *category};
      for (const condition c : conditions) {
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
    const bool is_condition = value > 0 && !sockerr::name(condition{value}).empty();
    const condition expected = is_condition ? condition{value} : value == 0 ? condition::none : condition::other;
    CHECK(classify({value, conditional}) == expected);
    CHECK(classify({value, conditional_elsewhere}) == expected);
  }
}

// A library's own status, 200, may have no error as its default condition; yet its code is an error wherever one looks
// at it, since only the value 0 is none.
TEST_CASE("a category cannot say that a value other than 0 is no error", "[category]") {
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
    CHECK(fine);
    CHECK(fine != condition::none);
    CHECK(fine == condition::other);
    CHECK(fine == std::error_condition{condition::other});
  }
}

// ------------------------------------------------------------------------------------- categories that nobody knows

TEST_CASE("an unknown category is asked by its equivalent for our conditions", "[category]") {
  const equivalent_category of_node{[](int value, const std::error_condition& c) {
    return value == 1 && c.category() == sockerr::condition_category() &&
           c.value() == static_cast<int>(condition::host_unreachable);
  }};
  const std::error_code ec{1, of_node};
  CHECK(classify(ec) == condition::host_unreachable);
  CHECK(ec == condition::host_unreachable);
  CHECK(condition::unreachable == ec);
  CHECK(ec != condition::network_unreachable);
  CHECK(ec == std::error_condition{condition::host_unreachable});
  CHECK(ec == std::error_condition{condition::unreachable});
  CHECK(classify({2, of_node}) == condition::other);
  CHECK(classify({0, of_node}) == condition::none);

  // A group alone is that group.
  const equivalent_category of_group{[](int, const std::error_condition& c) {
    return c.category() == sockerr::condition_category() && c.value() == static_cast<int>(condition::unreachable);
  }};
  CHECK(classify({1, of_group}) == condition::unreachable);
  CHECK(std::error_code(1, of_group) != condition::host_unreachable);
  // The leaf goes before its group, and of several leaves the first one by number.
  const equivalent_category of_both{[](int, const std::error_condition& c) {
    return c.category() == sockerr::condition_category() &&
           (c.value() == static_cast<int>(condition::connection_error) ||
            c.value() == static_cast<int>(condition::network_unreachable) ||
            c.value() == static_cast<int>(condition::timed_out));
  }};
  CHECK(classify({1, of_both}) == condition::timed_out);
  CHECK(std::error_code(1, of_both) != condition::connection_error);
}

TEST_CASE("an unknown category is asked by its equivalent for those of the standard", "[category]") {
  const equivalent_category of_errc{
      [](int value, const std::error_condition& c) { return value == 7 && c == std::errc::connection_refused; }};
  const std::error_code ec{7, of_errc};
  CHECK(classify(ec) == condition::connection_refused);
  CHECK(ec == condition::connection_error);
  CHECK(ec == std::errc::connection_refused);
  CHECK(classify({8, of_errc}) == condition::other);
  // The errno tells more than the node that it belongs to.
  const equivalent_category of_netreset{
      [](int, const std::error_condition& c) { return c == std::errc::network_reset; }};
  CHECK(classify({1, of_netreset}) == condition::connection_reset);
  // One that belongs to no node says nothing.
  const equivalent_category of_other{[](int, const std::error_condition& c) { return c == std::errc::file_exists; }};
  CHECK(classify({1, of_other}) == condition::other);
}

TEST_CASE("a default condition that is known goes before equivalent", "[category]") {
  class both_category final : public named_category {
   public:
    both_category() : named_category{"both"} {}
    std::error_condition default_error_condition(int value) const noexcept override {
      return value == 1 ? std::make_error_condition(std::errc::timed_out) : std::error_condition{value, *this};
    }
    using std::error_category::equivalent;
    bool equivalent(int, const std::error_condition& c) const noexcept override {
      return c == std::errc::connection_refused;
    }
  };
  const both_category both;
  CHECK(classify({1, both}) == condition::timed_out);
  CHECK(classify({2, both}) == condition::connection_refused);
}

TEST_CASE("a category that says yes to everything is one thing all the same", "[category]") {
  const equivalent_category says_yes{[](int, const std::error_condition&) { return true; }};
  const std::error_code ec{1, says_yes};
  // The first leaf.
  CHECK(classify(ec) == condition::connection_refused);
  CHECK(ec == condition::connection_error);
  CHECK(ec != condition::timed_out);
  CHECK(ec != condition::none);
  CHECK(ec != condition::other);
  CHECK(ec != errc::timed_out);
  CHECK(classify({0, says_yes}) == condition::none);
  // The standard's own comparison believes it.
  CHECK(ec == std::error_condition{condition::timed_out});
}

TEST_CASE("a category whose message throws is classified all the same", "[category]") {
  CHECK(classify({1, speechless}) == condition::other);
  CHECK(std::error_code(1, speechless) == condition::other);
  CHECK(std::error_code(1, speechless) != errc{1});
}

TEST_CASE("a name without a dot is no evidence", "[category]") {
  for (const std::error_category* category : {&only_socket, &only_resolver, &only_system, &only_generic}) {
    for (const int value : grid_values()) {
      if (value == 0) continue;
      CAPTURE(category->name(), value);
      CHECK(classify({value, *category}) == condition::other);
      CHECK(std::error_code(value, *category) != errc{value});
    }
  }
  // Nor is the beginning of a name that is known, or a longer one.
  for (const char* name : {"sockerr", "sockerr.", "sockerr.socke", "sockerr.sockets", "asio", "asio.syste",
                           "asio.system.x", "Asio.system", "asio.misc ", "socket condition", ""}) {
    const named_category category{name};
    CAPTURE(name);
    for (const int value : {1, 2, 104, 110, 111, 10061}) CHECK(classify({value, category}) == condition::other);
  }
}

TEST_CASE("codes of the Networking TS never borrow a meaning", "[category]") {
#if defined(__cpp_lib_experimental_net) || __has_include(<experimental/socket>) && defined(__linux__)
  namespace net = std::experimental::net;
  const std::error_code socket_codes[] = {make_error_code(net::socket_errc::already_open),
                                          make_error_code(net::socket_errc::not_found)};
  for (const std::error_code& ec : socket_codes) {
    CAPTURE(ec.category().name(), ec.value());
    CHECK(std::strcmp(ec.category().name(), "socket") == 0);
    CHECK(classify(ec) == condition::other);
    for (const condition c : all_conditions()) CHECK((ec == c) == (c == condition::other));
    CHECK(ec != errc{ec.value()});
  }
  for (const net::ip::resolver_errc code :
       {net::ip::resolver_errc::host_not_found, net::ip::resolver_errc::host_not_found_try_again,
        net::ip::resolver_errc::service_not_found}) {
    const std::error_code ec = make_error_code(code);
    CAPTURE(ec.category().name(), ec.value());
    CHECK(std::strcmp(ec.category().name(), "resolver") == 0);
    CHECK(classify(ec) == condition::other);
    CHECK(ec != std::error_code{resolver_errc{ec.value()}});
  }
#else
  SOCKERR_SKIP("the standard library has no Networking TS");
#endif
}

// ----------------------------------------------------------------------------------------------------------- numbers

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
  CHECK(classify({2, asio_misc}) == condition::end_of_stream);
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

TEST_CASE("a name that a known one only begins with, or the other way round, is no evidence", "[category]") {
  for (const char* name : {"asio.system2", "asio.syste", "asio.ssl.streams", "sockerr.sockets", "sockerr.condition.",
                           "boost.beast.http", "asio", ""}) {
    CAPTURE(name);
    const named_category similar{name};
    int meant = 0;
    for (int value = 1; value != 200; ++value) meant += classify({value, similar}) != condition::other ? 1 : 0;
    CHECK(meant == 0);
  }
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

TEST_CASE("our own errors compare with those of the standard as their errno does", "[category]") {
  CHECK(make_error_code(library_errc::deadline_exceeded) == std::errc::timed_out);
  CHECK(make_error_code(library_errc::stopped) == std::errc::operation_canceled);
  CHECK(make_error_code(library_errc::self_connected) == std::errc::connection_refused);
  CHECK(make_error_code(library_errc::deadline_exceeded) != std::errc::connection_refused);
  for (int number = 1; number <= 200; ++number)
    CHECK(make_error_code(library_errc::end_of_stream) != std::error_condition(number, std::generic_category()));
  CHECK(make_error_code(library_errc{}) == std::error_condition{});
  CHECK(make_error_code(library_errc{}) == condition::none);
}

TEST_CASE("one number is one error of errc in every category that has native numbers", "[category]") {
  const int number = static_cast<int>(errc::connection_refused);
  const std::error_category* const natives[] = {
      &sockerr::socket_category(), &std::system_category(), &asio_system, &bare_socket, &bare_library,
      &sockerr::library_category()};
  for (const std::error_category* category : natives) {
    CAPTURE(category->name());
    const std::error_code ec{number, *category};
    CHECK(ec == errc::connection_refused);
    CHECK(errc::connection_refused == ec);
    CHECK_FALSE(ec != errc::connection_refused);
    CHECK_FALSE(errc::connection_refused != ec);
    CHECK(ec != errc::connection_reset);
    CHECK(errc::connection_reset != ec);
  }
  for (const std::error_category* category :
       {&sockerr::resolver_category(), &sockerr::condition_category(),
        static_cast<const std::error_category*>(&asio_misc), static_cast<const std::error_category*>(&stranger),
        static_cast<const std::error_category*>(&only_system), static_cast<const std::error_category*>(&portable)}) {
    CAPTURE(category->name());
    CHECK(std::error_code(number, *category) != errc::connection_refused);
    CHECK(errc::connection_refused != std::error_code(number, *category));
  }
  const std::error_code refused{static_cast<int>(std::errc::connection_refused), std::generic_category()};
#if defined(_WIN32)
  CHECK(refused != errc::connection_refused);
#else
  CHECK(refused == errc::connection_refused);
#endif
  CHECK(make_error_code(library_errc::deadline_exceeded) == errc::timed_out);
  CHECK(make_error_code(library_errc::stopped) == errc::operation_canceled);
  CHECK(make_error_code(library_errc::self_connected) == errc::connection_refused);
  CHECK(make_error_code(library_errc::deadline_exceeded) != errc::connection_refused);
  CHECK(make_error_code(errc::timed_out) != library_errc::deadline_exceeded);
  CHECK(native(number) != library_errc::self_connected);
}

TEST_CASE("a stored condition compares with a node", "[category]") {
  const std::error_condition timed_out = std::make_error_condition(std::errc::timed_out);
  CHECK(timed_out == condition::timed_out);
  CHECK(condition::timed_out == timed_out);
  CHECK_FALSE(timed_out != condition::timed_out);
  CHECK_FALSE(condition::timed_out != timed_out);
  CHECK(timed_out != condition::connection_error);
  CHECK(condition::other != timed_out);
  const std::error_condition refused{condition::connection_refused};
  CHECK(refused == condition::connection_refused);
  CHECK(refused == condition::connection_error);
  CHECK(refused != condition::timed_out);
  CHECK(std::error_condition{condition::connection_error} != condition::connection_refused);
  CHECK(std::error_condition(static_cast<int>(condition::timed_out), other_tree) == condition::timed_out);
  CHECK(std::error_condition(63, other_tree) == condition::other);
  CHECK(std::error_condition(99999, std::generic_category()) == condition::other);
  CHECK(std::error_condition{} == condition::none);
  CHECK(std::error_condition{} != condition::other);
  CHECK(std::error_condition(0, stranger) == condition::none);
  // Its category may know.
  CHECK(std::error_condition(5, stranger) != condition::timed_out);
  const equivalent_category knows{[](int value, const std::error_condition& c) {
    return c.category() == sockerr::condition_category() && c.value() == value;
  }};
  CHECK(std::error_condition(static_cast<int>(condition::timed_out), knows) == condition::timed_out);
}

TEST_CASE("codes that are errno numbers in disguise are what they stand for", "[category]") {
#if !defined(_WIN32)
  for (const sockerr::code_info info : sockerr::codes()) {
    const int number = static_cast<int>(info.code);
    CAPTURE(info.symbol);
    for (const std::error_category* category :
         {&std::system_category(), &std::generic_category(), &sockerr::socket_category(),
          static_cast<const std::error_category*>(&asio_system)})
      CHECK(classify({-number, *category}) == classify(info.code));
    CHECK(make_error_code(errc{-number}) == std::error_condition(number, std::generic_category()));
    CHECK(make_error_code(errc{-number}).message() == make_error_code(errc{number}).message());
  }
  CHECK(classify(native(-4096)) == condition::other);
#else
  const int hresult = static_cast<int>(0x8007274dU);
  CHECK(classify(native(hresult)) == condition::connection_refused);
  CHECK(classify({hresult, sockerr::socket_category()}) == condition::connection_refused);
  CHECK(classify({hresult, asio_system}) == condition::connection_refused);
  CHECK(make_error_code(errc{hresult}) == std::errc::connection_refused);
  CHECK(classify({hresult, std::generic_category()}) == condition::other);
#endif
  CHECK(classify({-1, sockerr::resolver_category()}) == condition::other);
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

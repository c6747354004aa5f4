// SPDX-License-Identifier: MIT
#include <sockerr/exception.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "exception.hpp includes a socket header"
#endif

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "allocations.hpp"
#include "catch.hpp"
#include "texts.hpp"

namespace {

using sockerr::condition;
using sockerr::errc;
using sockerr::error_context;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::socket_error;
using sockerr::throw_error;

class foreign_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "foreign"; }
  std::string message(int value) const override {
    if (value == 1000) return std::string(100000, 'x');
    if (value == 1001) return "two\nlines\x1b[31m";
    return "foreign error " + std::to_string(value);
  }
};
const foreign_category foreign;

// The exception itself, of the class asked for; a copy, which the tests are then about.
template <class Exception = socket_error>
Exception thrown(std::error_code ec, const error_context& context = {}) {
  try {
    throw_error(ec, context);
  } catch (const Exception& e) {
    return e;
  }
}

std::string what(std::error_code ec, const error_context& context = {}) { return thrown(ec, context).what(); }

error_context about(operation during, std::string_view peer = {}, std::string_view local = {}) {
  error_context context;
  context.operation = during;
  context.peer = peer;
  context.local = local;
  return context;
}

template <class Exception>
constexpr bool is_fit_to_throw() {
  return std::is_nothrow_copy_constructible_v<Exception> && std::is_nothrow_copy_assignable_v<Exception> &&
         std::is_nothrow_destructible_v<Exception> && std::has_virtual_destructor_v<Exception> &&
         std::is_base_of_v<socket_error, Exception> &&
         // Only throw_error makes one, so that class and code agree.
         !std::is_constructible_v<Exception, std::error_code, error_context>;
}

#define SOCKERR_CONDITION(name, parent, message) static_assert(is_fit_to_throw<sockerr::name>());
#include <sockerr/codes.def>

static_assert(std::is_nothrow_copy_constructible_v<socket_error> && std::is_nothrow_copy_assignable_v<socket_error>);
static_assert(std::is_nothrow_copy_constructible_v<error_context>);
static_assert(std::is_base_of_v<std::system_error, socket_error>);
static_assert(std::is_base_of_v<sockerr::connection_error, sockerr::connection_refused>);
static_assert(std::is_base_of_v<sockerr::usage_error, sockerr::invalid_argument>);
static_assert(!std::is_default_constructible_v<socket_error>);

using error = const socket_error&;
static_assert(noexcept(std::declval<error>().what()));
static_assert(noexcept(std::declval<error>().condition()));
static_assert(noexcept(std::declval<error>().operation()));
static_assert(noexcept(std::declval<error>().peer()));
static_assert(noexcept(std::declval<error>().local()));
static_assert(noexcept(std::declval<error>().symbol()));
static_assert(noexcept(std::declval<error>().cause()));
static_assert(noexcept(std::declval<error>().advice()));
static_assert(noexcept(std::declval<error>().by_deadline()));
static_assert(noexcept(std::declval<error>().where()));
static_assert(noexcept(std::declval<error>().tries()));

static_assert(sockerr::source_location{}.line() == 0);
static_assert(sockerr::source_location::current().line() == __LINE__);

// The layout is the same whether the standard library has a std::source_location or not.
struct place {
  const char* file;
  const char* function;
  std::uint_least32_t line;
};
static_assert(sizeof(sockerr::source_location) == sizeof(place));
static_assert(std::is_standard_layout_v<sockerr::source_location>);
static_assert(std::is_trivially_copyable_v<sockerr::source_location>);

}  // namespace

// ------------------------------------------------------------------------------------------------ which class

TEST_CASE("the class of an exception is that of the condition", "[exception]") {
  CHECK_THROWS_AS(throw_error(errc::connection_refused), sockerr::connection_refused);
  CHECK_THROWS_AS(throw_error(errc::connection_refused), sockerr::connection_error);
  CHECK_THROWS_AS(throw_error(errc::host_unreachable), sockerr::unreachable);
  CHECK_THROWS_AS(throw_error(resolver_errc::host_not_found), sockerr::host_not_found);
  CHECK_THROWS_AS(throw_error(resolver_errc::resolution_failed), sockerr::resolution_error);
  CHECK_THROWS_AS(throw_error(std::make_error_code(std::errc::timed_out)), sockerr::timed_out);
}

TEST_CASE("errors that no node claims are the root class itself", "[exception]") {
  for (const std::error_code& ec : {std::error_code{99999, sockerr::socket_category()}, std::error_code{5, foreign},
                                    std::error_code{-1, sockerr::resolver_category()}}) {
    try {
      throw_error(ec);
    } catch (const socket_error& e) {
      CHECK(typeid(e) == typeid(socket_error));
      CHECK(e.code() == ec);
      CHECK(e.condition() == condition::other);
      CHECK(e.advice() == sockerr::retry_advice::never);
      CHECK(e.symbol().empty());
    }
  }
}

TEST_CASE("a code that is no error is a usage error", "[exception]") {
  for (const std::error_code& ec :
       {std::error_code{}, std::error_code{0, sockerr::socket_category()}, std::error_code{0, foreign}}) {
    CHECK_THROWS_AS(throw_error(ec), sockerr::usage_error);
    const auto e = thrown<sockerr::invalid_argument>(ec, about(operation::send, "127.0.0.1:1"));
    CHECK(e.code() == errc::invalid_argument);
    CHECK(e.operation() == operation::send);
    CHECK(std::string{e.what()} == "send 127.0.0.1:1: " + wsa + "EINVAL: Invalid argument");
  }
}

TEST_CASE("exceptions are those of the standard library too", "[exception]") {
  const error_context context = about(operation::connect, "127.0.0.1:65432");
  const std::string text = "connect 127.0.0.1:65432: " + wsa + "ECONNREFUSED: Connection refused";
  try {
    throw_error(errc::connection_refused, context);
  } catch (const std::system_error& e) {
    CHECK(e.code() == errc::connection_refused);
    CHECK(e.code() == std::errc::connection_refused);
    CHECK(e.what() == text);
  }
  try {
    throw_error(errc::connection_refused, context);
  } catch (const std::runtime_error& e) {
    CHECK(e.what() == text);
  }
  CHECK_THROWS_AS(throw_error(errc::connection_refused), std::exception);
}

// ------------------------------------------------------------------------------------------------------- what()

TEST_CASE("what tells operation and address and symbol and message", "[exception]") {
  const std::string refused = wsa + "ECONNREFUSED: Connection refused";
  CHECK(what(errc::connection_refused, about(operation::connect, "127.0.0.1:65432")) ==
        "connect 127.0.0.1:65432: " + refused);
  CHECK(what(errc::connection_refused, about(operation::connect, "[::1]:80", "[::1]:4000")) ==
        "connect [::1]:80: " + refused);
  CHECK(what(errc::address_in_use, about(operation::bind, {}, "127.0.0.1:80")) ==
        "bind 127.0.0.1:80: " + wsa + "EADDRINUSE: Address already in use");
  CHECK(what(errc::connection_refused, about(operation::connect)) == "connect: " + refused);
  CHECK(what(errc::connection_refused, about(operation::unknown, "/run/server.sock")) ==
        "/run/server.sock: " + refused);
  CHECK(what(errc::connection_refused) == refused);
  CHECK(what(errc::connection_refused, about(operation{1000})) == refused);
  CHECK(what(resolver_errc::host_not_found, about(operation::resolve, "no.such.host:http")) ==
        "resolve no.such.host:http: EAI_NONAME: Name or service not known");
  CHECK(what(std::make_error_code(std::errc::timed_out), about(operation::recv, "a")) ==
        "recv a: ETIMEDOUT: Connection timed out");
}

TEST_CASE("what of an unknown code has the message of its category", "[exception]") {
  CHECK(what({99999, sockerr::socket_category()}, about(operation::recv, "a:1")) == "recv a:1: Unknown error 99999");
  CHECK(what({99999, sockerr::socket_category()}) == "Unknown error 99999");
  CHECK(what({-9999, sockerr::resolver_category()}, about(operation::resolve)) == "resolve: Unknown error -9999");
  CHECK(what({5, foreign}, about(operation::send, "a:1")) == "send a:1: foreign error 5");
}

TEST_CASE("every error fits into what with the longest address", "[exception]") {
  const std::string longest(150, 'p');
  for (const sockerr::code_info info : sockerr::codes()) {
    if (sockerr::symbol(info.code) != info.symbol) continue;
    CAPTURE(info.symbol);
    const std::string expected =
        "local_address " + longest + ": " + std::string{info.symbol} + ": " + std::string{info.message};
    CHECK(what(info.code, about(operation::local_address, longest, longest)) == expected);
  }
}

// -------------------------------------------------------------------------------------------------- what it knows

TEST_CASE("an exception knows what the wrapper knew", "[exception]") {
  error_context context = about(operation::connect, "127.0.0.1:65432", "127.0.0.1:4000");
  const auto e = thrown<sockerr::connection_refused>(errc::connection_refused, context);
  CHECK(e.code() == errc::connection_refused);
  CHECK(e.condition() == condition::connection_refused);
  CHECK(e.operation() == operation::connect);
  CHECK(e.peer() == "127.0.0.1:65432");
  CHECK(e.local() == "127.0.0.1:4000");
  CHECK(e.symbol() == wsa + "ECONNREFUSED");
  CHECK(e.cause() == sockerr::cause(errc::connection_refused, operation::connect));
  CHECK(e.advice() == sockerr::retry_advice::on_new_socket);
  CHECK_FALSE(e.by_deadline());
  CHECK(e.tries() == 0);
}

TEST_CASE("cause and advice of an exception are those for its operation", "[exception]") {
  const auto on_bind = thrown(errc::permission_denied, about(operation::bind));
  const auto on_connect = thrown(errc::permission_denied, about(operation::connect));
  CHECK(on_bind.cause() == sockerr::cause(errc::permission_denied, operation::bind));
  CHECK(on_connect.cause() == sockerr::cause(errc::permission_denied, operation::connect));
  CHECK(on_bind.cause() != on_connect.cause());
  CHECK(thrown(errc::connection_aborted, about(operation::accept)).advice() == sockerr::retry_advice::at_once);
  CHECK(thrown(errc::connection_aborted, about(operation::recv)).advice() == sockerr::retry_advice::on_new_socket);
}

TEST_CASE("a deadline of ours is told from a timeout of the kernel", "[exception]") {
  error_context context = about(operation::recv, "127.0.0.1:1");
  CHECK_FALSE(thrown<sockerr::timed_out>(errc::timed_out, context).by_deadline());
  context.by_deadline = true;
  CHECK(thrown<sockerr::timed_out>(errc::timed_out, context).by_deadline());
}

TEST_CASE("an exception without addresses has none", "[exception]") {
  const auto e = thrown(errc::timed_out, about(operation::recv));
  CHECK(e.peer().empty());
  CHECK(e.local().empty());
  const auto local_only = thrown(errc::timed_out, about(operation::accept, {}, "127.0.0.1:80"));
  CHECK(local_only.peer().empty());
  CHECK(local_only.local() == "127.0.0.1:80");
  const auto peer_only = thrown(errc::timed_out, about(operation::connect, "127.0.0.1:80"));
  CHECK(peer_only.peer() == "127.0.0.1:80");
  CHECK(peer_only.local().empty());
}

TEST_CASE("where is the place of the caller", "[exception]") {
  unsigned line = 0;
  const auto check_place = [&line](const socket_error& e) {
    CHECK(e.where().line() == line);
    CHECK(std::strstr(e.where().file_name(), "exception.test.cpp") != nullptr);
    CHECK(std::string_view{e.where().function_name()}.size() > 0);
  };
  // clang-format off
  try { line = __LINE__; throw_error(errc::timed_out); } catch (const socket_error& e) { check_place(e); }
  try { line = __LINE__; throw_error(errc::timed_out, {operation::recv}); }
  catch (const socket_error& e) { check_place(e); }
  line = __LINE__; const error_context made_here{operation::recv, "a"};
  // clang-format on
  check_place(thrown(errc::timed_out, made_here));
  line = 7;
  error_context elsewhere = made_here;
  elsewhere.where = sockerr::source_location::current(__FILE__, "f", 7);
  check_place(thrown(errc::timed_out, elsewhere));
  CHECK(std::string{thrown(errc::timed_out, elsewhere).where().function_name()} == "f");
}

TEST_CASE("a std::source_location is as good a place", "[exception]") {
#if defined(__cpp_lib_source_location)
  const std::source_location here = std::source_location::current();
  error_context context = about(operation::recv);
  context.where = here;
  const auto e = thrown(errc::timed_out, context);
  CHECK(e.where().line() == here.line());
  CHECK(std::string_view{e.where().file_name()} == here.file_name());
  CHECK(std::string_view{e.where().function_name()} == here.function_name());
#else
  SOCKERR_SKIP("the standard library has no <source_location>");
#endif
}

// --------------------------------------------------------------------------------------------- hostile addresses

TEST_CASE("control characters of an address cannot forge a line of a log", "[exception]") {
  const std::string_view evil{"host\r\n\x1b[31m\x7f\0end:80", 19};
  const auto e = thrown(errc::timed_out, about(operation::connect, evil, evil));
  CHECK(e.peer() == "host???[31m??end:80");
  CHECK(e.local() == "host???[31m??end:80");
  CHECK(std::string{e.what()} == "connect host???[31m??end:80: " + wsa + "ETIMEDOUT: Connection timed out");
}

TEST_CASE("an address is shown as UTF-8 without the upper control characters", "[exception]") {
  const auto shown = [](std::string_view text) {
    return std::string{thrown(errc::timed_out, about(operation::connect, text)).peer()};
  };
  // From two to four bytes, first and last of each length.
  const std::string good =
      "/\xc2\xa0\xc3\xa4\xdf\xbf \xe0\xa0\x80\xe2\x82\xac\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd "
      "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
  CHECK(shown(good) == good);
  // U+009B starts what steers a terminal; on one that takes no UTF-8 its single byte does.
  CHECK(shown("/tmp/\xc2\x9b\xc3\x9b") == "/tmp/??\xc3\x9b");
  CHECK(shown("/tmp/\x9b"
              "2J") == "/tmp/?2J");
  CHECK(shown("\xc3\xa4\x9b"
              "2J") == "\xc3\xa4?2J");
  // Longer than it has to be, halves of UTF-16, beyond Unicode, without its end.
  for (const std::string bad :
       {"\xc0\x8a", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xf8\x90\x80\x80", "\xfc\x80\x80\x80", "\xff", "\xe2\x82", "\xf0\x9f\x98", "\xc3"}) {
    CHECK(shown("a" + bad) == "a" + std::string(bad.size(), '?'));
    CHECK(shown(bad + "a") == std::string(bad.size(), '?') + "a");
  }
  // Separators of lines, and what turns the direction of writing: U+2028 to U+202E, U+2066 to U+2069.
  CHECK(shown("\xe2\x80\xa7 \xe2\x80\xa8 \xe2\x80\xae \xe2\x80\xaf") == "\xe2\x80\xa7 ??? ??? \xe2\x80\xaf");
  CHECK(shown("\xe2\x81\xa5 \xe2\x81\xa6 \xe2\x81\xa9 \xe2\x81\xaa") == "\xe2\x81\xa5 ??? ??? \xe2\x81\xaa");
  // A long one is cut, be it within a character.
  std::string longest(146, 'p');
  CHECK(shown(longest + "\xc3\xa4 and more") == longest + "?...");
}

TEST_CASE("a very long address is cut and nothing overflows", "[exception]") {
  const std::string peer(10000, 'p');
  const std::string local(10000, 'l');
  const auto e = thrown(errc::connection_refused, about(operation::connect, peer, local));
  const std::string_view text = e.what();
  CHECK(e.peer() == std::string(147, 'p') + "...");
  CHECK(e.local() == std::string(147, 'l') + "...");
  CHECK(text == "connect " + std::string{e.peer()} + ": " + wsa + "ECONNREFUSED: Connection refused");

  const auto local_only = thrown(errc::connection_refused, about(operation::bind, {}, local));
  CHECK(local_only.local() == std::string(147, 'l') + "...");
  CHECK(local_only.peer().empty());
}

TEST_CASE("addresses of every length around the limit keep their text", "[exception]") {
  for (std::size_t size = 0; size != 400; ++size) {
    CAPTURE(size);
    const std::string peer(size, 'p');
    const std::string local(size, 'l');
    const auto e = thrown(errc::timed_out, about(operation::get_option, peer, local));
    const std::size_t shown = size > 150 ? 150 : size;
    CHECK(e.peer().size() == shown);
    CHECK(e.local().size() == shown);
    CHECK(e.peer().substr(0, shown - (size > 150 ? 3 : 0)) == peer.substr(0, shown - (size > 150 ? 3 : 0)));
    CHECK(e.local().find_first_not_of("l.") == e.local().npos);
  }
}

TEST_CASE("a long or hostile message of a foreign category is cut and cleaned", "[exception]") {
  const auto e = thrown({1000, foreign}, about(operation::recv, std::string(10000, 'p'), "local"));
  CHECK(std::strlen(e.what()) > 200);
  CHECK(std::strlen(e.what()) < 1000);
  CHECK(e.local() == "local");
  CHECK(what({1001, foreign}) == "two?lines?[31m");
}

// ------------------------------------------------------------------------------------------------------- copies

TEST_CASE("a copy outlives the original", "[exception]") {
  std::vector<socket_error> copies;
  {
    const std::string peer = "127.0.0.1:" + std::to_string(65432);
    const std::string local = "127.0.0.1:" + std::to_string(4000);
    copies.push_back(thrown(errc::connection_refused, about(operation::connect, peer, local)));
    const socket_error copy = copies.back();
    copies.back() = copy;
  }
  for (const socket_error& e : copies) {
    CHECK(e.peer() == "127.0.0.1:65432");
    CHECK(e.local() == "127.0.0.1:4000");
    CHECK(std::string{e.what()}.rfind("connect 127.0.0.1:65432: " + wsa + "ECONNREFUSED: Connection refused", 0) == 0);
  }
}

TEST_CASE("an assigned exception is the other one in full", "[exception]") {
  socket_error e = thrown(errc::timed_out, about(operation::recv, "first"));
  e = thrown(errc::connection_reset, about(operation::send, "second:1", "near"));
  CHECK(e.condition() == condition::connection_reset);
  CHECK(e.operation() == operation::send);
  CHECK(e.peer() == "second:1");
  CHECK(e.local() == "near");
  CHECK(std::string{e.what()} == "send second:1: " + wsa + "ECONNRESET: Connection reset by peer");
}

TEST_CASE("an exception survives being carried and thrown again", "[exception]") {
  std::exception_ptr carried;
  try {
    throw_error(errc::connection_refused, about(operation::connect, "127.0.0.1:65432"));
  } catch (...) {
    carried = std::current_exception();
  }
  try {
    std::rethrow_exception(carried);
  } catch (const sockerr::connection_refused& e) {
    CHECK(e.peer() == "127.0.0.1:65432");
    CHECK(e.operation() == operation::connect);
  }

  bool seen = false;
  try {
    try {
      throw_error(resolver_errc::host_not_found);
    } catch (const socket_error&) {
      throw;
    }
  } catch (const sockerr::host_not_found&) {
    seen = true;
  }
  CHECK(seen);
}

TEST_CASE("throwing allocates little and copying nothing", "[exception]") {
  const long none = allocations();
  ::operator delete(::operator new(1));
  if (allocations() == none) SOCKERR_SKIP("a sanitizer's or valgrind's operator new stands in for ours");
  const error_context context = about(operation::connect, "127.0.0.1:65432", "127.0.0.1:4000");
  const std::error_code ec = errc::connection_refused;
  const long before = allocations();
  long thrown_with = -1;
  long copied_with = -1;
  try {
    throw_error(ec, context);
  } catch (const socket_error& e) {
    thrown_with = allocations() - before;
    const socket_error copy = e;
    copied_with = allocations() - before - thrown_with;
    CHECK(copy.peer() == "127.0.0.1:65432");
  }
  // std::system_error stores a text of its own; what() and the addresses stand in the exception itself.
  CHECK(thrown_with > 0);
  CHECK(thrown_with <= 3);
  CHECK(copied_with == 0);
}

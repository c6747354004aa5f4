// SPDX-License-Identifier: MIT
#include <sockerr/exception.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "exception.hpp includes a socket header"
#endif

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <future>
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
#include "foreign_categories.hpp"
#include "texts.hpp"

namespace {

using sockerr::circumstance;
using sockerr::condition;
using sockerr::errc;
using sockerr::error;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::socket_error;
using sockerr::throw_error;

// The exception itself, of the class asked for; a copy, which the tests are then about.
template <class Exception = socket_error>
Exception thrown(const error& e) {
  try {
    throw_error(e);
  } catch (const Exception& caught) {
    return caught;
  }
}

std::string what(const error& e) { return thrown(e).what(); }

// A category that nobody knows and whose codes mean a refused connection. It throws instead of giving its message.
template <class Exception>
class refusing_category final : public named_category {
 public:
  refusing_category() : named_category{"refusing"} {}
  std::string message(int) const override {
    if constexpr (std::is_default_constructible_v<Exception>)
      throw Exception{};
    else
      throw Exception{"no message"};
  }
  std::error_condition default_error_condition(int) const noexcept override { return std::errc::connection_refused; }
};

// One with all that can be said of it.
error full() {
  return error{errc::host_unreachable, operation::connect}
      .host("db.example.org:5432")
      .peer("192.0.2.7:5432")
      .local("192.0.2.1:40000")
      .note("first try")
      .circumstance(circumstance::prohibited, "10.0.1.254")
      .transferred(3);
}

// Both say the same of each thing that there is to say.
void check_says_the_same(const socket_error& thrown, const error& e) {
  CHECK(thrown.code() == e.code());
  CHECK(thrown.condition() == e.condition());
  CHECK(thrown.operation() == e.operation());
  CHECK(thrown.circumstance() == e.circumstance());
  CHECK(thrown.host() == e.host());
  CHECK(thrown.peer() == e.peer());
  CHECK(thrown.local() == e.local());
  CHECK(thrown.reporter() == e.reporter());
  CHECK(thrown.note() == e.note());
  CHECK(thrown.symbol() == e.symbol());
  CHECK(thrown.message() == e.message());
  CHECK(thrown.cause() == e.cause());
  CHECK(thrown.advice() == e.advice());
  CHECK(thrown.fault() == e.fault());
  CHECK(thrown.by_deadline() == e.by_deadline());
  CHECK(thrown.transferred() == e.transferred());
  CHECK(thrown.tries() == e.tries());
  CHECK(thrown.last() == e.last());
  CHECK(thrown.where().line() == e.where().line());
  CHECK(thrown.what() == e.text());
}

template <class Exception>
constexpr bool is_fit_to_throw() {
  return std::is_nothrow_copy_constructible_v<Exception> && std::is_nothrow_copy_assignable_v<Exception> &&
         std::is_nothrow_destructible_v<Exception> && std::has_virtual_destructor_v<Exception> &&
         std::is_base_of_v<socket_error, Exception> && sizeof(Exception) <= 640 &&
         // Only throw_error makes one, so that class and code agree.
         !std::is_constructible_v<Exception, std::error_code> && !std::is_constructible_v<Exception, error>;
}

#define SOCKERR_CONDITION(name, number, parent, message) static_assert(is_fit_to_throw<sockerr::name>());
#include <sockerr/codes.def>

static_assert(is_fit_to_throw<socket_error>());
static_assert(sizeof(socket_error) <= 640);
static_assert(std::is_base_of_v<std::system_error, socket_error>);
static_assert(std::is_base_of_v<sockerr::connection_error, sockerr::connection_refused>);
static_assert(std::is_base_of_v<sockerr::connection_error, sockerr::end_of_stream>);
static_assert(std::is_base_of_v<sockerr::usage_error, sockerr::invalid_argument>);
static_assert(!std::is_default_constructible_v<socket_error>);

using caught = const socket_error&;
static_assert(noexcept(std::declval<caught>().what()) && noexcept(std::declval<caught>().error()));
static_assert(std::is_same_v<decltype(std::declval<caught>().error()), const error&>);
static_assert(noexcept(std::declval<caught>().condition()));
static_assert(noexcept(std::declval<caught>().operation()));
static_assert(noexcept(std::declval<caught>().circumstance()));
static_assert(noexcept(std::declval<caught>().host()));
static_assert(noexcept(std::declval<caught>().peer()));
static_assert(noexcept(std::declval<caught>().local()));
static_assert(noexcept(std::declval<caught>().reporter()));
static_assert(noexcept(std::declval<caught>().note()));
static_assert(noexcept(std::declval<caught>().symbol()));
static_assert(noexcept(std::declval<caught>().message()));
static_assert(noexcept(std::declval<caught>().cause()));
static_assert(noexcept(std::declval<caught>().advice()));
static_assert(noexcept(std::declval<caught>().fault()));
static_assert(noexcept(std::declval<caught>().by_deadline()));
static_assert(noexcept(std::declval<caught>().transferred()));
static_assert(noexcept(std::declval<caught>().where()));
static_assert(noexcept(std::declval<caught>().tries()));
static_assert(noexcept(std::declval<caught>().last()));
static_assert(noexcept(sockerr::to_exception_ptr(std::declval<const error&>())));

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
  CHECK_THROWS_AS(throw_error(library_errc::deadline_exceeded), sockerr::timed_out);
  CHECK_THROWS_AS(throw_error(library_errc::stopped), sockerr::operation_canceled);
  CHECK_THROWS_AS(throw_error(library_errc::self_connected), sockerr::connection_refused);
  CHECK_THROWS_AS(throw_error(library_errc::end_of_stream), sockerr::end_of_stream);
}

TEST_CASE("an error is thrown in each form in which it is at hand", "[exception]") {
  const std::error_code ec = errc::connection_refused;
  const error e{ec, operation::connect};
  CHECK_THROWS_AS(throw_error(e), sockerr::connection_refused);
  CHECK_THROWS_AS(throw_error(error{e}.peer("a:1")), sockerr::connection_refused);
  CHECK_THROWS_AS(throw_error(ec), sockerr::connection_refused);
  CHECK_THROWS_AS(throw_error(ec, operation::connect), sockerr::connection_refused);
  CHECK_THROWS_AS(throw_error(errc::connection_refused, operation::connect), sockerr::connection_refused);
  try {
    throw_error(errc::connection_refused, operation::connect);
  } catch (const socket_error& thrown) {
    check_says_the_same(thrown, error{ec, operation::connect, thrown.where()});
  }
}

TEST_CASE("errors that no node claims are the root class itself", "[exception]") {
  for (const std::error_code& ec : {std::error_code{99999, sockerr::socket_category()}, std::error_code{5, stranger},
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

TEST_CASE("a negative code is thrown like any other", "[exception]") {
  const std::error_code negative{-1, stranger};
  try {
    throw_error(negative, operation::send);
  } catch (const socket_error& e) {
    CHECK(e.code() == negative);
    CHECK(e.operation() == operation::send);
    CHECK(e.condition() == condition::other);
  }
  CHECK_THROWS_AS(sockerr::throw_if(negative, operation::send), socket_error);
  CHECK_THROWS_AS(sockerr::throw_if(error{negative}), socket_error);
}

TEST_CASE("a code that is no error is a usage error", "[exception]") {
  for (const std::error_code& ec :
       {std::error_code{}, std::error_code{0, sockerr::socket_category()}, std::error_code{0, stranger}}) {
    CHECK_THROWS_AS(throw_error(ec), sockerr::usage_error);
    const auto e = thrown<sockerr::invalid_argument>(error{ec, operation::send});
    CHECK(e.code() == errc::invalid_argument);
    CHECK(e.operation() == operation::send);
    CHECK(std::string{e.what()} == "send: " + wsa + "EINVAL: Invalid argument");
  }
  const unsigned line = __LINE__ + 1;
  const error none{std::error_code{}, operation::send};
  CHECK(thrown(none).where().line() == line);
  CHECK_THROWS_AS(throw_error(error{}), sockerr::invalid_argument);
}

TEST_CASE("exceptions are those of the standard library too", "[exception]") {
  const error e = error{errc::connection_refused, operation::connect}.peer("127.0.0.1:65432");
  const std::string text = "connect 127.0.0.1:65432: " + wsa + "ECONNREFUSED: Connection refused";
  try {
    throw_error(e);
  } catch (const std::system_error& thrown) {
    CHECK(thrown.code() == errc::connection_refused);
    CHECK(thrown.code() == std::errc::connection_refused);
    CHECK(thrown.what() == text);
  }
  try {
    throw_error(e);
  } catch (const std::runtime_error& thrown) {
    CHECK(thrown.what() == text);
  }
  CHECK_THROWS_AS(throw_error(errc::connection_refused), std::exception);
}

TEST_CASE("a category whose message throws cannot take the place of the error", "[exception]") {
  const error e = error{std::error_code{7, speechless}, operation::send}.peer("a:1");
  bool seen = false;
  try {
    throw_error(e);
  } catch (const socket_error& thrown) {
    seen = true;
    CHECK(std::string{thrown.what()} == "send a:1: throwing:7");
    CHECK(thrown.error().code() == e.code());
    CHECK(typeid(thrown) == typeid(socket_error));
    // What std::system_error cannot be made of is replaced by the condition.
    CHECK(thrown.code().category() == sockerr::condition_category());
    CHECK(thrown.code() == condition::other);
  } catch (const std::exception& thrown) {
    FAIL_CHECK("thrown in its place: " << thrown.what());
  }
  CHECK(seen);
}

TEST_CASE("a code whose category throws is thrown as what it means", "[exception]") {
  const refusing_category<std::logic_error> refusing;
  const error e{std::error_code{7, refusing}, operation::connect};
  const auto caught = thrown<sockerr::connection_refused>(e);
  CHECK(caught.error().code() == e.code());
  CHECK(caught.code() == condition::connection_refused);
  CHECK(caught.code() == condition::connection_error);
  CHECK(std::string{caught.what()} == "connect: refusing:7");
}

TEST_CASE("a category that runs out of memory is not taken for one that has nothing to say", "[exception]") {
  const refusing_category<std::bad_alloc> refusing;
  CHECK_THROWS_AS(throw_error(error{std::error_code{7, refusing}, operation::connect}), std::bad_alloc);
}

// ------------------------------------------------------------------------------------------ the other ways to throw

TEST_CASE("throw_if throws an error and nothing else", "[exception]") {
  std::error_code ec;
  sockerr::throw_if(ec);
  sockerr::throw_if(ec, operation::connect);
  sockerr::throw_if(error{});
  sockerr::throw_if(error{ec, operation::connect});
  sockerr::throw_if(std::error_code{0, stranger});
  ec = errc::connection_refused;
  CHECK_THROWS_AS(sockerr::throw_if(ec), sockerr::connection_refused);
  CHECK_THROWS_AS(sockerr::throw_if(error{ec}), sockerr::connection_refused);
  CHECK_THROWS_AS(sockerr::throw_if(errc::connection_refused), sockerr::connection_refused);
  unsigned line = 0;
  // clang-format off
  try { line = __LINE__; sockerr::throw_if(ec, operation::connect); FAIL("nothing was thrown"); }
  // clang-format on
  catch (const sockerr::connection_refused& e) {
    CHECK(e.operation() == operation::connect);
    CHECK(e.where().line() == line);
    CHECK(std::strstr(e.where().file_name(), "exception.test.cpp") != nullptr);
  }
  try {
    sockerr::throw_if(full());
    FAIL("nothing was thrown");
  } catch (const sockerr::host_unreachable& e) {
    CHECK(e.peer() == "192.0.2.7:5432");
  }
}

TEST_CASE("an error becomes an exception_ptr", "[exception]") {
  const auto rethrown = [](const std::exception_ptr& carried) { std::rethrow_exception(carried); };
  const std::exception_ptr carried = sockerr::to_exception_ptr(full());
  REQUIRE(carried);
  CHECK_THROWS_AS(rethrown(carried), sockerr::host_unreachable);
  try {
    std::rethrow_exception(carried);
  } catch (const socket_error& e) {
    CHECK(typeid(e) == typeid(sockerr::host_unreachable));
    check_says_the_same(e, error{full()});
  }
  CHECK_THROWS_AS(rethrown(sockerr::to_exception_ptr(errc::timed_out)), sockerr::timed_out);
  CHECK_THROWS_AS(rethrown(sockerr::to_exception_ptr(std::error_code{5, stranger})), socket_error);
  // What is no error is one of the caller.
  CHECK_THROWS_AS(rethrown(sockerr::to_exception_ptr(error{})), sockerr::invalid_argument);
  REQUIRE(sockerr::to_exception_ptr(error{std::error_code{7, speechless}}));
#if !defined(_WIN32) || !defined(__GLIBCXX__) || defined(_GLIBCXX_HAS_GTHREADS)
  std::promise<int> promise;
  promise.set_exception(sockerr::to_exception_ptr(error{errc::connection_reset, operation::recv}));
  CHECK_THROWS_AS(promise.get_future().get(), sockerr::connection_reset);
#endif
}

TEST_CASE("a result of the kernel is a number or an error", "[exception]") {
  CHECK(sockerr::check_result(0) == 0U);
  CHECK(sockerr::check_result(1, operation::recv) == 1U);
  CHECK(sockerr::check_result(LONG_MAX) == static_cast<std::size_t>(LONG_MAX));
  CHECK_THROWS_AS(sockerr::check_result(-ECONNREFUSED), sockerr::connection_refused);
  unsigned line = 0;
  // clang-format off
  try { line = __LINE__; sockerr::check_result(-ETIMEDOUT, operation::recv); FAIL("nothing was thrown"); }
  // clang-format on
  catch (const sockerr::timed_out& e) {
    CHECK(e.code() == std::errc::timed_out);
    CHECK(e.code().value() == ETIMEDOUT);
    CHECK(e.symbol() == "ETIMEDOUT");
    CHECK(e.operation() == operation::recv);
    CHECK_FALSE(e.by_deadline());
    CHECK(e.where().line() == line);
  }
  // The last errno that there can be, and what is none.
  try {
    sockerr::check_result(-4095);
    FAIL("nothing was thrown");
  } catch (const socket_error& e) {
    CHECK(e.code().value() == 4095);
    CHECK(e.condition() == condition::other);
  }
  for (const long none : {-4096L, static_cast<long>(INT_MIN), LONG_MIN}) {
    // clang-format off
    try { line = __LINE__; sockerr::check_result(none, operation::send); FAIL("nothing was thrown"); }
    // clang-format on
    catch (const sockerr::invalid_argument& e) {
      CHECK(e.operation() == operation::send);
      CHECK(e.where().line() == line);
    }
  }
}

// -------------------------------------------------------------------------------------------------- what it knows

TEST_CASE("an exception says what its error says", "[exception]") {
  const worded_category wordy{"own words"};
  const error errors[] = {full(),
                          error{errc::connection_refused, operation::connect}.peer("127.0.0.1:65432"),
                          error{errc::address_in_use, operation::bind}.local("127.0.0.1:80"),
                          error{errc::operation_would_block, operation::recv},
                          error{library_errc::deadline_exceeded, operation::recv}.peer("a:1"),
                          error{library_errc::end_of_stream, operation::recv_exactly}.transferred(40),
                          error{resolver_errc::host_not_found, operation::resolve}.host("no.such.host:http"),
                          error{std::error_code{1, wordy}, operation::handshake}.note("TLS"),
                          error{std::error_code{99999, sockerr::socket_category()}}};
  for (const error& e : errors) {
    CAPTURE(e.text());
    const socket_error caught = thrown(e);
    check_says_the_same(caught, e);
    check_says_the_same(caught, caught.error());
  }
  CHECK(full().transferred() == 3);
  CHECK(thrown(full()).transferred() == 3);
  CHECK(thrown(full()).advice() == sockerr::retry_advice::never);
}

TEST_CASE("the error of an exception is a value to keep", "[exception]") {
  error kept;
  try {
    throw_error(full());
  } catch (const socket_error& e) {
    kept = e.error();
  }
  CHECK(kept.text() == full().text());
  CHECK(kept.peer() == "192.0.2.7:5432");
  // It can be told more, and thrown again.
  CHECK(std::string{thrown(kept.note("again")).what()}.substr(0, 15) == "connect (again)");
}

TEST_CASE("cause and advice of an exception are those for its operation", "[exception]") {
  const auto on_bind = thrown(error{errc::permission_denied, operation::bind});
  const auto on_connect = thrown(error{errc::permission_denied, operation::connect});
  CHECK(on_bind.cause() == sockerr::cause(errc::permission_denied, operation::bind));
  CHECK(on_connect.cause() == sockerr::cause(errc::permission_denied, operation::connect));
  CHECK(on_bind.cause() != on_connect.cause());
  CHECK(thrown(error{errc::connection_aborted, operation::accept}).advice() == sockerr::retry_advice::at_once);
  CHECK(thrown(error{errc::connection_aborted, operation::recv}).advice() == sockerr::retry_advice::on_new_socket);
}

TEST_CASE("a deadline of ours is told from a time-out of the kernel", "[exception]") {
  CHECK_FALSE(thrown<sockerr::timed_out>(error{errc::timed_out, operation::recv}).by_deadline());
  CHECK(thrown<sockerr::timed_out>(error{library_errc::deadline_exceeded, operation::recv}).by_deadline());
}

TEST_CASE("an exception without addresses has none", "[exception]") {
  const auto e = thrown(error{errc::timed_out, operation::recv});
  CHECK(e.peer().empty());
  CHECK(e.local().empty());
  CHECK(e.host().empty());
  const auto local_only = thrown(error{errc::timed_out, operation::accept}.local("127.0.0.1:80"));
  CHECK(local_only.peer().empty());
  CHECK(local_only.local() == "127.0.0.1:80");
  const auto peer_only = thrown(error{errc::timed_out, operation::connect}.peer("127.0.0.1:80"));
  CHECK(peer_only.peer() == "127.0.0.1:80");
  CHECK(peer_only.local().empty());
}

TEST_CASE("where of an exception is the place of the caller", "[exception]") {
  unsigned line = 0;
  const auto check_place = [&line](const socket_error& e) {
    CHECK(e.where().line() == line);
    CHECK(std::strstr(e.where().file_name(), "exception.test.cpp") != nullptr);
    CHECK(std::string_view{e.where().function_name()}.size() > 0);
  };
  // clang-format off
  try { line = __LINE__; throw_error(errc::timed_out); } catch (const socket_error& e) { check_place(e); }
  try { line = __LINE__; throw_error(std::error_code{errc::timed_out}); }
  catch (const socket_error& e) { check_place(e); }
  try { line = __LINE__; throw_error(errc::timed_out, operation::recv); }
  catch (const socket_error& e) { check_place(e); }
  line = __LINE__; const error made_here = error{errc::timed_out, operation::recv}.peer("a");
  // clang-format on
  check_place(thrown(made_here));
  const error elsewhere{errc::timed_out, operation::recv, sockerr::source_location::current(__FILE__, "f", 7)};
  line = 7;
  check_place(thrown(elsewhere));
  CHECK(std::string{thrown(elsewhere).where().function_name()} == "f");
  try {
    throw_error(errc::timed_out, operation::recv, sockerr::source_location::current(__FILE__, "f", 7));
  } catch (const socket_error& e) {
    check_place(e);
  }
}

TEST_CASE("a std::source_location is as good a place", "[exception]") {
#if defined(__cpp_lib_source_location)
  const std::source_location here = std::source_location::current();
  const auto e = thrown(error{errc::timed_out, operation::recv, here});
  CHECK(e.where().line() == here.line());
  CHECK(std::string_view{e.where().file_name()} == here.file_name());
  CHECK(std::string_view{e.where().function_name()} == here.function_name());
#else
  SOCKERR_SKIP("the standard library has no <source_location>");
#endif
}

TEST_CASE("hostile addresses and words cannot forge a line of a log", "[exception]") {
  const std::string_view evil{"host\r\n\x1b[31m\x7f\0end:80", 19};
  const worded_category category{"two\nlines\x1b[31m"};
  const auto e = thrown(error{errc::timed_out, operation::connect}.peer(evil));
  CHECK(e.peer() == "host???[31m??end:80");
  CHECK(std::string{e.what()} == "connect host???[31m??end:80: " + wsa + "ETIMEDOUT: Connection timed out");
  CHECK(what(std::error_code{1, category}) == "two?lines?[31m");
  const worded_category long_words{std::string(100000, 'x')};
  const std::string text = what(error{std::error_code{1, long_words}, operation::recv}.peer(std::string(10000, 'p')));
  CHECK(text.size() > 200);
  CHECK(text.size() < 640);
}

// ------------------------------------------------------------------------------------------------------- copies

TEST_CASE("a copy of an exception outlives the original", "[exception]") {
  std::vector<socket_error> copies;
  {
    const std::string peer = "127.0.0.1:" + std::to_string(65432);
    const std::string local = "127.0.0.1:" + std::to_string(4000);
    copies.push_back(thrown(error{errc::connection_refused, operation::connect}.peer(peer).local(local)));
    const socket_error copy = copies.back();
    copies.back() = copy;
  }
  for (const socket_error& e : copies) {
    CHECK(e.peer() == "127.0.0.1:65432");
    CHECK(e.local() == "127.0.0.1:4000");
    CHECK(std::string{e.what()} == "connect 127.0.0.1:65432: " + wsa + "ECONNREFUSED: Connection refused");
  }
}

TEST_CASE("an assigned exception is the other one in full", "[exception]") {
  socket_error e = thrown(error{errc::timed_out, operation::recv}.peer("first"));
  e = thrown(error{errc::connection_reset, operation::send}.peer("second:1").local("near"));
  CHECK(e.condition() == condition::connection_reset);
  CHECK(e.operation() == operation::send);
  CHECK(e.peer() == "second:1");
  CHECK(e.local() == "near");
  CHECK(std::string{e.what()} == "send second:1: " + wsa + "ECONNRESET: Connection reset by peer");
}

TEST_CASE("an exception survives being carried and thrown again", "[exception]") {
  std::exception_ptr carried;
  try {
    throw_error(error{errc::connection_refused, operation::connect}.peer("127.0.0.1:65432"));
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
  const std::error_code ec = errc::connection_refused;
  const long before = allocations();
  long thrown_with = -1;
  long copied_with = -1;
  try {
    throw_error(error{ec, operation::connect}.peer("127.0.0.1:65432").local("127.0.0.1:4000").host("localhost:65432"));
  } catch (const socket_error& e) {
    thrown_with = allocations() - before;
    const socket_error copy = e;
    const error value = e.error();
    copied_with = allocations() - before - thrown_with;
    CHECK(copy.peer() == "127.0.0.1:65432");
    CHECK(value.peer() == "127.0.0.1:65432");
  }
  // std::system_error stores a text of its own; what() and the addresses stand in the exception itself.
  CHECK(thrown_with > 0);
  CHECK(thrown_with <= 3);
  CHECK(copied_with == 0);
}

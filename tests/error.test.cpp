// SPDX-License-Identifier: MIT
#include <sockerr/error.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "error.hpp includes a socket header"
#endif

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "allocations.hpp"
#include "catch.hpp"
#include "foreign_categories.hpp"
#include "texts.hpp"
#include "thread.hpp"

namespace {

using sockerr::circumstance;
using sockerr::condition;
using sockerr::errc;
using sockerr::error;
using sockerr::fault;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::retry_advice;

// ------------------------------------------------------------------------------------------------ what it is

static_assert(std::is_nothrow_default_constructible_v<error>);
static_assert(std::is_nothrow_copy_constructible_v<error> && std::is_nothrow_copy_assignable_v<error>);
static_assert(std::is_nothrow_move_constructible_v<error> && std::is_nothrow_move_assignable_v<error>);
static_assert(std::is_nothrow_destructible_v<error> && !std::has_virtual_destructor_v<error>);
static_assert(sizeof(error) <= 640);

// It is made of a code, implicitly, and of what is a code; of nothing else.
static_assert(std::is_convertible_v<std::error_code, error> && std::is_convertible_v<errc, error>);
static_assert(std::is_convertible_v<resolver_errc, error> && std::is_convertible_v<library_errc, error>);
static_assert(std::is_nothrow_constructible_v<error, std::error_code, operation>);
static_assert(std::is_nothrow_constructible_v<error, errc, operation>);
static_assert(!std::is_constructible_v<error, int> && !std::is_constructible_v<error, condition>);
static_assert(!std::is_constructible_v<error, std::errc> && !std::is_constructible_v<error, std::error_condition>);
static_assert(!std::is_convertible_v<error, bool> && std::is_constructible_v<bool, error>);
static_assert(!std::is_convertible_v<error, std::error_code>);

using known = const error&;
static_assert(noexcept(std::declval<known>().code()) && noexcept(static_cast<bool>(std::declval<known>())));
static_assert(noexcept(std::declval<known>().condition()) && noexcept(std::declval<known>().operation()));
static_assert(noexcept(std::declval<known>().circumstance()) && noexcept(std::declval<known>().host()));
static_assert(noexcept(std::declval<known>().peer()) && noexcept(std::declval<known>().local()));
static_assert(noexcept(std::declval<known>().reporter()) && noexcept(std::declval<known>().note()));
static_assert(noexcept(std::declval<known>().symbol()) && noexcept(std::declval<known>().message()));
static_assert(noexcept(std::declval<known>().cause()) && noexcept(std::declval<known>().advice()));
static_assert(noexcept(std::declval<known>().fault()) && noexcept(std::declval<known>().by_deadline()));
static_assert(noexcept(std::declval<known>().transferred()) && noexcept(std::declval<known>().tries()));
static_assert(noexcept(std::declval<known>().last()) && noexcept(std::declval<known>().where()));
static_assert(noexcept(std::declval<known>().text()));

// A setter gives back what it was called on: the object itself, and of a temporary a new one, which does not dangle.
static_assert(std::is_same_v<decltype(std::declval<error&>().peer("")), error&>);
static_assert(std::is_same_v<decltype(std::declval<error&>().circumstance(circumstance::none)), error&>);
static_assert(std::is_same_v<decltype(std::declval<error&>().transferred(1)), error&>);
static_assert(std::is_same_v<decltype(error{}.peer("")), error> && std::is_same_v<decltype(error{}.local("")), error>);
static_assert(std::is_same_v<decltype(error{}.host("")), error> && std::is_same_v<decltype(error{}.note("")), error>);
static_assert(std::is_same_v<decltype(error{}.circumstance(circumstance::none, "")), error>);
static_assert(std::is_same_v<decltype(error{}.transferred(1)), error>);
static_assert(noexcept(std::declval<error&>().peer({})) && noexcept(error{}.peer({})));
static_assert(noexcept(std::declval<error&>().circumstance(circumstance::none)) && noexcept(error{}.transferred(1)));

// ----------------------------------------------------------------------------------------------- comparisons

template <class T, class = void>
struct compares : std::false_type {};
template <class T>
struct compares<T, std::void_t<decltype(std::declval<known>() == std::declval<const T&>()),
                               decltype(std::declval<const T&>() == std::declval<known>()),
                               decltype(std::declval<known>() != std::declval<const T&>()),
                               decltype(std::declval<const T&>() != std::declval<known>())>> : std::true_type {};

static_assert(compares<error>::value && compares<std::error_code>::value && compares<std::error_condition>::value);
static_assert(compares<condition>::value && compares<errc>::value && compares<library_errc>::value);
static_assert(compares<resolver_errc>::value && compares<std::errc>::value);
static_assert(!compares<int>::value && !compares<operation>::value && !compares<const char*>::value);
static_assert(noexcept(std::declval<known>() == condition{}) && noexcept(std::errc{} != std::declval<known>()));

template <class T>
void check_equal(const error& e, const T& other) {
  CHECK(e == other);
  CHECK(other == e);
  CHECK_FALSE(e != other);
  CHECK_FALSE(other != e);
}

template <class T>
void check_unequal(const error& e, const T& other) {
  CHECK(e != other);
  CHECK(other != e);
  CHECK_FALSE(e == other);
  CHECK_FALSE(other == e);
}

const std::string refused = wsa + "ECONNREFUSED: Connection refused";

std::error_code native(errc code) { return {static_cast<int>(code), std::system_category()}; }

// One with all that can be said of it.
error full() {
  return error{errc::host_unreachable, operation::connect}
      .host("db.example.org:5432")
      .peer("192.0.2.7:5432")
      .local("192.0.2.1:40000")
      .note("first try")
      .circumstance(circumstance::prohibited, "10.0.1.254");
}

const std::string full_text = "connect (first try) db.example.org:5432 (192.0.2.7): " + wsa +
                              "EHOSTUNREACH: No route to host (10.0.1.254: administratively prohibited)";

void check_is_full(const error& e) {
  CHECK(e == errc::host_unreachable);
  CHECK(e.operation() == operation::connect);
  CHECK(e.host() == "db.example.org:5432");
  CHECK(e.peer() == "192.0.2.7:5432");
  CHECK(e.local() == "192.0.2.1:40000");
  CHECK(e.note() == "first try");
  CHECK(e.circumstance() == circumstance::prohibited);
  CHECK(e.reporter() == "10.0.1.254");
  CHECK(e.text() == full_text);
  CHECK(std::strlen(e.text().data()) == e.text().size());
}

// On the heap, and gone after the call that it is an argument of.
std::string temporary(std::string_view text) { return std::string(text) + std::string(0, ' '); }

// A category that has nothing to say but its name.
class wordless_category final : public std::error_category {
 public:
  explicit wordless_category(const char* name) : name_{name} {}
  const char* name() const noexcept override { return name_; }
  std::string message(int) const override { return {}; }

 private:
  const char* name_;
};

// A text that was cut: a beginning of the whole that ends in an ellipsis.
bool is_cut(std::string_view cut, std::string_view whole) {
  return cut.size() >= 3 && cut.size() < whole.size() && cut.substr(cut.size() - 3) == "..." &&
         whole.substr(0, cut.size() - 3) == cut.substr(0, cut.size() - 3);
}

struct part {
  const char* name;
  error& (*set)(error&, std::string_view);
  std::string_view (error::*get)() const noexcept;
  std::size_t budget;
};

const part parts[] = {
    {"host", [](error& e, std::string_view t) -> error& { return e.host(t); }, &error::host, 120},
    {"peer", [](error& e, std::string_view t) -> error& { return e.peer(t); }, &error::peer, 112},
    {"local", [](error& e, std::string_view t) -> error& { return e.local(t); }, &error::local, 112},
    {"reporter",
     [](error& e, std::string_view t) -> error& { return e.circumstance(circumstance::host_unreachable, t); },
     &error::reporter, 46},
    {"note", [](error& e, std::string_view t) -> error& { return e.note(t); }, &error::note, 48},
};

}  // namespace

// ------------------------------------------------------------------------------------------------ what it knows

TEST_CASE("an error that is none knows nothing", "[error]") {
  for (const error& e : {error{}, error{std::error_code{}}, error{errc{}}, error{std::error_code{0, stranger}}}) {
    CHECK_FALSE(e);
    CHECK(e.condition() == condition::none);
    CHECK(e == condition::none);
    CHECK(e.operation() == operation::unknown);
    CHECK(e.circumstance() == circumstance::none);
    for (const std::string_view text :
         {e.host(), e.peer(), e.local(), e.reporter(), e.note(), e.symbol(), e.message(), e.cause(), e.text()})
      CHECK(text.empty());
    CHECK(*e.text().data() == '\0');
    CHECK(e.advice() == retry_advice::never);
    CHECK(e.fault() == fault::none);
    CHECK_FALSE(e.by_deadline());
    CHECK(e.transferred() == 0);
    CHECK(e.tries() == 0);
    CHECK_FALSE(e.last());
  }
  CHECK(error{}.where().line() == 0);
  CHECK(error{}.code() == std::error_code{});
}

TEST_CASE("an error knows its code and its call", "[error]") {
  const error e{errc::connection_refused, operation::connect};
  CHECK(e);
  CHECK(e.code() == std::error_code{errc::connection_refused});
  CHECK(e.code().category() == sockerr::socket_category());
  CHECK(e.condition() == condition::connection_refused);
  CHECK(e.operation() == operation::connect);
  CHECK(e.symbol() == wsa + "ECONNREFUSED");
  CHECK(e.message() == "Connection refused");
  CHECK(e.cause() == sockerr::cause(errc::connection_refused, operation::connect));
  CHECK(e.advice() == retry_advice::on_new_socket);
  CHECK(e.text() == "connect: " + refused);
  CHECK(e.tries() == 0);
  CHECK_FALSE(e.last());
}

TEST_CASE("an error is made of any code", "[error]") {
  const error of_errc = errc::timed_out;
  const error of_resolver = resolver_errc::host_not_found;
  const error of_library = library_errc::stopped;
  const error of_standard = std::make_error_code(std::errc::timed_out);
  CHECK(of_errc.text() == wsa + "ETIMEDOUT: Connection timed out");
  CHECK(of_resolver.text() == "EAI_NONAME: Name or service not known");
  CHECK(of_library.message() == "Stopped");
  CHECK(of_standard.text() == "ETIMEDOUT: Connection timed out");
  CHECK(of_errc.operation() == operation::unknown);
}

TEST_CASE("a negative code is an error too", "[error]") {
  const error e = error{std::error_code{-7, stranger}, operation::recv}.peer("a:1");
  CHECK(e);
  CHECK(e.message() == "stranger -7");
  CHECK(e.text() == "recv a:1: stranger -7");
  CHECK(error{std::error_code{std::numeric_limits<int>::min(), speechless}}.text() == "throwing:-2147483648");
}

TEST_CASE("an error knows all that it was told", "[error]") { check_is_full(full()); }

TEST_CASE("what is told of no error is kept, and is no text", "[error]") {
  error e = error{}.peer("p").local("l").note("n").circumstance(circumstance::prohibited, "r");
  for (const bool with_host : {false, true}) {
    if (with_host) e.host("h");
    CHECK_FALSE(e);
    CHECK(e.text().empty());
    CHECK(*e.text().data() == '\0');
    CHECK(e.host() == (with_host ? "h" : ""));
    CHECK(e.peer() == "p");
    CHECK(e.local() == "l");
    CHECK(e.note() == "n");
    CHECK(e.reporter() == "r");
    const error copy = e;
    CHECK(copy.peer() == "p");
    CHECK(copy.reporter() == "r");
  }
  // All of them at their longest, too.
  for (const part& p : parts) p.set(e, std::string(1000, p.name[0]));
  for (const part& p : parts) {
    CAPTURE(p.name);
    CHECK((e.*p.get)().size() == p.budget);
    CHECK(is_cut((e.*p.get)(), std::string(1000, p.name[0])));
  }
  CHECK(e.text().empty());
}

TEST_CASE("the order in which an error is told does not matter", "[error]") {
  error e{errc::host_unreachable, operation::connect};
  CHECK(&e.circumstance(circumstance::prohibited, temporary("10.0.1.254")) == &e);
  CHECK(&e.local(temporary("192.0.2.1:40000")) == &e);
  CHECK(&e.note(temporary("first try")) == &e);
  CHECK(&e.peer(temporary("192.0.2.7:5432")) == &e);
  CHECK(&e.host(temporary("db.example.org:5432")) == &e);
  check_is_full(e);
}

TEST_CASE("what an error is told again stands in place of what it was told before", "[error]") {
  error e{errc::host_unreachable, operation::connect};
  e.host("a").peer("a-longer-peer:1").local("l").note("n").circumstance(circumstance::no_answer, "r");
  e.host("db.example.org:5432").peer("192.0.2.7:5432").local("192.0.2.1:40000").note("first try");
  e.circumstance(circumstance::prohibited, "10.0.1.254");
  check_is_full(e);
  e.host({}).peer({}).local({}).note({}).circumstance(circumstance::none);
  CHECK(e.text() == "connect: " + wsa + "EHOSTUNREACH: No route to host");
  for (const part& p : parts) CHECK((e.*p.get)().empty());
  CHECK(e.circumstance() == circumstance::none);
}

TEST_CASE("where is the place of whoever made the error", "[error]") {
  // clang-format off
  const unsigned line = __LINE__; const error made{errc::timed_out}, from_code{native(errc::timed_out), operation::recv};
  // clang-format on
  for (const error& e : {made, from_code, error{made}.peer("a")}) {
    CHECK(e.where().line() == line);
    CHECK(std::strstr(e.where().file_name(), "error.test.cpp") != nullptr);
  }
  const error elsewhere{errc::timed_out, operation::recv, sockerr::source_location::current("file", "function", 7)};
  CHECK(elsewhere.where().line() == 7);
  CHECK(elsewhere.where().function_name() == std::string_view{"function"});
}

TEST_CASE("a deadline of ours is a fact of the code", "[error]") {
  CHECK(error{library_errc::deadline_exceeded}.by_deadline());
  CHECK(error{library_errc::deadline_exceeded, operation::recv} == errc::timed_out);
  CHECK(error{library_errc::deadline_exceeded}.message() == "Deadline exceeded");
  CHECK(error{library_errc::deadline_exceeded}.symbol() == wsa + "ETIMEDOUT");
  for (const error& e : {error{errc::timed_out, operation::recv}, error{native(errc::timed_out), operation::recv},
                         error{std::make_error_code(std::errc::timed_out)}, error{library_errc::stopped},
                         error{library_errc::end_of_stream}})
    CHECK_FALSE(e.by_deadline());
  // One of another version of this library counts too.
  const named_category other_library{"sockerr.library"};
  CHECK(error{std::error_code{static_cast<int>(library_errc::deadline_exceeded), other_library}}.by_deadline());
}

TEST_CASE("an error of which bytes have moved is never repeated", "[error]") {
  error e{library_errc::deadline_exceeded, operation::send_all};
  // Nothing has moved for sure, so it is as good as a send.
  CHECK(e.transferred(0).advice() == sockerr::advise(library_errc::deadline_exceeded, operation::send));
  CHECK(e.circumstance() == circumstance::none);
  CHECK(e.cause() == sockerr::cause(library_errc::deadline_exceeded, operation::send));
  CHECK(e.cause() != sockerr::cause(library_errc::deadline_exceeded, operation::send_all));
  CHECK(e.transferred(3).advice() == retry_advice::never);
  CHECK(e.transferred() == 3);
  CHECK(e.circumstance() == circumstance::partial);
  CHECK(e.cause() == sockerr::cause(library_errc::deadline_exceeded, operation::send_all, circumstance::partial));
  CHECK(e.cause() != sockerr::cause(library_errc::deadline_exceeded, operation::send_all));
  // Whoever has not said how many it were may not rely on it.
  CHECK(error(library_errc::deadline_exceeded, operation::send_all).advice() == retry_advice::never);
  CHECK(error(library_errc::deadline_exceeded, operation::recv_exactly).advice() == retry_advice::never);
  CHECK(error(library_errc::deadline_exceeded, operation::recv).advice() == retry_advice::when_ready);
  CHECK(
      error(errc::timed_out, operation::connect).transferred((std::numeric_limits<std::size_t>::max)() - 1).advice() ==
      retry_advice::never);
}

TEST_CASE("bytes that have moved say more than the kind of the socket and less than what was found", "[error]") {
  for (const circumstance kind : {circumstance::none, circumstance::datagram, circumstance::unix_domain})
    CHECK(error(errc::timed_out, operation::send_all).circumstance(kind).transferred(1).circumstance() ==
          circumstance::partial);
  for (const circumstance found : {circumstance::peer_not_reading, circumstance::not_acknowledged}) {
    const error e = error(errc::timed_out, operation::send_all).circumstance(found).transferred(1);
    CHECK(e.circumstance() == found);
    CHECK(e.advice() == retry_advice::never);
  }
}

TEST_CASE("cause and advice follow the circumstance", "[error]") {
  const error plain{errc::connection_refused, operation::recv};
  const error datagram = error{plain}.circumstance(circumstance::datagram);
  CHECK(plain.advice() == retry_advice::on_new_socket);
  CHECK(datagram.advice() == retry_advice::at_once);
  CHECK(plain.cause() == sockerr::cause(errc::connection_refused, operation::recv));
  CHECK(datagram.cause() == sockerr::cause(errc::connection_refused, operation::recv, circumstance::datagram));
  CHECK(plain.cause() != datagram.cause());
  // A circumstance without a row of its own changes nothing.
  CHECK(error{plain}.circumstance(circumstance::slow_resolver).cause() == plain.cause());
  CHECK(error{plain}.circumstance(circumstance::slow_resolver).advice() == plain.advice());
}

TEST_CASE("the circumstance tells whose fault an error is, else the code does", "[error]") {
  const error e{errc::timed_out, operation::connect};
  CHECK(e.fault() == fault::network);
  CHECK(error(errc::timed_out, operation::resolve).fault() == fault::resolver);
  CHECK(error(errc::connection_refused, operation::connect).fault() == fault::peer);
  CHECK(error{}.fault() == fault::none);
  struct {
    circumstance found;
    fault whose;
  } const expected[] = {
      {circumstance::none, fault::network},
      {circumstance::datagram, fault::network},
      {circumstance::unix_domain, fault::network},
      {circumstance::no_ipv6_address, fault::host},
      {circumstance::ports_exhausted, fault::host},
      {circumstance::port_zero, fault::caller},
      {circumstance::peer_not_reading, fault::peer},
      {circumstance::peer_silent, fault::peer},
      {circumstance::no_answer, fault::network},
      {circumstance::prohibited, fault::network},
      {circumstance::port_unreachable, fault::network},
      {circumstance::slow_resolver, fault::resolver},
      {circumstance::resolver_files, fault::host},
      {circumstance::scope_missing, fault::caller},
      {circumstance::path_taken, fault::host},
      {circumstance::receiver_full, fault::peer},
  };
  for (const auto& row : expected) {
    CAPTURE(sockerr::name(row.found));
    CHECK(sockerr::name(error{e}.circumstance(row.found).fault()) == sockerr::name(row.whose));
  }
}

// --------------------------------------------------------------------------------------------------- its text

TEST_CASE("the text tells operation and address and symbol and message", "[error]") {
  const auto text = [](const error& e) { return std::string{e.text()}; };
  const error e{errc::connection_refused, operation::connect};
  CHECK(text(e) == "connect: " + refused);
  CHECK(text(error{e}.peer("127.0.0.1:65432")) == "connect 127.0.0.1:65432: " + refused);
  CHECK(text(error{e}.peer("[::1]:80").local("[::1]:4000")) == "connect [::1]:80: " + refused);
  CHECK(text(error{e}.host("localhost:80")) == "connect localhost:80: " + refused);
  CHECK(text(error{e}.host("localhost:80").peer("127.0.0.1:80")) == "connect localhost:80 (127.0.0.1): " + refused);
  CHECK(text(error{e}.host("localhost:80").peer("[::1]:80")) == "connect localhost:80 ([::1]): " + refused);
  CHECK(text(error{e}.host("127.0.0.1:80").peer("127.0.0.1:80")) == "connect 127.0.0.1:80: " + refused);
  CHECK(text(error{e}.host("[::1]:http").peer("[::1]:80")) == "connect [::1]:http: " + refused);
  CHECK(text(error{e}.host("[::]:80").peer("[::1]:80")) == "connect [::]:80 ([::1]): " + refused);
  CHECK(text(error{e}.local("127.0.0.1:39920")) == "connect (local 127.0.0.1:39920): " + refused);
  CHECK(text(error{e}.host("localhost:80").local("127.0.0.1:9")) == "connect localhost:80: " + refused);
  CHECK(text(error{e}.note("handshake")) == "connect (handshake): " + refused);
  CHECK(text(error{e}.note("TLS").peer("[::1]:80")) == "connect (TLS) [::1]:80: " + refused);
  CHECK(text(error{e}.circumstance(circumstance::prohibited, "10.0.1.254")) ==
        "connect: " + refused + " (10.0.1.254: administratively prohibited)");
  CHECK(text(error{e}.circumstance(circumstance::none, "10.0.1.254")) == "connect: " + refused + " (10.0.1.254)");
  CHECK(text(error{e}.circumstance(circumstance::prohibited)) == "connect: " + refused);

  const error unknown = errc::connection_refused;
  CHECK(text(unknown) == refused);
  CHECK(text(error{unknown}.peer("/run/server.sock")) == "/run/server.sock: " + refused);
  CHECK(text(error{unknown}.note("TLS")) == "(TLS): " + refused);
  CHECK(text(error{errc::connection_refused, static_cast<operation>(99)}) == refused);
  CHECK(text(error{errc::address_in_use, operation::bind}.local("127.0.0.1:80")) ==
        "bind (local 127.0.0.1:80): " + wsa + "EADDRINUSE: Address already in use");
  CHECK(text(error{resolver_errc::host_not_found, operation::resolve}.host("no.such.host:http")) ==
        "resolve no.such.host:http: EAI_NONAME: Name or service not known");
}

TEST_CASE("every text of the table fits beside the longest address", "[error]") {
  const std::string longest(112, 'p');
  for (const sockerr::code_info info : sockerr::codes()) {
    if (sockerr::symbol(info.code) != info.symbol) continue;
    CAPTURE(info.symbol);
    const error e = error{info.code, operation::local_address}.peer(longest).local(longest);
    CHECK(e.text() == "local_address " + longest + ": " + std::string{info.symbol} + ": " + std::string{info.message});
    CHECK(e.local() == longest);
  }
}

// ------------------------------------------------------------------------------------------------ foreign words

TEST_CASE("a code that the table does not name keeps its own words", "[error]") {
  const error unknown{std::error_code{99999, sockerr::socket_category()}, operation::recv};
  CHECK(unknown.message() == "Unknown error 99999");
  CHECK(unknown.symbol().empty());
  CHECK(error{unknown}.peer("a:1").text() == "recv a:1: Unknown error 99999");
  const error strange{std::error_code{5, stranger}, operation::send};
  CHECK(strange.message() == "stranger 5");
  CHECK(strange.text() == "send: stranger 5");
  CHECK(strange.advice() == retry_advice::never);

  // What it maps to gives the cause and the advice.
  const conditional_category by_errno{std::generic_category()};
  const error mapped{std::error_code{static_cast<int>(std::errc::timed_out), by_errno}, operation::connect};
  CHECK(mapped == condition::timed_out);
  // Its number is the errno itself, so it has that symbol; the words are its own all the same.
  CHECK(mapped.symbol() == "ETIMEDOUT");
  CHECK(mapped.text() == "connect: ETIMEDOUT: " + std::string{mapped.message()});
  CHECK(mapped.message() == "conditional " + std::to_string(static_cast<int>(std::errc::timed_out)));
  CHECK(mapped.cause() == sockerr::cause(errc::timed_out, operation::connect));
  CHECK(mapped.advice() == retry_advice::on_new_socket);
}

TEST_CASE("a code that maps to an errno of another number has no symbol", "[error]") {
  const equivalent_category quota{[](int, const std::error_condition& c) { return c == std::errc::timed_out; }};
  const error e = error{std::error_code{42, quota}, operation::connect}.peer("a:1");
  CHECK(e == condition::timed_out);
  CHECK(e.symbol().empty());
  CHECK(e.message() == "equivalent 42");
  CHECK(e.text() == "connect a:1: equivalent 42");
  CHECK(e.cause() == sockerr::cause(errc::timed_out, operation::connect));
  CHECK(e.advice() == retry_advice::on_new_socket);
  CHECK_FALSE(e.by_deadline());
}

TEST_CASE("long and hostile words of another category are cut and made safe", "[error]") {
  for (const std::size_t size : {std::size_t{159}, std::size_t{160}}) {
    const std::string words(size, 'w');
    const worded_category category{words};
    const error e{std::error_code{1, category}, operation::send};
    CHECK(e.message() == words);
    CHECK(e.text() == "send: " + words);
  }
  for (const std::size_t size : {std::size_t{161}, std::size_t{400}, std::size_t{100000}}) {
    const std::string words(size, 'w');
    const worded_category category{words};
    const error e = error{std::error_code{1, category}, operation::send}.peer("a:1");
    CHECK(e.message().size() == 160);
    CHECK(is_cut(e.message(), words));
    CHECK(e.text() == "send a:1: " + std::string{e.message()});
  }
  const worded_category evil{"two\nlines\x1b[31m\x7f"};
  CHECK(error{std::error_code{1, evil}}.message() == "two?lines?[31m?");
  CHECK(error{std::error_code{1, evil}}.text() == "two?lines?[31m?");
}

TEST_CASE("a category whose message throws has none", "[error]") {
  const error e = error{std::error_code{7, speechless}, operation::send}.peer("a:1");
  CHECK(e);
  CHECK(e.message().empty());
  CHECK(e.text() == "send a:1: throwing:7");
  CHECK(e.peer() == "a:1");
  const error copy = e;
  CHECK(copy.text() == e.text());
  // Also where other words stood before.
  const worded_category wordy{"own words"};
  error again = error{std::error_code{1, wordy}}.peer("a:1");
  CHECK(again.message() == "own words");
  again = error{std::error_code{7, speechless}, operation::send};
  CHECK(again.message().empty());
  CHECK(again.text() == "send: throwing:7");
  // As is one that has nothing to say.
  const worded_category silent{""};
  CHECK(error{std::error_code{7, silent}}.message().empty());
  CHECK(error{std::error_code{7, silent}}.text() == "worded:7");
  // Its name stands in their place, cut as they would be.
  for (const std::size_t size : {std::size_t{160}, std::size_t{161}}) {
    const std::string name(size, 'n');
    const wordless_category named{name.c_str()};
    const error unsaid = std::error_code{7, named};
    CHECK(unsaid.text() == (size == 160 ? name : std::string(157, 'n') + "...") + ":7");
    CHECK(unsaid.message().empty());
  }
}

// ------------------------------------------------------------------------------------------- hostile addresses

TEST_CASE("control characters in a part cannot forge a line of a log", "[error]") {
  const std::string_view evil{"host\r\n\x1b[31m\x7f\0end:80", 19};
  for (const part& p : parts) {
    CAPTURE(p.name);
    error e{errc::host_unreachable, operation::connect};
    p.set(e, evil);
    CHECK((e.*p.get)() == "host???[31m??end:80");
    CHECK(is_one_line(e.text()));
    CHECK(e.text().find("host???[31m??end:80") != std::string_view::npos);
    CHECK(std::strlen(e.text().data()) == e.text().size());
  }
  // Also where it is not in the text.
  const error e = error{errc::timed_out}.host("h").peer(evil).local(evil);
  CHECK(e.peer() == "host???[31m??end:80");
  CHECK(e.local() == "host???[31m??end:80");
}

TEST_CASE("an address is shown as UTF-8 without the upper control characters", "[error]") {
  const auto shown = [](std::string_view text) {
    return std::string{error{errc::timed_out, operation::connect}.peer(text).peer()};
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
       {"\xc3\xff", "\xe2\x82\xff", "\xf0\x9f\x98\xc0", "\xc0\x8a", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xf8\x90\x80\x80",
        "\xfc\x80\x80\x80", "\xff", "\xe2\x82", "\xf0\x9f\x98", "\xc3"}) {
    CHECK(shown("a" + bad) == "a" + std::string(bad.size(), '?'));
    CHECK(shown(bad + "a") == std::string(bad.size(), '?') + "a");
  }
  // Nor is the end found in what stood there before.
  error twice = error{errc::timed_out, operation::connect}.peer("a\xe2\x82\xac");
  CHECK(twice.peer(std::string_view{"a\xe2\x82\xac", 3}).peer() == "a??");
  // Separators of lines, and what turns the direction of writing: U+2028 to U+202E, U+2066 to U+2069.
  CHECK(shown("\xe2\x80\xa7 \xe2\x80\xa8 \xe2\x80\xae \xe2\x80\xaf") == "\xe2\x80\xa7 ??? ??? \xe2\x80\xaf");
  CHECK(shown("\xe2\x81\xa5 \xe2\x81\xa6 \xe2\x81\xa9 \xe2\x81\xaa") == "\xe2\x81\xa5 ??? ??? \xe2\x81\xaa");
}

// ------------------------------------------------------------------------------------------------------ budgets

TEST_CASE("each part has its budget, and one byte more is cut", "[error]") {
  for (const part& p : parts) {
    CAPTURE(p.name, p.budget);
    for (const std::size_t size : {std::size_t{1}, p.budget - 1, p.budget}) {
      const std::string text(size, 'x');
      error e{errc::host_unreachable, operation::connect};
      p.set(e, text);
      CHECK((e.*p.get)() == text);
    }
    for (const std::size_t size : {p.budget + 1, p.budget + 2, p.budget + 3, p.budget + 4, std::size_t{10000}}) {
      CAPTURE(size);
      const std::string text(size, 'x');
      error e{errc::host_unreachable, operation::connect};
      p.set(e, text);
      CHECK((e.*p.get)().size() == p.budget);
      CHECK(is_cut((e.*p.get)(), text));
      CHECK(is_one_line(e.text()));
    }
  }
}

TEST_CASE("a part is not cut within a character", "[error]") {
  for (const std::string character : {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (const part& p : parts) {
      // The character begins at each place around the cut.
      for (std::size_t before = p.budget - 8; before != p.budget; ++before) {
        CAPTURE(p.name, character.size(), before);
        const std::string text = std::string(before, 'x') + character + std::string(before + 9, 'y');
        error e{errc::host_unreachable, operation::connect};
        p.set(e, text);
        const std::string_view kept = (e.*p.get)();
        CHECK(kept.size() <= p.budget);
        CHECK(kept.size() + 3 >= p.budget - 3);
        CHECK(is_cut(kept, text));
        CHECK(kept.find('?') == kept.npos);
        const std::size_t at = kept.find(character[0]);
        if (at != kept.npos) CHECK(kept.substr(at, character.size()) == character);
      }
      // The whole of it is kept where it fits exactly.
      const std::string text = std::string(p.budget - character.size(), 'x') + character;
      error e{errc::host_unreachable, operation::connect};
      p.set(e, text);
      CHECK((e.*p.get)() == text);
    }
  }
}

TEST_CASE("all parts at their longest still make one text, and nothing overflows", "[error]") {
  for (const std::size_t size : {std::size_t{40}, std::size_t{112}, std::size_t{120}, std::size_t{10000}}) {
    const worded_category wordy{std::string(400, 'm')};
    for (const std::error_code& ec : {std::error_code{errc::host_unreachable}, std::error_code{1, wordy}}) {
      CAPTURE(size, ec.value());
      error e{ec, operation::local_address};
      for (int round = 0; round != 3; ++round) {
        e.host(std::string(size, 'h')).peer(std::string(size, 'p')).local(std::string(size, 'l'));
        e.note(std::string(size, 'n')).circumstance(circumstance::prohibited, std::string(size, 'r'));
      }
      CHECK(std::strlen(e.text().data()) == e.text().size());
      CHECK(is_one_line(e.text()));
      // Whatever the text is cut to, each part is its own: of its letter, and the dots of a cut.
      for (const part& p : parts) {
        CAPTURE(p.name);
        CHECK((e.*p.get)().size() <= p.budget);
        CHECK((e.*p.get)().find_first_not_of(std::string{p.name[0]} + '.') == std::string_view::npos);
      }
      // The name, the address and both ends are what a person needs first.
      CHECK(e.host().size() == (size < 120 ? size : 120));
      CHECK(e.peer().size() == (size < 112 ? size : 112));
      CHECK(e.local().size() == (size < 112 ? size : 112));
      CHECK(e.note().size() == (size < 48 ? size : 48));
      const error copy = e;
      for (const part& p : parts) CHECK((copy.*p.get)() == (e.*p.get)());
      CHECK(copy.text() == e.text());
      CHECK(copy.message() == e.message());
    }
  }
}

TEST_CASE("what all parts have together is not cut before it is used up", "[error]") {
  const worded_category wordy{std::string(160, 'm')};
  const auto made = [&](std::size_t note) {
    return error{std::error_code{1, wordy}, operation::local_address}
        .peer(std::string(112, 'p'))
        .local(std::string(112, 'l'))
        .circumstance(circumstance::prohibited, std::string(46, 'r'))
        .note(std::string(note, 'n'));
  };
  for (std::size_t note = 1; note != 49; ++note) {
    const error e = made(note);
    const std::string whole = "local_address (" + std::string(note, 'n') + ") " + std::string(112, 'p') + ": " +
                              std::string(160, 'm') + " (" + std::string(46, 'r') + ": administratively prohibited)";
    CAPTURE(note, e.text());
    if (whole.size() + 112 <= 490) CHECK(e.text() == whole);
    if (e.text() != whole) CHECK(is_cut(e.text(), whole));
    CHECK(e.local() == std::string(112, 'l'));
  }
  CHECK(made(9).text().size() + 112 == 490);
}

TEST_CASE("a part in which the text is cut ends where the text does", "[error]") {
  const worded_category wordy{std::string(400, 'm')};
  // The cut moves through the message and the reporter.
  for (std::size_t size = 1; size <= 120; ++size) {
    CAPTURE(size);
    const error e = error{std::error_code{1, wordy}, operation::connect}
                        .host(std::string(size, 'h'))
                        .peer(std::string(112, 'p'))
                        .local(std::string(112, 'l'))
                        .note(std::string(48, 'n'))
                        .circumstance(circumstance::none, std::string(46, 'r'));
    const auto is_of = [](std::string_view text, char letter) {
      return text.find_first_not_of(std::string{letter} + '.') == text.npos;
    };
    for (const part& p : parts) CHECK(is_of((e.*p.get)(), p.name[0]));
    CHECK(is_of(e.message(), 'm'));
    // What is read in the text lies within it.
    for (const std::string_view shown : {e.host(), e.note(), e.message(), e.reporter()})
      CHECK((shown.empty() || e.text().find(shown) != std::string_view::npos));
  }
}

TEST_CASE("addresses of every length keep their text", "[error]") {
  for (std::size_t size = 0; size != 300; ++size) {
    CAPTURE(size);
    const std::string peer(size, 'p');
    const std::string local(size, 'l');
    const error e = error{errc::timed_out, operation::get_option}.peer(peer).local(local);
    const std::size_t shown = size > 112 ? 112 : size;
    REQUIRE(e.peer().size() == shown);
    REQUIRE(e.local().size() == shown);
    CHECK((size <= 112 ? e.peer() == peer : is_cut(e.peer(), peer)));
    CHECK((size <= 112 ? e.local() == local : is_cut(e.local(), local)));
  }
}

// ----------------------------------------------------------------------------------------------- nothing dangles

TEST_CASE("texts are copied from temporaries", "[error]") {
  const error e = error{std::error_code{errc::host_unreachable}, operation::connect}
                      .peer(temporary("192.0.2.7:5432"))
                      .local(temporary("192.0.2.1:40000"))
                      .note(temporary("first try"))
                      .host(temporary("db.example.org:5432"))
                      .circumstance(circumstance::prohibited, temporary("10.0.1.254"));
  check_is_full(e);
  error stored;
  {
    const std::string peer = temporary("192.0.2.7:5432");
    error inner = full();
    inner.peer(std::string_view{peer});
    stored = std::move(inner);
  }
  check_is_full(stored);
  error from_conditional = false ? error{} : full();
  check_is_full(from_conditional);
  const error& extended = full().peer(temporary("192.0.2.7:5432"));
  check_is_full(extended);
}

TEST_CASE("a part may be set from another part of the same error", "[error]") {
  for (const part& from : parts) {
    for (const part& to : parts) {
      CAPTURE(from.name, to.name);
      error e = full();
      const std::string expected{(e.*from.get)()};
      std::string others[5];
      for (std::size_t i = 0; i != 5; ++i) others[i] = (e.*parts[i].get)();
      to.set(e, (e.*from.get)());
      CHECK((e.*to.get)() == expected);
      for (std::size_t i = 0; i != 5; ++i)
        if (parts[i].name != to.name) CHECK((e.*parts[i].get)() == others[i]);
      // And from its whole text.
      const std::string text{e.text()};
      to.set(e, e.text());
      CHECK((e.*to.get)().substr(0, 40) == text.substr(0, 40));
    }
  }
  const worded_category category{"own words"};
  error e{std::error_code{1, category}};
  e.note(e.message());
  CHECK(e.note() == "own words");
  CHECK(e.message() == "own words");
  // Of a temporary too.
  CHECK(error{e}.peer(e.note()).peer() == "own words");
}

TEST_CASE("a copy outlives the original", "[error]") {
  std::vector<error> copies;
  {
    const error original = full();
    copies.assign(3, original);
    copies.push_back(error{original});
  }
  copies.reserve(100);
  copies.insert(copies.begin(), copies.back());
  for (const error& e : copies) check_is_full(e);
}

TEST_CASE("an error is assigned, also to itself", "[error]") {
  error e = error{errc::timed_out, operation::recv}.peer("first").note(std::string(48, 'n'));
  e = full();
  check_is_full(e);
  error& same = e;
  e = same;
  check_is_full(e);
  e = std::move(same);
  check_is_full(e);
  error moved = std::move(e);
  check_is_full(moved);
  // What was moved from can be used again.
  e = error{errc::timed_out};
  CHECK(e.text() == wsa + "ETIMEDOUT: Connection timed out");
  using std::swap;
  swap(e, moved);
  check_is_full(e);
  CHECK(moved == errc::timed_out);
  e = error{};
  CHECK_FALSE(e);
  CHECK(e.text().empty());
  CHECK(e.peer().empty());
}

TEST_CASE("an error allocates nothing", "[error]") {
  const long none = allocations();
  ::operator delete(::operator new(1));
  if (allocations() == none) SOCKERR_SKIP("a sanitizer's or valgrind's operator new stands in for ours");
  const long before = allocations();
  {
    error e{errc::host_unreachable, operation::connect};
    e.host("db.example.org:5432").peer("192.0.2.7:5432").local("192.0.2.1:40000").note("note");
    const error copy = error{e}.circumstance(circumstance::prohibited, "10.0.1.254").transferred(1);
    error assigned;
    assigned = copy;
    static_cast<void>(assigned.text().size() + assigned.cause().size() + assigned.message().size());
  }
  CHECK(allocations() == before);
}

// --------------------------------------------------------------------------------------------------- would_block

TEST_CASE("what would block has all texts when they are asked for", "[error]") {
  const error e{errc::operation_would_block, operation::recv};
  const error copy = e;
  CHECK(copy.peer().empty());
  CHECK(copy.message() == sockerr::message(errc::operation_would_block));
  CHECK(e.text() == copy.text());
  CHECK(e.text() == "recv: " + std::string{sockerr::symbol(errc::operation_would_block)} + ": " +
                        std::string{sockerr::message(errc::operation_would_block)});
  error told = error{errc::operation_would_block, operation::recv}.peer("a:1");
  CHECK(told.text().substr(0, 9) == "recv a:1:");
  // Moved and assigned before anybody has asked.
  error moved = error{errc::operation_would_block, operation::send};
  told = std::move(moved);
  CHECK(told.text().substr(0, 5) == "send:");
  told = error{errc::operation_would_block, operation::accept};
  CHECK(told.text().substr(0, 7) == "accept:");
  const conditional_category by_errno{std::generic_category()};
  const error foreign{std::error_code{static_cast<int>(std::errc::operation_would_block), by_errno}};
  CHECK(foreign.message().substr(0, 11) == "conditional");
}

TEST_CASE("what would block is copied and read by many threads at once", "[error]") {
  for (int round = 0; round != 200; ++round) {
    const error shared{errc::operation_would_block, operation::recv};
    std::atomic<int> waiting{0};
    std::atomic<int> wrong{0};
    const auto together = [&] {
      ++waiting;
      while (waiting != 4) {
      }
    };
    std::vector<background_thread> threads;
    threads.emplace_back([&] {
      together();
      if (shared.text().substr(0, 5) != "recv:") ++wrong;
    });
    threads.emplace_back([&] {
      together();
      const error copy = shared;
      if (copy.text().substr(0, 5) != "recv:") ++wrong;
    });
    threads.emplace_back([&] {
      together();
      error assigned;
      assigned = shared;
      if (assigned.peer("a").text().substr(0, 7) != "recv a:") ++wrong;
    });
    threads.emplace_back([&] {
      together();
      // What needs no text may be asked beside it too.
      if (!shared.peer().empty() || !shared.host().empty() || !shared.note().empty() || shared.message().empty() ||
          shared.advice() != retry_advice::when_ready)
        ++wrong;
    });
    for (background_thread& t : threads) t.join();
    REQUIRE(wrong == 0);
  }
}

// --------------------------------------------------------------------------------------------------- comparisons

TEST_CASE("an error compares with all that its code compares with", "[error]") {
  const error e{errc::connection_refused, operation::connect};
  check_equal(e, condition::connection_refused);
  check_equal(e, condition::connection_error);
  check_equal(e, errc::connection_refused);
  check_equal(e, std::errc::connection_refused);
  check_equal(e, std::error_code{errc::connection_refused});
  check_equal(e, std::error_condition{condition::connection_error});
  check_equal(e, std::make_error_condition(std::errc::connection_refused));
  check_equal(e, error{errc::connection_refused, operation::recv}.peer("elsewhere"));
  check_equal(error{resolver_errc::host_not_found}, resolver_errc::host_not_found);
  check_equal(error{library_errc::stopped}, library_errc::stopped);
  check_equal(error{library_errc::stopped}, errc::operation_canceled);
  check_equal(error{library_errc::stopped}, std::errc::operation_canceled);
  check_equal(error{native(errc::connection_refused)}, errc::connection_refused);
  check_equal(error{}, condition::none);
  check_equal(error{}, error{});
  check_equal(error{}, std::error_code{});

  check_unequal(e, condition::timed_out);
  check_unequal(e, condition::none);
  check_unequal(e, condition::other);
  check_unequal(e, errc::timed_out);
  check_unequal(e, library_errc::stopped);
  check_unequal(e, library_errc::deadline_exceeded);
  check_unequal(e, resolver_errc::host_not_found);
  check_unequal(e, std::errc::timed_out);
  check_unequal(e, std::error_code{});
  check_unequal(e, std::error_code{errc::timed_out});
  check_unequal(e, std::error_condition{condition::timed_out});
  check_unequal(e, error{errc::timed_out, operation::connect});
  check_unequal(e, error{});
  // The kernel's time-out is none of ours.
  check_unequal(error{errc::timed_out}, library_errc::deadline_exceeded);
  check_equal(error{library_errc::deadline_exceeded}, std::errc::timed_out);
  // Codes of two categories are two codes, whatever they mean.
  check_unequal(e, native(errc::connection_refused));
}

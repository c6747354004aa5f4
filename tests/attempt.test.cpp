// SPDX-License-Identifier: MIT
#include <sockerr/attempt.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "attempt.hpp includes a socket header"
#endif

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "foreign_categories.hpp"
#include "texts.hpp"
#include "thread.hpp"

namespace {

using sockerr::attempt;
using sockerr::attempt_list;
using sockerr::errc;
using sockerr::error;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::socket_error;

static_assert(noexcept(std::declval<const socket_error&>().attempts()));
static_assert(noexcept(std::declval<const error&>().attempts()));
static_assert(attempt_list{}.empty() && attempt_list{}.size() == 0 && attempt_list{}.begin() == attempt_list{}.end());
static_assert(std::is_nothrow_copy_constructible_v<error> && std::is_nothrow_copy_constructible_v<socket_error>);

const worded_category foreign{"two\nlines\x1b[31m"};

error made(const std::error_code& ec, std::string_view peer, std::vector<attempt> attempts,
           std::string_view host = {}) {
  error result = error{ec, operation::connect}.peer(peer).local("127.0.0.1:4000").host(host);
  sockerr::detail::keep_attempts(result, std::move(attempts));
  return result;
}

// A copy of what is thrown.
socket_error thrown(const error& e) {
  try {
    sockerr::throw_error(e);
  } catch (const socket_error& caught) {
    return caught;
  }
}

const std::string refused = wsa + "ECONNREFUSED: Connection refused";

}  // namespace

TEST_CASE("the text lists the attempts where there were several", "[attempt]") {
  const error e = made(errc::connection_refused, "127.0.0.1:80",
                       {{"[::1]:80", errc::network_unreachable, operation::connect, std::chrono::milliseconds{1}},
                        {"127.0.0.1:80", errc::connection_refused, operation::connect, std::chrono::milliseconds{2}},
                        {"127.0.0.2:80", {5, stranger}, operation::bind, std::chrono::milliseconds{3}},
                        {"127.0.0.3:80", library_errc::deadline_exceeded}});
  const std::string text = "connect 127.0.0.1:80: " + refused + " (tried [::1]:80: " + wsa +
                           "ENETUNREACH; 127.0.0.1:80: " + wsa + "ECONNREFUSED; 127.0.0.2:80: stranger 5; " +
                           "127.0.0.3:80: " + wsa + "ETIMEDOUT)";
  CHECK(e.text() == text);
  CHECK(thrown(e).what() == text);
  const auto check = [](const auto& it) {
    CHECK(it.peer() == "127.0.0.1:80");
    CHECK(it.local() == "127.0.0.1:4000");
    REQUIRE(it.attempts().size() == 4);
    CHECK_FALSE(it.attempts().empty());
    CHECK(it.attempts()[0].endpoint == "[::1]:80");
    CHECK(it.attempts()[1].error == errc::connection_refused);
    CHECK(it.attempts()[2].operation == operation::bind);
    CHECK(it.attempts()[2].elapsed == std::chrono::milliseconds{3});
    CHECK(it.attempts()[3].error == library_errc::deadline_exceeded);
    CHECK(it.attempts()[3].operation == operation::connect);
    CHECK(error{it.attempts()[3].error}.by_deadline());
    CHECK_FALSE(error{it.attempts()[1].error}.by_deadline());
    std::size_t count = 0;
    for (const attempt& a : it.attempts()) count += a.endpoint.empty() ? 0 : 1;
    CHECK(count == 4);
  };
  check(e);
  check(thrown(e));
}

TEST_CASE("behind a name the attempts are listed without their port", "[attempt]") {
  const error e =
      made(errc::connection_refused, "127.0.0.1:80",
           {{"[::1]:80", errc::network_unreachable}, {"127.0.0.1:80", errc::connection_refused}}, "localhost:80");
  CHECK(e.text() == "connect localhost:80: " + refused + " (tried [::1]: " + wsa + "ENETUNREACH; 127.0.0.1: " + wsa +
                        "ECONNREFUSED)");
  CHECK(e.host() == "localhost:80");
  CHECK(e.peer() == "127.0.0.1:80");
  CHECK(e.attempts()[0].endpoint == "[::1]:80");
  // What is told later does not lose them.
  const error more = error{e}.note("again");
  CHECK(more.attempts().size() == 2);
  CHECK(more.text().find("(tried [::1]: ") != std::string_view::npos);
}

TEST_CASE("one attempt is what the rest of the text tells already", "[attempt]") {
  const error e = made(errc::network_unreachable, "[::1]:80", {{"[::1]:80", errc::network_unreachable}});
  CHECK(e.text() == "connect [::1]:80: " + wsa + "ENETUNREACH: Network is unreachable");
  CHECK(e.attempts().size() == 1);
  const error named =
      made(errc::network_unreachable, "[::1]:80", {{"[::1]:80", errc::network_unreachable}}, "localhost:80");
  CHECK(named.text() == "connect localhost:80 ([::1]): " + wsa + "ENETUNREACH: Network is unreachable");
}

TEST_CASE("an error may have no attempts", "[attempt]") {
  const error of_none = made(errc::timed_out, "[::1]:80", {});
  CHECK(of_none.text() == "connect [::1]:80: " + wsa + "ETIMEDOUT: Connection timed out");
  CHECK(of_none.attempts().empty());
  CHECK(error{}.attempts().empty());
  CHECK(error{errc::timed_out}.attempts().empty());
  CHECK(thrown(errc::timed_out).attempts().empty());
  const attempt one;
  CHECK(attempt_list(&one, 0).empty());
  CHECK_FALSE(attempt_list(&one, 1).empty());
}

TEST_CASE("many attempts are cut in the text alone", "[attempt]") {
  std::vector<attempt> attempts;
  for (int i = 0; i != 500; ++i) attempts.push_back({"10.0.0." + std::to_string(i) + ":80", errc::timed_out});
  for (const std::string_view host : {"", "db.example.org:80"}) {
    const error e = made(errc::timed_out, "10.0.0.0:80", attempts, host);
    const std::string_view text = e.text();
    CAPTURE(text);
    CHECK(e.attempts().size() == 500);
    CHECK(e.attempts()[499].endpoint == "10.0.0.499:80");
    CHECK(text.find("(tried 10.0.0.0") != text.npos);
    CHECK(text.substr(text.size() - 3) == "...");
    CHECK(text.size() > 200);
    CHECK(text.size() < 640);
    CHECK(e.peer() == "10.0.0.0:80");
    CHECK(e.host() == host);
    CHECK(thrown(e).what() == text);
  }
}

TEST_CASE("the longest address is listed in full, and one byte more is cut", "[attempt]") {
  const std::string longest(112, 'a');
  const error whole = made(errc::timed_out, "a", {{longest, errc::timed_out}, {"b", errc::timed_out}});
  CHECK(whole.text().find("(tried " + longest + ": ") != std::string_view::npos);
  const error cut = made(errc::timed_out, "a", {{longest + "a", errc::timed_out}, {"b", errc::timed_out}});
  CHECK(cut.text().find("(tried " + longest.substr(0, 109) + "...: ") != std::string_view::npos);
  CHECK(cut.attempts()[0].endpoint == longest + "a");
}

TEST_CASE("attempts cannot forge a line of a log", "[attempt]") {
  const error e = made(errc::timed_out, "two:80", {{"one\n:80", errc::timed_out}, {"two:80", {1, foreign}}});
  CAPTURE(e.text());
  CHECK(is_one_line(e.text()));
  CHECK(e.text().find("(tried one?:80: ") != std::string_view::npos);
  CHECK(e.text().find("two:80: two?lines?[31m)") != std::string_view::npos);
  // Nor can a category that throws end the program.
  const error without_words =
      made(errc::timed_out, "two:80", {{"one:80", errc::timed_out}, {"two:80", {1, speechless}}});
  CHECK(without_words.text().find("(tried one:80: ") != std::string_view::npos);
  CHECK(without_words.text().find("two:80: throwing:1)") != std::string_view::npos);
}

TEST_CASE("a copy keeps the attempts when the original is gone", "[attempt]") {
  std::vector<error> copies;
  {
    const error original = made(errc::connection_refused, "127.0.0.1:80",
                                {{"127.0.0.1:80", errc::connection_refused}, {"127.0.0.2:80", errc::timed_out}});
    copies.assign(3, original);
  }
  error assigned = made(errc::timed_out, "[::1]:80", {{"[::1]:80", errc::timed_out}});
  assigned = copies[1];
  error& same = assigned;
  assigned = same;
  copies.erase(copies.begin(), copies.begin() + 2);
  copies.push_back(assigned);
  copies.push_back(std::move(assigned));
  copies.push_back(thrown(copies[0]).error());
  for (const error& e : copies) {
    CHECK(e.peer() == "127.0.0.1:80");
    CHECK(e.local() == "127.0.0.1:4000");
    REQUIRE(e.attempts().size() == 2);
    CHECK(e.attempts()[1].endpoint == "127.0.0.2:80");
    CHECK(e.text().find("; 127.0.0.2:80: " + wsa + "ETIMEDOUT)") != std::string_view::npos);
  }
}

TEST_CASE("the attempts are shared by copies in many threads", "[attempt]") {
  for (int round = 0; round != 50; ++round) {
    auto original =
        std::vector<error>{made(errc::timed_out, "a:1", {{"a:1", errc::timed_out}, {"b:1", errc::connection_refused}})};
    std::vector<background_thread> threads;
    for (int i = 0; i != 3; ++i)
      threads.emplace_back([copy = original[0]]() mutable {
        for (int n = 0; n != 20; ++n) {
          error another = copy;
          copy = another;
        }
        if (copy.attempts().size() != 2) copy = error{};
      });
    original.clear();
    for (background_thread& t : threads) t.join();
  }
  SUCCEED("a sanitizer has the last word");
}

TEST_CASE("a retry that gave up says how often it tried, and one that was stopped what it was retrying", "[attempt]") {
  error e = error{errc::connection_refused, operation::connect}.peer("127.0.0.1:80").host("localhost:80");
  sockerr::detail::error_access::tries(e, 1);
  CHECK(e.tries() == 1);
  CHECK(e.text() == "connect localhost:80 (127.0.0.1): " + refused);
  sockerr::detail::error_access::tries(e, 5);
  CHECK(e.tries() == 5);
  CHECK(e.text() == "connect localhost:80 (127.0.0.1): " + refused + " (gave up after 5 attempts)");
  CHECK(thrown(e).tries() == 5);
  CHECK_FALSE(e.last());
  // What it is told then does not lose it.
  CHECK(e.note("x").tries() == 5);
  e.note({});

  sockerr::detail::keep_attempts(e, {{"127.0.0.1:80", errc::connection_refused}});
  const error stopped = sockerr::detail::error_access::stopped(e);
  CHECK(stopped == library_errc::stopped);
  CHECK(stopped.last() == errc::connection_refused);
  CHECK(stopped.tries() == 5);
  CHECK(stopped.attempts().size() == 1);
  CHECK(stopped.peer() == "127.0.0.1:80");
  CHECK(stopped.host() == "localhost:80");
  CHECK(stopped.operation() == operation::connect);
  CHECK(stopped.advice() == sockerr::retry_advice::never);
  CHECK(stopped.text() ==
        "connect localhost:80 (127.0.0.1): " + std::string{stopped.symbol()} + ": Stopped (gave up after 5 attempts)");
  CHECK(thrown(stopped).last() == errc::connection_refused);
  CHECK(thrown(stopped).what() == stopped.text());
}

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
#include "texts.hpp"

namespace {

using sockerr::attempt;
using sockerr::attempt_list;
using sockerr::attempt_report;
using sockerr::errc;
using sockerr::operation;
using sockerr::socket_error;

static_assert(noexcept(std::declval<const socket_error&>().attempts()));
static_assert(attempt_list{}.empty() && attempt_list{}.size() == 0 && attempt_list{}.begin() == attempt_list{}.end());
static_assert(!std::is_copy_constructible_v<attempt_report>);

class foreign_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "foreign"; }
  std::string message(int value) const override {
    return value == 1001 ? "two\nlines\x1b[31m" : "foreign error " + std::to_string(value);
  }
};
const foreign_category foreign;

// A copy of what is thrown.
socket_error thrown(std::error_code ec, std::string_view peer, std::vector<attempt> attempts) {
  const attempt_report report{std::move(attempts)};
  try {
    sockerr::throw_error(ec, {operation::connect, peer, "127.0.0.1:4000", false, {}, &report});
  } catch (const socket_error& e) {
    return e;
  }
}

}  // namespace

TEST_CASE("what lists the attempts where there were several", "[attempt]") {
  const auto e =
      thrown(errc::connection_refused, "127.0.0.1:80",
             {{"[::1]:80", errc::network_unreachable, operation::connect, false, std::chrono::milliseconds{1}},
              {"127.0.0.1:80", errc::connection_refused, operation::connect, false, std::chrono::milliseconds{2}},
              {"127.0.0.2:80", {5, foreign}, operation::bind, true, std::chrono::milliseconds{3}}});
  CHECK(std::string{e.what()} ==
        "connect 127.0.0.1:80: " + wsa + "ECONNREFUSED: Connection refused (tried [::1]:80: " + wsa +
            "ENETUNREACH; 127.0.0.1:80: " + wsa + "ECONNREFUSED; 127.0.0.2:80: foreign error 5)");
  CHECK(e.peer() == "127.0.0.1:80");
  CHECK(e.local() == "127.0.0.1:4000");
  REQUIRE(e.attempts().size() == 3);
  CHECK_FALSE(e.attempts().empty());
  CHECK(e.attempts()[0].endpoint == "[::1]:80");
  CHECK(e.attempts()[1].error == errc::connection_refused);
  CHECK(e.attempts()[2].operation == operation::bind);
  CHECK(e.attempts()[2].by_deadline);
  CHECK(e.attempts()[2].elapsed == std::chrono::milliseconds{3});
  std::size_t count = 0;
  for (const attempt& a : e.attempts()) count += a.endpoint.empty() ? 0 : 1;
  CHECK(count == 3);
}

TEST_CASE("one attempt is what the rest of the text tells already", "[attempt]") {
  const auto e = thrown(errc::network_unreachable, "[::1]:80", {{"[::1]:80", errc::network_unreachable}});
  CHECK(std::string{e.what()} == "connect [::1]:80: " + wsa + "ENETUNREACH: Network is unreachable");
  CHECK(e.attempts().size() == 1);
}

TEST_CASE("an exception may have no attempts", "[attempt]") {
  const auto of_none = thrown(errc::timed_out, "[::1]:80", {});
  CHECK(std::string{of_none.what()} == "connect [::1]:80: " + wsa + "ETIMEDOUT: Connection timed out");
  CHECK(of_none.attempts().empty());
  try {
    sockerr::throw_error(errc::timed_out);
  } catch (const socket_error& e) {
    CHECK(e.attempts().empty());
  }
}

TEST_CASE("many attempts are all listed", "[attempt]") {
  std::vector<attempt> attempts;
  for (int i = 0; i != 500; ++i) attempts.push_back({"10.0.0." + std::to_string(i) + ":80", errc::timed_out});
  const auto e = thrown(errc::timed_out, "10.0.0.0:80", attempts);
  const std::string text = e.what();
  CHECK(e.attempts().size() == 500);
  CHECK(text.find("; 10.0.0.499:80: " + wsa + "ETIMEDOUT)") != text.npos);
}

TEST_CASE("attempts cannot forge a line of a log", "[attempt]") {
  const auto e = thrown(errc::timed_out, "two:80", {{"one\n:80", errc::timed_out}, {"two:80", {1001, foreign}}});
  const std::string text = e.what();
  CAPTURE(text);
  CHECK(is_one_line(text));
  CHECK(text.find("(tried one?:80: ") != text.npos);
}

TEST_CASE("a copy keeps the attempts when the original is gone", "[attempt]") {
  std::vector<socket_error> copies;
  {
    const auto original = thrown(errc::connection_refused, "127.0.0.1:80",
                                 {{"127.0.0.1:80", errc::connection_refused}, {"127.0.0.2:80", errc::timed_out}});
    copies.assign(3, original);
  }
  socket_error assigned = thrown(errc::timed_out, "[::1]:80", {{"[::1]:80", errc::timed_out}});
  assigned = copies[1];
  copies.erase(copies.begin(), copies.begin() + 2);
  copies.push_back(assigned);
  for (const socket_error& e : copies) {
    CHECK(e.peer() == "127.0.0.1:80");
    CHECK(e.local() == "127.0.0.1:4000");
    REQUIRE(e.attempts().size() == 2);
    CHECK(e.attempts()[1].endpoint == "127.0.0.2:80");
    CHECK(std::string{e.what()}.find("; 127.0.0.2:80: " + wsa + "ETIMEDOUT)") != std::string::npos);
  }
}

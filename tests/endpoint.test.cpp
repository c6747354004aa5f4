// SPDX-License-Identifier: MIT
#include <sockerr/endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "expect.hpp"
#include "texts.hpp"

using namespace std::string_literals;
using namespace std::string_view_literals;
using sockerr::endpoint;

namespace {

static_assert(noexcept(endpoint::ip(std::string_view{}, 0, std::declval<std::error_code&>())));
static_assert(noexcept(endpoint::unix_path(std::string_view{}, std::declval<std::error_code&>())));
static_assert(noexcept(endpoint::abstract_name(std::string_view{}, std::declval<std::error_code&>())));
static_assert(noexcept(endpoint::parse(std::string_view{}, std::declval<std::error_code&>())));
static_assert(noexcept(endpoint::from_native(nullptr, 0, std::declval<std::error_code&>())));
static_assert(noexcept(std::declval<const endpoint&>() == std::declval<const endpoint&>()));
static_assert(noexcept(std::declval<const endpoint&>() < std::declval<const endpoint&>()));
static_assert(noexcept(std::hash<endpoint>{}(std::declval<const endpoint&>())));
static_assert(noexcept(endpoint::text{std::declval<const endpoint&>()}));
static_assert(std::is_nothrow_default_constructible_v<endpoint>);
static_assert(std::is_trivially_copyable_v<endpoint>);

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
constexpr std::size_t longest_path = sizeof(sockaddr_un) - path_offset - 1;

endpoint parsed(std::string_view text) {
  std::error_code ec = stale();
  const endpoint result = endpoint::parse(text, ec);
  INFO(text);
  CHECK(ec == std::error_code{});
  return result;
}

std::error_code parse_error(std::string_view text) {
  std::error_code ec;
  const endpoint result = endpoint::parse(text, ec);
  INFO(std::string{text.substr(0, 80)});
  CHECK(result == endpoint{});
  CHECK(result.to_string().empty());
  return ec;
}

void check_round_trip(const endpoint& e) {
  const std::string text = e.to_string();
  INFO(text);
  std::error_code ec = stale();
  const endpoint again = endpoint::parse(text, ec);
  CHECK_FALSE(ec);
  CHECK(again == e);
  CHECK(again.size() == e.size());
  CHECK(again.to_string() == text);
  CHECK(std::hash<endpoint>{}(again) == std::hash<endpoint>{}(e));
  const endpoint copied = endpoint::from_native(e.data(), e.size(), ec);
  CHECK_FALSE(ec);
  CHECK(copied == e);
  CHECK(is_one_line(text));
}

}  // namespace

TEST_CASE("an endpoint of no family is empty", "[endpoint]") {
  const endpoint e;
  CHECK(e.family() == AF_UNSPEC);
  CHECK(e.port() == 0);
  CHECK(e.scope_id() == 0);
  CHECK(e.path().empty());
  CHECK(e.to_string().empty());
  CHECK(e.size() == 0);
  CHECK(e == endpoint{});
}

TEST_CASE("an IPv4 endpoint is read and written", "[endpoint]") {
  const endpoint e = parsed("127.0.0.1:65432");
  CHECK(e.family() == AF_INET);
  CHECK(e.port() == 65432);
  CHECK(e.scope_id() == 0);
  CHECK(e.path().empty());
  CHECK(e.size() == sizeof(sockaddr_in));
  CHECK(e.to_string() == "127.0.0.1:65432");
  sockaddr_in native{};
  std::memcpy(&native, e.data(), sizeof native);
  CHECK(native.sin_family == AF_INET);
  CHECK(ntohs(native.sin_port) == 65432);
  CHECK(ntohl(native.sin_addr.s_addr) == 0x7f000001U);
  CHECK(e == endpoint::ip("127.0.0.1", 65432));
  for (const char* text : {"0.0.0.0:0", "255.255.255.255:65535", "10.0.0.1:1"}) {
    CHECK(parsed(text).to_string() == text);
    check_round_trip(parsed(text));
  }
}

TEST_CASE("an IPv6 endpoint is read and written", "[endpoint]") {
  const endpoint e = parsed("[::1]:80");
  CHECK(e.family() == AF_INET6);
  CHECK(e.port() == 80);
  CHECK(e.scope_id() == 0);
  CHECK(e.path().empty());
  CHECK(e.size() == sizeof(sockaddr_in6));
  CHECK(e.to_string() == "[::1]:80");
  CHECK(e == endpoint::ip("::1", 80));
  CHECK(parsed("[0:0:0:0:0:0:0:1]:80") == e);
  CHECK(parsed("[2001:DB8::A]:1").to_string() == "[2001:db8::a]:1");
  for (const char* text :
       {"[::]:0", "[2001:db8::1]:65535", "[::ffff:192.0.2.1]:443", "[1111:2222:3333:4444:5555:6666:7777:8888]:9"}) {
    CHECK(parsed(text).to_string() == text);
    check_round_trip(parsed(text));
  }
}

TEST_CASE("a scope is read as a number and as a name", "[endpoint]") {
  const endpoint unnamed = parsed("[fe80::1%4000000000]:80");
  CHECK(unnamed.scope_id() == 4000000000U);
  CHECK(unnamed.to_string() == "[fe80::1%4000000000]:80");
  check_round_trip(unnamed);
  CHECK(parsed("[fe80::1%1]:80").scope_id() == 1);
  check_round_trip(parsed("[fe80::1%1]:80"));
  CHECK(endpoint::ip("fe80::1%7", 80).scope_id() == 7);
  CHECK(parsed("[fe80::1%1]:80") != parsed("[fe80::1%2]:80"));
  CHECK(parsed("[fe80::1%1]:80") < parsed("[fe80::1%2]:80"));
  char name[sockerr::detail::native::scope_name_size] = "";
  if (!sockerr::detail::native::scope_name(1, name))
    SOCKERR_SKIP("this host has no interface of index 1, or as on Windows no names for them");
  const std::string text = "[fe80::1%"s + name + "]:80";
  CHECK(parsed(text).scope_id() == 1);
  CHECK(parsed(text).to_string() == text);
}

TEST_CASE("a Unix path is read and written", "[endpoint]") {
  const endpoint e = parsed("/run/server.sock");
  CHECK(e.family() == AF_UNIX);
  CHECK(e.port() == 0);
  CHECK(e.path() == "/run/server.sock");
  CHECK(e.size() == path_offset + 17);
  CHECK(e.to_string() == "/run/server.sock");
  CHECK(e == endpoint::unix_path("/run/server.sock"));
  CHECK(parsed("unix:/run/server.sock") == e);
  check_round_trip(e);
  const endpoint longest = endpoint::unix_path("/" + std::string(longest_path - 1, 'x'));
  CHECK(longest.path().size() == longest_path);
  CHECK(longest.size() == sizeof(sockaddr_un));
  check_round_trip(longest);
}

TEST_CASE("a relative Unix path has a prefix", "[endpoint]") {
  const endpoint e = parsed("unix:relative.sock");
  CHECK(e.path() == "relative.sock");
  CHECK(e.to_string() == "unix:relative.sock");
  CHECK(e == endpoint::unix_path("relative.sock"));
  for (const char* path : {"@at", "unix:twice", "127.0.0.1:80", "[::1]:80", " ", "x"}) {
    CHECK(endpoint::unix_path(path).path() == path);
    CHECK(endpoint::unix_path(path).to_string() == "unix:"s + path);
    check_round_trip(endpoint::unix_path(path));
  }
}

TEST_CASE("an abstract name holds any bytes", "[endpoint]") {
  const endpoint e = parsed("@abstract");
  CHECK(e.family() == AF_UNIX);
  CHECK(e.path() == "\0abstract"sv);
  CHECK(e.size() == path_offset + 9);
  CHECK(e.to_string() == "@abstract");
  const endpoint wild = endpoint::abstract_name("a\0\n\\\xff\x7fz"sv);
  CHECK(wild.path() == "\0a\0\n\\\xff\x7fz"sv);
  CHECK(wild.to_string() == "@a\\x00\\x0a\\x5c\\xff\\x7fz");
  check_round_trip(wild);
  std::string all;
  for (int i = 0; i != 256; ++i) {
    all += static_cast<char>(i);
    check_round_trip(endpoint::abstract_name(std::string(1, static_cast<char>(i))));
    if (all.size() == longest_path || i == 255) {
      check_round_trip(endpoint::abstract_name(all));
      all.clear();
    }
  }
  // The longest text that there is: each byte is escaped.
  check_round_trip(endpoint::abstract_name(std::string(longest_path, '\xff')));
}

TEST_CASE("abstract names that differ after a NUL differ", "[endpoint]") {
  CHECK(endpoint::abstract_name("a\0b"sv) != endpoint::abstract_name("a\0c"sv));
  CHECK(endpoint::abstract_name("a"sv) != endpoint::abstract_name("a\0"sv));
  CHECK(endpoint::abstract_name("a"sv) != endpoint::unix_path("a"));
}

TEST_CASE("control characters of a path are escaped", "[endpoint]") {
  const endpoint e = endpoint::unix_path("/a\nb\\c\x7f\xc3\xa9");
  CHECK(e.to_string() == "/a\\x0ab\\x5cc\\x7f\xc3\xa9");
  check_round_trip(e);
  // The upper ones too, and what is not UTF-8.
  const endpoint upper = endpoint::unix_path("/\xc2\x9b\x9b\xe2\x80\xa8\xff\xc3");
  CHECK(upper.to_string() == "/\\xc2\\x9b\\x9b\\xe2\\x80\\xa8\\xff\\xc3");
  check_round_trip(upper);
  CHECK(parsed("/a\\x0ab").path() == "/a\nb");
  CHECK(parsed("unix:\\x2fetc").path() == "/etc");
}

TEST_CASE("text that is no endpoint is an invalid argument", "[endpoint]") {
  const std::string many(10000, '1');
  const std::string_view wrong[] = {
      // Ports.
      "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1:80 ", "127.0.0.1: 80", "127.0.0.1:http",
      "127.0.0.1:", "127.0.0.1", "127.0.0.1:0x50", "127.0.0.1:8.0", "127.0.0.1:99999999999999999999", "1.2.3.4", ":80",
      ":", "80", "", " ", "127.0.0.1:80\n", "127.0.0.1:80\0"sv, "127.0.0.1:8\0000"sv,
      // Addresses.
      "localhost:80", "1.2.3:80", "1.2.3.4.5:80", "256.0.0.1:80", "1.2.3.4 :80", " 1.2.3.4:80", "127.0.0.1\0:80"sv,
      "127.0.0.1\0x:80"sv, "127.0.0.1%lo:80", "127.0.0.1%1:80", "0x7f.0.0.1:80", "127.1:80",
      // Brackets.
      "::1:80", "::1", "[127.0.0.1]:80", "[::1", "[::1]", "[::1]80", "[::1]:", "::1]:80", "[]:80", "[:80", "]:80",
      "[[::1]]:80", "[::1]]:80", "[::1]x:80", "x[::1]:80", "[::1]:80]", "[::g]:80", "[1:2:3:4:5:6:7:8:9]:80",
      "[::1\0]:80"sv,
      // Scopes.
      "[fe80::1%]:80", "[fe80::1%0]:80", "[fe80::1%no_such_interface]:80", "[fe80::1%4294967296]:80", "[fe80::1%-1]:80",
      "[fe80::1%1%1]:80", "[fe80::1%1 ]:80", "[fe80::1%a_name_that_is_longer_than_any_interface_may_have]:80",
      // Unix.
      "unix:", "unix", "UNIX:/a", "@", "/a\0b"sv, "/a\\x00b", "unix:\\x00b", "relative.sock",
      // Escapes.
      "/a\\", "/a\\x", "/a\\x5", "/a\\x5g", "/a\\xg5", "/a\\n", "/a\\\\", "/a\\X5c", "/a\\x5C", "@\\", "@a\\xf",
      "unix:\\q",
      // Too much.
      many};
  for (const std::string_view text : wrong) {
    INFO(std::string{text.substr(0, 80)});
    const std::error_code ec = parse_error(text);
    CHECK(ec == sockerr::errc::invalid_argument);
    CHECK(ec == sockerr::condition::invalid_argument);
  }
  for (const std::string& text :
       {many + ":80", "[" + many + "]:80", "[" + std::string(10000, ':') + "]:80", "127.0.0.1:" + many,
        "[fe80::1%" + many + "]:80", "[fe80::1%" + std::string(10000, 'x') + "]:80"})
    CHECK(parse_error(text) == sockerr::condition::invalid_argument);
}

TEST_CASE("a Unix path that is too long is a path error", "[endpoint]") {
  for (const std::size_t length : {longest_path - 1, longest_path}) {
    CHECK(parsed("/" + std::string(length - 1, 'x')).path().size() == length);
    CHECK(parsed("unix:" + std::string(length, 'x')).path().size() == length);
    CHECK(parsed("@" + std::string(length, 'x')).path().size() == length + 1);
  }
  for (const std::size_t length : {longest_path + 1, longest_path + 2, std::size_t{200}, std::size_t{10000}}) {
    std::error_code ec;
    for (const std::string& text :
         {"/" + std::string(length - 1, 'x'), "unix:" + std::string(length, 'x'), "@" + std::string(length, 'x')}) {
      CHECK(parse_error(text) == sockerr::condition::path_error);
      CHECK(parse_error(text) == sockerr::errc::filename_too_long);
    }
    CHECK(endpoint::unix_path(std::string(length, 'x'), ec) == endpoint{});
    CHECK(ec == sockerr::condition::path_error);
    CHECK(endpoint::abstract_name(std::string(length, 'x'), ec) == endpoint{});
    CHECK(ec == sockerr::condition::path_error);
  }
  // An escape counts as the byte that it stands for.
  std::string escaped = "/";
  for (std::size_t i = 1; i != longest_path; ++i) escaped += "\\x0a";
  CHECK(parsed(escaped).path().size() == longest_path);
  CHECK(parse_error(escaped + "x") == sockerr::condition::path_error);
}

TEST_CASE("making an endpoint of the wrong parts is an invalid argument", "[endpoint]") {
  std::error_code ec;
  for (const std::string_view address : {""sv, "localhost"sv, "[::1]"sv, "127.0.0.1:80"sv, "127.0.0.1\0"sv, "%1"sv}) {
    CHECK(endpoint::ip(address, 80, ec) == endpoint{});
    CHECK(ec == sockerr::condition::invalid_argument);
  }
  for (const std::string_view path : {""sv, "\0"sv, "a\0b"sv, std::string_view{}}) {
    CHECK(endpoint::unix_path(path, ec) == endpoint{});
    CHECK(ec == sockerr::condition::invalid_argument);
  }
  CHECK(endpoint::abstract_name({}, ec) == endpoint{});
  CHECK(ec == sockerr::condition::invalid_argument);
}

TEST_CASE("making an endpoint clears the code", "[endpoint]") {
  std::error_code ec = stale();
  static_cast<void>(endpoint::ip("::1", 80, ec));
  CHECK(ec == std::error_code{});
  ec = stale();
  static_cast<void>(endpoint::unix_path("a", ec));
  CHECK(ec == std::error_code{});
  ec = stale();
  static_cast<void>(endpoint::abstract_name("a", ec));
  CHECK(ec == std::error_code{});
}

TEST_CASE("an endpoint is made from what the system hands out", "[endpoint]") {
  for (const char* text : {"127.0.0.1:80", "[::1]:80", "/run/server.sock", "unix:relative", "@abstract"})
    check_round_trip(parsed(text));
  std::error_code ec = stale();
  sockaddr_un native{};
  native.sun_family = AF_UNIX;
  const auto* const address = reinterpret_cast<const sockaddr*>(&native);
  // A socket without a name.
  const endpoint unnamed = endpoint::from_native(address, path_offset, ec);
  CHECK_FALSE(ec);
  CHECK(unnamed.family() == AF_UNIX);
  CHECK(unnamed.path().empty());
  CHECK(unnamed.to_string().empty());
  // The end of a path is its NUL, or the end of the address.
  std::memcpy(native.sun_path, "/a", 2);
  for (const std::size_t size : {path_offset + 2, path_offset + 3, path_offset + 20, sizeof native}) {
    const endpoint e = endpoint::from_native(address, size, ec);
    CHECK_FALSE(ec);
    CHECK(e == endpoint::unix_path("/a"));
    CHECK(std::hash<endpoint>{}(e) == std::hash<endpoint>{}(endpoint::unix_path("/a")));
  }
  // A path that fills its field has no NUL.
  std::memset(native.sun_path, 'x', sizeof native.sun_path);
  const endpoint full = endpoint::from_native(address, sizeof native, ec);
  CHECK_FALSE(ec);
  CHECK(full.path() == std::string(sizeof native.sun_path, 'x'));
  CHECK(full.to_string() == "unix:" + std::string(sizeof native.sun_path, 'x'));
  std::memset(native.sun_path, '\n', sizeof native.sun_path);
  CHECK(endpoint::from_native(address, sizeof native).to_string().size() == 5 + 4 * sizeof native.sun_path);
}

TEST_CASE("a native address of the wrong size is an invalid argument", "[endpoint]") {
  sockaddr_storage native{};
  const auto* const address = reinterpret_cast<const sockaddr*>(&native);
  const auto error = [&](const sockaddr* from, std::size_t size) {
    std::error_code ec;
    CHECK(endpoint::from_native(from, size, ec) == endpoint{});
    return ec;
  };
  native.ss_family = AF_INET;
  CHECK(error(nullptr, sizeof native) == sockerr::condition::invalid_argument);
  CHECK(error(nullptr, 0) == sockerr::condition::invalid_argument);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof(sockaddr_in) - 1, sizeof native + 1, std::size_t{10000}})
    CHECK(error(address, size) == sockerr::condition::invalid_argument);
  native.ss_family = AF_INET6;
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof(sockaddr_in), sizeof(sockaddr_in6) - 1, sizeof native + 1})
    CHECK(error(address, size) == sockerr::condition::invalid_argument);
  native.ss_family = AF_UNIX;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, sizeof(sockaddr_un) + 1, sizeof native})
    CHECK(error(address, size) == sockerr::condition::invalid_argument);
  const auto e = thrown<sockerr::invalid_argument>([] { return endpoint::from_native(nullptr, 0); });
  CHECK(e.operation() == sockerr::operation::resolve);
}

TEST_CASE("an address that is larger than its family needs is taken", "[endpoint]") {
  sockaddr_storage native{};
  const endpoint e = endpoint::ip("127.0.0.1", 80);
  std::memcpy(&native, e.data(), e.size());
  std::error_code ec;
  CHECK(endpoint::from_native(reinterpret_cast<const sockaddr*>(&native), sizeof native, ec) == e);
  CHECK_FALSE(ec);
}

TEST_CASE("endpoints compare by all that tells them apart", "[endpoint]") {
  // In ascending order within a family.
  const std::vector<std::vector<endpoint>> families = {
      {parsed("1.2.3.4:5"), parsed("1.2.3.4:80"), parsed("1.2.3.4:443"), parsed("1.2.3.5:1"), parsed("200.0.0.1:0")},
      {parsed("[::]:9"), parsed("[::1]:80"), parsed("[::1]:443"), parsed("[fe80::1]:1"), parsed("[fe80::1%3]:1")},
      {parsed("@a"), parsed("@a\\x00"), parsed("@b"), parsed("/a"), parsed("/a/b"), parsed("unix:a")},
      {endpoint{}}};
  for (std::size_t f = 0; f != families.size(); ++f)
    for (std::size_t i = 0; i != families[f].size(); ++i)
      for (std::size_t g = 0; g != families.size(); ++g)
        for (std::size_t j = 0; j != families[g].size(); ++j) {
          const endpoint& a = families[f][i];
          const endpoint& b = families[g][j];
          INFO(a.to_string() << " and " << b.to_string());
          const bool same = f == g && i == j;
          CHECK((a == b) == same);
          CHECK((a != b) == !same);
          CHECK(((a < b) || (b < a)) == !same);
          CHECK_FALSE(((a < b) && (b < a)));
          if (f == g) CHECK((a < b) == (i < j));
        }
}

TEST_CASE("padding and flow information do not make endpoints differ", "[endpoint]") {
  sockaddr_in v4{};
  const endpoint plain = endpoint::ip("127.0.0.1", 80);
  std::memcpy(&v4, plain.data(), sizeof v4);
  std::memset(v4.sin_zero, 0x55, sizeof v4.sin_zero);
  const endpoint padded = endpoint::from_native(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
  CHECK(padded == plain);
  CHECK(std::hash<endpoint>{}(padded) == std::hash<endpoint>{}(plain));
}

TEST_CASE("endpoints are keys of a hash table", "[endpoint]") {
  std::unordered_set<endpoint> set;
  for (std::uint16_t port = 0; port != 500; ++port) {
    set.insert(endpoint::ip("127.0.0.1", port));
    set.insert(endpoint::ip("::1", port));
    set.insert(endpoint::unix_path("/" + std::to_string(port)));
    set.insert(endpoint::abstract_name(std::to_string(port)));
  }
  CHECK(set.size() == 2000);
  CHECK(set.count(parsed("127.0.0.1:499")) == 1);
  CHECK(set.count(parsed("[::1]:499")) == 1);
  CHECK(set.count(parsed("/499")) == 1);
  CHECK(set.count(parsed("@499")) == 1);
  CHECK(set.count(parsed("127.0.0.1:500")) == 0);
  std::unordered_set<std::size_t> hashes;
  for (const endpoint& e : set) hashes.insert(std::hash<endpoint>{}(e));
  CHECK(hashes.size() > 1900);
}

TEST_CASE("random endpoints survive the round trip", "[endpoint]") {
  std::mt19937 random{20240229};
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  const auto bytes = [&](std::uint32_t size, std::uint32_t lowest) {
    std::string result;
    for (std::uint32_t i = 0; i != size; ++i) result += static_cast<char>(lowest + below(256 - lowest));
    return result;
  };
  std::error_code ec;
  for (int i = 0; i != 300; ++i) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = static_cast<std::uint16_t>(below(65536));
    v4.sin_addr.s_addr = below(0xffffffffU);
    check_round_trip(endpoint::from_native(reinterpret_cast<const sockaddr*>(&v4), sizeof v4, ec));
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = static_cast<std::uint16_t>(below(65536));
    // Runs of zeros are written in short.
    for (auto& octet : v6.sin6_addr.s6_addr) octet = static_cast<std::uint8_t>(below(2) == 0 ? 0 : below(256));
    v6.sin6_scope_id = below(2) == 0 ? 0 : below(0xffffffffU);
    check_round_trip(endpoint::from_native(reinterpret_cast<const sockaddr*>(&v6), sizeof v6, ec));
    const auto length = 1 + below(static_cast<std::uint32_t>(longest_path));
    check_round_trip(endpoint::unix_path(bytes(length, 1)));
    check_round_trip(endpoint::abstract_name(bytes(length, 0)));
  }
}

TEST_CASE("random text is read or refused and what is read survives", "[endpoint]") {
  std::mt19937 random{42};
  constexpr std::string_view alphabet = "0123456789abfx:.[]%@/\\u\0 -"sv;
  for (int i = 0; i != 5000; ++i) {
    std::string text = random() % 4 == 0 ? "@" : random() % 3 == 0 ? "/" : "";
    for (auto length = random() % 24; length != 0; --length) text += alphabet[random() % alphabet.size()];
    std::error_code ec = stale();
    const endpoint e = endpoint::parse(text, ec);
    if (!ec) {
      check_round_trip(e);
    } else {
      CHECK(ec == sockerr::condition::invalid_argument);
      CHECK(e == endpoint{});
    }
  }
}

TEST_CASE("the exception tells of the text that is no endpoint", "[endpoint]") {
  unsigned line = 0;
  const auto e = thrown<sockerr::invalid_argument>([&] { return line = __LINE__, endpoint::parse("127.0.0.1:65536"); });
  CHECK(e.operation() == sockerr::operation::resolve);
  CHECK(e.code() == sockerr::errc::invalid_argument);
  CHECK(e.host() == "127.0.0.1:65536");
  CHECK(e.peer().empty());
  CHECK(e.local().empty());
  CHECK(e.where().line() == line);
  CHECK(std::string_view{e.where().file_name()} == __FILE__);
  CHECK(std::string_view{e.what()}.substr(0, 24) == "resolve 127.0.0.1:65536:");

  const auto ip = thrown<sockerr::invalid_argument>([&] { return line = __LINE__, endpoint::ip("localhost", 80); });
  CHECK(ip.operation() == sockerr::operation::resolve);
  CHECK(ip.host() == "localhost");
  CHECK(ip.peer().empty());
  CHECK(ip.where().line() == line);

  const auto empty = thrown<sockerr::invalid_argument>([&] { return line = __LINE__, endpoint::unix_path(""); });
  CHECK(empty.operation() == sockerr::operation::resolve);
  CHECK(empty.host().empty());
  CHECK(empty.peer().empty());
  CHECK(empty.where().line() == line);

  const std::string name(200, 'x');
  const auto path = thrown<sockerr::path_error>([&] { return line = __LINE__, endpoint::unix_path(name); });
  CHECK(path.operation() == sockerr::operation::resolve);
  CHECK(path.host() == std::string(117, 'x') + "...");
  CHECK(path.peer().empty());
  CHECK(path.where().line() == line);

  const auto abstract = thrown<sockerr::path_error>([&] { return line = __LINE__, endpoint::abstract_name(name); });
  CHECK(abstract.operation() == sockerr::operation::resolve);
  CHECK(abstract.peer().empty());
  CHECK(abstract.where().line() == line);

  const auto forged = thrown<sockerr::invalid_argument>([] { return endpoint::parse("1.2.3.4:80\nforged"); });
  CHECK(std::string_view{forged.what()}.find('\n') == std::string_view::npos);
  CHECK(forged.host() == "1.2.3.4:80?forged");
}

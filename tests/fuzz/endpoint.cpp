// SPDX-License-Identifier: MIT
// Reading, writing and comparing endpoints: texts and bytes of any kind.
#include <sockerr/endpoint.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <system_error>

#include "../texts.hpp"
#include "fuzz.hpp"

namespace {

using sockerr::endpoint;

// Holds for every endpoint there is.
void inspect(const endpoint& e) {
  const std::string text = e.to_string();
  SOCKERR_REQUIRE(is_one_line(text));
  SOCKERR_REQUIRE(text == endpoint::text{e}.view());
  SOCKERR_REQUIRE(e == e);
  SOCKERR_REQUIRE(!(e != e));
  SOCKERR_REQUIRE(!(e < e));
  SOCKERR_REQUIRE(e.size() <= sizeof(sockaddr_storage));
  SOCKERR_REQUIRE(e.family() != AF_INET || e.size() >= sizeof(sockaddr_in));
  SOCKERR_REQUIRE(e.family() != AF_INET6 || e.size() >= sizeof(sockaddr_in6));
  SOCKERR_REQUIRE(e.family() != AF_UNIX || e.size() <= sizeof(sockaddr_un));
  if (text.empty()) return;

  std::error_code ec;
  const endpoint again = endpoint::parse(text, ec);
  if (ec) {
    // What only the system makes: an abstract name without a character, and a path that leaves no room for a NUL.
    SOCKERR_REQUIRE(e.family() == AF_UNIX);
    SOCKERR_REQUIRE(e.path().size() == 1 || e.path().size() == sizeof(sockaddr_un::sun_path));
    return;
  }
  SOCKERR_REQUIRE(again == e);
  SOCKERR_REQUIRE(again.to_string() == text);
  SOCKERR_REQUIRE(again.family() == e.family());
  SOCKERR_REQUIRE(again.port() == e.port());
  SOCKERR_REQUIRE(again.scope_id() == e.scope_id());
  SOCKERR_REQUIRE(again.path() == e.path());
  SOCKERR_REQUIRE(std::hash<endpoint>{}(again) == std::hash<endpoint>{}(e));
}

// Either a value or an error, never both, and the throwing form agrees.
template <class Make>
void attempt(Make make) {
  std::error_code ec = sockerr::errc::broken_pipe;
  const endpoint e = make(ec);
  if (ec) {
    SOCKERR_REQUIRE(ec == sockerr::condition::invalid_argument || ec == sockerr::condition::path_error);
    SOCKERR_REQUIRE(e == endpoint{});
    SOCKERR_REQUIRE(e.size() == 0);
  } else {
    SOCKERR_REQUIRE(e.size() != 0);
    inspect(e);
  }
}

void parse(std::string_view text) {
  attempt([&](std::error_code& ec) { return endpoint::parse(text, ec); });
  std::error_code ec;
  const endpoint e = endpoint::parse(text, ec);
  try {
    SOCKERR_REQUIRE(endpoint::parse(text) == e);
    SOCKERR_REQUIRE(!ec);
  } catch (const sockerr::socket_error& error) {
    SOCKERR_REQUIRE(error.code() == ec);
    SOCKERR_REQUIRE(is_one_line(error.what()));
    SOCKERR_REQUIRE(is_one_line(error.host()));
    SOCKERR_REQUIRE(error.peer().empty());
  }
}

void native(std::string_view bytes) {
  // Of the size exactly, so that a sanitizer sees what is read beyond it.
  const std::string copy{bytes};
  attempt([&](std::error_code& ec) {
    const endpoint e = endpoint::from_native(reinterpret_cast<const sockaddr*>(copy.data()), copy.size(), ec);
    if (!ec) SOCKERR_REQUIRE(e.size() == copy.size());
    return e;
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in{data, size};
  const unsigned what = in.choose(7);
  if (what == 0) {
    parse(in.rest());
  } else if (what == 1) {
    const auto port = in.take<std::uint16_t>();
    attempt([&](std::error_code& ec) { return endpoint::ip(in.rest(), port, ec); });
  } else if (what == 2) {
    attempt([&](std::error_code& ec) { return endpoint::unix_path(in.rest(), ec); });
  } else if (what == 3) {
    attempt([&](std::error_code& ec) { return endpoint::abstract_name(in.rest(), ec); });
  } else if (what == 4) {
    native(in.rest());
  } else if (what == 5) {
    // Of a family that is known.
    static constexpr int families[] = {AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC};
    sockaddr_storage address{};
    address.ss_family = static_cast<decltype(address.ss_family)>(families[in.choose(4)]);
    std::string bytes{reinterpret_cast<const char*>(&address), offsetof(sockaddr, sa_data)};
    native(bytes.append(in.rest()));
  } else {
    // An order is an order.
    std::error_code ec;
    const endpoint a = endpoint::parse(in.text(), ec);
    const endpoint b = endpoint::parse(in.text(), ec);
    const endpoint c = endpoint::parse(in.text(), ec);
    SOCKERR_REQUIRE((a < b) + (b < a) + (a == b) == 1);
    SOCKERR_REQUIRE((a == b) == (a.to_string() == b.to_string()));
    if (a < b && b < c) SOCKERR_REQUIRE(a < c);
    if (a == b) SOCKERR_REQUIRE(std::hash<endpoint>{}(a) == std::hash<endpoint>{}(b));
  }
  return 0;
}

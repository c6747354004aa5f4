// SPDX-License-Identifier: MIT
// What is said about codes: any number, of any category, also of ones that pretend to be known.
#include <sockerr/exception.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "../texts.hpp"
#include "fuzz.hpp"

namespace {

using sockerr::condition;
using sockerr::operation;

// Those that are trusted, ours first, and those that are none, since others have used them too.
constexpr std::string_view known_names[] = {
    "sockerr.socket",       "sockerr.resolver", "sockerr.library", "sockerr.condition", "asio.system", "asio.netdb",
    "asio.addrinfo",        "asio.misc",        "asio.ssl",        "asio.ssl.stream",   "boost.beast", "beast.http",
    "boost.beast.websocket"};
constexpr std::string_view vague_names[] = {"socket", "resolver", "system", "generic", "socket condition", ""};

// All of them, and some that are none.
constexpr condition nodes[] = {
    condition::none, condition::other,
#define SOCKERR_CONDITION(name, number, parent, message) condition::name,
#include <sockerr/codes.def>
    condition{-1},   condition{63},    condition{64}, condition{65},
};

// Where it says itself what its codes are, classify() and the standard's comparison, which asks it, are to agree. They
// cannot of a category that takes a known name and says something else: such a one says nothing.
class fake_category final : public std::error_category {
 public:
  fake_category(std::string_view name, std::string_view message, const std::error_category* portable, int offset)
      : name_{name}, message_{message}, portable_{is_known(name_.c_str()) ? nullptr : portable}, offset_{offset} {}
  const char* name() const noexcept override { return name_.c_str(); }
  std::string message(int) const override { return message_; }
  std::error_condition default_error_condition(int value) const noexcept override {
    if (portable_ == nullptr) return {value, *this};
    // Nor can they where it says of no error what is wrong, or of an error that it is none.
    if (value == 0) return {0, *portable_};
    const int meaning = static_cast<int>(static_cast<unsigned>(value) + static_cast<unsigned>(offset_));
    return {meaning == 0 ? value : meaning, *portable_};
  }

 private:
  static bool is_known(std::string_view name) {
    return std::find(std::begin(known_names), std::end(known_names), name) != std::end(known_names);
  }

  std::string name_;
  std::string message_;
  const std::error_category* portable_;
  int offset_;
};

// The law of the tree, and that nothing said is out of bounds.
void inspect(const std::error_code& ec, operation during) {
  const condition c = sockerr::classify(ec);
  SOCKERR_REQUIRE(!sockerr::name(c).empty());
  SOCKERR_REQUIRE(ec == c);
  SOCKERR_REQUIRE(ec == sockerr::make_error_condition(c));
  for (const condition node : nodes) {
    const bool belongs = sockerr::matches(c, node);
    SOCKERR_REQUIRE((ec == node) == belongs);
    SOCKERR_REQUIRE((node == ec) == belongs);
    SOCKERR_REQUIRE((ec != node) == !belongs);
    // A code of the tree's own category equals a condition of the same number, also of one that stands for nothing.
    if (!sockerr::name(node).empty()) SOCKERR_REQUIRE((ec == sockerr::make_error_condition(node)) == belongs);
  }
  SOCKERR_REQUIRE(ec.value() != 0 || c == condition::none);
  SOCKERR_REQUIRE(is_one_line(sockerr::symbol(ec)));
  SOCKERR_REQUIRE(is_one_line(sockerr::cause(ec, during)));
  SOCKERR_REQUIRE(sockerr::cause(ec, during).empty() == (c == condition::none));
  SOCKERR_REQUIRE(!sockerr::name(sockerr::advise(ec, during)).empty());
  SOCKERR_REQUIRE(!sockerr::name(sockerr::fault_of(c, during)).empty());
  if (c == condition::none || c == condition::other) {
    SOCKERR_REQUIRE(sockerr::advise(ec, during) == sockerr::retry_advice::never || !sockerr::symbol(ec).empty());
  }
  try {
    sockerr::throw_error(sockerr::error{ec, during}.peer("peer").local("local"));
  } catch (const sockerr::socket_error& e) {
    SOCKERR_REQUIRE(is_one_line(e.what()));
    SOCKERR_REQUIRE(std::string_view{e.what()}.size() < 512);
    SOCKERR_REQUIRE(e.symbol() == sockerr::symbol(e.code()));
    SOCKERR_REQUIRE(e.code() == (ec.value() == 0 ? make_error_code(sockerr::errc::invalid_argument) : ec));
    SOCKERR_REQUIRE(c != condition::none || ec.value() == 0 || e.condition() == condition::none);
#define SOCKERR_CONDITION(name, number, parent, message) \
  SOCKERR_REQUIRE((dynamic_cast<const sockerr::name*>(&e) != nullptr) == (e.code() == condition::name));
#include <sockerr/codes.def>
  }
}

// A number in disguise says the same as the plain one: a kernel's negative errno, an HRESULT that holds a Win32 code.
template <class Code>
Code plain(Code code) {
  const int value = static_cast<int>(code);
#if defined(_WIN32)
  constexpr bool has_errno = false;
#else
  constexpr bool has_errno = std::is_same_v<Code, sockerr::errc>;
#endif
  if (has_errno) return value < 0 && value >= -4095 ? static_cast<Code>(-value) : code;
  const bool is_windows = std::is_same_v<Code, sockerr::windows_errc> || std::is_same_v<Code, sockerr::errc>;
  // One that holds 0 is an error all the same.
  const int held = is_windows && static_cast<unsigned>(value) >> 16U == 0x8007 ? value & 0xffff : 0;
  return held != 0 ? static_cast<Code>(held) : code;
}

template <class Code>
void inspect_number(int value) {
  const auto code = static_cast<Code>(value);
  const std::string_view symbol = sockerr::symbol(code);
  const bool known = !symbol.empty();
  SOCKERR_REQUIRE((sockerr::message(code) == "Unknown error") == (!known && value != 0));
  SOCKERR_REQUIRE(known || value == 0 || sockerr::classify(code) == condition::other);
  if (known) SOCKERR_REQUIRE(sockerr::from_symbol<Code>(symbol) == plain(code));
  SOCKERR_REQUIRE(sockerr::classify(code) == sockerr::classify(plain(code)));
}

template <class Code>
void inspect_symbol(std::string_view text) {
  const auto code = sockerr::from_symbol<Code>(text);
  if (!code) return;
  SOCKERR_REQUIRE(sockerr::from_symbol<Code>(sockerr::symbol(*code)) == code);
  SOCKERR_REQUIRE(sockerr::classify(*code) != condition::none);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fake_category other_tree{"sockerr.condition", "", nullptr, 0};
  fuzz::input in{data, size};
  const auto value = in.choose(2) == 0 ? in.take<std::int16_t>() : in.take<int>();
  const auto during = static_cast<operation>(in.choose(2) == 0 ? static_cast<int>(in.choose(20)) : in.take<int>());
  const unsigned which = in.choose(6);
  inspect_number<sockerr::errc>(value);
  inspect_number<sockerr::resolver_errc>(value);
  inspect_number<sockerr::windows_errc>(value);
  inspect_number<sockerr::library_errc>(value);
  SOCKERR_REQUIRE(is_one_line(sockerr::name(during)));
  if (which == 0) {
    inspect({value, sockerr::socket_category()}, during);
    inspect({value, sockerr::resolver_category()}, during);
    inspect({value, sockerr::library_category()}, during);
    inspect({value, sockerr::condition_category()}, during);
    inspect({value, std::system_category()}, during);
    inspect({value, std::generic_category()}, during);
  } else if (which == 1) {
    const unsigned name = in.choose(std::size(known_names));
    const fake_category category{known_names[name], in.rest(), nullptr, 0};
    inspect({value, category}, during);
    // A category of ours in another shared library is as good as ours.
    const std::error_category* const ours[] = {&sockerr::socket_category(), &sockerr::resolver_category(),
                                               &sockerr::library_category(), &sockerr::condition_category()};
    if (name < std::size(ours)) {
      SOCKERR_REQUIRE(sockerr::classify({value, category}) == sockerr::classify({value, *ours[name]}));
      SOCKERR_REQUIRE(sockerr::symbol({value, category}) == sockerr::symbol({value, *ours[name]}));
    }
  } else if (which == 2) {
    const std::error_category* const portable[] = {&std::generic_category(), &std::system_category(),
                                                   &sockerr::condition_category(), &sockerr::socket_category(),
                                                   &other_tree};
    const std::error_category* const choice = portable[in.choose(5)];
    const auto offset = in.take<int>();
    const std::string_view name = in.text();
    const fake_category category{name, in.rest(), choice, offset};
    inspect({value, category}, during);
  } else if (which == 3) {
    const fake_category category{in.text(), in.rest(), nullptr, 0};
    inspect({value, category}, during);
    // A name that others may have too is no evidence.
    const fake_category vague{vague_names[in.choose(std::size(vague_names))], in.rest(), nullptr, 0};
    inspect({value, vague}, during);
    SOCKERR_REQUIRE(sockerr::classify({value, vague}) == (value == 0 ? condition::none : condition::other));
    SOCKERR_REQUIRE(sockerr::symbol({value, vague}).empty());
  } else {
    inspect_symbol<sockerr::errc>(in.rest());
    inspect_symbol<sockerr::resolver_errc>(in.rest());
    inspect_symbol<sockerr::windows_errc>(in.rest());
    inspect_symbol<sockerr::library_errc>(in.rest());
    const auto by_name = sockerr::condition_from_name(in.rest());
    if (by_name) SOCKERR_REQUIRE(sockerr::name(*by_name) == in.rest());
    const auto by_symbol = sockerr::condition_from_symbol(in.rest());
    if (by_symbol) SOCKERR_REQUIRE(!sockerr::name(*by_symbol).empty() && *by_symbol != condition::none);
  }
  return 0;
}

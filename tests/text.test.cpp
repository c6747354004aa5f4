// SPDX-License-Identifier: MIT
#include <sockerr/detail/text.hpp>

#include <climits>
#include <cstddef>
#include <string>
#include <string_view>

#include "catch.hpp"

namespace {

using sockerr::detail::shown_size;
using sockerr::detail::text_part;
using sockerr::detail::text_writer;
using sockerr::detail::whole_characters;

// Constant expressions: a compiler refuses one that reads or writes outside a text, which nothing else would see.

// ------------------------------------------------------------------------------------------------- characters

constexpr std::string_view euro = "\xe2\x82\xac";
constexpr std::string_view smile = "\xf0\x9f\x98\x80";

// A beginning of a text, of which no more may be read.
template <std::size_t Size>
constexpr std::size_t shown_size_of_beginning(std::string_view text) {
  char beginning[Size]{};
  for (std::size_t i = 0; i != Size; ++i) beginning[i] = text[i];
  return shown_size({beginning, Size});
}

static_assert(shown_size("a") == 1 && shown_size(" ") == 1 && shown_size("~") == 1);
static_assert(shown_size("\x1f") == 0 && shown_size("\x7f") == 0 && shown_size({"\0", 1}) == 0);
static_assert(shown_size("\xc3\xa4") == 2 && shown_size(euro) == 3 && shown_size(smile) == 4);
static_assert(shown_size_of_beginning<1>("\xc3\xa4") == 0);
static_assert(shown_size_of_beginning<1>(euro) == 0 && shown_size_of_beginning<2>(euro) == 0);
static_assert(shown_size_of_beginning<1>(smile) == 0 && shown_size_of_beginning<3>(smile) == 0);
// The rest of a longer text is not looked at.
static_assert(shown_size(euro.substr(0, 2)) == 0 && shown_size(smile.substr(0, 3)) == 0);
static_assert(shown_size("\xac") == 0 && shown_size("\xe2\x82g") == 0 && shown_size("\xc3\xc3\xa4") == 0);

// ------------------------------------------------------------------------------------------------------- cuts

template <std::size_t Size>
constexpr std::size_t whole_characters_of(const char (&text)[Size], std::size_t size) {
  char without_nul[Size - 1]{};
  for (std::size_t i = 0; i != Size - 1; ++i) without_nul[i] = text[i];
  return whole_characters({without_nul, Size - 1}, size).size();
}

static_assert(whole_characters_of("abc", 0) == 0 && whole_characters_of("abc", 2) == 2);
static_assert(whole_characters_of("abc", 3) == 3 && whole_characters_of("abc", 4) == 3);
static_assert(whole_characters_of("a\xc3\xa4", 3) == 3 && whole_characters_of("a\xc3\xa4", 2) == 1);
static_assert(whole_characters_of("a\xe2\x82\xac", 4) == 4 && whole_characters_of("a\xe2\x82\xac", 3) == 1);
static_assert(whole_characters_of("a\xe2\x82\xac", 2) == 1);
static_assert(whole_characters_of("a\xf0\x9f\x98\x80", 5) == 5 && whole_characters_of("a\xf0\x9f\x98\x80", 4) == 1);
static_assert(whole_characters_of("a\xf0\x9f\x98\x80", 3) == 1 && whole_characters_of("a\xf0\x9f\x98\x80", 2) == 1);
// What is no UTF-8 at all is not cut to nothing.
static_assert(whole_characters_of("a\x80\x80\x80\x80\x80\x80", 6) == 3);
// A text that ends within a character is taken as it is, whatever follows it in memory.
static_assert(whole_characters(euro.substr(0, 2), 2).size() == 2);

// ---------------------------------------------------------------------------------------------------- the writer

// What a buffer of a size holds after `write(out)`; the byte behind it is never written.
template <std::size_t Size, class Write>
constexpr bool gives(Write write, std::string_view expected) {
  char buffer[Size]{};
  text_writer out{buffer, Size};
  write(out);
  const std::size_t size = out.finish();
  return std::string_view{buffer, size} == expected && buffer[size] == '\0' && out.size() == size;
}

constexpr auto six = [](text_writer& out) {
  out << "abc"
      << "def";
};
static_assert(gives<8>(six, "abcdef") && gives<7>(six, "abcdef"), "at exactly the length of the buffer");
static_assert(gives<6>(six, "ab...") && gives<5>(six, "a...") && gives<4>(six, "..."));
// There is no room for an ellipsis.
static_assert(gives<3>(six, "ab") && gives<2>(six, "a") && gives<1>(six, ""));

constexpr auto umlauts = [](text_writer& out) {
  out << "a\xc3\xa4\xc3\xb6"
      << "z";
};
static_assert(gives<7>(umlauts, "a\xc3\xa4\xc3\xb6z"));
static_assert(gives<6>(umlauts, "a..."), "a character is cut as a whole");
static_assert(gives<5>(umlauts, "a..."));
// What was written last may have been cut to less than there is room for.
constexpr auto last = [](text_writer& out) { out << "ab" << smile; };
static_assert(gives<6>(last, "ab...") && gives<5>(last, "a..."));

constexpr auto numbers = [](text_writer& out) { out << 0LL << " " << -1LL << " " << 1234567890LL; };
static_assert(gives<32>(numbers, "0 -1 1234567890"));
constexpr auto extremes = [](text_writer& out) { out << LLONG_MAX << " " << LLONG_MIN; };
static_assert(gives<64>(extremes, "9223372036854775807 -9223372036854775808"));

// ------------------------------------------------------------------------------------------------ texts from elsewhere

template <std::size_t Size>
constexpr auto sanitized(std::string_view text, std::string_view expected, std::size_t longest = 100) {
  char buffer[Size]{};
  text_writer out{buffer, Size};
  out << "\x1b";  // not looked at: it is a text of our own
  const text_part part = out.sanitize(text, longest);
  out.finish();
  return part.of(buffer) == expected && part.offset == 1 && buffer[0] == '\x1b';
}

static_assert(sanitized<20>("a\nb\x7f~ \t", "a?b?~ ?"));
static_assert(sanitized<20>("\xc3\xa4\x9b\xe2\x82\xac", "\xc3\xa4?\xe2\x82\xac"));
static_assert(sanitized<20>(euro.substr(0, 2), "??") && sanitized<4>(smile.substr(0, 2), "??"));
static_assert(sanitized<20>("abcdefg", "abcdefg", 7) && sanitized<20>("abcdefg", "abc...", 6));
static_assert(sanitized<20>("abcdefgh", "abcd...", 7) && sanitized<20>("abc\xc3\xa4xyz", "abc...", 7));
// A cut of the buffer comes on top.
static_assert(sanitized<9>("abcdefg", "abcdefg", 7) && sanitized<8>("abcdefg", "abc...", 7));

}  // namespace

TEST_CASE("texts are written, cut and made safe in constant expressions", "[text]") {
  SUCCEED("the compiler has the last word");
}

TEST_CASE("texts are written at run time as in constant expressions", "[text]") {
  CHECK(gives<7>(six, "abcdef"));
  CHECK(gives<6>(six, "ab..."));
  CHECK(gives<3>(six, "ab"));
  CHECK(gives<6>(umlauts, "a..."));
  CHECK(gives<6>(last, "ab..."));
  CHECK(gives<32>(numbers, "0 -1 1234567890"));
  CHECK(gives<64>(extremes, "9223372036854775807 -9223372036854775808"));
  CHECK(sanitized<20>("a\nb\x7f~ \t", "a?b?~ ?"));
  CHECK(sanitized<20>("\xc3\xa4\x9b\xe2\x82\xac", "\xc3\xa4?\xe2\x82\xac"));
  CHECK(sanitized<20>(std::string(8, 'x'), "xxxx...", 7));
}

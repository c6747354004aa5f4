// SPDX-License-Identifier: MIT
#ifndef SOCKERR_DETAIL_TEXT_HPP
#define SOCKERR_DETAIL_TEXT_HPP

#include <cstddef>      // size_t
#include <cstdint>      // uint16_t, uint_least32_t
#include <string_view>  // string_view

#if defined(__GNUC__)
#define SOCKERR_NOINLINE [[gnu::noinline]]
#else
#define SOCKERR_NOINLINE
#endif

namespace sockerr {
inline namespace v1_0 {
namespace detail {

// Returns: the size of the character of UTF-8 that a text begins with; 0 where it is no such character (RFC 3629), or
// one that could hide or forge lines of a log or steer a terminal: a control character, ISO 6429's upper set (U+0080 to
// U+009F) among them, a separator of lines, or one that turns the direction of writing.
constexpr std::size_t shown_size(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc0 || first > 0xf4 || size > text.size()) return 0;
  std::uint_least32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i != size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return 0;
    code = code << 6U | (next & 0x3fU);
  }
  const std::uint_least32_t least = size == 2 ? 0xa0 : size == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  const bool turns = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return code >= least && code <= 0x10ffff && !is_surrogate && !turns ? size : 0;
}

// Returns: the longest beginning of a text, of `size` bytes at most, that does not end within a character.
constexpr std::string_view whole_characters(std::string_view text, std::size_t size) noexcept {
  if (size >= text.size()) return text;
  // A character has three bytes at most behind its first one.
  std::size_t end = size;
  while (end != 0 && size - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return text.substr(0, end);
}

// A part of a longer text.
struct text_part {
  std::uint16_t offset = 0;
  std::uint16_t size = 0;

  constexpr std::string_view of(const char* texts) const noexcept { return {texts + offset, size}; }
};

// Writes a text into a buffer, which also takes its terminator. What does not fit is cut, and the text then ends in an
// ellipsis. (Out of line: inlined, GCC would keep addresses of texts in memory, which are relocated at program start.)
class text_writer {
 public:
  constexpr text_writer(char* begin, std::size_t size) noexcept : begin_{begin}, room_{size - 1} {}

  // A text of our own.
  SOCKERR_NOINLINE constexpr text_writer& operator<<(std::string_view text) noexcept {
    const std::string_view fitting = whole_characters(text, room_ - size_);
    if (fitting.size() != text.size()) is_cut_ = true;
    copy(begin_ + size_, fitting);
    size_ += fitting.size();
    return *this;
  }

  constexpr text_writer& operator<<(long long number) noexcept {
    char digits[20]{};
    char* first = std::end(digits);
    auto rest = static_cast<unsigned long long>(number);
    if (number < 0) rest = 0 - rest;
    do *--first = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (number < 0) *this << "-";
    return *this << std::string_view{first, static_cast<std::size_t>(std::end(digits) - first)};
  }

  // A text from elsewhere: each byte that is no part of a character that may be shown becomes '?', and more than
  // `longest` bytes are cut.
  // Returns: where it stands.
  SOCKERR_NOINLINE constexpr text_part sanitize(std::string_view text, std::size_t longest) noexcept {
    const std::size_t begin = size_;
    if (text.size() > longest)
      *this << whole_characters(text, longest - 3) << "...";
    else
      *this << text;
    for (std::size_t i = begin; i != size_;) {
      if (begin_[i] >= ' ' && begin_[i] <= '~') {
        ++i;
        continue;
      }
      const std::size_t size = shown_size({begin_ + i, size_ - i});
      if (size == 0) begin_[i] = '?';
      i += size == 0 ? 1 : size;
    }
    return {static_cast<std::uint16_t>(begin), static_cast<std::uint16_t>(size_ - begin)};
  }

  // Ends the text.
  // Returns: its size.
  constexpr std::uint16_t finish() noexcept {
    if (is_cut_ && room_ >= 3) {
      size_ = whole_characters({begin_, size_}, size_ < room_ - 3 ? size_ : room_ - 3).size();
      for (int i = 0; i != 3; ++i) begin_[size_++] = '.';
    }
    begin_[size_] = '\0';
    return static_cast<std::uint16_t>(size_);
  }

  constexpr std::size_t size() const noexcept { return size_; }

 private:
  static constexpr void copy(char* to, std::string_view from) noexcept {
#if defined(__GNUC__)
    if (!__builtin_is_constant_evaluated()) {
      __builtin_memcpy(to, from.data(), from.size());
      return;
    }
#endif
    for (const char c : from) *to++ = c;
  }

  char* begin_;
  std::size_t size_ = 0;
  std::size_t room_;
  bool is_cut_ = false;
};

}  // namespace detail
}  // namespace v1_0
}  // namespace sockerr

#undef SOCKERR_NOINLINE

#endif

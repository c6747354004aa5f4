// SPDX-License-Identifier: MIT
#ifndef SOCKERR_DETAIL_TEXT_HPP
#define SOCKERR_DETAIL_TEXT_HPP

#include <cstddef>      // size_t
#include <cstdint>      // uint_least32_t
#include <string_view>  // string_view

namespace sockerr::detail {

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

}  // namespace sockerr::detail

#endif

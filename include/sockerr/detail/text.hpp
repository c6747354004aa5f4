// SPDX-License-Identifier: MIT
#ifndef SOCKERR_DETAIL_TEXT_HPP
#define SOCKERR_DETAIL_TEXT_HPP

#include <array>        // array
#include <cstddef>      // size_t
#include <cstdint>      // uint16_t
#include <string_view>  // string_view

namespace sockerr::detail {

// A piece of a table's characters. Tables hold offsets into one literal, because a pointer in a constant would cost a
// relocation at program start.
struct text {
  std::uint16_t offset;
  std::uint16_t size;

  constexpr std::string_view of(const char* characters) const noexcept { return {characters + offset, size}; }
};

constexpr text piece(std::size_t offset, std::size_t size) noexcept {
  return {static_cast<std::uint16_t>(offset), static_cast<std::uint16_t>(size)};
}

// The pieces of a literal, given the size of each in turn.
template <std::size_t N>
constexpr std::array<text, N> pieces(const std::size_t (&sizes)[N]) noexcept {
  std::array<text, N> result{};
  std::size_t offset = 0;
  for (std::size_t i = 0; i != N; ++i) {
    result[i] = piece(offset, sizes[i]);
    offset += sizes[i];
  }
  return result;
}

}  // namespace sockerr::detail

#endif

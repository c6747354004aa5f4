// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_TEXTS_HPP
#define SOCKERR_TESTS_TEXTS_HPP

#include <string>
#include <string_view>

// The symbols of errors that have an errno differ by this between systems.
#if defined(_WIN32)
inline const std::string wsa = "WSA";
#else
inline const std::string wsa;
#endif

// Whether a text holds no control character.
inline bool is_one_line(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_FUZZ_FUZZ_HPP
#define SOCKERR_TESTS_FUZZ_FUZZ_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

// What every target shares. A target defines LLVMFuzzerTestOneInput, which libFuzzer calls with bytes of its invention,
// and replay.cpp, where there is no libFuzzer, with the files of the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

inline void require(bool holds, const char* what, int line) {
  if (holds) return;
  std::fprintf(stderr, "line %d: does not hold: %s\n", line, what);
  std::abort();
}

#define SOCKERR_REQUIRE(...) fuzz::require(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __LINE__)

// Cuts the input into values; where it has ended, they are zero.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size) : rest_{reinterpret_cast<const char*>(data), size} {}

  template <class T>
  T take() {
    T value{};
    const std::size_t size = std::min(sizeof value, rest_.size());
    if (size != 0) std::memcpy(&value, rest_.data(), size);
    rest_.remove_prefix(size);
    return value;
  }

  // One of so many choices.
  unsigned choose(unsigned count) { return take<std::uint8_t>() % count; }

  // Up to 255 bytes, after a byte that says how many.
  std::string_view text() {
    const std::size_t size = take<std::uint8_t>();
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace fuzz

#endif

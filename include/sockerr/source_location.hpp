// SPDX-License-Identifier: MIT
#ifndef SOCKERR_SOURCE_LOCATION_HPP
#define SOCKERR_SOURCE_LOCATION_HPP

#include <cstdint>  // uint_least32_t
#if __has_include(<version>)
#include <version>  // IWYU pragma: keep // __cpp_lib_source_location
#endif
#if defined(__cpp_lib_source_location)
#include <source_location>  // source_location
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace sockerr {
inline namespace v1_0 {

/// A place in the source. The same class in every language version, so that objects compiled as C++17 and as C++20 can
/// exchange exceptions, which std::source_location would not allow. Where std::source_location exists, it converts to
/// this.
class source_location {
 public:
  /// No place: the names are "", the line is 0.
  constexpr source_location() noexcept = default;

#if defined(__cpp_lib_source_location)
  /// The same place, without the column.
  constexpr source_location(const std::source_location& place) noexcept
      : file_{place.file_name()}, function_{place.function_name()}, line_{place.line()} {}
#endif

  /// Returns: the place of the call; as a default argument, the place where the function is called.
  [[nodiscard]] static constexpr source_location current(const char* file = __builtin_FILE(),
                                                         const char* function = __builtin_FUNCTION(),
                                                         std::uint_least32_t line = __builtin_LINE()) noexcept {
    source_location here;
    here.file_ = file;
    here.function_ = function;
    here.line_ = line;
    return here;
  }

  /// Returns: the name of the file, as the compiler was given it.
  [[nodiscard]] constexpr const char* file_name() const noexcept { return file_ != nullptr ? file_ : ""; }
  /// Returns: the name of the function.
  [[nodiscard]] constexpr const char* function_name() const noexcept { return function_ != nullptr ? function_ : ""; }
  /// Returns: the line, from 1.
  [[nodiscard]] constexpr std::uint_least32_t line() const noexcept { return line_; }

 private:
  // Not "": compilers would keep a pair of its address in memory, which is relocated at program start.
  const char* file_ = nullptr;
  const char* function_ = nullptr;
  std::uint_least32_t line_ = 0;
};

}  // namespace v1_0
}  // namespace sockerr

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

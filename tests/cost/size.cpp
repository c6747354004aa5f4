// SPDX-License-Identifier: MIT
// A program with one comparison, for size.test.cpp.
#include <ios>
#include <system_error>

#if defined(SOCKERR_COST_WITH_CONDITION)
#include <sockerr/classify.hpp>
constexpr auto refused = sockerr::condition::connection_refused;
#else
constexpr auto refused = std::errc::connection_refused;
#endif

int main(int argc, char**) {
  // Of a category that the compiler cannot know.
  const std::error_code ec{argc, argc > 1 ? std::system_category() : std::iostream_category()};
  return ec == refused ? 1 : 0;
}

// SPDX-License-Identifier: MIT
// A program with one comparison, for size.test.cpp.
#include <system_error>

#if defined(SOCKERR_COST_WITH_CONDITION)
#include <sockerr/classify.hpp>
constexpr auto refused = sockerr::condition::connection_refused;
#else
constexpr auto refused = std::errc::connection_refused;
#endif

int main(int argc, char**) {
  const std::error_code ec{argc, std::system_category()};
  return ec == refused ? 1 : 0;
}

// SPDX-License-Identifier: MIT
#include <filesystem>

#include "cost.hpp"

// What a category that nobody knows is asked takes the category of the conditions along.
TEST_CASE("a comparison adds five kibibytes at most to a program", "[size]") {
  const auto size = [](const char* program) { return static_cast<double>(std::filesystem::file_size(program)); };
  const double errc = size(SOCKERR_COST_ERRC);
  std::cout << "program with std::errc, bytes: " << errc << '\n';
  cost::at_most("with sockerr::condition, bytes more", size(SOCKERR_COST_CONDITION) - errc, 5120);
}

// SPDX-License-Identifier: MIT
// For Windows: prints, as a Markdown table, what the standard library and what this library make of the codes that
// Windows gives for sockets, in std::system_category. Exit status 1 where this library has no condition for one.

#include <sockerr/classify.hpp>

#include <iostream>
#include <system_error>

int main() {
  int unknown = 0;
  std::cout << "| code of std::system_category | std::errc | sockerr::condition |\n|---|---|---|\n";
  for (const auto& code : sockerr::codes<sockerr::windows_errc>()) {
    if (code.condition == sockerr::condition::other) continue;
    const std::error_code ec{static_cast<int>(code.code), std::system_category()};
    const std::error_condition portable = ec.default_error_condition();
    const bool is_portable = portable.category() == std::generic_category();
    std::cout << "| " << code.symbol << ' ' << ec.value() << " | "
              << (is_portable ? sockerr::symbol({portable.value(), portable.category()}) : "nothing") << " | `"
              << name(code.condition) << "` |\n";
    if (ec != code.condition) ++unknown;
  }
  return unknown == 0 ? 0 : 1;
}

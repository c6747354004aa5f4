// SPDX-License-Identifier: MIT
// Prints every error that the library knows as a Markdown table: the one in the README. The numbers of errno are left
// out, since they differ from system to system.

#include <sockerr/errc.hpp>

#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace {

// The symbols of one error: of errno, of Windows, of getaddrinfo.
struct symbols {
  std::string posix, windows, resolver;
};

using error_table = std::map<std::pair<sockerr::condition, std::string_view>, symbols>;

template <class Code>
void collect(error_table& table, std::string symbols::*column, bool with_number) {
  for (const auto& code : sockerr::codes<Code>()) {
    std::string& cell = table[{code.condition, code.message}].*column;
    if (!cell.empty()) cell += ", ";
    cell.append(code.symbol);
    if (with_number) cell += ' ' + std::to_string(static_cast<int>(code.code));
  }
}

}  // namespace

int main() {
  error_table table;
  collect<sockerr::errc>(table, &symbols::posix, false);
  collect<sockerr::windows_errc>(table, &symbols::windows, true);
  collect<sockerr::resolver_errc>(table, &symbols::resolver, false);

  std::cout << "| condition | error | errno | Windows | getaddrinfo |\n|---|---|---|---|---|\n";
  for (const auto& [error, row] : table)
    std::cout << "| `" << name(error.first) << "` | " << error.second << " | " << row.posix << " | " << row.windows
              << " | " << row.resolver << " |\n";
}

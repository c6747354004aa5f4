// SPDX-License-Identifier: MIT
// Prints every error that the library knows as a Markdown table: the one in the README. The numbers of errno are left
// out, since they differ from system to system.

#include <sockerr/errc.hpp>

#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace {

// The symbols of one error: of errno, of Windows, of getaddrinfo.
struct symbols {
  std::string posix, windows, resolver;
};

// In the order of the conditions' numbers, `other` last.
using error_table = std::map<std::tuple<bool, sockerr::condition, std::string_view>, symbols>;

template <class Code>
void collect(error_table& table, std::string symbols::*column, bool with_number) {
  for (const auto& code : sockerr::codes<Code>()) {
    const bool is_other = code.condition == sockerr::condition::other;
    std::string& cell = table[{is_other, code.condition, code.message}].*column;
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
    std::cout << "| `" << name(std::get<1>(error)) << "` | " << std::get<2>(error) << " | " << row.posix << " | "
              << row.windows << " | " << row.resolver << " |\n";
}

// SPDX-License-Identifier: MIT
// Two versions of the library in one program: this one, and the next one in a static library, in a shared library and
// in a plugin that dlopen(RTLD_LOCAL) loads. They are two libraries, which share nothing and do not disturb each other:
//   each has all rows of its own tables, and no others;
//   codes and conditions are understood by the name of their category and their number, in both directions; a node or
//   a number that only the next version has is `other` in this one;
//   an exception of the other version is no class of this one's tree: it is caught as std::system_error, and its code
//   is understood.
#include <dlfcn.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <utility>

#include "module.hpp"

extern "C" const module* program_module() noexcept;
extern "C" const module* static_module() noexcept;
extern "C" const module* shared_module() noexcept;

namespace {

int failures = 0;
int checks = 0;

void check(bool holds, const char* what, const module& a, const module& b, const std::string& about) {
  ++checks;
  if (holds) return;
  ++failures;
  std::printf("%s and %s: %s: does not hold: %s\n", std::string{a.name}.c_str(), std::string{b.name}.c_str(),
              about.c_str(), what);
}
#define SOCKERR_CHECK(...) check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, from, to, about)

constexpr int other = 1;

int number_of(const module& m, std::string_view condition) {
  for (const int number : m.conditions())
    if (m.name_of(number) == condition) return number;
  return -1;
}

std::string describe(const std::error_code& ec) {
  return std::string{ec.category().name()} + ':' + std::to_string(ec.value());
}

// A code that one has made means the same to both.
void meet(const module& from, const module& to, const std::error_code& ec) {
  const std::string about = describe(ec);
  const int node = from.classify(ec);
  SOCKERR_CHECK(to.classify(ec) == node);
  SOCKERR_CHECK(to.name_of(node) == from.name_of(node));
  SOCKERR_CHECK(to.symbol(ec) == from.symbol(ec));
  SOCKERR_CHECK(to.cause(ec) == from.cause(ec));
  SOCKERR_CHECK(to.advice(ec) == from.advice(ec));
  SOCKERR_CHECK(to.is_by_deadline(ec) == from.is_by_deadline(ec));
  SOCKERR_CHECK(to.text(ec) == from.text(ec));
  SOCKERR_CHECK(to.equals_native(ec, ec.value()) == from.equals_native(ec, ec.value()));
  for (const int c : from.conditions()) {
    if (to.name_of(c).empty()) continue;  // the next version's own
    const bool belongs = from.equals(ec, c);
    SOCKERR_CHECK(to.equals(ec, c) == belongs);
    for (const module* by : {&from, &to}) {
      SOCKERR_CHECK(by->equals_of_standard(ec, from.make_condition(c)) == belongs);
      SOCKERR_CHECK(by->equals_of_standard(ec, to.make_condition(c)) == belongs);
    }
  }
  const std::string name{from.name_of(node)};
  const std::string its_class = node == other ? "socket_error" : name;
  SOCKERR_CHECK(from.caught(from.raise, ec) == its_class);
  SOCKERR_CHECK(to.caught(from.raise, ec) == "std::system_error");
  SOCKERR_CHECK(from.caught(to.raise, ec) == "std::system_error");
  SOCKERR_CHECK(to.caught(to.raise, ec) == its_class);
}

void meet_conditions(const module& from, const module& to) {
  for (const int c : from.conditions()) {
    const std::error_condition stored = from.make_condition(c);
    const std::string about = stored.message();
    for (const int node : from.conditions()) {
      if (to.name_of(c).empty() || to.name_of(node).empty()) continue;
      SOCKERR_CHECK(to.equals_stored(stored, node) == from.equals_stored(stored, node));
    }
    if (to.name_of(c).empty()) SOCKERR_CHECK(to.equals_stored(stored, other) && !to.equals_stored(stored, c));
  }
}

// The rows that only the next version has.
bool is_new(const std::string& row) { return row.find("|handshake_failed|") != row.npos; }

// What the program knows of the next version's node, and what that knows itself.
void meet_new(const module& from, const module& to) {
  const int node = number_of(from, "handshake_failed");
  const int group = number_of(from, "connection_error");
  int count = 0;
  for (const auto& [category, number] :
       {std::pair{"sockerr.socket", 3999}, {"sockerr.resolver", 999}, {"sockerr.library", 0x5999}}) {
    const std::error_code ec = from.make_code(category, number);
    const std::string about = describe(ec);
    SOCKERR_CHECK(from.classify(ec) == node);
    SOCKERR_CHECK(from.equals(ec, group));
    SOCKERR_CHECK(from.equals_of_standard(ec, from.make_condition(group)));
    SOCKERR_CHECK(from.caught(from.raise, ec) == "handshake_failed");
    SOCKERR_CHECK(from.symbol(ec) != "");

    SOCKERR_CHECK(to.classify(ec) == other);
    SOCKERR_CHECK(to.equals(ec, other));
    SOCKERR_CHECK(!to.equals(ec, group));
    SOCKERR_CHECK(!to.equals(ec, node));
    SOCKERR_CHECK(to.equals_of_standard(ec, to.make_condition(other)));
    SOCKERR_CHECK(!to.equals_of_standard(ec, to.make_condition(group)));
    SOCKERR_CHECK(to.symbol(ec) == "");
    SOCKERR_CHECK(to.caught(to.raise, ec) == "socket_error");
    SOCKERR_CHECK(to.caught(from.raise, ec) == "std::system_error");
    // Of the number that the program makes of it, the next version knows what it is.
    const std::error_code same = to.make_code(category, number);
    SOCKERR_CHECK(from.classify(same) == node);
    SOCKERR_CHECK(to.classify(same) == other);
    ++count;
  }
  const std::string about = "all";
  SOCKERR_CHECK(count == 3);
  SOCKERR_CHECK(node > 0 && group > 0);
  SOCKERR_CHECK(to.name_of(node).empty());
}

// The codes of all rows of a module.
std::vector<std::error_code> codes_of(const module& m) {
  std::vector<std::error_code> result;
  for (const std::string& row : m.rows()) {
    const std::string category = row.substr(0, row.find('|'));
    if (category.find("sockerr.") != 0 || is_new(row)) continue;
    result.push_back(m.make_code(category, std::atoi(row.c_str() + category.size() + 1)));
  }
  return result;
}

void compare_tables(const module& program, const module& next) {
  const module& from = program;
  const module& to = next;
  std::string about = "torn rows";
  SOCKERR_CHECK(from.count_torn_rows() == 0);
  SOCKERR_CHECK(to.count_torn_rows() == 0);
  const std::vector<std::string> old_rows = from.rows();
  const std::vector<std::string> new_rows = to.rows();
  const std::set<std::string> of_next{new_rows.begin(), new_rows.end()};
  for (const std::string& row : old_rows) {
    about = row;
    SOCKERR_CHECK(of_next.count(row) == 1);
    SOCKERR_CHECK(!is_new(row));
  }
  about = "rows";
  SOCKERR_CHECK(old_rows.size() > 200);
  // The node, and a code of each kind.
  SOCKERR_CHECK(std::count_if(new_rows.begin(), new_rows.end(), is_new) == 5);
  SOCKERR_CHECK(new_rows.size() == old_rows.size() + 5);
  SOCKERR_CHECK(to.major == from.major && to.minor == from.minor + 1);
}

const module* load(const char* file) {
  void* const library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  void* const symbol = library != nullptr ? ::dlsym(library, "plugin_module") : nullptr;
  if (symbol == nullptr) {
    std::printf("%s\n", ::dlerror());
    std::exit(1);
  }
  module_function get = nullptr;
  std::memcpy(&get, &symbol, sizeof get);
  return get();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const module& program = *program_module();
  for (const module* next : {static_module(), shared_module(), load(arguments[1])}) {
    compare_tables(program, *next);
    for (const std::error_code& ec : codes_of(program)) meet(program, *next, ec);
    for (const std::error_code& ec : codes_of(*next)) meet(*next, program, ec);
    for (const std::error_category* c : {&std::system_category(), &std::generic_category()})
      for (const int number : {ECONNREFUSED, ETIMEDOUT, EAGAIN, EPIPE, ENOENT, ECHILD})
        meet(program, *next, {number, *c});
    meet_conditions(program, *next);
    meet_conditions(*next, program);
    meet_new(*next, program);
  }
  std::printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 && checks > 10000 ? 0 : 1;
}

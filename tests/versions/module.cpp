// SPDX-License-Identifier: MIT
// Compiled with the headers of this version, and of the next; SOCKERR_TESTS_MODULE is the name.
#include "module.hpp"

#include <sockerr/sockerr.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define SOCKERR_TESTS_JOIN_(a, b) a##b
#define SOCKERR_TESTS_JOIN(a, b) SOCKERR_TESTS_JOIN_(a, b)
#define SOCKERR_TESTS_TEXT_(a) #a
#define SOCKERR_TESTS_TEXT(a) SOCKERR_TESTS_TEXT_(a)

// Modules of one version have all in common, as programs have; what is the module's own stands in here.
namespace {

using sockerr::condition;

std::error_code make_code(std::string_view category, int number) {
  for (const std::error_category* c :
       {&sockerr::socket_category(), &sockerr::resolver_category(), &sockerr::library_category()})
    if (c->name() == category) return {number, *c};
  std::printf("no category %s\n", std::string{category}.c_str());
  std::abort();
}

// ------------------------------------------------------------------------------------- the table, from its own rows

struct node_row {
  std::string_view name;
  int number;
  std::string_view parent;
  std::string_view message;
};
constexpr node_row nodes[] = {
#define SOCKERR_CONDITION(name, number, parent, message) {#name, number, #parent, message},
#include <sockerr/codes.def>
};

struct error_row {
  std::string_view name;
  std::string_view owner;
  std::string_view message;
};
constexpr error_row errors[] = {
#define SOCKERR_ERROR(name, condition, message) {#name, #condition, message},
#include <sockerr/codes.def>
};
const error_row& error_of(std::string_view name) {
  for (const error_row& e : errors)
    if (e.name == name) return e;
  std::printf("no error %s\n", std::string{name}.c_str());
  std::abort();
}

struct code_row {
  std::string_view error;
  std::string_view symbol;
  int number;
};
constexpr code_row native_rows[] = {
#define SOCKERR_ERRNO(name, symbol) {#name, #symbol, symbol},
#include <sockerr/codes.def>
};
constexpr code_row windows_rows[] = {
#define SOCKERR_WINDOWS(name, symbol, number) {#name, #symbol, number},
#define SOCKERR_WINDOWS_ALSO(name, symbol, number) {#name, #symbol, number},
#define SOCKERR_WINDOWS_FAR(name, symbol, number) {#name, #symbol, number},
#include <sockerr/codes.def>
};
constexpr code_row resolver_rows[] = {
#define SOCKERR_RESOLVER(name, symbol, number) {#name, #symbol, number},
#include <sockerr/codes.def>
};
using sockerr::errc;
constexpr code_row library_rows[] = {
#define SOCKERR_LIBRARY(name, symbol, number) {#name, #symbol, static_cast<int>(number)},
#include <sockerr/codes.def>
};

struct foreign_row {
  std::string_view space;
  std::string_view error;
  std::string_view symbol;
  int number;
};
constexpr foreign_row foreign_rows[] = {
#define SOCKERR_FOREIGN(space, name, symbol, number) {#space, #name, #symbol, number},
#include <sockerr/codes.def>
};

struct cause_row {
  std::string_view error;
  sockerr::operation during;
  sockerr::circumstance found;
  sockerr::retry_advice advice;
  std::string_view cause;
};
constexpr cause_row causes[] = {
#define SOCKERR_CAUSE(name, during, found, advice, cause) \
  {#name, sockerr::operation::during, sockerr::circumstance::found, sockerr::retry_advice::advice, cause},
#include <sockerr/codes.def>
};

int torn = 0;
void expect(bool holds, const char* what, std::string_view row) {
  if (holds) return;
  ++torn;
  std::printf("%s, row %s: %s\n", SOCKERR_TESTS_TEXT(SOCKERR_TESTS_MODULE), std::string{row}.c_str(), what);
}
#define SOCKERR_EXPECT(row, ...) expect(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, row)

void check_nodes() {
  for (const node_row& n : nodes) {
    const auto c = static_cast<condition>(n.number);
    SOCKERR_EXPECT(n.name, sockerr::name(c) == n.name);
    SOCKERR_EXPECT(n.name, sockerr::message(c) == n.message);
    SOCKERR_EXPECT(n.name, sockerr::name(sockerr::parent(c)) == n.parent);
    SOCKERR_EXPECT(n.name, sockerr::condition_from_name(n.name) == c);
    SOCKERR_EXPECT(n.name, sockerr::make_error_condition(c).message() == n.message);
    for (const node_row& other : nodes)
      SOCKERR_EXPECT(n.name, sockerr::matches(c, static_cast<condition>(other.number)) ==
                                 (other.name == n.name || other.name == n.parent));
  }
}

// Of two rows with one number the first names it.
template <std::size_t Size>
const code_row& first_of(const code_row (&rows)[Size], int number) {
  const code_row* r = rows;
  while (r->number != number) ++r;
  return *r;
}

template <class Code, std::size_t Size>
void check_codes(const code_row (&rows)[Size]) {
  for (const code_row& r : rows) {
    const auto code = static_cast<Code>(r.number);
    const code_row& first = first_of(rows, r.number);
    const error_row& e = error_of(first.error);
    SOCKERR_EXPECT(r.symbol, sockerr::from_symbol<Code>(r.symbol) == code);
    SOCKERR_EXPECT(r.symbol, sockerr::symbol(code) == first.symbol);
    SOCKERR_EXPECT(r.symbol, sockerr::name(sockerr::classify(code)) == e.owner);
    SOCKERR_EXPECT(r.symbol, sockerr::message(code) == e.message);
    for (const cause_row& c : causes) {
      if (c.error != e.name) continue;
      SOCKERR_EXPECT(r.symbol, sockerr::cause(code, c.during, c.found) == c.cause);
      const bool may_have_moved =
          c.during == sockerr::operation::send_all || c.during == sockerr::operation::recv_exactly;
      if (!may_have_moved) SOCKERR_EXPECT(r.symbol, sockerr::advise(code, c.during, c.found) == c.advice);
    }
  }
  SOCKERR_EXPECT("all", sockerr::codes<Code>().size() == Size);
}

template <std::size_t Size>
void check_category(const std::error_category& category, const code_row (&rows)[Size]) {
  for (const code_row& r : rows) {
    const std::error_code ec{r.number, category};
    const code_row& first = first_of(rows, r.number);
    const error_row& e = error_of(first.error);
    SOCKERR_EXPECT(r.symbol, sockerr::name(sockerr::classify(ec)) == e.owner);
    SOCKERR_EXPECT(r.symbol, sockerr::symbol(ec) == first.symbol);
    SOCKERR_EXPECT(r.symbol, ec.message() == e.message);
    SOCKERR_EXPECT(r.symbol, sockerr::error{ec}.message() == e.message);
  }
}

class named_category final : public std::error_category {
 public:
  explicit named_category(const char* name) : name_{name} {}
  const char* name() const noexcept override { return name_; }
  std::string message(int) const override { return name_; }

 private:
  const char* name_;
};

void check_foreign() {
  const named_category misc{"asio.misc"}, netdb{"asio.netdb"}, beast{"boost.beast"}, http{"beast.http"},
      websocket{"boost.beast.websocket"};
  for (const foreign_row& r : foreign_rows) {
    // The others' numbers are packed, or differ from system to system.
    const named_category* const category = r.space == "misc"        ? &misc
                                           : r.space == "netdb"     ? &netdb
                                           : r.space == "beast"     ? &beast
                                           : r.space == "http"      ? &http
                                           : r.space == "websocket" ? &websocket
                                                                    : nullptr;
    if (category == nullptr) continue;
    const std::error_code ec{r.number, *category};
    SOCKERR_EXPECT(r.symbol, sockerr::name(sockerr::classify(ec)) == error_of(r.error).owner);
    SOCKERR_EXPECT(r.symbol, sockerr::symbol(ec) == r.symbol);
    SOCKERR_EXPECT(r.symbol, sockerr::error{ec}.message() == error_of(r.error).message);
  }
}

int count_torn_rows() {
  torn = 0;
  check_nodes();
  check_codes<sockerr::errc>(native_rows);
  check_codes<sockerr::windows_errc>(windows_rows);
  check_codes<sockerr::resolver_errc>(resolver_rows);
  check_codes<sockerr::library_errc>(library_rows);
  check_category(sockerr::socket_category(), native_rows);
  check_category(sockerr::resolver_category(), resolver_rows);
  check_category(sockerr::library_category(), library_rows);
  check_foreign();
  return torn;
}

// ------------------------------------------------------------------------------------------ the table, as it answers

template <class Code>
void append(std::vector<std::string>& lines, const char* category) {
  for (const auto info : sockerr::codes<Code>()) {
    std::string line = std::string{category} + '|' + std::to_string(static_cast<int>(info.code));
    for (const std::string_view part : {info.symbol, sockerr::name(info.condition), info.message, info.cause})
      (line += '|') += part;
    lines.push_back(line);
  }
}

std::vector<std::string> rows() {
  std::vector<std::string> lines;
  for (int i = 0; i != 64; ++i) {
    const auto c = static_cast<condition>(i);
    if (sockerr::name(c).empty()) continue;
    std::string line = "condition|" + std::to_string(i);
    for (const std::string_view part : {sockerr::name(c), sockerr::name(sockerr::parent(c)), sockerr::message(c)})
      (line += '|') += part;
    lines.push_back(line);
  }
  append<sockerr::errc>(lines, "sockerr.socket");
  append<sockerr::resolver_errc>(lines, "sockerr.resolver");
  append<sockerr::library_errc>(lines, "sockerr.library");
  append<sockerr::windows_errc>(lines, "windows");
  return lines;
}

std::string caught(void (*raise)(const std::error_code& ec), const std::error_code& ec) {
  try {
    raise(ec);
  } catch (const sockerr::socket_error& e) {
    if (e.code() != ec || e.error().text() != e.what() || e.peer() != "127.0.0.1:80") return "what is not whole";
#define SOCKERR_CONDITION(name, number, parent, message) \
  if (e.condition() == condition::name)                  \
    return dynamic_cast<const sockerr::name*>(&e) != nullptr ? #name : "another class";
#include <sockerr/codes.def>
    return "socket_error";
  } catch (const std::system_error& e) {
    if (e.code() != ec) return "another code";
    return std::strstr(e.what(), "recv 127.0.0.1:80: ") == e.what() ? "std::system_error" : "another text";
  } catch (...) {
    return "what is no error";
  }
  return "nothing";
}

const module this_module = {
    SOCKERR_TESTS_TEXT(SOCKERR_TESTS_MODULE),
    sockerr::version_major,
    sockerr::version_minor,
    make_code,
    [](int number) { return make_error_condition(static_cast<condition>(number)); },
    [] {
      std::vector<int> numbers;
      for (const node_row& n : nodes) numbers.push_back(n.number);
      return numbers;
    },
    [](int number) { return sockerr::name(static_cast<condition>(number)); },
    [](const std::error_code& ec) { return static_cast<int>(sockerr::classify(ec)); },
    [](const std::error_code& ec, int number) { return ec == static_cast<condition>(number); },
    [](const std::error_code& ec, const std::error_condition& c) { return ec == c; },
    [](const std::error_condition& c, int number) { return c == static_cast<condition>(number); },
    [](const std::error_code& ec, int number) { return ec == sockerr::errc{number}; },
    [](const std::error_code& ec) { return sockerr::symbol(ec); },
    [](const std::error_code& ec) { return sockerr::cause(ec, sockerr::operation::recv); },
    [](const std::error_code& ec) { return sockerr::name(sockerr::advise(ec, sockerr::operation::recv)); },
    [](const std::error_code& ec) { return sockerr::error{ec}.by_deadline(); },
    [](const std::error_code& ec) {
      return std::string{sockerr::error{ec, sockerr::operation::recv}.text()};
    },
    [](const std::error_code& ec) {
      sockerr::throw_error(sockerr::error{ec, sockerr::operation::recv}.peer("127.0.0.1:80"));
    },
    caught,
    rows,
    count_torn_rows,
};

}  // namespace

extern "C" SOCKERR_TESTS_EXPORT const module* SOCKERR_TESTS_JOIN(SOCKERR_TESTS_MODULE, _module)() noexcept;
extern "C" SOCKERR_TESTS_EXPORT const module* SOCKERR_TESTS_JOIN(SOCKERR_TESTS_MODULE, _module)() noexcept {
  return &this_module;
}

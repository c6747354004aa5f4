// SPDX-License-Identifier: MIT
// Errors that are made in one module of a program, the executable or a shared library, and met in another. Each module
// has the library compiled into it, with -fvisibility=hidden. With arguments, the plugins named are loaded by
// dlopen(RTLD_LOCAL); without, the host is linked with them.
//
// What holds in all directions, however the modules came together:
//   code == condition, with groups too, by our == and by that of std::error_condition; classify, symbol, cause, advise;
//   catch by type, by base, by socket_error and by std::system_error, with everything in the exception;
//   an error as a value, read and thrown by another module than the one that made it.
//
// What the language cannot give: code == code and condition == condition across modules. The standard compares the
// addresses of categories, and a header-only library has an object in each module where the dynamic linker does not
// make them one: on Windows, and with dlopen(RTLD_LOCAL) where the host does not export its symbols (-rdynamic). GCC
// marks such objects as unique in the process (STB_GNU_UNIQUE), which makes one of all that are loaded by dlopen, but
// not of those and the host's; clang does not. So compare a code with a condition, never a code with a code; neither
// compiler nor linker warns. Where the dynamic linker sees all symbols (linked, or with -rdynamic) there is one object,
// since the category objects have default visibility, and then the two hold as well.
//
// libc++ compares the addresses of classes, too: there an exception is caught by type in another module only where the
// dynamic linker sees all symbols, and elsewhere by the standard library's own classes alone.
//
// A code must not outlive its module: it holds the address of a category that dlclose may unmap.
#include "module.hpp"

#if !defined(SOCKERR_TESTS_LINKED)
#include <dlfcn.h>
#endif

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

extern "C" const module* host_module() noexcept;
#if defined(SOCKERR_TESTS_LINKED)
extern "C" const module* first_module() noexcept;
extern "C" const module* second_module() noexcept;
#endif

namespace {

using sockerr::condition;
using sockerr::operation;

#if defined(_LIBCPP_VERSION) && !defined(SOCKERR_TESTS_ONE_OBJECT)
constexpr bool classes_are_shared = false;
#else
constexpr bool classes_are_shared = true;
#endif

int failures = 0;
int checks = 0;

void check(bool holds, const char* what, const module& from, const module& to, int value) {
  ++checks;
  if (holds) return;
  ++failures;
  std::printf("%s: made by %s, met by %s, value %d\n", what, from.name, to.name, value);
}

#define SOCKERR_CHECK(...) check(__VA_ARGS__, #__VA_ARGS__, from, to, ec.value())

struct sample {
  std::error_code ec;
  condition leaf;
  condition group;  // the leaf itself where there is none
  const char* symbol;
};

constexpr condition all_conditions[] = {
    condition::none,
    condition::other,
#define SOCKERR_CONDITION(name, number, parent, message) condition::name,
#include <sockerr/codes.def>
};

std::vector<sample> samples(const module& from) {
  return {
      {from.make_code(ECONNREFUSED), condition::connection_refused, condition::connection_error, "ECONNREFUSED"},
      {from.make_code(ETIMEDOUT), condition::timed_out, condition::timed_out, "ETIMEDOUT"},
      {from.make_code(ENETUNREACH), condition::network_unreachable, condition::unreachable, "ENETUNREACH"},
      {from.make_code(EBADF), condition::bad_file_descriptor, condition::usage_error, "EBADF"},
      {from.make_resolver_code(static_cast<int>(sockerr::resolver_errc::host_not_found)), condition::host_not_found,
       condition::resolution_error, "EAI_NONAME"},
      {from.make_library_code(static_cast<int>(sockerr::library_errc::deadline_exceeded)), condition::timed_out,
       condition::timed_out, "ETIMEDOUT"},
      {from.make_library_code(static_cast<int>(sockerr::library_errc::end_of_stream)), condition::end_of_stream,
       condition::connection_error, "EOF"},
  };
}

// The code of the same number and category that another module makes.
std::error_code twin_of(const std::error_code& ec, const module& by) {
  const std::string_view category = ec.category().name();
  if (category == "sockerr.socket") return by.make_code(ec.value());
  return category == "sockerr.library" ? by.make_library_code(ec.value()) : by.make_resolver_code(ec.value());
}

void meet(const module& from, const module& to) {
  for (const sample& s : samples(from)) {
    const std::error_code& ec = s.ec;
    SOCKERR_CHECK(to.classify(ec) == s.leaf);
    SOCKERR_CHECK(to.symbol(ec) == s.symbol);
    SOCKERR_CHECK(to.cause(ec, operation::connect) == from.cause(ec, operation::connect));
    SOCKERR_CHECK(!to.cause(ec, operation::connect).empty());
    SOCKERR_CHECK(to.advise(ec, operation::connect) == from.advise(ec, operation::connect));
    for (const condition c : all_conditions) {
      const bool belongs = sockerr::matches(s.leaf, c);
      SOCKERR_CHECK(to.equals(ec, c) == belongs);
      // Whoever compares, with a condition from wherever.
      for (const module* by : {&from, &to}) {
        SOCKERR_CHECK(by->equals_of_standard(ec, to.make_condition(c)) == belongs);
        SOCKERR_CHECK(by->equals_of_standard(ec, from.make_condition(c)) == belongs);
      }
    }
    const auto same = [](const char* a, std::string_view b) { return a == b; };
    if (classes_are_shared || &from == &to) {
      SOCKERR_CHECK(same(to.caught_by_type(from.raise, ec), sockerr::name(s.leaf)));
      if (s.group != s.leaf) SOCKERR_CHECK(same(to.caught_by_base(from.raise, ec), sockerr::name(s.group)));
      SOCKERR_CHECK(same(to.caught_by_root(from.raise, ec), "socket_error"));
    }
    SOCKERR_CHECK(same(to.caught_by_standard(from.raise, ec), "system_error"));
    // A code of one, thrown by the other, caught by the first.
    if (classes_are_shared || &from == &to)
      SOCKERR_CHECK(same(from.caught_by_type(to.raise, ec), sockerr::name(s.leaf)));

    const sockerr::error value = from.make_error(ec);
    SOCKERR_CHECK(value == s.leaf);
    SOCKERR_CHECK(value == s.group);
    SOCKERR_CHECK(value.text() == to.make_error(ec).text());
    SOCKERR_CHECK(value.by_deadline() ==
                  (ec.category().name() == std::string_view{"sockerr.library"} && s.leaf == condition::timed_out));
    SOCKERR_CHECK(same(to.caught_again(value), "socket_error"));

    // The categories are known as what they are, whether or not there is one object.
    const std::error_code twin = twin_of(ec, to);
    SOCKERR_CHECK((ec == twin) == (&ec.category() == &twin.category()));
    const std::error_condition here = from.make_condition(s.leaf);
    const std::error_condition there = to.make_condition(s.leaf);
    SOCKERR_CHECK((here == there) == (&here.category() == &there.category()));
    SOCKERR_CHECK(std::strcmp(ec.category().name(), twin.category().name()) == 0);
    SOCKERR_CHECK(ec.message() == twin.message());
    SOCKERR_CHECK(here.message() == there.message());
  }
}

bool share_one_object(const module& a, const module& b) {
  return a.make_code(1) == b.make_code(1) && a.make_resolver_code(1) == b.make_resolver_code(1) &&
         a.make_library_code(1) == b.make_library_code(1) &&
         a.make_condition(condition::timed_out) == b.make_condition(condition::timed_out);
}

#if !defined(SOCKERR_TESTS_LINKED)
const module* load(const char* file, const char* function) {
  void* const library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
  void* const symbol = library != nullptr ? ::dlsym(library, function) : nullptr;
  if (symbol == nullptr) {
    std::printf("%s\n", ::dlerror());
    std::exit(1);
  }
  module_function get = nullptr;
  std::memcpy(&get, &symbol, sizeof get);
  return get();
}
#endif

}  // namespace

int main([[maybe_unused]] int count, [[maybe_unused]] char** arguments) {
#if defined(SOCKERR_TESTS_LINKED)
  const std::vector<const module*> modules{host_module(), first_module(), second_module()};
#else
  if (count != 3) return 2;
  const std::vector<const module*> modules{host_module(), load(arguments[1], "first_module"),
                                           load(arguments[2], "second_module")};
#endif
  bool one_object = true;
  for (const module* from : modules) {
    for (const module* to : modules) {
      if (from->raise == to->raise && from != to) return 3;  // not three modules
      meet(*from, *to);
      const bool shared = share_one_object(*from, *to);
      one_object = one_object && shared;
      std::printf("%s, %s: %s\n", from->name, to->name, shared ? "one object" : "an object each");
    }
  }
#if defined(SOCKERR_TESTS_ONE_OBJECT)
  // Here the dynamic linker sees all symbols, and default visibility must have made them one.
  if (!one_object) {
    ++failures;
    std::printf("the modules have categories of their own\n");
  }
#endif
  std::printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? 0 : 1;
}

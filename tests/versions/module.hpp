// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_VERSIONS_MODULE_HPP
#define SOCKERR_TESTS_VERSIONS_MODULE_HPP

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

// What the program (of this version of the library) and the others (of the next one) can do with the headers that were
// compiled into them. No name of the library stands in here: its types are other ones in each version. Conditions and
// codes go by their numbers.
struct module {
  std::string_view name;
  int major;
  int minor;

  // The code of a number in a category of the library, by the category's name, as this module makes it.
  std::error_code (*make_code)(std::string_view category, int number);
  std::error_condition (*make_condition)(int number);
  std::vector<int> (*conditions)();
  std::string_view (*name_of)(int condition);

  int (*classify)(const std::error_code& ec);
  bool (*equals)(const std::error_code& ec, int condition);                              // ec == condition
  bool (*equals_of_standard)(const std::error_code& ec, const std::error_condition& c);  // the standard's ==
  bool (*equals_stored)(const std::error_condition& c, int condition);                   // c == condition
  bool (*equals_native)(const std::error_code& ec, int number);                          // ec == errc{number}
  std::string_view (*symbol)(const std::error_code& ec);
  std::string_view (*cause)(const std::error_code& ec);   // of recv
  std::string_view (*advice)(const std::error_code& ec);  // of recv, its name
  bool (*is_by_deadline)(const std::error_code& ec);      // by an error made of it
  std::string (*text)(const std::error_code& ec);         // of an error of recv

  void (*raise)(const std::error_code& ec);
  // Calls raise(ec) and tells what caught it: the class of this module's tree, by the name of its node and with
  // "socket_error" for the root, or "std::system_error", or else.
  std::string (*caught)(void (*raise)(const std::error_code& ec), const std::error_code& ec);

  // What the tables say, a line for each row, as the look-ups answer.
  std::vector<std::string> (*rows)();
  // How many of the rows that this module's own table has are not what the look-ups answer; it prints them.
  int (*count_torn_rows)();
};

#if defined(__GNUC__)
#define SOCKERR_TESTS_EXPORT __attribute__((visibility("default")))
#else
#define SOCKERR_TESTS_EXPORT
#endif

// Each module has one of these under a name of its own: program_module, static_module, shared_module, plugin_module.
using module_function = const module* (*)() noexcept;

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_SHARED_LIBRARY_MODULE_HPP
#define SOCKERR_TESTS_SHARED_LIBRARY_MODULE_HPP

#include <sockerr/exception.hpp>

#include <string_view>
#include <system_error>

// What the host and each plugin can do with the copy of the library that was compiled into them. Everything goes
// through pointers to functions, so that it is sure whose code runs.
struct module {
  const char* name;

  std::error_code (*make_code)(int value);
  std::error_code (*make_resolver_code)(int value);
  std::error_code (*make_library_code)(int value);
  std::error_condition (*make_condition)(sockerr::condition c);

  bool (*equals)(const std::error_code& ec, sockerr::condition c);                       // ec == condition::c
  bool (*equals_of_standard)(const std::error_code& ec, const std::error_condition& c);  // the standard's ==
  sockerr::condition (*classify)(const std::error_code& ec);
  std::string_view (*symbol)(const std::error_code& ec);
  std::string_view (*cause)(const std::error_code& ec, sockerr::operation during);
  sockerr::retry_advice (*advise)(const std::error_code& ec, sockerr::operation during);

  sockerr::error (*make_error)(const std::error_code& ec);  // of connect, with a peer and a near end
  void (*raise)(const std::error_code& ec);                 // throws that
  const char* (*caught_again)(const sockerr::error& e);     // what of throw_error(e) this module's own handlers caught
  // Calls raise(ec) and tells what of it this module's handlers caught: nothing, or the name of the handler.
  const char* (*caught_by_type)(void (*raise)(const std::error_code& ec), const std::error_code& ec);
  const char* (*caught_by_base)(void (*raise)(const std::error_code& ec), const std::error_code& ec);
  const char* (*caught_by_root)(void (*raise)(const std::error_code& ec), const std::error_code& ec);
  const char* (*caught_by_standard)(void (*raise)(const std::error_code& ec), const std::error_code& ec);
};

#if defined(_WIN32)
#define SOCKERR_TESTS_EXPORT __declspec(dllexport)
#else
#define SOCKERR_TESTS_EXPORT __attribute__((visibility("default")))
#endif

// Each module has one of these under a name of its own: host_module, first_module, second_module.
using module_function = const module* (*)() noexcept;

#endif

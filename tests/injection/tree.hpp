// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_INJECTION_TREE_HPP
#define SOCKERR_TESTS_INJECTION_TREE_HPP

#include <sockerr/exception.hpp>

#include <typeinfo>

// The exception class of a condition.
inline const std::type_info& type_of(sockerr::condition c) {
  struct node {
    sockerr::condition value;
    const std::type_info* type;
  };
  static const node nodes[] = {
#define SOCKERR_CONDITION(name, number, parent, message) {sockerr::condition::name, &typeid(sockerr::name)},
#include <sockerr/codes.def>
  };
  for (const node& n : nodes)
    if (n.value == c) return *n.type;
  return typeid(sockerr::socket_error);
}

#endif

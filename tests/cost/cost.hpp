// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_COST_HPP
#define SOCKERR_TESTS_COST_HPP

#include <iostream>
#include <string>
#include <vector>

#include "../catch.hpp"

// What a piece of code costs, counted: the same number each time, on a busy machine too.
namespace cost {

// Whether valgrind's callgrind runs this program.
bool counts_instructions();

// How many instructions the program executes itself, in user space, while it calls `f` once: the mean of many calls.
double instructions(void (*f)());

// Whether strace runs this program, and writes where the variable SOCKERR_STRACE says.
bool sees_system_calls();

// The names of the system calls that calling `f` once makes, in turn.
std::vector<std::string> system_calls(void (*f)());

// How often malloc() has been called. Exceptions are allocated by it too.
long allocations();

// Prints what was measured beside its bound.
inline void at_most(const std::string& what, double measured, double bound) {
  std::cout << what << ": " << measured << ", at most " << bound << '\n';
  CAPTURE(what);
  CHECK(measured <= bound);
}

}  // namespace cost

#endif

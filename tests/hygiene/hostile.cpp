// SPDX-License-Identifier: MIT
// Every header where others have defined macros first: those of macros.txt. Macros that our own system headers define
// are known to work, and stay.
#include <foreign.hpp>
//
#include <hostile.hpp>
//
#include <everything.hpp>

// To a user's call the same macros happen: in parentheses it is safe.
sockerr::time_limit use_timeout(sockerr::socket& s);
sockerr::time_limit use_timeout(sockerr::socket& s) {
  (s.timeout)(sockerr::time_limit::never());
  return (s.timeout)();
}

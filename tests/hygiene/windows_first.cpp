// SPDX-License-Identifier: MIT
// <windows.h> first, with all its macros: they are the user's, and stay. (That min and max do not is the doing of GCC's
// library.)
#undef WIN32_LEAN_AND_MEAN
#include <windows.h>
//
#include <everything.hpp>

#if !defined(interface) || !defined(ERROR)
#error "a macro of <windows.h> is gone"
#endif

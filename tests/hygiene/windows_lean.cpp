// SPDX-License-Identifier: MIT
// A program that asks for few macros keeps what it asked for.
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#define NOMINMAX
#include <windows.h>
//
#include <everything.hpp>

#if !defined(WIN32_LEAN_AND_MEAN) || !defined(NOMINMAX) || defined(min) || defined(max)
#error "a macro of the user's is gone, or one of <windows.h> is there"
#endif

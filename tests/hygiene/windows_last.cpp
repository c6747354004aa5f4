// SPDX-License-Identifier: MIT
// <windows.h> after us, with all it has: nothing that it includes is missing for our sake.
#undef WIN32_LEAN_AND_MEAN
#include <everything.hpp>
//
#include <windows.h>
//
#include <mmsystem.h>

#include <chrono>

#if defined(WIN32_LEAN_AND_MEAN)
#error "WIN32_LEAN_AND_MEAN is left behind"
#endif

sockerr::time_limit use_windows();
sockerr::time_limit use_windows() { return std::chrono::milliseconds{::GetTickCount()}; }

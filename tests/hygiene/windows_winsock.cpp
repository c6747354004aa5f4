// SPDX-License-Identifier: MIT
// <winsock.h> first, as <windows.h> includes it: MinGW-w64 can cope with both.
#include <winsock.h>
//
#include <everything.hpp>

sockerr::native_handle use_winsock(const sockerr::socket& s);
sockerr::native_handle use_winsock(const sockerr::socket& s) { return s.native_handle(); }

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_NATIVE_HPP
#define SOCKERR_NATIVE_HPP

#include "detail/evidence.hpp"  // IWYU pragma: export

// The door to the operating system: two sibling files with one interface.
#if defined(_WIN32)
#include "native/winsock.hpp"  // IWYU pragma: export
#else
#include "native/posix.hpp"  // IWYU pragma: export
#endif

#endif

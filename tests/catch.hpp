// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_CATCH_HPP
#define SOCKERR_TESTS_CATCH_HPP

// Catch2 2.13 and 3: distributions have either.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

// Leaves a test that this machine cannot run. CTest shows it as skipped, with the reason.
#define SOCKERR_SKIP(reason)       \
  do {                             \
    WARN("SKIPPED: " << (reason)); \
    SUCCEED();                     \
    return;                        \
  } while (false)

#endif

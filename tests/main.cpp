// SPDX-License-Identifier: MIT
// Catch2 2 makes main() from its header; Catch2 3 has one in a library.
#define CATCH_CONFIG_MAIN
#include "catch.hpp"

// SPDX-License-Identifier: MIT
// For start_up.cmake: an object of this is to hold nothing at all.
#include <sockerr/sockerr.hpp>

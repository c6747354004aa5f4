// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_ALLOCATIONS_HPP
#define SOCKERR_TESTS_ALLOCATIONS_HPP

// How often this program has called operator new; always 0 where a sanitizer brings allocation functions of its own,
// whose checks the other tests are to keep.
long allocations() noexcept;

#endif

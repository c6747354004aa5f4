// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <thread>

#include "use.hpp"

namespace {

// Runs after all other handlers and destructors, since it is registered before them.
void verdict() {
  lifetime::use(lifetime::moment::late_exit_handler);
  bool complete = true;
  for (int i = 0; i != static_cast<int>(lifetime::moment::count); ++i) {
    const bool is_mine = i == static_cast<int>(lifetime::moment::late_exit_handler);
    const int expected = lifetime::units + static_cast<int>(is_mine);
    if (lifetime::uses[i] == expected) continue;
    complete = false;
    std::fprintf(stderr, "used %d times instead of %d at moment %d\n", lifetime::uses[i].load(), expected, i);
  }
  if (!complete || lifetime::failures != 0) ::_exit(1);
}

// Before every static initialiser of the program; where there are no priorities (Apple) this file is linked first.
#if defined(__APPLE__)
__attribute__((constructor)) void first_of_all() {
#else
__attribute__((constructor(101))) void first_of_all() {
#endif
  if (std::atexit(verdict) != 0) ::_exit(1);
}

}  // namespace

int main() {
  lifetime::start_first(true);
  lifetime::start_second(true);
  std::thread{[] {
    lifetime::start_first(false);
    lifetime::start_second(false);
  }}.join();
  return 0;
}

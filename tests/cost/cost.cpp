// SPDX-License-Identifier: MIT
#include "cost.hpp"

#include <fcntl.h>
#include <unistd.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cost {

// -------------------------------------------------------------------------------------------------- instructions

#if defined(CALLGRIND_ZERO_STATS)
namespace {

int dumps = 0;

// Callgrind tells what it has counted in a file only: callgrind.out.PID.NUMBER in the working directory.
double counted_since_zero() {
  CALLGRIND_DUMP_STATS;
  const std::string name = "callgrind.out." + std::to_string(::getpid()) + '.' + std::to_string(++dumps);
  std::ifstream file{name};
  double result = -1;
  for (std::string line; std::getline(file, line);)
    if (line.rfind("totals: ", 0) == 0) result = std::stod(line.substr(8));
  std::remove(name.c_str());
  if (result < 0) throw std::runtime_error{"no totals in " + name};
  return result;
}

double counted(void (*f)(), int times) {
  CALLGRIND_ZERO_STATS;
  for (int i = 0; i != times; ++i) f();
  return counted_since_zero();
}

}  // namespace

bool counts_instructions() { return RUNNING_ON_VALGRIND != 0; }

double instructions(void (*f)()) {
  constexpr int times = 100;
  f();  // what is done once only: sockets made, symbols bound
  // Of twice as many calls the further ones are counted, so that what it takes to count does not count.
  const double once = counted(f, times);
  return (counted(f, 2 * times) - once) / times;
}
#else
bool counts_instructions() { return false; }
double instructions(void (*)()) { return 0; }
#endif

// -------------------------------------------------------------------------------------------------- system calls

bool sees_system_calls() { return std::getenv("SOCKERR_STRACE") != nullptr; }

std::vector<std::string> system_calls(void (*f)()) {
  // A call that fails marks a place in what strace writes, which it does before the program goes on.
  constexpr int mark = -4711;
  f();
  ::close(mark);
  f();
  ::close(mark);

  // No more than there is by now: strace goes on writing, of our reading too.
  const char* const name = std::getenv("SOCKERR_STRACE");
  std::string log(std::filesystem::file_size(name), ' ');
  std::ifstream{name}.read(log.data(), static_cast<std::streamsize>(log.size()));
  std::istringstream file{log};
  std::vector<std::string> result, latest;
  for (std::string line; std::getline(file, line);) {
    if (line.find('(') == std::string::npos) continue;
    if (line.rfind("close(" + std::to_string(mark), 0) == 0) {
      result.swap(latest);
      latest.clear();
    } else {
      latest.push_back(line.substr(0, line.find('(')));
    }
  }
  return result;
}

// --------------------------------------------------------------------------------------------------- allocations

namespace {
std::atomic<long> allocated;
}
long allocations() { return allocated; }

}  // namespace cost

// The C library's own functions go by these names too, for programs that put theirs in front.
extern "C" {
void* __libc_malloc(std::size_t size);
void* malloc(std::size_t size) noexcept {
  ++cost::allocated;
  return __libc_malloc(size);
}
}

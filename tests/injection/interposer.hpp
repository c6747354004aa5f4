// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_INJECTION_INTERPOSER_HPP
#define SOCKERR_TESTS_INJECTION_INTERPOSER_HPP

#include <array>
#include <cstddef>
#include <vector>

// The socket calls of libc as this executable defines them (interposer.cpp): they count themselves, fail as a test
// asks, and go on to the real ones otherwise. What libc calls inside itself is not touched.
namespace interposer {

enum class call {
  socket,
  connect,
  bind,
  listen,
  accept,
  recv,
  recvfrom,
  send,
  sendto,
  shutdown,
  close,
  getsockname,
  getpeername,
  getsockopt,
  setsockopt,
  fcntl,
  poll,
  getaddrinfo
};
inline constexpr std::size_t call_count = 18;

const char* name(call) noexcept;

constexpr int for_good = 1 << 30;

// The calls from the `first`, counted from 1, and `times` in all fail with errno `error`. A call that fails does
// nothing, except close(), which closes as Linux does; with `is_done` it does its work and fails all the same.
struct fault {
  call which;
  int error;
  int first = 1;
  int times = 1;
  bool is_done = false;
  int resolver_error = 0;  // what getaddrinfo returns instead of EAI_SYSTEM
};

// Counts the calls of this thread, and makes them fail, as long as it lives. One at a time in a thread.
class injection {
 public:
  explicit injection(std::vector<fault> faults = {});
  ~injection();
  injection(const injection&) = delete;
  injection& operator=(const injection&) = delete;

  int made(call which) const { return made_[static_cast<std::size_t>(which)]; }
  int made_in_all() const;
  // How many calls have failed on request.
  int struck() const { return struck_; }

  // For the interposed calls. Returns: the fault of this call; nullptr where there is none.
  const fault* count(call which) noexcept;

 private:
  std::vector<fault> faults_;
  std::array<int, call_count> made_{};
  int struck_ = 0;
};

// The descriptors that the interposed calls have opened, in all threads, less those that they have closed.
int live_descriptors() noexcept;

// How often close() of a descriptor was called that was not open.
int closed_in_vain() noexcept;

// The lists of getaddrinfo that were not freed.
int live_lists() noexcept;

// What operator new, which out_of_memory.test.cpp replaces, has given out and was not given back.
long live_allocations() noexcept;

}  // namespace interposer

#endif

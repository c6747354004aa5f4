// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_DESCRIPTORS_HPP
#define SOCKERR_TESTS_DESCRIPTORS_HPP

// For POSIX: the descriptors of this process, and what watches it.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <system_error>
#include <vector>

#include <sockerr/attempt.hpp>
#include <sockerr/exception.hpp>

// Valgrind is slow, tells of the pointers into nowhere that some tests hand to the system, and has an accept of its
// own, which closes a connection that it has no descriptor for.
inline bool under_valgrind() {
  const char* const preloaded = std::getenv("LD_PRELOAD");
  return preloaded != nullptr && std::string_view{preloaded}.find("vgpreload") != std::string_view::npos;
}

inline int open_descriptors() {
  int count = 0;
  for (int fd = 0; fd != 1024; ++fd)
    if (::fcntl(fd, F_GETFD) != -1) ++count;
  return count;
}

// While it lives, the process can open nothing more.
class no_descriptor_left {
 public:
  no_descriptor_left() {
    // UBSan opens descriptors when it meets a class for the first time.
    sockerr::error warm = sockerr::errc::too_many_files_open;
    sockerr::detail::keep_attempts(warm, std::vector<sockerr::attempt>(1));
    try {
      sockerr::throw_error(warm);
    } catch (const sockerr::socket_error& e) {
      if (e.code() != std::errc::operation_not_supported) (void)e.code().message();
    }
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int free = ::dup(STDERR_FILENO);
    ::close(free);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(free);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~no_descriptor_left() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptor_left(const no_descriptor_left&) = delete;
  no_descriptor_left& operator=(const no_descriptor_left&) = delete;

 private:
  rlimit before_{};
};

#endif

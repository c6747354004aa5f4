// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_LIFETIME_USE_HPP
#define SOCKERR_TESTS_LIFETIME_USE_HPP

#include <sockerr/sockerr.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <system_error>

// The library used at each moment of a program's life, in two translation units. Nothing can be reported to anybody
// after main, so everything is counted, and whoever is the last to run ends the program with the verdict.
namespace lifetime {

enum class moment {
  constructor,
  destructor,
  exit_handler,
  late_exit_handler,
  end_of_thread,
  end_of_main_thread,
  count
};

constexpr int units = 2;

// Zero from the start of the program, before any initialiser runs.
inline std::atomic<int> uses[static_cast<int>(moment::count)];
inline std::atomic<int> failures;

// Whether everything that the core and the native layer offer works.
inline bool works() {
  std::error_code ec = sockerr::errc::connection_refused;
  if (ec != sockerr::condition::connection_error ||
      ec != sockerr::make_error_condition(sockerr::condition::connection_refused))
    return false;
  if (ec.category() != sockerr::socket_category() || ec.category().name() != std::string{"sockerr.socket"})
    return false;
  if (ec.message() != "Connection refused" || ec.default_error_condition() != std::errc::connection_refused)
    return false;
  if (sockerr::make_error_condition(sockerr::condition::connection_refused).message() != "connection refused")
    return false;
  if (ec != std::errc::connection_refused) return false;
  if (sockerr::symbol(ec) != "ECONNREFUSED" || sockerr::cause(ec).empty()) return false;
  if (make_error_code(sockerr::resolver_errc::host_not_found) != sockerr::condition::resolution_error) return false;
  if (make_error_code(sockerr::library_errc::deadline_exceeded) != sockerr::condition::timed_out) return false;
  if (sockerr::codes().size() < 50) return false;
  const sockerr::error value = sockerr::error{ec, sockerr::operation::connect}.peer("127.0.0.1:1");
  if (value.text() != "connect 127.0.0.1:1: ECONNREFUSED: Connection refused") return false;
  try {
    // No such path, but all the way through the socket calls.
    const sockerr::socket s = sockerr::connect_to(sockerr::endpoint::unix_path("/sockerr is not here"));
    return false;
  } catch (const sockerr::path_error& e) {
    const std::exception_ptr kept = std::current_exception();
    return e.symbol() == "ENOENT" && !e.cause().empty() && kept != nullptr &&
           std::string{e.what()}.find("connect /sockerr is not here: ENOENT: ") == 0;
  }
}

inline void use(moment when) noexcept {
  ++uses[static_cast<int>(when)];
  try {
    if (works()) return;
  } catch (...) {
  }
  ++failures;
  std::fprintf(stderr, "failed at moment %d\n", static_cast<int>(when));
}

struct user {
  user() noexcept {
    use(moment::constructor);
    if (std::atexit([] { use(moment::exit_handler); }) != 0) ++failures;
  }
  ~user() { use(moment::destructor); }
  user(const user&) = delete;
  user& operator=(const user&) = delete;
};

struct thread_user {
  moment when = moment::end_of_thread;
  ~thread_user() { use(when); }
};

// One in each translation unit.
void start_first(bool is_main_thread);
void start_second(bool is_main_thread);

}  // namespace lifetime

#endif

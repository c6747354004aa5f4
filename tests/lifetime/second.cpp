// SPDX-License-Identifier: MIT
#include "use.hpp"

namespace {

const lifetime::user at_both_ends;
thread_local lifetime::thread_user at_end;

// An exception that is kept until the end of the program.
const std::exception_ptr kept = [] {
  try {
    sockerr::throw_error(sockerr::errc::timed_out);
  } catch (...) {
    return std::current_exception();
  }
}();

}  // namespace

void lifetime::start_second(bool is_main_thread) {
  if (is_main_thread) {
    at_end.when = moment::end_of_main_thread;
    if (std::atexit([] { use(moment::late_exit_handler); }) != 0) ++failures;
  } else {
    at_end.when = moment::end_of_thread;
  }
  try {
    std::rethrow_exception(kept);
  } catch (const sockerr::timed_out& e) {
    if (e.symbol() != "ETIMEDOUT") ++failures;
  }
}

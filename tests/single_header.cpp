// SPDX-License-Identifier: MIT
// The library as one header, which is all there is: no other file of it is within reach.
#include "sockerr.hpp"
// Once more, as by another file of the same program.
#include "sockerr.hpp"

#if __has_include(<sockerr/sockerr.hpp>)
#error "the folder is within reach"
#endif
#if defined(SOCKERR_CONDITION) || defined(SOCKERR_ERROR) || defined(SOCKERR_CAUSE) || defined(SOCKERR_ERRNO) ||      \
    defined(SOCKERR_ELSEWHERE) || defined(SOCKERR_WINDOWS) || defined(SOCKERR_WINDOWS_ALSO) ||                       \
    defined(SOCKERR_WINDOWS_FAR) || defined(SOCKERR_LIBRARY) || defined(SOCKERR_RESOLVER) || defined(SOCKERR_EAI) || \
    defined(SOCKERR_FOREIGN) || defined(SOCKERR_OTHER) || defined(SOCKERR_ICMP)
#error "a macro of the table survives"
#endif

// The rows are there, also those that the table's own macros make.
static_assert(sockerr::classify(sockerr::library_errc::deadline_exceeded) == sockerr::condition::timed_out);
static_assert(sockerr::condition_from_symbol("ECHILD") == sockerr::condition::other);
static_assert(sockerr::cause(sockerr::errc::timed_out, sockerr::operation::connect,
                             sockerr::circumstance::prohibited) !=
              sockerr::cause(sockerr::errc::timed_out, sockerr::operation::connect));

int main() {
  std::error_code ec;
  const sockerr::socket none = sockerr::connect_to("127.0.0.1", "no such service", ec);
  return ec == sockerr::condition::service_not_found ? 0 : 1;
}

// SPDX-License-Identifier: MIT
// The library as one header, which is all there is: no other file of it is within reach.
#include "sockerr.hpp"
// Once more, as by another file of the same program.
#include "sockerr.hpp"

#if __has_include(<sockerr/sockerr.hpp>)
#error "the folder is within reach"
#endif
#if defined(SOCKERR_CONDITION) || defined(SOCKERR_ERROR) || defined(SOCKERR_CAUSE) || defined(SOCKERR_ERRNO) ||       \
    defined(SOCKERR_WINDOWS) || defined(SOCKERR_WINDOWS_ALSO) || defined(SOCKERR_RESOLVER) || defined(SOCKERR_EAI) || \
    defined(SOCKERR_NETDB) || defined(SOCKERR_ADDRINFO) || defined(SOCKERR_MISC)
#error "a macro of the table survives"
#endif

int main() {
  std::error_code ec;
  const sockerr::socket none = sockerr::connect_to("127.0.0.1", "no such service", ec);
  return ec == sockerr::condition::service_not_found ? 0 : 1;
}

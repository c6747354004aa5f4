// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <system_error>

int main() {
  std::error_code ec;
  const sockerr::socket none = sockerr::connect_to("127.0.0.1", "no such service", ec);
  return ec == sockerr::condition::service_not_found ? 0 : 1;
}

// SPDX-License-Identifier: MIT
// One comparison for codes from anywhere: the standard library, errno, this library.

#include <sockerr/connect.hpp>

#include <cerrno>
#include <iostream>
#include <system_error>

namespace {

void show(const char* origin, const std::error_code& ec) {
  std::cout << origin << ": " << ec.category().name() << ':' << ec.value() << ' ' << sockerr::symbol(ec);
  if (ec == sockerr::condition::connection_refused) std::cout << " is a connection_refused";
  if (ec == sockerr::condition::connection_error) std::cout << ", so it is a connection_error";
  std::cout << '\n';
}

}  // namespace

int main() {
  // A port of our own where we do not listen.
  sockerr::socket holder = sockerr::open(AF_INET, SOCK_STREAM);
  holder.bind(sockerr::endpoint::ip("127.0.0.1", 0));

  std::error_code ec;
  const sockerr::socket none = sockerr::connect_to(holder.local_endpoint(), ec);
  show("from this library", ec);
  show("from the standard library", std::make_error_code(std::errc::connection_refused));
  show("from a number that the system gave", {ec.value(), std::system_category()});
  show("from errno", {ECONNREFUSED, std::generic_category()});
}

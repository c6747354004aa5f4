// SPDX-License-Identifier: MIT
// A second server on the port of a first one: the error is caught by its type.

#include <sockerr/connect.hpp>

#include <iostream>

int main() {
  const sockerr::socket first = sockerr::listen_on(sockerr::endpoint::parse("127.0.0.1:0"));
  try {
    const sockerr::socket second = sockerr::listen_on(first.local_endpoint());
  } catch (const sockerr::address_in_use& e) {
    std::cout << e.what() << '\n' << e.cause() << '\n';
    return 0;
  }
  std::cout << "the port was shared\n";
  return 1;
}

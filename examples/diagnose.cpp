// SPDX-License-Identifier: MIT
// Says why a connection cannot be made: diagnose HOST SERVICE [SECONDS]
// Exit status: 0 connected, 1 not connected, 2 called wrongly.

#include <sockerr/connect.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  char* end = nullptr;
  const double seconds = argc == 4 ? std::strtod(argv[3], &end) : 5;
  if (argc < 3 || argc > 4 || (end != nullptr && (*end != 0 || end == argv[3]))) {
    std::cerr << "usage: diagnose HOST SERVICE [SECONDS]\n";
    return 2;
  }
  sockerr::connect_options options;
  options.timeout = std::chrono::duration<double>{seconds};

  try {
    const sockerr::socket connection = sockerr::connect_to(argv[1], argv[2], options);
    std::cout << "connected to " << connection.peer_endpoint().to_string() << '\n';
    return 0;
  } catch (const sockerr::socket_error& e) {
    std::cout << e.what() << "\n  condition  " << name(e.condition());
    for (auto group = parent(e.condition()); group != sockerr::condition::none; group = parent(group))
      std::cout << ", which is a " << name(group);
    std::cout << "\n  code       " << (e.symbol().empty() ? "unnamed" : e.symbol()) << " (" << e.code().value() << ")"
              << (e.by_deadline() ? ", by our own deadline" : "")  //
              << "\n  cause      " << e.cause()                    //
              << "\n  retry      " << name(e.advice()) << '\n';
    return 1;
  }
}

// SPDX-License-Identifier: MIT
// A client that is started before its server: it tries again while the error can heal.

#include <sockerr/connect.hpp>

#include <chrono>
#include <iostream>
#include <string>

int main() {
  using namespace std::chrono_literals;

  // Bound, but not listening yet: so far, connections are refused.
  sockerr::socket server = sockerr::open(AF_INET, SOCK_STREAM);
  server.bind(sockerr::endpoint::ip("127.0.0.1", 0));
  const sockerr::endpoint address = server.local_endpoint();

  sockerr::retry_policy policy;
  policy.max_attempts = 5;
  policy.delay = 100ms;
  policy.backoff = 2;
  policy.jitter = 0.1;
  policy.on_retry = [&server](const sockerr::retry_event& event) {
    std::cout << "attempt " << event.attempt << ": " << event.error.symbol() << ", next in "
              << std::chrono::duration_cast<std::chrono::milliseconds>(event.next_delay).count() << " ms\n";
    if (event.attempt == 2) server.listen();  // here it comes at last
  };
  const sockerr::socket client = sockerr::connect_with_retry("127.0.0.1", std::to_string(address.port()), policy);
  std::cout << "connected to " << client.peer_endpoint().to_string() << '\n';
}

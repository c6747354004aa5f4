// SPDX-License-Identifier: MIT
// Sends back what it receives, one client after the other: echo_server ENDPOINT [CLIENTS]
// ENDPOINT is "127.0.0.1:7000", "[::1]:7000", "/tmp/echo.sock"; port 0 lets the system choose. It ends after CLIENTS
// clients; without that number it goes on.

#include <sockerr/connect.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  if (argc < 2) {
    std::cerr << "usage: echo_server ENDPOINT [CLIENTS]\n";
    return 2;
  }
  int clients = argc > 2 ? std::atoi(argv[2]) : -1;
  try {
    sockerr::socket listener = sockerr::listen_on(sockerr::endpoint::parse(argv[1]));
    std::cout << "listening on " << listener.local_endpoint().to_string() << std::endl;
    while (clients != 0) {
      try {
        sockerr::socket client = listener.accept();
        client.timeout(10s);
        char data[4096];
        while (const std::size_t size = client.recv(data, sizeof data)) client.send_all(data, size);
        if (clients > 0) --clients;
      } catch (const sockerr::resource_exhausted& e) {
        std::cerr << e.what() << '\n';
        std::this_thread::sleep_for(100ms);  // the connection waits in the queue
      } catch (const sockerr::connection_error& e) {
        std::cerr << e.what() << '\n';  // this client is gone; others come
      } catch (const sockerr::timed_out& e) {
        std::cerr << e.what() << '\n';
      }
    }
  } catch (const sockerr::socket_error& e) {
    std::cerr << e.what() << '\n' << e.cause() << '\n';
    return 1;
  }
}

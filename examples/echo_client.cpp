// SPDX-License-Identifier: MIT
// Sends a line to an echo server and prints what comes back: echo_client ENDPOINT TEXT

#include <sockerr/connect.hpp>

#include <chrono>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  using namespace std::chrono_literals;
  if (argc != 3) {
    std::cerr << "usage: echo_client ENDPOINT TEXT\n";
    return 2;
  }
  try {
    const std::string text = argv[2];
    sockerr::socket server = sockerr::connect_to(sockerr::endpoint::parse(argv[1]));
    server.timeout(10s);
    server.send_all(text.data(), text.size());
    server.shutdown(sockerr::shutdown_direction::send);

    std::string answer(text.size(), '\0');
    answer.resize(server.recv_exactly(answer.data(), answer.size()));
    std::cout << answer << '\n';
    return answer == text ? 0 : 1;
  } catch (const sockerr::socket_error& e) {
    std::cerr << e.what() << '\n' << e.cause() << '\n';
    return 1;
  }
}

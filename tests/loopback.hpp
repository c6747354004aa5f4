// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_LOOPBACK_HPP
#define SOCKERR_TESTS_LOOPBACK_HPP

#include <chrono>
#include <utility>
#include <vector>

#include <sockerr/connect.hpp>

// Sockets on the loopback interface, on ports that the system chooses.
namespace loopback {

// Wine is Windows with faults of its own.
inline bool under_wine() {
#if defined(_WIN32)
  const HMODULE ntdll = ::GetModuleHandleW(L"ntdll.dll");
  return ntdll != nullptr && ::GetProcAddress(ntdll, "wine_get_version") != nullptr;
#else
  return false;
#endif
}

inline sockerr::endpoint any_port() { return sockerr::endpoint::ip("127.0.0.1", 0); }

inline sockerr::socket listener(int backlog = 16) {
  sockerr::listen_options options;
  options.backlog = backlog;
  return sockerr::listen_on(any_port(), options);
}

// A port where nobody listens, and where nobody else can while this object lives: it is bound, but does not listen.
struct closed_port {
  sockerr::socket holder = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::endpoint endpoint = [this] {
    holder.bind(any_port());
    return holder.local_endpoint();
  }();
};

// A TCP listener that answers no more: its queue is full. On systems that answer all the same there is no such thing.
struct deaf_listener {
  sockerr::socket listening = loopback::listener(0);
  sockerr::endpoint endpoint = listening.local_endpoint();
  std::vector<sockerr::socket> queued;
  bool is_deaf = [this] {
    for (int i = 0; i != 8; ++i) {
      queued.push_back(sockerr::open(AF_INET, SOCK_STREAM));
      std::error_code ec;
      queued.back().connect(endpoint, std::chrono::milliseconds{150}, ec);
      if (ec == sockerr::condition::timed_out) return true;
      if (ec) return false;
    }
    return false;
  }();

  void let_in(std::size_t count) noexcept {
    std::error_code ignored;
    for (std::size_t i = 0; i != count; ++i)
      sockerr::accept(listening.native_handle(), nullptr, std::chrono::seconds{30}, ignored).close(ignored);
  }
};

struct connection {
  sockerr::socket listening = listener();
  sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  sockerr::socket server = listening.accept(nullptr, std::chrono::seconds{30});
};

// Closes a connection by a reset instead of an orderly end.
inline void reset(sockerr::socket& s) {
  const linger at_once{1, 0};
  s.set_option(SOL_SOCKET, SO_LINGER, at_once);
  s.close();
}

// A datagram socket on a port of its own.
inline sockerr::socket datagram_socket() {
  sockerr::socket s = sockerr::open(AF_INET, SOCK_DGRAM);
  s.bind(any_port());
  return s;
}

// qemu-user translates the numbers of errno, but not those that SO_ERROR tells (seen with 7.2 and MIPS, whose numbers
// differ from those of the machine below it).
inline bool so_error_is_foreign() {
  const closed_port closed;
  const sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  std::error_code ec;
  sockerr::connect(s.native_handle(), closed.endpoint, std::chrono::seconds{30}, ec);
  return ec && sockerr::symbol(ec).empty();
}

}  // namespace loopback

#endif

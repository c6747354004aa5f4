// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "loopback.hpp"

using namespace std::chrono_literals;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::native_handle;
using sockerr::operation;

namespace {

using clock_type = std::chrono::steady_clock;
constexpr auto generous = 30s;

bool under_valgrind() {
  const char* const preloaded = std::getenv("LD_PRELOAD");
  return preloaded != nullptr && std::string_view{preloaded}.find("vgpreload") != std::string_view::npos;
}

volatile sig_atomic_t hits = 0;
extern "C" void count_hit(int) { hits = hits + 1; }

// Interrupts the calling thread, and no other, about a thousand times a second; for two seconds at most, so that a call
// that a storm keeps from ending is late and does not hang.
class storm {
 public:
  explicit storm(std::chrono::milliseconds longest = 2s) {
    struct sigaction act {};
    act.sa_handler = count_hit;
    REQUIRE(::sigaction(SIGUSR1, &act, &before_) == 0);
    hits = 0;
    thread_ = std::thread{[this, longest, target = ::pthread_self()] {
      const auto end = clock_type::now() + longest;
      while (!calm_ && clock_type::now() < end) {
        ::pthread_kill(target, SIGUSR1);
        std::this_thread::sleep_for(under_valgrind() ? 10ms : 1ms);
      }
    }};
  }
  ~storm() {
    calm_ = true;
    thread_.join();
    ::sigaction(SIGUSR1, &before_, nullptr);
  }
  storm(const storm&) = delete;
  storm& operator=(const storm&) = delete;

 private:
  std::atomic<bool> calm_{false};
  std::thread thread_;
  struct sigaction before_ {};
};

constexpr auto limit = 200ms;

void limit_by_option(native_handle handle) {
  const timeval value{0, std::chrono::microseconds{limit}.count()};
  sockerr::set_option(handle, SOL_SOCKET, SO_RCVTIMEO, value);
  sockerr::set_option(handle, SOL_SOCKET, SO_SNDTIMEO, value);
}

// Under a storm too the descriptor's own timeout ends the call.
void check_keeps_own_timeout(operation during, const std::function<void()>& call) {
  bool in_time = false;
  // On a busy machine one of a few tries is in time.
  for (int i = 0; i != 4 && !in_time; ++i) {
    clock_type::duration elapsed{};
    {
      const storm during_call;
      const auto begin = clock_type::now();
      try {
        call();
        FAIL("it succeeded");
      } catch (const sockerr::timed_out& e) {
        CHECK(e.code() == sockerr::library_errc::deadline_exceeded);
        CHECK(e.by_deadline());
        CHECK(e.operation() == during);
      }
      elapsed = clock_type::now() - begin;
    }
    CHECK(elapsed >= limit - 20ms);
    CHECK(hits > 3);
    in_time = elapsed < 1s;
  }
  CHECK(in_time);
}

void fill(native_handle handle) {
  const std::vector<char> block(65536);
  // Buffers grow: it is full when it has been for a while.
  for (int full = 0; full != 4;) {
    std::error_code ec;
    sockerr::send(handle, block.data(), block.size(), 0, 20ms, ec);
    full = ec ? full + 1 : 0;
  }
}

std::uint8_t pattern(std::size_t i) { return static_cast<std::uint8_t>(i * 7 + i / 251); }

std::string all_dispositions() {
  std::string result;
  for (int number = 1; number != 32; ++number) {
    struct sigaction act {};
    if (::sigaction(number, nullptr, &act) != 0) continue;
    result += std::to_string(number) + ":" + std::to_string(act.sa_flags) + ":" +
              (act.sa_handler == SIG_DFL   ? "default "
               : act.sa_handler == SIG_IGN ? "ignored "
                                           : "handled ");
  }
  return result;
}

std::string mask() {
  std::string result;
  sigset_t blocked;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  for (int number = 1; number != 32; ++number) result += ::sigismember(&blocked, number) == 1 ? '1' : '0';
  return result;
}

// Runs something in a child process where SIGPIPE has its default disposition.
// Returns: how the child ended, as waitpid() tells.
template <class Action>
int end_of_child(Action action) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (int number = 1; number != 32; ++number) ::signal(number, SIG_DFL);
    ::_exit(action());
  }
  int status = -1;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) continue;
  return status;
}

}  // namespace

TEST_CASE("the timeout of a blocking descriptor ends calls in a storm of signals", "[signals]") {
  char byte = 0;
  const loopback::connection c;
  const native_handle handle = c.client.native_handle();
  limit_by_option(handle);
  check_keeps_own_timeout(operation::recv, [&] { sockerr::recv(handle, &byte, 1); });
  check_keeps_own_timeout(operation::recv_exactly, [&] { sockerr::recv_exactly(handle, &byte, 1); });
  fill(handle);
  const std::vector<char> block(16U << 20U);
  check_keeps_own_timeout(operation::send_all, [&] { sockerr::send_all(handle, block.data(), block.size()); });

  endpoint from;
  const sockerr::socket datagrams = loopback::datagram_socket();
  limit_by_option(datagrams.native_handle());
  check_keeps_own_timeout(operation::recv, [&] { sockerr::recv_from(datagrams.native_handle(), &byte, 1, from); });

  limit_by_option(c.listening.native_handle());
  check_keeps_own_timeout(operation::accept, [&] { static_cast<void>(sockerr::accept(c.listening.native_handle())); });
}

#if defined(__linux__)
TEST_CASE("the timeout of a blocking connect ends it in a storm of signals", "[signals]") {
  // A queue that is full: further attempts are left without an answer.
  const sockerr::socket deaf = loopback::listener(0);
  std::vector<sockerr::socket> queued;
  bool is_deaf = false;
  while (!is_deaf && queued.size() != 16) {
    std::error_code ec;
    queued.push_back(sockerr::open(AF_INET, SOCK_STREAM));
    queued.back().connect(deaf.local_endpoint(), 200ms, ec);
    is_deaf = ec == sockerr::condition::timed_out;
  }
  if (!is_deaf) SOCKERR_SKIP("a full backlog does not keep connections waiting here");
  check_keeps_own_timeout(operation::connect, [&] {
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    limit_by_option(s.native_handle());
    s.connect(deaf.local_endpoint());
  });

  const endpoint name = endpoint::abstract_name("sockerr-signals-" + std::to_string(::getpid()));
  sockerr::listen_options options;
  options.backlog = 0;
  const sockerr::socket full = sockerr::listen_on(name, options);
  const sockerr::socket first = sockerr::connect_to(name);
  check_keeps_own_timeout(operation::connect, [&] {
    sockerr::socket s = sockerr::open(AF_UNIX, SOCK_STREAM);
    limit_by_option(s.native_handle());
    s.connect(name);
  });
}

TEST_CASE("a datagram to a full queue goes out after a storm of signals", "[signals]") {
  const std::string names = "sockerr-signals-" + std::to_string(::getpid());
  sockerr::socket receiver = sockerr::open(AF_UNIX, SOCK_DGRAM);
  receiver.bind(endpoint::abstract_name(names + "-receiver"));
  sockerr::socket sender = sockerr::open(AF_UNIX, SOCK_DGRAM);
  const endpoint to = receiver.local_endpoint();
  std::error_code ec;
  while (sender.send_to("x", 1, to, MSG_DONTWAIT, {}, ec) == 1) {
  }
  REQUIRE(ec == sockerr::condition::would_block);
  std::thread reader{[&] {
    std::this_thread::sleep_for(300ms);
    char byte = 0;
    receiver.recv(&byte, 1);
  }};
  {
    const storm during_call;
    CHECK(sender.send_to("y", 1, to) == 1);
    CHECK(hits > 3);
  }
  reader.join();
}
#endif

TEST_CASE("a long transfer in a storm of signals loses and doubles nothing", "[signals]") {
  // Both sides are under the storm, without a deadline and with one; some megabytes, more than all buffers hold.
  for (const bool has_deadline : {false, true}) {
    loopback::connection c;
    const deadline until = has_deadline ? deadline{generous} : deadline{};
    std::size_t wrong = 0;
    std::size_t received = 0;
    constexpr std::size_t total = 8U << 20U;
    std::thread receiver{[&] {
      std::vector<std::uint8_t> block(100000);
      for (;;) {
        const std::size_t count = c.server.recv_exactly(block.data(), block.size(), until);
        for (std::size_t i = 0; i != count; ++i) wrong += block[i] != pattern(received + i) ? 1 : 0;
        received += count;
        if (count != block.size()) break;
        std::this_thread::sleep_for(5ms);  // so that the sender has to wait
      }
    }};
    std::vector<std::uint8_t> all(total);
    for (std::size_t i = 0; i != total; ++i) all[i] = pattern(i);
    {
      const storm during_call;
      CHECK(c.client.send_all(all.data(), all.size(), until) == total);
      CHECK(hits > 3);
    }
    c.client.shutdown(sockerr::shutdown_direction::send);
    receiver.join();
    CHECK(received == total);
    CHECK(wrong == 0);
  }
}

TEST_CASE("whole connections are made and used in a storm of signals", "[signals]") {
  sockerr::socket listening = loopback::listener();
  // Where connections inherit that, they leave no port in TIME_WAIT.
  listening.set_option(SOL_SOCKET, SO_LINGER, linger{1, 0});
  const std::string port = std::to_string(listening.local_endpoint().port());
  sockerr::connect_options options;
  options.timeout = generous;
  int rounds = 0;
  const storm all_the_while{1s};
  const auto end = clock_type::now() + 1s;
  while (clock_type::now() < end) {
    sockerr::socket client = rounds % 2 == 0 ? sockerr::connect_to("127.0.0.1", port)
                                             : sockerr::connect_to(listening.local_endpoint(), options);
    sockerr::socket server = sockerr::accept(listening.native_handle());
    char bytes[4];
    client.send_all("data", 4);
    if (server.recv_exactly(bytes, 4) != 4 || std::string_view{bytes, 4} != "data") FAIL("other bytes");
    client.shutdown(sockerr::shutdown_direction::both);
    if (server.recv(bytes, 4) != 0) FAIL("no end");
    server.close();
    client.close();
    ++rounds;
  }
  CHECK(rounds > 10);
  CHECK(hits > 3);
}

TEST_CASE("writing to a closed connection does not kill a process that leaves SIGPIPE alone", "[signals]") {
  // A child that raises the signal shows that it would.
  const int killed = end_of_child([] { return ::raise(SIGPIPE); });
  REQUIRE(WIFSIGNALED(killed));
  REQUIRE(WTERMSIG(killed) == SIGPIPE);

  const int status = end_of_child([] {
    for (const bool is_reset : {false, true})
      for (const bool has_deadline : {false, true})
        for (int which = 0; which != 6; ++which) {
          const std::string mask_before = mask();
          const std::string dispositions_before = all_dispositions();
          loopback::connection c;
          if (is_reset) loopback::reset(c.server);
          c.server.close();
          const deadline until = has_deadline ? deadline{generous} : deadline{};
          std::error_code ec;
          // The first ones are taken or find the reset; then the connection is known to be closed.
          for (int i = 0; i != 1000 && ec != sockerr::condition::broken_pipe; ++i) {
            ec.clear();
            const native_handle handle = c.client.native_handle();
            switch (which) {
              case 0: sockerr::send(handle, "x", 1, 0, until, ec); break;
              case 1: sockerr::send_to(handle, "x", 1, endpoint{}, 0, until, ec); break;
              case 2: sockerr::send_all(handle, "x", 1, until, ec); break;
              case 3: c.client.send("x", 1, 0, until, ec); break;
              case 4: c.client.send_to("x", 1, endpoint{}, 0, until, ec); break;
              default: c.client.send_all("x", 1, until, ec); break;
            }
            if (!ec) std::this_thread::sleep_for(1ms);
          }
          if (ec != sockerr::condition::broken_pipe) return 1;
          try {
            c.client.send("x", 1, 0, until);
            return 2;
          } catch (const sockerr::broken_pipe&) {
          } catch (...) {
            return 3;
          }
          if (mask() != mask_before || all_dispositions() != dispositions_before) return 4;
          sigset_t pending;
          ::sigpending(&pending);
          if (::sigismember(&pending, SIGPIPE) != 0) return 5;
        }
    return 0;
  });
  CHECK(WIFEXITED(status));
  if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a process keeps its signal settings whatever is called", "[signals]") {
  const std::string mask_before = mask();
  const std::string dispositions_before = all_dispositions();
  {
    loopback::connection c;
    const endpoint there = c.listening.local_endpoint();
    sockerr::connect_options options;
    options.timeout = generous;
    options.no_delay = options.keep_alive = true;
    sockerr::socket further = sockerr::connect_to("localhost", std::to_string(there.port()), options);
    sockerr::socket accepted = c.listening.accept(nullptr, generous);
    sockerr::socket datagrams = loopback::datagram_socket();
    char bytes[4];
    std::error_code ec;
    c.client.send_all("data", 4);
    c.server.recv_exactly(bytes, 4, 10s);
    datagrams.send_to("data", 4, datagrams.local_endpoint(), 0, 10s);
    endpoint from;
    datagrams.recv_from(bytes, 4, from, 0, 10s);
    c.client.recv(bytes, 1, 0, 1ms, ec);
    CHECK(ec == sockerr::condition::timed_out);
    sockerr::retry_policy policy;
    policy.delay = 1ms;
    const loopback::closed_port closed;
    const sockerr::socket none =
        sockerr::connect_with_retry("127.0.0.1", std::to_string(closed.endpoint.port()), policy, ec);
    CHECK(ec == sockerr::condition::connection_refused);
    c.client.shutdown(sockerr::shutdown_direction::both);
    c.client.close();
  }
  CHECK(mask() == mask_before);
  CHECK(all_dispositions() == dispositions_before);
}

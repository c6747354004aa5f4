// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "loopback.hpp"
#include "thread.hpp"

// Assertions of Catch are not made for several threads: the threads count, and the test asserts. What data races there
// are, ThreadSanitizer tells (the preset tsan).

using namespace std::chrono_literals;
using sockerr::condition;

namespace {

constexpr int thread_count = 32;

// Runs f(i) in so many threads, which all begin at once.
// Returns: how many did not return true.
template <class F>
int failures_of(int count, F f) {
  std::atomic<int> ready{0};
  std::atomic<int> failures{0};
  std::vector<background_thread> threads;
  for (int i = 0; i != count; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready != count) std::this_thread::yield();
      bool right = false;
      try {
        right = f(i);
      } catch (...) {
      }
      if (!right) ++failures;
    });
  }
  for (background_thread& t : threads) t.join();
  return failures;
}

// A category that nobody has used before, one for each number, and how many objects of it there are.
template <int Number>
class fresh_category final : public std::error_category {
 public:
  fresh_category() noexcept { ++made; }
  const char* name() const noexcept override { return "fresh"; }
  std::string message(int value) const override { return std::to_string(value + Number); }
  static inline std::atomic<int> made{0};
};

template <int Number>
void use_first_from_many_threads() {
  using category = fresh_category<Number>;
  std::atomic<const std::error_category*> seen{nullptr};
  const int failures = failures_of(thread_count, [&](int) {
    const std::error_category& here = sockerr::detail::immortal<category>::get();
    const std::error_category* before = nullptr;
    return (seen.compare_exchange_strong(before, &here) || before == &here) &&
           here.message(1) == std::to_string(1 + Number) && sockerr::detail::immortal<category>::is(here);
  });
  CHECK(failures == 0);
  CHECK(category::made == 1);
}

// An exception as connect_to throws it, with all that one can hold.
std::exception_ptr full_exception() {
  sockerr::error e = sockerr::error{sockerr::errc::connection_refused, sockerr::operation::connect}
                         .peer("127.0.0.1:80")
                         .local("127.0.0.1:1");
  sockerr::detail::keep_attempts(
      e, {{"127.0.0.1:80", sockerr::errc::connection_refused}, {"[::1]:80", sockerr::errc::timed_out}});
  return sockerr::to_exception_ptr(e);
}

bool is_full(const sockerr::socket_error& e) {
  const std::string_view what = e.what();
  return what.find("connect 127.0.0.1:80: ") == 0 && what.find("[::1]:80: ") != what.npos && e.attempts().size() == 2 &&
         e.attempts()[1].endpoint == "[::1]:80" && e.attempts()[1].error == condition::timed_out &&
         e.peer() == "127.0.0.1:80" && e.local() == "127.0.0.1:1" && e.condition() == condition::connection_refused;
}

}  // namespace

TEST_CASE("a category first used by many threads at once is one object", "[threads]") {
  use_first_from_many_threads<1>();
  use_first_from_many_threads<2>();
  use_first_from_many_threads<3>();
  use_first_from_many_threads<4>();
  use_first_from_many_threads<5>();
  use_first_from_many_threads<6>();
}

TEST_CASE("many threads classify at once", "[threads]") {
  CHECK(failures_of(thread_count, [](int i) {
          for (const sockerr::code_info info : sockerr::codes()) {
            const std::error_code ec = info.code;
            if (sockerr::classify(ec) != info.condition || ec != info.condition) return false;
            if (ec != sockerr::make_error_condition(info.condition)) return false;
            if (sockerr::symbol(ec).empty() || ec.message().empty()) return false;
            if (sockerr::cause(ec, static_cast<sockerr::operation>(i % 19)).empty()) return false;
            if (sockerr::classify({ec.value(), std::system_category()}) != info.condition) return false;
          }
          return true;
        }) == 0);
}

TEST_CASE("many threads throw and catch at once", "[threads]") {
  CHECK(failures_of(thread_count, [](int i) {
          const std::string peer = "127.0.0.1:" + std::to_string(i);
          for (int n = 0; n != 50; ++n) {
            try {
              const auto code = n % 2 == 0 ? sockerr::errc::connection_refused : sockerr::errc::connection_reset;
              sockerr::throw_error(sockerr::error{code, sockerr::operation::connect}.peer(peer));
            } catch (const sockerr::connection_error& e) {
              if (e.peer() != peer) return false;
              if ((dynamic_cast<const sockerr::connection_refused*>(&e) != nullptr) != (n % 2 == 0)) return false;
            }
          }
          return true;
        }) == 0);
}

TEST_CASE("one exception is thrown again and read in many threads", "[threads]") {
  std::exception_ptr thrown = full_exception();
  const int failures = failures_of(thread_count, [&thrown](int) {
    for (int n = 0; n != 20; ++n) {
      try {
        std::rethrow_exception(thrown);
      } catch (const sockerr::connection_refused& e) {
        if (!is_full(e)) return false;
      }
    }
    return true;
  });
  CHECK(failures == 0);
}

TEST_CASE("an exception moves to another thread and outlives the one that threw it", "[threads]") {
  std::exception_ptr thrown;
  background_thread{[&thrown] { thrown = full_exception(); }}.join();
  bool right = false;
  background_thread{[&right, moved = std::move(thrown)]() mutable {
    try {
      std::rethrow_exception(std::exchange(moved, nullptr));
    } catch (const sockerr::connection_error& e) {
      right = is_full(e);
    }
  }}.join();
  CHECK(right);
}

TEST_CASE("copies of an exception are read and destroyed in many threads", "[threads]") {
  auto original = [] {
    try {
      std::rethrow_exception(full_exception());
    } catch (const sockerr::connection_refused& e) {
      return std::make_unique<sockerr::connection_refused>(e);
    }
  }();
  std::vector<sockerr::connection_refused> copies(thread_count, *original);
  std::atomic<int> left{thread_count};
  const int failures = failures_of(thread_count, [&](int i) {
    const sockerr::connection_refused mine = copies[static_cast<std::size_t>(i)];
    // The last copy of each thread goes while others still read theirs.
    if (--left == thread_count / 2) original.reset();
    for (int n = 0; n != 20; ++n) {
      const sockerr::connection_refused again = mine;
      if (!is_full(again)) return false;
    }
    return is_full(mine);
  });
  CHECK(failures == 0);
}

// What would block composes its text when it is asked for it, and the first to ask may be several.
TEST_CASE("many threads ask one error for its text first", "[threads]") {
  for (int n = 0; n != 200; ++n) {
    const sockerr::error e{sockerr::errc::resource_unavailable_try_again, sockerr::operation::recv};
    const int failures = failures_of(4, [&e](int i) {
      if (i % 2 == 0) return sockerr::error{e}.text().find("recv: ") == 0;
      return e.text().find("recv: ") == 0 && e.peer().empty();
    });
    CHECK(failures == 0);
  }
}

TEST_CASE("many threads resolve at once", "[threads]") {
  std::error_code ec;
  if (sockerr::resolve("localhost", "80", ec).empty()) SOCKERR_SKIP("localhost has no address here");
  CHECK(failures_of(thread_count, [](int i) {
          for (int n = 0; n != 5; ++n) {
            if (sockerr::resolve("127.0.0.1", std::to_string(i + 1)).front().port() != i + 1) return false;
            if (sockerr::resolve("localhost", "80").empty()) return false;
            std::error_code refused;
            if (!sockerr::resolve("127.0.0.1", "65536", refused).empty()) return false;
            if (refused != condition::service_not_found) return false;
          }
          return true;
        }) == 0);
}

TEST_CASE("many threads connect at once", "[threads]") {
  const sockerr::socket listener = loopback::listener(256);
  const loopback::closed_port nobody;
  std::atomic<int> accepted{0};
  // Each connection is answered with the byte that came.
  background_thread server{[&] {
    sockerr::socket s;
    for (; accepted != thread_count; ++accepted) {
      std::error_code ec;
      s = sockerr::accept(listener.native_handle(), nullptr, 30s, ec);
      if (ec) return;
      char byte = 0;
      if (s.recv(&byte, 1, 0, 30s, ec) == 1) s.send(&byte, 1, 0, 30s, ec);
    }
  }};
  const std::string port = std::to_string(listener.local_endpoint().port());
  const std::string closed = std::to_string(nobody.endpoint.port());
  const int failures = failures_of(thread_count, [&](int i) {
    try {
      const sockerr::socket none = sockerr::connect_to("127.0.0.1", closed);
      return false;
    } catch (const sockerr::connection_refused& e) {
      if (e.peer() != nobody.endpoint.to_string()) return false;
    }
    sockerr::socket s = sockerr::connect_to("127.0.0.1", port);
    const char sent = static_cast<char>(i);
    char received = -1;
    s.send(&sent, 1, 0, 30s);
    return s.recv(&received, 1, 0, 30s) == 1 && received == sent;
  });
  server.join();
  CHECK(failures == 0);
  CHECK(accepted == thread_count);
}

// Winsock leaves a recv() waiting whose socket is shut down on this side.
#if !defined(_WIN32)

// What a recv() that waits returns when another thread shuts the socket down: 0, the end of the stream, and no error.
TEST_CASE("a recv that waits ends with 0 when another thread shuts the socket down", "[threads]") {
  const sockerr::deadline limits[] = {{}, 30s, sockerr::deadline::never()};
  for (const sockerr::deadline& until : limits) {
    for (const auto how : {sockerr::shutdown_direction::receive, sockerr::shutdown_direction::both}) {
      loopback::connection c;
      std::atomic<bool> waiting{false};
      std::size_t count = 99;
      std::error_code ec = sockerr::errc::broken_pipe;
      background_thread reader{[&] {
        char byte = 0;
        waiting = true;
        count = sockerr::recv(c.client.native_handle(), &byte, 1, 0, until, ec);
      }};
      while (!waiting) std::this_thread::yield();
      std::this_thread::sleep_for(20ms);
      sockerr::shutdown(c.client.native_handle(), how);
      reader.join();
      CHECK(count == 0);
      CHECK_FALSE(ec);
      // And so does one that comes later.
      char byte = 0;
      CHECK(c.client.recv(&byte, 1, 0, 30s) == 0);
    }
  }
}

TEST_CASE("a recv that waits for more ends with what there was when another thread shuts the socket down",
          "[threads]") {
  loopback::connection c;
  const char sent[] = "abc";
  c.server.send_all(sent, 3);
  std::size_t count = 99;
  std::error_code ec = sockerr::errc::broken_pipe;
  background_thread reader{[&] {
    char bytes[10];
    count = sockerr::recv_exactly(c.client.native_handle(), bytes, sizeof bytes, 30s, ec);
  }};
  std::this_thread::sleep_for(30ms);
  sockerr::shutdown(c.client.native_handle(), sockerr::shutdown_direction::both);
  reader.join();
  CHECK(count == 3);
  CHECK_FALSE(ec);
}

#endif

TEST_CASE("one socket is written by one thread and read by another", "[threads]") {
  loopback::connection c;
  constexpr std::size_t total = 1U << 20U;
  background_thread echo{[&c] {
    std::vector<char> bytes(1U << 14U);
    std::error_code ec;
    while (const std::size_t count = c.server.recv(bytes.data(), bytes.size(), 0, 30s, ec)) {
      c.server.send_all(bytes.data(), count, 30s, ec);
      if (ec) break;
    }
    c.server.shutdown(sockerr::shutdown_direction::send, ec);
  }};
  std::size_t sent = 0;
  background_thread writer{[&] {
    const std::vector<char> bytes(total, 'x');
    std::error_code ec;
    sent = sockerr::send_all(c.client.native_handle(), bytes.data(), bytes.size(), 30s, ec);
    sockerr::shutdown(c.client.native_handle(), sockerr::shutdown_direction::send, ec);
  }};
  std::vector<char> back(total + 1);
  std::error_code ec;
  const std::size_t received = sockerr::recv_exactly(c.client.native_handle(), back.data(), back.size(), 30s, ec);
  writer.join();
  echo.join();
  CHECK_FALSE(ec);
  CHECK(sent == total);
  CHECK(received == total);
}

TEST_CASE("one policy is followed by many threads", "[threads]") {
  sockerr::retry_policy policy;
  policy.max_attempts = 5;
  policy.delay = 0s;
  policy.jitter = 0.5;
  CHECK(failures_of(thread_count, [&policy](int) {
          int calls = 0;
          sockerr::retry(policy, sockerr::operation::accept, [&calls] {
            if (++calls < 4) sockerr::throw_error(sockerr::errc::connection_aborted, sockerr::operation::accept);
          });
          return calls == 4;
        }) == 0);
}

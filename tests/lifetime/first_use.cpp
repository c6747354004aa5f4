// SPDX-License-Identifier: MIT
// The very first use of the categories in a process, by many threads at once.
#include <sockerr/sockerr.hpp>

#include <atomic>
#include <cstdio>
#include <system_error>
#include <thread>
#include <vector>

int main() {
  constexpr int count = 32;
  std::atomic<int> ready{0};
  std::atomic<int> failures{0};
  std::atomic<const std::error_category*> seen[4] = {};
  const auto is_the_one = [&](int which, const std::error_category& category) {
    const std::error_category* before = nullptr;
    return seen[which].compare_exchange_strong(before, &category) || before == &category;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i != count; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready != count) std::this_thread::yield();
      bool right = false;
      // Each kind of first use.
      switch (i % 6) {
        case 0: right = is_the_one(0, sockerr::socket_category()); break;
        case 1: right = is_the_one(1, sockerr::resolver_category()); break;
        case 2: right = is_the_one(2, sockerr::condition_category()); break;
        case 3: right = is_the_one(3, sockerr::library_category()); break;
        case 4: {
          const std::error_code ec = sockerr::errc::timed_out;
          right = ec == sockerr::make_error_condition(sockerr::condition::timed_out) && !ec.message().empty();
          break;
        }
        default: try { sockerr::throw_error(sockerr::resolver_errc::host_not_found);
          } catch (const sockerr::resolution_error& e) {
            right = e.symbol() == "EAI_NONAME" && is_the_one(1, e.code().category());
          }
      }
      if (!right) ++failures;
    });
  }
  for (std::thread& t : threads) t.join();
  if (failures != 0) std::printf("%d of %d threads failed\n", failures.load(), count);
  return failures == 0 ? 0 : 1;
}

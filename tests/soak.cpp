// SPDX-License-Identifier: MIT
// Endurance: sockerr-soak [seconds = 60] [seed]. Clients connect, are refused, reset, left waiting and cut off,
// thousands of times a second, by a server that misbehaves on purpose. At the end descriptors, memory and threads are
// where they were, and every error was of a type that the situation allows: prints the tally; the exit status is 1
// otherwise.
#include <sockerr/sockerr.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using sockerr::condition;
using clock_type = std::chrono::steady_clock;
using generator = std::mt19937;

std::atomic<bool> stopping{false};

unsigned pick(generator& random, unsigned count) { return static_cast<unsigned>(random() % count); }

// What came of each kind of thing that was tried.
class tally {
 public:
  // `ec` of a success is none.
  void add(const std::string& what, const std::error_code& ec) {
    ++counts_[{what, std::string{sockerr::name(sockerr::classify(ec))}}];
  }
  void unexpected(const std::string& what, const std::string& problem) {
    if (++unexpected_ <= 20) std::printf("unexpected: %s: %s\n", what.c_str(), problem.c_str());
  }
  void merge(const tally& other) {
    for (const auto& [key, count] : other.counts_) counts_[key] += count;
    unexpected_ += other.unexpected_;
  }
  long print() const {
    long total = 0;
    for (const auto& [key, count] : counts_) {
      std::printf("%12ld  %-32s %s\n", count, key.first.c_str(), key.second.c_str());
      total += count;
    }
    return total;
  }
  bool has(const std::string& what, condition c) const {
    return counts_.count({what, std::string{sockerr::name(c)}}) != 0;
  }
  long unexpected() const { return unexpected_; }

 private:
  std::map<std::pair<std::string, std::string>, long> counts_;
  long unexpected_ = 0;
};

// The state of the process that must not grow.
std::size_t entries(const char* folder) {
  std::error_code ec;
  const std::filesystem::directory_iterator all{folder, ec};
  return ec ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

long resident_kilobytes() {
  std::ifstream file{"/proc/self/statm"};
  long all = 0;
  long resident = 0;
  file >> all >> resident;
  return resident * 4;
}

void reset_on_close(sockerr::socket& s) {
  std::error_code ignored;
  s.set_option(SOL_SOCKET, SO_LINGER, linger{1, 0}, ignored);
}

// Takes connections and treats them badly.
void serve(const sockerr::socket& listener, unsigned seed, tally& result) {
  generator random{seed};
  std::deque<std::pair<clock_type::time_point, sockerr::socket>> stalled;
  while (!stopping) {
    while (!stalled.empty() && (stalled.front().first < clock_type::now() || stalled.size() > 100)) {
      if (pick(random, 2) == 0) reset_on_close(stalled.front().second);
      stalled.pop_front();
    }
    std::error_code ec;
    sockerr::socket s = sockerr::accept(listener.native_handle(), nullptr, 5ms, ec);
    result.add("accept", ec);
    if (ec) {
      if (ec != condition::timed_out) result.unexpected("accept", ec.message());
      continue;
    }
    char bytes[64];
    s.timeout(20ms);
    switch (pick(random, 8)) {
      case 0: reset_on_close(s); break;  // at once
      case 1: break;                     // accepts and closes
      case 2: s.shutdown(sockerr::shutdown_direction::send, ec); [[fallthrough]];
      case 3:  // half-closes, or reads only
        s.recv(bytes, sizeof bytes, ec);
        break;
      case 4:  // stalls
        stalled.emplace_back(clock_type::now() + std::chrono::milliseconds{pick(random, 30)}, std::move(s));
        break;
      case 5:  // sends too little, then resets
        s.send(bytes, 0, ec);
        s.send("?", 1, ec);
        reset_on_close(s);
        break;
      default: {  // echoes
        const std::size_t count = s.recv_exactly(bytes, sizeof bytes, ec);
        s.send_all(bytes, count, ec);
      }
    }
    if (ec && ec != condition::timed_out && ec != condition::connection_error)
      result.unexpected("the server's side", ec.message());
  }
}

// A port that does not answer: the queue of its listener is full, and Linux then drops what comes.
struct silent_port {
  sockerr::socket listener = [] {
    sockerr::listen_options options;
    options.backlog = 0;
    return sockerr::listen_on(sockerr::endpoint::ip("127.0.0.1", 0), options);
  }();
  sockerr::endpoint endpoint = listener.local_endpoint();
  std::vector<sockerr::socket> filling;
  bool is_silent = false;

  silent_port() {
    for (int i = 0; i != 8 && !is_silent; ++i) {
      std::error_code ec;
      sockerr::connect_options options;
      options.timeout = 200ms;
      filling.push_back(sockerr::connect_to(endpoint, options, ec));
      is_silent = ec == condition::timed_out;
    }
  }
};

struct surroundings {
  std::vector<sockerr::endpoint> servers;
  sockerr::endpoint closed;
  sockerr::endpoint closed_to_datagrams;
  silent_port silent;
};

// One connection to the server, whatever becomes of it.
void talk(const surroundings& around, generator& random, tally& result) {
  std::error_code ec;
  sockerr::connect_options options;
  options.timeout = 500ms;
  options.no_delay = pick(random, 2) == 0;
  const sockerr::endpoint& server = around.servers[pick(random, static_cast<unsigned>(around.servers.size()))];
  sockerr::socket s = sockerr::connect_to(server, options, ec);
  result.add("connect", ec);
  if (ec) {
    // The queue may be full for a moment, or the server has reset the connection already.
    if (ec != condition::timed_out && ec != condition::connection_reset) result.unexpected("connect", ec.message());
    return;
  }
  // Ports would run out if thousands of connections lingered.
  reset_on_close(s);
  char bytes[64] = {};
  s.timeout(10ms);
  s.send_all(bytes, sizeof bytes, ec);
  result.add("send_all", ec);
  if (ec && ec != condition::connection_reset && ec != condition::broken_pipe)
    result.unexpected("send_all", ec.message());
  const std::size_t count = s.recv_exactly(bytes, sizeof bytes, ec);
  result.add(!ec && count != sizeof bytes ? "recv_exactly, end of stream" : "recv_exactly", ec);
  if (ec && ec != condition::connection_reset && ec != condition::timed_out)
    result.unexpected("recv_exactly", ec.message());
}

// The same with exceptions.
void talk_with_exceptions(const surroundings& around, generator& random, tally& result) {
  const sockerr::endpoint& server = around.servers[pick(random, static_cast<unsigned>(around.servers.size()))];
  try {
    sockerr::connect_options options;
    options.timeout = 500ms;
    sockerr::socket s = sockerr::connect_to("127.0.0.1", std::to_string(server.port()), options);
    reset_on_close(s);
    s.timeout(10ms);
    s.send_all("hello", 5);
    s.shutdown(sockerr::shutdown_direction::send);
    char bytes[64];
    while (s.recv(bytes, sizeof bytes) != 0) {
    }
    result.add("talk with exceptions", {});
  } catch (const sockerr::connection_error& e) {
    result.add("talk with exceptions", e.code());
    if (e.condition() != condition::connection_reset && e.condition() != condition::broken_pipe &&
        e.condition() != condition::not_connected)
      result.unexpected("talk with exceptions", e.what());
    if (e.peer() != server.to_string()) result.unexpected("peer", e.what());
  } catch (const sockerr::timed_out& e) {
    result.add("talk with exceptions", e.code());
    if (!e.by_deadline()) result.unexpected("a timeout that is not ours", e.what());
  } catch (const std::exception& e) {
    result.unexpected("talk with exceptions", e.what());
  }
}

template <class Expected, class F>
void expect(const char* what, tally& result, F f) {
  try {
    f();
    result.unexpected(what, "succeeded");
  } catch (const Expected& e) {
    result.add(what, e.code());
  } catch (const std::exception& e) {
    result.unexpected(what, e.what());
  }
}

void be_refused(const surroundings& around, generator& random, tally& result) {
  switch (pick(random, 4)) {
    case 0:
      expect<sockerr::connection_refused>("connect, refused", result,
                                          [&] { const sockerr::socket s = sockerr::connect_to(around.closed); });
      break;
    case 1:
      expect<sockerr::connection_refused>("connect by name, refused", result, [&] {
        const sockerr::socket s = sockerr::connect_to("127.0.0.1", std::to_string(around.closed.port()));
      });
      break;
    case 2: {
      sockerr::retry_policy policy;
      policy.wait = [](std::chrono::nanoseconds) { return true; };
      expect<sockerr::connection_refused>("connect_with_retry, refused", result, [&] {
        const sockerr::socket s =
            sockerr::connect_with_retry("127.0.0.1", std::to_string(around.closed.port()), policy);
      });
      break;
    }
    default:
      expect<sockerr::connection_refused>("datagram, refused", result, [&] {
        sockerr::socket s = sockerr::open(AF_INET, SOCK_DGRAM);
        s.connect(around.closed_to_datagrams);
        s.send("x", 1);
        char byte = 0;
        s.recv(&byte, 1, 0, 1s);
      });
  }
}

void time_out(const surroundings& around, generator& random, tally& result) {
  const std::chrono::microseconds length{500 + pick(random, 1500)};
  const auto begin = clock_type::now();
  if (around.silent.is_silent && pick(random, 2) == 0) {
    expect<sockerr::timed_out>("connect, timed out", result, [&] {
      sockerr::connect_options options;
      options.timeout = length;
      const sockerr::socket s = sockerr::connect_to(around.silent.endpoint, options);
    });
  } else {
    expect<sockerr::timed_out>("datagram, timed out", result, [&] {
      sockerr::socket s = sockerr::open(AF_INET, SOCK_DGRAM);
      s.bind(sockerr::endpoint::ip("127.0.0.1", 0));
      char byte = 0;
      s.recv(&byte, 1, 0, length);
    });
  }
  if (clock_type::now() - begin < length) result.unexpected("a deadline", "ended early");
}

void make_mistakes(const surroundings& around, generator& random, tally& result) {
  switch (pick(random, 4)) {
    case 0:
      expect<sockerr::address_in_use>("listen_on, in use", result,
                                      [&] { const sockerr::socket s = sockerr::listen_on(around.servers.front()); });
      break;
    case 1:
      expect<sockerr::service_not_found>("resolve, no service", result,
                                         [] { (void)sockerr::resolve("127.0.0.1", "65536"); });
      break;
    case 2:
      expect<sockerr::path_error>("connect, no path", result, [] {
        const sockerr::socket s = sockerr::connect_to(sockerr::endpoint::unix_path("/sockerr is not here"));
      });
      break;
    default:
      expect<sockerr::not_connected>("recv, not connected", result, [] {
        char byte = 0;
        sockerr::open(AF_INET, SOCK_STREAM).recv(&byte, 1);
      });
  }
}

void be_client(const surroundings& around, unsigned seed, tally& result) {
  generator random{seed};
  while (!stopping) {
    const unsigned what = pick(random, 16);
    if (what < 6)
      talk(around, random, result);
    else if (what < 9)
      talk_with_exceptions(around, random, result);
    else if (what < 13)
      be_refused(around, random, result);
    else if (what < 14)
      time_out(around, random, result);
    else
      make_mistakes(around, random, result);
  }
}

// Everything, for so long.
tally run(std::chrono::seconds length, unsigned seed) {
  constexpr int server_count = 4;
  constexpr int client_count = 6;
  std::vector<sockerr::socket> listeners;
  surroundings around;
  sockerr::socket holder = sockerr::open(AF_INET, SOCK_STREAM);
  holder.bind(sockerr::endpoint::ip("127.0.0.1", 0));
  around.closed = holder.local_endpoint();
  // A datagram socket that talks to one peer only lets all others be refused, and keeps its port.
  sockerr::socket datagram_holder = sockerr::open(AF_INET, SOCK_DGRAM);
  datagram_holder.bind(sockerr::endpoint::ip("127.0.0.1", 0));
  around.closed_to_datagrams = datagram_holder.local_endpoint();
  datagram_holder.connect(around.closed_to_datagrams);
  for (int i = 0; i != server_count; ++i) {
    listeners.push_back(sockerr::listen_on(sockerr::endpoint::ip("127.0.0.1", 0)));
    around.servers.push_back(listeners.back().local_endpoint());
  }
  stopping = false;
  std::vector<tally> results(server_count + client_count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i != server_count; ++i)
    threads.emplace_back(serve, std::cref(listeners[i]), seed + static_cast<unsigned>(i), std::ref(results[i]));
  for (std::size_t i = server_count; i != results.size(); ++i)
    threads.emplace_back(be_client, std::cref(around), seed + static_cast<unsigned>(i), std::ref(results[i]));
  std::this_thread::sleep_for(length);
  stopping = true;
  for (std::thread& t : threads) t.join();
  tally result;
  for (const tally& t : results) result.merge(t);
  return result;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_ours = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool memory_is_ours = false;
#else
constexpr bool memory_is_ours = true;
#endif
#else
constexpr bool memory_is_ours = true;
#endif

}  // namespace

int main(int count, char** arguments) {
  const std::chrono::seconds length{count > 1 ? std::atoi(arguments[1]) : 60};
  const unsigned seed = count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : std::random_device{}();
  std::printf("%lld seconds, seed %u\n", static_cast<long long>(length.count()), seed);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);

  // What grows once (the heap's arenas, buffers of the C library) grows before the count begins.
  const auto begin = clock_type::now();
  tally all = run(std::max(1s, std::min<std::chrono::seconds>(5s, length / 5)), seed);
  const std::size_t descriptors = entries("/proc/self/fd");
  const std::size_t threads = entries("/proc/self/task");
  const long memory = resident_kilobytes();

  all.merge(run(length, seed + 1000));
  const std::chrono::duration<double> elapsed = clock_type::now() - begin;

  const long total = all.print();
  std::printf("%ld results, %.0f a second, %ld unexpected\n", total, static_cast<double>(total) / elapsed.count(),
              all.unexpected());
  bool good = all.unexpected() == 0;
  const auto require = [&good](bool holds, const char* what) {
    if (!holds) std::printf("failed: %s\n", what);
    good = good && holds;
  };
  // That nothing was unexpected counts for little where nothing happened.
  require(static_cast<double>(total) / elapsed.count() > 200, "enough happens");
  require(all.has("connect", condition::none), "connections");
  require(all.has("connect, refused", condition::connection_refused), "refusals");
  require(all.has("recv_exactly", condition::none), "echoes");
  require(all.has("recv_exactly", condition::connection_reset), "resets");
  require(all.has("recv_exactly", condition::timed_out), "timeouts");
  require(all.has("recv_exactly, end of stream", condition::none), "ends of streams");
  require(all.has("accept", condition::none), "accepts");

  std::printf("descriptors %zu, then %zu; threads %zu, then %zu; memory %ld kB, then %ld kB\n", descriptors,
              entries("/proc/self/fd"), threads, entries("/proc/self/task"), memory, resident_kilobytes());
  require(entries("/proc/self/fd") == descriptors, "descriptors are where they were");
  require(entries("/proc/self/task") == threads, "threads are where they were");
  if (memory_is_ours) require(resident_kilobytes() < memory + 4096, "memory is where it was");
  return good ? 0 : 1;
}

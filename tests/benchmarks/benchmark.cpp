// SPDX-License-Identifier: MIT
// Measures this library, the raw floor and its peers side by side in one process, interleaved, and prints a table of
// ratios of medians. Google Benchmark does the measuring; its --benchmark_filter and other flags work here too.

#include <sockerr/sockerr.hpp>

#include <benchmark/benchmark.h>
#include <poll.h>

#if __has_include(<asio.hpp>)
#define ASIO_STANDALONE
#include <asio.hpp>
#define HAVE_ASIO
#endif
#if __has_include(<boost/system/error_code.hpp>)
#include <boost/system/error_code.hpp>
#define HAVE_BOOST
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#define HAVE_POCO
#endif

#include <cerrno>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <system_error>
#include <vector>

namespace {

using benchmark::DoNotOptimize;
using benchmark::State;

// --------------------------------------------------------------------------------------------------- classification

constexpr int numbers[] = {ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ECONNRESET, EAGAIN, EINTR, EPIPE, ENETUNREACH};

// Codes in an order that a branch predictor cannot learn.
template <class Code, class Category>
std::vector<Code> mixed_codes(const Category& category) {
  std::mt19937 random{1};
  std::vector<Code> result;
  for (int i = 0; i != 4096; ++i) result.emplace_back(numbers[random() % 8], category);
  return result;
}

template <class Codes, class Question>
void ask(State& state, const Codes& codes, Question question) {
  for (auto _ : state)
    for (const auto& code : codes) {
      auto answer = question(code);
      DoNotOptimize(answer);
    }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(codes.size()));
}

const auto own_codes = mixed_codes<std::error_code>(sockerr::socket_category());
const auto system_codes = mixed_codes<std::error_code>(std::system_category());
const auto generic_codes = mixed_codes<std::error_code>(std::generic_category());

void number_is(State& s) {
  ask(s, system_codes, [](const std::error_code& ec) { return ec.value() == ECONNREFUSED; });
}
void std_errc(State& s) {
  ask(s, system_codes, [](const std::error_code& ec) { return ec == std::errc::connection_refused; });
}
void condition_own(State& s) {
  ask(s, own_codes, [](const std::error_code& ec) { return ec == sockerr::condition::connection_refused; });
}
void condition_system(State& s) {
  ask(s, system_codes, [](const std::error_code& ec) { return ec == sockerr::condition::connection_refused; });
}
void condition_generic(State& s) {
  ask(s, generic_codes, [](const std::error_code& ec) { return ec == sockerr::condition::connection_refused; });
}
void condition_group(State& s) {
  ask(s, own_codes, [](const std::error_code& ec) { return ec == sockerr::condition::unreachable; });
}
void switch_classify(State& s) {
  ask(s, system_codes, [](const std::error_code& ec) {
    switch (sockerr::classify(ec)) {
      case sockerr::condition::connection_refused: return 1;
      case sockerr::condition::timed_out: return 2;
      case sockerr::condition::host_unreachable: return 3;
      case sockerr::condition::connection_reset: return 4;
      case sockerr::condition::would_block: return 5;
      case sockerr::condition::interrupted: return 6;
      case sockerr::condition::broken_pipe: return 7;
      case sockerr::condition::network_unreachable: return 8;
      default: return 0;
    }
  });
}
void chain_of_errc(State& s) {
  ask(s, system_codes, [](const std::error_code& ec) {
    if (ec == std::errc::connection_refused) return 1;
    if (ec == std::errc::timed_out) return 2;
    if (ec == std::errc::host_unreachable) return 3;
    if (ec == std::errc::connection_reset) return 4;
    if (ec == std::errc::resource_unavailable_try_again) return 5;
    if (ec == std::errc::interrupted) return 6;
    if (ec == std::errc::broken_pipe) return 7;
    if (ec == std::errc::network_unreachable) return 8;
    return 0;
  });
}
#if defined(HAVE_BOOST)
void boost_errc(State& s) {
  static const auto codes = mixed_codes<boost::system::error_code>(boost::system::system_category());
  ask(s, codes, [](const boost::system::error_code& ec) { return ec == boost::system::errc::connection_refused; });
}
#endif
#if defined(HAVE_ASIO)
const std::vector<std::error_code>& asio_codes() {
  static const auto codes = mixed_codes<std::error_code>(asio::error::get_system_category());
  return codes;
}
void asio_errc(State& s) {
  ask(s, asio_codes(), [](const std::error_code& ec) { return ec == std::errc::connection_refused; });
}
void condition_asio(State& s) {
  ask(s, asio_codes(), [](const std::error_code& ec) { return ec == sockerr::condition::connection_refused; });
}
#endif

// ------------------------------------------------------------------------------------------------------- exceptions

const std::error_code refused = make_error_code(sockerr::errc::connection_refused);
const std::string peer = "127.0.0.1:65432";

template <class Caught, class Throw>
void throw_and_catch(State& state, Throw throw_it) {
  for (auto _ : state) {
    try {
      throw_it();
    } catch (const Caught& e) {
      DoNotOptimize(e.what());
    }
  }
}
// Out of line, as the throwing functions of a library are.
[[gnu::noinline]] void fail_composed(const std::error_code& ec, const std::string& to) {
  throw std::system_error{ec, "connect " + to + ": " + std::string{sockerr::symbol(ec)}};
}
[[gnu::noinline]] void fail_bare(const std::error_code& ec) { throw std::system_error{ec, "connect"}; }

void throw_typed(State& s) {
  throw_and_catch<sockerr::connection_refused>(s, [] {
    sockerr::throw_error(refused, {sockerr::operation::connect, peer});
  });
}
void throw_typed_caught_by_root(State& s) {
  throw_and_catch<sockerr::socket_error>(s, [] { sockerr::throw_error(refused, {sockerr::operation::connect, peer}); });
}
void throw_std_composed(State& s) {
  const std::error_code ec{ECONNREFUSED, std::system_category()};
  throw_and_catch<std::system_error>(s, [&ec] { fail_composed(ec, peer); });
}
void throw_std_bare(State& s) {
  const std::error_code ec{ECONNREFUSED, std::system_category()};
  throw_and_catch<std::system_error>(s, [&ec] { fail_bare(ec); });
}

// --------------------------------------------------------------------------------------------------------- wrappers

struct connected_pair {
  int fd[2] = {};
  connected_pair() {
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0) std::abort();
  }
  ~connected_pair() {
    ::close(fd[0]);
    ::close(fd[1]);
  }
};

void transfer_raw(State& state) {
  const connected_pair p;
  char c = 'x';
  for (auto _ : state) {
    DoNotOptimize(::send(p.fd[0], &c, 1, MSG_NOSIGNAL));
    DoNotOptimize(::recv(p.fd[1], &c, 1, 0));
  }
}
void transfer(State& state) {
  const connected_pair p;
  std::error_code ec;
  char c = 'x';
  for (auto _ : state) {
    DoNotOptimize(sockerr::send(p.fd[0], &c, 1, ec));
    DoNotOptimize(sockerr::recv(p.fd[1], &c, 1, ec));
  }
}
void transfer_with_deadline(State& state) {
  using namespace std::chrono_literals;
  const connected_pair p;
  std::error_code ec;
  char c = 'x';
  for (auto _ : state) {
    DoNotOptimize(sockerr::send(p.fd[0], &c, 1, 0, 5s, ec));
    DoNotOptimize(sockerr::recv(p.fd[1], &c, 1, 0, 5s, ec));
  }
}
#if defined(HAVE_ASIO)
void transfer_asio(State& state) {
  connected_pair p;
  asio::io_context context;
  asio::local::stream_protocol::socket a{context, asio::local::stream_protocol{}, p.fd[0]};
  asio::local::stream_protocol::socket b{context, asio::local::stream_protocol{}, p.fd[1]};
  std::error_code ec;
  char c = 'x';
  for (auto _ : state) {
    DoNotOptimize(a.send(asio::buffer(&c, 1), 0, ec));
    DoNotOptimize(b.receive(asio::buffer(&c, 1), 0, ec));
  }
  a.release();
  b.release();
}
#endif

struct server {
  sockerr::socket listening;
  server() {
    sockerr::listen_options options;
    options.backlog = 128;
    listening = sockerr::listen_on(sockerr::endpoint::ip("127.0.0.1", 0), options);
  }
  void take() { DoNotOptimize(::close(listening.accept().release())); }
};

// A reset instead of an orderly end, so that no port lingers in TIME_WAIT.
void close_at_once(int fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
}

template <class Connect>
void connect_and_close(State& state, Connect connect_it) {
  server s;
  const sockerr::endpoint to = s.listening.local_endpoint();
  for (auto _ : state) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connect_it(fd, to);
    close_at_once(fd);
    s.take();
  }
}
void connect_raw(State& s) {
  connect_and_close(s, [](int fd, const sockerr::endpoint& to) {
    DoNotOptimize(::connect(fd, to.data(), static_cast<socklen_t>(to.size())));
  });
}
void connect_plain(State& s) {
  connect_and_close(s, [](int fd, const sockerr::endpoint& to) {
    std::error_code ec;
    sockerr::connect(fd, to, ec);
    DoNotOptimize(ec);
  });
}
void connect_raw_with_timeout(State& s) {
  connect_and_close(s, [](int fd, const sockerr::endpoint& to) {
    const int flags = ::fcntl(fd, F_GETFL);
    ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    if (::connect(fd, to.data(), static_cast<socklen_t>(to.size())) != 0 && errno == EINPROGRESS) {
      pollfd entry{fd, POLLOUT, 0};
      int error = 0;
      socklen_t size = sizeof error;
      if (::poll(&entry, 1, 5000) == 1) ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    ::fcntl(fd, F_SETFL, flags);
  });
}
void connect_with_deadline(State& s) {
  connect_and_close(s, [](int fd, const sockerr::endpoint& to) {
    std::error_code ec;
    sockerr::connect(fd, to, std::chrono::seconds{5}, ec);
    DoNotOptimize(ec);
  });
}
#if defined(HAVE_POCO)
void connect_poco_with_timeout(State& state) {
  server s;
  const Poco::Net::SocketAddress to{"127.0.0.1", s.listening.local_endpoint().port()};
  for (auto _ : state) {
    Poco::Net::StreamSocket client;
    client.connect(to, Poco::Timespan{5, 0});
    client.setLinger(true, 0);
    client.close();
    s.take();
  }
}
#endif

// A port where nobody listens.
struct closed_port {
  sockerr::socket holder = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::endpoint to;
  closed_port() {
    holder.bind(sockerr::endpoint::ip("127.0.0.1", 0));
    to = holder.local_endpoint();
  }
};

void refused_raw(State& state) {
  const closed_port port;
  for (auto _ : state) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    DoNotOptimize(::connect(fd, port.to.data(), static_cast<socklen_t>(port.to.size())));
    ::close(fd);
  }
}
void refused_code(State& state) {
  const closed_port port;
  for (auto _ : state) {
    std::error_code ec;
    const sockerr::socket none = sockerr::connect_to(port.to, ec);
    DoNotOptimize(ec);
  }
}
void refused_thrown(State& state) {
  const closed_port port;
  for (auto _ : state) {
    try {
      sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
      s.connect(port.to);
    } catch (const sockerr::connection_refused& e) {
      DoNotOptimize(e.what());
    }
  }
}
#if defined(HAVE_ASIO)
void refused_asio(State& state) {
  const closed_port port;
  asio::io_context context;
  const asio::ip::tcp::endpoint to{asio::ip::address_v4::loopback(), port.to.port()};
  for (auto _ : state) {
    try {
      asio::ip::tcp::socket s{context};
      s.connect(to);
    } catch (const std::system_error& e) {
      DoNotOptimize(e.what());
    }
  }
}
#endif
#if defined(HAVE_POCO)
void refused_poco(State& state) {
  const closed_port port;
  const Poco::Net::SocketAddress to{"127.0.0.1", port.to.port()};
  for (auto _ : state) {
    try {
      const Poco::Net::StreamSocket s{to};
    } catch (const Poco::Net::ConnectionRefusedException& e) {
      DoNotOptimize(e.what());
    }
  }
}
#endif

// ---------------------------------------------------------------------------------------------------------- results

struct comparison {
  const char* what;
  void (*ours)(State&);
  const char* against;
  void (*theirs)(State&);
};

const comparison comparisons[] = {
    {"ec == condition, own category", condition_own, "ec.value() == ECONNREFUSED", number_is},
    {"ec == condition, system_category", condition_system, "ec.value() == ECONNREFUSED", number_is},
    {"ec == condition, own category", condition_own, "ec == std::errc", std_errc},
    {"ec == condition, system_category", condition_system, "ec == std::errc", std_errc},
    {"ec == condition, generic_category", condition_generic, "ec == std::errc", std_errc},
    {"ec == group", condition_group, "ec.value() == ECONNREFUSED", number_is},
    {"switch (classify(ec)), 8 conditions", switch_classify, "chain of 8 ec == std::errc", chain_of_errc},
#if defined(HAVE_BOOST)
    {"ec == condition, system_category", condition_system, "Boost.System ec == errc", boost_errc},
#endif
#if defined(HAVE_ASIO)
    {"ec == condition, Asio's category", condition_asio, "Asio's ec == std::errc", asio_errc},
#endif
    {"throw_error, caught by type", throw_typed, "std::system_error that says the same", throw_std_composed},
    {"throw_error, caught by type", throw_typed, "std::system_error{ec, \"connect\"}", throw_std_bare},
    {"caught by the root", throw_typed_caught_by_root, "caught by type", throw_typed},
    {"send + recv", transfer, "raw", transfer_raw},
    {"send + recv with deadline, data ready", transfer_with_deadline, "raw", transfer_raw},
#if defined(HAVE_ASIO)
    {"send + recv", transfer, "Asio", transfer_asio},
#endif
    {"connect", connect_plain, "raw", connect_raw},
    {"connect with deadline", connect_with_deadline, "raw with poll and SO_ERROR", connect_raw_with_timeout},
#if defined(HAVE_POCO)
    {"connect with deadline", connect_with_deadline, "POCO with timeout", connect_poco_with_timeout},
#endif
    {"refused connect, error_code", refused_code, "raw", refused_raw},
#if defined(HAVE_ASIO)
    {"refused connect, thrown", refused_thrown, "Asio, thrown", refused_asio},
#endif
#if defined(HAVE_POCO)
    {"refused connect, thrown", refused_thrown, "POCO, thrown", refused_poco},
#endif
};

std::string id(void (*function)(State&)) { return std::to_string(reinterpret_cast<std::uintptr_t>(function)); }

// Collects the medians, and prints their ratios at the end.
class ratio_table : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.aggregate_name == "median") median_[run.run_name.function_name] = run.GetAdjustedRealTime();
  }
  void Finalize() override {
    std::cout << "| what | against | ratio |\n|---|---|---|\n" << std::fixed << std::setprecision(2);
    for (const comparison& c : comparisons) {
      const auto ours = median_.find(id(c.ours));
      const auto theirs = median_.find(id(c.theirs));
      if (ours == median_.end() || theirs == median_.end()) continue;
      std::cout << "| " << c.what << " | " << c.against << " | " << ours->second / theirs->second << " |\n";
    }
  }

 private:
  std::map<std::string, double> median_;
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, void (*)(State&)> unique;
  for (const comparison& c : comparisons) {
    unique[id(c.ours)] = c.ours;
    unique[id(c.theirs)] = c.theirs;
  }
  for (const auto& [name, function] : unique)
    benchmark::RegisterBenchmark(name.c_str(), function)->Repetitions(15)->MinTime(0.02);

  std::vector<char*> arguments{argv, argv + argc};
  std::string interleaved = "--benchmark_enable_random_interleaving=true";
  std::string aggregates = "--benchmark_report_aggregates_only=true";
  arguments.push_back(interleaved.data());
  arguments.push_back(aggregates.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  ratio_table table;
  benchmark::RunSpecifiedBenchmarks(&table);
}

// SPDX-License-Identifier: MIT
#include "subjects.hpp"

#include <poll.h>

#include <benchmark/benchmark.h>
#include <sockerr/sockerr.hpp>

#include "../loopback.hpp"

#if defined(SOCKERR_BENCHMARK_ASIO)
#define ASIO_STANDALONE
#include <asio.hpp>
#endif
#if defined(SOCKERR_BENCHMARK_BOOST)
#include <boost/system/error_code.hpp>
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#endif

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <system_error>
#include <vector>

namespace subjects {
namespace {

using benchmark::DoNotOptimize;
using sockerr::condition;
using namespace std::chrono_literals;

constexpr int numbers[] = {ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ECONNRESET, EAGAIN, EINTR, EPIPE, ENETUNREACH};

template <class Code, class Category>
std::vector<Code> mixed(const Category& category) {
  std::mt19937 random{1};
  std::vector<Code> result;
  for (int i = 0; i != codes_asked; ++i) result.emplace_back(numbers[random() % 8], category);
  return result;
}

// The answer is wanted each time: no question can be left out, taken out of the loop or asked of several codes at once.
template <class Code, class Question>
void ask(const std::vector<Code>& codes, Question question) {
  for (const Code& code : codes) {
    auto answer = question(code);
    DoNotOptimize(answer);
  }
}

using codes = std::vector<std::error_code>;
const codes own_codes = mixed<std::error_code>(sockerr::socket_category());
const codes system_codes = mixed<std::error_code>(std::system_category());
const codes generic_codes = mixed<std::error_code>(std::generic_category());

bool is_refused(const std::error_code& ec) { return ec == condition::connection_refused; }
bool is_unreachable(const std::error_code& ec) { return ec == condition::unreachable; }

}  // namespace

void no_question() {
  ask(system_codes, [](const std::error_code&) { return true; });
}
void number_is() {
  ask(system_codes, [](const std::error_code& ec) { return ec.value() == ECONNREFUSED; });
}
void std_errc() {
  ask(system_codes, [](const std::error_code& ec) { return ec == std::errc::connection_refused; });
}
void condition_own() {
  ask(own_codes, [](const std::error_code& ec) { return is_refused(ec); });
}
void condition_system() {
  ask(system_codes, [](const std::error_code& ec) { return is_refused(ec); });
}
void condition_generic() {
  ask(generic_codes, [](const std::error_code& ec) { return is_refused(ec); });
}
void group_own() {
  ask(own_codes, [](const std::error_code& ec) { return is_unreachable(ec); });
}
void group_system() {
  ask(system_codes, [](const std::error_code& ec) { return is_unreachable(ec); });
}

void switch_of_classify() {
  ask(system_codes, [](const std::error_code& ec) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"  // eight are enough
    switch (sockerr::classify(ec)) {
      case condition::connection_refused: return 1;
      case condition::timed_out: return 2;
      case condition::host_unreachable: return 3;
      case condition::connection_reset: return 4;
      case condition::would_block: return 5;
      case condition::interrupted: return 6;
      case condition::broken_pipe: return 7;
      case condition::network_unreachable: return 8;
      default: return 0;
    }
#pragma GCC diagnostic pop
  });
}
void chain_of_errc() {
  ask(system_codes, [](const std::error_code& ec) {
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

#if defined(SOCKERR_BENCHMARK_BOOST)
void boost_errc() {
  static const auto boost_codes = mixed<boost::system::error_code>(boost::system::system_category());
  ask(boost_codes, [](const boost::system::error_code& ec) { return ec == boost::system::errc::connection_refused; });
}
#endif

#if defined(SOCKERR_BENCHMARK_ASIO)
namespace {
const codes& asio_codes() {
  static const codes result = mixed<std::error_code>(asio::error::get_system_category());
  return result;
}
}  // namespace
void asio_errc() {
  ask(asio_codes(), [](const std::error_code& ec) { return ec == std::errc::connection_refused; });
}
void condition_asio() {
  ask(asio_codes(), [](const std::error_code& ec) { return is_refused(ec); });
}
void group_asio() {
  ask(asio_codes(), [](const std::error_code& ec) { return is_unreachable(ec); });
}
#endif

// ------------------------------------------------------------------------------------------------------- exceptions

namespace {

const std::error_code refused = sockerr::errc::connection_refused;
const std::error_code refused_std{ECONNREFUSED, std::system_category()};
const std::string peer = "127.0.0.1:65432";

template <class Caught, class Throw>
void throw_and_catch(Throw throw_it) {
  try {
    throw_it();
  } catch (const Caught& e) {
    DoNotOptimize(e.what());
  }
}

// Out of line, as throw_error() throws.
[[gnu::noinline]] void fail_composed(const std::error_code& ec, const std::string& to) {
  throw std::system_error{ec, "connect " + to + ": " + std::string{sockerr::symbol(ec)}};
}
[[gnu::noinline]] void fail_bare(const std::error_code& ec) { throw std::system_error{ec, "connect"}; }

}  // namespace

void throw_typed() {
  throw_and_catch<sockerr::connection_refused>([] {
    sockerr::throw_error(sockerr::error{refused, sockerr::operation::connect}.peer(peer));
  });
}
void throw_typed_caught_by_root() {
  throw_and_catch<sockerr::socket_error>([] {
    sockerr::throw_error(sockerr::error{refused, sockerr::operation::connect}.peer(peer));
  });
}
void throw_typed_bare() {
  throw_and_catch<sockerr::connection_refused>([] { sockerr::throw_error(refused, sockerr::operation::connect); });
}
void make_error() {
  sockerr::error e = sockerr::error{refused, sockerr::operation::connect}.peer(peer);
  DoNotOptimize(e);
}
void throw_std_composed() {
  throw_and_catch<std::system_error>([] { fail_composed(refused_std, peer); });
}
void throw_std_bare() {
  throw_and_catch<std::system_error>([] { fail_bare(refused_std); });
}

// --------------------------------------------------------------------------------------------------------- wrappers

namespace {

struct pair_of_sockets {
  int fd[2] = {};
  pair_of_sockets() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0) std::abort();
  }
};
const pair_of_sockets& the_pair() {
  static const pair_of_sockets result;
  return result;
}
char byte = 'x';

}  // namespace

void transfer_raw() {
  const pair_of_sockets& p = the_pair();
  DoNotOptimize(::send(p.fd[0], &byte, 1, MSG_NOSIGNAL));
  DoNotOptimize(::recv(p.fd[1], &byte, 1, 0));
}
void transfer() {
  const pair_of_sockets& p = the_pair();
  std::error_code ec;
  DoNotOptimize(sockerr::send(p.fd[0], &byte, 1, ec));
  DoNotOptimize(ec);
  DoNotOptimize(sockerr::recv(p.fd[1], &byte, 1, ec));
  DoNotOptimize(ec);
}
void transfer_with_deadline() {
  const pair_of_sockets& p = the_pair();
  std::error_code ec;
  DoNotOptimize(sockerr::send(p.fd[0], &byte, 1, 0, 5s, ec));
  DoNotOptimize(ec);
  DoNotOptimize(sockerr::recv(p.fd[1], &byte, 1, 0, 5s, ec));
  DoNotOptimize(ec);
}

#if defined(SOCKERR_BENCHMARK_ASIO)
namespace {
asio::io_context& the_context() {
  static asio::io_context result;
  return result;
}
}  // namespace
void transfer_asio() {
  using socket = asio::local::stream_protocol::socket;
  static const pair_of_sockets p;
  static socket from{the_context(), asio::local::stream_protocol{}, p.fd[0]};
  static socket to{the_context(), asio::local::stream_protocol{}, p.fd[1]};
  std::error_code ec;
  DoNotOptimize(from.send(asio::buffer(&byte, 1), 0, ec));
  DoNotOptimize(ec);
  DoNotOptimize(to.receive(asio::buffer(&byte, 1), 0, ec));
  DoNotOptimize(ec);
}
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
void transfer_poco() {
  static const pair_of_sockets p;
  static Poco::Net::StreamSocket from{new Poco::Net::StreamSocketImpl{p.fd[0]}};
  static Poco::Net::StreamSocket to{new Poco::Net::StreamSocketImpl{p.fd[1]}};
  DoNotOptimize(from.sendBytes(&byte, 1));
  DoNotOptimize(to.receiveBytes(&byte, 1));
}
#endif

namespace {

struct server {
  sockerr::socket listening = loopback::listener(128);
  sockerr::endpoint address = listening.local_endpoint();
};
const server& the_server() {
  static const server result;
  return result;
}

// A reset instead of an orderly end, so that no port lingers in TIME_WAIT.
void end_at_once(int fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(fd);
}
void end_of_server() { ::close(::accept(the_server().listening.native_handle(), nullptr, nullptr)); }

template <class Connect>
void connect_and_close(Connect connect_it) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  connect_it(fd, the_server().address);
  end_at_once(fd);
  end_of_server();
}

void connect_raw_to(int fd, const sockerr::endpoint& to) {
  DoNotOptimize(::connect(fd, to.data(), static_cast<socklen_t>(to.size())));
}

}  // namespace

void connect_raw() { connect_and_close(connect_raw_to); }
void connect() {
  connect_and_close([](int fd, const sockerr::endpoint& to) {
    std::error_code ec;
    sockerr::connect(fd, to, ec);
    DoNotOptimize(ec);
  });
}
void connect_raw_with_timeout() {
  connect_and_close([](int fd, const sockerr::endpoint& to) {
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
void connect_with_deadline() {
  connect_and_close([](int fd, const sockerr::endpoint& to) {
    std::error_code ec;
    sockerr::connect(fd, to, 5s, ec);
    DoNotOptimize(ec);
  });
}
#if defined(SOCKERR_BENCHMARK_ASIO)
void connect_asio() {
  static const asio::ip::tcp::endpoint to{asio::ip::address_v4::loopback(), the_server().address.port()};
  asio::ip::tcp::socket client{the_context()};
  std::error_code ec;
  client.connect(to, ec);
  DoNotOptimize(ec);
  end_at_once(client.release());
  end_of_server();
}
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
void connect_poco_with_timeout() {
  static const Poco::Net::SocketAddress to{"127.0.0.1", the_server().address.port()};
  Poco::Net::StreamSocket client;
  client.connect(to, Poco::Timespan{5, 0});
  client.setLinger(true, 0);
  client.close();
  end_of_server();
}
#endif

namespace {
const loopback::closed_port& the_closed_port() {
  static const loopback::closed_port result;
  return result;
}
}  // namespace

void refused_raw() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  connect_raw_to(fd, the_closed_port().endpoint);
  ::close(fd);
}
void refused_code() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::error_code ec;
  sockerr::connect(fd, the_closed_port().endpoint, ec);
  DoNotOptimize(ec);
  ::close(fd);
}
void refused_thrown() {
  try {
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    s.connect(the_closed_port().endpoint);
  } catch (const sockerr::connection_refused& e) {
    DoNotOptimize(e.what());
  }
}
#if defined(SOCKERR_BENCHMARK_ASIO)
namespace {
const asio::ip::tcp::endpoint& the_closed_port_of_asio() {
  static const asio::ip::tcp::endpoint result{asio::ip::address_v4::loopback(), the_closed_port().endpoint.port()};
  return result;
}
}  // namespace
void refused_asio_code() {
  asio::ip::tcp::socket s{the_context()};
  std::error_code ec;
  s.connect(the_closed_port_of_asio(), ec);
  DoNotOptimize(ec);
}
void refused_asio_thrown() {
  try {
    asio::ip::tcp::socket s{the_context()};
    s.connect(the_closed_port_of_asio());
  } catch (const std::system_error& e) {
    DoNotOptimize(e.what());
  }
}
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
void refused_poco_thrown() {
  static const Poco::Net::SocketAddress to{"127.0.0.1", the_closed_port().endpoint.port()};
  try {
    const Poco::Net::StreamSocket s{to};
  } catch (const Poco::Net::ConnectionRefusedException& e) {
    DoNotOptimize(e.what());
  }
}
#endif

}  // namespace subjects

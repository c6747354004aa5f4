// SPDX-License-Identifier: MIT
#include <Poco/Net/DNS.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include "../loopback.hpp"
#include "beside.hpp"

namespace {

using sockerr::condition;
using sockerr::operation;
using sockerr::retry_advice;

Poco::Net::SocketAddress at(const sockerr::endpoint& e) { return {"127.0.0.1", e.port()}; }

}  // namespace

TEST_CASE("beside POCO: a refused connect", "[beside]") {
  const loopback::closed_port closed;
  std::error_code result;
  try {
    const Poco::Net::StreamSocket socket{at(closed.endpoint)};
  } catch (const Poco::Net::NetException& e) {
    std::error_code ec{e.code(), std::system_category()};
    result = ec;
  }
  check_code(result, condition::connection_refused, sockerr::symbol(sockerr::errc::connection_refused),
             operation::connect, retry_advice::on_new_socket);
}

TEST_CASE("beside POCO: a reset", "[beside]") {
  sockerr::socket listening = loopback::listener();
  Poco::Net::StreamSocket client{at(listening.local_endpoint())};
  sockerr::socket server = listening.accept(nullptr, std::chrono::seconds{30});
  loopback::reset(server);
  std::error_code ec;
  try {
    char byte;
    client.receiveBytes(&byte, 1);
  } catch (const Poco::Net::NetException& e) {
    ec.assign(e.code(), std::system_category());
  }
  check_code(ec, condition::connection_reset, sockerr::symbol(sockerr::errc::connection_reset), operation::recv,
             retry_advice::on_new_socket);
}

TEST_CASE("beside POCO: an address in use", "[beside]") {
  const sockerr::socket listening = loopback::listener();
  std::error_code ec;
  try {
    Poco::Net::ServerSocket{}.bind(at(listening.local_endpoint()), false);
  } catch (const Poco::Net::NetException& e) {
    ec.assign(e.code(), std::system_category());
  }
  check_code(ec, condition::address_in_use, sockerr::symbol(sockerr::errc::address_in_use), operation::bind,
             retry_advice::after_pause);
}

TEST_CASE("beside POCO: a timeout has a class, and no code that says so", "[beside]") {
  sockerr::socket listening = loopback::listener();
  Poco::Net::StreamSocket client{at(listening.local_endpoint())};
  client.setReceiveTimeout(Poco::Timespan{0, 1000});
  std::error_code result;
  try {
    char byte;
    client.receiveBytes(&byte, 1);
  } catch (const Poco::TimeoutException& e) {
    CHECK(std::error_code{e.code(), std::system_category()} != sockerr::condition::timed_out);
    std::error_code ec = sockerr::errc::timed_out;
    result = ec;
  }
  CHECK(result == sockerr::condition::timed_out);
}

TEST_CASE("beside POCO: a name that is not resolved has a class, and no code", "[beside]") {
  std::error_code result;
  try {
    Poco::Net::DNS::hostByName("not an address", Poco::Net::DNS::DNS_HINT_AI_NUMERICHOST);
  } catch (const Poco::Net::HostNotFoundException& e) {
    CHECK(e.code() == 0);
    std::error_code ec = sockerr::resolver_errc::host_not_found;
    result = ec;
  }
  check_code(result, condition::host_not_found, "EAI_NONAME", operation::resolve, retry_advice::never);
}

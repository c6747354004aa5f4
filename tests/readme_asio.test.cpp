// SPDX-License-Identifier: MIT
// The snippet of the README that needs Asio.

#include "catch.hpp"

#if __has_include(<asio.hpp>)
#include <asio.hpp>

#include <string>

#include <sockerr/classify.hpp>

namespace {

std::string said;

template <class... Part>
void log(const Part&... parts) {
  static_cast<void>((said.append(parts), ...));
}
void start_the_server() { said += "started"; }

void connect(const std::string& host, const std::string& service) {
  said.clear();
  asio::io_context context;
  asio::ip::tcp::resolver resolver{context};
  asio::ip::tcp::socket socket{context};
#include "readme/classify_codes_from_asio.inc"
}

}  // namespace

TEST_CASE("README: codes from Asio are classified", "[readme]") {
  asio::io_context context;
  asio::ip::tcp::acceptor server{context, {asio::ip::address_v4::loopback(), 0}};
  const std::string port = std::to_string(server.local_endpoint().port());
  connect("127.0.0.1", port);
  CHECK(said.empty());
  // At another loopback address the same port is closed.
  connect("127.0.0.2", port);
  CHECK(said == "started");
  connect("no such host", "80");
  CHECK(said == "no such host");
}
#else
TEST_CASE("README: codes from Asio are classified", "[readme]") { SOCKERR_SKIP("Asio (libasio-dev) is not installed"); }
#endif

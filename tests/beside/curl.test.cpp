// SPDX-License-Identifier: MIT
#include <curl/curl.h>

#include <memory>
#include <string>

#include "../loopback.hpp"
#include "beside.hpp"

namespace {

using sockerr::condition;
using sockerr::operation;
using sockerr::retry_advice;

// Fetches something, without a proxy from the environment, and says what the system said.
struct fetched {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(), &curl_easy_cleanup};
  CURLcode result;
  std::error_code code;

  template <class Prepare>
  fetched(const std::string& url, Prepare prepare) {
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
    prepare(handle.get());
    result = curl_easy_perform(handle.get());
    long number = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_OS_ERRNO, &number);
    std::error_code ec{static_cast<int>(number), std::system_category()};
    code = ec;
  }
};

std::string url(const sockerr::endpoint& e) { return "http://127.0.0.1:" + std::to_string(e.port()) + '/'; }

constexpr auto as_usual = [](CURL*) {};

}  // namespace

TEST_CASE("beside curl: a refused connect", "[beside]") {
  const loopback::closed_port closed;
  const fetched f{url(closed.endpoint), as_usual};
  CHECK(f.result == CURLE_COULDNT_CONNECT);
  check_code(f.code, condition::connection_refused, sockerr::symbol(sockerr::errc::connection_refused),
             operation::connect, retry_advice::on_new_socket);
}

TEST_CASE("beside curl: an address of somebody else", "[beside]") {
  const loopback::closed_port closed;
  // RFC 5737: an address of nobody.
  const fetched f{url(closed.endpoint), [](CURL* c) { curl_easy_setopt(c, CURLOPT_INTERFACE, "host!192.0.2.1"); }};
  CHECK(f.result == CURLE_INTERFACE_FAILED);
  check_code(f.code, condition::address_not_available, sockerr::symbol(sockerr::errc::address_not_available),
             operation::bind, retry_advice::after_pause);
}

TEST_CASE("beside curl: an address in use", "[beside]") {
  const loopback::closed_port closed;
  const sockerr::socket listening = loopback::listener();
  const long port = listening.local_endpoint().port();
  const fetched f{url(closed.endpoint), [port](CURL* c) {
                    curl_easy_setopt(c, CURLOPT_INTERFACE, "host!127.0.0.1");
                    curl_easy_setopt(c, CURLOPT_LOCALPORT, port);
                  }};
  CHECK(f.result == CURLE_INTERFACE_FAILED);
  check_code(f.code, condition::address_in_use, sockerr::symbol(sockerr::errc::address_in_use), operation::bind,
             retry_advice::after_pause);
}

TEST_CASE("beside curl: a timeout of its own has a result, and no number of the system that says so", "[beside]") {
  sockerr::socket listening = loopback::listener();
  const fetched f{url(listening.local_endpoint()), [](CURL* c) { curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, 50L); }};
  REQUIRE(f.result == CURLE_OPERATION_TIMEDOUT);
  CHECK(f.code != sockerr::condition::timed_out);
  std::error_code ec = sockerr::errc::timed_out;
  CHECK(ec == sockerr::condition::timed_out);
}

TEST_CASE("beside curl: a name that is not resolved has a result, and no number", "[beside]") {
  // Longer than names can be, so nobody is asked.
  const fetched f{"http://" + std::string(70, 'x') + ".invalid/", as_usual};
  REQUIRE(f.result == CURLE_COULDNT_RESOLVE_HOST);
  CHECK(f.code == sockerr::condition::none);
  std::error_code ec = sockerr::resolver_errc::host_not_found;
  CHECK(ec == sockerr::condition::resolution_error);
}

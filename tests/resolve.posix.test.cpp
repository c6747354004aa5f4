// SPDX-License-Identifier: MIT
#include <sockerr/resolve.hpp>

#include "catch.hpp"
#include "descriptors.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {}  // namespace

TEST_CASE("Literal addresses resolve without a descriptor", "[resolve]") {
  std::vector<sockerr::endpoint> v4;
  std::vector<sockerr::endpoint> v6;
  std::error_code ec4;
  std::error_code ec6;
  {
    const no_descriptor_left none;
    v4 = sockerr::resolve("127.0.0.1", "80", ec4);
    v6 = sockerr::resolve("::1", "80", ec6);
  }
  CHECK_FALSE(ec4);
  CHECK_FALSE(ec6);
  CHECK(v4 == std::vector<sockerr::endpoint>{sockerr::endpoint::ip("127.0.0.1", 80)});
  CHECK(v6 == std::vector<sockerr::endpoint>{sockerr::endpoint::ip("::1", 80)});
}

#if defined(__GLIBC__)
TEST_CASE("A resolver that runs out of descriptors reports the code of errno", "[resolve]") {
  std::error_code ec;
  (void)sockerr::resolve("localhost", "80", ec);  // now glibc knows whom to ask; else it says EAI_NONAME
  const int before = open_descriptors();
  try {
    const no_descriptor_left none;
    (void)sockerr::resolve("example.org", "80");
    FAIL("nothing was thrown");
  } catch (const sockerr::too_many_files_open& e) {
    CHECK(e.code() == sockerr::errc::too_many_files_open);
    CHECK(e.code().category() == sockerr::socket_category());
    CHECK(e.code() == sockerr::condition::resource_exhausted);
    CHECK(e.code() != sockerr::condition::resolution_error);
    CHECK(std::string{e.what()} == "resolve example.org:80: EMFILE: Too many open files");
    CHECK(e.host() == "example.org:80");
    CHECK(e.peer().empty());
    CHECK(e.cause().find("resolver") != std::string_view::npos);
    CHECK(e.advice() == sockerr::retry_advice::after_pause);
  }
  CHECK(open_descriptors() == before);
}
#endif

TEST_CASE("Resolving leaks no descriptor", "[resolve]") {
  std::error_code ec;
  (void)sockerr::resolve("localhost", "http", ec);  // what the resolver keeps open it has open now
  const int before = open_descriptors();
  for (int i = 0; i != 20; ++i) {
    (void)sockerr::resolve("localhost", "80", ec);
    (void)sockerr::resolve("127.0.0.1", "http x", ec);
    (void)sockerr::resolve("::1%nosuchinterface", "80", ec);
    (void)sockerr::resolve("127.0.0.1", "80", AF_INET6, ec);
  }
  CHECK(open_descriptors() == before);
}

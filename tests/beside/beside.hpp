// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_BESIDE_BESIDE_HPP
#define SOCKERR_TESTS_BESIDE_BESIDE_HPP

#include <string_view>
#include <system_error>

#include <sockerr/exception.hpp>

#include "../catch.hpp"

// A code of another library is what it should be, and everything that can be asked of it says the same.
inline void check_code(const std::error_code& ec, sockerr::condition owner, std::string_view symbol,
                       sockerr::operation during, sockerr::retry_advice advice) {
  CAPTURE(ec, ec.category().name());
  CHECK(ec == owner);
  CHECK(sockerr::classify(ec) == owner);
  CHECK(sockerr::symbol(ec) == symbol);
  CHECK(sockerr::advise(ec, during) == advice);
  CHECK(sockerr::cause(ec, during).size() > 50);
  const sockerr::error value{ec, during};
  CHECK(value == owner);
  CHECK(value.symbol() == symbol);
  CHECK(value.advice() == advice);
  CHECK_FALSE(value.message().empty());
  CHECK_FALSE(value.by_deadline());
  try {
    sockerr::throw_error(ec, during);
  } catch (const sockerr::socket_error& e) {
    CHECK(e.condition() == owner);
    CHECK(e.code() == ec);
    CHECK(e.error().text() == value.text());
  }
}

#endif

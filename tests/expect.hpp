// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_EXPECT_HPP
#define SOCKERR_TESTS_EXPECT_HPP

#include <chrono>
#include <exception>
#include <system_error>
#include <typeinfo>

#include <sockerr/deadline.hpp>
#include <sockerr/exception.hpp>

#include "catch.hpp"

// How long a test waits for what does happen: a machine may be slow.
inline constexpr std::chrono::seconds generous{30};

// A code that success has to clear.
inline std::error_code stale() { return sockerr::errc::already_connected; }

// The exception that a call throws, which is of exactly that class.
template <class Exception, class Call>
Exception thrown(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Exception& e) {
    if (typeid(e) == typeid(Exception)) return e;
    FAIL("a class further down was thrown: " << e.what());
  } catch (const std::exception& e) {
    FAIL("another class was thrown: " << e.what());
  }
  FAIL("nothing was thrown");
  throw 0;
}

// A call that cannot be done in time says so, in both forms, and not too early.
template <class Quiet, class Throwing>
void check_times_out(std::chrono::milliseconds length, sockerr::operation during, Quiet quiet, Throwing throwing) {
  using clock = std::chrono::steady_clock;
  std::error_code ec = stale();
  auto begin = clock::now();
  quiet(sockerr::deadline{length}, ec);
  auto elapsed = clock::now() - begin;
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(ec == sockerr::errc::timed_out);
  CHECK(ec == sockerr::condition::timed_out);
  CHECK(ec != sockerr::condition::would_block);
  CHECK(elapsed >= length);
  CHECK(elapsed < generous);
  begin = clock::now();
  const auto e = thrown<sockerr::timed_out>([&] { throwing(sockerr::deadline{length}); });
  elapsed = clock::now() - begin;
  CHECK(e.by_deadline());
  CHECK(e.operation() == during);
  CHECK(e.code() == sockerr::library_errc::deadline_exceeded);
  CHECK(e.code() == sockerr::errc::timed_out);
  CHECK(elapsed >= length);
  CHECK(elapsed < generous);
}

#endif

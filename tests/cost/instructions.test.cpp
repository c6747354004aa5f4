// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cerrno>
#include <vector>

#include <sockerr/sockerr.hpp>

#include "../benchmarks/subjects.hpp"
#include "cost.hpp"

using cost::at_most;
using cost::instructions;

#define NEEDS_CALLGRIND \
  if (!cost::counts_instructions()) SOCKERR_SKIP("callgrind does not run this program, or not in full")

namespace {

double for_each_code(subjects::subject s) { return instructions(s) / subjects::codes_asked; }

}  // namespace

TEST_CASE("the benchmark's loops are there: each code is asked, and its answer kept", "[instructions]") {
  NEEDS_CALLGRIND;
  // To keep the answer, to go on to the next code and to look whether it was the last.
  const double none = for_each_code(subjects::no_question);
  CHECK(none >= 3);
  // To compare the number.
  const double number = for_each_code(subjects::number_is);
  CHECK(number >= none + 1);
  // Besides to look at the category, and to look the number up.
  for (const auto s : {subjects::condition_own, subjects::condition_system, subjects::condition_generic,
                       subjects::group_own, subjects::group_system, subjects::switch_of_classify})
    CHECK(for_each_code(s) >= number + 5);
  CHECK(for_each_code(subjects::std_errc) >= number + 5);
  CHECK(for_each_code(subjects::chain_of_errc) >= number + 5);
}

TEST_CASE("comparisons take few instructions", "[instructions]") {
  NEEDS_CALLGRIND;
  const double loop = for_each_code(subjects::no_question);
  at_most("ec == condition, our code", for_each_code(subjects::condition_own) - loop, 13.5);
  at_most("ec == condition, system_category", for_each_code(subjects::condition_system) - loop, 13.5);
  at_most("ec == condition, generic_category", for_each_code(subjects::condition_generic) - loop, 33.5);
  at_most("ec == group, our code", for_each_code(subjects::group_own) - loop, 13.5);
  at_most("ec == group, system_category", for_each_code(subjects::group_system) - loop, 13.5);
  std::cout << "ec.value() == ECONNREFUSED: " << for_each_code(subjects::number_is) - loop << '\n';

  const double chain = for_each_code(subjects::chain_of_errc) - loop;
  at_most("switch (classify(ec)) / 8 times ec == std::errc",
          (for_each_code(subjects::switch_of_classify) - loop) / chain, 0.1);
  const double errc = for_each_code(subjects::std_errc) - loop;
  at_most("ec == condition, our code / ec == std::errc", (for_each_code(subjects::condition_own) - loop) / errc, 0.34);
#if defined(SOCKERR_BENCHMARK_BOOST)
  const double boost = for_each_code(subjects::boost_errc) - loop;
  at_most("ec == condition, our code / Boost.System's", (for_each_code(subjects::condition_own) - loop) / boost, 0.07);
#endif
#if defined(SOCKERR_BENCHMARK_ASIO)
  // Recognised by name, since Asio's headers are not needed.
  const double asio = for_each_code(subjects::asio_errc) - loop;
  at_most("ec == condition, Asio's code / Asio's own", (for_each_code(subjects::condition_asio) - loop) / asio, 2.2);
  at_most("ec == group, Asio's code / Asio's own", (for_each_code(subjects::group_asio) - loop) / asio, 2.2);
#endif
}

// ------------------------------------------------------------------------------------------------- size of the table

namespace {

// What is asked, in variables that the compiler cannot see through.
volatile int number;
volatile std::size_t answer;

sockerr::errc code() { return static_cast<sockerr::errc>(number); }
void ask_symbol() { answer = sockerr::symbol(make_error_code(code())).size(); }
void ask_message() { answer = sockerr::message(code()).size(); }
void ask_cause() { answer = sockerr::cause(make_error_code(code()), sockerr::operation::connect).size(); }
void ask_classify() { answer = static_cast<std::size_t>(sockerr::classify(make_error_code(code()))); }

}  // namespace

TEST_CASE("what the table is asked takes the same for its first and its last row", "[instructions]") {
  NEEDS_CALLGRIND;
  std::vector<int> numbers;
  for (const sockerr::code_info info : sockerr::codes()) numbers.push_back(static_cast<int>(info.code));
  const auto rarely = [](subjects::subject ask, int n) {
    number = n;
    return instructions(ask);
  };
  struct question {
    const char* what;
    subjects::subject ask;
    double limit;
  };
  // An error may have several causes to look through. A search through the table would be several hundred.
  const question questions[] = {{"symbol", ask_symbol, 10},
                                {"message", ask_message, 10},
                                {"cause", ask_cause, 100},
                                {"classify", ask_classify, 10}};
  for (const auto& [what, ask, limit] : questions) {
    std::vector<double> taken;
    for (const int n : {numbers.front(), numbers[numbers.size() / 2], numbers.back(), ECONNREFUSED})
      taken.push_back(rarely(ask, n));
    const auto [least, most] = std::minmax_element(taken.begin(), taken.end());
    std::cout << what << ": " << *least << " to " << *most << '\n';
    at_most(std::string{what} + ", the difference", *most - *least, limit);
  }
}

// ------------------------------------------------------------------------------------------------------- exceptions

TEST_CASE("throwing takes what the unwinder takes, and little more", "[instructions]") {
  NEEDS_CALLGRIND;
  const double bare = instructions(subjects::throw_typed_bare);
  const double typed = instructions(subjects::throw_typed);
  const double composed = instructions(subjects::throw_std_composed);
  at_most("throw_error(code) / std::system_error that says the same", bare / composed, 0.85);
  at_most("throw_error(code) / std::system_error{ec, \"connect\"}", bare / instructions(subjects::throw_std_bare), 1.1);
  // An error that is alive where it is thrown is destroyed there, for which the unwinder stops on its way. The wrappers
  // make theirs in the exception.
  at_most("throw_error(error) / std::system_error that says the same", typed / composed, 1.3);
  at_most("caught by the root / caught by type", instructions(subjects::throw_typed_caught_by_root) / typed, 1.05);
}

// --------------------------------------------------------------------------------------------------------- wrappers

TEST_CASE("the wrappers add few instructions to the raw calls", "[instructions]") {
  NEEDS_CALLGRIND;
  const double transfer = instructions(subjects::transfer);
  at_most("send or recv - raw", (transfer - instructions(subjects::transfer_raw)) / 2, 40);
  // With the getsockname() that looks whether the connection has met itself.
  at_most("connect - raw", instructions(subjects::connect) - instructions(subjects::connect_raw), 78);
  at_most("refused connect - raw", instructions(subjects::refused_code) - instructions(subjects::refused_raw), 61.5);
#if defined(SOCKERR_BENCHMARK_ASIO)
  at_most("connect / Asio", instructions(subjects::connect) / instructions(subjects::connect_asio), 1);
  at_most("refused connect / Asio", instructions(subjects::refused_code) / instructions(subjects::refused_asio_code),
          1);
  std::cout << "send + recv / Asio: " << transfer / instructions(subjects::transfer_asio) << '\n';
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
  at_most("send + recv / POCO", transfer / instructions(subjects::transfer_poco), 1);
  at_most("connect with deadline / POCO",
          instructions(subjects::connect_with_deadline) / instructions(subjects::connect_poco_with_timeout), 1);
  at_most("refused connect, thrown / POCO",
          instructions(subjects::refused_thrown) / instructions(subjects::refused_poco_thrown), 1);
#endif
}

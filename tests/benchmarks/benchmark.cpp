// SPDX-License-Identifier: MIT
// Measures this library, the raw floor and its peers side by side in one process, interleaved, and prints a table of
// ratios of medians. Google Benchmark does the measuring; its --benchmark_filter and other flags work here too.

#include <benchmark/benchmark.h>

#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "subjects.hpp"

namespace {

struct comparison {
  const char* what;
  subjects::subject ours;
  const char* against;
  subjects::subject theirs;
  double bar;  // what the ratio is to be at most
};

const comparison comparisons[] = {
    {"`ec == condition`, our code", subjects::condition_own, "`ec.value() == ECONNREFUSED`", subjects::number_is, 1.4},
    {"`ec == condition`, system_category", subjects::condition_system, "`ec.value() == ECONNREFUSED`",
     subjects::number_is, 1.4},
    {"`ec == condition`, our code", subjects::condition_own, "`ec == std::errc`", subjects::std_errc, 1 / 8.0},
    {"`ec == condition`, system_category", subjects::condition_system, "`ec == std::errc`", subjects::std_errc,
     1 / 8.0},
#if defined(SOCKERR_BENCHMARK_BOOST)
    {"`ec == condition`, our code", subjects::condition_own, "Boost.System `ec == errc`", subjects::boost_errc,
     1 / 25.0},
    {"`ec == condition`, system_category", subjects::condition_system, "Boost.System `ec == errc`",
     subjects::boost_errc, 1 / 25.0},
#endif
    {"`ec == group`, our code", subjects::group_own, "`ec.value() == ECONNREFUSED`", subjects::number_is, 2},
    {"`ec == group`, system_category", subjects::group_system, "`ec.value() == ECONNREFUSED`", subjects::number_is, 2},
#if defined(SOCKERR_BENCHMARK_ASIO)
    {"`ec == condition`, Asio's code", subjects::condition_asio, "Asio's `ec == std::errc`", subjects::asio_errc, 2},
    {"`ec == group`, Asio's code", subjects::group_asio, "Asio's `ec == std::errc`", subjects::asio_errc, 2},
#endif
    {"`switch (classify(ec))`, 8 conditions", subjects::switch_of_classify, "8 times `ec == std::errc`",
     subjects::chain_of_errc, 1 / 10.0},
    {"throw_error(error), caught by type", subjects::throw_typed, "std::system_error that says the same",
     subjects::throw_std_composed, 0.8},
    {"throw_error(error), caught by type", subjects::throw_typed, "std::system_error{ec, \"connect\"}",
     subjects::throw_std_bare, 1.1},
    {"throw_error(error), caught by the root", subjects::throw_typed_caught_by_root, "caught by type",
     subjects::throw_typed, 1.05},
#if defined(SOCKERR_BENCHMARK_ASIO)
    {"send + recv", subjects::transfer, "Asio", subjects::transfer_asio, 1},
    {"send + recv with deadline", subjects::transfer_with_deadline, "Asio, without", subjects::transfer_asio, 1},
    {"connect", subjects::connect, "Asio", subjects::connect_asio, 1},
    {"refused connect, error_code", subjects::refused_code, "Asio", subjects::refused_asio_code, 1},
    {"refused connect, thrown", subjects::refused_thrown, "Asio", subjects::refused_asio_thrown, 1},
#endif
#if defined(SOCKERR_BENCHMARK_POCO)
    {"send + recv", subjects::transfer, "POCO", subjects::transfer_poco, 1},
    {"connect with deadline", subjects::connect_with_deadline, "POCO with timeout", subjects::connect_poco_with_timeout,
     1},
    {"refused connect, thrown", subjects::refused_thrown, "POCO", subjects::refused_poco_thrown, 1},
#endif
    // What these add to the raw calls is counted by the cost tests; their time has no bar.
    {"send + recv", subjects::transfer, "raw", subjects::transfer_raw, INFINITY},
    {"send + recv with deadline", subjects::transfer_with_deadline, "raw, without", subjects::transfer_raw, INFINITY},
    {"connect", subjects::connect, "raw", subjects::connect_raw, INFINITY},
    {"connect with deadline", subjects::connect_with_deadline, "raw with poll and SO_ERROR",
     subjects::connect_raw_with_timeout, INFINITY},
    {"refused connect, error_code", subjects::refused_code, "raw", subjects::refused_raw, INFINITY},
};

std::string id(subjects::subject s) { return std::to_string(reinterpret_cast<std::uintptr_t>(s)); }

// Collects the medians, and prints their ratios at the end.
class ratio_table : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.aggregate_name == "median") median_[run.run_name.function_name] = run.GetAdjustedRealTime();
  }
  void Finalize() override {
    std::cout << "| what | beside | ratio | bar |\n|---|---|---:|---:|\n" << std::fixed;
    for (const comparison& c : comparisons) {
      const auto ours = median_.find(id(c.ours));
      const auto theirs = median_.find(id(c.theirs));
      if (ours == median_.end() || theirs == median_.end()) continue;
      std::cout << "| " << c.what << " | " << c.against << " | " << std::setprecision(3)
                << ours->second / theirs->second << " | ";
      if (std::isfinite(c.bar)) std::cout << std::setprecision(3) << c.bar;
      std::cout << " |\n";
    }
  }

 private:
  std::map<std::string, double> median_;
};

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, subjects::subject> unique;
  for (const comparison& c : comparisons) {
    unique[id(c.ours)] = c.ours;
    unique[id(c.theirs)] = c.theirs;
  }
  for (const auto& [name, subject] : unique)
    benchmark::RegisterBenchmark(name.c_str(),
                                 [subject = subject](benchmark::State& state) {
                                   for (auto _ : state) subject();
                                 })
        ->Repetitions(15)
        ->MinTime(0.02);

  // Flags that are given come later and prevail.
  std::string interleaved = "--benchmark_enable_random_interleaving=true";
  std::string aggregates = "--benchmark_report_aggregates_only=true";
  std::vector<char*> arguments{argv[0], interleaved.data(), aggregates.data()};
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  ratio_table table;
  benchmark::RunSpecifiedBenchmarks(&table);
}

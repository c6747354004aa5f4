// SPDX-License-Identifier: MIT
#include <algorithm>

#include "../benchmarks/subjects.hpp"
#include "cost.hpp"

using cost::system_calls;
using names = std::vector<std::string>;

#define NEEDS_STRACE \
  if (!cost::sees_system_calls()) SOCKERR_SKIP("strace does not run this program")

namespace {

names without(names all, const std::string& name) {
  const auto found = std::find(all.begin(), all.end(), name);
  if (found != all.end()) all.erase(found);
  return all;
}

names print(const char* what, names all) {
  std::cout << what << ':';
  for (const std::string& name : all) std::cout << ' ' << name;
  std::cout << '\n';
  return all;
}

}  // namespace

TEST_CASE("send and recv make the raw system calls and no other, with a deadline too", "[system_calls]") {
  NEEDS_STRACE;
  const names raw = print("send + recv, raw", system_calls(subjects::transfer_raw));
  REQUIRE(raw.size() == 2);
  CHECK(print("send + recv", system_calls(subjects::transfer)) == raw);
  CHECK(print("send + recv with deadline", system_calls(subjects::transfer_with_deadline)) == raw);
}

TEST_CASE("connect makes one system call more: it looks whether it has met itself", "[system_calls]") {
  NEEDS_STRACE;
  // A port out of the range that the kernel picks from would make it needless, but that range can be changed, and a
  // socket may have been bound to any port: only the near end tells.
  const names raw = print("connect, raw", system_calls(subjects::connect_raw));
  REQUIRE(std::count(raw.begin(), raw.end(), "connect") == 1);
  const names ours = print("connect", system_calls(subjects::connect));
  CHECK(std::count(ours.begin(), ours.end(), "getsockname") == 1);
  CHECK(without(ours, "getsockname") == raw);
}

TEST_CASE("connect with a deadline makes the same system calls as one by hand, and that one more", "[system_calls]") {
  NEEDS_STRACE;
  // By hand: to get the mode, to change it and back, connect, poll and SO_ERROR. Ours changes it back before it waits.
  names raw = print("connect with timeout, raw", system_calls(subjects::connect_raw_with_timeout));
  REQUIRE(std::count(raw.begin(), raw.end(), "fcntl") == 3);
  names ours = without(print("connect with deadline", system_calls(subjects::connect_with_deadline)), "getsockname");
  std::sort(raw.begin(), raw.end());
  std::sort(ours.begin(), ours.end());
  CHECK(ours == raw);
}

TEST_CASE("a refused connect makes the raw system calls and no other", "[system_calls]") {
  NEEDS_STRACE;
  const names raw = print("refused connect, raw", system_calls(subjects::refused_raw));
  REQUIRE(raw.size() == 3);
  CHECK(print("refused connect", system_calls(subjects::refused_code)) == raw);
}

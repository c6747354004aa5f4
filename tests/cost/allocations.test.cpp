// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <string_view>
#include <utility>

#include "../benchmarks/subjects.hpp"
#include "cost.hpp"

using cost::at_most;

namespace {

long allocations_of(subjects::subject s) {
  s();
  const long before = cost::allocations();
  s();
  return cost::allocations() - before;
}

}  // namespace

TEST_CASE("throwing allocates three times at most, the exception itself included", "[allocations]") {
  const long thrown = allocations_of(subjects::throw_typed);
  REQUIRE(thrown >= 1);
  at_most("throw_error, allocations", static_cast<double>(thrown), 3);
}

TEST_CASE("an error as a value allocates nothing", "[allocations]") {
  CHECK(allocations_of(subjects::make_error) == 0);
  const long before = cost::allocations();
  const std::string_view part = "a part that no small buffer of a string would hold, and no cut either";
  sockerr::error e = sockerr::error{sockerr::errc::host_unreachable, sockerr::operation::connect}.peer(part).host(part);
  e.local(part).note(part).circumstance(sockerr::circumstance::prohibited, part);
  sockerr::error copy = e;
  copy = e;
  const sockerr::error moved = std::move(copy);
  const std::size_t size = moved.text().size() + moved.cause().size() + moved.message().size();
  const long after = cost::allocations();
  CHECK(size != 0);
  CHECK(after - before == 0);
}

TEST_CASE("asking what a code means allocates nothing", "[allocations]") {
  const long before = cost::allocations();
  std::size_t size = 0;
  for (const sockerr::code_info info : sockerr::codes()) {
    const std::error_code ec = info.code;
    size += sockerr::symbol(ec).size() + sockerr::message(info.code).size() + sockerr::cause(ec).size();
    size += sockerr::cause(ec, sockerr::operation::connect).size() + static_cast<std::size_t>(sockerr::classify(ec));
    size += static_cast<std::size_t>(sockerr::advise(ec, sockerr::operation::connect));
  }
  const long after = cost::allocations();
  CHECK(size != 0);
  CHECK(after - before == 0);
}

TEST_CASE("the wrappers allocate nothing, refused too", "[allocations]") {
  CHECK(allocations_of(subjects::transfer) == 0);
  CHECK(allocations_of(subjects::transfer_with_deadline) == 0);
  CHECK(allocations_of(subjects::connect) == 0);
  CHECK(allocations_of(subjects::connect_with_deadline) == 0);
  CHECK(allocations_of(subjects::refused_code) == 0);
}

// SPDX-License-Identifier: MIT
// Objects that include every header, in different orders and as different standards, in one program: nothing is defined
// twice, and the categories and the classes of exceptions are the same for all of them.
#include <sockerr/sockerr.hpp>

#include <cstdio>
#include <system_error>

#define OBJECT(name)                                       \
  namespace name {                                         \
  const std::error_category* category(int which) noexcept; \
  [[noreturn]] void raise(const std::error_code& ec);      \
  }
#include <objects.def>
#undef OBJECT

namespace {

int failures = 0;

void check_object(const char* name, const std::error_category* (*category)(int) noexcept,
                  void (*raise)(const std::error_code&)) {
  const std::error_category* const ours[] = {&sockerr::socket_category(), &sockerr::resolver_category(),
                                             &sockerr::library_category(), &sockerr::condition_category()};
  for (int i = 0; i != 4; ++i) {
    if (category(i) == ours[i]) continue;
    std::printf("%s: another object of category \"%s\"\n", name, ours[i]->name());
    ++failures;
  }
  try {
    raise(sockerr::errc::connection_refused);
  } catch (const sockerr::connection_refused& e) {
    if (e.code() == sockerr::errc::connection_refused) return;
  } catch (const std::system_error&) {
  }
  std::printf("%s: another class connection_refused\n", name);
  ++failures;
}

}  // namespace

int main() {
#define OBJECT(name) check_object(#name, name::category, name::raise);
#include <objects.def>
  return failures;
}

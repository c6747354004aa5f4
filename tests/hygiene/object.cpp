// SPDX-License-Identifier: MIT
// Every header in one order, as one standard, which the build chooses; twice, and used.
#include EVERYTHING
#include EVERYTHING

#include <chrono>
#include <system_error>

#if defined(_WIN32) && (defined(min) || defined(max))
#error "<windows.h> has brought min and max"
#endif

namespace OBJECT {

const std::error_category* category(int which) noexcept;
const std::error_category* category(int which) noexcept {
  switch (which) {
    case 0: return &sockerr::socket_category();
    case 1: return &sockerr::resolver_category();
    case 2: return &sockerr::library_category();
    default: return &sockerr::condition_category();
  }
}

[[noreturn]] void raise(const std::error_code& ec);
[[noreturn]] void raise(const std::error_code& ec) { sockerr::throw_error(ec); }

// Templates are only checked where they are used.
int use(const sockerr::endpoint& where_to);
int use(const sockerr::endpoint& where_to) {
  sockerr::retry_policy policy;
  policy.delay = std::chrono::duration<double>{0.5};
  sockerr::socket s =
      sockerr::retry(policy, sockerr::operation::connect, [&] { return sockerr::connect_to(where_to); });
  std::error_code ec;
  sockerr::retry(
      policy, sockerr::operation::connect, [&](std::error_code& result) { s.connect(where_to, result); }, ec);
  sockerr::error failed;
  s = sockerr::retry(
      policy, sockerr::operation::connect,
      [&](sockerr::error& result) { return sockerr::connect_to(where_to, {}, result); }, failed);
  if (failed == sockerr::errc::connection_refused || std::errc::timed_out == failed || failed == sockerr::errc{})
    s = {};
  s.set_option(SOL_SOCKET, SO_KEEPALIVE, 1);
  int known = s.get_option(SOL_SOCKET, SO_KEEPALIVE);
  for (const auto info : sockerr::codes()) known += static_cast<int>(info.symbol.size());
  for (const auto info : sockerr::codes<sockerr::resolver_errc>()) known += static_cast<int>(info.symbol.size());
  for (const auto info : sockerr::codes<sockerr::windows_errc>()) known += static_cast<int>(info.symbol.size());
  for (const auto info : sockerr::codes<sockerr::library_errc>()) known += static_cast<int>(info.symbol.size());
  return known + static_cast<int>(sockerr::from_symbol("ECONNREFUSED").has_value());
}

}  // namespace OBJECT

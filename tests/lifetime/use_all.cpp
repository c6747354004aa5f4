// SPDX-License-Identifier: MIT
// For start_up.cmake: everything used, nothing made before main, and tables that the loader need not touch.
#include <sockerr/sockerr.hpp>

std::size_t use_tables(const std::error_code& ec);
std::size_t use_tables(const std::error_code& ec) {
  std::size_t size = sockerr::symbol(ec).size() + sockerr::cause(ec, sockerr::operation::connect).size();
  for (const sockerr::code_info info : sockerr::codes())
    size += info.symbol.size() + info.message.size() + info.cause.size();
  size += sockerr::name(sockerr::classify(ec)).size() +
          sockerr::name(sockerr::advise(ec, sockerr::operation::accept)).size();
  return size + static_cast<std::size_t>(sockerr::from_symbol("ECONNREFUSED").has_value());
}

std::error_code use_categories();
std::error_code use_categories() {
  if (sockerr::resolver_errc::host_not_found == sockerr::make_error_condition(sockerr::condition::host_not_found) ||
      sockerr::library_errc::stopped == sockerr::make_error_condition(sockerr::condition::operation_canceled))
    return {};
  return sockerr::errc::timed_out;
}

// The place is handed on, since one of this file would be addresses of its own.
sockerr::error use_errors(sockerr::native_handle handle, const std::error_code& ec, sockerr::source_location where);
sockerr::error use_errors(sockerr::native_handle handle, const std::error_code& ec, sockerr::source_location where) {
  sockerr::error examined = sockerr::examine(handle, ec, sockerr::operation::recv, {}, where);
  if (examined.by_deadline() || examined.fault() == sockerr::fault::peer) return examined.note("of the peer");
  return sockerr::error{sockerr::errc::timed_out, sockerr::operation::connect, where}.circumstance(
      sockerr::circumstance::prohibited, "192.0.2.1");
}

sockerr::socket use_sockets(const std::string& host);
sockerr::socket use_sockets(const std::string& host) {
  const sockerr::socket listener = sockerr::listen_on(sockerr::endpoint::parse("127.0.0.1:0"));
  return sockerr::connect_with_retry(host, "80");
}

// SPDX-License-Identifier: MIT
#include <sockerr/classify.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "classify.hpp includes a socket header"
#endif

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "catch.hpp"
#include "foreign_categories.hpp"

namespace {

using sockerr::advise;
using sockerr::cause;
using sockerr::circumstance;
using sockerr::condition;
using sockerr::errc;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::retry_advice;
using sockerr::symbol;
using sockerr::windows_errc;

std::vector<operation> all_operations() {
  std::vector<operation> result;
  for (int i = 0; !sockerr::name(static_cast<operation>(i)).empty(); ++i) result.push_back(static_cast<operation>(i));
  return result;
}
const std::vector<operation> operations = all_operations();

std::vector<circumstance> all_circumstances() {
  std::vector<circumstance> result;
  for (int i = 0; !sockerr::name(static_cast<circumstance>(i)).empty(); ++i)
    result.push_back(static_cast<circumstance>(i));
  return result;
}
const std::vector<circumstance> circumstances = all_circumstances();

const named_category other_socket{"sockerr.socket"};
const named_category other_resolver{"sockerr.resolver"};
const named_category other_library{"sockerr.library"};
const conditional_category conditional{sockerr::condition_category()};

std::error_code a_code_of(condition c) { return {static_cast<int>(c), conditional}; }
std::error_code generic(std::errc code) { return std::make_error_code(code); }

// A native error in each of the categories that hold it.
std::vector<std::error_code> codes_of(errc code) {
  const int number = static_cast<int>(code);
  return {code, {number, std::system_category()}, {number, asio_system}, {number, other_socket}};
}

void check_advice(const std::error_code& ec, operation during, circumstance found, retry_advice expected) {
  CAPTURE(sockerr::name(during), sockerr::name(found), ec.category().name(), ec.value(), symbol(ec));
  CHECK(sockerr::name(advise(ec, during, found)) == sockerr::name(expected));
}

void check_advice(errc code, operation during, circumstance found, retry_advice expected) {
  for (const std::error_code& ec : codes_of(code)) check_advice(ec, during, found, expected);
  CHECK(advise(code, during, found) == expected);
}

void check_advice(errc code, operation during, retry_advice expected) {
  check_advice(code, during, circumstance::none, expected);
}

bool is_bulk(operation during) { return during == operation::send_all || during == operation::recv_exactly; }

// Whether a cause speaks of something; each such word stands for what the design wants said.
bool tells(std::string_view text, std::string_view of) { return text.find(of) != text.npos; }

static_assert(noexcept(symbol(std::error_code{})));
static_assert(noexcept(cause(std::error_code{})));
static_assert(noexcept(cause(std::error_code{}, operation::connect)));
static_assert(noexcept(cause(std::error_code{}, operation::connect, circumstance::datagram)));
static_assert(noexcept(advise(std::error_code{})));
static_assert(noexcept(advise(std::error_code{}, operation::connect)));
static_assert(noexcept(advise(std::error_code{}, operation::connect, circumstance::datagram)));
static_assert(noexcept(sockerr::name(retry_advice{})));

static_assert(sockerr::name(retry_advice::never) == "never");
static_assert(sockerr::name(retry_advice::at_once) == "at_once");
static_assert(sockerr::name(retry_advice::when_ready) == "when_ready");
static_assert(sockerr::name(retry_advice::after_pause) == "after_pause");
static_assert(sockerr::name(retry_advice::on_new_socket) == "on_new_socket");
static_assert(sockerr::name(retry_advice{5}).empty() && sockerr::name(retry_advice{255}).empty());
static_assert(retry_advice{} == retry_advice::never, "no advice is not to try again");

#if defined(SOCKERR_OPERATIONS) || defined(SOCKERR_ADVICE) || defined(SOCKERR_ENUMERATOR) || defined(SOCKERR_NAME) || \
    defined(SOCKERR_CIRCUMSTANCE) || defined(SOCKERR_CIRCUMSTANCES) || defined(SOCKERR_FAULTS)
#error "a macro survives its header"
#endif

}  // namespace

TEST_CASE("symbols of codes of any category", "[classify]") {
  CHECK(symbol(generic(std::errc::connection_refused)) == "ECONNREFUSED");
#if defined(_WIN32)
  CHECK(symbol(errc::connection_refused) == "WSAECONNREFUSED");
  CHECK(symbol(std::error_code{1225, std::system_category()}) == "ERROR_CONNECTION_REFUSED");
  CHECK(symbol(std::error_code{10061, asio_system}) == "WSAECONNREFUSED");
#else
  const std::error_code refused = errc::connection_refused;
  CHECK(symbol(refused) == "ECONNREFUSED");
  CHECK(symbol(std::error_code{ECONNREFUSED, std::system_category()}) == "ECONNREFUSED");
  CHECK(symbol(std::error_code{ECONNREFUSED, asio_system}) == "ECONNREFUSED");
  CHECK(symbol(std::error_code{ECONNREFUSED, other_socket}) == "ECONNREFUSED");
#endif
  const std::error_code no_name = resolver_errc::host_not_found;
  CHECK(symbol(no_name) == "EAI_NONAME");
  CHECK(symbol(std::error_code{1, other_resolver}) == "EAI_NONAME");
  CHECK(symbol(std::error_code{1, asio_netdb}) == "HOST_NOT_FOUND");
  CHECK(symbol(std::error_code{2, asio_netdb}) == "TRY_AGAIN");
  CHECK(symbol(std::error_code{-8, asio_addrinfo}) == "EAI_SERVICE");
  CHECK(symbol(std::error_code{2, asio_misc}) == "eof");
  CHECK(symbol(std::error_code{library_errc::end_of_stream}) == "EOF");
  CHECK(symbol(std::error_code{0x5001, other_library}) == "EOF");

  CHECK(symbol(std::error_code{}).empty());
  CHECK(symbol(std::error_code{0, stranger}).empty());
  CHECK(symbol(std::error_code{111, stranger}).empty());
  CHECK(symbol(std::error_code{99999, sockerr::socket_category()}).empty());
  CHECK(symbol(a_code_of(condition::connection_refused)).empty());
  // A category whose codes are the errno numbers themselves has their symbols; one that only maps to them has not.
  const conditional_category errno_numbers{std::generic_category()};
  CHECK(symbol({static_cast<int>(std::errc::connection_refused), errno_numbers}) == "ECONNREFUSED");
  const equivalent_category maps_to_errno{
      [](int, const std::error_condition& c) { return c == std::errc::connection_refused; }};
  CHECK(sockerr::classify({7, maps_to_errno}) == condition::connection_refused);
  CHECK(symbol({7, maps_to_errno}).empty());
}

// openssl/err.h: ERR_PACK and ERR_SYSTEM_FLAG of OpenSSL 3, and of 1.1 and LibreSSL, which have a function in between.
TEST_CASE("a packed code of a TLS library is what its reason or its errno says", "[classify]") {
  const named_category ssl{"asio.ssl"};
  const auto symbol_of = [&](unsigned packed) { return symbol({static_cast<int>(packed), ssl}); };
  const auto owner_of = [&](unsigned packed) { return sockerr::classify({static_cast<int>(packed), ssl}); };
  constexpr unsigned not_verified = 134;
  const std::string_view name = "SSL_R_CERTIFICATE_VERIFY_FAILED";
  CHECK(symbol_of(20U << 23U | not_verified) == name);
  CHECK(symbol_of(20U << 24U | 1U << 12U | not_verified) == name);
  CHECK(symbol_of(20U << 24U | 0x7ffU << 12U | not_verified) == name);
  CHECK(owner_of(20U << 23U | not_verified) == condition::protocol_error);
  // Reasons of another library have the same numbers: X.509, and what would be 40 in OpenSSL 3.
  for (const unsigned packed : {11U << 23U | not_verified, 20U << 24U | not_verified,
                                11U << 24U | 1U << 12U | not_verified, 21U << 23U | not_verified, not_verified}) {
    CAPTURE(packed);
    CHECK(owner_of(packed) == condition::other);
    CHECK(symbol_of(packed).empty());
  }
  // But memory runs out for all of them alike.
  for (const unsigned library : {1U, 11U, 13U, 20U, 39U}) {
    CAPTURE(library);
    CHECK(owner_of(library << 23U | 0xc0100U) == condition::no_buffer_space);
  }
  const auto reset = static_cast<unsigned>(errc::connection_reset);
  CHECK(owner_of(0x80000000U | reset) == condition::connection_reset);
  CHECK(symbol_of(0x80000000U | reset) == symbol(errc::connection_reset));
  CHECK(owner_of(0x80000000U | 0x7fffffffU) == condition::other);
#if !defined(_WIN32)
  // 1.1 numbers the system's functions from 1 to a few dozens.
  CHECK(owner_of(2U << 24U | 1U << 12U | reset) == condition::connection_reset);
  CHECK(owner_of(2U << 24U | 63U << 12U | reset) == condition::connection_reset);
  for (const unsigned function : {0U, 64U, 0x801U, 0xfffU}) {
    CAPTURE(function);
    CHECK(owner_of(2U << 24U | function << 12U | reset) == condition::other);
  }
#endif
  CHECK(owner_of(0) == condition::none);
  CHECK(symbol_of(0).empty());
}

// ------------------------------------------------------------------------------------------------------- advice

TEST_CASE("an interrupted call is made again where that does no harm", "[classify]") {
  const auto check = [](const std::error_code& ec) {
    for (const operation during : {operation::send, operation::recv, operation::accept, operation::resolve,
                                   operation::open, operation::wait, operation::get_option})
      check_advice(ec, during, circumstance::none, retry_advice::at_once);
    // A second connect would be another attempt, a second close may hit somebody else's descriptor.
    check_advice(ec, operation::connect, circumstance::none, retry_advice::when_ready);
    for (const operation during : {operation::close, operation::unknown, operation::send_all, operation::recv_exactly})
      check_advice(ec, during, circumstance::none, retry_advice::never);
  };
  check(generic(std::errc::interrupted));
  check(resolver_errc::interrupted);
#if !defined(_WIN32)
  for (const std::error_code& ec : codes_of(errc::interrupted)) check(ec);
#endif
}

TEST_CASE("a cancelled blocking call of Windows is never made again", "[classify]") {
  for (const operation during : operations)
    for (const circumstance found : circumstances) {
      CHECK(advise(windows_errc{10004}, during, found) == retry_advice::never);
#if defined(_WIN32)
      CHECK(advise(std::error_code{10004, std::system_category()}, during, found) == retry_advice::never);
#endif
    }
  CHECK(tells(cause(windows_errc{10004}), "another thread closed the socket"));
}

TEST_CASE("what would block is tried when it is ready", "[classify]") {
  for (const operation during : {operation::send, operation::recv, operation::accept}) {
    check_advice(errc::operation_would_block, during, retry_advice::when_ready);
    check_advice(generic(std::errc::resource_unavailable_try_again), during, circumstance::none,
                 retry_advice::when_ready);
  }
  check_advice(errc::connection_already_in_progress, operation::connect, retry_advice::when_ready);
  check_advice(generic(std::errc::connection_already_in_progress), operation::connect, circumstance::none,
               retry_advice::when_ready);
#if defined(_WIN32)
  check_advice(errc::operation_would_block, operation::connect, retry_advice::when_ready);
  // There it says that another blocking call of the thread is running.
  check_advice(errc::operation_in_progress, operation::connect, retry_advice::never);
#else
  check_advice(errc::operation_in_progress, operation::connect, retry_advice::when_ready);
#endif
}

TEST_CASE("a full queue asks for a pause, since the descriptor is ready all the while", "[classify]") {
  const std::error_code again = generic(std::errc::resource_unavailable_try_again);
  check_advice(again, operation::connect, circumstance::none, retry_advice::after_pause);
  check_advice(again, operation::connect, circumstance::backlog_full, retry_advice::after_pause);
  check_advice(again, operation::connect, circumstance::ports_exhausted, retry_advice::after_pause);
  check_advice(again, operation::send, circumstance::receiver_full, retry_advice::after_pause);
  check_advice(again, operation::send, circumstance::ports_exhausted, retry_advice::after_pause);
  check_advice(errc::resource_unavailable_try_again, operation::recv, retry_advice::when_ready);
  CHECK(tells(cause(again, operation::send, circumstance::receiver_full), "receiver"));
  CHECK(tells(cause(again, operation::connect, circumstance::backlog_full), "queue"));
}

TEST_CASE("exhausted resources ask for a pause whatever the call", "[classify]") {
  for (const errc code : {errc::too_many_files_open, errc::no_buffer_space, errc::not_enough_memory})
    for (const operation during :
         {operation::open, operation::accept, operation::connect, operation::bind, operation::listen, operation::send,
          operation::recv, operation::resolve, operation::unknown})
      check_advice(code, during, retry_advice::after_pause);
  check_advice(generic(std::errc::too_many_files_open_in_system), operation::accept, circumstance::none,
               retry_advice::after_pause);
  check_advice(resolver_errc::not_enough_memory, operation::resolve, circumstance::none, retry_advice::after_pause);
  // But never closes twice, and a limit of an option does not go away.
  check_advice(errc::no_buffer_space, operation::close, retry_advice::never);
  check_advice(errc::no_buffer_space, operation::set_option, retry_advice::never);
}

TEST_CASE("an address in use may be free later, but a path is not", "[classify]") {
  for (const operation during : {operation::bind, operation::listen, operation::connect})
    check_advice(errc::address_in_use, during, retry_advice::after_pause);
  check_advice(errc::address_in_use, operation::bind, circumstance::lingering, retry_advice::after_pause);
  check_advice(errc::address_in_use, operation::bind, circumstance::held_by_listener, retry_advice::after_pause);
  check_advice(errc::address_in_use, operation::bind, circumstance::datagram, retry_advice::after_pause);
  check_advice(errc::address_in_use, operation::bind, circumstance::path_taken, retry_advice::never);
  check_advice(errc::address_in_use, operation::bind, circumstance::unix_domain, retry_advice::never);
  for (const operation during : {operation::send, operation::set_option, operation::unknown})
    check_advice(errc::address_in_use, during, retry_advice::never);
  CHECK(tells(cause(errc::address_in_use, operation::set_option), "already joined"));
}

TEST_CASE("an address that is not available may come, but a host without IPv6 gets none", "[classify]") {
  const errc code = errc::address_not_available;
  // A new IPv6 address is not usable at first.
  check_advice(code, operation::bind, retry_advice::after_pause);
  check_advice(code, operation::connect, retry_advice::after_pause);
  check_advice(code, operation::connect, circumstance::ports_exhausted, retry_advice::after_pause);
  check_advice(code, operation::connect, circumstance::no_ipv6_address, retry_advice::never);
  check_advice(code, operation::connect, circumstance::port_zero, retry_advice::never);
  check_advice(code, operation::bind, circumstance::scope_missing, retry_advice::never);
  check_advice(code, operation::send, circumstance::datagram, retry_advice::after_pause);
  check_advice(code, operation::set_option, retry_advice::never);
  check_advice(code, operation::unknown, retry_advice::never);
  CHECK(tells(cause(code, operation::connect, circumstance::no_ipv6_address), "no usable IPv6 address"));
}

TEST_CASE("a broken connection asks for a new socket", "[classify]") {
  for (const operation during : {operation::send, operation::recv, operation::connect, operation::unknown})
    for (const errc code :
         {errc::connection_refused, errc::connection_reset, errc::connection_aborted, errc::broken_pipe,
          errc::not_connected, errc::timed_out, errc::host_unreachable, errc::network_unreachable, errc::network_reset})
      check_advice(code, during, retry_advice::on_new_socket);
  check_advice(library_errc::end_of_stream, operation::recv, circumstance::none, retry_advice::on_new_socket);
  check_advice({2, asio_misc}, operation::recv, circumstance::none, retry_advice::on_new_socket);
  check_advice(library_errc::self_connected, operation::connect, circumstance::none, retry_advice::on_new_socket);
}

TEST_CASE("a datagram socket is good after what became of an earlier datagram", "[classify]") {
  for (const errc code : {errc::connection_refused, errc::connection_reset}) {
    check_advice(code, operation::recv, circumstance::datagram, retry_advice::at_once);
    check_advice(code, operation::send, circumstance::datagram, retry_advice::at_once);
    for (const operation during : {operation::recv, operation::send}) {
      CHECK(tells(cause(code, during, circumstance::datagram), "earlier datagram"));
      CHECK_FALSE(tells(cause(code, during), "datagram"));
    }
  }
  for (const errc code : {errc::host_unreachable, errc::network_unreachable}) {
    check_advice(code, operation::recv, circumstance::datagram, retry_advice::at_once);
    check_advice(code, operation::send, circumstance::datagram, retry_advice::after_pause);
  }
  check_advice(errc::message_size, operation::recv, circumstance::datagram, retry_advice::at_once);
  check_advice(errc::timed_out, operation::recv, circumstance::datagram, retry_advice::when_ready);
#if !defined(_WIN32)
  CHECK(tells(cause(errc::message_size, operation::recv, circumstance::datagram), "MTU"));
#else
  CHECK(tells(cause(errc::message_size, operation::recv, circumstance::datagram), "larger buffer"));
#endif
}

TEST_CASE("a server that has not started is one situation under two codes", "[classify]") {
  check_advice(errc::connection_refused, operation::connect, circumstance::unix_domain, retry_advice::on_new_socket);
  const std::error_code missing = generic(std::errc::no_such_file_or_directory);
  check_advice(missing, operation::connect, circumstance::none, retry_advice::on_new_socket);
  check_advice(missing, operation::connect, circumstance::unix_domain, retry_advice::on_new_socket);
  check_advice(missing, operation::bind, circumstance::none, retry_advice::never);
  check_advice(missing, operation::resolve, circumstance::none, retry_advice::never);
}

TEST_CASE("a deadline of ours leaves the socket good", "[classify]") {
  const std::error_code ours = library_errc::deadline_exceeded;
  for (const std::error_code& ec : {ours, std::error_code{ours.value(), other_library}}) {
    for (const operation during : {operation::accept, operation::recv, operation::send, operation::wait})
      check_advice(ec, during, circumstance::none, retry_advice::when_ready);
    check_advice(ec, operation::connect, circumstance::none, retry_advice::on_new_socket);
    check_advice(ec, operation::connect, circumstance::no_answer, retry_advice::on_new_socket);
    check_advice(ec, operation::resolve, circumstance::none, retry_advice::after_pause);
    check_advice(ec, operation::resolve, circumstance::slow_resolver, retry_advice::after_pause);
    check_advice(ec, operation::send, circumstance::receiver_full, retry_advice::after_pause);
    for (const operation during : {operation::send_all, operation::recv_exactly})
      check_advice(ec, during, circumstance::partial, retry_advice::never);
  }
  // The kernel's has ended the connection.
  for (const operation during : {operation::recv, operation::send})
    check_advice(errc::timed_out, during, retry_advice::on_new_socket);
  check_advice(errc::timed_out, operation::accept, retry_advice::when_ready);
  check_advice(library_errc::stopped, operation::recv, circumstance::none, retry_advice::never);
}

TEST_CASE("accept goes on at once after the errors of a connection in the queue", "[classify]") {
  for (const errc code : {errc::connection_aborted, errc::connection_reset, errc::host_unreachable,
                          errc::network_unreachable, errc::network_down, errc::no_protocol_option})
    check_advice(code, operation::accept, retry_advice::at_once);
  check_advice(generic(std::errc::protocol_error), operation::accept, circumstance::none, retry_advice::at_once);
  check_advice(generic(std::errc::protocol_error), operation::connect, circumstance::none, retry_advice::never);
  // It says that the socket cannot listen at all, so a loop would spin.
  check_advice(errc::operation_not_supported, operation::accept, retry_advice::never);
}

TEST_CASE("a packet that a rule rejected may pass later", "[classify]") {
  check_advice(generic(std::errc::operation_not_permitted), operation::send, circumstance::none,
               retry_advice::after_pause);
  CHECK(tells(cause(generic(std::errc::operation_not_permitted), operation::send), "rate limit"));
}

TEST_CASE("a look-up has no socket", "[classify]") {
  check_advice(resolver_errc::resolution_try_again, operation::resolve, circumstance::none, retry_advice::after_pause);
  check_advice({2, asio_netdb}, operation::resolve, circumstance::none, retry_advice::after_pause);
  check_advice(resolver_errc::resolution_failed, operation::resolve, circumstance::none, retry_advice::never);
  check_advice(resolver_errc::host_not_found, operation::resolve, circumstance::none, retry_advice::never);
  for (const errc code : {errc::connection_refused, errc::connection_reset, errc::timed_out, errc::host_unreachable,
                          errc::network_unreachable, errc::network_down, errc::address_not_available})
    check_advice(code, operation::resolve, retry_advice::after_pause);
  for (const sockerr::code_info info : sockerr::codes())
    CHECK(advise(info.code, operation::resolve) != retry_advice::when_ready);
}

TEST_CASE("all other errors do not heal", "[classify]") {
  for (const operation during : {operation::connect, operation::bind, operation::recv, operation::unknown}) {
    for (const errc code :
         {errc::permission_denied, errc::bad_file_descriptor, errc::not_a_socket, errc::invalid_argument,
          errc::bad_address, errc::already_connected, errc::address_family_not_supported, errc::operation_canceled,
          errc::operation_not_supported})
      check_advice(code, during, retry_advice::never);
    check_advice(resolver_errc::service_not_found, during, circumstance::none, retry_advice::never);
    check_advice(resolver_errc::bad_flags, during, circumstance::none, retry_advice::never);
  }
  check_advice(errc::message_size, operation::send, retry_advice::never);
  check_advice(errc::invalid_argument, operation::send, retry_advice::never);
}

TEST_CASE("advice that knows no more never repeats a close or what may have moved bytes", "[classify]") {
  const auto check = [](const auto& codes) {
    for (const auto info : codes) {
      for (const circumstance found : circumstances) {
        CAPTURE(info.symbol, sockerr::name(found));
        for (const operation during : operations)
          if (is_bulk(during) && advise(info.code, during, found) != retry_advice::never) FAIL_CHECK("repeats");
        const retry_advice on_close = advise(info.code, operation::close, found);
        if (on_close != retry_advice::never && on_close != retry_advice::on_new_socket) FAIL_CHECK("closes again");
      }
    }
  };
  check(sockerr::codes());
  check(sockerr::codes<resolver_errc>());
  check(sockerr::codes<library_errc>());
  check(sockerr::codes<windows_errc>());
}

TEST_CASE("where there is no error or nothing is known the advice is never", "[classify]") {
  for (const operation during : operations) {
    for (const circumstance found : circumstances) {
      CHECK(advise(std::error_code{}, during, found) == retry_advice::never);
      CHECK(advise({99999, sockerr::socket_category()}, during, found) == retry_advice::never);
      CHECK(advise({11, stranger}, during, found) == retry_advice::never);
    }
  }
  CHECK(advise(errc::invalid_argument, static_cast<operation>(200)) == retry_advice::never);
  CHECK(advise(errc::connection_reset, static_cast<operation>(200)) == retry_advice::on_new_socket);
  CHECK(advise(errc::connection_reset, operation::recv, static_cast<circumstance>(200)) == retry_advice::on_new_socket);
  CHECK(advise(std::error_code{errc::connection_reset}) == retry_advice::on_new_socket);
}

TEST_CASE("a code of another library has the advice of the error that it maps to", "[classify]") {
  for (const auto& node : sockerr::detail::nodes) {
    if (node.self == condition::none) continue;
    const std::error_code ec = a_code_of(node.self);
    CAPTURE(node.name);
    CHECK_FALSE(cause(ec).empty());
    CHECK(cause(ec).back() == '.');
    if (node.self != condition::other) CHECK(cause(ec) != "Nothing more is known about this error.");
    CHECK(symbol(ec).empty());
  }
  CHECK(cause(a_code_of(condition::timed_out), operation::connect) == cause(errc::timed_out, operation::connect));
  CHECK(cause(a_code_of(condition::timed_out), operation::resolve) == cause(errc::timed_out, operation::resolve));
  CHECK(advise(a_code_of(condition::timed_out), operation::accept) == advise(errc::timed_out, operation::accept));
  CHECK(advise(a_code_of(condition::connection_refused), operation::recv, circumstance::datagram) ==
        retry_advice::at_once);
  CHECK(advise(a_code_of(condition::would_block), operation::recv) == retry_advice::when_ready);
  CHECK(advise(a_code_of(condition::resource_exhausted), operation::accept) == retry_advice::after_pause);
  CHECK(advise(a_code_of(condition::connection_error), operation::recv) == retry_advice::on_new_socket);
  CHECK(advise(a_code_of(condition::usage_error), operation::recv) == retry_advice::never);
  // By an errno that it names, its own row, which says more than that of its condition.
  const conditional_category by_errno{std::generic_category()};
  const std::error_code reset{static_cast<int>(std::errc::network_reset), by_errno};
  CHECK(cause(reset) == cause(generic(std::errc::network_reset)));
  CHECK(cause(reset) != cause(a_code_of(condition::connection_reset)));
  // And by equivalent() too.
  const equivalent_category says_so{[](int, const std::error_condition& c) { return c == std::errc::network_reset; }};
  CHECK(cause({1, says_so}) == cause(generic(std::errc::network_reset)));
  CHECK(advise({1, says_so}) == retry_advice::on_new_socket);
}

// -------------------------------------------------------------------------------------------------------- cause

TEST_CASE("each error has a cause in each operation", "[classify]") {
  for (const operation during : operations) {
    for (const sockerr::code_info info : sockerr::codes()) {
      CAPTURE(info.symbol, sockerr::name(during));
      for (const circumstance found : circumstances) {
        const std::string_view text = cause(info.code, during, found);
        if (text.empty() || text.back() != '.') FAIL_CHECK("no sentence for " << sockerr::name(found));
      }
    }
    for (const auto info : sockerr::codes<resolver_errc>()) {
      CAPTURE(info.symbol, sockerr::name(during));
      CHECK_FALSE(cause(info.code, during).empty());
    }
    for (const auto info : sockerr::codes<library_errc>()) CHECK_FALSE(cause(info.code, during).empty());
    for (const auto info : sockerr::codes<windows_errc>()) CHECK_FALSE(cause(info.code, during).empty());
  }
}

TEST_CASE("a cause without an operation is that of the table", "[classify]") {
  for (const sockerr::code_info info : sockerr::codes()) {
    if (symbol(info.code) != info.symbol) continue;
    CAPTURE(info.symbol);
    CHECK(cause(info.code) == info.cause);
    CHECK(cause(info.code, static_cast<operation>(200)) == info.cause);
    CHECK(cause(info.code, operation::unknown, static_cast<circumstance>(200)) == info.cause);
    CHECK(cause(std::error_code{info.code}) == info.cause);
  }
}

TEST_CASE("no error has no cause and an unknown one says so", "[classify]") {
  for (const operation during : operations) {
    CHECK(cause(std::error_code{}, during).empty());
    CHECK(cause(std::error_code{0, stranger}, during).empty());
    CHECK(cause({99999, sockerr::socket_category()}, during) == "Nothing more is known about this error.");
    CHECK(cause({1, stranger}, during) == "Nothing more is known about this error.");
  }
}

TEST_CASE("a look-up takes the row that fits best", "[classify]") {
  const errc code = errc::connection_refused;
  // Operation and circumstance, else the operation, else the error.
  CHECK(cause(code, operation::recv, circumstance::datagram) != cause(code, operation::recv));
  CHECK(cause(code, operation::recv, circumstance::slow_resolver) == cause(code, operation::recv));
  CHECK(cause(code, operation::recv) != cause(code));
  CHECK(cause(code, operation::local_address) == cause(code));
  CHECK(cause(code, operation::local_address, circumstance::datagram) == cause(code));
  // What was found out about send is true of send_all too; what send says without it is about doing it again.
  CHECK(cause(code, operation::recv_exactly, circumstance::datagram) ==
        cause(code, operation::recv, circumstance::datagram));
  CHECK(cause(code, operation::send_all) == cause(code));
  CHECK(cause(code, operation::send_all) != cause(code, operation::send));
  CHECK(cause(library_errc::deadline_exceeded, operation::send_all, circumstance::partial) !=
        cause(library_errc::deadline_exceeded, operation::send_all));
  CHECK(cause(library_errc::deadline_exceeded, operation::send_all, circumstance::peer_not_reading) ==
        cause(library_errc::deadline_exceeded, operation::send, circumstance::peer_not_reading));
}

TEST_CASE("a refused permission depends on the call", "[classify]") {
  CHECK(tells(cause(errc::permission_denied, operation::bind), "low port"));
  CHECK(tells(cause(errc::permission_denied, operation::bind), "exclusively"));
  CHECK(tells(cause(errc::permission_denied, operation::connect), "firewall"));
  CHECK(tells(cause(errc::permission_denied, operation::connect, circumstance::datagram), "broadcast"));
  CHECK_FALSE(tells(cause(errc::permission_denied, operation::connect), "broadcast"));
  CHECK_FALSE(tells(cause(errc::permission_denied, operation::connect), "port"));
}

TEST_CASE("an address that is not available depends on the call", "[classify]") {
  CHECK(tells(cause(errc::address_not_available, operation::bind), "No interface of this host has this address"));
  CHECK(tells(cause(errc::address_not_available, operation::connect), "port"));
  CHECK(tells(cause(errc::address_not_available, operation::connect, circumstance::ports_exhausted),
              "No local port is free"));
}

TEST_CASE("a Unix-domain path is a cause where there is one", "[classify]") {
  CHECK(tells(cause(generic(std::errc::no_such_file_or_directory), operation::connect), "path does not exist"));
  CHECK(tells(cause(generic(std::errc::no_such_file_or_directory), operation::connect), "has not started"));
  CHECK(tells(cause(errc::connection_refused, operation::connect, circumstance::unix_domain), "path"));
  CHECK_FALSE(tells(cause(errc::connection_refused, operation::connect), "path"));
  CHECK(tells(cause(errc::connection_refused, operation::connect), "Nobody listens"));
}

TEST_CASE("a reset is mostly the end of an idle connection", "[classify]") {
  CHECK(tells(cause(errc::connection_reset, operation::recv), "idle"));
  CHECK(tells(cause(errc::connection_reset), "idle"));
}

TEST_CASE("an invalid argument may be a missing interface or a blackhole", "[classify]") {
  CHECK(tells(cause(errc::invalid_argument, operation::connect, circumstance::scope_missing), "link-local"));
  CHECK(tells(cause(errc::invalid_argument, operation::connect, circumstance::scope_missing), "interface"));
  CHECK(tells(cause(errc::invalid_argument, operation::send), "blackhole"));
}

TEST_CASE("a missing protocol option of connect is an answer of the remote host", "[classify]") {
  CHECK(tells(cause(errc::no_protocol_option, operation::connect), "host answered"));
  CHECK_FALSE(tells(cause(errc::no_protocol_option, operation::set_option), "host"));
}

TEST_CASE("what never reached a name server is not blamed on one", "[classify]") {
  CHECK(tells(cause(resolver_errc::host_not_found, operation::resolve, circumstance::not_a_host_name),
              "cannot be a host name"));
  CHECK(tells(cause(library_errc::deadline_exceeded, operation::resolve, circumstance::slow_resolver), "name server"));
  CHECK_FALSE(tells(cause(library_errc::deadline_exceeded, operation::resolve), "address did not answer"));
}

TEST_CASE("causes are the same for every category that has the error", "[classify]") {
  const std::string_view ours = cause(errc::connection_refused, operation::recv);
  const int number = static_cast<int>(errc::connection_refused);
  CHECK(cause({number, std::system_category()}, operation::recv) == ours);
  CHECK(cause(generic(std::errc::connection_refused), operation::recv) == ours);
  CHECK(cause({number, asio_system}, operation::recv) == ours);
  CHECK(cause({number, other_socket}, operation::recv) == ours);
  CHECK(cause({1, asio_netdb}, operation::resolve) == cause(resolver_errc::host_not_found, operation::resolve));
  CHECK(cause({1, other_resolver}, operation::resolve) == cause(resolver_errc::host_not_found, operation::resolve));
  CHECK(cause(windows_errc{10061}, operation::recv) == ours);
  CHECK(cause(std::error_code{errc::connection_refused}, operation::recv) == ours);
}

// --------------------------------------------------------------------------------------------------------- hashing

TEST_CASE("conditions, codes, operations and advice are keys of a hash table", "[classify]") {
  std::unordered_map<condition, int> counts;
  ++counts[sockerr::classify(errc::connection_refused)];
  ++counts[condition::connection_refused];
  ++counts[condition::timed_out];
  CHECK(counts[condition::connection_refused] == 2);
  CHECK(counts.size() == 2);
  CHECK(std::unordered_set<errc>{errc::timed_out, errc::timed_out}.size() == 1);
  CHECK(std::unordered_set<resolver_errc>{resolver_errc::host_not_found}.count(resolver_errc::no_data) == 0);
  CHECK(std::unordered_set<sockerr::windows_errc>{sockerr::windows_errc{10061}}.size() == 1);
  CHECK(std::unordered_set<operation>(operations.begin(), operations.end()).size() == 19);
  CHECK(std::unordered_set<circumstance>(circumstances.begin(), circumstances.end()).size() == 30);
  CHECK(std::unordered_set<library_errc>{library_errc::stopped}.count(library_errc::end_of_stream) == 0);
  CHECK(std::unordered_set<retry_advice>{retry_advice::never}.count(retry_advice::at_once) == 0);
}

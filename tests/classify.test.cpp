// SPDX-License-Identifier: MIT
#include <sockerr/classify.hpp>

#if !defined(SOCKERR_TESTS_SINGLE_HEADER) && (defined(AF_INET) || defined(_WINSOCK2API_) || defined(EAI_NONAME))
#error "classify.hpp includes a socket header"
#endif

#include <cerrno>
#include <iterator>
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
using sockerr::condition;
using sockerr::errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::retry_advice;
using sockerr::symbol;

constexpr operation operations[] = {
    operation::unknown,    operation::open,       operation::connect,       operation::bind,         operation::listen,
    operation::accept,     operation::send,       operation::recv,          operation::shutdown,     operation::close,
    operation::get_option, operation::set_option, operation::local_address, operation::peer_address, operation::resolve,
};

const named_category other_socket{"socket"};
const named_category other_resolver{"resolver"};
const conditional_category conditional{sockerr::condition_category()};

std::error_code a_code_of(condition c) { return {static_cast<int>(c), conditional}; }
std::error_code generic(std::errc code) { return std::make_error_code(code); }

// All that the platform has of a condition, from each of the categories that hold it.
std::vector<std::error_code> codes_of(condition c) {
  std::vector<std::error_code> result;
  for (const sockerr::code_info info : sockerr::codes()) {
    if (!sockerr::matches(sockerr::classify(info.code), c)) continue;
    result.push_back(info.code);
    result.emplace_back(static_cast<int>(info.code), std::system_category());
    result.emplace_back(static_cast<int>(info.code), asio_system);
    result.emplace_back(static_cast<int>(info.code), other_socket);
  }
  for (const auto info : sockerr::codes<resolver_errc>())
    if (sockerr::matches(info.condition, c)) result.push_back(info.code);
  result.push_back(a_code_of(c));
  return result;
}

void check_advice(condition c, operation during, retry_advice expected) {
  for (const std::error_code& ec : codes_of(c)) {
    CAPTURE(sockerr::name(c), sockerr::name(during), ec.category().name(), ec.value(), symbol(ec));
    CHECK(sockerr::name(advise(ec, during)) == sockerr::name(expected));
  }
}

// Whether a cause speaks of something; each such word stands for what the design wants said.
bool tells(std::string_view text, std::string_view of) { return text.find(of) != text.npos; }

static_assert(noexcept(symbol(std::error_code{})));
static_assert(noexcept(cause(std::error_code{})));
static_assert(noexcept(cause(std::error_code{}, operation::connect)));
static_assert(noexcept(advise(std::error_code{}, operation::connect)));
static_assert(noexcept(sockerr::name(retry_advice{})));

static_assert(sockerr::name(retry_advice::never) == "never");
static_assert(sockerr::name(retry_advice::at_once) == "at_once");
static_assert(sockerr::name(retry_advice::when_ready) == "when_ready");
static_assert(sockerr::name(retry_advice::after_pause) == "after_pause");
static_assert(sockerr::name(retry_advice::on_new_socket) == "on_new_socket");
static_assert(sockerr::name(retry_advice{-1}).empty() && sockerr::name(retry_advice{5}).empty());
static_assert(sockerr::name(retry_advice{-2147483647 - 1}).empty() && sockerr::name(retry_advice{2147483647}).empty());
static_assert(retry_advice{} == retry_advice::never, "no advice is not to try again");

#if defined(SOCKERR_OPERATIONS) || defined(SOCKERR_ADVICE) || defined(SOCKERR_ENUMERATOR) || \
    defined(SOCKERR_CHARACTERS) || defined(SOCKERR_SIZE)
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

  CHECK(symbol(std::error_code{}).empty());
  CHECK(symbol(std::error_code{0, stranger}).empty());
  CHECK(symbol(std::error_code{111, stranger}).empty());
  CHECK(symbol(std::error_code{99999, sockerr::socket_category()}).empty());
  CHECK(symbol(a_code_of(condition::connection_refused)).empty());
}

// ------------------------------------------------------------------------------------------------------- advice

TEST_CASE("an interrupted call is made again at once", "[classify]") {
  for (const operation during : {operation::send, operation::recv, operation::accept, operation::resolve})
    check_advice(condition::interrupted, during, retry_advice::at_once);
}

TEST_CASE("what would block is tried when it is ready", "[classify]") {
  for (const operation during : {operation::send, operation::recv, operation::accept})
    check_advice(condition::would_block, during, retry_advice::when_ready);
  CHECK(advise(errc::operation_in_progress, operation::connect) == retry_advice::when_ready);
  CHECK(advise(errc::connection_already_in_progress, operation::connect) == retry_advice::when_ready);
  CHECK(advise(generic(std::errc::operation_in_progress), operation::connect) == retry_advice::when_ready);
#if defined(_WIN32)
  CHECK(advise(errc::operation_would_block, operation::connect) == retry_advice::when_ready);
#endif
}

TEST_CASE("a full backlog of a Unix-domain socket asks for a pause", "[classify]") {
  CHECK(advise(generic(std::errc::resource_unavailable_try_again), operation::connect) == retry_advice::after_pause);
  CHECK(advise(errc::resource_unavailable_try_again, operation::connect) == retry_advice::after_pause);
  CHECK(advise(errc::resource_unavailable_try_again, operation::recv) == retry_advice::when_ready);
}

TEST_CASE("exhausted resources ask for a pause whatever the call", "[classify]") {
  for (const operation during : operations)
    for (const condition c :
         {condition::resource_exhausted, condition::too_many_files_open, condition::no_buffer_space})
      check_advice(c, during, retry_advice::after_pause);
}

TEST_CASE("an address in use may be free later where a socket is bound", "[classify]") {
  check_advice(condition::address_in_use, operation::bind, retry_advice::after_pause);
  check_advice(condition::address_in_use, operation::send, retry_advice::never);
  check_advice(condition::address_in_use, operation::unknown, retry_advice::never);
}

TEST_CASE("an address that is not available heals only for connect", "[classify]") {
  for (const operation during : operations)
    check_advice(condition::address_not_available, during,
                 during == operation::connect ? retry_advice::after_pause : retry_advice::never);
}

TEST_CASE("a broken connection asks for a new socket", "[classify]") {
  for (const operation during : operations) {
    if (during == operation::accept) continue;
    for (const condition c : {condition::connection_error, condition::connection_refused, condition::connection_reset,
                              condition::connection_aborted, condition::broken_pipe, condition::not_connected,
                              condition::timed_out, condition::unreachable, condition::host_unreachable,
                              condition::network_unreachable, condition::resolution_try_again})
      check_advice(c, during, retry_advice::on_new_socket);
  }
  CHECK(advise({2, asio_netdb}, operation::resolve) == retry_advice::on_new_socket);
  CHECK(advise({2, asio_misc}, operation::recv) == retry_advice::on_new_socket);
}

TEST_CASE("accept goes on at once after the errors of a connection in the queue", "[classify]") {
  for (const condition c : {condition::connection_aborted, condition::connection_reset, condition::unreachable,
                            condition::host_unreachable, condition::network_unreachable})
    check_advice(c, operation::accept, retry_advice::at_once);
  CHECK(advise(generic(std::errc::protocol_error), operation::accept) == retry_advice::at_once);
  CHECK(advise(generic(std::errc::no_protocol_option), operation::accept) == retry_advice::at_once);
  CHECK(advise(errc::no_protocol_option, operation::accept) == retry_advice::at_once);
  CHECK(advise(generic(std::errc::protocol_error), operation::connect) == retry_advice::never);
  CHECK(advise(generic(std::errc::no_protocol_option), operation::connect) == retry_advice::never);
  // It says that the socket cannot listen at all, so a loop would spin.
  CHECK(advise(errc::operation_not_supported, operation::accept) == retry_advice::never);
}

TEST_CASE("all other errors do not heal", "[classify]") {
  for (const operation during : operations) {
    for (const condition c :
         {condition::permission_denied, condition::operation_canceled, condition::message_size, condition::usage_error,
          condition::bad_file_descriptor, condition::not_a_socket, condition::invalid_argument,
          condition::already_connected, condition::path_error, condition::host_not_found, condition::service_not_found,
          condition::address_family_not_supported, condition::other})
      check_advice(c, during, retry_advice::never);
    if (during == operation::accept) continue;
    check_advice(condition::not_supported, during, retry_advice::never);
    check_advice(condition::protocol_error, during, retry_advice::never);
  }
  CHECK(advise(resolver_errc::resolution_failed, operation::resolve) == retry_advice::never);
}

TEST_CASE("where there is no error or nothing is known the advice is never", "[classify]") {
  for (const operation during : operations) {
    CHECK(advise(std::error_code{}, during) == retry_advice::never);
    CHECK(advise({99999, sockerr::socket_category()}, during) == retry_advice::never);
    CHECK(advise({11, stranger}, during) == retry_advice::never);
  }
  CHECK(advise(errc::invalid_argument, operation{-1}) == retry_advice::never);
  CHECK(advise(errc::connection_reset, operation{1000}) == retry_advice::on_new_socket);
}

// -------------------------------------------------------------------------------------------------------- cause

TEST_CASE("each error has a cause in each operation", "[classify]") {
  for (const operation during : operations) {
    for (const sockerr::code_info info : sockerr::codes()) {
      CAPTURE(info.symbol, sockerr::name(during));
      const std::string_view text = cause(info.code, during);
      REQUIRE_FALSE(text.empty());
      CHECK(text.back() == '.');
    }
    for (const auto info : sockerr::codes<resolver_errc>()) {
      CAPTURE(info.symbol, sockerr::name(during));
      CHECK_FALSE(cause(info.code, during).empty());
    }
  }
}

TEST_CASE("a cause without an operation is that of the table", "[classify]") {
  for (const sockerr::code_info info : sockerr::codes()) {
    if (symbol(info.code) != info.symbol) continue;
    CAPTURE(info.symbol);
    CHECK(cause(info.code) == info.cause);
    CHECK(cause(info.code, operation{-1}) == info.cause);
    CHECK(cause(info.code, operation{1000}) == info.cause);
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

TEST_CASE("a refused permission depends on the call", "[classify]") {
  CHECK(tells(cause(errc::permission_denied, operation::bind), "port below 1024"));
  CHECK(tells(cause(errc::permission_denied, operation::bind), "exclusively"));
  CHECK(tells(cause(errc::permission_denied, operation::connect), "firewall"));
  CHECK(tells(cause(errc::permission_denied, operation::connect), "broadcast"));
  CHECK_FALSE(tells(cause(errc::permission_denied, operation::connect), "1024"));
}

TEST_CASE("an address that is not available depends on the call", "[classify]") {
  CHECK(tells(cause(errc::address_not_available, operation::bind), "does not belong to any interface"));
  CHECK(tells(cause(errc::address_not_available, operation::connect), "port"));
  CHECK(tells(cause(errc::address_not_available, operation::connect), "TIME_WAIT"));
}

TEST_CASE("a Unix-domain path is among the causes", "[classify]") {
  CHECK(tells(cause(generic(std::errc::no_such_file_or_directory), operation::connect), "Unix-domain path does not"));
  CHECK(tells(cause(generic(std::errc::no_such_file_or_directory), operation::connect), "server is not running"));
  CHECK(tells(cause(errc::connection_refused, operation::connect), "Unix-domain path is left over"));
  CHECK(tells(cause(errc::connection_refused, operation::connect), "Nothing is listening"));
}

TEST_CASE("a datagram socket reports what became of an earlier datagram", "[classify]") {
  for (const operation during : {operation::recv, operation::send}) {
    CHECK(tells(cause(errc::connection_refused, during), "earlier datagram"));
    CHECK(tells(cause(errc::connection_reset, during), "earlier datagram"));
  }
}

TEST_CASE("an invalid argument of connect may be a missing interface", "[classify]") {
  CHECK(tells(cause(errc::invalid_argument, operation::connect), "link-local"));
  CHECK(tells(cause(errc::invalid_argument, operation::connect), "interface"));
}

TEST_CASE("a missing protocol option of connect is an answer of the far side", "[classify]") {
  CHECK(tells(cause(errc::no_protocol_option, operation::connect), "far side"));
  CHECK_FALSE(tells(cause(errc::no_protocol_option, operation::set_option), "far side"));
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
  CHECK(std::unordered_set<operation>(std::begin(operations), std::end(operations)).size() == 15);
  CHECK(std::unordered_set<retry_advice>{retry_advice::never}.count(retry_advice::at_once) == 0);
}

// SPDX-License-Identifier: MIT
#include <sockerr/classify.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "catch.hpp"

namespace {

using sockerr::condition;
using sockerr::errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::windows_errc;

struct expected {
  std::string_view symbol;
  int number;
  condition owner;
};

// What the design says of every errno, written out a second time: codes.def is what is under test. An errno that is not
// here belongs to no node.
constexpr expected errnos[] = {
#ifdef ECONNREFUSED
    {"ECONNREFUSED", ECONNREFUSED, condition::connection_refused},
#endif
#ifdef ECONNRESET
    {"ECONNRESET", ECONNRESET, condition::connection_reset},
#endif
#ifdef ENETRESET
    {"ENETRESET", ENETRESET, condition::connection_reset},
#endif
#ifdef ECONNABORTED
    {"ECONNABORTED", ECONNABORTED, condition::connection_aborted},
#endif
#ifdef EPIPE
    {"EPIPE", EPIPE, condition::broken_pipe},
#endif
#ifdef ESHUTDOWN
    {"ESHUTDOWN", ESHUTDOWN, condition::broken_pipe},
#endif
#ifdef ENOTCONN
    {"ENOTCONN", ENOTCONN, condition::not_connected},
#endif
#ifdef ETIMEDOUT
    {"ETIMEDOUT", ETIMEDOUT, condition::timed_out},
#endif
#ifdef ETIME
    {"ETIME", ETIME, condition::timed_out},
#endif
#ifdef EHOSTUNREACH
    {"EHOSTUNREACH", EHOSTUNREACH, condition::host_unreachable},
#endif
#ifdef EHOSTDOWN
    {"EHOSTDOWN", EHOSTDOWN, condition::host_unreachable},
#endif
#ifdef ENETUNREACH
    {"ENETUNREACH", ENETUNREACH, condition::network_unreachable},
#endif
#ifdef ENETDOWN
    {"ENETDOWN", ENETDOWN, condition::network_unreachable},
#endif
#ifdef ENONET
    {"ENONET", ENONET, condition::network_unreachable},
#endif
#ifdef EADDRINUSE
    {"EADDRINUSE", EADDRINUSE, condition::address_in_use},
#endif
#ifdef EADDRNOTAVAIL
    {"EADDRNOTAVAIL", EADDRNOTAVAIL, condition::address_not_available},
#endif
#ifdef EAFNOSUPPORT
    {"EAFNOSUPPORT", EAFNOSUPPORT, condition::address_family_not_supported},
#endif
#ifdef EPFNOSUPPORT
    {"EPFNOSUPPORT", EPFNOSUPPORT, condition::address_family_not_supported},
#endif
#ifdef EAGAIN
    {"EAGAIN", EAGAIN, condition::would_block},
#endif
#ifdef EWOULDBLOCK
    {"EWOULDBLOCK", EWOULDBLOCK, condition::would_block},
#endif
#ifdef EINPROGRESS
    {"EINPROGRESS", EINPROGRESS, condition::would_block},
#endif
#ifdef EALREADY
    {"EALREADY", EALREADY, condition::would_block},
#endif
#ifdef EINTR
    {"EINTR", EINTR, condition::interrupted},
#endif
#ifdef ECANCELED
    {"ECANCELED", ECANCELED, condition::operation_canceled},
#endif
#ifdef EACCES
    {"EACCES", EACCES, condition::permission_denied},
#endif
#ifdef EPERM
    {"EPERM", EPERM, condition::permission_denied},
#endif
#ifdef EMFILE
    {"EMFILE", EMFILE, condition::too_many_files_open},
#endif
#ifdef ENFILE
    {"ENFILE", ENFILE, condition::too_many_files_open},
#endif
#ifdef ENOBUFS
    {"ENOBUFS", ENOBUFS, condition::no_buffer_space},
#endif
#ifdef ENOMEM
    {"ENOMEM", ENOMEM, condition::no_buffer_space},
#endif
#ifdef ENOSR
    {"ENOSR", ENOSR, condition::no_buffer_space},
#endif
#ifdef EUSERS
    {"EUSERS", EUSERS, condition::no_buffer_space},
#endif
#ifdef ETOOMANYREFS
    {"ETOOMANYREFS", ETOOMANYREFS, condition::no_buffer_space},
#endif
#ifdef EDQUOT
    {"EDQUOT", EDQUOT, condition::no_buffer_space},
#endif
#ifdef ENOSPC
    {"ENOSPC", ENOSPC, condition::no_buffer_space},
#endif
#ifdef EOPNOTSUPP
    {"EOPNOTSUPP", EOPNOTSUPP, condition::not_supported},
#endif
#ifdef ENOTSUP
    {"ENOTSUP", ENOTSUP, condition::not_supported},
#endif
#ifdef EPROTONOSUPPORT
    {"EPROTONOSUPPORT", EPROTONOSUPPORT, condition::not_supported},
#endif
#ifdef ESOCKTNOSUPPORT
    {"ESOCKTNOSUPPORT", ESOCKTNOSUPPORT, condition::not_supported},
#endif
#ifdef ENOPROTOOPT
    {"ENOPROTOOPT", ENOPROTOOPT, condition::not_supported},
#endif
#ifdef EPROTOTYPE
    {"EPROTOTYPE", EPROTOTYPE, condition::not_supported},
#endif
#ifdef ENOSYS
    {"ENOSYS", ENOSYS, condition::not_supported},
#endif
#ifdef EMSGSIZE
    {"EMSGSIZE", EMSGSIZE, condition::message_size},
#endif
#ifdef EPROTO
    {"EPROTO", EPROTO, condition::protocol_error},
#endif
#ifdef EBADMSG
    {"EBADMSG", EBADMSG, condition::protocol_error},
#endif
#ifdef EDESTADDRREQ
    {"EDESTADDRREQ", EDESTADDRREQ, condition::usage_error},
#endif
#ifdef EDOM
    {"EDOM", EDOM, condition::usage_error},
#endif
#ifdef EBADF
    {"EBADF", EBADF, condition::bad_file_descriptor},
#endif
#ifdef ENOTSOCK
    {"ENOTSOCK", ENOTSOCK, condition::not_a_socket},
#endif
#ifdef EINVAL
    {"EINVAL", EINVAL, condition::invalid_argument},
#endif
#ifdef EFAULT
    {"EFAULT", EFAULT, condition::invalid_argument},
#endif
#ifdef EISCONN
    {"EISCONN", EISCONN, condition::already_connected},
#endif
#ifdef ENOENT
    {"ENOENT", ENOENT, condition::path_error},
#endif
#ifdef ENOTDIR
    {"ENOTDIR", ENOTDIR, condition::path_error},
#endif
#ifdef ELOOP
    {"ELOOP", ELOOP, condition::path_error},
#endif
#ifdef ENAMETOOLONG
    {"ENAMETOOLONG", ENAMETOOLONG, condition::path_error},
#endif
#ifdef EROFS
    {"EROFS", EROFS, condition::path_error},
#endif
#ifdef EISDIR
    {"EISDIR", EISDIR, condition::path_error},
#endif
// Further ones of the BSDs and macOS, which the design leaves open.
#ifdef ECAPMODE
    {"ECAPMODE", ECAPMODE, condition::permission_denied},
#endif
#ifdef ENOTCAPABLE
    {"ENOTCAPABLE", ENOTCAPABLE, condition::permission_denied},
#endif
#ifdef EPROCLIM
    {"EPROCLIM", EPROCLIM, condition::too_many_files_open},
#endif
#ifdef EQFULL
    {"EQFULL", EQFULL, condition::no_buffer_space},
#endif
};

// Likewise for Windows: the twins of the POSIX errors, then what the design adds.
constexpr expected windows_codes[] = {
    {"WSAECONNREFUSED", 10061, condition::connection_refused},
    {"ERROR_CONNECTION_REFUSED", 1225, condition::connection_refused},
    {"ERROR_PORT_UNREACHABLE", 1234, condition::connection_refused},
    {"WSAECONNRESET", 10054, condition::connection_reset},
    {"WSAENETRESET", 10052, condition::connection_reset},
    {"ERROR_NETNAME_DELETED", 64, condition::connection_reset},
    {"WSAECONNABORTED", 10053, condition::connection_aborted},
    {"ERROR_CONNECTION_ABORTED", 1236, condition::connection_aborted},
    {"WSAESHUTDOWN", 10058, condition::broken_pipe},
    {"WSAEDISCON", 10101, condition::broken_pipe},
    {"ERROR_BROKEN_PIPE", 109, condition::broken_pipe},
    {"ERROR_NO_DATA", 232, condition::broken_pipe},
    {"ERROR_PIPE_NOT_CONNECTED", 233, condition::broken_pipe},
    {"ERROR_VC_DISCONNECTED", 240, condition::broken_pipe},
    {"ERROR_GRACEFUL_DISCONNECT", 1226, condition::broken_pipe},
    {"WSAENOTCONN", 10057, condition::not_connected},
    {"ERROR_CONNECTION_INVALID", 1229, condition::not_connected},
    {"ERROR_NOT_CONNECTED", 2250, condition::not_connected},
    {"WSAETIMEDOUT", 10060, condition::timed_out},
    {"ERROR_SEM_TIMEOUT", 121, condition::timed_out},
    {"WAIT_TIMEOUT", 258, condition::timed_out},
    {"ERROR_TIMEOUT", 1460, condition::timed_out},
    {"WSAEHOSTUNREACH", 10065, condition::host_unreachable},
    {"WSAEHOSTDOWN", 10064, condition::host_unreachable},
    {"ERROR_HOST_UNREACHABLE", 1232, condition::host_unreachable},
    {"ERROR_PROTOCOL_UNREACHABLE", 1233, condition::host_unreachable},
    {"ERROR_HOST_DOWN", 1256, condition::host_unreachable},
    {"WSAENETUNREACH", 10051, condition::network_unreachable},
    {"WSAENETDOWN", 10050, condition::network_unreachable},
    {"ERROR_NETWORK_UNREACHABLE", 1231, condition::network_unreachable},
    {"WSAEADDRINUSE", 10048, condition::address_in_use},
    {"ERROR_ADDRESS_ALREADY_ASSOCIATED", 1227, condition::address_in_use},
    {"WSAEADDRNOTAVAIL", 10049, condition::address_not_available},
    {"ERROR_ADDRESS_NOT_ASSOCIATED", 1228, condition::address_not_available},
    {"WSAEAFNOSUPPORT", 10047, condition::address_family_not_supported},
    {"WSAEPFNOSUPPORT", 10046, condition::address_family_not_supported},
    {"WSAEWOULDBLOCK", 10035, condition::would_block},
    {"WSAEINPROGRESS", 10036, condition::would_block},
    {"WSAEALREADY", 10037, condition::would_block},
    {"ERROR_IO_INCOMPLETE", 996, condition::would_block},
    {"ERROR_IO_PENDING", 997, condition::would_block},
    {"ERROR_RETRY", 1237, condition::would_block},
    {"WSAEINTR", 10004, condition::interrupted},
    {"ERROR_OPERATION_ABORTED", 995, condition::operation_canceled},
    {"ERROR_CANCELLED", 1223, condition::operation_canceled},
    {"ERROR_REQUEST_ABORTED", 1235, condition::operation_canceled},
    {"WSAECANCELLED", 10103, condition::operation_canceled},
    {"WSA_E_CANCELLED", 10111, condition::operation_canceled},
    {"WSAEACCES", 10013, condition::permission_denied},
    {"ERROR_ACCESS_DENIED", 5, condition::permission_denied},
    {"WSAEMFILE", 10024, condition::too_many_files_open},
    {"ERROR_TOO_MANY_OPEN_FILES", 4, condition::too_many_files_open},
    {"WSAEPROCLIM", 10067, condition::too_many_files_open},
    {"ERROR_CONNECTION_COUNT_LIMIT", 1238, condition::too_many_files_open},
    {"WSAENOBUFS", 10055, condition::no_buffer_space},
    {"WSAEUSERS", 10068, condition::no_buffer_space},
    {"WSAETOOMANYREFS", 10059, condition::no_buffer_space},
    {"WSAEDQUOT", 10069, condition::no_buffer_space},
    {"ERROR_NOT_ENOUGH_MEMORY", 8, condition::no_buffer_space},
    {"ERROR_OUTOFMEMORY", 14, condition::no_buffer_space},
    {"ERROR_NO_SYSTEM_RESOURCES", 1450, condition::no_buffer_space},
    {"WSAEOPNOTSUPP", 10045, condition::not_supported},
    {"WSAEPROTONOSUPPORT", 10043, condition::not_supported},
    {"WSAESOCKTNOSUPPORT", 10044, condition::not_supported},
    {"WSAENOPROTOOPT", 10042, condition::not_supported},
    {"WSAEPROTOTYPE", 10041, condition::not_supported},
    {"WSAEMSGSIZE", 10040, condition::message_size},
    {"ERROR_MORE_DATA", 234, condition::message_size},
    {"WSAEDESTADDRREQ", 10039, condition::usage_error},
    {"WSANOTINITIALISED", 10093, condition::usage_error},
    {"WSASYSNOTREADY", 10091, condition::usage_error},
    {"WSAVERNOTSUPPORTED", 10092, condition::usage_error},
    {"WSAEINVALIDPROCTABLE", 10104, condition::usage_error},
    {"WSAEINVALIDPROVIDER", 10105, condition::usage_error},
    {"WSAEPROVIDERFAILEDINIT", 10106, condition::usage_error},
    {"WSAEBADF", 10009, condition::bad_file_descriptor},
    {"ERROR_INVALID_HANDLE", 6, condition::bad_file_descriptor},
    {"WSAENOTSOCK", 10038, condition::not_a_socket},
    {"WSAEINVAL", 10022, condition::invalid_argument},
    {"WSAEFAULT", 10014, condition::invalid_argument},
    {"ERROR_INVALID_PARAMETER", 87, condition::invalid_argument},
    {"ERROR_INCORRECT_ADDRESS", 1241, condition::invalid_argument},
    {"WSAEISCONN", 10056, condition::already_connected},
    {"ERROR_CONNECTION_ACTIVE", 1230, condition::already_connected},
    {"WSAELOOP", 10062, condition::path_error},
    {"WSAENAMETOOLONG", 10063, condition::path_error},
    {"WSANO_RECOVERY", 11003, condition::resolution_error},
    {"WSAEREFUSED", 10112, condition::resolution_error},
    {"WSAHOST_NOT_FOUND", 11001, condition::host_not_found},
    {"WSANO_DATA", 11004, condition::host_not_found},
    {"WSA_SECURE_HOST_NOT_FOUND", 11032, condition::host_not_found},
    {"WSATYPE_NOT_FOUND", 10109, condition::service_not_found},
    {"WSASERVICE_NOT_FOUND", 10108, condition::service_not_found},
    {"WSATRY_AGAIN", 11002, condition::resolution_try_again},
    {"WSAENOTEMPTY", 10066, condition::other},
    {"WSAESTALE", 10070, condition::other},
    {"WSAEREMOTE", 10071, condition::other},
    {"WSAENOMORE", 10102, condition::other},
    {"WSASYSCALLFAILURE", 10107, condition::other},
    {"WSA_E_NO_MORE", 10110, condition::other},
    {"WSA_QOS_RECEIVERS", 11005, condition::other},
    {"WSA_QOS_RESERVED_PETYPE", 11031, condition::other},
};

constexpr bool windows_codes_are_right() {
  for (const expected& e : windows_codes) {
    const windows_errc code{e.number};
    if (sockerr::classify(code) != e.owner || sockerr::symbol(code) != e.symbol) return false;
    if (sockerr::from_symbol<windows_errc>(e.symbol) != code) return false;
  }
  return true;
}
static_assert(windows_codes_are_right());

#if !defined(_WIN32)
constexpr bool errnos_are_right() {
  for (const expected& e : errnos) {
    if (sockerr::classify(errc{e.number}) != e.owner) return false;
    if (sockerr::from_symbol(e.symbol) != errc{e.number}) return false;
  }
  return true;
}
static_assert(errnos_are_right());
#endif

template <std::size_t N>
condition owner_in(const expected (&rows)[N], int number) {
  const auto* const found =
      std::find_if(std::begin(rows), std::end(rows), [&](const expected& e) { return e.number == number; });
  return found != std::end(rows) ? found->owner : condition::other;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool is_symbol(std::string_view text) {
  return !text.empty() && text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

// A sentence of the kind that can be shown as it stands: one capital, one full stop, no double spaces from literals
// that were split badly.
bool is_sentence(std::string_view text) {
  return text.size() > 20 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.' &&
         text[text.size() - 2] != '.' && text.find("  ") == text.npos && text.find(". ") == text.npos &&
         is_printable(text);
}

template <class Code>
void sweep() {
  std::vector<std::string_view> symbols;
  std::vector<Code> numbers;
  for (const auto info : sockerr::codes<Code>()) {
    CAPTURE(info.symbol, static_cast<int>(info.code));
    CHECK(static_cast<int>(info.code) > 0);
    CHECK(is_symbol(info.symbol));
    CHECK(info.message.size() > 3);
    CHECK(is_printable(info.message));
    CHECK(info.message.find("  ") == info.message.npos);
    CHECK(info.message.back() != '.');
    CHECK(is_sentence(info.cause));
    CHECK_FALSE(sockerr::name(info.condition).empty());
    CHECK(info.condition != condition::none);

    CHECK(std::find(symbols.begin(), symbols.end(), info.symbol) == symbols.end());
    symbols.push_back(info.symbol);
    CHECK(sockerr::from_symbol<Code>(info.symbol) == info.code);

    CHECK(sockerr::classify(info.code) == info.condition);
    const bool names_it = std::find(numbers.begin(), numbers.end(), info.code) == numbers.end();
    if (names_it) {
      numbers.push_back(info.code);
      CHECK(sockerr::symbol(info.code) == info.symbol);
      CHECK(sockerr::message(info.code) == info.message);
    } else {
      // An alias may not sit elsewhere in the tree than the name that stands first.
      CHECK(sockerr::symbol(info.code) != info.symbol);
    }
  }
  CHECK(symbols.size() == sockerr::codes<Code>().size());
}

}  // namespace

TEST_CASE("every row of errc is complete", "[codes]") { sweep<errc>(); }
TEST_CASE("every row of resolver_errc is complete", "[codes]") { sweep<resolver_errc>(); }
TEST_CASE("every row of windows_errc is complete", "[codes]") { sweep<windows_errc>(); }

TEST_CASE("Windows numbers are unique and each has one symbol", "[codes]") {
  std::vector<int> numbers;
  for (const auto info : sockerr::codes<windows_errc>()) {
    CAPTURE(info.symbol);
    CHECK(std::find(numbers.begin(), numbers.end(), static_cast<int>(info.code)) == numbers.end());
    numbers.push_back(static_cast<int>(info.code));
  }
}

// Also that each cause for one operation stands behind the error that it names, since it belongs to the one it stands
// behind.
TEST_CASE("what is told of errors and conditions are the rows of the table", "[codes]") {
#define SOCKERR_ERROR(name, owned_by, words, why)                                                                    \
  CHECK(sockerr::detail::message(sockerr::detail::error::name) == std::string_view{words});                          \
  CHECK(sockerr::detail::cause(sockerr::detail::error::name, sockerr::operation::unknown) == std::string_view{why}); \
  CHECK(sockerr::detail::owner(sockerr::detail::error::name) == condition::owned_by);
#define SOCKERR_CAUSE(name, during, why) \
  CHECK(sockerr::detail::cause(sockerr::detail::error::name, sockerr::operation::during) == std::string_view{why});
#define SOCKERR_CONDITION(node, above, words)                          \
  CHECK(sockerr::message(condition::node) == std::string_view{words}); \
  CHECK(sockerr::parent(condition::node) == condition::above);
#define SOCKERR_RESOLVER(name, symbol_of_it, number)                              \
  CHECK(sockerr::symbol(resolver_errc::name) == std::string_view{#symbol_of_it}); \
  CHECK(static_cast<int>(resolver_errc::name) == (number));
#define SOCKERR_WINDOWS(name, symbol_of_it, number) \
  CHECK(sockerr::symbol(windows_errc{number}) == std::string_view{#symbol_of_it});
#define SOCKERR_WINDOWS_ALSO SOCKERR_WINDOWS
#include <sockerr/codes.def>
}

TEST_CASE("no error has the texts of another", "[codes]") {
  std::vector<std::string_view> messages;
  std::vector<std::string_view> causes;
#define SOCKERR_ERROR(name, owned_by, words, why)                             \
  messages.push_back(sockerr::detail::message(sockerr::detail::error::name)); \
  causes.push_back(sockerr::detail::cause(sockerr::detail::error::name, sockerr::operation::unknown));
#include <sockerr/codes.def>
  for (auto i = messages.begin(); i != messages.end(); ++i) {
    CAPTURE(*i);
    CHECK(std::find(messages.begin(), i, *i) == i);
  }
  // EREMOTE and BSD's ERREMOTE are one thing under two names.
  const auto repeated = std::count_if(causes.begin(), causes.end(), [&](std::string_view cause) {
    return std::count(causes.begin(), causes.end(), cause) > 1;
  });
  CHECK(repeated <= 2);
}

TEST_CASE("every cause for one operation is a sentence and is told", "[codes]") {
  struct special {
    std::string_view error;
    std::string_view general;  // what the error says without an operation
    operation during;
    std::string_view text;
  };
  std::vector<std::pair<std::string_view, std::string_view>> general;
#define SOCKERR_ERROR(name, owned_by, words, why) general.emplace_back(#name, why);
#include <sockerr/codes.def>
  std::vector<special> specials;
#define SOCKERR_CAUSE(name, during, why) specials.push_back({#name, {}, operation::during, why});
#include <sockerr/codes.def>
  REQUIRE(specials.size() > 20);

  for (auto i = specials.begin(); i != specials.end(); ++i) {
    CAPTURE(i->error, sockerr::name(i->during));
    CHECK(is_sentence(i->text));
    CHECK(std::none_of(specials.begin(), i,
                       [&](const special& s) { return s.error == i->error && s.during == i->during; }));
    for (const auto& g : general)
      if (g.first == i->error) i->general = g.second;
    REQUIRE_FALSE(i->general.empty());
    CHECK(i->general != i->text);
    for (const sockerr::code_info info : sockerr::codes()) {
      if (info.cause != i->general || sockerr::symbol(info.code) != info.symbol) continue;
      CHECK(sockerr::cause(info.code, i->during) == i->text);
      CHECK(sockerr::cause(info.code) == i->general);
    }
  }
}

TEST_CASE("Windows codes sit where the design puts them", "[codes]") {
  for (const expected& e : windows_codes) {
    CAPTURE(e.symbol);
    CHECK(sockerr::classify(windows_errc{e.number}) == e.owner);
    CHECK(sockerr::symbol(windows_errc{e.number}) == e.symbol);
#if defined(_WIN32)
    CHECK(sockerr::classify(errc{e.number}) == e.owner);
    CHECK(sockerr::classify(std::error_code{e.number, std::system_category()}) == e.owner);
#endif
  }
}

TEST_CASE("no other Windows number has a meaning", "[codes]") {
  for (int number = 1; number <= 16000; ++number) {
    if (sockerr::classify(windows_errc{number}) == owner_in(windows_codes, number)) continue;
    CAPTURE(number);
    FAIL_CHECK("belongs to " << sockerr::name(sockerr::classify(windows_errc{number})));
  }
}

TEST_CASE("every errno sits where the design puts it", "[codes]") {
  for (const expected& e : errnos) {
    CAPTURE(e.symbol, e.number);
    CHECK(sockerr::classify(std::error_code{e.number, std::generic_category()}) == e.owner);
    CHECK(std::error_code{e.number, std::generic_category()} == e.owner);
#if !defined(_WIN32)
    CHECK(sockerr::classify(errc{e.number}) == e.owner);
    CHECK(sockerr::from_symbol(e.symbol) == errc{e.number});
    CHECK(sockerr::make_error_code(errc{e.number}) == e.owner);
    CHECK(sockerr::classify(std::error_code{e.number, std::system_category()}) == e.owner);
    CHECK(std::error_code{e.number, std::system_category()} == e.owner);
#endif
  }
}

TEST_CASE("no other errno belongs to a node", "[codes]") {
  for (int number = 1; number <= 2000; ++number) {
    CAPTURE(number);
    const condition owner = owner_in(errnos, number);
    if (sockerr::classify(std::error_code{number, std::generic_category()}) != owner) FAIL_CHECK("generic");
#if !defined(_WIN32)
    if (sockerr::classify(errc{number}) != owner) FAIL_CHECK("errc");
    if (sockerr::classify(std::error_code{number, std::system_category()}) != owner) FAIL_CHECK("system");
#endif
  }
}

TEST_CASE("every errno of the C library has a row", "[codes]") {
#if defined(__linux__)
  // glibc names the number too; musl says the same of all that are unknown.
  const std::string unknown = "Unknown error";
  const std::string of_unknown = std::generic_category().message(500);
  for (int number = 1; number <= 133; ++number) {
    const std::string message = std::generic_category().message(number);
    if (message.compare(0, unknown.size(), unknown) == 0 || message == of_unknown) continue;
    CAPTURE(number);
    CHECK_FALSE(sockerr::symbol(errc{number}).empty());
  }
#else
  SOCKERR_SKIP("only on Linux are the numbers known to lie in a row");
#endif
}

TEST_CASE("numbers of no space answer sanely in every category", "[codes]") {
  const std::error_category* const categories[] = {&sockerr::socket_category(), &sockerr::resolver_category(),
                                                   &std::system_category(), &std::generic_category()};
  for (const std::error_category* category : categories) {
    for (const int number : {-1, -11, -4095, INT_MIN, 5000, 9999, 65535, INT_MAX}) {
      CAPTURE(category->name(), number);
      const std::error_code ec{number, *category};
      CHECK(sockerr::classify(ec) == condition::other);
      CHECK(ec == condition::other);
      CHECK(sockerr::symbol(ec).empty());
      CHECK(is_sentence(sockerr::cause(ec)));
      CHECK(sockerr::advise(ec, operation::connect) == sockerr::retry_advice::never);
    }
  }
}

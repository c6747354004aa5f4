// SPDX-License-Identifier: MIT
#include <sockerr/classify.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "catch.hpp"

namespace {

using sockerr::circumstance;
using sockerr::condition;
using sockerr::errc;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::retry_advice;
using sockerr::windows_errc;

struct expected {
  std::string_view symbol;
  int number;
  condition owner;
};

// What belongs to which node, for every errno, written out a second time: codes.def is what is under test. An errno
// that is not here belongs to no node.
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
#ifdef EBADFD
    {"EBADFD", EBADFD, condition::usage_error},
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
// Further ones of the BSDs and macOS.
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

// Likewise for Windows.
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
    {"ERROR_BROKEN_PIPE", 109, condition::broken_pipe},
    {"ERROR_NO_DATA", 232, condition::broken_pipe},
    {"ERROR_PIPE_NOT_CONNECTED", 233, condition::broken_pipe},
    {"ERROR_VC_DISCONNECTED", 240, condition::broken_pipe},
    {"WSAENOTCONN", 10057, condition::not_connected},
    {"ERROR_CONNECTION_INVALID", 1229, condition::not_connected},
    {"ERROR_NOT_CONNECTED", 2250, condition::not_connected},
    {"WSAEDISCON", 10101, condition::end_of_stream},
    {"ERROR_HANDLE_EOF", 38, condition::end_of_stream},
    {"ERROR_GRACEFUL_DISCONNECT", 1226, condition::end_of_stream},
    {"ERROR_WINHTTP_CANNOT_CONNECT", 12029, condition::connection_error},
    {"ERROR_WINHTTP_CONNECTION_ERROR", 12030, condition::connection_error},
    {"ERROR_WINHTTP_TIMEOUT", 12002, condition::timed_out},
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
    {"WSASYSNOTREADY", 10091, condition::not_supported},
    {"WSAVERNOTSUPPORTED", 10092, condition::not_supported},
    {"WSAEINVALIDPROCTABLE", 10104, condition::not_supported},
    {"WSAEINVALIDPROVIDER", 10105, condition::not_supported},
    {"WSAEPROVIDERFAILEDINIT", 10106, condition::not_supported},
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
    {"DNS_ERROR_RCODE_FORMAT_ERROR", 9001, condition::resolution_error},
    {"DNS_ERROR_RCODE_SERVER_FAILURE", 9002, condition::resolution_try_again},
    {"DNS_ERROR_RCODE_NAME_ERROR", 9003, condition::host_not_found},
    {"DNS_ERROR_RCODE_NOT_IMPLEMENTED", 9004, condition::resolution_error},
    {"DNS_ERROR_RCODE_REFUSED", 9005, condition::resolution_error},
    {"DNS_INFO_NO_RECORDS", 9501, condition::host_not_found},
    {"DNS_ERROR_BAD_PACKET", 9502, condition::resolution_error},
    {"DNS_ERROR_TRY_AGAIN_LATER", 9554, condition::resolution_try_again},
    {"ERROR_WINHTTP_NAME_NOT_RESOLVED", 12007, condition::host_not_found},
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

// What a person can be shown as it stands: one or two sentences, a capital at the beginning and a full stop at the end,
// no double spaces from literals that were split badly, and not longer than a terminal is wide twice.
bool is_sentence(std::string_view text) {
  return text.size() > 20 && text.size() <= 160 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.' &&
         text[text.size() - 2] != '.' && text[text.size() - 2] != ' ' && text.find("  ") == text.npos &&
         text.find(" .") == text.npos && text.find(" ,") == text.npos && text.find("..") == text.npos &&
         text.find(';') == text.npos && is_printable(text);
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
TEST_CASE("every row of library_errc is complete", "[codes]") { sweep<library_errc>(); }
TEST_CASE("every row of windows_errc is complete", "[codes]") { sweep<windows_errc>(); }

TEST_CASE("Windows numbers are unique and each has one symbol", "[codes]") {
  std::vector<int> numbers;
  for (const auto info : sockerr::codes<windows_errc>()) {
    CAPTURE(info.symbol);
    CHECK(std::find(numbers.begin(), numbers.end(), static_cast<int>(info.code)) == numbers.end());
    numbers.push_back(static_cast<int>(info.code));
  }
}

TEST_CASE("what is told of errors and conditions are the rows of the table", "[codes]") {
  namespace detail = sockerr::detail;
#define SOCKERR_ERROR(name, owned_by, words)                                 \
  CHECK(detail::message(detail::error_id::name) == std::string_view{words}); \
  CHECK(detail::owner(detail::error_id::name) == condition::owned_by);
#define SOCKERR_CONDITION(node, number, above, words)                    \
  CHECK(sockerr::message(condition::node) == std::string_view{words});   \
  CHECK(sockerr::parent(condition::node) == condition::above);           \
  CHECK(static_cast<int>(condition::node) == (number));                  \
  /* Each node has an error of its name, for codes that tell no more. */ \
  CHECK(detail::owner(detail::error_id::node) == condition::node);       \
  CHECK(detail::error_of(condition::node) == detail::error_id::node);
#define SOCKERR_RESOLVER(name, symbol_of_it, number)                              \
  CHECK(sockerr::symbol(resolver_errc::name) == std::string_view{#symbol_of_it}); \
  CHECK(static_cast<int>(resolver_errc::name) == (number));
#define SOCKERR_WINDOWS(name, symbol_of_it, number) \
  CHECK(sockerr::symbol(windows_errc{number}) == std::string_view{#symbol_of_it});
#define SOCKERR_WINDOWS_ALSO SOCKERR_WINDOWS
#define SOCKERR_WINDOWS_FAR SOCKERR_WINDOWS
#include <sockerr/codes.def>
}

TEST_CASE("no two errors have one message", "[codes]") {
  std::vector<std::string_view> messages;
#define SOCKERR_ERROR(name, owned_by, words) messages.push_back(words);
#include <sockerr/codes.def>
  // Of a foreign category only the node would be known: it may be called what its errno is.
  std::sort(messages.begin(), messages.end());
  for (auto i = messages.begin(); i != messages.end() && i + 1 != messages.end(); ++i) {
    if (*i != *(i + 1)) continue;
    CAPTURE(*i);
    CHECK(*i == "Operation would block");
  }
}

// --------------------------------------------------------------------------------------------------------- causes

namespace {

namespace detail = sockerr::detail;

struct cause_row {
  std::string_view error;
  detail::error_id id;
  operation during;
  circumstance found;
  retry_advice advice;
  std::string_view text;
};

const std::vector<cause_row>& cause_rows() {
  static const std::vector<cause_row> rows{
#define SOCKERR_CAUSE(name, during, found, advice, text) \
  {#name, detail::error_id::name, operation::during, circumstance::found, retry_advice::advice, text},
#include <sockerr/codes.def>
  };
  return rows;
}

operation call_of(operation during) {
  if (during == operation::send_all) return operation::send;
  return during == operation::recv_exactly ? operation::recv : during;
}

// What a look-up is to find: the row of the operation and the circumstance, else that of the operation, else the first
// one; nullptr where the error has none. What was found out about send and recv is true of the bulk forms too; what
// those say without it is about doing them again, which is another thing.
const cause_row* find_row(detail::error_id id, operation during, circumstance found) {
  const auto row_of = [&](operation o, circumstance c) -> const cause_row* {
    for (const cause_row& row : cause_rows())
      if (row.id == id && row.during == o && row.found == c) return &row;
    return nullptr;
  };
  if (const cause_row* const exact = row_of(during, found)) return exact;
  if (found != circumstance::none)
    if (const cause_row* const evidence = row_of(call_of(during), found)) return evidence;
  if (const cause_row* const plain = row_of(during, circumstance::none)) return plain;
  return row_of(operation::unknown, circumstance::none);
}

constexpr std::string_view shared_cause =
    "No socket call gives this error by itself. It comes from another part of the program or of the system.";

template <class Enum>
std::vector<Enum> all() {
  std::vector<Enum> result;
  for (int i = 0; !sockerr::name(static_cast<Enum>(i)).empty(); ++i) result.push_back(static_cast<Enum>(i));
  return result;
}

bool is_among(circumstance c, std::initializer_list<circumstance> some) {
  return std::find(some.begin(), some.end(), c) != some.end();
}

bool has(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

// Whether a text speaks of the path of a socket, and not of the way to a host.
bool speaks_of_a_path(std::string_view text) {
  for (std::size_t at = text.find("path"); at != text.npos; at = text.find("path", at + 1))
    if (text.substr(at, 8) != "path to ") return true;
  return has(text, "Unix") || has(text, "directory");
}

// The errors whose subject is a path or a packet's way: they may always speak of it.
bool is_about_paths(detail::error_id e) {
  return detail::owner(e) == condition::path_error || e == detail::error_id::message_size ||
         e == detail::error_id::bad_network_path;
}

// Which words a key rules out. A plain row is for streams over a network, or for what nobody has looked at.
void check_words(std::string_view error, detail::error_id id, operation during, circumstance found,
                 std::string_view text) {
  const bool is_unix = is_among(found, {circumstance::unix_domain, circumstance::path_taken, circumstance::backlog_full,
                                        circumstance::receiver_full});
  const bool is_datagram = is_unix || found == circumstance::datagram;
  CAPTURE(error, sockerr::name(during), sockerr::name(found), text);
  if (!is_unix && !is_about_paths(id) && during != operation::resolve && speaks_of_a_path(text))
    FAIL_CHECK("a path where there is none");
  if (!is_datagram && has(text, "datagram")) FAIL_CHECK("a datagram where there is none");
  // A datagram socket has no connection that could be lost, nor has its peer a queue of them.
  if (found == circumstance::datagram && (has(text, "listens on the remote") || has(text, "gave the connection up")))
    FAIL_CHECK("a connection where there is none");
  const bool is_icmp = detail::row_of(found).icmp_words[0] != '\0';
  if (!is_icmp && has(text, "of this answer")) FAIL_CHECK("an answer where there is none");
  const bool is_transfer = during == operation::send_all || during == operation::recv_exactly;
  if (!(is_transfer && found == circumstance::partial) && has(text, "Part of the data"))
    FAIL_CHECK("bytes that nobody knows of");
}

// In which situations another try helps, written out a second time: causes.def is what is under test. Everywhere else
// the advice is `never`. What can be found out about a failure is here in full, with `never` too: nobody looks for what
// has no row.
struct decision {
  operation during;
  circumstance found;
  retry_advice advice;
  std::string_view errors;
};
constexpr decision decisions[] = {
    {operation::unknown, circumstance::none, retry_advice::when_ready,
     "would_block resource_unavailable_try_again operation_would_block connection_already_in_progress"},
    {operation::unknown, circumstance::none, retry_advice::after_pause,
     "resource_exhausted too_many_files_open too_many_files_open_in_system too_many_processes "
     "connection_limit_reached no_buffer_space not_enough_memory no_stream_resources queue_full too_many_users "
     "too_many_references quota_exceeded no_space_on_device resolution_try_again"},
    {operation::unknown, circumstance::none, retry_advice::on_new_socket,
     "connection_error connection_refused self_connected connection_reset network_reset connection_aborted "
     "broken_pipe shut_down not_connected end_of_stream stream_truncated timed_out unreachable host_unreachable "
     "host_down protocol_unreachable network_unreachable network_down no_network tls_violation tls_ended_by_peer"},
    {operation::open, circumstance::none, retry_advice::at_once, "interrupted"},
    {operation::open, circumstance::none, retry_advice::after_pause, "would_block resource_unavailable_try_again"},
    {operation::bind, circumstance::none, retry_advice::after_pause,
     "address_in_use address_not_available device_or_resource_busy"},
    {operation::bind, circumstance::datagram, retry_advice::after_pause, "address_in_use"},
    {operation::bind, circumstance::unix_domain, retry_advice::after_pause, "no_space_on_device"},
    {operation::listen, circumstance::none, retry_advice::after_pause, "address_in_use"},
    {operation::accept, circumstance::none, retry_advice::at_once,
     "connection_reset network_reset connection_aborted unreachable host_unreachable host_down "
     "protocol_unreachable network_unreachable network_down no_network interrupted no_protocol_option "
     "protocol_error"},
    {operation::accept, circumstance::none, retry_advice::when_ready,
     "timed_out deadline_exceeded resource_unavailable_try_again operation_would_block"},
    {operation::accept, circumstance::none, retry_advice::after_pause,
     "connection_error not_connected operation_not_permitted too_many_files_open too_many_files_open_in_system "
     "no_buffer_space not_enough_memory protocol_not_supported"},
    {operation::connect, circumstance::none, retry_advice::when_ready, "operation_would_block interrupted"},
    {operation::connect, circumstance::none, retry_advice::after_pause,
     "address_in_use address_not_available would_block resource_unavailable_try_again no_buffer_space "
     "device_or_resource_busy too_many_links"},
    {operation::connect, circumstance::none, retry_advice::on_new_socket,
     "connection_refused connection_reset connection_aborted timed_out deadline_exceeded stream_timeout "
     "network_unreachable no_protocol_option no_such_file_or_directory no_such_device no_such_device_or_address"},
    {operation::connect, circumstance::datagram, retry_advice::after_pause,
     "network_unreachable address_not_available"},
    {operation::connect, circumstance::unix_domain, retry_advice::on_new_socket,
     "connection_refused deadline_exceeded"},
    {operation::send, circumstance::none, retry_advice::at_once, "interrupted"},
    {operation::send, circumstance::none, retry_advice::when_ready,
     "deadline_exceeded resource_unavailable_try_again operation_would_block"},
    {operation::send, circumstance::none, retry_advice::after_pause,
     "operation_not_permitted no_buffer_space no_such_file_or_directory"},
    {operation::send, circumstance::none, retry_advice::on_new_socket,
     "connection_refused connection_reset connection_aborted broken_pipe not_connected timed_out host_unreachable "
     "network_unreachable wrong_protocol_type"},
    {operation::send, circumstance::datagram, retry_advice::at_once,
     "connection_refused connection_reset no_protocol_option"},
    {operation::send, circumstance::datagram, retry_advice::when_ready,
     "timed_out deadline_exceeded resource_unavailable_try_again operation_would_block"},
    {operation::send, circumstance::datagram, retry_advice::after_pause,
     "unreachable host_unreachable host_down protocol_unreachable network_unreachable network_down no_network "
     "address_not_available"},
    {operation::send, circumstance::unix_domain, retry_advice::after_pause, "connection_refused too_many_references"},
    {operation::send, circumstance::unix_domain, retry_advice::on_new_socket, "connection_reset"},
    {operation::recv, circumstance::none, retry_advice::at_once, "interrupted"},
    {operation::recv, circumstance::none, retry_advice::when_ready,
     "deadline_exceeded resource_unavailable_try_again operation_would_block"},
    {operation::recv, circumstance::none, retry_advice::after_pause, "no_buffer_space"},
    {operation::recv, circumstance::none, retry_advice::on_new_socket,
     "connection_refused connection_reset connection_aborted not_connected end_of_stream timed_out "
     "host_unreachable network_unreachable bad_message"},
    {operation::recv, circumstance::datagram, retry_advice::at_once,
     "connection_refused connection_reset network_reset unreachable host_unreachable host_down "
     "protocol_unreachable network_unreachable no_network permission_denied no_protocol_option message_size "
     "protocol_error"},
    {operation::recv, circumstance::datagram, retry_advice::when_ready, "timed_out deadline_exceeded"},
    {operation::recv, circumstance::datagram, retry_advice::after_pause, "network_down"},
    {operation::recv, circumstance::unix_domain, retry_advice::on_new_socket, "connection_reset"},
    {operation::get_option, circumstance::none, retry_advice::at_once, "interrupted"},
    {operation::resolve, circumstance::none, retry_advice::at_once, "interrupted"},
    {operation::resolve, circumstance::none, retry_advice::after_pause,
     "connection_error connection_refused connection_reset timed_out deadline_exceeded unreachable "
     "host_unreachable host_down protocol_unreachable network_unreachable network_down no_network "
     "address_not_available would_block resource_unavailable_try_again operation_would_block "
     "connection_already_in_progress too_many_files_open too_many_files_open_in_system not_enough_memory"},
    {operation::wait, circumstance::none, retry_advice::at_once, "interrupted"},
    {operation::wait, circumstance::none, retry_advice::when_ready, "timed_out deadline_exceeded"},
    {operation::wait, circumstance::none, retry_advice::after_pause, "resource_unavailable_try_again"},
    {operation::handshake, circumstance::none, retry_advice::on_new_socket,
     "connection_reset end_of_stream stream_truncated timed_out deadline_exceeded"},
    {operation::connect, circumstance::port_unreachable, retry_advice::on_new_socket, "connection_refused"},
    {operation::connect, circumstance::port_zero, retry_advice::never,
     "connection_refused address_not_available invalid_argument"},
    {operation::send, circumstance::port_zero, retry_advice::never, "address_not_available invalid_argument"},
    {operation::connect, circumstance::prohibited, retry_advice::on_new_socket,
     "timed_out deadline_exceeded host_unreachable network_unreachable permission_denied"},
    {operation::connect, circumstance::host_unreachable, retry_advice::on_new_socket,
     "timed_out deadline_exceeded host_unreachable host_down network_unreachable no_network"},
    {operation::connect, circumstance::network_unreachable, retry_advice::on_new_socket,
     "timed_out deadline_exceeded host_unreachable network_unreachable no_network"},
    {operation::connect, circumstance::hops_exceeded, retry_advice::on_new_socket,
     "timed_out deadline_exceeded host_unreachable network_unreachable"},
    {operation::connect, circumstance::no_answer, retry_advice::on_new_socket, "timed_out deadline_exceeded"},
    {operation::send, circumstance::not_acknowledged, retry_advice::when_ready, "deadline_exceeded"},
    {operation::send, circumstance::not_acknowledged, retry_advice::on_new_socket, "timed_out"},
    {operation::recv, circumstance::not_acknowledged, retry_advice::when_ready, "deadline_exceeded"},
    {operation::recv, circumstance::not_acknowledged, retry_advice::on_new_socket, "timed_out"},
    {operation::send, circumstance::peer_not_reading, retry_advice::when_ready, "deadline_exceeded"},
    {operation::send, circumstance::peer_not_reading, retry_advice::on_new_socket, "timed_out"},
    {operation::recv, circumstance::peer_not_reading, retry_advice::when_ready, "deadline_exceeded"},
    {operation::recv, circumstance::peer_silent, retry_advice::when_ready, "deadline_exceeded"},
    {operation::send, circumstance::receiver_full, retry_advice::after_pause,
     "deadline_exceeded resource_unavailable_try_again operation_would_block"},
    {operation::bind, circumstance::ports_exhausted, retry_advice::after_pause, "address_in_use"},
    {operation::listen, circumstance::ports_exhausted, retry_advice::after_pause, "address_in_use"},
    {operation::connect, circumstance::ports_exhausted, retry_advice::after_pause,
     "address_in_use address_not_available resource_unavailable_try_again"},
    {operation::send, circumstance::ports_exhausted, retry_advice::after_pause,
     "deadline_exceeded resource_unavailable_try_again"},
    {operation::resolve, circumstance::slow_resolver, retry_advice::after_pause,
     "deadline_exceeded resolution_try_again"},
    {operation::bind, circumstance::scope_missing, retry_advice::never, "address_not_available invalid_argument"},
    {operation::connect, circumstance::scope_missing, retry_advice::never,
     "host_unreachable network_unreachable address_not_available invalid_argument"},
    {operation::send, circumstance::scope_missing, retry_advice::never, "network_unreachable invalid_argument"},
    {operation::connect, circumstance::loopback_down, retry_advice::on_new_socket,
     "network_unreachable address_not_available"},
    {operation::connect, circumstance::no_ipv6_address, retry_advice::never,
     "network_unreachable address_not_available"},
    {operation::send, circumstance::no_ipv6_address, retry_advice::never, "network_unreachable address_not_available"},
    {operation::bind, circumstance::scope_unknown, retry_advice::never, "no_such_device"},
    {operation::connect, circumstance::scope_unknown, retry_advice::never,
     "network_unreachable invalid_argument no_such_device"},
    {operation::send, circumstance::scope_unknown, retry_advice::never, "network_unreachable"},
    {operation::bind, circumstance::path_taken, retry_advice::never, "address_in_use"},
    {operation::bind, circumstance::held_by_listener, retry_advice::after_pause, "address_in_use"},
    {operation::listen, circumstance::held_by_listener, retry_advice::after_pause, "address_in_use"},
    {operation::bind, circumstance::lingering, retry_advice::after_pause, "address_in_use"},
    {operation::listen, circumstance::lingering, retry_advice::after_pause, "address_in_use"},
    {operation::bind, circumstance::other_family, retry_advice::never,
     "address_family_not_supported invalid_argument bad_address"},
    {operation::connect, circumstance::other_family, retry_advice::never,
     "address_family_not_supported invalid_argument bad_address"},
    {operation::send, circumstance::other_family, retry_advice::never,
     "address_family_not_supported invalid_argument bad_address"},
    {operation::connect, circumstance::backlog_full, retry_advice::after_pause, "resource_unavailable_try_again"},
    {operation::resolve, circumstance::resolver_files, retry_advice::after_pause, "resolution_try_again"},
    {operation::resolve, circumstance::resolver_files, retry_advice::never,
     "permission_denied no_such_file_or_directory service_not_found"},
    {operation::connect, circumstance::protocol_unreachable, retry_advice::on_new_socket, "no_protocol_option"},
    {operation::connect, circumstance::too_big, retry_advice::on_new_socket, "message_size"},
    {operation::resolve, circumstance::not_a_host_name, retry_advice::never, "host_not_found"},
    // Why it does not help is told for these operations in particular.
    {operation::open, circumstance::none, retry_advice::never,
     "address_family_not_supported permission_denied operation_not_permitted invalid_argument"},
    {operation::bind, circumstance::none, retry_advice::never,
     "address_family_not_supported permission_denied invalid_argument no_such_file_or_directory no_such_device"},
    {operation::bind, circumstance::unix_domain, retry_advice::never,
     "address_in_use permission_denied invalid_argument"},
    {operation::listen, circumstance::none, retry_advice::never,
     "operation_not_supported destination_address_required invalid_argument already_connected"},
    {operation::accept, circumstance::none, retry_advice::never, "operation_not_supported invalid_argument"},
    {operation::connect, circumstance::none, retry_advice::never,
     "address_family_not_supported permission_denied operation_not_permitted operation_not_supported "
     "invalid_argument already_connected key_not_available"},
    {operation::connect, circumstance::datagram, retry_advice::never, "permission_denied invalid_argument"},
    {operation::connect, circumstance::unix_domain, retry_advice::never,
     "permission_denied wrong_protocol_type not_a_socket invalid_argument"},
    {operation::send, circumstance::none, retry_advice::never,
     "operation_not_supported message_size invalid_argument already_connected key_not_available"},
    {operation::send, circumstance::datagram, retry_advice::never,
     "broken_pipe shut_down not_connected permission_denied wrong_protocol_type message_size "
     "destination_address_required invalid_argument"},
    {operation::send, circumstance::unix_domain, retry_advice::never,
     "not_connected permission_denied operation_not_permitted wrong_protocol_type message_size bad_file_descriptor "
     "invalid_argument no_such_process"},
    {operation::recv, circumstance::none, retry_advice::never,
     "operation_not_supported invalid_argument io_error key_expired"},
    {operation::recv, circumstance::datagram, retry_advice::never, "bad_message io_error"},
    {operation::shutdown, circumstance::none, retry_advice::never,
     "connection_reset connection_aborted not_connected timed_out invalid_argument"},
    {operation::get_option, circumstance::none, retry_advice::never,
     "not_connected operation_not_supported no_protocol_option invalid_argument no_message_available "
     "result_out_of_range"},
    {operation::set_option, circumstance::none, retry_advice::never,
     "not_connected address_in_use address_not_available permission_denied operation_not_permitted no_buffer_space "
     "operation_not_supported no_protocol_option invalid_argument no_such_file_or_directory "
     "device_or_resource_busy file_exists no_such_device"},
    {operation::local_address, circumstance::none, retry_advice::never, "invalid_argument"},
    {operation::peer_address, circumstance::none, retry_advice::never, "not_connected invalid_argument"},
    {operation::resolve, circumstance::none, retry_advice::never,
     "address_family_not_supported permission_denied operation_not_permitted invalid_argument "
     "no_such_file_or_directory io_error"},
    {operation::handshake, circumstance::none, retry_advice::never, "protocol_error"},
#if !defined(_WIN32)
    {operation::unknown, circumstance::none, retry_advice::when_ready, "operation_in_progress"},
    {operation::connect, circumstance::none, retry_advice::when_ready, "operation_in_progress"},
    {operation::resolve, circumstance::none, retry_advice::after_pause, "operation_in_progress"},
#endif
};

// The words of a text.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    result.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), result.back().size() + 1));
  }
  return result;
}

const cause_row* row_named(std::string_view error, operation during, circumstance found) {
  for (const cause_row& row : cause_rows())
    if (row.error == error && row.during == during && row.found == found) return &row;
  return nullptr;
}

const decision* decision_on(const cause_row& row) {
  for (const decision& d : decisions) {
    if (d.during != row.during || d.found != row.found) continue;
    for (const std::string_view error : split(d.errors))
      if (error == row.error) return &d;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("another try is advised in the situations where it helps and in no other", "[codes]") {
  for (const decision& d : decisions) {
    for (const std::string_view error : split(d.errors)) {
      CAPTURE(error, sockerr::name(d.during), sockerr::name(d.found));
      const cause_row* const row = row_named(error, d.during, d.found);
      REQUIRE(row != nullptr);
      CHECK(sockerr::name(detail::explain(row->id, d.during, d.found).advice) == sockerr::name(d.advice));
    }
  }
  for (const cause_row& row : cause_rows()) {
    if (decision_on(row) != nullptr || row.found == circumstance::partial) continue;
    CAPTURE(row.error, sockerr::name(row.during), sockerr::name(row.found));
    CHECK(sockerr::name(row.advice) == "never");
    CHECK(is_among(row.found, {circumstance::none, circumstance::datagram, circumstance::unix_domain}));
  }
}

TEST_CASE("where a call may be made again a transfer of which a part is done says so", "[codes]") {
  for (const cause_row& row : cause_rows()) {
    for (const operation bulk : {operation::send_all, operation::recv_exactly}) {
      const detail::explanation call = detail::explain(row.id, call_of(bulk), circumstance::none);
      if (call.advice == retry_advice::never || call.advice == retry_advice::on_new_socket) continue;
      const detail::explanation part = detail::explain(row.id, bulk, circumstance::partial);
      // No stream gives these.
      if (row.error == "resolution_try_again" || row.error == "no_such_file_or_directory") continue;
      CAPTURE(row.error, sockerr::name(bulk), part.cause);
      CHECK(has(part.cause, "Part of the data"));
      CHECK(part.advice == retry_advice::never);
      CHECK(has(part.cause, bulk == operation::send_all ? "sent" : "buffer"));
    }
  }
}

TEST_CASE("a socket that is said to be good is not given up", "[codes]") {
  for (const cause_row& row : cause_rows()) {
    if (!has(row.text, "is still good") && !has(row.text, "listening socket is good") && !has(row.text, "is good"))
      continue;
    CAPTURE(row.error, sockerr::name(row.during), sockerr::name(row.found), row.text);
    CHECK((row.advice == retry_advice::at_once || row.advice == retry_advice::when_ready ||
           row.advice == retry_advice::after_pause));
  }
}

TEST_CASE("each situation is told in the words of its operation", "[codes]") {
  // What only makes sense in one place stands nowhere else.
  struct {
    std::string_view words;
    std::initializer_list<operation> where;
  } const expected[] = {
      {"resolver", {operation::resolve, operation::unknown}},
      {"There is no peer", {operation::peer_address}},
      {"no local address yet", {operation::local_address}},
      {"to shut down", {operation::shutdown}},
      {"Accept the next one", {operation::accept}},
      {"stays in the queue", {operation::accept}},
      {"is option", {operation::set_option, operation::get_option}},
      {"the option", {operation::set_option, operation::get_option}},
      {"Part of the data", {operation::send_all, operation::recv_exactly}},
      {"handshake", {operation::handshake, operation::unknown, operation::recv}},
      {"Do not close it again", {operation::close}},
      {"Read again", {operation::recv}},
      {"Send again", {operation::send}},
      {"Accept again", {operation::accept}},
      {"Wait again", {operation::wait}},
  };
  for (const auto& e : expected) {
    int count = 0;
    for (const cause_row& row : cause_rows()) {
      if (!has(row.text, e.words)) continue;
      CAPTURE(e.words, row.error, sockerr::name(row.during), row.text);
      CHECK(std::find(e.where.begin(), e.where.end(), row.during) != e.where.end());
      ++count;
    }
    CAPTURE(e.words);
    CHECK(count > 0);
  }
}

TEST_CASE("each cause has its advice, and is what a look-up finds", "[codes]") {
  REQUIRE(cause_rows().size() > 300);
  std::string_view error;
  for (auto i = cause_rows().begin(); i != cause_rows().end(); ++i) {
    CAPTURE(i->error, sockerr::name(i->during), sockerr::name(i->found), i->text);
    CHECK(is_sentence(i->text));
    // The first one of an error is its general row.
    if (i->error != error) CHECK((i->during == operation::unknown && i->found == circumstance::none));
    if (i->error == error) CHECK((i->during != operation::unknown || i->found != circumstance::none));
    error = i->error;
    CHECK(std::none_of(cause_rows().begin(), i, [&](const cause_row& other) {
      return other.id == i->id && other.during == i->during && other.found == i->found;
    }));
    CHECK(find_row(i->id, i->during, i->found) == &*i);
    const detail::explanation told = detail::explain(i->id, i->during, i->found);
    CHECK(told.cause == i->text);
    CHECK(told.advice == i->advice);
    const bool is_bulk = call_of(i->during) != i->during;
    CHECK(detail::advice_of(i->id, i->during, i->found) == (is_bulk ? retry_advice::never : i->advice));
    // Only where a part has been done has the bulk form something of its own to say.
    if (is_bulk) CHECK(i->found == circumstance::partial);
  }
}

TEST_CASE("every error has a cause and advice in every operation and circumstance", "[codes]") {
  struct named_error {
    std::string_view name;
    detail::error_id id;
  };
  const named_error errors[] = {
#define SOCKERR_ERROR(name, owned_by, words) {#name, detail::error_id::name},
#include <sockerr/codes.def>
  };
  const std::vector<operation> operations = all<operation>();
  const std::vector<circumstance> circumstances = all<circumstance>();
  REQUIRE(operations.size() == 19);
  REQUIRE(circumstances.size() == 30);
  for (const named_error& e : errors) {
    for (const operation during : operations) {
      for (const circumstance found : circumstances) {
        const cause_row* const row = find_row(e.id, during, found);
        const detail::explanation told = detail::explain(e.id, during, found);
        const retry_advice advice = detail::advice_of(e.id, during, found);
        const auto fail = [&](const char* what) {
          CAPTURE(e.name, sockerr::name(during), sockerr::name(found), told.cause);
          FAIL_CHECK(what);
        };
        if (told.cause != (row != nullptr ? row->text : shared_cause)) fail("another row");
        if (told.advice != (row != nullptr ? row->advice : retry_advice::never)) fail("the advice of another row");
        if (!is_sentence(told.cause)) fail("no sentence, or one that is too long");
        if (sockerr::name(advice).empty()) fail("no advice");
        const bool is_exact = row != nullptr && row->found == found;
        if (during == operation::close && (advice == retry_advice::at_once || advice == retry_advice::when_ready ||
                                           advice == retry_advice::after_pause))
          fail("closes twice");
        if (call_of(during) != during && advice != retry_advice::never) fail("repeats a transfer");
        if (during == operation::resolve && advice == retry_advice::when_ready) fail("waits for a socket of nobody's");
        // What waits for a full queue that poll() does not show would spin.
        if (is_among(found, {circumstance::backlog_full, circumstance::receiver_full, circumstance::ports_exhausted}) &&
            is_exact && (advice == retry_advice::when_ready || advice == retry_advice::at_once))
          fail("spins");
        check_words(e.name, e.id, during, is_exact ? found : circumstance::none, told.cause);
      }
    }
  }
}

TEST_CASE("codes say what their error says in every operation and circumstance", "[codes]") {
  const auto check = [](const auto& codes) {
    for (const auto info : codes) {
      if (sockerr::symbol(info.code) != info.symbol) continue;
      CAPTURE(info.symbol);
      CHECK(sockerr::cause(info.code) == info.cause);
      for (const operation during : all<operation>()) {
        for (const circumstance found : all<circumstance>()) {
          if (!is_sentence(sockerr::cause(info.code, during, found))) FAIL_CHECK("no sentence");
          if (sockerr::name(sockerr::advise(info.code, during, found)).empty()) FAIL_CHECK("no advice");
        }
      }
    }
  };
  check(sockerr::codes());
  check(sockerr::codes<resolver_errc>());
  check(sockerr::codes<library_errc>());
  check(sockerr::codes<windows_errc>());
}

TEST_CASE("what no socket call returns has one cause", "[codes]") {
#if !defined(_WIN32)
  CHECK(sockerr::cause(errc{E2BIG}) == shared_cause);
  CHECK(sockerr::cause(errc{ECHILD}) == sockerr::cause(errc{E2BIG}));
  CHECK(sockerr::advise(errc{ECHILD}, operation::recv) == retry_advice::never);
  // What one does return has its own.
  for (const expected& e : errnos) {
    CAPTURE(e.symbol);
    CHECK(sockerr::cause(errc{e.number}) != shared_cause);
  }
#endif
  CHECK(sockerr::cause(windows_errc{10066}) == shared_cause);
  for (const auto& node : detail::nodes) {
    CAPTURE(node.name);
    if (node.self != condition::none)
      CHECK(find_row(detail::error_of(node.self), operation::unknown, circumstance::none) != nullptr);
  }
}

TEST_CASE("Windows codes sit where they belong", "[codes]") {
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

TEST_CASE("every errno sits where it belongs", "[codes]") {
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
  for (int number = 1; number <= 5000; ++number) {
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
                                                   &sockerr::library_category(), &std::system_category(),
                                                   &std::generic_category()};
  for (const std::error_category* category : categories) {
    for (const int number : {-4095, -4096, -10061, INT_MIN, 5000, 8999, 65535, INT_MAX}) {
      CAPTURE(category->name(), number);
      const std::error_code ec{number, *category};
      CHECK(sockerr::classify(ec) == condition::other);
      CHECK(ec == condition::other);
      CHECK(sockerr::symbol(ec).empty());
      CHECK(is_sentence(sockerr::cause(ec)));
      CHECK(sockerr::advise(ec, operation::connect) == retry_advice::never);
    }
  }
}

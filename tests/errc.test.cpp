// SPDX-License-Identifier: MIT
#include <sockerr/errc.hpp>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>

#include "catch.hpp"

namespace {

using sockerr::condition;
using sockerr::errc;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::retry_advice;
using sockerr::windows_errc;

#if defined(_WIN32)
constexpr bool on_windows = true;
#else
constexpr bool on_windows = false;
#endif

// ------------------------------------------------------------------------------------------------ one known code

static_assert(sockerr::classify(errc::connection_refused) == condition::connection_refused);
static_assert(sockerr::symbol(errc::connection_refused) == (on_windows ? "WSAECONNREFUSED" : "ECONNREFUSED"));
static_assert(sockerr::message(errc::connection_refused) == "Connection refused");
static_assert(sockerr::from_symbol(on_windows ? "WSAECONNREFUSED" : "ECONNREFUSED") == errc::connection_refused);
static_assert(!sockerr::from_symbol(on_windows ? "ECONNREFUSED" : "WSAECONNREFUSED"), "the other system's name");
static_assert(!sockerr::from_symbol(""));
static_assert(!sockerr::from_symbol("ECONN"), "a beginning is no name");
static_assert(!sockerr::from_symbol("ECONNREFUSED "));
static_assert(!sockerr::from_symbol("econnrefused"));
static_assert(!sockerr::from_symbol("EAI_NONAME"), "a name of the resolver's");

static_assert(sockerr::classify(windows_errc{10061}) == condition::connection_refused);
static_assert(sockerr::symbol(windows_errc{10061}) == "WSAECONNREFUSED");
static_assert(sockerr::symbol(windows_errc{1225}) == "ERROR_CONNECTION_REFUSED");
static_assert(sockerr::message(windows_errc{1225}) == "Connection refused", "one error, one text");
static_assert(sockerr::from_symbol<windows_errc>("WSAECONNREFUSED") == windows_errc{10061});
static_assert(sockerr::from_symbol<windows_errc>("ERROR_CONNECTION_REFUSED") == windows_errc{1225});
static_assert(sockerr::classify(windows_errc{10112}) == condition::resolution_error, "it is no refused connection");

// --------------------------------------------------------------------------------------------------- the resolver

struct resolver_row {
  resolver_errc code;
  std::string_view symbol;
  condition owner;
  std::string_view message;
};

constexpr resolver_row resolver_rows[] = {
    {resolver_errc::host_not_found, "EAI_NONAME", condition::host_not_found, "Name or service not known"},
    {resolver_errc::no_data, "EAI_NODATA", condition::host_not_found, "No address associated with host name"},
    {resolver_errc::no_address_in_family, "EAI_ADDRFAMILY", condition::host_not_found,
     "Address family for host name not supported"},
    {resolver_errc::service_not_found, "EAI_SERVICE", condition::service_not_found, "Service not known"},
    {resolver_errc::resolution_try_again, "EAI_AGAIN", condition::resolution_try_again,
     "Temporary failure in name resolution"},
    {resolver_errc::resolution_failed, "EAI_FAIL", condition::resolution_error,
     "Non-recoverable failure in name resolution"},
    {resolver_errc::address_family_not_supported, "EAI_FAMILY", condition::address_family_not_supported,
     "Address family not supported"},
    {resolver_errc::socket_type_not_supported, "EAI_SOCKTYPE", condition::not_supported, "Socket type not supported"},
    {resolver_errc::protocol_not_supported, "EAI_PROTOCOL", condition::not_supported, "Protocol not supported"},
    {resolver_errc::bad_flags, "EAI_BADFLAGS", condition::usage_error, "Bad value for resolver flags"},
    {resolver_errc::bad_hints, "EAI_BADHINTS", condition::usage_error, "Bad value for resolver hints"},
    {resolver_errc::argument_overflow, "EAI_OVERFLOW", condition::host_not_found, "Argument buffer overflow"},
    {resolver_errc::not_enough_memory, "EAI_MEMORY", condition::no_buffer_space, "Cannot allocate memory"},
    {resolver_errc::operation_canceled, "EAI_CANCELED", condition::operation_canceled, "Operation canceled"},
    {resolver_errc::interrupted, "EAI_INTR", condition::interrupted, "Interrupted system call"},
    {resolver_errc::idn_encode_failed, "EAI_IDN_ENCODE", condition::host_not_found, "Host name could not be encoded"},
    {resolver_errc::resolution_in_progress, "EAI_INPROGRESS", condition::would_block, "Name resolution in progress"},
    {resolver_errc::resolution_not_canceled, "EAI_NOTCANCELED", condition::other, "Name resolution not canceled"},
    {resolver_errc::resolution_all_done, "EAI_ALLDONE", condition::other, "All name resolutions done"},
};

constexpr bool resolver_rows_are_right() {
  int expected = 0;
  for (const resolver_row& r : resolver_rows) {
    // Programs may have stored the numbers, so they stay what they are: from 1, in this order.
    if (static_cast<int>(r.code) != ++expected) return false;
    if (sockerr::symbol(r.code) != r.symbol || sockerr::classify(r.code) != r.owner) return false;
    if (sockerr::message(r.code) != r.message) return false;
    if (sockerr::from_symbol<resolver_errc>(r.symbol) != r.code) return false;
  }
  return sockerr::codes<resolver_errc>().size() == std::size(resolver_rows);
}
static_assert(resolver_rows_are_right());

// ------------------------------------------------------------------------------------------------ the library's own

// Frozen: programs may have stored them. Three have the number of an errno, so that code that looks at value() finds
// it.
static_assert(static_cast<int>(library_errc::end_of_stream) == 0x5001);
static_assert(static_cast<int>(library_errc::deadline_exceeded) == static_cast<int>(errc::timed_out));
static_assert(static_cast<int>(library_errc::stopped) == static_cast<int>(errc::operation_canceled));
static_assert(static_cast<int>(library_errc::self_connected) == static_cast<int>(errc::connection_refused));
#if !defined(_WIN32)
static_assert(static_cast<int>(library_errc::deadline_exceeded) == ETIMEDOUT);
static_assert(static_cast<int>(library_errc::stopped) == ECANCELED);
static_assert(static_cast<int>(library_errc::self_connected) == ECONNREFUSED);
#else
static_assert(static_cast<int>(library_errc::deadline_exceeded) == 10060);
static_assert(static_cast<int>(library_errc::stopped) == 995);
static_assert(static_cast<int>(library_errc::self_connected) == 10061);
#endif

struct library_row {
  library_errc code;
  std::string_view symbol;
  condition owner;
  std::string_view message;
};

constexpr library_row library_rows[] = {
    {library_errc::deadline_exceeded, on_windows ? "WSAETIMEDOUT" : "ETIMEDOUT", condition::timed_out,
     "Deadline exceeded"},
    {library_errc::stopped, on_windows ? "ERROR_OPERATION_ABORTED" : "ECANCELED", condition::operation_canceled,
     "Stopped"},
    {library_errc::end_of_stream, "EOF", condition::end_of_stream, "End of stream"},
    {library_errc::self_connected, on_windows ? "WSAECONNREFUSED" : "ECONNREFUSED", condition::connection_refused,
     "Connected to itself"},
};

constexpr bool library_rows_are_right() {
  for (const library_row& r : library_rows) {
    if (sockerr::symbol(r.code) != r.symbol || sockerr::classify(r.code) != r.owner) return false;
    if (sockerr::message(r.code) != r.message) return false;
    if (sockerr::from_symbol<library_errc>(r.symbol) != r.code) return false;
  }
  return sockerr::codes<library_errc>().size() == std::size(library_rows);
}
static_assert(library_rows_are_right());

// --------------------------------------------------------------------------------------------- numbers in disguise

constexpr auto hresult(unsigned number) { return windows_errc{static_cast<int>(0x80070000U | number)}; }
static_assert(sockerr::classify(hresult(10061)) == condition::connection_refused);
static_assert(static_cast<unsigned>(static_cast<int>(hresult(10061))) == 0x8007274dU);
static_assert(sockerr::symbol(hresult(10061)) == "WSAECONNREFUSED");
static_assert(sockerr::message(hresult(10061)) == "Connection refused");
static_assert(sockerr::cause(hresult(10061), operation::connect) ==
              sockerr::cause(windows_errc{10061}, operation::connect));
static_assert(sockerr::advise(hresult(10061), operation::connect) == retry_advice::on_new_socket);
static_assert(sockerr::classify(hresult(5)) == condition::permission_denied, "E_ACCESSDENIED");
static_assert(sockerr::classify(hresult(0)) == condition::other, "what failed with no error is not known");
static_assert(sockerr::classify(hresult(65535)) == condition::other);
// Other facilities, and successes, are no Win32 codes.
static_assert(sockerr::classify(windows_errc{static_cast<int>(0x8004274dU)}) == condition::other);
static_assert(sockerr::classify(windows_errc{0x0007274d}) == condition::other);
static_assert(sockerr::classify(windows_errc{static_cast<int>(0x8008274dU)}) == condition::other);
static_assert(sockerr::classify(windows_errc{-10061}) == condition::other, "Windows negates nothing");

#if !defined(_WIN32)
static_assert(sockerr::classify(errc{-ECONNREFUSED}) == condition::connection_refused);
static_assert(sockerr::symbol(errc{-ECONNREFUSED}) == "ECONNREFUSED");
static_assert(sockerr::message(errc{-ECONNREFUSED}) == "Connection refused");
static_assert(sockerr::cause(errc{-ECONNREFUSED}, operation::connect) ==
              sockerr::cause(errc::connection_refused, operation::connect));
static_assert(sockerr::advise(errc{-EMFILE}, operation::accept) == retry_advice::after_pause);
static_assert(sockerr::classify(errc{-4095}) == condition::other && sockerr::symbol(errc{-4095}).empty());
static_assert(sockerr::classify(errc{static_cast<int>(0x8007274dU)}) == condition::other, "an errno is no HRESULT");
#endif
static_assert(sockerr::classify(resolver_errc{-1}) == condition::other, "the resolver's own numbers are not negated");
static_assert(sockerr::classify(library_errc{-0x5001}) == condition::other);

// ------------------------------------------------------------------------------------------- symbols of all platforms

using sockerr::condition_from_symbol;
static_assert(condition_from_symbol("ECONNREFUSED") == condition::connection_refused);
static_assert(condition_from_symbol("WSAECONNREFUSED") == condition::connection_refused);
static_assert(condition_from_symbol("ERROR_CONNECTION_REFUSED") == condition::connection_refused);
static_assert(condition_from_symbol("EAI_AGAIN") == condition::resolution_try_again);
static_assert(condition_from_symbol("EOF") == condition::end_of_stream);
static_assert(condition_from_symbol("EWOULDBLOCK") == condition::would_block);
static_assert(condition_from_symbol("EAGAIN") == condition::would_block);
static_assert(condition_from_symbol("ENOTSUP") == condition::not_supported);
// Also those that only some other system has.
static_assert(condition_from_symbol("ESHUTDOWN") == condition::broken_pipe);
static_assert(condition_from_symbol("ENONET") == condition::network_unreachable, "Linux");
static_assert(condition_from_symbol("ENOTCAPABLE") == condition::permission_denied, "FreeBSD");
static_assert(condition_from_symbol("ECAPMODE") == condition::permission_denied, "FreeBSD");
static_assert(condition_from_symbol("EQFULL") == condition::no_buffer_space, "macOS");
static_assert(condition_from_symbol("EPROCLIM") == condition::too_many_files_open, "the BSDs");
static_assert(condition_from_symbol("EBADMSG") == condition::protocol_error);
static_assert(condition_from_symbol("EDOM") == condition::usage_error);
static_assert(condition_from_symbol("EBADFD") == condition::usage_error);
static_assert(condition_from_symbol("E2BIG") == condition::other);
static_assert(!condition_from_symbol("") && !condition_from_symbol("ECONN") && !condition_from_symbol("econnrefused"));
static_assert(!condition_from_symbol("ECONNREFUSED ") && !condition_from_symbol("connection_refused"));
static_assert(noexcept(condition_from_symbol({})));

// -------------------------------------------------------------------------------------------------- cause and advice

static_assert(sockerr::advise(windows_errc{10061}, operation::connect) == retry_advice::on_new_socket);
static_assert(sockerr::advise(library_errc::deadline_exceeded, operation::accept) == retry_advice::when_ready);
static_assert(sockerr::advise(resolver_errc::resolution_try_again, operation::resolve) == retry_advice::after_pause);
static_assert(sockerr::advise(errc{}, operation::connect) == retry_advice::never && sockerr::cause(errc{}).empty());
static_assert(sockerr::advise(windows_errc{}) == retry_advice::never && sockerr::cause(windows_errc{}).empty());
static_assert(sockerr::cause(windows_errc{3}) == "Nothing more is known about this error.");
static_assert(sockerr::advise(windows_errc{3}) == retry_advice::never);
static_assert(noexcept(sockerr::cause(errc{})) && noexcept(sockerr::advise(windows_errc{})));
// WSAEINTR is never repeated: the handle may be somebody else's by then.
constexpr bool wsaeintr_is_never_repeated() {
  for (int during = 0; !sockerr::name(static_cast<operation>(during)).empty(); ++during)
    if (sockerr::advise(windows_errc{10004}, static_cast<operation>(during)) != retry_advice::never) return false;
  return sockerr::classify(windows_errc{10004}) == condition::interrupted;
}
static_assert(wsaeintr_is_never_repeated());

// ------------------------------------------------------------------------------------------------------ unknowns

template <class Code>
constexpr bool unknown_is_sane(Code code) {
  return sockerr::classify(code) == condition::other && sockerr::symbol(code).empty() &&
         sockerr::message(code) == "Unknown error";
}

template <class Code>
constexpr bool all_unknowns_are_sane() {
  for (const int value :
       {-4095, -4096, -10061, INT_MIN, INT_MIN + 1, 2299, 2300, 2301, 5000, 20000, 65535, INT_MAX - 1, INT_MAX})
    if (!unknown_is_sane(Code{value})) return false;
  return true;
}

template <class Code>
constexpr bool zero_is_no_error() {
  return sockerr::classify(Code{}) == condition::none && sockerr::symbol(Code{}).empty() &&
         sockerr::message(Code{}) == "No error";
}

static_assert(all_unknowns_are_sane<errc>());
static_assert(all_unknowns_are_sane<resolver_errc>());
static_assert(all_unknowns_are_sane<windows_errc>());
static_assert(all_unknowns_are_sane<library_errc>());
static_assert(unknown_is_sane(resolver_errc{-1}) && unknown_is_sane(resolver_errc{-11}));
static_assert(unknown_is_sane(windows_errc{-1}) && unknown_is_sane(windows_errc{-11}));
static_assert(zero_is_no_error<errc>());
static_assert(zero_is_no_error<resolver_errc>());
static_assert(zero_is_no_error<windows_errc>());
static_assert(zero_is_no_error<library_errc>());
// The gaps between Win32, DNS, WSA and WinHTTP codes that the tables leave out must not shift one into the other.
static_assert(unknown_is_sane(windows_errc{2251}) && unknown_is_sane(windows_errc{10061 - 7700}));
static_assert(unknown_is_sane(windows_errc{2300 + 61}) && unknown_is_sane(windows_errc{9000}));
static_assert(unknown_is_sane(windows_errc{9999}) && unknown_is_sane(windows_errc{11500}));
static_assert(unknown_is_sane(windows_errc{12001}) && unknown_is_sane(windows_errc{12500}));
static_assert(sockerr::classify(windows_errc{9002}) == condition::resolution_try_again);
static_assert(sockerr::classify(windows_errc{9003}) == condition::host_not_found);
static_assert(sockerr::classify(windows_errc{9501}) == condition::host_not_found);
static_assert(sockerr::classify(windows_errc{12002}) == condition::timed_out);
static_assert(sockerr::classify(windows_errc{12007}) == condition::host_not_found);
static_assert(sockerr::classify(windows_errc{12029}) == condition::connection_error);
static_assert(sockerr::classify(windows_errc{12030}) == condition::connection_error);

// ------------------------------------------------------------------------------------------------------- codes()

template <class Code>
constexpr bool codes_agree_with_the_functions() {
  std::size_t count = 0;
  for (const auto info : sockerr::codes<Code>()) {
    ++count;
    if (sockerr::classify(info.code) != info.condition) return false;
    // A further symbol for the same number may be an error with words of its own: EWOULDBLOCK beside EAGAIN.
    const bool names_it = sockerr::symbol(info.code) == info.symbol;
    if (names_it && sockerr::message(info.code) != info.message) return false;
  }
  return count == sockerr::codes<Code>().size() && count != 0;
}

static_assert(codes_agree_with_the_functions<errc>());
static_assert(codes_agree_with_the_functions<resolver_errc>());
static_assert(codes_agree_with_the_functions<windows_errc>());
static_assert(codes_agree_with_the_functions<library_errc>());
static_assert(std::is_same_v<decltype(*sockerr::codes().begin()), sockerr::code_info>);
static_assert(std::is_same_v<decltype(sockerr::code_info::code), errc>);
static_assert(std::is_same_v<std::iterator_traits<decltype(sockerr::codes().begin())>::value_type, sockerr::code_info>);

constexpr bool iterators_step() {
  auto i = sockerr::codes<resolver_errc>().begin();
  const auto before = i++;
  return before == sockerr::codes<resolver_errc>().begin() && before != i && (*before).symbol != (*i).symbol &&
         ++i != sockerr::codes<resolver_errc>().end();
}
static_assert(iterators_step());

// ---------------------------------------------------------------------------------------------------------- noexcept

static_assert(noexcept(sockerr::classify(errc{})));
static_assert(noexcept(sockerr::classify(resolver_errc{})));
static_assert(noexcept(sockerr::classify(windows_errc{})));
static_assert(noexcept(sockerr::symbol(errc{})));
static_assert(noexcept(sockerr::message(errc{})));
static_assert(noexcept(sockerr::from_symbol(std::string_view{})));
static_assert(noexcept(sockerr::codes()));
static_assert(noexcept(*sockerr::codes().begin()));
static_assert(std::is_same_v<decltype(sockerr::from_symbol("")), std::optional<errc>>);
static_assert(std::is_same_v<std::underlying_type_t<errc>, int> &&
              std::is_same_v<std::underlying_type_t<resolver_errc>, int> &&
              std::is_same_v<std::underlying_type_t<library_errc>, int>);

// A macro that stays behind would leak into every program.
#if defined(SOCKERR_CONDITION) || defined(SOCKERR_ERROR) || defined(SOCKERR_CAUSE) || defined(SOCKERR_ERRNO) ||      \
    defined(SOCKERR_OTHER) || defined(SOCKERR_WINDOWS) || defined(SOCKERR_WINDOWS_ALSO) ||                           \
    defined(SOCKERR_WINDOWS_FAR) || defined(SOCKERR_LIBRARY) || defined(SOCKERR_RESOLVER) || defined(SOCKERR_EAI) || \
    defined(SOCKERR_FOREIGN) || defined(SOCKERR_ALL_SYMBOLS) || defined(SOCKERR_NOT_TWICE) ||                        \
    defined(SOCKERR_PARTLY_DONE) || defined(SOCKERR_CLOSED_ALL_THE_SAME) || defined(SOCKERR_SHARED_CAUSE)
#error "a macro of the table survives its header"
#endif

}  // namespace

TEST_CASE("resolver codes have their numbers and symbols and conditions", "[errc]") {
  int expected = 0;
  for (const resolver_row& r : resolver_rows) {
    CAPTURE(r.symbol);
    CHECK(static_cast<int>(r.code) == ++expected);
    CHECK(sockerr::symbol(r.code) == r.symbol);
    CHECK(sockerr::classify(r.code) == r.owner);
    CHECK(sockerr::message(r.code) == r.message);
  }
}

TEST_CASE("codes of the library have their numbers and symbols and conditions", "[errc]") {
  for (const library_row& r : library_rows) {
    CAPTURE(r.symbol);
    CHECK(sockerr::symbol(r.code) == r.symbol);
    CHECK(sockerr::name(sockerr::classify(r.code)) == sockerr::name(r.owner));
    CHECK(sockerr::message(r.code) == r.message);
  }
}

TEST_CASE("the symbols of each kind of code are known on every platform", "[errc]") {
  const auto check = [](const auto& codes) {
    for (const auto info : codes) {
      CAPTURE(info.symbol);
      CHECK(condition_from_symbol(info.symbol) == info.condition);
    }
  };
  check(sockerr::codes());
  check(sockerr::codes<resolver_errc>());
  check(sockerr::codes<library_errc>());
  check(sockerr::codes<windows_errc>());
}

#if !defined(_WIN32)
TEST_CASE("errc bears the names of the standard", "[errc]") {
#define SAME(name) CHECK(static_cast<int>(errc::name) == static_cast<int>(std::errc::name))
  SAME(address_family_not_supported);
  SAME(address_in_use);
  SAME(address_not_available);
  SAME(already_connected);
  SAME(argument_list_too_long);
  SAME(argument_out_of_domain);
  SAME(bad_address);
  SAME(bad_file_descriptor);
  SAME(bad_message);
  SAME(broken_pipe);
  SAME(connection_aborted);
  SAME(connection_already_in_progress);
  SAME(connection_refused);
  SAME(connection_reset);
  SAME(cross_device_link);
  SAME(destination_address_required);
  SAME(device_or_resource_busy);
  SAME(directory_not_empty);
  SAME(executable_format_error);
  SAME(file_exists);
  SAME(file_too_large);
  SAME(filename_too_long);
  SAME(function_not_supported);
  SAME(host_unreachable);
  SAME(identifier_removed);
  SAME(illegal_byte_sequence);
  SAME(inappropriate_io_control_operation);
  SAME(interrupted);
  SAME(invalid_argument);
  SAME(invalid_seek);
  SAME(io_error);
  SAME(is_a_directory);
  SAME(message_size);
  SAME(network_down);
  SAME(network_reset);
  SAME(network_unreachable);
  SAME(no_buffer_space);
  SAME(no_child_process);
  SAME(no_lock_available);
  SAME(no_message);
  SAME(no_protocol_option);
  SAME(no_space_on_device);
  SAME(no_such_device);
  SAME(no_such_device_or_address);
  SAME(no_such_file_or_directory);
  SAME(no_such_process);
  SAME(not_a_directory);
  SAME(not_a_socket);
  SAME(not_connected);
  SAME(not_enough_memory);
  SAME(not_supported);
  SAME(operation_canceled);
  SAME(operation_in_progress);
  SAME(operation_not_permitted);
  SAME(operation_not_supported);
  SAME(operation_would_block);
  SAME(owner_dead);
  SAME(permission_denied);
  SAME(protocol_error);
  SAME(protocol_not_supported);
  SAME(read_only_file_system);
  SAME(resource_deadlock_would_occur);
  SAME(resource_unavailable_try_again);
  SAME(result_out_of_range);
  SAME(state_not_recoverable);
  SAME(text_file_busy);
  SAME(timed_out);
  SAME(too_many_files_open);
  SAME(too_many_files_open_in_system);
  SAME(too_many_links);
  SAME(too_many_symbolic_link_levels);
  SAME(value_too_large);
  SAME(wrong_protocol_type);
#undef SAME
  // Not on every system, and deprecated in the standard.
#ifdef EIDRM
  CHECK(static_cast<int>(errc::identifier_removed) == EIDRM);
#endif
#ifdef ENOLINK
  CHECK(static_cast<int>(errc::no_link) == ENOLINK);
#endif
#ifdef ENODATA
  CHECK(static_cast<int>(errc::no_message_available) == ENODATA);
#endif
#ifdef ENOSR
  CHECK(static_cast<int>(errc::no_stream_resources) == ENOSR);
#endif
#ifdef ENOSTR
  CHECK(static_cast<int>(errc::not_a_stream) == ENOSTR);
#endif
#ifdef ETIME
  CHECK(static_cast<int>(errc::stream_timeout) == ETIME);
#endif
}

TEST_CASE("where two symbols share a number the usual one names it", "[errc]") {
  CHECK(sockerr::symbol(errc{EAGAIN}) == "EAGAIN");
  CHECK(sockerr::symbol(errc{EOPNOTSUPP}) == "EOPNOTSUPP");
  CHECK(sockerr::from_symbol("EWOULDBLOCK") == errc{EWOULDBLOCK});
  CHECK(sockerr::from_symbol("ENOTSUP") == errc{ENOTSUP});
#ifdef EDEADLOCK
  CHECK(sockerr::symbol(errc{EDEADLK}) == "EDEADLK");
#endif
}
#endif

TEST_CASE("symbols are those that the C library gives", "[errc]") {
#if defined(__GLIBC__) && defined(__linux__)
#if __GLIBC_PREREQ(2, 32)
  for (int number = 1; number <= 133; ++number) {
    const char* const theirs = ::strerrorname_np(number);
    CAPTURE(number);
    // EDEADLOCK has a number of its own on MIPS, which glibc does not name.
    CHECK(sockerr::symbol(errc{number}) == (theirs != nullptr ? theirs : number == EDEADLOCK ? "EDEADLOCK" : ""));
  }
#else
  SOCKERR_SKIP("this glibc has no strerrorname_np");
#endif
#else
  SOCKERR_SKIP("only glibc tells the symbols of its error numbers");
#endif
}

TEST_CASE("values that no row has are other and nameless", "[errc]") {
  for (const int value : {-4095, -4096, -10061, INT_MIN, 2300, 10061 - 7700, 65535, INT_MAX}) {
    CAPTURE(value);
    CHECK(unknown_is_sane(errc{value}));
    CHECK(unknown_is_sane(resolver_errc{value}));
    CHECK(unknown_is_sane(library_errc{value}));
    CHECK(unknown_is_sane(windows_errc{value}));
  }
}

TEST_CASE("an errno that the kernel has returned is negative", "[errc]") {
#if !defined(_WIN32)
  for (const sockerr::code_info info : sockerr::codes()) {
    const errc negative{-static_cast<int>(info.code)};
    CAPTURE(info.symbol);
    CHECK(sockerr::classify(negative) == sockerr::classify(info.code));
    CHECK(sockerr::symbol(negative) == sockerr::symbol(info.code));
    CHECK(sockerr::message(negative) == sockerr::message(info.code));
  }
#else
  SOCKERR_SKIP("Windows has no such numbers");
#endif
}

TEST_CASE("an HRESULT of Win32's facility is the code in it", "[errc]") {
  for (const auto info : sockerr::codes<windows_errc>()) {
    CAPTURE(info.symbol);
    const auto disguised = hresult(static_cast<unsigned>(info.code));
    CHECK(sockerr::classify(disguised) == info.condition);
    CHECK(sockerr::symbol(disguised) == info.symbol);
    CHECK(sockerr::message(disguised) == info.message);
  }
}

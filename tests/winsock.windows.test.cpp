// SPDX-License-Identifier: MIT
// First and with all its macros, as many programs have it.
#undef WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <sockerr/sockerr.hpp>

#include "catch.hpp"
#include "loopback.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <system_error>

namespace {

using namespace std::chrono_literals;
using sockerr::condition;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::native_handle;
using sockerr::resolver_errc;

bool is_inherited(native_handle handle) {
  DWORD flags = 0;
  REQUIRE(::GetHandleInformation(reinterpret_cast<HANDLE>(handle), &flags) != 0);
  return (flags & HANDLE_FLAG_INHERIT) != 0;
}

void make_non_blocking(native_handle handle) {
  u_long on = 1;
  REQUIRE(::ioctlsocket(handle, static_cast<long>(FIONBIO), &on) == 0);
}

// What recv() says where nothing has arrived and nobody limits the time but the socket itself.
std::error_code recv_of_nothing(native_handle handle) {
  const DWORD milliseconds = 50;
  sockerr::set_option(handle, SOL_SOCKET, SO_RCVTIMEO, milliseconds);
  char one;
  std::error_code ec;
  sockerr::recv(handle, &one, 1, ec);
  return ec;
}

// Puts another function in the place of one of Winsock's, for what this program calls, as long as it lives.
class replaced {
 public:
  replaced(const char* name, void* by) {
    const HMODULE winsock = ::GetModuleHandleW(L"ws2_32.dll");
    REQUIRE(winsock != nullptr);
    void* const original = reinterpret_cast<void*>(::GetProcAddress(winsock, name));
    auto* const base = reinterpret_cast<char*>(::GetModuleHandleW(nullptr));
    const auto* const dos = reinterpret_cast<const IMAGE_DOS_HEADER*>(base);
    const auto* const headers = reinterpret_cast<const IMAGE_NT_HEADERS*>(base + dos->e_lfanew);
    const DWORD imports = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    for (auto* d = reinterpret_cast<const IMAGE_IMPORT_DESCRIPTOR*>(base + imports); d->Name != 0; ++d)
      for (auto* slot = reinterpret_cast<void**>(base + d->FirstThunk); *slot != nullptr; ++slot)
        if (*slot == original) slot_ = slot;
    REQUIRE(slot_ != nullptr);
    original_ = original;
    put(by);
  }
  ~replaced() { put(original_); }
  replaced(const replaced&) = delete;
  replaced& operator=(const replaced&) = delete;

 private:
  void put(void* function) const {
    DWORD before = 0;
    ::VirtualProtect(slot_, sizeof *slot_, PAGE_READWRITE, &before);
    *slot_ = function;
    ::VirtualProtect(slot_, sizeof *slot_, before, &before);
  }

  void** slot_ = nullptr;
  void* original_ = nullptr;
};

int cancelled_calls = 0;

// A call that somebody has cancelled, with the arguments of any of Winsock's.
template <class Result, class... Args>
Result WSAAPI cancelled(Args...) {
  ++cancelled_calls;
  ::WSASetLastError(WSAEINTR);
  return static_cast<Result>(-1);
}

template <class Result, class... Args>
void* cancelled_like(Result(WSAAPI*)(Args...)) {
  return reinterpret_cast<void*>(&cancelled<Result, Args...>);
}

// Returns: how often a function of Winsock is called that says WSAEINTR each time.
template <class Function, class Call>
int calls_of_cancelled(const char* name, Function* function, Call call) {
  const replaced now{name, cancelled_like(function)};
  cancelled_calls = 0;
  std::error_code ec;
  call(ec);
  CHECK(ec == errc{WSAEINTR});
  CHECK(ec == condition::interrupted);
  return cancelled_calls;
}

deadline::clock::duration time_of(const deadline::clock::time_point& begin) { return deadline::clock::now() - begin; }

}  // namespace

TEST_CASE("system_category's WSA and Win32 codes are in the tree", "[windows]") {
  const struct {
    condition expected;
    int code;
  } cases[] = {{condition::connection_refused, 10061},
               {condition::connection_refused, 1225},
               {condition::connection_refused, 1234},
               {condition::connection_reset, 10054},
               {condition::connection_reset, 10052},
               {condition::connection_reset, 64},
               {condition::connection_aborted, 10053},
               {condition::connection_aborted, 1236},
               {condition::broken_pipe, 10058},
               {condition::end_of_stream, 10101},
               {condition::broken_pipe, 109},
               {condition::broken_pipe, 232},
               {condition::broken_pipe, 233},
               {condition::broken_pipe, 240},
               {condition::end_of_stream, 1226},
               {condition::end_of_stream, 38},
               {condition::not_connected, 10057},
               {condition::not_connected, 1229},
               {condition::not_connected, 2250},
               {condition::timed_out, 10060},
               {condition::timed_out, 121},
               {condition::timed_out, 258},
               {condition::timed_out, 1460},
               {condition::timed_out, 12002},
               {condition::connection_error, 12029},
               {condition::connection_error, 12030},
               {condition::host_unreachable, 10065},
               {condition::host_unreachable, 10064},
               {condition::host_unreachable, 1232},
               {condition::host_unreachable, 1233},
               {condition::host_unreachable, 1256},
               {condition::network_unreachable, 10051},
               {condition::network_unreachable, 10050},
               {condition::network_unreachable, 1231},
               {condition::address_in_use, 10048},
               {condition::address_in_use, 1227},
               {condition::address_not_available, 10049},
               {condition::address_not_available, 1228},
               {condition::address_family_not_supported, 10047},
               {condition::address_family_not_supported, 10046},
               {condition::would_block, 10035},
               {condition::would_block, 10036},
               {condition::would_block, 10037},
               {condition::would_block, 996},
               {condition::would_block, 997},
               {condition::would_block, 1237},
               {condition::interrupted, 10004},
               {condition::operation_canceled, 995},
               {condition::operation_canceled, 1223},
               {condition::operation_canceled, 1235},
               {condition::operation_canceled, 10103},
               {condition::operation_canceled, 10111},
               {condition::permission_denied, 10013},
               {condition::permission_denied, 5},
               {condition::too_many_files_open, 10024},
               {condition::too_many_files_open, 4},
               {condition::too_many_files_open, 10067},
               {condition::too_many_files_open, 1238},
               {condition::no_buffer_space, 10055},
               {condition::no_buffer_space, 10059},
               {condition::no_buffer_space, 10068},
               {condition::no_buffer_space, 10069},
               {condition::no_buffer_space, 8},
               {condition::no_buffer_space, 14},
               {condition::no_buffer_space, 1450},
               {condition::not_supported, 10041},
               {condition::not_supported, 10042},
               {condition::not_supported, 10043},
               {condition::not_supported, 10044},
               {condition::not_supported, 10045},
               {condition::message_size, 10040},
               {condition::message_size, 234},
               {condition::usage_error, 10039},
               {condition::usage_error, 10093},
               {condition::not_supported, 10091},
               {condition::not_supported, 10092},
               {condition::not_supported, 10104},
               {condition::not_supported, 10105},
               {condition::not_supported, 10106},
               {condition::bad_file_descriptor, 10009},
               {condition::bad_file_descriptor, 6},
               {condition::not_a_socket, 10038},
               {condition::invalid_argument, 10022},
               {condition::invalid_argument, 10014},
               {condition::invalid_argument, 87},
               {condition::invalid_argument, 1241},
               {condition::already_connected, 10056},
               {condition::already_connected, 1230},
               {condition::path_error, 10062},
               {condition::path_error, 10063},
               {condition::resolution_error, 11003},
               {condition::resolution_error, 10112},
               {condition::host_not_found, 11001},
               {condition::host_not_found, 11004},
               {condition::service_not_found, 10109},
               {condition::service_not_found, 10108},
               {condition::resolution_try_again, 11002}};
  for (const auto& [expected, code] : cases) {
    const std::error_code foreign{code, std::system_category()};
    CAPTURE(code, sockerr::symbol(foreign));
    CHECK(foreign == expected);
    CHECK(sockerr::classify(foreign) == expected);
    CHECK(sockerr::classify(errc{code}) == expected);
    CHECK(foreign != condition::other);
  }
}

TEST_CASE("A WSA code is no errno, and an errno no WSA code", "[windows]") {
  CHECK(std::error_code{ECONNREFUSED, std::generic_category()} == condition::connection_refused);
  CHECK(std::error_code{WSAECONNREFUSED, std::generic_category()} == condition::other);
  CHECK(std::error_code{ECONNREFUSED, std::system_category()} != condition::connection_refused);
  CHECK(std::error_code{WSAECONNREFUSED, std::system_category()} == errc::connection_refused);
  CHECK(make_error_code(errc::connection_refused) == std::errc::connection_refused);
  CHECK(static_cast<int>(errc::connection_refused) == WSAECONNREFUSED);
}

TEST_CASE("An HRESULT of facility 7 counts as the Win32 code in it", "[windows]") {
  for (const int code : {10061, 1225, 121, 10004}) {
    const std::error_code plain{code, std::system_category()};
    const std::error_code hidden{static_cast<int>(0x80070000U | static_cast<unsigned>(code)), std::system_category()};
    CAPTURE(code);
    CHECK(sockerr::classify(hidden) == sockerr::classify(plain));
    CHECK(sockerr::symbol(hidden) == sockerr::symbol(plain));
  }
  CHECK(sockerr::classify({static_cast<int>(0x80040000U | 10061U), std::system_category()}) == condition::other);
}

TEST_CASE("WSAEINTR says that the call was cancelled and is never repeated", "[windows]") {
  const std::error_code ec{WSAEINTR, sockerr::socket_category()};
  CHECK(ec == condition::interrupted);
  for (const auto during : {sockerr::operation::unknown, sockerr::operation::connect, sockerr::operation::accept,
                            sockerr::operation::recv, sockerr::operation::send, sockerr::operation::close}) {
    CAPTURE(name(during));
    CHECK(sockerr::advise(ec, during) == sockerr::retry_advice::never);
    CHECK_FALSE(sockerr::cause(ec, during).empty());
  }
  CHECK(sockerr::advise(errc{WSAEINTR}, sockerr::operation::recv) == sockerr::retry_advice::never);
}

TEST_CASE("A call that was cancelled is issued once", "[windows]") {
  const loopback::connection c;
  const native_handle handle = c.client.native_handle();
  const endpoint there = c.listening.local_endpoint();
  const sockerr::socket datagrams = loopback::datagram_socket();
  char one = 'x';
  endpoint from;
  for (const deadline until : {deadline{}, deadline{20s}, deadline::never()}) {
    // Something to receive and to accept, so that nothing is waited for before.
    const sockerr::socket waiting = sockerr::connect_to(there);
    sockerr::send(c.server.native_handle(), "x", 1);
    CHECK(calls_of_cancelled("recvfrom", &::recvfrom,
                             [&](std::error_code& ec) { sockerr::recv(handle, &one, 1, 0, until, ec); }) == 1);
    CHECK(calls_of_cancelled("recvfrom", &::recvfrom, [&](std::error_code& ec) {
            CHECK(sockerr::recv_exactly(handle, &one, 1, until, ec) == 0);
          }) == 1);
    CHECK(calls_of_cancelled("recvfrom", &::recvfrom, [&](std::error_code& ec) {
            sockerr::send_to(datagrams.native_handle(), "x", 1, datagrams.local_endpoint(), ec);
            sockerr::recv_from(datagrams.native_handle(), &one, 1, from, 0, until, ec);
          }) == 1);
    CHECK(calls_of_cancelled("sendto", &::sendto,
                             [&](std::error_code& ec) { sockerr::send(handle, &one, 1, 0, until, ec); }) == 1);
    CHECK(calls_of_cancelled("sendto", &::sendto, [&](std::error_code& ec) {
            CHECK(sockerr::send_all(handle, &one, 1, until, ec) == 0);
          }) == 1);
    CHECK(calls_of_cancelled("sendto", &::sendto, [&](std::error_code& ec) {
            sockerr::send_to(datagrams.native_handle(), "x", 1, datagrams.local_endpoint(), 0, until, ec);
          }) == 1);
    CHECK(calls_of_cancelled("accept", &::accept, [&](std::error_code& ec) {
            CHECK_FALSE(sockerr::accept(c.listening.native_handle(), nullptr, until, ec).is_open());
          }) == 1);
    CHECK(calls_of_cancelled("connect", &::connect, [&](std::error_code& ec) {
            sockerr::connect(sockerr::open(AF_INET, SOCK_STREAM).native_handle(), there, until, ec);
          }) == 1);
    CHECK(sockerr::accept(c.listening.native_handle(), nullptr, 20s).is_open());
  }
}

TEST_CASE("A wait that was cancelled ends its call", "[windows]") {
  const loopback::connection c;
  char one = 0;
  for (const deadline until : {deadline{20s}, deadline::never()}) {
    CHECK(calls_of_cancelled("select", &::select, [&](std::error_code& ec) {
            sockerr::recv(c.client.native_handle(), &one, 1, 0, until, ec);
          }) == 1);
    CHECK(calls_of_cancelled("select", &::select, [&](std::error_code& ec) {
            CHECK_FALSE(sockerr::accept(c.listening.native_handle(), nullptr, until, ec).is_open());
          }) == 1);
  }
}

TEST_CASE("The socket's own time limit cannot be told from the system's", "[windows]") {
  const sockerr::socket s = loopback::datagram_socket();
  const std::error_code ec = recv_of_nothing(s.native_handle());
  CHECK(ec == errc::timed_out);
  CHECK(ec.category() == sockerr::socket_category());
  CHECK_FALSE(sockerr::error{ec}.by_deadline());
}

TEST_CASE("last_error() is WSAGetLastError()", "[windows]") {
  ::WSASetLastError(WSAEHOSTUNREACH);
  CHECK(sockerr::last_error() == errc::host_unreachable);
  CHECK(sockerr::last_error() == condition::unreachable);
  ::WSASetLastError(0);
  CHECK(sockerr::last_error() == condition::none);
}

TEST_CASE("Results of getaddrinfo are resolver_errc, and others what they are", "[windows]") {
  using sockerr::resolver_error;
  CHECK_FALSE(resolver_error(0));
  CHECK(resolver_error(WSAHOST_NOT_FOUND) == resolver_errc::host_not_found);
  CHECK(resolver_error(WSANO_DATA) == resolver_errc::no_data);
  CHECK(resolver_error(WSATRY_AGAIN) == resolver_errc::resolution_try_again);
  CHECK(resolver_error(WSANO_RECOVERY) == resolver_errc::resolution_failed);
  CHECK(resolver_error(WSATYPE_NOT_FOUND) == resolver_errc::service_not_found);
  CHECK(resolver_error(WSAEINVAL) == resolver_errc::bad_flags);
  CHECK(resolver_error(WSA_NOT_ENOUGH_MEMORY) == resolver_errc::not_enough_memory);
  CHECK(resolver_error(WSAENETDOWN) == errc::network_down);
}

TEST_CASE("Handles are not inherited by child processes", "[windows]") {
  loopback::connection c;
  CHECK_FALSE(is_inherited(c.listening.native_handle()));
  CHECK_FALSE(is_inherited(c.client.native_handle()));
  CHECK_FALSE(is_inherited(c.server.native_handle()));
}

TEST_CASE("A refused connect with a deadline is connection_refused, before the deadline", "[windows]") {
  const loopback::closed_port nobody;
  const auto begin = deadline::clock::now();
  std::error_code ec;
  // Windows tries three times on its own, half a second apart.
  sockerr::connect(sockerr::open(AF_INET, SOCK_STREAM).native_handle(), nobody.endpoint, 20s, ec);
  CHECK(ec == errc::connection_refused);
  CHECK(time_of(begin) < 15s);
}

TEST_CASE("A handle that others made is as good", "[windows]") {
  const sockerr::socket listening = loopback::listener();
  sockerr::socket foreign{::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)};
  REQUIRE(foreign.is_open());
  foreign.connect(listening.local_endpoint(), 20s);
  CHECK(foreign.peer_endpoint() == listening.local_endpoint());
  CHECK(recv_of_nothing(foreign.native_handle()) == errc::timed_out);
}

TEST_CASE("No handle is a bad descriptor, and what is no socket not_a_socket", "[windows]") {
  std::error_code ec;
  char one = 0;
  sockerr::send(sockerr::invalid_handle, &one, 1, ec);
  CHECK(ec == condition::bad_file_descriptor);
  sockerr::recv(sockerr::invalid_handle, &one, 1, 0, 1s, ec);
  CHECK(ec == condition::bad_file_descriptor);
  const HANDLE event = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  sockerr::recv(reinterpret_cast<native_handle>(event), &one, 1, 0, 1s, ec);
  CHECK(ec == condition::not_a_socket);
  ::CloseHandle(event);
}

TEST_CASE("Deadlines leave the mode of a non-blocking socket alone", "[windows]") {
  loopback::connection c;
  const native_handle handle = c.client.native_handle();
  make_non_blocking(handle);
  char one = 'x';
  std::error_code ec;
  sockerr::recv(handle, &one, 1, 0, 20ms, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(sockerr::send(handle, &one, 1, 0, 1s, ec) == 1);
  sockerr::recv(handle, &one, 1, ec);
  CHECK(ec == errc::operation_would_block);
}

TEST_CASE("An accepted socket blocks although the listener does not", "[windows]") {
  sockerr::socket listening = loopback::listener();
  make_non_blocking(listening.native_handle());
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  const sockerr::socket server = listening.accept(nullptr, 20s);
  CHECK(recv_of_nothing(server.native_handle()) == errc::timed_out);
}

TEST_CASE("An accepted socket does not have the listener's events", "[windows]") {
  sockerr::socket listening = loopback::listener();
  const WSAEVENT event = ::WSACreateEvent();
  REQUIRE(::WSAEventSelect(listening.native_handle(), event, FD_ACCEPT | FD_READ) == 0);
  const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  const sockerr::socket server = listening.accept(nullptr, 20s);
  CHECK(recv_of_nothing(server.native_handle()) == errc::timed_out);
  ::WSACloseEvent(event);
}

TEST_CASE("A send with a deadline does not block, and counts what was taken", "[windows]") {
  loopback::connection c;
  const std::string data(1000000, 'x');
  std::size_t sent = 0;
  std::error_code ec;
  const auto begin = deadline::clock::now();
  while (!ec && sent < 400 * data.size()) sent += c.client.send_all(data.data(), data.size(), 200ms, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
  CHECK(time_of(begin) < 20s);
  c.client.close();
  std::size_t received = 0;
  std::string buffer(100000, ' ');
  while (const std::size_t count = c.server.recv(&buffer[0], buffer.size(), 0, 5s)) received += count;
  CHECK(received == sent);
}

TEST_CASE("A socket that cannot become ready is told at once", "[windows]") {
  char one = 0;
  std::error_code ec;
  const auto begin = deadline::clock::now();
  sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  s.recv(&one, 1, 0, 20s, ec);
  CHECK(ec == condition::not_connected);
  s.send(&one, 1, 0, 20s, ec);
  CHECK(ec == condition::connection_error);  // WSAENOTCONN; wine says WSAECONNRESET
  s.bind(loopback::any_port());
  CHECK_FALSE(s.accept(nullptr, 20s, ec).is_open());
  CHECK(ec == condition::invalid_argument);
  CHECK(time_of(begin) < 10s);
}

TEST_CASE("A socket that is not bound has the address that stands for none", "[windows]") {
  CHECK(sockerr::open(AF_INET, SOCK_STREAM).local_endpoint() == endpoint::ip("0.0.0.0", 0));
  CHECK(sockerr::open(AF_INET, SOCK_DGRAM).local_endpoint() == endpoint::ip("0.0.0.0", 0));
}

TEST_CASE("A datagram that is too long is cut", "[windows]") {
  sockerr::socket from = loopback::datagram_socket();
  sockerr::socket to = loopback::datagram_socket();
  from.send_to("abcdef", 6, to.local_endpoint());
  from.send_to("ghi", 3, to.local_endpoint());
  char buffer[4] = "";
  endpoint peer;
  CHECK(to.recv_from(buffer, 3, peer, 0, 5s) == 3);
  CHECK(std::string{buffer} == "abc");
  CHECK(peer == from.local_endpoint());
  CHECK(to.recv(buffer, 3, 0, 5s) == 3);
  CHECK(std::string{buffer} == "ghi");
}

TEST_CASE("A closed port need not disturb a datagram socket", "[windows]") {
  sockerr::socket s = loopback::datagram_socket();
  endpoint nobody = loopback::datagram_socket().local_endpoint();
  char one = 'x';
  std::error_code ec;
  s.send_to(&one, 1, nobody);
  s.recv(&one, 1, 0, 200ms, ec);
  CAPTURE(ec);
  // wine does not report it
  CHECK((ec == errc::connection_reset || ec == sockerr::library_errc::deadline_exceeded));
  const sockerr::error closed = sockerr::examine(s.native_handle(), errc::connection_reset, sockerr::operation::recv);
  CHECK(closed.circumstance() == sockerr::circumstance::datagram);
  CHECK(closed.cause().find("nobody listens") != std::string_view::npos);
  CHECK(closed.advice() == sockerr::retry_advice::at_once);
  sockerr::report_port_unreachable(s.native_handle(), false, ec);
  if (ec == condition::not_supported) SOCKERR_SKIP("this system has no SIO_UDP_CONNRESET");
  REQUIRE_FALSE(ec);
  s.send_to(&one, 1, nobody);
  s.recv(&one, 1, 0, 200ms, ec);
  CHECK(ec == sockerr::library_errc::deadline_exceeded);
}

TEST_CASE("A listener's port cannot be taken over", "[windows]") {
  const sockerr::socket listening = loopback::listener();
  sockerr::listen_options thief;
  thief.reuse_address = true;
  std::error_code ec;
  CHECK_FALSE(sockerr::listen_on(listening.local_endpoint(), thief, ec).is_open());
  // WSAEACCES by Microsoft's table; wine says WSAEADDRINUSE.
  CHECK((ec == condition::permission_denied || ec == condition::address_in_use));
}

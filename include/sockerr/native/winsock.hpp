// SPDX-License-Identifier: MIT
#ifndef SOCKERR_NATIVE_WINSOCK_HPP
#define SOCKERR_NATIVE_WINSOCK_HPP

// <windows.h> includes <winsock.h> unless told not to. With Microsoft's headers that rules <winsock2.h> out; those of
// MinGW-w64 can cope with both, and would only warn.
#if defined(_WINSOCKAPI_) && !defined(_WINSOCK2API_)
#if defined(__MINGW32__)
#undef _WINSOCKAPI_
#else
#error \
    "<winsock.h> is here, sockerr needs <winsock2.h>: define WIN32_LEAN_AND_MEAN, or include sockerr before <windows.h>"
#endif
#endif

// <winsock2.h> includes <windows.h>, whose macros min and max would break the code of those who include us.
#if !defined(NOMINMAX)
#define NOMINMAX
#define SOCKERR_UNDEFINE_NOMINMAX
#endif
#include <winsock2.h>  // socket and the calls on one; has to be the first
#include <ws2tcpip.h>  // getaddrinfo, inet_ntop, inet_pton, sockaddr_in6
#if defined(SOCKERR_UNDEFINE_NOMINMAX)
#undef SOCKERR_UNDEFINE_NOMINMAX
#undef NOMINMAX
#endif
#if __has_include(<afunix.h>)
#include <afunix.h>  // sockaddr_un
#endif

#include <chrono>        // ceil, microseconds, milliseconds
#include <climits>       // INT_MAX
#include <cstddef>       // size_t, ptrdiff_t
#include <cstdint>       // uint32_t
#include <system_error>  // error_code

#include "../category.hpp"
#include "../detail/evidence.hpp"
#include "../errc.hpp"

#if _WIN32_WINNT < 0x0601
#error "sockerr needs Windows 7 or later: define _WIN32_WINNT as 0x0601 or higher"
#endif

#if defined(_MSC_VER)
#pragma comment(lib, "ws2_32.lib")
#endif

namespace sockerr {
inline namespace v1_0 {

/// What the operating system calls a socket: a SOCKET, as wide as a pointer.
using native_handle = SOCKET;

/// The handle that is no socket.
inline constexpr native_handle invalid_handle = INVALID_SOCKET;

/// The error of the calling thread's last socket call, to be read before anything else is called.
/// Returns: WSAGetLastError() as a code of socket_category().
[[nodiscard]] inline std::error_code last_error() noexcept { return {::WSAGetLastError(), socket_category()}; }

/// The error of a call of getaddrinfo() that returned `result`.
/// Returns: a code of resolver_category(); of socket_category() for a WSA code that is none of the resolver's; no error
/// for 0.
[[nodiscard]] inline std::error_code resolver_error(int result) noexcept {
  if (result == 0) return {};
#define SOCKERR_EAI(name, symbol) \
  if (result == symbol) return make_error_code(resolver_errc::name);
#include "../codes.def"
  // Microsoft's EAI_NODATA is EAI_NONAME.
  if (result == WSANO_DATA) return make_error_code(resolver_errc::no_data);
  return {result, socket_category()};
}

#if !__has_include(<afunix.h>)
// As <afunix.h> has it, which came with the SDK of Windows 10 version 1803.
struct sockaddr_un {
  ADDRESS_FAMILY sun_family;
  char sun_path[108];
};
#endif

namespace detail::native {

// Our table against the headers. A name that the headers lack stands for what our table says, so that its own row
// checks nothing: MinGW-w64 10 has neither of these.
namespace checks {

#if !defined(WSA_SECURE_HOST_NOT_FOUND)
inline constexpr int WSA_SECURE_HOST_NOT_FOUND = 11032;
#endif
#if !defined(WSA_IPSEC_NAME_POLICY)
inline constexpr int WSA_IPSEC_NAME_POLICY = 11033;
#endif

#define SOCKERR_WINDOWS(name, symbol, number) static_assert(symbol == number, #symbol);
#define SOCKERR_WINDOWS_ALSO(name, symbol, number) static_assert(symbol == number, #symbol);
// Results of getaddrinfo are WSA codes here: read as one, each belongs to the same node of the tree.
#define SOCKERR_EAI(name, symbol) \
  static_assert(matches(sockerr::classify(errc{symbol}), sockerr::classify(resolver_errc::name)), #symbol);
#include "../codes.def"

}  // namespace checks

// One attempt each: no call here waits for more than the system makes it wait, repeats itself or throws. They return -1
// and leave the reason in last_error(), as the calls that they stand for. `no_wait` asks for an answer at once on a
// blocking socket too. Winsock has neither MSG_DONTWAIT nor a way to ask whether a socket blocks (Microsoft,
// "ioctlsocket function", FIONBIO, can only set it): so select() tells beforehand whether a call would block, which is
// right as long as no other thread does the same to the same socket.

using size_type = int;

// `connected` is for a connection attempt that goes on in the background.
enum class event { readable, writable, connected };

enum class readiness { failed, time_is_up, ready, hung_up };

// Starts Winsock, once in a program, and for as long as it runs: WSACleanup() at its end would take the sockets of
// other static objects away. Only what makes sockets or resolves names needs it; whoever has one has started Winsock.
// Returns: 0; -1 where that has failed.
inline int start() noexcept {
  static const int result = [] {
    WSADATA data;
    return ::WSAStartup(MAKEWORD(2, 2), &data);
  }();
  if (result == 0) return 0;
  ::WSASetLastError(result);
  return -1;
}

// Winsock says WSAENOTSOCK for every number that is no socket. That a handle is none at all we know better.
template <class Result>
Result checked(native_handle handle, Result result) noexcept {
  if (handle == invalid_handle) ::WSASetLastError(WSAEBADF);
  return result;
}

inline int length(std::size_t size) noexcept { return size < INT_MAX ? static_cast<int>(size) : INT_MAX; }

inline int type_of(native_handle handle) noexcept {
  int type = 0;
  int size = sizeof type;
  return ::getsockopt(handle, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &size) == 0 ? type : 0;
}

inline int family_of(native_handle handle) noexcept {
  WSAPROTOCOL_INFOW protocol{};
  int size = sizeof protocol;
  const bool known =
      ::getsockopt(handle, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&protocol), &size) == 0;
  return known ? protocol.iAddressFamily : AF_UNSPEC;
}

inline bool is_listening(native_handle handle) noexcept {
  int listening = 0;
  int size = sizeof listening;
  return ::getsockopt(handle, SOL_SOCKET, SO_ACCEPTCONN, reinterpret_cast<char*>(&listening), &size) == 0 &&
         listening != 0;
}

// Whether a socket is neither connected nor listening, but would have to be. POSIX systems poll it as hung up; here
// select() would wait for nothing.
inline bool is_idle(native_handle handle) noexcept {
  sockaddr_storage peer;
  int size = sizeof peer;
  if (::getpeername(handle, reinterpret_cast<sockaddr*>(&peer), &size) == 0) return false;
  return ::WSAGetLastError() == WSAENOTCONN && type_of(handle) == SOCK_STREAM && !is_listening(handle);
}

// WSAPoll() would not do: before Windows 10 version 2004 it never reports that a connection attempt has failed
// (Microsoft, "WSAPoll function"; curl, lib/select.c, "WSAPoll is broken"). In select() a failed attempt shows in the
// set of exceptions alone (Microsoft, "select function"). FD_SETSIZE sets no limit to the value of a handle: an fd_set
// is an array of handles here.
inline readiness select(native_handle handle, event what, std::chrono::steady_clock::duration longest) noexcept {
  // Rounded up, so that a wait never ends early and the last moment is not spent spinning.
  const auto length = std::chrono::ceil<std::chrono::microseconds>(
      longest < std::chrono::hours{24} ? longest : std::chrono::steady_clock::duration{std::chrono::hours{24}});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length);
  timeval timeout{static_cast<long>(seconds.count()), static_cast<long>((length - seconds).count())};
  fd_set ready;
  ready.fd_count = 1;
  ready.fd_array[0] = handle;
  fd_set failed = ready;
  const int count = ::select(0, what == event::readable ? &ready : nullptr, what == event::readable ? nullptr : &ready,
                             what == event::connected ? &failed : nullptr, &timeout);
  if (count < 0) return checked(handle, readiness::failed);
  return count == 0 ? readiness::time_is_up : readiness::ready;
}

// `ready` also when there is an error to fetch.
inline readiness wait(native_handle handle, event what, std::chrono::steady_clock::duration longest) noexcept {
  const bool at_once = longest <= std::chrono::steady_clock::duration::zero();
  if (!at_once && what != event::connected && is_idle(handle)) return readiness::ready;
  const readiness result = select(handle, what, longest);
  return at_once && result == readiness::time_is_up && what != event::connected && is_idle(handle) ? readiness::ready
                                                                                                   : result;
}

// Whether a call would not block now.
inline bool can(native_handle handle, event what) noexcept {
  const readiness result = wait(handle, what, std::chrono::steady_clock::duration::zero());
  if (result == readiness::time_is_up) ::WSASetLastError(WSAEWOULDBLOCK);
  return result == readiness::ready;
}

// WSAEINTR says that the blocking call was cancelled, mostly because another thread has closed the socket, whose handle
// may belong to somebody else by now (Microsoft, "WSACancelBlockingCall function"): it is never made again.
inline bool is_interrupted(const std::error_code&) noexcept { return false; }

// Nor has a timeout of the descriptor's to be carried on.
inline std::chrono::microseconds own_timeout(native_handle, event) noexcept { return {}; }

// SO_RCVTIMEO and SO_SNDTIMEO end in WSAETIMEDOUT (Microsoft, "SOL_SOCKET Socket Options"), which needs no guessing.
inline bool own_timeout_expired(native_handle, event, int) noexcept { return false; }

// Winsock reports ports that have run out as WSAENOBUFS.
inline bool has_no_port(native_handle) noexcept { return false; }

inline int set_blocking(native_handle handle, bool blocking) noexcept {
  u_long non_blocking = blocking ? 0 : 1;
  return ::ioctlsocket(handle, static_cast<long>(FIONBIO), &non_blocking);
}

inline int close(native_handle handle) noexcept {
  int result = ::closesocket(handle);
  // A non-blocking socket that lingers: unlike elsewhere it is still open (Microsoft, "closesocket function").
  if (result != 0 && ::WSAGetLastError() == WSAEWOULDBLOCK && set_blocking(handle, true) == 0)
    result = ::closesocket(handle);
  return result == 0 ? 0 : checked(handle, -1);
}

// Not inherited by child processes. Overlapped, as socket() makes them, so that the handle can be used for everything.
inline native_handle open(int family, int type, int protocol) noexcept {
  if (start() != 0) return invalid_handle;
  return ::WSASocketW(family, type, protocol, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

inline native_handle accept(native_handle handle, sockaddr* peer, size_type* size, bool no_wait) noexcept {
  // What does not listen does not wait either.
  if (no_wait && is_listening(handle) && !can(handle, event::readable)) return invalid_handle;
  const native_handle accepted = ::accept(handle, peer, size);
  if (accepted == invalid_handle) return checked(handle, invalid_handle);
  // There is no flag for that: between the two calls another thread can start a process that inherits it.
  ::SetHandleInformation(reinterpret_cast<HANDLE>(accepted), HANDLE_FLAG_INHERIT, 0);
  // It has the listener's mode and events (Microsoft, "accept function"); it shall block, which it cannot while events
  // are asked for.
  ::WSAEventSelect(accepted, nullptr, 0);
  set_blocking(accepted, true);
  return accepted;
}

// Without waiting a connection can only be begun in non-blocking mode. Which one the handle was in cannot be asked;
// afterwards it blocks, as sockets do by default. One whose events are asked for stays non-blocking: Winsock refuses to
// change it.
inline int connect(native_handle handle, const sockaddr* peer, size_type size, bool no_wait) noexcept {
  const bool changed = no_wait && type_of(handle) != SOCK_DGRAM && set_blocking(handle, false) == 0;
  const int result = ::connect(handle, peer, size);
  if (result == 0 && !changed) return 0;
  const int error = ::WSAGetLastError();
  if (changed) set_blocking(handle, true);
  ::WSASetLastError(error);
  return result == 0 ? 0 : checked(handle, -1);
}

inline int bind(native_handle handle, const sockaddr* local, size_type size) noexcept {
  return checked(handle, ::bind(handle, local, size));
}

inline int listen(native_handle handle, int backlog) noexcept { return checked(handle, ::listen(handle, backlog)); }

// A datagram that is too long for the buffer is cut, as on POSIX systems. Here that is an error too, with the first
// part delivered (Microsoft, "recv function", WSAEMSGSIZE).
inline std::ptrdiff_t received(native_handle handle, int result, int size) noexcept {
  if (result >= 0) return result;
  return ::WSAGetLastError() == WSAEMSGSIZE ? size : checked(handle, result);
}

inline std::ptrdiff_t recv_from(native_handle handle, void* data, std::size_t size, int flags, sockaddr* peer,
                                size_type* peer_size, bool no_wait) noexcept {
  // No bytes of a stream are there at any time, but Winsock would wait for the first one.
  if (size == 0 && type_of(handle) == SOCK_STREAM) {
    if (peer_size != nullptr) *peer_size = 0;
    return 0;
  }
  if (no_wait) {
    if (!can(handle, event::readable)) return -1;
    flags &= ~MSG_WAITALL;
  }
  if (peer != nullptr) peer->sa_family = AF_UNSPEC;
  const int longest = length(size);
  const std::ptrdiff_t result =
      received(handle, ::recvfrom(handle, static_cast<char*>(data), longest, flags, peer, peer_size), longest);
  // A stream has left it alone.
  if (peer != nullptr && peer->sa_family == AF_UNSPEC) *peer_size = 0;
  return result;
}

inline std::ptrdiff_t recv(native_handle handle, void* data, std::size_t size, int flags, bool no_wait) noexcept {
  return recv_from(handle, data, size, flags, nullptr, nullptr, no_wait);
}

// On a blocking socket that is ready, sending more than there is buffer space for can block (Microsoft, "select
// function"), and how much that is cannot be asked. Winsock takes every send while less than SO_SNDBUF bytes are
// buffered (Microsoft, "Design issues - Sending small data segments over TCP with Winsock"), the sockets of others are
// writable only if there is room for some kilobytes. So a stream gets pieces of that size; SO_SNDBUF 0 does away with
// the buffer, and with that guarantee. The other ways out are worse: cancelling an overlapped send does not tell how
// much of it has been sent, and non-blocking mode could not be undone.
inline constexpr std::size_t longest_piece = 4096;

inline std::ptrdiff_t send_to(native_handle handle, const void* data, std::size_t size, int flags, const sockaddr* peer,
                              size_type peer_size, bool no_wait) noexcept {
  if (no_wait) {
    if (!can(handle, event::writable)) return -1;
    if (size > longest_piece && type_of(handle) == SOCK_STREAM) size = longest_piece;
  }
  return checked(handle, ::sendto(handle, static_cast<const char*>(data), length(size), flags, peer, peer_size));
}

inline std::ptrdiff_t send(native_handle handle, const void* data, std::size_t size, int flags, bool no_wait) noexcept {
  return send_to(handle, data, size, flags, nullptr, 0, no_wait);
}

inline int shutdown(native_handle handle, int how) noexcept { return checked(handle, ::shutdown(handle, how)); }

inline int local_address(native_handle handle, sockaddr* address, size_type* size) noexcept {
  const int capacity = *size;
  if (::getsockname(handle, address, size) == 0) return 0;
  if (::WSAGetLastError() != WSAEINVAL) return checked(handle, -1);
  // Not bound yet: elsewhere that is the address that stands for none.
  const int family = family_of(handle);
  const int wanted = family == AF_INET ? int{sizeof(sockaddr_in)} : family == AF_INET6 ? int{sizeof(sockaddr_in6)} : 0;
  if (wanted == 0 || capacity < wanted) {
    ::WSASetLastError(WSAEINVAL);
    return -1;
  }
  for (int i = 0; i != wanted; ++i) reinterpret_cast<char*>(address)[i] = 0;
  address->sa_family = static_cast<decltype(address->sa_family)>(family);
  *size = wanted;
  return 0;
}

inline int peer_address(native_handle handle, sockaddr* address, size_type* size) noexcept {
  return checked(handle, ::getpeername(handle, address, size));
}

inline int get_option(native_handle handle, int level, int name, void* value, size_type* size) noexcept {
  return checked(handle, ::getsockopt(handle, level, name, static_cast<char*>(value), size));
}

inline int set_option(native_handle handle, int level, int name, const void* value, size_type size) noexcept {
  return checked(handle, ::setsockopt(handle, level, name, static_cast<const char*>(value), size));
}

// SO_REUSEADDR lets others take a port over that is in use, and old connections that linger do not hinder a bind
// (Microsoft, "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
inline constexpr bool reuse_address_by_default = false;

// Options that a listener needs before it is bound.
inline int prepare_listener(native_handle handle, bool reuse_address, bool reuse_port) noexcept {
  if (reuse_port) {
    ::WSASetLastError(WSAENOPROTOOPT);
    return -1;
  }
  // A path has no port, and its sockets refuse both options.
  if (family_of(handle) == AF_UNIX) return 0;
  const int on = 1;
  return set_option(handle, SOL_SOCKET, reuse_address ? SO_REUSEADDR : SO_EXCLUSIVEADDRUSE, &on, sizeof on);
}

// Of failed connections nothing more is asked here.
inline icmp_answer take_icmp_answer(native_handle) noexcept { return {}; }
inline int keep_icmp_answers(native_handle, bool) noexcept { return 0; }
inline tcp_state ask_tcp_state(native_handle) noexcept { return {}; }

// SIO_UDP_CONNRESET of <mswsock.h> (Microsoft, "Winsock IOCTLs").
inline int report_port_unreachable(native_handle handle, bool on) noexcept {
  constexpr DWORD sio_udp_connreset = 0x9800000C;
  BOOL value = on ? TRUE : FALSE;
  DWORD size = 0;
  return checked(handle,
                 ::WSAIoctl(handle, sio_udp_connreset, &value, sizeof value, nullptr, 0, &size, nullptr, nullptr));
}

// Whether a connect that did not wait has left an attempt going on. WSAEINPROGRESS means something else here.
inline bool is_pending(const std::error_code& ec) noexcept {
  return ec.value() == WSAEWOULDBLOCK || ec.value() == WSAEALREADY;
}

// The error that a connection attempt ended with, a WSA code; reading it clears it.
inline std::error_code pending_error(native_handle handle) noexcept {
  int error = 0;
  size_type size = sizeof error;
  if (get_option(handle, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return last_error();
  return error != 0 ? std::error_code{error, socket_category()} : std::error_code{};
}

inline void pause(std::chrono::steady_clock::duration length) noexcept {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(
      length < std::chrono::hours{24} ? length : std::chrono::steady_clock::duration{std::chrono::hours{24}});
  ::Sleep(static_cast<DWORD>(milliseconds.count()));
}

inline std::error_code resolve(const char* host, const char* service, const addrinfo& hints, addrinfo*& list) noexcept {
  if (start() != 0) return last_error();
  return resolver_error(::getaddrinfo(host, service, &hints, &list));
}

// Interfaces have numbers alone: asking for names would take another library, iphlpapi.
inline constexpr std::size_t scope_name_size = 1;

inline std::uint32_t scope_index(const char*) noexcept { return 0; }

inline bool scope_name(std::uint32_t, char (&)[scope_name_size]) noexcept { return false; }

}  // namespace detail::native
}  // namespace v1_0
}  // namespace sockerr

#endif

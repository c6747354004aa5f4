// SPDX-License-Identifier: MIT
// For pairs.cmake: what is close to each other and yet of two kinds, lines that have to compile and, marked, lines that
// must not.
#include <sockerr/sockerr.hpp>

#include <chrono>
#include <ios>
#include <set>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace pairs {

using namespace std::chrono_literals;
using sockerr::condition;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::errc;
using sockerr::error;
using sockerr::library_errc;
using sockerr::operation;
using sockerr::resolver_errc;
using sockerr::socket;
using sockerr::time_limit;
using sockerr::windows_errc;

// clang-format off

bool comparisons(const std::error_code& ec, condition c) {
  if (ec == condition::timed_out) return true;
  if (condition::timed_out != ec) return true;
  if (ec == 110) return true;  // rejected: no match for .operator==|invalid operands
  if (c == condition::timed_out) return true;
  if (c == 5) return true;  // rejected: no match for .operator==|invalid operands
  if (5 != c) return true;  // rejected: no match for .operator!=|invalid operands
  if (ec == errc::timed_out) return true;
  if (ec == resolver_errc::host_not_found) return true;
  if (ec == library_errc::stopped) return true;
  if (errc::timed_out == ec) return true;
  if (ec == windows_errc{10060}) return true;  // rejected: no match for .operator==|invalid operands
  if (errc::timed_out == sockerr::make_error_condition(c)) return true;
  if (sockerr::make_error_condition(c) == condition::timed_out) return true;
  if (condition::timed_out != std::error_condition{std::errc::timed_out}) return true;
  if (std::error_condition{std::errc::timed_out} == 110) return true;  // rejected: no match for .operator==|invalid operands
  if (sockerr::classify(errc::timed_out) == c) return true;
  if (errc::timed_out == c) return true;
  if (errc::timed_out == errc::connection_refused) return true;
  if (errc::timed_out == library_errc::deadline_exceeded) return true;
  if (errc::timed_out == resolver_errc::host_not_found) return true;  // as of the code, of which that is no number
  if (errc::timed_out == windows_errc{10060}) return true;  // rejected: no match for .operator==|invalid operands
  if (sockerr::matches(c, condition::unreachable)) return true;
  if (sockerr::matches(c, errc::host_unreachable)) return true;  // rejected: cannot convert|no matching (member )?function|cannot initialize
  if (sockerr::matches(c, 5)) return true;  // rejected: cannot convert|no matching (member )?function|cannot initialize
  if (c == std::errc::timed_out) return true;
  if (c) return true;  // rejected: could not convert|not contextually convertible
  return false;
}

bool comparisons_of_errors(const error& e, const std::error_code& ec) {
  if (e == condition::timed_out) return true;
  if (condition::timed_out != e) return true;
  if (e == errc::timed_out) return true;
  if (e == library_errc::deadline_exceeded) return true;
  if (resolver_errc::host_not_found == e) return true;
  if (e == std::errc::timed_out) return true;
  if (e == ec) return true;
  if (ec != e) return true;
  if (e == e) return true;
  if (e == std::error_condition{std::errc::timed_out}) return true;
  if (e == 110) return true;  // rejected: no match for .operator==|invalid operands
  if (e == windows_errc{10060}) return true;  // rejected: no match for .operator==|invalid operands
  if (e == operation::connect) return true;  // rejected: no match for .operator==|invalid operands
  if (e == "ETIMEDOUT") return true;  // rejected: no match for .operator==|invalid operands
  if (e < e) return true;  // rejected: no match for .operator<|invalid operands
  if (e) return true;
  const bool by_itself = e;  // rejected: cannot convert|no viable conversion
  return false;
}

void errors(const std::error_code& ec, condition c, const std::string& text) {
  const error from_code = ec;
  const error from_errc = errc::timed_out;
  const error from_library = library_errc::stopped;
  const error from_standard = std::io_errc::stream;
  error from_condition = c;  // rejected: conversion from|no viable conversion
  error from_number = 110;  // rejected: conversion from|no viable conversion
  error from_text = text;  // rejected: conversion from|no viable conversion
  error of_windows = windows_errc{10060};  // rejected: conversion from|no viable conversion
  const std::error_code back = from_code;  // rejected: conversion from|no viable conversion
  error with_parts = error{ec, operation::connect}.peer("127.0.0.1:80").local(text).host(text).note(text);
  with_parts.peer(text).transferred(1).circumstance(sockerr::circumstance::partial);
  from_errc.peer(text);  // rejected: no matching (member )?function|passing .const|discards qualifiers
  with_parts.transferred(text);  // rejected: no matching (member )?function|cannot convert
  with_parts.operation(operation::recv);  // rejected: no matching function|too many arguments
  with_parts = errc::connection_reset;
  with_parts = c;  // rejected: no match for .operator=|no viable overloaded
  (void)from_library, (void)from_standard;
}

void conversions(int number) {
  const std::error_code from_errc = errc::timed_out;
  const std::error_code from_resolver = resolver_errc::host_not_found;
  const std::error_condition from_condition = condition::timed_out;
  const std::error_code from_nothing_of_the_kind = condition::timed_out;  // rejected: conversion from|no viable conversion
  std::error_code assigned;
  assigned = errc::timed_out;
  assigned = condition::timed_out;  // rejected: no match for .operator=|no viable overloaded
  const std::error_condition from_code = errc::timed_out;  // rejected: conversion from|no viable conversion
  const errc explicitly = errc{number};
  const errc implicitly = number;  // rejected: invalid conversion|cannot convert|cannot initialize
  const condition by_cast = static_cast<condition>(number);
  const condition by_itself = number;  // rejected: invalid conversion|cannot convert|cannot initialize
  const int back = static_cast<int>(errc::timed_out);
  const int back_by_itself = errc::timed_out;  // rejected: cannot convert|cannot initialize
  (void)from_errc, (void)from_resolver, (void)from_condition, (void)explicitly, (void)by_cast, (void)back;
}

bool classified(int number) {
  const condition of_code = sockerr::classify(errc{number});
  const condition of_number = sockerr::classify(number);  // rejected: no matching (member )?function
  const auto name = sockerr::name(of_code);
  const auto name_of_code = sockerr::name(errc::timed_out);  // rejected: no matching (member )?function
  const auto advice = sockerr::advise(errc::timed_out, operation::connect);
  const auto advice_in_general = sockerr::advise(errc::timed_out);
  const auto advice_of_number = sockerr::advise(number);  // rejected: no matching (member )?function|could not convert|no viable conversion
  const auto advice_after = sockerr::advise(windows_errc{number}, operation::recv, sockerr::circumstance::partial);
  const auto cause_after = sockerr::cause(errc::timed_out, sockerr::circumstance::partial);  // rejected: no matching (member )?function
  const auto whose = sockerr::fault_of(of_code, operation::connect);
  const auto whose_code = sockerr::fault_of(errc::timed_out);  // rejected: cannot convert|cannot initialize|no matching (member )?function
  (void)advice_in_general, (void)advice_after, (void)whose;
  const auto by_symbol = sockerr::from_symbol<resolver_errc>("EAI_NONAME");
  const auto of_conditions = sockerr::from_symbol<condition>("timed_out");  // rejected: no matching (member )?function
  return !name.empty() && advice == sockerr::retry_advice::never && by_symbol;
}

void sockets(sockerr::native_handle fd, socket& other) {
  socket adopted{fd};
  socket implicitly = fd;  // rejected: conversion from|no viable conversion
  adopted = fd;  // rejected: no match for .operator=|no viable overloaded
  socket moved = std::move(adopted);
  socket copied = moved;  // rejected: use of deleted function|implicitly-deleted|call to implicitly
  moved = std::move(other);
  moved = other;  // rejected: use of deleted function|implicitly-deleted|cannot be assigned
  const auto handle = moved.native_handle();
  const int by_itself = moved;  // rejected: cannot convert|no viable conversion
  if (moved.is_open()) return;
  if (moved) return;  // rejected: could not convert|not contextually convertible
  if (moved == other) return;  // rejected: no match for .operator==|invalid operands
  (void)handle;
}
static_assert(std::is_nothrow_move_constructible_v<socket> && !std::is_copy_constructible_v<socket>);

void deadlines(socket& s, sockerr::native_handle fd, char* p) {
  s.recv(p, 1, 0, 5s);
  s.recv(p, 1, 0, 5);  // rejected: no matching (member )?function|could not convert|no viable conversion
  s.recv(p, 1, 0, 1.5s);
  s.recv(p, 1, 0, 1.5);  // rejected: no matching (member )?function|could not convert|no viable conversion
  s.recv(p, 1, 0, {});
  s.recv(p, 1, 0, std::chrono::steady_clock::now() + 5s);
  s.recv(p, 1, 0, std::chrono::system_clock::now() + 5s);  // rejected: no matching (member )?function|could not convert|no viable conversion
  sockerr::recv(fd, p, 1, 0, 5ms);
  sockerr::recv(fd, p, 1, 0, 5);  // rejected: no matching (member )?function|could not convert|no viable conversion
  s.recv_exactly(p, 1, 5s);
  s.recv_exactly(p, 1, 5);  // rejected: no matching (member )?function
  s.send_all(p, 1, 5s);
  s.send_all(p, 1, 5);  // rejected: no matching (member )?function
  s.timeout(5s);
  s.timeout(5);  // rejected: no matching (member )?function|no viable conversion
  s.timeout(std::chrono::steady_clock::now());  // rejected: no matching (member )?function|no viable conversion
  sockerr::connect_options options;
  options.timeout = 5s;
  options.timeout = 5;  // rejected: no match for .operator=|no viable overloaded
}

void options(socket& s, sockerr::native_handle fd, const std::string& text, const std::vector<int>& array) {
  s.set_option(SOL_SOCKET, SO_KEEPALIVE, 1);
  s.set_option(SOL_SOCKET, SO_KEEPALIVE, text);  // rejected: options are plain bytes
  sockerr::set_option(fd, SOL_SOCKET, SO_LINGER, linger{1, 0});
  sockerr::set_option(fd, SOL_SOCKET, SO_LINGER, array);  // rejected: options are plain bytes
  (void)s.get_option<linger>(SOL_SOCKET, SO_LINGER);
  (void)s.get_option<std::set<int>>(SOL_SOCKET, SO_LINGER);  // rejected: options are plain bytes
}

void endpoints(socket& s, const std::string& text, const sockaddr& raw) {
  const endpoint parsed = endpoint::parse("127.0.0.1:80");
  const endpoint of_literal = "127.0.0.1:80";  // rejected: conversion from|no viable conversion
  const endpoint of_string = text;  // rejected: conversion from|no viable conversion
  s.connect(parsed);
  s.connect("127.0.0.1:80");  // rejected: no matching (member )?function|no viable conversion
  s.connect(endpoint::from_native(&raw, sizeof raw));
  s.connect(raw);  // rejected: no matching (member )?function|no viable conversion
  if (parsed == parsed) s.bind(parsed);
  if (parsed == "127.0.0.1:80") s.bind(parsed);  // rejected: no match for .operator==|invalid operands
  s.shutdown(sockerr::shutdown_direction::send);
  s.shutdown(1);  // rejected: no matching (member )?function|cannot convert|cannot initialize
}

void exceptions(const std::error_code& ec) {
  sockerr::throw_error(ec);
  sockerr::throw_error(ec, operation::connect);
  sockerr::throw_error(error{ec, operation::connect}.peer("127.0.0.1:80"));
  sockerr::throw_error(errc::timed_out);
  sockerr::throw_error(library_errc::stopped, operation::connect);
  sockerr::throw_if(ec, operation::connect);
  sockerr::throw_if(error{ec});
  sockerr::throw_error(5);  // rejected: could not convert|no viable conversion|no matching (member )?function
  sockerr::throw_error(condition::timed_out);  // rejected: could not convert|no viable conversion|no matching (member )?function
  try {
    throw sockerr::timed_out{error{ec}};  // rejected: no matching (function|constructor)
  } catch (const sockerr::timed_out& e) {
    if (e.condition() == condition::timed_out) throw;
    throw sockerr::socket_error{error{ec}};  // rejected: no matching (function|constructor)
  }
}

// What a call answers is not for throwing away.
void results(socket& s, sockerr::native_handle fd, std::error_code& ec, const endpoint& e) {
  (void)sockerr::classify(ec);
  sockerr::classify(ec);  // rejected: nodiscard
  sockerr::classify(errc::timed_out);  // rejected: nodiscard
  sockerr::symbol(ec);  // rejected: nodiscard
  sockerr::cause(ec);  // rejected: nodiscard
  sockerr::advise(ec, operation::recv);  // rejected: nodiscard
  sockerr::last_error();  // rejected: nodiscard
  ec == condition::timed_out;  // rejected: nodiscard|unused
  error failed = ec;
  failed == condition::timed_out;  // rejected: nodiscard|unused
  failed.code();  // rejected: nodiscard
  failed.text();  // rejected: nodiscard
  failed.advice();  // rejected: nodiscard
  failed.peer("127.0.0.1:80");
  sockerr::examine(fd, ec, operation::recv);  // rejected: nodiscard
  sockerr::to_exception_ptr(failed);  // rejected: nodiscard
  sockerr::fault_of(condition::timed_out);  // rejected: nodiscard
  sockerr::condition_from_symbol("ETIMEDOUT");  // rejected: nodiscard
  sockerr::connect_to(e, {}, failed);  // rejected: nodiscard
  sockerr::listen_on(e, {}, failed);  // rejected: nodiscard
  // A raw call's result may be needed or not.
  (sockerr::check)(::listen(fd, 1), operation::listen, fd);
  sockerr::check_result(-1, operation::send);
  sockerr::matches(condition::timed_out, condition::timed_out);  // rejected: nodiscard
  const socket kept = sockerr::connect_to(e);
  sockerr::connect_to(e);  // rejected: nodiscard
  sockerr::connect_to(e, ec);  // rejected: nodiscard
  sockerr::connect_to("localhost", "80");  // rejected: nodiscard
  sockerr::connect_to("localhost", "80", ec);  // rejected: nodiscard
  sockerr::connect_with_retry("localhost", "80");  // rejected: nodiscard
  sockerr::connect_with_retry("localhost", "80", ec);  // rejected: nodiscard
  sockerr::listen_on(e);  // rejected: nodiscard
  sockerr::listen_on(e, ec);  // rejected: nodiscard
  sockerr::open(AF_INET, SOCK_STREAM);  // rejected: nodiscard
  sockerr::open(AF_INET, SOCK_STREAM, ec);  // rejected: nodiscard
  const socket client = s.accept();
  s.accept();  // rejected: nodiscard
  s.accept(ec);  // rejected: nodiscard
  sockerr::accept(fd);  // rejected: nodiscard
  sockerr::accept(fd, ec);  // rejected: nodiscard
  s.release();  // rejected: nodiscard
  s.native_handle();  // rejected: nodiscard
  s.timeout();  // rejected: nodiscard
  s.local_endpoint();  // rejected: nodiscard
  s.peer_endpoint(ec);  // rejected: nodiscard
  sockerr::local_endpoint(fd);  // rejected: nodiscard
  sockerr::local_endpoint(fd, ec);  // rejected: nodiscard
  sockerr::peer_endpoint(fd);  // rejected: nodiscard
  sockerr::peer_endpoint(fd, ec);  // rejected: nodiscard
  sockerr::get_option(fd, SOL_SOCKET, SO_TYPE);  // rejected: nodiscard
  sockerr::resolve("localhost", "80");  // rejected: nodiscard
  sockerr::resolve("localhost", "80", ec);  // rejected: nodiscard
  endpoint::parse("127.0.0.1:80");  // rejected: nodiscard
  endpoint::parse("127.0.0.1:80", ec);  // rejected: nodiscard
  endpoint::ip("127.0.0.1", 80);  // rejected: nodiscard
  e.to_string();  // rejected: nodiscard
  deadline::never();  // rejected: nodiscard
  time_limit::never();  // rejected: nodiscard
  // Of these the count is of use, but nobody has to look at it, or there is none.
  s.send_all("", 0);
  s.recv_exactly(nullptr, 0, ec);
  sockerr::retry({}, operation::send, [&] { return s.send("", 0); });
  sockerr::retry({}, operation::listen, [&](std::error_code& result) { s.listen(result); }, ec);
  sockerr::retry({}, operation::listen, [&](error& result) { result = errc::timed_out; }, failed);
  sockerr::retry({}, [&] { return s.send("", 0); });  // rejected: no matching (member )?function
  sockerr::retry({}, operation::send, [&] { return s.send("", 0); }, ec);  // rejected: f has to report its error
}

}  // namespace pairs

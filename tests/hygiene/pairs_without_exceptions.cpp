// SPDX-License-Identifier: MIT
// For pairs.cmake: without exceptions there are only the calls that report a std::error_code.
#include <sockerr/sockerr.hpp>

#include <system_error>

// clang-format off

void calls(sockerr::socket& s, std::error_code& ec, char* p) {
  const sockerr::endpoint e = sockerr::endpoint::parse("127.0.0.1:80", ec);
  const sockerr::endpoint throwing = sockerr::endpoint::parse("127.0.0.1:80");  // rejected: no matching (member )?function|too few arguments
  s.connect(e, ec);
  s.connect(e);  // rejected: no matching (member )?function
  s.recv(p, 1, ec);
  s.recv(p, 1);  // rejected: no matching (member )?function
  const sockerr::socket other = sockerr::connect_to(e, ec);
  const sockerr::socket another = sockerr::connect_to(e);  // rejected: no matching (member )?function
  sockerr::error failed;
  sockerr::retry({}, sockerr::operation::send, [&](std::error_code& result) { s.send("", 0, result); }, ec);
  sockerr::retry({}, sockerr::operation::connect, [&](sockerr::error& result) { return sockerr::connect_to(e, {}, result); }, failed);
  sockerr::retry({}, sockerr::operation::send, [&] { s.send("", 0, ec); });  // rejected: no matching (member )?function
  failed = sockerr::examine(s.native_handle(), ec, sockerr::operation::recv).peer("127.0.0.1:80");
  sockerr::throw_error(ec);  // rejected: is not a member|no member named|no type named
  sockerr::throw_if(failed);  // rejected: is not a member|no member named|no type named
  (void)sockerr::to_exception_ptr(failed);  // rejected: is not a member|no member named|no type named
  (void)sockerr::check_result(-1);  // rejected: is not a member|no member named|no type named
  (void)(sockerr::check)(-1);  // rejected: is not a member|no member named|no type named
  const sockerr::socket_error* error = nullptr;  // rejected: is not a member|does not name|no type named
}

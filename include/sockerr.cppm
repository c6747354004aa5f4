// SPDX-License-Identifier: MIT

// The library as a C++20 module: `import sockerr;` instead of #include <sockerr/sockerr.hpp>. Macros are no part of it:
// AF_INET, SOCK_STREAM and the like come from the system's own header. What is missing here, a test finds.

module;

#include "sockerr/sockerr.hpp"

export module sockerr;

export namespace sockerr {

// What an error is.
using sockerr::advise;
using sockerr::basic_code_info;
using sockerr::cause;
using sockerr::circumstance;
using sockerr::classify;
using sockerr::code_info;
using sockerr::code_range;
using sockerr::codes;
using sockerr::condition;
using sockerr::condition_category;
using sockerr::condition_from_name;
using sockerr::condition_from_symbol;
using sockerr::errc;
using sockerr::fault;
using sockerr::fault_of;
using sockerr::from_symbol;
using sockerr::library_category;
using sockerr::library_errc;
using sockerr::make_error_code;
using sockerr::make_error_condition;
using sockerr::matches;
using sockerr::message;
using sockerr::name;
using sockerr::operation;
using sockerr::parent;
using sockerr::resolver_category;
using sockerr::resolver_errc;
using sockerr::retry_advice;
using sockerr::socket_category;
using sockerr::symbol;
using sockerr::windows_errc;
using sockerr::operator==;
using sockerr::operator!=;

// Errors and exceptions.
using sockerr::attempt;
using sockerr::attempt_list;
using sockerr::error;
using sockerr::examine;
using sockerr::source_location;
#if defined(__cpp_exceptions)
using sockerr::check;
using sockerr::check_result;
using sockerr::socket_error;
using sockerr::throw_error;
using sockerr::throw_if;
using sockerr::to_exception_ptr;
#define SOCKERR_CONDITION(name, number, parent, message) using sockerr::name;
#include "sockerr/codes.def"
#endif

// Printing.
using sockerr::format_as;
using sockerr::operator<<;

// Calls, and what they take.
using sockerr::accept;
using sockerr::bind;
using sockerr::close;
using sockerr::connect;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::get_option;
using sockerr::invalid_handle;
using sockerr::last_error;
using sockerr::listen;
using sockerr::local_endpoint;
using sockerr::native_handle;
using sockerr::open;
using sockerr::peer_endpoint;
using sockerr::recv;
using sockerr::recv_exactly;
using sockerr::recv_from;
using sockerr::report_port_unreachable;
using sockerr::resolve;
using sockerr::resolver_error;
using sockerr::send;
using sockerr::send_all;
using sockerr::send_to;
using sockerr::set_option;
using sockerr::shutdown;
using sockerr::shutdown_direction;
using sockerr::socket;
using sockerr::time_limit;

// Connections, and trying again.
using sockerr::connect_options;
using sockerr::connect_to;
using sockerr::connect_with_retry;
using sockerr::listen_on;
using sockerr::listen_options;
using sockerr::retry;
using sockerr::retry_event;
using sockerr::retry_policy;

#if defined(__cpp_lib_expected)
using sockerr::expected;
using sockerr::try_abstract_name;
using sockerr::try_accept;
using sockerr::try_bind;
using sockerr::try_close;
using sockerr::try_connect;
using sockerr::try_connect_to;
using sockerr::try_connect_with_retry;
using sockerr::try_from_native;
using sockerr::try_get_option;
using sockerr::try_ip;
using sockerr::try_listen;
using sockerr::try_listen_on;
using sockerr::try_local_endpoint;
using sockerr::try_open;
using sockerr::try_parse;
using sockerr::try_peer_endpoint;
using sockerr::try_recv;
using sockerr::try_recv_exactly;
using sockerr::try_recv_from;
using sockerr::try_report_port_unreachable;
using sockerr::try_resolve;
using sockerr::try_send;
using sockerr::try_send_all;
using sockerr::try_send_to;
using sockerr::try_set_option;
using sockerr::try_shutdown;
using sockerr::try_unix_path;
#endif

// Version.
using sockerr::version_major;
using sockerr::version_minor;
using sockerr::version_patch;

}  // namespace sockerr

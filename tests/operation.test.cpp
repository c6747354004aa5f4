// SPDX-License-Identifier: MIT
#include <sockerr/operation.hpp>

#include <cstddef>
#include <iterator>
#include <string_view>

#include "catch.hpp"

namespace {

using sockerr::circumstance;
using sockerr::condition;
using sockerr::fault;
using sockerr::operation;

template <class Enum>
struct named {
  Enum value;
  std::string_view name;
};

constexpr named<operation> operations[] = {
    {operation::unknown, "unknown"},
    {operation::open, "open"},
    {operation::connect, "connect"},
    {operation::bind, "bind"},
    {operation::listen, "listen"},
    {operation::accept, "accept"},
    {operation::send, "send"},
    {operation::recv, "recv"},
    {operation::shutdown, "shutdown"},
    {operation::close, "close"},
    {operation::get_option, "get_option"},
    {operation::set_option, "set_option"},
    {operation::local_address, "local_address"},
    {operation::peer_address, "peer_address"},
    {operation::resolve, "resolve"},
    {operation::send_all, "send_all"},
    {operation::recv_exactly, "recv_exactly"},
    {operation::wait, "wait"},
    {operation::handshake, "handshake"},
};

constexpr named<circumstance> circumstances[] = {
    {circumstance::none, "none"},
    {circumstance::datagram, "datagram"},
    {circumstance::unix_domain, "unix_domain"},
    {circumstance::partial, "partial"},
    {circumstance::no_ipv6_address, "no_ipv6_address"},
    {circumstance::ports_exhausted, "ports_exhausted"},
    {circumstance::loopback_down, "loopback_down"},
    {circumstance::port_zero, "port_zero"},
    {circumstance::scope_missing, "scope_missing"},
    {circumstance::scope_unknown, "scope_unknown"},
    {circumstance::other_family, "other_family"},
    {circumstance::path_taken, "path_taken"},
    {circumstance::backlog_full, "backlog_full"},
    {circumstance::receiver_full, "receiver_full"},
    {circumstance::network_unreachable, "network_unreachable"},
    {circumstance::host_unreachable, "host_unreachable"},
    {circumstance::protocol_unreachable, "protocol_unreachable"},
    {circumstance::port_unreachable, "port_unreachable"},
    {circumstance::prohibited, "prohibited"},
    {circumstance::too_big, "too_big"},
    {circumstance::hops_exceeded, "hops_exceeded"},
    {circumstance::no_answer, "no_answer"},
    {circumstance::not_acknowledged, "not_acknowledged"},
    {circumstance::peer_not_reading, "peer_not_reading"},
    {circumstance::peer_silent, "peer_silent"},
    {circumstance::held_by_listener, "held_by_listener"},
    {circumstance::lingering, "lingering"},
    {circumstance::not_a_host_name, "not_a_host_name"},
    {circumstance::slow_resolver, "slow_resolver"},
    {circumstance::resolver_files, "resolver_files"},
};

constexpr named<fault> faults[] = {
    {fault::none, "none"},       {fault::caller, "caller"}, {fault::host, "host"},
    {fault::network, "network"}, {fault::peer, "peer"},     {fault::resolver, "resolver"},
};

template <class Enum, std::size_t Count>
constexpr bool names_are_right(const named<Enum> (&names)[Count]) {
  for (const named<Enum>& n : names)
    if (sockerr::name(n.value) != n.name) return false;
  return sockerr::name(static_cast<Enum>(Count)).empty();
}

static_assert(names_are_right(operations));
static_assert(names_are_right(circumstances));
static_assert(names_are_right(faults));
static_assert(operation{} == operation::unknown, "an operation that nobody set is unknown");
static_assert(circumstance{} == circumstance::none, "nothing was found out where nobody looked");
static_assert(fault{} == fault::none, "nobody is to blame where nobody said so");
static_assert(noexcept(sockerr::name(operation::connect)) && noexcept(sockerr::name(circumstance::none)));
static_assert(noexcept(sockerr::name(fault::none)) && noexcept(sockerr::fault_of(condition::none)));
static_assert(sockerr::fault_of(condition::connection_refused) == fault::peer);

struct blamed {
  condition value;
  fault whose;
};

// For each condition, whom it blames where the operation says nothing else.
constexpr blamed faults_of[] = {
    {condition::none, fault::none},
    {condition::other, fault::none},
    {condition::connection_error, fault::peer},
    {condition::connection_refused, fault::peer},
    {condition::connection_reset, fault::peer},
    {condition::connection_aborted, fault::peer},
    {condition::broken_pipe, fault::peer},
    {condition::not_connected, fault::caller},
    {condition::end_of_stream, fault::peer},
    {condition::timed_out, fault::peer},
    {condition::unreachable, fault::network},
    {condition::host_unreachable, fault::network},
    {condition::network_unreachable, fault::network},
    {condition::address_error, fault::host},
    {condition::address_in_use, fault::host},
    {condition::address_not_available, fault::host},
    {condition::address_family_not_supported, fault::host},
    {condition::would_block, fault::none},
    {condition::interrupted, fault::none},
    {condition::operation_canceled, fault::caller},
    {condition::permission_denied, fault::host},
    {condition::resource_exhausted, fault::host},
    {condition::too_many_files_open, fault::host},
    {condition::no_buffer_space, fault::host},
    {condition::not_supported, fault::host},
    {condition::message_size, fault::caller},
    {condition::protocol_error, fault::peer},
    {condition::usage_error, fault::caller},
    {condition::bad_file_descriptor, fault::caller},
    {condition::not_a_socket, fault::caller},
    {condition::invalid_argument, fault::caller},
    {condition::already_connected, fault::caller},
    {condition::path_error, fault::host},
    {condition::resolution_error, fault::resolver},
    {condition::host_not_found, fault::resolver},
    {condition::service_not_found, fault::resolver},
    {condition::resolution_try_again, fault::resolver},
};
static_assert(std::size(faults_of) == std::size(sockerr::detail::nodes), "every condition is here");

}  // namespace

TEST_CASE("operations have names", "[operation]") {
  for (const auto& n : operations) CHECK(sockerr::name(n.value) == n.name);
}

TEST_CASE("circumstances and faults have names", "[operation]") {
  for (const auto& n : circumstances) CHECK(sockerr::name(n.value) == n.name);
  for (const auto& n : faults) CHECK(sockerr::name(n.value) == n.name);
}

TEST_CASE("a value that is no operation has no name", "[operation]") {
  for (int value = static_cast<int>(std::size(operations)); value != 256; ++value)
    CHECK(sockerr::name(static_cast<operation>(value)).empty());
  for (int value = static_cast<int>(std::size(circumstances)); value != 256; ++value)
    CHECK(sockerr::name(static_cast<circumstance>(value)).empty());
  for (int value = static_cast<int>(std::size(faults)); value != 256; ++value)
    CHECK(sockerr::name(static_cast<fault>(value)).empty());
}

TEST_CASE("each condition is somebody's fault", "[operation]") {
  for (const blamed& b : faults_of) {
    CAPTURE(sockerr::name(b.value));
    CHECK(sockerr::name(sockerr::fault_of(b.value)) == sockerr::name(b.whose));
  }
  CHECK(sockerr::fault_of(condition{63}) == fault::none);
  CHECK(sockerr::fault_of(condition{-1}) == fault::none);
}

TEST_CASE("whose fault a time-out is depends on the operation alone", "[operation]") {
  for (const auto& o : operations) {
    CAPTURE(o.name);
    const fault expected = o.value == operation::resolve   ? fault::resolver
                           : o.value == operation::connect ? fault::network
                                                           : fault::peer;
    CHECK(sockerr::name(sockerr::fault_of(condition::timed_out, o.value)) == sockerr::name(expected));
    CHECK(sockerr::fault_of(condition::connection_reset, o.value) == fault::peer);
  }
}

TEST_CASE("what an ICMP message says has words, and is the network's fault", "[operation]") {
  int count = 0;
  for (const auto& c : circumstances) {
    const auto& row = sockerr::detail::row_of(c.value);
    if (row.icmp_words[0] == '\0') continue;
    CAPTURE(c.name);
    ++count;
    CHECK(row.whose == fault::network);
  }
  CHECK(count == 7);
}

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_OPERATION_HPP
#define SOCKERR_OPERATION_HPP

#include <cstddef>      // size_t
#include <cstdint>      // uint8_t
#include <string_view>  // string_view, size

#include "condition.hpp"

namespace sockerr {
inline namespace v1_0 {

// clang-format off
#define SOCKERR_OPERATIONS(row)                                     \
  row(unknown)       /* nobody has said */                          \
  row(open)          /* making a socket */                          \
  row(connect)       /* connecting, or waiting for it */            \
  row(bind)          /* taking an address */                        \
  row(listen)        /* starting to listen */                       \
  row(accept)        /* taking a connection */                      \
  row(send)          /* send, send_to */                            \
  row(recv)          /* recv, recv_from */                          \
  row(shutdown)      /* ending one direction */                     \
  row(close)         /* closing */                                  \
  row(get_option)    /* reading an option */                        \
  row(set_option)    /* setting an option */                        \
  row(local_address) /* asking for the local address */             \
  row(peer_address)  /* asking for the remote address */            \
  row(resolve)       /* looking a name up, or reading an address */ \
  row(send_all)      /* send until all bytes are taken */           \
  row(recv_exactly)  /* recv until all bytes are there */           \
  row(wait)          /* waiting until a socket is ready */          \
  row(handshake)     /* agreeing on a protocol, as TLS does */

// Whose fault each is, where that tells, and the words of an ICMP message (RFC 792, RFC 4443).
#define SOCKERR_CIRCUMSTANCES(row)                                                                              \
  row(none, none, "")                                        /* nothing was found */                            \
  row(datagram, none, "")                                    /* a datagram socket */                            \
  row(unix_domain, none, "")                                 /* a Unix-domain socket */                         \
  row(partial, none, "")                                     /* bytes have moved */                             \
  row(no_ipv6_address, host, "")                             /* this host has no IPv6 address */                \
  row(ports_exhausted, host, "")                             /* no local port is free */                        \
  row(loopback_down, host, "")                               /* the loopback interface is down */               \
  row(port_zero, caller, "")                                 /* the remote port is 0 */                         \
  row(scope_missing, caller, "")                             /* a link-local address without its interface */   \
  row(scope_unknown, caller, "")                             /* an interface that this host does not have */    \
  row(other_family, caller, "")                              /* an address of another family than the socket */ \
  row(path_taken, host, "")                                  /* the Unix-domain path exists */                  \
  row(backlog_full, peer, "")                                /* the listener's queue is full */                 \
  row(receiver_full, peer, "")                               /* the receiver's queue of datagrams is full */    \
  row(network_unreachable, network, "network unreachable")   /* ICMP: no route to the network */                \
  row(host_unreachable, network, "host unreachable")         /* ICMP: the host does not answer its router */    \
  row(protocol_unreachable, network, "protocol unreachable") /* ICMP: the host does not speak the protocol */   \
  row(port_unreachable, network, "port unreachable")         /* ICMP: nobody listens, or a firewall says so */  \
  row(prohibited, network, "administratively prohibited")    /* ICMP: a firewall or router forbids it */        \
  row(too_big, network, "packet too big")                    /* ICMP: the packet is too big for the path */     \
  row(hops_exceeded, network, "hop limit exceeded")          /* ICMP: the hop limit ran out, as in a loop */    \
  row(no_answer, network, "")                                /* nothing at all came back */                     \
  row(not_acknowledged, network, "")                         /* what was sent is not acknowledged */            \
  row(peer_not_reading, peer, "")                            /* the peer's receive buffer is full */            \
  row(peer_silent, peer, "")                                 /* what was sent has arrived; no reply comes */    \
  row(held_by_listener, host, "")                            /* another socket listens on the address */        \
  row(lingering, host, "")                                   /* old connections linger on the address */        \
  row(not_a_host_name, caller, "")                           /* no host can have this name */                   \
  row(slow_resolver, resolver, "")                           /* the resolver used the time up */                \
  row(resolver_files, host, "")                              /* a file of the resolver's cannot be read */

#define SOCKERR_ADVICE(row)                                      \
  row(never)         /* it would fail again, or do harm */       \
  row(at_once)       /* the same call again */                   \
  row(when_ready)    /* after waiting for the descriptor */      \
  row(after_pause)   /* when the trouble may be over */          \
  row(on_new_socket) /* this one is done for */

#define SOCKERR_FAULTS(row)                                      \
  row(none)     /* nobody's, or not known */                     \
  row(caller)   /* the calling program's */                      \
  row(host)     /* this host's: its limits, rights, addresses */ \
  row(network)  /* that of what lies between */                  \
  row(peer)     /* the remote program's or host's */             \
  row(resolver) /* that of name resolution */
// clang-format on
#define SOCKERR_ENUMERATOR(name) name,
#define SOCKERR_NAME(name) #name,

/// What was being done when an error came: the same code has another cause, and asks for another answer, in each.
enum class operation : std::uint8_t { SOCKERR_OPERATIONS(SOCKERR_ENUMERATOR) };

/// What was found out about a failure on the spot, beside its code and the operation.
enum class circumstance : std::uint8_t {
#define SOCKERR_CIRCUMSTANCE(name, fault, words) name,
  SOCKERR_CIRCUMSTANCES(SOCKERR_CIRCUMSTANCE)
#undef SOCKERR_CIRCUMSTANCE
};

/// Whether, and how, an operation that failed is worth another try. Followed blindly, on the object at hand, advice
/// does no harm.
enum class retry_advice : std::uint8_t { SOCKERR_ADVICE(SOCKERR_ENUMERATOR) };

/// Whose fault an error is: for circuit breakers, load balancers and alerts.
enum class fault : std::uint8_t { SOCKERR_FAULTS(SOCKERR_ENUMERATOR) };

namespace detail {

inline constexpr char operation_names[][14] = {SOCKERR_OPERATIONS(SOCKERR_NAME)};
inline constexpr char advice_names[][14] = {SOCKERR_ADVICE(SOCKERR_NAME)};
inline constexpr char fault_names[][9] = {SOCKERR_FAULTS(SOCKERR_NAME)};

struct circumstance_row {
  fault whose;
  char name[21];
  char icmp_words[28];
};
inline constexpr circumstance_row circumstances[] = {
#define SOCKERR_CIRCUMSTANCE(name, whose, words) {fault::whose, #name, words},
    SOCKERR_CIRCUMSTANCES(SOCKERR_CIRCUMSTANCE)
#undef SOCKERR_CIRCUMSTANCE
};
constexpr const circumstance_row& row_of(circumstance c) noexcept {
  const auto i = static_cast<std::size_t>(c);
  return circumstances[i < std::size(circumstances) ? i : 0];
}

template <class Enum, std::size_t Count, std::size_t Longest>
constexpr std::string_view name_in(const char (&names)[Count][Longest], Enum value) noexcept {
  const auto i = static_cast<std::size_t>(value);
  return i < Count ? names[i] : "";
}

}  // namespace detail

#undef SOCKERR_NAME
#undef SOCKERR_ENUMERATOR
#undef SOCKERR_FAULTS
#undef SOCKERR_ADVICE
#undef SOCKERR_CIRCUMSTANCES
#undef SOCKERR_OPERATIONS

/// The name of an operation.
/// Returns: "connect" for `operation::connect`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(operation o) noexcept {
  return detail::name_in(detail::operation_names, o);
}

/// The name of a circumstance.
/// Returns: "port_unreachable" for `circumstance::port_unreachable`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(circumstance c) noexcept {
  const auto i = static_cast<std::size_t>(c);
  return i < std::size(detail::circumstances) ? detail::circumstances[i].name : "";
}

/// The name of a piece of advice.
/// Returns: "after_pause" for `retry_advice::after_pause`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(retry_advice a) noexcept {
  return detail::name_in(detail::advice_names, a);
}

/// The name of a fault.
/// Returns: "network" for `fault::network`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(fault f) noexcept { return detail::name_in(detail::fault_names, f); }

/// Whose fault an error is, as far as the condition and the operation tell. A reset that a firewall has sent cannot be
/// told from the peer's: it counts as the peer's.
/// Returns: `fault::none` where nobody is to blame or nothing is known.
[[nodiscard]] constexpr fault fault_of(condition c, operation during = operation::unknown) noexcept {
  if (c == condition::not_connected || matches(c, condition::usage_error) || c == condition::message_size ||
      c == condition::operation_canceled)
    return fault::caller;
  if (matches(c, condition::connection_error) || c == condition::protocol_error) return fault::peer;
  if (c == condition::timed_out) {
    if (during == operation::resolve) return fault::resolver;
    return during == operation::connect ? fault::network : fault::peer;
  }
  if (matches(c, condition::unreachable)) return fault::network;
  if (matches(c, condition::address_error) || c == condition::permission_denied ||
      matches(c, condition::resource_exhausted) || c == condition::not_supported || c == condition::path_error)
    return fault::host;
  if (matches(c, condition::resolution_error)) return fault::resolver;
  return fault::none;
}

}  // namespace v1_0
}  // namespace sockerr

#endif

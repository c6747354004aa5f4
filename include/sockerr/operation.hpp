// SPDX-License-Identifier: MIT
#ifndef SOCKERR_OPERATION_HPP
#define SOCKERR_OPERATION_HPP

#include <cstddef>      // size_t
#include <string_view>  // string_view, size

namespace sockerr {

// clang-format off
#define SOCKERR_OPERATIONS(row)                                     \
  row(unknown)       /* nobody has said */                          \
  row(open)          /* making a socket */                          \
  row(connect)       /* connecting, or waiting for it */            \
  row(bind)          /* taking an address */                        \
  row(listen)        /* starting to listen */                       \
  row(accept)        /* taking a connection */                      \
  row(send)          /* send, send_to, send_all */                  \
  row(recv)          /* recv, recv_from, recv_exactly */            \
  row(shutdown)      /* ending one direction */                     \
  row(close)         /* closing */                                  \
  row(get_option)    /* reading an option */                        \
  row(set_option)    /* setting an option */                        \
  row(local_address) /* asking for the near end */                  \
  row(peer_address)  /* asking for the far end */                   \
  row(resolve)       /* looking a name up, or reading an address */
// clang-format on

/// What was being done when an error came: the same code has another cause, and asks for another answer, in each.
enum class operation {
#define SOCKERR_ENUMERATOR(name) name,
  SOCKERR_OPERATIONS(SOCKERR_ENUMERATOR)
#undef SOCKERR_ENUMERATOR
};

namespace detail {

inline constexpr char operation_names[][14] = {
#define SOCKERR_NAME(name) #name,
    SOCKERR_OPERATIONS(SOCKERR_NAME)
#undef SOCKERR_NAME
};

}  // namespace detail

#undef SOCKERR_OPERATIONS

/// The name of an operation.
/// Returns: "connect" for `operation::connect`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(operation o) noexcept {
  const auto i = static_cast<std::size_t>(o);
  return i < std::size(detail::operation_names) ? detail::operation_names[i] : "";
}

}  // namespace sockerr

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_OPERATION_HPP
#define SOCKERR_OPERATION_HPP

#include <cstddef>      // size_t
#include <string_view>  // string_view

#include "detail/text.hpp"

namespace sockerr {

#define SOCKERR_OPERATIONS(row)                                                                                      \
  row(unknown) row(open) row(connect) row(bind) row(listen) row(accept) row(send) row(recv) row(shutdown) row(close) \
      row(get_option) row(set_option) row(local_address) row(peer_address) row(resolve)

/// What was being done when an error came: the same code has another cause, and asks for another answer, in each.
enum class operation {
#define SOCKERR_ENUMERATOR(name) name,
  SOCKERR_OPERATIONS(SOCKERR_ENUMERATOR)
#undef SOCKERR_ENUMERATOR
};

namespace detail {

inline constexpr char operation_characters[] =
#define SOCKERR_CHARACTERS(name) #name
    SOCKERR_OPERATIONS(SOCKERR_CHARACTERS);
#undef SOCKERR_CHARACTERS

inline constexpr auto operation_names = pieces({
#define SOCKERR_SIZE(name) sizeof #name - 1,
    SOCKERR_OPERATIONS(SOCKERR_SIZE)
#undef SOCKERR_SIZE
});

}  // namespace detail

#undef SOCKERR_OPERATIONS

/// The name of an operation.
/// Returns: "connect" for `operation::connect`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(operation o) noexcept {
  const auto i = static_cast<std::size_t>(o);
  return i < detail::operation_names.size() ? detail::operation_names[i].of(detail::operation_characters)
                                            : std::string_view{};
}

}  // namespace sockerr

#endif

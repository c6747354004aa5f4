// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CLASSIFY_HPP
#define SOCKERR_CLASSIFY_HPP

#include <cstddef>       // size_t
#include <string_view>   // string_view, size
#include <system_error>  // error_code

#include "category.hpp"
#include "condition.hpp"
#include "errc.hpp"
#include "operation.hpp"

namespace sockerr {

/// The symbolic name of a code of any category that classify() understands.
/// Returns: "ECONNREFUSED", "WSAECONNREFUSED", "EAI_NONAME"; "" where there is none.
[[nodiscard]] inline std::string_view symbol(const std::error_code& ec) noexcept {
  const detail::finding f = detail::find(ec);
  return f.found != nullptr ? f.found->symbol : "";
}

/// Why an error comes, in one sentence for a person: where to look, what to change.
/// Returns: what is known about the code in this operation; "" for a code whose value is 0.
[[nodiscard]] inline std::string_view cause(const std::error_code& ec, operation during = operation::unknown) noexcept {
  const detail::finding f = detail::find(ec);
  if (f.owner == condition::none) return {};
  if (f.found == nullptr) return "Nothing more is known about this error.";
  return detail::cause(f.found->what, during);
}

// clang-format off
#define SOCKERR_ADVICE(row)                                 \
  row(never)         /* it would fail again */              \
  row(at_once)       /* as it stands */                     \
  row(when_ready)    /* after waiting for the descriptor */ \
  row(after_pause)   /* when resources are free again */    \
  row(on_new_socket) /* this one is done for */
// clang-format on

/// Whether, and how, an operation that failed is worth another try.
enum class retry_advice {
#define SOCKERR_ENUMERATOR(name) name,
  SOCKERR_ADVICE(SOCKERR_ENUMERATOR)
#undef SOCKERR_ENUMERATOR
};

namespace detail {

inline constexpr char advice_names[][14] = {
#define SOCKERR_NAME(name) #name,
    SOCKERR_ADVICE(SOCKERR_NAME)
#undef SOCKERR_NAME
};

#undef SOCKERR_ADVICE

// Errors that accept() reports of the connection at the head of its queue, which is gone with them; the listener is
// as good as before. Linux hands out pending network errors (accept(2)), Windows a reset (Microsoft, "accept").
// EOPNOTSUPP is among Linux's, but it is also the lasting answer of a socket that cannot listen.
inline bool died_in_queue(const finding& f) noexcept {
  if (matches(f.owner, condition::unreachable)) return true;
  if (f.owner == condition::connection_aborted || f.owner == condition::connection_reset) return true;
  return f.found != nullptr && (f.found->what == error::protocol_error || f.found->what == error::no_protocol_option);
}

}  // namespace detail

/// The name of a piece of advice.
/// Returns: "after_pause" for `retry_advice::after_pause`; "" for unknown values.
[[nodiscard]] constexpr std::string_view name(retry_advice a) noexcept {
  const auto i = static_cast<std::size_t>(a);
  return i < std::size(detail::advice_names) ? detail::advice_names[i] : "";
}

/// Whether, and how, the operation that gave this code is worth another try.
/// Returns: the advice for a code of any category; `never` for a code whose value is 0 and where nothing is known.
[[nodiscard]] inline retry_advice advise(const std::error_code& ec, operation during) noexcept {
  const detail::finding f = detail::find(ec);
  if (during == operation::accept && detail::died_in_queue(f)) return retry_advice::at_once;
  // Linux: the backlog of a Unix-domain listener is full; nothing was started, so there is nothing to wait for
  // (connect(2)).
  if (during == operation::connect && f.found != nullptr &&
      f.found->what == detail::error::resource_unavailable_try_again)
    return retry_advice::after_pause;
  if (matches(f.owner, condition::resource_exhausted)) return retry_advice::after_pause;
  if (f.owner == condition::interrupted) return retry_advice::at_once;
  if (f.owner == condition::would_block) return retry_advice::when_ready;
  if (matches(f.owner, condition::connection_error) || matches(f.owner, condition::unreachable) ||
      f.owner == condition::timed_out || f.owner == condition::resolution_try_again)
    return retry_advice::on_new_socket;
  if (f.owner == condition::address_in_use &&
      (during == operation::bind || during == operation::listen || during == operation::connect))
    return retry_advice::after_pause;
  if (f.owner == condition::address_not_available && during == operation::connect) return retry_advice::after_pause;
  return retry_advice::never;
}

}  // namespace sockerr

#endif

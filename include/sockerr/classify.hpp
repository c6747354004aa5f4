// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CLASSIFY_HPP
#define SOCKERR_CLASSIFY_HPP

#include <string_view>   // string_view
#include <system_error>  // error_code

#include "category.hpp"
#include "errc.hpp"
#include "operation.hpp"

namespace sockerr {
inline namespace v1_0 {

/// The symbolic name of a code of any category that classify() knows by its numbers.
/// Returns: "ECONNREFUSED", "WSAECONNREFUSED", "EAI_NONAME"; "" where there is none, as for a code that only maps to an
/// errno.
[[nodiscard]] inline std::string_view symbol(const std::error_code& ec) noexcept { return detail::find(ec).symbol; }

/// Why an error comes, in one or two sentences for a person: what happened, and what to do.
/// Returns: what the table has for the operation and the circumstance, else for the operation, else for the error; ""
/// for a code whose value is 0.
[[nodiscard]] inline std::string_view cause(const std::error_code& ec, operation during = operation::unknown,
                                            circumstance found = circumstance::none) noexcept {
  if (ec.value() == 0) return {};
  return detail::explain(detail::find(ec).what, during, found).cause;
}

/// Whether, and how, the operation that gave a code of any category is worth another try. It stands in the same row as
/// the cause. Whoever follows it blindly does no harm.
/// Returns: `never` for a code whose value is 0, for send_all and recv_exactly, of which bytes may have moved, and
/// where nothing is known.
[[nodiscard]] inline retry_advice advise(const std::error_code& ec, operation during = operation::unknown,
                                         circumstance found = circumstance::none) noexcept {
  if (ec.value() == 0) return retry_advice::never;
  return detail::advice_of(detail::find(ec).what, during, found);
}

}  // namespace v1_0
}  // namespace sockerr

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_CLASSIFY_HPP
#define SOCKERR_CLASSIFY_HPP

#include <array>         // array
#include <cstddef>       // size_t
#include <cstdint>       // uint8_t
#include <string_view>   // string_view
#include <system_error>  // error_code

#include "category.hpp"
#include "condition.hpp"
#include "detail/text.hpp"
#include "errc.hpp"
#include "operation.hpp"

namespace sockerr {

/// The symbolic name of a code of any category that classify() understands.
/// Returns: "ECONNREFUSED", "WSAECONNREFUSED", "EAI_NONAME"; "" where there is none.
[[nodiscard]] inline std::string_view symbol(const std::error_code& ec) noexcept {
  const detail::finding f = detail::find(ec);
  return f.found != nullptr ? detail::symbol(*f.found) : std::string_view{};
}

namespace detail {

struct special_cause {
  error what;
  sockerr::operation operation;
};

inline constexpr special_cause special_causes[] = {
#define SOCKERR_CAUSE(name, during, cause) {error::name, operation::during},
#include "codes.def"
};

inline constexpr char special_cause_characters[] =
#define SOCKERR_CAUSE(name, during, cause) cause
#include "codes.def"
    ;
static_assert(sizeof special_cause_characters <= 65536, "a piece of text has 16 bits for its place");

inline constexpr auto special_cause_texts = pieces({
#define SOCKERR_CAUSE(name, during, cause) sizeof cause - 1,
#include "codes.def"
});

// For each error and operation 1 + the index of the special cause, 0 where there is none.
constexpr auto make_special_cause_at() noexcept {
  std::array<std::array<std::uint8_t, operation_names.size()>, errors.size()> result{};
  static_assert(special_cause_texts.size() < 256);
  for (std::size_t i = special_cause_texts.size(); i-- != 0;)
    result[static_cast<std::size_t>(special_causes[i].what)][static_cast<std::size_t>(special_causes[i].operation)] =
        static_cast<std::uint8_t>(i + 1);
  return result;
}
inline constexpr auto special_cause_at = make_special_cause_at();

}  // namespace detail

/// Why an error comes, in one sentence for a person: where to look, what to change.
/// Returns: what is known about the code in this operation; "" for a code whose value is 0.
[[nodiscard]] inline std::string_view cause(const std::error_code& ec, operation during = operation::unknown) noexcept {
  const detail::finding f = detail::find(ec);
  if (f.owner == condition::none) return {};
  if (f.found == nullptr) return "Nothing more is known about this error.";
  const auto& special = detail::special_cause_at[static_cast<std::size_t>(f.found->what)];
  const auto column = static_cast<std::size_t>(during);
  if (column >= special.size() || special[column] == 0) return detail::cause(f.found->what);
  return detail::special_cause_texts[special[column] - std::size_t{1}].of(detail::special_cause_characters);
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

inline constexpr char advice_characters[] =
#define SOCKERR_CHARACTERS(name) #name
    SOCKERR_ADVICE(SOCKERR_CHARACTERS);
#undef SOCKERR_CHARACTERS

inline constexpr auto advice_names = pieces({
#define SOCKERR_SIZE(name) sizeof #name - 1,
    SOCKERR_ADVICE(SOCKERR_SIZE)
#undef SOCKERR_SIZE
});

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
  return i < detail::advice_names.size() ? detail::advice_names[i].of(detail::advice_characters) : std::string_view{};
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

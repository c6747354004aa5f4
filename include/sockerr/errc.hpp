// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ERRC_HPP
#define SOCKERR_ERRC_HPP

#include <cerrno>       // IWYU pragma: keep // ECONNREFUSED and the like: they differ per system and architecture
#include <cstddef>      // size_t, ptrdiff_t
#include <cstdint>      // uint8_t
#include <optional>     // optional
#include <string_view>  // string_view, size, end, input_iterator_tag (<iterator> would bring streams along)

#include "condition.hpp"
#include "operation.hpp"

// clang lets a template have no more visibility than its arguments, and the categories are made of these.
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace sockerr {

/// A native socket error number: errno, or on Windows a WSA or Win32 code. The names are those of std::errc where it
/// has one. Converts to std::error_code, of socket_category().
enum class errc : int {
#if defined(_WIN32)
#define SOCKERR_WINDOWS(name, symbol, number) name = number,
#else
#define SOCKERR_ERRNO(name, symbol) name = symbol,
#endif
#include "codes.def"
};

/// A result of getaddrinfo under a number of our own, the same on every platform. Converts to std::error_code, of
/// resolver_category().
enum class resolver_errc : int {
#define SOCKERR_RESOLVER(name, symbol, number) name = number,
#include "codes.def"
};

/// A WSA or Win32 number on any platform, for one that came from elsewhere (a log, a peer): `windows_errc{10061}`.
enum class windows_errc : int {};

}  // namespace sockerr

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

namespace sockerr {
namespace detail {

// What can go wrong, each with its own words; the number spaces below say which numbers stand for it. Behind each come
// the operations in which it has a cause of its own.
enum class error : std::uint16_t {
#define SOCKERR_ERROR(name, owner, message, cause) name,
#define SOCKERR_CAUSE(name, when, cause) name##_during_##when,
#include "codes.def"
};

// Tables hold their texts as arrays, each as long as the longest: pointers would cost relocations at program start, and
// places in one long text would cost compilers the time to add them up.
struct error_words {
  condition owner;
  char message[44];
};
inline constexpr error_words errors[] = {
#define SOCKERR_ERROR(name, owner, message, cause) {condition::owner, message},
#define SOCKERR_CAUSE(name, when, cause) {},
#include "codes.def"
};

struct error_cause {
  operation during;  // `unknown` for the cause in general, the first one of each error
  char text[200];
};
inline constexpr error_cause causes[] = {
#define SOCKERR_ERROR(name, owner, message, cause) {operation::unknown, cause},
#define SOCKERR_CAUSE(name, when, cause) {operation::when, cause},
#include "codes.def"
};

constexpr condition owner(error e) noexcept { return errors[static_cast<std::size_t>(e)].owner; }
constexpr std::string_view message(error e) noexcept { return errors[static_cast<std::size_t>(e)].message; }

constexpr std::string_view cause(error e, operation during) noexcept {
  const error_cause* const general = &causes[static_cast<std::size_t>(e)];
  const error_cause* const end = std::end(causes);
  for (const error_cause* c = general + 1; c != end && c->during != operation::unknown; ++c)
    if (c->during == during) return c->text;
  return general->text;
}

// What a number counts as. One number means different things in different spaces, so every code is looked up in its
// own.
enum class number_space : std::uint8_t {
  posix,      // errno
  windows,    // WSA and Win32
  resolver,   // resolver_errc
  netdb,      // h_errno
  addrinfo,   // EAI
  misc,       // asio::error::misc_errors
  condition,  // sockerr::condition
  unknown,
};

#if defined(_WIN32)
inline constexpr auto native_space = number_space::windows;
#else
inline constexpr auto native_space = number_space::posix;
#endif

template <class Code>
struct space_of {};
template <>
struct space_of<errc> {
  static constexpr auto value = native_space;
};
template <>
struct space_of<resolver_errc> {
  static constexpr auto value = number_space::resolver;
};
template <>
struct space_of<windows_errc> {
  static constexpr auto value = number_space::windows;
};

// A number, the error that it stands for and its symbol.
struct row {
  int number;
  error what;
  char symbol[33];
};

// The rows of a space, in the order of codes.def.
template <number_space Space>
struct table {};
template <>
struct table<number_space::posix> {
  static constexpr row rows[] = {
#define SOCKERR_ERRNO(name, symbol) {symbol, error::name, #symbol},
#include "codes.def"
  };
};
template <>
struct table<number_space::windows> {
  static constexpr row rows[] = {
#define SOCKERR_WINDOWS(name, symbol, number) {number, error::name, #symbol},
#define SOCKERR_WINDOWS_ALSO(name, symbol, number) {number, error::name, #symbol},
#include "codes.def"
  };
};
template <>
struct table<number_space::resolver> {
  static constexpr row rows[] = {
#define SOCKERR_RESOLVER(name, symbol, number) {number, error::name, #symbol},
#include "codes.def"
  };
};

// The rows of other libraries' categories, which are few.
struct foreign_row : row {
  number_space space;
};
inline constexpr foreign_row foreign_rows[] = {
#define SOCKERR_NETDB(name, symbol, number) {{number, error::name, #symbol}, number_space::netdb},
#define SOCKERR_ADDRINFO(name, symbol, number) {{number, error::name, #symbol}, number_space::addrinfo},
#define SOCKERR_MISC(name, symbol, number) {{number, error::name, #symbol}, number_space::misc},
#include "codes.def"
};

// Where a number stands in the dense tables below; a negative one lands beyond them. Win32 codes end below 2300 and WSA
// codes start at 10000: leaving the gap out keeps the tables of Windows small.
template <number_space Space>
constexpr std::size_t slot(int number) noexcept {
  if constexpr (Space == number_space::windows) {
    constexpr int gap_begin = 2300;
    constexpr int gap_end = 10000;
    if (number >= gap_end) return static_cast<std::size_t>(number - (gap_end - gap_begin));
    if (number >= gap_begin) return static_cast<std::size_t>(-1);
  }
  return static_cast<unsigned>(number);
}

template <number_space Space>
constexpr std::size_t count_slots() noexcept {
  std::size_t last = 0;
  for (const row& r : table<Space>::rows)
    if (last < slot<Space>(r.number)) last = slot<Space>(r.number);
  return last + 1;
}

// A byte for each slot of a space. (To evaluate what std::array does takes compilers longer.)
template <number_space Space>
struct slot_bytes {
  static constexpr std::size_t count = count_slots<Space>();
  std::uint8_t at[count];
};

// For each slot 1 + the index of the row that names it, 0 where there is none: of two rows with one number the first.
template <number_space Space>
constexpr slot_bytes<Space> make_row_at() noexcept {
  slot_bytes<Space> result{};
  constexpr std::size_t count = std::size(table<Space>::rows);
  static_assert(count < 256, "a row has 8 bits for its place");
  for (std::size_t i = count; i != 0; --i)
    result.at[slot<Space>(table<Space>::rows[i - 1].number)] = static_cast<std::uint8_t>(i);
  return result;
}
template <number_space Space>
inline constexpr auto row_at = make_row_at<Space>();

// For each slot the condition that owns it: classifying is one load.
template <number_space Space>
constexpr slot_bytes<Space> make_condition_at() noexcept {
  slot_bytes<Space> result{};
  for (std::size_t i = 1; i != result.count; ++i) {
    const std::size_t index = row_at<Space>.at[i];
    result.at[i] = static_cast<std::uint8_t>(index != 0 ? owner(table<Space>::rows[index - 1].what) : condition::other);
  }
  return result;
}
template <number_space Space>
inline constexpr auto condition_at = make_condition_at<Space>();

// Returns: 1 + the index of the row of a number; 0 where there is none. What has to be constexpr uses this, not the
// address of a row: under -fsanitize=undefined, GCC does not compare an address with nullptr in a constant expression.
template <number_space Space>
constexpr std::size_t place(int number) noexcept {
  const std::size_t at = slot<Space>(number);
  return at < slot_bytes<Space>::count ? row_at<Space>.at[at] : std::size_t{0};
}

// Returns: the row of a number; nullptr where there is none.
template <number_space Space>
constexpr const row* find(int number) noexcept {
  const std::size_t at = place<Space>(number);
  return at != 0 ? &table<Space>::rows[at - 1] : nullptr;
}

template <number_space Space>
constexpr condition classify(int number) noexcept {
  const std::size_t at = slot<Space>(number);
  return at < slot_bytes<Space>::count ? static_cast<condition>(condition_at<Space>.at[at]) : condition::other;
}

}  // namespace detail

/// The node of the tree that owns a code (errc, resolver_errc or windows_errc).
/// Returns: `condition::none` for 0, `condition::other` for a number that no row of the table has.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr condition classify(Code code) noexcept {
  return detail::classify<Space>(static_cast<int>(code));
}

/// The symbolic name of a code (errc, resolver_errc or windows_errc).
/// Returns: "ECONNREFUSED"; "" where the number is unknown. Where two symbols share the number, the usual one: EAGAIN.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::string_view symbol(Code code) noexcept {
  const std::size_t at = detail::place<Space>(static_cast<int>(code));
  return at != 0 ? detail::table<Space>::rows[at - 1].symbol : "";
}

/// A code (errc, resolver_errc or windows_errc) in words: English, ASCII, the same on every platform.
/// Returns: "Connection refused"; "No error" for 0, "Unknown error" where the number is unknown.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::string_view message(Code code) noexcept {
  const std::size_t at = detail::place<Space>(static_cast<int>(code));
  if (at != 0) return detail::message(detail::table<Space>::rows[at - 1].what);
  return code == Code{} ? "No error" : "Unknown error";
}

/// The code that a symbolic name stands for: `from_symbol("ECONNREFUSED")`, `from_symbol<resolver_errc>("EAI_NONAME")`.
/// Returns: nothing where this platform has no such name. Names are matched as they are written, in capitals.
template <class Code = errc, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::optional<Code> from_symbol(std::string_view symbol) noexcept {
  for (const detail::row& row : detail::table<Space>::rows)
    if (row.symbol == symbol) return static_cast<Code>(row.number);
  return std::nullopt;
}

/// What the table knows about a code. The texts live as long as the program.
template <class Code>
struct basic_code_info {
  Code code;                     ///< the number
  std::string_view symbol;       ///< "ECONNREFUSED"
  sockerr::condition condition;  ///< the node that owns it
  std::string_view message;      ///< "Connection refused"
  std::string_view cause;        ///< one sentence for a person
};

/// What the table knows about a native code.
using code_info = basic_code_info<errc>;

/// The rows of the table for one kind of code, in the table's order. A number that has two symbols has two rows.
template <class Code>
class code_range {
 public:
  /// Goes from row to row; what it points to is made at the dereferencing.
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;  ///< it hands out values, not references
    using value_type = basic_code_info<Code>;           ///< what a row says
    using difference_type = std::ptrdiff_t;             ///< between two iterators
    using pointer = void;                               ///< there is no object to point to
    using reference = value_type;                       ///< a value too

    /// Belongs to no range.
    constexpr iterator() noexcept = default;
    /// Returns: what the row says.
    [[nodiscard]] constexpr value_type operator*() const noexcept {
      return {static_cast<Code>(row_->number), row_->symbol, detail::owner(row_->what), detail::message(row_->what),
              detail::cause(row_->what, operation::unknown)};
    }
    /// Goes to the next row.
    constexpr iterator& operator++() noexcept {
      ++row_;
      return *this;
    }
    /// Goes to the next row.
    /// Returns: the iterator as it was before.
    constexpr iterator operator++(int) noexcept {
      const iterator before = *this;
      ++*this;
      return before;
    }
    /// Returns: whether both are at the same row.
    [[nodiscard]] friend constexpr bool operator==(iterator a, iterator b) noexcept { return a.row_ == b.row_; }
    /// Returns: whether they are at different rows.
    [[nodiscard]] friend constexpr bool operator!=(iterator a, iterator b) noexcept { return a.row_ != b.row_; }

   private:
    friend class code_range;
    constexpr explicit iterator(const detail::row* row) noexcept : row_{row} {}
    const detail::row* row_ = nullptr;
  };

  /// Returns: the first row.
  [[nodiscard]] constexpr iterator begin() const noexcept { return iterator{rows}; }
  /// Returns: what comes after the last row.
  [[nodiscard]] constexpr iterator end() const noexcept { return iterator{rows + size()}; }
  /// Returns: how many rows there are.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return std::size(rows); }

 private:
  static constexpr const auto& rows = detail::table<detail::space_of<Code>::value>::rows;
};

/// Everything that the table holds: `for (sockerr::code_info info : sockerr::codes())`.
/// Returns: a range of code_info; `codes<resolver_errc>()` and `codes<windows_errc>()` give those of the other kinds.
template <class Code = errc>
[[nodiscard]] constexpr code_range<Code> codes() noexcept {
  return {};
}

}  // namespace sockerr

#endif

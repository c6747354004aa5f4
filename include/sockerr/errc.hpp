// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ERRC_HPP
#define SOCKERR_ERRC_HPP

#include <array>        // array
#include <cerrno>       // IWYU pragma: keep // ECONNREFUSED and the like: they differ per system and architecture
#include <cstddef>      // size_t, ptrdiff_t
#include <cstdint>      // uint8_t
#include <optional>     // optional
#include <string_view>  // string_view, input_iterator_tag (its iterators need the tags; <iterator> would bring streams)

#include "condition.hpp"
#include "detail/text.hpp"

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

// What can go wrong, each with its own words; the number spaces below say which numbers stand for it.
enum class error : std::uint8_t {
#define SOCKERR_ERROR(name, condition, message, cause) name,
#include "codes.def"
};

inline constexpr char error_characters[] =
#define SOCKERR_ERROR(name, condition, message, cause) message cause
#include "codes.def"
    ;
static_assert(sizeof error_characters <= 65536, "a piece of text has 16 bits for its place");

struct error_words {
  condition owner;
  text message;
  text cause;
};

constexpr auto make_errors() noexcept {
  struct unplaced {
    condition owner;
    std::size_t message_size, cause_size;
  };
  constexpr unplaced all[] = {
#define SOCKERR_ERROR(name, owner, message, cause) {condition::owner, sizeof message - 1, sizeof cause - 1},
#include "codes.def"
  };
  std::array<error_words, sizeof all / sizeof all[0]> result{};
  std::size_t offset = 0;
  for (std::size_t i = 0; i != result.size(); ++i) {
    const std::size_t cause = offset + all[i].message_size;
    result[i] = {all[i].owner, piece(offset, all[i].message_size), piece(cause, all[i].cause_size)};
    offset = cause + all[i].cause_size;
  }
  return result;
}
inline constexpr auto errors = make_errors();

constexpr const error_words& words(error e) noexcept { return errors[static_cast<std::size_t>(e)]; }
constexpr condition owner(error e) noexcept { return words(e).owner; }
constexpr std::string_view message(error e) noexcept { return words(e).message.of(error_characters); }
constexpr std::string_view cause(error e) noexcept { return words(e).cause.of(error_characters); }

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
  number_space space;
  error what;
  text symbol;
};

inline constexpr char symbol_characters[] =
#define SOCKERR_ERRNO(name, symbol) #symbol
#define SOCKERR_WINDOWS(name, symbol, number) #symbol
#define SOCKERR_WINDOWS_ALSO(name, symbol, number) #symbol
#define SOCKERR_RESOLVER(name, symbol, number) #symbol
#define SOCKERR_NETDB(name, symbol, number) #symbol
#define SOCKERR_ADDRINFO(name, symbol, number) #symbol
#define SOCKERR_MISC(name, symbol, number) #symbol
#include "codes.def"
    ;
static_assert(sizeof symbol_characters <= 65536, "a piece of text has 16 bits for its place");

constexpr auto make_rows() noexcept {
  struct unplaced {
    int number;
    number_space space;
    error what;
    std::size_t symbol_size;
  };
  constexpr unplaced all[] = {
#define SOCKERR_ERRNO(name, symbol) {symbol, number_space::posix, error::name, sizeof #symbol - 1},
#define SOCKERR_WINDOWS(name, symbol, number) {number, number_space::windows, error::name, sizeof #symbol - 1},
#define SOCKERR_WINDOWS_ALSO(name, symbol, number) {number, number_space::windows, error::name, sizeof #symbol - 1},
#define SOCKERR_RESOLVER(name, symbol, number) {number, number_space::resolver, error::name, sizeof #symbol - 1},
#define SOCKERR_NETDB(name, symbol, number) {number, number_space::netdb, error::name, sizeof #symbol - 1},
#define SOCKERR_ADDRINFO(name, symbol, number) {number, number_space::addrinfo, error::name, sizeof #symbol - 1},
#define SOCKERR_MISC(name, symbol, number) {number, number_space::misc, error::name, sizeof #symbol - 1},
#include "codes.def"
  };
  std::array<row, sizeof all / sizeof all[0]> result{};
  std::size_t offset = 0;
  for (std::size_t i = 0; i != result.size(); ++i) {
    result[i] = {all[i].number, all[i].space, all[i].what, piece(offset, all[i].symbol_size)};
    offset += all[i].symbol_size;
  }
  return result;
}
inline constexpr auto rows = make_rows();

constexpr std::string_view symbol(const row& r) noexcept { return r.symbol.of(symbol_characters); }

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
  std::size_t count = 0;
  for (const row& r : rows)
    if (r.space == Space && count <= slot<Space>(r.number)) count = slot<Space>(r.number) + 1;
  return count;
}
template <number_space Space>
inline constexpr std::size_t slot_count = count_slots<Space>();

// For each slot 1 + the index of the row that names it, 0 where there is none: of two rows with one number the first.
template <number_space Space>
constexpr auto make_row_at() noexcept {
  std::array<std::uint16_t, slot_count<Space>> result{};
  for (std::size_t i = rows.size(); i-- != 0;)
    if (rows[i].space == Space) result[slot<Space>(rows[i].number)] = static_cast<std::uint16_t>(i + 1);
  return result;
}
template <number_space Space>
inline constexpr auto row_at = make_row_at<Space>();

// For each slot the condition that owns it: classifying is one load.
template <number_space Space>
constexpr auto make_condition_at() noexcept {
  std::array<std::uint8_t, slot_count<Space>> result{};
  for (std::size_t i = 1; i != result.size(); ++i) {
    const std::size_t index = row_at<Space>[i];
    result[i] = static_cast<std::uint8_t>(index != 0 ? owner(rows[index - 1].what) : condition::other);
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
  return at < slot_count<Space> ? row_at<Space>[at] : std::size_t{0};
}

// Returns: the row of a number; nullptr where there is none.
template <number_space Space>
constexpr const row* find(int number) noexcept {
  const std::size_t at = place<Space>(number);
  return at != 0 ? &rows[at - 1] : nullptr;
}

template <number_space Space>
constexpr condition classify(int number) noexcept {
  const std::size_t at = slot<Space>(number);
  return at < slot_count<Space> ? static_cast<condition>(condition_at<Space>[at]) : condition::other;
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
  return at != 0 ? detail::symbol(detail::rows[at - 1]) : std::string_view{};
}

/// A code (errc, resolver_errc or windows_errc) in words: English, ASCII, the same on every platform.
/// Returns: "Connection refused"; "No error" for 0, "Unknown error" where the number is unknown.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::string_view message(Code code) noexcept {
  const std::size_t at = detail::place<Space>(static_cast<int>(code));
  if (at != 0) return detail::message(detail::rows[at - 1].what);
  return code == Code{} ? "No error" : "Unknown error";
}

/// The code that a symbolic name stands for: `from_symbol("ECONNREFUSED")`, `from_symbol<resolver_errc>("EAI_NONAME")`.
/// Returns: nothing where this platform has no such name. Names are matched as they are written, in capitals.
template <class Code = errc, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::optional<Code> from_symbol(std::string_view symbol) noexcept {
  for (const detail::row& row : detail::rows)
    if (row.space == Space && detail::symbol(row) == symbol) return static_cast<Code>(row.number);
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
      return {static_cast<Code>(row_->number), detail::symbol(*row_), detail::owner(row_->what),
              detail::message(row_->what), detail::cause(row_->what)};
    }
    /// Goes to the next row.
    constexpr iterator& operator++() noexcept {
      *this = iterator{row_ + 1};
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
    static constexpr const detail::row* last() noexcept { return detail::rows.data() + detail::rows.size(); }
    // At the row, or at the next one of this kind.
    constexpr explicit iterator(const detail::row* row) noexcept : row_{row} {
      while (row_ != last() && row_->space != detail::space_of<Code>::value) ++row_;
    }
    const detail::row* row_ = nullptr;
  };

  /// Returns: the first row.
  [[nodiscard]] constexpr iterator begin() const noexcept { return iterator{detail::rows.data()}; }
  /// Returns: what comes after the last row.
  [[nodiscard]] constexpr iterator end() const noexcept { return iterator{iterator::last()}; }
  /// Returns: how many rows there are.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    std::size_t count = 0;
    for (iterator i = begin(); i != end(); ++i) ++count;
    return count;
  }
};

/// Everything that the table holds: `for (sockerr::code_info info : sockerr::codes())`.
/// Returns: a range of code_info; `codes<resolver_errc>()` and `codes<windows_errc>()` give those of the other kinds.
template <class Code = errc>
[[nodiscard]] constexpr code_range<Code> codes() noexcept {
  return {};
}

}  // namespace sockerr

#endif

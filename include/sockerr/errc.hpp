// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ERRC_HPP
#define SOCKERR_ERRC_HPP

#include <array>        // array
#include <cerrno>       // ECONNREFUSED and the like: their numbers differ per system and per architecture
#include <cstddef>      // size_t, ptrdiff_t
#include <cstdint>      // uint8_t
#include <iterator>     // input_iterator_tag
#include <optional>     // optional
#include <string_view>  // string_view

#include "condition.hpp"
#include "detail/text.hpp"

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

namespace detail {

// What can go wrong, each with its own words; the number spaces below say which numbers stand for it.
enum class error : std::uint8_t {
#define SOCKERR_ERROR(name, condition, message, cause) name,
#include "codes.def"
};

inline constexpr std::uint8_t error_owners[] = {
#define SOCKERR_ERROR(name, owner, message, cause) static_cast<std::uint8_t>(condition::owner),
#include "codes.def"
};

inline constexpr char error_characters[] =
#define SOCKERR_ERROR(name, condition, message, cause) message cause
#include "codes.def"
    ;

// Message and cause of each error in turn.
inline constexpr auto error_texts = pieces({
#define SOCKERR_ERROR(name, condition, message, cause) sizeof message "" - 1, sizeof cause "" - 1,
#include "codes.def"
});

constexpr condition owner(error e) noexcept {
  return static_cast<condition>(error_owners[static_cast<std::size_t>(e)]);
}

constexpr std::string_view message(error e) noexcept {
  return error_texts[static_cast<std::size_t>(e) * 2].of(error_characters);
}

constexpr std::string_view cause(error e) noexcept {
  return error_texts[static_cast<std::size_t>(e) * 2 + 1].of(error_characters);
}

// A number of a number space, the error that it stands for and its symbol.
struct row {
  int number;
  error what;
  text symbol;
};

struct unplaced_row {
  int number;
  error what;
  std::size_t symbol_size;
};

template <std::size_t N>
constexpr std::array<row, N> lay_out(const unplaced_row (&rows)[N]) noexcept {
  std::array<row, N> result{};
  std::size_t offset = 0;
  for (std::size_t i = 0; i != N; ++i) {
    const auto size = static_cast<std::uint16_t>(rows[i].symbol_size);
    result[i] = {rows[i].number, rows[i].what, {static_cast<std::uint16_t>(offset), size}};
    offset += size;
  }
  return result;
}

// The number spaces. One number means different things in different ones, so every code is looked up in its own.

struct errno_space {
  static constexpr char symbols[] =
#define SOCKERR_ERRNO(name, symbol) #symbol
#include "codes.def"
      ;
  static constexpr auto rows = lay_out({
#define SOCKERR_ERRNO(name, symbol) {symbol, error::name, sizeof #symbol - 1},
#include "codes.def"
  });
};

struct windows_space {
  static constexpr char symbols[] =
#define SOCKERR_WINDOWS(name, symbol, number) #symbol
#define SOCKERR_WINDOWS_ALSO SOCKERR_WINDOWS
#include "codes.def"
      ;
  static constexpr auto rows = lay_out({
#define SOCKERR_WINDOWS(name, symbol, number) {number, error::name, sizeof #symbol - 1},
#define SOCKERR_WINDOWS_ALSO SOCKERR_WINDOWS
#include "codes.def"
  });
};

struct resolver_space {
  static constexpr char symbols[] =
#define SOCKERR_RESOLVER(name, symbol, number) #symbol
#include "codes.def"
      ;
  static constexpr auto rows = lay_out({
#define SOCKERR_RESOLVER(name, symbol, number) {number, error::name, sizeof #symbol - 1},
#include "codes.def"
  });
};

struct netdb_space {
  static constexpr char symbols[] =
#define SOCKERR_NETDB(name, symbol, number) #symbol
#include "codes.def"
      ;
  static constexpr auto rows = lay_out({
#define SOCKERR_NETDB(name, symbol, number) {number, error::name, sizeof #symbol - 1},
#include "codes.def"
  });
};

struct addrinfo_space {
  static constexpr char symbols[] =
#define SOCKERR_ADDRINFO(name, symbol, number) #symbol
#include "codes.def"
      ;
  static constexpr auto rows = lay_out({
#define SOCKERR_ADDRINFO(name, symbol, number) {number, error::name, sizeof #symbol - 1},
#include "codes.def"
  });
};

struct misc_space {
  static constexpr char symbols[] =
#define SOCKERR_MISC(name, symbol, number) #symbol
#include "codes.def"
      ;
  static constexpr auto rows = lay_out({
#define SOCKERR_MISC(name, symbol, number) {number, error::name, sizeof #symbol - 1},
#include "codes.def"
  });
};

#if defined(_WIN32)
using native_space = windows_space;
#else
using native_space = errno_space;
#endif

template <class Code>
struct space_of {};
template <>
struct space_of<errc> {
  using type = native_space;
};
template <>
struct space_of<resolver_errc> {
  using type = resolver_space;
};
template <>
struct space_of<windows_errc> {
  using type = windows_space;
};
template <class Code>
using space_of_t = typename space_of<Code>::type;

// Where a number stands in the dense tables below. Win32 codes end below 2300 and WSA codes start at 10000; leaving the
// gap out keeps the tables of Windows small. Everything else, negative numbers too, lands beyond every table.
constexpr std::size_t slot(int number) noexcept {
  constexpr int gap_begin = 2300;
  constexpr int gap_end = 10000;
  if (number < gap_begin) return static_cast<unsigned>(number);
  return number < gap_end ? static_cast<std::size_t>(-1) : static_cast<std::size_t>(number - (gap_end - gap_begin));
}

template <class Space>
constexpr std::size_t slot_count() noexcept {
  std::size_t count = 0;
  for (const row& r : Space::rows)
    if (count <= slot(r.number)) count = slot(r.number) + 1;
  return count;
}

// For each slot 1 + the index of the row that names it, 0 where there is none: of two rows with one number the first.
template <class Space>
inline constexpr auto row_at = [] {
  static_assert(Space::rows.size() < 255, "row numbers are bytes");
  std::array<std::uint8_t, slot_count<Space>()> result{};
  for (std::size_t i = Space::rows.size(); i-- != 0;)
    result[slot(Space::rows[i].number)] = static_cast<std::uint8_t>(i + 1);
  return result;
}();

// For each slot the condition that owns it: classifying is one load.
template <class Space>
inline constexpr auto condition_at = [] {
  std::array<std::uint8_t, slot_count<Space>()> result{};
  for (std::size_t i = 1; i != result.size(); ++i) {
    const std::size_t index = row_at<Space>[i];
    result[i] = static_cast<std::uint8_t>(index != 0 ? owner(Space::rows[index - 1].what) : condition::other);
  }
  return result;
}();

template <class Space>
constexpr const row* find(int number) noexcept {
  const std::size_t at = slot(number);
  if (at >= row_at<Space>.size() || row_at<Space>[at] == 0) return nullptr;
  return &Space::rows[row_at<Space>[at] - std::size_t{1}];
}

template <class Space>
constexpr condition classify(int number) noexcept {
  const std::size_t at = slot(number);
  return at < condition_at<Space>.size() ? static_cast<condition>(condition_at<Space>[at]) : condition::other;
}

}  // namespace detail

/// The node of the tree that owns a code (errc, resolver_errc or windows_errc).
/// Returns: `condition::none` for 0, `condition::other` for a number that no row of the table has.
template <class Code, class Space = detail::space_of_t<Code>>
[[nodiscard]] constexpr condition classify(Code code) noexcept {
  return detail::classify<Space>(static_cast<int>(code));
}

/// The symbolic name of a code (errc, resolver_errc or windows_errc).
/// Returns: "ECONNREFUSED"; "" where the number is unknown. Where two symbols share the number, the usual one: EAGAIN.
template <class Code, class Space = detail::space_of_t<Code>>
[[nodiscard]] constexpr std::string_view symbol(Code code) noexcept {
  const detail::row* const row = detail::find<Space>(static_cast<int>(code));
  return row != nullptr ? row->symbol.of(Space::symbols) : std::string_view{};
}

/// A code (errc, resolver_errc or windows_errc) in words: English, ASCII, the same on every platform.
/// Returns: "Connection refused"; "No error" for 0, "Unknown error" where the number is unknown.
template <class Code, class Space = detail::space_of_t<Code>>
[[nodiscard]] constexpr std::string_view message(Code code) noexcept {
  if (const detail::row* const row = detail::find<Space>(static_cast<int>(code))) return detail::message(row->what);
  return code == Code{} ? "No error" : "Unknown error";
}

/// The code that a symbolic name stands for: `from_symbol("ECONNREFUSED")`, `from_symbol<resolver_errc>("EAI_NONAME")`.
/// Returns: nothing where this platform has no such name. Names are matched as they are written, in capitals.
template <class Code = errc, class Space = detail::space_of_t<Code>>
[[nodiscard]] constexpr std::optional<Code> from_symbol(std::string_view symbol) noexcept {
  for (const detail::row& row : Space::rows)
    if (row.symbol.of(Space::symbols) == symbol) return static_cast<Code>(row.number);
  return std::nullopt;
}

/// What the table knows about a code. The texts live as long as the program.
template <class Code>
struct basic_code_info {
  Code code;
  std::string_view symbol;       ///< "ECONNREFUSED"
  sockerr::condition condition;  ///< the node that owns it
  std::string_view message;      ///< "Connection refused"
  std::string_view cause;        ///< one sentence for a person
};

using code_info = basic_code_info<errc>;

/// The rows of the table for one kind of code, in the table's order. A number that has two symbols has two rows.
template <class Code>
class code_range {
  using space = detail::space_of_t<Code>;

 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = basic_code_info<Code>;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = value_type;

    constexpr iterator() noexcept = default;
    [[nodiscard]] constexpr value_type operator*() const noexcept {
      return {static_cast<Code>(row_->number), row_->symbol.of(space::symbols), detail::owner(row_->what),
              detail::message(row_->what), detail::cause(row_->what)};
    }
    constexpr iterator& operator++() noexcept {
      ++row_;
      return *this;
    }
    constexpr iterator operator++(int) noexcept {
      const iterator before = *this;
      ++row_;
      return before;
    }
    [[nodiscard]] friend constexpr bool operator==(iterator a, iterator b) noexcept { return a.row_ == b.row_; }
    [[nodiscard]] friend constexpr bool operator!=(iterator a, iterator b) noexcept { return a.row_ != b.row_; }

   private:
    friend class code_range;
    constexpr explicit iterator(const detail::row* row) noexcept : row_{row} {}
    const detail::row* row_ = nullptr;
  };

  [[nodiscard]] constexpr iterator begin() const noexcept { return iterator{space::rows.data()}; }
  [[nodiscard]] constexpr iterator end() const noexcept { return iterator{space::rows.data() + size()}; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return space::rows.size(); }
};

/// Everything that the table holds: `for (sockerr::code_info info : sockerr::codes())`.
/// Returns: a range of code_info; `codes<resolver_errc>()` and `codes<windows_errc>()` give those of the other kinds.
template <class Code = errc>
[[nodiscard]] constexpr code_range<Code> codes() noexcept {
  return {};
}

}  // namespace sockerr

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ERRC_HPP
#define SOCKERR_ERRC_HPP

#include <cerrno>       // IWYU pragma: keep // ECONNREFUSED and the like: they differ per system and architecture
#include <cstddef>      // size_t, ptrdiff_t
#include <cstdint>      // uint8_t, uint16_t
#include <optional>     // optional
#include <string_view>  // string_view, size, input_iterator_tag (<iterator> would bring streams along)

#include "condition.hpp"
#include "operation.hpp"

// clang lets a template have no more visibility than its arguments, and the categories are made of these.
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#define SOCKERR_COLD [[gnu::noinline, gnu::cold]]
#else
#define SOCKERR_COLD
#endif

namespace sockerr {
inline namespace v1_0 {

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

/// An error that this library itself decides. Where an errno means the same, the number is that of errno. Converts to
/// std::error_code, of library_category(), which compares with errc and std::errc as that errno does.
enum class library_errc : int {
#define SOCKERR_LIBRARY(name, symbol, number) name = static_cast<int>(number),
#include "codes.def"
};

/// A WSA or Win32 number on any platform, for one that came from elsewhere (a log, a peer): `windows_errc{10061}`. An
/// HRESULT of facility 7, 0x8007274D, counts as the Win32 code in it.
enum class windows_errc : int {};

}  // namespace v1_0
}  // namespace sockerr

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

namespace sockerr {
inline namespace v1_0 {
namespace detail {

// What can go wrong, each with its own words; the number spaces below say which numbers stand for it.
enum class error_id : std::uint16_t {
#define SOCKERR_ERROR(name, owner, message) name,
#include "codes.def"
};

// Arrays, each as long as the longest: pointers would cost relocations at program start.
struct error_words {
  condition owner;
  char message[44];
};
inline constexpr error_words errors[] = {
#define SOCKERR_ERROR(name, owner, message) {condition::owner, message},
#include "codes.def"
};

// The cause of each error that has none of its own.
#define SOCKERR_SHARED_CAUSE \
  "No socket call gives this error by itself. It comes from another part of the program or of the system."

// All causes are one text, each with an end: pointers would cost relocations at program start.
inline constexpr char cause_texts[] = SOCKERR_SHARED_CAUSE "\0"
#define SOCKERR_CAUSE(name, during, found, advice, cause) cause "\0"
#include "codes.def"
    ;
static_assert(sizeof cause_texts <= 0xffff, "a cause has 16 bits for its place");

// Why an error comes and what to do about it, for an operation and a circumstance. The first one of each error is its
// general one.
struct cause_row {
  error_id of;
  operation during;
  circumstance found;
  retry_advice advice;
  std::uint8_t size;  // of its text
};
inline constexpr cause_row causes[] = {
#define SOCKERR_CAUSE(name, during, found, advice, cause) \
  {error_id::name, operation::during, circumstance::found, retry_advice::advice, sizeof(cause) - 1},
#include "codes.def"
};

// Where the causes of each error begin, in its place and that of the next, and where each cause stands in the text.
struct cause_places {
  std::uint16_t begin[std::size(errors) + 1];
  std::uint16_t text[std::size(causes)];
};
constexpr cause_places make_cause_places() noexcept {
  cause_places result{};
  std::size_t next = 0;
  std::size_t text = sizeof SOCKERR_SHARED_CAUSE;
  for (std::size_t e = 0; e != std::size(errors); ++e) {
    result.begin[e] = static_cast<std::uint16_t>(next);
    for (; next != std::size(causes) && causes[next].of == static_cast<error_id>(e); ++next) {
      result.text[next] = static_cast<std::uint16_t>(text);
      text += causes[next].size + std::size_t{1};
    }
  }
  result.begin[std::size(errors)] = static_cast<std::uint16_t>(next);
  return result;
}
inline constexpr auto cause_place = make_cause_places();
static_assert(cause_place.begin[std::size(errors)] == std::size(causes), "causes stand in the order of their errors");

// A cause and its advice.
struct explanation {
  std::string_view cause;
  retry_advice advice;
};
constexpr explanation shared_explanation() noexcept {
  return {{cause_texts, sizeof SOCKERR_SHARED_CAUSE - 1}, retry_advice::never};
}
#undef SOCKERR_SHARED_CAUSE

constexpr condition owner(error_id e) noexcept { return errors[static_cast<std::size_t>(e)].owner; }
constexpr std::string_view message(error_id e) noexcept { return errors[static_cast<std::size_t>(e)].message; }

// The call that does the work of an operation: what goes wrong in send_all goes wrong in send.
constexpr operation call_of(operation during) noexcept {
  if (during == operation::send_all) return operation::send;
  return during == operation::recv_exactly ? operation::recv : during;
}

// Returns: of the rows for the operation and the circumstance, for the operation, and for the error in general, the
// first that there is.
constexpr explanation explain(error_id e, operation during, circumstance found) noexcept {
  const std::size_t begin = cause_place.begin[static_cast<std::size_t>(e)];
  const std::size_t end = cause_place.begin[static_cast<std::size_t>(e) + 1];
  if (begin == end) return shared_explanation();
  std::size_t best = begin;
  int best_rank = 0;
  for (std::size_t i = begin; i != end; ++i) {
    const cause_row& row = causes[i];
    // What was found out about a call is true of the many of them too; what the call itself says is not, since that is
    // about doing it again.
    const bool is_evidence = row.during == call_of(during) && row.found == found && found != circumstance::none;
    if (row.during != during && !is_evidence) continue;
    if (row.found != found && row.found != circumstance::none) continue;
    const int rank = (row.during == during ? 1 : 0) + (row.found == found ? 2 : 0);
    if (rank <= best_rank) continue;
    best = i;
    best_rank = rank;
  }
  return {{cause_texts + cause_place.text[best], causes[best].size}, causes[best].advice};
}

// Whoever knows no more than the code and the operation does not know how many bytes have moved.
constexpr retry_advice advice_of(error_id e, operation during, circumstance found) noexcept {
  return call_of(during) != during ? retry_advice::never : explain(e, during, found).advice;
}

// The error of the name of each node, by its number: of a code of which only the node is known. It is the first one in
// the table that the node owns.
struct node_errors {
  error_id of[node_limit];
};
constexpr node_errors make_node_errors() noexcept {
  node_errors result{};
  for (std::size_t e = std::size(errors); e != 0; --e)
    result.of[static_cast<unsigned>(errors[e - 1].owner)] = static_cast<error_id>(e - 1);
  return result;
}
inline constexpr auto node_error = make_node_errors();
constexpr error_id error_of(condition c) noexcept {
  return node_error.of[is_known(c) ? static_cast<unsigned>(c) : static_cast<unsigned>(condition::other)];
}

// What a number counts as. One number means different things in different spaces, so every code is looked up in its
// own.
enum class number_space : std::uint8_t {
  posix,       // errno
  windows,     // WSA and Win32
  library,     // library_errc
  resolver,    // resolver_errc
  netdb,       // h_errno
  addrinfo,    // EAI
  misc,        // asio::error::misc_errors
  ssl,         // OpenSSL
  ssl_stream,  // asio::ssl::error::stream_errors
  beast,       // boost::beast::error
  http,        // boost::beast::http::error
  websocket,   // boost::beast::websocket::error
  condition,   // sockerr::condition
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
struct space_of<library_errc> {
  static constexpr auto value = number_space::library;
};
template <>
struct space_of<windows_errc> {
  static constexpr auto value = number_space::windows;
};

// A number, the error that it stands for and its symbol.
struct row {
  int number;
  error_id what;
  char symbol[33];
};

// The rows of a space, in the order of codes.def.
template <number_space Space>
struct table {};
template <>
struct table<number_space::posix> {
  static constexpr row rows[] = {
#define SOCKERR_ERRNO(name, symbol) {symbol, error_id::name, #symbol},
#include "codes.def"
  };
};
template <>
struct table<number_space::windows> {
  static constexpr row rows[] = {
#define SOCKERR_WINDOWS(name, symbol, number) {number, error_id::name, #symbol},
#define SOCKERR_WINDOWS_ALSO(name, symbol, number) {number, error_id::name, #symbol},
#define SOCKERR_WINDOWS_FAR(name, symbol, number) {number, error_id::name, #symbol},
#include "codes.def"
  };
};
template <>
struct table<number_space::library> {
  static constexpr row rows[] = {
#define SOCKERR_LIBRARY(name, symbol, number) {static_cast<int>(number), error_id::name, #symbol},
#include "codes.def"
  };
};
template <>
struct table<number_space::resolver> {
  static constexpr row rows[] = {
#define SOCKERR_RESOLVER(name, symbol, number) {number, error_id::name, #symbol},
#include "codes.def"
  };
};

// The rows of other libraries' categories, which are few. Their symbols are longer.
struct foreign_row {
  int number;
  error_id what;
  number_space space;
  char symbol[44];
};
inline constexpr foreign_row foreign_rows[] = {
#define SOCKERR_FOREIGN(space, name, symbol, number) {number, error_id::name, number_space::space, #symbol},
#include "codes.def"
};

// The largest errno.
constexpr int find_last_errno() noexcept {
  int last = 0;
  for (const row& r : table<number_space::posix>::rows)
    if (last < r.number) last = r.number;
  return last;
}
inline constexpr int last_errno = find_last_errno();

// Whether the numbers of a space lie too far apart for a table with a slot for each, as those of errno do on some
// systems (Hurd, Haiku) and those of library_errc.
template <number_space Space>
constexpr bool is_sparse() noexcept {
  for (const row& r : table<Space>::rows)
    if (r.number < 0 || r.number > 0x4000) return true;
  return false;
}

// The number that another one stands for in disguise: an errno that a system call of the kernel's returned is
// negative; an HRESULT of facility 7 (0x8007....) holds a Win32 code (Microsoft, "Structure of COM Error Codes").
// Returns: 0 where it is no such number.
template <number_space Space>
constexpr int undisguise(int number) noexcept {
  if constexpr (Space == number_space::windows)
    return (static_cast<unsigned>(number) & 0xffff0000U) == 0x80070000U ? number & 0xffff : 0;
  else if constexpr (Space == number_space::posix)
    return number < 0 && number >= -4095 ? -number : 0;
  else
    return 0;
}

// Where a number stands in the dense tables below; what has no slot lands beyond them. The gaps between Win32, DNS, WSA
// and WinHTTP codes are left out, which keeps the tables of Windows small.
template <number_space Space>
constexpr std::size_t slot(int number) noexcept {
  constexpr auto beyond = static_cast<std::size_t>(-1);
  if constexpr (is_sparse<Space>()) {
    std::size_t place = 0;
    if (number == 0) return place;
    for (const row& r : table<Space>::rows) {
      ++place;
      if (r.number == number) return place;
    }
    return beyond;
  } else {
    if constexpr (Space == number_space::windows) {
      struct piece {
        int begin;
        int end;
      };
      constexpr piece pieces[] = {{0, 2300},      {9001, 9006},   {9501, 9555},
                                  {10000, 10120}, {11001, 11040}, {12002, 12031}};
      int before = 0;
      for (const piece& p : pieces) {
        if (number < p.begin) return beyond;
        if (number < p.end) return static_cast<unsigned>(before + (number - p.begin));
        before += p.end - p.begin;
      }
      return beyond;
    }
    return static_cast<unsigned>(number);
  }
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
  std::size_t at = slot<Space>(number);
  if (at >= slot_bytes<Space>::count) at = slot<Space>(undisguise<Space>(number));
  return at < slot_bytes<Space>::count ? row_at<Space>.at[at] : std::size_t{0};
}

// What a number stands for; `other` where no row has it.
template <number_space Space>
constexpr error_id error_of(int number) noexcept {
  const std::size_t at = place<Space>(number);
  return at != 0 ? table<Space>::rows[at - 1].what : error_id::other;
}

// Out of line and marked as rare, so that what compares codes stays small.
template <number_space Space>
SOCKERR_COLD constexpr condition classify_rare(int number) noexcept {
  const std::size_t at = slot<Space>(undisguise<Space>(number));
  return at != 0 && at < slot_bytes<Space>::count ? static_cast<condition>(condition_at<Space>.at[at])
                                                  : condition::other;
}

template <number_space Space>
constexpr condition classify(int number) noexcept {
  const std::size_t at = slot<Space>(number);
  return at < slot_bytes<Space>::count ? static_cast<condition>(condition_at<Space>.at[at])
                                       : classify_rare<Space>(number);
}

}  // namespace detail

/// The node of the tree that owns a code (errc, resolver_errc, library_errc or windows_errc).
/// Returns: `condition::none` for 0, `condition::other` for a number that no row of the table has.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr condition classify(Code code) noexcept {
  return detail::classify<Space>(static_cast<int>(code));
}

/// The symbolic name of a code (errc, resolver_errc, library_errc or windows_errc).
/// Returns: "ECONNREFUSED"; "" where the number is unknown. Where two symbols share the number, the usual one: EAGAIN.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::string_view symbol(Code code) noexcept {
  const std::size_t at = detail::place<Space>(static_cast<int>(code));
  return at != 0 ? detail::table<Space>::rows[at - 1].symbol : "";
}

/// A code (errc, resolver_errc, library_errc or windows_errc) in words: English, ASCII, the same on every platform.
/// Returns: "Connection refused"; "No error" for 0, "Unknown error" where the number is unknown.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::string_view message(Code code) noexcept {
  const std::size_t at = detail::place<Space>(static_cast<int>(code));
  if (at != 0) return detail::message(detail::table<Space>::rows[at - 1].what);
  return code == Code{} ? "No error" : "Unknown error";
}

/// Why a code (errc, resolver_errc, library_errc or windows_errc) comes, in one or two sentences for a person: what
/// happened, and what to do.
/// Returns: what the table has for the operation and the circumstance, else for the operation, else for the error; ""
/// for 0.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::string_view cause(Code code, operation during = operation::unknown,
                                               circumstance found = circumstance::none) noexcept {
  if (code == Code{}) return {};
  return detail::explain(detail::error_of<Space>(static_cast<int>(code)), during, found).cause;
}

/// Whether, and how, the operation that gave a code (errc, resolver_errc, library_errc or windows_errc) is worth
/// another try. It stands in the same row as the cause. Returns: `never` for 0, for send_all and recv_exactly, of which
/// bytes may have moved, and where nothing is known.
template <class Code, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr retry_advice advise(Code code, operation during = operation::unknown,
                                            circumstance found = circumstance::none) noexcept {
  if (code == Code{}) return retry_advice::never;
  return detail::advice_of(detail::error_of<Space>(static_cast<int>(code)), during, found);
}

/// The code that a symbolic name stands for: `from_symbol("ECONNREFUSED")`, `from_symbol<resolver_errc>("EAI_NONAME")`.
/// Returns: nothing where this platform has no such name. Names are matched as they are written, in capitals.
template <class Code = errc, detail::number_space Space = detail::space_of<Code>::value>
[[nodiscard]] constexpr std::optional<Code> from_symbol(std::string_view symbol) noexcept {
  for (const detail::row& row : detail::table<Space>::rows)
    if (row.symbol == symbol) return static_cast<Code>(row.number);
  return std::nullopt;
}

namespace detail {

template <number_space Space>
constexpr std::optional<condition> condition_from(std::string_view symbol) noexcept {
  for (const row& r : table<Space>::rows)
    if (symbol == r.symbol) return owner(r.what);
  return std::nullopt;
}

// The symbols of errno of all platforms, with the condition that each belongs to.
struct symbol_row {
  condition owner;
  char symbol[16];
};
inline constexpr symbol_row errno_symbols[] = {
#define SOCKERR_ALL_SYMBOLS
#define SOCKERR_ERRNO(name, symbol) {detail::owner(error_id::name), #symbol},
#define SOCKERR_OTHER(name, symbol, message) {condition::other, "E" #symbol},
#include "codes.def"
};

}  // namespace detail

/// The condition that a symbolic name of any platform belongs to, on any platform, as a log holds it: "ECONNREFUSED",
/// "WSAECONNREFUSED", "EAI_AGAIN".
/// Returns: nothing where the table does not have the name. Names are matched as they are written, in capitals.
[[nodiscard]] constexpr std::optional<condition> condition_from_symbol(std::string_view symbol) noexcept {
  for (const detail::symbol_row& r : detail::errno_symbols)
    if (symbol == r.symbol) return r.owner;
  if (const auto c = detail::condition_from<detail::number_space::windows>(symbol)) return c;
  if (const auto c = detail::condition_from<detail::number_space::resolver>(symbol)) return c;
  if (const auto c = detail::condition_from<detail::number_space::library>(symbol)) return c;
  return std::nullopt;
}

/// What the table knows about a code. The texts live as long as the program.
template <class Code>
struct basic_code_info {
  Code code;                     ///< the number
  std::string_view symbol;       ///< "ECONNREFUSED"
  sockerr::condition condition;  ///< the node that owns it
  std::string_view message;      ///< "Connection refused"
  std::string_view cause;        ///< the likely cause, and what helps, for a person
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
              detail::explain(row_->what, operation::unknown, circumstance::none).cause};
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

}  // namespace v1_0
}  // namespace sockerr

#undef SOCKERR_COLD

#endif

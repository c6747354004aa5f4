// SPDX-License-Identifier: MIT
#ifndef SOCKERR_EXCEPTION_HPP
#define SOCKERR_EXCEPTION_HPP

#include <cstddef>       // size_t
#include <cstdint>       // uint16_t, uint_least32_t
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code, system_error
#include <utility>       // swap
#if __has_include(<version>)
#include <version>  // IWYU pragma: keep // __cpp_lib_source_location
#endif
#if defined(__cpp_lib_source_location)
#include <source_location>  // source_location
#endif

#include "classify.hpp"
#include "detail/text.hpp"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#define SOCKERR_INLINE [[gnu::always_inline]]
#define SOCKERR_NOINLINE [[gnu::noinline]]
#else
#define SOCKERR_INLINE
#define SOCKERR_NOINLINE
#endif

namespace sockerr {

/// A place in the source. The same class in every language version, so that objects compiled as C++17 and as C++20 can
/// exchange exceptions, which std::source_location would not allow. Where std::source_location exists, it converts to
/// this.
class source_location {
 public:
  /// No place: the names are "", the line is 0.
  constexpr source_location() noexcept = default;

#if defined(__cpp_lib_source_location)
  /// The same place, without the column.
  constexpr source_location(const std::source_location& place) noexcept
      : file_{place.file_name()}, function_{place.function_name()}, line_{place.line()} {}
#endif

  /// Returns: the place of the call; as a default argument, the place where the function is called.
  [[nodiscard]] static constexpr source_location current(const char* file = __builtin_FILE(),
                                                         const char* function = __builtin_FUNCTION(),
                                                         std::uint_least32_t line = __builtin_LINE()) noexcept {
    source_location here;
    here.file_ = file;
    here.function_ = function;
    here.line_ = line;
    return here;
  }

  /// Returns: the name of the file, as the compiler was given it.
  [[nodiscard]] constexpr const char* file_name() const noexcept { return file_; }
  /// Returns: the name of the function.
  [[nodiscard]] constexpr const char* function_name() const noexcept { return function_; }
  /// Returns: the line, from 1.
  [[nodiscard]] constexpr std::uint_least32_t line() const noexcept { return line_; }

 private:
  const char* file_ = "";
  const char* function_ = "";
  std::uint_least32_t line_ = 0;
};

struct attempt;      // <sockerr/attempt.hpp>
class attempt_list;  // <sockerr/attempt.hpp>

namespace detail {

// What does not fit in the fixed buffer of an exception, and several exceptions share: the interface alone, since what
// it takes to hold the attempts of connect_to costs a compiler as much as all the rest.
class report {
 public:
  // Returns: a new one, with one owner, that tells of the same, for an exception whose text is `what`.
  virtual const report* copy(std::string_view what) const = 0;
  // Returns: likewise, with a note at the end, instead of another note.
  virtual const report* noted(std::string_view note) const = 0;
  virtual void add_owner() const noexcept = 0;
  virtual void remove_owner() const noexcept = 0;  // the last one takes it along
  virtual const char* what() const noexcept = 0;
  virtual attempt_list attempts() const noexcept = 0;

 protected:
  ~report() = default;
};

}  // namespace detail

/// What a wrapper knows beside the code.
struct error_context {
  sockerr::operation operation = operation::unknown;   ///< the call that failed
  std::string_view peer = {};                          ///< "127.0.0.1:65432"; "" where there is none
  std::string_view local = {};                         ///< likewise
  bool by_deadline = false;                            ///< our deadline, not the kernel's timeout
  source_location where = source_location::current();  ///< the caller's place
  const detail::report* attempts = nullptr;            ///< an attempt_report of what connect_to tried; copied
};

#if defined(__cpp_exceptions)

namespace detail {

struct thrower;
class retry_loop;

// A part of an exception's texts.
struct text {
  std::uint16_t offset;
  std::uint16_t size;

  std::string_view of(const char* texts) const noexcept { return {texts + offset, size}; }
};

// Makes a text from elsewhere fit to be shown: each byte that is no part of a character that may be
// shown becomes '?'.
inline void make_shown(char* begin, const char* end) noexcept {
  while (begin != end) {
    const std::size_t size = shown_size({begin, static_cast<std::size_t>(end - begin)});
    if (size == 0) *begin = '?';
    begin += size == 0 ? 1 : size;
  }
}

// Writes into a fixed buffer: what does not fit is cut. Keeps the text terminated.
class text_writer {
 public:
  text_writer(char* begin, std::size_t size) noexcept : begin_{begin}, at_{begin}, end_{begin + size - 1} { *at_ = 0; }

  // Texts of our own.
  text_writer& operator<<(std::string_view text) noexcept {
    const auto room = static_cast<std::size_t>(end_ - at_);
    at_ += text.copy(at_, room);
    *at_ = 0;
    return *this;
  }

  // A text from elsewhere.
  // Returns: where it stands.
  text subject(std::string_view text, std::size_t longest) noexcept {
    char* const begin = at_;
    if (text.size() > longest)
      *this << text.substr(0, longest - 3) << "...";
    else
      *this << text;
    make_shown(begin, at_);
    return {static_cast<std::uint16_t>(begin - begin_), static_cast<std::uint16_t>(at_ - begin)};
  }

  std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

 private:
  char* begin_;
  char* at_;
  char* end_;
};

// Owns a report together with others, or none.
class shared_report {
 public:
  shared_report() noexcept = default;
  explicit shared_report(const report* newborn) noexcept : report_{newborn} {}

  shared_report(const shared_report& other) noexcept : report_{other.report_} {
    if (report_ != nullptr) report_->add_owner();
  }
  shared_report& operator=(shared_report other) noexcept {
    std::swap(report_, other.report_);
    return *this;
  }
  ~shared_report() {
    if (report_ != nullptr) report_->remove_owner();
  }

  explicit operator bool() const noexcept { return report_ != nullptr; }
  const report* operator->() const noexcept { return report_; }

 private:
  const report* report_ = nullptr;
};

}  // namespace detail

/// The root of the exception classes: every error that this library throws, and the class of `condition::other`.
///
/// Below it stands one class for each condition, under its name and in the same tree: an exception is caught by
/// `catch (const sockerr::X&)` if and only if its code() == sockerr::condition::X. Copying never throws.
class socket_error : public std::system_error {
 public:
  /// Returns: "connect 127.0.0.1:65432: ECONNREFUSED: Connection refused". Where several addresses were tried, the
  /// errors of all follow; where attempts were repeated, their number. No control characters.
  [[nodiscard]] const char* what() const noexcept override { return more_ ? more_->what() : text_; }

  /// Returns: classify(code()).
  [[nodiscard]] sockerr::condition condition() const noexcept { return classify(code()); }
  /// Returns: the call that failed.
  [[nodiscard]] sockerr::operation operation() const noexcept { return operation_; }
  /// Returns: the far end, "127.0.0.1:65432", "[::1]:80", "/run/server.sock", "host:service"; "" where there is none.
  /// Control characters in it, and what is not UTF-8, are shown as '?', and a very long one is cut.
  [[nodiscard]] std::string_view peer() const noexcept { return peer_.of(text_); }
  /// Returns: the near end, in the same form; "" where there is none.
  [[nodiscard]] std::string_view local() const noexcept { return local_.of(text_); }
  /// Returns: "ECONNREFUSED"; "" where the code has no name.
  [[nodiscard]] std::string_view symbol() const noexcept { return sockerr::symbol(code()); }
  /// Returns: why this error comes in this operation, in one sentence for a person.
  [[nodiscard]] std::string_view cause() const noexcept { return sockerr::cause(code(), operation_); }
  /// Returns: whether, and how, another try may help.
  [[nodiscard]] retry_advice advice() const noexcept { return advise(code(), operation_); }
  /// Returns: true if a deadline of ours has passed; false for the kernel's own timeout and for all other errors.
  [[nodiscard]] bool by_deadline() const noexcept { return by_deadline_; }
  /// Returns: the caller's file, line and function.
  [[nodiscard]] source_location where() const noexcept { return where_; }
  /// Returns: the attempts of connect_to, one for each address, in the order tried; empty for everything else. To call
  /// it takes <sockerr/attempt.hpp>.
  [[nodiscard]] inline attempt_list attempts() const noexcept;
  /// Returns: how many times retry or connect_with_retry tried before giving up; 0 without them.
  [[nodiscard]] int tries() const noexcept { return tries_; }

 protected:
  /// For throw_error().
  socket_error(const std::error_code& ec, const error_context& context)
      : std::system_error{ec}, operation_{context.operation}, by_deadline_{context.by_deadline}, where_{context.where} {
    detail::text_writer out{text_, last_part};
    if (operation_ != sockerr::operation::unknown) out << name(operation_);
    const bool at_local_end = context.peer.empty();
    const std::string_view subject = at_local_end ? context.local : context.peer;
    if (out.size() != 0 && !subject.empty()) out << " ";
    (at_local_end ? local_ : peer_) = out.subject(subject, longest_subject);
    if (out.size() != 0) out << ": ";
    const detail::finding f = detail::find(ec);
    if (f.found != nullptr)
      out << f.found->symbol << ": " << detail::message(f.found->what);
    else
      out.subject(ec.message(), sizeof text_);
    end_ = static_cast<std::uint16_t>(out.size());
    if (!at_local_end) {
      detail::text_writer rest{text_ + last_part, sizeof text_ - last_part};
      local_ = rest.subject(context.local, longest_subject);
      local_.offset = last_part;
    }
    if (context.attempts != nullptr) more_ = detail::shared_report{context.attempts->copy(text_)};
  }

 private:
  friend struct detail::thrower;
  friend class detail::retry_loop;

  // Notes that the operation was repeated, and that no more is to come.
  void gave_up_after(int tries) {
    tries_ = tries;
    if (tries < 2) return;
    const std::string note = " (gave up after " + std::to_string(tries) + " attempts)";
    if (more_)
      more_ = detail::shared_report{more_->noted(note)};
    else
      detail::text_writer{text_ + end_, std::size_t{last_part} - end_} << note;
  }

  // In text_ stands what(), and from last_part on local(), unless that is what what() is about. There is room for the
  // longest operation, symbol and message, an end, and the note on repeated attempts.
  static constexpr std::size_t longest_subject = 150;
  static constexpr std::uint16_t last_part = 312;

  char text_[464];
  detail::text peer_{};
  detail::text local_{};
  std::uint16_t end_ = 0;
  sockerr::operation operation_;
  bool by_deadline_;
  int tries_ = 0;
  source_location where_;
  detail::shared_report more_;
};

namespace detail::tree {
using none = socket_error;  // what stands above a top node
}

#define SOCKERR_CONDITION(name, parent, message)                                                         \
  class name : public detail::tree::parent {                                                             \
   protected:                                                                                            \
    name(const std::error_code& ec, const error_context& context) : detail::tree::parent{ec, context} {} \
                                                                                                         \
   private:                                                                                              \
    friend struct detail::thrower;                                                                       \
  };                                                                                                     \
  namespace detail::tree {                                                                               \
  using sockerr::name;                                                                                   \
  }
#include "codes.def"

namespace detail {

struct thrower {
  // Out of line: otherwise one function would hold the clean-up of every class, and the unwinder would search it all.
  template <class Exception>
  SOCKERR_NOINLINE [[noreturn]] static void raise(const std::error_code& ec, const error_context& context) {
    throw Exception{ec, context};
  }

  // Returns: what raises the class for a code; one whose value is 0 is made an error first.
  SOCKERR_NOINLINE static auto pick(std::error_code& ec) noexcept {
    if (ec.value() == 0) ec = errc::invalid_argument;
    switch (sockerr::classify(ec)) {
// clang-format off
#define SOCKERR_CONDITION(name, parent, message) \
      case sockerr::condition::name: return &raise<sockerr::name>;
#include "codes.def"
      // clang-format on
      case sockerr::condition::none:
      case sockerr::condition::other: break;
    }
    return &raise<socket_error>;
  }
};

}  // namespace detail

/// Throws the exception class of the condition that owns a code; the only `throw` of the library.
/// Throws: the class named as classify(ec); socket_error itself for `condition::other`; for a code whose value is 0,
/// which is no error, invalid_argument, a usage_error.
SOCKERR_INLINE [[noreturn]] inline void throw_error(std::error_code ec, error_context context = {}) {
  // Inlined everywhere, and what throws is called from here: each function on the way costs a tenth of a throw. (The
  // loop tells compilers that nothing returns.)
  for (;;) detail::thrower::pick(ec)(ec, context);
}

#endif  // defined(__cpp_exceptions)

}  // namespace sockerr

#undef SOCKERR_INLINE
#undef SOCKERR_NOINLINE
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_EXCEPTION_HPP
#define SOCKERR_EXCEPTION_HPP

#include <cstddef>       // size_t
#include <exception>     // current_exception, exception_ptr
#include <new>           // bad_alloc
#include <string_view>   // string_view
#include <system_error>  // error_code, system_error

#include "error.hpp"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#define SOCKERR_INLINE [[gnu::always_inline]]
#define SOCKERR_NOINLINE [[gnu::noinline]]
#else
#define SOCKERR_INLINE
#define SOCKERR_NOINLINE
#endif

namespace sockerr {
inline namespace v1_0 {

#if defined(__cpp_exceptions)

namespace detail {

struct thrower;

// Makes the error of an exception in the exception itself: an error that were alive where it is thrown would have to be
// destroyed there, which takes the unwinder half as long again.
struct error_maker {
  error (*make)(const void* context) noexcept;
  const void* context;
};

// Returns: the code that a std::system_error can be made of, which asks its category for a message. One whose category
// throws is replaced by the condition that owns it.
inline std::error_code code_with_message(const std::error_code& ec) noexcept {
  if (find(ec).has_words) return ec;
  try {
    static_cast<void>(ec.message());
    return ec;
  } catch (const std::bad_alloc&) {
    return ec;
  } catch (...) {
    return {static_cast<int>(sockerr::classify(ec)), condition_category()};
  }
}

}  // namespace detail

/// The root of the exception classes: every error that this library throws, and the class of `condition::other`. It
/// holds an error and repeats its observers.
///
/// Below it stands one class for each condition, under its name and in the same tree: an exception is caught by
/// `catch (const sockerr::X&)` if and only if its code() == sockerr::condition::X. Copying never throws. Where the
/// category of a code throws instead of giving its message, code() is the condition, and error().code() the code.
class socket_error : public std::system_error {
 public:
  /// Returns: error().text(), "connect 127.0.0.1:65432: ECONNREFUSED: Connection refused".
  [[nodiscard]] const char* what() const noexcept override { return error_.text().data(); }

  /// Returns: all that is known, as a value to keep.
  [[nodiscard]] const sockerr::error& error() const noexcept { return error_; }

  /// Returns: error().condition().
  [[nodiscard]] sockerr::condition condition() const noexcept { return error_.condition(); }
  /// Returns: error().operation().
  [[nodiscard]] sockerr::operation operation() const noexcept { return error_.operation(); }
  /// Returns: error().circumstance().
  [[nodiscard]] sockerr::circumstance circumstance() const noexcept { return error_.circumstance(); }
  /// Returns: error().host(), as long as this exception lives.
  [[nodiscard]] std::string_view host() const noexcept { return error_.host(); }
  /// Returns: error().peer(), as long as this exception lives.
  [[nodiscard]] std::string_view peer() const noexcept { return error_.peer(); }
  /// Returns: error().local(), as long as this exception lives.
  [[nodiscard]] std::string_view local() const noexcept { return error_.local(); }
  /// Returns: error().reporter(), as long as this exception lives.
  [[nodiscard]] std::string_view reporter() const noexcept { return error_.reporter(); }
  /// Returns: error().note(), as long as this exception lives.
  [[nodiscard]] std::string_view note() const noexcept { return error_.note(); }
  /// Returns: error().symbol().
  [[nodiscard]] std::string_view symbol() const noexcept { return error_.symbol(); }
  /// Returns: error().message(), as long as this exception lives.
  [[nodiscard]] std::string_view message() const noexcept { return error_.message(); }
  /// Returns: error().cause().
  [[nodiscard]] std::string_view cause() const noexcept { return error_.cause(); }
  /// Returns: error().advice().
  [[nodiscard]] retry_advice advice() const noexcept { return error_.advice(); }
  /// Returns: error().fault().
  [[nodiscard]] sockerr::fault fault() const noexcept { return error_.fault(); }
  /// Returns: error().by_deadline().
  [[nodiscard]] bool by_deadline() const noexcept { return error_.by_deadline(); }
  /// Returns: error().transferred().
  [[nodiscard]] std::size_t transferred() const noexcept { return error_.transferred(); }
  /// Returns: error().attempts(). To call it takes <sockerr/attempt.hpp>.
  [[nodiscard]] inline attempt_list attempts() const noexcept;
  /// Returns: error().tries().
  [[nodiscard]] int tries() const noexcept { return error_.tries(); }
  /// Returns: error().last().
  [[nodiscard]] const std::error_code& last() const noexcept { return error_.last(); }
  /// Returns: error().where().
  [[nodiscard]] source_location where() const noexcept { return error_.where(); }

 protected:
  /// For throw_error().
  socket_error(const std::error_code& ec, const detail::error_maker& maker)
      : std::system_error{detail::code_with_message(ec)}, error_{maker.make(maker.context)} {}

 private:
  friend struct detail::thrower;

  sockerr::error error_;
};

namespace detail::tree {
using none = socket_error;  // what stands above a top node
}

#define SOCKERR_CONDITION(name, number, parent, message)                                                   \
  class name : public detail::tree::parent {                                                               \
   protected:                                                                                              \
    name(const std::error_code& ec, const detail::error_maker& maker) : detail::tree::parent{ec, maker} {} \
                                                                                                           \
   private:                                                                                                \
    friend struct detail::thrower;                                                                         \
  };                                                                                                       \
  namespace detail::tree {                                                                                 \
  using sockerr::name;                                                                                     \
  }
#include "codes.def"

namespace detail {

struct thrower {
  // Out of line: otherwise one function would hold the clean-up of every class, and the unwinder would search it all.
  template <class Exception>
  SOCKERR_NOINLINE [[noreturn]] static void raise(const std::error_code& ec, const error_maker& maker) {
    throw Exception{ec, maker};
  }

  // Hides a value from compilers: clang would make a table of addresses of the switch, to be relocated at program
  // start.
  template <class T>
  SOCKERR_INLINE static T opaque(T value) noexcept {
#if defined(__GNUC__)
    asm("" : "+r"(value));
#endif
    return value;
  }

  // Returns: what raises the class for a code.
  SOCKERR_NOINLINE static auto pick(const std::error_code& ec) noexcept {
    switch (sockerr::classify(ec)) {
// clang-format off
#define SOCKERR_CONDITION(name, number, parent, message) \
      case sockerr::condition::name: return opaque(&raise<sockerr::name>);
#include "codes.def"
      // clang-format on
      case sockerr::condition::none:
      case sockerr::condition::other: break;
    }
    return opaque(&raise<socket_error>);
  }

  // Inlined everywhere, and what throws is called from here: each function on the way costs a tenth of a throw. (The
  // loop tells compilers that nothing returns.)
  SOCKERR_INLINE [[noreturn]] static void raise_made(const std::error_code& ec, const error_maker& maker) {
    for (;;) pick(ec)(ec, maker);
  }
};

// A code that is thrown with nothing more known. What is no error cannot be thrown as one.
struct bare_error {
  std::error_code ec;
  operation during;
  source_location where;

  bare_error(const std::error_code& code, operation o, source_location place) noexcept
      : ec{code.value() != 0 ? code : make_error_code(errc::invalid_argument)}, during{o}, where{place} {}

  static error make(const void* self) noexcept {
    const auto& bare = *static_cast<const bare_error*>(self);
    return {bare.ec, bare.during, bare.where};
  }
};

}  // namespace detail

/// Throws the exception class of the condition that owns a code, `throw_error(ec, operation::connect)`. (A code alone,
/// `throw_error(ec)`, becomes an error by itself.)
/// Throws: as the form with an error.
SOCKERR_INLINE [[noreturn]] inline void throw_error(const std::error_code& ec, operation during,
                                                    source_location where = source_location::current()) {
  const detail::bare_error bare{ec, during, where};
  detail::thrower::raise_made(bare.ec, {&detail::bare_error::make, &bare});
}

/// Throws the exception class of the condition that owns the code of an error; the only `throw` of the library.
/// Throws: the class named as e.condition(), which holds a copy of `e`; socket_error itself for `condition::other`; for
/// an error without a code, which is none, invalid_argument, a usage_error.
SOCKERR_INLINE [[noreturn]] inline void throw_error(const error& e) {
  if (!e) throw_error(e.code(), e.operation(), e.where());
  constexpr auto copy = [](const void* kept) noexcept { return *static_cast<const error*>(kept); };
  detail::thrower::raise_made(e.code(), {copy, &e});
}

/// Throws an error, if there is one. Throws: as throw_error().
inline void throw_if(const error& e) {
  if (e) throw_error(e);
}

/// Throws a code, if there is one. Throws: as throw_error().
inline void throw_if(const std::error_code& ec, operation during, source_location where = source_location::current()) {
  if (ec) throw_error(ec, during, where);
}

/// The exception that throw_error() would throw, for promises and completion handlers.
/// Returns: a pointer that is never null.
[[nodiscard]] inline std::exception_ptr to_exception_ptr(const error& e) noexcept {
  try {
    throw_error(e);
  } catch (...) {
    return std::current_exception();
  }
}

/// Checks a result of the kernel's own convention, as io_uring's completions have it: a negative errno is an error.
/// Returns: `result`, which is not negative. Throws: the error otherwise; invalid_argument for what is no errno.
inline std::size_t check_result(long result, operation during = operation::unknown,
                                source_location where = source_location::current()) {
  // Linux's errno numbers end at 4095 (asm-generic/errno.h, MAX_ERRNO); a number below them is none.
  const bool is_errno = result < 0 && result >= -4095;
  if (is_errno) throw_error(std::error_code{static_cast<int>(-result), std::generic_category()}, during, where);
  if (result < 0) throw_error(errc::invalid_argument, during, where);
  return static_cast<std::size_t>(result);
}

#endif  // defined(__cpp_exceptions)

}  // namespace v1_0
}  // namespace sockerr

#undef SOCKERR_INLINE
#undef SOCKERR_NOINLINE
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

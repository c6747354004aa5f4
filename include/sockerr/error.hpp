// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ERROR_HPP
#define SOCKERR_ERROR_HPP

#include <cstdint>       // uint16_t
#include <cstring>       // memcpy, size_t
#include <string>        // string
#include <string_view>   // string_view
#include <system_error>  // error_code, is_error_code_enum_v
#include <type_traits>   // conjunction_v, enable_if_t, is_same, void_t and the like
#include <utility>       // declval, exchange, move, swap

#include "classify.hpp"
#include "detail/text.hpp"
#include "source_location.hpp"

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace sockerr {
inline namespace v1_0 {

struct attempt;      // <sockerr/attempt.hpp>
class attempt_list;  // <sockerr/attempt.hpp>
class error;

namespace detail {

struct error_access;

// The attempts of connect_to, which errors share: the interface alone, since what it takes to hold them costs a
// compiler as much as all the rest.
class attempt_store {
 public:
  virtual void add_owner() const noexcept = 0;
  virtual void remove_owner() const noexcept = 0;  // the last one takes it along
  virtual attempt_list attempts() const noexcept = 0;
  virtual std::size_t count() const noexcept = 0;
  // Writes what came of each address; without their ports, where these stand behind the name of the host.
  virtual void write(text_writer& out, bool without_ports) const noexcept = 0;

 protected:
  ~attempt_store() = default;
};

// Owns a store together with others, or none.
class shared_attempts {
 public:
  shared_attempts() noexcept = default;
  explicit shared_attempts(const attempt_store* adopted) noexcept : store_{adopted} {}
  shared_attempts(const shared_attempts& other) noexcept : store_{other.store_} {
    if (store_ != nullptr) store_->add_owner();
  }
  shared_attempts(shared_attempts&& other) noexcept : store_{std::exchange(other.store_, nullptr)} {}
  shared_attempts& operator=(shared_attempts other) noexcept {
    std::swap(store_, other.store_);
    return *this;
  }
  ~shared_attempts() {
    if (store_ != nullptr) store_->remove_owner();
  }

  const attempt_store* get() const noexcept { return store_; }

 private:
  const attempt_store* store_ = nullptr;
};

// Returns: "10.0.1.7" for "10.0.1.7:80", "[::1]" for "[::1]:80".
constexpr std::string_view without_port(std::string_view endpoint) noexcept {
  return endpoint.substr(0, endpoint.rfind(':'));
}

template <class T, class = void>
struct compares_with_code : std::false_type {};
template <class T>
struct compares_with_code<T, std::void_t<decltype(std::declval<const std::error_code&>() == std::declval<const T&>())>>
    : std::true_type {};

// Nothing that only converts to an error shall be looked at as one.
template <class Error, class T>
using if_comparable = std::enable_if_t<
    std::conjunction_v<std::is_same<Error, error>, std::negation<std::is_same<T, error>>, compares_with_code<T>>>;

}  // namespace detail

/// An error: a code and all that the call knew beside it. A value: it copies, never throws, and allocates nothing (the
/// attempts of connect_to are shared by its copies).
///
/// The exceptions hold one; whoever has only a code makes one, `error e = errc::timed_out;`. What else is known is
/// added: `error{ec, operation::connect}.peer("192.0.2.7:80")`. Texts are copied, control characters and what is not
/// UTF-8 in them are shown as '?', and those that are too long are cut and end in "...": host() at 120 bytes, peer()
/// and local() at 112, reporter() at 46, note() at 48, the message of a foreign code at 160. All of them
/// together have 490 bytes: what does not fit then is cut, from the end of the text.
class error {
 public:
  /// No error.
  error() noexcept : error{std::error_code{}, sockerr::operation::unknown, source_location{}} {}

  /// An error of which the code, and maybe the call, is known.
  error(const std::error_code& ec, sockerr::operation during = sockerr::operation::unknown,
        source_location where = source_location::current()) noexcept
      : code_{ec}, where_{where}, operation_{during} {
    buffer_[0] = '\0';
#if !defined(__GNUC__)
    compose({});
#endif
  }

  /// The same from an errc, a resolver_errc, a library_errc, and each other enumeration that std::is_error_code_enum
  /// holds for.
  template <class Enum, class = std::enable_if_t<std::is_error_code_enum_v<Enum>>>
  error(Enum code, sockerr::operation during = sockerr::operation::unknown,
        source_location where = source_location::current()) noexcept
      : error{std::error_code{code}, during, where} {}

  /// Copies all of it; the attempts are shared.
  error(const error& other) noexcept { copy(other, other.attempts_); }
  /// Takes all of it over; the attempts too.
  error(error&& other) noexcept { copy(other, std::move(other.attempts_)); }
  /// Copies all of it; the attempts are shared.
  error& operator=(const error& other) noexcept {
    if (this != &other) copy(other, other.attempts_);
    return *this;
  }
  /// Takes all of it over; the attempts too.
  error& operator=(error&& other) noexcept {
    if (this != &other) copy(other, std::move(other.attempts_));
    return *this;
  }
  ~error() = default;

  /// Returns: the code.
  [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
  /// Returns: whether there is an error.
  [[nodiscard]] explicit operator bool() const noexcept { return code_.value() != 0; }
  /// Returns: classify(code()).
  [[nodiscard]] sockerr::condition condition() const noexcept { return classify(code_); }
  /// Returns: the call that failed.
  [[nodiscard]] sockerr::operation operation() const noexcept { return operation_; }
  /// Returns: what was found out on the spot; `none` where nothing was looked for, or found.
  [[nodiscard]] sockerr::circumstance circumstance() const noexcept { return circumstance_; }
  /// Returns: the name as it was asked for, "db.example.org:5432"; "" without a name.
  [[nodiscard]] std::string_view host() const noexcept { return host_.of(buffer_); }
  /// Returns: the remote address, "127.0.0.1:65432", "[::1]:80", "/run/server.sock"; "" where there is none.
  [[nodiscard]] std::string_view peer() const noexcept { return peer_.of(buffer_); }
  /// Returns: the local address, in the same form; "" where it is not known.
  [[nodiscard]] std::string_view local() const noexcept { return local_.of(buffer_); }
  /// Returns: who reported the error, where it was not the peer: "10.0.1.254", a router; "" otherwise.
  [[nodiscard]] std::string_view reporter() const noexcept { return reporter_.of(buffer_); }
  /// Returns: what the caller has added, "TCP_NODELAY", "handshake".
  [[nodiscard]] std::string_view note() const noexcept { return note_.of(buffer_); }
  /// Returns: "ECONNREFUSED"; "" where the code has no name.
  [[nodiscard]] std::string_view symbol() const noexcept { return sockerr::symbol(code_); }
  /// Returns: "Connection refused"; the own words of a code that the table does not name, "" if its category throws.
  [[nodiscard]] std::string_view message() const noexcept {
    const detail::named_error named = detail::find(code_);
    if (named.has_words) return detail::message(named.what);
    static_cast<void>(text());
    return message_.of(buffer_);
  }
  /// Returns: why, in one or two sentences that are true of this failure.
  [[nodiscard]] std::string_view cause() const noexcept { return sockerr::cause(code_, failed_call(), circumstance_); }
  /// Whether, and how, another try may help. Whoever follows it blindly, on the object at hand, does no harm, and
  /// succeeds once the trouble is over.
  /// Returns: `never` where bytes have moved.
  [[nodiscard]] retry_advice advice() const noexcept {
    if (transferred() != 0) return retry_advice::never;
    return advise(code_, failed_call(), circumstance_);
  }
  /// Returns: whose fault it is: by the circumstance where that tells, else fault_of().
  [[nodiscard]] sockerr::fault fault() const noexcept {
    const sockerr::fault found = detail::row_of(circumstance_).whose;
    return found != sockerr::fault::none ? found : fault_of(condition(), operation_);
  }
  /// Returns: true if a deadline of ours has passed, which the code says; false for the kernel's own time-out and for
  /// all other errors.
  [[nodiscard]] bool by_deadline() const noexcept {
    return detail::find(code_).what == detail::error_id::deadline_exceeded;
  }
  /// Returns: how many bytes send_all or recv_exactly had done; 0 otherwise.
  [[nodiscard]] std::size_t transferred() const noexcept { return transferred_ == unknown_size ? 0 : transferred_; }
  /// Returns: the attempts of connect_to, one for each address, in the order tried; empty for everything else. To call
  /// it takes <sockerr/attempt.hpp>.
  [[nodiscard]] inline attempt_list attempts() const noexcept;
  /// Returns: how many times retry or connect_with_retry tried before giving up; 0 without them.
  [[nodiscard]] int tries() const noexcept { return tries_; }
  /// Returns: the error that a retry was retrying when it was stopped; no error otherwise.
  [[nodiscard]] const std::error_code& last() const noexcept { return last_; }
  /// Returns: the caller's file, line and function.
  [[nodiscard]] source_location where() const noexcept { return where_; }
  /// Returns: "connect 127.0.0.1:65432: ECONNREFUSED: Connection refused", what() of the exception; "" without an
  /// error. A name stands before the address, a local address is marked as such, what a router reported follows, and so
  /// do the errors of all addresses where several were tried. It is terminated by a NUL and has no control characters.
  [[nodiscard]] std::string_view text() const noexcept {
    compose_once();
    return {buffer_, text_size_};
  }

  /// Adds the remote address. Returns: this object.
  error& peer(std::string_view address) & noexcept { return set(&details::peer, address); }
  /// Adds the remote address. Returns: this object.
  error peer(std::string_view address) && noexcept { return std::move(set(&details::peer, address)); }
  /// Adds the local address. Returns: this object.
  error& local(std::string_view address) & noexcept { return set(&details::local, address); }
  /// Adds the local address. Returns: this object.
  error local(std::string_view address) && noexcept { return std::move(set(&details::local, address)); }
  /// Adds the name that was asked for, "db.example.org:5432". Returns: this object.
  error& host(std::string_view name) & noexcept { return set(&details::host, name); }
  /// Adds the name that was asked for. Returns: this object.
  error host(std::string_view name) && noexcept { return std::move(set(&details::host, name)); }
  /// Adds a word on what was done, "TCP_NODELAY". Returns: this object.
  error& note(std::string_view words) & noexcept { return set(&details::note, words); }
  /// Adds a word on what was done. Returns: this object.
  error note(std::string_view words) && noexcept { return std::move(set(&details::note, words)); }
  /// Adds what was found out and, for an ICMP message, who sent it, "10.0.1.254". Returns: this object.
  error& circumstance(sockerr::circumstance found, std::string_view reporter = {}) & noexcept {
    circumstance_ = found;
    return set(&details::reporter, reporter);
  }
  /// Adds what was found out. Returns: this object.
  error circumstance(sockerr::circumstance found, std::string_view reporter = {}) && noexcept {
    return std::move(circumstance(found, reporter));
  }
  /// Adds how many bytes had moved. Returns: this object.
  error& transferred(std::size_t bytes) & noexcept {
    transferred_ = bytes;
    // That is more than the kind of the socket, and less than what was found out about it.
    const bool is_kind = circumstance_ == sockerr::circumstance::none ||
                         circumstance_ == sockerr::circumstance::datagram ||
                         circumstance_ == sockerr::circumstance::unix_domain;
    if (bytes != 0 && is_kind) circumstance_ = sockerr::circumstance::partial;
    return *this;
  }
  /// Adds how many bytes had moved. Returns: this object.
  error transferred(std::size_t bytes) && noexcept { return std::move(transferred(bytes)); }

  /// Whether the codes are equal.
  [[nodiscard]] friend bool operator==(const error& a, const error& b) noexcept { return a.code_ == b.code_; }
  /// Whether the codes differ.
  [[nodiscard]] friend bool operator!=(const error& a, const error& b) noexcept { return !(a == b); }
  /// Compares code() with all that a std::error_code compares with: a condition, an errc, a std::errc, another code.
  template <class Error, class T, class = detail::if_comparable<Error, T>>
  [[nodiscard]] friend bool operator==(const Error& e, const T& other) noexcept {
    return e.code_ == other;
  }
  /// The same, the other way round.
  template <class T, class Error, class = detail::if_comparable<Error, T>, class = void>
  [[nodiscard]] friend bool operator==(const T& other, const Error& e) noexcept {
    return e.code_ == other;
  }
  /// Whether they are not equal.
  template <class Error, class T, class = detail::if_comparable<Error, T>>
  [[nodiscard]] friend bool operator!=(const Error& e, const T& other) noexcept {
    return !(e.code_ == other);
  }
  /// The same, the other way round.
  template <class T, class Error, class = detail::if_comparable<Error, T>, class = void>
  [[nodiscard]] friend bool operator!=(const T& other, const Error& e) noexcept {
    return !(e.code_ == other);
  }

 private:
  friend struct detail::error_access;

  // The texts that an error is made of.
  struct details {
    std::string_view host;
    std::string_view peer;
    std::string_view local;
    std::string_view reporter;
    std::string_view note;
  };

  static constexpr std::size_t unknown_size = static_cast<std::size_t>(-1);

  // Where it is known that nothing has moved, which is more than advise() can know of send_all, what failed is the call
  // that does the work.
  sockerr::operation failed_call() const noexcept {
    return transferred_ == 0 ? detail::call_of(operation_) : operation_;
  }

  details known() const noexcept { return {host(), peer(), local(), reporter(), note()}; }

  error& set(std::string_view details::*part, std::string_view text) noexcept {
    details d = known();
    d.*part = text;
    return describe(d);
  }

  // Sets all texts at once. They may stand in this object itself, unless it has none yet.
  error& describe(const details& d) noexcept {
    if (!is_composed()) {
      compose(d);
      return *this;
    }
    error next{*this};
    next.host_ = next.peer_ = next.local_ = next.reporter_ = next.note_ = next.message_ = {};
    next.compose(d);
    return *this = std::move(next);
  }

  void copy(const error& other, detail::shared_attempts attempts) noexcept {
    attempts_ = std::move(attempts);
    code_ = other.code_;
    last_ = other.last_;
    where_ = other.where_;
    transferred_ = other.transferred_;
    tries_ = other.tries_;
    operation_ = other.operation_;
    circumstance_ = other.circumstance_;
    host_ = other.host_;
    peer_ = other.peer_;
    local_ = other.local_;
    reporter_ = other.reporter_;
    note_ = other.note_;
    message_ = {};
    text_size_ = 0;
    used_ = 1;
    buffer_[0] = '\0';
    // Another thread may be composing the text just now: then there is nothing but that to copy.
    progress_ = other.is_composed() ? composed : not_composed;
    if (progress_ != composed) return;
    message_ = other.message_;
    text_size_ = other.text_size_;
    used_ = other.used_;
    std::memcpy(buffer_, other.buffer_, other.used_);
  }

  // The text of an error of which only the code, the operation and the place are known is composed by whoever asks
  // first: mostly nobody does.
  bool is_composed() const noexcept {
#if defined(__GNUC__)
    return __atomic_load_n(&progress_, __ATOMIC_ACQUIRE) == composed;
#else
    return true;
#endif
  }

  void compose_once() const noexcept {
    if (is_composed()) return;
#if defined(__GNUC__)
    unsigned char expected = not_composed;
    if (__atomic_compare_exchange_n(&progress_, &expected, composing, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
      compose({});
      return;
    }
    while (!is_composed()) {
    }
#endif
  }

  // The own words of a code that the table does not name. Its category may throw.
  void write_message(detail::text_writer& out) const noexcept {
#if defined(__cpp_exceptions)
    try {
      message_ = out.sanitize(code_.message(), longest_message);
    } catch (...) {
    }
#else
    message_ = out.sanitize(code_.message(), longest_message);
#endif
    if (message_.size != 0) return;
    out.sanitize(code_.category().name(), longest_message);
    out << ":" << static_cast<long long>(code_.value());
  }

  inline void compose(const details& d) const noexcept;

  static constexpr std::size_t longest_host = 120;
  static constexpr std::size_t longest_endpoint = 112;
  static constexpr std::size_t longest_reporter = 46;
  static constexpr std::size_t longest_note = 48;
  static constexpr std::size_t longest_message = 160;

  static constexpr unsigned char not_composed = 0;
  static constexpr unsigned char composing = 1;
  static constexpr unsigned char composed = 2;

  std::error_code code_;
  std::error_code last_;
  source_location where_;
  std::size_t transferred_ = unknown_size;
  detail::shared_attempts attempts_;
  int tries_ = 0;
  sockerr::operation operation_ = sockerr::operation::unknown;
  sockerr::circumstance circumstance_ = sockerr::circumstance::none;
  // In the buffer stands text(), and behind it what is not to be read in it. The text tells where the parts stand.
  mutable unsigned char progress_ = not_composed;
  mutable std::uint16_t text_size_ = 0;
  mutable std::uint16_t used_ = 1;
  mutable detail::text_part host_;
  mutable detail::text_part peer_;
  mutable detail::text_part local_;
  mutable detail::text_part reporter_;
  mutable detail::text_part note_;
  mutable detail::text_part message_;
  mutable char buffer_[494];
};

inline void error::compose(const details& d) const noexcept {
  using detail::text_writer;
  const bool is_error = code_.value() != 0;
  const bool several = attempts_.get() != nullptr && attempts_.get()->count() > 1;
  const bool shows_peer = is_error && d.host.empty();
  const bool shows_local = shows_peer && d.peer.empty();

  // What is not to be read in the text stands behind it. Where that will be is not known yet: so it is written first,
  // at the end of the buffer.
  char* behind = std::end(buffer_);
  const auto put_behind = [&](std::string_view text, std::size_t longest, detail::text_part& part) {
    if (text.empty()) return;
    char copy[longest_host + 1];
    text_writer out{copy, sizeof copy};
    const std::uint16_t size = out.sanitize(text, longest).size;
    behind -= size;
    std::memcpy(behind, copy, size);
    part = {static_cast<std::uint16_t>(behind - buffer_), size};
  };
  if (!shows_peer) put_behind(d.peer, longest_endpoint, peer_);
  if (!shows_local) put_behind(d.local, longest_endpoint, local_);
  if (!is_error) {
    put_behind(d.host, longest_host, host_);
    put_behind(d.reporter, longest_reporter, reporter_);
    put_behind(d.note, longest_note, note_);
  }

  text_writer out{buffer_, static_cast<std::size_t>(behind - buffer_)};
  if (is_error) {
    if (operation_ != sockerr::operation::unknown) out << name(operation_);
    if (!d.note.empty()) {
      if (out.size() != 0) out << " ";
      out << "(";
      note_ = out.sanitize(d.note, longest_note);
      out << ")";
    }
    if (out.size() != 0 && !(d.host.empty() && d.peer.empty() && d.local.empty())) out << " ";
    if (!d.host.empty()) {
      host_ = out.sanitize(d.host, longest_host);
      const std::string_view address = detail::without_port(peer_.of(buffer_));
      // Whoever asked for an address need not be told it again.
      if (!several && peer_.size != 0 && address != detail::without_port(host_.of(buffer_)))
        out << " (" << address << ")";
    } else if (!d.peer.empty()) {
      peer_ = out.sanitize(d.peer, longest_endpoint);
    } else if (!d.local.empty()) {
      out << "(local ";
      local_ = out.sanitize(d.local, longest_endpoint);
      out << ")";
    }
    if (out.size() != 0) out << ": ";
    const detail::named_error named = detail::find(code_);
    if (!named.symbol.empty()) out << named.symbol << ": ";
    if (named.has_words)
      out << detail::message(named.what);
    else
      write_message(out);
    if (!d.reporter.empty()) {
      out << " (";
      reporter_ = out.sanitize(d.reporter, longest_reporter);
      const std::string_view words = detail::row_of(circumstance_).icmp_words;
      if (!words.empty()) out << ": " << words;
      out << ")";
    }
    if (several) attempts_.get()->write(out, !d.host.empty());
    if (tries_ > 1) out << " (gave up after " << static_cast<long long>(tries_) << " attempts)";
  }
  text_size_ = out.finish();

  // Now it follows the text at once, so that copying takes what is used alone. A text that was cut has cut its parts.
  const auto behind_offset = static_cast<std::size_t>(behind - buffer_);
  const auto behind_size = static_cast<std::size_t>(std::end(buffer_) - behind);
  const std::size_t new_offset = std::size_t{text_size_} + 1;
  for (std::size_t i = 0; i != behind_size; ++i) buffer_[new_offset + i] = behind[i];
  used_ = static_cast<std::uint16_t>(new_offset + behind_size);
  for (detail::text_part* const part : {&host_, &peer_, &local_, &reporter_, &note_, &message_}) {
    if (part->size == 0) continue;
    if (part->offset >= behind_offset)
      part->offset = static_cast<std::uint16_t>(part->offset - (behind_offset - new_offset));
    else if (part->offset >= text_size_)
      *part = {};
    else if (part->size > text_size_ - part->offset)
      part->size = static_cast<std::uint16_t>(text_size_ - part->offset);
  }
#if defined(__GNUC__)
  __atomic_store_n(&progress_, composed, __ATOMIC_RELEASE);
#endif
}

namespace detail {

// What only this library writes into an error.
struct error_access {
  static void attempts(error& e, shared_attempts list) noexcept {
    e.attempts_ = std::move(list);
    e.set(&error::details::host, e.host());
  }

  static void where(error& e, source_location place) noexcept { e.where_ = place; }

  // What was found out about a new error, at once.
  static void found(error& e, sockerr::circumstance c, std::string_view peer, std::string_view local,
                    std::string_view reporter) noexcept {
    e.circumstance_ = c;
    e.describe({{}, peer, local, reporter, {}});
  }

  // So many times something was tried before it was given up.
  static void tries(error& e, int count) noexcept {
    e.tries_ = count;
    e.set(&error::details::host, e.host());
  }

  // Returns: that a retry was stopped while it was retrying `failed`, of which all but the code is kept.
  static error stopped(const error& failed) noexcept {
    error result{failed};
    result.code_ = library_errc::stopped;
    result.last_ = failed.code_;
    result.set(&error::details::host, failed.host());
    return result;
  }
};

}  // namespace detail
}  // namespace v1_0
}  // namespace sockerr

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif

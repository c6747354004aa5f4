// SPDX-License-Identifier: MIT
#ifndef SOCKERR_ENDPOINT_HPP
#define SOCKERR_ENDPOINT_HPP

#include <charconv>      // from_chars, to_chars
#include <cstddef>       // size_t, offsetof
#include <cstdint>       // uint16_t, uint32_t
#include <cstring>       // memcpy
#include <string>        // string
#include <string_view>   // hash, string_view
#include <system_error>  // error_code

#include "exception.hpp"
#include "native.hpp"

namespace sockerr {
inline namespace v1_0 {

/// The address of a socket: IPv4, IPv6 with a scope, or a Unix-domain path, which Linux also has as an abstract name.
///
/// A value of fixed size: copying, comparing and hashing do not allocate. Its text forms, which parse() reads and
/// to_string() writes: "127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80", "/run/server.sock", "unix:relative.sock",
/// "@abstract". In the last three a backslash, a control character and, in an abstract name, any other byte that is not
/// ASCII, stand as "\x5c" and the like, so that every endpoint has a text of its own, and one without control
/// characters. On Windows scopes are numbers alone, "[fe80::1%3]:80".
class endpoint {
 public:
  /// An endpoint of no family. Its text is "".
  endpoint() noexcept { address_.any.sa_family = AF_UNSPEC; }

  /// An IP address, "127.0.0.1", "::1" or "fe80::1%eth0", and a port. Nothing is looked up.
  /// Throws: invalid_argument where the text is no IP address, or its scope no interface of this host.
  [[nodiscard]] static endpoint ip(std::string_view address, std::uint16_t port, std::error_code& ec) noexcept;

  /// A path in the file system, for a Unix-domain socket.
  /// Throws: invalid_argument for an empty path and one with a NUL in it; path_error (ENAMETOOLONG) for one longer than
  /// sockaddr_un holds, which is 107 bytes on Linux (unix(7)).
  [[nodiscard]] static endpoint unix_path(std::string_view path, std::error_code& ec) noexcept;

  /// A name without a file, for a Unix-domain socket in Linux's abstract namespace (unix(7)). It may hold any bytes.
  /// Throws: invalid_argument for an empty name; path_error (ENAMETOOLONG) for one that is too long.
  [[nodiscard]] static endpoint abstract_name(std::string_view name, std::error_code& ec) noexcept;

  /// Reads a text form of an endpoint.
  /// Throws: invalid_argument where it is none: a port that is missing or over 65535, a host name, an open bracket;
  /// path_error (ENAMETOOLONG) for a Unix-domain path that is too long.
  [[nodiscard]] static endpoint parse(std::string_view text, std::error_code& ec) noexcept;

  /// An address as the socket API hands it out, of any family.
  /// Throws: invalid_argument where the size is larger than that of any address, or too small for its family.
  [[nodiscard]] static endpoint from_native(const sockaddr* address, std::size_t size, std::error_code& ec) noexcept;

#if defined(__cpp_exceptions)
  /// The same; throws the error.
  [[nodiscard]] static endpoint ip(std::string_view address, std::uint16_t port,
                                   source_location where = source_location::current());
  /// The same; throws the error.
  [[nodiscard]] static endpoint unix_path(std::string_view path, source_location where = source_location::current());
  /// The same; throws the error.
  [[nodiscard]] static endpoint abstract_name(std::string_view name,
                                              source_location where = source_location::current());
  /// The same; throws the error.
  [[nodiscard]] static endpoint parse(std::string_view text, source_location where = source_location::current());
  /// The same; throws the error.
  [[nodiscard]] static endpoint from_native(const sockaddr* address, std::size_t size,
                                            source_location where = source_location::current());
#endif

  /// Returns: AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC for an endpoint of no family.
  [[nodiscard]] int family() const noexcept { return address_.any.sa_family; }
  /// Returns: the port in the host's byte order; 0 where there is none.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Returns: the zone of an IPv6 address, the index of an interface; 0 where there is none.
  [[nodiscard]] std::uint32_t scope_id() const noexcept { return is_v6() ? address_.v6.sin6_scope_id : 0; }
  /// Returns: the path of a Unix-domain endpoint, or its abstract name after a NUL, as they are, and as long as this
  /// endpoint lives; "" for other families and for a socket without a name.
  [[nodiscard]] std::string_view path() const noexcept;

  /// Returns: the text form described above.
  [[nodiscard]] std::string to_string() const { return std::string{text{*this}.view()}; }

  /// Returns: the address as the socket API wants it, size() bytes long.
  [[nodiscard]] const sockaddr* data() const noexcept { return &address_.any; }
  /// Returns: how many bytes of data() are the address; 0 for an endpoint of no family.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Returns: whether both are the same address; padding and flow labels do not count.
  [[nodiscard]] friend bool operator==(const endpoint& a, const endpoint& b) noexcept { return a.compare(b) == 0; }
  /// Returns: whether they are different addresses.
  [[nodiscard]] friend bool operator!=(const endpoint& a, const endpoint& b) noexcept { return a.compare(b) != 0; }
  /// Returns: an order for containers: by family, then address, port and scope.
  [[nodiscard]] friend bool operator<(const endpoint& a, const endpoint& b) noexcept { return a.compare(b) < 0; }

  /// The text form in a buffer of its own, for those who must not allocate.
  class text {
   public:
    /// The text of an endpoint, as to_string() gives it.
    explicit text(const endpoint& of) noexcept;
    /// Returns: the text, as long as this object lives.
    [[nodiscard]] std::string_view view() const noexcept { return {characters_, size_}; }

   private:
    void put(char c) noexcept { characters_[size_++] = c; }
    void put(std::string_view s) noexcept;
    void put_number(std::uint32_t number) noexcept;
    void put_escaped(std::string_view bytes, bool ascii_only) noexcept;

    // The longest is a Unix-domain path of which each byte is escaped.
    char characters_[8 + 4 * sizeof(sockaddr_un)];
    std::size_t size_ = 0;
  };

 private:
  static constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
  static constexpr std::size_t path_capacity = sizeof(sockaddr_un) - path_offset;

  bool is_v4() const noexcept { return family() == AF_INET; }
  bool is_v6() const noexcept { return family() == AF_INET6; }
  bool is_unix() const noexcept { return family() == AF_UNIX; }
  static endpoint from_path(std::string_view path, std::size_t size, std::error_code& ec) noexcept;
  int compare(const endpoint& other) const noexcept;
  // The bytes that tell one address of a family from another.
  std::string_view identity() const noexcept;
  friend struct std::hash<endpoint>;

  union storage {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un local;
    sockaddr_storage largest;
    storage() noexcept : largest{} {}
  } address_;
  std::size_t size_ = 0;
};

namespace detail {

// A whole decimal number and nothing else.
template <class Number>
bool parse_number(std::string_view text, Number& number) noexcept {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc{} && result.ptr == end;
}

// A NUL-terminated copy, for the calls that want one. False where the text is too long or has a NUL in it, which would
// make the call see another text than we were given.
template <std::size_t N>
bool terminate(std::string_view text, char (&buffer)[N]) noexcept {
  if (text.size() >= N || text.find('\0') != text.npos) return false;
  if (!text.empty()) std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = 0;
  return true;
}

inline int hexadecimal(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace detail

inline endpoint endpoint::ip(std::string_view address, std::uint16_t port, std::error_code& ec) noexcept {
  endpoint result;
  char buffer[64 + detail::native::scope_name_size];
  ec = errc::invalid_argument;
  const std::size_t percent = address.find('%');
  if (!detail::terminate(address.substr(0, percent), buffer)) return {};
  if (percent == address.npos && ::inet_pton(AF_INET, buffer, &result.address_.v4.sin_addr) == 1) {
    result.address_.v4.sin_family = AF_INET;
    result.address_.v4.sin_port = htons(port);
    result.size_ = sizeof(sockaddr_in);
  } else if (in6_addr parsed; ::inet_pton(AF_INET6, buffer, &parsed) == 1) {
    result.address_.v6.sin6_family = AF_INET6;
    result.address_.v6.sin6_addr = parsed;
    result.address_.v6.sin6_port = htons(port);
    result.size_ = sizeof(sockaddr_in6);
    if (percent != address.npos) {
      const std::string_view scope = address.substr(percent + 1);
      std::uint32_t index = 0;
      if (!detail::parse_number(scope, index) && !scope.empty() && detail::terminate(scope, buffer))
        index = detail::native::scope_index(buffer);
      if (index == 0) return {};
      result.address_.v6.sin6_scope_id = index;
    }
  } else {
    return {};
  }
  ec.clear();
  return result;
}

inline endpoint endpoint::from_path(std::string_view path, std::size_t size, std::error_code& ec) noexcept {
  endpoint result;
  if (path.size() > path_capacity || size > sizeof(sockaddr_un)) {
    ec = errc::filename_too_long;
    return result;
  }
  result.address_.local.sun_family = AF_UNIX;
  std::memcpy(result.address_.local.sun_path, path.data(), path.size());
  result.size_ = size;
  ec.clear();
  return result;
}

inline endpoint endpoint::unix_path(std::string_view path, std::error_code& ec) noexcept {
  if (path.empty() || path.find('\0') != path.npos) {
    ec = errc::invalid_argument;
    return {};
  }
  return from_path(path, path_offset + path.size() + 1, ec);
}

inline endpoint endpoint::abstract_name(std::string_view name, std::error_code& ec) noexcept {
  char path[path_capacity];
  if (name.empty()) {
    ec = errc::invalid_argument;
    return {};
  }
  if (name.size() >= sizeof path) {
    ec = errc::filename_too_long;
    return {};
  }
  path[0] = 0;
  std::memcpy(path + 1, name.data(), name.size());
  return from_path({path, name.size() + 1}, path_offset + name.size() + 1, ec);
}

inline endpoint endpoint::parse(std::string_view text, std::error_code& ec) noexcept {
  constexpr std::string_view prefix = "unix:";
  const bool abstract = !text.empty() && text[0] == '@';
  const bool prefixed = text.substr(0, prefix.size()) == prefix;
  if (abstract || prefixed || (!text.empty() && text[0] == '/')) {
    const std::string_view escaped = text.substr(abstract ? 1 : prefixed ? prefix.size() : 0);
    char path[path_capacity];
    std::size_t size = 0;
    ec = errc::invalid_argument;
    for (std::size_t i = 0; i != escaped.size(); ++i) {
      char c = escaped[i];
      if (c == '\\') {
        if (escaped.size() - i < 4 || escaped[i + 1] != 'x') return {};
        const int high = detail::hexadecimal(escaped[i + 2]);
        const int low = detail::hexadecimal(escaped[i + 3]);
        if (high < 0 || low < 0) return {};
        c = static_cast<char>(high * 16 + low);
        i += 3;
      }
      if (size == sizeof path) {
        ec = errc::filename_too_long;
        return {};
      }
      path[size++] = c;
    }
    return abstract ? abstract_name({path, size}, ec) : unix_path({path, size}, ec);
  }

  ec = errc::invalid_argument;
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon == text.npos || !detail::parse_number(text.substr(colon + 1), port)) return {};
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  endpoint result = ip(address, port, ec);
  // Only brackets tell the port from the last part of an IPv6 address.
  if (!ec && bracketed != result.is_v6()) {
    ec = errc::invalid_argument;
    return {};
  }
  return result;
}

inline endpoint endpoint::from_native(const sockaddr* address, std::size_t size, std::error_code& ec) noexcept {
  endpoint result;
  ec = errc::invalid_argument;
  if (size > sizeof result.address_ || size < path_offset || address == nullptr) return result;
  std::memcpy(static_cast<void*>(&result.address_), address, size);
  if ((result.is_v4() && size < sizeof(sockaddr_in)) || (result.is_v6() && size < sizeof(sockaddr_in6)) ||
      (result.is_unix() && size > sizeof(sockaddr_un)))
    return {};
  result.size_ = size;
  ec.clear();
  return result;
}

inline std::uint16_t endpoint::port() const noexcept {
  if (is_v4()) return ntohs(address_.v4.sin_port);
  if (is_v6()) return ntohs(address_.v6.sin6_port);
  return 0;
}

inline std::string_view endpoint::path() const noexcept {
  if (!is_unix() || size_ <= path_offset) return {};
  const std::string_view all{address_.local.sun_path, size_ - path_offset};
  return all[0] == 0 ? all : all.substr(0, all.find('\0'));
}

inline std::string_view endpoint::identity() const noexcept {
  const auto bytes = [](const auto& member) {
    return std::string_view{reinterpret_cast<const char*>(&member), sizeof member};
  };
  if (is_v4()) return bytes(address_.v4.sin_addr);
  if (is_v6()) return bytes(address_.v6.sin6_addr);
  if (is_unix()) return path();
  return {reinterpret_cast<const char*>(&address_), size_};
}

inline int endpoint::compare(const endpoint& other) const noexcept {
  const auto order = [](std::uint32_t a, std::uint32_t b) { return a < b ? -1 : static_cast<int>(a > b); };
  if (const int by_family = order(static_cast<std::uint32_t>(family()), static_cast<std::uint32_t>(other.family())))
    return by_family;
  if (const int by_address = identity().compare(other.identity())) return by_address;
  if (const int by_port = order(port(), other.port())) return by_port;
  return order(scope_id(), other.scope_id());
}

inline void endpoint::text::put(std::string_view s) noexcept {
  for (const char c : s) put(c);
}

inline void endpoint::text::put_number(std::uint32_t number) noexcept {
  const auto result = std::to_chars(characters_ + size_, characters_ + sizeof characters_, number);
  size_ = static_cast<std::size_t>(result.ptr - characters_);
}

inline void endpoint::text::put_escaped(std::string_view bytes, bool ascii_only) noexcept {
  constexpr char digits[] = "0123456789abcdef";
  while (!bytes.empty()) {
    const auto first = static_cast<unsigned char>(bytes[0]);
    std::size_t size = detail::shown_size(bytes);
    if (size == 0 || bytes[0] == '\\' || (ascii_only && size != 1)) {
      size = 1;
      put("\\x");
      put(digits[first / 16]);
      put(digits[first % 16]);
    } else {
      put(bytes.substr(0, size));
    }
    bytes.remove_prefix(size);
  }
}

inline endpoint::text::text(const endpoint& of) noexcept {
  if (of.is_v4() || of.is_v6()) {
    char address[INET6_ADDRSTRLEN] = "";
    if (of.is_v4()) {
      ::inet_ntop(AF_INET, &of.address_.v4.sin_addr, address, sizeof address);
      put(address);
    } else {
      ::inet_ntop(AF_INET6, &of.address_.v6.sin6_addr, address, sizeof address);
      put('[');
      put(address);
      if (of.scope_id() != 0) {
        char interface_name[detail::native::scope_name_size];
        put('%');
        if (detail::native::scope_name(of.scope_id(), interface_name))
          put(interface_name);
        else
          put_number(of.scope_id());
      }
      put(']');
    }
    put(':');
    put_number(of.port());
  } else if (const std::string_view path = of.path(); !path.empty()) {
    if (path[0] == 0) {
      put('@');
      put_escaped(path.substr(1), true);
    } else {
      if (path[0] != '/') put("unix:");
      put_escaped(path, false);
    }
  }
}

#if defined(__cpp_exceptions)

inline endpoint endpoint::ip(std::string_view address, std::uint16_t port, source_location where) {
  std::error_code ec;
  const endpoint result = ip(address, port, ec);
  if (ec) throw_error(error{ec, operation::resolve, where}.host(address));
  return result;
}

inline endpoint endpoint::unix_path(std::string_view path, source_location where) {
  std::error_code ec;
  const endpoint result = unix_path(path, ec);
  if (ec) throw_error(error{ec, operation::resolve, where}.host(path));
  return result;
}

inline endpoint endpoint::abstract_name(std::string_view name, source_location where) {
  std::error_code ec;
  const endpoint result = abstract_name(name, ec);
  if (ec) throw_error(error{ec, operation::resolve, where}.host(name));
  return result;
}

inline endpoint endpoint::parse(std::string_view text, source_location where) {
  std::error_code ec;
  const endpoint result = parse(text, ec);
  if (ec) throw_error(error{ec, operation::resolve, where}.host(text));
  return result;
}

inline endpoint endpoint::from_native(const sockaddr* address, std::size_t size, source_location where) {
  std::error_code ec;
  const endpoint result = from_native(address, size, ec);
  throw_if(ec, operation::resolve, where);
  return result;
}

#endif

}  // namespace v1_0
}  // namespace sockerr

namespace std {
/// Endpoints as keys of unordered containers.
template <>
struct hash<sockerr::endpoint> {
  /// Returns: the same number for equal endpoints.
  std::size_t operator()(const sockerr::endpoint& e) const noexcept {
    // All that differs in equal endpoints is left out: padding, and bytes after a path.
    const std::size_t address = std::hash<std::string_view>{}(e.identity());
    const std::size_t rest = (std::size_t{e.port()} << 8U) ^ e.scope_id();
    return address ^ (rest * std::size_t{0x9e3779b9U});
  }
};
}  // namespace std

#endif

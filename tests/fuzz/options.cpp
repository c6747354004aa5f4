// SPDX-License-Identifier: MIT
// Times of any length, options of any value, and exceptions about peers with any name.
#include <sockerr/connect.hpp>

#include <chrono>
#include <iterator>
#include <limits>
#include <ratio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "../texts.hpp"
#include "fuzz.hpp"

namespace {

using sockerr::condition;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::time_limit;
using std::chrono::nanoseconds;

void inspect(time_limit t) {
  SOCKERR_REQUIRE(t.is_never() == (t.length() == (nanoseconds::max)()));
  const auto before = deadline::clock::now();
  const deadline d = t;
  SOCKERR_REQUIRE(d.is_set());
  SOCKERR_REQUIRE(d.remaining() >= nanoseconds{0});
  SOCKERR_REQUIRE(d.has_passed() || t.length() > nanoseconds{0});
  if (t.is_never()) SOCKERR_REQUIRE(d.is_never() && !d.has_passed());
  if (!d.is_never()) {
    SOCKERR_REQUIRE(d.remaining() <= t.length() || t.length() < nanoseconds{0});
    if (t.length() > std::chrono::hours{1}) SOCKERR_REQUIRE(d.remaining() > t.length() - std::chrono::minutes{1});
  }
  if (d.has_passed()) SOCKERR_REQUIRE(deadline::clock::now() - before >= t.length());
  SOCKERR_REQUIRE(sockerr::detail::native::poll_milliseconds(d.remaining()) >= 0);
  SOCKERR_REQUIRE(deadline::earlier(d, deadline::never()).is_never() == d.is_never());
  SOCKERR_REQUIRE(deadline::earlier({}, d).is_never() == d.is_never());
}

// How long it is, in nanoseconds, by another way than the library's.
template <class Rep, class Period>
time_limit limit(std::chrono::duration<Rep, Period> length) {
  const time_limit result = length;
  const auto exact = static_cast<long double>(length.count()) * 1e9L * static_cast<long double>(Period::num) /
                     static_cast<long double>(Period::den);
  const auto got = static_cast<long double>(result.length().count());
  if (!(exact == exact)) {
    SOCKERR_REQUIRE(got == 0);
  } else if (exact >= 9.23e18L) {
    SOCKERR_REQUIRE(result.is_never());
  } else if (exact <= -9.23e18L) {
    SOCKERR_REQUIRE(result.length() == (nanoseconds::min)());
  } else if (exact < 9.19e18L && exact > -9.19e18L) {
    // To a nanosecond; a number of less than 64 bits is multiplied with its own precision.
    const long double error = got < exact ? exact - got : got - exact;
    SOCKERR_REQUIRE(error <= 1 || error <= (exact < 0 ? -exact : exact) * 1e-6L);
    if (std::numeric_limits<Rep>::is_integer) SOCKERR_REQUIRE(error <= 2);
  }
  return result;
}

time_limit take_limit(fuzz::input& in) {
  const time_limit result = [&]() -> time_limit {
    switch (in.choose(14)) {
      case 0: return limit(nanoseconds{in.take<std::int64_t>()});
      case 1: return limit(std::chrono::hours{in.take<std::int64_t>()});
      case 2: return limit(std::chrono::seconds{in.take<std::int64_t>()});
      case 3: return limit(std::chrono::duration<double>{in.take<double>()});
      case 4: return limit(std::chrono::duration<float, std::milli>{in.take<float>()});
      case 5: return limit(std::chrono::duration<std::uint64_t>{in.take<std::uint64_t>()});
      case 6: return limit(std::chrono::duration<std::int64_t, std::ratio<1, 30>>{in.take<std::int64_t>()});
      case 7: return limit(std::chrono::duration<std::int64_t, std::ratio<7, 3>>{in.take<std::int64_t>()});
      case 8: return limit(std::chrono::duration<std::int64_t, std::atto>{in.take<std::int64_t>()});
      case 9: return limit(std::chrono::duration<std::int64_t, std::giga>{in.take<std::int64_t>()});
      case 10: return limit(std::chrono::duration<std::int8_t, std::ratio<60>>{in.take<std::int8_t>()});
      case 11: return limit(std::chrono::duration<double, std::giga>{in.take<double>()});
      case 12: return limit(std::chrono::milliseconds{in.take<std::int8_t>()});
      default: return time_limit::never();
    }
  }();
  inspect(result);
  return result;
}

void take_time_point(fuzz::input& in) {
  using clock = deadline::clock;
  const nanoseconds since_epoch{in.take<std::int64_t>()};
  const deadline points[] = {
      std::chrono::time_point<clock, nanoseconds>{since_epoch},
      std::chrono::time_point<clock, std::chrono::hours>{std::chrono::hours{since_epoch.count()}},
      std::chrono::time_point<clock, std::chrono::duration<double>>{std::chrono::duration<double>{in.take<double>()}}};
  for (const deadline& d : points) {
    SOCKERR_REQUIRE(d.is_set());
    SOCKERR_REQUIRE(d.remaining() >= nanoseconds{0});
    SOCKERR_REQUIRE(d.has_passed() || d.remaining() > nanoseconds{0} || !d.is_never());
  }
}

// What holds of every error, and of the exception that holds one.
template <class Error>
void inspect_parts(const Error& e) {
  const std::string_view parts[] = {e.host(), e.peer(), e.local(), e.reporter(), e.note(), e.message()};
  constexpr std::size_t longest[] = {120, 112, 112, 46, 48, 160};
  for (std::size_t i = 0; i != std::size(parts); ++i) {
    SOCKERR_REQUIRE(is_one_line(parts[i]));
    SOCKERR_REQUIRE(parts[i].size() <= longest[i]);
  }
  SOCKERR_REQUIRE(is_one_line(e.symbol()));
  SOCKERR_REQUIRE(is_one_line(e.cause()));
  SOCKERR_REQUIRE(!sockerr::name(e.advice()).empty());
  SOCKERR_REQUIRE(!sockerr::name(e.fault()).empty());
  SOCKERR_REQUIRE(e.transferred() == 0 || e.advice() == sockerr::retry_advice::never);
}

void inspect_same(const sockerr::error& a, const sockerr::error& b) {
  SOCKERR_REQUIRE(a == b);
  SOCKERR_REQUIRE(a.text() == b.text());
  SOCKERR_REQUIRE(a.host() == b.host());
  SOCKERR_REQUIRE(a.peer() == b.peer());
  SOCKERR_REQUIRE(a.local() == b.local());
  SOCKERR_REQUIRE(a.reporter() == b.reporter());
  SOCKERR_REQUIRE(a.note() == b.note());
  SOCKERR_REQUIRE(a.message() == b.message());
  SOCKERR_REQUIRE(a.circumstance() == b.circumstance());
  SOCKERR_REQUIRE(a.transferred() == b.transferred());
  SOCKERR_REQUIRE(a.tries() == b.tries());
  SOCKERR_REQUIRE(a.last() == b.last());
  SOCKERR_REQUIRE(a.attempts().size() == b.attempts().size());
}

void inspect(const sockerr::error& e) {
  inspect_parts(e);
  SOCKERR_REQUIRE(is_one_line(e.text()));
  SOCKERR_REQUIRE(e.text().size() < sizeof e);
  SOCKERR_REQUIRE(e.text().data()[e.text().size()] == '\0');
  SOCKERR_REQUIRE(e.text().empty() == !e);
  sockerr::error copy = e;
  inspect_same(copy, e);
  // Its own text, which stands in the object that is written to.
  inspect_same(copy.peer(copy.peer()).host(copy.host()).note(copy.note()), e);
  sockerr::error moved = std::move(copy);
  inspect_same(moved, e);
  copy = moved;
  inspect_same(copy, e);
}

void inspect(const sockerr::socket_error& e) {
  inspect_parts(e);
  inspect(e.error());
  SOCKERR_REQUIRE(e.error().text() == e.what());
  SOCKERR_REQUIRE(e.code() == e.error().code());
  const sockerr::socket_error copy = e;
  inspect_same(copy.error(), e.error());
}

// A part that is added in the order given; whatever it is, the others stay as they were.
void add(fuzz::input& in, sockerr::error& e, unsigned what) {
  const std::string text{in.text()};  // gone after the call
  switch (what) {
    case 0: e.peer(text); break;
    case 1: e.local(text); break;
    case 2: e.host(text); break;
    case 3: e.note(text); break;
    case 4: e.circumstance(static_cast<sockerr::circumstance>(in.take<std::uint8_t>()), text); break;
    default: e.transferred(in.take<std::uint32_t>()); break;
  }
}

void throw_about(fuzz::input& in) {
  const std::error_category* const categories[] = {&sockerr::socket_category(), &std::system_category(),
                                                   &sockerr::library_category(), &std::iostream_category()};
  const std::error_code ec{in.take<std::int16_t>(), *categories[in.choose(4)]};
  const auto during = static_cast<sockerr::operation>(in.take<std::int8_t>());
  std::vector<sockerr::attempt> attempts;
  for (unsigned i = in.choose(5); i != 0; --i)
    attempts.push_back({std::string{in.text()}, {in.take<std::int16_t>(), sockerr::socket_category()}});
  sockerr::error e{ec, during};
  const std::size_t count = attempts.size();
  if (count != 0) sockerr::detail::keep_attempts(e, std::move(attempts));
  for (unsigned i = in.choose(9); i != 0; --i) {
    const sockerr::error before = e;
    const unsigned what = in.choose(6);
    add(in, e, what);
    SOCKERR_REQUIRE(e.code() == ec && e.operation() == during && e.attempts().size() == count);
    if (what != 5 && what != 4) SOCKERR_REQUIRE(e.circumstance() == before.circumstance());
    if (what != 0) SOCKERR_REQUIRE(e.peer().size() <= before.peer().size());
    inspect(e);
  }
  try {
    sockerr::throw_error(e);
  } catch (const sockerr::socket_error& caught) {
    inspect(caught);
    SOCKERR_REQUIRE(caught.code() == (ec.value() == 0 ? make_error_code(sockerr::errc::invalid_argument) : ec));
    if (ec.value() != 0) inspect_same(caught.error(), e);
  }
}

// Host names that are refused before anybody is asked: the service is none.
void resolve(fuzz::input& in) {
  const std::string host{in.text()};
  try {
    (void)sockerr::resolve(host, "65536", static_cast<int>(in.choose(12)));
    SOCKERR_REQUIRE(false);
  } catch (const sockerr::socket_error& e) {
    SOCKERR_REQUIRE(e.condition() == condition::service_not_found || e.condition() == condition::host_not_found ||
                    e.condition() == condition::invalid_argument);
    inspect(e);
  }
}

// A near end of this host, or of none, but never a file.
endpoint take_local(fuzz::input& in) {
  std::error_code ec;
  switch (in.choose(5)) {
    case 0: return endpoint::ip("127.0.0.1", 0, ec);
    case 1: return endpoint::ip("::1", 0, ec);
    case 2: return endpoint::abstract_name(in.text(), ec);
    case 3: {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = in.take<std::uint32_t>();
      return endpoint::from_native(reinterpret_cast<const sockaddr*>(&address), sizeof address, ec);
    }
    default: return {};
  }
}

void connect(fuzz::input& in) {
  // Bound but not listening: everybody is refused, at once.
  static const sockerr::socket holder = [] {
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    s.bind(endpoint::ip("127.0.0.1", 0));
    return s;
  }();
  static const endpoint closed = holder.local_endpoint();
  std::error_code ec;
  sockerr::connect_options options;
  options.timeout = take_limit(in);
  options.attempt_timeout = take_limit(in);
  options.family = static_cast<int>(in.choose(12));
  options.no_delay = in.choose(2) == 1;
  options.keep_alive = in.choose(2) == 1;
  if (in.choose(2) == 1) options.local = take_local(in);
  const endpoint peer = in.choose(2) == 0 ? closed : endpoint::abstract_name("sockerr nobody is here", ec);
  const sockerr::socket s = sockerr::connect_to(peer, options, ec);
  SOCKERR_REQUIRE(ec && !s.is_open());
  try {
    const sockerr::socket t = sockerr::connect_to("127.0.0.1", std::to_string(closed.port()), options);
    SOCKERR_REQUIRE(false);
  } catch (const sockerr::socket_error& e) {
    inspect(e);
  }
}

void listen(fuzz::input& in) {
  std::error_code ec;
  sockerr::listen_options options;
  options.backlog = in.take<int>();
  options.reuse_address = in.choose(2) == 1;
  options.reuse_port = in.choose(2) == 1;
  if (in.choose(2) == 1) options.v6_only = in.choose(2) == 1;
  const sockerr::socket s = sockerr::listen_on(take_local(in), options, ec);
  SOCKERR_REQUIRE(s.is_open() == !ec);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in{data, size};
  switch (in.choose(6)) {
    case 0: take_limit(in); break;
    case 1: take_time_point(in); break;
    case 2: throw_about(in); break;
    case 3: resolve(in); break;
    case 4: connect(in); break;
    default: listen(in); break;
  }
  return 0;
}

// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../catch.hpp"
#include "../descriptors.hpp"
#include "../loopback.hpp"
#include "interposer.hpp"
#include "tree.hpp"

// A full house: no memory, no free descriptor.

namespace {

// Allocations of this thread since counting began; the one that fails, and whether all later ones do too.
thread_local int allocations = 0;
thread_local int first_to_fail = 0;
thread_local bool and_all_after = false;
thread_local bool is_counting = false;
std::atomic<long> live{0};

void* allocate(std::size_t size) noexcept {
  if (is_counting) {
    ++allocations;
    if (first_to_fail != 0 && (allocations == first_to_fail || (and_all_after && allocations > first_to_fail)))
      return nullptr;
  }
  void* const result = std::malloc(size != 0 ? size : 1);
  if (result != nullptr) ++live;
  return result;
}

void release(void* p) noexcept {
  if (p != nullptr) --live;
  std::free(p);
}

// Counts, and lets allocations fail from the nth on, as long as it lives; 0 is none.
class shortage {
 public:
  explicit shortage(int nth = 0, bool for_good = true) {
    allocations = 0;
    first_to_fail = nth;
    and_all_after = for_good;
    is_counting = true;
  }
  ~shortage() { is_counting = false; }
  shortage(const shortage&) = delete;
  shortage& operator=(const shortage&) = delete;

  static int allocated() { return allocations; }
};

}  // namespace

long interposer::live_allocations() noexcept { return live; }

// Not inlined: GCC takes a pair of which it sees only one half for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* const result = allocate(size)) return result;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return ::operator new(size); }
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
[[gnu::noinline]] void operator delete(void* p) noexcept { release(p); }
[[gnu::noinline]] void operator delete[](void* p) noexcept { release(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { release(p); }
[[gnu::noinline]] void operator delete[](void* p, std::size_t) noexcept { release(p); }

using namespace std::chrono_literals;
using interposer::call;
using sockerr::classify;
using sockerr::condition;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::operation;

namespace {

struct ending {
  int allocated = 0;
  bool is_success = false;
  bool is_bad_alloc = false;
  bool is_sound = false;  // an exception whose type is that of its code, with a what()
  std::error_code code;
};

// Runs something that throws or not, with the nth allocation and maybe all later ones failing.
template <class Action>
ending run_short_of_memory(int nth, bool for_good, Action action) {
  ending result;
  const auto sound = [](const sockerr::socket_error& e) {
    return typeid(e) == type_of(classify(e.code())) && *e.what() != 0;
  };
  try {
    const shortage now{nth, for_good};
    action();
    result.is_success = true;
  } catch (const std::bad_alloc&) {
    result.is_bad_alloc = true;
  } catch (const sockerr::socket_error& e) {
    result.is_sound = sound(e);
    result.code = e.code();
  }
  result.allocated = shortage::allocated();
  return result;
}

// Fails each allocation in turn: what is expected arrives, or std::bad_alloc; nothing is lost.
template <class Action>
int check_every_allocation(const std::string& name, bool succeeds, const std::error_code& expected, Action action) {
  INFO(name);
  const ending whole = run_short_of_memory(0, false, action);
  CHECK(whole.is_success == succeeds);
  if (!succeeds) CHECK(whole.is_sound);
  CHECK(whole.code == expected);
  int wrong = 0;
  int checked = 0;
  for (const bool for_good : {false, true})
    for (int nth = 1; nth <= whole.allocated + 1; ++nth) {
      const int descriptors = interposer::live_descriptors();
      const int lists = interposer::live_lists();
      const long memory = live;
      const ending now = run_short_of_memory(nth, for_good, action);
      const bool as_usual = now.is_success ? succeeds : now.is_sound && now.code == expected;
      if (!now.is_bad_alloc && !as_usual) ++wrong;
      if (nth > whole.allocated && now.is_bad_alloc) ++wrong;
      if (interposer::live_descriptors() != descriptors || interposer::live_lists() != lists) ++wrong;
      if (live != memory) ++wrong;
      ++checked;
    }
  CHECK(wrong == 0);
  return checked;
}

constexpr sockerr::errc some_error = sockerr::errc::connection_refused;

class stranger final : public std::error_category {
 public:
  const char* name() const noexcept override { return "stranger"; }
  std::string message(int) const override { return "a message that is longer than any buffer of a short string is"; }
};

// Its connections inherit the option (Linux), and leave no port in TIME_WAIT.
sockerr::socket listener_without_lingering() {
  sockerr::socket result = loopback::listener(64);
  result.set_option(SOL_SOCKET, SO_LINGER, linger{1, 0});
  return result;
}

// So many descriptors may be open as there are now, and `more`. Nothing is to be checked meanwhile: sanitizers take
// descriptors to tell what they find.
class descriptor_limit {
 public:
  explicit descriptor_limit(int more) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    // Descriptors are taken from the lowest free number on: the limit is the number that the first one too many has.
    int number = 0;
    for (int free = -1; free != more; ++number)
      if (::fcntl(number, F_GETFD) == -1) ++free;
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(number - 1);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
  }
  ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  descriptor_limit(const descriptor_limit&) = delete;
  descriptor_limit& operator=(const descriptor_limit&) = delete;

 private:
  rlimit before_{};
};

// Raises the number of descriptors that are left from none until the action succeeds, which may fail `during` one of
// these.
// Returns: how many it takes.
template <class Action>
int check_every_limit(const std::string& name, const std::vector<operation>& during, Action action) {
  INFO(name);
  const int before = open_descriptors();
  const int lists = interposer::live_lists();
  for (int left = 0; left != 20; ++left) {
    INFO(left << " descriptors are left");
    bool is_done = false;
    int errors = 0;
    std::string what;
    {
      const descriptor_limit limit{left};
      try {
        action();
        is_done = true;
      } catch (const sockerr::too_many_files_open& e) {
        errors += e.code() == sockerr::errc::too_many_files_open ? 0 : 1;
        errors += e.advice() == sockerr::retry_advice::after_pause ? 0 : 1;
        errors += std::count(during.begin(), during.end(), e.operation()) != 0 ? 0 : 1;
        errors += e.symbol() == "EMFILE" ? 0 : 1;
      } catch (const sockerr::resolution_error& e) {
        // A resolver that cannot read its files knows no host.
        errors += e.operation() == operation::resolve && during.front() == operation::resolve ? 0 : 1;
      } catch (const std::exception& e) {
        what = e.what();
        ++errors;
      }
    }
    INFO(what);
    CHECK(errors == 0);
    CHECK(open_descriptors() == before);
    CHECK(interposer::live_lists() == lists);
    if (is_done) return left;
  }
  FAIL("it never succeeds");
  return 0;
}

}  // namespace

TEST_CASE("every exception is thrown and told of without memory", "[memory]") {
  // Only std::system_error's own text and a list of attempts take any.
  std::vector<sockerr::attempt> attempts(3);
  for (sockerr::attempt& a : attempts) {
    a.endpoint = "[fe80::1234:5678:9abc:def0%a_long_name]:65535";
    a.error = some_error;
  }
  const stranger unknown;
  std::vector<std::error_code> codes{{1, unknown}, {123456, sockerr::socket_category()}, {1, std::generic_category()}};
  for (const sockerr::code_info info : sockerr::codes()) codes.push_back(make_error_code(info.code));
  for (const auto info : sockerr::codes<sockerr::resolver_errc>()) codes.push_back(make_error_code(info.code));
  int checked = 0;
  for (const std::error_code& ec : codes)
    for (const bool has_attempts : {false, true})
      checked += check_every_allocation(ec.category().name() + std::to_string(ec.value()), false, ec, [&] {
        sockerr::error e = sockerr::error{ec, operation::connect}.peer("127.0.0.1:65432").local("127.0.0.1:1");
        if (has_attempts) sockerr::detail::keep_attempts(e, attempts);
        sockerr::throw_error(e);
      });
  WARN(checked << " throws");
}

TEST_CASE("an exception is copied rethrown and kept without memory", "[memory]") {
  std::vector<sockerr::attempt> attempts(3);
  for (sockerr::attempt& a : attempts) a.endpoint = "127.0.0.1:65432, or thereabouts";
  sockerr::error whole = sockerr::error{some_error, operation::connect}.peer("127.0.0.1:1");
  sockerr::detail::keep_attempts(whole, attempts);
  try {
    sockerr::throw_error(whole);
  } catch (const sockerr::connection_refused& e) {
    const shortage none{1};
    const sockerr::connection_refused copy{e};
    std::string_view peer = copy.peer();
    const char* const what = copy.what();
    const std::exception_ptr kept = std::current_exception();
    bool is_caught = false;
    try {
      std::rethrow_exception(kept);
    } catch (const sockerr::connection_error& again) {
      is_caught = again.code() == some_error && again.attempts().size() == 3 && !again.cause().empty();
    }
    const int allocated = shortage::allocated();
    const bool is_same = std::string_view{what} == e.what() && peer == e.peer();
    const shortage over{};
    CHECK(allocated == 0);
    CHECK(is_caught);
    CHECK(is_same);
  }
}

TEST_CASE("what does not throw does not allocate", "[memory]") {
  loopback::connection c;
  sockerr::socket datagrams = loopback::datagram_socket();
  const endpoint there = c.listening.local_endpoint();
  const loopback::closed_port closed;
  const stranger unknown;
  std::vector<std::error_code> codes{{}, {1, unknown}, {123456, sockerr::socket_category()}};
  for (const sockerr::code_info info : sockerr::codes()) {
    codes.push_back(make_error_code(info.code));
    codes.emplace_back(static_cast<int>(info.code), std::generic_category());
    codes.emplace_back(static_cast<int>(info.code), std::system_category());
  }
  for (const auto info : sockerr::codes<sockerr::resolver_errc>()) codes.push_back(make_error_code(info.code));
  const std::vector<std::string> texts{"127.0.0.1:80",
                                       "[::1]:80",
                                       "[fe80::1%lo]:80",
                                       "/run/a/path/of/some/length.sock",
                                       "unix:relative",
                                       "@abstract\\x00name",
                                       "",
                                       "host:80",
                                       "[::1",
                                       "1.2.3.4:99999"};
  sockerr::connect_options to;
  to.timeout = 30s;
  to.no_delay = to.keep_alive = true;
  to.local = loopback::any_port();
  sockerr::listen_options listening;
  listening.reuse_port = true;

  std::size_t sink = 0;
  std::map<std::string, int> allocated;
  const auto count = [&](const char* name, auto action) {
    int made = 0;
    {
      const shortage none{1};  // an allocation in a noexcept function ends the program
      action();
      made = shortage::allocated();
    }
    allocated[name] += made;
  };
  using sockerr::cause;
  using sockerr::name;
  for (const std::error_code& ec : codes) {
    count("classify", [&] { sink += static_cast<std::size_t>(classify(ec)); });
    count("symbol", [&] { sink += sockerr::symbol(ec).size(); });
    count("cause", [&] { sink += cause(ec, operation::connect).size(); });
    count("advise", [&] { sink += static_cast<std::size_t>(advise(ec, operation::accept)); });
    count("==", [&] { sink += ec == condition::timed_out || condition::unreachable != ec ? 1 : 0; });
    count("== std", [&] { sink += ec == std::errc::connection_refused ? 1 : 0; });
    count("default condition", [&] { sink += static_cast<std::size_t>(ec.default_error_condition().value()); });
  }
  count("names", [&] {
    sink += name(condition::timed_out).size() + name(operation::connect).size() +
            name(sockerr::retry_advice::never).size() + message(condition::timed_out).size() +
            message(some_error).size() + (sockerr::from_symbol("ECONNREFUSED") ? 1U : 0U) +
            (sockerr::condition_from_name("timed_out") ? 1U : 0U) +
            (sockerr::condition_from_symbol("WSAETIMEDOUT") ? 1U : 0U);
    for (const sockerr::code_info info : sockerr::codes()) sink += info.cause.size();
  });
  for (const std::string& text : texts)
    count("endpoint", [&] {
      std::error_code ec;
      const endpoint e = endpoint::parse(text, ec);
      sink += endpoint::text{e}.view().size() + e.path().size() + std::hash<endpoint>{}(e);
      sink += e == there || e < there ? 1 : 0;
      sink += endpoint::ip(text, 1, ec).size() + endpoint::unix_path(text, ec).size();
      sink += endpoint::abstract_name(text, ec).size();
      sink += endpoint::from_native(e.data(), e.size(), ec).size();
    });
  for (const deadline until : {deadline{}, deadline{30s}, deadline{0ms}}) {
    count("calls", [&] {
      std::error_code ec;
      endpoint from;
      char bytes[8];
      const int flags = until.is_set() ? 0 : MSG_DONTWAIT;
      c.client.send("data", 4, 0, until, ec);
      c.client.send_all("data", 4, until, ec);
      c.server.recv_exactly(bytes, 8, 30s, ec);
      sink += c.server.recv(bytes, 1, flags, 1ms, ec);
      datagrams.send_to("data", 4, datagrams.local_endpoint(ec), 0, until, ec);
      datagrams.recv_from(bytes, 4, from, 0, 30s, ec);
      const sockerr::socket refused = sockerr::open(AF_INET, SOCK_STREAM, ec);
      sockerr::connect(refused.native_handle(), closed.endpoint, until, ec);
      sink += sockerr::open(-1, SOCK_STREAM, 0, ec).is_open() ? 1 : 0;
      sink += sockerr::get_option<int>(-1, SOL_SOCKET, SO_ERROR, ec) != 0 ? 1 : 0;
      sockerr::set_option(-1, SOL_SOCKET, SO_KEEPALIVE, 1, ec);
      sink += c.client.peer_endpoint(ec).size();
      sockerr::bind(-1, there, ec);
      sockerr::listen(-1, ec);
      sockerr::shutdown(-1, sockerr::shutdown_direction::both, ec);
      sockerr::close(-1, ec);
      sockerr::socket next = sockerr::connect_to(there, to, ec);
      sockerr::socket its_end = c.listening.accept(&from, 30s, ec);
      next.shutdown(sockerr::shutdown_direction::both, ec);
      its_end.close(ec);
      sink += c.listening.accept(&from, 1ms, ec).is_open() ? 1 : 0;
    });
    count("connect_to", [&] {
      std::error_code ec;
      sink += sockerr::connect_to(closed.endpoint, to, ec).is_open() ? 1 : 0;
      sink += sockerr::connect_to(closed.endpoint, ec).is_open() ? 1 : 0;
    });
    count("listen_on", [&] {
      std::error_code ec;
      sink += sockerr::listen_on(loopback::any_port(), listening, ec).is_open() ? 1 : 0;
      sink += sockerr::listen_on(there, ec).is_open() ? 1 : 0;
    });
  }
  for (const auto& [what, number] : allocated) {
    INFO(what);
    CHECK(number == 0);
  }
  CHECK(sink != 0);
}

TEST_CASE("without memory a lookup or a connection ends in its error or in bad alloc", "[memory]") {
  const sockerr::socket listening = listener_without_lingering();
  const std::string port = std::to_string(listening.local_endpoint().port());
  const loopback::closed_port closed;
  const std::string closed_port = std::to_string(closed.endpoint.port());
  const std::error_code refused = some_error;
  const auto drop_queue = [&] {
    std::error_code ec;
    (void)sockerr::accept(listening.native_handle(), nullptr, 30s, ec);
  };
  int checked = 0;
  checked += check_every_allocation("resolve", true, {}, [&] { (void)sockerr::resolve("localhost", port); });
  checked += check_every_allocation("resolve an address", true, {}, [&] { (void)sockerr::resolve("127.0.0.1", port); });
  checked += check_every_allocation("resolve no host", false, sockerr::resolver_errc::host_not_found,
                                    [&] { (void)sockerr::resolve("", port); });
  checked += check_every_allocation("connect_to an endpoint", true, {}, [&] {
    const sockerr::socket s = sockerr::connect_to(listening.local_endpoint());
    drop_queue();
  });
  checked += check_every_allocation("connect_to a closed endpoint", false, refused,
                                    [&] { (void)sockerr::connect_to(closed.endpoint); });
  checked += check_every_allocation("connect_to a host", true, {}, [&] {
    const sockerr::socket s = sockerr::connect_to("localhost", port);
    drop_queue();
  });
  checked += check_every_allocation("connect_to a closed port of a host", false, refused,
                                    [&] { (void)sockerr::connect_to("localhost", closed_port); });
  sockerr::retry_policy policy;
  policy.delay = 0ms;
  checked += check_every_allocation("connect_with_retry", false, refused,
                                    [&] { (void)sockerr::connect_with_retry("localhost", closed_port, policy); });
  checked += check_every_allocation("retry", false, refused, [&] {
    sockerr::retry(policy, operation::connect, [&] { sockerr::open(AF_INET, SOCK_STREAM).connect(closed.endpoint); });
  });
  checked += check_every_allocation("listen_on", false, make_error_code(sockerr::errc::address_in_use),
                                    [&] { (void)sockerr::listen_on(listening.local_endpoint()); });
  for (const bool throws : {false, true})
    checked += check_every_allocation("the quiet forms", !throws, throws ? refused : std::error_code{}, [&] {
      std::error_code ec;
      (void)sockerr::resolve("localhost", port, ec);
      (void)sockerr::connect_to("localhost", closed_port, ec);
      (void)sockerr::connect_with_retry("localhost", closed_port, policy, ec);
      if (throws) sockerr::throw_error(ec);
    });
  WARN(checked << " allocations have failed");
}

TEST_CASE("without descriptors a connection or a lookup is too many files open", "[memory]") {
  const char* const preloaded = std::getenv("LD_PRELOAD");
  if (preloaded != nullptr && std::string_view{preloaded}.find("vgpreload") != std::string_view::npos)
    SOCKERR_SKIP("valgrind takes a connection from the queue before it looks at the limit");
  const sockerr::socket listening = listener_without_lingering();
  const endpoint there = listening.local_endpoint();
  const std::string port = std::to_string(there.port());
  const auto drop_queue = [&] {
    std::error_code ec;
    while (sockerr::accept(listening.native_handle(), nullptr, 50ms, ec).is_open()) continue;
  };
  CHECK(check_every_limit("open", {operation::open}, [] { (void)sockerr::open(AF_INET, SOCK_STREAM); }) == 1);
  CHECK(check_every_limit("connect_to an endpoint", {operation::open}, [&] { (void)sockerr::connect_to(there); }) == 1);
  drop_queue();
  CHECK(check_every_limit("connect_to an address", {operation::open},
                          [&] { (void)sockerr::connect_to("127.0.0.1", port); }) == 1);
  drop_queue();
  CHECK(check_every_limit("listen_on", {operation::open}, [] { (void)sockerr::listen_on(loopback::any_port()); }) == 1);
  sockerr::retry_policy policy;
  policy.wait = [](std::chrono::nanoseconds) { return true; };
  CHECK(check_every_limit("connect_with_retry", {operation::open},
                          [&] { (void)sockerr::connect_with_retry("127.0.0.1", port, policy); }) == 1);
  drop_queue();
  // By name, the resolver needs some first: the limit meets one call after the other.
  std::error_code unimportant;
  (void)sockerr::resolve("localhost", port, unimportant);  // glibc now knows whom to ask
  WARN("connecting to a name takes " << check_every_limit("connect_to a host", {operation::resolve, operation::open},
                                                          [&] { (void)sockerr::connect_to("localhost", port); })
                                     << " descriptors");
  drop_queue();
  // The connection stays in the queue until there is a descriptor for it.
  const sockerr::socket waiting = sockerr::connect_to(there);
  for (const deadline until : {deadline{}, deadline{30s}, deadline{0ms}}) {
    std::error_code ec;
    bool is_open = false;
    {
      const descriptor_limit none{0};
      is_open = sockerr::accept(listening.native_handle(), nullptr, until, ec).is_open();
    }
    CHECK_FALSE(is_open);
    CHECK(ec == sockerr::errc::too_many_files_open);
  }
  endpoint from;
  CHECK(check_every_limit("accept", {operation::accept},
                          [&] { (void)sockerr::accept(listening.native_handle(), &from, 30s); }) == 1);
  CHECK(from == waiting.local_endpoint());
  // How many the resolver takes is its own affair.
  const int needed =
      check_every_limit("resolve", {operation::resolve}, [&] { (void)sockerr::resolve("localhost", port); });
  WARN("resolving takes " << needed << " descriptors");
}

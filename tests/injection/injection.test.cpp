// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <fcntl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <utility>
#include <vector>

#include "../catch.hpp"
#include "../loopback.hpp"
#include "interposer.hpp"
#include "tree.hpp"

using namespace std::chrono_literals;
using interposer::call;
using interposer::fault;
using interposer::for_good;
using sockerr::classify;
using sockerr::condition;
using sockerr::deadline;
using sockerr::endpoint;
using sockerr::operation;
using sockerr::symbol;

namespace {

constexpr auto generous = 30s;
constexpr auto brief = 30ms;
constexpr int brief_calls = 400;

// Every errno of the table, each number once.
const std::vector<sockerr::code_info>& every_errno() {
  static const std::vector<sockerr::code_info> all = [] {
    std::vector<sockerr::code_info> result;
    std::set<int> seen;
    for (const sockerr::code_info info : sockerr::codes())
      if (seen.insert(static_cast<int>(info.code)).second) result.push_back(info);
    return result;
  }();
  return all;
}

// What a failing libc call means to the wrapper that made it.
enum class rule {
  reported,    // the result
  absorbed,    // no matter
  transfer,    // the result, unless it means that the call is to be repeated
  connecting,  // likewise, but without a deadline an attempt that goes on is the result
  accepting,   // likewise, and the connection at the head of the queue may be dead
  polling,     // the result, unless it means that there is more to wait for
  closing,     // the result, unless the descriptor is gone all the same
  retried      // the result, unless advice is to try again
};

struct meaning {
  rule is;
  sockerr::operation during;
  const std::string* peer = nullptr;  // what the exception says; nullptr where it is open
  const std::string* local = nullptr;
  const std::string* host = nullptr;
};

// As the local end: one that the system has chosen.
const std::string some_port = "127.0.0.1:*";

struct scenario {
  std::string name;
  bool has_deadline;
  // The fixture before each try: what is to be done.
  std::function<std::function<void(deadline)>()> prepare;
  // Of the call at a position, counted from 1.
  std::function<meaning(call, int)> means;
  // What happens beside the fault in question.
  std::vector<fault> beside = {};
};

bool is_wait(int error) { return error == EINTR || error == EAGAIN || error == EINPROGRESS || error == EALREADY; }

// Whether a call with that meaning goes on after the error.
bool goes_on(rule r, int error, bool has_deadline, operation during) {
  const std::error_code ec{error, sockerr::socket_category()};
  switch (r) {
    case rule::reported: return false;
    case rule::absorbed: return true;
    case rule::transfer:
    case rule::connecting: return error == EINTR || (has_deadline && is_wait(error));
    case rule::accepting:
      return error == EINTR || (has_deadline && is_wait(error)) || error == EOPNOTSUPP ||
             advise(ec, operation::accept) == sockerr::retry_advice::at_once;
    case rule::polling: return is_wait(error);
    case rule::closing: return error == EINTR || error == EINPROGRESS;
    case rule::retried: return advise(ec, during) != sockerr::retry_advice::never;
  }
  return false;
}

class tally {
 public:
  void wrong(const std::string& where, const std::string& what) {
    if (++wrong_ <= 20) UNSCOPED_INFO(where << ": " << what);
  }
  void one_more(call which, int error, int position) {
    ++cases_;
    calls_.insert(static_cast<int>(which));
    errors_.insert(error);
    positions_.insert(position);
  }
  void scenario_done() { ++scenarios_; }
  int wrong() const { return wrong_; }
  std::string summary() const {
    return std::to_string(cases_) + " faults: " + std::to_string(scenarios_) + " uses of the wrappers x " +
           std::to_string(calls_.size()) + " libc calls x " + std::to_string(errors_.size()) + " errnos x up to " +
           std::to_string(positions_.size()) + " positions";
  }

 private:
  int wrong_ = 0;
  int cases_ = 0;
  int scenarios_ = 0;
  std::set<int> calls_, errors_, positions_;
};

enum class expectation { success, error, time_is_up };

// One fault in one use of a wrapper: the result is as told, nothing is lost, and the next use succeeds.
void strike(const scenario& s, const fault& f, const meaning& m, expectation expected, tally& t) {
  const std::error_code injected{f.error, sockerr::socket_category()};
  const auto where = [&] {
    return s.name + ", " + interposer::name(f.which) + " " + std::to_string(f.first) + (f.times > 1 ? "..." : "") +
           " fails with " + std::string{symbol(injected)};
  };
  const auto wrong = [&](const std::string& what) { t.wrong(where(), what); };
  t.one_more(f.which, f.error, f.times > 1 ? 0 : f.first);

  const int lists = interposer::live_lists();
  const int in_vain = interposer::closed_in_vain();
  const long allocations = interposer::live_allocations();
  {
    const auto run = s.prepare();
    const int before = interposer::live_descriptors();
    std::vector<fault> faults{f};
    faults.insert(faults.end(), s.beside.begin(), s.beside.end());
    const deadline until = !s.has_deadline                       ? deadline{}
                           : expected == expectation::time_is_up ? deadline{brief}
                                                                 : deadline{generous};
    const auto begin = deadline::clock::now();
    const interposer::injection running{faults};
    try {
      run(until);
      if (expected != expectation::success) wrong("it succeeded");
    } catch (const sockerr::socket_error& e) {
      if (expected == expectation::success) {
        wrong(std::string{"it threw "} + e.what());
      } else {
        const std::error_code code =
            expected == expectation::error ? injected : make_error_code(sockerr::library_errc::deadline_exceeded);
        if (e.code() != code) wrong(std::string{"the code is another: "} + e.what());
        if (typeid(e) != type_of(classify(code))) wrong(std::string{"the type is "} + typeid(e).name());
        if (e.condition() != classify(code)) wrong("the condition is another");
        if (e.symbol() != symbol(code) || e.symbol().empty()) wrong("the symbol is another");
        if (std::string{e.what()}.find(symbol(code)) == std::string::npos) wrong("what() does not tell the symbol");
        if (e.operation() != m.during) wrong("the operation is " + std::string{name(e.operation())});
        if ((expected == expectation::time_is_up) != e.by_deadline()) wrong("a deadline is taken for another or not");
        if (m.peer != nullptr && e.peer() != *m.peer) wrong("the peer is " + std::string{e.peer()});
        if (m.local == &some_port ? e.local().rfind("127.0.0.1:", 0) != 0 || e.local() == "127.0.0.1:0"
                                  : m.local != nullptr && e.local() != *m.local)
          wrong("the local end is " + std::string{e.local()});
        if (m.host != nullptr && e.host() != *m.host) wrong("the host is " + std::string{e.host()});
      }
    } catch (const std::exception& e) {
      wrong(std::string{"it threw what is no socket_error: "} + e.what());
    }
    if (running.struck() == 0) wrong("nothing failed");
    if (running.made_in_all() > brief_calls) wrong(std::to_string(running.made_in_all()) + " calls were made");
    if (deadline::clock::now() - begin > generous / 2) wrong("it took too long");
    if (interposer::live_descriptors() > before) wrong("a descriptor was lost");
    if (interposer::live_lists() != lists) wrong("a list of addresses was lost");
    if (interposer::closed_in_vain() != in_vain) wrong("a descriptor was closed twice");
  }
  if (interposer::live_allocations() > allocations) wrong("memory was lost");
  if (f.first != 1) return;
  try {
    s.prepare()(s.has_deadline ? deadline{generous} : deadline{});
  } catch (const std::exception& e) {
    wrong(std::string{"afterwards it threw "} + e.what());
  }
}

int count_open_files() {
  int count = 0;
  for (int handle = 0; handle != 1024; ++handle) count += ::fcntl(handle, F_GETFD) != -1 ? 1 : 0;
  return count;
}

// All calls that a use of a wrapper makes, with every errno, at every position and for good.
void strike_everywhere(const scenario& s, tally& t) {
  std::array<int, interposer::call_count> made{};
  s.prepare()(s.has_deadline ? deadline{generous} : deadline{});
  {
    const auto run = s.prepare();
    const interposer::injection dry{s.beside};
    run(s.has_deadline ? deadline{generous} : deadline{});
    for (std::size_t i = 0; i != made.size(); ++i) made[i] = dry.made(static_cast<call>(i));
  }
  const int before = count_open_files();
  for (std::size_t i = 0; i != made.size(); ++i) {
    const auto which = static_cast<call>(i);
    for (const sockerr::code_info& info : every_errno()) {
      const int error = static_cast<int>(info.code);
      for (int position = 1; position <= made[i]; ++position) {
        const meaning m = s.means(which, position);
        strike(s, {which, error, position}, m,
               goes_on(m.is, error, s.has_deadline, m.during) ? expectation::success : expectation::error, t);
      }
      if (made[i] == 0) continue;
      // That would take three times as long as an attempt may.
      if (s.means(which, 1).is == rule::retried && is_wait(error)) continue;
      // For good; but a call without deadline would go on for good with it.
      meaning m = s.means(which, 1);
      for (int position = 2; position <= made[i] && m.is == rule::absorbed; ++position) m = s.means(which, position);
      const bool on = goes_on(m.is, error, s.has_deadline, m.during);
      const bool endless = on && m.is != rule::absorbed && m.is != rule::closing;
      if (m.is == rule::retried || !endless)
        strike(s, {which, error, 1, for_good}, m,
               on && m.is != rule::retried ? expectation::success : expectation::error, t);
      else if (s.has_deadline)
        strike(s, {which, error, 1, for_good}, m, expectation::time_is_up, t);
      else
        strike(s, {which, error, 1, 20}, m, expectation::success, t);
    }
  }
  t.scenario_done();
  if (count_open_files() != before) t.wrong(s.name, "descriptors were lost");
}

// Does not linger in TIME_WAIT, which would use up the ports.
void end_at_once(sockerr::socket& s) { s.set_option(SOL_SOCKET, SO_LINGER, linger{1, 0}); }

void blocking(int handle, bool on) { ::fcntl(handle, F_SETFL, on ? 0 : O_NONBLOCK); }

// Reads away what is left.
void empty(int handle) {
  char bytes[64];
  while (::recv(handle, bytes, sizeof bytes, MSG_DONTWAIT) > 0) continue;
}

void wait_for_input(int handle) {
  std::error_code ec;
  if (sockerr::detail::wait(handle, sockerr::detail::native::event::readable, generous, ec) !=
      sockerr::detail::native::readiness::ready)
    throw std::logic_error{"nothing arrives"};
}

// A listener to connect to. Its queue is emptied when asked.
struct target {
  sockerr::socket listening = loopback::listener(64);
  endpoint where = listening.local_endpoint();
  std::string text = where.to_string();

  // Its connections inherit that (Linux), and leave no port in TIME_WAIT.
  target() { end_at_once(listening); }

  void drain() {
    blocking(listening.native_handle(), false);
    std::error_code ec;
    while (listening.accept(ec).is_open()) continue;
    blocking(listening.native_handle(), true);
  }
};

struct pair {
  loopback::connection ends;
  int handle = ends.client.native_handle();
  int far = ends.server.native_handle();
  std::string peer = ends.client.peer_endpoint().to_string();
  std::string local = ends.client.local_endpoint().to_string();

  pair() {
    end_at_once(ends.client);
    end_at_once(ends.server);
  }
};

struct datagrams {
  sockerr::socket near = loopback::datagram_socket();
  sockerr::socket far = loopback::datagram_socket();
  endpoint where = far.local_endpoint();
  int handle = near.native_handle();
  std::string peer = where.to_string();
  std::string local = near.local_endpoint().to_string();

  datagrams() {
    near.connect(where);
    far.connect(near.local_endpoint());
  }
};

// The form of a name that the rules take.
std::string variant(const char* name, bool has_deadline, bool waits) {
  return std::string{name} + (has_deadline ? " with a deadline" : "") + (waits ? ", not ready at first" : "");
}

// For the transfers: the call in question, and poll().
std::function<meaning(call, int)> transfers(call which, operation during, const std::string* peer,
                                            const std::string* local) {
  return [=](call c, int) -> meaning {
    if (c == which) return {rule::transfer, during, peer, local};
    if (c == call::poll) return {rule::polling, during, peer, local};
    return {rule::absorbed, during};
  };
}

// For calls that mean the same at every position; the others do not matter.
std::function<meaning(call, int)> by_call(std::map<call, meaning> meanings) {
  return [all = std::move(meanings)](call c, int) -> meaning {
    const auto found = all.find(c);
    return found != all.end() ? found->second : meaning{rule::absorbed, operation::unknown};
  };
}

struct mode {
  bool has_deadline;
  bool waits;
};
constexpr mode modes[] = {{false, false}, {true, false}, {true, true}};

std::vector<fault> not_ready(call which, bool waits) {
  return waits ? std::vector<fault>{{which, EAGAIN}} : std::vector<fault>{};
}

char bytes[4096];

}  // namespace

TEST_CASE("an error of any call that sets a socket up is reported", "[injection]") {
  tally t;
  const auto only = [](call which, operation during, const std::string* peer = nullptr,
                       const std::string* local = nullptr) {
    return [=](call c, int position) -> meaning {
      return {c == which && position == 1 ? rule::reported : rule::absorbed, during, peer, local};
    };
  };
  const std::string none;
  strike_everywhere({"open", false, [] { return [](deadline) { (void)sockerr::open(AF_INET, SOCK_STREAM); }; },
                     only(call::socket, operation::open, &none, &none)},
                    t);

  const auto fresh = [](auto use) {
    return [use] {
      auto s = std::make_shared<sockerr::socket>(sockerr::open(AF_INET, SOCK_STREAM));
      return [use, s](deadline) { use(*s); };
    };
  };
  const std::string any_port = loopback::any_port().to_string();
  strike_everywhere({"bind", false, fresh([](sockerr::socket& s) { s.bind(loopback::any_port()); }),
                     only(call::bind, operation::bind, &none, nullptr)},
                    t);
  strike_everywhere({"listen", false, fresh([](sockerr::socket& s) { s.listen(); }),
                     only(call::listen, operation::listen, &none, &none)},
                    t);
  strike_everywhere({"get_option", false, fresh([](sockerr::socket& s) { (void)s.get_option(SOL_SOCKET, SO_RCVBUF); }),
                     only(call::getsockopt, operation::get_option, &none, &none)},
                    t);
  strike_everywhere({"set_option", false, fresh([](sockerr::socket& s) { s.set_option(SOL_SOCKET, SO_KEEPALIVE, 1); }),
                     only(call::setsockopt, operation::set_option, &none, &none)},
                    t);
  strike_everywhere({"close", false, fresh([](sockerr::socket& s) { s.close(); }),
                     [&](call, int) -> meaning {
                       return {rule::closing, operation::close, &none, &none};
                     }},
                    t);
  pair p;
  const auto keep = [](auto use) { return [use] { return [use](deadline) { use(); }; }; };
  strike_everywhere({"local_endpoint", false, keep([&] { (void)sockerr::local_endpoint(p.handle); }),
                     only(call::getsockname, operation::local_address, &p.peer)},
                    t);
  strike_everywhere({"peer_endpoint", false, keep([&] { (void)sockerr::peer_endpoint(p.handle); }),
                     only(call::getpeername, operation::peer_address, nullptr, &p.local)},
                    t);
  strike_everywhere({"shutdown", false, keep([&] { sockerr::shutdown(p.handle, sockerr::shutdown_direction::send); }),
                     only(call::shutdown, operation::shutdown, &p.peer, &p.local)},
                    t);

  sockerr::listen_options options;
  options.reuse_port = true;
  options.v6_only = true;
  strike_everywhere({"listen_on", false, keep([&] { (void)sockerr::listen_on(loopback::any_port(), options); }),
                     by_call({{call::socket, {rule::reported, operation::open, &none, &any_port}},
                              {call::setsockopt, {rule::reported, operation::set_option, &none, &any_port}},
                              {call::bind, {rule::reported, operation::bind, &none, &any_port}},
                              {call::listen, {rule::reported, operation::listen, &none, &some_port}}})},
                    t);
  const std::string host = "localhost:http";
  strike_everywhere({"resolve", false, keep([] { (void)sockerr::resolve("localhost", "http"); }),
                     by_call({{call::getaddrinfo, {rule::reported, operation::resolve, &none, &none, &host}}})},
                    t);
  WARN(t.summary());
  CHECK(t.wrong() == 0);
}

TEST_CASE("an error of any call that transfers is reported or repeated", "[injection]") {
  tally t;
  pair p;
  datagrams d;
  endpoint from;
  const std::string none;
  int messages[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, messages) == 0);
  sockerr::socket owners[] = {sockerr::socket{messages[0]}, sockerr::socket{messages[1]}};
  for (const mode m : modes)
    for (const bool is_member : {false, true}) {
      const auto check = [&](const char* name, call which, operation during, auto prepare, const std::string& peer,
                             const std::string& local) {
        strike_everywhere({variant(name, m.has_deadline, m.waits) + (is_member ? ", of a socket" : ""), m.has_deadline,
                           prepare, transfers(which, during, &peer, &local), not_ready(which, m.waits)},
                          t);
      };
      // Four bytes to receive, whatever was there.
      const auto receive = [](int far, int handle, auto use) {
        return [=] {
          empty(handle);
          if (::send(far, "data", 4, 0) != 4) throw std::logic_error{"nothing was sent"};
          wait_for_input(handle);
          return use;
        };
      };
      check("recv", call::recv, operation::recv,
            receive(p.far, p.handle,
                    [&, is_member](deadline until) {
                      is_member ? p.ends.client.recv(bytes, 4, 0, until) : sockerr::recv(p.handle, bytes, 4, 0, until);
                    }),
            p.peer, p.local);
      check("recv_from", call::recvfrom, operation::recv,
            receive(d.far.native_handle(), d.handle,
                    [&, is_member](deadline until) {
                      is_member ? d.near.recv_from(bytes, 4, from, 0, until)
                                : sockerr::recv_from(d.handle, bytes, 4, from, 0, until);
                    }),
            d.peer, d.local);
      // Messages are received one by one.
      check(
          "recv_exactly", call::recv, operation::recv_exactly,
          [&, is_member] {
            empty(messages[0]);
            for (const char* part : {"data", "more"})
              if (::send(messages[1], part, 4, 0) != 4) throw std::logic_error{"nothing was sent"};
            return [&, is_member](deadline until) {
              is_member ? owners[0].recv_exactly(bytes, 8, until) : sockerr::recv_exactly(messages[0], bytes, 8, until);
            };
          },
          none, none);

      const auto send = [](int far, auto use) {
        return [=] {
          empty(far);
          return use;
        };
      };
      check("send", call::send, operation::send,
            send(p.far,
                 [&, is_member](deadline until) {
                   is_member ? p.ends.client.send("data", 4, 0, until) : sockerr::send(p.handle, "data", 4, 0, until);
                 }),
            p.peer, p.local);
      check("send_all", call::send, operation::send_all,
            send(p.far,
                 [&, is_member](deadline until) {
                   is_member ? p.ends.client.send_all("data", 4, until) : sockerr::send_all(p.handle, "data", 4, until);
                 }),
            p.peer, p.local);
      check("send_to", call::sendto, operation::send,
            send(d.far.native_handle(),
                 [&, is_member](deadline until) {
                   is_member ? d.near.send_to("data", 4, d.where, 0, until)
                             : sockerr::send_to(d.handle, "data", 4, d.where, 0, until);
                 }),
            d.peer, d.local);
    }
  WARN(t.summary());
  CHECK(t.wrong() == 0);
}

TEST_CASE("an error of any call that accepts is reported or passed over", "[injection]") {
  tally t;
  target here;
  const std::string none;
  for (const mode m : modes)
    for (const bool is_member : {false, true})
      strike_everywhere(
          {variant("accept", m.has_deadline, m.waits) + (is_member ? ", of a socket" : ""), m.has_deadline,
           [&, is_member] {
             here.drain();
             auto client = std::make_shared<sockerr::socket>(sockerr::connect_to(here.where));
             end_at_once(*client);
             wait_for_input(here.listening.native_handle());
             return [&, is_member, client, expected = client->local_endpoint()](deadline until) {
               endpoint from;
               sockerr::socket s = is_member ? here.listening.accept(&from, until)
                                             : sockerr::accept(here.listening.native_handle(), &from, until);
               if (from != expected) throw std::logic_error{"a stranger"};
             };
           },
           [&](call c, int position) -> meaning {
             // The mode is read and set, and put back.
             if (c == call::accept || (c == call::fcntl && m.has_deadline && position % 3 != 0))
               return {rule::accepting, operation::accept, &none, &here.text};
             if (c == call::poll) return {rule::polling, operation::accept, &none, &here.text};
             return {rule::absorbed, operation::accept};
           },
           not_ready(call::accept, m.waits)},
          t);
  WARN(t.summary());
  CHECK(t.wrong() == 0);
}

TEST_CASE("an error of any call that connects is reported or waited for", "[injection]") {
  tally t;
  target there;
  const std::string none;
  const auto fresh = [&] {
    there.drain();
    auto s = std::make_shared<sockerr::socket>(sockerr::open(AF_INET, SOCK_STREAM));
    end_at_once(*s);
    return [&, s](deadline until) { sockerr::connect(s->native_handle(), there.where, until); };
  };
  const auto fresh_socket = [&] {
    there.drain();
    auto s = std::make_shared<sockerr::socket>(sockerr::open(AF_INET, SOCK_STREAM));
    end_at_once(*s);
    return [&, s](deadline until) { s->connect(there.where, until); };
  };
  const meaning absorbed{rule::absorbed, operation::connect};
  const meaning reported{rule::reported, operation::connect, &there.text};
  const meaning connecting{rule::connecting, operation::connect, &there.text};
  const meaning polling{rule::polling, operation::connect, &there.text};
  strike_everywhere({"connect", false, fresh, [&](call c, int) { return c == call::connect ? connecting : absorbed; }},
                    t);
  const auto with_deadline = [&](call c, int position) {
    if (c == call::connect || (c == call::fcntl && position % 3 != 0)) return connecting;
    if (c == call::poll) return polling;
    return c == call::getsockopt ? reported : absorbed;
  };
  strike_everywhere({"connect with a deadline", true, fresh, with_deadline}, t);
  strike_everywhere({"connect with a deadline, of a socket", true, fresh_socket, with_deadline}, t);
  // The attempt goes on after the interruption; its own timeout is asked for first.
  const auto interrupted = [&](call c, int position) {
    if (c == call::connect) return connecting;
    if (c == call::poll) return polling;
    return c == call::getsockopt && position == 2 ? reported : absorbed;
  };
  strike_everywhere({"connect, interrupted", false, fresh, interrupted, {{call::connect, EINTR, 1, 1, true}}}, t);
  strike_everywhere(
      {"connect with a deadline, interrupted", true, fresh, with_deadline, {{call::connect, EINTR, 1, 1, true}}}, t);
  strike_everywhere(
      {"connect with a deadline, begun before", true, fresh, with_deadline, {{call::connect, EALREADY, 1, 1, true}}},
      t);

  sockerr::connect_options options;
  options.no_delay = true;
  options.keep_alive = true;
  options.local = loopback::any_port();
  const std::string near_end = options.local->to_string();
  const auto whole = by_call({{call::getaddrinfo, {rule::reported, operation::resolve}},
                              {call::socket, {rule::reported, operation::open, &there.text, &none}},
                              {call::setsockopt, {rule::reported, operation::set_option, &there.text, &none}},
                              {call::bind, {rule::reported, operation::bind, &none, &near_end}},
                              {call::connect, {rule::connecting, operation::connect, &there.text, &some_port}},
                              {call::fcntl, {rule::connecting, operation::connect, &there.text, &some_port}},
                              {call::poll, {rule::polling, operation::connect, &there.text, &some_port}},
                              {call::getsockopt, {rule::reported, operation::connect, &there.text, &some_port}}});
  for (const bool has_deadline : {false, true}) {
    const auto to_endpoint = [&] {
      there.drain();
      return [&](deadline until) {
        sockerr::connect_options o = options;
        if (until.is_set()) o.timeout = until.remaining();
        sockerr::socket s = sockerr::connect_to(there.where, o);
        end_at_once(s);
      };
    };
    // Setting up the end of the connection is the last of the calls, and not one of the wrapper's.
    const auto means = [&](call c, int position) -> meaning {
      if (c == call::setsockopt && position == 3) return {rule::reported, operation::set_option};
      return c == call::fcntl && position % 3 == 0 ? absorbed : whole(c, position);
    };
    strike_everywhere({variant("connect_to", has_deadline, false), has_deadline, to_endpoint, means}, t);
    const auto to_host = [&] {
      there.drain();
      return [&](deadline until) {
        sockerr::connect_options o = options;
        o.family = AF_INET;
        if (until.is_set()) o.timeout = until.remaining();
        sockerr::socket s = sockerr::connect_to("localhost", std::to_string(there.where.port()), o);
        end_at_once(s);
      };
    };
    strike_everywhere({variant("connect_to a host", has_deadline, false), has_deadline, to_host, means}, t);
  }

  const auto again = by_call({{call::getaddrinfo, {rule::retried, operation::resolve}},
                              {call::socket, {rule::retried, operation::open}},
                              {call::connect, {rule::retried, operation::connect, &there.text}},
                              {call::fcntl, {rule::retried, operation::connect, &there.text}},
                              {call::poll, {rule::retried, operation::connect, &there.text}},
                              {call::getsockopt, {rule::retried, operation::connect, &there.text}}});
  sockerr::retry_policy policy;
  policy.wait = [](std::chrono::nanoseconds) { return true; };
  strike_everywhere(
      {"connect_with_retry", false,
       [&] {
         there.drain();
         return [&](deadline) {
           sockerr::connect_options o;
           o.family = AF_INET;
           sockerr::socket s = sockerr::connect_with_retry("localhost", std::to_string(there.where.port()), policy, o);
           std::error_code ignored;
           s.set_option(SOL_SOCKET, SO_LINGER, linger{1, 0}, ignored);
         };
       },
       [&](call c, int position) { return c == call::fcntl && position % 3 == 0 ? absorbed : again(c, position); }},
      t);
  // What means that there is more to wait for, for good: each attempt ends with its time.
  for (const call which : {call::connect, call::poll, call::fcntl})
    for (const int error : {EINTR, EAGAIN, EINPROGRESS, EALREADY})
      strike({"connect_with_retry with a time limit", true,
              [&] {
                there.drain();
                return [&](deadline until) {
                  sockerr::retry_policy limited = policy;
                  limited.attempt_timeout = until.remaining() / limited.max_attempts;
                  (void)sockerr::connect_with_retry("127.0.0.1", std::to_string(there.where.port()), limited);
                };
              },
              again},
             {which, error, 1, for_good}, {rule::retried, operation::connect, &there.text}, expectation::time_is_up, t);
  WARN(t.summary());
  CHECK(t.wrong() == 0);
}

TEST_CASE("an error of the resolver is reported", "[injection]") {
  tally t;
  struct row {
    int number;
    sockerr::resolver_errc code;
  };
  const row rows[] = {
#define SOCKERR_EAI(name, symbol) {symbol, sockerr::resolver_errc::name},
#include <sockerr/codes.def>
  };
  int checked = 0;
  for (const row& r : rows) {
    if (r.number == EAI_SYSTEM) continue;
    const interposer::injection running{{{call::getaddrinfo, ENOENT, 1, for_good, false, r.number}}};
    const auto check = [&](auto use) {
      try {
        use();
        FAIL("it succeeded");
      } catch (const sockerr::socket_error& e) {
        CHECK(e.code() == make_error_code(r.code));
        CHECK(typeid(e) == type_of(classify(r.code)));
        CHECK(e.symbol() == symbol(r.code));
        CHECK(e.operation() == operation::resolve);
        CHECK(e.host() == "localhost:http");
        CHECK(e.peer().empty());
        CHECK(e.attempts().empty());
      }
      ++checked;
    };
    check([] { (void)sockerr::resolve("localhost", "http"); });
    check([] { (void)sockerr::connect_to("localhost", "http"); });
    sockerr::retry_policy policy;
    policy.wait = [](std::chrono::nanoseconds) { return true; };
    check([&] { (void)sockerr::connect_with_retry("localhost", "http", policy); });
    CHECK(running.made(call::socket) == 0);
    CHECK(running.made(call::getaddrinfo) ==
          2 + (advise(r.code, operation::resolve) == sockerr::retry_advice::never ? 1 : 3));
  }
  CHECK(checked >= 3 * 8);
  // A number that nobody knows; and a reference to errno, which says nothing.
  for (const int number : {12345, EAI_SYSTEM}) {
    const interposer::injection running{{{call::getaddrinfo, 0, 1, 1, false, number}}};
    std::error_code ec;
    CHECK(sockerr::resolve("localhost", "http", ec).empty());
    CHECK(ec == sockerr::resolver_errc::resolution_failed);
  }
  CHECK(interposer::live_lists() == 0);
}

TEST_CASE("a connection that met itself and cannot be dissolved is shut down", "[injection]") {
  sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
  s.bind(loopback::any_port());
  const endpoint itself = s.local_endpoint();
  std::error_code ec;
  {
    const interposer::injection running{{{call::connect, EINVAL, 2}}};
    s.connect(itself, ec);
    CHECK(running.made(call::connect) == 2);
    CHECK(running.made(call::shutdown) == 1);
    CHECK(running.made(call::send) == 0);
  }
  CHECK(ec == condition::connection_refused);
  CHECK(ec == sockerr::library_errc::self_connected);
  CHECK(s.send("x", 1, ec) == 0);
  CHECK(ec == condition::broken_pipe);
}

TEST_CASE("an error is reported when its ends cannot be told any more", "[injection]") {
  tally t;
  pair p;
  const std::string none;
  int count = 0;
  for (const sockerr::code_info& first : every_errno())
    for (const sockerr::code_info& then : every_errno()) {
      const interposer::injection running{{{call::recv, static_cast<int>(first.code)},
                                           {call::getpeername, static_cast<int>(then.code), 1, for_good},
                                           {call::getsockname, static_cast<int>(then.code), 1, for_good}}};
      if (first.code == sockerr::errc::interrupted) continue;
      try {
        sockerr::recv(p.handle, bytes, 4);
        t.wrong(std::string{first.symbol}, "it succeeded");
      } catch (const sockerr::socket_error& e) {
        if (typeid(e) != type_of(first.condition)) t.wrong(std::string{first.symbol}, "the type is another");
        if (e.code() != first.code) t.wrong(std::string{first.symbol}, e.what());
        if (!e.peer().empty() || !e.local().empty()) t.wrong(std::string{first.symbol}, "it knows an end");
        if (running.struck() != 3) t.wrong(std::string{first.symbol}, "not all calls failed");
        ++count;
      }
    }
  WARN(count << " pairs of faults");
  CHECK(t.wrong() == 0);
}

TEST_CASE("an interrupted close never closes what another thread has opened", "[injection]") {
  std::atomic<bool> stop{false};
  std::atomic<int> lost{0};
  std::atomic<int> opened{0};
  std::thread opener{[&] {
    while (!stop) {
      const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
      ++opened;
      for (int i = 0; i != 20; ++i)
        if (::fcntl(file, F_GETFD) == -1) ++lost;
      if (::close(file) != 0) ++lost;
    }
  }};
  const int in_vain = interposer::closed_in_vain();
  int failed = 0;
  const auto end = deadline::clock::now() + 1s;
  for (int i = 0; deadline::clock::now() < end; ++i) {
    for (const int error : {EINTR, EINPROGRESS, EIO}) {
      const interposer::injection running{{{call::close, error, 1, for_good}}};
      std::error_code ec;
      sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
      const int handle = s.native_handle();
      switch (i % 4) {
        case 0: s.close(ec); break;
        case 1: s = {}; break;
        case 2: sockerr::close(s.release(), ec); break;
        default: {
          const sockerr::socket goes{std::move(s)};
        }
      }
      if (running.made(call::close) != 1 || handle < 0) ++failed;
      if ((ec && error != EIO) || (!ec && error == EIO && i % 2 == 0)) ++failed;
    }
  }
  stop = true;
  opener.join();
  CHECK(opened > 100);
  CHECK(lost == 0);
  CHECK(failed == 0);
  CHECK(interposer::closed_in_vain() == in_vain);
}

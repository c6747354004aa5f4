// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include "catch.hpp"
#include "descriptors.hpp"
#include "loopback.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

// Faults of a real network. Each test forks a child that makes a network namespace for itself, where it may do to
// routes, interfaces and firewall what it likes, and that tells its parent what came of the calls. Needs `ip` and `nft`
// (Debian: iproute2, nftables) and the right to make namespaces; what cannot be had skips the test with the reason.

namespace {

using namespace std::chrono_literals;
using sockerr::connect_options;
using sockerr::endpoint;
using sockerr::operation;
using sockerr::retry_advice;

// What came of one call.
struct observation {
  std::string caught;  // the classes whose catch clauses take it, from the top of the tree down
  std::string operation, circumstance, symbol, host, peer, local, what, cause, advice, fault, by_deadline, tries;
  std::string attempts;  // "127.0.0.1:80 ECONNREFUSED no, ...", by a deadline or not
  std::string leaked;    // descriptors

  template <class F>
  void each(F f) {
    for (std::string* s : {&caught, &operation, &circumstance, &symbol, &host, &peer, &local, &what, &cause, &advice,
                           &fault, &by_deadline, &tries, &attempts, &leaked})
      f(*s);
  }
};

// What a child tells its parent.
struct report {
  std::string skipped;  // why the machine cannot run this
  std::string broken;   // what else went wrong
  std::vector<observation> seen;
};

struct not_possible_here : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string yes_or_no(bool b) { return b ? "yes" : "no"; }

// Within a handler: whether a catch clause for the class would have taken the exception.
template <class Exception>
bool is_caught_by() {
  try {
    throw;
  } catch (const Exception&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string catching_classes() {
  std::string names;
#define SOCKERR_CONDITION(name, number, parent, message) \
  if (is_caught_by<sockerr::name>()) names += (names.empty() ? "" : " ") + std::string{#name};
#include <sockerr/codes.def>
  return names;
}

std::string matching_conditions(const std::error_code& ec) {
  std::string names;
#define SOCKERR_CONDITION(name, number, parent, message) \
  if (ec == sockerr::condition::name) names += (names.empty() ? "" : " ") + std::string{#name};
#include <sockerr/codes.def>
  return names;
}

void write_file(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = fd != -1 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (fd != -1) ::close(fd);
  if (!done) throw not_possible_here{"cannot write " + path + ": " + std::strerror(error)};
}

// In the child: its own network, in which only the loopback interface is there.
class network {
 public:
  explicit network(report& told) : told_{told} {
    const std::string uid = std::to_string(::geteuid());
    const std::string gid = std::to_string(::getegid());
    if (::unshare(CLONE_NEWNET) != 0) {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        throw not_possible_here{std::string{"unshare: "} + std::strerror(errno)};
      write_file("/proc/self/setgroups", "deny");
      write_file("/proc/self/uid_map", "0 " + uid + " 1");
      write_file("/proc/self/gid_map", "0 " + gid + " 1");
    }
    run("ip link set lo up");
  }

  void run(const std::string& command) {
    std::string output;
    std::FILE* const pipe = ::popen(("exec 2>&1; PATH=$PATH:/usr/sbin:/sbin; " + command).c_str(), "r");
    if (pipe == nullptr) throw not_possible_here{"popen"};
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
    if (::pclose(pipe) != 0) throw not_possible_here{command + ": " + output};
  }

  // What nft makes of the packets of a hook, "input" or "output".
  void firewall(const std::string& hook, const std::string& rule) {
    run("nft 'add table inet faults; add chain inet faults " + hook + " { type filter hook " + hook +
        " priority 0; }; add rule inet faults " + hook + " " + rule + "'");
  }

  void set(const std::string& sysctl, const std::string& value) { write_file("/proc/sys/net/" + sysctl, value); }

  // An Ethernet link: our end is "near", 10.9.0.1; the other, "far", has no address and answers nothing.
  void link_to_nobody() {
    run("ip link add near type veth peer name far && ip address add 10.9.0.1/24 dev near && ip link set near up && "
        "ip link set far up");
    run("ip ntable change name arp_cache dev near retrans 50 mcast_probes 1 ucast_probes 1");
  }

  // The same, but the far end is a router, 10.9.0.2, in a network of its own, set up by these commands.
  void link_to_router(const std::vector<std::string>& commands) {
    const int here = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (here == -1 || ::unshare(CLONE_NEWNET) != 0) throw not_possible_here{"no second network"};
    run("ip link add far type veth peer name near netns /proc/" + std::to_string(::getpid()) + "/fd/" +
        std::to_string(here));
    run("ip address add 10.9.0.2/24 dev far && ip link set far up");
    set("ipv4/ip_forward", "1");
    set("ipv4/icmp_ratelimit", "0");
    for (const std::string& command : commands) run(command);
    router_ = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);  // which lives as long as that is open
    if (router_ == -1 || ::setns(here, CLONE_NEWNET) != 0) throw not_possible_here{"no way back"};
    ::close(here);
    run("ip address add 10.9.0.1/24 dev near && ip link set near up && ip route add default via 10.9.0.2");
  }

  // What a file of the system says, for this child alone.
  void replace_file(const char* replaced, const std::string& text) {
    char path[] = "/tmp/sockerr-file-XXXXXX";
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", "none", MS_REC | MS_PRIVATE, nullptr) != 0)
      throw not_possible_here{std::string{"no file system of its own: "} + std::strerror(errno)};
    const int fd = ::mkstemp(path);
    if (fd == -1) throw not_possible_here{"no temporary file"};
    ::close(fd);
    ::chmod(path, 0644);
    write_file(path, text);
    const bool mounted = ::mount(path, replaced, "none", MS_BIND, nullptr) == 0;
    const int error = errno;
    ::unlink(path);
    if (!mounted) throw not_possible_here{std::string{"no "} + replaced + " of its own: " + std::strerror(error)};
  }
  void hosts(const std::string& text) { replace_file("/etc/hosts", text); }

  // Makes a call and notes what it throws.
  template <class F>
  void observe(F call) {
    observation seen;
    const int before = open_descriptors();
    try {
      call();
    } catch (const sockerr::socket_error& e) {
      seen.caught = catching_classes();
      seen.operation = name(e.operation());
      seen.circumstance = name(e.circumstance());
      seen.symbol = e.symbol();
      seen.host = e.host();
      seen.peer = e.peer();
      seen.local = e.local();
      seen.what = e.what();
      seen.cause = e.cause();
      seen.advice = name(e.advice());
      seen.fault = name(e.fault());
      seen.by_deadline = yes_or_no(e.by_deadline());
      seen.tries = std::to_string(e.tries());
      for (const sockerr::attempt& a : e.attempts())
        seen.attempts += (seen.attempts.empty() ? "" : ", ") + a.endpoint + " " +
                         std::string{sockerr::symbol(a.error)} + " " +
                         yes_or_no(a.error == sockerr::library_errc::deadline_exceeded);
      expect(seen.caught == matching_conditions(e.code()), "catch clauses and conditions tell the same");
    }
    seen.leaked = std::to_string(open_descriptors() - before);
    told_.seen.push_back(std::move(seen));
  }

  static void expect(bool fact, const char* text) {
    if (!fact) throw std::logic_error{std::string{"not so: "} + text};
  }

 private:
  report& told_;
  int router_ = -1;
};

// Strings on their way through a pipe: "5:hello".
void put(std::string& out, const std::string& s) { out += std::to_string(s.size()) + ':' + s; }

std::string take(std::string_view& in) {
  const std::size_t colon = in.find(':');
  if (colon == in.npos) throw std::runtime_error{"the child has told less than all"};
  const std::size_t size = std::stoul(std::string{in.substr(0, colon)});
  std::string result{in.substr(colon + 1, size)};
  in.remove_prefix(colon + 1 + size);
  return result;
}

template <class Scenario>
void tell(int to, Scenario scenario) {
  report told;
  try {
    network net{told};
    scenario(net);
  } catch (const not_possible_here& e) {
    told.skipped = e.what();
  } catch (const std::exception& e) {
    told.broken = e.what();
  }
  std::string text;
  put(text, told.skipped);
  put(text, told.broken);
  put(text, std::to_string(told.seen.size()));
  for (observation& o : told.seen) o.each([&](std::string& s) { put(text, s); });
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(to, text.data() + done, text.size() - done);
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
}

// Runs scenario(network&) in a child with a network of its own.
template <class Scenario>
report in_own_network(Scenario scenario) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"pipe"};
  const pid_t child = ::fork();
  if (child == -1) throw std::runtime_error{"fork"};
  if (child == 0) {
    ::alarm(100);
    tell(ends[1], scenario);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error{"the child ended with status " + std::to_string(status)};

  report told;
  std::string_view rest = text;
  told.skipped = take(rest);
  told.broken = take(rest);
  told.seen.resize(std::stoul(take(rest)));
  for (observation& o : told.seen) o.each([&](std::string& s) { s = take(rest); });
  return told;
}

struct expected {
  std::string caught;
  sockerr::operation operation;
  std::string symbol;
  std::string peer;
  std::string cause;  // a word of it
  retry_advice advice = retry_advice::on_new_socket;
  bool by_deadline = false;
  std::string host = {};
};

void verify(const report& told, std::initializer_list<expected> all) {
  CHECK(told.broken == "");
  REQUIRE(told.seen.size() == all.size());
  std::size_t i = 0;
  for (const expected& e : all) {
    const observation& o = told.seen[i++];
    CAPTURE(i, o.what, o.cause, e.cause);
    CHECK(o.caught == e.caught);
    CHECK(o.operation == name(e.operation));
    CHECK(o.symbol == e.symbol);
    CHECK(o.peer == e.peer);
    CHECK(o.host == e.host);
    CHECK(o.cause.find(e.cause) != o.cause.npos);
    CHECK_FALSE(o.cause.empty());
    CHECK(o.advice == name(e.advice));
    CHECK(o.by_deadline == yes_or_no(e.by_deadline));
    const bool several = o.attempts.find(',') != o.attempts.npos;
    const std::string address = o.peer.substr(0, o.peer.rfind(':'));
    const bool is_told = !several && !address.empty() && o.host.rfind(address + ":", 0) != 0;
    const std::string subject = !o.host.empty()    ? o.host + (is_told ? " (" + address + ")" : "")
                                : !o.peer.empty()  ? o.peer
                                : !o.local.empty() ? "(local " + o.local + ")"
                                                   : "";
    CHECK(o.what.find(std::string{name(e.operation)} + (subject.empty() ? "" : " ") + subject + ": " + e.symbol +
                      ": ") == 0);
    CHECK(o.leaked == "0");
  }
}

void connect(const char* to, const connect_options& options = {}) {
  (void)sockerr::connect_to(endpoint::parse(to), options);
}

// A blocking connect() may miss an ICMP answer and gets the next one a second later; this one does not wait in the
// kernel.
const connect_options patient = [] {
  connect_options result;
  result.timeout = 60s;
  return result;
}();

// A connection over port 80.
struct web_connection {
  sockerr::socket listening = sockerr::listen_on(endpoint::ip("127.0.0.1", 80));
  sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
  sockerr::socket server = listening.accept(nullptr, 30s);
};

// On port 53 of 127.0.0.1, where each name has the address 127.0.0.1, which is told after a while.
class slow_name_server {
 public:
  explicit slow_name_server(std::chrono::milliseconds delay) {
    socket_.bind(endpoint::ip("127.0.0.1", 53));
    thread_ = std::thread{[this, delay] { run(delay); }};
  }
  ~slow_name_server() {
    over_ = true;
    thread_.join();
  }
  slow_name_server(const slow_name_server&) = delete;
  slow_name_server& operator=(const slow_name_server&) = delete;

 private:
  void run(std::chrono::milliseconds delay) {
    while (!over_) {
      char query[512];
      endpoint from;
      std::error_code ec;
      const std::size_t size = socket_.recv_from(query, sizeof query, from, 0, 20ms, ec);
      if (size < 12) continue;
      std::this_thread::sleep_for(delay);
      // RFC 1035, 4.1: a header of 12 bytes, and the question: labels, and two bytes each for type and class.
      const std::size_t end = std::string_view{query, size}.find('\0', 12) + 5;
      std::string answer{query, end};
      answer[2] = '\x81';
      answer[3] = '\x80';
      answer.replace(6, 6, std::string_view{"\0\1\0\0\0\0", 6});
      answer += std::string_view{"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1", 16};
      socket_.send_to(answer.data(), answer.size(), from, ec);
    }
  }

  sockerr::socket socket_ = sockerr::open(AF_INET, SOCK_DGRAM);
  std::atomic<bool> over_{false};
  std::thread thread_;
};

const std::string refused = "connection_error connection_refused";
const std::string reset = "connection_error connection_reset";
const std::string no_host = "unreachable host_unreachable";
const std::string no_network = "unreachable network_unreachable";
const std::string no_files = "resource_exhausted too_many_files_open";
const std::string no_address = "address_error address_not_available";

}  // namespace

// ---------------------------------------------------------------------------------------- answers of a firewall

TEST_CASE("ICMP host unreachable is host unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 reject with icmp type host-unreachable");
    net.observe([] { connect("127.0.0.1:80"); });
    net.observe([] { connect("127.0.0.1:80", patient); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected e{no_host, operation::connect, "EHOSTUNREACH", "127.0.0.1:80", "hears nothing"};
  verify(r, {e, e});
}

TEST_CASE("ICMP network unreachable is network unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 reject with icmp type net-unreachable");
    net.observe([] { connect("127.0.0.1:80", patient); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_network, operation::connect, "ENETUNREACH", "127.0.0.1:80", "route"}});
}

TEST_CASE("ICMP port unreachable is connection refused", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 reject with icmp type port-unreachable");
    net.observe([] { connect("127.0.0.1:80", patient); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{refused, operation::connect, "ECONNREFUSED", "127.0.0.1:80", "answered that the port"}});
}

TEST_CASE("ICMP protocol unreachable is not supported by the far side", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 reject with icmp type prot-unreachable");
    net.observe([] { connect("127.0.0.1:80", patient); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"not_supported", operation::connect, "ENOPROTOOPT", "127.0.0.1:80", "protocol cannot be"}});
}

TEST_CASE("ICMP administratively prohibited is host unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 reject with icmp type admin-prohibited");
    net.observe([] { connect("127.0.0.1:80", patient); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_host, operation::connect, "EHOSTUNREACH", "127.0.0.1:80", "firewall"}});
}

TEST_CASE("A reset by a firewall is connection refused", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 reject with tcp reset");
    net.observe([] { connect("127.0.0.1:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{refused, operation::connect, "ECONNREFUSED", "127.0.0.1:80", "firewall"}});
}

TEST_CASE("A firewall on the way out forbids datagrams", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("output", "udp dport 53 reject");
    net.firewall("output", "udp dport 54 drop");
    sockerr::socket s = loopback::datagram_socket();
    net.observe([&] { s.send_to("x", 1, endpoint::ip("127.0.0.1", 53)); });
    net.observe([&] { s.send_to("x", 1, endpoint::ip("127.0.0.1", 54)); });
    net.expect(s.send_to("x", 1, endpoint::ip("127.0.0.1", 55)) == 1, "other ports are open");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"permission_denied", operation::send, "EPERM", "127.0.0.1:53", "rate limit", retry_advice::after_pause},
             {"permission_denied", operation::send, "EPERM", "127.0.0.1:54", "rate limit", retry_advice::after_pause}});
}

// ------------------------------------------------------------------------------------------------------ silence

TEST_CASE("Dropped packets are timed out by the deadline", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 drop");
    connect_options options;
    options.timeout = 50ms;
    const auto begin = std::chrono::steady_clock::now();
    net.observe([&] { connect("127.0.0.1:80", options); });
    net.expect(std::chrono::steady_clock::now() - begin >= 50ms, "the deadline was used up");
    options.timeout = sockerr::time_limit::never();
    options.attempt_timeout = 50ms;
    net.observe([&] { connect("127.0.0.1:80", options); });
    net.observe([&] { (void)sockerr::connect_to("127.0.0.1", "80", options); });
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    s.timeout(50ms);
    net.observe([&] { s.connect(endpoint::ip("127.0.0.1", 80)); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected late{"timed_out",      operation::connect,          "ETIMEDOUT", "127.0.0.1:80",
                      "Not one packet", retry_advice::on_new_socket, true};
  expected named = late;
  named.host = "127.0.0.1:80";
  verify(r, {late, late, named, late});
  CHECK(r.seen[0].attempts == "127.0.0.1:80 ETIMEDOUT yes");
}

TEST_CASE("Dropped packets are timed out by the kernel", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.set("ipv4/tcp_syn_retries", "1");
    net.firewall("input", "tcp dport 80 drop");
    net.observe([] { connect("127.0.0.1:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"timed_out", operation::connect, "ETIMEDOUT", "127.0.0.1:80", "Not one packet"}});
  CHECK(r.seen[0].attempts == "127.0.0.1:80 ETIMEDOUT no");
}

TEST_CASE("A deadline that lies behind the timeout of the kernel is not to blame", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 drop");
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    s.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 100U);
    net.observe([&] { s.connect(endpoint::ip("127.0.0.1", 80), 80s); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"timed_out", operation::connect, "ETIMEDOUT", "127.0.0.1:80", "Not one packet"}});
}

TEST_CASE("A connection that goes silent is timed out", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    web_connection c;
    net.firewall("input", "tcp dport 80 drop");
    char received = 0;
    c.client.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 300U);
    net.expect(c.client.send("x", 1) == 1, "the kernel takes the data");
    net.observe([&] { c.client.recv(&received, 1, 0, 10ms); });
    net.observe([&] { c.client.recv(&received, 1); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r,
         {{"timed_out", operation::recv, "ETIMEDOUT", "127.0.0.1:80", "sent nothing", retry_advice::when_ready, true},
          {"timed_out", operation::recv, "ETIMEDOUT", "127.0.0.1:80", "acknowledge"}});
}

TEST_CASE("A timeout of the kernel that is pending is not taken for a deadline", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 drop");
    const auto timed_out_connection = [&net] {
      net.run("nft flush table inet faults");
      auto c = std::make_unique<web_connection>();
      net.firewall("input", "tcp dport 80 drop");
      c->client.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 100U);
      net.expect(c->client.send("x", 1) == 1, "the kernel takes the data");
      pollfd waiting{c->client.native_handle(), POLLIN, 0};
      net.expect(::poll(&waiting, 1, 30000) == 1 && (waiting.revents & POLLERR) != 0, "the kernel gives up");
      return c;
    };
    char received = 0;
    for (const sockerr::deadline until : {sockerr::deadline{0ms}, sockerr::deadline{-1s}, sockerr::deadline{30s}}) {
      auto c = timed_out_connection();
      net.observe([&] { c->client.recv(&received, 1, 0, until); });
      c.reset();  // it has the port
      c = timed_out_connection();
      std::error_code ec;
      c->client.recv(&received, 1, 0, until, ec);
      net.expect(ec == sockerr::errc::timed_out, "it is timed out");
      net.expect(ec.category() == sockerr::socket_category(), "the code is the kernel's");
      net.expect(ec != sockerr::library_errc::deadline_exceeded, "no deadline of ours has passed");
      // A deadline is one all the same.
      const loopback::connection still_there;
      sockerr::recv(still_there.client.native_handle(), &received, 1, 0, 0ms, ec);
      net.expect(ec == sockerr::library_errc::deadline_exceeded, "a deadline of ours is told from it");
    }
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected e{"timed_out", operation::recv, "ETIMEDOUT", "127.0.0.1:80", "acknowledge"};
  verify(r, {e, e, e});
  for (const observation& o : r.seen) CHECK(o.what == "recv 127.0.0.1:80: ETIMEDOUT: Connection timed out");
}

TEST_CASE("A full backlog is timed out", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    sockerr::listen_options one;
    one.backlog = 0;
    sockerr::socket listening = sockerr::listen_on(endpoint::ip("127.0.0.1", 80), one);
    const sockerr::socket queued = sockerr::connect_to(listening.local_endpoint());
    connect_options options;
    options.timeout = 50ms;
    net.observe([&] { connect("127.0.0.1:80", options); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"timed_out", operation::connect, "ETIMEDOUT", "127.0.0.1:80", "Not one packet",
              retry_advice::on_new_socket, true}});
}

TEST_CASE("Each attempt of a retry has its own deadline within the total", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 drop");
    sockerr::retry_policy policy;
    policy.attempt_timeout = 20ms;
    policy.delay = 1ms;
    auto begin = std::chrono::steady_clock::now();
    net.observe([&] { (void)sockerr::connect_with_retry("127.0.0.1", "80", policy); });
    net.expect(std::chrono::steady_clock::now() - begin >= 60ms, "three attempts took three times as long");
    policy.attempt_timeout = 10min;
    policy.total = 30ms;
    net.observe([&] { (void)sockerr::connect_with_retry("127.0.0.1", "80", policy); });
    connect_options options;
    options.timeout = 20ms;
    policy.total = sockerr::time_limit::never();
    policy.max_attempts = 1;
    net.observe([&] { (void)sockerr::connect_with_retry("127.0.0.1", "80", policy, options); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected late{"timed_out",      operation::connect,          "ETIMEDOUT", "127.0.0.1:80",
                      "Not one packet", retry_advice::on_new_socket, true,        "127.0.0.1:80"};
  verify(r, {late, late, late});
  CHECK(r.seen[0].tries == "3");
  CHECK(r.seen[0].what == "connect 127.0.0.1:80: ETIMEDOUT: Deadline exceeded (gave up after 3 attempts)");
  CHECK(r.seen[1].tries == "1");
  CHECK(r.seen[2].tries == "1");
}

// ------------------------------------------------------------------------------------------------------- routes

TEST_CASE("Without any route the network is unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) { net.observe([] { connect("10.10.0.1:80"); }); });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_network, operation::connect, "ENETUNREACH", "10.10.0.1:80", "no route"}});
}

TEST_CASE("A route of type unreachable is host unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.run("ip route add unreachable 10.10.0.0/16");
    net.observe([] { connect("10.10.0.1:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_host, operation::connect, "EHOSTUNREACH", "10.10.0.1:80", "host"}});
}

TEST_CASE("A route of type prohibit is permission denied", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.run("ip route add prohibit 10.10.0.0/16");
    net.observe([] { connect("10.10.0.1:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"permission_denied", operation::connect, "EACCES", "10.10.0.1:80", "forbids", retry_advice::never}});
}

TEST_CASE("A route of type blackhole is an invalid argument", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.run("ip route add blackhole 10.10.0.0/16");
    net.observe([] { connect("10.10.0.1:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"usage_error invalid_argument", operation::connect, "EINVAL", "10.10.0.1:80", "blackhole",
              retry_advice::never}});
}

TEST_CASE("IPv6 without a route is network unreachable", "[network_faults]") {
  if (::access("/proc/net/if_inet6", F_OK) != 0) SOCKERR_SKIP("this kernel has no IPv6");
  const report r = in_own_network([](network& net) { net.observe([] { connect("[2001:db8::1]:80"); }); });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_network, operation::connect, "ENETUNREACH", "[2001:db8::1]:80", "IPv4 only"}});
}

TEST_CASE("A link local address without its scope is an invalid argument", "[network_faults]") {
  if (::access("/proc/net/if_inet6", F_OK) != 0) SOCKERR_SKIP("this kernel has no IPv6");
  const report r = in_own_network([](network& net) { net.observe([] { connect("[fe80::1]:80"); }); });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"usage_error invalid_argument", operation::connect, "EINVAL", "[fe80::1]:80", "link-local",
              retry_advice::never}});
}

TEST_CASE("A host that does not answer on its network is host unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.link_to_nobody();
    net.observe([] { connect("10.9.0.2:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_host, operation::connect, "EHOSTUNREACH", "10.9.0.2:80", "hears nothing"}});
}

TEST_CASE("An interface that is down is network unreachable", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.link_to_nobody();
    net.run("ip link set near down");
    net.observe([] { connect("10.9.0.2:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_network, operation::connect, "ENETUNREACH", "10.9.0.2:80", "link"}});
}

TEST_CASE("A router tells that a network or host or way is not there", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.link_to_router({"ip route add unreachable 10.10.0.0/16", "ip route add prohibit 10.11.0.0/16"});
    net.observe([] { connect("10.12.0.1:80", patient); });
    net.observe([] { connect("10.10.0.1:80", patient); });
    net.observe([] { connect("10.11.0.1:80", patient); });
    net.observe([] { connect("10.9.0.2:80"); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_network, operation::connect, "ENETUNREACH", "10.12.0.1:80", "route"},
             {no_host, operation::connect, "EHOSTUNREACH", "10.10.0.1:80", "hears nothing"},
             {no_host, operation::connect, "EHOSTUNREACH", "10.11.0.1:80", "forbids"},
             {refused, operation::connect, "ECONNREFUSED", "10.9.0.2:80", "listens"}});
}

TEST_CASE("Of real faults the nearest to an answer is reported", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.run("ip route add unreachable 10.10.0.0/16 && ip route add prohibit 10.11.0.0/16");
    net.firewall("input", "tcp dport 80 drop");
    const auto any = [](const std::vector<const char*>& addresses) {
      std::vector<endpoint> peers;
      for (const char* a : addresses) peers.push_back(endpoint::parse(a));
      connect_options options;
      options.attempt_timeout = 20ms;
      sockerr::error failed;
      (void)sockerr::detail::connect_first(peers, options, {}, sockerr::detail::looking::yes, failed);
      sockerr::throw_error(failed);
    };
    net.observe([&] { any({"10.11.0.1:80", "10.10.0.1:80", "127.0.0.1:80", "127.0.0.1:81", "127.0.0.1:80"}); });
    net.observe([&] { any({"10.11.0.1:80", "10.10.0.1:80", "127.0.0.1:80"}); });
    net.observe([&] { any({"10.11.0.1:80", "10.10.0.1:80"}); });
    net.observe([&] { any({"10.10.0.1:80", "10.11.0.1:80"}); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{refused, operation::connect, "ECONNREFUSED", "127.0.0.1:81", "listens"},
             {"timed_out", operation::connect, "ETIMEDOUT", "127.0.0.1:80", "Not one packet",
              retry_advice::on_new_socket, true},
             {no_host, operation::connect, "EHOSTUNREACH", "10.10.0.1:80", "host"},
             {no_host, operation::connect, "EHOSTUNREACH", "10.10.0.1:80", "host"}});
  CHECK(r.seen[0].what ==
        "connect 127.0.0.1:81: ECONNREFUSED: Connection refused (tried 10.11.0.1:80: EACCES; 10.10.0.1:80: "
        "EHOSTUNREACH; 127.0.0.1:80: ETIMEDOUT; 127.0.0.1:81: ECONNREFUSED; 127.0.0.1:80: ETIMEDOUT)");
  CHECK(r.seen[1].attempts == "10.11.0.1:80 EACCES no, 10.10.0.1:80 EHOSTUNREACH no, 127.0.0.1:80 ETIMEDOUT yes");
}

TEST_CASE("All addresses of a host are tried", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.hosts("127.0.0.2 server\n127.0.0.3 server\n127.0.0.4 server\n127.0.0.2 server\n");
    if (sockerr::resolve("server", "80").size() < 2)
      throw not_possible_here{"this resolver reads one line of /etc/hosts"};
    net.firewall("input", "ip daddr 127.0.0.2 tcp dport 80 drop");
    connect_options options;
    options.attempt_timeout = 20ms;
    net.observe([&] { (void)sockerr::connect_to("server", "80", options); });
    sockerr::socket listening = sockerr::listen_on(endpoint::ip("127.0.0.4", 80));
    const sockerr::socket client = sockerr::connect_to("server", "80", options);
    net.expect(client.peer_endpoint() == listening.local_endpoint(), "the address that listens is found");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{refused, operation::connect, "ECONNREFUSED", "127.0.0.3:80", "listens", retry_advice::on_new_socket,
              false, "server:80"}});
  CHECK(r.seen[0].attempts == "127.0.0.2:80 ETIMEDOUT yes, 127.0.0.3:80 ECONNREFUSED no, 127.0.0.4:80 ECONNREFUSED no");
  CHECK(r.seen[0].what ==
        "connect server:80: ECONNREFUSED: Connection refused (tried 127.0.0.2: ETIMEDOUT; 127.0.0.3: ECONNREFUSED; "
        "127.0.0.4: ECONNREFUSED)");
}

TEST_CASE("The timeout of the whole call ends the list of addresses", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.firewall("input", "tcp dport 80 drop");
    const std::vector<endpoint> peers{endpoint::ip("127.0.0.1", 80), endpoint::ip("127.0.0.1", 81)};
    sockerr::error failed;
    net.observe([&] {
      (void)sockerr::detail::connect_first(peers, {}, 20ms, sockerr::detail::looking::yes, failed);
      sockerr::throw_error(failed);
    });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"timed_out", operation::connect, "ETIMEDOUT", "127.0.0.1:80", "Not one packet",
              retry_advice::on_new_socket, true}});
  CHECK(r.seen[0].attempts == "127.0.0.1:80 ETIMEDOUT yes");
}

// ----------------------------------------------------------------------------------------- ports and descriptors

TEST_CASE("A taken port is address in use", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    const sockerr::socket holder = sockerr::listen_on(endpoint::ip("127.0.0.1", 80));
    net.observe([] { (void)sockerr::listen_on(endpoint::ip("127.0.0.1", 80)); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"address_error address_in_use", operation::bind, "EADDRINUSE", "", "Another socket",
              retry_advice::after_pause}});
  CHECK(r.seen[0].local == "127.0.0.1:80");
}

TEST_CASE("Exhausted ports are address not available after a pause", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.set("ipv4/ip_local_port_range", "40000 40001");
    sockerr::socket listening = sockerr::listen_on(endpoint::ip("127.0.0.1", 80));
    sockerr::socket first = sockerr::connect_to(listening.local_endpoint());
    const sockerr::socket second = sockerr::connect_to(listening.local_endpoint());
    net.observe([] { connect("127.0.0.1:80"); });
    loopback::reset(first);  // no TIME_WAIT
    net.expect(sockerr::connect_to(listening.local_endpoint()).is_open(), "a port that is free again is taken");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_address, operation::connect, "EADDRNOTAVAIL", "127.0.0.1:80", "No local port",
              retry_advice::after_pause}});
}

TEST_CASE("A connection that meets itself is connection refused", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.set("ipv4/ip_local_port_range", "40000 40000");
    net.observe([] { connect("127.0.0.1:40000"); });
    net.observe([] { connect("127.0.0.1:40000", patient); });
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    net.observe([&] { s.connect(endpoint::ip("127.0.0.1", 40000)); });
    // The server that was late can start: no port is left in TIME_WAIT.
    net.expect(sockerr::listen_on(endpoint::ip("127.0.0.1", 40000)).is_open(), "the port is free");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected e{refused, operation::connect, "ECONNREFUSED", "127.0.0.1:40000", "listens"};
  verify(r, {e, e, e});
}

TEST_CASE("accept without a descriptor leaves the connection in the queue", "[network_faults]") {
  if (under_valgrind()) SOCKERR_SKIP("valgrind takes the connection from the queue and closes it");
  const report r = in_own_network([](network& net) {
    sockerr::socket listening = sockerr::listen_on(endpoint::ip("127.0.0.1", 80));
    const sockerr::socket client = sockerr::connect_to(listening.local_endpoint());
    net.observe([&] {
      const no_descriptor_left none;
      (void)listening.accept();
    });
    net.observe([&] {
      const no_descriptor_left none;
      (void)listening.accept(nullptr, 30s);
    });
    net.observe([] {
      const no_descriptor_left none;
      connect("127.0.0.1:80");
    });
    endpoint peer;
    const sockerr::socket server = listening.accept(&peer, 30s);
    net.expect(peer == client.local_endpoint(), "the connection was still there");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{no_files, operation::accept, "EMFILE", "", "queue", retry_advice::after_pause},
             {no_files, operation::accept, "EMFILE", "", "queue", retry_advice::after_pause},
             {no_files, operation::open, "EMFILE", "127.0.0.1:80", "descriptor", retry_advice::after_pause}});
  CHECK(r.seen[0].local == "127.0.0.1:80");
}

#if defined(__GLIBC__)
TEST_CASE("The resolver without a descriptor is too many files open", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    std::error_code ec;
    (void)sockerr::resolve("localhost", "80", ec);  // now glibc knows whom to ask; else it says EAI_NONAME
    net.observe([] {
      const no_descriptor_left none;
      (void)sockerr::connect_to("example.org", "80");
    });
    sockerr::retry_policy policy;
    policy.wait = [](std::chrono::nanoseconds) { return true; };
    net.observe([&] {
      const no_descriptor_left none;
      (void)sockerr::connect_with_retry("example.org", "80", policy);
    });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected e{no_files,   operation::resolve,        "EMFILE", "",
                   "resolver", retry_advice::after_pause, false,    "example.org:80"};
  verify(r, {e, e});
  CHECK(r.seen[1].tries == "3");
}
#endif

TEST_CASE("A name server that cannot be reached is resolution try again", "[network_faults]") {
  if (::access("/etc/resolv.conf", R_OK) != 0) SOCKERR_SKIP("this machine has no name server");
  const report r =
      in_own_network([](network& net) { net.observe([] { (void)sockerr::connect_to("nosuch.invalid", "80"); }); });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{"resolution_error resolution_try_again", operation::resolve, "EAI_AGAIN", "", "name server",
              retry_advice::after_pause, false, "nosuch.invalid:80"}});
}

TEST_CASE("A name server that is slower than the limit is timed out in resolve", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    net.replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n");
    const slow_name_server server{300ms};
    connect_options options;
    options.family = AF_INET;
    if (sockerr::resolve("slow.example", "80", AF_INET).size() != 1)
      throw not_possible_here{"this resolver asks others"};
    options.timeout = 100ms;
    net.observe([&] { (void)sockerr::connect_to("slow.example", "80", options); });
    std::error_code ec;
    (void)sockerr::connect_to("slow.example", "80", options, ec);
    net.expect(ec == sockerr::library_errc::deadline_exceeded, "the code is that of a deadline");
    sockerr::retry_policy policy;
    policy.max_attempts = 2;
    policy.attempt_timeout = 100ms;
    policy.delay = 1ms;
    options.timeout = sockerr::time_limit::never();
    net.observe([&] { (void)sockerr::connect_with_retry("slow.example", "80", policy, options); });
    // With time enough the address is tried.
    options.timeout = 60s;
    net.observe([&] { (void)sockerr::connect_to("slow.example", "80", options); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  const expected late{"timed_out", operation::resolve,        "ETIMEDOUT", "",
                      "name",      retry_advice::after_pause, true,        "slow.example:80"};
  verify(r, {late,
             late,
             {refused, operation::connect, "ECONNREFUSED", "127.0.0.1:80", "listens", retry_advice::on_new_socket,
              false, "slow.example:80"}});
  for (const std::size_t i : {0U, 1U}) {
    CHECK(r.seen[i].circumstance == "slow_resolver");
    CHECK(r.seen[i].fault == "resolver");
    CHECK(r.seen[i].attempts.empty());
    CHECK(r.seen[i].what.find("resolve slow.example:80: ETIMEDOUT: Deadline exceeded") == 0);
  }
  CHECK(r.seen[1].tries == "2");
}

// -------------------------------------------------------------------------------------------------- connections

TEST_CASE("A reset while reading is connection reset and then nothing can be sent", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    web_connection c;
    loopback::reset(c.server);
    char received = 0;
    net.observe([&] { c.client.recv(&received, 1, 0, 30s); });
    net.observe([&] { c.client.send("x", 1); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{reset, operation::recv, "ECONNRESET", "127.0.0.1:80", "abruptly"},
             {"connection_error broken_pipe", operation::send, "EPIPE", "127.0.0.1:80", "closed or reset"}});
}

TEST_CASE("Writing after a reset is connection reset and then broken pipe", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    web_connection c;
    loopback::reset(c.server);
    net.observe([&] { c.client.send("x", 1); });
    net.observe([&] { c.client.send("x", 1); });
    char received = 0;
    net.expect(c.client.recv(&received, 1) == 0, "reading finds the end");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{reset, operation::send, "ECONNRESET", "127.0.0.1:80", "no longer knows"},
             {"connection_error broken_pipe", operation::send, "EPIPE", "127.0.0.1:80", "closed or reset"}});
}

TEST_CASE("A device that resets a connection is connection reset", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    web_connection c;
    net.firewall("input", "tcp dport 80 reject with tcp reset");
    net.expect(c.client.send("x", 1) == 1, "the kernel takes the data");
    char received = 0;
    net.observe([&] { c.client.recv_exactly(&received, 1, 30s); });
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{reset, operation::recv_exactly, "ECONNRESET", "127.0.0.1:80", "abruptly"}});
}

TEST_CASE("ICMP port unreachable comes back to a connected datagram socket", "[network_faults]") {
  const report r = in_own_network([](network& net) {
    sockerr::socket s = sockerr::open(AF_INET, SOCK_DGRAM);
    s.connect(endpoint::ip("127.0.0.1", 53));
    char received = 0;
    net.expect(s.send("x", 1) == 1, "the datagram leaves");
    net.observe([&] { s.recv(&received, 1, 0, 30s); });
    net.expect(s.send("x", 1) == 1, "the next datagram leaves");
    net.observe([&] { s.send("x", 1); });
    sockerr::socket server = sockerr::open(AF_INET, SOCK_DGRAM);
    server.bind(endpoint::ip("127.0.0.1", 53));
    net.expect(s.send("x", 1) == 1, "the socket is still good");
    net.expect(server.recv(&received, 1, 0, 30s) == 1, "the datagram arrives");
  });
  if (!r.skipped.empty()) SOCKERR_SKIP(r.skipped);
  verify(r, {{refused, operation::recv, "ECONNREFUSED", "127.0.0.1:53", "datagram", retry_advice::at_once},
             {refused, operation::send, "ECONNREFUSED", "127.0.0.1:53", "datagram", retry_advice::at_once}});
}

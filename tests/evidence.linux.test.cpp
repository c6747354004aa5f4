// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "descriptors.hpp"

// What the kernel knows of a failure beside its code: who said no, and why a wait was in vain. Each test makes a
// network of its own, client - router - server, provokes one failure there, of which it knows what it is, and demands
// exactly that of the error: a wrong circumstance is worse than none. The network takes `ip` and `nft` (Debian:
// iproute2, nftables) and the right to make namespaces; what cannot be had skips the test with the reason.

namespace {

using namespace std::chrono_literals;
using sockerr::circumstance;
using sockerr::connect_options;
using sockerr::endpoint;
using sockerr::native_handle;
using sockerr::operation;

struct not_possible_here : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void expect(bool fact, const std::string& text) {
  if (!fact) throw std::logic_error{"not so: " + text};
}

// ------------------------------------------------------------------------------------------------------ network

enum class version : bool { ipv4, ipv6 };

void write_file(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = fd != -1 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (fd != -1) ::close(fd);
  if (!done) throw not_possible_here{"cannot write " + path + ": " + std::strerror(error)};
}

void run(const std::string& command) {
  std::string output;
  std::FILE* const pipe = ::popen(("exec 2>&1; PATH=$PATH:/usr/sbin:/sbin; " + command).c_str(), "r");
  if (pipe == nullptr) throw not_possible_here{"popen"};
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  if (::pclose(pipe) != 0) throw not_possible_here{command + ": " + output};
}

// A network namespace, which lives as long as its descriptor is open.
class place {
 public:
  // The one that this thread is in.
  place() : descriptor_{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)} {
    if (descriptor_ == -1) throw not_possible_here{"no name for a network"};
  }
  ~place() { ::close(descriptor_); }
  place(const place&) = delete;
  place& operator=(const place&) = delete;

  void enter() const {
    if (::setns(descriptor_, CLONE_NEWNET) != 0) throw not_possible_here{"no way into a network"};
  }
  // For `ip link ... netns`.
  std::string name() const { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

void make_own_network() {
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWNET) == 0) return;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    throw not_possible_here{std::string{"unshare: "} + std::strerror(errno)};
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "0 " + uid + " 1");
  write_file("/proc/self/gid_map", "0 " + gid + " 1");
}

std::unique_ptr<place> next_place() {
  if (::unshare(CLONE_NEWNET) != 0) throw not_possible_here{"no further network"};
  return std::make_unique<place>();
}

// The client, where this process is; its router; and the server behind that:
//   10.0.1.1, 2001:db8:1::1 - 10.0.1.254, 2001:db8:1::ff  10.0.2.254, 2001:db8:2::ff - 10.0.2.2, 2001:db8:2::2
class network {
 public:
  explicit network(version v) : version_{v} {
    if (v == version::ipv6 && ::access("/proc/net/if_inet6", F_OK) != 0)
      throw not_possible_here{"this kernel has no IPv6"};
    make_own_network();
    client_ = std::make_unique<place>();
    router_ = next_place();
    server_ = next_place();
    for (const auto* const where : {&client_, &router_, &server_}) {
      (*where)->enter();
      prepare();
    }
    router_->enter();
    run("ip link add to_client type veth peer name near netns " + client_->name() +
        " && ip link add to_server type veth peer name near netns " + server_->name());
    forward_packets();
    add_address("to_client", "10.0.1.254/24", "2001:db8:1::ff/64");
    add_address("to_server", "10.0.2.254/24", "2001:db8:2::ff/64");
    server_->enter();
    add_address("near", "10.0.2.2/24", "2001:db8:2::2/64");
    add_default_route("10.0.2.254", "2001:db8:2::ff");
    client_->enter();
    add_address("near", "10.0.1.1/24", "2001:db8:1::1/64");
    add_default_route("10.0.1.254", "2001:db8:1::ff");
    for (int i = 0; i != 100; ++i) {
      std::error_code ec;
      (void)sockerr::connect_to(server(9), brief(100ms), ec);
      if (ec == sockerr::errc::connection_refused) return;
      std::this_thread::sleep_for(10ms);
    }
    throw not_possible_here{"the networks do not come up"};
  }

  static connect_options brief(std::chrono::milliseconds limit) {
    connect_options result;
    result.timeout = limit;
    return result;
  }

  std::string choose(const char* for_ipv4, const char* for_ipv6) const {
    return version_ == version::ipv4 ? for_ipv4 : for_ipv6;
  }
  int family() const { return version_ == version::ipv4 ? AF_INET : AF_INET6; }

  endpoint server(std::uint16_t port = 80) const { return at("10.0.2.2", "2001:db8:2::2", port); }
  // The server's IPv4 address, for an IPv6 socket.
  endpoint mapped_server() const { return endpoint::ip("::ffff:10.0.2.2", 80); }
  // Addresses that nobody has: on the far link, on the client's own, and in a network for which there is no route but
  // those that a test makes.
  endpoint nobody_far() const { return at("10.0.2.77", "2001:db8:2::77", 80); }
  endpoint nobody_near() const { return at("10.0.1.77", "2001:db8:1::77", 80); }
  endpoint elsewhere() const { return at("10.9.0.1", "2001:db8:9::1", 80); }
  std::string elsewhere_net() const { return choose("10.9.0.0/16", "2001:db8:9::/48"); }

  // Does something at another place.
  template <class F>
  auto at_router(F work) const {
    const visit v{*router_, *client_};
    return work();
  }
  template <class F>
  auto at_server(F work) const {
    const visit v{*server_, *client_};
    return work();
  }

  // Makes the server pass on what it gets, too.
  void let_server_forward() const {
    at_server([&] { forward_packets(); });
  }

  // Client and router wait for neighbours that do not answer no longer than they must.
  void expect_no_neighbour() const {
    const std::string change = "ip ntable change name " + choose("arp_cache", "ndisc_cache") + " dev ";
    const std::string soon = " retrans 50 mcast_probes 1 ucast_probes 1";
    run(change + "near" + soon);
    at_router([&] { run(change + "to_server" + soon); });
  }

  // What nft makes of packets, "input", "forward" or "output", of the place that this thread is at.
  static void firewall(const std::string& hook, const std::string& rule) {
    run("nft 'add table inet evidence; add chain inet evidence " + hook + " { type filter hook " + hook +
        " priority 0; }; add rule inet evidence " + hook + " " + rule + "'");
  }
  // The same for what the router passes on.
  void forward(const std::string& rule) const {
    at_router([&] { firewall("forward", rule); });
  }
  // Whatever is sent is lost between client and server; and the end of that.
  void cut() const { forward("drop"); }
  void mend() const {
    at_router([] { run("nft 'add table inet evidence; flush table inet evidence'"); });
  }

 private:
  class visit {
   public:
    visit(const place& to, const place& back) : back_{back} { to.enter(); }
    ~visit() {
      try {
        back_.enter();
      } catch (const std::exception&) {
        ::_exit(2);  // nothing after that would be where it should
      }
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    const place& back_;
  };

  endpoint at(const char* for_ipv4, const char* for_ipv6, std::uint16_t port) const {
    return endpoint::ip(choose(for_ipv4, for_ipv6), port);
  }

  static void set(const std::string& sysctl, const std::string& value) { write_file("/proc/sys/net/" + sysctl, value); }

  // Nothing is to wait, for a rate or until an address is known to be unique.
  void prepare() const {
    run("ip link set lo up");
    for (const char* const which : {"all", "default"}) {
      set("ipv4/conf/" + std::string{which} + "/rp_filter", "0");
      set("ipv4/conf/" + std::string{which} + "/send_redirects", "0");
      if (version_ == version::ipv6) set("ipv6/conf/" + std::string{which} + "/accept_dad", "0");
    }
    set("ipv4/icmp_ratelimit", "0");
    if (version_ == version::ipv6) set("ipv6/icmp/ratelimit", "0");
  }

  void forward_packets() const {
    set("ipv4/ip_forward", "1");
    if (version_ == version::ipv6) set("ipv6/conf/all/forwarding", "1");
  }

  void add_address(const std::string& link, const std::string& for_ipv4, const std::string& for_ipv6) const {
    run("ip address add " + for_ipv4 + " dev " + link + " && ip link set " + link + " up");
    if (version_ == version::ipv6) run("ip address add " + for_ipv6 + " dev " + link + " nodad");
  }

  void add_default_route(const std::string& for_ipv4, const std::string& for_ipv6) const {
    run("ip route add default via " + for_ipv4);
    if (version_ == version::ipv6) run("ip route add default via " + for_ipv6);
  }

  version version_;
  std::unique_ptr<place> client_, router_, server_;
};

// ----------------------------------------------------------------------------------------------------- provoking

// A call that fails: with the code alone where there is one to put it in; else it throws.
using call = std::function<void(std::error_code*)>;
// Brings it about that one does.
using provocation = std::function<call(network&)>;

constexpr std::chrono::milliseconds patience = 60s;  // for what is to end by itself
constexpr std::chrono::milliseconds brief = 300ms;   // for what is not

call connecting(const endpoint& peer, const connect_options& options) {
  return [=](std::error_code* quiet) {
    if (quiet != nullptr)
      (void)sockerr::connect_to(peer, options, *quiet);
    else
      (void)sockerr::connect_to(peer, options);
  };
}
// A blocking connect() passes over the first ICMP message; this one does not wait in the kernel.
call connecting(const endpoint& peer, std::chrono::milliseconds limit = patience) {
  return connecting(peer, network::brief(limit));
}

call closed_port(network& net) { return connecting(net.server()); }

// A rule of the router's for what goes to the server's port.
provocation forwarding(const std::string& rule, std::chrono::milliseconds limit = patience) {
  return [=](network& net) {
    net.forward("tcp dport 80 " + rule);
    return connecting(net.server(), limit);
  };
}
provocation rejecting(const std::string& how) { return forwarding("reject with " + how); }

// The same with a connect() that waits in the kernel.
provocation rejecting_a_blocking_connect(const std::string& how) {
  return [=](network& net) {
    net.forward("tcp dport 80 reject with " + how);
    return connecting(net.server(), connect_options{});
  };
}

provocation rejecting_a_mapped_address(const std::string& how) {
  return [=](network& net) {
    net.forward("tcp dport 80 reject with " + how);
    return connecting(net.mapped_server());
  };
}

// The same where every address can be bound, as on hosts that take over addresses of others.
provocation rejecting_where_all_can_be_bound(const std::string& how) {
  return [=](network& net) {
    write_file("/proc/sys/net/" + net.choose("ipv4", "ipv6") + "/ip_nonlocal_bind", "1");
    return rejecting(how)(net);
  };
}

// The server's own firewall; and the client's, for what it sends.
provocation rejecting_at_the_server(const std::string& how) {
  return [=](network& net) {
    net.at_server([&] { network::firewall("input", "tcp dport 80 reject with " + how); });
    return connecting(net.server());
  };
}
provocation rejecting_at_the_client(const std::string& how) {
  return [=](network& net) {
    network::firewall("output", "tcp dport 80 reject with " + how);
    return connecting(net.server());
  };
}

// The router's own firewall, at an address that needs its interface.
call rejecting_at_a_link_local_address(network& net) {
  net.at_router([] {
    run("ip address add fe80::ff/64 dev to_client nodad");
    network::firewall("input", "tcp dport 80 reject with icmpx type admin-prohibited");
  });
  return connecting(endpoint::ip("fe80::ff%near", 80));
}

// A route of a type that leads nowhere.
provocation route_of_the_router(const std::string& type, std::chrono::milliseconds limit = patience) {
  return [=](network& net) {
    net.at_router([&] { run("ip route add " + type + " " + net.elsewhere_net()); });
    return connecting(net.elsewhere(), limit);
  };
}
provocation route_of_the_client(const std::string& type) {
  return [=](network& net) {
    run("ip route add " + type + " " + net.elsewhere_net());
    return connecting(net.elsewhere());
  };
}

call no_route_at_the_router(network& net) { return connecting(net.elsewhere()); }

call no_route_at_the_client(network& net) {
  run("ip " + net.choose("", "-6 ") + "route del default");
  return connecting(net.elsewhere());
}

// Router and server send packets to each other until these have passed too many of them.
call routing_loop(network& net) {
  net.at_router(
      [&] { run("ip route add " + net.elsewhere_net() + " via " + net.choose("10.0.2.2", "2001:db8:2::2")); });
  net.let_server_forward();
  return connecting(net.elsewhere());
}

call connecting_to_nobody(network& net, const endpoint& peer, const connect_options& options) {
  net.expect_no_neighbour();
  return connecting(peer, options);
}
call nobody_on_the_far_link(network& net) {
  return connecting_to_nobody(net, net.nobody_far(), network::brief(patience));
}
call nobody_on_the_far_link_blocking(network& net) { return connecting_to_nobody(net, net.nobody_far(), {}); }
call nobody_on_the_own_link(network& net) {
  return connecting_to_nobody(net, net.nobody_near(), network::brief(patience));
}
call nobody_on_the_own_link_blocking(network& net) { return connecting_to_nobody(net, net.nobody_near(), {}); }

// The kernel gives the attempt up, not we.
provocation dropped_until_the_kernel_gives_up(sockerr::deadline (*until)()) {
  return [=](network& net) -> call {
    net.forward("tcp dport 80 drop");
    return [=, &net](std::error_code* quiet) {
      sockerr::socket s = sockerr::open(net.family(), SOCK_STREAM);
      s.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 300U);
      if (quiet != nullptr)
        s.connect(net.server(), until(), *quiet);
      else
        s.connect(net.server(), until());
    };
  };
}
sockerr::deadline far_away() { return patience; }
sockerr::deadline not_set() { return {}; }

// A rejection has come, which a blocking connect() passes over, when the descriptor's own limit ends it.
call rejected_but_limited(network& net) {
  net.forward("tcp dport 80 reject with icmpx type admin-prohibited");
  return [&net](std::error_code* quiet) {
    sockerr::socket s = sockerr::open(net.family(), SOCK_STREAM);
    s.set_option(SOL_SOCKET, SO_SNDTIMEO, timeval{0, 200000});
    if (quiet != nullptr)
      s.connect(net.server(), {}, *quiet);
    else
      s.connect(net.server());
  };
}

call full_accept_queue(network& net) {
  sockerr::listen_options one;
  one.backlog = 0;
  auto held = std::make_shared<std::vector<sockerr::socket>>();
  held->push_back(net.at_server([&] { return sockerr::listen_on(net.server(), one); }));
  held->push_back(sockerr::connect_to(net.server(), network::brief(patience)));
  return [&net, held](std::error_code* quiet) { connecting(net.server(), brief)(quiet); };
}

// A rejection of the first packet alone. A blocking connect() goes on with the next one, a second later.
std::string first_packet(const std::string& how) {
  return "tcp dport 80 limit rate 1/hour burst 1 packets reject with icmpx type " + how;
}

call first_rejected_then_refused(network& net) {
  return [&net](std::error_code* quiet) {
    net.mend();
    net.forward(first_packet("host-unreachable"));
    connecting(net.server(), connect_options{})(quiet);
  };
}

// A connection between client and server, with small buffers.
struct conversation {
  sockerr::socket listening, client, server;

  explicit conversation(network& net) {
    listening = net.at_server([&] {
      sockerr::socket s = sockerr::open(net.family(), SOCK_STREAM);
      s.set_option(SOL_SOCKET, SO_RCVBUF, 8192);
      s.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
      s.bind(net.server());
      s.listen();
      return s;
    });
    client = sockerr::connect_to(net.server(), network::brief(patience));
    client.set_option(SOL_SOCKET, SO_SNDBUF, 16384);
    server = listening.accept(nullptr, patience);
  }

  static void carry(sockerr::socket& from, sockerr::socket& to) {
    expect(from.send("x", 1) == 1, "a byte is sent");
    char received = 0;
    expect(to.recv(&received, 1, 0, patience) == 1, "it arrives");
  }
  void ask() { carry(client, server); }
  void answer() { carry(server, client); }

  // Sends until nothing more is taken, for longer than the kernel takes to ask the peer once more.
  void fill() {
    const std::vector<char> many(65536);
    for (int idle = 0; idle != 10; ++idle) {
      std::error_code ec;
      while (client.send(many.data(), many.size(), MSG_DONTWAIT, {}, ec) != 0) idle = 0;
      expect(ec == sockerr::condition::would_block, "the buffers are full");
      std::this_thread::sleep_for(50ms);
    }
  }
};

void pause() { std::this_thread::sleep_for(20ms); }

enum class doing { send, send_all, recv, recv_exactly };

void transfer(sockerr::socket& s, doing what, std::size_t size, sockerr::deadline until, std::error_code* quiet) {
  std::vector<char> data(size);
  if (what == doing::send)
    quiet != nullptr ? s.send(data.data(), size, 0, until, *quiet) : s.send(data.data(), size, 0, until);
  else if (what == doing::send_all)
    quiet != nullptr ? s.send_all(data.data(), size, until, *quiet) : s.send_all(data.data(), size, until);
  else if (what == doing::recv)
    quiet != nullptr ? s.recv(data.data(), size, 0, until, *quiet) : s.recv(data.data(), size, 0, until);
  else
    quiet != nullptr ? s.recv_exactly(data.data(), size, until, *quiet) : s.recv_exactly(data.data(), size, until);
}

// A transfer of the client's over a connection of its own to which something has happened before. Without a limit it is
// the kernel that ends it.
provocation after(void (*before)(network&, conversation&), doing what, sockerr::time_limit limit,
                  std::size_t size = 1) {
  return [=](network& net) -> call {
    return [=, &net](std::error_code* quiet) {
      net.mend();
      conversation c{net};
      before(net, c);
      transfer(c.client, what, size, limit.is_never() ? sockerr::deadline{} : sockerr::deadline{limit}, quiet);
    };
  };
}

constexpr auto no_limit = sockerr::time_limit::never();
constexpr auto some_retransmissions = 1000ms;  // the first comes after about 200 ms

void filled(network&, conversation& c) { c.fill(); }
void filled_for_the_kernel(network&, conversation& c) {
  c.fill();
  c.client.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 400U);
}
void cut_and_asked(network& net, conversation& c) {
  net.cut();
  expect(c.client.send("x", 1) == 1, "the kernel takes the data");
}
void cut_and_filled(network& net, conversation& c) {
  net.cut();
  c.fill();
}
void cut_and_asked_for_the_kernel(network& net, conversation& c) {
  c.client.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 300U);
  cut_and_asked(net, c);
}
void cut_and_filled_for_the_kernel(network& net, conversation& c) {
  cut_and_filled(net, c);
  c.client.set_option(IPPROTO_TCP, TCP_USER_TIMEOUT, 300U);
}
// What was received in part before is half of what is asked for.
void cut_half_way(network& net, conversation& c) {
  expect(c.server.send("x", 1) == 1, "half of it is sent");
  pause();
  cut_and_asked(net, c);
}
void cut_while_idle(network& net, conversation& c) {
  c.ask();
  c.answer();
  c.client.set_option(SOL_SOCKET, SO_KEEPALIVE, 1);
  c.client.set_option(IPPROTO_TCP, TCP_KEEPIDLE, 1);
  c.client.set_option(IPPROTO_TCP, TCP_KEEPINTVL, 1);
  c.client.set_option(IPPROTO_TCP, TCP_KEEPCNT, 1);
  net.cut();
}

void asked(network&, conversation& c) { c.ask(); }
void asked_within_limits_of_its_own(network&, conversation& c) {
  c.ask();
  c.client.set_option(SOL_SOCKET, SO_RCVTIMEO, timeval{0, 300000});
}
void greeted_and_asked(network&, conversation& c) {
  c.answer();
  pause();
  c.ask();
}
void asked_answered_and_asked(network&, conversation& c) {
  c.ask();
  c.answer();
  pause();
  c.ask();
}
void nothing_said(network&, conversation&) {}
void greeted(network&, conversation& c) {
  pause();
  c.answer();
}
void answered(network&, conversation& c) {
  c.ask();
  pause();
  c.answer();
}
void answered_at_once(network&, conversation& c) {
  c.ask();
  c.answer();
}
void answered_in_part(network&, conversation& c) {
  c.ask();
  pause();
  expect(c.server.send("x", 1) == 1, "half of the answer is sent");
}

// The kernel has a reason to wait long for acknowledgements.
provocation too_early_to_tell(const provocation& provoke) {
  return [=](network& net) {
    run("ip route change default via 10.0.1.254 rto_min 20s");
    return provoke(net);
  };
}

// ----------------------------------------------------------------------------------------------------- observing

// What a child tells its parent.
struct outcome {
  std::string skipped;  // why the machine cannot run this
  std::string wrong;    // what was not as it should be
  std::string operation, symbol, circumstance, reporter, fault, advice, what, cause, plain_cause;
  std::string quiet;  // the code that the form without evidence gives
  std::string loud;   // the one of the form with it

  template <class F>
  void each(F f) {
    for (std::string* const s : {&skipped, &wrong, &operation, &symbol, &circumstance, &reporter, &fault, &advice,
                                 &what, &cause, &plain_cause, &quiet, &loud})
      f(*s);
  }
};

std::string text_of(const std::error_code& ec) {
  return std::string{ec.category().name()} + " " + std::to_string(ec.value());
}

void note(outcome& o, const sockerr::error& e) {
  o.operation = name(e.operation());
  o.symbol = e.symbol();
  o.circumstance = name(e.circumstance());
  o.reporter = e.reporter();
  o.fault = name(e.fault());
  o.advice = name(e.advice());
  o.what = e.text();
  o.cause = e.cause();
  o.plain_cause = sockerr::cause(e.code(), e.operation());
  o.loud = text_of(e.code());
}

// Runs work(network&, outcome&) in a child with a network of its own.
outcome in_own_network(version v, const std::function<void(network&, outcome&)>& work) {
  outcome o;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"pipe"};
  const pid_t child = ::fork();
  if (child == -1) throw std::runtime_error{"fork"};
  if (child == 0) {
    ::alarm(100);
    try {
      network net{v};
      const int before = open_descriptors();
      work(net, o);
      expect(open_descriptors() == before, "no descriptor is left open");
    } catch (const not_possible_here& e) {
      o.skipped = e.what();
    } catch (const std::exception& e) {
      o.wrong = e.what();
    }
    std::string text;
    o.each([&](const std::string& s) { text += s + '\0'; });
    const bool told = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(told ? 0 : 1);
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
  std::size_t begin = 0;
  o.each([&](std::string& s) {
    const std::size_t end = text.find('\0', begin);
    s = text.substr(begin, end - begin);
    begin = end + 1;
  });
  return o;
}

// What a row of the table demands.
struct demand {
  sockerr::operation during;
  std::string symbol;
  sockerr::circumstance found;
  std::string reporter;
  sockerr::fault whose;
  sockerr::retry_advice advice;
};

// What a router says, in words.
std::string words(circumstance c) {
  if (c == circumstance::network_unreachable) return "network unreachable";
  if (c == circumstance::host_unreachable) return "host unreachable";
  if (c == circumstance::protocol_unreachable) return "protocol unreachable";
  if (c == circumstance::port_unreachable) return "port unreachable";
  if (c == circumstance::prohibited) return "administratively prohibited";
  if (c == circumstance::hops_exceeded) return "hop limit exceeded";
  return "";
}

void check_row(version v, const provocation& provoke, const demand& d) {
  const outcome o = in_own_network(v, [&](network& net, outcome& seen) {
    const call failing = provoke(net);
    std::error_code quiet;
    failing(&quiet);
    seen.quiet = text_of(quiet);
    try {
      failing(nullptr);
      expect(false, "the call fails");
    } catch (const sockerr::socket_error& e) {
      note(seen, e.error());
    }
  });
  if (!o.skipped.empty()) SOCKERR_SKIP(o.skipped);
  CHECK(o.wrong == "");
  CAPTURE(o.what, o.cause);
  CHECK(o.operation == name(d.during));
  CHECK(o.symbol == d.symbol);
  CHECK(o.circumstance == name(d.found));
  CHECK(o.reporter == d.reporter);
  CHECK(o.fault == name(d.whose));
  CHECK(o.advice == name(d.advice));
  CHECK(o.loud == o.quiet);  // evidence never changes the code
  // Whoever has said it stands at the end, and nothing does where nobody is known.
  const std::string said = d.reporter.empty() ? "" : " (" + d.reporter + ": " + words(d.found) + ")";
  const std::size_t parenthesis = o.what.find(" (");
  CHECK((parenthesis == o.what.npos ? "" : o.what.substr(parenthesis)) == said);
  // What was found has a sentence of its own, and it alone.
  CHECK((o.cause != o.plain_cause) == (d.found != circumstance::none));
}

// A test that is no row.
void check(version v, const std::function<void(network&)>& work) {
  const outcome o = in_own_network(v, [&](network& net, outcome&) { work(net); });
  if (!o.skipped.empty()) SOCKERR_SKIP(o.skipped);
  CHECK(o.wrong == "");
}

template <class F>
sockerr::error error_of(F failing) {
  try {
    failing();
  } catch (const sockerr::socket_error& e) {
    return e.error();
  }
  throw std::logic_error{"not so: the call fails"};
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// Takes an entry from the queue of a socket. Returns: its origin (linux/errqueue.h); -1 where there is none.
int take_entry(const sockerr::socket& s) {
  char data[64];
  alignas(cmsghdr) char control[512];
  iovec part{data, sizeof data};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(s.native_handle(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) == -1) return -1;
  // Not by CMSG_NXTHDR, which compares numbers of different signs in musl.
  cmsghdr head{};
  for (std::size_t at = 0; at + sizeof head <= message.msg_controllen; at += CMSG_SPACE(head.cmsg_len - CMSG_LEN(0))) {
    std::memcpy(&head, control + at, sizeof head);
    if ((head.cmsg_level != IPPROTO_IP || head.cmsg_type != IP_RECVERR) &&
        (head.cmsg_level != IPPROTO_IPV6 || head.cmsg_type != IPV6_RECVERR))
      continue;
    sock_extended_err entry{};
    std::memcpy(&entry, control + at + CMSG_LEN(0), sizeof entry);
    return entry.ee_origin;
  }
  return -1;
}

std::error_code take_pending_error(const sockerr::socket& s) {
  return static_cast<sockerr::errc>(sockerr::get_option(s.native_handle(), SOL_SOCKET, SO_ERROR));
}

void wait_for_error(const sockerr::socket& s) {
  pollfd waiting{s.native_handle(), 0, 0};
  expect(::poll(&waiting, 1, 60000) == 1 && (waiting.revents & POLLERR) != 0, "an error is pending");
}

short events(const sockerr::socket& s) {
  pollfd now{s.native_handle(), POLLIN, 0};
  return ::poll(&now, 1, 0) == -1 ? short{-1} : now.revents;
}

void set_non_blocking(const sockerr::socket& s) {
  ::fcntl(s.native_handle(), F_SETFL, ::fcntl(s.native_handle(), F_GETFL) | O_NONBLOCK);
}

// An attempt to connect of somebody else, which goes on in the background.
sockerr::socket attempt_in_the_background(const network& net, const endpoint& peer) {
  sockerr::socket s = sockerr::open(net.family(), SOCK_STREAM);
  if (net.family() == AF_INET6) s.set_option(IPPROTO_IPV6, IPV6_RECVERR, 1);
  set_non_blocking(s);
  expect(::connect(s.native_handle(), peer.data(), static_cast<socklen_t>(peer.size())) == -1 && errno == EINPROGRESS,
         "the attempt goes on");
  return s;
}

const std::string admin_prohibited = "tcp dport 80 reject with icmpx type admin-prohibited";

}  // namespace

// The table: what is provoked; the operation and the symbol of the error; the circumstance that is to be found, who has
// reported it, whose fault it is and what to do.
#define SOCKERR_EVIDENCE(sentence, family, provoke, during, symbol, found, reporter, whose, advice) \
  TEST_CASE(sentence, "[evidence]") {                                                               \
    check_row(version::family, provoke,                                                             \
              {operation::during, symbol, circumstance::found, reporter, sockerr::fault::whose,     \
               sockerr::retry_advice::advice});                                                     \
  }

// clang-format off

// --------------------------------------------------------------------------------------------- resets tell nothing

SOCKERR_EVIDENCE("A port where nobody listens resets, and no more is known",
                 ipv4, closed_port, connect, "ECONNREFUSED", none, "", peer, on_new_socket)
SOCKERR_EVIDENCE("A port where nobody listens resets, and no more is known (IPv6)",
                 ipv6, closed_port, connect, "ECONNREFUSED", none, "", peer, on_new_socket)
SOCKERR_EVIDENCE("A firewall's reset cannot be told from the peer's",
                 ipv4, rejecting("tcp reset"), connect, "ECONNREFUSED", none, "", peer, on_new_socket)
SOCKERR_EVIDENCE("A firewall's reset cannot be told from the peer's (IPv6)",
                 ipv6, rejecting("tcp reset"), connect, "ECONNREFUSED", none, "", peer, on_new_socket)

// ------------------------------------------------------------------------------------------- a firewall on the way

SOCKERR_EVIDENCE("A firewall says port unreachable",
                 ipv4, rejecting("icmpx type port-unreachable"), connect, "ECONNREFUSED", port_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says port unreachable (IPv6)",
                 ipv6, rejecting("icmpx type port-unreachable"), connect, "ECONNREFUSED", port_unreachable, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says host unreachable",
                 ipv4, rejecting("icmpx type host-unreachable"), connect, "EHOSTUNREACH", host_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says host unreachable (IPv6)",
                 ipv6, rejecting("icmpx type host-unreachable"), connect, "EHOSTUNREACH", host_unreachable, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says no route",
                 ipv4, rejecting("icmpx type no-route"), connect, "ENETUNREACH", network_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says no route (IPv6)",
                 ipv6, rejecting("icmpx type no-route"), connect, "ENETUNREACH", network_unreachable, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says administratively prohibited",
                 ipv4, rejecting("icmpx type admin-prohibited"), connect, "EHOSTUNREACH", prohibited, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says administratively prohibited (IPv6)",
                 ipv6, rejecting("icmpx type admin-prohibited"), connect, "EACCES", prohibited, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says network prohibited",
                 ipv4, rejecting("icmp type net-prohibited"), connect, "ENETUNREACH", prohibited, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says host prohibited",
                 ipv4, rejecting("icmp type host-prohibited"), connect, "EHOSTUNREACH", prohibited, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says protocol unreachable",
                 ipv4, rejecting("icmp type prot-unreachable"), connect, "ENOPROTOOPT", protocol_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says that a policy forbids the source (IPv6)",
                 ipv6, rejecting("icmpv6 type policy-fail"), connect, "EACCES", prohibited, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says that a route rejects (IPv6)",
                 ipv6, rejecting("icmpv6 type reject-route"), connect, "EACCES", prohibited, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says host unreachable to an IPv4 address in an IPv6 socket, in the numbers of IPv4",
                 ipv6, rejecting_a_mapped_address("icmp type host-unreachable"), connect, "EHOSTUNREACH", host_unreachable, "::ffff:10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says network unreachable to an IPv4 address in an IPv6 socket, in the numbers of IPv4",
                 ipv6, rejecting_a_mapped_address("icmp type net-unreachable"), connect, "ENETUNREACH", network_unreachable, "::ffff:10.0.1.254", network, on_new_socket)

SOCKERR_EVIDENCE("A firewall says no to a host that may bind the addresses of others",
                 ipv4, rejecting_where_all_can_be_bound("icmpx type admin-prohibited"), connect, "EHOSTUNREACH", prohibited, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says no to a host that may bind the addresses of others (IPv6)",
                 ipv6, rejecting_where_all_can_be_bound("icmpx type admin-prohibited"), connect, "EACCES", prohibited, "2001:db8:1::ff", network, on_new_socket)

// ---------------------------------------------------------------------------------- a connect that waits in the kernel

SOCKERR_EVIDENCE("A firewall says no to a blocking connect",
                 ipv4, rejecting_a_blocking_connect("icmpx type admin-prohibited"), connect, "EHOSTUNREACH", prohibited, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall says no to a blocking connect (IPv6)",
                 ipv6, rejecting_a_blocking_connect("icmpx type admin-prohibited"), connect, "EACCES", prohibited, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("A host is missing on the far link for a blocking connect",
                 ipv4, nobody_on_the_far_link_blocking, connect, "EHOSTUNREACH", host_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("What a firewall said before the server refused is no evidence of that",
                 ipv4, first_rejected_then_refused, connect, "ECONNREFUSED", none, "", peer, on_new_socket)

// --------------------------------------------------------------------------- the peer and this host are no reporters

SOCKERR_EVIDENCE("The server's own firewall says port unreachable",
                 ipv4, rejecting_at_the_server("icmpx type port-unreachable"), connect, "ECONNREFUSED", port_unreachable, "", network, on_new_socket)
SOCKERR_EVIDENCE("The server's own firewall says port unreachable (IPv6)",
                 ipv6, rejecting_at_the_server("icmpx type port-unreachable"), connect, "ECONNREFUSED", port_unreachable, "", network, on_new_socket)
SOCKERR_EVIDENCE("The server's own firewall says administratively prohibited",
                 ipv4, rejecting_at_the_server("icmpx type admin-prohibited"), connect, "EHOSTUNREACH", prohibited, "", network, on_new_socket)
SOCKERR_EVIDENCE("The own firewall of a peer at a link-local address says administratively prohibited",
                 ipv6, rejecting_at_a_link_local_address, connect, "EACCES", prohibited, "", network, on_new_socket)
SOCKERR_EVIDENCE("This host's own firewall says administratively prohibited",
                 ipv4, rejecting_at_the_client("icmpx type admin-prohibited"), connect, "EHOSTUNREACH", prohibited, "", network, on_new_socket)
SOCKERR_EVIDENCE("A host is missing on the own link",
                 ipv4, nobody_on_the_own_link, connect, "EHOSTUNREACH", host_unreachable, "", network, on_new_socket)
SOCKERR_EVIDENCE("A host is missing on the own link for a blocking connect",
                 ipv4, nobody_on_the_own_link_blocking, connect, "EHOSTUNREACH", host_unreachable, "", network, on_new_socket)
SOCKERR_EVIDENCE("A host is missing on the own link (IPv6)",
                 ipv6, nobody_on_the_own_link, connect, "EHOSTUNREACH", host_unreachable, "", network, on_new_socket)

// ------------------------------------------------------------------------------------------------------- routers

SOCKERR_EVIDENCE("A host is missing on the far link",
                 ipv4, nobody_on_the_far_link, connect, "EHOSTUNREACH", host_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("A host is missing on the far link (IPv6)",
                 ipv6, nobody_on_the_far_link, connect, "EHOSTUNREACH", host_unreachable, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("The router has no route",
                 ipv4, no_route_at_the_router, connect, "ENETUNREACH", network_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("The router has no route (IPv6)",
                 ipv6, no_route_at_the_router, connect, "ENETUNREACH", network_unreachable, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("The router has a route of type unreachable",
                 ipv4, route_of_the_router("unreachable"), connect, "EHOSTUNREACH", host_unreachable, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("The router has a route of type prohibit",
                 ipv4, route_of_the_router("prohibit"), connect, "EHOSTUNREACH", prohibited, "10.0.1.254", network, on_new_socket)
SOCKERR_EVIDENCE("The router has a route of type prohibit (IPv6)",
                 ipv6, route_of_the_router("prohibit"), connect, "EACCES", prohibited, "2001:db8:1::ff", network, on_new_socket)
SOCKERR_EVIDENCE("Two routers send packets in circles",
                 ipv4, routing_loop, connect, "EHOSTUNREACH", hops_exceeded, "10.0.2.2", network, on_new_socket)
SOCKERR_EVIDENCE("Two routers send packets in circles (IPv6)",
                 ipv6, routing_loop, connect, "EHOSTUNREACH", hops_exceeded, "2001:db8:2::2", network, on_new_socket)

// --------------------------------------------------------------------------------------------- no answer to connect

SOCKERR_EVIDENCE("A firewall drops what is sent",
                 ipv4, forwarding("drop", brief), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall drops what is sent (IPv6)",
                 ipv6, forwarding("drop", brief), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall drops what is sent until the kernel gives up",
                 ipv4, dropped_until_the_kernel_gives_up(far_away), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall drops what is sent until the kernel gives up (IPv6)",
                 ipv6, dropped_until_the_kernel_gives_up(far_away), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("A firewall drops what a blocking connect sends until the kernel gives up",
                 ipv4, dropped_until_the_kernel_gives_up(not_set), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("The router has a route of type blackhole",
                 ipv4, route_of_the_router("blackhole", brief), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("The router has a route of type blackhole (IPv6)",
                 ipv6, route_of_the_router("blackhole", brief), connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("The server's accept queue is full",
                 ipv4, full_accept_queue, connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("The server's accept queue is full (IPv6)",
                 ipv6, full_accept_queue, connect, "ETIMEDOUT", no_answer, "", network, on_new_socket)
SOCKERR_EVIDENCE("An attempt that was answered by a firewall before its limit ended it was not left without an answer",
                 ipv4, rejected_but_limited, connect, "ETIMEDOUT", none, "", network, on_new_socket)

// ---------------------------------------------------------------------------------------- this host's own routes

SOCKERR_EVIDENCE("This host has a route of type unreachable",
                 ipv4, route_of_the_client("unreachable"), connect, "EHOSTUNREACH", none, "", network, on_new_socket)
SOCKERR_EVIDENCE("This host has a route of type unreachable (IPv6)",
                 ipv6, route_of_the_client("unreachable"), connect, "EHOSTUNREACH", none, "", network, on_new_socket)
SOCKERR_EVIDENCE("This host has a route of type prohibit",
                 ipv4, route_of_the_client("prohibit"), connect, "EACCES", none, "", host, never)
SOCKERR_EVIDENCE("This host has a route of type prohibit (IPv6)",
                 ipv6, route_of_the_client("prohibit"), connect, "EACCES", none, "", host, never)
SOCKERR_EVIDENCE("This host has a route of type blackhole",
                 ipv4, route_of_the_client("blackhole"), connect, "EINVAL", none, "", caller, never)
SOCKERR_EVIDENCE("This host has a route of type blackhole (IPv6)",
                 ipv6, route_of_the_client("blackhole"), connect, "EINVAL", none, "", caller, never)
SOCKERR_EVIDENCE("This host has no route",
                 ipv4, no_route_at_the_client, connect, "ENETUNREACH", none, "", network, on_new_socket)

// ------------------------------------------------------------------------------ connections: the peer does not read

SOCKERR_EVIDENCE("The peer does not read what is sent",
                 ipv4, after(filled, doing::send, brief), send, "ETIMEDOUT", peer_not_reading, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not read what is sent (IPv6)",
                 ipv6, after(filled, doing::send, brief), send, "ETIMEDOUT", peer_not_reading, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not read, of much data not a byte",
                 ipv4, after(filled, doing::send_all, brief, 1 << 20), send_all, "ETIMEDOUT", peer_not_reading, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not read the rest of much data",
                 ipv4, after(nothing_said, doing::send_all, brief, 1 << 20), send_all, "ETIMEDOUT", peer_not_reading, "", peer, never)
SOCKERR_EVIDENCE("The peer does not read and so does not answer",
                 ipv4, after(filled, doing::recv, brief), recv, "ETIMEDOUT", peer_not_reading, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not read until the kernel gives up",
                 ipv4, after(filled_for_the_kernel, doing::send, no_limit), send, "ETIMEDOUT", peer_not_reading, "", peer, on_new_socket)

// ---------------------------------------------------------------------------------------- connections: the path is cut

SOCKERR_EVIDENCE("The path is cut while a question is under way",
                 ipv4, after(cut_and_asked, doing::recv, some_retransmissions), recv, "ETIMEDOUT", not_acknowledged, "", network, when_ready)
SOCKERR_EVIDENCE("The path is cut while a question is under way (IPv6)",
                 ipv6, after(cut_and_asked, doing::recv, some_retransmissions), recv, "ETIMEDOUT", not_acknowledged, "", network, when_ready)
SOCKERR_EVIDENCE("The path is cut while a question is under way to which all of the answer is asked for",
                 ipv4, after(cut_and_asked, doing::recv_exactly, some_retransmissions, 2), recv_exactly, "ETIMEDOUT", not_acknowledged, "", network, when_ready)
SOCKERR_EVIDENCE("The path is cut when half of the answer is there",
                 ipv4, after(cut_half_way, doing::recv_exactly, some_retransmissions, 2), recv_exactly, "ETIMEDOUT", not_acknowledged, "", network, never)
SOCKERR_EVIDENCE("The path is cut while data is sent",
                 ipv4, after(cut_and_filled, doing::send, some_retransmissions), send, "ETIMEDOUT", not_acknowledged, "", network, when_ready)
SOCKERR_EVIDENCE("The path is cut while a question is under way, and it is too early to tell",
                 ipv4, too_early_to_tell(after(cut_and_asked, doing::recv, brief)), recv, "ETIMEDOUT", none, "", peer, when_ready)
SOCKERR_EVIDENCE("The path is cut while data is sent, and it is too early to tell",
                 ipv4, too_early_to_tell(after(cut_and_filled, doing::send, brief)), send, "ETIMEDOUT", none, "", peer, when_ready)
SOCKERR_EVIDENCE("The path is cut while a question is under way until the kernel gives up",
                 ipv4, after(cut_and_asked_for_the_kernel, doing::recv, no_limit), recv, "ETIMEDOUT", not_acknowledged, "", network, on_new_socket)
SOCKERR_EVIDENCE("The path is cut while a question is under way until the kernel gives up (IPv6)",
                 ipv6, after(cut_and_asked_for_the_kernel, doing::recv, no_limit), recv, "ETIMEDOUT", not_acknowledged, "", network, on_new_socket)
SOCKERR_EVIDENCE("The path is cut while data is sent until the kernel gives up",
                 ipv4, after(cut_and_filled_for_the_kernel, doing::send, no_limit), send, "ETIMEDOUT", not_acknowledged, "", network, on_new_socket)
SOCKERR_EVIDENCE("The path is cut until the kernel's probes of an idle connection give up",
                 ipv4, after(cut_while_idle, doing::recv, no_limit), recv, "ETIMEDOUT", not_acknowledged, "", network, on_new_socket)

// ------------------------------------------------------------------------------------- connections: the peer is silent

SOCKERR_EVIDENCE("The peer does not answer a question that has arrived",
                 ipv4, after(asked, doing::recv, brief), recv, "ETIMEDOUT", peer_silent, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not answer a question that has arrived (IPv6)",
                 ipv6, after(asked, doing::recv, brief), recv, "ETIMEDOUT", peer_silent, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not answer a question within the descriptor's own limit",
                 ipv4, after(asked_within_limits_of_its_own, doing::recv, no_limit), recv, "ETIMEDOUT", peer_silent, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer does not begin an answer of which all is asked for",
                 ipv4, after(asked, doing::recv_exactly, brief, 2), recv_exactly, "ETIMEDOUT", peer_silent, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer has sent a greeting and does not answer",
                 ipv4, after(greeted_and_asked, doing::recv, brief), recv, "ETIMEDOUT", peer_silent, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer has answered a question but not the next",
                 ipv4, after(asked_answered_and_asked, doing::recv, brief), recv, "ETIMEDOUT", peer_silent, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer that was asked nothing is not silent",
                 ipv4, after(nothing_said, doing::recv, brief), recv, "ETIMEDOUT", none, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer that has sent a greeting and was asked nothing is not silent",
                 ipv4, after(greeted, doing::recv, brief), recv, "ETIMEDOUT", none, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer that has answered is not silent",
                 ipv4, after(answered, doing::recv, brief), recv, "ETIMEDOUT", none, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer that has answered within the same millisecond is not silent",
                 ipv4, after(answered_at_once, doing::recv, brief), recv, "ETIMEDOUT", none, "", peer, when_ready)
SOCKERR_EVIDENCE("The peer that has sent half of its answer is not said to be silent",
                 ipv4, after(answered_in_part, doing::recv_exactly, brief, 2), recv_exactly, "ETIMEDOUT", partial, "", peer, never)

// clang-format on

// --------------------------------------------------------------------------------------------------- the same in all
// forms

TEST_CASE("Every form of connect that looks tells who said no", "[evidence]") {
  check(version::ipv4, [](network& net) {
    net.forward(admin_prohibited);
    const connect_options options = network::brief(patience);
    const auto tells = [](const sockerr::error& e, const std::string& what) {
      expect(e.circumstance() == circumstance::prohibited, "it was prohibited");
      expect(e.reporter() == "10.0.1.254", "the router said so");
      expect(e.text() == what, what + ": " + std::string{e.text()});
    };
    const std::string said = "EHOSTUNREACH: No route to host (10.0.1.254: administratively prohibited)";
    const std::string what = "connect 10.0.2.2:80: " + said;
    sockerr::error failed;
    (void)sockerr::connect_to(net.server(), options, failed);
    tells(failed, what);
    tells(error_of([&] { (void)sockerr::connect_to(net.server(), options); }), what);
    tells(error_of([&] { (void)sockerr::connect_to("10.0.2.2", "80", options); }), what);
    sockerr::retry_policy once;
    once.max_attempts = 1;
    tells(error_of([&] { (void)sockerr::connect_with_retry("10.0.2.2", "80", once, options); }), what);
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    tells(error_of([&] { s.connect(net.server(), patience); }), what);
    s = sockerr::open(AF_INET, SOCK_STREAM);
    tells(error_of([&] { sockerr::connect(s.native_handle(), net.server(), patience); }), what);
    // A raw call, and what is checked afterwards.
    s = sockerr::open(AF_INET, SOCK_STREAM);
    const auto peer = net.server();
    errno = 0;
    const int result = ::connect(s.native_handle(), peer.data(), static_cast<socklen_t>(peer.size()));
    const sockerr::error raw = error_of([&] { (sockerr::check)(result, operation::connect, s.native_handle()); });
    tells(raw, std::string{raw.text()});
    expect(ends_with(raw.text(), said), "it ends with that: " + std::string{raw.text()});
  });
}

TEST_CASE("Who said no is told of the address that came nearest to answering", "[evidence]") {
  check(version::ipv4, [](network& net) {
    net.forward(admin_prohibited);
    sockerr::error failed;
    (void)sockerr::detail::connect_first({net.elsewhere(), net.server()}, network::brief(patience), {},
                                         sockerr::detail::looking::yes, failed);
    expect(failed.circumstance() == circumstance::network_unreachable, "the first of two that are as near");
    (void)sockerr::detail::connect_first({net.server(), net.server(81)}, network::brief(patience), {},
                                         sockerr::detail::looking::yes, failed);
    expect(failed == sockerr::errc::connection_refused, "the refusal is nearer");
    expect(failed.circumstance() == circumstance::none && failed.reporter().empty(),
           "what was said of another address is not told of this one");
  });
}

TEST_CASE("Evidence is kept by copies and by what is thrown again", "[evidence]") {
  check(version::ipv4, [](network& net) {
    net.forward(admin_prohibited);
    sockerr::error failed;
    (void)sockerr::connect_to(net.server(), network::brief(patience), failed);
    const sockerr::error copy = failed;
    failed = {};
    const sockerr::error again = error_of([&] { sockerr::throw_error(copy); });
    expect(again.reporter() == "10.0.1.254" && again.circumstance() == circumstance::prohibited, "nothing is lost");
  });
}

TEST_CASE("What was said of an earlier packet is not told of the error of a later one", "[evidence]") {
  check(version::ipv4, [](network& net) {
    net.forward(first_packet("no-route"));
    net.forward(admin_prohibited);
    sockerr::error failed;
    (void)sockerr::connect_to(net.server(), {}, failed);
    expect(failed == sockerr::errc::host_unreachable, "the second answer ends it: " + std::string{failed.text()});
    const bool knows = failed.circumstance() == circumstance::prohibited && failed.reporter() == "10.0.1.254";
    const bool says_nothing = failed.circumstance() == circumstance::none && failed.reporter().empty();
    expect(knows || says_nothing, "the first one is not what it was: " + std::string{failed.text()});
  });
}

// ------------------------------------------------------------------------------------------- what belongs to the owner

TEST_CASE("The forms with a code take nothing from the queue", "[evidence]") {
  for (const version v : {version::ipv4, version::ipv6})
    check(v, [](network& net) {
      net.forward(admin_prohibited);
      for (const bool waits_in_the_kernel : {false, true}) {
        sockerr::socket s = sockerr::open(net.family(), SOCK_STREAM);
        if (net.family() == AF_INET6) s.set_option(IPPROTO_IPV6, IPV6_RECVERR, 1);
        std::error_code ec;
        s.connect(net.server(), waits_in_the_kernel ? sockerr::deadline{} : sockerr::deadline{patience}, ec);
        expect(ec == sockerr::condition::unreachable || ec == sockerr::condition::permission_denied, "it is rejected");
        expect(take_entry(s) == (net.family() == AF_INET ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6),
               "the entry is still there");
      }
    });
}

TEST_CASE("The forms with a code ask for no ICMP messages", "[evidence]") {
  check(version::ipv6, [](network& net) {
    net.forward(admin_prohibited);
    sockerr::socket s = sockerr::open(AF_INET6, SOCK_STREAM);
    std::error_code ec;
    s.connect(net.server(), patience, ec);
    expect(ec == sockerr::errc::permission_denied, "it is rejected");
    expect(s.get_option(IPPROTO_IPV6, IPV6_RECVERR) == 0, "the option is off");
    expect(take_entry(s) == -1, "nothing was kept");
  });
}

TEST_CASE("The pending error of an attempt in the background is its owner's, and so is the evidence", "[evidence]") {
  for (const version v : {version::ipv4, version::ipv6})
    for (const bool after_the_call : {false, true})
      check(v, [after_the_call](network& net) {
        if (after_the_call)
          net.expect_no_neighbour();
        else
          net.forward(admin_prohibited);
        const endpoint peer = after_the_call ? net.nobody_far() : net.server();
        sockerr::socket s = attempt_in_the_background(net, peer);
        wait_for_error(s);
        for (const sockerr::errc would_block :
             {sockerr::errc::operation_in_progress, sockerr::errc::connection_already_in_progress}) {
          const sockerr::error e = sockerr::examine(s.native_handle(), would_block, operation::connect, peer);
          expect(e == sockerr::condition::would_block, "the code is the one that was given");
          expect(e.circumstance() == circumstance::none && e.reporter().empty(), "nothing is said of what is not over");
        }
        const std::error_code ec = take_pending_error(s);
        expect(ec == sockerr::condition::unreachable || ec == sockerr::condition::permission_denied,
               "the error is still pending: " + ec.message());
        // Now it has been reported, and may be looked into.
        const sockerr::error e = sockerr::examine(s.native_handle(), ec, operation::connect, peer);
        expect(e == ec, "the code is the one that was given");
        expect(e.circumstance() == (after_the_call ? circumstance::host_unreachable : circumstance::prohibited),
               "the evidence was still there: " + std::string{name(e.circumstance())});
        expect(e.reporter() == net.choose("10.0.1.254", "2001:db8:1::ff"), "and so was the reporter");
      });
}

TEST_CASE("A connect of a non-blocking socket that goes on takes nothing", "[evidence]") {
  check(version::ipv4, [](network& net) {
    net.forward(admin_prohibited);
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    set_non_blocking(s);
    const sockerr::error e = error_of([&] { s.connect(net.server()); });
    expect(e == sockerr::condition::would_block && e.circumstance() == circumstance::none, "it goes on");
    const std::error_code ec = take_pending_error(s);
    expect(ec == sockerr::errc::host_unreachable, "the error is still pending");
    expect(take_entry(s) == SO_EE_ORIGIN_ICMP, "the entry is still there");
  });
}

TEST_CASE("A connect that its limit ends takes nothing", "[evidence]") {
  check(version::ipv4, [](network& net) {
    net.forward(admin_prohibited);
    sockerr::socket s = sockerr::open(AF_INET, SOCK_STREAM);
    s.set_option(SOL_SOCKET, SO_SNDTIMEO, timeval{0, 200000});
    const sockerr::error e = error_of([&] { s.connect(net.server()); });
    expect(e == sockerr::library_errc::deadline_exceeded, "the time is up: " + std::string{e.text()});
    expect(take_entry(s) == SO_EE_ORIGIN_ICMP, "the entry is still there");
  });
}

TEST_CASE("An entry in the queue of a datagram socket is not taken", "[evidence]") {
  for (const version v : {version::ipv4, version::ipv6})
    check(v, [](network& net) {
      net.forward("udp dport 53 reject with icmpx type admin-prohibited");
      sockerr::socket s = sockerr::open(net.family(), SOCK_DGRAM);
      if (net.family() == AF_INET)
        s.set_option(IPPROTO_IP, IP_RECVERR, 1);
      else
        s.set_option(IPPROTO_IPV6, IPV6_RECVERR, 1);
      const int origin = net.family() == AF_INET ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6;
      s.connect(net.server(53));
      char received = 0;
      s.send("x", 1);
      const sockerr::error e = error_of([&] { s.recv(&received, 1, 0, patience); });
      expect(e.reporter().empty() && e.circumstance() == circumstance::datagram, "only the kind of socket is told");
      expect(take_entry(s) == origin, "the entry is still there");
      // Nor where a program asks of one that it has made itself.
      for (const operation during : {operation::connect, operation::send, operation::recv}) {
        s.send("x", 1);
        wait_for_error(s);
        const std::error_code ec = take_pending_error(s);
        const sockerr::error found = sockerr::examine(s.native_handle(), ec, during, net.server(53));
        expect(found.reporter().empty(), "nobody is named");
        expect(found.circumstance() == circumstance::datagram || found.circumstance() == circumstance::none,
               "at most the kind of socket is told");
        expect(take_entry(s) == origin, "the entry is still there");
      }
    });
}

TEST_CASE("Time stamps and free buffers in the queue of a connection are no evidence, and its owner's", "[evidence]") {
  check(version::ipv4, [](network& net) {
    conversation c{net};
    const auto expect_untouched = [&c](const std::function<void()>& send, int origin) {
      for (const sockerr::errc code : {sockerr::errc::host_unreachable, sockerr::errc::network_unreachable,
                                       sockerr::errc::connection_refused, sockerr::errc::timed_out}) {
        for (const operation during : {operation::connect, operation::send, operation::recv}) {
          send();
          wait_for_error(c.client);
          const sockerr::error e = sockerr::examine(c.client.native_handle(), code, during);
          expect(e.reporter().empty(), "nobody has said anything");
          expect(e.circumstance() == circumstance::none, "nothing was found");
          expect(take_entry(c.client) == origin, "the entry is still there after " + std::string{name(during)});
        }
      }
      // And while a wait is in vain.
      send();
      char received = 0;
      const sockerr::error e = error_of([&] { c.client.recv(&received, 1, 0, brief); });
      expect(e.circumstance() == circumstance::peer_silent, "the peer does not answer");
      expect(take_entry(c.client) == origin, "the entry is still there");
    };
    c.client.set_option(SOL_SOCKET, SO_TIMESTAMPING,
                        SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY);
    expect_untouched([&c] { c.ask(); }, SO_EE_ORIGIN_TIMESTAMPING);
    c.client.set_option(SOL_SOCKET, SO_TIMESTAMPING, 0);
    c.client.set_option(SOL_SOCKET, SO_ZEROCOPY, 1);
    static const char byte = 'x';  // which the kernel reads when it likes
    expect_untouched(
        [&c] {
          char received = 0;
          expect(c.client.send(&byte, 1, MSG_ZEROCOPY) == 1, "a byte is sent");
          expect(c.server.recv(&received, 1, 0, patience) == 1, "it arrives");
        },
        SO_EE_ORIGIN_ZEROCOPY);
  });
}

// ---------------------------------------------------------------------------------------------- connections that
// succeed

TEST_CASE("Once connected over IPv6, no ICMP message is asked for any more", "[evidence]") {
  check(version::ipv6, [](network& net) {
    sockerr::socket listening = net.at_server([&] { return sockerr::listen_on(net.server()); });
    for (const connect_options& options : {connect_options{}, network::brief(patience)}) {
      sockerr::error failed;
      std::error_code ec;
      sockerr::socket made[] = {
          sockerr::connect_to(net.server(), options), sockerr::connect_to("2001:db8:2::2", "80", options),
          sockerr::connect_to(net.server(), options, failed), sockerr::connect_to(net.server(), options, ec)};
      expect(!failed && !ec, "they are made");
      for (sockerr::socket& s : made) expect(s.get_option(IPPROTO_IPV6, IPV6_RECVERR) == 0, "the option is off");
    }
    // What its owner has set stays.
    sockerr::socket s = sockerr::open(AF_INET6, SOCK_STREAM);
    s.set_option(IPPROTO_IPV6, IPV6_RECVERR, 1);
    s.connect(net.server(), patience);
    expect(s.get_option(IPPROTO_IPV6, IPV6_RECVERR) == 1, "the owner's option is still on");
  });
}

TEST_CASE("ICMP messages do not end a connection", "[evidence]") {
  for (const version v : {version::ipv4, version::ipv6})
    check(v, [](network& net) {
      conversation c{net};
      net.forward("tcp dport 80 reject with icmpx type host-unreachable");
      expect(c.client.send("x", 1) == 1, "the kernel takes the data");
      char received = 0;
      const sockerr::error e = error_of([&] { c.client.recv(&received, 1, 0, some_retransmissions); });
      expect(e == sockerr::library_errc::deadline_exceeded, "only the time is up: " + std::string{e.text()});
      net.mend();
      expect(c.server.recv(&received, 1, 0, patience) == 1, "the data arrives when the trouble is over");
      c.ask();
      c.answer();
    });
}

TEST_CASE("A connection that was rejected at first leaves nothing in its queue", "[evidence]") {
  check(version::ipv6, [](network& net) {
    sockerr::socket listening = net.at_server([&] { return sockerr::listen_on(net.server()); });
    net.forward(first_packet("host-unreachable"));
    const auto begin = std::chrono::steady_clock::now();
    sockerr::error failed;
    sockerr::socket s = sockerr::connect_to(net.server(), {}, failed);
    expect(std::chrono::steady_clock::now() - begin >= 500ms, "the first packet was rejected");
    expect(!failed, "the second packet gets through: " + std::string{failed.text()});
    expect(events(s) == 0, "nothing is pending");
    expect(take_entry(s) == -1, "the queue is empty");
  });
}

// ------------------------------------------------------------------------------------------------- what is no TCP

TEST_CASE("A Unix stream has no evidence of the network", "[evidence]") {
  auto [near, far] = [] {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error{"socketpair"};
    return std::pair{sockerr::socket{ends[0]}, sockerr::socket{ends[1]}};
  }();
  char received = 0;
  near.send("x", 1);
  const sockerr::error e = error_of([&, &s = near] { s.recv(&received, 1, 0, 10ms); });
  CHECK(e.circumstance() != circumstance::peer_silent);
  CHECK(e.reporter().empty());
}

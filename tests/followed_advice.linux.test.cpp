// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include "followed_advice.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "descriptors.hpp"
#include "loopback.hpp"

// Advice is a promise: whoever follows it blindly, on the object at hand, does no harm, and succeeds once the trouble
// is over. Here each situation is a real one, what its error says is done, and the trouble ends after a while. The last
// part of the file is the table of the situations; those that need a network of their own run in a child that makes one
// (with `ip`, `nft` and `ss`; Debian: iproute2, nftables), and what cannot be had skips the test with the reason.

namespace {

using namespace std::chrono_literals;
using advice::empty_queue;
using advice::expect;
using advice::expect_conversation;
using advice::expected;
using advice::generous;
using advice::not_possible_here;
using advice::outcome;
using advice::receive;
using advice::situation;
using sockerr::endpoint;

constexpr auto brief = 50ms;

pollfd wait_for(const sockerr::socket& s, short event) { return {s.native_handle(), event, 0}; }

void set_non_blocking(const sockerr::socket& s) {
  ::fcntl(s.native_handle(), F_SETFL, ::fcntl(s.native_handle(), F_GETFL) | O_NONBLOCK);
}

// Reads all that is there.
std::size_t drain(sockerr::socket& s) {
  std::vector<char> buffer(1 << 20);
  std::size_t total = 0;
  std::error_code ec;
  // What is on its way may take a moment more.
  for (;;) {
    const std::size_t count = s.recv(buffer.data(), buffer.size(), 0, 100ms, ec);
    if (ec || count == 0) return total;
    total += count;
  }
}

// A folder for the paths of sockets.
class folder {
 public:
  folder() {
    if (::mkdtemp(name_.data()) == nullptr) throw not_possible_here{"no temporary folder"};
  }
  ~folder() {
    ::unlink(path().c_str());
    ::rmdir(name_.data());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  std::string path() const { return std::string{name_.data()} + "/socket"; }
  endpoint address() const { return endpoint::unix_path(path()); }

 private:
  std::array<char, 32> name_{"/tmp/sockerr-advice-XXXXXX"};
};

// ------------------------------------------------------------------------------------------------------ connecting

class refused_connect : public situation {
 public:
  void operate() override { client_.connect(port_.endpoint, generous); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { client_ = sockerr::open(AF_INET, SOCK_STREAM); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void end() override { port_.holder.listen(); }
  void check() override { expect_conversation(port_.holder, client_); }

 private:
  loopback::closed_port port_;
  sockerr::socket client_ = sockerr::open(AF_INET, SOCK_STREAM);
};

// The same on a socket that does not block: the refusal comes with the first bytes.
class refused_in_the_background : public situation {
 public:
  refused_in_the_background() { take_new_socket(); }
  void operate() override { client_.send_all("ping", 4); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override {
    client_ = sockerr::open(AF_INET, SOCK_STREAM);
    set_non_blocking(client_);
    std::error_code in_progress;
    client_.connect(port_.endpoint, in_progress);
    pollfd entry = ready();
    ::poll(&entry, 1, 30000);
  }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void end() override { port_.holder.listen(); }
  void check() override { expect(receive_from_queue() == "ping", "the server reads what the client has written"); }

 private:
  std::string receive_from_queue() {
    sockerr::socket server = port_.holder.accept(nullptr, generous);
    return receive(server, 4);
  }

  loopback::closed_port port_;
  sockerr::socket client_;
};

// A server on a path starts late.
class late_path_server : public situation {
 public:
  void operate() override { client_.connect(folder_.address(), generous); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { client_ = sockerr::open(AF_UNIX, SOCK_STREAM); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void end() override {
    ::unlink(folder_.path().c_str());
    server_ = sockerr::listen_on(folder_.address());
  }
  void check() override { expect_conversation(server_, client_); }

 protected:
  folder folder_;

 private:
  sockerr::socket server_;
  sockerr::socket client_ = sockerr::open(AF_UNIX, SOCK_STREAM);
};

// Its path is still that of the last run.
class stale_path : public late_path_server {
 public:
  stale_path() { sockerr::listen_on(folder_.address()).close(); }
};

class full_backlog : public situation {
 public:
  full_backlog() {
    for (;;) {
      sockerr::socket queued = new_client();
      std::error_code ec;
      queued.connect(folder_.address(), ec);
      if (ec) return;
      queued_.push_back(std::move(queued));
    }
  }
  void operate() override { client_.connect(folder_.address()); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { client_ = new_client(); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void end() override {
    queued_.clear();
    empty_queue(server_);
  }
  void check() override {
    ::fcntl(client_.native_handle(), F_SETFL, 0);
    expect_conversation(server_, client_);
  }

 protected:
  static sockerr::socket new_client() {
    sockerr::socket result = sockerr::open(AF_UNIX, SOCK_STREAM);
    set_non_blocking(result);
    return result;
  }

  folder folder_;
  sockerr::socket server_ = [this] {
    sockerr::listen_options options;
    options.backlog = 1;
    return sockerr::listen_on(folder_.address(), options);
  }();
  std::vector<sockerr::socket> queued_;
  sockerr::socket client_ = new_client();
};

class full_backlog_until_the_deadline : public full_backlog {
 public:
  void operate() override { client_.connect(folder_.address(), brief); }
};

// A TCP listener whose queue is full answers nothing at all.
class silent_listener : public situation {
 public:
  silent_listener() {
    if (!deaf_.is_deaf) throw not_possible_here{"a full queue is no reason for this system not to answer"};
  }
  void operate() override { client_.connect(deaf_.endpoint, brief); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { client_ = sockerr::open(AF_INET, SOCK_STREAM); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void end() override {
    deaf_.queued.clear();
    empty_queue(deaf_.listening);
  }
  void check() override { expect_conversation(deaf_.listening, client_); }

 protected:
  loopback::deaf_listener deaf_;
  sockerr::socket client_ = sockerr::open(AF_INET, SOCK_STREAM);
};

// The attempt goes on when connect has returned.
class connect_in_the_background : public silent_listener {
 public:
  connect_in_the_background() { set_non_blocking(client_); }
  void operate() override { client_.connect(deaf_.endpoint); }
  void check() override {
    ::fcntl(client_.native_handle(), F_SETFL, 0);
    silent_listener::check();
  }
};

// --------------------------------------------------------------------------------------------- taking an address

class taken_path : public situation {
 public:
  void operate() override { late_.bind(folder_.address()); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { late_ = sockerr::open(AF_UNIX, SOCK_STREAM); }
  void end() override { owner_.close(); }  // which leaves the path

 private:
  folder folder_;
  sockerr::socket owner_ = sockerr::listen_on(folder_.address());
  sockerr::socket late_ = sockerr::open(AF_UNIX, SOCK_STREAM);
};

class taken_port : public situation {
 public:
  explicit taken_port(int type) : owner_{sockerr::open(AF_INET, type)}, late_{sockerr::open(AF_INET, type)} {
    owner_.bind(loopback::any_port());
    taken_ = owner_.local_endpoint();
    if (type == SOCK_STREAM) owner_.listen();
  }
  void operate() override { late_.bind(taken_); }
  pollfd ready() override { return wait_for(late_, POLLOUT); }
  void end() override { owner_.close(); }
  void check() override { expect(late_.local_endpoint() == taken_, "it is the port that was asked for"); }

 private:
  sockerr::socket owner_, late_;
  endpoint taken_;
};

// Both are bound to the port, which SO_REUSEADDR allows, but one alone can listen.
class taken_by_a_listener : public situation {
 public:
  taken_by_a_listener() {
    for (sockerr::socket* const s : {&owner_, &late_}) {
      s->set_option(SOL_SOCKET, SO_REUSEADDR, 1);
      s->bind(s == &owner_ ? loopback::any_port() : owner_.local_endpoint());
    }
    owner_.listen();
  }
  void operate() override { late_.listen(); }
  pollfd ready() override { return wait_for(late_, POLLOUT); }
  void end() override { owner_.close(); }
  void check() override {
    sockerr::socket client = sockerr::connect_to(late_.local_endpoint());
    expect_conversation(late_, client);
  }

 private:
  sockerr::socket owner_ = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::socket late_ = sockerr::open(AF_INET, SOCK_STREAM);
};

// A server without SO_REUSEADDR has ended; a connection of it has not.
class port_of_an_old_connection : public situation {
 public:
  port_of_an_old_connection() {
    sockerr::listen_options options;
    options.reuse_address = false;
    sockerr::socket listening = sockerr::listen_on(loopback::any_port(), options);
    port_ = listening.local_endpoint();
    client_ = sockerr::connect_to(port_);
    (void)listening.accept(nullptr, generous);  // and close it at once
    char c;
    expect(client_.recv(&c, 1, 0, generous) == 0, "the server has ended");
  }
  void operate() override { late_.bind(port_); }
  pollfd ready() override { return wait_for(late_, POLLOUT); }
  void end() override { loopback::reset(client_); }
  void check() override { expect(late_.local_endpoint() == port_, "it is the port that was asked for"); }

 protected:
  sockerr::socket client_;
  endpoint port_;
  sockerr::socket late_ = sockerr::open(AF_INET, SOCK_STREAM);
};

// ------------------------------------------------------------------------------------------------------- accepting

class no_connection_yet : public situation {
 public:
  explicit no_connection_yet(bool waits) : waits_{waits} {
    if (!waits) set_non_blocking(listening_);
  }
  void operate() override { server_ = waits_ ? listening_.accept(nullptr, brief) : listening_.accept(); }
  pollfd ready() override { return wait_for(listening_, POLLIN); }
  void end() override {
    client_ = sockerr::connect_to(listening_.local_endpoint());
    client_.send_all("ping", 4, generous);
  }
  void check() override { expect(receive(server_, 4) == "ping", "the server reads what the client has written"); }

 private:
  bool waits_;
  sockerr::socket listening_ = loopback::listener();
  sockerr::socket client_, server_;
};

class no_descriptor_to_accept : public situation {
 public:
  no_descriptor_to_accept() {
    if (under_valgrind()) throw not_possible_here{"valgrind takes the connection from the queue and closes it"};
    client_.send_all("ping", 4, generous);
  }
  void operate() override {
    std::optional<no_descriptor_left> full;
    if (!is_over_) full.emplace();
    server_ = listening_.accept();
  }
  pollfd ready() override { return wait_for(listening_, POLLIN); }
  void end() override { is_over_ = true; }
  void check() override {
    expect(receive(server_, 4) == "ping", "the connection that could not be accepted was not lost");
  }

 private:
  bool is_over_ = false;
  sockerr::socket listening_ = loopback::listener();
  sockerr::socket client_ = sockerr::connect_to(listening_.local_endpoint());
  sockerr::socket server_;
};

// ------------------------------------------------------------------------------------------------------- resolving

class no_descriptor_to_resolve : public situation {
 public:
  no_descriptor_to_resolve() { (void)sockerr::resolve("localhost", "80"); }
  void operate() override {
    std::optional<no_descriptor_left> full;
    if (!is_over_) full.emplace();
    found_ = sockerr::resolve("localhost", "80");
  }
  void end() override { is_over_ = true; }
  void check() override { expect(found_.at(0).port() == 80, "the name is known"); }

 private:
  bool is_over_ = false;
  std::vector<endpoint> found_;
};

// ------------------------------------------------------------------------------------------- bytes over a connection

// A peer that resets each connection, for a while.
class resetting_peer : public situation {
 public:
  resetting_peer() { resetting_peer::take_new_socket(); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override {
    client_ = sockerr::connect_to(listening_.local_endpoint());
    server_ = listening_.accept(nullptr, generous);
    if (is_over_) {
      server_.send_all("hello", 5, generous);
    } else {
      loopback::reset(server_);
      pollfd entry = wait_for(client_, 0);
      expect(::poll(&entry, 1, 30000) == 1, "the connection is reset");
    }
  }
  pollfd ready() override { return wait_for(client_, POLLIN); }
  void end() override { is_over_ = true; }

 protected:
  sockerr::socket client_, server_;

 private:
  bool is_over_ = false;
  sockerr::socket listening_ = loopback::listener();
};

class reset_in_recv : public resetting_peer {
 public:
  void operate() override { received_ = client_.recv(text_, sizeof text_, 0, generous); }
  void check() override {
    expect(std::string(text_, received_) == "hello", "nothing is mistaken for the peer's answer, nor for its end");
  }

 private:
  char text_[100];
  std::size_t received_ = 0;
};

class reset_in_send : public resetting_peer {
 public:
  void operate() override { expect(client_.send("ping", 4, 0, generous) == 4, "four bytes fit"); }
  void check() override { expect(receive(server_, 4) == "ping", "what counts as sent has arrived"); }
};

class nothing_received_yet : public situation {
 public:
  explicit nothing_received_yet(bool waits) : waits_{waits} {
    if (!waits) set_non_blocking(connection_.client);
  }
  void operate() override {
    received_ =
        waits_ ? connection_.client.recv(text_, sizeof text_, 0, brief) : connection_.client.recv(text_, sizeof text_);
  }
  pollfd ready() override { return wait_for(connection_.client, POLLIN); }
  void end() override { connection_.server.send_all("hello", 5, generous); }
  void check() override { expect(std::string(text_, received_) == "hello", "the client reads what was sent"); }

 private:
  bool waits_;
  loopback::connection connection_;
  char text_[100];
  std::size_t received_ = 0;
};

// A peer that does not read: not one more byte can be sent.
class full_connection : public situation {
 public:
  explicit full_connection(bool waits) : waits_{waits} {
    sockerr::socket& client = connection_.client;
    client.set_option(SOL_SOCKET, SO_SNDBUF, 16 * 1024);
    const std::string data(64 * 1024, 'x');
    // Until nothing moves any more, not even what the system has still to pass on; then byte by byte.
    for (const std::size_t size : {data.size(), std::size_t{1}}) {
      std::error_code ec;
      while (!ec) sent_ += client.send(data.data(), size, 0, 300ms, ec);
    }
    if (!waits) set_non_blocking(client);
  }
  void operate() override {
    sent_ += waits_ ? connection_.client.send("x", 1, 0, brief) : connection_.client.send("x", 1);
  }
  pollfd ready() override { return wait_for(connection_.client, POLLOUT); }
  void end() override { received_ += drain(connection_.server); }
  void check() override {
    received_ += drain(connection_.server);
    expect(received_ == sent_, "all that was sent arrives, and no more");
  }

 protected:
  loopback::connection connection_;
  std::size_t sent_ = 0;

 private:
  bool waits_;
  std::size_t received_ = 0;
};

// The same for send_all, of which nothing has moved.
class full_connection_for_send_all : public full_connection {
 public:
  full_connection_for_send_all() : full_connection{true} {}
  void operate() override { sent_ += connection_.client.send_all("0123456789", 10, brief); }
};

// Bytes of which none is like its neighbour.
std::string numbered_bytes(std::size_t size) {
  std::string result(size, '\0');
  for (std::size_t i = 0; i != size; ++i) result[i] = static_cast<char>(i * 7919 >> 8U);
  return result;
}

// A peer that does not read for a while, so that send_all gets half way.
class half_sent : public situation {
 public:
  half_sent() {
    stream behind;
    const std::size_t done = behind.begin(data_);
    behind.go_on(data_.substr(done));
    expect(behind.received() == data_, "who goes on behind transferred() delivers all bytes once");
  }
  void operate() override { stream_.begin_or_throw(data_); }
  bool does_harm() override {
    stream_.go_on(data_);
    return stream_.received() != data_;
  }

 private:
  class stream {
   public:
    stream() { connection_.client.set_option(SOL_SOCKET, SO_SNDBUF, 128 * 1024); }
    void begin_or_throw(const std::string& data) { connection_.client.send_all(data.data(), data.size(), brief); }
    // Returns: how many bytes had moved when the deadline passed.
    std::size_t begin(const std::string& data) {
      try {
        begin_or_throw(data);
      } catch (const sockerr::timed_out& e) {
        expect(e.transferred() != 0 && e.transferred() < data.size(), "it got half way");
        return e.transferred();
      }
      throw advice::broken_promise{"all bytes moved, though nobody reads"};
    }
    // Sends more, now that somebody reads, and ends the stream.
    void go_on(const std::string& data) {
      std::exception_ptr failed;
      std::thread reader{[&] {
        try {
          char buffer[4096];
          for (std::size_t n; (n = connection_.server.recv(buffer, sizeof buffer, 0, generous)) != 0;)
            received_.append(buffer, n);
        } catch (...) {
          failed = std::current_exception();
        }
      }};
      std::error_code ec;
      connection_.client.send_all(data.data(), data.size(), generous, ec);
      connection_.client.close();
      reader.join();
      if (failed) std::rethrow_exception(failed);
      expect(!ec, "the rest can be sent");
    }
    const std::string& received() const { return received_; }

   private:
    loopback::connection connection_;
    std::string received_;
  };

  const std::string data_ = numbered_bytes(8 << 20);
  stream stream_;
};

// A peer that sends the second half late.
class half_received : public situation {
 public:
  half_received() { connection_.server.send_all("0123456789", 10, generous); }
  void operate() override { connection_.client.recv_exactly(text_, sizeof text_, brief); }
  bool does_harm() override {
    connection_.server.send_all("abcdefghijklmnopqrst", 20, generous);
    operate();
    return std::string(text_, sizeof text_) != "0123456789abcdefghij";
  }

 private:
  loopback::connection connection_;
  char text_[20];
};

// ------------------------------------------------------------------------------------------------------- datagrams

// A connected datagram socket, and a port where nobody listens until the peer answers that socket. (The peer is there,
// so that nobody else can take its port, but receives from another address alone.)
class datagrams_to_nobody : public situation {
 public:
  datagrams_to_nobody() {
    peer_.connect(endpoint::ip("127.0.0.2", 9));
    client_.connect(peer_.local_endpoint());
    client_.send("lost", 4);
  }
  pollfd ready() override { return wait_for(client_, POLLIN); }
  bool heals_by_itself() const override { return true; }

 protected:
  void start_peer() { peer_.connect(client_.local_endpoint()); }

  sockerr::socket peer_ = loopback::datagram_socket();
  sockerr::socket client_ = loopback::datagram_socket();
};

class refused_in_recv : public datagrams_to_nobody {
 public:
  void operate() override { received_ = client_.recv(text_, sizeof text_, 0, brief); }
  void end() override {
    start_peer();
    peer_.send("hello", 5);
  }
  void check() override { expect(std::string(text_, received_) == "hello", "the socket is as good as before"); }

 private:
  char text_[100];
  std::size_t received_ = 0;
};

class refused_in_send : public datagrams_to_nobody {
 public:
  void operate() override { client_.send("hello", 5); }
  void check() override {
    start_peer();
    std::error_code of_the_one_before;
    client_.send("again", 5, of_the_one_before);
    if (of_the_one_before) client_.send("again", 5);
    expect(receive(peer_, 5) == "again", "the socket is as good as before");
  }
};

// A receiver on a path whose queue is full.
class full_receiver : public situation {
 public:
  explicit full_receiver(bool is_connected, bool waits = false) : is_connected_{is_connected} {
    receiver_.bind(folder_.address());
    if (is_connected) sender_.connect(folder_.address());
    if (!waits) set_non_blocking(sender_);
    if (waits) until_ = [] { return sockerr::deadline{brief}; };
    try {
      for (;; ++sent_) full_receiver::operate();
    } catch (const sockerr::would_block&) {
    } catch (const sockerr::timed_out&) {
    }
  }
  void operate() override {
    if (is_connected_)
      sender_.send("hello", 5, 0, until_());
    else
      sender_.send_to("hello", 5, folder_.address(), 0, until_());
  }
  pollfd ready() override { return wait_for(sender_, POLLOUT); }
  void end() override {
    for (; sent_ != 0; --sent_) expect_one();
  }
  void check() override { expect_one(); }

 private:
  void expect_one() {
    char text[100];
    expect(std::string(text, receiver_.recv(text, sizeof text, 0, generous)) == "hello", "each datagram arrives once");
  }

  bool is_connected_;
  sockerr::deadline (*until_)() = [] { return sockerr::deadline{}; };
  int sent_ = 0;
  folder folder_;
  sockerr::socket receiver_ = sockerr::open(AF_UNIX, SOCK_DGRAM);
  sockerr::socket sender_ = sockerr::open(AF_UNIX, SOCK_DGRAM);
};

// A receiver on a path starts late.
class late_receiver : public situation {
 public:
  explicit late_receiver(bool is_stale) {
    if (is_stale) bind();
    if (is_stale) receiver_ = sockerr::open(AF_UNIX, SOCK_DGRAM);
  }
  void operate() override { sender_.send_to("hello", 5, folder_.address()); }
  pollfd ready() override { return wait_for(sender_, POLLOUT); }
  void end() override {
    ::unlink(folder_.path().c_str());
    bind();
  }
  void check() override { expect(receive(receiver_, 5) == "hello", "the datagram arrives"); }

 private:
  void bind() { receiver_.bind(folder_.address()); }

  folder folder_;
  sockerr::socket receiver_ = sockerr::open(AF_UNIX, SOCK_DGRAM);
  sockerr::socket sender_ = sockerr::open(AF_UNIX, SOCK_DGRAM);
};

// ------------------------------------------------------------------------------------------- a network of our own

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

// In a child of one thread: a network in which only the loopback interface is there.
void make_network() {
  const std::string uid = std::to_string(::geteuid());
  const std::string gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0)
      throw not_possible_here{std::string{"unshare: "} + std::strerror(errno)};
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + uid + " 1");
    write_file("/proc/self/gid_map", "0 " + gid + " 1");
  }
  if (::mount("none", "/", "none", MS_REC | MS_PRIVATE, nullptr) != 0)
    throw not_possible_here{std::string{"no file system of its own: "} + std::strerror(errno)};
  run("ip link set lo up");
}

// What a file says, for this child alone.
void replace_file(const char* path, const std::string& text) {
  char name[] = "/tmp/sockerr-advice-XXXXXX";
  const int fd = ::mkstemp(name);
  if (fd == -1) throw not_possible_here{"no temporary file"};
  ::close(fd);
  ::chmod(name, 0644);
  write_file(name, text);
  const bool mounted = ::mount(name, path, "none", MS_BIND, nullptr) == 0;
  const int error = errno;
  ::unlink(name);
  if (!mounted) throw not_possible_here{std::string{"no own "} + path + ": " + std::strerror(error)};
}

// A server without SO_REUSEADDR has ended before its client: their last connection lingers in TIME_WAIT, for a minute
// unless somebody ends that.
class lingering_port : public port_of_an_old_connection {
 public:
  lingering_port() { client_.close(); }
  void end() override {
    run("ss -K -t -n state time-wait");
    sockerr::socket probe = sockerr::open(AF_INET, SOCK_STREAM);
    std::error_code ec;
    probe.bind(port_, ec);
    if (ec) throw not_possible_here{"this kernel ends no TIME_WAIT"};
  }
};

// An address that is not this host's yet, as one that moves from host to host.
class late_address : public situation {
 public:
  void operate() override { socket_.bind(address_); }
  pollfd ready() override { return wait_for(socket_, POLLOUT); }
  void end() override { run("ip address add 10.9.0.77/32 dev lo"); }
  void check() override { expect(socket_.local_endpoint().to_string().find("10.9.0.77:") == 0, "it is that address"); }

 private:
  endpoint address_ = endpoint::ip("10.9.0.77", 0);
  sockerr::socket socket_ = sockerr::open(AF_INET, SOCK_STREAM);
};

// An IPv6 address may be used once the host has found that nobody else has it (RFC 4862, 5.4).
class tentative_address : public situation {
 public:
  tentative_address() {
    if (::access("/proc/net/if_inet6", F_OK) != 0) throw not_possible_here{"this kernel has no IPv6"};
    run("ip link add near type veth peer name far");
    write_file("/proc/sys/net/ipv6/conf/near/disable_ipv6", "0");
    write_file("/proc/sys/net/ipv6/conf/near/accept_dad", "1");
    write_file("/proc/sys/net/ipv6/conf/near/dad_transmits", "1");
    write_file("/proc/sys/net/ipv6/conf/near/router_solicitation_delay", "0");
    write_file("/proc/sys/net/ipv6/neigh/near/retrans_time_ms", "2000");
    run("ip link set near up && ip link set far up && ip address add 2001:db8::1/64 dev near");
    socket_ = sockerr::open(AF_INET6, SOCK_STREAM);
  }
  void operate() override { socket_.bind(endpoint::ip("2001:db8::1", 0)); }
  pollfd ready() override { return wait_for(socket_, POLLOUT); }
  bool heals_by_itself() const override { return true; }
  void check() override { socket_.listen(); }

 private:
  sockerr::socket socket_;
};

// Without IPv6 no IPv6 address can be reached.
class no_ipv6 : public situation {
 public:
  explicit no_ipv6(int type) : type_{type} {
    if (::access("/proc/net/if_inet6", F_OK) != 0) throw not_possible_here{"this kernel has no IPv6"};
    write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
    no_ipv6::take_new_socket();
  }
  void operate() override {
    if (type_ == SOCK_STREAM)
      socket_.connect(endpoint::ip("::1", 80), generous);
    else
      socket_.send_to("hello", 5, endpoint::ip("::1", 80));
  }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { socket_ = sockerr::open(AF_INET6, type_); }
  pollfd ready() override { return wait_for(socket_, POLLOUT); }

 private:
  int type_;
  sockerr::socket socket_;
};

// A server on this host cannot be reached until something of the network is set up.
class late_network : public situation {
 public:
  void operate() override { client_.connect(server_, generous); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { client_ = sockerr::open(AF_INET, SOCK_STREAM); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void check() override { expect_conversation(listening_, client_); }

 protected:
  explicit late_network(const char* address) : server_{endpoint::ip(address, listening_.local_endpoint().port())} {}

 private:
  sockerr::socket listening_ = sockerr::listen_on(endpoint::ip("0.0.0.0", 0));
  endpoint server_;
  sockerr::socket client_ = sockerr::open(AF_INET, SOCK_STREAM);
};

// The loopback interface of a new network is not up yet.
struct newer_network {
  newer_network() {
    if (::unshare(CLONE_NEWNET) != 0) throw not_possible_here{"no second network"};
  }
};

class late_loopback : private newer_network, public late_network {
 public:
  late_loopback() : late_network{"127.0.0.1"} {}
  void end() override { run("ip link set lo up"); }
};

class late_route : public late_network {
 public:
  late_route() : late_network{"10.9.0.77"} {}
  void end() override { run("ip route add local 10.9.0.77/32 dev lo"); }
};

class late_route_for_datagrams : public situation {
 public:
  void operate() override { sender_.send_to("hello", 5, endpoint::ip("10.9.0.77", receiver_.local_endpoint().port())); }
  pollfd ready() override { return wait_for(sender_, POLLOUT); }
  void end() override { run("ip route add local 10.9.0.77/32 dev lo"); }
  void check() override { expect(receive(receiver_, 5) == "hello", "the datagram arrives"); }

 private:
  sockerr::socket receiver_ = [] {
    sockerr::socket result = sockerr::open(AF_INET, SOCK_DGRAM);
    result.bind(endpoint::ip("0.0.0.0", 0));
    return result;
  }();
  sockerr::socket sender_ = sockerr::open(AF_INET, SOCK_DGRAM);
};

// There is one local port, and somebody else has it.
class no_port : public situation {
 protected:
  static constexpr const char* only_port = "40000 40000";

  no_port() { write_file("/proc/sys/net/ipv4/ip_local_port_range", only_port); }
};

class no_port_to_connect : public no_port {
 public:
  void operate() override { client_.connect(server_, generous); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { client_ = sockerr::open(AF_INET, SOCK_STREAM); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void end() override { loopback::reset(other_); }
  void check() override { expect_conversation(listening_, client_); }

 private:
  endpoint server_ = endpoint::ip("127.0.0.1", 80);
  sockerr::socket listening_ = sockerr::listen_on(server_);
  sockerr::socket other_ = sockerr::connect_to(server_);
  sockerr::socket client_ = sockerr::open(AF_INET, SOCK_STREAM);
};

class no_port_to_bind : public no_port {
 public:
  no_port_to_bind() { other_.bind(loopback::any_port()); }
  void operate() override { late_.bind(loopback::any_port()); }
  pollfd ready() override { return wait_for(late_, POLLOUT); }
  void end() override { other_.close(); }
  void check() override { late_.listen(); }

 private:
  sockerr::socket other_ = sockerr::open(AF_INET, SOCK_STREAM);
  sockerr::socket late_ = sockerr::open(AF_INET, SOCK_STREAM);
};

class no_port_for_datagrams : public no_port {
 public:
  no_port_for_datagrams() {
    receiver_.bind(endpoint::ip("127.0.0.1", 53));
    other_.bind(loopback::any_port());
  }
  void operate() override { sender_.send_to("hello", 5, receiver_.local_endpoint()); }
  pollfd ready() override { return wait_for(sender_, POLLOUT); }
  void end() override { other_.close(); }
  void check() override { expect(receive(receiver_, 5) == "hello", "the datagram arrives"); }

 protected:
  sockerr::socket receiver_ = sockerr::open(AF_INET, SOCK_DGRAM);
  sockerr::socket sender_ = sockerr::open(AF_INET, SOCK_DGRAM);

 private:
  sockerr::socket other_ = sockerr::open(AF_INET, SOCK_DGRAM);
};

class no_port_to_connect_datagrams : public no_port_for_datagrams {
 public:
  void operate() override { sender_.connect(receiver_.local_endpoint()); }
  bool has_new_socket() const override { return true; }
  void take_new_socket() override { sender_ = sockerr::open(AF_INET, SOCK_DGRAM); }
  void check() override {
    sender_.send("hello", 5);
    no_port_for_datagrams::check();
  }
};

// A router answers a datagram, by ICMP of that code (RFC 792, type 3); what it says is not about the next one.
class answered_by_a_router : public situation {
 public:
  explicit answered_by_a_router(unsigned char code) {
    client_.connect(peer_.local_endpoint());
    peer_.connect(client_.local_endpoint());
    // Type and code, with the next hop's MTU; then the datagram's IP header and the first 8 bytes of UDP.
    std::array<unsigned char, 36> message{3, code, 0, 0, 0, 0, 2, 88};
    const std::array<unsigned char, 20> ip{0x45, 0, 0,   100, 0, 0, 0x40, 0, 64, IPPROTO_UDP,
                                           0,    0, 127, 0,   0, 1, 127,  0, 0,  1};
    const std::array<std::uint16_t, 4> udp{htons(client_.local_endpoint().port()), htons(peer_.local_endpoint().port()),
                                           htons(80), 0};
    std::memcpy(message.data() + 8, ip.data(), ip.size());
    std::memcpy(message.data() + 28, udp.data(), sizeof udp);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i != message.size(); i += 2) sum += message[i] * 256U + message[i + 1];
    const auto checksum = static_cast<std::uint16_t>(~(sum % 0xffff));
    message[2] = static_cast<unsigned char>(checksum >> 8U);
    message[3] = static_cast<unsigned char>(checksum & 0xffU);
    std::error_code ec;
    sockerr::socket router = sockerr::open(AF_INET, SOCK_RAW, IPPROTO_ICMP, ec);
    if (ec) throw not_possible_here{"raw sockets: " + ec.message()};
    router.send_to(message.data(), message.size(), endpoint::ip("127.0.0.1", 0));
  }
  bool heals_by_itself() const override { return true; }

 protected:
  sockerr::socket peer_ = loopback::datagram_socket();
  sockerr::socket client_ = loopback::datagram_socket();
};

template <unsigned char code>
class router_answers_recv : public answered_by_a_router {
 public:
  router_answers_recv() : answered_by_a_router{code} {}
  void operate() override { received_ = client_.recv(text_, sizeof text_, 0, brief); }
  pollfd ready() override { return wait_for(client_, POLLIN); }
  void end() override { peer_.send("hello", 5); }
  void check() override { expect(std::string(text_, received_) == "hello", "the socket is as good as before"); }

 private:
  char text_[100];
  std::size_t received_ = 0;
};

template <unsigned char code>
class router_answers_send : public answered_by_a_router {
 public:
  router_answers_send() : answered_by_a_router{code} {}
  void operate() override { client_.send("hello", 5); }
  pollfd ready() override { return wait_for(client_, POLLOUT); }
  void check() override { expect(receive(peer_, 5) == "hello", "the socket is as good as before"); }
};

// The codes (RFC 792).
constexpr unsigned char protocol_unreachable = 2;
constexpr unsigned char fragmentation_needed = 4;

// A firewall lets a datagram pass every two seconds.
class limited_rate : public situation {
 public:
  limited_rate() {
    sender_.connect(receiver_.local_endpoint());
    run("nft 'add table inet limits; add chain inet limits output { type filter hook output priority 0; }; "
        "add rule inet limits output udp dport " +
        std::to_string(receiver_.local_endpoint().port()) + " limit rate over 30/minute burst 1 packets drop'");
    limited_rate::operate();
    limited_rate::check();
  }
  void operate() override { sender_.send("hello", 5); }
  pollfd ready() override { return wait_for(sender_, POLLOUT); }
  bool heals_by_itself() const override { return true; }
  void check() override { expect(receive(receiver_, 5) == "hello", "the datagram arrives"); }

 private:
  sockerr::socket receiver_ = loopback::datagram_socket();
  sockerr::socket sender_ = loopback::datagram_socket();
};

// The only name server starts late.
class late_name_server : public situation {
 public:
  late_name_server() {
    replace_file("/etc/nsswitch.conf", "hosts: files dns\n");
    replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  }
  ~late_name_server() override {
    stopped_ = true;
    if (server_.joinable()) server_.join();
  }
  void operate() override { found_ = sockerr::resolve("late.example", "80"); }
  void end() override {
    socket_ = sockerr::open(AF_INET, SOCK_DGRAM);
    socket_.bind(endpoint::ip("127.0.0.1", 53));
    server_ = std::thread{[this] { answer(); }};
  }
  void check() override {
    expect(found_.size() == 1 && found_[0] == endpoint::ip("192.0.2.7", 80), "it is the address that the server tells");
  }

 private:
  // RFC 1035: the question once more, and 192.0.2.7 where it asks for an IPv4 address.
  void answer() noexcept {
    while (!stopped_) {
      char message[600];
      endpoint client;
      std::error_code ec;
      std::size_t size = socket_.recv_from(message, 512, client, 0, 20ms, ec);
      if (ec || size < 12 + 5) continue;
      std::size_t end = 12;  // of the question
      while (end < size && message[end] != 0) end += static_cast<unsigned char>(message[end]) + 1U;
      if (end + 5 > size) continue;
      end += 5;
      const bool is_ipv4 = message[end - 3] == 1;
      message[2] = static_cast<char>(0x81);
      message[3] = static_cast<char>(0x80);
      const char counts[] = {0, 1, 0, static_cast<char>(is_ipv4), 0, 0, 0, 0};
      std::memcpy(message + 4, counts, sizeof counts);
      const unsigned char record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7};
      std::memcpy(message + end, record, sizeof record);
      socket_.send_to(message, is_ipv4 ? end + sizeof record : end, client, 0, {}, ec);
    }
  }

  std::vector<endpoint> found_;
  sockerr::socket socket_;
  std::thread server_;
  std::atomic<bool> stopped_{false};
};

template <class Situation, auto... arguments>
outcome follow_in_own_network(const expected& first) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {"", "pipe", ""};
  const pid_t child = ::fork();
  if (child == -1) return {"", "fork", ""};
  if (child == 0) {
    ::alarm(200);
    outcome o;
    try {
      make_network();
      o = advice::follow<Situation>(first, arguments...);
    } catch (const std::exception& e) {
      o.skipped = e.what();
    }
    const std::string text = o.skipped + '\0' + o.wrong + '\0' + o.log + '\0';
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
  if (status != 0) return {"", "the child ended with status " + std::to_string(status), text};
  outcome o;
  std::size_t begin = 0;
  for (std::string* const part : {&o.skipped, &o.wrong, &o.log}) {
    const std::size_t end = text.find('\0', begin);
    *part = text.substr(begin, end - begin);
    begin = end + 1;
  }
  return o;
}

// How a situation of the table comes about.
template <class Situation, auto... arguments>
outcome here(const expected& first) {
  return advice::follow<Situation>(first, arguments...);
}

template <class Situation, auto... arguments>
outcome in_own_network(const expected& first) {
  return follow_in_own_network<Situation, arguments...>(first);
}

}  // namespace

// clang-format off

SOCKERR_SITUATION("A TCP server that starts late is reached by new sockets",
                  here<refused_connect>, connect, "ECONNREFUSED", on_new_socket)
SOCKERR_SITUATION("A TCP server that refuses in the background is reached by new sockets",
                  here<refused_in_the_background>, send_all, "ECONNREFUSED", on_new_socket)
SOCKERR_SITUATION("A server whose path is not there yet is reached by new sockets",
                  here<late_path_server>, connect, "ENOENT", on_new_socket)
SOCKERR_SITUATION("A server whose path is left from its last run is reached by new sockets",
                  here<stale_path>, connect, "ECONNREFUSED", on_new_socket)
SOCKERR_SITUATION("A server with a full queue on a path is reached after pauses",
                  here<full_backlog>, connect, "EAGAIN", after_pause)
SOCKERR_SITUATION("A server with a full queue on a path, asked with deadlines, is reached by new sockets",
                  here<full_backlog_until_the_deadline>, connect, "ETIMEDOUT", on_new_socket)
SOCKERR_SITUATION("A TCP server that does not answer before the deadline is reached by new sockets",
                  here<silent_listener>, connect, "ETIMEDOUT", on_new_socket)
SOCKERR_SITUATION("A connect that goes on in the background is there when the socket is ready",
                  here<connect_in_the_background>, connect, "EINPROGRESS", when_ready)

SOCKERR_SITUATION("A server behind a loopback interface that starts late is reached by new sockets",
                  in_own_network<late_loopback>, connect, "ENETUNREACH", on_new_socket)
SOCKERR_SITUATION("A server behind a route that comes late is reached by new sockets",
                  in_own_network<late_route>, connect, "ENETUNREACH", on_new_socket)
SOCKERR_SITUATION("A server for which no local port is left is reached after pauses",
                  in_own_network<no_port_to_connect>, connect, "EADDRNOTAVAIL", after_pause)
SOCKERR_SITUATION("A peer of datagrams for which no local port is left is there after pauses",
                  in_own_network<no_port_to_connect_datagrams>, connect, "EAGAIN", after_pause)
SOCKERR_SITUATION("An IPv6 address is never reached where IPv6 is switched off",
                  (in_own_network<no_ipv6, SOCK_STREAM>), connect, "EADDRNOTAVAIL", never)

SOCKERR_SITUATION("A path that is taken never gets free",
                  here<taken_path>, bind, "EADDRINUSE", never)
SOCKERR_SITUATION("A TCP port that is taken can be bound after pauses",
                  (here<taken_port, SOCK_STREAM>), bind, "EADDRINUSE", after_pause)
SOCKERR_SITUATION("A UDP port that is taken can be bound after pauses",
                  (here<taken_port, SOCK_DGRAM>), bind, "EADDRINUSE", after_pause)
SOCKERR_SITUATION("A port that another socket listens on can be listened on after pauses",
                  here<taken_by_a_listener>, listen, "EADDRINUSE", after_pause)
SOCKERR_SITUATION("A port that an old connection holds can be bound after pauses",
                  here<port_of_an_old_connection>, bind, "EADDRINUSE", after_pause)
SOCKERR_SITUATION("A port that lingers in TIME_WAIT can be bound after pauses",
                  in_own_network<lingering_port>, bind, "EADDRINUSE", after_pause)
SOCKERR_SITUATION("Any port can be bound after pauses where all are taken",
                  in_own_network<no_port_to_bind>, bind, "EADDRINUSE", after_pause)
SOCKERR_SITUATION("An address that comes to this host late can be bound after pauses",
                  in_own_network<late_address>, bind, "EADDRNOTAVAIL", after_pause)
SOCKERR_SITUATION("A tentative IPv6 address can be bound after pauses",
                  in_own_network<tentative_address>, bind, "EADDRNOTAVAIL", after_pause)

SOCKERR_SITUATION("An accept whose deadline has passed takes the connection when the listener is ready",
                  (here<no_connection_yet, true>), accept, "ETIMEDOUT", when_ready)
SOCKERR_SITUATION("An accept that would block takes the connection when the listener is ready",
                  (here<no_connection_yet, false>), accept, "EAGAIN", when_ready)
SOCKERR_SITUATION("An accept without a descriptor for the connection takes it after pauses",
                  here<no_descriptor_to_accept>, accept, "EMFILE", after_pause)

SOCKERR_SITUATION("A look-up without descriptors finds the name after pauses",
                  here<no_descriptor_to_resolve>, resolve, "EMFILE", after_pause)
SOCKERR_SITUATION("A name whose server starts late is found after pauses",
                  in_own_network<late_name_server>, resolve, "EAI_AGAIN", after_pause)

SOCKERR_SITUATION("What a reset has kept from being read is read from a new connection",
                  here<reset_in_recv>, recv, "ECONNRESET", on_new_socket)
SOCKERR_SITUATION("What a reset has kept from being sent is sent over a new connection",
                  here<reset_in_send>, send, "ECONNRESET", on_new_socket)
SOCKERR_SITUATION("A recv whose deadline has passed reads when the socket is ready",
                  (here<nothing_received_yet, true>), recv, "ETIMEDOUT", when_ready)
SOCKERR_SITUATION("A recv that would block reads when the socket is ready",
                  (here<nothing_received_yet, false>), recv, "EAGAIN", when_ready)
SOCKERR_SITUATION("A send whose deadline has passed sends when the socket is ready",
                  (here<full_connection, true>), send, "ETIMEDOUT", when_ready)
SOCKERR_SITUATION("A send that would block sends when the socket is ready",
                  (here<full_connection, false>), send, "EAGAIN", when_ready)
SOCKERR_SITUATION("A send_all of which nothing has moved sends when the socket is ready",
                  here<full_connection_for_send_all>, send_all, "ETIMEDOUT", when_ready)
SOCKERR_SITUATION("A send_all that got half way is never to be repeated",
                  here<half_sent>, send_all, "ETIMEDOUT", never)
SOCKERR_SITUATION("A recv_exactly that got half way is never to be repeated",
                  here<half_received>, recv_exactly, "ETIMEDOUT", never)

SOCKERR_SITUATION("A datagram socket whose datagram was refused goes on to receive",
                  here<refused_in_recv>, recv, "ECONNREFUSED", at_once)
SOCKERR_SITUATION("A datagram socket whose datagram was refused goes on to send",
                  here<refused_in_send>, send, "ECONNREFUSED", at_once)
SOCKERR_SITUATION("A datagram to a path whose queue is full is sent after pauses",
                  (here<full_receiver, false>), send, "EAGAIN", after_pause)
SOCKERR_SITUATION("A datagram to a path whose queue is full until the deadline is sent after pauses",
                  (here<full_receiver, false, true>), send, "ETIMEDOUT", after_pause)
SOCKERR_SITUATION("A datagram over a connection to a path whose queue is full is sent when the socket is ready",
                  (here<full_receiver, true>), send, "EAGAIN", when_ready)
SOCKERR_SITUATION("A datagram to a path that is not there yet is sent after pauses",
                  (here<late_receiver, false>), send, "ENOENT", after_pause)
SOCKERR_SITUATION("A datagram to a path that is left from the last run is sent after pauses",
                  (here<late_receiver, true>), send, "ECONNREFUSED", after_pause)
SOCKERR_SITUATION("A datagram for which no local port is left is sent after pauses",
                  in_own_network<no_port_for_datagrams>, send, "EAGAIN", after_pause)
SOCKERR_SITUATION("A datagram to an IPv6 address is never sent where IPv6 is switched off",
                  (in_own_network<no_ipv6, SOCK_DGRAM>), send, "EADDRNOTAVAIL", never)
SOCKERR_SITUATION("A datagram whose route comes late is sent after pauses",
                  in_own_network<late_route_for_datagrams>, send, "ENETUNREACH", after_pause)
SOCKERR_SITUATION("A datagram socket whose datagram was too big for a router goes on to receive",
                  in_own_network<router_answers_recv<fragmentation_needed>>, recv, "EMSGSIZE", at_once)
SOCKERR_SITUATION("A datagram socket whose peer does not speak UDP goes on to receive",
                  in_own_network<router_answers_recv<protocol_unreachable>>, recv, "ENOPROTOOPT", at_once)
SOCKERR_SITUATION("A datagram socket whose peer does not speak UDP goes on to send",
                  in_own_network<router_answers_send<protocol_unreachable>>, send, "ENOPROTOOPT", at_once)
SOCKERR_SITUATION("A datagram that a firewall's limit has dropped is sent after pauses",
                  in_own_network<limited_rate>, send, "EPERM", after_pause)

// clang-format on

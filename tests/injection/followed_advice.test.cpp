// SPDX-License-Identifier: MIT
#include <sockerr/sockerr.hpp>

#include "../followed_advice.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "../catch.hpp"
#include "../loopback.hpp"
#include "interposer.hpp"

// Signals that come at the worst moment, to a program that makes the system calls itself: our own connect() and close()
// follow this advice already. The table at the end has the situations.

namespace {

using advice::expect;
using advice::expected;
using advice::not_possible_here;
using advice::outcome;
using interposer::call;
using sockerr::operation;

// A TCP connect is interrupted while the listener does not answer, and goes on without us.
class interrupted_connect : public advice::situation {
 public:
  interrupted_connect() {
    if (!deaf_.is_deaf) throw not_possible_here{"a full queue is no reason for this system not to answer"};
    ::fcntl(client_.native_handle(), F_SETFL, O_NONBLOCK);
  }
  void operate() override {
    interposer::injection signals{{{call::connect, EINTR, 1, ++turns_ == 1 ? 1 : 0, true}}};
    const sockerr::endpoint& peer = deaf_.endpoint;
    const int result = ::connect(client_.native_handle(), peer.data(), static_cast<socklen_t>(peer.size()));
    (void)(sockerr::check)(result, operation::connect, client_.native_handle());
  }
  pollfd ready() override { return {client_.native_handle(), POLLOUT, 0}; }
  bool heals_by_itself() const override { return true; }  // when its packet is sent again, a second after the first
  void end() override {
    deaf_.queued.clear();
    advice::empty_queue(deaf_.listening);
  }
  void check() override {
    ::fcntl(client_.native_handle(), F_SETFL, 0);
    advice::expect_conversation(deaf_.listening, client_);
    expect(turns_ == 2, "it is asked for once more, to learn the result");
  }

 private:
  loopback::deaf_listener deaf_;
  sockerr::socket client_ = sockerr::open(AF_INET, SOCK_STREAM);
  int turns_ = 0;
};

// close() closes the descriptor although it is interrupted; its number is the next one that somebody else gets.
class interrupted_close : public advice::situation {
 public:
  void operate() override {
    interposer::injection signals{{{call::close, EINTR, 1, ++turns_ == 1 ? 1 : 0}}};
    (void)(sockerr::check)(::close(descriptor_), operation::close);
  }
  bool does_harm() override {
    const int of_somebody_else = ::socket(AF_INET, SOCK_STREAM, 0);
    expect(of_somebody_else == descriptor_, "the number is given out anew");
    operate();
    return ::fcntl(of_somebody_else, F_GETFD) == -1 && errno == EBADF;
  }

 private:
  int descriptor_ = sockerr::open(AF_INET, SOCK_STREAM).release();
  int turns_ = 0;
};

template <class Situation>
outcome here(const expected& first) {
  return advice::follow<Situation>(first);
}

}  // namespace

// clang-format off

SOCKERR_SITUATION("A connect that a signal interrupts is there when the socket is ready",
                  here<interrupted_connect>, connect, "EINTR", when_ready)
SOCKERR_SITUATION("A close that a signal interrupts is never to be repeated",
                  here<interrupted_close>, close, "EINTR", never)

// clang-format on

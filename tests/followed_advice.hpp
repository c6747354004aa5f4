// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_FOLLOWED_ADVICE_HPP
#define SOCKERR_TESTS_FOLLOWED_ADVICE_HPP

// For POSIX: follows the advice of an error as a program would that looks at nothing else, on the object at hand.

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sockerr/sockerr.hpp>

#include "descriptors.hpp"

namespace advice {

using clock = std::chrono::steady_clock;
using sockerr::retry_advice;

// How long the trouble lasts, how long a follower pauses, and when it loses all hope.
inline constexpr std::chrono::milliseconds trouble{300};
inline constexpr std::chrono::milliseconds pause{20};
inline constexpr std::chrono::seconds hope{60};

// How long it takes at most until what heals by itself has healed.
inline constexpr std::chrono::milliseconds longest_cure{10000};

// How long a call may take that does not fail.
inline constexpr std::chrono::seconds generous{30};

struct not_possible_here : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct broken_promise : std::logic_error {
  using std::logic_error::logic_error;
};

inline void expect(bool fact, const std::string& text) {
  if (!fact) throw broken_promise{"not so: " + text};
}

inline std::string receive(sockerr::socket& s, std::size_t size) {
  std::string result(size, '\0');
  result.resize(s.recv_exactly(result.data(), size, generous));
  return result;
}

// Takes the client's connection from the queue, where others that were given up may stand before it, and talks.
inline void expect_conversation(sockerr::socket& listening, sockerr::socket& client) {
  client.send_all("ping", 4, generous);
  for (int i = 0; i != 1000; ++i) {
    sockerr::socket server = listening.accept(nullptr, generous);
    std::error_code ec;
    char text[4];
    if (server.recv_exactly(text, sizeof text, generous, ec) != sizeof text) continue;
    expect(std::string(text, sizeof text) == "ping", "the server reads what the client has written");
    server.send_all("pong", 4, generous);
    expect(receive(client, 4) == "pong", "the client reads what the server has written");
    return;
  }
  expect(false, "the connection is in the listener's queue");
}

// Accepts, and forgets, what is in a listener's queue.
inline void empty_queue(sockerr::socket& listening) {
  for (std::error_code ec; !ec;) (void)listening.accept(nullptr, std::chrono::milliseconds{0}, ec);
}

// A situation in which an operation fails. Its constructor provokes it.
class situation {
 public:
  situation() = default;
  virtual ~situation() = default;
  situation(const situation&) = delete;
  situation& operator=(const situation&) = delete;

  // Does the operation on the object at hand; throws its error.
  virtual void operate() = 0;
  // Takes a new socket in place of the object at hand, and does all that comes before the operation.
  virtual void take_new_socket() { throw broken_promise{"a new socket was asked for, though the object is good"}; }
  virtual bool has_new_socket() const { return false; }
  // What has to be waited for before the object is worth another try.
  virtual pollfd ready() { throw broken_promise{"the object was to be waited for, though it never gets ready"}; }
  // Ends the trouble, or the little that can be ended of it.
  virtual void end() {}
  // Whether it may be over sooner, because it does not wait for end().
  virtual bool heals_by_itself() const { return false; }
  // Looks for damage, once the operation has succeeded.
  virtual void check() {}
  // Ends the trouble and repeats what was not to be repeated. Returns: whether that did damage.
  virtual bool does_harm() { return false; }
};

// What the first error of a situation has to be.
struct expected {
  sockerr::operation operation;
  std::string symbol;
  retry_advice advice;
};

// Descriptors of somebody else in the same program, who opens one whenever there is a chance.
class bystander {
 public:
  ~bystander() {
    for (const file& f : files_) ::close(f.descriptor);
  }
  bystander() = default;
  bystander(const bystander&) = delete;
  bystander& operator=(const bystander&) = delete;

  void open_more() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;  // the situation may be that nothing can be opened
    for (const int end : ends) files_.push_back({end, identity(end)});
  }

  void expect_untouched() const {
    for (const file& f : files_) expect(identity(f.descriptor) == f.inode, "nobody else's descriptor was touched");
    for (std::size_t i = 0; i + 1 < files_.size(); i += 2) {
      char c = 'y';
      expect(::write(files_[i + 1].descriptor, "x", 1) == 1 && ::read(files_[i].descriptor, &c, 1) == 1 && c == 'x',
             "what somebody else writes is what they read");
    }
  }

 private:
  struct file {
    int descriptor;
    ino_t inode;
  };

  static ino_t identity(int descriptor) {
    struct stat s {};
    return ::fstat(descriptor, &s) == 0 ? s.st_ino : 0;
  }

  std::vector<file> files_;
};

// Follows advice until the operation succeeds.
class follower {
 public:
  follower(situation& s, std::string& log) : situation_{s}, log_{log} {}

  void follow(const expected& first) {
    std::optional<sockerr::error> failed = take_turn();
    end_ = clock::now() + trouble;
    expect(failed.has_value(), "the trouble was there to begin with");
    expect(failed->operation() == first.operation, "the operation is " + std::string{name(first.operation)});
    expect(failed->symbol() == first.symbol, "the error is " + first.symbol);
    expect(failed->advice() == first.advice, "the advice is " + std::string{name(first.advice)});
    if (failed->advice() == retry_advice::never)
      disobey(*failed);
    else
      for (; failed; failed = take_turn()) obey(*failed);
    others_.expect_untouched();
  }

 private:
  // Returns: the error; none where the operation has succeeded.
  std::optional<sockerr::error> take_turn() {
    others_.open_more();
    const auto begin = clock::now();
    expect(!end_ || begin < *end_ + hope, "it succeeds once the trouble is over");
    if (is_spaced_)
      expect(begin - last_ >= std::chrono::milliseconds{1}, "no turn comes sooner than 1 ms after the one before");
    last_ = begin;
    try {
      situation_.operate();
    } catch (const sockerr::socket_error& e) {
      note(begin, e.what() + (" -> " + std::string{name(e.advice())}));
      return e.error();
    }
    note(begin, "success");
    others_.expect_untouched();
    if (!end_ || advice_ == retry_advice::never) return std::nullopt;
    expect(is_over_ || situation_.heals_by_itself(), "it fails as long as the trouble lasts");
    situation_.check();
    return std::nullopt;
  }

  void obey(const sockerr::error& failed) {
    advice_ = failed.advice();
    is_spaced_ = advice_ != retry_advice::at_once;
    switch (advice_) {
      case retry_advice::at_once: expect(++at_once_ <= 10, "what is worth a try at once succeeds within ten"); break;
      case retry_advice::when_ready: wait(); break;
      case retry_advice::after_pause: std::this_thread::sleep_for(pause); break;
      case retry_advice::on_new_socket:
        std::this_thread::sleep_for(pause);
        end_if_due();
        situation_.take_new_socket();
        break;
      case retry_advice::never: throw broken_promise{"another try was said to help, and then never to: " + log_};
    }
    end_if_due();
  }

  // Does what the error says never to do.
  void disobey(const sockerr::error& failed) {
    advice_ = retry_advice::never;
    is_spaced_ = false;
    if (situation_.does_harm()) {
      note(clock::now(), "another try did harm");
      expect(advise(failed.code(), failed.operation()) == retry_advice::never,
             "who knows the code and the operation alone is told never, too");
      return;
    }
    // In vain, while the situation lasts and when all that ends by itself has ended; on a new socket too.
    const auto long_enough = situation_.heals_by_itself() ? longest_cure : 5 * pause;
    while (!is_over_ || clock::now() < *end_ + long_enough) fail_once_more();
    if (situation_.has_new_socket()) {
      situation_.take_new_socket();
      fail_once_more();
    }
  }

  void fail_once_more() {
    std::this_thread::sleep_for(pause);
    end_if_due();
    expect(take_turn().has_value(), "what is never worth another try never succeeds");
  }

  // Until the descriptor has what it waits for.
  void wait() {
    for (;;) {
      pollfd entry = situation_.ready();
      const auto left = std::chrono::ceil<std::chrono::milliseconds>((is_over_ ? *end_ + hope : *end_) - clock::now());
      const int count = ::poll(&entry, 1, static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0)));
      expect(count >= 0 && (entry.revents & POLLNVAL) == 0, "the descriptor can be waited for");
      if (count > 0) return;
      expect(!is_over_, "the object gets ready once the trouble is over");
      end_if_due();
    }
  }

  void end_if_due() {
    if (is_over_ || clock::now() < *end_) return;
    note(clock::now(), "the trouble ends");
    situation_.end();
    is_over_ = true;
    is_spaced_ = false;  // what comes right after it is no spinning
  }

  // The log is for people: no more of it than they read.
  void note(clock::time_point when, const std::string& what) {
    if (++notes_ > 400) return;
    const auto at = std::chrono::duration_cast<std::chrono::microseconds>(when - begin_);
    log_ += std::to_string(at.count()) + " us: " + what + "\n";
  }

  situation& situation_;
  std::string& log_;
  bystander others_;
  const clock::time_point begin_ = clock::now();
  clock::time_point last_ = begin_;
  std::optional<clock::time_point> end_;
  retry_advice advice_ = retry_advice::at_once;
  bool is_over_ = false;
  bool is_spaced_ = false;
  int at_once_ = 0;
  int notes_ = 0;
};

// What came of it.
struct outcome {
  std::string skipped;  // why the machine cannot run this
  std::string wrong;    // what was not as it should be
  std::string log;
};

// Makes the situation, in a process that has all that it needs, and follows what it is advised.
template <class Situation, class... Arguments>
outcome follow(const expected& first, Arguments&&... arguments) {
  outcome result;
  try {
    const int before = open_descriptors();
    {
      Situation s{std::forward<Arguments>(arguments)...};
      follower{s, result.log}.follow(first);
    }
    const int after = open_descriptors();
    expect(after == before, "no descriptor is left open: " + std::to_string(after - before) + " more");
  } catch (const not_possible_here& e) {
    result.skipped = e.what();
  } catch (const std::exception& e) {
    result.wrong = e.what();
  }
  return result;
}

// A situation in a table of them, each of which is a test case with a sentence as its name: the operation, the symbol
// and the advice of the first error stand in the same row.
#define SOCKERR_SITUATION(sentence, run, during, symbol, what_to_do)                                          \
  TEST_CASE(sentence, "[followed_advice]") {                                                                  \
    const ::advice::outcome o = run({sockerr::operation::during, symbol, sockerr::retry_advice::what_to_do}); \
    if (!o.skipped.empty()) SOCKERR_SKIP(o.skipped);                                                          \
    CAPTURE(o.log);                                                                                           \
    CHECK(o.wrong == "");                                                                                     \
  }

}  // namespace advice

#endif

// SPDX-License-Identifier: MIT
// Says why a connection cannot be made, or a server cannot start, and what to do about it: diagnose --help

#include <sockerr/connect.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace {

constexpr const char* usage = R"(usage: diagnose [OPTION]... HOST SERVICE [TIMEOUT]
       diagnose [OPTION]... --unix PATH
       diagnose [--json] --explain CODE

Connects to a service of a host, and says what came of it at each address and what to do now.
SERVICE is a port or a name. A time is in seconds or has a unit: 3, 0.5, 3s, 500ms, 2m.

  --timeout TIME   how long one attempt may take, all addresses together; else 5 s
  --retry N        up to N attempts, 2 s apart, as long as another one may help
  --unix PATH      a Unix-domain socket; @NAME is an abstract one (Linux)
  --listen         could a server start there? What is opened is closed at once.
  --explain CODE   what an error means: ECONNREFUSED, WSAECONNREFUSED, 10061, EAI_NONAME, or a number
                   of errno or getaddrinfo on this system, 111 or -2; all meanings of a number
  --json           one JSON object instead of text
  --help           this text

Exit status: 0 connected, could listen, explained; 1 failed; 2 called wrongly; 3 an unknown CODE.
Where it failed, "advice" in the JSON tells whether another attempt may help: unless it is "never".
Colour and progress are for terminals only, and colour only where NO_COLOR is not set.
)";

enum exit_status { succeeded = 0, failed = 1, called_wrongly = 2, unknown_code = 3 };

using sockerr::advise, sockerr::cause, sockerr::classify, sockerr::message, sockerr::name, sockerr::symbol;
using sockerr::condition, sockerr::operation, sockerr::retry_advice, sockerr::socket_error;
using steady_clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

// ---------------------------------------------------------------------------------------------------- command line

struct settings {
  std::string host, service;
  std::optional<std::string> path, code;
  seconds timeout{5};
  int attempts = 1;
  bool listen = false, json = false, help = false;
};

seconds parse_time(const std::string& text) {
  const std::size_t unit = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string number = text.substr(0, unit);
  char* end = nullptr;
  const double count = std::strtod(number.c_str(), &end);
  if (end != number.c_str() && *end == 0)
    for (const auto& [name, length] : {std::pair{"", 1.0}, {"s", 1.0}, {"ms", 0.001}, {"m", 60.0}})
      if (text.substr(unit) == name) return seconds{count * length};
  throw std::invalid_argument{"not a time: " + text};
}

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc{} && result.ptr == end ? std::optional{number} : std::nullopt;
}

settings parse_arguments(int argc, char** argv) {
  settings s;
  std::vector<std::string> operands;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&]() -> std::string {
      return ++i < argc ? argv[i] : throw std::invalid_argument{word + " needs a value"};
    };
    if (word == "--timeout")
      s.timeout = parse_time(value());
    else if (word == "--retry")
      s.attempts = parse_number(value()).value_or(0);
    else if (word == "--unix")
      s.path = value();
    else if (word == "--listen")
      s.listen = true;
    else if (word == "--explain")
      s.code = value();
    else if (word == "--json")
      s.json = true;
    else if (word == "--help" || word == "-h")
      s.help = true;
    else if (word.size() > 1 && word[0] == '-')
      throw std::invalid_argument{"unknown option " + word};
    else
      operands.push_back(word);
  }
  if (s.help) return s;
  if (s.attempts < 1) throw std::invalid_argument{"--retry needs a number from 1 on"};
  if (s.path && s.path->empty()) throw std::invalid_argument{"--unix needs a path"};
  if (s.code && (s.path || s.listen)) throw std::invalid_argument{"--explain does not go with --unix and --listen"};
  const bool names_host = !s.path && !s.code;
  if (names_host && operands.size() < 2) throw std::invalid_argument{"HOST and SERVICE are needed"};
  if (operands.size() > (names_host ? 3 : 0)) throw std::invalid_argument{"too many arguments: " + operands.back()};
  if (operands.size() == 3) s.timeout = parse_time(operands[2]);
  if (names_host) {
    s.host = operands[0];
    s.service = operands[1];
  }
  return s;
}

// ------------------------------------------------------------------------------------------------------------ text

std::string format(const char* how, double value) {
  char text[400];
  std::snprintf(text, sizeof text, how, value);
  return text;
}

// In ASCII, with other bytes as "\x1b": what comes from elsewhere shall neither steer the terminal nor break the JSON.
std::string printable(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f)
      result += c;
    else
      result.append("\\x") += {digits[byte >> 4U], digits[byte & 0xfU]};
  }
  return result;
}

std::string pad(std::string text, std::size_t width) {
  return text.append(std::max(text.size(), width) - text.size(), ' ');
}

std::string row(const std::string& label, std::string_view text) {
  return "  " + pad(label, 10) + ' ' + printable(text) + '\n';
}

std::string show(seconds t) {
  return t < seconds{1} ? format("%.1f ms", t.count() * 1000) : format("%.1f s", t.count());
}

std::string show(const std::error_code& ec) {
  const std::string_view known = symbol(ec);
  return known.empty() ? ec.category().name() + (":" + std::to_string(ec.value())) : std::string{known};
}

std::string condition_row(condition c) {
  std::string text{name(c)};
  while ((c = parent(c)) != condition::none)
    text.append(c == condition::address_error || c == condition::unreachable ? ", which is an " : ", which is a ")
        .append(name(c));
  return row("condition", text);
}

std::string commas(const std::vector<std::string>& items) {
  std::string result;
  for (const std::string& item : items) result += (result.empty() ? "" : ", ") + item;
  return result;
}

// ------------------------------------------------------------------------------------------------------------ JSON

std::string quoted(std::string_view text) {
  std::string result;
  for (const char c : printable(text)) result.append(c == '"' || c == '\\' ? "\\" : "") += c;
  return '"' + result + '"';
}

std::string array(const std::vector<std::string>& items) { return '[' + commas(items) + ']'; }

using members = std::vector<std::pair<std::string, std::string>>;

std::string object(const members& all) {
  std::vector<std::string> items;
  for (const auto& [name, value] : all) items.push_back(quoted(name) + ": " + value);
  return '{' + commas(items) + '}';
}

std::string boolean(bool b) { return b ? "true" : "false"; }
std::string milliseconds(seconds t) { return format("%.3f", t.count() * 1000); }

std::string groups(condition c) {
  std::vector<std::string> result;
  while ((c = parent(c)) != condition::none) result.push_back(quoted(name(c)));
  return array(result);
}

members join(members all, const members& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

members describe(const sockerr::error& e) {
  return {{"condition", quoted(name(e.condition()))},
          {"groups", groups(e.condition())},
          {"symbol", quoted(e.symbol())},
          {"number", std::to_string(e.code().value())},
          {"category", quoted(e.code().category().name())},
          {"operation", quoted(name(e.operation()))},
          {"by_deadline", boolean(e.by_deadline())},
          {"cause", quoted(e.cause())},
          {"advice", quoted(name(e.advice()))}};
}

// -------------------------------------------------------------------------------------------------------- terminal

bool is_terminal(std::FILE* file) {
#if defined(_WIN32)
  return ::_isatty(::_fileno(file)) != 0;
#else
  return ::isatty(::fileno(file)) != 0;
#endif
}

bool wants_colour() {
  const char* const no_color = std::getenv("NO_COLOR");  // https://no-color.org
  if (!is_terminal(stdout) || (no_color != nullptr && *no_color != 0)) return false;
#if defined(_WIN32)
  DWORD mode = 0;
  const HANDLE console = ::GetStdHandle(STD_OUTPUT_HANDLE);
  return ::GetConsoleMode(console, &mode) != 0 &&
         ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
#else
  const char* const terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view{terminal} != "dumb";
#endif
}

enum class style { bold = 1, red = 31, green = 32 };

std::string paint(style s, std::string_view text) {
  static const bool in_colour = wants_colour();
  if (!in_colour) return printable(text);
  return "\x1b[" + std::to_string(static_cast<int>(s)) + 'm' + printable(text) + "\x1b[0m";
}

// As long as it lives, a line on the terminal shows how long something takes already, and how long it still may.
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_HAS_GTHREADS)
struct progress {  // GCC for Windows has no threads in its win32 flavour: it waits in silence
  progress(std::string, sockerr::time_limit, bool) {}
  ~progress() {}
};
#else
class progress {
 public:
  progress(std::string what, sockerr::time_limit limit, bool wanted) : what_{std::move(what)}, limit_{limit} {
    if (!wanted || !is_terminal(stderr)) return;
    try {
      thread_ = std::thread{[this] { run(); }};
    } catch (const std::system_error&) {
      // Where even threads have run out, it waits in silence.
    }
  }
  ~progress() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock{mutex_};
      over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

 private:
  void run() {
    std::size_t width = 0;
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, std::chrono::milliseconds{100}, [this] { return over_; })) {
      const seconds elapsed = steady_clock::now() - begin_;
      const double left = std::max(seconds{limit_.length()} - elapsed, seconds{0}).count();
      std::string line = what_ + format(": %.1f s elapsed", elapsed.count());
      if (!limit_.is_never()) line += format(", %.1f s remaining", left);
      width = std::max(width, line.size());
      line.resize(width, ' ');
      std::cerr << '\r' + line << std::flush;
    }
    std::cerr << '\r' + std::string(width, ' ') + '\r' << std::flush;
  }

  std::string what_;
  sockerr::time_limit limit_;
  steady_clock::time_point begin_ = steady_clock::now();
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};
#endif

// ---------------------------------------------------------------------------------- connecting, or trying to listen

// The two ends of a connection; of a listener the near one.
struct ends {
  std::string peer, local;
};

sockerr::endpoint unix_endpoint(const std::string& path) {
  return path[0] == '@' ? sockerr::endpoint::abstract_name(path.substr(1)) : sockerr::endpoint::unix_path(path);
}

ends connect(const settings& s) {
  sockerr::connect_options options;
  options.timeout = s.timeout;
  const sockerr::socket connection =
      s.path ? sockerr::connect_to(unix_endpoint(*s.path), options) : sockerr::connect_to(s.host, s.service, options);
  std::error_code closed_again;
  const std::string peer = connection.peer_endpoint(closed_again).to_string();
  return {closed_again ? s.host + ':' + s.service : peer, connection.local_endpoint(closed_again).to_string()};
}

ends listen(const settings& s) {
  ends result;
  for (const auto& local : s.path ? std::vector{unix_endpoint(*s.path)} : sockerr::resolve(s.host, s.service)) {
    const sockerr::socket listener = sockerr::listen_on(local);
    result.local += (result.local.empty() ? "" : ", ") + listener.local_endpoint().to_string();
    if (s.path && s.path->front() != '@') std::remove(s.path->c_str());
  }
  return result;
}

// What came of one address, or where there was none, of the name or the path.
struct part {
  std::string address;
  sockerr::error error;
  seconds elapsed;
};

std::vector<part> parts_of(const socket_error& e, seconds elapsed) {
  std::vector<part> result;
  for (const sockerr::attempt& a : e.attempts())
    result.push_back({a.endpoint, sockerr::error{a.error, a.operation}, a.elapsed});
  const std::string_view address = !e.peer().empty() ? e.peer() : !e.local().empty() ? e.local() : e.host();
  if (result.empty()) result.push_back({std::string{address}, e.error(), elapsed});
  // Of the only one all is known.
  if (result.size() == 1) result.front().error = e.error();
  return result;
}

std::string lines(const std::vector<part>& parts) {
  std::size_t longest = 0;
  for (const part& p : parts) longest = std::max(longest, printable(p.address).size());
  std::string result;
  for (const part& p : parts)
    result += "  " + pad(printable(p.address), longest) + "  " + pad(show(p.elapsed), 9) + ' ' +
              paint(style::red, pad(show(p.error.code()), 14)) + ' ' + printable(p.error.cause()) + '\n';
  return result;
}

// What to do now, in a sentence.
std::string advice_of(const socket_error& e) {
  static constexpr std::pair<condition, const char*> later[] = {
      {condition::connection_refused, "it is refused until a server listens there."},
      {condition::timed_out, "if no answer ever comes, the host is down or a firewall drops the packets."},
      {condition::unreachable, "until then, look at this machine's network, its routes and its VPN."},
      {condition::resolution_try_again, "if it stays so, look at this machine's DNS settings."},
      {condition::connection_error, "if it stays so, the server's log may tell more."},
      {condition::address_in_use, "the address may be free then; or stop the program that has it, or take another."},
      {condition::address_not_available, "take an address that this machine has, unless it is to get this one."},
      {condition::resource_exhausted, "descriptors and memory may be free again then."},
  };
  static constexpr std::pair<condition, const char*> never[] = {
      {condition::host_not_found, "correct the name of the host, or have it put into DNS."},
      {condition::service_not_found, "correct the name of the service, or give its port as a number."},
      {condition::address_not_available, "take an address that this machine has."},
      {condition::permission_denied, "get the right to do this, or have the firewall opened."},
      {condition::path_error, "correct the path, or start the server that makes it."},
  };
  const auto find = [&e](const auto& reasons, const char* otherwise) {
    for (const auto& [what, reason] : reasons)
      if (e.code() == what) return std::string{reason};
    return std::string{otherwise};
  };
  if (e.advice() == retry_advice::never)
    return "Trying again will not help: " + find(never, "first put right what the cause names.");
  return "Try again after a pause: " + find(later, "what was missing may be there then.");
}

void tell(std::ostream& out, const ends& found, bool listening, seconds elapsed) {
  out << paint(style::green, listening ? "could listen on " + found.local : "connected to " + found.peer) << '\n'
      << (listening || found.local.empty() ? "" : row("from", found.local)) << row("time", show(elapsed))
      << (listening ? "A server can start there.\n" : "The server takes connections.\n");
}

void tell(std::ostream& out, const socket_error& e) {
  const std::string number = " (" + std::to_string(e.code().value()) + ')';
  out << paint(style::red, e.what()) << '\n'
      << condition_row(e.condition())
      << row("code", show(e.code()) + number + (e.by_deadline() ? ", by our own deadline" : ""))
      << row("cause", e.cause()) << row("retry", name(e.advice())) << paint(style::bold, advice_of(e)) << '\n';
}

int diagnose(const settings& s) {
  const auto begin = steady_clock::now();
  std::ostream text{s.json ? nullptr : std::cout.rdbuf()};
  std::vector<std::string> failures;
  int attempts = 0;
  members answer;

  const auto attempt = [&] {
    ++attempts;
    const auto attempt_begin = steady_clock::now();
    try {
      const progress shown{s.listen ? "binding" : "connecting", s.timeout, !s.json};
      return s.listen ? listen(s) : connect(s);
    } catch (const socket_error& e) {
      const auto parts = parts_of(e, steady_clock::now() - attempt_begin);
      text << lines(parts) << std::flush;
      for (const part& p : parts)
        failures.push_back(object(join({{"attempt", std::to_string(attempts)},
                                        {"address", quoted(p.address)},
                                        {"elapsed_ms", milliseconds(p.elapsed)}},
                                       describe(p.error))));
      throw;
    }
  };

  sockerr::retry_policy policy;
  policy.max_attempts = s.attempts;
  policy.on_retry = [&](const sockerr::retry_event& event) {
    text << "attempt " << event.attempt << " of " << s.attempts << " failed, next try in " << show(event.next_delay)
         << std::endl;
  };
  policy.wait = [&](std::chrono::nanoseconds pause) {
    const progress shown{"pause", pause, !s.json};
    std::this_thread::sleep_for(pause);
    return true;
  };

  int status = failed;
  try {
    const ends found = sockerr::retry(policy, s.listen ? operation::bind : operation::connect, attempt);
    tell(text, found, s.listen, steady_clock::now() - begin);
    answer = {{"result", quoted(s.listen ? "could_listen" : "connected")},
              {"peer", quoted(found.peer)},
              {"local", quoted(found.local)}};
    status = succeeded;
  } catch (const socket_error& e) {
    tell(text, e);
    answer = join({{"result", quoted("failed")},
                   {"what", quoted(e.what())},
                   {"host", quoted(e.host())},
                   {"peer", quoted(e.peer())},
                   {"local", quoted(e.local())},
                   {"advice_text", quoted(advice_of(e))}},
                  describe(e.error()));
  }
  const std::string elapsed = milliseconds(steady_clock::now() - begin);
  answer = join(answer, {{"tries", std::to_string(attempts)}, {"attempts", array(failures)}, {"elapsed_ms", elapsed}});
  if (s.json) std::cout << object(answer) << '\n';
  return status;
}

// ------------------------------------------------------------------------------------------------ explaining a code

// What can go wrong, and the codes that stand for it in all number spaces.
struct known_error {
  std::string message, cause;
  condition owner;
  std::function<std::string_view(operation)> cause_in;
  std::function<retry_advice(operation)> advice_in;
  std::vector<std::string> codes;
  bool wanted = false;
};

std::vector<known_error> errors_for(std::string wanted) {
  const std::optional<int> number = parse_number(wanted);
  for (char& c : wanted)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  std::vector<known_error> all;
  const auto add = [&](std::string_view symbol, const char* space, int value, std::string_view message, condition owner,
                       auto code) {
    const std::string_view general = cause(code);
    auto same = std::find_if(all.begin(), all.end(),
                             [&](const known_error& e) { return e.message == message && e.cause == general; });
    if (same == all.end())
      same = all.insert(same, {std::string{message},
                               std::string{general},
                               owner,
                               [code](operation during) { return cause(code, during); },
                               [code](operation during) { return advise(code, during); },
                               {}});
    same->codes.push_back(std::string{symbol} + " (" + space + ' ' + std::to_string(value) + ')');
    if (number ? *number == value : wanted == symbol) same->wanted = true;
  };
  const auto add_all = [&add](const char* space, auto codes) {
    for (const auto& info : codes)
      add(info.symbol, space, static_cast<int>(info.code), info.message, info.condition, info.code);
  };
#if defined(_WIN32)
  add_all("windows", sockerr::codes());
  for (int value = 1; value < 200; ++value) {
    const std::error_code code{value, std::generic_category()};
    if (!symbol(code).empty()) add(symbol(code), "errno", value, sockerr::error{code}.message(), classify(code), code);
  }
#else
  add_all("errno", sockerr::codes());
#endif
  add_all("resolver", sockerr::codes<sockerr::resolver_errc>());
  const auto add_resolver = [&add](sockerr::resolver_errc code, int value) {
    add(symbol(code), "getaddrinfo", value, message(code), classify(code), code);
  };
#define SOCKERR_EAI(name, symbol) add_resolver(sockerr::resolver_errc::name, symbol);
#include <sockerr/codes.def>
#if !defined(_WIN32)
  add_all("windows", sockerr::codes<sockerr::windows_errc>());
#endif
  all.erase(std::remove_if(all.begin(), all.end(), [](const known_error& e) { return !e.wanted; }), all.end());
  return all;
}

// Says what an error means, and in which operations it means something else. Returns: the same as JSON.
std::string explain(const known_error& e, std::ostream& text) {
  const std::string_view advice = name(e.advice_in(operation::unknown));
  text << paint(style::bold, e.message) << '\n'
       << row("codes", commas(e.codes)) << condition_row(e.owner) << row("cause", e.cause) << row("retry", advice);
  std::vector<std::string> codes, operations;
  for (const std::string& code : e.codes) codes.push_back(quoted(code));
  for (int i = 1; !name(static_cast<operation>(i)).empty(); ++i) {
    const auto during = static_cast<operation>(i);
    const std::string cause_now{e.cause_in(during)};
    const std::string advice_now{name(e.advice_in(during))};
    if (cause_now == e.cause && advice_now == advice) continue;
    std::string difference = advice_now;
    if (cause_now != e.cause) difference.append(": ").append(cause_now);
    text << row(std::string{"in "}.append(name(during)), difference);
    operations.push_back(
        object({{"operation", quoted(name(during))}, {"cause", quoted(cause_now)}, {"advice", quoted(advice_now)}}));
  }
  return object({{"message", quoted(e.message)},
                 {"codes", array(codes)},
                 {"condition", quoted(name(e.owner))},
                 {"groups", groups(e.owner)},
                 {"cause", quoted(e.cause)},
                 {"advice", quoted(advice)},
                 {"operations", array(operations)}});
}

int explain(const settings& s) {
  const std::vector<known_error> errors = errors_for(*s.code);
  std::ostream text{s.json ? nullptr : std::cout.rdbuf()};
  std::vector<std::string> json;
  json.reserve(errors.size());
  for (const known_error& e : errors) json.push_back(explain(e, text));
  const std::string result = quoted(errors.empty() ? "unknown" : "explained");
  if (s.json) std::cout << object({{"result", result}, {"errors", array(json)}}) << '\n';
  if (!errors.empty()) return succeeded;
  std::cerr << "diagnose: no error is known as " << printable(*s.code) << '\n';
  return unknown_code;
}

}  // namespace

int main(int argc, char** argv) {
  settings s;
  try {
    s = parse_arguments(argc, argv);
  } catch (const std::invalid_argument& e) {
    std::cerr << "diagnose: " << printable(e.what())
              << "\nusage: diagnose [OPTION]... HOST SERVICE [TIMEOUT]; more with --help\n";
    return called_wrongly;
  }
  if (!s.help) return s.code ? explain(s) : diagnose(s);
  std::cout << usage;
  return succeeded;
}

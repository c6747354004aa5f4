// SPDX-License-Identifier: MIT

// The definitions stand in the way of the checking ones, which is for the library that is tested, not for them.
#undef _FORTIFY_SOURCE

#include "interposer.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <numeric>
#include <utility>

#if !defined(__THROW)
#define __THROW
#endif

namespace interposer {
namespace {

thread_local injection* active = nullptr;
std::atomic<int> descriptors{0};
std::atomic<int> in_vain{0};
std::atomic<int> lists{0};

template <class Function>
Function* real(const char* symbol) noexcept {
  void* const address = ::dlsym(RTLD_NEXT, symbol);
  Function* result = nullptr;
  std::memcpy(&result, &address, sizeof result);
  return result;
}

// Does a call, or lets it fail.
template <class Work>
auto perform(call which, Work work) noexcept -> decltype(work()) {
  const fault* const f = active != nullptr ? active->count(which) : nullptr;
  if (f == nullptr) return work();
  if (f->is_done) work();
  errno = f->error;
  return -1;
}

int opened(int descriptor) noexcept {
  if (descriptor >= 0) ++descriptors;
  return descriptor;
}

}  // namespace

const char* name(call which) noexcept {
  static constexpr const char* names[call_count] = {"socket", "connect",     "bind",        "listen",     "accept",
                                                    "recv",   "recvfrom",    "send",        "sendto",     "shutdown",
                                                    "close",  "getsockname", "getpeername", "getsockopt", "setsockopt",
                                                    "fcntl",  "poll",        "getaddrinfo"};
  return names[static_cast<std::size_t>(which)];
}

injection::injection(std::vector<fault> faults) : faults_{std::move(faults)} { active = this; }
injection::~injection() { active = nullptr; }

int injection::made_in_all() const { return std::accumulate(made_.begin(), made_.end(), 0); }

const fault* injection::count(call which) noexcept {
  const int number = ++made_[static_cast<std::size_t>(which)];
  for (const fault& f : faults_)
    if (f.which == which && number >= f.first && number - f.first < f.times) {
      ++struck_;
      return &f;
    }
  return nullptr;
}

int live_descriptors() noexcept { return descriptors; }
int closed_in_vain() noexcept { return in_vain; }
int live_lists() noexcept { return lists; }

}  // namespace interposer

using interposer::call;
using interposer::perform;

extern "C" {

int socket(int family, int type, int protocol) __THROW {
  static const auto next = interposer::real<int(int, int, int)>("socket");
  return perform(call::socket, [=] { return interposer::opened(next(family, type, protocol)); });
}

int connect(int handle, const sockaddr* peer, socklen_t size) {
  static const auto next = interposer::real<int(int, const sockaddr*, socklen_t)>("connect");
  return perform(call::connect, [=] { return next(handle, peer, size); });
}

int bind(int handle, const sockaddr* local, socklen_t size) __THROW {
  static const auto next = interposer::real<int(int, const sockaddr*, socklen_t)>("bind");
  return perform(call::bind, [=] { return next(handle, local, size); });
}

int listen(int handle, int backlog) __THROW {
  static const auto next = interposer::real<int(int, int)>("listen");
  return perform(call::listen, [=] { return next(handle, backlog); });
}

int accept(int handle, sockaddr* peer, socklen_t* size) {
  static const auto next = interposer::real<int(int, sockaddr*, socklen_t*)>("accept");
  return perform(call::accept, [=] { return interposer::opened(next(handle, peer, size)); });
}

int accept4(int handle, sockaddr* peer, socklen_t* size, int flags) {
  static const auto next = interposer::real<int(int, sockaddr*, socklen_t*, int)>("accept4");
  return perform(call::accept, [=] { return interposer::opened(next(handle, peer, size, flags)); });
}

ssize_t recv(int handle, void* data, size_t size, int flags) {
  static const auto next = interposer::real<ssize_t(int, void*, size_t, int)>("recv");
  return perform(call::recv, [=] { return next(handle, data, size, flags); });
}

ssize_t recvfrom(int handle, void* data, size_t size, int flags, sockaddr* peer, socklen_t* peer_size) {
  static const auto next = interposer::real<ssize_t(int, void*, size_t, int, sockaddr*, socklen_t*)>("recvfrom");
  return perform(call::recvfrom, [=] { return next(handle, data, size, flags, peer, peer_size); });
}

ssize_t send(int handle, const void* data, size_t size, int flags) {
  static const auto next = interposer::real<ssize_t(int, const void*, size_t, int)>("send");
  return perform(call::send, [=] { return next(handle, data, size, flags); });
}

ssize_t sendto(int handle, const void* data, size_t size, int flags, const sockaddr* peer, socklen_t peer_size) {
  static const auto next =
      interposer::real<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  return perform(call::sendto, [=] { return next(handle, data, size, flags, peer, peer_size); });
}

int shutdown(int handle, int how) __THROW {
  static const auto next = interposer::real<int(int, int)>("shutdown");
  return perform(call::shutdown, [=] { return next(handle, how); });
}

int close(int handle) {
  static const auto next = interposer::real<int(int)>("close");
  const int result = next(handle);
  if (result == 0)
    --interposer::descriptors;
  else
    ++interposer::in_vain;
  return perform(call::close, [=] { return result; });
}

int getsockname(int handle, sockaddr* address, socklen_t* size) __THROW {
  static const auto next = interposer::real<int(int, sockaddr*, socklen_t*)>("getsockname");
  return perform(call::getsockname, [=] { return next(handle, address, size); });
}

int getpeername(int handle, sockaddr* address, socklen_t* size) __THROW {
  static const auto next = interposer::real<int(int, sockaddr*, socklen_t*)>("getpeername");
  return perform(call::getpeername, [=] { return next(handle, address, size); });
}

int getsockopt(int handle, int level, int name, void* value, socklen_t* size) __THROW {
  static const auto next = interposer::real<int(int, int, int, void*, socklen_t*)>("getsockopt");
  return perform(call::getsockopt, [=] { return next(handle, level, name, value, size); });
}

int setsockopt(int handle, int level, int name, const void* value, socklen_t size) __THROW {
  static const auto next = interposer::real<int(int, int, int, const void*, socklen_t)>("setsockopt");
  return perform(call::setsockopt, [=] { return next(handle, level, name, value, size); });
}

int fcntl(int handle, int command, ...) {
  static const auto next = interposer::real<int(int, int, ...)>("fcntl");
  // As the kernel does: one argument, as wide as a pointer, whether there is one or not.
  va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  return perform(call::fcntl, [=] { return next(handle, command, argument); });
}

int poll(pollfd* entries, nfds_t size, int milliseconds) {
  static const auto next = interposer::real<int(pollfd*, nfds_t, int)>("poll");
  return perform(call::poll, [=] { return next(entries, size, milliseconds); });
}

int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** list) {
  static const auto next = interposer::real<int(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo");
  const interposer::fault* const f =
      interposer::active != nullptr ? interposer::active->count(call::getaddrinfo) : nullptr;
  if (f != nullptr) {
    errno = f->error;
    return f->resolver_error != 0 ? f->resolver_error : EAI_SYSTEM;
  }
  const int result = next(host, service, hints, list);
  if (result == 0) ++interposer::lists;
  return result;
}

void freeaddrinfo(addrinfo* list) __THROW {
  static const auto next = interposer::real<void(addrinfo*)>("freeaddrinfo");
  --interposer::lists;
  next(list);
}

}  // extern "C"

// SPDX-License-Identifier: MIT
#ifndef SOCKERR_TESTS_THREAD_HPP
#define SOCKERR_TESTS_THREAD_HPP

#include <thread>

// What runs beside a test: std::thread, which GCC for Windows lacks in its win32 flavour.
#if defined(_WIN32) && defined(__GLIBCXX__) && !defined(_GLIBCXX_HAS_GTHREADS)
#include <sockerr/native.hpp>

#include <functional>
#include <memory>
#include <utility>

class background_thread {
 public:
  template <class F>
  explicit background_thread(F f)
      : work_{std::make_unique<std::function<void()>>(std::move(f))},
        handle_{::CreateThread(nullptr, 0, &run, work_.get(), 0, nullptr)} {}
  background_thread(background_thread&&) = default;
  background_thread& operator=(background_thread&&) = default;
  void join() {
    ::WaitForSingleObject(handle_, INFINITE);
    ::CloseHandle(handle_);
  }

 private:
  static DWORD WINAPI run(void* work) {
    (*static_cast<std::function<void()>*>(work))();
    return 0;
  }

  std::unique_ptr<std::function<void()>> work_;
  HANDLE handle_;
};
#else
using background_thread = std::thread;
#endif

#endif

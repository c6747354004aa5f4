// SPDX-License-Identifier: MIT
// Compiled into the host and into each plugin; SOCKERR_TESTS_MODULE is the name of the one.
#include "module.hpp"

#include <string_view>
#include <system_error>

#define SOCKERR_TESTS_JOIN_(a, b) a##b
#define SOCKERR_TESTS_JOIN(a, b) SOCKERR_TESTS_JOIN_(a, b)
#define SOCKERR_TESTS_TEXT_(a) #a
#define SOCKERR_TESTS_TEXT(a) SOCKERR_TESTS_TEXT_(a)

namespace {

using raise_function = void (*)(const std::error_code&);

sockerr::error make_error(const std::error_code& ec) {
  return sockerr::error{ec, sockerr::operation::connect}.peer("127.0.0.1:80").local("127.0.0.1:1");
}

// Whether an error, or the exception that holds one, tells the truth in this module.
template <class Error>
bool is_whole_of(const Error& e, const std::error_code& ec) {
  return e.code() == ec && e.condition() == sockerr::classify(ec) && e.symbol() == sockerr::symbol(ec) &&
         !e.cause().empty() && e.peer() == "127.0.0.1:80" && e.local() == "127.0.0.1:1" &&
         e.operation() == sockerr::operation::connect;
}
bool is_whole(const sockerr::socket_error& e, const std::error_code& thrown) {
  return is_whole_of(e, thrown) && is_whole_of(e.error(), thrown) && e.error().text() == e.what() &&
         std::string_view{e.what()}.substr(0, 21) == "connect 127.0.0.1:80:";
}

#define SOCKERR_TRY(handlers)                                          \
  [](raise_function raise, const std::error_code& ec) -> const char* { \
    try {                                                              \
      raise(ec);                                                       \
    }                                                                  \
    handlers catch (...) { return "another handler"; }                 \
    return "nothing";                                                  \
  }

#define SOCKERR_CATCH(type)                                         \
  catch (const sockerr::type& e) {                                  \
    return is_whole(e, ec) ? #type : "something that is not whole"; \
  }

const module this_module = {
    SOCKERR_TESTS_TEXT(SOCKERR_TESTS_MODULE),
    [](int value) { return make_error_code(static_cast<sockerr::errc>(value)); },
    [](int value) { return make_error_code(static_cast<sockerr::resolver_errc>(value)); },
    [](int value) { return make_error_code(static_cast<sockerr::library_errc>(value)); },
    [](sockerr::condition c) { return make_error_condition(c); },
    [](const std::error_code& ec, sockerr::condition c) { return ec == c; },
    [](const std::error_code& ec, const std::error_condition& c) { return ec == c; },
    [](const std::error_code& ec) { return sockerr::classify(ec); },
    [](const std::error_code& ec) { return sockerr::symbol(ec); },
    [](const std::error_code& ec, sockerr::operation during) { return sockerr::cause(ec, during); },
    [](const std::error_code& ec, sockerr::operation during) { return sockerr::advise(ec, during); },
    make_error,
    [](const std::error_code& ec) { sockerr::throw_error(make_error(ec)); },
    [](const sockerr::error& e) -> const char* {
      try {
        sockerr::throw_error(e);
      } catch (const sockerr::socket_error& caught) {
        return is_whole(caught, e.code()) ? "socket_error" : "something that is not whole";
      }
    },
    SOCKERR_TRY(SOCKERR_CATCH(connection_refused) SOCKERR_CATCH(timed_out) SOCKERR_CATCH(network_unreachable)
                    SOCKERR_CATCH(host_not_found) SOCKERR_CATCH(bad_file_descriptor) SOCKERR_CATCH(end_of_stream)),
    SOCKERR_TRY(SOCKERR_CATCH(connection_error) SOCKERR_CATCH(unreachable) SOCKERR_CATCH(resolution_error)
                    SOCKERR_CATCH(usage_error)),
    SOCKERR_TRY(SOCKERR_CATCH(socket_error)),
    SOCKERR_TRY(catch (const std::system_error& e) { return e.code() == ec ? "system_error" : "another code"; }),
};

}  // namespace

extern "C" SOCKERR_TESTS_EXPORT const module* SOCKERR_TESTS_JOIN(SOCKERR_TESTS_MODULE, _module)() noexcept {
  return &this_module;
}

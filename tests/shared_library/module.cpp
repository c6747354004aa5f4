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

// Whether what was caught tells the truth in this module.
bool is_whole(const sockerr::socket_error& e, const std::error_code& thrown) {
  return e.code() == thrown && e.condition() == sockerr::classify(thrown) && e.symbol() == sockerr::symbol(thrown) &&
         !e.cause().empty() && e.peer() == "127.0.0.1:80" && e.local() == "127.0.0.1:1" &&
         e.operation() == sockerr::operation::connect &&
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
    [](sockerr::condition c) { return make_error_condition(c); },
    [](const std::error_code& ec, sockerr::condition c) { return ec == c; },
    [](const std::error_code& ec, const std::error_condition& c) { return ec == c; },
    [](const std::error_code& ec) { return sockerr::classify(ec); },
    [](const std::error_code& ec) { return sockerr::symbol(ec); },
    [](const std::error_code& ec, sockerr::operation during) { return sockerr::cause(ec, during); },
    [](const std::error_code& ec, sockerr::operation during) { return sockerr::advise(ec, during); },
    [](const std::error_code& ec) {
      sockerr::throw_error(ec, {sockerr::operation::connect, "127.0.0.1:80", "127.0.0.1:1"});
    },
    SOCKERR_TRY(SOCKERR_CATCH(connection_refused) SOCKERR_CATCH(timed_out) SOCKERR_CATCH(network_unreachable)
                    SOCKERR_CATCH(host_not_found) SOCKERR_CATCH(bad_file_descriptor)),
    SOCKERR_TRY(SOCKERR_CATCH(connection_error) SOCKERR_CATCH(unreachable) SOCKERR_CATCH(resolution_error)
                    SOCKERR_CATCH(usage_error)),
    SOCKERR_TRY(SOCKERR_CATCH(socket_error)),
    SOCKERR_TRY(catch (const std::system_error& e) { return e.code() == ec ? "system_error" : "another code"; }),
};

}  // namespace

extern "C" SOCKERR_TESTS_EXPORT const module* SOCKERR_TESTS_JOIN(SOCKERR_TESTS_MODULE, _module)() noexcept {
  return &this_module;
}

// SPDX-License-Identifier: MIT
#include <asio.hpp>
#include <asio/ssl.hpp>

#include <system_error>

#define NET "Asio with OpenSSL"
namespace net = asio;
using std::error_code;

#include "tls.hpp"

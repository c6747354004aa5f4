// SPDX-License-Identifier: MIT
#include <asio.hpp>

#include <system_error>

#define NET "Asio"
namespace net = asio;
using std::error_code;
using std::system_error;

#include "asio.hpp"

// SPDX-License-Identifier: MIT
#include <boost/asio.hpp>

#define NET "Boost.Asio"
namespace net = boost::asio;
using boost::system::error_code;
using boost::system::system_error;

#include "asio.hpp"

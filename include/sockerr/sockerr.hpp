// SPDX-License-Identifier: MIT
#ifndef SOCKERR_SOCKERR_HPP
#define SOCKERR_SOCKERR_HPP

// Everything. To classify the codes of another library, <sockerr/classify.hpp> is enough and includes no socket header;
// <sockerr/exception.hpp> adds the exception classes.

#include "attempt.hpp"          // IWYU pragma: export
#include "calls.hpp"            // IWYU pragma: export
#include "category.hpp"         // IWYU pragma: export
#include "classify.hpp"         // IWYU pragma: export
#include "condition.hpp"        // IWYU pragma: export
#include "connect.hpp"          // IWYU pragma: export
#include "deadline.hpp"         // IWYU pragma: export
#include "endpoint.hpp"         // IWYU pragma: export
#include "errc.hpp"             // IWYU pragma: export
#include "error.hpp"            // IWYU pragma: export
#include "examine.hpp"          // IWYU pragma: export
#include "exception.hpp"        // IWYU pragma: export
#include "expected.hpp"         // IWYU pragma: export
#include "format.hpp"           // IWYU pragma: export
#include "native.hpp"           // IWYU pragma: export
#include "operation.hpp"        // IWYU pragma: export
#include "resolve.hpp"          // IWYU pragma: export
#include "retry.hpp"            // IWYU pragma: export
#include "socket.hpp"           // IWYU pragma: export
#include "source_location.hpp"  // IWYU pragma: export
#include "version.hpp"          // IWYU pragma: export

#endif

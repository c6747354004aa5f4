# SPDX-License-Identifier: MIT
# Each header includes only headers of layers above it, and only native/ sees the operating system:
# cmake -D INCLUDE=include/sockerr -P layering.cmake

cmake_minimum_required(VERSION 3.23)

set(layers
    "codes.def version.hpp detail/callable.hpp detail/text.hpp"
    "condition.hpp operation.hpp"
    "errc.hpp"
    "category.hpp"
    "classify.hpp"
    "format.hpp"
    "exception.hpp"
    "attempt.hpp"
    "deadline.hpp"
    "retry.hpp"
    "native/posix.hpp native/winsock.hpp"
    "native.hpp"
    "endpoint.hpp"
    "calls.hpp"
    "socket.hpp"
    "resolve.hpp"
    "connect.hpp"
    "expected.hpp"
    "sockerr.hpp")

set(above "")
set(known "")
foreach(layer IN LISTS layers)
  separate_arguments(headers UNIX_COMMAND "${layer}")
  foreach(header IN LISTS headers)
    list(APPEND known ${header})
    get_filename_component(folder "${header}" DIRECTORY)
    file(STRINGS ${INCLUDE}/${header} lines REGEX "^ *# *include")
    foreach(line IN LISTS lines)
      if(line MATCHES "\"(.*)\"")
        get_filename_component(included "${INCLUDE}/${folder}/${CMAKE_MATCH_1}" ABSOLUTE)
        file(RELATIVE_PATH included "${INCLUDE}" "${included}")
        if(NOT included IN_LIST above)
          message(SEND_ERROR "${header} includes ${included}, which is not in a layer above it")
        endif()
      elseif(line MATCHES "<.*\\.h>" AND NOT folder STREQUAL "native")
        message(SEND_ERROR "${header} includes a header of the system: ${line}")
      endif()
    endforeach()
  endforeach()
  list(APPEND above ${headers})
endforeach()

file(GLOB_RECURSE all RELATIVE ${INCLUDE} ${INCLUDE}/*)
foreach(header IN LISTS all)
  if(NOT header IN_LIST known)
    message(SEND_ERROR "${header} has no layer")
  endif()
endforeach()

# SPDX-License-Identifier: MIT
# Each header includes only headers of layers above it, only native/ sees the operating system, and all that a header
# declares stands in the namespace of its version: cmake -D INCLUDE=include/sockerr -P layering.cmake

cmake_minimum_required(VERSION 3.23)

set(layers
    "causes.def"
    "codes.def version.hpp source_location.hpp detail/callable.hpp detail/evidence.hpp detail/text.hpp"
    "condition.hpp"
    "operation.hpp"
    "errc.hpp"
    "category.hpp"
    "classify.hpp"
    "error.hpp"
    "format.hpp exception.hpp"
    "attempt.hpp"
    "deadline.hpp"
    "retry.hpp"
    "native/posix.hpp native/winsock.hpp"
    "native.hpp"
    "endpoint.hpp"
    "examine.hpp"
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

# Two versions in one program are two libraries: each has a namespace of its own in which everything stands, opened with
# `namespace sockerr {` and closed with it.
file(STRINGS ${INCLUDE}/version.hpp numbers REGEX "version_(major|minor) = ")
string(REGEX REPLACE "[^0-9]*([0-9]+)[^0-9]*([0-9]+).*" "v\\1_\\2" version "${numbers}")
if(NOT version MATCHES "^v[0-9]+_[0-9]+$")
  message(FATAL_ERROR "no version in version.hpp: ${numbers}")
endif()
foreach(header IN LISTS all)
  file(STRINGS ${INCLUDE}/${header} lines REGEX "namespace sockerr|namespace v[0-9]")
  list(JOIN lines "\n" lines)
  set(block "namespace sockerr {\ninline namespace ${version} {\n}  // namespace ${version}\n}  // namespace sockerr")
  string(REPLACE "${block}" "" rest "${lines}")
  string(STRIP "${rest}" rest)
  if(rest)
    message(SEND_ERROR "${header} has something outside of the inline namespace ${version}:\n${lines}")
  elseif(lines STREQUAL "" AND NOT header MATCHES "^(.*\\.def|native\\.hpp|sockerr\\.hpp)$")
    message(SEND_ERROR "${header} has no namespace")
  endif()
endforeach()

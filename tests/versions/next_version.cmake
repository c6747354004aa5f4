# SPDX-License-Identifier: MIT
# Writes the headers as a later minor version might have them: in a namespace of their own, with a node of the tree and
# some rows more, before those that there are, so that no place in a table stays what it was:
# cmake -D FROM=include -D TO=next/include -P next_version.cmake
cmake_minimum_required(VERSION 3.23)

file(STRINGS ${FROM}/sockerr/version.hpp lines REGEX "version_(major|minor) = ")
string(REGEX REPLACE "[^0-9]*([0-9]+)[^0-9]*([0-9]+).*" "\\1;\\2" version "${lines}")
list(GET version 0 major)
list(GET version 1 minor)
math(EXPR next "${minor} + 1")

file(READ ${FROM}/sockerr/codes.def table)
string(REGEX MATCHALL "\nSOCKERR_CONDITION\\([a-z_]+, [0-9]+" nodes "${table}")
set(number 0)
foreach(node IN LISTS nodes)
  string(REGEX MATCH "[0-9]+$" taken "${node}")
  if(taken GREATER number)
    set(number ${taken})
  endif()
endforeach()
math(EXPR number "${number} + 1")  # the next free one

set(node "SOCKERR_CONDITION(handshake_failed, ${number}, connection_error, \"handshake failed\")\n")
set(rows
    "SOCKERR_ERROR(handshake_failed, handshake_failed, \"Handshake failed\")\n"
    "SOCKERR_ERRNO(handshake_failed, 3999)\n"
    "SOCKERR_WINDOWS(handshake_failed, WSAEHANDSHAKE, 10119)\n"
    "SOCKERR_LIBRARY(handshake_failed, HANDSHAKE, 0x5999)\n"
    "SOCKERR_RESOLVER(handshake_failed, EAI_HANDSHAKE, 999)\n"
    "SOCKERR_FOREIGN(misc, handshake_failed, handshake, 999)\n\n")
list(JOIN rows "" rows)
set(causes
    "SOCKERR_CAUSE(handshake_failed, unknown, none, never, \"Both ends speak other protocols.\")\n"
    "SOCKERR_CAUSE(handshake_failed, handshake, none, on_new_socket, \"The peer has refused the handshake.\")\n")
list(JOIN causes "" causes)

# Puts a text before the first place of another.
function(insert what where)
  string(FIND "${text}" "\n${where}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the table has no ${where}")
  endif()
  math(EXPR at "${at} + 1")
  string(SUBSTRING "${text}" 0 ${at} above)
  string(SUBSTRING "${text}" ${at} -1 below)
  set(text "${above}${what}${below}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE headers RELATIVE ${FROM} ${FROM}/sockerr/*)
foreach(header IN LISTS headers)
  file(READ ${FROM}/${header} text)
  string(REPLACE "v${major}_${minor}" "v${major}_${next}" text "${text}")
  string(REPLACE "version_minor = ${minor}" "version_minor = ${next}" text "${text}")
  if(header MATCHES "codes\\.def$")
    insert("${node}" "SOCKERR_CONDITION(connection_refused,")
    insert("${rows}" "SOCKERR_ERROR(")
  elseif(header MATCHES "causes\\.def$")
    insert("${causes}" "SOCKERR_CAUSE(")
  endif()
  file(WRITE ${TO}/${header} "${text}")
endforeach()

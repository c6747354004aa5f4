# SPDX-License-Identifier: MIT
# A table of the README is what a program prints: cmake -D README=... -D PROGRAM=... -P readme.cmake
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\r" "" table "${table}")
file(READ ${README} readme)
string(FIND "${readme}" "\n${table}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "a table in ${README} is stale; ${PROGRAM} prints the current one")
endif()

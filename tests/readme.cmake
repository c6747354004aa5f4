# SPDX-License-Identifier: MIT
# The README's table of errors is what error_table prints: cmake -D README=... -D ERROR_TABLE=... -P readme.cmake
execute_process(COMMAND ${ERROR_TABLE} OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
file(READ ${README} readme)
string(FIND "${readme}" "\n${table}" at)
if(at EQUAL -1)
  message(FATAL_ERROR "the table of errors in ${README} is stale; ${ERROR_TABLE} prints the current one")
endif()

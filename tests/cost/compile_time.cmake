# SPDX-License-Identifier: MIT
# What including the headers costs a compiler, in instructions, which are exact, as multiples of <system_error>:
# cmake -D COMPILER=... -D ID=GNU -D VERSION=12.2.0 -D INCLUDE=include -P compile_time.cmake
#
# At -O2; at -O0 the multiples are the same but for a few hundredths. The limits, in hundredths too, stand a little above
# what was measured with the compilers of Debian 12; with others the multiples are only shown. The aims are not met.

set(headers classify exception sockerr)
set(aims 120 130 200)
if(ID STREQUAL "GNU" AND VERSION MATCHES "^12\\.")
  set(limits 168 186 340)
elseif(ID STREQUAL "Clang" AND VERSION MATCHES "^14\\.")
  set(limits 194 212 417)
else()
  set(limits 0 0 0)
endif()

find_program(valgrind valgrind)
if(NOT valgrind)
  message("SKIPPED: no valgrind, which counts the instructions")
  return()
endif()

# Sets `result` to the instructions for a file that includes only `header`.
function(count_instructions header result)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/compile_time.cpp)
  file(WRITE ${file} "#include <${header}>\n")
  execute_process(COMMAND ${valgrind} --trace-children=yes --tool=exp-bbv --instr-count-only=yes --bb-out-file=/dev/null
                          --pc-out-file=/dev/null ${COMPILER} -std=c++17 -O2 -I ${INCLUDE} -S -o /dev/null ${file}
                  ERROR_VARIABLE report COMMAND_ERROR_IS_FATAL ANY)
  # A compiler is several processes.
  string(REGEX MATCHALL "Total instructions: [0-9]+" counts "${report}")
  string(REGEX REPLACE "Total instructions: " "" counts "${counts}")
  list(JOIN counts " + " sum)
  math(EXPR sum "${sum}")
  set(${result} ${sum} PARENT_SCOPE)
endfunction()

# As a number with two decimals.
function(hundredths number result)
  math(EXPR fraction "${number} % 100 + 100")
  string(SUBSTRING ${fraction} 1 2 fraction)
  math(EXPR whole "${number} / 100")
  set(${result} ${whole}.${fraction} PARENT_SCOPE)
endfunction()

count_instructions(system_error unit)
message("<system_error>: ${unit} instructions of ${ID} ${VERSION}")
foreach(header aim limit IN ZIP_LISTS headers aims limits)
  count_instructions(sockerr/${header}.hpp count)
  math(EXPR multiple "(100 * ${count} + ${unit} / 2) / ${unit}")
  hundredths(${multiple} shown)
  hundredths(${limit} shown_limit)
  hundredths(${aim} shown_aim)
  message("<sockerr/${header}.hpp>: ${shown} times that, limit ${shown_limit}, aim ${shown_aim}")
  if(limit GREATER 0 AND multiple GREATER limit)
    message(SEND_ERROR "Including <sockerr/${header}.hpp> costs more than it did")
  endif()
endforeach()

# SPDX-License-Identifier: MIT
# What a header defines beside its include guard:
# cmake -D COMPILER=g++ -D FLAGS=... -D INCLUDE=include "-DHEADERS=sockerr/errc.hpp;..." -D FOREIGN=foreign.hpp -P macros.cmake
cmake_minimum_required(VERSION 3.23)
separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
set(source ${CMAKE_CURRENT_BINARY_DIR}/macros.cpp)

# The names of the macros that are defined at the end of a source of this content.
function(macros_after content result)
  file(WRITE ${source} "${content}")
  execute_process(COMMAND ${COMPILER} ${FLAGS} -std=c++17 -I${INCLUDE} -dM -E ${source} OUTPUT_VARIABLE macros
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "#define [A-Za-z0-9_]+" macros "${macros}")
  list(TRANSFORM macros REPLACE "#define " "")
  set(${result} "${macros}" PARENT_SCOPE)
endfunction()

set(guards "")
foreach(header IN LISTS HEADERS)
  string(TOUPPER ${header} guard)
  string(REGEX REPLACE "[/.]" "_" guard ${guard})
  list(APPEND guards ${guard})
endforeach()

set(everything "")
foreach(header IN LISTS HEADERS)
  string(APPEND everything "#include <${header}>\n")
  macros_after("#include <${header}>\n" macros)
  list(FILTER macros INCLUDE REGEX "SOCKERR")
  list(REMOVE_ITEM macros ${guards})
  if(macros)
    message(SEND_ERROR "${header} leaves behind: ${macros}")
  endif()
endforeach()

# Under names of any kind. NOMINMAX is asked for, so that <windows.h> is the same in both.
file(READ ${FOREIGN} foreign)
macros_after("#define NOMINMAX\n${foreign}" before)
macros_after("#define NOMINMAX\n${foreign}${everything}" after)
list(LENGTH before count)
if(count LESS 300)
  message(FATAL_ERROR "${COMPILER} shows ${count} macros only")
endif()
list(REMOVE_ITEM after ${before} ${guards})
if(after)
  message(SEND_ERROR "the headers leave behind: ${after}")
endif()

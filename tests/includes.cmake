# SPDX-License-Identifier: MIT
# What a header brings along: cmake -D COMPILER=... -D HEADER=classify.hpp -D INCLUDE=include -P includes.cmake
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/includes_${HEADER}.cpp "#include <sockerr/${HEADER}>\n")
execute_process(COMMAND ${COMPILER} -std=c++17 -M -I ${INCLUDE} ${CMAKE_CURRENT_BINARY_DIR}/includes_${HEADER}.cpp
                OUTPUT_VARIABLE files COMMAND_ERROR_IS_FATAL ANY)
if(NOT files MATCHES "/system_error")
  message(FATAL_ERROR "${COMPILER} -M does not list what ${HEADER} includes")
endif()
foreach(unwanted sys/socket.h netdb.h winsock2.h iostream map functional)
  if(files MATCHES "/${unwanted}[ \n]")
    message(SEND_ERROR "${HEADER} includes <${unwanted}>")
  endif()
endforeach()

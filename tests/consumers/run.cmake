# SPDX-License-Identifier: MIT
# Builds and runs the consumer project in one way:
# cmake -D WAY=... -D SOCKERR=<this project> -D BUILD=<its build> -D GENERATOR=... -D COMPILER=... -P run.cmake
set(folder ${BUILD}/consumers/${WAY})
file(REMOVE_RECURSE ${folder})
# A prefix of its own, so that the ways can run side by side.
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${folder}/prefix OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(ENV{PKG_CONFIG_PATH} ${folder}/prefix/share/pkgconfig)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${folder}/build -G ${GENERATOR} -D WAY=${WAY} -D CMAKE_BUILD_TYPE=Debug
          -D CMAKE_CXX_COMPILER=${COMPILER} -D SOCKERR=${SOCKERR} -D CMAKE_PREFIX_PATH=${folder}/prefix COMMAND_ERROR_IS_FATAL ANY)
if(WAY STREQUAL "find_package_too_new")
  return()
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${folder}/build/consumer COMMAND_ERROR_IS_FATAL ANY)

# SPDX-License-Identifier: MIT
# Builds and runs the consumer project in one way:
# cmake -D WAY=... -D SOCKERR=<this project> -D VERSION=<its version> -D BUILD=<its build> -D GENERATOR=...
#       -D COMPILER=... [-D PYTHON=...] -P run.cmake
cmake_minimum_required(VERSION 3.23)
set(folder ${BUILD}/consumers/${WAY})
set(prefix ${folder}/prefix)
file(REMOVE_RECURSE ${folder})
# A prefix of its own, so that the ways can run side by side.
if(WAY STREQUAL "vcpkg")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D PORT_FOLDER=${SOCKERR}/.packaging/vcpkg/sockerr -D VERSION=${VERSION} -D PACKAGE=${prefix}
            -D BUILD=${folder}/port -D GENERATOR=${GENERATOR} -D COMPILER=${COMPILER} -P ${CMAKE_CURRENT_LIST_DIR}/vcpkg.cmake
            COMMAND_ERROR_IS_FATAL ANY)
elseif(WAY STREQUAL "conan")
  execute_process(COMMAND ${PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/conan.py ${SOCKERR}/.packaging/conan ${VERSION} ${prefix}
                          COMMAND_ERROR_IS_FATAL ANY)
else()
  # Moved, since nothing installed may know its place.
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${folder}/elsewhere OUTPUT_QUIET
                          COMMAND_ERROR_IS_FATAL ANY)
  file(RENAME ${folder}/elsewhere ${prefix})
endif()
set(ENV{PKG_CONFIG_PATH} ${prefix}/share/pkgconfig)
execute_process(
  COMMAND ${CMAKE_COMMAND} --no-warn-unused-cli -S ${CMAKE_CURRENT_LIST_DIR} -B ${folder}/build -G ${GENERATOR}
          -D WAY=${WAY} -D CMAKE_BUILD_TYPE=Debug -D CMAKE_CXX_COMPILER=${COMPILER} -D SOCKERR=${SOCKERR} -D VERSION=${VERSION} -D CMAKE_PREFIX_PATH=${prefix}
          COMMAND_ERROR_IS_FATAL ANY)
if(WAY STREQUAL "find_package_versions")
  return()
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${folder}/build/consumer COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${folder}/build --prefix ${folder}/consumer COMMAND_ERROR_IS_FATAL ANY)
if(EXISTS ${folder}/consumer)
  message(FATAL_ERROR "installing the consumer installs the library")
endif()

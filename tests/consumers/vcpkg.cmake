# SPDX-License-Identifier: MIT
# Runs the port without vcpkg: the functions that it calls, as far as it uses them, and the checks that vcpkg does after it.
# cmake -D PORT_FOLDER=... -D VERSION=... -D PACKAGE=<where to> -D BUILD=... -D GENERATOR=... -D COMPILER=... -P vcpkg.cmake
cmake_minimum_required(VERSION 3.23)
set(CURRENT_PORT_DIR ${PORT_FOLDER})
set(CURRENT_PACKAGES_DIR ${PACKAGE})

file(READ ${PORT_FOLDER}/vcpkg.json manifest)
string(JSON PORT GET "${manifest}" name)
string(JSON version GET "${manifest}" version)
if(NOT PORT STREQUAL "sockerr" OR NOT version STREQUAL VERSION)
  message(FATAL_ERROR "vcpkg.json is of ${PORT} ${version}, not of sockerr ${VERSION}")
endif()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  if(NOT VCPKG_BUILD_TYPE STREQUAL "release")
    message(FATAL_ERROR "would be built twice")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${BUILD} -G ${GENERATOR} -D CMAKE_BUILD_TYPE=Release
                          -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} ${arg_OPTIONS}
                          ERROR_VARIABLE messages COMMAND_ERROR_IS_FATAL ANY)
  if(messages MATCHES "not used by the project")
    message(FATAL_ERROR "${messages}")  # a misspelled option
  endif()
endfunction()

function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target install OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Moves the package to share/<port>, one folder up, and tells it so.
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
  file(RENAME ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH} ${CURRENT_PACKAGES_DIR}/share/${PORT})
  file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR}/share/cmake)
  set(config ${CURRENT_PACKAGES_DIR}/share/${PORT}/${PORT}-config.cmake)
  file(READ ${config} text)
  set(up "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\n")
  string(REPLACE "${up}${up}${up}" "${up}${up}" corrected "${text}")
  if(corrected STREQUAL text)
    message(FATAL_ERROR "${config} does not look for its prefix as vcpkg expects")
  endif()
  file(WRITE ${config} "${corrected}")
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  file(COPY_FILE ${arg_FILE_LIST} ${CURRENT_PACKAGES_DIR}/share/${PORT}/copyright)
endfunction()

include(${PORT_FOLDER}/portfile.cmake)

file(GLOB_RECURSE files RELATIVE ${PACKAGE} ${PACKAGE}/*)
list(FILTER files EXCLUDE REGEX "^include/sockerr(/|\\.cppm$)")
set(expected share/pkgconfig/sockerr.pc share/sockerr/copyright share/sockerr/sockerr-config-version.cmake
             share/sockerr/sockerr-config.cmake share/sockerr/usage)
if(NOT files STREQUAL expected)
  message(FATAL_ERROR "beside its headers the port installs\n${files}, not\n${expected}")
endif()

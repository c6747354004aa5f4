# SPDX-License-Identifier: MIT
# Objects that include the headers run no code at the start of a program, nor at its end, and the tables cost the dynamic
# loader nothing: cmake -D COMPILER=g++ -D NM=nm -D OBJDUMP=objdump -D INCLUDE=include -D OUTPUT=folder -P start_up.cmake

cmake_minimum_required(VERSION 3.23)
file(MAKE_DIRECTORY ${OUTPUT})

function(compile name)
  execute_process(COMMAND ${COMPILER} -std=c++17 -I${INCLUDE} ${ARGN} -c ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp -o ${OUTPUT}/${name}.o
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${NM} ${OUTPUT}/${name}.o OUTPUT_VARIABLE symbols ERROR_QUIET)
  execute_process(COMMAND ${OBJDUMP} -h ${OUTPUT}/${name}.o OUTPUT_VARIABLE sections COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" symbols "${symbols}")
  # The name and the size of each that has one.
  string(REGEX MATCHALL "[0-9]+ [._a-zA-Z][^ ]* +[0-9a-f]+ " sections "${sections}")
  list(FILTER sections EXCLUDE REGEX " 0+ $")
  set(symbols "${symbols}" PARENT_SCOPE)
  set(sections "${sections}" PARENT_SCOPE)
  set(what "${name}.cpp with ${ARGN}" PARENT_SCOPE)
endfunction()

function(expect_none list)
  list(FILTER ${list} INCLUDE REGEX "${ARGV1}")
  if(${list})
    list(JOIN ${list} "\n  " found)
    message(SEND_ERROR "${what}:\n  ${found}")
  endif()
endfunction()

foreach(optimisation -O0 -O2)
  compile(include_only ${optimisation})
  # Without optimisation GCC keeps constants of its own library.
  list(FILTER symbols EXCLUDE REGEX " r _Z(N6__pstl|N9__gnu_cxx|NSt|St)")
  expect_none(symbols ".")
  expect_none(sections " \\.(text|data|bss|tdata|tbss|init_array|fini_array|ctors|dtors|gcc_except_table)")

  compile(use_all ${optimisation} -fPIC)
  list(LENGTH symbols count)
  if(count LESS 100)
    message(SEND_ERROR "${what}: ${NM} shows ${count} symbols only")
  endif()
  expect_none(symbols "_GLOBAL__(sub_)?[ID]|__cxx_global_var_init|__static_initialization_and_destruction")
  expect_none(symbols " U (__cxa_atexit|atexit)$")
  expect_none(sections " \\.(init_array|fini_array|ctors|dtors)")
  # The storage of a category object is zero at first and not in the file.
  set(storage ${symbols})
  list(FILTER storage INCLUDE REGEX "immortal.*storage")
  list(LENGTH storage count)
  if(count LESS 4)
    message(SEND_ERROR "${what}: ${count} category objects instead of 4")
  endif()
  # Else the expressions below would find nothing, whatever is there.
  set(tables ${sections})
  list(FILTER tables INCLUDE REGEX " \\.data\\.rel\\.ro[^ ]*\\._ZTVN7sockerr")
  list(LENGTH tables count)
  if(count LESS 30)
    message(SEND_ERROR "${what}: ${count} tables of virtual functions only")
  endif()
  expect_none(sections "data[^ ]*immortal")
  # The loader fixes addresses in what the compiler makes for virtual functions and for catch, and in nothing else.
  expect_none(sections " \\.data(\\.rel)?(\\.ro)?(\\.local)?\\._Z(N|L|[^T]|T[^TVIG])")
  # clang keeps what a catch looks for in .data and, without optimisation, a local std::string_view in .data.rel.ro.
  execute_process(COMMAND ${OBJDUMP} -r -j .data -j .data.rel.ro -j .data.rel.ro.local ${OUTPUT}/use_all.o
                  OUTPUT_VARIABLE relocations ERROR_QUIET)
  string(REGEX MATCHALL "[^\n]+" relocations "${relocations}")
  list(FILTER relocations INCLUDE REGEX " R_")
  list(FILTER relocations EXCLUDE REGEX " _ZTI[^ ]*$")
  if(optimisation STREQUAL "-O0")
    list(FILTER relocations EXCLUDE REGEX " \\.rodata\\.str")
  endif()
  expect_none(relocations ".")
endforeach()

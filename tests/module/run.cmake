# SPDX-License-Identifier: MIT
# Builds the module and a program that imports it, and asks the module for every public name of the headers:
# cmake -D COMPILER=clang++ -D FLAGS=... -D STANDARD=20 -D INCLUDE=include -D FOLDER=... -P run.cmake
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
separate_arguments(FLAGS UNIX_COMMAND "${FLAGS}")
set(compile ${COMPILER} ${FLAGS} -std=c++${STANDARD} -Wall -Wextra -Wpedantic -Werror -pthread)
set(import -fmodule-file=sockerr=${FOLDER}/sockerr.pcm)
function(run)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${FOLDER} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${compile} -I ${INCLUDE} --precompile ${INCLUDE}/sockerr.cppm -o sockerr.pcm)

# The public names are those that the compiler finds in the namespace itself, but for template parameters, which are
# spelled LikeThis, operator<, which only classes have, and the namespace of the version.
file(WRITE ${FOLDER}/headers.cpp "#include <sockerr/sockerr.hpp>\n")
execute_process(COMMAND ${compile} -I ${INCLUDE} -fsyntax-only -Xclang -ast-list ${FOLDER}/headers.cpp
                OUTPUT_FILE ${FOLDER}/declarations COMMAND_ERROR_IS_FATAL ANY)
file(STRINGS ${FOLDER}/declarations names REGEX "^sockerr::[a-z][^:]*$")
list(REMOVE_DUPLICATES names)
list(REMOVE_ITEM names sockerr::detail "sockerr::operator<")
list(FILTER names EXCLUDE REGEX "::v[0-9]+_[0-9]+$")
list(LENGTH names count)
if(count LESS 100)
  message(FATAL_ERROR "only ${count} names were found in the headers: ${names}")
endif()
list(TRANSFORM names PREPEND "using ")
list(TRANSFORM names APPEND "\;\n")
string(CONCAT uses "import sockerr;\n" ${names})
file(WRITE ${FOLDER}/names.cpp "${uses}")
run(${compile} ${import} -fsyntax-only -ferror-limit=0 names.cpp)
message(STATUS "the module exports all ${count} names")

run(${compile} -Wno-unused-command-line-argument -c sockerr.pcm -o sockerr.o)
run(${compile} ${import} ${CMAKE_CURRENT_LIST_DIR}/main.cpp sockerr.o -o program)
run(${FOLDER}/program)

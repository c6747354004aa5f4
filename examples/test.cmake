# SPDX-License-Identifier: MIT
# What diagnose says and returns on every system, where no server is needed: cmake -D PROGRAM=... -P test.cmake

# Runs it, and leaves what it prints in `out` and `err`. Files, since the servers that wine starts keep pipes open.
function(diagnose expected_status)
  execute_process(COMMAND ${PROGRAM} ${ARGN} RESULT_VARIABLE status OUTPUT_FILE diagnose.out ERROR_FILE diagnose.err)
  file(READ diagnose.out out)
  file(READ diagnose.err err)
  string(REPLACE "\r" "" out "${out}")
  string(REPLACE "\r" "" err "${err}")
  if(NOT status STREQUAL expected_status)
    message(FATAL_ERROR "diagnose ${ARGN}: exit status ${status}, not ${expected_status}:\n${out}${err}")
  endif()
  set(out "${out}" PARENT_SCOPE)
  set(err "${err}" PARENT_SCOPE)
endfunction()

# Each of the texts has to stand in the text.
function(expect text)
  foreach(piece IN LISTS ARGN)
    string(FIND "${text}" "${piece}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "'${piece}' is not in:\n${text}")
    endif()
  endforeach()
endfunction()

# A member of the JSON in `out`, expect_member(VALUE PATH...).
function(expect_member expected)
  string(JSON value GET "${out}" ${ARGN})
  if(NOT value STREQUAL expected)
    message(FATAL_ERROR "${ARGN} is '${value}', not '${expected}', in:\n${out}")
  endif()
endfunction()

# Nobody listens on port 1.
diagnose(1 127.0.0.1 1 20)
expect("${out}" "connect 127.0.0.1:1: " "  127.0.0.1:1  " "ECONNREFUSED: Connection refused\n"
       "  condition  connection_refused, which is a connection_error\n" "  cause      Nobody listens"
       "  retry      on_new_socket\nTry again after a pause: ")
diagnose(1 --json --timeout 20s 127.0.0.1 1)
expect_member(failed result)
expect_member(connection_refused condition)
expect_member(connection_error groups 0)
expect_member(sockerr.socket category)
expect_member(connect operation)
expect_member(on_new_socket advice)
expect_member(OFF by_deadline)
expect_member(1 tries)
expect_member(1 attempts 0 attempt)
expect_member(127.0.0.1:1 attempts 0 address)
expect_member(127.0.0.1:1 host)
expect_member(127.0.0.1:1 peer)
string(JSON type TYPE "${out}" attempts 0 elapsed_ms)
if(NOT type STREQUAL "NUMBER")
  message(FATAL_ERROR "the time is a ${type}")
endif()

# Could a server start there?
diagnose(0 --listen 127.0.0.1 0)
expect("${out}" "could listen on 127.0.0.1:" "A server can start there.")
diagnose(1 --json --listen 203.0.113.1 0)  # documentation's own (RFC 5737): no machine has it
expect_member(address_not_available condition)
expect_member(bind operation)
expect_member(after_pause advice)

# What a code means.
diagnose(0 --explain ECONNREFUSED)
expect("${out}" "Connection refused\n" "ECONNREFUSED (errno " "WSAECONNREFUSED (windows 10061)"
       "  condition  connection_refused, which is a connection_error\n" "  cause      Nobody listens"
       "  in recv    on_new_socket: The connection attempt on this socket was refused"
       "  in send_all never")
set(explained "${out}")
string(REGEX MATCH "ECONNREFUSED \\(errno ([0-9]+)\\)" match "${out}")
foreach(code 10061 ${CMAKE_MATCH_1})
  diagnose(0 --explain ${code})
  expect("${out}" "${explained}")
endforeach()
diagnose(3 --explain ENONSENSE)
expect("${err}" "no error is known as ENONSENSE")
diagnose(2 --nonsense 127.0.0.1 1)
expect("${err}" "unknown option --nonsense\nusage: ")

# Starting an emulator takes long, and the rest is the same on every system.
if(PROGRAM MATCHES ".;.")
  return()
endif()

foreach(code econnrefused WSAECONNREFUSED 1225)
  diagnose(0 --explain ${code})
  expect("${out}" "${explained}")
endforeach()
diagnose(0 --json --explain 5)  # several: ERROR_ACCESS_DENIED, EIO, and a result of getaddrinfo
expect("${out}" ERROR_ACCESS_DENIED EIO EAI_AGAIN)
expect_member(explained result)
diagnose(0 --json --explain EAI_NONAME)
expect_member(host_not_found errors 0 condition)
diagnose(0 --json --explain WSAEINTR)  # which is another error than EINTR
expect_member(interrupted errors 0 condition)
expect_member(never errors 0 advice)
diagnose(0 --explain EINTR)
expect("${out}" "  in recv    at_once: " "  in close   never: ")
diagnose(3 --json --explain 99999)
expect_member(unknown result)

# A time that is over at once, and that of the older form; neither is a mistake.
diagnose(1 --timeout 0 127.0.0.1 1)
diagnose(1 127.0.0.1 1 500ms)

# Called wrongly.
foreach(arguments "127.0.0.1" "" "a;b;c" "a;b;1;2" "--nonsense;a;b" "--timeout" "--timeout;-1;a;b" "--timeout;1h;a;b"
                  "--retry;0;a;b" "--retry;many;a;b" "--unix;;" "--unix;p;a" "--explain" "--explain;1;--listen")
  diagnose(2 ${arguments})
  if(NOT out STREQUAL "" OR NOT err MATCHES "^diagnose: [^\n]+\nusage: ")
    message(FATAL_ERROR "diagnose ${arguments} says: ${out}${err}")
  endif()
endforeach()
diagnose(0 --help)
expect("${out}" "usage: diagnose" "--timeout" "--retry" "--unix" "--listen" "--explain" "--json" "Exit status")

# Texts from elsewhere neither steer a terminal nor break the JSON. With a colon in it a name is not looked up.
string(ASCII 27 escape)
string(ASCII 155 no_utf8)
foreach(text "\"\\${escape}(0:" "${no_utf8}:" "\n\t:")
  foreach(arguments "${text};1" "127.0.0.1;${text}")
    diagnose(1 ${arguments})
    if(out MATCHES "[${escape}${no_utf8}\t]")
      message(FATAL_ERROR "control characters in: ${out}")
    endif()
    diagnose(1 --json ${arguments})
    expect_member(failed result)
  endforeach()
endforeach()

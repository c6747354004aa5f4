#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs echo_server, echo_client and diagnose against each other: test.sh FOLDER CMAKE, where FOLDER has them.
set -eu
cd "$1"
cmake=$2
folder=$(mktemp -d)
servers=
# shellcheck disable=SC2086 # a list of numbers
trap 'kill $servers 2>/dev/null || true; rm -r "$folder"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

# Starts a program that prints where it listens as its last word; leaves that in $address.
start() {
  rm -f "$folder/fifo"
  mkfifo "$folder/fifo"
  "$@" >"$folder/fifo" &
  servers="$servers $!"
  read -r line <"$folder/fifo"
  address=${line##* }
}
# Runs diagnose, which has to return STATUS: diagnose STATUS ARGUMENT...; leaves what it prints in $answer.
diagnose() {
  expected=$1
  shift
  status=0
  answer=$(./diagnose "$@" 2>&1) || status=$?
  [ "$status" -eq "$expected" ] || fail "diagnose $*: exit status $status, not $expected: $answer"
}
# Each of the texts has to stand in $answer, or none of them.
expect() { for text in "$@"; do case $answer in *"$text"*) ;; *) fail "'$text' is not in: $answer" ;; esac; done; }
refuse() { for text in "$@"; do case $answer in *"$text"*) fail "'$text' is in: $answer" ;; esac; done; }
# A member of the JSON in $answer: expect_member VALUE PATH...
cat >"$folder/member.cmake" <<'END'
file(READ ${FILE} text)
string(JSON value GET "${text}" ${PATH})
if(NOT value STREQUAL "${VALUE}")
  message(FATAL_ERROR "${PATH} is '${value}', not '${VALUE}'")
endif()
END
expect_member() {
  value=$1
  shift
  printf '%s\n' "$answer" >"$folder/json"
  "$cmake" -D FILE="$folder/json" -D VALUE="$value" -D PATH="$(echo "$*" | tr ' ' ';')" -P "$folder/member.cmake" ||
    fail "not in: $answer"
}

# A server, and its two clients: echo_client, and diagnose.
start ./echo_server 127.0.0.1:0
server=$address port=${address##*:}
[ "$(./echo_client "$server" 'hello, socket')" = 'hello, socket' ] || fail "no echo"
diagnose 0 127.0.0.1 "$port"
echo "$answer" | grep -qx "connected to $server" || fail "not connected: $answer"
expect "  from       127.0.0.1:" "  time       "
diagnose 0 --json --retry 2 127.0.0.1 "$port" 20
expect_member connected result
expect_member "$server" peer
expect_member 1 tries
if command -v python3 >/dev/null; then
  echo "$answer" | python3 -c 'import json, sys; json.load(sys.stdin)' || fail "python3 does not read: $answer"
else
  echo "SKIPPED: no python3 here to read the JSON, cmake alone did"
fi

# It listens on 127.0.0.1 alone, so at another loopback address the same port is closed.
diagnose 1 127.0.0.2 "$port" 20
expect "connect 127.0.0.2:$port: ECONNREFUSED: Connection refused" "connection_refused, which is a connection_error" \
  "ECONNREFUSED (" "Nobody listens" on_new_socket
diagnose 1 --retry 9 127.0.0.1 "no such service"  # which another attempt cannot heal
expect service_not_found "  retry      never" "Trying again will not help: "
refuse "next try"

# A server cannot start where one listens already.
diagnose 1 --listen 127.0.0.1 "$port"
expect "bind (local $server): EADDRINUSE" address_in_use after_pause "stop the program that has it"
diagnose 0 --listen 127.0.0.2 "$port"
expect "could listen on 127.0.0.2:$port"

# Unix-domain sockets. What was only tried does not stay.
start ./echo_server "$folder/echo.sock"
diagnose 0 --unix "$folder/echo.sock"
expect "connected to $folder/echo.sock"
diagnose 1 --listen --unix "$folder/echo.sock"
expect "bind (local $folder/echo.sock): EADDRINUSE" "The path already exists"
[ -S "$folder/echo.sock" ] || fail "the socket of the server was removed"
diagnose 1 --json --unix "$folder/nobody.sock"
expect_member path_error condition
expect_member "$folder/nobody.sock" attempts 0 address
diagnose 0 --listen --unix "$folder/nobody.sock"
[ ! -e "$folder/nobody.sock" ] || fail "a socket was left behind"
if [ "$(uname)" = Linux ]; then
  start ./echo_server "@$folder"
  diagnose 0 --unix "@$folder"
  expect "connected to @$folder"
fi

# A listener whose queue is full does not answer.
hung=
if [ "$(uname)" = Linux ] && command -v perl >/dev/null; then
  # shellcheck disable=SC2016 # these are variables of Perl
  start perl -MSocket -MIO::Handle -e '
    sub tcp { socket(my $s, PF_INET, SOCK_STREAM, 0) or die; $s->blocking(0); return $s }
    my $listener = tcp();
    bind($listener, sockaddr_in(0, INADDR_LOOPBACK)) && listen($listener, 0) or die;
    my @clients = map { my $s = tcp(); connect($s, getsockname($listener)); $s } 1 .. 8;
    STDOUT->autoflush;
    print "port ", (sockaddr_in(getsockname($listener)))[0], "\n";
    sleep'
  hung=$address
  diagnose 1 --timeout 300ms 127.0.0.1 "$hung"
  expect "connect 127.0.0.1:$hung: ETIMEDOUT: Deadline exceeded" ", by our own deadline" "a firewall drops the packets"
  refuse elapsed
  diagnose 1 --json --timeout 0.1s 127.0.0.1 "$hung"
  expect_member ON by_deadline
  expect_member ON attempts 0 by_deadline
  expect_member sockerr.library category
else
  echo "SKIPPED: no perl here, or no Linux, for a listener whose queue is full"
fi

# On a terminal there is colour, and while it waits, a line that tells how long, and goes again.
escape=$(printf '\033') return=$(printf '\r')
if script --version 2>/dev/null | grep -q util-linux; then
  on_terminal() { answer=$(script -qec "./diagnose $*" /dev/null </dev/null) || true; }
  export TERM=xterm
  unset NO_COLOR
  on_terminal --retry 2 127.0.0.2 "$port"
  expect "${escape}[31mECONNREFUSED" "attempt 1 of 2 failed, next try in 2.0 s" " s remaining" "gave up after 2 attempts" \
    "$return   "
  on_terminal 127.0.0.1 "$port"
  expect "${escape}[32mconnected to $server"
  on_terminal --json 127.0.0.2 "$port"
  refuse "$escape"
  for setting in NO_COLOR=1 TERM=dumb; do
    answer=$(env "$setting" script -qec "./diagnose 127.0.0.2 $port" /dev/null </dev/null) || true
    expect ECONNREFUSED
    refuse "$escape"
  done
  if [ -n "$hung" ]; then
    on_terminal --timeout 2s 127.0.0.1 "$hung"
    expect "connecting: " " s elapsed, " " s remaining" ETIMEDOUT
    on_terminal --json --timeout 0.5s 127.0.0.1 "$hung"
    refuse elapsed, "$escape"
  fi
else
  diagnose 1 --retry 2 127.0.0.2 "$port"
  expect "attempt 1 of 2 failed, next try in 2.0 s" "gave up after 2 attempts"
  echo "SKIPPED: no script of util-linux here, so nothing is seen on a terminal"
fi
diagnose 1 127.0.0.2 "$port"
refuse "$escape" elapsed

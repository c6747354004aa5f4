#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs echo_server, echo_client and diagnose against each other; the argument is the folder that they are in.
set -eu
cd "$1"
folder=$(mktemp -d)
trap 'kill %1 2>/dev/null || true; rm -r "$folder"' EXIT
mkfifo "$folder/fifo"
fail() { echo "FAILED: $*" >&2; exit 1; }

# Two clients: the echo_client, and diagnose.
./echo_server 127.0.0.1:0 2 >"$folder/fifo" &
read -r _ _ address <"$folder/fifo"
[ "$(./echo_client "$address" 'hello, socket')" = 'hello, socket' ] || fail "no echo"

status=0
# The server listens on 127.0.0.1 alone, so at another loopback address the same port is closed.
answer=$(./diagnose 127.0.0.2 "${address##*:}" 20) || status=$?
[ "$status" -eq 1 ] || fail "exit status $status for a closed port"
for text in "connect 127.0.0.2:${address##*:}: ECONNREFUSED: Connection refused" \
            "connection_refused, which is a connection_error" "ECONNREFUSED (" "Nothing is listening" on_new_socket; do
  case $answer in *"$text"*) ;; *) fail "'$text' is not in: $answer" ;; esac
done

status=0
answer=$(./diagnose 127.0.0.1 "no such service") || status=$?
case $status$answer in 1*service_not_found*) ;; *) fail "an unknown service gave $status: $answer" ;; esac

status=0
./diagnose 127.0.0.1 2>/dev/null || status=$?
[ "$status" -eq 2 ] || fail "exit status $status for a wrong call"

./diagnose 127.0.0.1 "${address##*:}" | grep -qx "connected to $address" || fail "not connected"
wait

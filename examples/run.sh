#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the examples and shows the main job: what diagnose says of a port where nobody listens, and of a server.
set -eu
cd "$(dirname "$0")/.."

sh tests/install.sh g++ cmake ninja-build
cmake --workflow --preset examples
bin=build/examples/examples

echo; echo '$ diagnose 127.0.0.1 1        # nobody listens there'
"$bin/diagnose" 127.0.0.1 1 || echo "exit status $?"

fifo=$(mktemp -u)
mkfifo "$fifo"
"$bin/echo_server" 127.0.0.1:0 1 >"$fifo" &
read -r _ _ address <"$fifo"
rm "$fifo"
echo; echo "\$ diagnose 127.0.0.1 ${address##*:}    # an echo server listens there"
"$bin/diagnose" 127.0.0.1 "${address##*:}"
wait

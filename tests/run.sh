#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds everything and runs all tests; those skip themselves whose libraries or tools are not there.
set -eu
cd "$(dirname "$0")/.."

# iproute2 and nftables make real network faults in namespaces of the tests' own; pkgconf is one way to find the library.
sh tests/install.sh g++ cmake ninja-build catch2 iproute2 nftables pkgconf
cmake --workflow --preset dev

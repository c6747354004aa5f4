#!/bin/sh
# SPDX-License-Identifier: MIT
# No header includes what it does not use, as include-what-you-use sees it. That a header compiles alone shows that nothing is
# missing; what a layer stands on comes with it and is not listed again, so what the tool would add is not asked for.
set -eu
cd "$(dirname "$0")/../.."

status=0
for header in $(find include -name '*.hpp' ! -name winsock.hpp | sort); do
  output=$(include-what-you-use -std=c++17 -Iinclude -Xiwyu --no_fwd_decls -Xiwyu --mapping_file="$PWD/tests/hygiene/iwyu.imp" \
    -x c++ "$header" 2>&1) || true
  case $output in
    *"has correct #includes"* | *"should remove these lines"*) ;;
    *)
      echo "$header: $output"
      status=1
      ;;
  esac
  # It lists forward declarations in an inline namespace, too, whether or not they are used.
  unused=$(printf '%s\n' "$output" | sed -n '/should remove these lines/,/^$/s/^- \(#.*\)/\1/p')
  if [ -n "$unused" ]; then
    echo "$header does not use:"
    echo "$unused"
    status=1
  fi
done
exit $status

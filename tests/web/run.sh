#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The page: its types, its state machine (Node), every screen (axe), and whole verifications in Chromium and Firefox against a real
# server, with the vendor's SDK as the customer. Needs build/release/selfsame. The last line says `N passed, N failed[, N skipped]`.
#   run.sh [NAME...]       of the browser's tests only those whose names contain one of these
#   SELFSAME_SHOTS=FOLDER  also photographs every screen, at three sizes, light and dark
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
node=$root/build/tools/node/bin/node
cd "$root"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
passed=0 failed=0 skipped=0

# suite NAME COMMAND...: adds up what its last line says; a program that ends badly has failed.
suite() {
  local name=$1 output code=0 sums
  shift
  echo "── $name"
  output=$("$@" 2>&1) || code=$?
  echo "$output"
  sums=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<< "$(tail -n 1 <<< "$output")")
  # shellcheck disable=SC2086
  set -- ${sums:-0 1}
  [ $code -eq 0 ] || [ "$2" -gt 0 ] || set -- "$1" 1
  passed=$((passed + $1)) failed=$((failed + $2))
}

# A browser that hangs must not hang everything.
limited() { timeout -k 20 900 "$@"; }

types() { "$root/build/tests/page/node_modules/.bin/tsc" -p web && echo "1 passed, 0 failed"; }

machine() {
  local output code=0
  output=$("$node" --test --test-reporter=tap 'web/src/*.test.ts' 2>&1) || code=$?
  [ $code -eq 0 ] || echo "$output"
  sed -nE 's/^# pass ([0-9]+)$/\1/p; s/^# fail ([0-9]+)$/\1/p' <<< "$output" | paste -sd' ' | sed -E 's/^([0-9]+) ([0-9]+)$/\1 passed, \2 failed/'
}

"$here/install.sh"
suite types types
suite machine machine
if [ -x /usr/lib/chromium/chromium ] && [ -x /usr/bin/firefox-esr ]; then
  "$root/tests/conformance/install.sh" node
  "$here/media.sh" "$root/build/tests/page-media"
  suite screens limited "$node" "$here/screens.mjs" "$@"
  suite rig limited "$node" --no-deprecation "$here/rig_test.mjs" "$@"
  if [ "${CI:-}" = true ]; then
    echo "SKIPPED: the five tests with a drawn person, which need a quiet machine (tests/web/run.sh actions reflection)"
    echo "SKIPPED: the four tests with spoken digits, likewise (tests/web/run.sh speech)"
    echo "SKIPPED: four tests of the guidance, which take a while (tests/web/run.sh turns eyes code speed)"
    skipped=13
  fi
  suite page limited "$node" --no-deprecation "$here/page_test.mjs" "$@"
  suite codes limited "$node" --no-deprecation "$here/codes_test.mjs" "$@"
  [ "${CI:-}" = true ] || suite speech limited "$node" --no-deprecation "$here/speech_test.mjs" "$@"
  suite documents limited "$node" --no-deprecation "$here/document_test.mjs" "$@"
  suite guide limited "$node" --no-deprecation "$here/guide_test.mjs" "$@"
  suite cards limited "$node" --no-deprecation "$here/card_test.mjs" "$@"
  suite firefox limited "$node" --no-deprecation "$here/firefox_test.mjs" "$@"
  suite shop limited "$node" --no-deprecation "$here/shop_test.mjs" "$@"
else
  echo "SKIPPED: the browser's tests need Chromium and Firefox (packaging/packages.toml)"
  skipped=1
fi
printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

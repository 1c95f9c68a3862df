#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Text messages over SMPP against two message centres: one on the npm library `smpp`, and jSMPP's simulator in a network
# namespace of its own. Where the second cannot run (no Java, no Ivy, no namespace) it is said and counted as skipped.
# The last line says `N passed, N failed[, N skipped]`.
#   SELFSAME_TEST_BINARY   another server than build/release/selfsame
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export SELFSAME_TEST_BINARY=${SELFSAME_TEST_BINARY:-$root/build/release/selfsame}
export SELFSAME_TEST_NODE=$root/build/tools/node/bin/node
export SELFSAME_TEST_SMS_NODE=$root/build/tests/sms/node
jars=$root/build/tests/sms/jars
python=/usr/bin/python3
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

# Pinned by hash, once.
stamp=$(sha256sum < "$here/package-lock.json")
if [ "$(cat "$SELFSAME_TEST_SMS_NODE/stamp" 2> /dev/null)" != "$stamp" ]; then
  rm -rf "$SELFSAME_TEST_SMS_NODE"
  mkdir -p "$SELFSAME_TEST_SMS_NODE"
  cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$SELFSAME_TEST_SMS_NODE/"
  PATH=$root/build/tools/node/bin:$PATH npm --prefix "$SELFSAME_TEST_SMS_NODE" ci --ignore-scripts --silent
  echo "$stamp" > "$SELFSAME_TEST_SMS_NODE/stamp"
fi

passed=0
failed=0
skipped=0
# add NAME COMMAND...: adds up what its last line says; a program that ends badly has failed.
add() {
  local name=$1 output code=0 sums
  shift
  echo "── $name"
  output=$("$@" 2>&1) || code=$?
  echo "$output"
  sums=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed.*$/\1 \2/p' <<< "$(tail -n 1 <<< "$output")")
  # shellcheck disable=SC2086
  set -- ${sums:-0 1}
  [ $code -eq 0 ] || [ "$2" -gt 0 ] || set -- "$1" 1
  passed=$((passed + $1)) failed=$((failed + $2))
}

add "npm smpp" "$python" -B "$here/sms_test.py"
if ! command -v java > /dev/null || [ ! -f /usr/share/java/ivy.jar ]; then
  echo "SKIPPED: jSMPP's simulator needs Java and Ivy (packaging/packages.toml)"
  skipped=1
elif ! unshare -n true 2> /dev/null; then
  echo "SKIPPED: jSMPP's simulator listens on all addresses, and no network namespace may be made for it here"
  skipped=1
elif ! "$python" "$root/tools/fetch_jars.py" "$here/jars.lock" "$jars"; then
  echo "SKIPPED: jSMPP's simulator could not be had"
  skipped=1
else
  add "jSMPP's simulator" unshare -n bash -c 'ip link set lo up && exec "$@"' bash "$python" -B "$here/jsmpp_test.py" "$jars"
fi

printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The server on a real PostgreSQL: the vendor's SDK and every command as on SQLite, the database away,
# back and newer than the server, two servers on one database. Starts and removes its own PostgreSQL.
# The last line says `N passed, N failed[, N skipped]`.
#   SELFSAME_TEST_BINARY   another server than build/release/selfsame
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export SELFSAME_TEST_BINARY=${SELFSAME_TEST_BINARY:-$root/build/release/selfsame}
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

postgres=$(mktemp -d)
trap '"$root/tests/peers/postgres.sh" stop "$postgres"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
url=$("$root/tests/peers/postgres.sh" start "$postgres")

passed=0
failed=0
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

add "the vendor's Python SDK" env SELFSAME_DATABASE_URL="$url" "$root/tests/conformance/run.sh" tencent-python
add "faults of the database" /usr/bin/python3 -B "$here/postgres_test.py" "$postgres"

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

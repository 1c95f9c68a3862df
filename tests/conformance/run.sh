#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The vendors' own SDKs against a real server: starts one on free ports with an empty database, runs
# every */*_sdk_test.* beside this file and the programs of go/ and java/, each with a customer of its own, stops it.
#   run.sh [NAME...]   only these, for example tencent-python or tencent-go
# The last line says `N passed, N failed[, N skipped]`.
#   SELFSAME_TEST_BINARY   another server than build/release/selfsame
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export SELFSAME_TEST_BINARY=${SELFSAME_TEST_BINARY:-$root/build/release/selfsame}
export SELFSAME_TEST_MEDIA=$root/build/tests/media
export SELFSAME_TEST_NODE_SDK=$root/build/tests/sdk/node
export SELFSAME_TEST_DEVICE=$here/perform.py # what Go and Java ask to be the device
node=$root/build/tools/node/bin/node
python=/usr/bin/python3
# The SDKs would honour a proxy; the server is on this machine.
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

"$here/install.sh"
"$here/make_media.sh" "$SELFSAME_TEST_MEDIA"

SELFSAME_TEST_DATA=$(mktemp -d)
export SELFSAME_TEST_DATA
log=$SELFSAME_TEST_DATA/server.log
server=
stop() {
  if [ -n "$server" ] && kill -TERM "$server" 2> /dev/null; then wait "$server" || true; fi
  rm -rf "$SELFSAME_TEST_DATA"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
export SELFSAME_TEST_SERVER=127.0.0.1:$(free_port)
admin=127.0.0.1:$(free_port)
"$SELFSAME_TEST_BINARY" serve --data "$SELFSAME_TEST_DATA" --listen "$SELFSAME_TEST_SERVER" --admin "$admin" > "$log" 2>&1 &
server=$!
for _ in $(seq 600); do
  curl -fs "http://$admin/readyz" > /dev/null && break
  kill -0 "$server" 2> /dev/null || break
  sleep 0.2
done
if ! curl -fs "http://$admin/readyz" > /dev/null; then
  tail -n 20 "$log"
  echo "the server did not become ready"
  echo "0 passed, 1 failed"
  exit 1
fi

passed=0
failed=0
skipped=0

# as_customer NAME: a fresh key, in the environment of what runs next.
as_customer() {
  local key
  key=$("$SELFSAME_TEST_BINARY" key create --data "$SELFSAME_TEST_DATA" --name "$1" --json)
  export SELFSAME_TEST_CUSTOMER=$1
  SELFSAME_TEST_KEY_ID=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["access_key_id"])' <<< "$key")
  SELFSAME_TEST_SECRET=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["access_key_secret"])' <<< "$key")
  SELFSAME_TEST_APPCODE=$("$python" -c 'import json, sys; print(json.load(sys.stdin)["appcode"])' <<< "$key")
  export SELFSAME_TEST_KEY_ID SELFSAME_TEST_SECRET SELFSAME_TEST_APPCODE
}

# run NAME COMMAND...: adds up what its last line says; a program that ends badly has failed.
run() {
  local name=$1 output code=0 sums
  shift
  as_customer "$name"
  echo "── $name"
  output=$("$@" 2>&1) || code=$?
  echo "$output"
  sums=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<< "$(tail -n 1 <<< "$output")")
  # shellcheck disable=SC2086
  set -- ${sums:-0 1}
  [ $code -eq 0 ] || [ "$2" -gt 0 ] || set -- "$1" 1
  passed=$((passed + $1)) failed=$((failed + $2))
}

# wanted NAME: whether the command line asks for it.
names=" $* "
wanted() { [ "$names" = "  " ] || [[ $names == *" $1 "* ]]; }

for test in "$here"/*/*_sdk_test.*; do
  name=$(basename "$(dirname "$test")")-$(basename "$test" | sed 's/_sdk_test.*//')
  wanted "$name" || continue
  case $test in
    *.py) run "$name" env PYTHONPATH="$root/build/tests/sdk/python" "$python" -B "$test" ;;
    *.mjs) run "$name" "$node" --no-deprecation "$test" ;;
  esac
done
for program in tencent alibaba-verification alibaba-sms; do
  wanted "$program-go" && run "$program-go" "$root/build/tests/sdk/go/conformance" "${program#alibaba-}"
done
for program in tencent alibaba-verification alibaba-sms megvii-gateway; do
  wanted "$program-java" || continue
  if [ ! -f "$root/build/tests/sdk/classes/stamp" ]; then
    echo "SKIPPED: $program-java needs javac and Ivy (packaging/packages.toml)"
    skipped=$((skipped + 1))
    continue
  fi
  run "$program-java" java -XX:TieredStopAtLevel=1 -Dslf4j.internal.verbosity=ERROR -cp "$root/build/tests/sdk/classes:$root/build/tests/sdk/jars/*" Kit "${program#*-}"
done

# The project's older kit, where the folder that holds it is mounted: it asks for every action of the
# surface. A check that fails because its action is not offered yet is counted as skipped.
kit=$root/../shared/conformance
run_kit() {
  local name=$1 output sums missing
  shift
  as_customer "$name"
  echo "── $name (extra)"
  output=$("$@" "$SELFSAME_TEST_MEDIA"/{same_person,same_person,other_person}.jpg "$SELFSAME_TEST_MEDIA/live.mp4" 2>&1) || true
  grep '^FAIL' <<< "$output" | grep -v 'UnsupportedOperation' || true
  sums=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<< "$(tail -n 1 <<< "$output")")
  missing=$(grep -c '^FAIL.*UnsupportedOperation' <<< "$output" || true)
  # shellcheck disable=SC2086
  set -- ${sums:-0 $((missing + 1))}
  echo "$1 passed, $(($2 - missing)) failed, $missing need an action that is not offered yet"
  passed=$((passed + $1)) failed=$((failed + $2 - missing)) skipped=$((skipped + missing))
}
kit_environment() {
  SELFSAME_ENDPOINT=http://$SELFSAME_TEST_SERVER SELFSAME_SDK_DIR=$root/build/tests/sdk \
    SELFSAME_ACCESS_KEY_ID=$SELFSAME_TEST_KEY_ID SELFSAME_ACCESS_KEY_SECRET=$SELFSAME_TEST_SECRET \
    SELFSAME_APPCODE=$SELFSAME_TEST_APPCODE \
    PYTHONPATH=$root/build/tests/sdk/python PYTHONDONTWRITEBYTECODE=1 "$@"
}
if [ $# -gt 0 ]; then
  echo "only $*: without the extra kit"
elif [ -d "$kit" ]; then
  run_kit kit-tencent-python kit_environment "$python" "$kit/tencent_python.py"
  run_kit kit-tencent-node kit_environment "$node" --no-deprecation "$kit/tencent_node.mjs"
  run_kit kit-alibaba-python kit_environment "$python" "$kit/alibaba_python.py"
  run_kit kit-alibaba-node kit_environment "$node" --no-deprecation "$kit/alibaba_node.mjs"
  run_kit kit-sms-node kit_environment "$node" --no-deprecation "$kit/sms_node.mjs"
  run_kit kit-gateway-node kit_environment "$node" --no-deprecation "$kit/gateway_node.mjs"
  run_kit kit-megvii-raw kit_environment "$python" "$kit/megvii_raw.py"
else
  echo "SKIPPED: the extra kit is not here ($kit)"
  skipped=$((skipped + 1))
fi

if ! kill -0 "$server" 2> /dev/null; then
  echo "the server ended during the tests:"
  tail -n 20 "$log"
  failed=$((failed + 1))
fi
if [ "$failed" -gt 0 ]; then
  mkdir -p "$root/build/logs"
  cp "$log" "$root/build/logs/conformance-server.log"
  echo "the server's log: build/logs/conformance-server.log"
fi
printf '%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

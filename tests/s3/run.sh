#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The S3 blob store against a real object store (SeaweedFS) and, for slow and failing ones, a proxy
# of faults before it: the storage room's tests, then the server end to end.
#   SELFSAME_TEST_PRESET   another build than release
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
preset=${SELFSAME_TEST_PRESET:-release}
python=/usr/bin/python3
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
folder=$(mktemp -d)
proxy=
stop() {
  [ -z "$proxy" ] || kill "$proxy" 2> /dev/null || true
  "$root/tests/peers/seaweedfs.sh" stop "$folder/store"
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$root/tests/peers/seaweedfs.sh" start "$folder/store" > "$folder/names" || { echo "0 passed, 1 failed"; exit 1; }
while IFS='=' read -r name value; do export "SELFSAME_TEST_$name=$value"; done < "$folder/names"
export SELFSAME_TEST_S3_FAULTS=$folder/faults
port=$("$python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
export SELFSAME_TEST_S3_PROXY=http://127.0.0.1:$port
echo "start ok" > "$folder/faults"
"$python" -B "$here/fault_proxy.py" "$port" "${SELFSAME_TEST_S3_ENDPOINT##*:}" "$folder/faults" &
proxy=$!
for _ in $(seq 50); do (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null && break || sleep 0.1; done

passed=0
failed=0
code=0
output=$folder/output
(cd "$root" && "build/$preset/src/storage/storage_tests" --gtest_brief=1 --gtest_filter='BlobsS3*:S3*:*/BlobStoreContract.*/s3' \
  --gtest_output="json:$folder/results.json") > "$output" 2>&1 || code=$?
cat "$output"
read -r passed failed <<< "$("$python" -c 'import json, sys; r = json.load(open(sys.argv[1])); bad = r["failures"] + r["errors"] + sum(t.get("result") == "SKIPPED" for s in r["testsuites"] for t in s["testsuite"]); print(r["tests"] - bad, bad)' "$folder/results.json" || echo 0 1)"
[ $code -eq 0 ] || [ "$failed" -gt 0 ] || failed=1

if [ -f "$here/server_test.py" ]; then
  code=0
  "$python" -B "$here/server_test.py" 2>&1 | tee "$output" || code=$?
  read -r more_passed more_failed <<< "$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<< "$(tail -n 1 "$output")")"
  passed=$((passed + ${more_passed:-0})) failed=$((failed + ${more_failed:-1}))
  [ $code -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets (clang, ASan, UBSan) and runs each for a while on its corpus, as many at once
# as there are cores.
#   SELFSAME_FUZZ_SECONDS   how long each (default 10)
#   SELFSAME_FUZZ_TARGETS   which ones (default: all)
# What libFuzzer finds worth keeping goes to build/fuzz/found/TARGET, what crashes to build/fuzz/crashes.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tools/setup.sh"
seconds=${SELFSAME_FUZZ_SECONDS:-10}
programs=$root/build/fuzz/tests/fuzz
mkdir -p "$logs" "$root/build/fuzz/crashes"
build fuzz tests/fuzz/all

# fuzz NAME: one line about it; fails when the target does.
fuzz() {
  local name=$1 log=$logs/fuzz-$1.log found=$root/build/fuzz/found/$1
  mkdir -p "$found"
  if "$programs/${name}_fuzz" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$root/build/fuzz/crashes/$name-" "$found" "$root/tests/fuzz/corpus/$name" > "$log" 2>&1; then
    echo "   $name: $(sed -nE 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, no complaint"
  else
    tail -n 30 "$log"
    echo "   $name: FAILED; the input is in build/fuzz/crashes, the whole output in build/logs/fuzz-$name.log"
    return 1
  fi
}

targets=${SELFSAME_FUZZ_TARGETS:-$(cd "$programs" && ls -1 ./*_fuzz | sed -E 's,^\./(.*)_fuzz$,\1,')}
count=$(wc -w <<< "$targets")
cores=$(jobs)
echo "   $count targets for $seconds s each, $cores at once: about $(((count + cores - 1) / cores * seconds)) s"
passed=0
failed=0
running=0
reap() {
  if wait -n; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  running=$((running - 1))
}
for name in $targets; do
  [ "$running" -lt "$cores" ] || reap
  fuzz "$name" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do reap; done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

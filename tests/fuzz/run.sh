#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets (clang, ASan, UBSan) and runs each for a while on its corpus.
#   SELFSAME_FUZZ_SECONDS   how long each (default 10)
# What libFuzzer finds worth keeping goes to build/fuzz/found/TARGET, what crashes to build/fuzz/crashes.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tools/setup.sh"
seconds=${SELFSAME_FUZZ_SECONDS:-10}
mkdir -p "$logs" "$root/build/fuzz/crashes"
build fuzz tests/fuzz/all

passed=0
failed=0
for program in "$root"/build/fuzz/tests/fuzz/*_fuzz; do
  name=$(basename "$program" _fuzz)
  found=$root/build/fuzz/found/$name
  mkdir -p "$found"
  log=$logs/fuzz-$name.log
  if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$root/build/fuzz/crashes/$name-" "$found" "$root/tests/fuzz/corpus/$name" > "$log" 2>&1; then
    passed=$((passed + 1))
    echo "   $name: $(sed -nE 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s, no complaint"
  else
    failed=$((failed + 1))
    tail -n 30 "$log"
    echo "   $name: FAILED; the input is in build/fuzz/crashes, the whole output in build/logs/fuzz-$name.log"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]

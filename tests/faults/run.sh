#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real server under real load meets what happens to servers: kill -9, SIGTERM, a full disk, a data
# folder that became read-only, a damaged database.
#   run.sh [--kills N] [--kills-postgres N] [--kills-sessions N] [--kills-surfaces N] [--surfaces NAME...]
#     [--stops N] [--seed N] [--no-disks]
# The short form (5 kills, 2 on PostgreSQL, 3 with verification sessions, 2 with every surface at work, 2 stops; about
# two minutes) is part of ./test; the long one:
#   tests/faults/run.sh --kills 100 --kills-postgres 50 --kills-sessions 20 --kills-surfaces 100 --stops 20
# The last line says `N passed, N failed[, N skipped]`.
#   SELFSAME_TEST_BINARY   another server than build/release/selfsame
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export SELFSAME_TEST_BINARY=${SELFSAME_TEST_BINARY:-$root/build/release/selfsame}
export SELFSAME_TEST_MEDIA=$root/build/tests/faults
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

# The shortest video that is judged, small: many requests shall be under way when the server dies.
fixtures=$root/build/fixtures
mkdir -p "$SELFSAME_TEST_MEDIA"
cd "$SELFSAME_TEST_MEDIA"
if [ ! -f stamp ]; then
  make() { ffmpeg -nostdin -v error -y "$@"; }
  make -i "$fixtures/talking.mp4" -t 2.3 -r 15 -c:v libx264 -crf 18 -pix_fmt yuv420p -an video.mp4
  cp "$fixtures/talking.jpg" same.jpg
  make -i "$fixtures/obama.jpg" -vf scale=480:-2 -q:v 2 other.jpg
  make -i "$fixtures/obama2.jpg" -vf scale=480:-2 -q:v 2 other2.jpg
  make -f lavfi -i testsrc2=size=320x240:rate=15 -t 2.3 -c:v libx264 -pix_fmt yuv420p -an nobody.mp4
  touch stamp
fi
exec /usr/bin/python3 -B "$here/faults_test.py" "$@"

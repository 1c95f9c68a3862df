#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the files that Chromium takes for a camera's out of build/fixtures: media.sh FOLDER
# Heads that move as they are asked to, and the light on them, are drawn by the tools of tests/clips: a minute, once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
from=$root/build/fixtures
to=$1
wanted=${CI:-}$(cat "$here/media.sh" "$from/talking.mp4" "$from/astronaut.png" "$from/obama.jpg" | sha256sum)
[ "$(cat "$to/stamp" 2> /dev/null)" != "$wanted" ] || exit 0
mkdir -p "$to"
camera() { ffmpeg -nostdin -v error -y "$@"; }
# Chromium repeats a file from its beginning: there and back, so that there is no cut. MJPEG is a tenth of Y4M.
camera -i "$from/talking.mp4" -filter_complex '[0]split[a][b];[b]reverse[c];[a][c]concat,fps=30' -pix_fmt yuvj420p \
  -c:v mjpeg -q:v 2 -f mjpeg "$to/talking.mjpeg"
# As a phone's camera program writes it: without the name of a converter.
camera -i "$from/talking.mp4" -c copy -map_metadata -1 -fflags +bitexact "$to/film.mp4"
camera -loop 1 -i "$from/astronaut.png" -t 2 -r 30 -vf "crop=234:312:108:0,scale=480:640" -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/portrait.mjpeg"
# A portrait as the page's oval wants it, and too far away.
for place in placed:528:704:371:480 far:1066:1422:102:73; do
  IFS=: read -r name width height x y <<< "$place"
  camera -loop 1 -i "$from/obama.jpg" -t 1 -r 30 -vf "pad=1210:1937:150:600:gray,crop=$width:$height:$x:$y,scale=480:640" \
    -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/$name.mjpeg"
done
# CI does without drawn persons: tests/web/page_test.mjs.
if [ "${CI:-}" = true ]; then echo "$wanted" > "$to/stamp"; exit 0; fi
# The same seed moves the head alike, so that one clip can go over into another at any time at which neither acts.
# Prompts come at 0.8 s and 3.6 s of a recording (core/challenge.cpp); a person begins half a second later.
for clip in still: nod-0:nod@1.3 nod-1:nod@4.1 open_mouth-0:open_mouth@1.3 open_mouth-1:open_mouth@4.1 turn_left-0:turn_left@1.3 turn_left-1:turn_left@4.1; do
  "$root/build/release/portrait_clip" --portrait "$from/obama.jpg" --size 480x640 --rate 20 --seed 3 --seconds 7 --actions "${clip#*:}" |
    camera -f rawvideo -pixel_format bgr24 -video_size 480x640 -framerate 20 -i - -vf scale=360:480 -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/${clip%%:*}.mjpeg"
done
# What a white screen adds to a head: with it less without it, four times as bright so that JPEG keeps it.
"$root/build/release/portrait_clip" --portrait "$from/obama.jpg" --size 480x640 --rate 15 --seed 3 --seconds 7 > "$to/motion.bgr"
for colour in ffffff 000000; do
  "$root/build/release/reflection_clip" --motion "$to/motion.bgr" --motion-rate 15 --seconds 7 --rate 15 --flashes $colour:7000 \
    --begin 0 --reflected 0.15 --seed 3 > "$to/$colour.bgr"
done
raw=(-f rawvideo -pixel_format bgr24 -video_size 480x640 -framerate 15)
camera "${raw[@]}" -i "$to/000000.bgr" -vf scale=360:480 -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/dark.mjpeg"
camera "${raw[@]}" -i "$to/ffffff.bgr" "${raw[@]}" -i "$to/000000.bgr" -filter_complex \
  "[0]format=gbrp[a];[1]format=gbrp[b];[a][b]blend=all_expr='clip((A-B)*4,0,255)',scale=360:480" \
  -pix_fmt yuvj444p -c:v mjpeg -q:v 3 -f mjpeg "$to/gain.mjpeg"
rm "$to"/*.bgr
echo "$wanted" > "$to/stamp"

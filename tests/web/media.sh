#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the files that Chromium takes for a camera's out of build/fixtures: media.sh FOLDER
# Heads that move as they are asked to are drawn by portrait_clip, which takes half a minute, once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
from=$root/build/fixtures
to=$1
wanted=$(cat "$here/media.sh" "$from/talking.mp4" "$from/astronaut.png" "$from/obama.jpg" | sha256sum)
[ "$(cat "$to/stamp" 2> /dev/null)" != "$wanted" ] || exit 0
mkdir -p "$to"
camera() { ffmpeg -nostdin -v error -y "$@"; }
# Chromium repeats a file from its beginning: there and back, so that there is no cut. MJPEG is a tenth of Y4M.
camera -i "$from/talking.mp4" -filter_complex '[0]split[a][b];[b]reverse[c];[a][c]concat,fps=30' -pix_fmt yuvj420p \
  -c:v mjpeg -q:v 2 -f mjpeg "$to/talking.mjpeg"
# As a phone's camera program writes it: without the name of a converter.
camera -i "$from/talking.mp4" -c copy -map_metadata -1 -fflags +bitexact "$to/film.mp4"
camera -loop 1 -i "$from/astronaut.png" -t 2 -r 30 -vf "crop=384:512:30:0,scale=480:640" -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/portrait.mjpeg"
# The same seed moves the head alike, so that one clip can go over into another at any time at which neither acts.
# Prompts come at 0.8 s and 3.6 s of a recording (core/challenge.cpp); a person begins half a second later.
for clip in still: nod-0:nod@1.3 nod-1:nod@4.1 open_mouth-0:open_mouth@1.3 open_mouth-1:open_mouth@4.1 turn_left-0:turn_left@1.3 turn_left-1:turn_left@4.1; do
  "$root/build/release/portrait_clip" --portrait "$from/obama.jpg" --size 480x640 --rate 20 --seed 3 --seconds 7 --actions "${clip#*:}" |
    camera -f rawvideo -pixel_format bgr24 -video_size 480x640 -framerate 20 -i - -vf scale=360:480 -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/${clip%%:*}.mjpeg"
done
echo "$wanted" > "$to/stamp"

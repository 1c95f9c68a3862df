#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the files that Chromium takes for a camera's out of build/fixtures: media.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
from=$(cd "$here/../../build/fixtures" && pwd)
to=$1
wanted=$(cat "$here/media.sh" "$from/talking.mp4" "$from/astronaut.png" | sha256sum)
[ "$(cat "$to/stamp" 2> /dev/null)" != "$wanted" ] || exit 0
mkdir -p "$to"
camera() { ffmpeg -nostdin -v error -y "$@"; }
# Chromium repeats a file from its beginning: there and back, so that there is no cut. MJPEG is a tenth of Y4M.
camera -i "$from/talking.mp4" -filter_complex '[0]split[a][b];[b]reverse[c];[a][c]concat,fps=30' -pix_fmt yuvj420p \
  -c:v mjpeg -q:v 2 -f mjpeg "$to/talking.mjpeg"
camera -loop 1 -i "$from/astronaut.png" -t 2 -r 30 -vf "crop=384:512:30:0,scale=480:640" -pix_fmt yuvj420p -c:v mjpeg -q:v 3 -f mjpeg "$to/portrait.mjpeg"
echo "$wanted" > "$to/stamp"

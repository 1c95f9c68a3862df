#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes what the conformance programs send out of build/fixtures: make_media.sh FOLDER
# Nothing happens when FOLDER was made by this very file from these very fixtures.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
from=$(cd "$here/../../build/fixtures" && pwd)
to=$1
wanted=$(cat "$here/make_media.sh" "$from/talking.mp4" "$from/talking.jpg" "$from/obama.jpg" "$from/biden.jpg" | sha256sum)
if [ "$(cat "$to/stamp" 2> /dev/null)" = "$wanted" ]; then
  exit 0
fi
mkdir -p "$to"
cd "$to"
make() { ffmpeg -nostdin -v error -y "$@"; }
h264=(-c:v libx264 -crf 18 -pix_fmt yuv420p -an)

cp "$from/talking.mp4" live.mp4
cp "$from/talking.jpg" same_person.jpg
make -i "$from/obama.jpg" -vf scale=480:-2 -q:v 2 other_person.jpg
make -f lavfi -i mandelbrot=size=480x480 -frames:v 1 -q:v 2 no_face.jpg
make -i "$from/obama.jpg" -i "$from/biden.jpg" -filter_complex \
  '[0]scale=480:600[a];[1]crop=970:1212:0:0,scale=480:600[b];[a][b]hstack' -q:v 2 two_faces.jpg
make -i "$from/talking.jpg" -vf scale=60:-2 -q:v 2 tiny.jpg
make -i "$from/talking.jpg" -vf hue=s=0 -q:v 2 grey_person.jpg

# Passports, the first with the portrait of the person in live.mp4.
/usr/bin/python3 -B "$here/../documents/generate.py" --types InternationalIDPassport --count 2 --first 1 --seed 7 . > /dev/null
mv InternationalIDPassport-0001-front.jpg card_same_person.jpg
mv InternationalIDPassport-0002-front.jpg card_other_person.jpg
rm InternationalIDPassport-*

make -i live.mp4 -t 1 "${h264[@]}" one_second.mp4
make -f lavfi -i mandelbrot=size=480x480:rate=30 -t 3 "${h264[@]}" no_face.mp4
make -i live.mp4 -i live.mp4 -filter_complex '[0][1]hstack' "${h264[@]}" two_faces.mp4
head -c 20000 /dev/zero | tr '\0' 'x' > corrupt.mp4
head -c 4096 live.mp4 > cut_off.mp4

echo "$wanted" > stamp

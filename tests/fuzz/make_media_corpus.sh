#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the first inputs of the media fuzzers: the smallest file of each kind. Needs ffmpeg.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/corpus"
make_file() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }
mkdir -p image_header video audio
picture=(-f lavfi -i testsrc=s=24x16 -frames:v 1)
make_file "${picture[@]}" -pix_fmt yuvj420p image_header/baseline.jpg
make_file "${picture[@]}" image_header/rgb.png
make_file "${picture[@]}" -pix_fmt pal8 image_header/palette.png
make_file "${picture[@]}" -pix_fmt rgba64be image_header/deep.png
make_file "${picture[@]}" -c:v libwebp image_header/lossy.webp
make_file "${picture[@]}" -c:v libwebp -lossless 1 image_header/lossless.webp
printf 'MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0' > image_header/exif_only
film=(-f lavfi -i testsrc=s=32x32:r=5:d=0.6 -pix_fmt yuv420p)
quiet=(-bitexact -fflags +bitexact)
make_file "${film[@]}" -c:v libx264 -preset ultrafast -x264-params no-info=1 "${quiet[@]}" video/h264.mp4
make_file "${film[@]}" -c:v libx264 -preset ultrafast -movflags frag_keyframe+empty_moov "${quiet[@]}" video/fragments.mp4
make_file "${film[@]}" -c:v mpeg4 "${quiet[@]}" video/mpeg4.mov
make_file "${film[@]}" -c:v libx265 -x265-params log-level=none:info=0 "${quiet[@]}" video/hevc.mkv
make_file "${film[@]}" -c:v libvpx "${quiet[@]}" -live 1 video/vp8.webm
make_file "${film[@]}" -c:v libvpx-vp9 "${quiet[@]}" video/vp9.webm
make_file "${film[@]}" -c:v mpeg4 "${quiet[@]}" video/mpeg4.avi
make_file "${film[@]}" -c:v libx264 -preset ultrafast "${quiet[@]}" video/h264.flv
sound=(-f lavfi -i sine=f=440:d=0.12:r=16000)
make_file "${sound[@]}" -c:a aac "${quiet[@]}" audio/aac.mp4
make_file "${sound[@]}" -c:a aac -movflags frag_keyframe+empty_moov "${quiet[@]}" audio/fragments.mp4
make_file "${sound[@]}" -c:a pcm_mulaw -ar 8000 "${quiet[@]}" audio/ulaw.mov
make_file "${sound[@]}" -c:a libopus "${quiet[@]}" audio/opus.webm
make_file "${sound[@]}" -c:a libvorbis "${quiet[@]}" audio/vorbis.mkv
make_file "${sound[@]}" -c:a libmp3lame "${quiet[@]}" audio/mp3.avi
make_file "${sound[@]}" -c:a pcm_u8 -ar 8000 "${quiet[@]}" audio/u8.avi
make_file "${sound[@]}" -c:a aac "${quiet[@]}" audio/aac.flv

# SPDX-License-Identifier: Apache-2.0
"""Photos and videos for the codes, by ffmpeg out of the fixture clip (528x432, a face of 160 px in its middle)."""

import functools
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "build/fixtures"
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_codes_"))
TALKING, PHOTO, OBAMA, BIDEN = (FIXTURES / name for name in ("talking.mp4", "talking.jpg", "obama.jpg", "biden.jpg"))
H264 = ("-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p")
PATTERN = ("-f", "lavfi", "-i", "mandelbrot=size=480x480:rate=30")
count = 0


def made(suffix, *words):
    global count
    count += 1
    file = FOLDER / f"{count}{suffix}"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words), file], check=True, timeout=120)
    return file.read_bytes()


@functools.cache
def talking(filters="null", *more):
    return made(".mp4", "-i", TALKING, "-vf", filters, *H264, *(more or ("-an",)))


@functools.cache
def video(*words):
    return made(".mp4", *words, *H264, "-an")


@functools.cache
def photo(filters="null", file=PHOTO):
    return made(".jpg", "-i", file, "-vf", filters, "-q:v", "2", "-frames:v", "1")


@functools.cache
def two_people():
    return made(".jpg", "-i", OBAMA, "-i", BIDEN, "-filter_complex",
                "[0]scale=480:600[a];[1]crop=970:1212:0:0,scale=480:600[b];[a][b]hstack", "-q:v", "2")


@functools.cache
def spoken(text, volume="1", filters="null"):
    """The clip with another voice; its lips move to what the person once said."""
    sound = FOLDER / f"voice{abs(hash((text, volume)))}.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "110", "-w", sound, text], check=True, timeout=60)
    return made(".mp4", "-i", TALKING, "-i", sound, "-vf", filters, "-af", f"apad,volume={volume}", "-t", "4", *H264,
                "-c:a", "aac")


def frozen():
    """One picture for three seconds."""
    return video("-loop", "1", "-framerate", "30", "-i", PHOTO, "-t", "3", "-vf", "scale=480:-2")

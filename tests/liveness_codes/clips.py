# SPDX-License-Identifier: Apache-2.0
"""Photos and videos for the codes, by ffmpeg out of the fixture clip (528x432, a face of 160 px in its middle)."""

import functools
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "build/fixtures"
BINARIES = pathlib.Path(os.environ.get("SELFSAME_TEST_BINARY", ROOT / "build/release/selfsame")).parent
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
def said(text):
    sound = FOLDER / f"{text.replace(' ', '')}.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "130", "-g", "8", "-w", sound, text], check=True, timeout=60)
    return sound


@functools.cache
def spoken(text, volume="1", lips=True):
    """A drawn head that speaks; docs/testing.md."""
    sound = said(text)
    head = FOLDER / f"speaker{lips}{sound.stem}.mp4"
    head.write_bytes(acted(*(("--mouth-from", sound) if lips else ("--actions", "nod@1.2")), seconds=5))
    return made(".mp4", "-i", head, "-i", sound, "-c:v", "copy", "-af", f"apad,volume={volume}", "-t", "5", "-c:a", "aac")


@functools.cache
def acted(*words, portrait="biden.jpg", seconds=4, filters="null"):
    """A drawn head that moves; docs/testing.md, "Moving heads". The seed is one that nothing was tuned on."""
    size, rate = "480x640", "25"
    frames = subprocess.run(
        [BINARIES / "portrait_clip", "--portrait", FIXTURES / portrait, *words, "--seconds", str(seconds), "--seed",
         "1001", "--size", size, "--rate", rate], check=True, capture_output=True, timeout=300).stdout
    raw = FOLDER / "frames.bgr"
    raw.write_bytes(frames)
    return made(".mp4", "-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", size, "-framerate", rate, "-i", raw,
                "-vf", filters, *H264)


@functools.cache
def swapped():
    """Another head, softly, in the middle of the clip."""
    heads = [FOLDER / f"head{portrait}.mp4" for portrait in ("biden", "obama3")]
    for head in heads:
        head.write_bytes(acted("--talking", portrait=head.stem[4:] + ".jpg", seconds=3))
    return video("-i", heads[0], "-i", heads[1], "-filter_complex",
                 "[0]settb=AVTB,fps=25[a];[1]settb=AVTB,fps=25[b];[a][b]xfade=duration=0.4:offset=2")


def on_a_screen(clip, box, opacity):
    """A frame as of a device and a grey room outside it (box: left, top, width, height), laid over the clip."""
    left, top, width, height = box
    right, bottom = left + width, top + height
    room = ((0, 0, "iw", top), (0, bottom, "iw", f"ih-{bottom}"), (0, top, left, height), (right, top, f"iw-{right}", height))
    boxes = [f"drawbox=x={x}:y={y}:w={w}:h={h}:color=gray@{opacity}:t=fill" for x, y, w, h in room]
    boxes.append(f"drawbox=x={left}:y={top}:w={width}:h={height}:color=black@{opacity}:t=14")
    file = FOLDER / "bare.mp4"
    file.write_bytes(clip)
    return made(".mp4", "-i", file, "-vf", ",".join(boxes), *H264, "-an")


def frozen():
    """One picture for three seconds."""
    return video("-loop", "1", "-framerate", "30", "-i", PHOTO, "-t", "3", "-vf", "scale=480:-2")

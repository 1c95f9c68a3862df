# SPDX-License-Identifier: Apache-2.0
"""Recordings that answer a challenge which the server drew, by the tools of docs/testing.md.

Each maker returns the parts to be uploaded and what the device says beside them when it seals them.
"""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("SELFSAME_TEST_BINARY", ROOT / "build/release/selfsame")).parent
SIZE, RATE_HZ, LIT_RATE_HZ = "480x640", 25, 15
PROMPT_S = 0.5  # from a prompt to the person's beginning
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p")
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True, timeout=120)


def encoded(frames, clip, *sound, rate_hz=RATE_HZ):
    ffmpeg("-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", SIZE, "-framerate", rate_hz, "-i", frames, *sound, *H264, clip)
    return clip.read_bytes()


def drawn(portrait, frames, challenge, seed, *words, rate_hz=RATE_HZ):
    with frames.open("wb") as out:
        subprocess.run(
            [BINARIES / "portrait_clip", "--portrait", portrait, "--size", SIZE, "--rate", str(rate_hz), "--seed", str(seed),
             "--seconds", str(challenge["duration_s"]), *map(str, words)], check=True, stdout=out, timeout=300)


def prompted(challenge):
    """The actions, each soon after its prompt, as portrait_clip is told them."""
    return ",".join(f"{each['action']}@{each['window']['begin_s'] + PROMPT_S:.2f}" for each in challenge["actions"])


def acted(challenge, portrait, folder, seed):
    """A video of a head that does what is asked, in its order."""
    frames = folder / "acted.bgr"
    drawn(portrait, frames, challenge, seed, "--actions", prompted(challenge))
    return {"video": encoded(frames, folder / "acted.mp4")}, {}


def spoken(challenge, portrait, folder, seed):
    """A video of a head that speaks the digits when they are asked for; its face is near, so that lips can be read."""
    voice, sound, frames = (folder / name for name in ("voice.wav", "sound.wav", "spoken.bgr"))
    words = ", ".join(DIGITS[int(digit)] for digit in challenge["digits"])
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "130", "-w", voice, words], check=True, timeout=60)
    begin_ms = int(1000 * challenge["speech"]["begin_s"])
    ffmpeg("-i", voice, "-af", f"adelay={begin_ms},apad=whole_dur={challenge['duration_s']}", sound)
    drawn(portrait, frames, challenge, seed, "--mouth-from", sound, "--face", 0.5)
    return {"video": encoded(frames, folder / "spoken.mp4", "-i", sound, "-c:a", "aac")}, {}


def flashing(challenge, seed, *words):
    """Calls reflection_clip: what it writes."""
    flashes = ",".join(f"{each['red']:02x}{each['green']:02x}{each['blue']:02x}:{each['duration_ms']}" for each in challenge["flashes"])
    return subprocess.run(
        [BINARIES / "reflection_clip", "--flashes", flashes, "--begin", str(challenge["flashes_begin_s"]), "--reflected", "0.15",
         "--seed", str(seed), *map(str, words)], check=True, capture_output=True, timeout=300).stdout


def stills(challenge, folder, seed, *subject):
    said = json.loads(flashing(challenge, seed, *subject, "--stills", folder))
    parts = {f"still-{i}": (folder / each["file"]).read_bytes() for i, each in enumerate(said["stills"], 1)}
    times = [{"part": part, "time_s": each["time_s"]} for part, each in zip(parts, said["stills"], strict=True)]
    return parts, {"stills": times, "flash_shown_at_s": said["flash_shown_at_s"]}


def lit(challenge, portrait, folder, seed):
    """Stills of a head under the screen's colours."""
    return stills(challenge, folder, seed, "--portrait", portrait)


def acted_and_lit(challenge, portrait, folder, seed):
    """A head that does what is asked and then answers the colours, in a video and in stills."""
    motion, frames = folder / "motion.bgr", folder / "lit.bgr"
    drawn(portrait, motion, challenge, seed, "--actions", prompted(challenge), rate_hz=LIT_RATE_HZ)
    subject = ("--motion", motion, "--motion-rate", LIT_RATE_HZ)
    frames.write_bytes(flashing(challenge, seed, *subject, "--seconds", challenge["duration_s"], "--rate", LIT_RATE_HZ))
    video = encoded(frames, folder / "lit.mp4", rate_hz=LIT_RATE_HZ)
    parts, said = stills(challenge, folder, seed, *subject)
    return {"video": video, **parts}, said

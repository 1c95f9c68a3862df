#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The device for programs in other languages: perform.py TOKEN answers one challenge with live.mp4 and waits for the verdict."""
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "native")]
from kit import SERVER, media  # noqa: E402
from device import Device  # noqa: E402

LIVE_S = 4  # of live.mp4: no recording is older than its challenge

device = Device(int(SERVER.rsplit(":", 1)[1]), sys.argv[1])
challenge = device.challenge().json
time.sleep(LIVE_S)
device.upload_all(challenge, "video", media("live.mp4"))
sealed = device.seal(challenge)
if sealed.status != 202:
    sys.exit(f"not sealed: {sealed}")
device.result(120)

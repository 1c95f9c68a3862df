#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A short clip of the victim made long: looped, and played forwards and backwards, encoded anew."""

from attack_base import TALKING, TALKING_PHOTO, ClipAttack, main_of


class LoopedClip(ClipAttack):
    def test_a_clip_that_comes_again_is_refused(self):
        loop = self.encoded(
            "loop.mp4", "-t", "1.2", "-i", TALKING, "-an", "-filter_complex", "split=3[a][b][c];[a][b][c]concat=n=3:v=1"
        )
        to_and_fro = self.encoded(
            "to_and_fro.mp4", "-t", "2", "-i", TALKING, "-an",
            "-filter_complex", "split[a][b];[b]reverse[r];[a][r]concat=n=2:v=1",
        )
        self.assert_refused(
            [loop, to_and_fro], TALKING_PHOTO, ["FailedOperation.SilentPictureLiveFail"], ["repeated_frames"]
        )


if __name__ == "__main__":
    main_of(__name__)

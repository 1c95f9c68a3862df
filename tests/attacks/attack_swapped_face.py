#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody else takes the place of the living person in the middle of the clip: by a cut, and softly."""

from attack_base import OBAMA2, TALKING, TALKING_PHOTO, ClipAttack, main_of

SWAYING = (
    "scale=320:-2,crop=320:420:0:40,pad=568:472:124:26:gray,crop=528:432:x='20+8*sin(2*t)':y='20+6*cos(3*t)',"
    "noise=alls=4:allf=t,fps=30000/1001,format=yuv420p,setsar=1"
)


class SwappedFace(ClipAttack):
    def swapped(self, name, joined):
        return self.encoded(
            name, "-t", "2", "-i", TALKING, "-loop", "1", "-t", "2.5", "-i", OBAMA2, "-an", "-filter_complex",
            f"[0:v]scale=528:432,fps=30000/1001,format=yuv420p,setsar=1[a];[1:v]{SWAYING}[b];[a][b]{joined}",
        )

    def test_another_face_in_the_middle_is_refused(self):
        cut = self.swapped("cut.mp4", "concat=n=2:v=1")
        soft = self.swapped("soft.mp4", "xfade=duration=0.4:offset=1.5")
        results = ["FailedOperation.SilentPictureLiveFail", "FailedOperation.SilentDetectFail"]
        self.assert_refused([cut, soft], TALKING_PHOTO, results, ["face_changed"])


if __name__ == "__main__":
    main_of(__name__)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One photo as a video: still, and moved like a hand-held camera with a camera's noise and light."""

from attack_base import OBAMA2, ClipAttack, main_of

MOVED = (
    "scale=560:-2,rotate=0.01*sin(1.7*t):ow=iw:oh=ih,"
    "crop=480:640:x='40+{0}*sin(1.3*t)+{0}*sin(2.9*t)':y='70+{0}*cos(1.1*t)',"
    "eq=brightness='0.02*sin(2*t)':eval=frame,noise=alls=5:allf=t,format=yuv420p"
)


class StillPhoto(ClipAttack):
    def test_a_photo_is_no_video_however_it_is_moved(self):
        clips = []
        for name, sway in (("still", 0), ("sway", 5), ("swing", 14)):
            words = ("-loop", "1", "-r", "25", "-i", OBAMA2, "-t", "3", "-vf", MOVED.format(sway))
            clips.append(self.encoded(f"{name}.mp4", *words))
        self.assert_refused(clips, OBAMA2, ["FailedOperation.SilentPictureLiveFail"], ["still_photo"])


if __name__ == "__main__":
    main_of(__name__)

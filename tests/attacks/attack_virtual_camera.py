#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A sound recording, but the device says what it was made with: a program that poses as a camera, or an
editor where a browser is said to have recorded."""

from attack_base import main_of
from session_base import SessionAttack

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


class VirtualCamera(SessionAttack):
    def refused(self, hints, reason):
        verification, device = self.opened()
        self.assertFalse(self.answered(device, self.live, hints=hints)["passed"])
        self.assert_outcome(verification, "attack", reason)
        self.assertEqual(self.bank.show(verification).json["attack_class"], "injected")
        self.assert_not_billed()

    def test_a_virtual_camera_is_refused(self):
        self.refused({"camera_labels": ["OBS Virtual Camera"]}, "virtual_camera")

    def test_an_edited_video_is_no_browsers(self):
        self.refused({"camera_labels": ["Integrated Camera"], "user_agent": BROWSER}, "edited_video")

    def test_a_larger_picture_than_the_cameras_is_refused(self):
        self.refused({"width_px": 320, "height_px": 240}, "other_camera")

    def test_a_virtual_camera_that_is_not_in_use_is_nobodys_business(self):
        _, device = self.opened()
        labels = ["HD Pro Webcam C920", "OBS Virtual Camera"]
        self.assertTrue(self.answered(device, self.live, hints={"camera_labels": labels})["passed"])
        self.assert_not_billed("match")


if __name__ == "__main__":
    main_of(__name__)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A token that has decided is used again: for a second decision, by others, after its end."""

from attack_base import main_of
from session_base import Device, SessionAttack


class TokenReuse(SessionAttack):
    def test_a_token_decides_once(self):
        verification, device = self.opened()
        self.assertTrue(self.answered(device, self.live)["passed"])
        thief = Device(self.server.port, device.token)
        self.assertEqual(thief.challenge().code, "conflict")
        for what in ("challenge", "evidence", "end"):
            again = thief.call("POST", what, {"reason": "other"} if what == "end" else {})
            self.assertGreaterEqual(again.status, 400, again)
        self.assertTrue(self.bank.show(verification).json["passed"])
        self.assert_not_billed("match")

    def test_a_refused_token_does_not_open_again(self):
        verification, device = self.opened(attempts_max=5)
        grey = self.encoded("grey.mp4", "-i", self.clip("live.mp4"), "-an", "-vf", "hue=s=0").read_bytes()
        self.assertFalse(self.answered(device, grey)["passed"])
        self.assertEqual(device.challenge().code, "conflict")
        self.assert_outcome(verification, "attack", "monochrome")
        self.assert_not_billed()

    def clip(self, name):
        (self.folder / name).write_bytes(self.live)
        return self.folder / name


if __name__ == "__main__":
    main_of(__name__)

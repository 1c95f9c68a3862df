#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The device says itself that it has passed."""

from attack_base import main_of
from session_base import SessionAttack

CLAIMS = {"passed": True, "live": True, "outcome": "match", "score": 1, "pad_score": 1, "attack_class": "none"}


class ClaimedPass(SessionAttack):
    def test_no_claim_is_heard(self):
        verification, device = self.opened(attempts_max=1)
        (self.folder / "live.mp4").write_bytes(self.live)
        still = self.encoded("still.mp4", "-i", self.folder / "live.mp4", "-an", "-vf", "trim=end_frame=1,loop=110:1,fps=30")
        challenge, since = self.asked(device)
        device.upload_all(challenge, "video", still.read_bytes())
        self.recorded(since)
        with_claims = device.seal(challenge, **CLAIMS)
        if with_claims.status != 202:  # unknown members are refused outright
            self.assertEqual(with_claims.status, 400, with_claims)
            self.assertEqual(device.seal(challenge).status, 202)
        self.assertFalse(device.result().json["passed"])
        for what in ("result", "end"):
            device.call("POST", what, CLAIMS)
        self.assert_outcome(verification, "attack", "frozen_frames")
        self.assert_not_billed()


if __name__ == "__main__":
    main_of(__name__)

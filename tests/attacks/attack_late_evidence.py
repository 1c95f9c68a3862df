#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence comes after its challenge, and after its session, has expired."""

import time

from attack_base import main_of
from session_base import SessionAttack


class LateEvidence(SessionAttack):
    def test_after_its_challenge(self):
        verification, device = self.opened(answer_within_s=2)
        challenge, _ = self.asked(device)
        device.upload_all(challenge, "video", self.live)
        time.sleep(2.2)
        self.assertEqual(device.seal(challenge).code, "expired")
        self.assertFalse(self.bank.show(verification).json["passed"])
        self.assert_not_billed()

    def test_after_its_session(self):
        verification, device = self.opened(end_within_s=3, answer_within_s=3)
        challenge, _ = self.asked(device)
        device.upload_all(challenge, "video", self.live)
        time.sleep(3.2)
        self.assertEqual(device.seal(challenge).code, "expired")
        self.assertEqual(device.challenge().code, "expired")
        self.assertEqual(self.bank.show(verification).json["state"], "expired")
        self.assert_not_billed()


if __name__ == "__main__":
    main_of(__name__)

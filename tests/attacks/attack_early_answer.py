#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A challenge is answered before it was issued: by evidence without one, by an invented one, and by a
recording that is longer than the time since the challenge."""

from attack_base import main_of
from session_base import SessionAttack


class EarlyAnswer(SessionAttack):
    def test_without_a_challenge_there_is_nothing_to_answer(self):
        verification, device = self.opened()
        invented = {"challenge_id": "0" * 32, "signature": "A" * 43}
        self.assertGreaterEqual(device.upload(invented, "video", self.live[:100_000], 0, self.live).status, 400)
        self.assertGreaterEqual(device.seal(invented).status, 400)
        self.assertFalse(self.bank.show(verification).json["passed"])
        self.assert_not_billed()

    def test_a_recording_from_before_is_no_answer(self):
        verification, device = self.opened()
        challenge, _ = self.asked(device)
        device.upload_all(challenge, "video", self.live)
        self.assertEqual(device.seal(challenge).status, 202)
        self.assertFalse(device.result().json["passed"])
        self.assert_outcome(verification, "attack", "older_than_challenge")
        self.assert_not_billed()


if __name__ == "__main__":
    main_of(__name__)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Evidence that was gathered for session A is handed in to session B."""

from attack_base import main_of
from session_base import SessionAttack


class ForeignEvidence(SessionAttack):
    def test_evidence_answers_its_own_session_only(self):
        _, a = self.opened()
        verification, b = self.opened()
        of_a, _ = self.asked(a)
        of_b, since = self.asked(b)
        a.upload_all(of_a, "video", self.live)
        self.recorded(since)
        self.assertEqual(b.upload(of_a, "video", self.live, 0, self.live).code, "conflict")
        for named in (of_a, {**of_b, "signature": of_a["signature"]}, {**of_a, "signature": of_b["signature"]}):
            sealed = b.seal(named)
            self.assertIn(sealed.status, (401, 409), sealed)
        sealed = b.seal(of_b)  # of B itself nothing has arrived
        self.assertGreaterEqual(sealed.status, 400, sealed)
        self.assertFalse(self.bank.show(verification).json["passed"])
        self.assert_not_billed()


if __name__ == "__main__":
    main_of(__name__)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A document is shown in another order, in another session, or corrected until it fits."""

import pathlib
import subprocess
import sys

from attack_base import main_of
from session_base import SessionAttack

ROOT = pathlib.Path(__file__).resolve().parents[2]


class DocumentStep(SessionAttack):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        subprocess.run([sys.executable, "-B", ROOT / "tests/documents/generate.py", "--types", "InternationalIDPassport", "--count", "2",
                        "--first", "1", "--seed", "7", cls.home / "cards"], check=True, timeout=120, stdout=subprocess.DEVNULL)
        # Of the person in the recording, and of somebody else.
        cls.mine, cls.others = ((cls.home / f"cards/InternationalIDPassport-000{n}-front.jpg").read_bytes() for n in (1, 2))

    def with_document(self, **document):
        answer = self.bank.call("POST", "/v1/verifications", {"document": document})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"], self.device(answer.json["token"])

    def test_the_face_before_the_document(self):
        verification, device = self.with_document()
        self.assertEqual(device.challenge().code, "conflict")
        invented = {"challenge_id": "0" * 32, "signature": "A" * 43}
        self.assertGreaterEqual(device.upload(invented, "video", self.live[:100_000], 0, self.live).status, 400)
        self.assertGreaterEqual(device.seal(invented).status, 400)
        self.assertEqual(self.bank.show(verification).json["attempts"], [])
        self.assert_not_billed()

    def test_another_document_once_the_face_is_being_looked_at(self):
        verification, device = self.with_document()
        self.assertTrue(device.show("front", self.others).json["taken"])
        challenge, since = self.asked(device)
        self.assertEqual(device.show("front", self.mine).code, "conflict")
        device.upload_all(challenge, "video", self.live)
        self.recorded(since)
        self.assertEqual(device.seal(challenge).status, 202)
        self.assertEqual(device.show("front", self.mine).code, "conflict")
        self.assertFalse(device.result().json["passed"])
        self.assert_outcome(verification, "non_match")
        self.assert_not_billed("non_match")

    def test_the_document_of_another_session(self):
        first, shown = self.with_document()
        self.assertTrue(shown.show("front", self.mine).json["taken"])
        second, bare = self.with_document()
        self.assertEqual(bare.challenge().code, "conflict")
        self.assertEqual(bare.confirm(given_names="X").code, "conflict")
        self.assertEqual(self.bank.show(second).json["document"]["images"], {})
        for path in (f"/v1/verifications/{second}/document/front", f"/v1/verifications/{second}/document/portrait"):
            self.assertEqual(self.bank.call("GET", path).code, "not_found")
        self.assertEqual(set(self.bank.show(first).json["document"]["images"]), {"front", "front_cut", "portrait"})
        self.assert_not_billed()

    def test_an_edit_is_no_evidence(self):
        verification, device = self.with_document(may_edit=True)
        read = device.show("front", self.others).json
        self.assertEqual(read["next"], "confirmation", read)
        for field in ("portrait", "passed", "type", "side", "warnings", "mrz", "__proto__", "document_number\\u0000"):
            self.assertEqual(device.confirm(**{field: "x"}).code, "invalid_parameter", field)
        body = {"fields": {}, "passed": True}
        self.assertEqual(device.call("POST", "document/confirm", body).code, "unknown_parameter")
        self.assertEqual(device.confirm(given_names="THE RIGHT PERSON", date_of_expiry="2099-01-01").status, 200)
        self.assertEqual(device.confirm(given_names="ANOTHER ONE").code, "conflict")
        self.assertFalse(self.answered(device, self.live)["passed"])
        self.assert_outcome(verification, "non_match")
        document = self.bank.show(verification).json["document"]
        self.assertEqual({edit["field"]: edit["read"] for edit in document["edits"]},
                         {"given_names": read["fields"]["given_names"], "date_of_expiry": read["fields"]["date_of_expiry"]})
        self.assert_not_billed("non_match")


if __name__ == "__main__":
    main_of(__name__)

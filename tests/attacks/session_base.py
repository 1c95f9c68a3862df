# SPDX-License-Identifier: Apache-2.0
"""What the attacks on verification sessions share: one server for a class, a bank, and its devices."""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

from attack_base import TALKING, TALKING_PHOTO, Folder, LimitedServer, selfsame, warm

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "native"))
from device import Customer, Device  # noqa: E402

GRACE_S = 0.5  # of a recording's length, see docs/native.md


class SessionAttack(Folder):
    """Every test ends with what the bank was billed for."""

    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_attacks_"))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.bank_data = str(cls.home / "data")
        os.mkdir(cls.bank_data, 0o700)
        shutil.copytree(warm() / "model-cache", cls.bank_data + "/model-cache")
        key = json.loads(selfsame("key", "create", "--data", cls.bank_data, "--name", "bank", "--json"))
        cls.server = LimitedServer(cls.bank_data)
        cls.addClassCleanup(cls.server.stop)
        cls.bank = Customer(cls.server.port, key)
        cls.live = pathlib.Path(TALKING).read_bytes()
        cls.photo = pathlib.Path(TALKING_PHOTO).read_bytes()

    def setUp(self):
        super().setUp()
        self.billed_before = self.ledger()

    def ledger(self):
        text = selfsame("ledger", "--data", self.bank_data, "--name", "bank", "--json").splitlines()[0]
        return [entry["code"] for entry in json.loads(text)["entries"]]

    def opened(self, **terms):
        answer = self.bank.open(self.photo, **terms)
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"], Device(self.server.port, answer.json["token"])

    def device(self, token):
        return Device(self.server.port, token)

    def asked(self, device):
        """A challenge, and since when it is known."""
        answer = device.challenge()
        self.assertEqual(answer.status, 200, answer)
        return answer.json, time.monotonic()

    def recorded(self, since, seconds=4.1):
        """Waits as long as an honest recording of that length takes."""
        time.sleep(max(0, seconds - GRACE_S + 0.1 - (time.monotonic() - since)))

    def answered(self, device, video, **more):
        """The result of one whole attempt."""
        challenge, since = self.asked(device)
        device.upload_all(challenge, "video", video)
        self.recorded(since)
        sealed = device.seal(challenge, **more)
        self.assertEqual(sealed.status, 202, sealed)
        return device.result().json

    def assert_outcome(self, verification, outcome, reason=None):
        view = self.bank.show(verification).json
        self.assertEqual((view["outcome"], view["passed"]), (outcome, False), view)
        if reason:
            self.assertIn(reason, view["attempts"][-1]["finding"]["reasons"], view)

    def assert_not_billed(self, *but):
        self.assertEqual(self.ledger(), [*self.billed_before, *but])

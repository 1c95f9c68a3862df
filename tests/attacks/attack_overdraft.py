#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A prepaid customer spends more than it has paid in: by sessions that it opened in time."""

import re

from attack_base import Serving, main_of, selfsame
from session_base import Customer, Device

PRICE = 5


class Overdraft(Serving):
    def setUp(self):
        super().setUp()
        self.settle("prepaid=true", f"price/native.verifications={PRICE}", "currency=EUR")
        self.server = self.serve()

    def settle(self, *fields):
        selfsame("customers", "set", "--data", self.data, "bank", *fields)

    def credit(self, amount):
        selfsame("customers", "credit", "bank", "--data", self.data, str(amount))

    def balance(self):
        return int(re.search(r"balance (-?\d+)", selfsame("customers", "show", "bank", "--data", self.data))[1])

    def test_sessions(self):
        self.credit(PRICE)
        bank = Customer(self.server.port, self.key)
        devices = [Device(self.server.port, bank.open().json["token"]) for _ in range(3)]
        challenges = [device.challenge().json for device in devices[:2]]
        for device, challenge in zip(devices, challenges, strict=False):
            device.upload_all(challenge, "video", b"no video at all")
        self.settle("suspended=true")
        self.assertEqual([devices[0].seal(challenges[0]).status, devices[2].challenge().status], [403, 403])
        self.settle("suspended=")
        self.credit(-PRICE)
        for refused in (devices[1].seal(challenges[1]), devices[2].challenge()):
            self.assertEqual((refused.status, refused.code), (403, "forbidden"))
            self.assertNotIn("balance", refused.body.decode(), "no business of the phone")
        self.credit(PRICE)
        self.assertEqual(devices[1].seal(challenges[1]).status, 202)
        self.assertFalse(devices[1].result().json["passed"])
        self.assertEqual((self.billed(), self.balance()), ([], PRICE))


if __name__ == "__main__":
    main_of(__name__)

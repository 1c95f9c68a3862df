#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A prepaid customer spends more than it has paid in: many segments in one order, sessions that it opened in time."""

import json
import os
import re

from attack_base import Serving, main_of, selfsame
from attack_foreign_data import Line, rpc
from attack_parallel_requests import FORM
from session_base import Customer, Device

PRICE = 5  # of a segment, and of a session
ROUTE = '[[route]]\nname = "dead"\nprefixes = [""]\nhost = "127.0.0.1"\nport = 1\nsystem_id = "x"\npassword_file = "{}"\n'


class Overdraft(Serving):
    def setUp(self):
        super().setUp()
        password, routes = self.folder / "password", self.folder / "routes.toml"
        password.write_text("secret")
        password.chmod(0o600)
        routes.write_text(ROUTE.format(password))
        os.environ["SELFSAME_SMS_ROUTES_FILE"] = str(routes)
        self.addCleanup(os.environ.pop, "SELFSAME_SMS_ROUTES_FILE")
        self.settle("prepaid=true", f"price/alibaba.sms={PRICE}", f"price/native.verifications={PRICE}", "currency=EUR")
        self.server = self.serve()

    def settle(self, *fields):
        selfsame("customers", "set", "--data", self.data, "bank", *fields)

    def credit(self, amount):
        selfsame("customers", "credit", "bank", "--data", self.data, str(amount))

    def balance(self):
        return int(re.search(r"balance (-?\d+)", selfsame("customers", "show", "bank", "--data", self.data))[1])

    def send_to(self, count, text):
        numbers = json.dumps([f"62812345{number:05}" for number in range(count)])
        fields = {"To": numbers, "From": "Bank", "Message": text}
        body = rpc(self.key["access_key_id"], self.key["access_key_secret"], "BatchSendMessageToGlobe", "2018-05-01", fields)
        return json.loads(Line.send(self.server.port, "POST", "/", body, FORM)[1])

    def test_messages(self):
        self.credit(8 * PRICE)
        answer = self.send_to(500, "x" * 306)  # two segments each
        self.assertEqual((answer["SuccessCount"], len(json.loads(answer["FailedList"]))), ("4", 496), str(answer)[:300])
        self.assertEqual(self.balance(), 0)
        self.assertEqual(self.send_to(1, "x")["ResponseCode"], "AMOUNT_NOT_ENOUGH")
        self.assertEqual(len(self.billed()), 4)

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

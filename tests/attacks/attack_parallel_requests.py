#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is good once, or so many times, is asked for many times at the same moment: on every surface the count holds."""

import collections
import concurrent.futures
import json
import urllib.parse

from attack_base import main_of, selfsame
from attack_foreign_data import Line, rpc, tc3
from session_base import SessionAttack

AT_ONCE = 16
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


class ParallelRequests(SessionAttack):
    def together(self, ask):
        """How often each answer came."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return collections.Counter(pool.map(lambda _: ask(), range(AT_ONCE)))

    def settle(self, *fields):
        selfsame("customers", "set", "--data", self.bank_data, "bank", *fields)

    def opens(self, **more):
        headers = {"Authorization": "Bearer " + self.bank.key["appcode"], **JSON, **more}
        return Line.send(self.server.port, "POST", "/v1/verifications", b'{"compare":false}', headers)

    def test_a_days_quota(self):
        self.settle("quota/native.verifications/per_day=5")
        self.assertEqual(self.together(lambda: self.opens()[0]), {201: 5, 429: AT_ONCE - 5})
        self.settle("quota/native.verifications/per_day=")

    def test_an_idempotency_key(self):
        key = {"Idempotency-Key": "order-1"}
        statuses = self.together(lambda: self.opens(**key)[0])
        self.assertLessEqual(set(statuses), {201, 409}, statuses)
        ids = {json.loads(self.opens(**key)[1])["id"] for _ in range(2)}
        self.assertEqual(len(ids), 1)
        other = json.loads(selfsame("key", "create", "--data", self.bank_data, "--name", "eve", "--json"))
        mine = self.opens(**key, Authorization="Bearer " + other["appcode"])
        self.assertNotIn(json.loads(mine[1])["id"], ids, "the key is of one customer")

    def test_a_nonce(self):
        key = self.bank.key
        body = rpc(key["access_key_id"], key["access_key_secret"], "QueryMessage", "2018-05-01", {"MessageId": "1"})
        codes = self.together(lambda: self.said(json.loads(Line.send(self.server.port, "POST", "/", body, FORM)[1])))
        self.assertEqual(codes, {"DATA_NOT_EXIST": 1, "SignatureNonceUsed": AT_ONCE - 1})

    def said(self, answer):
        return answer.get("Code") or answer["ResponseCode"]

    def test_a_signed_request(self):
        key = self.bank.key
        fields = {"IdCard": "11010519491231002X", "Name": "Nobody"}
        body, headers = tc3(self.server.port, key["access_key_id"], key["access_key_secret"], "IdCardVerification", fields)

        def result(more=None):
            return json.loads(Line.send(self.server.port, "POST", "/", body, {**headers, **(more or {})})[1])["Response"]

        self.assertEqual(len(self.together(lambda: result().get("Result"))), 1)
        for more in ({"X-TC-Region": "ap-hongkong"}, {"Authorization": headers["Authorization"].replace(", ", ",")}):
            self.assertEqual(result(more).get("Result"), result().get("Result"), more)
        for more in ({"X-TC-Timestamp": "0" + headers["X-TC-Timestamp"]}, {"X-Number": "another"}):
            self.assertEqual(result(more)["Error"]["Code"], "AuthFailure.SignatureFailure", more)

    def test_an_upload(self):
        key = self.bank.key
        body, headers = tc3(
            self.server.port, key["access_key_id"], key["access_key_secret"], "CreateUploadUrl", {"TargetAction": "LivenessCompare"})
        made = json.loads(Line.send(self.server.port, "POST", "/", body, headers)[1])["Response"]
        path = urllib.parse.urlparse(made["UploadUrl"]).path
        self.assertEqual(self.together(lambda: Line.send(self.server.port, "PUT", path, b"a video")[0]), {200: 1, 409: AT_ONCE - 1})


if __name__ == "__main__":
    main_of(__name__)

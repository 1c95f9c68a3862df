#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Customers who try each other's ids, tokens and media at random, and sign with what is another's.

10,000 tries (SELFSAME_TEST_TRIES) of whatever names something: sessions, results, best frames, comparisons and what is
known of them, uploads, reflection sequences. None may be answered; the owner's own request, the same but for its
credential, always is."""

import base64
import concurrent.futures
import hashlib
import hmac
import http.client
import json
import os
import random
import threading
import time
import urllib.parse
import uuid

from attack_base import Serving, main_of, selfsame
from cli_test import multipart
from session_base import Customer, Device

TRIES = int(os.environ.get("SELFSAME_TEST_TRIES", "10000"))
CUSTOMERS = 4
SESSIONS = 5  # of each customer
THREADS = 4
SEED = 20261126


class Line:
    """A connection that is kept, for one thread."""

    local = threading.local()

    @classmethod
    def send(cls, port, method, path, body=None, headers=None):
        for attempt in (0, 1):
            line = getattr(cls.local, "line", None)
            if line is None or line.port != port:
                line = cls.local.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                line.request(method, path, body, headers or {})
                answer = line.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                cls.local.line = None
                if attempt:
                    raise
        raise AssertionError("unreachable")


def tc3(port, key_id, secret, action, fields):
    """Headers and body of a signed request."""
    body = json.dumps({**fields}).encode()
    now = int(time.time())
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    number, host = uuid.uuid4().hex, f"127.0.0.1:{port}"
    canonical = (
        f"POST\n/\n\ncontent-type:application/json\nhost:{host}\nx-number:{number}\n\n"
        f"content-type;host;x-number\n{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{day}/faceid/tc3_request"
    text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = b"TC3" + secret.encode()
    for part in (day, "faceid", "tc3_request"):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, text.encode(), hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/json", "X-Number": number, "X-TC-Action": action, "X-TC-Version": "2018-03-01",
        "X-TC-Timestamp": str(now),
        "Authorization": f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders=content-type;host;x-number, "
                         f"Signature={signature}",
    }


def rpc(key_id, secret, action, version, fields):
    """Body of a request of the other vendor's signature."""
    def quoted(text):
        return urllib.parse.quote(text, safe="-_.~")

    fields = {
        "AccessKeyId": key_id, "Action": action, "Version": version, "Format": "JSON", "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0", "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **fields,
    }
    line = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in sorted(fields.items()))
    digest = hmac.new((secret + "&").encode(), f"POST&%2F&{quoted(line)}".encode(), hashlib.sha1).digest()
    return urllib.parse.urlencode({**fields, "Signature": base64.b64encode(digest).decode()}).encode()


class Owned:
    """A customer and what is its own: marks that no answer to another may hold, and requests that name something."""

    def __init__(self, case, server, number):
        self.name, self.port = f"owner {number}", server.port
        self.key = json.loads(selfsame("key", "create", "--data", case.data, "--name", self.name, "--json"))
        selfsame("customers", "set", "--data", case.data, self.name, "sandbox=true")  # verdicts without waiting
        self.mark = f"metadata-of-{uuid.uuid4().hex}"
        self.customer = Customer(self.port, self.key)
        self.requests = []  # (method, path, body, content type)
        for _ in range(SESSIONS):
            self.verify(case)
            self.compare(case)

    def verify(self, case):
        magic = b"selfsame-sandbox:match"
        opened = self.customer.open(magic, metadata=self.mark)
        case.assertEqual(opened.status, 201, opened)
        device = Device(self.port, opened.json["token"])
        challenge = device.challenge().json
        device.upload_all(challenge, "video", b"anything")
        case.assertEqual(device.seal(challenge).status, 202)
        case.assertTrue(device.result().json["passed"])
        path = f"/v1/verifications/{opened.json['id']}"
        self.requests += [("GET", path, None, None), ("GET", path + "/best-frame", None, None)]

    def compare(self, case):
        body, headers = multipart([("a", b"selfsame-sandbox:match"), ("b", b"b")])
        answer = Line.send(self.port, "POST", "/v1/comparisons", body, {**headers, **self.bearer()})
        case.assertEqual(answer[0], 200, answer)
        path = f"/v1/comparisons/{json.loads(answer[1])['request_id']}"
        truth = json.dumps({"same_person": True}).encode()
        self.requests += [("GET", path, None, None), ("PUT", path + "/ground-truth", truth, "application/json")]

    def bearer(self):
        return {"Authorization": "Bearer " + self.key["appcode"]}

    def ask(self, request, credential=None):
        method, path, body, kind = request
        headers = {**(self.bearer() if credential is None else credential), **({"Content-Type": kind} if kind else {})}
        return Line.send(self.port, method, path, body, headers)


class ForeignData(Serving):
    def test_nothing_of_another_is_answered(self):
        os.environ["SELFSAME_NATIVE_CUSTOMER_CALLS_PER_SECOND"] = "0"
        self.addCleanup(os.environ.pop, "SELFSAME_NATIVE_CUSTOMER_CALLS_PER_SECOND")
        server = self.serve()
        owners = [Owned(self, server, number) for number in range(CUSTOMERS)]
        for owner in owners:
            for request in owner.requests:
                status, _ = owner.ask(request)
                self.assertIn(status, (200, 204), f"its own {request[:2]}")
        draw = random.Random(SEED)
        tries = []
        for _ in range(TRIES):
            thief, owner = draw.sample(owners, 2)
            tries.append((thief, owner, draw.choice(owner.requests), draw.randrange(4)))

        def try_it(one):
            thief, owner, request, trick = one
            method, path, body, kind = request
            if trick == 1:  # in other letters
                path = path.replace("-", "%2D")
            if trick == 2:  # of both, the owner's name beside the thief's key
                path += "?customer=" + urllib.parse.quote(owner.name)
            headers = thief.bearer()
            if trick == 3:  # two credentials: neither is to be believed for the other
                headers["X-Customer"] = owner.name
                headers["X-Forwarded-User"] = owner.key["access_key_id"]
            status, text = thief.ask((method, path, body, kind), headers)
            leaks = [mark for mark in (owner.mark, owner.name, owner.key["appcode"]) if mark.encode() in text]
            return status, leaks, request[:2]

        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            results = list(pool.map(try_it, tries))
        answered = [result for result in results if result[0] != 404 or result[1]]
        print(f"foreign data: {len(results)} tries, {len(answered)} answered", flush=True)
        self.assertEqual(answered[:5], [])
        for owner in owners:
            self.assertIn(owner.mark, owner.ask(owner.requests[0])[1].decode(), "the owner's is still there")

    def test_the_secret_of_one_never_signs_for_another(self):
        server = self.serve()
        keys = []
        for number in range(3):
            name = f"signer {number}"
            keys.append(json.loads(selfsame("key", "create", "--data", self.data, "--name", name, "--json")))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for mine in keys:
            for signer in keys:
                body, headers = tc3(
                    server.port, mine["access_key_id"], signer["access_key_secret"], "CreateUploadUrl",
                    {"TargetAction": "VideoLivenessCompare"},
                )
                answer = json.loads(Line.send(server.port, "POST", "/", body, headers)[1])["Response"]
                sms = rpc(mine["access_key_id"], signer["access_key_secret"], "ExecuteRequest", "2019-05-21", {"Service": "none"})
                other = json.loads(Line.send(server.port, "POST", "/", sms, form)[1])
                if mine is signer:
                    self.assertNotIn("Error", answer)
                    self.assertEqual(other.get("Code"), 404, other)
                else:
                    self.assertEqual(answer["Error"]["Code"], "AuthFailure.SignatureFailure")
                    self.assertEqual(other.get("Code"), "SignatureDoesNotMatch")
        for wrong in ("access_key_secret", "access_key_id"):
            status, _ = Line.send(server.port, "GET", "/v1/webhook", None, {"Authorization": "Bearer " + keys[0][wrong]})
            self.assertEqual(status, 401, wrong)


if __name__ == "__main__":
    main_of(__name__)

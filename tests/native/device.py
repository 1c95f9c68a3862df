# SPDX-License-Identifier: Apache-2.0
"""A customer and a device of the native API, as small as they can be."""

import base64
import hashlib
import http.client
import json
import time

CHUNK_BYTES = 100_000
RECORDING_S = 2.2  # of every video that native_test.py sends, but for a grace


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of a problem, and with it the promise that it is one."""
        if self.headers["Content-Type"] != "application/problem+json":
            raise AssertionError(f"{self.status} is no problem: {self.body[:200]!r}")
        problem = self.json
        if problem["status"] != self.status or not problem["request_id"]:
            raise AssertionError(f"an odd problem: {problem}")
        return problem["code"]

    def __str__(self):
        return f"{self.status} {self.body[:1000]!r}"


def call(port, method, path, body=None, headers=None):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request(method, path, body, headers or {})
        return Answer(line.getresponse())
    finally:
        line.close()


class Customer:
    def __init__(self, port, key):
        self.port, self.key = port, key

    def call(self, method, path, content=None, headers=None):
        body, kind = (None, {}) if content is None else (json.dumps(content), {"Content-Type": "application/json"})
        credential = {"Authorization": f"Bearer {self.key['appcode']}"}
        return call(self.port, method, path, body, {**credential, **kind, **(headers or {})})

    def open(self, photo=None, headers=None, **terms):
        """Answer of POST /v1/verifications; without a photo only liveness is asked for."""
        image = {"reference_image": base64.b64encode(photo).decode()} if photo else {"compare": False}
        return self.call("POST", "/v1/verifications", {**image, **terms}, headers)

    def show(self, verification):
        return self.call("GET", f"/v1/verifications/{verification}")


class Device:
    """What has the token and nothing else."""

    def __init__(self, port, token):
        self.port, self.token = port, token

    def call(self, method, what, content=None, query="", kind=None):
        body = content if isinstance(content, bytes) else None if content is None else json.dumps(content)
        headers = {} if content is None else {"Content-Type": kind or "application/json"}
        return call(self.port, method, f"/v1/sessions/{self.token}/{what}{query}", body, headers)

    def challenge(self, **facts):
        return self.call("POST", "challenge", facts or None)

    def show(self, side, picture):
        """One side of the document."""
        return self.call("POST", "document", picture, f"?side={side}", "image/jpeg")

    def confirm(self, **fields):
        return self.call("POST", "document/confirm", {"fields": fields} if fields else None)

    def upload(self, challenge, part, content, offset, whole, **changed):
        fields = {
            "challenge_id": challenge["challenge_id"], "part": part, "offset": offset, "total": len(whole),
            "sha256": hashlib.sha256(whole).hexdigest(), **changed,
        }
        query = "?" + "&".join(f"{name}={value}" for name, value in fields.items())
        return self.call("POST", "evidence", content, query, "application/octet-stream")

    def upload_all(self, challenge, part, whole, chunk_bytes=CHUNK_BYTES):
        for offset in range(0, len(whole), chunk_bytes):
            answer = self.upload(challenge, part, whole[offset : offset + chunk_bytes], offset, whole)
            if answer.status != 200:
                raise AssertionError(f"{part} at {offset}: {answer}")

    def seal(self, challenge, **more):
        names = {"challenge_id": challenge["challenge_id"], "signature": challenge["signature"]}
        return self.call("POST", "evidence", {**names, **more})

    def result(self, seconds=30):
        """Once nothing is being judged any more."""
        for _ in range(int(seconds * 10)):
            answer = self.call("GET", "result")
            if answer.status != 200 or answer.json["state"] != "in_progress":
                return answer
            time.sleep(0.1)
        raise AssertionError(f"not judged in {seconds} s: {answer}")

    def recorded(self, **facts):
        """A challenge, and the time that a recording which answers it takes."""
        challenge = self.challenge(**facts).json
        time.sleep(RECORDING_S)
        return challenge

    def answer(self, video, **facts):
        """One whole attempt: the result."""
        challenge = self.recorded(**facts)
        self.upload_all(challenge, "video", video)
        sealed = self.seal(challenge)
        if sealed.status != 202:
            raise AssertionError(f"not sealed: {sealed}")
        return self.result()

# SPDX-License-Identifier: Apache-2.0
"""Verification sessions under way when the server dies, and a memory of what it said of each."""
import base64
import contextlib
import hashlib
import http.client
import json
import random
import threading
import time

from load import CUT, MEDIA, photo, video

WORKERS = 6
CLIP_S = 2.5  # a capture must not be longer than its challenge is old
PHOTOS = {"same.jpg": "match", "other.jpg": "non_match"}


class Refused(AssertionError):
    """An answer that no crash explains."""


class Session:
    """One, from order to verdict; go_on() takes it up wherever it was when a call was cut."""

    def __init__(self, load, luck):
        self.load = load
        name = luck.choice(sorted(PHOTOS))
        self.expected = PHOTOS[name]
        self.order = json.dumps({"reference_image": base64.b64encode(photo(name, luck)).decode()}).encode()
        self.clip = video("video.mp4", luck)
        self.opened = self.sealed = self.result = None

    def call(self, connection, method, path, body=None, headers=None, also=()):
        """The answer's JSON; one of CUT, or Refused unless it is a success or in `also`."""
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        text = answer.read()
        parsed = json.loads(text) if text else {}
        if answer.status in (429, 503):
            time.sleep(0.2)
            return self.call(connection, method, path, body, headers, also)
        if answer.status >= 300 and answer.status not in also:
            raise Refused(f"{method} {path.rsplit('/', 1)[-1]}: {answer.status} {parsed}")
        return parsed

    def device(self, connection, method, what, body=None, kind="application/json", also=()):
        headers = {"Content-Type": kind} if body is not None else {}
        return self.call(connection, method, f"/v1/sessions/{self.opened['token']}/{what}", body, headers, also)

    def open(self, connection):
        headers = {**self.load.key.bearer(), "Content-Type": "application/json"}
        return self.call(connection, "POST", "/v1/verifications", self.order, headers)

    def recording(self, challenge):
        """What answers it, and how long that takes to record."""
        return self.clip, CLIP_S

    def go_on(self, connection):
        if self.opened is None:
            self.opened = self.open(connection)
        while (view := self.device(connection, "GET", "result"))["state"] != "decided":
            if view["state"] == "in_progress":
                time.sleep(0.05)
            elif view["state"] in ("created", "challenged"):
                self.attempt(connection)
            else:
                raise Refused(f"a session ended {view}")
        if self.result not in (None, view):
            raise Refused(f"was {self.result}, and now {view}")
        self.result = view

    def faults_for_customer(self):
        """What is wrong with how the customer sees it now."""
        with contextlib.closing(http.client.HTTPConnection(self.load.host, timeout=60)) as connection:
            connection.request("GET", f"/v1/verifications/{self.opened['id']}", headers=self.load.key.bearer())
            answer = connection.getresponse()
            shown = json.loads(answer.read())
        if answer.status != 200:
            return [f"{self.opened['id']}: {answer.status} {shown}"]
        ends = [each["to"] for each in shown["transitions"] if each["to"] in ("decided", "expired", "cancelled")]
        right = shown["state"] == "decided" and shown["outcome"] == self.expected and ends == ["decided"]
        return [] if right else [f"{self.opened['id']}: {shown['state']} {shown.get('outcome')} {ends}, not {self.expected}"]

    def attempt(self, connection):
        asked = time.monotonic()
        challenge = self.device(connection, "POST", "challenge")
        clip, clip_s = self.recording(challenge)
        arrived = self.device(connection, "GET", "evidence")["parts"]
        offset = next((each["received_bytes"] for each in arrived), 0)
        half = max(len(clip) // 2, 1 << 16)
        while offset < len(clip):
            chunk = clip[offset : offset + half]
            query = f"evidence?challenge_id={challenge['challenge_id']}&part=video&offset={offset}&total={len(clip)}"
            query += f"&sha256={hashlib.sha256(clip).hexdigest()}"
            self.device(connection, "POST", query, chunk, "application/octet-stream")
            offset += len(chunk)
        time.sleep(max(0.0, asked + clip_s - time.monotonic()))
        manifest = {"challenge_id": challenge["challenge_id"], "signature": challenge["signature"]}
        self.device(connection, "POST", "evidence", json.dumps(manifest).encode())
        self.sealed = True


class SessionLoad:
    """Sessions that begin one after the other, some at a time, until stop()."""

    def __init__(self, host, key, seed):
        self.host, self.key = host, key
        self.seeds = random.Random(seed)
        self.sessions, self.faults, self.threads = [], [], []
        self.ending = threading.Event()
        self.lock = threading.Lock()

    def start(self):
        self.ending.clear()
        self.threads = [threading.Thread(target=self.work, args=(random.Random(self.seeds.random()),)) for _ in range(WORKERS)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def work(self, luck):
        while not self.ending.is_set():
            session = Session(self, luck)
            with self.lock:
                self.sessions.append(session)
            with contextlib.suppress(*CUT):
                self.run(session)
            time.sleep(0.05)

    def run(self, session):
        with contextlib.closing(http.client.HTTPConnection(self.host, timeout=60)) as connection:
            try:
                session.go_on(connection)
            except Refused as refused:
                self.faults.append(str(refused))

    def finish(self):
        """Every session that was opened comes to its verdict, after all."""
        unfinished = [each for each in self.sessions if each.opened and not each.result]
        threads = [threading.Thread(target=self.run, args=(each,)) for each in unfinished]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(unfinished)

    def open(self):
        """Sessions that somebody has a token of."""
        return [each for each in self.sessions if each.opened]

# SPDX-License-Identifier: Apache-2.0
"""Real load, and a memory of all that the server acknowledged.

A Request is sent as it is, as often as needed, and remembers its answers. Workers send requests of one
kind each, one at a time, over a connection that they keep.
"""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import random
import threading
import time

from customer import multipart

MEDIA = pathlib.Path(os.environ["SELFSAME_TEST_MEDIA"])
CUT = (OSError, http.client.HTTPException)

# What the vendor's result code says, in the words of GET /v1/comparisons/{id}.
OUTCOMES = {
    "Success": "match",
    "FailedOperation.CompareLowSimilarity": "non_match",
    "FailedOperation.SilentFaceDetectFail": "video_no_face",
    "FailedOperation.SilentPictureLiveFail": "attack",
    "FailedOperation.SilentThreshold": "liveness_unsure",
    "FailedOperation.SilentTooShort": "video_too_short",
}
BILLED = ("match", "non_match")


def photo(name, luck):
    """A picture of its own: bytes after the end of a JPEG change nothing but its hash."""
    return (MEDIA / name).read_bytes() + luck.randbytes(16)


def video(name, luck):
    """Likewise: a box that players skip."""
    return (MEDIA / name).read_bytes() + (24).to_bytes(4, "big") + b"free" + luck.randbytes(16)


class Request:
    def __init__(self, kind, method, path, body, headers, says=None):
        self.kind, self.method, self.path, self.body, self.headers = kind, method, path, body, headers
        self.says = says  # of a statement: (comparison id, true or false)
        self.began = None  # when its first byte was about to be sent
        self.status = self.answer = None  # of the first full answer
        self.lost = None  # how its first sending ended without one

    @property
    def acknowledged(self):
        return self.status in (200, 204) and not self.refusal

    @property
    def refusal(self):
        """The code of an answer that says that nothing was done."""
        if self.kind == "liveness":
            return self.answer.get("Error", {}).get("Code")
        return self.answer.get("code") if self.status not in (200, 204) else None

    @property
    def id(self):
        return self.says[0] if self.says else self.answer.get("RequestId") or self.answer.get("request_id")

    @property
    def outcome(self):
        if self.kind == "liveness":
            return OUTCOMES.get(self.answer["Result"], self.answer["Result"])
        return "match" if self.answer["match_at"]["1e-3"] else "non_match"

    def send(self, connection):
        """(status, answer) of one sending; raises one of CUT where the answer does not come whole."""
        connection.request(self.method, self.path, self.body, self.headers)
        answer = connection.getresponse()
        text = answer.read()
        parsed = json.loads(text) if text else {}
        return answer.status, parsed.get("Response", parsed)


class Load:
    """Everything that was sent to one server. Stop, and what was under way has ended one way or the other."""

    def __init__(self, host, key, seed):
        self.host, self.key = host, key
        self.seeds = random.Random(seed)
        self.lock = threading.Lock()
        self.requests = []  # of this round
        self.comparisons = []  # ids that may get a ground truth
        self.truths = {}  # id -> what was last acknowledged
        self.unsure_truths = {}  # id -> all that was said later, and not acknowledged
        self.under_way = 0
        self.ending = threading.Event()
        self.threads = []

    # What is sent

    def liveness(self, luck):
        # Three in five are billed; nobody in the video is kept and not billed.
        picture, clip = luck.choices((("same.jpg", "video.mp4"), ("other.jpg", "video.mp4"), ("same.jpg", "nobody.mp4")), (2, 1, 2))[0]
        fields = {
            "ImageBase64": base64.b64encode(photo(picture, luck)).decode(),
            "VideoBase64": base64.b64encode(video(clip, luck)).decode(),
            "LivenessType": "SILENT",
        }
        body = json.dumps(fields).encode()
        return Request("liveness", "POST", "/", body, self.key.tc3(self.host, body))

    def comparison(self, luck):
        files = [(side, photo(luck.choice(("same.jpg", "other.jpg", "other2.jpg")), luck)) for side in ("a", "b")]
        body, kind = multipart(files)
        return Request("comparison", "POST", "/v1/comparisons", body, {**self.key.bearer(), "Content-Type": kind})

    def statement(self, luck, mine):
        said = luck.random() < 0.5
        identifier = luck.choice(mine)
        path = f"/v1/comparisons/{identifier}/ground-truth"
        return Request("statement", "PUT", path, json.dumps({"same_person": said}).encode(), self.key.bearer(), (identifier, said))

    # How it is sent

    def start(self):
        self.ending.clear()
        self.requests = []
        kinds = ["liveness"] * 4 + ["comparison"] * 2 + ["statement"] * 4
        self.threads = [
            threading.Thread(target=self.work, args=(kind, i, random.Random(self.seeds.random()))) for i, kind in enumerate(kinds)
        ]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def connect(self):
        return http.client.HTTPConnection(self.host, timeout=60)

    def work(self, kind, number, luck):
        connection = self.connect()
        while not self.ending.is_set():
            if kind == "statement":
                with self.lock:
                    mine = [each for i, each in enumerate(self.comparisons) if i % 4 == number % 4]
                if not mine:
                    time.sleep(0.05)
                    continue
                request = self.statement(luck, mine)
            else:
                request = getattr(self, kind)(luck)
            if not self.exchange(connection, request):
                connection.close()
                time.sleep(0.005)
        connection.close()

    def exchange(self, connection, request):
        with self.lock:
            self.under_way += 1
        try:
            if connection.sock is None:
                connection.connect()  # refused: nothing has begun
            request.began = time.monotonic()
            with self.lock:
                self.requests.append(request)
                if request.says:
                    self.unsure_truths.setdefault(request.says[0], set()).add(request.says[1])
            request.status, request.answer = request.send(connection)
            self.remember(request)
            return True
        except CUT as error:
            request.lost = repr(error)
            return False
        finally:
            with self.lock:
                self.under_way -= 1

    def remember(self, request):
        if not request.acknowledged:
            return
        with self.lock:
            if request.says:
                self.truths[request.says[0]] = request.says[1]
                self.unsure_truths.pop(request.says[0], None)
            elif request.kind == "comparison" and len(self.comparisons) < 400:
                self.comparisons.append(request.id)

    def of(self, kind):
        return [each for each in self.requests if each.kind == kind]

    def acknowledged(self, kind=None):
        with self.lock:
            return sum(each.answer is not None and each.acknowledged and kind in (None, each.kind) for each in self.requests)

    # Asking again

    def again(self, request):
        """The same bytes once more, on a connection of their own, until the server has time for them."""
        for _ in range(200):
            with contextlib.closing(self.connect()) as connection:
                status, answer = request.send(connection)
            if answer.get("Error", {}).get("Code") not in ("RequestLimitExceeded", "LimitExceeded", "InternalError"):
                return status, answer
            time.sleep(0.05)
        raise AssertionError(f"the server has no time: {answer}")

    def stored(self, identifiers):
        """What GET says of each."""
        with contextlib.closing(self.connect()) as connection:
            for identifier in identifiers:
                connection.request("GET", f"/v1/comparisons/{identifier}", headers=self.key.bearer())
                answer = connection.getresponse()
                yield identifier, answer.status, json.loads(answer.read())

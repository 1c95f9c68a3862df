# SPDX-License-Identifier: Apache-2.0
"""Every surface at work when the server dies: what each has acknowledged, and what it has to have billed for that.

Each Surface is a customer of its own, so that its part of the ledger can be held against its memory. What is billed is
what the guides' tables say (wire/SEMANTICS.md), not what the server says of itself.
"""
import base64
import collections
import contextlib
import http.client
import json
import pathlib
import random
import sys
import threading
import time

from load import CUT, MEDIA, photo, video
from sessions import CLIP_S, Refused, Session

TESTS = pathlib.Path(__file__).resolve().parents[1]
FIXTURES = TESTS.parent / "build/fixtures"
sys.path[:0] = [str(TESTS / "megvii"), str(TESTS / "native")]
import answers  # noqa: E402
from clients import Gateway, Raw  # noqa: E402

BUSY = ("RequestLimitExceeded", "LimitExceeded", "Throttling.User", "ServiceUnavailable", "CONCURRENCY_LIMIT_EXCEEDED")


def b64(content):
    return base64.b64encode(content).decode()


def magic(name, luck):
    return luck.randbytes(16) + f"\nselfsame-sandbox:{name}".encode()


def idcard_number(serial):
    """One that has its check digit."""
    digits = f"11010119900307{serial:03d}"
    return digits + "10X98765432"[sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(digits)) % 11]


# Whom the register has: with the photo of the person who acts, with another one, and whom it has not.
SAME, OTHER, NO_SUCH = (idcard_number(serial) for serial in (801, 802, 806))
NAME = "张三 Anna"


def fill_register(selfsame, folder, data):
    for name in ("biden.jpg", "obama.jpg"):
        (folder / name).write_bytes((FIXTURES / name).read_bytes())
    (folder / "people.csv").write_text(f"number,name,photo\n{SAME},{NAME},biden.jpg\n{OTHER},{NAME},obama.jpg\n", encoding="utf-8")
    selfsame("register", "import", str(folder / "people.csv"), "--photos", str(folder), "--data", data)


class Surface:
    """One customer's calls, and a memory of them. Threads call once() until the round ends; settle() follows the restart."""

    workers = 1

    def __init__(self, name, server, luck):
        self.name, self.host, self.key = name, server.host, server.key(name)
        self.port = int(server.host.rsplit(":", 1)[1])
        self.seeds, self.lock = random.Random(luck.random()), threading.Lock()
        self.bill = collections.Counter()  # (product, code): how often it has to be in the ledger
        self.ids = set()                   # of rows that have to be there, where answers name them
        self.unsure = 0                    # calls cut without a trace: each may have a row that nobody heard of
        self.acknowledged, self.cut = 0, 0
        self.faults = []

    def connect(self):
        return contextlib.closing(http.client.HTTPConnection(self.host, timeout=60))

    def work(self, ending):
        luck = random.Random(self.seeds.random())
        while not ending.is_set():
            try:
                self.once(luck)
            except CUT:
                with self.lock:
                    self.cut += 1
                time.sleep(0.02)
            except Refused as refused:
                self.faults.append(str(refused))
                time.sleep(0.2)

    def count(self, product, code, identifier=None):
        with self.lock:
            self.acknowledged += 1
            if code is not None:
                self.bill[product, str(code)] += 1
                if identifier:
                    self.ids.add(identifier)

    def settle(self):
        pass

    def finish(self):
        """What can only be told at the end."""
        return []

    def audit(self, ledger):
        """ledger: rows (outcome_id, product, code, units) of this customer. What is wrong."""
        found = collections.Counter((product, code) for _, product, code, _ in ledger)
        missing, extra = self.bill - found, found - self.bill
        faults = [*self.faults]
        if missing:
            faults.append(f"not billed: {dict(missing)}")
        if sum(extra.values()) > self.unsure:
            faults.append(f"billed for nothing: {dict(extra)}, and {self.unsure} calls were cut")
        if lost := self.ids - {row[0] for row in ledger}:
            faults.append(f"acknowledged, and not in the ledger: {sorted(lost)[:3]}")
        return faults

    def tencent(self, connection, action, fields, body=None, headers=None):
        """The Response; Refused when it is an error."""
        body = body or json.dumps(fields).encode()
        headers = headers or self.key.tc3(self.host, body, action)
        while True:
            connection.request("POST", "/", body, headers)
            answer = json.loads(connection.getresponse().read())["Response"]
            if answer.get("Error", {}).get("Code") not in BUSY:
                break
            time.sleep(0.05)
        if "Error" in answer:
            raise Refused(f"{action}: {answer['Error']}")
        return answer


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────


class Token(Session):
    """A session whose token a surface has issued."""

    def __init__(self, surface, luck):
        self.load, self.luck = surface, random.Random(luck.random())
        self.opened = self.sealed = self.result = self.answer = None
        self.recordings = {}  # by challenge

    def open(self, connection):
        return {"token": self.load.issue(self, connection)}

    def recording(self, challenge):
        name = challenge["challenge_id"]
        if name not in self.recordings:
            self.recordings[name] = self.load.recording(self, challenge)
        return self.recordings[name]

    def finish(self, connection):
        """To its verdict, if it is not there yet; then the surface says what it always said."""
        self.go_on(connection)
        answer = self.load.result_of(self.opened, connection)
        if self.answer is None:
            self.answer = answer
            for product, code in self.load.billed(answer):
                self.load.count(product, code)
        elif answer != self.answer:
            differ = [name for name in answer if answer[name] != self.answer.get(name)]
            raise Refused(f"{self.load.name}: {differ} is no longer what it was: {str({name: answer[name] for name in differ})[:300]}")


class Sessions(Surface):
    """issue(), result_of() and billed() are the surface's; the device's part is the native API's."""

    clips = ("video.mp4",)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.sessions, self.round = [], []

    def once(self, luck):
        session = Token(self, luck)
        with self.connect() as connection:
            session.opened = session.open(connection)  # nobody knows of a session whose opening was cut
            with self.lock:
                self.round.append(session)
            session.finish(connection)

    def recording(self, session, challenge):
        return video(session.luck.choice(self.clips), session.luck), CLIP_S

    def settle(self):
        self.go_through(self.round)
        self.sessions += self.round
        self.round = []

    def finish(self):
        self.go_through(self.sessions)
        return [f"{self.name}: {len(self.sessions)} sessions"] if not self.sessions else []

    def go_through(self, sessions):
        def run(some):
            with self.connect() as connection:
                for session in some:
                    try:
                        session.finish(connection)
                    except Refused as refused:
                        self.faults.append(str(refused))

        threads = [threading.Thread(target=run, args=(sessions[i::6],)) for i in range(min(6, len(sessions)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


class Native(Sessions):
    def issue(self, session, connection):
        order = {"reference_image": b64(photo(session.luck.choice(("same.jpg", "other.jpg")), session.luck))}
        headers = {**self.key.bearer(), "Content-Type": "application/json"}
        shown = session.call(connection, "POST", "/v1/verifications", json.dumps(order).encode(), headers)
        session.id = shown["id"]
        return shown["token"]

    def result_of(self, opened, connection):
        session = next(each for each in (*self.round, *self.sessions) if each.opened is opened)
        return session.call(connection, "GET", f"/v1/verifications/{session.id}", headers=self.key.bearer())

    def billed(self, answer):
        return [("native.verifications", answer["outcome"] if answer["outcome"] in ("match", "non_match", "live") else None)]


def lasting(answer):
    """What of an answer stays the same: not its id and time, and not the links to files, which are signed anew."""
    if isinstance(answer, dict):
        passing = ("RequestId", "request_id", "time_used", "Url")
        return {name: lasting(value) for name, value in answer.items() if name not in passing}
    return [lasting(each) for each in answer] if isinstance(answer, list) else answer


class App(Sessions):
    """GetFaceIdTokenIntl, a comparison."""

    def issue(self, session, connection):
        image = photo(session.luck.choice(("same.jpg", "other.jpg")), session.luck)
        fields = {"CheckMode": "compare", "SecureLevel": "1", "Image": b64(image), "RetryLimit": 1, "Extra": "x"}
        return self.tencent(connection, "GetFaceIdTokenIntl", fields)["SdkToken"]

    def result_of(self, opened, connection):
        return lasting(self.tencent(connection, "GetFaceIdResultIntl", {"SdkToken": opened["token"]}))

    def billed(self, answer):
        return [("tencent.app-sdk", answer["Result"] if answer["Result"] in ("0", "2016") else None)]


class IdentityApp(Sessions):
    """ApplySdkVerificationToken: every attempt is billed, whatever it ended with."""

    workers = 2
    clips = ("nobody.mp4", "nobody.mp4", "video.mp4")

    def issue(self, session, connection):
        fields = {"CheckMode": 3, "SecurityLevel": 1, "RetryLimit": 1, "Extra": session.luck.randbytes(8).hex()}
        return self.tencent(connection, "ApplySdkVerificationToken", fields)["SdkToken"]

    def result_of(self, opened, connection):
        return lasting(self.tencent(connection, "GetSdkVerificationResult", {"SdkToken": opened["token"]}))

    def billed(self, answer):
        if answer["ChargeCount"] != 1:
            self.faults.append(f"ChargeCount {answer['ChargeCount']}")
        return [("tencent.identity-app-sdk", answer["Result"])]


class Web(Sessions):
    clips = ("nobody.mp4", "video.mp4")

    def issue(self, session, connection):
        image = photo(session.luck.choice(("same.jpg", "other.jpg")), session.luck)
        config = {"SecurityLevel": 1, "LivenessRetryLimit": 1, "AutoSkip": True}
        fields = {"RedirectURL": "https://example.com/", "CompareImageBase64": b64(image), "Config": config}
        return self.tencent(connection, "ApplyWebVerificationBizTokenIntl", fields)["BizToken"]

    def result_of(self, opened, connection):
        return lasting(self.tencent(connection, "GetWebVerificationResultIntl", {"BizToken": opened["token"]}))

    def billed(self, answer):
        return [("tencent.web", answer["ErrorCode"] if answer["ErrorCode"] in (0, 2016) else None)]


class FaceId(Sessions):
    """get_biz_token and get_result behind the gateway; one of two persons does what the challenge wants."""

    made = threading.Lock()

    def issue(self, session, connection):
        session.acts = session.luck.random() < 0.6
        number = session.luck.choice((SAME, OTHER, NO_SUCH))
        fields = {"liveness_type": "meglive", "idcard_name": NAME, "idcard_number": number, "liveness_action_count": "1"}
        return self.gateway(lambda: Gateway(self.port, self.key.shown).token(fields))["biz_token"]

    def gateway(self, ask):
        while (answer := ask()).status != 200:
            if answer.json["error"] not in BUSY:
                raise Refused(str(answer))
            time.sleep(0.05)
        return answer.json

    def recording(self, session, challenge):
        if not session.acts:
            return super().recording(session, challenge)
        path = MEDIA / f"acts-{challenge['actions'][0]['action']}-{challenge['duration_s']}.mp4"
        with self.made:
            if not path.exists():
                parts, _ = answers.acted(challenge, FIXTURES / "biden.jpg", MEDIA, 1)
                path.write_bytes(parts["video"])
        return video(path.name, session.luck), challenge["duration_s"]

    def result_of(self, opened, connection):
        return lasting(self.gateway(lambda: Gateway(self.port, self.key.shown).result(opened["token"], verbose="1")))

    def billed(self, answer):
        code = answer["result_code"]
        if code == 9000:
            raise Refused(f"decided, and said to be under way: {answer}")
        return [("megvii.faceid", code if code in (1000, 2000, 3000) else None)]


class Sandbox:
    """Magic inputs in place of persons: nothing is billed."""

    workers = 2

    def recording(self, session, challenge):
        return b"a video", 0

    def billed(self, answer):
        return [(None, None)]


class SandboxApp(Sandbox, App):
    def issue(self, session, connection):
        image = magic(session.luck.choice(("match", "non_match", "attack", "video_no_face")), session.luck)
        fields = {"CheckMode": "compare", "SecureLevel": "1", "Image": b64(image), "RetryLimit": 1}
        return self.tencent(connection, "GetFaceIdTokenIntl", fields)["SdkToken"]


class SandboxFaceId(Sandbox, FaceId):
    def issue(self, session, connection):
        image = photo("same.jpg", session.luck) + magic(session.luck.choice(("match", "non_match", "attack")), session.luck)
        fields = {"liveness_type": "meglive", "idcard_name": NAME, "idcard_number": NO_SUCH, "image_ref1": b64(image)}
        return self.gateway(lambda: Gateway(self.port, self.key.shown).token(fields))["biz_token"]


# ── Single calls ─────────────────────────────────────────────────────────────────────────────────


class Repeated(Surface):
    """Calls signed by TC3: the same bytes get the same answer, so nothing that was cut stays open."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.calls = []  # of this round: body, headers, answer or nothing

    def once(self, luck):
        # White space makes each another one, where all fields are the same within a second.
        body = json.dumps(self.fields(luck)).encode() + bytes(luck.choices(b" \t\r\n", k=40))
        call = [body, self.key.tc3(self.host, body, self.action), None]
        with self.connect() as connection:
            connection.connect()  # refused: nothing has begun
            with self.lock:
                self.calls.append(call)
            self.send(call, connection)

    def send(self, call, connection):
        answer = self.tencent(connection, self.action, None, call[0], call[1])
        if call[2] is None:
            call[2] = answer
            self.count(self.product, answer["Result"] if self.bills(answer) else None, answer["RequestId"])
        elif self.bills(call[2]) and answer != call[2]:
            raise Refused(f"{self.action} was answered {str(call[2])[:200]}, and now {str(answer)[:200]}")

    def settle(self):
        with self.connect() as connection:
            for call in self.calls:
                try:
                    self.send(call, connection)
                except Refused as refused:
                    self.faults.append(str(refused))
        self.calls = []


class Comparison(Repeated):
    action, product = "CompareFaceLiveness", "tencent.pure-api"

    def fields(self, luck):
        picture, clip = luck.choice((("same.jpg", "video.mp4"), ("other.jpg", "video.mp4"), ("same.jpg", "nobody.mp4")))
        return {"ImageBase64": b64(photo(picture, luck)), "VideoBase64": b64(video(clip, luck)), "LivenessType": "SILENT"}

    def bills(self, answer):
        return answer["Result"] in ("Success", "FailedOperation.CompareLowSimilarity")


class Register(Repeated):
    action, product = "IdCardVerification", "tencent.register"

    def fields(self, luck):
        number, name = luck.choice(((SAME, NAME), (OTHER, NAME), (SAME, "Boris"), (NO_SUCH, NAME)))
        return {"IdCard": number, "Name": name}

    def bills(self, answer):
        return answer["Result"] in ("0", "-1")


class Photos(Surface):
    """ExecuteRequest. A call that was cut cannot be sent again: its nonce is used up."""

    def once(self, luck):
        fields = {"refFaceContent": b64(photo("same.jpg", luck)), "authFaceContent": b64(photo(luck.choice(("same.jpg", "other.jpg")), luck)),
                  "resourceCode": "00840000"}
        body = self.key.rpc("2019-05-21", Action="ExecuteRequest", Service="intl_face_verify", ServiceParameters=json.dumps(fields))
        answer = self.ask(body)
        if str(answer.get("Code")) in BUSY:
            time.sleep(0.05)
            return
        data = json.loads(answer["Data"]) if str(answer.get("Code")) == "200" else {}
        if not data:
            raise Refused(f"ExecuteRequest: {answer}")
        self.count("alibaba.id-verification", "200" if data["retCode"] == "OK_SUCCESS" else None, answer["RequestId"])

    def ask(self, body):
        with self.connect() as connection:
            connection.connect()
            with self.lock:
                self.unsure += 1
            connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = json.loads(connection.getresponse().read())
        with self.lock:
            self.unsure -= 1
        return answer


class Texts(Photos):
    """SendMessageToGlobe, to a message centre that does not die."""

    workers = 2
    number = "628131234567"

    def __init__(self, name, server, luck, centre):
        super().__init__(name, server, luck)
        self.centre, self.texts, self.units = centre, {}, {}  # by message id

    def once(self, luck):
        text = f"{luck.randbytes(16).hex()} " * luck.choice((1, 6))  # each segment of the longer one names it
        answer = self.ask(self.key.rpc("2018-05-01", Action="SendMessageToGlobe", To=self.number, Message=text))
        if answer.get("Code") in BUSY:
            return
        if answer.get("ResponseCode") != "OK":
            raise Refused(f"SendMessageToGlobe: {answer}")
        self.count("alibaba.sms", "OK", answer["MessageId"])
        with self.lock:
            self.texts[answer["MessageId"]], self.units[answer["MessageId"]] = text, int(answer["Segments"])

    @staticmethod
    def segments(text):
        return [text] if len(text) <= 160 else [text[i : i + 153] for i in range(0, len(text), 153)]

    def settle(self):
        """Each that was acknowledged is known."""
        for message in list(self.texts)[-50:]:
            with self.connect() as connection:
                connection.request("POST", "/", self.key.rpc("2018-05-01", Action="QueryMessage", MessageId=message),
                                   {"Content-Type": "application/x-www-form-urlencoded"})
                answer = json.loads(connection.getresponse().read())
            if answer.get("ResponseCode") != "OK":
                self.faults.append(f"an acknowledged message is not known: {answer}")

    def audit(self, ledger):
        units = {row[0]: row[3] for row in ledger}
        wrong = [each for each, number in self.units.items() if units.get(each) != number]
        return super().audit(ledger) + ([f"billed by other segments: {wrong[:3]}"] if wrong else [])


class Unposed(Surface):
    """Raw: a number, a silent video, and what became of it. The last call uses the token up and is billed."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.open = []

    def once(self, luck):
        raw = Raw(self.port, self.key.shown)
        number = self.ask(raw.post("get_random_number"))
        if number is None:
            return
        job = {"number": number["token_random_number"], "clip": video("video.mp4", luck), "asked": time.monotonic(), "cut": False}
        with self.lock:
            self.open.append(job)
        self.go_on(job, raw)

    def ask(self, answer, allowed=()):
        """Nothing: to be asked again, or one of `allowed` errors."""
        if answer.status == 200:
            return answer.json
        if answer.json["error_message"] in BUSY:
            time.sleep(0.05)
            return None
        if answer.json["error_message"] in allowed:
            return {}
        raise Refused(str(answer))

    def go_on(self, job, raw):
        used = ("INVALID_TOKEN",) if job["cut"] else ()
        try:
            if "token" not in job:
                time.sleep(max(0, job["asked"] + CLIP_S - time.monotonic()))
                while (seen := self.ask(raw.post("validate_video", {"video": job["clip"]}, token_random_number=job["number"]), used)) is None:
                    pass
                if not seen:  # the video was taken, and its token is lost
                    return self.open.remove(job)
                job["token"], job["cut"] = seen["token_video"], False
                used = ()
            photos = {"image_ref1": photo("same.jpg", random)}
            while (seen := self.ask(raw.post("verify", photos, token=job["token"], comparison_type="0", uuid="u"), used)) is None:
                pass
            if seen and seen["liveness"] != {"procedure_validation": "VIDEO_SR_ERROR"}:
                raise Refused(f"verify: {seen}")
            self.count("megvii.raw-compare", "200")  # also where the answer was cut, and the token is used up
            self.open.remove(job)
        except CUT:
            job["cut"] = True
            raise

    def settle(self):
        raw = Raw(self.port, self.key.shown)
        for job in list(self.open):
            try:
                self.go_on(job, raw)
            except Refused as refused:
                self.faults.append(str(refused))
                self.open.remove(job)


# ── All of them ──────────────────────────────────────────────────────────────────────────────────


class World:
    """Every surface of one server, or those named, and always text messages."""

    kinds = (App, IdentityApp, Web, Native, FaceId, SandboxApp, SandboxFaceId, Comparison, Register, Photos, Unposed)

    def __init__(self, server, centre, selfsame, luck, only=()):
        self.server, self.ending, self.threads = server, threading.Event(), []
        self.surfaces = [kind(kind.__name__, server, luck) for kind in self.kinds if not only or kind.__name__ in only]
        self.texts = Texts("Texts", server, luck, centre)
        self.surfaces.append(self.texts)
        for surface in self.surfaces:
            if isinstance(surface, Sandbox):
                selfsame("customers", "set", surface.name, "--data", server.data, "sandbox=true", env=server.env)

    def start(self):
        self.ending.clear()
        self.threads = [threading.Thread(target=each.work, args=(self.ending,)) for each in self.surfaces for _ in range(each.workers)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()

    def acknowledged(self):
        return sum(each.acknowledged for each in self.surfaces)

    def cut(self):
        return sum(each.cut for each in self.surfaces)

    def settle(self):
        """All at once: each waits for its own."""
        threads = [threading.Thread(target=each.settle) for each in self.surfaces]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def audit(self, ledger):
        """ledger: of everybody, (customer, outcome_id, product, code, units)."""
        return [
            f"{each.name}: {fault}" for each in self.surfaces
            for fault in each.audit([row[1:] for row in ledger if row[0] == each.name])
        ]

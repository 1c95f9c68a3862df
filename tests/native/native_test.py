#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The native API over HTTP; see run.sh. Ends with `N passed, N failed[, N skipped]`."""

import concurrent.futures
import functools
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import answers  # noqa: E402
from cli_test import FIXTURES, ROOT, Server, multipart, selfsame  # noqa: E402
from device import RECORDING_S, Customer, Device, call  # noqa: E402

PATIENCE = float(os.environ.get("SELFSAME_TEST_PATIENCE", "1"))  # how many times slower the program may be
HERE = pathlib.Path(__file__).resolve().parent
SCHEMATHESIS = ROOT / "build/tests/schemathesis"
SETTINGS = {
    "SELFSAME_WEBHOOKS_PRIVATE_NETWORKS": "true",
    "SELFSAME_WEBHOOKS_FIRST_PAUSE_MS": "200",
    "SELFSAME_VERIFICATIONS_SWEEP_INTERVAL_S": "1",
    "SELFSAME_NATIVE_DEVICE_CALLS_PER_SECOND": "10",
}


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, words)], check=True, timeout=120)


DOCUMENT = json.loads((ROOT / "src/adapters/native/openapi.json").read_text(encoding="utf-8"))


def faults_of(name, content):
    """Where it is not what the document's schema of this name says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [f"{name} {list(fault.path)}: {fault.message}" for fault in validator.iter_errors(content)]


class Stage:
    """One server, two customers and what they send."""

    server = None

    @classmethod
    def set_up(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_native_"))
        unittest.addModuleCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.data = str(cls.folder / "data")
        keys = [json.loads(selfsame("key", "create", "--data", cls.data, "--name", name, "--json").splitlines()[0])
                for name in ("bank", "shop", "fuzz")]
        cls.server = Server(cls.data, env=SETTINGS)
        unittest.addModuleCleanup(cls.tear_down)
        cls.bank, cls.shop, cls.fuzz = (Customer(cls.server.port, key) for key in keys)
        ffmpeg("-i", FIXTURES / "talking.mp4", "-t", "2.4", "-c", "copy", cls.folder / "live.mp4")
        cls.live = (cls.folder / "live.mp4").read_bytes()
        cls.photo = (FIXTURES / "talking.jpg").read_bytes()
        cls.stranger = (FIXTURES / "obama.jpg").read_bytes()
        ffmpeg("-loop", "1", "-i", FIXTURES / "obama2.jpg", "-t", "2.4", "-r", "25", "-vf", "scale=480:-2", "-c:v", "libx264",
               "-pix_fmt", "yuv420p", cls.folder / "still.mp4")
        ffmpeg("-f", "lavfi", "-i", "mandelbrot=size=320x240:rate=25", "-t", "2.4", "-c:v", "libx264", "-pix_fmt", "yuv420p",
               cls.folder / "no_face.mp4")
        subprocess.run(
            ["/usr/bin/python3", "-B", ROOT / "tests/documents/generate.py", "--types", "MainlandIDCard", "--count", "2", "--seed", "7",
             cls.folder / "documents"],
            check=True, timeout=120, stdout=subprocess.DEVNULL,
        )
        subprocess.run(
            ["/usr/bin/python3", "-B", ROOT / "tests/documents/generate.py", "--types", "InternationalIDPassport,SingaporeIDCard",
             "--count", "3", "--seed", "7", cls.folder / "documents"],
            check=True, timeout=120, stdout=subprocess.DEVNULL,
        )
        cls.still = (cls.folder / "still.mp4").read_bytes()
        cls.no_face = (cls.folder / "no_face.mp4").read_bytes()

    @classmethod
    def tear_down(cls):
        code = cls.server.stop()
        keep = ROOT / "build/logs"
        keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(cls.server.log, keep / "native-server.log")
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {cls.server.said[-2000:]}")


def setUpModule():
    Stage.set_up()


class Sessions(unittest.TestCase):
    def setUp(self):
        self.bank, self.port = Stage.bank, Stage.server.port

    def assert_is(self, name, content):
        self.assertEqual(faults_of(name, content), [])

    def opened(self, photo=None, **terms):
        answer = self.bank.open(photo, **terms)
        self.assertEqual(answer.status, 201, answer)
        self.assert_is("OpenedVerification", answer.json)
        return answer.json["id"], Device(self.port, answer.json["token"])

    def view(self, verification):
        answer = self.bank.show(verification)
        self.assertEqual(answer.status, 200, answer)
        self.assert_is("Verification", answer.json)
        return answer.json

    def ledger(self, name="bank"):
        text = selfsame("ledger", "--data", Stage.data, "--name", name, "--json").splitlines()[0]
        return [(entry["product"], entry["code"]) for entry in json.loads(text)["entries"]]


class Pages(Sessions):
    """What the page at `url` asks for, without the page."""

    def cookie_of(self, answer):
        cookie = answer.headers["Set-Cookie"]
        self.assertRegex(cookie, r"^selfsame_device=[A-Za-z0-9]{32,64}; Path=/v1/sessions/[^;]+; HttpOnly; SameSite=Strict$")
        return cookie.split(";")[0]

    def test_a_session_tells_its_page_what_to_show(self):
        page = {"language": "zh-Hans", "theme_colour": "#0a84ff", "redirect_url": "https://shop.example/done?a=1", "skip_result": True}
        answer = self.bank.open(Stage.photo, modes=["action", "reflection"], page=page)
        token = answer.json["token"]
        self.assertTrue(answer.json["url"].endswith(f"/reflect/?token={token}"), answer.json["url"])
        outline = call(self.port, "GET", f"/v1/sessions/{token}")
        self.assertEqual(outline.status, 200, outline)
        self.assert_is("SessionOutline", outline.json)
        self.assertEqual(outline.json["modes"], ["silent", "action", "reflection"])
        self.assertEqual((outline.json["state"], outline.json["compare"], outline.json["claimed"]), ("created", True, False))
        self.assertEqual(outline.json["page"], {**page, "skip_consent": False, "skip_start": False})

    def test_odd_wishes_are_refused(self):
        odd = [{"language": "no such"}, {"theme_colour": "red"}, {"redirect_url": "javascript:alert(1)"}, {"redirect_url": "//x"}, {"colour": 1}]
        for page in odd:
            self.assertEqual(self.bank.open(page=page).status, 400, page)

    def test_one_browser_has_the_session(self):
        _, device = self.opened(Stage.photo)
        path = f"/v1/sessions/{device.token}"
        claimed = call(self.port, "POST", f"{path}/claim")
        self.assertEqual(claimed.status, 204, claimed)
        own = {"Cookie": f"theme=dark; {self.cookie_of(claimed)}"}
        self.assertEqual(call(self.port, "POST", f"{path}/claim").code, "conflict")
        self.assertEqual(call(self.port, "POST", f"{path}/claim", headers=own).status, 204)
        for method, what in (("POST", "challenge"), ("GET", "evidence"), ("GET", "result"), ("POST", "end")):
            self.assertEqual(call(self.port, method, f"{path}/{what}", "{}", {"Content-Type": "application/json"}).code, "conflict", what)
        outline = call(self.port, "GET", path)
        self.assertEqual((outline.status, outline.json["claimed"]), (200, True))
        self.assertEqual(call(self.port, "GET", f"{path}/result", headers={"Cookie": "selfsame_device=" + "x" * 43}).code, "conflict")
        self.assertEqual(call(self.port, "POST", f"{path}/challenge", "{}", {"Content-Type": "application/json", **own}).status, 200)
        self.assertEqual(call(self.port, "GET", f"{path}/result", headers=own).json["state"], "challenged")

    def test_a_claim_may_be_sent_again(self):
        _, device = self.opened(Stage.photo)
        path, kind = f"/v1/sessions/{device.token}/claim", {"Content-Type": "application/json"}
        key = json.dumps({"key": "k" * 43})
        first, again = (call(self.port, "POST", path, key, kind) for _ in range(2))
        self.assertEqual((first.status, again.status), (204, 204), again)
        self.assertEqual(self.cookie_of(first), self.cookie_of(again))
        self.assertEqual(call(self.port, "POST", path, json.dumps({"key": "z" * 43}), kind).code, "conflict")
        self.assertEqual(call(self.port, "POST", path, json.dumps({"key": "short"}), kind).code, "invalid_parameter")

    def test_the_page_is_served(self):
        page = call(self.port, "GET", "/reflect/?token=x", headers={"Accept-Encoding": "br"})
        self.assertEqual((page.status, page.headers["Content-Type"]), (200, "text/html; charset=utf-8"), page)
        self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")


class Verdicts(Sessions):
    def test_the_same_person_passes_and_is_billed_once(self):
        billed = self.ledger()
        verification, device = self.opened(Stage.photo, metadata="order 17 – ä")
        result = device.answer(Stage.live)
        self.assert_is("Session", result.json)
        self.assertEqual(result.json, {"state": "decided", "passed": True, "retry": False, "hint": None, "attempts_left": 0, "document": None})
        view = self.view(verification)
        self.assertEqual((view["outcome"], view["passed"], view["attack_class"]), ("match", True, "none"))
        self.assertEqual(view["metadata"], "order 17 – ä")
        finding = view["attempts"][0]["finding"]
        self.assertGreaterEqual(finding["scores"]["cosine"], finding["scores"]["match_threshold"])
        self.assertGreaterEqual(finding["scores"]["pad"], finding["scores"]["pad_threshold"])
        self.assertEqual([each["cause"] for each in view["transitions"]], ["challenge_issued", "evidence_sealed", "judged"])
        best = self.bank.call("GET", f"/v1/verifications/{verification}/best-frame")
        self.assertEqual((best.status, best.headers["Content-Type"], best.body[:2]), (200, "image/jpeg", b"\xff\xd8"))
        self.assertEqual(best.headers["Cache-Control"], "no-store")
        self.assertEqual(self.ledger(), [*billed, ("native.verifications", "match")])

    def test_another_person_does_not(self):
        verification, device = self.opened(Stage.stranger)
        result = device.answer(Stage.live)
        self.assertEqual(result.json["state"], "decided", result)
        self.assertFalse(result.json["passed"])
        self.assertEqual(self.view(verification)["outcome"], "non_match")

    def test_liveness_alone_needs_no_photo(self):
        verification, device = self.opened()
        self.assertTrue(device.answer(Stage.live).json["passed"])
        self.assertEqual(self.view(verification)["outcome"], "live")

    def test_a_still_photo_as_video_is_an_attack_at_once_and_free(self):
        billed = self.ledger()
        verification, device = self.opened(attempts_max=5)
        result = device.answer(Stage.still)
        self.assertEqual(result.json["state"], "decided", result)
        self.assertEqual((result.json["passed"], result.json["hint"], result.json["attempts_left"]), (False, None, 0))
        view = self.view(verification)
        self.assertEqual(view["outcome"], "attack")
        self.assertNotEqual(view["attack_class"], "none")
        self.assertFalse(view["has_best_frame"])
        self.assertEqual(self.bank.call("GET", f"/v1/verifications/{verification}/best-frame").code, "not_found")
        self.assertEqual(self.ledger(), billed)

    def test_what_can_be_mended_may_be_tried_again(self):
        verification, device = self.opened(attempts_max=2)
        first = device.answer(Stage.no_face).json
        self.assertEqual((first["state"], first["retry"], first["hint"], first["attempts_left"]), ("challenged", True, "no_face", 1))
        self.assertTrue(device.answer(Stage.live).json["passed"])
        attempts = self.view(verification)["attempts"]
        self.assertEqual([each["finding"]["outcome"] for each in attempts], ["video_no_face", "live"])
        self.assertNotEqual(*(each["challenge"]["challenge_id"] for each in attempts))

    def test_what_was_recorded_before_is_an_attack(self):
        verification, device = self.opened()
        challenge = device.challenge().json
        device.upload_all(challenge, "video", Stage.live)
        self.assertEqual(device.seal(challenge).status, 202)
        self.assertFalse(device.result().json["passed"])
        self.assertEqual(self.view(verification)["outcome"], "attack")

    def test_attempts_are_used_up(self):
        verification, device = self.opened(attempts_max=1)
        result = device.answer(Stage.no_face).json
        self.assertEqual((result["state"], result["passed"], result["retry"]), ("decided", False, False))
        self.assertEqual(self.view(verification)["outcome"], "video_no_face")

    def test_a_recording_without_the_actions_does_not_answer_them(self):
        _, device = self.opened(modes=["action"], actions=3, attempts_max=1)
        self.assertFalse(device.answer(Stage.live).json["passed"])

    def test_a_recording_without_the_colours_does_not_answer_them(self):
        _, device = self.opened(modes=["reflection"], attempts_max=1)
        self.assertFalse(device.answer(Stage.live).json["passed"])

    def test_a_recording_without_the_digits_does_not_answer_them(self):
        _, device = self.opened(modes=["lip"], attempts_max=1)
        self.assertFalse(device.answer(Stage.live).json["passed"])


class Challenges(Sessions):
    def test_what_is_asked_for_is_what_was_ordered(self):
        _, device = self.opened(modes=["action", "reflection", "lip"], actions=2, allowed_actions=["nod", "blink"], digits=5)
        challenge = device.challenge(mirrored=True).json
        self.assert_is("DeviceChallenge", challenge)
        self.assertEqual(sorted(each["action"] for each in challenge["actions"]), ["blink", "nod"])
        self.assertGreaterEqual(len(challenge["flashes"]), 8)
        self.assertRegex(challenge["digits"], "^[0-9]{5}$")
        self.assertTrue(challenge["mirrored"])
        self.assertEqual(challenge["modes"], ["silent", "action", "reflection", "lip"])
        self.assertEqual(device.challenge(mirrored=True).json, challenge, "asked again it is the same one")

    def test_a_device_that_cannot_flash_gets_what_was_agreed(self):
        _, device = self.opened(modes=["reflection"], fallback_actions=2)
        challenge = device.challenge(can_flash=False).json
        self.assertEqual((challenge["flashes"], challenge["fallback"]), ([], "client_cannot_flash"))
        self.assertEqual(len(challenge["actions"]), 2)
        _, device = self.opened(modes=["reflection"])
        self.assertEqual(device.challenge(can_flash=False).status, 501)

    def test_evidence_is_for_its_own_session_and_challenge(self):
        _, one = self.opened()
        _, other = self.opened()
        foreign, challenge = other.challenge().json, one.recorded()
        self.assertEqual(one.upload(foreign, "video", Stage.live, 0, Stage.live).code, "conflict")
        one.upload_all(challenge, "video", Stage.live)
        self.assertEqual(one.seal(foreign).code, "conflict")
        forged = {**challenge, "signature": foreign["signature"]}
        self.assertEqual(one.seal(forged).status, 401)
        self.assertEqual(one.seal(challenge).status, 202)
        self.assertEqual(one.seal(challenge).code, "conflict")
        self.assertTrue(one.result().json["passed"])
        self.assertEqual(one.seal(challenge).code, "conflict")
        self.assertEqual(one.challenge().code, "conflict")

    def test_of_many_seals_at_once_one_is_taken(self):
        verification, device = self.opened()
        challenge = device.recorded()
        device.upload_all(challenge, "video", Stage.live)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: device.seal(challenge).status, range(8)))
        self.assertEqual(sorted(answers), [202] + [409] * 7)
        self.assertTrue(device.result().json["passed"])
        self.assertEqual([each["cause"] for each in self.view(verification)["transitions"]].count("judged"), 1)


class Uploads(Sessions):
    def setUp(self):
        super().setUp()
        _, self.device = self.opened()
        self.asked = self.device.challenge().json
        self.begun = time.monotonic()

    def arrived(self):
        return {each["part"]: each["received_bytes"] for each in self.device.call("GET", "evidence").json["parts"]}

    def test_a_broken_connection_is_gone_on_from(self):
        video, half = Stage.live, 100_000
        self.assertEqual(self.device.upload(self.asked, "video", video[:half], 0, video).json["received_bytes"], half)
        self.break_off(video, half)
        self.assertEqual(self.arrived(), {"video": half}, "a chunk that did not come whole is not kept")
        self.assertEqual(self.device.seal(self.asked).code, "invalid_parameter")
        self.assertEqual(self.device.upload(self.asked, "video", video[half:], half, video).status, 200)
        self.assertEqual(self.arrived(), {"video": len(video)})
        time.sleep(max(0, RECORDING_S - (time.monotonic() - self.begun)))
        self.assertEqual(self.device.seal(self.asked).status, 202)
        self.assertTrue(self.device.result().json["passed"])

    def break_off(self, video, offset):
        path = (f"/v1/sessions/{self.device.token}/evidence?challenge_id={self.asked['challenge_id']}&part=video&offset={offset}"
                f"&total={len(video)}&sha256={hashlib.sha256(video).hexdigest()}")
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(video) - offset}\r\n\r\n"
            line.sendall(head.encode() + video[offset : offset + 5000])

    def test_chunks_lie_one_after_another(self):
        video = Stage.live
        self.assertEqual(self.device.upload(self.asked, "video", video[:100_000], 0, video).status, 200)
        for offset in (0, 50_000, 99_999, 100_001, len(video), 1 << 40):
            answer = self.device.upload(self.asked, "video", video[:70_000], offset, video)
            self.assertIn((answer.status, answer.code), ((409, "conflict"), (400, "invalid_parameter")), offset)
        self.assertEqual(self.arrived(), {"video": 100_000})

    def test_a_part_is_what_it_was_announced_as(self):
        video = Stage.live
        wrong = hashlib.sha256(b"another").hexdigest()
        for offset in range(0, len(video), 200_000):
            last = self.device.upload(self.asked, "video", video[offset : offset + 200_000], offset, video, sha256=wrong)
        self.assertIn(last.status, (200, 400), last)
        self.assertEqual(self.device.seal(self.asked).code, "invalid_parameter")
        self.assertEqual(self.device.call("GET", "result").json["state"], "challenged")

    def test_limits_hold(self):
        video = Stage.live
        for part in ("face", "still-0", "still-x", "..%2fvideo", "still-100000"):
            self.assertEqual(self.device.upload(self.asked, part, video[:100_000], 0, video).code, "invalid_parameter", part)
        for changed in ({"total": 0}, {"sha256": "x"}, {"sha256": "0" * 63}):
            self.assertEqual(self.device.upload(self.asked, "video", video[:100_000], 0, video, **changed).code, "invalid_parameter")
        for total in (1 << 30, 1 << 62):
            self.assertIn(self.device.upload(self.asked, "video", video[:100_000], 0, video, total=total).code,
                          ("payload_too_large", "invalid_parameter"))
        self.assertEqual(self.device.upload(self.asked, "video", bytes(9 << 20), 0, bytes(9 << 20)).code, "payload_too_large")
        self.assertEqual(self.device.seal(self.asked).code, "invalid_parameter")

    def test_what_is_wrong_with_evidence_is_said(self):
        video = Stage.live
        self.assertIn("No part", self.device.seal(self.asked).json["detail"])
        self.assertIn("`part`", self.device.upload(self.asked, "face", video[:100_000], 0, video).json["detail"])
        self.device.upload_all(self.asked, "video", video)
        for said, more in (("`stills`", {"stills": [{"part": "still-1", "time_s": 1}]}), ("`flash_shown_at_s`", {"flash_shown_at_s": [1]})):
            answer = self.device.seal(self.asked, **more)
            self.assertEqual(answer.code, "invalid_parameter")
            self.assertIn(said, answer.json["detail"])
        self.assertEqual(self.device.call("GET", "result").json["state"], "challenged")


class Endings(Sessions):
    def test_a_device_may_give_up(self):
        verification, device = self.opened()
        device.challenge()
        self.assertEqual(device.call("POST", "end", {"reason": "passed"}).code, "invalid_parameter")
        self.assertEqual(device.call("POST", "end", {"reason": "camera_busy"}).json["state"], "cancelled")
        view = self.view(verification)
        self.assertEqual((view["state"], view["end_reason"], view["passed"]), ("cancelled", "camera_busy", False))
        self.assertEqual(device.challenge().code, "conflict")

    def test_giving_up_changes_no_verdict(self):
        _, device = self.opened()
        self.assertTrue(device.answer(Stage.live).json["passed"])
        self.assertEqual(device.call("POST", "end", {"reason": "other"}).code, "conflict")
        self.assertTrue(device.call("GET", "result").json["passed"])

    def test_who_does_not_begin_is_too_late(self):
        verification, device = self.opened(start_within_s=1)
        time.sleep(1.2)
        self.assertEqual(device.challenge().code, "expired")
        self.assertEqual(self.view(verification)["state"], "expired")

    def test_evidence_after_its_challenge_is_too_late(self):
        _, device = self.opened(answer_within_s=1)
        challenge = device.challenge().json
        device.upload_all(challenge, "video", Stage.live)
        time.sleep(1.2)
        self.assertEqual(device.seal(challenge).code, "expired")
        self.assertNotEqual(device.challenge().json["challenge_id"], challenge["challenge_id"])

    def test_samples_of_what_is_over_are_erased(self):
        blobs = lambda: sum(path.is_file() for path in (pathlib.Path(Stage.data) / "blobs").rglob("*"))  # noqa: E731
        before = blobs()
        _, device = self.opened(Stage.photo, end_within_s=2, start_within_s=2, answer_within_s=2)
        challenge = device.challenge().json
        device.upload_all(challenge, "video", Stage.live)
        self.assertGreater(blobs(), before)
        deadline = time.monotonic() + 20 * PATIENCE
        while blobs() > before and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(blobs(), before)


class Strangers(Sessions):
    def test_ids_and_tokens_are_their_owners_alone(self):
        verification, device = self.opened()
        self.assertEqual(Stage.shop.show(verification).code, "not_found")
        self.assertEqual(Stage.shop.call("GET", f"/v1/verifications/{verification}/best-frame").code, "not_found")
        self.assertEqual(self.bank.show(device.token).code, "not_found")
        for token in (verification, device.token[:-1], device.token + "A", device.token.swapcase(), "A" * 43, "%2e%2e", "x" * 5000, "'"):
            self.assertEqual(Device(self.port, token).call("GET", "result").code, "not_found", token)
        self.assertEqual(call(self.port, "GET", f"/v1/verifications/{verification}").code, "unauthenticated")

    def test_an_account_state_stops_it(self):
        selfsame("account", "set", "--data", Stage.data, "--name", "shop", "--product", "native.verifications", "--state", "in_arrears")
        try:
            self.assertEqual(Stage.shop.open().status, 402)
        finally:
            selfsame("account", "set", "--data", Stage.data, "--name", "shop", "--product", "native.verifications", "--state", "active")

    def test_the_photo_must_be_of_one_face(self):
        answer = self.bank.open((FIXTURES / "astronaut.png").read_bytes()[:5000])
        self.assertEqual((answer.status, answer.code), (422, "image_undecodable"))
        ffmpeg("-f", "lavfi", "-i", "color=gray:s=480x480", "-frames:v", "1", Stage.folder / "blank.png")
        answer = self.bank.open((Stage.folder / "blank.png").read_bytes())
        self.assertEqual((answer.status, answer.code, answer.json["defect"]), (422, "unusable_reference", "no_face"))

    def test_a_device_that_hurries_is_slowed_down(self):
        _, device = self.opened()
        statuses = [device.call("GET", "result").status for _ in range(300)]
        self.assertEqual(set(statuses), {200, 429})
        self.assertGreaterEqual(statuses.count(200), 100)

    def test_who_knows_no_more_than_the_token_cannot_use_up_what_its_device_may(self):
        _, device = self.opened()
        path = f"/v1/sessions/{device.token}"
        claimed = call(self.port, "POST", f"{path}/claim", "{}", {"Content-Type": "application/json"})
        cookie = {"Cookie": claimed.headers["Set-Cookie"].partition(";")[0]}
        made_up = lambda number: {"Cookie": f"selfsame_device={number:043}"}  # noqa: E731
        for stranger in (lambda number: None, made_up):
            statuses = [call(self.port, "GET", path, headers=stranger(number)).status for number in range(300)]
            self.assertIn(429, statuses)
            self.assertEqual(call(self.port, "GET", f"{path}/result", headers=cookie).status, 200)

    def test_no_page_of_another_origin_may_read(self):
        answer = call(self.port, "GET", "/v1/openapi.json", headers={"Origin": "https://evil.example"})
        self.assertFalse([name for name in answer.headers if name.lower().startswith("access-control-")])
        self.assertEqual(call(self.port, "OPTIONS", "/v1/verifications").status, 405)


class Repeated(Sessions):
    def test_the_same_request_gets_the_first_answer(self):
        key = {"Idempotency-Key": "order-18"}
        first = self.bank.open(Stage.photo, key, metadata="a")
        again = self.bank.open(Stage.photo, key, metadata="a")
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first.body, again.body)
        self.assertEqual((first.headers["Idempotent-Replayed"], again.headers["Idempotent-Replayed"]), (None, "true"))
        self.assertEqual(self.bank.open(Stage.photo, key, metadata="b").code, "idempotency_key_reused")
        self.assertNotEqual(Stage.shop.open(Stage.photo, key, metadata="a").json["id"], first.json["id"])

    def test_what_failed_may_be_mended_under_its_key(self):
        key = {"Idempotency-Key": "order-19"}
        self.assertEqual(self.bank.open(None, key, actions=9).status, 400)
        self.assertEqual(self.bank.open(None, key).status, 201)

    def test_of_many_at_once_one_is_done(self):
        key = {"Idempotency-Key": "order-20"}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.bank.open(Stage.photo, key), range(8)))
        self.assertLessEqual({answer.status for answer in answers}, {201, 409})
        self.assertEqual(len({answer.json["id"] for answer in answers if answer.status == 201}), 1)

    def test_comparisons_know_keys_too(self):
        body, kind = multipart([("a", Stage.photo), ("b", Stage.stranger)])
        headers = {"Authorization": f"Bearer {self.bank.key['appcode']}", "Idempotency-Key": "compare-1", **kind}
        first = call(self.port, "POST", "/v1/comparisons", body, headers)
        again = call(self.port, "POST", "/v1/comparisons", body, headers)
        self.assertEqual((first.status, again.status), (200, 200))
        self.assertEqual(first.json["request_id"], again.json["request_id"])

    def test_odd_keys_are_refused(self):
        for key in ("", "a b", "x" * 256, "\u00e4"):
            answer = self.bank.open(None, {"Idempotency-Key": key.encode("latin-1")})
            self.assertEqual(answer.status, 400, repr(key))


class Documents(Sessions):
    CARD = "documents/MainlandIDCard-0001-front"

    def setUp(self):
        super().setUp()
        self.photo = (Stage.folder / f"{self.CARD}.jpg").read_bytes()

    def read(self, *parts, headers=None, port=None, key=None):
        body, kind = multipart(parts or [("image", self.photo)])
        credential = {"Authorization": f"Bearer {(key or self.bank.key)['appcode']}"}
        return call(port or self.port, "POST", "/v1/documents", body, {**credential, **kind, **(headers or {})})

    def charges(self):
        return [entry for entry in self.ledger() if entry[0] == "native.documents"]

    def test_a_card_is_read_stored_and_billed(self):
        before = self.charges()
        answer = self.read()
        self.assertEqual(answer.status, 200, answer)
        self.assert_is("Document", answer.json)
        truth = json.loads((Stage.folder / f"{self.CARD}.json").read_text(encoding="utf-8"))
        self.assertEqual((answer.json["type"], answer.json["side"]), ("MainlandIDCard", "front"))
        for field in ("document_number", "full_name", "date_of_birth", "sex"):
            self.assertEqual(answer.json["fields"].get(field), truth["fields"][field], field)
        self.assertEqual(self.charges(), [*before, ("native.documents", "document_read")])
        record = self.bank.call("GET", f"/v1/comparisons/{answer.json['request_id']}")
        self.assert_is("ComparisonRecord", record.json)
        self.assertEqual((record.json["operation"], record.json["outcome"], record.json["cosine"]), ("documents", "document_read", None))

    def test_it_is_what_the_command_line_says(self):
        answer = self.read(("type", b"MainlandIDCard"), ("image", self.photo)).json
        printed = json.loads(selfsame("document", str(Stage.folder / f"{self.CARD}.jpg"), "--type", "MainlandIDCard", "--json"))
        del answer["request_id"]
        self.assertEqual(answer, printed)
        schema = json.loads((ROOT / "schemas/document.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(answer)

    def test_no_document_is_a_finding_and_free(self):
        before = self.charges()
        answer = self.read(("image", Stage.stranger))
        self.assertEqual((answer.status, answer.json["type"], answer.json["fields"]), (200, None, {}))
        self.assert_is("Document", answer.json)
        other = self.read(("image", self.photo), ("type", b"HKIDCard"))
        self.assertEqual((other.status, other.json["type"]), (200, None), "another type is asked for")
        self.assertEqual(self.charges(), before)
        self.assertEqual(self.bank.call("GET", f"/v1/comparisons/{answer.json['request_id']}").code, "not_found")

    def test_what_is_wrong_is_said(self):
        for code, *parts in (
            ("missing_parameter", ("type", b"HKIDCard")),
            ("missing_parameter", ("image", b"")),
            ("unknown_parameter", ("image", self.photo), ("photo", self.photo)),
            ("invalid_parameter", ("image", self.photo), ("image", self.photo)),
            ("invalid_parameter", ("image", self.photo), ("type", b"HKIDCard2")),
            ("image_undecodable", ("image", self.photo[:5000])),
            ("image_too_large", ("image", self.photo + bytes(10 << 20))),
        ):
            answer = self.read(*parts)
            self.assertEqual(answer.code, code)
        answer = self.bank.call("POST", "/v1/documents", {"image": "AAAA"})
        self.assertEqual((answer.status, answer.code), (400, "malformed_request"))

    def test_a_repeated_one_is_billed_once(self):
        before = self.charges()
        first, again = (self.read(headers={"Idempotency-Key": "card-1"}) for _ in range(2))
        self.assertEqual((first.status, first.body), (200, again.body))
        self.assertEqual(self.charges(), [*before, ("native.documents", "document_read")])

    def test_the_networks_are_loaded_once_and_nothing_of_a_card_is_logged(self):
        answers = [self.read(), self.read()]
        self.assertEqual([answer.status for answer in answers], [200, 200])
        said = Stage.server.said
        self.assertEqual(said.count("the networks that read documents are loaded"), 1)
        for value in answers[0].json["fields"].values():
            if len(value) > 4:
                self.assertNotIn(value, said)

    def test_without_networks_the_call_is_not_offered(self):
        data = str(Stage.folder / "no-documents")
        key = json.loads(selfsame("key", "create", "--data", data, "--name", "bank", "--json").splitlines()[0])
        server = Server(data, env={"SELFSAME_MODELS_DOCUMENTS": "never"})
        try:
            answer = self.read(port=server.port, key=key)
            self.assertEqual((answer.status, answer.code), (501, "unsupported"))
        finally:
            self.assertEqual(server.stop(), 0)


class DocumentSessions(Sessions):
    """Cards of seed 7 with the portrait of the person in live.mp4 (`carphone`), and of others."""

    MINE, OVER, OTHERS = "InternationalIDPassport-0001", "InternationalIDPassport-0000", "InternationalIDPassport-0002"
    TWO_SIDED = "SingaporeIDCard-0001"

    @staticmethod
    def picture(name, side="front"):
        return (Stage.folder / f"documents/{name}-{side}.jpg").read_bytes()

    @staticmethod
    def truth(name, side="front"):
        return json.loads((Stage.folder / f"documents/{name}-{side}.json").read_text(encoding="utf-8"))

    def with_document(self, liveness=False, **document):
        answer = self.bank.call("POST", "/v1/verifications", {"liveness": liveness, "document": document})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"], Device(self.port, answer.json["token"])

    def shown(self, device, name, side="front", picture=None):
        answer = device.show(side, picture or self.picture(name, side))
        self.assertEqual(answer.status, 200, answer)
        self.assert_is("DocumentAnswer", answer.json)
        return answer.json

    def test_the_portrait_is_compared_with_the_live_face(self):
        self.assertEqual([self.truth(name)["portrait"]["person"] for name in (self.MINE, self.OTHERS)], ["carphone", "biden"])
        for name, outcome in ((self.MINE, "match"), (self.OTHERS, "non_match")):
            billed = self.ledger()
            verification, device = self.with_document(liveness=True, types=["InternationalIDPassport"])
            self.assertEqual(device.challenge().code, "conflict", "a document is owed")
            answer = self.shown(device, name)
            self.assertEqual((answer["taken"], answer["next"]), (True, "challenge"), answer)
            self.assertEqual(answer["portrait"], {"found": True, "defect": None})
            truth = self.truth(name)["fields"]
            self.assertEqual(answer["fields"]["document_number"], truth["document_number"])
            self.assertEqual(device.answer(Stage.live).json["passed"], outcome == "match")
            view = self.view(verification)
            self.assertEqual(view["outcome"], outcome)
            document = view["document"]
            self.assertEqual((document["type"], document["sides"], document["next"]), ("InternationalIDPassport", ["front"], "nothing"))
            self.assertEqual(document["fields"]["date_of_birth"], truth["date_of_birth"])
            images = {what: self.bank.call("GET", path) for what, path in document["images"].items()}
            self.assertEqual(set(images), {"front", "front_cut", "portrait"})
            self.assertEqual(images["front"].body, self.picture(name))
            for image in images.values():
                self.assertEqual((image.status, image.headers["Content-Type"], image.headers["X-Content-Type-Options"]),
                                 (200, "image/jpeg", "nosniff"))
            self.assertEqual(Stage.shop.call("GET", document["images"]["portrait"]).code, "not_found")
            self.assertEqual(self.ledger(), [*billed, ("native.verifications", outcome)])

    def test_a_document_alone_is_decided_and_billed(self):
        billed = self.ledger()
        verification, device = self.with_document()
        answer = self.shown(device, self.MINE)
        self.assertEqual((answer["next"], answer["session"]["passed"]), ("result", True))
        view = self.view(verification)
        self.assertEqual((view["outcome"], view["passed"]), ("document_read", True))
        self.assertEqual([each["cause"] for each in view["transitions"]], ["document_pictured"])
        self.assertEqual(self.ledger(), [*billed, ("native.verifications", "document_read")])
        self.assertEqual(device.show("front", self.picture(self.MINE)).code, "conflict")
        self.assertEqual(device.challenge().code, "conflict")

    def test_what_is_shown_must_be_what_was_asked_for(self):
        verification, device = self.with_document(types=["HKIDCard"], tries_max=2)
        answer = self.shown(device, self.MINE)
        self.assertEqual((answer["taken"], answer["fault"], answer["next"], answer["fields"]), (False, "other_type", "front", {}))
        answer = self.shown(device, None, picture=Stage.photo)
        self.assertEqual((answer["fault"], answer["next"], answer["type"]), ("not_found", "result", None))
        view = self.view(verification)
        self.assertEqual((view["outcome"], view["passed"], view["document"]["fault"]), ("document_refused", False, "not_found"))
        self.assertEqual((view["document"]["fields"], view["document"]["images"]), ({}, {}))

    def test_both_sides_in_their_order(self):
        verification, device = self.with_document(sides="both", types=["SingaporeIDCard"])
        self.assertEqual(device.show("back", self.picture(self.TWO_SIDED, "back")).code, "conflict")
        self.assertEqual(self.shown(device, self.TWO_SIDED)["next"], "back")
        self.assertEqual(self.shown(device, self.TWO_SIDED, "front")["next"], "back", "once more")
        answer = self.shown(device, self.TWO_SIDED, "back")
        self.assertEqual((answer["taken"], answer["next"]), (True, "result"), answer)
        document = self.view(verification)["document"]
        self.assertEqual(document["sides"], ["front", "back"])
        for side in document["sides"]:
            self.assertEqual(document["fields"]["document_number"], self.truth(self.TWO_SIDED, side)["fields"]["document_number"])
        self.assertEqual(document["fields"]["date_of_issue"], self.truth(self.TWO_SIDED, "back")["fields"]["date_of_issue"])
        self.assertEqual(set(document["images"]), {"front", "front_cut", "back", "back_cut", "portrait"})

    def test_an_edit_is_recorded_and_changes_nothing_that_was_read(self):
        verification, device = self.with_document(may_edit=True)
        self.assertEqual(device.confirm(given_names="X").code, "conflict")
        read = self.shown(device, self.MINE)
        self.assertEqual(read["next"], "confirmation")
        for fields in ({"portrait": "x"}, {"given_names": ""}, {"given_names": "a\nb"}, {"given_names": 7}):
            self.assertEqual(device.confirm(**fields).code, "invalid_parameter", fields)
        confirmed = device.confirm(given_names="ANOTHER NAME", document_number=read["fields"]["document_number"])
        self.assert_is("Session", confirmed.json)
        self.assertTrue(confirmed.json["passed"])
        document = self.view(verification)["document"]
        self.assertEqual(document["edits"], [{"field": "given_names", "read": read["fields"]["given_names"], "given": "ANOTHER NAME"}])
        self.assertEqual(document["fields"]["given_names"], "ANOTHER NAME")
        self.assertEqual(device.confirm().code, "conflict")

    def test_a_document_that_is_over(self):
        self.assertLess(self.truth(self.OVER)["fields"]["date_of_expiry"], time.strftime("%Y-%m-%d"))
        _, device = self.with_document()
        self.assertTrue(self.shown(device, self.OVER)["expired"])
        _, device = self.with_document(refuse_expired=True)
        self.assertEqual(self.shown(device, self.OVER)["fault"], "expired")
        self.assertEqual(self.shown(device, self.MINE)["next"], "result")

    def test_what_is_wrong_is_said(self):
        for terms in ({"types": ["MacaoIDCard"]}, {"sides": "back"}, {"stop_on": ["ugly"]}, {"stop_on": ["blur", "blur"]},
                      {"tries_max": 0}, {"compare_portrait": True}):
            answer = self.bank.call("POST", "/v1/verifications", {"liveness": False, "document": terms})
            self.assertEqual(answer.code, "invalid_parameter", terms)
        for order in ({"liveness": False}, {"liveness": False, "compare": True, "document": {}},
                      {"document": {}, "reference_image": "AAAA"}):
            self.assertEqual(self.bank.call("POST", "/v1/verifications", order).code, "invalid_parameter", order)
        _, device = self.opened()
        self.assertEqual(device.show("front", self.picture(self.MINE)).code, "conflict", "none is wanted")
        _, device = self.with_document()
        picture = self.picture(self.MINE)
        self.assertEqual(device.show("front", picture[:3000]).code, "image_undecodable")
        self.assertEqual(device.call("POST", "document", picture, "?side=top", "image/jpeg").code, "invalid_parameter")
        self.assertEqual(device.call("POST", "document", picture, "", "image/jpeg").code, "invalid_parameter")
        self.assertEqual(device.call("POST", "document", picture, "?side=front", "text/plain").code, "malformed_request")
        self.assertEqual(device.show("front", picture + bytes(8 << 20)).code, "payload_too_large")
        self.assertEqual(device.call("GET", "result").json["document"], {"next": "front", "fault": None, "pictures_left": 5})

    def test_it_is_erased_with_its_session(self):
        blobs = pathlib.Path(Stage.data) / "blobs"
        before = {path for path in blobs.rglob("*") if path.is_file()}
        verification, device = self.with_document(liveness=True)
        self.shown(device, self.MINE)
        self.assertEqual(len({path for path in blobs.rglob("*") if path.is_file()} - before), 2, "the document, and the reference")
        device.call("POST", "end", {"reason": "user_cancelled"})
        self.assertEqual({path for path in blobs.rglob("*") if path.is_file()} - before, set())
        self.assertEqual(self.view(verification)["document"]["fields"], {})


class Receiver(http.server.ThreadingHTTPServer):
    """Says 500 so many times, then 200; `taken` is all that came."""

    def __init__(self, failures):
        self.failures, self.taken = failures, []
        super().__init__(("127.0.0.1", 0), Hook)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook?for=selfsame"

    def wait_for(self, count, seconds=20):
        deadline = time.monotonic() + seconds * PATIENCE
        while len(self.taken) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.taken


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers), body))
        self.send_response(500 if len(self.server.taken) <= self.server.failures else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Hooked(Sessions):
    def setUp(self):
        super().setUp()
        self.bank = Stage.shop  # nobody else's events

    def hook(self, failures=0):
        receiver = Receiver(failures)
        self.addCleanup(receiver.shutdown)
        answer = self.bank.call("PUT", "/v1/webhook", {"url": receiver.url})
        self.assertEqual(answer.status, 200, answer)
        self.addCleanup(self.bank.call, "DELETE", "/v1/webhook")
        return receiver, answer.json["secret"]

    def assert_signed(self, secret, headers, body):
        stamp = headers["Selfsame-Timestamp"]
        self.assertLess(abs(time.time() - int(stamp)), 60 * PATIENCE)
        right = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(headers["Selfsame-Signature"], "v1=" + right)
        self.assertEqual(headers["Selfsame-Event-Id"], json.loads(body)["id"])
        self.assertEqual(headers["Content-Type"], "application/json")

    def deliveries(self):
        return self.bank.call("GET", "/v1/webhook/deliveries").json["deliveries"]


class Told(Hooked):
    def test_a_receiver_that_fails_twice_is_told_thrice(self):
        receiver, secret = self.hook(failures=2)
        verification, device = self.opened(metadata="order 21")
        self.assertTrue(device.answer(Stage.live).json["passed"])
        taken = receiver.wait_for(3)
        self.assertEqual(len(taken), 3)
        for headers, body in taken:
            self.assert_signed(secret, headers, body)
        bodies = {body for _, body in taken}
        self.assertEqual(len({json.loads(body)["id"] for body in bodies}), 1)
        event = json.loads(bodies.pop())
        self.assert_is("WebhookEvent", event)
        self.assertEqual(event["event"], "verification.decided")
        told = event["verification"]
        self.assertEqual((told["id"], told["outcome"], told["passed"], told["metadata"]), (verification, "live", True, "order 21"))
        time.sleep(0.3)
        for each in self.deliveries():
            self.assert_is("WebhookDelivery", each)
        entry = next(each for each in self.deliveries() if each["verification_id"] == verification)
        self.assertEqual((entry["state"], entry["attempts"], entry["last_status"]), ("delivered", 3, 200))
        self.assertEqual(entry["id"], event["id"])
        time.sleep(1)
        self.assertEqual(len(receiver.taken), 3, "what was taken is not told again")

    def test_a_document_is_told_with_what_stands_on_it(self):
        receiver, secret = self.hook()
        answer = self.bank.call("POST", "/v1/verifications", {"liveness": False, "document": {}})
        Device(self.port, answer.json["token"]).show("front", DocumentSessions.picture(DocumentSessions.MINE))
        headers, body = receiver.wait_for(1)[0]
        self.assert_signed(secret, headers, body)
        event = json.loads(body)
        self.assert_is("WebhookEvent", event)
        truth = DocumentSessions.truth(DocumentSessions.MINE)
        self.assertEqual(event["verification"]["document"]["fields"]["document_number"], truth["fields"]["document_number"])

    def test_other_ends_are_told_too(self):
        receiver, secret = self.hook()
        cancelled, device = self.opened()
        device.challenge()
        device.call("POST", "end", {"reason": "user_cancelled"})
        expired, _ = self.opened(start_within_s=1)
        for headers, body in receiver.wait_for(2):
            self.assert_signed(secret, headers, body)
        events = {(json.loads(body)["event"], json.loads(body)["verification"]["id"]) for _, body in receiver.taken}
        self.assertEqual(events, {("verification.cancelled", cancelled), ("verification.expired", expired)})

    def test_a_new_secret_takes_the_place_of_the_old_one(self):
        receiver, first = self.hook()
        second = self.bank.call("PUT", "/v1/webhook", {"url": receiver.url}).json["secret"]
        self.assertNotEqual(first, second)
        self.assertNotIn("secret", self.bank.call("GET", "/v1/webhook").json)
        _, device = self.opened()
        device.call("POST", "end", {"reason": "other"})
        self.assert_signed(second, *receiver.wait_for(1)[0])

    def test_nobody_is_told_once_it_is_removed(self):
        receiver, _ = self.hook()
        self.assertEqual(self.bank.call("DELETE", "/v1/webhook").status, 204)
        self.assertEqual(self.bank.call("DELETE", "/v1/webhook").code, "not_found")
        self.assertEqual(self.bank.call("GET", "/v1/webhook").code, "not_found")
        _, device = self.opened()
        device.call("POST", "end", {"reason": "other"})
        time.sleep(1.5)
        self.assertEqual(receiver.taken, [])

    def test_odd_targets_are_refused(self):
        for url in ("", "/hook", "ftp://example.com/", "https://user:secret@example.com/", "https://example.com/#x", "http://"):
            self.assertEqual(self.bank.call("PUT", "/v1/webhook", {"url": url}).code, "invalid_parameter", url)


PLAIN_DIGITS = set("01234579")  # espeak-ng's six and eight are misheard as a rule
TRIES, DRAWS = 5, 40


def has_other_actions(one, other):
    return [each["action"] for each in one["actions"]] != [each["action"] for each in other["actions"]]


def has_other_digits(one, other):
    return sum(a != b for a, b in zip(one["digits"], other["digits"], strict=True)) > 1


class Answered(Hooked):
    """Recordings that answer what the server drew are accepted, and refused where it drew something else.

    What is drawn suits neither every drawn head nor every recogniser: of TRIES sessions one must be accepted, and from
    then on nothing may go wrong. No session that drew something else may be.
    """

    def drawn(self, suits, photo, **terms):
        """A session whose challenge suits; it has one attempt."""
        for _ in range(DRAWS):
            verification, device = self.opened(photo, attempts_max=1, answer_within_s=600, **terms)
            challenge = device.challenge().json
            if suits(challenge):
                return verification, device, challenge
        return self.fail(f"{DRAWS} challenges and none to the purpose")

    def handed_in(self, session, parts, said):
        verification, device, challenge = session
        for part, content in parts.items():
            device.upload_all(challenge, part, content, chunk_bytes=1 << 20)
        self.assertEqual(device.seal(challenge, **said).status, 202)
        self.assertEqual(device.result(60 * PATIENCE).json["state"], "decided")
        return self.view(verification)

    def assert_answers(self, make, portrait, seeds, twins, suits=lambda _: True, **terms):
        """`twins`: what another challenge is to be like, and how the outcome of being handed this one's answer begins."""
        photo, found = portrait.read_bytes(), []
        receiver, secret = self.hook()
        for seed in seeds[:TRIES]:
            billed = self.ledger("shop")
            session = self.drawn(suits, photo, **terms)
            others = [self.drawn(functools.partial(differs, session[2]), photo, **terms) for differs, _ in twins]
            since = time.monotonic()
            parts, said = make(session[2], portrait, Stage.folder, seed)
            time.sleep(max(0, session[2]["duration_s"] - (time.monotonic() - since)))
            view = self.handed_in(session, parts, said)
            found.append(view["outcome"])
            if view["outcome"] == "match":
                break
        print(f"{'+'.join(terms['modes'])}: {', '.join(found)}", flush=True)
        self.assertEqual(found[-1], "match")
        self.assert_stands(view, session, billed)
        said.pop("flash_shown_at_s", None)  # of this challenge: with the other's own times more is looked at
        refused = [self.handed_in(other, parts, said) for other in others]
        for twin, (_, outcome) in zip(refused, twins, strict=True):
            self.assertEqual((twin["passed"], twin["outcome"][: len(outcome)]), (False, outcome), twin)
        self.assertEqual(self.ledger("shop"), [*billed, ("native.verifications", "match")], "a refusal is free")
        self.assert_told(receiver, secret, [view, *refused])

    def assert_stands(self, view, session, billed):
        """Decided once, billed once, and read again as it was."""
        verification, device, challenge = session
        self.assertEqual((view["state"], view["passed"], view["attack_class"]), ("decided", True, "none"))
        self.assertEqual([each["cause"] for each in view["transitions"]], ["challenge_issued", "evidence_sealed", "judged"])
        self.assertEqual(self.ledger("shop"), [*billed, ("native.verifications", "match")])
        best = self.bank.call("GET", f"/v1/verifications/{verification}/best-frame")
        self.assertEqual((best.status, best.body[:2]), (200, b"\xff\xd8"))
        self.assertEqual((device.seal(challenge).code, device.challenge().code), ("conflict", "conflict"))
        passed = {"state": "decided", "passed": True, "retry": False, "hint": None, "attempts_left": 0, "document": None}
        self.assertEqual([device.result().json for _ in range(2)], [passed, passed])
        self.assertEqual(self.view(verification), view)
        self.assertEqual(self.ledger("shop"), [*billed, ("native.verifications", "match")], "reading again is free")

    def assert_told(self, receiver, secret, views):
        wanted = {view["id"]: (view["passed"], view["outcome"]) for view in views}
        deadline = time.monotonic() + 20 * PATIENCE
        told = {}
        while wanted.keys() - told.keys() and time.monotonic() < deadline:
            time.sleep(0.1)
            told = {json.loads(body)["verification"]["id"]: (headers, body) for headers, body in list(receiver.taken)}
        for verification, (passed, outcome) in wanted.items():
            headers, body = told[verification]
            self.assert_signed(secret, headers, body)
            event = json.loads(body)
            self.assert_is("WebhookEvent", event)
            self.assertEqual((event["event"], event["verification"]["passed"], event["verification"]["outcome"]),
                             ("verification.decided", passed, outcome))

    def test_two_actions_in_the_drawn_order(self):
        self.assert_answers(answers.acted, FIXTURES / "biden.jpg", range(1001, 1010), [(has_other_actions, "action_")],
                            modes=["action"], actions=2)

    def test_the_drawn_colours(self):
        self.assert_answers(answers.lit, FIXTURES / "astronaut.png", (0, 1, 2, 6, 7),
                            [(lambda one, other: one["flashes"] != other["flashes"], "reflection_")], modes=["reflection"])

    def test_the_drawn_digits(self):
        self.assert_answers(answers.spoken, FIXTURES / "biden.jpg", range(1001, 1010), [(has_other_digits, "speech_")],
                            suits=lambda challenge: set(challenge["digits"]) <= PLAIN_DIGITS, modes=["lip"])

    def test_actions_and_colours_together(self):
        twins = [(has_other_actions, "action_"), (lambda one, other: not has_other_actions(one, other), "reflection_")]
        self.assert_answers(answers.acted_and_lit, FIXTURES / "biden.jpg", (2, 3, 6, 7, 8), twins, modes=["action", "reflection"],
                            allowed_actions=["nod", "turn_left"])


class Contract(unittest.TestCase):
    """The document that is served, and schemathesis with it."""

    def test_the_document_holds(self):
        document = call(Stage.server.port, "GET", "/v1/openapi.json")
        self.assertEqual((document.status, document.headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(document.json, DOCUMENT)

    def test_the_server_does_what_the_document_says(self):
        done = subprocess.run(
            ["/usr/bin/python3", "-B", "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run",
             f"http://127.0.0.1:{Stage.server.port}/v1/openapi.json", "--max-time", "25"],
            cwd=Stage.folder, env={**os.environ, "PYTHONPATH": str(SCHEMATHESIS), "APPCODE": Stage.fuzz.key["appcode"]},
            capture_output=True, text=True, timeout=600, check=False,
        )
        text = done.stdout + done.stderr
        failures = re.sub(r"(?s).*(=+ FAILURES)", r"\1", text)
        self.assertEqual(done.returncode, 0, re.sub(r"(.{800}).*", r"\1 …", failures)[:12_000])
        print(re.sub(r"(?s).*(=+ SUMMARY)", r"\1", text), flush=True)


class Discretion(unittest.TestCase):
    """Runs last: whatever the tests before have done, the log tells nobody's secrets."""

    def test_the_log_has_no_tokens(self):
        said = Stage.server.said
        self.assertGreater(said.count("request "), 100)
        for secret in (Stage.bank.key["appcode"], Stage.shop.key["access_key_secret"], "/v1/sessions/", "for=selfsame"):
            self.assertNotIn(secret, said)


def load_tests(loader, *_):
    classes = (Verdicts, Challenges, Uploads, Endings, Strangers, Repeated, Documents, Told, Answered, Contract, Discretion)
    return unittest.TestSuite(loader.loadTestsFromTestCase(each) for each in classes)


def main():
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

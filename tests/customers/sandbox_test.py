#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Magic inputs of sandbox customers, on every surface; and that they are nothing to anybody else.

With --table: prints the table of docs/sandbox.md from what the server answers; a test compares them."""

import base64
import json
import pathlib
import re
import sys
import time

import customers_test
from customers_test import Customers
from cli_test import BIDEN, FIXTURES, OBAMA, multipart  # noqa: E402
from device import Customer, Device  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/sandbox.md"
TABLE = re.compile(r"(<!-- table: [^\n]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
MODES = {"SILENT": "", "ACTION": "1", "LIP": "1234"}
ERRORS = ("image_undecodable", "overloaded", "deadline_exceeded", "engine_failed", "storage_unavailable", "integrity_failure")
CLASSES = ("print", "screen_replay", "mask", "synthetic", "injected", "unsure")
RETRIED = 3  # attempts of a native session


def outcomes():
    """The closed list, as the program's source has it."""
    text = (ROOT / "src/core/outcome.h").read_text(encoding="utf-8")
    return re.findall(r"^  (\w+) = \d+,", text, re.MULTILINE)


def magic(name, before=b""):
    return before + b"\nselfsame-sandbox:" + name.encode() + b"\n"


def setUpModule():
    customers_test.setUpModule()


class Sandbox(Customers):
    sandbox = True

    def setUp(self):
        super().setUp()
        if self.sandbox:
            self.set("sandbox=true", "price/tencent.pure-api=5", "price/native.verifications=5")
        self.bank = Customer(self.port, self.key)

    def compare_face_liveness(self, name, mode="SILENT", photo=b"a photo", video=b"a video", where="photo"):
        files = {"photo": photo, "video": video}
        files[where] = magic(name, files[where])
        return self.ask(
            action="CompareFaceLiveness", LivenessType=mode, ValidateData=MODES[mode],
            ImageBase64=base64.b64encode(files["photo"]).decode(), VideoBase64=base64.b64encode(files["video"]).decode(),
        )

    def tencent(self, name, mode="SILENT", **more):
        answer = self.compare_face_liveness(name, mode, **more)
        return answer.get("Result") or answer["Error"]["Code"]

    def alibaba(self, name):
        fields = {"refFaceContent": base64.b64encode(magic(name)).decode(),
                  "authFaceContent": base64.b64encode(b"a photo").decode(), "resourceCode": "00840000"}
        answer = self.execute_request(ServiceParameters=json.dumps(fields)).json
        data = json.loads(answer["Data"]) if "Data" in answer else {}
        said = f"{answer['Code']} {data.get('retCode', '')}".strip()
        extra = data.get("extInfo", {})
        if extra.get("result") == "true":
            said += " passed"
        return said + (" faceAttack" if extra.get("faceAttack") == "true" else "")

    def verification(self, name, reference=True):
        """What a native session ends with, or the code of its refusal."""
        answer = self.bank.open(magic(name) if reference else None, attempts_max=RETRIED)
        if answer.status != 201:
            return answer.code
        device = Device(self.port, answer.json["token"])
        for _ in range(RETRIED):
            challenge = device.challenge().json
            device.upload_all(challenge, "video", b"whatever" if reference else magic(name))
            sealed = device.seal(challenge)
            self.assertEqual(sealed.status, 202, sealed)
            device.result()
            view = self.wait_for(answer.json["id"])
            if view["state"] != "challenged":
                break
        return view

    def wait_for(self, verification):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            view = self.bank.show(verification).json
            if view["state"] != "in_progress":
                return view
            time.sleep(0.02)
        raise AssertionError(f"no verdict: {view}")


class EveryAnswer(Sandbox):
    def table(self):
        lines = ["| outcome | " + " | ".join(MODES) + " | ExecuteRequest |", "|---|" + "---|" * (len(MODES) + 1)]
        names = [*outcomes(), *(f"error/{name}" for name in ERRORS)]
        for name in names:
            cells = [self.tencent(name, mode) for mode in MODES] + [self.alibaba(name)]
            lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"

    def test_the_documented_table_is_what_is_answered(self):
        written = TABLE.search(PAGE.read_text(encoding="utf-8"))
        self.assertEqual(self.table(), written[2], "run tests/customers/sandbox_test.py --table")

    def test_native_verifications_end_as_asked(self):
        for name in outcomes():
            with self.subTest(name):
                view = self.verification(name)
                self.assertEqual((view["state"], view["outcome"]), ("decided", name), view)
                self.assertEqual(view["passed"], name == "match")
                self.assertEqual(view["attempts"][-1]["finding"]["reasons"], ["sandbox"])

    def test_native_verifications_without_a_photo(self):
        view = self.verification("live", reference=False)
        self.assertEqual((view["outcome"], view["passed"]), ("live", True), view)

    def test_classes_of_attack(self):
        for name in CLASSES:
            view = self.verification(f"attack/{name}")
            self.assertEqual((view["outcome"], view["attempts"][-1]["finding"]["attack_class"]), ("attack", name), view)

    def test_any_input_may_be_the_magic_one(self):
        photo = pathlib.Path(OBAMA).read_bytes()
        self.assertEqual(self.tencent("attack", where="photo", photo=photo), "FailedOperation.SilentPictureLiveFail")
        self.assertEqual(self.tencent("attack", where="video"), "FailedOperation.SilentPictureLiveFail")

    def test_photos_are_compared(self):
        for name, status, similarity in (("match", 200, 100), ("non_match", 200, 0), ("error/image_undecodable", 422, None), ("error/overloaded", 503, None)):
            body, headers = multipart([("a", b"a"), ("b", magic(name))])
            answer = self.native("POST", "/v1/comparisons", body, headers)
            self.assertEqual(answer.status, status, answer)
            if similarity is not None:
                self.assertEqual(answer.json["similarity"], similarity)
        body, headers = multipart([("a", magic("reference_no_face")), ("b", b"b")])
        self.assertEqual(self.native("POST", "/v1/comparisons", body, headers).json["a"]["defect"], "no_face")

    def test_fakes_are_detected(self):
        for name, level in (("live", "Low"), ("liveness_unsure", "Mid"), ("attack/print", "High"), ("match", "Low")):
            answer = self.ask(action="DetectAIFakeFaces", FaceInput=base64.b64encode(magic(name)).decode(), FaceInputType=1)
            self.assertEqual(answer.get("AttackRiskLevel"), level, answer)

    def test_nothing_is_billed(self):
        self.assertEqual(self.tencent("match"), "Success")
        self.assertEqual(self.verification("match")["passed"], True)
        self.assertEqual(self.ledger(), [])
        self.assertEqual(self.shown()["balance_minor"], 0)

    def test_an_ordinary_input_is_judged(self):
        photo = (FIXTURES / "talking.jpg").read_bytes()
        video = (FIXTURES / "talking.mp4").read_bytes()
        answer = self.ask(
            action="CompareFaceLiveness", LivenessType="SILENT",
            ImageBase64=base64.b64encode(photo).decode(), VideoBase64=base64.b64encode(video).decode(),
        )
        self.assertEqual(answer.get("Result"), "Success", str(answer)[:300])
        self.assertEqual(self.ledger(), [])


class LiveCustomers(Sandbox):
    """To a live key a magic input is one like any other."""

    sandbox = False

    def test_a_text_is_no_photo(self):
        for name in ("match", "live", "error/overloaded"):
            self.assertEqual(self.tencent(name), "FailedOperation.ImageDecodeFailed", name)
            self.assertEqual(self.verification(name), "image_undecodable")
            self.assertEqual(self.alibaba(name), "200 PROCESSING")

    def test_a_photo_is_judged_by_its_pixels(self):
        photo = pathlib.Path(OBAMA).read_bytes()
        for name, other, same in (("non_match", OBAMA, True), ("match", BIDEN, False)):
            body, headers = multipart([("a", magic(name, photo)), ("b", pathlib.Path(other).read_bytes())])
            answer = self.native("POST", "/v1/comparisons", body, headers).json
            self.assertEqual(answer["match_at"]["1e-3"], same, answer)

    def test_a_video_is_judged_by_its_pixels(self):
        photo, video = ((FIXTURES / name).read_bytes() for name in ("talking.jpg", "talking.mp4"))
        self.assertEqual(self.tencent("attack", photo=photo, video=video, where="video"), "Success")
        self.assertEqual(len(self.ledger()), 1)


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        setUpModule()
        case = EveryAnswer("test_the_documented_table_is_what_is_answered")
        case.setUp()
        print(case.table(), end="")
    else:
        sys.exit("run run.sh")

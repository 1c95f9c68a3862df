#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Magic inputs of sandbox customers, on every surface; and that they are nothing to anybody else.

With --table or --register-table: prints a table of docs/sandbox.md from what the server answers; a test compares them."""

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
sys.path.append(str(ROOT / "tests/megvii"))
from clients import ByAppcode, Raw  # noqa: E402

PAGE = ROOT / "docs/sandbox.md"
TABLE = re.compile(r"<!-- table: \S+ --([a-z-]+) -->\n(.*?)<!-- end -->", re.DOTALL)
MODES = {"SILENT": "", "ACTION": "1", "LIP": "1234"}
ERRORS = ("image_undecodable", "overloaded", "deadline_exceeded", "engine_failed", "storage_unavailable", "integrity_failure")
CLASSES = ("print", "screen_replay", "mask", "synthetic", "injected", "unsure")
RETRIED = 3  # attempts of a native session
NUMBER = "11010519491231002X"
FAULTS = (  # of photos
    ("reference_no_face", "NO_FACE_FOUND:"), ("reference_poor_quality", "NO_FACE_FOUND:"), ("reference_several_faces", "MULTIPLE_FACES:"),
    ("reference_wrong_size", "INVALID_IMAGE_SIZE:"), ("error/image_undecodable", "IMAGE_ERROR_UNSUPPORTED_FORMAT:"),
)


def outcomes():
    """The closed list, as the program's source has it."""
    text = (ROOT / "src/core/outcome.h").read_text(encoding="utf-8")
    return re.findall(r"^  (\w+) = \d+,", text, re.MULTILINE)


def register_words():
    """The closed list of what a register can be made to say."""
    text = (ROOT / "src/core/sandbox.cpp").read_text(encoding="utf-8")
    return re.findall(r"^    {\"(\w+)\", RegisterFinding::", text, re.MULTILINE)


def written_table(name):
    return dict(TABLE.findall(PAGE.read_text(encoding="utf-8")))[name]


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
        self.assertEqual(self.table(), written_table("table"), "run tests/customers/sandbox_test.py --table")

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

    def test_a_code_that_no_capture_has(self):  # code: pure-api FailedOperation.LivessBestFrameError
        for mode in MODES:
            self.assertEqual(self.tencent("no_best_frame", mode), "FailedOperation.LivessBestFrameError")

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


class Register(Sandbox):
    """Answers of calls that ask a register."""

    def setUp(self):
        super().setUp()
        self.raw = Raw(self.port, self.key)
        self.gateway = ByAppcode(self.port, self.key)

    def identity(self, action, name, image=None):
        fields = {"IdCard": NUMBER, "Name": name}
        if action == "CheckIdNameDate":
            fields |= {"ValidityBegin": "20160607", "ValidityEnd": "00000000"}
        if action == "ImageRecognitionV2":
            fields["ImageBase64"] = base64.b64encode(image or b"a photo").decode()
        answer = self.ask(action=action, **fields)
        return answer.get("Result") or answer["Error"]["Code"]

    def face_id(self, name, video="live", **photos):
        """The result of a session that answers with this magic video; or the error of get_biz_token."""
        files = {key: base64.b64encode(magic(word)).decode() for key, word in photos.items()}
        answer = self.gateway.token({"liveness_type": "meglive", "idcard_name": name, "idcard_number": NUMBER, **files})
        if answer.status != 200:
            return answer.json["error"]
        token = answer.json["biz_token"]
        device = Device(self.port, token)
        challenge = device.challenge().json
        device.upload_all(challenge, "video", magic(video))
        self.assertEqual(device.seal(challenge).status, 202)
        device.result()
        result = self.gateway.result(token).json
        return f"{result['result_code']} {result['result_message']}"

    def captured(self, video="live", front=None, side=None):
        """A token for verify, or the error of the call before it."""
        if front or side:
            files = {"image_front": front or b"a photo", "image_side": side or b"a photo"}
            answer = self.raw.post("validate_side_face", files)
        else:
            number = self.raw.post("get_random_number").json["token_random_number"]
            answer = self.raw.post("validate_video", {"video": magic(video)}, token_random_number=number)
        return answer.json.get("token_side_face") or answer.json.get("token_video") or answer.json["error_message"]

    def verify(self, token, name=None, **photos):
        person = {"comparison_type": 1, "idcard_name": name, "idcard_number": NUMBER} if name else {"comparison_type": 0, "uuid": "u"}
        answer = self.raw.post("verify", {key: magic(word) for key, word in photos.items()}, token=token, **person)
        return answer.json.get("error_message") or answer.json

    def liveness(self, **captured):
        said = self.verify(self.captured(**captured), image_ref1="match")["liveness"]
        return said.get("face_genuineness", said["procedure_validation"])

    def table(self):
        lines = ["| name | IdCardVerification | CheckIdNameDate | ImageRecognitionV2 | get_result | verify |", "|---|---|---|---|---|---|"]
        for word in [*register_words(), "match", "non_match"]:
            name = f"selfsame-sandbox:{word}"
            cells = [self.identity(action, name) for action in ("IdCardVerification", "CheckIdNameDate", "ImageRecognitionV2")]
            answer = self.verify(self.captured(), name)
            raw = answer if isinstance(answer, str) else f"confidence {answer['result_faceid']['confidence']:.0f}"
            lines.append(f"| `{word}` | " + " | ".join([*cells, self.face_id(name), raw]) + " |")
        return "\n".join(lines) + "\n"

    def test_the_documented_table_is_what_is_answered(self):
        self.assertEqual(self.table(), written_table("register-table"), "run tests/customers/sandbox_test.py --register-table")
        self.assertEqual(self.ledger(), [])

    def test_failures_of_ours(self):
        name = "selfsame-sandbox:error/engine_failed"
        self.assertEqual(self.identity("IdCardVerification", name), "FailedOperation.LivessSystemError")
        self.assertEqual(self.face_id("selfsame-sandbox:error/overloaded"), "BAD_ARGUMENTS:idcard_name")
        self.assertEqual(self.face_id("ann", image_ref1="error/engine_failed"), "INTERNAL_ERROR")
        self.assertEqual(self.face_id("ann", image_ref1="error/overloaded"), "CONCURRENCY_LIMIT_EXCEEDED")
        self.assertEqual(self.captured("error/engine_failed"), "INTERNAL_ERROR")
        self.assertEqual(self.captured("error/overloaded"), "CONCURRENCY_LIMIT_EXCEEDED")

    def test_sessions_of_the_gateway(self):
        name = "selfsame-sandbox:match"
        for video, result in (("attack/screen_replay", "4100 FAIL_LIVING_FACE_ATTACK"), ("face_changed", "4100 REPLACED_FACE_ATTACK"),
                              ("video_no_face", "4200 UNDETECTED_FACE"), ("action_no_blink", "4200 ACTION_ERROR"),
                              ("video_too_dark", "4200 VERIFICATION_FAILURE"), ("liveness_unsure", "6000 LIVENESS_DETECT_FAILED")):
            self.assertEqual(self.face_id("ann", video), result)
            if len(video) <= 15:
                self.assertEqual(self.face_id("selfsame-sandbox:" + video), result)
        for word, error in (("reference_no_face", "NO_FACE_FOUND:image_ref2"), ("reference_several_faces", "NO_FACE_FOUND:image_ref2"),
                            ("reference_wrong_size", "INVALID_IMAGE_SIZEimage_ref2"),
                            ("error/image_undecodable", "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref2")):
            self.assertEqual(self.face_id(name, image_ref1="match", image_ref2=word), error)

    def test_captures_of_raw(self):
        for word, said in (("live", "PASSED"), ("match", "PASSED"), ("attack/mask", "MASK"), ("attack/print", "SCREEN_REPLAY"),
                           ("attack/screen_replay", "SCREEN_REPLAY"), ("attack/synthetic", "FACEGEN"), ("attack/injected", "FACEGEN"),
                           ("liveness_unsure", "SCREEN_REPLAY"), ("attack", "SCREEN_REPLAY")):
            self.assertEqual(self.liveness(video=word), said, word)
            self.assertEqual(self.liveness(front=magic(word)), said, word)
            self.assertEqual(self.liveness(side=magic(word)), said, word)
        for word, said in (("speech_no_sound", "VIDEO_SR_ERROR"), ("speech_not_recognised", "VIDEO_SR_ERROR"),
                           ("lips_still", "VIDEO_NOT_SYNCHRONIZED"), ("lips_out_of_step", "VIDEO_NOT_SYNCHRONIZED"),
                           ("face_changed", "VIDEO_FACE_INCONSISTENT")):
            self.assertEqual(self.liveness(video=word), said, word)
        self.assertEqual(self.liveness(front=magic("non_match")), "SELFIE_INCONSISTENT")
        self.assertEqual(self.liveness(side=magic("face_changed")), "SELFIE_INCONSISTENT")
        self.assertEqual(self.liveness(side=magic("origins_differ")), "SELFIE_METADATA_INCONSISTENT")

    def test_captures_that_raw_refuses(self):
        for word, error in (("video_no_face", "NO_FACE_FOUND:video"), ("video_several_faces", "MULTIPLE_FACES:video"),
                            ("video_undecodable", "IMAGE_ERROR_UNSUPPORTED_FORMAT:video"), ("video_mask_worn", "BAD_ARGUMENTS:video")):
            self.assertEqual(self.captured(word), error)
        for word, error in FAULTS:
            self.assertEqual(self.captured(front=magic(word)), error + "image_front")
            self.assertEqual(self.captured(side=magic(word)), error + "image_side")

    def test_photos_of_raw(self):
        token = self.captured()
        for word, error in FAULTS:
            self.assertEqual(self.verify(token, image_ref1="match", image_ref3=word), error + "image_ref3")
        seen = self.verify(token, image_ref1="match", image_ref2="non_match")
        self.assertGreater(seen["result_ref1"]["confidence"], seen["result_ref1"]["thresholds"]["1e-6"])
        self.assertLess(seen["result_ref2"]["confidence"], seen["result_ref2"]["thresholds"]["1e-3"])
        self.assertEqual(self.ledger(), [])

    def test_an_attack_of_the_sandbox_says_nothing_of_a_number(self):
        for _ in range(2):
            seen = self.verify(self.captured("attack/mask"), "selfsame-sandbox:match")
            self.assertEqual(seen["id_exceptions"], {"id_attacked": 0, "id_photo_monochrome": 0})


class Messages(Sandbox):
    def sms(self, action, **fields):
        return self.execute_request(Action=action, Version="2018-05-01", Service="", **fields).json

    def sent(self, word):
        return self.sms("SendMessageToGlobe", To="6591234567", Message=f"hello selfsame-sandbox:{word}")

    def test_refusals(self):
        for word, code in (("number_illegal", "MOBILE_NUMBER_ILLEGAL"), ("sender_illegal", "INVALID_SENDERID"), ("text_illegal", "INVALID_PARAMETERS"),
                           ("text_too_long", "PARAM_LENGTH_LIMIT"), ("opted_out", "BLACK_KEY_CONTROL_LIMIT"),
                           ("number_limit", "BUSINESS_LIMIT_CONTROL"), ("customer_limit", "BUSINESS_LIMIT_CONTROL"),
                           ("balance_not_enough", "AMOUNT_NOT_ENOUGH")):
            self.assertEqual(self.sent(word)["ResponseCode"], code)
        self.assertEqual(self.sent("error/storage_unavailable")["Code"], "ServiceUnavailable")
        texts = json.dumps(["hello", "selfsame-sandbox:opted_out"])
        batch = self.sms("BatchSendMessageToGlobe", To='["6591234567","6591234568"]', Message=texts)
        self.assertEqual((batch["SuccessCount"], batch["FailedList"]), ("1", '["6591234568"]'), batch)

    def test_fates(self):
        for word, status, code in (("queued", "3", ""), ("submitted", "3", ""), ("delivered", "1", "DELIVERED"), ("failed", "2", "FAILED"),
                                   ("unknown", "3", "UNKNOWN"), ("outbox", "3", "OUTBOX")):
            seen = self.sms("QueryMessage", MessageId=self.sent(word)["MessageId"])
            self.assertEqual((seen["Status"], seen["ErrorCode"]), (status, code), seen)
            self.assertEqual(bool(seen["ReceiveDate"]), word in ("delivered", "failed"))
        self.assertEqual(self.ledger(), [])


class LiveCustomers(Sandbox):
    """To a live key a magic input is one like any other."""

    sandbox = False

    def test_a_text_is_no_photo(self):
        for name in ("match", "live", "error/overloaded"):
            self.assertEqual(self.tencent(name), "FailedOperation.ImageDecodeFailed", name)
            self.assertEqual(self.verification(name), "image_undecodable")
            self.assertEqual(self.alibaba(name), "200 PROCESSING")

    def test_a_name_is_a_name(self):
        answer = self.ask(action="IdCardVerification", IdCard=NUMBER, Name="selfsame-sandbox:match")
        self.assertEqual(answer["Result"], "-3", answer)
        raw = Raw(self.port, self.key)
        number = raw.post("get_random_number").json["token_random_number"]
        answer = raw.post("validate_video", {"video": magic("live")}, token_random_number=number)
        self.assertEqual(answer.json["error_message"], "IMAGE_ERROR_UNSUPPORTED_FORMAT:video")
        files = {"image_front": magic("live"), "image_side": magic("live")}
        self.assertEqual(raw.post("validate_side_face", files).json["error_message"], "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_front")

    def test_a_text_is_a_text(self):
        fields = {"Action": "SendMessageToGlobe", "Version": "2018-05-01", "To": "6591234567", "Message": "selfsame-sandbox:opted_out"}
        self.assertEqual(self.execute_request(**fields).json["ResponseCode"], "OK")

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
    if sys.argv[1:] in (["--table"], ["--register-table"]):
        setUpModule()
        case = (EveryAnswer if sys.argv[1] == "--table" else Register)("test_the_documented_table_is_what_is_answered")
        case.setUp()
        print(case.table(), end="")
    else:
        sys.exit("run run.sh")

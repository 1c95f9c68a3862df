#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Megvii's two surfaces over HTTP; see run.sh. Ends with `N passed, N failed[, N skipped]`.

A comment beside a test names what it reaches of the guides' tables (tools/code_tables.py).
"""

import base64
import concurrent.futures
import json
import pathlib
import shutil
import struct
import sys
import tempfile
import time
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("cli", "native", "register")]
import answers  # noqa: E402
from cli_test import FIXTURES, ROOT, Server, selfsame  # noqa: E402
from clients import FORM, SDK, ByAppcode, Gateway, Raw, exchange  # noqa: E402
from device import RECORDING_S, Device  # noqa: E402
from source import Source  # noqa: E402



def idcard_number(serial):
    """One that has its check digit."""
    digits = f"11010119900307{serial:03d}"
    return digits + "10X98765432"[sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(digits)) % 11]


# Whom the register has: with the photo of the person who acts, of another one, and without.
SAME, OTHER, NO_PHOTO, NO_SUCH = (idcard_number(serial) for serial in (801, 802, 804, 806))
NAME = "张三 Anna"
PERSON = {"liveness_type": "meglive", "idcard_name": NAME, "idcard_number": NO_SUCH}


def b64(content):
    return base64.b64encode(content).decode()


class Stage:
    """One server, two customers and what they send."""

    @classmethod
    def set_up(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_megvii_"))
        unittest.addModuleCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.data = str(cls.folder / "data")
        cls.keys = {name: json.loads(selfsame("key", "create", "--data", cls.data, "--name", name, "--json").splitlines()[0])
                    for name in ("bank", "shop")}
        shutil.copy(FIXTURES / "biden.jpg", cls.folder)
        shutil.copy(FIXTURES / "obama.jpg", cls.folder)
        (cls.folder / "people.csv").write_text(
            f"number,name,photo\n{SAME},{NAME},biden.jpg\n{OTHER},{NAME},obama.jpg\n{NO_PHOTO},{NAME},\n", encoding="utf-8")
        selfsame("register", "import", cls.folder / "people.csv", "--photos", cls.folder, "--data", cls.data)
        cls.server = Server(cls.data)
        unittest.addModuleCleanup(cls.tear_down)
        cls.photo, cls.stranger = ((FIXTURES / name).read_bytes() for name in ("biden.jpg", "obama.jpg"))
        answers.ffmpeg("-i", FIXTURES / "talking.mp4", "-t", "2.4", "-c", "copy", cls.folder / "live.mp4")
        answers.ffmpeg("-loop", "1", "-i", FIXTURES / "obama2.jpg", "-t", "2.4", "-r", "25", "-vf", "scale=480:-2", *answers.H264,
                       cls.folder / "still.mp4")
        answers.ffmpeg("-f", "lavfi", "-i", "mandelbrot=size=320x240:rate=25", "-t", "2.4", *answers.H264, cls.folder / "no_face.mp4")
        answers.ffmpeg("-f", "lavfi", "-i", "color=gray:size=4104x64", "-frames:v", "1", cls.folder / "wide.jpg")
        answers.ffmpeg("-f", "lavfi", "-i", "mandelbrot=size=320x240", "-frames:v", "1", cls.folder / "no_face.jpg")
        answers.ffmpeg("-i", FIXTURES / "biden.jpg", "-vf", "transpose=1", cls.folder / "turned.jpg")
        answers.ffmpeg("-i", FIXTURES / "biden.jpg", "-i", FIXTURES / "obama.jpg", "-filter_complex",
                       "[0]scale=-2:600[a];[1]scale=-2:600[b];[a][b]hstack", "-frames:v", "1", cls.folder / "two.jpg")

    @classmethod
    def media(cls, name):
        return (cls.folder / name).read_bytes()

    @classmethod
    def tear_down(cls):
        code = cls.server.stop()
        keep = ROOT / "build/logs"
        keep.mkdir(parents=True, exist_ok=True)
        shutil.copy(cls.server.log, keep / "megvii-server.log")
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {cls.server.said[-2000:]}")


def setUpModule():
    Stage.set_up()


def ledger(name="bank"):
    text = selfsame("ledger", "--data", Stage.data, "--name", name, "--json").splitlines()[0]
    return [(entry["product"], entry["code"]) for entry in json.loads(text)["entries"] if entry["product"].startswith("megvii.")]


class FaceId(unittest.TestCase):
    def setUp(self):
        self.port = Stage.server.port
        self.bank = Gateway(self.port, Stage.keys["bank"])
        self.simple = ByAppcode(self.port, Stage.keys["bank"])

    def opened(self, **fields):
        answer = self.bank.token({**PERSON, "biz_no": "order 17 – ä", **fields})
        self.assertEqual(answer.status, 200, answer)
        self.assertRegex(answer.json["biz_token"], r"^\d{10},[0-9a-f-]{36}$")
        return answer.json["biz_token"], Device(self.port, answer.json["biz_token"])

    def assert_error(self, answer, status, error):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.json["error"], error, answer)
        self.assertRegex(answer.json["request_id"], r"^\d{10},[0-9a-f-]{36}$")
        self.assertIsInstance(answer.json["time_used"], int)
        self.assertTrue(answer.headers["X-Ca-Request-Id"])

    def assert_gateway(self, answer, status, code):
        self.assertEqual((answer.status, answer.gateway_code), (status, code), answer)
        self.assertTrue(answer.headers["X-Ca-Error-Message"].isascii())
        self.assertTrue(answer.headers["X-Ca-Request-Id"])

    def assert_result(self, biz_token, code, message, **more):
        answer = self.bank.result(biz_token, **more)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual((answer.json["result_code"], answer.json["result_message"]), (code, message), answer)
        self.assertEqual(answer.json["biz_token"], biz_token)
        return answer.json


class Credentials(FaceId):
    def test_signatures_and_appcode_are_accepted_in_every_form(self):
        for client in (self.bank, Gateway(self.port, Stage.keys["bank"], "sha1"), self.simple):
            odd = {**PERSON, "idcard_name": "张三 A+b~*", "biz_no": "1/+=é&%"}
            for answer in (client.token(odd), client.token_by_json(odd)):
                self.assertEqual(answer.status, 200, answer)
                self.assertIsNone(answer.gateway_code)
                result = client.result(answer.json["biz_token"])
                self.assertEqual(result.json["result_message"], "LIVING_NOT_START", result)

    def test_a_wrong_secret_is_told_by_gateway_and_service(self):  # code: get_biz_token-http AUTHENTICATION_ERROR; get_result-http INVALID_SIGN
        wrong = Gateway(self.port, {**Stage.keys["bank"], "access_key_secret": "x"})
        for answer, error in ((wrong.token(PERSON), "AUTHENTICATION_ERROR"), (wrong.result("1,2"), "INVALID_SIGN")):
            self.assert_gateway(answer, 403, "A403IS")
            self.assert_error(answer, 403, error)
            self.assertRegex(answer.headers["X-Ca-Error-Message"], "^Invalid Signature, Server StringToSign:`(POST|GET)#application/json#")
        other = Gateway(self.port, {**Stage.keys["bank"], "access_key_secret": Stage.keys["shop"]["access_key_secret"]})
        self.assert_gateway(other.token(PERSON), 403, "A403IS")

    def test_the_gateways_own_refusals_have_no_body(self):
        nobody = {"access_key_id": "nope", "access_key_secret": "x", "appcode": "nope"}
        refused = [
            (Gateway(self.port, nobody).token(PERSON), 400, "A400IK"), (ByAppcode(self.port, nobody).token(PERSON), 400, "A400AC"),
            (self.bank.token(PERSON, **{"x-ca-timestamp": str(int((time.time() - 1000) * 1000))}), 403, "S403TE"),
            (self.bank.token(PERSON, **{"x-ca-timestamp": str(int((time.time() + 1000) * 1000))}), 403, "S403TE"),
        ]
        for answer, status, code in refused:
            self.assert_gateway(answer, status, code)
            self.assertEqual(answer.body, b"")
        self.assertEqual(self.bank.token(PERSON, **{"x-ca-timestamp": str(int((time.time() - 600) * 1000))}).status, 200)

    def test_a_nonce_is_good_for_one_request(self):
        nonce = {"x-ca-nonce": "the one and only"}
        self.assertEqual(self.bank.token(PERSON, **nonce).status, 200)
        for answer in (self.bank.token(PERSON, **nonce), self.bank.token({**PERSON, "biz_no": "2"}, **nonce)):
            self.assert_gateway(answer, 403, "S403NU")
        shop = Gateway(self.port, Stage.keys["shop"])
        self.assertEqual(shop.token(PERSON, **nonce).status, 200, "another customer's nonces are its own")
        wrong = Gateway(self.port, {**Stage.keys["bank"], "access_key_secret": "x"})
        wrong.token(PERSON, **{"x-ca-nonce": "not yet"})
        self.assertEqual(self.bank.token(PERSON, **{"x-ca-nonce": "not yet"}).status, 200, "nobody else uses up nonces")

    def test_every_changed_character_of_an_appcode(self):
        appcode = Stage.keys["bank"]["appcode"]
        for at, character in enumerate(appcode):
            changed = appcode[:at] + ("a" if character != "a" else "b") + appcode[at + 1:]
            self.assert_gateway(ByAppcode(self.port, {"appcode": changed}).token(PERSON), 400, "A400AC")

    def test_a_body_that_is_no_form_needs_its_hash(self):
        headers = self.bank.headers("POST", SDK + "get_biz_token", {}, "application/json")
        self.assert_gateway(exchange(self.port, "POST", SDK + "get_biz_token", json.dumps(PERSON), headers), 400, "I400MD")


class Asking(FaceId):
    def test_what_is_missing_is_named(self):  # code: get_biz_token-http MISSING_ARGUMENTS:<key>; get_result-http MISSING_ARGUMENTS:key>
        for name in PERSON:
            fields = {key: value for key, value in PERSON.items() if key != name}
            self.assert_error(self.simple.token(fields), 400, "MISSING_ARGUMENTS:" + name)
        self.assert_error(self.simple.result(""), 400, "MISSING_ARGUMENTS:biz_token")

    def test_what_is_wrong_is_named(self):  # code: get_biz_token-http BAD_ARGUMENTS:<key>; get_result-http BAD_ARGUMENTS:key>
        for name, value in (("liveness_type", "video"), ("idcard_number", "1"), ("biz_no", "é" * 65), ("security_level", "0"),
                            ("liveness_timeout", "soon"), ("liveness_action_count", "4"), ("force_compare", "2"),
                            ("multi_oriented_detection", "2")):
            self.assert_error(self.simple.token({**PERSON, name: value}), 400, "BAD_ARGUMENTS:" + name)
        self.assert_error(self.simple.result("nope"), 400, "BAD_ARGUMENTS:biz_token")
        token, _ = self.opened()
        self.assert_error(self.simple.result(token, verbose="2"), 400, "BAD_ARGUMENTS:verbose")

    def test_a_file_that_is_no_photo(self):  # code: get_biz_token-http IMAGE_ERROR_UNSUPPORTED_FORMAT:<param>
        for content in (b"not an image" * 30, Stage.photo[:5000]):
            answer = self.simple.token({**PERSON, "image_ref1": b64(content)})
            self.assert_error(answer, 400, "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1")
        answer = self.simple.token({**PERSON, "image_ref1": b64(Stage.photo), "image_ref2": "data:image/jpeg;base64," + b64(Stage.photo)})
        self.assert_error(answer, 400, "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref2")

    def test_a_photo_without_a_face_to_compare(self):  # code: get_biz_token-http NO_FACE_FOUND:<param>
        for name in ("no_face.jpg", "two.jpg"):
            answer = self.simple.token({**PERSON, "image_ref1": b64(Stage.photo), "image_ref2": b64(Stage.media(name))})
            self.assert_error(answer, 400, "NO_FACE_FOUND:image_ref2")
        turned = b64(Stage.media("turned.jpg"))
        self.assertEqual(self.simple.token({**PERSON, "image_ref1": turned}).status, 200)
        answer = self.simple.token({**PERSON, "image_ref1": turned, "multi_oriented_detection": "0"})
        self.assert_error(answer, 400, "NO_FACE_FOUND:image_ref1")

    def test_a_photo_with_too_many_pixels(self):  # code: get_biz_token-http INVALID_IMAGE_SIZE<param>
        self.assert_error(self.simple.token({**PERSON, "image_ref1": b64(Stage.media("wide.jpg"))}), 400, "INVALID_IMAGE_SIZEimage_ref1")

    def test_too_much(self):  # code: get_biz_token-http Request Entity Too Large; get_result-http Request Entity Too Large
        large = self.simple.token({**PERSON, "image_ref1": b64(Stage.photo + bytes(2 << 20))})
        body = b"image_ref1=" + b"A" * (21 << 20)
        larger = exchange(self.port, "POST", SDK + "get_biz_token", body, self.simple.credential)
        largest = exchange(self.port, "GET", SDK + "get_result", body, self.simple.credential)
        for answer in (large, larger, largest):
            self.assertEqual((answer.status, answer.body, answer.headers["Content-Type"]), (413, b"Request Entity Too Large", "text/plain"))

    def test_calls_that_do_not_exist(self):  # code: get_biz_token-http API_NOT_FOUND; get_result-http API_NOT_FOUND
        self.assert_error(self.simple.token(PERSON, "no_such_api"), 404, "API_NOT_FOUND")
        self.assert_error(self.simple.token(PERSON, "get_result"), 404, "API_NOT_FOUND")
        answer = exchange(self.port, "GET", SDK + "get_biz_token", None, self.simple.credential)
        self.assert_error(answer, 404, "API_NOT_FOUND")


class Settled(FaceId):
    def test_what_the_account_lacks(self):
        # code: result IP_NOT_ALLOWED, NON_ENTERPRISE_CERTIFICATION, BALANCE_NOT_ENOUGH, ACCOUNT_DISCONTINUED
        # code: get_biz_token-http AUTHORIZATION_ERROR:<reason>
        def settle(field):
            selfsame("customers", "set", "bank", field, "--data", Stage.data)

        token, _ = self.opened()
        for field, reason in (("networks=192.0.2.1", "IP_NOT_ALLOWED"), ("verified=false", "NON_ENTERPRISE_CERTIFICATION"),
                              ("state/megvii.faceid=in_arrears", "BALANCE_NOT_ENOUGH"), ("suspended=true", "ACCOUNT_DISCONTINUED")):
            settle(field)
            self.addCleanup(settle, field.split("=")[0] + "=")
            self.assert_error(self.simple.token(PERSON), 403, "AUTHORIZATION_ERROR:" + reason)
            self.assert_result(token, 5000, reason)
            settle(field.split("=")[0] + "=")
        self.assert_result(token, 9000, "LIVING_NOT_START")


class Waiting(FaceId):
    def test_before_and_during_the_process(self):  # code: result LIVING_NOT_START; result LIVING_IN_PROGRESS
        token, device = self.opened()
        seen = self.assert_result(token, 9000, "LIVING_NOT_START", verbose=1)
        self.assertEqual(seen["biz_no"], "order 17 – ä")
        self.assertNotIn("verification", seen)
        device.challenge()
        self.assert_result(token, 9000, "LIVING_IN_PROGRESS")

    def test_what_was_asked_for_is_drawn(self):
        for count in (1, 2, 3):
            _, device = self.opened(liveness_action_count=str(count))
            self.assertEqual(len(device.challenge().json["actions"]), count)

    def test_tokens_of_nobody_and_of_others(self):  # code: result BIZ_TOKEN_DENIED
        token, _ = self.opened()
        answer = Gateway(self.port, Stage.keys["shop"]).result(token, verbose=1)
        self.assertEqual((answer.json["result_code"], answer.json["result_message"]), (4200, "BIZ_TOKEN_DENIED"))
        self.assertEqual(answer.json["biz_no"], "")
        self.assert_result("1532485677,fb241f74-e4e0-4396-ad74-eb8c1764aa1b", 4200, "BIZ_TOKEN_DENIED")

    def test_too_late(self):  # code: result USER_TIMEOUT
        token, device = self.opened(liveness_timeout="1")
        device.challenge()
        time.sleep(1.2)
        self.assert_result(token, 4200, "USER_TIMEOUT")

    def test_why_a_device_ended_its_session(self):
        # code: result USER_CANCELLATION; result USER_CANCEL; result NO_CAMERA_PERMISSION; result DEVICE_NOT_SUPPORT
        # code: result MOBILE_PHONE_NO_AUTHORITY; result MOBILE_PHONE_NOT_SUPPORT; result NETWORK_ERROR
        # code: result NO_SENSOR_PERMISSION; result AUTHENTICATION_FAIL; result SDK_TOO_OLD; result INVALID_BUNDLE_ID
        # code: result MORE_RETRY_TIMES; result ILLEGAL_PARAMETER; result FACE_INIT_FAIL; result INIT_FAILED
        # code: result LIVENESS_DETECT_FAILED; result INVALID_SIGN; result EXPIRED_SIGN; result REPLAY_ATTACK
        # code: result VERIFICATION_FAILURE; result LIVING_OVERTIME
        begun = object()
        reasons = {
            ("user_cancelled", begun): (4200, "USER_CANCELLATION"), ("user_cancelled", None): (6000, "USER_CANCEL"),
            ("no_camera_permission", None): (6000, "NO_CAMERA_PERMISSION"), ("no_camera", None): (6000, "DEVICE_NOT_SUPPORT"),
            ("camera_busy", begun): (6000, "DEVICE_NOT_SUPPORT"), ("no_storage_permission", None): (4200, "MOBILE_PHONE_NO_AUTHORITY"),
            ("unsupported_device", None): (4200, "MOBILE_PHONE_NOT_SUPPORT"), ("network", begun): (6000, "NETWORK_ERROR"),
            ("no_sensor_permission", None): (6000, "NO_SENSOR_PERMISSION"), ("authentication_failed", None): (4200, "AUTHENTICATION_FAIL"),
            ("token_refused", None): (4200, "BIZ_TOKEN_DENIED"), ("client_too_old", None): (4200, "SDK_TOO_OLD"),
            ("bundle_not_allowed", None): (6000, "INVALID_BUNDLE_ID"), ("no_configuration", None): (5000, "MORE_RETRY_TIMES"),
            ("invalid_parameter", None): (6000, "ILLEGAL_PARAMETER"), ("detector_failed", None): (6000, "FACE_INIT_FAIL"),
            ("initialisation_failed", None): (6000, "INIT_FAILED"), ("liveness_failed", begun): (6000, "LIVENESS_DETECT_FAILED"),
            ("signature_invalid", begun): (5000, "INVALID_SIGN"), ("signature_expired", begun): (5000, "EXPIRED_SIGN"),
            ("replayed", begun): (5000, "REPLAY_ATTACK"), ("interrupted", begun): (4200, "VERIFICATION_FAILURE"),
            ("timeout", begun): (4200, "USER_TIMEOUT"), ("timeout", None): (9000, "LIVING_OVERTIME"),
        }
        for (reason, state), (code, message) in reasons.items():
            token, device = self.opened()
            if state is begun:
                device.challenge()
            self.assertEqual(device.call("POST", "end", {"reason": reason}).status, 200, reason)
            self.assert_result(token, code, message)
        self.assertEqual(ledger(), [])


class Judged(FaceId):
    def judged(self, video, code, message, **fields):
        """The result of a token whose device answers with this video, whatever was drawn."""
        token, device = self.opened(**fields)
        challenge = device.recorded()
        device.upload_all(challenge, "video", video)
        self.assertEqual(device.seal(challenge).status, 202)
        device.result()
        return self.assert_result(token, code, message, verbose=1)

    def test_an_attack_and_its_comparison_if_wanted(self):  # code: result FAIL_LIVING_FACE_ATTACK
        photos = {"image_ref1": b64(Stage.stranger), "image_ref2": b64(Stage.photo)}
        seen = self.judged(Stage.media("still.mp4"), 4100, "FAIL_LIVING_FACE_ATTACK", **photos)
        self.assertEqual(seen["verification"], {})
        self.assertNotIn("images", seen)
        seen = self.judged(Stage.media("still.mp4"), 4100, "FAIL_LIVING_FACE_ATTACK", force_compare="1", **photos)
        same, other = (seen["verification"][name] for name in ("ref1", "ref2"))
        self.assertGreaterEqual(same["confidence"], same["thresholds"]["1e-4"])
        self.assertLess(other["confidence"], other["thresholds"]["1e-3"])
        self.assertEqual(ledger(), [])

    def test_nobody_and_somebody_who_does_not_act(self):  # code: result UNDETECTED_FACE; result ACTION_ERROR
        self.judged(Stage.media("no_face.mp4"), 4200, "UNDETECTED_FACE")
        self.judged(Stage.media("live.mp4"), 4200, "ACTION_ERROR", liveness_action_count="3")
        self.assertEqual(ledger(), [])



class People:
    """A register that the server asks: whom it knows, and with which photo."""

    def __init__(self):
        self.source = Source(0)
        photo = {name: b64((FIXTURES / file).read_bytes()) for name, file in (("same", "biden.jpg"), ("other", "obama.jpg"))}
        photo |= {"text": b64(b"no picture" * 9), "nobody": b64(Stage.media("no_face.jpg"))}
        known = {"name_matches": True}
        self.cases = {  # whom: what the register says, and the result
            "same": ({**known, "photo": photo["same"]}, 1000, "SUCCESS"),
            "other": ({**known, "photo": photo["other"]}, 2000, "PASS_LIVING_NOT_THE_SAME"),
            "nobody": (None, 3000, "NO_ID_CARD_NUMBER"),
            "another name": ({"name_matches": False}, 3000, "ID_NUMBER_NAME_NOT_MATCH"),
            "no photo": (known, 3000, "NO_ID_PHOTO"),
            "no picture": ({**known, "photo": photo["text"]}, 3000, "PHOTO_FORMAT_ERROR"),
            "no face": ({**known, "photo": photo["nobody"]}, 3000, "NO_FACE_FOUND"),
            "broken": ({"name_matches": "maybe"}, 3000, "DATA_SOURCE_ERROR"),
        }
        self.numbers = {whom: idcard_number(900 + i) for i, whom in enumerate(self.cases)}
        self.source.people = {self.numbers[whom]: said for whom, (said, _, _) in self.cases.items() if said}


class Acted(FaceId):
    """Sessions that a head answers which does what was drawn (docs/testing.md, "Moving heads")."""

    SEEDS = range(1001, 1006)

    def setUp(self):
        super().setUp()
        self.people = People()
        self.addCleanup(self.people.source.stop)
        server = Server(Stage.data, env={"SELFSAME_REGISTER_URL": self.people.source.url})
        self.addCleanup(server.stop)
        self.port = server.port
        self.bank = Gateway(self.port, Stage.keys["bank"])

    def acted(self, whom, seed):
        token, device = self.opened(idcard_number=self.people.numbers[whom], liveness_action_count="1", liveness_timeout="600",
                                     image_ref1=b64(Stage.photo))
        challenge = device.challenge().json
        folder = Stage.folder / f"{whom}-{seed}".replace(" ", "-")
        folder.mkdir()
        since = time.monotonic()
        parts, said = answers.acted(challenge, FIXTURES / "biden.jpg", folder, seed)
        time.sleep(max(0, challenge["duration_s"] - (time.monotonic() - since)))
        device.upload_all(challenge, "video", parts["video"])
        self.assertEqual(device.seal(challenge, **said).status, 202)
        device.result()
        return self.bank.result(token, verbose=1).json

    def first_live(self, whom):
        """Of a drawn head not every movement is read: the first seed whose session is live."""
        for seed in self.SEEDS:
            seen = self.acted(whom, seed)
            if seen["result_code"] in (1000, 2000, 3000):
                break
        return seen

    def test_who_is_live_is_compared_with_the_register(self):
        # code: result SUCCESS, PASS_LIVING_NOT_THE_SAME, NO_ID_CARD_NUMBER, ID_NUMBER_NAME_NOT_MATCH
        # code: result NO_FACE_FOUND, NO_ID_PHOTO, PHOTO_FORMAT_ERROR, DATA_SOURCE_ERROR
        before = ledger()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = dict(zip(self.people.cases, pool.map(self.first_live, self.people.cases), strict=True))
        for whom, (_, code, message) in self.people.cases.items():
            seen = found[whom]
            self.assertEqual((seen["result_code"], seen["result_message"]), (code, message), whom)
            self.assertTrue(base64.b64decode(seen["images"]["image_best"]).startswith(b"\xff\xd8"))
            ref1 = seen["verification"]["ref1"]
            self.assertGreaterEqual(ref1["confidence"], ref1["thresholds"]["1e-4"], "reported, whatever the register has")
            self.assertEqual("idcard" in seen["verification"], code != 3000)
        idcard = {whom: found[whom]["verification"]["idcard"] for whom in ("same", "other")}
        self.assertGreaterEqual(idcard["same"]["confidence"], idcard["same"]["thresholds"]["1e-4"])
        self.assertLess(idcard["other"]["confidence"], idcard["other"]["thresholds"]["1e-3"])
        billed = sorted(code for product, code in ledger()[len(before):] if product == "megvii.faceid")
        self.assertEqual(billed, ["1000", "2000", *["3000"] * 6], "each once")


class Lists(FaceId):
    """What is settled with a customer, in the words of both calls."""

    def setUp(self):
        super().setUp()
        key = json.loads(selfsame("key", "create", "--data", Stage.data, "--name", "settled", "--json").splitlines()[0])
        self.bank = Gateway(self.port, key)
        self.raw = Raw(self.port, key)
        self.addCleanup(self.set, "networks=", "sdk_version_min=", "denied_devices=", "bundle_ids=")

    def set(self, *fields):
        selfsame("customers", "set", "settled", "--data", Stage.data, *fields)

    def test_addresses(self):
        token, _ = self.opened()
        self.set("networks=192.0.2.0/24")
        self.assert_result(token, 5000, "IP_NOT_ALLOWED")
        self.assert_error(self.bank.token(PERSON), 403, "AUTHORIZATION_ERROR:IP_NOT_ALLOWED")
        spoofed = {"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"}
        answer = exchange(self.port, "POST", SDK + "get_biz_token", urllib.parse.urlencode(PERSON),
                          {**self.bank.headers("POST", SDK + "get_biz_token", PERSON, FORM), **spoofed})
        self.assert_error(answer, 403, "AUTHORIZATION_ERROR:IP_NOT_ALLOWED")
        self.assertEqual(self.raw.post("get_random_number").json["error_message"], "AUTHORIZATION_ERROR:Denied")
        self.set("networks=127.0.0.0/8")
        self.assert_result(token, 9000, "LIVING_NOT_START")

    def test_apps(self):  # code: result SDK_TOO_OLD, MOBILE_PHONE_NOT_SUPPORT, INVALID_BUNDLE_ID
        self.set("sdk_version_min=3.2.1", "denied_devices=Phone 1", "bundle_ids=com.bank,com.bank.beta")
        good = {"sdk_version": "3.10.0", "model": "Phone 2", "bundle_id": "com.bank"}
        refused = [({"sdk_version": "3.2.0"}, 4200, "SDK_TOO_OLD"), ({"model": "Phone 1"}, 4200, "MOBILE_PHONE_NOT_SUPPORT"),
                   ({"bundle_id": "com.thief"}, 6000, "INVALID_BUNDLE_ID")]
        for change, code, message in refused:
            token, device = self.opened()
            answer = device.challenge(app={**good, **change})
            self.assertEqual((answer.status, answer.code), (403, "forbidden"), answer)
            self.assert_result(token, code, message)
            self.assertEqual(device.challenge(app=good).status, 409, "it has ended")
        token, device = self.opened()
        self.assertEqual(device.challenge().status, 403, "who does not say is refused")
        self.assert_result(token, 4200, "SDK_TOO_OLD")
        token, device = self.opened()
        self.assertEqual(device.challenge(app=good).status, 200)
        self.assert_result(token, 9000, "LIVING_IN_PROGRESS")


class RawCalls(unittest.TestCase):
    def setUp(self):
        self.raw = Raw(Stage.server.port, Stage.keys["bank"])
        self.type0 = {"comparison_type": "0", "uuid": "u-1"}
        self.type1 = {"comparison_type": "1", "idcard_name": NAME, "idcard_number": NO_SUCH}
        self.ref = {"image_ref1": Stage.photo}

    def assert_error(self, answer, status, message, biz_no=None):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.json["error_message"], message, answer)
        self.assertRegex(answer.json["request_id"], r"^\d{10},[0-9a-f-]{36}$")
        self.assertIsInstance(answer.json["time_used"], int)
        self.assertEqual(answer.json.get("biz_no"), biz_no)


class RawVerify(RawCalls):
    def number(self):
        answer = self.raw.post("get_random_number", biz_no="b – 1")
        self.assertEqual((answer.status, answer.json["biz_no"]), (200, "b – 1"), answer)
        self.assertRegex(answer.json["random_number"], "^[0-9]{4}$")
        return answer.json["token_random_number"], answer.json["random_number"]

    def video_token(self, video):
        token, _ = self.number()
        time.sleep(RECORDING_S)
        answer = self.raw.post("validate_video", {"video": video}, token_random_number=token)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["token_video"]

    def test_keys(self):  # code: raw AUTHENTICATION_ERROR
        for changed in ({"api_secret": "x"}, {"api_key": "nope"}, {"api_secret": Stage.keys["shop"]["access_key_secret"]}):
            answer = self.raw.post("verify", self.ref, token="t", biz_no="b7", **{**self.type0, **changed})
            self.assert_error(answer, 403, "AUTHENTICATION_ERROR", "b7")

    def test_what_is_missing_is_named_behind_a_space(self):  # code: raw MISSING_ARGUMENTS: <key>
        for name in ("api_key", "api_secret", "token", "comparison_type", "uuid"):
            fields = {"token": "t", **self.type0, name: None}
            self.assert_error(self.raw.post("verify", self.ref, **fields), 400, "MISSING_ARGUMENTS: " + name)
        self.assert_error(self.raw.post("verify", token="t", **self.type0), 400, "MISSING_ARGUMENTS: image_ref1")
        for name in ("idcard_name", "idcard_number"):
            fields = {"token": "t", **self.type1, name: None}
            self.assert_error(self.raw.post("verify", **fields), 400, "MISSING_ARGUMENTS: " + name)

    def test_what_is_wrong_is_named(self):  # code: raw BAD_ARGUMENTS:<key>
        for name, value in (("comparison_type", "7"), ("liveness_preferences", "x"), ("multi_oriented_detection", "2"),
                            ("uuid", "x" * 513), ("biz_no", "é" * 129)):
            answer = self.raw.post("verify", self.ref, **{"token": "t", **self.type0, name: value})
            self.assert_error(answer, 400, "BAD_ARGUMENTS:" + name)
        answer = self.raw.post("verify", self.ref, token="t", biz_no="é" * 128, **self.type0)
        self.assert_error(answer, 400, "INVALID_TOKEN", "é" * 128)

    def test_persons_that_cannot_be(self):  # code: raw INVALID_NAME_FORMAT; raw INVALID_IDCARD_NUMBER
        answer = self.raw.post("verify", token="t", **{**self.type1, "idcard_name": "x" * 33})
        self.assert_error(answer, 400, "INVALID_NAME_FORMAT")
        for number in ("123", "1101011990030780XX", "11010119900307803é"):
            answer = self.raw.post("verify", token="t", **{**self.type1, "idcard_number": number})
            self.assert_error(answer, 400, "INVALID_IDCARD_NUMBER")

    def test_calls_that_do_not_exist(self):  # code: raw API_NOT_FOUND
        self.assert_error(self.raw.post("no_such_api"), 404, "API_NOT_FOUND")

    def test_a_number_is_answered_once_by_its_own_customer(self):  # code: raw INVALID_TOKEN
        token, _ = self.number()
        shop = Raw(Stage.server.port, Stage.keys["shop"])
        video = {"video": Stage.media("live.mp4")}
        self.assert_error(shop.post("validate_video", video, token_random_number=token), 400, "INVALID_TOKEN")
        self.assert_error(self.raw.post("validate_video", video, token_random_number="nope"), 400, "INVALID_TOKEN")
        self.assertEqual(self.raw.post("validate_video", video, token_random_number=token).status, 200)
        self.assert_error(self.raw.post("validate_video", video, token_random_number=token), 400, "INVALID_TOKEN")
        self.assert_error(self.raw.post("verify", self.ref, token=token, **self.type0), 400, "INVALID_TOKEN")

    def test_videos_without_anybody(self):
        token, _ = self.number()
        for video, message in ((b"nothing", "IMAGE_ERROR_UNSUPPORTED_FORMAT:video"), (Stage.media("no_face.mp4"), "NO_FACE_FOUND:video")):
            answer = self.raw.post("validate_video", {"video": video}, token_random_number=token)
            self.assert_error(answer, 400, message)
        self.assert_error(self.raw.post("validate_video", token_random_number=token), 400, "MISSING_ARGUMENTS: video")

    def test_silence_is_not_what_was_asked_for(self):  # code: raw procedure_validation=VIDEO_SR_ERROR
        before = ledger()
        token = self.video_token(Stage.media("live.mp4"))
        answer = self.raw.post("verify", self.ref, token=token, biz_no="b", **self.type0)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["liveness"], {"procedure_validation": "VIDEO_SR_ERROR"})
        self.assertEqual(set(answer.json), {"request_id", "time_used", "biz_no", "liveness"})
        self.assertEqual(ledger(), [*before, ("megvii.raw-compare", "200")])
        self.assert_error(self.raw.post("verify", self.ref, token=token, **self.type0), 400, "INVALID_TOKEN")
        self.assertEqual(len(ledger()), len(before) + 1)

    def test_photos_that_are_of_no_use(self):
        # code: raw IMAGE_ERROR_UNSUPPORTED_FORMAT:<param>; raw NO_FACE_FOUND:<param>; raw MULTIPLE_FACES:<param>
        # code: raw INVALID_IMAGE_SIZE:<param>; raw Request Entity Too Large (plain text)
        before = ledger()
        token = self.video_token(Stage.media("live.mp4"))
        for content, message in ((b"not an image" * 50, "IMAGE_ERROR_UNSUPPORTED_FORMAT"), (Stage.media("no_face.jpg"), "NO_FACE_FOUND"),
                                 (Stage.media("two.jpg"), "MULTIPLE_FACES"), (Stage.media("wide.jpg"), "INVALID_IMAGE_SIZE"),
                                 (Stage.media("turned.jpg"), "NO_FACE_FOUND")):
            answer = self.raw.post("verify", {**self.ref, "image_ref3": content}, token=token, **self.type0)
            self.assert_error(answer, 400, message + ":image_ref3")
        answer = self.raw.post("verify", {"image_ref1": Stage.photo + bytes(3 << 20)}, token=token, **self.type0)
        self.assertEqual((answer.status, answer.body, answer.headers["Content-Type"]), (413, b"Request Entity Too Large", "text/plain"))
        self.assertEqual(ledger(), before, "nothing of this is billed, and the token is as good as before")
        turned = {"image_ref1": Stage.media("turned.jpg")}
        answer = self.raw.post("verify", turned, token=token, multi_oriented_detection="1", **self.type0)
        self.assertEqual(answer.status, 200, answer)






def taken_by(jpeg, make, model):
    """The photo with what a camera writes into it (EXIF)."""
    def entry(tag, text, offset):
        return struct.pack("<HHII", tag, 2, len(text) + 1, offset)

    head = b"II*\0" + struct.pack("<IH", 8, 2)
    at = len(head) + 2 * 12 + 4
    tiff = head + entry(0x010F, make, at) + entry(0x0110, model, at + len(make) + 1) + bytes(4) + make + b"\0" + model + b"\0"
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + jpeg[2:]


class Selfies(RawCalls):
    """Heads that turn (docs/testing.md, "Moving heads"): a front, a side about 20 degrees from it, and more.

    How far each turns was looked at with other seeds.
    """

    SEED, FRONT_S, SIDE_S = 2001, 0, 1.0

    @classmethod
    def setUpClass(cls):
        cls.same = cls.photos("biden.jpg", 0.7)
        cls.other = cls.photos("obama3.jpg", 0.7)
        cls.hardly = cls.photos("biden.jpg", 0.2)

    @classmethod
    def photos(cls, portrait, extent):
        """Front and side."""
        challenge = {"duration_s": 2}
        frames, clip = Stage.folder / "turn.bgr", Stage.folder / "turn.mp4"
        answers.drawn(FIXTURES / portrait, frames, challenge, cls.SEED, "--actions", f"turn_right@0.3x{extent}", "--face", "0.45", rate_hz=10)
        size = answers.SIZE.split("x")
        length, content = int(size[0]) * int(size[1]) * 3, frames.read_bytes()
        found = []
        for time_s in (cls.FRONT_S, cls.SIDE_S):
            start = int(time_s * 10) * length
            frames.write_bytes(content[start:start + length])
            still = clip.with_suffix(".jpg")
            answers.ffmpeg("-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", answers.SIZE, "-i", frames, "-frames:v", "1", "-q:v", "2", still)
            found.append(still.read_bytes())
        return found

    def sent(self, front, side):
        return self.raw.post("validate_side_face", {"image_front": front, "image_side": side})

    def verified(self, front, side, **more):
        answer = self.sent(front, side)
        self.assertEqual(answer.status, 200, answer)
        answer = self.raw.post("verify", self.ref, token=answer.json["token_side_face"], **self.type0, **more)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_a_head_that_turns_passes(self):
        # code: raw procedure_validation=PASSED, face_genuineness=PASSED
        for front, side in (self.same, [taken_by(photo, b"Acme", b"Model 1") for photo in self.same]):
            seen = self.verified(front, side)
            self.assertEqual(seen["liveness"], {"procedure_validation": "PASSED", "face_genuineness": "PASSED"})
            self.assertGreaterEqual(seen["result_ref1"]["confidence"], seen["result_ref1"]["thresholds"]["1e-4"])

    def test_one_that_does_not_turn_is_refused(self):
        front, side = self.same
        for first, second in ((front, front), (side, side), self.hardly):
            self.assert_error(self.sent(first, second), 400, "NO_FACE_FOUND:image_side")

    def test_the_side_of_somebody_else(self):  # code: raw procedure_validation=SELFIE_INCONSISTENT
        for front, side in ((self.same[0], self.other[1]), (self.other[0], self.same[1])):
            self.assertEqual(self.verified(front, side)["liveness"], {"procedure_validation": "SELFIE_INCONSISTENT"})

    def test_another_camera(self):  # code: raw procedure_validation=SELFIE_METADATA_INCONSISTENT
        front, side = self.same
        for one, two in ((taken_by(front, b"Acme", b"Model 1"), taken_by(side, b"Acme", b"Model 2")), (front, taken_by(side, b"Acme", b"Model 1")),
                         (taken_by(front, b"Acme", b"Model 1"), taken_by(self.other[1], b"Other", b"Model 1"))):
            self.assertEqual(self.verified(one, two)["liveness"], {"procedure_validation": "SELFIE_METADATA_INCONSISTENT"})
        seen = self.verified(front, taken_by(side, b"Acme", b"Model 1"), liveness_preferences="selfie_no_metadata_check")
        self.assertEqual(seen["liveness"]["procedure_validation"], "PASSED")


class Discretion(unittest.TestCase):
    """Runs last: whatever the tests before have done, the log tells nobody's secrets."""

    def test_the_log_has_no_secrets(self):
        said = Stage.server.said
        self.assertGreater(said.count("request "), 100)
        for secret in (Stage.keys["bank"]["appcode"], Stage.keys["bank"]["access_key_secret"], "11010119900307803", "get_result"):
            self.assertNotIn(secret, said)


def load_tests(loader, *_):
    classes = (Credentials, Asking, Settled, Waiting, Judged, Acted, Lists, RawVerify, Selfies, Discretion)
    return unittest.TestSuite(loader.loadTestsFromTestCase(each) for each in classes)


def main():
    result = unittest.main(exit=False, verbosity=2).result
    failed = len(result.failures) + len(result.errors)
    skipped = len(result.skipped)
    print(f"{result.testsRun - failed - skipped} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

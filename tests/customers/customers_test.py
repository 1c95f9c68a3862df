#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is settled with customers, by the command line and over HTTP; see run.sh."""

import atexit
import base64
import concurrent.futures
import csv
import hashlib
import hmac
import io
import itertools
import json
import pathlib
import shutil
import sys
import tempfile
import time
import unittest
import urllib.parse
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / name) for name in ("cli", "native", "schemas")]
import check  # noqa: E402
from cli_test import FIXTURES, OBAMA, OBAMA2, Server, multipart, selfsame  # noqa: E402
from device import call  # noqa: E402

PRODUCT = "tencent.pure-api"


class Stage:
    """One server for all tests; every test has a customer of its own."""

    folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_customers_"))
    data = str(folder / "data")
    numbers = itertools.count(1)
    server = None


def setUpModule():
    """Of whichever module of this folder comes first; the server ends with the program."""
    if Stage.server is None:
        Stage.server = Server(Stage.data, env={"SELFSAME_HTTP_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"})
        atexit.register(shutil.rmtree, Stage.folder, ignore_errors=True)
        atexit.register(Stage.server.stop)


def run(*words, code=0):
    return selfsame(*words[:2], "--data", Stage.data, *words[2:], code=code)


class Customers(unittest.TestCase):
    def setUp(self):
        self.name = f"bank {next(Stage.numbers)}"
        self.key = self.new_key()
        self.port = Stage.server.port
        self.nonce = itertools.count(1)

    def new_key(self):
        return json.loads(run("key", "create", "--name", self.name, "--json"))

    def json_of(self, schema, *words):
        text = run(*words, "--json")
        self.assertEqual(list(check.faults_of(schema, text.splitlines()[0])), [], text[:500])
        return json.loads(text.splitlines()[0])

    def set(self, *fields):
        run("customers", "set", self.name, *fields)

    def shown(self):
        return self.json_of("customers_show", "customers", "show", self.name)

    def ledger(self):
        return json.loads(selfsame("ledger", "--data", Stage.data, "--name", self.name, "--json"))["entries"]

    def ask(self, action="CreateUploadUrl", key=None, **fields):
        """A signed TC3 request; the `Response` of the answer. No two are the same."""
        key = key or self.key
        fields = fields or {"TargetAction": "VideoLivenessCompare"}
        body = json.dumps(fields).encode()
        now = int(time.time())
        day = time.strftime("%Y-%m-%d", time.gmtime(now))
        host = f"127.0.0.1:{self.port}"
        agent = str(next(self.nonce))
        headers = f"content-type:application/json\nhost:{host}\nx-number:{agent}\n"
        signed = "content-type;host;x-number"
        canonical = f"POST\n/\n\n{headers}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{day}/faceid/tc3_request"
        text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        secret = b"TC3" + key["access_key_secret"].encode()
        for part in (day, "faceid", "tc3_request"):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
        answer = call(self.port, "POST", "/", body, {
            "Content-Type": "application/json", "X-Number": agent, "X-TC-Action": action, "X-TC-Version": "2018-03-01",
            "X-TC-Timestamp": str(now), "X-TC-Region": "ap-singapore",
            "Authorization": f"TC3-HMAC-SHA256 Credential={key['access_key_id']}/{scope}, SignedHeaders={signed}, Signature={signature}",
        })
        return answer.json["Response"]

    def execute_request(self, **more):
        """Alibaba's RPC, HMAC-SHA1, JSON."""
        def quoted(text):
            return urllib.parse.quote(text, safe="-_.~")

        fields = {
            "AccessKeyId": self.key["access_key_id"], "Action": "ExecuteRequest", "Version": "2019-05-21", "Format": "JSON",
            "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": str(uuid.uuid4()),
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "Service": "intl_face_verify", **more,
        }
        line = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in sorted(fields.items()))
        key = (self.key["access_key_secret"] + "&").encode()
        digest = hmac.new(key, f"POST&%2F&{quoted(line)}".encode(), hashlib.sha1).digest()
        body = urllib.parse.urlencode({**fields, "Signature": base64.b64encode(digest).decode()})
        return call(self.port, "POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})

    def code(self, **fields):
        return self.ask(**fields).get("Error", {}).get("Code", "")

    def native(self, method="GET", path="/v1/webhook/deliveries", body=None, headers=None, key=None):
        return call(self.port, method, path, body, {"Authorization": "Bearer " + (key or self.key)["appcode"], **(headers or {})})


class CommandLine(Customers):
    def test_a_customer_is_made_settled_and_shown(self):
        name = self.name + " new"
        run("customers", "add", name, "currency=VND", "--by", "ann")
        self.assertIn("already", run("customers", "add", name, code=1))
        run("customers", "set", name, "verified=false", "price/alibaba.sms=12", "--by", "bob")
        shown = self.json_of("customers_show", "customers", "show", name)
        self.assertEqual(shown["settings"], {"verified": "false", "currency": "VND", "price/alibaba.sms": "12"})
        self.assertEqual([(v["version"], v["set_by"]) for v in shown["history"]], [(1, "ann"), (2, "bob")])
        self.assertEqual(shown["history"][0]["settings"], {"currency": "VND"})
        listed = self.json_of("customers_list", "customers", "list")["customers"]
        self.assertIn((name, 2), [(c["name"], c["version"]) for c in listed])
        self.assertIn((self.name, 0), [(c["name"], c["version"]) for c in listed])
        self.assertIn("price/alibaba.sms = 12", run("customers", "show", name))

    def test_every_field_can_be_set_shown_and_unset(self):
        values = {
            "verified": "false", "suspended": "true", "sandbox": "true", "prepaid": "true", "currency": "EUR",
            "networks": "10.0.0.0/8,2001:db8::/32", "bundle_ids": "com.bank", "sdk_version_min": "3.2.1",
            "denied_devices": "Phone 1,Phone 2", "match_fmr": "1e-5", "bona_fide_min": "0.875",
            "state/PRODUCT": "in_arrears", "quota/PRODUCT/KIND": "7", "price/PRODUCT": "5", "price/PRODUCT/CODE": "6",
            "callback/SURFACE": "https://bank.example/x?a=b", "key/ID": "native.comparisons",
            "page/name": "Bank", "page/colour": "#0a84ff", "page/logo": "data:image/png;base64,AAAA",
            "page/frame_ancestors": "https://bank.example", "page/text/LANGUAGE/KEY": "Welcome",
        }
        helped = [line.split("  ")[0] for line in run_fields().split("\n\n")[0].splitlines()]
        self.assertEqual(sorted(helped), sorted(values), "the test knows every field")
        for name, value in values.items():
            name = name.replace("PRODUCT", PRODUCT).replace("KIND", "per_day").replace("CODE", "Success").replace("SURFACE", "megvii")
            with self.subTest(name):
                self.set(f"{name}={value}")
                self.assertEqual(self.shown()["settings"], {name: value})
                self.set(f"{name}=")
                self.assertEqual(self.shown()["settings"], {})

    def test_what_is_wrong_is_said_and_changes_nothing(self):
        for field in ("colour=red", "verified=maybe", "state/nothing=denied", "verified", "networks=10.0.0.1/8"):
            self.assertIn(field.split("=")[0], run("customers", "set", self.name, "currency=EUR", field, code=2))
        self.assertEqual(self.shown()["version"], 0)
        for words in (("customers", "set", "nobody", "currency=EUR"), ("customers", "show", "nobody"),
                      ("customers", "credit", "nobody", "5"), ("billing", "report", "--customer", "nobody"),
                      ("account", "set", "--name", "nobody", "--product", PRODUCT, "--state", "denied")):
            self.assertIn("no customer", run(*words, code=1))
        run("customers", "add", "x" * 65, code=2)
        run("billing", "report", "--from", "yesterday", code=2)

    def test_credits_and_the_balance(self):
        run("customers", "credit", self.name, "500", "--note", "invoice 7", "--by", "ann")
        run("customers", "credit", self.name, "--", "-120")
        shown = self.shown()
        self.assertEqual(shown["balance_minor"], 380)
        self.assertEqual([(c["amount_minor"], c["note"]) for c in shown["credits"]], [(500, "invoice 7"), (-120, "")])


def run_fields():
    return selfsame("customers", "fields")


class Surfaces(Customers):
    """Each thing that can be settled, in the words that a caller gets for it."""

    def assert_answers(self, fields, tencent, native_status, native_code):
        self.set(*fields)
        self.assertEqual(self.code(), tencent, fields)
        answer = self.native()
        self.assertEqual((answer.status, answer.code if native_code else ""), (native_status, native_code), fields)
        self.set(*(field.split("=")[0] + "=" for field in fields))
        self.assertEqual(self.code(), "", f"{fields} taken back")
        self.assertEqual(self.native().status, 200, f"{fields} taken back")

    def test_all_account_states(self):
        states = {
            "not_activated": ("UnauthorizedOperation.Nonactivated", 403, "account_not_active"),
            "activating": ("UnauthorizedOperation.Activating", 403, "account_activating"),
            "activation_failed": ("UnauthorizedOperation.ActivateError", 403, "account_activation_failed"),
            "in_arrears": ("UnauthorizedOperation.Arrears", 402, "account_in_arrears"),
            "not_verified": ("UnauthorizedOperation.NonAuthorize", 403, "account_not_verified"),
            "unauthorized": ("UnauthorizedOperation", 403, "forbidden"),
            "denied": ("OperationDenied", 403, "account_denied"),
        }
        for state, answers in states.items():
            self.assert_answers([f"state/{PRODUCT}={state}", f"state/native.verifications={state}"], *answers)

    def test_a_state_is_of_one_product(self):
        self.set(f"state/{PRODUCT}=denied")
        self.assertEqual((self.code(), self.native().status), ("OperationDenied", 200))

    def test_what_concerns_the_whole_customer(self):
        self.assert_answers(["suspended=true"], "OperationDenied", 403, "account_denied")
        self.assert_answers(["verified=false"], "UnauthorizedOperation.NonAuthorize", 403, "account_not_verified")
        self.assert_answers(["networks=192.0.2.0/24,::1"], "UnauthorizedOperation", 403, "forbidden")
        self.set("networks=127.0.0.0/8")
        self.assertEqual((self.code(), self.native().status), ("", 200))

    def test_an_address_behind_proxies(self):
        self.set("networks=192.0.2.0/24")
        for said, status in (("192.0.2.7", 200), ("192.0.2.7:4711, 10.1.2.3", 200), ("203.0.113.7, 192.0.2.7", 200), (None, 403),
                             ("192.0.2.7, 203.0.113.7", 403), ("192.0.2.7, unknown", 403), ("192.0.2.7,", 403), ("", 403)):
            headers = {} if said is None else {"X-Forwarded-For": said}
            self.assertEqual(self.native(headers=headers).status, status, said)
        self.assertEqual(self.native(headers={"Forwarded": "for=192.0.2.7"}).status, 403, "not the field of these proxies")

    def test_the_rights_of_a_key(self):
        other = self.new_key()
        self.set(f"key/{self.key['access_key_id']}=native.verifications")
        self.assertEqual((self.code(), self.native().status), ("UnauthorizedOperation", 200))
        self.assertEqual(self.ask(key=other).get("Error"), None)
        self.set(f"key/{self.key['access_key_id']}=none")
        self.assertEqual(self.native().code, "forbidden")

    def test_a_prepaid_customer_needs_a_balance(self):
        self.set("prepaid=true", f"price/{PRODUCT}/Success=30", "price/native.verifications=10")
        self.assertEqual((self.code(), self.native().code), ("UnauthorizedOperation.Arrears", "account_in_arrears"))
        run("customers", "credit", self.name, "29")
        self.assertEqual((self.code(), self.native().status), ("UnauthorizedOperation.Arrears", 200))
        run("customers", "credit", self.name, "1")
        self.assertEqual(self.code(), "")

    def test_requests_a_second(self):
        self.set("quota/*/per_second=2")
        codes = [self.code() for _ in range(6)]
        self.assertEqual(codes[:2], ["", ""])
        self.assertIn("RequestLimitExceeded", codes)
        answers = [self.native() for _ in range(6)]
        self.assertIn(429, [answer.status for answer in answers])
        time.sleep(1.1)
        self.assertEqual((self.code(), self.native().status), ("", 200))

    def test_requests_at_once(self):
        self.set("quota/native.comparisons/at_once=1")
        body, headers = multipart([("a", pathlib.Path(OBAMA).read_bytes()), ("b", pathlib.Path(OBAMA2).read_bytes())])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.native("POST", "/v1/comparisons", body, headers), range(8)))
        statuses = [answer.status for answer in answers]
        self.assertIn(200, statuses)
        self.assertIn(429, statuses)
        self.assertEqual({answer.code for answer in answers if answer.status == 429}, {"rate_limited"})
        self.assertEqual(self.native("POST", "/v1/comparisons", body, headers).status, 200, "places are given back")

    def test_requests_a_day(self):
        self.set(f"quota/{PRODUCT}/per_day=3", "quota/native.verifications/per_day=2")
        self.assertEqual([self.code() for _ in range(5)], ["", "", "", "RequestLimitExceeded", "RequestLimitExceeded"])
        self.assertEqual([self.native().status for _ in range(3)], [200, 200, 429])
        self.assertIn("quota", json.loads(self.native().body)["detail"])
        self.set(f"quota/{PRODUCT}/per_day=4")
        self.assertEqual([self.code() for _ in range(2)], ["", "RequestLimitExceeded"], "refused ones were not counted")

    def test_a_callers_own_challenge(self):
        self.set("state/tencent.callers-challenge=unauthorized")
        fields = {"LivenessType": "ACTION", "ValidateData": "1", "ImageBase64": "QUJD", "VideoBase64": "QUJD"}
        self.assertEqual(self.code(action="CompareFaceLiveness", **fields), "UnauthorizedOperation")

    def test_alibabas_numbers(self):  # code: id-verification 402, 403; rpc Throttling.User
        product = "alibaba.id-verification"

        def asked():
            answer = self.execute_request().json
            return answer["Code"]

        self.assertEqual(asked(), 400, "admitted, and there are no photos")
        for field in (f"state/{product}=not_activated", f"state/{product}=in_arrears", f"state/{product}=denied", "suspended=true",
                      "verified=false", "networks=192.0.2.1", f"key/{self.key['access_key_id']}=none"):
            self.set(field)
            self.assertEqual(asked(), 403, field)
            self.set(field.split("=")[0] + "=")
        self.set(f"quota/{product}/per_day=2")
        self.assertEqual([asked() for _ in range(3)], [400, 400, 402])
        self.set(f"quota/{product}/per_day=", f"quota/{product}/per_second=1")
        self.assertEqual([asked() for _ in range(3)][1:], ["Throttling.User", "Throttling.User"])


    def test_what_a_sender_of_text_messages_is_told(self):
        # code: sms OUT_OF_SERVICE, ACCOUNT_ABNORMAL, FORBIDDEN_ACTION, AMOUNT_NOT_ENOUGH, BUSINESS_LIMIT_CONTROL
        product = "alibaba.sms"
        numbers = itertools.count(628131234000)

        def asked():
            answer = self.execute_request(Action="SendMessageToGlobe", Version="2018-05-01", To=str(next(numbers)), Message="x").json
            return answer.get("ResponseCode") or answer["Code"]

        self.assertEqual(asked(), "OK")
        for field, code in (
            ("suspended=true", "OUT_OF_SERVICE"), (f"state/{product}=in_arrears", "OUT_OF_SERVICE"), ("verified=false", "ACCOUNT_ABNORMAL"),
            ("networks=192.0.2.1", "FORBIDDEN_ACTION"), (f"key/{self.key['access_key_id']}=none", "FORBIDDEN_ACTION"),
        ):
            self.set(field)
            self.assertEqual(asked(), code, field)
            self.set(field.split("=")[0] + "=")
        self.set("prepaid=true", f"price/{product}=10")
        self.assertEqual(asked(), "AMOUNT_NOT_ENOUGH")
        run("customers", "credit", self.name, "10")
        self.assertEqual(asked(), "OK")
        self.set(f"quota/{product}/per_second=1")
        self.assertEqual([asked() for _ in range(3)][1:], ["Throttling.User", "Throttling.User"])
        self.set(f"quota/{product}/per_second=", f"quota/{product}/per_day=1")
        self.assertEqual(asked(), "OK")
        self.assertEqual(asked(), "BUSINESS_LIMIT_CONTROL")
        self.assertEqual(self.ledger(), [], "what goes to the outbox is not billed")


class Secrets(Customers):
    """The secret of one customer never signs for another, by whatever scheme."""

    def setUp(self):
        super().setUp()
        self.mine = self.key
        self.name = f"thief {next(Stage.numbers)}"
        self.theirs = self.new_key()
        self.mixed = {**self.mine, "access_key_secret": self.theirs["access_key_secret"]}

    def v1(self, key):
        """Tencent's older signature, HmacSHA256."""
        fields = {
            "Action": "CreateUploadUrl", "Version": "2018-03-01", "Timestamp": int(time.time()), "Nonce": next(self.nonce),
            "SecretId": key["access_key_id"], "SignatureMethod": "HmacSHA256", "Region": "ap-singapore",
            "TargetAction": "VideoLivenessCompare",
        }
        line = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        text = f"POST127.0.0.1:{self.port}/?{line}"
        digest = hmac.new(key["access_key_secret"].encode(), text.encode(), hashlib.sha256).digest()
        body = urllib.parse.urlencode({**fields, "Signature": base64.b64encode(digest).decode()})
        answer = call(self.port, "POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
        return answer.json["Response"].get("Error", {}).get("Code", "")

    def acs3(self, key):
        """Alibaba's newer signature."""
        query = "Message=hello&To=6591234567"
        headers = {
            "host": f"127.0.0.1:{self.port}", "x-acs-action": "SendMessageToGlobe", "x-acs-version": "2018-05-01",
            "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "x-acs-signature-nonce": str(uuid.uuid4()),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{headers['x-acs-content-sha256']}"
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(key["access_key_secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
        headers["Authorization"] = f"ACS3-HMAC-SHA256 Credential={key['access_key_id']},SignedHeaders={names},Signature={signature}"
        return call(self.port, "POST", "/?" + query, "", headers).json.get("Code", "")

    def rpc(self, key):
        self.key = key
        answer = self.execute_request(Action="SendMessageToGlobe", Version="2018-05-01", To="6591234567", Message="hello").json
        return answer.get("Code", "")

    def tc3(self, key):
        return self.ask(key=key).get("Error", {}).get("Code", "")

    def test_every_scheme(self):
        for scheme, code in ((self.tc3, "AuthFailure.SignatureFailure"), (self.v1, "AuthFailure.SignatureFailure"),
                             (self.rpc, "SignatureDoesNotMatch"), (self.acs3, "SignatureDoesNotMatch")):
            for key in (self.mine, self.theirs):
                self.assertEqual(scheme(key), "", scheme.__name__)
            self.assertEqual(scheme(self.mixed), code, scheme.__name__)

    def test_every_changed_character_of_an_appcode(self):
        appcode = self.mine["appcode"]
        for at, character in enumerate(appcode):
            changed = appcode[:at] + ("a" if character != "a" else "b") + appcode[at + 1:]
            self.assertEqual(self.native(key={"appcode": changed}).status, 401, at)
        for changed in (appcode[:-1], appcode + "a", appcode.swapcase(), ""):
            self.assertEqual(self.native(key={"appcode": changed}).status, 401)
        self.assertEqual(self.native(key=self.mine).status, 200)


class Bills(Customers):
    """Sandbox customers are never billed, so the verdicts are real ones."""

    def compare(self):
        photo, video = ((FIXTURES / name).read_bytes() for name in ("talking.jpg", "talking.mp4"))
        return self.ask(
            action="CompareFaceLiveness", LivenessType="SILENT",
            ImageBase64=base64.b64encode(photo).decode(), VideoBase64=base64.b64encode(video).decode(),
        ).get("Result")

    def test_a_charge_has_its_price_and_lowers_the_balance(self):
        self.set("currency=EUR", f"price/{PRODUCT}=7", f"price/{PRODUCT}/Success=25", "prepaid=true")
        run("customers", "credit", self.name, "60")
        self.assertEqual([self.compare() for _ in range(2)], ["Success", "Success"])
        self.assertEqual([(e["product"], e["code"], e["price_minor"], e["currency"]) for e in self.ledger()],
                         [(PRODUCT, "Success", 25, "EUR")] * 2)
        self.assertEqual(self.shown()["balance_minor"], 10)
        self.assertIsNone(self.compare(), "10 is less than the dearest code")
        self.set(f"price/{PRODUCT}/Success=1")
        self.assertEqual(self.compare(), "Success")
        report = self.json_of("billing_report", "billing", "report", "--customer", self.name)["lines"]
        self.assertEqual([(line["count"], line["units"], line["price_minor"]) for line in report], [(3, 3, 51)])
        rows = list(csv.DictReader(io.StringIO(run("billing", "report", "--customer", self.name, "--csv"))))
        self.assertEqual([(row["customer"], row["code"], row["price_minor"]) for row in rows],
                         [(self.name, "Success", price) for price in ("25", "25", "1")])
        today = time.strftime("%Y-%m-%d", time.gmtime())
        for words, count in ((("--from", today), 3), (("--to", today), 0), (("--from", "2020-01-01", "--to", "2020-01-02"), 0)):
            rows = list(csv.DictReader(io.StringIO(run("billing", "report", "--customer", self.name, "--csv", *words))))
            self.assertEqual(len(rows), count, words)

    def test_a_stricter_customer(self):
        self.set("bona_fide_min=1")
        self.assertEqual(self.compare(), "FailedOperation.SilentThreshold")
        self.set("bona_fide_min=")
        self.assertEqual(self.compare(), "Success")
        self.assertEqual([entry["code"] for entry in self.ledger()], ["Success"])

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The register as an operator and a customer see it; see run.sh. Ends with `N passed, N failed`."""
import base64
import json
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.request

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "cli"), str(TESTS / "faults")]
from cli_test import BIDEN, BINARY, OBAMA, OBAMA2, Folder, Server, free_port, selfsame  # noqa: E402
from customer import Key  # noqa: E402
from source import Source  # noqa: E402

# The standard's own examples, and one with a right check digit that is in no list.
ANNE, BORIS, NOBODY = "11010519491231002X", "440524188001010014", "110105194912310038"
NAME = "韦小宝"


def picture(path, *filters):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *filters, path], check=True)


class Listed(Folder):
    def write(self, text):
        path = self.folder / "list.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return str(path)

    def taken(self, path, *words, code=0):
        return self.json_of("register_import", "register", "import", path, "--data", self.data, *words, code=code)

    def entries(self, *words):
        return self.json_of("register_list", "register", "list", "--data", self.data, *words)["entries"]


class Commands(Listed):
    def test_a_list_is_taken_and_taken_again(self):
        path = self.write(f'number,name,valid_from,valid_until\r\n{ANNE},{NAME},20160607,00000000\r\n{BORIS},"Liu, Yang",,\r\n')
        counts = {"replaced": 0, "refused": 0, "doubtful_numbers": 0, "monochrome_photos": 0, "ok": True}
        dry = self.taken(path, "--dry-run")
        self.assertEqual(dry, {**counts, "dry_run": True, "added": 2, "unchanged": 0})
        self.assertEqual(self.entries(), [])
        self.assertEqual(self.taken(path), {**counts, "dry_run": False, "added": 2, "unchanged": 0})
        self.assertEqual(self.taken(path), {**counts, "dry_run": False, "added": 0, "unchanged": 2})
        renamed = self.write(f"number,name\n{BORIS},Liu Yang\n")
        self.assertEqual(self.taken(renamed)["replaced"], 1)

    def test_what_is_wrong_is_told_by_its_line(self):
        path = self.write(
            "name,number,kind\n"
            f"{NAME},{ANNE},\n"
            f"{NAME},{ANNE[:-1]}1,\n"      # 3: check digit
            f"12,{BORIS},\n"              # 4: no name
            f"{NAME},A123456(3),hong_kong\n"
            f"{NAME},A123456(4),hong_kong\n"  # 6
            f"{NAME},851331-14-5678,malaysia\n"  # 7: a warning
            f"{NAME},1,passport\n"        # 8
            f"{NAME},{BORIS}\n"           # 9: two fields
        )
        said = selfsame("register", "import", path, "--data", self.data, code=1)
        lines = [line.split(":")[1].strip() for line in said.splitlines() if ": line " in line]
        self.assertEqual(lines, [f"line {n}" for n in (3, 4, 6, 7, 8, 9)])
        self.assertIn("3 added, 0 replaced, 0 unchanged, 5 refused; 1 doubtful", said)
        for personal in (ANNE[:-1], BORIS, NAME, "851331"):
            self.assertNotIn(personal, said)

    def test_a_list_that_is_none_is_refused(self):
        for text, why in (
            ("", "the list is empty"),
            ("number,name,colour\n", "column 3 is none of"),
            ("number,number,name\n", "a column comes twice"),
            ("number\n", "no column number or name"),
            (f"number,name\n{ANNE},{NAME}\n{BORIS},a\"b\n", "line 3: a quote inside a field"),
        ):
            self.assertIn(why, selfsame("register", "import", self.write(text), "--data", self.data, code=1))
        # What came before the broken line was taken, and is taken again without harm.
        self.assertEqual(len(self.entries()), 1)
        self.assertIn("No such file", selfsame("register", "import", "/nowhere.csv", "--data", self.data, code=1))
        self.assertIn("--kind", selfsame("register", "import", self.write("number,name\n"), "--kind", "x", "--data", self.data, code=1))

    def test_a_list_shows_numbers_only_when_asked(self):
        self.taken(self.write(f"number,name\n{ANNE},{NAME}\n"))
        self.assertEqual([e["number"] for e in self.entries()], ["*" * 14 + ANNE[-4:]])
        self.assertEqual([(e["number"], e["name"]) for e in self.entries("--reveal")], [(ANNE, NAME)])
        said = selfsame("register", "list", "--data", self.data)
        self.assertNotIn(ANNE, said)
        self.assertNotIn(NAME, said)

    def test_a_number_is_erased(self):
        self.taken(self.write(f"number,name\n{ANNE},{NAME}\n{BORIS},{NAME}\n"))
        self.assertEqual(self.json_of("register_erase", "register", "erase", ANNE.lower(), "--data", self.data), {"ok": True, "erased": 1})
        gone = self.json_of("register_erase", "register", "erase", ANNE, "--data", self.data, code=1)
        self.assertEqual(gone, {"ok": False, "erased": 0})
        done = subprocess.run([BINARY, "register", "erase", "-", "--history", "--data", self.data],
                              input=f"{BORIS}\n", text=True, capture_output=True, check=True)
        self.assertEqual(done.stdout, "1 erased\n")
        self.assertEqual(self.entries(), [])

    def test_the_files_tell_nothing(self):
        self.taken(self.write(f"number,name\n{ANNE},{NAME}\n"))
        for path in pathlib.Path(self.data).rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            self.assertNotIn(ANNE.encode(), content, path)
            self.assertNotIn(NAME.encode(), content, path)


class Asked(Listed):
    def start(self, **settings):
        self.server = Server(self.data, env={"SELFSAME_" + name.upper(): str(value) for name, value in settings.items()})
        self.addCleanup(self.server.stop)
        self.key = Key(json.loads(selfsame("key", "create", "--name", "bank", "--data", self.data, "--json")))

    def ask(self, action, number=ANNE, name=NAME, **fields):
        """The Result of the action, or the code of its Error."""
        host = f"127.0.0.1:{self.server.port}"
        # Without this, a question asked twice in a second would be one.
        self.questions = getattr(self, "questions", 0) + 1
        body = json.dumps({"IdCard": number, "Name": name, **fields}).encode() + b" " * self.questions
        headers = {**self.key.tc3(host, body), "X-TC-Action": action}
        with urllib.request.urlopen(urllib.request.Request(f"http://{host}/", body, headers), timeout=120) as answer:
            self.answer = json.loads(answer.read())["Response"]
        return self.answer.get("Result") or self.answer["Error"]["Code"]

    def face(self, path, **fields):
        return self.ask("ImageRecognitionV2", ImageBase64=base64.b64encode(pathlib.Path(path).read_bytes()).decode(), **fields)

    def billed(self):
        entries = json.loads(selfsame("ledger", "--name", "bank", "--data", self.data, "--json"))["entries"]
        self.assertEqual({entry["product"] for entry in entries} - {"tencent.register"}, set())
        return [entry["code"] for entry in entries]

    def test_the_imported_register(self):
        photos = self.folder / "photos"
        photos.mkdir()
        grey, faceless = photos / "grey.jpg", photos / "none.jpg"
        picture(photos / "a.jpg", "-i", OBAMA)
        picture(grey, "-i", BIDEN, "-vf", "format=gray,format=yuvj420p")
        picture(faceless, "-f", "lavfi", "-i", "mandelbrot=size=480x480", "-frames:v", "1")
        (photos / "text.jpg").write_text("no picture")
        path = self.write(
            "number,name,valid_from,valid_until,photo\n"
            f"{ANNE},{NAME},20160607,00000000,a.jpg\n"
            f"{BORIS},Liu Yang,,,grey.jpg\n"
            f"{NOBODY},Nobody,,,none.jpg\n"
            f"{NOBODY},Nobody,,,text.jpg\n"
            f"{NOBODY},Nobody,,,../list.csv\n"
            f"{NOBODY},Nobody,,,missing.jpg\n"
        )
        taken = self.taken(path, "--photos", str(photos), code=1)
        self.assertEqual((taken["added"], taken["refused"], taken["monochrome_photos"]), (2, 4, 1))
        self.assertEqual({e["photo"] for e in self.entries()}, {"colour", "monochrome"})
        self.start(register_enquiries_per_day=12)
        number, dates = "IdCardVerification", "CheckIdNameDate"
        valid = {"ValidityBegin": "20160607", "ValidityEnd": "00000000"}
        self.assertEqual(self.ask(number), "0")
        self.assertEqual(self.ask(number, name="陈近南"), "-1")
        self.assertEqual(self.ask(number, number=ANNE[:-1] + "1"), "-2")
        self.assertEqual(self.ask(number, name="12"), "-3")
        self.assertEqual(self.ask(number, number=NOBODY), "-5")
        self.assertEqual(self.ask(dates, **valid), "0")
        self.assertEqual(self.ask(dates, **{**valid, "ValidityEnd": "20260607"}), "-1")
        self.assertEqual(self.ask(dates, **{**valid, "ValidityEnd": "20150101"}), "-4")
        self.assertEqual(self.ask(dates, number=BORIS, name="liu  yang", **valid), "-5")
        self.assertEqual(self.ask(dates, number=NOBODY, **valid), "-7")
        self.assertEqual(self.face(OBAMA2, Extra="开户业务"), "Success")
        self.assertGreaterEqual(self.answer["Sim"], 70)
        self.assertEqual(self.answer["Extra"], "开户业务")
        self.assertEqual(self.face(BIDEN), "FailedOperation.CompareLowSimilarity")
        self.assertLess(self.answer["Sim"], 70)
        self.assertEqual(self.face(BIDEN, number=BORIS, name="Liu Yang"), "Success")
        self.assertEqual(self.face(faceless), "FailedOperation.LifePhotoDetectNoFaces")
        self.assertEqual(self.face(photos / "text.jpg"), "FailedOperation.ImageDecodeFailed")
        self.assertEqual(self.face(OBAMA2, number=NOBODY), "FailedOperation.IdNoExistSystem")
        self.assertEqual(self.face(OBAMA2, name="陈近南"), "FailedOperation.IdNameMisMatch")
        self.assertEqual(self.billed(), ["0", "-1", "0", "-1", "Success", "FailedOperation.CompareLowSimilarity", "Success"])
        while self.ask(number) == "0":
            pass
        self.assertEqual(self.answer["Result"], "-7")
        self.assertEqual(self.ask(dates, **valid), "-8")
        self.assertEqual(self.face(OBAMA2), "FailedOperation.IdentityAuthLimitExceeded")
        selfsame("register", "erase", ANNE, "--history", "--data", self.data)
        self.assertEqual(self.ask(number), "-5")
        self.assertEqual(list(pathlib.Path(self.data, "blobs").rglob("*.*")), [])
        for personal in (ANNE, BORIS, NAME, "Liu Yang"):
            self.assertNotIn(personal, self.server.said)

    def test_a_source_of_the_operators(self):
        source = Source(free_port())
        self.addCleanup(source.stop)
        token = self.folder / "token"
        token.write_text("let-me-in\n")
        token.chmod(0o600)
        self.start(register_url=source.url, register_token_file=token, register_timeout_ms=1000,
                   register_failures_max=3, register_pause_ms=1500, register_enquiries_per_day=0)
        encoded = base64.b64encode(pathlib.Path(OBAMA).read_bytes()).decode()
        faceless = self.folder / "none.jpg"
        picture(faceless, "-f", "lavfi", "-i", "mandelbrot=size=480x480", "-frames:v", "1")
        number = "IdCardVerification"
        person = {"name_matches": True, "valid_from": "20160607", "valid_until": "20260607"}
        self.assertEqual(self.ask(number), "-5")
        headers, question = source.asked[-1]
        self.assertEqual(headers["Authorization"], "Bearer let-me-in")
        self.assertEqual(question, {"number": ANNE, "name": NAME, "wants_photo": False})
        for said, photo, expected in (
            (True, encoded, "Success"),
            (False, encoded, "FailedOperation.IdNameMisMatch"),
            (True, None, "FailedOperation.IdPhotoNoExist"),
            (True, "not base64", "FailedOperation.CompareFail"),
            (True, base64.b64encode(b"no picture").decode(), "FailedOperation.CompareFail"),
            (True, base64.b64encode(faceless.read_bytes()).decode(), "FailedOperation.IdPhotoPoorQuality"),
        ):
            source.people[ANNE] = {**person, "name_matches": said, "photo": photo}
            self.assertEqual(self.face(OBAMA2), expected)
            self.assertTrue(source.asked[-1][1]["wants_photo"])
        source.people[ANNE] = person
        self.assertEqual(self.ask("CheckIdNameDate", ValidityBegin="20160607", ValidityEnd="20260607"), "0")
        self.assertEqual(self.ask("CheckIdNameDate", ValidityBegin="20160607", ValidityEnd="00000000"), "-1")
        for fault in ("slow", "status", "redirect", "text", "large", "cut"):
            source.fault = fault
            began = time.monotonic()
            self.assertEqual(self.ask(number), "-4", fault)
            self.assertLess(time.monotonic() - began, 3, fault)
            source.fault = None
            self.assertEqual(self.ask(number), "0", fault)
        # Three in a row open the breaker: nobody waits, and the source is left alone.
        source.fault = "status"
        self.assertEqual([self.ask(number) for _ in range(3)], ["-4"] * 3)
        source.fault, asked = None, len(source.asked)
        self.assertEqual(self.ask(number), "-6")
        self.assertEqual(self.ask("CheckIdNameDate", ValidityBegin="20160607", ValidityEnd="20260607"), "-6")
        self.assertEqual(self.face(OBAMA2), "FailedOperation.CompareLibServiceUnavailable")
        self.assertEqual(len(source.asked), asked)
        time.sleep(1.6)
        self.assertEqual(self.ask(number), "0")
        self.assertEqual(self.billed().count("Success"), 1)
        self.assertNotIn("let-me-in", self.server.said)


if __name__ == "__main__":
    result = unittest.main(argv=[sys.argv[0], *sys.argv[1:]], exit=False, verbosity=1).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed or not result.testsRun else 0)

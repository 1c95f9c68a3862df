#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What generate.py promises; see run.sh. The rules of the numbers are written here once more, from their definitions."""

import datetime
import functools
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import cv2
import numpy as np

import camera
import generate
import mrz
import people

SEED, COUNT = 11, 2
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@functools.cache
def truths(kind):
    """Flat: quick, and the truth is the same."""
    return [generate.specimen(kind, SEED, index, side, "plain",
                              flat=True)[2] for index in range(COUNT) for side in generate.sides(kind)]


def weighted(text, weights):
    return sum(int(c) * w for c, w in zip(text, weights, strict=True))


def valid_hkid(text):
    found = re.fullmatch(r"([A-Z]{1,2})(\d{6})\(([0-9A])\)", text)
    if not found:
        return False
    total = sum((ALPHABET.index(c) if c != " " else 36) * w for c, w in zip(found[1].rjust(2) + found[2], range(9, 1, -1),
        strict=True))
    return (total + (10 if found[3] == "A" else int(found[3]))) % 11 == 0


def valid_thai(text):
    found = re.fullmatch(r"([1-8]) (\d{4}) (\d{5}) (\d\d) (\d)", text)
    joined = text.replace(" ", "")
    return bool(found) and (11 - weighted(joined[:12], range(13, 1, -1)) % 11) % 10 == int(joined[12])


def valid_nric(text):
    if not re.fullmatch(r"[STFG]\d{7}[A-Z]", text):
        return False
    rest = (weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + 4 * (text[0] in "TG")) % 11
    return text[8] == {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK"}[text[0]][rest]


def valid_mainland(text):
    """ISO 7064 MOD 11-2, as the standard has it: the sum with the check character is 1 modulo 11."""
    return bool(re.fullmatch(r"\d{17}[\dX]", text)) and sum((10 if c == "X" else int(c)) * pow(2, 17 - i, 11) for i,
                                                            c in enumerate(text)) % 11 == 1


def valid_japanese_licence(text):
    if not re.fullmatch(r"\d{12}", text):
        return False
    rest = 11 - weighted(text[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return int(text[10]) == (rest if rest < 10 else 0)


def pattern(expression):
    return lambda text: bool(re.fullmatch(expression, text))


NUMBERS = {
    "HKIDCard": valid_hkid, "ThailandIDCard": valid_thai, "SingaporeIDCard": valid_nric,
    "SingaporeDrivingLicense": valid_nric,
    "JapaneseDrivingLicense": valid_japanese_licence, "MLIDCard": pattern(r"\d{6}-\d\d-\d{4}"),
    "MLDrivingLicense": pattern(r"\d{6}-?\d\d-?\d{4}"),
    "IndonesiaIDCard": pattern(r"\d{16}"), "IndonesiaDrivingLicense": pattern(r"\d{4}-\d{4}-\d{6}"),
    "PhilippinesVoteID": pattern(r"\d{4}-\d{4}[A-Z]-[A-L]\d{4}[A-Z]{3}\d{5}"),
    "PhilippinesDrivingLicense": pattern(r"[A-Z]\d\d-\d\d-\d{6}"),
    "PhilippinesTinID": pattern(r"\d{3}-\d{3}-\d{3}(-\d{3})?"), "PhilippinesSSSID": pattern(r"\d\d-\d{7}-\d"),
    "PhilippinesUMID": pattern(r"CRN-\d{4}-\d{7}-\d"), "ThailandDrivingLicense": pattern(r"\d{8}")}
# Where a card has no number on one side, or another rule.
FRONT_ONLY = {"MainlandIDCard": valid_mainland, "PhilippinesIDCard": pattern(r"\d{4}-\d{4}-\d{4}-\d{4}")}


class Numbers(unittest.TestCase):
    def test_the_rules_know_right_from_wrong(self):
        for rule, right in ((valid_hkid, "A123456(3)"), (valid_mainland, "11010519491231002X"), (valid_nric, "S1234567D"),
                            (valid_thai, "1 1017 00230 70 8")):
            self.assertTrue(rule(right), right)
            wrong = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), right, count=1)
            self.assertFalse(rule(wrong), wrong)
        self.assertFalse(valid_hkid("Z683365(5)"))  # the published specimen, wrong on purpose

    def test_every_document_number_follows_its_rule(self):
        for kind, rule in (NUMBERS | FRONT_ONLY).items():
            for truth in truths(kind):
                if truth["side"] == "front" or kind not in FRONT_ONLY:
                    self.assertTrue(rule(truth["fields"]["document_number"]), (kind, truth["fields"]))

    def test_numbers_agree_with_birth_and_sex(self):
        for kind in ("MLIDCard", "IndonesiaIDCard", "MainlandIDCard", "PhilippinesVoteID"):
            for fields in (truth["fields"] for truth in truths(kind) if truth["side"] == "front"):
                number, female = fields["document_number"], fields.get("sex") == "F"
                birth = datetime.date.fromisoformat(fields["date_of_birth"])
                if kind == "MLIDCard":
                    self.assertEqual(number[:6], f"{birth:%y%m%d}")
                    self.assertEqual(int(number[-1]) % 2 == 0, female)
                elif kind == "IndonesiaIDCard":
                    self.assertEqual(number[6:12], f"{birth.day + 40 * female:02}{birth:%m%y}")
                elif kind == "MainlandIDCard":
                    self.assertEqual(number[6:14], f"{birth:%Y%m%d}")
                    self.assertEqual(int(number[16]) % 2 == 0, female)
                else:
                    self.assertEqual(number[5:10], fields["precinct"])
                    self.assertEqual(number[11:16], f"{'ABCDEFGHIJKL'[birth.month - 1]}{birth:%d%y}")


def check_digit(text):
    """ICAO 9303 part 3, section 4.9."""
    return str(sum((0 if c == "<" else ALPHABET.index(c)) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


class Zones(unittest.TestCase):
    BIRTH, EXPIRY = datetime.date(1974, 8, 12), datetime.date(2012, 4, 15)

    def test_the_published_specimens(self):
        words = ("UTO", "Eriksson", "Anna Maria")
        data = ("UTO", self.BIRTH, "F", self.EXPIRY)
        self.assertEqual(mrz.td3("P", *words, "L898902C3", *data, "ZE184226B"),
                         ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"))
        self.assertEqual(mrz.td2("I", *words, "D23145890", *data), ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
                                                                    "D231458907UTO7408122F1204159<<<<<<<6"))
        self.assertEqual(mrz.td1("I", *words, "D23145890", *data), ("I<UTOD231458907<<<<<<<<<<<<<<<",
                                                                    "7408122F1204159UTO<<<<<<<<<<<6",
                                                                    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"))
        visa = ("L8988901C", "XXX", datetime.date(1940, 9, 7), "F", datetime.date(1996, 12, 10))
        self.assertEqual(mrz.mrv_a(*words, *visa, optional="6ZE184226B"),
                         ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"))
        self.assertEqual(mrz.mrv_b(*words, *visa), ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<",
                                                    "L8988901C4XXX4009078F9612109<<<<<<<<"))

    def test_a_long_number_goes_on_in_the_optional_data(self):
        lines = mrz.td1("I", "UTO", "Stevenson", "Peter John", "D23145890734", "UTO", datetime.date(1934, 7, 12), "M",
                        datetime.date(1995, 7, 12))
        self.assertEqual(lines, ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2",
                                 "STEVENSON<<PETER<JOHN<<<<<<<<<"))

    def test_every_check_digit_holds(self):
        for kind, lengths in (("InternationalIDPassport", (44, 44)), ("TD1", (30, 30, 30)), ("TD2", (36, 36)),
                              ("MRVA", (44, 44)), ("MRVB", (36, 36))):
            for truth in truths(kind):
                lines = truth["mrz"]["lines"]
                self.assertEqual(tuple(map(len, lines)), lengths)
                for line in lines:
                    self.assertRegex(line, r"[A-Z0-9<]+$")
                if kind == "TD1":
                    self.assertEqual(lines[1][29],
                                     check_digit(lines[0][5:30] + lines[1][:7] + lines[1][8:15] + lines[1][18:29]))
                    dates, number = lines[1], lines[0][5:14]
                    self.assertTrue(lines[0][14] == "<" or lines[0][14] == check_digit(number))
                    self.assertEqual((dates[6], dates[14]), (check_digit(dates[:6]), check_digit(dates[8:14])))
                    continue
                second = lines[1]
                self.assertEqual((second[9], second[19], second[27]),
                                 (check_digit(second[:9]), check_digit(second[13:19]), check_digit(second[21:27])))
                if kind == "InternationalIDPassport":
                    self.assertIn(second[42], (check_digit(second[28:42]), "<"))
                    self.assertEqual(second[43], check_digit(second[:10] + second[13:20] + second[21:43]))
                elif kind == "TD2":
                    self.assertEqual(second[35], check_digit(second[:10] + second[13:20] + second[21:35]))

    def test_names_are_transliterated_and_cut(self):
        self.assertEqual(mrz.names("Müller-Weiß", "O'Hara Žofie", 39), "MUELLER<WEISS<<OHARA<ZOFIE".ljust(39, "<"))
        self.assertEqual(len(mrz.names("A" * 50, "B" * 50, 39)), 39)


class Truth(unittest.TestCase):
    def test_dates_are_dates_in_a_lifes_order(self):
        for kind in generate.DRAWINGS:
            for truth in truths(kind):
                dates = {key: datetime.date.fromisoformat(value) for key, value in truth["fields"].items()
                         if key.startswith("date_of") and value != "permanent" and key != "date_of_first_issue"}
                order = [dates[key] for key in ("date_of_birth", "date_of_issue", "date_of_expiry") if key in dates]
                self.assertEqual(order, sorted(order), (kind, dates))

    def test_what_is_printed_is_on_a_line_and_in_the_fields(self):
        for kind in generate.DRAWINGS:
            for truth in truths(kind):
                squeezed = "".join(line["text"] for line in truth["lines"]).translate(str.maketrans("", "", " 　"))
                for key, texts in truth["printed"].items():
                    self.assertIn(key, truth["fields"], kind)
                    for text in texts:
                        self.assertIn(text.translate(str.maketrans("", "", " 　")), squeezed, (kind, key))
                for key in set(truth["fields"]) - set(truth["printed"]):
                    self.assertIn((kind, key), {("HKIDCard", "permanent_resident"), ("MLIDCard", "date_of_birth"),
                                                *((zone, "issuing_state") for zone in generate.ZONES),
                                                *((zone, "nationality") for zone in generate.ZONES)})

    def test_buddhist_and_japanese_years(self):
        for truth in truths("ThailandIDCard"):
            year = int(truth["fields"]["date_of_birth"][:4])
            thai, english = truth["printed"]["date_of_birth"]
            self.assertEqual((int(thai.split()[-1]), int(english.split()[-1])), (year + 543, year))
        self.assertEqual(people.japanese_era(datetime.date(2019, 4, 30)), ("平成", 31))
        self.assertEqual(people.japanese_era(datetime.date(2019, 5, 1)), ("令和", 1))
        self.assertEqual(people.japanese_era(datetime.date(1989, 1, 7)), ("昭和", 64))

    def test_the_vendors_fields(self):
        for kind in generate.TYPES:
            for truth in truths(kind):
                self.assertTrue(truth["vendor"] and all(truth["vendor"].values()), kind)
        passport = truths("InternationalIDPassport")[0]
        self.assertEqual(passport["vendor"]["InternationalIDPassport"]["PassportCodeSecond"], passport["mrz"]["lines"][1])
        back = [truth for truth in truths("MainlandIDCard") if truth["side"] == "back"][0]
        self.assertRegex(back["vendor"]["MainlandIDCard"]["ValidDate"], r"^\d{4}\.\d\d\.\d\d-(\d{4}\.\d\d\.\d\d|长期)$")

    def test_both_sides_are_of_one_person(self):
        sides = truths("SingaporeIDCard")
        for front, back in zip(sides[::2], sides[1::2]):
            self.assertEqual(front["fields"]["document_number"], back["fields"]["document_number"])
        self.assertEqual(len({truth["fields"]["document_number"] for truth in sides}), COUNT)


class Photos(unittest.TestCase):
    def photo(self, kind, condition, index=0):
        _, data, truth = generate.specimen(kind, SEED, index, "front", condition)
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), truth

    def test_the_quad_rectifies_the_photo(self):
        """The card cut out by its quad looks like the flat one; turned by half a turn it does not."""
        for index, condition in enumerate(("plain", "upright", "copy_colour", "screen", "finger")):
            photo, truth = self.photo("HKIDCard", condition, index)
            self.assertEqual(photo.shape, (1200, 1600, 3))
            flat = cv2.imdecode(np.frombuffer(generate.specimen("HKIDCard", SEED, index, "front", "plain", flat=True)[1],
                                              np.uint8), cv2.IMREAD_GRAYSCALE)
            turn = cv2.getPerspectiveTransform(np.float32(truth["quad"]), camera.corners(428, 270))
            cut = cv2.cvtColor(cv2.warpPerspective(photo, turn, (428, 270)), cv2.COLOR_BGR2GRAY)
            flat = cv2.resize(flat, (428, 270), interpolation=cv2.INTER_AREA)
            inner = np.s_[14:-14, 14:-14]
            likeness = [np.corrcoef(cut[inner].ravel(), other[inner].ravel())[0, 1] for other in (flat, flat[::-1, ::-1])]
            self.assertGreater(likeness[0], 0.7, condition)
            self.assertLess(likeness[1], 0.4, condition)

    def test_conditions_say_what_to_warn_of(self):
        for condition, codes in camera.CONDITIONS.items():
            _, truth = self.photo("MainlandIDCard", condition)
            self.assertEqual(truth["conditions"]["warnings"], codes)
            outside = max(max(-x, x - 1600, -y, y - 1200) for x, y in truth["quad"])
            if condition == "cut":
                self.assertGreater(outside, 20)
            elif condition != "screen":
                self.assertLess(outside, 0, condition)

    def test_glare_blur_and_grey_can_be_seen(self):
        plain, glare, blur, grey = (self.photo("MainlandIDCard", condition, 1)[0] for condition in ("plain", "glare", "blur",
            "copy_grey"))
        self.assertGreater(np.mean(glare.min(2) >= 250), np.mean(plain.min(2) >= 250) + 0.002)
        sharpness = [cv2.Laplacian(cv2.GaussianBlur(each, (0, 0), 1.5), cv2.CV_32F).var() for each in (plain, blur)]
        self.assertGreater(sharpness[0], 2 * sharpness[1])
        quad = self.photo("MainlandIDCard", "copy_grey", 1)[1]["quad"]
        inside = cv2.fillConvexPoly(np.zeros(grey.shape[:2], np.uint8), np.int32(quad), 1).astype(bool)
        colours = grey[inside].astype(np.float32)
        self.assertLess(np.ptp(colours / colours.mean(0), axis=1).mean(), 0.05)

    def test_another_condition_shows_the_same_person(self):
        self.assertEqual(self.photo("HKIDCard", "plain")[1]["fields"], self.photo("HKIDCard", "glare")[1]["fields"])


class Command(unittest.TestCase):
    def made(self, *words):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        subprocess.run([sys.executable, "-B", "generate.py", *words, folder], check=True, timeout=300,
                       stdout=subprocess.DEVNULL)
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}, folder

    def test_the_same_seed_gives_the_same_bytes(self):
        words = ("--types", "SingaporeIDCard,TD1", "--count", "2", "--conditions", "plain,screen")
        first, folder = self.made(*words, "--seed", "5", "--jobs", "1")
        self.assertEqual(first, self.made(*words, "--seed", "5", "--jobs", "2")[0])
        other = self.made(*words, "--seed", "6")[0]
        self.assertEqual(set(first), set(other))
        self.assertFalse(set(first.values()) & set(other.values()))
        self.assertEqual(len(first), 2 * 2 * (2 + 1))
        truth = json.loads((folder / "SingaporeIDCard-0001-back.json").read_text())
        self.assertEqual((truth["conditions"]["name"], truth["file"]), ("screen", "SingaporeIDCard-0001-back.jpg"))


if __name__ == "__main__":
    generate.quiet()
    program = unittest.main(exit=False, verbosity=0)
    result = program.result
    for test, trace in result.failures + result.errors:
        print(f"FAILED {test}\n{trace}")
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed or not result.testsRun else 0)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`selfsame models add|list|remove|verify` and `eval face --calibrate` with real networks; run by cli_test.py."""

import hashlib
import os
import pathlib
import random
import re
import shutil
import stat
import tarfile
import unittest

from cli_test import BIDEN, EVALDATA, FIXTURES, OBAMA, OBAMA2, ROOT, Folder, Server, selfsame

FR_LIVENESS = ROOT / "build/models/fr_liveness.onnx"
FR_FEATURE = ROOT / "build/testdata/fr_feature.onnx"
PAIR = ROOT.parent / "shared" / "models"
ALONE = {"SELFSAME_MODELS_SECOND_OPINION": "false"}
OWN = "pad_selfsame:b68c0b40*1"

# The packaged second network as an operator would bring it, with the thresholds measured for the two.
LIVENESS_CARD = f"""
name = "brought"
source = "npm faceplugin-face-recognition-js 0.0.1"
tested_on = "models/pad_selfsame_80.md"
[[network]]
name = "brought_liveness"
role = "pad"
file = "liveness.onnx"
sha256 = "afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d"
licence = "MIT"
package = "npm"
input_width_px = 128
input_height_px = 128
channels = "bgr"
layout = "nchw"
value_scale = 1.0
value_offset = 0.0
crop = "scaled_box"
crop_scale = 4.0
output_length = 3
live_index = 0
softmax = true
[network.golden]
values = [3.57557, 0.568903, -4.14442]
tolerance = 0.06
[[pad.member]]
network = "brought_liveness"
weight = 1.0
live_of_portrait = [0.998, 0.997, 0.073, 0.412, 0.999]
[[pad.policy]]
set = "brought_liveness:afa783b7*1 {OWN}"
bona_fide_threshold = 0.5
retry_threshold = 0.41
"""

RECOGNISER_CARD = """
name = "feature"
source = "npm faceplugin-face-recognition-js 0.0.1"
tested_on = "nothing yet"
[[network]]
name = "fr_feature"
role = "recogniser"
file = "fr_feature.onnx"
sha256 = "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581"
licence = "MIT"
package = "npm"
input_width_px = 112
input_height_px = 112
channels = "rgb"
layout = "nchw"
value_scale = 0.0078125
value_offset = -0.9921875
crop = "five_points"
output_length = 512
[network.golden]
values = [0.0531633, -0.000898633, -0.0406848, 0.0909996, -0.0925566, 0.0787772, -0.113253, -0.00112614, 0.0270569, -0.0385665, -0.044101, -0.0375843]
tolerance = 0.06
[[comparator]]
network = "fr_feature"
"""


class AddedModels(Folder):
    def bring(self, card, files, name="brought"):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "card.toml").write_text(card)
        for file, source in files.items():
            if isinstance(source, bytes):
                (folder / file).write_bytes(source)
            else:
                shutil.copy(source, folder / file)
        return str(folder)

    def liveness_folder(self, card=LIVENESS_CARD):
        return self.bring(card, {"liveness.onnx": FR_LIVENESS})

    def recogniser_folder(self, card=RECOGNISER_CARD):
        return self.bring(card, {"fr_feature.onnx": FR_FEATURE})

    def refused(self, folder, why, env=None):
        said = selfsame("models", "add", folder, "--data", self.data, env=env, code=1)
        self.assertIn("selfsame: models add: ", said)
        self.assertRegex(said, why)
        self.assertFalse(os.path.exists(self.data), "a refused addition leaves nothing")

    def of_network(self, name, env=None):
        listed = self.json_of_env("models_list", env, "models", "list", "--data", self.data)
        return next(n for n in listed["networks"] if n["name"] == name)

    def json_of_env(self, schema, env, *words, code=0):
        old = {key: os.environ.get(key) for key in env or {}}
        os.environ.update(env or {})
        try:
            return self.json_of(schema, *words, code=code)
        finally:
            for key, value in old.items():
                os.environ.pop(key) if value is None else os.environ.update({key: value})

    def test_a_brought_network_is_fused_as_the_packaged_one_is(self):
        video = str(FIXTURES / "talking.mp4")
        packaged = self.json_of("liveness", "liveness", video, "--data", self.data)
        alone = self.json_of_env("liveness", ALONE, "liveness", video, "--data", self.data)
        added = self.json_of_env("models_add", ALONE, "models", "add", self.liveness_folder(), "--data", self.data)
        self.assertTrue(added["networks"][0]["decides"])
        self.assertGreater(len(added["networks"][0]["wrong_wirings_refused"]), 5)
        fused = self.json_of_env("liveness", ALONE, "liveness", video, "--data", self.data)
        self.assertAlmostEqual(fused["score"], packaged["score"], places=6)
        self.assertEqual(fused["thresholds"], packaged["thresholds"])
        self.assertNotEqual(fused["thresholds"], alone["thresholds"], "the thresholds are those of the set")
        self.assertEqual(self.of_network("brought_liveness", ALONE)["model"], "brought")
        for path in pathlib.Path(self.data).rglob("*"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600, path)
        removed = self.json_of("models_remove", "models", "remove", "brought", "--data", self.data)
        self.assertEqual(removed["removed"], "brought")
        again = self.json_of_env("liveness", ALONE, "liveness", video, "--data", self.data)
        self.assertEqual((again["score"], again["thresholds"]), (alone["score"], alone["thresholds"]))

    def test_thresholds_of_another_set_are_never_used(self):
        self.refused(self.liveness_folder(), "no thresholds were measured .*brought_liveness:afa783b7")
        self.refused(self.liveness_folder(LIVENESS_CARD.replace("weight = 1.0", "weight = 2.0")), "no thresholds", ALONE)
        selfsame("models", "add", self.liveness_folder(), "--data", self.data, env=ALONE)
        # With the second opinion back, the three together were never measured: nothing decides.
        said = selfsame("serve", "--data", self.data, "--listen", "127.0.0.1:0", "--admin", "", code=1)
        self.assertIn("no thresholds were measured", said)
        self.assertIn("no thresholds", selfsame("liveness", OBAMA2, "--data", self.data, code=1))
        network = self.of_network("brought_liveness")
        self.assertFalse(network["decides"])
        self.assertIn("set in use", network["why_not"])

    def test_a_card_that_is_wired_wrong_is_refused(self):
        for right, wrong in (
            ('channels = "bgr"', 'channels = "rgb"'),
            ("value_scale = 1.0", "value_scale = 0.00392156862745098"),
            ("value_offset = 0.0", "value_offset = -127.5"),
            ("live_index = 0", "live_index = 1"),
            ("softmax = true", "softmax = false"),
            ("crop_scale = 4.0", "crop_scale = 2.7"),
            ("output_length = 3", "output_length = 2"),
            ('layout = "nchw"', 'layout = "nhwc"'),
            ("input_width_px = 128", "input_width_px = 80"),
        ):
            with self.subTest(wrong):
                self.refused(self.liveness_folder(LIVENESS_CARD.replace(right, wrong)), ".", ALONE)
        for right, wrong in (('channels = "rgb"', 'channels = "bgr"'), ("output_length = 512", "output_length = 128")):
            with self.subTest(wrong):
                self.refused(self.recogniser_folder(RECOGNISER_CARD.replace(right, wrong)), ".")

    def test_hostile_folders_are_refused(self):
        content = FR_FEATURE.read_bytes()
        half = content[: len(content) // 2]
        told = lambda bytes_: RECOGNISER_CARD.replace(  # noqa: E731
            "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581", hashlib.sha256(bytes_).hexdigest()
        )
        self.refused(self.bring(RECOGNISER_CARD, {"fr_feature.onnx": half}), "sha256 differs")
        self.refused(self.bring(told(half), {"fr_feature.onnx": half}), "network file .*fr_feature.onnx")
        self.refused(self.bring(told(b""), {"fr_feature.onnx": b""}), "network file")
        other = FR_LIVENESS.read_bytes()
        self.refused(self.bring(told(other), {"fr_feature.onnx": other}), "fr_feature")
        self.refused(self.bring(RECOGNISER_CARD, {}), "there is no .*fr_feature.onnx")
        self.refused(str(self.folder / "nowhere"), "there is no")
        folder = pathlib.Path(self.bring(RECOGNISER_CARD, {}))
        (folder / "fr_feature.onnx").symlink_to(FR_FEATURE)
        self.refused(str(folder), "symbolic link")
        self.refused(self.recogniser_folder(RECOGNISER_CARD.replace('"fr_feature.onnx"', '"../fr_feature.onnx"')), "plain name")
        self.refused(self.recogniser_folder(RECOGNISER_CARD.replace('"feature"', '"../feature"')), "name is not")
        self.refused(self.recogniser_folder(RECOGNISER_CARD.replace('name = "fr_feature"', 'name = "sface"', 1)
                                            .replace('network = "fr_feature"', 'network = "sface"')), "two networks are named sface")
        self.refused(self.recogniser_folder(RECOGNISER_CARD + 'weigth = 2\n'), "weigth is not a known key")
        self.refused(self.recogniser_folder(RECOGNISER_CARD + "weight = nan\n"), "weight is not above 0")
        self.refused(self.recogniser_folder(RECOGNISER_CARD.replace("= 112", "= 160")), "112x112")

    def test_a_recogniser_decides_only_when_it_is_calibrated(self):
        added = self.json_of("models_add", "models", "add", self.recogniser_folder(), "--data", self.data)
        self.assertFalse(added["networks"][0]["decides"])
        self.assertIn("not calibrated", added["networks"][0]["why_not"])
        chosen = {"SELFSAME_MODELS_COMPARATOR": "feature"}
        said = selfsame("compare", OBAMA, OBAMA2, "--data", self.data, env=chosen, code=1)
        self.assertIn("no calibration for the comparator fr_feature", said)
        self.assertIn("no calibration", selfsame(
            "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--admin", "", env=chosen, code=1))
        self.assertIn("named nobody", selfsame(
            "compare", OBAMA, OBAMA2, "--data", self.data, env={"SELFSAME_MODELS_COMPARATOR": "nobody"}, code=1))
        self.assertTrue(self.of_network("sface")["decides"], "the packaged one goes on meanwhile")

        images = self.folder / "people"
        for person, files in (("obama", (OBAMA, OBAMA2)), ("biden", (BIDEN,))):
            (images / person).mkdir(parents=True)
            for file in files:
                shutil.copy(file, images / person)
        words = ("eval", "face", "--images", str(images), "--data", self.data, "--comparator", "feature")
        measured = self.json_of("eval_face", *words)
        self.assertEqual((measured["networks"], measured["eer"]), (["fr_feature"], 0))
        said = selfsame(*words, "--calibrate", code=1)
        self.assertIn("nothing was stored", said)
        self.assertIn("1e-3", said)
        self.assertEqual([f for f in os.listdir(self.data + "/models/feature") if "calibration" in f], [])
        selfsame("eval", "face", "--images", str(images), "--data", self.data, "--calibrate", code=2)
        selfsame(*words, "--calibrate", "--pairs", "pairs.txt", code=2)
        selfsame(*words[:-1], "nobody", code=1)

    def test_adding_again_needs_replace(self):
        selfsame("models", "add", self.recogniser_folder(), "--data", self.data)
        again = self.recogniser_folder(RECOGNISER_CARD.replace("nothing yet", "again"))
        self.assertIn("--replace", selfsame("models", "add", again, "--data", self.data, code=1))
        self.assertIn("nothing yet", pathlib.Path(self.data, "models/feature/card.toml").read_text())
        self.assertTrue(self.json_of("models_add", "models", "add", again, "--data", self.data, "--replace")["replaced"])
        self.assertIn("again", pathlib.Path(self.data, "models/feature/card.toml").read_text())
        self.assertIn("no model named other", selfsame("models", "remove", "other", "--data", self.data, code=1))
        self.assertIn("no model named", selfsame("models", "remove", "../models", "--data", self.data, code=1))

    def test_verify_notices_a_changed_added_network(self):
        selfsame("models", "add", self.recogniser_folder(), "--data", self.data)
        self.assertTrue(self.json_of("models_verify", "models", "verify", "--data", self.data)["ok"])
        network = pathlib.Path(self.data, "models/feature/fr_feature.onnx")
        content = bytearray(network.read_bytes())
        content[1000] ^= 1
        network.write_bytes(content)
        answer = self.json_of("models_verify", "models", "verify", "--data", self.data, code=1)
        self.assertEqual([n["name"] for n in answer["networks"] if n["status"] != "ok"], ["fr_feature"])
        with open(self.data + "/models/feature/card.toml", "a") as card:
            card.write("# changed\n")
        for command in (("models", "list"), ("models", "verify"), ("compare", OBAMA, OBAMA2)):
            self.assertIn("models remove feature", selfsame(*command, "--data", self.data, code=1))
        selfsame("models", "remove", "feature", "--data", self.data)
        selfsame("compare", OBAMA, OBAMA2, "--data", self.data)

    @unittest.skipUnless(PAIR.is_dir(), "needs ../shared/models: the MiniVision pair")
    def test_the_minivision_pair(self):
        folder = self.bring((ROOT / "models/cards/minivision/card.toml").read_text(), {f.name: f for f in PAIR.glob("minifas*.onnx")})
        added = self.json_of("models_add", "models", "add", folder, "--data", self.data)
        self.assertEqual([n["decides"] for n in added["networks"]], [True, True])
        video = str(FIXTURES / "talking.mp4")
        fused = self.json_of("liveness", "liveness", video, "--data", self.data)
        self.assertTrue(fused["live"])
        self.assertEqual(fused["thresholds"]["retry"], 0.37)
        alone = self.json_of_env("liveness", ALONE, "liveness", video, "--data", self.data)
        self.assertEqual(alone["thresholds"]["retry"], 0.40)
        server = Server(self.data)
        self.addCleanup(server.stop)
        self.assertIn("network minifasnet_v2 (pad", server.said)
        if EVALDATA.is_dir():
            for kind, verdicts in (("live", ("live",)), ("talking", ("live",)), ("attack", ("attack", "not_judged"))):
                for clip in sorted((EVALDATA / "liveness" / kind).iterdir()):
                    answer = self.json_of("liveness", "liveness", str(clip), "--data", self.data)
                    self.assertIn(answer["verdict"], verdicts, clip.name)

    @unittest.skipUnless((EVALDATA / "face").is_dir(), "needs ../shared/evaldata/face")
    def test_calibration_lets_it_decide(self):
        """On a third of LFW: enough for every rate, and no more than two minutes."""
        images = self.folder / "lfw"
        with tarfile.open(EVALDATA / "face/lfw-view2.tar") as archive:
            photos = sorted(m.name for m in archive.getmembers() if m.name.endswith(".jpg"))
            chosen = set(random.Random(1).sample(photos, 2700))
            archive.extractall(self.folder, [m for m in archive.getmembers() if m.name in chosen])
        selfsame("models", "add", self.recogniser_folder(), "--data", self.data)
        answer = self.json_of(
            "eval_face", "eval", "face", "--images", str(images), "--labels-fix", str(EVALDATA / "face/labels-fix.tsv"),
            "--data", self.data, "--comparator", "feature", "--calibrate",
        )
        self.assertRegex(answer["calibration"], r"^fr_feature-lfw-\d{4}-\d\d-\d\d-[0-9a-f]{8}$")
        stored = pathlib.Path(self.data, f"models/feature/calibration.{answer['precision']}.toml").read_text()
        self.assertIn(answer["calibration"], stored)
        self.assertIn(f"impostor_pairs = {answer['counts']['impostor_pairs']}", stored)
        self.assertIn("set models.comparator", self.of_network("fr_feature")["why_not"])
        chosen = {"SELFSAME_MODELS_COMPARATOR": "feature"}
        self.assertTrue(self.of_network("fr_feature", chosen)["decides"])
        self.assertFalse(self.of_network("sface", chosen)["decides"])
        same = self.json_of_env("compare", chosen, "compare", OBAMA, OBAMA2, "--data", self.data)
        other = self.json_of_env("compare", chosen, "compare", OBAMA, BIDEN, "--data", self.data)
        self.assertTrue(same["match_at"]["1e-3"])
        self.assertFalse(any(other["match_at"].values()))
        self.assertEqual(same["calibration"], answer["calibration"], "stored outcomes name it too")
        another = "f32" if answer["precision"] != "f32" else "bf16"
        said = selfsame("compare", OBAMA, OBAMA2, "--data", self.data, "--precision", another, env=chosen, code=1)
        self.assertTrue(re.search("no calibration|does not compute in bf16", said), said)
        selfsame("models", "add", self.recogniser_folder(), "--data", self.data, "--replace")
        self.assertIn("not calibrated", self.of_network("fr_feature")["why_not"], "measure again")

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs build/release/selfsame as a person would; see run.sh. Ends with `N passed, N failed[, N skipped]`."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SELFSAME_TEST_BINARY", str(ROOT / "build/release/selfsame"))
FIXTURES = ROOT / "build/fixtures"
EVALDATA = ROOT.parent / "shared" / "evaldata"
OBAMA, OBAMA2, BIDEN = (str(FIXTURES / f"{name}.jpg") for name in ("obama", "obama2", "biden"))

sys.path.insert(0, str(ROOT / "tests/schemas"))
import check  # noqa: E402


def selfsame(*words, env=None, code=0):
    """Runs the program; its standard output. Fails when the exit code is another than `code`."""
    done = subprocess.run(
        [BINARY, *words], capture_output=True, text=True, timeout=300, env={**os.environ, **(env or {})}, check=False
    )
    if done.returncode != code:
        raise AssertionError(f"{words} ended with {done.returncode}, not {code}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout if code == 0 else done.stdout + done.stderr


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_cli_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = str(self.folder / "data")

    def orphan(self, age_s):
        """A blob as a killed server leaves it."""
        name = os.urandom(16).hex()
        folder = pathlib.Path(self.data) / "blobs" / name[:2]
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"a face")
        os.utime(folder / name, (time.time() - age_s,) * 2)
        return folder / name

    def json_of(self, schema, *words, code=0):
        text = selfsame(*words, "--json", code=code)
        faults = check.faults_of(schema, text.splitlines()[0])
        self.assertEqual(list(faults), [], text[:500])
        return json.loads(text.splitlines()[0])


class Commands(Folder):
    def test_compare_tells_one_person_from_two(self):
        same = self.json_of("compare", "compare", OBAMA, OBAMA2)
        other = self.json_of("compare", "compare", OBAMA, BIDEN)
        self.assertTrue(all(same["match_at"].values()))
        self.assertFalse(any(other["match_at"].values()))
        self.assertGreater(same["similarity"], other["similarity"] + 50)
        self.assertIn("Same person", selfsame("compare", OBAMA, OBAMA2))
        self.assertIn("Different persons", selfsame("compare", OBAMA, BIDEN))

    def test_precisions_agree(self):
        answers = {p: self.json_of("compare", "compare", OBAMA, OBAMA2, "--precision", p) for p in ("f32", "auto")}
        self.assertEqual(answers["f32"]["precision"], "f32")
        self.assertAlmostEqual(answers["f32"]["cosine"], answers["auto"]["cosine"], delta=0.02)

    def test_compare_without_a_face_says_so(self):
        blank = self.folder / "blank.png"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:s=320x240", "-frames:v", "1", str(blank)], check=True
        )
        answer = self.json_of("compare", "compare", OBAMA, str(blank), code=1)
        self.assertEqual(answer["b"]["defect"], "no_face")
        self.assertIsNone(answer["similarity"])

    def test_what_is_no_picture_is_an_error(self):
        for content in (b"", b"not a picture", pathlib.Path(OBAMA).read_bytes()[:5000]):
            bad = self.folder / "bad.jpg"
            bad.write_bytes(content)
            self.assertIn("selfsame: compare", selfsame("compare", OBAMA, str(bad), code=1))
            self.assertIn("selfsame: liveness", selfsame("liveness", str(bad), code=1))
        self.assertIn("No such file", selfsame("compare", OBAMA, str(self.folder / "none.jpg"), code=1))

    def test_liveness_of_the_talking_person(self):
        video = str(self.folder / "talking.mp4")
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(FIXTURES / "carphone_pristine.mp4"), "-vf", "scale=528:432:flags=bicubic",
             "-c:v", "libx264", "-crf", "18", video],
            check=True,
        )
        best = str(self.folder / "best.jpg")
        answer = self.json_of("liveness", "liveness", video, "--best-frame", best)
        self.assertTrue(answer["live"], answer)
        self.assertEqual(answer["attack_class"], "none")
        self.assertEqual(answer["best_frame"]["file"], best)
        self.assertEqual(self.json_of("compare", "compare", best, best)["similarity"], 100)

    def test_a_still_photo_played_as_a_video_is_not_live(self):
        video = str(self.folder / "still.mp4")
        subprocess.run(
            ["ffmpeg", "-v", "error", "-loop", "1", "-i", OBAMA2, "-t", "3", "-r", "25", "-vf", "scale=480:-2", "-c:v", "libx264",
             "-pix_fmt", "yuv420p", video],
            check=True,
        )
        answer = self.json_of("liveness", "liveness", video)
        self.assertFalse(answer["live"], answer)
        self.assertEqual(answer["attack_class"], "injected", answer)

    def test_models(self):
        listed = self.json_of("models_list", "models", "list")
        self.assertEqual({n["role"] for n in listed["networks"]},
                         {"detector", "recogniser", "landmarks", "pad", "text_detector", "text_reader"})
        self.assertTrue(self.json_of("models_verify", "models", "verify")["ok"])

    def test_a_changed_network_is_noticed_and_refused(self):
        models = self.folder / "models"
        shutil.copytree(ROOT / "build/models", models)
        network = models / "pad_selfsame_80.onnx"
        content = bytearray(network.read_bytes())
        content[len(content) // 2] ^= 1
        network.write_bytes(content)
        answer = self.json_of("models_verify", "models", "verify", "--models", str(models), code=1)
        self.assertEqual([n["status"] for n in answer["networks"]].count("changed"), 1)
        self.assertIn("pad_selfsame_80.onnx", selfsame("compare", OBAMA, OBAMA2, "--models", str(models), code=1))

    def test_a_wrong_card_keeps_the_server_from_starting(self):
        models = self.folder / "models"
        shutil.copytree(ROOT / "build/models", models)
        card = models / "networks.toml"
        text = card.read_text()
        self.assertIn('channels = "rgb"', text)
        card.write_text(text.replace('channels = "rgb"', 'channels = "bgr"', 1))
        said = selfsame(
            "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--models", str(models),
            env={"SELFSAME_MODELS_FIXTURES_DIR": str(FIXTURES)}, code=1,
        )
        self.assertIn("do not prove themselves", said)

    def test_check_config(self):
        self.assertTrue(self.json_of("check_config", "check-config")["ok"])
        config = self.folder / "bad.toml"
        config.write_text("[http]\nmax_conections = 7\n")
        answer = self.json_of("check_config", "check-config", str(config), code=2)
        self.assertEqual(answer["errors"][0]["nearest"], "http.max_connections")
        self.assertIn("did you mean http.max_connections?", selfsame("compare", OBAMA, OBAMA2, "--config", str(config), code=2))

    def test_blobs_sweep_erases_old_orphans_only(self):
        self.assertIn("no data in", selfsame("blobs", "sweep", "--data", self.data, code=1))
        selfsame("key", "create", "--data", self.data, "--name", "bank")
        old, young = self.orphan(25 * 3600), self.orphan(2 * 3600)
        counts = {"ok": True, "dry_run": True, "blobs": 1, "orphans": 1, "erased": 0, "drafts": 0}
        self.assertEqual(self.json_of("blobs_sweep", "blobs", "sweep", "--data", self.data, "--dry-run"), counts)
        self.assertTrue(old.exists())
        self.assertIn("1 erased", selfsame("blobs", "sweep", "--data", self.data))
        self.assertEqual((old.exists(), young.exists()), (False, True))
        self.assertEqual(self.json_of("blobs_sweep", "blobs", "sweep", "--data", self.data, "--older-than", "1")["erased"], 1)
        self.assertFalse(young.exists())
        selfsame("blobs", "sweep", "--data", self.data, "--older-than", "0", code=2)

    def test_blobs_sweep_asks_back_when_too_many_have_no_outcome(self):
        selfsame("key", "create", "--data", self.data, "--name", "bank")
        orphans = [self.orphan(25 * 3600) for _ in range(101)]
        self.assertFalse(self.json_of("blobs_sweep", "blobs", "sweep", "--data", self.data, code=1)["ok"])
        self.assertTrue(all(orphan.exists() for orphan in orphans))
        self.assertIn("101 erased", selfsame("blobs", "sweep", "--data", self.data, "--however-many"))

    def test_sms_shows_routes_and_keeps_numbers_and_templates(self):
        self.assertIn("no data in", selfsame("sms", "outbox", "--data", self.data, code=1))
        selfsame("key", "create", "--data", self.data, "--name", "bank")
        self.assertEqual(self.json_of("sms_outbox", "sms", "outbox", "--data", self.data), {"messages": []})
        self.assertEqual(self.json_of("sms_routes", "sms", "routes"), {"routes": []})
        routes, config = self.folder / "routes.toml", self.folder / "sms.toml"
        config.write_text(f'[sms]\nroutes_file = "{routes}"\n')
        self.assertIn("selfsame", selfsame("sms", "routes", "--config", str(config), code=2))
        routes.write_text('[[route]]\nname = "main"\nprefixes = ["62"]\nhost = "h"\nsystem_id = "s"\npassword_file = "p"\n')
        self.assertEqual(self.json_of("sms_routes", "sms", "routes", "--config", str(config))["routes"][0]["port"], 2775)
        routes.write_text(routes.read_text() + "windows = 5\n")
        self.assertIn("windows is not a known key", selfsame("sms", "routes", "--config", str(config), code=2))
        selfsame("sms", "optout", "add", "--data", self.data, "+628131234567")
        self.assertIn("+628131234567", selfsame("sms", "optout", "list", "--data", self.data))
        selfsame("sms", "optout", "remove", "--data", self.data, "628131234567")
        selfsame("sms", "optout", "remove", "--data", self.data, "628131234567", code=1)
        selfsame("sms", "optout", "add", "--data", self.data, "12", code=2)
        of_bank = ("--data", self.data, "--name", "bank", "--code", "SMS_1")
        selfsame("sms", "template", "set", *of_bank, "--text", "Code ${code}")
        self.assertIn("bank  SMS_1  Code ${code}", selfsame("sms", "template", "list", "--data", self.data))
        selfsame("sms", "template", "remove", *of_bank)
        selfsame("sms", "template", "remove", *of_bank, code=1)
        selfsame("sms", "list", "--data", self.data, "--state", "lost", code=2)

    def test_doctor_and_version(self):
        self.assertTrue(self.json_of("doctor", "doctor", "--data", self.data)["ok"])
        self.assertFalse(self.json_of("doctor", "doctor", "--models", str(self.folder), code=1)["ok"])
        self.json_of("version", "version")
        self.assertIn("selfsame", selfsame("version"))

    def test_schemas_tell_right_from_wrong(self):
        subprocess.run([sys.executable, str(ROOT / "tests/schemas/check.py"), "self"], check=True, capture_output=True)

    def test_usage_errors(self):
        for words in ((), ("nonsense",), ("compare", OBAMA), ("key", "create", "--data", self.data)):
            selfsame(*words, code=2)
        self.assertIn("--best-frame", selfsame("liveness", "--help"))

    def test_keys(self):
        made = self.json_of("key_create", "key", "create", "--data", self.data, "--name", "bank")
        self.assertEqual(stat.S_IMODE(os.stat(self.data + "/master.key").st_mode), 0o600)
        listed = self.json_of("key_list", "key", "list", "--data", self.data)
        self.assertEqual([k["access_key_id"] for k in listed["keys"]], [made["access_key_id"]])
        for path in pathlib.Path(self.data).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                self.assertNotIn(made["access_key_secret"].encode(), content)
                self.assertNotIn(made["appcode"].encode(), content)
        disabled = self.json_of("key_disable", "key", "disable", "--data", self.data, "--name", "bank")
        self.assertEqual(disabled["disabled"], [made["access_key_id"]])
        self.assertIn("nobody", selfsame("key", "disable", "--data", self.data, "--name", "nobody", code=1))

    def test_eval_reflection(self):
        answer = self.json_of("eval_reflection", "eval", "reflection", "--trials", "1")
        others = [row for row in answer["rows"] if row["case"].startswith("other_")]
        self.assertEqual([row["accepted"] for row in others], [0] * len(others))
        self.assertGreater(sum(row["trials"] for row in others), 200)

    def test_eval_face(self):
        images = self.folder / "people"
        for person, files in (("obama", ("obama", "obama2", "obama3")), ("biden", ("biden",))):
            (images / person).mkdir(parents=True)
            for name in files:
                shutil.copy(FIXTURES / f"{name}.jpg", images / person)
        det = str(self.folder / "det.svg")
        answer = self.json_of("eval_face", "eval", "face", "--images", str(images), "--det", det)
        self.assertEqual((answer["counts"]["genuine_pairs"], answer["counts"]["impostor_pairs"]), (3, 3))
        self.assertEqual(answer["eer"], 0)
        self.assertIn("<svg", pathlib.Path(det).read_text())
        pairs = self.folder / "pairs.txt"
        pairs.write_text("obama/obama.jpg obama/obama2.jpg 1\nobama/obama.jpg biden/biden.jpg 0\n")
        answer = self.json_of("eval_face", "eval", "face", "--images", str(images), "--pairs", str(pairs))
        self.assertEqual(answer["protocol"], "pairs")
        self.assertEqual(answer["operating_points"], {}, "two pairs support no rate")

    def test_eval_liveness(self):
        takes = self.folder / "takes"
        for folder in ("talking", "attack/print", "attack"):
            (takes / folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(FIXTURES / "talking.mp4", takes / "talking")
        for name, photo in (("print/grey.jpg", FIXTURES / "talking.jpg"), ("still.mp4", FIXTURES / "talking.jpg")):
            words = ("-vf", "hue=s=0") if name.endswith("jpg") else ("-vf", "loop=75:1,fps=25", "-pix_fmt", "yuv420p")
            subprocess.run(["ffmpeg", "-v", "error", "-i", photo, *words, takes / "attack" / name], check=True)
        (takes / "talking" / "notes.txt").write_text("who was recorded when")
        det = str(self.folder / "det.svg")
        answer = self.json_of("eval_liveness", "eval", "liveness", str(takes), "--det", det)
        self.assertEqual((answer["apcer"], answer["bpcer"]), (0, 0), answer)
        self.assertEqual(set(answer["attacks"]), {"print", "attack"})
        self.assertEqual([each["file"] for each in answer["unreadable"]], ["talking/notes.txt"])
        self.assertIn("Attacks that pass", pathlib.Path(det).read_text(encoding="utf-8"))
        self.assertIn("nothing to tell apart", selfsame("eval", "liveness", str(takes / "talking"), code=1))
        self.assertIn("APCER", selfsame("eval", "liveness", str(takes)))

    def test_eval_actions(self):
        """The whole measurement, short; its figures are judged by evaluation.ActionEvaluation."""
        drawn = self.json_of("eval_actions", "eval", "actions", "--clips", "2")["drawn"]
        self.assertEqual(drawn["foreign_refused"]["trials"], 2 * 29)
        self.assertEqual((drawn["foreign_refused"]["hits"], drawn["foreign_accepted"]), (2 * 29, []))
        self.assertEqual(drawn["blinks_made"]["hits"], drawn["blinks_made"]["trials"])
        truth = self.folder / "truth.txt"
        truth.write_text("clip.mp4 1 0\n")
        self.assertIn("line 1", selfsame("eval", "actions", "--truth", str(truth), "--clips", "1", code=1))
        self.assertIn("no videos", selfsame("eval", "actions", str(self.folder), "--clips", "1", code=1))

    @unittest.skipUnless(shutil.which("espeak-ng"), "needs espeak-ng")
    def test_eval_speech(self):
        words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
        for speaker, voice in (("american", "en-us"), ("scottish", "en-gb-scotland"), ("left_out", "en-gb")):
            for digit, word in enumerate(words):
                file = str(self.folder / f"{digit}_{speaker}_0.wav")
                subprocess.run(["espeak-ng", "-v", voice, "-s", "140", "-w", file, word], check=True)
        some = ("--codes", "3", "--others", "4", "--without", "left_out")
        answer = self.json_of("eval_speech", "eval", "speech", str(self.folder), *some)
        self.assertEqual(set(answer["speakers"]), {"american", "scottish"})
        self.assertEqual((answer["all"]["accepted"]["of"], answer["all"]["others_accepted"]["of"]), (12, 48))
        self.assertGreaterEqual(answer["all"]["accepted"]["count"], 8)
        self.assertLessEqual(answer["all"]["others_accepted"]["count"], 1)
        again = self.json_of("eval_speech", "eval", "speech", str(self.folder), *some)
        self.assertEqual(again["all"], answer["all"], "the seed decides")
        self.assertEqual(answer["sync"], [])
        if (talking := EVALDATA / "liveness" / "talking").is_dir():
            moved = self.json_of("eval_speech", "eval", "speech", str(self.folder), "--codes", "1", "--talking", str(talking))["sync"]
            self.assertEqual([row["shift_s"] for row in moved if row["answered"]["count"]], [0])
        empty = self.folder / "empty"
        empty.mkdir()
        self.assertIn("no speaker", selfsame("eval", "speech", str(empty), code=1))

    @unittest.skipUnless(EVALDATA.is_dir(), "needs ../shared/evaldata")
    def test_evaluation_clips(self):
        """Talking clips are live. Both replays and the attack are refused; one retry at most; the mask has its own word."""
        unsure = 0
        for kind in ("live", "talking"):
            for clip in sorted((EVALDATA / "liveness" / kind).iterdir()):
                answer = self.json_of("liveness", "liveness", str(clip))
                self.assertIn(answer["verdict"], ("live", "unsure"), (clip.name, answer))
                unsure += answer["verdict"] == "unsure"
        self.assertLessEqual(unsure, 1)
        for clip in sorted((EVALDATA / "liveness" / "attack").iterdir()):
            self.assertIn(self.json_of("liveness", "liveness", str(clip))["verdict"], ("attack", "not_judged"), clip.name)
        for clip in sorted((EVALDATA / "liveness" / "masked").iterdir()):
            self.assertEqual(self.json_of("liveness", "liveness", str(clip))["defect"], "mask_worn")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A running server; `said` is what it printed."""

    def __init__(self, data, env=None, config=None, options=()):
        self.port, self.admin = free_port(), free_port()
        self.log = pathlib.Path(data).parent / f"server-{self.port}.log"
        words = ["serve", "--data", data, "--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}", *options]
        if config:
            words += ["--config", config]
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([BINARY, *words], stdout=out, stderr=out, env={**os.environ, **(env or {})})
        for _ in range(int(600 * float(os.environ.get("SELFSAME_TEST_PATIENCE", "1")))):
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=5).status == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError("the server did not become ready: " + self.said)

    @property
    def said(self):
        return self.log.read_text(errors="replace")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(60)


def multipart(files):
    boundary = "selfsame-cli-test"
    body = b""
    for name, content in files:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.jpg"\r\n\r\n'.encode()
        body += content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


class Serving(Folder):
    def serve(self, **options):
        server = Server(self.data, **options)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    def key(self, name="bank"):
        return json.loads(selfsame("key", "create", "--data", self.data, "--name", name, "--json"))

    def post(self, server, files, appcode, context=None):
        body, headers = multipart(files)
        if appcode:
            headers["Authorization"] = "Bearer " + appcode
        scheme = "https" if context else "http"
        request = urllib.request.Request(f"{scheme}://127.0.0.1:{server.port}/v1/comparisons", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def photos(self, a=OBAMA, b=OBAMA2):
        return [("a", pathlib.Path(a).read_bytes()), ("b", pathlib.Path(b).read_bytes())]

    def test_first_start_makes_and_shows_key_once(self):
        server = self.serve()
        self.assertIn("access_key_secret", server.said)
        self.assertEqual(stat.S_IMODE(os.stat(self.data + "/master.key").st_mode), 0o600)
        appcode = server.said.split("appcode")[1].split()[0]
        self.assertEqual(self.post(server, self.photos(), appcode)[0], 200)
        self.assertEqual(server.stop(), 0)
        again = self.serve()
        self.assertNotIn("access_key_secret", again.said)
        self.assertEqual(self.post(again, self.photos(), appcode)[0], 200)

    def test_a_certificate_of_its_own_is_made_once_and_good_for_this_machine(self):
        key = self.key()
        server = self.serve(options=["--tls-self-signed"])
        file = pathlib.Path(self.data) / "self-signed.pem"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        made = file.read_bytes()
        context = ssl.create_default_context(cafile=str(file))
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        self.assertEqual(self.post(server, self.photos(), key["appcode"], context)[0], 200)
        fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(made.decode()[made.decode().index("-----BEGIN CERT"):])).hexdigest()
        self.assertIn(fingerprint, server.said)
        with self.assertRaises(urllib.error.URLError):
            self.post(server, self.photos(), key["appcode"], ssl.create_default_context())
        opened = urllib.request.Request(
            f"https://127.0.0.1:{server.port}/v1/verifications", json.dumps({"compare": False}).encode(),
            {"Content-Type": "application/json", "Authorization": "Bearer " + key["appcode"]},
        )
        with urllib.request.urlopen(opened, timeout=60, context=context) as answer:
            self.assertTrue(json.loads(answer.read())["url"].startswith(f"https://127.0.0.1:{server.port}/reflect/?token="))
        self.assertEqual(server.stop(), 0)
        again = self.serve(options=["--tls-self-signed"])
        self.assertEqual(file.read_bytes(), made)
        self.assertEqual(again.stop(), 0)
        both = {"SELFSAME_TLS_CERTIFICATE_FILE": str(file), "SELFSAME_TLS_PRIVATE_KEY_FILE": str(file), "SELFSAME_TLS_SELF_SIGNED": "true"}
        selfsame("check-config", env=both, code=2)

    def test_a_start_after_a_crash_sweeps_what_the_crash_left(self):
        self.key()
        old, young = self.orphan(25 * 3600), self.orphan(60)
        server = self.serve()
        until = time.monotonic() + 30
        while old.exists() and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual((old.exists(), young.exists()), (False, True))
        self.assertEqual(server.stop(), 0)

    def test_native_comparison(self):
        key = self.key()
        server = self.serve()
        status, headers, text = self.post(server, self.photos(), key["appcode"])
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(list(check.faults_of("compare", text)), [])
        same = json.loads(text)
        self.assertTrue(all(same["match_at"].values()))
        by_command = json.loads(selfsame("compare", OBAMA, OBAMA2, "--json"))
        self.assertAlmostEqual(same["cosine"], by_command["cosine"], places=5)
        other = json.loads(self.post(server, self.photos(b=BIDEN), key["appcode"])[2])
        self.assertFalse(any(other["match_at"].values()))
        rows = sqlite3.connect(self.data + "/selfsame.db").execute("select count(*) from outcomes").fetchone()
        self.assertEqual(rows, (2,))

    def test_native_errors_are_problems_and_store_nothing(self):
        key = self.key()
        server = self.serve()
        good = self.photos()
        cases = [
            (401, "unauthenticated", good, None),
            (401, "unknown_key", good, "x" * 32),
            (400, "missing_parameter", good[:1], key["appcode"]),
            (400, "unknown_parameter", [*good, ("c", b"x")], key["appcode"]),
            (400, "invalid_parameter", [*good, good[0]], key["appcode"]),
            (422, "image_undecodable", [good[0], ("b", b"no picture")], key["appcode"]),
            (413, "image_too_large", [good[0], ("b", b"\xff" * (11 << 20))], key["appcode"]),
        ]
        for status, code, files, appcode in cases:
            got, headers, text = self.post(server, files, appcode)
            self.assertEqual((got, json.loads(text)["code"]), (status, code), text)
            self.assertEqual(headers["Content-Type"], "application/problem+json")
        selfsame("key", "disable", "--data", self.data, "--name", "bank")
        self.assertEqual(self.post(server, good, key["appcode"])[0], 401)
        rows = sqlite3.connect(self.data + "/selfsame.db").execute("select count(*) from outcomes").fetchone()
        self.assertEqual(rows, (0,))
        for secret in (key["appcode"], key["access_key_secret"], "obama"):
            self.assertNotIn(secret, server.said)

    def ask(self, server, method, path, body=None, appcode=None):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.addCleanup(connection.close)
        connection.request(method, path, body, {"Authorization": f"Bearer {appcode}"} if appcode else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def test_ground_truth_of_a_comparison(self):
        bank, other = self.key(), self.key("other")
        server = self.serve()
        made = json.loads(self.post(server, self.photos(), bank["appcode"])[2])
        path = "/v1/comparisons/" + made["request_id"]

        def record(appcode=bank["appcode"]):
            status, text = self.ask(server, "GET", path, appcode=appcode)
            if status == 200:
                self.assertEqual(list(check.faults_of("comparison_record", text)), [])
            return status, json.loads(text)

        status, stored = record()
        self.assertEqual((status, stored["outcome"], stored["ground_truth"]), (200, "match", None))
        self.assertAlmostEqual(stored["cosine"], made["cosine"], places=6)
        bad = [
            (400, "malformed_request", b"", path), (400, "malformed_request", b"[true]", path),
            (400, "malformed_request", b'{"same_person":true,"same_person":false}', path),
            (400, "missing_parameter", b"{}", path), (400, "unknown_parameter", b'{"same_person":true,"x":1}', path),
            (400, "invalid_parameter", b'{"same_person":"true"}', path),
            (413, "payload_too_large", b'{"same_person":true}' + b" " * 5000, path),
            (404, "not_found", b'{"same_person":true}', "/v1/comparisons/nothing"),
        ]
        for status, code, body, where in bad:
            got, text = self.ask(server, "PUT", where + "/ground-truth", body, bank["appcode"])
            self.assertEqual((got, json.loads(text)["code"]), (status, code), body[:60])
        good = b'{"same_person":true}'
        self.assertEqual(self.ask(server, "PUT", path + "/ground-truth", good)[0], 401)
        self.assertEqual(self.ask(server, "PUT", path + "/ground-truth", good, "x" * 32)[0], 401)
        self.assertEqual(self.ask(server, "PUT", path + "/ground-truth", good, other["appcode"])[0], 404)
        self.assertEqual(record(other["appcode"])[0], 404)
        self.assertIsNone(record()[1]["ground_truth"])
        for said in (True, True, False):
            body = json.dumps({"same_person": said}).encode()
            self.assertEqual(self.ask(server, "PUT", path + "/ground-truth", body, bank["appcode"]), (204, ""))
            self.assertIs(record()[1]["ground_truth"]["same_person"], said)

    def test_other_paths_and_methods(self):
        server = self.serve()
        for method, path, status in (("GET", "/v1/comparisons", 405), ("GET", "/v1/nothing", 404), ("GET", "/nothing", 404)):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request(method, path)
            self.assertEqual(connection.getresponse().status, status, path)
            connection.close()
        metrics = urllib.request.urlopen(f"http://127.0.0.1:{server.admin}/metrics", timeout=10).read().decode()
        self.assertIn("selfsame_http_requests_total", metrics)
        self.assertIn("selfsame_inference_jobs", metrics)

    def test_tls(self):
        pem, private = str(self.folder / "cert.pem"), str(self.folder / "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", private, "-out", pem, "-days", "2", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"],
            check=True, capture_output=True,
        )
        key = self.key()
        server = self.serve(env={"SELFSAME_TLS_CERTIFICATE_FILE": pem, "SELFSAME_TLS_PRIVATE_KEY_FILE": private})
        context = ssl.create_default_context(cafile=pem)
        self.assertEqual(self.post(server, self.photos(), key["appcode"], context)[0], 200)
        with self.assertRaises(OSError):
            self.post(server, self.photos(), key["appcode"])

    def test_sigterm_finishes_what_is_in_flight(self):
        key = self.key()
        server = self.serve()
        answers = []

        def ask():
            with contextlib.suppress(OSError):  # refused before a byte was sent: a clean refusal
                answers.append(self.post(server, self.photos(), key["appcode"])[0])

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 30
        while not answers and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(server.stop(), 0)
        for thread in threads:
            thread.join()
        self.assertEqual(set(answers), {200})
        self.assertGreaterEqual(len(answers), 2)

    def test_a_full_inference_queue_refuses_at_once(self):
        key = self.key()
        server = self.serve(env={"SELFSAME_INFERENCE_THREADS": "1", "SELFSAME_INFERENCE_QUEUE": "0"})
        codes = []
        threads = [
            threading.Thread(target=lambda: codes.append(self.post(server, self.photos(), key["appcode"])[0])) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(set(codes), {200, 503}, codes)

    def test_anothers_master_key_is_refused(self):
        self.key()
        os.remove(self.data + "/master.key")
        said = selfsame("key", "list", "--data", self.data, code=1)
        self.assertIn("master", said)
        self.assertFalse(os.path.exists(self.data + "/master.key"), "no new key is left beside an old database")


if __name__ == "__main__":
    import added_models_test

    load = unittest.defaultTestLoader.loadTestsFromModule
    suite = unittest.TestSuite([load(sys.modules[__name__]), load(added_models_test)])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    bad, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    for case, why in result.skipped:
        print(f"SKIPPED {case}: {why}")
    print(f"{result.testsRun - bad - skipped} passed, {bad} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(1 if bad else 0)

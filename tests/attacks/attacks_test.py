#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Attacks that once worked; see run.sh. Ends with `N passed, N failed[, N skipped]`."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

import hostile_video

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from cli_test import BINARY, FIXTURES, OBAMA, OBAMA2, Server, free_port, multipart, selfsame  # noqa: E402

OBAMA3, TALKING_PHOTO, TALKING = (str(FIXTURES / name) for name in ("obama3.jpg", "talking.jpg", "talking.mp4"))
FILE_BYTES_MAX = 72 << 10  # an empty database fits, and neither a video nor the log of a few calls
PATIENCE = float(os.environ.get("SELFSAME_TEST_PATIENCE", "1"))  # how many times slower the program may be
WARM = None  # a data folder with the networks' cache, so that servers start quickly


def setUpModule():
    global WARM
    folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_attacks_"))
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    WARM = folder / "data"
    Server(str(WARM)).stop()


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_attacks_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = str(self.folder / "data")

    def ffmpeg(self, *words):
        subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, words)], check=True, timeout=120)

    def encoded(self, name, *words, codec=("-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p")):
        """A video that ffmpeg makes of these inputs and filters."""
        self.ffmpeg(*words, *codec, self.folder / name)
        return self.folder / name


class Judged:
    """What `selfsame liveness --json` said of a file, and what that took."""

    def __init__(self, file, cpu_s=int(60 * PATIENCE)):
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(
                [BINARY, "liveness", str(file), "--json"], stdout=out, stderr=out,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1)),
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.text = out.read().decode(errors="replace")
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.peak_mb = usage.ru_maxrss / 1024

    def __str__(self):
        return f"code {self.code}, {self.cpu_s:.1f} s, {self.peak_mb:.0f} MB: {self.text[:600]}"

    @property
    def answer(self):
        # Beside the answer may stand what a library says on standard error (hwloc, without /sys).
        return json.loads(next(line for line in self.text.splitlines() if line.startswith("{")))


class SlideShows(Folder):
    """Photos that are shown one after another are no living person."""

    def slides(self, *photos):
        for i, photo in enumerate(photos):
            crop = "scale=600:760:force_original_aspect_ratio=increase,crop=600:760:(iw-ow)/2:0"
            self.ffmpeg("-i", photo, "-vf", crop, self.folder / f"slide{i}.png")
        return self.folder / "slide%d.png"

    def assert_not_live(self, video):
        judged = Judged(video)
        self.assertIn(judged.code, (0, 1), judged)
        self.assertFalse(judged.answer["live"], judged)
        self.assertNotEqual(judged.answer["verdict"], "live", judged)

    def test_four_photos_in_two_seconds(self):
        slides = self.slides(OBAMA, OBAMA2, OBAMA3, OBAMA)
        self.assert_not_live(self.encoded("four.mp4", "-framerate", "1.5", "-i", slides))

    def test_one_photo_in_six_shifted_noisy_crops(self):
        for i, (x, y) in enumerate(((0, 0), (20, 10), (45, 25), (30, 40), (10, 30), (40, 5))):
            crop = f"scale=650:-2,crop=600:600:{x}:{y},noise=alls=8:allf=t:all_seed={i + 1}"
            self.ffmpeg("-i", OBAMA, "-vf", crop, self.folder / f"crop{i}.png")
        self.assert_not_live(self.encoded("crops.mp4", "-framerate", "2", "-i", self.folder / "crop%d.png"))

    def test_nine_photos_in_three_seconds(self):
        slides = self.slides(*[OBAMA, OBAMA2, OBAMA3] * 3)
        self.assert_not_live(self.encoded("nine.mp4", "-framerate", "3", "-i", slides))

    def test_the_talking_person_still_is_live(self):
        source = FIXTURES / "carphone_pristine.mp4"
        video = self.encoded("talking.mp4", "-i", source, "-vf", "scale=iw*3:ih*3:flags=bicubic", "-crf", "18")
        judged = Judged(video)
        self.assertEqual(judged.code, 0, judged)
        self.assertTrue(judged.answer["live"], judged)


class CostlyVideos(Folder):
    """What a small file may cost, whatever its index claims."""

    def assert_refused(self, content, cpu_s, peak_mb=600):
        video = self.folder / "hostile.mp4"
        video.write_bytes(content)
        cpu_s *= PATIENCE
        judged = Judged(video, cpu_s=int(cpu_s) + 10)
        self.assertEqual(judged.code, 1, judged)
        self.assertIn("selfsame: liveness", judged.text)
        self.assertLess(judged.cpu_s, cpu_s, judged)
        if PATIENCE == 1:  # sanitizers keep memory of their own
            self.assertLess(judged.peak_mb, peak_mb, judged)

    def test_an_index_of_gigabytes(self):
        bomb = hostile_video.index_bomb()
        self.assertLess(len(bomb), 1000)
        self.assert_refused(bomb, cpu_s=10)

    def test_eight_indexes_of_gigabytes(self):
        self.assert_refused(hostile_video.index_bomb(tracks=8), cpu_s=10)

    def test_one_frame_named_again_and_again(self):
        one = self.encoded(
            "one.mp4", "-f", "lavfi", "-i", "color=gray:s=1280x1280:r=25,noise=alls=100:allf=t:all_seed=1", "-frames:v", "1",
            codec=("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-qp", "2", "-pix_fmt", "yuv420p"),
        ).read_bytes()
        self.assertGreater(len(one), 1 << 20, "the frame must be dear to decode")
        self.assert_refused(hostile_video.named_again_and_again(one, times=3600), cpu_s=20)

    def test_a_flood_of_sound(self):
        self.assert_refused(hostile_video.sound_flood(), cpu_s=20)


class LimitedServer(Server):
    """A server whose files may not grow past `file_bytes_max`, or whose standard error can be closed."""

    def __init__(self, data, file_bytes_max=None, stderr=None):
        self.port, self.admin = free_port(), free_port()
        self.log = pathlib.Path(data).parent / f"server-{self.port}.log"

        def limit():
            if file_bytes_max is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max))

        words = ["serve", "--data", data, "--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}"]
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([BINARY, *words], stdout=out, stderr=stderr or out, preexec_fn=limit)
        deadline = time.monotonic() + 60 * PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.status("readyz") == 200:
                return
            time.sleep(0.1)
        raise AssertionError("the server did not become ready: " + self.said)

    def status(self, path):
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/{path}", timeout=10).status
        return None

    def buffered_bytes(self):
        metrics = urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/metrics", timeout=10).read().decode()
        return re.search(r"^selfsame_http_buffered_bytes (\S+)$", metrics, re.MULTILINE)[1]


class Serving(Folder):
    def setUp(self):
        super().setUp()
        os.mkdir(self.data, 0o700)
        shutil.copytree(WARM / "model-cache", self.data + "/model-cache")
        self.key = json.loads(selfsame("key", "create", "--data", self.data, "--name", "bank", "--json"))

    def serve(self, **options):
        server = LimitedServer(self.data, **options)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    def send(self, server, path, body, headers):
        """The status and the text of the answer."""
        request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def compare(self, server):
        body, headers = multipart([("a", pathlib.Path(OBAMA).read_bytes()), ("b", pathlib.Path(OBAMA2).read_bytes())])
        return self.send(server, "/v1/comparisons", body, {**headers, "Authorization": "Bearer " + self.key["appcode"]})

    def signed_v1(self, server, **changes):
        """The fields of a CompareFaceLiveness call of signature version 1."""
        host = f"127.0.0.1:{server.port}"
        fields = {
            "Action": "CompareFaceLiveness", "Version": "2018-03-01", "SecretId": self.key["access_key_id"],
            "SignatureMethod": "HmacSHA256", "Timestamp": str(int(time.time())), "Nonce": "4711", "Region": "ap-hongkong",
            "LivenessType": "SILENT", "ImageBase64": base64.b64encode(pathlib.Path(TALKING_PHOTO).read_bytes()).decode(),
            "VideoBase64": base64.b64encode(pathlib.Path(TALKING).read_bytes()).decode(), **changes,
        }
        text = f"POST{host}/?" + "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        digest = hmac.new(self.key["access_key_secret"].encode(), text.encode(), hashlib.sha256).digest()
        return {**fields, "Signature": base64.b64encode(digest).decode()}

    def send_v1(self, server, fields):
        """The `Response` of the answer."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return json.loads(self.send(server, "/", urllib.parse.urlencode(fields).encode(), headers)[1])["Response"]

    def billed(self):
        text = selfsame("ledger", "--data", self.data, "--name", "bank", "--json")
        return [row["code"] for row in json.loads(text.splitlines()[0])["entries"]]

    def stored(self):
        with contextlib.closing(sqlite3.connect(self.data + "/selfsame.db")) as database:
            return database.execute("select count(*) from outcomes").fetchone()[0]

    def test_a_signature_split_into_other_fields_is_no_new_request(self):
        server = self.serve()
        fields = self.signed_v1(server)
        self.assertEqual(self.send_v1(server, fields).get("Result"), "Success")
        folded = {**fields, "Nonce": f"{fields['Nonce']}&Region={fields['Region']}"}
        del folded["Region"]
        for again in (folded, fields):
            answer = self.send_v1(server, again)
            self.assertRegex(answer.get("Error", {}).get("Code", ""), r"^AuthFailure\.", str(answer)[:300])
        self.assertEqual(self.billed(), ["Success"])

    def test_a_full_quota_is_an_error_and_not_the_end(self):
        server = self.serve(file_bytes_max=FILE_BYTES_MAX)
        answer = self.send_v1(server, self.signed_v1(server))
        self.assertIn("Error", answer, str(answer)[:300])
        self.assertEqual((self.billed(), self.stored()), ([], 0))
        answers = [self.compare(server)[0]]
        while answers[-1] == 200 and len(answers) < 20:  # until the database's own log is full, too
            answers.append(self.compare(server)[0])
        self.assertGreaterEqual(answers.pop(), 500)
        self.assertIsNone(server.process.poll(), "the server ended: " + server.said[-500:])
        self.assertEqual(server.status("livez"), 200)
        self.assertEqual(server.stop(), 0)
        self.assertEqual((self.billed(), self.stored()), ([], len(answers)))

    def test_a_closed_log_is_not_the_end(self):
        read, write = os.pipe()
        try:
            server = self.serve(stderr=write)
        finally:
            os.close(write)
            os.close(read)
        for _ in range(2):
            self.assertEqual(self.compare(server)[0], 200)
        self.assertIsNone(server.process.poll())
        self.assertEqual(server.status("livez"), 200)
        self.assertEqual(server.stop(), 0)

    def test_endless_request_lines_leave_room_for_others(self):
        server = self.serve()
        sent = []

        def send_line(count):
            with contextlib.suppress(OSError):  # the server may well cut this short
                line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
                self.addCleanup(line.close)
                line.sendall(b"GET /?x=" + b"a" * count)
            before, now = None, server.buffered_bytes()
            while now != before:  # each takes what the ones before it left
                time.sleep(0.2)
                before, now = now, server.buffered_bytes()
            sent.append(count)

        threads = [threading.Thread(target=send_line, args=(20 << 20,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for count in (10 << 20, *(k << 10 for k in (300, 200, 150, 120, 100, 90, 80, 70, 70, 70))):  # the crumbs
            send_line(count)
        self.assertEqual(len(sent), 19)
        start = time.monotonic()
        status, text = self.compare(server)
        self.assertEqual(status, 200, text)
        self.assertLess(time.monotonic() - start, 10 * PATIENCE)

    def test_a_denied_product_is_refused_everywhere(self):
        server = self.serve()
        words = ("account", "set", "--data", self.data, "--name", "bank", "--product", "native.comparisons", "--state")
        selfsame(*words, "denied")
        status, text = self.compare(server)
        self.assertEqual(status, 403, text)
        self.assertEqual((self.billed(), self.stored()), ([], 0))
        selfsame(*words, "active")
        self.assertEqual(self.compare(server)[0], 200)
        self.assertEqual(self.stored(), 1)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    bad, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    for case, why in result.skipped:
        print(f"SKIPPED {case}: {why}")
    print(f"{result.testsRun - bad - skipped} passed, {bad} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(1 if bad else 0)

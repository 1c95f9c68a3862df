# SPDX-License-Identifier: Apache-2.0
"""What the attacks share: a server, a caller, what a file is judged to be. See run.sh."""

import atexit
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
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from cli_test import BINARY, FIXTURES, OBAMA, OBAMA2, Server, free_port, multipart, selfsame  # noqa: E402

OBAMA3, TALKING_PHOTO, TALKING = (str(FIXTURES / name) for name in ("obama3.jpg", "talking.jpg", "talking.mp4"))
FILE_BYTES_MAX = 72 << 10  # an empty database fits, and neither a video nor the log of a few calls
PATIENCE = float(os.environ.get("SELFSAME_TEST_PATIENCE", "1"))  # how many times slower the program may be
WARM = None  # a data folder with the networks' cache, so that servers start quickly


def warm():
    """The data folder whose cache of networks every server starts with; made once for the program."""
    global WARM
    if WARM is None:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_attacks_"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        WARM = folder / "data"
        Server(str(WARM)).stop()
    return WARM


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
        shutil.copytree(warm() / "model-cache", self.data + "/model-cache")
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


class ClipAttack(Serving):
    """A clip made by software, sent beside a photo of the person whom it shows."""

    def compare_clip(self, server, clip, photo, nonce):
        def encoded(file):
            return base64.b64encode(pathlib.Path(file).read_bytes()).decode()

        fields = self.signed_v1(server, Nonce=nonce, VideoBase64=encoded(clip), ImageBase64=encoded(photo))
        return self.send_v1(server, fields)

    def assert_refused(self, clips, photo, results, reasons):
        """Each is refused with one of the results, for one of the reasons, and billed to nobody."""
        server = self.serve()
        honest = self.compare_clip(server, TALKING, TALKING_PHOTO, "1")
        self.assertEqual(honest.get("Result"), "Success", str(honest)[:300])
        for nonce, clip in enumerate(clips, 2):
            answer = self.compare_clip(server, clip, photo, str(nonce))
            self.assertIn(answer.get("Result"), results, f"{clip.name}: {str(answer)[:300]}")
            judged = Judged(clip)
            self.assertTrue(set(judged.answer["reasons"]) & set(reasons), f"{clip.name}: {judged}")
        self.assertEqual(self.billed(), ["Success"])
        self.assertEqual(self.stored(), 1 + len(clips))


def five_points(photo):
    """Eyes, nose and mouth corners of the face in a photo, as the program finds them."""
    side = json.loads(selfsame("compare", str(photo), str(photo), "--json").splitlines()[0])["a"]
    return side["faces"][0]["landmarks"]


def main(suite):
    """Runs the tests and says `N passed, N failed[, N skipped]`."""
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    bad, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    for case, why in result.skipped:
        print(f"SKIPPED {case}: {why}")
    print(f"{result.testsRun - bad - skipped} passed, {bad} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    sys.exit(1 if bad else 0)


def main_of(name):
    """For a script that is run by itself."""
    main(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[name]))

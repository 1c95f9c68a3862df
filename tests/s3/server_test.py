#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`selfsame serve` with its blobs in a real object store, through the proxy of faults; see run.sh.

Ends with `N passed, N failed`.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SELFSAME_TEST_BINARY", str(ROOT / "build/release/selfsame"))
FIXTURES = ROOT / "build/fixtures"
SECRET = os.environ["SELFSAME_TEST_S3_SECRET"]

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/schemas")]
import check  # noqa: E402
import demo  # noqa: E402


def free_address():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def behave(how):
    """What the proxy does from now on (fault_proxy.py)."""
    file = os.environ["SELFSAME_TEST_S3_FAULTS"]
    pathlib.Path(file + ".new").write_text(f"{os.urandom(8).hex()} {how}\n")
    os.rename(file + ".new", file)


class Place:
    """A data folder whose configuration names the object store."""

    def __init__(self, folder, **changes):
        self.folder = pathlib.Path(folder)
        self.data = str(self.folder / "data")
        secret = self.folder / "secret"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
        self.prefix = f"e-{os.urandom(6).hex()}/"
        settings = {
            "endpoint": os.environ["SELFSAME_TEST_S3_PROXY"], "bucket": os.environ["SELFSAME_TEST_S3_BUCKET"],
            "access_key_id": os.environ["SELFSAME_TEST_S3_KEY_ID"], "secret_file": str(secret), "prefix": self.prefix,
            "connect_timeout_ms": 500, "stall_timeout_ms": 1000, "total_timeout_ms": 2000, **changes,
        }
        self.config = self.folder / "selfsame.toml"
        lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        self.config.write_text("[blobs.s3]\n" + "\n".join(lines) + "\n")

    def selfsame(self, *words, code=0):
        done = subprocess.run(
            [BINARY, *words, "--data", self.data, "--config", str(self.config)],
            capture_output=True, text=True, timeout=120, check=False,
        )
        assert done.returncode == code, f"{words} ended with {done.returncode}: {done.stdout[-600:]}{done.stderr[-600:]}"
        assert SECRET not in done.stdout + done.stderr
        return done.stdout

    def rows(self, table):
        with contextlib.closing(sqlite3.connect(f"{self.data}/selfsame.db")) as database:
            return database.execute(f"SELECT * FROM {table}").fetchall()


@contextlib.contextmanager
def serving(place):
    """The server's address, admin address and log file."""
    listen, admin = free_address(), free_address()
    log = place.folder / "log"
    with open(log, "ab") as out:
        server = subprocess.Popen(
            [BINARY, "serve", "--data", place.data, "--config", str(place.config), "--listen", listen, "--admin", admin],
            stdout=out, stderr=subprocess.STDOUT,
        )
    try:
        assert demo.wait(admin, server.pid) == 0, log.read_text()[-1000:]
        yield listen, admin, log
        server.send_signal(signal.SIGTERM)
        assert server.wait(40) == 0, log.read_text()[-1000:]
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Server(unittest.TestCase):
    def setUp(self):
        behave("ok")
        self.addCleanup(behave, "ok")
        temporary = tempfile.TemporaryDirectory(prefix="selfsame_s3_")
        self.addCleanup(temporary.cleanup)
        self.place = Place(temporary.name)

    def key(self, name="bank"):
        return json.loads(self.place.selfsame("key", "create", "--name", name, "--json"))

    def ask(self, listen, key):
        return demo.compare_face_liveness(listen, key, FIXTURES / "talking.jpg", FIXTURES / "talking.mp4")

    def test_a_signed_call_is_kept_in_the_store_and_billed_once(self):
        key = self.key()
        with serving(self.place) as (listen, _, log):
            status, answer = self.ask(listen, key)
            self.assertEqual((status, answer["Response"].get("Result")), (200, "Success"), answer)
            self.assertTrue(answer["Response"]["BestFrameBase64"])
        self.assertEqual((len(self.place.rows("outcomes")), len(self.place.rows("ledger"))), (1, 1))
        self.assertFalse((pathlib.Path(self.place.data) / "blobs").exists(), "nothing lies on this disk")
        self.assertNotIn(SECRET, log.read_text())

    def test_a_passing_fault_is_not_noticed(self):
        key = self.key()
        with serving(self.place) as (listen, _, _):
            behave("status 503 2")
            _, answer = self.ask(listen, key)
            self.assertEqual(answer["Response"].get("Result"), "Success", answer)

    def test_with_the_store_down_there_is_an_error_and_nothing_else(self):
        behave("refuse 1000000")  # already at the start, which does not mind
        key = self.key()
        with serving(self.place) as (listen, admin, log):
            for fault in ("refuse 1000000", "hang", "status 500 1000000"):
                behave(fault)
                started = time.monotonic()
                status, answer = self.ask(listen, key)
                self.assertLess(time.monotonic() - started, 20, fault)
                self.assertEqual(answer["Response"]["Error"]["Code"], "InternalError", (fault, status, answer))
                self.assertEqual((self.place.rows("outcomes"), self.place.rows("ledger")), ([], []), fault)
                # Whoever needs rows only is served as ever.
                self.assertEqual(get(f"http://{admin}/readyz"), (200, "ready\n"), fault)
                status, answer = demo.compare(listen, key, FIXTURES / "obama.jpg", FIXTURES / "obama2.jpg")
                self.assertEqual(status, 200, answer)
                with contextlib.closing(sqlite3.connect(f"{self.place.data}/selfsame.db")) as database, database:
                    database.execute("DELETE FROM outcomes")
            behave("ok")
            _, answer = self.ask(listen, key)
            self.assertEqual(answer["Response"].get("Result"), "Success", "afterwards as before")
            self.assertNotIn(SECRET, log.read_text())
        self.assertEqual((len(self.place.rows("outcomes")), len(self.place.rows("ledger"))), (1, 1))

    def doctor(self, place, ok):
        answer = place.selfsame("doctor", "--json", code=0 if ok else 1).splitlines()[0]
        self.assertEqual(check.faults_of("doctor", answer), [])
        checks = {c["name"]: c for c in json.loads(answer)["checks"]}
        self.assertEqual(checks["blobs"]["status"], "ok" if ok else "failed", answer)
        return checks["blobs"]["detail"]

    def test_doctor_tries_the_store_and_says_what_is_wrong(self):
        self.assertIn("wrote, read and erased", self.doctor(self.place, True))
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("NoSuchBucket", self.doctor(Place(folder, bucket="no-such-bucket"), False))
            self.assertIn("https://HOST", self.doctor(Place(folder, endpoint="https://user:word@store"), False))
            self.assertIn("403", self.doctor(Place(folder, access_key_id="NOBODY"), False))
            wrong = Place(folder)
            (wrong.folder / "secret").write_text("wrong")
            self.assertIn("SignatureDoesNotMatch", self.doctor(wrong, False))
            (wrong.folder / "secret").chmod(0o644)
            self.assertIn("may be read by others", self.doctor(wrong, False))
        behave("refuse 1000000")
        self.assertIn("cannot be used", self.doctor(self.place, False))


def main():
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    )
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad} passed, {bad} failed")
    return 1 if bad or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A server whose rows are in PostgreSQL; see run.sh. The argument is the DIR of tests/peers/postgres.sh."""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ["SELFSAME_TEST_BINARY"]
FIXTURES = ROOT / "build/fixtures"
SCRIPT = str(ROOT / "tests/peers/postgres.sh")
PEER = pathlib.Path(sys.argv.pop(1))
URL = (PEER / "url").read_text().strip()
PASSWORD = urllib.parse.urlsplit(URL).password


def postgres(verb):
    subprocess.run([SCRIPT, verb, str(PEER)], check=True, timeout=120, stdout=subprocess.DEVNULL)


def sql(statement, url=URL):
    done = subprocess.run(["psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", url, "-c", statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, data, env):
        self.port, self.admin = free_port(), free_port()
        self.log = pathlib.Path(str(data) + f"-{self.port}.log")
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", str(data), "--listen", f"127.0.0.1:{self.port}", "--admin", f"127.0.0.1:{self.admin}"],
                stdout=out, stderr=out, env=env,
            )

    def get(self, path):
        return self.ask(self.admin, "GET", path)[0]

    def ask(self, port, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def ready_within(self, seconds):
        """Seconds until it was ready; None when it was not, or ended."""
        began = time.monotonic()
        while time.monotonic() < began + seconds and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.get("/readyz") == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        return None

    def compare(self, appcode):
        """One durable call: status and, when there is one, the problem's code."""
        files = {"a": "obama.jpg", "b": "obama2.jpg"}
        parts = b"".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode() + (FIXTURES / file).read_bytes() + b"\r\n"
            for name, file in files.items()
        )
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": "Bearer " + appcode}
        status, body = self.ask(self.port, "POST", "/v1/comparisons", parts + b"--b--\r\n", headers)
        answer = json.loads(body)
        return status, answer.get("code") or answer.get("request_id")


class OnPostgres(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_pg_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"
        name = "t" + self.folder.name.lower().replace("_", "")[-12:]
        sql(f'CREATE DATABASE "{name}"')
        self.addCleanup(sql, f'DROP DATABASE "{name}" WITH (FORCE)')
        self.url = URL.rsplit("/", 1)[0] + "/" + name
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD + "\n")
        self.env = {
            **os.environ,
            "SELFSAME_DATABASE_URL": self.url.replace(f":{PASSWORD}@", "@"),
            "SELFSAME_DATABASE_PASSWORD_FILE": str(password),
        }

    def selfsame(self, *words, code=0, env=None):
        """What it says on both streams; never a password."""
        done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=300, env={**self.env, **(env or {})}, check=False)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, said)
        self.assertNotIn(PASSWORD, said)
        return said

    def key(self, name="bank"):
        return json.loads(self.selfsame("key", "create", "--data", str(self.data), "--name", name, "--json"))

    @contextlib.contextmanager
    def server(self, data=None, **env):
        server = Server(data or self.data, {**self.env, **env})
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.process.send_signal(signal.SIGTERM)
                server.process.wait(60)
            self.assertNotIn(PASSWORD, server.log.read_text())

    def test_every_command_works_on_it(self):
        data = ["--data", str(self.data)]
        self.assertIn("nothing is stored there yet", self.selfsame("key", "list", *data, code=1))
        key = self.key()
        self.assertIn(key["access_key_id"], self.selfsame("key", "list", *data))
        self.selfsame("account", "set", *data, "--name", "bank", "--product", "tencent.pure-api", "--state", "in_arrears")
        self.assertEqual(sql("SELECT settings FROM customer_versions", self.url), "state/tencent.pure-api=in_arrears")
        self.assertEqual(json.loads(self.selfsame("ledger", *data, "--name", "bank", "--json")), {"entries": []})
        self.assertIn("PostgreSQL", self.selfsame("doctor", *data))
        self.assertIn("database.url = postgresql://", self.selfsame("check-config"))
        self.selfsame("key", "disable", *data, "--name", "bank")
        self.assertFalse((self.data / "selfsame.db").exists())

    def test_what_is_wrong_is_said_without_the_password(self):
        data = ["--data", str(self.data)]
        wrong = self.folder / "wrong"
        wrong.touch(mode=0o600)
        wrong.write_text("not-the-password")
        said = self.selfsame("serve", *data, code=1, env={"SELFSAME_DATABASE_PASSWORD_FILE": str(wrong)})
        self.assertIn("password authentication failed", said)
        self.assertNotIn("not-the-password", said)
        self.assertFalse((self.data / "master.key").exists(), "no key is made for a database that was not seen")
        wrong.chmod(0o644)
        self.assertIn("chmod 600", self.selfsame("doctor", *data, code=1, env={"SELFSAME_DATABASE_PASSWORD_FILE": str(wrong)}))
        broken = {"SELFSAME_DATABASE_URL": self.url.replace("@127", "@[127"), "SELFSAME_DATABASE_PASSWORD_FILE": ""}
        self.assertIn("database.url", self.selfsame("check-config", code=2, env=broken))
        nobody = {"SELFSAME_DATABASE_URL": "postgresql://me@127.0.0.1:1/rows"}
        self.assertIn("refused", self.selfsame("doctor", *data, code=1, env=nobody))

    def test_a_database_that_is_away_is_an_error_until_it_is_back(self):
        appcode = self.key()["appcode"]
        with self.server() as server:
            self.assertIsNotNone(server.ready_within(60))
            status, first = server.compare(appcode)
            self.assertEqual(status, 200)
            postgres("down")
            try:
                for _ in range(5):
                    began = time.monotonic()
                    self.assertEqual(server.compare(appcode), (503, "storage_unavailable"))
                    self.assertEqual(server.get("/readyz"), 503)
                    self.assertEqual(server.get("/livez"), 200)
                    self.assertLess(time.monotonic() - began, 10)
            finally:
                postgres("up")
            self.assertIsNotNone(server.ready_within(20), "it heals by itself")
            status, second = server.compare(appcode)
            self.assertEqual(status, 200)
            stored = sql("SELECT id FROM outcomes", self.url).split()
            self.assertEqual(sorted(stored), sorted([first, second]), "what was answered, and nothing else")

    def test_a_restart_under_load_loses_no_acknowledged_outcome(self):
        appcode = self.key()["appcode"]
        acknowledged, codes, stop = [], set(), threading.Event()
        with self.server() as server:
            self.assertIsNotNone(server.ready_within(60))

            def customer():
                while not stop.is_set():
                    status, word = server.compare(appcode)
                    if status == 200:
                        acknowledged.append(word)
                    else:
                        codes.add((status, word))

            customers = [threading.Thread(target=customer) for _ in range(4)]
            for each in customers:
                each.start()
            for _ in range(2):
                time.sleep(1.5)
                postgres("down")
                time.sleep(0.5)
                postgres("up")
            self.assertIsNotNone(server.ready_within(20))
            time.sleep(1)
            stop.set()
            for each in customers:
                each.join()
        self.assertLessEqual(codes, {(503, "storage_unavailable")})
        self.assertGreater(len(acknowledged), 10)
        stored = sql("SELECT id FROM outcomes", self.url).split()
        self.assertEqual(set(acknowledged) - set(stored), set())

    def test_two_servers_start_at_once_and_share_it(self):
        key_file = self.folder / "shared.key"
        key_file.touch(mode=0o600)
        key_file.write_bytes(os.urandom(32))
        shared = {"SELFSAME_DATA_MASTER_KEY_FILE": str(key_file)}
        with self.server(self.folder / "one", **shared) as one, self.server(self.folder / "two", **shared) as two:
            self.assertIsNotNone(one.ready_within(120), one.log.read_text())
            self.assertIsNotNone(two.ready_within(120), two.log.read_text())
            made = self.selfsame("key", "create", "--data", str(self.data), "--name", "bank", "--json", env=shared)
            appcode = json.loads(made)["appcode"]
            answers = [one.compare(appcode), two.compare(appcode)]
        self.assertEqual([status for status, _ in answers], [200, 200])
        self.assertEqual(sql("SELECT count(*) FROM outcomes", self.url), "2")

    def test_a_server_that_does_not_sync_is_refused(self):
        configuration = pathlib.Path((PEER / "data").read_text().strip()) / "cluster/postgresql.conf"
        kept = configuration.read_text()
        try:
            configuration.write_text(kept + "fsync = off\n")
            postgres("down")
            postgres("up")
            self.assertIn("fsync = off", self.selfsame("serve", "--data", str(self.data), code=1))
            self.assertEqual(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", self.url), "0")
        finally:
            configuration.write_text(kept)
            postgres("down")
            postgres("up")

    def test_a_newer_schema_and_a_lost_key_are_said(self):
        self.key()
        (self.data / "master.key").rename(self.folder / "kept.key")
        self.assertIn("is gone; bring it back", self.selfsame("serve", "--data", str(self.data), code=1))
        self.assertFalse((self.data / "master.key").exists())
        (self.folder / "kept.key").rename(self.data / "master.key")
        sql("INSERT INTO schema_version VALUES (999, 'from the future', 0)", self.url)
        self.assertIn("schema 999", self.selfsame("serve", "--data", str(self.data), code=1))


if __name__ == "__main__":
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(unittest.defaultTestLoader.loadTestsFromTestCase(OnPostgres))
    bad = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed")
    sys.exit(bad > 0)

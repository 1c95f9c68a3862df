#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile inputs against a running server; see run.sh. Ends with `N passed, N failed`."""

import concurrent.futures
import contextlib
import importlib
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from cli_test import FIXTURES, Server, selfsame  # noqa: E402
import documents  # noqa: E402
import pictures  # noqa: E402
from client import Target, native, photos  # noqa: E402

PATIENCE = float(os.environ.get("SELFSAME_TEST_PATIENCE", "1"))
WANTED = os.environ.get("SELFSAME_HOSTILE", "")
# One after another, so that memory and CPU time belong to a case; the others share.
COSTLY, SHARED = ("pictures", "documents", "videos"), ("texts", "forms", "sessions", "signatures", "wires", "alibaba", "megvii", "messages", "orders")
SHARED_THREADS = 24  # slow clients mostly sleep
PEAK_MB_MAX = 1600  # two pictures of 49 million pixels at once, and the networks, those that read documents too
KEPT_MB_MAX = 500  # more than before, at the end: also the networks that read documents, loaded when first asked
CASES_MIN = 300
TICKS = os.sysconf("SC_CLK_TCK")
SETTINGS = {
    "SELFSAME_HTTP_HEADER_TIMEOUT_MS": str(int(2000 * PATIENCE)),
    "SELFSAME_HTTP_BODY_TIMEOUT_MS": str(int(5000 * PATIENCE)),
    "SELFSAME_HTTP_IDLE_TIMEOUT_MS": str(int(2000 * PATIENCE)),
    "SELFSAME_HTTP_REQUEST_DEADLINE_MS": str(int(30000 * PATIENCE)),
    "SELFSAME_INFERENCE_QUEUE": "1000",
    "SELFSAME_NATIVE_DEVICE_CALLS_PER_SECOND": "0",
}


class Watched(Server):
    """A server whose memory, time and traces are looked at."""

    def memory_mb(self, name):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Store:
    """What a server has kept, looked at from outside."""

    def __init__(self, data):
        self.data = pathlib.Path(data)

    def rows(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/selfsame.db?mode=ro", uri=True)) as database:
            return tuple(database.execute(f"select count(*) from {table}").fetchone()[0] for table in ("outcomes", "ledger"))

    def blobs(self):
        return sum(path.is_file() for path in (self.data / "blobs").rglob("*"))

    def kept(self):
        return (*self.rows(), self.blobs())


class Run:
    def __init__(self, server, target, store):
        self.server, self.target, self.store = server, target, store
        self.passed = self.failed = self.run = 0

    def check(self, name, fault):
        """Counts; says only what is wrong."""
        if fault:
            self.failed += 1
            print(f"FAIL {name}: {fault}", flush=True)
        else:
            self.passed += 1

    def ask(self, each):
        """What is wrong with the answer, or nothing; and the seconds it took."""
        start = time.monotonic()
        try:
            seen = each.send(self.target)
        except (OSError, ValueError, KeyError) as error:
            seen = f"{type(error).__name__}: {error}"
        seconds = time.monotonic() - start
        if seen not in each.expect:
            return f"{seen!r}, not {' or '.join(map(repr, each.expect))}", seconds
        if seconds > each.seconds * PATIENCE:
            return f"took {seconds:.1f} s, more than {each.seconds} s", seconds
        return None, seconds

    def one_after_another(self, cases):
        for each in cases:
            before, peak = self.server.cpu_s(), self.server.memory_mb("VmHWM")
            fault, _ = self.ask(each)
            spent, grown = self.server.cpu_s() - before, self.server.memory_mb("VmHWM") - peak
            if os.environ.get("SELFSAME_HOSTILE_COSTS") and (spent > 0.5 or grown > 50):
                print(f"   {each.name}: {spent:.1f} s of CPU, peak grew by {grown:.0f} MB", flush=True)
            if not fault and spent > each.cpu_s * PATIENCE:
                fault = f"cost {spent:.1f} s of CPU, more than {each.cpu_s}"
            kept = self.store.kept()
            if not fault and kept != (0, 0, 0):
                fault = f"left (outcomes, charges, blobs) = {kept}"
            self.check(each.name, fault)

    def at_once(self, cases):
        with concurrent.futures.ThreadPoolExecutor(SHARED_THREADS) as pool:
            for each, (fault, _) in zip(cases, pool.map(self.ask, cases), strict=True):
                self.check(each.name, fault)

    def run_all(self):
        for module in (*COSTLY, *SHARED):
            cases = list(importlib.import_module(module).cases(FIXTURES))
            names = [each.name for each in cases]
            assert len(set(names)) == len(names), "a name is used twice"
            cases = [each for each in cases if WANTED in each.name]
            start, failed = time.monotonic(), self.failed
            (self.one_after_another if module in COSTLY else self.at_once)(cases)
            self.run += len(cases)
            print(f"   {module}: {len(cases)} inputs in {time.monotonic() - start:.0f} s, {self.failed - failed} failed; peak "
                  f"{self.server.memory_mb('VmHWM'):.0f} MB", flush=True)


def pair():
    return [(FIXTURES / name).read_bytes() for name in ("obama.jpg", "obama2.jpg")]


def good_answer(target):
    seen = native(target, photos(*pair()))
    return None if seen == "200 None" else f"a good request was answered {seen}"


def certificate(folder):
    files = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", files[1], "-out", files[0], "-days", "2", "-subj",
         "/CN=localhost"],
        check=True, capture_output=True,
    )
    return {"SELFSAME_TLS_CERTIFICATE_FILE": str(files[0]), "SELFSAME_TLS_PRIVATE_KEY_FILE": str(files[1])}


def attack(run, key):
    """All cases, then what the server has become by them."""
    server, target, store = run.server, run.target, run.store
    warm = Store(server.data)
    run.check("a good request before", good_answer(target))
    run.check("a good request leaves one outcome", warm.rows() != (1, 0) and warm.rows())
    with contextlib.closing(sqlite3.connect(f"{server.data}/selfsame.db")) as database:
        database.execute("delete from outcomes")
        database.commit()
    # Their networks are loaded with the first one, and stay.
    run.check("a document before", documents.document(target, ("image", pictures.TINY)) != "200 no document")
    before = server.memory_mb("VmRSS")
    run.run_all()
    run.check("no outcome, no charge, no blob", store.kept() != (0, 0, 0) and store.kept())
    entries = json.loads(selfsame("ledger", "--data", server.data, "--name", "bank", "--json").splitlines()[0])["entries"]
    run.check("the ledger is empty", entries)
    run.check("the server lives", server.process.poll() is not None and server.said[-2000:])
    if PATIENCE == 1:
        peak, kept = server.memory_mb("VmHWM"), server.memory_mb("VmRSS") - before
        run.check("peak of memory", peak > PEAK_MB_MAX and f"{peak:.0f} MB")
        run.check("memory is given back", kept > KEPT_MB_MAX and f"{kept:.0f} MB more than before")
    run.check("a good request after", good_answer(target))
    run.check("it left one outcome", store.rows() != (1, 0) and store.rows())
    for secret in (key["access_key_secret"], key["appcode"], "canary"):
        run.check("the log keeps secrets", secret in server.said and "the log says " + secret)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_hostile_"))
    servers = []
    try:
        data = str(folder / "data")
        key = json.loads(selfsame("key", "create", "--data", data, "--name", "bank", "--json").splitlines()[0])
        server = Watched(data, env=SETTINGS)
        server.data = data
        servers.append(server)
        shutil.copytree(f"{data}/model-cache", folder / "tls/model-cache")
        secure = Watched(str(folder / "tls"), env={**SETTINGS, **certificate(folder), "SELFSAME_INFERENCE_THREADS": "1"})
        servers.append(secure)
        target = Target(server.port, key["access_key_id"], key["access_key_secret"], key["appcode"], PATIENCE, secure.port)
        run = Run(server, target, Store(data))
        attack(run, key)
        run.check("the TLS server lives", secure.process.poll() is not None and secure.said[-2000:])
        for each in servers:
            run.check("it stops in time, with nothing to say", each.stop() and each.said[-4000:])
        if not WANTED:
            run.check("enough cases", run.run < CASES_MIN and run.run)
    finally:
        for each in servers:
            if each.process.poll() is None:
                each.stop(signal.SIGKILL)
        keep = pathlib.Path(__file__).resolve().parents[2] / "build/logs"
        keep.mkdir(parents=True, exist_ok=True)
        for each in servers:
            shutil.copy(each.log, keep / f"hostile-server-{servers.index(each)}.log")
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{run.passed} passed, {run.failed} failed", flush=True)
    return 1 if run.failed or not run.passed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Crashes, stops and failing disks; see run.sh. Ends with `N passed, N failed[, N skipped]`."""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

from centre import Centre
from customer import Key
from load import BILLED, Load
from sessions import SessionLoad
from surfaces import World, fill_register

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ["SELFSAME_TEST_BINARY"]
POSTGRES = ROOT / "tests/peers/postgres.sh"
GRACE_S = 30

passed = failed = skipped = 0


def check(name, holds, seen=""):
    """Counts one check, and prints it when it fails."""
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name}: {str(seen)[:600]}", flush=True)
    return holds


def skip(name, why):
    global skipped
    skipped += 1
    print(f"SKIPPED {name}: {why}", flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def selfsame(*words, env=None, code=0):
    done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=300, env={**os.environ, **(env or {})}, check=False)
    if done.returncode != code:
        raise AssertionError(f"{words} ended with {done.returncode}, not {code}: {done.stdout[-300:]}{done.stderr[-500:]}")
    return done.stdout


class Server:
    """The same data at the same address, however often it is started."""

    def __init__(self, data, env=None):
        self.data, self.env = str(data), env or {}
        self.host, self.admin = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.log = pathlib.Path(self.data).parent / "server.log"
        self.process = None

    def launch(self):
        words = ["serve", "--data", self.data, "--listen", self.host, "--admin", self.admin]
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen([BINARY, *words], stdout=out, stderr=out, env={**os.environ, **self.env})

    def start(self):
        """Seconds until it is ready."""
        began = time.monotonic()
        self.launch()
        while time.monotonic() < began + 60 and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"http://{self.admin}/readyz", timeout=5).status == 200:
                    return time.monotonic() - began
            time.sleep(0.01)
        raise AssertionError("the server did not become ready: " + self.said[-500:])

    def end(self, how):
        """Its exit code: the signal's number, negative, when that ended it."""
        self.process.send_signal(how)
        return self.process.wait(GRACE_S + 30)

    @property
    def said(self):
        return self.log.read_text(errors="replace")

    def key(self, name):
        return Key(json.loads(selfsame("key", "create", "--data", self.data, "--name", name, "--json", env=self.env)))

    def ledger(self, name):
        text = selfsame("ledger", "--data", self.data, "--name", name, "--json", env=self.env)
        return [entry["outcome_id"] for entry in json.loads(text)["entries"]]


@contextlib.contextmanager
def running(server):
    try:
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.process.kill()
            server.process.wait()


class Account:
    """What the customer knows, held against what the server says after each round."""

    def __init__(self, name, server, load):
        self.name, self.server, self.load = name, server, load
        self.outcomes = {}  # id -> outcome, of everything that was ever acknowledged
        self.bills = set()
        self.sums = {"acknowledged": 0, "cut": 0, "repeated": 0}

    def audit(self, when):
        """Everything of this round that can be checked through the API."""
        faults = self.ask_again() + self.compare_stored() + self.compare_truths() + self.compare_bills()
        check(f"{self.name}: {when}", not faults, faults)
        self.sums["acknowledged"] += self.load.acknowledged()
        self.sums["cut"] += sum(each.lost is not None for each in self.load.requests)

    def ask_again(self):
        """The identical signed request gets the answer that was acknowledged, best frame and all."""
        faults = []
        for request in self.load.of("liveness"):
            if request.answer is not None and request.refusal:
                continue
            status, answer = self.load.again(request)
            self.sums["repeated"] += 1
            if request.answer is None:
                request.status, request.answer = status, answer
                if request.refusal:
                    faults.append(f"after the crash a request was refused: {answer}")
                    continue
            elif answer != request.answer:
                faults.append(f"{request.id} was answered {brief(request.answer)}, and now {brief(answer)}")
            self.outcomes[request.id] = request.outcome
            if request.outcome in BILLED:
                self.bills.add(request.id)
        return faults

    def compare_stored(self):
        for request in self.load.of("comparison"):
            if request.answer is not None and request.acknowledged:
                self.outcomes[request.id] = request.outcome
        fresh = {each.id for each in self.load.requests if each.kind != "statement" and each.answer is not None and each.acknowledged}
        return self.faults_of(fresh)

    def faults_of(self, identifiers):
        return [
            f"{identifier} is {self.outcomes[identifier]}, and stored as {status} {record}"
            for identifier, status, record in self.load.stored(identifiers)
            if status != 200 or record["outcome"] != self.outcomes[identifier]
        ]

    def compare_truths(self):
        faults = []
        said = {each.says[0] for each in self.load.of("statement")}
        for identifier, _, record in self.load.stored(said):
            shown = record.get("ground_truth") and record["ground_truth"]["same_person"]
            # A dying process may still accept connections, and drop what comes: more than one can be unsure.
            allowed = {self.load.truths.get(identifier), *self.load.unsure_truths.pop(identifier, ())}
            if shown not in allowed:
                said = [(each.says[1], each.status, each.lost) for each in self.load.of("statement") if each.says[0] == identifier]
                faults.append(f"{identifier}: ground truth {shown} instead of {allowed}; this round said {said[-4:]}")
            self.load.truths[identifier] = shown
        return faults

    def compare_bills(self):
        ledger = self.server.ledger("bank")
        faults = []
        if len(ledger) != len(set(ledger)):
            faults.append("an outcome was billed twice")
        if set(ledger) != self.bills:
            missing, extra = self.bills - set(ledger), set(ledger) - self.bills
            faults.append(f"not billed: {sorted(missing)}; billed without an acknowledged outcome: {sorted(extra)}")
        return faults

    def lost_truths(self):
        return [
            identifier for identifier, _, record in self.load.stored(self.load.truths)
            if (record.get("ground_truth") or {}).get("same_person") != self.load.truths[identifier]
        ]

    def audit_all(self):
        """At the end: everything that was ever acknowledged."""
        check(f"{self.name}: all {len(self.outcomes)} outcomes are there", not (faults := self.faults_of(self.outcomes)), faults)
        check(f"{self.name}: all {len(self.load.truths)} ground truths are there", not (faults := self.lost_truths()), faults)
        check(f"{self.name}: something was billed", len(self.bills) > 0, self.sums)


def brief(answer):
    return {name: value[:20] if isinstance(value, str) else value for name, value in answer.items()}


def faults_in_sqlite(data):
    """What the file itself says: sound, and no row without those it belongs to."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/selfsame.db?mode=ro", uri=True)) as database:
        faults = [row for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
        faults += database.execute("PRAGMA foreign_key_check").fetchall()
        faults += database.execute(
            "SELECT ledger.outcome_id FROM ledger LEFT JOIN outcomes ON outcomes.id = ledger.outcome_id"
            " AND outcomes.customer = ledger.customer WHERE outcomes.id IS NULL"
            " AND ledger.outcome_id NOT IN (SELECT id FROM sms_messages)"
        ).fetchall()
        faults += database.execute("SELECT id FROM verifications WHERE (state = 3) <> (outcome_id IS NOT NULL)").fetchall()
        faults += database.execute(
            "SELECT verification_id FROM verification_transitions WHERE to_state = 3 GROUP BY 1 HAVING count(*) > 1"
        ).fetchall()
        columns = [("outcomes", each) for each in ("reference_blob", "capture_blob", "best_frame_blob")]
        columns += [("verifications", "reference_blob"), ("verification_chunks", "blob"), ("uploads", "blob"), ("register_records", "photo_blob")]
        blobs = {row[0] for table, c in columns for row in database.execute(f"SELECT {c} FROM {table} WHERE {c} <> ''")}
    there = {path.name for path in pathlib.Path(data, "blobs").rglob("*") if path.is_file() and path.parent.name != "incoming"}
    faults += [f"blob {each} is gone" for each in sorted(blobs - there)]
    return faults, there - blobs


def wait_for_answers(load, luck):
    """Until something of this round was acknowledged, most times a verdict on a video; and a moment more."""
    kind, end = luck.choice((None, "liveness", "liveness")), time.monotonic() + 60
    while not load.acknowledged(kind) and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(luck.uniform(0, 0.7))


def kills(name, server, count, seed):
    """kill -9 during load, again and again; after each the account must be right."""
    luck = random.Random(seed)
    load = Load(server.host, server.key("bank"), seed)
    account = Account(name, server, load)
    server.start()
    starts, under_way = [], 0
    for i in range(count):
        load.start()
        wait_for_answers(load, luck)
        under_way += load.under_way
        server.end(signal.SIGKILL)
        load.stop()
        starts.append(server.start())
        account.audit(f"kill {i + 1} of {count}")
        if (i + 1) % 10 == 0:
            print(f"{name}: {i + 1} of {count} kills, {passed} passed, {failed} failed so far", flush=True)
    account.audit_all()
    check(f"{name}: requests were under way at the kills", under_way >= 3 * count, under_way)
    code = server.end(signal.SIGTERM)
    check(f"{name}: it still stops as it should", code == 0, code)
    starts.sort()
    print(
        f"{name}: {count} kills with {under_way} requests under way; {account.sums['acknowledged']} acknowledged, "
        f"{account.sums['cut']} cut, {account.sums['repeated']} sent again, {len(account.bills)} billed; "
        f"ready again after {starts[len(starts) // 2]:.2f} s (median), {starts[-1]:.2f} s at most", flush=True,
    )
    return account


def kills_on_sqlite(folder, count, seed):
    with running(Server(folder / "data")) as server:
        account = kills("SQLite", server, count, seed)
        faults, orphans = faults_in_sqlite(server.data)
        check("SQLite: the file is sound, every blob is there", not faults, faults)
        report = sweep(server)
        check("SQLite: the sweep erases the orphans of the kills", report["erased"] == len(orphans), (report, len(orphans)))
        faults, left = faults_in_sqlite(server.data)
        check("SQLite: and nothing but them", not faults and not left, (faults, left))
        print(f"SQLite: the kills left {len(orphans)} blobs without an outcome, and the sweep none", flush=True)
        server.start()
        audits_can_fail(account)


def sweep(server):
    """What `selfsame blobs sweep` did, two hours later."""
    then = time.time() - 7200
    for path in pathlib.Path(server.data, "blobs").rglob("*"):
        os.utime(path, (then, then))
    return json.loads(selfsame("blobs", "sweep", "--data", server.data, "--older-than", "1", "--however-many", "--json", env=server.env))


def audits_can_fail(account):
    """Each loss that the audits are there for is made by hand, and must be noticed."""
    server, load = account.server, account.load
    with contextlib.closing(sqlite3.connect(f"{server.data}/selfsame.db", isolation_level=None)) as database:
        decided = next(each.id for each in load.of("liveness") if each.answer and not each.refusal)
        frame = database.execute("SELECT best_frame_blob FROM outcomes WHERE id IN (SELECT outcome_id FROM ledger)").fetchone()[0]
        pathlib.Path(server.data, "blobs", frame[:2], frame).unlink()
        check("a lost blob would be noticed", faults_in_sqlite(server.data)[0])
        database.execute("DELETE FROM ground_truths WHERE outcome_id = ?", [next(iter(load.truths))])
        check("a lost ground truth would be noticed", account.lost_truths())
        database.execute("UPDATE outcomes SET outcome = 1 - outcome WHERE id = ?", [load.comparisons[0]])
        check("another verdict would be noticed", account.faults_of(account.outcomes))
        database.execute("DELETE FROM ledger WHERE outcome_id = ?", [next(iter(account.bills))])
        check("a lost charge would be noticed", account.compare_bills())
        account.bills = set(server.ledger("bank"))
        database.execute("DELETE FROM ledger WHERE outcome_id = ?", [decided])
        database.execute("DELETE FROM outcomes WHERE id = ?", [decided])
        check("a lost outcome would be noticed", account.ask_again())


def sessions(name, server, count, seed):
    """kill -9 while verification sessions are under way; each of them comes to its one verdict all the same."""
    luck = random.Random(seed)
    load = SessionLoad(server.host, server.key("bank"), seed)
    server.start()
    unfinished = 0
    for i in range(count):
        load.start()
        time.sleep(luck.uniform(1.5, 6))
        server.end(signal.SIGKILL)
        load.stop()
        server.start()
        unfinished += sum(each.result is None for each in load.open())
        load.finish()
        audit_sessions(f"{name}: sessions after kill {i + 1} of {count}", server, load)
    check(f"{name}: sessions were under way at the kills", unfinished >= count, unfinished)
    print(f"{name}: {count} kills with {unfinished} sessions under way of {len(load.open())}, all decided", flush=True)
    return load


def audit_sessions(when, server, load):
    faults = list(load.faults)
    faults += [f"{each.opened['id']}: {each.result}" for each in load.open() if not each.result or each.result["passed"] != (each.expected == "match")]
    faults += [fault for each in load.open() for fault in each.faults_for_customer()]
    ledger, decided = server.ledger("bank"), sorted(each.opened["id"] for each in load.open())
    if sorted(ledger) != decided:
        faults.append(f"billed {len(ledger)} times for {len(decided)} sessions: {sorted(set(ledger) ^ set(decided))}")
    check(when, not faults, faults)


# Every surface

def ledger_rows(data):
    with contextlib.closing(sqlite3.connect(f"file:{data}/selfsame.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT customer, outcome_id, product, code, units FROM ledger ORDER BY entry").fetchall()


def audit_world(when, world):
    rows = ledger_rows(world.server.data)
    faults = world.audit(rows)
    if len(rows) != len({row[1] for row in rows}):
        faults.append("an outcome was billed twice")
    check(when, not faults, faults)


def texts_at_last(world, centre, kills):
    """What became of the messages: nothing is lost, and nothing is sent twice that is not said to be in doubt."""
    texts = world.texts

    def states():
        with contextlib.closing(sqlite3.connect(f"file:{world.server.data}/selfsame.db?mode=ro", uri=True)) as database:
            return {message: SMS_STATES[state] for message, state in database.execute("SELECT id, state FROM sms_messages")}

    # Submitted: the receipt came when nobody was there.
    while set((found := states()).values()) - {"delivered", "submitted", "unknown"} and time.monotonic() < end:
        time.sleep(0.2)
    faults = []
    for message, text in texts.texts.items():
        times = [centre.times.get((texts.number, each), 0) for each in texts.segments(text)]
        state = found.get(message)
        if state != "unknown" and (state not in ("delivered", "submitted") or set(times) != {1}):
            faults.append(f"{message} is {state}, and its segments came {times} times")
    twice = [text for (_, text), times in centre.times.items() if times > 1]
    counts = collections.Counter(found.get(each) for each in texts.texts)
    in_doubt = counts["unknown"]
    check("surfaces: each message that was acknowledged came once, or is said to be in doubt", not faults, faults)
    check("surfaces: no message came twice", not twice, twice)
    check("surfaces: no more in doubt than were in flight", in_doubt <= kills * SMS_WINDOW, in_doubt)
    print(f"surfaces: {len(texts.texts)} messages acknowledged, {len(centre.times)} segments at the centre: {dict(counts)}", flush=True)


def end_leases(data):
    """As if two minutes had gone by: what a dead server had in flight is nobody's."""
    with contextlib.closing(sqlite3.connect(f"{data}/selfsame.db", isolation_level=None)) as database:
        database.execute("UPDATE sms_messages SET leased_until = 1 WHERE state = 1")


def wait_for_all(world, before, luck):
    """Until most surfaces have acknowledged something in this round, five seconds at most, and a moment more."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        waited = [each for each, count in zip(world.surfaces, before) if each.acknowledged == count]
        if len(waited) <= len(before) // 4:
            break
        time.sleep(0.01)
    time.sleep(luck.uniform(0, 1.5))


def kills_on_surfaces(folder, count, seed, only):
    """kill -9 with every surface at work; each acknowledged outcome is there, and billed as its table says."""
    luck, centre = random.Random(seed), Centre()
    (folder / "password").write_text("secret\n")
    (folder / "password").chmod(0o600)
    (folder / "routes.toml").write_text(
        f'[[route]]\nname = "main"\nprefixes = ["62"]\nhost = "127.0.0.1"\nport = {centre.port}\nsystem_id = "selfsame"\n'
        f'password_file = "{folder}/password"\nwindow = {SMS_WINDOW}\n')
    settings = {"SELFSAME_SMS_ROUTES_FILE": str(folder / "routes.toml"), "SELFSAME_SMS_NUMBER_PER_HOUR": "0", "SELFSAME_SMS_NUMBER_PER_DAY": "0",
                "SELFSAME_REGISTER_ENQUIRIES_PER_DAY": "1000000"}
    with running(Server(folder / "data", {**SOON, **settings})) as server:
        fill_register(selfsame, folder, server.data)
        world = World(server, centre, selfsame, luck, only)
        server.start()
        for i in range(count):
            before = [each.acknowledged for each in world.surfaces]
            world.start()
            wait_for_all(world, before, luck)
            server.end(signal.SIGKILL)
            world.stop()
            end_leases(server.data)
            server.start()
            world.settle()
            audit_world(f"surfaces: kill {i + 1} of {count}", world)
            if (i + 1) % 10 == 0:
                print(f"surfaces: {i + 1} of {count} kills, {world.acknowledged()} acknowledged, {world.cut()} cut, {failed} failed so far", flush=True)
        for surface in world.surfaces:
            surface.finish()
        audit_world("surfaces: in the end, everything that was ever acknowledged", world)
        texts_at_last(world, centre, count)
        idle = [each.name for each in world.surfaces if not each.acknowledged]
        check("surfaces: all of them were at work", not idle, idle)
        check("surfaces: calls were under way at the kills", world.cut() >= 3 * count, world.cut())
        check("surfaces: the server still stops as it should", (code := server.end(signal.SIGTERM)) == 0, code)
        faults, _ = faults_in_sqlite(server.data)
        check("surfaces: the file is sound, every blob is there", not faults, faults)
        for each in world.surfaces:
            print(f"surfaces: {each.name}: {each.acknowledged} acknowledged, {each.cut} cut, billed {sum(each.bill.values())} {dict(each.bill)}", flush=True)
        losses_would_show(world)


def losses_would_show(world):
    """For each surface that is billed: a row that is gone, and one too many."""
    with contextlib.closing(sqlite3.connect(f"{world.server.data}/selfsame.db", isolation_level=None)) as database:
        for each in world.surfaces:
            if not each.bill:
                continue
            rows = ledger_rows(world.server.data)
            mine = next(row for row in reversed(rows) if row[0] == each.name and (not each.ids or row[1] in each.ids))
            without = [row for row in rows if row is not mine]
            check(f"surfaces: {each.name}: a lost charge would be noticed", world.audit(without) and not world.audit(rows))
            more = [(each.name, f"too many {i}", *mine[2:]) for i in range(each.unsure + 1)]
            check(f"surfaces: {each.name}: a charge too many would be noticed", world.audit(rows + more))
        message = next(iter(world.texts.texts))
        database.execute("DELETE FROM sms_segments WHERE message_id = ?", [message])
        database.execute("DELETE FROM sms_messages WHERE id = ?", [message])
        check("surfaces: a lost message would be noticed", faults_in_sqlite(world.server.data)[0])


SMS_WINDOW = 20
SMS_STATES = ("queued", "sending", "submitted", "delivered", "failed", "unknown", "outbox")  # core/sms.h
SOON = {"SELFSAME_VERIFICATIONS_JUDGING_LIMIT_S": "6", "SELFSAME_VERIFICATIONS_SWEEP_INTERVAL_S": "1"}


def sessions_on_sqlite(folder, count, seed):
    with running(Server(folder / "data", SOON)) as server:
        load = sessions("SQLite", server, count, seed)
        check("SQLite: it still stops as it should", (code := server.end(signal.SIGTERM)) == 0, code)
        faults, _ = faults_in_sqlite(server.data)
        check("SQLite: sessions leave a sound file, every blob is there", not faults, faults)
        with contextlib.closing(sqlite3.connect(f"{server.data}/selfsame.db", isolation_level=None)) as database:
            billed = load.open()[0].opened["id"]
            database.execute("DELETE FROM ledger WHERE outcome_id = ?", [billed])
            check("a session's lost charge would be noticed", billed not in server.ledger("bank"))
            database.execute("UPDATE verifications SET state = 4 WHERE id = ?", [billed])
            check("a session's lost verdict would be noticed", faults_in_sqlite(server.data)[0])
            server.start()
            check("and is not read", load.open()[0].faults_for_customer())


def sessions_on_postgres(folder, count, seed):
    made = subprocess.run([POSTGRES, "start", folder / "postgres"], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        skip("sessions on PostgreSQL", made.stderr.strip())
        return
    try:
        with running(Server(folder / "data", {"SELFSAME_DATABASE_URL": made.stdout.strip(), **SOON})) as server:
            sessions("PostgreSQL", server, count, seed)
    finally:
        subprocess.run([POSTGRES, "stop", folder / "postgres"], check=False)


def kills_on_postgres(folder, count, seed):
    made = subprocess.run([POSTGRES, "start", folder / "postgres"], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        skip("kills on PostgreSQL", made.stderr.strip())
        return
    try:
        with running(Server(folder / "data", {"SELFSAME_DATABASE_URL": made.stdout.strip()})) as server:
            kills("PostgreSQL", server, count, seed)
    finally:
        subprocess.run([POSTGRES, "stop", folder / "postgres"], check=False)


def refuses(host):
    try:
        socket.create_connection(tuple(host.split(":")), timeout=10).close()
    except ConnectionRefusedError:
        return True
    return False


def stops(folder, count, seed):
    """SIGTERM under load: what had begun is answered, whole; what comes later is refused or answered."""
    luck = random.Random(seed)
    with running(Server(folder / "data")) as server:
        load = Load(server.host, server.key("bank"), seed)
        account = Account("SIGTERM", server, load)
        server.start()
        under_way = 0
        for i in range(count):
            load.start()
            wait_for_answers(load, luck)
            under_way += load.under_way
            told = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            check(f"stop {i + 1} of {count}: new connections are refused", refuses(server.host), "one was accepted")
            code = server.process.wait(GRACE_S + 30)
            took = time.monotonic() - told
            load.stop()
            cut = [
                f"{each.kind} {told - each.began:.3f} s before: {each.lost}" for each in load.requests
                if each.lost and (each.began < told or "IncompleteRead" in each.lost)
            ]
            check(f"stop {i + 1} of {count}: no request is cut", not cut, cut)
            check(f"stop {i + 1} of {count}: exit code 0 within the grace", code == 0 and took < GRACE_S, (code, took))
            server.start()
            account.audit(f"stop {i + 1} of {count}")
        check("SIGTERM: requests were under way", under_way >= 3 * count, under_way)
        account.audit_all()
        server.end(signal.SIGTERM)
        print(f"SIGTERM: {count} stops with {under_way} requests under way; {account.sums}", flush=True)


# Disks

@contextlib.contextmanager
def small_disk(folder, megabytes):
    """A file system of its own, or nothing where that is not permitted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "--lazy", folder], check=False)


def answers_nothing_but_an_error(load, luck):
    """A new request gets no verdict, and a code that says why; its reason for failing, else."""
    status, answer = load.liveness(luck).send(load.connect())
    if (status, answer.get("Error", {}).get("Code")) != (200, "InternalError"):
        return brief(answer)
    status, answer = load.comparison(luck).send(load.connect())
    return "" if (status, answer.get("code")) == (503, "storage_unavailable") else (status, answer)


def counts_of(data):
    with contextlib.closing(sqlite3.connect(f"{data}/selfsame.db")) as database:
        return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("outcomes", "ledger")]


def full_disk(folder, seed):
    luck = random.Random(seed)
    with small_disk(folder / "disk", 64) as mounted:
        if not mounted:
            skip("a full disk, a read-only folder", "mounting a tmpfs is not permitted here")
            return
        with running(Server(folder / "disk" / "data")) as server:
            load = Load(server.host, server.key("bank"), seed)
            server.log = folder / "server.log"
            server.start()
            first = load.liveness(luck)
            first.status, first.answer = load.again(first)
            check("before the disk is full there is a verdict", first.acknowledged, first.answer)
            filler = folder / "disk" / "filler"
            with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * 65536)
            before = counts_of(server.data)
            wrong = answers_nothing_but_an_error(load, luck)
            check("a full disk gives an error and no verdict", not wrong, wrong)
            check("a full disk stores no outcome and no charge", counts_of(server.data) == before, counts_of(server.data))
            check("what was acknowledged before can still be read", load.again(first)[1] == first.answer)
            filler.unlink()
            status, answer = load.again(load.liveness(luck))
            check("with room again there are verdicts again", "Result" in answer, (status, answer))
            check("the server stops as it should", server.end(signal.SIGTERM) == 0)
            faults, orphans = faults_in_sqlite(server.data)
            check("a full disk leaves a sound file and no orphan", not faults and not orphans, (faults, orphans))
            read_only(server, folder)


def read_only(server, folder):
    """The disk of the stopped server is mounted read-only: it says so and does not start."""
    subprocess.run(["mount", "-o", "remount,ro", folder / "disk"], check=True)
    size = server.log.stat().st_size
    server.launch()
    code = server.process.wait(60)
    said = server.said[size:]
    check("a read-only data folder keeps the server from starting", code == 1, (code, said))
    check("and it says which file", f"{server.data}/selfsame.db" in said, said)
    subprocess.run(["mount", "-o", "remount,rw", folder / "disk"], check=True)
    server.start()
    server.end(signal.SIGTERM)


def damages(sound):
    """Name and content of databases that nothing may be read from."""
    yield "header", b"\0" * 100 + sound[100:]
    yield "half", sound[: len(sound) // 2]
    yield "pages", sound[:4096] + b"\xff" * (len(sound) - 4096)
    yield "text", b"not a database\n" * 999


def put_database(data, content):
    (data / "selfsame.db").write_bytes(content)
    for side in ("-wal", "-shm"):
        pathlib.Path(f"{data}/selfsame.db{side}").unlink(missing_ok=True)


def damaged(folder, seed):
    """A damaged database file: the server does not start, or gives no verdict."""
    luck = random.Random(seed)
    data = folder / "data"
    with running(Server(data)) as server:
        load = Load(server.host, server.key("bank"), seed)
        server.start()
        server.end(signal.SIGTERM)
        sound = (data / "selfsame.db").read_bytes()
        for name, content in damages(sound):
            put_database(data, content)
            size = server.log.stat().st_size
            server.launch()
            code = server.process.wait(60)
            said = server.said[size:]
            check(f"a damaged database ({name}) keeps the server from starting", code == 1, (code, said))
            check(f"a damaged database ({name}) is named", f"{data}/selfsame.db" in said and "sqlite: " in said, said)

        # Damage that shows only when an outcome is stored.
        put_database(data, sound)
        with contextlib.closing(sqlite3.connect(data / "selfsame.db")) as database:
            root = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'outcomes'").fetchone()[0]
        put_database(data, sound[: 4096 * (root - 1)] + b"\xff" * 4096 + sound[4096 * root :])
        server.start()
        wrong = answers_nothing_but_an_error(load, luck)
        check("a damaged table gives an error and no verdict", not wrong, wrong)
        check("the server stops as it should", server.end(signal.SIGTERM) == 0)
        put_database(data, sound)
        server.start()
        status, answer = load.again(load.liveness(luck))
        check("with the sound file there are verdicts again", "Result" in answer, (status, answer))
        server.end(signal.SIGTERM)


def attempt(name, function, *arguments):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_faults_"))
    try:
        function(folder, *arguments)
    except Exception:  # one scene that breaks does not hide the others
        check(name, False, traceback.format_exc()[-900:])
        log = next(iter(folder.rglob("server.log")), None)
        if log:
            print(log.read_text(errors="replace")[-600:], flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description="Crashes, stops and failing disks.")
    parser.add_argument("--kills", type=int, default=5, metavar="N")
    parser.add_argument("--kills-postgres", type=int, default=2, metavar="N")
    parser.add_argument("--kills-sessions", type=int, default=2, metavar="N")
    parser.add_argument("--kills-surfaces", type=int, default=2, metavar="N")
    parser.add_argument("--surfaces", nargs="*", default=(), metavar="NAME", help="only these beside text messages")
    parser.add_argument("--stops", type=int, default=2, metavar="N")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--no-disks", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    if options.kills:
        attempt("kills on SQLite", kills_on_sqlite, options.kills, options.seed)
    if options.kills_postgres:
        attempt("kills on PostgreSQL", kills_on_postgres, options.kills_postgres, options.seed)
    if options.kills_sessions:
        attempt("sessions on SQLite", sessions_on_sqlite, options.kills_sessions, options.seed)
        attempt("sessions on PostgreSQL", sessions_on_postgres, (options.kills_sessions + 1) // 2, options.seed)
    if options.kills_surfaces:
        attempt("every surface", kills_on_surfaces, options.kills_surfaces, options.seed, options.surfaces)
    if options.stops:
        attempt("stops", stops, options.stops, options.seed)
    if not options.no_disks:
        attempt("full disk", full_disk, options.seed)
        attempt("damaged database", damaged, options.seed)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Tests of tools/fetch.py, tools/setup.sh, tools/demo.py and of the files they read. No network."""

import io
import re
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import unittest
import unittest.mock
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import code_tables  # noqa: E402
import demo  # noqa: E402
import fetch  # noqa: E402


def toml(path):
    with open(ROOT / path, "rb") as stream:
        return tomllib.load(stream)


class CodeTables(unittest.TestCase):
    """On a tree of one table and one test, whose files a case changes. `!` keeps the tool from reading this file."""

    CODES = "surface\tcode\tname\tbilled\nweb\t400\tBAD:<key>\tN\nweb\t200\tFINE\tY\nsdk\t1\tLOST\t\n"
    TEST = "def test_both():  # code! web BAD:<key>, FINE\n    assert answers() == ['BAD:x', 'FINE']\n"
    WHY = "surface\tname\twhy\nsdk\t*\tof the app\n"

    def faults(self, codes=CODES, test=TEST, why=WHY, file="tests/acme/acme_test.py"):
        """What the tool says of it; it is not of one mind with itself when a second look finds other pages."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path, text in (("tests/acme/codes/web.tsv", codes), ("tests/acme/codes/unreached.tsv", why), (file, test)):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(re.sub(r"(codes?)!", r"\1:", text))
            (root / "docs").mkdir()
            with unittest.mock.patch.multiple(code_tables, ROOT=root, TABLES={"acme.md": ("acme", "web.tsv", "Acme")}):
                faults = code_tables.look(check=False)
                self.assertEqual(code_tables.look(check=True), faults)
                self.page = (root / "docs/api/acme.md").read_text()
                (root / "docs/api/acme.md").write_text("older")
                self.assertEqual(len(code_tables.look(check=True)), len(faults) + 1)
        return faults

    def test_a_code_has_a_test_or_a_reason(self):
        self.assertEqual(self.faults(), [])
        self.assertIn("| web | `BAD:<key>` | 400 | no | `tests/acme/acme_test.py test_both` |", self.page)
        self.assertIn("| sdk | `LOST` | 1 |  | not: of the app |", self.page)
        self.assertEqual(self.faults(codes=self.CODES + "web\t500\tBROKEN\tN\n"), ["Acme: web BROKEN has no test"])

    def test_comments_and_reasons_are_of_codes(self):
        wrong = {
            "names web GONE": {"test": self.TEST + "# code! web GONE\nGONE\n"},
            "says web FINE and has nothing like it": {"test": self.TEST.replace("'FINE'", "''")},
            "a reason for web FINE": {"why": self.WHY + "web\tFINE\tnobody is\n"},
            "a reason for web GONE": {"why": self.WHY + "web\tGONE\tnobody is\n"},
        }
        for words, files in wrong.items():
            faults = self.faults(**files)
            self.assertEqual(len(faults), 1, faults)
            self.assertIn(words, faults[0])

    def test_every_kind_of_test_may_say_it(self):
        for file, text, name in (
            ("src/a/a_test.cpp", "TEST_F(Acme, Both) {\n  // code! web BAD:<key>; web FINE\n  BAD FINE\n", " Acme.Both"),
            ("tests/x/x.mjs", "await test('both', () => {  // code! web BAD:<key>, FINE\n  BAD FINE\n", " both"),
            ("tests/x/x.py", '@case("both")\n# code! web BAD:<key>, FINE\nBAD FINE\n', " both"),
            ("tests/x/cases/both.http", "# code! web BAD:<key>, FINE\nGET /\nBAD FINE\n", ""),
            ("tests/x/x.py", 'ROWS = {  # codes! web\n    "BAD:<key>": 1,\n    "FINE": 2,\n}\n', ""),
        ):
            with self.subTest(file):
                self.assertEqual(self.faults(test=text, file=file), [])
                self.assertIn(f"`{file}{name}`", self.page)


class Lock(unittest.TestCase):
    def setUp(self):
        self.lock = toml("models/lock.toml")
        self.files = [file for package in self.lock["package"] for file in package.get("file", [])]

    def test_every_entry_is_pinned_and_licensed(self):
        for entry in self.lock["package"] + self.files + self.lock["derived"]:
            with self.subTest(entry.get("name") or entry["to"]):
                self.assertRegex(entry["sha256"], r"^[0-9a-f]{64}$")
                self.assertGreater(entry["bytes"], 0)
                self.assertTrue(entry["licence"])

    def test_destinations_stay_inside_build(self):
        trees = [tree for package in self.lock["package"] for tree in package.get("tree", [])]
        for entry in self.files + trees + self.lock["derived"]:
            self.assertRegex(entry["to"], r"^(deps|tools|models|fixtures|cache|testdata)/")
            self.assertNotIn("..", entry["to"])

    def test_no_download_address_in_any_lock(self):
        locks = ["models/lock.toml", "tools/locks/fold.txt", "tests/conformance/requirements.lock"]
        for path in locks:
            self.assertNotIn("://", (ROOT / path).read_text(), path)
        self.assertNotIn('"resolved"', (ROOT / "tests/conformance/package-lock.json").read_text())


class Fetch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        before = fetch.BUILD
        fetch.BUILD = self.folder / "build"
        self.addCleanup(setattr, fetch, "BUILD", before)

    def wheel(self, **files):
        path = self.folder / "it-1-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as out:
            for name, text in files.items():
                out.writestr(name, text)
        return fetch.Archive(path)

    def test_wheel_tags(self):
        self.assertEqual(fetch.wheel_tags("a-1-cp311-cp311-manylinux_2_28_x86_64.whl"), ("3.11", ["manylinux_2_28_x86_64"]))
        self.assertEqual(fetch.wheel_tags("a-1-py2.py3-none-any.whl"), ("3.11", ["any"]))

    def test_altered_file_names_both_digests(self):
        path = self.folder / "file"
        path.write_bytes(b"altered")
        with self.assertRaisesRegex(fetch.Failure, "expected +sha256 " + "0" * 64) as caught:
            fetch.verify(path, "0" * 64, "file")
        self.assertIn(fetch.sha256_of(path), str(caught.exception))

    def test_altered_file_of_an_archive_is_refused(self):
        entry = {"path": "m.onnx", "to": "models/m.onnx", "sha256": "0" * 64}
        with self.wheel(**{"m.onnx": "network"}) as archive, self.assertRaises(fetch.Failure):
            fetch.unpack_file(archive, entry)

    def test_tree_keeps_drops_and_cuts(self):
        names = {"top/a/x.h": "x", "top/a/y.so": "y", "top/b.txt": "b", "other": "o"}
        with self.wheel(**names) as archive:
            fetch.unpack_tree(archive, {"from": "top/", "to": "deps/t", "keep": ["a/*"], "drop": ["*.so"]})
        found = [str(path.relative_to(fetch.BUILD)) for path in fetch.BUILD.rglob("*") if path.is_file()]
        self.assertEqual(found, ["deps/t/a/x.h"])

    def test_tree_never_leaves_its_folder(self):
        with self.wheel(**{"../../evil": "x"}) as archive, self.assertRaisesRegex(fetch.Failure, "outside"):
            fetch.unpack_tree(archive, {"to": "deps/t"})

    def test_links_in_source_archives_are_not_followed(self):
        path = self.folder / "s.tar.gz"
        with tarfile.open(path, "w:gz") as out:
            link = tarfile.TarInfo("s/link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            out.addfile(link)
            plain = tarfile.TarInfo("s/plain")
            plain.size = 2
            out.addfile(plain, io.BytesIO(b"ok"))
        with fetch.Archive(path) as archive:
            self.assertEqual(archive.names(), ["s/plain"])


class Packages(unittest.TestCase):
    def test_the_shell_reads_the_lists_as_toml_does(self):
        lists = toml("packaging/packages.toml")
        for distribution, table in lists.items():
            for name in ("build", "test"):
                script = f'root={ROOT}; distribution={distribution}; . "$root/tools/setup.sh"; packages_of {name}'
                said = subprocess.run(["bash", "-c", script], text=True, capture_output=True, check=True).stdout
                self.assertEqual(said.split(), table[name], f"{distribution} {name}")

    def test_unknown_distribution_gets_nothing(self):
        script = f'root={ROOT}; distribution=plan-9; . "$root/tools/setup.sh"; packages_of build'
        self.assertEqual(subprocess.run(["bash", "-c", script], text=True, capture_output=True).stdout, "")


class Demo(unittest.TestCase):
    def test_tc3_signature_is_the_vendor_sdks(self):
        said = demo.tc3_authorization(
            "AKIDexample", "SecretExample", "127.0.0.1:8080", b'{"SecureLevel": "1"}', 1767225600
        )
        self.assertEqual(
            said,
            "TC3-HMAC-SHA256 Credential=AKIDexample/2026-01-01/faceid/tc3_request, SignedHeaders=content-type;host, "
            "Signature=9376e2279589ff1d16b2da4e95599bd9d5aa487b0b2d64988505a6b53a0e75d6",
        )

    def test_a_taken_port_gives_way_unless_it_was_asked_for(self):
        with demo.socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.assertFalse(demo.is_free("127.0.0.1", port))
            with self.assertRaisesRegex(SystemExit, "is taken"):
                demo.address("--listen", f"127.0.0.1:{port}", "1")

    def test_bad_addresses_are_refused(self):
        for wanted in ("8080", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http"):
            with self.assertRaisesRegex(SystemExit, "HOST:PORT"):
                demo.address("--listen", wanted, "1")


class Scripts(unittest.TestCase):
    def test_options_are_checked_before_anything_is_done(self):
        for script, option in (("run", "--nonsense"), ("test", "nonsense")):
            result = subprocess.run([ROOT / script, option], text=True, capture_output=True)
            self.assertEqual(result.returncode, 1)
            self.assertIn("nonsense", result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(subprocess.run([ROOT / script, "--help"], capture_output=True).returncode, 0)

    def test_no_machine_paths_in_these_files(self):
        for path in ("run", "test", ".ci/run", "tools/setup.sh", "tools/fetch.py", "tools/demo.py", "packaging/packages.toml"):
            self.assertIsNone(re.search(r"/(work|root|home|tmp)/", (ROOT / path).read_text()), path)


class QueryPlans(unittest.TestCase):
    """No statement on SQLite goes through a whole table, however many sessions there are: none but these."""

    MAY_SCAN = {
        # What an operator lists.
        "SELECT access_key_id, customer, created_at, disabled_at FROM access_keys",
        "SELECT DISTINCT customer FROM customer_versions",
        "SELECT number_hash, sealed, added_at FROM sms_opt_outs",
        "SELECT customer, code, text, set_at FROM sms_templates",
        "SELECT state, route, count(*) FROM sms_messages",
        # A list, newest first, that ends at its limit.
        "SELECT id, customer, access_key_id, number_hash, country_code",
        # Of an index that holds nothing but what is to be done.
        "SELECT s.message_id, MIN(s.number) FROM sms_segments s",
        "UPDATE webhook_deliveries SET state = ?2, ended_at = ?3",
        "UPDATE webhook_deliveries SET state = ?3, ended_at = ?4",
        # Of four rows.
        "WITH mine AS",
    }
    LITERAL = r'"((?:[^"\\\n]|\\.)*)"'

    def statements(self):
        for path in sorted((ROOT / "src/storage/sqlite").glob("*.cpp")):
            if path.stem.endswith("_test") or path.stem == "migrate":
                continue
            text = path.read_text()
            macros = {}
            for name, body in re.findall(r"#define (SELFSAME_\w+)\s+((?:.*\\\n)*.*\n)", text):
                macros[name] = "".join(re.findall(self.LITERAL, body))
            code = re.sub(r"#define (?:.*\\\n)*.*\n", "", text)
            literal = self.LITERAL.replace('"(', '"(?:', 1)
            piece = rf"(?:{literal}|\bSELFSAME_[A-Z_]+_COLUMNS\b)"
            for found in re.finditer(rf"{piece}(?:\s*{piece})*", code):
                pieces = re.findall(rf"{self.LITERAL}|\b(SELFSAME_[A-Z_]+_COLUMNS)\b", found[0])
                sql = "".join(text or macros.get(name, "") for text, name in pieces)
                if re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql):
                    yield path.name, sql

    def scans_of(self, database, sql):
        numbers = set(re.findall(r"\?(\d+)", sql))
        plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * len(numbers))]
        # What a statement makes up itself is as short as it makes it.
        own = "|".join(["json_each", "CONSTANT", *re.findall(r"\bWITH RECURSIVE (\w+)", sql)])
        return [step for step in plan if step.startswith("SCAN") and not re.match(rf"SCAN (?:{own})\b", step)]

    def database(self):
        database = sqlite3.connect(":memory:")
        self.addCleanup(database.close)
        for path in sorted((ROOT / "src/storage/migrations").glob("*.sqlite.sql")):
            database.executescript(path.read_text())
        return database

    def test_every_statement_uses_an_index(self):
        database, seen, scanning = self.database(), 0, set()
        for name, sql in self.statements():
            with self.subTest(file=name, sql=sql[:100]):
                seen += 1
                may = next((text for text in self.MAY_SCAN if sql.startswith(text)), None)
                scans = self.scans_of(database, sql)
                scanning |= {may} if scans else set()
                self.assertTrue(may or not scans, scans)
        self.assertGreater(seen, 100)
        self.assertEqual(scanning, self.MAY_SCAN, "named, and not there or not scanning any more")

    def test_a_scan_would_be_noticed(self):
        self.assertTrue(self.scans_of(self.database(), "SELECT 1 FROM outcomes WHERE decided_at < ?1"))
        self.assertEqual(self.scans_of(self.database(), "SELECT 1 FROM outcomes WHERE id = ?1"), [])


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=1)
    result = program.result
    bad = len(result.failures) + len(result.errors)
    sys.stderr.flush()
    line = f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed"
    print(line + (f", {len(result.skipped)} skipped" if result.skipped else ""))
    sys.exit(1 if bad else 0)

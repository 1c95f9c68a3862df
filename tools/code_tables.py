#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write docs/api/: every code of a guide's tables, the test that reaches it, its HTTP status, billed or not.

The codes are in tests/VENDOR/codes/*.tsv (surface, code, name, billed). A test, wherever it is, says what it
reaches in a comment, `code: SURFACE NAME, NAME; SURFACE NAME`, beside or in it; over a table of tests whose keys
are the codes, `codes: SURFACE` is enough. What no test reaches stands in codes/unreached.tsv with the reason. A code
that is in neither is a failure, and so are a comment or a reason for no code, a reason for a code that has a
test, and a comment in a file that does not otherwise mention the code.

    tools/code_tables.py          writes the tables
    tools/code_tables.py --check  fails when they are not what it would write
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = {
    "alibaba-id-verification.md": ("alibaba", "id-verification.tsv", "Alibaba Cloud ID Verification"),
    "alibaba-requests.md": ("alibaba", "requests.tsv", "Requests of both Alibaba products"),
    "alibaba-sms.md": ("alibaba", "sms.tsv", "Alibaba SMS"),
    "megvii-faceid.md": ("megvii", "faceid.tsv", "Megvii FaceID behind the gateway"),
    "megvii-raw.md": ("megvii", "raw.tsv", "Megvii Raw"),
    "tencent-faceid.md": ("tencent", "faceid.tsv", "Tencent faceid"),
    "tencent-sdk.md": ("tencent", "sdk.tsv", "Tencent's app SDKs"),
}
FILES = ("src/**/*_test.cpp", "tests/**/*.py", "tests/**/*.mjs", "tests/**/*.http")
TEST = re.compile(r"^\s*def (test_\w+)|^TEST(?:_F|_P)?\((\w+, \w+)\)|^@case\(\"(.+)\"\)|^(?:await )?test\('(.+?)'")
NOTE = re.compile(r"(?:#|//) code: (.+)$")
KEYS = re.compile(r"(?:#|//) codes: (\S+)$")
KEY = re.compile(r"^ +\"(.+?)\":")
SHOWN = 3  # tests of one code


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def notes_in(path, lines):
    """(surface, name) → the test, of one file."""
    test = surface = None
    for line in lines:
        if found := TEST.match(line):
            test = next(filter(None, found.groups())).replace(", ", ".", 1 if found[2] else 0)
        where = f"`{path.relative_to(ROOT)}{' ' + test if test else ''}`"
        if found := NOTE.search(line):
            for each in found[1].split("; "):
                of, names = each.split(" ", 1)
                yield from (((of, name), where) for name in names.split(", "))
        if found := KEYS.search(line):
            surface = found[1]
        elif line == "}":
            surface = None
        elif surface and (found := KEY.match(line)):
            yield (surface, found[1]), where


def is_mentioned(name, text):
    """The part of a name that every answer has: FAILED of `FAILED:<why>`, `a=FAILED` and `Operation.FAILED`."""
    part = re.split("[<(:]", name)[0].strip().split("=")[-1].split(".")[-1]
    return re.search(rf"(?<!\w){re.escape(part)}", text) is not None


def all_notes():
    """(surface, name) → the tests; and what is wrong with a comment."""
    tests, faults = {}, []
    for path in sorted(path for pattern in FILES for path in ROOT.glob(pattern)):
        lines = path.read_text(encoding="utf-8").splitlines()
        notes = list(notes_in(path, lines))
        text = "\n".join(NOTE.sub("", line) for line in lines) if notes else ""
        for code, test in notes:
            tests.setdefault(code, []).append(test)
            if not is_mentioned(code[-1], text):
                faults.append(f"{path.relative_to(ROOT)} says {' '.join(code)} and has nothing like it")
    return tests, faults


def reached_by(tests):
    more = f"<br>and {len(tests) - SHOWN} more" if len(tests) > SHOWN else ""
    return "<br>".join(tests[:SHOWN]) + more


def table(title, rows, tests, reasons):
    """The page, and what is wrong with the table."""
    lines = [f"# {title}: every code", "", "Made by tools/code_tables.py: change the tests, not this.", "",
             "| surface | code | HTTP or result | billed | reached by |", "|---|---|---|---|---|"]
    faults, used = [], set()
    for row in rows:
        code = (row["surface"], row["name"])
        key = code if code in reasons else (row["surface"], "*")
        reached = reached_by(tests.get(code, []))
        if not reached and key in reasons:
            used.add(key)
            reached = "not: " + reasons[key]
        if not reached:
            faults.append(f"{title}: {row['surface']} {row['name']} has no test")
        billed = {"Y": "yes", "N": "no"}.get(row["billed"] or "", row["billed"] or "")
        name = row["name"].replace("|", "\\|")
        lines.append(f"| {row['surface']} | `{name}` | {row['code']} | {billed} | {reached} |")
    return "\n".join(lines) + "\n", faults, used


def look(check):
    """Writes the pages, or looks whether they are right; what is wrong."""
    tests, faults = all_notes()
    known = set()
    for vendor in sorted({vendor for vendor, _, _ in TABLES.values()}):
        folder = ROOT / "tests" / vendor / "codes"
        reasons = {(row["surface"], row["name"]): row["why"] for row in rows_of(folder / "unreached.tsv")}
        idle = set(reasons)
        for file, (of, source, title) in TABLES.items():
            if of != vendor:
                continue
            rows = rows_of(folder / source)
            known |= {(row["surface"], row["name"]) for row in rows}
            text, wrong, used = table(title, rows, tests, reasons)
            faults += wrong
            idle -= used
            path = ROOT / "docs/api" / file
            if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
                faults.append(f"{path.relative_to(ROOT)} is not what the tests say: run tools/code_tables.py")
            elif not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
        faults += [f"{vendor} has a reason for {' '.join(code)}, which has a test or is no code" for code in sorted(idle)]
    faults += [f"{tests[code][0]} names {' '.join(code)}, which is no code" for code in tests if code not in known]
    return faults


def main():
    faults = look(check=sys.argv[1:] == ["--check"])
    print("\n".join(faults) or "code tables: ok")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

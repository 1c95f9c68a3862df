#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write docs/api/: every code of a guide's tables, the test that reaches it, its HTTP status, billed or not.

The codes are in tests/SURFACE/codes/*.tsv (surface, code, name, billed). A test says what it reaches in a
comment, `code: SURFACE NAME; SURFACE NAME`, beside or in it. What no test reaches stands in
codes/unreached.tsv with the reason; a code that is in neither, or a comment that names no code, is a failure.

    tools/code_tables.py          writes the tables
    tools/code_tables.py --check  fails when they are not what it would write
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLES = {
    "megvii-faceid.md": ("megvii", "faceid.tsv", "Megvii FaceID behind the gateway"),
    "megvii-raw.md": ("megvii", "raw.tsv", "Megvii Raw"),
}
TEST = re.compile(r"^\s*def (test_\w+)|^TEST(?:_F|_P)?\((\w+), (\w+)\)")
NOTE = re.compile(r"(?:#|//) code: (.+)$")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def notes_in(path):
    """(surface, name) → the test, of one file."""
    test = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := TEST.match(line):
            test = found[1] or f"{found[2]}.{found[3]}"
        if found := NOTE.search(line):
            for each in found[1].split(";"):
                surface, name = each.strip().split(" ", 1)
                yield (surface, name), f"{path.relative_to(ROOT)} {test}"


def tests_of(vendor):
    tests = {}
    files = [*(ROOT / "tests" / vendor).glob("*.py"), *(ROOT / "src/adapters" / vendor).glob("*_test.cpp")]
    for path in sorted(files):
        for code, test in notes_in(path):
            tests.setdefault(code, []).append(test)
    return tests


def table(file, title, rows, tests, reasons):
    lines = [f"# {title}: every code", "", "Made by tools/code_tables.py: change the tests, not this.", "",
             "| surface | code | HTTP or result | billed | reached by |", "|---|---|---|---|---|"]
    untested = []
    for row in rows:
        code = (row["surface"], row["name"])
        reached = "<br>".join(f"`{test}`" for test in tests.get(code, []))
        reason = reasons.get(code) or reasons.get((row["surface"], "*"))
        if not reached and not reason:
            untested.append(f"{file}: {row['surface']} {row['name']} has no test")
        billed = {"Y": "yes", "N": "no"}.get(row["billed"] or "", row["billed"] or "")
        name = row["name"].replace("|", "\\|")
        lines.append(f"| {row['surface']} | `{name}` | {row['code']} | {billed} | {reached or 'not: ' + (reason or '')} |")
    return "\n".join(lines) + "\n", untested


def main():
    check = sys.argv[1:] == ["--check"]
    faults = []
    for vendor in sorted({vendor for vendor, _, _ in TABLES.values()}):
        folder = ROOT / "tests" / vendor / "codes"
        tests = tests_of(vendor)
        reasons = {(row["surface"], row["name"]): row["why"] for row in rows_of(folder / "unreached.tsv")}
        known = set()
        for file, (of, source, title) in TABLES.items():
            if of != vendor:
                continue
            rows = rows_of(folder / source)
            known |= {(row["surface"], row["name"]) for row in rows}
            text, untested = table(file, title, rows, tests, reasons)
            faults += untested
            path = ROOT / "docs/api" / file
            if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
                faults.append(f"{path.relative_to(ROOT)} is not what the tests say: run tools/code_tables.py")
            elif not check:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
        faults += [f"a test of {vendor} names {' '.join(code)}, which is no code" for code in tests if code not in known]
    print("\n".join(faults) or "code tables: ok")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

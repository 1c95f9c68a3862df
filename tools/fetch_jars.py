#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches the jars that a lock names, and leaves nothing else in the folder: fetch_jars.py LOCK FOLDER

A line of the lock is GROUP:ARTIFACT:VERSION[:CLASSIFIER] SHA256. The download goes through Ivy, a jar at a time and
without what it would draw in; the bytes are checked here in every case. Jars that are already right are not fetched.
"""
import hashlib
import os
import shutil
import ssl
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

IVY = Path("/usr/share/java/ivy.jar")
SETTINGS = """<ivysettings>
  <settings defaultResolver="public"/>
  <caches defaultCacheDir={cache}/>
  <resolvers><ibiblio name="public" m2compatible="true" usepoms="false"/></resolvers>
</ivysettings>"""
MODULE = """<ivy-module version="2.0" xmlns:m="http://ant.apache.org/ivy/maven">
  <info organisation="selfsame" module="jars"/>
  <dependencies>{dependencies}</dependencies>
</ivy-module>"""


def read(lock):
    """File name to (coordinates, SHA-256)."""
    jars = {}
    for line in lock.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, digest = line.split()
            jars["-".join(coordinates.split(":")[1:]) + ".jar"] = (coordinates, digest)
    return jars


def is_right(jar, digest):
    return jar.exists() and hashlib.sha256(jar.read_bytes()).hexdigest() == digest


def dependency(coordinates):
    group, artifact, version, *classifier = coordinates.split(":")
    more = f" m:classifier={quoteattr(classifier[0])}" if classifier else ""
    return (f"<dependency org={quoteattr(group)} name={quoteattr(artifact)} rev={quoteattr(version)} transitive=\"false\">"
            f"<artifact name={quoteattr(artifact)} type=\"jar\"{more}/></dependency>")


def trust(folder):
    """Java does not know SSL_CERT_FILE: the same authorities in its own format, JKS."""
    if not os.environ.get("SSL_CERT_FILE"):
        return []
    text = lambda word: struct.pack(">H", len(word)) + word.encode()  # noqa: E731
    authorities = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"]).get_ca_certs(binary_form=True)
    store = struct.pack(">III", 0xFEEDFEED, 2, len(authorities))
    for number, certificate in enumerate(authorities):
        store += struct.pack(">I", 2) + text(str(number)) + struct.pack(">Q", 0) + text("X.509")
        store += struct.pack(">I", len(certificate)) + certificate
    store += hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + store).digest()
    file = folder / "trust.jks"
    file.write_bytes(store)
    return [f"-Djavax.net.ssl.trustStore={file}", "-Djavax.net.ssl.trustStorePassword=changeit", "-Djavax.net.ssl.trustStoreType=JKS"]


def download(coordinates, folder):
    settings, module = folder / "settings.xml", folder / "ivy.xml"
    settings.write_text(SETTINGS.format(cache=quoteattr(str(folder / "cache"))))
    module.write_text(MODULE.format(dependencies="".join(map(dependency, coordinates))))
    command = ["java", *trust(folder), "-jar", IVY, "-settings", settings, "-ivy", module]
    command += ["-retrieve", f"{folder}/[artifact]-[revision](-[classifier]).[ext]"]
    done = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit("".join(line + "\n" for line in done.stdout.splitlines()[-15:]) + "fetch_jars: Ivy did not bring them all")


def main():
    lock, folder = Path(sys.argv[1]), Path(sys.argv[2])
    jars = read(lock)
    folder.mkdir(parents=True, exist_ok=True)
    missing = {name: jar for name, jar in jars.items() if not is_right(folder / name, jar[1])}
    if missing:
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            download([coordinates for coordinates, _ in missing.values()], Path(fresh))
            for name, (coordinates, digest) in missing.items():
                if not is_right(Path(fresh) / name, digest):
                    sys.exit(f"fetch_jars: {coordinates} is not what {lock.name} names. Do not go on, report it.")
                shutil.move(Path(fresh) / name, folder / name)
    for file in folder.iterdir():
        if file.name not in jars:
            file.unlink()


if __name__ == "__main__":
    main()

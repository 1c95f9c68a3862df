# SPDX-License-Identifier: Apache-2.0
"""Hostile pictures in place of an identity document: one of each kind of pictures.py, as reading costs more than looking
for a face. What can be decoded is read, and is no document."""

import re

import pictures
from client import case, exchange, head, in_document_words, part

WANTED = re.compile(
    r"png cut at (20|\d\d\d+) |png (1x|16384x1|64x16384|63x|16 bit)|jpeg (1x|63x|of 4 parts|of 12 bit|of 64 scans|of 5000 scans|cut at)|"
    r".*(claims|bomb|million|animated|apng|EXIF|eXIf|20000 text|300000 comments)|heic (whole|cut at 100|3000)|svg that|10.1 MB"
)
READ, REFUSED = "200 no document", "422 image_undecodable"


def expected(name, findings):
    words = {finding[0] for finding in findings}
    seen = {READ} if pictures.NO_FACE[0] in words else set()
    if pictures.WRONG_SIZE[0] in words:  # odd sizes are read; beyond the limits nothing is decoded
        seen.add(REFUSED if "claims" in name or "crop" in name else READ)
    if pictures.UNDECODABLE[0] in words:
        seen.add(REFUSED)
    return sorted(seen | (words & {pictures.TOO_LARGE[0]}))


def document(target, *parts):
    body = b"".join(part(name, content) for name, content in parts) + b"--b--\r\n"
    lines = [("Host", target.host), ("Connection", "close"), ("Authorization", f"Bearer {target.appcode}"),
             ("Content-Type", "multipart/form-data; boundary=b")]
    return in_document_words(exchange(target, head("POST", "/v1/documents", lines, body) + body))


def cases(fixtures):
    for name, picture, *findings in pictures.all_pictures((fixtures / "obama.jpg").read_bytes()):
        if WANTED.match(name):
            yield case(f"document: {name}", lambda target, p=picture: document(target, ("image", p)), *expected(name, findings))
    tiny = pictures.TINY
    for kind in ("", "MainlandIDCard", "x" * 4000, "\0", "../networks", "HKIDCard\r\n"):
        expect = "200 no document" if kind in ("", "MainlandIDCard") else "400 invalid_parameter"
        yield case(f"document: a type of {len(kind)} bytes, {kind[:12]!r}",
                   lambda target, k=kind: document(target, ("image", tiny), ("type", k.encode())), expect)

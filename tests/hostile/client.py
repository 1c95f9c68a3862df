# SPDX-License-Identifier: Apache-2.0
"""What the hostile cases share: a case, signing, sending, and answers as short words.

An answer in words: "Error CODE" or "Result CODE" of the Tencent surface, "STATUS code" or "STATUS defect" of the
native one, the statuses of a raw exchange ("400", "404 404"), or "closed".
"""

import base64
import dataclasses
import hashlib
import hmac
import itertools
import json
import socket
import ssl
import time
import urllib.parse
from collections.abc import Callable

ANSWER_MAX = 64 << 20
_nonces = itertools.count(1)


@dataclasses.dataclass
class Case:
    name: str
    send: Callable  # of a Target; the answer in words
    expect: tuple  # any of these
    seconds: float = 30  # of wall time
    cpu_s: float = 5  # of the server, where cases run one after another


@dataclasses.dataclass
class Target:
    """A running server and a customer of it."""

    port: int
    key_id: str
    secret: str
    appcode: str
    patience: float = 1
    tls_port: int = 0

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"


def case(name, send, *expect, **bounds):
    return Case(name, send, expect, **bounds)


# ── Bytes on a socket ──


def connect(target, timeout=60, port=None):
    return socket.create_connection(("127.0.0.1", port or target.port), timeout=timeout * target.patience)


def read_all(line):
    """Until the server closes; a reset counts as the end."""
    got = bytearray()
    try:
        while part := line.recv(1 << 16):
            got += part
            if len(got) > ANSWER_MAX:
                raise AssertionError("an endless answer")
    except (ConnectionError, ssl.SSLError):
        pass
    return bytes(got)


def split_answers(got):
    """Status, header and body of each answer; raises ValueError where they are not whole."""
    answers = []
    while got:
        head, separator, got = got.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        words = lines[0].split(b" ", 2)
        if not separator or len(words) < 2 or not words[0].startswith(b"HTTP/1."):
            raise ValueError(f"no answer: {head[:80]!r}")
        status = int(words[1])
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
        length = 0 if status < 200 else int(fields.get(b"content-length", b"0"))
        if len(got) < length:
            raise ValueError("an answer was cut")
        answers.append((status, fields, got[:length]))
        got = got[length:]
    return answers


def statuses(got):
    return " ".join(str(status) for status, _, _ in split_answers(got)) or "closed"


def exchange(target, *pieces, half_close=True, pause=0.0):
    """Sends the pieces, says that no more will come, and reads to the end."""
    with connect(target) as line:
        try:
            for i, piece in enumerate(pieces):
                if i and pause:
                    time.sleep(pause)
                line.sendall(piece)
            if half_close:
                line.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server may well have refused before all was sent
        return read_all(line)


def head(method, path, fields, body=b"", length=True):
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
    if length and body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"


# ── The native surface ──


def in_native_words(got):
    answers = split_answers(got)
    if len(answers) != 1:
        return statuses(got)
    status, fields, body = answers[0]
    if fields.get(b"content-type") not in (b"application/json", b"application/problem+json"):
        return str(status)
    content = json.loads(body)
    if status == 200:
        return f"200 {content['a']['defect'] or content['b']['defect']}"
    return f"{status} {content['code']}"


def in_document_words(got):
    """"200 TYPE" or "200 no document", or a problem."""
    (status, _, body), = split_answers(got)
    content = json.loads(body)
    return f"200 {content['type'] or 'no document'}" if status == 200 else f"{status} {content['code']}"


def native(target, body, content_type="multipart/form-data; boundary=b", fields=()):
    lines = [("Host", target.host), ("Connection", "close"), ("Authorization", f"Bearer {target.appcode}")]
    lines += [("Content-Type", content_type)] if content_type is not None else []
    return in_native_words(exchange(target, head("POST", "/v1/comparisons", [*lines, *fields], body) + body))


def part(name, content):
    return f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'.encode() + content + b"\r\n"


def photos(a, b):
    return part("a", a) + part("b", b) + b"--b--\r\n"


# ── The Tencent surface ──


def in_tencent_words(got):
    answers = split_answers(got)
    if len(answers) != 1 or answers[0][1].get(b"content-type") != b"application/json":
        return statuses(got)
    status, _, body = answers[0]
    if status != 200:
        return str(status)
    response = json.loads(body)["Response"]
    if not response.get("RequestId"):
        return "no RequestId"
    if "Error" in response:
        return "Error " + response["Error"]["Code"]
    return "Result " + response["Result"]


def mac(key, text, kind=hashlib.sha256):
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), kind)


def tc3_fields(
    target, body=b"", *, when=None, stamp=None, date=None, action="CompareFaceLiveness", method="POST", query="",
    content_type="application/json", names="content-type;host", scope_end="tc3_request", key_id=None, signature=None,
    authorization=None, extra=(), version="2018-03-01", region="ap-singapore",
):
    """The header of a signed request. `stamp` and `authorization` replace what was computed."""
    when = int(time.time()) if when is None else when
    date = date or time.strftime("%Y-%m-%d", time.gmtime(min(max(when, 0), 1 << 35)))
    canonical = (
        f"{method}\n/\n{query}\ncontent-type:{content_type}\nhost:{target.host}\n\n{names}\n{hashlib.sha256(body).hexdigest()}"
    )
    scope = f"{date}/faceid/{scope_end}"
    text = f"TC3-HMAC-SHA256\n{when}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = mac(mac(mac(b"TC3" + target.secret.encode(), date).digest(), "faceid").digest(), "tc3_request").digest()
    signature = mac(key, text).hexdigest() if signature is None else signature
    given = f"TC3-HMAC-SHA256 Credential={key_id or target.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    fields = [
        ("Host", target.host), ("Connection", "close"), ("Content-Type", content_type), ("X-TC-Action", action),
        ("X-TC-Version", version), ("X-TC-Timestamp", str(when) if stamp is None else stamp),
    ]
    fields += [("X-TC-Region", region)] if region else []
    return [*fields, ("Authorization", given if authorization is None else authorization), *extra]


def tc3(target, body, **changes):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    method, query = changes.get("method", "POST"), changes.get("query", "")
    signed = b"" if method == "GET" else body
    return in_tencent_words(
        exchange(target, head(method, "/" + ("?" + query if query else ""), tc3_fields(target, signed, **changes), body) + body)
    )


def v1_text(fields, method, host):
    return method + host + "/?" + "&".join(f"{name}={value}" for name, value in sorted(fields.items()))


def v1_fields(target, method="POST", **changes):
    fields = {
        "Action": "CompareFaceLiveness", "Version": "2018-03-01", "SecretId": target.key_id, "SignatureMethod": "HmacSHA256",
        "Timestamp": str(int(time.time())), "Nonce": str(next(_nonces)), "Region": "ap-hongkong", **changes,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    digest = mac(target.secret.encode(), v1_text(fields, method, target.host)).digest()
    return {**fields, "Signature": base64.b64encode(digest).decode()}


def v1(target, encoded, method="POST", content_type="application/x-www-form-urlencoded"):
    encoded = encoded if isinstance(encoded, (bytes, str)) else urllib.parse.urlencode(encoded, errors="surrogateescape")
    encoded = encoded.encode("utf-8", "surrogateescape") if isinstance(encoded, str) else encoded
    lines = [("Host", target.host), ("Connection", "close")]
    if method == "GET":
        return in_tencent_words(exchange(target, head("GET", "/?", lines, None).replace(b"/? ", b"/?" + encoded + b" ")))
    return in_tencent_words(exchange(target, head(method, "/", [*lines, ("Content-Type", content_type)], encoded) + encoded))


def base64_of(content):
    return base64.b64encode(content).decode()

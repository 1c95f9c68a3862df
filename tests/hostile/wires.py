# SPDX-License-Identifier: Apache-2.0
"""Hostile HTTP and hostile clients. What two readers could take for different requests is refused."""

import contextlib
import socket
import ssl
import struct
import threading
import time

from client import case, connect, exchange, head, native, part, photos, read_all, split_answers, statuses, tc3_fields
from pictures import TINY

GET = b"GET /nothing HTTP/1.1\r\n"
HOST = b"Host: h\r\n"
END = b"\r\n"
SMUGGLED = b"GET /canary HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /nothing HTTP/1.1\r\n" + HOST


def lines():
    """Request lines and headers. One answer each, though more may follow in the same bytes."""
    yield "GET", GET + HOST + END, "404"
    yield "empty lines before", b"\r\n" * 8 + GET + HOST + END, "404"
    yield "a thousand empty lines before", b"\r\n" * 1000 + GET + HOST + END, "400"
    yield "pipelined", (GET + HOST + END) * 50, " ".join(["404"] * 50)
    yield "HTTP/0.9", b"GET /nothing\r\n", "400"
    yield "HTTP/0.9 with a version", b"GET / HTTP/0.9\r\n\r\n", "505"
    yield "HTTP/1.2", GET.replace(b"1.1", b"1.2") + HOST + END, "505"
    yield "HTTP/2.0", GET.replace(b"1.1", b"2.0") + HOST + END, "505"
    yield "HTTP/1.10", GET.replace(b"1.1", b"1.10") + HOST + END, "400"
    yield "http/1.1 in small letters", GET.replace(b"HTTP", b"http") + HOST + END, "400"
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"
    yield "HTTP/2 upgrade", GET + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n\r\n", "404"
    yield "WebSocket upgrade", GET + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n", "404"
    yield "no host", GET + END, "400"
    yield "two hosts", GET + HOST + HOST + END, "400"
    yield "absolute form", b"GET http://127.0.0.1:1/nothing HTTP/1.1\r\n" + HOST + END, "404"
    yield "absolute form of another scheme", b"GET ftp://x/nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "absolute form without a path", b"GET http://x HTTP/1.1\r\n" + HOST + END, "404"
    yield "authority form", b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HOST + END, "400"
    yield "asterisk", b"OPTIONS * HTTP/1.1\r\n" + HOST + END, "404"
    yield "TRACE", b"TRACE /nothing HTTP/1.1\r\n" + HOST + b"Cookie: canary\r\n\r\n", "404"
    yield "no target", b"GET  HTTP/1.1\r\n" + HOST + END, "400"
    yield "a relative target", b"GET nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "two blanks", b"GET  /nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "a tab for a blank", b"GET\t/nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "a blank before", b" " + GET + HOST + END, "400"
    yield "a blank in the target", b"GET /no thing HTTP/1.1\r\n" + HOST + END, "400"
    yield "a fragment", b"GET /nothing#x HTTP/1.1\r\n" + HOST + END, "400"
    yield "a NUL in the target", b"GET /no\0thing HTTP/1.1\r\n" + HOST + END, "400"
    yield "a control character in the target", b"GET /no\x01thing HTTP/1.1\r\n" + HOST + END, "400"
    yield "bytes of no character in the target", b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + END, "400", "404"
    yield "percent signs", b"GET /%%%00%ff%2e%2e%2f HTTP/1.1\r\n" + HOST + END, "404"
    yield "dots", b"GET /../../../etc/passwd HTTP/1.1\r\n" + HOST + END, "404"
    yield "an unknown method", b"CANARY /nothing HTTP/1.1\r\n" + HOST + END, "404"
    yield "a method of 33 letters", b"A" * 33 + b" /nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "a method of 1 MB", b"A" * (1 << 20), "400"
    yield "a method with a brace", b"G{T /nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "no method", b"/nothing HTTP/1.1\r\n" + HOST + END, "400"
    yield "a path of 9 kB", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + END, "414"
    yield "a path of 30 MB", b"GET /" + b"a" * (30 << 20), "414"
    yield "a query of 70 kB", b"GET /nothing?" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + END, "414"
    yield "bare line feeds", (GET + HOST + END).replace(b"\r\n", b"\n"), "400"
    yield "a bare carriage return", GET[:-1] + HOST + END, "400"
    yield "a bare line feed in the header", GET + b"Host: h\n\r\n", "400"
    yield "a bare line feed before a field", GET + HOST + b"X: a\nTransfer-Encoding: chunked\r\n\r\n", "400"
    yield "a bare carriage return in a value", GET + HOST + b"X: a\rTransfer-Encoding: chunked\r\n\r\n", "400"
    yield "a blank before a colon", GET + b"Host : h\r\n\r\n", "400"
    yield "a folded field", GET + HOST + b"X: a\r\n b\r\n\r\n", "400"
    yield "a folded first field", GET + b" Host: h\r\n\r\n", "400"
    yield "a field without a name", GET + HOST + b": x\r\n\r\n", "400"
    yield "a field without a colon", GET + HOST + b"canary\r\n\r\n", "400"
    yield "a NUL in a name", GET + HOST + b"X\0: x\r\n\r\n", "400"
    yield "a NUL in a value", GET + HOST + b"X: a\0b\r\n\r\n", "400"
    yield "a control character in a value", GET + HOST + b"X: a\x01b\r\n\r\n", "400"
    yield "a quote in a name", GET + HOST + b'"X": x\r\n\r\n', "400"
    yield "a letter that is not ASCII in a name", GET + HOST + b"\xc3\xa9: x\r\n\r\n", "400"
    yield "129 fields", GET + HOST + b"X: x\r\n" * 129 + END, "431"
    yield "100000 fields", GET + HOST + b"X: x\r\n" * 100_000 + END, "431"
    yield "a field of 70 kB", GET + HOST + b"X: " + b"x" * 70_000 + b"\r\n\r\n", "431"
    yield "a name of 70 kB", GET + HOST + b"X" * 70_000 + b": x\r\n\r\n", "431"
    yield "a field of 20 MB", GET + HOST + b"X: " + b"x" * (20 << 20), "431"
    yield "a cookie of 60 kB", GET + HOST + b"Cookie: " + b"canary" * 10_000 + b"\r\n\r\n", "404"
    yield "a range", GET + HOST + b"Range: bytes=" + b"0-,5-" * 1000 + b"\r\n\r\n", "404"
    yield "a proxy's words", GET + HOST + b"X-Forwarded-For: 127.0.0.1\r\nX-Original-URL: /metrics\r\n\r\n", "404"
    yield "an unknown expectation", POST + b"Expect: canary\r\nContent-Length: 0\r\n\r\n", "417"
    yield "TLS hello", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(500), "400"
    yield "SSH", b"SSH-2.0-canary\r\n", "400"
    yield "SMTP", b"EHLO canary\r\n", "400"
    yield "Redis", b"*1\r\n$4\r\nPING\r\n", "400"
    yield "SOCKS", b"\x05\x01\x00", "400"
    yield "NULs", bytes(10_000), "400"
    yield "random bytes", bytes(i * 197 + 11 & 255 for i in range(5000)), "400"
    yield "an answer", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "400"
    yield "the metrics of the other port", b"GET /metrics HTTP/1.1\r\n" + HOST + END, "404"


def lengths():
    """Where a message ends. Nothing after a refused header is taken for a request."""
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
    yield "length and chunked", POST + both + b"\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "chunked and length", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "two lengths", POST + b"Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + SMUGGLED, "400"
    yield "the same length twice", POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + SMUGGLED, "400"
    yield "two lengths in one field", POST + b"Content-Length: 0, 5\r\n\r\n" + SMUGGLED, "400"
    for value in (b"", b"-1", b"+5", b"0x5", b"5 5", b"5.0", b"1e2", b"five", b"\xd9\xa5", b"18446744073709551616",
                  b"9" * 1000, b"5;x"):
        name = value[:24].decode(errors="replace")
        yield f"length {name!r} of {len(value)}", POST + b"Content-Length: " + value + b"\r\n\r\n" + SMUGGLED, "400"
    yield "length with a tab", POST + b"Content-Length:\t0\r\n\r\n", "404"
    yield "length folded", POST + b"Content-Length:\r\n 5\r\n\r\n" + SMUGGLED, "400"
    yield "length with a blank before its colon", POST + b"Content-Length : 5\r\n\r\n" + SMUGGLED, "400"
    yield "length with a line feed", POST + b"Content-Length: 5\n\r\n" + SMUGGLED, "400"
    yield "length of 9 exabytes", POST + b"Content-Length: 9223372036854775807\r\n\r\nx", "413"
    yield "length of 100 MB and one byte", POST + b"Content-Length: 100000000\r\n\r\nx", "413"
    yield "length too long", POST + b"Content-Length: 50\r\n\r\nx", "closed"
    yield "length too short", POST + b"Content-Length: 1\r\n\r\nxGET", "404"
    for value in (b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"xchunked", b"chunked, identity", b"chunked;q=1",
                  b'"chunked"', b"chunked, chunked", b"", b",", b"cow"):
        yield f"transfer encoding {value.decode()!r}", POST + b"Transfer-Encoding: " + value + b"\r\n\r\n0\r\n\r\n" + SMUGGLED, "501", "400"
    yield "transfer encoding folded", POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "transfer encoding with a vertical tab", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "transfer encoding with a blank before its colon", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "two transfer encodings", POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "transfer encodings of two kinds", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n" + SMUGGLED, "400"
    old = POST.replace(b"1.1", b"1.0")
    yield "chunked in HTTP/1.0", old + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "chunked with a carriage return", POST + b"Transfer-Encoding: chunked\r\r\n\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "GET with a body", GET + HOST + b"Content-Length: 5\r\n\r\nhello" + GET + HOST + END, "404 404"


def chunks():
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    yield "good", chunked + b"5\r\nhello\r\n0\r\n\r\n" + GET + HOST + END, "404 404"
    yield "of one byte", chunked + b"1\r\nx\r\n" * 20_000 + b"0\r\n\r\n", "404"
    yield "with leading zeros", chunked + b"0000000000000005\r\nhello\r\n0\r\n\r\n", "404"
    yield "with an extension", chunked + b"5;canary=1\r\nhello\r\n0\r\n\r\n", "404"
    yield "with trailers", chunked + b"0\r\nX-TC-Action: canary\r\nHost: canary\r\n\r\n" + GET + HOST + END, "404 404"
    yield "with a length in its trailers", chunked + b"0\r\nContent-Length: 9\r\n\r\n" + SMUGGLED, "400"
    yield "with chunks in its trailers", chunked + b"0\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED, "400"
    for size in (b"", b"g", b"-1", b"+5", b"0x5", b" 5", b"5 5", b"FFFFFFFFFFFFFFFF", b"10000000000000000", b"8000000000000000",
                 b"F" * 1000, b";x=1", b"5h"):
        yield f"of size {size[:20].decode()!r} of {len(size)}", chunked + size + b"\r\nhello\r\n0\r\n\r\n" + SMUGGLED, "400", "closed"
    yield "a size ended by a line feed", chunked + b"5\nhello\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "data ended by a line feed", chunked + b"5\r\nhello\n0\r\n\r\n" + SMUGGLED, "400"
    yield "data longer than its size", chunked + b"3\r\nhello\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "data shorter than its size", chunked + b"9\r\nhello\r\n0\r\n\r\n" + SMUGGLED, "400", "closed"
    yield "no last chunk", chunked + b"5\r\nhello\r\n", "closed"
    yield "a size without end", chunked + b"5" * 100_000, "400"
    yield "an extension of 100 kB", chunked + b"5;" + b"x" * 100_000, "400"
    yield "an extension with a line feed", chunked + b"5;a\nb\r\nhello\r\n0\r\n\r\n" + SMUGGLED, "400"
    yield "extensions of 1 MB in all", chunked + (b"1;" + b"x" * 1000 + b"\r\nx\r\n") * 1000 + b"0\r\n\r\n", "404"
    yield "trailers of 100 kB", chunked + b"0\r\n" + b"X: x\r\n" * 20_000 + b"\r\n", "400"
    yield "a trailer folded", chunked + b"0\r\nX: a\r\n b\r\n\r\n", "400", "404"
    yield "2 MB", chunked + (b"10000\r\n" + bytes(65536) + b"\r\n") * 32 + b"0\r\n\r\n", "413"
    yield "40 MB of one-byte chunks, in part", chunked + b"1\r\nx\r\n" * 2_000_000, "413", "closed"


def raw(name, content, *expect):
    return case(name, lambda target, content=content: statuses(exchange(target, content)), *expect)


# ── Slow, impolite and broken clients ──


def until_closed(target, first, drip=b"", every=0.1, seconds=20):
    """Sends a little now and then, until the server has enough; the answers."""
    with connect(target, timeout=seconds) as line:
        line.settimeout(every)
        got, end = bytearray(), time.monotonic() + seconds * target.patience
        try:
            line.sendall(first)
            while time.monotonic() < end:
                with contextlib.suppress(TimeoutError):
                    part_of_it = line.recv(1 << 16)
                    if not part_of_it:
                        return statuses(bytes(got))
                    got += part_of_it
                    continue
                if drip:
                    line.sendall(drip)
        except (ConnectionError, BrokenPipeError):
            return statuses(bytes(got))
    return "never closed"


def signed_head(target, size):
    return head("POST", "/", tc3_fields(target, b"x" * size), b"x" * size)


def slow_cases():
    yield case("slow: silence", lambda t: until_closed(t, b""), "closed")
    yield case("slow: one byte", lambda t: until_closed(t, b"G"), "408")
    yield case("slow: half a line", lambda t: until_closed(t, b"GET /noth"), "408")
    yield case("slow: half a header", lambda t: until_closed(t, GET + b"Ho"), "408")
    yield case("slow: header byte by byte", lambda t: until_closed(t, GET + HOST + b"X: ", b"x"), "408")
    yield case("slow: header field by field", lambda t: until_closed(t, GET + HOST, b"X: x\r\n"), "408", "431")
    yield case("slow: line byte by byte", lambda t: until_closed(t, b"GET /?", b"x"), "408")
    yield case("slow: empty lines", lambda t: until_closed(t, b"\r\n", b"\r\n"), "400")
    yield case("slow: no body", lambda t: until_closed(t, POST + b"Content-Length: 100\r\n\r\n"), "408")
    yield case("slow: body byte by byte", lambda t: until_closed(t, POST + b"Content-Length: 1000\r\n\r\n", b"x"), "408")
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    yield case("slow: chunk by chunk", lambda t: until_closed(t, chunked, b"1\r\nx\r\n"), "408")
    yield case("slow: a chunk's size", lambda t: until_closed(t, chunked, b"0"), "408", "400")
    yield case("slow: trailers", lambda t: until_closed(t, chunked + b"0\r\n", b"X: x\r\n"), "408")
    yield case("slow: signed, no body", lambda t: until_closed(t, signed_head(t, 1000)), "408")
    yield case("slow: told to continue, does not",
               lambda t: until_closed(t, POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"), "100 408")
    yield case("slow: told not to continue", lambda t: until_closed(t, POST + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"), "413")
    yield case("slow: kept alive and silent", lambda t: until_closed(t, GET + HOST + END), "404")
    yield case("slow: pieces of 1 byte", lambda t: statuses(exchange(t, *(bytes([b]) for b in GET + HOST + END), pause=0.001)), "404")


def never_read(target):
    """Asks thousands of times and reads nothing; then looks whether the server still answers."""
    with connect(target, timeout=2) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(OSError):
            for _ in range(20_000):
                line.sendall(GET + HOST + END)
        return statuses(exchange(target, GET + HOST + END))


def reset(target, content):
    """Sends and resets; then looks whether the server still answers."""
    line = connect(target)
    with contextlib.suppress(OSError):
        line.sendall(content)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
    return statuses(exchange(target, GET + HOST + END))


def many_at_once(target, content, count):
    """Many connections that say this and wait; then looks whether a good one is answered."""
    lines_open = []
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            with contextlib.suppress(OSError):
                line = stack.enter_context(connect(target, timeout=5))
                line.sendall(content)
                lines_open.append(line)
        return native(target, photos(TINY, TINY)) if len(lines_open) == count else f"only {len(lines_open)} connected"


def impolite_cases():
    body = photos(TINY, TINY)
    yield case("client: never reads", never_read, "404")
    for name, content in (("at once", b""), ("in a line", b"GET /no"), ("in a header", GET + b"Ho"), ("after a request", GET + HOST + END),
                          ("in a body", POST + b"Content-Length: 100000\r\n\r\n" + b"x" * 5000),
                          ("in a chunk", POST + b"Transfer-Encoding: chunked\r\n\r\nfff\r\nx")):
        yield case(f"client: resets {name}", lambda t, c=content: reset(t, c), "404")
        yield case(f"client: leaves {name}", lambda t, c=content: statuses(exchange(t, c)), "404" if "after" in name else "closed")
    lines_of = [("Authorization", "Bearer x"), ("Host", "h"), ("Content-Type", "multipart/form-data; boundary=b")]
    request = head("POST", "/v1/comparisons", lines_of, body) + body
    yield case("client: resets after a comparison", lambda t: reset(t, request), "404")
    yield case("client: half-closed comparison", lambda t: statuses(exchange(t, request)), "401")
    yield case("client: 100 silent ones", lambda t: many_at_once(t, b"", 100), "200 wrong_size")
    yield case("client: 100 with half a header", lambda t: many_at_once(t, GET + b"X: ", 100), "200 wrong_size")
    large = POST + b"Content-Length: 1000000\r\n\r\n" + bytes(100_000)
    yield case("client: 100 with a tenth of a body", lambda t: many_at_once(t, large, 100), "200 wrong_size")
    yield case("client: a photo of 5 MB in pieces", lambda t: pieces(t, part("a", bytes(5 << 20)) + body), "400 invalid_parameter")


def pieces(target, body):
    lines_of = [("Host", target.host), ("Connection", "close"), ("Authorization", f"Bearer {target.appcode}")]
    lines_of += [("Content-Type", "multipart/form-data; boundary=b")]
    answer = exchange(target, head("POST", "/v1/comparisons", lines_of, body), *(body[i : i + 9999] for i in range(0, len(body), 9999)))
    status, _, text = split_answers(answer)[0]
    return f"{status} " + text.decode().split('"code":"')[1].split('"')[0]


# ── The TLS port ──


def plainly(target, content):
    with connect(target, port=target.tls_port) as line:
        with contextlib.suppress(OSError):
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
        got = read_all(line)
        return "closed" if not got.startswith(b"HTTP") else statuses(got)


def secretly(target, content, version=None):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if version is not None:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = version
        context.set_ciphers("ALL:@SECLEVEL=0")
    try:
        with connect(target, port=target.tls_port) as line, context.wrap_socket(line) as secret:
            secret.sendall(content)
            return statuses(read_all(secret))
    except ssl.SSLError:
        return "no TLS"
    except ConnectionError:
        return "no TLS"


def tls_cases():
    yield case("tls: good", lambda t: secretly(t, GET + HOST + b"Connection: close\r\n\r\n"), "404")
    yield case("tls: bare line feeds", lambda t: secretly(t, GET.replace(b"\r", b"") + b"\n"), "400")
    yield case("tls: plain HTTP", lambda t: plainly(t, GET + HOST + END), "closed")
    yield case("tls: zeros", lambda t: plainly(t, bytes(10_000)), "closed")
    yield case("tls: random bytes", lambda t: plainly(t, bytes(i * 197 + 11 & 255 for i in range(5000))), "closed")
    hello = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"
    yield case("tls: half a hello", lambda t: plainly(t, hello + bytes(40)), "closed")
    yield case("tls: a hello of noise", lambda t: plainly(t, hello + bytes(i * 31 & 255 for i in range(506))), "closed")
    yield case("tls: a record of 64 kB", lambda t: plainly(t, b"\x16\x03\x03\xff\xff" + bytes(70_000)), "closed")
    yield case("tls: an alert first", lambda t: plainly(t, b"\x15\x03\x03\0\x02\x02\x28"), "closed")
    yield case("tls: SSLv2 hello", lambda t: plainly(t, b"\x80\x2e\x01\0\x02\0\x15\0\0\0\x10" + bytes(37)), "closed")
    yield case("tls: a heartbeat", lambda t: plainly(t, b"\x18\x03\x02\0\x03\x01\x40\0"), "closed")
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        yield case(f"tls: {version.name}", lambda t, v=version: secretly(t, GET + HOST + END, v), "no TLS")
    yield case("tls: hello and silence", lambda t: silent_hello(t), "closed", seconds=30)


def silent_hello(target):
    """Holds 20 connections in the handshake; a good one is served meanwhile. All end in time."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(connect(target, timeout=25, port=target.tls_port)) for _ in range(20)]
        for line in held:
            line.sendall(b"\x16\x03\x01\x02\0\x01")
        if secretly(target, GET + HOST + b"Connection: close\r\n\r\n") != "404":
            return "the server was held up"
        threads = [threading.Thread(target=read_all, args=(line,)) for line in held]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(25 * target.patience)
        return "held open" if any(thread.is_alive() for thread in threads) else "closed"


def cases(_fixtures):
    yield from slow_cases()  # first: they sleep while the others work
    yield from tls_cases()
    yield from impolite_cases()
    for name, content, *expect in lines():
        yield raw(f"line: {name}", content, *expect)
    for name, content, *expect in lengths():
        yield raw(f"length: {name}", content, *expect)
    for name, content, *expect in chunks():
        yield raw(f"chunk: {name}", content, *expect)

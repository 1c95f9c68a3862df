# SPDX-License-Identifier: Apache-2.0
"""Hostile requests to verification sessions: orders, tokens, chunks, manifests, webhooks."""

import base64
import functools
import json

from client import case, exchange, head, part, split_answers, statuses

MALFORMED, UNKNOWN, WRONG, MISSING = (
    f"400 {code}" for code in ("malformed_request", "unknown_parameter", "invalid_parameter", "missing_parameter")
)
LOST, LARGE, CONFLICT = "404 not_found", "413 payload_too_large", "409 conflict"
JSON = "application/json"


def words(got):
    """The status, and of a problem its code."""
    answers = split_answers(got)
    if len(answers) != 1:
        return statuses(got)
    status, fields, body = answers[0]
    is_problem = fields.get(b"content-type") == b"application/problem+json"
    return f"{status} {json.loads(body)['code']}" if is_problem else str(status)


def ask(target, method, path, body=b"", kind=JSON, fields=(), appcode=False):
    lines = [("Host", target.host), ("Connection", "close"), *fields]
    lines += [("Content-Type", kind)] if kind else []
    lines += [("Authorization", f"Bearer {target.appcode}")] if appcode else []
    return exchange(target, head(method, path, lines, body) + body)


@functools.cache
def _session(port, appcode):
    class Here:
        host = f"127.0.0.1:{port}"
        patience = 20

    Here.port, Here.appcode = port, appcode
    opened = json.loads(split_answers(ask(Here, "POST", "/v1/verifications", b'{"compare":false,"answer_within_s":3600,"end_within_s":7200}', appcode=True))[0][2])
    challenge = json.loads(split_answers(ask(Here, "POST", f"/v1/sessions/{opened['token']}/challenge"))[0][2])
    return opened["token"], challenge["challenge_id"], challenge["signature"]


@functools.cache
def _held(port, appcode):
    class Here:
        host = f"127.0.0.1:{port}"
        patience = 20

    Here.port, Here.appcode = port, appcode
    body = b'{"compare":false,"start_within_s":3600,"end_within_s":7200}'
    token = json.loads(split_answers(ask(Here, "POST", "/v1/verifications", body, appcode=True))[0][2])["token"]
    ask(Here, "POST", f"/v1/sessions/{token}/claim", b'{"key":"' + b"k" * 43 + b'"}')
    return token


def held(target):
    """A session that a page has claimed, with the key k times 43."""
    return _held(target.port, target.appcode)


def session(target):
    """A session that is being challenged; the same one for all cases."""
    return _session(target.port, target.appcode)


# ── Orders ──


def orders():
    yield "empty", b"", MALFORMED
    yield "NULs", bytes(100), MALFORMED
    yield "UTF-16", '{"compare":false}'.encode("utf-16"), MALFORMED
    yield "a byte order mark", b'\xef\xbb\xbf{"compare":false}', MALFORMED
    yield "an array", b"[]", MALFORMED
    yield "100000 brackets", b"[" * 100_000, MALFORMED
    yield "100000 braces", b'{"a":' * 100_000, MALFORMED
    yield "a million empty arrays", b'{"modes":[' + b"[]," * 1_000_000 + b"[]]}", MALFORMED
    yield "a million numbers", b'{"modes":[' + b"1," * 1_000_000 + b"1]}", MALFORMED
    yield "300 members", b"{" + b",".join(b'"m%d":1' % i for i in range(300)) + b"}", MALFORMED
    yield "a member twice", b'{"compare":false,"compare":false}', MALFORMED
    yield "a member twice, escaped", b'{"compare":false,"comp\\u0061re":true}', MALFORMED
    yield "half a surrogate", b'{"compare":false,"metadata":"\\ud800"}', MALFORMED
    yield "bytes of no character", b'{"compare":false,"metadata":"\xff"}', MALFORMED
    yield "a NUL in a text", b'{"compare":false,"metadata":"a\\u0000b"}', WRONG
    yield "1001 characters", json.dumps({"compare": False, "metadata": "\U0001f600" * 1001}).encode(), WRONG
    yield "no photo", b"{}", MISSING
    yield "an empty photo", b'{"reference_image":""}', MISSING
    yield "a photo in a URL", b'{"reference_image":"data:image/jpeg;base64,AAAA"}', WRONG
    yield "a photo that is none", json.dumps({"reference_image": base64.b64encode(b"canary" * 100).decode()}).encode(), "422 image_undecodable"
    yield "a photo of 12 MB", json.dumps({"reference_image": base64.b64encode(bytes(12 << 20)).decode()}).encode(), "413 image_too_large"
    yield "22 MB", b'{"metadata":"' + b"x" * (22 << 20) + b'"}', LARGE
    yield "a token of one's own", b'{"compare":false,"token":"canary"}', UNKNOWN
    yield "a verdict of one's own", b'{"compare":false,"passed":true}', UNKNOWN
    for name, value in (
        ("compare", 0), ("compare", None), ("modes", "action"), ("modes", ["canary"]), ("modes", ["silent"] * 9), ("modes", [None]), ("modes", {}),
        ("actions", 1), ("actions", 1 << 70), ("flashes", 8), ("digits", 4), ("fallback_actions", 1), ("allowed_actions", []),
        ("allowed_actions", ["smile"]), ("attempts_max", 0), ("attempts_max", -1), ("attempts_max", 1e300), ("attempts_max", "3"),
        ("attempts_max", 1 << 63), ("start_within_s", 0), ("end_within_s", 86401), ("answer_within_s", 0.5), ("metadata", []), ("reference_image", 5),
    ):
        yield f"{name} {json.dumps(value)[:30]}", json.dumps({**({} if name == "compare" else {"compare": False}), name: value}).encode(), WRONG


def order_cases():
    for name, body, *expect in orders():
        yield case(f"order: {name}", lambda t, b=body: words(ask(t, "POST", "/v1/verifications", b, appcode=True)), *expect)
    for kind in ("", "text/plain", "application/jsonp", "multipart/form-data", "multipart/form-data; boundary="):
        yield case(f"order: as {kind!r}", lambda t, k=kind: words(ask(t, "POST", "/v1/verifications", b'{"compare":false}', k, appcode=True)), MALFORMED)
    for name, body, expect in (
        ("another part", part("canary", b"x"), UNKNOWN), ("the photo twice", part("reference_image", b"x") * 2, WRONG),
        ("no JSON", part("request", b"canary"), MALFORMED), ("a photo within", part("request", b'{"reference_image":"AAAA"}') + part("reference_image", b"x"), WRONG),
        ("65 parts", part("request", b"{}") * 65, MALFORMED),
    ):
        send = lambda t, b=body + b"--b--\r\n": words(ask(t, "POST", "/v1/verifications", b, "multipart/form-data; boundary=b", appcode=True))  # noqa: E731
        yield case(f"order: of parts: {name}", send, expect)
    for key in ("", "a b", "x" * 256, "x" * 60_000, "\udcff"):
        fields = [("Idempotency-Key", key)]
        send = lambda t, f=fields: words(ask(t, "POST", "/v1/verifications", b"{}", fields=f, appcode=True))  # noqa: E731
        yield case(f"order: under the key {key[:10]!r} of {len(key)}", send, WRONG)
    twice = [("Idempotency-Key", "canary")] * 2
    yield case("order: under two keys", lambda t: words(ask(t, "POST", "/v1/verifications", b"{}", fields=twice, appcode=True)), WRONG)
    for path in ("'%20OR%201=1--", "%00", "..%2f..", "x" * 5000, "*", "../webhook", "%2e%2e/best-frame"):
        yield case(f"order: shown as {path[:20]!r}", lambda t, p=path: words(ask(t, "GET", "/v1/verifications/" + p, appcode=True)), LOST, "400")


# ── Devices ──


def token_cases():
    for token in ("", "A", "A" * 43, "A" * 64, "A" * 65, "A" * 60_000, "%00", "..", "../verifications", "..%2f", "a/../b", "'%20OR%201=1--", "*", "-", "\u202e"):
        for method, what in (("GET", "result"), ("GET", "evidence"), ("POST", "challenge"), ("POST", "end")):
            body = b'{"reason":"other"}' if what == "end" else b""
            send = lambda t, m=method, w=what, b=body, k=token: words(ask(t, m, f"/v1/sessions/{k}/{w}", b))  # noqa: E731
            yield case(f"token: {token[:20]!r} of {len(token)}: {what}", send, LOST, "400", "414")

    def appcode_as_token(target):
        return words(ask(target, "GET", f"/v1/sessions/{target.appcode}/result"))

    yield case("token: an appcode", appcode_as_token, LOST)
    yield case("token: as an appcode", lambda t: words(ask(t, "GET", "/v1/webhook", fields=[("Authorization", f"Bearer {session(t)[0]}")])), "401 unknown_key")


def chunk_cases():
    good = {"part": "video", "offset": 0, "total": 100_000, "sha256": "0" * 64}

    def send(target, changed, body=bytes(70_000), kind="application/octet-stream", more=""):
        token, challenge, _ = session(target)
        fields = {"challenge_id": challenge, **good, **changed}
        query = "&".join(f"{name}={value}" for name, value in fields.items() if value is not None) + more
        return words(ask(target, "POST", f"/v1/sessions/{token}/evidence?{query}", body, kind))

    for name, value, *expect in (
        ("part", None, MISSING), ("part", "face", WRONG), ("part", "still-0", WRONG), ("part", "still-", WRONG), ("part", "still-01", WRONG),
        ("part", "still--1", WRONG), ("part", "still-999999999999", WRONG), ("part", "..%2f..%2fetc", WRONG), ("part", "video%00", WRONG),
        ("part", "x" * 50_000, WRONG), ("offset", None, MISSING), ("offset", -1, WRONG), ("offset", "1e3", WRONG), ("offset", "0x0", WRONG),
        ("offset", 1, CONFLICT), ("offset", 1 << 63, WRONG, CONFLICT), ("offset", 1 << 64, WRONG), ("offset", (1 << 64) - 1, WRONG, CONFLICT),
        ("offset", "9" * 1000, WRONG), ("total", None, MISSING), ("total", 0, WRONG), ("total", -1, WRONG), ("total", 69_999, WRONG),
        ("total", 1 << 40, LARGE, WRONG), ("total", (1 << 64) - 1, LARGE, WRONG), ("total", 1 << 64, WRONG), ("sha256", None, MISSING),
        ("sha256", "0" * 63, WRONG), ("sha256", "0" * 65, WRONG), ("sha256", "G" * 64, WRONG), ("sha256", "x" * 50_000, WRONG),
        ("challenge_id", None, MISSING), ("challenge_id", "canary", CONFLICT), ("challenge_id", "0" * 36, CONFLICT), ("challenge_id", "%00", CONFLICT, WRONG),
        ("live", 1, UNKNOWN), ("passed", "true", UNKNOWN),
    ):
        yield case(f"chunk: {name} {str(value)[:20]} of {len(str(value))}", lambda t, c={name: value}: send(t, c), *expect)
    yield case("chunk: empty", lambda t: send(t, {}, b""), WRONG)
    yield case("chunk: of 100 bytes", lambda t: send(t, {}, b"canary"), WRONG)
    yield case("chunk: of 9 MB", lambda t: send(t, {"total": 9 << 20}, bytes(9 << 20)), LARGE)
    yield case("chunk: a parameter twice", lambda t: send(t, {}, more="&offset=0"), MALFORMED)
    yield case("chunk: 60000 parameters", lambda t: send(t, {}, more="&a" * 30_000), MALFORMED)
    yield case("chunk: half an escape", lambda t: send(t, {}, more="&a=%f"), MALFORMED)
    for kind in ("", "text/plain", "video/mp4", "multipart/form-data; boundary=b", "application/octet-stream2"):
        yield case(f"chunk: as {kind!r}", lambda t, k=kind: send(t, {}, kind=k), MALFORMED)


def manifest_cases():
    def send(target, changed, raw=None):
        token, challenge, signature = session(target)
        body = json.dumps({"challenge_id": challenge, "signature": signature, **changed}).encode() if raw is None else raw
        return words(ask(target, "POST", f"/v1/sessions/{token}/evidence", body))

    still = {"part": "still-1", "time_s": 1}
    for name, changed, *expect in (
        ("without any part", {}, WRONG), ("of another challenge", {"challenge_id": "0" * 36}, CONFLICT),
        ("of a wrong signature", {"signature": "0" * 64}, "401 unauthenticated"), ("of an empty signature", {"signature": ""}, "401 unauthenticated"),
        ("of a short signature", {"signature": "0"}, "401 unauthenticated"), ("of a long signature", {"signature": "0" * 65}, WRONG),
        ("of a signature of bytes", {"signature": "\u0000"}, WRONG), ("that says passed", {"passed": True}, UNKNOWN),
        ("that says live", {"hints": {"live": True}}, UNKNOWN), ("of a still that did not come", {"stills": [still]}, WRONG),
        ("of 300 stills", {"stills": [still] * 300}, MALFORMED), ("of 100000 stills", {"stills": [still] * 100_000}, LARGE),
        ("of a still without time", {"stills": [{"part": "still-1"}]}, MISSING), ("of a still before the beginning", {"stills": [{**still, "time_s": -1}]}, WRONG),
        ("of a still after the end", {"stills": [{**still, "time_s": 1e300}]}, WRONG), ("of stills that are none", {"stills": {"still-1": 1}}, WRONG),
        ("of flashes before the beginning", {"flash_shown_at_s": [-1]}, WRONG), ("of 100 flashes", {"flash_shown_at_s": [1] * 100}, WRONG),
        ("of nine cameras", {"hints": {"camera_labels": ["x"] * 9}}, WRONG), ("of a long label", {"hints": {"camera_labels": ["x" * 257]}}, WRONG),
        ("of a long agent", {"hints": {"user_agent": "x" * 513}}, WRONG), ("of an odd pace", {"hints": {"frame_rate_hz": 1e9}}, WRONG),
        ("of an odd width", {"hints": {"width_px": 0}}, WRONG), ("of hints in a list", {"hints": []}, WRONG),
    ):
        yield case(f"manifest: {name}", lambda t, c=changed: send(t, c), *expect)
    for name, raw, *expect in (
        ("empty", b"", MALFORMED), ("NULs", bytes(100), MALFORMED), ("brackets", b"[" * 60_000, MALFORMED), ("a number", b"1", MALFORMED),
        ("NaN", b'{"challenge_id":"a","signature":"b","flash_shown_at_s":[NaN]}', MALFORMED),
        ("1e999", b'{"challenge_id":"a","signature":"b","flash_shown_at_s":[1e999]}', WRONG, MALFORMED), ("nothing inside", b"{}", MISSING),
    ):
        yield case(f"manifest: {name}", lambda t, r=raw: send(t, {}, r), *expect)


def small_cases():
    def send(target, what, body):
        return words(ask(target, "POST", f"/v1/sessions/{session(target)[0]}/{what}", body))

    for body, *expect in (
        (b"[]", MALFORMED), (b"null", MALFORMED), (b'{"mirrored":1}', WRONG), (b'{"can_flash":null}', WRONG), (b'{"mode":"silent"}', UNKNOWN), (b'{"app":"x"}', WRONG), (b'{"app":{"os":"x"}}', UNKNOWN),
        (b"{" * 4000, MALFORMED), (b" " * 5000, LARGE),
    ):
        yield case(f"facts: {body[:20]!r} of {len(body)}", lambda t, b=body: send(t, "challenge", b), *expect)
    for body, *expect in (
        (b"", MALFORMED), (b"{}", MISSING), (b'{"reason":"passed"}', WRONG), (b'{"reason":0}', WRONG), (b'{"reason":["other"]}', WRONG),
        (b'{"reason":"other","outcome":"live"}', UNKNOWN), (b'{"reason":"' + b"x" * 3000 + b'"}', WRONG), (b'{"reason":"other"}' + b" " * 5000, LARGE),
    ):
        yield case(f"end: {body[:30]!r} of {len(body)}", lambda t, b=body: send(t, "end", b), *expect)
    for method, what in (("DELETE", "evidence"), ("PUT", "evidence"), ("POST", "result"), ("GET", "challenge"), ("GET", "end"), ("OPTIONS", "result"), ("GET", "document"), ("PUT", "document/confirm")):
        send_it = lambda t, m=method, w=what: words(ask(t, m, f"/v1/sessions/{session(t)[0]}/{w}"))  # noqa: E731
        yield case(f"session: {method} {what}", send_it, "405 method_not_allowed")


def claim_cases():
    """A session that a page holds, by others: neither its key nor anything that looks like one is found out."""

    def send(target, what="claim", body=b"", fields=()):
        return words(ask(target, "POST" if what == "claim" else "GET", f"/v1/sessions/{held(target)}/{what}", body, fields=fields))

    for body, *expect in (
        (b"[]", MALFORMED), (b"{", MALFORMED), (b'{"key":1}', WRONG), (b'{"key":"short"}', WRONG), (b'{"key":"' + b"k" * 65 + b'"}', WRONG),
        (b'{"key":"' + b"\xff" * 40 + b'"}', MALFORMED, WRONG), (b'{"key":"' + b"; Path=/ " * 5 + b'"}', WRONG), (b'{"device":"x"}', UNKNOWN),
        (b'{"key":"' + b"z" * 43 + b'"}', CONFLICT), (b'{"key":""}', CONFLICT), (b" " * 5000, LARGE),
    ):
        yield case(f"claim: {body[:24]!r} of {len(body)}", lambda t, b=body: send(t, body=b), *expect)
    for cookie in (
        "", ";", "selfsame_device", "selfsame_device=", "selfsame_device=x", f"selfsame_device={'k' * 42}", f"selfsame_device={'k' * 44}", f" selfsame_device ={'k' * 43}",
        f"selfsame_device=x; selfsame_device={'k' * 43}", "selfsame_device=" + "k" * 60_000, ";" * 60_000, "selfsame_device=%6b" + "k" * 42, "selfsame_device=\u202e",
    ):
        fields = [("Cookie", cookie)]
        yield case(f"claim: the cookie {cookie[:24]!r} of {len(cookie)}", lambda t, f=fields: send(t, "result", fields=f), CONFLICT, "400", "431")
    yield case("claim: its own cookie", lambda t: send(t, "result", fields=[("Cookie", f"a=b;selfsame_device={'k' * 43}")]), "200")
    for path in ("reflect/../v1/openapi.json", "reflect/%2e%2e/", "reflect/assets/", "reflect/" + "x" * 5000, "reflect/\\..\\", "reflect//etc/passwd", "reflect/index.html%00"):
        yield case(f"page: {path[:30]!r}", lambda t, p=path: words(ask(t, "GET", "/" + p)), "404", "400")
    for accept in ("br;q=" + "0" * 60_000, "," * 60_000, ";;;;", "br;q=\u202e"):
        yield case(f"page: accepts {accept[:12]!r} of {len(accept)}", lambda t, a=accept: words(ask(t, "GET", "/reflect/", fields=[("Accept-Encoding", a)])), "200", "400", "431")
    yield case("page: sent to", lambda t: words(ask(t, "POST", "/reflect/", b"canary")), "405", "413")


@functools.cache
def _document_session(port, appcode):
    class Here:
        host = f"127.0.0.1:{port}"
        patience = 20

    Here.port, Here.appcode = port, appcode
    order = b'{"liveness":false,"document":{"may_edit":true,"tries_max":20},"start_within_s":3600,"end_within_s":7200}'
    return json.loads(split_answers(ask(Here, "POST", "/v1/verifications", order, appcode=True))[0][2])["token"]


def document_cases():
    """One picture is read at a time: what comes beside another one is in conflict."""

    def send(target, query, body, kind="image/jpeg"):
        token = _document_session(target.port, target.appcode)
        return words(ask(target, "POST", f"/v1/sessions/{token}/document{query}", body, kind))

    noise = b"\xff\xd8" + b"canary" * 1000
    for query in ("", "?", "?side", "?side=", "?side=top", "?side=front&side=back", "?side=front&passed=1", "?Side=front", "?side=front%00",
                  "?side=" + "x" * 5000, "?side=%ff", "?side=%f", "?a=1&side=front"):
        yield case(f"document: query {query[:24]!r} of {len(query)}", lambda t, q=query: send(t, q, noise), WRONG)
    yield case("document: the back first", lambda t: send(t, "?side=back", noise), CONFLICT)
    for kind in ("", "text/plain", "application/json", "multipart/form-data; boundary=b"):
        yield case(f"document: as {kind!r}", lambda t, k=kind: send(t, "?side=front", noise, k), MALFORMED)
    for name, body, *expect in (
        ("empty", b"", MISSING), ("noise", noise, "422 image_undecodable", CONFLICT), ("one byte", b"x", "422 image_undecodable", CONFLICT),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "422 image_undecodable", CONFLICT),
        ("a magic photo of nobody's sandbox", b"selfsame-sandbox:document_read", "422 image_undecodable", CONFLICT), ("9 MB", bytes(9 << 20), LARGE),
    ):
        yield case(f"document: {name}", lambda t, b=body: send(t, "?side=front", b), *expect)
    wide = json.dumps({"fields": {f"f{i}": "x" for i in range(65)}}).encode()
    for name, body, *expect in (
        ("before anything was read", b'{"fields":{"full_name":"x"}}', CONFLICT), ("nothing", b"", CONFLICT), ("empty", b"{}", CONFLICT),
        ("brackets", b"[" * 60_000, MALFORMED), ("an array", b"[]", MALFORMED), ("NULs", bytes(100), MALFORMED), ("half", b'{"fields":{', MALFORMED),
        ("fields in a list", b'{"fields":[]}', WRONG), ("no fields", b'{"fields":null}', WRONG), ("a number", b'{"fields":{"full_name":1}}', WRONG),
        ("null", b'{"fields":{"full_name":null}}', WRONG), ("an object", b'{"fields":{"full_name":{"a":"b"}}}', WRONG),
        ("a field twice", b'{"fields":{"full_name":"a","full_name":"b"}}', MALFORMED), ("65 fields", wide, MALFORMED),
        ("bytes of no character", b'{"fields":{"full_name":"\xff"}}', MALFORMED), ("a verdict", b'{"passed":true}', UNKNOWN),
        ("5000 characters", json.dumps({"fields": {"full_name": "x" * 5000}}).encode(), MALFORMED), ("100 KB", b'{"fields":{}}' + b" " * 100_000, LARGE),
    ):
        send_edits = lambda t, b=body: words(  # noqa: E731
            ask(t, "POST", f"/v1/sessions/{_document_session(t.port, t.appcode)}/document/confirm", b))
        yield case(f"edits: {name}", send_edits, *expect)
    for order in ({"document": []}, {"document": {"types": "HKIDCard"}}, {"document": {"types": ["HKIDCard"] * 33}}, {"document": {"types": ["x" * 65]}},
                  {"document": {"types": ["../networks"]}}, {"document": {"sides": "back"}}, {"document": {"stop_on": ["canary"]}},
                  {"document": {"tries_max": 21}}, {"document": {"tries_max": -1}}, {"document": {"may_edit": 1}}, {"document": {"compare_portrait": None}},
                  {"liveness": False}, {"liveness": "no"}):
        body = json.dumps({"compare": False, **order}).encode()
        yield case(f"order: {json.dumps(order)[:50]}", lambda t, b=body: words(ask(t, "POST", "/v1/verifications", b, appcode=True)), WRONG)
    verdict = b'{"liveness":false,"document":{"passed":true}}'
    yield case("order: a document that passed", lambda t: words(ask(t, "POST", "/v1/verifications", verdict, appcode=True)), UNKNOWN)


def webhook_cases():
    def send(target, body):
        return words(ask(target, "PUT", "/v1/webhook", body, appcode=True))

    for url in (
        "", "canary", "//example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "https://u:canary@example.com/",
        "https://example.com/#x", "https://exa mple.com/", "https://example.com/\r\nX: y", "http://127.0.0.1/", "http://127.1/", "http://0/",
        "http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.31.0.1/", "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/", "http://224.0.0.1/", "https://example.com/" + "x" * 2100, "https://b\u00fc.example/",
    ):
        yield case(f"webhook: {url[:40]!r} of {len(url)}", lambda t, u=url: send(t, json.dumps({"url": u}).encode()), WRONG)
    for body, *expect in (
        (b"", MALFORMED), (b"{}", MISSING), (b'{"url":1}', WRONG), (b'{"url":"https://example.com/","secret":"canary"}', UNKNOWN),
        (b'{"url":"https://example.com/","url":"http://127.0.0.1/"}', MALFORMED), (b'{"url":"https://example.com/"}' + b" " * 5000, LARGE),
    ):
        yield case(f"webhook: body {body[:30]!r} of {len(body)}", lambda t, b=body: send(t, b), *expect)


def cases(_fixtures):
    yield from order_cases()
    yield from token_cases()
    yield from chunk_cases()
    yield from manifest_cases()
    yield from small_cases()
    yield from claim_cases()
    yield from document_cases()
    yield from webhook_cases()

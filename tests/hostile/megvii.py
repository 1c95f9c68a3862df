# SPDX-License-Identifier: Apache-2.0
"""Hostile requests of the API gateway (signature and APPCODE) and of Raw."""

import base64
import hashlib
import hmac
import itertools
import json
import time
import urllib.parse

from client import base64_of, case, exchange, head, split_answers, statuses
from pictures import TINY

_nonces = itertools.count(1)
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
TOKEN, RESULT, RAW = "/face/v1.2/sdk/get_biz_token", "/face/v1.2/sdk/get_result", "/faceid/lite/raw/"
PERSON = {"liveness_type": "meglive", "idcard_name": "Anna", "idcard_number": "11010119900307801X"}
UNSIGNED, WRONG, EXPIRED, BAD_TIME, BAD_KEY, BAD_BODY = (
    "403 A403NS", "403 A403IS", "403 S403TE", "400 I400HD", "400 A400IK", "400 I400PD")


def in_words(got):
    """"STATUS gateway code or error message"."""
    answers = split_answers(got)
    if len(answers) != 1:
        return statuses(got)
    status, fields, body = answers[0]
    if b"x-ca-error-code" in fields:
        return f"{status} {fields[b'x-ca-error-code'].decode()}"
    if fields.get(b"content-type", b"").split(b";")[0] != b"application/json":
        return str(status)
    content = json.loads(body)
    return f"{status} {content.get('error') or content.get('error_message') or content.get('result_message') or 'ok'}"


def signed(target, path, form=None, query="", md5="", content_type=FORM, **changed):
    """Header fields; None takes one away, and the signature holds for what is left."""
    ca = {
        "x-ca-key": target.key_id, "x-ca-nonce": f"h{next(_nonces)}.{time.time_ns()}", "x-ca-timestamp": str(int(time.time() * 1000)),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    ca = {name: value for name, value in ca.items() if value is not None}
    pairs = sorted([*urllib.parse.parse_qsl(query, True), *(form or {}).items()])
    tail = "&".join(f"{name}={value}" if value else name for name, value in pairs)
    method = "GET" if form is None and not md5 else "POST"
    text = "\n".join([method, "application/json", md5, content_type, ""]) + "\n"
    text += "".join(f"{name}:{ca[name]}\n" for name in sorted(ca)) + path + ("?" + tail if tail else "")
    digest = hmac.new(target.secret.encode(), text.encode("utf-8", "surrogateescape"), "sha256").digest()
    fields = {**ca, "x-ca-signature-headers": ",".join(sorted(ca)), "x-ca-signature": base64.b64encode(digest).decode(), "Accept": "application/json"}
    fields |= {"Content-Type": content_type} if content_type else {}
    return fields | ({"Content-MD5": md5} if md5 else {})


def send(target, method, path, fields, body=b""):
    body = body if isinstance(body, bytes) else body.encode("utf-8", "surrogateescape")
    lines = [("Host", target.host), ("Connection", "close"), *fields.items()]
    # Who half closes is taken for gone, and what waits for a worker then is not done.
    return in_words(exchange(target, head(method, path, lines, body) + body, half_close=False))


def credentials():
    """What comes for a header that is wrong in one place; the request is a good one else."""
    def by(name, value):
        return lambda target: {**signed(target, TOKEN, PERSON), name: value}

    yield "no signature", by("x-ca-signature", ""), UNSIGNED, WRONG, BAD_KEY
    yield "signature of one letter", by("x-ca-signature", "A"), WRONG
    yield "signature of 8 kB", by("x-ca-signature", "A" * 8000), WRONG
    yield "signature of another alphabet", by("x-ca-signature", "-_" * 22), WRONG
    yield "signature of bytes", by("x-ca-signature", "\udcff" * 44), WRONG
    yield "an unknown key", by("x-ca-key", "canary"), BAD_KEY
    yield "a key of SQL", by("x-ca-key", "' OR 1=1 --"), BAD_KEY
    yield "a key of 8 kB", by("x-ca-key", "k" * 8000), BAD_KEY
    yield "an unknown method", by("x-ca-signature-method", "HmacMD5"), "400 I400HD", WRONG, "400 I400SM"
    yield "the wrong method", by("x-ca-signature-method", "HmacSHA1"), WRONG
    for names in ("", ",", "x-ca-key", "x-ca-key," * 600, "x-none", "host,x-ca-key,x-ca-nonce,x-ca-timestamp", "\udcff", "x-ca-signature"):
        yield f"signed names {names[:24]!r} of {len(names)}", by("x-ca-signature-headers", names), WRONG, BAD_TIME, UNSIGNED, "400 I400HD"
    for stamp in ("", "x", "-1", "1e9", "9" * 30, "9" * 4000, " 1", "1.5", "0x10"):
        yield f"time {stamp[:9]!r} of {len(stamp)}", lambda t, s=stamp: signed(t, TOKEN, PERSON, x_ca_timestamp=s), BAD_TIME, EXPIRED, WRONG
    for stamp in ("0", "1", "4102444800000"):
        yield f"time {stamp}", lambda t, s=stamp: signed(t, TOKEN, PERSON, x_ca_timestamp=s), EXPIRED
    for code in ("", "canary", "' OR 1=1 --", "x" * 8000, "\udcff\udcfe", "{}"):
        yield f"APPCODE {code[:9]!r} of {len(code)}", lambda _, c=code: {"Authorization": f"APPCODE {c}"}, "400 A400AC" if code else BAD_KEY


def orders():
    """Rightly signed; what is wrong is asked for."""
    def bad(name):
        return f"400 BAD_ARGUMENTS:{name}"

    for name in PERSON:
        yield f"no {name}", {**PERSON, name: ""}, f"400 MISSING_ARGUMENTS:{name}"
    for value in ("1", "11010119900307801", "1" * 100_000, "' OR 1=1 --", "\0" * 18, "11010119900307801Ｘ", "../../etc/passwd"):
        yield f"number {value[:20]!r} of {len(value)}", {**PERSON, "idcard_number": value}, bad("idcard_number")
    for value in ("n" * 33, "n" * 1_000_000, "\udcff\udcfe", "a\0b", "a\nb"):
        yield f"name {value[:9]!r} of {len(value)}", {**PERSON, "idcard_name": value}, bad("idcard_name")
    for value in ("flash", "MEGLIVE", "meglive\0", "x" * 100_000):
        yield f"type {value[:9]!r}", {**PERSON, "liveness_type": value}, bad("liveness_type")
    for name in ("liveness_timeout", "liveness_action_count", "security_level", "force_compare", "multi_oriented_detection"):
        for value in ("-1", "9999999", "9" * 400, "1e0", "x", "1 ", "0x1", "\udcff"):
            yield f"{name} {value[:9]!r} of {len(value)}", {**PERSON, name: value}, bad(name)
    for value in ("b" * 129, "\udcff", "x" * 1_000_000):
        yield f"biz_no of {len(value)}", {**PERSON, "biz_no": value}, bad("biz_no")
    for value in ("%", "AAA", "canary", "data:image/png;base64," + base64_of(TINY), "A" * 1001, "\udcff"):
        yield f"image_ref1 {value[:9]!r} of {len(value)}", {**PERSON, "image_ref1": value}, "400 IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1"
    yield "image_ref1 of noise", {**PERSON, "image_ref1": base64_of(b"\xff\xd8\xff" + b"canary" * 99)}, "400 IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1"
    yield "image_ref1 without a face", {**PERSON, "image_ref1": base64_of(TINY)}, "400 NO_FACE_FOUND:image_ref1", "400 IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1"
    yield "image_ref2 over 2 MB", {**PERSON, "image_ref2": "A" * (3 << 20)}, "413", "413 Request Entity Too Large", "413 INVALID_IMAGE_SIZE"
    yield "300 fields", {**PERSON, **{f"f{i}": "1" for i in range(300)}}, BAD_BODY


def json_bodies():
    good = json.dumps(PERSON)
    for name, text in (
        ("an array", "[1]"), ("nothing", ""), ("half", good[:-3]), ("two", good + good), ("100,000 brackets", "[" * 100_000),
        ("100,000 objects", '{"a":' * 100_000), ("a surrogate", '{"idcard_name":"\\ud800"}'), ("a name twice", good[:-1] + ',"liveness_type":"x"}'),
        ("no JSON", "canary"), ("10,000 members", "{" + ",".join(f'"f{i}":1' for i in range(10_000)) + "}"),
    ):
        # What begins with no brace is taken for a form, which its signature covers.
        answer = {"nothing": "400 MISSING_ARGUMENTS:liveness_type", "a name twice": "400 BAD_ARGUMENTS:liveness_type"}
        yield name, text.encode(), answer.get(name, WRONG if text in ("[1]", "canary") else BAD_BODY)
    yield "bytes of no character", b'{"idcard_name":"\xff"}', BAD_BODY


def tokens():
    yield "", "400 MISSING_ARGUMENTS:biz_token"
    yield "1767225600,00000000-0000-4000-8000-000000000000", "200 BIZ_TOKEN_DENIED"
    yield "%ff", WRONG
    for value in ("x", "1,2", "' OR 1=1 --", "t" * 8000, "../../etc/passwd", "%00"):
        yield value, "400 BAD_ARGUMENTS:biz_token"


def part(name, content, file=False):
    more = f'; filename="{name}"' if file else ""
    content = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"


def raw(target, what, *parts, end=b"--b--\r\n", content_type="multipart/form-data; boundary=b", key=None):
    key = {"api_key": target.key_id, "api_secret": target.secret} if key is None else key
    body = b"".join(part(name, value) for name, value in key.items()) + b"".join(parts) + end
    return send(target, "POST", RAW + what, {"Content-Type": content_type}, body)


def raw_cases():
    denied, body = "403 AUTHENTICATION_ERROR", "400 BAD_ARGUMENTS:body"
    for name, key in (
        ("no key", {}), ("unknown key", {"api_key": "canary", "api_secret": "x"}), ("key of SQL", {"api_key": "' OR 1=1 --", "api_secret": "' OR 1=1 --"}),
        ("key of 1 MB", {"api_key": "k" * (1 << 20), "api_secret": "x"}), ("bytes", {"api_key": "\udcff", "api_secret": "\udcfe"}),
        ("an empty secret", {"api_key": "{id}", "api_secret": ""}), ("a wrong secret", {"api_key": "{id}", "api_secret": "canary"}),
    ):
        yield name, lambda t, k=key: raw(t, "get_random_number", key={n: v.replace("{id}", t.key_id) for n, v in k.items()}), denied, "400 MISSING_ARGUMENTS: api_key", "400 MISSING_ARGUMENTS: api_secret"
    for what in ("", "x", "../..", "verify/x", "%00", "v" * 8000):
        yield f"call {what[:9]!r} of {len(what)}", lambda t, w=what: raw(t, w), "404 API_NOT_FOUND", "404", "400", "431", "414"
    for name, sent in (
        ("no end", {"end": b""}), ("no boundary", {"content_type": "multipart/form-data"}), ("another boundary", {"content_type": "multipart/form-data; boundary=canary"}),
        ("a boundary of 8 kB", {"content_type": "multipart/form-data; boundary=" + "b" * 8000}), ("JSON", {"content_type": "application/json"}),
        ("no type", {"content_type": ""}),
    ):
        yield name, lambda t, s=sent: raw(t, "verify", **s), body, denied, "400 MISSING_ARGUMENTS: api_key", "400"
    yield "10,000 parts", lambda t: raw(t, "verify", *(part(f"f{i}", "x") for i in range(10_000))), body
    yield "a part twice", lambda t: raw(t, "verify", part("token", "a"), part("token", "b")), body
    yield "a name of 1 MB", lambda t: raw(t, "verify", part("n" * (1 << 20), "x")), body
    for call, name in (("validate_video", "token_random_number"), ("verify", "token")):
        yield f"{call} of nothing", lambda t, c=call: raw(t, c), f"400 MISSING_ARGUMENTS: {name}"
    for value in ("", "x", "' OR 1=1 --", "t" * 100_000, "\udcff", "1767225600,00000000-0000-4000-8000-000000000000"):
        yield f"token {value[:9]!r} of {len(value)}", lambda t, v=value: raw(t, "verify", part("token", v), part("comparison_type", "0")), *(
            "400 MISSING_ARGUMENTS: token", "400 INVALID_TOKEN", "400 BAD_ARGUMENTS:token", "400 MISSING_ARGUMENTS: image_ref1", "400 MISSING_ARGUMENTS: uuid")


def cases(_fixtures):
    for name, fields, *expect in credentials():
        yield case(f"megvii gateway: {name}", lambda t, f=fields: send(t, "POST", TOKEN, f(t), urllib.parse.urlencode(PERSON)), *expect)
    for name, fields, *expect in orders():
        encoded = urllib.parse.urlencode(fields, errors="surrogateescape")
        yield case(f"megvii get_biz_token: {name}", lambda t, f=fields, e=encoded: send(t, "POST", TOKEN, signed(t, TOKEN, f), e), *expect)
    for name, body, *expect in json_bodies():
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
        yield case(
            f"megvii get_biz_token as JSON: {name}",
            lambda t, b=body, m=md5: send(t, "POST", TOKEN, signed(t, TOKEN, None, md5=m, content_type="application/json"), b),
            *expect,
        )
    for value, *answers in tokens():
        query = "biz_token=" + urllib.parse.quote(value, safe="%")
        yield case(
            f"megvii get_result of {value[:20]!r}", lambda t, q=query: send(t, "GET", RESULT + "?" + q, signed(t, RESULT, query=q, content_type="")),
            *answers,
        )
    for name, ask, *expect in raw_cases():
        yield case(f"megvii raw: {name}", ask, *expect)
    yield case("megvii gateway: 30 MB", lambda t: send(t, "POST", TOKEN, {"Authorization": f"APPCODE {t.appcode}", "Content-Type": FORM}, b"a=" + b"a" * (30 << 20)), "413", "closed", "403 CONCURRENCY_LIMIT_EXCEEDED")
    yield case("megvii raw: 30 MB", lambda t: raw(t, "verify", part("image_ref1", b"a" * (30 << 20), True)), "413", "closed", "403 CONCURRENCY_LIMIT_EXCEEDED")

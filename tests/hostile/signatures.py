# SPDX-License-Identifier: Apache-2.0
"""Hostile TC3 headers: none of them gets past the door."""

import time

from client import case, tc3

SHAPE, FAILURE, EXPIRED, UNKNOWN, MISSING, BAD = (
    "Error AuthFailure.InvalidAuthorization", "Error AuthFailure.SignatureFailure", "Error AuthFailure.SignatureExpire",
    "Error AuthFailure.SecretIdNotFound", "Error MissingParameter", "Error InvalidParameter",
)
HEX = "0" * 64


def authorizations():
    scope = "Credential={id}/{date}/faceid/tc3_request"
    names, signature = "SignedHeaders=content-type;host", "Signature=" + HEX
    yield "empty", "", SHAPE
    yield "scheme alone", "TC3-HMAC-SHA256", SHAPE
    yield "another scheme", f"TC3-HMAC-MD5 {scope}, {names}, {signature}", SHAPE
    yield "Bearer", "Bearer canary", SHAPE
    yield "no signature", f"TC3-HMAC-SHA256 {scope}, {names}", SHAPE
    yield "no names", f"TC3-HMAC-SHA256 {scope}, {signature}", SHAPE
    yield "no credential", f"TC3-HMAC-SHA256 {names}, {signature}", SHAPE
    yield "commas alone", "TC3-HMAC-SHA256 " + "," * 50_000, SHAPE
    yield "equal signs alone", "TC3-HMAC-SHA256 " + "=" * 50_000, SHAPE
    yield "slashes alone", f"TC3-HMAC-SHA256 Credential={'/' * 50_000}, {names}, {signature}", SHAPE, UNKNOWN, FAILURE
    yield "credential of one part", f"TC3-HMAC-SHA256 Credential=x, {names}, {signature}", SHAPE
    yield "empty key", f"TC3-HMAC-SHA256 Credential=/{{date}}/faceid/tc3_request, {names}, {signature}", SHAPE, UNKNOWN
    yield "another request kind", f"TC3-HMAC-SHA256 Credential={{id}}/{{date}}/faceid/tc4_request, {names}, {signature}", SHAPE, FAILURE
    yield "names of 60 kB", f"TC3-HMAC-SHA256 {scope}, SignedHeaders={'content-type;host' + ';x' * 30_000}, {signature}", FAILURE, SHAPE
    yield "names of nothing", f"TC3-HMAC-SHA256 {scope}, SignedHeaders=, {signature}", FAILURE, SHAPE
    yield "names without host", f"TC3-HMAC-SHA256 {scope}, SignedHeaders=content-type, {signature}", FAILURE, SHAPE
    yield "names of semicolons", f"TC3-HMAC-SHA256 {scope}, SignedHeaders={';' * 1000}, {signature}", FAILURE, SHAPE
    yield "one name often", f"TC3-HMAC-SHA256 {scope}, SignedHeaders={'host;' * 5000}content-type, {signature}", FAILURE, SHAPE
    for name, given in (("empty", ""), ("short", "0"), ("long", "0" * 65), ("of 60 kB", "0" * 60_000), ("in capitals", "F" * 64),
                        ("no hexadecimal", "g" * 64), ("with a blank", "0" * 63 + " "), ("of bytes", "\udcff" * 64), ("zeros", HEX)):
        yield f"signature {name}", f"TC3-HMAC-SHA256 {scope}, {names}, Signature={given}", FAILURE, SHAPE
    yield "two signatures", f"TC3-HMAC-SHA256 {scope}, {names}, {signature}, {signature}", FAILURE, SHAPE
    yield "two credentials", f"TC3-HMAC-SHA256 {scope}, Credential=x/y/z/tc3_request, {names}, {signature}", FAILURE, SHAPE, UNKNOWN


def cases(_fixtures):
    for name, text, *expect in authorizations():
        def send(target, text=text):
            text = text.replace("{id}", target.key_id).replace("{date}", time.strftime("%Y-%m-%d", time.gmtime()))
            return tc3(target, {}, authorization=text)

        yield case(f"authorization: {name}", send, *expect)
    for name, given in (("unknown", "canary"), ("of 50 kB", "x" * 50_000), ("of SQL", "' OR 1=1 --"), ("of bytes", "\udcff\udcfe"),
                        ("of a path", "..")):
        yield case(f"key: {name}", lambda t, g=given: tc3(t, {}, key_id=g), UNKNOWN, SHAPE)
    for stamp in ("x", "-1", "1e9", "0x10", "1.5", "+1", "99999999999999999999", "9" * 50_000, "1,2", "\udcff"):
        yield case(f"stamp: {stamp[:20]!r} of {len(stamp)}", lambda t, s=stamp: tc3(t, {}, stamp=s), BAD)
    yield case("stamp: none", lambda t: tc3(t, {}, stamp=""), MISSING)
    for when in (0, 1, 2**31, 2**32, 32503679999):
        yield case(f"time: {when}", lambda t, w=when: tc3(t, {}, when=w), EXPIRED)
    for seconds in (-400, -86400, 400, 86400):
        yield case(f"time: {seconds} s off", lambda t, s=seconds: tc3(t, {}, when=int(time.time()) + s), EXPIRED)
    yield case("date: another day's", lambda t: tc3(t, {}, date="2001-02-03"), FAILURE)
    for date in ("x", "2026-1-1", "9" * 10_000):
        yield case(f"date: {date[:10]}", lambda t, d=date: tc3(t, {}, date=d), FAILURE, SHAPE)
    yield case("header: a second stamp", lambda t: tc3(t, {}, extra=[("X-TC-Timestamp", "1")]), MISSING)
    yield case("header: a second action", lambda t: tc3(t, {}, extra=[("X-TC-Action", "canary")]), MISSING)
    yield case("header: a second authorization", lambda t: tc3(t, {}, extra=[("Authorization", "TC3-HMAC-SHA256 x")]), MISSING)
    yield case("header: a second host", lambda t: tc3(t, {}, extra=[("Host", "canary")]), "400")
    yield case("header: a token", lambda t: tc3(t, {}, extra=[("X-TC-Token", "canary")]), "Error AuthFailure.TokenFailure")
    yield case("header: a trace of 50 kB", lambda t: tc3(t, {}, extra=[("X-TC-TraceId", "x" * 50_000)]), MISSING)
    yield case("header: a trace of bytes", lambda t: tc3(t, {}, extra=[("X-TC-TraceId", "\udcff\udcfe")]), MISSING)
    for language in ("zh-CN", "x" * 50_000, "../../etc/passwd"):
        yield case(f"header: language {language[:10]}", lambda t, v=language: tc3(t, {}, extra=[("X-TC-Language", v)]), MISSING)
    for version in ("", "9999-99-99", "x" * 50_000, "2018-03-01 "):
        expect = (MISSING,) if version in ("", "2018-03-01 ") else ("Error NoSuchVersion",)
        yield case(f"version: {version[:12]!r} of {len(version)}", lambda t, v=version: tc3(t, {}, version=v), *expect)
    for action in ("comparefaceliveness", "CompareFaceLiveness\t", "A" * 50_000, "../x", "\udcff", "${jndi:ldap://canary}"):
        expect = MISSING if action.endswith("\t") else "Error InvalidAction"
        yield case(f"action: {action[:20]!r}", lambda t, a=action: tc3(t, {}, action=a), expect)
    for region in ("moon", "x" * 50_000, "\udcff", "ap-singapore,ap-hongkong"):
        yield case(f"region: {region[:20]!r}", lambda t, r=region: tc3(t, {}, region=r), "Error UnsupportedRegion")
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=b", "x" * 30_000):
        yield case(f"content type: {kind[:20]}", lambda t, k=kind: tc3(t, {}, content_type=k), BAD)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "CANARY"):
        yield case(f"method: {method}", lambda t, m=method: tc3(t, {}, method=m), "Error UnsupportedProtocol")

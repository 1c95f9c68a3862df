# SPDX-License-Identifier: Apache-2.0
"""Hostile requests of the RPC surface (signature version 1 and ACS3), and hostile ServiceParameters."""

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
NAMES = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
BAD, INCOMPLETE, UNKNOWN, MISMATCH, EXPIRED, ILLEGAL, NO_API = (
    "400 InvalidParameter", "400 IncompleteSignature", "404 InvalidAccessKeyId.NotFound", "400 SignatureDoesNotMatch",
    "400 InvalidTimeStamp.Expired", "400 IllegalTimestamp", "404 InvalidAction.NotFound",
)


def in_words(got):
    """"STATUS code" of an error, "Code retCode" of ExecuteRequest."""
    answers = split_answers(got)
    if len(answers) != 1 or answers[0][1].get(b"content-type") != b"application/json; charset=utf-8":
        return statuses(got)
    status, _, body = answers[0]
    content = json.loads(body)
    if status != 200:
        return f"{status} {content['Code']}"
    data = json.loads(content["Data"])["retCode"] if "Data" in content else "-"
    return f"{content['Code']} {data}"


def e(text):
    return urllib.parse.quote(text, safe="-_.~", errors="surrogateescape")


def signed(target, fields, method="POST"):
    fields = {
        "Action": "ExecuteRequest", "Version": "2019-05-21", "Format": "JSON", "AccessKeyId": target.key_id, "SignatureVersion": "1.0",
        "SignatureMethod": "HMAC-SHA1", "SignatureNonce": f"h{next(_nonces)}.{time.time_ns()}",
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **fields,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    text = f"{method}&%2F&" + e("&".join(f"{e(name)}={e(fields[name])}" for name in sorted(fields)))
    digest = hmac.new(target.secret.encode() + b"&", text.encode(), hashlib.sha1).digest()
    return "&".join(f"{e(name)}={e(value)}" for name, value in {**fields, "Signature": base64.b64encode(digest).decode()}.items())


def send(target, query="", form=b"", method="POST"):
    form = form if isinstance(form, bytes) else form.encode("utf-8", "surrogateescape")
    fields = [("Host", target.host), ("Connection", "close"), ("Content-Type", "application/x-www-form-urlencoded")]
    # Who half closes is taken for gone, and what waits for a worker then is not done.
    return in_words(exchange(target, head(method, "/?" + query, fields, form) + form, half_close=False))


def unsigned():
    """Queries that do not come to a signature."""
    key = "AccessKeyId={id}&Format=JSON"
    yield "nothing but a key", key, INCOMPLETE, "400 MissingSignature", "400 MissingAction"
    yield "percent sign at the end", key + "&a=%", BAD
    yield "percent sign and letters", key + "&a=%zz", BAD
    yield "a parameter twice", key + "&Action=a&Action=b", BAD
    yield "a parameter twice, encoded", key + "&Action=a&%41ction=b", BAD
    yield "bytes of no character", key + "&a=%ff%fe", BAD
    yield "a NUL", key + "&a=%00", BAD
    yield "10,000 parameters", key + "".join(f"&p{i}=1" for i in range(10_000)), BAD, INCOMPLETE
    yield "a million ampersands", key + "&" * 1_000_000, INCOMPLETE, "400 MissingSignature", "400 MissingAction"
    yield "a name of 1 MB", key + "&" + "n" * (1 << 20) + "=1", BAD, INCOMPLETE, "400 MissingSignature", "400 MissingAction"


def wrongly_signed():
    yield "unknown key", {"AccessKeyId": "LTAIcanary"}, UNKNOWN
    yield "key of SQL", {"AccessKeyId": "' OR 1=1 --"}, UNKNOWN
    yield "key of 1 MB", {"AccessKeyId": "x" * (1 << 20)}, UNKNOWN
    for stamp in ("x", "-1", "1767225600", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01 00:00:00", "9" * 100_000):
        yield f"time {stamp[:20]!r} of {len(stamp)}", {"Timestamp": stamp}, ILLEGAL
    for stamp in ("1970-01-01T00:00:00Z", "2001-02-03T04:05:06Z", "9999-12-31T23:59:59Z"):
        yield f"time {stamp}", {"Timestamp": stamp}, EXPIRED
    for method in ("HMAC-MD5", "none", "x" * 10_000):
        yield f"method {method[:10]}", {"SignatureMethod": method}, MISMATCH, INCOMPLETE, BAD
    yield "a security token", {"SecurityToken": "canary"}, "404 InvalidSecurityToken.NotFound", "400 InvalidSecurityToken.Malformed", "400 InvalidSecurityToken.Expired", "403 InvalidSecurityToken.Expired", "400 InvalidSecurityToken"
    yield "another action", {"Action": "../../etc/passwd"}, NO_API
    yield "an action of 1 MB", {"Action": "A" * (1 << 20)}, NO_API
    yield "another version", {"Version": "9999-99-99"}, "400 InvalidVersion"
    yield "a nonce of 1 MB", {"SignatureNonce": "n" * (1 << 20)}, BAD, INCOMPLETE, "400 MissingService"


def photos(reference=base64_of(TINY), probe=base64_of(TINY), code="00840000", **more):
    return json.dumps({"refFaceContent": reference, "authFaceContent": probe, "resourceCode": code, **more})


def parameters():
    """Rightly signed; what is wrong lies in ServiceParameters."""
    wrong = "400 -"
    for name, text in (
        ("empty", ""), ("no JSON", "canary"), ("an array", "[1]"), ("a number", "1e999"), ("half", photos()[:-5]), ("two", photos() + "{}"),
        ("100,000 brackets", "[" * 100_000), ("100,000 objects", '{"a":' * 100_000), ("a NUL in a name", '{"\\u0000": 1}'),
        ("a number as a photo", json.dumps({"refFaceContent": 1, "authFaceContent": "AAAA", "resourceCode": "00840000"})),
        ("an object as a photo", json.dumps({"refFaceContent": {}, "authFaceContent": "AAAA", "resourceCode": "00840000"})),
        ("nulls", json.dumps({"refFaceContent": None, "authFaceContent": None, "resourceCode": None})),
        ("half a surrogate", '{"refFaceContent":"\\ud800","authFaceContent":"AAAA","resourceCode":"00840000"}'),
        ("a prefix", photos("data:image/jpeg;base64," + base64_of(TINY))), ("blanks", photos("AA AA")), ("url alphabet", photos("-_-_")),
        ("no padding", photos("AAA")), ("too much padding", photos("AA==" * 2)), ("7 MB", photos("A" * (7 << 20))),
    ):
        yield name, text, wrong
    for code in ("", "zz", "0084", "00840001", "+0840000", "00840000\u0000", "9" * 100_000, "00850000"):
        yield f"resourceCode {code[:9]!r} of {len(code)}", photos(code=code), "500 SYSTEM_ERROR" if code else wrong
    yield "photos of noise", photos(base64_of(b"\xff\xd8\xff" + b"canary" * 1000)), "200 PROCESSING"
    yield "a photo cut off", photos(base64_of(TINY[:40])), "200 PROCESSING"
    yield "no face in a tiny picture", photos(), "200 UNABLE_GET_IMAGE"
    yield "members of 1 MB besides", photos(canary="x" * (1 << 20)), "200 UNABLE_GET_IMAGE"


def authorizations():
    good = "ACS3-HMAC-SHA256 Credential={id},SignedHeaders=" + NAMES + ",Signature=" + "0" * 64
    for name, text in (
        ("scheme alone", "ACS3-HMAC-SHA256"), ("commas", "ACS3-HMAC-SHA256 " + "," * 50_000), ("no names", good.replace("SignedHeaders=" + NAMES + ",", "")),
        ("zeros", good), ("names of 60 kB", good.replace("host;", "host;" + "x;" * 30_000)), ("a short signature", good[:-1]), ("bytes", good[:-2] + "\udcff\udcff"),
        ("two signatures", good + ",Signature=" + "0" * 64), ("an unknown key", good.replace("{id}", "LTAIcanary")),
    ):
        yield name, text


def acs3(target, authorization):
    fields = [
        ("Host", target.host), ("Connection", "close"), ("x-acs-action", "SendMessageToGlobe"), ("x-acs-version", "2018-05-01"),
        ("x-acs-date", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())), ("x-acs-signature-nonce", f"a{next(_nonces)}"),
        ("x-acs-content-sha256", hashlib.sha256(b"").hexdigest()), ("Authorization", authorization.replace("{id}", target.key_id)),
    ]
    return in_words(exchange(target, head("POST", "/?To=1&Message=canary", fields, b"")))


def cases(_fixtures):
    for name, query, *expect in unsigned():
        yield case(f"rpc: {name}", lambda t, q=query: send(t, q.replace("{id}", t.key_id)), *expect)
    for name, fields, *expect in wrongly_signed():
        yield case(f"rpc: {name}", lambda t, f=fields: send(t, form=signed(t, f)), *expect)
    for name, text, *expect in parameters():
        given = {"Service": "intl_face_verify", "ServiceParameters": text}
        yield case(f"ServiceParameters: {name}", lambda t, g=given: send(t, form=signed(t, g)), *expect)
        if len(text) < 1 << 20:
            yield case(f"ServiceParameters in the query: {name}", lambda t, g=given: send(t, query=signed(t, g, "GET"), method="GET"), *expect)
    for name, text in authorizations():
        expect = (UNKNOWN,) if "unknown key" in name else (INCOMPLETE, MISMATCH)
        yield case(f"acs3: {name}", lambda t, a=text: acs3(t, a), *expect)
    yield case("rpc: 30 MB of query", lambda t: send(t, "AccessKeyId=x&a=" + "a" * (30 << 20)), "200", "413", "413 RequestEntityTooLarge", "closed")

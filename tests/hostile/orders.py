# SPDX-License-Identifier: Apache-2.0
"""Hostile orders of the Tencent surface: tokens, their results, webhooks. Rightly signed; none opens anything."""

from client import base64_of, case, tc3
from pictures import TINY

VALUE, BAD, MISSING, UNKNOWN, UNSUPPORTED = (
    "Error InvalidParameterValue", "Error InvalidParameter", "Error MissingParameter", "Error UnknownParameter", "Error UnsupportedOperation")
SHOP = "https://shop.example/back"
NOISE = base64_of(b"\xff\xd8\xff" + b"canary" * 99)
TOKENS = ("x", "' OR 1=1 --", "00000000-0000-4000-8000-000000000000", "../../etc/passwd", "\0", "t" * 128, "${jndi:ldap://canary}")


def addresses(name):
    for value in ("x", "javascript:alert(1)", "data:text/html,canary", "file:///etc/passwd", "//shop.example", "https://", "https://a b",
                  "https://shop.example/\r\nSet-Cookie: canary", "https://shop.example/\0", "h" * 100_000, "https://" + "a" * 10_000):
        yield f"{name} {value[:24]!r} of {len(value)}", {name: value}, VALUE


def web():
    """Of ApplyWebVerificationBizTokenIntl, whose good order is a photo and an address."""
    good = {"RedirectURL": SHOP, "CompareImageBase64": base64_of(TINY), "Config": {"CheckMode": 2}}
    yield "nothing", {}, MISSING
    for name, fields, *expect in addresses("RedirectURL"):
        yield name, {**good, **fields}, *expect
    yield "Extra over its limit", {**good, "Extra": "x" * 1001}, VALUE
    yield "Extra of 1 MB", {**good, "Extra": "字" * 400_000}, VALUE
    for config in ("x", 1, True):
        yield f"Config {config!r}", {**good, "Config": config}, BAD, MISSING
    for member, values in (
        ("CheckMode", (0, 5, -1, 1 << 40, "2", 1.5, True)), ("SecurityLevel", (0, 5, -1, "x")), ("LivenessRetryLimit", (0, -1, 1 << 40, "x")),
        ("LivenessTimeout", (-1, 1 << 40, "x")), ("ActionList", ("canary", "1,2,3,4,5,6,7,8,9", ",", "9" * 64)), ("Language", ("canary", 1)),
        ("AutoSkip", ("x", 1)), ("IDCardType", ("canary", 1)), ("SelectedWarningCodes", ("canary", ",", "9" * 300)), ("canary", (1, "x")), ("Version", ("canary",)),
    ):
        for value in values:
            yield f"Config.{member} {str(value)[:12]!r}", {**good, "Config": {"CheckMode": 2, member: value}}, VALUE, BAD, UNKNOWN
    yield "Config of 300 members", {**good, "Config": {f"f{i}": 1 for i in range(300)}}, BAD, UNKNOWN
    yield "photo of noise", {**good, "CompareImageBase64": NOISE}, "Error FailedOperation.ImageDecodeFailed"


def others():
    for action, name in (
        ("GetWebVerificationResultIntl", "BizToken"), ("GetFaceIdResultIntl", "SdkToken"), ("GetSdkVerificationResult", "SdkToken"),
        ("GetLivenessResult", "SdkToken"),
    ):
        yield action, "nothing", {}, MISSING
        for value in TOKENS:
            yield action, f"{name} {value[:9]!r} of {len(value)}", {name: value}, "Error InvalidParameterValue.BizTokenIllegal", VALUE, "Error InvalidParameter"
        for value in (1, [], {}, "t" * 100_000):
            yield action, f"{name} {str(value)[:9]}", {name: value}, BAD, VALUE, MISSING
    for fields, *expect in (
        ({"CheckMode": "canary"}, VALUE), ({"SecureLevel": "9"}, VALUE), ({"Image": "%", "CheckMode": "compare"}, VALUE), ({"Image": NOISE, "CheckMode": "compare"}, "Error FailedOperation.ImageDecodeFailed"),
        ({"Extra": "x" * 1025}, VALUE), ({"ActionList": "canary"}, VALUE), ({"RetryLimit": 1 << 40}, VALUE, BAD), ({"RetryLimit": "x"}, BAD), ({"MetaData": "x" * (1 << 20)}, VALUE),
        ({"SdkVersion": "canary"}, VALUE), ({"EnableBotBgDetection": "x"}, BAD, VALUE), ({"canary": 1}, UNKNOWN),
    ):
        name, value = next(iter(fields.items()))
        yield "GetFaceIdTokenIntl", f"{name} {str(value)[:12]}", fields, *expect
    for name, fields, *expect in addresses("WebhookURL"):
        yield "CreateEKYCWebhook", name, {"WebhookName": "hook", **fields}, *expect
    for value in (0, -1, 1 << 60, "x", 1.5, None):
        yield "DeleteEKYCWebhook", f"WebhookId {value}", {"WebhookId": value}, VALUE, BAD, MISSING, "Error ResourceNotFound", "Error FailedOperation"


def cases(_fixtures):
    for name, body, *expect in web():
        yield case(f"orders: web: {name}", lambda t, b=body: tc3(t, b, action="ApplyWebVerificationBizTokenIntl"), *expect)
    for action, name, body, *expect in others():
        yield case(f"orders: {action}: {name}", lambda t, a=action, b=body: tc3(t, b, action=a), *expect)

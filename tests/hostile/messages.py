# SPDX-License-Identifier: Apache-2.0
"""Hostile text messages, rightly signed: none is taken, none is charged."""

import json

import alibaba
from client import case, exchange, head, split_answers

NUMBER, WRONG, LENGTH, COUNT, COUNTRY, SENDER = (
    "MOBILE_NUMBER_ILLEGAL", "INVALID_PARAMETERS", "PARAM_LENGTH_LIMIT", "MOBILE_COUNT_OVER_LIMIT", "NOT_SUPPORTED_COUNTRY", "INVALID_SENDERID")
TO, TEXT = "628131234567", "canary"


def send(target, action, fields):
    """ResponseCode, or "STATUS code" of an error."""
    form = alibaba.signed(target, {"Action": action, "Version": "2018-05-01", **fields}).encode()
    lines = [("Host", target.host), ("Connection", "close"), ("Content-Type", "application/x-www-form-urlencoded")]
    got = exchange(target, head("POST", "/", lines, form) + form, half_close=False)
    (status, _, body), = split_answers(got)
    content = json.loads(body)
    return content["ResponseCode"] if status == 200 else f"{status} {content['Code']}"


def single():
    for value in ("1", "x", "+", "00", "0" * 16, "1" * 17, "9" * 100_000, "628131234567x", "62 813", "٦٢٨١٣١٢٣٤٥٦٧", "\udcff", "' OR 1=1 --", "6281312\x0034567", '["628131234567"]'):
        yield f"To {value[:12]!r} of {len(value)}", {"To": value, "Message": TEXT}, NUMBER, alibaba.BAD
    yield "no To", {"Message": TEXT}, "400 MissingTo"
    yield "no Message", {"To": TO}, "400 MissingMessage"
    yield "To mainland", {"To": "8613800138000", "Message": TEXT}, COUNTRY
    for value in ("x" * 5000, "字" * 3000, "\U0001f600" * 100_000):
        yield f"Message of {len(value)} {value[0]!r}", {"To": TO, "Message": value}, LENGTH
    for value in ("\udcff\udcfe", "\0"):
        yield f"Message {value!r}", {"To": TO, "Message": value}, WRONG, alibaba.BAD
    for value in ("s" * 12, "s" * 100_000, "\udcff", "a\0b", "a\nb", "字字字"):
        yield f"From {value[:9]!r} of {len(value)}", {"To": TO, "Message": TEXT, "From": value}, SENDER, WRONG, alibaba.BAD
    for value in ("0", "-1", "x", "1e3", "9" * 40, "1.5", " 1"):
        yield f"ValidityPeriod {value[:9]!r}", {"To": TO, "Message": TEXT, "ValidityPeriod": value}, WRONG
    yield "an unknown Type", {"To": TO, "Message": TEXT, "Type": "canary"}, WRONG
    yield "a TaskId of 1 MB", {"To": TO, "Message": TEXT, "TaskId": "t" * (1 << 20)}, WRONG


def batch():
    for name, value in (
        ("no JSON", TO), ("an object", "{}"), ("an empty list", "[]"), ("numbers", "[628131234567]"), ("lists", f'[["{TO}"]]'), ("nulls", "[null]"),
        ("half", f'["{TO}"'), ("two lists", f'["{TO}"]["{TO}"]'), ("100,000 brackets", "[" * 100_000), ("a surrogate", '["\\ud800"]'),
    ):
        yield f"To {name}", {"To": value, "Message": TEXT}, WRONG
    yield "1,001 numbers", {"To": json.dumps([TO] * 1001), "Message": TEXT}, COUNT
    yield "100,000 numbers", {"To": json.dumps([TO] * 100_000), "Message": TEXT}, COUNT
    yield "wrong numbers alone", {"To": json.dumps(["x"] * 1000), "Message": TEXT}, NUMBER
    yield "two texts for one number", {"To": json.dumps([TO]), "Message": json.dumps(["a", "b"])}, WRONG
    yield "one in the mainland", {"To": json.dumps([TO, "8613800138000"]), "Message": TEXT}, COUNTRY


def templates():
    good = {"To": "8613800138000", "From": "canary", "TemplateCode": "SMS_1"}
    for name in good:
        yield f"no {name}", {**good, name: ""}, f"400 Missing{name}"
    for value in ("x", "[]", "{", '{"a":{}}', '{"a":[1]}', '{"a":null}', '{"a":' * 50_000, '{"a":"\\ud800"}'):
        yield f"TemplateParam {value[:9]!r} of {len(value)}", {**good, "TemplateParam": value}, "INVALID_JSON_PARAM"
    for value in ("s" * 21, "s" * 100_000, "\udcff", "a\0b", "a\x9bb", "Bank】buy 【"):
        yield f"From {value[:9]!r} of {len(value)}", {**good, "From": value}, SENDER, alibaba.BAD
    for value in ("' OR 1=1 --", "../../x", "c" * 100_000, "\udcff"):
        yield f"TemplateCode {value[:9]!r}", {**good, "TemplateCode": value}, "SMS_CONTENT_CODE_ILLEGAL", alibaba.BAD


def queries():
    for value in ("x", "0", "' OR 1=1 --", "9" * 100_000, "\udcff", "\0"):
        yield "QueryMessage", f"MessageId {value[:9]!r} of {len(value)}", {"MessageId": value}, "DATA_NOT_EXIST", WRONG, alibaba.BAD
        yield "SmsConversion", f"MessageId {value[:9]!r} of {len(value)}", {"MessageId": value, "Delivered": "true", "ConversionTime": "1"}, "DATA_NOT_EXIST", WRONG, alibaba.BAD
    for value in ("-1", "x", "9" * 40, "1e400", "2", "nan", "inf"):
        yield "ConversionData", f"ConversionRate {value[:9]!r}", {"ConversionRate": value}, WRONG
    yield "ConversionData", "ReportTime ahead", {"ConversionRate": "0.5", "ReportTime": "9" * 18}, WRONG


def cases(_fixtures):
    for action, rows in (("SendMessageToGlobe", single()), ("BatchSendMessageToGlobe", batch()), ("SendMessageWithTemplate", templates())):
        for name, fields, *expect in rows:
            yield case(f"messages: {action}: {name}", lambda t, a=action, f=fields: send(t, a, f), *expect)
    for action, name, fields, *expect in queries():
        yield case(f"messages: {action}: {name}", lambda t, a=action, f=fields: send(t, a, f), *expect)

# SPDX-License-Identifier: Apache-2.0
"""Hostile values and JSON bodies, rightly signed: what is wrong is what the signature holds together."""

import json

from client import base64_of, case, tc3
from pictures import TINY, jpeg, segment

BAD_VALUE, BAD, MISSING, UNKNOWN = (
    "Error InvalidParameterValue", "Error InvalidParameter", "Error MissingParameter", "Error UnknownParameter",
)
PHOTO = base64_of(TINY)
GOOD = {"ImageBase64": PHOTO, "VideoBase64": "AAAA", "LivenessType": "SILENT"}


def base64_cases():
    yield "in the URL alphabet", PHOTO.replace("+", "-").replace("/", "_") + "-___"
    yield "with a line end", PHOTO + "\n"
    yield "with line ends every 76", "\r\n".join(PHOTO[i : i + 76] for i in range(0, len(PHOTO), 76))
    yield "with a blank in the middle", PHOTO[:20] + " " + PHOTO[21:]
    yield "with a blank before", " " + PHOTO
    yield "with a tab behind", PHOTO + "\t"
    yield "without its padding", base64_of(b"ab").rstrip("=")
    yield "with too much padding", PHOTO.rstrip("=") + "====="
    yield "of padding alone", "===="
    yield "with padding in the middle", "AAA=" + PHOTO
    yield "of one letter", "A"
    yield "of five letters", "AAAAA"
    yield "with bits behind its end", "AAB="
    yield "with more bits behind its end", "AB=="
    yield "with a NUL", PHOTO[:4] + "\0" + PHOTO[5:]
    yield "with a letter that is not ASCII", PHOTO[:4] + "é" + PHOTO[5:]
    yield "with a wide letter", PHOTO[:4] + "Ａ" + PHOTO[5:]
    yield "with a data: prefix", "data:image/png;base64," + PHOTO
    yield "percent-encoded", "%41%41%41%41"
    yield "with a byte order mark", "\ufeff" + PHOTO
    yield "that is a path", "/etc/passwd"
    yield "that is a URL", "file:///etc/passwd"
    yield "of 100000 bad letters", "?" * 100_000


def text_of(fields):
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in fields) + "}"


def with_field(name, value):
    """GOOD with the JSON text of one value replaced, or added."""
    fields = {key: json.dumps(given) for key, given in GOOD.items()}
    return text_of({**fields, name: value}.items())


def body_cases():
    good = json.dumps(GOOD)
    yield "empty body", b"", MISSING
    yield "empty object", b"{}", MISSING
    yield "blanks alone", b"   ", BAD
    yield "NUL alone", b"\0", BAD
    yield "byte order mark", b"\xef\xbb\xbf" + good.encode(), BAD
    yield "UTF-16", good.encode("utf-16"), BAD
    yield "UTF-32", good.encode("utf-32-le"), BAD
    for text in ("[]", "null", "true", "1", '"x"', "[{}]"):
        yield f"{text} instead of an object", text.encode(), BAD
    for name, text in (
        ("a brace too many", good + "}"), ("two objects", good + good), ("a word behind", good + "x"), ("a NUL behind", good + "\0"),
        ("no end", good[:-1]), ("no quote", good[:-2]), ("a comma at the end", good[:-1] + ",}"), ("a comment", "/**/" + good),
        ("single quotes", good.replace('"', "'")), ("bare names", '{LivenessType:"SILENT"}'), ("two colons", '{"a"::1}'),
        ("a name alone", '{"LivenessType"}'), ("a list's bracket", good[:-1] + "]"), ("a form", "ImageBase64=AAAA&VideoBase64=AAAA"),
        ("XML", "<x/>"), ("YAML", "a: b"), ("NaN", with_field("LivenessType", "NaN")), ("Infinity", with_field("x", "-Infinity")),
        ("hexadecimal", with_field("x", "0x10")), ("a leading zero", with_field("x", "01")), ("a plus sign", with_field("x", "+1")),
        ("a bare minus", with_field("x", "-")), ("a bare exponent", with_field("x", "1e")), ("a bare point", with_field("x", ".5")),
        ("an unknown escape", with_field("x", '"\\q"')), ("a short escape", with_field("x", '"\\u12"')),
        ("a lone surrogate", with_field("x", '"\\ud800"')), ("surrogates the wrong way round", with_field("x", '"\\udc00\\ud800"')),
        ("half a surrogate pair", with_field("x", '"\\ud800\\u0041"')), ("a line end in a text", with_field("x", '"a\nb"')),
        ("a control character in a text", with_field("x", '"a\x01b"')), ("a NUL in a text", with_field("x", '"a\0b"')),
        ("100 levels", with_field("x", "[" * 100 + "]" * 100)), ("9 levels of objects", with_field("x", '{"a":' * 9 + "1" + "}" * 9)),
        ("a million levels", "[" * 1_000_000), ("a million levels of objects", '{"a":' * 1_000_000),
        ("100000 fields", text_of((f"f{i}", 1) for i in range(100_000))), ("300 fields", text_of((f"f{i}", 1) for i in range(300))),
        ("a list of 100000", with_field("x", "[" + "1," * 99_999 + "1]")), ("a name of 1 MB", with_field("n" * (1 << 20), "1")),
        ("a name of 129 bytes", with_field("n" * 129, "1")), ("a number of 1 MB", with_field("LivenessType", "9" * (1 << 20))),
        ("one field twice", good[:-1] + ',"LivenessType":"SILENT"}'), ("one field twice, escaped", good[:-1] + ',"LivenessTyp\\u0065":"SILENT"}'),
        ("a photo twice", good[:-1] + f',"ImageBase64":"{PHOTO}"}}'), ("an unknown field twice", good[:-1] + ',"x":1,"x":2}'),
    ):
        yield name, text.encode(), BAD
    for name, value in (("a byte of no character", b"\xff"), ("a cut character", b"\xe2\x82"), ("an overlong slash", b"\xc0\xaf"),
                        ("an encoded surrogate", b"\xed\xa0\x80"), ("a character beyond Unicode", b"\xf5\x80\x80\x80"),
                        ("Latin-1", b"caf\xe9")):
        yield f"{name} in a value", good.encode()[:-1] + b',"x":"' + value + b'"}', BAD
        yield f"{name} in a name", good.encode()[:-1] + b',"' + value + b'":1}', BAD
    for field in GOOD:
        for value in ("1", "-1", "1.5", "true", "[]", "{}", '["x"]', '{"x":"y"}', "1e400", "-0", "99999999999999999999999"):
            yield f"{field} is {value}", with_field(field, value).encode(), BAD, MISSING
        yield f"{field} is null", with_field(field, "null").encode(), MISSING
        yield f"{field} is empty", with_field(field, '""').encode(), MISSING
    for name in ("imagebase64", "ImageBase64 ", "ImageBase64\\u0000", "ImageBase64.0", "__proto__", ".", "..", "*", "ImageUrl", "$ref"):
        yield f'unknown field "{name}"', (good[:-1] + f',"{name}":"x"}}').encode(), UNKNOWN
    yield "a field without a name", (good[:-1] + ',"":"x"}').encode(), BAD
    for value in ("silent", "SILENT ", "SILENT\\u0000", "\\ud83d\\ude00", "S" * 100_000, "' OR 1=1 --", "${jndi:ldap://canary}"):
        yield f"LivenessType {value[:30]}", with_field("LivenessType", f'"{value}"').encode(), BAD_VALUE
    for value in ("ACTION", "LIP"):
        yield f"LivenessType {value}", with_field("LivenessType", f'"{value}"').encode(), MISSING
        for data in ("0", "5", "1,", ",", "1,,2", "1 ", "١", "-1", "1e1", "12345", "00000000", "x" * 64):
            field = f'"{value}","ValidateData":"{data}"'
            yield f"{value} with {data[:9]}", with_field("LivenessType", field).encode(), BAD_VALUE
    for value in ("1,2,3", "x" * 65, "x" * 1_000_000):
        yield f"ValidateData of {len(value)}", with_field("ValidateData", f'"{value}"').encode(), BAD_VALUE
    large = base64_of(jpeg(96, 96, extra=segment(0xFE, bytes(65000)) * 37))
    yield "ImageBase64 over 3 MB", with_field("ImageBase64", f'"{large}"').encode(), "Error FailedOperation.ImageSizeTooLarge"
    yield "VideoBase64 over 8 MB", with_field("VideoBase64", f'"{"A" * (9 << 20)}"').encode(), "Error FailedOperation.LipSizeError"
    yield "body over 10 MB", with_field("VideoBase64", f'"{"A" * (11 << 20)}"').encode(), "Error RequestSizeLimitExceeded"
    yield "escapes of 4 MB", with_field("ImageBase64", '"' + "\\u0041" * 700_000 + '"').encode(), "Error FailedOperation.ImageDecodeFailed"


def identity_cases():
    """Numbers and names that are none: the register is not even asked."""
    number = "11010519491231002X"
    for value in ("1", "11010519491231002", "110105194912310021", "11010519491331002X", "' OR 1=1 --", "1101051949123100２X",
                  "11010519491231002X\n", "11010519491231002X\0", "../../etc/passwd", "-" * 100_000, "9" * 100_000, "\ud83d\ude00"):
        yield f"number {value[:20]!r} of {len(value)}", {"IdCard": value, "Name": "a"}, "Result -2"
    for value in ("1", "<script>", "a\0b", "a\nb", "a\u0085b", "-", "a" * 65, "a" * 1_000_000, "${jndi:ldap://canary}", "'; DROP TABLE x"):
        yield f"name {value[:20]!r} of {len(value)}", {"IdCard": number, "Name": value}, "Result -3"
    yield "name of an encoded surrogate", b'{"IdCard":"%s","Name":"\xed\xa0\x80"}' % number.encode(), BAD
    yield "no name", {"IdCard": number, "Name": ""}, MISSING
    yield "number is a number", {"IdCard": 1, "Name": "a"}, BAD
    yield "encrypted", {"IdCard": number, "Name": "a", "Encryption": {"Iv": "x"}}, "Error UnsupportedOperation"


def cases(_fixtures):
    for name, body, *expect in identity_cases():
        yield case(f"identity: {name}", lambda target, body=body: tc3(target, body, action="IdCardVerification"), *expect)
    for name, value in base64_cases():
        for field in ("ImageBase64", "VideoBase64"):
            body = {**GOOD, field: value}
            yield case(f"base64: {field} {name}", lambda target, body=body: tc3(target, body), BAD_VALUE)
    for name, body, *expect in body_cases():
        yield case(f"json: {name}", lambda target, body=body: tc3(target, body), *expect)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ExecuteRequest by the vendor's unmodified Python core SDK (aliyun-python-sdk-core, RPC v1) against a running server."""
import json
import logging
import pathlib
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from kit import CUSTOMER, DATA, KEY_ID, SECRET, SERVER, Recorder, b64, case, check, done, ledger, media, selfsame, shifted
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.http import protocol_type
from aliyunsdkcore.request import CommonRequest

logging.disable(logging.CRITICAL)
SAME, OTHER, NOBODY, GREY = (media(name) for name in ("same_person.jpg", "other_person.jpg", "no_face.jpg", "grey_person.jpg"))
TWO = media("two_faces.jpg")
PRODUCT = "alibaba.id-verification"
verdicts = 0  # billed


def call(parameters, action="ExecuteRequest", version="2019-05-21", form="json", method="POST", in_body=False, secret=SECRET,
         key_id=KEY_ID, server=SERVER):
    request = CommonRequest()
    request.set_accept_format(form)
    request.set_domain(server)
    request.set_method(method)
    request.set_version(version)
    request.set_action_name(action)
    request.set_protocol_type(protocol_type.HTTP)
    for name, value in parameters.items():
        (request.add_body_params if in_body else request.add_query_param)(name, value)
    client = AcsClient(key_id, secret, "ap-southeast-1", auto_retry=False, timeout=60)
    if form != "json":
        return client.do_action(request)
    return json.loads(client.do_action_with_exception(request))  # always asks for JSON


def parameters_of(reference, probe, code="00840000"):
    text = {"refFaceContent": reference, "authFaceContent": probe, "resourceCode": code}
    text = {name: b64(value) if isinstance(value, bytes) else value for name, value in text.items()}
    return {"Service": "intl_face_verify", "ServiceParameters": json.dumps(text)}


def verify(reference, probe, code="00840000", **how):
    return call(parameters_of(reference, probe, code), **how)


def data_of(answer):
    check("Data is JSON in a string", isinstance(answer.get("Data"), str), answer)
    return json.loads(answer["Data"])


def verdict(name, reference, probe, passed, attack, **how):
    global verdicts
    answer = verify(reference, probe, **how)
    check(f"{name}: Code 200", answer["Code"] == 200 and answer["Message"] == "OK", answer)
    data = data_of(answer)
    check(f"{name}: OK_SUCCESS", data["retCode"] == "OK_SUCCESS", data)
    more = data["extInfo"]
    check(f"{name}: strings", all(isinstance(more[member], str) for member in ("result", "score", "faceAttack")), data)
    check(f"{name}: passed", data["passed"] == more["result"] == passed, data)
    check(f"{name}: faceAttack", more["faceAttack"] == attack, data)
    verdicts += 1
    return float(more["score"])


def refuses(name, code, status, run):
    try:
        answer = run()
    except ServerException as error:
        check(name, (error.get_error_code(), error.get_http_status()) == (code, status), error)
        check(f"{name}: RequestId", bool(error.get_request_id()), error)
    else:
        check(name, False, answer)


@case("verdicts")
def _():  # code: id-verification 200, retCode=OK_SUCCESS
    same = verdict("one person, parameters in the query", SAME, SAME, "true", "false")
    verdict("in the body", SAME, SAME, "true", "false", in_body=True)
    verdict("by GET", SAME, SAME, "true", "false", method="GET")
    verdict("by the older version", SAME, SAME, "true", "false", version="2018-09-19")
    other = verdict("two persons", SAME, OTHER, "false", "false")
    check("one person scores above two", same > other, (same, other))
    # PAD looks at the face photo only: a document may be printed in grey.
    verdict("a grey copy as the face photo", SAME, GREY, "false", "true")
    verdict("a grey document", GREY, SAME, "true", "false")


@case("photos that cannot be compared")
def _():  # code: id-verification retCode=UNABLE_GET_IMAGE, retCode=PROCESSING
    for name, reference, probe, code in (
        ("nobody in the document", NOBODY, SAME, "UNABLE_GET_IMAGE"),
        ("nobody in the face photo", SAME, NOBODY, "UNABLE_GET_IMAGE"),
        ("two faces", SAME, TWO, "UNABLE_GET_IMAGE"),
        ("no photo", b"no photo at all", SAME, "PROCESSING"),
        ("half a photo", SAME, SAME[:200], "PROCESSING"),
    ):
        answer = verify(reference, probe)
        data = data_of(answer)
        check(name, answer["Code"] == 200 and data["retCode"] == code and data["passed"] == "false", answer)


@case("business errors travel with HTTP 200")
def _():  # code: id-verification 400, 404, 500, retCode=SYSTEM_ERROR
    for name, run, code in (
        ("no parameters", lambda: call({"Service": "intl_face_verify", "ServiceParameters": "{}"}), 400),
        ("nothing in them", lambda: call({"Service": "intl_face_verify"}), 400),
        ("no JSON", lambda: call({"Service": "intl_face_verify", "ServiceParameters": "no"}), 400),
        ("a prefix", lambda: verify("data:image/jpeg;base64," + b64(SAME), SAME), 400),
        ("a line break", lambda: verify(b64(SAME)[:76] + "\n" + b64(SAME)[76:], SAME), 400),
        ("six megabytes", lambda: verify(SAME + bytes(6 << 20), SAME), 400),
        ("no such service", lambda: call({"Service": "face_verify", "ServiceParameters": "{}"}), 404),
    ):
        answer = run()
        check(name, answer["Code"] == code and "Data" not in answer and bool(answer["RequestId"]), answer)
    for code in ("zz", "84", "00850000", "99990000"):
        answer = verify(SAME, SAME, code)
        data = data_of(answer)
        check(f"resourceCode {code}", answer["Code"] == 500 and answer["Message"] == "system error", answer)
        check(f"resourceCode {code}: Data", (data["retCode"], data["retCodeSub"]) == ("SYSTEM_ERROR", "Z1141"), data)


@case("not activated")
def _():  # code: id-verification 403
    for state in ("not_activated", "in_arrears", "denied"):
        selfsame("account", "set", "--data", DATA, "--name", CUSTOMER, "--product", PRODUCT, "--state", state)
        answer = verify(SAME, SAME)
        check(f"{state}: Code 403", answer["Code"] == 403 and "Data" not in answer, answer)
    selfsame("account", "set", "--data", DATA, "--name", CUSTOMER, "--product", PRODUCT, "--state", "active")


@case("XML, which is the default")
def _():
    answer = xml.fromstring(call({"Service": "intl_face_verify", "ServiceParameters": "{}"}, form="XML"))
    check("root", answer.tag == "ExecuteRequestResponse", answer.tag)
    check("fields", answer.findtext("Code") == "400" and bool(answer.findtext("RequestId")), xml.tostring(answer))


@case("signatures")
def _():
    # code: rpc SignatureDoesNotMatch, InvalidAccessKeyId.NotFound, Missing<parameter>, InvalidAction.NotFound
    # code: rpc InvalidVersion, InvalidTimeStamp.Expired, SignatureNonceUsed
    parameters = {"Service": "intl_face_verify", "ServiceParameters": "{}"}
    refuses("wrong secret", "SignatureDoesNotMatch", 400, lambda: call(parameters, secret=SECRET + "x"))
    refuses("unknown key", "InvalidAccessKeyId.NotFound", 404, lambda: call(parameters, key_id="LTAIunknown"))
    refuses("no Service", "MissingService", 400, lambda: call({"ServiceParameters": "{}"}))
    refuses("no such action", "InvalidAction.NotFound", 404, lambda: call(parameters, action="NoSuchAction"))
    refuses("no such version", "InvalidVersion", 400, lambda: call(parameters, version="1999-01-01"))
    for seconds in (-1900, 1900):
        with shifted(seconds):
            refuses(f"{seconds} s off", "InvalidTimeStamp.Expired", 400, lambda: call(parameters))
    with Recorder() as recorder:
        call(parameters, server=recorder.address)
        status, _, answer = recorder.again()
        check("a replay", (status, answer["Code"]) == (400, "SignatureNonceUsed"), answer)


@case("the ledger")
def _():
    rows = [entry for entry in ledger() if entry["product"] == PRODUCT]
    check("a row for each verdict and none besides", len(rows) == verdicts, (len(rows), verdicts))
    check("its code", {row["code"] for row in rows} == {"200"}, rows)


done()

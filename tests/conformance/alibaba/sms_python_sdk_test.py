#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text messages by the vendor's unmodified Python SDKs against a running server: aliyun-python-sdk-core (RPC v1) and
alibabacloud_dysmsapi20180501 (ACS3)."""
import json
import logging
import pathlib
import sys
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from kit import CUSTOMER, DATA, KEY_ID, SECRET, SERVER, Recorder, case, check, done, ledger, selfsame, shifted
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.http import protocol_type
from aliyunsdkcore.request import CommonRequest
from alibabacloud_dysmsapi20180501 import models
from alibabacloud_dysmsapi20180501.client import Client
from alibabacloud_tea_openapi.models import Config

logging.disable(logging.CRITICAL)
PRODUCT = "alibaba.sms"
TO = "628131234567"
TEXT = "Have a *te~st* +é/=& 中 !'()"


def call(action, parameters, form="json", method="POST", in_body=False, secret=SECRET, key_id=KEY_ID, server=SERVER,
         version="2018-05-01"):
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
    return json.loads(client.do_action_with_exception(request))


def typed(secret=SECRET, key_id=KEY_ID, server=SERVER):
    return Client(Config(access_key_id=key_id, access_key_secret=secret, endpoint=server, protocol="http"))


def refuses(name, code, status, run):
    try:
        answer = run()
    except ServerException as error:
        check(name, (error.get_error_code(), error.get_http_status()) == (code, status), error)
        check(f"{name}: RequestId", bool(error.get_request_id()), error)
    except Exception as error:  # the typed SDK's
        check(name, (getattr(error, "code", None), getattr(error, "statusCode", getattr(error, "status_code", None))) == (code, status), error)
    else:
        check(name, False, answer)


def outbox():
    found = json.loads(selfsame("sms", "outbox", "--data", DATA, "--name", CUSTOMER, "--limit", "10000", "--json"))["messages"]
    return {message["id"]: message for message in found}


def code_of(parameters, action="SendMessageToGlobe"):
    answer = call(action, parameters)
    check(f"no Code in {answer.get('ResponseCode')}", "Code" not in answer, answer)
    return answer["ResponseCode"]


@case("RPC")
def _():  # code: sms OK
    for in_body in (False, True):
        for method in ("POST", "GET"):
            if in_body and method == "GET":
                continue
            answer = call("SendMessageToGlobe", {"To": TO, "From": "Alicloud", "Message": TEXT, "TaskId": "t 1"},
                          method=method, in_body=in_body)
            check("sent", answer["ResponseCode"] == "OK" and answer["To"] == TO and answer["Segments"] == "1", answer)
            check("strings", all(isinstance(value, str) for name, value in answer.items() if name != "NumberDetail"), answer)
            check("country", answer["NumberDetail"]["Country"] == "Indonesia", answer)
            kept = outbox()[answer["MessageId"]]
            check("the outbox has it", (kept["to"], kept["from"], kept["text"]) == (TO, "Alicloud", TEXT), kept)
    answer = call("BatchSendMessageToGlobe", {"To": f'["{TO}","628131234568","12"]', "Message": '["a","b","c"]'}, in_body=True)
    check("batch", answer["ResponseCode"] == "OK" and answer["SuccessCount"] == "2", answer)
    ids = json.loads(answer["MessageIdList"])
    check("batch: each its own text", [outbox()[each]["text"] for each in ids] == ["a", "b"], answer)
    check("batch: who failed", json.loads(answer["FailedList"]) == ["12"], answer)
    one = call("BatchSendMessageToGlobe", {"To": f'["{TO}","628131234568"]', "Message": "for all"})
    check("one text for all", [outbox()[each]["text"] for each in json.loads(one["MessageIdList"])] == ["for all"] * 2, one)


@case("ACS3")
def _():  # code: sms-query OUTBOX
    client = typed()
    sent = client.send_message_to_globe(models.SendMessageToGlobeRequest(to=TO, from_="Alicloud", message=TEXT)).body
    check("sent", sent.response_code == "OK" and sent.to == TO and sent.request_id, sent)
    check("the outbox has it", outbox()[sent.message_id]["text"] == TEXT, sent)
    batch = client.batch_send_message_to_globe(models.BatchSendMessageToGlobeRequest(
        to=f'["{TO}","628131234568"]', message='["a","b"]')).body
    check("batch", batch.success_count == "2" and len(json.loads(batch.message_id_list)) == 2, batch)
    found = client.query_message(models.QueryMessageRequest(message_id=sent.message_id)).body
    check("query", (found.message, found.to, found.status, found.error_code) == (TEXT, TO, "3", "OUTBOX"), found)
    check("query: country", found.number_detail.country == "Indonesia", found)
    check("conversion of all", client.conversion_data(models.ConversionDataRequest(conversion_rate="0.5")).body.response_code == "OK")
    one = client.sms_conversion(models.SmsConversionRequest(message_id=sent.message_id, delivered=True)).body
    check("conversion of one", one.response_code == "OK", one)
    selfsame("sms", "template", "set", "--data", DATA, "--name", CUSTOMER, "--code", "SMS_1", "--text", "Code ${code}.")
    filled = client.send_message_with_template(models.SendMessageWithTemplateRequest(
        to="8615012345678", from_="Bank", template_code="SMS_1", template_param='{"code":"1234"}')).body
    check("template", filled.response_code == "OK" and outbox()[filled.message_id]["text"] == "【Bank】Code 1234.", filled)


@case("refused by the business, with HTTP 200")
def _():
    # code: sms MOBILE_NUMBER_ILLEGAL, MOBILE_COUNT_OVER_LIMIT, NOT_SUPPORTED_COUNTRY, INVALID_SENDERID, PARAM_LENGTH_LIMIT
    # code: sms INVALID_PARAMETERS, SMS_CONTENT_CODE_ILLEGAL, INVALID_JSON_PARAM, CONTENT_MISSING_PARAMETERS
    # code: sms BLACK_KEY_CONTROL_LIMIT, BUSINESS_LIMIT_CONTROL, DATA_NOT_EXIST
    message = {"Message": "x"}
    for name, parameters, code in (
        ("a short number", {"To": "123", **message}, "MOBILE_NUMBER_ILLEGAL"),
        ("no number", {"To": "abc", **message}, "MOBILE_NUMBER_ILLEGAL"),
        ("no such country", {"To": "999123456789", **message}, "MOBILE_NUMBER_ILLEGAL"),
        ("mainland China", {"To": "8615012345678", **message}, "NOT_SUPPORTED_COUNTRY"),
        ("a long sender", {"To": TO, "From": "twelveletter", **message}, "INVALID_SENDERID"),
        ("sixteen digits", {"To": TO, "From": "1234567890123456", **message}, "INVALID_SENDERID"),
        ("too long", {"To": TO, "Message": "中" * 1341}, "PARAM_LENGTH_LIMIT"),
        ("validity", {"To": TO, "ValidityPeriod": "-1", **message}, "INVALID_PARAMETERS"),
        ("type", {"To": TO, "Type": "SPAM", **message}, "INVALID_PARAMETERS"),
        ("task", {"To": TO, "TaskId": "t" * 256, **message}, "INVALID_PARAMETERS"),
    ):
        check(name, (found := code_of(parameters)) == code, found)
    for name, parameters, code in (
        ("no list", {"To": TO, **message}, "INVALID_PARAMETERS"),
        ("two numbers, three texts", {"To": f'["{TO}","628131234568"]', "Message": '["a","b","c"]'}, "INVALID_PARAMETERS"),
        ("too many", {"To": json.dumps([TO] * 1001), "Message": "x"}, "MOBILE_COUNT_OVER_LIMIT"),
        ("mainland among them", {"To": f'["{TO}","8615012345678"]', **message}, "NOT_SUPPORTED_COUNTRY"),
        ("all wrong", {"To": '["1","2"]', **message}, "MOBILE_NUMBER_ILLEGAL"),
    ):
        check(name, (found := code_of(parameters, "BatchSendMessageToGlobe")) == code, found)
    template = {"To": TO, "From": "Bank", "TemplateCode": "SMS_1"}
    for name, parameters, code in (
        ("no such template", {**template, "TemplateCode": "SMS_2"}, "SMS_CONTENT_CODE_ILLEGAL"),
        ("a variable is missing", template, "CONTENT_MISSING_PARAMETERS"),
        ("no JSON", {**template, "TemplateParam": "{"}, "INVALID_JSON_PARAM"),
    ):
        check(name, (found := code_of(parameters, "SendMessageWithTemplate")) == code, found)
    check("query: unknown", code_of({"MessageId": "1"}, "QueryMessage") == "DATA_NOT_EXIST")
    for rate in ("1.1", "-0.1", "nan", "x"):
        check(f"rate {rate}", code_of({"ConversionRate": rate}, "ConversionData") == "INVALID_PARAMETERS")
    check("a future report", code_of({"ConversionRate": "1", "ReportTime": "99999999999999"}, "ConversionData") == "INVALID_PARAMETERS")
    check("conversion: unknown", code_of({"MessageId": "1", "Delivered": "true"}, "SmsConversion") == "DATA_NOT_EXIST")
    check("delivered?", code_of({"To": TO, "Delivered": "perhaps"}, "SmsConversion") == "INVALID_PARAMETERS")
    selfsame("sms", "optout", "add", "--data", DATA, "+6281399999999")
    check("opted out", code_of({"To": "6281399999999", **message}) == "BLACK_KEY_CONTROL_LIMIT")
    selfsame("sms", "optout", "remove", "--data", DATA, "+6281399999999")
    check("and in", code_of({"To": "6281399999999", **message}) == "OK")
    codes = {code_of({"To": "6281388888888", "Message": str(i)}) for i in range(101)}
    check("the limit of a number", codes == {"OK", "BUSINESS_LIMIT_CONTROL"}, codes)


@case("account states")
def _():  # code: sms PRODUCT_UN_SUBSCRIPT, OUT_OF_SERVICE, ACCOUNT_ABNORMAL, FORBIDDEN_ACTION
    def state(name):
        selfsame("account", "set", "--data", DATA, "--name", CUSTOMER, "--product", PRODUCT, "--state", name)
    for name, code in (("not_activated", "PRODUCT_UN_SUBSCRIPT"), ("activating", "PRODUCT_UN_SUBSCRIPT"),
                       ("activation_failed", "PRODUCT_UN_SUBSCRIPT"), ("in_arrears", "OUT_OF_SERVICE"),
                       ("not_verified", "ACCOUNT_ABNORMAL"), ("unauthorized", "FORBIDDEN_ACTION"), ("denied", "FORBIDDEN_ACTION")):
        state(name)
        check(name, (found := code_of({"To": TO, "Message": "x"})) == code, found)
    state("active")


@case("XML, which is the default")
def _():
    answer = xml.fromstring(call("SendMessageToGlobe", {"To": TO, "Message": 'a<b>&"c'}, form="XML"))
    check("root", answer.tag == "SendMessageToGlobeResponse" and answer.findtext("ResponseCode") == "OK", xml.tostring(answer))
    answer = xml.fromstring(call("SendMessageToGlobe", {"To": TO}, form="XML"))
    check("error root", answer.tag == "Error" and answer.findtext("Code") == "MissingMessage", xml.tostring(answer))
    check("HostId", answer.findtext("HostId") == SERVER, xml.tostring(answer))


@case("signatures by RPC")
def _():
    # code: rpc SignatureDoesNotMatch, InvalidAccessKeyId.NotFound, Missing<parameter>, InvalidAction.NotFound
    # code: rpc InvalidVersion, InvalidTimeStamp.Expired, SignatureNonceUsed
    parameters = {"To": TO, "Message": "x"}
    refuses("wrong secret", "SignatureDoesNotMatch", 400, lambda: call("SendMessageToGlobe", parameters, secret=SECRET + "x"))
    refuses("unknown key", "InvalidAccessKeyId.NotFound", 404, lambda: call("SendMessageToGlobe", parameters, key_id="LTAIunknown"))
    refuses("no To", "MissingTo", 400, lambda: call("SendMessageToGlobe", {"Message": "x"}))
    refuses("a batch of nothing", "MissingTo", 400, lambda: call("BatchSendMessageToGlobe", {}))  # as the vendor's Go and .NET samples
    refuses("no such action", "InvalidAction.NotFound", 404, lambda: call("NoSuchAction", parameters))
    refuses("no such version", "InvalidVersion", 400, lambda: call("SendMessageToGlobe", parameters, version="1999-01-01"))
    for seconds in (-1900, 1900):
        with shifted(seconds):
            refuses(f"{seconds} s off", "InvalidTimeStamp.Expired", 400, lambda: call("SendMessageToGlobe", parameters))
    with shifted(-600):
        check("ten minutes off", call("SendMessageToGlobe", parameters)["ResponseCode"] == "OK")
    with Recorder() as recorder:
        sent = len(outbox())
        call("SendMessageToGlobe", parameters, server=recorder.address)
        status, _, answer = recorder.again()
        check("a replay", (status, answer["Code"]) == (400, "SignatureNonceUsed"), answer)
        check("was sent once", len(outbox()) == sent + 1)


@case("signatures by ACS3")
def _():
    request = models.SendMessageToGlobeRequest(to=TO, message="x")
    refuses("wrong secret", "SignatureDoesNotMatch", 400, lambda: typed(secret=SECRET + "x").send_message_to_globe(request))
    refuses("unknown key", "InvalidAccessKeyId.NotFound", 404, lambda: typed(key_id="LTAIunknown").send_message_to_globe(request))
    refuses("no message", "MissingMessage", 400, lambda: typed().send_message_to_globe(models.SendMessageToGlobeRequest(to=TO)))
    with Recorder() as recorder:
        typed(server=recorder.address).send_message_to_globe(request)
        status, _, answer = recorder.again()
        check("a replay", (status, answer["Code"]) == (400, "SignatureNonceUsed"), answer)
        method, path, headers, body = recorder.requests[-1]
        late = [(name, "2020-01-01T00:00:00Z" if name.lower() == "x-acs-date" else value) for name, value in headers]
        recorder.requests.append((method, path, late, body))
        status, _, answer = recorder.again()
        check("an old date", (status, answer["Code"]) == (400, "InvalidTimeStamp.Expired"), answer)


@case("the ledger")
def _():
    check("what goes to the outbox is not billed", not [row for row in ledger() if row["product"] == PRODUCT], ledger())


done()

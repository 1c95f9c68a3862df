#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens and results by the vendor's unmodified Python SDK; the device speaks the native session API."""
import base64
import hashlib
import json
import pathlib
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent / "native")]
from kit import CUSTOMER, DATA, KEY_ID, SECRET, SERVER, b64, case, check, done, ledger, media, selfsame  # noqa: E402
from device import Device  # noqa: E402
from tencentcloud.common import credential  # noqa: E402
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException  # noqa: E402
from tencentcloud.common.profile.client_profile import ClientProfile  # noqa: E402
from tencentcloud.common.profile.http_profile import HttpProfile  # noqa: E402
from tencentcloud.faceid.v20180301 import faceid_client, models  # noqa: E402

LIVE, SAME, OTHER, NOBODY = media("live.mp4"), media("same_person.jpg"), media("other_person.jpg"), media("no_face.jpg")
PORT = int(SERVER.rsplit(":", 1)[1])
LIVE_S = 4  # of live.mp4: no recording is older than its challenge
ILLEGAL = "InvalidParameterValue.BizTokenIllegal"
billed = []


def client(key_id=KEY_ID, secret=SECRET, method="POST"):
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=SERVER, reqMethod=method))
    return faceid_client.FaceidClient(credential.Credential(key_id, secret), "ap-singapore", profile)


def ask(action, by=None, **fields):
    request = getattr(models, action + "Request")()
    request._deserialize(fields)
    return getattr(by or client(), action)(request)


def refuses(name, code, action, by=None, **fields):
    @case(name)
    def _():
        try:
            answer = ask(action, by, **fields)
        except TencentCloudSDKException as error:
            check(name, error.get_code() == code, f"want {code}, got {error}")
            return
        check(name, False, f"no error: {answer.to_json_string()[:200]}")


def perform(token, video=LIVE, seconds=LIVE_S):
    """The device answers one challenge, and the verdict is there."""
    device = Device(PORT, token)
    challenge = device.challenge().json
    time.sleep(seconds)
    device.upload_all(challenge, "video", video)
    sealed = device.seal(challenge)
    check("sealed", sealed.status == 202, sealed)
    device.result(120)
    return device


def web(photo=SAME, **fields):
    config = {"SecurityLevel": 1, "LivenessRetryLimit": 2, "AutoSkip": True, "Language": "th", **fields.pop("Config", {})}
    given = {"RedirectURL": "https://example.com/done?x=1#top", "Config": config, **fields}
    if photo is not None:
        given["CompareImageBase64"] = b64(photo)
    return ask("ApplyWebVerificationBizTokenIntl", **given)


def web_result(token, by=None):
    return ask("GetWebVerificationResultIntl", by, BizToken=token)


def is_jpeg(content):
    return content[:3] == b"\xff\xd8\xff"


@case("web: same person")
def _():
    applied = web(Extra="é ~*+/=& 中 !'()")
    token = applied.BizToken
    check("web: token", len(token) == 36 and token == token.upper(), token)
    check("web: URLs", applied.VerificationURL == applied.VerificationUrl
          and applied.VerificationURL.endswith("/reflect/?token=" + token), applied.VerificationURL)
    pending = web_result(token)
    check("web: null until decided", pending.ErrorCode is None and pending.ErrorMsg is None and pending.VideoBase64 is None)
    check("web: Extra", pending.Extra == "é ~*+/=& 中 !'()", pending.Extra)
    device = perform(token)
    billed.append(("tencent.web", "0"))
    for turn in (1, 2):
        result = web_result(token)
        check(f"web: result {turn}", result.ErrorCode == 0 and result.ErrorMsg == "Success", result.to_json_string()[-400:])
        check(f"web: video {turn}", base64.b64decode(result.VideoBase64) == LIVE)
        check(f"web: best frame {turn}", is_jpeg(base64.b64decode(result.BestFrameBase64)))
        detail = result.VerificationDetailList[0]
        check(f"web: detail {turn}", len(result.VerificationDetailList) == 1 and detail.Similarity >= 70
              and detail.LivenessErrorCode == 0 and detail.CompareErrorCode == 0 and len(detail.Seq) == 36
              and abs(detail.ReqTimestamp / 1000 - time.time()) < 300, detail.to_json_string())
    check("web: decided once", device.challenge().code == "conflict")


@case("web: another person")
def _():
    token = web(OTHER).BizToken
    perform(token)
    billed.append(("tencent.web", "2016"))
    result = web_result(token)
    detail = result.VerificationDetailList[0]
    check("web: 2016", result.ErrorCode == 2016 and detail.LivenessErrorCode == 0 and detail.CompareErrorCode == 2016
          and detail.Similarity < 70, result.to_json_string()[-400:])


def show(token, card, side="front"):
    """The device shows a document: what it is told."""
    answer = Device(PORT, token).show(side, card)
    check("shown", answer.status == 200, answer)
    return answer.json


CARD, OTHERS_CARD = media("card_same_person.jpg"), media("card_other_person.jpg")
PASSPORT = {"CheckMode": 1, "IDCardType": "InternationalIDPassport", "DisableCheckOcrWarnings": True}


@case("web: a document, and the person on it")
def _():
    token = web(None, Config={**PASSPORT, "IdCardCutReturn": True}).BizToken
    check("card: null until shown", web_result(token).OCRResult is None)
    check("card: first", Device(PORT, token).challenge().code == "conflict")
    check("card: taken", show(token, CARD)["next"] == "challenge")
    perform(token)
    billed.append(("tencent.web", "0"))
    result = web_result(token)
    check("card: passed", result.ErrorCode == 0, result.to_json_string()[-400:])
    ocr = result.OCRResult[0]
    check("card: pictures", len(result.OCRResult) == 1 and ocr.IsPass and base64.b64decode(ocr.CardImageBase64) == CARD
          and is_jpeg(base64.b64decode(ocr.CardCutImageBase64)) and is_jpeg(base64.b64decode(ocr.HeadImageBase64))
          and ocr.CardBackImageBase64 is None)
    read = ocr.NormalCardInfo.InternationalIDPassport
    check("card: read", bool(read.LicenseNumber) and len(read.PassportCodeSecond) == 44, read.to_json_string())
    check("card: the older structure", ocr.CardInfo.InternationalIDPassport.LicenseNumber == read.LicenseNumber)
    check("card: mode 1", ocr.OriginalCardInfo is None)


@case("web: a document of another person")
def _():
    token = web(None, Config=PASSPORT).BizToken
    show(token, OTHERS_CARD)
    perform(token)
    billed.append(("tencent.web", "2016"))
    result = web_result(token)
    check("card: 2016", result.ErrorCode == 2016 and result.OCRResult[0].IsPass and result.VerificationDetailList[0].CompareErrorCode == 2016,
          result.to_json_string()[-400:])


@case("web: a document of another type")
def _():
    token = web(None, Config={"CheckMode": 4, "IDCardType": "HKIDCard"}).BizToken
    check("card: other type", show(token, CARD)["fault"] == "other_type")
    ocr = web_result(token).OCRResult[0]
    check("card: not passed", not ocr.IsPass and ocr.CardInfo is None and ocr.CardImageBase64 is None, ocr.to_json_string())


@case("web: a document alone")
def _():
    token = web(None, Config={**PASSPORT, "CheckMode": 4}).BizToken
    check("card: that is all", show(token, CARD)["next"] == "result")
    billed.append(("tencent.web", "0"))
    result = web_result(token)
    ocr = result.OCRResult[0]
    check("card: mode 4", result.ErrorCode == 0 and ocr.IsPass and result.VerificationDetailList == [], result.to_json_string()[-400:])
    check("card: as JSON", json.loads(ocr.OriginalCardInfo)["LicenseNumber"] == ocr.CardInfo.InternationalIDPassport.LicenseNumber)


@case("app: a document, corrected")
def _():
    token = ask("ApplySdkVerificationToken", CheckMode=1, SecurityLevel=1, IdCardType="MLIDPassport", DisableCheckOcrWarnings=True).SdkToken
    read = show(token, CARD)
    check("app card: to be confirmed", read["next"] == "confirmation", read)
    device = Device(PORT, token)
    check("app card: confirmed", device.confirm(given_names="ANOTHER NAME").status == 200)
    perform(token)
    billed.append(("tencent.identity-app-sdk", "0"))
    result = ask("GetSdkVerificationResult", SdkToken=token)
    card = result.CardVerifyResults[0]
    edit = card.EditDetails[0]
    check("app card: passed", result.Result == "0" and card.IsPass and card.IsEdit and result.CompareResults[0].Sim >= 80, result.to_json_string()[-600:])
    check("app card: the edit", (edit.FieldName, edit.OriginalFieldValue, edit.RevisedFieldValue)
          == ("GivenName", read["fields"]["given_names"], "ANOTHER NAME"), edit.to_json_string())
    with urllib.request.urlopen(card.CardImage.Url, timeout=30) as file:
        content = file.read()
    check("app card: its file", content == CARD and hashlib.md5(content).hexdigest() == card.CardImage.MD5 and len(content) == card.CardImage.Size)
    with urllib.request.urlopen(card.CardInfoOcrJson.Url, timeout=30) as file:
        check("app card: as it was read", json.loads(file.read())["GivenName"] == read["fields"]["given_names"])


@case("a card at once")
def _():
    def call(action, **fields):
        """Actions that this SDK has no models of."""
        answer = client().call_json(action, fields)
        return answer.get("Response", answer)

    applied = call("ApplyCardVerification", Nationality="AUTO", CardType="PASSPORT", ImageBase64Front=b64(CARD))
    billed.append(("tencent.pure-api", "document_read"))
    result = call("GetCardVerificationResult", CardVerificationToken=applied["CardVerificationToken"])
    check("card: verified", result["Status"] in ("PASSED", "WARNING") and result["CardType"] == "PASSPORT"
          and bool(result["CardInfo"]["InternationalIDPassport"]["LicenseNumber"]), result)
    applied = call("ApplyCardVerification", Nationality="HKG", CardType="ID_CARD", ImageBase64Front=b64(CARD))
    result = call("GetCardVerificationResult", CardVerificationToken=applied["CardVerificationToken"])
    check("card: rejected", result["Status"] == "REJECTED" and result["CardInfo"] is None, result)


@case("web: a photo without a face")
def _():
    token = web(NOBODY).BizToken
    perform(token)
    result = web_result(token)
    check("web: 2013", result.ErrorCode == 2013 and result.VerificationDetailList[0].LivenessErrorCode is None,
          result.to_json_string()[-400:])


@case("web: a second attempt")
def _():
    token = web(None, Config={"CheckMode": 3, "Version": "PLUS"}).BizToken
    perform(token, media("no_face.mp4"))
    again = web_result(token)
    check("web: may be tried again", again.ErrorCode is None and len(again.VerificationDetailList) == 1
          and again.VerificationDetailList[0].ErrorCode == 1004, again.to_json_string()[-400:])
    perform(token)
    billed.append(("tencent.web", "0"))
    result = web_result(token)
    check("web: both are shown", result.ErrorCode == 0 and len(result.VerificationDetailList) == 2
          and result.VerificationDetailList[1].CompareErrorCode is None, result.to_json_string()[-400:])


@case("web: cancelled")
def _():
    token = web().BizToken
    Device(PORT, token).call("POST", "end", {"reason": "no_camera"})
    check("web: 202", web_result(token).ErrorCode == 202)


@case("app: compare")
def _():
    token = ask("GetFaceIdTokenIntl", CheckMode="compare", SecureLevel="1", Image=b64(SAME), Extra="x").SdkToken
    pending = ask("GetFaceIdResultIntl", SdkToken=token)
    check("app: not finished", pending.Result == "-999" and pending.Description and pending.Extra == "x")
    perform(token)
    billed.append(("tencent.app-sdk", "0"))
    result = ask("GetFaceIdResultIntl", SdkToken=token)
    check("app: Success", result.Result == "0" and result.Similarity >= 70, result.Description)
    check("app: media", base64.b64decode(result.Video) == LIVE and is_jpeg(base64.b64decode(result.BestFrame)))


def fetched(info):
    with urllib.request.urlopen(info.Url, timeout=60) as answer:
        content = answer.read()
    return content if hashlib.md5(content).hexdigest() == info.MD5 and len(content) == info.Size else None


@case("app: liveness")
def _():
    token = ask("ApplyLivenessToken", SecureLevel="1").SdkToken
    check("liveness: not finished", ask("GetLivenessResult", SdkToken=token).Result == "-999")
    perform(token)
    billed.append(("tencent.app-sdk", "0"))
    result = ask("GetLivenessResult", SdkToken=token)
    check("liveness: Success", result.Result == "0", result.Description)
    check("liveness: files", fetched(result.Video) == LIVE and is_jpeg(fetched(result.BestFrame) or b""))


@case("identity verification bills each attempt")
def _():
    token = ask("ApplySdkVerificationToken", CheckMode=2, SecurityLevel=1, CompareImage=b64(OTHER), Extra="x").SdkToken
    check("identity: not finished", ask("GetSdkVerificationResult", SdkToken=token).Result == "-999")
    perform(token, media("no_face.mp4"))
    perform(token)
    billed.extend([("tencent.identity-app-sdk", "1004"), ("tencent.identity-app-sdk", "2016")])
    result = ask("GetSdkVerificationResult", SdkToken=token)
    check("identity: 2016", result.Result == "2016" and result.ChargeCount == 2 and result.Extra == "x",
          result.to_json_string()[:400])
    first, last = result.CompareResults
    check("identity: attempts", first.ErrorCode == "1004" and last.LiveErrorCode == "0" and last.CompareErrorCode == "2016"
          and last.Sim < 70 and fetched(last.LiveVideo) == LIVE, result.to_json_string()[:400])


@case("webhooks")
def _():
    hook = {"WebhookName": "results", "WebhookURL": "https://example.com/hook", "Scene": "NONDOC_VERIFICATION_RESULT"}
    made = ask("CreateEKYCWebhook", **hook, SignatureKey="k")
    check("webhook: made", made.Result == "Success" and made.HasSignatureKey is True and made.WebhookId > 0, made.to_json_string())
    changed = ask("UpdateEKYCWebhook", WebhookId=made.WebhookId, WebhookName="new", WebhookURL="https://example.com/2")
    check("webhook: changed", len(changed.ModTime) == 19, changed.to_json_string())
    listed = ask("ListEKYCWebhooks", Limit=20)
    check("webhook: listed", listed.TotalCount == 1 and listed.WebhookList[0].WebhookName == "new"
          and listed.WebhookList[0].HasSignatureKey is False, listed.to_json_string())
    check("webhook: removed", ask("DeleteEKYCWebhook", WebhookId=made.WebhookId).WebhookId == made.WebhookId)
    check("webhook: gone", ask("ListEKYCWebhooks").TotalCount == 0)


refuses("webhook by http", "InvalidParameterValue", "CreateEKYCWebhook", WebhookName="n", WebhookURL="http://example.com/")
refuses("webhook into the house", "InvalidParameterValue", "CreateEKYCWebhook", WebhookName="n", WebhookURL="https://u:p@example.com/")

# ── tokens
NOTHING = "00000000-0000-4000-8000-000000000000"
refuses("unknown BizToken", ILLEGAL, "GetWebVerificationResultIntl", BizToken=NOTHING)
for action in ("GetFaceIdResultIntl", "GetLivenessResult", "GetSdkVerificationResult"):
    refuses(f"unknown SdkToken, {action}", ILLEGAL, action, SdkToken=NOTHING)
mine = web().BizToken
refuses("another action's token", ILLEGAL, "GetFaceIdResultIntl", SdkToken=mine)
another = json.loads(selfsame("key", "create", "--data", DATA, "--name", CUSTOMER + "-other", "--json"))
refuses("another customer's token", ILLEGAL, "GetWebVerificationResultIntl",
        client(another["access_key_id"], another["access_key_secret"]), BizToken=mine)

# ── what was ordered
REDIRECT = {"RedirectURL": "https://example.com/done"}
for name, code, fields in [
    ("no RedirectURL", "MissingParameter", {}),
    ("no photo", "MissingParameter", REDIRECT),
    ("a RedirectURL without host", "InvalidParameterValue", {"RedirectURL": "/done"}),
    ("a document of ours", "InvalidParameterValue", {**REDIRECT, "Config": {"CheckMode": 1, "IDCardType": "Passport"}}),
    ("a language of ours", "InvalidParameterValue", {**REDIRECT, "Config": {"CheckMode": 3, "Language": "de"}}),
    ("a rule", "InvalidParameterValue.RuleIdNotExist", {**REDIRECT, "RuleId": "1"}),
    ("no photo at all", "FailedOperation.ImageDecodeFailed", {**REDIRECT, "CompareImageBase64": b64(b"not an image" * 9)}),
]:
    refuses(f"order: {name}", code, "ApplyWebVerificationBizTokenIntl", **fields)
refuses("order: actions at level 3", "InvalidParameterValue", "GetFaceIdTokenIntl", SecureLevel="3", ActionList="nod")
refuses("order: NeedVerifyIdCard without HK", "InvalidParameterValue", "ApplySdkVerificationToken", CheckMode=3,
        NeedVerifyIdCard=True, IdCardType="ML")
refuses("order: a document that is not read", "UnsupportedOperation", "ApplySdkVerificationToken", CheckMode=1, IdCardType="HMTPermit")


@case("by GET")
def _():
    by_get = client(method="GET")
    token = ask("ApplySdkVerificationToken", by_get, CheckMode=3, NeedVerifyIdCard=False,
                SelectedWarningCodes=[-9102, -9103], Extra="a b+c/~*").SdkToken
    check("by GET: Extra", ask("GetSdkVerificationResult", by_get, SdkToken=token).Extra == "a b+c/~*")


@case("billing")
def _():
    rows = sorted((row["product"], row["code"]) for row in ledger())
    check("the ledger has these rows", rows == sorted(billed), rows)


done()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The vendor's unmodified Python SDK (tencentcloud-sdk-python-intl-en) against a running server."""
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from kit import (BINARY, CUSTOMER, DATA, KEY_ID, SECRET, SERVER, Recorder, b64, case, check, done, ledger, media,
                 selfsame, shifted)
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.faceid.v20180301 import faceid_client, models

SCHEMES = ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1")
LIVE, SAME, OTHER = media("live.mp4"), media("same_person.jpg"), media("other_person.jpg")
PRODUCT = "tencent.pure-api"
billed = []  # the codes that must be in the ledger at the end


def profile(scheme="TC3-HMAC-SHA256", method="POST", endpoint=SERVER, **more):
    made = ClientProfile(signMethod=scheme, httpProfile=HttpProfile(protocol="http", endpoint=endpoint, reqMethod=method))
    for name, value in more.items():
        setattr(made, name, value)
    return made


def client(key_id=KEY_ID, secret=SECRET, region="ap-singapore", token=None, **how):
    return faceid_client.FaceidClient(credential.Credential(key_id, secret, token), region, profile(**how))


def request(photo=SAME, video=LIVE, **fields):
    made = models.CompareFaceLivenessRequest()
    given = {"ImageBase64": b64(photo), "VideoBase64": b64(video), "LivenessType": "SILENT", **fields}
    made._deserialize({name: value for name, value in given.items() if value is not None})
    return made


def ask(by=None, **what):
    answer = (by or client()).CompareFaceLiveness(request(**what))
    if answer.Result in ("Success", "FailedOperation.CompareLowSimilarity"):
        billed.append(answer.Result)
    return answer


def is_jpeg(text):
    import base64
    return isinstance(text, str) and base64.b64decode(text, validate=True)[:3] == b"\xff\xd8\xff"


def gets_result(name, code, by=None, **what):
    @case(name)
    def _():
        answer = ask(by, **what)
        check(f"{name}: Result", answer.Result == code, answer.to_json_string()[:200])
        check(f"{name}: Description", isinstance(answer.Description, str) and answer.Description)
        check(f"{name}: RequestId", len(answer.RequestId or "") == 36, answer.RequestId)
        if code == "Success":
            check(f"{name}: Sim", 70 <= answer.Sim <= 100, answer.Sim)
        elif code == "FailedOperation.CompareLowSimilarity":
            check(f"{name}: Sim", 0 <= answer.Sim < 70, answer.Sim)
        else:
            check(f"{name}: Sim", answer.Sim == 0, answer.Sim)
        if code in ("Success", "FailedOperation.CompareLowSimilarity"):
            check(f"{name}: BestFrameBase64 is a JPEG", is_jpeg(answer.BestFrameBase64))


def gets_error(name, code, call, text=""):
    @case(name)
    def _():
        try:
            answer = call()
        except TencentCloudSDKException as error:
            check(name, error.get_code() == code, f"want {code}, got {error}")
            check(f"{name}: has an id and a message", error.get_request_id() and text in error.get_message(), error)
            return
        check(name, False, f"no error: {str(answer)[:200]}")


# ── what was measured
for scheme in SCHEMES:
    gets_result(f"same person, {scheme}", "Success", client(scheme=scheme))
gets_result("unsigned payload", "Success", client(unsignedPayload=True))
gets_result("no region", "Success", client(region=""))
gets_result("empty ValidateData", "Success", ValidateData="")
gets_result("another person", "FailedOperation.CompareLowSimilarity", photo=OTHER)
gets_result("another person, v1", "FailedOperation.CompareLowSimilarity", client(scheme="HmacSHA256"), photo=OTHER)
gets_result("no face in the photo", "FailedOperation.LifePhotoDetectNoFaces", photo=media("no_face.jpg"))
gets_result("two faces in the photo", "FailedOperation.LifePhotoDetectFaces", photo=media("two_faces.jpg"))
gets_result("photo too small", "FailedOperation.LifePhotoSizeError", photo=media("tiny.jpg"))
gets_result("video of one second", "FailedOperation.SilentTooShort", video=media("one_second.mp4"))
gets_result("corrupt video", "FailedOperation.LipVideoInvalid", video=media("corrupt.mp4"))
gets_result("video cut off", "FailedOperation.LipVideoInvalid", video=media("cut_off.mp4"))
gets_result("no face in the video", "FailedOperation.SilentFaceDetectFail", video=media("no_face.mp4"))
gets_result("two faces in the video", "FailedOperation.SilentMultiFaceFail", video=media("two_faces.mp4"))



# ── by URLs, and challenges of ours
def typed(name, **fields):
    made = getattr(models, name + "Request")()
    made._deserialize(fields)
    return getattr(client(), name)(made)


def uploaded(content, action="VideoLivenessCompare"):
    """The ResourceUrl and the MD5 of a file that was put there."""
    made = typed("CreateUploadUrl", TargetAction=action)
    put = urllib.request.Request(made.UploadUrl, content, {"Content-Type": "application/octet-stream"}, method="PUT")
    with urllib.request.urlopen(put, timeout=60) as answer:
        check("PUT UploadUrl", answer.status == 200, answer.status)
    check("ExpiredTimestamp", 7000 < made.ExpiredTimestamp - time.time() < 7300, made.ExpiredTimestamp)
    return made.ResourceUrl, hashlib.md5(content).hexdigest()


def fetched(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read()


def noted(answer):
    if answer.Result in ("Success", "FailedOperation.CompareLowSimilarity"):
        billed.append(answer.Result)
    return answer


@case("LivenessCompare by base64")
def _():
    answer = noted(typed("LivenessCompare", LivenessType="SILENT", ImageBase64=b64(SAME), VideoBase64=b64(LIVE),
                         Optional='{"BestFrameNum": 3}'))
    check("LivenessCompare: Success", answer.Result == "Success" and answer.Sim >= 70, answer.Result)
    check("LivenessCompare: frames", 1 <= len(answer.BestFrameList) <= 3 and all(map(is_jpeg, answer.BestFrameList)))


@case("VideoLivenessCompare")
def _():
    (image, image_md5), (video, video_md5) = uploaded(SAME), uploaded(LIVE)
    fields = {"ImageUrl": image, "ImageMd5": image_md5, "VideoUrl": video, "VideoMd5": video_md5, "LivenessType": "SILENT"}
    answer = noted(typed("VideoLivenessCompare", **fields))
    check("VideoLivenessCompare: Success", answer.Result == "Success" and answer.Sim >= 70, answer.Result)
    frame = fetched(answer.BestFrame.Url)
    check("VideoLivenessCompare: BestFrame", frame[:3] == b"\xff\xd8\xff" and len(frame) == answer.BestFrame.Size
          and hashlib.md5(frame).hexdigest() == answer.BestFrame.MD5)
    gets_error("wrong MD5", "FailedOperation.DownLoadError",
               lambda: typed("VideoLivenessCompare", **{**fields, "ImageMd5": "0" * 32}))
    gets_error("a host that is not listed", "FailedOperation.LipNetFailed",
               lambda: typed("VideoLivenessCompare", **{**fields, "VideoUrl": "http://example.com/video.mp4"}))


@case("reflection")
def _():
    device, device_md5 = uploaded(b'{"format":"selfsame-device-1"}', "GenerateReflectSequence")
    asked = typed("GenerateReflectSequence", DeviceDataUrl=device, DeviceDataMd5=device_md5, SecurityLevel="1")
    document = fetched(asked.ReflectSequenceUrl)
    check("ReflectSequenceMd5", hashlib.md5(document).hexdigest() == asked.ReflectSequenceMd5)
    live = json.dumps({"format": "selfsame-live-1", "sequence": json.loads(document), "video": b64(LIVE)}).encode()
    time.sleep(4)  # as long as the recording: it cannot be older than its sequence
    (data, data_md5), (image, image_md5) = uploaded(live, "DetectReflectLivenessAndCompare"), uploaded(SAME)
    fields = {"LiveDataUrl": data, "LiveDataMd5": data_md5, "ImageUrl": image, "ImageMd5": image_md5}
    answer = noted(typed("DetectReflectLivenessAndCompare", **fields))
    check("DetectReflectLivenessAndCompare: Success", answer.Result == "Success" and answer.Sim >= 70, answer.Result)
    check("BestFrameMd5", hashlib.md5(fetched(answer.BestFrameUrl)).hexdigest() == answer.BestFrameMd5)
    again, again_md5 = uploaded(live + b" ", "DetectReflectLivenessAndCompare")
    gets_error("the sequence is used up", "FailedOperation.LivessDetectFake", lambda: typed(
        "DetectReflectLivenessAndCompare", **{**fields, "LiveDataUrl": again, "LiveDataMd5": again_md5}))


@case("DetectAIFakeFaces")
def _():
    for content, kind in ((SAME, 1), (LIVE, 2)):
        answer = typed("DetectAIFakeFaces", FaceInput=b64(content), FaceInputType=kind)
        check(f"AttackRiskLevel of type {kind}", answer.AttackRiskLevel == "Low", answer.to_json_string())
    gets_error("encrypted", "UnsupportedOperation", lambda: typed("DetectAIFakeFaces", EncryptedBody="AAAA"))


@case("the register")
def _():
    with tempfile.TemporaryDirectory() as folder:
        people, photo = pathlib.Path(folder, "people.csv"), pathlib.Path(folder, "photo.jpg")
        people.write_text("number,name,valid_from,valid_until,photo\n11010519491231002X,韦小宝,20160607,00000000,photo.jpg\n",
                          encoding="utf-8")
        photo.write_bytes(SAME)
        selfsame("register", "import", str(people), "--photos", folder, "--data", DATA)
    who = {"IdCard": "11010519491231002X", "Name": "韦小宝"}
    for name, changes, code in (("same", {}, "0"), ("another name", {"Name": "陈近南"}, "-1"), ("no number", {"IdCard": "1"}, "-2")):
        answer = typed("IdCardVerification", **{**who, **changes})
        check(f"IdCardVerification, {name}", answer.Result == code and answer.Description, answer.to_json_string())
    answer = typed("CheckIdNameDate", **who, ValidityBegin="20160607", ValidityEnd="00000000")
    check("CheckIdNameDate", answer.Result == "0", answer.to_json_string())
    answer = typed("ImageRecognitionV2", **who, ImageBase64=b64(media("grey_person.jpg")), Extra="an extra")
    check("ImageRecognitionV2", answer.Result == "Success" and answer.Sim >= 70 and answer.Extra == "an extra", answer.to_json_string())
    answer = typed("ImageRecognitionV2", **who, ImageBase64=b64(OTHER))
    check("ImageRecognitionV2, another person", answer.Result == "FailedOperation.CompareLowSimilarity" and answer.Sim < 70,
          answer.to_json_string())
    rows = [row["code"] for row in ledger() if row["product"] == "tencent.register"]
    check("the register's billing", rows == ["0", "-1", "0", "Success", "FailedOperation.CompareLowSimilarity"], rows)


@case("a card that is drawn")
def _():
    root = pathlib.Path(__file__).resolve().parents[3]
    before = len(ledger())
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", root / "tests/documents/generate.py", "--types", "MainlandIDCard", "--count", "3",
                        "--seed", "1", folder], check=True, stdout=subprocess.DEVNULL)
        card = pathlib.Path(folder, "MainlandIDCard-0002-front.jpg").read_bytes()
        back = pathlib.Path(folder, "MainlandIDCard-0002-back.jpg").read_bytes()
        truth = json.loads(pathlib.Path(folder, "MainlandIDCard-0002-front.json").read_text(encoding="utf-8"))
        number, name = (truth["fields"][key] for key in ("document_number", "full_name"))
        person, stranger = (root / f"build/fixtures/{file}" for file in ("astronaut.png", "biden.jpg"))
        check("who is on the card", truth["portrait"]["photo"] == "astronaut", truth["portrait"])

        def enters(name, photo):
            pathlib.Path(folder, "people.csv").write_text(f"number,name,photo\n{number},{name},photo{photo.suffix}\n", encoding="utf-8")
            pathlib.Path(folder, "photo" + photo.suffix).write_bytes(photo.read_bytes())
            selfsame("register", "import", f"{folder}/people.csv", "--photos", folder, "--data", DATA)

        def gives(action, code, image=card, **more):
            answer = typed(action, ImageBase64=b64(image), **more)
            check(f"{action}: {code}", answer.Result == code and answer.Description, answer.to_json_string()[:300])
            return answer

        enters(name, person)
        answer = gives("IdCardOCRVerification", "0")
        check("IdCardOCRVerification: what is read", (answer.Name, answer.IdCard, answer.Sex, answer.Nation) == (
            name, number, "男" if truth["fields"]["sex"] == "M" else "女", truth["fields"]["ethnicity"]), answer.to_json_string())
        year, month, day = map(int, truth["fields"]["date_of_birth"].split("-"))
        check("IdCardOCRVerification: Birth", answer.Birth == f"{year}/{month}/{day}", answer.Birth)
        answer = gives("CheckIdCardInformation", "Success")
        check("CheckIdCardInformation: what is read", (answer.Name, answer.IdNum, answer.Warnings) == (name, number, ""), answer.IdNum)
        check("CheckIdCardInformation: Sim", answer.Sim >= 70, answer.Sim)
        check("CheckIdCardInformation: Portrait", is_jpeg(answer.Portrait))
        url, _ = uploaded(card)
        check("by ImageUrl", typed("IdCardOCRVerification", ImageUrl=url).Result == "0")
        enters(name, stranger)
        check("another face: Sim", gives("CheckIdCardInformation", "FailedOperation.CompareLowSimilarity").Sim < 70)
        enters("陈近南" if name != "陈近南" else "韦小宝", person)
        gives("IdCardOCRVerification", "-1")
        gives("CheckIdCardInformation", "FailedOperation.IdNameMisMatch")
        gives("CheckIdCardInformation", "FailedOperation.ImageNoIdCard", image=back)
        gets_error("the back", "FailedOperation.ImageNoIdCard", lambda: typed("IdCardOCRVerification", ImageBase64=b64(back)))
        gets_error("a warning that nobody measures", "UnsupportedOperation",
                   lambda: typed("CheckIdCardInformation", ImageBase64=b64(card), Config='{"CopyWarn": true}'))
    rows = [row["code"] for row in ledger()[before:]]
    check("the card's billing", rows == ["0", "Success", "0", "FailedOperation.CompareLowSimilarity", "-1"], rows)


# ── what was sent
gets_error("undecodable image", "FailedOperation.ImageDecodeFailed", lambda: ask(photo=b"not an image" * 20))
gets_error("oversize image", "FailedOperation.ImageSizeTooLarge", lambda: ask(photo=SAME + bytes(5 << 20)))
gets_error("oversize video", "FailedOperation.LipSizeError", lambda: ask(video=LIVE + bytes(6 << 20)))
gets_error("body over 10 MB", "RequestSizeLimitExceeded", lambda: ask(photo=SAME + bytes(11 << 20)))
for scheme in SCHEMES[1:]:
    gets_error(f"body over 10 MB, {scheme}", "AuthFailure.SignatureFailure",
               lambda: ask(client(scheme=scheme), photo=SAME + bytes(11 << 20)), text="TC3-HMAC-SHA256")
gets_error("data: prefix", "InvalidParameterValue", lambda: ask(ImageBase64="data:image/jpeg;base64," + b64(SAME)))
gets_error("line break", "InvalidParameterValue", lambda: ask(VideoBase64=b64(LIVE)[:76] + "\n" + b64(LIVE)[76:]))
gets_error("unknown LivenessType", "InvalidParameterValue", lambda: ask(LivenessType="NOPE"))
gets_error("ACTION without ValidateData", "MissingParameter", lambda: ask(LivenessType="ACTION"))
gets_error("ACTION 5", "InvalidParameterValue", lambda: ask(LivenessType="ACTION", ValidateData="5"))
gets_error("LIP of three digits", "InvalidParameterValue", lambda: ask(LivenessType="LIP", ValidateData="123"))
gets_error("ValidateData beside SILENT", "InvalidParameterValue", lambda: ask(ValidateData="1"))
for scheme in SCHEMES:
    for missing in ("ImageBase64", "VideoBase64", "LivenessType"):
        gets_error(f"without {missing}, {scheme}", "MissingParameter", lambda: ask(client(scheme=scheme), **{missing: None}),
                   text=missing)
    # GET has room for 32 KB: enough to show that its signature is right.
    short = {"photo": b"abc", "video": b"abc"}
    gets_error(f"GET, {scheme}", "FailedOperation.ImageDecodeFailed", lambda: ask(client(scheme=scheme, method="GET"), **short))
    gets_error(f"GET, wrong secret, {scheme}", "AuthFailure.SignatureFailure",
               lambda: ask(client(scheme=scheme, method="GET", secret=SECRET + "x"), **short))
gets_error("GET over 32 KB", "RequestSizeLimitExceeded", lambda: ask(client(method="GET")))
gets_error("nothing given", "MissingParameter", lambda: client().CompareFaceLiveness(models.CompareFaceLivenessRequest()))
common = CommonClient("faceid", "2018-03-01", credential.Credential(KEY_ID, SECRET), "ap-singapore", profile())
gets_error("unknown action", "InvalidAction", lambda: common.call_json("NoSuchActionAtAll", {}))
gets_error("unknown parameter", "UnknownParameter", lambda: common.call_json("CompareFaceLiveness", {"Nope": 1}))
gets_error("wrong type", "InvalidParameter", lambda: common.call_json("CompareFaceLiveness", {"LivenessType": ["SILENT"]}))
gets_error("not offered", "UnsupportedOperation", lambda: client().PhoneVerification(models.PhoneVerificationRequest()))
old = CommonClient("faceid", "1999-01-01", credential.Credential(KEY_ID, SECRET), "ap-singapore", profile())
gets_error("unknown version", "NoSuchVersion", lambda: old.call_json("CompareFaceLiveness", {}))
gets_error("unknown region", "UnsupportedRegion", lambda: ask(client(region="eu-frankfurt")))

# ── who asked
for scheme in SCHEMES:
    gets_error(f"wrong secret, {scheme}", "AuthFailure.SignatureFailure", lambda: ask(client(scheme=scheme, secret=SECRET + "x")))
    gets_error(f"unknown key, {scheme}", "AuthFailure.SecretIdNotFound", lambda: ask(client(scheme=scheme, key_id="AKIDunknown")))
    for seconds in (-700, -310, 310, 700):
        with shifted(seconds):
            gets_error(f"clock {seconds:+} s, {scheme}", "AuthFailure.SignatureExpire", lambda: ask(client(scheme=scheme)))
    with shifted(-280):
        gets_error(f"clock -280 s is fine, {scheme}", "MissingParameter", lambda: ask(client(scheme=scheme), LivenessType=None))
gets_error("temporary token", "AuthFailure.TokenFailure", lambda: ask(client(token="sometoken")))
for state, code in [("not_activated", "UnauthorizedOperation.Nonactivated"), ("activating", "UnauthorizedOperation.Activating"),
                    ("activation_failed", "UnauthorizedOperation.ActivateError"),
                    ("in_arrears", "UnauthorizedOperation.Arrears"), ("not_verified", "UnauthorizedOperation.NonAuthorize"),
                    ("unauthorized", "UnauthorizedOperation"), ("denied", "OperationDenied")]:
    selfsame("account", "set", "--data", DATA, "--name", CUSTOMER, "--product", PRODUCT, "--state", state)
    gets_error(f"account {state}", code, lambda: ask())
selfsame("account", "set", "--data", DATA, "--name", CUSTOMER, "--product", PRODUCT, "--state", "active")


# ── the same request twice
@case("identical TC3 request")
def _():
    with Recorder() as recorder:
        first = ask(client(endpoint=recorder.address))
        status, headers, second = recorder.again()
    check("replayed TC3: HTTP 200", status == 200, status)
    check("replayed TC3: Content-Type is exactly application/json", headers.get("Content-Type") == "application/json", headers)
    check("replayed TC3: the stored answer", second["Response"] == json.loads(first.to_json_string()), str(second)[:200])
    rows = [row for row in ledger() if row["outcome_id"] == first.RequestId]
    check("replayed TC3: one ledger row", len(rows) == 1, rows)


for scheme in SCHEMES[1:]:
    @case(f"identical v1 request, {scheme}")
    def _():
        with Recorder() as recorder:
            ask(client(scheme=scheme, endpoint=recorder.address))
            status, _, second = recorder.again()
        code = second["Response"].get("Error", {}).get("Code", "")
        check(f"replayed {scheme}: refused with HTTP 200", status == 200 and code.startswith("AuthFailure."), second)


@case("changed body")
def _():
    with Recorder() as recorder:
        ask(client(endpoint=recorder.address), LivenessType="SILENT")
        method, path, headers, body = recorder.requests[-1]
        recorder.requests.append((method, path, headers, body.replace(b"SILENT", b"ACTION")))
        _, _, second = recorder.again()
    check("changed body: refused", second["Response"].get("Error", {}).get("Code") == "AuthFailure.SignatureFailure", second)


@case("billing")
def _():
    rows = [row for row in ledger() if row["product"] != "tencent.register"]
    check("one ledger row a billed call", sorted(row["code"] for row in rows) == sorted(billed),
          f"{len(rows)} rows, {len(billed)} billed calls")
    check("all of the pure-API product", {row["product"] for row in rows} == {PRODUCT}, rows[:2])


done()

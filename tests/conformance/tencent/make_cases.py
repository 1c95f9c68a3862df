#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes cases/*.http: one signed request and the exact answer to it, each for one cause.

A case starts with `# key: value` lines that set the stage of the unit test (tencent_api_test.cpp):
outcome (core::Outcome), engine (an Errc that the engine answers with), account (AccountState).
The first case of each code of tests/tencent/codes/faceid.tsv says that it reaches it.
Signed by this file's own code, so the server's signer is checked against a second one. Answers are
written by hand below, never copied from the server.
"""
import base64
import csv
import hashlib
import hmac
import json
import pathlib
import re
import time
import urllib.parse

KEY_ID, SECRET = "AKIDexample", "SecretExample"
NOW = 1767225600  # 2026-01-01T00:00:00Z, the test's clock
REQUEST_ID = "11111111-2222-4333-8444-555555555555"
HOST = "127.0.0.1:8080"
IMAGE, VIDEO = base64.b64encode(b"photo").decode(), base64.b64encode(b"video").decode()
FRAME = base64.b64encode(b"best frame").decode()
GOOD = {"ImageBase64": IMAGE, "VideoBase64": VIDEO, "LivenessType": "SILENT"}
ACTION = "CompareFaceLiveness"
CASES = pathlib.Path(__file__).parent / "cases"
CODES = pathlib.Path(__file__).parents[2] / "tencent/codes/faceid.tsv"


def mac(key, text, algorithm=hashlib.sha256):
    return hmac.new(key, text.encode(), algorithm)


def tc3(body=None, *, action=ACTION, version="2018-03-01", when=NOW, key_id=KEY_ID, secret=SECRET, method="POST",
        query="", content_type="application/json", signed_host=HOST, service="faceid", region="ap-singapore",
        unsigned=False, extra=(), sign_action=False, date=None):
    body = "" if body is None else body if isinstance(body, str) else json.dumps(body)
    payload = "UNSIGNED-PAYLOAD" if unsigned else "" if method == "GET" else body
    date = date or time.strftime("%Y-%m-%d", time.gmtime(when))
    names, lines = "content-type;host", f"content-type:{content_type}\nhost:{signed_host}\n"
    if sign_action:  # as the vendor's sample code without SDK does
        names, lines = names + ";x-tc-action", lines + f"x-tc-action:{action.lower()}\n"
    canonical = f"{method}\n/\n{query}\n{lines}\n{names}\n{hashlib.sha256(payload.encode()).hexdigest()}"
    scope = f"{date}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{when}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = mac(mac(mac(b"TC3" + secret.encode(), date).digest(), service).digest(), "tc3_request").digest()
    headers = [("Host", HOST), ("Content-Type", content_type), ("X-TC-Action", action), ("X-TC-Version", version),
               ("X-TC-Timestamp", str(when))]
    headers += [("X-TC-Region", region)] if region else []
    headers += [("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")] if unsigned else []
    headers += list(extra)
    headers.append(("Authorization", f"TC3-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, "
                                     f"Signature={mac(key, text).hexdigest()}"))
    return request(method, "/" + ("?" + query if query else ""), headers, body)


def v1(fields, *, algorithm="HmacSHA256", method="POST", action=ACTION, secret=SECRET, drop=(), change=None):
    parameters = {"Action": action, "Version": "2018-03-01", "Timestamp": str(NOW), "Nonce": "7029",
                  "SecretId": KEY_ID, "Region": "ap-hongkong", "RequestClient": "SDK_PYTHON_3.1.193", **fields}
    if algorithm:
        parameters["SignatureMethod"] = algorithm
    for name in drop:
        del parameters[name]
    text = method + HOST + "/?" + "&".join(
        f"{name}={value}" for name, value in sorted((n.replace("_", "."), v) for n, v in parameters.items()))
    digest = mac(secret.encode(), text, hashlib.sha256 if algorithm == "HmacSHA256" else hashlib.sha1).digest()
    parameters["Signature"] = base64.b64encode(digest).decode()
    parameters.update(change or {})
    encoded = urllib.parse.urlencode(parameters)
    if method == "GET":
        return request("GET", "/?" + encoded, [("Host", HOST)], "")
    return request("POST", "/", [("Host", HOST), ("Content-Type", "application/x-www-form-urlencoded")], encoded)


def request(method, target, headers, body):
    return f"{method} {target} HTTP/1.1\n" + "".join(f"{n}: {v}\n" for n, v in headers) + "\n" + body


def answer(fields, headers=()):
    inner = json.dumps({"Response": {**fields, "RequestId": REQUEST_ID}}, separators=(",", ":"))
    # Sim has two decimals on the wire; Python would drop zeros.
    inner = inner.replace('"Sim":0,', '"Sim":0.00,').replace('"Sim":70.0,', '"Sim":70.00,')
    lines = "".join(f"{n}: {v}\n" for n, v in headers)
    return f"HTTP/1.1 200 OK\nContent-Type: application/json\n{lines}\n{inner}"


def error(code, message, headers=()):
    return answer({"Error": {"Code": code, "Message": message}}, headers)


def result(code, description, sim=0, frame=None):
    return answer({"Result": code, "Description": description, "Sim": sim, "BestFrameBase64": frame})


def surfaces_of_codes():
    """Name of a code that this action answers -> the tables that have it."""
    surfaces = {}
    with CODES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["surface"] in ("api", "common", "pure-api"):
                surfaces.setdefault(row["name"], []).append(row["surface"])
    return surfaces


count = 0
unreached = surfaces_of_codes()


def case(name, ask, reply, **stage):
    global count
    count += 1
    code = re.search(r'"(?:Code|Result)":"([^"]+)"', reply)[1]
    if code in unreached:
        stage["code"] = "; ".join(f"{surface} {code}" for surface in unreached.pop(code))
    lines = "".join(f"# {key}: {value}\n" for key, value in stage.items())
    (CASES / f"{name}.http").write_text(f"{lines}{ask}\n<<<\n{reply}\n", newline="\n")


SUCCESS = result("Success", "Success", 70.0, FRAME)
TOO_LARGE = "The video is empty or its size is inappropriate. The recording duration should be about 6 seconds."


def results():
    case("result_success", tc3(GOOD), SUCCESS, outcome="match")
    case("result_low_similarity", tc3(GOOD), result(
        "FailedOperation.CompareLowSimilarity", "The comparison similarity did not reach the passing standard.", 35.0,
        FRAME).replace('"Sim":35.0,', '"Sim":35.00,'), outcome="non_match")
    for outcome, code, text in [
        ("reference_no_face", "LifePhotoDetectNoFaces", "Failed to detect a full face."),
        ("reference_several_faces", "LifePhotoDetectFaces", "Multiple faces are detected."),
        ("reference_poor_quality", "LifePhotoPoorQuality",
         "The resolution of the image passed in is too low. Please upload a new one."),
        ("reference_wrong_size", "LifePhotoSizeError", "The image passed in is too large or too small."),
        ("video_undecodable", "LipVideoInvalid", "The video format is incorrect."),
        ("video_too_short", "SilentTooShort", "The video is too short. Please capture a video longer than 2 seconds."),
        ("video_no_face", "SilentFaceDetectFail", "No face is detected in the video."),
        ("video_several_faces", "SilentMultiFaceFail", "Multiple faces are detected in the video."),
        ("video_poor_quality", "SilentFaceQualityFail", "Low face quality."),
        ("video_mask_worn", "SilentFaceWithMaskFail", "A face mask is detected."),
        ("attack", "SilentPictureLiveFail", "The video might be spoofed."),
        ("liveness_unsure", "SilentThreshold", "Real person detection did not reach the passing standard."),
    ]:
        case(f"result_{outcome}", tc3(GOOD), result("FailedOperation." + code, text), outcome=outcome)


ACTIONS = {**GOOD, "LivenessType": "ACTION", "ValidateData": "4,2"}
LIP = {**GOOD, "LivenessType": "LIP", "ValidateData": "0472"}


def results_of_modes():
    """What ACTION and LIP have a code of their own for."""
    case("action_success", tc3(ACTIONS), SUCCESS)
    case("lip_success", tc3(LIP), SUCCESS)
    case("lip_success_v1", v1(LIP), SUCCESS)
    face, fake = "Failed to detect a full face.", "Suspected spoofed recording."
    unsure, fail = "Video-based real person detection failed.", "Liveness detection failed."
    none, dim, strong = "No movement is detected.", "The lighting is too dim.", "The lighting is too strong."
    for outcome, data, code, text in [
        ("video_no_face", "4,2", "ActionNodetectFace", face),
        ("video_face_incomplete", "4,2", "ActionNodetectFace", face),
        ("video_too_close", "4,2", "ActionFaceClose", "The face is too close to the screen."),
        ("video_too_far", "4,2", "ActionFaceFar", "The face is too far from the screen."),
        ("video_off_left", "4,2", "ActionFaceLeft", "The face is too far left from the screen."),
        ("video_off_right", "4,2", "ActionFaceRight", "The face is too far right from the screen."),
        ("video_too_dark", "4,2", "ActionLightDark", dim),
        ("video_too_bright", "4,2", "ActionLightStrong", strong),
        ("action_no_movement", "4,2", "ActionFirstAction", none),
        ("action_missing", "3", "ActionFirstAction", none),
        ("action_no_blink", "2", "ActionCloseEye", "No motions of eye closing are detected."),
        ("action_no_open_mouth", "1,2", "ActionOpenMouth", "No motions of mouth opening are detected."),
        ("action_out_of_turn", "4,2", "LivessDetectFail", fail),
        ("attack", "4,2", "LivessDetectFake", fake),
        ("liveness_unsure", "4,2", "LivessUnknownError", unsure),
        ("video_too_short", "1", "SilentTooShort",
         "The video is too short. Please capture a video longer than 2 seconds."),
    ]:
        case(f"action_{outcome.removeprefix('action_')}", tc3({**ACTIONS, "ValidateData": data}),
             result("FailedOperation." + code, text), outcome=outcome)
    incomplete = "The face is not fully exposed."
    for outcome, code, text in [
        ("video_no_face", "LipFaceIncomplete", incomplete),
        ("video_poor_quality", "LipVideoQuaility", "The video definition is too low."),
        ("video_too_short", "LipSizeError", TOO_LARGE),
        ("speech_no_sound", "LipVoiceDetect", "No sound is detected."),
        ("speech_too_quiet", "LipVoiceLow", "The volume of the video is too low."),
        ("speech_not_recognised", "LipVoiceRecognize", "Speech recognition failed."),
        ("lips_still", "LipMoveSmall", "The lip movement range is too small."),
        ("lips_out_of_step", "LivessDetectFake", fake),
        ("attack", "LivessDetectFake", fake),
        ("liveness_unsure", "LivessUnknownError", unsure),
    ]:
        case(f"lip_{outcome}", tc3(LIP), result("FailedOperation." + code, text), outcome=outcome)


def ways_to_sign():
    flat = dict(GOOD)
    query = urllib.parse.urlencode(flat)
    case("tc3_node", tc3(GOOD, signed_host="127.0.0.1", service="127"), SUCCESS)
    case("tc3_java", tc3(GOOD, content_type="application/json; charset=utf-8", service="127"), SUCCESS)
    case("tc3_localhost", tc3(GOOD, service="localhost:8080"), SUCCESS)
    case("tc3_unsigned_payload", tc3(GOOD, unsigned=True), SUCCESS)
    case("tc3_signs_action", tc3(GOOD, sign_action=True), SUCCESS)
    case("tc3_get", tc3(method="GET", query=query, content_type="application/x-www-form-urlencoded"), SUCCESS)
    case("tc3_trace_id", tc3(GOOD, extra=[("X-TC-TraceId", "trace-1")]),
         SUCCESS.replace("json\n\n", "json\nX-TC-TraceId: trace-1\n\n"))
    case("tc3_null_is_absent", tc3({**GOOD, "ValidateData": None}), SUCCESS)
    case("tc3_empty_validate_data", tc3({**GOOD, "ValidateData": ""}), SUCCESS)
    case("tc3_without_region", tc3(GOOD, region=""), SUCCESS)
    case("v1_sha256", v1(flat), SUCCESS)
    case("v1_sha1", v1(flat, algorithm="HmacSHA1"), SUCCESS)
    case("v1_without_method_is_sha1", v1(flat, algorithm=""), SUCCESS)
    case("v1_get", v1(flat, method="GET"), SUCCESS)


SIGNATURE = "The provided credentials could not be validated. Please check that your signature is correct."
EXPIRED = ("The provided credentials could not be validated because the signature has expired. "
           "Please check your clock.")


def refused_credentials():
    bad = error("AuthFailure.SignatureFailure", SIGNATURE)
    late = error("AuthFailure.SignatureExpire", EXPIRED)
    case("auth_wrong_secret", tc3(GOOD, secret="wrong"), bad)
    case("auth_wrong_secret_v1", v1(GOOD, secret="wrong"), bad)
    case("auth_changed_body", tc3(GOOD).replace("SILENT", "SILENt"), bad)
    case("auth_changed_value_v1", v1(GOOD, change={"LivenessType": "ACTION"}), bad)
    case("auth_date_is_not_the_timestamps", tc3(GOOD, date="2025-12-31"), bad)
    case("auth_unknown_method_v1", v1(GOOD, change={"SignatureMethod": "HmacMD5"}), bad)
    not_found = error("AuthFailure.SecretIdNotFound",
                      "The SecretId is not found. Please ensure that your SecretId is correct.")
    case("auth_unknown_key", tc3(GOOD, key_id="AKIDunknown"), not_found)
    case("auth_unknown_key_v1", v1(GOOD, change={"SecretId": "AKIDunknown"}), not_found)
    case("auth_too_old", tc3(GOOD, when=NOW - 301), late)
    case("auth_too_new", tc3(GOOD, when=NOW + 301), late)
    case("auth_just_in_time", tc3(GOOD, when=NOW - 300), SUCCESS)
    case("auth_time_before_signature", tc3(GOOD, when=NOW - 301, secret="wrong"), late)
    malformed = error("AuthFailure.InvalidAuthorization", "The Authorization of the request is missing or malformed.")
    plain = [("Host", HOST), ("Content-Type", "application/json"), ("X-TC-Action", ACTION)]
    case("auth_no_authorization", request("POST", "/", plain, "{}"), malformed)
    case("auth_malformed_authorization",
         request("POST", "/", plain + [("Authorization", "TC3-HMAC-SHA256 Credential=AKIDexample")], "{}"), malformed)
    case("auth_skipped", request("POST", "/", plain + [("Authorization", "SKIP")], "{}"), malformed)
    case("auth_token", tc3(GOOD, extra=[("X-TC-Token", "sometoken")]), error(
        "AuthFailure.TokenFailure", "The token is not valid: this installation issues no temporary credentials."))
    missing = "The request is missing a required parameter. "
    case("auth_no_nonce_v1", v1(GOOD, drop=["Nonce"]), error("MissingParameter", missing + "`Nonce`"))
    case("auth_no_timestamp_v1", v1(GOOD, drop=["Timestamp"]), error("MissingParameter", missing + "`Timestamp`"))
    case("auth_misshapen_timestamp_v1", v1(GOOD, change={"Timestamp": "1767225600x"}), error(
        "InvalidParameter", "The request is malformed or a parameter has the wrong type. `Timestamp`"))


def refused_requests():
    case("version_unknown", tc3(GOOD, version="1999-01-01"),
         error("NoSuchVersion", "The requested version of the API does not exist. `1999-01-01`"))
    case("version_before_action", tc3(GOOD, version="1999-01-01", action="NoSuchActionAtAll"),
         error("NoSuchVersion", "The requested version of the API does not exist. `1999-01-01`"))
    case("action_unknown", tc3(GOOD, action="NoSuchActionAtAll"),
         error("InvalidAction", "The requested action is invalid or not found. `NoSuchActionAtAll`"))
    case("action_unknown_v1", v1(GOOD, action="NoSuchActionAtAll"),
         error("InvalidAction", "The requested action is invalid or not found. `NoSuchActionAtAll`"))
    case("action_not_offered", tc3({"NoSuchField": "1"}, action="PhoneVerification"),
         error("UnsupportedOperation", "Unsupported operation. `PhoneVerification`"))
    case("region_unknown", tc3(GOOD, region="eu-frankfurt"),
         error("UnsupportedRegion", "The requested region is not served here. `eu-frankfurt`"))
    case("method_put", tc3(GOOD, method="PUT"),
         error("UnsupportedProtocol", "Only GET and POST requests are supported."))
    case("get_too_long", tc3(method="GET", query="ImageBase64=" + "A" * (32 << 10),
                             content_type="application/x-www-form-urlencoded"),
         error("RequestSizeLimitExceeded", "The request is larger than the allowed size."))


def refused_parameters():
    def without(name):
        return {k: v for k, v in GOOD.items() if k != name}
    missing = "The request is missing a required parameter. "
    invalid = "A parameter has an invalid value. "
    wrong_type = "The request is malformed or a parameter has the wrong type."
    for name in GOOD:
        case(f"missing_{name}", tc3(without(name)), error("MissingParameter", f"{missing}`{name}`"))
    case("missing_everything", tc3({}), error("MissingParameter", missing + "`ImageBase64`"))
    case("missing_is_null", tc3({**GOOD, "VideoBase64": None}), error("MissingParameter", missing + "`VideoBase64`"))
    case("missing_is_empty", tc3({**GOOD, "VideoBase64": ""}), error("MissingParameter", missing + "`VideoBase64`"))
    case("missing_v1", v1(without("VideoBase64")), error("MissingParameter", missing + "`VideoBase64`"))
    unknown = error("UnknownParameter", "The request has a parameter that this action does not know. `Nope`")
    case("unknown_parameter", tc3({**GOOD, "Nope": 1}), unknown)
    case("unknown_parameter_v1", v1({**GOOD, "Nope": "1"}), unknown)
    case("wrong_type_list", tc3({**GOOD, "LivenessType": ["SILENT"]}),
         error("InvalidParameter", wrong_type + " `LivenessType`"))
    case("wrong_type_number", tc3({**GOOD, "ImageBase64": 1}), error("InvalidParameter", wrong_type + " `ImageBase64`"))
    case("wrong_type_object", tc3({**GOOD, "ImageBase64": {}}), error("InvalidParameter", wrong_type + " `ImageBase64`"))
    case("not_json", tc3("{"), error("InvalidParameter", wrong_type))
    case("not_an_object", tc3("[]"), error("InvalidParameter", wrong_type))
    case("named_twice", tc3('{"LivenessType":"SILENT","LivenessType":"ACTION"}'),
         error("InvalidParameter", wrong_type + " `LivenessType`"))
    case("wrong_content_type", tc3(GOOD, content_type="text/plain"),
         error("InvalidParameter", wrong_type + " `Content-Type`"))
    case("liveness_type_unknown", tc3({**GOOD, "LivenessType": "NOPE"}),
         error("InvalidParameterValue", invalid + "`LivenessType`"))
    for mode, data in (("ACTION", "5"), ("ACTION", "1,2,3"), ("LIP", "12a4")):
        case(f"validate_data_{mode}_{len(data)}", tc3({**GOOD, "LivenessType": mode, "ValidateData": data}),
             error("InvalidParameterValue", invalid + "`ValidateData`"))
    for mode in ("ACTION", "LIP"):
        case(f"validate_data_{mode}_missing", tc3({**GOOD, "LivenessType": mode}),
             error("MissingParameter", missing + "`ValidateData`"))
    case("callers_challenge_denied", tc3(ACTIONS), error("OperationDenied", "Operation denied"), callers="denied")
    case("callers_challenge_denied_silent", tc3(GOOD), SUCCESS, callers="denied")
    case("validate_data_beside_silent", tc3({**GOOD, "ValidateData": "1"}),
         error("InvalidParameterValue", invalid + "`ValidateData`"))
    for label, text in [("data_prefix", "data:image/jpeg;base64," + IMAGE), ("line_break", IMAGE[:4] + "\n" + IMAGE[4:]),
                        ("url_alphabet", "_-__"), ("no_padding", IMAGE.rstrip("="))]:
        case(f"base64_{label}", tc3({**GOOD, "ImageBase64": text}),
             error("InvalidParameterValue", invalid + "`ImageBase64`"))
    case("base64_video_data_prefix", tc3({**GOOD, "VideoBase64": "data:video/mp4;base64," + VIDEO}),
         error("InvalidParameterValue", invalid + "`VideoBase64`"))


def failures():
    case("image_undecodable", tc3(GOOD), error("FailedOperation.ImageDecodeFailed", "The image could not be decoded."),
         engine="image_undecodable")
    case("engine_failed", tc3(GOOD),
         error("FailedOperation.LivessSystemError", "Error calling the liveness engine API."), engine="engine_failed")
    case("overloaded", tc3(GOOD), error("RequestLimitExceeded", "The service is busy. Please try again later."),
         engine="overloaded")
    case("deadline_exceeded", tc3(GOOD), error("InternalError", "The request could not be finished in time."),
         engine="deadline_exceeded")
    case("storage_unavailable", tc3(GOOD), error("InternalError", "Internal error"), engine="storage_unavailable")
    for state, code, text in [
        ("not_activated", "UnauthorizedOperation.Nonactivated", "The service has not been activated."),
        ("activating", "UnauthorizedOperation.Activating", "The service is being activated"),
        ("activation_failed", "UnauthorizedOperation.ActivateError", "The service has not been activated"),
        ("in_arrears", "UnauthorizedOperation.Arrears", "The account has overdue payments"),
        ("not_verified", "UnauthorizedOperation.NonAuthorize",
         "Identity verification has not been completed for the account."),
        ("unauthorized", "UnauthorizedOperation", "Unauthorized operation."),
        ("denied", "OperationDenied", "Operation denied"),
    ]:
        case(f"account_{state}", tc3(GOOD), error(code, text), account=state)


if __name__ == "__main__":
    CASES.mkdir(exist_ok=True)
    for old in CASES.glob("*.http"):
        old.unlink()
    for write in (results, results_of_modes, ways_to_sign, refused_credentials, refused_requests, refused_parameters, failures):
        write()
    print(f"{count} cases")

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Raw has no SDK: the vendor's samples post forms with python-requests, and so does this."""
import pathlib
import sys

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kit import KEY_ID, SECRET, SERVER, case, check, done, media  # noqa: E402

LIVE, SAME, OTHER = (media(name) for name in ("live.mp4", "same_person.jpg", "other_person.jpg"))
TYPE0 = {"comparison_type": "0", "uuid": "u-1"}


def post(what, files=None, **fields):
    sent = {"api_key": KEY_ID, "api_secret": SECRET, **fields}
    return requests.post(f"http://{SERVER}/faceid/lite/raw/{what}", data=sent, files=files or {"nothing": (None, "")}, timeout=120)


def photo(content):
    return "a.jpg", content, "image/jpeg"


def refuses(name, answer, status, message, biz_no=None):
    said = answer.json()
    check(name, (answer.status_code, said["error_message"], said.get("biz_no")) == (status, message, biz_no), answer.text)
    check(name + ": request_id, time_used", isinstance(said["request_id"], str) and isinstance(said["time_used"], int), said)


@case("from digits to a report")
def _():
    number = post("get_random_number", biz_no="业务-1").json()
    check("four digits", number["random_number"].isdigit() and len(number["random_number"]) == 4, number)
    check("biz_no", number["biz_no"] == "业务-1", number)
    video = {"video": ("v.mp4", LIVE, "video/mp4")}
    seen = post("validate_video", video, token_random_number=number["token_random_number"]).json()
    photos = {"image_ref1": photo(SAME), "image_ref2": photo(OTHER)}
    answer = post("verify", photos, token=seen["token_video"], biz_no="业务-1", **TYPE0)
    said = answer.json()
    # Nobody speaks in it.
    check("procedure", said["liveness"] == {"procedure_validation": "VIDEO_SR_ERROR"}, said)
    check("no comparison", answer.status_code == 200 and set(said) == {"request_id", "time_used", "biz_no", "liveness"}, said)
    refuses("a token is used up", post("verify", photos, token=seen["token_video"], **TYPE0), 400, "INVALID_TOKEN")


@case("refusals")
def _():
    files = {"image_ref1": photo(SAME)}
    refuses("wrong secret", post("verify", files, api_secret="nope", token="t", biz_no="b7", **TYPE0), 403, "AUTHENTICATION_ERROR", "b7")
    refuses("missing token", post("verify", files, **TYPE0), 400, "MISSING_ARGUMENTS: token")
    refuses("bad comparison_type", post("verify", files, token="t", comparison_type="7", uuid="u"), 400, "BAD_ARGUMENTS:comparison_type")
    refuses("bad token", post("verify", files, token="nope", **TYPE0), 400, "INVALID_TOKEN")
    refuses("unknown call", post("no_such_api", files), 404, "API_NOT_FOUND")


done()

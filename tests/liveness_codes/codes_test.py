#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The table of liveness codes; see run.sh. Ends with `N passed, N failed[, N skipped]`."""

import base64
import contextlib
import functools
import hashlib
import hmac
import http.server
import json
import pathlib
import re
import shutil
import sys
import tempfile
import threading
import time
import urllib.request

import clips
from clips import PATTERN, TALKING, acted, frozen, photo, spoken, talking, two_people, video

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from cli_test import Server, free_port, selfsame  # noqa: E402

PLACE = pathlib.Path(tempfile.mkdtemp(prefix="selfsame_codes_"))
NOT_MEASURED = "FailedOperation.LivessSystemError"


class Files(http.server.BaseHTTPRequestHandler):
    """A host of the operator's list: /missing is not there, /slow takes too long."""

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(6)
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Client:
    def __init__(self, data, server, name):
        key = json.loads(selfsame("key", "create", "--data", data, "--name", name, "--json"))
        self.id, self.secret, self.host = key["access_key_id"], key["access_key_secret"], f"127.0.0.1:{server.port}"

    def ask(self, action, **fields):
        """The `Response`, of a request signed by TC3."""
        body, now = json.dumps(fields).encode(), int(time.time())
        date = time.strftime("%Y-%m-%d", time.gmtime(now))
        canonical = (f"POST\n/\n\ncontent-type:application/json\nhost:{self.host}\n\ncontent-type;host\n"
                     + hashlib.sha256(body).hexdigest())
        scope = f"{date}/faceid/tc3_request"
        text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("TC3" + self.secret).encode()
        for part in (date, "faceid", "tc3_request", text):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json", "X-TC-Action": action, "X-TC-Version": "2018-03-01",
            "X-TC-Timestamp": str(now),
            "Authorization": f"TC3-HMAC-SHA256 Credential={self.id}/{scope}, SignedHeaders=content-type;host, "
                             f"Signature={key.hex()}",
        }
        request = urllib.request.Request(f"http://{self.host}/", body, headers)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read())["Response"]


def b64(content):
    return base64.b64encode(content).decode()


def compare(mode="SILENT", data=None, picture=None, clip=None):
    fields = {"LivenessType": mode, "ImageBase64": b64(picture or photo()), "VideoBase64": b64(clip or talking())}
    return "CompareFaceLiveness", {**fields, **({"ValidateData": data} if data else {})}


def action(data, clip=None):
    return compare("ACTION", data, clip=clip)


def lip(clip, digits="1234"):
    return compare("LIP", digits, clip=clip)


def by_url(files, image=None, video_path=None):
    fields = {"LivenessType": "SILENT"}
    fields |= {"ImageUrl": files + image} if image else {"ImageBase64": b64(photo())}
    fields |= {"VideoUrl": files + video_path} if video_path else {"VideoBase64": b64(talking())}
    return "LivenessCompare", fields


SIMS = {"Success": (70, 100), "FailedOperation.CompareLowSimilarity": (0, 69.99)}  # 0 of all others

# Code -> what produces it. `files` is the address of the host above.
ROWS = {  # codes: pure-api
    "Success": lambda files: compare(),
    "FailedOperation.CompareLowSimilarity": lambda files: compare(picture=photo("scale=480:-2", clips.OBAMA)),
    "FailedOperation.LifePhotoDetectNoFaces": lambda files: compare(picture=clips.made(".jpg", *PATTERN, "-frames:v", "1")),
    "FailedOperation.LifePhotoDetectFaces": lambda files: compare(picture=two_people()),
    "FailedOperation.LifePhotoPoorQuality": lambda files: compare(picture=photo("gblur=sigma=14")),
    "FailedOperation.LifePhotoSizeError": lambda files: compare(picture=photo("scale=60:-2")),
    "FailedOperation.SilentFaceDetectFail": lambda files: compare(clip=video(*PATTERN, "-t", "3")),
    "FailedOperation.SilentMultiFaceFail": lambda files: compare(
        clip=video("-i", TALKING, "-i", TALKING, "-filter_complex", "[0][1]hstack")),
    "FailedOperation.SilentFaceQualityFail": lambda files: compare(clip=talking("eq=brightness=-0.42:contrast=0.35")),
    "FailedOperation.SilentFaceWithMaskFail": lambda files: compare(
        clip=talking("drawbox=x=170:y=185:w=175:h=125:color=0x8fc4e6:t=fill")),
    "FailedOperation.SilentMouthLiveFail": lambda files: compare(
        clip=talking("drawbox=x=175:y=215:w=165:h=95:color=0x8fc4e6:t=fill")),
    "FailedOperation.SilentEyeLiveFail": lambda files: compare(
        clip=acted("--talking", filters="drawbox=x=120:y=200:w=240:h=70:color=0x101010:t=fill")),
    "FailedOperation.SilentDetectFail": lambda files: compare(clip=clips.swapped()),
    "FailedOperation.SilentPictureLiveFail": lambda files: compare(clip=frozen()),
    "FailedOperation.SilentTooShort": lambda files: compare(clip=talking("null", "-t", "1", "-an")),
    "FailedOperation.LipVideoInvalid": lambda files: compare(clip=b"x" * 20_000),
    "FailedOperation.LipSizeError": lambda files: by_url(files, video_path="/empty"),
    "FailedOperation.DownLoadError": lambda files: by_url(files, image="/missing"),
    "FailedOperation.DownLoadTimeoutError": lambda files: by_url(files, image="/slow"),
    "FailedOperation.LipNetFailed": lambda files: by_url(files, video_path="/missing"),
    "FailedOperation.ActionNodetectFace": lambda files: action("1", video(*PATTERN, "-t", "3")),
    "FailedOperation.ActionFirstAction": lambda files: action("3", acted("--actions", "blink@1.2")),
    "FailedOperation.ActionOpenMouth": lambda files: action("1", acted("--actions", "nod@1.2")),
    "FailedOperation.ActionCloseEye": lambda files: action("2", acted("--actions", "nod@1.2")),
    "FailedOperation.LivessDetectFail": lambda files: action("4,3", acted("--actions", "nod@1.2,shake@4", seconds=7)),
    "FailedOperation.ActionFaceClose": lambda files: action("1", talking("crop=190:230:160:70,scale=480:-2")),
    "FailedOperation.ActionFaceFar": lambda files: action("1", talking("scale=264:-2,pad=1056:864:396:324:gray")),
    "FailedOperation.ActionFaceLeft": lambda files: action("1", talking("crop=368:432:160:0,pad=900:432:0:0:gray")),
    "FailedOperation.ActionFaceRight": lambda files: action("1", talking("crop=340:432:0:0,pad=900:432:560:0:gray")),
    "FailedOperation.ActionLightDark": lambda files: action("1", talking("eq=brightness=-0.42:contrast=0.35")),
    "FailedOperation.ActionLightStrong": lambda files: action("1", talking("eq=brightness=0.55")),
    "FailedOperation.LivessDetectFake": lambda files: action("1", frozen()),
    "FailedOperation.LipFaceIncomplete": lambda files: lip(video(*PATTERN, "-t", "3")),
    "FailedOperation.LipVideoQuaility": lambda files: lip(talking("scale=46:-2:flags=area,scale=528:432")),
    "FailedOperation.LipVoiceDetect": lambda files: lip(talking()),
    "FailedOperation.LipVoiceLow": lambda files: lip(spoken("one two three four", volume="0.01")),
    "FailedOperation.LipVoiceRecognize": lambda files: lip(spoken("eight six nine seven")),
    "FailedOperation.LipMoveSmall": lambda files: lip(spoken("one two three four", lips=False)),
}

# Code -> the request with a clip, the clip, where in it the device's edge would be, and the code of an attack. Between
# a bare clip and one that is on a screen for all to see there are some that the networks can neither take nor refuse.
BETWEEN = {  # codes: pure-api
    "FailedOperation.SilentThreshold": (
        lambda clip: compare(clip=clip), talking, (100, 60, 320, 330), "FailedOperation.SilentPictureLiveFail"),
    "FailedOperation.LivessUnknownError": (
        lambda clip: action("1", clip), lambda: acted("--actions", "open_mouth@1.2"), (60, 110, 360, 430),
        "FailedOperation.LivessDetectFake"),
}
HALVINGS = 10

# Codes of the vendor's table that no liveness action produces; docs/tencent.md says why.
NO_CAUSE = {"FailedOperation." + name for name in (
    "CompareFail", "CompareSystemError", "LifePhotoDetectFake", "LivessBestFrameError", "UnKnown")}
VENDORS_TABLE = clips.ROOT.parent / "shared/reference/tencent-faceid-errors.tsv"


def verdict(answer, code):
    """What is wrong, or nothing; None: the server does not measure it."""
    got = answer.get("Result") or answer["Error"]["Code"]
    if got == code:
        low, high = SIMS.get(code, (0, 0))
        return "" if low <= answer.get("Sim", 0) <= high else f"Sim is {answer['Sim']}"
    return None if got == NOT_MEASURED else f"the answer is {got}"


def judge(client, files, code, make):
    name, fields = make(files)
    return verdict(client.ask(name, **fields), code)


def judge_between(client, code, ask, make, box, attack):
    """Halves how much of the screen is to be seen until the answer is `code`. The ends must be live and an attack."""
    def result(opacity):
        name, fields = ask(clips.on_a_screen(make(), box, opacity))
        answer = client.ask(name, **fields)
        return answer.get("Result") or answer["Error"]["Code"]

    bare, plain = result(0), result(1)
    if NOT_MEASURED in (bare, plain):
        return None
    if bare not in SIMS or plain != attack:
        return f"without a screen {bare}, with it {plain}"
    faint, strong = 0.0, 1.0
    for _ in range(HALVINGS):
        opacity = (faint + strong) / 2
        got = result(opacity)
        if got == code:
            return ""
        if got not in (*SIMS, attack):
            return f"at opacity {opacity} the answer is {got}"
        faint, strong = (opacity, strong) if got in SIMS else (faint, opacity)
    return f"{attack} from opacity {strong} on, and until there none"


def faults_of_documents():
    """Codes that have no row here and no reason to have none: of the guide to this surface, and of the vendor's table."""
    guide = (clips.ROOT / "docs/tencent.md").read_text(encoding="utf-8")
    rows = re.search(r"\| `Result` FailedOperation\.… .*?\n\n", guide, re.DOTALL)[0].strip().splitlines()[2:]
    told = {"FailedOperation." + code for row in rows for code in re.findall(r"\w+", row.split("|")[1])}
    told = {code.replace("FailedOperation.Success", "Success") for code in told}
    reasons = re.search(r"\nNot produced here: .*?\n\n", guide, re.DOTALL)[0]
    made = ROWS.keys() | BETWEEN.keys()
    faults = [f"{code} has no input" for code in sorted(told - made)]
    faults += [f"{code} has no reason" for code in sorted(NO_CAUSE) if code.split(".")[1] not in reasons]
    faults += [f"{code} has both an input and none" for code in sorted(NO_CAUSE & made)]
    if VENDORS_TABLE.exists():
        table = (line.split("\t") for line in VENDORS_TABLE.read_text(encoding="utf-8").splitlines())
        vendors = {fields[1] for fields in table if fields[0] == "pure-api" and fields[1].startswith("FailedOperation.")}
        faults += [f"{code} of the vendor's table is missing" for code in sorted(vendors - made - NO_CAUSE - {NOT_MEASURED})]
    return faults


def billed(data, name):
    text = selfsame("ledger", "--data", data, "--name", name, "--json")
    return [row["code"] for row in json.loads(text.splitlines()[0])["entries"]]


def main():
    host = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), Files)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    files = f"http://127.0.0.1:{host.server_port}"
    data = str(PLACE / "data")
    server = Server(data, env={
        "SELFSAME_TENCENT_URL_HOSTS": "127.0.0.1", "SELFSAME_TENCENT_URL_PRIVATE_ADDRESSES": "true",
        "SELFSAME_HTTP_REQUEST_DEADLINE_MS": "600000",
    })
    passed = failed = skipped = 0
    try:
        client = Client(data, server, "codes")
        wanted = sys.argv[1:]
        judges = {code: functools.partial(judge, client, files, code, make) for code, make in ROWS.items()}
        judges |= {code: functools.partial(judge_between, client, code, *between)
                   for code, between in BETWEEN.items()}
        for code, judged in judges.items():
            if wanted and not any(word in code for word in wanted):
                continue
            wrong = judged()
            if wrong is None:
                skipped += 1
                print(f"SKIPPED {code}: this server does not measure it")
            elif wrong:
                failed += 1
                print(f"FAILED {code}: {wrong}")
            else:
                passed += 1
        for fault in faults_of_documents():
            failed += 1
            print(f"FAILED documents: {fault}")
        codes = billed(data, "codes")
        if not wanted and set(codes) == set(SIMS) or wanted and set(codes) <= set(SIMS):
            passed += 1
        else:
            failed += 1
            print(f"FAILED billing: {codes}")
    finally:
        server.stop()
        for folder in (PLACE, clips.FOLDER):
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The client half of ./run: picks addresses, waits for the server, asks it three questions.

    demo.py address OPTION WANTED PORT    WANTED if it is free, else 127.0.0.1 and the next free port
    demo.py wait HOST:PORT PID            returns when /readyz says ready; fails when PID ends
    demo.py ask HOST:PORT KEYFILE FOLDER  asks about the people in FOLDER; 0 if all verdicts are right

It is also the shortest example of a client: plain HTTP, the standard library, both protocols.
"""

import base64
import hashlib
import hmac
import http.client
import json
import socket
import sys
import time
import uuid
from pathlib import Path

READY_WITHIN_S = 120
ANSWER_WITHIN_S = 60
FMR = "1e-4"  # the false match rate at which the native answers are judged here


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────


def post(server, path, headers, body):
    """(HTTP status, parsed JSON)"""
    connection = http.client.HTTPConnection(server, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    try:
        return answer.status, json.loads(text)
    except ValueError:
        raise SystemExit(f"demo: {path} answered {answer.status} with something that is not JSON: {text[:200]!r}")


def compare(server, key, image_a, image_b):
    """The native API: POST /v1/comparisons, multipart/form-data with the files a and b, bearer key."""
    boundary = uuid.uuid4().hex
    body = b""
    for name, path in (("a", image_a), ("b", image_b)):
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n'.encode()
        body += b"Content-Type: image/jpeg\r\n\r\n" + path.read_bytes() + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    headers = {
        "Authorization": f"Bearer {key['appcode']}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
    }
    return post(server, "/v1/comparisons", headers, body)


def tc3_authorization(secret_id, secret_key, host, body, timestamp, service="faceid"):
    """Tencent's TC3-HMAC-SHA256 over content-type and host of a POST to /."""
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    scope = f"{date}/{service}/tc3_request"
    hashed = hashlib.sha256(body).hexdigest()
    request = f"POST\n/\n\ncontent-type:application/json\nhost:{host}\n\ncontent-type;host\n{hashed}"
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    secret = ("TC3" + secret_key).encode()
    for part in (date, service, "tc3_request"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    signature = hmac.new(secret, to_sign.encode(), "sha256").hexdigest()
    return f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders=content-type;host, Signature={signature}"


def compare_face_liveness(server, key, photo, video):
    """Tencent's CompareFaceLiveness, signed as its own SDK does it."""
    fields = {
        "LivenessType": "SILENT",
        "ImageBase64": base64.b64encode(photo.read_bytes()).decode(),
        "VideoBase64": base64.b64encode(video.read_bytes()).decode(),
    }
    body, now = json.dumps(fields).encode(), int(time.time())
    headers = {
        "Host": server,
        "Content-Type": "application/json",
        "X-TC-Action": "CompareFaceLiveness",
        "X-TC-Version": "2018-03-01",
        "X-TC-Timestamp": str(now),
        "Authorization": tc3_authorization(key["access_key_id"], key["access_key_secret"], server, body, now),
    }
    return post(server, "/", headers, body)


# ── The three questions ──────────────────────────────────────────────────────────────────────────


def ask_comparison(server, key, folder, other, same):
    status, answer = compare(server, key, folder / "obama.jpg", folder / other)
    if status != 200:
        return f"HTTP {status}: {answer}", "", "", False
    if answer["cosine"] is None:
        defects = [f"{photo}: {answer[photo]['defect']}" for photo in "ab" if answer[photo]["defect"]]
        return "not comparable", ", ".join(defects), "", False
    match = answer["match_at"][FMR]
    said = "same person" if match else "different persons"
    similarity = f"{answer['similarity']:.1f} (cosine {answer['cosine']:.3f})"
    return said, similarity, f"cosine {answer['thresholds'][FMR]:.3f} = FMR {FMR}", match is same


def ask_liveness(server, key, folder):
    status, answer = compare_face_liveness(server, key, folder / "talking.jpg", folder / "talking.mp4")
    response = answer.get("Response", {})
    if status != 200 or "Error" in response:
        return f"HTTP {status}: {response.get('Error', answer)}", "", "", False
    said = response.get("Result")
    return f"{said}", f"{response.get('Sim')} (Sim)", "Sim 70 = FMR 1e-3", said == "Success"


def ask(server, keyfile, folder):
    key, folder = json.loads(Path(keyfile).read_text()), Path(folder)
    questions = [
        ("two portraits of one person", lambda: ask_comparison(server, key, folder, "obama2.jpg", True)),
        ("portraits of two persons", lambda: ask_comparison(server, key, folder, "biden.jpg", False)),
        ("a talking person, his photo", lambda: ask_liveness(server, key, folder)),
    ]
    print("   Photos by POST /v1/comparisons, the talking person by Tencent's CompareFaceLiveness, signed.")
    line = "   {:28} {:18} {:20} {:25} {:>7}  {}"
    print(line.format("question", "verdict", "similarity of 100", "threshold", "time", "").rstrip())
    wrong = 0
    for question, run in questions:
        started = time.monotonic()
        said, similarity, threshold, right = run()
        took = f"{(time.monotonic() - started) * 1000:.0f} ms"
        print(line.format(question, said, similarity, threshold, took, "right" if right else "WRONG"), flush=True)
        wrong += not right
    print(f"   {len(questions) - wrong} of {len(questions)} verdicts right")
    return 1 if wrong else 0


# ── Starting ─────────────────────────────────────────────────────────────────────────────────────


def is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def address(option, wanted, port):
    """Prints HOST:PORT. What was asked for must be free; a default gives way to the next free port."""
    if wanted:
        host, _, given = wanted.rpartition(":")
        if not host or not given.isdigit() or not 0 < int(given) < 65536:
            raise SystemExit(f"run: {option} wants HOST:PORT, not {wanted}.")
        if not is_free(host.strip("[]"), int(given)):
            raise SystemExit(f"run: {wanted} is taken or not an address of this machine; give another {option} HOST:PORT.")
        print(wanted)
        return 0
    for candidate in range(int(port), int(port) + 100):
        if is_free("127.0.0.1", candidate):
            if candidate != int(port):
                print(f"   port {port} is taken, using {candidate}", file=sys.stderr)
            print(f"127.0.0.1:{candidate}")
            return 0
    raise SystemExit(f"run: no free port from {port} on; give {option} HOST:PORT.")


def process_runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait(admin, pid):
    """Until /readyz answers 200: the server proves its networks on the fixtures first."""
    until = time.monotonic() + READY_WITHIN_S
    said = "no answer"
    while time.monotonic() < until:
        if not process_runs(pid):
            print("   the server has ended", file=sys.stderr)
            return 1
        try:
            connection = http.client.HTTPConnection(admin, timeout=2)
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            text = answer.read(2000).decode(errors="replace").strip()
            connection.close()
            if answer.status == 200:
                return 0
            said = f"{answer.status} {text}"
        except OSError as error:
            said = str(error)
        time.sleep(0.1)
    print(f"   not ready after {READY_WITHIN_S} s; /readyz says: {said}", file=sys.stderr)
    return 1


COMMANDS = {"address": (address, 3), "wait": (wait, 2), "ask": (ask, 3)}


def main():
    command, expected = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if command is None or len(sys.argv) - 2 != expected:
        raise SystemExit(__doc__)
    return command(*sys.argv[2:])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:
        sys.exit(f"demo: {error}")

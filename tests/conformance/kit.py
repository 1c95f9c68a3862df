# SPDX-License-Identifier: Apache-2.0
"""What the Python conformance programs share: where the server is, the count of checks, a recorder.

The server's address, key and folders come from run.sh by environment variables (SELFSAME_TEST_*).
"""
import base64
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import traceback

SERVER = os.environ["SELFSAME_TEST_SERVER"]  # HOST:PORT
BINARY = os.environ["SELFSAME_TEST_BINARY"]
DATA = os.environ["SELFSAME_TEST_DATA"]
MEDIA = os.environ["SELFSAME_TEST_MEDIA"]
CUSTOMER = os.environ["SELFSAME_TEST_CUSTOMER"]
KEY_ID = os.environ["SELFSAME_TEST_KEY_ID"]
SECRET = os.environ["SELFSAME_TEST_SECRET"]

passed = failed = 0


def media(name):
    with open(os.path.join(MEDIA, name), "rb") as file:
        return file.read()


def b64(data):
    return base64.b64encode(data).decode()


def check(name, holds, seen=""):
    """Counts one check and prints it only when it fails."""
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {name}: {str(seen)[:400]}", flush=True)
    return holds


def case(name):
    """Decorator: runs the function at once; an exception is one failed check."""
    def run(function):
        try:
            function()
        except Exception:  # any SDK may raise anything
            check(name, False, traceback.format_exc(limit=3)[-400:])
        return function
    return run


class shifted:
    """The clock of this program, moved by some seconds while a request is signed."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        self.real = time.time, time.gmtime
        (now, split), seconds = self.real, self.seconds
        time.time = lambda: now() + seconds
        time.gmtime = lambda at=None: split(now() + seconds if at is None else at)

    def __exit__(self, *_):
        time.time, time.gmtime = self.real


def selfsame(*arguments):
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def ledger():
    """The customer's billed calls: dicts with outcome_id, product and code."""
    return json.loads(selfsame("ledger", "--data", DATA, "--name", CUSTOMER, "--json"))["entries"]


class Recorder:
    """A relay on a port of its own that keeps each request byte for byte and can send it again."""

    def __enter__(self):
        recorder = self
        self.requests = []

        class Relay(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sent = (self.command, self.path, list(self.headers.items()), body)
                recorder.requests.append(sent)
                status, headers, answer = send(sent)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def again(self):
        """The answer to the last request, sent once more."""
        status, headers, body = send(self.requests[-1])
        return status, dict(headers), json.loads(body)


def send(request):
    method, path, headers, body = request
    connection = http.client.HTTPConnection(SERVER, timeout=120)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


def done():
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

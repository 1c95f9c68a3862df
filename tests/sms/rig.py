# SPDX-License-Identifier: Apache-2.0
"""What the programs of this suite share: a server with routes, calls signed by RPC v1, a count of checks."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import traceback
import urllib.parse
import urllib.request
import uuid

BINARY = os.environ["SELFSAME_TEST_BINARY"]
passed = failed = 0
local = threading.local()


def check(name, holds, seen=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {name}: {str(seen)[:400]}", flush=True)
    return holds


def case(name):
    def run(function):
        try:
            function()
        except Exception:
            check(name, False, traceback.format_exc(limit=4)[-600:])
        return function
    return run


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(condition, seconds=30):
    """Waits for it; what it said last."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.05)


class Server:
    """selfsame serve on a data folder, with its routes."""

    def __init__(self, folder, routes, password="secret"):
        self.folder = pathlib.Path(folder)
        self.address = f"127.0.0.1:{free_port()}"
        self.admin = f"127.0.0.1:{free_port()}"
        (self.folder / "password").write_text(password + "\n")
        (self.folder / "password").chmod(0o600)
        (self.folder / "routes.toml").write_text(routes)
        (self.folder / "selfsame.toml").write_text(f'[sms]\nroutes_file = "{self.folder}/routes.toml"\nnumber_per_hour = 0\nnumber_per_day = 0\n')
        self.process = None
        self.start()
        key = json.loads(self.run("key", "create", "--name", "tester", "--json"))
        self.key_id, self.secret = key["access_key_id"], key["access_key_secret"]

    def start(self):
        log = open(self.folder / "server.log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", self.folder / "selfsame.toml", "--data", self.folder / "data",
             "--listen", self.address, "--admin", self.admin], stdout=log, stderr=log)
        if not until(self.ready, 180):
            raise RuntimeError("the server did not become ready: " + self.log()[-800:])

    def ready(self):
        try:
            return urllib.request.urlopen(f"http://{self.admin}/readyz", timeout=2).status == 200
        except OSError:
            return False

    def stop(self, kill=False):
        self.process.kill() if kill else self.process.terminate()
        return self.process.wait(60)

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def metric(self, name):
        text = urllib.request.urlopen(f"http://{self.admin}/metrics", timeout=5).read().decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name + "{") or line.startswith(name + " "))

    def run(self, *arguments):
        config = ["--config", str(self.folder / "selfsame.toml")]
        return subprocess.run([BINARY, *arguments, *config, "--data", str(self.folder / "data")],
                              capture_output=True, text=True, check=True).stdout

    def call(self, action, **parameters):
        """One call over a connection that this thread keeps."""
        fields = {
            **parameters, "Action": action, "Version": "2018-05-01", "Format": "JSON", "AccessKeyId": self.key_id,
            "SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": uuid.uuid4().hex,
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        quote = lambda text: urllib.parse.quote(text, safe="-_.~")
        query = "&".join(f"{quote(name)}={quote(fields[name])}" for name in sorted(fields))
        digest = hmac.new((self.secret + "&").encode(), f"POST&%2F&{quote(query)}".encode(), hashlib.sha1).digest()
        body = query + "&Signature=" + quote(base64.b64encode(digest).decode())
        if getattr(local, "connection", None) is None or local.address != self.address:
            local.connection, local.address = http.client.HTTPConnection(self.address, timeout=60), self.address
        local.connection.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
        return json.loads(local.connection.getresponse().read())

    def send(self, to, text, **more):
        answer = self.call("SendMessageToGlobe", To=to, Message=text, **more)
        if answer.get("ResponseCode") != "OK":
            raise RuntimeError(answer)
        return answer["MessageId"]

    def query(self, message_id):
        return self.call("QueryMessage", MessageId=message_id)

    def states(self):
        """State by message id."""
        lines = self.run("sms", "list", "--limit", "10000").splitlines()
        return {line.split("  ")[1]: line.split("  ")[6].split(":")[0] for line in lines}


def route(name, prefixes, port, folder, user="selfsame", **more):
    lines = [f'name = "{name}"', f"prefixes = {json.dumps(prefixes)}", 'host = "127.0.0.1"', f"port = {port}",
             f'system_id = "{user}"', f'password_file = "{folder}/password"']
    lines += [f"{key} = {value}" for key, value in more.items()]
    return "[[route]]\n" + "\n".join(lines) + "\n"


def in_parallel(jobs, threads=8):
    """Runs them and returns what they returned, in their order."""
    results = [None] * len(jobs)
    numbers = iter(range(len(jobs)))
    lock = threading.Lock()
    failures = []

    def work():
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                results[number] = jobs[number]()
            except Exception as error:
                failures.append(error)
                return

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return results


def done():
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A customer has the server call addresses of its own network: by webhooks, and by the URLs of photos and videos."""

import base64
import json
import os
import socket
import threading
import time

from attack_base import main_of
from attack_foreign_data import Line, tc3
from session_base import Device, SessionAttack

SPELLINGS = (
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "0.0.0.0", "0", "localhost", "LOCALHOST", "localhost.",
    "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]",
    "169.254.169.254", "10.0.0.1", "192.168.0.1", "[fd00::1]",
)
OTHER_URLS = ("file:///etc/passwd", "gopher://127.0.0.1:{}/_x", "ftp://127.0.0.1:{}/", "dict://127.0.0.1:{}/x", "//127.0.0.1:{}/",
              "http://example.com@127.0.0.1:{}/", "http://127.0.0.1:{}#@example.com/", "http://127.0.0.1:{}\r\nX: y/")
NAME = "hook.localhost"  # is found out when it is called


class InnerAddresses(SessionAttack):
    @classmethod
    def setUpClass(cls):
        os.environ["SELFSAME_TENCENT_URL_HOSTS"] = "localhost,127.0.0.1"  # an operator's slip: inner addresses stay closed
        os.environ["SELFSAME_WEBHOOKS_FIRST_PAUSE_MS"] = "100"
        cls.addClassCleanup(os.environ.pop, "SELFSAME_TENCENT_URL_HOSTS")
        cls.addClassCleanup(os.environ.pop, "SELFSAME_WEBHOOKS_FIRST_PAUSE_MS")
        super().setUpClass()
        cls.inner = socket.create_server(("127.0.0.1", 0))
        cls.addClassCleanup(cls.inner.close)
        cls.callers = []
        threading.Thread(target=cls.take_calls, daemon=True).start()

    @classmethod
    def take_calls(cls):
        while True:
            try:
                line, _ = cls.inner.accept()
            except OSError:
                return
            cls.callers.append(line.recv(100))
            line.close()

    def urls(self):
        port = self.inner.getsockname()[1]
        return [f"http://{host}:{port}/" for host in SPELLINGS] + [url.format(port) for url in OTHER_URLS]

    def tencent(self, action, **fields):
        key = self.bank.key
        body, headers = tc3(self.server.port, key["access_key_id"], key["access_key_secret"], action, fields)
        return json.loads(Line.send(self.server.port, "POST", "/", body, headers)[1])["Response"]

    def test_webhooks_are_refused_when_they_are_named(self):
        for url in self.urls():
            self.assertEqual(self.bank.call("PUT", "/v1/webhook", {"url": url}).code, "invalid_parameter", url)
            made = self.tencent("CreateEKYCWebhook", WebhookName="x", WebhookURL=url.replace("http://", "https://"))
            self.assertIn("Error", made, url)
        self.assertEqual(self.callers, [])

    def test_a_name_is_refused_when_it_is_called(self):
        url = f"http://{NAME}:{self.inner.getsockname()[1]}/"
        self.assertEqual(self.bank.call("PUT", "/v1/webhook", {"url": url}).status, 200)
        device = Device(self.server.port, self.bank.open().json["token"])
        self.assertEqual(device.call("POST", "end", {"reason": "other"}).status, 200)
        self.assertEqual(self.failure_of_last_delivery(), "forbidden")
        self.assertEqual(self.callers, [])

    def failure_of_last_delivery(self):
        deadline = time.monotonic() + 10
        while True:
            last = self.bank.call("GET", "/v1/webhook/deliveries").json["deliveries"][0]
            self.assertIsNone(last["last_status"], last)
            if last["last_error"]:
                return last["last_error"]
            self.assertLess(time.monotonic(), deadline, last)
            time.sleep(0.05)

    def test_files_are_not_fetched(self):
        photo = base64.b64encode(self.photo).decode()
        calls = (
            ("LivenessCompare", "VideoUrl", {"LivenessType": "SILENT", "ImageBase64": photo}),
            ("LivenessCompare", "ImageUrl", {"LivenessType": "SILENT", "VideoBase64": "AAAA"}),
            ("GenerateReflectSequence", "DeviceDataUrl", {"DeviceDataMd5": "0" * 32}),
            ("ApplyWebVerificationToken", "CompareImageUrl", {"RedirectUrl": "https://bank.example/", "CompareImageMd5": "0" * 32}),
        )
        for action, field, more in calls:
            for url in self.urls():
                answer = self.tencent(action, **{field: url}, **more)
                self.assertRegex(answer.get("Error", {}).get("Code", ""), "DownLoadError|LipNetFailed|InvalidParameterValue", f"{action} {url}")
                self.assertNotIn("127.0.0.1", answer["Error"]["Message"])
        self.assertEqual(self.callers, [])


if __name__ == "__main__":
    main_of(__name__)

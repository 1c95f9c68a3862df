# SPDX-License-Identifier: Apache-2.0
"""Clients of the API gateway (signature and appcode) and of Raw, as the guides describe them."""

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse
import uuid

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
SDK = "/face/v1.2/sdk/"
RAW = "/faceid/lite/raw/"


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def gateway_code(self):
        return self.headers["X-Ca-Error-Code"]

    def __str__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:600]!r}"


def exchange(port, method, target, body=None, headers=None):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request(method, target, body, headers or {})
        return Answer(line.getresponse())
    finally:
        line.close()


class Gateway:
    """Signs as the gateway's documentation says; `hash_name` is sha256 or sha1."""

    def __init__(self, port, key, hash_name="sha256"):
        self.port, self.key, self.hash_name = port, key, hash_name

    def headers(self, method, path, parameters, content_type="", md5="", **changed):
        ca = {
            "x-ca-key": self.key["access_key_id"], "x-ca-nonce": str(uuid.uuid4()), "x-ca-stage": "RELEASE",
            "x-ca-timestamp": str(int(time.time() * 1000)), **changed,
        }
        pairs = "&".join(f"{name}={value}" if value else name for name, value in sorted(parameters.items()))
        text = "\n".join([method, "application/json", md5, content_type, ""]) + "\n"
        text += "".join(f"{name}:{ca[name]}\n" for name in sorted(ca)) + path + ("?" + pairs if pairs else "")
        digest = hmac.new(self.key["access_key_secret"].encode(), text.encode(), self.hash_name).digest()
        headers = {**ca, "x-ca-signature-headers": ",".join(sorted(ca)), "x-ca-signature": base64.b64encode(digest).decode()}
        if self.hash_name != "sha256":
            headers["x-ca-signature-method"] = "HmacSHA1"
        headers["Accept"] = "application/json"
        headers |= {"Content-Type": content_type} if content_type else {}
        return headers | ({"Content-MD5": md5} if md5 else {})

    def token(self, fields, **changed):
        headers = self.headers("POST", SDK + "get_biz_token", fields, FORM, **changed)
        return exchange(self.port, "POST", SDK + "get_biz_token", urllib.parse.urlencode(fields), headers)

    def token_by_json(self, fields):
        body = json.dumps(fields).encode()
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
        headers = self.headers("POST", SDK + "get_biz_token", {}, "application/json", md5)
        return exchange(self.port, "POST", SDK + "get_biz_token", body, headers)

    def result(self, biz_token, **more):
        fields = {"biz_token": biz_token, **more}
        target = SDK + "get_result?" + urllib.parse.urlencode(fields)
        return exchange(self.port, "GET", target, None, self.headers("GET", SDK + "get_result", fields))


class ByAppcode:
    """Sends nothing but the credential, as the vendor's simple client does."""

    def __init__(self, port, key):
        self.port, self.credential = port, {"Authorization": f"APPCODE {key['appcode']}"}

    def token(self, fields, what="get_biz_token"):
        return exchange(self.port, "POST", SDK + what, urllib.parse.urlencode(fields), self.credential)

    def token_by_json(self, fields):
        return exchange(self.port, "POST", SDK + "get_biz_token", json.dumps(fields), self.credential)

    def result(self, biz_token, **more):
        query = urllib.parse.urlencode({"biz_token": biz_token, **more})
        return exchange(self.port, "GET", SDK + "get_result?" + query, None, self.credential)


class Raw:
    def __init__(self, port, key):
        self.port = port
        self.credential = {"api_key": key["access_key_id"], "api_secret": key["access_key_secret"]}

    def post(self, what, files=None, **fields):
        """multipart/form-data; a field or credential that is None is left out."""
        boundary = "selfsame-megvii-test"
        sent = {name: value for name, value in {**self.credential, **fields}.items() if value is not None}
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + str(value).encode() + b"\r\n"
            for name, value in sent.items())
        body += b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
            for name, content in (files or {}).items())
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return exchange(self.port, "POST", RAW + what, body + f"--{boundary}--\r\n".encode(), headers)

    def post_form(self, what, **fields):
        """A url-encoded form; files are base64."""
        return exchange(self.port, "POST", RAW + what, urllib.parse.urlencode({**self.credential, **fields}), {"Content-Type": FORM})

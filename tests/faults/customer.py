# SPDX-License-Identifier: Apache-2.0
"""How a customer calls: its key, signatures, uploads."""
import base64
import datetime
import hashlib
import hmac
import time
import urllib.parse
import uuid


def multipart(files):
    boundary = "selfsame-faults"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.jpg"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in files
    )
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Key:
    """A customer's secrets, as `selfsame key create --json` shows them."""

    def __init__(self, shown):
        self.shown = shown
        self.id, self.secret, self.appcode = shown["access_key_id"], shown["access_key_secret"], shown["appcode"]

    def bearer(self):
        return {"Authorization": "Bearer " + self.appcode}

    def tc3(self, host, body, action="CompareFaceLiveness"):
        """Headers of a signed call."""
        now = int(time.time())
        date = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%d")
        kind = "application/json"
        canonical = "\n".join(
            ["POST", "/", "", f"content-type:{kind}", f"host:{host}", "", "content-type;host", hashlib.sha256(body).hexdigest()]
        )
        scope = f"{date}/faceid/tc3_request"
        text = "\n".join(["TC3-HMAC-SHA256", str(now), scope, hashlib.sha256(canonical.encode()).hexdigest()])
        signing = ("TC3" + self.secret).encode()
        for word in (date, "faceid", "tc3_request"):
            signing = hmac.new(signing, word.encode(), hashlib.sha256).digest()
        signature = hmac.new(signing, text.encode(), hashlib.sha256).hexdigest()
        return {
            "Content-Type": kind,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Version": "2018-03-01",
            "X-TC-Timestamp": str(now),
            "Authorization": f"TC3-HMAC-SHA256 Credential={self.id}/{scope}, SignedHeaders=content-type;host, Signature={signature}",
        }

    def rpc(self, version, **parameters):
        """The body of a form signed by RPC v1."""
        fields = {
            **parameters, "Version": version, "Format": "JSON", "AccessKeyId": self.id, "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0", "SignatureNonce": uuid.uuid4().hex,
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        quote = lambda text: urllib.parse.quote(text, safe="-_.~")  # noqa: E731
        query = "&".join(f"{quote(name)}={quote(fields[name])}" for name in sorted(fields))
        digest = hmac.new((self.secret + "&").encode(), f"POST&%2F&{quote(query)}".encode(), hashlib.sha1).digest()
        return query + "&Signature=" + quote(base64.b64encode(digest).decode())

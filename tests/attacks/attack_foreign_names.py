#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A customer who knows what another's things are called on the vendors' surfaces: message ids, webhooks, tokens, uploads.

attack_foreign_data.py does the same on the native API."""

import base64
import json
import urllib.parse

from attack_base import TALKING_PHOTO, main_of, selfsame
from attack_foreign_data import Line, rpc, tc3
from session_base import SessionAttack

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HOOK = {"WebhookName": "hook", "WebhookURL": "https://example.com/hook", "Scene": "NONDOC_VERIFICATION_RESULT"}
ILLEGAL = "InvalidParameterValue.BizTokenIllegal"
RESULTS = {
    "GetFaceIdResultIntl": "SdkToken", "GetLivenessResult": "SdkToken", "GetSdkVerificationResult": "SdkToken",
    "GetWebVerificationResult": "BizToken", "GetWebVerificationResultIntl": "BizToken",
}


class ForeignNames(SessionAttack):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eve = json.loads(selfsame("key", "create", "--data", cls.bank_data, "--name", "eve", "--json"))

    def tencent(self, key, action, **fields):
        body, headers = tc3(self.server.port, key["access_key_id"], key["access_key_secret"], action, fields)
        return json.loads(Line.send(self.server.port, "POST", "/", body, headers)[1])["Response"]

    def alibaba(self, key, action, **fields):
        body = rpc(key["access_key_id"], key["access_key_secret"], action, "2018-05-01", fields)
        return json.loads(Line.send(self.server.port, "POST", "/", body, FORM)[1])

    def test_messages(self):
        sent = self.alibaba(self.bank.key, "SendMessageToGlobe", To="6281234567890", From="Bank", Message="of the bank")
        named = {"MessageId": sent["MessageId"]}
        self.assertEqual(self.alibaba(self.bank.key, "QueryMessage", **named)["Message"], "of the bank")
        for action, more in (("QueryMessage", {}), ("SmsConversion", {"Delivered": "false"})):
            answer = self.alibaba(self.eve, action, **named, **more)
            self.assertEqual(answer["ResponseCode"], "DATA_NOT_EXIST", answer)
            self.assertNotIn("Message", answer)
        number = int(sent["MessageId"])
        for guess in (*range(number - 20, number), *range(number + 1, number + 21)):
            self.assertEqual(self.alibaba(self.eve, "QueryMessage", MessageId=str(guess))["ResponseCode"], "DATA_NOT_EXIST")

    def test_webhooks(self):
        made = self.tencent(self.bank.key, "CreateEKYCWebhook", **HOOK, SignatureKey="of the bank")["WebhookId"]
        self.assertEqual(self.tencent(self.eve, "ListEKYCWebhooks")["TotalCount"], 0)
        changed = {"WebhookId": made, "WebhookName": "eve", "WebhookURL": "https://example.com/eve"}
        for action, fields in (("UpdateEKYCWebhook", changed), ("DeleteEKYCWebhook", {"WebhookId": made})):
            self.assertEqual(self.tencent(self.eve, action, **fields)["Error"]["Code"], "ResourceNotFound")
        mine = self.tencent(self.bank.key, "ListEKYCWebhooks")
        self.assertEqual([each["WebhookURL"] for each in mine["WebhookList"]], [HOOK["WebhookURL"]])
        self.assertNotIn("of the bank", json.dumps(mine), "the key is shown once")
        self.assertEqual(self.bank.call("PUT", "/v1/webhook", {"url": "https://example.com/bank"}).status, 200)
        self.assertNotIn(b"example.com/bank", Line.send(self.server.port, "GET", "/v1/webhook", None, self.bearer(self.eve))[1])
        listed = Line.send(self.server.port, "GET", "/v1/webhook/deliveries", None, self.bearer(self.eve))
        self.assertEqual(json.loads(listed[1]), {"deliveries": []})

    def bearer(self, key):
        return {"Authorization": "Bearer " + key["appcode"]}

    def test_tokens(self):
        token = self.tencent(self.bank.key, "GetFaceIdTokenIntl", CheckMode="liveness", SecureLevel="1")["SdkToken"]
        for action, field in RESULTS.items():
            self.assertEqual(self.tencent(self.eve, action, **{field: token})["Error"]["Code"], ILLEGAL, action)
            if action != "GetFaceIdResultIntl":  # nor is it a token of another action
                self.assertEqual(self.tencent(self.bank.key, action, **{field: token})["Error"]["Code"], ILLEGAL, action)
        self.assertNotIn("Error", self.tencent(self.bank.key, "GetFaceIdResultIntl", SdkToken=token))
        self.assertEqual(self.device(token), 200)
        for other in (token.lower(), token.replace("-", "%2D"), token + "%00", token + "/", token + "%20", token[:-1], "%2e"):
            self.assertNotEqual(self.device(other), 200, other)

    def device(self, token):
        return Line.send(self.server.port, "GET", f"/v1/sessions/{token}/result")[0]

    def test_uploads(self):
        made = self.tencent(self.bank.key, "CreateUploadUrl", TargetAction="LivenessCompare")
        to, at = (urllib.parse.urlparse(made[name]).path for name in ("UploadUrl", "ResourceUrl"))
        put = [Line.send(self.server.port, "PUT", to, content)[0] for content in (b"a video", b"another")]
        self.assertEqual(put, [200, 409], "written once")
        for method, path, content in (("GET", to, None), ("GET", at, None), ("PUT", at, b"x"), ("DELETE", at, None)):
            self.assertGreaterEqual(Line.send(self.server.port, method, path, content)[0], 400, (method, path))
        with open(TALKING_PHOTO, "rb") as photo:
            fields = {"LivenessType": "SILENT", "ImageBase64": base64.b64encode(photo.read()).decode()}
        for key, wanted in ((self.eve, "FailedOperation.LipNetFailed"), (self.bank.key, "FailedOperation.LipVideoInvalid")):
            answer = self.tencent(key, "LivenessCompare", **fields, VideoUrl=made["ResourceUrl"])
            self.assertEqual(answer.get("Error", {}).get("Code", answer.get("Result")), wanted, answer)


if __name__ == "__main__":
    main_of(__name__)

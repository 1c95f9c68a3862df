# SPDX-License-Identifier: Apache-2.0
"""Requests at a given pace or by a given number of clients, for little CPU: bytes are made beforehand."""

import asyncio
import contextlib
import hashlib
import hmac
import random
import re
import time

NATIVE_BUSY, TENCENT_BUSY = b'"code":"overloaded"', b'"RequestLimitExceeded"'


class Answered:
    __slots__ = ("kind", "at", "seconds", "what", "text")

    def __init__(self, kind, at, seconds, what, text=b""):
        self.kind, self.at, self.seconds, self.what, self.text = kind, at, seconds, what, text


class Connection(asyncio.Protocol):
    """One keep-alive connection: write a request, await its answer."""

    def __init__(self):
        self.received, self.length, self.waiter, self.transport = bytearray(), None, None, None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.received += data
        if self.length is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return
            found = re.search(rb"\r\nContent-Length: (\d+)", self.received[: end + 2])
            self.length = end + 4 + (int(found[1]) if found else 0)
        if len(self.received) >= self.length and self.waiter and not self.waiter.done():
            self.waiter.set_result(bytes(self.received))

    def connection_lost(self, error):
        if self.waiter and not self.waiter.done():
            self.waiter.set_result(b"")
        self.transport = None

    @property
    def is_open(self):
        return self.transport is not None and not self.transport.is_closing()

    async def ask(self, request):
        self.received, self.length = bytearray(), None
        self.waiter = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiter


def judged(answer):
    """accepted, refused, or what went wrong."""
    if NATIVE_BUSY in answer or TENCENT_BUSY in answer:
        return "refused"
    if answer.startswith(b"HTTP/1.1 200") and b'"Error":' not in answer:
        return "accepted"
    return "failed"


class Load:
    """Drives one server. `request` is bytes, or a function that makes them."""

    def __init__(self, port):
        self.port, self.idle, self.answers = port, [], []

    async def one(self, kind, request, due=None):
        """`due`: when it should have been sent; what it waits for a late generator counts too."""
        due = due or time.perf_counter()
        content = request() if callable(request) else request
        answer = b""
        with contextlib.suppress(OSError):
            while self.idle and not self.idle[-1].is_open:
                self.idle.pop()
            connection = self.idle.pop() if self.idle else await self.connect()
            answer = await connection.ask(content)
            if connection.is_open and answer:
                self.idle.append(connection)
        what = judged(answer)
        result = Answered(kind, due, time.perf_counter() - due, what, answer[-300:] if what == "failed" else b"")
        self.answers.append(result)
        return result

    async def connect(self):
        _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", self.port)
        return connection

    async def clients(self, count, kind, request, seconds=None, requests=None):
        """A closed loop: so many clients, each sending its next request when it has its answer."""
        end = time.perf_counter() + (seconds or 1e9)
        left = [requests if requests is not None else 1 << 60]

        async def client():
            while time.perf_counter() < end and left[0] > 0:
                left[0] -= 1
                await self.one(kind, request)

        await asyncio.gather(*(client() for _ in range(count)))

    async def pace(self, per_second, kind, request, seconds, even=False):
        """An open loop: requests at random (or even) moments, whether or not earlier ones were answered."""
        begin = time.perf_counter()
        due, tasks, chance = begin, set(), random.Random(1)
        while True:
            due += 1 / per_second if even else chance.expovariate(per_second)
            if due > begin + seconds:
                break
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.ensure_future(self.one(kind, request, due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.wait(tasks)

    def taken(self):
        """The answers so far; forgets them."""
        answers, self.answers = self.answers, []
        return answers

    def close(self):
        for connection in self.idle:
            if connection.transport:
                connection.transport.close()
        self.idle = []


def native(port, appcode, body, content_type):
    return (
        f"POST /v1/comparisons HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {appcode}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Tencent:
    """CompareFaceLiveness, each signed anew: an identical request would get its stored answer."""

    def __init__(self, port, key_id, secret, body):
        self.port, self.key_id, self.secret, self.body, self.count = port, key_id, secret, body, 0
        self.hashed = hashlib.sha256(body)

    def __call__(self):
        self.count += 1
        tail = b" " * (self.count % 64) + b"\n" * (self.count // 64 % 64)  # JSON does not mind
        digest = self.hashed.copy()
        digest.update(tail)
        now = int(time.time())
        date = time.strftime("%Y-%m-%d", time.gmtime(now))
        host = f"127.0.0.1:{self.port}"
        scope = f"{date}/faceid/tc3_request"
        canonical = (
            f"POST\n/\n\ncontent-type:application/json\nhost:{host}\n\ncontent-type;host\n{digest.hexdigest()}"
        )
        text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = ("TC3" + self.secret).encode()
        for word in (date, "faceid", "tc3_request"):
            key = hmac.digest(key, word.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        return (
            f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            "X-TC-Action: CompareFaceLiveness\r\nX-TC-Version: 2018-03-01\r\nX-TC-Region: ap-singapore\r\n"
            f"X-TC-Timestamp: {now}\r\nAuthorization: TC3-HMAC-SHA256 Credential={self.key_id}/{scope}, "
            f"SignedHeaders=content-type;host, Signature={signature}\r\n"
            f"Content-Length: {len(self.body) + len(tail)}\r\n\r\n"
        ).encode() + self.body + tail

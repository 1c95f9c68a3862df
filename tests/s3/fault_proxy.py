#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A relay in front of an object store that behaves as badly as it is told.

    fault_proxy.py PORT UPSTREAM_PORT FILE

FILE holds one line, `NONCE BEHAVIOUR`, and is looked at for every request; a new nonce starts the
counts anew. FILE.seen gets `REQUESTS CONNECTIONS` since then, before a request is answered.

    ok                  relays
    status CODE TIMES   answers CODE the first TIMES, then relays
    refuse TIMES        closes without an answer the first TIMES, then relays
    swallow TIMES       the same, but the store does what was asked
    cut BYTES TIMES     relays the answer's head and BYTES of its body and closes, the first TIMES
    delay MS            waits, then relays
    hang                takes the request and never answers
    trickle             relays the head of the answer and then a byte a second
    endless             answers 200 and never stops sending
    garbage             answers something that is not HTTP
    redirect            answers 307 to another host
    tamper              relays with the middle byte of the answer's body changed
    shorten             relays without the last byte of the answer's body, as if it were whole
"""

import asyncio
import os
import sys

XML = b'<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>m</Message></Error>'


class Proxy:
    def __init__(self, upstream, file):
        self.upstream, self.file = upstream, file
        self.nonce, self.behaviour = "", ["ok"]
        self.requests, self.connections, self.fresh = 0, 0, set()

    def look(self, connection):
        """Reads what is wanted, counts the request; how many came before it."""
        with open(self.file, encoding="ascii") as file:
            nonce, *behaviour = file.readline().split()
        if nonce != self.nonce:
            self.nonce, self.behaviour = nonce, behaviour
            self.requests, self.fresh = 0, set()
        self.fresh.add(connection)
        self.requests += 1
        with open(self.file + ".seen.new", "w", encoding="ascii") as file:
            file.write(f"{self.requests} {len(self.fresh)}\n")
        os.replace(self.file + ".seen.new", self.file + ".seen")
        return self.requests - 1

    async def ask_store(self, head, body):
        """The store's answer: its head (without the end) and its body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=1 << 27)
        lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith(b"expect:")]
        writer.write(b"\r\n".join([*lines, b"Connection: close\r\n\r\n"]) + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"content-length:"))]
        return b"\r\n".join(lines), body

    async def answer(self, head, body, before, writer):
        """Sends an answer; false when the connection must end."""
        how, *rest = self.behaviour
        numbers = [int(word) for word in rest]
        early = bool(numbers) and before < numbers[-1]
        if how == "status" and early:
            writer.write(b"HTTP/1.1 %d Bad\r\nContent-Length: %d\r\n\r\n%s" % (numbers[0], len(XML), XML))
            return True
        if how == "refuse" and early:
            return False
        if how == "hang":
            await asyncio.sleep(3600)
        if how == "garbage":
            writer.write(b"220 mail.example ESMTP\r\n")
            return False
        if how == "redirect":
            writer.write(b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
            return True
        if how == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(bytes(1 << 20))
                await writer.drain()
        if how == "delay":
            await asyncio.sleep(numbers[0] / 1000)
        their_head, their_body = await self.ask_store(head, body)
        if how == "swallow" and early:
            return False
        if how == "tamper":
            middle = len(their_body) // 2
            their_body = their_body[:middle] + bytes([their_body[middle] ^ 1]) + their_body[middle + 1:]
        if how == "shorten":
            their_body = their_body[:-1]
        writer.write(their_head + b"\r\nContent-Length: %d\r\n\r\n" % len(their_body))
        if how == "cut" and early:
            writer.write(their_body[:numbers[0]])
            return False
        if how == "trickle":
            for byte in their_body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1)
        writer.write(their_body)
        return True

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                if b"\r\nexpect: 100-continue" in head.lower():
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = await reader.readexactly(length)
                go_on = await self.answer(head, body, self.look(writer), writer)
                await writer.drain()
                if not go_on:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(port, upstream, file):
    proxy = Proxy(int(upstream), file)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", int(port), limit=1 << 20)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text messages against a message centre that others wrote: jSMPP's simulator. It listens on all addresses, so run.sh starts
this in a network namespace of its own. Its receipts name the message in decimal, its answers in hexadecimal.
    jsmpp_test.py JARS"""
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from rig import Server, case, check, done, in_parallel, route, until

PORT = 18056
QUEUED = 10000
WINDOW = 80  # the simulator throttles what is more than 100 at once
LEAST = 3000  # submits a second
jars = ":".join(str(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.jar")))
folder = tempfile.TemporaryDirectory()


def simulator():
    quiet = [f"-Dorg.slf4j.simpleLogger.log.{name}=warn" for name in ("org.jsmpp", "org.jsmpp.examples")]
    log = open(f"{folder.name}/simulator.log", "ab")
    return subprocess.Popen(["java", "-cp", jars, *quiet, f"-Djsmpp.simulator.port={PORT}", "org.jsmpp.examples.SMPPServerSimulator"],
                            stdout=log, stderr=log)


def ceiling():
    """Submits a second that the simulator answers to a client that does nothing else: the same messages, the same window."""
    pdu = lambda command, sequence, body=b"", state=0: struct.pack(">IIII", 16 + len(body), command, state, sequence) + body
    submit = (b"\0\5\0VERIFY\0\1\1491700000001\0\0\0\0\0\0\1\0\0\0" + bytes([19]) + b"Your code is 123456")
    with socket.create_connection(("127.0.0.1", PORT)) as link:
        link.settimeout(30)
        link.sendall(pdu(9, 1, b"j\0jpwd\0\0\x34\0\0\0"))
        pending, sent, answered, began = b"", 0, 0, None
        while answered < QUEUED:
            pending += link.recv(1 << 16)
            out = []
            while len(pending) >= 16 and len(pending) >= (length := struct.unpack_from(">I", pending)[0]):
                command, state, sequence = struct.unpack_from(">III", pending, 4)
                pending = pending[length:]
                if command == 0x80000009:
                    began = time.monotonic()
                elif command == 0x80000004:
                    answered += 1
                elif command in (5, 0x15):
                    out.append(pdu(command | 0x80000000, sequence, b"\0" if command == 5 else b""))
            while began and sent < QUEUED and sent - answered < WINDOW:
                sent += 1
                out.append(pdu(4, sent + 1, submit))
            link.sendall(b"".join(out))
        return QUEUED / (time.monotonic() - began)


server = Server(folder.name, route("simulator", [""], PORT, folder.name, user="j", window=WINDOW), password="jpwd")


@case("speed beside the simulator's own ceiling")
def _():
    # The queue is filled while nobody listens; then the simulator starts.
    to = json.dumps(["491700000001"] * 1000)
    answers = in_parallel([lambda: server.call("BatchSendMessageToGlobe", To=to, Message="Your code is 123456")
                           for _ in range(QUEUED // 1000)], 4)
    check("queued", sum(int(answer["SuccessCount"]) for answer in answers) == QUEUED, answers[0])
    centre = simulator()
    try:
        accepted = lambda: server.metric("selfsame_sms_segments_accepted")
        until(lambda: accepted() > 0, 60)
        first, began = accepted(), time.monotonic()
        until(lambda: accepted() >= QUEUED, 60)
        rate = (accepted() - first) / (time.monotonic() - began)
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        most = ceiling()
        print(f"   {rate:.0f} submits a second from the durable queue; the simulator's own ceiling {most:.0f}; load {load:.1f} a core",
              flush=True)
        check("all of them", accepted() >= QUEUED, accepted())
        if rate < LEAST and (load > 2 or most < 2 * LEAST):
            print(f"   SKIPPED: {LEAST} a second cannot be asked of a machine as busy as this", flush=True)
        else:
            check(f"at least {LEAST} a second", rate >= LEAST, rate)
    finally:
        centre.kill()
        centre.wait()


@case("bind, submit, receipt")
def _():
    centre = simulator()
    try:
        until(lambda: server.metric("selfsame_sms_link_up") == 1, 60)
        message = server.send("491700000002", "Your code is 123456", From="VERIFY")
        delivered = until(lambda: server.query(message)["Status"] == "1", 40)
        check("delivered", delivered, server.query(message))
        check("its receipt was known", server.metric("selfsame_sms_receipts") > 0)
    finally:
        centre.kill()
        centre.wait()


check("stops cleanly", server.stop() == 0, server.log()[-300:])
done()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text messages against a message centre that others wrote: jSMPP's simulator. It listens on all addresses, so run.sh starts
this in a network namespace of its own. Its receipts name the message in decimal, its answers in hexadecimal.
    jsmpp_test.py JARS"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from rig import Server, case, check, done, in_parallel, route, until

PORT = 18056
QUEUED = 10000
BULK = 20000
LEAST = 3000  # submits a second
jars = ":".join(str(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.jar")))
folder = tempfile.TemporaryDirectory()


def java(main, *properties, **more):
    return subprocess.Popen(["java", "-cp", jars, *(f"-D{each}" for each in properties), f"org.jsmpp.examples.{main}"],
                            stderr=subprocess.STDOUT, **more)


def simulator():
    log = open(f"{folder.name}/simulator.log", "ab")
    return java("SMPPServerSimulator", f"jsmpp.simulator.port={PORT}", "org.slf4j.simpleLogger.defaultLogLevel=warn", stdout=log)


server = Server(folder.name, route("simulator", [""], PORT, folder.name, user="j", window=200), password="jpwd")


@case("speed beside the simulator's own client")
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
        client = java("StressClient", "jsmpp.client.host=127.0.0.1", f"jsmpp.client.port={PORT}", f"jsmpp.client.bulkSize={BULK}",
                      "jsmpp.client.procDegree=4", "jsmpp.client.maxOutstanding=200", "org.slf4j.simpleLogger.showDateTime=true",
                      "org.slf4j.simpleLogger.dateTimeFormat=ss.SSS", stdout=subprocess.PIPE, text=True)
        marks = {}
        for line in client.stdout:
            for word in ("Starting to send", "Done"):
                if word in line:
                    marks[word] = time.monotonic()
            if "Done" in marks:
                break
        client.kill()
        ceiling = BULK / (marks["Done"] - marks["Starting to send"])
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        print(f"   {rate:.0f} submits a second from the durable queue; the simulator's own client {ceiling:.0f}; load {load:.1f} a core",
              flush=True)
        if rate < LEAST and load > 2:
            print(f"   SKIPPED: {LEAST} a second cannot be asked of a machine that others use", flush=True)
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

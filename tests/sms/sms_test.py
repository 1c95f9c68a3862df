#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text messages over SMPP, from the vendor's API to the receipt, against a message centre by the npm library `smpp`."""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from rig import Server, case, check, done, free_port, in_parallel, route, until

HERE = pathlib.Path(__file__).resolve().parent
NODE = os.environ["SELFSAME_TEST_NODE"]
CUTS = 20
WINDOW = 20
QUEUED = 6000  # of the measurement of speed


class Centre:
    def __init__(self):
        self.port, self.control = free_port(), free_port()
        self.process = subprocess.Popen([NODE, HERE / "centre.mjs", str(self.port), str(self.control)], stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def tell(self, what, data=None):
        body = json.dumps(data or {}).encode()
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.control}/{what}", body, timeout=20))

    def seen(self):
        return self.tell("seen")

    def times(self, to, text):
        return self.seen()["messages"].get(f"{to} {text}", 0)

    def stop(self):
        self.process.terminate()
        self.process.wait()


folder = tempfile.TemporaryDirectory()
centre = Centre()
fast = Centre()
fast.tell("set", {"receipts": False})
late_port = free_port()  # where nobody listens yet
server = Server(folder.name, "".join([
    route("main", ["62"], centre.port, folder.name, window=WINDOW, response_timeout_ms=2000),
    route("fast", ["49"], late_port, folder.name, window=200),
    route("wrong", ["33"], centre.port, folder.name, user="nobody"),
]))
TO = "628131234567"


def status(message_id):
    return server.query(message_id)["Status"]


@case("bind, submit, receipt")
def _():
    message = server.send(TO, "Your code is 1234 {€}", From="VERIFY", ValidityPeriod="90")
    check("delivered", until(lambda: status(message) == "1"), server.query(message))
    check("at the centre", centre.times(TO, "Your code is 1234 {€}") == 1, centre.seen())
    validity = centre.seen()["validity"][f"{TO} Your code is 1234 {{€}}"]
    check("with its validity", 30 < validity <= 91, validity)
    answer = server.query(message)
    check("and its times", answer["SendDate"].endswith("+0000") and answer["ReceiveDate"].endswith("+0000"), answer)
    ledger = json.loads(server.run("ledger", "--name", "tester", "--json"))["entries"]
    check("billed", [row["outcome_id"] for row in ledger] == [message], ledger)
    check("not in the outbox", json.loads(server.run("sms", "outbox", "--json"))["messages"] == [])


@case("a long text")
def _():
    random.seed(5)
    text = "".join(chr(random.randint(0x4E00, 0x9FA5)) for _ in range(600))
    answer = server.call("SendMessageToGlobe", To=TO, Message=text)
    check("nine segments", answer["Segments"] == "9", answer)
    check("arrives whole", until(lambda: centre.times(TO, text) == 1), len(text))
    check("delivered", until(lambda: status(answer["MessageId"]) == "1"), server.query(answer["MessageId"]))
    latin = "x" * 400
    message = server.send(TO, latin)
    check("in the default alphabet too", until(lambda: centre.times(TO, latin) == 1) and until(lambda: status(message) == "1"))


@case("throttled, refused, undelivered")
def _():  # code: sms-query REFUSED <status>, UNDELIV <error>
    centre.tell("set", {"throttle": 2})
    message = server.send(TO, "throttled")
    check("sent later", until(lambda: status(message) == "1"), server.query(message))
    check("once", centre.times(TO, "throttled") == 1)
    centre.tell("set", {"refuse": 1})
    message = server.send(TO, "refused")
    check("refused", until(lambda: status(message) == "2") and server.query(message)["ErrorCode"] == "REFUSED 11", server.query(message))
    centre.tell("set", {"stat": "UNDELIV"})
    message = server.send(TO, "undelivered")
    check("undelivered", until(lambda: status(message) == "2") and server.query(message)["ErrorCode"] == "UNDELIV 000", server.query(message))
    centre.tell("set", {"stat": "DELIVRD"})


@case("a phone says stop")
def _():  # code: sms BLACK_KEY_CONTROL_LIMIT
    centre.tell("say", {"from": "6281377777777", "text": "STOP"})
    listed = until(lambda: "+6281377777777" in server.run("sms", "optout", "list"))
    check("listed", listed, server.run("sms", "optout", "list"))
    answer = server.call("SendMessageToGlobe", To="6281377777777", Message="x")
    check("heeded", answer["ResponseCode"] == "BLACK_KEY_CONTROL_LIMIT", answer)
    centre.tell("say", {"from": "6281377777777", "text": "start"})
    check("and taken back", until(lambda: "+6281377777777" not in server.run("sms", "optout", "list")))


@case("no route, a route that does not bind")
def _():
    message = server.send("818001380000", "to nobody")
    check("the outbox", server.query(message)["ErrorCode"] == "OUTBOX", server.query(message))
    kept = json.loads(server.run("sms", "outbox", "--json"))["messages"]
    check("is shown", [each["text"] for each in kept] == ["to nobody"], kept)
    message = server.send("33612345678", "waits")
    time.sleep(1)
    check("it waits", status(message) == "3", server.query(message))
    check("the log says why", "sms wrong: the bind was refused with status 13" in server.log())
    check("nothing personal in the log", not any(word in server.log() for word in (TO, "33612345678", "waits", "1234 {")))


@case("the link is cut under load")
def _():
    """Never twice; what is said to be delivered is at the centre; the others are said to be unknown, and are no more than
    were in flight at the cuts. The centre may have some of those: all go to one number, so no receipt can settle them."""
    before = centre.seen()["binds"]
    texts = [f"load {number}" for number in range(2000)]
    cuts = []

    def cut():
        time.sleep(0.15)
        centre.tell("cut")
        until(lambda: centre.seen()["binds"] > before + len(cuts), 20)
        cuts.append(1)

    jobs = [lambda text=text: server.send(TO, text) for text in texts]
    cutter = threading.Thread(target=lambda: [cut() for _ in range(CUTS)])
    cutter.start()
    ids = in_parallel(jobs, 6)
    while cutter.is_alive() and len(texts) < 8000:  # the load goes on as long as links are cut
        more = [f"more {len(texts) + number}" for number in range(100)]
        texts += more
        ids += in_parallel([lambda text=text: server.send(TO, text) for text in more], 6)
    cutter.join()
    check("all the cuts", len(cuts) == CUTS and centre.seen()["binds"] >= before + CUTS, centre.seen()["binds"])
    wanted = set(ids)
    ended = lambda: all(state in ("delivered", "unknown") for each, state in server.states().items() if each in wanted)
    until(ended, 60)
    states = server.states()
    found = {each: states[each] for each in wanted if each in states}
    counts = {state: list(found.values()).count(state) for state in set(found.values())}
    messages = centre.seen()["messages"]
    at_centre = {text: messages.get(f"{TO} {text}", 0) for text in texts}
    print(f"   {len(ids)} messages, {CUTS} cuts: {counts}; at the centre {sum(at_centre.values())}", flush=True)
    check("none is forgotten", len(found) == len(ids) and set(found.values()) <= {"delivered", "unknown"}, counts)
    check("none was sent twice", max(at_centre.values()) == 1, [text for text, times in at_centre.items() if times > 1][:5])
    delivered = {text for text, each in zip(texts, ids) if found.get(each) == "delivered"}
    unknown = {text for text, each in zip(texts, ids) if found.get(each) == "unknown"}
    check("what is said to be delivered is at the centre", all(at_centre[text] == 1 for text in delivered), len(delivered))
    check("what is not at the centre is said to be unknown", {text for text, times in at_centre.items() if times == 0} <= unknown, unknown)
    check("no more in doubt than was in flight", len(unknown) <= CUTS * WINDOW, len(unknown))
    check("most arrived", len(delivered) >= len(ids) - CUTS * WINDOW, counts)


@case("speed")
def _():
    """A queue that waits for its link, and then the link: how fast it goes."""
    numbers = [json.dumps(["4917012345678"] * 500)] * (QUEUED // 500)
    texts = [[f"fast {batch} {number}" for number in range(500)] for batch in range(len(numbers))]
    answers = in_parallel([
        lambda to=to, text=text: server.call("BatchSendMessageToGlobe", To=to, Message=json.dumps(text))
        for to, text in zip(numbers, texts)], 4)
    check("queued", sum(int(answer["SuccessCount"]) for answer in answers) == QUEUED)
    relay = subprocess.Popen([sys.executable, "-B", HERE / "forward.py", str(late_port), str(fast.port)])
    try:
        arrived = until(lambda: fast.seen()["submits"] >= QUEUED, 60)
        seen = fast.seen()
        seconds = max(seen["last_ms"] - seen["first_ms"], 1) / 1000
        print(f"   {QUEUED} queued messages in {seconds:.2f} s: {QUEUED / seconds:.0f} submits a second", flush=True)
        check("all of them, each once", arrived and set(seen["messages"].values()) == {1}, seen["submits"])
    finally:
        relay.terminate()
        relay.wait()


@case("metrics, routes and a stop")
def _():
    check("the links", server.metric("selfsame_sms_link_up") >= 1)
    check("accepted", server.metric("selfsame_sms_segments_accepted") > 2000)
    routes = json.loads(server.run("sms", "routes", "--json"))["routes"]
    check("routes", [each["name"] for each in routes] == ["main", "fast", "wrong"], routes)
    check("stops cleanly", server.stop() == 0, server.log()[-300:])


if server.process.poll() is None:
    server.stop()
centre.stop()
fast.stop()
done()

# SPDX-License-Identifier: Apache-2.0
"""A message centre that outlives the server: the little of SMPP 3.4 that it takes to count what arrives."""
import contextlib
import itertools
import socket
import struct
import threading

BIND, SUBMIT, DELIVER, ENQUIRE, UNBIND, ANSWER = 0x09, 0x04, 0x05, 0x15, 0x06, 0x80000000


def pdu(command, sequence, body=b"", status=0):
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def submitted(body):
    """Sender, number and text of a submit_sm in the default alphabet; of a long message's segment, its part of it."""
    texts, at = [], 0

    def text():
        nonlocal at
        end = body.index(b"\0", at)
        texts.append(body[at:end])
        at = end + 1

    text()  # service_type
    at += 2
    text()
    at += 2
    text()
    has_header = body[at] & 0x40
    at += 3  # esm_class, protocol_id, priority_flag
    text()
    text()
    at += 4  # registered_delivery, replace_if_present, data_coding, sm_default_msg_id
    message = body[at + 1 : at + 1 + body[at]]
    return texts[1].decode(), texts[2].decode(), message[message[0] + 1 if has_header else 0 :].decode()


class Centre:
    """Accepts everything and confirms it at once; `times` counts what came, by (number, text)."""

    def __init__(self):
        self.times, self.lock, self.ids = {}, threading.Lock(), itertools.count(1)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                line, _ = self.listening.accept()
                threading.Thread(target=self.serve, args=(line,), daemon=True).start()

    def serve(self, line):
        with line, contextlib.suppress(OSError, struct.error):
            stream = line.makefile("rb")
            while len(head := stream.read(16)) == 16:
                length, command, _, sequence = struct.unpack(">IIII", head)
                self.answer(line, command, sequence, stream.read(length - 16))

    def answer(self, line, command, sequence, body):
        if command == BIND:
            line.sendall(pdu(BIND | ANSWER, sequence, b"centre\0"))
        elif command in (ENQUIRE, UNBIND):
            line.sendall(pdu(command | ANSWER, sequence))
        elif command == SUBMIT:
            sender, number, text = submitted(body)
            with self.lock:
                self.times[number, text] = self.times.get((number, text), 0) + 1
                name = next(self.ids)
            line.sendall(pdu(SUBMIT | ANSWER, sequence, b"%d\0" % name))
            receipt = b"id:%d sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:" % name
            fields = b"\0\1\1" + number.encode() + b"\0\1\1" + sender.encode() + b"\0\4\0\0\0\0\0\0\0\0"
            line.sendall(pdu(DELIVER, name, fields + bytes([len(receipt)]) + receipt))

    def stop(self):
        self.listening.close()

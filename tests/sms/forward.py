#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""forward.py FROM TO: hands a port's connections on to another, from now on."""
import socket
import sys
import threading

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))


def pump(source, sink):
    try:
        while chunk := source.recv(1 << 16):
            sink.sendall(chunk)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


while True:
    client, _ = listener.accept()
    centre = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    for pair in ((client, centre), (centre, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()

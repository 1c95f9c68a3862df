# SPDX-License-Identifier: Apache-2.0
"""An operator's own source by the contract of docs/register.md, which fails as a test tells it to."""
import http.server
import json
import threading
import time


class Source:
    """`people`: number to what is answered beside "found"; `fault`: None, or how to fail."""

    def __init__(self, port):
        self.people, self.fault, self.asked = {}, None, []
        source = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                source.asked.append((dict(self.headers), json.loads(body)))
                source.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/people"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler):
        number = self.asked[-1][1]["number"]
        person = self.people.get(number)
        text = {"found": person is not None, **(person or {})}
        status, body = 200, json.dumps(text).encode()
        if self.fault == "slow":
            time.sleep(3)
        elif self.fault == "status":
            status = 500
        elif self.fault == "redirect":
            status = 302
        elif self.fault == "text":
            body = b"<html>maintenance</html>"
        elif self.fault == "large":
            body = json.dumps({**text, "photo": "A" * (13 << 20)}).encode()
        elif self.fault == "cut":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            return
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        if status == 302:
            handler.send_header("Location", self.url)
        handler.end_headers()
        try:
            handler.wfile.write(body)
        except OSError:
            pass  # whoever asked has gone

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

"""A gate before a server that lets pass what a board has signed, by FORMATS.md's rules and CPython's hmac."""

import contextlib
import hmac
import http.client
import json
import socketserver
import struct
import threading
import time

from tests.proxy import HOPS, request_in

REFUSAL = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: %d\r\n\r\n%b"


class Gate(socketserver.ThreadingTCPServer):
    """key: 32 bytes. context: an ssl.SSLContext where it speaks TLS.

    taken: (method, path) of what it let pass. refused: why, of what it did not. ahead_us: what its clock is
    put on by. age_us: how far a signing time may be off. closed: it answers 503. deaf: requests that it will
    pass on, and hang up before the answer.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, origin_port, key, context=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = self.server_address[1]
        self.origin_port, self.key, self._context = origin_port, key, context
        self.taken, self.refused = [], []
        self.ahead_us = self.deaf = 0
        self.age_us = 300_000_000
        self.closed = False
        self._last_us = 0
        self._lock = threading.Lock()

    def get_request(self):
        connection, address = super().get_request()
        if self._context:
            connection = self._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def handle_error(self, *_):
        """A hand that is not shaken is the client's to tell."""

    def now_us(self):
        return time.time_ns() // 1000 + self.ahead_us

    def complaint(self, method, path, headers, body):
        """Return why a request is refused, or None. One at a time: of copies, one is the first."""
        try:
            version, device, time_us, mac = headers["X-Judder-Signature"].split(" ")
        except (AttributeError, ValueError):
            return "unsigned"
        about = f"judder1\n{method}\n{path}\n{device}\n{time_us}\n".encode()
        if version != "1" or not hmac.compare_digest(
            hmac.digest(self.key, about + body, "sha256").hex(), mac
        ):
            return "forged"
        with self._lock:
            if not self._last_us < int(time_us) or abs(int(time_us) - self.now_us()) > self.age_us:
                return "stale"
            self._last_us = int(time_us)
        others = path.endswith("/windows") and set(devices_in(body)) != {device}
        return "another board's" if others else None


def devices_in(body):
    """Yield the id of each frame's board."""
    while body:
        length = body[3] + 2 * body[6] * struct.unpack_from("<H", body, 14)[0] + 4
        yield body[8:14].hex()
        body = body[length:]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while (request := request_in(self.rfile)) and self.answer(*request):
                pass

    def answer(self, method, path, headers, body):
        """Answer one request. Return whether the connection stays open."""
        gate = self.server
        if gate.closed:
            self.wfile.write(b"HTTP/1.1 503 Closed\r\nContent-Length: 0\r\n\r\n")
            return True
        if why := gate.complaint(method, path, headers, body):
            gate.refused.append(why)
            told = json.dumps({"error": f"The request is {why}.", "signing_time_us": gate.now_us()}).encode()
            self.wfile.write(REFUSAL % (len(told), told))
            return True
        gate.taken.append((method, path))
        status, content = self.ask_origin(method, path, headers, body)
        if gate.deaf:
            gate.deaf -= 1
            return False
        self.wfile.write(b"HTTP/1.1 %d So\r\nContent-Length: %d\r\n\r\n" % (status, len(content)) + content)
        return True

    def ask_origin(self, method, path, headers, body):
        origin = http.client.HTTPConnection("127.0.0.1", self.server.origin_port, timeout=30)
        origin.request(method, path, body, {k: v for k, v in headers.items() if k.lower() not in HOPS})
        with contextlib.closing(origin):
            answer = origin.getresponse()
            return answer.status, answer.read()


@contextlib.contextmanager
def gate(origin_port, key, context=None):
    """Yield a Gate that is open for as long as the context lasts."""
    with Gate(origin_port, key, context) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()

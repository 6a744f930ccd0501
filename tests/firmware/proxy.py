"""A proxy as they stand before servers, and servers that answer whatever they are told to."""

import contextlib
import http.client
import socket
import socketserver
import threading


def _request_in(stream):
    """Return (method, path, headers, body) of the next request, or None where there is none."""
    line = stream.readline()
    if not line:
        return None
    method, path, _ = line.decode().split()
    headers = http.client.parse_headers(stream)
    return method, path, headers, stream.read(int(headers.get("Content-Length", 0)))


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while self.answer_one():
            pass

    def answer_one(self):
        """Pass one request on. Return whether the connection stays open."""
        request = _request_in(self.rfile)
        if not request:
            return False
        method, path, headers, body = request
        origin = http.client.HTTPConnection("127.0.0.1", self.server.origin_port, timeout=30)
        origin.request(method, path, body, {"Content-Type": headers["Content-Type"]})
        answer = origin.getresponse()
        content = answer.read()
        origin.close()
        self.server.requests += 1
        self.wfile.write(self.server.speak(answer.status, content))
        return self.server.keeps_open


def in_chunks(status, content):
    """Return an answer in chunks of seven bytes, its headers in another case, with a trailer."""
    pieces = [content[k : k + 7] for k in range(0, len(content), 7)]
    chunks = b"".join(b"%X;x=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 %d Fine\r\ntRANSFER-eNCODING: chunked\r\n" % status
    return head + b"cONNECTION: close\r\n\r\n" + chunks + b"0\r\nX-Trailer: 1\r\n\r\n"


def until_closed(status, content):
    """Return an answer whose end is the connection's."""
    return b"HTTP/1.0 %d OK\r\n\r\n" % status + content


def kept_alive(status, content):
    return b"HTTP/1.1 %d OK\r\nCONTENT-LENGTH: %d\r\n\r\n" % (status, len(content)) + content


@contextlib.contextmanager
def proxy(origin_port, speak, keeps_open=False):
    """Yield a proxy before a server: it has port and requests, how many it passed on."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), _Handler) as server:
        server.origin_port, server.speak, server.keeps_open, server.requests = (
            origin_port,
            speak,
            keeps_open,
            0,
        )
        server.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@contextlib.contextmanager
def saying(answer, closes=False, drips=0.0):
    """Yield the port of a server that says answer (bytes) to each request.

    drips: seconds between two of its bytes, without end.
    """
    stop = threading.Event()

    def talk(connection):
        with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
            while not stop.is_set() and _request_in(stream):
                connection.sendall(answer)
                while drips and not stop.wait(drips):
                    connection.sendall(b"x")
                if closes:
                    return

    def listen(server):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, args=(server,), daemon=True).start()
        yield server.getsockname()[1]
        stop.set()
        server.shutdown(socket.SHUT_RDWR)

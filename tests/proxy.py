"""A proxy as they stand before servers, and servers that answer whatever they are told to."""

import contextlib
import http.client
import socket
import socketserver
import threading
import time

HOPS = ("host", "content-length", "connection")  # each connection's own


def request_in(stream):
    """Return (method, path, headers, body) of the next request, or None where there is none."""
    line = stream.readline()
    if not line:
        return None
    method, path, _ = line.decode().split()
    headers = http.client.parse_headers(stream)
    return method, path, headers, stream.read(int(headers.get("Content-Length", 0)))


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):  # the board, or the server, is gone
            while self.answer_one():
                pass

    def answer_one(self):
        """Pass one request on. Return whether the connection stays open."""
        request = request_in(self.rfile)
        if not request:
            return False
        method, path, headers, body = request
        time.sleep(self.server.delay_s)
        origin = http.client.HTTPConnection("127.0.0.1", self.server.origin_port, timeout=30)
        origin.request(method, path, body, {k: v for k, v in headers.items() if k.lower() not in HOPS})
        answer = origin.getresponse()
        content = answer.read()
        origin.close()
        self.server.requests += 1
        self.wfile.write(self.server.speak(answer.status, content))
        return self.server.keeps_open


def in_chunks(status, content, connection=b"cONNECTION:   Close\r\n"):
    """Return an answer in chunks of seven bytes, its headers in another case, with a trailer."""
    pieces = [content[k : k + 7] for k in range(0, len(content), 7)]
    chunks = b"".join(b"%X;x=1\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 %d Fine\r\ntRANSFER-eNCODING: chunked\r\n" % status
    return head + connection + b"\r\n" + chunks + b"0\r\nX-Trailer: 1\r\n\r\n"


def in_chunks_kept_alive(status, content):
    return in_chunks(status, content, connection=b"")


def until_closed(status, content):
    """Return an answer whose end is the connection's."""
    return b"HTTP/1.0 %d OK\r\n\r\n" % status + content


def kept_alive(status, content, more=b""):
    return b"HTTP/1.1 %d OK\r\nCONTENT-LENGTH: %d\r\n%b\r\n" % (status, len(content), more) + content


def told_to_close(status, content):
    return kept_alive(status, content, more=b"CONNECTION:   Close\r\n")


KEEPING = (kept_alive, in_chunks_kept_alive)


@contextlib.contextmanager
def proxy(origin_port, speak, delay_s=0.0):
    """Yield a proxy before a server: it has port and requests, how many it passed on.

    speak: how it puts an answer, one of the functions above. delay_s: what it waits before each request.
    """

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), _Handler) as server:
        server.origin_port, server.delay_s, server.requests = origin_port, delay_s, 0
        server.speak, server.keeps_open = speak, speak in KEEPING
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
            while not stop.is_set() and request_in(stream):
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

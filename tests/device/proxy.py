"""A proxy between board and server that speaks HTTP its own way: late, in chunks, closing each time."""

import asyncio
import threading
from contextlib import contextmanager

CHUNK = 100


@contextmanager
def proxying(port, delay_s=0.0, chunked=True, close=True):
    """Yield the port of a proxy before the server at port, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin():
        return await asyncio.start_server(
            lambda reader, writer: _serve(reader, writer, port, delay_s, chunked, close), "127.0.0.1", 0
        )

    async def end():
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _serve(reader, writer, port, delay_s, chunked, close):
    try:
        while True:
            request = await _read_message(reader)
            await asyncio.sleep(delay_s)
            writer.write(_rewritten(await _ask(port, request), chunked, close))
            await writer.drain()
            if close:
                break
    except (OSError, asyncio.IncompleteReadError):  # the board, or the server, is gone
        pass
    finally:
        writer.close()


async def _read_message(reader):
    """Return a message that has a Content-Length, as (head, body)."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    return head, await reader.readexactly(length)


async def _ask(port, request):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.writelines(request)
        return await _read_message(reader)
    finally:
        writer.close()


def _rewritten(answer, chunked, close):
    head, body = answer
    lines = head.split(b"\r\n")[:-2]
    if close:
        lines.append(b"CONNECTION:   Close")
    if chunked:
        lines = [line for line in lines if not line.lower().startswith(b"content-length")]
        lines.append(b"TRANSFER-ENCODING: Chunked")
        pieces = [body[at : at + CHUNK] for at in range(0, len(body), CHUNK)] + [b""]
        body = b"".join(b"%X\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body

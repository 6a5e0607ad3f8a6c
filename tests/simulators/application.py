"""An application behind an enforcement point: WebSocket echo, event stream, HTTP echo, raw TCP."""

import asyncio
import base64
import hashlib
import json

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class SimulatedApplication:
    """Answers over HTTP/1.1; keeps the heads it was sent."""

    def __init__(self):
        self.heads = []
        self.port = 0
        self.tcp_port = 0
        self.tick_s = 0.05
        self.received = b""
        self.open = 0
        self._servers = []
        self._tasks = set()

    async def start(self):
        web = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        raw = await asyncio.start_server(self._echo, "127.0.0.1", 0)
        self.port, self.tcp_port = (each.sockets[0].getsockname()[1] for each in (web, raw))
        self._servers = [web, raw]

    async def stop(self):
        for each in self._servers:
            each.close()
        for each in tuple(self._tasks):
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        self.open += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            first, *lines = head.split("\r\n")
            method, path, _ = first.split(" ")
            headers = {n.lower(): v for n, _, v in (each.partition(": ") for each in lines)}
            if headers.get("upgrade") == "websocket":
                await self._websocket(reader, writer, headers)
            elif "/events" in path:
                await self._events(writer)
            elif path.startswith("/slow"):
                await self._endless(writer)
            else:
                body = await self._body(reader, headers)
                self.received = body
                told = json.dumps({"method": method, "path": path, "body": body.decode()}).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                    b"X-Application: yes\r\n\r\n%b" % (len(told), b"" if method == "HEAD" else told)
                )
                await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(asyncio.current_task())
            writer.close()

    async def _body(self, reader, headers):
        if headers.get("transfer-encoding") == "chunked":
            parts = b""
            while size := int(await reader.readline(), 16):
                parts += await reader.readexactly(size)
                await reader.readline()
            return parts
        return await reader.readexactly(int(headers.get("content-length", "0")))

    async def _websocket(self, reader, writer, headers):
        key = headers["sec-websocket-key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        while True:
            first, second = await reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = int.from_bytes(await reader.readexactly(2), "big")
            elif length == 127:
                length = int.from_bytes(await reader.readexactly(8), "big")
            mask = await reader.readexactly(4)
            raw = await reader.readexactly(length)
            data = bytes(each ^ mask[n % 4] for n, each in enumerate(raw))
            size = (
                bytes((length,)) if length < 126
                else b"\x7e" + length.to_bytes(2, "big") if length < 65536
                else b"\x7f" + length.to_bytes(8, "big")
            )  # fmt: skip
            writer.write(bytes((first,)) + size + data)
            await writer.drain()
            if first & 0x0F == 8:
                return

    async def _events(self, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for number in range(100_000):
            writer.write(b"data: %d\n\n" % number)
            await writer.drain()
            await asyncio.sleep(self.tick_s)

    async def _endless(self, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(100_000):
            writer.write(b"x" * 1000)
            await writer.drain()
            await asyncio.sleep(self.tick_s)

    async def _echo(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        self.open += 1
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.write(b"bye")
            await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(asyncio.current_task())
            writer.close()

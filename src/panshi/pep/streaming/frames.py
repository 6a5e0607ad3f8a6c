"""Where a WebSocket frame or a server-sent event ends, so that a last word may be put in between.

Frames pass unchanged, compressed or not; only their lengths are read (RFC 6455, section 5.2).
"""

from __future__ import annotations

import json
import struct

CLOSE, PING, PONG = 0x8, 0x9, 0xA
CONTROL = frozenset({CLOSE, PING, PONG})
POLICY_VIOLATION = 1008
SESSION_ENDED = 4401
"In the range that applications agree on among themselves (RFC 6455, section 7.4.2)."

_LONGEST_HEAD = 14
_LONGEST_REASON = 123
_SHORT, _MIDDLE = 126, 127
_MOST = 1 << 32
"A longer frame is no frame anybody sends; the relay is ended."


class FrameWatch:
    """Follows one direction of a WebSocket by its frame heads."""

    __slots__ = ("_head", "_left", "broken", "closed", "data_frames")

    def __init__(self) -> None:
        """Begin between two frames."""
        self._head = b""
        self._left = 0
        self.data_frames = 0
        self.closed = False
        self.broken = False

    @property
    def between(self) -> bool:
        """Whether a whole frame has just ended."""
        return not self._left and not self._head

    def feed(self, data: bytes) -> None:
        """Follow what passes."""
        at, end = 0, len(data)
        while at < end and not self.broken:
            if self._left:
                step = min(self._left, end - at)
                self._left -= step
                at += step
                continue
            taken = self._head + data[at : at + _LONGEST_HEAD - len(self._head)]
            head = _head_length(taken)
            if head > len(taken):
                self._head = taken
                return
            at += head - len(self._head)
            self._head = b""
            self._begin(taken)

    def _begin(self, head: bytes) -> None:
        opcode = head[0] & 0x0F
        length = head[1] & 0x7F
        if length == _SHORT:
            (length,) = struct.unpack_from("!H", head, 2)
        elif length == _MIDDLE:
            (length,) = struct.unpack_from("!Q", head, 2)
        self._left = length
        self.broken = length > _MOST
        self.closed = self.closed or opcode == CLOSE
        if opcode not in CONTROL:
            self.data_frames += 1


def _head_length(data: bytes) -> int:
    if len(data) < 2:  # noqa: PLR2004 -- the part of a head that tells its length
        return 2
    length = data[1] & 0x7F
    more = 2 if length == _SHORT else 8 if length == _MIDDLE else 0
    return 2 + more + (4 if data[1] & 0x80 else 0)


def close_frame(code: int, reason: str, *, masked: bool) -> bytes:
    """Build a closing frame; a client's is masked, with a mask of zeros, which alters nothing."""
    told = reason.encode()[:_LONGEST_REASON].decode(errors="ignore").encode()
    payload = struct.pack("!H", code) + told
    if masked:
        return bytes((0x80 | CLOSE, 0x80 | len(payload))) + b"\0\0\0\0" + payload
    return bytes((0x80 | CLOSE, len(payload))) + payload


class EventWatch:
    """Follows a stream of server-sent events by its blank lines."""

    __slots__ = ("_tail",)

    def __init__(self) -> None:
        """Begin before the first event."""
        self._tail = b"\n\n"

    @property
    def between(self) -> bool:
        """Whether an event has just ended."""
        return self._tail.replace(b"\r\n", b"\n").replace(b"\r", b"\n").endswith(b"\n\n")

    def feed(self, data: bytes) -> None:
        """Follow what passes."""
        self._tail = (self._tail + data[-4:])[-4:]


def event(name: str, told: dict[str, str]) -> bytes:
    """Build one server-sent event; JSON leaves no line break in it."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n".encode()

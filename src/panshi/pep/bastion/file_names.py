"""Names of files in an SFTP stream, for the recording: what was opened, removed, renamed.

Read from the client's side of SSH_FXP packets (draft-ietf-secsh-filexfer-02, version 3). Contents
are not kept. A stream that is not understood is said to be so and no longer read; it is passed on
all the same, since the target judges it, not we.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_LARGEST = 256 * 1024
_READ, _WRITE = 1, 2
_NAMED = {
    3: "open",
    9: "setstat",
    11: "list",
    13: "remove",
    14: "make folder",
    15: "remove folder",
    18: "rename",
    20: "link",
}
_PAIRS = frozenset({18, 20})
_OPEN, _HEAD, _WORD = 3, 5, 4
_LONGEST_NAME = 4096


@dataclass(slots=True)
class FileNames:
    """Follows one stream."""

    lost: bool = False
    _kept: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[str]:
        """Give what the bytes just sent name."""
        if self.lost:
            return []
        self._kept += data
        found: list[str] = []
        while len(self._kept) >= _HEAD:
            size = int.from_bytes(self._kept[:_WORD])
            if not 1 <= size <= _LARGEST:
                self.lost = True
                self._kept.clear()
                return [*found, "not understood from here on"]
            if len(self._kept) < _WORD + size:
                break
            if told := _told(bytes(self._kept[_WORD : _WORD + size])):
                found.append(told)
            del self._kept[: _WORD + size]
        return found


def _told(packet: bytes) -> str:
    kind = packet[0]
    if kind not in _NAMED:
        return ""
    first, rest = _string(packet[_HEAD:])
    if kind in _PAIRS:
        second, _ = _string(rest)
        return f"{_NAMED[kind]} {first} → {second}"
    if kind == _OPEN:
        flags = int.from_bytes(rest[:_WORD])
        way = {_READ: "read", _WRITE: "write"}.get(flags & (_READ | _WRITE), "read and write")
        return f"{way} {first}"
    return f"{_NAMED[kind]} {first}"


def _string(data: bytes) -> tuple[str, bytes]:
    size = int.from_bytes(data[:_WORD])
    text = data[_WORD : _WORD + min(size, _LONGEST_NAME)].decode("utf-8", "replace")
    return text.encode("unicode_escape").decode(), data[_WORD + size :]

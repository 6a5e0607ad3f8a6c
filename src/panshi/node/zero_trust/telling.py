"""Speaking with the decision point of a home over its control socket: HTTP on a Unix socket.

Who may open the socket owns the home; no token is asked for there.
"""

from __future__ import annotations

import http.client
import socket
from pathlib import Path
from typing import Any

import msgspec

from panshi.errors import BadInputError, StoreError
from panshi.node.node import Node

SOCKET = Path("zero_trust") / "control.sock"
WAIT_S = 5.0
LONGEST = 32 << 20
NOT_FOUND, FAULTS = 404, 400


class _Socket(http.client.HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=WAIT_S)
        self._path = path

    def connect(self) -> None:
        """Open the file instead of an address."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(str(self._path))


def running(node: Node) -> bool:
    """Whether a decision point of this home has its socket open."""
    return (node.home.path / SOCKET).is_socket()


def asked(node: Node, method: str, path: str, body: object = None) -> dict[str, Any] | None:
    """Ask the decision point; None where none runs or what is asked about is not there."""
    connection = _Socket(node.home.path / SOCKET)
    raw = b"" if body is None else msgspec.json.encode(body)
    headers = {"Content-Type": "application/json"} if raw else {}
    try:
        connection.request(method, path, body=raw or None, headers=headers)
        answer = connection.getresponse()
        told = answer.read(LONGEST)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except (OSError, http.client.HTTPException) as error:
        raise StoreError(
            f"the decision point does not answer: {error}",
            place=str(node.home.path / SOCKET),
            remedy="look at its log",
        ) from error
    finally:
        connection.close()
    if answer.status == NOT_FOUND:
        return None
    if answer.status >= FAULTS:
        raise BadInputError(f"the decision point refused: {told[:500].decode(errors='replace')}")
    found: dict[str, Any] = msgspec.json.decode(told) if told else {}
    return found


def tell_policies(node: Node) -> bool:
    """Have the decision point load what is in force; False where none runs."""
    return asked(node, "POST", "/zt/v1/reload", {}) is not None

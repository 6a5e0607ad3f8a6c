"""Live sessions from the node: asked of the running decision point by its control socket.

The socket belongs to whoever owns the home, so the decision point takes the node's word for who
acts. Break-glass takes two people here: names that may stand for one person are refused before
anything is asked.
"""

from __future__ import annotations

import http.client
import secrets
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec

from panshi.errors import (
    BadInputError,
    ForbiddenError,
    IntegrityError,
    MissingError,
    PanshiError,
    StoreError,
    UsageError,
)
from panshi.governance.persons import pair_defect
from panshi.protection.zero_trust.sessions.nouns import Cause
from panshi.protection.zero_trust.sessions.views import (
    GrantStep,
    GrantView,
    LiveSession,
    Ordered,
    Snapshot,
)

if TYPE_CHECKING:
    from pathlib import Path

    from panshi.node.node import Node

SOCKET = ("zero_trust", "control.sock")
WAIT_S = 10.0
MOST_BYTES = 64 * 1024 * 1024
_REFUSALS: dict[int, type[PanshiError]] = {
    HTTPStatus.NOT_FOUND: MissingError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.BAD_REQUEST: BadInputError,
    HTTPStatus.CONFLICT: UsageError,
}


class _AtSocket(http.client.HTTPConnection):
    """HTTP over the control socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=WAIT_S)
        self._path = path

    def connect(self) -> None:
        """Open the socket in the file system."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(str(self._path))


def snapshot(
    node: Node, *, user: str = "", pep: str = "", after: str = "", limit: int = 100
) -> Snapshot:
    """Give what is live; a page of sessions and the figures of all."""
    query = {"user": user, "pep": pep, "after": after, "limit": str(limit)}
    asked = urlencode({name: value for name, value in query.items() if value})
    return _ask(node, "GET", f"sessions?{asked}", Snapshot)


def session(node: Node, session_id: str) -> LiveSession:
    """Give one session with the explanation of its trust."""
    return _ask(node, "GET", f"sessions/{quote(session_id, safe='')}", LiveSession)


def end(node: Node, session_id: str, *, actor: str, cause: Cause = Cause.MANUAL) -> Ordered:
    """End one session."""
    query = urlencode({"cause": cause.value, "source": actor})
    node.audit(actor, "zero_trust.session.end", session_id, detail=cause.value)
    return _ask(node, "DELETE", f"sessions/{quote(session_id, safe='')}?{query}", Ordered)


def leave(node: Node, user: str, *, actor: str) -> Ordered:
    """End every session of somebody who left."""
    node.audit(actor, "zero_trust.session.end", f"user:{user}", detail=Cause.LEAVER.value)
    return _ask(node, "POST", "leavers", Ordered, {"user": user, "source": actor})


def send_signal(
    node: Node,
    *,
    kind: str,
    subject: tuple[str, str],
    said: str | float,
    source: str,
    actor: str,
) -> Ordered:
    """Say something of a subject: a grade, or log-odds where the kind takes a ratio."""
    word: dict[str, object] = {
        "kind": kind,
        "subject": {"kind": subject[0], "id": subject[1]},
        "source": source,
    }
    word |= {"grade": said} if isinstance(said, str) else {"value": said}
    node.audit(
        actor, "zero_trust.signal.send", f"{subject[0]}:{subject[1]}", detail=f"{kind} {said}"
    )
    return _ask(node, "POST", "signals", Ordered, {"signals": [word]})


def retire_feed(node: Node, source: str, *, actor: str) -> Ordered:
    """Take a feed of signals out of use."""
    node.audit(actor, "zero_trust.feed.retire", source)
    return _ask(node, "DELETE", f"feeds/{quote(source, safe='')}", Ordered)


def reload(node: Node) -> bool:
    """Have the decision point load what is in force; False where none runs to be told."""
    try:
        _ask(node, "POST", "reload", dict)
    except StoreError:
        return False
    return True


def grants(node: Node) -> tuple[GrantView, ...]:
    """Give the break-glass grants."""
    return snapshot(node, limit=1).grants


def request_break_glass(
    node: Node,
    *,
    user: str,
    reason: str,
    lasts_s: float,
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    actor: str,
) -> GrantStep:
    """Ask for break-glass; somebody else must approve it."""
    name = f"bg-{secrets.token_hex(4)}"
    node.audit(actor, "zero_trust.break_glass.request", name, detail=f"{user}: {reason}"[:500])
    body = {
        "id": name,
        "user": {"type": "User", "id": user},
        "requester": _person(actor),
        "reason": reason,
        "lasts_s": lasts_s,
        "actions": actions,
        "resources": resources,
    }
    return _ask(node, "POST", "break-glass", GrantStep, body)


def approve_break_glass(node: Node, grant_id: str, *, actor: str) -> GrantStep:
    """Begin break-glass as a second person, who is neither who asked nor for whom it is."""
    _refuse_same_person(node, grant_id, actor)
    return _step(node, grant_id, "approve", actor)


def end_break_glass(node: Node, grant_id: str, *, actor: str) -> GrantStep:
    """End break-glass before its time, or withdraw the request."""
    return _step(node, grant_id, "end", actor)


def review_break_glass(node: Node, grant_id: str, *, finding: str, actor: str) -> GrantStep:
    """Close break-glass with what a look at it found."""
    _refuse_same_person(node, grant_id, actor)
    return _step(node, grant_id, "review", actor, finding)


def _step(node: Node, grant_id: str, step: str, actor: str, finding: str = "") -> GrantStep:
    node.audit(actor, f"zero_trust.break_glass.{step}", grant_id, detail=finding[:500])
    body = {"step": step, "person": _person(actor), "finding": finding}
    return _ask(node, "POST", f"break-glass/{quote(grant_id, safe='')}", GrantStep, body)


def _refuse_same_person(node: Node, grant_id: str, actor: str) -> None:
    found = next((each.grant for each in grants(node) if each.grant.id == grant_id), None)
    if found is None:
        raise MissingError(
            f"there is no break-glass {grant_id!r}",
            remedy="`panshi zt break-glass list` names them",
        )
    for person in (found.requester, found.user.id):
        defect = pair_defect(person, _person(actor))
        if defect:
            node.audit(
                actor, "zero_trust.break_glass.approve", grant_id, allowed=False, detail=defect
            )
            raise ForbiddenError(
                f"break-glass takes two people: {defect}", remedy="let somebody else do it"
            )


def _person(actor: str) -> str:
    """Name the person behind a way in: whoever acts at a terminal and in the console is one."""
    return actor.removeprefix("cli:")


def _ask[Answer](
    node: Node, method: str, path: str, shape: type[Answer], body: object = None
) -> Answer:
    place = node.home.path.joinpath(*SOCKET)
    connection = _AtSocket(place)
    try:
        raw = None if body is None else msgspec.json.encode(body)
        connection.request(method, f"/zt/v1/{path}", raw, {"content-type": "application/json"})
        answer = connection.getresponse()
        told = answer.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise StoreError(
            "the decision point of this node does not answer",
            place=str(place),
            remedy="start it: `panshi zt serve`",
        ) from error
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise _REFUSALS.get(answer.status, StoreError)(_message(told))
    try:
        return msgspec.json.decode(told, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise IntegrityError(
            f"the decision point answered something else: {error}",
            place=str(place),
            remedy="restart it with the version of this program",
        ) from error


def _message(raw: bytes) -> str:
    try:
        return str(msgspec.json.decode(raw, type=str))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "the decision point refused"

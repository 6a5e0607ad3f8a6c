"""What is asked of the node as a whole: whether it lives, what it has signed, if all is sealed."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import Any, TypedDict

from panshi import __version__
from panshi.api.asked import body_of
from panshi.api.exchange import Answered, Asked, RefusalError, answered
from panshi.api.route import Route
from panshi.errors import BadInputError
from panshi.evidence.log import LogReport
from panshi.node.node import Node

MAX_NOTE = 64 * 1024
_verifying = Lock()


class Health(TypedDict):
    """That the node answers."""

    status: str
    version: str
    log_size: int


class Key(TypedDict):
    """A public key with which others check what this node signs."""

    key: str
    "In the form of a C2SP signed-note verifier key."


class Report(TypedDict):
    """What a complete re-reading of the log found."""

    intact: bool
    report: LogReport


def health(node: Node, _asked: Asked) -> Answered:
    """Answer that the node lives."""
    return answered({"status": "ok", "version": __version__, "log_size": node.log.size()})


def checkpoint(node: Node, _asked: Asked) -> Answered:
    """Answer a signed note, as text (C2SP tlog-checkpoint)."""
    return Answered(body=node.checkpoint().encode(), media_type="text/plain; charset=utf-8")


def keys(node: Node, _asked: Asked) -> Answered:
    """Answer the public keys of this node."""
    return answered([{"key": str(each)} for each in node.verifier_keys()])


def extension(node: Node, asked: Asked) -> Answered:
    """Answer a proof that the log only grew since an earlier checkpoint."""
    raw = body_of(asked).read_bytes()
    if len(raw) > MAX_NOTE:
        raise BadInputError(f"a checkpoint has at most {MAX_NOTE:,} bytes")
    try:
        earlier = raw.decode()
    except UnicodeDecodeError as error:
        raise BadInputError("the checkpoint is not UTF-8") from error
    return Answered(body=node.prove_extension(earlier))


def verification(node: Node, _asked: Asked) -> Answered:
    """Re-read and re-hash the whole log; one at a time."""
    if not _verifying.acquire(blocking=False):
        raise RefusalError(
            HTTPStatus.TOO_MANY_REQUESTS,
            "the log is being verified already",
            remedy="ask again when it is done",
            headers=((b"retry-after", b"10"),),
        )
    try:
        report = node.verify_log()
    finally:
        _verifying.release()
    return answered({"intact": report.intact, "report": report})


ROUTES = (
    Route(
        method="GET",
        path="/health",
        action="",
        handler=health,
        summary="Whether the node answers, and the size of its log",
        answers=Health,
    ),
    Route(
        method="GET",
        path="/checkpoint",
        action="evidence.view",
        handler=checkpoint,
        summary="A signed checkpoint over the whole log",
        media_type="text/plain; charset=utf-8",
    ),
    Route(
        method="GET",
        path="/keys",
        action="evidence.view",
        handler=keys,
        summary="Public keys of this node, newest first",
        answers=tuple[Key, ...],
    ),
    Route(
        method="POST",
        path="/log/extension",
        action="evidence.view",
        handler=extension,
        takes_body=True,
        summary="Proof that the log only grew since the checkpoint sent",
        conflicts=True,
        answers=dict[str, Any],
    ),
    Route(
        method="POST",
        path="/log/verification",
        action="log.verify",
        handler=verification,
        summary="Re-read and re-hash the whole log, and every estate beside it",
        answers=Report,
    ),
)

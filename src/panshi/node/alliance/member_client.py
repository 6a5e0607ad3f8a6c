"""This node as a member of a hub: it enrols, keeps its keys, and signs what it asks.

    client = HubClient(node.home.path)
    answer = client.call("GET", "/api/v1/hub/self")

Requests go over HTTPS with the certificate checked, plain HTTP to loopback only, and follow no
redirect: a signature names one address. What the hub refuses is raised with its own words.
"""

from __future__ import annotations

import http.client
import secrets
import ssl
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.alliance.members.keys import rotation_text, thumbprint
from panshi.alliance.members.signing import signed_headers
from panshi.errors import BadInputError, ForbiddenError, StoreError, UsageError
from panshi.store.member_keys import Enrolment, MemberKeys

WAIT_SECONDS = 30.0
LONGEST_ANSWER = 64 * 1024 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
API = "/api/v1/hub"
GOOD = range(200, 300)
_BARRED = frozenset({401, 403})
_PASSING = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAnswer:
    """What a hub answered."""

    status: int
    body: bytes
    media_type: str = ""
    retry_after: int = 0

    def value(self) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """Give the JSON it holds."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise BadInputError("the hub's answer is no JSON", place="hub") from error


class HubClient:
    """A member's way to its hub."""

    def __init__(
        self, home: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Know where keys and enrolment rest."""
        self.keys = MemberKeys(home)
        self._clock = clock

    @property
    def enrolment(self) -> Enrolment:
        """Where this node is a member."""
        found = self.keys.enrolment()
        if found is None:
            raise UsageError(
                "this node is a member of no hub",
                remedy="`panshi member enrol --hub ADDRESS --code CODE`",
            )
        return found

    def keygen(self) -> tuple[str, str]:
        """Make and keep a key; give its thumbprint and its public half, base64."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        self.keys.keep(thumbprint(public), private)
        return thumbprint(public), b64encode(public).decode()

    def enrol(self, hub: str, code: str, *, key: str = "") -> Enrolment:
        """Show a key to a hub with the one-time code; a person there lets it in."""
        address = checked_address(hub)
        name = key or next(reversed(self.keys.kept()), "") or self.keygen()[0]
        private = self.keys.private(name)
        body = msgspec.json.encode({"code": code, "public": _public(private)})
        self._asked("POST", f"{address}{API}/enrolment", body, private)
        enrolment = Enrolment(hub=address, member=code.partition(".")[0], key=name)
        self.keys.enrolled(enrolment)
        return enrolment

    def rotate(self, *, overlap_days: int = 7) -> Enrolment:
        """Make a new key, have the one in use sign for it, and use it from now on."""
        enrolment = self.enrolment
        name, public = self.keygen()
        new = self.keys.private(name)
        text = rotation_text(enrolment.member, enrolment.key, name)
        asked = {
            "public": public,
            "proof": b64encode(new.sign(text)).decode(),
            "overlap_days": overlap_days,
        }
        self.call("POST", f"{API}/self/keys", msgspec.json.encode(asked))
        rotated = replace(enrolment, key=name)
        self.keys.enrolled(rotated)
        return rotated

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        idempotency_key: str = "",
        content_type: str = "application/json",
        accept: str = "",
    ) -> HubAnswer:
        """Sign a request with the key in use and send it; refusals are errors."""
        enrolment = self.enrolment
        return self._asked(
            method,
            f"{enrolment.hub}{path}",
            body,
            self.keys.private(enrolment.key),
            idempotency_key=idempotency_key,
            content_type=content_type,
            accept=accept,
        )

    def _asked(
        self,
        method: str,
        url: str,
        body: bytes | None,
        private: Ed25519PrivateKey,
        *,
        idempotency_key: str = "",
        content_type: str = "application/json",
        accept: str = "",
    ) -> HubAnswer:
        headers = signed_headers(
            method,
            url,
            body,
            private,
            now=self._clock(),
            nonce=secrets.token_urlsafe(18),
            idempotency_key=idempotency_key,
            content_type=content_type,
        )
        answer = _sent(method, url, body, headers | ({"accept": accept} if accept else {}))
        if answer.status in GOOD:
            return answer
        raise _refused(answer)


def checked_address(hub: str) -> str:
    """Give a hub's address without path; refuse what is none, or unencrypted to elsewhere."""
    try:
        parts = urlsplit(hub.strip())
        named = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise UsageError(f"{hub[:80]!r} is no address", remedy="https://hub.example") from error
    if (
        parts.scheme not in {"https", "http"}
        or not named
        or parts.username
        or parts.path.strip("/")
    ):
        raise UsageError(f"{hub[:80]!r} is no address of a hub", remedy="https://hub.example")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ForbiddenError("a hub on another machine needs https", place=hub[:80])
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _sent(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> HubAnswer:
    parts = urlsplit(url)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(
            host, port, timeout=WAIT_SECONDS, context=ssl.create_default_context()
        )
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=WAIT_SECONDS)
    )
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        read = answer.read(LONGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise StoreError(
            f"the hub does not answer: {str(error) or type(error).__name__}",
            place=f"{parts.scheme}://{parts.netloc}",
            remedy="look whether it runs, then try again",
        ) from error
    finally:
        connection.close()
    if len(read) > LONGEST_ANSWER:
        raise BadInputError("the hub's answer is too large", place=parts.netloc)
    after = answer.getheader("retry-after", "")
    return HubAnswer(
        status=answer.status,
        body=read,
        media_type=answer.getheader("content-type", ""),
        retry_after=int(after) if after.isascii() and after.isdecimal() else 0,
    )


def _refused(answer: HubAnswer) -> Exception:
    """Give the hub's own words as an error of ours."""
    told: dict[str, Any] = {}
    if "json" in answer.media_type:
        found = answer.value()
        told = found if isinstance(found, dict) else {}
    problem = str(told.get("title", "")) or f"the hub answered {answer.status}"
    remedy = str(told.get("detail", ""))
    kind = (
        ForbiddenError
        if answer.status in _BARRED
        else StoreError
        if answer.status in _PASSING
        else UsageError
    )
    return kind(problem[:500], place=f"hub, {answer.status}", remedy=remedy[:500])


def _public(private: Ed25519PrivateKey) -> str:
    return b64encode(private.public_key().public_bytes_raw()).decode()

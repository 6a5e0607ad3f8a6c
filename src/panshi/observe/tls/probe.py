"""Ask one TLS endpoint what it offers: many hellos, and one finished handshake for its certificate.

The hellos are answered in clear (see `hello`), so versions, suites and groups are seen whatever
the TLS library of this Python can do; only the certificate needs the library. Every connection
and the whole look are bounded in time. An endpoint that goes silent half way is an error, not an
offer: what was asked and not answered must not read as "not offered".
"""

from __future__ import annotations

import os
import secrets
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import PanshiError
from panshi.observe.tls.certificate import read_certificate
from panshi.observe.tls.endpoint import Certificate, Offer
from panshi.observe.tls.hello import (
    CURVES,
    GROUPS,
    Answer,
    Chosen,
    NotTls,
    Refused,
    client_hello,
    read_answer,
)
from panshi.observe.tls.names import Version, is_elliptic_ephemeral, is_of_tls13
from panshi.observe.tls.suites import SUITES

# Some servers ignore the suites after the first 128 of a hello.
_AT_ONCE = 100
_ANSWER_LIMIT = 256 * 1024
_ASKED = (Version.SSL3, Version.TLS10, Version.TLS11, Version.TLS12, Version.TLS13)


class Silent:
    """No answer in time, or none at all."""


class Closed:
    """The connection ended without an answer."""


type Reply = Answer | Silent | Closed


@dataclass(slots=True, kw_only=True)
class Probe:
    """One look at one endpoint."""

    host: str
    port: int
    name: str = ""
    "Server name sent along (RFC 6066), empty for none."
    patience: float = 2.0
    "Seconds for one connection."
    deadline: float = 10.0
    "Seconds for the whole look."
    _ends: float = 0.0

    def look(self) -> Offer | None:
        """Give the offer, or None where the port speaks no TLS of its own accord.

        Raises `PanshiError` where it speaks TLS and the look could not be finished.
        """
        self._ends = time.monotonic() + self.deadline
        if not self._speaks_tls():
            return None
        suites: dict[Version, tuple[int, ...]] = {}
        for version in _ASKED:
            if found := self._suites(version):
                suites[version] = found
        if not suites:
            raise PanshiError(
                "the endpoint speaks TLS but refuses every hello",
                place=f"{self.host}:{self.port}",
                remedy="it may demand a server name it did not get",
            )
        return Offer(
            versions=frozenset(suites),
            suites={
                version: tuple(SUITES[code] for code in each) for version, each in suites.items()
            },
            groups=tuple(GROUPS[code] for code in self._groups(suites)),
            asked_for_hybrids=True,
            certificate=self._certificate(),
        )

    def _speaks_tls(self) -> bool:
        for version in (Version.TLS12, Version.TLS13):
            match self._ask(version, _suites_of(version)[:_AT_ONCE], tuple(GROUPS)):
                case Chosen() | Refused():
                    return True
                case NotTls() | Silent():
                    return False
                case Closed():
                    continue
        return False

    def _suites(self, version: Version) -> tuple[int, ...]:
        """Let the server choose again and again from what is left."""
        groups = tuple(GROUPS) if version is Version.TLS13 else CURVES
        every = _suites_of(version)
        found: list[int] = []
        for start in range(0, len(every), _AT_ONCE):
            left = list(every[start : start + _AT_ONCE])
            while left:
                reply = self._answered(version, left, groups)
                if (
                    not isinstance(reply, Chosen)
                    or reply.version is not version
                    or reply.suite not in left
                ):
                    break
                left.remove(reply.suite)
                found.append(reply.suite)
        return tuple(found)

    def _groups(self, suites: dict[Version, tuple[int, ...]]) -> tuple[int, ...]:
        if Version.TLS13 in suites:
            version, offered, left = Version.TLS13, suites[Version.TLS13], list(GROUPS)
        else:
            version = Version.TLS12
            offered = tuple(
                code for code in suites.get(version, ()) if is_elliptic_ephemeral(SUITES[code])
            )
            left = list(CURVES)
        found: list[int] = []
        while left and offered:
            reply = self._answered(version, offered, left, whole=True)
            if not isinstance(reply, Chosen) or reply.group not in left:
                break
            left.remove(reply.group)
            found.append(reply.group)
        return tuple(found)

    def _answered(
        self, version: Version, suites: Sequence[int], groups: Sequence[int], *, whole: bool = False
    ) -> Reply:
        reply = self._ask(version, suites, groups, whole=whole)
        if isinstance(reply, Silent):
            raise PanshiError(
                f"the endpoint stopped answering at {version}",
                place=f"{self.host}:{self.port}",
                remedy="look again when it is less busy",
            )
        return reply

    def _ask(
        self, version: Version, suites: Sequence[int], groups: Sequence[int], *, whole: bool = False
    ) -> Reply:
        hello = client_hello(
            version, suites, groups=groups, random=secrets.token_bytes(32), name=self.name
        )
        ends = min(time.monotonic() + self.patience, self._ends)
        data = b""
        try:
            with socket.create_connection(
                (self.host, self.port), timeout=_left(ends)
            ) as connection:
                connection.sendall(hello)
                while len(data) < _ANSWER_LIMIT:
                    connection.settimeout(_left(ends))
                    chunk = connection.recv(16384)
                    data += chunk
                    answer = read_answer(data)
                    if answer is not None and not (
                        whole and isinstance(answer, Chosen) and not answer.complete and chunk
                    ):
                        return answer
                    if not chunk:
                        return NotTls() if data else Closed()
        except TimeoutError:
            return Silent()
        except ConnectionRefusedError as error:
            raise PanshiError(
                "the endpoint refuses connections", place=f"{self.host}:{self.port}"
            ) from error
        except OSError:  # reset or broken pipe: another way to hang up
            return Closed()
        return NotTls()

    def _certificate(self) -> Certificate:
        """Finish a handshake, first judging the chain by this machine's trust store."""
        trusted: bool | None = None
        if _has_trust_store():
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # a default of newer Pythons only
            der, failure = self._handshake(context)
            if der:
                return read_certificate(der, trusted=True)
            trusted = False if isinstance(failure, ssl.SSLCertVerificationError) else None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # looked at, not trusted
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:!aNULL:!eNULL:@SECLEVEL=0")
        der, _failure = self._handshake(context)
        try:
            return read_certificate(der, trusted=trusted) if der else Certificate()
        except ValueError:
            return Certificate()

    def _handshake(self, context: ssl.SSLContext) -> tuple[bytes, Exception | None]:
        ends = min(time.monotonic() + self.patience, self._ends)
        try:
            with (
                socket.create_connection((self.host, self.port), timeout=_left(ends)) as raw,
                context.wrap_socket(raw, server_hostname=self.name or None) as finished,
            ):
                return finished.getpeercert(binary_form=True) or b"", None
        except (OSError, ValueError) as error:
            return b"", error


def _suites_of(version: Version) -> tuple[int, ...]:
    new = version is Version.TLS13
    return tuple(code for code, name in SUITES.items() if is_of_tls13(name) == new)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _has_trust_store() -> bool:
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    return bool(paths.cafile) or bool(folder and folder.is_dir() and next(os.scandir(folder), None))

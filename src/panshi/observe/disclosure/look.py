"""One light look at one address: a handshake, a request for its head, security.txt; nothing else.

The name is resolved once and every address it gives must be public; the connection goes to the
address that was checked, so that a name that changes in between leads nowhere. Redirects are not
followed, a few kilobytes are read, and at most a handful of connections are made.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from panshi.errors import BadInputError
from panshi.observe.tls.certificate import read_certificate

SECONDS = 6.0
"Of one read or write."
LONGEST_SECONDS = 20.0
"Of a whole connection."
MOST_BODY = 16 * 1024
PLAIN = 80
SECURITY_TEXT = "/.well-known/security.txt"
PROOF = "/.well-known/panshi-exposure.txt"
AGENT = "Panshi exposure check (declared and approved by its owner)"
_OLD = (("TLSv1", ssl.TLSVersion.TLSv1), ("TLSv1.1", ssl.TLSVersion.TLSv1_1))

type IsPublic = Callable[[IPv4Address | IPv6Address], bool]


class Seen:
    """What a look saw, as plain values."""

    def __init__(self, asked_ip: str) -> None:
        """Begin with the address that is asked."""
        self.asked_ip = asked_ip
        self.tls = self.tls_problem = self.cipher = self.certificate_problem = ""
        self.old_tls: tuple[str, ...] = ()
        self.certificate_expires: datetime | None = None
        self.http_status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.location = ""
        self.security_text: str | None = None


def resolved(host: str, port: int, is_public: IsPublic) -> str:
    """Give the address to ask, or refuse a name any of whose addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadInputError(f"{host[:80]} has no address", remedy="check its name") from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    inner = [each for each in addresses if not is_public(ip_address(each.partition("%")[0]))]
    if inner or not addresses:
        raise BadInputError(
            f"{host[:80]} leads to {', '.join(inner[:3]) or 'nothing'}, which is not public",
            remedy="only public addresses are looked at",
        )
    return addresses[0]


def look(host: str, port: int, is_public: IsPublic) -> Seen:
    """Look once."""
    seen = Seen(resolved(host, port, is_public))
    if port != PLAIN:
        _handshake(seen, host, port)
        if not seen.tls:
            return seen
        seen.old_tls = tuple(name for name, version in _OLD if _agrees(seen, host, port, version))
    answer = _asked(seen.asked_ip, host, port, "HEAD", "/")
    if answer is not None:
        seen.http_status, seen.headers, _ = answer
        seen.location = dict(seen.headers).get("location", "")
        told = _asked(seen.asked_ip, host, port, "GET", SECURITY_TEXT)
        if told is not None and told[0] == http.HTTPStatus.OK and b"ontact:" in told[2]:
            seen.security_text = told[2].decode("utf-8", "replace")
    return seen


def proof_file(host: str, port: int, is_public: IsPublic) -> str:
    """Give what stands in the file that proves ownership; empty where there is none."""
    answer = _asked(resolved(host, port, is_public), host, port, "GET", PROOF)
    if answer is None or answer[0] != http.HTTPStatus.OK:
        return ""
    return answer[2].decode("utf-8", "replace")


def _handshake(seen: Seen, host: str, port: int) -> None:
    """Agree once with checking, once without where checking fails."""
    for checking in (True, False):
        context = ssl.create_default_context()
        if not checking:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        try:
            with closing(_connected(seen.asked_ip, port)) as raw:
                with context.wrap_socket(raw, server_hostname=host) as agreed:
                    seen.tls, seen.cipher = agreed.version() or "", (agreed.cipher() or ("",))[0]
                    _read(seen, agreed.getpeercert(binary_form=True))
                return
        except ssl.SSLCertVerificationError as error:
            seen.certificate_problem = error.verify_message[:200]
        except (OSError, ValueError) as error:
            seen.tls_problem = str(error)[:200] or type(error).__name__
            return


def _read(seen: Seen, der: bytes | None) -> None:
    try:
        day = read_certificate(der or b"").expires
    except ValueError:
        day = None
    if day is None:
        seen.certificate_problem = seen.certificate_problem or "it cannot be read"
        return
    seen.certificate_expires = datetime(day.year, day.month, day.day, tzinfo=UTC)


def _agrees(seen: Seen, host: str, port: int, version: ssl.TLSVersion) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        with (
            closing(_connected(seen.asked_ip, port)) as raw,
            context.wrap_socket(raw, server_hostname=host) as agreed,
        ):
            return agreed.version() is not None
    except (OSError, ValueError):
        return False


def _asked(
    ip: str, host: str, port: int, method: str, path: str
) -> tuple[int, tuple[tuple[str, str], ...], bytes] | None:
    """Ask the address that was checked, under the name; None where nothing fit answers."""
    raw = None
    try:
        raw = _connected(ip, port)
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        connection.sock = _wrapped(raw, host) if port != PLAIN else raw
        with closing(connection):
            connection.request(method, path, headers={"User-Agent": AGENT, "Connection": "close"})
            answer = connection.getresponse()
            body = answer.read(MOST_BODY) if method == "GET" else b""
            headers = [(name.lower(), value[:500]) for name, value in answer.getheaders()[:60]]
            return answer.status, tuple(headers), body
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        if raw is not None:
            raw.close()


def _wrapped(raw: socket.socket, host: str) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(raw, server_hostname=host)


def _connected(ip: str, port: int) -> socket.socket:
    """Connect; whoever answers drop by drop is cut off all the same."""
    raw = socket.create_connection((ip, port), timeout=SECONDS)
    cutting = threading.Timer(LONGEST_SECONDS, _cut, (raw.dup(),))
    cutting.daemon = True
    cutting.start()
    return raw


def _cut(raw: socket.socket) -> None:
    with closing(raw), contextlib.suppress(OSError):
        raw.shutdown(socket.SHUT_RDWR)

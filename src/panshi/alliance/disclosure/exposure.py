"""Exposure checks: which addresses may be looked at, and what a look says.

An address is looked at only when its member declared it, ownership was proven and another person
approved it. What resolves to anything but a public address is refused, so that nobody makes the
hub ask machines inside a network (server-side request forgery).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from panshi.model.bodies.exposure import AddressStep, ExposureAddress, ExposureFinding
from panshi.model.observation import Sealed

PROVEN_FOR = timedelta(days=180)
"A proof older than this must be given again."
EXPIRES_SOON = timedelta(days=30)
_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")
_INNER = (".local", ".internal", ".localhost", ".lan", ".home", ".corp", ".onion", ".arpa")
_NAT64 = IPv6Network("64:ff9b::/96")
_OLD_TLS = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})

type TwoPeople = Callable[[str, str], str]


class AddressState(StrEnum):
    """How far an address has come."""

    DECLARED = "declared"
    PROVEN = "proven"
    APPROVED = "approved"
    LAPSED = "lapsed"
    "Approved, but the proof is too old."
    WITHDRAWN = "withdrawn"


ADDRESS_WORDS: dict[AddressState, tuple[str, str]] = {
    AddressState.DECLARED: ("已申報", "declared"),
    AddressState.PROVEN: ("已驗證", "ownership proven"),
    AddressState.APPROVED: ("已核可", "approved"),
    AddressState.LAPSED: ("驗證逾期", "proof too old"),
    AddressState.WITHDRAWN: ("已撤回", "withdrawn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One address as its steps tell it."""

    sealed: Sealed
    "The declaration."
    body: ExposureAddress
    proven_at: datetime | None = None
    proven_by: str = ""
    proven_actor: str = ""
    approved_at: datetime | None = None
    approved_by: str = ""
    withdrawn_at: datetime | None = None
    flaws: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Give member, host and port as the facet has them."""
        return key_of(self.body.member, self.body.host, self.body.port)

    def state(self, now: datetime) -> AddressState:
        """How far it has come at a moment."""
        if self.withdrawn_at is not None:
            return AddressState.WITHDRAWN
        if self.proven_at is None:
            return AddressState.DECLARED
        if self.approved_at is None:
            return AddressState.PROVEN
        fresh = now < self.proven_at + PROVEN_FOR
        return AddressState.APPROVED if fresh else AddressState.LAPSED


def key_of(member: str, host: str, port: int) -> str:
    """Give the facet of an address."""
    return f"{member}|{host}:{port}"


def host_defect(host: str, *, allow_inner: bool = False) -> str:
    """Say why a host may not be declared; empty where it may."""
    if allow_inner:
        return ""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        if not _NAME.fullmatch(host) or host.endswith(_INNER):
            return f"{host[:80]!r} is no public name; give one host, no range and no path"
        return ""
    return "" if is_public(address) else f"{address} is no public address"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the internet at large, what it embeds included."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        teredo = address.teredo
        nat64 = IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        for each in (inner, nat64, teredo[1] if teredo else None):
            if each is not None and not is_public(each):
                return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
    )


def fold(steps: Iterable[Sealed], *, two_people: TwoPeople) -> dict[str, Declared]:
    """Derive every address from what was sealed; a new declaration begins anew."""
    found: dict[str, Declared] = {}
    for step in sorted(steps, key=lambda each: each.position):
        body = step.observation.body
        if not isinstance(body, ExposureAddress):
            continue
        key = key_of(body.member, body.host, body.port)
        held = found.get(key)
        if body.step is AddressStep.DECLARE:
            if held is None or held.withdrawn_at is not None:
                found[key] = Declared(sealed=step, body=body)
        elif held is not None:
            found[key] = _after(held, step, body, two_people)
    return found


def step_defect(held: Declared, body: ExposureAddress, two_people: TwoPeople) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if body.declaration != held.sealed.id:
        return "it is about another declaration"
    if held.withdrawn_at is not None:
        return "the address was withdrawn"
    if body.step is AddressStep.APPROVE:
        if held.proven_at is None:
            return "ownership is not proven"
        for other in (held.body.by, held.proven_actor):
            if defect := two_people(body.by, other):
                return f"whoever declares or proves an address does not approve it: {defect}"
    return ""


def _after(held: Declared, step: Sealed, body: ExposureAddress, two_people: TwoPeople) -> Declared:
    if defect := step_defect(held, body, two_people):
        return replace(held, flaws=(*held.flaws, defect))
    at = step.observation.observed_at
    match body.step:
        case AddressStep.PROVE:
            return replace(held, proven_at=at, proven_by=body.proven_by, proven_actor=body.by)
        case AddressStep.APPROVE:
            return replace(held, approved_at=at, approved_by=body.by)
        case _:
            return replace(held, withdrawn_at=at)


# -- what a look says ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look saw, before anything is judged."""

    asked_ip: str
    tls: str = ""
    "Version agreed upon; empty where there was no handshake."
    tls_problem: str = ""
    old_tls: tuple[str, ...] = ()
    "Versions it still agrees to that nobody should."
    cipher: str = ""
    certificate_expires: datetime | None = None
    certificate_problem: str = ""
    http_status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    "Lower-case names."
    location: str = ""
    security_text: str | None = None
    "What stands at /.well-known/security.txt; None where nothing does."


EXPOSURE_WORDS: dict[str, tuple[str, str]] = {
    "tls.none": ("未提供 TLS", "no TLS"),
    "tls.old_version": ("接受過時的 TLS 版本", "agrees to an outdated version of TLS"),
    "certificate.expired": ("憑證已過期", "the certificate has expired"),
    "certificate.expires_soon": ("憑證即將到期", "the certificate expires soon"),
    "certificate.untrusted": ("憑證無法驗證", "the certificate cannot be verified"),
    "http.no_hsts": ("未宣告 HSTS", "no Strict-Transport-Security"),
    "http.no_csp": ("未宣告內容安全政策", "no Content-Security-Policy"),
    "http.no_nosniff": ("未禁止內容類型猜測", "no X-Content-Type-Options: nosniff"),
    "http.framing": ("可被其他網站嵌入", "other sites may frame it"),
    "http.version_told": ("洩漏軟體版本", "tells the version of its software"),
    "http.plain": ("未轉往 HTTPS", "does not lead to HTTPS"),
    "security_txt.none": ("沒有 security.txt", "no security.txt"),
}


def exposures_of(look: Look, port: int, now: datetime) -> tuple[ExposureFinding, ...]:
    """Judge a look: what is exposed, the worst first."""
    found = [*_transport(look, port, now), *_answers(look, port)]
    order = {"high": 0, "medium": 1, "low": 2}
    return tuple(sorted(found, key=lambda each: (order[each.severity], each.id)))


def _transport(look: Look, port: int, now: datetime) -> Iterable[ExposureFinding]:
    if port == _PLAIN:
        return
    if not look.tls:
        yield _finding("tls.none", "high", look.tls_problem)
        return
    for version in dict.fromkeys((*look.old_tls, *({look.tls} & _OLD_TLS))):
        yield _finding("tls.old_version", "medium", version)
    if look.certificate_expires is not None:
        day = look.certificate_expires.date().isoformat()
        if look.certificate_expires <= now:
            yield _finding("certificate.expired", "high", day)
        elif look.certificate_expires <= now + EXPIRES_SOON:
            yield _finding("certificate.expires_soon", "low", day)
    if look.certificate_problem:
        yield _finding("certificate.untrusted", "high", look.certificate_problem)


def _answers(look: Look, port: int) -> Iterable[ExposureFinding]:
    if not look.http_status:
        return
    if port == _PLAIN:
        if not look.location.lower().startswith("https://"):
            yield _finding("http.plain", "medium", str(look.http_status))
        return
    yield from _headers(dict(look.headers))
    if look.security_text is None:
        yield _finding("security_txt.none", "low")


def _headers(headers: dict[str, str]) -> Iterable[ExposureFinding]:
    policy = headers.get("content-security-policy", "")
    if "strict-transport-security" not in headers:
        yield _finding("http.no_hsts", "medium")
    if not policy:
        yield _finding("http.no_csp", "low")
    if headers.get("x-content-type-options", "").lower() != "nosniff":
        yield _finding("http.no_nosniff", "low")
    if "x-frame-options" not in headers and "frame-ancestors" not in policy:
        yield _finding("http.framing", "low")
    for name in ("server", "x-powered-by"):
        if re.search(r"\d", headers.get(name, "")):
            yield _finding("http.version_told", "low", f"{name}: {headers[name]}"[:200])


def _finding(name: str, severity: str, detail: str = "") -> ExposureFinding:
    return ExposureFinding(id=name, severity=severity, detail=detail)


_PLAIN = 80

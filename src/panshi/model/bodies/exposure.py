"""Addresses a member declares as its own, so that they may be looked at from outside.

The facet is the address as it is looked at, `member|host:port`; whether a look is
allowed is derived from the steps (`panshi.alliance.disclosure.exposure`): declared, proven,
approved by another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

ADDRESS = "record.exposure_address/1"
CHECK = "exposure.check/1"


class AddressStep(StrEnum):
    """What became of a declared address."""

    DECLARE = "declare"
    PROVE = "prove"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


class ProofWay(StrEnum):
    """How ownership is proven."""

    DNS = "dns"
    "A TXT record `_panshi-exposure.<host>` holds the token."
    FILE = "file"
    "`/.well-known/panshi-exposure.txt` holds the token."


@observation_kind(ADDRESS, "曝險檢查位址", "Address for exposure checks", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureAddress(Body):
    """One step of one address."""

    step: AddressStep
    member: str
    host: str
    "A name or an IP address; never a range."
    port: int
    by: str
    token: str = ""
    "Of a declaration: what must stand at the address to prove it; no secret."
    proven_by: str = ""
    "Of a proof: a `ProofWay`."
    declaration: str = ""
    "Evidence id of the declaration the step is about."
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureFinding:
    """One thing a look found."""

    id: str
    "For example `tls.old_version`."
    severity: str
    detail: str


@observation_kind(CHECK, "曝險檢查結果", "Exposure check")
@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureCheck(Body):
    """What one light look at a declared address found."""

    member: str
    host: str
    port: int
    asked_ip: str
    "IP address that was asked."
    tls: str
    "Version agreed upon; empty without TLS."
    certificate_expires: date | None
    http_status: int
    "Of HTTP; 0 where nothing answered."
    exposures: tuple[ExposureFinding, ...]
    intelligence: str
    "Id of the STIX object it was delivered as; empty where it was not yet."

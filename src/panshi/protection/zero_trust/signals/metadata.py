"""What a transmitter tells about itself: SSF 1.0 section 7, written and read.

Also the two documents that say where access tokens for its management API come from: RFC 8414 and
RFC 9728, as the CAEP interoperability profile 1.0 section 2.7 foresees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from panshi.errors import BadInputError
from panshi.protection.zero_trust.signals.streams import POLL, PUSH
from panshi.protection.zero_trust.signals.strict_json import Json

WELL_KNOWN = "/.well-known/ssf-configuration"
BASE = "/ssf/v1"
SCOPES = ("ssf.read", "ssf.manage")
MOST_EVENTS = 200
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What another transmitter says about itself, as far as we use it."""

    issuer: str
    jwks_uri: str
    configuration_endpoint: str = ""
    status_endpoint: str = ""
    add_subject_endpoint: str = ""
    remove_subject_endpoint: str = ""
    verification_endpoint: str = ""
    methods: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    spec_version: str = ""


def configuration_url(issuer: str) -> str:
    """Give the address of an issuer's metadata: the well-known part goes before its path (7.2)."""
    parts = urlsplit(issuer)
    path = parts.path.rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, WELL_KNOWN + path, "", ""))


def transmitter(issuer: str, base: str) -> dict[str, Json]:
    """Write our own metadata; `base` is the address of the decision point without a slash."""
    at = base + BASE
    return {
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": f"{at}/jwks.json",
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": f"{at}/streams",
        "status_endpoint": f"{at}/status",
        "add_subject_endpoint": f"{at}/subjects/add",
        "remove_subject_endpoint": f"{at}/subjects/remove",
        "verification_endpoint": f"{at}/verification",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}],
        "default_subjects": "ALL",
    }


def resource(issuer: str, base: str) -> dict[str, Json]:
    """Write the metadata of the management API as a protected resource (RFC 9728)."""
    return {
        "resource": base + BASE,
        "authorization_servers": [issuer],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
    }


def authorization_server(issuer: str, base: str) -> dict[str, Json]:
    """Write the metadata of the token endpoint (RFC 8414): client credentials and nothing else."""
    return {
        "issuer": issuer,
        "token_endpoint": f"{base}{BASE}/token",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
    }


def read(document: Mapping[str, Json], issuer: str, *, plain_http: bool = False) -> Metadata:
    """Read another transmitter's metadata; it must be the issuer's that was asked (SSF 7.2.4)."""
    place = configuration_url(issuer)
    if document.get("issuer") != issuer:
        raise BadInputError(
            f"the document names the issuer {document.get('issuer')!r}",
            place=place,
            remedy=f"ask for the issuer exactly as it names itself, not {issuer!r}",
        )
    addresses = {
        name: _address(document.get(name), name, place, plain_http=plain_http)
        for name in (
            "jwks_uri", "configuration_endpoint", "status_endpoint", "add_subject_endpoint",
            "remove_subject_endpoint", "verification_endpoint",
        )
    }  # fmt: skip
    if not addresses["jwks_uri"]:
        raise BadInputError("the document names no jwks_uri", place=place)
    return Metadata(
        issuer=issuer,
        methods=_texts(document.get("delivery_methods_supported")),
        critical=_texts(document.get("critical_subject_members")),
        spec_version=str(document.get("spec_version", ""))[:20],
        **addresses,
    )


def checked_address(url: str, *, plain_http: bool = False) -> str:
    """Give an address that may be asked: https, or http on loopback where that was allowed."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    plain = parts.scheme == "http" and plain_http and host in LOOPBACK
    if (parts.scheme != "https" and not plain) or not host or parts.username or port == 0:
        raise BadInputError(
            f"{url[:200]!r} is not an https address", remedy="name an address that begins https://"
        )
    return url


def _address(value: Json, name: str, place: str, *, plain_http: bool) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInputError(f"{name} is no address", place=place)
    try:
        return checked_address(value, plain_http=plain_http)
    except BadInputError as error:
        raise BadInputError(f"{name}: {error.problem}", place=place) from error


def _texts(value: Json) -> tuple[str, ...]:
    found = value if isinstance(value, list) else []
    return tuple(each for each in found[:MOST_EVENTS] if isinstance(each, str))

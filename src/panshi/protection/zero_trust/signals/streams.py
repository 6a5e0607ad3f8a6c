"""Event streams we send on: what a stream is, how its receiver may change it, what goes out on it.

SSF 1.0 section 8.1. Properties are the receiver's (`events_requested`, `delivery`, `description`)
or the transmitter's (all others): the receiver's are taken as asked, the transmitter's may be sent
back but must be what they are. A change is a new value; nothing is changed in place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from panshi.protection.zero_trust.signals import subjects
from panshi.protection.zero_trust.signals.events import BY_URI, EventType
from panshi.protection.zero_trust.signals.strict_json import Json
from panshi.protection.zero_trust.signals.subjects import Subject

PUSH = "urn:ietf:rfc:8935"
POLL = "urn:ietf:rfc:8936"
SENT = (
    EventType.SESSION_REVOKED,
    EventType.SESSION_ESTABLISHED,
    EventType.ASSURANCE_LEVEL_CHANGE,
    EventType.DEVICE_COMPLIANCE_CHANGE,
    EventType.RISK_LEVEL_CHANGE,
)
"""What we decide ourselves and offer to others."""
ALWAYS = frozenset({EventType.VERIFICATION, EventType.STREAM_UPDATED})
"""Events about the stream itself; sent whether or not they were asked for."""
LONGEST_DESCRIPTION = 512
LONGEST_URL = 2_048
LONGEST_HEADER = 4_096
MOST_EVENTS = 100
MOST_SUBJECTS = 10_000
_BAD, _FORBIDDEN = 400, 403
_OURS = (
    "iss", "aud", "events_supported", "events_delivered", "min_verification_interval",
    "inactivity_timeout",
)  # fmt: skip


class StreamStatus(StrEnum):
    """SSF 1.0 section 8.1.2.1."""

    ENABLED = "enabled"
    PAUSED = "paused"
    "Events are held."
    DISABLED = "disabled"
    "Events are dropped."


class StreamFaultError(Exception):
    """A request about a stream cannot be done; `status` is the HTTP status that says so."""

    def __init__(self, status: int, problem: str) -> None:
        """Keep the status and one sentence."""
        self.status = status
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How tokens reach the receiver."""

    method: str
    endpoint_url: str = ""
    "For push the receiver's address; for poll ours."
    authorization_header: str = ""
    "What is sent with every push; a secret, never shown again."

    def __repr__(self) -> str:
        """Say all but the secret."""
        return f"Delivery({self.method}, {self.endpoint_url})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the transmitter offers every receiver, and what this receiver was granted."""

    issuer: str
    audience: tuple[str, ...]
    poll_url: str
    "Address at which streams are polled; the stream's id is put after it."
    push_hosts: frozenset[str] = frozenset()
    "Hosts (with port where it is not 443) tokens may be pushed to: who else is asked is nobody."
    plain_http: bool = False
    "Whether pushing without TLS is allowed; only ever to loopback."
    min_verification_interval: int = 60
    inactivity_timeout: int = 0
    "Seconds without a sign of the receiver after which the stream is paused; 0: never."


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingStream:
    """One stream to one receiver."""

    id: str
    receiver: str
    "Name under which the receiver was registered."
    audience: tuple[str, ...]
    delivery: Delivery
    requested: tuple[str, ...] | None = None
    "Event types asked for, as sent; None: the receiver did not say, and gets all."
    description: str = ""
    status: StreamStatus = StreamStatus.ENABLED
    reason: str = ""
    created_at: float = 0.0
    all_subjects: bool = True
    "Whether subjects are in unless removed (`default_subjects`: ALL)."

    @property
    def delivered(self) -> tuple[str, ...]:
        """Give the event types that are sent, as addresses."""
        wanted = None if self.requested is None else set(self.requested)
        return tuple(each.uri for each in SENT if wanted is None or each.uri in wanted)


def created(
    stream_id: str, receiver: str, body: Mapping[str, Json], terms: Terms, now: float
) -> SendingStream:
    """Make a stream as asked (SSF 8.1.1.1); no `delivery` means poll."""
    return SendingStream(
        id=stream_id,
        receiver=receiver,
        audience=terms.audience,
        delivery=_delivery(body.get("delivery"), stream_id, terms),
        requested=_requested(body),
        description=_description(body),
        created_at=now,
    )


def patched(stream: SendingStream, body: Mapping[str, Json], terms: Terms) -> SendingStream:
    """Change what is named and leave the rest (SSF 8.1.1.3)."""
    _unchanged(stream, body, terms)
    changed = stream
    if "delivery" in body:
        changed = replace(changed, delivery=_delivery(body["delivery"], stream.id, terms))
    if "events_requested" in body:
        changed = replace(changed, requested=_requested(body))
    if "description" in body:
        changed = replace(changed, description=_description(body))
    return changed


def replaced(stream: SendingStream, body: Mapping[str, Json], terms: Terms) -> SendingStream:
    """Change all that is the receiver's; what is missing is deleted (SSF 8.1.1.4)."""
    _unchanged(stream, body, terms)
    return replace(
        stream,
        delivery=_delivery(body.get("delivery"), stream.id, terms),
        requested=_requested(body),
        description=_description(body),
    )


def as_json(stream: SendingStream, terms: Terms) -> dict[str, Json]:
    """Give a stream's configuration as its receiver reads it; the secret of push stays here."""
    audience = stream.audience
    delivery: dict[str, Json] = {
        "method": stream.delivery.method,
        "endpoint_url": stream.delivery.endpoint_url,
    }
    found: dict[str, Json] = {
        "stream_id": stream.id,
        "iss": terms.issuer,
        "aud": audience[0] if len(audience) == 1 else list(audience),
        "events_supported": [each.uri for each in SENT],
        "events_delivered": list(stream.delivered),
        "delivery": delivery,
        "min_verification_interval": terms.min_verification_interval,
    }
    if stream.requested is not None:
        found["events_requested"] = list(stream.requested)
    if stream.description:
        found["description"] = stream.description
    if terms.inactivity_timeout:
        found["inactivity_timeout"] = terms.inactivity_timeout
    return found


def status_json(stream: SendingStream) -> dict[str, Json]:
    """Give a stream's status (SSF 8.1.2.1)."""
    found: dict[str, Json] = {"stream_id": stream.id, "status": stream.status.value}
    if stream.reason:
        found["reason"] = stream.reason
    return found


def with_status(stream: SendingStream, body: Mapping[str, Json]) -> SendingStream:
    """Change the status as the receiver asks (SSF 8.1.2.2)."""
    status, reason = body.get("status"), body.get("reason", "")
    if not isinstance(status, str) or status not in {each.value for each in StreamStatus}:
        raise StreamFaultError(_BAD, "status is none of enabled, paused, disabled")
    if not isinstance(reason, str) or len(reason) > LONGEST_DESCRIPTION:
        raise StreamFaultError(_BAD, "reason is not a short text")
    return replace(stream, status=StreamStatus(status), reason=reason)


def stream_id_of(body: Mapping[str, Json]) -> str:
    """Give the stream a request is about."""
    found = body.get("stream_id")
    if not isinstance(found, str) or not found:
        raise StreamFaultError(_BAD, "stream_id is missing")
    return found


def wants(
    stream: SendingStream,
    type_: EventType,
    subject: Subject,
    added: Collection[Subject] = (),
    removed: Collection[Subject] = (),
) -> bool:
    """Whether an event goes out on a stream, its status left aside."""
    if type_ in ALWAYS:
        return True
    if type_.uri not in stream.delivered:
        return False
    if any(subjects.matches(each, subject) for each in removed):
        return any(each == subject for each in added)
    if stream.all_subjects:
        return True
    return any(subjects.matches(each, subject) for each in added)


def checked_push_url(url: str, terms: Terms) -> str:
    """Give an address tokens may be pushed to, or say why not (no way into the inner network)."""
    if len(url) > LONGEST_URL:
        raise StreamFaultError(_BAD, "endpoint_url is too long")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise StreamFaultError(_BAD, "endpoint_url is no address") from error
    host = parts.hostname or ""
    if parts.username or parts.password or parts.fragment or not host:
        raise StreamFaultError(_BAD, "endpoint_url must be an https address without user or anchor")
    named = host if port in {None, 443} and parts.scheme == "https" else f"{host}:{port or 80}"
    plain = (
        parts.scheme == "http" and terms.plain_http and host in {"127.0.0.1", "::1", "localhost"}
    )
    if parts.scheme != "https" and not plain:
        raise StreamFaultError(_BAD, "endpoint_url must use https (SSF 6.1.1, RFC 8935 5)")
    if named not in terms.push_hosts:
        raise StreamFaultError(_FORBIDDEN, f"pushing to {named} was not allowed for this receiver")
    return url


def _delivery(value: Json, stream_id: str, terms: Terms) -> Delivery:
    if value is None:
        return Delivery(method=POLL, endpoint_url=f"{terms.poll_url}/{stream_id}")
    if not isinstance(value, dict):
        raise StreamFaultError(_BAD, "delivery is not an object")
    match value.get("method"):
        case "urn:ietf:rfc:8936":
            return Delivery(method=POLL, endpoint_url=f"{terms.poll_url}/{stream_id}")
        case "urn:ietf:rfc:8935":
            url, header = value.get("endpoint_url"), value.get("authorization_header", "")
            if not isinstance(url, str) or not url:
                raise StreamFaultError(_BAD, "push needs an endpoint_url")
            return Delivery(
                method=PUSH,
                endpoint_url=checked_push_url(url, terms),
                authorization_header=_header(header),
            )
        case _:
            raise StreamFaultError(_BAD, "the delivery method is neither RFC 8935 nor RFC 8936")


def _header(value: Json) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_HEADER or not value.isprintable():
        raise StreamFaultError(_BAD, "authorization_header is not a header's value")
    if not value.isascii():
        raise StreamFaultError(_BAD, "authorization_header is not ASCII")
    return value


def _requested(body: Mapping[str, Json]) -> tuple[str, ...] | None:
    found = body.get("events_requested")
    if found is None:
        return None
    if not isinstance(found, list) or len(found) > MOST_EVENTS:
        raise StreamFaultError(_BAD, "events_requested is not a short list")
    texts = [each for each in found if isinstance(each, str) and len(each) <= LONGEST_URL]
    if len(texts) != len(found):
        raise StreamFaultError(_BAD, "events_requested holds something that is no address")
    return tuple(dict.fromkeys(texts))


def _description(body: Mapping[str, Json]) -> str:
    found = body.get("description")
    if found is None:
        return ""
    if not isinstance(found, str):
        raise StreamFaultError(_BAD, "description is no text")
    return "".join(each for each in found if each.isprintable())[:LONGEST_DESCRIPTION]


def _unchanged(stream: SendingStream, body: Mapping[str, Json], terms: Terms) -> None:
    ours = as_json(stream, terms)
    for name in _OURS:
        if name in body and not _equal(body[name], ours.get(name)):
            raise StreamFaultError(_BAD, f"{name} is the transmitter's and is not what was sent")


def _equal(one: Json, other: Json) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    if isinstance(one, list) != isinstance(other, list):
        return one in ([other], other) or other in ([one], one)
    return one == other


def short_names(uris: Collection[str]) -> tuple[str, ...]:
    """Give the short names of event addresses, others as they are."""
    return tuple(BY_URI[uri].value if uri in BY_URI else uri for uri in uris)

"""The event types of CAEP 1.0 (8), RISC 1.0 (14) and SSF 1.0 (2), and what each must carry.

A claim a definition requires must be there with one of its values; claims nobody defined are kept
aside (SSF 1.0 section 4.2.3). Legacy texts for `reason_admin` and `reason_user` (a bare string) are
taken as English, since drafts of the interoperability profile sent them so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from panshi.protection.zero_trust.signals.refusal import bad_request
from panshi.protection.zero_trust.signals.strict_json import Json

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"
_PREFIXES = {"caep": CAEP, "risc": RISC, "ssf": SSF}


class EventType(StrEnum):
    """Every event of the three profiles by its short name, profile first."""

    SESSION_REVOKED = "caep/session-revoked"
    TOKEN_CLAIMS_CHANGE = "caep/token-claims-change"  # noqa: S105 -- the name of an event
    CREDENTIAL_CHANGE = "caep/credential-change"
    ASSURANCE_LEVEL_CHANGE = "caep/assurance-level-change"
    DEVICE_COMPLIANCE_CHANGE = "caep/device-compliance-change"
    SESSION_ESTABLISHED = "caep/session-established"
    SESSION_PRESENTED = "caep/session-presented"
    RISK_LEVEL_CHANGE = "caep/risk-level-change"
    ACCOUNT_CREDENTIAL_CHANGE_REQUIRED = "risc/account-credential-change-required"
    ACCOUNT_PURGED = "risc/account-purged"
    ACCOUNT_DISABLED = "risc/account-disabled"
    ACCOUNT_ENABLED = "risc/account-enabled"
    IDENTIFIER_CHANGED = "risc/identifier-changed"
    IDENTIFIER_RECYCLED = "risc/identifier-recycled"
    CREDENTIAL_COMPROMISE = "risc/credential-compromise"
    OPT_IN = "risc/opt-in"
    OPT_OUT_INITIATED = "risc/opt-out-initiated"
    OPT_OUT_CANCELLED = "risc/opt-out-cancelled"
    OPT_OUT_EFFECTIVE = "risc/opt-out-effective"
    RECOVERY_ACTIVATED = "risc/recovery-activated"
    RECOVERY_INFORMATION_CHANGED = "risc/recovery-information-changed"
    SESSIONS_REVOKED = "risc/sessions-revoked"
    VERIFICATION = "ssf/verification"
    STREAM_UPDATED = "ssf/stream-updated"

    @property
    def uri(self) -> str:
        """Give the address that names it in tokens."""
        profile, _, name = self.value.partition("/")
        return _PREFIXES[profile] + name


BY_URI: Mapping[str, EventType] = {each.uri: each for each in EventType}
CREDENTIAL_TYPES = frozenset({
    "password", "pin", "x509", "fido2-platform", "fido2-roaming", "fido-u2f",
    "verifiable-credential", "phone-voice", "phone-sms", "app",
})  # fmt: skip
INITIATORS = frozenset({"admin", "user", "policy", "system"})
RISK_LEVELS = frozenset({"LOW", "MEDIUM", "HIGH"})
STREAM_STATES = frozenset({"enabled", "paused", "disabled"})
_COMPLIANCE = frozenset({"compliant", "not-compliant"})
_TEXT: frozenset[str] = frozenset()
LONGEST_TEXT = 4_096
LAST_SECOND = 100_000_000_000
"No clock of ours goes as far; larger numbers are milliseconds by mistake."


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Which claims an event type has: the values each may take, none listed for any text."""

    required: Mapping[str, frozenset[str]] = field(default_factory=dict)
    optional: Mapping[str, frozenset[str]] = field(default_factory=dict)


DEFINITIONS: Mapping[EventType, Claims] = {
    EventType.CREDENTIAL_CHANGE: Claims(
        # `credential_type` may be any that both sides support, so values are not closed.
        required={
            "credential_type": _TEXT,
            "change_type": frozenset({"create", "revoke", "update", "delete"}),
        },
        optional=dict.fromkeys(
            ("friendly_name", "x509_issuer", "x509_serial", "fido2_aaguid"), _TEXT
        ),
    ),
    EventType.ASSURANCE_LEVEL_CHANGE: Claims(
        required={"namespace": _TEXT, "current_level": _TEXT},
        optional={
            "previous_level": _TEXT,
            "change_direction": frozenset({"increase", "decrease"}),
        },
    ),
    EventType.DEVICE_COMPLIANCE_CHANGE: Claims(
        required={"previous_status": _COMPLIANCE, "current_status": _COMPLIANCE}
    ),
    EventType.SESSION_ESTABLISHED: Claims(
        optional=dict.fromkeys(("fp_ua", "acr", "ext_id"), _TEXT)
    ),
    EventType.SESSION_PRESENTED: Claims(optional=dict.fromkeys(("fp_ua", "ext_id"), _TEXT)),
    EventType.RISK_LEVEL_CHANGE: Claims(
        required={"principal": _TEXT, "current_level": RISK_LEVELS},
        optional={"previous_level": RISK_LEVELS, "risk_reason": _TEXT},
    ),
    EventType.ACCOUNT_DISABLED: Claims(optional={"reason": _TEXT}),
    EventType.IDENTIFIER_CHANGED: Claims(optional={"new-value": _TEXT}),
    EventType.CREDENTIAL_COMPROMISE: Claims(required={"credential_type": _TEXT}),
    EventType.VERIFICATION: Claims(optional={"state": _TEXT}),
    EventType.STREAM_UPDATED: Claims(
        required={"status": STREAM_STATES}, optional={"reason": _TEXT}
    ),
}
_NONE = Claims()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event as it was told."""

    type: EventType
    claims: Mapping[str, str] = field(default_factory=dict)
    "Claims of the definition, as texts."
    changed: Mapping[str, Json] = field(default_factory=dict)
    "New values of token claims (`token-claims-change` only)."
    methods: tuple[str, ...] = ()
    "Authentication methods (`amr` of `session-established` only)."
    happened_at: float | None = None
    "When it happened, seconds since the epoch; None where the token does not say."
    initiator: str = ""
    reason_admin: Mapping[str, str] = field(default_factory=dict)
    "Why, for administrators, by language."
    reason_user: Mapping[str, str] = field(default_factory=dict)

    def reason(self) -> str:
        """Give one line of why, in Chinese where there is one."""
        for reasons in (self.reason_admin, self.reason_user):
            for language in ("zh-TW", "zh-Hant", "zh", "en", *reasons):
                if language in reasons:
                    return reasons[language]
        return self.claims.get("reason", self.claims.get("risk_reason", ""))


def read(type_: EventType, payload: Json) -> Event:
    """Hold one event against its definition (RFC 8935 section 2.4: else `invalid_request`)."""
    if not isinstance(payload, dict):
        raise bad_request("the event's value is not an object", "事件的值不是物件")
    definition = DEFINITIONS.get(type_, _NONE)
    claims: dict[str, str] = {}
    for name, values in definition.required.items():
        if name not in payload:
            raise bad_request(f"{type_} needs the claim {name}", f"{type_} 缺少 {name}")
        claims[name] = _claim(type_, name, payload[name], values)
    for name, values in definition.optional.items():
        if payload.get(name) is not None:
            claims[name] = _claim(type_, name, payload[name], values)
    return Event(
        type=type_,
        claims=claims,
        changed=_changed(type_, payload),
        methods=_methods(type_, payload),
        happened_at=_moment(payload.get("event_timestamp")),
        initiator=_initiator(payload.get("initiating_entity")),
        reason_admin=_reasons(payload, "reason_admin"),
        reason_user=_reasons(payload, "reason_user"),
    )


def write(event: Event) -> dict[str, Json]:
    """Give an event's payload as JSON; `read` gives it back."""
    payload: dict[str, Json] = dict(event.claims)
    if event.type is EventType.TOKEN_CLAIMS_CHANGE:
        payload["claims"] = dict(event.changed)
    if event.methods:
        payload["amr"] = list(event.methods)
    if event.happened_at is not None:
        payload["event_timestamp"] = int(event.happened_at)
    if event.initiator:
        payload["initiating_entity"] = event.initiator
    if event.reason_admin:
        payload["reason_admin"] = dict(event.reason_admin)
    if event.reason_user:
        payload["reason_user"] = dict(event.reason_user)
    return payload


def _claim(type_: EventType, name: str, value: Json, values: frozenset[str]) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
        raise bad_request(f"{name} of {type_} is not a text", f"{type_} 的 {name} 不是文字")
    if values and value not in values:
        raise bad_request(
            f"{name} of {type_} is none of {', '.join(sorted(values))}",
            f"{type_} 的 {name} 須為 {'、'.join(sorted(values))} 之一",
        )
    return value


def _changed(type_: EventType, payload: dict[str, Json]) -> Mapping[str, Json]:
    if type_ is not EventType.TOKEN_CLAIMS_CHANGE:
        return {}
    found = payload.get("claims")
    if not isinstance(found, dict) or not found:
        raise bad_request(f"{type_} names no claims", f"{type_} 沒有列出 claims")
    return found


def _methods(type_: EventType, payload: dict[str, Json]) -> tuple[str, ...]:
    found = payload.get("amr")
    if type_ is not EventType.SESSION_ESTABLISHED or found is None:
        return ()
    if not isinstance(found, list):
        raise bad_request("amr is not a list of texts", "amr 不是文字清單")
    texts = tuple(each for each in found if isinstance(each, str))
    if len(texts) != len(found):
        raise bad_request("amr is not a list of texts", "amr 不是文字清單")
    return texts


def _moment(value: Json) -> float | None:
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value < LAST_SECOND
    ):
        raise bad_request(
            "event_timestamp is not seconds since 1970", "event_timestamp 不是 1970 年起的秒數"
        )
    return float(value)


def _initiator(value: Json) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or value not in INITIATORS:
        raise bad_request(
            "initiating_entity is none of admin, user, policy, system",
            "initiating_entity 須為 admin、user、policy、system 之一",
        )
    return value


def _reasons(payload: dict[str, Json], name: str) -> Mapping[str, str]:
    value = payload.get(name)
    if value is None:
        return {}
    if isinstance(value, str):
        return {"en": value[:LONGEST_TEXT]}
    if not isinstance(value, dict):
        raise bad_request(f"{name} is not texts by language", f"{name} 不是依語言列出的文字")
    texts = {language: text for language, text in value.items() if isinstance(text, str)}
    if len(texts) != len(value):
        raise bad_request(f"{name} is not texts by language", f"{name} 不是依語言列出的文字")
    return texts

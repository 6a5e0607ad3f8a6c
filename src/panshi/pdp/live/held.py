"""What the decision point holds of one live session, and what Cedar is told of it.

What is unknown is left out or listed under `signals`, never replaced by something good. Every part
of the context is there, if empty, so that whoever asks cannot supply what is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from panshi.model.zone import INSTITUTION_ZONE
from panshi.protection.zero_trust.sessions.ruling import Posture
from panshi.protection.zero_trust.trust.signal import SignalState

if TYPE_CHECKING:
    from panshi.protection.cedar import Value
    from panshi.protection.zero_trust.sessions.nouns import Session
    from panshi.protection.zero_trust.trust.standing import Standing

PHISHING_RESISTANT = frozenset({"fido", "hwk", "phr", "phrh", "pop", "sc", "swk", "webauthn"})
"Methods (RFC 8176 and OpenID's phr, phrh) that prove a key to the one site they are for."
HOUR_S = 3_600
DAY_S = 86_400
_ZONE_S = int(INSTITUTION_ZONE.utcoffset(None).total_seconds())
_THURSDAY = 3
"1970-01-01, counted from Monday."
_NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Held:
    """One live session with its trust and what was ordered for its accesses."""

    session: Session
    standing: Standing
    used_at: float
    "When something was last open or asked."
    outdated: bool = False
    "Something was said that is not weighed yet: whoever reads its trust weighs first."
    postures: dict[str, Posture] = field(default_factory=dict)
    "By access; as opened where it is not named."
    lasting: Mapping[str, Value] = field(default_factory=dict)
    "Parts of the context that change only with a signal."

    def current(self, now: float) -> bool:
        """Whether its standing says what is known at a time."""
        return not self.outdated and now < self.standing.until

    def due(self, *, idle_s: float, open_now: bool, change_at: float) -> float:
        """When it must be looked at again, whatever happens."""
        idle = inf if open_now or not idle_s else self.used_at + idle_s
        steps = (posture.due_at for posture in self.postures.values() if posture.due_at)
        return min(self.session.expires_at, idle, change_at, *steps)


def hour_and_weekday(now: float) -> tuple[int, int]:
    """Give hour and weekday (Monday is 1) where the institution is."""
    days, seconds = divmod(int(now) + _ZONE_S, DAY_S)
    return seconds // HOUR_S, (days + _THURSDAY) % 7 + 1


def next_hour(now: float) -> float:
    """Give when the hour changes there."""
    return now + HOUR_S - (now + _ZONE_S) % HOUR_S


def phishing_resistant(session: Session) -> bool:
    """Whether one of the methods used resists phishing."""
    return not PHISHING_RESISTANT.isdisjoint(session.authenticators)


def lasting_context(session: Session, standing: Standing, *, known: bool) -> Mapping[str, Value]:
    """Build what stays the same until another signal comes."""
    device: dict[str, Value] = {"known": known}
    for name, family in (("compliant", "device.compliance"), ("attested", "device.attestation")):
        match standing.states.get(family):
            case SignalState.FRESH:
                device[name] = True
            case SignalState.FALSE | SignalState.CONFLICTING:
                device[name] = False
            case _:
                pass
    place: dict[str, Value] = {}
    if session.country:
        place["country"] = session.country
    network = session.attributes.get("network")
    if isinstance(network, str) and network:
        place["network"] = network
    listed = _listed(standing)
    return {
        "device": device,
        "place": place,
        "signals": {
            "missing": frozenset(listed["missing"]),
            "stale": frozenset(listed["stale"]),
            "conflicting": frozenset(listed["conflicting"]),
        },
    }


def _listed(standing: Standing) -> Mapping[str, list[str]]:
    """Sort kinds of evidence by what is wrong; those of a silent feed by whether it spoke."""
    found: dict[str, list[str]] = {"missing": [], "stale": [], "conflicting": []}
    for name, state in standing.states.items():
        match state:
            case SignalState.MISSING | SignalState.STALE | SignalState.CONFLICTING:
                found[state].append(name)
            case SignalState.UNAVAILABLE:
                found["stale" if name in standing.families else "missing"].append(name)
            case _:
                pass
    return found


def whole_context(held: Held, now: float, *, break_glass: bool) -> Mapping[str, Value]:
    """Add what passes with time."""
    session, (hour, weekday) = held.session, hour_and_weekday(now)
    return {
        **held.lasting,
        "session": {
            "assurance": session.assurance,
            "phishing_resistant": phishing_resistant(session),
            "age_s": max(0, int(now - session.established_at)),
        },
        "trust": {"level": held.standing.level(now)},
        "time": {"hour": hour, "weekday": weekday},
        "break_glass": break_glass,
    }


def context_of_nobody(now: float) -> Mapping[str, Value]:
    """Tell Cedar that the session is not known."""
    hour, weekday = hour_and_weekday(now)
    return {
        "session": {},
        "device": {},
        "trust": {},
        "place": {},
        "signals": {
            "missing": frozenset({"session"}),
            "stale": _NOTHING,
            "conflicting": _NOTHING,
        },
        "time": {"hour": hour, "weekday": weekday},
        "break_glass": False,
    }

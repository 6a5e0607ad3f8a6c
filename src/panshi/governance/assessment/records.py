"""What people recorded of a control: claims, attestations, "not applicable", exceptions.

Newer records replace older ones. Exceptions have a life of their own and are derived from their
steps (`panshi.governance.exceptions`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from panshi.governance.assessment.looks import is_newer
from panshi.governance.assessment.moment import Moment
from panshi.governance.attestations.folding import Attestations, due
from panshi.governance.attestations.story import AttestationStory
from panshi.governance.exceptions.folding import Rules
from panshi.governance.exceptions.register import Exceptions
from panshi.governance.persons import name_defect, pair_defect
from panshi.model.asset import AssetId
from panshi.model.bodies.records import Attestation, Claim, NotApplicable
from panshi.model.control import Attesting
from panshi.model.observation import Body, ObservationId, Sealed
from panshi.model.verdict import ReasonCode

LONGEST_DAYS = 366
"A signature that a control does not apply is good for a year at most; then someone looks again."

_DIGEST_DIGITS = 64
_EMPTY_DIGESTS = frozenset({sha256(b"").hexdigest(), "0" * _DIGEST_DIGITS})
"Digests that show that there is no attachment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed[B: Body]:
    """A record with the observation that carries it."""

    sealed: Sealed
    body: B
    also: tuple[ObservationId, ...] = ()
    "Further events it rests on, such as a countersignature."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What the newest attestation of a control is worth on a day."""

    code: ReasonCode
    record: Signed[Attestation] | None = None
    defects: tuple[str, ...] = ()
    expires_on: date | None = None
    "First day on which it no longer stands."

    @property
    def stands(self) -> bool:
        """Whether the attestation is valid."""
        return self.code is ReasonCode.ATTESTED

    @property
    def acknowledged(self) -> bool:
        """Whether it is an honest statement that the control is not fulfilled."""
        return self.code is ReasonCode.ACKNOWLEDGED


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAway:
    """A signature, still in date, that a control does not apply here."""

    record: Signed[NotApplicable]
    expires_on: date
    "First day on which it is out of date."
    defects: tuple[str, ...] = ()
    "Why it has no effect; empty where it has."
    against: Signed[Attestation] | None = None
    "The acknowledged non-compliance that it cannot sign away."

    @property
    def stands(self) -> bool:
        """Whether it has effect."""
        return not self.defects


class Records:
    """The newest record of each kind per control."""

    __slots__ = ("_claims", "_not_applicable", "attestations", "exceptions")

    def __init__(self, rules: Rules | None = None) -> None:
        self._claims: dict[str, Signed[Claim]] = {}
        self._not_applicable: dict[str, Signed[NotApplicable]] = {}
        self.attestations = Attestations(rules.controls if rules is not None else {})
        self.exceptions = Exceptions(rules)

    def add(self, sealed: Sealed, asset: AssetId) -> set[str]:
        """Take a record in; give the controls it changes."""
        match sealed.observation.body:
            case Claim() as claim:
                key = _key(claim.framework, claim.control)
                return {key} if _put(self._claims, key, sealed, claim) else set()
            case NotApplicable() as signed:
                key = _key(signed.framework, signed.control)
                return {key} if _put(self._not_applicable, key, sealed, signed) else set()
            case _:
                return self.attestations.add(sealed) | self.exceptions.add(sealed, asset)

    def claim(self, control: str) -> Signed[Claim] | None:
        """Give the newest claim of a control."""
        return self._claims.get(control)

    def not_applicable(
        self, control: str, moment: Moment, *, binding: bool = False
    ) -> SignedAway | None:
        """Give the signature, still in date, that a control has no population here.

        Nobody signs away what they acknowledged not to fulfil, nor alone what the law demands.
        """
        found = self._not_applicable.get(control)
        if found is None:
            return None
        made = date.fromordinal(moment.ordinal_of(found.sealed.observation.observed_at))
        last = min(found.body.expires, made + timedelta(days=LONGEST_DAYS))
        if moment.day >= last:
            return None
        speaking = self.attestations.current(control)
        admits = speaking is not None and speaking.ended is None and not speaking.terms.fulfilled
        attestation = _signed(speaking) if speaking is not None and admits else None
        body = found.body
        lacking = {
            "owner": bool(name_defect(body.owner)),
            "reason": not body.reason.strip(),
            "countersigned_by": binding and bool(pair_defect(body.owner, body.countersigned_by)),
            "acknowledged": attestation is not None,
        }
        return SignedAway(
            record=found,
            expires_on=last,
            defects=tuple(name for name, lacks in lacking.items() if lacks),
            against=attestation,
        )

    def attested(self, control: str, needs: Attesting, moment: Moment) -> Attested:
        """Judge the newest attestation of a control by what an attestation of it needs."""
        story = self.attestations.current(control)
        if story is None:
            return _waiting(self.attestations.pending(control))
        found, last = _signed(story), due(story, needs.valid_days)
        answer = Attested(code=ReasonCode.ATTESTED, record=found, expires_on=last)
        if story.ended is not None:
            return replace(answer, code=ReasonCode.ATTESTATION_VOIDED, expires_on=None)
        if not found.body.fulfilled:
            return replace(answer, code=ReasonCode.ACKNOWLEDGED, expires_on=None)
        if moment.day >= last:
            return replace(answer, code=ReasonCode.ATTESTATION_EXPIRED, expires_on=None)
        second = needs.countersigned or story.needs_second
        defects = _defects(found.body, second=second)
        if defects:
            return replace(answer, code=ReasonCode.ATTESTATION_INCOMPLETE, defects=defects)
        return answer


def _key(framework: str, control: str) -> str:
    return f"{framework}/{control}"


def _put[K, B: Body](kept: dict[K, Signed[B]], key: K, sealed: Sealed, body: B) -> bool:
    known = kept.get(key)
    if known is not None and not is_newer(sealed, known.sealed):
        return False
    kept[key] = Signed(sealed=sealed, body=body)
    return True


def _signed(story: AttestationStory) -> Signed[Attestation]:
    return Signed(sealed=story.sealed, body=story.terms, also=story.grounds[1:])


def _waiting(story: AttestationStory | None) -> Attested:
    """Say that nothing stands yet: nobody attested, or the second person has yet to sign."""
    if story is None:
        return Attested(code=ReasonCode.ATTESTATION_MISSING)
    return Attested(
        code=ReasonCode.ATTESTATION_INCOMPLETE,
        record=_signed(story),
        defects=("countersigned_by",),
    )


def _defects(made: Attestation, *, second: bool) -> tuple[str, ...]:
    """Name the parts an attestation lacks."""
    digest = made.attachment_sha256.lower()
    lacking = {
        "owner": bool(name_defect(made.owner)),
        "scope": not made.scope.strip(),
        "attachment_sha256": len(digest) != _DIGEST_DIGITS
        or not set(digest) <= set("0123456789abcdef")
        or digest in _EMPTY_DIGESTS,
        "countersigned_by": second and bool(pair_defect(made.owner, made.countersigned_by)),
    }
    return tuple(name for name, lacks in lacking.items() if lacks)

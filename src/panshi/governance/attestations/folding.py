"""From sealed events to attestations, and which of them speaks for a control.

The newest complete one of a control speaks for it, whatever became of it: where it was withdrawn
or refuted, no older one takes its place. One that awaits its second person leaves the older one
speaking. Records of earlier databases are read by their own rules beside these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from panshi.governance.attestations.story import (
    AttestationFlaw,
    AttestationState,
    AttestationStep,
    AttestationStory,
)
from panshi.governance.persons import name_defect, pair_defect, same_person
from panshi.governance.receipt import dated_apart
from panshi.model.bodies.attestations import (
    COUNTERSIGNATURE,
    LEGACY,
    MADE,
    REEXAMINATION,
    WITHDRAWAL,
    AttestationMade,
    AttestationReexamination,
    AttestationWithdrawal,
    Countersignature,
)
from panshi.model.bodies.records import Attestation
from panshi.model.control import Basis, Control
from panshi.model.observation import ObservationId, Sealed
from panshi.model.zone import day_of

STEPS = (COUNTERSIGNATURE, WITHDRAWAL, REEXAMINATION)
WRITTEN = (MADE, *STEPS)
KINDS = frozenset({LEGACY, *WRITTEN})
LONGEST_DAYS = 366
DIGEST_DIGITS = 64

type Found = tuple[AttestationFlaw | None, str]
_FINE: Found = (None, "")


class Attestations:
    """Every attestation of an estate, with the steps that followed."""

    def __init__(self, controls: Mapping[str, Control]) -> None:
        self._controls = controls
        self._made: dict[ObservationId, Sealed] = {}
        self._steps: dict[str, dict[ObservationId, Sealed]] = {}
        self._by_control: dict[str, set[ObservationId]] = {}
        self._numbers: dict[str, set[tuple[int, ObservationId]]] = {}
        self._stories: dict[ObservationId, AttestationStory] = {}

    def add(self, sealed: Sealed) -> set[str]:
        """Take an event in; give the controls it speaks of in a new way."""
        match sealed.observation.body:
            case Attestation() | AttestationMade() as body:
                key = f"{body.framework}/{body.control}"
                if sealed.id in self._made:
                    return set()
                before = self._told(key)
                self._made[sealed.id] = sealed
                self._by_control.setdefault(key, set()).add(sealed.id)
                if isinstance(body, AttestationMade):
                    number = self._numbers.setdefault(sealed.observation.facet, set())
                    number.add((sealed.position, sealed.id))
                    for _, other in number:
                        self._stories.pop(other, None)
                return {key} if self._told(key) != before else set()
            case Countersignature() | AttestationWithdrawal() | AttestationReexamination() as step:
                return self._take_step(sealed, ObservationId(step.attestation))
            case _:
                return set()

    def _take_step(self, sealed: Sealed, about: ObservationId) -> set[str]:
        known = self._made.get(about)
        key = self._key(known) if known is not None else ""
        before = self._told(key)
        self._steps.setdefault(about, {})[sealed.id] = sealed
        self._stories.pop(about, None)
        return {key} if key and self._told(key) != before else set()

    def all(self) -> tuple[AttestationStory, ...]:
        """Give every attestation, in the order they were sealed."""
        made = sorted(self._made.values(), key=lambda each: each.position)
        return tuple(self.story(each.id) for each in made)

    def find(self, name: str) -> AttestationStory | None:
        """Give an attestation by its evidence id, or the newest of a number."""
        if name in self._made:
            return self.story(ObservationId(name))
        found = (each for each in self.all() if each.number == name and not _taken(each))
        return max(found, key=_newness, default=None)

    def speaking_at(self, moment: datetime) -> tuple[AttestationStory, ...]:
        """Give those that spoke for their controls at a moment, ended since or not."""
        spoke: dict[str, AttestationStory] = {}
        for story in self.all():
            early = max(story.since, story.sealed.received_at) < moment
            known = spoke.get(story.control)
            if early and story.counts and (known is None or _newness(known) < _newness(story)):
                spoke[story.control] = story
        return tuple(spoke.values())

    def current(self, control: str) -> AttestationStory | None:
        """Give the one that speaks for a control."""
        complete = (each for each in self._of(control) if each.counts)
        return max(complete, key=_newness, default=None)

    def pending(self, control: str) -> AttestationStory | None:
        """Give the newest one that awaits a second person."""
        return max((each for each in self._of(control) if each.pending), key=_newness, default=None)

    def story(self, made: ObservationId) -> AttestationStory:
        """Give one attestation with what followed."""
        if made not in self._stories:
            self._stories[made] = self._folded(self._made[made])
        return self._stories[made]

    def tried(self, sealed: Sealed) -> Found:
        """Say what flaw an event would have if it were sealed now; nothing is kept."""
        again = Attestations(self._controls)
        for each in (*self._made.values(), *_each(self._steps), sealed):
            again.add(each)
        match sealed.observation.body:
            case AttestationMade():
                story = again.story(sealed.id)
                return story.flaw, story.detail
            case Countersignature() | AttestationWithdrawal() | AttestationReexamination() as step:
                if step.attestation not in again._made:
                    return AttestationFlaw.NOTHING, step.attestation
                steps = again.story(ObservationId(step.attestation)).steps
                found = next(each for each in steps if each.sealed.id == sealed.id)
                return found.flaw, found.detail
            case _:
                return AttestationFlaw.NOTHING, ""

    # -- one attestation ---------------------------------------------------------------------

    def _of(self, control: str) -> Iterable[AttestationStory]:
        return (self.story(each) for each in self._by_control.get(control, ()))

    def _told(self, control: str) -> tuple[AttestationStory | None, AttestationStory | None]:
        return (self.current(control), self.pending(control)) if control else (None, None)

    def _key(self, sealed: Sealed) -> str:
        body = sealed.observation.body
        known = isinstance(body, Attestation | AttestationMade)
        return f"{body.framework}/{body.control}" if known else ""  # type: ignore[union-attr]

    def _folded(self, sealed: Sealed) -> AttestationStory:
        body = sealed.observation.body
        if isinstance(body, AttestationMade):
            story = self._begun(sealed, body)
        elif isinstance(body, Attestation):
            story = AttestationStory(
                number=sealed.observation.facet,
                control=self._key(sealed),
                sealed=sealed,
                terms=body,
                since=sealed.observation.observed_at,
                grounds=(sealed.id,),
            )
        else:
            raise TypeError(sealed.observation.kind)
        steps = self._steps.get(sealed.id, {}).values()
        for each in sorted(steps, key=lambda step: step.position):
            story = _with_step(story, each)
        return story

    def _begun(self, sealed: Sealed, made: AttestationMade) -> AttestationStory:
        key = f"{made.framework}/{made.control}"
        control = self._controls.get(key)
        flaw, detail = self._flaw(sealed, made, control)
        needs = control.attesting if control is not None else None
        binding = control is not None and control.strength.binding
        return AttestationStory(
            number=sealed.observation.facet,
            control=key,
            sealed=sealed,
            made=made,
            terms=Attestation(
                framework=made.framework,
                control=made.control,
                owner=made.attested_by,
                scope=made.scope,
                expires=made.expires,
                attachment=made.attachment,
                attachment_sha256=made.attachment_sha256,
                statement=made.statement,
                fulfilled=made.fulfilled,
            ),
            flaw=flaw,
            detail=detail,
            since=sealed.observation.observed_at,
            needs_second=binding or (needs is not None and needs.countersigned),
            grounds=(sealed.id,),
        )

    def _flaw(self, sealed: Sealed, made: AttestationMade, control: Control | None) -> Found:
        day = day_of(sealed.received_at)
        number = self._numbers.get(sealed.observation.facet, set())
        first = min(number, default=(sealed.position, sealed.id))
        defect = name_defect(made.attested_by)
        digest = made.attachment_sha256
        sound = len(digest) == DIGEST_DIGITS and set(digest) <= set("0123456789abcdef")
        checks: tuple[tuple[bool, AttestationFlaw, str], ...] = (
            (first[1] != sealed.id, AttestationFlaw.NUMBER_TAKEN, sealed.observation.facet),
            (dated_apart(sealed), AttestationFlaw.DATED_APART, ""),
            (control is None, AttestationFlaw.UNKNOWN_CONTROL, made.control),
            (
                control is not None and control.basis is not Basis.ATTESTED,
                AttestationFlaw.NOT_ATTESTED,
                made.control,
            ),
            (bool(defect), AttestationFlaw.NOBODY, defect),
            (not made.scope.strip(), AttestationFlaw.NO_SCOPE, ""),
            (not made.statement.strip(), AttestationFlaw.NO_STATEMENT, ""),
            (not sound or made.attachment_bytes <= 0, AttestationFlaw.NO_ATTACHMENT, ""),
            (
                made.period_end < made.period_start or made.expires <= day,
                AttestationFlaw.BACKWARDS,
                "",
            ),
            ((made.expires - day).days > LONGEST_DAYS, AttestationFlaw.TOO_LONG, str(LONGEST_DAYS)),
        )
        return next(((flaw, detail) for broken, flaw, detail in checks if broken), _FINE)


def _with_step(story: AttestationStory, sealed: Sealed) -> AttestationStory:
    """Put one event to the rules, and to the story."""
    body = sealed.observation.body
    by = _acting(body)
    flaw, detail = _step_flaw(story, sealed, by)
    step = AttestationStep(sealed=sealed, by=by, flaw=flaw, detail=detail)
    changed = replace(story, steps=(*story.steps, step))
    if flaw is not None:
        return changed
    changed = replace(changed, grounds=(*changed.grounds, sealed.id))
    match body:
        case Countersignature():
            return replace(
                changed,
                countersigned=sealed.id,
                since=max(changed.since, sealed.observation.observed_at),
                terms=replace(changed.terms, countersigned_by=by),
            )
        case AttestationWithdrawal():
            return replace(changed, ended=AttestationState.WITHDRAWN)
        case AttestationReexamination() if not body.upheld:
            return replace(changed, ended=AttestationState.REFUTED)
        case _:
            return changed


def _step_flaw(story: AttestationStory, sealed: Sealed, by: str) -> Found:
    if story.flaw is not None or story.ended is not None:
        return AttestationFlaw.ENDED, ""
    if sealed.position <= story.sealed.position:
        return AttestationFlaw.NOTHING, ""
    if dated_apart(sealed):
        return AttestationFlaw.DATED_APART, ""
    match sealed.observation.body:
        case Countersignature():
            return _countersigning_flaw(story, sealed, by)
        case AttestationReexamination() as body:
            return (AttestationFlaw.NO_WHY, "") if not body.finding.strip() else _pair(story, by)
        case AttestationWithdrawal() as body:
            if name_defect(by) or not same_person(story.terms.owner, by):
                return AttestationFlaw.NOT_THE_OWNER, by
            return _FINE if body.why.strip() else (AttestationFlaw.NO_WHY, "")
        case _:
            return AttestationFlaw.NOTHING, ""


def _countersigning_flaw(story: AttestationStory, sealed: Sealed, by: str) -> Found:
    if story.terms.countersigned_by:
        return AttestationFlaw.COUNTERSIGNED_ALREADY, ""
    if day_of(sealed.received_at) >= story.terms.expires:
        return AttestationFlaw.EXPIRED, ""
    return _pair(story, by)


def _pair(story: AttestationStory, by: str) -> Found:
    """Refuse whoever signed before."""
    signed = filter(None, (story.terms.owner, story.terms.countersigned_by))
    defect = next(filter(None, (pair_defect(each, by) for each in signed)), "")
    return (AttestationFlaw.SAME_PERSON, defect) if defect else _FINE


def _acting(body: object) -> str:
    match body:
        case Countersignature():
            return body.countersigned_by
        case AttestationWithdrawal():
            return body.withdrawn_by
        case AttestationReexamination():
            return body.reexamined_by
        case _:
            return ""


def _taken(story: AttestationStory) -> bool:
    return story.flaw is AttestationFlaw.NUMBER_TAKEN


def _newness(story: AttestationStory) -> tuple[datetime, int]:
    return story.since, story.sealed.position


def _each(steps: Mapping[str, Mapping[ObservationId, Sealed]]) -> Iterable[Sealed]:
    return (each for kept in steps.values() for each in kept.values())


def due(story: AttestationStory, valid_days: int) -> date:
    """Give the first day on which an attestation stands no longer."""
    made = day_of(story.sealed.observation.observed_at)
    return min(story.terms.expires, made + timedelta(days=valid_days))

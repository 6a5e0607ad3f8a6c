"""One verdict per control and field, by the basis on which the control is judged.

    not applicable, signed ── nothing to judge over ── contradicted ── met ── not met ── unknown

Verdicts are computed when asked for and kept until what they rest on changes. A derived control
rests on its parts, an exception on its compensating controls; a control that is made of itself
is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from panshi.governance.assessment import reasons, shares
from panshi.governance.assessment.contradictions import Contradicted
from panshi.governance.assessment.departures import Departed
from panshi.governance.assessment.grounds import Grounds
from panshi.governance.assessment.records import Attested, SignedAway
from panshi.governance.assessment.statistics import (
    chance_at_least,
    evidenced_share,
    possible_share,
    reaches,
)
from panshi.governance.assessment.weighing import Applied, Excused, Weighed, apply, excuse, weigh
from panshi.governance.exceptions.story import ExceptionState, Story
from panshi.model.control import Basis, Control
from panshi.model.observation import ObservationId
from panshi.model.verdict import ReasonCode, Status, Verdict

type Kept[T] = dict[str, dict[str, T]]
"By control key, then by field."


class Judge:
    """Verdicts over one set of grounds."""

    def __init__(self, grounds: Grounds) -> None:
        self.grounds = grounds
        self._verdicts: Kept[Verdict] = {}
        self._weighed: Kept[Weighed] = {}
        self._contradicted: Kept[Contradicted] = {}
        self._departed: Kept[Departed | None] = {}
        self._full: Kept[Verdict] = {}

    def drop(self, keys: Iterable[str]) -> None:
        """Forget the verdicts of some controls."""
        for key in keys:
            self._verdicts.pop(key, None)
            self._weighed.pop(key, None)
            self._contradicted.pop(key, None)
            self._departed.pop(key, None)
            self._full.pop(key, None)

    def verdict(self, key: str, in_field: str = "") -> Verdict:
        """Give the verdict of a control without its evidence ids."""
        kept = self._verdicts.setdefault(key, {})
        if in_field not in kept:
            control = self.grounds.controls[key]
            verdict = self._judged(control, in_field)
            departed = self.departed(control, in_field)
            if departed is not None:
                verdict = replace(
                    verdict,
                    reasons=(*verdict.reasons, *reasons.of_departed(departed)),
                    expires_on=_first((verdict.expires_on, departed.expires_on)),
                )
            kept[in_field] = verdict
        return kept[in_field]

    def weighed(self, control: Control, in_field: str = "") -> Weighed:
        """Give what the evidence alone says of a control."""
        kept = self._weighed.setdefault(control.key, {})
        if in_field not in kept:
            contradicted = self.contradicted(control, in_field)
            kept[in_field] = weigh(self.grounds, control, in_field, contradicted)
        return kept[in_field]

    def contradicted(self, control: Control, in_field: str = "") -> Contradicted:
        """Give what tests say of a control."""
        kept = self._contradicted.setdefault(control.key, {})
        if in_field not in kept:
            kept[in_field] = self.grounds.contradicted(control, in_field)
        return kept[in_field]

    def departed(self, control: Control, in_field: str = "") -> Departed | None:
        """Give what left a control's population with a failure; None without a commit to ask."""
        kept = self._departed.setdefault(control.key, {})
        if in_field not in kept:
            standing = self.contradicted(control, in_field)
            kept[in_field] = self.grounds.departed(control, in_field, standing)
        return kept[in_field]

    def excused(self, control: Control, in_field: str = "") -> Excused:
        """Give the exceptions that bear on a control's failing items."""
        weighed = self.weighed(control, in_field)
        return excuse(self.grounds, control, in_field, weighed, self.evidenced)

    def evidenced(self, key: str) -> bool:
        """Whether a control is met by evidence alone, without any exception or attestation."""
        control = self.grounds.controls.get(key)
        if control is None or key in self.grounds.circular:
            return False
        match control.basis:
            case Basis.EVIDENCE:
                return self.weighed(control).met
            case Basis.DERIVED:
                contradicted = self.contradicted(control).open
                return not contradicted and all(self.evidenced(part) for part in control.made_of)
            case Basis.ATTESTED | Basis.NOT_YET | Basis.NOT_JUDGED:
                return False

    def wholly_excepted(self, key: str) -> bool:
        """Whether a live exception covers a control's whole population, or the institution."""
        return any(each.live for each in self._whole_exceptions(key))

    def _is_whole(self, story: Story) -> bool:
        institutions = self.grounds.contradictions.institutions
        scope = story.request.scope
        return not scope or not institutions.isdisjoint(scope)

    # -- by basis --------------------------------------------------------------------------

    def _judged(self, control: Control, in_field: str) -> Verdict:
        match control.basis:
            case Basis.EVIDENCE:
                return self._by_evidence(control, in_field)
            case Basis.ATTESTED:
                return self._by_attestation(control, in_field)
            case Basis.DERIVED:
                return self._by_parts(control, in_field)
            case Basis.NOT_YET | Basis.NOT_JUDGED:
                return self._unjudged(control, in_field)

    def _blank(self, control: Control, in_field: str, status: Status) -> Verdict:
        claim = self.grounds.records.claim(control.key)
        return Verdict(
            control=control.key,
            basis=control.basis,
            status=status,
            stage=control.stage,
            in_field=in_field,
            claimed=claim.body.share if claim is not None else None,
            confidence=self.grounds.confidence,
        )

    def _by_evidence(self, control: Control, in_field: str) -> Verdict:
        weighed = self.weighed(control, in_field)
        excused = self.excused(control, in_field)
        tally = replace(weighed.tally, excepted=excused.items)
        wanted = weighed.wanted - excused.items
        forgiving = (
            chance_at_least(max(wanted, 0), tally.passing, tally.seen, tally.population)
            if tally.seen
            else None
        )
        contradicted = weighed.contradicted
        confidence = self.grounds.confidence
        met = forgiving is not None and reaches(forgiving, confidence) and not contradicted.open
        whole = self.weighed(control).tally.population
        status = self._status(control, weighed, forgiving, met=met, whole=whole)
        return replace(
            self._blank(control, in_field, status),
            tally=tally,
            evidenced=evidenced_share(tally.passing, tally.seen, tally.population, confidence),
            possible=possible_share(tally.passing, tally.seen, tally.population),
            probability=weighed.probability,
            target=self.grounds.target(control) / 1000,
            fresh_days=self.grounds.fresh_days(control),
            met=met,
            met_without_exceptions=weighed.met,
            reasons=reasons.of_evidence(
                self.grounds, control, in_field, weighed=weighed, excused=excused, status=status
            ),
            expires_on=self._evidence_expires(control, excused),
        )

    def _status(
        self, control: Control, weighed: Weighed, chance: float | None, *, met: bool, whole: int
    ) -> Status:
        tally = weighed.tally
        failing = tally.failing + tally.stale_fail
        if weighed.contradicted.open:
            return Status.NOT_MET
        if not tally.population:
            signed = not whole and self._signed_away(control)
            return Status.NOT_APPLICABLE if signed else Status.NO_POPULATION
        if met:
            return Status.MET
        if chance is None:
            return Status.UNKNOWN
        # A sample without a failure is never "not met", however small: the low probability is
        # then the prior's, not the evidence's.
        if chance == 0.0 or (failing and reaches(1.0 - chance, self.grounds.confidence)):
            return Status.NOT_MET
        return Status.UNKNOWN

    def _signed_away(self, control: Control) -> bool:
        signed = self.grounds.signed_away(control)
        return signed is not None and signed.stands

    def _by_attestation(self, control: Control, in_field: str) -> Verdict:
        found = self.attested(control)
        contradicted = self.contradicted(control, in_field).open
        exceptions = self._whole_exceptions(control.key)
        signed = self.grounds.signed_away(control)
        if contradicted:
            status = Status.NOT_MET
        elif signed is not None and signed.stands and not found.stands:
            status = Status.NOT_APPLICABLE
        else:
            status = Status.ATTESTED if found.stands else Status.NOT_ATTESTED
        stands = status is Status.ATTESTED
        excepted = status is Status.NOT_ATTESTED and any(each.live for each in exceptions)
        days = [found.expires_on]
        if signed is not None and not stands and not contradicted:
            days.append(signed.expires_on)
        if not stands:
            days += [each.standing.changes_on for each in exceptions if each.told]
        return replace(
            self._blank(control, in_field, status),
            met=stands or excepted,
            met_without_exceptions=stands,
            reasons=reasons.of_attestation(
                self.grounds, control, found, contradicted=contradicted, exceptions=exceptions
            ),
            expires_on=_first(days),
        )

    def attested(self, control: Control) -> Attested:
        """Give what the newest attestation of a control is worth today."""
        if control.attesting is None:
            return Attested(code=ReasonCode.ATTESTATION_MISSING)
        return self.grounds.records.attested(control.key, control.attesting, self.grounds.signing)

    def parts(self, control: Control, in_field: str) -> tuple[Verdict, ...]:
        """Give the verdicts a derived control is made of, those of unknown controls left out."""
        if control.key in self.grounds.circular:
            return ()
        known = (part for part in control.made_of if part in self.grounds.controls)
        return tuple(self.verdict(part, in_field) for part in known)

    def _by_parts(self, control: Control, in_field: str) -> Verdict:
        parts = self.parts(control, in_field)
        counted = [part for part in parts if part.status is not Status.NOT_APPLICABLE]
        missing = len(control.made_of) - len(parts)
        contradicted = self.contradicted(control, in_field).open
        exceptions = self._whole_exceptions(control.key)
        plain = bool(counted) and not missing and not contradicted
        without = plain and all(part.met_without_exceptions for part in counted)
        met = plain and all(part.met for part in counted)
        if not met and any(each.live for each in exceptions) and not contradicted:
            met = True
        if contradicted:
            status = Status.NOT_MET
        elif parts and not counted and not missing:
            status = Status.NOT_APPLICABLE
        else:
            status = _combined(counted, met=met)
        blank = self._blank(control, in_field, status)
        mean = shares.mean(counted)
        days = [part.expires_on for part in parts]
        if not without:
            days += [each.standing.changes_on for each in exceptions if each.told]
        return replace(
            blank,
            claimed=blank.claimed if blank.claimed is not None else mean.claimed,
            evidenced=mean.evidenced,
            possible=mean.possible,
            met=met,
            met_without_exceptions=without,
            reasons=reasons.of_parts(
                control, counted, contradicted=contradicted, exceptions=exceptions
            ),
            expires_on=_first(days),
        )

    def _unjudged(self, control: Control, in_field: str) -> Verdict:
        contradicted = self.contradicted(control, in_field).open
        signed = self._signed_away(control)
        status = Status.NOT_JUDGED
        if contradicted:
            status = Status.NOT_MET
        elif signed:
            status = Status.NOT_APPLICABLE
        return replace(
            self._blank(control, in_field, status),
            reasons=reasons.of_unjudged(self.grounds, control, contradicted, status),
            expires_on=None if contradicted else _signed_until(self.grounds.signed_away(control)),
        )

    # -- when it may change ----------------------------------------------------------------

    def _evidence_expires(self, control: Control, excused: Excused) -> date | None:
        ledger = self.grounds.ledger(control)
        days = [ledger.first_change()]
        if ledger.members.timed:
            days.append(self.grounds.moment.day + timedelta(days=1))
        if not ledger.members.ids:
            days.append(_signed_until(self.grounds.signed_away(control)))
        for applied in filter(_told, excused.applied):
            days.append(applied.standing.changes_on)
            days += [
                self.grounds.ledger(self.grounds.controls[key]).first_change()
                for key in applied.story.request.compensating
                if applied.standing.state.live
                and key in self.grounds.controls
                and self.grounds.controls[key].basis is Basis.EVIDENCE
            ]
        return _first(days)

    # -- what it rests on ------------------------------------------------------------------

    def full_verdict(self, key: str, in_field: str = "") -> Verdict:
        """Give the verdict of a control with every observation it rests on, each once."""
        kept = self._full.setdefault(key, {})
        if in_field not in kept:
            rests_on = self._rests_on(self.grounds.controls[key], in_field)
            kept[in_field] = replace(
                self.verdict(key, in_field), evidence_ids=tuple(dict.fromkeys(rests_on))
            )
        return kept[in_field]

    def _rests_on(self, control: Control, in_field: str) -> Iterable[ObservationId]:
        grounds = self.grounds
        if control.basis is Basis.EVIDENCE:
            yield from grounds.ledger(control).evidence_ids(in_field)
            leant_on = self.excused(control, in_field).applied
        else:
            met = self.verdict(control.key, in_field).met_without_exceptions
            leant_on = () if met else self._whole_exceptions(control.key)
        for part in self.parts(control, in_field):
            yield from self.full_verdict(part.control, in_field).evidence_ids
        for sealed in self.contradicted(control, in_field).heard:
            yield sealed.id
        for applied in leant_on:
            if applied.told:
                yield from applied.story.grounds
            if applied.standing.state is ExceptionState.ACTIVE:
                yield from self._compensating_ids(applied)
        departed = self.departed(control, in_field)
        if departed is not None:
            yield from departed.evidence_ids
        yield from self._signed_ids(control, in_field)

    def _whole_exceptions(self, key: str) -> tuple[Applied, ...]:
        """Exceptions that bear on a control without a population of its own."""
        return tuple(
            apply(self.grounds, story, self.evidenced)
            for story in self.grounds.records.exceptions.of(key)
            if self._is_whole(story)
        )

    def _signed_ids(self, control: Control, in_field: str) -> Iterable[ObservationId]:
        records = self.grounds.records
        claim = records.claim(control.key)
        if claim is not None:
            yield claim.sealed.id
        if control.attesting is not None:
            attestation = self.attested(control).record
            if attestation is not None:
                yield attestation.sealed.id
                yield from attestation.also
        signed = self.grounds.signed_away(control)
        told = {each.code for each in self.verdict(control.key, in_field).reasons}
        if signed is not None and told & _OF_SIGNATURES:
            yield signed.record.sealed.id
            if signed.against is not None:
                yield signed.against.sealed.id
                yield from signed.against.also

    def _compensating_ids(self, applied: Applied) -> Iterable[ObservationId]:
        for key in applied.story.request.compensating:
            control = self.grounds.controls.get(key)
            if control is not None and control.basis is Basis.EVIDENCE:
                yield from self.grounds.ledger(control).evidence_ids()
                yield from (each.id for each in self.contradicted(control).heard)


_OF_SIGNATURES = frozenset({ReasonCode.SIGNED_NOT_APPLICABLE, ReasonCode.NOT_APPLICABLE_VOID})


def _combined(counted: list[Verdict], *, met: bool) -> Status:
    """Give the status of a derived control from its parts."""
    if met:
        attested = counted and all(part.status is Status.ATTESTED for part in counted)
        return Status.ATTESTED if attested else Status.MET
    failed = {Status.NOT_MET, Status.NOT_ATTESTED}
    return (
        Status.NOT_MET
        if any(part.status in failed and not part.met for part in counted)
        else Status.UNKNOWN
    )


def _told(applied: Applied) -> bool:
    return applied.told


def _signed_until(signed: SignedAway | None) -> date | None:
    return signed.expires_on if signed is not None else None


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)

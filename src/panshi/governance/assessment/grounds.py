"""Everything a judgement stands on at one moment: estate, content, thresholds and the evidence.

Evidence comes in one observation at a time, in any order, each once or more often; what it
touches is told as control keys. The day of judgement turns by rebuilding what depends on age.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property

from panshi.errors import UsageError
from panshi.governance.assessment.contradictions import Contradicted, Contradictions
from panshi.governance.assessment.criteria import Criterion
from panshi.governance.assessment.departures import Departed, Departures
from panshi.governance.assessment.ledger import Ledger
from panshi.governance.assessment.looks import Looks
from panshi.governance.assessment.moment import Moment
from panshi.governance.assessment.populations import Members, Populations
from panshi.governance.assessment.records import Records, SignedAway
from panshi.governance.exceptions.folding import Rules
from panshi.governance.parameters import (
    CONFIDENCE,
    DEFAULT_CONFIDENCE,
    fresh_name,
    target_name,
)
from panshi.model.asset import AssetId
from panshi.model.control import Check, Control, Framework, Population
from panshi.model.estate import Estate
from panshi.model.observation import Sealed

RECORDS = "record."
"Prefix of the kinds in which people record something."


class Grounds:
    """What is known, and the ledgers of every population asked for."""

    def __init__(
        self,
        *,
        estate: Estate,
        frameworks: Mapping[str, Framework],
        parameters: Mapping[str, float],
        moment: Moment,
        previous: Estate | None = None,
        rules: Rules | None = None,
        learned_until: datetime | None = None,
    ) -> None:
        self.estate = estate
        self.frameworks = frameworks
        self.parameters = {CONFIDENCE: DEFAULT_CONFIDENCE, **parameters}
        self.moment = moment
        self.controls: dict[str, Control] = {
            control.key: control
            for framework in frameworks.values()
            for control in framework.controls
        }
        self._by_kind: dict[str, list[Control]] = {}
        for control in self.controls.values():
            if control.check is not None:
                self._by_kind.setdefault(control.check.observation, []).append(control)
        self.looks = Looks(self._by_kind)
        self.contradictions = Contradictions(self.controls.values(), estate)
        self.records = Records(rules)
        self._learned_until = learned_until
        self.departures: Departures | None = None
        if previous is not None:
            departures = Departures(previous, estate, self.controls.values(), moment)
            self.departures = departures if departures.any else None
        self._turn()

    def turn_to(self, moment: Moment) -> None:
        """Move on to another moment; what depends on age is judged anew when next asked."""
        turned = moment.ordinal != self.moment.ordinal
        self.moment = moment
        if turned:
            self._turn()

    def _turn(self) -> None:
        self.populations = Populations(self.estate, self.moment)
        self._criteria: dict[tuple[Check, int], Criterion] = {}
        self._ledgers: dict[tuple[Check, int, Population], Ledger] = {}
        self._criteria_of: dict[str, list[Criterion]] = {}
        self._ledgers_of: dict[str, list[Ledger]] = {}
        self._ledger_of: dict[str, Ledger] = {}
        self._members_of: dict[str, Members] = {}
        if self.departures is not None:
            self.departures.turn_to(self.moment)

    @property
    def signing(self) -> Moment:
        """Moment at which signatures are looked at: never before what the log learned last.

        A clock set back therefore brings back nothing that lapsed, and hides nothing revoked.
        """
        learned = self._learned_until
        ahead = learned is not None and learned > self.moment.as_of
        return Moment(learned) if learned is not None and ahead else self.moment

    @property
    def signing_day(self) -> date:
        """Day on which exceptions are looked at."""
        return self.signing.day

    def waits(self, sealed: Sealed) -> bool:
        """Whether an observation is dated ahead of what can be known now."""
        bound = self.moment.as_of
        if sealed.observation.kind.startswith(RECORDS) and self._learned_until is not None:
            bound = max(bound, self._learned_until)
        return max(sealed.received_at, sealed.observation.observed_at) > bound

    # -- thresholds ------------------------------------------------------------------------

    @property
    def confidence(self) -> float:
        """Probability from which a control counts as met."""
        return self.parameters[CONFIDENCE]

    def target(self, control: Control) -> int:
        """Target share of a control in thousandths."""
        default = control.check.target_permille if control.check is not None else 0
        return int(self.parameters.get(target_name(control.key), default))

    def fresh_days(self, control: Control) -> int:
        """Freshness period of a control in days."""
        default = control.check.fresh_days if control.check is not None else 0
        return int(self.parameters.get(fresh_name(control.key), default))

    # -- what a control looks at -----------------------------------------------------------

    def members(self, control: Control) -> Members | None:
        """Give the population of a control, where it has one."""
        if control.population is None:
            return None
        key = control.key
        if key not in self._members_of:
            self._members_of[key] = self.populations.of(control.population)
        return self._members_of[key]

    def ledger(self, control: Control) -> Ledger:
        """Give the states of a control's population; only for controls with a check."""
        key = control.key
        if key not in self._ledger_of:
            self._ledger_of[key] = self._shared_ledger(control)
        return self._ledger_of[key]

    def _shared_ledger(self, control: Control) -> Ledger:
        check, population = control.check, control.population
        if check is None or population is None:
            raise UsageError(f"control {control.key} is not judged from evidence")
        case = (check, self.fresh_days(control), population)
        if case not in self._ledgers:
            criterion = self._criterion(check, self.fresh_days(control))
            self._ledgers[case] = Ledger(criterion, self.populations.of(population))
            self._ledgers_of.setdefault(check.observation, []).append(self._ledgers[case])
        return self._ledgers[case]

    def _criterion(self, check: Check, fresh: int) -> Criterion:
        case = (check, fresh)
        if case not in self._criteria:
            looks = self.looks.of(check.observation)
            self._criteria[case] = Criterion(check, fresh, looks, self.moment)
            self._criteria_of.setdefault(check.observation, []).append(self._criteria[case])
        return self._criteria[case]

    def contradicted(self, control: Control, in_field: str) -> Contradicted:
        """Give what tests say of a control."""
        return self.contradictions.of(control.key, self.members(control), in_field)

    def departed(self, control: Control, in_field: str, standing: Contradicted) -> Departed | None:
        """Give what left a control's population since the earlier version, if there is one."""
        if self.departures is None:
            return None
        return self.departures.of(
            control,
            self.members(control),
            in_field,
            fresh_days=self.fresh_days(control),
            unchanged=self.ledger(control).criterion if control.check is not None else None,
            standing=standing,
        )

    def signed_away(self, control: Control) -> SignedAway | None:
        """Give the signature, still in date, that a control does not apply, with its defects."""
        return self.records.not_applicable(
            control.key, self.signing, binding=control.strength.binding
        )

    # -- evidence --------------------------------------------------------------------------

    def knows(self, subject: str) -> bool:
        """Whether a subject was known in the earlier version of the estate."""
        departures = self.departures
        return departures is not None and departures.previous.resolve(subject) is not None

    def take(self, sealed: Sealed, asset: AssetId | None) -> set[str]:
        """Take an observation in; give the controls it speaks of in a new way.

        Without an asset it is of one that only the earlier version of the estate knew.
        """
        gone = self.departures.take(sealed) if self.departures is not None else set()
        return gone if asset is None else gone | self._take(sealed, asset)

    def _take(self, sealed: Sealed, asset: AssetId) -> set[str]:
        kind = sealed.observation.kind
        if kind.startswith(RECORDS):
            return self.records.add(sealed, asset)
        touched = self.contradictions.add(sealed, asset, self.moment)
        if kind in self._by_kind:
            touched |= self._take_look(sealed, asset)
        return touched

    def load(self, evidence: Iterable[tuple[Sealed, AssetId | None]]) -> None:
        """Take in a whole body of evidence before anything was judged."""
        departures = self.departures
        for sealed, asset in evidence:
            if departures is not None:
                departures.take(sealed)
            if asset is None:
                continue
            kind = sealed.observation.kind
            if kind.startswith(RECORDS):
                self.records.add(sealed, asset)
                continue
            self.contradictions.add(sealed, asset, self.moment)
            if kind in self._by_kind:
                self.looks.add(sealed, asset)

    def _take_look(self, sealed: Sealed, asset: AssetId) -> set[str]:
        kind = sealed.observation.kind
        if not self.looks.add(sealed, asset):
            return set()
        before: dict[Criterion, int] = {}
        for criterion in self._criteria_of.get(kind, ()):
            known = criterion.forget(asset)
            if known is not None:
                before[criterion] = known
        for ledger in self._ledgers_of.get(kind, ()):
            if asset in ledger.members.number:
                ledger.renew(asset, before[ledger.criterion])
        return {control.key for control in self._by_kind[kind] if self._is_member(asset, control)}

    def _is_member(self, asset: AssetId, control: Control) -> bool:
        members = self.members(control)
        return members is not None and asset in members.number

    # -- how controls hang together --------------------------------------------------------

    @cached_property
    def wholes(self) -> dict[str, tuple[str, ...]]:
        """Derived controls by each of their parts."""
        found: dict[str, list[str]] = {}
        for control in self.controls.values():
            for part in control.made_of:
                found.setdefault(part, []).append(control.key)
        return {part: tuple(wholes) for part, wholes in found.items()}

    @cached_property
    def circular(self) -> frozenset[str]:
        """Derived controls that, through their parts, are made of themselves."""
        return frozenset(key for key in self.controls if key in self._below(key))

    def _below(self, key: str) -> set[str]:
        found: set[str] = set()
        open_ = list(self.controls[key].made_of)
        while open_:
            part = open_.pop()
            if part not in found:
                found.add(part)
                open_.extend(self.controls[part].made_of if part in self.controls else ())
        return found

    def dependants(self, touched: Iterable[str]) -> set[str]:
        """Give the controls touched and all whose verdicts rest on theirs."""
        found: set[str] = set()
        open_ = [key for key in touched if key in self.controls]
        while open_:
            key = open_.pop()
            if key not in found:
                found.add(key)
                open_.extend(self.wholes.get(key, ()))
                open_.extend(self.records.exceptions.excused_by(key) & self.controls.keys())
        return found

"""The assessor: an estate, frameworks and evidence in; verdicts, stages and proofs out.

    assessor = Assessor(estate=…, frameworks=…, mappings=…, evidence=log.latest(), …)
    assessor.assess("zt36")            every verdict and stage of a framework
    assessor.proof("zt36/1-2")         why one verdict is as it is
    assessor.observe(sealed)           one observation more; what it touches is judged anew
    assessor.at(moment)                the same evidence, later: what ages out is judged anew

It does no I/O and asks no clock. What was observed or received after `as_of` waits until the
assessor is moved there. It never moves back: evidence read for one day has already dropped what an
earlier day would need, so an earlier day takes an assessor of its own, fed with the log as of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Self

from panshi.errors import UsageError
from panshi.governance.assessment.grounds import Grounds
from panshi.governance.assessment.items import item_of
from panshi.governance.assessment.judging import Judge
from panshi.governance.assessment.moment import Moment
from panshi.governance.assessment.populations import fields_of
from panshi.governance.assessment.proofs import Prover
from panshi.governance.assessment.stages import Stages
from panshi.governance.exceptions.authority import NOBODY, AuthorityTable, gate_clauses
from panshi.governance.exceptions.folding import Rules
from panshi.model.asset import AssetId
from panshi.model.control import Framework
from panshi.model.control import Mapping as Crosswalk
from panshi.model.estate import Estate
from panshi.model.observation import Sealed
from panshi.model.verdict import Assessment, Item, Proof, StageVerdict, Verdict


class Assessor:
    """Judges every control of some frameworks over one estate; one caller at a time."""

    def __init__(  # noqa: PLR0913  (what a judgement is made of)
        self,
        *,
        estate: Estate,
        frameworks: Mapping[str, Framework],
        mappings: Iterable[Crosswalk] = (),
        evidence: Iterable[Sealed] = (),
        parameters: Mapping[str, float] | None = None,
        as_of: datetime,
        log_size: int = 0,
        log_root: str = "",
        previous: Estate | None = None,
        authority: AuthorityTable = NOBODY,
        learned_until: datetime | None = None,
    ) -> None:
        """Take the grounds in.

        `previous` is the version of the estate to tell departures from; `authority` says who may
        approve exceptions; `learned_until` is the latest receipt in a log that is read whole.
        """
        mappings = tuple(mappings)
        controls = {each.key: each for one in frameworks.values() for each in one.controls}
        gated = gate_clauses(controls.values(), mappings)
        self.estate = estate
        self.frameworks = frameworks
        self.fields = tuple(sorted({name for asset in estate.assets for name in fields_of(asset)}))
        self._log = (log_size, log_root)
        self._grounds = Grounds(
            estate=estate,
            frameworks=frameworks,
            parameters=parameters or {},
            moment=Moment(as_of),
            previous=previous,
            rules=Rules(table=authority, controls=controls, gated=gated),
            learned_until=learned_until,
        )
        self._waiting: list[tuple[datetime, int, Sealed]] = []
        self._arrivals = count()
        self._grounds.load(self._known(evidence))
        self.judge = Judge(self._grounds)
        self.stages = Stages(self.judge, mappings)
        self._prover = Prover(self.judge, self.stages)

    @property
    def as_of(self) -> datetime:
        """The moment of judgement."""
        return self._grounds.moment.as_of

    @property
    def log(self) -> tuple[int, str]:
        """Size and root of the log that was read."""
        return self._log

    # -- answers ---------------------------------------------------------------------------

    def assess(self, framework_id: str, in_field: str = "") -> Assessment:
        """Judge every control of a framework; of a staged one also the stages.

        Without a field the stages are those of the whole estate and of every field in it.
        """
        framework = self._framework(framework_id)
        fields = (in_field,) if in_field else ("", *self.fields)
        size, root = self._log
        return Assessment(
            framework=framework.id,
            framework_version=framework.version,
            estate=self.estate.id,
            estate_version=self.estate.version,
            as_of=self.as_of,
            verdicts=tuple(self.verdict(each.key, in_field) for each in framework.controls),
            stages=self.stages.of_framework(framework, fields),
            parameters=dict(self._grounds.parameters),
            log_size=size,
            log_root=root,
        )

    def verdict(self, control_key: str, in_field: str = "") -> Verdict:
        """Judge one control, by the key `<framework>/<control>`."""
        self._check(control_key, in_field)
        return self.judge.full_verdict(control_key, in_field)

    def item(self, control_key: str, asset: AssetId, in_field: str = "") -> Item | None:
        """Give how one asset stands under a control; None where it is not in its population."""
        self._check(control_key, in_field)
        return item_of(self.judge, self._grounds.controls[control_key], asset, in_field)

    def stage(self, framework_id: str, group: str = "", in_field: str = "") -> StageVerdict:
        """Give the stage of one group, or of the whole framework."""
        return self.stages.of_group(self._framework(framework_id), group, in_field)

    def proof(self, control_key: str, in_field: str = "") -> Proof:
        """Give the proof tree of one control."""
        self._check(control_key, in_field)
        return self._prover.of_control(control_key, in_field, log=self._log)

    def stage_proof(self, framework_id: str, group: str = "", in_field: str = "") -> Proof:
        """Give the proof tree of a stage: its controls and its gate."""
        return self._prover.of_stage(self._framework(framework_id), group, in_field)

    # -- change ----------------------------------------------------------------------------

    def observe(self, sealed: Sealed, *, log_root: str = "") -> frozenset[str]:
        """Take one more observation in; give the controls that are judged anew because of it.

        Learning is a step forward in time: the assessor moves to `received_at` where that is
        later than its moment. On a new day everything is judged anew, for everything has aged.
        """
        touched = self._move(max(self.as_of, sealed.received_at))
        if sealed.position >= self._log[0]:
            self._log = (sealed.position + 1, log_root)
        for known, asset in self._known((sealed,)):
            touched |= self._grounds.take(known, asset)
        found = self._grounds.dependants(touched)
        self.judge.drop(found)
        return frozenset(found)

    def at(self, moment: datetime) -> Self:
        """Move to a later moment; give the assessor itself."""
        if moment < self.as_of:
            raise UsageError(
                f"evidence read as of {self.as_of.isoformat()} cannot tell of {moment.isoformat()}",
                remedy="make an assessor with the log as of that moment",
            )
        self.judge.drop(self._grounds.dependants(self._move(moment)))
        return self

    def _move(self, moment: datetime) -> set[str]:
        """Turn to a moment, take in what waited for it, and give what must be judged anew."""
        if moment == self.as_of:
            return set()
        before = self._grounds.moment.ordinal
        self._grounds.turn_to(Moment(moment))
        touched: set[str] = set()
        if self._grounds.moment.ordinal != before:
            touched |= self._grounds.controls.keys()
        due: list[Sealed] = []
        while self._waiting and self._waiting[0][0] <= moment:
            due.append(heappop(self._waiting)[2])
        for known, asset in self._known(due):
            touched |= self._grounds.take(known, asset)
        return touched

    def _known(self, evidence: Iterable[Sealed]) -> Iterator[tuple[Sealed, AssetId | None]]:
        """Give what speaks of this estate and was observed and received by now.

        What only the earlier version of the estate knew comes without an asset.
        """
        resolve, knew = self.estate.resolve, self._grounds.knows
        for sealed in evidence:
            asset = resolve(sealed.observation.subject)
            if asset is None and not knew(sealed.observation.subject):
                continue
            if self._grounds.waits(sealed):
                since = max(sealed.received_at, sealed.observation.observed_at)
                heappush(self._waiting, (since, next(self._arrivals), sealed))
            else:
                yield sealed, asset

    def _framework(self, framework_id: str) -> Framework:
        found = self.frameworks.get(framework_id)
        if found is None:
            raise UsageError(
                f"there is no framework {framework_id!r}",
                remedy="frameworks: " + ", ".join(self.frameworks),
            )
        return found

    def _check(self, control_key: str, in_field: str) -> None:
        if control_key not in self._grounds.controls:
            raise UsageError(
                f"there is no control {control_key!r}",
                remedy="name it as <framework>/<control>, for example zt36/1-2",
            )
        if in_field and in_field not in self.fields:
            raise UsageError(
                f"no asset of estate {self.estate.id} belongs to the field {in_field!r}",
                remedy="fields: " + (", ".join(self.fields) or "none"),
            )

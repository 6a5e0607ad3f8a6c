"""Rule 5, contradiction beats assertion: failed tests that stand until a newer test passes.

A contradiction is open while the newest test of its kind, subject and facet that speaks of the
control did not pass. Nothing lifts it but a newer test of that kind; no record of a person does.
An `incident.finding/1` contradicts the controls it names, per ticket; so does an outside assessor's
`assessor.finding/1`, per requirement, until an assessment of it is satisfied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from panshi.governance.assessment.looks import is_newer
from panshi.governance.assessment.moment import Moment
from panshi.governance.assessment.populations import Members
from panshi.model.asset import AssetId, AssetKind
from panshi.model.bodies.assessors import AssessorFinding
from panshi.model.bodies.monitoring import IncidentFinding
from panshi.model.control import Contradiction, Control
from panshi.model.estate import Estate
from panshi.model.observation import Observation, Outcome, Sealed
from panshi.model.predicate import Test, compiled

INCIDENT = "incident.finding/1"
ASSESSOR = "assessor.finding/1"
NAMING = frozenset({INCIDENT, ASSESSOR})
"Kinds whose bodies name the controls they contradict."


class Question:
    """The newest tests, per subject and facet, that answer one question."""

    __slots__ = ("_newest", "_when")

    def __init__(self, when: Test | None) -> None:
        self._when = when
        self._newest: dict[tuple[AssetId, str], Sealed] = {}

    def add(self, sealed: Sealed, asset: AssetId, moment: Moment, facet: str) -> bool:
        """Take a test in; say whether it is the newest answer."""
        seen = sealed.observation
        if seen.outcome is not Outcome.SEEN:
            return False
        if seen.body is not None and self._when is not None:
            day = date.fromordinal(moment.ordinal_of(seen.observed_at))
            if not self._when(seen.body, day):
                return False
        known = self._newest.get((asset, facet))
        if known is not None and not is_newer(sealed, known):
            return False
        self._newest[asset, facet] = sealed
        return True

    def answers(self) -> Iterator[tuple[AssetId, Sealed]]:
        """Every newest test with the asset it was made on."""
        for (asset, _), sealed in self._newest.items():
            yield asset, sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted:
    """Tests that speak of one control over one population."""

    items: dict[AssetId, tuple[Sealed, ...]]
    "Open contradictions on members; each of these items fails."
    beside: tuple[Sealed, ...]
    "Open contradictions on the institution, a named subject or something related."
    heard: tuple[Sealed, ...]
    "Every newest test that was asked, open or passed: the verdict rests on all of them."

    @property
    def open(self) -> tuple[Sealed, ...]:
        """Every open contradiction."""
        return (*(sealed for each in self.items.values() for sealed in each), *self.beside)


class Contradictions:
    """Every test that may contradict a control, by the question it answers."""

    __slots__ = ("_by_control", "_by_kind", "_estate", "_incidents", "_keys", "institutions")

    def __init__(self, controls: Iterable[Control], estate: Estate) -> None:
        self._estate = estate
        self.institutions = {asset.id for asset in estate.by_kind.get(AssetKind.INSTITUTION, ())}
        self._by_control: dict[str, list[Question]] = {}
        self._by_kind: dict[str, list[tuple[Question, list[str]]]] = {}
        self._incidents: dict[str, Question] = {}
        self._keys: set[str] = set()
        shared: dict[Contradiction, tuple[Question, list[str]]] = {}
        for control in controls:
            self._keys.add(control.key)
            for spec in control.contradicted_by:
                if spec not in shared:
                    when = compiled(spec.when) if spec.when is not None else None
                    shared[spec] = (Question(when), [])
                    self._by_kind.setdefault(spec.observation, []).append(shared[spec])
                question, keys = shared[spec]
                keys.append(control.key)
                self._by_control.setdefault(control.key, []).append(question)

    def add(self, sealed: Sealed, asset: AssetId, moment: Moment) -> set[str]:
        """Take a test in; give the controls it speaks of in a new way."""
        seen = sealed.observation
        touched: set[str] = set()
        for question, keys in self._by_kind.get(seen.kind, ()):
            if question.add(sealed, asset, moment, seen.facet):
                touched.update(keys)
        controls, facet = _naming(seen)
        for key in self._keys.intersection(controls):
            named = self._incidents.setdefault(key, Question(None))
            if named.add(sealed, asset, moment, facet):
                touched.add(key)
        return touched

    def asks(self, kind: str) -> bool:
        """Whether a kind of observation answers any question at all."""
        return kind in self._by_kind or kind in NAMING

    def speak_of(self, control: str) -> bool:
        """Whether any test was made that may speak of a control."""
        return next(self._heard(control), None) is not None

    def of(self, control: str, members: Members | None, in_field: str = "") -> Contradicted:
        """Give what tests say of a control over its population, narrowed to a field."""
        items: dict[AssetId, list[Sealed]] = {}
        beside: list[Sealed] = []
        heard: list[Sealed] = []
        for asset, sealed, named in self._heard(control):
            on_item = members is not None and members.holds(asset, in_field)
            if not on_item and not self._beside(asset, members, in_field, named=named):
                continue
            heard.append(sealed)
            if _passed(sealed):
                continue
            (items.setdefault(asset, []) if on_item else beside).append(sealed)
        return Contradicted(
            items={asset: tuple(open_) for asset, open_ in items.items()},
            beside=tuple(beside),
            heard=tuple(heard),
        )

    def _heard(self, control: str) -> Iterator[tuple[AssetId, Sealed, bool]]:
        for question in self._by_control.get(control, ()):
            for asset, sealed in question.answers():
                yield asset, sealed, False
        named = self._incidents.get(control)
        if named is not None:
            for asset, sealed in named.answers():
                yield asset, sealed, True

    def _beside(
        self, asset: AssetId, members: Members | None, in_field: str, *, named: bool
    ) -> bool:
        """Whether a test on something outside the population speaks of the control all the same."""
        if members is None:
            return True
        if members.holds(asset):
            return False  # it is in the population, but in another field
        return named or asset in self.institutions or self._related(asset, members, in_field)

    def _related(self, asset: AssetId, members: Members, in_field: str) -> bool:
        for relation in self._estate.relations_of(asset):
            other = relation.target if relation.source == asset else relation.source
            if members.holds(other, in_field):
                return True
        return False


def _naming(seen: Observation) -> tuple[tuple[str, ...], str]:
    """Give the controls a finding names, and what tells it apart from others on its subject."""
    match seen.body:
        case IncidentFinding(controls=controls, ticket=ticket):
            return controls, f"{seen.facet}\n{ticket}"
        case AssessorFinding(controls=controls, target=target):
            return controls, f"{ASSESSOR}\n{seen.facet}\n{target}"
        case _:
            return (), ""


def _passed(sealed: Sealed) -> bool:
    """Whether the test passed; an erased test cannot be shown to have."""
    return getattr(sealed.observation.body, "passed", False) is True

"""Who may approve which exception: the authority table, and what it asks of one case.

The levels stand in order, each with the offices that must approve, by different people. Rules lift
a case by what it is (severity of the control, size, share, length) and by what it adds to (live
exceptions of the same control and of the institution, renewals), so that many small ones take the
authority of a large one. Every limit carries its reason in both languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from panshi.governance.frameworks.reading import Part, parsed
from panshi.model.control import Control, Mapping

LONGEST_DAYS = 366
"No table may let an exception last longer than a year."


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """What the control is that is excepted from."""

    binding: bool = False
    "The clause says 應 or 不得."
    gate: bool = False
    "It keeps staged controls of other frameworks down."
    stage: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The size of one case, and of what it adds to."""

    severity: Severity
    items: int
    "Assets covered together with live exceptions of the same control; 0: the whole population."
    permille: int
    "The same as thousandths of the population."
    days: int
    same_control: int
    "Live exceptions of the same control, this one included."
    institution: int
    renewals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must hold for a rule to fit; None asks nothing."""

    binding: bool | None = None
    gate: bool | None = None
    stage_at_most: int | None = None
    items_over: int | None = None
    permille_over: int | None = None
    days_over: int | None = None
    same_control_over: int | None = None
    institution_over: int | None = None
    renewals_over: int | None = None

    def fits(self, case: Measures) -> bool:
        """Whether all of it holds of a case."""
        stage = case.severity.stage
        over = (
            (self.items_over, case.items),
            (self.permille_over, case.permille),
            (self.days_over, case.days),
            (self.same_control_over, case.same_control),
            (self.institution_over, case.institution),
            (self.renewals_over, case.renewals),
        )
        return (
            self.binding in {None, case.severity.binding}
            and self.gate in {None, case.severity.gate}
            and (self.stage_at_most is None or 0 < stage <= self.stage_at_most)
            and all(limit is None or found > limit for limit, found in over)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of authority and the offices it takes."""

    id: str
    title_zh: str
    title_en: str
    needs: tuple[str, ...]
    "Offices that must each approve."
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What lifts a case to a level."""

    lifts_to: str
    when: Condition
    why_zh: str
    why_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one case takes, and why."""

    level: Level
    because: tuple[Rule, ...] = ()
    "The rules that lifted it there; none at the first level."


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityTable:
    """The whole table."""

    levels: tuple[Level, ...]
    "From the lowest to the highest."
    rules: tuple[Rule, ...]
    longest_days: int
    latest_start_days: int
    "An exception takes effect so many days after its request at the latest."

    @property
    def offices(self) -> tuple[str, ...]:
        """Every office that may have to decide."""
        return tuple(dict.fromkeys(office for level in self.levels for office in level.needs))

    def need(self, case: Measures) -> Need:
        """Give the level a case takes."""
        order = [level.id for level in self.levels]
        fitting = [rule for rule in self.rules if rule.when.fits(case)]
        height = max((order.index(rule.lifts_to) for rule in fitting), default=0)
        level = self.levels[height]
        return Need(
            level=level, because=tuple(rule for rule in fitting if rule.lifts_to == level.id)
        )


NOBODY = AuthorityTable(
    levels=(
        Level(
            id="nobody",
            title_zh="無人",
            title_en="nobody",
            needs=("nobody",),
            why_zh="沒有授權表。",
            why_en="There is no authority table.",
        ),
    ),
    rules=(),
    longest_days=LONGEST_DAYS,
    latest_start_days=LONGEST_DAYS,
)
"Without a table nobody may approve."


def severity(control: Control, gated: frozenset[str]) -> Severity:
    """Say how severe a control is; `gated` are the clauses that keep stages down."""
    return Severity(
        binding=control.strength.binding, gate=control.key in gated, stage=control.stage
    )


def gate_clauses(controls: Iterable[Control], mappings: Iterable[Mapping]) -> frozenset[str]:
    """Give the binding clauses that overlap a staged control of another framework."""
    known = {control.key: control for control in controls}
    found: set[str] = set()
    for pair in mappings:
        for one, other in ((pair.source, pair.target), (pair.target, pair.source)):
            here, clause = known.get(one), known.get(other)
            if here is None or clause is None or here.framework == clause.framework:
                continue
            if here.stage and clause.strength.binding:
                found.add(other)
    return frozenset(found)


def load_authority(raw: bytes, *, source: str) -> AuthorityTable:
    """Read `authority.yaml`; every limit is checked, and none may be missing."""
    top = parsed(raw, source=source)
    keys = top.keys(required="longest_days latest_start_days levels rules")
    levels = tuple(map(_level, keys["levels"].items()))
    _refuse_twice(keys["levels"], [level.id for level in levels])
    rules = tuple(_rule(part, [level.id for level in levels]) for part in keys["rules"].items())
    unbounded = sorted(_MEASURED - set(_measured(rules, levels[-1].id)))
    if unbounded:
        raise keys["rules"].refuse(
            f"nothing lifts {', '.join(unbounded)} to the highest level",
            f"add a rule that lifts to {levels[-1].id}",
        )
    return AuthorityTable(
        levels=levels,
        rules=rules,
        longest_days=keys["longest_days"].whole(low=1, high=LONGEST_DAYS),
        latest_start_days=keys["latest_start_days"].whole(low=0, high=LONGEST_DAYS),
    )


_TRUTHS = ("binding", "gate")
_LIMITS = tuple(each.name for each in fields(Condition) if each.name not in _TRUTHS)
_HIGHEST = {"stage_at_most": 4, "permille_over": 999, "days_over": LONGEST_DAYS - 1}
_MEASURED = frozenset(
    {"permille_over", "days_over", "same_control_over", "institution_over", "renewals_over"}
)
"What, grown large enough, must reach the highest level whatever else holds."


def _level(part: Part) -> Level:
    keys = part.keys(required="id title needs why")
    title, why = (keys[name].keys(required="zh en") for name in ("title", "why"))
    needs = keys["needs"].texts()
    _refuse_twice(keys["needs"], list(needs))
    return Level(
        id=keys["id"].text(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
        needs=needs,
        why_zh=why["zh"].text(),
        why_en=why["en"].text(),
    )


def _rule(part: Part, levels: list[str]) -> Rule:
    keys = part.keys(required="lifts_to when why")
    lifts_to = keys["lifts_to"].text()
    if lifts_to not in levels[1:]:
        raise keys["lifts_to"].refuse(
            f"{lifts_to!r} is no level to lift to", "one of: " + ", ".join(levels[1:])
        )
    when = keys["when"].keys(optional=" ".join((*_TRUTHS, *_LIMITS)))
    if not when:
        raise keys["when"].refuse("a rule needs a condition", "add one")
    truths = {name: when[name].flag() for name in _TRUTHS if name in when}
    limits = {
        name: when[name].whole(low=0, high=_HIGHEST.get(name)) for name in _LIMITS if name in when
    }
    why = keys["why"].keys(required="zh en")
    return Rule(
        lifts_to=lifts_to,
        when=Condition(
            binding=truths.get("binding"),
            gate=truths.get("gate"),
            **limits,
        ),
        why_zh=why["zh"].text(),
        why_en=why["en"].text(),
    )


def _measured(rules: Iterable[Rule], highest: str) -> Iterator[str]:
    """Give the measures that alone lift to the highest level."""
    for rule in rules:
        every = (each.name for each in fields(rule.when))
        named = [name for name in every if getattr(rule.when, name) is not None]
        if rule.lifts_to == highest and len(named) == 1:
            yield named[0]


def _refuse_twice(part: Part, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise part.refuse(f"{', '.join(twice)} occurs twice", "keep one")

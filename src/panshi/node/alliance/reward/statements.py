"""Points of a quarter: standing as of now, one member's statement, closing, appeals, rulings.

found = standing(node, "2026Q4")
close(node, "2026Q3", actor="chen.yiru")
RewardDesk(node, actor=…).raise_appeal("bank-017", "2026Q3", why="…")
"""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

import msgspec

from panshi.alliance.reward.decisions import (
    AppealState,
    Ruling,
    appeal_defect,
    ruling_defect,
)
from panshi.alliance.reward.events import Period
from panshi.alliance.reward.settling import Award, MemberStanding, Settlement, Why, settle
from panshi.alliance.reward.terms import PREFIX, Terms, terms_of
from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.parameters import values_in_force
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.bodies.reward import (
    APPEAL,
    RULING,
    STATEMENT,
    AppealStep,
    RewardAppeal,
    RewardRuling,
    RewardStatement,
    RulingStep,
)
from panshi.model.observation import Body, Observation, ObservationId
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.alliance.members import member
from panshi.node.alliance.reward.reading import all_appeals, all_rulings, shared
from panshi.node.judging import PARAMETER_KIND
from panshi.node.node import Node

COLLECTOR = "panshi soc reward"
ECHOES_AFTER = timedelta(days=30)
"Echoes of a quarter count until so long after its end; then it can be closed."
_PERIOD = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardAnswer:
    """One report with what it earned, and why."""

    contribution: str
    at: datetime
    kind: str
    value: str
    why: Why
    points: float
    independent: float
    voices: int
    correctness: float
    share: float
    novelty: float
    behind: str
    because_zh: str
    because_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPoints:
    """One member's sum in a period."""

    member: str
    rank: int
    points: float
    corrections: float
    "By appeals that two people settled."
    earned: float
    reports: int
    confirmed: int
    known: int
    wrong: int
    contested: int
    clipped: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAnswer:
    """A period as it stands."""

    period: str
    begins: date
    ends: date
    "Its last day."
    closed: bool
    total: float
    members: tuple[MemberPoints, ...]
    terms: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAnswer:
    """One member's statement."""

    period: str
    points: MemberPoints
    sealed: str
    "Evidence id where the quarter is closed."
    awards: tuple[AwardAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAnswer:
    """One appeal as it stands."""

    number: str
    state: AppealState
    member: str
    period: str
    raised_by: str
    why: str
    contribution: str
    proposal: str
    "Evidence id of the proposal that waits or was confirmed."
    proposed_correction: float
    proposed_by: str
    proposed_why: str
    settled_by: str
    correction: float


def period_named(name: str, now: datetime) -> Period:
    """Read a quarter, `2026Q4`; empty for the one that runs."""
    today = day_of(now)
    name = name or f"{today.year}Q{(today.month - 1) // 3 + 1}"
    found = _PERIOD.fullmatch(name)
    if found is None or not 2000 <= int(found[1]) <= 2200:  # noqa: PLR2004 -- years of a hub
        raise UsageError(f"{name[:20]!r} is no quarter", remedy="2026Q4")
    year, quarter = int(found[1]), int(found[2])
    last = date(year, quarter * 3, calendar.monthrange(year, quarter * 3)[1])
    ends = _midnight(last + timedelta(days=1))
    return Period(
        name=name,
        begins=_midnight(date(year, quarter * 3 - 2, 1)),
        ends=ends,
        until=ends + ECHOES_AFTER,
    )


def terms(node: Node) -> Terms:
    """Give the terms in force."""
    changes = tuple(node.log.records(PARAMETER_KIND))
    specs = [each for each in node.library.parameters if each.name.startswith(PREFIX)]
    return terms_of(values_in_force(specs, changes, node.clock()))


def settled(node: Node, name: str = "") -> Settlement:
    """Settle a quarter as it stands now."""
    found = shared(node)
    period = period_named(name, node.clock())
    return settle(found.participants, found.contributions, found.echoes, terms(node), period)


def standing(node: Node, name: str = "") -> StandingAnswer:
    """Give every member's points in a quarter, most first."""
    found = settled(node, name)
    return StandingAnswer(
        period=found.period.name,
        begins=day_of(found.period.begins),
        ends=day_of(found.period.ends - timedelta(seconds=1)),
        closed=bool(closed_statements(node, found.period.name)),
        total=found.total,
        members=tuple(_rows(node, found)),
        terms=asdict(found.terms),
    )


def statement(node: Node, member_id: str, name: str = "") -> StatementAnswer:
    """Give one member's statement: every report with its reasons."""
    one = member(node, member_id)
    return statement_in(node, settled(node, name), one.id)


def statement_in(node: Node, found: Settlement, member_id: str) -> StatementAnswer:
    """Give one member's statement in a quarter that is settled."""
    held = found.of(member_id)
    if held is None:
        raise MissingError(f"{member_id} takes no part in the reward mechanism")
    row = next(each for each in _rows(node, found) if each.member == member_id)
    sealed = closed_statements(node, found.period.name).get(member_id, ("", None))
    newest = sorted(held.awards, key=lambda each: each.claim.contribution.at, reverse=True)
    return StatementAnswer(
        period=found.period.name,
        points=row,
        sealed=sealed[0],
        awards=tuple(map(award_answer, newest)),
    )


def close(node: Node, name: str, *, actor: str) -> int:
    """Seal the statements of a quarter, one per member; once."""
    person, found = acting_person(actor), settled(node, name)
    if node.clock() < found.period.until:
        raise UsageError(
            f"echoes of {name} count until {day_of(found.period.until)}", remedy="close it then"
        )
    if closed_statements(node, name):
        raise UsageError(f"{name} is closed", remedy="appeals correct it")
    rows = tuple(_rows(node, found))
    by_name = {each.member: each for each in found.members}
    for row in rows:
        _seal(node, STATEMENT, f"{name}|{row.member}", _statement_of(found, row, by_name))
    node.audit(person, STATEMENT, name, detail=f"{len(rows)} statements")
    return len(rows)


def closed_statements(node: Node, name: str) -> dict[str, tuple[str, RewardStatement]]:
    """Give the statements sealed for a quarter, by member."""
    found: dict[str, tuple[str, RewardStatement]] = {}
    for each in node.log.records(STATEMENT):
        body = each.observation.body
        if isinstance(body, RewardStatement) and body.period == name:
            found[body.member] = each.id, body
    return found


def appeal_answers(node: Node) -> tuple[AppealAnswer, ...]:
    """Give every appeal, newest first."""
    return tuple(
        AppealAnswer(
            number=each.number,
            state=each.state,
            member=each.body.member,
            period=each.body.period,
            raised_by=each.body.by,
            why=each.body.why,
            contribution=each.body.contribution,
            proposal=each.proposal,
            proposed_correction=each.proposed.correction if each.proposed else 0.0,
            proposed_by=each.proposed.by if each.proposed else "",
            proposed_why=each.proposed.why if each.proposed else "",
            settled_by=each.settled_by,
            correction=each.correction,
        )
        for each in reversed(tuple(all_appeals(node).values()))
    )


class RewardDesk:
    """Where a person of the hub takes steps about points."""

    def __init__(self, node: Node, *, actor: str) -> None:
        """Know who acts."""
        self.node = node
        self.actor = actor
        self.person = acting_person(actor)

    def raise_appeal(self, member_id: str, name: str, *, why: str, contribution: str = "") -> str:
        """Note that a member appeals; gives the number."""
        one = member(self.node, member_id)
        period = period_named(name, self.node.clock())
        if not why.strip():
            raise UsageError("the reason is missing", remedy="say what is wrong")
        number = self._free_number()
        body = RewardAppeal(
            step=AppealStep.RAISED,
            member=one.id,
            period=period.name,
            by=self.person,
            why=why.strip()[:4_000],
            contribution=contribution[:200],
        )
        _seal(self.node, APPEAL, number, body)
        self.node.audit(self.actor, APPEAL, number)
        return number

    def propose(self, number: str, correction: float, *, why: str) -> ObservationId:
        """Propose how many points are corrected; nought refuses the appeal."""
        return self._appeal(number, AppealStep.PROPOSED, correction=correction, why=why)

    def confirm(self, number: str, *, why: str) -> ObservationId:
        """Confirm what another person proposed."""
        return self._appeal(number, AppealStep.CONFIRMED, why=why)

    def rule(self, kind: str, value: str, *, upheld: bool, why: str) -> ObservationId:
        """Propose whether a contested value is right."""
        if not why.strip() or not value.strip():
            raise UsageError("a ruling names a value and a reason")
        body = RewardRuling(
            step=RulingStep.PROPOSED,
            value_kind=kind,
            value=value.strip(),
            upheld=upheld,
            by=self.person,
            why=why.strip()[:4_000],
        )
        sealed = _seal(self.node, RULING, f"{kind}:{value}"[:300], body)
        self.node.audit(self.actor, RULING, f"{kind}:{value}"[:200])
        return sealed

    def confirm_ruling(self, proposal: str, *, why: str) -> ObservationId:
        """Confirm what another person proposed about a value."""
        held: Ruling | None = all_rulings(self.node).get(proposal)
        if held is None:
            raise MissingError(f"there is no proposal {proposal[:40]!r}")
        body = RewardRuling(
            step=RulingStep.CONFIRMED,
            value_kind=held.body.value_kind,
            value=held.body.value,
            upheld=held.body.upheld,
            by=self.person,
            why=why.strip()[:4_000],
            proposal=proposal,
        )
        self._refuse(ruling_defect(held, body, pair_defect), RULING, proposal)
        return _seal(self.node, RULING, f"{held.body.value_kind}:{held.body.value}"[:300], body)

    def _appeal(
        self, number: str, step: AppealStep, *, why: str, correction: float = 0.0
    ) -> ObservationId:
        held = all_appeals(self.node).get(number)
        if held is None:
            raise MissingError(f"there is no appeal {number[:40]!r}")
        body = RewardAppeal(
            step=step,
            member=held.body.member,
            period=held.body.period,
            by=self.person,
            why=why.strip()[:4_000],
            contribution=held.body.contribution,
            correction=correction,
            proposal=held.proposal if step is AppealStep.CONFIRMED else "",
        )
        self._refuse(appeal_defect(held, body, pair_defect), APPEAL, number)
        sealed = _seal(self.node, APPEAL, number, body)
        self.node.audit(self.actor, APPEAL, number)
        return sealed

    def _refuse(self, defect: str, kind: str, target: str) -> None:
        if not defect:
            return
        self.node.audit(self.actor, kind, target, allowed=False, detail=defect)
        refusal = ForbiddenError if "does not confirm" in defect else UsageError
        raise refusal(defect, place=target, remedy="nothing was sealed")

    def _free_number(self) -> str:
        prefix = f"RA-{day_of(self.node.clock()).year}-"
        taken = [
            int(each.removeprefix(prefix))
            for each in all_appeals(self.node)
            if each.startswith(prefix)
        ]
        return f"{prefix}{max(taken, default=0) + 1:03}"


def award_answer(each: Award) -> AwardAnswer:
    """Give one award with its reasons in words."""
    told = each.claim.contribution
    zh, en = because(each)
    return AwardAnswer(
        contribution=told.id,
        at=told.at,
        kind=told.kind,
        value=told.value,
        why=each.why,
        points=each.points,
        independent=each.independent,
        voices=len(each.voices),
        correctness=each.correctness,
        share=each.claim.share,
        novelty=each.claim.novelty,
        behind=each.claim.behind,
        because_zh=zh,
        because_en=en,
    )


def because(each: Award) -> tuple[str, str]:
    """Say in a sentence, in both languages, what an award rests on."""
    count, weight = len(each.voices), each.independent
    share = "" if each.claim.share in {0.0, 1.0} else f"，與他人分享 {each.claim.share:.0%}"
    shared_en = "" if not share else f", a share of {each.claim.share:.0%}"
    match each.why:
        case Why.EARNED:
            return (
                f"{count} 家佐證，計為 {weight:.1f} 個獨立聲音，值 {each.worth:.0%}{share}",
                f"{count} confirm it as {weight:.1f} voices, worth {each.worth:.0%}{shared_en}",
            )
        case Why.UNCONFIRMED:
            return "尚無獨立機構佐證", "nobody independent has confirmed it yet"
        case Why.KNOWN:
            return "他人先報，當時已可查閱", "told by another before, and readable then"
        case Why.REPEATED:
            return "重複自己先前的通報", "the same voice told it before"
        case Why.HELPED:
            return (
                f"晚報，但 {count} 家指名有助益",
                f"late, but {count} name it as the one that helped",
            )
        case Why.WRONG:
            return (
                f"{len(each.against)} 家回報誤報",
                f"{len(each.against)} call it a false positive",
            )
        case Why.CONTESTED:
            return "有爭議，待兩人裁定", "contested; waits for two people to rule"


def _rows(node: Node, found: Settlement) -> Iterable[MemberPoints]:
    added: dict[str, float] = {}
    for appeal in all_appeals(node).values():
        if appeal.body.period == found.period.name:
            before = added.get(appeal.body.member, 0.0)
            added[appeal.body.member] = before + appeal.correction
    ordered = sorted(
        found.members, key=lambda one: (-(one.points + added.get(one.member, 0)), one.member)
    )
    for rank, each in enumerate(ordered, 1):
        yield MemberPoints(
            member=each.member,
            rank=rank,
            points=round(each.points + added.get(each.member, 0.0), 2),
            corrections=round(added.get(each.member, 0.0), 2),
            earned=round(each.earned, 2),
            reports=len(each.awards),
            confirmed=each.counted(Why.EARNED),
            known=each.counted(Why.KNOWN) + each.counted(Why.REPEATED),
            wrong=each.counted(Why.WRONG),
            contested=each.counted(Why.CONTESTED),
            clipped=round(each.clipped, 4),
        )


def _statement_of(
    found: Settlement, row: MemberPoints, by_name: dict[str, MemberStanding]
) -> RewardStatement:
    awards = [award_answer(each) for each in by_name[row.member].awards]
    return RewardStatement(
        member=row.member,
        period=found.period.name,
        begins=day_of(found.period.begins),
        ends=day_of(found.period.ends - timedelta(seconds=1)),
        points=row.points,
        earned=row.earned,
        reports=row.reports,
        confirmed=row.confirmed,
        known=row.known,
        wrong=row.wrong,
        contested=row.contested,
        clipped=row.clipped,
        sha256=hashlib.sha256(msgspec.json.encode(awards)).hexdigest(),
        terms_sha256=hashlib.sha256(msgspec.json.encode(asdict(found.terms))).hexdigest(),
    )


def _seal(node: Node, kind: str, facet: str, body: Body) -> ObservationId:
    now = node.clock()
    at = max(now, node.log.learned_until() or now)
    made = Observation(
        kind=kind,
        subject="reward:points",
        facet=facet,
        observed_at=at,
        collector=COLLECTOR,
        body=body,
    )
    sealed = node.log.append((made,), at).ids[-1]
    node.checkpoint()
    return sealed


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=INSTITUTION_ZONE)

"""The CISO's yearly report to the board: six contents, each put together from evidence.

Blueprint measure 2 asks that the CISO report the overall state of security to the board every year,
in a governance of responsibility, authority and resources together; it names 23 NYCRR 500 as its
model, whose 500.4(b) names the six contents used here, and 500.4(c) timely special reports. What
the evidence says stands apart from what a person adds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from panshi.governance.accountability.register import Register
from panshi.governance.accountability.statement import moment_of, step_defect
from panshi.governance.appointments import Appointments
from panshi.governance.assessment.shares import mean
from panshi.governance.indicators.printing import level
from panshi.governance.indicators.trend import Standing
from panshi.governance.persons import name_defect
from panshi.model.bodies.statements import BoardStep, CisoReport, ReportLine, ReportSection
from panshi.model.control import Basis, Framework
from panshi.model.observation import Sealed
from panshi.model.verdict import Assessment, ReasonCode, Status, Verdict

REPORT_KIND = "record.ciso_report/1"


class Content(StrEnum):
    """The contents of the report, in order; the last is the blueprint's own."""

    POSTURE = "posture"
    POLICIES = "policies"
    RISKS = "risks"
    EFFECTIVENESS = "effectiveness"
    EVENTS = "events"
    REMEDIATION = "remediation"
    MANDATE = "mandate"


CONTENTS: Mapping[Content, tuple[str, str, str]] = {
    Content.POSTURE: (
        "機密資料保護與系統完整性、安全性",
        "Confidentiality of data, integrity and security of systems",
        "23 NYCRR 500.4(b)(1)",
    ),
    Content.POLICIES: ("資安政策與程序", "Policies and procedures", "23 NYCRR 500.4(b)(2)"),
    Content.RISKS: ("重大資安風險", "Material risks", "23 NYCRR 500.4(b)(3)"),
    Content.EFFECTIVENESS: (
        "資安整體執行成效",
        "Overall effectiveness",
        "23 NYCRR 500.4(b)(4), BP-02",
    ),
    Content.EVENTS: ("期間重大資安事件", "Material events", "23 NYCRR 500.4(b)(5)"),
    Content.REMEDIATION: ("重大缺失之改善計畫", "Plans to remedy", "23 NYCRR 500.4(b)(6)"),
    Content.MANDATE: ("責任、權限與資源", "Responsibility, authority, resources", "BP-01, BP-02"),
}
"Each content in zh-TW and English with what asks for it."
SHOWN = 8
"Points named one by one in a section; the rest are counted."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedIndicator:
    """How an indicator stood at the end of the period."""

    title_zh: str
    title_en: str
    value: str
    target: str
    standing: Standing
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedEvent:
    """A failed test or incident within the period."""

    day: date
    title_zh: str
    title_en: str
    subject: str
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What the report is put together from."""

    judged: tuple[tuple[Framework, Assessment], ...]
    indicators: tuple[ReportedIndicator, ...]
    events: tuple[ReportedEvent, ...]
    remedies: tuple[ReportLine, ...]
    "Actions, dated remedies of statements, exceptions that end, projects under way."
    offices: Register


def sections(facts: ReportFacts) -> tuple[ReportSection, ...]:
    """Put the sections together; a section with nothing to say says so."""
    made = {
        Content.POSTURE: _posture(facts),
        Content.POLICIES: _policies(facts),
        Content.RISKS: _risks(facts),
        Content.EFFECTIVENESS: _effectiveness(facts),
        Content.EVENTS: _events(facts),
        Content.REMEDIATION: iter(facts.remedies),
        Content.MANDATE: _mandate(facts),
    }
    return tuple(
        ReportSection(id=content, lines=tuple(lines) or (_line("無。", "None."),))
        for content, lines in made.items()
    )


def _posture(facts: ReportFacts) -> Iterator[ReportLine]:
    for framework, assessment in facts.judged:
        judged = [each for each in assessment.verdicts if each.basis is Basis.EVIDENCE]
        shares = mean(judged)
        if shares.evidenced is None or shares.possible is None:
            continue
        unseen = sum(each.tally.unseen for each in judged)
        whole = sum(each.tally.population for each in judged)
        yield _line(
            f"{framework.title_zh}：{shares.judged} 項以證據判定之控制措施，平均已證實 "
            f"{_percent(shares.evidenced)}、可能達 {_percent(shares.possible)}；"
            f"{whole:,} 個受測項目中 {unseen:,} 個未被觀測。",
            f"{framework.title_en}: {shares.judged} controls judged from evidence, on average "
            f"{_percent(shares.evidenced)} evidenced and {_percent(shares.possible)} possible; "
            f"{unseen:,} of {whole:,} items were not seen.",
            f"framework/{framework.id}",
        )


def _policies(facts: ReportFacts) -> Iterator[ReportLine]:
    for framework, assessment in facts.judged:
        attested = [each for each in assessment.verdicts if each.basis is Basis.ATTESTED]
        if not attested:
            continue
        standing = sum(each.status is Status.ATTESTED for each in attested)
        expired = sum(_has(each, ReasonCode.ATTESTATION_EXPIRED) for each in attested)
        admitted = sum(_has(each, ReasonCode.ACKNOWLEDGED) for each in attested)
        yield _line(
            f"{framework.title_zh}：{len(attested)} 項以聲明負責之控制措施中，"
            f"{standing} 項聲明有效、{expired} 項已逾期、{admitted} 項自陳未達成。",
            f"{framework.title_en}: of {len(attested)} controls people answer for, {standing} "
            f"are attested, {expired} expired and {admitted} acknowledged as not fulfilled.",
            f"framework/{framework.id}",
        )


def _risks(facts: ReportFacts) -> Iterator[ReportLine]:
    for framework, assessment in facts.judged:
        controls = {each.key: each for each in framework.controls}
        unmet = [
            each
            for each in assessment.verdicts
            if controls[each.control].strength.binding
            and not each.met
            and each.status not in {Status.NOT_APPLICABLE, Status.NOT_JUDGED}
        ]
        if unmet:
            named_zh = "、".join(controls[each.control].id for each in unmet[:SHOWN])
            named_en = ", ".join(controls[each.control].id for each in unmet[:SHOWN])
            more_zh = f"等 {len(unmet)} 項" if len(unmet) > SHOWN else f"共 {len(unmet)} 項"
            more_en = " and more" if len(unmet) > SHOWN else ""
            yield _line(
                f"{framework.title_zh}之強制條文未達成：{named_zh}，{more_zh}。",
                f"{framework.title_en}: {len(unmet)} binding clauses unmet: {named_en}{more_en}.",
                f"framework/{framework.id}",
            )
        for each in assessment.verdicts:
            if _has(each, ReasonCode.CONTRADICTED):
                control = controls[each.control]
                yield _line(
                    f"{control.id} {control.title_zh}：遭演練或事件推翻，尚未重測。",
                    f"{control.id} {control.title_en}: contradicted by a test or incident, "
                    "not re-tested.",
                    f"control/{each.control}",
                )


def _effectiveness(facts: ReportFacts) -> Iterator[ReportLine]:
    for framework, assessment in facts.judged:
        whole = next(
            (each for each in assessment.stages if not each.group and not each.in_field), None
        )
        if whole is not None:
            yield _line(
                f"{framework.title_zh}：依證據{level(whole.stage, chinese=True)}，"
                f"不計例外{level(whole.without_exceptions, chinese=True)}，"
                f"主張{level(whole.claimed_stage, chinese=True)}。",
                f"{framework.title_en}: {level(whole.stage, chinese=False)} by evidence, "
                f"{level(whole.without_exceptions, chinese=False)} without exceptions, "
                f"{level(whole.claimed_stage, chinese=False)} as claimed.",
                f"framework/{framework.id}",
            )
    known = [each for each in facts.indicators if each.standing is not Standing.NO_TARGET]
    if known:
        on = sum(each.standing is Standing.ON_TARGET for each in known)
        yield _line(
            f"{len(known)} 項訂有目標之指標中，{on} 項達標。",
            f"{on} of {len(known)} indicators with a target are on target.",
        )
    off = [each for each in known if each.standing is Standing.OFF]
    for each in off[:SHOWN]:
        yield _line(
            f"{each.title_zh}：{each.value}，目標 {each.target}。",
            f"{each.title_en}: {each.value}, target {each.target}.",
            f"indicator/{each.id}",
        )


def _events(facts: ReportFacts) -> Iterator[ReportLine]:
    for each in facts.events[:SHOWN]:
        yield _line(
            f"{each.day} {each.title_zh}：{each.subject}。",
            f"{each.day} {each.title_en}: {each.subject}.",
            f"observation/{each.evidence_id}",
        )
    if len(facts.events) > SHOWN:
        left = len(facts.events) - SHOWN
        yield _line(f"另有 {left} 件。", f"And {left} more.")


def _mandate(facts: ReportFacts) -> Iterator[ReportLine]:
    standing = facts.offices.standing("ciso")
    for made in standing.holders if standing else ():
        terms = made.terms
        authority = terms.authority or "未載明"
        above = facts.offices.standing(terms.reports_to)
        zh = above.office.title_zh if above else terms.reports_to or "未載明"
        en = above.office.title_en if above else terms.reports_to or "not stated"
        yield _line(
            f"資安長 {terms.person}（{terms.title}）：報告對象 {zh}；"
            f"年度預算新臺幣 {terms.budget_twd:,} 元、人力 {terms.staff} 人；授權：{authority}。",
            f"CISO {terms.person}: reports to the {en}; "
            f"NT${terms.budget_twd:,} a year, {terms.staff} people; "
            f"authority: {terms.authority or 'not stated'}.",
            "office/ciso",
        )
    count = len(facts.offices.findings)
    yield _line(f"當責架構缺失 {count} 項。", f"{count} findings about offices.")


class ReportState(StrEnum):
    """Where a report is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report with what became of it."""

    number: str
    id: str
    "Evidence id of the version that counts."
    at: datetime
    body: CisoReport
    state: ReportState
    versions: int = 1
    steps: tuple[tuple[BoardStep, datetime, str], ...] = ()


def reports(
    drafts: Iterable[Sealed], steps: Iterable[Sealed], appointments: Appointments
) -> tuple[Reported, ...]:
    """Fold every report: the newest draft counts until it is submitted, then nothing changes it."""
    found: dict[str, Reported] = {}
    for sealed in sorted((*drafts, *steps), key=lambda each: each.position):
        match sealed.observation.body:
            case CisoReport() as body if not name_defect(body.drafted_by):
                known = found.get(body.number)
                if known is None or known.state is ReportState.DRAFT:
                    found[body.number] = Reported(
                        number=body.number,
                        id=sealed.id,
                        at=moment_of(sealed),
                        body=body,
                        state=ReportState.DRAFT,
                        versions=known.versions + 1 if known else 1,
                    )
            case BoardStep() as step:
                known = next((each for each in found.values() if each.id == step.paper), None)
                at = moment_of(sealed)
                if known is not None and not report_step_defect(known, step, at, appointments):
                    found[known.number] = replace(
                        known,
                        state=ReportState.SUBMITTED
                        if step.step == "submit"
                        else ReportState.RECEIVED,
                        steps=(*known.steps, (step, moment_of(sealed), sealed.id)),
                    )
            case _:
                pass
    return tuple(found.values())


def report_step_defect(
    known: Reported, step: BoardStep, at: datetime, appointments: Appointments
) -> str:
    """Say why a report cannot take a step; only the CISO submits it."""
    if step.step not in {"submit", "receive"}:
        return f"a report is not taken to {step.step!r}"
    if step.step == "submit" and not appointments.holds(step.by, "ciso", at):
        return f"{step.by} is not the CISO"
    state = "signed" if known.state is ReportState.DRAFT else known.state.value
    return step_defect(state, step, known.body.drafted_by, known.steps)


def _has(verdict: Verdict, code: ReasonCode) -> bool:
    return any(reason.code is code for reason in verdict.reasons)


def _percent(share: float) -> str:
    return f"{int(share * 1000 + 1e-9) / 10:.1f}%"


def _line(zh: str, en: str, about: str = "") -> ReportLine:
    return ReportLine(zh=zh, en=en, about=about)

"""Use case: what awaits a person. Derived whenever asked; nothing of it is stored.

Each source looks at sealed records and verdicts and yields what a person, in the roles they hold,
is asked to do. An item that comes about anew (a control falls again) has a new key, so that a mark
"done" on the old one does not hide it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from panshi.errors import BadInputError
from panshi.governance.exceptions.views import ExceptionRegister, reminders
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.persons import same_person
from panshi.model.bodies import KINDS
from panshi.model.zone import day_of
from panshi.node import accountability, attestations, exceptions
from panshi.node.authority import decided
from panshi.node.comments import mentions_of
from panshi.node.falling import fallen
from panshi.node.node import Node
from panshi.node.objects import ObjectKind, reference
from panshi.node.ownership import owners
from panshi.node.planning import adopted
from panshi.node.projects import projects
from panshi.node.remembered import remembered, remembered_of_records
from panshi.node.resilience.drill_due import waiting_for_officers
from panshi.node.resilience.graph import analyses
from panshi.node.resilience.vault_status import SourceStatus, unconfirmed_shares, vault_status
from panshi.node.reviews import every_action
from panshi.node.supply_chain.following import pressing_of
from panshi.node.supply_chain.vex import decisions as vex_decisions
from panshi.node.supply_chain.vex_reach import AGAIN_WORDS, SOON, Again, to_examine
from panshi.node.unseen import unseen
from panshi.protection.access.roles import Role
from panshi.protection.supply_chain.vex.steps import AffairState

AHEAD = timedelta(days=14)
"Actions are called for so long before they are due."
SHOWN_TEXT = 60


class Call(StrEnum):
    """What is asked of the person."""

    DECIDE = "decide"
    "An exception or another request awaits a decision."
    COUNTERSIGN = "countersign"
    "An attestation awaits a second person."
    ACT = "act"
    "Something is to be done: an action of a review, a repair, a restore drill."
    ANSWER = "answer"
    "Somebody mentioned the person."
    RESTORE = "restore"
    "A control the person answers for fell."
    RENEW = "renew"
    "An exception the person asked for or approved lapses soon."
    STEP = "step"
    "A step of a plan the person carries."
    OBSERVE = "observe"
    "A source went silent."


CALLS: dict[Call, tuple[str, str]] = {
    Call.DECIDE: ("請決定", "decide"),
    Call.COUNTERSIGN: ("請副署", "countersign"),
    Call.ACT: ("請辦理", "act"),
    Call.ANSWER: ("請回覆", "answer"),
    Call.RESTORE: ("請恢復", "restore"),
    Call.RENEW: ("請續期或收尾", "renew or close"),
    Call.STEP: ("請推進", "carry on"),
    Call.OBSERVE: ("請補觀測", "observe"),
}
"Each call in zh-TW and English."


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaiting:
    """One thing that awaits a person."""

    key: str
    "The same as long as it is the same thing."
    call: Call
    about: str
    "Reference of the object, see `panshi.node.objects`."
    title_zh: str
    title_en: str
    since: date
    due: date | None = None
    confined: bool = False
    "The title stays in the console: it holds what people wrote, or what is vulnerable here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whose inbox is asked for."""

    person: str
    roles: tuple[str, ...]
    estate: str

    def may(self, action: str) -> bool:
        """Whether the person may do this by role."""
        return decided(self.roles, action).allowed


def inbox(
    node: Node, person: str, roles: tuple[str, ...], estate_id: str | None = None
) -> tuple[Awaiting, ...]:
    """Give what awaits a person: what is due first, then the oldest."""
    asking = Asking(person=person, roles=roles, estate=node.estate(estate_id).id)
    found = {item.key: item for source in SOURCES for item in source(node, asking)}
    order = tuple(Call)
    return tuple(
        sorted(
            found.values(),
            key=lambda each: (each.due or date.max, order.index(each.call), each.since, each.key),
        )
    )


def _exception_register(node: Node, estate: str) -> ExceptionRegister:
    return remembered(node, "exception register", estate, lambda: exceptions.register(node, estate))


def _fallen(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the controls that fell to who answers for them, else to the CISO."""
    known = owners(node, asking.estate)
    for each in fallen(node, asking.estate):
        owner = known[each.control].owner if each.control in known else ""
        if asking.person != owner and (owner or Role.CISO not in asking.roles):
            continue
        control = node.library.control(each.control)
        yield Awaiting(
            key=f"fell:{each.control}:{each.last_met}",
            call=Call.RESTORE,
            about=reference(ObjectKind.CONTROL, each.control),
            title_zh=f"{control.id} {control.title_zh}",
            title_en=f"{control.id} {control.title_en}",
            since=each.last_met,
        )


def _silent(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the kinds of look that went silent to those who run observers."""
    if not asking.may("observer.run"):
        return
    for each in unseen(node, asking.estate).silent:
        spec = KINDS.get(each.kind)
        yield Awaiting(
            key=f"silent:{each.kind}:{each.newest.date()}",
            call=Call.OBSERVE,
            about=reference(ObjectKind.SOURCE, each.kind),
            title_zh=spec.title_zh if spec else each.kind,
            title_en=spec.title_en if spec else each.kind,
            since=day_of(each.newest),
        )


def _exceptions(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the exceptions that lack an approval by an office the person holds."""
    held = accountability.appointments(node, asking.estate)
    offices = held.offices_of(asking.person, node.clock())
    for each in _exception_register(node, asking.estate).waiting:
        mine = set(each.missing) & set(offices)
        approver = Role.APPROVER in asking.roles and not each.reviewed_by
        if same_person(asking.person, each.requested_by) or not (mine or approver):
            continue
        yield Awaiting(
            key=f"decide:{each.number}:{each.state}",
            call=Call.DECIDE,
            about=reference(ObjectKind.EXCEPTION, each.number),
            title_zh=f"{each.number} 對 {each.control} 的例外",
            title_en=f"{each.number}, an exception of {each.control}",
            since=each.requested_on,
            due=each.effective,
        )


def _attestations(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the attestations that wait for a second person, and those drawn for a second look."""
    second, look = asking.may("attestation.countersign"), asking.may("attestation.reexamine")
    if not (second or look):
        return
    register = remembered(
        node,
        "attestation register",
        asking.estate,
        lambda: attestations.register(node, asking.estate),
    )
    asked = [(Call.COUNTERSIGN, each) for each in (register.waiting if second else ())]
    asked += [(Call.ACT, each) for each in (register.unexamined if look else ())]
    for call, each in asked:
        if not same_person(asking.person, each.attested_by):
            yield Awaiting(
                key=f"{call}:{each.number}",
                call=call,
                about=reference(ObjectKind.ATTESTATION, each.number),
                title_zh=f"{each.number} 對 {each.control} 的聲明",
                title_en=f"{each.number}, an attestation of {each.control}",
                since=each.made_on,
            )


def _steps(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the projects of adopted paths that the person carries and that run this quarter."""
    quarter = str(Quarter.of(node.clock()))
    known = projects(node, asking.estate)
    for path in adopted(node, asking.estate).values():
        for step in path.plan.projects:
            project = known.get(step.project)
            if project is None or project.owner != asking.person or not project.status.open:
                continue
            if step.starts <= quarter:
                yield Awaiting(
                    key=f"step:{project.id}:{path.plan.adopted_on}",
                    call=Call.STEP,
                    about=reference(ObjectKind.PROJECT, project.id),
                    title_zh=f"{project.id} {project.title_zh}（至 {step.ends}）",
                    title_en=f"{project.id} {project.title_en} (until {step.ends})",
                    since=path.plan.adopted_on,
                )


def _lapsing(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the exceptions the person asked for or approved that lapse within a month."""
    register = _exception_register(node, asking.estate)
    for each in reminders(register, day_of(node.clock())):
        if asking.person in each.persons:
            yield Awaiting(
                key=f"lapsing:{each.number}:{each.threshold}",
                call=Call.RENEW,
                about=reference(ObjectKind.EXCEPTION, each.number),
                title_zh=f"{each.number} 對 {each.control} 的例外即將失效",
                title_en=f"{each.number}, an exception of {each.control}, lapses soon",
                since=each.expires - timedelta(days=each.threshold),
                due=each.expires,
            )


def _actions(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the actions of reviews that an office of the person answers for; late ones first."""
    held = accountability.appointments(node, asking.estate)
    offices = held.offices_of(asking.person, node.clock())
    ahead = day_of(node.clock()) + AHEAD
    for each in every_action(node, asking.estate):
        if each.finished or each.owner not in offices or each.due > ahead:
            continue
        yield Awaiting(
            key=f"act:{each.number}:{each.due}",
            call=Call.ACT,
            about=reference(ObjectKind.REVIEW, each.review),
            title_zh=each.text,
            title_en=each.text,
            since=min(each.due, day_of(each.events[0].at)),
            due=each.due,
            confined=True,
        )


def _mentions(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the comments that name the person."""
    if not asking.may("comment.view"):
        return
    for each in mentions_of(node, asking.person):
        if each.body.author != asking.person:
            yield Awaiting(
                key=f"mention:{each.id}",
                call=Call.ANSWER,
                about=each.body.about,
                title_zh=f"{each.body.author} 提到您：{each.body.text[:SHOWN_TEXT]}",
                title_en=f"{each.body.author} mentioned you: {each.body.text[:SHOWN_TEXT]}",
                since=day_of(each.at),
                confined=True,
            )


def _findings(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the systems whose vulnerabilities the person said they repair, the first due day."""
    if not asking.may("supply_chain.view"):
        return
    for each in pressing_of(node, asking.person, asking.estate, AHEAD):
        yield Awaiting(
            key=f"repair:{each.system}:{each.due}:{each.contradicted}",
            call=Call.ACT,
            about=reference(ObjectKind.ASSET, each.system),
            title_zh=f"修復 {each.system} 的 {each.count} 項弱點",
            title_en=f"repair {each.count} vulnerabilities of {each.system}",
            since=each.since,
            due=each.due,
            confined=True,
        )


def _statements_proposed(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the decisions on exploitability that wait for a second person."""
    if not asking.may("vex.approve"):
        return
    today = day_of(node.clock())
    found = remembered_of_records(
        node, "vex decisions", asking.estate, lambda: vex_decisions(node, asking.estate)
    )
    for each in found:
        proposed = each.state(today) is AffairState.PROPOSED
        if proposed and not same_person(asking.person, each.said.by):
            yield Awaiting(
                key=f"decide:{each.number}",
                call=Call.DECIDE,
                about=reference(ObjectKind.VEX, each.number),
                title_zh=f"{each.number} 對 {each.said.vulnerability} 的可利用性決定",
                title_en=f"{each.number}, a decision on {each.said.vulnerability}",
                since=day_of(each.sealed.observation.observed_at),
                confined=True,
            )


def _statements_again(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the decisions whose ground changed to those who may decide anew."""
    if not asking.may("vex.propose"):
        return
    for one in to_examine(node, asking.estate):
        each, again = one.decision, one.again
        ends = Again.ENDING in again
        decided_at = each.approved_at or each.sealed.observation.observed_at
        zh = "、".join(AGAIN_WORDS[why][0] for why in again)
        en = ", ".join(AGAIN_WORDS[why][1] for why in again)
        yield Awaiting(
            key=f"again:{each.number}:{'+'.join(again)}:{one.ground}",
            call=Call.RENEW if again == (Again.ENDING,) else Call.ACT,
            about=reference(ObjectKind.VEX, each.number),
            title_zh=f"重新檢視 {each.number} 對 {each.said.vulnerability} 的決定：{zh}",
            title_en=f"examine {each.number} on {each.said.vulnerability} again: {en}",
            since=each.expires - timedelta(days=SOON) if ends else day_of(decided_at),
            due=each.expires if ends else None,
            confined=True,
        )


def _impact(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the impact analyses that wait for a second person."""
    if not asking.may("continuity.approve"):
        return
    today = day_of(node.clock())
    known = remembered_of_records(
        node, "impact analyses", asking.estate, lambda: analyses(node, asking.estate)
    )
    names = {each.id: each.name for each in node.estate(asking.estate).assets}
    for service in known.by_service:
        each = known.open(service, today)
        if each is not None and not same_person(asking.person, each.proposed_by):
            yield Awaiting(
                key=f"impact:{each.sealed.id}",
                call=Call.DECIDE,
                about=reference(ObjectKind.IMPACT, service),
                title_zh=f"「{names.get(service, service)}」的營運衝擊分析",
                title_en=f"the impact analysis of {names.get(service, service)}",
                since=day_of(each.proposed_at),
            )


def _vault(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the sources whose snapshot is held back, or that key holders must restore."""
    if not asking.may("continuity.seal"):
        return
    found = remembered_of_records(
        node, "vault sources", asking.estate, lambda: vault_status(node, asking.estate).sources
    )
    today = day_of(node.clock())
    for each in found:
        yield from _of_source(each, today)


def _of_source(each: SourceStatus, today: date) -> Iterator[Awaiting]:
    name, drill, source = f"{each.vault}:{each.source}", each.drill, each.source
    about = reference(ObjectKind.VAULT, source)
    if each.newest.quarantined:
        yield Awaiting(
            key=f"held:{name}:{each.newest.snapshot}",
            call=Call.ACT,
            about=about,
            title_zh=f"「{source}」的最新快照已隔離，請檢視原因",
            title_en=f"the newest snapshot of {source} is held back: look why",
            since=day_of(each.newest.marked_at),
        )
    if drill is None:
        if day_of(each.first) + AHEAD <= today:
            yield Awaiting(
                key=f"drill:{name}:never",
                call=Call.ACT,
                about=about,
                title_zh=f"「{source}」從未實際還原，請召集持鑰人演練",
                title_en=f"{source} was never restored: call the key holders",
                since=day_of(each.first),
            )
    elif not drill.passed:
        yield Awaiting(
            key=f"failed:{name}:{drill.lost_at.isoformat()}",
            call=Call.ACT,
            about=about,
            title_zh=f"「{source}」上次還原演練失敗，請查明並重做",
            title_en=f"the last restore drill of {source} failed: find out why, and repeat it",
            since=day_of(drill.lost_at),
        )
    elif each.due:
        yield Awaiting(
            key=f"drill:{name}:{drill.lost_at.isoformat()}",
            call=Call.ACT,
            about=about,
            title_zh=f"「{source}」逾一季未實際還原，請召集持鑰人演練",
            title_en=f"{source} was not restored for a quarter: call the key holders",
            since=day_of(drill.lost_at),
        )


def _drills(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the drill plans that are due and wait for officers with their shares.

    A plan that cannot be read is told in the trail, by the schedule that reads it.
    """
    if asking.estate != node.estate().id or not asking.may("continuity.seal"):
        return
    try:
        found = waiting_for_officers(node)
    except BadInputError:
        return
    for each in found:
        plan, since = each.plan, day_of(each.due_at or each.since)
        yield Awaiting(
            key=f"plan:{plan.id}:{each.last.isoformat() if each.last else 'never'}",
            call=Call.ACT,
            about=reference(ObjectKind.VAULT, plan.source),
            title_zh=f"還原演練 {plan.id}（「{plan.source}」）已到期，請召集持鑰人執行",
            title_en=f"the drill {plan.id} of {plan.source} is due: call the key holders",
            since=since,
            due=day_of(each.due_at) if each.due_at else None,
        )


def _shares(node: Node, asking: Asking) -> Iterator[Awaiting]:
    """Yield the key rotations whose new shares nobody has used: the old ones open still."""
    if not asking.may("continuity.seal"):
        return
    for each in unconfirmed_shares(node, asking.estate):
        yield Awaiting(
            key=f"shares:{each.vault}:{each.epoch}",
            call=Call.ACT,
            about=reference(ObjectKind.VAULT, each.vault),
            title_zh=f"保險庫「{each.vault}」第 {each.epoch} 版分持尚未確認，舊分持仍可開啟",
            title_en=f"shares of epoch {each.epoch} of vault {each.vault} are not confirmed:"
            " the old ones still open it",
            since=day_of(each.rotated_at),
        )


SOURCES: tuple[Callable[[Node, Asking], Iterator[Awaiting]], ...] = (
    _exceptions,
    _attestations,
    _lapsing,
    _steps,
    _actions,
    _findings,
    _statements_proposed,
    _statements_again,
    _impact,
    _vault,
    _drills,
    _shares,
    _mentions,
    _fallen,
    _silent,
)
"Each capability that asks something of people adds its line."

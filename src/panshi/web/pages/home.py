"""The home page: five questions with their answers, then what each role of the person needs.

Someone with several roles sees the blocks of all of them, in the order of the roles; each block
answers in its first line. The first line of the page is that of the first block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from panshi.evidence.log import Filter
from panshi.model.bodies.records import AuditEvent
from panshi.model.observation import Sealed
from panshi.model.verdict import Status
from panshi.node.alliance.hub import is_hub
from panshi.node.falling import fallen
from panshi.node.first_week import Step, first_week
from panshi.node.inbox import Call
from panshi.node.ownership import owned_by
from panshi.node.supply_chain.portfolio import portfolio
from panshi.node.supply_chain.standing import board_sentence
from panshi.node.unseen import unseen
from panshi.protection.access.roles import ROLE_NAMES, Role
from panshi.report.words import headline_words, verdict_words
from panshi.web.figures import together
from panshi.web.frame import chosen_estate
from panshi.web.gate import action, may, roles_of
from panshi.web.looking import Looking, looking
from panshi.web.nodes import node
from panshi.web.objects import address, may_open
from panshi.web.pages import inbox
from panshi.web.questions import Question, questions
from panshi.web.words import chinese, pick, say

SHOWN = 5
REFUSALS = 20
ZT = "zt36"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a block."""

    text: str
    url: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one role needs to see."""

    role: str
    title: str
    sentence: str
    rows: tuple[Row, ...] = ()
    more: str = ""
    "Address of all of it."
    more_word: str = ""


@action("home.view")
def home(request: HttpRequest) -> HttpResponse:
    """Answer what matters today to whoever asks; at a hub that is its desk."""
    if is_hub(node()) and may(request, "soc.view"):
        return redirect("hub_home")
    estate_id = chosen_estate(request)
    steps = first_week(node())
    if not estate_id:
        return render(request, "pages/nothing_yet.html", {"steps": steps})
    look = looking(request, estate_id)
    items = inbox.lines(request)
    blocks = list(_blocks(request, look, items))
    asked: list[Question] = []
    if may(request, "verdict.view"):
        asked = questions(request, look)
    context = look.context | {
        "blocks": blocks,
        "questions": asked,
        "items": inbox.first(items, SHOWN),
        "open": sum(each.mark is None for each in items),
        "next_step": _next(steps),
        "lead": blocks[0].sentence if blocks else say("您還沒有角色。", "You hold no role yet."),
    }
    if may(request, "supply_chain.view") and portfolio(node()).systems():
        context["supply"] = board_sentence(node(), estate_id=estate_id)
    if asked and ZT in node().library.frameworks:
        context["figures"] = together(look.assess(ZT).verdicts)
    return render(request, "pages/home.html", context)


def _next(steps: tuple[Step, ...]) -> Step | None:
    """Give the next step of the guided first week; None once it is done."""
    return next((each for each in steps if not each.done), None)


def _blocks(request: HttpRequest, look: Looking, items: list[inbox.Line]) -> Iterator[Block]:
    held = roles_of(request)
    for role, make in BLOCKS.items():
        if role in held:
            block = make(request, look, items)
            rows = tuple(
                each if may_open(request, each.url) else replace(each, url="")
                for each in block.rows
            )
            more = block.more if may_open(request, block.more) else ""
            title = pick(ROLE_NAMES[role])
            yield replace(block, role=role, title=title, rows=rows, more=more)
    if held and not BLOCKS.keys() & set(held):
        yield Block(role=held[0], title=pick(ROLE_NAMES[Role(held[0])]), sentence=_headline(look))


def _headline(look: Looking) -> str:
    framework = node().library.frameworks.get(ZT)
    if framework is None:
        return say("此節點沒有零信任控制措施。", "This node carries no zero-trust controls.")
    return headline_words(look.assess(ZT), framework, chinese=chinese())


def _ciso(_request: HttpRequest, look: Looking, _items: list[inbox.Line]) -> Block:
    fell = fallen(node(), look.estate.id)
    return Block(
        role="",
        title="",
        sentence=_headline(look)
        + say("近五週有 {} 項下降。", " {} fell within five weeks.").format(len(fell)),
        rows=tuple(
            Row(
                text=_control(each.control),
                url=_control_url(look, each.control),
                why=verdict_words(each.verdict, chinese=chinese()),
            )
            for each in fell[:SHOWN]
        ),
        more=reverse("posture", args=[look.estate.id]),
        more_word=say("態勢總覽", "Posture"),
    )


def _owner(request: HttpRequest, look: Looking, _items: list[inbox.Line]) -> Block:
    keys = owned_by(node(), request.user.get_username(), look.estate.id)
    verdicts = {key: node().verdict(key, look.estate.id, look.field) for key in keys}
    bad = [key for key, each in verdicts.items() if not each.met]
    failing = sum(verdicts[key].status is Status.NOT_MET for key in bad)
    return Block(
        role="",
        title="",
        sentence=say(
            "您負責 {} 項控制措施：{} 項未達成，{} 項尚無法證明。",
            "You answer for {} controls: {} are not met, {} cannot be shown.",
        ).format(len(keys), failing, len(bad) - failing),
        rows=tuple(
            Row(
                text=_control(key),
                url=_control_url(look, key),
                why=verdict_words(verdicts[key], chinese=chinese()),
            )
            for key in bad[:SHOWN]
        ),
        more=reverse("owners", args=[look.estate.id]) + "?mine=1",
        more_word=say("我負責的控制措施", "Controls I answer for"),
    )


def _approver(_request: HttpRequest, _look: Looking, items: list[inbox.Line]) -> Block:
    asked = [
        each
        for each in items
        if each.mark is None and each.item.call in {Call.DECIDE, Call.COUNTERSIGN}
    ]
    oldest = max((each.days for each in asked), default=0)
    sentence = (
        say("{} 件等您決定，最久的已等 {} 天。", "{} await your decision, the oldest {} days.")
        if asked
        else say("沒有等您決定的事。", "Nothing awaits your decision.")
    )
    return Block(
        role="",
        title="",
        sentence=sentence.format(len(asked), oldest),
        rows=tuple(
            Row(text=pick((each.item.title_zh, each.item.title_en)), url=each.url, why=each.word)
            for each in asked[:SHOWN]
        ),
        more=reverse("inbox"),
        more_word=say("待辦", "Inbox"),
    )


def _analyst(_request: HttpRequest, look: Looking, _items: list[inbox.Line]) -> Block:
    found = unseen(node(), look.estate.id)
    known = look.estate.by_id
    return Block(
        role="",
        title="",
        sentence=say(
            "{} 項資產從未被觀測到，{} 種觀測已沉默，{} 項控制措施沒有觀測來源。",
            "{} assets were never seen, {} kinds of look are silent, {} controls are unfed.",
        ).format(f"{found.never:,}", len(found.silent), len(found.unfed)),
        rows=tuple(
            Row(
                text=known[each.asset].name if each.asset in known else each.asset,
                url=reverse("asset", args=[look.estate.id, each.asset]),
                why=say("計入它的 {} 項控制措施都沒看到", "missed by all its {} controls").format(
                    len(each.controls)
                ),
            )
            for each in found.assets[:SHOWN]
            if each.never
        ),
        more=reverse("unseen", args=[look.estate.id]),
        more_word=say("沒有人看過的", "What nobody has looked at"),
    )


def _audit(request: HttpRequest, _look: Looking, _items: list[inbox.Line]) -> Block:
    since = node().clock() - timedelta(days=7)
    trail = node().log.page(Filter(kind="audit.event/1", since=since), limit=1_000)
    refused = [each for each in trail if not _event(each).allowed]
    return Block(
        role="",
        title="",
        sentence=say(
            "證據紀錄有 {} 筆；過去七日 {} 個動作留下軌跡，其中 {} 個被拒絕。",
            "The log holds {} entries; of {} actions in the past seven days, {} were refused.",
        ).format(f"{node().log.size():,}", _bounded(len(trail)), len(refused)),
        rows=tuple(
            Row(
                text=f"{_event(each).actor or say('未登入者', 'not signed in')} · "
                f"{_event(each).action}",
                url=reverse("observation", args=[each.id]) if may(request, "evidence.view") else "",
                why=_event(each).target,
            )
            for each in refused[:SHOWN]
        ),
        more=address("activity"),
        more_word=say("操作軌跡", "Activity"),
    )


def _board(_request: HttpRequest, look: Looking, _items: list[inbox.Line]) -> Block:
    return Block(
        role="",
        title="",
        sentence=_headline(look),
        more=reverse("posture", args=[look.estate.id]),
        more_word=say("為什麼", "Why"),
    )


def _administrator(_request: HttpRequest, _look: Looking, _items: list[inbox.Line]) -> Block:
    people = User.objects.annotate(
        passkeys=Count("authenticator", filter=Q(authenticator__type="webauthn"))
    )
    waiting = people.filter(is_active=True, passkeys=0)
    return Block(
        role="",
        title="",
        sentence=say(
            "{} 個帳號，其中 {} 個還沒有通行密鑰。", "{} accounts, {} without a passkey yet."
        ).format(people.count(), waiting.count()),
        rows=tuple(
            Row(text=each.get_username(), url=reverse("accounts")) for each in waiting[:SHOWN]
        ),
        more=reverse("accounts"),
        more_word=say("帳號與角色", "Accounts"),
    )


BLOCKS: dict[Role, Callable[[HttpRequest, Looking, list[inbox.Line]], Block]] = {
    Role.CISO: _ciso,
    Role.BOARD_READER: _board,
    Role.APPROVER: _approver,
    Role.CONTROL_OWNER: _owner,
    Role.ANALYST: _analyst,
    Role.INTERNAL_AUDIT: _audit,
    Role.ADMINISTRATOR: _administrator,
}
"In the order shown; roles without a block of their own see the headline."


def _event(sealed: Sealed) -> AuditEvent:
    body = sealed.observation.body
    if isinstance(body, AuditEvent):
        return body
    return AuditEvent(actor="", action="", target="", allowed=True)


def _bounded(count: int) -> str:
    most = 1_000
    return say("{} 個以上", "{} or more").format(f"{most:,}") if count >= most else f"{count:,}"


def _control(key: str) -> str:
    control = node().library.control(key)
    return f"{control.id} {pick((control.title_zh, control.title_en))}"


def _control_url(look: Looking, key: str) -> str:
    framework, _, control = key.partition("/")
    return reverse("control", args=[look.estate.id, framework, control])


urlpatterns = [path("", home, name="home")]

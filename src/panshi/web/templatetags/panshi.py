"""What templates can say and draw: pairs of texts, numbers, moments, evidence bars, stages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from panshi.model.asset import Asset
from panshi.model.attributes import Attribute
from panshi.model.bodies import KINDS
from panshi.model.control import Basis
from panshi.model.verdict import ItemState, Proof, Status, Verdict
from panshi.protection.access.roles import ROLE_NAMES, Role
from panshi.report import words as judged_words
from panshi.report.paper.figures import percent
from panshi.web import assets, proof_words, words
from panshi.web.action_words import action_word
from panshi.web.attribute_words import attribute_words
from panshi.web.bars import Bar, Figures, bar_of
from panshi.web.gate import may

register = template.Library()


@register.simple_tag
def say(zh: str, en: str, **values: object) -> str:
    """Give one text of two; `{name}` in it is filled from the tag's values, escaped."""
    text = conditional_escape(words.say(zh, en))
    if not values:
        return text
    filled = {name: _escaped(value) for name, value in values.items()}
    return mark_safe(text.format(**filled))  # noqa: S308 -- every part was escaped above


def _escaped(value: object) -> str:
    return conditional_escape(value if isinstance(value, SafeString) else str(value))


@register.filter
def t(thing: object, name: str) -> str:
    """Give the `<name>_zh` or `<name>_en` of something, by the language of the page."""
    ending = "zh" if words.chinese() else "en"
    return str(getattr(thing, f"{name}_{ending}"))


@register.filter
def in_words(thing: object) -> str:
    """Say a status, a basis, a state, a kind or a field in words."""
    chinese = words.chinese()
    match thing:
        case Status():
            return judged_words.status_word(thing, chinese=chinese)
        case Basis():
            return judged_words.basis_word(thing, chinese=chinese)
        case ItemState():
            return judged_words.item_word(thing, chinese=chinese)
    for table in (words.OUTCOMES, words.STRENGTHS, words.MACHINE, words.RELATIONS, words.MAPPINGS):
        if thing in table:
            return words.pick(table[thing])  # type: ignore[index]
    return words.asset_kind(str(thing))


@register.filter
def verdict_sentence(verdict: Verdict) -> str:
    """Say a verdict in one sentence."""
    return judged_words.verdict_words(verdict, chinese=words.chinese())


@register.filter
def stage_word(stage: int) -> str:
    """Name a stage with its numeral."""
    return judged_words.stage_name(stage, chinese=words.chinese())


@register.filter
def stage_numeral(stage: int) -> str:
    """Give a stage's numeral."""
    return judged_words.STAGES[stage]


@register.filter
def field_word(field: str) -> str:
    """Name a field (場域)."""
    return words.field_name(field)


@register.filter
def number(value: object) -> str:
    """Group the digits of a number."""
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.filter(name="percent")
def percent_filter(share: float | None) -> str:
    """Give a share as a percentage, never rounded up."""
    return percent(share)


@register.filter
def moment(when: datetime | date | None) -> SafeString:
    """Give a time in Taiwan's zone, or a day, as a `time` element."""
    if when is None:
        return mark_safe("—")
    if isinstance(when, datetime):
        local = timezone.localtime(when)
        text = f"{local:%Y-%m-%d %H:%M}"
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            when.isoformat(timespec="seconds"),
            f"{local:%Y-%m-%d %H:%M:%S} UTC+8",
            text,
        )
    return format_html('<time datetime="{0}">{0}</time>', when.isoformat())


@register.filter
def short(identifier: str) -> str:
    """Shorten an evidence id for a table; the link keeps all of it."""
    return identifier[:10]


@register.filter(name="action_word")
def action_word_filter(action: str) -> str:
    """Say an action of the trail in words."""
    return action_word(action)


@register.filter
def kind_word(kind: str) -> str:
    """Name a kind of observation."""
    known = KINDS.get(kind)
    return words.pick((known.title_zh, known.title_en)) if known else kind


@register.filter
def role_word(role: str) -> str:
    """Name a role."""
    return words.pick(ROLE_NAMES[Role(role)]) if role in set(Role) else role


@register.filter
def rule_word(rule: str) -> str:
    """Name a rule of a proof tree."""
    return words.pick(proof_words.RULES[rule]) if rule in proof_words.RULES else rule


@register.filter
def rule_why(rule: str) -> str:
    """Say what a rule of a proof tree does."""
    return words.pick(proof_words.WHY[rule]) if rule in proof_words.WHY else ""


@register.filter
def conclusion_word(proof: Proof) -> str:
    """Say a node's conclusion in words."""
    return proof_words.conclusion(proof)


@register.filter
def parameter_word(name: str) -> str:
    """Name a parameter of a proof node."""
    return proof_words.parameter(name)


@register.filter
def parameters_of(proof: Proof) -> list[tuple[str, object]]:
    """Parameters of a node that say something, with their values in words."""
    return proof_words.parameters(proof)


@register.filter
def branches(proof: Proof) -> dict[str, list[Proof]]:
    """Part a node's children into those that decide and the tests that no longer contradict."""
    lifted = [
        each
        for each in proof.children
        if (each.rule, each.conclusion) == ("contradiction", "lifted")
    ]
    gone = {id(each) for each in lifted}
    return {"standing": [each for each in proof.children if id(each) not in gone], "lifted": lifted}


@register.filter
def figure(value: object) -> str:
    """Give a figure as people read it: grouped digits, few decimals."""
    match value:
        case bool() | str():
            return str(value)
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.4f}".rstrip("0").rstrip(".")
        case _:
            return str(value)


@register.filter
def attribute(found: Asset, column: Attribute) -> str:
    """Give an asset's value in a column."""
    value = found.attributes.get(column.name)
    return "—" if value is None else attribute_words(column, value)


@register.filter
def is_list(value: object) -> bool:
    """Whether a value is shown as a list."""
    return isinstance(value, list)


@register.filter
def tail(place: str) -> str:
    """Give a place in a file without the folders it lies in on the server."""
    return place.rpartition("/")[2]


@register.inclusion_tag("parts/bar.html")
def bar(judged: Verdict | Figures | Bar, size: str = "line", href: str = "") -> dict[str, object]:
    """Draw the evidence bar of a verdict or of several; `size` is `cell`, `line` or `hero`."""
    drawn = judged if isinstance(judged, Bar) else bar_of(judged)
    return {"bar": drawn, "size": size, "href": href}


@register.inclusion_tag("parts/steps.html")
def steps(stage: int, possible: int = 0, claimed: int = 0) -> dict[str, object]:
    """Draw the four stages as a stair: solid reached, hatched possible, hollow claimed."""
    stairs = [
        {
            "numeral": judged_words.STAGES[each],
            "x": (each - 1) * 26,
            "y": 40 - each * 10,
            "height": each * 10,
            "state": "reached" if each <= stage else "possible" if each <= possible else "open",
            "claimed": each == claimed and claimed > stage,
            "middle": (each - 1) * 26 + 12,
            "top": 40 - each * 10 - 5,
        }
        for each in (1, 2, 3, 4)
    ]
    spoken = words.say(
        "證據已達{}；若未知項目全數通過可達{}",
        "evidence reaches {}; {} if all that is unknown passed",
    ).format(
        judged_words.stage_name(stage, chinese=words.chinese()),
        judged_words.stage_name(max(stage, possible), chinese=words.chinese()),
    )
    return {"stairs": stairs, "spoken": spoken}


@register.simple_tag(takes_context=True)
def control_url(context: Mapping[str, object], key: str) -> str:
    """Where a control's page is, in the estate and field being looked at."""
    framework, _, control = key.partition("/")
    url = reverse("control", args=[context.get("estate_id", ""), framework, control])
    field = context.get("field", "")
    return f"{url}?{urlencode({'field': field})}" if field else url


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, object], **changes: object) -> str:
    """Give the page's own query with some parts changed; empty parts are left out."""
    request = context["request"]
    kept: QueryDict = (
        request.GET.copy() if isinstance(request, HttpRequest) else QueryDict("", mutable=True)
    )
    for name, value in changes.items():
        kept.pop(name, None)
        if value not in {None, ""}:
            kept[name] = str(value)
    for name in [each for each, value in kept.items() if not value]:
        del kept[name]
    return f"?{kept.urlencode()}"


@register.simple_tag(takes_context=True)
def allowed(context: Mapping[str, object], action: str) -> bool:
    """Whether the person looking at the page may do this."""
    request = context.get("request")
    return (
        isinstance(request, HttpRequest) and request.user.is_authenticated and may(request, action)
    )


@register.simple_tag
def asset(path: str) -> str:
    """Address of a static file with a digest of its content, so that browsers may keep it."""
    return f"{static(path)}?v={assets.digest(path)}"

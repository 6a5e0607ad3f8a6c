"""Where the page of an object is, and what it is called; objects without a page have no address.

A capability with pages of its own adds its line to `PAGES`.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from panshi.errors import BadInputError
from panshi.model.asset import AssetId
from panshi.model.bodies import KINDS
from panshi.node.objects import ObjectKind, split
from panshi.web.gate import may
from panshi.web.nodes import node
from panshi.web.words import Pair, chinese, pick

KIND_WORDS: dict[ObjectKind, Pair] = {
    ObjectKind.CONTROL: ("控制措施", "control"),
    ObjectKind.ASSET: ("資產", "asset"),
    ObjectKind.OBSERVATION: ("觀測", "observation"),
    ObjectKind.EXCEPTION: ("例外", "exception"),
    ObjectKind.ATTESTATION: ("聲明", "attestation"),
    ObjectKind.PROJECT: ("專案", "project"),
    ObjectKind.INDICATOR: ("指標", "indicator"),
    ObjectKind.REVIEW: ("管考會議", "review"),
    ObjectKind.STATEMENT: ("年度聲明", "yearly statement"),
    ObjectKind.REPORT: ("年度報告", "yearly report"),
    ObjectKind.OFFICE: ("職位", "office"),
    ObjectKind.ACTION: ("待辦事項", "action"),
    ObjectKind.SOURCE: ("觀測種類", "kind of observation"),
    ObjectKind.COMMENT: ("留言", "comment"),
    ObjectKind.DOCUMENT: ("文件", "document"),
    ObjectKind.PERSON: ("人員", "person"),
    ObjectKind.FRAMEWORK: ("框架", "framework"),
    ObjectKind.INTELLIGENCE: ("情資", "intelligence"),
    ObjectKind.MEMBER: ("會員", "member"),
    ObjectKind.VEX: ("可利用性決定", "decision on exploitability"),
    ObjectKind.IMPACT: ("營運衝擊分析", "impact analysis"),
    ObjectKind.VAULT: ("保險庫來源", "source in the vault"),
}
"Each kind of object in zh-TW and English."

PAGES: dict[ObjectKind, tuple[str, bool]] = {
    ObjectKind.ASSET: ("asset", True),
    ObjectKind.OBSERVATION: ("observation", False),
    ObjectKind.FRAMEWORK: ("framework", True),
    ObjectKind.EXCEPTION: ("exception", True),
    ObjectKind.ATTESTATION: ("attestation", True),
    ObjectKind.PROJECT: ("project", True),
    ObjectKind.INDICATOR: ("indicator", True),
    ObjectKind.REVIEW: ("review", True),
    ObjectKind.STATEMENT: ("statement", True),
    ObjectKind.REPORT: ("board_report", True),
    ObjectKind.ACTION: ("action", True),
    ObjectKind.OFFICE: ("office", True),
    ObjectKind.INTELLIGENCE: ("intelligence_object", True),
    ObjectKind.MEMBER: ("hub_member", False),
    ObjectKind.VEX: ("vex_decision", True),
    ObjectKind.IMPACT: ("continuity_service", True),
}
"Name of the address that takes the object's id, and whether the estate's id stands before it."


def address(view: str, *names: str) -> str:
    """Give the address of a page by its name; empty where this console has no such page."""
    try:
        return reverse(view, args=list(names))
    except NoReverseMatch:
        return ""


def may_open(request: HttpRequest, url: str) -> bool:
    """Whether whoever asks is permitted the action of the page at an address."""
    try:
        view = resolve(url.partition("?")[0]).func
    except Resolver404:
        return False
    name: str = getattr(view, "panshi_action", "")
    return bool(name) and may(request, name)


def address_of(about: str, estate_id: str) -> str:
    """Give the address of an object's page; empty where it has none here."""
    try:
        kind, name = split(about)
        return _address(kind, name, estate_id)
    except (BadInputError, NoReverseMatch):
        return ""


def name_of(about: str, estate_id: str) -> str:
    """Say what an object is called; its own id where nothing better is known."""
    try:
        kind, name = split(about)
    except BadInputError:
        return about
    match kind:
        case ObjectKind.CONTROL:
            return _control_name(name)
        case ObjectKind.ASSET if estate_id:
            asset = node().estate(estate_id).by_id.get(AssetId(name))
            return asset.name if asset else name
        case ObjectKind.SOURCE:
            spec = KINDS.get(name)
            return pick((spec.title_zh, spec.title_en)) if spec else name
        case _:
            return name


def kind_word(about: str) -> str:
    """Name the kind of an object."""
    try:
        return pick(KIND_WORDS[split(about)[0]])
    except BadInputError:
        return ""


def _address(kind: ObjectKind, name: str, estate_id: str) -> str:
    match kind:
        case ObjectKind.CONTROL:
            framework, _, control = name.partition("/")
            return reverse("control", args=[estate_id, framework, control])
        case ObjectKind.SOURCE:
            return f"{reverse('evidence')}?{urlencode({'kind': name})}"
        case ObjectKind.VAULT:
            return reverse("vault", args=[estate_id])
        case _ if kind in PAGES:
            view, of_estate = PAGES[kind]
            return reverse(view, args=[estate_id, name] if of_estate else [name])
        case _:
            return ""


def _control_name(key: str) -> str:
    framework_id, _, control_id = key.partition("/")
    framework = node().library.frameworks.get(framework_id)
    control = framework.by_id.get(control_id) if framework else None
    if control is None:
        return key
    return f"{control.id} {control.title_zh if chinese() else control.title_en}"

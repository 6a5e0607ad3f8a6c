"""What surrounds every page: who is signed in, which estate is looked at, where one can go."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from panshi import __version__
from panshi.model.estate import Estate
from panshi.node.alliance.hub import is_hub
from panshi.node.notify import register_of
from panshi.protection.access.roles import ROLE_NAMES, Role
from panshi.web.gate import may, roles_of
from panshi.web.navigation import Place, Section, sections, today
from panshi.web.nodes import node
from panshi.web.words import pick, say

THEMES = ("auto", "light", "dark")
ESTATE_KEY = "estate"


def chosen_estate(request: HttpRequest) -> str:
    """Give the estate this session last looked at, else the node's first; empty for none."""
    known = node().estate_ids()
    remembered = request.session.get(ESTATE_KEY, "")
    if remembered in known:
        return str(remembered)
    return node().estate().id if known else ""


def frame(request: HttpRequest) -> dict[str, object]:
    """Give the context of the base template."""
    shown: dict[str, object] = {
        "theme": theme_of(request),
        "themes": THEMES,
        "languages": settings.LANGUAGES,
        "version": __version__,
    }
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return shown
    estate_id = chosen_estate(request)
    roles = [pick(ROLE_NAMES[Role(role)]) for role in roles_of(request)]
    return shown | {
        "estate_id": estate_id,
        "frame": {
            "estates": _estates(),
            "today": today(request, estate_id),
            "sections": [*_axes(request, estate_id), *sections(request, estate_id)],
            "unread": register_of(node()).unread(request.user.get_username()),
            "undo": request.session.pop("undo", None),
        },
        "role_words": say("、", ", ").join(roles) or say("尚無角色", "no role yet"),
    }


def theme_of(request: HttpRequest) -> str:
    """Light, dark or as the browser says."""
    theme = request.COOKIES.get("panshi_theme", "auto")
    return theme if theme in THEMES else "auto"


def _estates() -> list[Estate]:
    return [node().judging.estate(each) for each in node().estate_ids()]


def _axes(request: HttpRequest, estate_id: str) -> list[Section]:
    blueprint = node().library.frameworks.get("blueprint")
    barred = is_hub(node()) or not may(request, "verdict.view")
    if blueprint is None or not estate_id or barred:
        return []
    base = reverse("framework", args=[estate_id, "blueprint"])
    places = tuple(
        Place(
            name=pick((group.title_zh, group.title_en)),
            url=f"{base}?group={group.id}",
            here=request.path == base and request.GET.get("group") == group.id,
        )
        for group in blueprint.groups
        if not group.parent
    )
    return [Section(title=say("四軸", "Four axes"), places=places)]

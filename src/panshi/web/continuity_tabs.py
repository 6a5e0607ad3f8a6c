"""The tabs above every page on continuity and the vault: one table, one line per page.

A page that joins adds its line here and writes `{% load continuity %}{% continuity_tabs %}` below
its first sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from panshi.web.gate import may
from panshi.web.navigation import Entry, Place
from panshi.web.words import pick


def _tab(action: str, zh: str, en: str, view: str) -> Entry:
    return Entry(action=action, zh=zh, en=en, view=view, of_estate=True)


TABS: tuple[Entry, ...] = (
    _tab("continuity.view", "複合災難", "Disaster", "continuity"),
    _tab("continuity.view", "營運衝擊", "Business impact", "continuity_impact"),
    _tab("continuity.view", "矛盾", "Contradictions", "continuity_contradictions"),
    _tab("continuity.view", "備援層", "Layers", "continuity_layers"),
    _tab("continuity.view", "單點與割集", "Cut sets", "continuity_cut_sets"),
    _tab("continuity.view", "集中度", "Concentration", "continuity_concentration"),
    _tab("continuity.view", "演練", "Drills", "continuity_drills"),
    _tab("vault.view", "資料保險庫", "Vault", "vault"),
)
"Action, words, address; in the order shown."
EXACT = {"continuity"}
"Addresses below which the others lie."


def tabs(request: HttpRequest, estate_id: str) -> Iterator[Place]:
    """Give the tabs whoever asks may open."""
    for each in TABS:
        try:
            url = reverse(each.view, args=[estate_id]) if estate_id else ""
        except NoReverseMatch:
            continue
        if url and may(request, each.action):
            here = request.path == url if each.view in EXACT else request.path.startswith(url)
            yield Place(name=pick((each.zh, each.en)), url=url, here=here, view=each.view)

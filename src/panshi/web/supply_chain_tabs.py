"""The tabs above every page on the software supply chain: one table, one line per page.

A page that joins adds its line here, one to `navigation` where people go there by themselves, and
writes `{% load supply_chain %}{% supply_chain_tabs %}` below its first sentences.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from panshi.web.gate import may
from panshi.web.navigation import Entry, Place
from panshi.web.words import pick


def _tab(action: str, zh: str, en: str, view: str, *, of_estate: bool = True) -> Entry:
    return Entry(action=action, zh=zh, en=en, view=view, of_estate=of_estate)


TABS: tuple[Entry, ...] = (
    _tab("supply_chain.view", "組合", "Portfolio", "supply_chain"),
    _tab("supply_chain.view", "公告", "Advisories", "supply_chain_advisories"),
    _tab("supply_chain.view", "修補時限", "Due dates", "supply_chain_board"),
    _tab("supply_chain.view", "警示", "Alerts", "supply_chain_alerts"),
    _tab("vex.view", "VEX 聲明", "VEX", "vex"),
    _tab("supply_chain.view", "供應商", "Suppliers", "supply_chain_suppliers"),
    _tab("supply_chain.view", "搜尋元件", "Find a component", "supply_chain_search"),
    _tab("supply_chain.view", "安全開發", "Secure development", "secure_development"),
    _tab("feed.view", "情資來源", "Feeds", "feeds"),
)
"Action, words, address; in the order shown."
EXACT = {"supply_chain"}
"Addresses below which the others lie."


def tabs(request: HttpRequest, estate_id: str) -> Iterator[Place]:
    """Give the tabs whoever asks may open."""
    for each in TABS:
        url = _address(each, estate_id)
        if url and may(request, each.action):
            here = request.path == url if each.view in EXACT else request.path.startswith(url)
            yield Place(name=pick((each.zh, each.en)), url=url, here=here, view=each.view)


def _address(entry: Entry, estate_id: str) -> str:
    if entry.of_estate and not estate_id:
        return ""
    try:
        return reverse(entry.view, args=[estate_id] if entry.of_estate else [])
    except NoReverseMatch:
        return ""

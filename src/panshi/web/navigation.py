"""Where one can go: the table of the navigation, by group; entries not allowed are left out.

A new page adds one line here, one to `urls`, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from panshi.node.alliance.hub import is_hub
from panshi.web.gate import may
from panshi.web.nodes import node
from panshi.web.words import pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation."""

    name: str
    url: str
    here: bool = False
    view: str = ""
    "Name of the address."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One page as the table names it."""

    action: str
    zh: str
    en: str
    view: str
    "Name of the address."
    of_estate: bool = False
    "The address takes the estate's id; a hub, which has no institution's estate, shows none."
    of_hub: bool = False
    "Shown at a hub only."


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of entries under one heading."""

    title: str
    places: tuple[Place, ...]
    open: bool = True
    "Unfolded: the groups people work in, and the one the page is in."


def _entry(
    action: str, zh: str, en: str, view: str, *, of_estate: bool = False, of_hub: bool = False
) -> Entry:
    return Entry(action=action, zh=zh, en=en, view=view, of_estate=of_estate, of_hub=of_hub)


NAVIGATION: tuple[tuple[tuple[str, str], tuple[Entry, ...]], ...] = (
    (
        ("聯防 SOC", "Joint SOC"),
        (
            _entry("soc.view", "聯防總覽", "Overview", "hub_home", of_hub=True),
            _entry("soc.view", "事件單", "Tickets", "hub_tickets", of_hub=True),
            _entry("soc.view", "攻擊行動", "Campaigns", "hub_campaigns", of_hub=True),
            _entry("soc.view", "預警", "Warnings", "hub_warnings", of_hub=True),
            _entry("soc.view", "產業集中度", "Concentration", "hub_concentration", of_hub=True),
            _entry("hub_member.view", "會員", "Members", "hub_members", of_hub=True),
            _entry("hub_member.view", "情資集合", "Collections", "hub_collections", of_hub=True),
            _entry("soc.report", "威脅報告", "Threat reports", "hub_reports", of_hub=True),
            _entry("reward.view", "獎勵機制", "Rewards", "hub_rewards", of_hub=True),
            _entry("disclosure.view", "漏洞通報", "Disclosure", "disclosure_cases", of_hub=True),
            _entry("disclosure.view", "曝險位址", "Addresses", "disclosure_addresses", of_hub=True),
            _entry("extraction.view", "情資擷取", "Extraction", "extraction"),
        ),
    ),
    (
        ("判定與決策", "Judge and decide"),
        (
            _entry("verdict.view", "態勢總覽", "Posture", "posture", of_estate=True),
            _entry("scope.view", "零信任場域", "Zero-trust scope", "zt_scope", of_estate=True),
            _entry("plan.view", "路徑", "Cheapest path", "plan", of_estate=True),
            _entry("plan.view", "專案", "Projects", "projects", of_estate=True),
            _entry("exception.view", "例外", "Exceptions", "exceptions", of_estate=True),
            _entry("attestation.view", "聲明", "Attestations", "attestations", of_estate=True),
        ),
    ),
    (
        ("當責與管考", "Accountability"),
        (
            _entry("indicator.view", "指標", "Indicators", "indicators", of_estate=True),
            _entry("review.view", "季度檢討", "Quarterly review", "reviews", of_estate=True),
            _entry("office.view", "當責", "Offices", "offices", of_estate=True),
            _entry("statement.view", "年度聲明", "Yearly statement", "statements", of_estate=True),
            _entry("statement.view", "資安長報告", "CISO reports", "board_reports", of_estate=True),
        ),
    ),
    (
        ("零信任", "Zero trust"),
        (
            _entry("zt_policy.view", "零信任總覽", "Overview", "zero_trust", of_estate=True),
            _entry("zt_policy.view", "零信任政策", "Policies", "zt_policies", of_estate=True),
            _entry("access.view", "存取決定", "Accesses", "access_decisions", of_estate=True),
            _entry("access.view", "即時工作階段", "Live sessions", "live_sessions", of_estate=True),
            _entry("access.view", "共享訊號", "Shared signals", "signal_streams", of_estate=True),
            _entry("grant.view", "特權存取", "Privileged access", "privileged", of_estate=True),
            _entry("device.view", "設備證明", "Attesting devices", "devices", of_estate=True),
        ),
    ),
    (
        ("軟體供應鏈", "Software supply chain"),
        (
            _entry("supply_chain.view", "供應鏈總覽", "Overview", "supply_chain", of_estate=True),
            _entry(
                "supply_chain.view",
                "公告",
                "Advisories",
                "supply_chain_advisories",
                of_estate=True,
            ),
            _entry(
                "supply_chain.view",
                "軟體供應商",
                "Suppliers",
                "supply_chain_suppliers",
                of_estate=True,
            ),
        ),
    ),
    (
        ("營運韌性", "Continuity"),
        (
            _entry("continuity.view", "複合災難", "Disaster", "continuity", of_estate=True),
            _entry("vault.view", "資料保險庫", "Vault", "vault", of_estate=True),
        ),
    ),
    (
        ("聯防情資", "Shared intelligence"),
        (_entry("intel.view", "情資", "Intelligence", "intelligence", of_estate=True),),
    ),
    (
        ("憑據", "Grounds"),
        (
            _entry("framework.view", "框架與控制措施", "Frameworks", "frameworks", of_estate=True),
            _entry("framework.view", "規範", "Norms", "norms"),
            _entry("evidence.view", "證據", "Evidence", "evidence"),
            _entry("estate.view", "資產", "Estate", "assets", of_estate=True),
            _entry("verdict.view", "負責人", "Owners", "owners", of_estate=True),
            _entry("observer.view", "觀測來源", "Observers", "observers"),
            _entry("activity.view", "操作軌跡", "Activity", "activity"),
        ),
    ),
    (
        ("報告", "Reports"),
        (_entry("report.view", "報告與查核包", "Reports and bundle", "reports", of_estate=True),),
    ),
    (
        ("設定", "Settings"),
        (
            _entry("home.view", "第一週", "First week", "first_week"),
            _entry("estate.change", "匯入資產", "Import an estate", "estate_import"),
            _entry("parameter.view", "參數", "Parameters", "parameters"),
            _entry("account.view", "帳號與角色", "Accounts", "accounts"),
            _entry("account.view", "API 權杖", "API tokens", "tokens"),
        ),
    ),
)
"Headings in zh-TW and English, each with its entries, in the order shown."


TODAY: tuple[Entry, ...] = (
    _entry("home.view", "今日", "Today", "home"),
    _entry("home.view", "待辦", "Inbox", "inbox"),
    _entry("verdict.view", "要決定的事", "Decisions", "decisions", of_estate=True),
    _entry("verdict.view", "沒有人看過的", "Unseen", "unseen", of_estate=True),
)
"What stands above all groups, for everybody."

FOLDED = {"Settings"}
"Groups that are folded while the page is in none of their places, by their English heading."

EXACT = {"disclosure_cases", "home", "hub_home", "posture", "supply_chain", "zero_trust"}
"Addresses below which other pages lie: only the page itself is the current one."


def sections(request: HttpRequest, estate_id: str) -> list[Section]:
    """Give the groups someone may see, empty ones left out."""
    made = [
        _section(title, tuple(_places(request, entries, estate_id)))
        for title, entries in NAVIGATION
    ]
    return [section for section in made if section.places]


def _section(title: tuple[str, str], places: tuple[Place, ...]) -> Section:
    unfolded = title[1] not in FOLDED or any(place.here for place in places)
    return Section(title=pick(title), places=places, open=unfolded)


def today(request: HttpRequest, estate_id: str) -> list[Place]:
    """Give what stands above all groups."""
    return list(_places(request, TODAY, estate_id))


def places(request: HttpRequest, estate_id: str) -> Iterator[Place]:
    """Give every place somebody may go to."""
    yield from _places(request, TODAY, estate_id)
    for _title, entries in NAVIGATION:
        yield from _places(request, entries, estate_id)


def _places(request: HttpRequest, entries: tuple[Entry, ...], estate_id: str) -> Iterator[Place]:
    hub = is_hub(node())
    for entry in entries:
        if (entry.of_estate and (hub or not estate_id)) or (entry.of_hub and not hub):
            continue
        url = reverse(entry.view, args=[estate_id] if entry.of_estate else [])
        if may(request, entry.action):
            here = request.path == url if entry.view in EXACT else request.path.startswith(url)
            yield Place(name=pick((entry.zh, entry.en)), url=url, here=here, view=entry.view)

"""Threat reports as documents: one composition for PDF, DOCX, workbook, page and JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from panshi.alliance.sector.picture import FEWEST, Count, SectorCount
from panshi.alliance.sector.told import ToldCampaign
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.report.paper.document import (
    Cell,
    Column,
    Day,
    Document,
    Facts,
    Paragraph,
    Points,
    Ref,
    Say,
    Section,
    Table,
    Trend,
)
from panshi.report.paper.document import Count as Number
from panshi.report.threat.facts import ThreatFacts, ThreatReport
from panshi.report.threat.words import CATEGORIES, SECTORS, SEVERITIES, Pair, word

TITLES: dict[ThreatReport, Pair] = {
    ThreatReport.WEEKLY: ("金融聯防威脅週報", "Weekly threat report of the joint SOC"),
    ThreatReport.QUARTERLY: ("金融聯防威脅季報", "Quarterly threat report of the joint SOC"),
    ThreatReport.BULLETIN: ("跨境預警公告", "Cross-border early-warning bulletin"),
}
MOST_CAMPAIGNS = 20
MOST_VALUES = 12


def threat_paper(facts: ThreatFacts, *, chinese: bool) -> Document:
    """Lay out a threat report in one language."""
    say = Say(chinese=chinese)
    sections = (
        _bulletin(facts, say)
        if facts.report is ThreatReport.BULLETIN
        else (
            _summary(facts, say),
            _campaigns(facts, say),
            _what(facts, say),
            _where(facts, say),
            _warnings(facts, say),
        )
    )
    return Document(
        id=f"threat-{facts.report}",
        chinese=chinese,
        title=say(*TITLES[facts.report]),
        subtitle=say(
            f"{facts.period.words_zh}；{facts.tlp.label}", f"{facts.period.name}; {facts.tlp.label}"
        ),
        institution=say(facts.hub_zh, facts.hub_en),
        as_of=facts.made_at,
        demo=facts.demo,
        source=facts.source,
        sections=(*sections, _reading(facts, say)),
    )


def lead_of(facts: ThreatFacts, say: Say) -> str:
    """Say the period in one sentence."""
    told = facts.picture
    if not told.tickets:
        return say("本期沒有可揭露的事件單。", "No ticket of this period may be told.")
    fallen = _change(told.tickets, told.tickets_before, say)
    return say(
        f"本期 {_members(told.reporters, say)}通報 {told.tickets:,} 張事件單，{fallen}；"
        f"{len(told.campaigns)} 件攻擊行動持續中，其中 {len(told.new)} 件為新發現。",
        f"{_members(told.reporters, say)} reported {told.tickets:,} tickets, {fallen}; "
        f"{len(told.campaigns)} campaigns are active, {len(told.new)} of them new.",
    )


def _summary(facts: ThreatFacts, say: Say) -> Section:
    told = facts.picture
    hours = told.hours_to_report
    waited = (
        say("沒有事件單載明偵測時間", "no ticket says when it was detected")
        if hours is None
        else say(f"{hours:.1f} 小時（{told.timed:,} 張）", f"{hours:.1f} hours ({told.timed:,})")
    )
    figures: list[tuple[str, Cell]] = [
        (say("事件單", "tickets"), Number(told.tickets)),
        (say("前一期", "period before"), Number(told.tickets_before)),
        (say("通報會員", "members reporting"), _members(told.reporters, say)),
        (say("由偵測至通報（中位數）", "from detection to report (median)"), waited),
        (say("預警", "early warnings"), Number(len(told.warnings))),
    ]
    if len(told.weeks) > 1:
        spoken = say("各週事件單：", "Tickets per week: ") + ", ".join(map(str, told.weeks))
        figures.append(
            (
                say("各週事件單", "tickets per week"),
                Trend(
                    points=tuple(map(float, told.weeks)),
                    spoken=spoken,
                    text=" → ".join(map(str, told.weeks)),
                ),
            )
        )
    return Section(
        id="summary",
        title=say("一、摘要", "1. Summary"),
        lead=lead_of(facts, say),
        blocks=(Facts(id="summary", title="", facts=tuple(figures)),),
    )


def _campaigns(facts: ThreatFacts, say: Say) -> Section:
    told = facts.picture.campaigns
    return Section(
        id="campaigns",
        title=say("二、攻擊行動", "2. Campaigns"),
        lead=say(
            "攻擊行動由事件單共有的罕見指標、技術順序、供應商與弱點連結而成；會員名稱不揭露。",
            "Campaigns are tickets joined by rare indicators, order of techniques, suppliers and "
            "vulnerabilities they share; members are not named.",
        ),
        blocks=(
            _campaign_table(told, facts, say),
            *(_values(each, facts, say) for each in told[:MOST_CAMPAIGNS] if each.values),
        ),
    )


def _campaign_table(told: tuple[ToldCampaign, ...], facts: ThreatFacts, say: Say) -> Table:
    return Table(
        id="campaigns",
        title="",
        columns=(
            Column(key="campaign", title=say("攻擊行動", "campaign"), width=2.4),
            Column(key="first", title=say("始於", "since"), width=1.2),
            Column(key="tickets", title=say("事件單", "tickets"), width=0.8),
            Column(key="members", title=say("會員", "members"), width=1),
            Column(key="sectors", title=say("業別", "sectors"), width=1.2),
            Column(key="severity", title=say("嚴重度", "severity"), width=0.8),
            Column(key="techniques", title=say("技術（依攻擊順序）", "techniques"), width=2.2),
            Column(key="through", title=say("經由", "through"), width=1.6),
        ),
        rows=tuple(
            (
                each.name,
                Day(day_of(each.first_at)),
                Number(each.tickets),
                _members(len(each.reporters), say),
                _list((say(*word(SECTORS, one)) for one in each.sectors), say),
                say(*word(SEVERITIES, each.severity)),
                _list((_technique(one, facts, say) for one in each.techniques[:6]), say),
                _list((*each.suppliers, *each.cves), say),
            )
            for each in told
        ),
        empty=say("本期沒有可揭露的攻擊行動。", "No campaign of this period may be told."),
        limit=MOST_CAMPAIGNS,
    )


def _values(campaign: ToldCampaign, facts: ThreatFacts, say: Say) -> Table:
    return Table(
        id=f"values-{campaign.id[-12:]}",
        title=say(f"{campaign.name}：指標", f"{campaign.name}: indicators"),
        columns=(
            Column(key="kind", title=say("種類", "kind"), width=1),
            Column(key="value", title=say("值（已去除連結）", "value (defanged)"), width=5),
            Column(key="members", title=say("通報會員", "members"), width=1),
        ),
        rows=tuple(
            (each.kind, Ref(defanged(each.kind, each.value)), _members(each.reporters, say))
            for each in campaign.values
        ),
        limit=MOST_VALUES if facts.report is not ThreatReport.BULLETIN else 0,
    )


def defanged(kind: str, value: str) -> str:
    """Write an indicator so that nobody follows it by mistake."""
    if kind in {"url", "domain", "email", "ipv4", "ipv6"}:
        text = value.replace("http", "hxxp", 1) if kind == "url" else value
        return text.replace(".", "[.]").replace("@", "[@]")
    return value


def _what(facts: ThreatFacts, say: Say) -> Section:
    told = facts.picture
    return Section(
        id="what",
        title=say("三、手法、弱點與供應商", "3. Techniques, vulnerabilities, suppliers"),
        lead="",
        blocks=(
            _counted("categories", say("事件類別", "Categories"), told.categories, say,
                     lambda name: say(*word(CATEGORIES, name))),
            _counted("severities", say("嚴重度", "Severities"), told.severities, say,
                     lambda name: say(*word(SEVERITIES, name))),
            _counted("techniques", say("ATT&CK 技術", "ATT&CK techniques"), told.techniques, say,
                     lambda name: _technique(name, facts, say)),
            _counted("cves", say("弱點", "Vulnerabilities"), told.cves, say),
            _counted("suppliers", say("所涉供應商", "Suppliers involved"), told.suppliers, say),
        ),
    )  # fmt: skip


def _counted(
    name: str,
    title: str,
    counts: tuple[Count, ...],
    say: Say,
    words: Callable[[str], str] = str,
) -> Table:
    return Table(
        id=name,
        title=title,
        columns=(
            Column(key="name", title=say("項目", "item"), width=4),
            Column(key="tickets", title=say("事件單", "tickets"), width=1),
            Column(key="before", title=say("前一期", "before"), width=1),
            Column(key="members", title=say("會員", "members"), width=1.2),
        ),
        rows=tuple(
            (
                words(each.name),
                Number(each.tickets),
                Number(each.before),
                _members(each.reporters, say),
            )
            for each in counts
        ),
        empty=say("本期沒有。", "None in this period."),
    )


def _where(facts: ThreatFacts, say: Say) -> Section:
    return Section(
        id="where",
        title=say("四、業別", "4. Sectors"),
        lead="",
        blocks=(
            Table(
                id="sectors",
                title="",
                columns=(
                    Column(key="sector", title=say("業別", "sector"), width=3),
                    Column(key="members", title=say("會員數", "members"), width=1),
                    Column(key="reporting", title=say("通報會員", "reporting"), width=1.4),
                    Column(key="tickets", title=say("事件單", "tickets"), width=1.4),
                ),
                rows=tuple(_sector(each, say) for each in facts.picture.sectors),
                empty=say("尚無會員。", "There is no member yet."),
                note=say(
                    f"會員不足 {FEWEST} 家、或通報會員不足 {FEWEST} 家的業別，不揭露其數字。",
                    f"Numbers of a sector with fewer than {FEWEST} members, or fewer that "
                    "reported, are not told.",
                ),
            ),
        ),
    )


def _sector(each: SectorCount, say: Say) -> tuple[Cell, ...]:
    hidden = say("不揭露", "not told")
    return (
        say(*word(SECTORS, each.sector)),
        Number(each.members),
        hidden if each.few else _members(each.reporters, say),
        hidden if each.few else Number(each.tickets),
    )


def _warnings(facts: ThreatFacts, say: Say) -> Section:
    told = facts.picture
    return Section(
        id="warnings",
        title=say("五、預警與成效", "5. Early warnings and what came of them"),
        lead=say(
            f"對尚未通報但有相同曝險的會員發出 {len(told.warnings)} 則預警，"
            f"{told.answered} 則已回覆，{told.exposed} 則確認曝險。",
            f"{len(told.warnings)} warnings went to members that share an exposure and had not "
            f"reported; {told.answered} were answered, {told.exposed} found an exposure.",
        ),
    )


def _bulletin(facts: ThreatFacts, say: Say) -> tuple[Section, ...]:
    """Lay out what partners abroad may know: campaigns, how to see them, nothing of anybody."""
    told = facts.picture.campaigns
    return (
        Section(
            id="bulletin",
            title=say("預警", "Early warning"),
            lead=say(
                f"{len(told)} 件攻擊行動可能波及境外金融機構。",
                f"{len(told)} campaigns may reach financial institutions abroad.",
            ),
            blocks=(_bulletin_table(told, facts, say),),
        ),
        *(
            Section(
                id=f"campaign-{each.id[-12:]}",
                title=each.name,
                lead=say(
                    f"{day_of(each.first_at)} 至 {day_of(each.last_at)}，"
                    f"{_members(len(each.reporters), say)}受影響。",
                    f"From {day_of(each.first_at)} to {day_of(each.last_at)}, "
                    f"{_members(len(each.reporters), say)} affected.",
                ),
                blocks=(
                    Points(
                        id=f"techniques-{each.id[-12:]}",
                        title=say("手法（依攻擊順序）", "Techniques, in order"),
                        points=tuple((_technique(one, facts, say), "") for one in each.techniques),
                        empty=say("未載明。", "Not stated."),
                    ),
                    _values(each, facts, say),
                ),
            )
            for each in told[:MOST_CAMPAIGNS]
        ),
    )


def _bulletin_table(told: tuple[ToldCampaign, ...], facts: ThreatFacts, say: Say) -> Table:
    whole = _campaign_table(told, facts, say)
    kept = [place for place, column in enumerate(whole.columns) if column.key != "tickets"]
    return Table(
        id=whole.id,
        title="",
        columns=tuple(whole.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in whole.rows),
        empty=whole.empty,
    )


def _reading(facts: ThreatFacts, say: Say) -> Section:
    begins, ends = (
        f"{each.astimezone(INSTITUTION_ZONE):%Y-%m-%d %H:%M}"
        for each in (facts.period.begins, facts.period.ends)
    )
    return Section(
        id="reading",
        title=say("閱讀說明", "How to read this"),
        lead="",
        blocks=(
            Paragraph(
                text=say(
                    f"本報告標示為 {facts.tlp.label}，只含標示允許讀者得知的事件單；"
                    "標示對象較窄的事件單既不引用也不計數。通報者一律不揭露，"
                    f"不足 {FEWEST} 家會員的數字以「少於 {FEWEST} 家」表示。",
                    f"This report is {facts.tlp.label} and rests only on tickets its readers may "
                    "know of; tickets marked for fewer are neither quoted nor counted. No "
                    f"reporter is told, and fewer than {FEWEST} members are told as that.",
                )
            ),
            Paragraph(
                text=say(
                    f"統計期間 {begins} 至 {ends}（UTC+8），以通報時間計；不含迄點。",
                    f"Counted by time of report, from {begins} to {ends} (UTC+8), the end "
                    "excluded.",
                )
            ),
        ),
    )


def _members(count: int, say: Say) -> str:
    if 0 < count < FEWEST:
        return say(f"少於 {FEWEST} 家會員", f"fewer than {FEWEST} members")
    return say(f"{count:,} 家會員", f"{count:,} members")


def _change(now: int, before: int, say: Say) -> str:
    if not before:
        return say("前一期沒有", "none in the period before")
    if now == before:
        return say("與前一期相同", "as many as before")
    step = abs(now - before)
    if now > before:
        return say(f"較前一期多 {step:,} 張", f"{step:,} more than before")
    return say(f"較前一期少 {step:,} 張", f"{step:,} fewer than before")


def _technique(name: str, facts: ThreatFacts, say: Say) -> str:
    pair = facts.techniques.get(name)
    return f"{name} {say(*pair)}" if pair else name


def _list(texts: Iterable[str], say: Say) -> str:
    return say("、", ", ").join(dict.fromkeys(texts)) or "—"

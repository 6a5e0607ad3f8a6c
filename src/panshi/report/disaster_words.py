"""The course of a disaster in words a board reads: one sentence, then why, then the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from panshi.model.resilience.graph import Graph, LayerKind, NodeId, NodeKind
from panshi.model.resilience.plan import Effect
from panshi.resilience.story.tale import Blow, Course, Fate, LayerTale, ServiceTale

type Pair = tuple[str, str]

LAYERS: Mapping[LayerKind, Pair] = {
    LayerKind.LOCAL: ("同機房", "Same site"),
    LayerKind.SAME_CITY: ("同地區", "Same city"),
    LayerKind.REMOTE_SITE: ("異地", "Remote site"),
    LayerKind.THIRD_SITE: ("第三地", "Third site"),
    LayerKind.CLOUD: ("雲端", "Cloud"),
    LayerKind.OVERSEAS: ("境外", "Overseas"),
    LayerKind.MANUAL: ("人工", "By hand"),
    LayerKind.PARTNER: ("同業", "Partner"),
}
FATES: Mapping[Fate, Pair] = {
    Fate.STANDBY: ("未用到", "not needed"),
    Fate.READY: ("來得及", "in time"),
    Fate.LATE: ("太慢", "too slow"),
    Fate.GONE: ("一起失去", "lost too"),
    Fate.POISONED: ("一併遭加密", "encrypted too"),
    Fate.NO_CLEAN_COPY: ("無乾淨副本", "no clean copy"),
    Fate.CROWDED: ("資源不足", "no room"),
    Fate.TOO_SHORT: ("撐不到復原", "cannot last"),
}
NODE_KINDS: Mapping[NodeKind, Pair] = {
    NodeKind.SERVICE: ("服務", "service"),
    NodeKind.PROCESS: ("作業", "process"),
    NodeKind.APPLICATION: ("系統", "system"),
    NodeKind.DATASET: ("資料", "data"),
    NodeKind.INFRASTRUCTURE: ("設施", "infrastructure"),
    NodeKind.SITE: ("據點", "site"),
    NodeKind.POWER: ("供電", "power"),
    NodeKind.CABLE: ("海纜", "cable"),
    NodeKind.ZONE: ("震區", "seismic zone"),
    NodeKind.CLOUD_REGION: ("雲端區域", "cloud region"),
    NodeKind.SUPPLIER: ("供應商", "supplier"),
    NodeKind.PLATFORM: ("平台", "platform"),
    NodeKind.CUSTODIAN: ("保管人", "custodian"),
    NodeKind.TEAM: ("團隊", "team"),
    NodeKind.LAYER: ("備援層", "layer"),
}
HOUR, DAY = 60.0, 1440.0
LONG_HOURS = 48
NAMED = 4


def duration_words(minutes: float | None, *, chinese: bool) -> str:
    """Say a duration as people do: minutes, hours, days; `None` is beyond what is looked at."""
    if minutes is None:
        return "未能恢復" if chinese else "not restored"
    if minutes < 1.5 * HOUR:
        return f"{minutes:.0f} 分鐘" if chinese else f"{minutes:.0f} min"
    if minutes < LONG_HOURS * HOUR:
        return f"{_short(minutes / HOUR)} 小時" if chinese else f"{_short(minutes / HOUR)} h"
    return f"{_short(minutes / DAY)} 天" if chinese else f"{_short(minutes / DAY)} days"


def event_words(graph: Graph, event: str, *, chinese: bool) -> str:
    """Name one event of a cut set: something fails by itself, or is taken along."""
    struck, taken, cause = event.partition(" taken by ")
    name = _failing(graph, NodeId(struck), chinese=chinese)
    if not taken:
        return name
    by = _failing(graph, NodeId(cause), chinese=chinese)
    if not chinese:
        return f"{name}, taken by {by}"
    latin = name[-1:].isascii() or by[:1].isascii()
    return f"{name} 受 {by} 波及" if latin else f"{name}受{by}波及"


def _failing(graph: Graph, node: NodeId, *, chinese: bool) -> str:
    """Name what fails so that a place on the map reads as what happens there."""
    name = name_of(graph, node, chinese=chinese)
    found = graph.by_id.get(node)
    if found is not None and found.kind is NodeKind.ZONE:
        return f"{name}強震" if chinese else f"earthquake in {name}"
    if found is not None and found.kind is NodeKind.PLATFORM:
        return f"{name} 平台失效" if chinese else f"{name} platform"
    return name


def money_words(twd: int, *, chinese: bool) -> str:
    """Say an amount a year."""
    if chinese:
        return f"每年 {twd / 10_000:,.0f} 萬元" if twd else "不另花費"
    return f"TWD {twd:,} a year" if twd else "at no cost"


def name_of(graph: Graph, node: NodeId, *, chinese: bool) -> str:
    """Name a node; without a name in English, by its Chinese one."""
    found = graph.by_id.get(node)
    if found is None:
        return node.partition(":")[2]
    return found.name_zh if chinese or not found.name_en else found.name_en


def cause_words(graph: Graph, way: Sequence[NodeId], *, chinese: bool) -> str:
    """Name what was struck at the end of a way."""
    return name_of(graph, way[-1], chinese=chinese) if way else ""


def _stood(graph: Graph, way: Sequence[NodeId]) -> str:
    """Say in Chinese how one stands on the end of a way: at a place, or by its help."""
    found = graph.by_id.get(way[-1])
    at = found is not None and found.kind in {NodeKind.SITE, NodeKind.CLOUD_REGION, NodeKind.ZONE}
    return "所在" if at else "所賴"


def layer_words(graph: Graph, tale: LayerTale, *, chinese: bool) -> str:
    """Say what became of one layer, and why."""
    ready = duration_words(tale.ready, chinese=chinese)
    cause = cause_words(graph, tale.why, chinese=chinese)
    said = FATES[tale.fate]
    match tale.fate:
        case Fate.STANDBY:
            pass
        case Fate.READY:
            said = (f"{ready}後接手", f"serves after {ready}")
        case Fate.LATE:
            said = (
                f"{ready}後才能接手（{_parts(tale, chinese=True)}）",
                f"serves only after {ready}: {_parts(tale, chinese=False)}",
            )
        case Fate.GONE:
            said = (
                f"{_stood(graph, tale.why)}的{cause}同時失去" if cause else "同時失去",
                f"lost as well, with {cause}" if cause else "lost as well",
            )
        case Fate.POISONED:
            said = (
                "即時複製，連同遭加密的資料也複製過去",
                "a live copy: what was encrypted was copied too",
            )
        case Fate.NO_CLEAN_COPY:
            said = (
                "保存的副本都比入侵晚，沒有乾淨的一份",
                "all its copies are younger than the intrusion",
            )
        case Fate.CROWDED:
            said = (
                "所需的座位或人手已被其他服務占用",
                "the seats or people it needs are taken by others",
            )
        case Fate.TOO_SHORT:
            said = ("撐不到主要作業恢復", "cannot be kept up until the primary is back")
    return said[not chinese]


def _parts(tale: LayerTale, *, chinese: bool) -> str:
    """Say what takes so long: whichever of the two goes on longer."""

    def long(minutes: float) -> str:
        return duration_words(minutes, chinese=chinese)

    if tale.queued + tale.restored > tale.waited + tale.activation:
        parts = [
            (
                tale.queued,
                f"還原排隊 {long(tale.queued)}",
                f"{long(tale.queued)} in the queue to restore",
            ),
            (tale.restored, f"還原資料 {long(tale.restored)}", f"{long(tale.restored)} to restore"),
        ]
    else:
        parts = [
            (
                tale.waited,
                f"等人手與座位 {long(tale.waited)}",
                f"{long(tale.waited)} waiting for people and seats",
            ),
            (
                tale.activation,
                f"啟動 {long(tale.activation)}",
                f"{long(tale.activation)} to switch over",
            ),
        ]
    if tale.held_up:
        parts.insert(
            0,
            (
                tale.held_up,
                f"等所在據點恢復 {long(tale.held_up)}",
                f"{long(tale.held_up)} until its site is back",
            ),
        )
    named = (zh if chinese else en for minutes, zh, en in parts if minutes >= 1)
    return ("、" if chinese else ", ").join(named)


def service_words(graph: Graph, tale: ServiceTale, *, chinese: bool) -> str:
    """Say in a sentence what became of a service, and why."""
    if not tale.lost:
        return "不受影響。" if chinese else "Not affected."
    took = duration_words(tale.outage, chinese=chinese)
    if tale.node.rto is None:
        return _unpromised(graph, tale, took, chinese=chinese)
    target = duration_words(tale.node.rto, chinese=chinese)
    chosen = next((each for each in tale.layers if each.chosen), None)
    if not tale.late:
        if chosen is None:
            return (
                f"{took}後自行恢復，在承諾的 {target}內。"
                if chinese
                else (f"Back by itself after {took}, within {target}.")
            )
        layer = _layer_name(chosen, chinese=chinese)
        return (
            f"由「{layer}」於 {took}後接手，在承諾的 {target}內。"
            if chinese
            else (f"“{layer}” serves after {took}, within {target}.")
        )
    why = _why_late(graph, tale, chinese=chinese)
    if tale.outage is None:
        return (
            f"觀察期內未能恢復（承諾 {target}）。{why}。"
            if chinese
            else (f"Not restored at all (promised: {target}): {why}.")
        )
    return (
        f"{took}後才恢復，晚於承諾的 {target}。{why}。"
        if chinese
        else (f"Back only after {took} (promised: {target}): {why}.")
    )


def _unpromised(graph: Graph, tale: ServiceTale, took: str, *, chinese: bool) -> str:
    cause = cause_words(graph, tale.why, chinese=chinese)
    if chinese:
        return f"沒有有效的營運衝擊分析，未訂承諾時間；{cause}失去後 {took}才恢復。"
    return f"No analysis is in force, nothing is promised; back {took} after {cause} is lost."


def _why_late(graph: Graph, tale: ServiceTale, *, chinese: bool) -> str:
    if not tale.layers:
        cause = cause_words(graph, tale.why, chinese=chinese)
        return (
            f"沒有備援層，{cause}失去後只能等它修復"
            if chinese
            else (f"it has no layer and waits for {cause}")
        )
    grouped: dict[str, list[str]] = {}
    for each in tale.layers:
        said = layer_words(graph, each, chinese=chinese)
        grouped.setdefault(said, []).append(_layer_name(each, chinese=chinese))
    if chinese:
        return "；".join(f"{'、'.join(names)}：{said}" for said, names in grouped.items())
    return "; ".join(f"{', '.join(names)}: {said}" for said, names in grouped.items())


def _layer_name(tale: LayerTale, *, chinese: bool) -> str:
    layer = tale.layer
    return layer.name_zh if chinese or not layer.name_en else layer.name_en


def lead_words(course: Course, graph: Graph, *, chinese: bool) -> str:
    """Say in one sentence which services miss what was promised."""
    critical = [each for each in course.services if each.node.critical]
    late = [each for each in course.late if each.node.critical]
    title = course.scenario.title_zh if chinese else course.scenario.title_en
    others = len(course.late) - len(late)
    also = ""
    if others:
        also = (
            f"，另有 {others} 項其他服務來不及" if chinese else f"; of the others {others} are late"
        )
    if not late:
        return (
            f"{title}時，{len(critical)} 項關鍵服務都能在承諾時間內恢復{also}。"
            if chinese
            else f"{title}: all {len(critical)} critical services are back in time{also}."
        )
    names = [name_of(graph, each.node.id, chinese=chinese) for each in late[:NAMED]]
    listed = ("、" if chinese else ", ").join(names)
    more = len(late) - len(names)
    if chinese:
        rest = f"等 {len(late)} 項" if more else f" {len(late)} 項"
        return (
            f"{title}時，{len(critical)} 項關鍵服務中有{listed}{rest}無法在承諾時間內恢復{also}。"
        )
    rest = f" and {more} more" if more else ""
    return (
        f"{title}: {len(late)} of {len(critical)} critical services are not back in time: "
        f"{listed}{rest}{also}."
    )


def remedy_words(layers: int, cost: int, late_after: int, *, proven: bool, chinese: bool) -> str:
    """Say what the cheapest remedy is and what it reaches."""
    money = money_words(cost, chinese=chinese)
    if chinese:
        cheapest = "最省的補救（已證明沒有更便宜的組合）" if proven else "找到的補救"
        reach = "全部趕得上" if not late_after else f"仍有 {late_after} 項來不及"
        return f"{cheapest}是增加 {layers} 層備援，{money}；之後{reach}。"
    cheapest = "The cheapest remedy, proven so," if proven else "The remedy found"
    reach = "all are back in time" if not late_after else f"{late_after} are still late"
    return f"{cheapest} adds {layers} recovery layers, {money}; with it {reach}."


def blow_words(graph: Graph, blow: Blow, *, chinese: bool) -> str:
    """Name what one blow does to one node."""
    name = name_of(graph, blow.node, chinese=chinese)
    match blow.effect:
        case Effect.OUTAGE:
            return f"{name}失去" if chinese else f"{name} is lost"
        case Effect.CORRUPTION:
            return f"{name}遭加密" if chinese else f"{name} is encrypted"
        case Effect.CAPACITY:
            left = f"{blow.left:.0%}"
            return f"{name}只剩 {left}" if chinese else f"{left} of {name} is left"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or abs(value - round(value)) < 0.05 else f"{value:.1f}"  # noqa: PLR2004

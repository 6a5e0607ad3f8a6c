"""Business impact in words, zh-TW and English: kinds, states, spans of time, contradictions."""

from __future__ import annotations

from collections.abc import Callable

from panshi.model.resilience.graph import LayerKind, NodeId
from panshi.model.resilience.plan import ImpactKind
from panshi.resilience.impact.analyses import AnalysisState
from panshi.resilience.impact.contradictions import Contradiction, ContradictionKind

type Pair = tuple[str, str]
type Name = Callable[[NodeId], str]

STATES: dict[AnalysisState, Pair] = {
    AnalysisState.PROPOSED: ("待核准", "waits for approval"),
    AnalysisState.REPLACED: ("已被取代", "replaced"),
    AnalysisState.REFUSED: ("不核准", "refused"),
    AnalysisState.IN_FORCE: ("生效中", "in force"),
    AnalysisState.LAPSED: ("已逾一年失效", "lapsed after a year"),
}
IMPACTS: dict[ImpactKind, Pair] = {
    ImpactKind.CUSTOMERS: ("客戶", "customers"),
    ImpactKind.MONEY: ("財務", "money"),
    ImpactKind.MARKET: ("市場", "market"),
    ImpactKind.LAW: ("法遵", "law"),
}
LAYERS: dict[LayerKind, Pair] = {
    LayerKind.LOCAL: ("本地高可用", "local high availability"),
    LayerKind.SAME_CITY: ("同地備援", "same city"),
    LayerKind.REMOTE_SITE: ("異地備援", "remote site"),
    LayerKind.THIRD_SITE: ("第三地備援", "third site"),
    LayerKind.CLOUD: ("雲端備援", "cloud"),
    LayerKind.OVERSEAS: ("境外備援", "overseas"),
    LayerKind.MANUAL: ("人工作業", "work-around by people"),
    LayerKind.PARTNER: ("夥伴機構", "partner institution"),
}
CONTRADICTIONS: dict[ContradictionKind, Pair] = {
    ContradictionKind.SLOWER_DEPENDENCY: ("相依者較慢", "slower dependency"),
    ContradictionKind.MEASURED_BEYOND_TARGET: ("實測逾目標", "measured beyond target"),
    ContradictionKind.NO_LAYER_IN_TIME: ("備援層趕不上", "no layer in time"),
    ContradictionKind.NO_LAYER: ("沒有備援層", "no layer"),
    ContradictionKind.BACKUP_BEYOND_RPO: ("備份間隔過長", "backup beyond RPO"),
    ContradictionKind.BACKUP_UNSEEN: ("未見備份", "backup unseen"),
    ContradictionKind.LAYER_DATA_BEYOND_RPO: ("備援層資料過舊", "layer data beyond RPO"),
    ContradictionKind.RTO_BEYOND_MTPD: ("RTO 逾 MTPD", "RTO beyond MTPD"),
    ContradictionKind.MTPD_BEYOND_LIMIT: ("MTPD 逾可容忍", "MTPD beyond tolerable"),
    ContradictionKind.SUPPLIER_UNTESTED: ("供應商計畫未測試", "supplier untested"),
    ContradictionKind.LAYER_UNDRILLED: ("備援層未演練", "layer undrilled"),
    ContradictionKind.FALLS_TOGETHER: ("同時失效", "falls together"),
    ContradictionKind.PEOPLE_SHORT: ("人力不足", "people short"),
    ContradictionKind.NOT_ANALYSED: ("未分析", "not analysed"),
}
_SENTENCES: dict[ContradictionKind, Pair] = {
    ContradictionKind.SLOWER_DEPENDENCY: (
        "{subject}須在 {wanted}內復原，但失去{other}後要 {found}（{basis}）。",
        "{subject} must be back within {wanted}, but takes {found} after losing {other} ({basis}).",
    ),
    ContradictionKind.MEASURED_BEYOND_TARGET: (
        "{subject}的目標是 {wanted}，最近一次演練實測 {found}。",
        "{subject} aims at {wanted}; its last drill took {found}.",
    ),
    ContradictionKind.NO_LAYER_IN_TIME: (
        "失去主要作業方式後，{subject}最快的備援層（{other}）要 {found}，RTO 是 {wanted}。",
        "Without its primary, {subject} waits {found} for {other}; the RTO is {wanted}.",
    ),
    ContradictionKind.NO_LAYER: (
        "{subject}是關鍵服務，卻沒有任何備援層。",
        "{subject} is a critical service and has no recovery layer at all.",
    ),
    ContradictionKind.BACKUP_BEYOND_RPO: (
        "{subject}最多可遺失 {wanted}的資料，但{other}的備份相隔 {found}。",
        "{subject} may lose {wanted} of data, but copies of {other} are {found} apart.",
    ),
    ContradictionKind.BACKUP_UNSEEN: (
        "{subject}賴以運作的{other}，沒有人看過它的備份。",
        "{subject} stands on {other}, of which nobody has seen a backup.",
    ),
    ContradictionKind.LAYER_DATA_BEYOND_RPO: (
        "備援層{other}的資料落後 {found}，{subject}的 RPO 是 {wanted}。",
        "Data of layer {other} is {found} behind; the RPO of {subject} is {wanted}.",
    ),
    ContradictionKind.RTO_BEYOND_MTPD: (
        "{subject}的 RTO（{found}）比最大可容忍中斷時間（{wanted}）還長。",
        "The RTO of {subject} ({found}) is longer than its longest tolerable outage ({wanted}).",
    ),
    ContradictionKind.MTPD_BEYOND_LIMIT: (
        "{subject}的{curve}衝擊在 {wanted}就到不可容忍，但 MTPD 訂為 {found}。",
        "Losing {subject} is not tolerable after {wanted} ({curve}), but its MTPD says {found}.",
    ),
    ContradictionKind.SUPPLIER_UNTESTED: (
        "{subject}賴以運作的供應商{other}，一年內沒有測試過的持續計畫。",
        "{subject} stands on supplier {other}, whose continuity nobody saw tested within a year.",
    ),
    ContradictionKind.LAYER_UNDRILLED: (
        "{subject}的備援層{other}{drill}。",
        "Layer {other} of {subject} {drill}.",
    ),
    ContradictionKind.FALLS_TOGETHER: (
        "{other}一失效，{subject}的主要作業方式與全部 {ways} 個備援層一起失效。",
        "Losing {other} takes the primary of {subject} and every layer it has ({ways}).",
    ),
    ContradictionKind.PEOPLE_SHORT: (
        "{subject}復原要 {people} 名{other}，只有 {there} 名。",
        "Recovering {subject} takes {people} people of {other}; there are {there}.",
    ),
    ContradictionKind.NOT_ANALYSED: (
        "{subject}是關鍵服務，卻沒有生效中的營運衝擊分析。",
        "{subject} is a critical service without an impact analysis in force.",
    ),
}
_BASIS: dict[bool, Pair] = {True: ("實測", "measured"), False: ("自訂", "stated")}
_DRILLS: dict[bool, Pair] = {
    True: ("最近一次演練未通過", "failed its last drill"),
    False: ("一年內沒有演練過", "was not drilled within a year"),
}
_HOUR, _DAY = 60, 1_440


def span(minutes: float, *, chinese: bool) -> str:
    """Say a span of time as people do: 90 minutes, 4 hours, 3 days; never shorter than it is."""
    for size, zh, en in ((_DAY, "天", "day"), (_HOUR, "小時", "hour")):
        if minutes >= size and minutes % (size / 2) == 0:
            amount = f"{minutes / size:g}"
            return f"{amount} {zh}" if chinese else f"{amount} {en}{'' if amount == '1' else 's'}"
    amount = f"{minutes:,.10g}"
    return f"{amount} 分鐘" if chinese else f"{amount} minute{'' if amount == '1' else 's'}"


def way(path: tuple[NodeId, ...], name: Name) -> str:
    """Write a way through the graph."""
    return " → ".join(map(name, path))


def explained(found: Contradiction, name: Name, *, chinese: bool) -> str:
    """Say in one sentence what cannot be, and why."""
    side = 0 if chinese else 1
    measured = bool(found.evidence)
    return _SENTENCES[found.kind][side].format(
        subject=name(found.subject),
        other=name(found.other) if found.other is not None else "",
        wanted=span(found.wanted or 0, chinese=chinese),
        found=span(found.found or 0, chinese=chinese),
        basis=_BASIS[measured][side],
        drill=_DRILLS[measured][side],
        curve=IMPACTS[ImpactKind(found.said)][side] if found.said else "",
        ways=len(found.ways),
        people=f"{found.found or 0:g}",
        there=f"{found.wanted or 0:g}",
    )

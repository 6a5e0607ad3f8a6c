"""Telling people of findings: each opening once per channel, whatever is restarted.

    follow(node)      what changed in the portfolio becomes alerts and queued deliveries

The place reached, which findings are known to be open, the alerts and their deliveries change in
one transaction of `store.alerts`. A finding is told when it opens, when it comes back, and when it
becomes more urgent than it was told; what the institution's policy calls quiet waits for the digest
of the day. What was open before the first look is told once, as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from panshi.model.asset import AssetKind
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.alerting import words as alert_words
from panshi.node.alerting.settings import (
    AlertSettings,
    alert_settings,
    notify_settings,
)
from panshi.node.node import Node
from panshi.node.notify.settings import NotifySettings
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.portfolio import findings, rematch, sequence
from panshi.protection.supply_chain.findings.finding import (
    QUIET,
    Change,
    Finding,
    FindingChange,
    FindingFilters,
    Sort,
    Ssvc,
    State,
)
from panshi.report.stix_alerts import AlertedFinding, AlertStory
from panshi.store.alerts import Alert, AlertStore, ToldFinding, Turn

CHANGES, BEGUN, SWEPT, DIGEST = "changes", "begun", "swept", "digest"
"What is followed: changes of findings, when following began, scores, the digest of a day."
REBUILD = "rebuild"
PAGE = 5_000
URGENCY = tuple(Ssvc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What one look at the portfolio gave."""

    changes: int = 0
    alerts: int = 0
    told: int = 0
    "Findings the alerts speak of."


def follow(node: Node) -> Followed:
    """Take in everything that changed, and queue what people are to be told."""
    store = alerts_of(node)
    with store.turn() as turn:
        begun = turn.reached(BEGUN)
    done = Followed() if begun else _baseline(node, store)
    while True:
        with store.turn() as turn:
            reached = turn.reached(CHANGES)
        changes = rematch(node, changes_after=int(reached or 0))
        if not changes:
            break
        told = raise_alerts(node, changes, reached=reached)
        done = _add(done, told)
    return _add(_add(done, _sweep(node, store)), _digest(node, store))


def raise_alerts(
    node: Node, changes: Sequence[FindingChange], *, reached: str | None = None
) -> Followed:
    """Tell of changes, once: what was taken in by another process meanwhile is left out."""
    store, telling = alerts_of(node), _Telling(node)
    with store.turn() as turn:
        if reached is not None and turn.reached(CHANGES) != reached:
            return Followed()
        begun = turn.reached(BEGUN)
        since = datetime.fromisoformat(begun) if begun else None
        for each in changes:
            telling.take(turn, each, since)
        made = telling.tell(turn)
        turn.reach(CHANGES, str(max(each.sequence for each in changes)))
    return Followed(changes=len(changes), alerts=made[0], told=made[1])


def _baseline(node: Node, store: AlertStore) -> Followed:
    """Begin to follow: what presses now is told as it stands, in one alert per vulnerability."""
    newest = sequence(node)
    telling = _Telling(node)
    pressing = tuple(_pressing(node, telling.settings))
    with store.turn() as turn:
        if turn.reached(BEGUN):
            return Followed()
        for each in pressing:
            telling.baseline(turn, each)
        made = telling.tell(turn)
        turn.reach(BEGUN, node.clock().isoformat())
        turn.reach(CHANGES, str(newest))
    return Followed(alerts=made[0], told=made[1])


def _sweep(node: Node, store: AlertStore) -> Followed:
    """Tell what became more urgent because scores, the estate or the day changed."""
    with open_advisories(node.home.path) as advisories:
        stamp = f"{day_of(node.clock())} {advisories.fingerprint()}"
    with store.turn() as turn:
        if turn.reached(SWEPT) == stamp:
            return Followed()
    telling = _Telling(node)
    pressing = tuple(_pressing(node, telling.settings))
    with store.turn() as turn:
        for each in pressing:
            telling.raised(turn, each)
        made = telling.tell(turn)
        turn.reach(SWEPT, stamp)
    return Followed(alerts=made[0], told=made[1])


def _pressing(node: Node, settings: AlertSettings) -> Iterator[Finding]:
    filters = FindingFilters(state=State.OPEN, ssvc=settings.at_once)
    after = ""
    while settings.at_once:
        page = findings(node, filters=filters, sort=Sort.SSVC, after=after, limit=PAGE)
        yield from page.items
        after = page.next
        if not after:
            return


def _digest(node: Node, store: AlertStore) -> Followed:
    """Tell once a day of what was quiet, from the hour of digests on."""
    now = node.clock()
    today = day_of(now).isoformat()
    with store.turn() as turn:
        if turn.reached(DIGEST) == today:
            return Followed()
    telling = _Telling(node)
    if now.astimezone(INSTITUTION_ZONE).hour < telling.notify.digest_hour:
        return Followed()
    with store.turn() as turn:
        if turn.reached(DIGEST) == today:
            return Followed()
        told = turn.quiet()
        turn.reach(DIGEST, today)
        if told:
            telling.digest(turn, told)
    return Followed(alerts=int(bool(told)), told=len(told))


def _add(one: Followed, other: Followed) -> Followed:
    return Followed(
        changes=one.changes + other.changes,
        alerts=one.alerts + other.alerts,
        told=one.told + other.told,
    )


class _Telling:
    """Gathers what is news within one transaction, and tells it by vulnerability."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.settings = alert_settings(node.home.path)
        self.notify: NotifySettings = notify_settings(node)
        self._now = node.clock()
        self._news: dict[tuple[str, str, str], list[tuple[Finding, int]]] = {}

    def take(self, turn: Turn, change: FindingChange, since: datetime | None) -> None:
        """Take in one change."""
        finding = change.finding
        if change.what is Change.CLOSED or finding.status in QUIET:
            turn.closed(finding.id)
            return
        known = change.cause == REBUILD and since is not None and finding.first_seen <= since
        at_once = self._at_once(finding) and not known
        run = self._open(turn, finding, digest=not at_once and not known)
        if run and at_once:
            self._add("opened", finding, run, change.cause)
        elif not run:
            self.raised(turn, finding, change.cause)

    def baseline(self, turn: Turn, finding: Finding) -> None:
        """Take in what presses when following begins."""
        run = self._open(turn, finding, digest=False)
        if run:
            self._add("baseline", finding, run, "baseline")

    def raised(self, turn: Turn, finding: Finding, cause: str = "scores") -> None:
        """Tell of a finding that is more urgent than it was told."""
        if not self._at_once(finding):
            return
        run, level = turn.level(finding.id)
        if not run:
            run = self._open(turn, finding, digest=False)
            self._add("raised", finding, run, cause)
        elif _level(finding) < level:
            turn.raised(finding.id, _level(finding))
            self._add("raised", finding, run, cause)

    def tell(self, turn: Turn) -> tuple[int, int]:
        """Keep the alerts and their deliveries; give how many, and of how many findings."""
        alerts = told = 0
        for (what, vulnerability, cause), news in self._news.items():
            news.sort(key=lambda each: (each[0].system, each[0].purl))
            worst = min(news, key=lambda each: _level(each[0]))[0]
            dues = [each.due for each, _ in news if each.due]
            made = self._told(
                what=what,
                vulnerability=vulnerability,
                ssvc=str(worst.ssvc or ""),
                due=min(dues, default=None),
                cause=cause,
                findings=tuple(
                    ToldFinding(finding=each.id, run=run, system=each.system, purl=each.purl)
                    for each, run in news
                ),
                full=tuple(each for each, _ in news),
            )
            number = turn.tell(
                made.alert,
                made.findings,
                alert_words.deliveries(made, self.settings, self.notify.address),
            )
            alerts, told = alerts + bool(number), told + len(news)
        self._news.clear()
        return alerts, told

    def digest(self, turn: Turn, quiet: tuple[ToldFinding, ...]) -> None:
        """Tell what was quiet."""
        made = self._told(
            what="digest", vulnerability="", ssvc=str(Ssvc.TRACK_CLOSELY), due=None,
            cause="digest", findings=quiet, full=(),
        )  # fmt: skip
        turn.tell(
            made.alert,
            made.findings,
            alert_words.deliveries(made, self.settings, self.notify.address),
        )

    def _told(
        self,
        *,
        what: str,
        vulnerability: str,
        ssvc: str,
        due: date | None,
        cause: str,
        findings: tuple[ToldFinding, ...],
        full: tuple[Finding, ...],
    ) -> alert_words.Told:
        named = "\n".join(f"{each.finding}/{each.run}" for each in findings)
        key = sha256(f"{what}\n{vulnerability}\n{ssvc}\n{named}".encode()).hexdigest()
        names = self._names({each.system for each in findings})
        return alert_words.Told(
            alert=Alert(
                key=key,
                what=what,
                vulnerability=vulnerability,
                ssvc=ssvc,
                due=due,
                cause=cause,
                count=len(findings),
                channels=self.settings.channels,
                at=self._now,
            ),
            findings=findings,
            story=self._story(vulnerability, ssvc, due, full, names),
            names=names,
        )

    def _story(
        self,
        vulnerability: str,
        ssvc: str,
        due: date | None,
        full: tuple[Finding, ...],
        names: dict[str, str],
    ) -> AlertStory:
        ours = _institution(self._node)
        scores = [each.epss for each in full if each.epss is not None]
        return AlertStory(
            institution=ours[0],
            institution_name=ours[1],
            vulnerability=vulnerability or "digest",
            aliases=tuple(sorted({name for each in full for name in each.aliases})),
            summary="",
            ssvc=ssvc,
            due=due,
            kev=any(each.kev for each in full),
            epss=max(scores, default=None),
            at=self._now,
            findings=tuple(
                AlertedFinding(
                    id=each.id,
                    system=each.system,
                    system_name=names.get(each.system, ""),
                    purl=each.purl,
                    package=each.package,
                    version=each.version,
                    fixed_in=each.fixed_in,
                )
                for each in full
            ),
        )

    def _names(self, systems: set[str]) -> dict[str, str]:
        found = {}
        for estate_id in self._node.estate_ids():
            by_id = self._node.judging.estate(estate_id).by_id
            found.update({str(key): by_id[key].name for key in by_id.keys() & systems})
        return found

    def _open(self, turn: Turn, finding: Finding, *, digest: bool) -> int:
        return turn.opened(
            finding.id,
            level=_level(finding),
            vulnerability=finding.vulnerability,
            system=finding.system,
            digest=digest,
        )

    def _at_once(self, finding: Finding) -> bool:
        return finding.ssvc is None or finding.ssvc in self.settings.at_once

    def _add(self, what: str, finding: Finding, run: int, cause: str) -> None:
        self._news.setdefault((what, finding.vulnerability, cause), []).append((finding, run))


def _level(finding: Finding) -> int:
    return URGENCY.index(finding.ssvc) if finding.ssvc else 0


def _institution(node: Node) -> tuple[str, str]:
    if not node.estate_ids():
        return "institution:unknown", "Panshi"
    estate = node.estate()
    ours = estate.by_kind.get(AssetKind.INSTITUTION, ())
    return (str(ours[0].id), ours[0].name) if ours else (f"estate:{estate.id}", estate.name_zh)

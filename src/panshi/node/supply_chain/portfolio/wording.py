"""Rows as findings in words: names, reasons and dates of those that are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from panshi.node.supply_chain.portfolio.facts import EPOCH
from panshi.node.supply_chain.portfolio.view import purls_of
from panshi.protection.supply_chain.findings.finding import (
    STATUSES,
    Finding,
    Status,
    finding_id,
)
from panshi.protection.supply_chain.findings.querying import due_day, ssvc_of
from panshi.protection.supply_chain.findings.rows import EVER
from panshi.protection.supply_chain.matching import Match, match_purl
from panshi.protection.supply_chain.priority.deciding import URGENCY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from panshi.node.supply_chain.portfolio.asking import Asking
    from panshi.node.supply_chain.portfolio.facts import Scores
    from panshi.protection.supply_chain.findings.rows import Rows


class _Naming(NamedTuple):
    """One vulnerability of one package in words."""

    name: str
    names: tuple[str, ...]
    spoken: bool
    "Whether any statement speaks of it."
    purl: str
    version: str
    aliases: tuple[str, ...]
    why: str
    why_zh: str
    fixed: tuple[str, ...]
    advisory: str
    kev: bool
    scores: Scores


class _Around(NamedTuple):
    """One system in words."""

    name: str
    received: datetime
    supplier: str
    services: tuple[str, ...]
    critical: bool


class Wording:
    """Puts rows of one state into words; what repeats is looked up once."""

    def __init__(self, asking: Asking) -> None:
        """Word what was asked."""
        self._asking = asking
        self._matches: dict[int, dict[str, Match]] = {}
        self._documents: dict[int, dict[int, str]] = {}
        self._named: dict[tuple[int, int], _Naming] = {}
        self._days: dict[int, date] = {}
        self._moments: dict[int, datetime] = {}
        self._systems: dict[int, _Around] = asking.around

    @staticmethod
    def moment(seconds: int) -> datetime:
        """Read seconds since 1970."""
        return datetime.fromtimestamp(seconds, UTC)

    def findings(self, rows: Rows) -> tuple[Finding, ...]:
        """Put rows into words, in their order."""
        if not len(rows):
            return ()
        asking = self._asking
        at = np.arange(len(rows))
        ssvc, due = ssvc_of(rows, asking.facts, at), due_day(rows, asking.facts, at)
        self._look_up(rows)
        columns = (
            rows.system,
            rows.key,
            rows.package,
            rows.vulnerability,
            rows.status,
            rows.since,
            rows.until,
            ssvc,
            due,
        )
        return tuple(map(self._finding, zip(*(each.tolist() for each in columns), strict=True)))

    def _look_up(self, rows: Rows) -> None:
        asking = self._asking
        packages = set(rows.package.tolist()) - self._matches.keys()
        with asking.memory.advisories.reading() as snapshot:
            for each in packages:
                found = match_purl(asking.memory.packages.purls[each], snapshot.lookup)
                self._matches[each] = {match.vulnerability: match for match in found}

    def _document(self, system: int, package: int, *, gone: bool) -> str:
        """Give the newest document that lists a package; only of several it must be looked for."""
        alone = self._asking.systems.document[system]
        if gone or alone:
            return alone
        if system not in self._documents:
            with self._asking.memory.index.reading() as reading:
                self._documents[system] = purls_of(reading, system)
        return self._documents[system].get(package, "")

    def _finding(self, row: Sequence[int]) -> Finding:
        """Put one row into words: as the columns of `findings` stand beside each other."""
        system, key, package, vulnerability, status, since, until, ssvc, due = row
        asking = self._asking
        named = self._naming(package, vulnerability)
        around = self._around(system)
        gone = until != EVER
        told, why, why_zh = STATUSES[status], named.why, named.why_zh
        if not gone and named.spoken:
            held = asking.statements.rule(named.names, asking.asked(package, system), asking.today)
            if held is not None:
                told = Status(held.status)
                why, why_zh = f"{held.why}; {why}", f"{held.why_zh}；{why_zh}"
        return Finding(
            id=finding_id(around.name, asking.names.keys[key], named.name),
            system=around.name,
            document=self._document(system, package, gone=gone),
            purl=named.purl,
            package=asking.names.keys[key],
            version=named.version,
            vulnerability=named.name,
            aliases=named.aliases,
            status=told,
            why=why,
            why_zh=why_zh,
            first_seen=self._moment(since),
            last_seen=self._moment(until) if gone else around.received,
            fixed_at=self._moment(until) if gone else None,
            fixed_in=named.fixed,
            advisory=named.advisory,
            kev=named.kev,
            epss=named.scores.epss,
            percentile=named.scores.percentile,
            severity=named.scores.severity,
            ssvc=URGENCY[ssvc],
            due=self._day(due),
            supplier=around.supplier,
            services=around.services,
            critical=around.critical,
        )

    def _moment(self, seconds: int) -> datetime:
        """Read seconds since 1970; many rows share one moment."""
        found = self._moments.get(seconds)
        if found is None:
            found = self._moments[seconds] = self.moment(seconds)
        return found

    def _day(self, days: int) -> date:
        found = self._days.get(days)
        if found is None:
            found = self._days[days] = EPOCH + timedelta(days=days)
        return found

    def _naming(self, package: int, vulnerability: int) -> _Naming:
        """Give what one vulnerability of one package is called, wherever it lies."""
        found = self._named.get((package, vulnerability))
        if found is None:
            found = self._named[package, vulnerability] = self._named_anew(package, vulnerability)
        return found

    def _named_anew(self, package: int, vulnerability: int) -> _Naming:
        asking = self._asking
        name = asking.names.vulnerabilities[vulnerability]
        purl = asking.memory.packages.purls[package]
        match = self._matches[package].get(name)
        known = asking.vulnerabilities.known[vulnerability]
        names = known.names if known is not None else ()
        return _Naming(
            name=name,
            names=names,
            spoken=any(each in asking.statements for each in names),
            purl=purl,
            version=_version(purl),
            aliases=match.aliases if match else (),
            why=match.why if match else "no advisory says so any more",
            why_zh=match.why_zh if match else "已無公告如此記載",
            fixed=match.fixed if match else (),
            advisory=match.advisory if match else "",
            kev=bool(asking.facts.kev[vulnerability]),
            scores=asking.vulnerabilities.scores(vulnerability),
        )

    def _around(self, system: int) -> _Around:
        """Give what stands around one system."""
        found = self._systems.get(system)
        if found is None:
            asking = self._asking
            systems = asking.systems
            found = self._systems[system] = _Around(
                name=asking.names.systems[system],
                received=self.moment(int(systems.received[system])),
                supplier=systems.suppliers[system],
                services=tuple(sorted(systems.services[system])),
                critical=bool(asking.facts.critical[system]),
            )
        return found


def _version(purl: str) -> str:
    return purl.partition("?")[0].partition("#")[0].rpartition("@")[2] if "@" in purl else ""

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
    from collections.abc import Callable, Sequence

    from panshi.node.supply_chain.portfolio.asking import Asking
    from panshi.node.supply_chain.portfolio.facts import Scores
    from panshi.protection.supply_chain.findings.rows import Rows


STANDING = int(EVER)


class _Naming(NamedTuple):
    """One vulnerability of one package in words."""

    name: str
    names: tuple[str, ...]
    spoken: bool
    "Whether any statement speaks of it."
    purl: str
    package: str
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
    document: str
    "Digest of what stands where it is one document alone; empty otherwise."
    supplier: str
    services: tuple[str, ...]
    critical: bool


class _Kept[K, V](dict[K, V]):
    """What is worked out once per key; what is there is given without any call of ours."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> V:
        made = self[key] = self._make(key)
        return made


class Wording:
    """Puts rows of one state into words; what repeats is looked up once."""

    def __init__(self, asking: Asking) -> None:
        """Word what was asked."""
        self._asking = asking
        self._matches: dict[int, dict[str, Match]] = {}
        self._documents: dict[int, dict[int, str]] = {}
        self._named = _Kept(self._naming)
        self._days = _Kept(_day)
        self._moments = _Kept(self.moment)
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

    def _listing(self, system: int, package: int) -> str:
        """Give the newest of several documents of a system that lists a package."""
        if system not in self._documents:
            with self._asking.memory.index.reading() as reading:
                self._documents[system] = purls_of(reading, system)
        return self._documents[system].get(package, "")

    def _finding(self, row: Sequence[int]) -> Finding:
        """Put one row into words: as the columns of `findings` stand beside each other."""
        system, package, vulnerability, status, since, until, ssvc, due = row
        named = self._named[package, vulnerability]
        around = self._systems.get(system) or self._around(system)
        gone = until != STANDING
        told, why, why_zh = STATUSES[status], named.why, named.why_zh
        if not gone and named.spoken:
            asking = self._asking
            held = asking.statements.rule(named.names, asking.asked(package, system), asking.today)
            if held is not None:
                told = Status(held.status)
                why, why_zh = f"{held.why}; {why}", f"{held.why_zh}；{why_zh}"
        return Finding(
            id=finding_id(around.name, named.package, named.name),
            system=around.name,
            document=around.document if around.document or gone else self._listing(system, package),
            purl=named.purl,
            package=named.package,
            version=named.version,
            vulnerability=named.name,
            aliases=named.aliases,
            status=told,
            why=why,
            why_zh=why_zh,
            first_seen=self._moments[since],
            last_seen=self._moments[until] if gone else around.received,
            fixed_at=self._moments[until] if gone else None,
            fixed_in=named.fixed,
            advisory=named.advisory,
            kev=named.kev,
            epss=named.scores.epss,
            percentile=named.scores.percentile,
            severity=named.scores.severity,
            ssvc=URGENCY[ssvc],
            due=self._days[due],
            supplier=around.supplier,
            services=around.services,
            critical=around.critical,
        )

    def _naming(self, both: tuple[int, int]) -> _Naming:
        """Say what one vulnerability of one package is called, wherever it lies."""
        package, vulnerability = both
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
            package=asking.names.keys[asking.memory.packages.key_of[package]],
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
        """Say what stands around one system, and keep it."""
        asking = self._asking
        systems = asking.systems
        found = self._systems[system] = _Around(
            name=asking.names.systems[system],
            received=self._moments[int(systems.received[system])],
            document=systems.document[system],
            supplier=systems.suppliers[system],
            services=tuple(sorted(systems.services[system])),
            critical=bool(asking.facts.critical[system]),
        )
        return found


def _day(days: int) -> date:
    return EPOCH + timedelta(days=days)


def _version(purl: str) -> str:
    return purl.partition("?")[0].partition("#")[0].rpartition("@")[2] if "@" in purl else ""

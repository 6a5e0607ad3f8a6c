"""Rows as findings in words: names, reasons and dates of those that are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from panshi.node.supply_chain.portfolio.facts import EPOCH
from panshi.node.supply_chain.portfolio.statements import ruling
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
    from panshi.node.supply_chain.portfolio.asking import Asking
    from panshi.protection.supply_chain.findings.rows import Rows


class _Row(NamedTuple):
    """One row, and what was worked out for it."""

    system: int
    key: int
    package: int
    vulnerability: int
    status: int
    since: int
    until: int
    ssvc: int
    due: int


class Wording:
    """Puts rows of one state into words; what repeats is looked up once."""

    def __init__(self, asking: Asking) -> None:
        """Word what was asked."""
        self._asking = asking
        self._matches: dict[int, dict[str, Match]] = {}
        self._documents: dict[int, dict[int, str]] = {}

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
        return tuple(
            self._finding(_Row._make(row))
            for row in zip(*(each.tolist() for each in columns), strict=True)
        )

    def _look_up(self, rows: Rows) -> None:
        asking = self._asking
        packages = set(rows.package.tolist()) - self._matches.keys()
        with asking.memory.advisories.reading() as snapshot:
            for each in packages:
                found = match_purl(asking.memory.packages.purls[each], snapshot.lookup)
                self._matches[each] = {match.vulnerability: match for match in found}

    def _document(self, row: _Row) -> str:
        """Give the newest document that lists a package; only of several it must be looked for."""
        alone = self._asking.systems.document[row.system]
        if row.until != EVER or alone:
            return alone
        if row.system not in self._documents:
            with self._asking.memory.index.reading() as reading:
                self._documents[row.system] = purls_of(reading, row.system)
        return self._documents[row.system].get(row.package, "")

    def _finding(self, row: _Row) -> Finding:
        asking = self._asking
        facts, systems = asking.facts, asking.systems
        name = asking.names.vulnerabilities[row.vulnerability]
        system, package = asking.names.systems[row.system], asking.names.keys[row.key]
        purl = asking.memory.packages.purls[row.package]
        match = self._matches[row.package].get(name)
        gone = row.until != EVER
        status, why, why_zh = self._said(row, match)
        scores = asking.vulnerabilities.scores(row.vulnerability)
        return Finding(
            id=finding_id(system, package, name),
            system=system,
            document=self._document(row),
            purl=purl,
            package=package,
            version=_version(purl),
            vulnerability=name,
            aliases=match.aliases if match else (),
            status=status,
            why=why,
            why_zh=why_zh,
            first_seen=self.moment(row.since),
            last_seen=self.moment(row.until if gone else int(systems.received[row.system])),
            fixed_at=self.moment(row.until) if gone else None,
            fixed_in=match.fixed if match else (),
            advisory=match.advisory if match else "",
            kev=bool(facts.kev[row.vulnerability]),
            epss=scores.epss,
            percentile=scores.percentile,
            severity=scores.severity,
            ssvc=URGENCY[row.ssvc],
            due=EPOCH + timedelta(days=row.due),
            supplier=systems.suppliers[row.system],
            services=tuple(sorted(systems.services[row.system])),
            critical=bool(facts.critical[row.system]),
        )

    def _said(self, row: _Row, match: Match | None) -> tuple[Status, str, str]:
        """Give status and reason in English and Chinese, statements considered while open."""
        asking = self._asking
        why = match.why if match else "no advisory says so any more"
        why_zh = match.why_zh if match else "已無公告如此記載"
        known = asking.vulnerabilities.known[row.vulnerability]
        if known is not None and row.until == EVER:
            asked = asking.asked(row.package, row.system)
            held = ruling(asking.statements, known.names, asked, asking.today)
            if held is not None:
                return Status(held.status), f"{held.why}; {why}", f"{held.why_zh}；{why_zh}"
        return STATUSES[row.status], why, why_zh


def _version(purl: str) -> str:
    return purl.partition("?")[0].partition("#")[0].rpartition("@")[2] if "@" in purl else ""

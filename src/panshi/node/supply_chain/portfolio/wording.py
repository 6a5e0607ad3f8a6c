"""Rows as findings in words: names, reasons and dates of those that are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

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
        return tuple(
            self._finding(*row)
            for row in zip(
                rows.system.tolist(),
                rows.key.tolist(),
                rows.package.tolist(),
                rows.vulnerability.tolist(),
                rows.status.tolist(),
                rows.since.tolist(),
                rows.until.tolist(),
                ssvc.tolist(),
                due.tolist(),
                strict=True,
            )
        )

    def _look_up(self, rows: Rows) -> None:
        asking = self._asking
        packages = set(rows.package.tolist()) - self._matches.keys()
        with asking.memory.advisories.reading() as snapshot:
            for each in packages:
                found = match_purl(asking.memory.packages.purls[each], snapshot.lookup)
                self._matches[each] = {match.vulnerability: match for match in found}
        with asking.memory.index.reading() as reading:
            for each in set(rows.system.tolist()) - self._documents.keys():
                self._documents[each] = purls_of(reading, each)

    def _finding(
        self,
        system: int,
        key: int,
        package: int,
        vulnerability: int,
        status: int,
        since: int,
        until: int,
        ssvc: int,
        due: int,
    ) -> Finding:
        asking = self._asking
        facts, systems = asking.facts, asking.systems
        name, where = asking.table.vulnerabilities[vulnerability], asking.table.systems[system]
        named, purl = asking.table.keys[key], asking.memory.packages.purls[package]
        match = self._matches[package].get(name)
        known = asking.vulnerabilities.known[vulnerability]
        said = STATUSES[status]
        open_ = until == EVER
        held = known and open_ and ruling(asking.statements, known.names, purl, where, asking.today)
        why = match.why if match else "no advisory in force says so any more"
        if held:
            said, why = Status(held.status), f"{held.why}; {why}"
        epss = float(facts.epss[vulnerability])
        severity = float(facts.severity[vulnerability])
        return Finding(
            id=finding_id(where, named, name),
            system=where,
            document=self._documents[system].get(package, ""),
            purl=purl,
            package=named,
            version=_version(purl),
            vulnerability=name,
            aliases=match.aliases if match else (),
            status=said,
            why=why,
            first_seen=self.moment(since),
            last_seen=self.moment(int(systems.received[system]) if open_ else until),
            fixed_at=None if open_ else self.moment(until),
            fixed_in=match.fixed if match else (),
            advisory=match.advisory if match else "",
            kev=bool(facts.kev[vulnerability]),
            epss=None if epss < 0 else round(epss, 6),
            percentile=None
            if epss < 0
            else round(float(asking.vulnerabilities.percentile[vulnerability]), 6),
            severity=None if severity < 0 else round(severity, 1),
            ssvc=URGENCY[ssvc],
            due=_day(due),
            supplier=systems.suppliers[system],
            services=tuple(sorted(systems.services[system])),
            critical=bool(facts.critical[system]),
        )


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)


def _version(purl: str) -> str:
    return purl.partition("?")[0].partition("#")[0].rpartition("@")[2] if "@" in purl else ""

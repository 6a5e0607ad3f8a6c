"""Match bills of materials with the advisory snapshot: one bill in, its findings out.

Nothing is sealed and no node is needed, so that a pipeline starts fast. Components are read as they
stream by; each package is judged once however often it appears. What cannot be judged is counted
with its reason, and an ecosystem without any advisories is such a reason: silence would read as
"nothing is known against it".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from panshi.model.supply_chain.bom import BomComponent
from panshi.model.supply_chain.vex import bom_link
from panshi.observe.bom import BomStream, open_bom
from panshi.protection.supply_chain.matching.judging import Match, match_subject
from panshi.protection.supply_chain.matching.owners import DISTRIBUTIONS, Owners
from panshi.protection.supply_chain.matching.package_keys import (
    OWN_PURL,
    Subject,
    Unmatchable,
    subject,
    versioned,
)

if TYPE_CHECKING:
    from panshi.protection.supply_chain.vex import Container, Statements
    from panshi.store.advisory_snapshot import Snapshot

OWNED = "not_affected"


class Finding(msgspec.Struct, frozen=True):
    """One vulnerability of one package of a bill, after the statements on exploitability."""

    purl: str
    vulnerability: str
    aliases: tuple[str, ...]
    status: str
    "`affected`, `unknown`, `not_affected`, `fixed` or `under_investigation`."
    why: str
    advisory: str
    source: str
    fixed: tuple[str, ...]
    kev: bool
    epss: float | None
    statement: str = ""
    "The statement on exploitability that decided; empty where none did."


class Matched(msgspec.Struct, frozen=True):
    """What is known against one bill."""

    file: str
    components: int
    unreadable: int
    unjudged: dict[str, int]
    "Why components could not be judged, and how many each."
    findings: tuple[Finding, ...]
    defects: int = 0


class Judged(NamedTuple):
    """One package of the bill and what matched it."""

    found: Subject
    version: str
    matches: tuple[Match, ...]


def match_bill(
    document: Path | bytes,
    snapshot: Snapshot,
    *,
    on: date,
    voices: Statements | None = None,
    system: str = "",
    name: str = "",
    tell: Callable[[int], None] = lambda _count: None,
) -> Matched:
    """Match one bill; `voices` are the statements on exploitability, heard for one system."""
    bill = open_bom(document, source=name)
    matching = _Matching(snapshot)
    count = 0
    for component in bill:
        matching.take(component)
        count += 1
        if not count & 0x3FF:
            tell(count)
    return Matched(
        file=name or str(document),
        components=count,
        unreadable=bill.unreadable,
        unjudged=dict(sorted(matching.unjudged.items())),
        findings=tuple(matching.findings(_ruling(bill, voices, system, on))),
        defects=len(bill.defects),
    )


class _Matching:
    """One bill while it streams by."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._ecosystems = snapshot.ecosystems()
        self._scored = snapshot.scored()
        self._seen: dict[str, str] = {}
        self._owners = Owners()
        self._judged: dict[str, Judged] = {}
        self.unjudged: Counter[str] = Counter()

    def take(self, component: BomComponent) -> None:
        """Judge one component, or count why not."""
        purl = component.purl
        identity = purl if "@" in purl else versioned(purl, component.version)
        reason = self._seen.get(identity)
        if reason is None:
            reason = self._seen[identity] = self._judge(purl, identity, component)
        if reason:
            self.unjudged[reason] += 1

    def _judge(self, purl: str, identity: str, component: BomComponent) -> str:
        found = subject(identity)
        if isinstance(found, Unmatchable):
            return found.reason
        if purl.startswith(DISTRIBUTIONS):
            self._owners.add(purl, component.name, component.version or found.version)
        matches = match_subject(purl, found, self._snapshot.lookup)
        if matches:
            self._judged[identity] = Judged(found, component.version, matches)
            return ""
        key = found.keys[0]
        if any(each.ecosystem in self._ecosystems for each in found.keys):
            return ""
        shown = key.name.partition("/")[0] if key.ecosystem == OWN_PURL else key.ecosystem
        return f"no_advisories:{shown}"

    def findings(self, ruling: _Ruling | None) -> Iterable[Finding]:
        """Give what matched, the statements heard."""
        for identity in sorted(self._judged):
            judged = self._judged[identity]
            owner = self._owner(judged.found)
            for match in judged.matches:
                yield self._finding(match, judged, owner, ruling)

    def _finding(self, match: Match, judged: Judged, owner: str, ruling: _Ruling | None) -> Finding:
        told, status, why, statement = match.entry.told, match.status, match.why, ""
        if owner and not self._shared(match, owner):
            status = OWNED
            why = f"installed by {owner}, whose distribution judges it otherwise; {match.why}"
        heard = ruling.rule(match, judged.version) if ruling is not None else None
        if heard is not None:
            status, statement = heard
        kev, epss = self._scores(told.vulnerability)
        return Finding(
            purl=match.purl,
            vulnerability=told.vulnerability,
            aliases=told.aliases,
            status=status,
            why=f"{statement}; {why}" if statement else why,
            advisory=told.advisory,
            source=told.source,
            fixed=match.fixed,
            kev=kev,
            epss=epss,
            statement=statement,
        )

    def _scores(self, vulnerability: str) -> tuple[bool, float | None]:
        """Give whether it is known to be exploited, and EPSS' estimate."""
        if not self._scored:
            return False, None
        estimate = self._snapshot.epss(vulnerability)
        return (
            self._snapshot.kev(vulnerability) is not None,
            None if estimate is None else estimate.score,
        )

    def _owner(self, found: Subject) -> str:
        """Give the owning package, if its distribution's advisories are here to answer for it."""
        owner = self._owners.of(found) if self._owners else ""
        owning = subject(owner) if owner else None
        if not isinstance(owning, Subject):
            return ""
        judged = any(each.ecosystem in self._ecosystems for each in owning.keys)
        return owner if judged and ":" in owning.keys[0].ecosystem else ""

    def _shared(self, match: Match, owner: str) -> bool:
        """Whether the distribution says the same of its own package."""
        found = self._judged.get(owner)
        names = {match.vulnerability, *match.aliases}
        return found is not None and any(
            names & {each.vulnerability, *each.aliases} for each in found.matches
        )


def _ruling(bill: BomStream, voices: Statements | None, system: str, on: date) -> _Ruling | None:
    return _Ruling(bill, voices, system, on) if voices is not None and len(voices) else None


class _Ruling:
    """The statements that count, asked for components of one bill."""

    def __init__(self, bill: BomStream, voices: Statements, system: str, on: date) -> None:
        from panshi.protection.supply_chain.vex import (  # noqa: PLC0415 -- only with statements
            Asked,
            Container,
        )

        self._asked = Asked
        self._voices, self._on, self._system = voices, on, system
        head, about = bill.head, bill.head.subject
        self._within: tuple[Container, ...] = ()
        if about is not None:
            ref = bom_link(about.ref, serial=head.serial, version=head.version, digest=head.digest)
            self._within = (
                Container(purl=about.purl, ref=ref, version=about.version, cpe=about.cpe),
            )

    def rule(self, match: Match, version: str) -> tuple[str, str] | None:
        """Give status and statement, where somebody who counts speaks of it."""
        asked = self._asked(match.purl, version, self._system, within=self._within)
        ruling = self._voices.rule((match.vulnerability, *match.aliases), asked, self._on)
        return None if ruling is None else (str(ruling.status), ruling.why)

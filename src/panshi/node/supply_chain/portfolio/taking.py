"""Take in deliveries, and what was forgotten, in the order of the log.

A document takes the place of the one before it for the same part of a system. A delivery that does
not follow the others in time, or one that was forgotten, lets its system be walked anew from the
first: what stands is the same whatever the order of learning it.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from panshi.errors import BadInputError, IntegrityError, MissingError
from panshi.model.bodies.sbom_portfolio import SbomForgotten
from panshi.model.bodies.software import SbomDocument
from panshi.node.supply_chain.portfolio.bills import read_bill
from panshi.node.supply_chain.portfolio.holding import delivered
from panshi.node.supply_chain.portfolio.matching import Matcher
from panshi.node.supply_chain.portfolio.telling import Teller
from panshi.protection.supply_chain.findings.rows import HOLDING
from panshi.protection.supply_chain.matching import Unmatchable, subject
from panshi.store.portfolio import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from panshi.model.observation import Sealed
    from panshi.node.supply_chain.portfolio.bills import Bill
    from panshi.node.supply_chain.portfolio.memory import PortfolioMemory
    from panshi.store.advisory_snapshot import Snapshot
    from panshi.store.portfolio import Writing

NOTHING = np.zeros(0, dtype=np.uint32)


class _Read(NamedTuple):
    """One document, its packages numbered."""

    packages: NDArray[np.uint32]
    unjudged: str
    "JSON: components nobody judges, by reason."
    problem: str = ""
    "Why it could not be read; it stands for nothing then."
    about: str = ""
    "JSON: purl, BOM-Link, version and CPE of what it describes."


class Taking:
    """One stretch of the log within one transaction."""

    def __init__(
        self,
        memory: PortfolioMemory,
        writing: Writing,
        snapshot: Snapshot,
        bills: Mapping[str, Bill],
        now: datetime,
    ) -> None:
        """Know every package there is."""
        memory.packages.catch_up(writing)
        self._memory, self._writing, self._bills = memory, writing, bills
        self._matcher = Matcher(writing, snapshot)
        self._teller = Teller(writing, memory.packages, now)
        self._fresh: dict[int, list[tuple[int, str]]] = {}
        self._known: dict[str, _Read] = {}

    def take(self, steps: Iterable[Sealed]) -> None:
        """Take in some steps in their order."""
        try:
            for sealed in steps:
                body = sealed.observation.body
                if isinstance(body, SbomDocument):
                    self._deliver(sealed, body)
                elif isinstance(body, SbomForgotten):
                    self._forget(sealed, body)
            self._teller.close()
        except BaseException:
            # What was numbered here is undone with the transaction.
            self._memory.packages.born = -1
            raise

    def _deliver(self, sealed: Sealed, body: SbomDocument) -> None:
        number = self._writing.system_number(sealed.observation.subject)
        read = self._read(body.sha256)
        last = self._writing.last_delivery(number)
        delivery = _delivery(sealed, body, number, read)
        added = self._writing.add_delivery(delivery)
        if added is None:
            return
        before = self._teller.holdings(number)
        if (delivery.received, delivery.position) > last and not read.problem:
            parts = {
                part: np.frombuffer(blob, dtype=np.uint32)
                for part, _, blob in self._writing.standing(number)
            }
            after = delivered(before, parts, body.part, read.packages, delivery.received)
            self._writing.stand(number, body.part, added, read.packages.tobytes())
        else:
            after = self._walk(number)
        self._settle(number, before, after, f"document:{body.sha256}")

    def _forget(self, sealed: Sealed, body: SbomForgotten) -> None:
        number = self._writing.system(sealed.observation.subject)
        if number is None:
            return
        self._writing.forget_deliveries(
            each.id
            for each in list(self._writing.deliveries(number))
            if each.position < sealed.position and body.sha256 in {"", each.digest}
        )
        before = self._teller.holdings(number)
        self._settle(number, before, self._walk(number), f"forgotten:{body.sha256}")

    def _settle(
        self, system: int, before: NDArray[np.void], after: NDArray[np.void], cause: str
    ) -> None:
        self._match_fresh()
        self._writing.put_holdings(system, after.tobytes())
        self._teller.system(system, before, after, cause)

    def _walk(self, system: int) -> NDArray[np.void]:
        """Go through all deliveries of a system anew."""
        self._writing.clear_standing(system)
        holdings = np.zeros(0, dtype=HOLDING)
        parts: dict[str, NDArray[np.uint32]] = {}
        for each in list(self._writing.deliveries(system)):
            if each.forgotten or (read := self._read(each.digest)).problem:
                continue
            holdings = delivered(holdings, parts, each.part, read.packages, each.received)
            self._writing.stand(system, each.part, each.id, read.packages.tobytes())
        return holdings

    def _read(self, digest: str) -> _Read:
        found = self._known.get(digest)
        if found is None:
            found = self._known[digest] = self._read_anew(digest)
        return found

    def _read_anew(self, digest: str) -> _Read:
        try:
            bill = self._bills.get(digest) or read_bill(
                self._memory.documents.read(digest), name=digest[:16]
            )
        except (MissingError, IntegrityError, BadInputError) as error:
            return _Read(NOTHING, "{}", error.problem)
        numbers = [self._package(purl) for purl in bill.purls]
        counts = Counter(bill.unjudged)
        counts.update(filter(None, map(self._memory.packages.unjudged.__getitem__, numbers)))
        return _Read(
            np.unique(np.asarray(numbers, dtype=np.uint32)),
            json.dumps(counts, sort_keys=True),
            about=json.dumps(bill.about) if bill.about else "",
        )

    def _package(self, purl: str) -> int:
        packages = self._memory.packages
        number = packages.numbers.get(purl)
        if number is not None:
            return number
        found = subject(purl)
        if isinstance(found, Unmatchable):
            number = self._writing.add_package(purl, 0, found.reason)
            packages.add(number, purl, 0, found.reason)
            return number
        key, *others = (self._writing.key_number(*each) for each in found.keys)
        number = self._writing.add_package(purl, key, "")
        packages.add(number, purl, key, "")
        self._writing.add_other_keys(key, others)
        self._fresh.setdefault(key, []).append((number, purl))
        return number

    def _match_fresh(self) -> None:
        """Match the packages nobody had before, and only them."""
        for key, packages in self._fresh.items():
            rows = self._matcher.rows(packages)
            if len(rows):
                self._writing.put_matches(key, self._writing.matches((key,)) + rows.tobytes())
            self._writing.add_sources(key, self._matcher.sources(purl for _, purl in packages))
            self._teller.matches_changed((key,))
        self._fresh.clear()


def _delivery(sealed: Sealed, body: SbomDocument, system: int, read: _Read) -> Delivery:
    return Delivery(
        id=0,
        observation=sealed.id,
        system=system,
        part=body.part,
        digest=body.sha256,
        supplier=body.delivered_by,
        service=body.service,
        received=int((body.delivered or sealed.received_at).timestamp()),
        position=sealed.position,
        format=f"{body.format} {body.spec_version}",
        created=body.created.isoformat() if body.created else "",
        subject=f"{body.subject_name} {body.subject_version}".strip(),
        components=body.component_count,
        packages=len(read.packages),
        unreadable=body.skipped,
        unjudged=read.unjudged,
        problem=read.problem,
        versioned=body.versioned_share,
        identified=body.identified_share,
        forgotten=0,
        about=read.about,
    )

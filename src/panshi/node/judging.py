"""Live judgement: one assessor per estate, kept in step with the log; others made on demand.

The live assessor answers "how do we stand now". It is fed only what was appended since it last
looked, so one new observation re-judges only what depends on it. Questions about another day,
or about the log without certain observations, get an assessor of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from panshi.errors import UsageError
from panshi.evidence.log import LogStore
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.parameters import values_in_force
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId
from panshi.node.library import Library
from panshi.store.estates import EstateStore

PARAMETER_KIND = "record.parameter/1"


@dataclass(slots=True)
class _Live:
    assessor: Assessor
    estate_version: int
    position: int


class Judging:
    """Assessors over one log and one store of estates."""

    def __init__(
        self,
        *,
        log: LogStore,
        estates: EstateStore,
        library: Library,
        clock: Callable[[], datetime],
    ) -> None:
        """Keep the parts; nothing is read before the first question."""
        self._log = log
        self._estates = estates
        self._library = library
        self._clock = clock
        self._live: dict[str, _Live] = {}
        self._lock = threading.RLock()

    def assessor(
        self,
        estate_id: str,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Assessor:
        """Give the assessor of an estate: live, or for another moment or a lesser log."""
        if as_of is None and not without:
            return self._now(estate_id)
        moment = as_of or self._clock()
        estate = self._estates.at(estate_id, moment) or self.estate(estate_id)
        return self._assessor(estate, moment, without, size=self._log.size())

    def _now(self, estate_id: str) -> Assessor:
        with self._lock:
            estate = self.estate(estate_id)
            live = self._live.get(estate_id)
            if live is None or live.estate_version != estate.version:
                live = self._open(estate)
                self._live[estate_id] = live
            self._catch_up(live)
            return live.assessor

    def forget(self) -> None:
        """Start afresh at the next question, after bodies were erased."""
        with self._lock:
            self._live = {}

    def estate(self, estate_id: str) -> Estate:
        """Give the newest version of an estate."""
        estate = self._estates.head(estate_id)
        if estate is None:
            known = ", ".join(self._estates.list()) or "none yet"
            raise UsageError(
                f"there is no estate {estate_id!r}",
                remedy=f"estates here: {known}; `panshi demo` or `panshi estate import` adds one",
            )
        return estate

    def _open(self, estate: Estate) -> _Live:
        size = self._log.size()
        assessor = self._assessor(estate, None, (), size=size)
        return _Live(assessor=assessor, estate_version=estate.version, position=size)

    def _assessor(
        self,
        estate: Estate,
        as_of: datetime | None,
        without: Collection[ObservationId],
        *,
        size: int,
    ) -> Assessor:
        moment = as_of or self._clock()
        changes = self._log.records(PARAMETER_KIND, as_of=as_of, without=without)
        return Assessor(
            estate=estate,
            frameworks=self._library.frameworks,
            mappings=self._library.mappings,
            evidence=self._log.latest(as_of=as_of, without=without),
            parameters=values_in_force(self._library.parameters, changes, moment),
            as_of=moment,
            log_size=size,
            log_root=self._log.root().hex(),
        )

    def _catch_up(self, live: _Live) -> None:
        for sealed in self._log.since(live.position):
            live.position = sealed.position + 1
            if sealed.observation.kind == PARAMETER_KIND:
                self._live = {}
            live.assessor.observe(sealed)
        live.assessor.at(self._clock())

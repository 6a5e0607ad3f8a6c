"""Live judgement: one assessor per estate, kept in step with the log; others made on demand.

The live assessor answers "how do we stand now". It is fed only what was appended since it last
looked, so one new observation re-judges only what depends on it. Questions about another day,
or about the log without certain observations, get an assessor of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.errors import UsageError
from panshi.evidence.log import LogStore
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.gather import gather
from panshi.governance.parameters import values_in_force
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId
from panshi.node.library import Library
from panshi.store.estates import EstateStore

PARAMETER_KIND = "record.parameter/1"
LOOKED_BACK = timedelta(days=90)
"What failed and left its population within this time is told of in the verdict."


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
        self.erasures = 0
        "How often bodies were erased since the node was opened."

    def ask[T](
        self,
        question: Callable[[Assessor], T],
        estate_id: str,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> T:
        """Put a question to an estate's assessor: the live one, or one for another moment or log.

        The live assessor serves one caller at a time; the others belong to their caller.
        """
        if as_of is None and not without:
            with self._lock:
                return question(self._now(estate_id))
        moment = as_of or self._clock()
        estate = self._estates.at(estate_id, moment)
        if estate is None:
            newest = self.estate(estate_id)
            raise UsageError(
                f"estate {estate_id} was not known yet at {moment.isoformat(timespec='minutes')}",
                remedy=f"ask for a day from {newest.as_of.date()} on",
            )
        return question(self._assessor(estate, moment, as_of=moment, without=without))

    def _now(self, estate_id: str) -> Assessor:
        estate = self.estate(estate_id)
        live = self._live.get(estate_id)
        if live is None or live.estate_version != estate.version:
            live = self._open(estate)
            self._live[estate_id] = live
        if not self._catch_up(live):
            return self._now(estate_id)
        return live.assessor

    def forget(self) -> None:
        """Start afresh at the next question, after bodies were erased."""
        with self._lock:
            self._live = {}
            self.erasures += 1

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
        assessor = self._make(estate)
        return _Live(assessor=assessor, estate_version=estate.version, position=size)

    def _make(self, estate: Estate) -> Assessor:
        return self._assessor(estate, self._clock())

    def _assessor(
        self,
        estate: Estate,
        moment: datetime,
        *,
        as_of: datetime | None = None,
        without: Collection[ObservationId] = (),
    ) -> Assessor:
        """Make an assessor at a moment; without `as_of` it will move on as time passes."""
        frameworks = self._library.frameworks
        changes = self._log.records(PARAMETER_KIND, as_of=as_of, without=without)
        size = self._log.size()
        return Assessor(
            estate=estate,
            frameworks=frameworks,
            mappings=self._library.mappings,
            evidence=gather(
                self._log,
                frameworks.values(),
                as_of=as_of,
                without=without,
                now=moment if as_of is None else None,
            ),
            parameters=values_in_force(self._library.parameters, changes, moment),
            as_of=moment,
            log_size=size,
            log_root=self._log.root(size).hex(),
            previous=self._before(estate, moment),
            authority=self._library.authority,
            learned_until=self._log.learned_until() if as_of is None else None,
        )

    def _before(self, estate: Estate, moment: datetime) -> Estate | None:
        """Give the estate as it was a quarter ago, so that what left it since is told of."""
        if estate.version == 1:
            return None
        earlier = self._estates.at(estate.id, moment - LOOKED_BACK)
        return earlier or self._estates.version(estate.id, 1)

    def _catch_up(self, live: _Live) -> bool:
        """Feed what was appended since; False where a threshold changed and all begins anew."""
        news = tuple(self._log.since(live.position))
        if any(sealed.observation.kind == PARAMETER_KIND for sealed in news):
            self._live = {}
            return False
        for sealed in news:
            live.position = sealed.position + 1
            last = sealed is news[-1]
            root = self._log.root(live.position).hex() if last else ""
            live.assessor.observe(sealed, log_root=root)
        live.assessor.at(max(self._clock(), live.assessor.as_of))
        return True

"""STIX objects of all collections, and the status resources of adds.

with closing(open_stix_objects(home, url)) as objects:
    objects.add(collection, incoming, owner="bank-a", now=moment)
    objects.page(collection, shelves, Wanted(types=("indicator",)))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from panshi.store.stix_objects import adding, reading
from panshi.store.stix_objects.adding import Added, Incoming
from panshi.store.stix_objects.database import Connection, Database
from panshi.store.stix_objects.reading import Holding, Page, Wanted

KEPT_STATUSES = 10_000
"Status resources of earlier adds are forgotten."


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What became of an add, as bytes."""

    id: str
    owner: str
    "Who may ask for it."
    body: bytes


class StixObjects:
    """Everything that lies in one database."""

    def __init__(self, database: Database) -> None:
        """Use `open_stix_objects`."""
        self._database = database

    def add(
        self,
        collection: str,
        incoming: Sequence[Incoming],
        *,
        owner: str,
        now: int,
        told: Callable[[tuple[Added, ...]], Status] | None = None,
    ) -> tuple[Added, ...]:
        """Add objects in one transaction, and what is told of it; what is answered is on disk."""
        with self._database.writing() as to:
            added = adding.add(to, collection, incoming, owner, now) if incoming else ()
            if told is not None:
                _keep(to, told(added), collection, now)
        return added

    def page(self, collection: str, shelves: Collection[str], wanted: Wanted) -> Page:
        """Give one page of what lies on any of the shelves."""
        with self._database.reading() as within:
            return reading.page(within, collection, shelves, wanted)

    def remove(self, collection: str, object_id: str, gone: Collection[int]) -> None:
        """Remove versions of one object, by the moments they were added."""
        with self._database.writing() as to:
            adding.remove(to, collection, object_id, gone)

    def status(self, status_id: str, owner: str) -> bytes | None:
        """Give what became of an add, to whoever asked for it."""
        with self._database.reading() as within:
            rows = within.rows(
                "SELECT body FROM status WHERE id = ? AND owner = ?", (status_id, owner)
            )
        return bytes(rows[0][0]) if rows else None

    def size(self, collection: str) -> int:
        """Count the versions in a collection."""
        with self._database.reading() as within:
            rows = within.rows(
                "SELECT count(*) FROM object JOIN collection ON collection = number"
                " WHERE collection.id = ?",
                (collection,),
            )
        return int(rows[0][0])

    def holdings(self, collections: Collection[str], shelf: str) -> dict[str, Holding]:
        """Count what lies on one shelf of each collection."""
        with self._database.reading() as within:
            return {each: reading.holding(within, each, shelf) for each in collections}

    def close(self) -> None:
        """Release files and connections."""
        self._database.close()


def _keep(to: Connection, status: Status, collection: str, now: int) -> None:
    """Keep a status, and forget the oldest beyond those kept."""
    to.run(
        "INSERT INTO status VALUES (?, ?, ?, ?, ?)",
        (status.id, status.owner, collection, now, status.body),
    )
    to.run(
        "DELETE FROM status WHERE asked < (SELECT min(asked) FROM (SELECT asked FROM"
        " status ORDER BY asked DESC LIMIT ?) AS newest)",
        (KEPT_STATUSES,),
    )

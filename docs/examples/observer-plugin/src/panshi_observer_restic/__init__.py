"""What `restic snapshots --json` tells: per host, when it was last backed up.

The list holds snapshots that were completed, so it can show a backup that is there and how old it
is; it cannot show one that failed. A host is therefore only ever seen with a backup; that it grows
old is the check's to notice, by the day it finished.

Option `remote_copy=yes` says that the repository is elsewhere, which restic's list does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.data import BackupStatus
from panshi.model.observation import Observation
from panshi.observe.port import Look
from panshi.observe.reading.members import text
from panshi.observe.reading.records import records
from panshi.observe.reading.texts import instant, observed, zone_of

KIND = "backup.status/1"


class Restic:
    """Reads lists of restic's snapshots."""

    contract = 1
    "Version of the plug-in contract this was written for."
    name = "restic"
    "The same as the entry point's."
    title_zh = "restic 備份快照"
    title_en = "restic snapshots"
    needs_path = True
    kinds = (KIND,)
    "It may yield these kinds and no others; each is registered in Panshi."
    suffixes = (".json",)

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield the newest snapshot of each host; raise with the place for what cannot be read."""
        if look.path is None:
            raise UsageError("restic reads a file", remedy="restic snapshots --json > FILE")
        newest: dict[str, datetime] = {}
        for place, snapshot in records(look.path):
            host = text(snapshot, "hostname", limit=255).rstrip(".").lower()
            stated = text(snapshot, "time", limit=60)
            if not host or not text(snapshot, "id") or instant(stated, zone_of(look)) is None:
                raise BadInputError(
                    "is no snapshot of restic",
                    place=place,
                    remedy="write it with restic snapshots --json",
                )
            moment = observed(stated, look, place)
            newest[host] = max(newest.get(host, moment), moment)
        for host, moment in newest.items():
            yield Observation(
                kind=KIND,
                subject=look.subject or f"host:{host}",
                facet="restic",
                observed_at=moment,
                collector="restic",
                body=BackupStatus(
                    succeeded=True,
                    finished=moment.date(),
                    remote_copy=look.options.get("remote_copy") == "yes",
                ),
            )


OBSERVER = Restic()

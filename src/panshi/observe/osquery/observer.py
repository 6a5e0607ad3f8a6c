"""osquery's result logs, JSON lines: `osqueryd.results.log` and `osqueryd.snapshots.log`.

Per host and kind one observation of the newest state. Which table a query reads is told by the end
of its name (`pack_bank_listening_ports`), else by its columns, else by an option:
`--option my_query=listening_ports`. Columns that are not needed (paths of homes, descriptions,
command lines) are dropped as they are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from panshi.errors import BadInputError, UsageError
from panshi.model.observation import Observation, Outcome
from panshi.observe.osquery.bodies import KINDS, sights
from panshi.observe.osquery.log import Log, State, fold
from panshi.observe.osquery.tables import TABLES
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.texts import observed

_COLLECTOR = "osquery"


class Osquery:
    """Reads result logs of osquery."""

    name = "osquery"
    title_zh = "osquery 查詢結果"
    title_en = "osquery results"
    needs_path = True
    kinds = KINDS
    suffixes = (".log", ".json", ".jsonl")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per host and kind."""
        if wrong := sorted(set(look.options.values()) - TABLES.keys()):
            raise UsageError(
                f"{wrong[0]!r} is no osquery table that is read",
                remedy=f"choose one of: {', '.join(TABLES)}",
            )
        path = path_of(look)
        log = fold(path, look.options)
        warnings = Warnings(look)
        for query, lines in log.unread.items():
            warnings.tell(
                str(path), f"query {query!r} reads no known table; {lines:,} lines unread"
            )
        warnings.close()
        hosts = _by_host(log)
        if not hosts:
            raise BadInputError(
                "holds no query of a table that is read",
                place=str(path),
                remedy=f"tables: {', '.join(TABLES)}; or --option <query>=<table>",
            )
        if look.subject and len(hosts) > 1:
            raise UsageError(
                f"the log is of {len(hosts)} hosts, and {look.subject} can name only one",
                place=str(path),
                remedy="leave the subject out; each host is named by itself",
            )
        for host, tables in hosts.items():
            for sight in sights(tables):
                moment = min(state.moment for state in sight.states)
                yield Observation(
                    kind=sight.kind,
                    subject=look.subject or f"host:{host}",
                    facet=_COLLECTOR,
                    observed_at=observed(moment, look, str(path)),
                    collector=_COLLECTOR,
                    outcome=Outcome.FAILED if sight.reason else Outcome.SEEN,
                    reason=sight.reason,
                    body=sight.body,
                )


OBSERVER = Osquery()


def _by_host(log: Log) -> dict[str, dict[str, State]]:
    """Give the newest state of each table of each host, where several queries read one."""
    hosts: dict[str, dict[str, State]] = {}
    for (host, _query), state in log.states.items():
        tables = hosts.setdefault(host, {})
        known = tables.get(state.table)
        if known is None or (state.complete, state.moment) > (known.complete, known.moment):
            tables[state.table] = state
    return hosts

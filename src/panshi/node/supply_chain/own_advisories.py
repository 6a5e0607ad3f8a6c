"""Advisories the institution writes itself: published, changed, withdrawn, each step sealed.

    publish(node, raw, name="vpn.yaml", actor=…)
    withdraw(node, "BANK-2026-001", why=…, actor=…)

They are OSV records in YAML or JSON, so that matching treats them as any other. What somebody
published only another person withdraws, since that closes findings. The truth is the sealed log;
the snapshot gets them from there, also after it was built anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.governance.persons import acting_person, pair_defect
from panshi.model.bodies.supply_chain_feeds import ADVISORY, OwnAdvisory
from panshi.model.supply_chain.advisory import Advisory, Withdrawn
from panshi.node.node import Node
from panshi.node.supply_chain.feed_marks import Mark, mark_of
from panshi.node.supply_chain.feed_reading import Taken, Taking, take_records
from panshi.node.supply_chain.feeds import advisories, seal
from panshi.observe.feeds.osv import decoded_yaml, read_osv
from panshi.observe.feeds.records import Kind, Refused
from panshi.store.advisories import AdvisoryStore

FEED = "own"
LARGEST = 1 << 20
_ID = re.compile(r"[A-Z][A-Z0-9]{1,19}-[0-9]{4}-[0-9]{1,6}")
_OTHERS = ("CVE-", "GHSA-", "PYSEC-", "GO-", "RUSTSEC-", "OSV-", "MAL-", "DSA-", "RHSA-", "TWCERT-")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStanding:
    """One own advisory as it stands."""

    id: str
    summary: str
    published_by: str
    published_at: datetime
    withdrawn: bool
    why: str
    evidence: str
    "Id of the newest step."


def publish(node: Node, raw: bytes, *, name: str, actor: str) -> OwnStanding:
    """Publish an advisory, or a new edition of one; it counts at once."""
    if len(raw) > LARGEST:
        raise BadInputError(f"is larger than {LARGEST:,} bytes", place=name)
    person = acting_person(actor)
    now = node.clock()
    record = _record(raw, name, now)
    read = read_osv(record, feed=FEED, name=name)
    if isinstance(read, Refused):
        raise BadInputError(read.problem, place=name, remedy="see docs/how-to/feeds.md")
    if not _ID.fullmatch(read.id) or read.id.startswith(_OTHERS):
        raise BadInputError(
            f"{read.id!r} is no id of your own",
            place=name,
            remedy="such as BANK-2026-001: letters, a year, a number",
        )
    if not read.affected:
        raise BadInputError("names no affected package", place=name, remedy="state `affected`")
    body = OwnAdvisory(
        advisory=read.id, step="publish", by=person, record=record.decode("utf-8", "strict")
    )
    with advisories(node) as store:
        held = store.advisory(read.id)
        if held is not None and held.source != FEED:
            raise UsageError(f"{read.id} is another feed's: {held.source}")
        node.record(ADVISORY, body, facet=read.id, actor=actor)
        _apply(node, store, [read], actor)
    return standing(node, read.id)


def withdraw(node: Node, advisory: str, *, why: str, actor: str) -> OwnStanding:
    """Withdraw an own advisory; somebody else than its publisher must."""
    person, before = acting_person(actor), standing(node, advisory)
    if before.withdrawn:
        raise UsageError(f"{advisory} was withdrawn already")
    if not why.strip():
        raise UsageError("a withdrawal needs a reason", remedy="say why")
    if defect := pair_defect(before.published_by, person):
        raise ForbiddenError(
            f"{person} cannot withdraw what {before.published_by} published: {defect}",
            remedy="withdrawing closes findings; another person must do it",
        )
    body = OwnAdvisory(advisory=advisory, step="withdraw", by=person, why=why.strip()[:500])
    with advisories(node) as store:
        node.record(ADVISORY, body, facet=advisory, actor=actor)
        _apply(node, store, [Withdrawn(advisory)], actor)
    return standing(node, advisory)


def own_advisories(node: Node) -> tuple[OwnStanding, ...]:
    """Give every own advisory as it stands, newest first."""
    found: dict[str, OwnStanding] = {}
    for sealed in node.log.records(ADVISORY):
        body = sealed.observation.body
        if not isinstance(body, OwnAdvisory):
            continue
        before = found.get(body.advisory)
        if body.step == "publish":
            found[body.advisory] = OwnStanding(
                id=body.advisory,
                summary=_summary(body.record),
                published_by=body.by,
                published_at=sealed.observation.observed_at,
                withdrawn=False,
                why="",
                evidence=sealed.id,
            )
        elif before is not None:
            found[body.advisory] = OwnStanding(
                id=before.id,
                summary=before.summary,
                published_by=before.published_by,
                published_at=before.published_at,
                withdrawn=True,
                why=body.why,
                evidence=sealed.id,
            )
    return tuple(sorted(found.values(), key=lambda each: each.published_at, reverse=True))


def standing(node: Node, advisory: str) -> OwnStanding:
    """Give one own advisory, or say that there is none."""
    found = next((each for each in own_advisories(node) if each.id == advisory), None)
    if found is None:
        raise MissingError(
            f"there is no own advisory {advisory!r}", remedy="`panshi feeds advisory list`"
        )
    return found


def bring_back(node: Node, *, actor: str = "") -> int:
    """Take the own advisories that stand into a snapshot that lacks them; counts them."""
    standing_ones = {each.id for each in own_advisories(node) if not each.withdrawn}
    if not standing_ones:
        return 0
    with advisories(node) as store:
        if mark_of(store, FEED) is not None:
            return 0
        reads: dict[str, Advisory] = {}
        for sealed in node.log.records(ADVISORY):
            body = sealed.observation.body
            if isinstance(body, OwnAdvisory) and body.advisory in standing_ones and body.record:
                read = read_osv(body.record.encode(), feed=FEED, name=body.advisory)
                if isinstance(read, Advisory):
                    reads[body.advisory] = read
        _apply(node, store, list(reads.values()), actor)
        return len(reads)


def _apply(
    node: Node, store: AdvisoryStore, batch: Sequence[Advisory | Withdrawn], actor: str
) -> None:
    taken = Taken(feed=FEED, kind=Kind.OWN, source="evidence log")
    taking = Taking(store=store, now=node.clock(), via="own")
    take_records(taking, taken, batch, mark_of(store, FEED) or Mark())
    seal(node, store, taken, via="own", actor=actor)
    node.checkpoint()


def _record(raw: bytes, name: str, now: datetime) -> bytes:
    """Bring what was written into one form: JSON, with the time it was published now."""
    said = _decoded(raw, name)
    stamp = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    made = {"schema_version": "1.7.0", **said, "modified": stamp}
    made.setdefault("published", stamp)
    made.pop("withdrawn", None)
    return msgspec.json.encode(made)


def _decoded(raw: bytes, name: str) -> dict[str, object]:
    """Decode YAML, or JSON, which is YAML too."""
    try:
        return msgspec.convert(decoded_yaml(raw), dict[str, object])
    except (ValueError, msgspec.ValidationError) as error:
        raise BadInputError(str(error)[:300], place=name, remedy="write YAML or JSON") from error


def _summary(record: str) -> str:
    read = read_osv(record.encode(), feed=FEED, name="")
    return read.summary if isinstance(read, Advisory) else ""

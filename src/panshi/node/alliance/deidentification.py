"""Take out of a text who and what is one's own, let a person review it, undo it for the originator.

    shown = preview(node, text)                          what would be replaced, nothing is kept
    reviewed(node, text, keep=(…), purpose="…", actor=…) sealed: who looked, how much was replaced
    restored(node, text)                                 only in the home where it was replaced

Internal names come from the newest estates and from the list the institution declares.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass
from hashlib import sha256

from panshi.alliance.extraction.deidentification.finding import (
    Declared,
    Identifying,
    identifying,
)
from panshi.alliance.extraction.deidentification.redaction import Redacted, redact
from panshi.alliance.extraction.indicators import indicators
from panshi.errors import BadInputError
from panshi.model.asset import AssetKind
from panshi.model.bodies.extraction import DEIDENTIFIED, OWN_NAMES, Deidentified, OwnNames
from panshi.model.observation import Observation, ObservationId
from panshi.node.node import Node
from panshi.store.stand_ins import StandIns

LONGEST = 1024 * 1024
MOST_NAMES = 50_000
LONGEST_NAME = 200
_SHORTEST_HOST = 4
"A host name shorter than this stands in too many words."
_STAND_IN = re.compile(r"〔[^〕]{2,20}-[a-z2-7]{6,26}〕")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedAnswer:
    """One place that would be replaced."""

    start: int
    end: int
    kind: str
    original: str
    stand_in: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeidentifiedAnswer:
    """A text as it may be shared, and what was replaced in it."""

    text: str
    replaced: tuple[ReplacedAnswer, ...]
    evidence: str = ""
    "Evidence id of the review; empty for a preview."


def declared_names(node: Node) -> Declared:
    """Give what is internal: hosts and names of the estates, and the declared list."""
    own = own_names(node)
    hosts: set[str] = set()
    organisation: set[str] = set()
    for estate_id in node.estate_ids():
        estate = node.estate(estate_id)
        for asset in estate.assets:
            if asset.kind is AssetKind.INSTITUTION:
                organisation.update((asset.name, estate.name_zh, estate.name_en))
            elif asset.kind in {AssetKind.HOST, AssetKind.DEVICE}:
                hosts.update((asset.name, asset.id.partition(":")[2]))
    return Declared(
        hosts=tuple(sorted({*own.hosts, *(each for each in hosts if len(each) >= _SHORTEST_HOST)})),
        users=own.users,
        persons=own.persons,
        customers=own.customers,
        organisation=tuple(sorted({*own.organisation, *organisation} - {""})),
        domains=own.domains,
    )


def own_names(node: Node) -> OwnNames:
    """Give the newest declared list; an empty one where none was declared."""
    found = OwnNames(
        hosts=(), users=(), persons=(), customers=(), organisation=(), domains=(), declared_by=""
    )
    for each in node.log.records(OWN_NAMES):
        if isinstance(each.observation.body, OwnNames):
            found = each.observation.body
    return found


def declare_names(node: Node, declared: Declared, *, actor: str) -> ObservationId:
    """Seal the list of internal names; it takes the place of the one before."""
    lists: dict[str, tuple[str, ...]] = asdict(declared)
    for field, names in lists.items():
        if len(names) > MOST_NAMES or any(not 1 < len(each) <= LONGEST_NAME for each in names):
            raise BadInputError(
                f"{field}: at most {MOST_NAMES:,} names of 2 to {LONGEST_NAME} characters",
                place=field,
            )
    made = _observed(node, OWN_NAMES, OwnNames(**lists, declared_by=actor), facet="own-names")
    node.audit(actor, "own_names.change", f"{sum(map(len, lists.values()))} names")
    return made


def found_in(text: str, declared: Declared) -> tuple[Identifying, ...]:
    """Find what identifies in a text."""
    return identifying(text, declared, indicators(text))


def preview(node: Node, text: str, *, keep: Collection[str] = ()) -> DeidentifiedAnswer:
    """Show what would be replaced; nothing is kept or sealed."""
    return _answer(_redacted(node, text, keep))


def reviewed(
    node: Node, text: str, *, keep: Collection[str] = (), purpose: str, actor: str
) -> DeidentifiedAnswer:
    """Keep the way back, seal that a person looked, and give the text that may be shared."""
    if not purpose.strip():
        raise BadInputError("a review names its purpose", remedy="say for whom the text is")
    done = _redacted(node, text, keep)
    StandIns(node.home.path).keep(
        (each.stand_in, each.kind, each.original) for each in done.changes
    )
    counts = Counter(each.kind.value for each in done.changes)
    body = Deidentified(
        shared_sha256=sha256(done.text.encode()).hexdigest(),
        replaced=tuple(f"{kind}: {count}" for kind, count in sorted(counts.items())),
        kept=len(set(keep)),
        purpose=purpose.strip()[:500],
        reviewed_by=actor,
    )
    sealed = _observed(node, DEIDENTIFIED, body, facet=body.shared_sha256[:32])
    node.audit(actor, "deidentification.review", body.shared_sha256[:32])
    return _answer(done, evidence=str(sealed))


def restored(node: Node, text: str, *, actor: str) -> str:
    """Put back what stood there; stand-ins of others stay as they are."""
    _bounded(text)
    originals = StandIns(node.home.path).originals(set(_STAND_IN.findall(text)))
    node.audit(actor, "deidentification.restore", f"{len(originals)} stand-ins")
    return _STAND_IN.sub(lambda each: originals.get(each.group(), each.group()), text)


def _redacted(node: Node, text: str, keep: Collection[str]) -> Redacted:
    _bounded(text)
    found = found_in(text, declared_names(node))
    return redact(text, found, StandIns(node.home.path).key, kept=keep)


def _bounded(text: str) -> None:
    if len(text) > LONGEST:
        raise BadInputError(f"the text is longer than {LONGEST:,} characters", remedy="part it")


def _answer(done: Redacted, evidence: str = "") -> DeidentifiedAnswer:
    return DeidentifiedAnswer(
        text=done.text,
        replaced=tuple(
            ReplacedAnswer(
                start=each.start,
                end=each.end,
                kind=each.kind,
                original=each.original,
                stand_in=each.stand_in,
                why=each.why,
            )
            for each in done.changes
        ),
        evidence=evidence,
    )


def _observed(node: Node, kind: str, body: Deidentified | OwnNames, *, facet: str) -> ObservationId:
    now = node.clock()
    made = Observation(
        kind=kind,
        subject="panshi:extraction",
        facet=facet,
        observed_at=now,
        collector="panshi soc",
        body=body,
    )
    sealed = node.log.append((made,), now).ids[0]
    node.checkpoint()
    return sealed

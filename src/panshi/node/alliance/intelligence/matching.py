"""Looking for intelligence in extracts of telemetry, and keeping what was found.

    for each in match(node, (Path("conn.log"),), actor=…): each.sights

A file is read once, in blocks; all lines that hold the same values are one finding, with the first
line as its example. The same extract read again adds nothing. What is sealed of a run is the
extract's digest and how much was found, never what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from panshi.alliance.intelligence.watchlist import Hit, Scan, Watched, Watchlist
from panshi.model.alliance.pulled import Sight
from panshi.model.alliance.ticket import Observable
from panshi.model.bodies.intelligence import MATCH, IntelligenceMatch
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.alliance.intelligence.known import Known, watched
from panshi.node.alliance.intelligence.sealing import seal
from panshi.node.alliance.intelligence.sources import pulled
from panshi.node.node import Node
from panshi.observe.telemetry import Extract, Form, blocks, form_of, told

MOST_SIGHTS = 10_000
"Different findings kept of one extract; more are counted."
SEEN_IN_LOGS = frozenset(
    {"ipv4", "ipv6", "ipv4-cidr", "ipv6-cidr", "domain", "url", "email", "md5", "sha1", "sha256"}
    | {"sha512", "file", "registry-key", "bitcoin"}
)
"Kinds that logs hold; suppliers, products and vulnerabilities meet the estate instead."


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What one extract brought."""

    file: str
    sha256: str
    form: str
    lines: int
    watched: int
    hits: int
    "Lines that hold what is looked for, each once per finding."
    new: int
    "Findings not known from an earlier run."
    sights: tuple[Sight, ...]
    left: int = 0
    "Findings beyond those kept."
    cut: int = 0
    "Lines longer than a block, read in pieces."
    evidence: str = ""


def watchlist(found: Iterable[tuple[tuple[Observable, ...], tuple[str, ...]]]) -> Watchlist:
    """Compile what is looked for: values that belong together, each with what asks for them."""
    return Watchlist.compiled(
        Watched(values=values, about=about)
        for values, about in found
        if all(value.kind in SEEN_IN_LOGS for value in values)
    )


def match(
    node: Node,
    paths: Iterable[Path],
    *,
    actor: str,
    name: str = "",
    progress: Callable[[int], None] = lambda _lines: None,
) -> Iterator[Matched]:
    """Search extracts; yield what each brought. Of one that was sent `name` says what it is."""
    known = {each.values: each for each in watched(node)}
    wanted = watchlist((values, each.about) for values, each in known.items())
    for path in paths:
        made = _searched(path, name or path.name, wanted, known, node.clock(), progress)
        with pulled(node) as store:
            made = replace(made, new=store.keep_sights(made.sights))
        body = IntelligenceMatch(
            file=made.file,
            sha256=made.sha256,
            lines_read=made.lines,
            watched=made.watched,
            found=len(made.sights) + made.left,
            by=actor,
        )
        evidence = seal(node, MATCH, body, facet=made.sha256, actor=actor)
        yield replace(made, evidence=evidence)


@dataclass(slots=True)
class _Finding:
    """All lines of one extract that hold the same values."""

    first: Hit
    at: datetime | None
    field: str
    excerpt: str
    last: bytes
    "The last line, of which the time is read when all is."
    lines: int = 0


@dataclass(slots=True)
class _Findings:
    form: Form
    known: dict[tuple[Observable, ...], _Finding] = field(default_factory=dict)
    hits: int = 0
    left: set[int] = field(default_factory=set)

    def add(self, hit: Hit) -> None:
        """Count one line."""
        self.hits += 1
        found = self.known.get(hit.watched.values)
        if found is None and len(self.known) >= MOST_SIGHTS:
            self.left.add(hash(hit.watched.values))
            return
        if found is None:
            line = told(self.form, hit.raw, hit.words[0], INSTITUTION_ZONE)
            found = _Finding(hit, line.at, line.field, line.excerpt, hit.raw)
            self.known[hit.watched.values] = found
        found.lines += 1
        found.last = hit.raw


def _searched(
    path: Path,
    name: str,
    wanted: Watchlist,
    known: dict[tuple[Observable, ...], Known],
    now: datetime,
    progress: Callable[[int], None],
) -> Matched:
    extract, scan = Extract(path), Scan(wanted)
    findings = _Findings(Form(name="text"))
    for number, block in enumerate(blocks(extract)):
        if number == 0:
            findings.form = form_of(block.raw)
        for hit in scan.block(block.first_line, block.raw):
            findings.add(hit)
        progress(block.first_line)
    sights = tuple(
        _sight(each, known[values], (name, extract.sha256), findings.form, now)
        for values, each in findings.known.items()
    )
    return Matched(
        file=name,
        sha256=extract.sha256,
        form=findings.form.name,
        lines=extract.lines,
        watched=len(wanted.watched),
        hits=findings.hits,
        new=0,
        sights=sights,
        left=len(findings.left),
        cut=extract.cut,
    )


def _sight(
    found: _Finding, known: Known, read: tuple[str, str], form: Form, now: datetime
) -> Sight:
    last_at = told(form, found.last, found.first.words[0], INSTITUTION_ZONE).at
    times = sorted(filter(None, (found.at, last_at)))
    values = "\n".join(f"{each.kind} {each.value}" for each in known.values)
    named = hashlib.sha256(f"{read[1]}\n{values}".encode()).hexdigest()[:32]
    return Sight(
        id=named,
        values=known.values,
        words=found.first.words,
        about=known.about,
        sources=known.sources,
        file=read[0],
        sha256=read[1],
        lines=found.lines,
        first_line=found.first.line,
        field=found.field,
        excerpt=found.excerpt,
        first_at=times[0] if times else None,
        last_at=times[-1] if times else None,
        score=known.worth.score,
        marking=known.marking,
        found_at=now,
    )

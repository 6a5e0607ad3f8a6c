"""Intelligence as command line and API answer it: the same values everywhere.

What is marked RED is answered to whoever may read RED here, and to nobody else; that there is
something is told, never what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.alliance.intelligence.allowed_steps import Allowed
from panshi.model.alliance.marking import NOBODY, Marking, Tlp
from panshi.model.alliance.pulled import Kept, Reported, Sight, SourcePlace
from panshi.model.alliance.ticket import Observable
from panshi.node.alliance.intelligence.known import Known
from panshi.node.alliance.intelligence.matching import Matched
from panshi.node.alliance.intelligence.touching import Touch
from panshi.observe.feeds.exchange import place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAnswer:
    """A value."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceAnswer:
    """One voice and what it adds now."""

    source: str
    said: str
    at: datetime
    confidence: int | None
    reliability: str
    left_percent: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAnswer:
    """A value with its score."""

    values: tuple[ValueAnswer, ...]
    score: int
    prior: int
    looked_for: bool
    allowed: str
    "Why it binds nothing; empty where it binds."
    sources: tuple[str, ...]
    about: tuple[str, ...]
    tlp: str
    voices: tuple[VoiceAnswer, ...]
    repeated: int
    "Voices that only repeat another."


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceAnswer:
    """An object as one source gave it."""

    seq: int
    source: str
    id: str
    type: str
    name: str
    tlp: str
    at: datetime
    came_at: datetime
    confidence: int | None
    valid_until: datetime | None
    revoked: bool
    techniques: tuple[str, ...]
    left_out: tuple[str, ...]
    "Why parts of its pattern are not looked for."


@dataclass(frozen=True, slots=True, kw_only=True)
class SightAnswer:
    """What was found in one extract."""

    id: str
    values: tuple[ValueAnswer, ...]
    words: tuple[str, ...]
    about: tuple[str, ...]
    sources: tuple[str, ...]
    file: str
    sha256: str
    lines: int
    first_line: int
    field: str
    excerpt: str
    first_at: datetime | None
    last_at: datetime | None
    score: int
    tlp: str
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedAnswer:
    """What one extract brought."""

    file: str
    sha256: str
    form: str
    lines: int
    watched: int
    hits: int
    new: int
    left: int
    cut: int
    evidence: str
    sights: tuple[SightAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchAnswer:
    """What is known, and what of ours it met."""

    meeting: str
    word: str
    assets: tuple[str, ...]
    known: KnownAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAnswer:
    """A sighting that was told."""

    id: str
    sight: str
    source: str
    about: str
    at: datetime
    by: str
    named: bool
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """A source, without what it knows us by."""

    name: str
    url: str
    reliability: str
    collections: tuple[str, ...]
    report_to: str
    authenticated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedAnswer:
    """A value the institution's two people decided on."""

    number: str
    kind: str
    value: str
    state: str
    why: str
    expires: date | None
    proposed_by: str
    approved_by: str


def open_to(marking: Marking, *, red: bool) -> bool:
    """Whether somebody here may read it: RED, and what members sent a hub, needs the right."""
    return red or (marking.tlp is not Tlp.RED and NOBODY not in marking.recipients)


def known_answer(each: Known) -> KnownAnswer:
    """Give a value as it is answered."""
    return KnownAnswer(
        values=_values(each.values),
        score=each.worth.score,
        prior=each.worth.prior,
        looked_for=each.looked_for,
        allowed=f"{each.allowed.list}: {each.allowed.en}" if each.allowed else "",
        sources=each.sources,
        about=each.about,
        tlp=each.marking.tlp.label,
        voices=tuple(
            VoiceAnswer(
                source=one.voice.source,
                said=one.voice.said,
                at=one.voice.at,
                confidence=one.voice.confidence,
                reliability=one.voice.reliability,
                left_percent=int(100 * one.left),
                weight=round(one.weight, 3),
            )
            for one in each.worth.weighed
        ),
        repeated=each.worth.repeated,
    )


def piece_answer(each: Kept) -> PieceAnswer:
    """Give an object as it is answered."""
    piece = each.piece
    return PieceAnswer(
        seq=each.seq,
        source=piece.source,
        id=piece.id,
        type=piece.type,
        name=piece.name,
        tlp=piece.marking.tlp.label,
        at=piece.at,
        came_at=each.came_at,
        confidence=piece.confidence,
        valid_until=piece.valid_until,
        revoked=piece.revoked,
        techniques=piece.techniques,
        left_out=piece.left_out,
    )


def sight_answer(each: Sight) -> SightAnswer:
    """Give a finding as it is answered."""
    return SightAnswer(
        id=each.id,
        values=_values(each.values),
        words=each.words,
        about=each.about,
        sources=each.sources,
        file=each.file,
        sha256=each.sha256,
        lines=each.lines,
        first_line=each.first_line,
        field=each.field,
        excerpt=each.excerpt,
        first_at=each.first_at,
        last_at=each.last_at,
        score=each.score,
        tlp=each.marking.tlp.label,
        found_at=each.found_at,
    )


def matched_answer(each: Matched, *, red: bool) -> MatchedAnswer:
    """Give what an extract brought."""
    return MatchedAnswer(
        file=each.file,
        sha256=each.sha256,
        form=each.form,
        lines=each.lines,
        watched=each.watched,
        hits=each.hits,
        new=each.new,
        left=each.left,
        cut=each.cut,
        evidence=each.evidence,
        sights=tuple(sight_answer(one) for one in each.sights if open_to(one.marking, red=red)),
    )


def touch_answer(each: Touch) -> TouchAnswer:
    """Give a meeting."""
    return TouchAnswer(
        meeting=each.met.meeting,
        word=each.met.word,
        assets=each.met.assets,
        known=known_answer(each.known),
    )


def reported_answer(each: Reported, *, people: bool = True) -> ReportedAnswer:
    """Give what was told; who told it only to whoever may know persons."""
    return ReportedAnswer(
        id=each.id,
        sight=each.sight,
        source=each.source,
        about=each.about,
        at=each.at,
        by=each.by if people else "",
        named=each.named,
        status=each.status,
    )


def source_answer(each: SourcePlace) -> SourceAnswer:
    """Give a source."""
    return SourceAnswer(
        name=each.name,
        url=place_of(each.url),
        reliability=each.reliability,
        collections=each.collections,
        report_to=each.report_to,
        authenticated=bool(each.token or each.user),
    )


def allowed_answer(each: Allowed, today: date, *, people: bool = True) -> AllowedAnswer:
    """Give an allowed value; who decided only to whoever may know persons."""
    return AllowedAnswer(
        number=each.number,
        kind=each.said.value_kind,
        value=each.said.value,
        state=each.state(today),
        why=each.said.why,
        expires=each.said.expires,
        proposed_by=each.said.by if people else "",
        approved_by=each.approved_by if people else "",
    )


def _values(values: tuple[Observable, ...]) -> tuple[ValueAnswer, ...]:
    return tuple(ValueAnswer(kind=each.kind, value=each.value) for each in values)

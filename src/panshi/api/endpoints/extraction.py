"""Free text: what it says, with spans; what analysts decide of it; de-identification."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.alliance.extraction.deidentification.finding import Declared
from panshi.api.asked import given
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.api.texts import Text, Word
from panshi.node.alliance.deidentification import (
    DeidentifiedAnswer,
    declare_names,
    declared_names,
    own_names,
    preview,
    restored,
    reviewed,
)
from panshi.node.alliance.extraction import ExtractAnswer, extracted, node_extractor
from panshi.node.alliance.own_examples import Decided, decide
from panshi.node.node import Node

type Prose = Annotated[str, Meta(min_length=1, max_length=1_048_576)]
type Values = Annotated[tuple[Word, ...], Meta(max_length=1_000)]
type Names = Annotated[tuple[Word, ...], Meta(max_length=50_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionAsked:
    """A text to read; nothing of it is kept."""

    text: Prose
    written: date | None = None
    "Day it was written on, for what it tells relatively."
    threshold: Annotated[float, Meta(ge=0, le=1)] | None = None
    "Tell techniques from this score on; the model's own limit without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionDecisionAsked:
    """What the token's person says of a passage."""

    technique: Annotated[str, Meta(pattern=r"^T[0-9]{4}(\.[0-9]{3})?$", examples=["T1059.001"])]
    accepted: bool
    passage: Annotated[str, Meta(min_length=1, max_length=2_000)]
    score: Annotated[float, Meta(ge=0, le=1)] = 0.0
    found_by: Annotated[str, Meta(max_length=20)] = "analyst"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeidentificationAsked:
    """A text of which to show what would be replaced; nothing of it is kept."""

    text: Prose
    keep: Values = ()
    "Values that are to stand."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeidentificationReviewed:
    """A text that the token's person looked at."""

    text: Prose
    purpose: Text
    keep: Values = ()
    "Values that are to stand."


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreAsked:
    """A text in which to put back what stood there."""

    text: Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredAnswer:
    """The text with what stood there."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesAsked:
    """What is internal beside what the estate names."""

    hosts: Names = ()
    users: Names = ()
    persons: Names = ()
    customers: Names = ()
    organisation: Names = ()
    domains: Names = ()


def extract(node: Node, asked: Asked) -> Answered:
    """Answer what a text says, as the command line does."""
    wanted = given(asked, ExtractionAsked)
    found = extracted(
        node_extractor(node.home.path),
        wanted.text,
        written=wanted.written,
        threshold=wanted.threshold,
        declared=declared_names(node),
    )
    return answered(found)


def decided(node: Node, asked: Asked) -> Answered:
    """Seal what a person says of a passage."""
    wanted = given(asked, ExtractionDecisionAsked)
    made = decide(
        node,
        Decided(
            technique=wanted.technique,
            accepted=wanted.accepted,
            passage=wanted.passage,
            score=wanted.score,
            found_by=wanted.found_by,
        ),
        actor=asked.actor,
    )
    return answered({"id": made}, status=201)


def previewed(node: Node, asked: Asked) -> Answered:
    """Answer what would be replaced."""
    wanted = given(asked, DeidentificationAsked)
    return answered(preview(node, wanted.text, keep=wanted.keep))


def shared(node: Node, asked: Asked) -> Answered:
    """Seal that a person looked, and answer the text that may be shared."""
    wanted = given(asked, DeidentificationReviewed)
    done = reviewed(node, wanted.text, keep=wanted.keep, purpose=wanted.purpose, actor=asked.actor)
    return answered(done, status=201)


def put_back(node: Node, asked: Asked) -> Answered:
    """Answer a text with what stood there."""
    wanted = given(asked, RestoreAsked)
    return answered(RestoredAnswer(text=restored(node, wanted.text, actor=asked.actor)))


def names(node: Node, _asked: Asked) -> Answered:
    """Answer the declared list."""
    found = own_names(node)
    return answered(
        Declared(
            hosts=found.hosts,
            users=found.users,
            persons=found.persons,
            customers=found.customers,
            organisation=found.organisation,
            domains=found.domains,
        )
    )


def named(node: Node, asked: Asked) -> Answered:
    """Declare the list anew."""
    wanted = given(asked, NamesAsked)
    made = declare_names(
        node,
        Declared(
            hosts=wanted.hosts,
            users=wanted.users,
            persons=wanted.persons,
            customers=wanted.customers,
            organisation=wanted.organisation,
            domains=wanted.domains,
        ),
        actor=asked.actor,
    )
    return answered({"id": made}, status=201)


_SENTENCE = "駭客以 PowerShell 自 hxxp://203.0.113[.]25/a 下載後門程式。"
ROUTES = (
    Route(
        method="POST",
        path="/extractions",
        action="extraction.view",
        handler=extract,
        summary="What a text says: indicators, techniques, CVEs, assets, times, reach, with spans",
        body=ExtractionAsked,
        answers=ExtractAnswer,
        example={"text": _SENTENCE},
    ),
    Route(
        method="POST",
        path="/extractions/decisions",
        action="extraction.decide",
        handler=decided,
        summary="Say whether a passage shows a technique; learned from the next time",
        body=ExtractionDecisionAsked,
        answers=Recorded,
        statuses=(201,),
        example={"technique": "T1059.001", "accepted": True, "passage": _SENTENCE},
    ),
    Route(
        method="POST",
        path="/deidentifications/preview",
        action="extraction.view",
        handler=previewed,
        summary="What would be replaced before a text is shared; nothing is kept",
        body=DeidentificationAsked,
        answers=DeidentifiedAnswer,
        example={"text": "聯絡人：王大明，電話 02-2345-6789。"},
    ),
    Route(
        method="POST",
        path="/deidentifications",
        action="deidentification.review",
        handler=shared,
        summary="Seal that a person looked, and give the text that may be shared",
        body=DeidentificationReviewed,
        answers=DeidentifiedAnswer,
        statuses=(201,),
        example={"text": "聯絡人：王大明，電話 02-2345-6789。", "purpose": "聯防 SOC 事件單"},
    ),
    Route(
        method="POST",
        path="/deidentifications/restore",
        action="deidentification.restore",
        handler=put_back,
        summary="Put back what stood there, in the home where it was replaced",
        body=RestoreAsked,
        answers=RestoredAnswer,
        example={"text": "聯絡人：〔人員-abcdef〕"},
    ),
    Route(
        method="GET",
        path="/own-names",
        action="own_names.change",
        handler=names,
        summary="What is internal beside what the estate names",
        answers=Declared,
    ),
    Route(
        method="POST",
        path="/own-names",
        action="own_names.change",
        handler=named,
        summary="Declare anew what is internal",
        body=NamesAsked,
        answers=Recorded,
        statuses=(201,),
        example={"users": ["svc_backup"], "domains": ["bank.example"]},
    ),
)

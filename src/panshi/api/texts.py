"""Texts in requests, with their limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

type Word = Annotated[str, Meta(min_length=1, max_length=200)]
"A name or key."
type Text = Annotated[str, Meta(min_length=1, max_length=4000)]
"What a person writes, and must."
type Note = Annotated[str, Meta(max_length=4000)]
"What a person may write."
type EstateName = Annotated[str, Meta(max_length=200)]
"Id of an estate; the first one where it is empty."


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateQuery:
    """Of which estate."""

    estate: EstateName = ""
    "The first estate without it."

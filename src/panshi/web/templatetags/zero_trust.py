"""Pictures of the pages on zero trust."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

register = template.Library()

MARKS = (20, 50, 70)
"Levels at which the shipped model names trust otherwise; drawn as ticks."
OPEN = {"missing", "stale"}
"What is not known, so that the level could be another; what is unfavourable is known."


@register.inclusion_tag("parts/trust_bar.html")
def trust_bar(level: int, doubts: Sequence[tuple[str, str, str]]) -> dict[str, object]:
    """Draw a level of trust: solid what is inferred, hatched what is open while signals lack."""
    doubtful = any(state in OPEN for state, *_words in doubts)
    return {"level": level, "rest": 100 - level, "doubtful": doubtful, "marks": MARKS}

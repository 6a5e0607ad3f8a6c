"""How severe advisories say a vulnerability is: the CVSS base score of the newest scheme given."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

REMEMBERED = 1 << 14
NEWEST_FIRST = ("CVSS_V4", "CVSS_V3", "CVSS_V2")


def base_score(severity: Iterable[tuple[str, str]]) -> float | None:
    """Give the highest score of the newest scheme of which a vector can be read."""
    given = tuple(severity)
    for scheme in NEWEST_FIRST:
        scores = [
            score
            for name, vector in given
            if name == scheme and (score := _score(scheme, vector)) is not None
        ]
        if scores:
            return max(scores)
    return None


@lru_cache(maxsize=REMEMBERED)
def _score(scheme: str, vector: str) -> float | None:
    from cvss import CVSS2, CVSS3, CVSS4  # noqa: PLC0415 -- start-up of verbs that need no score
    from cvss.exceptions import CVSSError  # noqa: PLC0415 -- as above

    kinds = {"CVSS_V4": CVSS4, "CVSS_V3": CVSS3, "CVSS_V2": CVSS2}
    try:
        return float(kinds[scheme](vector).base_score)
    except CVSSError:
        return None

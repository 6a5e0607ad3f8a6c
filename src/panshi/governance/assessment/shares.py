"""Means of the three figures over several verdicts, without letting silence raise them.

A control that is judged from evidence but was not seen counts as nothing evidenced and all
possible. Attested controls have no figures and are counted apart; controls signed not applicable
are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from panshi.model.control import Basis
from panshi.model.verdict import Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Claimed, evidenced and possible, together (rule 4)."""

    claimed: float | None = None
    "Mean over the controls somebody made a claim for."
    claims: int = 0
    evidenced: float | None = None
    possible: float | None = None
    judged: int = 0
    "Controls judged from evidence, over which evidenced and possible are means."


def mean(verdicts: Iterable[Verdict]) -> Shares:
    """Give the means over some verdicts."""
    counted = [each for each in verdicts if each.status is not Status.NOT_APPLICABLE]
    judged = [each for each in counted if _from_evidence(each)]
    claims = [each.claimed for each in counted if each.claimed is not None]
    return Shares(
        claimed=_mean(claims),
        claims=len(claims),
        evidenced=_mean([each.evidenced or 0.0 for each in judged]),
        possible=_mean([1.0 if each.possible is None else each.possible for each in judged]),
        judged=len(judged),
    )


def _from_evidence(verdict: Verdict) -> bool:
    if verdict.basis is Basis.DERIVED:
        return verdict.possible is not None
    return verdict.basis is Basis.EVIDENCE


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None

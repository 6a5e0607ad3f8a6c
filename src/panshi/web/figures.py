"""Several verdicts together: how many stand how, beside the means the assessment room gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from panshi.governance.assessment.shares import mean
from panshi.model.verdict import Status, Verdict
from panshi.web.bars import Figures

NOTHING_TO_JUDGE = {Status.NOT_JUDGED, Status.NOT_APPLICABLE}


def together(verdicts: Iterable[Verdict]) -> Figures:
    """Join verdicts into one set of figures."""
    every = [each for each in verdicts if each.status not in NOTHING_TO_JUDGE]
    shares = mean(every)
    counts = Counter(each.status for each in every)
    return Figures(
        controls=len(every),
        judged=shares.judged,
        met=counts[Status.MET],
        not_met=counts[Status.NOT_MET],
        unknown=counts[Status.UNKNOWN],
        attested=counts[Status.ATTESTED],
        not_attested=counts[Status.NOT_ATTESTED],
        other=counts[Status.NO_POPULATION],
        claimed=shares.claimed,
        evidenced=shares.evidenced,
        possible=shares.possible,
    )

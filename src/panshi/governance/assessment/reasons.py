"""Why a verdict is as it is, as codes with numbers; surfaces put them into words."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from panshi.governance.assessment.criteria import (
    FAILING,
    STALE_FAIL,
    STALE_PASS,
    UNSEEN,
)
from panshi.governance.assessment.departures import Departed
from panshi.governance.assessment.grounds import Grounds
from panshi.governance.assessment.records import Attested
from panshi.governance.assessment.weighing import Applied, Excused, Weighed
from panshi.model.control import Control
from panshi.model.observation import Sealed
from panshi.model.verdict import Reason, ReasonCode, Status, Verdict

EXAMPLES = 10
"How many items a reason names; the proof names all."


def of_evidence(
    grounds: Grounds,
    control: Control,
    in_field: str,
    *,
    weighed: Weighed,
    excused: Excused,
    status: Status,
) -> tuple[Reason, ...]:
    """Reasons of a control judged from evidence."""
    return tuple(_of_evidence(grounds, control, in_field, weighed, excused, status))


def _of_evidence(
    grounds: Grounds,
    control: Control,
    in_field: str,
    weighed: Weighed,
    excused: Excused,
    status: Status,
) -> Iterator[Reason]:
    yield from _contradicted(weighed.contradicted.open)
    if not weighed.tally.population:
        yield from _empty(grounds, control, status)
        return
    tally = weighed.tally
    if status is Status.MET:
        yield Reason(code=ReasonCode.TARGET_REACHED, count=tally.passing)
    ledger = grounds.ledger(control)
    for code, count, state in (
        (ReasonCode.FAILING_ITEMS, tally.failing, FAILING),
        (ReasonCode.STALE_FAILURES, tally.stale_fail, STALE_FAIL),
        (ReasonCode.UNSEEN_ITEMS, tally.unseen - tally.stale_pass, UNSEEN),
        (ReasonCode.STALE_ITEMS, tally.stale_pass, STALE_PASS),
    ):
        if count:
            named = list(islice(ledger.in_states(frozenset({state}), in_field), EXAMPLES))
            if code is ReasonCode.FAILING_ITEMS:
                named = list(dict.fromkeys([*weighed.contradicted.items, *named]))[:EXAMPLES]
            else:
                named = [asset for asset in named if asset not in weighed.contradicted.items]
            yield Reason(code=code, count=count, ids=tuple(named))
    yield from _exceptions(excused)
    if ledger.members.apart and not in_field:
        yield Reason(code=ReasonCode.INVENTORIES_DIFFER, count=ledger.members.apart)


def _exceptions(excused: Excused) -> Iterator[Reason]:
    used = tuple(each.story.id for each in excused.applied if each.live)
    if used:
        yield Reason(code=ReasonCode.EXCEPTIONS_USED, count=excused.items, ids=used)
    lapsed = tuple(each.story.id for each in excused.applied if each.lapsed)
    if lapsed:
        yield Reason(code=ReasonCode.EXCEPTION_LAPSED, count=len(lapsed), ids=lapsed)


def _empty(grounds: Grounds, control: Control, status: Status) -> Iterator[Reason]:
    if status is not Status.NOT_APPLICABLE:
        yield Reason(code=ReasonCode.NO_POPULATION)
    members = grounds.members(control)
    if members is not None and not members.ids:
        yield from _signed(grounds, control)


def _signed(grounds: Grounds, control: Control) -> Iterator[Reason]:
    """Tell of the signature that a control does not apply, also where it has no effect."""
    signed = grounds.signed_away(control)
    if signed is None:
        return
    ids: tuple[str, ...] = (signed.record.sealed.id,)
    if signed.stands:
        yield Reason(code=ReasonCode.SIGNED_NOT_APPLICABLE, count=1, ids=ids)
        return
    if signed.against is not None:
        ids = (*ids, signed.against.sealed.id)
    yield Reason(code=ReasonCode.NOT_APPLICABLE_VOID, count=1, ids=ids)


def of_attestation(
    grounds: Grounds,
    control: Control,
    found: Attested,
    *,
    contradicted: tuple[Sealed, ...],
    exceptions: tuple[Applied, ...],
) -> tuple[Reason, ...]:
    """Reasons of a control that people answer for."""
    ids = (found.record.sealed.id,) if found.record is not None else ()
    made = [*_contradicted(contradicted), Reason(code=found.code, count=len(ids), ids=ids)]
    if not found.stands:
        if not contradicted:
            made += _signed(grounds, control)
        made += _whole_exceptions(exceptions)
    return tuple(made)


def of_parts(
    control: Control,
    counted: Collection[Verdict],
    *,
    contradicted: tuple[Sealed, ...],
    exceptions: tuple[Applied, ...],
) -> tuple[Reason, ...]:
    """Reasons of a control made of others."""
    met = {part.control for part in counted if part.met}
    judged = {part.control for part in counted}
    unmet = tuple(key for key in control.made_of if key in judged and key not in met)
    attested = tuple(part.control for part in counted if part.status is Status.ATTESTED)
    made = list(_contradicted(contradicted))
    if not counted:
        unmet = control.made_of
    if unmet:
        made.append(Reason(code=ReasonCode.PARTS_UNMET, count=len(unmet), ids=unmet))
        made += _whole_exceptions(exceptions)
    elif not contradicted:
        made.append(Reason(code=ReasonCode.TARGET_REACHED, count=len(met)))
    if attested:
        made.append(Reason(code=ReasonCode.ATTESTED, count=len(attested), ids=attested))
    return tuple(made)


def of_unjudged(
    grounds: Grounds, control: Control, contradicted: tuple[Sealed, ...], status: Status
) -> tuple[Reason, ...]:
    """Reasons of a control Panshi does not judge: only a contradiction or a signature speaks."""
    signed = () if status is Status.NOT_MET else _signed(grounds, control)
    return (*_contradicted(contradicted), *signed)


def of_departed(departed: Departed) -> Iterator[Reason]:
    """Tell of what failed and is in the population no longer, whatever the status."""
    if departed.failed:
        named = tuple(item.asset for item in departed.failed[:EXAMPLES])
        yield Reason(code=ReasonCode.POPULATION_SHRANK, count=len(departed.failed), ids=named)


def _contradicted(found: tuple[Sealed, ...]) -> Iterator[Reason]:
    if found:
        ids = tuple(dict.fromkeys(sealed.id for sealed in found))
        yield Reason(code=ReasonCode.CONTRADICTED, count=len(ids), ids=ids)


def _whole_exceptions(exceptions: tuple[Applied, ...]) -> Iterator[Reason]:
    """Tell of the exceptions that stand in for a control, or that did until they lapsed."""
    live = tuple(each.story.id for each in exceptions if each.live)
    lapsed = tuple(each.story.id for each in exceptions if each.lapsed)
    if live:
        yield Reason(code=ReasonCode.EXCEPTIONS_USED, count=len(live), ids=live)
    elif lapsed:
        yield Reason(code=ReasonCode.EXCEPTION_LAPSED, count=len(lapsed), ids=lapsed)

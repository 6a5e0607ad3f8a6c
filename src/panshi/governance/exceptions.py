"""Whether an exception lives on a day: a function of the record and the day, never a job.

An exception lives from its effective day until the day before it expires; on the day it expires
it is none, whether or not anything ran. Whoever requests it cannot approve it, it lasts a year at
most, and it names a reason and the risk that stays. A record that breaks one of these is no
exception at all, by whatever way it came into the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.governance.persons import pair_defect
from panshi.model.asset import AssetId
from panshi.model.bodies.records import ExceptionGrant

LONGEST_DAYS = 366
"An exception lasts a year at most; prolonging it takes a new review and a new record."


class ExceptionState(StrEnum):
    """What an exception record is on a day."""

    LIVE = "live"
    PENDING = "pending"
    "Approved, not yet effective."
    LAPSED = "lapsed"
    REVOKED = "revoked"
    VOID = "void"
    "Breaks a rule of exceptions, so that it never was one."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionStanding:
    """The state of one record on one day, and why."""

    state: ExceptionState
    why: str = ""
    changes_on: date | None = None
    "First day on which the state changes by itself."


def standing(grant: ExceptionGrant, day: date) -> ExceptionStanding:
    """Give the state of an exception on a day."""
    defect = _defect(grant)
    if defect:
        return ExceptionStanding(state=ExceptionState.VOID, why=defect)
    if grant.revoked:
        return ExceptionStanding(state=ExceptionState.REVOKED)
    if day >= grant.expires:
        return ExceptionStanding(state=ExceptionState.LAPSED, why=f"expired {grant.expires}")
    if day < grant.effective:
        return ExceptionStanding(state=ExceptionState.PENDING, changes_on=grant.effective)
    return ExceptionStanding(state=ExceptionState.LIVE, changes_on=grant.expires)


def covers(grant: ExceptionGrant, asset: AssetId) -> bool:
    """Whether an asset is in the exception's scope; an empty scope is the whole population."""
    return not grant.scope or asset in grant.scope


def is_live(grant: ExceptionGrant, day: date, asset: AssetId) -> bool:
    """Whether the exception covers an asset on a day."""
    return standing(grant, day).state is ExceptionState.LIVE and covers(grant, asset)


def _defect(grant: ExceptionGrant) -> str:
    persons = pair_defect(grant.requested_by, grant.approved_by)
    if persons:
        return f"requester and approver: {persons}"
    if not grant.reason.strip() or not grant.residual_risk.strip():
        return "reason and residual risk must be stated"
    if grant.expires <= grant.effective:
        return "expires before it takes effect"
    if (grant.expires - grant.effective).days > LONGEST_DAYS:
        return "lasts longer than a year"
    return ""

"""The roles people and tokens hold, and what the packaged console policies let them do.

The policy text is part of the package, like code; it is read once, when first asked for.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files

from panshi.protection.access.decision import Decision, Request
from panshi.protection.access.engine import Policies, decide

SOURCE = "console.cedar"


class Role(StrEnum):
    """A duty in the institution or beside it; an account may hold several."""

    CISO = "ciso"
    CONTROL_OWNER = "control_owner"
    APPROVER = "approver"
    ANALYST = "analyst"
    INTERNAL_AUDIT = "internal_audit"
    BOARD_READER = "board_reader"
    MEMBER_LIAISON = "member_liaison"
    ASSOCIATION = "association"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


ROLES: tuple[str, ...] = tuple(Role)
"Names of all roles, in the order shown to people."

ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.CISO: ("資安長", "CISO"),
    Role.CONTROL_OWNER: ("控制措施負責人", "control owner"),
    Role.APPROVER: ("核准人", "approver"),
    Role.ANALYST: ("分析人員", "analyst"),
    Role.INTERNAL_AUDIT: ("內部稽核", "internal audit"),
    Role.BOARD_READER: ("董事會讀者", "board reader"),
    Role.MEMBER_LIAISON: ("會員聯絡人", "member liaison"),
    Role.ASSOCIATION: ("公會", "association"),
    Role.SUPERVISOR: ("主管機關", "supervisor"),
    Role.ADMINISTRATOR: ("系統管理員", "administrator"),
}
"Each role in zh-TW and English."

ACTIONS: tuple[str, ...] = (
    "account.manage",
    "account.self",
    "account.view",
    "estate.view",
    "evidence.personal",
    "evidence.view",
    "framework.view",
    "help.view",
    "observer.run",
    "observer.view",
    "parameter.change",
    "parameter.view",
    "verdict.view",
)
"Every action console and API ask about."


@cache
def console_policies() -> Policies:
    """Parse the packaged policies of console and API."""
    text = files("panshi.content").joinpath("policies", SOURCE).read_text(encoding="utf-8")
    return Policies.parse(text, source=SOURCE)


@cache
def decided(roles: tuple[str, ...], action: str, *, signed_in: bool = True) -> Decision:
    """Decide by roles alone; the policies of the console look at nothing else."""
    request = Request(principal="someone" if signed_in else "", roles=roles, action=action)
    return decide(console_policies(), request)


def permitted(role: str, action: str) -> bool:
    """Whether a holder of this one role may do this."""
    return decided((role,), action).allowed


def roles_for(action: str) -> tuple[Role, ...]:
    """Which roles may do this, to tell someone who may not."""
    return tuple(role for role in Role if permitted(role, action))

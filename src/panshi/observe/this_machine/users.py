"""Look at who may enter this machine: local accounts, their rights and their authenticators.

`host.users/1` needs /etc/shadow and the sudo rules. An ordinary user may not read them; then the
look has failed and says so, because "no empty password was seen" is not "there is none".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from panshi.errors import PanshiError
from panshi.model.bodies.hosts import HostUsers
from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.observation import Outcome
from panshi.observe.this_machine.accounts import Account, Password, accounts
from panshi.observe.this_machine.machine import Machine, Sight
from panshi.observe.this_machine.sudoers import sudo_rules

KIND = "host.users/1"
AUTHENTICATORS = "account.authenticators/1"

_KEYS = (".ssh/authorized_keys", ".ssh/authorized_keys2")
_SHADOW = "/etc/shadow"
_AS_ROOT = "look again as root"


def account_id(machine: Machine, name: str) -> str:
    """Asset id of a local account."""
    return f"account:{name}@{machine.hostname}"


def look(machine: Machine, _now: datetime) -> Iterator[Sight]:
    """Yield the accounts and sudo rules of the host as a whole."""
    found = accounts(machine)
    if any(each.password is Password.UNKNOWN for each in found):
        raise PanshiError(
            "may not be read, so empty passwords cannot be told", place=_SHADOW, remedy=_AS_ROOT
        )
    rules = sudo_rules(machine)
    repeated = Counter(each.uid for each in found)
    body = HostUsers(
        login_accounts=tuple(each.name for each in found if each.login),
        superusers=tuple(each.name for each in found if each.uid == 0),
        empty_passwords=sum(each.password is Password.EMPTY for each in found),
        sudo_rules=rules.rules,
        sudo_without_password=rules.without_password,
        duplicate_ids=sum(times - 1 for times in repeated.values()),
    )
    yield Sight(kind=KIND, subject=machine.host, body=body)


def look_at_authenticators(machine: Machine, now: datetime) -> Iterator[Sight]:
    """Yield how each account with a login shell may sign in."""
    for account in accounts(machine):
        if not account.login:
            continue
        subject = account_id(machine, account.name)
        try:
            body = _authenticators(machine, account, now)
        except PanshiError as error:
            yield Sight(
                kind=AUTHENTICATORS, subject=subject, outcome=Outcome.FAILED, reason=str(error)
            )
        else:
            yield Sight(kind=AUTHENTICATORS, subject=subject, body=body)


def _authenticators(machine: Machine, account: Account, now: datetime) -> AccountAuthenticators:
    if account.password is Password.UNKNOWN:
        raise PanshiError(
            "may not be read, so the password cannot be told", place=_SHADOW, remedy=_AS_ROOT
        )
    ways: list[str] = []
    if account.password is Password.SET:
        ways.append("password")
    if any(_holds_keys(machine, f"{account.home}/{name}") for name in _KEYS):
        ways.append("ssh-key")
    open_to_all = account.password is Password.EMPTY
    expired = account.expires is not None and account.expires <= now.date()
    return AccountAuthenticators(
        enabled=(bool(ways) or open_to_all) and not expired,
        privileged=account.administrator,
        # Either way suffices, and an empty password asks for nothing.
        factors=1 if ways and not open_to_all else 0,
        authenticators=tuple(ways),
        source="/etc/passwd, /etc/shadow, authorized_keys",
    )


def _holds_keys(machine: Machine, name: str) -> bool:
    """Whether an authorized_keys file lets anyone in; unreadable is not the same as empty."""
    if not machine.has(name):
        return False
    lines = (line.strip() for line in machine.text(name).splitlines())
    return any(line and not line.startswith("#") for line in lines)

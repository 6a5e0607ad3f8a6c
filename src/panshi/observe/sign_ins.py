"""What a log of sign-ins says of each account: the least that was asked in any that succeeded.

Registered methods tell what could be asked, policies what should be; only sign-ins tell what was.
A log that is known to be incomplete cannot show that nothing less was ever asked: accounts that
look good in it are failed looks, accounts that look bad stay bad.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from panshi.errors import BadInputError
from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.observation import Observation, Outcome

KIND: Final = "account.authenticators/1"
FACET: Final = "sign-ins"
NEEDED: Final = 2
"Factors below which an account looks bad."
_MOST_ACCOUNTS = 1_000_000
_MOST_METHODS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One sign-in that succeeded."""

    account: str
    "Name of the account, in small letters."
    at: datetime
    factors: int
    methods: tuple[str, ...] = ()
    resistant: bool | None = None
    "Bound to a carrier and an origin; None where an earlier check was merely remembered."
    external: bool = False


@dataclass(slots=True)
class _Account:
    first: datetime
    last: datetime
    factors: int
    external: bool
    methods: set[str] = field(default_factory=set)
    resistant: bool | None = None


@dataclass(slots=True)
class SignIns:
    """Folds sign-ins by account."""

    source: str
    accounts: dict[str, _Account] = field(default_factory=dict)

    def add(self, seen: SignIn, place: str) -> None:
        """Take one in."""
        known = self.accounts.get(seen.account)
        if known is None:
            if len(self.accounts) >= _MOST_ACCOUNTS:
                raise BadInputError(f"more than {_MOST_ACCOUNTS:,} accounts", place=place)
            known = _Account(seen.at, seen.at, seen.factors, seen.external)
            self.accounts[seen.account] = known
        known.first, known.last = min(known.first, seen.at), max(known.last, seen.at)
        known.factors = min(known.factors, seen.factors)
        known.external |= seen.external
        if len(known.methods) < _MOST_METHODS:
            known.methods.update(seen.methods)
        if seen.resistant is not None:
            known.resistant = seen.resistant and known.resistant is not False

    def observations(
        self, collector: str, *, incomplete: str, subjects: Mapping[str, str]
    ) -> Iterator[Observation]:
        """Give one look per account; `subjects` renames accounts where somebody said so."""
        for name, account in self.accounts.items():
            hidden = bool(incomplete) and account.factors >= NEEDED
            yield Observation(
                kind=KIND,
                subject=subjects.get(name, f"account:{name}"),
                facet=FACET,
                observed_at=account.last,
                period_start=account.first,
                collector=collector,
                outcome=Outcome.FAILED if hidden else Outcome.SEEN,
                reason=incomplete if hidden else "",
                body=None
                if hidden
                else AccountAuthenticators(
                    enabled=True,  # somebody signed in with it
                    external=account.external,
                    factors=account.factors,
                    authenticators=tuple(sorted(account.methods)),
                    phishing_resistant=account.resistant is True,
                    last_sign_in=account.last.date(),
                    source=self.source,
                ),
            )

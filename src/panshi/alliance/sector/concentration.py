"""What one thing takes down across members, from the extracts they signed.

Two members mean the same thing where kind and name agree, whatever the case, the width of the
characters and the form of the company; of a site also who runs it and where. What an institution
calls by another name is not joined: the figures are a least, and say so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from panshi.model.resilience.dependence import Dependence, DependenceExtract, SharedKind

_COMPANY = re.compile(
    r"(股份有限公司|有限公司|公司|,?\s*(inc|corp|corporation|co|ltd|limited|llc|gmbh)\.?)$"
)

type ThingKey = tuple[SharedKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What one thing does to one member."""

    member: str
    critical: int
    late: tuple[str, ...]
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One thing with every member that stands on it, those it hits most first."""

    kind: SharedKind
    key: str
    name: str
    touched: tuple[Touched, ...]

    @property
    def critical(self) -> int:
        """Critical services that are late, over all members."""
        return sum(each.critical for each in self.touched)

    @property
    def late(self) -> int:
        """Services that are late."""
        return sum(len(each.late) for each in self.touched)

    @property
    def carried(self) -> int:
        """Services a layer carries."""
        return sum(len(each.carried) for each in self.touched)

    @property
    def stopped(self) -> int:
        """Members of which a critical service is late."""
        return sum(each.critical > 0 for each in self.touched)


def key_of(thing: Dependence) -> ThingKey:
    """Give by what two members mean the same thing."""
    name = _plain(thing.name)
    if thing.kind is SharedKind.SUPPLIER:
        name = _company(name)
    elif thing.kind is SharedKind.SITE:
        name = " / ".join((_company(_plain(thing.operator)), _plain(thing.city), name))
    return thing.kind, name


def across[Name: str](extracts: Mapping[Name, DependenceExtract]) -> tuple[Shared, ...]:
    """Join extracts by member; what takes down most critical services of most members first."""
    names: dict[ThingKey, str] = {}
    found: dict[ThingKey, dict[str, Touched]] = {}
    for member, extract in sorted(extracts.items()):
        for thing in extract.things:
            key = key_of(thing)
            names.setdefault(key, thing.name)
            known = found.setdefault(key, {}).get(member)
            found[key][member] = _with(known, member, thing)
    made = (
        Shared(
            kind=key[0],
            key=key[1],
            name=names[key],
            touched=tuple(
                sorted(
                    touched.values(),
                    key=lambda each: (-each.critical, -len(each.late), each.member),
                )
            ),
        )
        for key, touched in found.items()
    )
    return tuple(
        sorted(
            made,
            key=lambda each: (
                -each.stopped, -each.critical, -len(each.touched), -each.late, each.kind, each.key,
            ),
        )
    )  # fmt: skip


def _with(known: Touched | None, member: str, thing: Dependence) -> Touched:
    """Take one thing a member names twice, in two ways of writing, as one."""
    if known is None:
        return Touched(
            member=member, critical=thing.critical, late=thing.late, carried=thing.carried
        )
    late = tuple(dict.fromkeys((*known.late, *thing.late)))
    return Touched(
        member=member,
        critical=max(known.critical, thing.critical),
        late=late,
        carried=tuple(
            each for each in dict.fromkeys((*known.carried, *thing.carried)) if each not in late
        ),
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _company(name: str) -> str:
    short = _COMPANY.sub("", name).strip(" .,")
    return short or name

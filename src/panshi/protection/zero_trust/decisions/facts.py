"""What the decision point knows of each policy beside its verdict.

    @id                      the name answers, records and people use
    @reason_zh @reason_en    one sentence for the person at the screen
    @obligation              what an enforcement point must do (see `obligations`)
    @narrow                  on a permit: the part that is permitted
    @ttl                     seconds an answer by this policy may be relied on
    @fail_secure("off")      an error in this policy does not deny

and which attributes it reads, so that an answer can show their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cedarpy import pst

from panshi.errors import ContentError
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.decisions.obligations import NARROW, Duty, duties

if TYPE_CHECKING:
    from panshi.protection.cedar import CompiledPolicies

type Path = tuple[str, ...]
"The variable, then attribute after attribute: `context`, `device`, `compliant`."

MOST_TTL = 86_400
_SECONDS = re.compile(r"\d{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """One policy, as the decision point sees it."""

    id: str
    """Cedar's own: policy0, policy1 …"""
    name: str
    """Its `@id`, or Cedar's own."""
    forbids: bool
    """Whether it takes away; what errs then opens nothing."""
    reason_zh: str = ""
    reason_en: str = ""
    duties: tuple[Duty, ...] = ()
    """What its obligations ask for."""
    ttl: int | None = None
    """Seconds, where the policy says so."""
    fail_secure: bool = True
    """Whether an error in it denies."""
    reads: frozenset[Path] = frozenset()
    """Attributes its conditions read."""
    actions: tuple[Uid, ...] = ()
    """Actions its scope names."""


def policy_facts(compiled: CompiledPolicies) -> dict[str, PolicyFacts]:
    """Give the facts of every policy of a compiled set."""
    tree = compiled.handle.to_pst()
    found = {name: _facts(compiled, name, each) for name, each in tree.static_policies.items()}
    for link in tree.template_links:
        found[link.new_id] = _facts(compiled, link.new_id, tree.templates[link.template_id])
    return found


def _facts(compiled: CompiledPolicies, policy_id: str, policy: pst.Template) -> PolicyFacts:
    notes = {name: value or "" for name, value in policy.annotations.items()}
    name = notes.get("id") or policy_id
    place = f"{compiled.source}: {name}"
    return PolicyFacts(
        id=policy_id,
        name=name,
        forbids=policy.effect == "forbid",
        reason_zh=notes.get("reason_zh", ""),
        reason_en=notes.get("reason_en", ""),
        duties=duties(notes.get("obligation", ""), place=place) + _narrowing(policy, notes),
        ttl=_ttl(notes.get("ttl"), place),
        fail_secure=notes.get("fail_secure") != "off",
        reads=frozenset(
            path for clause in policy.clauses for path in _reads(clause) if len(path) > 1
        ),
        actions=tuple(_actions(policy.action)),
    )


def is_action(uid: Uid) -> bool:
    """Whether it names an action: by Cedar's rule its type ends in Action."""
    return uid.type.rpartition("::")[2] == "Action"


def _actions(node: object) -> Iterator[Uid]:
    if isinstance(node, pst.EntityUid):
        uid = Uid("::".join((*node.type.namespace, node.type.basename)), node.id)
        if is_action(uid):
            yield uid
        return
    for each in _children(node):
        yield from _actions(each)


def _narrowing(policy: pst.Template, notes: Mapping[str, str]) -> tuple[Duty, ...]:
    """Give what a permit is narrowed to; a forbid narrows by closing what it touches."""
    to = notes.get("narrow")
    return (Duty(NARROW, to),) if to and policy.effect == "permit" else ()


def _ttl(text: str | None, place: str) -> int | None:
    if text is None:
        return None
    if not _SECONDS.fullmatch(text) or int(text) > MOST_TTL:
        raise ContentError(
            f"@ttl({text[:20]!r}) is no number of seconds up to {MOST_TTL:,}",
            place=place,
            remedy='write @ttl("60")',
        )
    return int(text)


def _reads(node: object) -> Iterator[Path]:
    """Give the longest attribute paths of an expression."""
    path = _path(node)
    if path:
        yield path
        return
    for each in _children(node):
        yield from _reads(each)


def _path(node: object) -> Path:
    match node:
        case pst.Var(name=str(name)):
            return (name,)
        case pst.GetAttr(base=base, attr=str(attr)):
            above = _path(base)
            return (*above, attr) if above else ()
        case _:
            return ()


def _children(node: object) -> Iterator[object]:
    match node:
        case str() | bytes():
            return
        case Mapping():
            yield from node.values()
        case tuple() | list() | frozenset():
            yield from node
        case _:
            for name in getattr(node, "__dataclass_fields__", ()):
                yield getattr(node, name)

"""Names that mean the same vulnerability, by union-find over what records say of themselves."""

from __future__ import annotations

from collections.abc import Iterable


def alias_groups(named: Iterable[Iterable[str]]) -> tuple[frozenset[str], ...]:
    """Join sets of names that share one; any order of them gives the same groups."""
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (higher := above.setdefault(name, name)) != name:
            above[name] = above[higher]
            name = above[name]
        return name

    for names in named:
        first, *others = names
        root = top(first)
        for each in others:
            above[top(each)] = root
    groups: dict[str, set[str]] = {}
    for name in above:
        groups.setdefault(top(name), set()).add(name)
    return tuple(frozenset(each) for each in groups.values())

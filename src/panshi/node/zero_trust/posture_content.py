"""The posture policy read from its content file, or from the institution's own copy in the home."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.zero_trust.devices.posture import Form, PostureCheck, PosturePolicy
from panshi.store import library

OWN = "zero_trust/posture.yaml"
_CONDITIONS = ("equals", "at_most", "at_least", "one_of")
_LONGEST_S = 31 * 86_400


def posture_policy(home: Path | None = None) -> PosturePolicy:
    """Give the institution's own policy, else the one that ships."""
    own = home / OWN if home is not None else None
    if own is not None and own.is_file():
        return load_posture(own.read_bytes(), source=str(own))
    return _shipped()


@cache
def _shipped() -> PosturePolicy:
    name, raw = library.zero_trust("posture.yaml")
    return load_posture(raw, source=name)


def load_posture(raw: bytes, *, source: str) -> PosturePolicy:
    """Read a policy; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(required="version fresh_for_s checks")
    checks = tuple(map(_check, keys["checks"].items()))
    if len({each.id for each in checks}) != len(checks):
        raise keys["checks"].refuse("the id of a check occurs twice", "name each its own way")
    if not any(each.required for each in checks):
        raise keys["checks"].refuse("no check is required", "then every device would comply")
    return PosturePolicy(
        version=keys["version"].text(),
        fresh_for_s=keys["fresh_for_s"].whole(low=60, high=_LONGEST_S),
        checks=checks,
    )


def _check(part: Part) -> PostureCheck:
    keys = part.keys(
        required="id fact required title remedy cites",
        optional="equals at_most at_least one_of where absent_holds",
    )
    if not any(name in keys for name in _CONDITIONS):
        raise part.refuse("the check asks nothing", f"write one of {', '.join(_CONDITIONS)}")
    title, remedy = keys["title"].keys(required="zh en"), keys["remedy"].keys(required="zh en")
    return PostureCheck(
        id=keys["id"].text(),
        fact=keys["fact"].text(),
        required=keys["required"].flag(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
        remedy_zh=remedy["zh"].text(),
        remedy_en=remedy["en"].text(),
        cites=keys["cites"].text(),
        equals=keys["equals"].flag() if "equals" in keys else None,
        at_most=keys["at_most"].whole(low=0) if "at_most" in keys else None,
        at_least=keys["at_least"].whole(low=0) if "at_least" in keys else None,
        one_of=frozenset(keys["one_of"].texts()) if "one_of" in keys else frozenset(),
        where=keys["where"].word(Form) if "where" in keys else None,
        absent_holds="absent_holds" in keys and keys["absent_holds"].flag(),
    )

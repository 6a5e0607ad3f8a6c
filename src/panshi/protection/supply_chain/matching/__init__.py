"""Matching components with advisories, both ways.

Workflow: `compile_advisory` makes an advisory ready once; `subject` gives a component's package
keys and the place of its version; `match_purl` asks what is known against one component,
`match_advisory` which packages one advisory reaches; `judge` and `explain` are what both rest on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panshi.model.supply_chain.compiled import Compiled, Entry, PackageKey, Told
from panshi.protection.supply_chain.matching.judging import (
    AFFECTED,
    UNKNOWN,
    Hit,
    Lookup,
    Match,
    explain,
    judge,
    later_fixes,
    match_advisory,
    match_purl,
    match_subject,
)
from panshi.protection.supply_chain.matching.package_keys import (
    Subject,
    Unmatchable,
    named,
    package_key,
    place_of,
    subject,
)

if TYPE_CHECKING:
    from panshi.protection.supply_chain.matching.compiling import compile_advisory, key_of

__all__ = [
    "AFFECTED",
    "UNKNOWN",
    "Compiled",
    "Entry",
    "Hit",
    "Lookup",
    "Match",
    "PackageKey",
    "Subject",
    "Told",
    "Unmatchable",
    "compile_advisory",
    "explain",
    "judge",
    "key_of",
    "later_fixes",
    "match_advisory",
    "match_purl",
    "match_subject",
    "named",
    "package_key",
    "place_of",
    "subject",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- PEP 562
    """Load what compiles only where it is asked for: matching alone starts faster."""
    if name in {"compile_advisory", "key_of"}:
        from panshi.protection.supply_chain.matching import compiling  # noqa: PLC0415 -- as said

        return getattr(compiling, name)
    raise AttributeError(name)

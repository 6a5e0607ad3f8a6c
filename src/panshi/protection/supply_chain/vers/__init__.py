"""Version ranges across ecosystems in the vers notation (package-url/vers-spec).

Workflow: `parse` reads a range (`parse_canonical` refuses what is not in canonical form),
`from_native` turns an ecosystem's own notation into one, `VersionRange.contains` answers yes, no
or "cannot be told" (None).
"""

from __future__ import annotations

from panshi.protection.supply_chain.vers.native import from_native
from panshi.protection.supply_chain.vers.reading import LONGEST, parse, parse_canonical
from panshi.protection.supply_chain.vers.version_range import (
    Comparator,
    Constraint,
    VersionRange,
)

__all__ = [
    "LONGEST",
    "Comparator",
    "Constraint",
    "VersionRange",
    "from_native",
    "parse",
    "parse_canonical",
]

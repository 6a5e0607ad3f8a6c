"""Order of versions as each ecosystem's own tools see it.

Workflow: `key(ecosystem, version)` turns a version into a value whose natural order is the
ecosystem's order, so that bounds can be computed once and bisected; `compare` answers `<`, `=`,
`>` or `?`. What an ecosystem cannot order has no key: it is answered `?`, never guessed (ADR 0170).
"""

from __future__ import annotations

from panshi.protection.supply_chain.versions.ecosystems import (
    ALIASES,
    FAMILIES,
    compare,
    family,
    key,
)
from panshi.protection.supply_chain.versions.keys import Key, Order

__all__ = ["ALIASES", "FAMILIES", "Key", "Order", "compare", "family", "key"]

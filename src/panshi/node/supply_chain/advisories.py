"""The advisory snapshot of a home, opened together with what compiles records for it."""

from __future__ import annotations

from pathlib import Path

from panshi.protection.supply_chain.matching import compile_advisory
from panshi.store.advisories import AdvisoryStore


def open_advisories(home: Path, *, readonly: bool = False) -> AdvisoryStore:
    """Open the snapshot below a home; `readonly` refuses where nothing was ever imported."""
    return AdvisoryStore.open(home, readonly=readonly, compiler=compile_advisory)

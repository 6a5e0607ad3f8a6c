"""The name a vulnerability goes by among its aliases."""

from __future__ import annotations

import re
from collections.abc import Iterable

CVE = re.compile(r"CVE-([0-9]{4})-([0-9]{1,19})")


def vulnerability_of(names: Iterable[str], records: Iterable[str]) -> str:
    """Choose the first CVE by year and number; without one, the first of the records' own ids."""
    cves = [
        (int(found[1]), int(found[2]), each) for each in names if (found := CVE.fullmatch(each))
    ]
    return min(cves)[2] if cves else min(records)

"""Every published line of ordered versions holds, or is listed with its reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from panshi.protection.supply_chain.versions import compare

pytestmark = pytest.mark.data

LINES = {
    "alpine": 14757, "cran": 78, "debian": 14472, "hackage": 11, "maven": 14854, "nuget": 35,
    "packagist": 10725, "pub": 100, "pypi": 12412, "redhat": 165, "rubygems": 4123, "semver": 86,
}  # fmt: skip


def test_every_line_holds_or_is_listed(
    vectors: Callable[[str], dict[str, str]],
    exceptions: dict[str, dict[str, dict[str, str]]],
) -> None:
    # Given lines `a < b` as each ecosystem's own tool ordered them
    judged: dict[str, int] = {}
    broken: dict[str, set[str]] = {}
    for name, text in vectors("version-ordering.zip").items():
        ecosystem = name.partition("-")[0]
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith(("#", "//")):
                continue
            left, sign, right = words
            # When both are compared
            judged[ecosystem] = judged.get(ecosystem, 0) + 1
            if compare(ecosystem, left, right) != sign:
                broken.setdefault(name, set()).add(line.strip())
    # Then the lines that do not hold are exactly those listed, and none was passed over
    assert broken == {name: set(listed) for name, listed in exceptions["ordering"].items()}
    assert judged == LINES

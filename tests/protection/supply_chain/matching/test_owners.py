"""A distribution's package answers for the language package it installed, and for no other."""

from __future__ import annotations

import pytest

from panshi.protection.supply_chain.matching import Subject, subject
from panshi.protection.supply_chain.matching.owners import Owners

DEBIAN = "pkg:deb/debian/{name}@{version}?distro=debian-12"


def owned(name: str, version: str, purl: str) -> bool:
    owners = Owners()
    owners.add(DEBIAN.format(name=name, version=version), name, version)
    found = subject(purl)
    assert isinstance(found, Subject)
    return bool(owners.of(found))


@pytest.mark.parametrize(
    ("name", "version", "purl", "expected"),
    [
        ("python3-requests", "2.28.1+dfsg-1", "pkg:pypi/requests@2.28.1", True),
        ("python3-requests", "2.28.1-1", "pkg:pypi/Requests@2.28.1.0", True),
        ("python3-requests", "2.28.1-1", "pkg:pypi/requests@2.31.0", False),
        ("python3-zope.interface", "5.4-1", "pkg:pypi/zope-interface@5.4", True),
        ("node-lodash", "4.17.21+dfsg-1", "pkg:npm/lodash@4.17.21", True),
        ("ruby-rack", "1:2.2.4-3", "pkg:gem/rack@2.2.4", True),
        ("librust-serde-dev", "1.0.152-1", "pkg:cargo/serde@1.0.152", True),
        ("requests", "2.28.1-1", "pkg:pypi/requests@2.28.1", False),
        ("python3-requests", "2.28.1-1", "pkg:npm/requests@2.28.1", False),
    ],
)
def test_ownership_follows_name_and_upstream_version(
    name: str, version: str, purl: str, *, expected: bool
) -> None:
    assert owned(name, version, purl) is expected


def test_no_distribution_owns_nothing() -> None:
    owners = Owners()
    owners.add("pkg:pypi/python3-requests@2.28.1", "python3-requests", "2.28.1")
    assert not owners

"""Findings equal those of a slow, obviously right matcher on real advisories."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from panshi.model.supply_chain.advisory import Advisory
from panshi.node.supply_chain.advisories import open_advisories
from panshi.observe.bom import open_bom
from panshi.observe.feeds.osv import read_osv
from panshi.protection.supply_chain.matching import match_advisory, match_purl, subject
from panshi.protection.supply_chain.matching.compiling import compile_advisory
from panshi.protection.supply_chain.matching.package_keys import Subject, versioned
from panshi.store.advisories import AdvisoryStore
from tests.protection.supply_chain.matching import reference

pytestmark = [pytest.mark.data, pytest.mark.slow]

DATA = Path(__file__).parents[5] / "shared" / "data"
TYPES = {"PyPI": "pypi", "Go": "golang"}
ODD = ("", "(devel)", "unknown", "1.0+cpu", "0", "0.0.0-20200101000000-abcdef123456", "9999.0", "x")


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    if not (DATA / "osv").exists():
        pytest.skip("the advisories ../shared/data/osv are not here")
    found = []
    for ecosystem in TYPES:
        with zipfile.ZipFile(DATA / "osv" / ecosystem / "all.zip") as bundle:
            found += [json.loads(bundle.read(n)) for n in bundle.namelist() if n.endswith(".json")]
    return found


@pytest.fixture(scope="module")
def store(
    records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AdvisoryStore]:
    with open_advisories(tmp_path_factory.mktemp("home")) as opened:
        read = (read_osv(json.dumps(each).encode(), feed="osv", name="") for each in records)
        given = [each for each in read if isinstance(each, Advisory)]
        assert len(given) == len(records)
        opened.apply(given, feed="osv", at=datetime(2026, 8, 21, tzinfo=UTC))
        yield opened


def engine(purls: list[str], store: AdvisoryStore) -> set[tuple[str, str, str]]:
    with store.reading() as snapshot:
        return {
            (each.purl, each.vulnerability, each.status)
            for purl in set(purls)
            for each in match_purl(purl, snapshot.lookup)
        }


def portfolio(records: list[dict[str, Any]], size: int, seed: int) -> list[str]:
    """Packages of advisories at versions listed, at bounds, right beside them, and odd ones."""
    draw = random.Random(seed)
    purls = []
    while len(purls) < size:
        each = draw.choice(draw.choice(records)["affected"])
        ecosystem, name = each["package"]["ecosystem"], each["package"]["name"]
        bounds = [
            bound
            for span in each.get("ranges", ())
            if span["type"] != "GIT"
            for event in span["events"]
            for bound in event.values()
        ]
        versions = [*each.get("versions", ())[-40:], *bounds, *ODD]
        version = draw.choice(versions)
        if draw.random() < 0.3:
            version += draw.choice((".1", "rc1", "-rc.1", ".0", "+build.7", ".post1", ".dev3"))
        if draw.random() < 0.2:
            name = name.upper()
        purls.append(versioned(f"pkg:{TYPES[ecosystem]}/{name}", version))
    return purls


@pytest.mark.parametrize("seed", [1, 2])
def test_generated_portfolios_agree(
    seed: int, records: list[dict[str, Any]], store: AdvisoryStore
) -> None:
    # Given components at and around the bounds of real advisories
    purls = portfolio(records, 600, seed)
    # When both match
    expected = reference.findings(purls, records)
    # Then they find the same, with the same status
    assert engine(purls, store) == expected
    assert {status for *_, status in expected} == {"affected", "unknown"}


def test_published_bills_agree(records: list[dict[str, Any]], store: AdvisoryStore) -> None:
    # Given every bill of the published examples
    place = DATA / "bom-examples.zip"
    if not place.exists():
        pytest.skip("the published bills ../shared/data/bom-examples.zip are not here")
    purls: set[str] = set()
    with zipfile.ZipFile(place) as bundle:
        for name in bundle.namelist():
            if name.endswith(("bom.json", "bom.xml")) or (
                "/SBOM/" in name and name.endswith(".json")
            ):
                bill = open_bom(bundle.read(name), source=name)
                purls.update(each.purl for each in bill if each.purl)
    # When both match their components
    expected = reference.findings(purls, records)
    # Then they find the same
    assert engine(sorted(purls), store) == expected
    assert len(expected) > 10


def test_an_advisory_finds_the_packages_that_find_it(
    records: list[dict[str, Any]], store: AdvisoryStore
) -> None:
    # Given a portfolio by package key, and some advisories
    purls = sorted(set(portfolio(records, 800, 3)))
    by_key: dict[Any, list[Any]] = {}
    for purl in purls:
        found = subject(purl)
        assert isinstance(found, Subject)
        for key in found.keys:
            by_key.setdefault(key, []).append((purl, found.version, found.place))
    # When every advisory asks for its packages, and every package for its advisories
    forwards, backwards = set(), set()
    with store.reading() as snapshot:
        for purl in purls:
            found = subject(purl)
            assert isinstance(found, Subject)
            for key in found.keys:
                for entry in snapshot.lookup(key):
                    backwards |= {
                        (hit.package, entry.told.advisory, hit.status)
                        for hit in match_advisory(
                            compile_one(snapshot.advisory(entry.told.advisory)),
                            lambda asked, wanted=key: (
                                by_key.get(asked, ()) if asked == wanted else ()
                            ),
                        )
                    }
            forwards |= {
                (purl, each.advisory, each.status) for each in match_purl(purl, snapshot.lookup)
            }
    # Then whatever a package tells is told by the advisory too
    assert forwards <= backwards
    assert forwards


def compile_one(advisory: Advisory | None) -> Any:
    assert advisory is not None
    return compile_advisory(advisory)

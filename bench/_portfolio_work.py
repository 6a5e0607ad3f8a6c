"""A synthetic portfolio, the same for every run: real names and versions, made-up bills.

Packages and versions are those the PyPI and Go advisories of ../shared/data name, drawn by Zipf's
law as real portfolios reuse them; two thirds of the components are packages nobody warned of.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.estate import Estate
from panshi.model.supply_chain.advisory import Advisory
from panshi.observe.feeds.osv import read_osv

DATA = Path(__file__).parents[2] / "shared" / "data"
COMPONENTS = 160
SERVICES, SUPPLIERS = 300, 60
WARNED_SHARE = 0.55
NEWEST = 40
"Versions of a package that are in use."


class Work(NamedTuple):
    """Everything a run needs."""

    estate: Estate
    advisories: list[Advisory]
    bills: list[bytes]


def advisories() -> Iterator[Advisory]:
    """Read the real advisories."""
    for ecosystem in ("PyPI", "Go"):
        with zipfile.ZipFile(DATA / "osv" / ecosystem / "all.zip") as bundle:
            for name in bundle.namelist():
                if name.endswith(".json"):
                    read = read_osv(bundle.read(name), feed=f"osv-{ecosystem}", name=name)
                    if isinstance(read, Advisory):
                        yield read


def estate(systems: int) -> Estate:
    """Make an estate of so many systems below services, from suppliers."""
    chance = random.Random(5)
    assets = [
        Asset(
            id=AssetId("institution:bench"),
            kind=AssetKind.INSTITUTION,
            name="Bench",
            attributes={"sector": "bank"},
        )
    ]
    relations = []
    assets.extend(
        Asset(
            id=AssetId(f"supplier:{number:02}"),
            kind=AssetKind.SUPPLIER,
            name=f"Supplier {number}",
            attributes={"tier": 1 + number % 3},
        )
        for number in range(SUPPLIERS)
    )
    assets.extend(
        Asset(
            id=AssetId(f"service:{number:03}"),
            kind=AssetKind.SERVICE,
            name=f"Service {number}",
            attributes={"critical": number % 5 == 0},
        )
        for number in range(SERVICES)
    )
    for number in range(systems):
        name = AssetId(f"system:{number:05}")
        assets.append(
            Asset(
                id=name,
                kind=AssetKind.SYSTEM,
                name=f"System {number}",
                attributes={"internet_facing": number % 7 == 0},
            )
        )
        service = AssetId(f"service:{chance.randrange(SERVICES):03}")
        supplier = AssetId(f"supplier:{int(SUPPLIERS * chance.random() ** 3):02}")
        relations.append(Relation(kind=RelationKind.DEPENDS_ON, source=service, target=name))
        relations.append(Relation(kind=RelationKind.SUPPLIED_BY, source=name, target=supplier))
    return Estate(
        id="bench",
        name_zh="合成",
        name_en="Synthetic",
        version=1,
        as_of=datetime(2026, 9, 1, tzinfo=UTC),
        assets=tuple(assets),
        relations=tuple(relations),
    )


def bills(records: list[Advisory], systems: int) -> Iterator[bytes]:
    """Make one bill per system."""
    chance = random.Random(7)
    warned = _warned(records)
    quiet = [
        [f"{each}{version}" for version in ("1.0.0", "1.4.2", "2.0.1", "2.3.0")]
        for each in (f"pkg:pypi/quiet-{number}@" for number in range(20_000))
    ]
    weights = {id(pool): _zipf(len(pool)) for pool in (warned, quiet)}
    for number in range(systems):
        purls: dict[str, None] = {}
        while len(purls) < COMPONENTS:
            pool = warned if chance.random() < WARNED_SHARE else quiet
            for versions in chance.choices(pool, cum_weights=weights[id(pool)], k=16):
                purls[versions[int(len(versions) * chance.random() ** 1.3)]] = None
        yield _bill(number, list(purls)[:COMPONENTS])


def _warned(records: list[Advisory]) -> list[list[str]]:
    """Give versions of packages that have advisories, the most reported package first."""
    found: dict[str, tuple[int, set[str]]] = {}
    for record in records:
        for affected in record.affected:
            if affected.ecosystem not in {"PyPI", "Go"}:
                continue
            kind = "pypi" if affected.ecosystem == "PyPI" else "golang"
            count, versions = found.setdefault(f"pkg:{kind}/{affected.name}", (0, set()))
            bounds = {
                version
                for each in affected.ranges
                if each.type != "GIT"
                for _, version in each.events
                if version != "0"
            }
            versions.update(list(affected.versions)[-NEWEST:])
            versions.update(f"v{each}" if kind == "golang" else each for each in bounds)
            found[f"pkg:{kind}/{affected.name}"] = (count + 1, versions)
    ranked = sorted(found.items(), key=lambda each: (-each[1][0], each[0]))
    return [
        [f"{name}@{version}" for version in sorted(versions, reverse=True)[:NEWEST]]
        for name, (_, versions) in ranked
        if versions
    ]


def _zipf(count: int) -> list[float]:
    total, weights = 0.0, []
    for rank in range(count):
        total += 1 / (rank + 20) ** 0.9
        weights.append(total)
    return weights


def _bill(number: int, purls: list[str]) -> bytes:
    components = [
        {
            "type": "library",
            "bom-ref": purl,
            "name": purl.partition("@")[0].rpartition("/")[2],
            "version": purl.rpartition("@")[2],
            "purl": purl,
        }
        for purl in purls
    ]
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            "metadata": {"timestamp": "2026-09-01T00:00:00Z"},
            "components": components,
        },
        separators=(",", ":"),
    ).encode()

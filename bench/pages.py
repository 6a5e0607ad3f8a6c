"""Server time of the console's pages over 1,000,000 observations and 20,000 assets (synthetic).

    python bench/pages.py [--observations N] [--assets N] [--json]

Each page is asked once to warm it and then several times; the middle time counts. Beside them
stands a plain listing of the same log: `SELECT * … ORDER BY position DESC` with nothing but rows
turned to text, as the peer that does no judging at all.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import assess
import django

from panshi.model.asset import AssetKind, AttributeValue
from panshi.model.attributes import check_attributes
from panshi.model.estate import Estate
from panshi.node.home import VARIABLE, Home
from panshi.node.node import Node
from panshi.store.evidence_log import FILE_NAME

ROUNDS = 9
TARGET_MS = 150
SQL = "SELECT * FROM observation ORDER BY position DESC LIMIT 50 OFFSET 40000"


def pages(node: Node) -> dict[str, str]:
    """Addresses to ask: what people look at, and the largest of its kind."""
    largest = max(
        node.assess("zt36", "bench").verdicts, key=lambda verdict: verdict.tally.population
    ).control
    asset = node.estate("bench").assets[1].id
    return {
        "posture": "/e/bench/",
        "framework": "/e/bench/frameworks/zt36/",
        "largest framework": "/e/bench/frameworks/emerging/",
        "coverage": "/e/bench/frameworks/emerging/coverage/",
        f"control {largest}": f"/e/bench/controls/{largest}/",
        "evidence": "/evidence/",
        "evidence by kind": "/evidence/?kind=tls.endpoint/1",
        "evidence by text": "/evidence/?text=endpoint",
        "assets": "/e/bench/assets/",
        "asset": f"/e/bench/asset/{asset}/",
        "observers": "/observers/",
        "parameters": "/parameters/",
    }


def timed(name: str, ask: Callable[[], int]) -> tuple[float, float]:
    """Milliseconds of the first answer, and the middle of the later ones."""
    times = []
    for _round in range(ROUNDS + 1):
        started = time.perf_counter()
        status = ask()
        times.append((time.perf_counter() - started) * 1000)
        if status != 200:
            raise SystemExit(f"{name} answered {status}")
    return times[0], statistics.median(times[1:])


def measured(home: Path, observations: int, assets: int) -> dict[str, object]:
    """Fill a node, sign somebody in, ask for every page."""
    os.environ |= {VARIABLE: str(home), "DJANGO_SETTINGS_MODULE": "panshi.web.settings"}
    load = assess.workload(assets)
    assess.build(home, load, observations)
    django.setup()
    from django.contrib.auth.models import Group, User  # noqa: PLC0415 -- after django.setup
    from django.test import Client  # noqa: PLC0415 -- after django.setup

    from panshi.web import first_run, nodes  # noqa: PLC0415 -- after django.setup

    first_run.prepare()
    with Node.open(Home(path=home), clock=lambda: assess.NOW) as node:
        node.commit_estate(whole(load.estate), by="bench")
        nodes.hand_in(node)
        user = User.objects.create_user("bench")
        user.groups.set(Group.objects.filter(name="ciso"))
        client = Client(SERVER_NAME="localhost", raise_request_exception=True)
        client.force_login(user)
        found = {
            name: timed(name, lambda address=address: client.get(address).status_code)
            for name, address in pages(node).items()
        }
    slowest = max(middle for _first, middle in found.values())
    return {
        "synthetic": True,
        "observations": observations,
        "assets": len(load.estate.assets),
        "pages_ms": {
            name: {"first": round(first, 1), "middle": round(middle, 1)}
            for name, (first, middle) in found.items()
        },
        "plain_listing_ms": round(timed("listing", lambda: listing(home))[1], 1),
        "slowest_ms": round(slowest, 1),
        "target_ms": TARGET_MS,
        "met": slowest <= TARGET_MS,
    }


REQUIRED: dict[AssetKind, dict[str, AttributeValue]] = {
    AssetKind.INSTITUTION: {"sector": "bank"},
    AssetKind.ACCOUNT: {"privileged": False},
}


def whole(estate: Estate) -> Estate:
    """Give the estate with every attribute its schema demands and none that it refuses."""
    mended = []
    for asset in estate.assets:
        attributes = REQUIRED.get(asset.kind, {}) | asset.attributes
        wrong = {
            problem.name for problem in check_attributes(replace(asset, attributes=attributes))
        }
        kept = {name: value for name, value in attributes.items() if name not in wrong}
        mended.append(replace(asset, attributes=kept))
    return replace(estate, assets=tuple(mended))


def listing(home: Path) -> int:
    """Turn fifty rows into text, by page number, as a console without keyset paging does."""
    with sqlite3.connect(home / FILE_NAME) as connection:
        rows = connection.execute(SQL).fetchall()
    return 200 if "".join(map(str, rows)) else 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="panshi-bench-") as folder:
        result = measured(Path(folder), options.observations, options.assets)
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        if isinstance(value, dict):
            for page, times in value.items():
                print(f"{page:28} first {times['first']:>8} ms   then {times['middle']:>7} ms")
        else:
            print(f"{name:28} {value}")


if __name__ == "__main__":
    main()

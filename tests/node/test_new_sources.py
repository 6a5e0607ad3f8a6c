"""New sources through the whole node: what they tell moves verdicts, what they cannot does not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.verdict import Status
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.small_estate import small_estate

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "golden"
PEOPLE = ("wang.daming", "chen.meili")


@pytest.fixture
def node(tmp_path):
    with Node.open(Home(path=tmp_path / "home"), clock=lambda: NOW) as opened:
        yield opened


def commit(node, *assets):
    estate = small_estate()
    node.commit_estate(replace(estate, as_of=NOW, assets=(*estate.assets, *assets)), by="tester")


def asset(kind, name, **attributes):
    return Asset(id=AssetId(f"{kind}:{name}"), kind=kind, name=name, attributes=attributes)


def test_what_sign_ins_really_asked_decides_on_the_second_factor(node):
    # Given two accounts; one was once let in by a password alone.
    accounts = [
        asset(
            AssetKind.ACCOUNT, f"{name}@bank.example.tw", enabled=True, human=True, privileged=False
        )
        for name in PEOPLE
    ]
    commit(node, *accounts)

    # When registered methods are read, nothing is said of what is asked.
    node.observe("entra", GOLDEN / "entra" / "registration.json")
    assert node.verdict("zt36/1-1", "small").tally.seen == 0

    # When sign-ins are, one passes and one fails.
    node.observe("entra", GOLDEN / "entra" / "sign-ins.json")
    tally = node.verdict("zt36/1-1", "small").tally
    assert (tally.seen, tally.passing, tally.failing) == (2, 1, 1)


def test_half_of_the_sign_ins_passes_nobody(node):
    commit(
        node,
        asset(
            AssetKind.ACCOUNT,
            "wang.daming@bank.example.tw",
            enabled=True,
            human=True,
            privileged=False,
        ),
    )

    node.observe("entra", GOLDEN / "entra" / "sign-ins-first-page.json")

    assert node.verdict("zt36/1-1", "small").tally.passing == 0


def test_a_scan_of_known_weaknesses_is_judged(node):
    commit(node, asset(AssetKind.SYSTEM, "payments-api", in_house_developed=True))
    before = node.verdict("machine/M-14", "small").tally

    node.observe("trivy", GOLDEN / "trivy" / "image.json")

    after = node.verdict("machine/M-14", "small").tally
    assert (after.failing - before.failing, after.seen - before.seen) == (1, 1)


def test_an_assessor_contradicts_until_he_is_satisfied(node):
    commit(node, asset(AssetKind.SYSTEM, "core-banking", in_house_developed=True))
    control = "machine/M-14"
    report = (GOLDEN / "oscal" / "results-1.1.3.json").read_text()
    path = node.home.path / "results.json"

    # When the framework is not told, the finding contradicts nothing.
    path.write_text(report.replace("zt36-1-1_smt", "machine-M-14_smt"))
    node.observe("oscal", path, subject="institution:small")
    assert node.verdict(control, "small").status is not Status.NOT_MET

    node.observe("oscal", path, subject="institution:small", options={"framework": "machine"})
    assert node.verdict(control, "small").status is Status.NOT_MET

    # When the next assessment is satisfied, the contradiction is lifted.
    later = path.read_text().replace('"not-satisfied"', '"satisfied"')
    path.write_text(
        later.replace("2026-11-10T", "2026-11-19T").replace("2026-11-11T", "2026-11-19T")
    )
    node.observe("oscal", path, subject="institution:small", options={"framework": "machine"})
    assert node.verdict(control, "small").status is not Status.NOT_MET

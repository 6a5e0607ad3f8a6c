"""Statements on exploitability over the portfolio: of a supplier's product, or within its bill."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange
from panshi.node.home import Home
from panshi.node.supply_chain.advisories import open_advisories
from panshi.node.supply_chain.portfolio import findings, ingest
from panshi.node.supply_chain.vex import received
from panshi.node.supply_chain.vex_desk import TrustProposed, VexDesk
from panshi.node.supply_chain.vex_receiving import receive
from panshi.protection.supply_chain.findings.finding import FindingFilters, State
from tests.simulators.postgres import MISSING, binaries, postgres_server
from tests.web.small_bank import BANK, NOW, SYSTEMS, open_small_bank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from panshi.node.node import Node

NAME = "CVE-2026-0042"
INNER = "pkg:pypi/inner@1.0"
PRODUCT = "pkg:generic/acme/teller@7.1"


@pytest.fixture(scope="module")
def server() -> Iterator[object]:
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("server").make("portfolio_" + tmp_path.name.lower())
    with open_small_bank(Home(path=tmp_path, database=url)) as made:
        with open_advisories(made.home.path) as store:
            events = (("introduced", "0"), ("fixed", "2"))
            affected = Affected("PyPI", "inner", ranges=(AffectedRange("ECOSYSTEM", events),))
            store.apply(
                [Advisory(NAME, affected=(affected,))],
                feed="test",
                at=datetime(2026, 8, 1, tzinfo=UTC),
            )
        yield made


def bill(**more: Any) -> bytes:
    """Write the bill of a product that contains the component."""
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
            "version": 1,
            "metadata": {
                "timestamp": "2026-08-01T00:00:00Z",
                "supplier": {"name": "Acme"},
                "component": {
                    "type": "application",
                    "bom-ref": "teller",
                    "name": "teller",
                    "version": "7.1",
                    "purl": PRODUCT,
                },
            },
            "components": [{"type": "library", "bom-ref": "inner", "name": "inner", "purl": INNER}],
            **more,
        }
    ).encode()


def of_product(product: str) -> bytes:
    """Let Acme say that its product does not run the component's weak code."""
    return json.dumps(
        {
            "@context": "https://openvex.dev/ns/v0.2.0",
            "@id": f"https://acme.example/vex/{product[-3:]}",
            "author": "Acme",
            "timestamp": "2026-08-01T00:00:00Z",
            "version": 1,
            "statements": [
                {
                    "vulnerability": {"name": NAME},
                    "products": [{"@id": product, "subcomponents": [{"@id": INNER}]}],
                    "status": "not_affected",
                    "justification": "vulnerable_code_not_in_execute_path",
                }
            ],
        }
    ).encode()


def trusted(node: Node) -> None:
    """Let two people trust Acme."""
    wanted = TrustProposed(author="Acme", why="contract", expires=NOW.date() + timedelta(days=90))
    number = VexDesk(node, actor="陳美", estate_id=BANK).trust(wanted)
    VexDesk(node, actor="李大華", estate_id=BANK).approve(number)


def status(node: Node) -> str:
    """Give the status of the one finding."""
    (found,) = findings(node, filters=FindingFilters(state=State.ALL)).items
    assert found.vulnerability == NAME
    return str(found.status)


def test_a_statement_on_the_product_counts_for_the_component_within_it(node: Node) -> None:
    # Given the product's bill, and a supplier two people trust
    ingest(node, bill(), system=SYSTEMS[0])
    trusted(node)
    assert status(node) == "affected"
    # When it speaks of another release of the product, then nothing changes
    receive(node, of_product("pkg:generic/acme/teller@6.0"), actor="陳美", estate_id=BANK)
    assert status(node) == "affected"
    # When it speaks of this one, then it counts
    receive(node, of_product(PRODUCT), actor="陳美", estate_id=BANK)
    assert status(node) == "not_affected"


def test_what_a_bill_says_of_itself_is_received_and_counts_once_trusted(node: Node) -> None:
    # Given a bill that carries a statement
    said = {
        "id": NAME,
        "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
        "affects": [{"ref": "inner"}],
    }
    got = ingest(node, bill(vulnerabilities=[said]), system=SYSTEMS[0], actor="陳美")
    # Then it was received, and decides nothing yet
    assert got.states
    assert [each.body.sha256 for each in received(node, BANK)] == [got.digest]
    assert status(node) == "affected"
    # When its author is trusted, then it counts
    trusted(node)
    assert status(node) == "not_affected"
    # And delivered again, it is not received twice
    ingest(node, bill(vulnerabilities=[said]), system=SYSTEMS[0], actor="陳美")
    assert len(received(node, BANK)) == 1

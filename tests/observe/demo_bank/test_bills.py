"""The demo bank's bills are the same every day, and as poor in places as bills are in life."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from panshi.errors import ContentError
from panshi.model.bodies.software import SbomDocument
from panshi.model.estate import Estate
from panshi.observe.cyclonedx import CycloneDx
from panshi.observe.demo_bank import demo_estate, demo_files, read_plan
from panshi.observe.demo_bank.bills import BillsPlan, DemoBill, demo_bills, read_bills_plan
from panshi.observe.port import Look
from panshi.observe.spdx import Spdx
from panshi.store import library

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan() -> BillsPlan:
    return read_bills_plan(library.demo("supply_chain.yaml")[1])


@pytest.fixture(scope="module")
def estate() -> Estate:
    return demo_estate(read_plan(*demo_files()), NOW)


@pytest.fixture(scope="module")
def bills(plan: BillsPlan, estate: Estate) -> tuple[DemoBill, ...]:
    return demo_bills(plan, estate, NOW)


def newest(bills: tuple[DemoBill, ...], name: str) -> str:
    return [each for each in bills if each.system == f"system:{name}"][-1].document.decode()


def test_the_same_day_gives_the_same_documents(
    plan: BillsPlan, estate: Estate, bills: tuple[DemoBill, ...]
) -> None:
    # Given the plan and the estate, when the bills are made again
    again = demo_bills(plan, estate, NOW)
    # Then every byte is the same, and there are about three hundred
    assert again == bills
    assert 280 <= len(bills) <= 320
    assert [each.received for each in bills] == sorted(each.received for each in bills)


def test_some_systems_never_sent_a_bill(plan: BillsPlan, bills: tuple[DemoBill, ...]) -> None:
    # Given systems of which no bill ever came, when looked for, then there is none
    silent = {f"system:{each}" for each in plan.never}
    assert silent
    assert not silent & {each.system for each in bills}


def test_a_hotfix_carries_the_fixed_version(bills: tuple[DemoBill, ...]) -> None:
    # Given the hotfix of the log library, when the newest bill of a fixed and of another system
    # is read, then only the fixed one has the new version
    assert "2.24.3" in newest(bills, "core-deposit")
    assert "2.24.3" not in newest(bills, "corp-portal")


def test_dirt_is_what_the_plan_says(bills: tuple[DemoBill, ...]) -> None:
    # Given documents of poor make, when read, then their faults are in them
    assert "(devel)" in newest(bills, "data-stream")
    assert "@NA" in newest(bills, "pay-bill")
    assert "pkg:/%%" in newest(bills, "sec-cmdb")


def test_every_document_is_read(bills: tuple[DemoBill, ...], tmp_path: Path) -> None:
    # Given every newest document
    by_system = {each.system: each for each in bills}
    for each in by_system.values():
        path = tmp_path / "bill.json"
        path.write_bytes(each.document)
        spdx = b'"spdxVersion"' in each.document
        look = Look(path=path, subject=each.system, now=NOW)
        # When an observer reads it
        (seen,) = (Spdx() if spdx else CycloneDx()).observe(look)
        # Then it lists components, and those without a name are reported
        assert isinstance(seen.body, SbomDocument)
        assert seen.body.component_count > 20
        assert bool(seen.body.skipped) == (each.system == "system:risk-complaint")


def test_a_line_of_the_wrong_shape_is_refused(plan: BillsPlan, estate: Estate) -> None:
    # Given a plan with a component of two columns
    broken = msgspec.structs.replace(plan, stacks={"java": {"maven": ("a:b | 1.0",)}})
    # When bills are made of it, then the plan is named
    with pytest.raises(ContentError, match="2 columns"):
        demo_bills(broken, estate, NOW)

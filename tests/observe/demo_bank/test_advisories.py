"""Advisories of the demo say of themselves that they are fictional."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from panshi.errors import ContentError
from panshi.observe.demo_bank.advisories import (
    AdvisoriesPlan,
    demo_advisories,
    identity,
    read_advisories_plan,
)
from panshi.store import library

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan() -> AdvisoriesPlan:
    return read_advisories_plan(library.demo("supply_chain_advisories.yaml")[1])


def test_none_can_be_taken_for_a_real_one(plan: AdvisoriesPlan) -> None:
    # Given the advisories of the demo, when read
    for _at, each in demo_advisories(plan, NOW).advisories:
        # Then each says that it is fictional, in its id and in its first words
        assert each.id.startswith("DEMO-2026-")
        assert not each.aliases
        assert each.summary.startswith("示範公告（虛構）")


def test_one_is_withdrawn_and_two_are_exploited(plan: AdvisoriesPlan) -> None:
    # Given the advisories of the demo
    made = demo_advisories(plan, NOW)
    # When the newest record of each is taken
    newest = {each.id: each for _at, each in made.advisories}
    # Then one is withdrawn, and two are said to be exploited
    assert [each.id for each in newest.values() if each.withdrawn] == [identity(61)]
    assert len(made.exploited) == 2
    assert {each.cve for _at, each in made.exploited} <= set(newest)


def test_what_jumps_was_low_before(plan: AdvisoriesPlan) -> None:
    # Given the scores of both days, when compared, then the log library has jumped
    made = demo_advisories(plan, NOW)
    assert made.epss_before[identity(1)][0] < 0.2 < made.epss[identity(1)][0]
    assert all(0 < score <= 1 and 0 <= rank <= 1 for score, rank in made.epss.values())


def test_a_bound_of_another_form_is_refused(plan: AdvisoriesPlan) -> None:
    # Given a line whose bound is none
    broken = msgspec.structs.replace(
        plan, advisories=("1 | 2 | low | 20 | 0.1 | PyPI django =4.2",)
    )
    # When read, then it is refused with its place
    with pytest.raises(ContentError, match="no bound"):
        demo_advisories(broken, NOW)

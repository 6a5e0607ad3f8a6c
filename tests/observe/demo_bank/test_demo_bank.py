"""The demo bank: the size the design asks for, the trouble it must contain, the same every time."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from panshi.errors import ContentError
from panshi.model.asset import AssetKind
from panshi.model.attributes import check_attributes
from panshi.model.observation import Outcome
from panshi.observe.demo_bank import (
    DemoPlan,
    demo_estate,
    demo_files,
    demo_observations,
    read_plan,
)

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def plan() -> DemoPlan:
    return read_plan(*demo_files())


def test_the_estate_has_the_size_of_a_mid_size_bank(plan: DemoPlan) -> None:
    # Given the plan, when it is expanded, then it is about as large as the design says.
    estate = demo_estate(plan, NOW)
    counts = Counter(asset.kind for asset in estate.assets)
    assert counts[AssetKind.SYSTEM] == 120
    assert 850 <= counts[AssetKind.HOST] <= 950
    assert counts[AssetKind.SUPPLIER] == 60
    assert counts[AssetKind.ENDPOINT] == 400
    assert counts[AssetKind.SITE] == 6
    assert estate.demo


def test_every_attribute_fits_its_schema(plan: DemoPlan) -> None:
    problems = [
        (asset.id, problem)
        for asset in demo_estate(plan, NOW).assets
        for problem in check_attributes(asset)
    ]
    assert problems == []


def test_the_same_plan_gives_the_same_bank(plan: DemoPlan) -> None:
    estate = demo_estate(plan, NOW)
    assert estate == demo_estate(plan, NOW)
    first = list(demo_observations(plan, estate, NOW, {}))
    assert first == list(demo_observations(plan, estate, NOW, {}))


def test_every_observation_is_labelled_demo_and_known_to_the_estate(plan: DemoPlan) -> None:
    estate = demo_estate(plan, NOW)
    for received_at, batch in demo_observations(plan, estate, NOW, {}):
        for observation in batch:
            assert "示範" in observation.collector
            assert estate.resolve(observation.subject) is not None
            assert observation.observed_at <= received_at


def test_the_bank_has_real_trouble(plan: DemoPlan) -> None:
    # Given all observations, then a drill failed, an incident stands, looks failed, an approval of
    # an earlier version is on record and the bank's own front door lost its hybrid key exchange.
    estate = demo_estate(plan, NOW)
    seen = [each for _at, batch in demo_observations(plan, estate, NOW, {}) for each in batch]
    by_kind: dict[str, list[object]] = {}
    for each in seen:
        by_kind.setdefault(each.kind, []).append(each.body)
    assert any(not getattr(body, "passed", True) for body in by_kind["backup.restore_drill/1"])
    assert any(not getattr(body, "passed", True) for body in by_kind["incident.finding/1"])
    assert by_kind["record.exception/1"]
    assert any(each.outcome is Outcome.UNREACHABLE for each in seen)
    front = [e for e in seen if e.subject == "endpoint:dig-ibank.demo-bank.example:443"]
    assert [getattr(e.body, "hybrid_key_exchange", None) for e in front][-1] is False


def test_a_plan_with_an_unknown_word_is_refused() -> None:
    bank, _streams = demo_files()
    with pytest.raises(ContentError, match=r"demo/observations\.yaml"):
        read_plan(bank, b"streams: []\nsurprise: 1\n")

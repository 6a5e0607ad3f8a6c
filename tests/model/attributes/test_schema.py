"""Attribute schemas: closed names, exact types, and a reading that no notation can mislead."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.attributes import (
    ATTRIBUTES,
    AttributeType,
    check_attributes,
    parse,
    problem_of,
    text_problem,
    written,
)


def _host(**attributes: object) -> Asset:
    return Asset(
        id=AssetId("host:a"),
        kind=AssetKind.HOST,
        name="甲",
        attributes=attributes,  # type: ignore[arg-type]
    )


def test_every_kind_has_a_schema_with_unique_bilingual_labels() -> None:
    for kind in AssetKind:
        attributes = ATTRIBUTES[kind].values()
        # Then nobody has to guess which column a label stands for, in either language
        assert len({a.zh for a in attributes}) == len(attributes)
        assert len({a.en for a in attributes}) == len(attributes)
        assert "fields" in ATTRIBUTES[kind]


def test_no_label_of_a_choice_is_the_value_of_another() -> None:
    # Given that a file may say a value or either label of it
    for schema in ATTRIBUTES.values():
        for attribute in schema.values():
            for choice in attribute.choices:
                others = [c for c in attribute.choices if c is not choice]
                names = {choice.value, choice.zh, choice.en}
                # Then no name stands for two values
                assert all(names.isdisjoint({c.value, c.zh, c.en}) for c in others)


def test_a_misspelt_attribute_is_refused_with_the_allowed_names() -> None:
    (problem,) = check_attributes(_host(cluod=True))
    assert problem.name == "cluod"
    assert problem.remedy.startswith("did you mean cloud?")
    assert "internet_facing" in problem.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cloud", "true"),
        ("cloud", 1),
        ("os", 12),
        ("os", ""),
        ("os", " Linux"),
        ("os", "a\x00b"),
        ("os", "a\ud800b"),
        ("os", "a\nb"),
        ("environment", "prod"),
        ("fields", "remote_work"),
        ("fields", ("remote_work", "moon")),
        ("support_ends", "2026-09-30"),
        ("support_ends", datetime(2026, 9, 30)),  # noqa: DTZ001 (a naive time is the point)
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: object) -> None:
    (problem,) = check_attributes(_host(**{name: value}))
    assert problem.name == name


def test_numbers_stay_in_range_and_finite() -> None:
    port = ATTRIBUTES[AssetKind.ENDPOINT]["port"]
    latitude = ATTRIBUTES[AssetKind.SITE]["latitude"]
    assert problem_of(port, 443) is None
    for wrong in (0, 65536, True, 443.0, 10**16):
        assert problem_of(port, wrong) is not None
    assert problem_of(latitude, 25) is None
    for unreal in (90.5, float("nan"), float("inf")):
        assert problem_of(latitude, unreal) is not None


def test_what_silence_would_drop_from_a_population_is_required() -> None:
    # Given an account whose privilege nobody stated
    account = Asset(id=AssetId("account:a"), kind=AssetKind.ACCOUNT, name="a")
    # Then it may not enter, since "privileged accounts" would quietly lack it
    (problem,) = check_attributes(account)
    assert problem.name == "privileged"


def test_a_country_is_never_taken_for_a_truth_value() -> None:
    assert parse(ATTRIBUTES[AssetKind.SITE]["country"], "NO") == "NO"
    assert parse(ATTRIBUTES[AssetKind.SOFTWARE]["version"], "1.10") == "1.10"


def test_labels_are_read_as_their_values() -> None:
    environment = ATTRIBUTES[AssetKind.HOST]["environment"]
    assert parse(environment, "正式環境") == "production"
    assert parse(environment, "Production") == "production"
    with pytest.raises(BadInputError, match="not one of"):
        parse(environment, "prod")


@pytest.mark.parametrize("text", ["1_000", "٣", "1e3", "0x10", "", "--1", "9" * 5000])
def test_a_whole_number_is_digits_only(text: str) -> None:
    with pytest.raises(BadInputError):
        parse(ATTRIBUTES[AssetKind.ENDPOINT]["port"], text)


@pytest.mark.parametrize("text", ["20260930", "2026-W40-3", "30.9.2026", "2026-02-30"])
def test_a_day_has_one_notation(text: str) -> None:
    with pytest.raises(BadInputError):
        parse(ATTRIBUTES[AssetKind.CONTRACT]["expires"], text)


_VALUES: dict[AttributeType, st.SearchStrategy[object]] = {
    AttributeType.TEXT: st.text(min_size=1).filter(lambda t: not text_problem(t)),
    AttributeType.WHOLE: st.integers(-(10**15), 10**15),
    AttributeType.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    AttributeType.YES_NO: st.booleans(),
    AttributeType.DAY: st.dates(),
}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_written_is_read_the_same(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(AssetKind))
    attribute = data.draw(
        st.sampled_from([a for a in ATTRIBUTES[kind].values() if a.type in _VALUES])
    )
    drawn = st.sampled_from(attribute.values) if attribute.choices else _VALUES[attribute.type]
    value = data.draw(drawn)
    assert isinstance(value, str | int | float | bool | date)
    # When it goes through its written form, then it is the same value of the same type
    again = parse(attribute, written(value))
    assert again == value
    assert type(again) is type(value)


@settings(deadline=None)
@given(st.sampled_from(AssetKind), st.text())
def test_reading_any_text_ends_in_a_value_that_fits_or_in_a_problem(
    kind: AssetKind, text: str
) -> None:
    for attribute in ATTRIBUTES[kind].values():
        try:
            value = parse(attribute, text)
        except BadInputError:
            continue
        found = problem_of(attribute, value)
        assert found is None or text_problem(text.strip()) or "range" in found.problem

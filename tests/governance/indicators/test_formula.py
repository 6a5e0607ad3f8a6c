"""The language of formulas is closed: one verb, known fields, nothing evaluated."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import ContentError, PanshiError
from panshi.governance.indicators.formula import (
    ControlsMet,
    Ground,
    QuantileOf,
    canonical,
    formula_from_text,
)


def read(text):
    return formula_from_text(text, source="here")


def test_a_formula_is_read_from_yaml_and_json_alike():
    made = read("{met: any, of: {framework: zt36, stages: [1, 2]}}")
    assert isinstance(made, ControlsMet)
    assert made.ground is Ground.ANY
    assert made.of.stages == (1, 2)
    text = canonical("{of: {stages: [1, 2], framework: zt36}, met: any}", source="here")
    assert text == '{"met": "any", "of": {"framework": "zt36", "stages": [1, 2]}}'
    assert read(text) == made
    assert canonical(text, source="here") == text


def test_a_quantile_names_a_field_of_its_kind():
    made = read("{quantile: 950, looks: {kind: device.posture/1}, field: patch_age_days}")
    assert isinstance(made, QuantileOf)
    with pytest.raises(ContentError, match="no field 'age'"):
        read("{quantile: 950, looks: {kind: device.posture/1}, field: age}")


@pytest.mark.parametrize(
    "text",
    [
        "met: any",
        "{met: any, mean: gap, of: {framework: zt36}}",
        "{met: some, of: {framework: zt36}}",
        "{quantile: 1001, looks: {kind: device.posture/1}, field: patch_age_days}",
        "{share: passing, looks: {kind: no.such/1}, passes: {field: a, is: true}}",
        "{share: failing, looks: {kind: device.posture/1}, passes: {field: managed, is: true}}",
        "{stage: zt36, of: {framework: zt36}}",
        "{count: __import__('os')}",
        "__import__('os').system('true')",
        "!!python/object/apply:os.system [true]",
        "",
        "[]",
        "{met: any, of: {framework: zt36, controls: [2.10]}}",
    ],
)
def test_whatever_is_not_in_the_language_is_refused(text):
    with pytest.raises(PanshiError):
        read(canonical(text, source="here"))


@given(st.text(max_size=60))
def test_arbitrary_text_is_read_or_refused_never_more(text):
    with suppress(PanshiError):
        assert read(text) == read(canonical(text, source="here"))

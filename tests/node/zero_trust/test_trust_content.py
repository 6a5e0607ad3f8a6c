"""The trust model that ships is whole, and a faulty one is refused by line."""

import pytest

from panshi.errors import ContentError
from panshi.node.zero_trust.trust_content import load_trust_model, trust_model
from panshi.protection.zero_trust.trust.signal import SIGN_IN_GRADES
from panshi.store import library

TEXT = library.zero_trust("trust.yaml")[1].decode()


def test_every_kind_can_speak_for_and_against_and_says_why():
    for family in trust_model().families.values():
        weights = [grade.weight for grade in family.grades.values()] or [
            family.lowest,
            family.highest,
        ]
        assert min(weights) < 0 < max(weights), family.id
        assert family.why_zh.endswith("。"), family.id
        assert family.cites, family.id
        for text in (family.title_zh, *(each.title_zh for each in family.grades.values())):
            assert any(ord(letter) > 0x2E80 for letter in text), text


def test_unfavourable_grades_weigh_more_than_favourable_ones():
    for family in trust_model().families.values():
        lowest = min([family.lowest, *(each.weight for each in family.grades.values())])
        highest = max([family.highest, *(each.weight for each in family.grades.values())])
        assert -lowest > highest, family.id


def test_every_level_of_assurance_has_its_grade():
    grades = trust_model().families["authenticator"].grades

    weights = [grades[SIGN_IN_GRADES[level]].weight for level in (1, 2, 3, 4)]
    assert weights == sorted(weights)


def test_levels_have_names_all_the_way_down():
    names = [trust_model().level_name(level)[1] for level in (100, 70, 69, 50, 20, 19, 0)]

    assert names == ["high", "high", "sufficient", "sufficient", "low", "none", "none"]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("weight: 1.6", "weight: 99", "weight 99"),
        ("weight: 1.6", "weight: .inf", "plainly"),
        ("fresh_for_s: 43200", "fresh_for_s: 0", "never age"),
        ("fresh_for_s: 43200", "fresh_for_s: -1", "a time of"),
        ("about: session", "about: planet", "unknown word"),
        ("mimicry: 0.25", "mimicry: 0", "share"),
        ("smoothing: 8.0", "smoothing: 0", "sign-ins"),
        ("least: 70", "least: 40", "fall to 0"),
        ("id: device.compliance", "id: authenticator", "twice"),
        ("id: aal3", "id: withdrawn", "taken"),
        ("ratio: {lowest: -3.0, highest: 1.2}", "ratio: {lowest: 1.0, highest: 2.0}", "both ways"),
        ("required: true", "required: maybe", "neither"),
        ("missed_beats: 3", "missed_beats: 0", "out of range"),
        ("recovers_s: 0", "recovery: 0", "unknown key"),
    ],
)
def test_a_faulty_model_is_refused_with_its_line(before, after, problem):
    assert before in TEXT

    with pytest.raises(ContentError, match=problem) as found:
        load_trust_model(TEXT.replace(before, after, 1).encode(), source="trust.yaml")

    assert found.value.place.startswith("trust.yaml:")

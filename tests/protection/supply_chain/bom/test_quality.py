"""Shares are of all components, unreadable ones too, and each tells what lacks."""

import pytest

from panshi.model.supply_chain.bom import BomComponent, BomHead
from panshi.protection.supply_chain.bom.criteria import CRITERIA, Element, Profile
from panshi.protection.supply_chain.bom.quality import EXAMPLES, Tally

FULL = BomComponent(
    name="a",
    version="1",
    purl="pkg:npm/a@1",
    ref="a",
    type="library",
    supplier="A",
    licence="MIT",
    hashes=(("SHA-512", "0"),),
    place="/components/0",
)
HEAD = BomHead(
    format="CycloneDX",
    spec_version="1.6",
    created="2026-03-01T00:00:00Z",
    authors=("Ana",),
    dependencies=(("a", ()),),
)


def judged(*parts, head=HEAD, unreadable=0):
    tally = Tally()
    for each in parts:
        tally.add(each)
    return tally.judged(head, unreadable=unreadable)


def measure(quality, element, profile=Profile.NTIA):
    [found] = [
        each for each in quality.measures if (each.element, each.profile) == (element, profile)
    ]
    return found


def test_a_full_document_meets_every_criterion():
    quality = judged(FULL)

    assert all(each.share == 1 for each in quality.measures)
    assert [(each.score, each.complete, each.weakest) for each in quality.profiles] == [
        (1.0, True, ""),
        (1.0, True, ""),
    ]


def test_what_lacks_is_counted_and_shown_with_its_places():
    bare = [BomComponent(name="b", type="library", place=f"/components/{n}") for n in range(1, 10)]

    quality = judged(FULL, *bare)

    version = measure(quality, Element.VERSION)
    assert (version.met, version.of, version.share) == (1, 10, pytest.approx(0.1))
    assert version.lacking == tuple(f"/components/{n}" for n in range(1, EXAMPLES + 1))
    assert measure(quality, Element.RELATIONSHIP).met == 1
    assert measure(quality, Element.NAME).share == 1
    ntia = quality.profiles[0]
    assert ntia.score == pytest.approx((4 * 0.1 + 3) / 7)
    assert not ntia.complete


def test_components_that_could_not_be_read_say_nothing():
    version = measure(judged(FULL, unreadable=3), Element.VERSION)

    assert (version.met, version.of) == (1, 4)


def test_files_and_data_need_no_version_yet_stand_in_the_dependencies():
    file = BomComponent(name="f", type="file", ref="f", place="/components/1")

    quality = judged(FULL, file)

    assert measure(quality, Element.VERSION).of == 1
    relation = measure(quality, Element.RELATIONSHIP)
    assert (relation.met, relation.of, relation.lacking) == (1, 2, ("/components/1",))


def test_an_empty_document_has_no_share_of_components_and_is_not_complete_by_that():
    quality = judged(head=BomHead(format="SPDX", spec_version="2.3"))

    assert measure(quality, Element.VERSION).share is None
    assert measure(quality, Element.AUTHOR).share == 0
    assert measure(quality, Element.FORM, Profile.BSI).share == 0
    assert [each.complete for each in quality.profiles] == [False, False]


@pytest.mark.parametrize(
    ("form", "version", "recent"),
    [
        ("CycloneDX", "1.5", False),
        ("CycloneDX", "1.6", True),
        ("SPDX", "2.3", False),
        ("SPDX", "3.0.1", True),
        ("Other", "9", False),
    ],
)
def test_a_form_is_recent_from_the_version_bsi_names(form, version, recent):
    head = HEAD._replace(format=form, spec_version=version)

    assert bool(measure(judged(FULL, head=head), Element.FORM, Profile.BSI).met) is recent


def test_each_profile_names_an_element_once_in_both_languages():
    keys = [(each.profile, each.element) for each in CRITERIA]

    assert len(keys) == len(set(keys)) == 17
    assert all(each.zh and each.en and each.reference for each in CRITERIA)

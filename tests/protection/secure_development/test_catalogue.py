"""The catalogue: whole, consistent, in our own words, and refused where it is not."""

import re
from pathlib import Path

import pytest

from panshi.errors import ContentError
from panshi.protection.secure_development.catalogue import load

CONTENT = Path(__file__).parents[3] / "src" / "panshi" / "content" / "secure_development"
RAW = {name: (CONTENT / f"{name}.yaml").read_bytes() for name in ("facts", "ssdf", "samm", "asvs")}
SHIPPED = load(**RAW)


def test_every_practice_activity_and_requirement_is_there_once():
    ssdf = [each.id for each in SHIPPED.ssdf.practices]
    samm = [each.id for each in SHIPPED.samm.practices]

    assert (len(set(ssdf)), len(SHIPPED.ssdf.groups)) == (len(ssdf), 19)
    assert len(ssdf) == 42
    assert len(set(samm)) == len(samm) == 15 * 2 * 3
    assert {each.level for each in SHIPPED.samm.practices} == {1, 2, 3}
    assert len(SHIPPED.requirements) == 345
    assert len(SHIPPED.asvs.chapters) == 17


def test_every_fact_is_used_and_says_how_it_is_had():
    used = {
        f for file in (SHIPPED.ssdf, SHIPPED.samm) for each in file.practices for f in each.facts
    }

    assert set(SHIPPED.facts) - used == {"coverage_known", "coverage_high"}
    assert all(each.get.zh and each.get.en and each.effort > 0 for each in SHIPPED.facts.values())


def test_chinese_is_chinese_and_english_is_english():
    for file in (SHIPPED.ssdf, SHIPPED.samm):
        for each in (*file.practices, *file.groups):
            assert re.search(r"[\u4e00-\u9fff]", each.zh), each.id
            assert each.en.isascii(), each.id
            assert not re.search(r"[,;:()]", each.zh), each.id


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("ssdf", b"facts: [threat_model]", b"facts: [nonsense]", "no fact 'nonsense'"),
        ("ssdf", b"in: PO.1,", b"in: PO.99,", "no group 'PO.99'"),
        ("facts", b"field: errors", b"field: erors", "no field 'erors'"),
        ("facts", b"sarif.run/1", b"sarif.walk/1", "no observation"),
        ("facts", b"at_least: 0.95},", b"is: true, at_least: 1},", "compares 2 times"),
        ("asvs", b"framework: asvs", b"fremework: asvs", "asvs.yaml|unknown field"),
        ("samm", b"groups:", b"groups: [", "samm.yaml|expected"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(name, old, new, problem):
    assert old in RAW[name]

    with pytest.raises(ContentError, match=problem):
        load(**RAW | {name: RAW[name].replace(old, new, 1)})

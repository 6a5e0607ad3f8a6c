"""The offices that ship read, and files that break the rules are refused with their line."""

import pytest

from panshi.errors import ContentError, MissingError
from panshi.governance.accountability.office import load_offices
from panshi.store import library

GOOD = """
offices:
  - {id: ciso, title: {zh: 資安長, en: CISO}, references: [BP-02], rank_at_least: high}
  - {id: chair, title: {zh: 董事長, en: Chair}, references: [BP-01]}
ranks: [{id: low, title: {zh: 低, en: low}}, {id: high, title: {zh: 高, en: high}}]
signers: {default: [[ciso], [chair]]}
"""


def test_the_shipped_offices_name_those_the_rules_name():
    name, raw = library.offices()
    offices = load_offices(raw, source=name)
    assert {"board_chair", "board_member", "risk_committee", "ciso", "chief_auditor"} <= set(
        offices.offices
    )
    assert offices.office("ciso").rank_at_least == "vice_president"
    assert offices.height("vice_president") > offices.height("manager")
    assert len(offices.signers_of("securities")) == 4
    assert offices.signers_of("bank") == offices.signers_of("default")
    with pytest.raises(MissingError, match="janitor"):
        offices.office("janitor")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (GOOD.replace("rank_at_least: high", "rank_at_least: top"), "unknown rank 'top'"),
        (GOOD.replace("[[ciso], [chair]]", "[[ciso, chair]]"), "one person cannot sign alone"),
        (GOOD.replace("[[ciso], [chair]]", "[[ciso], [cook]]"), "unknown office 'cook'"),
        (GOOD.replace("id: chair", "id: ciso"), "occurs twice"),
        (GOOD.replace("rank_at_least: high", "reports_to: [cook]"), "unknown office 'cook'"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(broken, told):
    load_offices(GOOD.encode(), source="offices.yaml")
    with pytest.raises(ContentError, match=told) as refused:
        load_offices(broken.encode(), source="offices.yaml")
    assert refused.value.place.startswith("offices.yaml:")

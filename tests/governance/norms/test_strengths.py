"""Modal verbs in both languages."""

import pytest

from panshi.governance.norms.clauses import Clause
from panshi.governance.norms.strengths import Force, force, strength_of
from panshi.model.control import Strength


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("應留存紀錄", Strength.MUST),
        ("不得存取客戶資料", Strength.MUST_NOT),
        ("宜定期檢視", Strength.SHOULD),
        ("得委託第三人查核", Strength.MAY),
        ("應用程式與因應措施", Strength.NONE),
        ("The entity shall keep records.", Strength.MUST),
        ("Data must not leave the country.", Strength.MUST_NOT),
        ("Logs should be reviewed.", Strength.SHOULD),
        ("The entity may appoint an auditor.", Strength.MAY),
        ("Records are kept.", Strength.NONE),
    ],
)
def test_the_strongest_verb_decides(text, expected):
    assert strength_of(text) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Strength.MUST, Strength.MUST, Force.SAME),
        (Strength.MUST, Strength.SHOULD, Force.FIRST_STRONGER),
        (Strength.MAY, Strength.MUST_NOT, Force.SECOND_STRONGER),
        (Strength.MUST, Strength.MUST_NOT, Force.OPPOSED),
        (Strength.NONE, Strength.MUST, Force.UNKNOWN),
        (Strength.NONE, Strength.NONE, Force.SAME),
    ],
)
def test_strengths_are_set_side_by_side(one, other, expected):
    assert force(Clause(id="a", strength=one), Clause(id="b", strength=other)) is expected

"""Why two clauses were put together."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.norms.clauses import Clause
from panshi.governance.norms.reasons import grounds
from panshi.node.library import Library

GLOSSARY = Library().glossary


def test_common_runs_and_words_are_named():
    one = Clause(id="1", text=("電子交易的傳輸加密", "Trading messages are encrypted."))
    other = Clause(id="2", text=("雲端傳輸加密與金鑰管理", "Encryption of cloud messages."))
    found = grounds(one, other, GLOSSARY)
    assert "傳輸加密" in found.terms
    assert {"encrypted", "messages"} <= set(found.terms)
    assert ("傳輸加密", "in transit") in found.concepts


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_shared_run_stands_in_both(one, other):
    found = grounds(Clause(id="1", text=(one, "")), Clause(id="2", text=(other, "")), GLOSSARY)
    for term in found.terms:
        assert len(term) >= 1

"""Trees are solved in a process of their own: bounded, and never without an answer."""

import subprocess
import sys

import pytest

from panshi.errors import PanshiError
from panshi.model.resilience.fault_tree import Connective, Definition, assembled
from panshi.node.resilience import cut_sets
from panshi.node.resilience.cut_sets import solved, solved_file
from panshi.resilience.faults.solution import TooLargeError, Wishes

TWO_LINES = """<opsa-mef><define-fault-tree name="branch">
<define-gate name="closed"><or><basic-event name="power"/><gate name="lines"/></or></define-gate>
<define-gate name="lines"><and><basic-event name="a"/><basic-event name="b"/></and></define-gate>
<define-basic-event name="power"><float value="0.001"/></define-basic-event>
<define-basic-event name="a"><float value="0.01"/></define-basic-event>
<define-basic-event name="b"><float value="0.02"/></define-basic-event>
</define-fault-tree></opsa-mef>"""


def tangled(events=60, gates=400):
    """A tree of many three-way majorities over far-apart inputs: no order of events is good."""
    chances = {f"e{number}": 0.3 for number in range(events)}
    names = list(chances)
    definitions = {}
    for number in range(gates):
        picked = dict.fromkeys(
            names[(number * step + offset) % len(names)]
            for step, offset in ((7, 0), (31, 11), (53, 29))
        )
        definitions[f"g{number}"] = Definition(
            connective=Connective.AT_LEAST, inputs=tuple(picked), least=min(2, len(picked))
        )
        names.append(f"g{number}")
    unused = set(definitions) - {each for gate in definitions.values() for each in gate.inputs}
    definitions["top"] = Definition(connective=Connective.AND, inputs=tuple(sorted(unused)))
    return assembled("top", definitions, chances)


def test_a_file_is_solved(tmp_path):
    path = tmp_path / "branch.xml"
    path.write_text(TWO_LINES)
    found = solved_file(path, wishes=Wishes())
    assert (found.top, found.minimal_cut_sets, found.single_points) == ("closed", 2, ("power",))
    assert found.probability == pytest.approx(1 - 0.999 * (1 - 0.0002))


@pytest.mark.slow
def test_a_tree_beyond_its_memory_is_refused_with_what_to_do():
    with pytest.raises(TooLargeError) as refused:
        solved(tangled(), Wishes(memory_mib=64))
    assert "64 MiB" in refused.value.problem
    assert "order" in refused.value.remedy


@pytest.mark.slow
def test_a_tree_beyond_its_time_is_refused():
    with pytest.raises(TooLargeError, match="within 1 s"):
        solved(tangled(events=90, gates=900), Wishes(seconds=1))


def test_a_child_that_dies_is_no_answer(monkeypatch):
    monkeypatch.setattr(cut_sets, "_CHILD", "panshi.no_such_module")
    with pytest.raises(PanshiError, match="ended with 1"):
        solved(tangled(events=5, gates=2), Wishes())


def test_the_parent_loads_no_compiler():
    # Given a fresh interpreter that imports what the command line and the API import
    code = "import sys, panshi.node.resilience.cut_sets; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

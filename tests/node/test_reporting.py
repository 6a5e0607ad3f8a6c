"""The reports of the demo bank: whole, short, in good Chinese, and equal to what others tell."""

import re
import shutil
from itertools import product

import pytest

from panshi.node import exceptions, indicators, planning
from panshi.node.decisions import decisions
from panshi.node.demo import DEMO_BANK
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.reporting import Asking, Form, Report, compose, rendered
from panshi.node.supply_chain.standing import board_sentence
from panshi.report.paper.document import Answer, Gantt, Paragraph, Points, Table
from panshi.report.paper.figures import shown

pytestmark = pytest.mark.slow

HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?()][\u4e00-\u9fff]?")
"A half-width mark after a Chinese character."


@pytest.fixture(scope="module")
def node(demo_home, tmp_path_factory):
    home = tmp_path_factory.mktemp("reporting") / "demo"
    shutil.copytree(demo_home, home)
    with Node.open(Home(path=home)) as opened:
        yield opened


def composed(node, report, *, chinese):
    return compose(node, Asking(report=report, chinese=chinese, estate=DEMO_BANK))


def texts(document):
    for section in document.sections:
        yield from (section.title, section.lead)
        for block in section.blocks:
            match block:
                case Paragraph():
                    yield block.text
                case Answer():
                    yield from (block.sentence, block.word)
                case Points():
                    yield from (text for text, _ref in block.points)
                case Table():
                    yield from (column.title for column in block.columns)
                    yield from (shown(cell) for row in block.rows for cell in row)


@pytest.mark.parametrize(("report", "chinese"), list(product(Report, (True, False))))
def test_every_report_is_written_in_both_languages_and_every_form(node, report, chinese):
    document = composed(node, report, chinese=chinese)
    pdf = rendered(document, Form.PDF)
    assert pdf.content == rendered(document, Form.PDF).content
    assert pdf.pages <= (8 if report in {Report.BOARD, Report.STATEMENT} else 12)
    for form in (Form.DOCX, Form.XLSX, Form.JSON):
        made = rendered(document, form)
        assert made.content == rendered(document, form).content
    # And nobody types half-width marks into Chinese
    if chinese:
        wrong = [text for text in texts(document) if HALF_WIDTH.search(text)]
        assert wrong == []


def test_the_board_pack_tells_what_the_registers_tell(node):
    document = composed(node, Report.BOARD, chinese=False)
    blocks = {
        block.id: block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table | Gantt)
    }

    # The path, its cost and its projects are the planner's
    plan = planning.plan(node, "zt36", "", DEMO_BANK)
    assert plan.reachable
    assert {task.ref for task in blocks["gantt"].tasks} == {step.id for step in plan.projects}
    assert sum(task.value.twd for task in blocks["gantt"].tasks) == plan.cost

    # The exceptions are the register's, with and without
    register = exceptions.register(node, DEMO_BANK)
    told = {shown(row[0]) for row in blocks["exceptions"].rows}
    assert {each.number for each in (*register.live, *register.waiting)} <= told
    effect = register.effect("zt36")
    assert shown(blocks["effects"].rows[0][3]) == str(effect.met)
    assert shown(blocks["effects"].rows[0][4]) == str(effect.met_without_exceptions)

    # The indicators are the ones measured, and the decisions those of the home page
    assert len(blocks["indicators"].rows) == len(indicators.measured(node, DEMO_BANK).values)
    assert len(blocks["decisions"].rows) == len(decisions(node, DEMO_BANK))


def test_the_quarterly_return_holds_the_frozen_values(node):
    # Given the newest frozen quarter
    document = composed(node, Report.QUARTERLY, chinese=True)
    table = next(each for each in document.tables if each.id == "indicators")
    frozen = indicators.snapshots(node, DEMO_BANK)[-1].newest

    # Then each of its values is the one of the return
    values = {each.indicator: each.value for each in frozen.body.values}
    for row in table.rows:
        value = values[row[0].id]
        cell = row[2].value
        assert (cell is None) == (value is None)
        assert cell is None or cell == pytest.approx(value)


def test_the_board_is_told_what_known_vulnerabilities_do(node):
    failing = next(
        each for each in composed(node, Report.BOARD, chinese=True).sections if each.id == "failing"
    )
    said = board_sentence(node, estate_id=DEMO_BANK)
    assert said.services
    assert [each.text for each in failing.blocks if isinstance(each, Paragraph)] == [
        f"軟體供應鏈：{said.zh}"
    ]

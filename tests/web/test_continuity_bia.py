"""Pages on business impact: answers first, two people decide, workbooks, nobody named to others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.impact import ImpactDesk, shown
from panshi.report.impact_files import analyses_xlsx
from panshi.resilience.impact.analyses import AnalysisState
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import BANK, LEND, NOW, PAY, entry, estate, layer

HERE = f"/e/{BANK}/continuity/"
IMPACT, ONE = f"{HERE}impact/", f"{HERE}impact/{PAY}/"


@pytest.fixture
def node(bank, tmp_path):
    """A bank of two sites behind the console, the small bank back afterwards."""
    from panshi.web import nodes

    with Node.open(Home(path=tmp_path / "home"), clock=Clock(NOW)) as opened:
        opened.commit_estate(estate(NOW), by="test", at=NOW)
        nodes.hand_in(opened)
        yield opened
        nodes.hand_in(bank)


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("node")
def test_a_page_without_anything_says_so(ciso):
    assert "1 個關鍵服務中，0 個有生效中的分析" in text(ciso.get(IMPACT))
    assert "沒有人分析過失去它的衝擊" in text(ciso.get(ONE))
    assert "支付是關鍵服務，卻沒有任何備援層。" in text(ciso.get(f"{HERE}contradictions/"))
    assert ciso.get(f"{HERE}impact/service:none/").status_code == 404


def test_one_proposes_by_workbook_another_approves(node, someone):
    asker, decider = someone("lin.yating", "analyst"), someone("wang.xiaoming", "ciso")
    raw = analyses_xlsx([entry(), entry(service=LEND, layers=(layer(id="lend-south"),))])
    # Given a preview Then nothing waits
    asker.post(f"{IMPACT}import/", {"file": SimpleUploadedFile("bia.xlsx", raw), "commit": ""})
    assert "預覽，尚未封存" in text(asker.get(IMPACT))
    assert shown(node, PAY).row.waiting is None
    # When it is proposed Then who proposed may not approve, another may
    asker.post(f"{IMPACT}import/", {"file": SimpleUploadedFile("bia.xlsx", raw), "commit": "yes"})
    assert "這是您提出的" in text(someone("lin.yating").get(ONE))
    page = text(decider.get(f"{ONE}?of=waiting"))
    assert 'value="approve"' in page
    assert "<polyline" in page
    waiting = shown(node, PAY).row.waiting
    sent = {"ruling": "approve", "proposal": waiting.sealed.id}
    someone("lin.yating", "ciso").post(f"{ONE}ruling/", sent)
    assert someone("lin.yating", "analyst").post(f"{ONE}ruling/", sent).status_code == 403
    assert shown(node, PAY).row.state is AnalysisState.PROPOSED
    decider.post(f"{ONE}ruling/", sent)
    assert shown(node, PAY).row.state is AnalysisState.IN_FORCE
    assert "中斷 4 小時以上不可容忍，應於 2 小時內復原" in text(decider.get(ONE))


def test_a_wrong_cell_is_told_and_nothing_proposed(node, someone):
    asker = someone("lin.yating", "analyst")
    raw = analyses_xlsx([entry(layers=(layer(stands_on=("site:moon",)),))])
    asker.post(f"{IMPACT}import/", {"file": SimpleUploadedFile("b.xlsx", raw), "commit": "yes"})
    assert "layers!K3" in text(asker.get(IMPACT))
    assert shown(node, PAY).history == ()


def test_a_refusal_says_why(node, someone):
    ImpactDesk(node, actor="lin.yating").propose(entry())
    decider = someone("wang.xiaoming", "ciso")
    sent = {"ruling": "refuse", "proposal": shown(node, PAY).row.waiting.sealed.id}
    decider.post(f"{ONE}ruling/", sent)
    assert shown(node, PAY).row.waiting is not None
    decider.post(f"{ONE}ruling/", sent | {"why": "未與財務處確認"})
    assert shown(node, PAY).row.waiting is None


def test_people_are_named_to_those_who_may_know(node, person):
    ImpactDesk(node, actor="lin.yating").propose(entry())
    assert "lin.yating" in text(person("ciso").get(ONE))
    reader = person("board_reader")
    assert "lin.yating" not in text(reader.get(ONE))
    assert reader.get(f"{IMPACT}file/analyses.xlsx").status_code == 404
    assert reader.get(f"{IMPACT}file/questions.xlsx").status_code == 200
    assert person("ciso").get(f"{IMPACT}file/analyses.xlsx").content.startswith(b"PK")


def test_audit_reads_all_and_changes_nothing(node, person):
    auditor = person("internal_audit", "ciso")
    text(auditor.get(ONE))
    raw = SimpleUploadedFile("b.xlsx", analyses_xlsx([entry()]))
    assert auditor.post(f"{IMPACT}import/", {"file": raw, "commit": "yes"}).status_code == 403
    assert shown(node, PAY).history == ()


@pytest.mark.usefixtures("node")
def test_lists_are_narrowed_by_their_address(ciso):
    assert "2 個服務。" in text(ciso.get(IMPACT))
    assert "1 個服務。" in text(ciso.get(f"{IMPACT}?q=放款"))
    assert "0 個服務。" in text(ciso.get(f"{IMPACT}?state=in_force"))
    assert "1 處。" in text(ciso.get(f"{HERE}contradictions/?kind=no_layer"))
    assert "0 處。" in text(ciso.get(f"{HERE}contradictions/?of={LEND}"))

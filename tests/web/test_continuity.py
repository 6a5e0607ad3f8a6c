"""Pages on continuity and the vault: each answers first, with records and without."""

import pytest

from panshi.model.bodies.continuity import ImpactRuling
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.impact import ImpactDesk
from tests.simulators.institution import Clock
from tests.simulators.two_site_bank import BANK, NOW, PAY, entry, estate, layer

HERE = f"/e/{BANK}/"
pytestmark = pytest.mark.usefixtures("node")


@pytest.fixture
def node(bank, tmp_path):
    """A bank of two sites behind the console, the small bank back afterwards."""
    from panshi.web import nodes

    with Node.open(Home(path=tmp_path / "home"), clock=Clock(NOW)) as opened:
        opened.commit_estate(estate(NOW), by="test", at=NOW)
        ImpactDesk(opened, actor="lin", estate_id=BANK).propose(entry(layers=(layer(),)))
        ImpactDesk(opened, actor="wang", estate_id=BANK).decide(PAY, ImpactRuling.APPROVE)
        nodes.hand_in(opened)
        yield opened
        nodes.hand_in(bank)


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_page_answers_in_its_first_line(ciso):
    assert "項關鍵服務" in text(ciso.get(f"{HERE}continuity/"))
    assert "1 項關鍵服務中有 1 項，少了某一層備援" in text(ciso.get(f"{HERE}continuity/layers/"))
    assert "單點" in text(ciso.get(f"{HERE}continuity/cut-sets/"))
    assert "牽動最廣" in text(ciso.get(f"{HERE}continuity/concentration/"))
    assert "1 層備援中，0 層一年內演練成功" in text(ciso.get(f"{HERE}continuity/drills/"))
    assert "尚無保險庫。" in text(ciso.get(f"{HERE}vault/"))


def test_a_scenario_is_chosen_by_name_and_an_unknown_one_is_told(ciso):
    assert "<svg" in text(ciso.get(f"{HERE}continuity/?scenario=cable-cut"))
    assert "尚無可說明的情境" in text(ciso.get(f"{HERE}continuity/?scenario=nonsense"))


def test_internal_audit_reads_and_seals_nothing(someone):
    auditor = someone("xu.wenbin", "internal_audit")
    assert text(auditor.get(f"{HERE}continuity/"))
    assert auditor.post(f"{HERE}continuity/seal/").status_code == 403


def test_a_service_answers_at_once_and_asks_for_the_rest(ciso):
    page = text(ciso.get(f"{HERE}continuity/cut-sets/{PAY}/"))
    assert "正在精確求解" in page
    assert 'hx-get="?solved=1"' in page
    assert ciso.get(f"{HERE}continuity/cut-sets/service:none/").status_code == 404
    assert ciso.get(f"{HERE}continuity/cut-sets/system:core/").status_code == 404


@pytest.mark.slow  # a process of its own solves it
def test_a_service_tells_exactly_what_must_fail_together(ciso):
    page = text(ciso.get(f"{HERE}continuity/cut-sets/{PAY}/?solved=1"))
    assert "最小組合" in page
    assert "最可能的組合" in page

"""Pages on continuity and the vault: each answers first, with records and without."""

import pytest

from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.bodies.vault import SHARES, SharesInForce
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.resilience.impact import ImpactDesk
from panshi.node.resilience.marking import looked
from panshi.node.resilience.sealing import seal_continuity
from panshi.node.resilience.sealing_order import FOLDER, keep_sealing, sealing_of
from panshi.node.resilience.story import newest_outcomes, scenarios_of
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


def test_what_was_sealed_last_of_each_disaster_is_listed(ciso, node):
    # Given one disaster sealed without a simulation
    assert "此情境尚未計算" in text(ciso.get(f"{HERE}continuity/"))
    seal_continuity(node, actor="lin", estate_id=BANK, trials=0, wanted=("cable-cut",))
    # Then its page says so in words, and the list tells which were not worked out
    page = text(ciso.get(f"{HERE}continuity/?scenario=cable-cut"))
    assert "當時未模擬" in page
    listed = page.partition('id="h-all"')[2]
    assert listed.count("未模擬") == 1
    assert listed.count("尚未計算") == len(scenarios_of(node, BANK)) - 1


def test_a_disaster_nobody_knows_is_not_sealed(ciso, node):
    before = node.log.size()
    sent = {"only": "nonsense", "scenario": "cable-cut"}
    answer = ciso.post(f"{HERE}continuity/seal/", sent)
    assert answer.url.endswith("?scenario=cable-cut#sealing")
    assert "nonsense" in text(ciso.get(answer.url))
    assert node.log.size() == before


def test_what_is_sealed_is_watched_disaster_by_disaster(ciso, node):
    # Given every disaster ordered from the page
    page = f"{HERE}continuity/?scenario=cable-cut"
    assert "data-live-log" not in text(ciso.get(page))
    ciso.post(f"{HERE}continuity/seal/", {"only": "", "scenario": "cable-cut"})
    state = sealing_of(node, BANK)
    assert state.order.ordered_by == ciso.user.get_username()
    # Then the page watches the order and offers no second one
    count = len(scenarios_of(node, BANK))
    assert f"已封存 0／{count} 個情境" in text(ciso.get(page))
    assert "data-live-log" in text(ciso.get(page))
    assert "重新計算並封存" not in text(ciso.get(page))
    # When the first is sealed
    first = {"wanted": state.waiting[:1], "trials": state.order.trials}
    seal_continuity(node, actor="lin", estate_id=BANK, **first)
    part = f"{HERE}continuity/sealing/?scenario=cable-cut"
    # Then its line leads to the evidence, and the next is being worked out
    assert f"已封存 1／{count} 個情境" in text(ciso.get(part))
    assert text(ciso.get(part)).count("等候") == count - 2
    sealed = newest_outcomes(node, BANK)[state.waiting[0]]
    assert str(sealed.id) in text(ciso.get(part))
    # When the others are stopped, then whoever watches is sent to the outcome
    ciso.post(f"{HERE}continuity/seal/stop/", {"scenario": "cable-cut"})
    assert sealing_of(node, BANK) is None
    assert "重新載入本頁" in text(ciso.get(part))


def test_the_vault_page_tells_shares_that_nobody_confirmed(ciso, node):
    body = SharesInForce(vault="core", epoch=2, rotated_at=NOW, opening=2)
    told = looked(node, SHARES, body, institution_of(node.estate(BANK)), "0f0f")
    node.log.append((told,), NOW)
    assert "「core」第 2 版分持尚未確認" in text(ciso.get(f"{HERE}vault/"))


def test_an_order_that_stopped_says_why_and_may_be_given_anew(ciso, node):
    ciso.post(f"{HERE}continuity/seal/", {"only": "cable-cut"})
    (file,) = (node.home.path / FOLDER).iterdir()
    file.write_bytes(file.read_bytes().replace(b"cable-cut", b"no-such-one"))
    keep_sealing(node, lambda: bool(sealing_of(node, BANK).order.stopped))
    page = text(ciso.get(f"{HERE}continuity/"))
    assert "計算中止" in page
    assert "no-such-one" in page
    assert "重新計算並封存全部情境" in page


def test_internal_audit_reads_and_seals_nothing(someone):
    auditor = someone("xu.wenbin", "internal_audit")
    assert text(auditor.get(f"{HERE}continuity/"))
    assert "重新計算並封存" not in text(auditor.get(f"{HERE}continuity/sealing/"))
    assert auditor.post(f"{HERE}continuity/seal/").status_code == 403
    assert auditor.post(f"{HERE}continuity/seal/stop/").status_code == 403


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

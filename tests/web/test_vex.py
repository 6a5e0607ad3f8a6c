"""The pages of statements on exploitability: a sentence, two people, what it covers now."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.model.supply_chain.vex import VexStatus
from panshi.node.supply_chain.vex import decision, decisions, received, trusts
from panshi.node.supply_chain.vex_desk import Proposed, VexDesk
from panshi.protection.supply_chain.vex.steps import AffairState
from tests.observe.vex.csaf_documents import document, packed
from tests.web.small_bank import BANK

PAGE = f"/e/{BANK}/supply-chain/vex/"
PIN = "pkg:pypi/werkzeug@2.2.2"


def form(bank, **changes):
    return {
        "vulnerability": "CVE-2024-34069",
        "purl": PIN,
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "impact": "未安裝除錯器",
        "expires": (bank.clock().date() + timedelta(days=30)).isoformat(),
    } | changes


@pytest.fixture
def waiting(bank):
    """Give the number of a proposal somebody else made."""
    return VexDesk(bank, actor="hsieh.kuowei").propose(
        Proposed(
            vulnerability="CVE-2024-34069",
            purl=PIN,
            status=VexStatus.UNDER_INVESTIGATION,
            expires=bank.clock().date() + timedelta(days=9),
        )
    )


def state(bank, number):
    return decision(bank, number).state(bank.clock().date())


def test_one_proposes_another_approves_and_it_is_in_force(person, someone, bank):
    # Given an analyst who proposes at the console
    asker, decider = person("analyst"), someone("lin.yating", "ciso")
    answer = asker.post(f"{PAGE}propose/", form(bank))
    number = answer["Location"].rstrip("/").rpartition("/")[2]
    assert decision(bank, number).said.by == asker.user.username
    # When the CISO looks, they may decide; who proposed may not
    assert 'value="approve"' in decider.get(f"{PAGE}d/{number}/").content.decode()
    assert 'value="approve"' not in asker.get(f"{PAGE}d/{number}/").content.decode()
    assert asker.post(f"{PAGE}d/{number}/decide/", {"ruling": "approve"}).status_code == 403
    decider.post(f"{PAGE}d/{number}/decide/", {"ruling": "approve"})
    assert state(bank, number) is AffairState.IN_FORCE
    assert "項決定有效" in asker.get(PAGE).content.decode()
    # When it is withdrawn, then it is over
    asker.post(f"{PAGE}d/{number}/withdraw/", {"why": "除錯器裝回"})
    assert state(bank, number) is AffairState.WITHDRAWN


def test_whoever_proposed_does_not_approve_whatever_their_roles(someone, bank):
    both = someone("lin.yating", "ciso")
    answer = both.post(f"{PAGE}propose/", form(bank))
    number = answer["Location"].rstrip("/").rpartition("/")[2]
    both.post(f"{PAGE}d/{number}/decide/", {"ruling": "approve"})
    assert state(bank, number) is AffairState.PROPOSED
    assert "須由另一人核准" in both.get(f"{PAGE}d/{number}/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"expires": ""}, {"expires": "soon"}, {"impact": ""}, {"status": ""}]
)
def test_what_breaks_a_rule_is_said_and_what_was_written_stays(person, bank, wrong):
    before = len(decisions(bank))
    answer = person("analyst").post(f"{PAGE}propose/", form(bank, **wrong))
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "未成立" in shown
    assert PIN in shown
    assert len(decisions(bank)) == before


def test_the_form_is_filled_from_a_finding_and_leads_to_an_exception(person, someone, waiting):
    shown = person("analyst").get(f"{PAGE}propose/?vulnerability=CVE-1&purl={PIN}").content.decode()
    assert 'value="CVE-1"' in shown
    assert f'value="{PIN}"' in shown
    shown = someone("lin.yating", "control_owner").get(f"{PAGE}d/{waiting}/").content.decode()
    assert "control=blueprint" in shown


def test_people_are_named_by_duty_only_and_audit_changes_nothing(person, bank, waiting):
    audit = person("internal_audit")
    assert audit.get(f"{PAGE}d/{waiting}/").status_code == 200
    assert audit.post(f"{PAGE}propose/", form(bank)).status_code == 403
    reader = person("board_reader")
    shown = reader.get(PAGE).content.decode()
    assert "hsieh.kuowei" not in shown
    assert "依角色遮蔽" in shown


def test_a_document_is_received_and_its_author_trusted_by_two(person, someone, bank):
    asker, decider = person("analyst"), someone("lin.yating", "ciso")
    file = SimpleUploadedFile("acme.json", packed(document()))
    answer = asker.post(f"{PAGE}received/take/", {"file": file})
    got = received(bank)[0]
    assert answer["Location"].endswith(f"{got.body.sha256}/")
    assert "發布者未經信任" in asker.get(answer["Location"]).content.decode()
    expires = form(bank)["expires"]
    asker.post(
        f"{PAGE}received/trust/",
        {"author": "Acme", "why": "契約", "expires": expires, "precedence": "2"},
    )
    held = trusts(bank)[0]
    decider.post(f"{PAGE}received/trust/{held.number}/decide/", {"ruling": "approve"})
    assert "份採計" in decider.get(f"{PAGE}received/").content.decode()


def test_what_is_no_document_is_not_received(person, bank):
    asker = person("analyst")
    before = len(received(bank))
    asker.post(f"{PAGE}received/take/", {"file": SimpleUploadedFile("x.json", b"{}")})
    assert len(received(bank)) == before
    assert "未收下" in asker.get(f"{PAGE}received/").content.decode()

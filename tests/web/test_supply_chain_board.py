"""Board, finding and alerts as people see them; a follow-up is sealed, audit changes nothing."""

import re

import pytest

from panshi.node.alerting.raising import follow
from panshi.node.supply_chain.following import board, follow_ups
from tests.simulators.supplied import supply
from tests.web.small_bank import BANK

HERE = f"/e/{BANK}/supply-chain/"


@pytest.fixture(scope="module", autouse=True)
def supplied(bank):
    """Bills with findings, and what pressed when following began."""
    supply(bank)
    follow(bank)
    return bank


def shown(client, path):
    answer = client.get(HERE + path, headers={"accept-language": "en"})
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_board_leads_to_a_finding_that_says_why(person):
    # Given findings, when the board and the first finding are opened,
    html = shown(person("analyst"), "board/")
    assert "delivered a bill of materials" in html
    first = re.search(rf'href="{HERE}(findings/[0-9a-f]+/)"', html)[1]
    # then every input of the decision has its reason.
    assert "Exploitation" in shown(person("analyst"), first)
    assert "told once per channel" in shown(person("analyst"), "alerts/")


def test_a_follow_up_is_sealed_and_audit_may_not(supplied, person):
    # Given a finding, when an analyst says who repairs it,
    row = board(supplied, limit=1).rows[0]
    path = f"{HERE}findings/{row.finding.id}/follow/"
    said = {"owner": "lin", "ticket": "CHG-1", "planned": "2026-12-01", "done": ""}
    assert person("internal_audit").post(path, said).status_code == 403
    assert person("analyst").post(path, said).status_code == 302
    # then it is sealed under their name.
    found = follow_ups(supplied)[row.finding.id].body
    assert (found.owner, found.ticket, found.claimed_done) == ("lin", "CHG-1", False)

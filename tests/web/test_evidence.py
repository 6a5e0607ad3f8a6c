"""Evidence pages: filters, personal data by duty, proofs checked here and taken away."""

import json
import subprocess
import sys

import pytest

from panshi.evidence.log import Filter
from panshi.protection.access.roles import Role
from tests.web.small_bank import ACCOUNTS, ATTESTED, SYSTEMS


@pytest.fixture
def drill(bank):
    return bank.log.page(Filter(kind="backup.restore_drill/1"))[0]


@pytest.fixture
def account(bank):
    return bank.log.page(Filter(kind="account.authenticators/1", subject=ACCOUNTS[0]))[0]


def test_filters_narrow_the_list(ciso):
    text = ciso.get("/evidence/?kind=backup.restore_drill/1").content.decode()
    assert SYSTEMS[2] in text
    assert ACCOUNTS[0] not in text


def test_a_filter_that_means_nothing_narrows_nothing(ciso):
    assert ciso.get("/evidence/?since=yesterday&outcome=maybe&before=x").status_code == 200


def test_an_observation_shows_its_body_envelope_and_what_rests_on_it(ciso, drill):
    text = ciso.get(f"/evidence/{drill.id}/").content.decode()
    assert "實測復原時間（分）" in text
    assert drill.id in text
    assert "/controls/zt36/5-4/" in text


def test_personal_data_is_for_those_whose_duty_it_is(person, account, audit_trail):
    # Given an administrator and an analyst
    administrator, analyst = person(Role.ADMINISTRATOR), person(Role.ANALYST)
    # When both open an account's observation
    hidden = administrator.get(f"/evidence/{account.id}/").content.decode()
    shown = analyst.get(f"/evidence/{account.id}/").content.decode()
    # Then only the analyst sees the body, and that is sealed
    assert "驗證因子數" not in hidden
    assert "驗證因子數" in shown
    assert ("evidence.personal", account.id, True) in audit_trail(analyst.user.username)
    assert administrator.get(f"/evidence/{account.id}/proof/").status_code == 403


def test_an_auditor_sees_owners_and_an_owner_does_not_see_colleagues(person):
    place = f"/e/small-bank/controls/{ATTESTED}/"
    assert "王小明" in person(Role.INTERNAL_AUDIT).get(place).content.decode()
    assert "王小明" not in person(Role.CONTROL_OWNER).get(place).content.decode()


def test_verifying_shows_the_steps(ciso, drill):
    # When the verify button is pressed
    answer = ciso.get(f"/evidence/{drill.id}/verify/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    # Then the proof was really checked, and its path is there to see
    assert "驗證通過" in text
    assert "<html" not in text
    assert text.count("<li>") >= 3


def test_without_script_verifying_is_a_page(ciso, drill):
    text = ciso.get(f"/evidence/{drill.id}/verify/").content.decode()
    assert "<html" in text
    assert "驗證通過" in text


def test_a_downloaded_proof_convinces_the_downloaded_verifier(ciso, drill, tmp_path):
    # Given the proof and the verifier, taken away from the console
    proof = tmp_path / "proof.json"
    proof.write_bytes(ciso.get(f"/evidence/{drill.id}/proof/").content)
    verifier = tmp_path / "panshi_verify.py"
    verifier.write_bytes(ciso.get("/evidence/verifier/").content)
    # When they meet on their own
    run = [sys.executable, "-I", str(verifier), str(proof)]
    assert subprocess.run(run, capture_output=True, check=False, cwd=tmp_path).returncode == 0
    # Then a proof whose body was altered does not convince
    told = json.loads(proof.read_bytes())
    told["body"] = told["body"].replace("false", "true")
    proof.write_text(
        json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        encoding="utf-8",
    )
    assert subprocess.run(run, capture_output=True, check=False, cwd=tmp_path).returncode != 0


def test_taking_a_proof_away_is_sealed(ciso, drill, audit_trail):
    ciso.get(f"/evidence/{drill.id}/proof/")
    assert ("evidence.download", drill.id, True) in audit_trail(ciso.user.username)


def test_pages_follow_one_another_without_gap_or_overlap(ciso, bank):
    import re

    first = ciso.get("/evidence/").content.decode()
    ids = re.findall(r'href="/evidence/([0-9a-f]{32})/"', first)
    following = re.search(r'rel="next" href="([^"]+)"', first)
    if following is None:
        assert len(ids) == bank.log.size()
        return
    second = ciso.get("/evidence/" + following[1].replace("&amp;", "&")).content.decode()
    assert not set(ids) & set(re.findall(r'href="/evidence/([0-9a-f]{32})/"', second))

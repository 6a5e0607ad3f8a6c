"""Pages on secure development: the sentence first, states in words, and trust by two people."""

import json

import pytest

from panshi.node.secure_development.judging import trust_of
from tests.simulators import builds
from tests.web.small_bank import SYSTEMS

PAGE = "/e/small-bank/secure-development/"
KEYS = f"{PAGE}keys/"
KEY = builds.ed25519()


@pytest.fixture
def released(bank, tmp_path):
    path = tmp_path / "a.intoto.jsonl"
    statement = builds.slsa_1(("core.tar.gz", "ab" * 32), finished="2026-09-01T00:00:00Z")
    path.write_text(json.dumps(builds.envelope(statement, KEY)))
    bank.observe("attestation", path, subject=SYSTEMS[1], options={"release": "7"}, actor="ci")
    return bank


@pytest.mark.usefixtures("released")
def test_the_list_says_in_its_first_line_how_software_is_made(person):
    ciso = person("ciso")
    text = ciso.get(PAGE).content.decode()
    assert "3 個系統中有 1 個系統或產品留有開發過程的證據" in text
    assert "PW.7" in text
    assert "D-TA" in ciso.get(f"{PAGE}?by=samm").content.decode()
    everything = ciso.get(f"{PAGE}?all=1").content.decode()
    assert all(each in everything for each in SYSTEMS)


@pytest.mark.usefixtures("released")
def test_one_system_shows_what_became_of_its_provenance(person):
    text = person("ciso").get(f"{PAGE}system/{SYSTEMS[1]}/").content.decode()
    assert "簽章者不在信任之列" in text
    assert "最省的下一項證據" in text
    english = person("ciso").get(f"{PAGE}system/{SYSTEMS[1]}/", headers={"accept-language": "en"})
    assert "signed by no key that is trusted" in english.content.decode()


def test_a_key_is_trusted_by_two_people_and_revoked_with_a_reason(person, bank):
    one, other = person("ciso"), person("approver")
    given = {
        "name": "CI",
        "key": builds.public_pem(builds.ed25519(33)).decode(),
        "builders": builds.BUILDER,
    }
    assert "已提案" in one.post(f"{KEYS}propose/", given, follow=True).content.decode()
    key_id = builds.key_id(builds.ed25519(33))

    refused = one.post(f"{KEYS}{key_id}/", {"step": "approve"}, follow=True).content.decode()
    assert "same person" in refused
    assert trust_of(bank).find(key_id).approved_by == ""
    assert "已核可" in other.post(f"{KEYS}{key_id}/", {}, follow=True).content.decode()
    assert trust_of(bank).find(key_id).approved_by == other.user.get_username()
    assert (
        "reason" in other.post(f"{KEYS}{key_id}/", {"step": "revoke"}, follow=True).content.decode()
    )
    gone = other.post(f"{KEYS}{key_id}/", {"step": "revoke", "why": "leaked"}, follow=True)
    assert "已撤銷" in gone.content.decode()


def test_readers_change_nothing(person):
    auditor = person("internal_audit")
    assert auditor.get(PAGE).status_code == 200
    assert auditor.get(KEYS).status_code == 200
    assert auditor.post(f"{KEYS}propose/", {}).status_code == 403
    assert auditor.post(f"{PAGE}seal/", {}).status_code == 403

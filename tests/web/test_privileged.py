"""The pages of privileged access: a sentence, two people, and what was recorded."""

from datetime import timedelta

import pytest

from panshi.model.bodies.privileged import BastionRecording
from panshi.node.zero_trust.grants import Asking, GrantDesk, grant_named, grants, seal_recording
from panshi.protection.zero_trust.privileged.grants import GrantState
from tests.web.small_bank import BANK, SYSTEMS

PAGE = f"/e/{BANK}/zero-trust/privileged/"
FORM = {
    "system": SYSTEMS[0],
    "ways": ["shell"],
    "minutes": "30",
    "ticket": "CHG-1",
    "why": "patch",
}


@pytest.fixture
def waiting(bank):
    """Give the number of a grant somebody else asked for."""
    asking = Asking(system=SYSTEMS[0], ticket="CHG-9", why="certificates", lasts=timedelta(hours=9))
    return GrantDesk(bank, actor="hsieh.kuowei").ask(asking)


def test_one_asks_another_approves_and_it_is_in_force(person, someone, bank):
    # Given an analyst who asks at the console
    asker, decider = person("analyst"), someone("lin.yating", "ciso")
    answer = asker.post(f"{PAGE}ask/", FORM)
    number = answer["Location"].rstrip("/").rpartition("/")[2]
    assert grant_named(bank, number).asked.requested_by == asker.user.username

    # When the CISO looks, they may decide; the one who asked may not
    assert 'value="approve"' in decider.get(f"{PAGE}{number}/").content.decode()
    assert 'value="approve"' not in asker.get(f"{PAGE}{number}/").content.decode()
    decided = {"ruling": "approve", "note": "ok"}
    assert asker.post(f"{PAGE}{number}/decide/", decided).status_code == 403
    text = decider.post(f"{PAGE}{number}/decide/", decided, follow=True).content.decode()

    # Then it is in force and the first line counts it
    assert "已封存" in text
    assert grant_named(bank, number).state(bank.clock()) is GrantState.IN_FORCE
    lead = asker.get(PAGE).content.decode().split('class="lead">')[1].split("</p>")[0]
    assert "項特權授權生效中" in lead


def test_who_asked_does_not_approve_even_as_ciso(someone, bank):
    ciso = someone("lin.yating", "ciso")
    number = ciso.post(f"{PAGE}ask/", FORM)["Location"].rstrip("/").rpartition("/")[2]
    text = ciso.post(f"{PAGE}{number}/decide/", {"ruling": "approve"}, follow=True).content.decode()
    assert "未成立" in text
    assert "須由另一人核定" in text
    assert grant_named(bank, number).state(bank.clock()) is GrantState.REQUESTED


def test_a_decision_wants_a_passkey_used_just_now(ciso, bank, waiting):
    ciso.post(f"{PAGE}{waiting}/decide/", {"ruling": "approve"})
    assert grant_named(bank, waiting).state(bank.clock()) is GrantState.REQUESTED


def test_a_refusal_is_sealed_and_the_filter_finds_it(someone, bank, waiting):
    approver = someone("he.peishan", "approver")
    approver.post(f"{PAGE}{waiting}/decide/", {"ruling": "refuse", "note": "no host"})
    assert grant_named(bank, waiting).refused_by == approver.user.username
    assert waiting in approver.get(f"{PAGE}?state=refused").content.decode()
    assert waiting not in approver.get(f"{PAGE}?state=in_force").content.decode()


def test_only_own_grants_and_those_by_duty_are_taken_back(person, bank, waiting):
    # Given somebody who neither asked nor has the duty
    other = person("control_owner")
    text = other.post(f"{PAGE}{waiting}/end/", {"why": "x"}, follow=True).content.decode()
    assert "未成立" in text
    assert grant_named(bank, waiting).ended_at is None

    # When one who watches sessions takes it back
    person("analyst").post(f"{PAGE}{waiting}/end/", {"why": "incident"})

    # Then it is over, and says why
    found = grant_named(bank, waiting)
    assert (found.state(bank.clock()), found.ended_why) == (GrantState.REVOKED, "incident")


def test_people_are_named_by_duty_only(person, waiting):
    assert "hsieh.kuowei" in person("approver").get(f"{PAGE}{waiting}/").content.decode()
    text = person("control_owner").get(f"{PAGE}{waiting}/").content.decode()
    assert "hsieh.kuowei" not in text
    assert "依角色遮蔽" in text


def test_audit_reads_and_changes_nothing(person, bank, waiting):
    auditor = person("internal_audit", "ciso")
    text = auditor.get(f"{PAGE}{waiting}/").content.decode()
    assert "hsieh.kuowei" in text
    assert 'value="approve"' not in text
    assert auditor.post(f"{PAGE}ask/", FORM).status_code == 403
    assert auditor.post(f"{PAGE}{waiting}/decide/", {"ruling": "approve"}).status_code == 403
    assert auditor.post(f"{PAGE}{waiting}/end/", {"why": "x"}).status_code == 403
    assert grant_named(bank, waiting).state(bank.clock()) is GrantState.REQUESTED


def test_recordings_stand_under_their_grant_with_their_evidence(ciso, bank, waiting):
    now = bank.clock()
    body = BastionRecording(
        recording=f"{waiting}-one.cast",
        grant=waiting,
        person="hsieh.kuowei",
        target="core-db",
        system=SYSTEMS[0],
        way="shell",
        assurance=3,
        began=now - timedelta(minutes=5),
        ended=now,
        ended_by="order",
        bytes_shown=10,
        bytes_typed=2,
        chunks=1,
        chain_head="0" * 64,
        sha256="0" * 64,
    )
    sealed = seal_recording(bank, body)
    text = ciso.get(f"{PAGE}{waiting}/").content.decode()
    assert f"{waiting}-one.cast" in text
    assert f"/evidence/{sealed}/" in text
    assert "決策點命令切斷" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": "721"},
        {"minutes": "-1"},
        {"minutes": "\u0661"},
        {"minutes": ""},
        {"system": "system:none"},
        {"system": "account:staff-00"},
        {"ways": []},
        {"ways": ["root"]},
        {"ticket": " "},
        {"begins": "tomorrow"},
        {"begins": "2100-01-01T00:00"},
    ],
)
def test_what_is_asked_wrongly_seals_nothing(person, bank, wrong):
    before = grants(bank)
    text = person("analyst").post(f"{PAGE}ask/", FORM | wrong, follow=True).content.decode()
    assert "未成立" in text
    assert grants(bank) == before


def test_a_number_of_nobody_is_not_found(ciso):
    assert ciso.get(f"{PAGE}PG-1999-001/").status_code == 404
    assert ciso.post(f"{PAGE}PG-1999-001/end/", {"why": "x"}).status_code == 400


def test_pages_go_on_from_the_last_number_seen(ciso, bank, monkeypatch):
    from panshi.web.pages import privileged

    monkeypatch.setattr(privileged, "PER_PAGE", 2)
    desk = GrantDesk(bank, actor="pan.yiling")
    made = [desk.ask(Asking(system=SYSTEMS[1], ticket="T", why="w")) for _ in range(3)]
    first = ciso.get(PAGE).content.decode()
    assert made[2] in first
    assert made[0] not in first
    assert made[0] in ciso.get(f"{PAGE}?after={made[1]}").content.decode()

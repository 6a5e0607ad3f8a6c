"""The path and its projects in the console: asked for, adopted by who may, recorded, in and out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.node.projects import projects

PATH = "/e/small-bank/path/"
REGISTER = "/e/small-bank/projects/"
FIELDS = {
    "id": "W-1",
    "title_zh": "帳號多因子補齊",
    "title_en": "Second factor for every account",
    "owner": "chen",
    "status": "proposed",
    "cost_low": "100000",
    "cost_likely": "200,000",
    "cost_high": "300000",
    "quarters": "2",
    "hours": "IO-WRL-005: 40",
    "requires": "",
    "excludes": "",
    "note": "",
    "lift_control": ["zt36/1-1", ""],
    "lift_fixes": ["100", ""],
    "lift_sees": ["100", ""],
    "lift_passing": ["90", ""],
    "lift_retests": ["", ""],
    "lift_attests": ["", ""],
}


@pytest.fixture
def recorded(ciso, bank):
    """One project in the register."""
    answer = ciso.post(f"{REGISTER}new/change/", FIELDS, follow=True)
    assert answer.status_code == 200
    return projects(bank, "small-bank")["W-1"]


def test_the_page_answers_in_its_first_line_even_where_there_is_no_path(ciso):
    for address in ("", "?target=IV", "?framework=emerging", "?quarters=2&budget=100"):
        answer = ciso.get(PATH + address)
        assert answer.status_code == 200
        assert '<p class="lead">' in answer.content.decode()


def test_what_cannot_be_asked_is_said_on_the_page(ciso):
    for address in ("?budget=lots", "?begins=soon", "?force=NOPE", "?target=V", "?hours=x"):
        answer = ciso.get(PATH + address)
        assert answer.status_code == 422
        assert "這樣問不出路徑" in answer.content.decode()


def test_a_project_is_recorded_by_who_may_and_shown(recorded, ciso):
    assert recorded.cost_likely == 200_000
    assert recorded.asserted_by == ciso.user.get_username()
    assert [(lift.control, lift.passing) for lift in recorded.lifts] == [("zt36/1-1", 90)]
    assert "帳號多因子補齊" in ciso.get(f"{REGISTER}W-1/").content.decode()
    assert "W-1" in ciso.get(f"{REGISTER}?control=zt36/1-1").content.decode()
    assert "W-1" not in ciso.get(f"{REGISTER}?status=done").content.decode()


def test_a_senseless_project_is_refused_with_its_reason(recorded, ciso, bank):
    for changes in ({"cost_low": "much"}, {"lift_control": ["zt36/9-9"]}, {"requires": "W-1"}):
        ciso.post(f"{REGISTER}W-1/change/", FIELDS | changes, follow=True)
        assert projects(bank, "small-bank")["W-1"] == recorded


def test_readers_change_nothing(person, recorded, bank):
    for role in ("internal_audit", "board_reader", "supervisor"):
        reader = person(role)
        assert reader.get(PATH).status_code == 200
        assert reader.get(f"{REGISTER}W-1/").status_code == 200
        for address in (f"{REGISTER}W-1/change/", f"{PATH}adopt/", f"{PATH}withdraw/"):
            assert reader.post(address, FIELDS).status_code == 403
    assert projects(bank, "small-bank")["W-1"] == recorded
    assert person("control_owner").post(f"{PATH}adopt/", {}).status_code == 403


@pytest.mark.usefixtures("recorded")
def test_owners_are_told_to_those_who_may_see_people(person):
    assert "chen" in person("ciso").get(REGISTER).content.decode()
    assert "chen" not in person("board_reader").get(REGISTER).content.decode()


def test_a_path_that_leads_nowhere_is_not_adopted(ciso, bank):
    answer = ciso.post(f"{PATH}adopt/", {"framework": "zt36", "target": "IV"}, follow=True)
    assert answer.status_code == 200
    assert not list(bank.log.records("record.plan/1"))


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("ending", ["xlsx", "yaml"])
def test_the_register_goes_out_and_comes_in_again(ciso, bank, ending):
    file = ciso.get(f"{REGISTER}file.{ending}")
    before = projects(bank, "small-bank")
    uploaded = SimpleUploadedFile(f"p.{ending}", file.content)
    answer = ciso.post(f"{REGISTER}import/", {"file": uploaded, "commit": "yes"}, follow=True)
    assert "不變 " in answer.content.decode()
    assert projects(bank, "small-bank") == before


def test_a_bad_file_is_refused_with_its_place(ciso, bank):
    before = projects(bank, "small-bank")
    uploaded = SimpleUploadedFile("p.yaml", b"panshi_projects: 1\nprojects:\n  - {id: A}\n")
    answer = ciso.post(f"{REGISTER}import/", {"file": uploaded, "commit": "yes"}, follow=True)
    assert "p.yaml:3" in answer.content.decode()
    assert projects(bank, "small-bank") == before

"""The page of attesting devices: a sentence, named reasons with their age, and revocation."""

import pytest

from panshi.store.devices import FILE, Devices
from tests.simulators.enrolled_devices import attested, enrol

PAGE = "/e/small-bank/zero-trust/devices/"


@pytest.fixture
def enrolled(bank):
    for name in ("nb-1", "nb-2", "nb-3"):
        enrol(bank, name)
    enrol(bank, "nb-4", approved=False)
    attested(bank, "nb-1")
    attested(bank, "nb-2", "failed", ("clock_or_counters_went_back",))
    yield bank
    (bank.home.path / FILE).unlink()


def test_nothing_enrolled_is_said_in_the_first_line(ciso):
    assert "沒有設備登錄其 TPM" in ciso.get(PAGE).content.decode()


@pytest.mark.usefixtures("enrolled")
def test_the_first_line_counts_and_each_reason_is_named(ciso):
    text = ciso.get(PAGE).content.decode()
    assert "登錄 3 台設備：1 台最近的證明通過，1 台未通過，1 台尚無證明；1 台待核可。" in text
    assert "TPM 的時鐘或計數器倒退" in text
    english = ciso.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "the clock or a counter of the TPM went back" in english


@pytest.mark.usefixtures("enrolled")
def test_the_table_is_narrowed_and_goes_on(ciso, monkeypatch):
    from panshi.web.pages import devices

    text = ciso.get(f"{PAGE}?state=failed").content.decode()
    assert "nb-2" in text
    assert "nb-1" not in text
    monkeypatch.setattr(devices, "PER_PAGE", 2)
    assert "nb-3" not in ciso.get(PAGE).content.decode()
    assert "nb-3" in ciso.get(f"{PAGE}?after=nb-2").content.decode()


def test_a_device_is_revoked_with_a_reason(someone, enrolled, audit_trail):
    analyst = someone("tsai.minghan", "analyst")
    answer = analyst.post(f"{PAGE}revoke/", {"device": "nb-1", "why": " "}, follow=True)
    assert "請說明為何撤銷" in answer.content.decode()
    assert Devices(enrolled.home.path).find("nb-1").revoked_at is None
    analyst.post(f"{PAGE}revoke/", {"device": "nb-1", "why": "lost"})
    assert Devices(enrolled.home.path).find("nb-1").revoked_by == "tsai.minghan"
    assert ("device.revoke", "nb-1", True) in audit_trail("tsai.minghan")
    gone = analyst.post(f"{PAGE}revoke/", {"device": "nobody", "why": "lost"}, follow=True)
    assert "there is no device" in gone.content.decode()


def test_audit_reads_and_revokes_nothing(person, enrolled):
    auditor = person("internal_audit")
    text = auditor.get(PAGE).content.decode()
    assert "nb-1" in text
    assert "tsai.minghan" in text
    assert 'name="why"' not in text
    assert auditor.post(f"{PAGE}revoke/", {"device": "nb-1", "why": "x"}).status_code == 403
    assert Devices(enrolled.home.path).find("nb-1").revoked_at is None


@pytest.mark.usefixtures("enrolled")
def test_who_vouched_is_named_by_duty_only(person):
    text = person("administrator").get(PAGE).content.decode()
    assert "tsai.minghan" not in text
    assert "依角色遮蔽" in text

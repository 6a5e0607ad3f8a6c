"""The pages of attestations: two people, a file, and a second look by those whose duty it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.governance.attestations.story import AttestationState
from panshi.node.attestations import register, shown
from tests.simulators.guarded_bank import (
    BANK,
    LIBRARY,
    OWNER,
    REVIEWER,
)

PLACE = f"/e/{BANK}/attestations/"
BOTH = next(
    each.key
    for each in LIBRARY.framework("emerging").controls
    if each.attesting is not None and each.strength.binding
)


def form(content=b"minutes", **changes):
    values = {
        "control": BOTH,
        "scope": "全行",
        "statement": "已核定",
        "period_start": "2026-08-01",
        "period_end": "2026-10-31",
        "expires": "2027-09-30",
        "attachment": SimpleUploadedFile("minutes.txt", content),
    }
    return values | changes


def test_attesting_countersigning_and_the_file(guarded, someone):
    owner, second = someone(OWNER), someone(REVIEWER)
    answer = owner.post(f"{PLACE}make/", form())
    assert answer["Location"] == f"{PLACE}AT-2026-001/"
    text = owner.get(f"{PLACE}AT-2026-001/").content.decode()
    assert "須由他人會簽" in text
    assert "countersign" not in text
    assert "countersign" in second.get(f"{PLACE}AT-2026-001/").content.decode()
    second.post(f"{PLACE}AT-2026-001/countersign/", {"note": "ok"})
    assert shown(guarded, "AT-2026-001").counts
    file = second.get(f"{PLACE}AT-2026-001/attachment/")
    assert file.content == b"minutes"
    assert file["Content-Disposition"].startswith("attachment")
    assert (
        someone("nobody-special", "board_reader").get(f"{PLACE}AT-2026-001/attachment/").status_code
        == 403
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"attachment": ""}, "沒有附件"),
        ({"scope": " "}, "未載明範圍"),
        ({"expires": "2026-01-01"}, "先後不合"),
        ({"expires": "x"}, "不是日期"),
        ({"content": b""}, "is empty"),
    ],
)
def test_a_form_that_lacks_something_comes_back(guarded, someone, changes, says):
    answer = someone(OWNER).post(f"{PLACE}make/", form(**changes))
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert register(guarded).attestations == ()


def test_nobody_countersigns_their_own(guarded, someone):
    owner = someone(OWNER)
    owner.post(f"{PLACE}make/", form())
    answer = owner.post(f"{PLACE}AT-2026-001/countersign/", follow=True)
    assert "簽署人之間不能是同一人" in answer.content.decode()
    assert shown(guarded, "AT-2026-001").state is AttestationState.PENDING


def test_audit_looks_again_at_what_was_drawn_and_at_nothing_else(guarded, someone, clock):
    someone(OWNER).post(f"{PLACE}make/", form())
    someone(REVIEWER).post(f"{PLACE}AT-2026-001/countersign/")
    audit = someone("xu.wenbin", "internal_audit")
    assert "reexamine" not in audit.get(f"{PLACE}AT-2026-001/").content.decode()
    # When a quarter later it is drawn, audit says what it found; that is all audit writes here
    clock[0] += timedelta(days=50)
    assert "reexamine" in audit.get(f"{PLACE}AT-2026-001/").content.decode()
    assert "AT-2026-001" in audit.get(f"{PLACE}?drawn=1").content.decode()
    for step in ("countersign", "withdraw"):
        assert audit.post(f"{PLACE}AT-2026-001/{step}/", {"why": "x"}).status_code == 403
    fields = {"upheld": "0", "finding": "附件不符"}
    audit.post(f"{PLACE}AT-2026-001/reexamine/", fields)
    assert shown(guarded, "AT-2026-001").state is AttestationState.REFUTED
    assert "抽查不成立" in audit.get(PLACE).content.decode()


def test_its_owner_takes_it_back(guarded, someone):
    owner = someone(OWNER)
    owner.post(f"{PLACE}make/", form())
    owner.post(f"{PLACE}AT-2026-001/withdraw/", {"why": "wrong"})
    assert shown(guarded, "AT-2026-001").state is AttestationState.WITHDRAWN

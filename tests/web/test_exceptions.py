"""The pages of exceptions: who may take which step, what is refused, what is shown to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from panshi.governance.exceptions.story import ExceptionState
from panshi.node.exceptions import register
from panshi.web.timelines import stops, timeline
from tests.simulators.guarded_bank import (
    BANK,
    BROKEN,
    CISO,
    COMMITTEE,
    FAILING,
    OWNER,
    REVIEWER,
    SOUND,
)

PLACE = f"/e/{BANK}/exceptions/"


def form(**changes):
    values = {
        "control": BROKEN,
        "scope": list(FAILING[:4]),
        "reason": "舊交換器",
        "residual_risk": "橫向移動",
        "compensating": [SOUND],
        "effective": "2026-11-21",
        "expires": "2027-01-20",
    }
    return values | changes


def test_from_a_failing_control_to_an_approved_exception(guarded, someone):
    # Given a control that is not met, whose page leads to the form with what fails
    owner = someone(OWNER)
    text = owner.get(f"/e/{BANK}/controls/{BROKEN}/").content.decode()
    assert f"{PLACE}request/?control=zt36/3-2" in text
    text = owner.get(f"{PLACE}request/?control={BROKEN}").content.decode()
    assert all(host in text for host in FAILING)
    # When it is asked for, reviewed and approved by different people
    answer = owner.post(f"{PLACE}request/", form())
    number = "EX-2026-001"
    assert (answer.status_code, answer["Location"]) == (302, f"{PLACE}{number}/")
    assert "您是申請人" in owner.get(f"{PLACE}{number}/").content.decode()
    reviewer = someone(REVIEWER)
    reviewer.post(f"{PLACE}{number}/review/", {"note": "ok"})
    ciso = someone(CISO)
    text = ciso.get(f"{PLACE}{number}/").content.decode()
    seen = text.partition('name="seen" value="')[2].partition('"')[0]
    assert len(seen) == 64
    ciso.post(
        f"{PLACE}{number}/decide/",
        {"why": "同意", "office": "ciso", "ruling": "approve", "seen": seen},
    )
    # Then it counts, and register and control say so
    assert register(guarded).find(number).counts
    text = ciso.get(PLACE).content.decode()
    assert "有效例外 1 件" in text
    assert 'class="timeline"' in text
    assert number in ciso.get(f"/e/{BANK}/controls/{BROKEN}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"compensating": []}, "未指定補償性措施"),
        ({"expires": "2028-01-01"}, "期間超過上限天數"),
        ({"expires": "soon"}, "不是日期"),
        ({"scope": []}, "沒有選擇範圍"),
        ({"scope": ["host:none"]}, "has no asset"),
        ({"reason": " "}, "未敘明理由"),
    ],
)
def test_a_form_that_breaks_a_rule_comes_back_with_what_was_written(
    guarded, someone, changes, says
):
    answer = someone(OWNER).post(f"{PLACE}request/", form(**changes))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert says in text
    assert "橫向移動" in text
    assert register(guarded).exceptions == ()


def test_what_the_rules_refuse_is_said_and_changes_nothing(guarded, someone):
    owner = someone(OWNER)
    owner.post(f"{PLACE}request/", form())
    number = "EX-2026-001"
    answer = owner.post(f"{PLACE}{number}/review/", follow=True)
    assert "申請人與審查或決定者不能是同一人" in answer.content.decode()
    someone(REVIEWER).post(f"{PLACE}{number}/review/")
    stranger = someone("stranger")
    answer = stranger.post(f"{PLACE}{number}/decide/", {"why": "yes"}, follow=True)
    text = answer.content.decode()
    assert "決定當日未擔任此職位" in text
    assert "您未擔任尚待核准的職位" in text
    assert register(guarded).find(number).state is ExceptionState.UNDER_REVIEW


def test_deciding_wants_a_passkey_just_used(guarded, someone, with_passkey):
    someone(OWNER).post(f"{PLACE}request/", form())
    someone(REVIEWER).post(f"{PLACE}EX-2026-001/review/")
    ciso = with_passkey(someone(CISO), ago=3_600)
    answer = ciso.post(f"{PLACE}EX-2026-001/decide/", {"why": "yes", "ruling": "approve"})
    assert "reauthenticate" in answer["Location"] or "/account/" in answer["Location"]
    assert register(guarded).find("EX-2026-001").approvals == ()


@pytest.mark.usefixtures("guarded")
def test_a_reader_without_duty_sees_no_names_and_takes_no_step(someone):
    someone(OWNER).post(f"{PLACE}request/", form())
    reader = someone("a-reader", "board_reader")
    text = reader.get(f"{PLACE}EX-2026-001/").content.decode()
    assert OWNER not in text
    assert "<form" not in text.partition("<main")[2].partition("</main>")[0]
    assert reader.post(f"{PLACE}EX-2026-001/review/").status_code == 403
    assert reader.get(f"{PLACE}request/?control={BROKEN}").status_code == 403


def test_closing_withdrawing_and_renewing(guarded, someone, clock):
    owner = someone(OWNER)
    owner.post(f"{PLACE}request/", form())
    owner.post(f"{PLACE}EX-2026-001/withdraw/", {"why": "no"})
    assert register(guarded).find("EX-2026-001").state is ExceptionState.WITHDRAWN
    owner.post(f"{PLACE}request/", form(scope=list(FAILING)))
    someone(REVIEWER).post(f"{PLACE}EX-2026-002/review/")
    for who, office in ((CISO, "ciso"), (COMMITTEE, "risk_committee")):
        fields = {"why": "yes", "ruling": "approve", "office": office}
        someone(who).post(f"{PLACE}EX-2026-002/decide/", fields)
    clock[0] += timedelta(days=3)
    fields = {"reason": "late", "effective": "2027-01-20", "expires": "2027-02-20"}
    owner.post(f"{PLACE}EX-2026-002/renew/", fields)
    owner.post(f"{PLACE}EX-2026-002/close/", {"why": "done", "revoked": "on"})
    states = [each.state for each in register(guarded).exceptions]
    assert states == [
        ExceptionState.REQUESTED,
        ExceptionState.CLOSED,
        ExceptionState.WITHDRAWN,
    ]
    assert "EX-2026-003" in owner.get(f"{PLACE}EX-2026-002/").content.decode()


def test_the_pictures_say_what_they_show(guarded, someone):
    someone(OWNER).post(f"{PLACE}request/", form())
    found = register(guarded)
    assert timeline(found) is None
    way = stops(found.exceptions[0])
    assert [each.here for each in way] == [True, False, False, False, False]
    someone(REVIEWER).post(f"{PLACE}EX-2026-001/review/")
    someone(CISO).post(f"{PLACE}EX-2026-001/decide/", {"why": "yes", "ruling": "approve"})
    found = register(guarded)
    drawn = timeline(found)
    assert [(each.number, each.tone) for each in drawn.rows] == [("EX-2026-001", "counts")]
    assert drawn.left <= drawn.rows[0].x <= drawn.rows[0].x + drawn.rows[0].width <= drawn.right
    assert "2027-01-20" in drawn.spoken
    assert [each.reached for each in stops(found.exceptions[0])] == [True] * 4 + [False]

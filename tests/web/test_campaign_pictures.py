"""Pictures of a campaign: everything drawn has its place, and what has no room is counted."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from panshi.web.campaign_pictures import (
    MOST_TICKETS,
    MOST_VALUES,
    DrawnTicket,
    SharedValue,
    campaign_picture,
    course,
)

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)


def ticket(number, member="a", phase="execution", severity="high"):
    return DrawnTicket(
        id=f"t{number}",
        label=f"事件 {number} " + "長" * 40,
        member=member,
        member_name=member.upper(),
        at=AT + timedelta(hours=number),
        phase=phase,
        severity=severity,
    )


def test_members_stand_left_tickets_in_the_middle_values_right():
    value = SharedValue(key="v", label="203.0.113.7", tickets=("t0", "t1"))
    picture = campaign_picture([ticket(0), ticket(1, "b")], [value])
    columns = {each.tone: each.x for each in picture.boxes}
    assert columns["member"] < columns["ticket"] < columns["value"]
    # Two lines from members, two to the value
    assert len(picture.edges) == 4


def test_a_value_of_one_ticket_is_not_shared():
    value = SharedValue(key="v", label="only", tickets=("t0", "gone"))
    assert not [
        each for each in campaign_picture([ticket(0)], [value]).boxes if each.tone == "value"
    ]


def test_what_has_no_room_is_counted_and_the_picture_stays_small():
    tickets = [ticket(number, f"m{number % 9}") for number in range(MOST_TICKETS + 7)]
    values = [
        SharedValue(key=str(n), label=str(n), tickets=("t0", "t1"), weight=n)
        for n in range(MOST_VALUES + 20)
    ]
    picture = campaign_picture(tickets, values)
    assert picture.left_out == 7
    assert len(picture.boxes) <= 200


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
def test_no_two_boxes_lie_on_each_other(members):
    picture = campaign_picture([ticket(n, member) for n, member in enumerate(members)], [])
    places = [(each.x, each.y) for each in picture.boxes]
    assert len(set(places)) == len(places)
    assert all(y + picture.box_height <= picture.height for _x, y in places)


def test_the_course_goes_down_the_kill_chain_and_right_through_time():
    drawn = course(
        [ticket(0, phase="initial-access"), ticket(5, phase="impact"), ticket(9, phase="")]
    )
    first, second, third = drawn.dots
    assert first.x < second.x < third.x
    assert first.y < second.y < third.y
    assert first.heavy
    assert "事件 5" in second.title


def test_a_single_ticket_has_a_course_and_none_has_none():
    assert len(course([ticket(0)]).marks) == 1
    assert course([]) is None

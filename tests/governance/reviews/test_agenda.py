"""The agenda holds what needs the meeting, topic by topic, in both languages, and nothing else."""

from datetime import date

from panshi.governance.accountability.register import register
from panshi.governance.appointments import Appointments
from panshi.governance.indicators.trend import Standing
from panshi.governance.reviews.agenda import IndicatorPoint, Point, Topic, agenda
from tests.governance.accountability.test_register import NOW, OFFICES
from tests.governance.indicators.test_trend import INDICATOR
from tests.governance.reviews.test_actions import DONE, DUE, SET, on


def made(*standings, actions=(), others=()):
    return agenda(
        actions=actions,
        indicators=[
            IndicatorPoint(indicator=INDICATOR, value=0.5, target=0.8, standing=each)
            for each in standings
        ],
        offices=register(Appointments.of([], []), OFFICES, NOW),
        others=others,
        day=date(2026, 12, 1),
    )


def test_what_is_on_target_is_not_discussed():
    topics = [each.topic for each in made(Standing.ON_TARGET, Standing.NO_TARGET)]
    assert Topic.INDICATOR not in topics
    off = [each for each in made(Standing.OFF, Standing.UNKNOWN) if each.topic == Topic.INDICATOR]
    assert [each.about for each in off] == ["indicator/zt-evidenced"] * 2
    assert "50.0%" in off[0].zh
    assert "80.0%" in off[0].en


def test_actions_come_first_and_finished_ones_not_at_all():
    late = on(date(2026, 12, 1), SET)
    points = made(actions=late)
    assert points[0].about == "action/2026Q3-1"
    assert f"{(date(2026, 12, 1) - DUE).days} days overdue" in points[0].en
    assert not [e for e in made(actions=on(date(2026, 12, 1), SET, DONE)) if e.topic == "action"]


def test_topics_stand_together_in_their_order():
    others = [Point(topic=topic, about="x/1", zh="一", en="one") for topic in reversed(Topic)]
    found = [each.topic for each in made(Standing.OFF, others=others)]
    order = list(Topic)
    assert found == sorted(found, key=order.index)
    # Vacant offices are on it: nobody was appointed in this world.
    assert Topic.OFFICE in found

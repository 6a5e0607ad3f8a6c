"""One item of a population, and all of them."""

from __future__ import annotations

from panshi.governance.assessment.items import items_of, unseen_of
from panshi.model.asset import AssetId
from panshi.model.verdict import ItemState
from tests.governance.assessment.worlds import (
    River,
    assessor,
    attested,
    contradicted_by_drills,
    estate,
    framework,
    host,
)


def machine():
    river = River()
    river.looks(3, 2)
    river.look(5, days_ago=50)
    granted = river.exception(scope=(host(3),))
    river.drill(host(0), passed=False)
    river.drill(host(3), passed=False)
    river.drill(host(6), passed=False)
    content = framework(contradicted_by_drills(), attested())
    return assessor(estate(8, fields=("remote",)), river, content), river, granted


def test_one_item_is_the_one_of_the_whole():
    judged, *_ = machine()
    control = judged.judge.grounds.controls["f/c"]
    for item in items_of(judged.judge, control, ""):
        assert judged.item("f/c", item.asset) == item == judged.item("f/c", item.asset, "remote")


def test_what_is_no_item():
    judged, *_ = machine()
    assert judged.item("f/c", AssetId("system:core")) is None
    assert judged.item("f/a", AssetId(host(0))) is None


def test_exceptions_do_not_cover_contradicted_items():
    judged, river, granted = machine()
    bare = judged.item("f/c", AssetId(host(3)))
    assert bare.contradicted_by
    assert bare.exception is None
    river.drill(host(3), passed=True, days_ago=0)
    judged.observe(river.sealed[-1])
    assert judged.item("f/c", AssetId(host(3))).exception == granted.id


def test_unseen_and_contradicted_is_failing():
    judged, *_ = machine()
    control = judged.judge.grounds.controls["f/c"]
    assert judged.item("f/c", AssetId(host(6))).state is ItemState.FAILING
    assert unseen_of(judged.judge, control, "") == {host(5), host(7)}

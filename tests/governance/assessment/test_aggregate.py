"""Bars and the first line of a page."""

from __future__ import annotations

import pytest

from panshi.governance.assessment.aggregate import bar, bars, headline, whole
from panshi.model.asset import AssetKind
from panshi.model.control import Group
from panshi.model.verdict import Status
from tests.governance.assessment.worlds import (
    CHECK,
    River,
    assessor,
    attested,
    control,
    estate,
    framework,
)

UNSEEN = type(CHECK)(observation="x/1", passes=CHECK.passes)


def seen():
    river = River()
    river.looks(10)
    return river


def test_what_was_not_seen_counts_as_nothing_evidenced():
    content = framework(control(), control("u", check=UNSEEN), attested())
    river = seen()
    river.attestation()
    river.claim(1.0)
    found = whole((assessor(estate(10), river, content).assess("f"),))
    assert (found.shares.evidenced, found.shares.possible) == (0.5, 1.0)
    assert (found.shares.claimed, found.shares.claims, found.shares.judged) == (1.0, 1, 2)
    assert found.gap == pytest.approx(0.5)
    assert found.counts == {Status.MET: 1, Status.UNKNOWN: 1, Status.ATTESTED: 1}
    assert (found.attested, found.controls) == (1, 3)


def test_nothing_judged_is_no_figure():
    found = bar(())
    assert (found.shares.evidenced, found.shares.possible, found.gap) == (None, None, None)


def test_groups_hold_their_subgroups():
    content = framework(control("1", group="sub"), control("2", group="top", check=UNSEEN))
    groups = (
        Group(id="top", title_zh="上", title_en="top"),
        Group(id="sub", title_zh="下", title_en="sub", parent="top"),
    )
    object.__setattr__(content, "groups", groups)
    top, sub = bars(assessor(estate(10), seen(), content).assess("f"), content)
    assert (top.id, top.controls, top.shares.evidenced) == ("top", 2, 0.5)
    assert (sub.title_zh, sub.controls, sub.shares.evidenced) == ("下", 1, 1.0)


def test_the_headline_counts_each_unseen_asset_once():
    # Given three controls of stage II over the same hosts, of which ten were never seen.
    content = framework(
        control("1", stage=1, check=CHECK),
        *(control(f"2-{number}", stage=2, check=UNSEEN) for number in range(3)),
        staged=True,
    )
    found = headline(assessor(estate(10), seen(), content), "f")
    assert (found.stage, found.next_stage) == (1, 2)
    assert found.blocking == found.blocking_unseen == ("f/2-0", "f/2-1", "f/2-2")
    assert found.unseen == {AssetKind.HOST: 10}
    assert found.failing == 0


def test_the_headline_of_an_unstaged_framework_counts_what_is_not_met():
    river = River()
    river.looks(5, 5)
    content = framework(control(), control("u", check=UNSEEN), attested())
    found = headline(assessor(estate(10), river, content), "f")
    assert (found.staged, found.stage) == (False, 0)
    assert found.blocking == ("f/c", "f/u", "f/a")
    assert found.failing == 2
    assert found.blocking_unseen == ("f/u",)

"""Alerts once per opening and channel, whatever is repeated, restarted or refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.model.bodies.vulnerability_following import ALERT
from panshi.model.supply_chain.advisory import Advisory, Affected, AffectedRange, KnownExploited
from panshi.node.alerting.raising import follow, raise_alerts
from panshi.node.alerting.sending import deliver
from panshi.node.alerting.settings import AlertSettings, set_alerting
from panshi.node.alerting.watching import watch
from panshi.node.notify.settings import NotifySettings, save
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.feeds import advisories
from panshi.node.supply_chain.portfolio import ingest, rebuild, rematch
from panshi.observe.spool.folder import HeldElsewhereError
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.store.senders import Hook
from tests.simulators.institution import Clock, open_institution
from tests.simulators.webhook_receiver import receiver

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
WORST = (("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),)
SYSTEM = "system:core"


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path / "home", clock) as opened:
        yield opened


def bill(*purls):
    components = [{"type": "library", "name": each, "purl": each} for each in purls]
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}
    return json.dumps(head | {"components": components}).encode()


def advisory(name="PYSEC-2026-1", *, cve="CVE-2026-1", package="jinja2", withdrawn=""):
    span = AffectedRange("ECOSYSTEM", (("introduced", "0"), ("fixed", "3.1.5")))
    return Advisory(
        id=name,
        aliases=(cve,),
        modified=f"2026-11-01T00:00:0{1 if withdrawn else 0}Z",
        withdrawn=withdrawn,
        severity=WORST,
        affected=(Affected("PyPI", package, ranges=(span,)),),
    )


def publish(node, *records):
    with advisories(node) as store:
        store.apply(records, feed="osv/PyPI", at=node.clock())


def alerts(node):
    return [(each.what, each.vulnerability, each.count) for each in alerts_of(node).alerts()]


def begun(node):
    ingest(node, bill("pkg:pypi/jinja2@3.1.4"), system=SYSTEM, actor="lin")
    follow(node)


def test_an_opening_is_told_once(node, clock):
    # Given a portfolio that is followed, when an advisory arrives and is looked at twice,
    begun(node)
    clock.now += timedelta(minutes=1)
    publish(node, advisory())
    assert follow(node).told == 1
    assert follow(node).told == 0
    # then it is told once, also after the index was made anew.
    rebuild(node)
    follow(node)
    assert alerts(node) == [("opened", "CVE-2026-1", 1)]


def test_changes_seen_twice_are_told_once(node, clock):
    # Given changes that another process took in meanwhile,
    begun(node)
    clock.now += timedelta(minutes=1)
    publish(node, advisory())
    with alerts_of(node).turn() as turn:
        reached = turn.reached("changes")
    changes = rematch(node, changes_after=int(reached or 0))
    # when both raise alerts, by place or without,
    assert raise_alerts(node, changes, reached=reached).alerts == 1
    assert raise_alerts(node, changes, reached=reached).alerts == 0
    assert raise_alerts(node, changes).alerts == 0
    # then one alert stands.
    assert len(alerts(node)) == 1


def test_what_comes_back_is_told_again(node, clock):
    # Given a finding that a newer bill repaired,
    begun(node)
    clock.now += timedelta(minutes=1)
    publish(node, advisory())
    follow(node)
    clock.now += timedelta(days=1)
    ingest(node, bill("pkg:pypi/jinja2@3.1.6"), system=SYSTEM, actor="lin")
    follow(node)
    # when a later bill brings it back,
    clock.now += timedelta(days=1)
    ingest(node, bill("pkg:pypi/jinja2@3.1.3"), system=SYSTEM, actor="lin")
    follow(node)
    # then its second opening is told, too.
    assert alerts(node) == [("opened", "CVE-2026-1", 1)] * 2
    store = alerts_of(node)
    assert [store.findings_of(each.id)[0].run for each in store.alerts()] == [2, 1]


def test_a_listing_in_kev_is_told_as_more_urgent(node, clock):
    # Given a finding told as less urgent, since everything about it is known and calm,
    begun(node)
    with advisories(node) as store:
        store.put_kev([], node.clock())
        store.put_epss([("CVE-2026-1", 0.001, 0.1)], date(2026, 11, 2), node.clock())
    clock.now += timedelta(minutes=1)
    publish(node, advisory())
    follow(node)
    before = alerts(node)
    # when KEV lists it,
    with advisories(node) as store:
        store.put_kev([KnownExploited("CVE-2026-1", date(2026, 11, 2))], node.clock())
    follow(node)
    follow(node)
    # then it is told once more, as raised.
    assert alerts(node) == [("raised", "CVE-2026-1", 1), *before]
    assert alerts_of(node).alerts(limit=1)[0].ssvc in {Ssvc.ACT, Ssvc.ATTEND}


def test_what_was_there_before_is_told_as_such(node):
    # Given an advisory and a bill from before anybody followed, when following begins,
    publish(node, advisory())
    ingest(node, bill("pkg:pypi/jinja2@3.1.4"), system=SYSTEM, actor="lin")
    follow(node)
    # then what presses is told once as there already.
    assert [each[0] for each in alerts(node)] in (["baseline"], [])
    follow(node)
    assert len(alerts(node)) <= 1


def test_quiet_findings_wait_for_the_digest(node, clock):
    # Given a policy that tells nothing at once,
    set_alerting(node, AlertSettings(at_once=()), actor="lin")
    begun(node)
    clock.now += timedelta(days=1) - timedelta(hours=5)
    publish(node, advisory())
    follow(node)
    assert alerts(node) == []
    # when the hour of digests comes, then one digest tells of it, once.
    clock.now += timedelta(hours=6)
    follow(node)
    follow(node)
    assert [(each.what, each.count) for each in alerts_of(node).alerts()] == [("digest", 1)]


def test_channels_get_it_once_and_a_refusal_is_tried_again(node, clock, tmp_path):
    # Given a webhook that refuses at first, a STIX folder, and an alert,
    with receiver() as server:
        host = f"127.0.0.1:{server.server_port}"
        hook = Hook(name="soc", url=f"http://{host}/x", secret="s" * 20)
        save(node.home.path, NotifySettings(hooks=(hook,), allowed_hosts=(host,)))
        folder = tmp_path / "stix"
        wanted = AlertSettings(webhooks=("soc",), stix_folder=str(folder))
        set_alerting(node, wanted, actor="lin")
        begun(node)
        clock.now += timedelta(minutes=1)
        publish(node, advisory())
        follow(node)
        server.status = 500
        # when it is delivered, tried again, and its sender dies between sending and noting,
        assert deliver(node).failed == 1
        server.status = 200
        clock.now += timedelta(minutes=5)
        assert deliver(node).failed == 0
        assert deliver(node).sent == 0
        # then all tries carry one key, one bundle lies there, and the alert is sealed once.
        keys = {headers["X-Panshi-Delivery"] for _path, headers, _body in server.posts}
        assert len(server.posts) == 2
        assert len(keys) == 1
        assert json.loads(server.posts[-1][2])["findings"][0]["system"] == SYSTEM
    assert len(list(folder.iterdir())) == 1
    assert node.log.kinds()[ALERT] == 1


def test_what_was_being_sent_when_the_watch_died_is_sent_again(node, clock):
    # Given a delivery that was begun and never noted,
    begun(node)
    clock.now += timedelta(minutes=1)
    publish(node, advisory())
    follow(node)
    assert len(alerts_of(node).claim(node.clock(), 10, evidence=True)) == 1
    assert deliver(node).sent == 0
    # when the next watch begins, then it goes out.
    (round_,) = watch(node, once=True, feeds=False)
    assert round_.delivered.sent == 1
    assert round_.problems == ()


def test_one_watch_per_home(node):
    # Given a watch at work, when a second one begins, then it is told so.
    first = watch(node, every=60, feeds=False)
    next(first)
    with pytest.raises(HeldElsewhereError):
        next(watch(node, once=True, feeds=False))
    first.close()
    assert next(watch(node, once=True, feeds=False))

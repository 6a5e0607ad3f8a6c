"""Pulling: everything once, whatever breaks; matching and telling back as people do it."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest

from panshi.alliance.intelligence.allowed_steps import AllowedState
from panshi.errors import BadInputError, ForbiddenError, StoreError
from panshi.evidence.log import Filter
from panshi.model.alliance.pulled import SourcePlace
from panshi.model.bodies.intelligence import MATCH, PULL, REPORT, AllowStep
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.allowing import allowed, propose, rule
from panshi.node.alliance.intelligence.known import known, known_values, watched
from panshi.node.alliance.intelligence.matching import match
from panshi.node.alliance.intelligence.pulling import pull
from panshi.node.alliance.intelligence.reporting import report
from panshi.node.alliance.intelligence.sources import keep_source, pulled, sources
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.taxii_server import stamped, taxii_server

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
SECRET = "t0ken-of-the-member"


@pytest.fixture
def node(tmp_path):
    with closing(Node.open(Home(path=tmp_path), clock=lambda: NOW)) as opened:
        yield opened


def thing(number, value=None, *, days=1, **about):
    said = (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid5(NAMESPACE_URL, str(number))}",
        "created": said,
        "modified": said,
        "valid_from": said,
        "name": f"trial {number}",
        "pattern": f"[domain-name:value = '{value or f'n{number}.example'}']",
        "pattern_type": "stix",
        "confidence": 80,
        "object_marking_refs": [AMBER],
    } | about


def added(node, server, name="hub", **about):
    place = SourcePlace(name=name, url=server.url, reliability="B", token=server.token, **about)
    return keep_source(node, place, actor="lin.kaiwen")


def fetch(node, **about):
    return list(pull(node, actor="lin.kaiwen", limit=10, pause=lambda _s: None, **about))


def stored(node):
    with pulled(node) as store:
        return store.counts()["objects"]


def test_everything_comes_once_and_then_only_what_is_new(node):
    with taxii_server({"sector": [thing(n) for n in range(25)]}, SECRET) as server:
        added(node, server)
        # When it is pulled twice, and once more after something was added
        first, second = fetch(node)[0], fetch(node)[0]
        server.collections["sector"] += stamped([thing(99)], start=30)
        third = fetch(node)[0]
    # Then nothing is taken twice
    assert (first.new, first.pages, first.complete) == (25, 3, True)
    assert (second.new, second.newer) == (0, 0)
    assert (third.new, stored(node)) == (1, 26)
    assert len(list(node.log.records(PULL))) == 2


def test_a_pull_that_broke_off_goes_on_with_the_cursor(node):
    with taxii_server({"sector": [thing(n) for n in range(35)]}) as server:
        added(node, server)
        server.fail_after = 2
        broken = fetch(node)[0]
        assert broken.problem
        assert not broken.complete
        assert stored(node) == 20
        server.fail_after, server.asked = -1, []
        # When it is pulled again
        again = fetch(node)[0]
    # Then the third page is the first that is asked for
    assert "next=20" in next(each for each in server.asked if "/objects/" in each)
    assert again.resumed
    assert again.complete
    assert stored(node) == 35
    assert again.new == 15


def test_a_cursor_the_server_forgot_is_asked_anew_by_time(node):
    with taxii_server({"sector": [thing(n) for n in range(35)]}) as server:
        added(node, server)
        server.fail_after = 2
        fetch(node)
        server.fail_after, server.forget_cursors = -1, True
        again = fetch(node)[0]
    assert again.complete
    assert stored(node) == 35


def test_damaged_progress_is_told_and_asked_anew_on_demand(node):
    with taxii_server({"sector": [thing(1)]}) as server:
        added(node, server)
        fetch(node)
        with pulled(node) as store:
            store._raw.execute("UPDATE progress SET body = CAST(replace(body, '1', '2') AS BLOB)")
        assert "damaged" in fetch(node)[0].problem
        assert fetch(node, anew=True)[0].complete
    assert stored(node) == 1


def test_a_newer_version_replaces_and_an_older_one_does_not(node):
    newer = thing(1, "newer.example", modified="2026-11-20T00:00:00.000Z")
    older = thing(1, "older.example", modified="2026-11-01T00:00:00.000Z")
    with taxii_server({"sector": [older, newer, older]}) as server:
        added(node, server)
        fetch(node)
    assert [each.values[0].value for each in known(node)] == ["newer.example"]


def test_what_was_revoked_or_is_over_is_not_looked_for(node):
    over = thing(2, "over.example", valid_until="2026-11-20T00:00:00Z")
    with taxii_server({"sector": [thing(1, "gone.example", revoked=True), over]}) as server:
        added(node, server)
        fetch(node)
    assert not list(watched(node))


@pytest.mark.parametrize(
    "answer",
    [
        b"not json",
        b'{"objects": 5}',
        b'{"more": true, "objects": []}',
        b"[" * 5_000,
        b'{"objects": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}",
    ],
)
def test_a_server_that_answers_nonsense_is_told_and_leaves_nothing(node, answer):
    with taxii_server({"sector": [thing(1)]}) as server:
        added(node, server)
        fetch(node)
        server.answer = answer
        found = fetch(node)
    assert stored(node) == 1
    assert all(each.problem for each in found) or not found


def test_objects_that_are_none_are_counted_and_the_rest_is_kept(node):
    bad = [{"type": "indicator"}, {"type": "x", "id": "indicator--1"}, {"id": 5}]
    with taxii_server({"sector": [*bad, thing(1)]}) as server:
        added(node, server)
        found = fetch(node)[0]
    assert (found.refused, found.new, stored(node)) == (3, 1, 1)


def test_a_token_goes_only_where_it_belongs_and_is_shown_nowhere(node):
    with taxii_server({"sector": [thing(1)]}, SECRET) as server:
        place = added(node, server)
        fetch(node)
        server.statuses = [302]
        assert fetch(node)[0].problem
    assert SECRET not in repr(place) + repr(sources(node))
    assert SECRET not in repr(node.log.page(Filter(), limit=1_000))


def test_an_address_without_tls_beyond_this_machine_is_refused(node):
    with pytest.raises(ForbiddenError):
        keep_source(node, SourcePlace(name="x", url="http://hub.example/taxii2/"), actor="a")
    assert not sources(node)


def test_two_sources_on_one_value_are_one_value_with_two_voices(node):
    with (
        taxii_server({"sector": [thing(1, "same.example")]}) as one,
        taxii_server({"sector": [thing(2, "same.example")]}) as other,
    ):
        added(node, one, "one")
        added(node, other, "two")
        fetch(node)
    found = known_values(node, "domain", "same.example")
    assert len(found) == 1
    assert found[0].sources == ("one", "two")
    assert len(found[0].voices) == 2


def test_what_is_found_is_told_back_once_without_our_name_or_our_logs(node, tmp_path):
    log = tmp_path / "dns.log"
    log.write_text(
        "#fields\tts\thost\tquery\n"
        "1763700000.5\tteller-7.bank.internal\tmail.evil.example\n"
        "1763700900.5\tteller-7.bank.internal\tmail.evil.example\n"
    )
    with taxii_server({"sector": [thing(1, "evil.example")], "inbox": []}) as server:
        added(node, server)
        fetch(node)
        # When an extract is searched, twice
        found, again = (next(match(node, (log,), actor="lin.kaiwen")) for _ in range(2))
        sight = found.sights[0]
        assert (found.hits, found.new, again.new) == (2, 1, 0)
        assert (sight.field, sight.lines, sight.first_line) == ("query", 2, 2)
        # And told back, twice
        told = [report(node, sight.id[:10], actor="lin.kaiwen") for _ in range(2)]
    # Then the hub has one sighting, which says how often and when to the hour, and nothing else
    assert told[0] == told[1]
    assert len(server.added) == 1
    sent = server.added[0]
    assert sent["count"] == 2
    assert sent["first_seen"].endswith(":00:00.000Z")
    assert sent["sighting_of_ref"] == thing(1)["id"]
    said = json.dumps(sent)
    assert not any(each in said for each in ("teller", "lin", "bank", "evil", "created_by"))
    # And what was done is sealed; the same run at the same moment is the same record
    assert [len(list(node.log.records(kind))) for kind in (MATCH, REPORT)] == [1, 1]


def test_what_is_sealed_holds_nothing_of_the_intelligence(node, tmp_path):
    log = tmp_path / "x.log"
    log.write_text("2026-11-20T10:00:00Z evil.example\n")
    with taxii_server({"sector": [thing(1, "evil.example")], "inbox": []}) as server:
        added(node, server)
        fetch(node)
        sight = next(match(node, (log,), actor="lin.kaiwen")).sights[0]
        report(node, sight.id, actor="lin.kaiwen")
    kinds = (PULL, MATCH, REPORT)
    sealed = repr([each for kind in kinds for each in node.log.records(kind)])
    assert "evil.example" not in sealed


def test_a_refused_sighting_is_told_and_can_be_sent_again(node, tmp_path):
    log = tmp_path / "x.log"
    log.write_text("evil.example\n")
    with taxii_server({"sector": [thing(1, "evil.example")], "inbox": []}) as server:
        added(node, server)
        fetch(node)
        sight = next(match(node, (log,), actor="a")).sights[0]
        server.refuse_adds = "not now"
        with pytest.raises(StoreError, match="not now"):
            report(node, sight.id, actor="lin.kaiwen")
        server.refuse_adds = ""
        report(node, sight.id, actor="lin.kaiwen")
    with pulled(node) as store:
        assert [each.status for each in store.reported_of(sight.id)] == ["told"]


def test_an_allowed_value_binds_nothing_once_two_people_decided(node):
    with taxii_server({"sector": [thing(1, "x.cdn.example")]}) as server:
        added(node, server)
        fetch(node)
    until = day_of(NOW) + timedelta(days=30)
    number = propose(node, "domain", "*.cdn.example", why="ours", expires=until, actor="lin.kaiwen")
    assert list(watched(node))
    # When the proposer approves it, and then another person
    with pytest.raises(ForbiddenError):
        rule(node, number, AllowStep.APPROVED, actor="cli:lin.kaiwen")
    rule(node, number, AllowStep.APPROVED, actor="chen.yiru")
    # Then it is shown with its reason and looked for no more
    assert not list(watched(node))
    assert known_values(node, "domain", "x.cdn.example")[0].allowed.list == number
    assert allowed(node)[0].state(until) is AllowedState.IN_FORCE
    assert allowed(node)[0].state(until + timedelta(days=1)) is AllowedState.EXPIRED


def test_an_extract_of_one_endless_line_is_bounded(node, tmp_path):
    log = tmp_path / "long.log"
    log.write_bytes(b"a" * 3_000_000 + b" evil.example " + b"b" * 3_000_000)
    with taxii_server({"sector": [thing(1, "evil.example")]}) as server:
        added(node, server)
        fetch(node)
        found = next(match(node, (log,), actor="a"))
    assert found.cut
    assert len(found.sights) == 1


def test_a_damaged_gzip_is_refused_and_leaves_nothing(node, tmp_path):
    log = tmp_path / "x.log.gz"
    log.write_bytes(b"\x1f\x8b\x08\x00 no gzip at all")
    with pytest.raises(BadInputError):
        list(match(node, (log,), actor="a"))
    assert not list(node.log.records(MATCH))

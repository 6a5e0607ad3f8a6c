"""Stages and the baseline gate."""

from __future__ import annotations

from datetime import timedelta

from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.control import MachineClass, MappingRelation, Population
from panshi.model.predicate import Comparison, Condition
from tests.governance.assessment.worlds import (
    CHECK,
    HOSTS,
    TODAY,
    River,
    assessor,
    attested,
    clause,
    control,
    estate,
    framework,
    host,
    overlap,
)

UNSEEN = type(CHECK)(observation="x/1", passes=CHECK.passes)
SITES = Population(kind=AssetKind.SITE)


def ladder(*controls, **changes):
    return framework(*controls, staged=True, **changes)


def stage(river, content, *others, hosts=10, mappings=(), in_field="", group="", **where):
    machine = assessor(estate(hosts, **where), river, content, *others, mappings=mappings)
    return machine.stage("f", group, in_field)


def seen(hosts=10):
    river = River()
    river.looks(hosts)
    return river


def test_a_stage_needs_every_control_up_to_it():
    content = ladder(
        control("1", stage=1),
        control("2", stage=2, check=UNSEEN),
        control("3", stage=3),
    )
    found = stage(seen(), content)
    assert (found.stage, found.possible_stage, found.claimed_stage) == (1, 3, 0)
    assert found.to_lift == ("f/2",)


def test_nothing_seen_is_no_stage():
    found = stage(River(), ladder(control("1", stage=1)))
    assert (found.stage, found.possible_stage) == (0, 1)
    assert found.to_lift == ("f/1",)


def test_at_the_top_there_is_nothing_to_lift():
    found = stage(seen(), ladder(control("1", stage=1), control("2", stage=2)))
    assert (found.stage, found.to_lift) == (2, ())


def test_a_failing_control_is_not_possible():
    river = River()
    river.looks(0, 10)
    found = stage(river, ladder(control("1", stage=1)))
    assert found.possible_stage == 0


def test_the_claimed_stage_stands_beside():
    river = River()
    for number in ("1", "2"):
        river.claim(1.0, number)
    found = stage(river, ladder(control("1", stage=1), control("2", stage=2)))
    assert (found.claimed_stage, found.stage) == (2, 0)


def test_an_empty_population_blocks_until_signed():
    content = ladder(control("1", stage=1), control("2", stage=2, population=SITES))
    river = seen()
    assert stage(river, content).stage == 1
    river.not_applicable("2")
    assert stage(river, content).stage == 1
    signed = ladder(
        control("1", stage=1), control("2", stage=2, population=SITES), control("3", stage=3)
    )
    assert stage(river, signed).stage == 3


def test_where_everything_is_signed_away_there_is_no_stage():
    river = River()
    river.not_applicable("1")
    found = stage(river, ladder(control("1", stage=1, population=SITES)))
    assert (found.stage, found.possible_stage, found.to_lift) == (0, 0, ())


def test_a_field_known_to_be_empty_is_left_out():
    # Given sites that all say which fields they belong to, none of them the remote one.
    site = Asset(
        id=AssetId("site:a"), kind=AssetKind.SITE, name="a", attributes={"fields": ("cloud",)}
    )
    content = ladder(
        control("1", stage=1), control("2", stage=2, population=SITES), control("3", stage=3)
    )
    where = estate(10, site, fields=("remote",))
    found = assessor(where, seen(), content).stage("f", "", "remote")
    assert found.stage == 3
    # When one site does not say, the field is not known to be empty, and unknown never passes.
    silent = Asset(id=AssetId("site:b"), kind=AssetKind.SITE, name="b")
    where = estate(10, site, silent, fields=("remote",))
    assert assessor(where, seen(), content).stage("f", "", "remote").stage == 1


def test_stages_come_per_group_and_field():
    content = ladder(
        control("1", stage=1),
        control("2", stage=1, group="h", check=UNSEEN),
        groups=("g", "h"),
    )
    found = assessor(estate(10, fields=("remote",)), seen(), content).assess("f").stages
    assert [(each.in_field, each.group, each.stage) for each in found] == [
        ("", "", 0),
        ("", "g", 1),
        ("", "h", 0),
        ("remote", "", 0),
        ("remote", "g", 1),
        ("remote", "h", 0),
    ]


def gated(number="1", **changes):
    law = framework(clause(number, **changes), name="law")
    content = ladder(*(control(str(step), stage=step) for step in (1, 2, 3)))
    return content, law, (overlap("f/2", f"law/{number}"),)


def test_the_gate_caps_at_the_first_stage():
    content, law, mappings = gated(check=UNSEEN)
    found = stage(seen(), content, law, mappings=mappings)
    assert (found.stage, found.gate_open, found.gate_blockers) == (1, False, ("law/1",))
    assert found.to_lift == ("law/1",)
    assert found.possible_stage == 3


def test_a_clause_that_holds_opens_the_gate():
    content, law, mappings = gated()
    found = stage(seen(), content, law, mappings=mappings)
    assert (found.stage, found.gate_open) == (3, True)


def test_the_crosswalk_reads_both_ways_and_knows_no_relationship():
    content, law, _ = gated(check=UNSEEN)
    turned = (overlap("law/1", "f/3"),)
    assert stage(seen(), content, law, mappings=turned).stage == 1
    none = type(turned[0])(
        source="law/1", target="f/3", relation=MappingRelation.NONE, rationale="semantic"
    )
    assert stage(seen(), content, law, mappings=(none,)).stage == 3


def test_only_binding_clauses_gate():
    law = framework(control("1", framework="law", check=UNSEEN), name="law")
    content, _, mappings = gated()
    assert stage(seen(), content, law, mappings=mappings).stage == 3


def test_an_attested_clause_opens_the_gate():
    law = framework(attested("1", framework="law", strength=clause().strength), name="law")
    content, _, mappings = gated()
    river = seen()
    assert stage(river, content, law, mappings=mappings).stage == 1
    river.attestation("1", framework="law")
    assert stage(river, content, law, mappings=mappings).stage == 3


def test_a_clause_nobody_can_judge_keeps_the_gate_closed():
    law = framework(clause("1", machine=MachineClass.MANUAL), name="law")
    content, _, mappings = gated()
    assert stage(seen(), content, law, mappings=mappings).stage == 1


def test_a_live_exception_opens_the_gate_and_shows():
    content, law, mappings = gated(check=UNSEEN)
    river = seen()
    river.exception("1", framework="law")
    found = stage(river, content, law, mappings=mappings)
    assert (found.stage, found.without_exceptions, found.gate_open) == (3, 1, True)
    # When it lapses, the gate falls shut on that day.
    lapsed = seen()
    lapsed.exception("1", framework="law", expires=TODAY)
    assert stage(lapsed, content, law, mappings=mappings).stage == 1
    # When it covers a part only, the rest of the clause is still unknown.
    partial = seen()
    partial.exception("1", framework="law", scope=(host(1),))
    assert stage(partial, content, law, mappings=mappings).stage == 1


def test_an_exception_opens_no_gate_over_a_contradiction():
    content, law, mappings = gated()
    river = seen()
    river.incident("law/1")
    river.exception("1", framework="law")
    found = stage(river, content, law, mappings=mappings)
    assert (found.stage, found.possible_stage) == (1, 1)


def test_without_exceptions_is_shown():
    river = River()
    river.looks(9, 1)
    river.exception("1", expires=TODAY + timedelta(days=3))
    content = ladder(control("1", stage=1))
    found = stage(river, content)
    assert (found.stage, found.without_exceptions) == (1, 0)


def test_a_law_is_judged_over_the_whole_estate_for_a_field_too():
    # Given a clause that fails outside the remote field.
    where = Condition(field="kind", comparison=Comparison.IS, value="server")
    servers = Population(kind=HOSTS.kind, where=where)
    server = Asset(
        id=AssetId("host:s"), kind=AssetKind.HOST, name="s", attributes={"kind": "server"}
    )
    content, law, mappings = gated(population=servers)
    machine = assessor(
        estate(10, server, fields=("remote",)), seen(), content, law, mappings=mappings
    )
    assert machine.stage("f", "", "remote").gate_blockers == ("law/1",)


def test_frameworks_without_stages_have_none():
    assert assessor(estate(1), River(), framework(control())).assess("f").stages == ()

"""A hub's desk and reports over real tickets: queue, cases, campaigns, what reports may tell."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, ForbiddenError, MissingError
from panshi.model.alliance.marking import Marking, Pap, Tlp
from panshi.model.alliance.ticket import Category, Observable, Severity, Status, Ticket
from panshi.model.bodies.soc_desk import DeskStep
from panshi.node.alliance import desk
from panshi.node.alliance.campaigns import CampaignsWanted, campaign_told, campaigns_listed
from panshi.node.alliance.correlating import correlate
from panshi.node.alliance.extraction import models_folder
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.members import MemberDesk
from panshi.node.alliance.news import at_a_glance, new_since
from panshi.node.alliance.technique_model import learn
from panshi.node.alliance.threat_reports import (
    ThreatAsking,
    ThreatForm,
    reader_of_report,
    threat_facts,
    threat_file,
)
from panshi.node.alliance.tickets import accept_tickets
from panshi.node.demo_sector import PARTS, everyday_of_all, story
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.report.threat.facts import ThreatReport
from tests.simulators.attack_bundle import bundle

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The sector's story at a hub, without its servers."""
    clock = [NOW]
    with Node.open(Home(path=tmp_path_factory.mktemp("hub")), clock=lambda: clock[0]) as node:
        prepare_hub(node, actor="chen.yiru", name="示範聯防中心")
        invited = MemberDesk(node, actor="chen.yiru")
        for part in PARTS:
            invited.invite(part.id, called=part.name_zh, sector=part.sector)
        for part, tickets in everyday_of_all(NOW):
            accept_tickets(node, part.id, tickets)
        clock[0] = NOW + timedelta(minutes=1)
        for part, ticket in story(NOW):
            accept_tickets(node, part.id, (ticket,))
        correlate(node)
        yield node


def step(about, doing, by="lin", **more):
    return DeskStep(about=about, doing=doing, by=by, **more)


def test_one_campaign_joins_what_the_members_saw(hub):
    # Given everyday tickets of three members and four of one compromise
    page = campaigns_listed(hub, CampaignsWanted())
    # Then there is one campaign of two members, with the reasons
    assert page.total == 1
    (seen,) = page.rows
    assert (seen.size, set(seen.members)) == (4, {"demo-bank", "demo-insurer"})
    told = campaign_told(hub, seen.number)
    assert sum(bool(each.parts) for each in told.joined) >= 3
    assert {"203.0.113.77"} <= {each.value for each in told.shared}


def test_a_glance_counts_what_is_open(hub):
    glance = at_a_glance(hub)
    assert (glance.campaigns, glance.members) == (1, 2)
    assert glance.tickets == 94


def test_what_is_new_is_what_came_since_the_look(hub):
    assert new_since(hub, NOW).tickets == 4
    assert new_since(hub, NOW + timedelta(hours=1)).tickets == 0
    assert desk.position_at(hub, NOW) == 90
    assert desk.position_at(hub, NOW - timedelta(days=1)) == 0


def test_the_queue_is_paged_without_a_gap(hub):
    seen, before = [], 0
    while True:
        page = desk.queue(hub, desk.Wanted(), before=before, limit=20)
        seen += [each.position for each in page.rows]
        if not page.following:
            break
        before = page.following
    assert seen == list(range(94, 0, -1))


def test_filters_of_the_queue_narrow_it(hub):
    severe = desk.queue(hub, desk.Wanted(severity=Severity.HIGH))
    assert {each.ticket.member for each in severe.rows} == {"demo-bank", "demo-insurer"}
    assert len(severe.rows) == 4
    fresh = desk.queue(hub, desk.Wanted(newer_than=NOW))
    assert [each.position for each in fresh.rows] == [94, 93, 92, 91]
    old = desk.queue(hub, desk.Wanted(older_than=NOW, severity=Severity.HIGH))
    assert old.rows == ()
    joined = desk.queue(hub, desk.Wanted(joined=True))
    assert len(joined.rows) == 4


def test_taking_and_closing_shows_in_the_queue(hub):
    (first, *_rest) = desk.queue(hub, desk.Wanted(severity=Severity.HIGH)).rows
    about = desk.about_ticket(first.ticket.id)
    desk.take_step(hub, step(about, "take"))
    mine = desk.queue(hub, desk.Wanted(owner="lin")).rows
    assert [(each.position, each.case.status) for each in mine] == [
        (first.position, Status.IN_HAND)
    ]
    with pytest.raises(ForbiddenError):
        desk.take_step(hub, step(about, "hand_over", to="wu"))
    desk.take_step(hub, step(about, "close", note="處理完畢"))
    assert first.position not in {each.position for each in desk.queue(hub, desk.Wanted()).rows}
    desk.take_step(hub, step(about, "reopen", note="再看"))


def test_a_campaign_that_is_not_there_is_missing(hub):
    with pytest.raises(MissingError):
        campaign_told(hub, 4_711)


@pytest.mark.parametrize("form", [ThreatForm.HTML, ThreatForm.STIX, ThreatForm.JSON])
@pytest.mark.parametrize("report", list(ThreatReport))
def test_no_report_names_a_member_or_quotes_a_ticket(hub, report, form):
    made = threat_file(hub, ThreatAsking(report=report, chinese=False), form)
    for part in PARTS:
        assert part.id.encode() not in made.content
        assert part.name_zh.encode() not in made.content
    assert b"demo@bank.example" not in made.content


def test_members_read_of_the_campaign_and_partners_do_not(hub):
    weekly = threat_facts(hub, ThreatAsking(report=ThreatReport.WEEKLY, chinese=True))
    bulletin = threat_facts(hub, ThreatAsking(report=ThreatReport.BULLETIN, chinese=True))
    assert len(weekly.picture.campaigns) == 1
    assert bulletin.picture.campaigns == ()


def test_a_sector_with_few_members_is_not_named(hub):
    weekly = threat_facts(hub, ThreatAsking(report=ThreatReport.WEEKLY, chinese=True))
    assert [each.sectors for each in weekly.picture.campaigns] == [()]


def test_techniques_bear_their_names_once_attack_was_learned(hub, tmp_path):
    asking = ThreatAsking(report=ThreatReport.WEEKLY, chinese=True)
    assert threat_facts(hub, asking).techniques == {}
    # When a bundle is learned from
    path = tmp_path / "enterprise-attack.json"
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": bundle()}))
    learn(models_folder(hub.home.path), path)
    # Then
    assert threat_facts(hub, asking).techniques["T1059.001"] == ("PowerShell", "PowerShell")


def test_a_period_that_is_none_is_refused(hub):
    with pytest.raises(BadInputError):
        threat_facts(hub, ThreatAsking(report=ThreatReport.WEEKLY, chinese=True, period="soon"))


MARKINGS = st.builds(
    Marking,
    tlp=st.sampled_from(list(Tlp)),
    pap=st.sampled_from(list(Pap)),
    recipients=st.sampled_from([(), ("bank-1",), ("community:abroad",)]),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MARKINGS, min_size=2, max_size=6))
def test_nothing_of_a_ticket_its_reader_may_not_see_is_in_a_report(tmp_path_factory, markings):
    from panshi.alliance.intelligence.release import may_see

    with Node.open(Home(path=tmp_path_factory.mktemp("hub")), clock=lambda: NOW) as node:
        prepare_hub(node, actor="chen.yiru")
        for number, marking in enumerate(markings):
            accept_tickets(
                node,
                f"bank-{number}",
                (
                    Ticket(
                        number=f"N{number}",
                        title=f"secret-title-{number}",
                        reported_at=NOW - timedelta(hours=1),
                        category=Category.INTRUSIONS,
                        suppliers=(f"supplier-{number}-only", "shared-supplier"),
                        indicators=(
                            Observable(kind="domain", value=f"own{number}.example.net"),
                            Observable(kind="sha256", value="ab" * 32),
                        ),
                        marking=marking,
                    ),
                ),
            )
        correlate(node)
        for report in ThreatReport:
            asking = ThreatAsking(report=report, chinese=True)
            barred = [
                number
                for number, marking in enumerate(markings)
                if not may_see(marking, reader_of_report(asking))
            ]
            told = threat_facts(node, asking)
            assert told.picture.tickets == len(markings) - len(barred)
            for form in (ThreatForm.JSON, ThreatForm.STIX, ThreatForm.HTML):
                content = threat_file(node, asking, form).content.decode()
                for number in barred:
                    assert f"supplier-{number}-only" not in content
                    assert f"own{number}" not in content
                assert "secret-title" not in content


def test_a_newer_narrower_version_closes_the_older_wider_one(tmp_path):
    with Node.open(Home(path=tmp_path), clock=lambda: NOW) as node:
        prepare_hub(node, actor="chen.yiru")
        for version, tlp in ((1, Tlp.GREEN), (2, Tlp.RED)):
            said = Ticket(
                number="N1",
                version=version,
                title="t",
                reported_at=NOW,
                marking=Marking(tlp=tlp),
            )
            accept_tickets(node, "bank-1", (said,))
        told = threat_facts(node, ThreatAsking(report=ThreatReport.WEEKLY, chinese=True))
        assert told.picture.tickets == 0


def test_the_stix_file_is_json_of_one_report(hub):
    made = threat_file(hub, ThreatAsking(report=ThreatReport.WEEKLY, chinese=True), ThreatForm.STIX)
    kinds = [each["type"] for each in json.loads(made.content)["objects"]]
    assert kinds.count("report") == 1
    assert made.name.endswith(".stix.json")

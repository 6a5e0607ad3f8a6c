"""Threat reports: the same figures on paper, as a page and as STIX; reporters nowhere."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from panshi.alliance.sector.picture import picture
from panshi.alliance.sector.told import Told, ToldCampaign, ToldTicket, ToldValue
from panshi.alliance.stix.markings import TLP_2_IDS
from panshi.errors import BadInputError
from panshi.model.alliance.marking import Tlp
from panshi.report.paper.document import Source
from panshi.report.paper.page import html_page
from panshi.report.threat.facts import ThreatFacts, ThreatReport, period_of
from panshi.report.threat.paper import defanged, threat_paper
from panshi.report.threat.stix import pattern_of, threat_bundle

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
REPORTER = "member-that-must-not-be-named"


def facts(report=ThreatReport.WEEKLY, **more):
    period = period_of(report, "", NOW)
    tickets = tuple(
        ToldTicket(
            key=f"t{n}",
            reporter=f"{REPORTER}-{n}",
            sector="banking",
            severity="high",
            category="intrusions",
            reported_at=NOW - timedelta(hours=n),
            techniques=("T1195.002",),
            cves=("CVE-2026-0001",),
            suppliers=("示範供應商 <script>",),
        )
        for n in range(4)
    )
    campaign = ToldCampaign(
        id="campaign--0b0b0b0b-0000-4000-8000-000000000001",
        name="示範攻擊行動",
        first_at=NOW - timedelta(days=1),
        last_at=NOW,
        tickets=4,
        reporters=frozenset(each.reporter for each in tickets),
        sectors=("banking",),
        severity="high",
        category="intrusions",
        techniques=("T1195.002",),
        cves=("CVE-2026-0001",),
        suppliers=("示範供應商 <script>",),
        values=(
            ToldValue(kind="domain", value="update.example", reporters=4),
            ToldValue(kind="asn", value="AS64496", reporters=4),
        ),
    )
    told = Told(tickets=tickets, campaigns=(campaign,), members=(("banking", 9),))
    given = {
        "report": report,
        "period": period,
        "made_at": NOW,
        "hub_zh": "示範聯防中心",
        "hub_en": "Demo joint SOC",
        "hub_id": "demo-hub",
        "demo": True,
        "tlp": Tlp.AMBER,
        "picture": picture(told, period.begins, period.ends),
        "techniques": {"T1195.002": ("入侵軟體供應鏈", "Compromise Software Supply Chain")},
        "source": Source(
            estate="hub",
            estate_version=0,
            framework="",
            framework_version="",
            origin="log.example",
            log_size=1,
            log_root="00",
        ),
    }
    return ThreatFacts(**given | more)


def words(document):
    return html_page(document)


@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.parametrize("report", list(ThreatReport))
def test_no_rendering_names_who_reported(report, chinese):
    told = facts(report)
    assert REPORTER not in words(threat_paper(told, chinese=chinese))
    assert REPORTER.encode() not in threat_bundle(told, chinese=chinese)


def test_the_page_escapes_what_members_wrote_and_loads_nothing():
    page = words(threat_paper(facts(), chinese=True))
    assert "<script" not in page
    assert "示範供應商 &lt;script&gt;" in page
    assert "default-src 'none'" in page


def test_indicators_cannot_be_followed_by_mistake():
    page = words(threat_paper(facts(), chinese=False))
    assert "update[.]example" in page
    assert "update.example" not in page
    assert defanged("url", "https://a.example/x") == "hxxps://a[.]example/x"


def test_a_bulletin_tells_no_count_of_tickets():
    document = threat_paper(facts(ThreatReport.BULLETIN), chinese=True)
    keys = [column.key for table in document.tables for column in table.columns]
    assert "tickets" not in keys


def test_the_same_facts_give_the_same_bundle_and_every_reference_is_inside():
    raw = threat_bundle(facts(), chinese=True)
    assert raw == threat_bundle(facts(), chinese=True)
    objects = json.loads(raw)["objects"]
    ids = {each["id"] for each in objects}
    assert len(ids) == len(objects)
    for each in objects:
        refs = [*each.get("object_refs", ()), *each.get("object_marking_refs", ())]
        refs += [
            each[name] for name in ("source_ref", "target_ref", "created_by_ref") if name in each
        ]
        assert set(refs) <= ids, each["type"]


def test_every_object_bears_the_reports_marking():
    objects = json.loads(threat_bundle(facts(tlp=Tlp.GREEN), chinese=False))["objects"]
    marked = [each for each in objects if each["type"] != "marking-definition"]
    assert {tuple(each["object_marking_refs"]) for each in marked} == {(TLP_2_IDS[Tlp.GREEN],)}


def test_bundles_are_valid_stix():
    stix2 = pytest.importorskip("stix2")
    for report in ThreatReport:
        stix2.parse(threat_bundle(facts(report), chinese=True).decode(), allow_custom=False)


def test_a_value_without_a_word_in_the_pattern_language_is_left_out():
    assert pattern_of("asn", "AS64496") == ""
    assert pattern_of("domain", "o'brien.example") == "[domain-name:value = 'o\\'brien.example']"


def test_an_empty_period_is_a_report_all_the_same():
    period = period_of(ThreatReport.WEEKLY, "2026W01", NOW)
    nothing = picture(Told(tickets=(), campaigns=()), period.begins, period.ends)
    told = facts(period=period, picture=nothing)
    assert "沒有可揭露的事件單" in words(threat_paper(told, chinese=True))
    assert json.loads(threat_bundle(told, chinese=True))["objects"]


@pytest.mark.parametrize(
    ("report", "text"),
    [(ThreatReport.WEEKLY, "2026W54"), (ThreatReport.WEEKLY, "47"), (ThreatReport.BULLETIN, "W1")],
)
def test_what_is_no_period_is_refused(report, text):
    with pytest.raises(BadInputError):
        period_of(report, text, NOW)


def test_weeks_begin_on_monday_in_taipei():
    period = period_of(ThreatReport.WEEKLY, "2026W47", NOW)
    assert period.begins.isoformat() == "2026-11-16T00:00:00+08:00"
    assert period.ends - period.begins == timedelta(days=7)

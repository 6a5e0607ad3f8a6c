"""The page on intelligence: why a score is so, RED only for those who act, four eyes."""

import html
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.alliance.intelligence.pieces import incoming
from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.pulled import Progress, SourcePlace
from panshi.node.alliance.intelligence.sources import keep_source, pulled
from panshi.web.nodes import node

HERE = "/e/small-bank/intelligence/"
OPEN, SHUT = "open.evil.example", "shut.evil.example"
TIE = f"relationship--{uuid5(NAMESPACE_URL, 'tie')}"


def object_id(name):
    return f"indicator--{uuid5(NAMESPACE_URL, name)}"


@pytest.fixture(autouse=True, scope="module")
def known(bank):
    now = bank.clock()
    said = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    place = SourcePlace(name="trial", url="https://trial.example/", reliability="B", token="s3cr3t")
    keep_source(bank, place, actor="lin")
    read = []
    for name, tlp in ((OPEN, Tlp.AMBER), (SHUT, Tlp.RED)):
        thing = {
            "type": "indicator", "id": object_id(name), "created": said, "modified": said,
            "pattern": f"[domain-name:value = '{name}']", "name": f"about {name}", "confidence": 80,
        }  # fmt: skip
        body = msgspec.json.encode(thing)
        read.append(incoming(thing, body, Marking(tlp=tlp), source="trial", now=now))
    tie = {
        "type": "relationship", "id": TIE, "created": said, "modified": said,
        "relationship_type": "related-to", "source_ref": object_id(OPEN),
        "target_ref": object_id(SHUT),
    }  # fmt: skip
    marking = Marking(tlp=Tlp.CLEAR)
    read.append(incoming(tie, msgspec.json.encode(tie), marking, source="trial", now=now))
    with pulled(bank) as store:
        store.take("trial", "c", read, Progress(), now=now)


def page(client, path=HERE, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return html.unescape(answer.content.decode())


def test_red_is_read_by_those_who_act_on_it_and_by_nobody_else(person):
    for role in ("ciso", "analyst"):
        assert SHUT in page(person(role))
        assert SHUT in page(person(role), f"{HERE}objects/{object_id(SHUT)}/")
    for role in ("approver", "internal_audit", "administrator"):
        told = page(person(role))
        assert OPEN in told
        assert SHUT not in told
        assert SHUT not in page(person(role), f"{HERE}objects/{object_id(SHUT)}/", status=404)


def test_what_only_ties_others_is_not_listed_as_new(person):
    assert TIE not in page(person("analyst"))
    assert "related-to" in page(person("analyst"), f"{HERE}objects/{TIE}/")


def test_who_has_no_part_is_kept_out(person):
    page(person("board_reader"), status=403)


def test_a_score_opens_into_its_voices_and_its_decay(person):
    told = page(person("analyst"), f"{HERE}objects/{object_id(OPEN)}/")
    assert "polyline" in told
    assert "trial" in told
    assert "s3cr3t" not in told


def test_an_extract_is_searched_and_the_finding_is_shown(person):
    analyst = person("analyst")
    log = SimpleUploadedFile("dns.log", b"2026-01-02T03:04:05Z www.open.evil.example\n")
    analyst.post(f"{HERE}match/", {"file": log})
    told = page(analyst)
    assert "dns.log" in told
    assert "www.open.evil.example" in told


def test_audit_reads_and_changes_nothing(person):
    audit = person("internal_audit")
    for path in ("pull/", "match/", "allow/", "sightings/x/"):
        assert audit.post(f"{HERE}{path}").status_code == 403


def test_two_people_decide_what_binds_nothing(person):
    # Given a proposal of one person
    one, other = person("analyst"), person("approver")
    until = (node().clock() + timedelta(days=30)).date().isoformat()
    value = {"kind": "domain", "value": "ours.example", "why": "ours", "expires": until}
    one.post(f"{HERE}allow/", value)
    number = page(one).partition("IA-")[2][:8]
    # When the same person approves, and then another
    one.post(f"{HERE}allow/IA-{number}/", {"step": "approved"})
    before = page(other)
    other.post(f"{HERE}allow/IA-{number}/", {"step": "approved"})
    # Then only the other's counts
    assert "待另一人核准" in before or "awaits another person" in before
    after = page(other)
    assert "生效中" in after or "in force" in after

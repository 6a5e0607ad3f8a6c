"""The ticket beside FIRE v1.0: what is told, what is lacking; and the schema beside the type."""

import dataclasses
import json
from dataclasses import replace

import jsonschema
import pytest

from panshi.alliance.tickets.crosswalk import Phase, lacking, load_crosswalk, phase_of
from panshi.alliance.tickets.reading import BY_HUB, said
from panshi.alliance.tickets.schema import labels, ticket_schema
from panshi.errors import BadInputError, ContentError
from panshi.model.alliance.ticket import Impact, ReportItem, Status, Ticket
from panshi.store import library
from tests.simulators.tickets import NOW, spoken

CROSSWALK = load_crosswalk(library.alliance("ticket.yaml")[1], source="ticket.yaml")
SCHEMA = ticket_schema(CROSSWALK)
TICKET = said(spoken(), "bank-a", NOW).ticket
SAID = {each.name for each in dataclasses.fields(Ticket)} - BY_HUB


def test_the_essentials_are_counted_as_the_report_counts_them():
    counted = {phase: sum(each.asked(phase) for each in CROSSWALK.fire) for phase in Phase}
    assert counted == {Phase.INITIAL: 19, Phase.INTERMEDIATE: 33, Phase.FINAL: 48}


def test_every_field_has_its_line_and_its_labels():
    assert set(CROSSWALK.fields) == SAID
    assert set(labels()) >= SAID
    assert set(SCHEMA["properties"]) == SAID


def test_a_first_version_lacks_only_what_it_does_not_tell():
    assert phase_of(TICKET) is Phase.INITIAL
    assert {each.item for each in lacking(TICKET, CROSSWALK)} == {17, 18, 19, 20, 21}
    items = tuple(ReportItem(item=f"fire/1.0:{n}", value="x") for n in (17, 18, 19, 20, 21))
    assert lacking(replace(TICKET, report_items=items), CROSSWALK) == ()


def test_a_final_report_is_asked_for_more():
    closed = replace(TICKET, version=3, status=Status.CLOSED, impact=Impact(customers=0))
    assert phase_of(closed) is Phase.FINAL
    found = {each.item for each in lacking(closed, CROSSWALK)}
    assert {45, 76, 82} <= found
    assert 58 not in found  # nobody touched is told too


def test_content_that_names_no_field_is_refused():
    raw = library.alliance("ticket.yaml")[1].replace(b"from: contact", b"from: contakt")
    with pytest.raises(ContentError, match="contakt"):
        load_crosswalk(raw, source="x")


def test_the_schema_is_one_and_says_what_is_read():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(spoken()), SCHEMA)


@pytest.mark.parametrize(
    "fields",
    [
        {"titel": "x"},
        {"member": "bank-b"},
        {"severity": "bad"},
        {"version": 0},
        {"techniques": ["PowerShell"]},
        {"number": ""},
        {"indicators": [{"kind": "ipv4"}]},
        {"marking": {"tlp": "red", "originator": "b"}},
        {"schema": "panshi.ticket/9"},
        {"title": "x" * 501},
    ],
)
def test_what_the_schema_refuses_is_refused_when_read(fields):
    raw = spoken(**fields)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(raw), SCHEMA)
    with pytest.raises(BadInputError):
        said(raw, "bank-a", NOW)

"""What another standard has a place for comes back as it went out."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.alliance.tickets.reading import said
from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.ticket import (
    Category,
    Effect,
    Impact,
    Observable,
    Severity,
    Status,
    Ticket,
)
from panshi.node.alliance.ticket_forms import OutForm, exported
from panshi.observe.tickets import Form, drafts
from tests.simulators.tickets import NOW

COMMON = ("number", "title", "text", "reported_at", "severity", "indicators", "techniques", "cves", "assets", "occurred_at")  # fmt: skip  # noqa: E501
CARRIED = {
    Form.STIX: (*COMMON, "version", "category", "detected_by", "suppliers"),
    Form.OCSF: (*COMMON, "version", "detected_at", "closed_at", "phase", "related"),
    Form.IODEF: (
        *COMMON,
        "category",
        "detected_at",
        "closed_at",
        "contained_at",
        "related",
        "detected_by",
    ),
    Form.SHEET: (
        *COMMON,
        "version",
        "category",
        "status",
        "detected_at",
        "closed_at",
        "contained_at",
        "phase",
        "suppliers",
        "impact",
        "cause",
        "actions",
        "contact",
        "related",
        "detected_by",
    ),
}
OUT = {
    Form.STIX: OutForm.STIX,
    Form.OCSF: OutForm.OCSF,
    Form.IODEF: OutForm.IODEF,
    Form.SHEET: OutForm.SHEET,
}
# Words people write: no separators of lists, no outer space, nothing cut.
WORDS = st.text("abcXYZ0189-_事件單登入主機", min_size=1, max_size=20)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
MOMENTS = st.integers(0, 10**6).map(lambda seconds: NOW - timedelta(seconds=seconds))
INDICATORS = st.one_of(
    st.ip_addresses(v=4)
    .filter(lambda a: not a.is_loopback and not a.is_unspecified)
    .map(lambda a: Observable(kind="ipv4", value=str(a))),
    st.from_regex(r"[a-z]{3,9}\.example", fullmatch=True).map(
        lambda v: Observable(kind="domain", value=v)
    ),
    st.from_regex(r"https://[a-z]{3,9}\.example/[a-z]{1,6}", fullmatch=True).map(
        lambda v: Observable(kind="url", value=v)
    ),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True).map(
        lambda v: Observable(kind="sha256", value=v)
    ),
    st.from_regex(r"[0-9a-f]{32}", fullmatch=True).map(lambda v: Observable(kind="md5", value=v)),
)


def several(kind):
    return st.lists(kind, max_size=4, unique=True).map(tuple)


@st.composite
def tickets(draw):
    occurred, detected, closed = sorted(draw(st.tuples(MOMENTS, MOMENTS, MOMENTS)))
    return Ticket(
        number=draw(WORDS),
        version=draw(st.integers(1, 9)),
        title=draw(WORDS),
        text=draw(st.just("") | LINES),
        reported_at=NOW,
        occurred_at=draw(st.none() | st.just(occurred)),
        detected_at=draw(st.none() | st.just(detected)),
        contained_at=draw(st.none() | MOMENTS),
        closed_at=draw(st.none() | st.just(closed)),
        severity=draw(st.sampled_from([Severity.LOW, Severity.MEDIUM, Severity.HIGH])),
        category=draw(st.sampled_from(Category)),
        status=draw(st.sampled_from(Status)),
        indicators=draw(several(INDICATORS)),
        techniques=draw(several(st.sampled_from(["T1078", "T1059.001", "T1566", "T1021.002"]))),
        phase=draw(st.sampled_from(["", "initial-access", "exfiltration"])),
        cves=draw(several(st.sampled_from(["CVE-2024-3094", "CVE-2021-44228"]))),
        assets=draw(several(WORDS)),
        suppliers=draw(several(WORDS)),
        impact=draw(
            st.builds(
                Impact,
                effects=st.lists(st.sampled_from(Effect), unique=True).map(tuple),
                services=several(WORDS),
                customers=st.none() | st.integers(0, 10**9),
                loss_twd=st.none() | st.integers(0, 10**12),
                note=st.just("") | LINES,
            )
        ),
        detected_by=draw(st.just("") | WORDS),
        cause=draw(st.just("") | LINES),
        actions=draw(several(WORDS)),
        contact=draw(st.just("") | WORDS),
        related=draw(several(WORDS)),
        marking=Marking(tlp=draw(st.sampled_from(Tlp))),
    )


def there_and_back(ticket, form, folder):
    path = folder / {Form.SHEET: "a.xlsx", Form.IODEF: "a.xml"}.get(form, "a.json")
    path.write_bytes(exported((ticket,), OUT[form]))
    (draft,) = drafts(form, path, NOW)
    return said(json.dumps(draft).encode(), "bank-a", NOW).ticket


@pytest.mark.parametrize("form", OUT)
@settings(max_examples=20)
@given(ticket=tickets())
def test_what_is_carried_comes_back(form, tmp_path_factory, ticket):
    back = there_and_back(ticket, form, tmp_path_factory.mktemp("t"))
    for field in CARRIED[form]:
        wanted, found = getattr(ticket, field), getattr(back, field)
        if isinstance(wanted, tuple):
            assert set(found) == set(wanted), field
        else:
            assert found == wanted, field


@pytest.mark.parametrize("form", [Form.STIX, Form.IODEF])
@pytest.mark.parametrize("tlp", Tlp)
def test_a_marking_never_widens_on_the_way(form, tlp, tmp_path):
    ticket = replace(TICKET, marking=Marking(tlp=tlp))
    assert there_and_back(ticket, form, tmp_path).marking.tlp is tlp


@pytest.mark.parametrize("form", [OutForm.STIX, OutForm.OCSF, OutForm.IODEF])
def test_who_to_call_never_travels(form):
    ticket = replace(TICKET, contact="02-2345-6789", member="bank-017")
    raw = exported((ticket,), form)
    assert b"02-2345-6789" not in raw
    assert b"bank-017" not in raw


def test_the_bundle_is_stix_and_the_same_every_time():
    import stix2

    ticket = replace(TICKET, id="ticket--1", techniques=("T1078",), assets=("網銀",))
    raw = exported((ticket,), OutForm.STIX)
    assert raw == exported((ticket,), OutForm.STIX)
    bundle = stix2.parse(raw.decode(), allow_custom=True)
    kinds = {each["type"] for each in bundle["objects"]}
    assert {"incident", "observed-data", "ipv4-addr", "attack-pattern", "relationship"} <= kinds
    address = next(each for each in bundle["objects"] if each["type"] == "ipv4-addr")
    assert address["id"] == stix2.IPv4Address(value="203.0.113.7").id


TICKET = Ticket(
    number="2026-1",
    title="登入",
    reported_at=NOW,
    indicators=(Observable(kind="ipv4", value="203.0.113.7"),),
)

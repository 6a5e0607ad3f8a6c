"""The disclosure channel whole: from the public form to a published advisory."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.alliance.disclosure.case import CaseState
from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.model.bodies.disclosure import (
    CaseStep,
    DisclosureAdvisory,
    DisclosureChannel,
    Intake,
)
from panshi.node.alliance.collections import collection
from panshi.node.alliance.disclosure import publishing
from panshi.node.alliance.disclosure.cases import DisclosureDesk, all_cases, answers, detail
from panshi.node.alliance.disclosure.channel import (
    channel_answer,
    open_channel,
    served_security_text,
    set_channel,
)
from panshi.node.alliance.disclosure.forwarding import forward
from panshi.node.alliance.disclosure.intake import (
    MOST_OF_A_SENDER,
    Told,
    TooManyError,
    followed,
    quarantined,
    receive,
    write,
)
from panshi.node.alliance.members import member, reader_of
from panshi.node.alliance.objects import Party, page
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.observe.vex.csaf import read_csaf
from panshi.store.stix_objects.reading import Wanted
from tests.node.alliance.members_at_hub import member_of, prepared

CHANNEL = DisclosureChannel(
    accepting=True,
    base_url="https://f-isac.example",
    name="Demo F-ISAC",
    contacts=("mailto:report@f-isac.example",),
    expires=date(2027, 3, 1),
    languages=("zh-TW", "en"),
    policy_url="",
    acknowledgments_url="",
    set_by="",
)
ADVISORY = DisclosureAdvisory(
    headline="登入頁面跨站指令碼",
    summary="登入頁面未過濾輸入。",
    vendor="Demo Software",
    product="eBank Login",
    affected_version="4.1.0",
    fixed_version="4.1.1",
    purl="pkg:npm/ebank-login",
    cve="",
    cwe="CWE-79",
    cwe_name="Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
    cvss="CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N",
    remediation="請更新至 4.1.1。",
    language="zh-TW",
    written_by="lin.kaiwen",
)
TOLD = Told(
    headline="登入頁面 XSS",
    text="在 user 欄位輸入 <script> 可執行。",
    target="https://www.bank.example/login",
    reporter="A Researcher",
    contact="mailto:r@example.org",
    credit=True,
    files=(("poc.html", b"<script>alert(1)</script>"),),
)


class Clock:
    def __init__(self):
        self.now = datetime(2026, 10, 1, 2, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_by(self, **time):
        self.now += timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(tmp_path, clock):
    with Node.open(Home(path=tmp_path), clock=clock) as node:
        prepared(node)
        set_channel(node, CHANNEL, actor="chen.yiru")
        yield node


def test_a_report_is_taken_to_publication_by_more_than_one_person(hub, clock):
    # Given a report by the public form
    taken = receive(hub, TOLD, sender="192.0.2.7")
    assert taken.number == "VD-2026-001"

    # When it is answered, validated, fixed, and an advisory is written
    lin, chen = DisclosureDesk(hub, actor="lin.kaiwen"), DisclosureDesk(hub, actor="chen.yiru")
    write(hub, taken.number, "收到，我們看看。", actor="lin.kaiwen")
    lin.take(taken.number, CaseStep.VALIDATE, cvss=ADVISORY.cvss)
    lin.draft(taken.number, ADVISORY)

    # Then nothing is published before a fix or the end of the embargo, nor by who wrote it
    with pytest.raises(UsageError, match="embargo"):
        chen.take(taken.number, CaseStep.PUBLISH)
    clock.pass_by(days=3)
    lin.take(taken.number, CaseStep.FIX, day=date(2026, 10, 3))
    with pytest.raises(ForbiddenError, match="same person"):
        lin.take(taken.number, CaseStep.PUBLISH)
    assert publishing.documents(hub) == ()

    # And another person publishes it
    chen.take(taken.number, CaseStep.PUBLISH)
    one = publishing.documents(hub)[0]
    document = json.loads(one.content)
    assert one.path == "2026/f-isac-vd-2026-001.json"
    assert document["vulnerabilities"][0]["acknowledgments"][0]["names"] == ["A Researcher"]
    assert "cvss_v4" in document["vulnerabilities"][0]["metrics"][0]["content"]
    assert read_csaf(document, "digest").refused == ""
    said = publishing.served(hub, f"{one.path}.sha256")[0].split()[0].decode()
    assert said == hashlib.sha256(one.content).hexdigest()
    assert answers(hub)[0].state is CaseState.PUBLISHED


def test_the_reporter_comes_back_by_a_secret_that_is_kept_nowhere(hub):
    taken = receive(hub, TOLD, sender="192.0.2.7")

    # Then only the secret opens the case, and it stands nowhere in what is sealed
    assert followed(hub, taken.number, taken.secret).number == taken.number
    for number, secret in (
        (taken.number, "guess"),
        ("VD-2026-999", taken.secret),
        (taken.number, ""),
    ):
        with pytest.raises(MissingError):
            followed(hub, number, secret)
    write(hub, taken.number, "補充說明", secret=taken.secret)
    assert [each.text for _, each in all_cases(hub)[taken.number].messages] == ["補充說明"]
    stored = b"".join(path.read_bytes() for path in hub.home.path.rglob("*") if path.is_file())
    assert taken.secret.encode() not in stored


def test_a_flood_ends_at_a_bound_and_harms_nobody_else(hub, clock):
    # Given one sender at its bound
    for _ in range(MOST_OF_A_SENDER):
        receive(hub, TOLD, sender="192.0.2.7")
    with pytest.raises(TooManyError):
        receive(hub, TOLD, sender="192.0.2.7")

    # Then another sender and staff are still heard, and the first an hour later
    receive(hub, TOLD, sender="192.0.2.8")
    receive(hub, TOLD, intake=Intake.STAFF, actor="lin.kaiwen")
    clock.pass_by(hours=2)
    assert receive(hub, TOLD, sender="192.0.2.7").number == "VD-2026-008"


@pytest.mark.parametrize(
    "change",
    [
        {"headline": " "},
        {"text": ""},
        {"text": "x" * 60_001},
        {"target": "x" * 301},
        {"files": tuple((f"{n}", b"x") for n in range(11))},
    ],
)
def test_what_is_too_much_or_nothing_is_refused_whole(hub, change):
    parts = {name: getattr(TOLD, name) for name in TOLD.__slots__} | change

    with pytest.raises(BadInputError):
        receive(hub, Told(**parts), sender="192.0.2.7")

    assert not all_cases(hub)


def test_files_lie_in_quarantine_by_their_digest(hub):
    taken = receive(hub, TOLD, sender="192.0.2.7")
    name, sha256, size = detail(hub, taken.number).attachments[0]

    file, content = quarantined(hub, taken.number, sha256)
    assert (name, size, content) == ("poc.html", 25, TOLD.files[0][1])
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(MissingError):
        quarantined(hub, taken.number, "0" * 64)


def test_without_an_open_channel_nothing_of_it_exists(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        prepared(node)
        for look in (open_channel, served_security_text, publishing.documents, publishing.metadata):
            with pytest.raises(MissingError):
                look(node)
        with pytest.raises(MissingError):
            receive(node, TOLD)


def test_the_channel_warns_before_its_text_is_stale(hub, clock):
    assert channel_answer(hub).warning == ""
    clock.pass_by(days=130)
    assert "expires in" in channel_answer(hub).warning
    clock.pass_by(days=30)
    assert "stale" in channel_answer(hub).warning


def test_a_case_is_forwarded_to_one_member_and_no_other_may_see_it(hub):
    # Given two members and a validated case
    one, other = "bank-017", "bank-018"
    member_of(hub, one)
    member_of(hub, other)
    taken = receive(hub, TOLD, sender="192.0.2.7")
    DisclosureDesk(hub, actor="lin.kaiwen").take(taken.number, CaseStep.VALIDATE)

    # When it is forwarded
    sent = forward(hub, taken.number, "bank-017", actor="lin.kaiwen")

    # Then the report is read by that member only
    seen = {each: _read(hub, each) for each in (one, other)}
    assert sent in seen[one]
    assert taken.number.encode() not in b"".join(seen[other].values())
    assert all_cases(hub)[taken.number].state is CaseState.FORWARDED


def _read(hub, name):
    """Give what a member reads in the bulletins, by id."""
    party = Party(reader=reader_of(member(hub, name)), actor=name)
    found = page(hub, collection(hub, "bulletins"), Wanted(), party)
    return {each.id: bytes(each.body) for each in found.objects}

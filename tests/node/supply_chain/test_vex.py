"""Decisions of one institution over a real log: who counts, until when, and over which upgrade."""

import json
from datetime import date, timedelta

import pytest

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.model.supply_chain.vex import VexStatus
from panshi.node.home import Home
from panshi.node.supply_chain.vex import (
    decision,
    decisions,
    document_of,
    effective,
    received,
    trusts,
)
from panshi.node.supply_chain.vex_desk import Proposed, TrustProposed, VexDesk
from panshi.node.supply_chain.vex_export import exported
from panshi.node.supply_chain.vex_files import load_files
from panshi.node.supply_chain.vex_reach import Again, reach
from panshi.node.supply_chain.vex_receiving import receive
from panshi.observe.bom.strict import check_bom
from panshi.observe.vex.reading import read_vex
from panshi.protection.supply_chain.vex import Asked
from panshi.protection.supply_chain.vex.steps import AffairState
from panshi.store.portfolio.documents import Documents
from tests.observe.vex.csaf_documents import document, packed
from tests.web.small_bank import BANK, NOW, open_small_bank

TODAY = NOW.date()
CVE = "CVE-2024-34069"
PIN = "pkg:pypi/werkzeug@2.2.2"


@pytest.fixture
def node(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        yield node


def wanted(**changes):
    said = {
        "vulnerability": CVE,
        "purl": PIN,
        "status": VexStatus.NOT_AFFECTED,
        "justification": "vulnerable_code_not_in_execute_path",
        "impact": "the debugger is not installed",
        "expires": TODAY + timedelta(days=30),
    }
    return Proposed(**(said | changes))


def decided(node, **changes):
    number = VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted(**changes))
    VexDesk(node, actor="李大華", estate_id=BANK).approve(number)
    return number


def stands(node, purl=PIN, on=TODAY, system="", name=CVE):
    return effective(node, on, BANK).rule((name,), Asked(purl, system=system), on)


def test_a_proposal_decides_nothing_until_another_person_approves(node):
    # Given a proposal
    number = VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted())
    assert stands(node) is None
    # When its own author approves, then that is refused, and nothing is sealed
    with pytest.raises(ForbiddenError):
        VexDesk(node, actor="cli:陳美", estate_id=BANK).approve(number)
    assert stands(node) is None
    # When another person approves, then it stands until its last day and no longer
    VexDesk(node, actor="李大華", estate_id=BANK).approve(number)
    found = stands(node)
    assert (found.status, found.voice.number) == (VexStatus.NOT_AFFECTED, number)
    last = TODAY + timedelta(days=30)
    assert stands(node, on=last).until == last
    assert stands(node, on=last + timedelta(days=1)) is None
    # When it is withdrawn, then it is over at once
    VexDesk(node, actor="陳美", estate_id=BANK).withdraw(number, why="the debugger is back")
    assert stands(node) is None
    assert decision(node, number, BANK).state(TODAY) is AffairState.WITHDRAWN


def test_it_is_not_said_of_another_component_version_or_vulnerability(node):
    decided(node)
    assert stands(node, purl="pkg:pypi/werkzeug@2.2.3") is None
    assert stands(node, purl="pkg:pypi/flask@2.2.2") is None
    assert stands(node, name="CVE-2024-34070") is None


def test_a_range_follows_the_upgrade_as_far_as_it_says(node):
    decided(node, purl="pkg:pypi/werkzeug", versions="vers:pypi/>=2.2|<2.4")
    assert stands(node, purl="pkg:pypi/Werkzeug@2.3.8").status is VexStatus.NOT_AFFECTED
    assert stands(node, purl="pkg:pypi/werkzeug@3.0.0") is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"expires": None}, "no last day"),
        ({"expires": TODAY + timedelta(days=181)}, "further off than 180 days"),
        ({"purl": "pkg:pypi/werkzeug"}, "which versions"),
        ({"system": "system:none"}, "knows no system"),
        ({"justification": ""}, "takes one of"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_seals_nothing(node, changes, problem):
    size = node.log.size
    with pytest.raises(UsageError, match=problem):
        VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted(**changes))
    assert node.log.size == size
    assert decisions(node, BANK) == ()


def test_a_program_decides_in_nobodys_place(node):
    with pytest.raises(ForbiddenError):
        VexDesk(node, actor="token:ci", estate_id=BANK).propose(wanted())


def test_no_step_is_recorded_by_any_other_way(node):
    number = VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted())
    body = decision(node, number, BANK).said
    with pytest.raises(UsageError, match="a step"):
        node.record("vex.decision/1", body, facet=number, actor="李大華")
    with pytest.raises(MissingError):
        decision(node, "VEX-2020-999", BANK)


def test_a_longer_term_takes_a_change_of_the_governed_threshold(node):
    node.set_parameter("vex_longest_days", 300, actor="王小明", why="reviewed yearly")
    number = decided(node, expires=TODAY + timedelta(days=250))
    assert decision(node, number, BANK).state(TODAY) is AffairState.IN_FORCE


# -- what others say ------------------------------------------------------------------------


def supplier_says(status="known_not_affected", author="Acme"):
    made = document()
    made["document"]["publisher"]["name"] = author
    made["product_tree"]["full_product_names"][0]["product_identification_helper"]["purl"] = PIN
    made["vulnerabilities"][0]["cve"] = CVE
    made["vulnerabilities"][0]["product_status"] = {status: ["LIB"]}
    made["vulnerabilities"][0]["flags"] = [
        {"label": "vulnerable_code_not_present", "product_ids": ["LIB"]}
    ]
    return packed(made)


def trusted(node, **changes):
    said = {"author": "Acme", "why": "contract", "expires": TODAY + timedelta(days=90)}
    number = VexDesk(node, actor="陳美", estate_id=BANK).trust(TrustProposed(**(said | changes)))
    VexDesk(node, actor="李大華", estate_id=BANK).approve(number)
    return number


def test_a_supplier_counts_once_two_people_trust_it_and_as_long(node):
    # Given a document received
    got = receive(node, supplier_says(), actor="陳美", estate_id=BANK)
    assert (got.new, got.statements, got.format) == (True, 1, "CSAF 2.0")
    # Then it is told and decides nothing
    assert stands(node) is None
    heard = effective(node, TODAY, BANK).heard((CVE,), Asked(PIN), TODAY)
    assert [why for _, why in heard] == ["untrusted"]
    # When two people trust its author, then it counts, with where it comes from
    number = trusted(node)
    found = stands(node)
    assert found.status is VexStatus.NOT_AFFECTED
    assert (found.voice.number, found.voice.evidence) == (number, got.evidence)
    # And no longer than they do
    VexDesk(node, actor="李大華", estate_id=BANK).withdraw(number, why="contract over")
    assert stands(node) is None


def test_an_author_speaks_only_of_what_it_is_trusted_with(node):
    receive(node, supplier_says(), actor="陳美", estate_id=BANK)
    trusted(node, packages=("pkg:pypi/werk",))
    assert stands(node) is None
    trusted(node, packages=("pkg:pypi/werkzeug",))
    assert stands(node).status is VexStatus.NOT_AFFECTED


def test_the_same_bytes_are_received_once_and_what_is_no_document_never(node):
    one = receive(node, supplier_says(), actor="陳美", estate_id=BANK)
    again = receive(node, supplier_says(), actor="陳美", estate_id=BANK)
    assert (one.sha256, again.new) == (again.sha256, False)
    assert len(received(node, BANK)) == 1
    size = node.log.size
    for wrong in (b"{}", b"not json", supplier_says()[:-40]):
        with pytest.raises(BadInputError):
            receive(node, wrong, actor="陳美", estate_id=BANK)
    with pytest.raises(UsageError, match="supplier"):
        receive(node, supplier_says("fixed"), supplier="supplier:none", actor="陳美")
    # Then nothing is half stored
    assert node.log.size == size
    kept = list(Documents(node.home.path).place(one.sha256).parents[1].rglob("*.zst"))
    assert [each.stem for each in kept] == [one.sha256]


def test_a_document_changed_on_disk_counts_for_nothing(node):
    got = receive(node, supplier_says(), actor="陳美", estate_id=BANK)
    trusted(node)
    assert stands(node) is not None
    place = Documents(node.home.path).place(got.sha256)
    place.chmod(0o600)
    place.write_bytes(b"other")
    (each,) = received(node, BANK)
    assert document_of(node, each) is None
    # What was remembered is forgotten with the next record
    VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted(purl="pkg:pypi/other@1"))
    assert stands(node) is None


def test_our_decision_stands_beside_a_supplier_that_says_the_contrary(node):
    receive(node, supplier_says("known_affected"), actor="陳美", estate_id=BANK)
    trusted(node)
    assert stands(node).status is VexStatus.AFFECTED
    number = decided(node)
    found = stands(node)
    assert (found.status, found.voice.number) == (VexStatus.NOT_AFFECTED, number)
    assert [each.statement.author for each in found.against] == ["Acme"]
    assert Again.NOTHING in reach(node, decision(node, number, BANK), BANK).again


def test_trust_may_take_a_signature_and_then_nothing_less_will_do(node):
    # Given trust that names a key
    signer = node.signer
    trusted(node, keys=(str(signer.key),))
    (held,) = trusts(node, BANK)
    assert held.said.keys == (str(signer.key),)
    # Then the same statement unsigned does not count
    receive(node, supplier_says(), actor="陳美", estate_id=BANK)
    assert stands(node) is None
    heard = effective(node, TODAY, BANK).heard((CVE,), Asked(PIN), TODAY)
    assert [why for _, why in heard] == ["unsigned"]


# -- out of the house -----------------------------------------------------------------------


def test_what_leaves_comes_back_the_same(node):
    decided(node)
    decided(node, purl="pkg:pypi/jinja2", versions="vers:pypi/>=2|<3", vulnerability="CVE-2026-9")
    VexDesk(node, actor="陳美", estate_id=BANK).propose(wanted(vulnerability="CVE-2026-8"))
    # Given both forms of what is in force
    for form in ("cyclonedx", "openvex"):
        made = exported(node, form, estate_id=BANK)
        found = read_vex(made.raw)
        assert (made.statements, found.defects) == (2, ())
        got = {
            (each.vulnerability, each.status, one.purl, one.versions)
            for each in found.statements
            for one in each.products
        }
        assert got == {
            (CVE, VexStatus.NOT_AFFECTED, PIN, ""),
            ("CVE-2026-9", VexStatus.NOT_AFFECTED, "pkg:pypi/jinja2", "vers:pypi/>=2|<3"),
        }
    # Then the CycloneDX form keeps the last day, and to the letter its schema
    raw = exported(node, estate_id=BANK).raw
    assert {each.expires for each in read_vex(raw).statements} == {TODAY + timedelta(days=30)}
    assert check_bom(raw) == ()


def test_a_pipeline_believes_the_signature_of_the_key_it_was_given(node, tmp_path):
    # Given a signed export
    decided(node)
    made = exported(node, signed=True, estate_id=BANK)
    file = tmp_path / "vex.json"
    file.write_bytes(made.raw)

    def asked(on=TODAY, **how):
        loaded = load_files((file,), **how)
        return loaded, loaded.statements.rule((CVE,), Asked(PIN), on)

    # When it is read with the key, then it counts until its last day
    loaded, found = asked(keys=(made.key,))
    assert found.status is VexStatus.NOT_AFFECTED
    assert (loaded.unapproved, found.unapproved) == (False, False)
    assert asked(on=TODAY + timedelta(days=31), keys=(made.key,))[1] is None
    # Without the key it does not, unless the caller says so, and then that is told
    loaded, found = asked()
    assert (found, loaded.files[0].counts, loaded.files[0].why) == (None, False, "unsigned")
    loaded, found = asked(allow_unsigned=True)
    assert loaded.unapproved
    assert "not approved" in found.why
    # A changed document, or another key, holds for nothing
    top = json.loads(made.raw)
    top["signatures"][0]["sig"] = top["signatures"][0]["sig"][:-8] + "AAAAAAA="
    file.write_text(json.dumps(top))
    loaded, found = asked(keys=(made.key,))
    assert (found, loaded.files[0].why) == (None, "signature does not hold")


def test_openvex_is_not_signed_for_a_gate(node):
    with pytest.raises(UsageError, match="until when"):
        exported(node, "openvex", signed=True, estate_id=BANK)


def test_what_is_confined_to_a_system_leaves_for_that_system_only(node):
    system = next(each.id for each in node.estate(BANK).assets if each.kind == "system")
    decided(node, system=system)
    assert exported(node, system="system:other", estate_id=BANK).statements == 0
    for form in ("cyclonedx", "openvex"):
        found = read_vex(exported(node, form, system=system, estate_id=BANK).raw)
        assert [one.system for each in found.statements for one in each.products] == [system]
    assert stands(node) is None
    assert stands(node, system=system).status is VexStatus.NOT_AFFECTED


def test_trust_is_asked_as_of_a_day(node):
    trusted(node)
    (held,) = trusts(node, BANK)
    assert held.state(TODAY) is AffairState.IN_FORCE
    assert held.state(date(TODAY.year + 1, 12, 31)) is AffairState.EXPIRED

"""The institution's library of norms, what people say of pairs, and trying a text out."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from panshi.errors import BadInputError, IntegrityError, MissingError, UsageError
from panshi.governance.norms.changes import Kind
from panshi.governance.norms.confirming import PairState
from panshi.governance.norms.impact import Effect
from panshi.model.control import MappingRelation
from panshi.node import norm_impact, norms
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.store import library
from tests.web.small_bank import BANK, NOW, open_small_bank

EMERGING = dict(library.frameworks())["frameworks/emerging.yaml"]
NEXT = EMERGING.replace(b'version: "2024-12-27"', b'version: "2027-01-01"').replace(
    "六碼".encode(), "十二碼".encode()
)
DRAFT = """
controls:
  - id: D-1
    group: draft
    title: {zh: 抗釣魚登入, en: Phishing-resistant sign-in}
    gist: {zh: 登入應使用抗釣魚的驗證器。, en: Sign-in must use phishing-resistant authenticators.}
    strength: 應
    machine: auto
    population: {kind: account}
    check:
      observation: account.authenticators/1
      passes: {field: phishing_resistant, is: true}
      fresh_days: 30
  - id: D-2
    group: draft
    title: {zh: 文化, en: Culture}
    gist: {zh: 應培養資安文化。, en: A culture of security must grow.}
    strength: 應
    machine: manual
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    with open_small_bank(Home(path=tmp_path_factory.mktemp("norms"))) as opened:
        yield opened


def test_the_library_begins_with_what_ships(node):
    known = norms.norms(node)
    assert {each.id for each in known if not each.imported} == set(node.library.frameworks)
    assert all(len(each.sha256) == 64 for each in known)


def test_a_version_is_taken_in_sealed_and_read_back(node):
    # When a next version is imported
    found = norms.import_norm(node, NEXT, file="next.yaml", actor="amy")

    # Then it stands in the library, with its dates, and not in force before they begin
    assert found.key == "emerging@2027-01-01"
    assert found.valid_from == date(2027, 1, 1)
    assert not found.in_force
    assert found.imported_by == "amy"
    sealed = node.log.get(found.evidence_id)
    assert sealed.observation.body.sha256 == found.sha256
    assert (node.home.path / "library" / found.sha256).read_bytes() == NEXT

    # And the plain name is still the text the grade rests on
    assert norms.norm(node, "emerging").version == "2024-12-27"
    assert len(norms.norm(node, found.key).clauses) == 220

    # And the same bytes again change nothing
    size = node.log.size()
    assert norms.import_norm(node, NEXT, file="again.yaml", actor="bob") == found
    assert node.log.size() == size


def test_another_text_under_the_same_name_is_refused(node):
    size, other = node.log.size(), EMERGING + b"# another\n"
    with pytest.raises(BadInputError, match="another text"):
        norms.import_norm(node, other, file="x.yaml", actor="amy")
    assert node.log.size() == size
    named = norms.import_norm(node, other, file="x.yaml", actor="amy", version="other")
    assert named.key == "emerging@other"


@pytest.mark.parametrize("version", ["a/b", "a@b", "x" * 81, "a\x00b"])
def test_names_stay_plain(node, version):
    with pytest.raises(BadInputError, match="cannot name"):
        norms.import_norm(node, NEXT, file="x.yaml", actor="amy", version=version)


def test_a_norm_does_not_end_before_it_begins(node):
    with pytest.raises(BadInputError, match="end before"):
        norms.import_norm(
            node,
            NEXT,
            file="x.yaml",
            actor="amy",
            version="short",
            valid_from=date(2026, 1, 2),
            valid_until=date(2026, 1, 2),
        )


def test_dates_say_what_is_in_force(node):
    day = NOW.date()
    for version, start, end, in_force in (
        ("past", day - timedelta(days=9), day, False),
        ("now", day, day + timedelta(days=1), True),
        ("soon", day + timedelta(days=1), None, False),
    ):
        found = norms.import_norm(
            node,
            NEXT,
            file="x.yaml",
            actor="amy",
            name="dated",
            version=version,
            valid_from=start,
            valid_until=end,
        )
        assert found.in_force is in_force
    assert norms.norm(node, "dated").version == "now"


def test_a_file_that_was_altered_is_refused(tmp_path):
    with open_small_bank(Home(path=tmp_path / "home")) as node:
        raw = NEXT + b"# mine\n"
        found = norms.import_norm(node, raw, file="x.yaml", actor="amy", version="altered")
        path = tmp_path / "home" / "library" / found.sha256
        path.chmod(0o600)
        path.write_bytes(raw.replace(b"mine", b"hers"))
        with pytest.raises(IntegrityError, match="altered"):
            norms.norm(node, found.key)


def test_an_unknown_norm_is_named_with_what_there_is(node):
    with pytest.raises(MissingError, match="nothing-like-it") as caught:
        norms.norm(node, "nothing-like-it")
    assert "zt36@" in caught.value.remedy


def test_what_changed_between_versions(node):
    norms.import_norm(node, NEXT, file="next.yaml", actor="amy")
    found = norms.changes(node, "emerging", "emerging@2027-01-01")
    assert [(change.old.id, change.kinds) for change in found.changes] == [
        ("36.6", (Kind.STRENGTHENED,))
    ]


def state(node, a, b, one="zt36", other="emerging"):
    pairs = norms.overlap(node, one, other).pairs
    return next(each for each in pairs if (each.candidate.a, each.candidate.b) == (a, b))


def say(node, actor, decision="confirmed", relation="", a="2-1", b="22a", reason="read both"):
    return norms.decide(
        node,
        ("zt36", a),
        ("emerging", b),
        decision=decision,
        reason=reason,
        actor=actor,
        relation=relation,
    )


def test_a_person_confirms_a_candidate_and_takes_it_back(node):
    assert state(node, "2-1", "22a").standing.state is PairState.CANDIDATE
    say(node, "amy", relation="intersects-with")
    assert state(node, "2-1", "22a").standing.by == ("amy",)
    # Seen from the other norm it is the same decision
    turned = state(node, "22a", "2-1", one="emerging", other="zt36")
    assert turned.standing.state is PairState.CONFIRMED
    say(node, "amy", "withdrawn")
    assert state(node, "2-1", "22a").standing.state is PairState.CANDIDATE


def test_a_subset_is_a_superset_from_the_other_side(node):
    say(node, "amy", relation="subset-of", a="5-6", b="8.1(1)")
    assert state(node, "5-6", "8.1(1)").relation is MappingRelation.SUBSET
    turned = state(node, "8.1(1)", "5-6", one="emerging", other="zt36")
    assert turned.relation is MappingRelation.SUPERSET


def test_equal_on_a_binding_clause_takes_two_people(node):
    say(node, "amy", relation="equal-to", a="1-2", b="35.1(2)")
    assert state(node, "1-2", "35.1(2)").standing.state is PairState.AWAITING
    say(node, "Amy", relation="equal-to", a="1-2", b="35.1(2)")
    assert state(node, "1-2", "35.1(2)").standing.state is PairState.AWAITING
    say(node, "bob", relation="equal-to", a="1-2", b="35.1(2)")
    found = state(node, "1-2", "35.1(2)")
    assert found.standing.state is PairState.CONFIRMED
    assert found.relation is MappingRelation.EQUAL


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"reason": " "}, BadInputError),
        ({"decision": "approved"}, BadInputError),
        ({"relation": "same"}, BadInputError),
        ({"relation": "no-relationship"}, BadInputError),
        ({"a": "9-9"}, MissingError),
        ({"actor": ""}, BadInputError),
    ],
)
def test_a_decision_without_effect_is_not_sealed(node, change, kind):
    before = node.log.kinds().get("record.mapping/1", 0)
    asked = {"actor": "amy", "relation": "intersects-with", **change}
    with pytest.raises(kind):
        say(node, **asked)
    assert node.log.kinds().get("record.mapping/1", 0) == before


def test_confirming_changes_no_grade(node):
    def grade():
        return node.assess("zt36", BANK).stages

    before = grade()
    say(node, "amy", relation="intersects-with", a="1-5", b="4.2")
    say(node, "amy", "rejected", a="1-1", b="8.2(3)")
    assert grade() == before


def test_a_drafted_clause_is_tried_out_on_todays_evidence(node):
    size = node.log.size()
    found = norm_impact.impact(node, norm_impact.proposal(DRAFT.encode(), file="draft.yaml"), BANK)
    effects = {each.clause: each.effect for each in found.outlook.impacts}
    assert effects["D-1"] in {Effect.FAILS, Effect.UNKNOWN, Effect.MET}
    assert effects["D-2"] is Effect.NO_CHECK
    assert found.in_force is None
    assert node.log.size() == size
    assert "draft" not in node.library.frameworks


def test_the_text_in_force_has_no_impact_on_itself(node):
    proposed = norm_impact.proposal(EMERGING, file="emerging.yaml")
    found = norm_impact.impact(node, proposed, BANK)
    assert {each.effect for each in found.outlook.impacts} == {Effect.SAME}
    assert not found.worse


def test_a_stricter_version_tells_what_would_fail(node):
    # Given zt36 whose first control asks for three factors where the bank has two
    raw = dict(library.frameworks())["frameworks/zt36.yaml"].replace(
        b"passes: {field: factors, at_least: 2}", b"passes: {field: factors, at_least: 9}", 1
    )
    found = norm_impact.impact(node, norm_impact.proposal(raw, file="zt36.yaml"), BANK)

    # Then its items fail under the proposal, and the live grade is untouched
    (changed,) = [each for each in found.outlook.impacts if each.clause == "1-1"]
    assert changed.failing[1] > changed.failing[0]
    again = node.verdict("zt36/1-1", BANK)
    assert again.tally.failing + again.tally.stale_fail == changed.failing[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("controls: []", "at least one item"),
        (DRAFT.replace("group: draft", "group: nowhere"), "unknown group"),
        (DRAFT.replace("phishing_resistant", "made_up"), "made_up"),
        (DRAFT.replace("account.authenticators/1", "account.nothing/1"), "account.nothing"),
        ("hello", ""),
        ("", "empty"),
    ],
)
def test_a_proposal_that_breaks_the_rules_is_refused_with_its_line(text, said):
    with pytest.raises(BadInputError, match=said) as caught:
        norm_impact.proposal(text.encode(), file="draft.yaml")
    assert "draft.yaml" in caught.value.place


def test_a_foreign_text_carries_no_checks(node):
    catalog = b'{"catalog": {"metadata": {"title": "X"}, "controls": [{"id": "a", "title": "b"}]}}'
    found = norms.import_norm(node, catalog, file="x.json", actor="amy", name="x")
    with pytest.raises(UsageError, match="nothing of how it is judged"):
        norm_impact.proposal_of(node, found.key)


def test_an_imported_version_can_be_tried_out(node):
    norms.import_norm(node, NEXT, file="next.yaml", actor="amy")
    proposed = norm_impact.proposal_of(node, "emerging@2027-01-01")
    assert proposed.version == "2027-01-01"
    found = norm_impact.impact(node, proposed, BANK)
    assert len(found.outlook.impacts) == 220


def test_the_burden_counts_what_is_connected(node):
    found = norm_impact.evidence_burden(node)
    assert "account.authenticators/1" in found.connected
    assert found.covered + sum(len(step.adds) for step in found.steps) == found.burden.clauses
    only = norm_impact.evidence_burden(node, ("zt36",))
    assert only.burden.clauses <= found.burden.clauses


def test_a_node_without_an_estate_can_hold_norms(tmp_path: Path):
    with Node.open(Home(path=tmp_path / "bare"), clock=lambda: NOW) as bare:
        found = norms.import_norm(bare, NEXT, file="next.yaml", actor="amy")
        assert norms.norm(bare, found.key).version == "2027-01-01"
        assert norms.overlap(bare, "actionplan", "blueprint").pairs

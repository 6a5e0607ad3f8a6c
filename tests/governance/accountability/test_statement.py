"""Which form is allowed is computed, signatures take people and offices, steps come in order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.accountability.statement import (
    BOARD_KIND,
    SIGNATURE_KIND,
    STATEMENT_KIND,
    Form,
    StatementState,
    binding,
    statement_defect,
    statements,
    uncovered,
)
from panshi.governance.appointments import Appointments
from panshi.model.bodies.statements import BoardStep, Statement, StatementSignature, UnmetClause
from panshi.model.control import Attesting, Basis, Control, Framework, Group, MachineClass, Strength
from panshi.model.observation import Observation, ObservationId, Sealed
from panshi.model.verdict import Assessment, Status, Verdict
from tests.governance.test_appointments import appointed, proposed

END = datetime(2025, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)
SIGNERS = (("ciso",), ("board_chair", "general_manager"))
THEN = datetime(2026, 3, 2, 4, tzinfo=UTC)


def framework(strengths):
    controls = tuple(
        Control(
            framework="law",
            id=str(number),
            group="all",
            title_zh="條",
            title_en="clause",
            gist_zh="內容",
            gist_en="gist",
            reference=f"law {number}",
            strength=strength,
            machine=MachineClass.NONE,
            attesting=Attesting(evidence=("policy_doc",)),
        )
        for number, strength in enumerate(strengths)
    )
    return Framework(
        id="law",
        version="1",
        title_zh="法",
        title_en="law",
        document_zh="法",
        document_en="law",
        groups=(Group(id="all", title_zh="全", title_en="all"),),
        controls=controls,
    )


def judged(states):
    verdicts = tuple(
        Verdict(
            control=f"law/{number}",
            basis=Basis.EVIDENCE,
            status=status,
            stage=0,
            met=met,
            met_without_exceptions=met,
        )
        for number, (status, met) in enumerate(states)
    )
    return Assessment(
        framework="law",
        framework_version="1",
        estate="x",
        estate_version=1,
        as_of=END,
        verdicts=verdicts,
    )


STATES = st.sampled_from(
    [
        (Status.MET, True),
        (Status.NOT_MET, False),
        (Status.NOT_MET, True),  # under a live exception
        (Status.UNKNOWN, False),
        (Status.NO_POPULATION, False),
        (Status.NOT_APPLICABLE, False),
        (Status.NOT_ATTESTED, False),
    ]
)


@given(st.lists(st.tuples(st.sampled_from(list(Strength)), STATES), max_size=8))
def test_compliance_is_never_allowed_while_a_binding_clause_is_unmet(clauses):
    law = framework([strength for strength, _ in clauses])
    found = binding({"law": law}, {"law": judged([state for _, state in clauses])})
    unmet = [
        state
        for strength, state in clauses
        if strength.binding and not state[1] and state[0] is not Status.NOT_APPLICABLE
    ]
    assert len(found.unmet) == len(unmet)
    if unmet:
        assert found.form is Form.ACKNOWLEDGEMENT
    if found.form is Form.COMPLIANCE:
        assert found.clauses


def made(**change):
    body = Statement(
        number="2025",
        year=2025,
        form=Form.ACKNOWLEDGEMENT,
        as_of=END,
        frameworks=("law 1",),
        clauses=3,
        unmet=(
            UnmetClause(
                control="law/1",
                status="not_met",
                remedy="mend it",
                owner="ciso",
                due=date(2026, 9, 1),
            ),
        ),
        excepted=(),
        exceptions=(),
        open_findings=(),
        assessment_sha256="0" * 64,
        estate="x",
        estate_version=1,
        log_size=1,
        log_root="00",
        drafted_by="guo.shufen",
    )
    return replace(body, **change)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"form": Form.COMPLIANCE}, "only non-compliance"),
        ({"unmet": ()}, "nothing to acknowledge"),
        ({"clauses": 0}, "no binding clause"),
        ({"year": 2024}, "that has passed"),
        ({"as_of": THEN + timedelta(days=9), "year": 2026}, "that has passed"),
        ({"unmet": (replace(made().unmet[0], remedy=" "),)}, "lack a remedy"),
        ({"unmet": (replace(made().unmet[0], due=date(2026, 3, 2)),)}, "lack a remedy"),
        ({"unmet": (replace(made().unmet[0], owner=""),)}, "lack a remedy"),
        ({"drafted_by": ""}, "nobody"),
        ({"form": "praise"}, "no form"),
    ],
)
def test_a_statement_that_is_not_honest_does_not_stand(change, told):
    assert statement_defect(made(), THEN.date()) == ""
    assert told in statement_defect(made(**change), THEN.date())


def entry(number, kind, body, at=THEN):
    return Sealed(
        id=ObservationId(f"{number:032x}"),
        position=number,
        received_at=at,
        observation=Observation(
            kind=kind, subject="institution:x", observed_at=at, collector="t", body=body
        ),
    )


DRAFT = entry(100, STATEMENT_KIND, made())


def signature(number, person, office, at=THEN + timedelta(days=1)):
    body = StatementSignature(number="2025", paper=DRAFT.id, person=person, office=office)
    return entry(number, SIGNATURE_KIND, body, at)


def board(number, step, by, **more):
    body = BoardStep(paper=DRAFT.id, number="2025", step=step, by=by, **more)
    return entry(number, BOARD_KIND, body, THEN + timedelta(days=2))


HELD = {"lin.yating": "ciso", "chen.zhiming": "general_manager", "zhang": "board_chair"}
APPOINTED = Appointments.of(
    [
        appointed(number=50 + n, proposal=10 + n, person=person, office=office)
        for n, (person, office) in enumerate(HELD.items())
    ],
    [
        proposed(number=10 + n, person=person, office=office)
        for n, (person, office) in enumerate(HELD.items())
    ],
)


def state(*events):
    (found,) = statements(
        [DRAFT],
        [each for each in events if each.observation.kind == SIGNATURE_KIND],
        [each for each in events if each.observation.kind == BOARD_KIND],
        APPOINTED,
        SIGNERS,
    )
    return found


def test_two_officers_sign_and_the_board_receives_it():
    # Given the signatures of the CISO and the general manager
    one, two = (
        signature(101, "lin.yating", "ciso"),
        signature(102, "chen.zhiming", "general_manager"),
    )
    assert state(one).state is StatementState.PARTLY_SIGNED
    assert state(one).missing == (("board_chair", "general_manager"),)
    signed = state(one, two)
    assert signed.state is StatementState.SIGNED
    # When it is submitted and received by someone else, with the number of the minute
    sent, got = board(103, "submit", "guo.shufen"), board(104, "receive", "he", minute="18-22")
    assert state(one, two, sent, got).state is StatementState.RECEIVED
    # Then the one who drafted and submitted it could not have recorded that
    own = board(104, "receive", "guo.shufen", minute="18-22")
    assert state(one, two, sent, own).state is StatementState.SUBMITTED
    assert state(one, two, sent, board(104, "receive", "he")).state is StatementState.SUBMITTED
    # And nothing of it can be withdrawn any more
    withdrawn = board(105, "withdraw", "he", why="regret")
    assert state(one, two, sent, got, withdrawn).state is StatementState.RECEIVED


@pytest.mark.parametrize(
    "forged",
    [
        signature(102, "lin.yating", "general_manager"),
        signature(102, "lin.yating", "ciso"),
        signature(102, "mallory", "general_manager"),
        signature(102, "chen.zhiming", "general_manager", at=THEN - timedelta(days=1)),
        signature(102, "zhang", "cook"),
        board(102, "submit", "he"),
        board(102, "publish", "he"),
    ],
)
def test_one_person_or_a_stranger_never_completes_it(forged):
    assert state(signature(101, "lin.yating", "ciso"), forged).state is StatementState.PARTLY_SIGNED


def test_groups_of_signers_are_each_covered_by_another_signature():
    assert uncovered((("a",), ("a", "b")), ["a"]) in [(("a", "b"),), (("a",),)]
    assert uncovered((("a", "b"), ("a",)), ["a", "b"]) == ()
    assert uncovered((("a",), ("b",)), ["b", "b"]) == (("a",),)

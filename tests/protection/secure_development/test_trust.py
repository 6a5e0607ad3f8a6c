"""Trust: two people, builders named, and a revocation that counts at once."""

from datetime import UTC, datetime, timedelta

import pytest

from panshi.governance.persons import pair_defect
from panshi.model.bodies.secure_development import BUILD_TRUST, BuildTrust
from panshi.model.observation import Observation, Sealed
from panshi.protection.secure_development.trust import TrustState, folded
from tests.simulators import builds

KEY = builds.ed25519()
START = datetime(2026, 1, 1, tzinfo=UTC)


def step(name, by, **more):
    given = {"key_id": builds.key_id(KEY)}
    if name == "propose":
        given |= {
            "name": "CI",
            "public_key": builds.public_pem(KEY).decode(),
            "builders": (builds.BUILDER,),
        }
    return BuildTrust(step=name, by=by, **given | more)


def fold(*bodies):
    sealed = [
        Sealed(
            id=f"{number:032x}",
            position=number,
            received_at=START + timedelta(days=number),
            observation=Observation(
                kind=BUILD_TRUST,
                subject="institution:bank",
                observed_at=START,
                collector="test",
                body=body,
            ),
        )
        for number, body in enumerate(bodies)
    ]
    return folded(sealed, defect=pair_defect)


def test_a_key_is_trusted_when_another_person_approved_it():
    trust = fold(step("propose", "chen"), step("approve", "lin"))

    assert [each.state for each in trust.keys] == [TrustState.TRUSTED]
    assert trust.find(builds.key_id(KEY)[:10]).approved_by == "lin"


@pytest.mark.parametrize("approver", ["chen", " CHEN ", "", "chеn"])
def test_nobody_approves_their_own_proposal(approver):
    assert fold(step("propose", "chen"), step("approve", approver)).keys == ()


def test_a_revoked_key_speaks_no_more_until_two_people_say_so():
    gone = [step("propose", "chen"), step("approve", "lin"), step("revoke", "chen", why="leaked")]

    assert fold(*gone).keys == ()
    assert fold(*gone, step("approve", "lin")).keys == ()
    assert len(fold(*gone, step("propose", "chen"), step("approve", "lin")).keys) == 1


def test_proposing_again_asks_for_a_new_approval():
    again = step("propose", "chen", builders=("https://anything",))

    assert fold(step("propose", "chen"), step("approve", "lin"), again).keys == ()


@pytest.mark.parametrize("wrong", [{"builders": ()}, {"key_id": "00" * 32}, {"public_key": "junk"}])
def test_a_proposal_that_names_no_key_or_builder_changes_nothing(wrong):
    assert fold(step("propose", "chen", **wrong)).all == ()


def test_a_key_for_some_systems_does_not_speak_for_others():
    own = step("propose", "chen", systems=("software:payroll",))
    trust = fold(own, step("approve", "lin"))

    assert len(trust.of("software:payroll")) == 1
    assert trust.of("system:core") == ()

"""A node end to end on either database: import, observe, judge, prove, redact, govern."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.errors import StoreError, UsageError
from panshi.evidence.checkpoint import Algorithm
from panshi.model.bodies.hosts import KernelParameters
from panshi.model.bodies.records import Claim
from panshi.model.observation import Observation, ObservationId
from panshi.model.verdict import Status
from panshi.node.home import Home
from panshi.node.node import Node
from tests.simulators.postgres import MISSING, binaries, postgres_server
from tests.simulators.small_estate import HOSTS, NOW, small_estate


@pytest.fixture(scope="module")
def server() -> Iterator[object]:
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("server").make("node_" + tmp_path.name.lower())
    with Node.open(Home(path=tmp_path / "home", database=url), clock=lambda: NOW) as opened:
        yield opened


def kernel(host: int, *, good: bool = True, days: int = 1) -> Observation:
    return Observation(
        kind="host.kernel/1",
        subject=f"host:h{host}",
        observed_at=NOW - timedelta(days=days),
        collector="test 1",
        body=KernelParameters(release="6.1", randomize_va_space=2 if good else 0),
    )


def seal(node: Node, *observations: Observation) -> tuple[ObservationId, ...]:
    return node.log.append(observations, NOW).ids


CONTROL = "machine/M-5"


def test_a_grade_follows_the_evidence(node: Node) -> None:
    # Given twenty hosts of which nobody saw any, then nothing is known.
    node.commit_estate(small_estate(), by="tester")
    assert node.verdict(CONTROL, "small").status is Status.UNKNOWN
    # When all are seen and pass, then it is met; when one fails later, the figures follow.
    seal(node, *(kernel(n) for n in range(HOSTS)))
    met = node.verdict(CONTROL, "small")
    assert (met.status, met.evidenced, met.tally.passing) == (Status.MET, 1.0, HOSTS)
    seal(node, kernel(0, good=False, days=0))
    after = node.verdict(CONTROL, "small")
    assert (after.tally.passing, after.evidenced) == (HOSTS - 1, 0.95)


def test_without_an_observation_only_its_verdicts_change(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    ids = seal(node, *(kernel(n) for n in range(HOSTS)))
    whole = node.assess("machine", "small")
    less = node.assess("machine", "small", without=(ids[3],))
    changed = {
        one.control
        for one, other in zip(whole.verdicts, less.verdicts, strict=True)
        if one != other
    }
    looking_at_kernels = {"machine/M-5", "machine/M-6", "machine/M-7"}
    assert changed == looking_at_kernels


def test_every_id_in_a_proof_tree_can_be_proven(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    seal(node, *(kernel(n) for n in range(HOSTS)))
    found = node.verdict(CONTROL, "small").evidence_ids
    assert len(found) == HOSTS
    for identity in found:
        assert node.verify(node.prove(identity)).ok


def test_an_altered_proof_does_not_verify(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    (identity,) = seal(node, kernel(1))
    altered = node.prove(identity).replace(b'"randomize_va_space\\":2', b'"randomize_va_space\\":1')
    report = node.verify(altered)
    assert not report.ok
    assert report.problem


def test_erasing_a_body_keeps_its_proof_and_never_helps_a_grade(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    ids = seal(node, *(kernel(n) for n in range(HOSTS)))
    node.redact((ids[0],), why="asked by the person", actor="tester")
    report = node.verify(node.prove(ids[0]))
    assert report.ok
    assert report.erased
    after = node.verdict(CONTROL, "small").tally
    assert (after.population, after.passing, after.unseen) == (HOSTS, HOSTS - 1, 0)
    assert node.verify_log().intact


def test_a_threshold_changes_from_now_on_and_keeps_its_history(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    seal(node, *(kernel(n, good=n > 1) for n in range(HOSTS)))
    assert node.verdict(CONTROL, "small").status is Status.NOT_MET
    node.set_parameter(f"target_permille:{CONTROL}", 900, actor="ciso", why="pilot year")
    assert node.verdict(CONTROL, "small").status is Status.MET
    history = {now.name: before for now, before in node.parameters()}
    assert [each.changed_by for each in history[f"target_permille:{CONTROL}"]] == ["", "ciso"]


def test_a_threshold_outside_its_limits_is_refused(node: Node) -> None:
    with pytest.raises(UsageError):
        node.set_parameter("confidence", 0.01, actor="ciso", why="easier")


def test_a_claim_stands_beside_the_evidence_and_never_in_it(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    body = Claim(framework="machine", control="M-5", owner="owner", share=1.0)
    node.record("record.claim/1", body, facet=CONTROL, actor="owner", estate_id="small")
    verdict = node.verdict(CONTROL, "small")
    assert (verdict.claimed, verdict.evidenced, verdict.status) == (1.0, None, Status.UNKNOWN)


def test_a_log_of_another_node_is_not_written_to(tmp_path: Path) -> None:
    # Given a log that one node signs, when another node's keys lie beside it, then it is refused.
    with Node.open(Home(path=tmp_path / "a"), clock=lambda: NOW) as first:
        seal(first, kernel(1))
        first.checkpoint()
    with Node.open(Home(path=tmp_path / "b"), clock=lambda: NOW) as second:
        second.checkpoint()
    shutil.copy(tmp_path / "a" / "evidence.sqlite3", tmp_path / "b" / "evidence.sqlite3")
    with pytest.raises(StoreError, match="signed by a key this node does not hold"):
        Node.open(Home(path=tmp_path / "b"), clock=lambda: NOW)


def test_the_log_is_proven_to_have_only_grown_also_over_a_new_key(node: Node) -> None:
    seal(node, kernel(1))
    earlier = node.checkpoint()
    node.rotate_key(Algorithm.ED25519, actor="tester")
    seal(node, kernel(2), kernel(3))
    assert node.verify(node.prove_extension(earlier)).ok
    assert len(node.verifier_keys()) == 2


def test_an_estate_that_was_swapped_behind_the_log_is_found(tmp_path: Path) -> None:
    # Given a sealed estate, when another content is put in its place, then verification names it.
    home = Home(path=tmp_path / "home")
    with Node.open(home, clock=lambda: NOW) as node:
        node.commit_estate(small_estate(), by="tester")
        assert node.verify_log().intact
        other = replace(small_estate(), assets=small_estate().assets[:-1])
    with Node.open(Home(path=tmp_path / "other"), clock=lambda: NOW) as forger:
        forger.commit_estate(other, by="forger")
    for found in (tmp_path / "other").glob("estates.sqlite3*"):
        shutil.copy(found, home.path / found.name)
    with Node.open(home, clock=lambda: NOW) as node:
        report = node.verify_log()
    assert not report.intact
    assert [each.place for each in report.damage] == ["estate small version 1"]


def test_the_same_estate_again_is_no_new_version(node: Node) -> None:
    first = node.commit_estate(small_estate(), by="tester")
    again = node.commit_estate(small_estate(), by="tester")
    assert (first.version, again.version) == (1, 1)


def test_an_unknown_estate_names_the_ones_there_are(node: Node) -> None:
    node.commit_estate(small_estate(), by="tester")
    with pytest.raises(UsageError, match="nowhere") as refused:
        node.assess("zt36", "nowhere")
    assert "small" in refused.value.remedy

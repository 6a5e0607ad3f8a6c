"""Erasing a body: gone everywhere, recorded, and no proof the worse for it."""

from datetime import timedelta

import pytest

from panshi.errors import StoreError, UsageError
from panshi.evidence import proof
from panshi.evidence.log import Filter
from panshi.model.bodies.monitoring import IncidentFinding
from panshi.model.bodies.records import Claim, EstateSnapshot
from panshi.model.observation import Observation, ObservationId
from panshi.store.evidence_log import postgres, sqlite
from panshi.store.keys import load_or_create_signer, verifier_keys
from tests.simulators.observations import RECEIVED, absent, account, device, unreachable

SECRET = "u-7f3a-the-words-to-be-forgotten"


def private(**more):
    return account("a1", roles=3, source=SECRET, **more)


def test_the_body_is_gone_and_the_rest_stays(log):
    # Given a log with personal data among other things
    ids = log.append([device(1), private(), device(2)], RECEIVED).ids
    root = log.root()

    # When it is erased
    done = log.redact([ids[1]], why="retention ended", by="dpo", at=RECEIVED)

    # Then its envelope is what it was, and all else too
    erased = log.get(ids[1])
    assert erased.erased
    assert erased.observation.body is None
    assert erased.observation.subject == "account:a1"
    assert log.get(ids[0]).observation == device(1)
    assert log.root(3) == root
    assert done.new == 1
    assert {each.id for each in log.latest(["account.authenticators/1"])} == {ids[1]}
    assert log.page(Filter(subject="account:a1"))[-1].erased


def test_the_redaction_is_itself_sealed(log):
    ids = log.append([private()], RECEIVED).ids

    (event,) = log.redact(ids, why="期限屆滿", by="個資長", at=RECEIVED).ids

    seen = log.get(event).observation
    assert seen.kind == "audit.event/1"
    assert seen.subject == "account:a1"
    assert (seen.body.action, seen.body.target) == ("evidence.redact", ids[0])
    assert (seen.body.actor, seen.body.detail) == ("個資長", "期限屆滿")


def test_proofs_from_before_and_after_verify(log, place):
    ids = log.append([device(1), private(), device(2)], RECEIVED).ids
    signer = load_or_create_signer(place.home)
    earlier = log.sign_checkpoint(signer)
    keys = verifier_keys(place.home)
    before = [proof.prove(log, each, keys) for each in ids]

    log.redact([ids[1]], why="retention ended", by="dpo", at=RECEIVED)
    log.sign_checkpoint(signer)

    after = [proof.prove(log, each, keys) for each in ids]
    for bundle in [*before, *after, proof.prove_extension(log, earlier, keys)]:
        assert proof.verify(bundle, keys).pinned
    assert [each.erased for each in after] == [False, True, False]
    assert after[1].body is None
    assert after[1].nonce is None
    assert before[1].envelope == after[1].envelope
    report = log.verify(keys=keys)
    assert (report.intact, report.erased, report.checkpoints) == (True, 1, 2)


def test_nothing_of_it_is_left_in_any_file(place):
    """Neither in the tables' pages nor in a write-ahead log that was not emptied."""
    if place.dialect != "sqlite":
        pytest.skip("PostgreSQL keeps old pages in its own log until it recycles it")
    # Given a log in which the body was moved about by much writing
    log = place.open()
    for n in range(20):
        log.append([device(k, day=n) for k in range(50)], RECEIVED)
        log.append([private(excess_permissions=n)], RECEIVED)
    ids = [each.id for each in log.records("account.authenticators/1")]
    assert any(SECRET.encode() in file.read_bytes() for file in files(place.home))

    # When it is erased while another connection stays open
    log.redact(ids, why="retention ended", by="dpo", at=RECEIVED)

    # Then no file below the home holds it
    assert not [file.name for file in files(place.home) if SECRET.encode() in file.read_bytes()]
    assert log.verify().intact
    log.close()


def files(home):
    return [path for path in home.rglob("*") if path.is_file()]


def test_an_erased_observation_given_again_is_not_restored(log, place):
    # Given a body that was erased, from a log opened by another process since
    ids = log.append([private(), device(1)], RECEIVED).ids
    log.redact(ids[:1], why="retention ended", by="dpo", at=RECEIVED)
    size = log.size()
    other = place.open()

    # When its source is read again, once and with its line twice, beside something new
    for given in ([private()], [private(), device(2), private()]):
        again = other.append(given, RECEIVED + timedelta(days=1))

        # Then it is known under its id, and stays erased
        assert again.ids[0] == ids[0] == again.ids[-1]
    assert (again.new, again.known) == (1, 2)
    assert other.size() == size + 1
    assert other.get(ids[0]).erased
    assert other.append([private(excess_permissions=9)], RECEIVED).new == 1
    assert other.verify().intact
    other.close()


def test_erasing_twice_or_erasing_nothing_changes_nothing(log):
    ids = log.append([private(), device(1)], RECEIVED).ids
    log.redact(ids, why="retention ended", by="dpo", at=RECEIVED)
    size = log.size()

    assert log.redact(ids, why="again", by="dpo").new == 0
    assert log.redact([], why="none", by="dpo").new == 0
    assert log.size() == size


def test_a_redaction_needs_a_reason_and_a_name(log):
    ids = log.append([private()], RECEIVED).ids

    with pytest.raises(UsageError, match="reason"):
        log.redact(ids, why="", by="dpo")
    with pytest.raises(UsageError, match="reason"):
        log.redact(ids, why="retention ended", by="")


def test_one_unknown_id_keeps_all_from_being_erased(log):
    ids = log.append([private()], RECEIVED).ids

    with pytest.raises(UsageError, match="nothing was erased"):
        log.redact([*ids, ObservationId("0" * 32)], why="retention ended", by="dpo")

    assert not log.get(ids[0]).erased
    assert log.size() == 1


def test_the_record_of_a_redaction_cannot_be_redacted(log):
    ids = log.append([private()], RECEIVED).ids
    events = log.redact(ids, why="retention ended", by="dpo", at=RECEIVED).ids

    with pytest.raises(UsageError, match="those stay"):
        log.redact(events, why="hide it", by="dpo")


def steering():
    """A claim, an incident's finding and a snapshot: grades rest on each."""
    claim = Claim(framework="zt36", control="1-1", owner="王小明", share=0.5)
    finding = IncidentFinding(passed=False, controls=("zt36/1-1",), ticket="T-1", summary="王小明")
    snapshot = EstateSnapshot(
        estate="bank", version=1, sha256="0" * 64, assets=1, relations=0, changed_by="王小明"
    )
    bodies = {
        "record.claim/1": claim,
        "incident.finding/1": finding,
        "estate.snapshot/1": snapshot,
    }
    return [
        Observation(
            kind=kind, subject="host:a", observed_at=RECEIVED, collector="panshi", body=body
        )
        for kind, body in bodies.items()
    ]


@pytest.mark.parametrize("observation", steering(), ids=lambda each: each.kind)
def test_what_steers_judgement_cannot_be_erased(log, observation):
    ids = log.append([private(), observation], RECEIVED).ids

    with pytest.raises(UsageError, match=r"steers judgement.*superseding one.*pseudonyms"):
        log.redact(ids, why="retention ended", by="dpo")

    assert not log.get(ids[0]).erased
    assert log.get(ids[1]).observation == observation
    assert log.size() == 2


@pytest.mark.parametrize("look", [unreachable(1), absent(1)], ids=lambda each: each.outcome)
def test_a_look_that_brought_no_body_has_none_to_erase(log, look):
    ids = log.append([private(), look], RECEIVED).ids

    with pytest.raises(UsageError, match=f"{look.outcome}: there is no body to erase"):
        log.redact(ids, why="retention ended", by="dpo")

    assert not log.get(ids[0]).erased
    assert log.size() == 2


def test_a_reader_of_an_older_state_keeps_traces_and_erasing_again_clears_them(place, monkeypatch):
    monkeypatch.setattr(sqlite, "PURGE_MILLISECONDS", 200)
    monkeypatch.setattr(postgres, "PURGE_SECONDS", 0.2)
    # Given another process that is in the middle of reading
    log, other = place.open(), place.open()
    ids = log.append([private(), device(1)], RECEIVED).ids
    reading = other.since(0)
    next(reading)

    # When a body is erased
    with pytest.raises(StoreError, match=r"erased, but traces remain.*repeat"):
        log.redact(ids[:1], why="retention ended", by="dpo", at=RECEIVED)

    # Then it is erased for all who come now, and erasing again says the same until the reader ends
    size = log.size()
    assert log.get(ids[0]).erased
    with pytest.raises(StoreError, match="traces remain"):
        log.redact(ids[:1], why="retention ended", by="dpo", at=RECEIVED)
    reading.close()
    assert log.redact(ids[:1], why="retention ended", by="dpo", at=RECEIVED).new == 0
    assert log.size() == size
    assert not [file.name for file in files(place.home) if SECRET.encode() in file.read_bytes()]
    assert log.verify().intact
    log.close()
    other.close()

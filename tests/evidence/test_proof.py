"""Proof bundles: they verify as issued, and not with any byte changed."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError, IntegrityError, PanshiError, UsageError
from panshi.evidence import proof
from panshi.evidence.checkpoint import VerifierKey
from panshi.evidence.standalone import panshi_verify
from panshi.model.observation import ObservationId
from panshi.store.evidence_log import open_log
from panshi.store.keys import load_or_create_signer, rotate_signer, verifier_keys
from tests.simulators.observations import RECEIVED, account, device, training, unreachable


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def log(home):
    opened = open_log(home)
    opened.append([device(n) for n in range(40)], RECEIVED)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def bundles(log, home):
    """Of one observation seen, one not reached, one erased, one in Chinese; and of an extension."""
    signer = load_or_create_signer(home)
    earlier = log.sign_checkpoint(signer)
    made = log.append(
        [device(99), unreachable(7), account("secret"), training("林小美", "深偽")], RECEIVED
    )
    log.redact([made.ids[2]], why="retention ended", by="dpo", at=RECEIVED)
    log.sign_checkpoint(signer)
    keys = verifier_keys(home)
    found = [proof.prove(log, each, keys) for each in made.ids]
    return [*found, proof.prove_extension(log, earlier, keys)]


KINDS = ["seen", "unreachable", "erased", "chinese", "extension"]


@pytest.mark.parametrize("which", range(5), ids=KINDS)
def test_a_bundle_is_read_back_and_verifies(bundles, home, which):
    raw = proof.to_json(bundles[which])

    bundle = proof.parse_bundle(raw)
    shown = proof.verify(bundle)

    assert bundle == bundles[which]
    assert shown.signed_by == verifier_keys(home)
    assert not shown.pinned
    assert proof.verify(bundle, verifier_keys(home)).pinned
    assert panshi_verify.check_line(raw, [])[0] == 0


def test_a_bundle_shows_what_was_sealed(bundles):
    seen, missed, erased, _, extension = (proof.verify(each) for each in bundles)

    assert seen.sealed.observation == device(99)
    assert missed.sealed.observation == unreachable(7)
    assert erased.sealed.erased
    assert erased.sealed.observation.body is None
    assert (extension.earlier_size, extension.size) == (40, 45)


@pytest.mark.parametrize("which", range(5), ids=KINDS)
def test_no_byte_of_a_bundle_can_be_changed(bundles, which):
    """Each byte is replaced by some others: neither our verifier nor the other one accepts."""
    raw = proof.to_json(bundles[which])
    accepted = []
    for at, byte in enumerate(raw):
        for other in {byte ^ 1, byte ^ 0x20, 0x20, 0x30, 0x0A} - {byte}:
            changed = raw[:at] + bytes([other]) + raw[at + 1 :]
            try:
                proof.verify(proof.parse_bundle(changed))
            except PanshiError:
                pass
            else:
                accepted.append((at, changed))
            if panshi_verify.check_line(changed, [])[0] == 0:
                accepted.append((at, changed))

    assert not accepted


@given(st.data())
def test_nothing_can_be_cut_out_or_put_in(bundles, data):
    raw = proof.to_json(bundles[0])
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = data.draw(
        st.sampled_from([raw[:at] + raw[at + 1 :], raw[:at] + b" " + raw[at:], raw[:at]])
    )

    with pytest.raises(PanshiError):
        proof.verify(proof.parse_bundle(changed))
    assert panshi_verify.check_line(changed, [])[0] != 0


@pytest.mark.parametrize(
    "change",
    [
        {"body": '{"managed":false}'},
        {"body": None, "erased": True},
        {"body": None, "nonce": None},
        {"erased": True},
        {"nonce": "AAAAAAAAAAAAAAAAAAAAAA=="},
        {"id": "0" * 32},
        {"leaf_index": 3},
        {"leaf_index": 45},
        {"leaf_index": -1},
        {"tree_size": 44},
        {"path": ()},
        {"path": ("AAAA",)},
        {"path": ("A" * 43 + "=",) * 200},
        {"envelope": "{}"},
        {"verifier_keys": ()},
        {"checkpoint": "no note"},
        {"panshi_proof": 2},
    ],
    ids="+".join,
)
def test_a_change_that_keeps_the_form_does_not_verify(bundles, change):
    altered = proof.to_json(msgspec.structs.replace(bundles[0], **change))

    with pytest.raises(PanshiError):
        proof.verify(proof.parse_bundle(altered))
    assert panshi_verify.check_line(altered, [])[0] in {1, 3}


def test_an_altered_observation_with_its_digests_made_to_fit_is_not_in_the_log(bundles):
    """The forger redoes body digest, envelope and id; the tree still does not hold it."""
    forged = dict(json.loads(proof.to_json(bundles[0])))
    envelope = forged["envelope"].replace("device:d-00099", "device:d-00098")
    leaf = panshi_verify.sha256(b"\0" + envelope.encode()).hexdigest()
    forged |= {"envelope": envelope, "id": leaf[:32]}
    raw = panshi_verify.canonical(forged)

    with pytest.raises(IntegrityError, match="not in the log"):
        proof.verify(proof.parse_bundle(raw))
    code, shown = panshi_verify.check_line(raw, [])
    assert (code, shown["problem"]) == (1, "the observation is not in this log")


def test_a_log_made_anew_with_another_key_is_refused_where_a_key_is_pinned(bundles, home, tmp_path):
    # Given a forger's log with the same observation, signed with the forger's key
    other = open_log(tmp_path)
    (made,) = other.append([device(99)], RECEIVED).ids
    other.sign_checkpoint(load_or_create_signer(tmp_path))
    forged = proof.prove(other, made, verifier_keys(tmp_path))
    other.close()

    # Then it vouches for itself, but not to who has pinned our key
    assert not proof.verify(forged).pinned
    with pytest.raises(IntegrityError, match="pinned"):
        proof.verify(forged, verifier_keys(home))
    pins = [str(key) for key in verifier_keys(home)]
    assert panshi_verify.check_line(proof.to_json(forged), pins)[0] == 1
    assert panshi_verify.check_line(proof.to_json(bundles[0]), pins)[0] == 0


def test_checkpoints_of_two_logs_are_no_extension(bundles, tmp_path):
    other = open_log(tmp_path)
    other.append([device(1)], RECEIVED)
    note = other.sign_checkpoint(load_or_create_signer(tmp_path))
    other.close()
    keys = (*bundles[4].verifier_keys, *map(str, verifier_keys(tmp_path)))
    mixed = msgspec.structs.replace(bundles[4], earlier=note, verifier_keys=keys)

    with pytest.raises(IntegrityError, match="different logs"):
        proof.verify(mixed)
    assert panshi_verify.check_line(proof.to_json(mixed), [])[0] == 1


def test_a_replaced_key_leaves_old_proofs_and_links_to_new_ones(tmp_path):
    # Given a log whose key was replaced between two checkpoints
    log = open_log(tmp_path)
    (made,) = log.append([device(1)], RECEIVED).ids
    earlier = log.sign_checkpoint(load_or_create_signer(tmp_path))
    old = proof.prove(log, made, verifier_keys(tmp_path))
    log.append([device(2)], RECEIVED)
    log.sign_checkpoint(rotate_signer(tmp_path))

    # Then the old proof verifies, and the extension names both keys
    extension = proof.prove_extension(log, earlier, verifier_keys(tmp_path))
    log.close()
    assert proof.verify(old, verifier_keys(tmp_path)).pinned
    assert proof.verify(extension).earlier_size == 1
    assert len(extension.verifier_keys) == 2
    assert panshi_verify.check_line(proof.to_json(extension), [])[0] == 0


def test_a_file_may_hold_many(bundles):
    raw = b"\n".join(proof.to_json(each) for each in bundles) + b"\n"

    assert list(proof.parse_bundles(raw)) == bundles
    with pytest.raises(BadInputError, match="proofs line 2"):
        list(proof.parse_bundles(raw.replace(b"\n", b"\n{}\n", 1), source="proofs"))


def test_what_cannot_be_proven_is_said(log, home, tmp_path):
    keys = verifier_keys(home)
    empty = open_log(tmp_path)
    (early,) = empty.append([device(1)], RECEIVED).ids

    with pytest.raises(UsageError, match="no observation"):
        proof.prove(log, ObservationId("0" * 32), keys)
    with pytest.raises(UsageError, match="checkpoint"):
        proof.prove(empty, early, keys)
    with pytest.raises(UsageError, match="checkpoint"):
        proof.prove_extension(empty, log.checkpoint(), keys)
    (late,) = log.append([device(12345)], RECEIVED).ids
    with pytest.raises(UsageError, match="covers"):
        proof.prove(log, late, keys)
    empty.close()


def test_a_huge_or_foreign_file_is_refused(bundles):
    with pytest.raises(BadInputError, match="64 MiB"):
        proof.parse_bundle(b" " * ((64 << 20) + 1))
    for raw in (b"", b"[]", b"{}", b'{"type":"other"}', b"\xff", b"[" * 10_000):
        with pytest.raises(BadInputError):
            proof.parse_bundle(raw)
        assert panshi_verify.check_line(raw, [])[0] == 3
    pretty = json.dumps(json.loads(proof.to_json(bundles[0])), indent=1).encode()
    with pytest.raises(BadInputError, match="canonical"):
        proof.parse_bundle(pretty)


def test_keys_of_the_bundle_are_verifier_keys(bundles, home):
    assert tuple(map(VerifierKey.parse, bundles[0].verifier_keys)) == verifier_keys(home)

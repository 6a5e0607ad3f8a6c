"""Sealing: what a leaf commits to, and what stays when a body goes."""

from dataclasses import replace
from hashlib import sha256

import pytest

from panshi.errors import BadInputError, IntegrityError
from panshi.evidence.merkle import leaf_hash
from panshi.evidence.seal import Leaf, check_leaf, checked_body, id_of, sealed_envelope, unseal
from tests.simulators.observations import RECEIVED, account, device, unreachable

NONCE = bytes(range(16))


def leaf_of(observation):
    body = checked_body(observation)
    envelope = sealed_envelope(observation, RECEIVED, body, NONCE)
    return Leaf(position=7, envelope=envelope, body=body or None, nonce=NONCE if body else None)


def test_a_leaf_commits_to_envelope_and_body():
    leaf = leaf_of(device(1))

    assert leaf.hash == leaf_hash(leaf.envelope)
    assert leaf.id == id_of(leaf.hash) == leaf.hash.hex()[:32]
    assert sha256(NONCE + leaf.body).hexdigest().encode() in leaf.envelope
    assert check_leaf(leaf)


@pytest.mark.parametrize("observation", [device(1), unreachable(2), account("a")])
def test_unsealing_gives_the_observation(observation):
    leaf = leaf_of(observation)

    sealed = unseal(7, leaf.id, leaf.envelope, leaf.body)

    assert sealed.observation == observation
    assert (sealed.position, sealed.received_at, sealed.erased) == (7, RECEIVED, False)


def test_without_its_body_a_leaf_is_erased_but_whole():
    leaf = leaf_of(account("a"))
    erased = replace(leaf, body=None, nonce=None)

    sealed = unseal(7, erased.id, erased.envelope, None)

    assert sealed.erased
    assert sealed.observation.body is None
    assert sealed.observation.subject == "account:a"
    assert erased.hash == leaf.hash
    assert not check_leaf(erased)


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"{}"},
        {"nonce": bytes(16)},
        {"nonce": None},
        {"body": None},
        {"envelope": leaf_of(device(1)).envelope.replace(b":", b": ", 1)},
        {"envelope": leaf_of(unreachable(1)).envelope},
    ],
    ids=["body", "nonce", "no nonce", "no body", "spelling", "other envelope"],
)
def test_what_does_not_fit_is_found(change):
    with pytest.raises(IntegrityError):
        check_leaf(replace(leaf_of(device(1)), **change))


def test_a_look_that_saw_something_must_name_a_body():
    raw = leaf_of(unreachable(1)).envelope.replace(b"unreachable", b"seen")

    with pytest.raises(BadInputError, match="names no body"):
        unseal(0, id_of(leaf_hash(raw)), raw, None)


def test_a_body_of_another_kind_is_refused():
    with pytest.raises(BadInputError, match="is not a account"):
        checked_body(replace(device(1), kind="account.authenticators/1"))
    with pytest.raises(BadInputError, match="unknown"):
        checked_body(replace(device(1), kind="device.posture/99"))

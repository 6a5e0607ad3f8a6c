"""The node's keys: made once, private, replaceable."""

import threading

import pytest

from panshi.errors import StoreError
from panshi.evidence.checkpoint import Algorithm, Checkpoint, parse_note, signed
from panshi.store.keys import (
    load_or_create_secret,
    load_or_create_signer,
    rotate_signer,
    verifier_keys,
)

ROOT = bytes(32)


def test_a_key_is_made_once_and_then_found(tmp_path):
    first = load_or_create_signer(tmp_path)
    again = load_or_create_signer(tmp_path)

    assert again.key == first.key
    assert again.origin == first.origin
    assert first.origin.startswith("panshi/")
    assert verifier_keys(tmp_path) == (first.key,)


def test_files_belong_to_their_owner_only(tmp_path):
    load_or_create_signer(tmp_path)
    load_or_create_secret(tmp_path)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}

    assert modes == {"origin": 0o600, "signing-0001.pem": 0o600, "dedupe.secret": 0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path, mode):
    load_or_create_signer(tmp_path)
    load_or_create_secret(tmp_path)
    for name, use in (
        ("signing-0001.pem", load_or_create_signer),
        ("dedupe.secret", load_or_create_secret),
    ):
        (tmp_path / "keys" / name).chmod(mode)
        with pytest.raises(StoreError, match=r"others .* may read.*chmod 600"):
            use(tmp_path)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_replaced_key_signs_and_the_old_one_still_verifies(tmp_path, algorithm):
    # Given a checkpoint by the first key
    old = load_or_create_signer(tmp_path)
    note = signed(Checkpoint(origin=old.origin, size=0, root=ROOT), [old])

    # When the key is replaced
    new = rotate_signer(tmp_path, algorithm)

    # Then the newest signs under the same origin, and both verify
    assert load_or_create_signer(tmp_path).key == new.key
    assert new.key.algorithm is algorithm
    assert new.origin == old.origin
    assert verifier_keys(tmp_path) == (new.key, old.key)
    assert parse_note(note).verified_by(verifier_keys(tmp_path)) == (old.key,)


@pytest.mark.parametrize("content", [b"", b"not a key", b"\xff" * 100])
def test_a_damaged_key_is_told_with_its_place(tmp_path, content):
    load_or_create_signer(tmp_path)
    (tmp_path / "keys" / "signing-0001.pem").write_bytes(content)

    with pytest.raises(StoreError, match=r"signing-0001.pem.*cannot be read"):
        load_or_create_signer(tmp_path)


def test_a_missing_origin_and_a_short_secret_are_told(tmp_path):
    load_or_create_signer(tmp_path)
    load_or_create_secret(tmp_path)
    (tmp_path / "keys" / "origin").unlink()
    (tmp_path / "keys" / "dedupe.secret").write_bytes(b"short")

    with pytest.raises(StoreError, match="origin"):
        load_or_create_signer(tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        load_or_create_secret(tmp_path)


def test_all_that_begin_at_once_end_with_the_same_keys(tmp_path):
    found = []

    def begin():
        found.append((load_or_create_signer(tmp_path).key, load_or_create_secret(tmp_path)))

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    assert not list((tmp_path / "keys").glob(".*"))

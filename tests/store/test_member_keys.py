"""A member's private keys are its owner's only, and a backup without keys leaves them out."""

import stat
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.errors import MissingError, StoreError
from panshi.store.member_keys import Enrolment, MemberKeys


def test_a_key_is_kept_for_its_owner_only(tmp_path):
    keys, private = MemberKeys(tmp_path), Ed25519PrivateKey.generate()
    keys.keep("thumb", private)
    path = tmp_path / "keys" / "member" / "thumb.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.private("thumb").private_bytes_raw() == private.private_bytes_raw()
    assert keys.kept() == ("thumb",)


def test_a_key_that_others_may_read_is_refused(tmp_path):
    keys = MemberKeys(tmp_path)
    keys.keep("thumb", Ed25519PrivateKey.generate())
    (tmp_path / "keys" / "member" / "thumb.pem").chmod(0o644)
    with pytest.raises(StoreError, match="others"):
        keys.private("thumb")


def test_what_is_no_key_is_refused(tmp_path):
    keys = MemberKeys(tmp_path)
    with pytest.raises(MissingError):
        keys.private("thumb")
    keys.keep("thumb", Ed25519PrivateKey.generate())
    (tmp_path / "keys" / "member" / "thumb.pem").write_bytes(b"x")
    with pytest.raises(StoreError, match="cannot be read"):
        keys.private("thumb")


def test_an_enrolment_is_kept_whole(tmp_path):
    keys = MemberKeys(tmp_path)
    assert keys.enrolment() is None
    told = Enrolment(hub="https://hub.example", member="bank-017", key="thumb")
    keys.enrolled(told)
    assert keys.enrolment() == told
    (tmp_path / "member" / "hub.json").write_bytes(b"{")
    with pytest.raises(StoreError):
        keys.enrolment()


def test_a_backup_without_keys_leaves_them_out(tmp_path):
    import tarfile

    from panshi.node.home import Home
    from panshi.node.keeping.backup import back_up
    from panshi.node.node import Node

    home = Home(path=tmp_path / "home")
    with Node.open(home):
        pass
    MemberKeys(home.path).keep("thumb", Ed25519PrivateKey.generate())
    back_up(home, tmp_path / "b.panshi", at=datetime.now(UTC), with_keys=False)
    with tarfile.open(tmp_path / "b.panshi") as kept:
        assert not [name for name in kept.getnames() if name.endswith(".pem")]

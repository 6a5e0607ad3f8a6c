"""The folder of the institution's library."""

import pytest

from panshi.errors import IntegrityError, StoreError
from panshi.store import norms


def test_bytes_rest_under_their_digest(tmp_path):
    digest = norms.keep(tmp_path, b"text")
    assert norms.keep(tmp_path, b"text") == digest
    assert norms.kept(tmp_path, digest) == b"text"
    assert [each.name for each in (tmp_path / "library").iterdir()] == [digest]
    assert (tmp_path / "library" / digest).stat().st_mode & 0o077 == 0


def test_what_is_gone_or_altered_is_told(tmp_path):
    digest = norms.keep(tmp_path, b"text")
    path = tmp_path / "library" / digest
    path.write_bytes(b"other")
    with pytest.raises(IntegrityError):
        norms.kept(tmp_path, digest)
    path.unlink()
    with pytest.raises(StoreError):
        norms.kept(tmp_path, digest)

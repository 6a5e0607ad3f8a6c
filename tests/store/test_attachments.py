"""Attachments rest under their digest, whole and unchanged, or are not shown."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, IntegrityError, MissingError
from panshi.store import attachments
from panshi.store.attachments import Attachments


@pytest.fixture
def kept(tmp_path):
    return Attachments(tmp_path)


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=4_000))
def test_what_is_kept_is_read_again(tmp_path_factory, content):
    kept = Attachments(tmp_path_factory.mktemp("home"))
    digest = kept.keep(content)
    assert digest == kept.keep(content) == sha256(content).hexdigest()
    assert kept.read(digest) == content


def test_nobody_but_the_owner_reads_it(kept, tmp_path):
    digest = kept.keep(b"minutes")
    place = tmp_path / "attachments" / digest[:2] / digest
    assert place.stat().st_mode & 0o077 == 0
    assert sorted(each.name for each in place.parent.iterdir()) == [digest]


def test_what_was_changed_on_disk_is_found_out_and_mended(kept, tmp_path):
    digest = kept.keep(b"minutes")
    (tmp_path / "attachments" / digest[:2] / digest).write_bytes(b"other minutes")
    assert not kept.holds(digest)
    with pytest.raises(IntegrityError):
        kept.read(digest)
    kept.keep(b"minutes")
    assert kept.read(digest) == b"minutes"


def test_what_is_empty_or_too_large_is_refused(kept, monkeypatch, tmp_path):
    monkeypatch.setattr(attachments, "MOST_BYTES", 4)
    for content in (b"", b"12345"):
        with pytest.raises(BadInputError):
            kept.keep(content, name="minutes.pdf")
    assert not (tmp_path / "attachments").exists()


@pytest.mark.parametrize("digest", ["", "../../keys/log.key", "AB" * 32, "ab" * 31, "g" * 64])
def test_what_is_no_digest_leads_nowhere(kept, digest):
    with pytest.raises(MissingError):
        kept.read(digest)


def test_what_is_not_here_is_said_so(kept):
    with pytest.raises(MissingError, match="no attachment"):
        kept.read("ab" * 32)

"""The archive is deterministic, bounded, signed, and leads nobody out of its folder."""

import io
import zipfile
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.errors import BadInputError, UsageError
from panshi.evidence.checkpoint import KeySigner
from panshi.evidence.manifest import FORM, Listed, signed_list
from panshi.report.bundle import archive
from panshi.report.bundle.archive import MANIFEST, Part, write_archive

AT = datetime(2026, 9, 30, 4, 5, 6, tzinfo=UTC)
SIGNER = KeySigner(
    private=Ed25519PrivateKey.from_private_bytes(b"k" * 32), name="panshi/a", origin="panshi/a"
)


def written(*parts):
    file = io.BytesIO()
    note = write_archive(file, parts, origin="panshi/a", signers=(SIGNER,), at=AT)
    return file.getvalue(), note


def test_the_same_parts_give_the_same_bytes():
    parts = (Part(path="b.txt", pieces=(b"b", b"b")), Part(path="a/c.txt", pieces=(b"c",)))
    assert written(*parts) == written(*parts)


def test_every_file_is_listed_once_sorted_and_signed():
    raw, note = written(Part(path="b.txt", pieces=(b"bb",)), Part(path="a/c.txt", pieces=(b"c",)))
    with zipfile.ZipFile(io.BytesIO(raw)) as archived:
        assert archived.namelist() == ["b.txt", "a/c.txt", MANIFEST]
        assert archived.read(MANIFEST).decode() == note
        assert {each.date_time for each in archived.infolist()} == {(2026, 9, 30, 0, 0, 0)}
    lines = note.split("\n")
    assert lines[:2] == ["panshi/a", FORM]
    assert [line.split(" ")[1:] for line in lines[2:4]] == [["1", "a/c.txt"], ["2", "b.txt"]]
    assert lines[5].startswith("— panshi/a ")


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a//b", "a/./b", "", "a\\b", "C:x", "a/../../x", "x\n", "中"]
)
def test_no_path_leads_out_of_the_folder(path):
    with pytest.raises(BadInputError):
        written(Part(path=path, pieces=(b"",)))


def test_it_stops_at_its_bound(monkeypatch):
    # Given a bundle that would not end
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 16)

    def endless():
        while True:
            yield b"\0" * 4096

    with pytest.raises(UsageError, match="larger than"):
        written(Part(path="x", pieces=endless()))


def test_a_list_nobody_signs_is_refused():
    with pytest.raises(BadInputError):
        signed_list("panshi/a", [Listed(path="a", size=0, sha256="0" * 64)], ())

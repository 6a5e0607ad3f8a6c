"""A backup comes back whole, or is refused whole; what was there is never lost."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, PanshiError, StoreError, UsageError
from panshi.node.home import Home
from panshi.node.keeping.backup import back_up
from panshi.node.keeping.restore import restore
from panshi.node.keeping.serving import alone
from panshi.node.node import Node
from tests.node.keeping.conftest import fill
from tests.simulators.small_estate import NOW


def state(home: Home) -> tuple[int, str]:
    with Node.open(home, clock=lambda: NOW) as node:
        assert node.verify_log().intact
        return node.log.size(), node.log.root().hex()


def test_what_was_backed_up_comes_back(home: Home, tmp_path: Path) -> None:
    # Given a home with evidence, an estate and files of other rooms
    before = fill(home)
    (home.path / "attachments").mkdir()
    (home.path / "attachments" / "ab12").write_bytes(b"minutes")
    (home.path / "tokens.json").write_text("[]")

    # When it is backed up and restored elsewhere
    report = back_up(home, tmp_path / "a.panshi", at=NOW)
    other = Home(path=tmp_path / "other")
    restored = restore(tmp_path / "a.panshi", other)

    # Then all of it is there, verifies, and belongs to its owner only
    assert state(other) == before
    assert restored.observations == before[0]
    assert report.parts == restored.parts
    assert (other.path / "attachments" / "ab12").read_bytes() == b"minutes"
    assert all(each.stat().st_mode & 0o077 == 0 for each in other.path.rglob("*"))
    assert (tmp_path / "a.panshi").stat().st_mode & 0o077 == 0


def test_a_backup_is_made_while_somebody_appends(home: Home, tmp_path: Path) -> None:
    fill(home)
    with Node.open(home, clock=lambda: NOW) as node:
        node.audit("alice", "try", "one more")
        back_up(home, tmp_path / "a.panshi", at=NOW)
        node.audit("alice", "try", "and more")

    other = Home(path=tmp_path / "other")
    restore(tmp_path / "a.panshi", other)
    assert state(other)[0] == state(home)[0] - 1


def test_a_backup_is_never_written_over_another(home: Home, tmp_path: Path) -> None:
    fill(home, 5)
    (tmp_path / "a.panshi").write_text("mine")
    with pytest.raises(UsageError, match="such a file already"):
        back_up(home, tmp_path / "a.panshi", at=NOW)
    assert (tmp_path / "a.panshi").read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".part"] == []


def test_a_backup_that_cannot_be_written_leaves_nothing(home: Home, tmp_path: Path) -> None:
    fill(home, 5)
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(home, tmp_path / "missing" / "a.panshi", at=NOW)


def test_a_home_that_is_there_is_kept_aside(home: Home, tmp_path: Path) -> None:
    before = fill(home, 20)
    back_up(home, tmp_path / "a.panshi", at=NOW)

    with pytest.raises(UsageError, match="home in this place already"):
        restore(tmp_path / "a.panshi", home)
    report = restore(tmp_path / "a.panshi", home, replace=True)

    assert state(home) == before
    assert state(Home(path=Path(report.kept_aside))) == before


def test_going_back_behind_given_checkpoints_takes_consent(home: Home, tmp_path: Path) -> None:
    # Given a backup, after which more was sealed and signed
    before = fill(home, 20)
    back_up(home, tmp_path / "a.panshi", at=NOW)
    with Node.open(home, clock=lambda: NOW) as node:
        node.audit("alice", "try", "later")
        node.checkpoint()

    # Then restoring says what would be lost, and keeps what was signed when it goes on
    with pytest.raises(UsageError, match=r"signed \d+ observations after"):
        restore(tmp_path / "a.panshi", home, replace=True)
    report = restore(tmp_path / "a.panshi", home, replace=True, accept_loss=True)
    assert report.lost >= 1
    assert state(home) == before
    assert list((home.path / "checkpoints").glob("given-up-after-*.log"))


def test_nothing_is_swapped_under_a_serving_node(home: Home, tmp_path: Path) -> None:
    fill(home, 5)
    back_up(home, tmp_path / "a.panshi", at=NOW)
    with (
        alone(home.path, doing="serve"),
        pytest.raises(StoreError, match="in use by another process"),
    ):
        restore(tmp_path / "a.panshi", home, replace=True)


def test_keys_kept_apart_are_asked_for(home: Home, tmp_path: Path) -> None:
    before = fill(home, 5)
    back_up(home, tmp_path / "a.panshi", at=NOW, with_keys=False)
    with tarfile.open(tmp_path / "a.panshi") as archive:
        assert not [name for name in archive.getnames() if name.startswith("keys")]

    other = Home(path=tmp_path / "other")
    with pytest.raises(UsageError, match="holds no keys"):
        restore(tmp_path / "a.panshi", other)
    assert not other.path.exists()
    restore(tmp_path / "a.panshi", other, keys=home.path / "keys")
    assert state(other) == before


def repacked(source: Path, target: Path, change) -> Path:
    """Write an archive again with its members changed."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            raw = old.extractfile(member).read()
            for each, content in change(member, raw):
                each.size = len(content)
                new.addfile(each, io.BytesIO(content))
    return target


def renamed(member, name):
    return member.replace(name=name, deep=False)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda m, raw: [(m, raw[:-1] + b"x" if m.name.endswith("origin") else raw)], "not the"),
        (lambda m, raw: [] if m.name == "estates.sqlite3" else [(m, raw)], "not the file"),
        (lambda m, raw: [] if m.name == "manifest.json" else [(m, raw)], "manifest is missing"),
        (lambda m, raw: [(m, raw), (renamed(m, "more"), raw)] if "keys" in m.name else [(m, raw)],
         "cannot be used"),
        (lambda m, raw: [(renamed(m, "../escaped") if "origin" in m.name else m, raw)],
         "points elsewhere"),
        (lambda m, raw: [(renamed(m, "/tmp/escaped") if "origin" in m.name else m, raw)],
         "points elsewhere"),
        (lambda m, raw: [(m, raw.replace(b'"format": 1', b'"format": 9'))], "format 9"),
    ],
)  # fmt: skip
def test_an_altered_backup_is_refused_whole(home: Home, tmp_path: Path, change, why) -> None:
    fill(home, 5)
    back_up(home, tmp_path / "a.panshi", at=NOW)
    altered = repacked(tmp_path / "a.panshi", tmp_path / "b.panshi", change)

    other = Home(path=tmp_path / "other")
    with pytest.raises(BadInputError, match=why):
        restore(altered, other)
    assert not other.path.exists()
    assert not (tmp_path / "escaped").exists()


def test_a_log_swapped_for_one_with_fitting_digests_does_not_verify(
    home: Home, tmp_path: Path
) -> None:
    # Given an archive whose manifest was made to fit an altered log
    fill(home, 5)
    back_up(home, tmp_path / "a.panshi", at=NOW)
    import hashlib

    found = {}

    def change(member, raw):
        if member.name == "evidence.sqlite3":
            raw = raw.replace(b"6.3", b"6.9")
            found["sha"] = hashlib.sha256(raw).hexdigest()
        if member.name == "manifest.json":
            manifest = json.loads(raw)
            for part in manifest["parts"]:
                if part["name"] == "evidence.sqlite3":
                    part["sha256"] = found["sha"]
            raw = json.dumps(manifest).encode()
        return [(member, raw)]

    altered = repacked(tmp_path / "a.panshi", tmp_path / "b.panshi", change)
    with pytest.raises(BadInputError, match="does not verify"):
        restore(altered, Home(path=tmp_path / "other"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")
    home = Home(path=folder / "home")
    fill(home, 5)
    back_up(home, folder / "a.panshi", at=NOW)
    return (folder / "a.panshi").read_bytes()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_to_a_backup_goes_unnoticed(archive: bytes, tmp_path: Path, data) -> None:
    # Given the archive, cut or with a byte changed, packed or unpacked
    inside = gzip.decompress(archive)
    at = data.draw(st.integers(0, len(inside) - 1))
    cut = data.draw(st.booleans())
    altered = inside[:at] if cut else inside[:at] + bytes([inside[at] ^ 0x55]) + inside[at + 1 :]
    target = tmp_path / "damaged.panshi"
    target.write_bytes(gzip.compress(altered, 1))

    # Then it is refused, or what comes back is the same to the byte
    other = Home(path=tmp_path / f"other-{at}-{cut}")
    try:
        restore(target, other)
    except PanshiError:
        assert not other.path.exists()
    else:
        assert len(altered) == len(inside) or not inside[at:].strip(b"\0")
        assert state(other)[0] > 5

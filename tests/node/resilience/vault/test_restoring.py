"""A restore writes within its folder only, for its owner only, and gives no rights away."""

import importlib.util
import os
import stat
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from panshi.errors import PanshiError, UsageError
from panshi.node.resilience.vault.restoring import restore
from panshi.node.resilience.vault.sealing import seal
from panshi.node.resilience.vault.sources import Item

ROOT = Path(__file__).resolve().parents[4]
RESTORER = ROOT / "src/panshi/store/vault/standalone/panshi_restore.py"
SET_IDS = stat.S_ISUID | stat.S_ISGID
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")


def sealed(small, *items):
    """Seal what a hostile source may have said."""
    small.now += timedelta(days=1)
    with small.open() as vault:
        seal(vault, iter(items), now=small.now)


def packaged(small, into, **options):
    with small.open() as vault:
        return restore(vault, small.keys(vault), into, **options)


def alone(small, into, *more, mnemonics=None):
    """Restore with the one-file restorer, as the machine's other tools would run it."""
    share = small.root / "shares.txt"
    share.write_text("\n".join(mnemonics or small.mnemonics[:3]))
    command = [sys.executable, RESTORER, "--shares", share, "--into", into, *more, *small.places]
    return subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, check=False, umask=0
    )


def a_file(path, **facts):
    return Item(path=path, open=lambda: BytesIO(b"x"), **facts)


@pytest.mark.parametrize("names", [("d", "d/evil"), ("d/evil", "d")])
def test_nothing_is_written_through_a_link(small, names):
    # Given a snapshot with a link that leads away, and something below the link
    victim = small.root / "victim"
    victim.mkdir()
    targets = {"d": str(victim), "d/evil": "/etc/passwd"}
    sealed(small, a_file("a"), *(Item(path=n, kind="link", target=targets[n]) for n in names))

    # When it is restored, then neither restorer follows the link, and nothing is left behind
    with pytest.raises(PanshiError):
        packaged(small, small.root / "out")
    assert not (small.root / "out").exists()
    assert not list(small.root.glob(".out*"))
    assert alone(small, small.root / "out-alone").returncode in {1, 3}
    assert not list(victim.iterdir())


def test_links_without_a_folder_of_their_own_come_back(small):
    sealed(small, a_file("a"), Item(path="b/link", kind="link", target="../a"))

    packaged(small, small.root / "out", only="b/link")
    assert (small.root / "out/b/link").readlink() == Path("../a")
    assert alone(small, small.root / "alone").returncode == 0
    assert (small.root / "alone/b/link").read_bytes() == b"x"


@root_only
def test_owners_of_files_folders_and_links_come_back_with_their_rights(small):
    sealed(
        small,
        Item(path="own", kind="directory", mode=0o2750, uid=1000, gid=1000),
        a_file("own/tool", mode=0o4755, uid=1000, gid=1000),
        Item(path="own/link", kind="link", target="tool", uid=1000, gid=1000),
    )

    packaged(small, small.root / "out")
    assert alone(small, small.root / "alone").returncode == 0
    for name in ("out", "alone"):
        top = small.root / name
        assert stat.S_IMODE(top.stat().st_mode) == 0o700
        for below, mode in (("own", 0o2750), ("own/tool", 0o4755), ("own/link", None)):
            found = (top / below).lstat()
            assert (found.st_uid, found.st_gid) == (1000, 1000), below
            assert mode is None or stat.S_IMODE(found.st_mode) == mode, below


def test_no_rights_are_given_to_an_owner_that_did_not_come_back(small, monkeypatch):
    # Given a program that ran as its owner, restored by somebody who may not give files away
    owner = os.geteuid() + 1000
    sealed(
        small,
        Item(path="own", kind="directory", mode=0o2755, uid=owner, gid=owner),
        a_file("own/tool", mode=0o6755, uid=owner, gid=owner),
    )
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    # When it is restored
    packaged(small, small.root / "out")

    # Then it runs as nobody else, and so it is with the one-file restorer
    module = importlib.util.module_from_spec(
        spec := importlib.util.spec_from_file_location("panshi_restore", RESTORER)
    )
    spec.loader.exec_module(module)
    share = small.root / "shares.txt"
    share.write_text("\n".join(small.mnemonics[:3]))
    words = ["x", "--shares", str(share), "--into", str(small.root / "alone"), *small.places]
    monkeypatch.setattr(sys, "argv", words)
    assert module.main() == 0
    for name in ("out", "alone"):
        for below in ("own", "own/tool"):
            mode = stat.S_IMODE((small.root / name / below).stat().st_mode)
            assert mode == 0o755, (name, below)


def test_a_path_that_is_not_there_is_refused(small):
    sealed(small, a_file("core/a"))

    with pytest.raises(UsageError, match="holds nothing"):
        packaged(small, small.root / "out", only="core/b")
    assert not (small.root / "out").exists()
    assert packaged(small, small.root / "out", only="core/a").files == 1


def test_the_restorer_takes_the_passphrase_from_a_file(small):
    sealed(small, a_file("a"))
    words = small.root / "words.txt"
    words.write_text("correct horse\n")

    # Given a wrong passphrase, which SLIP-39 cannot tell from a right one
    refused = alone(small, small.root / "out", "--passphrase-file", words)
    assert refused.returncode == 1
    assert "do not open this vault" in refused.stderr

    words.write_text("\n")
    assert alone(small, small.root / "out", "--passphrase-file", words).returncode == 0
    assert alone(small, small.root / "more", "--passphrase", "in sight of all").returncode == 2

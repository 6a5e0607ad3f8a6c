"""SLIP-39: the official vectors, by the library we use and by the stand-alone restorer."""

import importlib.util
import json
import zipfile
from pathlib import Path

import pytest

from panshi.errors import BadInputError, UsageError
from panshi.resilience.vault.shares import Quorum, combine, split

ROOT = Path(__file__).resolve().parents[3]
ARCHIVE = ROOT.parent / "shared" / "data" / "slip39.zip"
RESTORER = ROOT / "src/panshi/store/vault/standalone/panshi_restore.py"


def restorer():
    found = importlib.util.spec_from_file_location("panshi_restore", RESTORER)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def vectors():
    if not ARCHIVE.exists():
        pytest.skip("the SLIP-39 vectors are not on this machine")
    with zipfile.ZipFile(ARCHIVE) as archive:
        return json.loads(archive.read("vectors.json"))


def test_the_restorer_passes_every_official_vector():
    alone = restorer()
    judged = 0
    for name, mnemonics, secret, _ in vectors():
        try:
            given = alone.combine(mnemonics, b"TREZOR").hex()
        except alone.UnsoundError:
            given = ""
        assert given == secret, name
        judged += 1
    assert judged == 45


def test_what_the_vault_combines_with_passes_every_official_vector():
    judged = 0
    for name, mnemonics, secret, _ in vectors():
        try:
            given = combine(mnemonics, "TREZOR").hex()
        except BadInputError:
            given = ""
        assert given == secret, name
        judged += 1
    assert judged == 45


def test_any_threshold_of_the_officers_opens_and_fewer_do_not():
    master = bytes(range(32))
    mnemonics = split(master, Quorum(threshold=3, members=5), "passphrase")

    assert combine(mnemonics[1:4], "passphrase") == master
    assert combine(mnemonics, "passphrase") == master  # more than enough does no harm
    assert restorer().combine(list(mnemonics[2:]), b"passphrase") == master
    assert combine(mnemonics[:3], "another") != master
    for few in ((), mnemonics[:2], (mnemonics[0], mnemonics[0], mnemonics[1])):
        with pytest.raises(BadInputError):
            combine(few, "passphrase")


@pytest.mark.parametrize("text", ["1/5", "6/5", "3/17", "3", "x/y"])
def test_a_quorum_that_protects_nothing_is_refused(text):
    with pytest.raises(UsageError):
        Quorum.parse(text)

"""Tokens: read from older files, kept as digests, rotated, revoked, and seen when used."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import MissingError, StoreError, UsageError
from panshi.node.tokens import FILE, USED, Tokens

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path)


def make(tokens, name="ci", **more):
    return tokens.make(**{"name": name, "role": "analyst", "days": 30, "now": NOW} | more)


def test_a_file_of_the_first_release_still_opens(tmp_path):
    # Given tokens made before there were scopes
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"  # of "test"
    old = {
        "name": "old",
        "role": "analyst",
        "sha256": digest,
        "created": "2026-01-01T00:00:00Z",
        "expires": "2027-01-01T00:00:00Z",
    }
    (tmp_path / FILE).write_text(json.dumps([old]))
    tokens = Tokens(tmp_path)
    # When one is presented, and another is made
    held = tokens.holder("test", NOW)
    make(tokens, "new")
    # Then both are there: the old one is a service's, for all its role may that needs no person
    assert (held.name, held.scopes, held.estates, held.person) == ("old", (), (), "")
    assert [each.name for each in tokens.list()] == ["old", "new"]


def test_only_digests_are_kept_and_only_the_owner_reads_them(tokens, tmp_path):
    clear = make(tokens)
    assert clear.startswith("panshi_")
    assert clear not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_rotated_token_keeps_all_but_its_secret(tokens):
    first = make(tokens, scopes=("evidence.view",), estates=("bank",), person="ana")
    later = NOW + timedelta(days=20)
    second = tokens.rotate("ci", later)
    assert tokens.holder(first, later) is None
    held = tokens.holder(second, later)
    assert (held.scopes, held.estates, held.person) == (("evidence.view",), ("bank",), "ana")
    assert held.expires == later + timedelta(days=30)


def test_when_it_was_used_is_told_to_the_minute(tokens, tmp_path):
    clear = make(tokens)
    held = tokens.holder(clear, NOW)
    for seconds in (0, 10, 59):
        tokens.note_use(held, NOW + timedelta(seconds=seconds))
    assert tokens.used() == {"ci": NOW}
    tokens.note_use(held, NOW + timedelta(minutes=2))
    assert tokens.used() == {"ci": NOW + timedelta(minutes=2)}
    assert Tokens(tmp_path).used() == tokens.used()


def test_what_was_used_is_forgotten_with_the_token(tokens):
    held = tokens.holder(make(tokens), NOW)
    tokens.note_use(held, NOW)
    tokens.revoke("ci")
    other = tokens.holder(make(tokens, "other"), NOW)
    tokens.note_use(other, NOW)
    assert set(tokens.used()) == {"other"}


def test_a_damaged_record_of_use_opens_and_closes_nothing(tokens, tmp_path):
    clear = make(tokens)
    (tmp_path / USED).write_text("{")
    held = tokens.holder(clear, NOW)
    tokens.note_use(held, NOW)
    assert tokens.used() == {"ci": NOW}


def test_a_damaged_file_is_said_to_be_and_opens_nothing(tokens, tmp_path):
    make(tokens)
    (tmp_path / FILE).write_text('[{"name": "x"}]')
    with pytest.raises(StoreError, match="damaged"):
        tokens.holder("panshi_x", NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "emperor"},
        {"scopes": ("everything",)},
        {"name": ""},
        {"name": "a b"},
        {"name": "x" * 65},
        {"days": 3651},
        {"days": -1},
    ],
)
def test_what_could_never_open_anything_is_not_made(tokens, wrong):
    with pytest.raises(UsageError):
        make(tokens, **wrong)
    assert tokens.list() == ()


def test_two_of_a_name_are_not_made_and_none_of_no_name_is_found(tokens):
    make(tokens)
    with pytest.raises(UsageError, match="there is a token"):
        make(tokens)
    for doing in (tokens.revoke, tokens.get, lambda name: tokens.rotate(name, NOW)):
        with pytest.raises(MissingError):
            doing("nobody")


@given(st.text(max_size=60))
def test_no_made_up_text_opens_anything(tmp_path_factory, text):
    tokens = Tokens(tmp_path_factory.mktemp("tokens"))
    clear = make(tokens)
    assert tokens.holder(text, NOW) is None
    assert tokens.holder(clear, NOW + timedelta(days=30)) is None
    assert tokens.holder(clear, NOW + timedelta(days=29)).name == "ci"

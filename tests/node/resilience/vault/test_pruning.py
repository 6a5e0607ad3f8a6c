"""A clock set wrong neither stops the vault nor releases what should stay."""

from datetime import timedelta

import pytest

from panshi.errors import UsageError
from panshi.node.resilience.vault.pruning import prune
from panshi.node.resilience.vault.rekeying import rotate
from panshi.node.resilience.vault.scrubbing import scrub
from panshi.node.resilience.vault.sealing import MOST_PAUSE, seal
from panshi.node.resilience.vault.sources import files
from tests.node.resilience.vault.conftest import founded


@pytest.fixture
def little(tmp_path):
    small = founded(tmp_path, [str(tmp_path / f"place-{n}") for n in range(6)], noise=50_000)
    for _ in range(4):
        small.seal()
    return small


def released(small, now, **options):
    with small.open() as vault:
        return prune(vault, now=now, dry_run=True, **options)[1].released


def test_a_clock_years_ahead_adds_no_entry(little):
    ahead = little.now + timedelta(days=3_650)
    with little.open() as vault:
        before = vault.head
        for act in (
            lambda: seal(vault, files([little.source]), now=ahead),
            lambda: prune(vault, now=ahead),
            lambda: scrub(vault, now=ahead, repair=True),
            lambda: rotate(vault, little.keys(vault), now=ahead),
        ):
            with pytest.raises(UsageError, match="more than 14 days before"):
                act()

    with little.open() as vault:
        assert vault.head == before
    little.seal()


def test_after_a_true_pause_somebody_says_that_the_clock_is_right(little):
    little.now += MOST_PAUSE + timedelta(days=10)
    with pytest.raises(UsageError, match="--clock-is-right"):
        little.seal()
    little.seal(clock_is_right=True)
    little.seal()


def test_who_was_wrong_about_the_clock_comes_back(little):
    right = little.now
    little.now += timedelta(days=3_650)
    little.seal(clock_is_right=True)
    little.now = right
    with pytest.raises(UsageError, match="that is later"):
        little.seal()
    little.seal(clock_is_right=True)
    little.seal()


def test_a_clock_the_chain_does_not_follow_releases_nothing(little):
    # Given snapshots of four days kept for seven, and a clock twelve days ahead
    ahead = little.now + timedelta(days=12)
    assert released(little, ahead) == ()
    # Somebody vouches for it, or the chain comes as far
    assert len(released(little, ahead, clock_is_right=True)) == 2
    little.now = ahead
    little.seal()
    assert len(released(little, little.now)) == 3

"""Poisoned copies never push the last good one out of the vault."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from panshi.node.resilience.holding import held
from panshi.node.resilience.marking import seal_source
from panshi.node.resilience.vault.opening import opened
from panshi.node.resilience.vault.pruning import prune
from tests.simulators.vaulted import SYSTEM, vaulted_bank


@pytest.fixture
def bank(tmp_path):
    with vaulted_bank(tmp_path) as made:
        change(made, "CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)")
        for n in range(50):
            change(made, f"INSERT INTO account VALUES ({n}, 100)")
        made.source(
            name="ledger",
            kind="sqlite",
            path=str(tmp_path / "ledger.sqlite"),
            asset=SYSTEM,
            check=[{"name": "whole", "sql": "SELECT sum(balance) FROM account", "expect": "5000"}],
        )
        yield made


def change(bank, statement):
    with closing(sqlite3.connect(bank.home.parent / "ledger.sqlite")) as connection:
        connection.execute(statement)
        connection.commit()


def sealed(bank):
    bank.clock.ahead += timedelta(days=7)
    return seal_source(bank.node, "ledger", actor="cli:tester")


def test_a_month_of_quarantined_copies_leaves_the_last_good_one(bank):
    old, good = sealed(bank), sealed(bank)
    change(bank, "UPDATE account SET balance = 0")
    bad = [sealed(bank) for _ in range(8)]
    assert not good.quarantined
    assert all(each.quarantined for each in bad)

    # Prune on another machine knows it of the chain alone; with the evidence log it is held besides
    assert held(bank.node) == {good.snapshot}
    with opened(bank.places, bank.home) as vault:
        _, done = prune(vault, now=bank.clock())

    assert old.snapshot in done.released
    kept = {name for name, _ in done.kept}
    assert {good.snapshot, bad[-1].snapshot} <= kept
    assert not {each.snapshot for each in bad[:3]} & kept


def test_what_the_evidence_log_holds_is_spared(bank):
    first, second = sealed(bank), sealed(bank)
    for _ in range(8):
        sealed(bank)

    with opened(bank.places, bank.home) as vault:
        _, done = prune(vault, now=bank.clock(), held={first.snapshot})

    assert first.snapshot not in done.released
    assert second.snapshot in done.released

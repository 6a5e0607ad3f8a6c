"""What the chain says of key shares is put on record where they were changed, once."""

from datetime import UTC, datetime

from panshi.model.bodies.vault import SHARES
from panshi.node.inbox import inbox
from panshi.node.resilience.marking import record_shares
from panshi.node.resilience.vault.opening import opened
from panshi.node.resilience.vault.rekeying import confirm, rotate
from panshi.protection.access.roles import Role
from tests.simulators.vaulted import vaulted_bank


def recorded(bank, change):
    """Change the vault, then put on record what its chain says, twice."""
    with opened(bank.places, bank.home) as vault:
        after = change(vault)
    for _ in range(2):
        record_shares(bank.node, after)
    return [each.observation.body for each in bank.node.log.records(SHARES)]


def awaiting(bank):
    mine = inbox(bank.node, "dan", (Role.ANALYST,))
    return [each.title_en for each in mine if each.key.startswith("shares:")]


def test_a_rotation_awaits_its_confirmation(tmp_path):
    new = []
    with vaulted_bank(tmp_path) as bank:
        # Given the shares the vault was founded with, nothing is to be told
        assert recorded(bank, lambda vault: vault) == []

        def rotated(vault):
            after, mnemonics = rotate(vault, bank.quorum(vault), now=datetime.now(UTC))
            new.extend(mnemonics)
            return after

        # When they are changed, it is told once, and awaits those who run the vault
        (body,) = recorded(bank, rotated)
        assert (body.epoch, body.opening) == (2, 2)
        (title,) = awaiting(bank)
        assert "epoch 2" in title
        # When the new ones were used, nothing awaits
        told = recorded(bank, lambda vault: confirm(vault, new[:3], now=datetime.now(UTC)))
        assert [(each.epoch, each.opening) for each in told] == [(2, 2), (2, 1)]
        assert awaiting(bank) == []

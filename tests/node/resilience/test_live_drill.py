"""A live drill: a PostgreSQL under load is sealed, its site is lost, it comes back elsewhere."""

import socket
from datetime import timedelta

import psycopg
import pytest

from panshi.model.verdict import Status
from panshi.node.resilience import drills
from panshi.node.resilience.drill_files import plan_named
from panshi.node.resilience.drills import run_drill
from panshi.node.resilience.marking import seal_source
from panshi.observe.vault_sources import verify as verifying
from panshi.observe.vault_sources.postgres_restore import restored_server
from tests.simulators.ledger import ACCOUNTS, ledger_workload, make_ledger
from tests.simulators.postgres import MISSING, binaries, postgres_server
from tests.simulators.vaulted import SYSTEM, drill_plan, vaulted_bank

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CONTROL = "zt36/5-4"
LOOKS = {
    "balances": "SELECT sum(balance)::text FROM account",
    "postings": "SELECT count(*) FROM posting",
    "port": "SHOW port",
    "unbalanced": "SELECT count(*) FROM account WHERE balance <> 10000 + COALESCE("
    "(SELECT sum(p.amount) FROM posting p WHERE p.account = account.id), 0)",
}
"What a teller sees on the restored server; every balance follows from its postings."


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_a_ledger_under_load_survives_the_loss_of_its_site(tmp_path, monkeypatch, record_property):
    if binaries() is None:
        pytest.skip(MISSING)
    port = free_port()
    seen = {}

    def looked_at(folder, mark, address, **how):
        """Look at the restored server as a teller would, while it runs."""
        return _Looking(restored_server(folder, mark, address, **how), seen)

    monkeypatch.setattr(verifying, "restored_server", looked_at)
    with vaulted_bank(tmp_path) as bank:
        # Given a core ledger that clerks write to all day, sealed twice
        taken = sealed_under_load(bank, port)
        assert bank.node.verdict(CONTROL).status is Status.MET

        # When the site is declared lost, at first with too few officers at hand
        lost_at = bank.clock()
        plan = plan_named(bank.home, "site-lost")
        failed = run_drill(bank.node, plan, _nobody, actor="cli:tester", lost_at=lost_at).drill

        # Then the failure lowers the control
        assert not failed.passed
        assert bank.node.verdict(CONTROL).status is Status.NOT_MET

        # When three officers come, from the surviving places and at another port
        bank.clock.ahead = timedelta(seconds=1)
        done = run_drill(bank.node, plan, bank.quorum, actor="cli:tester", lost_at=lost_at).drill

        # Then every row and balance is that of the last mark, measured and sealed
        assert done.passed, done.failures
        assert done.snapshot == taken.snapshot
        assert done.rows_verified == taken.rows > ACCOUNTS
        assert done.rows_wrong == 0
        assert done.position == taken.position
        assert seen["port"] == str(port)
        assert f"public.account.balance = {seen['balances']}" in taken.totals
        assert seen["postings"] == taken.rows - ACCOUNTS
        assert seen["unbalanced"] == 0
        assert done.rto_seconds == (done.verified_at - lost_at).total_seconds() > 0
        assert done.rpo_seconds == (lost_at - done.marked_at).total_seconds() > 0
        assert len(done.places_used) == 4
        record_property("rto_seconds", done.rto_seconds)
        record_property("rpo_seconds", done.rpo_seconds)

        # And the control is met again
        assert bank.node.verdict(CONTROL).status is Status.MET
        assert [body.passed for _, body, _ in drills.drills_of(bank.node)] == [False, True]


def sealed_under_load(bank, port):
    """Seal a ledger twice while clerks write to it, then its server is gone; write the plan."""
    with postgres_server() as site:
        address = make_ledger(site, "ledger")
        bank.source(
            name="ledger",
            kind="postgresql-base",
            address=address,
            asset=SYSTEM,
            check=[
                {
                    "name": "debits equal credits",
                    "sql": "SELECT sum(amount) FROM posting",
                    "expect": "0.00",
                }
            ],
        )
        bank.backed_up()
        with ledger_workload(address) as load:
            load.until(20)
            seal_source(bank.node, "ledger", actor="cli:tester")
            load.until(load.done + 40)
            taken = seal_source(bank.node, "ledger", actor="cli:tester")
            load.until(load.done + 20)
    drill_plan(
        bank.home,
        "site-lost",
        source="ledger",
        port=port,
        layer="vault",
        method=[{"func": "withhold", "places": ["taipei", "taoyuan"]}],
        probes=[
            {
                "title": "nobody gained or lost",
                "func": "sql",
                "tolerance": f"{ACCOUNTS * 10_000}.00",
                "statement": "SELECT sum(balance) FROM account",
            }
        ],
    )
    return taken


def _nobody(_vault):
    from panshi.errors import UsageError

    raise UsageError("the quorum is not there")


class _Looking:
    """A restored server, looked at on the way in."""

    def __init__(self, inner, seen):
        self.inner, self.seen = inner, seen

    def __enter__(self):
        server = self.inner.__enter__()
        with psycopg.connect(server.address) as connection:
            for name, statement in LOOKS.items():
                (self.seen[name],) = connection.execute(statement).fetchone()
        return server

    def __exit__(self, *told):
        return self.inner.__exit__(*told)

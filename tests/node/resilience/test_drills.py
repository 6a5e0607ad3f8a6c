"""Drills end to end over a SQLite ledger: what is measured, what fails, what it does to grades."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.errors import BadInputError, MissingError
from panshi.model.verdict import Status
from panshi.node.resilience.drill_files import plan_named, read_plans
from panshi.node.resilience.drills import drills_of, run_drill
from panshi.node.resilience.marking import seal_source, snapshots_of
from tests.simulators.vaulted import SYSTEM, drill_plan, vaulted_bank

CONTROL = "zt36/5-4"


@pytest.fixture
def bank(tmp_path):
    with vaulted_bank(tmp_path) as made:
        ledger = tmp_path / "ledger.sqlite"
        with closing(sqlite3.connect(ledger)) as connection:
            connection.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)")
            connection.executemany(
                "INSERT INTO account VALUES (?, ?)", [(n, 100) for n in range(500)]
            )
            connection.commit()
        made.source(
            name="ledger",
            kind="sqlite",
            path=str(ledger),
            asset=SYSTEM,
            check=[{"name": "whole", "sql": "SELECT sum(balance) FROM account", "expect": "50000"}],
        )
        made.backed_up()
        drill_plan(
            made.home,
            "site-lost",
            source="ledger",
            method=[{"func": "withhold", "places": ["taipei", "taoyuan"]}],
            probes=[
                {
                    "title": "count",
                    "func": "sql",
                    "tolerance": "500",
                    "statement": "SELECT count(*) FROM account",
                }
            ],
        )
        yield made


def change(bank, statement):
    with closing(sqlite3.connect(bank.home.parent / "ledger.sqlite")) as connection:
        connection.execute(statement)
        connection.commit()


def drill(bank, name="site-lost", **more):
    plan = plan_named(bank.home, name)
    return run_drill(bank.node, plan, bank.quorum, actor="cli:tester", **more).drill


def test_a_drill_without_two_places_comes_back_row_by_row_and_is_measured(bank):
    # Given a sealed ledger, whose mark is a minute old
    seal_source(bank.node, "ledger", actor="cli:tester")
    bank.clock.ahead = timedelta(minutes=1)

    # When the site is declared lost
    done = drill(bank)

    # Then every row is as sealed, and every moment is there in its order
    assert done.passed, done.failures
    assert (done.rows_verified, done.rows_wrong) == (500, 0)
    assert (done.checks_passed, done.checks_failed) == (4, 0)
    moments = [
        done.marked_at, done.lost_at, done.granted_at, done.first_byte_at, done.last_byte_at,
        done.verified_at,
    ]  # fmt: skip
    assert moments == sorted(moments)
    assert done.rto_seconds == (done.verified_at - done.lost_at).total_seconds()
    assert 60 <= done.rpo_seconds < 120
    assert [each.rpartition("/")[2] for each in done.places_withheld] == ["taipei", "taoyuan"]
    assert len(done.places_used) == 4
    assert not list(Path(tempfile.gettempdir()).glob("panshi-restore-*/state/database.sqlite"))


def test_a_failed_drill_lowers_the_controls_until_the_same_drill_passes(bank):
    # Given a control that is met
    seal_source(bank.node, "ledger", actor="cli:tester")
    assert bank.node.verdict(CONTROL).status is Status.MET

    # When too many places are lost for a restore
    drill_plan(
        bank.home,
        "too-much",
        source="ledger",
        method=[{"func": "withhold", "places": ["taipei", "taoyuan", "taichung"]}],
    )
    done = drill(bank, "too-much")

    # Then it is sealed as failed and contradicts what the backup platform says
    assert not done.passed
    assert done.verified_at is None
    assert done.failures
    assert bank.node.verdict(CONTROL).status is Status.NOT_MET

    # And another drill that passes does not lift it, only the same one
    bank.clock.ahead = timedelta(minutes=1)
    assert drill(bank).passed
    assert bank.node.verdict(CONTROL).status is Status.NOT_MET
    (bank.home / "drills" / "too-much.json").unlink()
    drill_plan(
        bank.home,
        "too-much",
        source="ledger",
        method=[{"func": "withhold", "places": ["taipei"]}],
    )
    assert drill(bank, "too-much").passed
    assert bank.node.verdict(CONTROL).status is Status.MET


def test_a_target_missed_fails_the_drill_though_everything_came_back(bank):
    seal_source(bank.node, "ledger", actor="cli:tester")
    bank.clock.ahead = timedelta(hours=2)

    done = drill(bank)

    assert done.verified_at is not None
    assert not done.passed
    assert [each.partition(":")[0] for each in done.failures] == ["RPO"]


def test_a_snapshot_with_its_totals_off_is_quarantined_and_the_one_before_is_used(bank):
    # Given a good mark, and one in which money has vanished
    good = seal_source(bank.node, "ledger", actor="cli:tester")
    change(bank, "UPDATE account SET balance = 0 WHERE id = 3")
    bad = seal_source(bank.node, "ledger", actor="cli:tester")
    assert bad.quarantined
    assert bad.reasons == ("check: whole = 49900",)

    # When it is drilled
    done = drill(bank)

    # Then the good one comes back, and the record says why the newer one was not used
    assert done.passed, done.failures
    assert done.snapshot == good.snapshot
    assert done.passed_over == (f"{bad.snapshot}: quarantined; check: whole = 49900",)


def test_nothing_younger_than_the_intruder_is_used(bank):
    old = seal_source(bank.node, "ledger", actor="cli:tester")
    bank.clock.ahead = timedelta(hours=30)
    seal_source(bank.node, "ledger", actor="cli:tester")
    drill_plan(bank.home, "ransom", source="ledger", dwell_hours=24, rpo_minutes=2_000)

    done = drill(bank, "ransom")

    assert done.passed, done.failures
    assert done.snapshot == old.snapshot
    assert done.passed_over[0].endswith("after-entry")


def test_a_mark_swapped_in_the_evidence_is_not_believed(bank, monkeypatch):
    from panshi.node.resilience import drills

    seal_source(bank.node, "ledger", actor="cli:tester")
    monkeypatch.setattr(
        drills, "read_mark", lambda folder, _digest: drills_read_mark(folder, "0" * 64)
    )

    done = drill(bank)

    assert not done.passed
    assert "not the mark that was sealed" in done.failures[0]


def drills_read_mark(folder, digest):
    from panshi.observe.vault_sources.capture import read_mark

    return read_mark(folder, digest)


def test_with_too_few_officers_nothing_comes_back_and_that_is_sealed(bank):
    from panshi.node.resilience.vault.opening import unlock

    seal_source(bank.node, "ledger", actor="cli:tester")
    plan = plan_named(bank.home, "site-lost")

    done = run_drill(
        bank.node, plan, lambda vault: unlock(vault, bank.mnemonics[:2]), actor="cli:tester"
    ).drill

    assert (done.passed, done.granted_at, done.octets) == (False, None, 0)


def test_a_place_really_gone_needs_no_withholding(bank):
    seal_source(bank.node, "ledger", actor="cli:tester")
    for place in bank.places[4:]:
        shutil.rmtree(place)
    drill_plan(bank.home, "as-it-is", source="ledger")

    done = drill(bank, "as-it-is")

    assert done.passed, done.failures
    assert len(done.places_used) == 4


def test_everything_is_on_record(bank):
    taken = seal_source(bank.node, "ledger", actor="cli:tester")
    drill(bank)

    (snapshot,) = snapshots_of(bank.node, "ledger")
    assert snapshot.observation.subject == "institution:bank"
    assert snapshot.observation.body.totals == ("account.balance = 50000",)
    assert snapshot.id == taken.evidence
    ((_, body, _),) = drills_of(bank.node)
    assert body.plan == "site-lost"
    (judged,) = bank.node.log.records("backup.restore_drill/1")
    assert judged.observation.subject == SYSTEM


@pytest.mark.parametrize(
    ("method", "probes", "told"),
    [
        ([{"func": "shell", "command": "rm"}], [], "nothing a drill does"),
        ([{"func": "withhold"}], [], "places is missing"),
        ([{"func": "withhold_layer", "layer": "planet", "name": "x"}], [], "layer is missing"),
        ([{"func": "restore"}], [], "one restore"),
        ([], [{"title": "x", "func": "sql", "statement": "SELECT 1"}], "no value"),
        ([], [{"title": "x", "func": "http", "tolerance": "1"}], "nothing a drill does"),
    ],
)
def test_a_plan_that_would_prove_nothing_or_do_more_is_refused(tmp_path, method, probes, told):
    drill_plan(tmp_path, "odd", source="ledger", method=method, probes=probes)

    with pytest.raises(BadInputError, match=told):
        read_plans(tmp_path)


def test_a_place_the_vault_does_not_have_cannot_be_withheld(bank):
    drill_plan(bank.home, "odd", source="ledger", method=[{"func": "withhold", "places": ["mars"]}])

    with pytest.raises(BadInputError, match="no place mars"):
        drill(bank, "odd")
    with pytest.raises(MissingError):
        drill(bank, "unknown")


def test_a_probe_whose_answer_is_no_text_is_a_failed_expectation(bank):
    # Given a plan whose probe answers with octets that are no UTF-8
    seal_source(bank.node, "ledger", actor="cli:tester")
    drill_plan(
        bank.home,
        "octets",
        source="ledger",
        probes=[
            {
                "title": "octets",
                "func": "sql",
                "tolerance": "1",
                "statement": "SELECT CAST(x'ff' AS TEXT)",
            }
        ],
    )

    # When it runs, then its failure is on record, legible
    done = drill(bank, "octets")
    assert not done.passed
    assert [each for each in done.failures if "octets" in each] == [
        "octets: \\udcff, sealed \\udcff"
    ]
    assert [body.passed for _, body, _ in drills_of(bank.node)] == [False]


@pytest.mark.parametrize("others", [0o664, 0o646])
def test_a_plan_that_others_may_write_is_refused(bank, others):
    path = bank.home / "drills" / "site-lost.json"
    path.chmod(others)

    with pytest.raises(BadInputError, match="others may write it"):
        plan_named(bank.home, "site-lost")

    path.chmod(0o644)
    bank.home.joinpath("drills").chmod(0o777)
    with pytest.raises(BadInputError, match="others may write it"):
        read_plans(bank.home)


@pytest.mark.parametrize(
    "statement", ["VACUUM INTO '{}'", "SELECT 1); VACUUM INTO '{}' --", "ATTACH '{}' AS other"]
)
def test_a_probe_over_sqlite_writes_nothing(bank, tmp_path, statement):
    seal_source(bank.node, "ledger", actor="cli:tester")
    copied = tmp_path / "copied.sqlite"
    probe = {"title": "copy", "func": "sql", "tolerance": "1"}
    probe["statement"] = statement.format(copied)
    drill_plan(bank.home, "hostile", source="ledger", probes=[probe])

    done = drill(bank, "hostile")

    assert not copied.exists()
    assert any("the check cannot be asked" in each for each in done.failures)

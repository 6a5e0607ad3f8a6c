"""Sources without a server: what is captured verifies, what is changed afterwards is named."""

import hashlib
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from panshi.errors import BadInputError, IntegrityError, StoreError
from panshi.model.resilience.mark import SourceKind
from panshi.observe.vault_sources.capture import MARK, capture, read_mark
from panshi.observe.vault_sources.source import Canary, Check, Source, read_setup
from panshi.observe.vault_sources.verify import verify

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path):
    """A live SQLite ledger in WAL mode; debits equal credits."""
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "PRAGMA journal_mode = WAL;"
            "CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT, balance NUMERIC);"
            "CREATE TABLE posting (account INTEGER, amount NUMERIC, rate REAL, note BLOB);"
        )
        connection.executemany(
            "INSERT INTO account VALUES (?, ?, ?)",
            [(n, f"客戶{n}", n * 100) for n in range(500)],
        )
        connection.executemany(
            "INSERT INTO posting VALUES (?, ?, ?, ?)",
            [(n % 500, (-1) ** n * 7, 0.1, os.urandom(4)) for n in range(2_000)],
        )
        connection.commit()
    return Source(
        name="ledger",
        kind=SourceKind.SQLITE,
        path=str(path),
        check=(Check(name="balanced", sql="SELECT sum(amount) FROM posting", expect="0"),),
        canary=(
            Canary(name="nobody", sql="SELECT balance FROM account WHERE id = 13", expect="1300"),
        ),
    )


def test_a_live_sqlite_is_captured_while_others_write(ledger, tmp_path):
    # Given somebody in the middle of a transaction
    with closing(sqlite3.connect(ledger.path)) as writer:
        writer.execute("UPDATE account SET balance = balance + 1 WHERE id = 1")

        # When it is captured
        got = capture(ledger, tmp_path / "work", lambda: AT)

    # Then the uncommitted is not in it, and it verifies
    sums = {table.table: table.sums for table in got.mark.tables}
    assert sums["account"][0].total == str(sum(n * 100 for n in range(500)))
    assert {each.column: each.total for each in sums["posting"]} == {
        "account": str(sum(n % 500 for n in range(2_000))),
        "amount": "0",
        "rate": "200.0",
    }
    assert got.mark.checks[0].holds
    found = verify(got.folder, read_mark(got.folder, got.mark_sha256), ledger)
    assert found.holds, found.failures
    assert found.rows == 2_500
    assert found.checks_passed == 6


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE account SET balance = balance + 5 WHERE id = 7", "changed: 7"),
        ("DELETE FROM account WHERE id = 7", "missing"),
        ("INSERT INTO account VALUES (9999, 'x', 0)", "not there before: 9999"),
        ("UPDATE posting SET rate = 0.2 WHERE rowid = 3", "posting"),
        ("UPDATE posting SET amount = amount + 1 WHERE rowid = 3", "balanced"),
    ],
)
def test_a_restored_copy_that_differs_is_named(ledger, tmp_path, statement, told):
    got = capture(ledger, tmp_path / "work", lambda: AT)
    with closing(sqlite3.connect(got.folder / "database.sqlite")) as connection:
        connection.execute(statement)
        connection.commit()

    found = verify(got.folder, got.mark, ledger)

    assert not found.holds
    assert found.wrong
    assert told in " ".join(found.failures)


def test_the_share_changed_is_counted_against_the_mark_before(ledger, tmp_path):
    # Given two marks, between which somebody changed a tenth of the accounts and a canary
    capture(ledger, tmp_path / "work", lambda: AT)
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute("UPDATE account SET balance = balance - 1 WHERE id < 50")
        connection.commit()

    # When the second is taken
    seen = capture(ledger, tmp_path / "work", lambda: AT).mark.seen

    # Then it says so
    assert seen.compared
    assert seen.changed_share == 50 / 2_500
    assert seen.canaries_wrong == ("nobody",)


def test_a_mark_altered_in_the_vault_is_refused(ledger, tmp_path):
    got = capture(ledger, tmp_path / "work", lambda: AT)
    mark = got.folder / MARK
    mark.write_text(mark.read_text().replace('"rows": 500', '"rows": 499'))

    with pytest.raises(IntegrityError, match="sealed"):
        read_mark(got.folder, got.mark_sha256)


def test_row_digests_altered_in_the_vault_are_refused(ledger, tmp_path):
    got = capture(ledger, tmp_path / "work", lambda: AT)
    (got.folder / got.mark.tables[0].digests).write_bytes(b"panshi-rows/1\n")

    with pytest.raises(IntegrityError, match="row digests"):
        read_mark(got.folder, got.mark_sha256)


@pytest.fixture
def papers(tmp_path):
    folder = tmp_path / "papers"
    (folder / "合約").mkdir(parents=True)
    for number in range(40):
        (folder / "合約" / f"{number}.txt").write_text(f"contract {number}\n" * 200)
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n" + os.urandom(20_000))
    return Source(
        name="papers",
        kind=SourceKind.FILES,
        path=str(folder),
        canary=(
            Canary(
                name="bait",
                path="合約/7.txt",
                sha256=hashlib.sha256(b"contract 7\n" * 200).hexdigest(),
            ),
        ),
    )


def test_files_encrypted_by_somebody_are_seen(papers, tmp_path):
    # Given a folder of papers and one picture, which is dense and of a known format
    first = capture(papers, tmp_path / "work", lambda: AT).mark.seen
    assert (first.opaque_share, first.canaries_wrong, first.compared) == (0.0, (), False)

    # When most papers are encrypted and renamed
    for number in range(30):
        path = tmp_path / "papers" / "合約" / f"{number}.txt"
        path.write_bytes(os.urandom(4_000))
        path.rename(path.with_suffix(".locked"))
    seen = capture(papers, tmp_path / "work", lambda: AT).mark.seen

    # Then the content is opaque, files are gone and the canary sings
    assert seen.opaque_share > 0.7
    assert seen.gone_share == 30 / 41
    assert seen.canaries_wrong == ("bait",)


def test_restored_files_verify_and_a_changed_one_is_named(papers, tmp_path):
    got = capture(papers, tmp_path / "work", lambda: AT)
    assert verify(got.folder, read_mark(got.folder, got.mark_sha256), papers).holds

    (got.folder / "files" / "合約" / "3.txt").write_text("another")

    found = verify(got.folder, got.mark, papers)
    assert found.wrong == 1
    assert "合約/3.txt" in found.failures[0]


@pytest.fixture
def extracts(tmp_path):
    folder = tmp_path / "extracts"
    folder.mkdir()
    rows = "".join(f"{n:06d},客戶{n},{n}.25\r\n" for n in range(100))
    (folder / "ledger.csv").write_bytes(f"帳號,戶名,餘額\r\n{rows}".encode("cp950"))
    (folder / "ledger.csv.ctl").write_text("rows=100\nsum.餘額=4,975.00\n", encoding="cp950")
    return Source(
        name="extracts",
        kind=SourceKind.CSV,
        path=str(folder),
        key=("帳號",),
        encoding="cp950",
        control_file=".ctl",
        check=(Check(name="total", column="ledger.csv:餘額"),),
    )


def test_extracts_agree_with_the_core_systems_control_file(extracts, tmp_path):
    got = capture(extracts, tmp_path / "work", lambda: AT)

    assert got.mark.tables[0].sums[0].total == "4975.00"
    assert all(each.holds for each in got.mark.checks)
    assert len(got.mark.checks) == 3
    found = verify(got.folder, read_mark(got.folder, got.mark_sha256), extracts)
    assert found.holds, found.failures


def test_an_extract_cut_short_does_not(extracts, tmp_path):
    path = tmp_path / "extracts" / "ledger.csv"
    path.write_bytes(b"\r\n".join(path.read_bytes().split(b"\r\n")[:50]))

    checks = capture(extracts, tmp_path / "work", lambda: AT).mark.checks

    assert [each.holds for each in checks] == [False, False, True]


def test_an_extract_with_a_broken_row_is_refused(extracts, tmp_path):
    with (tmp_path / "extracts" / "ledger.csv").open("ab") as file:
        file.write(b"only,two\r\n")

    with pytest.raises(BadInputError, match="2 fields where the header has 3"):
        capture(extracts, tmp_path / "work", lambda: AT)


def test_what_is_not_there_is_told(tmp_path):
    for kind in (SourceKind.SQLITE, SourceKind.FILES, SourceKind.CSV):
        missing = Source(name="x", kind=kind, path=str(tmp_path / "missing"))
        with pytest.raises((BadInputError, StoreError)):
            capture(missing, tmp_path / "work", lambda: AT)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[source]]\nname = "A b"\nkind = "files"\npath = "/x"', "no name"),
        ('[[source]]\nname = "a"\nkind = "files"\npath = "x"', "absolute"),
        ('[[source]]\nname = "a"\nkind = "sqlite"\naddress = "postgresql://x"', "needs path"),
        ('[[source]]\nname = "a"\nkind = "postgresql-base"\naddress = "postgresql://u:p@h/d"',
            "password"),
        ('[[source]]\nname = "a"\nkind = "files"\npath = "/x"\nkeep = 1', "unknown key"),
        ('[[source]]\nname = "a"\nkind = "tape"\npath = "/x"', "Invalid enum"),
    ],
)  # fmt: skip
def test_sources_that_cannot_be_meant_are_refused(tmp_path, text, told):
    file = tmp_path / "vault-sources.toml"
    file.write_text(text)
    file.chmod(0o600)

    with pytest.raises(BadInputError, match=told):
        read_setup(tmp_path)

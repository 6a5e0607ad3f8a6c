"""Log and estates move between SQLite and PostgreSQL without losing a bit."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from panshi.errors import UsageError
from panshi.node.home import Home
from panshi.node.keeping.backup import back_up
from panshi.node.keeping.moving import move
from panshi.node.keeping.restore import restore
from panshi.node.node import Node
from tests.node.keeping.conftest import fill
from tests.simulators.small_estate import NOW, small_estate

LATER = NOW + timedelta(hours=1)


def look(home: Home) -> tuple[object, ...]:
    with Node.open(home, clock=lambda: NOW) as node:
        assert node.verify_log().intact
        return (
            node.log.size(),
            node.log.root(),
            node.log.kinds(),
            tuple(sorted(each.id for each in node.log.latest())),
            node.estates.history("small"),
        )


@pytest.mark.postgres
def test_to_postgresql_and_back(server, home: Home, tmp_path: Path) -> None:
    # Given a home on SQLite
    fill(home)
    before = look(home)

    # When it moves to PostgreSQL and works there
    there = home._replace(database=server.make("moved_" + tmp_path.name.lower()))
    report = move(home, there)
    assert look(there) == before
    assert report.observations == before[0]
    with Node.open(there, clock=lambda: LATER) as node:
        later = replace(small_estate(), name_zh="新名", as_of=LATER)
        node.commit_estate(later, by="tester")
        node.audit("alice", "try", "there")
        node.checkpoint()

    # Then a second move is refused, a backup made there restores to files
    with pytest.raises(UsageError, match="something in this place already"):
        move(home, there)
    with pytest.raises(UsageError, match="in this database already"):
        move(there, there)
    back_up(there, tmp_path / "there.panshi", at=NOW)
    other = Home(path=tmp_path / "other")
    restore(tmp_path / "there.panshi", other)
    assert look(other) == look(there)
    # and to another database
    third = Home(path=tmp_path / "third", database=server.make("third_" + tmp_path.name.lower()))
    restore(tmp_path / "there.panshi", third)
    assert look(third) == look(there)

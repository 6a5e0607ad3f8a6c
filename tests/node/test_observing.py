"""Observing through a node: all or nothing, idempotent, and the run itself is evidence."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from panshi.errors import BadInputError, UsageError
from panshi.evidence.log import Filter
from panshi.model.bodies.resilience import TrainingRecord
from panshi.model.observation import Observation, Outcome
from panshi.node import observing
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.observing import ObserverSession, files_below
from panshi.observe.port import Look
from panshi.store.evidence_log import sql_log

NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)


class Lines:
    """An observer of one training record a line; `!` is a line it cannot read, `?` one it lost."""

    name = "lines"
    title_zh = "逐行"
    title_en = "lines"
    needs_path = True
    kinds = ("training.record/1",)
    suffixes = (".lines",)

    def observe(self, look: Look) -> Iterator[Observation]:
        assert look.path is not None
        for number, line in enumerate(look.path.read_text(encoding="utf-8").splitlines(), start=1):
            if line == "!":
                raise BadInputError("not a record", place=f"{look.path}:{number}")
            lost = line == "?"
            yield Observation(
                kind="training.record/1",
                subject=f"person:{number}",
                observed_at=NOW - timedelta(days=1),
                collector="lines 1",
                outcome=Outcome.FAILED if lost else Outcome.SEEN,
                reason="lost" if lost else "",
                body=None
                if lost
                else TrainingRecord(course=line, topic="awareness", hours=1, completed=NOW.date()),
            )


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with Node.open(Home(path=tmp_path / "home"), clock=lambda: NOW) as opened:
        yield opened


def session(node: Node) -> ObserverSession:
    return ObserverSession(
        observer=Lines(),
        log=node.log,
        clock=node.clock,
        knows=lambda subject: subject == "person:1",
    )


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "some.lines"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_what_was_seen_is_sealed_and_counted(node: Node, tmp_path: Path) -> None:
    report = session(node).run(written(tmp_path, "a", "?", "b"), "", {})
    assert (report.observations, report.new, report.known, report.inconclusive) == (3, 3, 0, 1)
    assert report.kinds == {"training.record/1": 3}
    assert report.unresolved == ("person:2", "person:3")
    assert len(node.log.get_many(report.ids)) == 3


def test_the_same_file_again_adds_nothing(node: Node, tmp_path: Path) -> None:
    path = written(tmp_path, "a", "b")
    first = session(node).run(path, "", {})
    again = session(node).run(path, "", {})
    assert (again.new, again.known) == (0, 2)
    assert again.ids == first.ids


@pytest.mark.parametrize("held", [observing.HELD, 1])
def test_a_file_that_ends_badly_leaves_the_log_untouched(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    # Given a file whose last line cannot be read, however much is held, then nothing is kept.
    monkeypatch.setattr(observing, "HELD", held)
    before = node.log.size()
    with pytest.raises(BadInputError, match=r"some\.lines:3"):
        session(node).run(written(tmp_path, "a", "b", "!"), "", {})
    assert node.log.size() == before


def test_a_file_too_long_to_hold_is_read_twice_and_sealed_whole(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observing, "HELD", 3)
    monkeypatch.setattr(sql_log, "CHUNK", 2)
    report = session(node).run(written(tmp_path, *"abcdefg"), "", {})
    assert (report.observations, report.new) == (7, 7)
    assert len(report.ids) == 3
    assert report.kinds == {"training.record/1": 7}


@pytest.mark.parametrize("change", ["rewritten", "replaced", "longer", "gone"])
def test_a_file_that_changes_between_the_readings_leaves_the_log_untouched(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    # Given a file too long to hold, which somebody changes when it was checked
    monkeypatch.setattr(observing, "HELD", 3)
    monkeypatch.setattr(sql_log, "CHUNK", 2)
    path = written(tmp_path, *"abcdefg")
    before = node.log.size()

    class Changed(Lines):
        readings = 0

        def observe(self, look: Look) -> Iterator[Observation]:
            self.readings += 1
            if self.readings == 2:
                self.change()
            yield from super().observe(look)

        def change(self) -> None:
            match change:
                case "rewritten":
                    status = path.stat()
                    path.write_text("\n".join("abcdefx"), encoding="utf-8")
                    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
                case "replaced":
                    status = path.stat()
                    other = path.with_name("other")
                    other.write_text("\n".join("abcdefx"), encoding="utf-8")
                    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
                    other.replace(path)
                case "longer":
                    path.write_text("\n".join("abcdefgh"), encoding="utf-8")
                case _:
                    path.unlink()

    watched = session(node)
    watched.observer = Changed()

    # Then nothing of it is kept, and the file is named
    with pytest.raises(BadInputError, match=r"some\.lines: the file .*nothing was kept"):
        watched.run(path, "", {})
    assert node.log.size() == before
    assert node.log.verify().intact


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_long_file_leaves_nothing_of_it(tmp_path: Path) -> None:
    """A child is killed while it appends, after some chunks were written."""
    home = Home(path=tmp_path / "home")
    path = written(tmp_path, *(str(n) for n in range(20_000)))
    with Node.open(home, clock=lambda: NOW) as node:
        node.log.append(Lines().observe(Look(path=written_short(tmp_path), now=NOW)), NOW)
        before = (node.log.size(), node.log.root())

    class Killed(Lines):
        readings = 0

        def observe(self, look: Look) -> Iterator[Observation]:
            self.readings += 1
            for number, each in enumerate(super().observe(look)):
                if self.readings == 2 and number == 18_000:
                    os.kill(os.getpid(), signal.SIGKILL)
                yield each

    def observe() -> None:
        observing.HELD = 1_000
        with Node.open(home, clock=lambda: NOW) as node:
            watched = session(node)
            watched.observer = Killed()
            watched.run(path, "", {})

    child = get_context("fork").Process(target=observe)
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL

    with Node.open(home, clock=lambda: NOW) as node:
        assert (node.log.size(), node.log.root()) == before
        assert node.log.verify().intact
        assert session(node).run(path, "", {}).new == 20_000


def written_short(tmp_path: Path) -> Path:
    path = tmp_path / "short.lines"
    path.write_text("x\ny", encoding="utf-8")
    return path


def test_the_run_itself_is_evidence(node: Node, tmp_path: Path) -> None:
    session(node).run(written(tmp_path, "a"), "", {})
    (run,) = node.log.page(Filter(kind="observer.run/1"))
    assert run.observation.subject == "observer:lines"


def test_an_observer_that_needs_a_file_says_so(node: Node) -> None:
    with pytest.raises(UsageError, match="needs a file"):
        session(node).run(None, "", {})


def test_directories_give_their_fitting_files(tmp_path: Path) -> None:
    for name in ("b.lines", "a.lines", "c.txt"):
        (tmp_path / name).touch()
    named = tmp_path / "c.txt"
    found = list(files_below([tmp_path, named], (".lines",)))
    assert found == [tmp_path / "a.lines", tmp_path / "b.lines", named]

"""The fence around plug-ins: what they may yield, and what becomes of what they raise."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from panshi.errors import BadInputError
from panshi.model.bodies.data import BackupStatus
from panshi.model.bodies.offices import Appointment
from panshi.model.observation import Observation, Outcome
from panshi.observe import plugins
from panshi.observe.plugins import Guarded, _breach
from panshi.observe.port import Look

NOW = datetime(2027, 1, 1, tzinfo=UTC)
GOOD = Observation(
    kind="backup.status/1",
    subject="host:a",
    observed_at=NOW,
    collector="tool 3",
    body=BackupStatus(succeeded=True, finished=date(2026, 12, 31)),
)


class Plugin:
    """Keeps to the contract, and yields what it is told to."""

    contract = 1
    name = "x"
    title_zh = "外掛"
    title_en = "plug-in"
    needs_path = True
    kinds = ("backup.status/1",)
    suffixes = (".json",)

    def __init__(self, *yields, raises=None):
        self.yields, self.raises = yields, raises

    def observe(self, _look):
        yield from self.yields
        if self.raises is not None:
            raise self.raises


def observe(plugin, tmp_path):
    guarded = Guarded(plugin, "panshi-x 1.0")
    return list(guarded.observe(Look(path=tmp_path / "f", now=NOW, subject="host:a")))


def test_what_it_yields_is_sealed_under_its_package_and_version(tmp_path):
    [seen] = observe(Plugin(GOOD), tmp_path)

    assert seen == replace(GOOD, collector="panshi-x 1.0 (tool 3)")


@pytest.mark.parametrize(
    "raises", [ValueError("no"), KeyError("k"), RecursionError(), MemoryError(), SystemExit(0)]
)
def test_what_it_raises_is_one_failed_look_and_nothing_beside_it(raises, tmp_path):
    [failed] = observe(Plugin(GOOD, raises=raises), tmp_path)

    assert failed.outcome is Outcome.FAILED
    assert type(raises).__name__ in failed.reason
    assert (failed.kind, failed.subject, failed.collector) == (
        "backup.status/1",
        "host:a",
        "panshi-x 1.0",
    )


def test_what_it_refuses_is_refused_as_by_any_observer(tmp_path):
    with pytest.raises(BadInputError, match="line 3"):
        observe(Plugin(GOOD, raises=BadInputError("line 3")), tmp_path)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("text", "not an Observation"),
        (replace(GOOD, kind="host.sshd/1", outcome=Outcome.ABSENT, body=None), "did not declare"),
        (
            replace(
                GOOD,
                body=Appointment(
                    person="p",
                    office="ciso",
                    since=date(2026, 1, 1),
                    appointed_by="a",
                    seconded_by="b",
                ),
            ),
            "the body of backup.status/1",
        ),
    ],
)
def test_what_it_may_not_yield_fails_the_look(wrong, told, tmp_path):
    [failed] = observe(Plugin(GOOD, wrong), tmp_path)

    assert failed.outcome is Outcome.FAILED
    assert told in failed.reason


def test_more_than_can_be_held_is_read_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(plugins, "HELD", 3)
    many = [replace(GOOD, subject=f"host:{number}") for number in range(5)]

    assert [each.subject for each in observe(Plugin(*many), tmp_path)] == [
        f"host:{number}" for number in range(5)
    ]


def test_an_endless_plug_in_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(plugins, "MOST", 10)
    with pytest.raises(BadInputError, match="more than 10 observations"):
        observe(Plugin(*[GOOD] * 11), tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"contract": 2}, "contract 2"),
        ({"contract": None}, "contract None"),
        ({"name": "y"}, "calls itself 'y'"),
        ({"title_zh": ""}, "no title"),
        ({"kinds": ()}, "no kinds"),
        ({"kinds": ["backup.status/1"]}, "no kinds"),
        ({"kinds": ("no.such/1",)}, "nobody registered"),
        ({"kinds": ("record.exception/1",)}, "which no file can bring"),
        ({"kinds": ("observer.run/1",)}, "which no file can bring"),
        ({"needs_path": False}, "does not read files"),
        ({"observe": None}, "cannot observe"),
        ({}, ""),
    ],
)
def test_what_breaks_the_contract_is_told(change, told):
    found = Plugin()
    for name, value in change.items():
        setattr(found, name, value)

    assert told in _breach(found, "x")
    assert bool(_breach(found, "x")) is bool(change)

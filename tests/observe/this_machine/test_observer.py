"""The observer as a whole, on a machine below a folder and on the one the tests run on."""

from datetime import UTC, datetime

import pytest

from panshi.errors import UsageError
from panshi.model.bodies import KINDS
from panshi.model.observation import Outcome
from panshi.observe.port import Look
from panshi.observe.sources import SOURCES
from panshi.observe.this_machine.machine import Machine
from panshi.observe.this_machine.observer import LOOKS, OBSERVER, ThisMachine


def test_it_is_registered_and_its_kinds_exist():
    assert SOURCES["this-machine"] is OBSERVER
    assert set(OBSERVER.kinds) <= KINDS.keys()


def test_every_kind_is_seen_on_a_whole_machine(machine, now):
    seen = list(ThisMachine(machine=machine).observe(Look(path=None, now=now)))

    assert {each.kind for each in seen} == set(LOOKS) - {"tls.endpoint/1"}
    asks = {each.kind for each in seen if each.outcome is Outcome.FAILED}
    assert asks == {"host.disks/1", "host.firewall/1"}, "only they need the live system's programs"
    read = [each for each in seen if each.outcome is Outcome.SEEN]
    assert all(isinstance(each.body, KINDS[each.kind].body) for each in read)


def test_on_an_empty_machine_every_look_fails_with_a_reason_and_none_raises(tmp_path, now):
    warnings = []
    look = Look(path=None, now=now, warn=warnings.append)

    seen = list(ThisMachine(machine=Machine(root=tmp_path)).observe(look))

    failed = {each.kind for each in seen if each.outcome is Outcome.FAILED}
    assert {"host.packages/1", "host.users/1", "host.kernel/1", "host.listeners/1"} <= failed
    assert all(each.reason for each in seen if each.outcome is Outcome.FAILED)
    assert len(warnings) == len(failed)


def test_secrets_never_enter_a_body(machine, now):
    seen = list(ThisMachine(machine=machine).observe(Look(path=None, now=now)))

    assert "$y$" not in repr(seen)
    assert "AAAA" not in repr(seen)


def test_kinds_can_be_left_out_and_unknown_ones_are_refused(machine, now):
    observer = ThisMachine(machine=machine)
    look = Look(path=None, now=now, options={"without": "host.users/1, host.kernel/1"})

    assert not {"host.users/1", "host.kernel/1"} & {each.kind for each in observer.observe(look)}
    with pytest.raises(UsageError, match=r"host\.userz/1"):
        list(observer.observe(Look(path=None, now=now, options={"without": "host.userz/1"})))


def test_the_machine_the_tests_run_on_is_really_seen():
    now = datetime.now(UTC)
    seen = list(OBSERVER.observe(Look(path=None, now=now)))

    told = {each.kind: each for each in seen}
    assert set(told) >= {"host.packages/1", "host.kernel/1", "host.users/1", "host.listeners/1"}
    assert told["host.kernel/1"].body.readable > 0
    packages = told["host.packages/1"]
    assert packages.outcome is Outcome.FAILED or packages.body.count > 0
    users = told["host.users/1"]
    assert users.outcome is Outcome.FAILED or "root" in users.body.superusers
    assert any(
        "pytest" in " ".join(each.body.distributions)
        for each in seen
        if isinstance(each.body, KINDS["python.environment/1"].body)
    )

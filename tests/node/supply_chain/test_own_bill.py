"""The bill of a machine is valid, ordered and the same each time."""

from datetime import UTC, datetime

import pytest

from panshi.errors import UsageError
from panshi.node.supply_chain.documents import check
from panshi.node.supply_chain.own_bill import What, own_bill
from panshi.observe.bom.writing import Form
from panshi.observe.this_machine.machine import Machine

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def machine(tmp_path):
    for place in ("a", "b"):
        info = tmp_path / f"opt/{place}/lib/python3.12/site-packages/lib-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Name: lib\nVersion: 1\nAuthor: Ana\n")
        (tmp_path / f"opt/{place}/pyvenv.cfg").write_text("version = 3.12\n")
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text(
        "Package: tar\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
    )
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hostname").write_text("box\n")
    return Machine(root=tmp_path)


@pytest.mark.parametrize("form", list(Form))
def test_it_is_valid_in_every_form_and_the_same_twice(machine, form):
    raw = own_bill(machine, created=NOW).written(form)

    assert own_bill(machine, created=NOW).written(form) == raw
    checked = check(raw, name="own", day=NOW.date())
    assert (checked.schema, checked.defects) == ((), ())
    assert checked.about.components == 5
    assert checked.about.subject == "box"


def test_the_same_distribution_in_two_environments_is_two_components(machine):
    bill = own_bill(machine, created=NOW, what=What.PYTHON)

    libraries = [each for each in bill.components if each.name == "lib"]
    assert len({each.ref for each in libraries}) == 2
    assert {each.purl for each in libraries} == {"pkg:pypi/lib@1"}
    tops = dict(bill.head.dependencies)["root"]
    assert tops == ("python:/opt/a", "python:/opt/b")


def test_one_environment_alone_is_the_subject(machine):
    bill = own_bill(machine, created=NOW, environment="/opt/a")

    assert bill.head.subject.name == "/opt/a"
    assert [each.name for each in bill.components] == ["lib"]
    with pytest.raises(UsageError, match="no Python environment at /opt/c"):
        own_bill(machine, created=NOW, environment="/opt/c")


def test_debian_alone_leaves_environments_out(machine):
    bill = own_bill(machine, created=NOW, what=What.DEBIAN)

    assert [each.name for each in bill.components] == ["tar"]
    assert bill.head.serial != own_bill(machine, created=NOW).head.serial

"""Python environments: found by a bounded walk, read from metadata, nothing run."""

from panshi.observe.this_machine import environments


def bodies(machine, now):
    return {each.body.path: each.body for each in environments.look(machine, now)}


def test_system_and_virtual_environments_are_found(machine, now):
    found = bodies(machine, now)

    assert list(found) == ["/opt/core/venv", "/usr/lib/python3/dist-packages"]
    assert found["/opt/core/venv"].python == "3.12.4"
    assert found["/opt/core/venv"].distributions == ("Django 5.2",)


def test_distributions_without_readable_metadata_are_counted_as_broken(machine, now):
    system = bodies(machine, now)["/usr/lib/python3/dist-packages"]

    assert system.distributions == ("attrs 23.1.0", "six 1.16.0")
    assert (system.count, system.broken) == (2, 1)


def test_the_subject_names_machine_and_path(machine, now):
    subjects = [each.subject for each in environments.look(machine, now)]

    assert "software:python@branch-07:/opt/core/venv" in subjects


def test_links_are_not_followed_and_loops_end(machine, tree, now):
    (tree / "opt/core/again").symlink_to(tree / "opt")
    (tree / "srv").symlink_to(tree / "opt")

    assert len(bodies(machine, now)) == 2

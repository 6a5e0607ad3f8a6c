"""Packages and their index: without an index, updates are not known."""

import os

import pytest

from panshi.errors import PanshiError
from panshi.observe.this_machine import packages


def test_installed_packages_are_read_from_dpkg(only):
    body = only(packages.look).body

    assert body.manager == "dpkg"
    assert body.packages == ("bash 5.2.15-2", "openssl 3.0.19-1")
    assert body.count == 2


def test_without_an_index_updates_are_unknown_and_not_none_at_all(only):
    body = only(packages.look).body

    assert (body.index_age_days, body.updates, body.security_updates) == (None, None, None)


def test_the_age_of_the_index_is_told_in_days(only, tree, now):
    lists = tree / "var/lib/apt/lists"
    lists.mkdir(parents=True)
    (lists / "deb.example_dists_stable_main_binary-amd64_Packages").write_text("")
    nine_days_ago = now.timestamp() - 9.5 * 86_400
    for path in (*lists.iterdir(), lists):
        os.utime(path, (nine_days_ago, nine_days_ago))

    body = only(packages.look).body

    assert body.index_age_days == 9
    assert body.security_updates is None


def test_an_image_with_one_status_file_per_package_is_read(only, tree):
    (tree / "var/lib/dpkg/status").unlink()
    parts = tree / "var/lib/dpkg/status.d"
    parts.mkdir()
    (parts / "tzdata").write_text("Package: tzdata\nVersion: 2026a\n")
    (parts / "tzdata.md5sums").write_text("00 x\n")

    assert only(packages.look).body.packages == ("tzdata 2026a",)


def test_apk_is_read_where_there_is_no_dpkg(only, tree):
    (tree / "var/lib/dpkg/status").unlink()
    (tree / "lib/apk/db").mkdir(parents=True)
    (tree / "lib/apk/db/installed").write_text("C:Q1\nP:musl\nV:1.2.5-r0\n\nP:busybox\nV:1.37\n")

    body = only(packages.look).body

    assert (body.manager, body.packages) == ("apk", ("busybox 1.37", "musl 1.2.5-r0"))


def test_no_database_is_a_failed_look_and_not_zero_packages(machine, tree, now):
    (tree / "var/lib/dpkg/status").unlink()

    with pytest.raises(PanshiError, match="no package database"):
        list(packages.look(machine, now))


def test_upgrades_are_told_from_new_packages_in_apt_s_plan():
    upgrade = "Inst bash [5.2.15-2] (5.2.15-3 Debian:12.5/stable, Debian-Security:12 [amd64])"
    new = "Inst linux-image (6.1.9 Debian:12.5/stable [amd64])"

    assert "Debian-Security" in packages._UPGRADE.match(upgrade)["origins"]
    assert packages._UPGRADE.match(new) is None

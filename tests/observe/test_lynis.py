"""Lynis reports: complete ones are seen, interrupted ones are failed looks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.model.observation import Outcome
from panshi.observe.lynis import OBSERVER
from tests.observe.hostile import mutations, observe, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "lynis"
COMPLETE = GOLDEN / "complete.dat"
INTERRUPTED = GOLDEN / "interrupted.dat"


def written(tmp_path, *lines, **values):
    known = {
        "lynis_version": "3.1.2",
        "hostname": "web-01",
        "hardening_index": "70",
        "report_datetime_end": "2026-03-01 02:03:04",
        "finish": "true",
    } | values
    path = tmp_path / "report.dat"
    path.write_text("\n".join([*(f"{key}={each}" for key, each in known.items()), *lines, ""]))
    return path


def test_a_real_report_is_read():
    [seen], warnings = observe(OBSERVER, COMPLETE, subject="")

    assert warnings == []
    assert seen.subject == "host:db-01"
    assert seen.collector == "Lynis 3.0.8"
    assert seen.observed_at == datetime(2026, 11, 21, 5, 7, 36, tzinfo=UTC)
    assert seen.period_start == datetime(2026, 11, 21, 5, 6, 59, tzinfo=UTC)
    body = seen.body
    assert (body.hardening_index, body.tests_executed, body.suggestions) == (56, 237, 6)
    assert body.warnings == (
        "PKGS-7392: Found one or more vulnerable packages.",
        "NETW-2705: Couldn't find 2 responsive nameservers",
        "LOGG-2138: klogd is not running, which could lead to missing kernel messages in log files",
    )
    assert body.os_name == "Debian GNU/Linux 12 (bookworm)"
    assert body.vulnerable_packages == 3
    assert body.firewall_active is True
    assert body.malware_scanner is False
    assert body.file_integrity_tool is False


def test_an_interrupted_report_is_a_failed_look():
    [seen], _ = observe(OBSERVER, INTERRUPTED, subject="")

    assert seen.outcome is Outcome.FAILED
    assert "interrupted" in seen.reason
    assert seen.observed_at == datetime(2026, 11, 21, 5, 6, 59, tzinfo=UTC)


def test_cut_off_at_any_byte_it_never_passes_as_complete(tmp_path):
    raw = COMPLETE.read_bytes().rstrip(b"\n")
    path = tmp_path / "cut"
    for length in range(len(raw)):
        path.write_bytes(raw[:length])
        try:
            [seen], _ = observe(OBSERVER, path)
        except BadInputError:
            continue
        assert seen.outcome is Outcome.FAILED, raw[:length][-40:]


def test_what_was_not_looked_for_is_not_told(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path))

    body = seen.body
    assert (body.firewall_active, body.malware_scanner, body.file_integrity_tool) == (None,) * 3


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ((), None),
        (("package_audit_tool_found=0",), None),
        (("package_audit_tool_found=1",), 0),
        (("package_audit_tool_found=1", "vulnerable_packages_found=1"), 1),
        (("vulnerable_packages_found=1", "vulnerable_package[]=a", "vulnerable_package[]=b"), 2),
    ],
)
def test_packages_nobody_audited_are_not_told_from_sound_ones(lines, count, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, *lines), subject="")

    assert seen.body.vulnerable_packages == count


def test_tools_that_were_found_are_told(tmp_path):
    lines = ("malware_scanner[]=clamd", "file_integrity_tool[]=aide", "firewall_active=0")

    [seen], _ = observe(OBSERVER, written(tmp_path, *lines))

    body = seen.body
    assert (body.firewall_active, body.malware_scanner, body.file_integrity_tool) == (
        False,
        True,
        True,
    )


def test_version_2_is_read_with_its_older_warnings(tmp_path):
    path = written(
        tmp_path,
        "warning[]=AUTH-9204|M|Multiple users with UID 0|-|",
        "warning[]=AUTH-9204|M|Multiple users with UID 0|-|",
        "tests_executed=A-1|B-2|C-3|",
        lynis_version="2.7.5",
        finish="",
    )

    [seen], _ = observe(OBSERVER, path)

    assert seen.body.warnings == ("AUTH-9204: Multiple users with UID 0",)
    assert seen.body.tests_executed == 3


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"report_datetime_end": ""}, "no end"),
        ({"finish": ""}, "cut off"),
        ({"hardening_index": ""}, "no hardening index"),
        ({"hardening_index": "ten"}, "no hardening index"),
        ({"hardening_index": "101"}, "not one of 0 to 100"),
    ],
)
def test_a_report_that_lacks_something_is_a_failed_look(values, reason, tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, **values))

    assert seen.outcome is Outcome.FAILED
    assert reason in seen.reason


def test_a_host_nobody_names_is_asked_for(tmp_path):
    with pytest.raises(UsageError, match="--subject host:web-01"):
        observe(OBSERVER, written(tmp_path, hostname="localhost"), subject="")


def test_a_report_that_breaks_off_before_its_host_is_bad_input(tmp_path):
    path = tmp_path / "report.dat"
    path.write_text("# Lynis Report\nlynis_version=3.0.8\n")

    with pytest.raises(BadInputError, match="before it names its host"):
        observe(OBSERVER, path, subject="")


def test_bytes_that_are_not_utf_8_do_no_harm(tmp_path):
    path = written(tmp_path)
    path.write_bytes(b"warning[]=X-1|\xff\xfe\x00 odd|-|-|\n" + path.read_bytes())

    [seen], _ = observe(OBSERVER, path)

    assert seen.body.warnings == ("X-1: \ufffd\ufffd  odd",)


@given(raw=mutations([COMPLETE.read_bytes(), INTERRUPTED.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)

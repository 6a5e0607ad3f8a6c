"""The report file of Lynis 2 and 3 (`lynis-report.dat`): one `lynis.report/1` per file.

`key=value` lines, `key[]=value` for lists. A report without its end was interrupted or is still
being written: a look that failed. Bytes that are not UTF-8 are replaced, since the report quotes
files of the host as it finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.hosts import LynisReport
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.files import open_source, path_of, text_lines
from panshi.observe.reading.texts import clean, instant, observed, zone_of

WARNINGS_KEPT = 500
_LINE = re.compile(r"([A-Za-z][\w.:-]*)(\[\])?=(.*)", re.DOTALL)
_INTEGRITY_TEST = "FINT-4350"
"The test that looks whether any file integrity tool is there at all."
_HIGHEST_INDEX = 100
_KEYS = frozenset(
    {
        "lynis_version",
        "os_name",
        "os_fullname",
        "hostname",
        "report_datetime_start",
        "report_datetime_end",
        "finish",
        "hardening_index",
        "lynis_tests_done",
        "tests_executed",
        "firewall_active",
        "malware_scanner_installed",
        "file_integrity_tool_installed",
        "package_audit_tool_found",
        "vulnerable_packages_found",
    }
)
_LISTS = frozenset({"warning", "malware_scanner", "file_integrity_tool"})
_COUNTED = frozenset({"suggestion", "vulnerable_package"})

type Report = dict[str, list[str]]


class Lynis:
    """Reads reports of Lynis."""

    name = "lynis"
    title_zh = "Lynis 主機稽核報告"
    title_en = "Lynis host audit report"
    needs_path = True
    kinds = ("lynis.report/1",)
    suffixes = (".dat",)

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation of the host the report is about."""
        name = str(look.path)
        report, counts = _read(look)
        version = clean(_first(report, "lynis_version"), 40)
        ended = _first(report, "report_datetime_end")
        if not version:
            raise BadInputError(
                "is not a Lynis report: it names no lynis_version",
                place=name,
                remedy="name the file given to lynis as --report-file",
            )
        subject = look.subject or _host(report)
        if not subject and not ended:
            raise BadInputError(
                "the report ends before it names its host",
                place=name,
                remedy="let Lynis finish, then read the report",
            )
        if not subject:
            raise UsageError(
                "the report does not name its host",
                place=name,
                remedy="name the asset, for example --subject host:web-01",
            )
        reason = _incomplete(report)
        started = instant(_first(report, "report_datetime_start"), zone_of(look))
        moment = observed(ended or _first(report, "report_datetime_start"), look, name)
        yield Observation(
            kind="lynis.report/1",
            subject=subject,
            observed_at=moment,
            period_start=started if started is not None and started <= moment else None,
            collector=f"Lynis {version}",
            outcome=Outcome.FAILED if reason else Outcome.SEEN,
            reason=reason,
            body=None if reason else _body(report, counts, version),
        )


OBSERVER = Lynis()


def _read(look: Look) -> tuple[Report, Mapping[str, int]]:
    report: Report = {}
    counts = dict.fromkeys((*_COUNTED, *_LISTS), 0)
    with open_source(path_of(look)) as source:
        for _, line in text_lines(source, forgiving=True):
            parsed = _LINE.fullmatch(line)
            if parsed is None:
                continue
            key, _, value = parsed.groups()
            if key in counts:
                counts[key] += 1
            if key in _KEYS:
                report[key] = [value.strip()]  # Lynis writes a value again when it knows better
            elif key in _LISTS and counts[key] <= WARNINGS_KEPT:
                report.setdefault(key, []).append(value)
    return report, counts


def _incomplete(report: Report) -> str:
    """Say why the report says nothing yet; empty where it does."""
    if not _first(report, "report_datetime_end"):
        return "the report has no end: the audit was interrupted or is still running"
    if not _first(report, "lynis_version").startswith("2.") and _first(report, "finish") != "true":
        return "the report is cut off: it has an end time, yet not its last line, finish=true"
    index = _number(_first(report, "hardening_index"))
    if index is None:
        return "the report has no hardening index: no test was scored"
    if index > _HIGHEST_INDEX:
        return f"a hardening index of {index} is not one of 0 to {_HIGHEST_INDEX}"
    return ""


def _body(report: Report, counts: Mapping[str, int], version: str) -> LynisReport:
    executed = [each for each in _first(report, "tests_executed").split("|") if each]
    return LynisReport(
        lynis_version=version,
        hardening_index=_number(_first(report, "hardening_index")) or 0,
        tests_executed=_number(_first(report, "lynis_tests_done")) or len(executed),
        warnings=tuple(dict.fromkeys(map(_warning, report.get("warning", ())))),
        suggestions=counts["suggestion"],
        firewall_active=_flag(report, "firewall_active"),
        malware_scanner=_flag(report, "malware_scanner_installed", "malware_scanner"),
        os_name=clean(_first(report, "os_fullname") or _first(report, "os_name"), 100),
        vulnerable_packages=_vulnerable(report, counts["vulnerable_package"]),
        file_integrity_tool=_integrity(report, executed),
    )


def _vulnerable(report: Report, listed: int) -> int | None:
    """Count vulnerable packages; None where nothing audited them, at least 1 where only flagged."""
    if _flag(report, "vulnerable_packages_found"):
        return max(listed, 1)
    if listed == 0 and not _flag(report, "package_audit_tool_found"):
        return None
    return listed


def _warning(value: str) -> str:
    """Give `test: text` of `test|text|details|solution|`; before 2.0 a severity came second."""
    test, _, rest = value.partition("|")
    text, _, more = rest.partition("|")
    text = more.partition("|")[0] if len(text) == 1 and more else text
    return clean(f"{test}: {text}" if text.strip("- ") else test, 300)


def _integrity(report: Report, executed: list[str]) -> bool | None:
    """Tell whether a file integrity tool was found; None where it was not looked for."""
    found = _flag(report, "file_integrity_tool_installed", "file_integrity_tool")
    if found is None and _INTEGRITY_TEST in executed:
        return False
    return found


def _flag(report: Report, key: str, listed: str = "") -> bool | None:
    if listed and any(report.get(listed, ())):
        return True
    return {"1": True, "0": False}.get(_first(report, key))


def _host(report: Report) -> str:
    name = clean(_first(report, "hostname"), 255).rstrip(".").lower()
    return f"host:{name}" if name and " " not in name and not name.startswith("localhost") else ""


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < len("1000000")):
        return None
    return int(text)


def _first(report: Report, key: str) -> str:
    return next(iter(report.get(key, ())), "")

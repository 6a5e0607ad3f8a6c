"""RPM and Arch: runs of letters and of digits; what lies between only separates.

RPM: `~` sorts before the end, `^` right after it (rpm-version(7)). Arch's vercmp(8) weighs how
many separators stand before a run, and letters right after digits make a version earlier.
"""

from __future__ import annotations

import re

from panshi.protection.supply_chain.versions.keys import Key

RPM_RUNS = re.compile(r"~|\^|[0-9]+|[A-Za-z]+")
ARCH_RUNS = re.compile(r"([^0-9A-Za-z]*)(?:([0-9]+)|([A-Za-z]+)|$)")
PRINTABLE = re.compile(r"[^\s\x00-\x1f]+")
EPOCH = re.compile(r"([0-9]*):(.*)")
TILDE, END, CARET = (0, 0, ""), (1, 0, ""), (2, 0, "")


def rpm(version: str) -> Key | None:
    """Epoch, key of the version, key of the release."""
    if not PRINTABLE.fullmatch(version):
        return None
    epoch, rest = _epoch(version)
    number, dash, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return (epoch, _rpm(number), _rpm(release) if dash else ())


def arch(version: str) -> Key | None:
    """Epoch, key of the version, key of the package release."""
    if not PRINTABLE.fullmatch(version):
        return None
    epoch, rest = _epoch(version)
    number, dash, release = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return (epoch, _arch(number), _arch(release) if dash else ())


def _epoch(version: str) -> tuple[int, str]:
    found = EPOCH.fullmatch(version)
    return (0, version) if found is None else (int(found[1] or 0), found[2])


def _rpm(text: str) -> Key:
    key: list[tuple[int, int, str]] = []
    for run in RPM_RUNS.findall(text):
        if run == "~":
            key.append(TILDE)
        elif run == "^":
            key.append(CARET)
        else:
            key.append((4, int(run), "") if run.isdigit() else (3, 0, run))
    return (*key, END)


def _arch(text: str) -> Key:
    key: list[tuple[int, int, int, str]] = []
    for separators, digits, letters in ARCH_RUNS.findall(text):
        many = len(separators)
        if digits:
            key.append((many, 2, int(digits), ""))
        elif letters:
            key.append((many, 0, 0, letters))
        elif many:
            key.append((many, 1, 0, ""))
    return (*key, (0, 1, 0, ""))

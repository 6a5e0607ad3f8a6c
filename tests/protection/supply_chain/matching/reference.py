"""A slow matcher that is obviously right: every record is looked at for every component.

It shares nothing with the engine: raw OSV JSON, the schema's own evaluation word by word, PyPI
versions by `packaging`, Go versions by the forty lines below, names and aliases by plain loops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from packaging.version import InvalidVersion, Version

SEMVER = re.compile(
    r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.\d+)*(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]*)?"
)
TYPES = {"pypi": "PyPI", "golang": "Go"}


class Semver:
    """SemVer 2.0.0, compared rule by rule; numbers behind the third count as build."""

    def __init__(self, text: str) -> None:
        found = SEMVER.fullmatch(text)
        if found is None:
            raise ValueError(text)
        self.numbers = [int(found[at] or 0) for at in (1, 2, 3)]
        self.pre = found[4].split(".") if found[4] else []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Semver) and not self < other and not other < self

    def __hash__(self) -> int:
        return hash(tuple(self.numbers))

    def __le__(self, other: Semver) -> bool:
        return not other < self

    def __lt__(self, other: Semver) -> bool:
        if self.numbers != other.numbers:
            return self.numbers < other.numbers
        if not self.pre or not other.pre:
            return bool(self.pre) and not other.pre
        for left, right in zip(self.pre, other.pre, strict=False):
            if left == right:
                continue
            if left.isdigit() and right.isdigit():
                return int(left) < int(right)
            if left.isdigit() or right.isdigit():
                return left.isdigit()
            return left < right
        return len(self.pre) < len(other.pre)


def order(ecosystem: str, text: str) -> Any:
    """Give something that compares, or None."""
    try:
        return Version(text) if ecosystem == "PyPI" else Semver(text)
    except (InvalidVersion, ValueError):
        return None


def name_of(ecosystem: str, name: str) -> str:
    if ecosystem == "PyPI":
        return re.sub(r"[-_.]+", "-", name).lower()
    return {"std": "stdlib", "go": "stdlib"}.get(name.lower(), name.lower())


def component(purl: str) -> tuple[str, str, str] | None:
    """Give ecosystem, name and version of a purl, or None for other types."""
    head = purl.partition("?")[0].partition("#")[0]
    kind, _, rest = head.removeprefix("pkg:").partition("/")
    if kind.lower() not in TYPES:
        return None
    path, _, version = rest.rpartition("@") if "@" in rest else (rest, "", "")
    ecosystem = TYPES[kind.lower()]
    name = name_of(ecosystem, unquote(path))
    version = unquote(version)
    if name in {"stdlib", "toolchain"}:
        version = version.removeprefix("go")
    return ecosystem, name, version


def reaches(affected: Iterable[dict[str, Any]], ecosystem: str, version: str) -> str | None:
    """Evaluate what a record says of one package as the OSV schema does."""
    parts = list(affected)
    listed = {each for part in parts for each in part.get("versions", ())}
    ranges = [each for part in parts for each in part.get("ranges", ()) if each["type"] != "GIT"]
    bounds = [bound for each in ranges for event in each["events"] for bound in event.values()]
    builds = any("+" in each for each in (*listed, *bounds))
    given = order(ecosystem, version)
    public = order(ecosystem, version.partition("+")[0]) if ecosystem == "PyPI" else given
    if public is None:
        return "affected" if version and version in listed else "unknown"
    here = given if builds and given is not None else public
    placed = [order(ecosystem, each) for each in listed]
    if here in placed or public in placed:
        return "affected"
    answers = [in_range(each["events"], ecosystem, here) for each in ranges]
    if "affected" in answers:
        return "affected"
    if "unknown" in answers or not (listed or ranges):
        return "unknown"
    return None


def in_range(events: list[dict[str, str]], ecosystem: str, here: Any) -> str | None:
    """Walk the events in order of their versions; one that has no place leaves the end open."""
    steps = []
    lost = False
    for event in events:
        kind, text = next(iter(event.items()))
        bound = order(ecosystem, text)
        if kind == "introduced" and text == "0":
            steps.insert(0, (kind, None))
        elif bound is None:
            lost = True
        else:
            at = len(steps)
            while at and steps[at - 1][1] is not None and bound < steps[at - 1][1]:
                at -= 1
            steps.insert(at, (kind, bound))
    inside = closed = False
    for at, (kind, bound) in enumerate(steps):
        if kind == "introduced":
            if bound is None or bound <= here:
                inside, closed = True, any(each != "introduced" for each, _ in steps[at:])
        elif (kind == "fixed" and bound <= here) or (kind == "last_affected" and bound < here):
            inside = False
    if inside and not (lost and not closed):
        return "affected"
    return "unknown" if lost else None


def groups(records: Iterable[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """Join names until nothing changes."""
    sets = [{each["id"], *each.get("aliases", ())} for each in records if not each.get("withdrawn")]
    group: dict[str, set[str]] = {}
    for names in sets:
        together = set(names)
        for name in names:
            together |= group.get(name, set())
        for name in together:
            group[name] = together
    return {name: frozenset(each) for name, each in group.items()}


def findings(purls: Iterable[str], records: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Give purl, vulnerability and status of everything found."""
    joined = groups(records)
    ids = {each["id"] for each in records if not each.get("withdrawn")}
    standing = [
        (
            record,
            {
                (
                    each["package"]["ecosystem"],
                    name_of(each["package"]["ecosystem"], each["package"]["name"]),
                )
                for each in record["affected"]
            },
        )
        for record in records
        if not record.get("withdrawn")
    ]
    found: dict[tuple[str, str], str] = {}
    for purl in set(purls):
        parts = component(purl)
        if parts is None:
            continue
        ecosystem, name, version = parts
        for record, packages in standing:
            if (ecosystem, name) not in packages:
                continue
            said = [
                each
                for each in record["affected"]
                if each["package"]["ecosystem"] == ecosystem
                and name_of(ecosystem, each["package"]["name"]) == name
            ]
            status = reaches(said, ecosystem, version)
            if status is None:
                continue
            vulnerability = called(joined[record["id"]], ids)
            if found.get((purl, vulnerability)) != "affected":
                found[purl, vulnerability] = status
    return {(purl, vulnerability, status) for (purl, vulnerability), status in found.items()}


def called(names: frozenset[str], ids: set[str]) -> str:
    """Name a group by its first CVE, else by its first record."""
    cves = [each for each in names if each.startswith("CVE-")]
    if cves:
        return min(cves, key=lambda each: tuple(int(part) for part in each.split("-")[1:]))
    return min(names & ids)

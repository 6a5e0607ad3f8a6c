"""The mandatory tests of CSAF that decide whether a document may be believed (section 6.1).

Those of the tree stand with it, those of one vulnerability's products with the statements. Here are
those of the document: a draft, a version that does not fit its history or a broken profile says
that its publisher did not finish it, and then not one statement counts. Tests of scores, languages,
translations and hashes decide nothing here and are left to validators.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from panshi.observe.vex.document import Json, Reading, items, mapping, objects, text

VEX = "csaf_vex"
KNOWN = ("2.0", "2.1")
_SEMANTIC = re.compile(
    r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z.-]+)?(\+.*)?"
)
_WHOLE = re.compile(r"0|[1-9]\d{0,8}")
STATUSES = ("draft", "final", "interim")
USED_BY_VEX = ("fixed", "known_affected", "known_not_affected", "under_investigation")


def refusal(top: Json, reading: Reading) -> str:
    """Say why not one statement of a document counts; empty where they do."""
    found = [*_of_tracking(mapping(mapping(top.get("document")).get("tracking")))]
    found += _of_profile(top)
    for place, problem in found:
        reading.tell(place, problem)
    return found[0][1] if found else ""


def _of_tracking(tracking: Json) -> Iterator[tuple[str, str]]:
    place = "/document/tracking"
    status, version = text(tracking.get("status")), text(tracking.get("version"))
    if status not in STATUSES:
        yield f"{place}/status", f"{status[:40]!r} is no status of a document"
    if _parsed(version) is None:
        yield f"{place}/version", f"{version[:40]!r} is no version of a document"
        return
    early = _early(version)
    if status == "draft":
        yield f"{place}/status", "the document is a draft"
    elif early:
        yield f"{place}/version", f"6.1.17: version {version} is that of a draft, not of {status}"
    yield from _of_history(tracking, version, status, f"{place}/revision_history")


def _of_history(tracking: Json, version: str, status: str, place: str) -> Iterator[tuple[str, str]]:
    """6.1.14, 6.1.16, 6.1.18, 6.1.21, 6.1.22 and 6.1.30: the history fits the version."""
    history = list(objects(tracking.get("revision_history"), place))
    if not history:
        yield place, "there is no revision history"
        return
    dated = sorted(history, key=lambda each: text(each[0].get("date")))
    numbers = [text(each.get("number")) for each, _ in dated]
    parsed = [_parsed(each) for each in numbers]
    if None in parsed:
        yield place, "a revision has no version number"
        return
    if len({len(each) for each in (*parsed, _parsed(version)) if each}) > 1:
        yield place, "6.1.30: whole numbers and semantic versions are mixed"
        return
    if parsed != sorted(each for each in parsed if each is not None):
        yield place, "6.1.14: the history is out of order"
    if _without_build(numbers[-1]) != _without_build(version) and not _same_draft(
        numbers[-1], version, status
    ):
        yield place, f"6.1.16: version {version} is not the newest of the history, {numbers[-1]}"
    if status in {"final", "interim"} and any(_zero(each) for each in numbers):
        yield place, "6.1.18: a released document carries revisions of its drafts"
    if len(set(numbers)) != len(numbers):
        yield place, "6.1.22: a revision stands twice"
    majors = sorted({each[0] for each in parsed if each})
    if majors != list(range(majors[0], majors[0] + len(majors))) or majors[0] > 1:
        yield place, "6.1.21: a revision is missing"


def _of_profile(top: Json) -> Iterator[tuple[str, str]]:
    """6.1.26 and 6.1.27.4, .8, .11: what a VEX document must hold."""
    document = mapping(top.get("document"))
    category, version = text(document.get("category")), text(document.get("csaf_version"))
    if version not in KNOWN:
        yield "/document/csaf_version", f"CSAF {version[:20]!r} is not known"
    if not text(mapping(document.get("publisher")).get("name")):
        yield "/document/publisher", "nobody is named as publisher"
    folded = re.sub(r"[-_\s]", "", category).casefold()
    if folded in {"vex", "csafvex"} and category != VEX:
        yield "/document/category", f"6.1.26: {category[:40]!r} stands for no profile"
    if category != VEX:
        return
    if not mapping(top.get("product_tree")):
        yield "/product_tree", "6.1.27.4: a VEX document names its products"
    if not isinstance(top.get("vulnerabilities"), list) or not top.get("vulnerabilities"):
        yield "/vulnerabilities", "6.1.27.11: a VEX document names vulnerabilities"
    for each, place in items(top.get("vulnerabilities"), "/vulnerabilities"):
        held = mapping(each)
        if not text(held.get("cve")) and not held.get("ids"):
            yield place, "6.1.27.8: a vulnerability has neither CVE nor id"
        if not any(mapping(held.get("product_status")).get(key) for key in USED_BY_VEX):
            yield place, "6.1.27.7: a vulnerability has no product status of a VEX document"


def _parsed(version: str) -> tuple[int, ...] | None:
    """Give the numbers of a document version: one (integer) or three (semantic)."""
    if _WHOLE.fullmatch(version):
        return (int(version),)
    found = _SEMANTIC.fullmatch(version)
    return None if found is None else tuple(map(int, found.groups()[:3]))


def _zero(version: str) -> bool:
    return (_parsed(version) or (0,))[0] == 0


def _early(version: str) -> bool:
    return _zero(version) or "-" in _without_build(version)


def _without_build(version: str) -> str:
    return version.partition("+")[0]


def _same_draft(newest: str, version: str, status: str) -> bool:
    return status == "draft" and newest.partition("-")[0] == version.partition("-")[0]

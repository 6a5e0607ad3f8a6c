"""What a bill of materials should hold, as data: the minimum elements of NTIA and of BSI.

NTIA: The Minimum Elements For a Software Bill of Materials (2021), section "Data Fields".
BSI: TR-03183-2 Cyber Resilience Requirements, part 2, sections 5.1 and 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Profile(StrEnum):
    """Whose demands are measured."""

    NTIA = "ntia"
    BSI = "bsi"


class Element(StrEnum):
    """One thing a bill should say, of itself or of each component."""

    AUTHOR = "author"
    CREATED = "created"
    FORM = "form"
    NAME = "name"
    VERSION = "version"
    SUPPLIER = "supplier"
    IDENTIFIER = "identifier"
    LICENCE = "licence"
    HASH = "hash"
    RELATIONSHIP = "relationship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One element as a profile demands it."""

    profile: Profile
    element: Element
    zh: str
    en: str
    reference: str


def _of(profile: Profile, reference: str, *rows: tuple[Element, str, str]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(profile=profile, element=element, zh=zh, en=en, reference=reference)
        for element, zh, en in rows
    )


CRITERIA = (
    *_of(
        Profile.NTIA,
        "NTIA 2021, Data Fields",
        (Element.SUPPLIER, "元件有供應者名稱", "components name their supplier"),
        (Element.NAME, "元件有名稱", "components have a name"),
        (Element.VERSION, "元件有版本", "components have a version"),
        (Element.IDENTIFIER, "元件有唯一識別碼", "components have a unique identifier"),
        (Element.RELATIONSHIP, "元件有相依關係", "components stand in the dependencies"),
        (Element.AUTHOR, "清單有製作者", "the document names its author"),
        (Element.CREATED, "清單有製作時間", "the document says when it was made"),
    ),
    *_of(
        Profile.BSI,
        "BSI TR-03183-2, 5.1–5.2",
        (Element.FORM, "清單為近期格式版本", "the document has a recent form"),
        (Element.AUTHOR, "清單有製作者", "the document names its creator"),
        (Element.CREATED, "清單有製作時間", "the document says when it was made"),
        (Element.SUPPLIER, "元件有製作者", "components name their creator"),
        (Element.NAME, "元件有名稱", "components have a name"),
        (Element.VERSION, "元件有版本", "components have a version"),
        (Element.RELATIONSHIP, "元件有相依關係", "components stand in the dependencies"),
        (Element.LICENCE, "元件有授權條款", "components name their licence"),
        (Element.HASH, "元件有 SHA-512 雜湊值", "components carry a SHA-512 digest"),
        (Element.IDENTIFIER, "元件有唯一識別碼", "components have a unique identifier"),
    ),
)
UNJUDGED = (
    ("檔名", "file name of each component (BSI)"),
    ("可執行、封存、結構化屬性", "whether each component is executable, archive, structured (BSI)"),
)
"What a profile demands besides and the readers do not carry; said, not guessed."
RECENT_FORMS = {"CycloneDX": (1, 6), "SPDX": (3, 0)}
"Oldest version of each format BSI still takes."

"""What a look says beside the file: the system it speaks of, and the release."""

from __future__ import annotations

from panshi.errors import UsageError
from panshi.observe.port import Look
from panshi.observe.reading.texts import clean

LONGEST = 80


def subject_of(look: Look) -> str:
    """Give the system a file speaks of; these files never name it themselves."""
    if not look.subject:
        raise UsageError(
            "the file does not say which system it speaks of",
            place=str(look.path),
            remedy="name the asset, for example --subject system:core",
        )
    return look.subject


def release_of(look: Look) -> str:
    """Give the release named by `--option release=2.4.1`; empty where none is."""
    return clean(look.options.get("release", ""), LONGEST)


def facet_of(release: str, name: str) -> str:
    """Tell apart what must not replace each other: one series per release and name."""
    return clean(f"{release} {name}", 160)

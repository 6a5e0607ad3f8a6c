"""From the addresses people write to places: a path, s3://bucket/prefix, sftp://user@host/path."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from panshi.errors import UsageError
from panshi.store.vault.directory import DirectoryPlace
from panshi.store.vault.place import Place


def place_at(address: str) -> Place:
    """Give the place an address names."""
    scheme = urlsplit(address).scheme if "://" in address else ""
    match scheme:
        case "" | "file":
            return DirectoryPlace(Path(address.removeprefix("file://")).expanduser().absolute())
        case "s3":
            from panshi.store.vault.s3 import S3Place  # noqa: PLC0415 -- start-up: few have one

            return S3Place(address)
        case "sftp":
            from panshi.store.vault.sftp import SftpPlace  # noqa: PLC0415 -- start-up: few have one

            return SftpPlace(address)
        case _:
            raise UsageError(
                f"{scheme}:// is no kind of place",
                place=address,
                remedy="name a directory, s3://bucket/prefix or sftp://user@host/path",
            )


def places_at(addresses: Iterable[str]) -> tuple[Place, ...]:
    """Give the places, each named once."""
    given = tuple(addresses)
    if len(set(given)) != len(given):
        raise UsageError("a place is named twice", remedy="name each place once")
    return tuple(place_at(each) for each in given)

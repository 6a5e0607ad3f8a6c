"""Settings of notifications: one file below PANSHI_HOME, readable by its owner only.

Secrets (the mail password, those of webhooks) are in it and nowhere else; they are never printed
nor logged. `PANSHI_SMTP_PASSWORD` in the environment takes the place of the one in the file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from panshi.errors import StoreError
from panshi.store.place import OWNER_ONLY_FILE
from panshi.store.senders import Hook, MailServer

FILE = "notify.json"
PASSWORD_VARIABLE = "PANSHI_SMTP_PASSWORD"  # noqa: S105 -- the name of a variable
URL_VARIABLE = "PANSHI_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """How messages leave this node."""

    address: str = ""
    "Public address of the console, put before links; empty: links are left out."
    mail: MailServer | None = None
    hooks: tuple[Hook, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    "Hosts webhooks may go to, with a port where it is not the scheme's own."
    digest_hour: int = 8
    "Hour of the institution's day at which digests go out."


def load(home: Path, environment: Mapping[str, str]) -> NotifySettings:
    """Read the settings; without a file nothing leaves this node."""
    path = home / FILE
    found = NotifySettings()
    if path.exists():
        try:
            found = msgspec.json.decode(path.read_bytes(), type=NotifySettings)
        except (msgspec.MsgspecError, OSError) as error:
            raise StoreError(
                "the settings of notifications are damaged",
                place=str(path),
                remedy="correct the file, or move it away and set them anew",
            ) from error
    password = environment.get(PASSWORD_VARIABLE)
    if password and found.mail is not None:
        found = replace(found, mail=replace(found.mail, password=password))
    address = environment.get(URL_VARIABLE, "").rstrip("/")
    return replace(found, address=address) if address else found


def save(home: Path, settings: NotifySettings) -> None:
    """Write the settings, whole, for the owner only."""
    path = home / FILE
    partial = path.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(settings), indent=2))
    partial.replace(path)

"""Where alerts on findings go: `HOME/supply_chain/alerting.json`, changed by `panshi sbom alerts`.

Mail servers, webhooks and their secrets stay in the settings of notifications; here stand only the
addresses and names to use.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from panshi.errors import StoreError, UsageError
from panshi.node.node import Node
from panshi.node.notify.settings import NotifySettings, load
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.store.place import OWNER_ONLY_FILE, ready_directory

FILE = Path("supply_chain") / "alerting.json"
MOST_ADDRESSES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """Channels of alerts, and what goes out at once."""

    mail: tuple[str, ...] = ()
    "Addresses every alert is mailed to."
    webhooks: tuple[str, ...] = ()
    "Names of webhooks of the settings of notifications."
    stix_webhooks: tuple[str, ...] = ()
    "Likewise; they get a STIX bundle."
    stix_folder: str = ""
    "Folder below which bundles are put as files; empty for none."
    at_once: tuple[Ssvc, ...] = (Ssvc.ACT, Ssvc.ATTEND)
    "Decisions told at once; others wait for the digest of the day."
    chinese: bool = True
    "Language of mail."

    def __post_init__(self) -> None:
        """Refuse what would never arrive, and too many."""
        for each in self.mail:
            name, at, host = each.partition("@")
            if not (name and at and host) or any(letter.isspace() for letter in each):
                raise UsageError(f"{each[:80]!r} is no mail address")
        if max(map(len, (self.mail, self.webhooks, self.stix_webhooks))) > MOST_ADDRESSES:
            raise UsageError(f"at most {MOST_ADDRESSES} addresses of a kind")

    @property
    def channels(self) -> tuple[str, ...]:
        """Name the channels in use; the console always is."""
        used = {
            "console": True,
            "mail": bool(self.mail),
            "webhook": bool(self.webhooks),
            "stix": bool(self.stix_folder or self.stix_webhooks),
        }
        return tuple(name for name, on in used.items() if on)


def alert_settings(home: Path) -> AlertSettings:
    """Read the settings; without a file alerts stay in the console."""
    path = home / FILE
    if not path.exists():
        return AlertSettings()
    try:
        return msgspec.json.decode(path.read_bytes(), type=AlertSettings)
    except (msgspec.MsgspecError, OSError) as error:
        raise StoreError(
            "the settings of alerts are damaged", place=str(path),
            remedy="correct the file, or set the channels anew",
        ) from error  # fmt: skip


def set_alerting(node: Node, wanted: AlertSettings, *, actor: str) -> AlertSettings:
    """Write the settings, whole, for the owner only; refuse names nobody knows."""
    known = {each.name for each in notify_settings(node).hooks}
    for each in (*wanted.webhooks, *wanted.stix_webhooks):
        if each not in known:
            raise UsageError(
                f"there is no webhook {each!r}",
                remedy="panshi notify webhook adds one; known: "
                + (", ".join(sorted(known)) or "—"),
            )
    path = node.home.path / FILE
    ready_directory(path.parent)
    if wanted.stix_folder:
        ready_directory(Path(wanted.stix_folder))
    partial = path.with_suffix(f".{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(wanted), indent=2))
    partial.replace(path)
    node.audit(actor, "alert.channels", "sbom", detail=", ".join(wanted.channels))
    return wanted


def notify_settings(node: Node) -> NotifySettings:
    """Give how messages leave this node at all."""
    return load(node.home.path, os.environ)

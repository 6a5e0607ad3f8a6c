"""Which osquery tables are read, and which of their columns are kept; all others are dropped."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

TABLES: Mapping[str, tuple[str, ...]] = {
    "listening_ports": ("port", "protocol", "address", "name", "path"),
    "users": ("username", "uid", "shell"),
    "shadow": ("username", "password_status"),
    "sudoers": ("header", "rule_details"),
    "disk_encryption": ("name", "encrypted"),
    "bitlocker_info": ("drive_letter", "protection_status"),
    "patches": ("hotfix_id", "installed_on"),
    "chrome_extensions": ("name", "version", "identifier", "from_webstore", "browser_type"),
    "firefox_addons": ("name", "version", "identifier"),
    "safari_extensions": ("name", "version", "identifier"),
    "deb_packages": ("name", "version"),
    "rpm_packages": ("name", "version"),
    "programs": ("name", "version"),
    "apps": ("name", "bundle_short_version"),
    "homebrew_packages": ("name", "version"),
    "system_controls": ("name", "current_value"),
    "kernel_info": ("version",),
}
"Table → columns kept."

SOFTWARE = frozenset({"deb_packages", "rpm_packages", "programs", "apps", "homebrew_packages"})
EXTENSIONS = frozenset({"chrome_extensions", "firefox_addons", "safari_extensions"})

_SIGNATURES: tuple[tuple[str, frozenset[str]], ...] = (
    ("listening_ports", frozenset({"port", "protocol", "address"})),
    ("shadow", frozenset({"username", "password_status"})),
    ("users", frozenset({"username", "uid", "shell"})),
    ("sudoers", frozenset({"header", "rule_details"})),
    ("disk_encryption", frozenset({"name", "encrypted"})),
    ("bitlocker_info", frozenset({"drive_letter", "protection_status"})),
    ("patches", frozenset({"hotfix_id"})),
    ("chrome_extensions", frozenset({"identifier", "from_webstore"})),
    ("system_controls", frozenset({"name", "current_value"})),
)
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def table_of(query: str, columns: Collection[str]) -> str:
    """Tell the table a query reads, by the end of its name, else by its columns; else empty."""
    plain = _NO_LETTER.sub("_", query.lower()).strip("_")
    for name in sorted(TABLES, key=len, reverse=True):
        if plain == name or plain.endswith(f"_{name}"):
            return name
    held = frozenset(columns)
    return next((name for name, needed in _SIGNATURES if needed <= held), "")

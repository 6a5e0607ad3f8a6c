"""Sign-in through the organisation's identity provider (OpenID Connect Core 1.0): the settings.

They rest below PANSHI_HOME in `oidc.json`, the client's secret in `keys/oidc.secret`, which only
its owner may read. `PANSHI_OIDC` and `PANSHI_OIDC_SECRET` name other files. Without settings
there is no such sign-in and no call leaves the node.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from panshi.errors import BadInputError, StoreError, UsageError
from panshi.protection.access.roles import ROLES

PROVIDER = "organisation"
BACK = "/account/organisation/back/"
"Path the provider sends people back to; the one address to register there."
SETTINGS = "oidc.json"
SECRET = Path("keys", "oidc.secret")
SETTINGS_VARIABLE = "PANSHI_OIDC"
SECRET_VARIABLE = "PANSHI_OIDC_SECRET"  # noqa: S105 -- a variable's name
MOST_BYTES = 1 << 20
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """How people sign in through the organisation."""

    issuer: str
    "Its address without `/.well-known/…`."
    client_id: str
    name_zh: str = "機構帳號"
    "What the button says after 使用."
    name_en: str = "your organisation account"
    username_claim: str = "preferred_username"
    "Claim that names the account here."
    groups_claim: str = "groups"
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    "Roles by the name of a group; who is in none of them gets no role."
    scopes: tuple[str, ...] = ("openid", "profile")

    def __post_init__(self) -> None:
        """Refuse what could not be trusted or would map to nothing."""
        check_address(self.issuer)
        if not self.client_id.strip():
            raise BadInputError("no client id", remedy="--client-id")
        unknown = sorted({role for held in self.roles.values() for role in held} - set(ROLES))
        if unknown:
            raise BadInputError(
                f"there is no role {unknown[0]!r}", remedy="roles: " + ", ".join(ROLES)
            )
        if "openid" not in self.scopes:
            raise BadInputError("the scopes lack openid", remedy="openid profile")

    def subject(self, sub: str) -> str:
        """Give whose account it is: one subject of one issuer, never of another."""
        return sha256(f"{self.issuer}\n{sub}".encode()).hexdigest()

    @property
    def governed(self) -> frozenset[str]:
        """Roles that groups decide; others are given by hand and stay."""
        return frozenset(role for held in self.roles.values() for role in held)

    def roles_of(self, groups: tuple[str, ...]) -> frozenset[str]:
        """Give the roles that somebody in these groups has."""
        return frozenset(role for group in groups for role in self.roles.get(group, ()))


def check_address(address: str) -> None:
    """Refuse an address that others could read or alter on the way."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not plain) or parts.username:
        raise BadInputError(
            f"{address[:120]!r} is no https address", remedy="https://login.bank.example"
        )


def load(home: Path, environment: Mapping[str, str]) -> Oidc | None:
    """Give the settings; None where there are none, an error where they are wrong."""
    path = settings_path(home, environment)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}", place=str(path)) from error
    try:
        return msgspec.json.decode(raw[:MOST_BYTES], type=Oidc)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInputError(
            f"no settings of an identity provider: {error}",
            place=str(path),
            remedy="panshi identity oidc set",
        ) from error


def secret(home: Path, environment: Mapping[str, str]) -> str:
    """Give the client's secret; empty for a public client, which PKCE protects."""
    path = secret_path(home, environment)
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StoreError(
                "others may read the client's secret", place=str(path), remedy=f"chmod 600 {path}"
            )
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}", place=str(path)) from error


def save(home: Path, settings: Oidc, clear: str) -> None:
    """Write settings and secret, each whole or not at all; an empty secret removes the old one."""
    if clear:
        (home / SECRET).parent.mkdir(mode=0o700, exist_ok=True)
        _write(home / SECRET, clear.encode())
    else:
        (home / SECRET).unlink(missing_ok=True)
    _write(home / SETTINGS, msgspec.json.format(msgspec.json.encode(settings)))


def remove(home: Path) -> None:
    """Forget the settings; nobody signs in through the organisation any more."""
    path = home / SETTINGS
    if not path.exists():
        raise UsageError("no identity provider is set", remedy="panshi identity oidc set")
    path.unlink()
    (home / SECRET).unlink(missing_ok=True)


def settings_path(home: Path, environment: Mapping[str, str]) -> Path:
    """Where the settings rest."""
    return Path(environment.get(SETTINGS_VARIABLE) or home / SETTINGS)


def secret_path(home: Path, environment: Mapping[str, str]) -> Path:
    """Where the client's secret rests."""
    return Path(environment.get(SECRET_VARIABLE) or home / SECRET)


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f"{path.name}.part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    partial.replace(path)

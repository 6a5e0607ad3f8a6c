"""`security.txt` (RFC 9116): where to report, until when that holds, in which languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from panshi.errors import BadInputError
from panshi.model.bodies.disclosure import DisclosureChannel

PATH = "/.well-known/security.txt"
LONGEST_DAYS = 366
"An `Expires` within a year is recommended (2.5.5)."
WARN_DAYS = 30
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def channel_defect(channel: DisclosureChannel, today: date) -> str:
    """Say why a channel cannot be set up as it is; empty where it can."""
    if not channel.accepting:
        return ""
    base = urlsplit(channel.base_url)
    if base.scheme != "https" and base.hostname not in _LOCAL:
        return "the public address begins with https:// (RFC 9116, 3)"
    if base.path.strip("/") or base.query or base.fragment:
        return "the public address is a host without a path"
    if not channel.contacts:
        return "at least one way to report is named (RFC 9116, 2.5.3)"
    for each in channel.contacts:
        if not each.startswith(("mailto:", "https://", "tel:")):
            return f"{each[:60]} is no mailto:, https: or tel: address"
    texts = (
        channel.base_url,
        channel.name,
        *channel.contacts,
        *channel.languages,
        channel.policy_url,
        channel.acknowledgments_url,
    )
    if any(not each.isprintable() for each in texts):
        return "a line break or control character stands in a value"
    if not today < channel.expires <= today + timedelta(days=LONGEST_DAYS):
        return f"it expires after today and within {LONGEST_DAYS} days (RFC 9116, 2.5.5)"
    return ""


def security_text(channel: DisclosureChannel, *, key_url: str = "") -> str:
    """Write the file, unsigned; fields in the order people read them."""
    base = channel.base_url.rstrip("/")
    expires = datetime.combine(channel.expires, time.min, tzinfo=UTC)
    lines = [f"Contact: {base}/disclose/", *(f"Contact: {each}" for each in channel.contacts)]
    lines.append(f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}")
    if key_url:
        lines.append(f"Encryption: {key_url}")
    if channel.acknowledgments_url:
        lines.append(f"Acknowledgments: {channel.acknowledgments_url}")
    if channel.languages:
        lines.append(f"Preferred-Languages: {', '.join(channel.languages)}")
    lines.append(f"Canonical: {base}{PATH}")
    if channel.policy_url:
        lines.append(f"Policy: {channel.policy_url}")
    lines.append(f"CSAF: {base}/.well-known/csaf/provider-metadata.json")
    return "\n".join(lines) + "\n"


def days_left(channel: DisclosureChannel, today: date) -> int:
    """Give how many days it still holds; below zero where it is stale."""
    return (channel.expires - today).days


def told_of(text: str) -> dict[str, tuple[str, ...]]:
    """Read a security.txt, signed or not, as far as a check needs it: fields by lower-case name."""
    found: dict[str, list[str]] = {}
    for line in text[:32_768].splitlines():
        if line.startswith("-----BEGIN PGP SIGNATURE"):
            break
        name, colon, value = line.removeprefix("- ").partition(":")
        if colon and name.strip() and not line.startswith("#"):
            found.setdefault(name.strip().lower(), []).append(value.strip())
    return {name: tuple(values) for name, values in found.items()}


def expiry_of(fields: dict[str, tuple[str, ...]]) -> datetime:
    """Give when a security.txt ends, or say that it does not tell."""
    told = fields.get("expires", ())
    try:
        return datetime.fromisoformat(told[0]).astimezone(UTC)
    except (IndexError, ValueError) as error:
        raise BadInputError("security.txt names no time at which it ends") from error

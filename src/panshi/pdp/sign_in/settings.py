"""What an institution sets for signing in at the gateway: `HOME/zero_trust/sign_in.yaml`.

origin: https://id.bank.example          where browsers reach this decision point
return_hosts: [app.bank.example]         where they may be sent back to, beside the origin
cookie_domain: bank.example              left out: this host only
lasts_s: 28800
providers:
  - id: bank
    title: {zh: 行員帳號, en: staff account}
    issuer: https://login.bank.example
    client_id: panshi
    secret_file: keys/bank.secret         below HOME/zero_trust, mode 600; left out: public client
    algorithms: [RS256]
    user_claim: preferred_username
    user_prefix: "account:"               before the claim, as policies name users
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from panshi.errors import StoreError
from panshi.governance.frameworks.reading import Part, parsed
from panshi.node.zero_trust.assurance_content import words
from panshi.protection.zero_trust.assurance.id_token import ALGORITHMS, Terms
from panshi.protection.zero_trust.assurance.mapping import Text

FILE = "zero_trust/sign_in.yaml"
_LASTS_S = 28_800
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """One identity provider."""

    id: str
    title: Text
    terms: Terms
    secret: str
    user_claim: str
    user_prefix: str
    plain_http: bool
    "Loopback, for trials."
    ca_file: str = ""

    def __repr__(self) -> str:
        """Say all but the secret."""
        return f"ProviderSettings(id={self.id!r}, issuer={self.terms.issuer!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """The whole file."""

    origin: str
    return_hosts: frozenset[str]
    cookie_domain: str
    lasts_s: int
    providers: tuple[ProviderSettings, ...]

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.origin.startswith("https://")

    def provider(self, name: str) -> ProviderSettings | None:
        """Give a provider by its id."""
        return next((each for each in self.providers if each.id == name), None)

    def way_back(self, wanted: str) -> str:
        """Give where a browser is sent after; anywhere unknown becomes the front page."""
        parts = urlsplit(wanted)
        plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
        if plain and not parts.scheme and not parts.netloc and wanted.startswith("/"):
            return wanted if not wanted.startswith("//") else "/"
        known = {urlsplit(self.origin).hostname, *self.return_hosts}
        allowed = {"https"} if self.secure else {"https", "http"}
        if plain and parts.scheme in allowed and parts.hostname in known and not parts.username:
            return wanted
        return "/"


def read_settings(home: Path) -> SignInSettings | None:
    """Read the file of a home; None where nobody signs in here."""
    path = home / FILE
    if not path.is_file():
        return None
    return load_settings(path.read_bytes(), source=path.name, folder=path.parent)


def load_settings(raw: bytes, *, source: str, folder: Path) -> SignInSettings:
    """Read settings; ContentError names the line of what is wrong."""
    keys = parsed(raw, source=source).keys(
        required="origin providers", optional="return_hosts cookie_domain lasts_s"
    )
    return SignInSettings(
        origin=_address(keys["origin"]).rstrip("/"),
        return_hosts=frozenset(keys["return_hosts"].texts() if "return_hosts" in keys else ()),
        cookie_domain=keys["cookie_domain"].text() if "cookie_domain" in keys else "",
        lasts_s=keys["lasts_s"].whole(low=60, high=604_800) if "lasts_s" in keys else _LASTS_S,
        providers=tuple(_provider(each, folder) for each in keys["providers"].items()),
    )


def _provider(part: Part, folder: Path) -> ProviderSettings:
    keys = part.keys(
        required="id title issuer client_id user_claim",
        optional="secret_file algorithms user_prefix ca_file",
    )
    issuer = _address(keys["issuer"])
    algorithms = keys["algorithms"].texts() if "algorithms" in keys else ("RS256",)
    if unknown := [each for each in algorithms if each not in ALGORITHMS]:
        raise keys["algorithms"].refuse(
            f"algorithm {unknown[0]!r} is not taken", f"among {', '.join(ALGORITHMS)}"
        )
    return ProviderSettings(
        id=keys["id"].text(),
        title=words(keys["title"]),
        terms=Terms(issuer=issuer, client_id=keys["client_id"].text(), algorithms=algorithms),
        secret=_secret(folder / keys["secret_file"].text()) if "secret_file" in keys else "",
        user_claim=keys["user_claim"].text(),
        user_prefix=keys["user_prefix"].text() if "user_prefix" in keys else "",
        plain_http=issuer.startswith("http://"),
        ca_file=keys["ca_file"].text() if "ca_file" in keys else "",
    )


def _address(part: Part) -> str:
    url = part.text()
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if (
        not parts.hostname
        or parts.query
        or parts.fragment
        or not (parts.scheme == "https" or local)
    ):
        raise part.refuse(f"{url!r} is not taken", "an https:// address")
    return url


def _secret(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise StoreError("others may read this secret", place=str(path), remedy="chmod 600")
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}", place=str(path)) from error

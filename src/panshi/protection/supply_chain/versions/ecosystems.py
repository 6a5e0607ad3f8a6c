"""Which order an ecosystem keeps, under all the names it goes by: OSV's, purl's, vers' own."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from types import MappingProxyType

from panshi.errors import UsageError
from panshi.protection.supply_chain.versions.keys import LONGEST, Family, Key, Order, order

FAMILIES = MappingProxyType(
    {
        "alpine": ("alpine", "alpine"),
        "alpm": ("rpm", "arch"),
        "conan": ("upstream", "conan"),
        "cran": ("dotted", "cran"),
        "datetime": ("upstream", "instant"),
        "debian": ("debian", "key"),
        "gentoo": ("alpine", "gentoo"),
        "hackage": ("dotted", "hackage"),
        "intdot": ("dotted", "hackage"),
        "lexicographic": ("upstream", "text"),
        "maven": ("maven", "key"),
        "nuget": ("nuget", "key"),
        "openssl": ("upstream", "openssl"),
        "packagist": ("packagist", "key"),
        "pub": ("semver", "pub"),
        "pypi": ("pypi", "key"),
        "redhat": ("rpm", "rpm"),
        "rubygems": ("rubygems", "key"),
        "semver": ("semver", "key"),
    }
)
"""Families of orders: module and function that give the key, loaded when first asked."""

ALIASES = MappingProxyType(
    {
        "almalinux": "redhat",
        "apk": "alpine",
        "arch": "alpm",
        "bitnami": "semver",
        "cargo": "semver",
        "chainguard": "alpine",
        "composer": "packagist",
        "crates.io": "semver",
        "deb": "debian",
        "ebuild": "gentoo",
        "gem": "rubygems",
        "generic": "semver",
        "github": "semver",
        "github actions": "semver",
        "go": "semver",
        "golang": "semver",
        "hex": "semver",
        "mageia": "redhat",
        "nginx": "semver",
        "npm": "semver",
        "openeuler": "redhat",
        "opensuse": "redhat",
        "photon os": "redhat",
        "red hat": "redhat",
        "rocky linux": "redhat",
        "rpm": "redhat",
        "suse": "redhat",
        "swift": "semver",
        "swifturl": "semver",
        "ubuntu": "debian",
        "wolfi": "alpine",
    }
)
"""Other names of ecosystems and the family whose order they keep."""


NO_VERSION = frozenset(
    {
        "(devel)",
        "(unknown)",
        "*",
        "devel",
        "latest",
        "n/a",
        "na",
        "noassertion",
        "none",
        "null",
        "undefined",
        "unknown",
        "unspecified",
    }
)
"""What tools write where they do not know the version; no order has a place for it."""


def family(ecosystem: str) -> str | None:
    """Name the family of an ecosystem, or nothing; OSV's release after a colon does not matter."""
    name = ecosystem.strip().lower()
    name = name if name in FAMILIES or name in ALIASES else name.partition(":")[0]
    return name if name in FAMILIES else ALIASES.get(name)


def key(ecosystem: str, version: str) -> Key | None:
    """Give the version's place in its ecosystem's order, or None where it has none."""
    name = family(ecosystem)
    if name is None:
        raise UsageError(
            f"no order is known for ecosystem {ecosystem!r}",
            remedy=f"one of {', '.join(sorted({*FAMILIES, *ALIASES}))}",
        )
    return _key(name, version)


def compare(ecosystem: str, left: str, right: str) -> Order:
    """Say how one version stands to another."""
    return order(key(ecosystem, left), key(ecosystem, right))


@lru_cache(maxsize=1 << 17)
def _key(name: str, version: str) -> Key | None:
    version = version.strip(" \t")
    if not 0 < len(version) <= LONGEST or version.lower() in NO_VERSION or "${" in version:
        return None
    return _maker(name)(version)


@cache
def _maker(name: str) -> Family:
    module, function = FAMILIES[name]
    make: Family = getattr(import_module(f"{__package__}.{module}"), function)
    return make

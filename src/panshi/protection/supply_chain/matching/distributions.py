"""Distributions: which release a package belongs to, and the source it was built from.

purl says the release in the qualifier `distro` (`debian-12`, `ubuntu-22.04`, `rhel-9.2`, `jammy`)
and the source package in `upstream` (Syft) or `source`; OSV says the release after a colon
(`Debian:12`, `Ubuntu:22.04:LTS`, `Red Hat:enterprise_linux:9::baseos`). Both come down to one
spelling here: the distribution's OSV name and the shortest release that advisories are split by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import MappingProxyType

CODENAMES = MappingProxyType(
    {
        "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "forky": "14",
        "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04",
        "plucky": "25.04", "questing": "25.10",
    }
)  # fmt: skip
NUMBER = r"[0-9]+(?:\.[0-9]+)*"
WORD = r"[a-z]+"
SERVICE_PACK = r"([0-9]+) ?(?:SP|sp)([0-9]+)"
RED_HAT = r"enterprise_linux:([0-9]+)"
SOURCE_RPM = r"(.+)-([^-]+)-([^-]+)\.src\.rpm"
REBUILD = r"\+b[0-9]+$"
OPEN_EULER = r"([0-9]+\.[0-9]+)-?(LTS)?-?(SP[0-9]+)?"
"""Patterns, compiled when a distribution's package is met: many bills have none."""


def _whole(release: str) -> str:
    return release


def _major(release: str) -> str:
    found = re.search(NUMBER, release)
    return found[0].partition(".")[0] if found else CODENAMES.get(release, release)


def _two_numbers(release: str) -> str:
    found = re.search(NUMBER, release)
    return ".".join(found[0].split(".")[:2]) if found else CODENAMES.get(release, release)


def _alpine(release: str) -> str:
    found = re.search(NUMBER, release)
    return "v" + ".".join(found[0].split(".")[:2]) if found else release


def _red_hat(release: str) -> str:
    """One release per major number; extended-support streams stay apart."""
    found = re.match(RED_HAT, release)
    if found:
        return found[1]
    return _major(release) if re.fullmatch(NUMBER, release) else release


def _suse(release: str) -> str:
    """`Linux Enterprise Server 15 SP5` and `15.5` alike."""
    if "tumbleweed" in release.lower():
        return "tumbleweed"
    found = re.search(SERVICE_PACK, release)
    return f"{found[1]}.{found[2]}" if found else _two_numbers(release)


def _open_euler(release: str) -> str:
    found = re.search(OPEN_EULER, release, re.IGNORECASE)
    return "-".join(filter(None, found.groups())).upper() if found else release


RELEASES: MappingProxyType[str, Callable[[str], str]] = MappingProxyType(
    {
        "AlmaLinux": _major,
        "Alpine": _alpine,
        "Amazon Linux": _major,
        "Azure Linux": _major,
        "Chainguard": lambda _release: "",
        "Debian": _major,
        "Fedora": _major,
        "Mageia": _major,
        "Oracle Linux": _major,
        "Photon OS": _two_numbers,
        "Red Hat": _red_hat,
        "Rocky Linux": _major,
        "SUSE": _suse,
        "Ubuntu": _two_numbers,
        "Wolfi": lambda _release: "",
        "openEuler": _open_euler,
        "openSUSE": _suse,
    }
)
"""Distribution → how its releases are told apart."""
NAMESPACES = MappingProxyType(
    {
        "deb": {"debian": "Debian", "ubuntu": "Ubuntu"},
        "apk": {"alpine": "Alpine", "wolfi": "Wolfi", "chainguard": "Chainguard"},
        "rpm": {
            "almalinux": "AlmaLinux",
            "amazon": "Amazon Linux",
            "amzn": "Amazon Linux",
            "azurelinux": "Azure Linux",
            "centos": "Red Hat",
            "fedora": "Fedora",
            "mageia": "Mageia",
            "openeuler": "openEuler",
            "opensuse": "openSUSE",
            "opensuse-leap": "openSUSE",
            "opensuse-tumbleweed": "openSUSE",
            "oracle": "Oracle Linux",
            "oraclelinux": "Oracle Linux",
            "photon": "Photon OS",
            "redhat": "Red Hat",
            "rhel": "Red Hat",
            "rocky": "Rocky Linux",
            "rockylinux": "Rocky Linux",
            "sles": "SUSE",
            "suse": "SUSE",
        },
    }
)
"""purl type → namespace → distribution."""
WITHOUT_RELEASES = frozenset({"Chainguard", "Wolfi"})


def osv_ecosystem(ecosystem: str) -> str:
    """Bring an ecosystem as OSV writes it into the one spelling; others stay as they are."""
    name, _, release = ecosystem.partition(":")
    if name == "Ubuntu" and release.startswith("Pro"):
        return ecosystem
    shorten = RELEASES.get(name)
    return ecosystem if shorten is None or not release else spelled(name, release)


def spelled(name: str, release: str) -> str:
    """Write distribution and release."""
    short = RELEASES.get(name, _whole)(release)
    return f"{name}:{short}" if short else name


def distribution(kind: str, namespace: str, qualifiers: dict[str, str]) -> str:
    """Name distribution and release of a package; without the release where none is said."""
    said = qualifiers.get("distro", "") or qualifiers.get("os_distro", "")
    name = NAMESPACES[kind].get(namespace.rpartition("/")[2])
    if name is None:
        word = re.match(WORD, said.lower())
        name = NAMESPACES[kind].get(word[0] if word else "", "")
    if not name or name in WITHOUT_RELEASES:
        return name
    release = said.rpartition("-")[2] if "-" in said else said
    release = qualifiers.get("os_version", "") or release
    if name == "openSUSE" and "tumbleweed" in said + namespace:
        release = "tumbleweed"
    if name == "openEuler":
        release = said.partition("-")[2] or said
    known = re.search(NUMBER, release) or release in CODENAMES or release in {"tumbleweed", "edge"}
    return spelled(name, release) if known else name


def sources(kind: str, name: str, version: str, qualifiers: dict[str, str]) -> tuple[str, str]:
    """Give the source package and its version, which advisories speak of."""
    said = qualifiers.get("upstream", "") or qualifiers.get("source", "")
    found = re.fullmatch(SOURCE_RPM, said)
    if found:
        return found[1], version
    source, _, own = said.partition("@")
    version = own or version
    return source or name, re.sub(REBUILD, "", version) if kind == "deb" else version

"""Which package a purl or an advisory names, in the one spelling both come down to.

| ecosystem | equal are |
|---|---|
| PyPI | names after PEP 503: case, `-`, `_` and `.` do not matter |
| npm, Packagist, NuGet, Hex, Pub, Bitnami, GitHub Actions | names without case |
| npm | as those, `@scope/` kept |
| Maven | `group:artifact`, exact |
| Go | module paths without case; `std` is `stdlib` |
| crates.io | `-` and `_`, and case, do not matter |
| distributions | the source package of a release; rpm also the binary package |
| others | the purl without version and qualifiers, where an advisory names one |
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from panshi.errors import BadInputError
from panshi.model.supply_chain.compiled import PackageKey
from panshi.protection.supply_chain.matching.distributions import (
    NAMESPACES,
    distribution,
    osv_ecosystem,
    sources,
)
from panshi.protection.supply_chain.versions.sortable import packed, sortable

OWN_PURL = "purl"
"""Ecosystem of packages that are named by nothing but a purl."""
SEPARATORS = re.compile(r"[-_.]+")
SCHEME = re.compile(r"https?://|git\+")
PLATFORM = (
    r"-(?:java|jruby|mswin\w*|mingw\w*|(?:x86|x86_64|x64|i[3-6]86|aarch64|arm64|arm|ppc64le|s390x|"
    r"universal|riscv64)(?:-[a-z].*)?)$"
)
"""How a gem's version names its platform; compiled when one is met."""
GO_STANDARD = MappingProxyType({"std": "stdlib", "go": "stdlib"})
PLAIN = re.compile(r"pkg:([a-z]+)/([A-Za-z0-9._/-]+)@([A-Za-z0-9.+_-]+)")
"""A purl that is canonical but for case: nothing encoded, no qualifiers."""


class Unmatchable(NamedTuple):
    """A component no advisory can name."""

    reason: str
    "`no_purl`, `bad_purl`, `type:…`, `distribution:…`"
    why: str


class Subject(NamedTuple):
    """A component as advisories name it."""

    keys: tuple[PackageKey, ...]
    "Every name under which advisories may speak of it, the best first."
    version: str
    "The version they would speak of; a source package's own."
    place: bytes | None
    "Its place in order; of a local version (`+cpu`), that of the public one."


def _lower(name: str) -> str:
    return name.lower()


def _pypi(name: str) -> str:
    return SEPARATORS.sub("-", name).lower()


def _crate(name: str) -> str:
    return name.lower().replace("_", "-")


def _go(name: str) -> str:
    folded = name.lower().strip("/")
    return GO_STANDARD.get(folded, folded)


def _repository(name: str) -> str:
    return SCHEME.sub("", name.lower()).removesuffix(".git").strip("/")


def _exact(name: str) -> str:
    return name


NAMES: MappingProxyType[str, Callable[[str], str]] = MappingProxyType(
    {
        "Bitnami": _lower,
        "GitHub Actions": _lower,
        "Go": _go,
        "Hex": _lower,
        "NuGet": _lower,
        "Packagist": _lower,
        "Pub": _lower,
        "PyPI": _pypi,
        "SwiftURL": _repository,
        "crates.io": _crate,
        "npm": _lower,
    }
)
"""Ecosystem → how a name is brought into its form."""
TYPES = MappingProxyType(
    {
        "bitnami": "Bitnami",
        "cargo": "crates.io",
        "composer": "Packagist",
        "conan": "ConanCenter",
        "cran": "CRAN",
        "gem": "RubyGems",
        "github": "GitHub Actions",
        "githubactions": "GitHub Actions",
        "golang": "Go",
        "hackage": "Hackage",
        "hex": "Hex",
        "julia": "Julia",
        "maven": "Maven",
        "npm": "npm",
        "nuget": "NuGet",
        "pub": "Pub",
        "pypi": "PyPI",
        "swift": "SwiftURL",
    }
)
"""purl type → ecosystem."""
JUDGED_BY_PURL = frozenset({"generic", "alpm", "brew", "huggingface", "oci", "docker", "otp"})
"""Types advisories name only by purl."""


def named(ecosystem: str, name: str) -> PackageKey:
    """Give the key of a package as an advisory names it."""
    spelling = osv_ecosystem(ecosystem)
    return PackageKey(spelling, NAMES.get(spelling.partition(":")[0], _exact)(name))


def package_key(purl: str) -> PackageKey | Unmatchable:
    """Give the best key of a component."""
    found = subject(purl)
    return found if isinstance(found, Unmatchable) else found.keys[0]


@lru_cache(maxsize=1 << 16)
def subject(purl: str) -> Subject | Unmatchable:
    """Give a component's keys, version and place, or why it has none."""
    plain = PLAIN.fullmatch(purl)
    if plain is not None and (ecosystem := TYPES.get(plain[1])) is not None:
        kind, path, version = plain.groups()
        namespace, _, name = path.rpartition("/")
        if name and "//" not in path:
            return _of_language(kind, ecosystem, (namespace, name), version)
    if not purl:
        return Unmatchable("no_purl", "the document names no purl")
    from panshi.protection.supply_chain.purl import (  # noqa: PLC0415 -- start-up: plain purls need none
        parse,
    )

    try:
        parsed = parse(purl)
    except BadInputError as error:
        return Unmatchable("bad_purl", error.problem)
    if parsed.type in TYPES:
        parts = (parsed.namespace, parsed.name)
        return _of_language(parsed.type, TYPES[parsed.type], parts, parsed.version)
    if parsed.type in NAMESPACES:
        return _of_distribution(
            parsed.type,
            (parsed.namespace, parsed.name),
            parsed.version,
            dict(parsed.qualifiers),
        )
    if parsed.type in JUDGED_BY_PURL:
        name = "/".join(filter(None, (parsed.type, parsed.namespace, parsed.name)))
        order = "alpm" if parsed.type == "alpm" else "generic"
        return Subject(
            (PackageKey(OWN_PURL, name),), parsed.version, sortable(order, parsed.version)
        )
    return Unmatchable(f"type:{parsed.type}", f"nobody judges packages of type {parsed.type}")


def versioned(purl: str, version: str) -> str:
    """Write a version into a purl that has none."""
    if not purl or not version:
        return purl
    from urllib.parse import quote  # noqa: PLC0415 -- start-up: most purls have a version

    cut = min((at for sign in "?#" if (at := purl.find(sign)) >= 0), default=len(purl))
    return f"{purl[:cut]}@{quote(version, safe=':')}{purl[cut:]}"


def order_of(key: PackageKey) -> str:
    """Name the order versions of a package keep."""
    if key.ecosystem == OWN_PURL:
        return "alpm" if key.name.startswith("alpm/") else "generic"
    return ORDERS.get(key.ecosystem, key.ecosystem)


ORDERS = MappingProxyType({"ConanCenter": "conan", "SwiftURL": "semver", "Julia": "semver"})


def place_of(ecosystem: str, version: str) -> bytes | None:
    """Give the place a component's version is judged at."""
    if ecosystem == "PyPI":
        return placed_in("PyPI", version.partition("+")[0])
    return placed_in(ORDERS.get(ecosystem, ecosystem), version)


def placed_in(order: str, version: str) -> bytes | None:
    """Give a place, but none to what an order holds only for the sake of being total.

    PyPI's versions from before PEP 440, text Alpine takes for no version and Composer's branches
    do have a rank; no bound of an advisory was ever meant by it.
    """
    place = sortable(order, version)
    if place is None:
        return None
    if order == "PyPI":
        return place if place.startswith(PEP_440) else None
    if order == "Packagist":
        return None if version.lower().startswith("dev-") else place
    return None if place.startswith(NO_VERSION) and order.startswith("Alpine") else place


PEP_440 = packed((1,))[:1]
NO_VERSION = packed(((-1,),))[:2]


def _of_language(kind: str, ecosystem: str, parts: tuple[str, str], version: str) -> Subject:
    namespace, name = parts
    match kind:
        case "maven":
            name = f"{namespace}:{name}"
        case "npm":
            if namespace:
                name = f"@{namespace.removeprefix('@')}/{name}"
        case _:
            name = f"{namespace}/{name}" if namespace else name
    name = NAMES.get(ecosystem, _exact)(name)
    if kind == "gem":
        version = re.sub(PLATFORM, "", version)
    elif kind == "golang" and name in {"stdlib", "toolchain"}:
        version = version.removeprefix("go")
    return Subject((PackageKey(ecosystem, name),), version, place_of(ecosystem, version))


def _of_distribution(
    kind: str, parts: tuple[str, str], version: str, qualifiers: dict[str, str]
) -> Subject | Unmatchable:
    namespace, name = parts
    ecosystem = distribution(kind, namespace, qualifiers)
    if not ecosystem:
        return Unmatchable(
            f"distribution:{namespace or kind}", "which distribution it belongs to is not known"
        )
    source, judged = sources(kind, name, version, qualifiers)
    epoch = qualifiers.get("epoch", "")
    if epoch and kind == "rpm" and ":" not in judged:
        judged = f"{epoch}:{judged}"
    names = dict.fromkeys((source, name)) if kind == "rpm" else (source,)
    keys = tuple(PackageKey(ecosystem, each) for each in names)
    return Subject(keys, judged, place_of(ecosystem, judged))

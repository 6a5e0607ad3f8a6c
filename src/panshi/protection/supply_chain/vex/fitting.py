"""Whether a statement is about one component: same package, version inside, same system and place.

What cannot be told does not fit: a version without a place in its order, a range nobody can read, a
CPE that names no version. An unversioned purl stands for every version, as its author chose to
write it; it never stands for a fix, which is a version.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from panshi.errors import BadInputError
from panshi.model.supply_chain.vex import VexProduct, VexStatement, VexStatus
from panshi.protection.supply_chain.matching import package_keys
from panshi.protection.supply_chain.purl import PackageUrl, parse
from panshi.protection.supply_chain.vers import Comparator, VersionRange
from panshi.protection.supply_chain.vers import parse as parse_range
from panshi.protection.supply_chain.versions import Order, compare, family

REMEMBERED = 1 << 15
IDLE = frozenset({"checksum", "download_url", "file_name", "vcs_url"})
"Qualifiers that say where a package came from, not which one it is."
USUAL = {("maven", "type"): "jar", ("rpm", "epoch"): "0"}
"What a qualifier means where it is not written."
CPE_FIELDS = 6
"cpe, 2.3, part, vendor, product, version."
ANY = frozenset({"", "*", "-"})


class Container(NamedTuple):
    """A product the component is part of: the subject of its bill of materials."""

    purl: str = ""
    ref: str = ""
    "BOM-Link."
    version: str = ""
    cpe: str = ""


class Asked(NamedTuple):
    """The component asked about."""

    purl: str
    version: str = ""
    "Empty for the purl's own."
    system: str = ""
    refs: frozenset[str] = frozenset()
    "BOM-Links under which documents may name it."
    within: tuple[Container, ...] = ()
    cpe: str = ""


class Fit(StrEnum):
    """How near a statement comes to a component; the last one is about it."""

    OTHER_PACKAGE = "other_package"
    OTHER_PART = "other_part"
    "Of the same product, another component."
    OTHER_SYSTEM = "other_system"
    OTHER_VERSION = "other_version"
    UNTOLD = "version_untold"
    "Whether the version is inside cannot be told."
    APPLIES = "applies"


NEARNESS = {each: place for place, each in enumerate(Fit)}


def fit(statement: VexStatement, asked: Asked) -> Fit:
    """Tell how near a statement comes; it applies where one of its products does."""
    found = Fit.OTHER_PACKAGE
    for product in statement.products:
        here = _product(product, asked, fixes=statement.status is VexStatus.FIXED)
        if here is Fit.APPLIES:
            return here
        found = max(found, here, key=NEARNESS.__getitem__)
    return found


def _product(product: VexProduct, asked: Asked, *, fixes: bool) -> Fit:
    """Compare one product: the component itself or what contains it; parts narrow the latter."""
    if product.subcomponents:
        outer = _around(product, asked)
        if outer is not Fit.APPLIES:
            return outer
        inner = (_same(VexProduct(purl=each), asked, fixes=fixes) for each in product.subcomponents)
        best = max(inner, key=NEARNESS.__getitem__)
        return Fit.OTHER_PART if best is Fit.OTHER_PACKAGE else best
    if product.system and not (product.purl or product.cpe or product.ref):
        return Fit.OTHER_PART
    own = _same(product, asked, fixes=fixes)
    if own is Fit.OTHER_PACKAGE:
        own = _around(product, asked)
    if own is Fit.APPLIES and product.system not in {"", asked.system}:
        return Fit.OTHER_SYSTEM
    return own


def _around(product: VexProduct, asked: Asked) -> Fit:
    """Tell whether a product is one that contains the component."""
    if product.system and not (product.purl or product.cpe or product.ref):
        return Fit.APPLIES if product.system == asked.system else Fit.OTHER_SYSTEM
    found = Fit.OTHER_PACKAGE
    for each in asked.within:
        refs = frozenset({each.ref} if each.ref else ())
        outer = Asked(each.purl, each.version, asked.system, refs, (), each.cpe)
        found = max(found, _same(product, outer, fixes=False), key=NEARNESS.__getitem__)
    return found


def _same(product: VexProduct, asked: Asked, *, fixes: bool) -> Fit:
    """Tell whether a product is this very component."""
    if product.ref and product.ref in asked.refs:
        return (
            _within(product.versions, "", asked, fixes=fixes) if product.versions else Fit.APPLIES
        )
    if product.purl:
        named, here = reading(product.purl), reading(asked.purl)
        if named is None or here is None or not _same_package(named, here):
            return Fit.OTHER_PACKAGE
        return _within(product.versions, named.version, asked, fixes=fixes)
    if product.cpe and asked.cpe:
        return _cpe(product, asked)
    return Fit.OTHER_PACKAGE


def _within(versions: str, exact: str, asked: Asked, *, fixes: bool) -> Fit:
    here = reading(asked.purl)
    version = asked.version or (here.version if here else "")
    if versions:
        span = span_of(versions)
        inside = None if span is None or not version else _inside(span, version, here)
        if inside is None:
            return Fit.UNTOLD
        return Fit.APPLIES if inside else Fit.OTHER_VERSION
    if not exact:
        return Fit.UNTOLD if fixes else Fit.APPLIES
    if not version:
        return Fit.UNTOLD
    kind = here.type if here else ""
    ordered = bool(kind) and family(kind) is not None
    alike = exact == version or (ordered and compare(kind, exact, version) is Order.EQUAL)
    return Fit.APPLIES if alike else Fit.OTHER_VERSION


def _inside(span: VersionRange, version: str, here: PackageUrl | None) -> bool | None:
    """Tell whether a range holds a version; what no order knows is only where it is named."""
    ecosystem = package_keys.TYPES.get(here.type) if here else None
    if ecosystem and not span.everything and not package_keys.place_of(ecosystem, version):
        named = (each.version for each in span.constraints if each.comparator == Comparator.EXACTLY)
        return True if version in named else None
    return span.contains(version)


def _same_package(named: PackageUrl, here: PackageUrl) -> bool:
    """Whether two purls name one package; each qualifier the statement names must be there."""
    if (named.type, spelling(named)) != (here.type, spelling(here)):
        return False
    held = dict(here.qualifiers)
    said = dict(named.qualifiers)
    wanted = {key: value for key, value in said.items() if key not in IDLE}
    if named.version and here.type == "rpm":
        wanted.setdefault("epoch", "0")
    return all(
        held.get(key, USUAL.get((here.type, key), "")) == value for key, value in wanted.items()
    ) and (not named.subpath or named.subpath == here.subpath)


def spelling(purl: PackageUrl) -> str:
    """Give a package's full name in the one spelling its ecosystem takes for equal."""
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    fold = package_keys.NAMES.get(package_keys.TYPES.get(purl.type, ""))
    return fold(name) if fold is not None else name


def _cpe(product: VexProduct, asked: Asked) -> Fit:
    """Match CPEs that both name vendor, product and version; ANY and NA match nothing."""
    said, here = product.cpe.split(":")[:CPE_FIELDS], asked.cpe.split(":")[:CPE_FIELDS]
    if len(said) < CPE_FIELDS or said[:5] != here[:5] or ANY.intersection(said[2:5]):
        return Fit.OTHER_PACKAGE
    if said[5] in ANY or len(here) < CPE_FIELDS or here[5] in ANY:
        return Fit.UNTOLD
    return Fit.APPLIES if said[5] == here[5] else Fit.OTHER_VERSION


@lru_cache(maxsize=REMEMBERED)
def reading(purl: str) -> PackageUrl | None:
    """Read a purl; None for what is none."""
    try:
        return parse(purl) if purl else None
    except BadInputError:
        return None


@lru_cache(maxsize=REMEMBERED)
def span_of(versions: str) -> VersionRange | None:
    """Read a range; None for what is none."""
    try:
        return parse_range(versions)
    except BadInputError:
        return None


def packages(statement: VexStatement) -> Iterable[tuple[str, str]]:
    """Name the packages a statement speaks of, as type and spelling."""
    for product in statement.products:
        for each in product.subcomponents or (product.purl,):
            named = reading(each)
            if named is not None:
                yield named.type, spelling(named)

"""By which names documents call products: purl, CPE, a reference within a document, our systems.

A purl may carry a version or, in its qualifier `vers`, a range (purl-spec, common qualifiers). Our
own exports name a system as `urn:panshi:asset:<id>`.
"""

from __future__ import annotations

from urllib.parse import unquote

from panshi.model.supply_chain.vex import SYSTEM_URN, VexProduct

PURL = "pkg:"
CPE = ("cpe:2.3:", "cpe:/")
ECOSYSTEMS = {
    "pypi": "PyPI",
    "npm": "npm",
    "maven": "Maven",
    "golang": "Go",
    "nuget": "NuGet",
    "cargo": "crates.io",
    "gem": "RubyGems",
    "composer": "Packagist",
    "hex": "Hex",
    "pub": "Pub",
}
"Names OSV has for types of package; distributions need their release and are left to the purl."


def product(name: str, *, versions: str = "", subcomponents: tuple[str, ...] = ()) -> VexProduct:
    """Make a product of whatever name a document gives it."""
    if name.startswith(PURL):
        bare, own = split_range(name)
        return VexProduct(purl=bare, versions=versions or own, subcomponents=subcomponents)
    if name.startswith(CPE):
        return VexProduct(cpe=name, versions=versions, subcomponents=subcomponents)
    if name.startswith(SYSTEM_URN):
        return VexProduct(
            system=unquote(name.removeprefix(SYSTEM_URN)),
            versions=versions,
            subcomponents=subcomponents,
        )
    return VexProduct(ref=name, versions=versions, subcomponents=subcomponents)


def split_range(purl: str) -> tuple[str, str]:
    """Take the qualifier `vers` out of a purl: the purl without it, and the range."""
    path, mark, rest = purl.partition("?")
    query, sharp, subpath = rest.partition("#")
    kept, versions = [], ""
    for pair in filter(None, query.split("&")) if mark else ():
        key, _, value = pair.partition("=")
        if key.lower() == "vers" and not versions:
            versions = unquote(value)
        else:
            kept.append(pair)
    if not versions:
        return purl, ""
    bare = path + ("?" + "&".join(kept) if kept else "") + sharp + subpath
    return bare, versions


def purl_parts(purl: str) -> tuple[str, str, str]:
    """Give type, full name and version of a purl, loosely; judgement reads it strictly."""
    path = purl.partition("?")[0].partition("#")[0].removeprefix(PURL).strip("/")
    kind, _, rest = path.partition("/")
    name, at, version = rest.rpartition("@")
    if not at or "/" in version:
        name, version = rest, ""
    return kind.lower(), unquote(name), unquote(version)

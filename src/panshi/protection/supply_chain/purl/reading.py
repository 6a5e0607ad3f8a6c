"""Reading a package URL as it stands in a document."""

from __future__ import annotations

from urllib.parse import unquote

from panshi.protection.supply_chain.purl.package_url import LONGEST, PackageUrl, bad
from panshi.protection.supply_chain.purl.types import rule

SCHEME = "pkg:"


def parse(text: str) -> PackageUrl:
    """Read a purl, canonical or not."""
    if len(text) > LONGEST:
        raise bad(f"longer than {LONGEST:,} characters")
    if text[: len(SCHEME)].lower() != SCHEME:
        raise bad(f"{text[:80]!r} does not begin with {SCHEME}")
    rest, _, subpath = text[len(SCHEME) :].partition("#")
    rest, _, query = rest.partition("?")
    kind, slash, rest = rest.strip("/").partition("/")
    if not slash:
        raise bad(f"{text[:80]!r} has no name")
    path, version = _version(rest)
    if version is None:
        path = path.rstrip("/")
    if rule(kind.lower()).open_name:
        namespace, _, name = path.partition("/")
    else:
        namespace, _, name = path.rpartition("/")
    return PackageUrl.build(
        type=kind,
        namespace="/".join(map(_decoded, filter(None, namespace.split("/")))),
        name=_decoded(name),
        version=_decoded(version or ""),
        qualifiers=_qualifiers(query),
        subpath="/".join(map(_decoded, subpath.split("/"))),
    )


def _version(rest: str) -> tuple[str, str | None]:
    """Cut at the last `@`, unless that opens a scope such as `@angular/core`."""
    path, sign, version = rest.rpartition("@")
    if not sign or ("/" in version and (not path or path.endswith("/"))):
        return rest, None
    return path, version


def _qualifiers(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        if key in found:
            raise bad(f"qualifier {key!r} stands twice")
        found[key] = _decoded(value)
    return found


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise bad(f"{text[:80]!r} is no UTF-8") from None

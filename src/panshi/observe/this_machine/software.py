"""The software of this machine as components of a bill of materials: Debian packages, Python.

Only metadata is read (dpkg's status file, deb822(5); core metadata of Python distributions). A
package depends on the first alternative that is installed; requirements of extras are left out.
dpkg does not record licences in a form that can be told, so Debian packages carry none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from panshi.model.supply_chain.bom import BomComponent
from panshi.observe.this_machine.environments import Environment, distributions
from panshi.observe.this_machine.machine import Machine

_STATUS = "/var/lib/dpkg/status"
_STATUS_PARTS = "/var/lib/dpkg/status.d"
_SOURCE = re.compile(r"(?P<name>\S+)(?: \((?P<version>[^)]+)\))?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_MAIL = re.compile(r"\s*<[^<>]*>\s*$")
_CLASSIFIED = re.compile(r"^Classifier: License :: (?:OSI Approved :: )?(.+)$", re.MULTILINE)
_LICENCE_MOST = 100

type Edges = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """Components of one kind and what each depends on."""

    components: tuple[BomComponent, ...]
    dependencies: Edges


def debian_software(machine: Machine) -> Software:
    """Give the installed Debian packages; none where there is no dpkg."""
    distribution = _distribution(machine)
    stanzas = sorted(_stanzas(machine), key=lambda each: (each["Package"], each["Architecture"]))
    parts: list[BomComponent] = []
    by_name: dict[str, str] = {}
    for each in stanzas:
        part = _debian(each, distribution)
        parts.append(part)
        by_name.setdefault(each["Package"], part.ref)
    for each, part in zip(stanzas, parts, strict=True):
        for provided in _names(each.get("Provides", "")):
            by_name.setdefault(provided[0], part.ref)
    edges = tuple(
        (part.ref, _installed(each, by_name)) for each, part in zip(stanzas, parts, strict=True)
    )
    return Software(components=tuple(parts), dependencies=edges)


def _stanzas(machine: Machine) -> Iterator[dict[str, str]]:
    texts = [machine.text(_STATUS)] if machine.has(_STATUS) else []
    texts += [
        machine.text(f"{_STATUS_PARTS}/{name}")
        for name in machine.names(_STATUS_PARTS)
        if not name.endswith(".md5sums")
    ]
    for text in texts:
        for stanza in re.split(r"\n\s*\n", text):
            fields = headers_of(stanza)
            status = fields.get("Status", "install ok installed").split()
            if "Package" in fields and status[-1:] == ["installed"]:
                yield {"Architecture": "", **fields}


def headers_of(text: str) -> dict[str, str]:
    """Read `Name: value` lines; lines that continue one are joined to it by a blank."""
    made: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line[:1] in {" ", "\t"}:
            if name:
                made[name] = f"{made[name]} {line.strip()}"
            continue
        name, found, value = line.partition(":")
        if found:
            made[name] = value.strip()
    return made


def _distribution(machine: Machine) -> tuple[str, str]:
    text = machine.text_or_none("/etc/os-release") or machine.text_or_none("/usr/lib/os-release")
    fields = {
        name: value.strip().strip("'\"")
        for name, found, value in (line.partition("=") for line in (text or "").splitlines())
        if found
    }
    name, version = fields.get("ID", "debian"), fields.get("VERSION_ID", "")
    return name, f"{name}-{version}" if version else fields.get("VERSION_CODENAME", "")


def _debian(fields: Mapping[str, str], distribution: tuple[str, str]) -> BomComponent:
    name, version = fields["Package"], fields.get("Version", "")
    source = _SOURCE.match(fields.get("Source", ""))
    upstream = ""
    if source is not None:
        said = source["version"]
        upstream = f"{source['name']}@{said}" if said else source["name"]
    qualifiers = {
        "arch": fields["Architecture"],
        "distro": distribution[1],
        "upstream": upstream if upstream != name else "",
    }
    purl = package_url("deb", name, version, distribution[0], qualifiers)
    return BomComponent(
        name=name,
        version=version,
        purl=purl,
        ref=purl,
        type="library",
        supplier=_MAIL.sub("", fields.get("Maintainer", "")),
        scope="required" if fields.get("Essential") == "yes" else "",
    )


def _installed(fields: Mapping[str, str], by_name: Mapping[str, str]) -> tuple[str, ...]:
    wanted = ", ".join(filter(None, (fields.get("Pre-Depends", ""), fields.get("Depends", ""))))
    found = (
        next((by_name[each] for each in alternatives if each in by_name), "")
        for alternatives in _names(wanted)
    )
    return tuple(sorted({each for each in found if each}))


def _names(relations: str) -> Iterator[list[str]]:
    """Give the alternatives of each relation of `a (>= 1) | b:any, c`."""
    for relation in relations.split(","):
        names = [_NAME.match(each.strip()) for each in relation.split("|")]
        if found := [name[0] for name in names if name is not None]:
            yield found


def python_software(machine: Machine, environment: Environment) -> Software:
    """Give the distributions of one Python environment."""
    told = [headers for _, headers in distributions(machine, environment) if headers]
    parts: dict[str, BomComponent] = {}
    wants: dict[str, set[str]] = {}
    for text in told:
        part = _python(text, environment)
        if part is not None:
            key = _normal(part.name)
            parts.setdefault(key, part)
            wants.setdefault(key, set(_required(text)))
    ordered = sorted(parts)
    return Software(
        components=tuple(parts[key] for key in ordered),
        dependencies=tuple(
            (
                parts[key].ref,
                tuple(parts[each].ref for each in sorted(wants[key]) if each in parts),
            )
            for key in ordered
        ),
    )


def _python(text: str, environment: Environment) -> BomComponent | None:
    fields = headers_of(text)
    name, version = fields.get("Name", ""), fields.get("Version", "")
    if not name:
        return None
    purl = package_url("pypi", _normal(name), version)
    by = fields.get("Author") or fields.get("Maintainer") or fields.get("Author-email", "")
    return BomComponent(
        name=name,
        version=version,
        purl=purl,
        ref=f"{environment.path}#{purl}",  # the same distribution may be in several environments
        type="library",
        supplier=_MAIL.sub("", by).strip('"'),
        licence=_licence(fields, text),
    )


def _licence(fields: Mapping[str, str], text: str) -> str:
    said = fields.get("License-Expression") or fields.get("License", "")
    if said and len(said) <= _LICENCE_MOST and said.upper() != "UNKNOWN":
        return said
    classified = _CLASSIFIED.findall(text)
    return ", ".join(each.rpartition(" :: ")[2].strip() for each in classified)


def _required(text: str) -> Iterator[str]:
    for line in re.findall(r"^Requires-Dist:\s*(.+)$", text, re.MULTILINE):
        requirement, _, marker = line.partition(";")
        name = _NAME.match(requirement.strip())
        if name is not None and "extra" not in marker:
            yield _normal(name[0])


def _normal(name: str) -> str:
    """Bring a name into the form PEP 503 prescribes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def package_url(
    kind: str,
    name: str,
    version: str,
    namespace: str = "",
    qualifiers: Mapping[str, str] | None = None,
) -> str:
    """Write a package URL (ECMA-427)."""
    place = "/".join(quote(each, safe="") for each in (namespace, name) if each)
    said = _joined((qualifiers or {}).items())
    return (
        f"pkg:{kind}/{place}"
        + (f"@{quote(version, safe=':')}" if version else "")
        + (f"?{said}" if said else "")
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{key}={quote(value, safe=':')}" for key, value in sorted(pairs) if value)

"""A bill of materials of this machine: its Debian packages and its Python environments.

The same machine at the same moment gives the same bytes: components are ordered, the serial number
comes from the content, and the time is an argument.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from panshi import __version__
from panshi.errors import UsageError
from panshi.model.supply_chain.bom import BomComponent, BomHead
from panshi.observe.bom.writing import Form, write
from panshi.observe.this_machine.environments import Environment, environment_at, environments
from panshi.observe.this_machine.machine import Machine
from panshi.observe.this_machine.software import Edges, debian_software, python_software


class What(StrEnum):
    """Which software is listed."""

    ALL = "all"
    DEBIAN = "debian"
    PYTHON = "python"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBill:
    """The bill of this machine."""

    head: BomHead
    components: tuple[BomComponent, ...]
    broken: tuple[str, ...]
    "Environments that could not be read, with the reason."

    def written(self, form: Form) -> bytes:
        """Give it as a document."""
        return write(form, self.head, self.components)


def own_bill(
    machine: Machine, *, created: datetime, what: What = What.ALL, environment: str = ""
) -> OwnBill:
    """List the software of the machine, or of the one environment named by its path."""
    found, edges, broken = _software(machine, what, environment)
    name = environment or machine.hostname
    subject = BomComponent(name=name, type="application" if environment else "platform", ref="root")
    tops = tuple(each.ref for each in found if each.type == "application")
    used = {each for _, on in edges for each in on}
    tops += tuple(each.ref for each in found if each.ref not in used and each.ref not in tops)
    dependencies = ((subject.ref, tops), *edges)
    content = repr((subject, found, dependencies)).encode()
    head = BomHead(
        format="CycloneDX",
        spec_version="1.6",
        serial=uuid.UUID(bytes=hashlib.sha256(content).digest()[:16], version=4).urn,
        created=created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        tools=(f"panshi {__version__}",),
        subject=subject,
        dependencies=dependencies,
        components=len(found),
    )
    return OwnBill(head=head, components=found, broken=broken)


def _environments(machine: Machine, what: What, environment: str) -> tuple[Environment, ...]:
    """Give those asked for: the one named, wherever it lies, or every one there is."""
    if not environment:
        return environments(machine) if what is not What.DEBIAN else ()
    found = environment_at(machine, environment)
    return (found,) if found else ()


def _software(
    machine: Machine, what: What, environment: str
) -> tuple[tuple[BomComponent, ...], Edges, tuple[str, ...]]:
    components: list[BomComponent] = []
    edges: list[tuple[str, tuple[str, ...]]] = []
    broken: list[str] = []
    if what is not What.PYTHON and not environment:
        debian = debian_software(machine)
        components += debian.components
        edges += debian.dependencies
    for each in _environments(machine, what, environment):
        try:
            held = python_software(machine, each)
        except OSError as error:
            broken.append(f"{each.packages}: {error.strerror}")
            continue
        if environment:
            components += held.components
        elif held.components:
            used = {ref for _, on in held.dependencies for ref in on}
            owner = BomComponent(
                name=each.path, version=each.python, type="application", ref=f"python:{each.path}"
            )
            components += [owner, *held.components]
            tops = tuple(part.ref for part in held.components if part.ref not in used)
            edges.append((owner.ref, tops))
        edges += held.dependencies
    if environment and not components and not broken:
        known = ", ".join(each.path for each in environments(machine)[:10])
        raise UsageError(f"no Python environment at {environment}", remedy=f"one of {known}")
    return tuple(components), tuple(edges), tuple(broken)

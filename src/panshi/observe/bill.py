"""A bill of materials as evidence: counts of all components, the components up to a cap.

`observe/bom` reads the document; here it becomes one `sbom.document/1`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from panshi.errors import UsageError
from panshi.model.bodies.software import Component, SbomDocument
from panshi.model.observation import Observation, Outcome
from panshi.model.supply_chain.bom import BomComponent, BomHead, Defect
from panshi.observe.bom import BomStream, open_bom
from panshi.observe.bom.pieces import purl_defect
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.files import path_of
from panshi.observe.reading.limits import DEFAULT
from panshi.observe.reading.texts import TEXT_LIMIT, clean, observed

COMPONENTS_KEPT = 20_000
"Components a body lists; the counts and shares speak of all."
UNVERSIONED_TYPES = frozenset({"file", "data", "cryptographic-asset"})
"Types of component that carry no version by nature; the shares leave them out."


@dataclass(slots=True)
class _Counts:
    """What is known of the components so far."""

    all: int = 0
    software: int = 0
    "Components that should have a version."
    versioned: int = 0
    identified: int = 0
    kept: list[Component] = field(default_factory=list)

    def add(self, part: BomComponent) -> None:
        """Count one component."""
        purl = "" if part.purl and purl_defect(part.purl) else part.purl
        self.all += 1
        if part.type not in UNVERSIONED_TYPES:
            self.software += 1
            self.versioned += bool(part.version)
            self.identified += bool(purl or part.cpe or part.swid)
        if len(self.kept) < COMPONENTS_KEPT:
            self.kept.append(
                Component(
                    name=clean(part.name),
                    version=clean(part.version, 200),
                    purl=clean(purl, 2_048),
                    supplier=clean(part.supplier, 200),
                    licence=clean(part.licence, 200),
                )
            )


def read_bill(look: Look, only: str) -> Observation:
    """Read the document of a look; its defects are told as warnings."""
    path = path_of(look)
    warnings = Warnings(look)
    stream = open_bom(path, limit=DEFAULT, only=only)
    counts = _Counts()
    for part in stream:
        counts.add(part)
    head = stream.head
    for defect in stream.defects:
        warnings.tell(placed(str(path), defect), defect.problem)
    subject = look.subject or _system(head.subject.name if head.subject else "")
    if not subject:
        raise UsageError(
            "the document does not say which software it describes",
            place=str(path),
            remedy="name the asset, for example --subject system:core",
        )
    warnings.close()
    return _observation(look, subject, head, counts, stream)


def placed(name: str, defect: Defect) -> str:
    """Give the place of a defect with the document's name."""
    if defect.place.startswith("line "):
        return f"{name}:{defect.place.removeprefix('line ')}"
    return f"{name}: {defect.place}" if defect.place else name


def _observation(
    look: Look, subject: str, head: BomHead, counts: _Counts, stream: BomStream
) -> Observation:
    moment = observed(head.created, look, f"{look.path}: created")
    tool = clean(", ".join(head.tools), 200)
    collector = tool or f"{head.format} {head.spec_version}"
    if head.instead and not head.lists_components:
        return Observation(
            kind="sbom.document/1",
            subject=subject,
            observed_at=moment,
            collector=collector,
            outcome=Outcome.FAILED,
            reason=f"the document lists no components, only {head.instead}",
        )
    return Observation(
        kind="sbom.document/1",
        subject=subject,
        observed_at=moment,
        collector=collector,
        body=SbomDocument(
            format=head.format,
            spec_version=head.spec_version,
            serial=clean(head.serial),
            component_count=counts.all,
            versioned_share=_share(counts.versioned, counts.software),
            identified_share=_share(counts.identified, counts.software),
            created=moment.date() if head.created else None,
            tool=tool,
            subject_name=clean(head.subject.name) if head.subject else "",
            subject_version=clean(head.subject.version, 200) if head.subject else "",
            supplier=clean(head.supplier, 200),
            components=tuple(counts.kept),
            skipped=stream.unreadable,
        ),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _system(name: str) -> str:
    cleaned = "-".join(clean(name, TEXT_LIMIT).split())
    return f"system:{cleaned}" if cleaned else ""

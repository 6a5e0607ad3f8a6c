"""A software bill of materials while it is being read: counts of all, components up to a cap.

CycloneDX and SPDX say the same things in different words; both end here as `sbom.document/1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from panshi.errors import UsageError
from panshi.model.bodies.software import Component, SbomDocument
from panshi.model.observation import Observation, Outcome
from panshi.observe.port import Look
from panshi.observe.reading.complaints import Warnings
from panshi.observe.reading.texts import TEXT_LIMIT, clean, observed

COMPONENTS_KEPT = 20_000
"Components a body lists; the counts and shares speak of all."
PURL_LIMIT = 2_048
UNVERSIONED_TYPES = frozenset({"file", "data", "cryptographic-asset"})
"Types of component that carry no version by nature; the shares leave them out."

type Values = Mapping[str, object]


@dataclass(slots=True)
class Bill:
    """What is known of the document so far."""

    look: Look
    format: str
    warnings: Warnings = field(init=False)
    spec_version: str = ""
    serial: str = ""
    created: str = ""
    created_place: str = ""
    tools: list[str] = field(default_factory=list)
    subject_name: str = ""
    subject_version: str = ""
    supplier: str = ""
    count: int = 0
    software: int = 0
    "Components that should have a version."
    versioned: int = 0
    identified: int = 0
    skipped: int = 0
    components: list[Component] = field(default_factory=list)
    lists_parts: bool = False
    "Whether the document has a place for components at all."
    instead: str = ""
    "What it carries otherwise, for example `vulnerabilities`."

    def __post_init__(self) -> None:
        """Warn through the look."""
        self.warnings = Warnings(self.look)

    def add(self, values: Values, place: str) -> None:
        """Take one component: name, version, purl, supplier, licence, type, identified."""
        name = clean(values.get("name"))
        if not name:
            self.skip(place, "a component without a name")
            return
        version, purl = clean(values.get("version"), 200), self._purl(values.get("purl"), place)
        self.count += 1
        if values.get("type") not in UNVERSIONED_TYPES:
            self.software += 1
            self.versioned += bool(version)
            self.identified += bool(purl or values.get("identified"))
        if len(self.components) < COMPONENTS_KEPT:
            self.components.append(
                Component(
                    name=name,
                    version=version,
                    purl=purl,
                    supplier=clean(values.get("supplier"), 200),
                    licence=clean(values.get("licence"), 200),
                )
            )

    def skip(self, place: str, problem: str) -> None:
        """Leave out one component that cannot be read, and say so."""
        self.skipped += 1
        self.warnings.tell(place, f"{problem}; it is left out")

    def observation(self) -> Observation:
        """Give the observation, once the whole document has been read."""
        subject = self.look.subject or _system(self.subject_name)
        if not subject:
            raise UsageError(
                "the document does not say which software it describes",
                place=str(self.look.path),
                remedy="name the asset, for example --subject system:core",
            )
        self.warnings.close()
        moment = observed(self.created, self.look, self.created_place or str(self.look.path))
        tool = clean(", ".join(self.tools), 200)
        collector = tool or f"{self.format} {self.spec_version}"
        if self.instead and not self.lists_parts:
            return Observation(
                kind="sbom.document/1",
                subject=subject,
                observed_at=moment,
                collector=collector,
                outcome=Outcome.FAILED,
                reason=f"the document lists no components, only {self.instead}",
            )
        return Observation(
            kind="sbom.document/1",
            subject=subject,
            observed_at=moment,
            collector=collector,
            body=SbomDocument(
                format=self.format,
                spec_version=self.spec_version,
                serial=clean(self.serial),
                component_count=self.count,
                versioned_share=_share(self.versioned, self.software),
                identified_share=_share(self.identified, self.software),
                created=moment.date() if self.created else None,
                tool=tool,
                subject_name=clean(self.subject_name),
                subject_version=clean(self.subject_version, 200),
                supplier=clean(self.supplier, 200),
                components=tuple(self.components),
                skipped=self.skipped,
            ),
        )

    def _purl(self, value: object, place: str) -> str:
        """Give the package URL; one that is none identifies nothing."""
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or not value.startswith("pkg:") or len(value) > PURL_LIMIT:
            self.warnings.tell(place, f"{clean(str(value), 80)!r} is not a package URL")
            return ""
        return clean(value, PURL_LIMIT)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _system(name: str) -> str:
    cleaned = "-".join(clean(name, TEXT_LIMIT).split())
    return f"system:{cleaned}" if cleaned else ""

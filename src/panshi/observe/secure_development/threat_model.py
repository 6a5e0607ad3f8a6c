"""Threat models: Open Threat Model 0.1 and 0.2 (JSON, YAML) and the JSON of pytm.

Counted are threats at places: a threat of OTM is attached to components and data flows, each time
with a state and mitigations; a finding of pytm names its target. A threat is treated where its
state says so or a mitigation is in place; nothing else is taken for treatment. The texts of a model
describe weaknesses and are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from panshi.errors import BadInputError
from panshi.model.bodies.secure_development import THREAT_MODEL, ThreatModel
from panshi.model.observation import Observation
from panshi.observe.port import Look
from panshi.observe.reading.files import path_of
from panshi.observe.reading.members import listed, member, table, text, whole
from panshi.observe.reading.records import Record
from panshi.observe.reading.texts import observed
from panshi.observe.secure_development.documents import json_or_yaml
from panshi.observe.secure_development.releases import facet_of, release_of, subject_of

_TREATED = frozenset({"mitigated", "fixed", "accepted", "accept", "transferred", "not-applicable"})
_IN_PLACE = frozenset({"implemented", "completed", "mitigated", "accepted"})
_PLANNED = frozenset({"required", "recommended", "in-progress", "planned", "in_progress"})
_GRAVE_WORDS = frozenset({"high", "very high", "critical"})
_GRAVE_RISK = 70
"Of 100: likelihood and impact of OTM both at least this."
_PYTM = frozenset({"actors", "assets", "boundaries", "flows"})


@dataclass(slots=True)
class _Counts:
    """Threats at places so far."""

    treated: int = 0
    planned: int = 0
    untreated: int = 0
    grave: int = 0

    def take(self, *, treated: bool, planned: bool, grave: bool) -> None:
        """Count one threat at one place."""
        self.treated += treated
        self.planned += planned and not treated
        self.untreated += not treated and not planned
        self.grave += grave and not treated

    @property
    def threats(self) -> int:
        """How many there were."""
        return self.treated + self.planned + self.untreated

    @property
    def share(self) -> float:
        """Treated by all."""
        return round(self.treated / self.threats, 4) if self.threats else 1.0


class ThreatModels:
    """Reads threat models."""

    name = "threat-model"
    title_zh = "威脅模型（OTM、pytm）"
    title_en = "Threat model (OTM, pytm)"
    needs_path = True
    kinds = (THREAT_MODEL,)
    suffixes = (".otm", ".otm.json", ".otm.yaml", ".otm.yml", ".pytm.json")

    def observe(self, look: Look) -> Iterator[Observation]:
        """Yield one observation per model."""
        subject, release = subject_of(look), release_of(look)
        path = path_of(look)
        document = json_or_yaml(path)
        if "otmVersion" in document:
            body = _otm(document, str(path), release)
        elif set(document) >= _PYTM:
            body = _pytm(document, release)
        else:
            raise BadInputError(
                "is neither an Open Threat Model nor the JSON of pytm",
                place=str(path),
                remedy="export it as OTM, or with `tm.py --json`",
            )
        told = text(document, "project", "attributes", "modelledOn", limit=40)
        yield Observation(
            kind=THREAT_MODEL,
            subject=subject,
            facet=facet_of(release, body.name),
            observed_at=observed(told, look, str(path)),
            collector=f"{body.format} {body.spec_version}".strip(),
            body=body,
        )


OBSERVER = ThreatModels()


def _otm(document: Record, place: str, release: str) -> ThreatModel:
    name = text(document, "project", "name", limit=200)
    if not name:
        raise BadInputError("the model names no project", place=f"{place}: /project/name")
    risks = {text(each, "id"): _grave(each) for each in listed(document, "threats")}
    counts = _Counts()
    places = [*listed(document, "components"), *listed(document, "dataflows")]
    for each in places:
        for threat in listed(each, "threats"):
            _take_otm(threat, risks, counts)
    return ThreatModel(
        format="OTM",
        spec_version=text(document, "otmVersion", limit=20),
        name=name,
        components=len(listed(document, "components")),
        trust_zones=len(listed(document, "trustZones")),
        data_flows=len(listed(document, "dataflows")),
        assets=len(listed(document, "assets")),
        threats=counts.threats,
        treated=counts.treated,
        planned=counts.planned,
        untreated=counts.untreated,
        high_untreated=counts.grave,
        mitigations=len(listed(document, "mitigations")),
        treated_share=counts.share,
        release=release,
    )


def _take_otm(threat: object, risks: Mapping[str, bool], counts: _Counts) -> None:
    states = {text(each, "state", limit=40).lower() for each in listed(threat, "mitigations")}
    own = text(threat, "state", limit=40).lower()
    counts.take(
        treated=own in _TREATED or (bool(states) and states <= _IN_PLACE),
        planned=bool(states & (_PLANNED | _IN_PLACE)),
        grave=risks.get(text(threat, "threat"), False),
    )


def _grave(threat: object) -> bool:
    likelihood, impact = whole(threat, "risk", "likelihood"), whole(threat, "risk", "impact")
    return likelihood >= _GRAVE_RISK and impact >= _GRAVE_RISK


def _pytm(document: Record, release: str) -> ThreatModel:
    counts = _Counts()
    findings = listed(document, "findings")
    if not findings:
        places = [*listed(document, "assets"), *listed(document, "flows")]
        findings = [found for each in places for found in listed(each, "findings")]
    for each in findings:
        response = text(each, "response", limit=200).lower()
        settled = response.startswith(("mitigat", "accept", "transfer", "avoid", "to do: none"))
        severity = member(each, "severity")
        counts.take(
            treated=settled,
            planned=bool(response) and not settled,
            grave=isinstance(severity, str) and severity.strip().lower() in _GRAVE_WORDS,
        )
    return ThreatModel(
        format="pytm",
        spec_version=text(table(document), "version", limit=20),
        name=text(document, "name", limit=200) or "pytm",
        components=len(listed(document, "actors")) + len(listed(document, "assets")),
        trust_zones=len(listed(document, "boundaries")),
        data_flows=len(listed(document, "flows")),
        assets=len(listed(document, "data")),
        threats=counts.threats,
        treated=counts.treated,
        planned=counts.planned,
        untreated=counts.untreated,
        high_untreated=counts.grave,
        treated_share=counts.share,
        release=release,
    )

"""Content files to frameworks, crosswalks and parameters: bytes in, nouns out, no file opened.

A framework file (keys marked * are required; every text is a pair `{zh: …, en: …}`):

    framework*: zt36                    id, first half of every control key
    version*: "2024-07-15"              edition of the document
    title*: {zh: …, en: …}
    document*: {zh: …, en: …}           the document the controls come from
    staged: true                        controls carry stages 1 to 4
    notes: [{zh: …, en: …}]             about the source as a whole
    groups*:                            pillars, axes, chapters, articles; parents first
      - {id*: identity, zh*: 身分, en*: Identity, parent: …}
    controls*:
      - id*: 1-1
        group*: identity
        title*: {zh: …, en: …}
        gist*: {zh: …, en: …}           one or two sentences in our own words
        strength: 應                    應, 不得, 宜, 得 or 無 (the default)
        stage: 1
        machine: auto                   auto, semi, manual or none (the default)
        parent: …                       the control this one is an item of
        inferred: true                  the id or split is ours, not the source's
        cloud: [IaaS, PaaS, SaaS]       left out: the source does not say
        applies: {zh: …, en: …}         to whom or what, where not to all
        notes: {zh: …, en: …}           inconsistencies, and the reading chosen
        reference: …                    left out: `<framework> <id>`

and how the control is judged today, in at most one of three ways:

        population: {kind*: account, where: PREDICATE, inventories: […],
                     related: {relation*: runs_on, outgoing: true, kind: host, where: PREDICATE}}
        check: {observation*: account.authenticators/1, passes*: PREDICATE, about: PREDICATE,
                across: every, fresh_days: 90, target_permille: 950, absent_passes: false}
        contradicted_by: [{observation*: detection.replay/1, when: PREDICATE}]

        attesting: {evidence*: [policy_doc], valid_days: 365, countersigned: false}

        made_of: [zt36/1-1, emerging/8.1(1)]

Every control with a check is also contradicted by an incident that names its key; the loader adds
that. A crosswalk file holds `mappings*`, each `{source*, target*, relation*, rationale*, note,
confirmed}`; a parameter file holds `parameters*`, each `{name*, title*, default*, minimum*,
maximum*, why*}`. Predicates are described in `panshi.governance.frameworks.conditions`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from panshi.errors import ContentError
from panshi.governance.frameworks.conditions import predicate
from panshi.governance.frameworks.reading import Part, parsed
from panshi.model.asset import AssetKind, RelationKind
from panshi.model.control import (
    Across,
    Attesting,
    Check,
    Contradiction,
    Control,
    Framework,
    Group,
    MachineClass,
    Mapping,
    MappingRelation,
    Neighbour,
    Population,
    Strength,
)
from panshi.model.parameter import ParameterSpec
from panshi.model.predicate import Comparison, Condition, Predicate

INCIDENT = "incident.finding/1"
"The kind of observation by which an incident contradicts the controls it names."

_CONTROL_KEYS = (
    "strength stage machine parent inferred cloud applies notes reference "
    "population check contradicted_by attesting made_of"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located[Content]:
    """Loaded content that still knows its file and lines, for the linter."""

    content: Content
    source: str
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    "(id, key) → line; key empty: where the entry begins."

    def place(self, entry: str = "", key: str = "") -> str:
        """`file:line` of an entry or of one of its keys, as near as is known."""
        line = self.lines.get((entry, key), self.lines.get((entry, ""), 1))
        return f"{self.source}:{line}"


def load_framework(raw: bytes, *, source: str) -> Framework:
    """Read one framework file; `source` names it in messages."""
    return locate_framework(raw, source=source).content


def load_mappings(raw: bytes, *, source: str) -> tuple[Mapping, ...]:
    """Read one crosswalk file."""
    return locate_mappings(raw, source=source).content


def load_parameters(raw: bytes, *, source: str) -> tuple[ParameterSpec, ...]:
    """Read the governed parameters with their limits."""
    found = parsed(raw, source=source).keys(required="parameters")
    return tuple(_parameter(part) for part in found["parameters"].items())


def locate_framework(raw: bytes, *, source: str) -> Located[Framework]:
    """Read one framework file and keep its line numbers."""
    found = parsed(raw, source=source).keys(
        required="framework version title document groups controls", optional="staged notes"
    )
    framework = found["framework"].text()
    lines: dict[tuple[str, str], int] = {}
    title_zh, title_en = _pair(found["title"])
    document_zh, document_en = _pair(found["document"])
    notes = [_pair(note) for note in found["notes"].items()] if "notes" in found else []
    groups = tuple(_group(part, lines) for part in found["groups"].items())
    controls = tuple(_control(part, framework, lines) for part in found["controls"].items())
    return Located(
        content=Framework(
            id=framework,
            title_zh=title_zh,
            title_en=title_en,
            document_zh=document_zh,
            document_en=document_en,
            version=found["version"].text(),
            staged="staged" in found and found["staged"].flag(),
            groups=groups,
            controls=controls,
            notes_zh=tuple(zh for zh, _ in notes),
            notes_en=tuple(en for _, en in notes),
        ),
        source=source,
        lines=lines,
    )


def locate_mappings(raw: bytes, *, source: str) -> Located[tuple[Mapping, ...]]:
    """Read one crosswalk file and keep its line numbers, under `source target`."""
    found = parsed(raw, source=source).keys(required="mappings")
    lines: dict[tuple[str, str], int] = {}
    mappings = []
    for part in found["mappings"].items():
        mapping = _mapping(part)
        lines.setdefault((f"{mapping.source} {mapping.target}", ""), part.line)
        mappings.append(mapping)
    return Located(content=tuple(mappings), source=source, lines=lines)


def _pair(part: Part | None) -> tuple[str, str]:
    """Read a text in both languages; nothing where the key is left out."""
    if part is None:
        return "", ""
    found = part.keys(required="zh en")
    return found["zh"].text(), found["en"].text()


def _group(part: Part, lines: dict[tuple[str, str], int]) -> Group:
    found = part.keys(required="id zh en", optional="parent")
    group = Group(
        id=found["id"].text(),
        title_zh=found["zh"].text(),
        title_en=found["en"].text(),
        parent=found["parent"].text() if "parent" in found else "",
    )
    lines.setdefault((f"group {group.id}", ""), part.line)
    return group


def _control(part: Part, framework: str, lines: dict[tuple[str, str], int]) -> Control:
    found = part.keys(required="id group title gist", optional=_CONTROL_KEYS)
    control_id = found["id"].text()
    if (control_id, "") in lines:
        raise part.refuse(f"control {control_id} occurs twice", "give each control its own id")
    lines[control_id, ""] = part.line
    lines.update({(control_id, key): value.line for key, value in found.items()})
    title_zh, title_en = _pair(found["title"])
    gist_zh, gist_en = _pair(found["gist"])
    applies_zh, applies_en = _pair(found.get("applies"))
    notes_zh, notes_en = _pair(found.get("notes"))
    try:
        return Control(
            id=control_id,
            framework=framework,
            reference=_text(found, "reference") or f"{framework} {control_id}",
            title_zh=title_zh,
            title_en=title_en,
            gist_zh=gist_zh,
            gist_en=gist_en,
            group=found["group"].text(),
            strength=found["strength"].word(Strength) if "strength" in found else Strength.NONE,
            stage=found["stage"].whole() if "stage" in found else 0,
            machine=(
                found["machine"].word(MachineClass) if "machine" in found else MachineClass.NONE
            ),
            population=_population(found["population"]) if "population" in found else None,
            check=_check(found["check"]) if "check" in found else None,
            attesting=_attesting(found["attesting"]) if "attesting" in found else None,
            made_of=found["made_of"].texts() if "made_of" in found else (),
            contradicted_by=_contradictions(found, f"{framework}/{control_id}"),
            applies_zh=applies_zh,
            applies_en=applies_en,
            notes_zh=notes_zh,
            notes_en=notes_en,
            inferred="inferred" in found and found["inferred"].flag(),
            parent=_text(found, "parent"),
            cloud=found["cloud"].texts() if "cloud" in found else None,
        )
    except ContentError as error:
        if error.place:
            raise
        raise part.refuse(error.problem, error.remedy) from error


def _text(found: dict[str, Part], key: str) -> str:
    return found[key].text() if key in found else ""


def _predicate(found: dict[str, Part], key: str) -> Predicate | None:
    return predicate(found[key]) if key in found else None


def _population(part: Part) -> Population:
    found = part.keys(required="kind", optional="where related inventories")
    return Population(
        kind=found["kind"].word(AssetKind),
        where=_predicate(found, "where"),
        related=_neighbour(found["related"]) if "related" in found else None,
        inventories=found["inventories"].texts() if "inventories" in found else (),
    )


def _neighbour(part: Part) -> Neighbour:
    found = part.keys(required="relation", optional="outgoing kind where")
    return Neighbour(
        relation=found["relation"].word(RelationKind),
        outgoing=found["outgoing"].flag() if "outgoing" in found else True,
        kind=found["kind"].word(AssetKind) if "kind" in found else None,
        where=_predicate(found, "where"),
    )


def _check(part: Part) -> Check:
    found = part.keys(
        required="observation passes",
        optional="about across fresh_days target_permille absent_passes",
    )
    return Check(
        observation=found["observation"].text(),
        passes=predicate(found["passes"]),
        about=_predicate(found, "about"),
        across=found["across"].word(Across) if "across" in found else Across.EVERY,
        fresh_days=found["fresh_days"].whole(low=1) if "fresh_days" in found else 90,
        target_permille=(
            found["target_permille"].whole(low=1, high=1000) if "target_permille" in found else 950
        ),
        absent_passes="absent_passes" in found and found["absent_passes"].flag(),
    )


def _attesting(part: Part) -> Attesting:
    found = part.keys(required="evidence", optional="valid_days countersigned")
    return Attesting(
        evidence=found["evidence"].texts(),
        valid_days=found["valid_days"].whole(low=1) if "valid_days" in found else 365,
        countersigned="countersigned" in found and found["countersigned"].flag(),
    )


def _contradictions(found: dict[str, Part], key: str) -> tuple[Contradiction, ...]:
    """Read the tests that can contradict, and add incidents that name the control."""
    written = []
    for part in found["contradicted_by"].items() if "contradicted_by" in found else ():
        inner = part.keys(required="observation", optional="when")
        written.append(
            Contradiction(observation=inner["observation"].text(), when=_predicate(inner, "when"))
        )
    if "check" not in found:
        if written:
            raise found["contradicted_by"].refuse(
                "only a control with a check can be contradicted", "remove it or add a check"
            )
        return ()
    names_it = Condition(field="controls", comparison=Comparison.CONTAINS, value=key)
    return (*written, Contradiction(observation=INCIDENT, when=names_it))


def _mapping(part: Part) -> Mapping:
    found = part.keys(required="source target relation rationale", optional="note confirmed")
    rationale = found["rationale"].text()
    if rationale not in {"syntactic", "semantic", "functional"}:
        raise found["rationale"].refuse(
            f"unknown rationale {rationale!r}", "one of: syntactic, semantic, functional"
        )
    return Mapping(
        source=found["source"].text(),
        target=found["target"].text(),
        relation=found["relation"].word(MappingRelation),
        rationale=rationale,
        note=_text(found, "note"),
        confirmed="confirmed" in found and found["confirmed"].flag(),
    )


def _parameter(part: Part) -> ParameterSpec:
    found = part.keys(required="name title default minimum maximum why")
    title_zh, title_en = _pair(found["title"])
    why_zh, why_en = _pair(found["why"])
    spec = ParameterSpec(
        name=found["name"].text(),
        title_zh=title_zh,
        title_en=title_en,
        default=found["default"].number(),
        minimum=found["minimum"].number(),
        maximum=found["maximum"].number(),
        why_zh=why_zh,
        why_en=why_en,
    )
    if not spec.minimum <= spec.default <= spec.maximum:
        raise part.refuse(f"default {spec.default} lies outside its limits", "widen the limits")
    return spec

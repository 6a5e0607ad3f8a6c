"""Frameworks as data: controls, their populations and their checks (design, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from panshi.errors import ContentError
from panshi.model.asset import AssetKind, RelationKind
from panshi.model.predicate import Predicate


class Strength(StrEnum):
    """Legal force of a control's wording."""

    MUST = "應"
    MUST_NOT = "不得"
    SHOULD = "宜"
    MAY = "得"
    NONE = "無"
    "Definition, scope, note, or a document without modal verbs."

    @property
    def binding(self) -> bool:
        """Whether the control belongs to the baseline gate (rule 6)."""
        return self in {Strength.MUST, Strength.MUST_NOT}


class MachineClass(StrEnum):
    """How far a machine can decide the control at all, whether or not Panshi does today."""

    AUTO = "auto"
    SEMI = "semi"
    MANUAL = "manual"
    NONE = "none"


class Basis(StrEnum):
    """How Panshi judges the control today; derived from content, never written by hand."""

    EVIDENCE = "evidence"
    ATTESTED = "attested"
    DERIVED = "derived"
    "From the verdicts of the controls it is made of."
    NOT_YET = "not_yet"
    NOT_JUDGED = "not_judged"
    "A definition, scope or permission: there is nothing to judge."


class Across(StrEnum):
    """How several facets of one subject combine."""

    EVERY = "every"
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The asset must have a relation of this kind to an asset that fits."""

    relation: RelationKind
    outgoing: bool = True
    kind: AssetKind | None = None
    where: Predicate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Which assets a control is judged over (rule 1)."""

    kind: AssetKind
    where: Predicate | None = None
    "Over the assets' attributes."
    related: Neighbour | None = None
    inventories: tuple[str, ...] = ()
    "Inventories expected to know this population; two make the unseen part estimable."


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a fresh observation of one item must say for the item to pass."""

    observation: str
    "Kind with version, a key of `bodies.KINDS`."
    passes: Predicate
    about: Predicate | None = None
    "Facets whose body does not fit are ignored, for example other training topics."
    across: Across = Across.EVERY
    fresh_days: int = 90
    "Older observations are unseen (rule 3)."
    target_permille: int = 950
    "Share of the population that must pass, in thousandths: whole numbers only."
    absent_passes: bool = False
    "Whether a sure absence (outcome `absent`) passes, for example no such service running."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A test whose failure lowers the control until a newer test of the same kind passes."""

    observation: str
    when: Predicate | None = None
    "Which tests speak of this control; None: every test of that kind on the population."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attesting:
    """What a valid attestation of this control needs."""

    evidence: tuple[str, ...]
    "Kinds of document, for example `policy_doc`."
    valid_days: int = 365
    countersigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One requirement of one framework."""

    id: str
    framework: str
    reference: str
    "Document and article, for example `emerging 8.1(1)`."
    title_zh: str
    title_en: str
    gist_zh: str
    gist_en: str
    group: str
    "Id of the pillar, axis, chapter or section it stands in."
    strength: Strength = Strength.NONE
    stage: int = 0
    "1 to 4 for staged controls, else 0."
    machine: MachineClass = MachineClass.NONE
    population: Population | None = None
    check: Check | None = None
    attesting: Attesting | None = None
    made_of: tuple[str, ...] = ()
    "`<framework>/<control>` ids whose verdicts decide this one; names basis `derived`."
    contradicted_by: tuple[Contradiction, ...] = ()
    applies_zh: str = ""
    applies_en: str = ""
    "To whom or what it applies, where not to all."
    notes_zh: str = ""
    notes_en: str = ""
    "Inconsistencies of the source and the reading chosen."
    inferred: bool = False
    "The id or split is our inference, not the source's."
    parent: str = ""
    cloud: tuple[str, ...] | None = None
    "Service models the control applies to; None: the source does not say."

    def __post_init__(self) -> None:
        """Refuse a check without population, and two ways to judge one control."""
        if (self.check is None) != (self.population is None):
            raise ContentError(f"control {self.key}: a check and a population go together")
        ways = (self.check is not None, self.attesting is not None, bool(self.made_of))
        if sum(ways) > 1:
            raise ContentError(f"control {self.key}: judged in more than one way")

    @property
    def key(self) -> str:
        """Identity across frameworks: `<framework>/<control>`."""
        return f"{self.framework}/{self.id}"

    @property
    def basis(self) -> Basis:
        """How Panshi judges the control today."""
        if self.check is not None:
            return Basis.EVIDENCE
        if self.attesting is not None:
            return Basis.ATTESTED
        if self.made_of:
            return Basis.DERIVED
        if self.machine is MachineClass.NONE and not self.strength.binding:
            return Basis.NOT_JUDGED
        return Basis.NOT_YET


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A pillar, axis, chapter or section."""

    id: str
    title_zh: str
    title_en: str
    parent: str = ""


class MappingRelation(StrEnum):
    """Relation of a crosswalk pair (OSCAL mapping model, NIST IR 8477)."""

    EQUAL = "equal-to"
    EQUIVALENT = "equivalent-to"
    SUBSET = "subset-of"
    SUPERSET = "superset-of"
    INTERSECTS = "intersects-with"
    NONE = "no-relationship"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One crosswalk pair between controls of two frameworks."""

    source: str
    target: str
    "`<framework>/<control>` both."
    relation: MappingRelation
    rationale: str
    "`syntactic`, `semantic` or `functional`."
    note: str = ""
    confirmed: bool = False
    "Whether a person confirmed it; legal equivalence is never inferred."


@dataclass(frozen=True, kw_only=True)
class Framework:
    """A versioned set of controls taken from one document."""

    id: str
    title_zh: str
    title_en: str
    document_zh: str
    document_en: str
    version: str
    staged: bool = False
    "Whether controls carry stages I to IV and groups reach a stage."
    groups: tuple[Group, ...]
    controls: tuple[Control, ...]
    notes_zh: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, Control]:
        """Controls by their id."""
        return {control.id: control for control in self.controls}

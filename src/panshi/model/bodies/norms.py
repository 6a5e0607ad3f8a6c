"""What people decide about norms: a text taken into the library, a candidate pair judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("record.norm/1", "規範匯入", "Norm import", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class NormImport(Body):
    """A version of a norm was taken into the institution's library; the bytes rest beside."""

    norm: str
    version: str
    norm_title: str
    format: str
    "`panshi`, `oscal` or `ciso-assistant`."
    sha256: str
    size: int
    clause_count: int
    imported_by: str
    file: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    licence: str = ""
    "What the source says of its terms; to keep them is for the institution."


@observation_kind("record.mapping/1", "對照確認", "Mapping decision", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class MappingDecision(Body):
    """A person says how two clauses stand to each other, or takes back what they said."""

    first_norm: str
    first_version: str
    first_clause: str
    second_norm: str
    second_version: str
    second_clause: str
    judgement: str
    "`confirmed`, `rejected` or `withdrawn`."
    relation: str
    "Relation of the first clause to the second, in words of the OSCAL mapping model."
    reason: str
    judged_by: str
    proposed_relation: str = ""
    "What the candidate said; another relation means that the person changed it."
    score: float = 0.0

"""Bodies about suppliers and contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("supplier.review/1", "供應商審查", "Supplier review")
@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierReview(Body):
    """Due diligence or periodic review of one supplier."""

    reviewed_on: date
    topics_covered: int
    "Of the twelve topics of article 5."
    certificate: str = ""
    certificate_expires: date | None = None
    findings_open: int = 0
    exit_plan: bool = False
    tier: int = 0
    sbom_delivered: bool = False
    deletion_proven: bool | None = None
    interoperable: bool = False
    common_formats: bool = False


@observation_kind("contract.clauses/1", "契約條款", "Contract clauses")
@dataclass(frozen=True, slots=True, kw_only=True)
class ContractClauses(Body):
    """Which required clauses one contract holds."""

    data_ownership: bool = False
    access_restricted: bool = False
    audit_right: bool = False
    transfer_and_damages: bool = False
    processing_place: bool = False
    isolation_and_notice: bool = False
    notification_hours: int = 0
    security_clauses: bool = False
    sbom: bool = False
    expires: date | None = None

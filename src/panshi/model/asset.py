"""Assets and relations: the typed graph an institution consists of (design, section 3, Estate)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from panshi.errors import BadInputError

AssetId = NewType("AssetId", str)
"""`<kind>:<name>`, for example `host:dc1-core-01`; unique within one estate."""

type Scalar = str | int | float | bool | date
type AttributeValue = Scalar | tuple[str, ...]


class AssetKind(StrEnum):
    """What an asset is."""

    INSTITUTION = "institution"
    SERVICE = "service"
    SYSTEM = "system"
    SOFTWARE = "software"
    HOST = "host"
    DEVICE = "device"
    ACCOUNT = "account"
    ZONE = "zone"
    ENDPOINT = "endpoint"
    DATASET = "dataset"
    CRYPTO = "crypto"
    API = "api"
    AI_SYSTEM = "ai_system"
    SITE = "site"
    SUPPLIER = "supplier"
    CONTRACT = "contract"
    PERSON = "person"
    ROLE = "role"
    MOBILE_APP = "mobile_app"
    SOCIAL_ACCOUNT = "social_account"
    IOT_DEVICE = "iot_device"


class RelationKind(StrEnum):
    """How the source of a relation stands to its target."""

    DEPENDS_ON = "depends_on"
    PART_OF = "part_of"
    RUNS_ON = "runs_on"
    LOCATED_AT = "located_at"
    SUPPLIED_BY = "supplied_by"
    OWNED_BY = "owned_by"
    HOLDS = "holds"
    EXPOSES = "exposes"
    CONNECTS_TO = "connects_to"
    USES = "uses"
    BACKED_UP_TO = "backed_up_to"
    COVERED_BY = "covered_by"
    MEMBER_OF = "member_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One thing the institution has, runs, owes or employs."""

    id: AssetId
    "Identity within the estate: `<kind>:<name>`."
    kind: AssetKind
    name: str
    "What people call it; may be Chinese."
    attributes: dict[str, AttributeValue] = field(default_factory=dict)
    "Typed per kind, see `panshi.model.attributes`; treated as immutable."
    identifiers: tuple[str, ...] = ()
    "Other names observers may use for it, for example `host:10.1.2.3` or `endpoint:10.1.2.3:443`."
    inventories: tuple[str, ...] = ()
    "The sources that claim it exists, for example `cmdb` and `edr`."

    def __post_init__(self) -> None:
        """Refuse an id that does not begin with its kind."""
        if not self.id.startswith(f"{self.kind}:") or len(self.id) == len(self.kind) + 1:
            raise BadInputError(
                f"asset id {self.id!r} does not begin with its kind",
                remedy=f"write it as {self.kind}:<name>",
            )

    def __hash__(self) -> int:
        """Identity is the id; attributes may hold unhashable parts."""
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A typed edge from one asset to another."""

    kind: RelationKind
    source: AssetId
    target: AssetId

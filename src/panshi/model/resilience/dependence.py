"""What an institution tells its sector it stands on: outcomes, not its graph, and no customers.

Of each thing that others may share (a supplier, a site somebody else runs, a cloud region, a
software component, ground, power, cables, a platform) the extract says which services are lost for
too long without it, and which a recovery layer carries. It holds no address, no amount of
customers, no person and no system.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FORMAT = "panshi-dependence/1"
MOST_THINGS = 5_000
LONGEST = 200


class SharedKind(StrEnum):
    """What several institutions may stand on at once."""

    SUPPLIER = "supplier"
    SITE = "site"
    CLOUD_REGION = "cloud_region"
    COMPONENT = "component"
    "A package of software, whatever its version."
    POWER = "power"
    CABLE = "cable"
    ZONE = "zone"
    "Ground that shakes together."
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """One thing, and what becomes of services without it for a week."""

    kind: SharedKind
    name: str
    "As the public knows it: a company, a region of a cloud, a package."
    operator: str = ""
    "Of a site: who runs it."
    city: str = ""
    critical: int = 0
    "Critical services among the late ones."
    late: tuple[str, ...] = ()
    "Names of services that are back too late, or not at all."
    carried: tuple[str, ...] = ()
    "Names of services that were lost and that a layer brought back in time."


@dataclass(frozen=True, slots=True, kw_only=True)
class DependenceExtract:
    """What one member says."""

    format: str = FORMAT
    member: str
    as_of: datetime
    tlp: str = "amber"
    "Who beside the hub's staff may have it counted: red nobody, amber and wider the members."
    services: int
    "Services the member looked at."
    critical: int
    things: tuple[Dependence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedExtract:
    """The extract as text, and the signature over it."""

    statement: str
    "`DependenceExtract` as JSON, byte for byte as it was signed."
    key: str
    "Thumbprint of the member's key."
    signature: str
    "Ed25519, base64, over `panshi-hub dependence`, a line feed, and the statement."

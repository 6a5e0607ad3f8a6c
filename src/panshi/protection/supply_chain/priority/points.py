"""The decision points of the deployer tree, and inputs that may not be known.

After SSVC, the Stakeholder-Specific Vulnerability Categorization of CERT/CC (decision points
Exploitation 1.1, System Exposure 1.0.1, Automatable 2.0, Human Impact 2.0.2).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Point(StrEnum):
    """What a reason speaks of."""

    EXPLOITATION = "exploitation"
    EXPOSURE = "exposure"
    AUTOMATABLE = "automatable"
    TECHNICAL = "technical_impact"
    MISSION = "mission"
    SUPPLIER = "supplier"
    CLOCK = "clock"
    EXCEPTION = "exception"


class Exploitation(StrEnum):
    """What is known of attacks."""

    NONE = "none"
    POC = "poc"
    ACTIVE = "active"


class Exposure(StrEnum):
    """Who can reach the system."""

    SMALL = "small"
    CONTROLLED = "controlled"
    OPEN = "open"


class Automatable(StrEnum):
    """Whether an attack can be run without people."""

    NO = "no"
    YES = "yes"


class Technical(StrEnum):
    """How much of the component an attack wins."""

    PARTIAL = "partial"
    TOTAL = "total"


class Mission(StrEnum):
    """What rests on the system."""

    LOW = "low"
    "No service, and nobody holds it to be important."
    HIGH = "high"
    "A service that is not critical, or the system itself is held to be important."
    CRITICAL = "critical"
    "A critical service, or it is a core system."


class Impact(StrEnum):
    """Human impact: mission and technical impact put together."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


class Reason(NamedTuple):
    """Why an input has its value; `report.supply_chain_priority_words` puts it into words."""

    point: Point
    because: str
    "A word of that table, for example `kev`, `no_cvss`, `internet_facing`."
    said: str = ""
    "What it rests on: a score, a vector, an asset."


class Side(NamedTuple):
    """What a vulnerability brings to the decision; equal sides decide alike."""

    exploitation: tuple[Exploitation, ...]
    "Every value it may have; several where it is not known."
    automatable: tuple[Automatable, ...]
    technical: tuple[Technical, ...]
    kev: bool = False


class Around(NamedTuple):
    """What stands around a system; equal surroundings decide alike."""

    exposure: tuple[Exposure, ...]
    mission: tuple[Mission, ...]
    supplier_tier: int = 0
    "1 is most critical; 0 where nobody outside supplies it."


ANY_EXPLOITATION = tuple(Exploitation)
ANY_EXPOSURE = tuple(Exposure)
ANY_AUTOMATABLE = tuple(Automatable)
ANY_TECHNICAL = tuple(Technical)
ANY_MISSION = tuple(Mission)
NOWHERE = Around(exposure=ANY_EXPOSURE, mission=ANY_MISSION)
"A system no estate knows."

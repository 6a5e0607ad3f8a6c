"""What people do to the portfolio of bills of materials besides delivering one."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

FORGOTTEN = "sbom.forgotten/1"


@observation_kind(FORGOTTEN, "軟體物料清單移出組合", "Bill of materials taken out", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SbomForgotten(Body):
    """A system's bills, or one of them, no longer count; the evidence of them stays."""

    why: str
    by: str
    sha256: str = ""
    "Digest of the one document; empty for everything delivered for the system so far."

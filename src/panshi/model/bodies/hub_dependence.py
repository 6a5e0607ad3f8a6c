"""What a member of a hub says it stands on, signed by it; the facet is the member's id."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

DEPENDENCE = "record.hub_dependence/1"


@observation_kind(DEPENDENCE, "會員依賴摘要", "Extract of what a member stands on")
@dataclass(frozen=True, slots=True, kw_only=True)
class HubDependence(Body):
    """The newest extract of a member counts, as long as the member consents."""

    statement: str
    "JSON (`panshi-dependence/1`), byte for byte as it was signed."
    key: str
    "Thumbprint of the member's key."
    signed: str
    "Ed25519, base64."

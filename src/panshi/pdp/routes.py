"""Every route of the decision point; a capability adds its ROUTES by one line."""

from __future__ import annotations

from panshi.pdp.http import PdpRoute

ROUTES: tuple[PdpRoute, ...] = ()

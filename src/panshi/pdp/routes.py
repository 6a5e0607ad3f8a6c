"""Every route of the decision point; a capability adds its ROUTES by one line."""

from __future__ import annotations

from panshi.pdp import (
    ask,
    attest,
    authzen,
    authzen_metadata,
    authzen_search,
    ext_authz_http,
    forward_auth,
    live,
    sign_in,
    upkeep,
)
from panshi.pdp.http import PdpRoute
from panshi.pdp.shared_signals import routes as shared_signals

ROUTES: tuple[PdpRoute, ...] = (
    *authzen.ROUTES,
    *authzen_search.ROUTES,
    *authzen_metadata.ROUTES,
    *upkeep.ROUTES,
    *ask.ROUTES,
    *attest.ROUTES,
    *forward_auth.ROUTES,
    *ext_authz_http.ROUTES,
    *live.ROUTES,
    *shared_signals.ROUTES,
    *sign_in.ROUTES,
)

"""The routes of shared signals; each lets its callers in by itself, so none has a scope here."""

from __future__ import annotations

from panshi.pdp.http import PdpRoute
from panshi.pdp.shared_signals import management, receiving
from panshi.protection.zero_trust.signals.metadata import BASE, WELL_KNOWN

_WELL_KNOWN = (
    (WELL_KNOWN, management.configuration),
    ("/.well-known/oauth-protected-resource", management.protected_resource),
    ("/.well-known/oauth-authorization-server", management.authorization_server),
)

ROUTES: tuple[PdpRoute, ...] = (
    *(
        PdpRoute(method="GET", path=path + end, handler=handler, scope="")
        for path, handler in _WELL_KNOWN
        for end in ("", "/")
    ),
    PdpRoute(method="GET", path=f"{BASE}/jwks.json", handler=management.key_set, scope=""),
    PdpRoute(method="POST", path=f"{BASE}/token", handler=management.token, scope=""),
    PdpRoute(method="POST", path=management.POLL, handler=management.poll, scope=""),
    PdpRoute(method="POST", path=receiving.PREFIX, handler=receiving.push, scope=""),
    *(
        PdpRoute(method=method, path=BASE + path, handler=management.managed(work, scope), scope="")
        for method, path, work, scope in management.ROUTES_MANAGED
    ),
)

"""Signing in at the gateway: browsers through identity providers, ended from the back as well.

    GET  /zt/sign-in                 ?to= &acr=   how to sign in
    GET  /zt/sign-in/start           ?provider= &to= &acr=
    GET  /zt/sign-in/callback        the provider sends the browser back
    POST /zt/sign-out                ends the session of this browser
    POST /zt/sign-out/back-channel/{provider}     OpenID Connect Back-Channel Logout 1.0

The session cookie is a random word that means nothing outside; it is HttpOnly, SameSite=Lax and,
over TLS, Secure. A browser that shows a client certificate has its session bound to it, so that the
cookie alone opens nothing elsewhere (after RFC 8705, 3).
"""

from panshi.pdp.sign_in.doors import ROUTES, SignIns, install, install_from

__all__ = ["ROUTES", "SignIns", "install", "install_from"]

"""A real OpenID provider on a loopback port: django-allauth's own, as a program of its own.

    python identity_provider.py PORT FOLDER < {"redirect_uri": …, "client_id": …, …}

It prints `ready` once it answers. Members and their groups come with the settings; each member
signs in at the provider with name and password, so that the console never sees one.
"""

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


def configured(told, folder):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from django.conf import settings

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    settings.configure(
        SECRET_KEY="of the simulator",
        ALLOWED_HOSTS=["*"],
        DEBUG=False,
        ROOT_URLCONF=__name__,
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "idp.sqlite3"}
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        ACCOUNT_LOGIN_METHODS={"username"},
        ACCOUNT_SIGNUP_FIELDS=["username*", "password1*"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        ACCOUNT_RATE_LIMITS=False,
        SESSION_COOKIE_NAME="idp_session",
        CSRF_COOKIE_NAME="idp_csrf",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGIN_REDIRECT_URL="/",
        IDP_OIDC_PRIVATE_KEY=pem.decode(),
        IDP_OIDC_ADAPTER=f"{__name__}.adapter",
        MEMBERS=told["members"],
    )


def adapter():
    """Give members the claim `groups`, in the id token."""
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter
    from django.conf import settings

    class Adapter(DefaultOIDCAdapter):
        def get_claims(self, purpose, user, client, scopes, email=None, **names):
            claims = super().get_claims(purpose, user, client, scopes, email, **names)
            return claims | {"groups": settings.MEMBERS[user.username]["groups"]}

    return Adapter()


def filled(told):
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    for name, member in told["members"].items():
        User.objects.create_user(name, password=member["password"])
    Client.objects.create(
        id=told["client_id"],
        name="Panshi",
        secret=make_password(told["client_secret"]),
        scopes="openid\nprofile",
        redirect_uris=told["redirect_uri"],
        skip_consent=True,
    )


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_parts):
        pass


def main():
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    told = json.loads(sys.stdin.read())
    sys.modules.setdefault("identity_provider", sys.modules[__name__])
    configured(told, folder)
    import django

    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.urls import include, path

    urlpatterns = [
        path("accounts/", include("allauth.account.urls")),
        path("", include("allauth.idp.urls")),
    ]
    sys.modules[__name__].urlpatterns = urlpatterns
    filled(told)
    with make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()

"""A hub with members that hold keys, for tests."""

import secrets
from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.alliance.members.claims import SignedRequest
from panshi.alliance.members.signing import signed_headers
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.members import MemberDesk, enrol

HOST = "localhost:8430"
HOSTS = frozenset({HOST})


def new_key():
    return Ed25519PrivateKey.generate()


def public_of(key):
    return b64encode(key.public_key().public_bytes_raw()).decode()


def prepared(node):
    prepare_hub(node, actor="cli:root", name="測試樞紐")
    return node


def member_of(node, name="bank-017", *, sector="banking", kind="institution", communities=()):
    """Invite, enrol and let in a member; gives its private key."""
    key = new_key()
    code = MemberDesk(node, actor="chen.yiru").invite(
        name, called=f"會員 {name}", sector=sector, kind=kind, communities=communities
    )
    enrol(node, code, key.public_key().public_bytes_raw())
    MemberDesk(node, actor="lin.wei").approve(name)
    return key


def signed(key, method, path, body=None, *, now, nonce="", idempotency_key="", **more):
    """Give a signed request."""
    url = f"http://{HOST}{path}"
    headers = signed_headers(
        method,
        url,
        body,
        key,
        now=now,
        nonce=nonce or secrets.token_urlsafe(18),
        idempotency_key=idempotency_key,
        **more,
    )
    fields = tuple((name.lower(), value) for name, value in headers.items())
    return SignedRequest(method=method, url=url, fields=fields)

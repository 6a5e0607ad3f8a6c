"""Members with keys, folded from steps, for tests."""

from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.alliance.members.claims import SignedRequest
from panshi.alliance.members.folding import Step, fold
from panshi.alliance.members.keys import thumbprint
from panshi.alliance.members.signing import signed_headers
from panshi.governance.persons import pair_defect
from panshi.model.bodies.hub_members import HubInvitation, HubMemberDecision, HubMemberKey

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
URL = "http://localhost:8430/api/v1/hub/self"
HOSTS = frozenset({"localhost:8430"})
NONCE = "0123456789abcdefghij"


def private(number=1):
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def name_of(key):
    return thumbprint(key.public_key().public_bytes_raw())


def step(number, body, member="bank-017", at=NOW):
    return Step(id=f"step-{number}", member=member, at=at + timedelta(seconds=number), body=body)


def invitation(by="chen", code_sha256="c0de", name="示範銀行", sector="banking"):
    return HubInvitation(
        name=name,
        sector=sector,
        kind="institution",
        code_sha256=code_sha256,
        expires=NOW + timedelta(days=14),
        invited_by=by,
    )


def shown(key, invitation_id="step-1", follows="", until=None):
    return HubMemberKey(
        key=key if isinstance(key, str) else name_of(key),
        public="AAAA" if isinstance(key, str) else public_of(key),
        invitation="" if follows else invitation_id,
        follows=follows,
        overlap_until=until,
    )


def public_of(key):
    from base64 import b64encode

    return b64encode(key.public_key().public_bytes_raw()).decode()


def decision(of="step-2", by="lin", *, approved=True):
    return HubMemberDecision(key=of, approved=approved, decided_by=by)


def register_of(*bodies):
    steps = [step(number, body) for number, body in enumerate(bodies, start=1)]
    return fold(steps, two_people=pair_defect)


def active(*more):
    return register_of(invitation(), shown(private()), decision(), *more)


def signed(method="GET", url=URL, body=None, *, key=None, now=NOW + timedelta(minutes=1), **more):
    headers = signed_headers(
        method, url, body, key or private(), now=now, nonce=more.pop("nonce", NONCE), **more
    )
    fields = tuple((name.lower(), value) for name, value in headers.items())
    return SignedRequest(method=method, url=url, fields=fields)

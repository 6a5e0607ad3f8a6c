"""A member's new key, signed for by the old one and proving that it is held itself."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from datetime import timedelta

from panshi.alliance.members.keys import proves, public_bytes, rotation_text, thumbprint
from panshi.errors import BadInputError
from panshi.model.alliance.member import Member
from panshi.model.observation import ObservationId
from panshi.node.alliance.members import rotate
from panshi.node.node import Node


def rotate_by(
    node: Node, one: Member, follows: str, public: str, proof: str, *, overlap: timedelta
) -> ObservationId:
    """Seal the key that follows, once the new key's own signature shows that it is held."""
    raw = public_bytes(public)
    if raw is None:
        raise BadInputError(
            "that is no Ed25519 public key", place="public", remedy="its 32 bytes in base64"
        )
    try:
        signature = b64decode(proof, validate=True)
    except (Base64Error, ValueError) as error:
        raise BadInputError("the proof is no base64", place="proof") from error
    if not proves(raw, rotation_text(one.id, follows, thumbprint(raw)), signature):
        raise BadInputError(
            "the proof does not show that the new key is held",
            place="proof",
            remedy="sign the rotation text with the new key; `panshi member rotate` does",
        )
    return rotate(node, one, follows, raw, overlap=overlap)

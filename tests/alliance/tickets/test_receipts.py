"""A receipt is signed, and every field of it is."""

from dataclasses import fields, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from panshi.alliance.tickets.receipts import holds, message, signed
from panshi.model.alliance.ticket import Receipt, Taking
from tests.simulators.tickets import NOW

PRIVATE = Ed25519PrivateKey.generate()
RECEIPT = signed(
    Receipt(
        taking=Taking.ACCEPTED,
        member="bank-a",
        number="1",
        version=1,
        ticket="ticket--x",
        digest="d",
        position=7,
        accepted_at=NOW,
        key="hub+01",
    ),
    PRIVATE.sign,
)
OTHERS = {"taking": Taking.KNOWN, "version": 2, "position": 8, "accepted_at": None}


def verifies(text, signature):
    try:
        PRIVATE.public_key().verify(signature, text)
    except InvalidSignature:
        return False
    return True


def test_a_receipt_holds_as_it_was_signed_and_not_otherwise():
    assert holds(RECEIPT, verifies)
    for each in fields(Receipt):
        changed = replace(RECEIPT, **{each.name: OTHERS.get(each.name, "other")})
        assert not holds(changed, verifies), each.name


def test_what_is_signed_is_told_apart_from_all_else_a_hub_signs():
    assert message(RECEIPT).startswith(b"panshi-receipt/1\n{")
    assert b"signature" not in message(RECEIPT)


def test_a_text_that_looks_like_the_field_changes_nothing():
    odd = replace(RECEIPT, problem='a","signature":"","b', signature="")
    assert message(odd).count(b"signature") == 1
    assert holds(signed(odd, PRIVATE.sign), verifies)

"""Keys have the names the standards give them."""

from base64 import b64encode

from panshi.alliance.members.keys import proves, public_bytes, rotation_text, thumbprint
from tests.alliance.members.members_at_hand import private, public_of

RFC_8037 = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def test_a_key_is_named_as_rfc_8037_names_it():
    raw = public_bytes(RFC_8037.replace("_", "/"))
    assert thumbprint(raw) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_what_is_no_key_is_none():
    assert public_bytes(b64encode(bytes(31)).decode()) is None
    assert public_bytes("%%%") is None
    assert public_bytes(public_of(private())) == private().public_key().public_bytes_raw()


def test_a_proof_is_for_one_member_and_two_keys():
    text = rotation_text("bank-017", "old", "new")
    signature = private().sign(text)
    raw = private().public_key().public_bytes_raw()
    assert proves(raw, text, signature)
    assert not proves(raw, rotation_text("bank-018", "old", "new"), signature)
    assert not proves(private(2).public_key().public_bytes_raw(), text, signature)
    assert not proves(raw, text, b"")

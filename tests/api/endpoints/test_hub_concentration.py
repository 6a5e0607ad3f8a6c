"""Concentration over the API: a member's signed word in, what takes down whom out."""

import json
from base64 import b64encode
from datetime import timedelta

import msgspec

from panshi.alliance.members.keys import dependence_text, thumbprint
from panshi.model.resilience.dependence import Dependence, DependenceExtract, SharedKind
from tests.api.asking import ask
from tests.api.asking_hub import by_member, by_staff
from tests.node.alliance.members_at_hub import member_of


def extract(hub, key, name):
    thing = Dependence(kind=SharedKind.SUPPLIER, name="Acme", critical=1, late=("支付",))
    said = DependenceExtract(
        member=name,
        as_of=hub.clock() - timedelta(seconds=1),
        services=1,
        critical=1,
        things=(thing,),
    )
    statement = msgspec.json.encode(said).decode()
    return {
        "statement": statement,
        "key": thumbprint(key.public_key().public_bytes_raw()),
        "signature": b64encode(key.sign(dependence_text(statement))).decode(),
    }


def test_a_signed_extract_is_taken_once_consented_and_shown_to_the_desk(hub, token_at):
    # Given a member that has not consented
    key = member_of(hub)
    said = extract(hub, key, "bank-017")
    status, _told, _ = by_member(hub, key, "PUT", "/hub/self/dependence", said)
    assert status == 403
    # When it consents and gives its extract
    by_member(hub, key, "PUT", "/hub/self/consent", {"granted": True})
    status, told, _ = by_member(hub, key, "PUT", "/hub/self/dependence", said)
    assert status == 201
    # Then the desk sees it with the evidence, and filters it
    status, found = by_staff("GET", "/hub/concentration", token_at("ana"))
    assert status == 200
    assert found["extracts"][0]["evidence"] == told["evidence"]
    assert found["shared"][0]["touched"][0]["late"] == ["支付"]
    query, token = "kind=supplier&members=2", token_at("ana")
    assert json.loads(ask("GET", "/hub/concentration", token=token, query=query)[2])["shared"] == []
    # And the member sees its own thing, and of others only that they are few
    status, own, _ = by_member(hub, key, "GET", "/hub/self/concentration")
    assert own == [
        {
            "kind": "supplier",
            "name": "Acme",
            "critical": 1,
            "late": 1,
            "others": "<3",
            "others_stopped": "<3",
        }
    ]

"""What a decision point says of itself, and that it vouches only for what it was told."""

from joserfc import jwt
from joserfc.jwk import KeySet

from panshi.pdp.vouching import address_of
from tests.simulators.served_point import point_of, serving

PATH = "/.well-known/authzen-configuration"
PERMIT = "permit (principal, action, resource);"


def test_without_an_address_it_names_the_one_it_was_asked_under_and_signs_nothing():
    with serving(point_of(PERMIT)) as served:
        status, headers, told = served.ask(PATH, None, "GET")

        assert (status, headers["content-type"]) == (200, "application/json")
        base = f"http://127.0.0.1:{served.port}"
        assert told["policy_decision_point"] == base
        assert told["access_evaluation_endpoint"] == f"{base}/access/v1/evaluation"
        assert told["search_action_endpoint"] == f"{base}/access/v1/search/action"
        assert told["obligations_supported"] == [
            "step-up", "notification", "session_termination", "custom",
        ]  # fmt: skip
        assert "signed_metadata" not in told
        assert served.ask(PATH, None, "GET", Host="evil.example/x?")[0] == 400
        assert served.ask("/zt/v1/jwks.json", None, "GET")[0] == 404


def test_with_an_address_and_a_home_it_signs_what_it_says(tmp_path):
    point = point_of(PERMIT)
    point.address = address_of("https://pdp.bank.example/", secure=True, home=tmp_path)
    with serving(point) as served:
        _, headers, told = served.ask(PATH, None, "GET", Host="evil.example")
        keys = KeySet.import_key_set(served.ask("/zt/v1/jwks.json", None, "GET")[2])

    assert told["policy_decision_point"] == "https://pdp.bank.example"
    assert headers["cache-control"].startswith("max-age=")
    claims = jwt.decode(told["signed_metadata"], keys, algorithms=["RS256"]).claims
    assert claims["iss"] == "https://pdp.bank.example"
    assert "signed_metadata" not in claims
    assert {name: told[name] for name in claims if name != "iss"} == {
        name: claims[name] for name in claims if name != "iss"
    }

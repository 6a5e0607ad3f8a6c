"""The push endpoint over real HTTP: RFC 8935, and what follows in live sessions."""

import asyncio
import hashlib
import json

import pytest

from panshi.node.zero_trust.streams import NewFeed
from panshi.protection.cedar import EntityStore, Uid
from panshi.protection.zero_trust.sessions.nouns import OrderKind
from tests.simulators.running_point import ENTITIES
from tests.simulators.signalled_point import SignalledPoint
from tests.simulators.transmitter import (
    AUDIENCE,
    CAEP,
    NOW,
    RISC,
    SSF,
    claims,
    jwks,
    raw_token,
    signed,
    signing_key,
)


def in_loop(tmp_path, scenario, **feed):
    async def whole():
        async with SignalledPoint(tmp_path, now=NOW) as point:
            point.feed(**feed)
            return await scenario(point)

    return asyncio.run(whole())


FAULTS = {
    "wrong issuer": (signed(claims(iss="https://evil.example")), "invalid_issuer"),
    "wrong audience": (signed(claims(aud="https://other.example")), "invalid_audience"),
    "expired": (signed(claims(iat=int(NOW) - 100_000)), "invalid_request"),
    "with exp": (signed(claims(exp=int(NOW) - 1)), "invalid_request"),
    "from the future": (signed(claims(iat=int(NOW) + 9_999)), "invalid_request"),
    "alg none": (
        raw_token({"alg": "none", "typ": "secevent+jwt"}, claims()),
        "invalid_key",
    ),
    "alg HS256": (
        raw_token({"alg": "HS256", "typ": "secevent+jwt", "kid": "k1"}, claims(), b"x" * 32),
        "invalid_key",
    ),
    "unknown key": (signed(kid="k9", key=signing_key("RS256", "k9")), "invalid_key"),
    "bad signature": (signed()[:-6] + "AAAAAA", "invalid_key"),
    "oversized": (
        signed(claims(payload={"reason_admin": {"en": "x" * 100_000}})),
        "invalid_request",
    ),
    "no token": ("what?", "invalid_request"),
    "empty": ("", "invalid_request"),
    "another kind of JWT": (signed(typ="JWT"), "invalid_request"),
    "an unknown event": (signed(claims("https://example.com/x")), "invalid_request"),
    "a state nobody asked with": (
        signed(
            claims(
                SSF + "verification", {"state": "x"}, sub_id={"format": "opaque", "id": "stream"}
            )
        ),
        "invalid_state",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_token_gets_the_rfcs_answer_and_touches_nobody(tmp_path, fault):
    raw, expected = FAULTS[fault]

    async def scenario(point):
        amy = point.sign_in("amy")
        # When
        status, headers, body = await point.push(raw)
        # Then: RFC 8935 section 2.3
        assert status == 400
        assert headers["content-type"] == "application/json"
        assert headers["content-language"] == "en"
        assert body["err"] == expected
        assert body["description"]
        assert amy in point.live.held
        fare = point.store.fare("idp")
        assert (fare.taken, fare.refused) == (0, 1)
        assert fare.error.startswith(expected)

    in_loop(tmp_path, scenario)


def test_the_sentence_is_in_the_language_asked_for(tmp_path):
    async def scenario(point):
        _, headers, body = await point.push("?", Accept_Language="zh-TW,zh;q=0.9,en;q=0.8")
        assert headers["content-language"] == "zh-TW"
        assert "權杖" in body["description"]

    in_loop(tmp_path, scenario)


def test_a_good_token_is_accepted_and_ends_that_session_only(tmp_path):
    async def scenario(point):
        amy, bob = point.sign_in("amy"), point.sign_in("bob")
        # When
        status, headers, body = await point.push(signed())
        # Then: RFC 8935 section 2.2
        assert (status, body) == (202, None)
        assert headers["content-length"] == "0"
        assert amy not in point.live.held
        assert bob in point.live.held
        ((_, arrival),) = point.store.arrivals("idp")
        assert (arrival.outcome, arrival.sessions) == ("taken", ("s-amy",))
        assert point.live.recent[-1].source == "ssf:idp"

    in_loop(tmp_path, scenario)


def test_the_same_token_again_is_acknowledged_and_does_nothing_again(tmp_path):
    async def scenario(point):
        raw = signed()
        assert (await point.push(raw))[0] == 202
        amy = point.sign_in("amy", "s-amy-later")
        # When: RFC 8935 section 2, it is answered as the first time
        assert (await point.push(raw))[0] == 202
        # Then
        assert amy in point.live.held
        fare = point.store.fare("idp")
        assert (fare.taken, fare.again) == (1, 1)
        assert len(point.store.arrivals("idp")) == 1

    in_loop(tmp_path, scenario)


def test_the_same_jti_over_another_token_is_a_replay(tmp_path):
    async def scenario(point):
        assert (await point.push(signed(claims(RISC + "opt-in"))))[0] == 202
        amy = point.sign_in("amy")
        status, _, body = await point.push(signed(claims()))
        assert (status, body["err"]) == (400, "invalid_request")
        assert amy in point.live.held

    in_loop(tmp_path, scenario)


def test_a_token_replayed_after_it_was_forgotten_is_too_old(tmp_path):
    async def scenario(point):
        raw = signed(claims(iat=int(NOW)))
        assert (await point.push(raw))[0] == 202
        point.offset += 2 * 86_400
        point.rounds.once()
        assert point.store.heard("https://idp.bank.example", "jti-1") is None
        status, _, body = await point.push(raw)
        assert (status, body["err"]) == (400, "invalid_request")

    in_loop(tmp_path, scenario)


def test_a_transmitter_that_does_not_prove_itself_is_refused(tmp_path):
    digest = hashlib.sha256(b"Bearer right").hexdigest()

    async def scenario(point):
        for given in ({}, {"Authorization": "Bearer wrong"}):
            status, _, body = await point.push(signed(), **given)
            assert (status, body["err"]) == (400, "authentication_failed")
        assert (await point.push(signed(), Authorization="Bearer right"))[0] == 202

    in_loop(tmp_path, scenario, push_digest=digest)


def test_a_feed_paused_here_denies_access(tmp_path):
    async def scenario(point):
        status, _, body = await point.push(signed())
        assert (status, body["err"]) == (400, "access_denied")

    in_loop(tmp_path, scenario, status="paused", paused_by="operator")


def test_another_content_type_is_no_request(tmp_path):
    async def scenario(point):
        status, _, body = await point.push(signed(), Content_Type="application/jwt")
        assert (status, body["err"]) == (400, "invalid_request")
        assert (await point.push(signed(), feed="nobody"))[0] == 404

    in_loop(tmp_path, scenario)


def test_somebody_leaving_is_cut_off_and_stays_refused_after_a_reload(tmp_path):
    async def scenario(point):
        amy, bob = point.sign_in("amy"), point.sign_in("bob")
        assert (await point.push(signed(claims(RISC + "account-purged"))))[0] == 202
        assert amy not in point.live.held
        assert bob in point.live.held
        assert point.point.entities.get(Uid("User", "amy")).attributes["enabled"] is False
        # When: the entities are loaded anew, still calling the account enabled
        point.point.replace_entities(EntityStore.from_json(ENTITIES))
        point.rounds.once()
        assert point.point.entities.get(Uid("User", "amy")).attributes["enabled"] is False
        # When: the provider takes it back
        enabled = claims(RISC + "account-enabled", jti="j2", iat=int(point.clock()))
        assert (await point.push(signed(enabled)))[0] == 202
        assert point.point.entities.get(Uid("User", "amy")).attributes["enabled"] is True

    in_loop(tmp_path, scenario)


def test_an_older_word_about_an_account_does_not_undo_a_newer_one(tmp_path):
    async def scenario(point):
        point.sign_in("amy")
        await point.push(signed(claims(RISC + "account-disabled", iat=int(NOW))))
        late = claims(RISC + "account-enabled", jti="j2", iat=int(NOW) - 600)
        assert (await point.push(signed(late)))[0] == 202
        assert point.point.entities.get(Uid("User", "amy")).attributes["enabled"] is False

    in_loop(tmp_path, scenario)


def test_assurance_falls_but_does_not_rise_by_hearsay(tmp_path):
    async def scenario(point):
        amy = point.sign_in("amy", assurance=3)

        def change(level, jti):
            payload = {"namespace": "ISO-IEC-29115", "current_level": level}
            return signed(claims(CAEP + "assurance-level-change", payload, jti=jti))

        await point.push(change("4", "j1"))
        assert point.live.held[amy].session.assurance == 3
        await point.push(change("1", "j2"))
        # The policy asks for level 2 or more, so what was open is closed
        assert point.live.held[amy].session.assurance == 1
        orders = await anext(point.live.subscribe("p1"))
        assert OrderKind.CLOSE in {each.kind for each in orders}

    in_loop(tmp_path, scenario)


def test_a_member_that_must_be_understood_and_is_not_discards_the_event(tmp_path):  # SSF 3.6
    async def scenario(point):
        amy = point.sign_in("amy")
        subject = {
            "format": "complex",
            "user": {"format": "email", "email": "amy@bank.example"},
            "application": {"format": "opaque", "id": "app-1"},
        }
        assert (await point.push(signed(claims(sub_id=subject))))[0] == 202
        assert amy in point.live.held
        assert point.store.arrivals("idp")[0][1].outcome == "discarded"

    in_loop(tmp_path, scenario, critical=("application",))


def test_a_paused_stream_is_a_lost_source_at_once(tmp_path):
    async def scenario(point):
        compliance = claims(
            CAEP + "device-compliance-change",
            {"previous_status": "not-compliant", "current_status": "compliant"},
            sub_id={"format": "opaque", "id": "nb-1"},
        )
        assert (await point.push(signed(compliance)))[0] == 202
        assert not point.live.ledger.feeds["ssf:idp"].lost
        paused = claims(
            SSF + "stream-updated",
            {"status": "paused"},
            jti="j2",
            sub_id={"format": "opaque", "id": "any"},
        )
        assert (await point.push(signed(paused)))[0] == 202
        point.offset += 1
        point.rounds.once()
        point.offset += 1
        point.live.tick()
        assert point.live.ledger.feeds["ssf:idp"].lost
        assert point.store.feed("idp").paused_by == "transmitter"

    in_loop(tmp_path, scenario)


def test_silence_makes_a_feed_lost(tmp_path):
    async def scenario(point):
        assert (await point.push(signed(claims(RISC + "opt-in"))))[0] == 202
        point.offset += 60 * trust_beats(point) + 1
        point.live.tick()
        assert point.live.ledger.feeds["ssf:idp"].lost
        # When: it is heard again
        again = claims(RISC + "opt-in", jti="j2", iat=int(point.clock()))
        assert (await point.push(signed(again)))[0] == 202
        assert not point.live.ledger.feeds["ssf:idp"].lost

    in_loop(tmp_path, scenario)


def trust_beats(point):
    return point.live.model.missed_beats


def test_a_device_signal_moves_only_that_device(tmp_path):
    async def scenario(point):
        amy = point.sign_in("amy", device="nb-1")
        bob = point.sign_in("bob", device="nb-2")
        before = point.live.context_of(bob, point.clock())
        change = claims(
            CAEP + "device-compliance-change",
            {"previous_status": "compliant", "current_status": "not-compliant"},
            sub_id={"format": "complex", "device": {"format": "opaque", "id": "nb-1"}},
        )
        # nb-1 is not among the entities: the session that uses it tells that it exists
        assert (await point.push(signed(change)))[0] == 202
        assert point.live.context_of(amy, point.clock())["device"]["compliant"] is False
        assert point.live.context_of(bob, point.clock()) == before

    in_loop(tmp_path, scenario)


def test_two_audiences_of_one_receiver(tmp_path):
    async def scenario(point):
        assert (await point.push(signed(claims(aud=["x", AUDIENCE]))))[0] == 202

    in_loop(tmp_path, scenario)


def test_secrets_are_in_no_log_and_in_no_value(tmp_path, caplog):
    async def scenario(point):
        await point.push("x.y.z", Authorization="Bearer s3cr3t-word")
        assert "s3cr3t" not in repr(NewFeed(name="n", issuer="i", bearer="s3cr3t-word"))
        assert "s3cr3t" not in json.dumps(point.store.fare("idp").error)

    in_loop(tmp_path, scenario)
    assert "s3cr3t" not in caplog.text


def test_keys_are_as_they_were_given():
    assert len(jwks("RS256", "ES256")["keys"]) == 2

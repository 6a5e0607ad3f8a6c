"""The transmitter over real HTTP, clause by clause: SSF 1.0 (final), RFC 8936, CAEP interop 1.0."""

import asyncio
import base64
import json
from dataclasses import replace

import pytest

from panshi.node.zero_trust.receivers import add_receiver, set_identity
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.node.zero_trust.streams import NewFeed, add_feed, ask_verification, remove_feed
from panshi.protection.zero_trust.sessions.nouns import Cause
from panshi.protection.zero_trust.signals import keys, subjects, telling, tokens
from panshi.protection.zero_trust.signals.events import EventType
from panshi.protection.zero_trust.signals.streams import POLL, PUSH
from panshi.protection.zero_trust.signals.tokens import Issuer
from panshi.store import signal_keys
from tests.simulators.signalled_point import SignalledPoint, until
from tests.simulators.transmitter import CAEP, SSF

BETA = "https://beta.example"
REVOKED = CAEP + "session-revoked"
RISK = CAEP + "risk-level-change"


class Transmitter(SignalledPoint):
    """A node that sends, with one receiver that has an access token."""

    async def __aenter__(self):
        await super().__aenter__()
        set_identity(self.store, self.url, plain_http=True)
        self.hub.reload()
        _, self.secret = add_receiver(
            self.store,
            "beta",
            audience=(BETA,),
            push_hosts=("push.example", "127.0.0.1:1"),
            plain_http=True,
            actor="test",
            now=self.clock(),
        )
        self.token = (await self.access())[2]["access_token"]
        return self

    async def access(self, scope="ssf.read ssf.manage", client="beta", secret=None):
        basic = base64.b64encode(f"{client}:{secret or self.secret}".encode()).decode()
        reply = await call(
            "POST",
            f"{self.url}/ssf/v1/token",
            Peer(plain_http=True, authorization=f"Basic {basic}"),
            body=f"grant_type=client_credentials&scope={scope.replace(' ', '+')}".encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        return reply.status, reply.headers, json.loads(reply.body)

    async def do(self, method, path, body=None, token=None):
        return await self.ask(
            method, f"/ssf/v1{path}", body, token=self.token if token is None else token
        )

    async def stream(self, **body):
        status, _, found = await self.do("POST", "/streams", body)
        assert status == 201, found
        return found

    def poll(self, stream, **ask):
        return self.do("POST", f"/poll/{stream['stream_id']}", {"returnImmediately": True, **ask})

    def read(self, raw):
        issuer = Issuer(iss=self.url, audience=(BETA,), keys=keys.ring(self.hub.sender.key_set()))
        return tokens.read(raw, issuer, self.clock())

    def offer(self, user="amy"):
        """Say that a session of somebody was revoked."""
        session = self.live.held[self.sign_in(user, f"s-{user}-{self.clock()}")].session
        said = telling.ended(session, Cause.MANUAL, self.url, self.clock())
        return self.hub.sender.offer(said.event, said.subject)


def run(tmp_path, scenario):
    async def whole():
        async with Transmitter(tmp_path) as point:
            await scenario(point)

    asyncio.run(whole())


def test_metadata(tmp_path):  # SSF 7.1, 7.2; CAEP interop 2.4.1 to 2.4.6
    async def scenario(point):
        status, headers, found = await point.ask("GET", "/.well-known/ssf-configuration")
        assert (status, headers["content-type"]) == (200, "application/json")
        assert found["issuer"] == point.url
        assert found["spec_version"] == "1_0"  # interop 2.4.1
        assert found["delivery_methods_supported"] == [PUSH, POLL]  # interop 2.4.2
        assert found["authorization_schemes"] == [{"spec_urn": "urn:ietf:rfc:6749"}]  # 2.4.6
        for name in (
            "jwks_uri", "configuration_endpoint", "status_endpoint", "add_subject_endpoint",
            "remove_subject_endpoint", "verification_endpoint",
        ):  # fmt: skip
            assert found[name].startswith(point.url + "/ssf/v1/")
        assert (await point.ask("GET", "/.well-known/ssf-configuration/other"))[0] == 404

    run(tmp_path, scenario)


def test_an_issuer_with_a_path_is_found_before_it(tmp_path):  # SSF 7.2
    async def scenario(point):
        point.store.set("issuer", f"{point.url}/issuer1")
        assert (await point.ask("GET", "/.well-known/ssf-configuration/issuer1"))[0] == 200
        assert (await point.ask("GET", "/.well-known/ssf-configuration"))[0] == 404

    run(tmp_path, scenario)


def test_a_node_without_a_name_sends_nothing(tmp_path):
    async def scenario(point):
        point.store.set("issuer", "")
        assert (await point.ask("GET", "/.well-known/ssf-configuration"))[0] == 404
        assert (await point.do("GET", "/streams"))[0] == 404

    run(tmp_path, scenario)


def test_keys_are_published_and_the_newest_signs(tmp_path):  # interop 2.4.3, 2.6
    async def scenario(point):
        status, _, found = await point.ask("GET", "/ssf/v1/jwks.json")
        assert status == 200
        (first,) = found["keys"]
        assert first["alg"] == "RS256"
        assert keys.ring(found).find(first["kid"], "RS256").raw_value.key_size >= 2048
        assert "d" not in first
        # When: a new key is made
        name = signal_keys.rotate(point.home)
        stream = await point.stream()
        point.offer()
        # Then: it signs, and the old one is still published
        _, _, given = await point.poll(stream)
        raw = next(iter(given["sets"].values()))
        assert tokens.opened(raw).kid == name
        _, _, found = await point.ask("GET", "/ssf/v1/jwks.json")
        assert [each["kid"] for each in found["keys"]] == [name, first["kid"]]
        # When: the old one is retired
        signal_keys.retire(point.home, first["kid"])
        _, _, found = await point.ask("GET", "/ssf/v1/jwks.json")
        assert [each["kid"] for each in found["keys"]] == [name]

    run(tmp_path, scenario)


def test_access_tokens(tmp_path):  # interop 2.7.1: client credentials, an hour at most
    async def scenario(point):
        status, headers, found = await point.access()
        assert (status, headers["cache-control"]) == (200, "no-store")
        assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
        for wrong in ({"secret": "wrong"}, {"client": "nobody"}):
            status, headers, found = await point.access(**wrong)
            assert (status, found["error"]) == (401, "invalid_client")
        assert (await point.access(scope="other"))[2]["error"] == "invalid_scope"
        _, _, server = await point.ask("GET", "/.well-known/oauth-authorization-server")
        assert server["token_endpoint"] == f"{point.url}/ssf/v1/token"
        _, _, resource = await point.ask("GET", "/.well-known/oauth-protected-resource")
        assert resource["scopes_supported"] == ["ssf.read", "ssf.manage"]

    run(tmp_path, scenario)


def test_tokens_are_needed_and_suffice(tmp_path):  # interop 2.7.2, 2.7.3; RFC 6750 section 3
    async def scenario(point):
        for path in ("/streams", "/status?stream_id=x"):
            status, headers, _ = await point.do("GET", path, token="")
            assert status == 401
            assert headers["www-authenticate"].startswith("Bearer")
            status, headers, _ = await point.do("GET", path, token="wrong")
            assert status == 401
            assert 'error="invalid_token"' in headers["www-authenticate"]
        reader = (await point.access("ssf.read"))[2]["access_token"]
        assert (await point.do("GET", "/streams", token=reader))[0] == 200
        status, headers, _ = await point.do("POST", "/streams", {}, token=reader)
        assert status == 403
        assert 'error="insufficient_scope"' in headers["www-authenticate"]
        # RFC 6750 2.3: not in the query
        assert (await point.do("GET", f"/streams?access_token={point.token}", token=""))[0] == 401
        # … and not after its hour
        point.offset += 3_601
        assert (await point.do("GET", "/streams"))[0] == 401

    run(tmp_path, scenario)


def test_a_stream_is_made_for_polling_unless_said_otherwise(tmp_path):  # SSF 8.1.1.1
    async def scenario(point):
        found = await point.stream()
        assert found["delivery"]["method"] == POLL
        assert found["delivery"]["endpoint_url"].endswith(found["stream_id"])
        assert (found["iss"], found["aud"]) == (point.url, BETA)
        assert set(found["events_delivered"]) == set(found["events_supported"])
        chosen = await point.stream(events_requested=[REVOKED, "urn:unknown"], description="d")
        assert chosen["events_delivered"] == [REVOKED]
        assert chosen["events_requested"] == [REVOKED, "urn:unknown"]
        assert chosen["description"] == "d"
        assert chosen["min_verification_interval"] > 0

    run(tmp_path, scenario)


def test_pushing_goes_only_where_it_was_allowed(tmp_path):  # RFC 8935 section 5
    async def scenario(point):
        def asked(url, **more):
            return point.do(
                "POST", "/streams", {"delivery": {"method": PUSH, "endpoint_url": url, **more}}
            )

        status, _, found = await asked(
            "https://push.example/events", authorization_header="Bearer s3cr3t"
        )
        assert status == 201
        assert "s3cr3t" not in str(found)
        for url, expected in (
            ("https://evil.example/x", 403),
            ("http://push.example/x", 400),
            ("https://push.example:8443/x", 403),
            ("https://user@push.example/x", 400),
            ("http://169.254.169.254/latest", 400),
            ("file:///etc/passwd", 400),
            ("https://[", 400),
            ("", 400),
        ):
            assert (await asked(url))[0] == expected, url
        bad = await asked("https://push.example/x", authorization_header="a\r\nX: b")
        assert bad[0] == 400
        status, _, _ = await point.do("POST", "/streams", {"delivery": {"method": "urn:other"}})
        assert status == 400

    run(tmp_path, scenario)


def test_streams_are_read(tmp_path):  # SSF 8.1.1.2
    async def scenario(point):
        assert (await point.do("GET", "/streams"))[2] == []
        one = await point.stream()
        status, headers, found = await point.do("GET", f"/streams?stream_id={one['stream_id']}")
        assert (status, headers["cache-control"], found) == (200, "no-store", one)
        assert (await point.do("GET", "/streams"))[2] == [one]
        assert (await point.do("GET", "/streams?stream_id=x"))[0] == 404

    run(tmp_path, scenario)


def test_another_receivers_stream_does_not_exist(tmp_path):  # SSF 8: associated with streams
    async def scenario(point):
        one = await point.stream()
        _, secret = add_receiver(
            point.store, "gamma", audience=("g",), actor="t", now=point.clock()
        )
        other = (await point.access(client="gamma", secret=secret))[2]["access_token"]
        id_ = one["stream_id"]
        for method, path, body in (
            ("GET", f"/streams?stream_id={id_}", None),
            ("DELETE", f"/streams?stream_id={id_}", None),
            ("PATCH", "/streams", {"stream_id": id_}),
            ("PUT", "/streams", {"stream_id": id_}),
            ("GET", f"/status?stream_id={id_}", None),
            ("POST", "/status", {"stream_id": id_, "status": "disabled"}),
            ("POST", "/verification", {"stream_id": id_}),
            ("POST", "/subjects/add", {"stream_id": id_, "subject": {}}),
            ("POST", f"/poll/{id_}", {}),
        ):
            assert (await point.do(method, path, body, token=other))[0] == 404, path
        assert (await point.do("GET", "/streams", token=other))[2] == []

    run(tmp_path, scenario)


def test_a_stream_is_updated(tmp_path):  # SSF 8.1.1.3
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED], description="old")
        id_ = one["stream_id"]
        status, _, found = await point.do(
            "PATCH", "/streams", {"stream_id": id_, "events_requested": [RISK]}
        )
        assert status == 200
        assert (found["events_delivered"], found["description"]) == ([RISK], "old")
        # the transmitter's own may come back unchanged, and only unchanged
        same = await point.do("PATCH", "/streams", {**found, "description": "new"})
        assert (same[0], same[2]["description"]) == (200, "new")
        wrong = await point.do("PATCH", "/streams", {"stream_id": id_, "aud": "x"})
        assert wrong[0] == 400
        assert (await point.do("PATCH", "/streams", {"description": "x"}))[0] == 400
        assert (await point.do("PATCH", "/streams", {"stream_id": "x"}))[0] == 404
        assert (await point.ask("PATCH", "/ssf/v1/streams", token=point.token))[0] == 400

    run(tmp_path, scenario)


def test_a_stream_is_replaced(tmp_path):  # SSF 8.1.1.4: what is missing is deleted
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED], description="old")
        status, _, found = await point.do(
            "PUT", "/streams", {"stream_id": one["stream_id"], "events_requested": [RISK]}
        )
        assert status == 200
        assert "description" not in found
        assert found["events_delivered"] == [RISK]

    run(tmp_path, scenario)


def test_a_stream_is_deleted(tmp_path):  # SSF 8.1.1.5
    async def scenario(point):
        one = await point.stream()
        path = f"/streams?stream_id={one['stream_id']}"
        assert (await point.do("DELETE", "/streams"))[0] == 400
        status, _, body = await point.do("DELETE", path)
        assert (status, body) == (204, None)
        assert (await point.do("DELETE", path))[0] == 404
        assert point.offer() == 0

    run(tmp_path, scenario)


def test_more_streams_than_allowed_conflict(tmp_path):  # SSF 8.1.1.1: 409
    async def scenario(point):
        for _ in range(5):
            await point.stream()
        assert (await point.do("POST", "/streams", {}))[0] == 409

    run(tmp_path, scenario)


def test_a_paused_stream_holds_and_a_disabled_one_drops(tmp_path):  # SSF 8.1.2
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED])
        id_ = one["stream_id"]
        _, _, found = await point.do("GET", f"/status?stream_id={id_}")
        assert found == {"stream_id": id_, "status": "enabled"}
        paused = {"stream_id": id_, "status": "paused", "reason": "upkeep"}
        assert (await point.do("POST", "/status", paused))[2] == paused
        point.offer("amy")
        point.offer("bob")
        assert (await point.poll(one))[2]["sets"] == {}
        await point.do("POST", "/status", {"stream_id": id_, "status": "enabled"})
        sets = (await point.poll(one))[2]["sets"]
        users = [str(point.read(raw).subject.member("user")) for raw in sets.values()]
        assert ["amy" in users[0], "bob" in users[1]] == [True, True]  # in order
        await point.do("POST", "/status", {"stream_id": id_, "status": "disabled"})
        point.offer("cho")
        await point.do("POST", "/status", {"stream_id": id_, "status": "enabled"})
        assert (await point.poll(one))[2]["sets"] == {}
        assert (await point.do("POST", "/status", {"stream_id": id_, "status": "x"}))[0] == 400
        assert (await point.do("GET", "/status"))[0] == 400
        assert (await point.do("GET", "/status?stream_id=x"))[0] == 404

    run(tmp_path, scenario)


def test_subjects_taken_out_are_spared(tmp_path):  # SSF 8.1.3
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED])
        amy = subjects.write(subjects.of_members(user=subjects.simple("iss_sub", point.url, "amy")))
        body = {"stream_id": one["stream_id"], "subject": amy}
        assert (await point.do("POST", "/subjects/remove", body))[0] == 204
        assert (point.offer("amy"), point.offer("bob")) == (0, 1)
        status, _, answer = await point.do("POST", "/subjects/add", {**body, "verified": True})
        assert (status, answer) == (200, None)
        assert point.offer("amy") == 1
        wrong = {"stream_id": one["stream_id"], "subject": {"format": "email"}}
        assert (await point.do("POST", "/subjects/add", wrong))[0] == 400

    run(tmp_path, scenario)


def test_a_verification_event_carries_the_state(tmp_path):  # SSF 8.1.4; interop 2.4.5
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED])
        body = {"stream_id": one["stream_id"], "state": "VGhpcyBpcyBhbiBleGFtcGxl"}
        assert (await point.do("POST", "/verification", body))[0] == 204
        assert (await point.do("POST", "/verification", body))[0] == 429  # too soon
        (raw,) = (await point.poll(one))[2]["sets"].values()
        token = point.read(raw)
        assert token.event.type is EventType.VERIFICATION
        assert token.event.claims == {"state": "VGhpcyBpcyBhbiBleGFtcGxl"}
        assert token.subject == subjects.simple("opaque", one["stream_id"])
        point.offset += one["min_verification_interval"] + 1
        assert (await point.do("POST", "/verification", body))[0] == 204
        assert (await point.do("POST", "/verification", {"stream_id": "x"}))[0] == 404

    run(tmp_path, scenario)


def test_what_is_sent_is_what_the_profile_asks(tmp_path):  # SSF 4; interop 2.6, 2.8.1, 3.1
    async def scenario(point):
        one = await point.stream()
        point.sign_in("amy", device="nb-1")
        point.live.end("s-amy", Cause.MANUAL)
        await asyncio.sleep(0.05)
        sets = (await point.poll(one))[2]["sets"]
        found = [tokens.opened(raw) for raw in sets.values()]
        (revoked,) = (each for each in found if REVOKED in each.claims["events"])
        assert revoked.algorithm == "RS256"
        assert list(revoked.claims["events"]) == [REVOKED]
        assert not {"sub", "exp"} & revoked.claims.keys()
        event = revoked.claims["events"][REVOKED]
        assert event["reason_admin"]["en"]
        assert event["reason_admin"]["zh-TW"]
        assert event["initiating_entity"] == "admin"
        assert revoked.claims["sub_id"] == {
            "format": "complex",
            "session": {"format": "opaque", "id": "s-amy"},
            "user": {"format": "iss_sub", "iss": point.url, "sub": "amy"},
            "device": {"format": "opaque", "id": "nb-1"},
        }
        assert all(point.read(raw).jti == jti for jti, raw in sets.items())

    run(tmp_path, scenario)


def test_ends_nobody_decided_are_not_told(tmp_path):
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED])
        point.sign_in("amy")
        point.live.end("s-amy", Cause.SIGNED_OUT)
        await asyncio.sleep(0.05)
        assert (await point.poll(one))[2]["sets"] == {}

    run(tmp_path, scenario)


def test_polling_acknowledges_refuses_and_counts(tmp_path):  # RFC 8936 sections 2.2 to 2.4
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED])
        for user in ("amy", "bob", "cho"):
            point.offer(user)
        status, headers, found = await point.poll(one, maxEvents=2)
        assert (status, headers["content-type"]) == (200, "application/json")
        assert (len(found["sets"]), found["moreAvailable"]) == (2, True)
        # what was not acknowledged is given again
        assert (await point.poll(one, maxEvents=2))[2]["sets"] == found["sets"]
        first, second = found["sets"]
        errors = {second: {"err": "invalid_key", "description": "?"}}
        _, _, rest = await point.poll(one, ack=[first], setErrs=errors)
        assert len(rest["sets"]) == 1
        assert not {first, second} & rest["sets"].keys()
        assert "moreAvailable" not in rest
        # acknowledging only
        (third,) = rest["sets"]
        _, _, nothing = await point.poll(one, maxEvents=0, ack=[third])
        assert nothing == {"sets": {}}
        fare = point.store.stream_fare(one["stream_id"])
        assert (fare.acknowledged, fare.refused, fare.error) == (2, 1, "invalid_key: ?")

    run(tmp_path, scenario)


@pytest.mark.parametrize(
    "ask",
    [{"maxEvents": "x"}, {"maxEvents": -1}, {"ack": "x"}, {"setErrs": {"a": {}}},
     {"returnImmediately": 7}, {"ack": [1]}],
)  # fmt: skip
def test_malformed_polls_are_refused(tmp_path, ask):
    async def scenario(point):
        assert (await point.poll(await point.stream(), **ask))[0] == 400

    run(tmp_path, scenario)


def test_a_long_poll_is_answered_when_something_happens(tmp_path):  # RFC 8936 section 2.1
    async def scenario(point):
        one = await point.stream(events_requested=[REVOKED])
        waiting = asyncio.ensure_future(point.poll(one, returnImmediately=False))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        point.offer()
        assert len((await waiting)[2]["sets"]) == 1

    run(tmp_path, scenario)


def test_a_receiver_that_is_down_is_tried_later_and_later(tmp_path):
    async def scenario(point):
        await point.stream(
            delivery={"method": PUSH, "endpoint_url": "http://127.0.0.1:1/nobody"},
            events_requested=[REVOKED],
        )
        point.offer()
        (row,) = point.store.streams()
        pauses = []
        for _ in range(3):
            assert point.hub.sender.due(point.clock()) == (row.id,)
            await point.hub.sender.push(row.id)
            fare = point.store.stream_fare(row.id)
            pauses.append(fare.next_try - point.clock())
            point.offset = fare.next_try - point.clock() + point.offset
        assert pauses[0] < pauses[1] < pauses[2]
        assert point.store.waits(row.id) == 1  # nothing is lost
        assert fare.failures == 3

    run(tmp_path, scenario)


@pytest.mark.slow
def test_two_nodes_talk_by_push_and_by_poll(tmp_path):
    """What one node decides ends the session at the other, and at nobody else's."""

    async def scenario(alpha):
        alpha.go_on()
        async with SignalledPoint(tmp_path / "beta") as beta:
            receiver = alpha.store.receiver("beta")
            alpha.store.keep_receiver(replace(receiver, push_hosts=(f"127.0.0.1:{beta.port}",)))
            for method in ("push", "poll"):
                row = await add_feed(
                    beta.store,
                    NewFeed(
                        name=method,
                        issuer=alpha.url,
                        method=method,
                        audience=(BETA,),
                        endpoint=f"{beta.url}/ssf/v1/events/{method}",
                        client_id="beta",
                        client_secret=alpha.secret,
                        plain_http=True,
                        interval_s=10.0,
                    ),
                    actor="test",
                    now=beta.clock(),
                )
                assert row.stream_id
            beta.hub.reload()
            beta.go_on()
            # When: alpha ends amy's session, bob's goes on
            for point in (alpha, beta):
                point.sign_in("amy")
                point.sign_in("bob")
            alpha.live.end("s-amy", Cause.MANUAL)
            # Then
            await until(lambda: "s-amy" not in beta.live.held)
            assert "s-bob" in beta.live.held
            for name in ("push", "poll"):
                await until(lambda name=name: beta.store.fare(name).taken >= 1)
            # and: the sign of life beta asks for comes over both
            for name in ("push", "poll"):
                await ask_verification(beta.store, beta.store.feed(name), now=beta.clock())
                await until(lambda name=name: beta.store.fare(name).verified_at, 20)
                assert beta.store.fare(name).refused == 0
            await remove_feed(beta.store, "poll", now=beta.clock())
            assert len(alpha.store.streams()) == 1

    run(tmp_path / "alpha", scenario)


def test_verification_uri():
    assert EventType.VERIFICATION.uri == SSF + "verification"

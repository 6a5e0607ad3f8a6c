"""Hostile members: each bounded, refused and noted without content; the others are not harmed."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Barrier, Thread

import pytest

from panshi.evidence.log import Filter
from panshi.model.alliance.member import Quotas, Reason, Scope
from panshi.node.alliance import admission as admission_room
from panshi.node.alliance.admission import (
    SELF,
    Done,
    MemberRefusedError,
    admission,
    member_may,
)
from panshi.node.alliance.member_reading import member_detail, member_rows, refusals, submissions
from panshi.node.alliance.members import MemberDesk, member
from panshi.node.home import Home
from panshi.node.node import Node
from tests.node.alliance.members_at_hub import HOST, HOSTS, member_of, new_key, prepared, signed

ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
PATH = "/api/v1/hub/tickets"
BODY = '[{"title":"釣魚信 192.0.2.1"}]'.encode()


@pytest.fixture
def hub(tmp_path):
    with Node.open(Home(path=tmp_path)) as node:
        yield prepared(node)


def asked(hub, key, body=BODY, *, number="2026-000001", now=None, **more):
    return signed(key, "POST", PATH, body, now=now or hub.clock(), idempotency_key=number, **more)


def admit(hub, request, *, scope=Scope.TICKETS_WRITE, size=None):
    told = len(BODY) if size is None else size
    return admission(hub).admit(request, scope=scope, size=told, hosts=HOSTS)


def refused(hub, request, **more):
    with pytest.raises(MemberRefusedError) as told:
        admit(hub, request, **more)
    return told.value.refused


def once(hub, key, body=BODY, *, number="2026-000001", work=None):
    entry = admit(hub, asked(hub, key, body, number=number), size=len(body))
    try:
        admission(hub).body_came(entry, sha256(body).digest(), len(body))
        return entry.once("tickets", work or (lambda: Done(answer=b"receipt", items=1)))
    finally:
        admission(hub).leave(entry)


def test_the_same_submission_is_done_once_and_gets_the_same_answer(hub):
    key, done = member_of(hub), []

    def work():
        done.append(1)
        return Done(answer=b"receipt 1", status=202, items=3)

    first, again = once(hub, key, work=work), once(hub, key, work=work)
    assert (first.answer, first.again) == (b"receipt 1", False)
    assert (again.answer, again.status, again.again) == (b"receipt 1", 202, True)
    assert done == [1]
    assert member_rows(hub)[0].items == 3
    assert submissions(hub, "bank-017")[0].sha256 == sha256(BODY).hexdigest()


def test_another_content_under_the_same_key_is_a_conflict(hub):
    key = member_of(hub)
    once(hub, key)
    with pytest.raises(MemberRefusedError) as told:
        once(hub, key, b"[]")
    assert told.value.refused.reason is Reason.IDEMPOTENCY_CONFLICT
    assert told.value.refused.status == 409


def test_work_that_fails_leaves_the_key_free(hub):
    key = member_of(hub)

    def fails():
        raise ValueError("disk")

    with pytest.raises(ValueError, match="disk"):
        once(hub, key, work=fails)
    assert once(hub, key).again is False


def test_a_submission_without_a_key_is_refused(hub):
    key = member_of(hub)
    with pytest.raises(MemberRefusedError) as told:
        once(hub, key, number="")
    assert told.value.refused.reason is Reason.IDEMPOTENCY_KEY


def test_a_replayed_request_counts_once_even_after_a_restart(hub, tmp_path):
    key = member_of(hub)
    request = asked(hub, key)
    admission(hub).leave(admit(hub, request))
    assert refused(hub, request).reason is Reason.REPLAYED
    with Node.open(Home(path=tmp_path)) as restarted:
        assert refused(restarted, request).reason is Reason.REPLAYED


def test_forged_skewed_and_revoked_are_refused_with_the_reason(hub):
    key = member_of(hub)
    cases = {
        Reason.UNKNOWN_KEY: asked(hub, new_key()),
        Reason.CLOCK: asked(hub, key, now=hub.clock() + timedelta(minutes=10)),
        Reason.SIGNATURE: replace(asked(hub, key), method="PUT"),
        Reason.WRONG_HOST: replace(asked(hub, key), url=f"http://evil.example{PATH}"),
        Reason.UNSIGNED: replace(asked(hub, key), fields=()),
    }
    for reason, request in cases.items():
        assert refused(hub, request).reason is reason
    MemberDesk(hub, actor="lin.wei").revoke_key(
        "bank-017", member(hub, "bank-017").keys[0].id, why="lost"
    )
    assert refused(hub, asked(hub, key)).reason is Reason.KEY_NOT_IN_FORCE


def test_a_body_that_was_swapped_or_cut_is_refused(hub):
    key = member_of(hub)
    for body in (BODY[:-1], BODY + b" ", b""):
        entry = admit(hub, asked(hub, key, number=f"2026-{len(body):06}"))
        with pytest.raises(MemberRefusedError) as told:
            admission(hub).body_came(entry, sha256(body).digest(), len(body))
        admission(hub).leave(entry)
        assert told.value.refused.reason is Reason.DIGEST
        assert told.value.refused.member == "bank-017"


def test_a_flood_is_held_back_and_the_neighbour_is_heard(hub, monkeypatch):
    # Given a member with a small quota, its neighbour, and no time for the quota to come back
    monkeypatch.setattr(admission_room, "monotonic", lambda: 0.0)
    loud, quiet = member_of(hub, "loud"), member_of(hub, "quiet")
    quotas = Quotas(requests_per_second=0.5, batch=10, body_bytes=1_000)
    MemberDesk(hub, actor="chen").set_terms("loud", quotas, ())
    # When it floods
    answers = []
    for number in range(20):
        try:
            admission(hub).leave(admit(hub, asked(hub, loud, number=f"2026-{number:06}")))
            answers.append(None)
        except MemberRefusedError as error:
            answers.append(error.refused)
    # Then it is told when to come again, and the neighbour is heard
    assert answers.count(None) == 2
    assert answers[-1].reason is Reason.TOO_FAST
    assert answers[-1].status == 429
    assert answers[-1].retry_after >= 1
    admission(hub).leave(admit(hub, asked(hub, quiet)))


def test_a_hundred_megabytes_are_refused_before_they_come(hub):
    key = member_of(hub)
    found = refused(hub, asked(hub, key), size=100 * 1024**2)
    assert (found.reason, found.status) == (Reason.TOO_LARGE, 413)


def test_a_batch_is_bounded(hub):
    key = member_of(hub)
    entry = admit(hub, asked(hub, key))
    entry.check_batch(5_000)
    with pytest.raises(MemberRefusedError) as told:
        entry.check_batch(5_001)
    assert told.value.refused.reason is Reason.TOO_MANY_IN_BATCH


def test_two_at_the_same_time_do_the_work_once(hub):
    key, done, answers = member_of(hub), [], []
    barrier = Barrier(4)

    def slow():
        done.append(1)
        return Done(answer=b"receipt")

    def send():
        barrier.wait()
        try:
            answers.append(once(hub, key, work=slow).answer)
        except MemberRefusedError as error:
            answers.append(error.refused.reason)

    threads = [Thread(target=send) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert done == [1]
    assert set(answers) <= {b"receipt", Reason.BUSY}


def test_refusals_are_noted_without_content_and_gathered(hub):
    # Given a flood of skewed requests that carry something personal
    key = member_of(hub)
    before = hub.log.size()
    secret = "A123456789"
    for _ in range(50):
        request = asked(hub, key, secret.encode(), now=hub.clock() - timedelta(hours=1))
        refused(hub, replace(request, url=f"http://{HOST}{PATH}"))
    # Then few leaves are sealed, which say why and nothing of what was sent
    assert hub.log.size() - before <= 2
    noted = [told for _at, told in refusals(hub, "bank-017")]
    assert noted[0].reason == "clock"
    assert re.fullmatch(r"skew -36\d\d s", noted[0].detail)
    page = hub.log.page(Filter(kind="audit.event/1"), limit=500)
    assert secret not in "".join(str(each.observation) for each in page)


def test_a_forger_fills_nobodys_record(hub):
    key = member_of(hub)
    genuine = asked(hub, key)
    forged = replace(genuine, method="PUT")
    assert refused(hub, forged).member == ""
    assert refusals(hub, "bank-017") == ()
    assert [told.reason for _at, told in refusals(hub)] == ["signature"]


def by_token(clear, user="", method="GET"):
    value = f"Bearer {clear}"
    if user:
        value = "Basic " + b64encode(f"{user}:{clear}".encode()).decode()
    request = signed(new_key(), method, "/taxii2/", now=ANY_DAY)
    return replace(request, fields=(("authorization", value),))


def issue(hub, *scopes, name="taxii"):
    return admission(hub).issue_token(
        member(hub, "bank-017"), name, scopes, days=1, actor="member:bank-017"
    )


def test_a_token_opens_what_its_scopes_name(hub):
    member_of(hub)
    clear = issue(hub, "taxii.read")
    for user in ("", "bank-017"):
        entry = admit(hub, by_token(clear, user), scope=Scope.TAXII_READ, size=0)
        assert (entry.member.id, entry.token, entry.verified) == ("bank-017", "taxii", None)
    assert refused(hub, by_token(clear), scope=Scope.TAXII_WRITE).reason is Reason.SCOPE
    assert refused(hub, by_token(clear, "bank-018"), scope=Scope.TAXII_READ).status == 401
    assert refused(hub, by_token("pmt_x"), scope=Scope.TAXII_READ).reason is Reason.TOKEN
    garbage = replace(by_token("x"), fields=(("authorization", "Basic %%%"),))
    assert refused(hub, garbage, scope=Scope.TAXII_READ).reason is Reason.TOKEN


def test_a_token_ends_with_its_member_and_submits_no_ticket(hub):
    member_of(hub)
    clear = issue(hub, "taxii.read", "tickets.write", name="all")
    assert refused(hub, by_token(clear, method="POST")).reason is Reason.POLICY
    assert refused(hub, by_token(clear), scope=SELF).reason is Reason.SCOPE
    MemberDesk(hub, actor="lin.wei").suspend("bank-017", why="leak")
    found = refused(hub, by_token(clear), scope=Scope.TAXII_READ)
    assert found.reason is Reason.MEMBER_NOT_ACTIVE


def test_policy_says_what_the_hub_offers_to_which_kind(hub):
    member_of(hub, "bank-017")
    member_of(hub, "fs-isac", kind="foreign_isac", sector="abroad")
    member_of(hub, "fsc", kind="supervisor", sector="authority")
    offered = {
        one: {each.value for each in Scope if member_may(member(hub, one), each)}
        for one in ("bank-017", "fs-isac", "fsc")
    }
    assert offered["bank-017"] == {each.value for each in Scope}
    assert offered["fs-isac"] == {"taxii.read", "taxii.write", "reward.read"}
    assert offered["fsc"] == {"taxii.read", "reward.read"}
    key = member_of(hub, "fsc-2", kind="supervisor", sector="authority")
    assert refused(hub, asked(hub, key)).reason is Reason.POLICY


def test_the_detail_of_a_member_shows_no_secret(hub):
    member_of(hub)
    clear = issue(hub, "taxii.read")
    detail = member_detail(hub, "bank-017", names=False)
    assert clear not in str(detail)
    assert detail.member.invited_by == ""
    assert json.dumps([each.name for each in detail.tokens]) == '["taxii"]'

"""People are told once, whatever is restarted; failures are tried again and then shown."""

import json
import stat
from datetime import timedelta

import pytest

from panshi.errors import StoreError
from panshi.node.comments import comment
from panshi.node.home import Home
from panshi.node.inbox import Call
from panshi.node.node import Node
from panshi.node.notify import (
    NotifySettings,
    Occasion,
    Recipient,
    deliver,
    load,
    register_of,
    requeue,
    save,
    turn,
)
from panshi.node.notify.delivering import WAITS
from panshi.node.notify.recipients import OCCASIONS, OF_CALL
from panshi.node.searching import bring_up_to_date
from panshi.protection.access.roles import Role
from panshi.store.notices import DeliveryState
from panshi.store.senders import Hook, MailServer
from panshi.store.senders.mail import Security
from tests.simulators.mail_server import mailbox
from tests.simulators.webhook_receiver import receiver
from tests.web.small_bank import NOW, open_small_bank

ANA = Recipient(name="ana", roles=(Role.ANALYST,), email="ana@example.org")
ABOUT = "control/zt36/1-1"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def bank(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        node.clock = Clock()
        yield node


def mention(node, who="ana", text="請 @{} 看：密碼是 hunter2"):
    node.clock.now += timedelta(minutes=1)
    return comment(node, ABOUT, text.format(who), actor="ben", exists=lambda _name: True)


def settings(box=None, there=None):
    hooks, hosts = (), ()
    if there is not None:
        hosts = (f"127.0.0.1:{there.server_port}",)
        hooks = (Hook(name="soc", url=f"http://{hosts[0]}/", secret="s" * 20),)
    server = None
    if box is not None:
        server = MailServer(
            host="127.0.0.1", port=box.port, sender="p@example.org", security=Security.NONE
        )
    return NotifySettings(
        address="https://panshi.example.org", mail=server, hooks=hooks, allowed_hosts=hosts
    )


def test_what_was_there_before_is_told_in_the_console_only(bank):
    mention(bank)
    with mailbox() as box:
        told = turn(bank, [ANA], settings(box))
    assert len(told.notices) == 1
    assert told.deliveries == 0


def test_news_goes_out_by_mail_and_webhook_without_what_people_wrote(bank):
    with mailbox() as box, receiver() as there:
        chosen = settings(box, there)
        turn(bank, [ANA], chosen)
        mention(bank)
        turn(bank, [ANA], chosen)
        assert deliver(bank, chosen).sent == 2
        (mail,), ((_path, _headers, body),) = box.messages, there.posts
    whole = str(mail["Subject"]) + mail.get_content() + body.decode()
    assert "zt36/1-1" in whole
    assert "https://panshi.example.org/inbox/" in whole
    for secret in ("hunter2", "ben", "ana", "小銀行"):
        assert secret not in str(mail["Subject"]) + mail.get_content()
        assert secret not in body.decode()
    assert json.loads(body)["occasion"] == Occasion.MENTION


def test_nothing_is_told_or_sent_twice_even_by_another_process(bank, tmp_path):
    with mailbox() as box:
        chosen = settings(box)
        turn(bank, [ANA], chosen)
        mention(bank)
        for _ in range(3):
            turn(bank, [ANA], chosen)
            deliver(bank, chosen)
        # When the node is opened anew
        with Node.open(Home(path=tmp_path), clock=bank.clock) as again:
            assert turn(again, [ANA], chosen).notices == ()
            deliver(again, chosen)
        assert len(box.messages) == 1


def test_two_senders_share_the_work(bank):
    with mailbox() as box:
        chosen = settings(box)
        turn(bank, [ANA], chosen)
        mention(bank)
        turn(bank, [ANA], chosen)
        first = register_of(bank).claim(bank.clock())
        assert len(first) == 1
        assert register_of(bank).claim(bank.clock()) == ()


def test_a_failure_is_tried_again_with_growing_waits_and_then_shown(bank):
    with receiver() as there:
        chosen = settings(None, there)
        there.status = 500
        turn(bank, [ANA], chosen)
        mention(bank)
        turn(bank, [ANA], chosen)
        for tried, wait in enumerate(WAITS):
            assert deliver(bank, chosen).failed == 1, tried
            assert deliver(bank, chosen).failed == 0
            bank.clock.now += wait
        assert deliver(bank, chosen).dead == 1
        (dead,) = register_of(bank).deliveries(DeliveryState.DEAD)
        assert dead.error == "the webhook answered 500"
        assert dead.attempts == len(WAITS) + 1
        # When somebody queues it again and the receiver is well
        there.status = 200
        assert requeue(bank, lambda _each: True) == 1
        assert deliver(bank, chosen).sent == 1


def test_what_was_being_sent_in_a_crash_waits_for_people(bank):
    with mailbox() as box:
        chosen = settings(box)
        turn(bank, [ANA], chosen)
        mention(bank)
        turn(bank, [ANA], chosen)
        register_of(bank).claim(bank.clock())
        bank.clock.now += timedelta(days=2)
        assert deliver(bank, chosen).sent == 0
        assert box.messages == []
        assert len(register_of(bank).deliveries(DeliveryState.SENDING)) == 1


def test_who_muted_an_occasion_hears_nothing_of_it(bank):
    muted = Recipient(name="ana", roles=ANA.roles, muted=(Occasion.MENTION,))
    mention(bank)
    assert turn(bank, [muted], settings()).notices == ()


def test_a_digest_is_one_mail_a_day_after_its_hour(bank):
    daily = Recipient(name="ana", roles=ANA.roles, email="ana@example.org", digest=True)
    with mailbox() as box:
        chosen = settings(box)
        turn(bank, [daily], chosen)
        mention(bank)
        mention(bank, text="@{} 再一次")
        for _ in range(3):
            turn(bank, [daily], chosen)
            deliver(bank, chosen)
        (mail,) = box.messages
        assert mail.get_content().count("- ") == 2
        bank.clock.now += timedelta(days=1)
        mention(bank, text="@{} 第三次")
        turn(bank, [daily], chosen)
        turn(bank, [daily], chosen)
        deliver(bank, chosen)
        assert len(box.messages) == 2


def test_a_watched_object_is_heard_of_but_not_ones_own_doing(bank):
    watcher = Recipient(name="ana", roles=ANA.roles, watched=(ABOUT,))
    turn(bank, [watcher], settings())
    mention(bank, who="nobody-else")
    comment(bank, ABOUT, "mine", actor="ana", exists=lambda _n: False)
    bring_up_to_date(bank)
    told = turn(bank, [watcher], settings())
    assert [each.occasion for each in told.notices] == [Occasion.WATCHED]


def test_reading_counts_down_what_is_unread(bank):
    mention(bank)
    turn(bank, [ANA], settings())
    register = register_of(bank)
    assert register.unread("ana") == 1
    register.read("ana", bank.clock())
    assert register.unread("ana") == 0
    assert [each.read for each in register.notices("ana")] == [True]


def test_settings_are_kept_for_their_owner_only_and_secrets_from_the_environment(tmp_path):
    with mailbox() as box:
        save(tmp_path, settings(box))
    file = tmp_path / "notify.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load(tmp_path, {"PANSHI_SMTP_PASSWORD": "p"}).mail.password == "p"
    assert load(tmp_path, {"PANSHI_URL": "https://x.example/"}).address == "https://x.example"
    assert load(tmp_path / "nowhere", {}) == NotifySettings()
    file.write_text("{")
    with pytest.raises(StoreError, match="damaged"):
        load(tmp_path, {})


def test_every_call_has_an_occasion_and_every_occasion_its_words():
    assert set(OF_CALL) == set(Call)
    assert set(OCCASIONS) == set(Occasion)

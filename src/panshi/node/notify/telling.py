"""Finding out what is news to whom, and queueing it; told once, whatever is restarted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.inbox import CALLS, Awaiting, inbox
from panshi.node.node import Node
from panshi.node.notify import messages
from panshi.node.notify.recipients import OCCASIONS, OF_CALL, Occasion, Recipient
from panshi.node.notify.settings import NotifySettings
from panshi.node.notify.shared_news import SharedNews, shared_news
from panshi.node.objects import split
from panshi.node.searching.feeding import index_of
from panshi.store.notices import Delivery, Notice, NoticeRegister
from panshi.store.notices.register import Told
from panshi.store.search_index import TraceFilter

BEGUN = "begun"
"Set by the first turn: what awaited people before it is told in the console only."
MOST_TRACES = 500
MOST_APART = 20
"News of one turn that a person gets in mails of their own; more of them come in one."
DIGEST_BACK = timedelta(days=1)

_opened: WeakKeyDictionary[Node, NoticeRegister] = WeakKeyDictionary()
_lock = Lock()


def register_of(node: Node) -> NoticeRegister:
    """Give a node's register of notices, opened once."""
    with _lock:
        found = _opened.get(node)
        if found is None:
            found = NoticeRegister(node.home.path)
            _opened[node] = found
        return found


def turn(node: Node, recipients: Sequence[Recipient], settings: NotifySettings) -> Told:
    """Tell everybody what is news to them: in the console, and queued for what leaves the node."""
    register = register_of(node)
    now = node.clock()
    size = node.log.size()
    begun = bool(register.reached(BEGUN))
    since = int(register.reached("log") or size)
    notices: list[Notice] = []
    deliveries: list[Delivery] = []
    shared = shared_news(node)
    for each in recipients:
        told = register.known(each.name)
        news = [
            notice
            for notice in _notices(node, each, since, shared, now)
            if notice.key not in told and notice.occasion not in each.muted
        ]
        notices += news
        if begun:
            deliveries += _outgoing(each, news, settings, now)
    deliveries += _digests(register, recipients, settings, now) if begun else []
    return register.tell(notices, deliveries, [(BEGUN, "1"), ("log", str(size))])


def _notices(
    node: Node, recipient: Recipient, since: int, shared: Sequence[SharedNews], now: datetime
) -> Iterator[Notice]:
    for estate_id in node.estate_ids():
        for item in inbox(node, recipient.name, recipient.roles, estate_id):
            yield _of_item(item, recipient.name, now)
    yield from _watched(node, recipient, since, now)
    yield from (each.notice_for(recipient, now) for each in shared if each.told_to(recipient))


def _of_item(item: Awaiting, person: str, now: datetime) -> Notice:
    zh, en = item.title_zh, item.title_en
    if item.confined:
        zh = en = split(item.about)[1]
    word_zh, word_en = CALLS[item.call]
    return Notice(
        person=person,
        key=item.key,
        occasion=OF_CALL[item.call],
        about=item.about,
        title_zh=f"{word_zh}：{zh}",
        title_en=f"{word_en[:1].upper()}{word_en[1:]}: {en}",
        at=now,
    )


def _watched(node: Node, recipient: Recipient, since: int, now: datetime) -> Iterator[Notice]:
    """Yield what was recorded of watched objects since the last turn, by others."""
    zh, en = OCCASIONS[Occasion.WATCHED]
    for about in recipient.watched:
        for trace in index_of(node).trail(TraceFilter(about=about), limit=MOST_TRACES):
            if trace.position < since:
                break
            if trace.actor != recipient.name:
                yield Notice(
                    person=recipient.name,
                    key=f"watched:{trace.position}",
                    occasion=Occasion.WATCHED,
                    about=about,
                    title_zh=f"{zh}：{split(about)[1]}",
                    title_en=f"{en}: {split(about)[1]}",
                    at=now,
                )


def _outgoing(
    recipient: Recipient, news: Sequence[Notice], settings: NotifySettings, now: datetime
) -> Iterator[Delivery]:
    apart = len(news) <= MOST_APART
    if not apart and settings.mail is not None and recipient.email and not recipient.digest:
        key = _key("mail", recipient.name, *(each.key for each in news))
        yield _gathered(recipient, news, key, settings, now)
    for notice in news:
        for hook in settings.hooks if not notice.personal else ():
            yield Delivery(
                key=_key("webhook", hook.name, notice.key),
                channel="webhook",
                address=hook.name,
                subject=notice.title_en,
                body=messages.hook_body(notice, settings.address, now),
                next_at=now,
                made_at=now,
            )
        if apart and settings.mail is not None and recipient.email and not recipient.digest:
            yield Delivery(
                key=_key("mail", recipient.name, notice.key),
                channel="mail",
                address=recipient.email,
                subject=messages.subject(notice, chinese=recipient.chinese),
                body=messages.text(notice, settings.address, chinese=recipient.chinese),
                next_at=now,
                made_at=now,
            )


def _digests(
    register: NoticeRegister,
    recipients: Sequence[Recipient],
    settings: NotifySettings,
    now: datetime,
) -> Iterator[Delivery]:
    """Yield the digests of a day, once its hour has come."""
    local = now.astimezone(INSTITUTION_ZONE)
    if settings.mail is None or local.hour < settings.digest_hour:
        return
    for each in recipients:
        if not (each.email and each.digest):
            continue
        fresh = [notice for notice in register.notices(each.name) if notice.at > now - DIGEST_BACK]
        if fresh:
            key = _key("digest", each.name, day_of(now).isoformat())
            yield _gathered(each, fresh, key, settings, now)


def _gathered(
    recipient: Recipient,
    news: Sequence[Notice],
    key: str,
    settings: NotifySettings,
    now: datetime,
) -> Delivery:
    """Give one mail about several things."""
    return Delivery(
        key=key,
        channel="mail",
        address=recipient.email,
        subject=messages.digest_subject(len(news), chinese=recipient.chinese),
        body=messages.digest_text(news, settings.address, chinese=recipient.chinese),
        next_at=now,
        made_at=now,
    )


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

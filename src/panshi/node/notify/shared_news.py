"""News of intelligence: what touches the institution, and at a hub what its members' feeds got.

    for each in shared_news(node): each.notice_for(recipient, now)

Gathered once per turn, then given to each recipient as far as they may see it. A notice names our
own assets and how they are touched, never a value, a name or a text of the intelligence. Of what is
RED it says only that there is something, only to those who may read RED, and to no webhook, which
has no reader who could be asked. A feed is told of once a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from panshi.alliance.intelligence.release import STAFF, shelves_of
from panshi.alliance.intelligence.touching import Meeting
from panshi.model.alliance.marking import Marking, Reader, ReaderRole
from panshi.model.alliance.pulled import Sight
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.alliance.feeds import feed_id, feeds
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.intelligence.answers import open_to
from panshi.node.alliance.intelligence.sources import pulled
from panshi.node.alliance.intelligence.touching import Touch, touches
from panshi.node.alliance.objects import store
from panshi.node.authority import decided
from panshi.node.node import Node
from panshi.node.notify.recipients import Occasion, Recipient
from panshi.node.objects import ObjectKind, reference
from panshi.store.notices import Notice
from panshi.store.pulled_intelligence import PLACE
from panshi.store.stix_objects.reading import ALL, Wanted

MOST_NAMED = 3
"Assets named in one title."
MOST_SIGHTS = 100
"Newest findings looked at in one turn."
MEMBERS = Reader(member=None, role=ReaderRole.MEMBER)
"Any member: what it may not see goes to no webhook."
MEETINGS: dict[Meeting, tuple[str, str]] = {
    Meeting.OURS: ("本機構的位址或名稱", "an address or name of ours"),
    Meeting.VULNERABILITY: ("未修補的弱點", "a vulnerability open here"),
    Meeting.SUPPLIER: ("供應商", "a supplier of ours"),
    Meeting.PRODUCT: ("使用中的產品", "a product in use"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedNews:
    """One thing whoever may see it is told once."""

    key: str
    occasion: Occasion
    about: str
    title_zh: str
    title_en: str
    action: str
    "What somebody must be permitted to be told."
    personal: bool = False
    "For persons alone, not for webhooks."

    def told_to(self, recipient: Recipient) -> bool:
        """Whether somebody may know of it."""
        return decided(recipient.roles, self.action).allowed

    def notice_for(self, recipient: Recipient, now: datetime) -> Notice:
        """Give it as a notice."""
        return Notice(
            person=recipient.name,
            key=self.key,
            occasion=self.occasion,
            about=self.about,
            title_zh=self.title_zh,
            title_en=self.title_en,
            at=now,
            personal=self.personal,
        )


def shared_news(node: Node) -> tuple[SharedNews, ...]:
    """Give everything there is to be told of now; who was told before is another question."""
    if is_hub(node):
        return tuple(_of_feeds(node))
    if not (node.home.path / PLACE).exists():
        return ()
    return (*_of_touches(node), *_of_sights(node))


def _of_touches(node: Node) -> Iterator[SharedNews]:
    for estate_id in node.estate_ids():
        for touch in touches(node, estate_id):
            for object_id in touch.known.about:
                yield _of_touch(estate_id, object_id, touch)


def _of_touch(estate_id: str, object_id: str, touch: Touch) -> SharedNews:
    met = touch.met
    values = (f"{each.kind} {each.value}" for each in met.values)
    words = "\n".join((estate_id, object_id, met.meeting, met.word, *values))
    zh, en = MEETINGS[met.meeting]
    named = [each.name for each in touch.assets[:MOST_NAMED]]
    more = len(touch.assets) > MOST_NAMED
    return _intelligence(
        touch.known.marking,
        f"intel:{hashlib.sha256(words.encode()).hexdigest()[:32]}",
        object_id,
        (
            f"情資觸及{zh}：{'、'.join(named)}{'等' if more else ''}",
            f"Intelligence touches {en}: {', '.join(named)}{' and others' if more else ''}",
        ),
    )


def _of_sights(node: Node) -> Iterator[SharedNews]:
    with pulled(node) as opened:
        found: list[Sight] = [each for _number, each in opened.sights(limit=MOST_SIGHTS)]
    for each in found:
        if each.about:
            yield _intelligence(
                each.marking,
                f"intel-sight:{each.id}",
                each.about[0],
                (
                    f"情資所列的值出現在遙測紀錄：{each.lines} 行",
                    f"Intelligence was found in telemetry, lines: {each.lines}",
                ),
            )


def _intelligence(marking: Marking, key: str, object_id: str, title: tuple[str, str]) -> SharedNews:
    red = not open_to(marking, red=False)
    zh, en = ("有 TLP:RED 情資觸及本機構", "Intelligence marked RED touches us") if red else title
    return SharedNews(
        key=key,
        occasion=Occasion.INTELLIGENCE,
        about=reference(ObjectKind.INTELLIGENCE, object_id),
        title_zh=zh,
        title_en=en,
        action="intel.red" if red else "intel.view",
        personal=red,
    )


def _of_feeds(node: Node) -> Iterator[SharedNews]:
    """Yield the feeds that got something since the day began."""
    day = day_of(node.clock())
    begun = round(datetime.combine(day, time(), INSTITUTION_ZONE).timestamp() * 1_000_000)
    for need in feeds(node).needs.all:
        wanted = Wanted(after=begun - 1, limit=1, versions=(ALL,), bodies=False)
        if not store(node).page(feed_id(need.id), {STAFF}, wanted).objects:
            continue
        anybodys = store(node).page(feed_id(need.id), shelves_of(MEMBERS), wanted).objects
        yield SharedNews(
            key=f"feed:{need.id}:{day}",
            occasion=Occasion.FEED,
            about=reference(ObjectKind.MEMBER, need.member),
            title_zh=f"會員 {need.member} 的訂閱 {need.id} 有新情資",
            title_en=f"Subscription {need.id} of member {need.member} has new intelligence",
            action="taxii.read",
            personal=not anybodys,
        )

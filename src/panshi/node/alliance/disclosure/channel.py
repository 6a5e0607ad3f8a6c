"""The channel as the world sees it: open or not, security.txt, the keys to write to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from panshi.alliance.disclosure.security_text import (
    WARN_DAYS,
    channel_defect,
    days_left,
    security_text,
)
from panshi.errors import MissingError, UsageError
from panshi.governance.persons import acting_person
from panshi.model.bodies.disclosure import CHANNEL, DisclosureChannel
from panshi.model.observation import ObservationId
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.records import record
from panshi.store.disclosure_keys import DisclosureKeys, OfferedKey

SUBJECT = "disclosure:channel"
KEY_PATHS = {"openpgp": "/disclose/openpgp.asc", "age": "/disclose/age.txt"}
USUAL_DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAnswer:
    """The channel as CLI and API answer it."""

    accepting: bool
    base_url: str
    name: str
    contacts: tuple[str, ...]
    expires: date
    days_left: int
    warning: str
    "What is to be done about it; empty where nothing is."
    warning_zh: str
    languages: tuple[str, ...]
    policy_url: str
    acknowledgments_url: str
    keys: tuple[tuple[str, str, datetime | None], ...]
    "Kind, fingerprint and end of each key offered."
    security_text: str


def channel(node: Node) -> DisclosureChannel | None:
    """Give the channel as it was set last; None where it never was."""
    bodies = [each.observation.body for each in node.log.records(CHANNEL)]
    return next((each for each in reversed(bodies) if isinstance(each, DisclosureChannel)), None)


def open_channel(node: Node) -> DisclosureChannel:
    """Give the channel, or say that there is none: nothing of it exists then."""
    found = channel(node)
    if found is None or not found.accepting:
        raise MissingError(
            "this node takes no reports from outside",
            remedy="`panshi disclosure channel open` opens the channel",
        )
    return found


def set_channel(node: Node, wanted: DisclosureChannel, *, actor: str) -> ObservationId:
    """Open, change or close the channel."""
    body = replace(wanted, set_by=acting_person(actor))
    now = node.clock()
    if defect := channel_defect(body, day_of(now)):
        raise UsageError(defect, place="disclosure channel", remedy="nothing was changed")
    made = record(CHANNEL, body, subject=SUBJECT, facet="", at=now)
    sealed = node.log.append((made,), now).ids[-1]
    node.checkpoint()
    node.audit(actor, CHANNEL, "open" if body.accepting else "closed")
    return sealed


def usual_end(node: Node) -> date:
    """Give the day on which a channel opened now usually expires."""
    return day_of(node.clock()) + timedelta(days=USUAL_DAYS)


def keys(node: Node) -> DisclosureKeys:
    """Give the keys of the channel."""
    return DisclosureKeys(node.home.path)


def offered(node: Node) -> tuple[OfferedKey, ...]:
    """Give the keys reporters may use now; an expired one is offered to nobody."""
    now = node.clock()
    return tuple(each for each in keys(node).newest() if each.offered(now))


def served_security_text(node: Node) -> str:
    """Give security.txt as it is served: signed where there is a key that holds."""
    return keys(node).signed(plain_security_text(node), node.clock())


def plain_security_text(node: Node) -> str:
    """Give security.txt unsigned."""
    found = open_channel(node)
    kinds = [each.kind for each in offered(node)]
    url = f"{found.base_url.rstrip('/')}{KEY_PATHS[kinds[0]]}" if kinds else ""
    return security_text(found, key_url=url)


def channel_answer(node: Node) -> ChannelAnswer | None:
    """Give the channel as it is answered; None where it never was set."""
    found = channel(node)
    if found is None:
        return None
    today = day_of(node.clock())
    warning = _warning(node, found, today)
    return ChannelAnswer(
        accepting=found.accepting,
        base_url=found.base_url,
        name=found.name,
        contacts=found.contacts,
        expires=found.expires,
        days_left=days_left(found, today),
        warning=warning[1],
        warning_zh=warning[0],
        languages=found.languages,
        policy_url=found.policy_url,
        acknowledgments_url=found.acknowledgments_url,
        keys=tuple((each.kind, each.fingerprint, each.expires) for each in keys(node).newest()),
        security_text=served_security_text(node) if found.accepting else "",
    )


def _warning(node: Node, found: DisclosureChannel, today: date) -> tuple[str, str]:
    """Say in zh-TW and English what is to be done about the channel."""
    if not found.accepting:
        return "", ""
    left = days_left(found, today)
    if left <= 0:
        return "security.txt 已過期，請重設到期日", "security.txt is stale; set a later day"
    if left <= WARN_DAYS:
        return f"security.txt 將於 {left} 天後到期", f"security.txt expires in {left} days"
    now = node.clock()
    for each in keys(node).newest():
        if each.expires is not None and each.expires <= now + timedelta(days=WARN_DAYS):
            gone = each.expires <= now
            state = "has expired" if gone else "expires soon"
            word = "已過期" if gone else "即將到期"
            return (
                f"{each.kind} 金鑰{word}，請產生新的",
                f"the {each.kind} key {state}; make a new one",
            )
    return "", ""

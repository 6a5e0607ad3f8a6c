"""What people and members of the sector's demo do, each in the way a real one would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from panshi.errors import StoreError
from panshi.model.alliance.member import Scope
from panshi.model.alliance.ticket import Ticket
from panshi.node.alliance.campaign_warnings import warnings_listed
from panshi.node.alliance.campaigns import every_campaign
from panshi.node.alliance.intelligence.pulling import pull
from panshi.node.alliance.intelligence.sources import Given, keep_source, source_of
from panshi.node.alliance.intelligence.touching import Touch, touches
from panshi.node.alliance.member_client import API, HubClient
from panshi.node.alliance.members import MemberDesk
from panshi.node.alliance.threat_reports import ThreatAsking, publish
from panshi.node.demo_sector import COLLECTION, FLAW, LIAISON, PURL, SECOND, SUPPLIER
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.resilience.dependence import signed_extract
from panshi.report.threat.facts import ThreatReport

EXTRACT = (
    {"kind": "supplier", "value": SUPPLIER, "detail": "DEMO 端點更新系統"},
    {"kind": "cve", "value": FLAW, "detail": PURL},
)
"By what each member chose to be warned."


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """How far the story has come at the hub."""

    campaign: int = 0
    "Number of the campaign through the supplier; 0 where none has formed yet."
    name: str = ""
    warnings: int = 0


def take_in_members(
    node: Node, hub: str, homes: Mapping[str, Path], codes: Mapping[str, str]
) -> None:
    """Let each member show its key to the hub, and another person let it in."""
    desk = MemberDesk(node, actor=SECOND)
    for member, home in homes.items():
        client = HubClient(home)
        client.keygen()
        client.enrol(hub, codes[member])
        desk.approve(member, why="DEMO")
        client.call("PUT", f"{API}/self/consent", msgspec.json.encode({"granted": True}))
        client.call("PUT", f"{API}/self/extract", msgspec.json.encode({"items": EXTRACT}))


def say_dependence(homes: Mapping[str, Path]) -> None:
    """Let each member say, signed, what its services stand on."""
    for member, home in homes.items():
        with Node.open(Home(path=home)) as node:
            client = HubClient(home)
            signed = signed_extract(node, client, estate_id=member)
            client.call("PUT", f"{API}/self/dependence", msgspec.json.encode(signed))


def member_sends(home: Path, tickets: Sequence[Ticket]) -> None:
    """Send signed tickets as a member does; every one is acknowledged by a receipt."""
    body = msgspec.json.encode({"tickets": [_said(each) for each in tickets]})
    key = f"demo-{tickets[0].number}"
    told = HubClient(home).call("POST", f"{API}/tickets", body, idempotency_key=key).value()
    if told["accepted"] + told["known"] != len(tickets):
        wrong = next(each for each in told["receipts"] if each["taking"] == "refused")
        raise StoreError(f"the hub refused {wrong['number']}: {wrong['problem']}")


def seen_at_hub(node: Node) -> Acted:
    """Tell the campaign through the supplier, where there is one."""
    for each in every_campaign(node):
        if any(SUPPLIER in ticket.suppliers for ticket in each.tickets):
            return Acted(
                campaign=each.number,
                name=each.label(),
                warnings=len(warnings_listed(node, campaign=each.number)),
            )
    return Acted()


def tell_members(node: Node) -> None:
    """Put the week's report into the collection members read."""
    asking = ThreatAsking(report=ThreatReport.WEEKLY, chinese=True)
    publish(node, asking, COLLECTION, actor=LIAISON)


def exposed(node: Node, hub: str, *, actor: str) -> tuple[Touch, ...]:
    """Pull what the hub knows over TAXII, and tell what of it meets the own estate."""
    asked = {"name": "taxii", "scopes": [Scope.TAXII_READ], "days": 30}
    told = (
        HubClient(node.home.path)
        .call("POST", f"{API}/self/tokens", msgspec.json.encode(asked))
        .value()
    )
    given = Given(name="demo-hub", reliability="A", token=told["token"])
    place = keep_source(node, source_of(node, f"{hub}/taxii2/", given), actor=actor)
    for each in pull(node, (place.name,), actor=actor):
        if each.problem:
            raise StoreError(f"the pull stopped: {each.problem}", remedy=each.remedy)
    found = touches(node)
    client = HubClient(node.home.path)
    for warning in client.call("GET", f"{API}/self/warnings").value():
        answer = {"answer": "exposed" if found else "not-exposed"}
        path = f"{API}/self/warnings/{warning['number']}/answer"
        client.call("POST", path, msgspec.json.encode(answer))
    return found


def _said(ticket: Ticket) -> dict[str, object]:
    """Give what a member says: nothing the hub fills in, nothing that is empty."""
    told: dict[str, object] = msgspec.to_builtins(ticket)
    hubs = {"id", "member", "accepted_at", "digest", "channel"}
    marking = {"tlp": ticket.marking.tlp, "pap": ticket.marking.pap}
    kept = {name: value for name, value in told.items() if value not in _EMPTY}
    return {name: value for name, value in kept.items() if name not in hubs} | {"marking": marking}


_EMPTY: tuple[object, ...] = (None, "", [], {})

"""A home in the role of a hub: F-ISAC, F-SOC or a supervisor's desk, served by the same program.

The role is a sealed fact, given once to a home that holds no institution of its own, and kept for
good. A hub's estate is the hub itself, on which its people's records and offices rest. Everything
that only a hub does asks `check_hub` first; elsewhere such a thing does not exist.
"""

from __future__ import annotations

from weakref import WeakSet

from panshi.errors import MissingError, UsageError
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.bodies.hub_members import ROLE, HubRole
from panshi.model.estate import Estate
from panshi.node.node import THIS_MACHINE, Node
from panshi.node.records import record

ESTATE = "hub"
SUBJECT = "hub:self"
DEFAULT_NAME = "聯防樞紐"

_hubs: WeakSet[Node] = WeakSet()
"Nodes found to be hubs; the role is never given back."


def prepare_hub(node: Node, *, actor: str, name: str = "") -> bool:
    """Give a home the role of a hub, where it has none yet; give whether it was new."""
    if is_hub(node):
        return False
    others = [each for each in node.estate_ids() if each not in {THIS_MACHINE, ESTATE}]
    if others:
        raise UsageError(
            f"this home is an institution's ({others[0]}) and cannot become a hub",
            place=str(node.home.path),
            remedy="name another directory in PANSHI_HOME",
        )
    called, now = name.strip() or DEFAULT_NAME, node.clock()
    itself = Asset(
        id=AssetId("institution:hub"),
        kind=AssetKind.INSTITUTION,
        name=called,
        attributes={"sector": "other"},
    )
    estate = Estate(
        id=ESTATE, name_zh=called, name_en=called, version=1, as_of=now, assets=(itself,)
    )
    node.commit_estate(estate, by=actor)
    made = record(ROLE, HubRole(name=called, prepared_by=actor), subject=SUBJECT, facet="", at=now)
    node.log.append((made,), now)
    node.audit(actor, ROLE, called)
    node.checkpoint()
    return True


def is_hub(node: Node) -> bool:
    """Whether this home is a hub's."""
    if node not in _hubs and node.log.kinds().get(ROLE):
        _hubs.add(node)
    return node in _hubs


def check_hub(node: Node) -> None:
    """Refuse what only a hub has."""
    if not is_hub(node):
        raise MissingError(
            "this node is no hub", remedy="`panshi hub` makes one of an empty PANSHI_HOME"
        )


def hub_name(node: Node) -> str:
    """Give what the hub is called."""
    check_hub(node)
    bodies = (each.observation.body for each in node.log.records(ROLE))
    return next((each.name for each in bodies if isinstance(each, HubRole)), DEFAULT_NAME)

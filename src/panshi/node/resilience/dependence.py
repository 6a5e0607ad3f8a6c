"""The extract an institution may give its sector: what becomes of its services without each thing.

    extract_of(node, member="bank-017", tlp="amber")      what would be said; nothing leaves
    signed_extract(node, client, tlp="amber")             signed with the key in use

Own buildings are left out: nobody else can stand on them, and their ground, power and cables are
told. Of software the packages are told without version, each with the systems that hold it gone at
once, as after a faulty update.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec

from panshi.alliance.members.keys import dependence_text
from panshi.errors import UsageError
from panshi.model.alliance.marking import Tlp
from panshi.model.asset import AssetId
from panshi.model.estate import Estate
from panshi.model.resilience.dependence import (
    LONGEST,
    MOST_THINGS,
    Dependence,
    DependenceExtract,
    SharedKind,
    SignedExtract,
)
from panshi.model.resilience.graph import Graph, NodeId
from panshi.node.alliance.member_client import HubClient
from panshi.node.node import Node
from panshi.node.resilience.sealing import Bearing, bearing_of
from panshi.node.supply_chain.components import name_of as package_name
from panshi.node.supply_chain.portfolio import portfolio
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.report.disaster_words import name_of
from panshi.resilience.story.removal import Fallen, fallen_together
from panshi.resilience.story.tale import ServiceTale

MOST_PACKAGES = 500
"Those that take down most come first."


def extract_of(
    node: Node, *, member: str, tlp: str = Tlp.AMBER, estate_id: str | None = None
) -> DependenceExtract:
    """Say what becomes of services without each thing others may share."""
    bearing = bearing_of(node, estate_id)
    graph = bearing.graph
    if not graph.services:
        raise UsageError(
            "no service is in the estate, so there is nothing to say",
            remedy="import the estate with its services first",
        )
    things = [*_things(bearing), *_packages(node, bearing)]
    return DependenceExtract(
        member=member,
        as_of=node.clock(),
        tlp=Tlp(tlp),
        services=len(graph.services),
        critical=sum(each.critical for each in graph.services),
        things=tuple(things[:MOST_THINGS]),
    )


def signed_extract(
    node: Node, client: HubClient, *, tlp: str = Tlp.AMBER, estate_id: str | None = None
) -> SignedExtract:
    """Sign what would be said with the key this member uses."""
    enrolment = client.enrolment
    said = extract_of(node, member=enrolment.member, tlp=tlp, estate_id=estate_id)
    statement = msgspec.json.encode(said).decode()
    private = client.keys.private(enrolment.key)
    return SignedExtract(
        statement=statement,
        key=enrolment.key,
        signature=b64encode(private.sign(dependence_text(statement))).decode(),
    )


def _things(bearing: Bearing) -> Iterator[Dependence]:
    estate = bearing.sources.estate
    for each in bearing.concentration:
        kind = _KINDS.get(each.node.kind.value)
        if kind is None:
            continue
        attributes = _attributes(estate, each.node.id)
        operator = str(attributes.get("operator", "")).strip()
        if kind is SharedKind.SITE and _own(estate, operator):
            continue
        yield _told(
            bearing.graph,
            each,
            kind,
            each.node.name_zh,
            operator=operator if kind is SharedKind.SITE else "",
            city=str(attributes.get("city", "")) if kind is SharedKind.SITE else "",
        )


def _own(estate: Estate, operator: str) -> bool:
    """Whether nobody else runs a site."""
    return not operator or operator in {estate.name_zh, estate.name_en}


def _attributes(estate: Estate, name: NodeId) -> Mapping[str, object]:
    found = estate.by_id.get(AssetId(name))
    return found.attributes if found is not None else {}


def _packages(node: Node, bearing: Bearing) -> Iterator[Dependence]:
    """Take away each package with every system that holds it; systems alike are tried once."""
    view = portfolio(node)  # which brings memory up to date first
    purls = memory_of(node).packages.purls
    holding: dict[str, set[NodeId]] = defaultdict(set)
    for system, packages in view.systems_with(range(len(purls))).items():
        if NodeId(system) in bearing.graph.by_id:
            for each in packages:
                holding[package_name(purls[each])].add(NodeId(system))
    tried: dict[frozenset[NodeId], Fallen] = {}
    made: list[tuple[str, Fallen]] = []
    for name, systems in holding.items():
        gone = frozenset(systems)
        if gone not in tried:
            tried[gone] = fallen_together(bearing.graph, tuple(sorted(gone)))
        if tried[gone].late or tried[gone].carried:
            made.append((name, tried[gone]))
    made.sort(key=lambda each: (-each[1].critical, -len(each[1].late), each[0]))
    for name, found in made[:MOST_PACKAGES]:
        yield _told(bearing.graph, found, SharedKind.COMPONENT, name)


def _told(
    graph: Graph, found: Fallen, kind: SharedKind, name: str, *, operator: str = "", city: str = ""
) -> Dependence:
    def names(tales: tuple[ServiceTale, ...]) -> tuple[str, ...]:
        return tuple(name_of(graph, each.node.id, chinese=True)[:LONGEST] for each in tales)

    return Dependence(
        kind=kind,
        name=name[:LONGEST],
        operator=operator[:LONGEST],
        city=city[:LONGEST],
        critical=found.critical,
        late=names(found.late),
        carried=names(found.carried),
    )


_KINDS = {each.value: each for each in SharedKind}

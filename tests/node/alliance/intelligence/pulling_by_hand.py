"""A small bank with names of its own, and intelligence put into its store without a server."""

from dataclasses import replace
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import msgspec

from panshi.alliance.intelligence.pieces import incoming
from panshi.model.alliance.marking import Marking, Tlp
from panshi.model.alliance.pulled import Progress, SourcePlace
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.node.alliance.intelligence.sources import keep_source, pulled
from tests.web.small_bank import NOW, estate, open_small_bank

OURS = ("vpn.bank.example", "mail.bank.example", "www.bank.example")


class Clock:
    """A clock a test moves."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def own(number):
    return AssetId(f"host:own-{number}")


def bank_with_names(home):
    """Open the small bank with three hosts whose names are in the estate, and a movable clock."""
    node = open_small_bank(home)
    node.clock = Clock(node.clock())
    before = estate()
    hosts = tuple(
        Asset(id=own(number), kind=AssetKind.HOST, name=name, inventories=("cmdb",))
        for number, name in enumerate(OURS)
    )
    as_of = NOW + timedelta(hours=1)
    if node.estate(before.id).version == 1:
        named_ones = replace(before, version=2, as_of=as_of, assets=before.assets + hosts)
        node.commit_estate(named_ones, by="tests")
    keep_source(
        node, SourcePlace(name="isac", url="https://isac.example/t/", reliability="B"), actor="lin"
    )
    return node


def named(name):
    return f"indicator--{uuid5(NAMESPACE_URL, name)}"


def came(node, *names, tlp=Tlp.AMBER, source="isac", **more):
    """Put an indicator on each name into the store, as a pull does."""
    now = node.clock()
    said = (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    read = []
    for name in names:
        thing = {
            "type": "indicator", "id": named(name), "created": said, "modified": said,
            "pattern": f"[domain-name:value = '{name}']", "name": f"words on {name}",
            "confidence": 80,
        } | more  # fmt: skip
        body = msgspec.json.encode(thing)
        read.append(incoming(thing, body, Marking(tlp=tlp), source=source, now=now))
    with pulled(node) as store:
        store.take(source, "c", read, Progress(), now=now)

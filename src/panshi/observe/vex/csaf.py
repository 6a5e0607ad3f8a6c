"""CSAF 2.0 and 2.1 (OASIS), read for what it states of products.

Workflow: the tree tells what each product id means, `csaf_rules` whether the document may be
believed, then each vulnerability gives statements, one per status and reason. A product that two
contradicting status groups hold (6.1.6), that no definition names (6.1.1), or that is said not to
be affected without a reason (6.1.27.9) costs itself and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from panshi.model.supply_chain.vex import VexProduct, VexStatement, VexStatus
from panshi.observe.vex.csaf_advisories import advisories_of
from panshi.observe.vex.csaf_rules import VEX, refusal
from panshi.observe.vex.csaf_tree import Tree, read_tree
from panshi.observe.vex.document import (
    LONGEST,
    STATEMENTS_KEPT,
    Json,
    Reading,
    VexDocument,
    items,
    mapping,
    objects,
    text,
    texts,
)
from panshi.observe.vex.openvex import JUSTIFICATIONS

GROUPS = {
    "first_affected": VexStatus.AFFECTED,
    "known_affected": VexStatus.AFFECTED,
    "last_affected": VexStatus.AFFECTED,
    "known_not_affected": VexStatus.NOT_AFFECTED,
    "first_fixed": VexStatus.FIXED,
    "fixed": VexStatus.FIXED,
    "under_investigation": VexStatus.UNDER_INVESTIGATION,
}
"`recommended` and `unknown` state nothing of the kind."


def is_csaf(top: Json) -> bool:
    """Tell a CSAF document by its head."""
    return "csaf_version" in mapping(top.get("document"))


def read_csaf(top: Json, digest: str) -> VexDocument:
    """Read a document that is CSAF by its head."""
    reading = Reading()
    document = mapping(top.get("document"))
    tracking, publisher = mapping(document.get("tracking")), mapping(document.get("publisher"))
    tree = read_tree(top, reading)
    refused = refusal(top, reading)
    issued = text(tracking.get("current_release_date"))
    author = text(publisher.get("name"))
    found: list[VexStatement] = []
    named = Counter(
        text(mapping(each).get("cve")) for each, _ in items(top.get("vulnerabilities"), "")
    )
    for each, place in objects(top.get("vulnerabilities"), "/vulnerabilities"):
        cve = text(each.get("cve"))
        if cve and named[cve] > 1:
            reading.tell(place, f"6.1.23: {cve} stands twice; neither counts")
            continue
        spoken = _Spoken(each, place, tree, reading, digest)
        found += spoken.statements(
            author=author, issued=issued, strict=document.get("category") == VEX
        )
        if len(found) > STATEMENTS_KEPT:
            reading.tell(place, f"more than {STATEMENTS_KEPT:,} statements; the rest is left out")
            break
    return VexDocument(
        format="CSAF",
        spec_version=text(document.get("csaf_version")),
        digest=digest,
        id=text(tracking.get("id")),
        author=author,
        title=text(document.get("title")),
        issued=issued,
        statements=() if refused else tuple(found[:STATEMENTS_KEPT]),
        defects=reading.told(),
        refused=refused,
        advisories=() if refused else advisories_of(top, tree, digest),
    )


def reachable(product: VexProduct) -> bool:
    """Whether anything but this document could know the product."""
    return bool(product.purl or product.cpe)


@dataclass(slots=True)
class _Spoken:
    """One element of `vulnerabilities`."""

    held: Json
    place: str
    tree: Tree
    reading: Reading
    digest: str
    statuses: dict[str, VexStatus] = field(default_factory=dict)

    def statements(self, *, author: str, issued: str, strict: bool) -> Iterator[VexStatement]:
        """Give one statement per status, reason and advice."""
        vulnerability, aliases = self._names()
        if not vulnerability:
            self.reading.tell(self.place, "neither CVE nor id; it counts for nothing")
            return
        self._read_statuses()
        justified, impacts, actions = self._justified(), self._impacts(), self._actions()
        alike: dict[tuple[VexStatus, str, str, str], list[str]] = {}
        for product, status in self.statuses.items():
            justification = justified.get(product, "")
            impact, action = impacts.get(product, ""), actions.get(product, "")
            if status is VexStatus.NOT_AFFECTED and not (justification or impact):
                self._tell(f"6.1.27.9: {product[:80]!r} is not affected without a reason; left out")
                continue
            if strict and status is VexStatus.AFFECTED and not action:
                self._tell(f"6.1.27.10: {product[:80]!r} is affected without an advice")
            if status is not VexStatus.NOT_AFFECTED:
                justification = ""
            alike.setdefault((status, justification, impact, action), []).append(product)
        nameless = 0
        for (status, justification, impact, action), members in alike.items():
            told = {name: self.tree.named(name, self.digest) for name in members}
            nameless += sum(not any(map(reachable, each)) for each in told.values())
            products = [each for found in told.values() for each in found if reachable(each)]
            if products:
                yield VexStatement(
                    vulnerability=vulnerability,
                    status=status,
                    aliases=aliases,
                    products=tuple(products),
                    justification=justification,
                    impact=impact,
                    action=action,
                    author=author,
                    document=self.digest,
                    issued=issued,
                    place=self.place,
                )

        if nameless:
            self._tell(
                f"{nameless:,} products without purl or CPE; what is said of them is left out"
            )

    def _names(self) -> tuple[str, tuple[str, ...]]:
        ids = [text(each.get("text")) for each, _ in objects(self.held.get("ids"), "")]
        found = tuple(dict.fromkeys(filter(None, (text(self.held.get("cve")), *ids))))
        return (found[0], found[1:]) if found else ("", ())

    def _read_statuses(self) -> None:
        """Give each product its status; one in two contradicting groups has none (6.1.6)."""
        groups = mapping(self.held.get("product_status"))
        contradicting: set[str] = set()
        for group, status in GROUPS.items():
            place = f"{self.place}/product_status/{group}"
            for each, where in items(groups.get(group), place):
                product = text(each)
                if product not in self.tree.products:
                    self.reading.tell(where, f"6.1.1: product id {product[:80]!r} is not defined")
                elif self.statuses.get(product, status) is not status:
                    self.reading.tell(where, f"6.1.6: {product[:80]!r} has contradicting statuses")
                    contradicting.add(product)
                else:
                    self.statuses[product] = status
        for product in contradicting:
            self.statuses.pop(product, None)

    def _justified(self) -> Mapping[str, str]:
        """Read flags; several justifications for one product are none (6.1.33)."""
        found: dict[str, str] = {}
        several: set[str] = set()
        for each, place in objects(self.held.get("flags"), f"{self.place}/flags"):
            members, label = self._members(each, place, "6.1.32"), text(each.get("label"))
            if label not in JUSTIFICATIONS:
                continue
            for product in members:
                if found.setdefault(product, label) != label:
                    several.add(product)
        for product in several:
            self._tell(f"6.1.33: {product[:80]!r} has several justifications")
            del found[product]
        return found

    def _impacts(self) -> Mapping[str, str]:
        return self._by_product("threats", {"impact"}, "details")

    def _actions(self) -> Mapping[str, str]:
        return self._by_product("remediations", None, "details")

    def _by_product(self, key: str, categories: set[str] | None, wanted: str) -> Mapping[str, str]:
        """Give texts by product; an entry that names none speaks of all with a status."""
        found: dict[str, str] = {}
        for each, place in objects(self.held.get(key), f"{self.place}/{key}"):
            if categories is not None and text(each.get("category")) not in categories:
                continue
            members: set[str] = set()
            if key == "remediations":
                members = self._members(each, place, "6.1.29")
            elif "product_ids" in each or "group_ids" in each:
                members = self._members(each, place, "6.1.1")
            else:
                members = set(self.statuses)
            for product in sorted(members):
                found.setdefault(product, text(each.get(wanted), LONGEST))
        return found

    def _members(self, each: Json, place: str, rule: str) -> set[str]:
        members = self.tree.members(each)
        if not members:
            self.reading.tell(place, f"{rule}: names no product; it counts for nothing")
        for group in texts(each.get("group_ids")):
            if group not in self.tree.groups:
                self.reading.tell(place, f"6.1.4: group id {group[:80]!r} is not defined")
        return members

    def _tell(self, problem: str) -> None:
        self.reading.tell(self.place, problem)

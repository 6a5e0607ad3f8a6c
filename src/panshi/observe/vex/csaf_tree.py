"""The product tree of a CSAF document: which product id means what (CSAF 2.0/2.1, section 3.2.2).

`read_tree` walks branches, full product names, relationships and groups without recursion, and
applies the mandatory tests of the tree: 6.1.1 to 6.1.5 (ids missing, doubled, circular), 6.1.13
(purl) and 6.1.31 (a range written as a single version).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from panshi.model.supply_chain.vex import VexProduct
from panshi.observe.vex.document import Json, Reading, items, mapping, objects, text, texts
from panshi.observe.vex.identity import purl_parts, split_range

DISTRIBUTED = frozenset({"alpm", "apk", "deb", "rpm"})
PRODUCTS = 500_000
DEEPEST = 100
_RANGE_IN_WORDS = re.compile(
    r"[<>*]|\b(?:all|and later|before|earlier|prior|through|up to|versions?)\b", re.IGNORECASE
)
_PURL = re.compile(r"pkg:[A-Za-z.+-][A-Za-z0-9.+-]*/[^?#@]*[^?#@/](?:[@?#].*)?")
RELATED = frozenset(
    {
        "default_component_of",
        "external_component_of",
        "installed_on",
        "installed_with",
        "optional_component_of",
    }
)


@dataclass(slots=True)
class Product:
    """What the tree says of one product id."""

    purls: tuple[str, ...] = ()
    cpe: str = ""
    versions: str = ""
    "A vers range, where the product is a range of versions."
    vague: bool = False
    "A range nobody can compute: it names no version."
    parts: tuple[str, ...] = ()
    "Component and container, where the product is one in the other."
    broken: bool = False
    "The tree contradicts itself about it."

    @property
    def usable(self) -> bool:
        """Whether statements can be made of it."""
        return not self.broken and not self.vague


@dataclass(slots=True)
class Tree:
    """All products and groups."""

    products: dict[str, Product] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def members(self, held: Json) -> set[str]:
        """Give the products that `product_ids` and `group_ids` of an entry name."""
        found = set(texts(held.get("product_ids")))
        for group in texts(held.get("group_ids")):
            found.update(self.groups.get(group, ()))
        return found

    def named(self, product_id: str, document: str) -> tuple[VexProduct, ...]:
        """Give a product as statements name it; none where the tree is at odds about it."""
        held = self.products.get(product_id)
        if held is None or not held.usable:
            return ()
        if not held.parts:
            return tuple(_plain(held, product_id, document))
        return tuple(self._composed(held, document))

    def _composed(self, held: Product, document: str) -> Iterator[VexProduct]:
        """Name a component within what contains it at the outermost.

        A container without purl, as distributions are, is left out where the component is a
        distribution's own package at one version. Any other component stays confined to it:
        that a library does no harm in one product says nothing of the next.
        """
        inner = self.products[held.parts[0]]
        if not inner.usable or inner.versions or not inner.purls:
            return
        found = self._outermost(held.parts[1])
        if found is None:
            return
        name, outer = found
        if not outer.purls and all(map(_of_distribution, inner.purls)):
            yield from _plain(inner, held.parts[0], document)
            return
        for each in _plain(outer, name, document):
            yield each._replace(subcomponents=inner.purls)

    def _outermost(self, product_id: str) -> tuple[str, Product] | None:
        for _ in range(DEEPEST):
            held = self.products[product_id]
            if held.broken or held.vague:
                return None
            if not held.parts:
                return product_id, held
            product_id = held.parts[1]
        return None


def _of_distribution(purl: str) -> bool:
    kind, _, version = purl_parts(purl)
    return kind in DISTRIBUTED and bool(version)


def read_tree(top: Json, reading: Reading) -> Tree:
    """Read the whole tree."""
    held = mapping(top.get("product_tree"))
    tree = Tree()
    for product, place, path in _defined(held, reading):
        _add(tree, product, place, path, reading)
    _relate(tree, held, reading)
    for group, place in objects(held.get("product_groups"), "/product_tree/product_groups"):
        _group(tree, group, place, reading)
    return tree


def _defined(held: Json, reading: Reading) -> Iterator[tuple[Json, str, tuple[Json, ...]]]:
    """Give every product definition with its place and the branches above it."""
    for each, place in objects(held.get("full_product_names"), "/product_tree/full_product_names"):
        yield each, place, ()
    waiting: list[tuple[Json, str, tuple[Json, ...]]] = [
        (each, place, ()) for each, place in objects(held.get("branches"), "/product_tree/branches")
    ]
    while waiting:
        branch, place, above = waiting.pop()
        path = (*above, branch)
        if isinstance(branch.get("product"), dict):
            yield mapping(branch.get("product")), f"{place}/product", path
        if len(path) >= DEEPEST:
            reading.tell(place, f"branches more than {DEEPEST} levels deep; left out")
            continue
        below = objects(branch.get("branches"), f"{place}/branches")
        waiting += [(each, where, path) for each, where in below]


def _add(tree: Tree, product: Json, place: str, path: tuple[Json, ...], reading: Reading) -> str:
    product_id = text(product.get("product_id"))
    if not product_id:
        reading.tell(place, "a product without id")
        return ""
    if product_id in tree.products:
        reading.tell(place, f"6.1.2: product id {product_id!r} is defined twice")
        tree.products[product_id].broken = True
        return ""
    if len(tree.products) >= PRODUCTS:
        reading.tell(place, f"more than {PRODUCTS:,} products; the rest is left out")
        return ""
    made = Product()
    tree.products[product_id] = made
    _identify(made, product, place, reading)
    _version(made, path, place, reading)
    return product_id


def _identify(made: Product, product: Json, place: str, reading: Reading) -> None:
    helper = mapping(product.get("product_identification_helper"))
    listed = helper.get("purls")
    found = [text(helper.get("purl"), 8_192)] if "purl" in helper else []
    found += texts(listed, 8_192)
    purls = []
    for purl in found:
        if not _PURL.fullmatch(purl):
            reading.tell(place, f"6.1.13: {purl[:80]!r} is not a package URL")
            made.broken = True
            continue
        bare, versions = split_range(purl)
        purls.append(bare)
        made.versions = made.versions or versions
    made.purls, made.cpe = tuple(purls), text(helper.get("cpe"))


def _version(made: Product, path: tuple[Json, ...], place: str, reading: Reading) -> None:
    """Take version or range from the nearest branch that names one."""
    for branch in reversed(path):
        category, name = text(branch.get("category")), text(branch.get("name"), 4_000)
        if category == "product_version":
            if _RANGE_IN_WORDS.search(name):
                reading.tell(place, f"6.1.31: product_version {name[:60]!r} is a range")
                made.vague = True
            elif not any(purl_parts(each)[2] for each in made.purls):
                made.purls = tuple(_at_version(each, name) for each in made.purls)
            return
        if category == "product_version_range":
            if name.startswith("vers:"):
                made.versions = made.versions or name
            elif not any(purl_parts(each)[2] for each in made.purls):
                reading.tell(place, f"range {name[:60]!r} is no vers; it cannot be computed")
                made.vague = True
            return


def _at_version(purl: str, version: str) -> str:
    head, mark, rest = purl.partition("?")
    if not mark:
        head, mark, rest = purl.partition("#")
    return f"{head}@{quote(version, safe=':')}{mark}{rest}"


def _relate(tree: Tree, held: Json, reading: Reading) -> None:
    """Read relationships; ids they build on may be defined by later ones, never in a circle."""
    made: dict[str, tuple[str, str, str]] = {}
    place = "/product_tree/relationships"
    for each, where in objects(held.get("relationships"), place):
        category = text(each.get("category"))
        product_id = _add(tree, mapping(each.get("full_product_name")), where, (), reading)
        if not product_id:
            continue
        one, other = (
            text(each.get("product_reference")),
            text(each.get("relates_to_product_reference")),
        )
        tree.products[product_id].parts = (one, other)
        tree.products[product_id].broken |= category not in RELATED
        made[product_id] = (one, other, where)
    for product_id, (one, other, where) in made.items():
        for name in (one, other):
            if name not in tree.products:
                reading.tell(where, f"6.1.1: product id {name[:80]!r} is not defined")
                tree.products[product_id].broken = True
        if _circular(product_id, made):
            reading.tell(where, f"6.1.3: product id {product_id!r} is defined by itself")
            tree.products[product_id].broken = True


def _circular(start: str, made: dict[str, tuple[str, str, str]]) -> bool:
    waiting, seen = [*made[start][:2]], set()
    while waiting:
        name = waiting.pop()
        if name == start:
            return True
        if name in made and name not in seen:
            seen.add(name)
            waiting += made[name][:2]
    return False


def _group(tree: Tree, group: Json, place: str, reading: Reading) -> None:
    name = text(group.get("group_id"))
    if name in tree.groups:
        reading.tell(place, f"6.1.5: group id {name!r} is defined twice")
        tree.groups[name] = ()
        return
    for each, where in items(group.get("product_ids"), f"{place}/product_ids"):
        if each not in tree.products:
            reading.tell(where, f"6.1.1: product id {text(each, 80)!r} is not defined")
    tree.groups[name] = texts(group.get("product_ids"))


def _plain(held: Product, product_id: str, document: str) -> Iterator[VexProduct]:
    ref = f"{document}#{product_id}"
    for purl in held.purls:
        yield VexProduct(purl=purl, ref=ref, versions=held.versions)
    if held.cpe or not held.purls:
        yield VexProduct(cpe=held.cpe, ref=ref, versions=held.versions)

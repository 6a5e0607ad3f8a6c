"""Measure what a bill of materials says of the minimum elements: shares with their reasons.

    tally = Tally()
    for component in stream:
        tally.add(component)
    quality = tally.judged(stream.head, unreadable=stream.unreadable)

A component that could not be read counts as one that says nothing. Files, data and cryptographic
assets carry no version or supplier by nature and are left out where these are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from panshi.model.supply_chain.bom import BomComponent, BomHead
from panshi.protection.supply_chain.bom.criteria import (
    CRITERIA,
    RECENT_FORMS,
    Criterion,
    Element,
    Profile,
)

NATURAL = frozenset({"file", "data", "cryptographic-asset"})
"Types that are no software package."
_OF_PACKAGES = frozenset({Element.VERSION, Element.SUPPLIER, Element.IDENTIFIER, Element.LICENCE})
_OF_DOCUMENT = frozenset({Element.AUTHOR, Element.CREATED, Element.FORM})
EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How far one criterion is met."""

    profile: Profile
    element: Element
    zh: str
    en: str
    reference: str
    met: int
    of: int
    share: float | None
    "None where there is nothing it speaks of."
    lacking: tuple[str, ...]
    "Places of the first components that lack it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileScore:
    """How far the demands of one profile are met."""

    profile: Profile
    score: float | None
    "Mean share of its criteria, 0 to 1."
    complete: bool
    "Whether every criterion is met throughout."
    weakest: str
    "The criterion least met, in English; empty where all are met."
    weakest_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What a bill of materials is worth by the minimum elements."""

    components: int
    unreadable: int
    profiles: tuple[ProfileScore, ...]
    measures: tuple[Measure, ...]


@dataclass(slots=True)
class Tally:
    """Counts over the components while they pass."""

    components: int = 0
    packages: int = 0
    met: dict[Element, int] = field(default_factory=dict)
    lacking: dict[Element, list[str]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    "Place of each component that has a reference."
    nameless: list[str] = field(default_factory=list)
    "Places of components without a reference."

    def add(self, each: BomComponent) -> None:
        """Count one component."""
        self.components += 1
        package = each.type not in NATURAL
        self.packages += package
        self._note(Element.NAME, each, met=bool(each.name))
        strong = any(name.replace("-", "").upper() == "SHA512" for name, _ in each.hashes)
        self._note(Element.HASH, each, met=strong)
        if package:
            self._note(Element.VERSION, each, met=bool(each.version))
            self._note(Element.SUPPLIER, each, met=bool(each.supplier))
            self._note(Element.IDENTIFIER, each, met=bool(each.purl or each.cpe or each.swid))
            self._note(Element.LICENCE, each, met=bool(each.licence))
        if each.ref:
            self.refs[each.ref] = each.place
        elif len(self.nameless) < EXAMPLES:
            self.nameless.append(each.place)

    def judged(self, head: BomHead, *, unreadable: int = 0) -> Quality:
        """Give the quality, once all components have passed."""
        self._relate(head)
        measures = tuple(self._measure(each, head, unreadable) for each in CRITERIA)
        return Quality(
            components=self.components,
            unreadable=unreadable,
            profiles=tuple(_scored(each, measures) for each in Profile),
            measures=measures,
        )

    def _note(self, element: Element, each: BomComponent, *, met: bool) -> None:
        if met:
            self.met[element] = self.met.get(element, 0) + 1
            return
        places = self.lacking.setdefault(element, [])
        if len(places) < EXAMPLES:
            places.append(each.place)

    def _relate(self, head: BomHead) -> None:
        """Count the components the dependencies speak of."""
        spoken = {ref for ref, _ in head.dependencies}
        spoken.update(each for _, on in head.dependencies for each in on)
        silent = [place for ref, place in self.refs.items() if ref not in spoken]
        self.met[Element.RELATIONSHIP] = len(self.refs) - len(silent)
        self.lacking[Element.RELATIONSHIP] = [*silent, *self.nameless][:EXAMPLES]

    def _measure(self, criterion: Criterion, head: BomHead, unreadable: int) -> Measure:
        element = criterion.element
        if element in _OF_DOCUMENT:
            met, of = int(_of_document(element, head)), 1
        else:
            met = self.met.get(element, 0)
            of = (self.packages if element in _OF_PACKAGES else self.components) + unreadable
        return Measure(
            profile=criterion.profile,
            element=element,
            zh=criterion.zh,
            en=criterion.en,
            reference=criterion.reference,
            met=met,
            of=of,
            share=met / of if of else None,
            lacking=tuple(self.lacking.get(element, ())),
        )


def _of_document(element: Element, head: BomHead) -> bool:
    match element:
        case Element.AUTHOR:
            return bool(head.authors or head.tools or head.supplier)
        case Element.CREATED:
            return bool(head.created)
        case _:
            return _version(head.spec_version) >= RECENT_FORMS.get(head.format, (9, 9))


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdecimal())


def _scored(profile: Profile, measures: tuple[Measure, ...]) -> ProfileScore:
    own = [each for each in measures if each.profile is profile and each.share is not None]
    shares = [each.share for each in own if each.share is not None]
    weakest = min(own, key=lambda each: each.share or 0.0, default=None)
    lacks = weakest is not None and (weakest.share or 0.0) < 1
    return ProfileScore(
        profile=profile,
        score=sum(shares) / len(shares) if shares else None,
        complete=bool(shares) and min(shares) >= 1,
        weakest=weakest.en if weakest is not None and lacks else "",
        weakest_zh=weakest.zh if weakest is not None and lacks else "",
    )

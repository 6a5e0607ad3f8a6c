"""What ATT&CK's bundle teaches: sentences tied to a technique, and prose that is tied to none.

Every `uses` relationship that ends at a technique carries one or two sentences with the reports
they come from. Names of groups and software leak the answer and are replaced; citations are cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

type StixObject = Mapping[str, object]

ACTOR = "ACTOR"
"Stands for the name of a group, a campaign or software."
_CITATION = re.compile(r"\(Citation: ([^)]*)\)")
_ALIASES = ("aliases", "x_mitre_aliases")
_ENTITIES = {
    "malware": "software",
    "tool": "software",
    "intrusion-set": "group",
    "campaign": "campaign",
}
_LINK = re.compile(r"\[([^\]]*)\]\((https?://[^)]*)\)")
_NAMED = ("/software/", "/groups/", "/campaigns/")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_PROSE = frozenset(
    {"course-of-action", "intrusion-set", "malware", "tool", "campaign",
     "x-mitre-data-component", "x-mitre-tactic", "x-mitre-analytic"}
)  # fmt: skip
_SHORTEST, _LONGEST = 30, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One text and the technique it shows."""

    text: str
    technique: str
    "`T1059` or `T1059.001`; empty where it shows none."
    source: str
    "Report it comes from; examples of one source are never parted between training and trial."
    reports: tuple[str, ...] = ()
    "Every report it cites; empty for what is no example of a report."
    subject: str = ""
    "The group, campaign or software it speaks of."


@dataclass(frozen=True, slots=True, kw_only=True)
class Technique:
    """One technique that is in force."""

    id: str
    name: str
    phases: tuple[str, ...]
    "Tactics, in ATT&CK's words."


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A group, a campaign or software that ATT&CK names."""

    id: str
    kind: str
    "`group`, `campaign` or `software`."
    name: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """All that one bundle teaches."""

    version: str
    techniques: tuple[Technique, ...]
    examples: tuple[Example, ...]
    prose: tuple[str, ...]
    "Sentences about something else."
    named: tuple[Named, ...] = ()


def lessons(objects: Iterable[StixObject]) -> Lessons:
    """Gather examples, descriptions and prose of one bundle."""
    known = [each for each in objects if not each.get("revoked")]
    live = {str(each.get("id")): each for each in known if not each.get("x_mitre_deprecated")}
    techniques = {
        key: made
        for key, each in live.items()
        if each.get("type") == "attack-pattern" and (made := _technique(each)) is not None
    }
    prose = (
        piece
        for each in live.values()
        if each.get("type") in _PROSE
        for piece in _SENTENCE.split(_plain(_text(each)))
        if _SHORTEST < len(piece) < _LONGEST
    )
    return Lessons(
        version=_version(known),
        techniques=tuple(sorted(techniques.values(), key=lambda each: each.id)),
        examples=(*_described(techniques, live), *_procedures(techniques, live)),
        prose=tuple(dict.fromkeys(prose)),
        named=tuple(sorted(_named(live.values()), key=lambda each: each.id)),
    )


def _version(objects: Sequence[StixObject]) -> str:
    """Give the release a bundle names, or else the day of its newest object."""
    for each in objects:
        if each.get("type") == "x-mitre-collection" and each.get("x_mitre_version"):
            return str(each["x_mitre_version"])
    newest = max((str(each.get("modified", "")) for each in objects), default="")
    return f"as of {newest[:10]}" if newest else ""


def _described(
    techniques: Mapping[str, Technique], live: Mapping[str, StixObject]
) -> Iterator[Example]:
    for key, each in techniques.items():
        text = _plain(_text(live[key]))
        if text:
            yield Example(text=text, technique=each.id, source=f"description:{each.id}")


def _procedures(
    techniques: Mapping[str, Technique], live: Mapping[str, StixObject]
) -> Iterator[Example]:
    for each in live.values():
        shown = techniques.get(str(each.get("target_ref")))
        if each.get("relationship_type") == "uses" and shown is not None and _text(each):
            reports = tuple(dict.fromkeys(_CITATION.findall(_text(each))))
            subject = str(each.get("source_ref"))
            yield Example(
                text=_plain(_text(each)),
                technique=shown.id,
                source=reports[0] if reports else subject,
                reports=reports or (subject,),
                subject=subject,
            )


def _named(objects: Iterable[StixObject]) -> Iterator[Named]:
    for each in objects:
        kind, name = _ENTITIES.get(str(each.get("type"))), _id(each)
        if kind and name:
            spoken = [alias for key in _ALIASES for alias in _strings(each.get(key))]
            yield Named(
                id=name,
                kind=kind,
                name=str(each.get("name", "")),
                aliases=tuple(dict.fromkeys((str(each.get("name", "")), *spoken))),
            )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _id(each: StixObject) -> str:
    references = each.get("external_references")
    for reference in references if isinstance(references, list) else ():
        if isinstance(reference, dict) and reference.get("source_name") == "mitre-attack":
            return str(reference.get("external_id", ""))
    return ""


def _technique(each: StixObject) -> Technique | None:
    phases = each.get("kill_chain_phases")
    name = _id(each)
    if not name:
        return None
    return Technique(
        id=name,
        name=str(each.get("name", "")),
        phases=tuple(
            str(phase.get("phase_name", ""))
            for phase in (phases if isinstance(phases, list) else ())
            if isinstance(phase, dict)
        ),
    )


def _text(each: StixObject) -> str:
    found = each.get("description")
    return found if isinstance(found, str) else ""


def _plain(text: str) -> str:
    text = _CITATION.sub("", text)
    text = _LINK.sub(
        lambda m: ACTOR if any(mark in m.group(2) for mark in _NAMED) else m.group(1), text
    )
    return re.sub(r"</?code>", "", text).strip()

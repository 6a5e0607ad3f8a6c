"""How a STIX object is marked: TLP 2.0, TLP 1.0 and PAP markings, statements, recipients.

An object is read by the narrowest of all its markings, those of single parts included: an object
of which one part is more restricted than the reader may see is withheld whole, because a STIX
object with a part left out would be another object under the same id. A marking that is not known
is RED.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from panshi.model.alliance.marking import NOBODY, Marking, Pap, Tlp

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
PAP_EXTENSION = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
RECIPIENTS_EXTENSION = "extension-definition--3f4e5d0f-46d9-5f38-9e6d-1c7a2d3b8a60"
"Ours: a marking definition that names members and `community:<name>` as `recipients`."

TLP_IDS: Mapping[str, Tlp] = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}
"TLP 2.0 (OASIS common objects), then those of STIX 2.1 itself, which are TLP 1.0."
PAP_IDS: Mapping[str, Pap] = {
    "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92": Pap.CLEAR,
    "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9": Pap.GREEN,
    "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab": Pap.AMBER,
    "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e": Pap.RED,
}
OPEN = Marking(tlp=Tlp.CLEAR)
UNKNOWN = Marking(tlp=Tlp.RED, pap=Pap.RED, recipients=(NOBODY,), caveat="unknown marking")
"Whoever else is named beside it receives nothing either."
STANDARD: Mapping[str, Marking] = {
    **{name: Marking(tlp=tlp) for name, tlp in TLP_IDS.items()},
    **{name: Marking(tlp=Tlp.CLEAR, pap=pap) for name, pap in PAP_IDS.items()},
}
TLP_2_IDS: Mapping[Tlp, str] = {tlp: name for name, tlp in reversed(list(TLP_IDS.items()))}
"The definition each colour is written with."
DEFINITION = "marking-definition"


def marking_of(
    value: Mapping[str, Any], definitions: Mapping[str, Marking], *, unmarked: Tlp, originator: str
) -> Marking:
    """Read how far an object may travel; `definitions` are those its sender may rely on."""
    marks = tuple(refs_of(value))
    read = OPEN
    coloured = value.get("id") in STANDARD
    for each in marks:
        found = STANDARD.get(each) or definitions.get(each, UNKNOWN)
        coloured = coloured or each in TLP_IDS or found.tlp is not Tlp.CLEAR
        read = read.together(found)
    if not coloured:
        read = read.together(Marking(tlp=unmarked))
    recipients = tuple(each for each in read.recipients if each)
    return Marking(
        tlp=read.tlp,
        pap=read.pap,
        recipients=recipients,
        caveat=read.caveat,
        originator=originator,
    )


def refs_of(value: Mapping[str, Any]) -> Iterable[str]:
    """Give every marking an object or a part of it bears."""
    yield from value.get("object_marking_refs", ())
    for each in value.get("granular_markings", ()):
        if "marking_ref" in each:
            yield each["marking_ref"]


def definition_of(value: Mapping[str, Any]) -> Marking:
    """Read a marking definition: what it restricts to; what says nothing we know is RED."""
    known = STANDARD.get(str(value.get("id")))
    if known is not None:
        return known
    if value.get("definition_type") == "statement" and not value.get("extensions"):
        return Marking(tlp=Tlp.CLEAR, caveat=str(value["definition"]["statement"])[:500])
    read, understood = OPEN, False
    for name, part in value.get("extensions", {}).items():
        found = _extension(name, part)
        if found is None:
            return UNKNOWN
        read, understood = read.together(found), True
    return read if understood else UNKNOWN


def _extension(name: str, part: Mapping[str, Any]) -> Marking | None:
    if name == TLP_EXTENSION and part.get("tlp_2_0") in set(Tlp):
        return Marking(tlp=Tlp(part["tlp_2_0"]))
    if name == PAP_EXTENSION and part.get("pap") in {*Pap, "white"}:
        colour = "clear" if part["pap"] == "white" else part["pap"]
        return Marking(tlp=Tlp.CLEAR, pap=Pap(colour))
    named = part.get("recipients")
    texts = isinstance(named, list) and all(isinstance(each, str) and each for each in named)
    if name == RECIPIENTS_EXTENSION and named and texts:
        return Marking(tlp=Tlp.CLEAR, recipients=tuple(sorted(set(named))))
    return None

"""How STIX objects are marked."""

import pytest

from panshi.alliance.intelligence.release import may_see, shelves, shelves_of
from panshi.alliance.stix.markings import (
    PAP_EXTENSION,
    RECIPIENTS_EXTENSION,
    TLP_2_IDS,
    TLP_EXTENSION,
    definition_of,
    marking_of,
)
from panshi.model.alliance.marking import Marking, Pap, Reader, ReaderRole, Tlp
from tests.alliance.stix.samples import DOMAIN, MARKINGS, TLP_1_GREEN, ref

UNKNOWN = ref("marking-definition", "nobody knows")
PAP_AMBER = "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab"


def read(value, definitions=None, unmarked=Tlp.AMBER_STRICT):
    return marking_of(value, definitions or {}, unmarked=unmarked, originator="bank-a")


def marked(*refs, granular=()):
    value = {"type": "tool", "id": ref("tool"), "name": "x"}
    if refs:
        value["object_marking_refs"] = list(refs)
    if granular:
        value["granular_markings"] = [
            {"selectors": ["name"], "marking_ref": each} for each in granular
        ]
    return value


@pytest.mark.parametrize("tlp", Tlp)
def test_each_colour_is_read(tlp):
    assert read(marked(TLP_2_IDS[tlp])).tlp is tlp


def test_what_bears_no_colour_is_read_as_the_collection_says():
    assert read(marked()).tlp is Tlp.AMBER_STRICT
    assert read(marked(PAP_AMBER), unmarked=Tlp.GREEN) == Marking(
        tlp=Tlp.GREEN, pap=Pap.AMBER, originator="bank-a"
    )


def test_an_unknown_marking_is_red():
    assert read(marked(TLP_2_IDS[Tlp.CLEAR], UNKNOWN)).tlp is Tlp.RED


def test_the_most_restricted_part_decides_for_the_whole():
    value = marked(TLP_2_IDS[Tlp.CLEAR], granular=(TLP_2_IDS[Tlp.RED],))
    assert read(value).tlp is Tlp.RED
    assert read(DOMAIN[0]).tlp is Tlp.GREEN


def test_a_statement_restricts_nothing_and_is_told():
    statement = MARKINGS[0]
    known = {statement["id"]: definition_of(statement)}
    found = read(marked(statement["id"], TLP_1_GREEN), known)
    assert (found.tlp, found.caveat) == (Tlp.GREEN, "x")
    assert read(marked(statement["id"]), known).tlp is Tlp.AMBER_STRICT


def test_recipients_are_named_by_a_definition_of_ours():
    definition = {
        "id": ref("marking-definition", "circle"),
        "extensions": {
            RECIPIENTS_EXTENSION: {
                "extension_type": "property-extension",
                "recipients": ["bank-b", "community:cloud"],
            },
            TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber"},
            PAP_EXTENSION: {"extension_type": "property-extension", "pap": "green"},
        },
    }
    known = {definition["id"]: definition_of(definition)}
    found = read(marked(definition["id"]), known)
    assert found.recipients == ("bank-b", "community:cloud")
    assert (found.tlp, found.pap) == (Tlp.AMBER, Pap.GREEN)


@pytest.mark.parametrize(
    "extensions",
    [
        {"extension-definition--00000000-0000-4000-8000-000000000000": {"x": 1}},
        {TLP_EXTENSION: {"tlp_2_0": "pink"}},
        {RECIPIENTS_EXTENSION: {"recipients": []}},
        {RECIPIENTS_EXTENSION: {"recipients": [5]}},
        {},
    ],
)
def test_a_definition_that_says_nothing_we_know_is_red(extensions):
    assert definition_of({"id": UNKNOWN, "extensions": extensions}).tlp is Tlp.RED


RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
READERS = {
    name: Reader(member=name, role=ReaderRole.MEMBER) for name in ("bank-a", "bank-b", "bank-c")
}


@pytest.mark.parametrize(
    ("marks", "readers"),
    [
        # Given a colour and names apart, in either order, or names alone
        ((RED, "to-b"), {"bank-a", "bank-b"}),
        (("to-b", RED), {"bank-a", "bank-b"}),
        (("to-b",), {"bank-a", "bank-b"}),
        (("red-to-b",), {"bank-a", "bank-b"}),
        # and names that no two share, a colour without names, what nobody knows beside names
        ((RED, "to-b", "to-c"), {"bank-a"}),
        (("to-b", "to-c", TLP_1_GREEN), {"bank-a"}),
        ((RED,), {"bank-a"}),
        ((RED, "to-b", UNKNOWN), {"bank-a"}),
    ],
)
def test_what_is_narrow_reaches_those_it_names_and_nobody_else(marks, readers):
    def to(*names, **colour):
        named = {RECIPIENTS_EXTENSION: {"recipients": list(names)}}
        return {"id": ref("marking-definition", "x"), "extensions": named | colour}

    known = {
        "to-b": definition_of(to("bank-b")),
        "to-c": definition_of(to("bank-c")),
        "red-to-b": definition_of(to("bank-b", **{TLP_EXTENSION: {"tlp_2_0": "red"}})),
    }
    # When bank-a sends what bears these
    found = marking_of(marked(*marks), known, unmarked=Tlp.AMBER_STRICT, originator="bank-a")
    # Then the sender and those named see it, by the question and by the shelves alike
    asked = {name for name, each in READERS.items() if may_see(found, each)}
    polled = {name for name, each in READERS.items() if shelves(found) & shelves_of(each)}
    assert asked == polled == readers

"""Differences between two versions, against labels a person wrote before."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.governance.norms.changes import Kind
from panshi.governance.norms.clauses import Clause, Norm, norm_of
from panshi.governance.norms.versions import difference
from panshi.model.control import Control, Framework, Strength
from panshi.node.library import Library

EMERGING = Library().framework("emerging")
GOLDEN = Path(__file__).parents[2] / "golden" / "norms" / "emerging_edits.yaml"
EDITS = yaml.safe_load(GOLDEN.read_bytes())["edits"]


def edited(control: Control, edit: dict) -> Control:
    """Apply one edit; a part that is not there is a mistake in the file."""
    parts = {"zh": "gist_zh", "en": "gist_en", "title_zh": "title_zh", "title_en": "title_en"}
    for key, field in parts.items():
        if key in edit:
            old, new = edit[key]
            text = getattr(control, field)
            assert old in text, f"{control.id}: {old!r} is not in {text!r}"
            control = replace(control, **{field: text.replace(old, new)})
    return replace(
        control,
        id=edit.get("number", control.id),
        group=edit.get("group", control.group),
        strength=Strength(edit.get("strength", control.strength)),
    )


def next_version() -> Framework:
    by_id = {edit["id"]: edit for edit in EDITS if "added" not in edit["is"]}
    controls = [
        edited(control, by_id[control.id]) if control.id in by_id else control
        for control in EMERGING.controls
        if "removed" not in by_id.get(control.id, {"is": ()})["is"]
    ]
    controls += [
        Control(
            id=edit["id"],
            framework="emerging",
            reference="made up",
            title_zh=edit["title"]["zh"],
            title_en=edit["title"]["en"],
            gist_zh=edit["gist"]["zh"],
            gist_en=edit["gist"]["en"],
            group=edit["group"],
            strength=Strength(edit["strength"]),
        )
        for edit in EDITS
        if "added" in edit["is"]
    ]
    return Framework(
        **{
            **{name: getattr(EMERGING, name) for name in ("id", "title_zh", "title_en")},
            "document_zh": "",
            "document_en": "",
            "version": "made-up",
            "groups": EMERGING.groups,
            "controls": tuple(controls),
        }
    )


def labels() -> set[tuple[str, str, tuple[str, ...]]]:
    found = set()
    for edit in EDITS:
        kinds = tuple(edit["is"])
        old = "" if "added" in kinds else edit["id"]
        new = "" if "removed" in kinds else edit.get("number", edit["id"])
        found.add((old, new, kinds))
    return found


def told(found) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (
            change.old.id if change.old else "",
            change.new.id if change.new else "",
            tuple(map(str, change.kinds)),
        )
        for change in found.changes
    }


def test_every_labelled_change_is_found_and_nothing_else():
    # Given a version with some forty edits, each labelled by hand
    found = difference(norm_of(EMERGING), norm_of(next_version()))

    # Then the changes are exactly the labels, and all other clauses are unchanged
    assert told(found) == labels()
    assert len(labels()) == len(EDITS) >= 40
    assert found.unchanged == len(EMERGING.controls) - sum("added" not in e["is"] for e in EDITS)


def test_going_back_reverses_what_was_done():
    forth = difference(norm_of(EMERGING), norm_of(next_version()))
    back = difference(norm_of(next_version()), norm_of(EMERGING))

    turned = {
        Kind.ADDED: Kind.REMOVED,
        Kind.REMOVED: Kind.ADDED,
        Kind.STRENGTHENED: Kind.WEAKENED,
        Kind.WEAKENED: Kind.STRENGTHENED,
    }
    expected = {
        (new, old, tuple(str(turned.get(Kind(kind), kind)) for kind in kinds))
        for old, new, kinds in told(forth)
    }
    assert told(back) == expected


@pytest.mark.parametrize("name", list(Library().frameworks))
def test_a_version_does_not_differ_from_itself(name):
    norm = norm_of(Library().framework(name))
    found = difference(norm, norm)
    assert found.changes == ()
    assert found.unchanged == len(norm.clauses)


CLAUSES = norm_of(EMERGING).clauses


@settings(max_examples=10, deadline=None)
@given(
    gone=st.sets(st.integers(0, len(CLAUSES) - 1), max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_what_was_taken_out_is_told_whatever_the_order(gone, order):
    # Given the text without some clauses, in any order
    kept = [clause for number, clause in enumerate(CLAUSES) if number not in gone]
    order.shuffle(kept)
    whole = Norm(id="x", version="1", title=("", ""), clauses=CLAUSES)
    less = Norm(id="x", version="2", title=("", ""), clauses=tuple(kept))

    # Then those and only those are removed
    found = difference(whole, less)
    assert {change.old.id for change in found.changes if change.old} == {
        CLAUSES[number].id for number in gone
    }
    assert all(change.kinds == (Kind.REMOVED,) for change in found.changes)


def test_a_limit_taken_out_weakens():
    def norm(text):
        clause = Clause(id="1", text=("", text), strength=Strength.MUST)
        return Norm(id="x", version="", title=("", ""), clauses=(clause,))

    found = difference(
        norm("Incidents are reported to the authority within 24 hours of detection."),
        norm("Incidents are reported to the authority after detection without undue delay."),
    )
    assert [change.kinds for change in found.changes] == [(Kind.WEAKENED,)]

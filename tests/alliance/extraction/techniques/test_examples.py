"""A bundle gives examples without the names that leak their answer."""

from panshi.alliance.extraction.techniques.examples import lessons
from tests.simulators.attack_bundle import bundle


def test_names_and_citations_are_gone_and_reports_are_kept():
    taught = lessons(bundle(repeat=1))
    shown = [each for each in taught.examples if each.subject]

    assert {each.technique for each in shown} == {"T1059.001", "T1053.005", "T1486"}
    assert all("Grey Heron" not in each.text and "Citation" not in each.text for each in shown)
    assert shown[0].reports == ("Report 0-0",)
    assert [each.id for each in taught.named] == ["G9999"]
    assert taught.named[0].aliases == ("Grey Heron", "G-9999 Crew")


def test_what_is_revoked_or_deprecated_teaches_nothing():
    objects = bundle(repeat=1)
    objects[2]["revoked"] = True
    objects[-2]["x_mitre_deprecated"] = True

    taught = lessons(objects)

    assert "T1059.001" not in {each.id for each in taught.techniques}
    assert "T1059.001" not in {each.technique for each in taught.examples}


def test_without_a_release_the_newest_day_is_told():
    objects = [each for each in bundle(repeat=1) if each["type"] != "x-mitre-collection"]
    objects[0]["modified"] = "2025-11-12T00:00:00Z"

    assert lessons(objects).version == "as of 2025-11-12"


def test_objects_of_odd_shapes_are_passed_over():
    odd = [
        {"type": "attack-pattern", "id": "x"},
        {"type": "attack-pattern", "id": "y", "external_references": ["no", {"external_id": 7}]},
        {"type": "relationship", "relationship_type": "uses", "target_ref": 5, "description": {}},
        {"type": "malware", "aliases": "no list"},
        {},
    ]

    assert lessons(odd).techniques == ()

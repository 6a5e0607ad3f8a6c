"""Verdicts on STIX 2.1 objects, beside those of stix2-validator."""

import copy
import json
import random
from pathlib import Path

import pytest
import stix2validator

from panshi.alliance.stix.validation import MAX_DEPTH
from panshi.node.alliance.validating import validator
from tests.alliance.stix.samples import DOMAIN, NOW, RIGHT, broken, domain, observable

EXAMPLES = Path(stix2validator.__file__).parent / "schemas-2.1" / "examples"


def peer(value):
    """The verdict of stix2-validator; what makes it fall over is not right."""
    options = stix2validator.ValidationOptions(silent=True)
    try:
        return stix2validator.validate_parsed_json(copy.deepcopy(value), options).is_valid
    except Exception:  # noqa: BLE001 -- the peer falls over in many ways
        return False


def ours(value):
    return not validator().flaws(value)


@pytest.mark.parametrize("value", RIGHT, ids=lambda value: value["type"])
def test_every_type_of_object_is_right(value):
    assert validator().flaws(value) == ()
    assert peer(value)


def test_objects_in_the_peer_s_own_examples_are_judged_as_it_judges_them():
    chance, objects = random.Random(7), []
    for file in sorted(EXAMPLES.rglob("*.json")):
        found = json.loads(file.read_bytes()).get("objects", [])
        objects += chance.sample(found, min(len(found), 12))
    assert len(objects) > 40
    assert [each["id"] for each in objects if ours(each) != peer(each)] == []


def test_broken_objects_are_judged_as_the_peer_judges_them():
    # Given objects of every type with parts dropped, replaced and added
    made = list(broken(random.Random(2026), 250))
    # Then both say the same of each, and not all are wrong
    assert [each for each in made if ours(each) != peer(each)] == []
    assert 20 < sum(map(ours, made)) < 230


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (domain("indicator", pattern="[x", pattern_type="stix", valid_from=NOW), "pattern"),
        (domain("tool", name="x", modified="2025-01-01T00:00:00.000Z"), "before created"),
        (domain("tool", name="x", lang="xx-yy-zz"), "RFC 5646"),
        (observable("software", name="x", cpe="cpe:/a:x"), "cpe"),
        (domain("tool"), "name"),
        ({"type": "tool"}, "an id"),
        ([], "JSON object"),
    ],
)
def test_a_flaw_says_in_words_what_is_wrong(value, words):
    flaws = validator().flaws(value)
    assert any(words in f"{each.place} {each.problem}" for each in flaws)


def held(*observables):
    """Observed data that holds observables in itself, as was usual before 2.1."""
    objects = {str(at): each for at, each in enumerate(observables)}
    seen = {"first_observed": NOW, "last_observed": NOW, "number_observed": 1}
    return domain("observed-data", objects=objects, **seen)


def archive(of):
    return observable("file", name="a.zip", extensions={"archive-ext": {"contains_refs": [of]}})


NO_DAY = "2026-02-30T00:00:00Z"
STAMPED = {"windows-pebinary-ext": {"pe_type": "exe", "time_date_stamp": NO_DAY}}
MAIL = {"is_multipart": True, "body_multipart": [{"body_raw_ref": "1"}], "subject": "x"}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (observable("file", name="x.exe", extensions=STAMPED), "no calendar"),
        (
            observable(
                "x509-certificate",
                serial_number="1",
                x509_v3_extensions={"private_key_usage_period_not_after": NO_DAY},
            ),
            "no calendar",
        ),
        (observable("file", name="x", created=NOW, modified=5), "no calendar"),
        (observable("file", name="x", created={"abc": 1}, modified=NOW), "no calendar"),
        (observable("email-addr", value="A B <a@b.example>"), "more than an address"),
        (held(observable("email-addr", value="A B <a@b.example>")), "more than an address"),
        (observable("software", name="x", languages=["xqz"]), "RFC 5646"),
        (held(archive("1")), "not among"),
        (held(archive("1"), observable("directory", path="/x")), "another type"),
        (held(observable("email-message", **MAIL)), "not among"),
        (held(observable("email-message", **MAIL), observable("url", value="a:b")), "another type"),
    ],
)
def test_what_is_wrong_further_down_is_found_as_the_peer_finds_it(value, words):
    assert not peer(value)
    assert any(words in each.problem for each in validator().flaws(value))


@pytest.mark.parametrize(
    "value",
    [
        held(archive("1"), observable("file", name="x")),
        held(observable("email-message", **MAIL), observable("file", name="x")),
        held(observable("file", name="x", created=NO_DAY)),
        observable("file", name="x", created="by hand"),
        observable("software", name="x", languages=["ger", "deu"]),
    ],
)
def test_what_is_right_further_down_is_left_alone(value):
    assert peer(value)
    assert ours(value)


def test_moments_are_compared_as_moments_not_as_the_texts_the_peer_compares():
    # Given a change a microsecond before the making, and a last sight at the first's moment
    early = domain("tool", name="x", created="2026-01-01T00:00:00.000001Z", modified=NOW)
    same = domain("campaign", name="x", first_seen="2026-01-01T00:00:00Z", last_seen=NOW)
    # Then only the first is wrong, whatever letters follow the digits
    assert (ours(early), ours(same)) == (False, True)
    assert (peer(early), peer(same)) == (True, False)


def test_taiwan_s_own_language_tags_are_known():
    assert ours(domain("tool", name="x", lang="zh-Hant-TW"))
    assert ours(domain("tool", name="x", lang="nan-TW"))


def test_what_nests_too_deep_or_holds_too_much_is_refused_before_it_is_looked_into():
    deep = value = {}
    for _ in range(MAX_DEPTH + 5):
        value["abc"] = value = {}
    assert "nests" in validator().flaws({**DOMAIN[0], "abc": deep})[0].problem
    assert "holds" in validator().flaws({**DOMAIN[0], "abc": [0] * 100_001})[0].problem


def test_a_type_that_lets_other_matchers_run_for_years_is_judged_at_once():
    # Given what the official schema's expression takes exponential time to refuse elsewhere
    assert not ours({**DOMAIN[-1], "type": "a" * 60 + "!"})

"""The specification's own samples: valid ones load and survive, invalid ones have a place."""

import zipfile
from pathlib import Path

import msgspec
import pytest
from lxml import etree

from panshi.errors import BadInputError
from panshi.observe.bom import open_bom
from panshi.observe.bom.lossless import original, rewritten
from panshi.observe.bom.strict import check_bom

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "cyclonedx-spec.zip"
SAMPLES = "tools/src/test/resources/"


def samples(kind):
    if not DATA.exists():
        return []
    with zipfile.ZipFile(DATA) as packed:
        return [
            name.removeprefix(SAMPLES)
            for name in packed.namelist()
            if name.startswith(SAMPLES) and name.endswith((".json", ".xml"))
            # "informal-invalid" ones break a rule the XML schema cannot express
            if ("invalid" in name) == (kind == "invalid")
        ]


def content(name):
    with zipfile.ZipFile(DATA) as packed:
        return packed.read(SAMPLES + name)


pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.exists(), reason="no cyclonedx-spec.zip among the reference data"),
]


def test_all_samples_of_both_versions_are_there():
    # The third form of the specification, Protocol Buffers, is not read.
    assert len(samples("valid")) == 216
    assert len(samples("invalid")) == 111


@pytest.mark.parametrize("name", samples("valid"))
def test_a_valid_sample_loads_and_loses_nothing(name):
    raw = content(name)

    assert check_bom(raw, source=name) == ()
    stream = open_bom(raw, source=name)
    assert len(list(stream)) == stream.head.components
    assert stream.head.spec_version == name[:3]
    assert [each for each in stream.defects if "components" in each.place] == []
    # When it is written again, then it says the same, member for member
    again = rewritten(raw, source=name)
    if name.endswith(".json"):
        assert msgspec.json.decode(again) == msgspec.json.decode(raw)
    else:
        ours, theirs = etree.fromstring(again), etree.fromstring(raw)
        assert etree.tostring(ours, method="c14n2") == etree.tostring(theirs, method="c14n2")
    assert rewritten(again, source=name) == again
    # And handed on, it is the same to the byte
    assert original(raw, source=name) == raw


@pytest.mark.parametrize("name", samples("invalid"))
def test_an_invalid_sample_is_refused_with_its_place(name):
    try:
        defects = check_bom(content(name), source=name)
    except BadInputError as error:
        assert error.place  # noqa: PT017 -- refused is right as well
        return
    assert defects
    for each in defects:
        assert each.problem
        assert each.place.startswith(("/", "line ")) or each.place == ""
    assert any(each.place for each in defects) or "bomformat" in name

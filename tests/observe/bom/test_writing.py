"""What is written is valid, says the same in every form, and is the same each time."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from panshi.errors import BadInputError
from panshi.model.supply_chain.bom import BomComponent, BomHead
from panshi.observe.bom import open_bom
from panshi.observe.bom.converting import Lost, convert
from panshi.observe.bom.lossless import original, rewritten
from panshi.observe.bom.strict import check_bom
from panshi.observe.bom.writing import Form, write

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GOLDEN = Path(__file__).parents[2] / "golden"
DATA = Path(__file__).parents[3].parent / "shared" / "data" / "bom-examples.zip"

PARTS = (
    BomComponent(
        name="core",
        version="2.17.1",
        purl="pkg:maven/org.example/core@2.17.1",
        ref="a",
        type="library",
        supplier="Example <&>",
        licence="Apache-2.0",
        hashes=(("SHA256", "ab" * 32), ("ODD-1", "zz")),
        group="org.example",
        scope="optional",
    ),
    BomComponent(name="two licences", ref="b", type="library", licence="MIT OR Apache-2.0"),
    BomComponent(name="own licence", ref="c", type="firmware", licence="In house, no copying"),
    BomComponent(name="core", version="2.17.1", type="container", ref="d"),
)
HEAD = BomHead(
    format="CycloneDX",
    spec_version="1.6",
    serial="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    created="2026-03-01T02:03:04Z",
    tools=("maker 1",),
    authors=("Ana",),
    subject=BomComponent(name="app", version="1", type="application", ref="root"),
    supplier="Example Software Ltd.",
    dependencies=(("root", ("a", "c")), ("a", ("b", "gone")), ("gone", ("a",))),
)


@pytest.mark.parametrize("form", list(Form))
def test_what_is_written_is_valid_and_says_the_same(form):
    raw = write(form, HEAD, PARTS)

    assert check_bom(raw) == ()
    assert write(form, HEAD, PARTS) == raw
    stream = open_bom(raw)
    found = list(stream)
    assert stream.defects == []
    assert [each.version for each in found] == [each.version for each in PARTS]
    assert found[0].purl == PARTS[0].purl
    assert found[0].supplier == PARTS[0].supplier
    assert found[1].licence == "MIT OR Apache-2.0"
    head = stream.head
    assert head.subject.name == "app"
    assert head.created == HEAD.created
    refs = dict(head.dependencies)
    assert [len(on) for ref, on in refs.items() if on] == [2, 1]


@pytest.mark.parametrize("form", [Form.CYCLONEDX_JSON, Form.CYCLONEDX_XML])
def test_cyclonedx_forms_carry_everything_a_component_holds(form):
    [first, *_] = open_bom(write(form, HEAD, PARTS))

    assert first._replace(place="") == PARTS[0]._replace(hashes=(("SHA-256", "ab" * 32),))


def test_a_conversion_tells_each_member_it_leaves_behind():
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": "a",
                "description": "text",
                "scope": "required",
                "evidence": {"copyright": [{"text": "(c)"}]},
                "components": [{"type": "file", "name": "inner", "copyright": "x"}],
            }
        ],
        "services": [{"name": "s"}],
    }
    raw = json.dumps(document).encode()

    xml = convert(raw, Form.CYCLONEDX_XML, at=NOW)
    spdx = convert(raw, Form.SPDX_JSON, at=NOW)

    assert xml.lost == (
        Lost("components/copyright", 1),
        Lost("components/description", 1),
        Lost("components/evidence/copyright/text", 1),
        Lost("nesting of components", 1),
        Lost("services/name", 1),
    )
    assert set(spdx.lost) - set(xml.lost) == {Lost("components/scope", 1), Lost("version", 1)}
    assert [each.name for each in open_bom(xml.raw)] == ["inner", "a"]


@pytest.mark.parametrize("path", sorted((GOLDEN / "spdx").iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize("form", list(Form))
def test_spdx_becomes_valid_documents_of_every_form(path, form):
    made = convert(path, form, at=NOW)

    assert check_bom(made.raw) == ()
    names = {each.name for each in open_bom(path)}
    assert {each.name for each in open_bom(made.raw)} == names
    if form is not Form.SPDX_JSON:
        assert Lost("documentNamespace", 1) in made.lost


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="no bom-examples.zip among the reference data")
def test_real_documents_become_valid_in_every_form():
    with zipfile.ZipFile(DATA) as packed:
        names = [each for each in packed.namelist() if each.endswith(("1.4.json", "bom.1.4.xml"))]
        assert len(names) >= 4
        for name in names:
            raw = packed.read(name)
            for form in Form:
                made = convert(raw, form, at=NOW, source=name)
                assert check_bom(made.raw) == (), (name, form)
                assert made.lost, name


def test_numbers_and_order_survive_rewriting_and_bytes_survive_export(tmp_path):
    raw = b'\xef\xbb\xbf {"b": 1.10, "a": 1e2, "c": 12345678901234567890123, "d": "\\u00e9"}\n'

    assert rewritten(raw) == '{"a":1E+2,"b":1.10,"c":12345678901234567890123,"d":"é"}'.encode()
    path = tmp_path / "bom.json"
    path.write_bytes(raw)
    assert original(path) == raw
    with pytest.raises(BadInputError):
        rewritten(b"{")

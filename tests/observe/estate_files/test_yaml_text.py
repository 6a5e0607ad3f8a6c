"""The YAML form: typed by the schema, errors with lines, nothing expands."""

from datetime import UTC, datetime

import pytest

from panshi.errors import BadInputError
from panshi.model.asset import AssetId
from panshi.observe.estate_files import read_estate

AS_OF = datetime(2026, 9, 30, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "e.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_estate(path, estate_id="bank", as_of=AS_OF)

    return read


def test_values_are_typed_by_their_attribute_not_by_their_looks(read):
    preview = read(
        """
panshi_estate: 1
name_zh: 銀行
name_en: "Bank"
assets:
  - id: site:oslo
    name: 1.10
    attributes: {country: NO, city: 007, latitude: 59, since: 2026-09-30, fields: app_admin}
  - {id: software:x, name: x, attributes: {version: 1.10, support_ends: "2030-01-01"}}
"""
    )
    assert preview.errors == ()
    site = preview.estate.by_id[AssetId("site:oslo")]
    assert site.name == "1.10"
    assert site.attributes["country"] == "NO"
    assert site.attributes["city"] == "007"
    assert site.attributes["latitude"] == 59.0
    assert site.attributes["fields"] == ("app_admin",)
    assert preview.estate.by_id[AssetId("software:x")].attributes["version"] == "1.10"


def test_all_errors_come_with_their_lines(read):
    preview = read(
        """panshi_estate: 1
names: x
assets:
  - id: host:a
    name: a
    name: b
    attributes:
      cloud: maybe
      cluod: true
      os:
      fields: [remote_work, moon]
      role: {a: b}
  - name: nobody
  - just a text
  - id: host:a
    name: a
    colour: red
relations:
  - {kind: runs_on, source: host:a}
  - {kind: runs_on, source: host:a, target: host:z}
  - {kind: loves, source: host:a, target: host:a}
demo: perhaps
"""
    )
    assert preview.estate is None
    assert [error.place for error in preview.errors] == [
        "line 2",  # names
        "line 6",  # name twice
        "line 10",  # os without a value
        "line 12",  # a mapping
        "line 8",  # maybe
        "line 9",  # cluod
        "line 11",  # moon
        "line 13",  # no id
        "line 14",  # no asset
        "line 17",  # colour
        "line 15",  # id twice
        "line 19",  # no target
        "line 21",  # loves
        "line 22",  # perhaps
        "line 20",  # no asset of that name
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("# nothing\n", "is empty"),
        ("a: [1, 2", "not valid YAML"),
        ("a: 'b", "not valid YAML"),
        ("a:\n\t- b", "not valid YAML"),
        (b"\xff\xfe\xfd", "not valid YAML"),
        (b"name: \xc3\x28", "not valid YAML"),
        ("a: \x07", "not valid YAML"),
        ("assets: " + "[" * 10_000, "levels deep"),
        ("a: " + "{a: " * 5_000, "levels deep"),
        ("- " * 5_000, "levels deep"),
        ("a: &x [b]\nb: *x", "anchor or alias"),
        ("a: *x", "anchor or alias"),
        ("name_zh: !!python/object/apply:os.system ['true']", "a tag"),
        ("name_zh: !!str x", "a tag"),
        ("? [a, b]\n: &y c", "anchor or alias"),
    ],
)
def test_what_cannot_be_trusted_is_refused_as_a_whole(read, text, told):
    with pytest.raises(BadInputError, match=told) as caught:
        read(text)
    assert "e.yaml" in caught.value.place


def test_a_billion_laughs_costs_nothing(read):
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(BadInputError, match="anchor or alias"):
        read("\n".join(lines))


@pytest.mark.parametrize("text", ["panshi_estate: 2", "name_zh: x", "just text", "[1, 2]"])
def test_another_layout_is_told(read, text):
    preview = read(text)
    assert preview.estate is None
    assert any("panshi_estate" in str(error) for error in preview.errors)


def test_a_second_document_is_told(read):
    preview = read("panshi_estate: 1\n---\npanshi_estate: 1\n")
    assert [error.problem for error in preview.errors] == ["a second document"]


def test_names_must_be_texts(read):
    preview = read('panshi_estate: 1\nname_zh: " "\nname_en: "a\\u0000b"\n')
    assert [error.place for error in preview.errors] == ["line 2", "line 3"]


def test_thousands_of_errors_are_counted_not_listed(read):
    rows = "\n".join(f"  - {{id: host:{n}, name: n, attributes: {{x: y}}}}" for n in range(2_500))
    preview = read(f"panshi_estate: 1\nassets:\n{rows}\n")
    assert len(preview.errors) == 1_000
    assert preview.more_errors == 1_500

"""CycloneDX documents of others as estates, small ones by hand and real ones from the world."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from panshi.errors import BadInputError
from panshi.model.asset import AssetId, Relation, RelationKind
from panshi.observe.estate_files import Mode, read_estate

AS_OF = datetime(2026, 9, 30, tzinfo=UTC)
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
SERIAL = "3e671687-395b-41f5-a30f-a58921a69b79"

JSON = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {
        "tools": {"components": [{"type": "application", "name": "scanner"}]},
        "component": {"type": "application", "bom-ref": "app", "name": "ebank", "version": "3"},
    },
    "components": [
        {
            "type": "library",
            "bom-ref": "lib",
            "group": "org.example",
            "name": "left-pad",
            "version": "1.10",
            "purl": "pkg:maven/org.example/left-pad@1.10",
            "supplier": {"name": "Example Inc"},
            "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own"}}],
            "components": [{"type": "file", "name": "core.so"}],
        },
        {"type": "library", "bom-ref": "lib2", "name": "left-pad", "version": "1.10",
         "purl": "pkg:maven/org.example/left-pad@1.10"},
        {"type": "cryptographic-asset", "bom-ref": "k", "name": "RSA-2048",
         "cryptoProperties": {"assetType": "related-crypto-material"}},
        {"type": "machine-learning-model", "name": "churn"},
    ],
    "services": [
        {
            "bom-ref": "svc",
            "provider": {"name": "雲端公司"},
            "name": "quotes",
            "x-trust-boundary": True,
            "endpoints": ["https://quotes.example/v1", "https://quotes.example/v2", "/relative"],
        }
    ],
    "dependencies": [
        {"ref": "app", "dependsOn": ["lib", "lib", "svc"]},
        {"ref": "lib", "dependsOn": []},
    ],
    "serialNumber": f"urn:uuid:{SERIAL}",
    "version": 2,
}  # fmt: skip

XML = f"""<?xml version="1.0" encoding="utf-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:{SERIAL}" version="2">
  <metadata>
    <tools><components><component type="application"><name>scanner</name></component></components>
    </tools>
    <component type="application" bom-ref="app"><name>ebank</name><version>3</version></component>
  </metadata>
  <components>
    <component type="library" bom-ref="lib">
      <supplier><name>Example Inc</name></supplier>
      <group>org.example</group><name>left-pad</name><version>1.10</version>
      <licenses>
        <license><id>MIT</id></license><license><name>Own</name></license>
      </licenses>
      <purl>pkg:maven/org.example/left-pad@1.10</purl>
      <components><component type="file"><name>core.so</name></component></components>
    </component>
    <component type="library" bom-ref="lib2"><name>left-pad</name><version>1.10</version>
      <purl>pkg:maven/org.example/left-pad@1.10</purl></component>
    <component type="cryptographic-asset" bom-ref="k"><name>RSA-2048</name>
      <cryptoProperties><assetType>related-crypto-material</assetType></cryptoProperties>
    </component>
    <component type="machine-learning-model"><name>churn</name></component>
  </components>
  <services>
    <service bom-ref="svc"><provider><name>雲端公司</name></provider><name>quotes</name>
      <endpoints><endpoint>https://quotes.example/v1</endpoint>
        <endpoint>https://quotes.example/v2</endpoint><endpoint>/relative</endpoint></endpoints>
      <x-trust-boundary>true</x-trust-boundary>
    </service>
  </services>
  <dependencies>
    <dependency ref="app"><dependency ref="lib"/><dependency ref="lib"/><dependency ref="svc"/>
    </dependency>
    <dependency ref="lib"/>
  </dependencies>
</bom>
"""


@pytest.fixture
def read(tmp_path):
    def read(content, name="bom.json", **more):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_estate(path, estate_id="bank", as_of=AS_OF, **more)

    return read


def relation(kind, source, target):
    return Relation(kind=kind, source=AssetId(source), target=AssetId(target))


def test_a_document_becomes_assets_and_relations(read):
    preview = read(json.dumps(JSON))
    assert preview.errors == ()
    estate = preview.estate
    lib = "software:pkg:maven/org.example/left-pad@1.10"
    assert {asset.id for asset in estate.assets} == {
        "system:ebank@3",
        "system:quotes",
        lib,
        f"{lib}#lib2",
        "software:core.so",
        "crypto:RSA-2048",
        "ai_system:churn",
        "endpoint:quotes.example:443",
        "endpoint:/relative",
        "supplier:雲端公司",
    }
    asset = estate.by_id[AssetId(lib)]
    assert asset.identifiers == (f"urn:cdx:{SERIAL}/2#lib",)
    assert asset.attributes == {
        "vendor": "Example Inc",
        "version": "1.10",
        "purl": "pkg:maven/org.example/left-pad@1.10",
        "software_type": "library",
        "licences": ("MIT", "Own"),
    }
    assert estate.by_id[AssetId("system:quotes")].attributes == {"internet_facing": True}
    assert estate.by_id[AssetId("crypto:RSA-2048")].attributes == {"crypto_kind": "key"}
    assert estate.by_id[AssetId("endpoint:quotes.example:443")].attributes == {
        "host": "quotes.example",
        "port": 443,
        "protocol": "https",
        "url": "https://quotes.example/v1",
        "internet_facing": True,
    }
    assert set(estate.relations) == {
        relation(RelationKind.DEPENDS_ON, "system:ebank@3", lib),
        relation(RelationKind.DEPENDS_ON, "system:ebank@3", "system:quotes"),
        relation(RelationKind.PART_OF, "software:core.so", lib),
        relation(RelationKind.SUPPLIED_BY, "system:quotes", "supplier:雲端公司"),
        relation(RelationKind.EXPOSES, "system:quotes", "endpoint:quotes.example:443"),
        relation(RelationKind.EXPOSES, "system:quotes", "endpoint:/relative"),
    }


def test_xml_says_the_same_as_json(read):
    assert read(XML, "bom.xml").estate == read(json.dumps(JSON)).estate


def test_two_documents_merge_into_one_estate(read):
    first = read(json.dumps(JSON)).estate
    other = {
        "bomFormat": "CycloneDX",
        "components": [{"type": "library", "bom-ref": "lib", "name": "other"}],
    }
    preview = read(json.dumps(other), "other.json", base=first, mode=Mode.MERGE)
    # The same bom-ref in another document is another thing
    assert preview.errors == ()
    added = preview.estate.by_id[AssetId("software:other")]
    assert added.identifiers == ("bom-ref:other.json#lib",)
    assert len(preview.estate.assets) == len(first.assets) + 1


def test_what_is_wrong_is_named_by_its_place(read):
    broken = {
        "bomFormat": "CycloneDX",
        "components": [
            {"type": "library", "bom-ref": "a", "name": "a"},
            {"type": "library", "bom-ref": "a", "name": "b"},
            {"type": "library"},
            {"bom-ref": "host:x", "name": "x", "properties": [
                {"name": "panshi:kind", "value": "host"},
                {"name": "panshi:attribute:cloud", "value": "perhaps"},
                {"name": "panshi:attribute:os", "value": "a"},
                {"name": "panshi:attribute:os", "value": "b"},
                {"name": "panshi:relation:loves", "value": "host:x"},
            ]},
        ],
        "dependencies": [{"ref": "a", "dependsOn": ["ghost"]}],
    }  # fmt: skip
    preview = read(json.dumps(broken))
    assert preview.estate is None
    assert [(error.place, error.problem.split()[0]) for error in preview.errors] == [
        ("/components/1", "the"),
        ("/components/2", "the"),
        ("/components/3", "cloud:"),
        ("/components/3", "os:"),
        ("/components/3", "'loves'"),
        ("/dependencies/0", "nothing"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("bom.json", "[]", "no CycloneDX"),
        ("bom.json", "{}", "no CycloneDX"),
        ("bom.json", '{"spdxVersion": "SPDX-2.3"}', "no CycloneDX"),
        ("bom.json", '{"bomFormat": "CycloneDX", "components": [', "ends in the middle"),
        ("bom.json", '{"components": [' + '{"components": [' * 100_000, "levels deep"),
        ("bom.json", '{"components": 1}', "expected an array"),
        ("bom.json", "", "is empty"),
        ("bom.xml", "", "is empty"),
        ("bom.xml", "<html/>", "root element"),
        ("bom.xml", "<bom><components>", "ends in the middle"),
        ("bom.xml", "<bom>" + "<a>" * 100, "levels deep"),
        ("bom.xml", '<!DOCTYPE bom [<!ENTITY a "b">]><bom>&a;</bom>', "entities"),
        ("bom.txt", "x", "unknown form"),
    ],
)
def test_what_is_no_document_is_refused_as_a_whole(read, name, text, told):
    with pytest.raises(BadInputError, match=told):
        read(text, name)


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the reference data is not beside the repository")
@pytest.mark.parametrize("archive", ["bom-examples.zip", "cyclonedx-spec.zip"])
def test_real_documents_are_read(archive, tmp_path):
    """Every real or official document becomes an estate, or is told to contradict itself."""
    read, refused = 0, []
    for path in _documents(DATA / archive, tmp_path):
        preview = read_estate(path, estate_id="bank", as_of=AS_OF)
        if preview.estate is None:
            refused += [f"{path.name}: {error}" for error in preview.errors]
        else:
            read += 1
            assert len(preview.added) == len(preview.estate.assets)
    # Then all that is wrong with any of them is a reference to nothing, or one used twice
    assert read > 50
    assert [error for error in refused if "bom-ref" not in error] == []


def _documents(archive, folder):
    with zipfile.ZipFile(archive) as opened:
        for number, name in enumerate(opened.namelist()):
            wanted = "/valid-" in name or archive.name == "bom-examples.zip"
            if not wanted or not name.endswith((".json", ".xml")):
                continue
            raw = opened.read(name)
            if name.endswith(".json") and json.load(io.BytesIO(raw)).get("bomFormat") is None:
                continue
            if name.endswith(".xml") and b"<bom" not in raw[:2_000]:
                continue
            path = folder / f"{number}-{Path(name).name}"
            path.write_bytes(raw)
            yield path

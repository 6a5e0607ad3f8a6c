"""CycloneDX documents become one observation of the software they describe."""

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.errors import BadInputError, UsageError
from panshi.model.bodies.software import Component
from panshi.model.observation import Outcome
from panshi.observe import bill
from panshi.observe.cyclonedx import OBSERVER
from panshi.observe.reading.complaints import WARNINGS_TOLD
from tests.observe.hostile import NOW, mutations, observe, shapes, survives

GOLDEN = Path(__file__).parents[1] / "golden" / "cyclonedx"
DATA = Path(__file__).parents[2].parent / "shared" / "data"
JSON = GOLDEN / "webshop-1.6.json"
XML = GOLDEN / "webshop-1.5.xml"


def written(tmp_path, document):
    path = tmp_path / "bom.json"
    path.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6"} | document))
    return path


def test_a_json_document_is_read_with_its_nested_parts():
    [seen], warnings = observe(OBSERVER, JSON, subject="")

    assert seen.subject == "system:webshop"
    assert seen.observed_at == datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC)
    assert seen.collector == "example-sbom 1.9"
    body = seen.body
    assert (body.format, body.spec_version) == ("CycloneDX", "1.6")
    assert body.serial == "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79"
    assert body.created == date(2026, 3, 1)
    assert (body.subject_name, body.subject_version) == ("webshop", "4.2.0")
    assert body.supplier == "Example Software Ltd."
    names = [each.name for each in body.components]
    assert names == [
        "openssl", "innermost", "inner", "example-framework", "odd-one",
        "/etc/webshop.conf", "AES-256-GCM", "bundled",
    ]  # fmt: skip
    assert body.components[0] == Component(
        name="openssl",
        version="3.0.15",
        purl="pkg:deb/debian/openssl@3.0.15",
        supplier="Example Crypto Project",
        licence="Apache-2.0",
    )
    assert body.components[4].supplier == "Example Publisher"
    # Six parts are software; files and algorithms have no version by nature.
    assert body.component_count == 8
    assert body.versioned_share == pytest.approx(5 / 6)
    assert body.identified_share == pytest.approx(4 / 6)
    assert body.skipped == 2
    assert [text.partition(": ")[2] for text in warnings] == [
        "/components/2: a component without a name; it is left out",
        "/components/3: a component that is no object but text; it is left out",
        "/components/4: a component of unknown type 'gadget'",
        "/components/4: 'openssl@3' is not a package URL",
    ]


def test_the_xml_form_says_the_same():
    [seen], warnings = observe(OBSERVER, XML, subject="")
    [twin], _ = observe(OBSERVER, JSON, subject="")

    assert (seen.subject, seen.observed_at, seen.collector) == (
        twin.subject,
        twin.observed_at,
        twin.collector,
    )
    assert seen.body.spec_version == "1.5"
    assert {each.name for each in seen.body.components} == {
        "bundled", "openssl", "innermost", "inner", "example-framework", "odd-one",
        "/etc/webshop.conf", "price list",
    }  # fmt: skip
    for ours, theirs in [(0, 7), (1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]:
        assert seen.body.components[ours] == twin.body.components[theirs]
    for field in ("subject_name", "subject_version", "supplier", "serial", "component_count"):
        assert getattr(seen.body, field) == getattr(twin.body, field)
    assert seen.body.versioned_share == twin.body.versioned_share
    assert seen.body.identified_share == twin.body.identified_share
    assert seen.body.skipped == 1
    assert any("webshop-1.5.xml:29: a component without a name" in text for text in warnings)


def test_a_subject_given_wins_and_one_missing_is_asked_for(tmp_path):
    path = written(tmp_path, {"components": [{"type": "library", "name": "a"}]})

    [seen], _ = observe(OBSERVER, path, subject="software:core")
    assert seen.subject == "software:core"

    with pytest.raises(UsageError, match="--subject system:core"):
        observe(OBSERVER, path, subject="")


def test_a_document_without_any_list_of_components_replaces_no_bill(tmp_path):
    # Given a bare VEX of the same system
    path = written(
        tmp_path,
        {"metadata": {"component": {"name": "core"}}, "vulnerabilities": [{"id": "CVE-2026-1"}]},
    )

    [seen], _ = observe(OBSERVER, path, subject="")

    assert seen.outcome is Outcome.FAILED
    assert seen.reason == "the document lists no components, only vulnerabilities"


def test_an_empty_list_of_components_is_seen_as_such(tmp_path):
    [seen], _ = observe(OBSERVER, written(tmp_path, {"components": []}))

    assert seen.body.component_count == 0
    assert (seen.body.versioned_share, seen.body.identified_share) == (0.0, 0.0)


def test_beyond_the_cap_components_are_counted_yet_not_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(bill, "COMPONENTS_KEPT", 3)
    parts = [{"type": "library", "name": f"n{n}", "version": "1"} for n in range(10)]

    [seen], _ = observe(OBSERVER, written(tmp_path, {"components": parts}))

    assert seen.body.component_count == 10
    assert [each.name for each in seen.body.components] == ["n0", "n1", "n2"]
    assert seen.body.versioned_share == 1.0


def test_many_warnings_are_summed_up(tmp_path):
    [_], warnings = observe(OBSERVER, written(tmp_path, {"components": [{}] * 500}))

    assert len(warnings) == WARNINGS_TOLD + 1
    assert warnings[-1].endswith("more like these")


def test_a_time_without_zone_is_one_of_the_look_and_a_future_one_is_not_believed(tmp_path):
    for stated, expected in [
        ("2026-03-01T02:03:04", datetime(2026, 3, 1, 2, 3, 4, tzinfo=UTC)),
        ("2026-03-01T02:03:04.123456789Z", datetime(2026, 3, 1, 2, 3, 4, 123456, tzinfo=UTC)),
        ("2999-01-01T00:00:00Z", NOW),
        ("yesterday", NOW),
    ]:
        document = {"metadata": {"timestamp": stated}, "components": []}
        [seen], warnings = observe(OBSERVER, written(tmp_path, document))
        assert seen.observed_at == expected
        assert bool(warnings) == (expected is NOW)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"bomFormat": "SPDX"}, "bomFormat"),
        ({"specVersion": "2.0"}, "version '2.0' is not known"),
        ({"specVersion": 1.6}, "version '' is not known"),
        ({"components": {"name": "a"}}, "expected an array"),
        ({"metadata": []}, "expected an object"),
    ],
)
def test_what_is_grossly_wrong_is_refused(document, problem, tmp_path):
    with pytest.raises(BadInputError, match=problem):
        observe(OBSERVER, written(tmp_path, document))


def test_a_newer_version_is_read_with_a_warning(tmp_path):
    [seen], warnings = observe(OBSERVER, written(tmp_path, {"specVersion": "1.9"}))

    assert seen.body.spec_version == "1.9"
    assert "newer than 1.7" in warnings[0]


@pytest.mark.parametrize("sample", [JSON, XML], ids=["json", "xml"])
def test_cut_off_anywhere_it_is_refused(sample, tmp_path):
    raw = sample.read_bytes()
    path = tmp_path / "cut"
    for length in range(0, len(raw.rstrip()), 37):
        path.write_bytes(raw[:length])
        with pytest.raises(BadInputError):
            observe(OBSERVER, path)


@given(raw=mutations([JSON.read_bytes(), XML.read_bytes()]))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_it_is_read_or_refused(raw, tmp_path):
    survives(OBSERVER, tmp_path / "mutated", raw)


WORDS = (
    "name version purl type supplier licenses license id expression components metadata timestamp "
    "tools services component cpe swid publisher specVersion serialNumber library"
)


@given(part=shapes(WORDS))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_shape_of_json_is_read_or_refused(part, tmp_path):
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [part]}

    for each in (document, document | {"metadata": part}, document | part):
        survives(OBSERVER, tmp_path / "bom.json", json.dumps(each).encode())


def unpacked(archive, tmp_path, wanted):
    if not (DATA / archive).exists():
        pytest.skip(f"{archive} is not among the reference data")
    with zipfile.ZipFile(DATA / archive) as packed:
        for entry in packed.namelist():
            if wanted(entry):
                path = tmp_path / entry.replace("/", "_")
                path.write_bytes(packed.read(entry))
                yield entry, path


@pytest.mark.data
def test_every_valid_sample_of_the_specification_is_read(tmp_path):
    def wanted(entry):
        return "/valid-" in entry and entry.endswith((".json", ".xml"))

    samples = list(unpacked("cyclonedx-spec.zip", tmp_path, wanted))

    assert len(samples) > 200
    for entry, path in samples:
        [seen], warnings = observe(OBSERVER, path)
        assert seen.observed_at <= NOW, entry
        assert warnings == [], entry


@pytest.mark.data
def test_grossly_invalid_samples_are_refused_or_warned_of(tmp_path):
    gross = ("bomformat", "namespace", "component-type", "empty-component", "serialnumber")
    gross += ("missing-component-type",)

    def wanted(entry):
        return entry.endswith((".json", ".xml")) and any(f"/invalid-{g}" in entry for g in gross)

    samples = list(unpacked("cyclonedx-spec.zip", tmp_path, wanted))

    assert len(samples) >= 20
    for entry, path in samples:
        try:
            _, warnings = observe(OBSERVER, path)
        except BadInputError:
            continue
        assert warnings, entry


@pytest.mark.data
def test_real_documents_are_read_alike_in_both_forms(tmp_path):
    def wanted(entry):
        return entry.endswith((".json", ".xml"))

    counts = {}
    for entry, path in unpacked("bom-examples.zip", tmp_path, wanted):
        raw = path.read_bytes()[:4000]
        if b"CycloneDX" not in raw and b"cyclonedx.org/schema/bom/" not in raw:
            continue
        [seen], _ = observe(OBSERVER, path)
        if seen.body is not None:
            stem = entry.rpartition(".")[0]
            counts.setdefault(stem, set()).add(seen.body.component_count)

    assert len(counts) >= 40
    assert {stem: each for stem, each in counts.items() if len(each) > 1} == {}

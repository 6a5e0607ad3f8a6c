"""Advisories are CSAF 2.1: by the official schema and mandatory tests, and by our own reader."""

import hashlib
import json
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from csaf.csaf.v21._validator import validate
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from panshi.alliance.disclosure.advisory import (
    Published,
    advisory_defect,
    csaf,
    document_id,
    document_url,
    file_name,
)
from panshi.alliance.disclosure.provider import (
    Document,
    changes,
    digests,
    index,
    provider_metadata,
    rolie,
)
from panshi.errors import BadInputError
from panshi.model.bodies.disclosure import DisclosureAdvisory, DisclosureChannel
from panshi.observe.feeds.csaf_places import read_changes, read_hash, read_provider, read_rolie
from panshi.observe.vex.csaf import read_csaf

CHANNEL = DisclosureChannel(
    accepting=True,
    base_url="https://f-isac.example",
    name="Demo F-ISAC",
    contacts=("mailto:report@f-isac.example",),
    expires=date(2027, 6, 30),
    languages=("zh-TW", "en"),
    policy_url="https://f-isac.example/policy",
    acknowledgments_url="",
    set_by="chen.yiru",
)
BODY = DisclosureAdvisory(
    headline="網路銀行登入頁面跨站指令碼",
    summary="登入頁面未過濾輸入，可在使用者瀏覽器執行指令碼。",
    vendor="Demo Software",
    product="eBank Login",
    affected_version="4.1.0",
    fixed_version="4.1.1",
    purl="pkg:npm/ebank-login",
    cve="CVE-2026-10001",
    cwe="CWE-79",
    cwe_name="Improper Neutralization of Input During Web Page Generation ('Cross-site Scripting')",
    cvss="CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
    remediation="請更新至 4.1.1。",
    language="zh-TW",
    written_by="lin.kaiwen",
)
AT = datetime(2026, 10, 1, 2, tzinfo=UTC)
SCORES = {
    "cvss_v3": {
        "version": "3.1",
        "vectorString": BODY.cvss,
        "baseScore": 6.1,
        "baseSeverity": "MEDIUM",
    }
}


def told(**more):
    parts = {"number": "VD-2026-001", "revisions": ((AT, BODY),), "scores": SCORES, "engine": "0.1"}
    return Published(**(parts | more))


def official(name):
    """Give the official schema, with those it refers to."""
    folder = files("csaf") / "csaf" / "v21"
    names = ("csaf", "meta", "extension-content", "extension-metaschema")
    every = [folder / "schema" / f"{each}.json" for each in names]
    referenced = (folder / "schema" / "referenced").iterdir()
    every += [each for each in referenced if each.name.endswith("json")]
    every.append(folder / "feed" / "provider.json")
    loaded = [json.loads(each.read_text()) for each in every]
    registry = Registry().with_resources(
        (name.partition("?")[0], Resource(each, DRAFT202012))
        for each in loaded
        for name in {each.get("$id", ""), each.get("id", "")} - {""}
    )
    schema = next(each for each in loaded if each.get("$id", "").endswith(f"/{name}"))
    return Draft202012Validator(schema, registry=registry)


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        DisclosureAdvisory(
            **{name: getattr(BODY, name) for name in BODY.__slots__}
            | {"fixed_version": "", "cve": "", "cwe": "", "cwe_name": "", "cvss": "", "purl": ""}
        ),
    ],
)
def test_a_document_passes_the_official_schema_and_mandatory_tests(body):
    # Given what was published, with everything and with as little as an advisory takes
    content = csaf(CHANNEL, told(revisions=((AT, body),), scores=SCORES if body.cvss else {}))

    # Then the schema of the standard finds nothing
    document = json.loads(content)
    assert [each.message for each in official("csaf.json").iter_errors(document)] == []

    # And the mandatory tests of section 6.1 find nothing
    assert mandatory(document) == []


def mandatory(document):
    """Run the mandatory tests of an independent implementation."""
    report = validate(document, preset="mandatory")
    return [f"{one.id}: {one.errors}" for one in report.results if not one.passed]


def test_our_own_reader_believes_what_it_reads_back():
    read = read_csaf(json.loads(csaf(CHANNEL, told())), "digest")

    assert (read.refused, read.spec_version, read.id) == ("", "2.1", "f-isac-vd-2026-001")
    assert read.defects == ()
    assert {(each.vulnerability, str(each.status)) for each in read.statements} == {
        ("CVE-2026-10001", "affected"),
        ("CVE-2026-10001", "fixed"),
    }
    assert read.advisories[0].affected[0].versions == ("4.1.0",)


def test_each_revision_is_one_entry_of_the_history():
    later = datetime(2026, 10, 9, tzinfo=UTC)

    document = json.loads(csaf(CHANNEL, told(revisions=((AT, BODY), (later, BODY)))))

    tracking = document["document"]["tracking"]
    assert tracking["version"] == "2"
    assert [each["number"] for each in tracking["revision_history"]] == ["1", "2"]
    assert tracking["initial_release_date"] < tracking["current_release_date"]
    assert read_csaf(document, "digest").refused == ""


def test_names_follow_the_standard():
    assert document_id(CHANNEL, "VD-2026-001") == "f-isac-vd-2026-001"
    assert file_name("Ex_ample/1 2") == "ex_ample_1_2.json"
    assert document_url(CHANNEL, told()).endswith("/csaf/clear/2026/f-isac-vd-2026-001.json")


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("headline", " ", "title"),
        ("cve", "2026-1", "CVE"),
        ("cwe", "79", "CWE"),
        ("cvss", "AV:N/AC:L", "vector"),
        ("fixed_version", "4.1.0", "fixed version"),
    ],
)
def test_what_cannot_be_published_says_why(name, value, problem):
    parts = {each: getattr(BODY, each) for each in BODY.__slots__}
    body = DisclosureAdvisory(**(parts | {name: value}))

    assert problem in advisory_defect(body)
    with pytest.raises(BadInputError):
        csaf(CHANNEL, told(revisions=((AT, body),)))


def test_the_lists_of_a_provider_are_found_and_read_by_our_own_reader():
    # Given one document and the lists that name it
    content = csaf(CHANNEL, told())
    one = Document(
        path="2026/f-isac-vd-2026-001.json",
        id="f-isac-vd-2026-001",
        title=BODY.headline,
        summary=BODY.summary,
        first=AT,
        updated=AT,
        content=content,
    )
    base = CHANNEL.base_url

    # Then the metadata pass the official schema and name feed and directory
    metadata = provider_metadata(CHANNEL, AT, fingerprint="AB" * 20, key_url=f"{base}/key.asc")
    assert list(official("provider.json").iter_errors(json.loads(metadata))) == []
    provider = read_provider(metadata, url=f"{base}/.well-known/csaf/provider-metadata.json")
    assert provider.rolie == (f"{base}/csaf/clear/csaf-feed-tlp-clear.json",)
    assert provider.directories == (f"{base}/csaf/clear/",)

    # And feed and changes lead to the document and its hash
    listed = read_rolie(rolie(CHANNEL, (one,), AT), url=provider.rolie[0])
    assert [each.url for each in listed] == [document_url(CHANNEL, told())]
    changed = read_changes(changes((one,)), url=provider.directories[0])
    assert [each.url for each in changed] == [listed[0].url]
    assert index((one,)) == b"2026/f-isac-vd-2026-001.json\n"
    said = read_hash(digests(one)[".sha256"], url="x")
    assert said == hashlib.sha256(content).hexdigest()

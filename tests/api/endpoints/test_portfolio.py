"""The portfolio over the API: pipelines deliver once, readers ask, audit changes nothing."""

import json

import pytest

from panshi.model.asset import AssetKind
from tests.api.asking import ask as asked

BILL = json.dumps(
    {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [{"type": "library", "name": "a", "purl": "pkg:pypi/a@1"}],
    }
).encode()


def ask(method, path, **how):
    path, _, query = path.partition("?")
    status, _head, raw = asked(method, path, query=query, **how)
    return status, json.loads(raw or b"null")


@pytest.fixture
def system(bank):
    return bank.estate().by_kind[AssetKind.SYSTEM][0].id


def test_a_pipeline_delivers_once_and_readers_see_it(token_of, system):
    # Given a pipeline with a token,
    path, token = f"/sboms?system={system}", token_of("analyst")
    status, first = ask("POST", path, token=token, body=BILL)
    assert (status, first["new"], first["stands"]) == (201, True, True)
    # When it tries again, nothing new is sealed,
    status, again = ask("POST", path, token=token, body=BILL)
    assert (status, again["new"], again["document"]) == (200, False, first["document"])
    # and whoever may read sees it.
    reader = token_of("internal_audit")
    _, page = ask("GET", "/sboms", token=reader)
    assert [each["system"] for each in page["systems"]] == [system]
    status, one = ask("GET", f"/sboms/{system}", token=reader)
    assert (status, one["history"][0]["digest"]) == (200, first["digest"])
    status, found = ask("GET", "/findings?sort=epss&kev=true", token=reader)
    assert (status, found["total"], found["items"]) == (200, 0, [])
    assert ask("GET", "/finding-counts", token=reader)[1]["total"] == 0
    assert ask("GET", "/vulnerabilities/CVE-2026-0001/systems", token=reader) == (200, [])


def test_what_may_not_be_or_is_no_bill_is_refused(bank, token_of, system):
    before = bank.log.kinds().get("sbom.document/1", 0)
    audit = token_of("internal_audit")
    assert ask("POST", f"/sboms?system={system}", token=audit, body=BILL)[0] == 403
    token = token_of("analyst")
    assert ask("POST", f"/sboms?system={system}", token=token, body=b"[]")[0] == 422
    assert ask("POST", "/sboms?system=system:unheard", token=token, body=BILL)[0] == 422
    assert ask("GET", "/findings?status=odd", token=token)[0] in {400, 422}
    # Nothing of them was kept.
    assert bank.log.kinds().get("sbom.document/1", 0) == before

"""Norms in the console: what is shown, what is sealed, who may."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.store import library
from tests.web.small_bank import BANK

PLAN = dict(library.frameworks())["frameworks/actionplan.yaml"]
NEXT = PLAN.replace(b'version: "2022-12-27"', b'version: "2028-01-01"')
PAGES = (
    "/norms/",
    "/norms/overlap/",
    "/norms/overlap/?show=gap",
    "/norms/overlap/?a=actionplan&b=blueprint&show=all&relation=intersects-with&q=演練",
    "/norms/changes/",
    "/norms/changes/?old=zt36&new=blueprint&kind=added",
    f"/e/{BANK}/norms/impact/",
    "/norms/burden/",
    "/norms/burden/?show=open",
)


@pytest.fixture
def ciso(person):
    return person("ciso")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_in_its_first_line(person, page):
    answer = person("control_owner").get(page)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert '<p class="lead">' in text


def test_a_pair_is_decided_and_taken_back(ciso, bank):
    given = {
        "a": "actionplan",
        "b": "blueprint",
        "clause_a": "AP2-4-3-1",
        "clause_b": "BP-22",
        "relation": "intersects-with",
        "decision": "confirmed",
        "reason": "後者延續前者",
        "back": "a=actionplan&b=blueprint&show=decided",
    }
    answer = ciso.post("/norms/decide/", given)
    assert answer.status_code == 302
    text = ciso.get(answer["Location"]).content.decode()
    assert "後者延續前者" in text
    assert "已確認" in text
    ciso.post("/norms/decide/", {**given, "decision": "withdrawn", "reason": "太早"})
    assert "後者延續前者" not in ciso.get(answer["Location"]).content.decode()
    kinds = [each.observation.body.judgement for each in bank.log.records("record.mapping/1")]
    assert kinds[-2:] == ["confirmed", "withdrawn"]


def test_without_a_reason_nothing_is_sealed(ciso, bank):
    before = bank.log.kinds().get("record.mapping/1", 0)
    given = {
        "a": "actionplan",
        "b": "blueprint",
        "clause_a": "AP2-4-3-1",
        "clause_b": "BP-22",
        "decision": "rejected",
        "reason": " ",
    }
    assert ciso.post("/norms/decide/", given).status_code == 400
    assert bank.log.kinds().get("record.mapping/1", 0) == before


def test_a_norm_is_taken_in_and_compared(ciso):
    sent = {"file": SimpleUploadedFile("next.yaml", NEXT)}
    assert ciso.post("/norms/import/", sent).status_code == 302
    text = ciso.get("/norms/").content.decode()
    assert "actionplan@2028-01-01" in text
    changed = ciso.get("/norms/changes/").content.decode()
    assert "0 條有變動" in changed
    tried = ciso.get(f"/e/{BANK}/norms/impact/?text=actionplan@2028-01-01").content.decode()
    assert "沒有條文會因此不符" in tried


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"file": SimpleUploadedFile("x.yaml", b"hello")},
        {"file": SimpleUploadedFile("next.yaml", NEXT), "valid_from": "tomorrow"},
    ],
)
def test_a_file_that_is_no_norm_is_told(ciso, sent):
    assert ciso.post("/norms/import/", sent).status_code in {400, 404}


def test_a_drafted_clause_is_tried_out_and_not_kept(ciso, bank):
    draft = """
controls:
  - id: D-1
    group: draft
    title: {zh: 資安文化, en: Culture of security}
    gist: {zh: 應培養資安文化。, en: A culture of security must grow.}
    strength: 應
    machine: manual
""".encode()
    size = len(list(bank.log.records("record.norm/1")))
    sent = {"file": SimpleUploadedFile("draft.yaml", draft)}
    text = ciso.post(f"/e/{BANK}/norms/impact/", sent).content.decode()
    assert "1 條尚無檢核" in text
    assert len(list(bank.log.records("record.norm/1"))) == size


def test_who_may_only_read_changes_nothing(person):
    audit = person("internal_audit")
    assert audit.get("/norms/overlap/").status_code == 200
    assert "norms/decide" not in audit.get("/norms/overlap/").content.decode()
    assert audit.post("/norms/decide/", {}).status_code == 403
    assert audit.post("/norms/import/", {}).status_code == 403


def test_pairs_are_paged_by_key(ciso):
    first = ciso.get("/norms/overlap/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = ciso.get("/norms/overlap/" + following[1].replace("&amp;", "&")).content.decode()
    assert second.count("data-pair") > 0
    assert first.split("data-pair")[1] != second.split("data-pair")[1]


def test_a_pair_names_the_item_it_comes_through(ciso):
    text = ciso.get("/norms/overlap/?q=4-7").content.decode()
    assert "經由所屬項目 2.1(3)" in text


def test_both_languages(ciso):
    ciso.cookies["django_language"] = "en"
    text = ciso.get("/norms/overlap/").content.decode()
    assert "pairs may be related" in text
    assert "可能相關" not in text

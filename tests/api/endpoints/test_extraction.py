"""Texts over the API: read and forgotten, decided by persons, de-identified and restored."""

import json

from panshi.model.bodies.extraction import DECISION, OWN_NAMES
from tests.api.asking import ask as asked

TEXT = "通報人：王大明。駭客以 PowerShell 自 hxxp://203.0.113[.]25/a 下載後門，利用 CVE-2024-3094。"


def ask(path, body, token):
    head = {"content-type": "application/json"}
    raw = json.dumps(body).encode()
    status, _head, answer = asked("POST", path, token=token, body=raw, headers=head)
    return status, json.loads(answer)


def test_a_text_is_read_and_nothing_kept(bank, token_of):
    before = bank.log.size()

    status, found = ask("/extractions", {"text": TEXT}, token_of("analyst"))

    assert status == 200
    assert found["cves"] == ["CVE-2024-3094"]
    assert {"T1059.001"} <= {each["id"] for each in found["techniques"]}
    assert bank.log.size() == before


def test_a_decision_takes_a_person(bank, token_of):
    body = {"technique": "T1059.001", "accepted": True, "passage": "執行 PowerShell"}

    assert ask("/extractions/decisions", body, token_of("analyst"))[0] == 403
    status, made = ask("/extractions/decisions", body, token_of("analyst", person="lin.yating"))

    assert status == 201
    assert made["id"]
    assert list(bank.log.records(DECISION))[-1].observation.body.accepted


def test_a_text_is_reviewed_and_restored(bank, token_of):
    amy = token_of("analyst", person="lin.yating")
    assert ask("/own-names", {"domains": ["bank.example"]}, amy)[0] == 201
    assert list(bank.log.records(OWN_NAMES))

    status, shared = ask("/deidentifications", {"text": TEXT, "purpose": "分享"}, amy)

    assert status == 201
    assert "王大明" not in shared["text"]
    back = ask("/deidentifications/restore", {"text": shared["text"]}, amy)[1]
    assert back["text"] == TEXT

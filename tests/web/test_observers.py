"""Uploading: preview shows what would be sealed, errors name their place, nothing half done."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "demo-scan", "version": "1", "rules": []}},
            "results": [{"ruleId": "r1", "level": "error", "message": {"text": "x"}}],
        }
    ],
}


def upload(client, source, name, content, subject="system:core"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"/observers/{source}/preview/", {"file": file, "subject": subject})


def test_a_preview_seals_nothing_and_the_commit_seals_it(ciso, bank):
    # Given a file previewed
    answer = upload(ciso, "sarif", "scan.sarif", json.dumps(SARIF).encode())
    text = answer.content.decode()
    assert answer.status_code == 200
    kinds = bank.log.kinds().get("sarif.run/1", 0)
    # When it is committed
    token = re.search(r'name="file" value="([^"]+)"', text)[1]
    done = ciso.post(
        "/observers/sarif/commit/", {"file": token, "subject": "system:core", "seal": "1"}
    )
    # Then it is sealed, and the file is gone
    assert done.status_code == 302
    assert bank.log.kinds()["sarif.run/1"] == kinds + 1
    again = ciso.post("/observers/sarif/commit/", {"file": token, "seal": "1"})
    assert again.status_code == 404


def test_a_cancelled_preview_leaves_nothing(ciso, bank):
    from django.conf import settings

    text = upload(ciso, "sarif", "scan.sarif", json.dumps(SARIF).encode()).content.decode()
    token = re.search(r'name="file" value="([^"]+)"', text)[1]
    before = bank.log.kinds().get("sarif.run/1", 0)
    ciso.post("/observers/sarif/commit/", {"file": token})
    assert bank.log.kinds().get("sarif.run/1", 0) == before
    assert not list((settings.HOME.path / "uploads").rglob("scan.sarif"))


def test_a_file_of_another_session_cannot_be_committed(person):
    mine, other = person("ciso"), person("ciso")
    text = upload(mine, "sarif", "scan.sarif", json.dumps(SARIF).encode()).content.decode()
    token = re.search(r'name="file" value="([^"]+)"', text)[1]
    assert other.post("/observers/sarif/commit/", {"file": token, "seal": "1"}).status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 5000, b"\x00\xff\xfe", b'{"version": "2.1.0"']
)
def test_what_cannot_be_read_is_told_with_its_place_and_seals_nothing(ciso, bank, content):
    before = bank.log.kinds().get("sarif.run/1", 0)
    answer = upload(ciso, "sarif", "broken.sarif", content or b" ")
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "沒有封存任何內容" in text
    assert str(bank.home.path) not in text
    assert bank.log.kinds().get("sarif.run/1", 0) == before


def test_a_hostile_name_stays_inside_its_folder(ciso):
    from django.conf import settings

    upload(ciso, "sarif", "../../evil.sarif", json.dumps(SARIF).encode())
    kept = list((settings.HOME.path / "uploads").rglob("*.sarif"))
    assert kept
    assert not (settings.HOME.path / "evil.sarif").exists()


def test_an_observer_that_takes_no_file_takes_no_upload(ciso):
    assert upload(ciso, "this-machine", "x", b"x").status_code == 404

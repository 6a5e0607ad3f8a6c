"""An estate comes in by preview and commit; one error means that nothing is written."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from panshi.node.authority import permitted
from panshi.observe.estate_files import Mode
from panshi.protection.access.roles import ROLES, Role


def yaml_of(bank):
    from panshi.report.estate_files import estate_yaml

    return estate_yaml(bank.estate("small-bank"))


def uploaded(content, name="estate.yaml"):
    return SimpleUploadedFile(name, content)


def preview(client, content, estate="new-bank", name="estate.yaml"):
    return client.post(
        "/estates/import/preview/",
        {"file": uploaded(content, name), "estate": estate, "mode": Mode.REPLACE},
    )


def test_a_file_is_previewed_and_then_committed(person, bank):
    client = person(Role.ANALYST)
    answer = preview(client, yaml_of(bank))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "尚未寫入" in text
    assert "new-bank" not in bank.estate_ids()
    token = re.search(r'name="file" value="([^"]+)"', text)[1]
    sent = {"file": token, "estate": "new-bank", "mode": "replace", "commit": "1"}
    done = client.post("/estates/import/commit/", sent)
    assert done["Location"] == "/e/new-bank/assets/"
    assert len(bank.estate("new-bank").assets) == len(bank.estate("small-bank").assets)
    # and the file cannot be committed a second time
    assert client.post("/estates/import/commit/", sent).status_code == 404


def test_every_error_is_named_by_its_row_and_nothing_is_written(person, bank):
    broken = yaml_of(bank).replace(b"id: host:", b"id: hosst:", 2)
    snapshots = bank.log.kinds()["estate.snapshot/1"]
    answer = preview(person(Role.ANALYST), broken, "other-bank")
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "沒有寫入任何內容" in text
    assert 'name="commit"' not in text
    assert "other-bank" not in bank.estate_ids()
    assert bank.log.kinds().get("estate.snapshot/1") == snapshots


def test_what_is_no_estate_is_refused_in_words(person):
    client = person(Role.ANALYST)
    for content, name in ((b"\x00\x01", "x.xlsx"), (b"{", "x.json"), (b"a", "x.txt")):
        answer = preview(client, content, name=name)
        assert answer.status_code == 400, name
        assert "沒有寫入任何內容" in answer.content.decode()
    assert preview(client, b"a: 1", estate="../up").status_code == 400


def test_only_those_who_keep_the_estate_may_bring_one_in(person):
    for role in ROLES:
        expected = 200 if permitted(role, "estate.change") else 403
        assert person(role).get("/estates/import/").status_code == expected
    assert person(Role.ANALYST).get("/estates/import/template/").content[:2] == b"PK"

"""Watched places in the console: told in a sentence, looked at by those who may."""

import pytest


@pytest.fixture
def spool(bank, tmp_path):
    folder = tmp_path / "spool"
    (folder / "incoming").mkdir(parents=True)
    (folder / "incoming" / "<b>notes.txt").write_text("no evidence")
    path = bank.home.path / "watch.toml"
    path.write_text(f'[[place]]\nname = "scans"\nfolder = "{folder}"\nsettle_seconds = 0\n')
    path.chmod(0o600)
    yield folder
    path.unlink()
    (bank.home.path / "watch.sqlite").unlink(missing_ok=True)


def test_without_places_the_page_says_how_to_get_some(ciso):
    assert "watch.toml" in ciso.get("/observers/").content.decode()


@pytest.mark.usefixtures("spool")
def test_a_place_is_looked_at_and_its_refusals_are_told(ciso):
    before = ciso.get("/observers/").content.decode()
    assert "1 個位置；0 個有問題，1 個檔案待處理，0 個檔案遭退件。" in before

    answer = ciso.post("/observers/places/scans/look/", follow=True)

    text = answer.content.decode()
    assert "已觀測 0 個檔案，1 個遭退件，0 個待處理。" in text
    assert "1 個位置；0 個有問題，0 個檔案待處理，1 個檔案遭退件。" in text
    assert "&lt;b&gt;notes.txt" in text
    assert "<b>notes" not in text

    again = ciso.post("/observers/places/scans/retry/", follow=True).content.decode()
    assert "1 個退件將再讀一次。" in again


@pytest.mark.usefixtures("spool")
def test_a_list_that_cannot_be_read_is_told_on_the_page(ciso, bank):
    (bank.home.path / "watch.toml").chmod(0o644)

    assert "監看設定無法讀取" in ciso.get("/observers/").content.decode()


@pytest.mark.usefixtures("spool")
@pytest.mark.parametrize("path", ["look", "retry"])
def test_who_may_only_look_changes_nothing(path, person, ciso):
    assert person("internal_audit").post(f"/observers/places/scans/{path}/").status_code == 403
    assert ciso.post(f"/observers/places/none/{path}/").status_code == 404
    assert ciso.get(f"/observers/places/scans/{path}/").status_code == 405

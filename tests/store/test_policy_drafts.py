"""Drafts rest whole, one file each, under names that lead nowhere else."""

from datetime import UTC, datetime

import pytest

from panshi.errors import BadInputError, MissingError, StoreError
from panshi.store.policy_drafts import FOLDER, KeptDraft, PolicyDrafts


def kept(name="night"):
    return KeptDraft(
        name=name,
        content="政策".encode(),
        base="b",
        editors=("ana",),
        edited_at=datetime(2026, 9, 1, tzinfo=UTC),
    )


def test_what_is_kept_comes_back_and_goes(tmp_path):
    drafts = PolicyDrafts(tmp_path)
    assert drafts.names() == ()
    drafts.write(kept())
    assert drafts.read("night") == kept()
    assert drafts.names() == ("night",)
    drafts.discard("night")
    with pytest.raises(MissingError):
        drafts.read("night")


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "x" * 41, ".", "-x", "x\n"])
def test_a_name_is_a_name(tmp_path, name):
    with pytest.raises(BadInputError):
        PolicyDrafts(tmp_path).write(kept(name))


def test_a_broken_file_is_told(tmp_path):
    drafts = PolicyDrafts(tmp_path)
    drafts.write(kept())
    (tmp_path / FOLDER / "night.json").write_text('{"content": 1}')
    with pytest.raises(StoreError):
        drafts.read("night")

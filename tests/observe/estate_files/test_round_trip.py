"""What is written is read back the same, in every form, whatever an estate holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from panshi.model.changes import ordered
from panshi.model.estate import Estate
from panshi.observe.estate_files import Mode, Preview, read_estate
from panshi.report.estate_files import estate_cyclonedx, estate_xlsx, estate_yaml
from tests.simulators.estates import AS_OF, estates

FORMS = {"e.xlsx": estate_xlsx, "e.yaml": estate_yaml, "e.json": estate_cyclonedx}

relaxed = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def _read(name: str, content: bytes, **more: object) -> Preview:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_estate(path, estate_id="bank", as_of=AS_OF, **more)  # type: ignore[arg-type]


def _values(estate: Estate) -> list[tuple[str, str, str]]:
    """Values with their types, which equality leaves out."""
    return [
        (asset.id, name, f"{type(value).__name__} {value!r}")
        for asset in estate.assets
        for name, value in sorted(asset.attributes.items())
    ]


@pytest.mark.parametrize("name", FORMS)
@relaxed
@given(estate=estates())
def test_an_estate_comes_back_identical(name, estate):
    # When an estate is written and read again
    preview = _read(name, FORMS[name](estate), base=estate)
    # Then it is the same, in canonical order
    assert preview.errors == ()
    assert preview.estate == ordered(replace(estate, version=2))
    assert _values(preview.estate) == _values(ordered(estate))
    # And the preview says that nothing changes
    assert (preview.added, preview.changed, preview.removed) == ((), (), ())
    assert (preview.relations_added, preview.relations_removed) == ((), ())
    assert preview.unchanged == len(estate.assets)


@pytest.mark.parametrize("name", FORMS)
@relaxed
@given(estate=estates())
def test_the_same_estate_is_the_same_bytes(name, estate):
    backwards = replace(estate, assets=estate.assets[::-1], relations=estate.relations[::-1])
    assert FORMS[name](estate) == FORMS[name](backwards)


@pytest.mark.parametrize("name", FORMS)
@relaxed
@given(one=estates(), other=estates())
def test_merging_keeps_what_the_file_does_not_name(name, one, other):
    # Given a base, and a file of another estate
    preview = _read(name, FORMS[name](other), base=one, mode=Mode.MERGE)
    if preview.estate is None:  # they claim the same name for different assets
        assert all("stands for" in error.problem for error in preview.errors)
        return
    # Then every asset of either is there, the file's where both have it
    expected = one.by_id | other.by_id
    assert preview.estate.by_id == expected
    assert set(preview.estate.relations) == {*one.relations, *other.relations}
    assert preview.removed == ()

"""Damaged files end in a preview with errors or in `BadInputError`, never in anything else."""

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.asset import Asset, AssetId, AssetKind, Relation, RelationKind
from panshi.model.changes import problems
from panshi.model.estate import Estate
from panshi.observe.estate_files import Preview, read_estate
from panshi.report.estate_files import estate_cyclonedx, estate_xlsx, estate_yaml

AS_OF = datetime(2026, 9, 30, tzinfo=UTC)
HOST = Asset(
    id=AssetId("host:a"),
    kind=AssetKind.HOST,
    name="主機",
    attributes={"cloud": True, "since": date(2024, 1, 1), "fields": ("app_admin",)},
    identifiers=("host:10.0.0.1",),
    inventories=("cmdb",),
)
ESTATE = Estate(
    id="bank",
    name_zh="銀行",
    name_en="Bank",
    version=1,
    as_of=AS_OF,
    assets=(HOST,),
    relations=(Relation(kind=RelationKind.DEPENDS_ON, source=HOST.id, target=HOST.id),),
)
XML = (
    b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>'
    b'<component type="library" bom-ref="a"><name>a</name><version>1</version></component>'
    b'</components><dependencies><dependency ref="a"/></dependencies></bom>'
)
FILES = {
    "e.xlsx": estate_xlsx(ESTATE),
    "e.yaml": estate_yaml(ESTATE),
    "e.json": estate_cyclonedx(ESTATE),
    "e.xml": XML,
}


def _survives(name, content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            preview = read_estate(path, estate_id="bank", as_of=AS_OF)
        except BadInputError:
            return
    assert isinstance(preview, Preview)
    assert (preview.estate is None) == bool(preview.errors)
    # And what is given out could be committed
    assert preview.estate is None or problems(preview.estate) == ()


relaxed = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", FILES)
@relaxed
@given(data=st.data())
def test_flipped_cut_and_repeated_bytes(name, data):
    content = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 60)))
        content[start:end] = data.draw(
            st.one_of(
                st.binary(max_size=4),
                st.just(bytes(content[start:end] * 2)),
                st.sampled_from([b"<", b"[", b"{", b'"', b"'", b"&a", b"\n", b": ", b"\x00"]),
            )
        )
    _survives(name, bytes(content))


@pytest.mark.parametrize("name", FILES)
@relaxed
@given(content=st.binary(max_size=300))
def test_any_bytes(name, content):
    _survives(name, content)


@pytest.mark.parametrize("name", ["e.yaml", "e.json"])
@relaxed
@given(content=st.text(alphabet="{}[]:,-?&*!|>'\"\n #a1~", max_size=120))
def test_any_punctuation(name, content):
    _survives(name, content.encode())


@pytest.mark.parametrize("name", FILES)
def test_every_truncation_of_a_file(name):
    content = FILES[name]
    for size in range(0, len(content), max(1, len(content) // 150)):
        _survives(name, content[:size])


@pytest.mark.parametrize("name", FILES)
def test_a_gigabyte_is_refused_by_its_size(name, tmp_path):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(BadInputError, match="larger than"):
        read_estate(path, estate_id="bank", as_of=AS_OF)

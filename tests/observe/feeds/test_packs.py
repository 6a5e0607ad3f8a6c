"""ZIPs of records: a bad member is one refusal, a bad ZIP none taken, a bomb never unpacked."""

import io
import json
import zipfile

import pytest

from panshi.errors import BadInputError
from panshi.model.supply_chain.advisory import Advisory
from panshi.observe.feeds.packs import holds_osv, read_pack
from panshi.observe.feeds.records import Refused
from tests.simulators.advisories import damaged, osv_record, osv_records, osv_zip


def test_good_members_are_taken_and_bad_ones_named(tmp_path):
    # Given a ZIP with three good records, a damaged one and one twice
    records = osv_records(3)
    path = osv_zip(
        tmp_path / "all.zip", [*records, b"{", osv_record(records[0]["id"], details="x")]
    )

    # When it is read
    found = list(read_pack(path, feed="osv/PyPI"))

    # Then three are taken, two refused by name
    assert [each.id for each in found if isinstance(each, Advisory)] == [r["id"] for r in records]
    assert [each.name for each in found if isinstance(each, Refused)] == [
        "damaged",
        records[0]["id"],
    ]


def test_a_zip_cut_short_is_refused_whole(tmp_path):
    path = osv_zip(tmp_path / "all.zip", osv_records(20))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(BadInputError, match="ZIP"):
        list(read_pack(path, feed="osv/PyPI"))
    assert not holds_osv(path)


def test_a_bomb_is_refused_and_the_records_beside_it_taken(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("A.json", json.dumps(osv_record()))
        pack.writestr("small-bomb.json", b" " * (15 << 20))
        pack.writestr("bomb.json", b"0" * (64 << 20))
    found = list(read_pack(path, feed="osv/PyPI"))
    refused = {each.name: each.problem for each in found if isinstance(each, Refused)}
    assert set(refused) == {"bomb", "small-bomb"}
    assert "larger" in refused["bomb"]
    assert "as no text is" in refused["small-bomb"]


def test_members_that_overlap_refuse_the_whole(tmp_path):
    # Given two entries of the directory that both claim nearly all of the file
    record = json.dumps(osv_record(details="y" * 5_000)).encode()
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as pack:
        pack.writestr("A.json", record)
        first = pack.infolist()[0]
        for name in "BCD":
            twin = zipfile.ZipInfo(f"{name}.json")
            twin.file_size, twin.compress_size = first.file_size, first.compress_size
            twin.header_offset, twin.CRC = first.header_offset, first.CRC
            pack.filelist.append(twin)
            pack.NameToInfo[twin.filename] = twin
        pack._didModify = True
    path = tmp_path / "all.zip"
    path.write_bytes(raw.getvalue())
    with pytest.raises(BadInputError, match="overlap"):
        list(read_pack(path, feed="osv/PyPI"))


def test_a_size_that_is_a_lie_takes_no_more_than_it_says(tmp_path):
    path = osv_zip(tmp_path / "all.zip", [osv_record(details="z" * 4_000)])
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(raw)
    assert [type(each) for each in read_pack(path, feed="osv/PyPI")] == [Refused]


def test_damaged_zips_never_break_the_reader(tmp_path):
    raw = osv_zip(tmp_path / "all.zip", osv_records(4)).read_bytes()
    path = tmp_path / "damaged.zip"
    places = set()
    for seed in range(300):
        path.write_bytes(damaged(raw, seed))
        try:
            found = list(read_pack(path, feed="osv/PyPI"))
        except BadInputError as error:
            places.add(error.place)
        else:
            assert all(isinstance(each, Advisory | Refused) for each in found)
    assert places == {str(path)}

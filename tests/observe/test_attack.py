"""A bundle is read whole, from JSON or ZIP; what is none is refused with what to bring."""

import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.attack import digest_of, is_bundle, read_bundle
from tests.simulators.attack_bundle import bundle

RAW = json.dumps(
    {"type": "bundle", "id": "bundle--mitre-attack", "objects": bundle(repeat=1)}
).encode()


def packed(path, raw, name="enterprise-attack.json"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, raw)
    return path


def test_json_and_zip_are_the_same_bundle(tmp_path):
    (tmp_path / "a.json").write_bytes(RAW)
    packed(tmp_path / "a.zip", RAW)

    plain, zipped = read_bundle(tmp_path / "a.json"), read_bundle(tmp_path / "a.zip")

    assert plain == zipped
    assert digest_of(tmp_path / "a.zip") == plain.sha256
    assert is_bundle(tmp_path / "a.json")
    assert is_bundle(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type":"bundle","objects":[]}',
        b'{"type":"bundle","objects":[1]}',
        b'{"type":"bundle","objects":{}}',
        b"PK\x03\x04 no archive",
        b"[" * 100_000,
    ],
)
def test_what_is_none_is_refused(tmp_path, raw):
    path = tmp_path / "x"
    path.write_bytes(raw)

    with pytest.raises(BadInputError):
        read_bundle(path)
    assert not is_bundle(path)


def test_what_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="cannot be read"):
        read_bundle(tmp_path / "nowhere")
    assert not is_bundle(tmp_path / "nowhere")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(RAW) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_bundle_is_read_or_refused(tmp_path, at, other):
    path = tmp_path / "damaged.json"
    path.write_bytes(RAW[:at] + other + RAW[at + len(other) :])

    with suppress(BadInputError):
        assert read_bundle(path).objects

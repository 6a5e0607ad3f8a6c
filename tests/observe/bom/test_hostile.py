"""No document crashes the readers, hangs them, or takes more memory than it may."""

import gzip
import json
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import zstandard

from panshi.errors import BadInputError
from panshi.observe.bom import open_bom
from panshi.observe.bom.converting import convert
from panshi.observe.bom.strict import check_bom
from panshi.observe.bom.writing import Form
from tests.observe.bom.mutating import mutated, samples

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LONGEST = 10
"Seconds one document may take."
MUTATIONS = 1_000
RSS = 500
"MB the process may ever have held."


@contextmanager
def patience(seconds=LONGEST):
    def over(_signal, _frame):
        raise TimeoutError(f"a document takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def read(raw):
    """Read in every way there is; gives how it ended."""
    try:
        stream = open_bom(raw, source="document")
        parts = list(stream)
        head = stream.head
        assert head.components == len(parts)
        assert all(each.name and each.place for each in parts)
        for each in parts:
            str(each).encode()
        assert all(each.problem for each in stream.defects)
        assert isinstance(stream.vex, tuple)
        ended = "read"
    except BadInputError as error:
        assert "document" in error.place  # noqa: PT017 -- either way of ending is right
        ended = "refused"
    for judge in (check_bom, lambda given: convert(given, Form.SPDX_JSON, at=NOW)):
        try:
            judge(raw)
        except BadInputError as error:
            assert error.place  # noqa: PT017 -- either way of ending is right
    return ended


@pytest.mark.parametrize("part", range(10))
def test_a_thousand_mutated_documents_are_read_or_refused(part):
    originals = samples()
    ended = {"read": 0, "refused": 0}

    for seed in range(part, MUTATIONS, 10):
        with patience():
            ended[read(mutated(originals[seed % len(originals)], seed))] += 1

    assert sum(ended.values()) == MUTATIONS // 10
    assert min(ended.values()) > 5, "mutations that are all alike try nothing"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"CycloneDX"',
        b"\x00" * 100,
        b"\xff\xfe" + "{}".encode("utf-16-le"),
        b'{"bomFormat":"CycloneDX"',
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[' + b"[" * 100_000,
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","x":' + b'{"a":' * 100_000,
        b"<bom>" * 100_000,
        b'<bom xmlns="http://cyclonedx.org/schema/bom/9.9"/>',
        b"SPDXVersion: SPDX-2.3\nPackageComment: <text>",
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":' + b"9" * 100_000 + b"}",
    ],
)
def test_what_is_no_document_is_refused_with_its_place(raw):
    with patience(), pytest.raises(BadInputError) as caught:
        list(open_bom(raw, source="given"))
    assert "given" in caught.value.place
    try:
        assert check_bom(raw, source="given")
    except BadInputError as error:
        assert "given" in error.place  # noqa: PT017 -- told or refused, both are right


@pytest.mark.parametrize(
    "entities",
    [
        "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)),
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://localhost/p.dtd"> %p;',
    ],
)
def test_entities_are_never_expanded(entities):
    raw = (
        f'<!DOCTYPE bom [<!ENTITY l0 "lol">{entities}]>'
        '<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components/></bom>'
    ).encode()

    for judge in (lambda given: list(open_bom(given)), check_bom):
        with patience(), pytest.raises(BadInputError, match="entit"):
            judge(raw)


def test_names_that_stand_twice_are_told_by_the_strict_check_alone():
    raw = b'{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"version":2}'

    assert open_bom(raw).head.version == 2
    assert [each.problem for each in check_bom(raw)] == ["an object names 'version' twice"]


def many(count):
    parts = ",".join(f'{{"type":"library","name":"n{n}","version":"1"}}' for n in range(count))
    return f'{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{parts}]}}'.encode()


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_compressed_documents_are_expanded_and_damaged_ones_refused(pack, tmp_path):
    raw, path = many(500), tmp_path / "bom.packed"
    packed = pack(raw)
    path.write_bytes(packed)

    plain = list(open_bom(raw))
    assert list(open_bom(path)) == list(open_bom(packed)) == plain
    assert open_bom(packed).head.size == len(packed)
    for cut in (
        packed[:-9],
        packed[: len(packed) // 2],
        packed + b"more",
        packed[:4] + b"\x00" * 40,
    ):
        with pytest.raises(BadInputError):
            list(open_bom(cut, source="cut"))


def test_members_one_after_the_other_are_one_document():
    raw = many(50)

    packed = gzip.compress(raw[:100]) + gzip.compress(raw[100:])

    assert list(open_bom(packed)) == list(open_bom(raw))


WATCH = """
import re, sys, pathlib
from panshi.errors import BadInputError
from panshi.observe.bom import open_bom
count = 0
try:
    stream = open_bom(pathlib.Path(sys.argv[1]))
    for _ in stream: count += 1
    stream.head
    said = f"read {count} {len(stream.defects)}"
except BadInputError as error:
    said = f"refused {error.problem}"
print(said)
status = pathlib.Path('/proc/self/status').read_text()  # ru_maxrss would count the parent, too
print(int(re.search(r'VmHWM:\\s+([0-9]+)', status)[1]) // 1024)
"""


def watched(path, seconds=900):
    """Read a file in a process of its own; gives what it said and the most memory it held."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(path)],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
    )
    said, most = done.stdout.strip().splitlines()
    return said, int(most)


@pytest.mark.parametrize("pack", ["gzip", "zstd"])
def test_a_bomb_is_refused_before_it_goes_off(pack, tmp_path):
    path = tmp_path / "bomb"
    head = b'{"bomFormat":"CycloneDX","specVersion":"1.6","a":"'
    if pack == "gzip":
        with gzip.open(path, "wb", compresslevel=9) as file:
            file.write(head)
            for _ in range(300):
                file.write(b" " * 1_000_000)
    else:
        path.write_bytes(zstandard.compress(head + b" " * 300_000_000, 3))

    said, most = watched(path, 120)

    assert said.startswith("refused")
    assert most < RSS


def test_what_is_small_on_disk_and_huge_in_memory_is_streamed(tmp_path):
    path = tmp_path / "many.json"
    path.write_bytes(
        b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":['
        + b"{}," * 2_000_000
        + b'{"name":"last","type":"library"}]}'
    )

    said, most = watched(path, 300)

    assert said.startswith("read 1 ")
    assert most < RSS


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "xml", "tags"])
def test_a_gigabyte_is_streamed_within_bounds(form, tmp_path):
    path = tmp_path / f"large.{form}"
    size = 2**30
    pads = {
        "json": (
            b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[',
            json.dumps(
                {"type": "library", "name": "part", "version": "1.0", "purl": "pkg:npm/part@1.0"}
                | {"description": "words " * 700}
            ).encode()
            + b",",
            b'{"type":"library","name":"last"}]}',
        ),
        "xml": (
            b'<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>',
            b'<component type="library"><name>part</name><version>1.0</version><description>'
            + b"words " * 700
            + b"</description></component>",
            b"</components></bom>",
        ),
        "tags": (
            b"SPDXVersion: SPDX-2.3\n",
            b"PackageName: part\nPackageVersion: 1.0\nPackageComment: " + b"words " * 700 + b"\n",
            b"PackageName: last\n",
        ),
    }
    start, middle, end = pads[form]
    block = middle * 200
    with path.open("wb") as file:
        file.write(start)
        for _ in range(size // len(block) + 1):
            file.write(block)
        file.write(end)

    said, most = watched(path)

    assert said.startswith("read ")
    assert int(said.split()[1]) > 200_000
    assert most < RSS
    path.unlink()

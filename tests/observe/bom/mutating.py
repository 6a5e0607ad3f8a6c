"""Real documents, and the same after something happened to them; the seed says what."""

import json
import random
import zipfile
from copy import deepcopy
from pathlib import Path

GOLDEN = Path(__file__).parents[2] / "golden"
DATA = Path(__file__).parents[3].parent / "shared" / "data"
LARGEST = 200_000
ODD = (
    b"\x00", b"\xff", b"\xed\xa0\x80", b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b"null",
    b"1e999", b"-", b"9" * 400, b"9" * 5_000, b"true", b"<", b">", b"&", b"&x;", b"<!--", b"]]>",
    b"<!DOCTYPE bom [<!ENTITY x 'y'>]>", b'{"a":' * 300, b"[" * 2_000, b"<component>" * 300,
    b"pkg:", b"pkg:npm/@", b"@NA", b"3.0.3-NA", b"\r\n", b"\xe2\x80\xae", b"<text>",
)  # fmt: skip
VALUES = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5e300,
    "",
    "\x00",
    "\u202e",
    [],
    {},
    [[]],
    "pkg:npm/@1",
    "NA",
)


def samples():
    """Give the documents mutations start from: ours, and others' where they are at hand."""
    found = [
        path.read_bytes()
        for folder in ("cyclonedx", "spdx")
        for path in sorted((GOLDEN / folder).iterdir())
    ]
    for archive in ("bom-examples.zip", "cyclonedx-spec.zip"):
        if not (DATA / archive).exists():
            continue
        with zipfile.ZipFile(DATA / archive) as packed:
            found += [
                packed.read(each)
                for each in packed.infolist()
                if each.filename.endswith((".json", ".xml"))
                and "schema/" not in each.filename
                and 200 < each.file_size < LARGEST
            ]
    return found


def mutated(sample, seed):
    """Give the sample after one to five accidents."""
    chance = random.Random(seed)
    if sample.lstrip()[:1] == b"{" and chance.random() < 0.5:
        return _reshaped(sample, chance)
    raw = bytearray(sample)
    for _ in range(chance.randint(1, 5)):
        at, length = chance.randrange(len(raw) + 1), chance.randint(1, 60)
        match chance.randrange(6):
            case 0:
                raw[at : at + length] = b""
            case 1:
                raw[at:at] = chance.choice(ODD)
            case 2:
                raw[at:at] = raw[at : at + 40 * length]
            case 3 if at < len(raw):
                raw[at] ^= 1 << chance.randrange(8)
            case 4:
                there = chance.randrange(len(raw) + 1)
                raw[at : at + length] = raw[there : there + length]
            case _ if chance.random() < 0.2:
                del raw[at:]
    return bytes(raw)


def _reshaped(sample, chance):
    """Put values of other kinds into a document that stays JSON, seldom at its very top."""
    top = json.loads(sample)
    for _ in range(chance.randint(1, 5)):
        here = top
        while isinstance(here, dict | list) and here:
            keys = list(here) if isinstance(here, dict) else range(len(here))
            deeper = [each for each in keys if isinstance(here[each], dict | list) and here[each]]
            if deeper and chance.random() < (0.95 if here is top else 0.7):
                here = here[chance.choice(deeper)]
                continue
            here[chance.choice(keys)] = deepcopy(chance.choice(VALUES))
            break
    return json.dumps(top).encode()

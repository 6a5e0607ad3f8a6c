#!/usr/bin/env python3
"""Check an examiner's bundle of Panshi without Panshi and without a network.

    python3 verify.py                      the unpacked folder this script lies in
    python3 verify.py BUNDLE.zip --key KEY a bundle still packed, with the key you trust

KEY is the log owner's verifier key (name+id+key), obtained another way; without it the bundle
vouches for itself only. Exit codes: 0 verified, 1 does not verify, 3 malformed, 4 a signature
could not be checked. Needs Python 3.8+, panshi_verify.py beside it, and the package cryptography
or openssl 3. It reads only; nothing is unpacked, nothing of the bundle but panshi_verify.py runs.
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import panshi_verify as proofs  # type: ignore[import-not-found] # noqa: E402 -- beside this file

MANIFEST, FORM = "MANIFEST", "panshi-files/1"
MOST = 1 << 30
COUNTED = ("passing", "failing", "stale_pass", "stale_fail", "unseen")

# Thousands of proofs carry one and the same checkpoint: its signature is checked once.
proofs.signed_by = functools.lru_cache(maxsize=64)(proofs.signed_by)


class Bundle:
    """Files by their path inside the bundle, packed or unpacked."""

    def __init__(self, place: Path) -> None:
        self.zip = zipfile.ZipFile(place) if place.is_file() else None
        self.folder = place

    def names(self) -> list[str]:
        """Give every file; what Python leaves beside a script is none of the bundle."""
        if self.zip:
            found = [each.filename for each in self.zip.infolist()]
            proofs.need(len(found) == len(set(found)), "a file stands twice in the archive")
            return found
        every = (each for each in self.folder.rglob("*") if not each.is_dir())
        names = (each.relative_to(self.folder).as_posix() for each in every)
        return [each for each in names if "__pycache__" not in each.split("/")]

    def read(self, name: str) -> bytes:
        """Bytes of one file."""
        try:
            if self.zip:
                proofs.need(self.zip.getinfo(name).file_size <= MOST, f"{name}: is too large")
                return self.zip.read(name)
            return (self.folder / name).read_bytes()
        except (KeyError, OSError, zipfile.BadZipFile) as error:
            raise proofs.UnprovenError(f"{name}: cannot be read: {error}", 1) from None


def of_file(name: str, check: Callable[[], Any]) -> Any:  # noqa: ANN401 -- what the check gives
    """Name the file in whatever a check says."""
    try:
        return check()
    except proofs.UnprovenError as error:
        raise proofs.UnprovenError(f"{name}: {error.args[0]}", error.args[1]) from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise proofs.UnprovenError(f"{name}: malformed: {error!r}", proofs.MALFORMED) from None


def check_manifest(bundle: Bundle, pins: list[str]) -> tuple[str, list[str]]:
    """Check the signed list and every file on it; gives the log's name and the trusted keys."""
    note = bundle.read(MANIFEST).decode()
    text, gap, lines = note.rpartition("\n\n")
    proofs.need(gap and lines.endswith("\n"), "is not signed", proofs.MALFORMED)
    origin, form, *listed = text.split("\n")
    proofs.need(form == FORM, "is not a list of files", proofs.MALFORMED)
    known_by = of_file("keys.txt", lambda: known_keys(keys_of(bundle)))
    signed = check_signatures(text.encode() + b"\n", lines[:-1].split("\n"), known_by)
    proofs.need(signed, "no key of keys.txt signed it")
    proofs.need(set(signed) & set(pins or signed), "the key you trust did not sign it")
    known = {}
    for line in listed:
        digest, length, name = line.split(" ", 2)
        parts = name.split("/")
        safe = not name.startswith("/") and not {"", ".", ".."} & set(parts) and "\\" not in name
        proofs.need(safe and name not in known, f"{name!r} cannot be a file of a bundle")
        known[name] = digest, int(length)
    proofs.need(list(known) == sorted(known), "is not sorted", proofs.MALFORMED)
    for name, (digest, size) in known.items():
        raw = bundle.read(name)
        fits = len(raw) == size and sha256(raw).hexdigest() == digest
        proofs.need(fits, f"{name}: was altered: it is not the file that was signed")
    strange = sorted(set(bundle.names()) - set(known) - {MANIFEST})
    proofs.need(not strange, f"{strange[:1]}: is not on the signed list")
    return origin, signed


def keys_of(bundle: Bundle) -> list[str]:
    """Give the verifier keys the bundle brings along."""
    return bundle.read("keys.txt").decode().split("\n")[:-1]


def known_keys(keys: list[str]) -> dict[tuple[str, str], tuple[str, bytes]]:
    """Read verifier keys: by name and id, the key as written and its bytes."""
    known = {}
    for vkey in keys:
        name, key_id, encoded = vkey.split("+", 2)
        named = name.encode() + b"\n" + proofs.unbase64(encoded)
        proofs.need(sha256(named).hexdigest()[:8] == key_id, "a wrong key id", proofs.MALFORMED)
        known[name, key_id] = vkey, proofs.unbase64(encoded)
    return known


def check_signatures(
    message: bytes, lines: list[str], known: dict[tuple[str, str], tuple[str, bytes]]
) -> list[str]:
    """Give the verifier keys that signed; a known key's wrong signature spoils everything."""
    found = []
    for line in lines:
        dash, name, encoded = line.split(" ")
        raw = proofs.unbase64(encoded)
        vkey, key = known.get((name, raw[:4].hex()), ("", b""))
        if dash == "\u2014" and vkey:
            proofs.need(proofs.signed_by(key, message, raw[4:]), "a wrong signature")
            found.append(vkey)
    return found


def check_proofs(bundle: Bundle, note: str, pins: list[str]) -> dict[str, dict[str, Any]]:
    """Check every proof; gives what each shows, by observation id."""
    shown = {}
    for number, line in enumerate(bundle.read("evidence/proofs.jsonl").splitlines(), start=1):
        code, proven = proofs.check_line(line, pins)
        proofs.need(not code, f"line {number}: {proven.get('problem')}", code)
        proofs.need(json.loads(line)["checkpoint"] == note, f"line {number}: another checkpoint")
        proofs.need(proven["what"] not in shown, f"line {number}: proven twice")
        shown[proven["what"]] = proven
    return shown


def check_withheld(bundle: Bundle, shown: dict[str, dict[str, Any]]) -> int:
    """Compare the bodies left out with those that are said to be."""
    said = {row["id"] for row in rows(bundle, "evidence/withheld.csv")}
    left_out = {each for each, proven in shown.items() if proven["erased"]}
    proofs.need(said == left_out, "says otherwise than the proofs which bodies are left out")
    return len(said)


def check_index(bundle: Bundle, shown: dict[str, dict[str, Any]]) -> None:
    """Compare the list of observations with their sealed envelopes."""
    listed = {row["id"]: row for row in rows(bundle, "data/observations.csv")}
    proofs.need(set(listed) == set(shown), "lists other observations than are proven")
    for name, proven in shown.items():
        for field in ("kind", "subject", "facet", "outcome", "observed_at"):
            told = proven["envelope"].get(field) or ""
            proofs.need(listed[name][field] == str(told), f"{name}: another {field} than sealed")


def check_assessment(
    bundle: Bundle, shown: dict[str, dict[str, Any]], size: int, root: bytes
) -> dict[str, Any]:
    """See that the verdicts rest on this log, and on nothing that is not proven."""
    told: dict[str, Any] = json.loads(bundle.read("data/assessment.json").decode())
    grown = json.loads(bundle.read("evidence/growth.json").decode())
    path = [proofs.unbase64(each, proofs.HASH_BYTES) for each in grown["path"]]
    judged = bytes.fromhex(told["log_root"])
    proofs.check_consistency(told["log_size"], size, judged, root, path)
    for control in told["controls"]:
        for each in control["evidence_ids"]:
            proofs.need(each in shown, f"{control['id']}: rests on {each}, which is not proven")
    return told


def check_items(bundle: Bundle, told: dict[str, Any], shown: dict[str, dict[str, Any]]) -> int:
    """Count the items one by one: that gives the figures of the verdicts."""
    found: dict[str, Counter[str]] = {}
    count = 0
    for row in rows(bundle, "data/items.csv"):
        count += 1
        found.setdefault(row["control"], Counter())[row["state"]] += 1
        for each in row["evidence_ids"].split():
            proofs.need(each in shown, f"{row['control']}: {each} is not proven")
    for control in told["controls"]:
        if control["population"] == 0 or control["basis"] != "evidence":
            continue
        tally = found.get(control["id"], Counter())
        proofs.need(set(tally) <= set(COUNTED), f"{control['id']}: an unknown state")
        figures = {
            "population": sum(tally.values()),
            "passing": tally["passing"],
            "failing": tally["failing"] + tally["stale_fail"],
            "unseen": tally["unseen"] + tally["stale_pass"],
        }
        for name, figure in figures.items():
            proofs.need(
                figure == control[name],
                f"{control['id']}: {figure} {name} counted, {control[name]} in the verdict",
            )
    return count


def rows(bundle: Bundle, name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV file; a mark against formulas in front of a text is taken off."""
    text = bundle.read(name).decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield {key: value.removeprefix("'") for key, value in row.items()}


def verify(place: Path, pins: list[str]) -> Iterator[str]:
    """Check everything; yield a sentence for each thing that holds."""
    bundle = Bundle(place)
    origin, signed = of_file(MANIFEST, lambda: check_manifest(bundle, pins))
    yield f"every file is the one signed by {signed[0].split('+')[0]}"
    trusted = pins or signed
    note = bundle.read("checkpoint.txt").decode()
    log, size, root, _ = of_file(
        "checkpoint.txt", lambda: proofs.checkpoint(note, keys_of(bundle), trusted)
    )
    proofs.need(log == origin, "checkpoint.txt: of another log")
    yield f"the checkpoint of log {log}, size {size}, is signed"
    name = "evidence/proofs.jsonl"
    shown = of_file(name, lambda: check_proofs(bundle, note, trusted))
    yield f"{len(shown)} observations are in that log and are as they were sealed"
    name = "evidence/withheld.csv"
    withheld = of_file(name, lambda: check_withheld(bundle, shown))
    yield f"the bodies of {withheld} of them are withheld or erased, as is said"
    of_file("data/observations.csv", lambda: check_index(bundle, shown))
    name = "data/assessment.json"
    told = of_file(name, lambda: check_assessment(bundle, shown, size, root))
    yield f"{len(told['controls'])} verdicts rest on that log and on these observations only"
    items = of_file("data/items.csv", lambda: check_items(bundle, told, shown))
    yield f"{items} items, counted one by one, give the figures of the verdicts"


def main() -> int:
    """Check a bundle and say what holds, or the first thing that does not."""
    parser = argparse.ArgumentParser(description="Check an examiner's bundle of Panshi.")
    parser.add_argument("bundle", nargs="?", type=Path, default=HERE)
    parser.add_argument("--key", action="append", default=[], help="verifier key you trust")
    asked = parser.parse_args()
    try:
        for held in verify(asked.bundle, asked.key):
            print(f"ok: {held}")
    except proofs.UnprovenError as error:
        print(f"NOT VERIFIED: {error.args[0]}")
        return int(error.args[1])
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"NOT VERIFIED: malformed: {error}")
        return int(proofs.MALFORMED)
    pinned = "the key you gave" if asked.key else "the key it brings along: compare it with --key"
    print(f"VERIFIED by {pinned}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

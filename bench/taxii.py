"""The TAXII store and STIX validation beside medallion and stix2-validator.

    .venv/bin/python bench/taxii.py --objects 1000000
    .venv/bin/python bench/taxii.py --peers          (after `make peers`)

Objects are synthetic and seeded. `in` is a whole add: envelope opened, each object validated, its
marking read, put on its shelves, on disk. `out` is a page of 1,000 as sent: shelves, markings and
the joined bytes of the answer, for the hub's staff and for a member (several shelves merged), at
pages all over the collection. Wall and processor time are both told: on a busy machine they
differ. medallion (memory backend) is asked through its own test client.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from _taxii_work import envelopes, made

from panshi.api.taxii import resources
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import Reader, ReaderRole
from panshi.node.alliance.collections import collection
from panshi.node.alliance.hub import prepare_hub
from panshi.node.alliance.objects import Party, objects_in, page, staff, store
from panshi.node.alliance.validating import validator
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.store.stix_objects.reading import Wanted

PAGE = 1_000
STEPS = (10_000, 100_000, 1_000_000, 3_000_000, 10_000_000)
PAGES = 40
MEMBER = Party(reader=Reader(member="bank-a", role=ReaderRole.MEMBER), actor="member:bank-a")
STAFF = staff("bench")


@contextmanager
def timed(what: str, many: int) -> Iterator[None]:
    """Print how many a second went, by wall and by processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"  {what:<34} {many / wall:>11,.0f}/s wall {many / processor:>11,.0f}/s processor")


def milliseconds(what: str, ask: Callable[[], object], times: int = 5) -> None:
    """Print how long a question takes."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        spent.append(1_000 * (time.perf_counter() - start))
    print(f"  {what:<34} {min(spent):>11.2f} ms best {max(spent):>10.2f} ms worst of {times}")


def served(node: Node, one: Collection, wanted: Wanted, party: Party) -> int:
    """Answer one page as sent; gives its size."""
    return len(resources.objects(node, one, wanted, party).body)


def pages_out(node: Node, one: Collection, party: Party) -> None:
    """Walk pages from several places of the collection on."""
    ends = store(node).page(one.id, {"hub"}, Wanted(limit=1)).objects[0].seq, int(time.time() * 1e6)
    given = 0
    starts = [ends[0] + (ends[1] - ends[0]) * each // 4 for each in range(4)]
    who = party.reader.member or "staff"
    with timed(f"out, pages of {PAGE:,}, {who}", 4 * PAGES // 4 * PAGE):
        for start in starts:
            after = start - 1
            for _ in range(PAGES // 4):
                found = page(node, one, Wanted(after=after), party)
                resources._reply(found, b",".join(each.body for each in found.objects))  # noqa: SLF001 -- what is sent
                given += len(found.objects)
                after = found.next if found.more else starts[0] - 1


def store_grows(most: int, folder: Path) -> None:
    """Add objects and measure at each size."""
    with Node.open(Home(path=folder, database=os.environ.get("PANSHI_DATABASE"))) as node:
        prepare_hub(node, actor="bench person")
        one, held = collection(node, "sharing"), 0
        source = envelopes(most + 10_000, PAGE)
        for size in (each for each in STEPS if each <= most):
            while held < size - 10_000:
                objects_in(node, one, next(source), STAFF)
                held += PAGE
            last = [next(source) for _ in range(10)]
            print(f"{size:,} objects")
            with timed("in, the last 10,000", 10_000):
                for each in last:
                    objects_in(node, one, each, STAFF)
            held += 10_000
            pages_out(node, one, STAFF)
            pages_out(node, one, MEMBER)
            tools = Wanted(types=("tool",))
            milliseconds("first page, match[type]=tool", lambda: served(node, one, tools, MEMBER))  # noqa: B023 -- called at once
            known = page(node, one, tools, MEMBER).objects[0].id
            by_id = Wanted(ids=(known,))
            milliseconds("one object by id", lambda: served(node, one, by_id, MEMBER))  # noqa: B023 -- called at once
            place = folder / "intelligence"
            used = sum(each.stat().st_size for each in place.glob("*")) if place.exists() else 0
            print(f"  on disk {used / 1e6:,.0f} MB")


def validation(many: int) -> None:
    """Judge objects, beside stix2-validator."""
    objects = list(made(many))
    judge = validator()
    judge.flaws(objects[0])
    print(f"validation of {many:,} objects")
    with timed("ours", many):
        flawed = sum(1 for each in objects if judge.flaws(each))
    assert not flawed
    import stix2validator  # noqa: PLC0415 -- a peer

    part = objects[:500]
    options = stix2validator.ValidationOptions(silent=True)
    with timed("stix2-validator (500)", len(part)):
        for each in part:
            assert stix2validator.validate_parsed_json(each, options).is_valid


def medallion() -> None:
    """Ask medallion in its own process, from build/peers."""
    script = Path(__file__).with_name("_taxii_medallion.py")
    paths = os.pathsep.join([str(Path("build/peers").resolve()), str(script.parent)])
    for size in (500, 1_000, 2_000, 3_000):
        done = subprocess.run(
            [sys.executable, str(script), str(size)],
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print("  medallion cannot be asked:", done.stderr.strip().splitlines()[-1:])
            return
        told = json.loads(done.stdout)
        print(f"  medallion, {size:,} objects: in {told['in']:,.0f}/s, out {told['out']:,.0f}/s")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--validated", type=int, default=20_000)
    parser.add_argument("--peers", action="store_true", help="medallion too, from build/peers")
    parser.add_argument("--folder", type=Path, help="where to put the database")
    args = parser.parse_args()
    validation(args.validated)
    if args.peers:
        medallion()
    folder = Path(tempfile.mkdtemp(prefix="panshi-taxii-", dir=args.folder))
    try:
        store_grows(args.objects, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
